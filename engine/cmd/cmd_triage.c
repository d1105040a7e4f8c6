/* cmd_triage.c: `ir triage`: is it an incident? */
#include "base/i18n.h"
#include "base/time.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "cmd/form.h"
#include "cmd/pick.h"
#include "core/text.h"
#include "view/menu.h"

#include <stdlib.h>
#include <string.h>

/* Yes, no or unknown for one criterion: given, or asked. */
static int
one_answer(struct ir_ctx *c, const struct ir_json *item, const char *said,
           const char **out)
{
    const char *ask = ir_json_text_of(item, "ask");
    int tries, yes = -1;

    for (tries = 0; tries < 5; tries++) {
        char *typed = NULL;

        if (said == NULL && ir_ctx_can_ask(c)) {
            char *safe = ir_view_safe(&c->talk_view, ask != NULL ? ask : "");

            ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE,
                         safe);
            free(safe);
            ir_buf_adds(&c->talk, _(" (y, n, unknown)> "));
            typed = ir_ctx_ask(c, "");
        }
        if (said == NULL && ir_ctx_can_ask(c) &&
            (typed == NULL || ir_is_quit(typed))) {
            free(typed);
            return ir_fail(&c->err, IR_EUSAGE,
                           _("you left it: nothing was recorded"));
        }
        if (said == NULL && typed == NULL)
            break;
        yes = ir_view_yes(said != NULL ? said : typed);
        if (yes < 0 && ir_is_unknown(said != NULL ? said : typed))
            yes = 2;
        free(typed);
        if (yes >= 0 || said != NULL)
            break;
    }
    if (yes < 0 && said != NULL)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("%s: yes, no or unknown, not \"%.40s\""),
                       ir_json_get_str(item, "id", "?"), said);
    *out = yes == 1 ? "yes" : yes == 0 ? "no" : "unknown";
    return IR_OK;
}

static int
record_triage(struct ir_ctx *c, const struct ir_answers *a, int severity)
{
    const struct ir_release *r = ir_trust_current(&c->trust);
    struct ir_batch b = {0};
    struct ir_draft *d;
    uint8_t digest[32];

    d = ir_batch_add(&b, NULL, IR_KIND_REPORT);
    ir_bodyw_text(&d->body, 1, "triage");
    ir_bodyw_pairs(&d->body, 2, a->v, a->n);
    ir_bodyw_uint(&d->body, 5, severity > 0 ? 2 : 1);
    if (r != NULL && ir_library_digest(&c->lib, r->manifest, "site", "site",
                                       digest, NULL) == IR_OK)
        ir_bodyw_bytes(&d->body, 6, digest, 32);
    return ir_batch_record(c, NULL, &b, NULL);
}

static void
print_examples(struct ir_ctx *c, const struct ir_json *criteria)
{
    const struct ir_json *l = ir_json_get(criteria, "not_incident");
    size_t i;

    ir_buf_adds(&c->talk, _("These are events, not incidents:\n"));
    for (i = 0; i < ir_json_len(l); i++) {
        struct ir_text t = {NULL, NULL};
        char *safe;

        ir_text_from_json(ir_json_at(l, i), &t);
        safe =
            ir_view_safe(&c->talk_view, ir_text(&t) != NULL ? ir_text(&t) : "");
        ir_term_para(&c->talk_view.term, &c->talk, 2, "- ", IR_STYLE_NONE,
                     safe);
        free(safe);
        ir_text_done(&t);
    }
}

int
ir_cmd_triage(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_json *criteria, *items;
    struct ir_answers a = {.n = 0};
    int severity = 0, n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);
    size_t i;

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 60, "triage", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc != IR_OK)
        return rc;
    criteria = ir_ctx_criteria(c);
    items = ir_json_get(criteria, "items");
    if (ir_json_len(items) == 0)
        return ir_fail(&c->err, IR_ENOTFOUND,
                       _("the site has no criteria (site.lua)"));
    if (n == 0 && !ir_ctx_can_ask(c)) {
        ir_fail(&c->err, IR_EUSAGE,
                _("nobody is there to answer: nothing was recorded"));
        ir_err_hint(&c->err, "ir triage %s=yes ...",
                    ir_json_get_str(ir_json_at(items, 0), "id", ""));
        return IR_EUSAGE;
    }
    rc = ir_given_check(c, (const char *const *)argv + 1, (size_t)n, items);
    if (rc != IR_OK)
        return rc;
    print_examples(c, criteria);
    for (i = 0;
         rc == IR_OK && i < ir_json_len(items) && a.n < IR_FORM_FIELDS_MAX;
         i++) {
        const struct ir_json *it = ir_json_at(items, i);
        const char *id = ir_json_get_str(it, "id", ""), *said = NULL;
        int s = (int)ir_json_get_int(it, "severity", 3);

        rc = one_answer(c, it,
                        ir_given((const char *const *)argv + 1, (size_t)n, id),
                        &said);
        if (rc != IR_OK || said == NULL)
            break;
        ir_answers_put(&a, id, ir_strdup(said));
        if ((strcmp(said, "yes") == 0 ||
             (strcmp(said, "unknown") == 0 &&
              strcmp(ir_json_get_str(it, "unknown", "event"), "incident") ==
                  0)) &&
            (severity == 0 || s < severity))
            severity = s;
    }
    if (rc == IR_OK)
        rc = record_triage(c, &a, severity);
    if (rc == IR_OK && !c->json && severity > 0)
        ir_buf_addf(&c->out,
                    _("This is an INCIDENT, severity %d. Next: ir start "
                      "SYSTEM\n"),
                    severity);
    else if (rc == IR_OK && !c->json)
        ir_buf_adds(&c->out, _("This is an event, not an incident. It is "
                               "recorded; watch it.\n"));
    ir_answers_done(&a);
    return rc;
}
