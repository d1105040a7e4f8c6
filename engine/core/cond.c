/* cond.c: see cond.h and plan_read.h. */
#include "core/cond.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "core/plan_read.h"

#include <stdlib.h>
#include <string.h>

#define COND_SUB_MAX 16

static int
read_subs(struct ir_pread *r, const char *key, const struct ir_json *v,
          int depth, struct ir_cond *c)
{
    size_t i, n = ir_json_len(v);

    if (!ir_json_is_arr(v) || n == 0 || n > COND_SUB_MAX)
        return ir_pread_bad(r, key, _("must be a list of conditions"));
    c->sub = ir_calloc(n, sizeof *c->sub);
    for (i = 0; i < n; i++) {
        size_t mark = ir_pread_in(r, key, (int)i);
        int rc;

        c->sub_n = i + 1;
        rc = ir_pread_cond(r, ir_json_at(v, i), depth + 1, &c->sub[i]);
        if (rc != IR_OK)
            return rc;
        ir_pread_out(r, mark);
    }
    return IR_OK;
}

static int
read_not(struct ir_pread *r, const struct ir_json *v, int depth,
         struct ir_cond *c)
{
    size_t mark = ir_pread_in(r, "not", -1);
    int rc;

    c->op = IR_COND_NOT;
    c->sub = ir_calloc(1, sizeof *c->sub);
    c->sub_n = 1;
    rc = ir_pread_cond(r, v, depth + 1, c->sub);
    if (rc == IR_OK)
        ir_pread_out(r, mark);
    return rc;
}

/* {step, chose}, {step, state}, {var, is}, {var, unknown}: two members. */
static int
read_pair(struct ir_pread *r, const struct ir_json *j, struct ir_cond *c)
{
    static const char *const states[] = {"done", "failed", "skipped"};
#define C(m) offsetof(struct ir_cond, m), 0
    static const struct ir_pread_field f[][2] = {
        {{"step", IR_PR_NAME, true, C(a), 0, 0},
         {"chose", IR_PR_NAME, true, C(b), 0, 0}},
        {{"step", IR_PR_NAME, true, C(a), 0, 0},
         {"state", IR_PR_NAME, true, C(b), 0, 0}},
        {{"var", IR_PR_VAR, true, C(a), 0, 0},
         {"is", IR_PR_STR, true, C(b), 1, IR_PLAN_STR_MAX}},
        {{"var", IR_PR_VAR, true, C(a), 0, 0},
         {"unknown", IR_PR_ELSE, true, C(b), 0, 0}},
    };
#undef C
    const struct ir_json *unknown = ir_json_get(j, "unknown");
    int row = ir_json_get(j, "step") != NULL
                  ? (ir_json_get(j, "chose") != NULL ? 0 : 1)
                  : (unknown == NULL ? 2 : 3);
    int rc = ir_pread_fields(r, j, f[row], 2, c);

    c->op = (enum ir_cond_op)row; /* the first four of the enum */
    if (rc != IR_OK)
        return rc;
    if (row == 1 && ir_word_index(states, 3, c->b) < 0)
        return ir_pread_bad(r, "state", _("must be one of: %s"),
                            "done, failed, skipped");
    if (row == 3 && !ir_json_is_bool(unknown))
        return ir_pread_bad(r, "unknown", _("must be true or false"));
    c->num = row == 3 && ir_json_bool(unknown) ? 1 : 0;
    return IR_OK;
}

/* The conditions with one member. */
static int
read_single(struct ir_pread *r, const struct ir_json *j, int depth,
            struct ir_cond *c)
{
    static const char *const mails[] = {"ok", "down", "distrusted"};
    const struct ir_json *v;

    if ((v = ir_json_get(j, "all")) != NULL) {
        c->op = IR_COND_ALL;
        return read_subs(r, "all", v, depth, c);
    }
    if ((v = ir_json_get(j, "any")) != NULL) {
        c->op = IR_COND_ANY;
        return read_subs(r, "any", v, depth, c);
    }
    if ((v = ir_json_get(j, "not")) != NULL)
        return read_not(r, v, depth, c);
    if ((v = ir_json_get(j, "severity")) != NULL) {
        c->op = IR_COND_SEVERITY;
        c->num = ir_json_int(v);
        if (!ir_json_is_int(v) || c->num < 1 || c->num > 4)
            return ir_pread_bad(r, "severity", _("must be %lld to %lld"), 1LL,
                                4LL);
        return IR_OK;
    }
    if ((v = ir_json_get(j, "mail")) != NULL) {
        c->op = IR_COND_MAIL;
        if (ir_word_index(mails, 3, ir_json_str(v)) < 0)
            return ir_pread_bad(r, "mail", _("must be one of: %s"),
                                "ok, down, distrusted");
        c->b = ir_strdup(ir_json_str(v));
        return IR_OK;
    }
    if ((v = ir_json_get(j, "exercise")) != NULL) {
        c->op = IR_COND_EXERCISE;
        if (!ir_json_is_bool(v))
            return ir_pread_bad(r, "exercise", _("must be true or false"));
        c->num = ir_json_bool(v) ? 1 : 0;
        return IR_OK;
    }
    return ir_pread_bad(r, NULL, _("no such condition"));
}

int
ir_pread_cond(struct ir_pread *r, const struct ir_json *j, int depth,
              struct ir_cond *c)
{
    if (!ir_json_is_obj(j))
        return ir_pread_bad(r, NULL, _("must be an object"));
    if (depth > IR_COND_DEPTH_MAX)
        return ir_pread_bad(r, NULL, _("conditions nested over %d deep"),
                            IR_COND_DEPTH_MAX);
    if (ir_json_get(j, "step") != NULL || ir_json_get(j, "var") != NULL)
        return read_pair(r, j, c);
    if (ir_json_len(j) != 1)
        return ir_pread_bad(r, NULL, _("a condition says one thing"));
    return read_single(r, j, depth, c);
}

void
ir_cond_done(struct ir_cond *c)
{
    size_t i;

    free(c->a);
    free(c->b);
    for (i = 0; i < c->sub_n; i++)
        ir_cond_done(&c->sub[i]);
    free(c->sub);
}

/* Do all (want true) or none (want false) of the conditions hold? */
static bool
each(const struct ir_cond *c, const struct ir_cond_env *env, bool want)
{
    size_t i;

    for (i = 0; i < c->sub_n; i++)
        if (ir_cond_eval(&c->sub[i], env) != want)
            return false;
    return true;
}

bool
ir_cond_eval(const struct ir_cond *c, const struct ir_cond_env *env)
{
    const char *state = NULL, *chose = NULL, *v;

    switch (c->op) {
    case IR_COND_CHOSE:
        env->step(c->a, &state, &chose, env->arg);
        return chose != NULL && strcmp(chose, c->b) == 0;
    case IR_COND_STATE:
        env->step(c->a, &state, &chose, env->arg);
        return state != NULL && strcmp(state, c->b) == 0;
    case IR_COND_VAR:
        v = env->var(c->a, env->arg);
        return v != NULL && strcmp(v, c->b) == 0;
    case IR_COND_UNKNOWN:
        v = env->var(c->a, env->arg);
        return (v == NULL || strcmp(v, "unknown") == 0) == (c->num != 0);
    case IR_COND_SEVERITY:
        return env->severity > 0 && env->severity <= c->num;
    case IR_COND_MAIL:
        return env->mail != NULL && strcmp(env->mail, c->b) == 0;
    case IR_COND_EXERCISE:
        return env->exercise == (c->num != 0);
    case IR_COND_ALL:
        return each(c, env, true);
    case IR_COND_ANY:
        return !each(c, env, false);
    case IR_COND_NOT:
        return !ir_cond_eval(c->sub, env);
    }
    return false;
}

void
ir_cond_walk(const struct ir_cond *c,
             void (*fn)(const struct ir_cond *c, void *arg), void *arg)
{
    size_t i;

    fn(c, arg);
    for (i = 0; i < c->sub_n; i++)
        ir_cond_walk(&c->sub[i], fn, arg);
}
