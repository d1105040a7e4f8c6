/* json_write.c: values to JSON text, see json.h. The canonical bytes are hashed
 * and must never change.
 */
#include "base/buf.h"
#include "base/json_value.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How text is written: canonical, or for people with `indent`. */
struct style {
    bool canonical;
    int indent;
};

/* How many of the `n` bytes at `s` are written as they are. */
static size_t
plain(const char *s, size_t n, const struct style *st)
{
    size_t i = 0, len;

    while (i < n) {
        unsigned char c = (unsigned char)s[i];

        if (c < 0x20 || c == '"' || c == '\\')
            break;
        if (st->canonical || (c >= 0x20 && c < 0x7F)) {
            i++;
            continue;
        }
        if (ir_utf8_harmful(ir_utf8_next(s + i, n - i, &len)))
            break;
        i += len;
    }
    return i;
}

static void
put_string(struct ir_buf *b, const char *s, size_t n, const struct style *st)
{
    static const char brief[] = "\b\f\n\r\t\"\\", letter[] = "bfnrt\"\\";

    ir_buf_addc(b, '"');
    for (size_t i = 0, len; i < n; i += len) {
        const char *at;

        len = plain(s + i, n - i, st);
        if (len > 0) {
            ir_buf_add(b, s + i, len);
            continue;
        }
        at = s[i] != '\0' ? strchr(brief, s[i]) : NULL;
        if (at != NULL) {
            ir_buf_addc(b, '\\');
            ir_buf_addc(b, letter[at - brief]);
            len = 1;
        } else {
            ir_buf_addf(b, "\\u%04x",
                        (unsigned)ir_utf8_next(s + i, n - i, &len));
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

static void put_value(struct ir_buf *b, const struct ir_json *j,
                      const struct style *st, int level);

static void
put_object(struct ir_buf *b, const struct ir_json *j, const struct style *st,
           int level)
{
    struct ir_json_member *m = j->u.m;
    uint32_t i;

    if (st->canonical && !j->sorted) {
        m = ir_malloc(j->n * sizeof *m);
        memcpy(m, j->u.m, j->n * sizeof *m);
        qsort(m, j->n, sizeof *m, ir_json_by_key);
    }
    ir_buf_addc(b, '{');
    for (i = 0; i < j->n; i++) {
        if (i > 0)
            ir_buf_addc(b, ',');
        new_line(b, st, level + 1);
        put_string(b, m[i].key, strlen(m[i].key), st);
        ir_buf_adds(b, st->indent > 0 ? ": " : ":");
        put_value(b, m[i].v, st, level + 1);
    }
    if (j->n > 0)
        new_line(b, st, level);
    ir_buf_addc(b, '}');
    if (m != j->u.m)
        free(m);
}

static void
put_value(struct ir_buf *b, const struct ir_json *j, const struct style *st,
          int level)
{
    uint32_t i;

    switch ((enum ir_json_type)j->type) {
    case IR_JSON_OBJ:
        put_object(b, j, st, level);
        break;
    case IR_JSON_ARR:
        ir_buf_addc(b, '[');
        for (i = 0; i < j->n; i++) {
            if (i > 0)
                ir_buf_addc(b, ',');
            new_line(b, st, level + 1);
            put_value(b, j->u.v[i], st, level + 1);
        }
        if (j->n > 0)
            new_line(b, st, level);
        ir_buf_addc(b, ']');
        break;
    case IR_JSON_STR:
        put_string(b, j->u.s, j->n, st);
        break;
    case IR_JSON_INT:
        ir_buf_addf(b, "%" PRId64, j->u.i);
        break;
    case IR_JSON_BOOL:
        ir_buf_adds(b, j->u.i != 0 ? "true" : "false");
        break;
    case IR_JSON_NULL:
        ir_buf_adds(b, "null");
        break;
    }
}

static char *
text_of(const struct ir_json *j, const struct style *st, size_t *len)
{
    struct ir_buf b = {0};

    put_value(&b, j, st, 0);
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
