/* spread.c: see spread.h. */
#include "core/spread.h"

#include "core/anc.h"

#include <stdlib.h>
#include <string.h>

static int
by_device(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct ir_spread_seen));
}

/* An entry's id and where it stands. */
struct placed {
    const uint8_t *id;
    size_t at;
};

static int
by_place_id(const void *a, const void *b)
{
    return memcmp(((const struct placed *)a)->id,
                  ((const struct placed *)b)->id, IR_ID_BYTES);
}

/* The places of the entries by their ids. */
static struct placed *
make_index(const struct ir_entry *const *e, size_t n)
{
    struct placed *v = ir_calloc(n, sizeof *v);
    size_t i;

    for (i = 0; i < n; i++) {
        v[i].id = e[i]->id;
        v[i].at = i;
    }
    qsort(v, n, sizeof *v, by_place_id);
    return v;
}

/* Count what device `s[0..n)` (all of one device) holds. */
static void
one_device(const struct ir_spread_seen *s, size_t n, const struct placed *x,
           const struct ir_anc *anc, const bool *counted, bool *held,
           bool *elsewhere, struct ir_spread *out)
{
    static const uint8_t nobody[IR_KEYID_BYTES];
    struct ir_spread_device *d;
    size_t i, k, count = 0;

    memset(held, 0, anc->n * sizeof *held);
    for (i = 0; i < n; i++) {
        const struct placed key = {s[i].id, 0};
        const struct placed *p =
            bsearch(&key, x, anc->n, sizeof *x, by_place_id);

        if (p != NULL)
            held[p->at] = true;
    }
    for (i = anc->n; i-- > 0;)
        for (k = anc->first[i]; held[i] && k < anc->first[i + 1]; k++)
            held[anc->pred[k]] = true;
    for (i = 0; i < anc->n; i++) {
        count += held[i] && (counted == NULL || counted[i]) ? 1 : 0;
        elsewhere[i] = elsewhere[i] || held[i];
    }
    if (memcmp(s[0].device, nobody, sizeof nobody) == 0 ||
        out->devices_n == IR_SPREAD_DEVICES_MAX || count == 0)
        return;
    out->devices =
        ir_realloc(out->devices, (out->devices_n + 1) * sizeof *out->devices);
    d = &out->devices[out->devices_n++];
    memcpy(d->id, s[0].device, sizeof d->id);
    d->held = count;
    out->whole += count == out->entries ? 1 : 0;
}

void
ir_spread_fold(const struct ir_entry *const *e, const bool *counted, size_t n,
               const struct ir_spread_seen *seen, size_t seen_n,
               struct ir_spread *out)
{
    struct ir_spread_seen *s = ir_calloc(seen_n, sizeof *s);
    bool *held = ir_calloc(n, sizeof *held);
    bool *elsewhere = ir_calloc(n, sizeof *elsewhere);
    struct ir_anc anc = {0};
    struct placed *x = NULL;
    size_t i, j;

    memset(out, 0, sizeof *out);
    for (i = 0; i < n; i++)
        out->entries += counted == NULL || counted[i] ? 1 : 0;
    if (seen_n > 0 && n > 0) {
        memcpy(s, seen, seen_n * sizeof *s);
        qsort(s, seen_n, sizeof *s, by_device);
        ir_anc_init(e, n, &anc);
        x = make_index(e, n);
        for (i = 0; i < seen_n; i = j) {
            j = i + 1;
            while (j < seen_n &&
                   memcmp(s[j].device, s[i].device, IR_KEYID_BYTES) == 0)
                j++;
            one_device(s + i, j - i, x, &anc, counted, held, elsewhere, out);
        }
        ir_anc_done(&anc);
        free(x);
    }
    for (i = 0; i < n; i++) {
        int64_t ms;

        if (elsewhere[i] || (counted != NULL && !counted[i]))
            continue;
        ms = ir_entry_recorded_ms(e[i]);
        out->only_here++;
        if (out->oldest_ms == 0 || ms < out->oldest_ms)
            out->oldest_ms = ms;
        if (ms > out->newest_ms)
            out->newest_ms = ms;
    }
    free(s);
    free(held);
    free(elsewhere);
}

void
ir_spread_done(struct ir_spread *s)
{
    free(s->devices);
    memset(s, 0, sizeof *s);
}
