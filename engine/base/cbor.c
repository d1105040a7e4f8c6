/* cbor.c: see cbor.h. */
#include "base/cbor.h"

#include "base/i18n.h"
#include "base/utf8.h"

#include <string.h>

/* Read a head: major type and argument, shortest form only. */
static int
read_head(const uint8_t **pp, const uint8_t *end, int *major, uint64_t *arg,
          struct ir_err *err)
{
    const uint8_t *p = *pp;
    uint64_t v = 0;
    int info, n, i;

    if (p >= end)
        return ir_fail(err, IR_EPARSE, _("cut short"));
    *major = *p >> 5;
    info = *p++ & 31;
    if (info < 24) {
        *arg = (uint64_t)info;
        *pp = p;
        return IR_OK;
    }
    if (info > 27)
        return ir_fail(err, IR_EPARSE, _("indefinite or reserved length"));
    n = 1 << (info - 24);
    if (end - p < n)
        return ir_fail(err, IR_EPARSE, _("cut short"));
    for (i = 0; i < n; i++)
        v = v << 8 | *p++;
    if ((n == 1 && v < 24) || (n == 2 && v <= 0xFF) ||
        (n == 4 && v <= 0xFFFF) || (n == 8 && v <= 0xFFFFFFFF))
        return ir_fail(err, IR_EPARSE, _("integer not in its shortest form"));
    if (v > INT64_MAX)
        return ir_fail(err, IR_EPARSE, _("integer of 2^63 or more"));
    *arg = v;
    *pp = p;
    return IR_OK;
}

int
ir_cbor_next(struct ir_cbor *c, struct ir_cbor_item *item, struct ir_err *err)
{
    const uint8_t *p = c->p;
    struct ir_cbor_item it = {0};
    uint64_t arg = 0;
    int major = 0, rc;

    rc = read_head(&p, c->end, &major, &arg, err);
    if (rc != IR_OK)
        return rc;
    if (major > 5)
        return ir_fail(err, IR_EPARSE,
                       major == 6
                           ? _("a tag is not allowed")
                           : _("a boolean, null or float is not allowed"));
    it.type = (enum ir_cbor_type)major;
    it.num = major == 1 ? -1 - (int64_t)arg : (int64_t)arg;
    if (major == 2 || major == 3) {
        if (arg > (uint64_t)(c->end - p))
            return ir_fail(err, IR_EPARSE, _("cut short"));
        it.bytes = p;
        if (major == 3 && !ir_utf8_valid((const char *)p, (size_t)arg))
            return ir_fail(err, IR_EPARSE,
                           _("text is not UTF-8, or holds a NUL"));
        p += arg;
    } else if (major == 4 && arg > (uint64_t)(c->end - p)) {
        return ir_fail(err, IR_EPARSE, _("cut short"));
    } else if (major == 5 && arg > (uint64_t)(c->end - p) / 2) {
        return ir_fail(err, IR_EPARSE, _("cut short"));
    }
    c->p = p;
    *item = it;
    return IR_OK;
}

/* Check one item and what it contains; `depth` containers are still allowed. */
static int
check_item(struct ir_cbor *c, int depth, struct ir_err *err)
{
    struct ir_cbor_item it = {0};
    int64_t i, last = -1;
    int rc = ir_cbor_next(c, &it, err);

    if (rc != IR_OK || (it.type != IR_CBOR_ARRAY && it.type != IR_CBOR_MAP))
        return rc;
    if (depth == 0)
        return ir_fail(err, IR_EPARSE, _("more than %d levels deep"),
                       IR_CBOR_DEPTH_MAX);
    for (i = 0; i < it.num; i++) {
        if (it.type == IR_CBOR_MAP) {
            struct ir_cbor_item key = {0};

            rc = ir_cbor_next(c, &key, err);
            if (rc != IR_OK)
                return rc;
            if (key.type != IR_CBOR_UINT)
                return ir_fail(err, IR_EPARSE,
                               _("a map key is not an unsigned integer"));
            if (key.num <= last)
                return ir_fail(err, IR_EPARSE,
                               _("map keys out of order or twice"));
            last = key.num;
        }
        rc = check_item(c, depth - 1, err);
        if (rc != IR_OK)
            return rc;
    }
    return IR_OK;
}

int
ir_cbor_check(const uint8_t *p, size_t len, struct ir_err *err)
{
    struct ir_cbor c = {p, p + len};
    int rc = check_item(&c, IR_CBOR_DEPTH_MAX, err);

    if (rc == IR_OK && c.p != c.end)
        return ir_fail(err, IR_EPARSE, _("bytes after the end"));
    return rc;
}

int
ir_cbor_skip(struct ir_cbor *c, struct ir_err *err)
{
    struct ir_cbor d = *c;
    int rc = check_item(&d, IR_CBOR_DEPTH_MAX, err);

    if (rc == IR_OK)
        *c = d;
    return rc;
}

bool
ir_cbor_find(const uint8_t *p, size_t len, uint64_t key, struct ir_cbor *out)
{
    struct ir_cbor c = {p, p + len};
    struct ir_cbor_item it = {0};
    int64_t i, n;

    if (ir_cbor_next(&c, &it, NULL) != IR_OK || it.type != IR_CBOR_MAP)
        return false;
    n = it.num;
    for (i = 0; i < n; i++) {
        const uint8_t *start;

        if (ir_cbor_next(&c, &it, NULL) != IR_OK)
            return false;
        start = c.p;
        if (ir_cbor_skip(&c, NULL) != IR_OK)
            return false;
        if ((uint64_t)it.num == key) {
            out->p = start;
            out->end = c.p;
            return true;
        }
        if ((uint64_t)it.num > key)
            return false;
    }
    return false;
}

static void
put_head(struct ir_buf *b, int major, uint64_t v)
{
    uint8_t h[9];
    size_t n, len, i;

    if (v < 24) {
        ir_buf_addc(b, major << 5 | (int)v);
        return;
    }
    n = v <= 0xFF ? 0 : v <= 0xFFFF ? 1 : v <= 0xFFFFFFFF ? 2 : 3;
    len = (size_t)1 << n;
    h[0] = (uint8_t)((size_t)major << 5 | (24 + n));
    for (i = 0; i < len; i++)
        h[1 + i] = (uint8_t)(v >> (8 * (len - 1 - i)));
    ir_buf_add(b, h, 1 + len);
}

void
ir_cbor_put_uint(struct ir_buf *b, uint64_t v)
{
    put_head(b, 0, v);
}

void
ir_cbor_put_int(struct ir_buf *b, int64_t v)
{
    if (v >= 0)
        put_head(b, 0, (uint64_t)v);
    else
        put_head(b, 1, (uint64_t)(-1 - v));
}

void
ir_cbor_put_bytes(struct ir_buf *b, const void *p, size_t n)
{
    put_head(b, 2, n);
    ir_buf_add(b, p, n);
}

void
ir_cbor_put_text(struct ir_buf *b, const char *s, size_t n)
{
    put_head(b, 3, n);
    ir_buf_add(b, s, n);
}

void
ir_cbor_put_array(struct ir_buf *b, uint64_t n)
{
    put_head(b, 4, n);
}

void
ir_cbor_put_map(struct ir_buf *b, uint64_t n)
{
    put_head(b, 5, n);
}
