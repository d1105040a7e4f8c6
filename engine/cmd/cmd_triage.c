/* cmd_triage.c: `ir triage` and `ir report-in`: is it an incident, and what
 * was reported?
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "cmd/pick.h"
#include "core/plan.h"
#include "core/text.h"
#include "view/menu.h"

#include <stdlib.h>
#include <string.h>

#define ANSWERS_MAX 60

struct answers {
    struct ir_pair v[ANSWERS_MAX];
    size_t n;
    bool ended; /* the end of input: nothing more is asked */
};

static void
answers_free(struct answers *a)
{
    size_t i;

    for (i = 0; i < a->n; i++)
        free((void *)(uintptr_t)a->v[i].value);
}

/* "id=yes" words given on the command line. */
static const char *
given(const char *const *words, size_t n, const char *id)
{
    size_t i, len = strlen(id);

    for (i = 0; i < n; i++)
        if (strncmp(words[i], id, len) == 0 && words[i][len] == '=')
            return words[i] + len + 1;
    return NULL;
}

/* Is each word's name among the ids of `items`?
 *
 * Errors: IR_EUSAGE.
 */
static int
check_given(struct ir_ctx *c, const char *const *words, size_t n,
            const struct ir_json *items)
{
    struct ir_buf all = {0};
    size_t i, k;
    int rc = IR_OK;

    for (i = 0; i < ir_json_len(items); i++)
        ir_buf_addf(&all, "%s%s", i > 0 ? ", " : "",
                    ir_json_get_str(ir_json_at(items, i), "id", ""));
    for (k = 0; k < n && rc == IR_OK; k++) {
        for (i = 0; i < ir_json_len(items); i++) {
            const char *id = ir_json_get_str(ir_json_at(items, i), "id", "");
            size_t len = strlen(id);

            if (strncmp(words[k], id, len) == 0 && words[k][len] == '=')
                break;
        }
        if (i < ir_json_len(items))
            continue;
        rc = ir_fail(&c->err, IR_EUSAGE, _("\"%.60s\" answers nothing here"),
                     words[k]);
        ir_err_hint(&c->err, _("NAME=VALUE, one of: %s"), ir_buf_str(&all));
    }
    ir_buf_done(&all);
    return rc;
}

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
record_triage(struct ir_ctx *c, const struct answers *a, int severity)
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
    struct answers a = {.n = 0};
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
    rc = check_given(c, (const char *const *)argv + 1, (size_t)n, items);
    if (rc != IR_OK)
        return rc;
    print_examples(c, criteria);
    for (i = 0; rc == IR_OK && i < ir_json_len(items) && a.n < ANSWERS_MAX;
         i++) {
        const struct ir_json *it = ir_json_at(items, i);
        const char *id = ir_json_get_str(it, "id", ""), *said = NULL;
        int s = (int)ir_json_get_int(it, "severity", 3);

        rc = one_answer(
            c, it, given((const char *const *)argv + 1, (size_t)n, id), &said);
        if (rc != IR_OK || said == NULL)
            break;
        a.v[a.n++] = (struct ir_pair){id, ir_strdup(said)};
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
    answers_free(&a);
    return rc;
}

/* A form's field as a variable, so that answers are checked like a runbook's.
 */
static void
field_var(const struct ir_json *f, struct ir_var *v)
{
    static const char *const types[] = {"host",   "address", "time", "number",
                                        "choice", "person",  "text"};
    const struct ir_json *choices = ir_json_get(f, "choices");
    const char *type = ir_json_get_str(f, "type", "text");
    size_t i;

    memset(v, 0, sizeof *v);
    v->name = ir_strdup(ir_json_get_str(f, "id", ""));
    v->type = IR_VAR_TEXT;
    for (i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i], type) == 0)
            v->type = (enum ir_var_type)i;
    ir_text_from_json(ir_json_get(f, "ask"), &v->ask);
    v->unknown = true;
    v->choices_n = ir_json_len(choices);
    v->choices = ir_calloc(v->choices_n, sizeof *v->choices);
    for (i = 0; i < v->choices_n; i++) {
        const struct ir_json *o = ir_json_at(choices, i);

        v->choices[i].id = ir_strdup(ir_json_get_str(o, "id", ""));
        ir_text_from_json(ir_json_get(o, "title"), &v->choices[i].title);
    }
}

static void
field_done(struct ir_var *v)
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

/* One field: given, or asked; an empty answer is "unknown". */
static int
fill_field(struct ir_ctx *c, const struct ir_json *f, const char *said,
           struct answers *a)
{
    struct ir_var v;
    struct ir_now now;
    char *value = NULL;
    int tries, rc = IR_OK;

    ir_clock_now(&now);
    field_var(f, &v);
    for (tries = 0; tries < 5; tries++) {
        char *typed = NULL;
        const char *use = said;

        if (said == NULL && ir_ctx_can_ask(c) && !a->ended) {
            ir_view_ask(&c->talk_view, &v, NULL, &c->talk);
            typed = ir_ctx_ask(c, "");
            use = typed;
            a->ended = typed == NULL;
            if (typed != NULL && ir_is_quit(typed)) {
                free(typed);
                rc = ir_fail(&c->err, IR_EUSAGE,
                             _("you left it: nothing was recorded"));
                break;
            }
        }
        if (use == NULL || use[strspn(use, " \t")] == '\0')
            use = "unknown";
        rc = ir_var_parse(&v, use, now.wall_ms, &value, &c->err);
        free(typed);
        if (rc == IR_OK || said != NULL)
            break;
        ir_cmd_complain(c);
    }
    if (rc == IR_OK && a->n < ANSWERS_MAX)
        a->v[a->n++] = (struct ir_pair){ir_json_get_str(f, "id", ""), value};
    else
        free(value);
    field_done(&v);
    return rc;
}

/* The form a word names, or one asked for; the site's forms for reporting in.
 */
static int
choose_form(struct ir_ctx *c, const char *word, const struct ir_json **out)
{
    const struct ir_release *r = ir_trust_current(&c->trust);
    const char **names = NULL;
    size_t n = 0, m = 0, i, at = 0;
    int rc;

    if (r == NULL && c->trust.releases_n > 0)
        r = &c->trust.releases[c->trust.releases_n - 1];
    if (r == NULL)
        return ir_fail(&c->err, IR_ENOTFOUND, _("there is no release yet"));
    rc =
        ir_library_names(&c->lib, r->manifest, "form", "", &names, &n, &c->err);
    for (i = 0; rc == IR_OK && i < n; i++) {
        const struct ir_json *f = NULL;

        rc = ir_library_json(&c->lib, r->manifest, "form", names[i], &f,
                             &c->err);
        if (rc == IR_OK && strcmp(ir_json_get_str(f, "for_kind", "report-in"),
                                  "report-in") == 0)
            names[m++] = names[i];
    }
    if (rc == IR_OK && word == NULL && !ir_ctx_can_ask(c)) {
        rc = ir_fail(&c->err, IR_EUSAGE, _("which form?"));
        ir_err_hint(&c->err, "ir report-in %s --set ...",
                    m > 0 ? names[0] : "TYPE");
    } else if (rc == IR_OK && word == NULL && m > 0) {
        char *typed;

        for (i = 0; i < m; i++) {
            const struct ir_json *f = NULL;
            const char *t;

            (void)ir_library_json(&c->lib, r->manifest, "form", names[i], &f,
                                  NULL);
            t = ir_json_text_of(f, "title");
            ir_buf_addf(&c->talk, " %2zu  %s  (%s)\n", i + 1,
                        t != NULL ? t : "", names[i]);
        }
        ir_buf_addf(&c->talk, " 1-%zu> ", m);
        typed = ir_ctx_ask(c, "");
        rc = ir_pick(c, _("form"), names, m, typed != NULL ? typed : "", true,
                     &at);
        free(typed);
    } else if (rc == IR_OK) {
        rc = ir_pick(c, _("form"), names, m, word != NULL ? word : "", false,
                     &at);
    }
    if (rc == IR_OK)
        rc = ir_library_json(&c->lib, r->manifest, "form", names[at], out,
                             &c->err);
    free(names);
    return rc;
}

static int
record_report(struct ir_ctx *c, const struct ir_json *form,
              const struct answers *a, const char *reporter, const char *means)
{
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    bool inside = ir_case_current(c, 0, &k) == IR_OK;
    int rc;

    memset(&c->err, 0, sizeof c->err);
    d = ir_batch_add(&b, inside ? &k : NULL, IR_KIND_REPORT);
    ir_bodyw_text(&d->body, 1, ir_json_get_str(form, "id", ""));
    ir_bodyw_pairs(&d->body, 2, a->v, a->n);
    if (a->n == 0)
        ir_bodyw_no_hashes(&d->body, 2);
    ir_bodyw_text(&d->body, 3, reporter);
    ir_bodyw_text(&d->body, 4, means);
    rc = ir_batch_record(c, inside ? &k : NULL, &b, NULL);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_report_in(struct ir_ctx *c, int argc, char **argv)
{
    const char *reporter = NULL, *means = NULL, *vars[IR_ARGS_REPEAT_MAX];
    size_t vars_n = 0, i;
    const struct ir_opt opts[] = {{"from", 0, &reporter, NULL, NULL, NULL},
                                  {"means", 0, &means, NULL, NULL, NULL},
                                  {"set", 0, NULL, NULL, vars, &vars_n},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    const struct ir_json *form = NULL, *fields;
    struct answers a = {.n = 0};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "report-in", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = choose_form(c, n > 0 ? argv[1] : NULL, &form);
    if (rc != IR_OK)
        return rc;
    if (ir_json_text_of(form, "phone") != NULL && ir_ctx_can_ask(c))
        ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE,
                     ir_json_text_of(form, "phone"));
    fields = ir_json_get(form, "fields");
    rc = check_given(c, vars, vars_n, fields);
    if (rc == IR_OK && vars_n == 0 && reporter == NULL && means == NULL &&
        !ir_ctx_can_ask(c)) {
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("nobody is there to answer: nothing was recorded"));
        ir_err_hint(&c->err, "ir report-in %s --set %s=...",
                    ir_json_get_str(form, "id", ""),
                    ir_json_get_str(ir_json_at(fields, 0), "id", ""));
    }
    for (i = 0; rc == IR_OK && i < ir_json_len(fields); i++) {
        const struct ir_json *f = ir_json_at(fields, i);

        rc = fill_field(c, f, given(vars, vars_n, ir_json_get_str(f, "id", "")),
                        &a);
    }
    if (rc == IR_OK)
        rc = record_report(c, form, &a, reporter, means);
    if (rc == IR_OK && !c->json) {
        const char *then = ir_json_text_of(form, "then_say");

        if (then != NULL) {
            ir_buf_adds(&c->out, _("Now say to them:\n"));
            ir_term_para(&c->view.term, &c->out, 2, NULL, IR_STYLE_NONE, then);
        }
        ir_buf_adds(&c->out, _("Then: is it an incident?  ir triage\n"));
    }
    answers_free(&a);
    return rc;
}
