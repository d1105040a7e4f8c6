/* incident_op.c: what entries of kind incident say: state, severity, systems,
 * plans.
 */
#include "base/i18n.h"
#include "base/time.h"
#include "core/fold.h"

#include <stdlib.h>
#include <string.h>

enum op {
    OP_DECLARE = 1,
    OP_JOIN,
    OP_SEVERITY,
    OP_CONTAINED,
    OP_RESTORED,
    OP_CLOSE,
    OP_REOPEN,
    OP_LINK,
    OP_REPIN,
    OP_ADD,
};

static enum op
op_of(const struct ir_fold *f, size_t i)
{
    return (enum op)ir_body_uint_or(f->e[i], 1, 0);
}

static void
join(struct ir_incident *inc, int member)
{
    size_t i;

    for (i = 0; i < inc->joined_n; i++)
        if (inc->joined[i] == member)
            return;
    inc->joined =
        ir_realloc(inc->joined, (inc->joined_n + 1) * sizeof inc->joined[0]);
    inc->joined[inc->joined_n++] = member;
}

/* "ransomware" of "flight-information/ransomware" where the directory is the
 * system's; else the whole name. */
static char *
scenario_of(const struct ir_plan *p, const char *system)
{
    size_t len = system != NULL ? strlen(system) : 0;

    if (p == NULL)
        return NULL;
    if (len > 0 && strncmp(p->id, system, len) == 0 && p->id[len] == '/')
        return ir_strdup(p->id + len + 1);
    return ir_strdup(p->id);
}

static void
set_plan(struct ir_iinstance *in, const struct ir_plan *p)
{
    in->plan = p;
    if (p == NULL)
        return;
    memcpy(in->plan_digest, p->digest, IR_HASH_BYTES);
    free(in->scenario);
    in->scenario = scenario_of(p, in->system);
}

static struct ir_iinstance *
numbered(struct ir_incident *inc, int number)
{
    size_t i;

    for (i = 0; i < inc->instances_n; i++)
        if (inc->instances[i].number == number)
            return &inc->instances[i];
    return NULL;
}

static void
two_added(struct ir_fold *f, const struct ir_iinstance *other, size_t i,
          int number)
{
    char *name = ir_body_strdup(f->e[i], 2);

    ir_fold_conflict(f,
                     _("Two systems were added as number %d: %s keeps it, %s "
                       "is number %d."),
                     other->number,
                     other->system != NULL ? other->system : _("unknown"),
                     name != NULL ? name : _("unknown"), number);
    free(name);
}

/* Entry `i` declares the incident or adds a system to it. */
static void
add_instance(struct ir_fold *f, size_t i)
{
    struct ir_incident *inc = f->inc;
    const struct ir_lookup *look = &f->in->look;
    uint64_t want = ir_body_uint_or(f->e[i], 9, 0);
    int number = want > 0 && want < 1000 ? (int)want : 0;
    struct ir_iinstance *in, *other;
    const uint8_t *digest;
    size_t len;

    if (inc->instances_n >= IR_FOLD_INSTANCES_MAX)
        return;
    other = number > 0 ? numbered(inc, number) : NULL;
    if (number == 0 || other != NULL)
        for (number = 1; numbered(inc, number) != NULL; number++)
            continue;
    if (other != NULL)
        two_added(f, other, i, number);
    inc->instances = ir_realloc(inc->instances, (inc->instances_n + 1) *
                                                    sizeof inc->instances[0]);
    f->added =
        ir_realloc(f->added, (inc->instances_n + 1) * sizeof f->added[0]);
    f->added[inc->instances_n] = i;
    in = &inc->instances[inc->instances_n++];
    memset(in, 0, sizeof *in);
    in->number = number;
    in->system = ir_body_strdup(f->e[i], 2);
    in->added_ms = ir_fold_at(f, i);
    in->began_ms = ir_fold_moment(f, i, 8);
    memcpy(in->entry, f->e[i]->id, IR_ID_BYTES);
    if (!ir_body_bytes(f->e[i], 4, &digest, &len) || len != IR_HASH_BYTES)
        return;
    memcpy(in->plan_digest, digest, IR_HASH_BYTES);
    if (look->plan_digest != NULL)
        set_plan(in, look->plan_digest(digest, look->arg));
}

/* The new release has a runbook of the same name for `in`? */
static void
repin_instance(struct ir_fold *f, size_t i, struct ir_iinstance *in, bool only)
{
    const struct ir_lookup *look = &f->in->look;
    const struct ir_plan *p = NULL;
    const uint8_t *digest;
    size_t len;

    if (only && ir_body_bytes(f->e[i], 4, &digest, &len) &&
        len == IR_HASH_BYTES && look->plan_digest != NULL)
        p = look->plan_digest(digest, look->arg);
    if (p == NULL && in->plan != NULL && f->inc->has_manifest &&
        look->plan_name != NULL)
        p = look->plan_name(f->inc->manifest, in->plan->id, look->arg);
    if (p != NULL)
        set_plan(in, p);
    else
        ir_fold_conflict(f,
                         _("The release pinned later has no runbook \"%s\" "
                           "here; number %d keeps the one it began with."),
                         in->plan != NULL ? in->plan->id : _("unknown"),
                         in->number);
}

static void
repin(struct ir_fold *f, size_t i, struct ir_heads *pins)
{
    struct ir_incident *inc = f->inc;
    uint64_t number = ir_body_uint_or(f->e[i], 9, 0);
    const uint8_t *manifest;
    size_t len, k;

    ir_heads_add(&f->anc, pins, i);
    if (ir_body_bytes(f->e[i], 3, &manifest, &len) && len == IR_HASH_BYTES) {
        memcpy(inc->manifest, manifest, IR_HASH_BYTES);
        inc->has_manifest = true;
    }
    for (k = 0; k < inc->instances_n; k++)
        if (number == 0 || (uint64_t)inc->instances[k].number == number)
            repin_instance(f, i, &inc->instances[k],
                           number != 0 || inc->instances_n == 1);
}

static void
declare(struct ir_fold *f, size_t i)
{
    struct ir_incident *inc = f->inc;
    const struct ir_entry *e = f->e[i];
    const uint8_t *p;
    size_t len;

    inc->system = ir_body_strdup(e, 2);
    inc->title = ir_body_strdup(e, 6);
    inc->declared_ms = ir_fold_at(f, i);
    inc->declared_by = f->author[i];
    inc->began_ms = ir_fold_moment(f, i, 8);
    inc->began_prec = (int)ir_body_uint_or(e, 10, IR_PREC_EXACT);
    if (ir_body_bytes(e, 3, &p, &len) && len == IR_HASH_BYTES) {
        memcpy(inc->manifest, p, IR_HASH_BYTES);
        inc->has_manifest = true;
    }
    join(inc, f->author[i]);
    add_instance(f, i);
}

static void
link_to(struct ir_incident *inc, const struct ir_entry *e)
{
    size_t i, k;

    for (i = 0; i < e->h.refs_n; i++) {
        for (k = 0; k < inc->links_n; k++)
            if (memcmp(inc->links[k], e->h.refs[i], IR_INCIDENT_BYTES) == 0)
                break;
        if (k < inc->links_n ||
            memcmp(inc->id, e->h.refs[i], IR_INCIDENT_BYTES) == 0)
            continue;
        inc->links =
            ir_realloc(inc->links, (inc->links_n + 1) * sizeof inc->links[0]);
        memcpy(inc->links[inc->links_n++], e->h.refs[i], IR_INCIDENT_BYTES);
    }
}

/* The graver of what stands. */
static void
settle_severity(struct ir_fold *f, const struct ir_heads *h)
{
    int low = 0, high = 0;
    size_t i;

    for (i = 0; i < h->n; i++) {
        uint64_t v = ir_body_uint_or(f->e[h->v[i]], 5, 0);
        int s = v <= 4 ? (int)v : 0;

        if (s == 0)
            continue;
        low = low == 0 || s < low ? s : low;
        high = s > high ? s : high;
    }
    f->inc->severity = low;
    if (low != high)
        ir_fold_conflict(f,
                         _("The severity was set to %d and to %d at the "
                           "same time; the graver counts until somebody "
                           "sets it again."),
                         low, high);
    if (low == 0 && f->inc->instances_n > 0 &&
        f->inc->instances[0].plan != NULL)
        f->inc->severity = f->inc->instances[0].plan->severity;
}

/* How many entries were made by people who did not know of entry `at`, and
 * that it did not know of either? */
static size_t
beside(struct ir_fold *f, size_t at)
{
    bool *past = ir_calloc(f->n + 1, sizeof *past);
    size_t i, n = 0;

    ir_anc_past(&f->anc, at, past);
    for (i = 0; i < f->n; i++)
        if (f->counts[i] && !past[i] && f->e[i]->h.has_incident &&
            f->e[i]->h.kind != IR_KIND_APPROVAL &&
            f->e[i]->h.kind != IR_KIND_WITNESS && !ir_anc_knew(&f->anc, i, at))
            n++;
    free(past);
    return n;
}

static void
settle_state(struct ir_fold *f, const struct ir_heads *phase,
             const struct ir_heads *closing)
{
    struct ir_incident *inc = f->inc;
    bool closed = closing->n > 0;
    size_t i, n;

    for (i = 0; i < phase->n; i++) {
        enum op op = op_of(f, phase->v[i]);

        if (op == OP_RESTORED)
            inc->state = IR_INC_RESTORED;
        else if (op == OP_CONTAINED && inc->state == IR_INC_OPEN)
            inc->state = IR_INC_CONTAINED;
    }
    for (i = 0; i < closing->n; i++)
        closed = closed && op_of(f, closing->v[i]) == OP_CLOSE;
    if (!closed && closing->n > 1)
        ir_fold_conflict(f, "%s",
                         _("It was closed and reopened at the same time; it "
                           "is open."));
    if (!closed)
        return;
    inc->state = IR_INC_CLOSED;
    inc->closed_ms = ir_fold_at(f, closing->v[0]);
    memcpy(inc->closing, f->e[closing->v[0]]->id, IR_ID_BYTES);
    n = beside(f, closing->v[0]);
    if (n > 0)
        ir_fold_conflict(f,
                         _("Recorded without knowing that it was closed: "
                           "%zu. Look at the timeline."),
                         n);
}

struct ops {
    struct ir_heads severity, phase, closing, pins;
};

static void
fold_op(struct ir_fold *f, size_t i, struct ops *o)
{
    struct ir_incident *inc = f->inc;

    switch (op_of(f, i)) {
    case OP_JOIN:
        join(inc, f->author[i]);
        break;
    case OP_SEVERITY:
        ir_heads_add(&f->anc, &o->severity, i);
        break;
    case OP_CONTAINED:
        ir_heads_add(&f->anc, &o->phase, i);
        inc->contained_ms = ir_fold_at(f, i);
        break;
    case OP_RESTORED:
        ir_heads_add(&f->anc, &o->phase, i);
        inc->restored_ms = ir_fold_at(f, i);
        break;
    case OP_CLOSE:
        ir_heads_add(&f->anc, &o->closing, i);
        break;
    case OP_REOPEN:
        ir_heads_add(&f->anc, &o->phase, i);
        ir_heads_add(&f->anc, &o->closing, i);
        inc->contained_ms = inc->restored_ms = 0;
        break;
    case OP_LINK:
        link_to(inc, f->e[i]);
        break;
    case OP_REPIN:
        repin(f, i, &o->pins);
        break;
    case OP_ADD:
        add_instance(f, i);
        break;
    case OP_DECLARE:
        break;
    }
}

void
ir_fold_ops(struct ir_fold *f)
{
    struct ops o = {0};
    struct ir_incident *inc = f->inc;
    size_t i;

    for (i = 0; i < f->n; i++)
        if (memcmp(f->e[i]->id, inc->declare, IR_ID_BYTES) == 0) {
            declare(f, i);
            ir_heads_add(&f->anc, &o.severity, i);
        }
    for (i = 0; i < f->n; i++)
        if (ir_fold_is(f, i, IR_KIND_INCIDENT))
            fold_op(f, i, &o);
    settle_severity(f, &o.severity);
    settle_state(f, &o.phase, &o.closing);
    if (o.pins.n > 1)
        ir_fold_conflict(f, "%s",
                         _("Two releases were pinned at the same time; the "
                           "later one counts."));
    memcpy(inc->plan, inc->instances[0].plan_digest, IR_HASH_BYTES);
    if (inc->instances[0].scenario != NULL)
        inc->scenario = ir_strdup(inc->instances[0].scenario);
    if (inc->has_manifest && f->in->look.object != NULL)
        f->site =
            f->in->look.object(inc->manifest, "site", "", f->in->look.arg);
    ir_heads_done(&o.severity);
    ir_heads_done(&o.phase);
    ir_heads_done(&o.closing);
    ir_heads_done(&o.pins);
}
