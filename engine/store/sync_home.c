/* sync_home.c: see sync_home.h. */
#include "store/sync_home.h"

#include "store/object_part.h"
#include "store/offer.h"

#include <stdlib.h>
#include <string.h>

static int
home_get(void *arg, const uint8_t id[32], struct ir_buf *out)
{
    struct ir_sync_home_of *h = arg;

    return ir_offer_get(ir_ingest_store(h->g), ir_ingest_stand(h->g), id, out,
                        NULL);
}

static enum ir_sync_fate
fate(struct ir_sync_home_of *h, enum ir_arrived what)
{
    if (what == IR_ARRIVED_NEW) {
        h->stored++;
        return IR_SYNC_STORED;
    }
    if (IR_ARRIVED_IS_LATER(what)) {
        h->later++;
        return IR_SYNC_LATER;
    }
    if (IR_ARRIVED_IS_REFUSED(what)) {
        h->refused++;
        return IR_SYNC_REFUSED;
    }
    h->had++;
    return IR_SYNC_HAD;
}

static int
home_put(void *arg, const uint8_t from[8], struct ir_sync_in *in, size_t n,
         struct ir_err *err)
{
    static const uint8_t nobody[8];
    struct ir_sync_home_of *h = arg;
    uint64_t before = h->stored;
    size_t i;
    int rc;

    h->v = ir_realloc(h->v, (n + 1) * sizeof *h->v);
    memset(h->v, 0, n * sizeof *h->v);
    for (i = 0; i < n; i++) {
        h->v[i].p = in[i].p;
        h->v[i].n = in[i].n;
    }
    h->v_n = n;
    rc = ir_ingest_batch(h->g, memcmp(from, nobody, 8) != 0 ? from : NULL, h->v,
                         n, err);
    for (i = 0; i < n; i++) {
        in[i].fate = fate(h, h->v[i].what);
        memcpy(in[i].id, h->v[i].id, 32);
        in[i].hlc = h->v[i].hlc;
        in[i].lane = h->v[i].lane;
    }
    if (h->told != NULL)
        h->told(h->v, n, h->told_arg);
    return h->stored > before ? IR_OK : rc; /* what was not kept comes again */
}

static int
home_object_get(void *arg, const uint8_t digest[32], uint64_t off, size_t max,
                uint64_t *total, struct ir_buf *out)
{
    struct ir_sync_home_of *h = arg;

    return ir_object_slice(ir_ingest_store(h->g), digest, off, max, total, out,
                           NULL);
}

static int
home_object_put(void *arg, const uint8_t digest[32], uint64_t total,
                uint64_t off, const void *p, size_t n)
{
    struct ir_sync_home_of *h = arg;
    bool whole = false;
    int rc = ir_object_part_put(ir_ingest_store(h->g), digest, total, off, p, n,
                                &whole, NULL);

    h->objects += whole ? 1 : 0;
    return rc;
}

static int
add_named(const uint8_t digest[32], const char *type, void *arg)
{
    (void)type;
    ir_ids_add(arg, digest);
    return IR_OK;
}

/* The objects of the release that is approved: its manifest, then what that
 * names.
 */
static int
next_of_release(struct ir_sync_home_of *h, uint8_t digest[32], uint64_t *off)
{
    struct ir_store *st = ir_ingest_store(h->g);
    const struct ir_release *r =
        ir_trust_current(ir_stand_trust(ir_ingest_stand(h->g)));
    struct ir_buf text = {0};
    size_t i;

    if (r == NULL)
        return IR_ENOTFOUND;
    memcpy(digest, r->manifest, 32);
    if (ir_object_wanted_from(st, digest, off, NULL) == IR_OK)
        return IR_OK;
    if (memcmp(h->manifest, r->manifest, 32) != 0) {
        ir_ids_done(&h->named);
        h->named_at = 0;
        if (ir_store_object_get(st, r->manifest, &text, NULL) == IR_OK) {
            memcpy(h->manifest, r->manifest, 32);
            (void)ir_object_named(&text, add_named, &h->named);
        }
        ir_buf_done(&text);
    }
    for (i = 0; i < h->named.n; i++) {
        size_t at = (h->named_at + i) % h->named.n;

        if (ir_object_wanted_from(st, h->named.v[at], off, NULL) != IR_OK)
            continue;
        memcpy(digest, h->named.v[at], 32);
        h->named_at = at + 1;
        return IR_OK;
    }
    ir_ids_done(&h->named); /* all of them are here */
    return IR_ENOTFOUND;
}

/* One of the release that nobody had just now must not be all that is asked
 * for.
 */
static bool
is_turn_of(struct ir_sync_home_of *h, const uint8_t digest[32])
{
    bool same = memcmp(h->last, digest, sizeof h->last) == 0;

    memcpy(h->last, digest, sizeof h->last);
    return !same || ++h->again % 16 == 0;
}

static int
home_object_next(void *arg, uint8_t digest[32], uint64_t *off)
{
    struct ir_sync_home_of *h = arg;
    uint8_t one[32];
    int rc;

    h->release_turn = !h->release_turn;
    if (h->release_turn && next_of_release(h, one, off) == IR_OK &&
        is_turn_of(h, one)) {
        memcpy(digest, one, sizeof one);
        return IR_OK;
    }
    rc = ir_object_next(ir_ingest_store(h->g), h->round, off, NULL);
    if (rc == IR_OK)
        memcpy(digest, h->round, sizeof h->round);
    return rc;
}

static void
home_random(void *arg, void *p, size_t n)
{
    (void)arg;
    ir_random(p, n);
}

void
ir_sync_home_of(struct ir_ingest *g, struct ir_sync_home_of *h,
                struct ir_sync_home *out)
{
    memset(h, 0, sizeof *h);
    h->g = g;
    memset(out, 0, sizeof *out);
    out->arg = h;
    out->get = home_get;
    out->put = home_put;
    out->object_get = home_object_get;
    out->object_put = home_object_put;
    out->object_next = home_object_next;
    out->random = home_random;
}

void
ir_sync_home_of_done(struct ir_sync_home_of *h)
{
    free(h->v);
    ir_ids_done(&h->named);
    memset(h, 0, sizeof *h);
}
