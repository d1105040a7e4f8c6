/* json_read.c: JSON text to values, see json.h. One pass over a copy of the
 * text; strings are made readable where they stand. Own code because every
 * `ir` that starts reads a hundred kilobytes of it: jansson took half of what
 * `ir status` needs (docs/benchmarks.md). tests/unit/test_json_peer.c holds the
 * two against each other.
 *
 * Source: RFC 8259.
 */
#include "base/buf.h"
#include "base/i18n.h"
#include "base/json_value.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 32768

struct ir_json_block {
    struct ir_json_block *next;
    size_t used, size;
    _Alignas(8) char bytes[];
};

struct reader {
    const char *text; /* as given: lines are counted there */
    char *begin, *at; /* the copy, with a NUL at its end */
    struct ir_json_tree *tree;
    int depth;
    /* values and members of containers that are not closed yet */
    struct ir_json **v;
    struct ir_json_member *m;
    size_t v_n, v_cap, m_n, m_cap;
    struct ir_err *err;
};

static void *
take(struct reader *r, size_t n)
{
    struct ir_json_block *b = r->tree->blocks;
    void *p;

    n = (n + 7) & ~(size_t)7;
    if (b == NULL || b->size - b->used < n) {
        size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;

        b = ir_malloc(sizeof *b + size);
        b->next = r->tree->blocks;
        b->used = 0;
        b->size = size;
        r->tree->blocks = b;
    }
    p = b->bytes + b->used;
    b->used += n;
    return p;
}

void
ir_json_tree_free(struct ir_json_tree *t)
{
    while (t->blocks != NULL) {
        struct ir_json_block *next = t->blocks->next;

        free(t->blocks);
        t->blocks = next;
    }
    free(t->text);
    free(t);
}

/* Line and column (in characters, from 1) of `at`. */
static void
place(const struct reader *r, const char *at, size_t *line, size_t *column)
{
    const char *p = r->text, *end = r->text + (at - r->begin);

    *line = *column = 1;
    for (; p < end; p++) {
        if (*p == '\n') {
            ++*line;
            *column = 1;
        } else {
            *column += ((unsigned char)*p & 0xC0) != 0x80;
        }
    }
}

static int
bad(struct reader *r, const char *at, const char *why)
{
    size_t line, column;

    place(r, at, &line, &column);
    return ir_fail(r->err, IR_EPARSE, _("line %zu, column %zu: %s"), line,
                   column, why);
}

/* Something that cannot stand here, or the end. */
static int
unexpected(struct reader *r)
{
    return bad(r, r->at,
               *r->at == '\0' ? _("the JSON text ends too early")
                              : _("not JSON"));
}

static void
space(struct reader *r)
{
    while (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t')
        r->at++;
}

static int
hex4(const char *p)
{
    int v = 0;

    for (int i = 0; i < 4; i++) {
        char c = p[i];

        if (c >= '0' && c <= '9')
            v = v * 16 + c - '0';
        else if (c >= 'a' && c <= 'f')
            v = v * 16 + c - 'a' + 10;
        else if (c >= 'A' && c <= 'F')
            v = v * 16 + c - 'A' + 10;
        else
            return -1;
    }
    return v;
}

/* \uXXXX, of a pair both; writes UTF-8 to *out and moves both on. */
static int
unicode(struct reader *r, char **in, char **out)
{
    unsigned char *o = (unsigned char *)*out;
    char *p = *in;
    int32_t cp = hex4(p + 2), low;

    if (cp < 0 || (cp >= 0xDC00 && cp <= 0xDFFF))
        return bad(r, p, _("not JSON"));
    if (cp == 0)
        return bad(r, p, _("a NUL character in a string"));
    p += 6;
    if (cp >= 0xD800 && cp <= 0xDBFF) {
        low = p[0] == '\\' && p[1] == 'u' ? hex4(p + 2) : -1;
        if (low < 0xDC00 || low > 0xDFFF)
            return bad(r, *in, _("not JSON"));
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
        p += 6;
    }
    if (cp < 0x80) {
        *o++ = (unsigned char)cp;
    } else if (cp < 0x800) {
        *o++ = (unsigned char)(0xC0 | cp >> 6);
        *o++ = (unsigned char)(0x80 | (cp & 0x3F));
    } else if (cp < 0x10000) {
        *o++ = (unsigned char)(0xE0 | cp >> 12);
        *o++ = (unsigned char)(0x80 | (cp >> 6 & 0x3F));
        *o++ = (unsigned char)(0x80 | (cp & 0x3F));
    } else {
        *o++ = (unsigned char)(0xF0 | cp >> 18);
        *o++ = (unsigned char)(0x80 | (cp >> 12 & 0x3F));
        *o++ = (unsigned char)(0x80 | (cp >> 6 & 0x3F));
        *o++ = (unsigned char)(0x80 | (cp & 0x3F));
    }
    *in = p;
    *out = (char *)o;
    return IR_OK;
}

/* One escape, what it stands for to *out. */
static int
escape(struct reader *r, char **in, char **out)
{
    static const char letter[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    const char *k;

    if ((*in)[1] == 'u')
        return unicode(r, in, out);
    k = (*in)[1] != '\0' ? strchr(letter, (*in)[1]) : NULL;
    if (k == NULL)
        return bad(r, *in,
                   (*in)[1] == '\0' ? _("the JSON text ends too early")
                                    : _("not JSON"));
    *(*out)++ = means[k - letter];
    *in += 2;
    return IR_OK;
}

/* A string, its opening quote at r->at, made readable in place. */
static int
string(struct reader *r, char **s, uint32_t *n)
{
    char *begin = r->at + 1, *in = begin, *out;
    bool high = false;
    int rc = IR_OK;

    for (;; in++) {
        unsigned char c = (unsigned char)*in;

        if (c == '"' || c == '\\' || c < 0x20)
            break;
        high |= c >= 0x80;
    }
    out = in;
    while (*in != '"' && rc == IR_OK) {
        if (*in == '\\') {
            rc = escape(r, &in, &out);
        } else if ((unsigned char)*in < 0x20) {
            r->at = in;
            rc = unexpected(r);
        } else {
            high |= (unsigned char)*in >= 0x80;
            *out++ = *in++;
        }
    }
    if (rc == IR_OK && high && !ir_utf8_valid(begin, (size_t)(out - begin)))
        rc = bad(r, begin, _("bytes that are not UTF-8"));
    if (rc != IR_OK)
        return rc;
    r->at = in + 1;
    *out = '\0';
    *s = begin;
    *n = (uint32_t)(out - begin);
    return IR_OK;
}

static int
number(struct reader *r, struct ir_json *j)
{
    char *begin = r->at, *p = begin;
    bool minus = *p == '-';
    uint64_t v = 0, max = (uint64_t)INT64_MAX + (minus ? 1 : 0);

    p += minus;
    if (*p < '0' || *p > '9') {
        r->at = p;
        return unexpected(r);
    }
    if (*p == '0' && p[1] >= '0' && p[1] <= '9')
        return bad(r, begin, _("not JSON"));
    for (; *p >= '0' && *p <= '9'; p++) {
        unsigned d = (unsigned)(*p - '0');

        if (v > (max - d) / 10)
            return bad(r, begin, _("a number too large"));
        v = v * 10 + d;
    }
    if (*p == '.' || *p == 'e' || *p == 'E')
        return bad(r, begin,
                   _("numbers with a decimal point or exponent are not used "
                     "here"));
    j->type = IR_JSON_INT;
    j->u.i = minus ? (int64_t)(0 - v) : (int64_t)v;
    r->at = p;
    return IR_OK;
}

static int
word(struct reader *r, const char *w, struct ir_json *j, uint8_t type, int v)
{
    size_t n = strlen(w);

    if (strncmp(r->at, w, n) != 0)
        return unexpected(r);
    r->at += n;
    j->type = type;
    j->u.i = v;
    return IR_OK;
}

static int value(struct reader *r, struct ir_json *j);

static struct ir_json *
fresh(struct reader *r)
{
    struct ir_json *j = take(r, sizeof *j);

    memset(j, 0, sizeof *j);
    j->kept = true;
    return j;
}

static int
deeper(struct reader *r)
{
    size_t line, column;

    if (++r->depth <= IR_JSON_DEPTH_MAX)
        return IR_OK;
    place(r, r->at, &line, &column);
    return ir_fail(r->err, IR_ELIMIT, _("line %zu: JSON nested deeper than %d"),
                   line, IR_JSON_DEPTH_MAX);
}

static int
array(struct reader *r, struct ir_json *j)
{
    size_t first = r->v_n;
    int rc = deeper(r);

    r->at++;
    space(r);
    while (rc == IR_OK && (*r->at != ']' || r->v_n > first)) {
        struct ir_json *v = fresh(r);

        rc = value(r, v);
        if (rc != IR_OK)
            break;
        if (r->v_n == r->v_cap) {
            r->v_cap = r->v_cap > 0 ? 2 * r->v_cap : 64;
            r->v = ir_realloc(r->v, r->v_cap * sizeof r->v[0]);
        }
        r->v[r->v_n++] = v;
        space(r);
        if (*r->at == ']')
            break;
        if (*r->at != ',')
            return unexpected(r);
        r->at++;
        space(r);
    }
    if (rc != IR_OK)
        return rc;
    r->at++;
    j->type = IR_JSON_ARR;
    j->n = (uint32_t)(r->v_n - first);
    j->u.v = take(r, j->n * sizeof j->u.v[0]);
    if (j->n > 0)
        memcpy(j->u.v, r->v + first, j->n * sizeof j->u.v[0]);
    r->v_n = first;
    r->depth--;
    return IR_OK;
}

int
ir_json_by_key(const void *a, const void *b)
{
    const struct ir_json_member *x = a, *y = b;

    return strcmp(x->key, y->key);
}

/* Take the members from `first` on; does a key stand there twice? */
static int
close_object(struct reader *r, struct ir_json *j, size_t first)
{
    struct ir_json_member *m = r->m + first;
    size_t i, n = r->m_n - first;
    int rc = IR_OK;

    j->type = IR_JSON_OBJ;
    j->n = (uint32_t)n;
    j->u.m = take(r, n * sizeof *m);
    if (n > 0)
        memcpy(j->u.m, m, n * sizeof *m);
    for (i = 1; i < n && strcmp(m[i - 1].key, m[i].key) < 0; i++)
        ;
    j->sorted = i >= n;
    if (!j->sorted) {
        qsort(m, n, sizeof *m, ir_json_by_key);
        for (i = 1; i < n && rc == IR_OK; i++)
            if (strcmp(m[i - 1].key, m[i].key) == 0)
                rc =
                    bad(r, r->at, _("the same key stands twice in one object"));
    }
    r->m_n = first;
    return rc;
}

/* "key": value, as one more open member. */
static int
member(struct reader *r)
{
    struct ir_json_member m = {NULL, NULL, false};
    uint32_t n;
    char *key = NULL;
    int rc = *r->at == '"' ? string(r, &key, &n) : unexpected(r);

    if (rc != IR_OK)
        return rc;
    m.key = key;
    space(r);
    if (*r->at != ':')
        return unexpected(r);
    r->at++;
    space(r);
    m.v = fresh(r);
    rc = value(r, m.v);
    if (rc != IR_OK)
        return rc;
    if (r->m_n == r->m_cap) {
        r->m_cap = r->m_cap > 0 ? 2 * r->m_cap : 64;
        r->m = ir_realloc(r->m, r->m_cap * sizeof r->m[0]);
    }
    r->m[r->m_n++] = m;
    return IR_OK;
}

static int
object(struct reader *r, struct ir_json *j)
{
    size_t first = r->m_n;
    int rc = deeper(r);

    r->at++;
    space(r);
    while (rc == IR_OK && (*r->at != '}' || r->m_n > first)) {
        rc = member(r);
        if (rc != IR_OK)
            break;
        space(r);
        if (*r->at == '}')
            break;
        if (*r->at != ',')
            return unexpected(r);
        r->at++;
        space(r);
    }
    if (rc == IR_OK)
        rc = close_object(r, j, first);
    r->at++;
    r->depth--;
    return rc;
}

static int
value(struct reader *r, struct ir_json *j)
{
    int rc;

    switch (*r->at) {
    case '{':
        return object(r, j);
    case '[':
        return array(r, j);
    case '"':
        rc = string(r, &j->u.s, &j->n);
        j->type = rc == IR_OK ? IR_JSON_STR : IR_JSON_NULL;
        return rc;
    case 't':
        return word(r, "true", j, IR_JSON_BOOL, 1);
    case 'f':
        return word(r, "false", j, IR_JSON_BOOL, 0);
    case 'n':
        return word(r, "null", j, IR_JSON_NULL, 0);
    default:
        return number(r, j);
    }
}

int
ir_json_parse(const char *text, size_t len, struct ir_json **out,
              struct ir_err *err)
{
    struct reader r = {.text = text, .err = err};
    int rc;

    if (len > IR_JSON_MAX)
        return ir_fail(err, IR_ELIMIT, _("JSON of %zu bytes, limit %d"), len,
                       IR_JSON_MAX);
    if (len > 0 && memchr(text, '\0', len) != NULL)
        return ir_fail(err, IR_EPARSE, _("a NUL character in the JSON text"));
    r.tree = ir_calloc(1, sizeof *r.tree);
    r.tree->root.kept = r.tree->root.root = true;
    r.tree->text = r.begin = r.at = ir_malloc(len + 1);
    if (len > 0)
        memcpy(r.begin, text, len);
    r.begin[len] = '\0';
    space(&r);
    rc = value(&r, &r.tree->root);
    if (rc == IR_OK)
        space(&r);
    if (rc == IR_OK && r.at != r.begin + len)
        rc = bad(&r, r.at, _("something stands after the JSON value"));
    if (rc == IR_OK)
        *out = &r.tree->root;
    else
        ir_json_tree_free(r.tree);
    free(r.v);
    free(r.m);
    return rc;
}
