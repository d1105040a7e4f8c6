/* net.c: links, what happens to transmissions on them, and time. */
#include "sim.h"

static bool
before(const struct sim_event *a, const struct sim_event *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void
event_add(struct sim *w, struct sim_event e)
{
    size_t i;

    if (w->heap_n == w->heap_cap) {
        w->heap_cap = w->heap_cap > 0 ? 2 * w->heap_cap : 1024;
        w->heap = ir_realloc(w->heap, w->heap_cap * sizeof *w->heap);
    }
    e.order = w->order++;
    for (i = w->heap_n++; i > 0 && before(&e, &w->heap[(i - 1) / 2]);
         i = (i - 1) / 2)
        w->heap[i] = w->heap[(i - 1) / 2];
    w->heap[i] = e;
}

static struct sim_event
event_take(struct sim *w)
{
    struct sim_event first = w->heap[0], last = w->heap[--w->heap_n];
    size_t i = 0, k;

    while ((k = 2 * i + 1) < w->heap_n) {
        if (k + 1 < w->heap_n && before(&w->heap[k + 1], &w->heap[k]))
            k++;
        if (!before(&w->heap[k], &last))
            break;
        w->heap[i] = w->heap[k];
        i = k;
    }
    w->heap[i] = last;
    return first;
}

/* It has something to do: look at it at once. */
void
sim_wake(struct sim_node *d)
{
    struct sim_event e = {.at = d->w->now, .node = d->no, .edge = -1};

    d->due_ms = d->w->now;
    d->tick_ms = d->w->now;
    event_add(d->w, e);
}

static bool
apart(const struct sim *w, int a, int b)
{
    return w->net.partitions > 1 && w->nodes[a].group != w->nodes[b].group;
}

int
sim_edge_add(struct sim *w, int a, int b, size_t mtu)
{
    struct sim_edge e = {.a = a, .b = b, .up = true, .mtu = mtu, .loss = -1};
    int i, no = w->edges_n++;

    w->edges = ir_realloc(w->edges, (size_t)w->edges_n * sizeof *w->edges);
    w->edges[no] = e;
    for (i = 0; i < w->nodes_n; i++) {
        struct sim_node *d = &w->nodes[i];

        if (d->sync == NULL ||
            (b >= 0 ? i != a && i != b : d->group != w->nodes[a].group))
            continue;
        ir_sync_link_up(d->sync, (uint32_t)no,
                        b < 0    ? NULL
                        : i == a ? w->nodes[b].name
                                 : w->nodes[a].name,
                        mtu, b < 0);
        sim_wake(d);
    }
    return no;
}

static void
edge_down(struct sim *w, int no)
{
    struct sim_edge *e = &w->edges[no];
    int i;

    if (!e->up)
        return;
    e->up = false;
    for (i = 0; i < w->nodes_n; i++)
        if ((e->b < 0 || i == e->a || i == e->b) && w->nodes[i].sync != NULL) {
            ir_sync_link_down(w->nodes[i].sync, (uint32_t)no);
            sim_wake(&w->nodes[i]);
        }
}

/* Whom each node keeps a link to, as daemons would choose. */
struct choice {
    uint8_t (*ids)[8];
    bool *far;
    uint8_t *want; /* matrix of nodes */
};

static void
choose(struct sim *w, struct choice *c, int i)
{
    uint8_t out[IR_SYNC_NEIGHBOURS][8];
    size_t n, k;
    int j;

    for (j = 0; j < w->nodes_n; j++)
        c->far[j] = !w->nodes[j].up || apart(w, i, j);
    n = ir_sync_neighbours((const uint8_t(*)[8])c->ids, (size_t)w->nodes_n,
                           c->far, w->nodes[i].name, out, IR_SYNC_NEIGHBOURS);
    for (k = 0; k < n; k++)
        for (j = 0; j < w->nodes_n; j++)
            if (memcmp(c->ids[j], out[k], 8) == 0)
                c->want[(size_t)(i < j ? i : j) * (size_t)w->nodes_n +
                        (size_t)(i < j ? j : i)] = 1;
}

/* Take down links that no longer lead anywhere, and make those that daemons
 * would now.
 */
void
sim_relink(struct sim *w)
{
    size_t n = (size_t)w->nodes_n;
    struct choice c = {ir_calloc(n, 8), ir_calloc(n, 1), ir_calloc(n * n, 1)};
    int i, j;

    for (i = 0; i < w->nodes_n; i++)
        memcpy(c.ids[i], w->nodes[i].name, 8);
    for (i = 0; i < w->nodes_n; i++)
        if (w->nodes[i].up && !w->nodes[i].mute && !w->lans)
            choose(w, &c, i);
    for (i = 0; i < w->edges_n; i++) {
        const struct sim_edge *e = &w->edges[i];
        size_t at;

        if (!e->up || e->b < 0)
            continue;
        at = (size_t)(e->a < e->b ? e->a : e->b) * n +
             (size_t)(e->a < e->b ? e->b : e->a);
        if ((e->kept && !apart(w, e->a, e->b) && w->nodes[e->a].up &&
             w->nodes[e->b].up) ||
            c.want[at] == 1)
            c.want[at] = 2; /* stays */
        else
            edge_down(w, i);
    }
    for (i = 0; i < w->nodes_n; i++)
        for (j = i + 1; j < w->nodes_n; j++)
            if (c.want[(size_t)i * n + (size_t)j] == 1)
                (void)sim_edge_add(w, i, j, IR_SYNC_NEIGHBOURS * 10000);
    free(c.ids);
    free(c.far);
    free(c.want);
}

static void
fly(struct sim *w, int from, int to, int edge, const uint8_t *p, size_t n)
{
    int loss = w->edges[edge].loss >= 0 ? w->edges[edge].loss : w->net.loss;
    int copies = sim_rand(w, 100) < (uint64_t)w->net.doubles ? 2 : 1;

    while (copies-- > 0) {
        struct sim_event e = {.node = to, .edge = edge, .n = n};

        if (apart(w, from, to) || !w->nodes[to].up ||
            sim_rand(w, 100) < (uint64_t)loss) {
            w->lost++;
            continue;
        }
        e.at = w->now + w->net.delay_ms +
               (int64_t)sim_rand(w, (uint64_t)w->net.jitter_ms + 1);
        e.p = ir_malloc(n + 1);
        memcpy(e.p, p, n);
        if (sim_rand(w, 100) < (uint64_t)w->net.spoils && n > 0)
            e.p[sim_rand(w, n)] ^= (uint8_t)(1 + sim_rand(w, 255));
        if (sim_rand(w, 100) < (uint64_t)w->net.cuts)
            e.n = (size_t)sim_rand(w, n);
        event_add(w, e);
    }
}

/* Send raw bytes, as a node's engine or an attacker does. */
void
sim_send(struct sim *w, struct sim_node *d, int edge, const uint8_t *p,
         size_t n)
{
    const struct sim_edge *e = &w->edges[edge];
    int i;

    if (!e->up)
        return;
    w->sent++;
    w->bytes += n;
    d->sent++;
    d->bytes += n;
    if (e->b >= 0) {
        fly(w, d->no, e->a == d->no ? e->b : e->a, edge, p, n);
        return;
    }
    for (i = 0; i < w->nodes_n; i++)
        if (i != d->no && w->nodes[i].group == w->nodes[e->a].group)
            fly(w, d->no, i, edge, p, n);
}

static void
node_run(struct sim *w, struct sim_node *d)
{
    struct ir_buf b = {0};
    uint32_t link;

    if (d->sync == NULL || d->mute)
        return;
    d->due_ms = ir_sync_tick(d->sync, w->now);
    while (ir_sync_out(d->sync, &link, &b)) {
        if (b.len > w->edges[link].mtu || b.len == 0)
            w->too_long++;
        if (w->broken != SIM_BREAK_SYNC ||
            (b.p[1] != 2 && b.p[1] != 3)) /* reconcile, tail */
            sim_send(w, d, (int)link, b.p, b.len);
        b.len = 0;
    }
    ir_buf_done(&b);
    if (d->tick_ms <= w->now || d->due_ms < d->tick_ms) {
        struct sim_event e = {.at = d->due_ms, .node = d->no, .edge = -1};

        d->tick_ms = d->due_ms;
        event_add(w, e);
    }
}

/* What an attacker hears it keeps for later. */
static void
overhear(struct sim *w, const struct sim_event *e)
{
    size_t k = (size_t)sim_rand(w, 16);

    free(w->caught[k]);
    w->caught[k] = ir_malloc(e->n + 1);
    memcpy(w->caught[k], e->p, e->n);
    w->caught_n[k] = e->n;
}

void
sim_run(struct sim *w, int64_t until)
{
    while (w->heap_n > 0 && w->heap[0].at <= until) {
        struct sim_event e = event_take(w);
        struct sim_node *d = &w->nodes[e.node];

        w->now = e.at;
        if (e.edge < 0) {
            if (e.at == d->tick_ms)
                node_run(w, d);
            continue;
        }
        if (d->mute) {
            overhear(w, &e);
        } else if (d->sync != NULL && w->edges[e.edge].up) {
            (void)ir_sync_in(d->sync, (uint32_t)e.edge, e.p, e.n, w->now, NULL);
            node_run(w, d);
        }
        free(e.p);
    }
    if (w->now < until)
        w->now = until;
}
