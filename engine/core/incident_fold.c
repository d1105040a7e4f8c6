/* incident_fold.c: see incident.h. Which entries count, and in what order the
 * parts of the fold run.
 */
#include "base/i18n.h"
#include "core/fold.h"
#include "core/order.h"
#include "core/revoked.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t
ir_fold_at(const struct ir_fold *f, size_t i)
{
    const struct ir_entry *e = f->e[i];
    int64_t ms = e->h.has_occurred ? e->h.occurred_ms : -1;

    if (ms < 0 || ms > IR_MOMENT_MAX)
        ms = ir_entry_recorded_ms(e);
    return ms < 0 ? 0 : ms > IR_MOMENT_MAX ? IR_MOMENT_MAX : ms;
}

int64_t
ir_fold_moment(const struct ir_fold *f, size_t i, int key)
{
    uint64_t v = ir_body_uint_or(f->e[i], key, 0);

    return v <= (uint64_t)IR_MOMENT_MAX ? (int64_t)v : 0;
}

bool
ir_fold_is(const struct ir_fold *f, size_t i, uint64_t kind)
{
    return f->counts[i] && f->e[i]->h.kind == kind;
}

void
ir_fold_conflict(struct ir_fold *f, const char *fmt, ...)
{
    struct ir_incident *inc = f->inc;
    char *text = NULL;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0)
        abort();
    inc->conflicts = ir_realloc(inc->conflicts, (inc->conflicts_n + 1) *
                                                    sizeof inc->conflicts[0]);
    inc->conflicts[inc->conflicts_n++] = text;
}

const char *
ir_fold_handle(const struct ir_fold *f, int member)
{
    return member >= 0 && (size_t)member < f->t->members_n
               ? f->t->members[member].handle
               : _("nobody");
}

bool
ir_fold_said(const struct ir_fold *f, size_t i, int m)
{
    const struct ir_cert_key *k;

    if (!f->counts[i] || f->author[i] < 0 || (m >= 0 && f->author[i] != m))
        return false;
    k = ir_trust_key(f->t, f->e[i]->h.author);
    return k != NULL && !k->node;
}

size_t
ir_fold_ref(const struct ir_fold *f, size_t i, uint64_t kind)
{
    const struct ir_header *h = &f->e[i]->h;
    size_t r, k;

    for (r = 0; r < h->refs_n; r++)
        for (k = 0; k < f->n; k++)
            if (ir_fold_is(f, k, kind) &&
                memcmp(f->e[k]->id, h->refs[r], IR_ID_BYTES) == 0)
                return k;
    return f->n;
}

/* Does the entry belong here: the declare entry, one that carries the
 * incident's id, or one of the site's channels? */
static bool
belongs(const struct ir_fold *f, const struct ir_entry *e)
{
    if (memcmp(e->id, f->in->declare, IR_ID_BYTES) == 0)
        return true;
    if (e->h.has_incident)
        return memcmp(e->h.incident, f->in->declare, IR_INCIDENT_BYTES) == 0;
    return e->h.kind == IR_KIND_CHANNEL;
}

static int
by_id(const void *a, const void *b)
{
    const struct ir_entry *x = *(const struct ir_entry *const *)a;
    const struct ir_entry *y = *(const struct ir_entry *const *)b;
    int d = memcmp(x->id, y->id, IR_ID_BYTES);

    /* of an entry given whole and as a stub, the whole one comes first */
    return d != 0 ? d : (x->b == NULL) - (y->b == NULL);
}

/* Copy what belongs here, in fold order, each entry once. */
static void
gather(struct ir_fold *f)
{
    const struct ir_fold_in *in = f->in;
    size_t i, n = 0;

    f->e = ir_calloc(in->e_n + 1, sizeof f->e[0]);
    for (i = 0; i < in->e_n; i++)
        if (belongs(f, in->e[i]))
            f->e[n++] = in->e[i];
    qsort(f->e, n, sizeof f->e[0], by_id);
    for (i = 0; i < n; i++)
        if (f->n == 0 ||
            memcmp(f->e[f->n - 1]->id, f->e[i]->id, IR_ID_BYTES) != 0)
            f->e[f->n++] = f->e[i];
    ir_order_sort(f->e, f->n);
}

/* Is `o` a declare that was made to share our short id? */
static bool
is_twin(const struct ir_fold *f, const struct ir_entry *o)
{
    return o->h.kind == IR_KIND_INCIDENT && !o->h.has_incident &&
           memcmp(o->id, f->in->declare, IR_INCIDENT_BYTES) == 0 &&
           memcmp(o->id, f->in->declare, IR_ID_BYTES) != 0;
}

static bool
is_named(const struct ir_header *h, const uint8_t *id)
{
    size_t k;

    if (h->has_prev && memcmp(h->prev, id, IR_ID_BYTES) == 0)
        return true;
    for (k = 0; k < h->deps_n; k++)
        if (memcmp(h->deps[k], id, IR_ID_BYTES) == 0)
            return true;
    for (k = 0; k < h->refs_n; k++)
        if (memcmp(h->refs[k], id, IR_ID_BYTES) == 0)
            return true;
    return false;
}

/* What builds on declare `id`, in `set`. */
static void
mark_later(const struct ir_fold *f, const uint8_t *id, bool *set)
{
    size_t i, k;

    for (i = 0; i < f->n; i++) {
        set[i] = is_named(&f->e[i]->h, id);
        for (k = f->anc.first[i]; !set[i] && k < f->anc.first[i + 1]; k++)
            set[i] = set[f->anc.pred[k]];
    }
}

/* What builds on another declare with our short id, and not on ours, is that
 * one's. */
static void
judge_twins(struct ir_fold *f)
{
    bool *ours = NULL, *theirs = NULL;
    size_t i, k;

    for (k = 0; k < f->in->e_n; k++) {
        if (!is_twin(f, f->in->e[k]))
            continue;
        if (ours == NULL) {
            ours = ir_calloc(f->n + 1, sizeof *ours);
            theirs = ir_calloc(f->n + 1, sizeof *theirs);
            mark_later(f, f->in->declare, ours);
        }
        mark_later(f, f->in->e[k]->id, theirs);
        for (i = 0; i < f->n; i++)
            f->counts[i] = f->counts[i] && (ours[i] || !theirs[i]);
    }
    free(ours);
    free(theirs);
}

/* Which entries count? */
static void
judge(struct ir_fold *f)
{
    uint8_t status = IR_ACTUAL;
    size_t i;

    for (i = 0; i < f->n; i++)
        if (memcmp(f->e[i]->id, f->in->declare, IR_ID_BYTES) == 0)
            status = f->e[i]->h.status;
    for (i = 0; i < f->n; i++) {
        f->author[i] = ir_trust_author(f->t, f->e[i]);
        f->counts[i] = f->e[i]->h.status == status && f->author[i] >= 0 &&
                       ir_trust_admits(f->t, f->e[i], NULL) == IR_OK;
    }
    ir_revoked_judge(f->t, &f->anc, f->e, f->n, f->counts);
    judge_twins(f);
    for (i = 0; i < f->n; i++) {
        if (f->e[i]->h.kind == IR_KIND_CHANNEL && !f->e[i]->h.has_incident)
            continue;
        if (f->counts[i])
            f->inc->entries_n++;
        else
            f->inc->not_counted_n++;
    }
    f->inc->status = status;
}

static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
ir_incident_name(const uint8_t id[IR_ID_BYTES], char out[8])
{
    uint32_t v = (uint32_t)id[0] << 12 | (uint32_t)id[1] << 4 | id[2] >> 4;

    snprintf(out, 8, "IR-%c%c%c%c", base32[v >> 15 & 31], base32[v >> 10 & 31],
             base32[v >> 5 & 31], base32[v & 31]);
}

static void
done(struct ir_fold *f)
{
    size_t i;

    ir_anc_done(&f->anc);
    for (i = 0; i < f->recs_n; i++)
        free(f->recs[i].path);
    free(f->recs);
    free(f->added);
    free(f->counts);
    free(f->author);
    free(f->e);
}

/* The declare entry's place, if it is here and counts; else f->n. */
static size_t
declared(const struct ir_fold *f)
{
    size_t i;

    for (i = 0; i < f->n; i++)
        if (memcmp(f->e[i]->id, f->in->declare, IR_ID_BYTES) == 0 &&
            ir_fold_is(f, i, IR_KIND_INCIDENT) &&
            ir_body_uint_or(f->e[i], 1, 0) == 1)
            return i;
    return f->n;
}

int
ir_incident_fold(const struct ir_fold_in *in, struct ir_incident **out,
                 struct ir_err *err)
{
    struct ir_incident *inc = ir_calloc(1, sizeof *inc);
    struct ir_fold f = {.in = in, .t = in->trust, .inc = inc};
    int rc = IR_OK;

    memcpy(inc->declare, in->declare, IR_ID_BYTES);
    memcpy(inc->id, in->declare, IR_INCIDENT_BYTES);
    ir_incident_name(inc->declare, inc->name);
    gather(&f);
    f.counts = ir_calloc(f.n + 1, sizeof f.counts[0]);
    f.author = ir_calloc(f.n + 1, sizeof f.author[0]);
    ir_anc_init(f.e, f.n, &f.anc);
    judge(&f);
    if (declared(&f) == f.n) {
        rc = ir_fail(err, IR_ENOTFOUND,
                     _("%s: the entry that declares it is missing or does not "
                       "count"),
                     inc->name);
        goto out;
    }
    ir_fold_ops(&f);
    ir_fold_records(&f);
    ir_fold_vars(&f);
    ir_fold_began(&f);
    ir_fold_mail(&f);
    ir_fold_roles(&f);
    ir_fold_requests(&f);
    ir_fold_measures(&f);
    ir_fold_services(&f);
    ir_fold_steps(&f);
    ir_fold_evidence(&f);
    ir_fold_uses(&f);
    ir_fold_clocks(&f);
    ir_fold_told(&f);
out:
    done(&f);
    if (rc == IR_OK)
        *out = inc;
    else
        ir_incident_free(inc);
    return rc;
}

static void
add_left(const char *text, const char *hint, void *arg)
{
    struct ir_incident *inc = arg;

    (void)hint; /* it is over: nothing is asked of anybody */
    inc->left_open = ir_realloc(inc->left_open, (inc->left_open_n + 1) *
                                                    sizeof inc->left_open[0]);
    inc->left_open[inc->left_open_n++] = ir_strdup(text);
}

void
ir_incident_tell_left(const struct ir_fold_in *in, struct ir_incident *inc)
{
    struct ir_fold f = {.in = in};
    struct ir_incident *then = NULL;
    struct ir_fold_in before = *in;
    size_t at;

    if (inc->state != IR_INC_CLOSED || inc->left_open_n > 0)
        return;
    gather(&f);
    for (at = 0; at < f.n; at++)
        if (memcmp(f.e[at]->id, inc->closing, IR_ID_BYTES) == 0)
            break;
    before.e = f.e;
    before.e_n = at;
    if (at < f.n) {
        before.now_ms = ir_entry_recorded_ms(f.e[at]);
        if (ir_incident_fold(&before, &then, NULL) == IR_OK)
            (void)ir_incident_may_close(then, in->trust, add_left, inc);
    }
    ir_incident_free(then);
    free(f.e);
}
