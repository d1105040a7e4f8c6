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
home_object_next(void *arg, uint8_t digest[32], uint64_t *off)
{
    struct ir_sync_home_of *h = arg;

    return ir_object_next(ir_ingest_store(h->g), digest, off, NULL);
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
    memset(h, 0, sizeof *h);
}
