/* plan_graph.c: see plan_graph.h. */
#include "core/plan_graph.h"

#include "base/buf.h"
#include "core/cond.h"

#include <stdlib.h>
#include <string.h>

static int
target(const struct ir_plan *p, const char *go)
{
    return strcmp(go, "end") == 0 ? IR_TO_END : ir_plan_step(p, go);
}

struct wait_arg {
    const struct ir_plan *p;
    struct ir_pnode *nd;
};

static void
add_wait(const struct ir_cond *c, void *arg)
{
    struct wait_arg *a = arg;
    int i, s;

    if (c->op != IR_COND_CHOSE && c->op != IR_COND_STATE)
        return;
    s = ir_plan_step(a->p, c->a);
    for (i = 0; i < a->nd->wait_n; i++)
        if (a->nd->wait[i] == s)
            return;
    if (s < 0)
        return;
    a->nd->wait = ir_realloc(a->nd->wait, (size_t)(a->nd->wait_n + 1) *
                                              sizeof a->nd->wait[0]);
    a->nd->wait[a->nd->wait_n++] = s;
}

static void
init_node(const struct ir_plan *p, const struct ir_step *s, struct ir_pnode *nd)
{
    struct wait_arg a = {p, nd};
    size_t i;

    nd->undo = s->is_undo;
    nd->fall = s->go != NULL ? target(p, s->go) : nd->next;
    nd->fail = s->on_fail_go != NULL ? target(p, s->on_fail_go) : IR_TO_NONE;
    nd->again =
        s->repeat_to != NULL ? ir_plan_step(p, s->repeat_to) : IR_TO_NONE;
    nd->opt_n = (int)s->options_n;
    for (i = 0; i < s->options_n; i++)
        nd->opt[i] =
            s->options[i].go != NULL ? target(p, s->options[i].go) : nd->fall;
    nd->after = ir_calloc(s->after_n + 1, sizeof nd->after[0]);
    for (i = 0; i < s->after_n; i++)
        nd->after[nd->after_n++] = ir_plan_step(p, s->after[i]);
    if (s->when != NULL)
        ir_cond_walk(s->when, add_wait, &a);
}

/* Does `s` name `t` with a go: its own, an option's, on_fail's? */
static bool
names(const struct ir_pgraph *g, int s, int t)
{
    const struct ir_step *st = &g->plan->steps[s];
    const char *id = g->plan->steps[t].id;
    size_t i;

    if ((st->go != NULL && strcmp(st->go, id) == 0) ||
        (st->on_fail_go != NULL && strcmp(st->on_fail_go, id) == 0))
        return true;
    for (i = 0; i < st->options_n; i++)
        if (st->options[i].go != NULL && strcmp(st->options[i].go, id) == 0)
            return true;
    return false;
}

/* Write down every edge of `s` that goes forward, at its target. A step with
 * `after` is reached only by an edge that names it. */
static void
add_ways(struct ir_pgraph *g, int s)
{
    int i, k, to[IR_PLAN_OPTIONS_MAX + 4], n = ir_pgraph_out(g, s, to);

    for (i = 0; i < n; i++) {
        struct ir_pnode *nd = &g->node[to[i]];
        struct ir_pway way = {s, names(g, s, to[i])};

        for (k = 0; k < i && to[k] != to[i]; k++)
            continue;
        if (k < i || to[i] <= s || nd->undo ||
            (!way.named && g->plan->steps[to[i]].has_after))
            continue;
        nd->in = ir_realloc(nd->in, (size_t)(nd->in_n + 1) * sizeof nd->in[0]);
        nd->in[nd->in_n++] = way;
    }
}

/* Put `t` in its place of the order, after what must be settled before it can
 * be told: the sources of its edges, what it waits for. False: a cycle. */
static bool
visit(struct ir_pgraph *g, int t, uint8_t *mark, int *n)
{
    const struct ir_pnode *nd = &g->node[t];
    bool ok = true;
    int i;

    if (mark[t] != 0)
        return mark[t] == 2;
    mark[t] = 1;
    for (i = 0; ok && i < nd->in_n; i++)
        ok = visit(g, nd->in[i].from, mark, n);
    for (i = 0; ok && i < nd->after_n; i++)
        ok = nd->after[i] < 0 || visit(g, nd->after[i], mark, n);
    for (i = 0; ok && i < nd->wait_n; i++)
        ok = visit(g, nd->wait[i], mark, n);
    mark[t] = 2;
    if (ok)
        g->order[(*n)++] = t;
    return ok;
}

void
ir_pgraph_init(const struct ir_plan *p, struct ir_pgraph *g)
{
    uint8_t *mark = ir_calloc(p->steps_n + 1, 1);
    int i, k, placed = 0, next = IR_TO_END;

    memset(g, 0, sizeof *g);
    g->plan = p;
    g->n = (int)p->steps_n;
    g->first = IR_TO_NONE;
    g->node = ir_calloc(p->steps_n + 1, sizeof *g->node);
    g->order = ir_calloc(p->steps_n + 1, sizeof *g->order);
    for (i = g->n - 1; i >= 0; i--) {
        g->node[i].next = next;
        g->node[i].undone = IR_TO_NONE;
        init_node(p, &p->steps[i], &g->node[i]);
        if (!p->steps[i].is_undo)
            next = g->first = i;
    }
    for (i = 0; i < g->n; i++) {
        k = p->steps[i].undo != NULL ? ir_plan_step(p, p->steps[i].undo) : -1;
        if (k >= 0 && g->node[k].undone < 0)
            g->node[k].undone = i;
    }
    for (i = 0; i < g->n; i++)
        add_ways(g, i);
    for (i = 0; i < g->n && !g->cyclic; i++)
        g->cyclic = !visit(g, i, mark, &placed);
    for (i = 0; g->cyclic && i < g->n; i++)
        g->order[i] = i;
    free(mark);
}

void
ir_pgraph_done(struct ir_pgraph *g)
{
    int i;

    for (i = 0; i < g->n; i++) {
        free(g->node[i].in);
        free(g->node[i].after);
        free(g->node[i].wait);
    }
    free(g->node);
    free(g->order);
    memset(g, 0, sizeof *g);
}

int
ir_pgraph_out(const struct ir_pgraph *g, int s, int *to)
{
    const struct ir_pnode *nd = &g->node[s];
    int i, n = 0;

    if (nd->undo)
        return 0;
    if (nd->opt_n == 0 && nd->fall >= 0)
        to[n++] = nd->fall;
    for (i = 0; i < nd->opt_n; i++)
        if (nd->opt[i] >= 0)
            to[n++] = nd->opt[i];
    i = ir_pgraph_skip(g, s);
    if (i >= 0)
        to[n++] = i;
    if (nd->fail >= 0)
        to[n++] = nd->fail;
    if (nd->again >= 0)
        to[n++] = nd->again;
    return n;
}

int
ir_pgraph_skip(const struct ir_pgraph *g, int s)
{
    const struct ir_pnode *nd = &g->node[s];
    const struct ir_step *st = &g->plan->steps[s];
    bool falls = nd->opt_n == 0;
    int i;

    for (i = 0; i < nd->opt_n; i++)
        falls = falls || st->options[i].go == NULL;
    if (falls)
        return nd->fall > s || nd->fall == IR_TO_END ? nd->fall : nd->next;
    for (i = 0; i < nd->opt_n; i++)
        if (nd->opt[i] > s)
            return nd->opt[i];
    return IR_TO_END;
}
