/* bench.c: how long until the last node has an alert, beside what flooding the
 * same links at the same delays takes at best; bytes; time to heal.
 *
 * Links take 10 to 50 ms. The limit is the shortest way to the farthest node
 * that one flood without any repetition reaches; at loss some are not reached,
 * how many stands beside it. Bytes are those of plain transmissions, all that
 * went over all links from the alert until 10 s later, beacons too.
 */
#include "sim.h"

#define ALERTS 5
#define SAMPLES 20
#define QUIET_MS 300000 /* until beacons are rare */
#define AFTER_MS 10000

static const struct sim_scenario quiet = {
    .name = "bench", .net = {.delay_ms = 10, .jitter_ms = 40}, .nodes = 10};

/* One flood from `from`: when the last one that is reached hears of it. */
static int64_t
flood(struct sim *w, int from, int *missed)
{
    size_t n = (size_t)w->nodes_n;
    int64_t *at = ir_calloc(n, sizeof *at), last = 0;
    bool *done = ir_calloc(n, 1);
    int i, k, next;

    for (i = 0; i < w->nodes_n; i++)
        at[i] = INT64_MAX;
    at[from] = 0;
    *missed = w->nodes_n;
    for (;;) {
        next = -1;
        for (i = 0; i < w->nodes_n; i++)
            if (!done[i] && at[i] < INT64_MAX && (next < 0 || at[i] < at[next]))
                next = i;
        if (next < 0)
            break;
        done[next] = true;
        last = at[next];
        --*missed;
        for (k = 0; k < w->edges_n; k++) {
            const struct sim_edge *e = &w->edges[k];
            int to = e->a == next ? e->b : e->a;
            int64_t t = at[next] + w->net.delay_ms +
                        (int64_t)sim_rand(w, (uint64_t)w->net.jitter_ms + 1);

            if (!e->up || (e->a != next && e->b != next) ||
                sim_rand(w, 100) < (uint64_t)w->net.loss)
                continue;
            if (t < at[to])
                at[to] = t;
        }
    }
    free(at);
    free(done);
    return last;
}

static int
by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Prints a row; returns the entry's length. */
static size_t
spread(int nodes, int loss)
{
    struct sim *w = sim_new(&quiet, 1, nodes, SIM_WHOLE);
    int64_t took[ALERTS], limit[SAMPLES];
    uint64_t bytes = 0, sent = 0;
    size_t size = 0;
    int i, missed = 0;

    w->net.loss = loss;
    for (i = 0; i < ALERTS; i++) {
        uint64_t b, s;
        int k;

        sim_run(w, w->now + QUIET_MS);
        b = w->bytes;
        s = w->sent;
        k = sim_write(w, &w->nodes[sim_rand(w, 8)], IR_KIND_ALERT, 120);
        sim_run(w, w->now + AFTER_MS);
        bytes += w->bytes - b;
        sent += w->sent - s;
        size = w->entries[k].n;
        took[i] = w->entries[k].holders == (size_t)nodes
                      ? w->entries[k].last_ms - w->entries[k].made_ms
                      : INT64_MAX;
    }
    for (i = 0; i < SAMPLES; i++) {
        int m;

        limit[i] = flood(w, (int)sim_rand(w, 8), &m);
        missed += m;
    }
    qsort(took, ALERTS, sizeof *took, by_number);
    qsort(limit, SAMPLES, sizeof *limit, by_number);
    printf("%5d %4d %% %10lld ms %8lld ms %6.2f %10.2f %12.0f %8.1f\n", nodes,
           loss, (long long)took[ALERTS / 2], (long long)limit[SAMPLES / 2],
           (double)took[ALERTS / 2] / (double)limit[SAMPLES / 2],
           (double)missed / SAMPLES, (double)bytes / ALERTS / nodes / 1.0,
           (double)sent / ALERTS / nodes);
    fflush(stdout);
    sim_free(w);
    return size;
}

/* Two halves write 50 entries each, then hear one another again. */
static void
rejoin(int nodes, int loss)
{
    struct sim *w = sim_new(&quiet, 2, nodes, SIM_WHOLE);
    int64_t from;
    uint64_t bytes;
    int i;

    w->net.loss = loss;
    sim_run(w, w->now + QUIET_MS);
    w->net.partitions = 2;
    for (i = 0; i < nodes; i++)
        w->nodes[i].group = i % 2;
    sim_relink(w);
    for (i = 0; i < 100; i++) {
        (void)sim_write(w, &w->nodes[i % 8], IR_KIND_NOTE, 120);
        sim_run(w, w->now + 1000);
    }
    sim_run(w, w->now + QUIET_MS);
    w->net.partitions = 0;
    sim_relink(w);
    from = w->now;
    bytes = w->bytes;
    while (!sim_settled(w) && w->now < from + 600000)
        sim_run(w, w->now + 10);
    printf("%5d %4d %% %10lld ms %10.0f\n", nodes, loss,
           (long long)(w->now - from), (double)(w->bytes - bytes) / nodes);
    fflush(stdout);
    sim_free(w);
}

int
sim_bench(int most)
{
    static const int nodes[] = {10, 20, 50, 200, 2000};
    static const int loss[] = {0, 10, 30};
    size_t i, k, size = 0;

    printf("An alert of 120 letters, links of 10 to 50 ms, medians.\n"
           "%5s %6s %13s %11s %6s %10s %12s %8s\n",
           "nodes", "loss", "to the last", "limit", "ratio", "not flood",
           "bytes/node", "messages");
    for (i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
        for (k = 0; k < 3 && nodes[i] <= most; k++)
            size = spread(nodes[i], loss[k]);
    printf("The entry has %zu bytes.\n\n"
           "Two halves that wrote 50 entries each hear one another again.\n"
           "%5s %6s %13s %10s\n",
           size, "nodes", "loss", "until equal", "bytes/node");
    for (i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
        for (k = 0; k < 3 && nodes[i] <= most && nodes[i] <= 200; k++)
            rejoin(nodes[i], loss[k]);
    return 0;
}
