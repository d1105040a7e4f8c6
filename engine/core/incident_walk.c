/* incident_walk.c: the plans of an incident walked over what was recorded:
 * its steps, nested ones after the runbook step they belong to.
 */
#include "base/i18n.h"
#include "core/incident_step.h"

#include <stdlib.h>
#include <string.h>

#define NESTED_MAX 64 /* nested runbooks walked in one incident */

struct walk {
    struct ir_fold *f;
    struct ir_cond_env env;
    char **opened; /* paths of runbook steps whose plan is walked */
    size_t opened_n;
    int instance;
};

/* One plan being walked. */
struct level {
    struct walk *w;
    const struct level *up;
    const struct ir_plan *plan;
    char *prefix; /* "1/", "1/restore/" */
    int depth;
    struct ir_pgraph graph;
    struct ir_ifact *facts; /* by (step, iteration) */
    struct ir_flow_fact *flow;
    size_t facts_n;
    struct ir_flow_step *state;
};

static void level_init(struct level *l, struct walk *w, const struct level *up,
                       const struct ir_plan *plan, char *prefix,
                       int64_t start_ms);
static void level_done(struct level *l);

/* The prefix of what stands below runbook step `step` in its `iteration`.
 *
 * Owns:   the caller frees.
 */
static char *
below(const struct level *l, int step, uint64_t iteration)
{
    const char *id = l->plan->steps[step].id;

    if (iteration <= 1)
        return ir_asprintf("%s%s/", l->prefix, id);
    return ir_asprintf("%s%s:%llu/", l->prefix, id,
                       (unsigned long long)iteration);
}

/* May the plan of a runbook step be walked here: not too deep, not within
 * itself, not the sixty-fifth? */
static const struct ir_plan *
open_nested(const struct level *l, int step, const char *prefix)
{
    const struct ir_lookup *look = &l->w->f->in->look;
    const struct ir_plan *p = NULL;
    const struct level *up;
    size_t i;

    if (l->depth + 1 > IR_PLAN_NEST_MAX || look->plan_name == NULL ||
        !l->w->f->inc->has_manifest)
        return NULL;
    p = look->plan_name(l->w->f->inc->manifest, l->plan->steps[step].runbook,
                        look->arg);
    for (up = l; p != NULL && up != NULL; up = up->up)
        if (strcmp(up->plan->id, p->id) == 0)
            return NULL;
    for (i = 0; p != NULL && i < l->w->opened_n; i++)
        if (strcmp(l->w->opened[i], prefix) == 0)
            return p;
    if (p == NULL || l->w->opened_n == NESTED_MAX)
        return NULL;
    l->w->opened =
        ir_realloc(l->w->opened, (l->w->opened_n + 1) * sizeof l->w->opened[0]);
    l->w->opened[l->w->opened_n++] = ir_strdup(prefix);
    return p;
}

static bool
ask_nested(int step, uint64_t iteration, int64_t ready_ms, bool *over,
           int64_t *over_ms, void *arg)
{
    struct level *l = arg, sub;
    char *prefix = below(l, step, iteration);
    const struct ir_plan *p = open_nested(l, step, prefix);

    if (p == NULL) {
        free(prefix);
        return false;
    }
    level_init(&sub, l->w, l, p, prefix, ready_ms);
    *over = ir_flow_over(sub.state, sub.graph.n, over_ms);
    level_done(&sub);
    return true;
}

static struct ir_ifact *
add_fact(struct level *l, int step)
{
    struct ir_ifact *x;

    l->facts = ir_realloc(l->facts, (l->facts_n + 1) * sizeof l->facts[0]);
    x = &l->facts[l->facts_n++];
    memset(x, 0, sizeof *x);
    x->flow.step = step;
    return x;
}

/* What was recorded of the step itself. */
static void
own_facts(struct level *l, int step)
{
    struct ir_fold *f = l->w->f;
    char *path = ir_asprintf("%s%s", l->prefix, l->plan->steps[step].id);
    size_t i = ir_fold_lower(f, path), to;

    for (; i < f->recs_n && strcmp(f->recs[i].path, path) == 0; i = to) {
        struct ir_ifact x;

        for (to = i + 1;
             to < f->recs_n && f->recs[to].iteration == f->recs[i].iteration &&
             strcmp(f->recs[to].path, path) == 0;
             to++)
            continue;
        if (!ir_ifact_read(f, &l->plan->steps[step], i, to, &x))
            continue;
        x.flow.step = step;
        *add_fact(l, step) = x;
    }
    free(path);
}

/* Does the step have a fact in this iteration? */
static bool
has_fact(const struct level *l, int step, uint64_t iteration)
{
    size_t i;

    for (i = l->facts_n; i > 0 && l->facts[i - 1].flow.step == step; i--)
        if (l->facts[i - 1].flow.iteration == iteration)
            return true;
    return false;
}

/* A runbook step is begun when one of its own steps is. */
static void
nested_facts(struct level *l, int step, uint64_t iteration)
{
    struct ir_fold *f = l->w->f;
    char *prefix = below(l, step, iteration);
    size_t i = ir_fold_lower(f, prefix), first = f->n;
    struct ir_ifact *x;

    for (;
         i < f->recs_n && strncmp(f->recs[i].path, prefix, strlen(prefix)) == 0;
         i++)
        if (f->recs[i].seq < first)
            first = f->recs[i].seq;
    if (first < f->n && !has_fact(l, step, iteration)) {
        x = add_fact(l, step);
        x->flow.iteration = iteration;
        x->flow.state = IR_STEP_ACTIVE;
        x->flow.option = -1;
        x->flow.at_ms = x->begun_ms = ir_fold_at(f, first);
        x->flow.seq = first;
        x->by = f->author[first];
    }
    free(prefix);
}

/* The highest iteration of a runbook step that records below it name. */
static uint64_t
nested_iterations(const struct level *l, int step)
{
    const struct ir_fold *f = l->w->f;
    char *prefix = ir_asprintf("%s%s:", l->prefix, l->plan->steps[step].id);
    size_t i = ir_fold_lower(f, prefix), len = strlen(prefix);
    uint64_t most = 1;

    for (; i < f->recs_n && strncmp(f->recs[i].path, prefix, len) == 0; i++) {
        const char *d = f->recs[i].path + len;
        uint64_t v = 0;

        for (; *d >= '0' && *d <= '9' && v <= IR_PLAN_REPEAT_MAX; d++)
            v = v * 10 + (uint64_t)(*d - '0');
        if (v > most && v <= IR_PLAN_REPEAT_MAX)
            most = v;
    }
    free(prefix);
    return most;
}

static int
fact_order(const void *a, const void *b)
{
    const struct ir_flow_fact *x = &((const struct ir_ifact *)a)->flow;
    const struct ir_flow_fact *y = &((const struct ir_ifact *)b)->flow;

    if (x->step != y->step)
        return x->step - y->step;
    return x->iteration < y->iteration ? -1 : x->iteration > y->iteration;
}

static void
level_init(struct level *l, struct walk *w, const struct level *up,
           const struct ir_plan *plan, char *prefix, int64_t start_ms)
{
    struct ir_flow_in in;
    uint64_t k, most;
    size_t i;

    memset(l, 0, sizeof *l);
    l->w = w;
    l->up = up;
    l->plan = plan;
    l->prefix = prefix;
    l->depth = up != NULL ? up->depth + 1 : 0;
    ir_pgraph_init(plan, &l->graph);
    for (i = 0; i < plan->steps_n; i++) {
        own_facts(l, (int)i);
        most = plan->steps[i].act == IR_ACT_RUNBOOK
                   ? nested_iterations(l, (int)i)
                   : 0;
        for (k = 1; k <= most; k++)
            nested_facts(l, (int)i, k);
    }
    if (l->facts_n > 1)
        qsort(l->facts, l->facts_n, sizeof l->facts[0], fact_order);
    l->flow = ir_calloc(l->facts_n + 1, sizeof l->flow[0]);
    for (i = 0; i < l->facts_n; i++)
        l->flow[i] = l->facts[i].flow;
    memset(&in, 0, sizeof in);
    in.graph = &l->graph;
    in.facts = l->flow;
    in.facts_n = l->facts_n;
    in.start_ms = start_ms;
    in.env = &w->env;
    in.nested = ask_nested;
    in.arg = l;
    ir_flow_run(&in, &l->state);
}

static void
level_done(struct level *l)
{
    ir_flow_free(l->state, l->graph.n);
    ir_pgraph_done(&l->graph);
    free(l->facts);
    free(l->flow);
    free(l->prefix);
}

static struct ir_istep *
add_step(struct ir_incident *inc, char *path, int instance)
{
    struct ir_istep *st;

    inc->steps =
        ir_realloc(inc->steps, (inc->steps_n + 1) * sizeof inc->steps[0]);
    st = &inc->steps[inc->steps_n++];
    memset(st, 0, sizeof *st);
    st->path = path;
    st->instance = instance;
    st->by = -1;
    return st;
}

/* What the fact says in words: choice, reason, note; by whom, which entry. */
static void
tell_fact(const struct ir_fold *f, const struct ir_ifact *x,
          struct ir_istep *st)
{
    const struct ir_entry *e = f->e[x->flow.seq];

    st->by = x->by;
    st->begun_ms = x->begun_ms;
    st->ended_ms = x->ended_ms;
    st->conflict = x->conflict;
    memcpy(st->twice, x->twice, sizeof st->twice);
    st->twice_n = x->twice_n;
    memcpy(st->entry, e->id, IR_ID_BYTES);
    if (x->flow.state == IR_STEP_ACTIVE || e->h.kind != IR_KIND_STEP)
        return;
    if (x->flow.option >= 0)
        st->choice = ir_body_strdup(e, 5);
    if (x->flow.state == IR_STEP_DONE && x->flow.option < 0)
        st->note = ir_body_strdup(e, 4);
    else
        st->reason = ir_body_strdup(e, 4);
}

static void
tell_needs(const struct level *l, int i, struct ir_istep *st)
{
    const struct ir_flow_step *s = &l->state[i];
    int k;

    if (s->state != IR_STEP_WAITING)
        return;
    st->needs = ir_calloc((size_t)s->needs_n + 1, sizeof st->needs[0]);
    for (k = 0; k < s->needs_n; k++)
        st->needs[st->needs_n++] =
            ir_asprintf("%s%s", l->prefix, l->plan->steps[s->needs[k]].id);
}

/* Was the step done, and undone since by its undo step? Then what was allowed
 * before does not hold for doing it again. */
static void
tell_undone(const struct level *l, int i, struct ir_istep *st)
{
    const struct ir_flow_step *u;

    if (l->plan->steps[i].undo == NULL || st->state != IR_STEP_DONE)
        return;
    u = &l->state[ir_plan_step(l->plan, l->plan->steps[i].undo)];
    if (u->state != IR_STEP_DONE || u->fact < 0)
        return;
    st->undone = true;
    st->since_seq = l->flow[u->fact].seq;
}

/* Say that people ended the step without knowing of each other. */
static void
tell_apart(const struct level *l, const struct ir_istep *st)
{
    struct ir_buf who = {0};
    size_t i;

    if (st->conflict)
        ir_fold_conflict(l->w->f,
                         _("%s was ended twice at the same time, in different "
                           "ways. Look at it and do or skip it again."),
                         st->path);
    for (i = 0; i < st->twice_n; i++)
        ir_buf_addf(&who, "%s%s", i > 0 ? _(", ") : "",
                    ir_fold_handle(l->w->f, st->twice[i]));
    if (st->twice_n > 0)
        ir_fold_conflict(l->w->f,
                         _("%s was done more than once, by %s, who did not "
                           "know of each other. See whether that did harm, "
                           "and write it down: ir note TEXT"),
                         st->path, ir_buf_str(&who));
    ir_buf_done(&who);
}

static void emit(struct level *l);

static void
emit_step(struct level *l, int i)
{
    struct ir_incident *inc = l->w->f->inc;
    const struct ir_step *s = &l->plan->steps[i];
    const struct ir_flow_step *fs = &l->state[i];
    struct ir_istep *st =
        add_step(inc, ir_asprintf("%s%s", l->prefix, s->id), l->w->instance);
    struct level sub;
    char *prefix;
    const struct ir_plan *p;

    st->short_name = ir_strdup(s->id);
    st->depth = l->depth;
    st->plan = l->plan;
    st->step = s;
    st->state = fs->state;
    st->iteration = fs->iteration;
    st->ready_ms = fs->ready_ms;
    st->since_seq = fs->since_seq;
    st->container = fs->container;
    st->optional = fs->optional;
    tell_undone(l, i, st);
    if (fs->fact >= 0)
        tell_fact(l->w->f, &l->facts[fs->fact], st);
    if (fs->container && fs->state == IR_STEP_DONE && st->ended_ms == 0)
        st->ended_ms = fs->over_ms;
    if (st->ready_ms > 0 && s->wait_s > 0)
        st->due_ms = st->ready_ms + s->wait_s * 1000;
    else if (st->ready_ms > 0 && s->within_s > 0)
        st->due_ms = st->ready_ms + s->within_s * 1000;
    tell_apart(l, st);
    tell_needs(l, i, st);
    if (!fs->container)
        return;
    prefix = below(l, i, fs->iteration);
    p = open_nested(l, i, prefix);
    if (p == NULL) {
        free(prefix);
        return;
    }
    level_init(&sub, l->w, l, p, prefix, fs->ready_ms);
    emit(&sub);
    level_done(&sub);
}

static void
emit(struct level *l)
{
    int i;

    for (i = 0; i < l->graph.n; i++)
        if (l->w->f->inc->steps_n < IR_FOLD_STEPS_MAX)
            emit_step(l, i);
}

/* The plan is not here: what was recorded is shown all the same. */
static void
emit_records(struct ir_fold *f, const struct ir_iinstance *in)
{
    char *prefix = ir_asprintf("%d/", in->number);
    size_t i = ir_fold_lower(f, prefix), len = strlen(prefix), to;

    for (; i < f->recs_n && strncmp(f->recs[i].path, prefix, len) == 0;
         i = to) {
        struct ir_istep *st;
        struct ir_ifact x;
        bool last;

        for (to = i + 1;
             to < f->recs_n && f->recs[to].iteration == f->recs[i].iteration &&
             strcmp(f->recs[to].path, f->recs[i].path) == 0;
             to++)
            continue;
        last =
            to == f->recs_n || strcmp(f->recs[to].path, f->recs[i].path) != 0;
        if (!last || f->inc->steps_n >= IR_FOLD_STEPS_MAX)
            continue;
        st = add_step(f->inc, ir_strdup(f->recs[i].path), in->number);
        st->short_name = ir_strdup(strrchr(st->path, '/') + 1);
        st->iteration = f->recs[i].iteration;
        st->state = IR_STEP_READY;
        if (ir_ifact_read(f, NULL, i, to, &x)) {
            st->state = x.flow.state;
            tell_fact(f, &x, st);
        }
    }
    free(prefix);
}

static const char *
env_var(const char *name, void *arg)
{
    return ir_incident_var(arg, name);
}

void
ir_fold_steps(struct ir_fold *f)
{
    static const char *const mails[] = {NULL, "ok", "down", "distrusted"};
    struct ir_incident *inc = f->inc;
    struct walk w;
    size_t i;

    memset(&w, 0, sizeof w);
    w.f = f;
    w.env.var = env_var;
    w.env.arg = inc;
    w.env.severity = inc->severity;
    w.env.mail = mails[inc->mail >= 0 && inc->mail <= 3 ? inc->mail : 0];
    w.env.exercise = inc->status == IR_EXERCISE;
    for (i = 0; i < inc->instances_n; i++) {
        const struct ir_iinstance *in = &inc->instances[i];
        struct level l;

        w.instance = in->number;
        if (in->plan == NULL) {
            emit_records(f, in);
            continue;
        }
        level_init(&l, &w, NULL, in->plan, ir_asprintf("%d/", in->number),
                   in->added_ms);
        emit(&l);
        level_done(&l);
    }
    for (i = 0; i < w.opened_n; i++)
        free(w.opened[i]);
    free(w.opened);
}
