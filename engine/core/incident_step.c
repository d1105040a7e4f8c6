/* incident_step.c: what was recorded of each step, and the flow over it. */
#include "core/incident_step.h"

#include "base/i18n.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum op {
    OP_TAKE = 1,
    OP_BEGIN,
    OP_DONE,
    OP_FAIL,
    OP_SKIP,
    OP_ANSWER,
    OP_CHOOSE,
    OP_GIVE_BACK,
};

/* Where people stand with one step in one iteration while its records are
 * read in fold order. */
struct reading {
    struct ir_fold *f;
    const struct ir_step *step; /* or NULL */
    struct ir_heads ends;
    bool active;
    size_t active_seq;
    int taker;
    int64_t begun_ms;
    bool answered[IR_PLAN_LIST_MAX];
};

static uint64_t
op_of(const struct ir_fold *f, size_t i)
{
    return ir_body_uint_or(f->e[i], 2, 0);
}

/* Index of the option that entry `i` chooses, or -1. */
static int
option_of(const struct reading *r, size_t i)
{
    char *id = ir_body_strdup(r->f->e[i], 5);
    int o = r->step != NULL && id != NULL ? ir_step_option(r->step, id) : -1;

    free(id);
    return o;
}

/* How entry `i` ends the step; WAITING: it does not. */
static enum ir_step_state
outcome(const struct reading *r, size_t i)
{
    switch (op_of(r->f, i)) {
    case OP_DONE:
        if (r->step != NULL && r->step->act == IR_ACT_CHOOSE &&
            option_of(r, i) < 0)
            return IR_STEP_WAITING;
        return IR_STEP_DONE;
    case OP_CHOOSE:
        return r->step == NULL || option_of(r, i) >= 0 ? IR_STEP_DONE
                                                       : IR_STEP_WAITING;
    case OP_ANSWER:
        return IR_STEP_DONE; /* only the one that completes the answers */
    case OP_FAIL:
        return IR_STEP_FAILED;
    case OP_SKIP:
        return IR_STEP_SKIPPED;
    default:
        return IR_STEP_WAITING;
    }
}

/* Are now all questions of the step answered? */
static bool
completes(struct reading *r, size_t i)
{
    struct ir_body_item it;
    size_t at = 0, k;

    if (r->step == NULL || r->step->act != IR_ACT_ASK)
        return false;
    while (ir_body_each(r->f->e[i], 8, &at, &it))
        for (k = 0; k < r->step->ask_n; k++)
            if (strlen(r->step->ask[k]) == it.name_len &&
                memcmp(r->step->ask[k], it.name, it.name_len) == 0)
                r->answered[k] = true;
    for (k = 0; k < r->step->ask_n; k++)
        if (!r->answered[k])
            return false;
    return true;
}

/* Has the step ended, other than by failing? */
static bool
over(const struct reading *r)
{
    return r->ends.n > 0 &&
           outcome(r, r->ends.v[r->ends.n - 1]) != IR_STEP_FAILED;
}

static void
read_one(struct reading *r, size_t i)
{
    uint64_t op = op_of(r->f, i);

    if (op == OP_GIVE_BACK) {
        r->active = false;
        r->begun_ms = 0;
        return;
    }
    if (op == OP_ANSWER ? completes(r, i) && !over(r)
                        : outcome(r, i) != IR_STEP_WAITING) {
        ir_heads_add(&r->f->anc, &r->ends, i);
        return;
    }
    if (!r->active || op == OP_TAKE || op == OP_BEGIN) {
        r->taker = r->f->author[i];
        r->active_seq = i;
    }
    if (!r->active || op == OP_BEGIN)
        r->begun_ms = ir_fold_at(r->f, i);
    r->active = true;
}

static int
weight(enum ir_step_state s)
{
    return s == IR_STEP_DONE ? 3 : s == IR_STEP_FAILED ? 2 : 1;
}

/* Of the ends that stand, the one that counts; tells whether they differ. */
static size_t
settle(const struct reading *r, bool *differ)
{
    size_t i, best = r->ends.v[0];

    *differ = false;
    for (i = 1; i < r->ends.n; i++) {
        size_t at = r->ends.v[i];
        enum ir_step_state a = outcome(r, at), b = outcome(r, best);

        *differ = *differ || a != b || option_of(r, at) != option_of(r, best);
        if (weight(a) >= weight(b))
            best = at;
    }
    return best;
}

/* Has anybody recorded anything with knowledge of all that stands? */
static bool
looked_at(const struct reading *r)
{
    struct ir_fold *f = r->f;
    size_t i, k;

    for (i = r->ends.v[r->ends.n - 1] + 1; i < f->n; i++) {
        if (!ir_fold_said(f, i, -1))
            continue;
        for (k = 0; k < r->ends.n; k++)
            if (!ir_anc_knew(&f->anc, i, r->ends.v[k]))
                break;
        if (k == r->ends.n)
            return true;
    }
    return false;
}

/* Who did it, where several did so apart and nobody has seen that yet. */
static void
tell_twice(const struct reading *r, struct ir_ifact *x)
{
    size_t i, k;

    if (r->ends.n < 2 || (r->step != NULL && (r->step->act == IR_ACT_CHOOSE ||
                                              r->step->act == IR_ACT_ASK)))
        return; /* what was answered is compared, not how often */
    for (i = 0; i < r->ends.n; i++) {
        int m = r->f->author[r->ends.v[i]];

        if (outcome(r, r->ends.v[i]) != IR_STEP_DONE)
            continue;
        for (k = 0; k < x->twice_n && x->twice[k] != m; k++)
            ;
        if (k == x->twice_n && k < IR_TWICE_MAX)
            x->twice[x->twice_n++] = m;
    }
    if (x->twice_n < 2 || looked_at(r))
        x->twice_n = 0;
}

static void
end_fact(const struct reading *r, size_t end, struct ir_ifact *x)
{
    char *word = ir_body_strdup(r->f->e[end], 5);

    x->flow.state = outcome(r, end);
    x->flow.option = option_of(r, end);
    x->flow.again = op_of(r->f, end) == OP_DONE && word != NULL &&
                    strcmp(word, "again") == 0;
    x->flow.at_ms = ir_fold_at(r->f, end);
    x->flow.seq = end;
    x->by = r->f->author[end];
    x->begun_ms = r->begun_ms;
    x->ended_ms = x->flow.at_ms;
    free(word);
}

bool
ir_ifact_read(struct ir_fold *f, const struct ir_step *step, size_t from,
              size_t to, struct ir_ifact *x)
{
    struct reading r = {.f = f, .step = step, .taker = -1};
    bool any = true;
    size_t i, end;

    memset(x, 0, sizeof *x);
    for (i = from; i < to; i++)
        read_one(&r, f->recs[i].seq);
    x->flow.iteration = f->recs[from].iteration;
    x->flow.option = x->by = -1;
    end = r.ends.n > 0 ? settle(&r, &x->conflict) : 0;
    if (r.ends.n > 0 && !(r.active && r.active_seq > end &&
                          outcome(&r, end) == IR_STEP_FAILED)) {
        end_fact(&r, end, x);
        tell_twice(&r, x);
    } else if (r.active) {
        x->flow.state = IR_STEP_ACTIVE;
        x->flow.at_ms = r.begun_ms;
        x->flow.seq = r.active_seq;
        x->by = r.taker;
        x->begun_ms = r.begun_ms;
    } else {
        any = false;
    }
    ir_heads_done(&r.ends);
    return any;
}

static int
by_place(const void *a, const void *b)
{
    const struct ir_frec *x = a, *y = b;
    int d = strcmp(x->path, y->path);

    if (d != 0)
        return d;
    if (x->iteration != y->iteration)
        return x->iteration < y->iteration ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

void
ir_fold_records(struct ir_fold *f)
{
    size_t i;

    f->recs = ir_calloc(f->n + 1, sizeof f->recs[0]);
    for (i = 0; i < f->n; i++) {
        uint64_t iteration;
        char *path;

        if (!ir_fold_is(f, i, IR_KIND_STEP))
            continue;
        iteration = ir_body_uint_or(f->e[i], 3, 1);
        path = iteration <= IR_ITERATION_MAX ? ir_fold_path(f, i) : NULL;
        if (path == NULL)
            continue;
        f->recs[f->recs_n].path = path;
        f->recs[f->recs_n].iteration = iteration > 0 ? iteration : 1;
        f->recs[f->recs_n++].seq = i;
    }
    qsort(f->recs, f->recs_n, sizeof f->recs[0], by_place);
}

size_t
ir_fold_lower(const struct ir_fold *f, const char *path)
{
    size_t lo = 0, hi = f->recs_n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (strcmp(f->recs[mid].path, path) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Did `in` ask for this number, or get it? */
static bool
goes_by(const struct ir_fold *f, size_t k, int number)
{
    return f->inc->instances[k].number == number ||
           ir_body_uint_or(f->e[f->added[k]], 9, 0) == (uint64_t)number;
}

/* The instance whose number begins `path`, as the author of entry `seq` knew
 * them (f->n: as they are numbered now); *rest gets what follows. */
static struct ir_iinstance *
instance_of(struct ir_fold *f, const char *path, size_t seq, const char **rest)
{
    struct ir_iinstance *own = NULL, *known = NULL;
    size_t k, hits = 0, knew = 0;
    int number = 0;

    for (; *path >= '0' && *path <= '9' && number < 1000; path++)
        number = number * 10 + (*path - '0');
    if (*path != '/' || path[1] == '\0' || number == 0)
        return NULL;
    *rest = path + 1;
    for (k = 0; k < f->inc->instances_n; k++) {
        if (f->inc->instances[k].number == number)
            own = &f->inc->instances[k];
        if (seq == f->n || !goes_by(f, k, number))
            continue;
        hits++;
        if (ir_anc_knew(&f->anc, seq, f->added[k])) {
            known = &f->inc->instances[k];
            knew++;
        }
    }
    return hits > 1 && knew == 1 ? known : own;
}

char *
ir_fold_path(struct ir_fold *f, size_t i)
{
    char *path = ir_body_strdup(f->e[i], 1), *out = NULL;
    const char *rest = NULL;
    struct ir_iinstance *in;

    if (path != NULL && strlen(path) <= IR_FOLD_PATH_MAX) {
        in = instance_of(f, path, i, &rest);
        if (in != NULL)
            out = ir_asprintf("%d/%s", in->number, rest);
    }
    free(path);
    return out;
}

const struct ir_step *
ir_fold_step(struct ir_fold *f, const char *path)
{
    const struct ir_lookup *look = &f->in->look;
    const struct ir_plan *p;
    struct ir_iinstance *in;
    const char *rest = NULL;
    int depth;

    if (path == NULL)
        return NULL;
    in = instance_of(f, path, f->n, &rest);
    p = in != NULL ? in->plan : NULL;
    for (depth = 0; p != NULL && depth <= IR_PLAN_NEST_MAX; depth++) {
        size_t len = strcspn(rest, "/:");
        const char *slash = strchr(rest, '/');
        char *id = ir_strndup(rest, len);
        int i = ir_plan_step(p, id);

        free(id);
        if (i < 0)
            return NULL;
        if (slash == NULL)
            return rest[len] == '\0' ? &p->steps[i] : NULL;
        if (p->steps[i].act != IR_ACT_RUNBOOK || look->plan_name == NULL)
            return NULL;
        p = look->plan_name(f->inc->manifest, p->steps[i].runbook, look->arg);
        rest = slash + 1;
    }
    return NULL;
}
