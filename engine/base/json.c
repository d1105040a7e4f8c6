/* json.c: see json.h. Values in memory; text is read in json_read.c and written
 * in json_write.c.
 */
#include "base/json.h"

#include "base/buf.h"
#include "base/json_value.h"
#include "base/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LIST_FIRST 8    /* room in a list when something is first put there */
#define SEARCH_LINEAR 8 /* members up to here are looked through in order */

/* Free what belongs to `j` alone, and `j` itself unless an arena holds it. */
static void
drop(struct ir_json *j)
{
    uint32_t i;

    if (j->type == IR_JSON_STR && !j->kept) {
        free(j->u.s);
    } else if (j->type == IR_JSON_ARR) {
        for (i = 0; i < j->n; i++)
            drop(j->u.v[i]);
        if (j->cap > 0)
            free(j->u.v);
    } else if (j->type == IR_JSON_OBJ) {
        for (i = 0; i < j->n; i++) {
            drop(j->u.m[i].v);
            if (j->u.m[i].own_key)
                free((char *)(uintptr_t)j->u.m[i].key);
        }
        if (j->cap > 0)
            free(j->u.m);
    }
    if (j->root)
        ir_json_tree_free((struct ir_json_tree *)(void *)j);
    else if (!j->kept)
        free(j);
}

void
ir_json_free(struct ir_json *j)
{
    if (j != NULL)
        drop(j);
}

static struct ir_json *
new_value(enum ir_json_type type)
{
    struct ir_json *j = ir_calloc(1, sizeof *j);

    j->type = (uint8_t)type;
    j->sorted = true;
    return j;
}

struct ir_json *
ir_json_new_obj(void)
{
    return new_value(IR_JSON_OBJ);
}

struct ir_json *
ir_json_new_arr(void)
{
    return new_value(IR_JSON_ARR);
}

/* `s[0..n)` as a JSON string, wrong bytes and NULs as U+FFFD. */
static struct ir_json *
str_of(const char *s, size_t n)
{
    struct ir_json *j;
    struct ir_buf b = {0};

    if (s == NULL)
        return ir_json_new_null();
    j = new_value(IR_JSON_STR);
    if (ir_utf8_valid(s, n)) {
        j->n = (uint32_t)n;
        j->u.s = ir_strndup(s, n);
    } else {
        ir_utf8_repair(&b, s, n);
        j->n = (uint32_t)b.len;
        j->u.s = ir_buf_take(&b);
    }
    return j;
}

struct ir_json *
ir_json_new_str(const char *s)
{
    return str_of(s, s != NULL ? strlen(s) : 0);
}

struct ir_json *
ir_json_new_int(int64_t v)
{
    struct ir_json *j = new_value(IR_JSON_INT);

    j->u.i = v;
    return j;
}

struct ir_json *
ir_json_new_bool(bool v)
{
    struct ir_json *j = new_value(IR_JSON_BOOL);

    j->u.i = v;
    return j;
}

struct ir_json *
ir_json_new_null(void)
{
    return new_value(IR_JSON_NULL);
}

static bool
is(const struct ir_json *j, enum ir_json_type type)
{
    return j != NULL && j->type == (uint8_t)type;
}

/* Where the member `key` of an object stands, or NULL. */
static struct ir_json_member *
find(const struct ir_json *j, const char *key)
{
    uint32_t lo = 0, hi = j->n;

    if (!j->sorted || j->n <= SEARCH_LINEAR) {
        for (; lo < hi; lo++)
            if (strcmp(j->u.m[lo].key, key) == 0)
                return &j->u.m[lo];
        return NULL;
    }
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int d = strcmp(j->u.m[mid].key, key);

        if (d == 0)
            return &j->u.m[mid];
        if (d < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

/* A list with room for one more of `size` bytes: of its own from now on. */
static void *
room(struct ir_json *j, void *list, size_t size)
{
    uint32_t cap = j->n < LIST_FIRST ? LIST_FIRST : 2 * j->n;
    void *own;

    if (j->n < j->cap)
        return list;
    own = ir_realloc(j->cap > 0 ? list : NULL, cap * size);
    if (j->cap == 0 && j->n > 0) /* it stood in the arena */
        memcpy(own, list, j->n * size);
    j->cap = cap;
    return own;
}

struct ir_json *
ir_json_set_take(struct ir_json *obj, const char *key, struct ir_json *v)
{
    struct ir_json_member *m;
    struct ir_buf b = {0};

    assert(is(obj, IR_JSON_OBJ));
    if (v == NULL)
        v = ir_json_new_null();
    ir_utf8_repair(&b, key, strlen(key));
    m = find(obj, ir_buf_str(&b));
    if (m != NULL) {
        ir_buf_done(&b);
        drop(m->v);
        m->v = v;
        return v;
    }
    obj->u.m = room(obj, obj->u.m, sizeof *obj->u.m);
    m = &obj->u.m[obj->n];
    m->key = ir_buf_take(&b);
    m->own_key = true;
    m->v = v;
    if (obj->n > 0 && strcmp(m[-1].key, m->key) > 0)
        obj->sorted = false;
    obj->n++;
    return v;
}

struct ir_json *
ir_json_add_take(struct ir_json *arr, struct ir_json *v)
{
    assert(is(arr, IR_JSON_ARR));
    if (v == NULL)
        v = ir_json_new_null();
    arr->u.v = room(arr, arr->u.v, sizeof arr->u.v[0]);
    arr->u.v[arr->n++] = v;
    return v;
}

void
ir_json_set_str(struct ir_json *obj, const char *key, const char *s)
{
    ir_json_set_take(obj, key, ir_json_new_str(s));
}

void
ir_json_set_strn(struct ir_json *obj, const char *key, const char *s, size_t n)
{
    ir_json_set_take(obj, key, str_of(s, n));
}

void
ir_json_set_int(struct ir_json *obj, const char *key, int64_t v)
{
    ir_json_set_take(obj, key, ir_json_new_int(v));
}

void
ir_json_set_bool(struct ir_json *obj, const char *key, bool v)
{
    ir_json_set_take(obj, key, ir_json_new_bool(v));
}

void
ir_json_set_hex(struct ir_json *obj, const char *key, const uint8_t *p,
                size_t n)
{
    static const char digit[] = "0123456789abcdef";
    struct ir_buf b = {0};

    for (size_t i = 0; i < n; i++) {
        ir_buf_addc(&b, digit[p[i] >> 4]);
        ir_buf_addc(&b, digit[p[i] & 15]);
    }
    ir_json_set_strn(obj, key, ir_buf_str(&b), b.len);
    ir_buf_done(&b);
}

void
ir_json_add_str(struct ir_json *arr, const char *s)
{
    ir_json_add_take(arr, ir_json_new_str(s));
}

void
ir_json_add_int(struct ir_json *arr, int64_t v)
{
    ir_json_add_take(arr, ir_json_new_int(v));
}

bool
ir_json_is_obj(const struct ir_json *j)
{
    return is(j, IR_JSON_OBJ);
}

bool
ir_json_is_arr(const struct ir_json *j)
{
    return is(j, IR_JSON_ARR);
}

bool
ir_json_is_str(const struct ir_json *j)
{
    return is(j, IR_JSON_STR);
}

bool
ir_json_is_int(const struct ir_json *j)
{
    return is(j, IR_JSON_INT);
}

bool
ir_json_is_bool(const struct ir_json *j)
{
    return is(j, IR_JSON_BOOL);
}

bool
ir_json_is_null(const struct ir_json *j)
{
    return is(j, IR_JSON_NULL);
}

struct ir_json *
ir_json_get(const struct ir_json *j, const char *key)
{
    const struct ir_json_member *m = is(j, IR_JSON_OBJ) ? find(j, key) : NULL;

    return m != NULL ? m->v : NULL;
}

const char *
ir_json_get_str(const struct ir_json *j, const char *key, const char *dflt)
{
    const char *s = ir_json_str(ir_json_get(j, key));

    return s != NULL ? s : dflt;
}

int64_t
ir_json_get_int(const struct ir_json *j, const char *key, int64_t dflt)
{
    const struct ir_json *v = ir_json_get(j, key);

    return ir_json_is_int(v) ? ir_json_int(v) : dflt;
}

bool
ir_json_get_bool(const struct ir_json *j, const char *key, bool dflt)
{
    const struct ir_json *v = ir_json_get(j, key);

    return ir_json_is_bool(v) ? ir_json_bool(v) : dflt;
}

const char *
ir_json_str(const struct ir_json *j)
{
    return is(j, IR_JSON_STR) ? j->u.s : NULL;
}

int64_t
ir_json_int(const struct ir_json *j)
{
    return is(j, IR_JSON_INT) ? j->u.i : 0;
}

bool
ir_json_bool(const struct ir_json *j)
{
    return is(j, IR_JSON_BOOL) && j->u.i != 0;
}

size_t
ir_json_len(const struct ir_json *j)
{
    return is(j, IR_JSON_OBJ) || is(j, IR_JSON_ARR) ? j->n : 0;
}

struct ir_json *
ir_json_at(const struct ir_json *j, size_t i)
{
    return is(j, IR_JSON_ARR) && i < j->n ? j->u.v[i] : NULL;
}

void
ir_json_each(const struct ir_json *j,
             bool (*fn)(const char *key, struct ir_json *v, void *arg),
             void *arg)
{
    struct ir_json_member *m;
    uint32_t i;

    if (!is(j, IR_JSON_OBJ) || j->n == 0)
        return;
    m = j->u.m;
    if (!j->sorted) {
        m = ir_malloc(j->n * sizeof *m);
        memcpy(m, j->u.m, j->n * sizeof *m);
        qsort(m, j->n, sizeof *m, ir_json_by_key);
    }
    for (i = 0; i < j->n; i++)
        if (!fn(m[i].key, m[i].v, arg))
            break;
    if (m != j->u.m)
        free(m);
}
