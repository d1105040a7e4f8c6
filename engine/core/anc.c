/* anc.c: see anc.h. */
#include "core/anc.h"

#include <stdlib.h>
#include <string.h>

struct place {
    const uint8_t *id;
    size_t at;
};

static int
by_id(const void *a, const void *b)
{
    return memcmp(((const struct place *)a)->id, ((const struct place *)b)->id,
                  IR_ID_BYTES);
}

/* Where `id` stands, or n. */
static size_t
find(const struct place *v, size_t n, const uint8_t *id)
{
    struct place key = {id, 0}, *hit = bsearch(&key, v, n, sizeof *v, by_id);

    return hit != NULL ? hit->at : n;
}

void
ir_anc_init(const struct ir_entry *const *e, size_t n, struct ir_anc *a)
{
    struct place *v = ir_calloc(n + 1, sizeof *v);
    size_t i, k, at, total = 0;

    memset(a, 0, sizeof *a);
    a->n = n;
    a->budget = IR_ANC_BUDGET;
    a->first = ir_calloc(n + 1, sizeof a->first[0]);
    a->mark = ir_calloc(n + 1, sizeof a->mark[0]);
    for (i = 0; i < n; i++) {
        v[i].id = e[i]->id;
        v[i].at = i;
        total += (e[i]->h.has_prev ? 1 : 0) + e[i]->h.deps_n + e[i]->h.refs_n;
    }
    qsort(v, n, sizeof *v, by_id);
    a->pred = ir_calloc(total + 1, sizeof a->pred[0]);
    total = 0;
    for (i = 0; i < n; i++) {
        const struct ir_header *h = &e[i]->h;

        a->first[i] = total;
        at = h->has_prev ? find(v, n, h->prev) : n;
        if (at < i)
            a->pred[total++] = at;
        for (k = 0; k < h->deps_n; k++) {
            at = find(v, n, h->deps[k]);
            if (at < i)
                a->pred[total++] = at;
        }
        for (k = 0; k < h->refs_n; k++) {
            at = find(v, n, h->refs[k]);
            if (at < i)
                a->pred[total++] = at;
        }
    }
    a->first[n] = total;
    free(v);
}

void
ir_anc_done(struct ir_anc *a)
{
    free(a->first);
    free(a->pred);
    free(a->mark);
    memset(a, 0, sizeof *a);
}

bool
ir_anc_knew(struct ir_anc *a, size_t later, size_t earlier)
{
    size_t *stack, top = 0, cap = 64, i;
    bool found = later == earlier;

    if (found || earlier > later || a->budget == 0)
        return earlier <= later;
    stack = ir_calloc(cap, sizeof *stack);
    a->search++;
    stack[top++] = later;
    while (top > 0 && !found && a->budget > 0) {
        size_t at = stack[--top];

        a->budget--;
        for (i = a->first[at]; i < a->first[at + 1]; i++) {
            size_t p = a->pred[i];

            found = found || p == earlier;
            if (p <= earlier || a->mark[p] == a->search)
                continue; /* nothing before `earlier` can know of it */
            a->mark[p] = a->search;
            if (top == cap) {
                cap *= 2;
                stack = ir_realloc(stack, cap * sizeof *stack);
            }
            stack[top++] = p;
        }
    }
    free(stack);
    return found || a->budget == 0;
}

void
ir_anc_past(const struct ir_anc *a, size_t from, bool *set)
{
    size_t i, k;

    set[from] = true;
    for (i = from + 1; i-- > 0;)
        for (k = a->first[i]; set[i] && k < a->first[i + 1]; k++)
            set[a->pred[k]] = true;
}

void
ir_heads_add(struct ir_anc *a, struct ir_heads *h, size_t seq)
{
    size_t i, n = 0;

    for (i = 0; i < h->n; i++)
        if (!ir_anc_knew(a, seq, h->v[i]))
            h->v[n++] = h->v[i];
    h->n = n;
    h->v = ir_realloc(h->v, (h->n + 1) * sizeof h->v[0]);
    h->v[h->n++] = seq;
}

void
ir_heads_done(struct ir_heads *h)
{
    free(h->v);
    memset(h, 0, sizeof *h);
}
