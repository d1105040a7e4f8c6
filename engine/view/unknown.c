/* unknown.c: see step.h: what a step names that nobody could tell yet. */
#include "view/step.h"

#include <string.h>

#define NAMES_MAX 8 /* of one step; a plan of more is cut, never a screen */

struct lacking {
    const struct ir_incident *inc;
    char name[NAMES_MAX][33];
    bool run[NAMES_MAX]; /* the command waits for it */
    size_t n;
};

static bool
known(const struct ir_incident *inc, const char *name)
{
    const char *s = ir_incident_var(inc, name);

    return s != NULL && strcmp(s, "unknown") != 0;
}

/* Collect the unknown names of one string, each once. */
static void
look(struct lacking *l, const char *s, bool run)
{
    char name[33];
    size_t at = 0, i;

    while (s != NULL && ir_plan_next_var(s, &at, name)) {
        if (known(l->inc, name))
            continue;
        for (i = 0; i < l->n && strcmp(l->name[i], name) != 0; i++)
            continue;
        if (i == l->n) {
            if (l->n == NAMES_MAX)
                return;
            memcpy(l->name[l->n], name, sizeof name);
            l->run[l->n++] = false;
        }
        l->run[i] = l->run[i] || run;
    }
}

static void
look_step(struct lacking *l, const struct ir_step *s)
{
    const struct ir_text *const texts[] = {
        &s->title, &s->say,   &s->good,         &s->on_fail,
        &s->warn,  &s->place, &s->measure_text, &s->repeat_ask};
    size_t i;

    for (i = 0; i < s->argv_n; i++)
        look(l, s->argv[i], true);
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        look(l, ir_text(texts[i]), false);
    for (i = 0; i < s->options_n; i++) {
        look(l, ir_text(&s->options[i].title), false);
        look(l, ir_text(&s->options[i].say), false);
    }
    look(l, s->target, false);
}

/* Does the step ask for it by itself? */
static bool
asks(const struct ir_step *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->ask_n; i++)
        if (strcmp(s->ask[i], name) == 0)
            return true;
    return false;
}

/* Does a sentence end here by itself? */
static bool
ended(const char *s)
{
    static const char *const ends[] = {".", "?", "!", ")", "。", "？", "）"};
    size_t i, n = strlen(s);

    for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t e = strlen(ends[i]);

        if (n >= e && strcmp(s + n - e, ends[i]) == 0)
            return true;
    }
    return false;
}

bool
ir_step_lacks(const struct ir_incident *inc, const struct ir_step *s, bool *run)
{
    struct lacking l = {.inc = inc};
    bool any = false;
    size_t i;

    *run = false;
    if (s == NULL)
        return false;
    look_step(&l, s);
    for (i = 0; i < l.n; i++) {
        *run = *run || l.run[i];
        any = any || !asks(s, l.name[i]);
    }
    return any;
}

void
ir_step_unknown(struct ir_sv *x)
{
    struct lacking l = {.inc = x->inc};
    size_t i;

    if (x->s == NULL || x->st->state == IR_STEP_DONE ||
        x->st->state == IR_STEP_SKIPPED || x->st->state == IR_STEP_NA)
        return;
    look_step(&l, x->s);
    for (i = 0; i < l.n; i++) {
        const struct ir_var *var =
            x->st->plan != NULL ? ir_plan_var(x->st->plan, l.name[i]) : NULL;
        const char *q = l.name[i], *ask;

        if (asks(x->s, l.name[i]))
            continue;
        if (var != NULL && var->ask.en != NULL)
            q = ir_pool_take(&x->pool, ir_view_fill(x->v, NULL, &var->ask));
        if (!ended(q))
            q = ir_pool_f(&x->pool, _("%s."), q);
        ask = ir_pool_cmd(&x->pool, "ask %s=...", l.name[i]);
        ir_step_para(x, _("Not known: "), IR_STYLE_ACCENT,
                     ir_pool_f(&x->pool,
                               l.run[i] ? _("%s When you know, type %s (run "
                                            "waits for it)")
                                        : _("%s When you know, type %s"),
                               q, ask));
    }
}
