/* update.c: see update.h. */
#include "core/update.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* letters: shorter values are found in any sentence */
#define ASCII_MIN 4
#define OTHER_MIN 2 /* of writing such as Japanese */

static const char *const words[IR_FACTS_N] = {
    "what", "when", "where", "impact", "measures", "cause", "personal-data"};

const char *const ir_update_blanks[] = {"what", "when", "where", "who",
                                        "why",  "how",  NULL};
static const enum ir_fact fact_of[] = {IR_FACT_WHAT,  IR_FACT_WHEN,
                                       IR_FACT_WHERE, IR_FACT_IMPACT,
                                       IR_FACT_CAUSE, IR_FACT_MEASURES};

const char *
ir_fact_word(enum ir_fact f)
{
    return words[f];
}

int
ir_fact_of_word(const char *word)
{
    int i;

    for (i = 0; i < IR_FACTS_N; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

const char *
ir_fact_say(enum ir_fact f)
{
    switch (f) {
    case IR_FACT_WHAT:
        return _("what happened");
    case IR_FACT_WHEN:
        return _("when");
    case IR_FACT_WHERE:
        return _("where");
    case IR_FACT_IMPACT:
        return _("impact");
    case IR_FACT_MEASURES:
        return _("measures");
    case IR_FACT_CAUSE:
        return _("cause");
    default:
        return _("personal data");
    }
}

int
ir_fact_of_blank(const char *name, size_t len)
{
    size_t i;

    for (i = 0; ir_update_blanks[i] != NULL; i++)
        if (strlen(ir_update_blanks[i]) == len &&
            strncmp(ir_update_blanks[i], name, len) == 0)
            return (int)fact_of[i];
    return -1;
}

unsigned
ir_facts_of(const struct ir_json *may_know)
{
    unsigned bits = 0;
    size_t i;

    for (i = 0; may_know != NULL && i < ir_json_len(may_know); i++) {
        const char *word = ir_json_str(ir_json_at(may_know, i));
        int f = word != NULL ? ir_fact_of_word(word) : -1;

        if (f >= 0)
            bits |= 1U << f;
    }
    return bits;
}

/* The next blank of `s`: its "${", and how long its name is; NULL: none. */
static const char *
blank(const char *s, size_t *len)
{
    while ((s = strstr(s, "${")) != NULL) {
        *len = strcspn(s + 2, "}\n");
        if (s[2 + *len] == '}')
            return s;
        s += 2;
    }
    return NULL;
}

unsigned
ir_update_uses(const char *body)
{
    unsigned bits = 0;
    size_t len;

    while ((body = blank(body, &len)) != NULL) {
        int f = ir_fact_of_blank(body + 2, len);

        if (f >= 0)
            bits |= 1U << f;
        body += 2 + len;
    }
    return bits;
}

bool
ir_update_holds(const char *text, const char *value)
{
    size_t least = ASCII_MIN, i;

    for (i = 0; value[i] != '\0'; i++)
        if ((unsigned char)value[i] >= 0x80)
            least = OTHER_MIN;
    return ir_utf8_letters(value) >= least && ir_utf8_says(text, value);
}

/* The value of `name` in `lang`, or NULL: for that language, else for both,
 * else for the other one. */
static const char *
value_of(const char *name, size_t len, enum ir_lang lang,
         const char *const *args, size_t n)
{
    const char *best = NULL;
    int rank = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        const char *p = args[i] + len;
        int r = 0;

        if (strncmp(args[i], name, len) != 0)
            continue;
        if (*p == '=')
            r = 2;
        else if (*p == '.' && strlen(p) > 3 && p[3] == '=')
            r = strncmp(p + 1, ir_lang_code(lang), 2) == 0 ? 3 : 1;
        if (r > rank) {
            rank = r;
            best = strchr(p, '=') + 1;
        }
    }
    return best;
}

/* `value` in one harmless line, without the full stop that the template has
 * itself. */
static void
add_value(struct ir_buf *b, const char *value)
{
    struct ir_buf line = {0};
    size_t from = b->len;

    for (; *value != '\0'; value++)
        ir_buf_addc(&line, strchr("\n\r\t", *value) != NULL ? ' ' : *value);
    ir_utf8_escape(b, ir_buf_str(&line), line.len, false);
    ir_buf_done(&line);
    while (b->len > from) {
        size_t left = b->len - from;

        if (b->p[b->len - 1] == ' ' || b->p[b->len - 1] == '.')
            b->len--;
        else if (left >= 3 && memcmp(b->p + b->len - 3, "。", 3) == 0)
            b->len -= 3;
        else
            break;
    }
}

char *
ir_update_fill(const char *body, enum ir_lang lang, const char *const *args,
               size_t n, unsigned may)
{
    const char *open = lang == IR_LANG_JA ? "調査中" : "under investigation";
    struct ir_buf b = {0};
    const char *next, *value;
    size_t len;

    while ((next = blank(body, &len)) != NULL) {
        int f = ir_fact_of_blank(next + 2, len);

        ir_buf_add(&b, body, (size_t)(next - body));
        value = f >= 0 && (may & 1U << f) != 0
                    ? value_of(next + 2, len, lang, args, n)
                    : NULL;
        if (value != NULL && value[strspn(value, " \t\r\n.")] != '\0')
            add_value(&b, value);
        else
            ir_buf_adds(&b, open);
        body = next + 2 + len + 1;
    }
    ir_buf_adds(&b, body);
    return ir_buf_take(&b);
}

void
ir_rhythm(const struct ir_rhythm_in *in, struct ir_rhythm *out)
{
    int64_t before = in->from_ms, room = in->first_ms;
    size_t i;

    memset(out, 0, sizeof *out);
    for (i = 0; i < in->told_n; i++) {
        int64_t gap = in->told[i] - before;

        if (gap > out->longest_ms)
            out->longest_ms = gap;
        if (gap > room && (in->until_ms == 0 || before + room <= in->until_ms))
            out->late_n++;
        if (in->told[i] > before)
            before = in->told[i];
        room = in->every_ms;
        out->last_ms = before;
    }
    out->due_ms = before + room;
    if (in->until_ms != 0 && out->due_ms > in->until_ms) {
        out->due_ms = 0;
        return;
    }
    if (in->now_ms > out->due_ms) {
        out->late_ms = in->now_ms - out->due_ms;
        out->late_n++;
    }
    if (in->now_ms - before > out->longest_ms && out->late_ms > 0)
        out->longest_ms = in->now_ms - before;
}
