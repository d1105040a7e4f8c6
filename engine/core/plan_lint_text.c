/* plan_lint_text.c: variables in texts and arguments of a plan. */
#include "base/i18n.h"
#include "core/plan_lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
check_names(const struct ir_lint *l, int step, const char *field,
            const char *text)
{
    char name[34];
    size_t at = 0;

    if (text == NULL)
        return;
    while (ir_plan_next_var(text, &at, name))
        if (ir_plan_var(l->plan, name) == NULL)
            ir_lint_say(l, true, step, field, _("there is no variable \"%s\""),
                        name);
}

static void
check_text(const struct ir_lint *l, int step, const char *field,
           const struct ir_text *t)
{
    check_names(l, step, field, t->en);
    check_names(l, step, field, t->ja);
}

/* May a value stand where `arg` has its first ${? After "--", or behind the
 * fixed "-o=" or "--option=" of the same argument. */
static bool
place_ok(const char *arg, bool after_dashes)
{
    const char *var = strstr(arg, "${");
    const char *eq = strchr(arg, '=');

    return after_dashes || (arg[0] == '-' && eq != NULL && eq < var);
}

static void
check_argv(const struct ir_lint *l, int step)
{
    const struct ir_step *s = &l->plan->steps[step];
    bool dashes = false;
    char field[40], name[34];
    size_t i;

    for (i = 0; i < s->argv_n; i++) {
        const char *arg = s->argv[i];
        size_t at = 0;
        bool has_var = ir_plan_next_var(arg, &at, name);

        snprintf(field, sizeof field, "run[%zu]", i);
        check_names(l, step, field, arg);
        if (i == 0 && arg[0] == '\0')
            ir_lint_say(l, true, step, field, _("names no program"));
        if (has_var && i == 0)
            ir_lint_say(l, true, step, field,
                        _("a program is named in the runbook, not by a "
                          "variable"));
        else if (has_var && !place_ok(arg, dashes))
            ir_lint_say(l, true, step, field,
                        _("a variable stands after \"--\", or in the value of "
                          "a fixed option (--host=${host})"));
        at = 0;
        while (ir_plan_next_var(arg, &at, name)) {
            const struct ir_var *v = ir_plan_var(l->plan, name);

            if (v != NULL &&
                (v->type == IR_VAR_TEXT || v->type == IR_VAR_PERSON))
                ir_lint_say(l, true, step, field,
                            _("${%s} is free text: commands take only host, "
                              "address, number, choice and time"),
                            name);
        }
        dashes = dashes || strcmp(arg, "--") == 0;
    }
}

void
ir_lint_texts(const struct ir_lint *l, int i)
{
    const struct ir_step *s = &l->plan->steps[i];
    char field[40];
    size_t k;

    check_text(l, i, "title", &s->title);
    check_text(l, i, "say", &s->say);
    check_text(l, i, "good", &s->good);
    check_text(l, i, "on_fail", &s->on_fail);
    check_text(l, i, "warn", &s->warn);
    check_text(l, i, "place", &s->place);
    check_text(l, i, "measure.text", &s->measure_text);
    check_text(l, i, "repeat.ask", &s->repeat_ask);
    check_names(l, i, "target", s->target);
    for (k = 0; k < s->options_n; k++) {
        snprintf(field, sizeof field, "choose[%zu].title", k);
        check_text(l, i, field, &s->options[k].title);
        snprintf(field, sizeof field, "choose[%zu].say", k);
        check_text(l, i, field, &s->options[k].say);
    }
    for (k = 0; k < s->ask_n; k++) {
        snprintf(field, sizeof field, "ask[%zu]", k);
        if (ir_plan_var(l->plan, s->ask[k]) == NULL)
            ir_lint_say(l, true, i, field, _("there is no variable \"%s\""),
                        s->ask[k]);
    }
    check_argv(l, i);
}

void
ir_lint_vars(const struct ir_lint *l)
{
    const struct ir_plan *p = l->plan;
    char field[64];
    size_t i;

    check_text(l, -1, "title", &p->title);
    check_text(l, -1, "symptoms", &p->symptoms);
    check_text(l, -1, "safety", &p->safety);
    for (i = 0; i < p->vars_n; i++) {
        const struct ir_var *v = &p->vars[i];
        struct ir_err err;
        char *value = NULL;

        if (v->dflt == NULL || v->type == IR_VAR_TIME)
            continue;
        snprintf(field, sizeof field, "vars.%s.default", v->name);
        if (ir_var_parse(v, v->dflt, 0, &value, &err) != IR_OK)
            ir_lint_say(l, true, -1, field, "%s", err.msg);
        free(value);
    }
}
