/* field.c: see field.h. */
#include "view/field.h"

#include "base/scan.h"
#include "base/time.h"

#include <stdlib.h>
#include <string.h>

bool
ir_field_begin(const struct ir_entry *e, struct ir_field_walk *w)
{
    struct ir_cbor_item it;
    size_t n;
    const uint8_t *b = ir_entry_plain(e, &n);

    *w =
        (struct ir_field_walk){.kind = ir_kind_get(e->h.kind), .no = e->h.kind};
    if (b == NULL)
        return false;
    w->c.p = b;
    w->c.end = b + n;
    if (ir_cbor_check(b, n, NULL) != IR_OK ||
        ir_cbor_next(&w->c, &it, NULL) != IR_OK || it.type != IR_CBOR_MAP)
        return false;
    w->left = it.num;
    return true;
}

static const struct ir_field *
row_of(const struct ir_field_walk *w, uint64_t key)
{
    enum ir_lane lane = ir_kind_lane(w->no);
    const struct ir_field *common;
    size_t i, n;

    for (i = 0; w->kind != NULL && i < w->kind->fields_n; i++)
        if (w->kind->fields[i].key == key)
            return &w->kind->fields[i];
    if (lane != IR_LANE_I && lane != IR_LANE_S)
        return NULL;
    common = ir_kind_common(&n);
    for (i = 0; i < n; i++)
        if (common[i].key == key)
            return &common[i];
    return NULL;
}

bool
ir_field_next(struct ir_field_walk *w, uint64_t *key, const struct ir_field **f,
              struct ir_cbor *val)
{
    struct ir_cbor_item it;

    if (w->left-- <= 0 || ir_cbor_next(&w->c, &it, NULL) != IR_OK)
        return false;
    *key = (uint64_t)it.num;
    *f = row_of(w, *key);
    val->p = w->c.p;
    if (ir_cbor_skip(&w->c, NULL) != IR_OK)
        return false;
    val->end = w->c.p;
    return true;
}

/* Is the field a moment in milliseconds, by its name? */
static bool
is_moment(const struct ir_field *f)
{
    static const char *const names[] = {
        "not_after", "began", "counts_from", "review_at", "expires",
        "until",     "when",  "next_due",    "due",       "wall_ms"};
    size_t i;

    for (i = 0; f != NULL && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(f->name, names[i]) == 0)
            return true;
    return false;
}

static void
put_item(const struct ir_view *v, struct ir_cbor *c, struct ir_buf *b)
{
    struct ir_cbor_item it;
    char *s;
    int64_t i;

    if (ir_cbor_next(c, &it, NULL) != IR_OK)
        return;
    switch (it.type) {
    case IR_CBOR_UINT:
    case IR_CBOR_NEGINT:
        ir_buf_addf(b, "%lld", (long long)it.num);
        break;
    case IR_CBOR_TEXT:
        s = ir_view_safe_n(v, (const char *)it.bytes, (size_t)it.num);
        ir_buf_adds(b, s);
        free(s);
        break;
    case IR_CBOR_BYTES:
        s = ir_malloc(2 * (size_t)it.num + 1);
        ir_hex(it.bytes, (size_t)it.num, s);
        ir_buf_adds(b, s);
        free(s);
        break;
    case IR_CBOR_ARRAY:
    case IR_CBOR_MAP:
        ir_buf_addc(b, '[');
        for (i = 0; i < (it.type == IR_CBOR_MAP ? 2 * it.num : it.num); i++) {
            if (i > 0)
                ir_buf_adds(b, ", ");
            put_item(v, c, b);
        }
        ir_buf_addc(b, ']');
        break;
    }
}

char *
ir_field_text(const struct ir_view *v, const struct ir_field *f,
              const struct ir_cbor *val)
{
    struct ir_cbor c = *val, peek = *val;
    struct ir_cbor_item it;
    struct ir_buf b = {0};
    char *t;

    put_item(v, &c, &b);
    if (is_moment(f) && ir_cbor_next(&peek, &it, NULL) == IR_OK &&
        it.type == IR_CBOR_UINT) {
        t = ir_view_stamp(it.num);
        ir_buf_addf(&b, " (%s)", t);
        free(t);
    }
    return ir_buf_take(&b);
}

static struct ir_json *
item_json(struct ir_cbor *c, bool pairs)
{
    struct ir_cbor_item it, name;
    struct ir_json *j;
    char *hex;
    int64_t i;

    if (ir_cbor_next(c, &it, NULL) != IR_OK)
        return ir_json_new_null();
    switch (it.type) {
    case IR_CBOR_UINT:
    case IR_CBOR_NEGINT:
        return ir_json_new_int(it.num);
    case IR_CBOR_TEXT:
        hex = ir_strndup((const char *)it.bytes, (size_t)it.num);
        j = ir_json_new_str(hex);
        free(hex);
        return j;
    case IR_CBOR_BYTES:
        hex = ir_malloc(2 * (size_t)it.num + 1);
        ir_hex(it.bytes, (size_t)it.num, hex);
        j = ir_json_new_str(hex);
        free(hex);
        return j;
    default:
        break;
    }
    j = pairs ? ir_json_new_obj() : ir_json_new_arr();
    for (i = 0; i < (it.type == IR_CBOR_MAP ? 2 * it.num : it.num); i++) {
        if (pairs) { /* [name, value], both text: checked by the kind */
            ir_cbor_next(c, &name, NULL);
            if (ir_cbor_next(c, &name, NULL) != IR_OK ||
                name.type != IR_CBOR_TEXT)
                return j;
            hex = ir_strndup((const char *)name.bytes, (size_t)name.num);
            ir_json_set_take(j, hex, item_json(c, false));
            free(hex);
        } else {
            ir_json_add_take(j, item_json(c, false));
        }
    }
    return j;
}

struct ir_json *
ir_field_json(const struct ir_entry *e)
{
    size_t n;
    const uint8_t *b = ir_entry_plain(e, &n);
    bool fits = b != NULL && ir_kind_check(e->h.kind, b, n, NULL) == IR_OK;
    struct ir_json *o;
    struct ir_field_walk w;
    const struct ir_field *f;
    struct ir_cbor val;
    uint64_t key;

    if (!ir_field_begin(e, &w))
        return ir_json_new_null();
    o = ir_json_new_obj();
    while (ir_field_next(&w, &key, &f, &val)) {
        if (f == NULL) {
            char *s = ir_asprintf("%llu", (unsigned long long)key);

            ir_json_set_take(o, s, item_json(&val, false));
            free(s);
        } else {
            ir_json_set_take(o, f->name,
                             item_json(&val, fits && f->type == IR_FT_PAIRS));
        }
    }
    return o;
}
