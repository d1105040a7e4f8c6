/* vcard.c: see vcard.h. */
#include "core/vcard.h"

#include "base/charset.h"
#include "base/scan.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

void
ir_vcard_init(struct ir_vcard *v, const char *p, size_t n)
{
    *v = (struct ir_vcard){p, n, 0, 1};
}

void
ir_vcard_line_done(struct ir_vcard_line *l)
{
    free(l->name);
    free(l->params);
    free(l->value);
    memset(l, 0, sizeof *l);
}

/* Append the rest of the line that stands in the text, at most what is kept;
 * false when something was cut. */
static bool
take_line(struct ir_vcard *v, struct ir_buf *b)
{
    const char *from = v->p + v->at, *nl = memchr(from, '\n', v->n - v->at);
    size_t len = nl != NULL ? (size_t)(nl - from) : v->n - v->at, keep;

    v->at += len + (nl != NULL ? 1 : 0);
    v->line++;
    if (len > 0 && from[len - 1] == '\r')
        len--;
    keep = len;
    if (b->len + keep > IR_VCARD_LINE_MAX)
        keep = b->len < IR_VCARD_LINE_MAX ? IR_VCARD_LINE_MAX - b->len : 0;
    ir_buf_add(b, from, keep);
    return keep == len;
}

/* Where the value begins: behind the first ":" outside quotes, or 0. */
static size_t
value_at(const char *s)
{
    bool quoted = false;
    size_t i;

    for (i = 0; s[i] != '\0'; i++) {
        if (s[i] == '"')
            quoted = !quoted;
        if (s[i] == ':' && !quoted)
            return i + 1;
    }
    return 0;
}

static char *
capitals(const char *s, size_t n)
{
    char *out = ir_strndup(s, n);
    size_t i;

    for (i = 0; out[i] != '\0'; i++)
        if (out[i] >= 'a' && out[i] <= 'z')
            out[i] = (char)(out[i] - 'a' + 'A');
    return out;
}

static void
head_of(const char *s, size_t n, struct ir_vcard_line *l)
{
    size_t name = 0, from, i;

    while (name < n && s[name] != ';')
        name++;
    for (i = name, from = 0; i > 0; i--)
        if (s[i - 1] == '.') {
            from = i; /* behind the group */
            break;
        }
    l->name = capitals(s + from, name - from);
    l->params = capitals(s + name, n - name);
}

static bool
quoted_printable(const struct ir_vcard_line *l)
{
    return ir_vcard_has(l, "ENCODING", "QUOTED-PRINTABLE");
}

/* =E5=B1=B1 to text; what is no text stays as it was. */
static void
decode(struct ir_vcard_line *l)
{
    struct ir_buf raw = {0}, text = {0};
    const char *s = l->value, *name;

    for (; *s != '\0'; s++) {
        char two[3] = {s[1], s[1] != '\0' ? s[2] : '\0', '\0'};
        uint8_t byte;

        if (*s == '=' && ir_scan_hex(two, &byte, 1, NULL) == IR_OK) {
            ir_buf_addc(&raw, byte);
            s += 2;
        } else {
            ir_buf_addc(&raw, *s);
        }
    }
    if (raw.len > 0 &&
        ir_charset_utf8(raw.p, raw.len, &text, &name, NULL) == IR_OK) {
        free(l->value);
        l->value = ir_buf_take(&text);
    }
    ir_buf_done(&raw);
    ir_buf_done(&text);
}

bool
ir_vcard_next(struct ir_vcard *v, struct ir_vcard_line *l)
{
    memset(l, 0, sizeof *l);
    while (v->at < v->n) {
        struct ir_buf b = {0}, text = {0};
        int line = v->line;
        bool whole = take_line(v, &b);
        size_t at;

        while (v->at < v->n && (v->p[v->at] == ' ' || v->p[v->at] == '\t')) {
            v->at++;
            whole = take_line(v, &b) && whole;
        }
        at = value_at(ir_buf_str(&b));
        if (at < 2) {
            ir_buf_done(&b);
            continue;
        }
        head_of((const char *)b.p, at - 1, l);
        /* in 2.1 a "=" at the end of a line says that it goes on */
        while (quoted_printable(l) && b.p[b.len - 1] == '=' && v->at < v->n) {
            b.p[--b.len] = 0;
            whole = take_line(v, &b) && whole;
        }
        ir_utf8_repair(&text, (const char *)b.p + at, b.len - at);
        l->value = ir_buf_take(&text);
        l->line = line;
        l->long_one = !whole;
        if (quoted_printable(l))
            decode(l);
        ir_buf_done(&b);
        return true;
    }
    return false;
}

/* Is `word` one of the values in `list[0..n)`, "A,B" or A,B? */
static bool
listed(const char *list, size_t n, const char *word)
{
    size_t i = 0, len = strlen(word);

    while (i < n) {
        size_t from = i;

        while (i < n && list[i] != ',' && list[i] != '"')
            i++;
        if (i - from == len && memcmp(list + from, word, len) == 0)
            return true;
        i++;
    }
    return false;
}

bool
ir_vcard_has(const struct ir_vcard_line *l, const char *key, const char *value)
{
    const char *p = l->params;
    size_t klen = strlen(key);

    while (*p == ';') {
        bool quoted = false;
        size_t n = 0;

        p++;
        while (p[n] != '\0' && (quoted || p[n] != ';')) {
            if (p[n] == '"')
                quoted = !quoted;
            n++;
        }
        if (n > klen && memcmp(p, key, klen) == 0 && p[klen] == '=') {
            if (listed(p + klen + 1, n - klen - 1, value))
                return true;
        } else if (memchr(p, '=', n) == NULL && n == strlen(value) &&
                   memcmp(p, value, n) == 0) {
            return true;
        }
        p += n;
    }
    return false;
}

void
ir_vcard_part(const struct ir_vcard_line *l, size_t i, struct ir_buf *out)
{
    const char *s = l->value;
    size_t at = 0;

    for (; *s != '\0' && at <= i; s++) {
        char ch = *s;

        if (ch == ';') {
            at++;
            continue;
        }
        if (ch == '\\' && s[1] != '\0') {
            s++;
            ch = *s == 'n' || *s == 'N' ? ' ' : *s;
        }
        if (at == i)
            ir_buf_addc(out, ch == '\n' || ch == '\r' ? ' ' : ch);
    }
}

void
ir_vcard_text(const struct ir_vcard_line *l, struct ir_buf *out)
{
    const char *s = l->value;

    for (; *s != '\0'; s++) {
        char ch = *s;

        if (ch == '\\' && s[1] != '\0') {
            s++;
            ch = *s == 'n' || *s == 'N' ? ' ' : *s;
        }
        ir_buf_addc(out, ch == '\n' || ch == '\r' ? ' ' : ch);
    }
}
