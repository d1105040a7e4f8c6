/* intake.c: see intake.h. */
#include "core/intake.h"

#include "base/charset.h"
#include "base/i18n.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
ir_intake_say(struct ir_intake *in, int line, const char *who, bool left_out,
              const char *fmt, ...)
{
    char what[400];
    va_list ap;

    if (in->notes_n == IR_INTAKE_NOTES_MAX) {
        in->notes_more++;
        return;
    }
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    if (in->notes_n == in->notes_cap) {
        in->notes_cap = in->notes_cap ? 2 * in->notes_cap : 32;
        in->note = ir_realloc(in->note, in->notes_cap * sizeof *in->note);
    }
    in->note[in->notes_n++] = (struct ir_intake_note){
        line, ir_strdup(who != NULL ? who : ""), ir_strdup(what), left_out};
}

/* Harmful characters in it (newlines and tabs were taken away)? */
static bool
harmful(const char *s)
{
    size_t step, at, n = strlen(s);

    for (at = 0; at < n; at += step)
        if (ir_utf8_harmful(ir_utf8_next(s + at, n - at, &step)))
            return true;
    return false;
}

/* Narrow, with single spaces, none around it. */
static char *
tidy(const char *s)
{
    struct ir_buf a = {0}, b = {0};
    const char *p;

    ir_utf8_narrow(&a, s);
    for (p = ir_buf_str(&a); *p != '\0'; p++) {
        bool blank = *p == ' ' || *p == '\t' || *p == '\n' || *p == '\r';

        if (!blank)
            ir_buf_addc(&b, *p);
        else if (b.len > 0 && b.p[b.len - 1] != ' ')
            ir_buf_addc(&b, ' ');
    }
    while (b.len > 0 && b.p[b.len - 1] == ' ')
        b.p[--b.len] = 0;
    ir_buf_done(&a);
    return ir_buf_take(&b);
}

/* ="090..." is how numbers keep their zero in a spreadsheet: what is between
 * the quotes counts. */
static void
unwrap(char *s)
{
    size_t n = strlen(s);

    if (n < 4 || strncmp(s, "=\"", 2) != 0 || s[n - 1] != '"' ||
        memchr(s + 2, '"', n - 3) != NULL)
        return;
    memmove(s, s + 2, n - 3);
    s[n - 3] = '\0';
}

/* What a spreadsheet would calculate. */
static bool
formula(const char *s)
{
    return s[0] == '=' || s[0] == '@' ||
           ((s[0] == '+' || s[0] == '-') && (s[1] < '0' || s[1] > '9'));
}

/* The text as it can be used, or NULL with a note; "" where there is none. */
static char *
usable(struct ir_intake *in, const struct ir_intake_person *p, const char *what,
       const char *s)
{
    char *t = tidy(s);
    const char *why = NULL;

    unwrap(t);
    if (harmful(t))
        why = _("holds control characters");
    else if (formula(t))
        why = _("is a formula");
    else if (strlen(t) > IR_INTAKE_TEXT_MAX)
        why = _("is too long");
    if (why == NULL)
        return t;
    ir_intake_say(in, p->line, p->name, true, "%s: %s", what, why);
    free(t);
    return NULL;
}

void
ir_intake_field(struct ir_intake *in, const struct ir_intake_person *p,
                char **field, const char *what, const char *s)
{
    char *t = *field == NULL ? usable(in, p, what, s) : NULL;

    if (t != NULL && t[0] != '\0')
        *field = t;
    else
        free(t);
}

bool
ir_intake_number(const char *s, struct ir_buf *out)
{
    struct ir_buf d = {0};
    const char *p = s, *body;
    bool abroad = false;

    while (*p == ' ' || *p == '(')
        p++;
    if (*p == '+') {
        abroad = true;
        p++;
    }
    for (; *p != '\0' && strchr("0123456789 -().", *p) != NULL; p++)
        if (*p >= '0' && *p <= '9')
            ir_buf_addc(&d, *p);
    body = ir_buf_str(&d);
    /* behind it an extension may stand: x12, ext. 12, 内線12 */
    if (*p != '\0' && strchr("xXe#,;", *p) == NULL && (*p & 0x80) == 0)
        d.len = 0;
    if (d.len < 3 || d.len > 20 || strlen(s) > IR_INTAKE_TEXT_MAX) {
        ir_buf_done(&d);
        return false;
    }
    if (!abroad && strncmp(body, "00", 2) == 0 && d.len > 8) {
        abroad = true;
        body += 2;
    }
    if (abroad && strncmp(body, "81", 2) == 0) {
        abroad = false;
        body += body[2] == '0' ? 3 : 2;
        ir_buf_adds(out, "0");
    }
    ir_buf_addf(out, "%s%s", abroad ? "+" : "", body);
    ir_buf_done(&d);
    return true;
}

/* The dashes that Japanese input methods write between digits, as "-". */
static char *
plain_dashes(char *s)
{
    static const char *const dashes[] = {"\u2010", "\u2011", "\u2012", "\u2013",
                                         "\u2014", "\u2015", "\u2212", "\u30FC",
                                         "\uFF70", NULL};
    struct ir_buf b = {0};
    const char *p = s;
    size_t i;

    while (*p != '\0') {
        for (i = 0; dashes[i] != NULL && strncmp(p, dashes[i], 3) != 0; i++)
            ;
        ir_buf_addc(&b, dashes[i] != NULL ? '-' : *p);
        p += dashes[i] != NULL ? strlen(dashes[i]) : 1;
    }
    free(s);
    return ir_buf_take(&b);
}

/* Is there an extension behind it? Nobody can send it a text message. */
static bool
extended(const char *s)
{
    return s[strspn(s, "+0123456789 -().")] != '\0';
}

/* Numbers of Japan that can take text messages. */
static bool
mobile(const char *number)
{
    return strlen(number) == 11 && number[0] == '0' &&
           strchr("6789", number[1]) != NULL && number[2] == '0';
}

void
ir_intake_plain(const char *means, const char *address, struct ir_buf *out)
{
    const char *p;

    if (strcmp(means, "mail") != 0 && ir_intake_number(address, out))
        return;
    for (p = address; *p != '\0'; p++)
        ir_buf_addc(
            out, (unsigned char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p));
}

static bool
same_address(const char *means, const char *a, const char *b)
{
    struct ir_buf x = {0}, y = {0};
    bool same;

    ir_intake_plain(means, a, &x);
    ir_intake_plain(means, b, &y);
    same = strcmp(ir_buf_str(&x), ir_buf_str(&y)) == 0;
    ir_buf_done(&x);
    ir_buf_done(&y);
    return same;
}

static void
add_way(struct ir_intake *in, struct ir_intake_person *p, const char *means,
        const char *address, int rank)
{
    size_t i, at;

    for (i = 0; i < p->ways_n; i++)
        if (strcmp(p->way[i].means, means) == 0 &&
            same_address(means, p->way[i].address, address))
            return;
    if (p->ways_n == IR_INTAKE_WAYS_MAX) {
        ir_intake_say(in, p->line, p->name, true,
                      _("%s %s: more than %d ways to reach one person"), means,
                      address, IR_INTAKE_WAYS_MAX);
        return;
    }
    for (at = p->ways_n; at > 0 && p->way[at - 1].rank > rank; at--)
        p->way[at] = p->way[at - 1];
    p->way[at] =
        (struct ir_intake_way){ir_strdup(means), ir_strdup(address), rank};
    p->ways_n++;
}

/* A spreadsheet takes the first zero of a number away. */
static char *
zero_back(struct ir_intake *in, const struct ir_intake_person *p, char *s)
{
    char *t;

    if (strlen(s) != strspn(s, "0123456789") || strlen(s) != 10 ||
        strchr("6789", s[0]) == NULL || s[1] != '0')
        return s;
    t = ir_asprintf("0%s", s);
    ir_intake_say(in, p->line, p->name, false,
                  _("%s: its first 0 was lost; %s is taken"), s, t);
    free(s);
    return t;
}

static bool
mail_address(const char *s)
{
    const char *at = strchr(s, '@');

    return at != NULL && at > s && strchr(at + 1, '@') == NULL &&
           strchr(at + 1, '.') != NULL && strpbrk(s, " ,;<>\"()") == NULL;
}

void
ir_intake_way(struct ir_intake *in, struct ir_intake_person *p,
              const char *means, const char *address, int rank)
{
    bool mail = strcmp(means, "mail") == 0, text = strcmp(means, "sms") == 0;
    bool number = text || strcmp(means, "phone") == 0 ||
                  strcmp(means, "mobile") == 0 || strcmp(means, "fax") == 0;
    char *s = usable(in, p, means, address);
    struct ir_buf n = {0};

    if (s == NULL || s[0] == '\0') {
        free(s);
        return;
    }
    if (number)
        s = zero_back(in, p, plain_dashes(s));
    if (mail && !mail_address(s)) {
        ir_intake_say(in, p->line, p->name, true,
                      _("\"%.60s\" is no mail address"), s);
    } else if (number && !ir_intake_number(s, &n)) {
        ir_intake_say(in, p->line, p->name, true,
                      _("\"%.60s\" is no telephone number"), s);
    } else if (!number || strcmp(means, "fax") == 0) {
        add_way(in, p, means, s, rank);
    } else {
        if (!text)
            add_way(in, p, "phone", s, rank);
        if (text || (!extended(s) &&
                     (strcmp(means, "mobile") == 0 || mobile(ir_buf_str(&n)))))
            add_way(in, p, "sms", s, text ? rank : rank + 10);
    }
    ir_buf_done(&n);
    free(s);
}

static void
person_done(struct ir_intake_person *p)
{
    size_t i;

    free(p->id);
    free(p->name);
    free(p->family);
    free(p->given);
    free(p->kana_family);
    free(p->kana_given);
    free(p->kana);
    free(p->latin);
    free(p->title);
    free(p->organisation);
    for (i = 0; i < p->ways_n; i++) {
        free(p->way[i].means);
        free(p->way[i].address);
    }
    memset(p, 0, sizeof *p);
}

/* A person by name and one address: whoever has both is the same.
 *
 * Owns:   the caller frees with free().
 */
static char *
key_of(const char *name, const struct ir_intake_way *w)
{
    struct ir_buf b = {0};

    ir_buf_addf(&b, "%s\n%s\n", name, w->means);
    ir_intake_plain(w->means, w->address, &b);
    return ir_buf_take(&b);
}

/* The same person, twice in the file: what the second adds is taken. */
static struct ir_intake_person *
twin(struct ir_intake *in, const struct ir_intake_person *p)
{
    size_t i, at, first = in->n;

    for (i = 0; i < p->ways_n; i++) {
        char *key = key_of(p->name, &p->way[i]);

        if (ir_index_get(&in->ways, key, &at) && at < first)
            first = at;
        free(key);
    }
    return first < in->n ? &in->person[first] : NULL;
}

/* Remember by which ways the person at `at` is known. */
static void
note_ways(struct ir_intake *in, size_t at)
{
    size_t i;

    for (i = 0; i < in->person[at].ways_n; i++) {
        char *key = key_of(in->person[at].name, &in->person[at].way[i]);

        (void)ir_index_put(&in->ways, key, at);
        free(key);
    }
}

int
ir_intake_take(struct ir_intake *in, struct ir_intake_person *p,
               struct ir_err *err)
{
    struct ir_intake_person *o;
    size_t i;

    if (p->name == NULL) {
        ir_intake_say(in, p->line, NULL, true, _("has no name"));
    } else if (p->ways_n == 0) {
        ir_intake_say(in, p->line, p->name, true,
                      _("has neither a telephone number nor a mail address "
                        "that can be used"));
    } else if ((o = twin(in, p)) != NULL) {
        ir_intake_say(in, p->line, p->name, false,
                      _("stands in line %d, too: put together"), o->line);
        for (i = 0; i < p->ways_n; i++)
            add_way(in, o, p->way[i].means, p->way[i].address, p->way[i].rank);
        note_ways(in, (size_t)(o - in->person));
    } else if (in->n == IR_INTAKE_PEOPLE_MAX) {
        person_done(p);
        return ir_fail(err, IR_ELIMIT, _("more than %d people"),
                       IR_INTAKE_PEOPLE_MAX);
    } else {
        if (in->person == NULL || in->n == in->cap) {
            in->cap = in->cap ? 2 * in->cap : 32;
            in->person = ir_realloc(in->person, in->cap * sizeof *in->person);
        }
        in->person[in->n++] = *p;
        note_ways(in, in->n - 1);
        memset(p, 0, sizeof *p);
        return IR_OK;
    }
    person_done(p);
    return IR_OK;
}

/* The text without the ends of lines that fold it, to see what it is in. */
static bool
folded_utf8(const char *p, size_t n)
{
    struct ir_buf b = {0};
    size_t i;
    bool yes;

    for (i = 0; i < n; i++) {
        size_t end = p[i] == '\r' && i + 1 < n && p[i + 1] == '\n' ? 2
                     : p[i] == '\n'                                ? 1
                                                                   : 0;

        if (end > 0 && i + end < n && (p[i + end] == ' ' || p[i + end] == '\t'))
            i += end;
        else
            ir_buf_addc(&b, p[i]);
    }
    yes = ir_utf8_valid(ir_buf_str(&b), b.len);
    ir_buf_done(&b);
    return yes;
}

int
ir_intake_read(const void *p, size_t n, struct ir_intake *out,
               struct ir_err *err)
{
    struct ir_buf text = {0};
    const char *s = p;
    int rc = IR_OK;

    memset(out, 0, sizeof *out);
    if (n > IR_INTAKE_BYTES_MAX)
        return ir_fail(err, IR_ELIMIT, _("a file of over %d MiB"),
                       IR_INTAKE_BYTES_MAX >> 20);
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) {
        s += 3;
        n -= 3;
    }
    while (n > 0 && (*s == '\r' || *s == '\n' || *s == ' ')) {
        s++;
        n--;
    }
    if (n >= 11 && strncasecmp(s, "BEGIN:VCARD", 11) == 0 &&
        folded_utf8(s, n)) {
        out->charset = "UTF-8";
        ir_buf_add(&text, s, n);
    } else {
        rc = ir_charset_utf8(s, n, &text, &out->charset, err);
    }
    if (rc == IR_OK && strncasecmp(ir_buf_str(&text), "BEGIN:VCARD", 11) == 0)
        rc = ir_intake_vcard(ir_buf_str(&text), text.len, out, err);
    else if (rc == IR_OK)
        rc = ir_intake_csv(ir_buf_str(&text), text.len, out, err);
    ir_buf_done(&text);
    if (rc != IR_OK)
        ir_intake_done(out);
    return rc;
}

void
ir_intake_done(struct ir_intake *in)
{
    size_t i;

    for (i = 0; i < in->n; i++)
        person_done(&in->person[i]);
    for (i = 0; i < in->notes_n; i++) {
        free(in->note[i].who);
        free(in->note[i].what);
    }
    ir_index_done(&in->ways);
    free(in->person);
    free(in->note);
    memset(in, 0, sizeof *in);
}
