/* json.c: see json.h. A `struct ir_json` is a json_t; text is written here and
 * not by jansson, because the canonical bytes are hashed and must never change.
 */
#include "base/json.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *
in(const struct ir_json *j)
{
    return (json_t *)(uintptr_t)j;
}

static struct ir_json *
made(json_t *j)
{
    if (j == NULL)
        abort(); /* out of memory: sizes were capped before */
    return (struct ir_json *)j;
}

/* What jansson does not check: real numbers and how deep it goes. Works on
 * text that need not be JSON; jansson judges that.
 */
static int
check_shape(const char *text, size_t len, bool reals, struct ir_err *err)
{
    size_t line = 1, begin = 0, depth = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (c == '\n') {
            line++;
            begin = i + 1;
        } else if (c == '"') {
            for (i++; i < len && text[i] != '"'; i++)
                if (text[i] == '\\')
                    i++;
        } else if (c == '[' || c == '{') {
            if (++depth > IR_JSON_DEPTH_MAX)
                return ir_fail(err, IR_ELIMIT,
                               _("line %zu: JSON nested deeper than %d"), line,
                               IR_JSON_DEPTH_MAX);
        } else if (c == ']' || c == '}') {
            depth -= depth > 0;
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            size_t n = strspn(text + i, "0123456789+-.eE"), at = i;

            if (!reals && strcspn(text + i, ".eE") < n)
                return ir_fail(err, IR_EPARSE,
                               _("line %zu, column %zu: numbers with a decimal "
                                 "point or exponent are not used here"),
                               line, at - begin + 1);
            i += n - 1;
        }
    }
    return IR_OK;
}

static const char *
reason(const json_error_t *e)
{
    switch (json_error_code(e)) {
    case json_error_premature_end_of_input:
        return _("the JSON text ends too early");
    case json_error_end_of_input_expected:
        return _("something stands after the JSON value");
    case json_error_duplicate_key:
        return _("the same key stands twice in one object");
    case json_error_invalid_utf8:
        return _("bytes that are not UTF-8");
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return _("a NUL character in a string");
    case json_error_numeric_overflow:
        return _("a number too large");
    default:
        return _("not JSON");
    }
}

static int
parse(const char *text, size_t len, bool reals, struct ir_json **out,
      struct ir_err *err)
{
    json_error_t e;
    json_t *j;
    char *copy;
    int rc;

    if (len > IR_JSON_MAX)
        return ir_fail(err, IR_ELIMIT, _("JSON of %zu bytes, limit %d"), len,
                       IR_JSON_MAX);
    if (len > 0 &&
        memchr(text, '\0', len) != NULL) /* jansson passes over some */
        return ir_fail(err, IR_EPARSE, _("a NUL character in the JSON text"));
    copy = ir_malloc(len + 1); /* check_shape needs the NUL */
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    rc = check_shape(copy, len, reals, err);
    if (rc != IR_OK)
        goto out;
    j = json_loadb(copy, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
    if (j == NULL) {
        rc = ir_fail(err, IR_EPARSE, _("line %d, column %d: %s"),
                     e.line > 0 ? e.line : 1, e.column > 0 ? e.column : 1,
                     reason(&e));
        goto out;
    }
    *out = made(j);
out:
    free(copy);
    return rc;
}

int
ir_json_parse(const char *text, size_t len, struct ir_json **out,
              struct ir_err *err)
{
    return parse(text, len, false, out, err);
}

int
ir_json_parse_reals(const char *text, size_t len, struct ir_json **out,
                    struct ir_err *err)
{
    return parse(text, len, true, out, err);
}

void
ir_json_free(struct ir_json *j)
{
    json_decref(in(j));
}

struct ir_json *
ir_json_new_obj(void)
{
    return made(json_object());
}

struct ir_json *
ir_json_new_arr(void)
{
    return made(json_array());
}

/* `s[0..n)` as a JSON string, wrong bytes and NULs as U+FFFD. */
static json_t *
str_of(const char *s, size_t n)
{
    struct ir_buf b = {0};
    json_t *j;

    if (ir_utf8_valid(s, n))
        return json_stringn_nocheck(s, n);
    ir_utf8_repair(&b, s, n);
    j = json_stringn_nocheck(ir_buf_str(&b), b.len);
    ir_buf_done(&b);
    return j;
}

struct ir_json *
ir_json_new_str(const char *s)
{
    return made(s != NULL ? str_of(s, strlen(s)) : json_null());
}

struct ir_json *
ir_json_new_int(int64_t v)
{
    return made(json_integer(v));
}

struct ir_json *
ir_json_new_real(double v)
{
    json_t *j = json_real(v); /* NULL for what JSON cannot say */

    return made(j != NULL ? j : json_null());
}

struct ir_json *
ir_json_new_bool(bool v)
{
    return made(json_boolean(v));
}

struct ir_json *
ir_json_new_null(void)
{
    return made(json_null());
}

struct ir_json *
ir_json_set_take(struct ir_json *obj, const char *key, struct ir_json *v)
{
    struct ir_buf b = {0};
    int rc;

    assert(json_is_object(in(obj)));
    if (v == NULL)
        v = ir_json_new_null();
    ir_utf8_repair(&b, key, strlen(key));
    rc = json_object_set_new_nocheck(in(obj), ir_buf_str(&b), in(v));
    ir_buf_done(&b);
    if (rc != 0)
        abort();
    return v;
}

struct ir_json *
ir_json_add_take(struct ir_json *arr, struct ir_json *v)
{
    assert(json_is_array(in(arr)));
    if (v == NULL)
        v = ir_json_new_null();
    if (json_array_append_new(in(arr), in(v)) != 0)
        abort();
    return v;
}

void
ir_json_add_same(struct ir_json *arr, const struct ir_json *v)
{
    assert(json_is_array(in(arr)));
    if (json_array_append(in(arr), (json_t *)(uintptr_t)v) != 0)
        abort();
}

void
ir_json_set_str(struct ir_json *obj, const char *key, const char *s)
{
    ir_json_set_take(obj, key, ir_json_new_str(s));
}

void
ir_json_set_strn(struct ir_json *obj, const char *key, const char *s, size_t n)
{
    ir_json_set_take(obj, key, made(s != NULL ? str_of(s, n) : json_null()));
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

struct ir_json *
ir_json_take(struct ir_json *obj, const char *key)
{
    struct ir_json *v = ir_json_get(obj, key);

    if (v == NULL)
        return NULL;
    json_incref(in(v));
    (void)json_object_del(in(obj), key);
    return v;
}

bool
ir_json_is_obj(const struct ir_json *j)
{
    return json_is_object(in(j));
}

bool
ir_json_is_arr(const struct ir_json *j)
{
    return json_is_array(in(j));
}

bool
ir_json_is_str(const struct ir_json *j)
{
    return json_is_string(in(j));
}

bool
ir_json_is_int(const struct ir_json *j)
{
    return json_is_integer(in(j));
}

bool
ir_json_is_real(const struct ir_json *j)
{
    return json_is_real(in(j));
}

double
ir_json_real(const struct ir_json *j)
{
    return json_real_value(in(j));
}

bool
ir_json_is_bool(const struct ir_json *j)
{
    return json_is_boolean(in(j));
}

bool
ir_json_is_null(const struct ir_json *j)
{
    return json_is_null(in(j));
}

struct ir_json *
ir_json_get(const struct ir_json *j, const char *key)
{
    return (struct ir_json *)json_object_get(in(j), key);
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
    return json_string_value(in(j));
}

int64_t
ir_json_int(const struct ir_json *j)
{
    return json_integer_value(in(j));
}

bool
ir_json_bool(const struct ir_json *j)
{
    return json_is_true(in(j));
}

size_t
ir_json_len(const struct ir_json *j)
{
    if (json_is_object(in(j)))
        return json_object_size(in(j));
    return json_array_size(in(j));
}

struct ir_json *
ir_json_at(const struct ir_json *j, size_t i)
{
    return (struct ir_json *)json_array_get(in(j), i);
}

static int
by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of object `j`, sorted by their bytes or as they were put.
 *
 * Owns:   the caller frees the array; the keys are borrowed from `j`.
 */
static const char **
keys_of(json_t *j, bool sorted)
{
    const char **keys = ir_calloc(json_object_size(j), sizeof *keys);
    size_t n = 0;

    for (void *it = json_object_iter(j); it != NULL;
         it = json_object_iter_next(j, it))
        keys[n++] = json_object_iter_key(it);
    if (sorted)
        qsort(keys, n, sizeof *keys, by_bytes);
    return keys;
}

void
ir_json_each(const struct ir_json *j,
             bool (*fn)(const char *key, struct ir_json *v, void *arg),
             void *arg)
{
    size_t n = json_object_size(in(j));
    const char **keys;

    if (n == 0)
        return;
    keys = keys_of(in(j), true);
    for (size_t i = 0; i < n; i++)
        if (!fn(keys[i], ir_json_get(j, keys[i]), arg))
            break;
    free(keys);
}

/* How text is written: canonical, or for people with `indent`. */
struct style {
    bool canonical;
    int indent;
};

static void
put_string(struct ir_buf *b, const char *s, size_t n, const struct style *st)
{
    static const char brief[] = "\b\f\n\r\t\"\\", letter[] = "bfnrt\"\\";

    ir_buf_addc(b, '"');
    for (size_t i = 0, len; i < n; i += len) {
        unsigned char c = (unsigned char)s[i];
        const char *at = c != 0 ? strchr(brief, c) : NULL;
        int32_t cp = ir_utf8_next(s + i, n - i, &len);

        if (at != NULL) {
            ir_buf_addc(b, '\\');
            ir_buf_addc(b, letter[at - brief]);
        } else if (c < 0x20 || (!st->canonical && ir_utf8_harmful(cp))) {
            ir_buf_addf(b, "\\u%04x", (unsigned)cp);
        } else {
            ir_buf_add(b, s + i, len);
        }
    }
    ir_buf_addc(b, '"');
}

static void
new_line(struct ir_buf *b, const struct style *st, int level)
{
    if (st->indent > 0)
        ir_buf_addf(b, "\n%*s", st->indent * level, "");
}

static void
put_value(struct ir_buf *b, json_t *j, const struct style *st, int level)
{
    size_t n = ir_json_len((struct ir_json *)j);
    const char **keys;

    switch (json_typeof(j)) {
    case JSON_OBJECT:
        keys = keys_of(j, st->canonical);
        ir_buf_addc(b, '{');
        for (size_t i = 0; i < n; i++) {
            if (i > 0)
                ir_buf_addc(b, ',');
            new_line(b, st, level + 1);
            put_string(b, keys[i], strlen(keys[i]), st);
            ir_buf_adds(b, st->indent > 0 ? ": " : ":");
            put_value(b, json_object_get(j, keys[i]), st, level + 1);
        }
        if (n > 0)
            new_line(b, st, level);
        ir_buf_addc(b, '}');
        free(keys);
        break;
    case JSON_ARRAY:
        ir_buf_addc(b, '[');
        for (size_t i = 0; i < n; i++) {
            if (i > 0)
                ir_buf_addc(b, ',');
            new_line(b, st, level + 1);
            put_value(b, json_array_get(j, i), st, level + 1);
        }
        if (n > 0)
            new_line(b, st, level);
        ir_buf_addc(b, ']');
        break;
    case JSON_STRING:
        put_string(b, json_string_value(j), json_string_length(j), st);
        break;
    case JSON_INTEGER:
        ir_buf_addf(b, "%" PRId64, (int64_t)json_integer_value(j));
        break;
    case JSON_TRUE:
        ir_buf_adds(b, "true");
        break;
    case JSON_FALSE:
        ir_buf_adds(b, "false");
        break;
    case JSON_REAL: /* of others alone */
        ir_buf_addf(b, "%.17g", json_real_value(j));
        break;
    case JSON_NULL:
        ir_buf_adds(b, "null");
        break;
    }
}

static char *
text_of(const struct ir_json *j, const struct style *st, size_t *len)
{
    struct ir_buf b = {0};

    put_value(&b, in(j), st, 0);
    if (len != NULL)
        *len = b.len;
    return ir_buf_take(&b);
}

char *
ir_json_canonical(const struct ir_json *j, size_t *len)
{
    const struct style st = {.canonical = true};

    return text_of(j, &st, len);
}

char *
ir_json_text(const struct ir_json *j, int indent)
{
    const struct style st = {.indent = indent > 0 ? indent : 0};

    return text_of(j, &st, NULL);
}
