/* frame.c: see frame.h. */
#include "core/frame.h"

#include "base/i18n.h"

#include <string.h>

/* Read from `c` the elements that are left of a message. */
struct reader {
    struct ir_cbor *c;
    int64_t left;
    struct ir_err *err;
    int rc;
};

static int
bad(struct reader *r, int code)
{
    if (r->rc == IR_OK)
        r->rc =
            ir_fail(r->err, code,
                    code == IR_ELIMIT ? _("a message between devices is over "
                                          "its limits")
                                      : _("a message between devices is not "
                                          "of the form it should have"));
    return r->rc;
}

static bool
take(struct reader *r, enum ir_cbor_type type, struct ir_cbor_item *it)
{
    if (r->rc != IR_OK)
        return false;
    if (r->left == 0) {
        bad(r, IR_EPARSE);
        return false;
    }
    r->rc = ir_cbor_next(r->c, it, r->err);
    if (r->rc == IR_OK && it->type != type)
        bad(r, IR_EPARSE);
    r->left--;
    return r->rc == IR_OK;
}

static uint64_t
take_uint(struct reader *r, uint64_t max)
{
    struct ir_cbor_item it;

    if (!take(r, IR_CBOR_UINT, &it))
        return 0;
    if ((uint64_t)it.num > max) {
        bad(r, IR_ELIMIT);
        return 0;
    }
    return (uint64_t)it.num;
}

/* A byte string of exactly `n` bytes. */
static void
take_fixed(struct reader *r, uint8_t *out, size_t n)
{
    struct ir_cbor_item it;

    if (!take(r, IR_CBOR_BYTES, &it))
        return;
    if ((uint64_t)it.num != n) {
        bad(r, IR_EPARSE);
        return;
    }
    memcpy(out, it.bytes, n);
}

/* A byte string of up to `max` pieces of `size` bytes, at least `min`. */
static void
take_list(struct reader *r, struct ir_frame *f, size_t size, size_t min,
          size_t max)
{
    struct ir_cbor_item it;

    if (!take(r, IR_CBOR_BYTES, &it))
        return;
    if ((uint64_t)it.num > max * size) {
        bad(r, IR_ELIMIT);
    } else if ((size_t)it.num % size != 0 || (size_t)it.num < min * size) {
        bad(r, IR_EPARSE);
    } else {
        f->p = it.bytes;
        f->n = (size_t)it.num;
        f->count = f->n / size;
    }
}

static void
take_sum(struct reader *r, struct ir_sum *s)
{
    s->count = take_uint(r, INT64_MAX);
    take_fixed(r, s->fp, sizeof s->fp);
}

static void
take_entries(struct reader *r, struct ir_frame *f)
{
    struct ir_cbor_item it;
    int64_t i, n;

    if (!take(r, IR_CBOR_ARRAY, &it))
        return;
    n = it.num;
    if (n < 1) {
        bad(r, IR_EPARSE);
        return;
    }
    if (n > IR_FRAME_ENTRIES_MAX) {
        bad(r, IR_ELIMIT);
        return;
    }
    f->p = r->c->p;
    for (i = 0; i < n && r->rc == IR_OK; i++) {
        r->rc = ir_cbor_next(r->c, &it, r->err);
        if (r->rc == IR_OK && it.type != IR_CBOR_BYTES)
            bad(r, IR_EPARSE);
        else if (r->rc == IR_OK && it.num > IR_ENTRY_MAX)
            bad(r, IR_ELIMIT);
    }
    f->n = (size_t)(r->c->p - f->p);
    f->count = (size_t)n;
}

static void
take_object(struct reader *r, struct ir_frame *f)
{
    take_fixed(r, f->digest, sizeof f->digest);
    f->total = take_uint(r, IR_FRAME_OBJECT_MAX);
    f->offset = take_uint(r, IR_FRAME_OBJECT_MAX);
    take_list(r, f, 1, 0, IR_FRAME_CHUNK_MAX);
    if (r->rc == IR_OK && (f->offset > f->total || f->n > f->total - f->offset))
        bad(r, IR_EPARSE);
}

/* The elements of a message of type f->type. False: not a type known here. */
static bool
take_known(struct reader *r, struct ir_frame *f)
{
    uint8_t both[2 * IR_FRAME_SAME_FP] = {0};

    switch (f->type) {
    case IR_FRAME_BEACON:
        take_fixed(r, f->node, sizeof f->node);
        take_sum(r, &f->t);
        take_sum(r, &f->r);
        f->port = (uint32_t)take_uint(r, 65535);
        return true;
    case IR_FRAME_RECONCILE:
        f->set = (int)take_uint(r, 1);
        take_fixed(r, f->salt, sizeof f->salt);
        f->side = (enum ir_frame_side)take_uint(r, 1);
        take_list(r, f, 1, 1, IR_FRAME_MAX);
        return true;
    case IR_FRAME_TAIL:
        take_fixed(r, f->salt, sizeof f->salt);
        f->side = (enum ir_frame_side)take_uint(r, 1);
        take_sum(r, &f->t);
        take_sum(r, &f->r);
        f->hlc = take_uint(r, INT64_MAX);
        take_list(r, f, IR_SHORT_BYTES, 0, IR_FRAME_TAIL_MAX);
        return true;
    case IR_FRAME_ENTRIES:
        take_entries(r, f);
        return true;
    case IR_FRAME_WANT:
        take_list(r, f, IR_ID_BYTES, 1, IR_FRAME_WANT_MAX);
        return true;
    case IR_FRAME_WANTOBJ:
        take_fixed(r, f->digest, sizeof f->digest);
        f->offset = take_uint(r, IR_FRAME_OBJECT_MAX);
        f->max = take_uint(r, IR_FRAME_CHUNK_MAX);
        return true;
    case IR_FRAME_OBJECT:
        take_object(r, f);
        return true;
    case IR_FRAME_BUSY:
        f->retry_ms = take_uint(r, IR_FRAME_BUSY_MAX_MS);
        return true;
    case IR_FRAME_HAVE:
        take_list(r, f, IR_ID_BYTES, 0, IR_FRAME_HAVE_MAX);
        return true;
    case IR_FRAME_SAME:
        take_fixed(r, both, sizeof both);
        memcpy(f->t.fp, both, IR_FRAME_SAME_FP);
        memcpy(f->r.fp, both + IR_FRAME_SAME_FP, IR_FRAME_SAME_FP);
        return true;
    }
    return false;
}

int
ir_frame_next(struct ir_cbor *c, struct ir_frame *f, struct ir_err *err)
{
    struct ir_cbor d = *c;
    bool known = false;

    while (!known) {
        struct ir_cbor whole = d;
        struct ir_cbor_item it;
        struct ir_frame g = {0};
        struct reader r = {&d, 0, err, IR_OK};
        uint64_t type;

        if (d.p == d.end)
            return ir_fail(err, IR_ENOTFOUND, _("no message is left"));
        if (ir_cbor_skip(&whole, err) != IR_OK)
            return IR_EPARSE;
        r.left = 1;
        if (!take(&r, IR_CBOR_ARRAY, &it))
            return r.rc;
        r.left = it.num;
        type = take_uint(&r, INT64_MAX);
        if (r.rc == IR_OK && type == 0)
            bad(&r, IR_EPARSE);
        if (r.rc != IR_OK)
            return r.rc;
        g.type = type <= IR_FRAME_SAME ? (enum ir_frame_type)type : 0;
        known = take_known(&r, &g);
        if (r.rc != IR_OK)
            return r.rc;
        d.p = whole.p;
        if (known) {
            *f = g;
            *c = d;
        }
    }
    return IR_OK;
}

bool
ir_frame_entry(struct ir_frame *f, const uint8_t **p, size_t *n)
{
    struct ir_cbor_item it;
    struct ir_cbor c;

    if (f->type != IR_FRAME_ENTRIES || f->n == 0)
        return false;
    c.p = f->p;
    c.end = f->p + f->n;
    if (ir_cbor_next(&c, &it, NULL) != IR_OK)
        return false;
    f->n = (size_t)(c.end - c.p);
    f->p = c.p;
    *p = it.bytes;
    *n = (size_t)it.num;
    return true;
}

static void
put_sum(const struct ir_sum *s, struct ir_buf *out)
{
    ir_cbor_put_uint(out, s->count);
    ir_cbor_put_bytes(out, s->fp, sizeof s->fp);
}

/* How many elements a message has, its type among them. */
static int
elements(enum ir_frame_type type)
{
    switch (type) {
    case IR_FRAME_BEACON:
        return 7;
    case IR_FRAME_RECONCILE:
    case IR_FRAME_OBJECT:
        return 5;
    case IR_FRAME_TAIL:
        return 9;
    case IR_FRAME_WANTOBJ:
        return 4;
    case IR_FRAME_ENTRIES:
    case IR_FRAME_WANT:
    case IR_FRAME_BUSY:
    case IR_FRAME_HAVE:
    case IR_FRAME_SAME:
        return 2;
    }
    return 1;
}

void
ir_frame_put(const struct ir_frame *f, struct ir_buf *out)
{
    uint8_t both[2 * IR_FRAME_SAME_FP];

    ir_cbor_put_array(out, (uint64_t)elements(f->type));
    ir_cbor_put_uint(out, (uint64_t)f->type);
    switch (f->type) {
    case IR_FRAME_BEACON:
        ir_cbor_put_bytes(out, f->node, sizeof f->node);
        put_sum(&f->t, out);
        put_sum(&f->r, out);
        ir_cbor_put_uint(out, f->port);
        return;
    case IR_FRAME_RECONCILE:
        ir_cbor_put_uint(out, (uint64_t)f->set);
        ir_cbor_put_bytes(out, f->salt, sizeof f->salt);
        ir_cbor_put_uint(out, (uint64_t)f->side);
        break;
    case IR_FRAME_TAIL:
        ir_cbor_put_bytes(out, f->salt, sizeof f->salt);
        ir_cbor_put_uint(out, (uint64_t)f->side);
        put_sum(&f->t, out);
        put_sum(&f->r, out);
        ir_cbor_put_uint(out, f->hlc);
        break;
    case IR_FRAME_ENTRIES:
        ir_cbor_put_array(out, f->count);
        ir_buf_add(out, f->p, f->n);
        return;
    case IR_FRAME_WANTOBJ:
        ir_cbor_put_bytes(out, f->digest, sizeof f->digest);
        ir_cbor_put_uint(out, f->offset);
        ir_cbor_put_uint(out, f->max);
        return;
    case IR_FRAME_OBJECT:
        ir_cbor_put_bytes(out, f->digest, sizeof f->digest);
        ir_cbor_put_uint(out, f->total);
        ir_cbor_put_uint(out, f->offset);
        break;
    case IR_FRAME_BUSY:
        ir_cbor_put_uint(out, f->retry_ms);
        return;
    case IR_FRAME_SAME:
        memcpy(both, f->t.fp, IR_FRAME_SAME_FP);
        memcpy(both + IR_FRAME_SAME_FP, f->r.fp, IR_FRAME_SAME_FP);
        ir_cbor_put_bytes(out, both, sizeof both);
        return;
    case IR_FRAME_WANT:
    case IR_FRAME_HAVE:
        break;
    }
    ir_cbor_put_bytes(out, f->p, f->n);
}

/* Of an `entries` message those of lane T. */
static void
put_lane_t(struct ir_frame *f, struct ir_buf *out)
{
    struct ir_frame some = {.type = IR_FRAME_ENTRIES};
    struct ir_buf list = {0};
    struct ir_entry e;
    const uint8_t *p;
    size_t n;

    while (ir_frame_entry(f, &p, &n)) {
        if (ir_entry_parse(p, n, &e, NULL) != IR_OK ||
            ir_kind_lane(e.h.kind) != IR_LANE_T)
            continue;
        ir_cbor_put_bytes(&list, p, n);
        some.count++;
    }
    some.p = list.p;
    some.n = list.len;
    if (some.count > 0)
        ir_frame_put(&some, out);
    ir_buf_done(&list);
}

bool
ir_frame_lane_t(const void *p, size_t n, struct ir_buf *out)
{
    struct ir_cbor c = {p, (const uint8_t *)p + n};
    size_t before = out->len;
    struct ir_frame f = {0};

    while (ir_frame_next(&c, &f, NULL) == IR_OK)
        if (f.type == IR_FRAME_BEACON ||
            (f.type == IR_FRAME_RECONCILE && f.set == 0))
            ir_frame_put(&f, out);
        else if (f.type == IR_FRAME_ENTRIES)
            put_lane_t(&f, out);
    return out->len > before;
}

void
ir_frame_short(const uint8_t salt[IR_SALT_BYTES], const uint8_t id[IR_ID_BYTES],
               uint8_t out[IR_SHORT_BYTES])
{
    uint8_t both[IR_SALT_BYTES + IR_ID_BYTES], h[IR_HASH_BYTES];

    memcpy(both, salt, IR_SALT_BYTES);
    memcpy(both + IR_SALT_BYTES, id, IR_ID_BYTES);
    ir_sha256(both, sizeof both, h);
    memcpy(out, h, IR_SHORT_BYTES);
}
