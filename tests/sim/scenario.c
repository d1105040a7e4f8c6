/* scenario.c: what happens to the nodes, and what people do meanwhile. */
#include "sim.h"

static struct sim_node *
somebody(struct sim *w)
{
    int i, tries;

    for (tries = 0; tries < 50; tries++) {
        i = (int)sim_rand(w, (uint64_t)w->people_n);
        if (i < w->nodes_n && w->nodes[i].up && !w->nodes[i].evil &&
            w->people[i].certified)
            return &w->nodes[i];
    }
    return NULL;
}

/* Now and then somebody writes something. */
void
sim_step_writes(struct sim *w)
{
    static const int kinds[] = {
        IR_KIND_NOTE,    IR_KIND_NOTE,     IR_KIND_ROLE,  IR_KIND_MEASURE,
        IR_KIND_SERVICE, IR_KIND_INCIDENT, IR_KIND_ALERT, IR_KIND_ACTION};
    struct sim_node *d = sim_rand(w, 3) == 0 ? somebody(w) : NULL;
    size_t size = 1 + (size_t)sim_rand(w, 300);

    if (d == NULL)
        return;
    if (!w->lans && sim_rand(w, 40) == 0)
        size = 30000;
    (void)sim_write(w, d, kinds[sim_rand(w, 8)], size);
}

/* A node dies; its neighbours find out a second later. */
void
sim_crash(struct sim *w, int node)
{
    if (w->nodes[node].up)
        sim_stop(&w->nodes[node]);
}

void
sim_boot(struct sim *w, int node)
{
    struct sim_node *d = &w->nodes[node];
    int i;

    if (d->up)
        return;
    for (i = 0; i < w->edges_n; i++) {
        struct sim_edge *e = &w->edges[i];
        int other = e->a == node ? e->b : e->a;

        if (!e->up || e->b < 0 || (e->a != node && e->b != node))
            continue;
        e->up = false;
        if (w->nodes[other].sync != NULL)
            ir_sync_link_down(w->nodes[other].sync, (uint32_t)i);
    }
    sim_start(d);
    for (i = 0; i < w->edges_n; i++)
        if (w->edges[i].b < 0 && w->nodes[w->edges[i].a].group == d->group)
            ir_sync_link_up(d->sync, (uint32_t)i, NULL, w->edges[i].mtu, true);
    sim_relink(w);
}

static void
step_churn(struct sim *w)
{
    int i = (int)sim_rand(w, (uint64_t)w->nodes_n);

    sim_step_writes(w);
    if (sim_rand(w, 8) == 0) {
        if (w->nodes[i].up)
            sim_crash(w, i);
        else
            sim_boot(w, i);
    }
    if (sim_rand(w, 4) == 0)
        sim_relink(w);
}

/* Parts that do not hear one another, other ones every twenty seconds. */
static void
step_partition(struct sim *w)
{
    int i;

    sim_step_writes(w);
    if (w->number++ % 80 != 0)
        return;
    w->net.partitions = 2 + (int)sim_rand(w, 3);
    for (i = 0; i < w->nodes_n; i++)
        w->nodes[i].group = (int)sim_rand(w, (uint64_t)w->net.partitions);
    sim_relink(w);
}

static void
step_all(struct sim *w)
{
    step_churn(w);
    step_partition(w);
}

static void
begin_skew(struct sim *w)
{
    int i;

    for (i = 0; i < w->nodes_n; i++)
        w->nodes[i].skew_ms =
            (int64_t)sim_rand(w, 12 * SIM_HOUR_MS) - 6 * SIM_HOUR_MS;
}

/* Multicast alone, and every entry short enough for it. */
static void
begin_lan(struct sim *w)
{
    w->lans = true;
    (void)sim_edge_add(w, 0, -1, 1400);
}

/* Two LANs, and one device that stands in the middle with a wide link. */
static void
begin_bridge(struct sim *w)
{
    int i;

    w->lans = true;
    for (i = 0; i < w->nodes_n; i++)
        w->nodes[i].group = i % 2;
    (void)sim_edge_add(w, 0, -1, 1400);
    (void)sim_edge_add(w, 1, -1, 1400);
    i = sim_edge_add(w, 0, 1, 60000);
    w->edges[i].kept = true;
}

/* One node behind links as narrow as a datagram. */
static void
begin_narrow(struct sim *w)
{
    int i, e;

    w->lans = true;
    for (i = 1; i < w->nodes_n; i++) {
        e = sim_edge_add(w, i - 1, i, i == 1 ? 1100 : 60000);
        w->edges[e].kept = true;
    }
}

/* Commands say something that is kept, releases are made; nodes die while they
 * fetch what others have.
 */
static void
step_objects(struct sim *w)
{
    struct sim_node *d = sim_rand(w, 8) == 0 ? somebody(w) : NULL;
    size_t most = w->lans ? 20000 : 200000;

    if (w->lans)
        sim_step_writes(w);
    else
        step_churn(w);
    if (d != NULL && d->up && sim_rand(w, 4) == 0)
        sim_release(d, 1 + (size_t)sim_rand(w, most / 2));
    else if (d != NULL && d->up)
        sim_output(d, 1 + (size_t)sim_rand(w, most));
}

/* Pieces came, and after a crash went on where they had stopped. */
static bool
also_objects(struct sim *w)
{
    uint64_t pieces = 0, resumed = 0;
    int i;

    for (i = 0; i < w->nodes_n; i++) {
        pieces += w->nodes[i].pieces;
        resumed += w->nodes[i].resumed;
    }
    snprintf(w->said, sizeof w->said,
             "%zu objects in %llu pieces, %llu gone on with after a crash",
             w->objects_n, (unsigned long long)pieces,
             (unsigned long long)resumed);
    return pieces >= w->objects_n;
}

/* People are certified one after the other, and write at once. */
static void
step_enrol(struct sim *w)
{
    int i;

    sim_step_writes(w);
    for (i = 1; i < w->people_n && w->people[i].certified; i++)
        ;
    if (i < w->people_n && sim_rand(w, 4) == 0) {
        size_t k = (size_t)sim_certify(w, 0, i);
        const struct ir_entry *e = &w->entries[k].e;
        struct sim_node *d = &w->nodes[0];

        w->entries[k].maker = 0;
        sim_keep(d, k);
        ir_sync_local(d->sync, e->id, e->h.hlc, IR_LANE_T, 1, w->now);
        sim_wake(d);
        /* they were told so on paper, and do not wait */
        (void)sim_write(w, &w->nodes[i], IR_KIND_NOTE, 20);
        (void)sim_write(w, &w->nodes[i], IR_KIND_ALERT, 20);
    }
}

static void
end_enrol(struct sim *w)
{
    int i;

    for (i = 0; i < w->people_n * 4; i++)
        step_enrol(w);
}

#define FAIR                                                                   \
    {                                                                          \
        .delay_ms = 10, .jitter_ms = 40                                        \
    }
#define ROUGH                                                                  \
    {                                                                          \
        .loss = 30, .doubles = 10, .spoils = 3, .cuts = 3, .delay_ms = 10,     \
        .jitter_ms = 600                                                       \
    }

const struct sim_scenario sim_scenarios[] = {
    {"calm", "nothing goes wrong", FAIR, 12, 20000, 20000, NULL,
     sim_step_writes, NULL, NULL},
    {"rough",
     "3 of 10 transmissions are lost, others come twice, late, changed", ROUGH,
     12, 20000, 180000, NULL, sim_step_writes, NULL, NULL},
    {"partition", "parts that do not hear one another, changing", FAIR, 14,
     60000, 60000, NULL, step_partition, NULL, NULL},
    {"churn", "nodes die and come back with what was put", FAIR, 14, 40000,
     90000, NULL, step_churn, NULL, NULL},
    {"all", "loss, partitions and deaths together", ROUGH, 14, 40000, 300000,
     NULL, step_all, NULL, NULL},
    {"skew", "clocks up to six hours off", FAIR, 10, 20000, 60000, begin_skew,
     step_partition, NULL, NULL},
    {"enrol", "people write before their certificates are everywhere", ROUGH,
     10, 20000, 240000, NULL, step_enrol, end_enrol, NULL},
    {"lan",
     "multicast alone, a tenth is lost",
     {.loss = 10, .delay_ms = 1, .jitter_ms = 10},
     8,
     20000,
     120000,
     begin_lan,
     sim_step_writes,
     NULL,
     NULL},
    {"bridge",
     "two multicast LANs and one link between them",
     {.loss = 10, .delay_ms = 1, .jitter_ms = 10},
     10,
     20000,
     180000,
     begin_bridge,
     sim_step_writes,
     NULL,
     NULL},
    {"narrow", "a chain whose first link carries datagrams only", FAIR, 6,
     20000, 120000, begin_narrow, sim_step_writes, NULL, NULL},
    {"outsider", "junk, replays, malformed and forged from one without a key",
     FAIR, 12, 20000, 60000, sim_begin_outsider, sim_step_outsider, NULL,
     sim_also_checks},
    {"flood", "a member writes 120 entries a second; alerts still arrive", FAIR,
     10, 15000, 1800000, sim_begin_flood, sim_step_flood, sim_end_flood,
     sim_also_flood},
    {"forks", "a member signs two entries for each number: both are everywhere",
     FAIR, 10, 20000, 60000, sim_begin_outsider, sim_step_forks, NULL,
     sim_also_forks},
    {"future", "a member's clock is a year ahead: nobody else's moves", FAIR,
     10, 20000, 60000, sim_begin_future, sim_step_future, NULL,
     sim_also_future},
    {"backdate", "a member writes entries of years ago, in another order", FAIR,
     10, 20000, 60000, sim_begin_insider, sim_step_backdate, NULL, NULL},
    {"eclipse", "all neighbours but one lie that nothing is new", FAIR, 12,
     20000, 120000, sim_begin_eclipse, sim_step_eclipse, NULL, NULL},
    {"thief", "a stolen laptop goes on writing after its key was revoked", FAIR,
     10, 20000, 60000, sim_begin_thief, sim_step_thief, NULL, sim_also_thief},
    {"objects",
     "outputs and releases, on links that lose and nodes that die",
     {.loss = 15,
      .doubles = 10,
      .spoils = 2,
      .cuts = 2,
      .delay_ms = 10,
      .jitter_ms = 100},
     8,
     30000,
     300000,
     NULL,
     step_objects,
     NULL,
     also_objects},
    {"objects-lan",
     "outputs and releases by multicast alone, a tenth is lost",
     {.loss = 10, .delay_ms = 1, .jitter_ms = 10},
     6,
     20000,
     400000,
     begin_lan,
     step_objects,
     NULL,
     also_objects},
    {"false", "a member names objects nobody has, and gives wrong bytes", FAIR,
     8, 20000, 180000, sim_begin_liar, sim_step_liar, NULL, sim_also_liar},
    {NULL, NULL, {0}, 0, 0, 0, NULL, NULL, NULL, NULL},
};
