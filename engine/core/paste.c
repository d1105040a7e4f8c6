/* paste.c: see paste.h. */
#include "core/paste.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* Longer than any name of a question: then the colon is inside a sentence. */
#define LABEL_MAX 240 /* bytes */

static const char wide_space[] = "\xe3\x80\x80";

/* Bytes of white space at `s`, ideographic too. */
static size_t
space_at(const char *s)
{
    if (*s == ' ' || *s == '\t')
        return 1;
    return strncmp(s, wide_space, 3) == 0 ? 3 : 0;
}

static const char *
skip_space(const char *s)
{
    size_t n;

    while ((n = space_at(s)) > 0)
        s += n;
    return s;
}

/* Take away white space at the end, in place. */
static void
chop(char *s)
{
    size_t n = strlen(s);

    for (;;) {
        if (n > 0 && strchr(" \t\r", s[n - 1]) != NULL)
            n--;
        else if (n >= 3 && strncmp(s + n - 3, wide_space, 3) == 0)
            n -= 3;
        else
            break;
    }
    s[n] = '\0';
}

/* Past what mails and lists put before a line: "> ", bullets, "1. ", "(2) ".
 * A number goes only with the mark behind it: "24 hours" is words.
 */
static const char *
skip_marks(const char *s)
{
    static const char *const bullets[] = {">",  "\xe3\x83\xbb", "\xe2\x97\x8f",
                                          "*",  "\xe2\x96\xa0", "\xe2\x80\xa2",
                                          "- ", "\xe2\x97\x86", "\xe2\x97\x8b",
                                          "#",  "\xe3\x80\x90", "\xe2\x96\xa1"};
    size_t i;
    bool more = true;

    while (more) {
        const char *p;

        more = false;
        s = skip_space(s);
        for (i = 0; i < sizeof bullets / sizeof bullets[0]; i++)
            if (strncmp(s, bullets[i], strlen(bullets[i])) == 0) {
                s += strlen(bullets[i]);
                more = true;
            }
        p = s + (*s == '(');
        i = strspn(p, "0123456789");
        if (i > 0 && i <= 2 && (p[i] == '.' || p[i] == ')')) {
            s = p + i + 1;
            more = true;
        }
    }
    return s;
}

/* The name as it is compared: ASCII narrow and in small letters, without white
 * space, brackets and the marks a question ends with.
 *
 * Owns:   the caller frees with free().
 */
static char *
plain(const char *s, size_t len)
{
    static const char *const drop[] = {
        "\xe3\x80\x91", "\xe3\x80\x8d", "\xe3\x80\x8c", "\xe3\x80\x82",
        "\xe3\x80\x81", wide_space,     "\xe3\x80\x90", NULL};
    char *whole = ir_strndup(s, len);
    struct ir_buf narrow = {0}, b = {0};
    const char *p;
    size_t i;

    ir_utf8_narrow(&narrow, whole);
    for (p = ir_buf_str(&narrow); *p != '\0';) {
        for (i = 0; drop[i] != NULL; i++)
            if (strncmp(p, drop[i], 3) == 0)
                break;
        if (drop[i] != NULL) {
            p += 3;
        } else if (strchr(" \t?!.,()[]'\"*_-", *p) != NULL) {
            p++;
        } else {
            ir_buf_addc(&b, *p >= 'A' && *p <= 'Z' ? *p + ('a' - 'A')
                                                   : (unsigned char)*p);
            p++;
        }
    }
    ir_buf_done(&narrow);
    free(whole);
    return ir_buf_take(&b);
}

/* What the fields are called, each name plain; made once. */
struct names {
    const struct ir_json *fields;
    char **name;
    size_t *field;
    size_t n;
};

static void
add_name(struct names *x, size_t field, const char *name)
{
    char *own = name != NULL ? plain(name, strlen(name)) : NULL;

    if (own == NULL || *own == '\0') {
        free(own);
        return;
    }
    x->name = ir_realloc(x->name, (x->n + 1) * sizeof *x->name);
    x->field = ir_realloc(x->field, (x->n + 1) * sizeof *x->field);
    x->name[x->n] = own;
    x->field[x->n++] = field;
}

static void
names_init(struct names *x, const struct ir_json *fields)
{
    size_t i, k;

    *x = (struct names){.fields = fields};
    for (i = 0; i < ir_json_len(fields) && i < IR_FORM_FIELDS_MAX; i++) {
        const struct ir_json *f = ir_json_at(fields, i);
        const struct ir_json *ask = ir_json_get(f, "ask");
        const struct ir_json *words = ir_json_get(f, "words");

        add_name(x, i, ir_json_get_str(f, "id", NULL));
        add_name(x, i, ir_json_get_str(ask, "en", NULL));
        add_name(x, i, ir_json_get_str(ask, "ja", NULL));
        for (k = 0; k < ir_json_len(words); k++)
            add_name(x, i, ir_json_str(ir_json_at(words, k)));
    }
}

static void
names_done(struct names *x)
{
    size_t i;

    for (i = 0; i < x->n; i++)
        free(x->name[i]);
    free(x->name);
    free(x->field);
}

/* The field that "... [id]" at the end of a printed question names, or -1. */
static int
by_bracket(const struct ir_json *fields, const char *name, size_t len)
{
    size_t i, n;

    for (i = 0; i < ir_json_len(fields) && i < IR_FORM_FIELDS_MAX; i++) {
        const char *id = ir_json_get_str(ir_json_at(fields, i), "id", "");

        n = strlen(id);
        if (n > 0 && len >= n + 2 && name[len - 1] == ']' &&
            name[len - n - 2] == '[' && strncmp(name + len - n - 1, id, n) == 0)
            return (int)i;
    }
    return -1;
}

static int
field_named(const struct names *x, const char *name, size_t len)
{
    int at = -1;
    size_t i;
    char *key;

    while (len > 0 && (name[len - 1] == ' ' || name[len - 1] == '\t'))
        len--;
    if (len == 0 || len > LABEL_MAX)
        return -1;
    at = by_bracket(x->fields, name, len);
    key = plain(name, len);
    for (i = 0; at < 0 && i < x->n; i++)
        if (strcmp(x->name[i], key) == 0)
            at = (int)x->field[i];
    free(key);
    return at;
}

/* Where a name may end at `s`: bytes of ":", "：", "=", "＝" or "】"; else 0.
 */
static size_t
colon_at(const char *s)
{
    if (*s == ':' || *s == '=')
        return 1;
    if (strncmp(s, "\xef\xbc\x9a", 3) == 0 ||
        strncmp(s, "\xef\xbc\x9d", 3) == 0 ||
        strncmp(s, "\xe3\x80\x91", 3) == 0)
        return 3;
    return 0;
}

/* The field a line begins with, and its value behind it; -1: none. A question
 * may have a colon in it, so every colon is tried, and the longest name counts.
 */
static int
match(const struct names *x, const char *line, const char **value)
{
    const char *s = skip_marks(line), *p;
    int found = -1;

    for (p = s; *p != '\0' && p - s <= LABEL_MAX; p++) {
        size_t n = colon_at(p);
        int at = n > 0 ? field_named(x, s, (size_t)(p - s)) : -1;

        if (at < 0)
            continue;
        found = at;
        *value = skip_space(p + n);
        n = colon_at(*value); /* "【name】: value" */
        *value = skip_space(*value + n);
    }
    return found;
}

static void
add_value(struct ir_paste *p, int at, const char *text)
{
    char *was = p->value[at];

    if (was == NULL)
        p->matched++;
    p->value[at] = was == NULL || *was == '\0'
                       ? ir_strdup(text)
                       : ir_asprintf("%s %s", was, text);
    free(was);
}

void
ir_paste_read(const struct ir_json *fields, const char *text, size_t len,
              struct ir_paste *out)
{
    struct ir_buf whole = {0}, rest = {0};
    char *copy, *line, *next;
    struct names x;
    int below = -1; /* the field whose value stands in the lines below */

    memset(out, 0, sizeof *out);
    out->cut = len > IR_PASTE_MAX;
    ir_utf8_repair(&whole, text, out->cut ? IR_PASTE_MAX : len);
    copy = ir_buf_take(&whole);
    names_init(&x, fields);
    for (line = copy; line != NULL; line = next) {
        const char *value = NULL;
        int at;

        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        chop(line);
        at = match(&x, line, &value);
        if (at >= 0 && out->value[at] != NULL && *out->value[at] != '\0')
            at = -1; /* said twice: the second is kept with the rest */
        if (at >= 0) {
            add_value(out, at, value);
            below = *value == '\0' ? at : -1;
        } else if (below >= 0 && *skip_marks(line) != '\0') {
            add_value(out, below, skip_marks(line));
        } else {
            below = -1;
            if (*line != '\0')
                ir_buf_addf(&rest, "%s%s", rest.len > 0 ? "\n" : "", line);
        }
    }
    names_done(&x);
    free(copy);
    out->rest = ir_buf_take(&rest);
}

void
ir_paste_done(struct ir_paste *p)
{
    size_t i;

    for (i = 0; i < IR_FORM_FIELDS_MAX; i++)
        free(p->value[i]);
    free(p->rest);
    memset(p, 0, sizeof *p);
}
