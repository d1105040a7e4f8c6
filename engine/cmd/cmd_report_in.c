/* cmd_report_in.c: `ir report-in`: somebody reports something, by telephone,
 * on paper, or in a mail or message that is pasted. They need no key.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/time.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "cmd/form.h"
#include "cmd/pasted.h"
#include "cmd/pick.h"
#include "core/paste.h"
#include "core/text.h"
#include "view/sheet.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is known of the report besides its answers. */
struct incoming {
    const struct ir_json *form, *fields;
    const char *reporter, *means;
    const char **vars;
    size_t vars_n;
    struct ir_answers a;
    struct ir_paste paste;
    struct ir_buf rest; /* what was pasted and answers nothing */
    char *asked[2];     /* reporter and means, typed just now */
};

static int
record_report(struct ir_ctx *c, struct incoming *in)
{
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    bool inside = ir_case_current(c, 0, &k) == IR_OK;
    int rc;

    memset(&c->err, 0, sizeof c->err);
    d = ir_batch_add(&b, inside ? &k : NULL, IR_KIND_REPORT);
    ir_bodyw_text(&d->body, 1, ir_json_get_str(in->form, "id", ""));
    ir_bodyw_pairs(&d->body, 2, in->a.v, in->a.n);
    if (in->a.n == 0)
        ir_bodyw_no_hashes(&d->body, 2);
    ir_bodyw_text(&d->body, 3, in->reporter);
    ir_bodyw_text(&d->body, 4, in->means);
    if (in->rest.len > 0)
        ir_bodyw_text(&d->body, 9, ir_buf_str(&in->rest));
    rc = ir_batch_record(c, inside ? &k : NULL, &b, NULL);
    ir_case_done(&k);
    return rc;
}

static int
read_pasted(struct ir_ctx *c, struct incoming *in)
{
    struct ir_buf text = {0};
    int rc = ir_pasted(c, &text, &in->a.ended);

    if (rc == IR_OK)
        ir_paste_read(in->fields, (const char *)text.p, text.len, &in->paste);
    ir_buf_done(&text);
    if (rc != IR_OK)
        return rc;
    if (in->paste.matched == 0 && in->paste.rest[0] == '\0') {
        ir_fail(&c->err, IR_EUSAGE,
                _("nothing was pasted: nothing was recorded"));
        ir_err_hint(&c->err, "ir report-in %s --paste < FILE",
                    ir_json_get_str(in->form, "id", ""));
        return IR_EUSAGE;
    }
    ir_buf_adds(&in->rest, in->paste.rest);
    ir_buf_addf(&c->talk,
                _("Found in the text: %zu of %zu answers. The rest of it is "
                  "kept as it came.\n"),
                in->paste.matched, ir_json_len(in->fields));
    if (in->paste.cut)
        ir_buf_addf(&c->talk,
                    _("The text is longer than %d bytes: only its beginning "
                      "is kept. Keep the original.\n"),
                    IR_PASTE_MAX);
    return IR_OK;
}

/* What was pasted for field `i`, if it is an answer; else it goes to the rest,
 * in the words in which it came.
 *
 * Owns:   the caller frees with free(); NULL: none.
 */
static char *
pasted(struct incoming *in, size_t i)
{
    const struct ir_json *f = ir_json_at(in->fields, i);
    char *said = i < IR_FORM_FIELDS_MAX ? in->paste.value[i] : NULL;
    char *value = NULL;
    struct ir_now now;
    struct ir_var v;

    if (said == NULL || *said == '\0')
        return NULL;
    ir_clock_now(&now);
    ir_form_var(f, &v);
    if (ir_var_parse(&v, said, now.wall_ms, &value, NULL) != IR_OK) {
        value = NULL;
        ir_buf_addf(&in->rest, "%s%s: %s", in->rest.len > 0 ? "\n" : "",
                    ir_json_get_str(f, "id", ""), said);
    }
    ir_form_var_done(&v);
    return value;
}

static int
fill(struct ir_ctx *c, struct incoming *in)
{
    size_t i;
    int rc = IR_OK;

    for (i = 0; rc == IR_OK && i < ir_json_len(in->fields); i++) {
        const struct ir_json *f = ir_json_at(in->fields, i);
        const char *id = ir_json_get_str(f, "id", "");
        const char *said = ir_given(in->vars, in->vars_n, id);
        char *found = pasted(in, i);

        if (said == NULL && found != NULL)
            ir_answers_put(&in->a, id, ir_strdup(found));
        else
            rc = ir_form_field(c, f, said, &in->a);
        free(found);
    }
    return rc;
}

/* Who sent what was pasted, and how it came: a text proves neither. */
static void
ask_sender(struct ir_ctx *c, struct incoming *in)
{
    const char **to[2] = {&in->reporter, &in->means};
    const char *const q[2] = {
        _(" Who sent it?> "),
        _(" How did it come? (mail, sms, chat, paper)> ")};
    size_t i;

    for (i = 0; i < 2; i++) {
        if (*to[i] != NULL || in->a.ended || !ir_ctx_can_ask(c))
            continue;
        in->asked[i] = ir_ctx_ask(c, q[i]);
        in->a.ended = in->asked[i] == NULL;
        if (in->asked[i] != NULL && in->asked[i][0] != '\0' &&
            !ir_is_unknown(in->asked[i]))
            *to[i] = in->asked[i];
    }
}

static void
say_then(struct ir_ctx *c, const struct ir_json *form)
{
    const char *then = ir_json_text_of(form, "then_say");

    if (then != NULL) {
        ir_buf_adds(&c->out, _("Now say to them:\n"));
        ir_term_para(&c->view.term, &c->out, 2, NULL, IR_STYLE_NONE, then);
    }
    ir_buf_adds(&c->out, _("Then: is it an incident?  ir triage\n"));
}

static int
take_in(struct ir_ctx *c, struct incoming *in, bool paste)
{
    int rc = ir_given_check(c, in->vars, in->vars_n, in->fields);

    if (rc == IR_OK && !paste && in->vars_n == 0 && in->reporter == NULL &&
        in->means == NULL && !ir_ctx_can_ask(c)) {
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("nobody is there to answer: nothing was recorded"));
        ir_err_hint(&c->err, "ir report-in %s --set %s=...",
                    ir_json_get_str(in->form, "id", ""),
                    ir_json_get_str(ir_json_at(in->fields, 0), "id", ""));
    }
    if (rc == IR_OK && paste)
        rc = read_pasted(c, in);
    if (rc == IR_OK && paste)
        ask_sender(c, in);
    if (rc == IR_OK)
        rc = fill(c, in);
    if (rc == IR_OK)
        rc = record_report(c, in);
    if (rc == IR_OK && !c->json)
        say_then(c, in->form);
    return rc;
}

int
ir_cmd_report_in(struct ir_ctx *c, int argc, char **argv)
{
    const char *vars[IR_ARGS_REPEAT_MAX];
    struct incoming in = {.vars = vars};
    bool paste = false, print = false;
    const struct ir_opt opts[] = {{"from", 0, &in.reporter, NULL, NULL, NULL},
                                  {"means", 0, &in.means, NULL, NULL, NULL},
                                  {"set", 0, NULL, NULL, vars, &in.vars_n},
                                  {"paste", 0, NULL, &paste, NULL, NULL},
                                  {"print", 0, NULL, &print, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "report-in", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, !print);
    if (rc == IR_OK && !print)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = ir_form_choose(c, n > 0 ? argv[1] : NULL, &in.form);
    if (rc != IR_OK)
        return rc;
    in.fields = ir_json_get(in.form, "fields");
    if (print) {
        ir_view_form_blank(&c->view, in.form, &c->out);
        return IR_OK;
    }
    if (!paste && ir_json_text_of(in.form, "phone") != NULL &&
        ir_ctx_can_ask(c))
        ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE,
                     ir_json_text_of(in.form, "phone"));
    rc = take_in(c, &in, paste);
    ir_answers_done(&in.a);
    ir_paste_done(&in.paste);
    ir_buf_done(&in.rest);
    free(in.asked[0]);
    free(in.asked[1]);
    return rc;
}
