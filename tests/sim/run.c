/* run.c: one run of a scenario, from its seed to the verdict. */
#include "sim.h"

#define STEP_MS 250
#define SETTLED_EVERY_MS 500

static void
nodes_make(struct sim *w, int n)
{
    int i;
    size_t k;

    w->nodes = ir_calloc((size_t)n, sizeof *w->nodes);
    w->nodes_n = n;
    for (i = 0; i < n; i++) {
        struct sim_node *d = &w->nodes[i];

        d->w = w;
        d->no = i;
        for (k = 0; k < sizeof d->name; k++)
            d->name[k] = (uint8_t)sim_rand(w, 256);
        for (k = 0; k < w->entries_n; k++)
            sim_keep(d, k);
    }
}

struct sim *
sim_new(const struct sim_scenario *sc, uint64_t seed, int nodes,
        enum sim_break broken)
{
    struct sim *w = ir_calloc(1, sizeof *w);
    int i, n = nodes > 0 ? nodes : sc->nodes;

    w->seed = seed;
    w->rng = (seed + 1) * 0x9E3779B97F4A7C15u;
    w->sc = sc;
    w->net = sc->net;
    w->broken = broken;
    w->now = 1000;
    w->fold = n <= SIM_PEOPLE_MAX;
    sim_world(w, n < SIM_PEOPLE_MAX ? n : 16, strcmp(sc->name, "enrol") != 0);
    nodes_make(w, n);
    if (!w->fold) {
        const struct ir_entry *v[SIM_PEOPLE_MAX + 2];

        for (i = 0; i < (int)w->entries_n; i++)
            v[i] = &w->entries[i].e;
        ir_trust_fold(w->site, v, w->entries_n, &w->trust);
    }
    for (i = 0; i < n; i++)
        sim_start(&w->nodes[i]);
    if (sc->begin != NULL)
        sc->begin(w);
    sim_relink(w);
    (void)sim_write(w, &w->nodes[0], IR_KIND_INCIDENT, 10);
    return w;
}

/* Everybody back, nothing cut any more; what the links lose they go on losing.
 */
static void
heal(struct sim *w)
{
    int i;

    if (w->sc->end != NULL)
        w->sc->end(w);
    w->net.partitions = 0;
    for (i = 0; i < w->nodes_n; i++) {
        w->nodes[i].group = w->lans ? w->nodes[i].group : 0;
        if (!w->nodes[i].up && !w->nodes[i].evil)
            sim_boot(w, i);
    }
    sim_relink(w);
}

bool
sim_play(struct sim *w)
{
    int64_t active = w->now + w->sc->active_ms, until;
    bool good;

    sim_run(w, w->now + 5000);
    while (w->now < active) {
        if (w->sc->step != NULL)
            w->sc->step(w);
        sim_run(w, w->now + STEP_MS);
    }
    heal(w);
    active = w->now;
    until = w->now + w->sc->heal_ms;
    while (!(good = sim_settled(w)) && w->now < until)
        sim_run(w, w->now + SETTLED_EVERY_MS);
    w->healed_ms = w->now - active;
    if (!sim_unforged(w))
        return false;
    if (!good) {
        size_t n = strlen(w->said);

        snprintf(w->said + n, sizeof w->said - n, ", %lld s after healing",
                 (long long)w->healed_ms / 1000);
        return false;
    }
    return sim_check(w);
}

void
sim_free(struct sim *w)
{
    size_t i;

    for (i = 0; i < (size_t)w->nodes_n; i++)
        sim_node_done(&w->nodes[i]);
    for (i = 0; i < w->heap_n; i++)
        free(w->heap[i].p);
    for (i = 0; i < 16; i++)
        free(w->caught[i]);
    sim_world_done(w);
    free(w->nodes);
    free(w->edges);
    free(w->heap);
    free(w);
}
