/* body.c: see body.h. */
#include "core/body.h"

#include "base/cbor.h"

#include <stdlib.h>
#include <string.h>

static bool
find(const struct ir_entry *e, int key, struct ir_cbor_item *it,
     struct ir_cbor *c)
{
    size_t n;
    const uint8_t *b = ir_entry_plain(e, &n);

    if (b == NULL || !ir_cbor_find(b, n, (uint64_t)key, c))
        return false;
    return ir_cbor_next(c, it, NULL) == IR_OK;
}

bool
ir_body_uint(const struct ir_entry *e, int key, uint64_t *v)
{
    struct ir_cbor_item it;
    struct ir_cbor c;

    if (!find(e, key, &it, &c) || it.type != IR_CBOR_UINT)
        return false;
    *v = (uint64_t)it.num;
    return true;
}

bool
ir_body_int(const struct ir_entry *e, int key, int64_t *v)
{
    struct ir_cbor_item it;
    struct ir_cbor c;

    if (!find(e, key, &it, &c) ||
        (it.type != IR_CBOR_UINT && it.type != IR_CBOR_NEGINT))
        return false;
    *v = it.num;
    return true;
}

bool
ir_body_text(const struct ir_entry *e, int key, const char **s, size_t *len)
{
    struct ir_cbor_item it;
    struct ir_cbor c;

    if (!find(e, key, &it, &c) || it.type != IR_CBOR_TEXT)
        return false;
    *s = (const char *)it.bytes;
    *len = (size_t)it.num;
    return true;
}

bool
ir_body_bytes(const struct ir_entry *e, int key, const uint8_t **p, size_t *len)
{
    struct ir_cbor_item it;
    struct ir_cbor c;

    if (!find(e, key, &it, &c) || it.type != IR_CBOR_BYTES)
        return false;
    *p = it.bytes;
    *len = (size_t)it.num;
    return true;
}

char *
ir_body_strdup(const struct ir_entry *e, int key)
{
    const char *s;
    size_t len;

    return ir_body_text(e, key, &s, &len) ? ir_strndup(s, len) : NULL;
}

bool
ir_body_is(const struct ir_entry *e, int key, const char *want)
{
    const char *s;
    size_t len;

    return ir_body_text(e, key, &s, &len) && len == strlen(want) &&
           memcmp(s, want, len) == 0;
}

uint64_t
ir_body_uint_or(const struct ir_entry *e, int key, uint64_t dflt)
{
    uint64_t v = dflt;

    (void)ir_body_uint(e, key, &v);
    return v;
}

bool
ir_body_each(const struct ir_entry *e, int key, size_t *i,
             struct ir_body_item *item)
{
    struct ir_cbor_item it, name;
    struct ir_cbor c;
    size_t k;

    if (!find(e, key, &it, &c) || it.type != IR_CBOR_ARRAY ||
        *i >= (size_t)it.num)
        return false;
    for (k = 0; k < *i; k++)
        if (ir_cbor_skip(&c, NULL) != IR_OK)
            return false;
    if (ir_cbor_next(&c, &it, NULL) != IR_OK)
        return false;
    memset(item, 0, sizeof *item);
    if (it.type == IR_CBOR_ARRAY) {
        if (it.num != 2 || ir_cbor_next(&c, &name, NULL) != IR_OK ||
            name.type != IR_CBOR_TEXT || ir_cbor_next(&c, &it, NULL) != IR_OK)
            return false;
        item->name = (const char *)name.bytes;
        item->name_len = (size_t)name.num;
    }
    if (it.type != IR_CBOR_TEXT && it.type != IR_CBOR_BYTES)
        return false;
    item->p = it.bytes;
    item->len = (size_t)it.num;
    (*i)++;
    return true;
}

static struct ir_buf *
field(struct ir_bodyw *w, int key)
{
    w->has[key] = true;
    ir_buf_done(&w->field[key]);
    return &w->field[key];
}

void
ir_bodyw_uint(struct ir_bodyw *w, int key, uint64_t v)
{
    ir_cbor_put_uint(field(w, key), v);
}

void
ir_bodyw_int(struct ir_bodyw *w, int key, int64_t v)
{
    ir_cbor_put_int(field(w, key), v);
}

void
ir_bodyw_text(struct ir_bodyw *w, int key, const char *s)
{
    if (s != NULL)
        ir_cbor_put_text(field(w, key), s, strlen(s));
}

void
ir_bodyw_bytes(struct ir_bodyw *w, int key, const void *p, size_t n)
{
    ir_cbor_put_bytes(field(w, key), p, n);
}

void
ir_bodyw_texts(struct ir_bodyw *w, int key, const char *const *s, size_t n)
{
    struct ir_buf *b;
    size_t i;

    if (n == 0)
        return;
    b = field(w, key);
    ir_cbor_put_array(b, n);
    for (i = 0; i < n; i++)
        ir_cbor_put_text(b, s[i], strlen(s[i]));
}

void
ir_bodyw_hashes(struct ir_bodyw *w, int key, const uint8_t (*h)[32], size_t n)
{
    struct ir_buf *b;
    size_t i;

    if (n == 0)
        return;
    b = field(w, key);
    ir_cbor_put_array(b, n);
    for (i = 0; i < n; i++)
        ir_cbor_put_bytes(b, h[i], 32);
}

void
ir_bodyw_no_hashes(struct ir_bodyw *w, int key)
{
    ir_cbor_put_array(field(w, key), 0);
}

static int
by_name(const void *a, const void *b)
{
    const struct ir_pair *x = *(const struct ir_pair *const *)a;
    const struct ir_pair *y = *(const struct ir_pair *const *)b;
    int c = strcmp(x->name, y->name);

    return c != 0 ? c : (x > y) - (x < y);
}

void
ir_bodyw_pairs(struct ir_bodyw *w, int key, const struct ir_pair *pairs,
               size_t n)
{
    const struct ir_pair **v;
    struct ir_buf *b;
    size_t i, m = 0;

    if (n == 0)
        return;
    v = ir_calloc(n, sizeof(struct ir_pair *));
    for (i = 0; i < n; i++)
        v[i] = &pairs[i];
    qsort(v, n, sizeof v[0], by_name);
    for (i = 0; i < n; i++)
        if (i + 1 == n || strcmp(v[i]->name, v[i + 1]->name) != 0)
            v[m++] = v[i];
    b = field(w, key);
    ir_cbor_put_array(b, m);
    for (i = 0; i < m; i++) {
        ir_cbor_put_array(b, 2);
        ir_cbor_put_text(b, v[i]->name, strlen(v[i]->name));
        ir_cbor_put_text(b, v[i]->value, strlen(v[i]->value));
    }
    free(v);
}

void
ir_bodyw_clocks(struct ir_bodyw *w, const struct ir_now *now, uint64_t hlc)
{
    uint8_t salt[16];
    struct ir_buf *b;

    ir_random(salt, sizeof salt);
    ir_bodyw_bytes(w, 0, salt, sizeof salt);
    ir_bodyw_int(w, 30, now->utc_off_min);
    ir_bodyw_bytes(w, 31, now->boot, sizeof now->boot);
    ir_bodyw_uint(w, 32, (uint64_t)now->mono_ms);
    b = field(w, 33);
    ir_cbor_put_array(b, 3);
    ir_cbor_put_uint(b, now->synced ? 1 : 0);
    ir_cbor_put_int(b, now->offset_us);
    ir_cbor_put_int(b, now->maxerr_us);
    ir_bodyw_wall(w, now, hlc);
}

void
ir_bodyw_wall(struct ir_bodyw *w, const struct ir_now *now, uint64_t hlc)
{
    if (now->wall_ms > 0 && ir_hlc_ms(hlc) > now->wall_ms + 1000)
        ir_bodyw_uint(w, 34, (uint64_t)now->wall_ms);
}

void
ir_bodyw_finish(struct ir_bodyw *w, struct ir_buf *out)
{
    const int max = (int)(sizeof w->has / sizeof w->has[0]);
    uint64_t n = 0;
    int i;

    for (i = 0; i < max; i++)
        n += w->has[i] ? 1 : 0;
    ir_cbor_put_map(out, n);
    for (i = 0; i < max; i++)
        if (w->has[i]) {
            ir_cbor_put_uint(out, (uint64_t)i);
            ir_buf_add(out, w->field[i].p, w->field[i].len);
            ir_buf_done(&w->field[i]);
            w->has[i] = false;
        }
}
