/* message.c: see message.h. */
#include "core/message.h"

#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
ir_check_code(const uint8_t alert[IR_ID_BYTES], char out[IR_CHECK_CODE_MAX])
{
    static const char purpose[] = "ir-check@v1";
    uint8_t m[sizeof purpose - 1 + IR_ID_BYTES], h[IR_HASH_BYTES];
    uint64_t bits = 0;
    size_t i;

    memcpy(m, purpose, sizeof purpose - 1);
    memcpy(m + sizeof purpose - 1, alert, IR_ID_BYTES);
    ir_sha256(m, sizeof m, h);
    for (i = 0; i < 5; i++)
        bits = bits << 8 | h[i];
    for (i = 0; i < 8; i++)
        out[i < 4 ? i : i + 1] = alphabet[bits >> (35 - 5 * i) & 31];
    out[4] = '-';
    out[9] = '\0';
}

int
ir_check_code_parse(const char *typed, char out[IR_CHECK_CODE_MAX],
                    struct ir_err *err)
{
    struct ir_buf b = {0};
    const char *p;
    size_t n = 0;
    char got[8];

    ir_utf8_narrow(&b, typed);
    for (p = ir_buf_str(&b); *p != '\0'; p++) {
        int ch = toupper((unsigned char)*p);

        if (ch == '-' || ch == ' ')
            continue;
        ch = ch == 'O' ? '0' : ch == 'I' || ch == 'L' ? '1' : ch;
        if (n == sizeof got || strchr(alphabet, ch) == NULL) {
            n = 0;
            break;
        }
        got[n++] = (char)ch;
    }
    ir_buf_done(&b);
    if (n != sizeof got) {
        ir_fail(err, IR_EPARSE, _("a check code has eight letters and digits"));
        ir_err_hint(err, "K7QM-2F9X");
        return IR_EPARSE;
    }
    memcpy(out, got, 4);
    out[4] = '-';
    memcpy(out + 5, got + 4, 4);
    out[9] = '\0';
    return IR_OK;
}

/* Foreign text made harmless; on one line if `one`. */
static char *
clean(const char *s, bool one)
{
    struct ir_buf b = {0};
    char *out, *p;

    ir_utf8_escape(&b, s, strlen(s), true);
    out = ir_buf_take(&b);
    for (p = out; one && *p != '\0'; p++)
        if (*p == '\n')
            *p = ' ';
    return out;
}

const char *
ir_message_mark(int status, enum ir_lang lang)
{
    if (status == IR_ACTUAL)
        return "";
    if (lang == IR_LANG_JA)
        return status == IR_EXERCISE ? "訓練" : "試験";
    return status == IR_EXERCISE ? "EXERCISE" : "TEST";
}

/* What stands before everything that is not actual. */
static const char *
warning(const struct ir_message_in *in)
{
    return in->status == IR_ACTUAL
               ? NULL
               : ir_message_mark(in->status, ir_i18n_lang());
}

static const char *
kind_word(const struct ir_message_in *in)
{
    switch (in->what) {
    case IR_MESSAGE_CANCEL:
        return _("Alert cancelled");
    case IR_MESSAGE_CORRECT:
        return _("Corrected alert");
    case IR_MESSAGE_MISSED:
        return _("Missed alerts");
    default:
        return _("Alert");
    }
}

/* "EXERCISE [Alert] IR-7K4Q severity 1" */
static char *
make_title(const struct ir_message_in *in)
{
    struct ir_buf b = {0};
    const char *w = warning(in);
    char *incident;

    if (w != NULL)
        ir_buf_addf(&b, "%s ", w);
    ir_buf_addf(&b, _("[%s]"), kind_word(in));
    if (in->incident != NULL) {
        incident = clean(in->incident, true);
        ir_buf_addf(&b, " %s", incident);
        free(incident);
    }
    if (in->severity > 0) {
        ir_buf_adds(&b, " ");
        ir_buf_addf(&b, _("severity %llu"), (unsigned long long)in->severity);
    }
    return ir_buf_take(&b);
}

static void
add_origin(const struct ir_message_in *in, struct ir_buf *b)
{
    char *author = in->author != NULL ? clean(in->author, true) : NULL;
    char *site = in->site != NULL ? clean(in->site, true) : NULL;

    if (author != NULL && site != NULL)
        ir_buf_addf(b, _("From: %s, %s\n"), author, site);
    else if (author != NULL || site != NULL)
        ir_buf_addf(b, _("From: %s\n"), author != NULL ? author : site);
    if (in->when != NULL)
        ir_buf_addf(b, _("Signed: %s\n"), in->when);
    free(author);
    free(site);
}

/* The text, of a summary in words around that of the newest; harmless.
 *
 * Owns:   the caller frees with free().
 */
static char *
text_of(const struct ir_message_in *in, bool one)
{
    char *all, *out;

    if (in->what != IR_MESSAGE_MISSED)
        return clean(in->text, one);
    all = ir_asprintf(_("Alerts that did not reach you here while this way "
                        "could not be used: %llu. The newest: %s\nSee them "
                        "all:  ir inbox  Without ir, ask %s by telephone."),
                      (unsigned long long)in->missed, in->text,
                      in->author != NULL ? in->author : "?");
    out = clean(all, one);
    free(all);
    return out;
}

static char *
make_body(const struct ir_message_in *in, const char *title, const char *code)
{
    struct ir_buf b = {0};
    char *text = text_of(in, false);

    ir_buf_addf(&b, "%s\n%s\n\n", title, text);
    add_origin(in, &b);
    ir_buf_addf(&b, _("Check code: %s (ask for it by telephone)\n"), code);
    if (in->number > 0)
        ir_buf_addf(&b, _("Reply: %llua I come, %llud I cannot\n"),
                    (unsigned long long)in->number,
                    (unsigned long long)in->number);
    free(text);
    return ir_buf_take(&b);
}

/* UTF-16 units of `s[0..len)`. */
static size_t
units(const char *s, size_t len)
{
    size_t n = 0, step;

    for (; len > 0; s += step, len -= step)
        n += ir_utf8_next(s, len, &step) > 0xFFFF ? 2 : 1;
    return n;
}

/* The bytes of the whole sentences that `s` begins with and `max` UTF-16 units
 * hold: "do not switch off" must not lose its "do not", nor what follows it. */
static size_t
sentences(const char *s, size_t max)
{
    static const char *const ends[] = {"\u3002", "\uff01", "\uff1f",
                                       ". ",     "! ",     "? "};
    size_t at, step, i, used = 0, whole = 0;

    for (at = 0; s[at] != '\0'; at += step) {
        used += ir_utf8_next(s + at, strlen(s + at), &step) > 0xFFFF ? 2 : 1;
        if (used > max)
            break;
        for (i = 0; i < sizeof ends / sizeof ends[0]; i++)
            if (strncmp(s + at, ends[i], strlen(ends[i])) == 0)
                whole = at + step;
    }
    return whole;
}

/* Append `s` cut to `max` UTF-16 units: by whole sentences, by characters where
 * these would leave less than a third. */
static void
add_cut(struct ir_buf *b, const char *s, size_t max)
{
    struct ir_buf cut = {0};
    int columns = (int)strlen(s);
    size_t whole;

    if (units(s, strlen(s)) <= max) {
        ir_buf_adds(b, s);
        return;
    }
    whole = max > 2 ? sentences(s, max - 2) : 0;
    if (units(s, whole) * 3 > max) {
        ir_buf_add(b, s, whole);
        ir_buf_adds(b,
                    (unsigned char)s[whole - 1] < 0x80 ? " \u2026" : "\u2026");
        return;
    }
    if (columns > 2 * (int)max)
        columns = 2 * (int)max;
    for (; columns > 0; columns--) {
        cut.len = 0;
        ir_utf8_cut(&cut, s, columns);
        if (units(ir_buf_str(&cut), cut.len) <= max)
            break;
    }
    ir_buf_adds(b, ir_buf_str(&cut));
    ir_buf_done(&cut);
}

/* The text in one line, of `max` UTF-16 units at most. */
static char *
make_brief(const struct ir_message_in *in, const char *code, size_t max)
{
    struct ir_buf head = {0}, tail = {0}, out = {0};
    const char *w = warning(in);
    char *text = text_of(in, true);
    size_t used;

    if (w != NULL)
        ir_buf_addf(&head, "%s ", w);
    if (in->what != IR_MESSAGE_ALERT)
        ir_buf_addf(&head, _("[%s]"), kind_word(in));
    if (in->what != IR_MESSAGE_ALERT)
        ir_buf_adds(&head, " ");
    ir_buf_addf(&tail, " [%s]", code);
    if (in->number > 0)
        ir_buf_addf(&tail, _(" reply %llua yes %llud no"),
                    (unsigned long long)in->number,
                    (unsigned long long)in->number);
    used =
        units(ir_buf_str(&head), head.len) + units(ir_buf_str(&tail), tail.len);
    ir_buf_adds(&out, ir_buf_str(&head));
    add_cut(&out, text, used < max ? max - used : 0);
    ir_buf_adds(&out, ir_buf_str(&tail));
    ir_buf_done(&head);
    ir_buf_done(&tail);
    free(text);
    return ir_buf_take(&out);
}

void
ir_message_make(const struct ir_message_in *in, enum ir_lang lang,
                struct ir_message *out)
{
    enum ir_lang before = ir_i18n_lang();
    struct ir_buf subject = {0};
    char code[IR_CHECK_CODE_MAX], *text;

    ir_i18n_set(lang);
    ir_check_code(in->alert, code);
    out->title = make_title(in);
    out->body = make_body(in, out->title, code);
    out->brief = make_brief(in, code, IR_MESSAGE_SHORT_MAX);
    out->spoken = make_brief(in, code, SIZE_MAX);
    text = text_of(in, true);
    ir_buf_addf(&subject, "%s ", out->title);
    ir_utf8_cut(&subject, text, IR_MESSAGE_SUBJECT_MAX);
    free(text);
    out->subject = ir_buf_take(&subject);
    ir_i18n_set(before);
}

void
ir_message_done(struct ir_message *m)
{
    free(m->subject);
    free(m->title);
    free(m->body);
    free(m->brief);
    free(m->spoken);
    memset(m, 0, sizeof *m);
}

/* Two digits, or two letters: with a space between them they say something
 * else. */
static bool
is_alike(char a, char b)
{
    return (isdigit((unsigned char)a) && isdigit((unsigned char)b)) ||
           (isalpha((unsigned char)a) && isalpha((unsigned char)b));
}

/* Without white space but between two letters or two digits, in plain ASCII
 * where it was full width, small letters.
 *
 * Owns:   the caller frees with free().
 */
static char *
bare(const char *s)
{
    struct ir_buf b = {0};
    char *out, *p, *q;

    ir_utf8_narrow(&b, s);
    out = ir_buf_take(&b);
    for (p = q = out; *p != '\0'; p++) {
        if (isspace((unsigned char)*p))
            continue;
        if (q > out && p > out && isspace((unsigned char)p[-1]) &&
            is_alike(q[-1], *p))
            *q++ = ' ';
        *q++ = (char)tolower((unsigned char)*p);
    }
    *q = '\0';
    return out;
}

static bool
is_same(const char *typed, const char *s)
{
    char *b = bare(s);
    bool same = strcmp(typed, b) == 0;

    free(b);
    return same;
}

/* Is it the text alone; of what is not actual behind the word for that, in
 * either language? Without it, it was never sent.
 */
static bool
is_text(const struct ir_message_in *in, const char *bare_typed)
{
    enum ir_lang before = ir_i18n_lang();
    bool same = in->status == IR_ACTUAL && is_same(bare_typed, in->text);
    int lang;

    for (lang = IR_LANG_EN; in->status != IR_ACTUAL && lang <= IR_LANG_JA;
         lang++) {
        char *text;

        ir_i18n_set((enum ir_lang)lang);
        text = ir_asprintf("%s %s", warning(in), in->text);
        same = same || is_same(bare_typed, text);
        free(text);
    }
    ir_i18n_set(before);
    return same;
}

bool
ir_check_text(const struct ir_message_in *in, const char *typed)
{
    struct ir_message_in as = *in;
    struct ir_message m;
    char *a = bare(typed);
    bool same = is_text(in, a);
    int lang;

    for (lang = IR_LANG_EN; !same && a[0] != '\0' && lang <= IR_LANG_JA; lang++)
        for (as.number = 0; !same && as.number <= IR_REPLY_NUMBER_MAX;
             as.number++) {
            ir_message_make(&as, (enum ir_lang)lang, &m);
            same = is_same(a, m.body) || is_same(a, m.brief) ||
                   is_same(a, m.spoken) || is_same(a, m.subject);
            ir_message_done(&m);
        }
    same = same && a[0] != '\0';
    free(a);
    return same;
}

int
ir_reply_read(const char *text, uint64_t *number)
{
    static const char opening[] = "\"'([<*";
    static const char *const wide[] = {"\u300c", "\u300e", "\u3010", "\u201c"};
    struct ir_buf b = {0};
    const char *p;
    uint64_t n = 0;
    int word = 0;
    size_t i;

    *number = 0;
    ir_utf8_narrow(&b, text);
    p = ir_buf_str(&b);
    for (i = 0; i < sizeof wide / sizeof wide[0];)
        if (*p != '\0' &&
            (isspace((unsigned char)*p) || strchr(opening, *p) != NULL)) {
            p++;
            i = 0;
        } else if (strncmp(p, wide[i], strlen(wide[i])) == 0) {
            p += strlen(wide[i]);
            i = 0;
        } else {
            i++;
        }
    for (i = 0; i < 3 && isdigit((unsigned char)*p); i++)
        n = 10 * n + (uint64_t)(*p++ - '0');
    while (*p == ' ')
        p++;
    word = tolower((unsigned char)*p);
    if (n == 0 || n > IR_REPLY_NUMBER_MAX || (word != 'a' && word != 'd') ||
        isalnum((unsigned char)p[1]))
        word = 0;
    else
        *number = n;
    ir_buf_done(&b);
    return word;
}
