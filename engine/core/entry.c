/* entry.c: see entry.h. Frozen: docs/format.md. */
#include "core/entry.h"

#include "base/cbor.h"
#include "base/i18n.h"
#include "base/sshsig.h"
#include "core/body.h"

#include <string.h>

const uint8_t *
ir_entry_plain(const struct ir_entry *e, size_t *n)
{
    *n = e->h.sealed ? e->open_len : e->b_len;
    return e->b == NULL ? NULL : e->h.sealed ? e->open : e->b;
}

int
ir_entry_body_check(const struct ir_entry *e, struct ir_err *err)
{
    int rc;
    int want = e->h.sealed ? IR_CBOR_ARRAY : IR_CBOR_MAP;

    rc = ir_cbor_check(e->b, e->b_len, err);
    if (rc != IR_OK)
        return rc;
    if (e->b[0] >> 5 != want)
        return ir_fail(err, IR_EPARSE,
                       e->h.sealed ? _("a sealed body is not an array")
                                   : _("a body is not a map"));
    return IR_OK;
}

static int
take(struct ir_cbor *c, size_t max, const uint8_t **p, size_t *len,
     struct ir_err *err)
{
    struct ir_cbor_item it;
    int rc = ir_cbor_next(c, &it, err);

    if (rc != IR_OK)
        return rc;
    if (it.type != IR_CBOR_BYTES)
        return ir_fail(err, IR_EPARSE, _("not an entry: bytes expected"));
    if ((uint64_t)it.num > max)
        return ir_fail(err, IR_ELIMIT, _("%lld bytes, limit %zu"),
                       (long long)it.num, max);
    *p = it.bytes;
    *len = (size_t)it.num;
    return IR_OK;
}

/* The tail of a stub: digest, signature, 1. */
static int
take_stub_end(struct ir_cbor *c, const struct ir_entry *e, struct ir_err *err)
{
    const struct ir_kind *k = ir_kind_get(e->h.kind);
    struct ir_cbor_item it;
    int rc = ir_cbor_next(c, &it, err);

    if (rc != IR_OK)
        return rc;
    if (it.type != IR_CBOR_UINT || it.num != 1)
        return ir_fail(err, IR_EPARSE, _("not a stub: 1 expected"));
    if (ir_kind_whole(e->h.kind))
        return ir_fail(err, IR_EPARSE, _("a %s may not be a stub"), k->name);
    return IR_OK;
}

int
ir_entry_parse(const uint8_t *bytes, size_t len, struct ir_entry *out,
               struct ir_err *err)
{
    struct ir_cbor c = {bytes, bytes + len};
    struct ir_cbor_item it;
    struct ir_entry e = {0};
    const uint8_t *b = NULL, *s = NULL;
    size_t b_len = 0, s_len = 0;
    bool stub;
    int rc;

    if (len > IR_ENTRY_MAX)
        return ir_fail(err, IR_ELIMIT, _("entry of %zu bytes, limit %d"), len,
                       IR_ENTRY_MAX);
    rc = ir_cbor_next(&c, &it, err);
    if (rc != IR_OK)
        return rc;
    if (it.type != IR_CBOR_ARRAY || (it.num != 3 && it.num != 4))
        return ir_fail(err, IR_EPARSE,
                       _("not an entry: array of 3 or 4 expected"));
    stub = it.num == 4;
    if ((rc = take(&c, IR_HEADER_MAX, &e.p, &e.p_len, err)) != IR_OK ||
        (rc = take(&c, IR_BODY_MAX, &b, &b_len, err)) != IR_OK ||
        (rc = take(&c, IR_SIG_BYTES, &s, &s_len, err)) != IR_OK ||
        (rc = ir_header_decode(e.p, e.p_len, &e.h, err)) != IR_OK)
        return rc;
    if (s_len != IR_SIG_BYTES)
        return ir_fail(err, IR_EPARSE, _("signature of %zu bytes, not %d"),
                       s_len, IR_SIG_BYTES);
    memcpy(e.sig, s, IR_SIG_BYTES);
    if (stub) {
        if (b_len != IR_HASH_BYTES)
            return ir_fail(err, IR_EPARSE, _("body digest of %zu bytes"),
                           b_len);
        memcpy(e.body_digest, b, IR_HASH_BYTES);
        rc = take_stub_end(&c, &e, err);
    } else {
        e.b = b;
        e.b_len = b_len;
        ir_sha256(b, b_len, e.body_digest);
        rc = ir_entry_body_check(&e, err);
    }
    if (rc != IR_OK)
        return rc;
    if (c.p != c.end)
        return ir_fail(err, IR_EPARSE, _("bytes after the end"));
    *out = e;
    return IR_OK;
}

uint64_t
ir_entry_suite(const uint8_t *bytes, size_t len)
{
    struct ir_cbor c = {bytes, bytes + len};
    struct ir_cbor_item it;

    if (ir_cbor_check(bytes, len, NULL) != IR_OK ||
        ir_cbor_next(&c, &it, NULL) != IR_OK || it.type != IR_CBOR_ARRAY ||
        it.num < 1 || ir_cbor_next(&c, &it, NULL) != IR_OK ||
        it.type != IR_CBOR_BYTES)
        return 0;
    c.p = it.bytes;
    c.end = it.bytes + it.num;
    if (ir_cbor_next(&c, &it, NULL) != IR_OK || it.type != IR_CBOR_MAP ||
        it.num < 1 || ir_cbor_next(&c, &it, NULL) != IR_OK ||
        it.type != IR_CBOR_UINT || it.num != 0 ||
        ir_cbor_next(&c, &it, NULL) != IR_OK || it.type != IR_CBOR_UINT)
        return 0;
    return (uint64_t)it.num;
}

void
ir_entry_encode(const struct ir_entry *e, struct ir_buf *out)
{
    ir_cbor_put_array(out, e->b != NULL ? 3 : 4);
    ir_cbor_put_bytes(out, e->p, e->p_len);
    if (e->b != NULL)
        ir_cbor_put_bytes(out, e->b, e->b_len);
    else
        ir_cbor_put_bytes(out, e->body_digest, IR_HASH_BYTES);
    ir_cbor_put_bytes(out, e->sig, IR_SIG_BYTES);
    if (e->b == NULL)
        ir_cbor_put_uint(out, 1);
}

size_t
ir_entry_m(const struct ir_entry *e, const uint8_t site[IR_ID_BYTES],
           uint8_t *m)
{
    static const uint8_t zero[IR_ID_BYTES];

    memcpy(m, e->h.kind == IR_KIND_ROOT ? zero : site, IR_ID_BYTES);
    memcpy(m + IR_ID_BYTES, e->p, e->p_len);
    memcpy(m + IR_ID_BYTES + e->p_len, e->body_digest, IR_HASH_BYTES);
    return IR_ID_BYTES + e->p_len + IR_HASH_BYTES;
}

void
ir_entry_id(struct ir_entry *e, const uint8_t site[IR_ID_BYTES])
{
    uint8_t m[IR_M_MAX];

    ir_sha256(m, ir_entry_m(e, site, m), e->id);
}

void
ir_entry_blob(const struct ir_entry *e, const uint8_t site[IR_ID_BYTES],
              uint8_t *blob)
{
    uint8_t m[IR_M_MAX];

    ir_sshsig_blob(m, ir_entry_m(e, site, m), blob);
}

bool
ir_entry_verify(const struct ir_entry *e, const uint8_t site[IR_ID_BYTES],
                const uint8_t pub[IR_PUBKEY_BYTES])
{
    uint8_t blob[IR_SSHSIG_BLOB_BYTES], key_id[IR_KEYID_BYTES];

    ir_key_id(pub, key_id);
    if (memcmp(key_id, e->h.author, sizeof key_id) != 0)
        return false;
    ir_entry_blob(e, site, blob);
    return ir_verify(pub, blob, sizeof blob, e->sig);
}

int64_t
ir_hlc_ms(uint64_t hlc)
{
    return (int64_t)(hlc >> 16);
}

uint64_t
ir_hlc_next(uint64_t last, int64_t now_ms)
{
    uint64_t now = (uint64_t)(now_ms > 0 ? now_ms : 0) << 16;

    return now > last ? now : last + 1;
}

int64_t
ir_entry_recorded_ms(const struct ir_entry *e)
{
    uint64_t wall = 0;

    if (ir_body_uint(e, 34, &wall))
        return (int64_t)wall;
    return ir_hlc_ms(e->h.hlc);
}
