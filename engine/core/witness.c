/* witness.c: see witness.h. */
#include "core/witness.h"

#include <stdlib.h>
#include <string.h>

/* By chain and author; of lane F every entry is a chain of its own. */
static int
cmp_place(const struct ir_witness_head *x, const struct ir_witness_head *y)
{
    int d = x->lane - y->lane;

    if (d == 0)
        d = memcmp(x->chain, y->chain, sizeof x->chain);
    if (d == 0)
        d = memcmp(x->author, y->author, sizeof x->author);
    if (d == 0 && x->lane == IR_LANE_F)
        d = memcmp(x->id, y->id, sizeof x->id);
    return d;
}

/* Of one place the newest first. */
static int
cmp_head(const void *a, const void *b)
{
    const struct ir_witness_head *x = a, *y = b;
    int d = cmp_place(x, y);

    if (d == 0)
        d = (x->seq < y->seq) - (x->seq > y->seq);
    return d != 0 ? d : memcmp(x->id, y->id, sizeof x->id);
}

static int
cmp_said(const void *a, const void *b)
{
    const struct ir_witness_said *x = a, *y = b;
    int d = cmp_place(&x->head, &y->head);

    return d != 0 ? d : memcmp(x->device, y->device, sizeof x->device);
}

/* The first of `said` that is not before the place of `h`. */
static size_t
lower(const struct ir_witness_said *said, size_t n,
      const struct ir_witness_head *h)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (cmp_place(&said[mid].head, h) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Is there anything to say of it: not said by `self`, nor by enough others? */
static bool
is_worth(const struct ir_witness_head *h, const struct ir_witness_said *said,
         size_t n, const uint8_t *self)
{
    const struct ir_witness_said *last = NULL, *first = NULL;
    size_t i, others = 0;
    bool two = false; /* members */

    for (i = lower(said, n, h); i < n && cmp_place(&said[i].head, h) == 0;
         i++) {
        if (said[i].head.seq < h->seq)
            continue;
        if (memcmp(said[i].device, self, IR_KEYID_BYTES) == 0)
            return false;
        if (last == NULL ||
            memcmp(last->device, said[i].device, IR_KEYID_BYTES) != 0)
            others++;
        last = &said[i];
        first = first != NULL ? first : last;
        two = two || last->member != first->member;
    }
    return others < (two ? IR_WITNESS_ENOUGH : IR_WITNESS_ENOUGH_OF_ONE);
}

size_t
ir_witness_pick(struct ir_witness_head *v, size_t n,
                struct ir_witness_said *said, size_t said_n,
                const uint8_t self[IR_KEYID_BYTES])
{
    struct ir_witness_head last;
    size_t i, kept = 0;

    if (n == 0)
        return 0;
    qsort(v, n, sizeof *v, cmp_head);
    if (said_n > 0)
        qsort(said, said_n, sizeof *said, cmp_said);
    for (i = 0; i < n; i++) {
        struct ir_witness_head h = v[i];

        if (i > 0 && cmp_place(&last, &h) == 0)
            continue; /* an older one of the same place */
        last = h;
        if (is_worth(&h, said, said_n, self)) {
            v[i] = v[kept];
            v[kept++] = h;
        }
    }
    return kept;
}

/* Where a device stands in an hour's order. */
static void
place(uint64_t hour, const uint8_t device[IR_KEYID_BYTES],
      uint8_t out[IR_HASH_BYTES])
{
    uint8_t p[8 + IR_KEYID_BYTES];
    size_t i;

    for (i = 0; i < 8; i++)
        p[i] = (uint8_t)(hour >> (8 * i));
    memcpy(p + 8, device, IR_KEYID_BYTES);
    ir_sha256(p, sizeof p, out);
}

size_t
ir_witness_turn(uint64_t hour, const uint8_t self[IR_KEYID_BYTES],
                const uint8_t (*others)[IR_KEYID_BYTES], size_t n)
{
    uint8_t me[IR_HASH_BYTES], other[IR_HASH_BYTES];
    size_t i, before = 0;

    place(hour, self, me);
    for (i = 0; i < n; i++) {
        place(hour, others[i], other);
        before += memcmp(other, me, sizeof me) < 0 ? 1 : 0;
    }
    return before;
}
