/* plan_lint.c: what is wrong with how steps refer to one another; see plan.h.
 * Texts, arguments and variables are looked at in plan_lint_text.c.
 */
#include "core/plan_lint.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "core/cond.h"
#include "core/plan_graph.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
ir_lint_say(const struct ir_lint *l, bool fatal, int step, const char *field,
            const char *fmt, ...)
{
    char *msg = NULL;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&msg, fmt, ap);
    va_end(ap);
    if (n < 0)
        abort();
    l->found(fatal, step, field, msg, l->arg);
    free(msg);
}

/* A go, wherever it stands: must name a step of the flow, or "end". */
static void
check_go(const struct ir_lint *l, int step, const char *field, const char *go)
{
    int t;

    if (go == NULL || strcmp(go, "end") == 0)
        return;
    t = ir_plan_step(l->plan, go);
    if (t < 0)
        ir_lint_say(l, true, step, field, _("there is no step \"%s\""), go);
    else if (l->plan->steps[t].is_undo)
        ir_lint_say(l, true, step, field,
                    _("\"%s\" undoes a step and stands outside the flow"), go);
}

static void
check_gos(const struct ir_lint *l, int i)
{
    const struct ir_step *s = &l->plan->steps[i];
    char field[40];
    size_t k;

    check_go(l, i, "go", s->go);
    check_go(l, i, "on_fail.go", s->on_fail_go);
    for (k = 0; k < s->options_n; k++) {
        snprintf(field, sizeof field, "choose[%zu].go", k);
        check_go(l, i, field, s->options[k].go);
    }
}

static void
check_after(const struct ir_lint *l, int i)
{
    const struct ir_step *s = &l->plan->steps[i];
    char field[40];
    size_t k, o;

    for (k = 0; k < s->after_n; k++) {
        int t = ir_plan_step(l->plan, s->after[k]);

        snprintf(field, sizeof field, "after[%zu]", k);
        if (t < 0) {
            ir_lint_say(l, true, i, field, _("there is no step \"%s\""),
                        s->after[k]);
            continue;
        }
        if (t == i)
            ir_lint_say(l, true, i, field, _("a step cannot wait for itself"));
        else if (l->plan->steps[t].is_undo)
            ir_lint_say(l, true, i, field,
                        _("\"%s\" undoes a step and stands outside the flow"),
                        s->after[k]);
        for (o = 0; o < l->plan->steps[t].options_n; o++)
            if (l->plan->steps[t].options[o].go != NULL &&
                strcmp(l->plan->steps[t].options[o].go, s->id) == 0)
                ir_lint_say(l, false, i, field,
                            _("whatever is chosen at \"%s\", this step "
                              "follows; leave after out if only one option "
                              "leads here"),
                            s->after[k]);
    }
}

struct when_arg {
    const struct ir_lint *l;
    int step;
};

static void
check_when(const struct ir_cond *c, void *arg)
{
    const struct when_arg *a = arg;
    const struct ir_plan *p = a->l->plan;
    const struct ir_var *v;
    size_t i;
    int t;

    if (c->op == IR_COND_VAR || c->op == IR_COND_UNKNOWN) {
        v = ir_plan_var(p, c->a);
        if (v == NULL)
            ir_lint_say(a->l, true, a->step, "when",
                        _("there is no variable \"%s\""), c->a);
        for (i = 0; v != NULL && c->op == IR_COND_VAR && i < v->choices_n; i++)
            if (strcmp(v->choices[i].id, c->b) == 0)
                return;
        if (v != NULL && c->op == IR_COND_VAR && v->choices_n > 0)
            ir_lint_say(a->l, true, a->step, "when",
                        _("\"%s\" has no answer \"%s\""), c->a, c->b);
        return;
    }
    if (c->op != IR_COND_CHOSE && c->op != IR_COND_STATE)
        return;
    t = ir_plan_step(p, c->a);
    if (t < 0)
        ir_lint_say(a->l, true, a->step, "when", _("there is no step \"%s\""),
                    c->a);
    else if (p->steps[t].is_undo)
        ir_lint_say(a->l, true, a->step, "when",
                    _("\"%s\" undoes a step and stands outside the flow"),
                    c->a);
    else if (t >= a->step)
        ir_lint_say(a->l, true, a->step, "when",
                    _("\"%s\" must stand earlier in the list"), c->a);
    else if (c->op == IR_COND_CHOSE && ir_step_option(&p->steps[t], c->b) < 0)
        ir_lint_say(a->l, true, a->step, "when",
                    _("\"%s\" has no option \"%s\""), c->a, c->b);
}

static void
check_undo(const struct ir_lint *l, int i)
{
    const struct ir_step *s = &l->plan->steps[i];
    int k, t;

    if (s->is_undo &&
        (s->has_after || s->go != NULL || s->on_fail_go != NULL ||
         s->when != NULL || s->repeat_to != NULL || s->undo != NULL ||
         s->act == IR_ACT_CHOOSE || s->act == IR_ACT_RUNBOOK))
        ir_lint_say(l, true, i, "undo",
                    _("a step that undoes another stands outside the flow: "
                      "no after, go, when, choose, repeat, runbook or undo"));
    if (s->undo == NULL)
        return;
    t = ir_plan_step(l->plan, s->undo);
    if (t < 0)
        ir_lint_say(l, true, i, "undo", _("there is no step \"%s\""), s->undo);
    else if (t == i)
        ir_lint_say(l, true, i, "undo", _("a step cannot undo itself"));
    for (k = 0; k < i; k++)
        if (l->plan->steps[k].undo != NULL &&
            strcmp(l->plan->steps[k].undo, s->undo) == 0)
            ir_lint_say(l, true, i, "undo", _("\"%s\" undoes \"%s\" already"),
                        s->undo, l->plan->steps[k].id);
}

static void
check_repeat(const struct ir_lint *l, int i)
{
    const struct ir_step *s = &l->plan->steps[i];
    int t;

    if (s->repeat_to == NULL)
        return;
    t = ir_plan_step(l->plan, s->repeat_to);
    if (t < 0)
        ir_lint_say(l, true, i, "repeat.to", _("there is no step \"%s\""),
                    s->repeat_to);
    else if (t > i || l->plan->steps[t].is_undo)
        ir_lint_say(l, true, i, "repeat.to",
                    _("must be an earlier step, or this one"));
    if (s->act == IR_ACT_CHOOSE || s->act == IR_ACT_RUNBOOK)
        ir_lint_say(l, true, i, "repeat",
                    _("not with choose or runbook: use an option with go"));
}

/* Does a step that stands earlier preserve `what`? */
static bool
preserved_before(const struct ir_plan *p, int i, const char *what)
{
    size_t k;
    int s;

    for (s = 0; s <= i; s++)
        for (k = 0; k < p->steps[s].preserves_n; k++)
            if (strcmp(p->steps[s].preserves[k], what) == 0)
                return true;
    return false;
}

static void
check_evidence(const struct ir_lint *l, int i)
{
    const struct ir_step *s = &l->plan->steps[i];
    char field[40];
    size_t k;

    for (k = 0; k < s->destroys_n; k++) {
        snprintf(field, sizeof field, "destroys[%zu]", k);
        if (!preserved_before(l->plan, i, s->destroys[k]))
            ir_lint_say(l, false, i, field,
                        _("no earlier step preserves \"%s\""), s->destroys[k]);
    }
    if (s->contain && s->destroys_n > 0)
        ir_lint_say(l, false, i, "contain",
                    _("containment is never held up, but what destroys "
                      "evidence is: this step will be held up"));
    if (s->act == IR_ACT_RUNBOOK && strcmp(s->runbook, l->plan->id) == 0)
        ir_lint_say(l, true, i, "runbook", _("a runbook within itself"));
}

/* Steps that something leads to, from the beginning. */
static void
check_reached(const struct ir_lint *l, const struct ir_pgraph *g)
{
    bool *hit = ir_calloc((size_t)g->n + 1, sizeof *hit), more = true;
    int i, k, n, to[IR_PLAN_OPTIONS_MAX + 4];

    while (more) {
        more = false;
        for (i = 0; i < g->n; i++) {
            const struct ir_step *s = &g->plan->steps[i];
            bool now =
                hit[i] || (s->has_after ? s->after_n == 0 : i == g->first);

            for (k = 0; k < g->node[i].after_n; k++)
                now = now ||
                      (g->node[i].after[k] >= 0 && hit[g->node[i].after[k]]);
            for (k = 0; k < g->node[i].in_n; k++)
                now = now || hit[g->node[i].in[k].from];
            n = now ? ir_pgraph_out(g, i, to) : 0;
            for (k = 0; k < n; k++)
                if (to[k] <= i && !hit[to[k]])
                    hit[to[k]] = more = true;
            more = more || (now && !hit[i]);
            hit[i] = now;
        }
    }
    for (i = 0; i < g->n; i++)
        if (!hit[i] && !g->node[i].undo)
            ir_lint_say(l, true, i, "id", _("nothing leads to this step"));
    free(hit);
}

/* From step `i`, done or decided in some way, does the flow come to an end? */
static bool
ends(const struct ir_pgraph *g, int i, const bool *end)
{
    const struct ir_pnode *nd = &g->node[i];
    int k, n = nd->opt_n > 0 ? nd->opt_n : 1;

    for (k = 0; k < n; k++) {
        int j, t = nd->opt_n > 0 ? nd->opt[k] : nd->fall;
        bool edge = t >= 0 && t <= i;

        if (t < 0 || end[t])
            return true;
        for (j = 0; j < g->node[t].in_n; j++)
            edge = edge || g->node[t].in[j].from == i;
        if (!edge)
            return true; /* the next step has its own after */
    }
    return false;
}

static void
check_loops(const struct ir_lint *l, const struct ir_pgraph *g)
{
    bool *end = ir_calloc((size_t)g->n + 1, sizeof *end), more = true;
    int i;

    while (more) {
        more = false;
        for (i = g->n - 1; i >= 0; i--)
            if (!end[i] && ends(g, i, end))
                end[i] = more = true;
    }
    for (i = 0; i < g->n; i++)
        if (!end[i] && !g->node[i].undo) {
            ir_lint_say(l, true, i, "go", _("a loop that is never left"));
            break;
        }
    free(end);
}

/* The first step that cannot be put into an order. */
static void
check_order(const struct ir_lint *l, const struct ir_pgraph *g)
{
    bool *placed = ir_calloc((size_t)g->n + 1, sizeof *placed), more = true;
    int i, k;

    while (more && g->cyclic) {
        more = false;
        for (i = 0; i < g->n; i++) {
            const struct ir_pnode *nd = &g->node[i];
            bool ok = !placed[i];

            for (k = 0; ok && k < nd->after_n; k++)
                ok = nd->after[k] < 0 || placed[nd->after[k]];
            for (k = 0; ok && k < nd->wait_n; k++)
                ok = placed[nd->wait[k]];
            for (k = 0; ok && k < nd->in_n; k++)
                ok = placed[nd->in[k].from];
            if (ok)
                placed[i] = more = true;
        }
    }
    for (i = 0; g->cyclic && i < g->n; i++)
        if (!placed[i]) {
            ir_lint_say(l, true, i, "after",
                        _("this step and others wait for one another"));
            break;
        }
    free(placed);
}

void
ir_plan_lint(const struct ir_plan *p,
             void (*found)(bool fatal, int step, const char *field,
                           const char *msg, void *arg),
             void *arg)
{
    struct ir_lint l = {p, found, arg};
    struct ir_pgraph g;
    struct when_arg w = {&l, 0};
    int i;

    for (i = 0; i < (int)p->steps_n; i++) {
        check_gos(&l, i);
        check_after(&l, i);
        w.step = i;
        if (p->steps[i].when != NULL)
            ir_cond_walk(p->steps[i].when, check_when, &w);
        check_undo(&l, i);
        check_repeat(&l, i);
        check_evidence(&l, i);
        ir_lint_texts(&l, i);
    }
    ir_lint_vars(&l);
    ir_pgraph_init(p, &g);
    if (g.first < 0)
        ir_lint_say(&l, true, -1, "steps",
                    _("there is no step that does not undo another"));
    check_reached(&l, &g);
    check_loops(&l, &g);
    check_order(&l, &g);
    ir_pgraph_done(&g);
}
