/* incident_clock.c: RTO, RPO and MTPD of each operation, legal deadlines. */
#include "base/i18n.h"
#include "core/deadline.h"
#include "core/fold.h"

#include <stdlib.h>
#include <string.h>

enum op { OP_NONE, OP_START, OP_MEET, OP_STOP, OP_UNDECIDED };

/* A clock, and what was said of it. */
struct clk {
    struct ir_iclock c;
    struct ir_deadline d;
    bool has_rule;   /* d is filled */
    bool decided;    /* it counts, from c.from_ms */
    bool stated;     /* by a person */
    bool held;       /* somebody said that it is undecided */
    int64_t base_ms; /* what it would count from; 0: the declaration */
    enum op ended;   /* NONE, MEET or STOP */
    size_t start_seq;
    int level; /* of the operation: percent that is tolerable */
};

struct clks {
    struct ir_fold *f;
    struct clk *v;
    size_t n;
    struct ir_site_calendar cal;
    int64_t now_ms;
};

static struct clk *
find(struct clks *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->n; i++)
        if (strcmp(s->v[i].c.name, name) == 0)
            return &s->v[i];
    return NULL;
}

static struct clk *
add(struct clks *s, char *name_take, enum ir_clock_type type)
{
    struct clk *k;

    s->v = ir_realloc(s->v, (s->n + 1) * sizeof s->v[0]);
    k = &s->v[s->n++];
    memset(k, 0, sizeof *k);
    k->c.name = name_take;
    k->c.type = type;
    k->c.by = -1;
    return k;
}

/* One clock of an operation: "rto", "rpo" or "mtpd", if the system has it. */
static void
add_operation(struct clks *s, const struct ir_iinstance *in,
              const struct ir_json *op, const char *what,
              enum ir_clock_type type)
{
    int64_t target = ir_json_get_int(op, what, 0);
    const char *id = ir_json_get_str(op, "id", NULL);
    struct ir_incident *inc = s->f->inc;
    struct clk *k;
    char *name;

    if (id == NULL || target <= 0 || target > IR_DURATION_MAX)
        return;
    name = ir_asprintf("%s/%s/%s", in->system, id, what);
    if (find(s, name) != NULL) {
        free(name);
        return;
    }
    k = add(s, name, type);
    ir_text_from_json(ir_json_get(op, "title"), &k->c.title);
    k->c.system = ir_strdup(in->system);
    k->c.operation = ir_strdup(id);
    k->c.target_s = target;
    k->level = (int)ir_json_get_int(op, "level", 100);
    k->decided = type != IR_CT_RPO;
    if (in->began_ms > 0)
        k->c.from_ms = in->began_ms;
    else if (in == &inc->instances[0] && inc->began_ms > 0)
        k->c.from_ms = inc->began_ms;
    else
        k->c.from_ms = in->added_ms;
}

static void
add_operations(struct clks *s)
{
    const struct ir_lookup *look = &s->f->in->look;
    struct ir_incident *inc = s->f->inc;
    size_t i, k;

    for (i = 0; i < inc->instances_n; i++) {
        const struct ir_iinstance *in = &inc->instances[i];
        const struct ir_json *sys, *ops;

        if (in->system == NULL || !inc->has_manifest || look->object == NULL)
            continue;
        sys = look->object(inc->manifest, "system", in->system, look->arg);
        ops = ir_json_get(sys, "operations");
        for (k = 0; ir_json_is_arr(ops) && k < ir_json_len(ops); k++) {
            const struct ir_json *op = ir_json_at(ops, k);

            add_operation(s, in, op, "rto", IR_CT_RTO);
            add_operation(s, in, op, "rpo", IR_CT_RPO);
            add_operation(s, in, op, "mtpd", IR_CT_MTPD);
        }
    }
}

static struct clk *
add_legal(struct clks *s, const char *id)
{
    struct clk *k = find(s, id);

    if (k != NULL)
        return k;
    k = add(s, ir_strdup(id), IR_CT_LEGAL);
    k->has_rule = ir_deadline_find(s->f->site, id, &k->d);
    if (k->has_rule)
        ir_text_from_json(ir_json_get(k->d.json, "title"), &k->c.title);
    return k;
}

static void
set_basis(struct ir_fold *f, struct clk *k, size_t i)
{
    char *basis = ir_body_strdup(f->e[i], 4);

    k->c.by = f->author[i];
    if (basis == NULL)
        return;
    free(k->c.basis);
    k->c.basis = basis;
}

/* Somebody states from when the clock counts. Two who did not know of one
 * another: the earlier moment counts. */
static void
start(struct clks *s, struct clk *k, size_t i)
{
    struct ir_fold *f = s->f;
    int64_t from = ir_fold_moment(f, i, 5);
    uint64_t target = ir_body_uint_or(f->e[i], 3, 0);

    if (from == 0)
        from = ir_fold_at(f, i);
    if (k->stated && k->decided && k->c.from_ms != from &&
        !ir_anc_knew(&f->anc, i, k->start_seq)) {
        ir_fold_conflict(f,
                         _("The clock \"%s\" was started from two moments; "
                           "the earlier one counts until somebody states "
                           "it again."),
                         k->c.name);
        if (k->c.from_ms < from)
            return;
    }
    k->c.from_ms = from;
    k->decided = k->stated = true;
    k->held = false;
    k->start_seq = i;
    if (target > 0 && target <= IR_DURATION_MAX)
        k->c.target_s = (int64_t)target;
    if (k->ended == OP_STOP)
        k->ended = OP_NONE;
    free(k->c.basis); /* of what was said before */
    k->c.basis = NULL;
    set_basis(f, k, i);
}

static void
fold_op(struct clks *s, size_t i)
{
    struct ir_fold *f = s->f;
    char *name = ir_body_strdup(f->e[i], 1);
    struct clk *k = find(s, name);
    enum op op = (enum op)ir_body_uint_or(f->e[i], 2, 0);

    if (k == NULL)
        k = add_legal(s, name);
    free(name);
    switch (op) {
    case OP_START:
        start(s, k, i);
        break;
    case OP_MEET:
    case OP_STOP:
        k->ended = op;
        k->c.ended_ms = ir_fold_moment(f, i, 5);
        if (k->c.ended_ms == 0)
            k->c.ended_ms = ir_fold_at(f, i);
        set_basis(f, k, i);
        break;
    case OP_UNDECIDED:
        k->decided = false;
        k->held = true;
        k->ended = OP_NONE;
        set_basis(f, k, i);
        break;
    case OP_NONE:
        break;
    }
}

/* Since when has the service of the operation been good enough? 0: is not. */
static int64_t
good_since(const struct clks *s, const struct clk *k)
{
    const struct ir_incident *inc = s->f->inc;
    char *full = ir_asprintf("%s/%s", k->c.system, k->c.operation);
    int64_t since = 0;
    size_t i;

    for (i = 0; i < inc->services_n; i++) {
        const struct ir_iservice *v = &inc->services[i];

        if (v->at_ms > s->now_ms || (strcmp(v->operation, full) != 0 &&
                                     strcmp(v->operation, k->c.operation) != 0))
            continue;
        if (v->level < k->level)
            since = 0;
        else if (since == 0)
            since = v->at_ms;
    }
    free(full);
    return since;
}

/* Running, at risk or missed at `now`; a latest day comes after the target. */
static enum ir_clock_state
running(const struct ir_iclock *c, int64_t now)
{
    int64_t limit = c->latest_ms > 0 ? c->latest_ms : c->due_ms;

    if (c->due_ms == 0)
        return IR_CLOCK_RUNNING;
    if (now > limit)
        return IR_CLOCK_MISSED;
    if (now - c->from_ms >= (c->due_ms - c->from_ms) / 4 * 3)
        return IR_CLOCK_AT_RISK;
    return IR_CLOCK_RUNNING;
}

static void
end(struct clk *k)
{
    struct ir_iclock *c = &k->c;
    int64_t limit = c->latest_ms > 0 ? c->latest_ms : c->due_ms;

    c->state = k->ended == OP_MEET ? IR_CLOCK_MET : IR_CLOCK_STOPPED;
    c->met_late = k->ended == OP_MEET && limit > 0 && c->ended_ms > limit;
}

/* How much data may be lost: from the last good data to the beginning. */
static void
judge_rpo(struct clks *s, struct clk *k)
{
    struct ir_incident *inc = s->f->inc;
    struct ir_iclock *c = &k->c;
    int64_t began = inc->began_ms > 0 ? inc->began_ms : inc->declared_ms;

    if (k->ended == OP_STOP) {
        end(k);
        return;
    }
    if (!k->decided) {
        c->state = IR_CLOCK_UNDECIDED;
        c->from_ms = c->due_ms = 0;
        return;
    }
    c->due_ms = c->from_ms + c->target_s * 1000;
    c->ended_ms = began;
    c->state = began <= c->due_ms ? IR_CLOCK_MET : IR_CLOCK_MISSED;
}

static void
judge_operation(struct clks *s, struct clk *k)
{
    struct ir_incident *inc = s->f->inc;
    struct ir_iclock *c = &k->c;
    int64_t since = good_since(s, k);

    if (!k->decided && k->ended == OP_NONE) {
        c->state = IR_CLOCK_UNDECIDED;
        c->provisional = true;
    }
    c->due_ms = c->from_ms + c->target_s * 1000;
    if (k->ended == OP_NONE && since > 0) {
        k->ended = OP_MEET;
        c->ended_ms = since;
    }
    if (k->ended != OP_NONE) {
        end(k);
        c->provisional = false;
    } else if (k->decided) {
        c->state = running(c, s->now_ms);
        if (inc->state == IR_INC_CLOSED && c->state != IR_CLOCK_MISSED) {
            c->state = IR_CLOCK_STOPPED;
            c->ended_ms = inc->closed_ms;
        }
    }
}

/* When a legal clock is due, counted from c.from_ms. */
static void
tell_due(struct clks *s, struct clk *k)
{
    struct ir_iclock *c = &k->c;
    bool own = k->has_rule && !(k->stated && c->target_s > 0);

    c->due_ms = c->latest_ms = 0;
    if (c->from_ms == 0)
        return;
    if (own) {
        if (ir_deadline_due(&k->d, &s->cal.cal, c->from_ms, &c->due_ms,
                            &c->latest_ms, NULL) != IR_OK)
            return;
        c->target_s = 0;
    } else if (c->target_s > 0) {
        c->due_ms = c->from_ms + c->target_s * 1000;
    }
}

static void
judge_legal(struct clks *s, struct clk *k)
{
    struct ir_iclock *c = &k->c;

    if (!k->decided && k->ended != OP_NONE)
        c->from_ms = 0;
    else if (!k->decided && k->base_ms > 0)
        c->from_ms = k->base_ms;
    else if (!k->decided) /* as if it had begun with the incident */
        c->from_ms = k->has_rule && k->d.from == IR_FROM_PREVIOUS
                         ? 0
                         : s->f->inc->declared_ms;
    c->provisional = false;
    tell_due(s, k);
    if (k->ended != OP_NONE) {
        end(k);
    } else if (!k->decided) {
        c->state = IR_CLOCK_UNDECIDED;
        c->provisional = true;
    } else {
        c->state = running(c, s->now_ms);
    }
}

/* The report after `k` is due once `k` was made, or should have been. True:
 * that changed something. */
static bool
chain(struct clks *s, size_t at)
{
    struct clk prev = s->v[at], *k;
    size_t before = s->n;

    if (!prev.has_rule || prev.d.next == NULL ||
        (prev.c.state != IR_CLOCK_MET && prev.c.state != IR_CLOCK_MISSED))
        return false;
    k = add_legal(s, prev.d.next);
    if (!k->has_rule || k->decided || k->base_ms > 0 || k->ended != OP_NONE)
        return s->n != before;
    if (k->d.from == IR_FROM_PREVIOUS && prev.c.state == IR_CLOCK_MET)
        k->base_ms = prev.c.ended_ms;
    else if (k->d.from == prev.d.from && k->d.from != IR_FROM_PREVIOUS &&
             prev.decided)
        k->base_ms = prev.c.from_ms;
    else
        return s->n != before;
    if (!k->held) {
        k->decided = true;
        k->c.from_ms = k->base_ms;
        k->c.by = prev.c.by;
    }
    return true;
}

static void
judge_all(struct clks *s)
{
    bool more = true;
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (s->v[i].c.type == IR_CT_RPO)
            judge_rpo(s, &s->v[i]);
        else if (s->v[i].c.type != IR_CT_LEGAL)
            judge_operation(s, &s->v[i]);
    }
    while (more) { /* each round decides a clock or adds one of the site's */
        more = false;
        for (i = 0; i < s->n; i++) {
            if (s->v[i].c.type != IR_CT_LEGAL)
                continue;
            judge_legal(s, &s->v[i]);
            more = chain(s, i) || more;
        }
    }
}

void
ir_fold_clocks(struct ir_fold *f)
{
    struct clks s = {.f = f, .now_ms = f->in->now_ms};
    struct ir_incident *inc = f->inc;
    size_t i, k;

    ir_site_calendar_init(f->site, &s.cal);
    if (inc->state == IR_INC_CLOSED && inc->closed_ms < s.now_ms)
        s.now_ms = inc->closed_ms;
    add_operations(&s);
    for (i = 0; i < inc->instances_n; i++) {
        const struct ir_plan *p = inc->instances[i].plan;

        for (k = 0; p != NULL && k < p->legal_n; k++)
            add_legal(&s, p->legal[k]);
    }
    for (i = 0; i < f->n; i++)
        if (ir_fold_is(f, i, IR_KIND_CLOCK))
            fold_op(&s, i);
    judge_all(&s);
    inc->clocks = ir_calloc(s.n + 1, sizeof inc->clocks[0]);
    for (i = 0; i < s.n; i++) {
        struct ir_iclock *c = &inc->clocks[inc->clocks_n++];

        *c = s.v[i].c;
        if (c->target_s == 0 && c->due_ms > c->from_ms)
            c->target_s = (c->due_ms - c->from_ms) / 1000;
        if (c->state == IR_CLOCK_UNDECIDED)
            c->ended_ms = 0;
    }
    free(s.v);
    ir_site_calendar_done(&s.cal);
}
