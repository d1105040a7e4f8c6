/* order.c: see order.h. Kahn's algorithm with a heap on (hlc, id). */
#include "core/order.h"

#include <stdlib.h>
#include <string.h>

struct node {
    const struct ir_entry *e;
    size_t waits;                   /* predecessors not yet placed */
    size_t *next, next_n, next_cap; /* successors */
    bool placed;
};

static int
cmp_entry(const struct ir_entry *a, const struct ir_entry *b)
{
    if (a->h.hlc != b->h.hlc)
        return a->h.hlc < b->h.hlc ? -1 : 1;
    return memcmp(a->id, b->id, IR_ID_BYTES);
}

static int
by_id(const void *a, const void *b)
{
    const struct node *x = a, *y = b;

    return memcmp(x->e->id, y->e->id, IR_ID_BYTES);
}

static struct node *
find(struct node *v, size_t n, const uint8_t *id)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = memcmp(v[mid].e->id, id, IR_ID_BYTES);

        if (c == 0)
            return &v[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

static void
link_to(struct node *v, size_t n, const uint8_t *id, size_t succ)
{
    struct node *p = find(v, n, id);

    if (p == NULL || p == &v[succ])
        return;
    if (p->next_n == p->next_cap) {
        p->next_cap = p->next_cap > 0 ? p->next_cap * 2 : 2;
        p->next = ir_realloc(p->next, p->next_cap * sizeof p->next[0]);
    }
    p->next[p->next_n++] = succ;
    v[succ].waits++;
}

struct heap {
    struct node *v;
    size_t *at, n;
};

static bool
before(const struct heap *h, size_t i, size_t j)
{
    return cmp_entry(h->v[h->at[i]].e, h->v[h->at[j]].e) < 0;
}

static void
swap(struct heap *h, size_t i, size_t j)
{
    size_t t = h->at[i];

    h->at[i] = h->at[j];
    h->at[j] = t;
}

static void
heap_push(struct heap *h, size_t x)
{
    size_t i = h->n++;

    h->at[i] = x;
    while (i > 0 && before(h, i, (i - 1) / 2)) {
        swap(h, i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}

static size_t
heap_pop(struct heap *h)
{
    size_t top = h->at[0], i = 0;

    h->at[0] = h->at[--h->n];
    for (;;) {
        size_t m = i, l = 2 * i + 1;

        if (l < h->n && before(h, l, m))
            m = l;
        if (l + 1 < h->n && before(h, l + 1, m))
            m = l + 1;
        if (m == i)
            return top;
        swap(h, i, m);
        i = m;
    }
}

/* The entry of the lowest (hlc, id) that is not placed: breaks a cycle. */
static size_t
lowest_left(const struct node *v, size_t n)
{
    size_t i, best = n;

    for (i = 0; i < n; i++)
        if (!v[i].placed && (best == n || cmp_entry(v[i].e, v[best].e) < 0))
            best = i;
    return best;
}

void
ir_order_sort(const struct ir_entry **e, size_t n)
{
    struct node *v = ir_calloc(n, sizeof *v);
    struct heap h = {v, ir_calloc(n, sizeof(size_t)), 0};
    size_t i, j, out = 0;

    for (i = 0; i < n; i++)
        v[i].e = e[i];
    qsort(v, n, sizeof *v, by_id);
    for (i = 0; i < n; i++) {
        const struct ir_header *hd = &v[i].e->h;

        if (hd->has_prev)
            link_to(v, n, hd->prev, i);
        for (j = 0; j < hd->deps_n; j++)
            link_to(v, n, hd->deps[j], i);
        for (j = 0; j < hd->refs_n; j++)
            link_to(v, n, hd->refs[j], i);
    }
    for (i = 0; i < n; i++)
        if (v[i].waits == 0)
            heap_push(&h, i);
    while (out < n) {
        size_t x = h.n > 0 ? heap_pop(&h) : lowest_left(v, n);

        if (v[x].placed)
            continue;
        v[x].placed = true;
        e[out++] = v[x].e;
        for (j = 0; j < v[x].next_n; j++)
            if (--v[v[x].next[j]].waits == 0 && !v[v[x].next[j]].placed)
                heap_push(&h, v[x].next[j]);
    }
    for (i = 0; i < n; i++)
        free(v[i].next);
    free(v);
    free(h.at);
}
