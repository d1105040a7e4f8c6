/* attack.c: those who mean harm, from outside and with a valid key. */
#include "core/frame.h"
#include "sim.h"

#define FALSE_MAX 60 /* objects named that nobody has */
#define LATE_MS 1500 /* an alert later than that had to wait */

static struct sim_node *
last(struct sim *w)
{
    return &w->nodes[w->nodes_n - 1];
}

/* A node whose engine does not run: it says what it likes. */
void
sim_begin_outsider(struct sim *w)
{
    last(w)->evil = true;
    last(w)->mute = true;
}

/* A member with a valid key, who runs the same engine. */
void
sim_begin_insider(struct sim *w)
{
    last(w)->evil = true;
}

static void
send_frame(struct sim *w, struct sim_node *d, int edge,
           const struct ir_frame *f)
{
    struct ir_buf b = {0};

    ir_frame_put(f, &b);
    sim_send(w, d, edge, b.p, b.len);
    ir_buf_done(&b);
}

static void
send_entries(struct sim *w, struct sim_node *d, int edge, const size_t *v,
             size_t n)
{
    struct ir_frame f = {.type = IR_FRAME_ENTRIES, .count = n};
    struct ir_buf items = {0};
    size_t i;

    for (i = 0; i < n; i++)
        ir_cbor_put_bytes(&items, w->entries[v[i]].p, w->entries[v[i]].n);
    f.p = items.p;
    f.n = items.len;
    send_frame(w, d, edge, &f);
    ir_buf_done(&items);
}

/* In another's name, with a signature that is none. */
static size_t
forge(struct sim *w)
{
    static const uint64_t kinds[] = {IR_KIND_NOTE, IR_KIND_ALERT,
                                     IR_KIND_REVOKE, IR_KIND_MEMBER};
    struct ir_header h = {.kind = kinds[sim_rand(w, 4)]};
    struct ir_bodyw b = {0};

    h.hlc = (uint64_t)(SIM_T0 + w->now) << 16;
    h.seq = 1000 + sim_rand(w, 100);
    ir_bodyw_text(&b, 1, "as if");
    return (size_t)sim_make(w, (int)sim_rand(w, 3), &h, &b, true);
}

static void
junk(struct sim *w, struct sim_node *d, int edge)
{
    static uint8_t big[300000];
    struct ir_frame f = {0};
    size_t i, k = (size_t)sim_rand(w, 16), n = 1 + (size_t)sim_rand(w, 2000);
    uint8_t ids[64 * 32];

    for (i = 0; i < sizeof ids; i++)
        ids[i] = (uint8_t)sim_rand(w, 256);
    switch (sim_rand(w, 8)) {
    case 0: /* noise */
        sim_send(w, d, edge, ids, n);
        break;
    case 1: /* too long */
        sim_send(w, d, edge, big, sizeof big);
        break;
    case 2: /* said before, by somebody else */
        if (w->caught_n[k] > 0)
            sim_send(w, d, edge, w->caught[k], w->caught_n[k]);
        break;
    case 3: /* likewise, changed */
        if (w->caught_n[k] > 0) {
            w->caught[k][sim_rand(w, w->caught_n[k])] ^= 1;
            sim_send(w, d, edge, w->caught[k], w->caught_n[k]);
        }
        break;
    case 4: /* wants of what nobody has */
        f = (struct ir_frame){.type = IR_FRAME_WANT, .p = ids, .count = 64};
        f.n = sizeof ids;
        send_frame(w, d, edge, &f);
        break;
    case 5: /* a beacon of somebody who has it all */
        f = (struct ir_frame){.type = IR_FRAME_BEACON, .t.count = 5};
        f.r.count = sim_rand(w, 100000);
        memcpy(f.node, d->name, 8);
        send_frame(w, d, edge, &f);
        break;
    case 6: /* a question that makes them count everything */
        f = (struct ir_frame){.type = IR_FRAME_RECONCILE, .set = 1};
        f.salt[0] = (uint8_t)sim_rand(w, 256);
        f.p = ids;
        f.n = n < sizeof ids ? n : sizeof ids;
        ids[0] = 0x61;
        send_frame(w, d, edge, &f);
        break;
    default: /* go away */
        f = (struct ir_frame){.type = IR_FRAME_BUSY, .retry_ms = 3600000};
        send_frame(w, d, edge, &f);
    }
}

/* On each of its links: junk, and many entries in others' names. */
void
sim_step_outsider(struct sim *w)
{
    struct sim_node *d = last(w);
    size_t v[100];
    int i, k;

    sim_step_writes(w);
    for (k = 0; k < 100; k++)
        v[k] = forge(w);
    for (i = 0; i < w->edges_n; i++) {
        if (!w->edges[i].up ||
            (w->edges[i].a != d->no && w->edges[i].b != d->no))
            continue;
        for (k = 0; k < 5; k++)
            junk(w, d, i);
        send_entries(w, d, i, v, 100);
    }
}

/* The links to the attacker cost each node a bounded number of checks. */
bool
sim_also_checks(struct sim *w)
{
    uint64_t most = 0, sent = 0;
    int i;

    for (i = 0; i + 1 < w->nodes_n; i++)
        if (w->nodes[i].checks > most)
            most = w->nodes[i].checks;
    for (i = 0; i < (int)w->entries_n; i++)
        sent += w->entries[i].made ? 0 : 1;
    snprintf(w->said, sizeof w->said,
             "%llu forged entries sent to each neighbour, at most %llu "
             "signatures checked by one",
             (unsigned long long)sent, (unsigned long long)most);
    return sent > 5000 && most < 2500;
}

void
sim_begin_flood(struct sim *w)
{
    sim_begin_insider(w);
    w->quotas = true;
}

void
sim_step_flood(struct sim *w)
{
    int i;

    sim_step_writes(w);
    for (i = 0; i < 30; i++, w->flooded++)
        (void)sim_write(w, last(w), IR_KIND_NOTE, 50);
    if (sim_rand(w, 4) == 0)
        (void)sim_write(w, &w->nodes[1], IR_KIND_ALERT, 50);
}

/* How much of the flood honest nodes took while it lasted. */
void
sim_end_flood(struct sim *w)
{
    size_t k;
    int i;

    for (i = 0; i + 1 < w->nodes_n; i++) {
        int took = 0;

        for (k = 0; k < w->entries_n; k++)
            took += w->entries[k].maker == w->nodes_n - 1 &&
                    sim_has(&w->nodes[i], k);
        if (took > w->number)
            w->number = took;
    }
}

/* Nothing is lost for good: what waited has come. */
static bool
taken_by_all(struct sim *w)
{
    size_t k;
    int i;

    for (k = 0; k < w->entries_n; k++)
        for (i = 0; i < w->nodes_n; i++)
            if (w->entries[k].maker >= 0 && !sim_has(&w->nodes[i], k))
                return false;
    return true;
}

bool
sim_also_flood(struct sim *w)
{
    int64_t worst = 0, until = w->now + 3600000;
    size_t k;
    int alerts = 0;

    for (k = 0; k < w->entries_n; k++) {
        const struct sim_entry *x = &w->entries[k];

        if (x->e.h.kind != IR_KIND_ALERT || !x->made)
            continue;
        alerts++;
        if (x->last_ms - x->made_ms > worst)
            worst = x->last_ms - x->made_ms;
    }
    while (!taken_by_all(w) && w->now < until)
        sim_run(w, w->now + 10000);
    snprintf(w->said, sizeof w->said,
             "of %d flooded entries at most %d were taken meanwhile, and %s; "
             "the slowest of %d alerts took %lld ms",
             w->flooded, w->number,
             w->now < until ? "the rest later" : "the rest never", alerts,
             (long long)worst);
    if (w->now >= until)
        return false;
    return w->number < 1000 && w->flooded > w->number + 200 &&
           worst < LATE_MS && alerts > 1;
}

/* Two entries for each number, and another one for each neighbour. */
void
sim_step_forks(struct sim *w)
{
    struct sim_node *d = last(w);
    struct sim_person *who = &w->people[d->no % w->people_n];
    size_t v[2], at = 0;
    int i;

    sim_step_writes(w);
    who->seq++;
    who->hlc = ir_hlc_next(who->hlc, SIM_T0 + w->now);
    for (i = 0; i < 2; i++) {
        struct ir_header h = {.kind = IR_KIND_NOTE, .has_incident = true};
        struct ir_bodyw b = {0};
        struct ir_now now = {.wall_ms = SIM_T0 + w->now};

        h.seq = who->seq;
        h.hlc = who->hlc;
        memcpy(h.incident, w->declare, 8);
        h.has_prev = who->has_i;
        memcpy(h.prev, who->prev_i, 32);
        ir_bodyw_text(&b, 1, i == 0 ? "the door was shut" : "it was open");
        ir_bodyw_clocks(&b, &now, h.hlc);
        v[i] = (size_t)sim_make(w, d->no % w->people_n, &h, &b, false);
        w->entries[v[i]].maker = d->no;
    }
    who->has_i = true;
    memcpy(who->prev_i, w->entries[v[0]].e.id, 32);
    for (i = 0; i < w->edges_n; i++)
        if (w->edges[i].up &&
            (w->edges[i].a == d->no || w->edges[i].b == d->no))
            send_entries(w, d, i, &v[at++ % 2], 1);
}

bool
sim_also_forks(struct sim *w)
{
    size_t k, pairs = 0;

    for (k = 0; k < w->entries_n; k++) {
        if (w->entries[k].maker != w->nodes_n - 1)
            continue;
        pairs++;
        if (!sim_offers(&w->nodes[0], k)) {
            snprintf(w->said, sizeof w->said, "one side of a fork is missing");
            return false;
        }
    }
    return pairs > 50;
}

void
sim_begin_future(struct sim *w)
{
    sim_begin_insider(w);
    last(w)->skew_ms = 365 * 24 * SIM_HOUR_MS;
    last(w)->evil = false; /* what it writes must be everywhere, too */
}

void
sim_step_future(struct sim *w)
{
    sim_step_writes(w);
    if (sim_rand(w, 20) == 0 || w->number++ == 0)
        (void)sim_write(w, last(w), IR_KIND_NOTE, 20);
}

bool
sim_also_future(struct sim *w)
{
    uint64_t limit = (uint64_t)(SIM_T0 + w->now + SIM_HOUR_MS) << 16;
    int i;

    for (i = 0; i + 1 < w->nodes_n; i++)
        if (w->people[i].hlc > limit) {
            snprintf(w->said, sizeof w->said, "the clock of %d was moved", i);
            return false;
        }
    return w->people[w->nodes_n - 1].hlc > limit;
}

void
sim_step_backdate(struct sim *w)
{
    struct sim_node *d = last(w);
    struct ir_header h = {.kind = IR_KIND_NOTE, .has_incident = true};
    struct ir_now now = {.wall_ms = SIM_T0};
    struct ir_bodyw b = {0};
    size_t k;

    sim_step_writes(w);
    h.hlc = 1 + sim_rand(w, (uint64_t)SIM_T0 << 15);
    h.seq = 1 + sim_rand(w, 1000000);
    memcpy(h.incident, w->declare, 8);
    ir_bodyw_text(&b, 1, "I said so long ago");
    ir_bodyw_clocks(&b, &now, h.hlc);
    k = (size_t)sim_make(w, d->no % w->people_n, &h, &b, false);
    sim_keep(d, k);
    ir_sync_local(d->sync, w->entries[k].e.id, h.hlc, IR_LANE_I, 2, w->now);
    sim_wake(d);
}

/* Node 0 hears five liars and one honest neighbour. */
void
sim_begin_eclipse(struct sim *w)
{
    int i, e, half = w->nodes_n / 2;

    w->lans = true;
    for (i = 0; i < half; i++) {
        e = sim_edge_add(w, i, i + 1 == half ? 1 : i + 1, 60000);
        w->edges[e].kept = true;
    }
    for (i = half; i < w->nodes_n; i++) {
        w->nodes[i].evil = w->nodes[i].mute = true;
        e = sim_edge_add(w, 0, i, 60000);
        w->edges[e].kept = true;
    }
}

/* Whatever node 0 says it holds, they say they hold just that. */
void
sim_step_eclipse(struct sim *w)
{
    int i, k;

    sim_step_writes(w);
    for (k = 0; k < 16; k++) {
        struct ir_cbor c = {w->caught[k], w->caught[k] + w->caught_n[k]};
        struct ir_frame f;

        if (w->caught_n[k] == 0 || ir_frame_next(&c, &f, NULL) != IR_OK ||
            f.type != IR_FRAME_BEACON)
            continue;
        for (i = 0; i < w->edges_n; i++)
            if (w->nodes[w->edges[i].b].evil) {
                memcpy(f.node, w->nodes[w->edges[i].b].name, 8);
                send_frame(w, &w->nodes[w->edges[i].b], i, &f);
            }
    }
}

void
sim_begin_thief(struct sim *w)
{
    w->number = -1;
}

/* The laptop of the last one is stolen; an hour's worth later its key is
 * revoked, with what was signed before the theft accepted.
 */
void
sim_step_thief(struct sim *w)
{
    struct sim_node *d = last(w);
    bool stolen = w->now > 8000, known = w->now > 14000;

    sim_step_writes(w);
    if (w->flooded++ == 0) /* the owner */
        (void)sim_write(w, d, IR_KIND_NOTE, 30);
    if (stolen && w->number < 0) {
        w->number = sim_revoke(w, 0, d->no);
        d->evil = true;
    }
    if (stolen || sim_rand(w, 4) == 0)
        (void)sim_write(w, d, IR_KIND_NOTE, 30);
    if (known && !sim_has(&w->nodes[0], (size_t)w->number)) {
        const struct ir_entry *e = &w->entries[w->number].e;

        w->entries[w->number].maker = 0;
        sim_keep(&w->nodes[0], (size_t)w->number);
        ir_sync_local(w->nodes[0].sync, e->id, e->h.hlc, IR_LANE_T, 1, w->now);
        sim_judge(&w->nodes[0]);
        sim_wake(&w->nodes[0]);
    }
}

bool
sim_also_thief(struct sim *w)
{
    const uint8_t *key = w->people[w->nodes_n - 1].key_id;
    size_t k, before = 0, after = 0;
    int i;

    for (k = 0; k < w->entries_n; k++) {
        const struct ir_entry *e = &w->entries[k].e;
        bool stolen = k > (size_t)w->number;

        if (memcmp(e->h.author, key, 8) != 0 || e->h.kind != IR_KIND_NOTE)
            continue;
        before += stolen ? 0 : 1;
        after += stolen ? 1 : 0;
        for (i = 0; i + 1 < w->nodes_n; i++)
            if (sim_offers(&w->nodes[i], k) == stolen) {
                snprintf(w->said, sizeof w->said,
                         stolen ? "node %d still offers what the thief wrote"
                                : "node %d lost what was accepted",
                         i);
                return false;
            }
    }
    snprintf(w->said, sizeof w->said,
             "%zu entries by the owner stay, %zu by the thief are out", before,
             after);
    return before > 0 && after > 10;
}

/* A member who names what nobody has, answers whatever is asked of it, and says
 * more than it is asked.
 */
void
sim_begin_liar(struct sim *w)
{
    sim_begin_insider(w);
    last(w)->liar = true;
}

void
sim_step_liar(struct sim *w)
{
    struct sim_node *d = &w->nodes[sim_rand(w, (uint64_t)w->nodes_n - 1)];
    uint8_t wrong[400];
    size_t k;
    int i;

    sim_step_writes(w);
    if (w->flooded < FALSE_MAX) {
        sim_announce_nothing(last(w));
        w->flooded++;
    }
    if (sim_rand(w, 8) == 0)
        sim_output(d, 1 + (size_t)sim_rand(w, 120000));
    if (sim_rand(w, 20) == 0)
        sim_release(d, 1 + (size_t)sim_rand(w, 60000));
    for (k = 0; k < sizeof wrong; k++)
        wrong[k] = (uint8_t)sim_rand(w, 256);
    for (i = 0; i < w->edges_n && w->objects_n > 0; i++) {
        const struct sim_object *o = &w->objects[sim_rand(w, w->objects_n)];
        struct ir_frame f = {.type = IR_FRAME_OBJECT, .p = wrong};

        if (!w->edges[i].up ||
            (w->edges[i].a != last(w)->no && w->edges[i].b != last(w)->no))
            continue;
        f.total = o->p != NULL ? o->n : sizeof wrong;
        f.n = f.total < sizeof wrong ? (size_t)f.total : sizeof wrong;
        memcpy(f.digest, o->digest, sizeof f.digest);
        send_frame(w, last(w), i, &f);
    }
}

/* What is there was found, and asking for what is not stays cheap. */
bool
sim_also_liar(struct sim *w)
{
    uint64_t asked = 0, damaged = 0, most = 0;
    int i;

    sim_run(w, w->now + 200000); /* it is asked for less and less */
    for (i = 0; i + 1 < w->nodes_n; i++)
        w->nodes[i].asked = 0;
    sim_run(w, w->now + 60000);
    for (i = 0; i + 1 < w->nodes_n; i++) {
        asked += w->nodes[i].asked;
        damaged += w->nodes[i].damaged;
        most = w->nodes[i].asked > most ? w->nodes[i].asked : most;
    }
    snprintf(w->said, sizeof w->said,
             "of %d objects nobody has: %llu times begun anew; in a minute "
             "%llu questions, of one at most %llu",
             w->flooded, (unsigned long long)damaged, (unsigned long long)asked,
             (unsigned long long)most);
    return damaged > 0 && asked > 0 && most < 800;
}
