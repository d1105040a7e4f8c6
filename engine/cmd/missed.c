/* missed.c: see missed.h. */
#include "cmd/missed.h"

#include <stdlib.h>
#include <string.h>

/* A message on a way that was missed there, or is being tried there. */
struct item {
    struct ir_missed_one at;
    const char *contact, *channel, *address;
    int status;
    int64_t at_ms;
    bool missed; /* else: on its way, and the rest waits for it */
    bool shut;   /* passed over, never tried */
};

static int
by_way(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int d = strcmp(x->contact, y->contact);

    if (d == 0)
        d = strcmp(x->channel, y->channel);
    if (d == 0)
        d = strcmp(x->address, y->address);
    if (d == 0)
        d = x->status - y->status;
    if (d == 0)
        d = (x->at_ms < y->at_ms) - (x->at_ms > y->at_ms);
    return d != 0 ? d : (x->at.out > y->at.out) - (x->at.out < y->at.out);
}

static bool
is_same_way(const struct item *x, const struct item *y)
{
    return strcmp(x->contact, y->contact) == 0 &&
           strcmp(x->channel, y->channel) == 0 &&
           strcmp(x->address, y->address) == 0 && x->status == y->status;
}

/* What is due of one message, to be found by person and way. */
struct dues {
    struct due_at {
        size_t recipient, way, at;
    } * v; /* sorted */
    size_t n;
    bool *gone; /* of x->due: it does not go out by itself any more */
};

static int
by_place(const void *a, const void *b)
{
    const struct due_at *x = a, *y = b;

    if (x->recipient != y->recipient)
        return x->recipient < y->recipient ? -1 : 1;
    return (x->way > y->way) - (x->way < y->way);
}

static struct dues *
dues_of(const struct ir_outbox *o)
{
    struct dues *d = ir_calloc(o->n + 1, sizeof *d);
    size_t i, k;

    for (i = 0; i < o->n; i++) {
        const struct ir_outgoing *x = &o->v[i];

        d[i].n = x->due_n;
        d[i].v = ir_calloc(x->due_n + 1, sizeof *d[i].v);
        d[i].gone = ir_calloc(x->due_n + 1, sizeof *d[i].gone);
        for (k = 0; k < x->due_n; k++)
            d[i].v[k] = (struct due_at){x->due[k].recipient, x->due[k].way, k};
        if (x->due_n > 1)
            qsort(d[i].v, x->due_n, sizeof *d[i].v, by_place);
    }
    return d;
}

/* Where it stands among what is due, or NULL. */
static const struct due_at *
find_due(const struct dues *d, size_t recipient, size_t way)
{
    struct due_at key = {recipient, way, 0};

    return d->n > 0 ? bsearch(&key, d->v, d->n, sizeof key, by_place) : NULL;
}

/* Take what is gone out of what is due. */
static void
dues_done(struct ir_outbox *o, struct dues *d)
{
    size_t i, k, kept;

    for (i = 0; i < o->n; i++) {
        struct ir_outgoing *x = &o->v[i];

        for (k = kept = 0; k < x->due_n; k++)
            if (!d[i].gone[k])
                x->due[kept++] = x->due[k];
        x->due_n = kept;
        free(d[i].v);
        free(d[i].gone);
    }
    free(d);
}

/* All of the outbox that was missed by a way that is open now, or is on it. A
 * summary that was cut off, or failed and is due again, is missed once more
 * with all that it stood for.
 *
 * Owns:   the caller frees with free().
 */
static struct item *
gather(const struct ir_outbox *o, const struct dues *d, size_t *n)
{
    struct item *v = NULL;
    size_t i, k, m, cap = 0;

    *n = 0;
    for (i = 0; i < o->n; i++) {
        const struct ir_outgoing *x = &o->v[i];

        if (x->over != NULL || x->mute || x->deputy || x->in.over)
            continue;
        for (k = 0; k < x->to.n; k++)
            for (m = 0; m < x->to.r[k].ways_n; m++) {
                const struct ir_recipient *r = &x->to.r[k];
                const struct ir_way *w = &r->ways[m];
                enum ir_missed_how how = ir_deliver_missed(r, w);

                if (how == IR_MISSED_NOT)
                    continue;
                if (*n == cap) {
                    cap = cap == 0 ? 64 : 2 * cap;
                    v = ir_realloc(v, cap * sizeof *v);
                }
                v[(*n)++] =
                    (struct item){.at = {i, k, m},
                                  .contact = r->contact,
                                  .channel = w->channel,
                                  .address = w->address,
                                  .status = x->row->a->status,
                                  .at_ms = x->row->a->at_ms,
                                  .missed = how != IR_MISSED_TRYING ||
                                            (w->stands_for > 0 &&
                                             find_due(&d[i], k, m) != NULL),
                                  .shut = how == IR_MISSED_SHUT};
            }
    }
    if (*n > 1)
        qsort(v, *n, sizeof *v, by_way);
    return v;
}

/* One message for v[0..n), which are of one way. */
static void
add(struct dues *d, const struct item *v, size_t n, struct ir_missed **m,
    size_t *m_n)
{
    const struct due_at *due;
    struct ir_missed *x;
    bool one_by_one = n == 1 && !v[0].shut;
    size_t i;

    for (i = 0; i < n; i++)
        if (!v[i].missed)
            return; /* something is on that way: whether it goes will tell */
    if (one_by_one)
        return;
    *m = ir_realloc(*m, (*m_n + 1) * sizeof **m);
    x = &(*m)[(*m_n)++];
    x->v = ir_calloc(n, sizeof *x->v);
    x->n = n;
    for (i = 0; i < n; i++) {
        x->v[i] = v[i].at;
        due = find_due(&d[v[i].at.out], v[i].at.recipient, v[i].at.way);
        if (due != NULL)
            d[v[i].at.out].gone[due->at] = true;
    }
}

void
ir_missed_find(struct ir_outbox *o, struct ir_missed **m, size_t *n)
{
    struct dues *d = dues_of(o);
    struct item *v;
    size_t v_n, i, end;

    *m = NULL;
    *n = 0;
    v = gather(o, d, &v_n);
    for (i = 0; i < v_n; i = end) {
        for (end = i + 1; end < v_n && is_same_way(&v[i], &v[end]);)
            end++;
        add(d, v + i, end - i, m, n);
    }
    dues_done(o, d);
    free(v);
}

void
ir_missed_done(struct ir_missed *m, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        free(m[i].v);
    free(m);
}
