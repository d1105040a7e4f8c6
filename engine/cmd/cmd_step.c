/* cmd_act.c: `ir done`, `fail`, `skip`, `take`, `give-back`, `choose`, `ask`.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/time.h"
#include "cmd/act.h"
#include "cmd/callrun.h"
#include "cmd/commands.h"
#include "cmd/pick.h"
#include "view/menu.h"

#include <stdlib.h>
#include <string.h>

/* Every option a step command may take. */
static int
parse(struct ir_ctx *c, int argc, char **argv, struct ir_said *said, int min,
      int max, const char *command, int *n)
{
    const struct ir_opt opts[] = {
        {"reason", 'r', &said->reason, NULL, NULL, NULL},
        {"note", 'm', &said->note, NULL, NULL, NULL},
        {"at", 0, &said->at, NULL, NULL, NULL},
        {"again", 0, &said->again, NULL, NULL, NULL},
        {"override", 0, &said->override, NULL, NULL, NULL},
        {"break-glass", 0, &said->break_glass, NULL, NULL, NULL},
        {"from", 0, &said->from, NULL, NULL, NULL},
        {"level", 0, &said->level, NULL, NULL, NULL},
        {"to", 0, &said->to, NULL, NULL, NULL},
        {"means", 0, &said->means, NULL, NULL, NULL},
        {"ref", 0, &said->receipt, NULL, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    int rc = ir_args(argc, argv, opts, n, &c->err);

    return rc == IR_OK ? ir_args_count(*n, min, max, command, &c->err) : rc;
}

/* Where the step can be repeated, whether it is must be said: --again, or
 * asked; not before the step may be done at all.
 *
 * Errors: IR_EUSAGE nobody said.
 */
static int
ask_again(struct ir_ctx *c, const struct ir_case *k, size_t i,
          struct ir_said *said)
{
    const struct ir_step *s = k->inc->steps[i].step;
    enum ir_gate gate = IR_GATE_NONE;
    struct ir_now now;
    int tries, yes = -1;
    char *q;

    ir_clock_now(&now);
    if (s == NULL || s->repeat_to == NULL ||
        ir_incident_gate(k->inc, i, c->me, now.wall_ms, &gate, NULL) != IR_OK)
        return IR_OK;
    if (said->again != NULL)
        yes = ir_view_yes(said->again);
    q = ir_view_fill(&c->talk_view, k->inc, &s->repeat_ask);
    for (tries = 0;
         said->again == NULL && yes < 0 && tries < 5 && ir_ctx_can_ask(c);
         tries++) {
        char *typed;

        ir_view_ask_yes(&c->talk_view, q, &c->talk);
        typed = ir_ctx_ask(c, "");
        if (typed == NULL)
            break;
        yes = ir_view_yes(typed);
        if (yes < 0)
            ir_buf_adds(&c->talk, _(" y or n. Not sure: y, and skip it later "
                                    "if there was none.\n"));
        free(typed);
    }
    free(q);
    if (yes == 1 && k->inc->steps[i].iteration >= (uint64_t)s->repeat_max) {
        ir_fail(&c->err, IR_EUSAGE,
                _("\"%s\" was done %d times, as often as the runbook allows"),
                k->inc->steps[i].path, s->repeat_max);
        ir_err_hint(&c->err,
                    _("go on:  ir done %s --again no\nmore of it:  ir note "
                      "TEXT"),
                    k->inc->steps[i].path);
        return IR_EUSAGE;
    }
    if (yes >= 0) {
        said->again = yes == 1 ? "yes" : "no";
        return IR_OK;
    }
    ir_fail(&c->err, IR_EUSAGE, _("\"%s\" can be repeated: once more, or not?"),
            k->inc->steps[i].path);
    ir_err_hint(&c->err, "ir done %s --again yes|no", k->inc->steps[i].path);
    return IR_EUSAGE;
}

int
ir_cmd_choose(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_said said = {0};
    struct ir_case k = {0};
    char *why = NULL;
    size_t i = 0;
    int n = 0, rc = parse(c, argc, argv, &said, 2, 2, "choose", &n);

    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_act_find(c, &k, argv[1], &i);
    if (rc == IR_OK && k.inc->steps[i].step != NULL &&
        k.inc->steps[i].step->act != IR_ACT_CHOOSE)
        rc = ir_fail(&c->err, IR_EUSAGE, _("\"%s\" is not a decision"),
                     k.inc->steps[i].path);
    if (rc == IR_OK) {
        said.choice = argv[2];
        rc = ir_reason(c, said.reason, IR_WHY_DECISION, &why);
    }
    if (rc == IR_OK) {
        said.reason = why;
        rc = ir_act_done(c, &k, i, &said);
    }
    free(why);
    ir_case_done(&k);
    return rc;
}

/* One entry about a step, without gates: take, fail, skip, give back. */
static int
simple(struct ir_ctx *c, struct ir_case *k, size_t i, enum ir_step_op op,
       struct ir_said *said)
{
    struct ir_batch b = {0};
    int rc = ir_case_hold(c, k, &i);

    if (rc == IR_OK)
        rc = ir_draft_at(c, ir_act_draft(&b, k, i, op, said), said->at);
    if (rc == IR_OK)
        rc = ir_batch_record(c, k, &b, NULL);
    else
        ir_batch_done(&b);
    ir_case_drop(c);
    return rc;
}

enum refusal { CANNOT_TAKE, YOURS, NOT_TAKEN, OVER, NOT_YET };

static int
refuse_state(struct ir_ctx *c, const struct ir_case *k, size_t i,
             enum refusal why)
{
    const char *path = k->inc->steps[i].path;

    if (why == CANNOT_TAKE)
        ir_fail(&c->err, IR_EREFUSED, _("%s cannot be taken on now"), path);
    else if (why == YOURS)
        ir_fail(&c->err, IR_EREFUSED, _("%s is yours already"), path);
    else if (why == NOT_TAKEN)
        ir_fail(&c->err, IR_EREFUSED, _("nobody has taken %s on"), path);
    else if (why == OVER)
        ir_fail(&c->err, IR_EREFUSED, _("%s is over already"), path);
    else
        ir_fail(&c->err, IR_EREFUSED, _("%s has not come up yet"), path);
    ir_err_hint(&c->err, "ir next");
    return IR_EREFUSED;
}

int
ir_cmd_take(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_said said = {0};
    struct ir_case k = {0};
    size_t i = 0;
    int n = 0, rc = parse(c, argc, argv, &said, 0, 1, "take", &n);

    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_act_find(c, &k, n > 0 ? argv[1] : NULL, &i);
    if (rc == IR_OK) {
        enum ir_step_state s = k.inc->steps[i].state;

        if (s != IR_STEP_READY && s != IR_STEP_ACTIVE && s != IR_STEP_FAILED)
            rc = refuse_state(c, &k, i, CANNOT_TAKE);
        else if (s == IR_STEP_ACTIVE && k.inc->steps[i].by == c->me)
            rc = refuse_state(c, &k, i, YOURS);
    }
    if (rc == IR_OK)
        rc = simple(c, &k, i, IR_OP_TAKE, &said);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_give_back(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_said said = {0};
    struct ir_case k = {0};
    size_t i = 0;
    int n = 0, rc = parse(c, argc, argv, &said, 1, 1, "give-back", &n);

    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_act_find(c, &k, argv[1], &i);
    if (rc == IR_OK && k.inc->steps[i].state != IR_STEP_ACTIVE)
        rc = refuse_state(c, &k, i, NOT_TAKEN);
    if (rc == IR_OK)
        rc = simple(c, &k, i, IR_OP_GIVE_BACK, &said);
    ir_case_done(&k);
    return rc;
}

/* `fail` and `skip`: only what is open can fail or be left out. */
static int
fail_or_skip(struct ir_ctx *c, int argc, char **argv, enum ir_step_op op,
             const char *command)
{
    struct ir_said said = {0};
    struct ir_case k = {0};
    char *why = NULL, *called = NULL;
    size_t i = 0;
    int n = 0, rc = parse(c, argc, argv, &said, 0, 1, command, &n);

    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_act_find(c, &k, n > 0 ? argv[1] : NULL, &i);
    if (rc == IR_OK) {
        enum ir_step_state s = k.inc->steps[i].state;

        if (s == IR_STEP_DONE || s == IR_STEP_SKIPPED || s == IR_STEP_NA)
            rc = refuse_state(c, &k, i, OVER);
        else if (s == IR_STEP_WAITING && op == IR_OP_FAIL)
            rc = refuse_state(c, &k, i, NOT_YET);
    }
    if (rc == IR_OK && op == IR_OP_FAIL && said.reason == NULL)
        said.reason = called = ir_callrun_step(c, &k, i);
    if (rc == IR_OK)
        rc = ir_reason(c, said.reason,
                       op == IR_OP_SKIP ? IR_WHY_SKIP : IR_WHY_FAIL, &why);
    if (rc == IR_OK) {
        said.reason = why;
        rc = simple(c, &k, i, op, &said);
    }
    free(why);
    free(called);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_fail(struct ir_ctx *c, int argc, char **argv)
{
    return fail_or_skip(c, argc, argv, IR_OP_FAIL, "fail");
}

int
ir_cmd_skip(struct ir_ctx *c, int argc, char **argv)
{
    return fail_or_skip(c, argc, argv, IR_OP_SKIP, "skip");
}

/* "name=value" words into checked answers; strings to be freed. */
static int
parse_answers(struct ir_ctx *c, const struct ir_istep *is, int n, char **words,
              struct ir_pair *out, size_t *out_n)
{
    struct ir_now now;
    int j, rc = IR_OK;

    ir_clock_now(&now);
    for (j = 0; j < n && rc == IR_OK; j++) {
        char *eq = strchr(words[j], '='), *value = NULL;
        const struct ir_var *v;

        if (eq == NULL) {
            ir_fail(&c->err, IR_EUSAGE, _("\"%.60s\" is not NAME=VALUE"),
                    words[j]);
            return IR_EUSAGE;
        }
        *eq = '\0';
        v = ir_plan_var(is->plan, words[j]);
        if (v == NULL)
            return ir_fail(&c->err, IR_EUSAGE,
                           _("the runbook asks nothing called \"%.60s\""),
                           words[j]);
        rc = ir_var_parse(v, eq + 1, now.wall_ms, &value, &c->err);
        if (rc == IR_OK)
            out[(*out_n)++] = (struct ir_pair){v->name, value};
    }
    return rc;
}

/* Ask on the terminal for one variable; empty is "unknown".
 *
 * Errors: IR_EUSAGE at the end of input.
 */
static int
ask_var(struct ir_ctx *c, const struct ir_case *k, const struct ir_var *v,
        struct ir_pair *out, size_t *n)
{
    const char *known = ir_incident_var(k->inc, v->name), *keep;
    bool began = v->type == IR_VAR_TIME && strcmp(v->name, IR_VAR_BEGAN) == 0;
    struct ir_now now;
    char at[32];
    int tries;

    ir_clock_now(&now);
    if (began && known == NULL && k->inc->began_ms > 0) {
        ir_time_rfc3339(k->inc->began_ms, at, sizeof at);
        known = at; /* said when the incident was declared */
    }
    keep = known != NULL ? known : v->dflt != NULL ? v->dflt : "unknown";
    for (tries = 0; tries < 5 && ir_ctx_can_ask(c); tries++) {
        char *typed, *value = NULL;
        int rc;

        ir_view_ask(&c->talk_view, v, known, &c->talk);
        typed = ir_ctx_ask(c, "");
        if (typed == NULL)
            break;
        if (ir_is_question(typed)) {
            ir_view_ask_more(&c->talk_view, v, &c->talk);
            free(typed);
            continue;
        }
        rc = ir_var_parse(v,
                          typed[strspn(typed, " \t")] == '\0' ||
                                  (began && ir_is_unknown(typed))
                              ? keep /* not known now does not undo it */
                              : typed,
                          now.wall_ms, &value, &c->err);
        free(typed);
        if (rc == IR_OK) {
            out[(*n)++] = (struct ir_pair){v->name, value};
            return IR_OK;
        }
        ir_cmd_complain(c);
    }
    ir_fail(&c->err, IR_EUSAGE, _("not answered: nothing was recorded"));
    ir_err_hint(&c->err, _("ir ask STEP %s=..."), v->name);
    return IR_EUSAGE;
}

static bool
text_uses(const struct ir_text *t, const char *mark)
{
    return t->en != NULL &&
           (strstr(t->en, mark) != NULL || strstr(t->ja, mark) != NULL);
}

/* Does the step name this variable, in its words or its command? */
static bool
uses_var(const struct ir_step *s, const char *name)
{
    char *mark = ir_asprintf("${%s}", name);
    bool yes = text_uses(&s->title, mark) || text_uses(&s->say, mark) ||
               text_uses(&s->good, mark) || text_uses(&s->on_fail, mark) ||
               text_uses(&s->warn, mark) ||
               (s->target != NULL && strstr(s->target, mark) != NULL);
    size_t i;

    for (i = 0; i < s->argv_n; i++)
        if (strstr(s->argv[i], mark) != NULL)
            yes = true;
    free(mark);
    return yes;
}

/* Ask on the terminal what the words did not answer: the step's questions in
 * their order; where it asks nothing, what it names and nobody knows yet. */
static int
ask_rest(struct ir_ctx *c, const struct ir_case *k, const struct ir_istep *is,
         struct ir_pair *out, size_t *n)
{
    bool own = is->step != NULL && is->step->ask_n > 0;
    size_t j, m,
        all = own                ? is->step->ask_n
              : is->plan != NULL ? is->plan->vars_n
                                 : 0;
    int rc = IR_OK;

    for (j = 0; j < all && rc == IR_OK && *n < 32; j++) {
        const struct ir_var *v =
            own ? ir_plan_var(is->plan, is->step->ask[j]) : &is->plan->vars[j];
        const char *now = v != NULL ? ir_incident_var(k->inc, v->name) : NULL;

        if (v == NULL ||
            (!own && ((now != NULL && strcmp(now, "unknown") != 0) ||
                      is->step == NULL || !uses_var(is->step, v->name))))
            continue;
        for (m = 0; m < *n; m++)
            if (strcmp(out[m].name, v->name) == 0)
                break;
        if (m == *n)
            rc = ask_var(c, k, v, out, n);
    }
    return rc;
}

int
ir_cmd_ask(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_pair answers[40] = {{NULL, NULL}};
    struct ir_said said = {0};
    struct ir_case k = {0};
    size_t i = 0, an = 0, j;
    int n = 0, rc = parse(c, argc, argv, &said, 1, 33, "ask", &n);
    /* an answer alone is for the step that is next, as in the walk */
    int from = rc == IR_OK && strchr(argv[1], '=') != NULL ? 1 : 2;

    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_act_find(c, &k, from == 1 ? NULL : argv[1], &i);
    if (rc == IR_OK && k.inc->steps[i].plan == NULL)
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("the plan of %s is not on this device"),
                     k.inc->steps[i].path);
    if (rc == IR_OK)
        rc = parse_answers(c, &k.inc->steps[i], n + 1 - from, argv + from,
                           answers, &an);
    if (rc == IR_OK && n + 1 == from)
        rc = ask_rest(c, &k, &k.inc->steps[i], answers, &an);
    if (rc == IR_OK && an == 0)
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("there is nothing left to answer here"));
    if (rc == IR_OK) {
        const struct ir_istep *is = &k.inc->steps[i];
        bool open = is->state == IR_STEP_READY || is->state == IR_STEP_ACTIVE ||
                    is->state == IR_STEP_FAILED;

        said.answers = answers;
        said.answers_n = an;
        if (is->step != NULL && is->step->act == IR_ACT_ASK && open &&
            an >= is->step->ask_n)
            rc = ir_act_done(c, &k, i, &said);
        else
            rc = simple(c, &k, i, IR_OP_ANSWER, &said);
    }
    for (j = 0; j < an; j++)
        free((void *)(uintptr_t)answers[j].value);
    ir_case_done(&k);
    return rc;
}

/* What a step that destroys names and nobody knows is asked for first, where
 * somebody can be asked; refused where not, or where they do not know. *i is
 * found anew.
 */
static int
ask_target(struct ir_ctx *c, struct ir_case *k, size_t *i)
{
    struct ir_pair answers[40] = {{NULL, NULL}};
    struct ir_said said = {0};
    bool known = false;
    size_t n = 0, j;
    char *path;
    int rc = ir_act_known(c, k, *i);

    if (rc == IR_OK || !ir_ctx_can_ask(c))
        return rc;
    ir_cmd_complain(c);
    path = ir_strdup(k->inc->steps[*i].path);
    rc = ask_rest(c, k, &k->inc->steps[*i], answers, &n);
    for (j = 0; j < n; j++) /* unknown still: nothing new to record */
        known = known || strcmp(answers[j].value, "unknown") != 0;
    if (rc == IR_OK && known) {
        said.answers = answers;
        said.answers_n = n;
        rc = simple(c, k, *i, IR_OP_ANSWER, &said);
    }
    if (rc == IR_OK)
        rc = ir_incident_step(k->inc, path, i, &c->err);
    if (rc == IR_OK)
        rc = ir_act_known(c, k, *i);
    for (j = 0; j < n; j++)
        free((void *)(uintptr_t)answers[j].value);
    free(path);
    return rc;
}

/* A step that takes two people or destroys evidence is done by what is signed
 * only; to look at every signature takes too long for every step. */
static int
by_signed(struct ir_ctx *c, struct ir_case *k, const char *name, size_t *i)
{
    const struct ir_step *s = k->inc->steps[*i].step;
    int rc;

    if (c->signed_only || s == NULL || (s->confirm < 2 && s->destroys_n == 0))
        return IR_OK;
    ir_case_done(k);
    rc = ir_cmd_begin_signed(c, k);
    return rc == IR_OK ? ir_act_find(c, k, name, i) : rc;
}

int
ir_cmd_done(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_said said = {0};
    struct ir_case k = {0};
    char *called = NULL;
    size_t i = 0;
    int n = 0, rc = parse(c, argc, argv, &said, 0, 1, "done", &n);

    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_act_find(c, &k, n > 0 ? argv[1] : NULL, &i);
    if (rc == IR_OK)
        rc = by_signed(c, &k, n > 0 ? argv[1] : NULL, &i);
    if (rc == IR_OK)
        rc = ask_target(c, &k, &i);
    if (rc == IR_OK)
        rc = ask_again(c, &k, i, &said);
    /* of a call that nobody says anything about it is said how it ended */
    if (rc == IR_OK && (said.note == NULL || said.note[0] == '\0')) {
        called = ir_callrun_step(c, &k, i);
        said.note = called != NULL ? called : said.note;
    }
    if (rc == IR_OK)
        rc = ir_act_done(c, &k, i, &said);
    free(called);
    ir_case_done(&k);
    return rc;
}
