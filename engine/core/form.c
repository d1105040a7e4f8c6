/* form.c: see form.h. */
#include "core/form.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/time.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
ir_form_var(const struct ir_json *field, struct ir_var *v)
{
    static const char *const types[] = {"host",   "address", "time", "number",
                                        "choice", "person",  "text"};
    const struct ir_json *choices = ir_json_get(field, "choices");
    const char *type = ir_json_get_str(field, "type", "text");
    size_t i;

    memset(v, 0, sizeof *v);
    v->name = ir_strdup(ir_json_get_str(field, "id", ""));
    v->type = IR_VAR_TEXT;
    for (i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i], type) == 0)
            v->type = (enum ir_var_type)i;
    ir_text_from_json(ir_json_get(field, "ask"), &v->ask);
    v->unknown = true;
    v->choices_n = ir_json_len(choices);
    v->choices = ir_calloc(v->choices_n, sizeof *v->choices);
    for (i = 0; i < v->choices_n; i++) {
        const struct ir_json *o = ir_json_at(choices, i);

        v->choices[i].id = ir_strdup(ir_json_get_str(o, "id", ""));
        ir_text_from_json(ir_json_get(o, "title"), &v->choices[i].title);
    }
}

void
ir_form_var_done(struct ir_var *v)
{
    size_t i;

    for (i = 0; i < v->choices_n; i++) {
        free(v->choices[i].id);
        ir_text_done(&v->choices[i].title);
    }
    free(v->choices);
    ir_text_done(&v->ask);
    free(v->name);
}

/* One line of harmless text: line ends and tabs become spaces, the white space
 * at both ends (ideographic too) goes.
 *
 * Owns:   *out is the caller's, free().
 * Errors: IR_EPARSE too long, or what a terminal must not see.
 */
static int
one_line(const char *typed, char **out, struct ir_err *err)
{
    static const char wide[] = "\xe3\x80\x80";
    struct ir_buf b = {0};
    size_t i, n = strlen(typed), step, from = 0;
    int32_t cp;

    if (n > IR_FORM_TEXT_MAX)
        return ir_fail(err, IR_EPARSE, _("An answer has at most %d bytes."),
                       IR_FORM_TEXT_MAX);
    for (i = 0; i < n; i += step) {
        cp = ir_utf8_next(typed + i, n - i, &step);
        if (cp == '\n' || cp == '\r' || cp == '\t')
            ir_buf_addc(&b, ' ');
        else if (!ir_utf8_harmful(cp))
            ir_buf_add(&b, typed + i, step);
        else
            break;
    }
    if (i < n) {
        ir_buf_done(&b);
        ir_fail(err, IR_EPARSE, "%s",
                _("That cannot be kept as one line of text."));
        ir_err_hint(err, "%s",
                    _("There is a character in it that nobody sees: type it "
                      "again."));
        return IR_EPARSE;
    }
    n = b.len;
    for (;;) {
        const char *s = ir_buf_str(&b);

        if (n > 0 && s[n - 1] == ' ')
            n--;
        else if (n >= 3 && memcmp(s + n - 3, wide, 3) == 0)
            n -= 3;
        else
            break;
    }
    while (from < n) {
        const char *s = ir_buf_str(&b) + from;

        if (*s == ' ')
            from++;
        else if (n - from >= 3 && memcmp(s, wide, 3) == 0)
            from += 3;
        else
            break;
    }
    *out = ir_strndup(ir_buf_str(&b) + from, n - from);
    ir_buf_done(&b);
    return IR_OK;
}

/* Does it say something with a figure in it ("about 1,200"), rather than being
 * a mistyped time or number, or the answer to another question?
 */
static bool
has_words(const char *s)
{
    static const char figures[] = "0123456789:/.-+ TZtz";
    struct ir_buf narrow = {0};
    bool words;

    ir_utf8_narrow(&narrow, s);
    words = s[strspn(s, figures)] != '\0' &&
            strpbrk(ir_buf_str(&narrow), "0123456789") != NULL;
    ir_buf_done(&narrow);
    return words;
}

static bool
is_open(const char *s)
{
    return s[0] == '\0' || strcasecmp(s, "under investigation") == 0 ||
           strcmp(s, "\xe8\xaa\xbf\xe6\x9f\xbb\xe4\xb8\xad") == 0; /* 調査中 */
}

int
ir_form_value(const struct ir_var *v, const char *typed, int64_t now_ms,
              char **out, struct ir_err *err)
{
    char *line = NULL;
    int rc = one_line(typed, &line, err);

    if (rc != IR_OK || line == NULL)
        return rc;
    if (ir_is_unknown(line)) {
        free(line);
        line = ir_strdup("unknown");
    } else if (is_open(line)) {
        line[0] = '\0';
    } else if (v->type != IR_VAR_TEXT && v->type != IR_VAR_PERSON) {
        char *value = NULL;

        rc = ir_var_parse(v, line, now_ms, &value, err);
        if (rc == IR_OK || v->type == IR_VAR_CHOICE || !has_words(line)) {
            free(line);
            line = value;
        } else {
            rc = IR_OK; /* in words */
            if (err != NULL)
                memset(err, 0, sizeof *err);
        }
    }
    if (rc == IR_OK)
        *out = line;
    else
        free(line);
    return rc;
}

static void
set_text(struct ir_json *obj, const char *key, const struct ir_json *from)
{
    struct ir_json *t = ir_json_new_obj();

    ir_json_set_str(t, "en", ir_json_get_str(from, "en", ""));
    ir_json_set_str(t, "ja", ir_json_get_str(from, "ja", ""));
    ir_json_set_take(obj, key, t);
}

struct ir_json *
ir_form_of_deadline(const struct ir_json *deadline)
{
    const struct ir_json *items = ir_json_get(deadline, "contains");
    struct ir_json *form = ir_json_new_obj(), *fields = ir_json_new_arr();
    size_t i;

    ir_json_set_str(form, "id", ir_json_get_str(deadline, "id", ""));
    set_text(form, "title", ir_json_get(deadline, "title"));
    for (i = 0; i < ir_json_len(items) && i < IR_FORM_FIELDS_MAX; i++) {
        struct ir_json *f = ir_json_new_obj();
        char *id = ir_asprintf("item-%zu", i + 1);

        ir_json_set_str(f, "id", id);
        set_text(f, "ask", ir_json_at(items, i));
        ir_json_set_str(f, "type", "text");
        ir_json_set_bool(f, "required", true);
        ir_json_add_take(fields, f);
        free(id);
    }
    ir_json_set_take(form, "fields", fields);
    return form;
}
