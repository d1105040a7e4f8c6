/* header.c: header P of an entry, see entry.h. Frozen: docs/format.md. */
#include "base/cbor.h"
#include "base/i18n.h"
#include "core/entry.h"

#include <string.h>

enum {
    HK_SUITE,
    HK_AUTHOR,
    HK_HLC,
    HK_SEQ,
    HK_KIND,
    HK_INCIDENT,
    HK_PREV,
    HK_DEPS,
    HK_TTL,
    HK_PRIO,
    HK_STATUS,
    HK_AUDIENCE,
    HK_REFS,
    HK_OCCURRED,
    HK_SEAL,
    HK_END
};

static const char *const key_name[HK_END] = {
    "suite", "author", "hlc",    "seq",      "kind", "incident", "prev", "deps",
    "ttl",   "prio",   "status", "audience", "refs", "occurred", "seal"};

static int
bad(struct ir_err *err, int key)
{
    ir_fail(err, IR_EPARSE, _("header field \"%s\" is malformed"),
            key_name[key]);
    ir_err_field(err, "%s", key_name[key]);
    return IR_EPARSE;
}

/* A header field at its default value must not be written out. */
static int
bad_default(struct ir_err *err, int key)
{
    ir_fail(err, IR_EPARSE,
            _("header field \"%s\" is written out with its default value"),
            key_name[key]);
    ir_err_field(err, "%s", key_name[key]);
    return IR_EPARSE;
}

static int
take_uint(struct ir_cbor *c, int key, uint64_t *out, struct ir_err *err)
{
    struct ir_cbor_item it;
    int rc = ir_cbor_next(c, &it, err);

    if (rc != IR_OK)
        return rc;
    if (it.type != IR_CBOR_UINT)
        return bad(err, key);
    *out = (uint64_t)it.num;
    return IR_OK;
}

static int
take_bytes(struct ir_cbor *c, int key, uint8_t *out, size_t n,
           struct ir_err *err)
{
    struct ir_cbor_item it;
    int rc = ir_cbor_next(c, &it, err);

    if (rc != IR_OK)
        return rc;
    if (it.type != IR_CBOR_BYTES || (size_t)it.num != n)
        return bad(err, key);
    memcpy(out, it.bytes, n);
    return IR_OK;
}

/* 1..max ids of 32 bytes. */
static int
take_ids(struct ir_cbor *c, int key, uint8_t (*out)[IR_ID_BYTES], size_t max,
         size_t *n, struct ir_err *err)
{
    struct ir_cbor_item it;
    size_t i;
    int rc = ir_cbor_next(c, &it, err);

    if (rc != IR_OK)
        return rc;
    if (it.type != IR_CBOR_ARRAY || it.num < 1 || (size_t)it.num > max)
        return bad(err, key);
    for (i = 0; i < (size_t)it.num; i++) {
        rc = take_bytes(c, key, out[i], IR_ID_BYTES, err);
        if (rc != IR_OK)
            return rc;
    }
    *n = (size_t)it.num;
    return IR_OK;
}

static int
take_occurred(struct ir_cbor *c, struct ir_header *h, struct ir_err *err)
{
    struct ir_cbor_item it;
    uint64_t ms = 0, prec = 0;
    int rc = ir_cbor_next(c, &it, err);

    if (rc != IR_OK)
        return rc;
    if (it.type != IR_CBOR_ARRAY || it.num != 2)
        return bad(err, HK_OCCURRED);
    if ((rc = take_uint(c, HK_OCCURRED, &ms, err)) != IR_OK ||
        (rc = take_uint(c, HK_OCCURRED, &prec, err)) != IR_OK)
        return rc;
    if (prec > 5)
        return bad(err, HK_OCCURRED);
    h->has_occurred = true;
    h->occurred_ms = (int64_t)ms;
    h->occurred_prec = (uint8_t)prec;
    return IR_OK;
}

/* The small numbers: ttl, prio, status, audience, seal. */
static int
take_small(struct ir_cbor *c, int key, struct ir_header *h, struct ir_err *err)
{
    static const uint64_t max[HK_END] = {[HK_TTL] = INT64_MAX,
                                         [HK_PRIO] = 3,
                                         [HK_STATUS] = 2,
                                         [HK_AUDIENCE] = INT64_MAX,
                                         [HK_SEAL] = 1};
    uint64_t v = 0;
    int rc = take_uint(c, key, &v, err);

    if (rc != IR_OK)
        return rc;
    if (v > max[key])
        return bad(err, key);
    if (key == HK_PRIO) {
        if ((int)v == ir_lane_prio(ir_kind_lane(h->kind)))
            return bad_default(err, key);
        h->has_prio = true;
        h->prio = (uint8_t)v;
        return IR_OK;
    }
    if (v == 0)
        return bad_default(err, key);
    if (key == HK_TTL)
        h->ttl_s = v;
    else if (key == HK_STATUS)
        h->status = (uint8_t)v;
    else if (key == HK_AUDIENCE)
        h->audience = v;
    else
        h->sealed = true;
    return IR_OK;
}

static int
take_field(struct ir_cbor *c, int key, struct ir_header *h, struct ir_err *err)
{
    uint64_t suite = 0;
    int rc;

    switch (key) {
    case HK_SUITE:
        rc = take_uint(c, key, &suite, err);
        if (rc == IR_OK && suite != 1)
            return ir_fail(err, IR_EPARSE,
                           _("suite %llu is not known to this version"),
                           (unsigned long long)suite);
        return rc;
    case HK_AUTHOR:
        return take_bytes(c, key, h->author, sizeof h->author, err);
    case HK_HLC:
        return take_uint(c, key, &h->hlc, err);
    case HK_SEQ:
        rc = take_uint(c, key, &h->seq, err);
        return rc == IR_OK && h->seq == 0 ? bad(err, key) : rc;
    case HK_KIND:
        rc = take_uint(c, key, &h->kind, err);
        return rc == IR_OK && h->kind == 0 ? bad(err, key) : rc;
    case HK_INCIDENT:
        h->has_incident = true;
        return take_bytes(c, key, h->incident, sizeof h->incident, err);
    case HK_PREV:
        h->has_prev = true;
        return take_bytes(c, key, h->prev, sizeof h->prev, err);
    case HK_DEPS:
        return take_ids(c, key, h->deps, IR_DEPS_MAX, &h->deps_n, err);
    case HK_REFS:
        return take_ids(c, key, h->refs, IR_REFS_MAX, &h->refs_n, err);
    case HK_OCCURRED:
        return take_occurred(c, h, err);
    default:
        return take_small(c, key, h, err);
    }
}

/* What the fields may say together; needs no context, so it is parsing. */
static int
check_whole(const struct ir_header *h, struct ir_err *err)
{
    const struct ir_kind *k = ir_kind_get(h->kind);
    enum ir_lane lane = ir_kind_lane(h->kind);
    size_t i;

    if (h->has_prev && lane == IR_LANE_F)
        return bad(err, HK_PREV);
    if (h->deps_n > 0 && lane != IR_LANE_I)
        return bad(err, HK_DEPS);
    for (i = 1; i < h->deps_n; i++)
        if (memcmp(h->deps[i - 1], h->deps[i], IR_ID_BYTES) >= 0)
            return bad(err, HK_DEPS);
    if (h->has_incident && h->kind == IR_KIND_ACK)
        return bad(err, HK_INCIDENT);
    if (h->sealed && ir_kind_whole(h->kind))
        return ir_fail(err, IR_EPARSE, _("a %s may not be sealed"), k->name);
    return IR_OK;
}

int
ir_header_decode(const uint8_t *p, size_t len, struct ir_header *out,
                 struct ir_err *err)
{
    struct ir_cbor c = {p, p + len};
    struct ir_cbor_item it;
    struct ir_header h = {0};
    unsigned seen = 0;
    int64_t i, n, last = -1;
    int rc;

    if (len > IR_HEADER_MAX)
        return ir_fail(err, IR_ELIMIT, _("header of %zu bytes, limit %d"), len,
                       IR_HEADER_MAX);
    rc = ir_cbor_next(&c, &it, err);
    if (rc != IR_OK)
        return rc;
    if (it.type != IR_CBOR_MAP)
        return ir_fail(err, IR_EPARSE, _("the header is not a map"));
    n = it.num;
    for (i = 0; i < n; i++) {
        rc = ir_cbor_next(&c, &it, err);
        if (rc != IR_OK)
            return rc;
        if (it.type != IR_CBOR_UINT || it.num <= last)
            return ir_fail(err, IR_EPARSE, _("map keys out of order or twice"));
        if (it.num >= HK_END)
            return ir_fail(err, IR_EPARSE, _("header key %lld is not known"),
                           (long long)it.num);
        last = it.num;
        rc = take_field(&c, (int)it.num, &h, err);
        if (rc != IR_OK)
            return rc;
        seen |= 1u << it.num;
    }
    if (c.p != c.end)
        return ir_fail(err, IR_EPARSE, _("bytes after the end"));
    for (i = HK_SUITE; i <= HK_KIND; i++)
        if ((seen & 1u << i) == 0)
            return ir_fail(err, IR_EPARSE, _("header field \"%s\" is missing"),
                           key_name[i]);
    rc = check_whole(&h, err);
    if (rc != IR_OK)
        return rc;
    if (!h.has_prio)
        h.prio = (uint8_t)ir_lane_prio(ir_kind_lane(h.kind));
    *out = h;
    return IR_OK;
}

static void
put_ids(struct ir_buf *b, int key, const uint8_t (*ids)[IR_ID_BYTES], size_t n)
{
    size_t i;

    if (n == 0)
        return;
    ir_cbor_put_uint(b, (uint64_t)key);
    ir_cbor_put_array(b, n);
    for (i = 0; i < n; i++)
        ir_cbor_put_bytes(b, ids[i], IR_ID_BYTES);
}

static void
put_num(struct ir_buf *b, int key, uint64_t v)
{
    if (v == 0)
        return;
    ir_cbor_put_uint(b, (uint64_t)key);
    ir_cbor_put_uint(b, v);
}

void
ir_header_encode(const struct ir_header *h, struct ir_buf *out)
{
    bool prio = h->has_prio && h->prio != ir_lane_prio(ir_kind_lane(h->kind));
    uint64_t n = 5;

    n += (h->has_incident ? 1u : 0) + (h->has_prev ? 1u : 0) +
         (h->deps_n > 0 ? 1u : 0) + (h->ttl_s > 0 ? 1u : 0) + (prio ? 1u : 0) +
         (h->status > 0 ? 1u : 0) + (h->audience > 0 ? 1u : 0) +
         (h->refs_n > 0 ? 1u : 0) + (h->has_occurred ? 1u : 0) +
         (h->sealed ? 1u : 0);
    ir_cbor_put_map(out, n);
    ir_cbor_put_uint(out, HK_SUITE);
    ir_cbor_put_uint(out, 1);
    ir_cbor_put_uint(out, HK_AUTHOR);
    ir_cbor_put_bytes(out, h->author, sizeof h->author);
    ir_cbor_put_uint(out, HK_HLC);
    ir_cbor_put_uint(out, h->hlc);
    ir_cbor_put_uint(out, HK_SEQ);
    ir_cbor_put_uint(out, h->seq);
    ir_cbor_put_uint(out, HK_KIND);
    ir_cbor_put_uint(out, h->kind);
    if (h->has_incident) {
        ir_cbor_put_uint(out, HK_INCIDENT);
        ir_cbor_put_bytes(out, h->incident, sizeof h->incident);
    }
    if (h->has_prev) {
        ir_cbor_put_uint(out, HK_PREV);
        ir_cbor_put_bytes(out, h->prev, sizeof h->prev);
    }
    put_ids(out, HK_DEPS, h->deps, h->deps_n);
    put_num(out, HK_TTL, h->ttl_s);
    if (prio) {
        ir_cbor_put_uint(out, HK_PRIO);
        ir_cbor_put_uint(out, h->prio);
    }
    put_num(out, HK_STATUS, h->status);
    put_num(out, HK_AUDIENCE, h->audience);
    put_ids(out, HK_REFS, h->refs, h->refs_n);
    if (h->has_occurred) {
        ir_cbor_put_uint(out, HK_OCCURRED);
        ir_cbor_put_array(out, 2);
        ir_cbor_put_uint(out, (uint64_t)h->occurred_ms);
        ir_cbor_put_uint(out, h->occurred_prec);
    }
    put_num(out, HK_SEAL, h->sealed ? 1 : 0);
}
