/* plan.c: see plan.h. The whole of a plan; steps are read in plan_step.c. */
#include "core/plan.h"

#include "base/buf.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "core/plan_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_words[] = {"emergency", "recovery", "continuity",
                                         "communication"};
static const char *const type_words[] = {"host",   "address", "time", "number",
                                         "choice", "person",  "text"};
static const char *const act_words[] = {"say",     "choose", "ask",    "run",
                                        "collect", "call",   "notify", "tell",
                                        "wait",    "runbook"};

const char *
ir_plan_kind_word(enum ir_plan_kind k)
{
    return kind_words[k];
}

const char *
ir_var_type_word(enum ir_var_type t)
{
    return type_words[t];
}

const char *
ir_step_act_word(enum ir_step_act a)
{
    return act_words[a];
}

const char *
ir_source_word(const char *source)
{
    static const struct {
        const char *id, *word;
    } words[] = {
        {"disk", N_("disk")},
        {"memory", N_("memory")},
        {"logs", N_("logs")},
        {"recording", N_("recordings")},
        {"config", N_("configuration")},
    };
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].id, source) == 0)
            return _(words[i].word);
    return source;
}

bool
ir_plan_name_ok(const char *s)
{
    const char *slash = strchr(s, '/');
    char dir[42];

    if (slash == NULL || slash - s > 40)
        return false;
    snprintf(dir, sizeof dir, "%.*s", (int)(slash - s), s);
    return ir_name_ok(dir) && ir_name_ok(slash + 1);
}

bool
ir_var_name_ok(const char *s)
{
    size_t i;

    if (s[0] < 'a' || s[0] > 'z')
        return false;
    for (i = 1; s[i] != '\0'; i++)
        if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') ||
              s[i] == '_'))
            return false;
    return i <= 32;
}

static int
read_var(struct ir_pread *r, const char *name, const struct ir_json *j,
         struct ir_var *v)
{
#define V(m) offsetof(struct ir_var, m), 0, 0
    static const struct ir_pread_field fields[] = {
        {"type", IR_PR_ELSE, true, 0, 0, 0, 0},
        {"ask", IR_PR_TEXT, true, V(ask), 0},
        {"unknown", IR_PR_FLAG, false, V(unknown), 0},
        {"ask_at_start", IR_PR_FLAG, false, V(at_start), 0},
        {"default", IR_PR_STR, false, V(dflt), IR_PLAN_STR_MAX},
        {"choices", IR_PR_ELSE, false, 0, 0, 0, 0},
    };
#undef V
    int type = ir_word_index(type_words, 7, ir_json_get_str(j, "type", NULL));
    int rc;

    if (!ir_var_name_ok(name))
        return ir_pread_bad(r, NULL,
                            _("not the name of a variable (a-z 0-9 _, "
                              "at most 32)"));
    v->name = ir_strdup(name);
    v->unknown = true;
    rc = ir_pread_fields(r, j, fields, 6, v);
    if (rc != IR_OK)
        return rc;
    if (type < 0)
        return ir_pread_bad(
            r, "type", _("must be one of: %s"),
            "host, address, time, number, choice, person, text");
    v->type = (enum ir_var_type)type;
    if ((v->type == IR_VAR_CHOICE) != (ir_json_get(j, "choices") != NULL))
        return ir_pread_bad(r, "choices",
                            _("belongs to type choice, and must stand there"));
    if (v->type == IR_VAR_CHOICE)
        rc = ir_pread_options(r, j, "choices", false, &v->choices,
                              &v->choices_n);
    return rc;
}

struct vars_arg {
    struct ir_pread *r;
    struct ir_plan *p;
    int rc;
};

static bool
add_var(const char *name, struct ir_json *v, void *arg)
{
    struct vars_arg *a = arg;
    char where[48];
    size_t mark;

    snprintf(where, sizeof where, "vars.%.40s", name);
    mark = ir_pread_in(a->r, where, -1);
    a->rc = read_var(a->r, name, v, &a->p->vars[a->p->vars_n++]);
    if (a->rc == IR_OK)
        ir_pread_out(a->r, mark);
    return a->rc == IR_OK;
}

static int
read_vars(struct ir_pread *r, const struct ir_json *j, struct ir_plan *p)
{
    const struct ir_json *vars = ir_json_get(j, "vars");
    struct vars_arg a = {r, p, IR_OK};
    size_t n = ir_json_len(vars);

    if (vars == NULL)
        return IR_OK;
    if (!ir_json_is_obj(vars))
        return ir_pread_bad(r, "vars", _("must be an object"));
    if (n > IR_PLAN_VARS_MAX)
        return ir_pread_bad(r, "vars", _("%zu variables; %d are allowed"), n,
                            IR_PLAN_VARS_MAX);
    p->vars = ir_calloc(n > 0 ? n : 1, sizeof *p->vars);
    ir_json_each(vars, add_var, &a);
    return a.rc;
}

static int
read_steps(struct ir_pread *r, const struct ir_json *j, struct ir_plan *p)
{
    const struct ir_json *v = ir_json_get(j, "steps");
    size_t i, k, n = ir_json_len(v), mark;
    int rc;

    if (!ir_json_is_arr(v) || n == 0 || n > IR_PLAN_STEPS_MAX)
        return ir_pread_bad(r, "steps", _("must be a list of 1 to %d steps"),
                            IR_PLAN_STEPS_MAX);
    p->steps = ir_calloc(n, sizeof *p->steps);
    for (i = 0; i < n; i++) {
        mark = ir_pread_in(r, "steps", (int)i);
        p->steps_n = i + 1;
        rc = ir_pread_step(r, ir_json_at(v, i), &p->steps[i]);
        if (rc != IR_OK)
            return rc;
        for (k = 0; k < i; k++)
            if (strcmp(p->steps[k].id, p->steps[i].id) == 0)
                return ir_pread_bad(r, "id", _("\"%s\" stands here twice"),
                                    p->steps[i].id);
        ir_pread_out(r, mark);
    }
    for (i = 0; i < n; i++) {
        int u =
            p->steps[i].undo != NULL ? ir_plan_step(p, p->steps[i].undo) : -1;

        if (u >= 0)
            p->steps[u].is_undo = true;
    }
    return IR_OK;
}

static int
read_plan(struct ir_pread *r, const struct ir_json *j, struct ir_plan *p)
{
#define P(m) offsetof(struct ir_plan, m)
    static const struct ir_pread_field fields[] = {
        {"api", IR_PR_ELSE, true, 0, 0, 0, 0},
        {"kind", IR_PR_ELSE, true, 0, 0, 0, 0},
        {"id", IR_PR_DIR, true, P(id), 0, 0, 0},
        {"title", IR_PR_TEXT, true, P(title), 0, 0, 0},
        {"symptoms", IR_PR_TEXT, false, P(symptoms), 0, 0, 0},
        {"severity", IR_PR_INT, false, P(severity), 0, 1, 4},
        {"order", IR_PR_INT, false, P(order), 0, 1, 99},
        {"safety", IR_PR_TEXT, false, P(safety), 0, 0, 0},
        {"legal", IR_PR_NAMES, false, P(legal), P(legal_n), 0,
         IR_PLAN_LIST_MAX},
        {"vars", IR_PR_ELSE, false, 0, 0, 0, 0},
        {"steps", IR_PR_ELSE, true, 0, 0, 0, 0},
    };
#undef P
    int kind = ir_word_index(kind_words, 4, ir_json_get_str(j, "kind", NULL));
    int rc;

    p->order = 50;
    rc = ir_pread_fields(r, j, fields, sizeof fields / sizeof fields[0], p);
    if (rc != IR_OK)
        return rc;
    if (ir_json_get_int(j, "api", 0) != 1)
        return ir_pread_bad(r, "api", _("must be 1"));
    if (kind < 0)
        return ir_pread_bad(r, "kind", _("must be one of: %s"),
                            "emergency, recovery, continuity, communication");
    p->kind = (enum ir_plan_kind)kind;
    if (p->kind == IR_PLAN_EMERGENCY && p->symptoms.en == NULL)
        return ir_pread_bad(
            r, "symptoms", _("an emergency runbook says what the reader sees"));
    rc = read_vars(r, j, p);
    return rc == IR_OK ? read_steps(r, j, p) : rc;
}

int
ir_plan_decode_loose(const char *json, size_t len, struct ir_plan **out,
                     struct ir_err *err)
{
    struct ir_pread r = {err, ""};
    struct ir_json *j = NULL;
    struct ir_plan *p = NULL;
    int rc;

    if (len > IR_PLAN_BYTES_MAX)
        return ir_fail(err, IR_ELIMIT, _("plan of %zu bytes, limit %d"), len,
                       IR_PLAN_BYTES_MAX);
    rc = ir_json_parse(json, len, &j, err);
    if (rc != IR_OK)
        return rc;
    p = ir_calloc(1, sizeof *p);
    ir_sha256(json, len, p->digest);
    rc = read_plan(&r, j, p);
    ir_json_free(j);
    if (rc != IR_OK) {
        ir_plan_free(p);
        return rc;
    }
    *out = p;
    return IR_OK;
}

struct first_arg {
    const struct ir_plan *p;
    struct ir_err *err;
    int rc;
};

static void
keep_first(bool fatal, int step, const char *field, const char *msg, void *arg)
{
    struct first_arg *a = arg;

    if (!fatal || a->rc != IR_OK)
        return;
    if (step < 0) {
        a->rc = ir_fail(a->err, IR_EPARSE, "%s: %s", field, msg);
        ir_err_field(a->err, "%s", field);
        return;
    }
    a->rc = ir_fail(a->err, IR_EPARSE, "steps[%d].%s (%s): %s", step, field,
                    a->p->steps[step].id, msg);
    ir_err_field(a->err, "steps[%d].%s", step, field);
}

int
ir_plan_decode(const char *json, size_t len, struct ir_plan **out,
               struct ir_err *err)
{
    struct first_arg a = {NULL, err, IR_OK};
    struct ir_plan *p = NULL;
    int rc = ir_plan_decode_loose(json, len, &p, err);

    if (rc != IR_OK)
        return rc;
    a.p = p;
    ir_plan_lint(p, keep_first, &a);
    if (a.rc != IR_OK) {
        ir_plan_free(p);
        return a.rc;
    }
    *out = p;
    return IR_OK;
}

void
ir_plan_free(struct ir_plan *p)
{
    size_t i;

    if (p == NULL)
        return;
    free(p->id);
    ir_text_done(&p->title);
    ir_text_done(&p->symptoms);
    ir_text_done(&p->safety);
    for (i = 0; i < p->legal_n; i++)
        free(p->legal[i]);
    free(p->legal);
    for (i = 0; i < p->vars_n; i++) {
        free(p->vars[i].name);
        ir_text_done(&p->vars[i].ask);
        free(p->vars[i].dflt);
        ir_options_free(p->vars[i].choices, p->vars[i].choices_n);
    }
    free(p->vars);
    for (i = 0; i < p->steps_n; i++)
        ir_step_done(&p->steps[i]);
    free(p->steps);
    free(p);
}

int
ir_plan_step(const struct ir_plan *p, const char *id)
{
    size_t i;

    for (i = 0; i < p->steps_n; i++)
        if (strcmp(p->steps[i].id, id) == 0)
            return (int)i;
    return -1;
}

const struct ir_var *
ir_plan_var(const struct ir_plan *p, const char *name)
{
    size_t i;

    for (i = 0; i < p->vars_n; i++)
        if (strcmp(p->vars[i].name, name) == 0)
            return &p->vars[i];
    return NULL;
}

int
ir_step_option(const struct ir_step *s, const char *id)
{
    size_t i;

    for (i = 0; id != NULL && i < s->options_n; i++)
        if (strcmp(s->options[i].id, id) == 0)
            return (int)i;
    return -1;
}
