/* flow.c: see flow.h. One pass in dependency order tells all states; taking
 * an edge that goes back raises iterations and asks for another pass.
 */
#include "core/flow.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum reach { WAIT, REACHED, DEAD };

struct run {
    const struct ir_flow_in *in;
    const struct ir_pgraph *g;
    struct ir_flow_step *s;
    uint64_t *it;        /* present iteration */
    bool *entered;       /* reached by an edge that went back */
    int64_t *entered_ms; /* when */
    size_t *since;
    bool *caught; /* its iteration is what a fact says, not the replay */
    int *took;    /* target of the edge taken, IR_TO_*; of resolved steps */
};

static int
cmp_key(const struct ir_flow_fact *f, int step, uint64_t iteration)
{
    if (f->step != step)
        return f->step < step ? -1 : 1;
    return f->iteration < iteration ? -1 : f->iteration > iteration;
}

static int
fact_of(const struct run *r, int step, uint64_t iteration)
{
    size_t lo = 0, hi = r->in->facts_n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = cmp_key(&r->in->facts[mid], step, iteration);

        if (c == 0)
            return (int)mid;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return -1;
}

static void
add_need(struct ir_flow_step *s, int step)
{
    int i;

    for (i = 0; i < s->needs_n; i++)
        if (s->needs[i] == step)
            return;
    s->needs =
        ir_realloc(s->needs, (size_t)(s->needs_n + 1) * sizeof s->needs[0]);
    s->needs[s->needs_n++] = step;
}

/* The forward edges into `t`: one taken, all dead, or still open. What led
 * here before a loop began anew does not lead here again. */
static enum reach
ways_in(struct run *r, int t, int64_t *ms)
{
    const struct ir_pnode *nd = &r->g->node[t];
    enum reach res = DEAD;
    int i;

    for (i = 0; i < nd->in_n; i++) {
        int s = nd->in[i].from;
        const struct ir_flow_step *from = &r->s[s];

        if (r->since[s] < r->since[t])
            continue;
        if (!from->resolved) {
            add_need(&r->s[t], s);
            res = res == DEAD ? WAIT : res;
        } else if (!from->dead && r->took[s] == t) {
            if (res != REACHED || from->over_ms < *ms)
                *ms = from->over_ms;
            res = REACHED;
        }
    }
    return res;
}

static enum reach
joined(struct run *r, int t, int64_t *ms)
{
    const struct ir_pnode *nd = &r->g->node[t];
    bool open = false, alive = nd->after_n == 0;
    int i;

    *ms = r->in->start_ms;
    for (i = 0; i < nd->after_n; i++) {
        const struct ir_flow_step *from;

        if (nd->after[i] < 0)
            continue;
        from = &r->s[nd->after[i]];
        if (!from->resolved) {
            add_need(&r->s[t], nd->after[i]);
            open = true;
        }
        alive = alive || !from->dead;
        if (from->over_ms > *ms)
            *ms = from->over_ms;
    }
    if (open)
        return WAIT;
    return alive ? REACHED : ways_in(r, t, ms);
}

/* Is step `t` reached, and when? */
static enum reach
reached(struct run *r, int t, int64_t *ms)
{
    if (r->entered[t]) {
        *ms = r->entered_ms[t];
        return REACHED;
    }
    if (r->g->plan->steps[t].has_after)
        return joined(r, t, ms);
    if (t == r->g->first) {
        *ms = r->in->start_ms;
        return REACHED;
    }
    return ways_in(r, t, ms);
}

static void
cond_step(const char *id, const char **state, const char **chose, void *arg)
{
    const struct run *r = arg;
    int i = ir_plan_step(r->g->plan, id);
    const struct ir_flow_fact *f;

    *state = *chose = NULL;
    if (i < 0 || r->s[i].fact < 0)
        return;
    f = &r->in->facts[r->s[i].fact];
    *state = f->state == IR_STEP_DONE      ? "done"
             : f->state == IR_STEP_FAILED  ? "failed"
             : f->state == IR_STEP_SKIPPED ? "skipped"
                                           : NULL;
    if (f->state == IR_STEP_DONE && f->option >= 0)
        *chose = r->g->plan->steps[i].options[f->option].id;
}

static const char *
cond_var(const char *name, void *arg)
{
    const struct ir_cond_env *env = ((struct run *)arg)->in->env;

    return env->var != NULL ? env->var(name, env->arg) : NULL;
}

/* Does `when` of a reached step hold? WAIT: a step it names is open. */
static enum reach
applies(struct run *r, int t, int64_t *ms)
{
    const struct ir_step *st = &r->g->plan->steps[t];
    const struct ir_pnode *nd = &r->g->node[t];
    struct ir_cond_env env = *r->in->env;
    bool open = false;
    int i;

    if (st->when == NULL)
        return REACHED;
    for (i = 0; i < nd->wait_n; i++) {
        const struct ir_flow_step *from = &r->s[nd->wait[i]];

        if (!from->resolved) {
            add_need(&r->s[t], nd->wait[i]);
            open = true;
        } else if (from->over_ms > *ms) {
            *ms = from->over_ms;
        }
    }
    if (open)
        return WAIT;
    env.step = cond_step;
    env.var = cond_var;
    env.arg = r;
    return ir_cond_eval(st->when, &env) ? REACHED : DEAD;
}

static void
resolve(struct run *r, int t, enum ir_step_state state, int took, int64_t ms)
{
    r->s[t].state = state;
    r->s[t].needs_n = 0;
    r->s[t].resolved = true;
    r->s[t].over_ms = ms;
    r->took[t] = took;
}

/* The step has a fact in this iteration and is not dead. */
static void
from_fact(struct run *r, int t, const struct ir_flow_fact *f)
{
    const struct ir_pnode *nd = &r->g->node[t];
    struct ir_flow_step *s = &r->s[t];
    int to;

    s->state = f->state;
    if (s->ready_ms == 0 || s->ready_ms > f->at_ms)
        s->ready_ms = f->at_ms;
    switch (f->state) {
    case IR_STEP_DONE:
        to = f->option >= 0 && f->option < nd->opt_n ? nd->opt[f->option]
                                                     : nd->fall;
        if (f->again && nd->again >= 0 &&
            r->it[t] < (uint64_t)r->g->plan->steps[t].repeat_max)
            to = nd->again;
        resolve(r, t, IR_STEP_DONE, to, f->at_ms);
        break;
    case IR_STEP_SKIPPED:
        resolve(r, t, IR_STEP_SKIPPED, ir_pgraph_skip(r->g, t), f->at_ms);
        break;
    case IR_STEP_FAILED:
        if (nd->fail != IR_TO_NONE)
            resolve(r, t, IR_STEP_FAILED, nd->fail, f->at_ms);
        break;
    default:
        break;
    }
}

/* A runbook step that is reached and open: ask how its own steps stand. */
static void
ask_nested(struct run *r, int t)
{
    struct ir_flow_step *s = &r->s[t];
    bool over = false;
    int64_t ms = 0;

    if (r->g->plan->steps[t].act != IR_ACT_RUNBOOK || s->resolved ||
        s->state == IR_STEP_FAILED || r->in->nested == NULL ||
        !r->in->nested(t, r->it[t], s->ready_ms, &over, &ms, r->in->arg))
        return;
    s->container = true;
    if (over)
        resolve(r, t, IR_STEP_DONE, r->g->node[t].fall,
                ms > s->ready_ms ? ms : s->ready_ms);
}

static void
tell_step(struct run *r, int t)
{
    struct ir_flow_step *s = &r->s[t];
    const struct ir_flow_fact *f;
    int64_t ms = 0;
    enum reach at;

    s->iteration = r->it[t];
    s->since_seq = r->since[t];
    s->fact = fact_of(r, t, r->it[t]);
    f = s->fact >= 0 ? &r->in->facts[s->fact] : NULL;
    at = reached(r, t, &ms);
    if (at == REACHED && f == NULL) {
        s->needs_n = 0;
        at = applies(r, t, &ms);
        if (at == DEAD) {
            s->ready_ms = ms;
            resolve(r, t, IR_STEP_NA, ir_pgraph_skip(r->g, t), ms);
            return;
        }
    }
    if (at == DEAD) {
        bool ended = f != NULL &&
                     (f->state == IR_STEP_DONE || f->state == IR_STEP_SKIPPED);

        s->dead = true;
        resolve(r, t, ended ? f->state : IR_STEP_NA, IR_TO_NONE,
                ended ? f->at_ms : ms);
        return;
    }
    if (at == WAIT && f == NULL) {
        s->state = IR_STEP_WAITING;
        return;
    }
    s->needs_n = 0;
    s->ready_ms = at == REACHED ? ms : 0;
    s->state = IR_STEP_READY;
    if (f != NULL)
        from_fact(r, t, f);
    ask_nested(r, t);
}

/* One pass over the steps of the flow. */
static void
pass(struct run *r)
{
    int i;

    for (i = 0; i < r->g->n; i++) {
        free(r->s[i].needs);
        memset(&r->s[i], 0, sizeof r->s[i]);
        r->s[i].fact = -1;
        r->took[i] = IR_TO_NONE;
    }
    for (i = 0; i < r->g->n; i++)
        if (!r->g->node[r->g->order[i]].undo)
            tell_step(r, r->g->order[i]);
}

/* Of the steps whose taken edge goes back, the one recorded first: so a
 * single history replays as it happened. -1: none. */
static int
first_back(const struct run *r)
{
    int i, best = -1;

    for (i = 0; i < r->g->n; i++) {
        const struct ir_flow_step *s = &r->s[i];

        if (!s->resolved || s->dead || s->fact < 0 || r->took[i] < 0 ||
            r->took[i] > i)
            continue;
        if (best < 0 ||
            r->in->facts[s->fact].seq < r->in->facts[r->s[best].fact].seq)
            best = i;
    }
    return best;
}

/* The steps of the list from `to` to `from` that depend on `to`, and both. */
static void
loop_body(const struct ir_pgraph *g, int to, int from, bool *body)
{
    bool more = true;
    int i, k;

    memset(body, 0, (size_t)g->n * sizeof *body);
    body[to] = body[from] = true;
    while (more) {
        more = false;
        for (i = to; i <= from; i++) {
            const struct ir_pnode *nd = &g->node[i];
            bool in = body[i];

            for (k = 0; k < nd->in_n && !in; k++)
                in = body[nd->in[k].from];
            for (k = 0; k < nd->after_n && !in; k++)
                in = nd->after[k] >= 0 && body[nd->after[k]];
            more = more || in != body[i];
            body[i] = in;
        }
    }
}

/* Was the present iteration of step `i` reached by catching up with a fact
 * that is later than `seq`? Then it is the one that `seq` began, or a later
 * one, and does not begin anew: else what is recorded in it would never end
 * it. */
static bool
is_past(const struct run *r, int i, size_t seq)
{
    int at = r->caught[i] ? fact_of(r, i, r->it[i]) : -1;

    return at >= 0 && r->in->facts[at].seq > seq;
}

static void
go_back(struct run *r, int from)
{
    const struct ir_flow_fact *f = &r->in->facts[r->s[from].fact];
    bool body[IR_PLAN_STEPS_MAX];
    int i, to = r->took[from];

    loop_body(r->g, to, from, body);
    for (i = to; i <= from; i++) {
        if (!body[i])
            continue;
        if (!is_past(r, i, f->seq)) {
            r->it[i]++;
            r->caught[i] = false;
        }
        r->entered[i] = false;
        r->since[i] = f->seq;
    }
    r->entered[to] = true;
    r->entered_ms[to] = f->at_ms;
}

/* Facts of iterations that the replay did not come to: catch up. */
static bool
catch_up(struct run *r)
{
    bool any = false;
    size_t i;

    for (i = 0; i < r->in->facts_n; i++) {
        const struct ir_flow_fact *f = &r->in->facts[i];

        if (!r->g->node[f->step].undo && f->iteration > r->it[f->step]) {
            r->it[f->step] = f->iteration;
            r->caught[f->step] = true;
            any = true;
        }
    }
    return any;
}

/* Undo steps: what counts is whether the other step was done since. */
static void
tell_undo(struct run *r, int u)
{
    struct ir_flow_step *s = &r->s[u];
    int done = -1, own = -1;
    size_t i;

    s->iteration = 1;
    s->optional = s->resolved = true;
    s->state = IR_STEP_NA;
    for (i = 0; i < r->in->facts_n; i++) {
        const struct ir_flow_fact *f = &r->in->facts[i];

        if (f->step == r->g->node[u].undone && f->state == IR_STEP_DONE &&
            (done < 0 || f->seq > r->in->facts[done].seq))
            done = (int)i;
        if (f->step == u && (own < 0 || f->seq > r->in->facts[own].seq))
            own = (int)i;
    }
    if (done >= 0) {
        s->state = IR_STEP_READY;
        s->ready_ms = r->in->facts[done].at_ms;
        s->since_seq = r->in->facts[done].seq;
    }
    if (own >= 0 &&
        (done < 0 || r->in->facts[own].seq > r->in->facts[done].seq)) {
        s->fact = own;
        s->state = r->in->facts[own].state;
        s->over_ms = r->in->facts[own].at_ms;
    }
}

void
ir_flow_run(const struct ir_flow_in *in, struct ir_flow_step **out)
{
    size_t n = (size_t)in->graph->n;
    struct run r = {in,
                    in->graph,
                    ir_calloc(n, sizeof(struct ir_flow_step)),
                    ir_calloc(n, sizeof(uint64_t)),
                    ir_calloc(n, sizeof(bool)),
                    ir_calloc(n, sizeof(int64_t)),
                    ir_calloc(n, sizeof(size_t)),
                    ir_calloc(n, sizeof(bool)),
                    ir_calloc(n, sizeof(int))};
    size_t i;
    int back;

    for (i = 0; i < n; i++)
        r.it[i] = 1;
    /* Every round uses up a fact: it is in force once, in its iteration. */
    do {
        for (pass(&r); (back = first_back(&r)) >= 0; pass(&r))
            go_back(&r, back);
    } while (catch_up(&r));
    for (i = 0; i < n; i++)
        if (r.g->node[i].undo)
            tell_undo(&r, (int)i);
    free(r.it);
    free(r.entered);
    free(r.entered_ms);
    free(r.since);
    free(r.caught);
    free(r.took);
    *out = r.s;
}

void
ir_flow_free(struct ir_flow_step *s, int n)
{
    int i;

    for (i = 0; s != NULL && i < n; i++)
        free(s[i].needs);
    free(s);
}

bool
ir_flow_over(const struct ir_flow_step *s, int n, int64_t *over_ms)
{
    int64_t last = 0;
    int i;

    *over_ms = 0;
    for (i = 0; i < n; i++) {
        if (s[i].optional)
            continue;
        if (!s[i].resolved)
            return false;
        if (s[i].over_ms > last)
            last = s[i].over_ms;
    }
    *over_ms = last;
    return true;
}
