/* incident_two.c: requests and the answers to them, reviews of exceptions,
 * what is preserved, and what ready steps still need.
 */
#include "base/i18n.h"
#include "core/incident_step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool
ir_request_open(const struct ir_irequest *r)
{
    return !r->used && !r->denied && !r->expired && !r->cancelled &&
           r->approved_by < 0;
}

static void
add_request(struct ir_fold *f, size_t i)
{
    struct ir_incident *inc = f->inc;
    uint64_t iteration = ir_body_uint_or(f->e[i], 2, 1);
    struct ir_irequest *r;
    const uint8_t *p;
    size_t len;

    inc->requests = ir_realloc(inc->requests,
                               (inc->requests_n + 1) * sizeof inc->requests[0]);
    r = &inc->requests[inc->requests_n++];
    memset(r, 0, sizeof *r);
    memcpy(r->entry, f->e[i]->id, IR_ID_BYTES);
    r->path = ir_fold_path(f, i);
    if (r->path == NULL)
        r->path = ir_body_strdup(f->e[i], 1);
    r->what = ir_body_strdup(f->e[i], 7);
    r->iteration = iteration > 0 ? iteration : 1;
    if (ir_body_bytes(f->e[i], 3, &p, &len) && len == IR_HASH_BYTES)
        memcpy(r->argv_digest, p, IR_HASH_BYTES);
    if (ir_body_bytes(f->e[i], 4, &p, &len) && len == IR_HASH_BYTES)
        memcpy(r->plan, p, IR_HASH_BYTES);
    if (ir_body_bytes(f->e[i], 5, &p, &len) && len == IR_KEYID_BYTES)
        memcpy(r->device, p, IR_KEYID_BYTES);
    r->by = f->author[i];
    r->approved_by = -1;
    r->expires_ms = ir_fold_moment(f, i, 6);
    r->seq = i;
}

/* The requester takes it back, or somebody else answers it; a denial stands.
 */
static void
answer_request(struct ir_fold *f, size_t i, struct ir_irequest *r)
{
    bool deny = ir_body_uint_or(f->e[i], 1, 0) == 2;

    if (f->author[i] == r->by) {
        r->cancelled = r->cancelled || deny;
        return;
    }
    if (deny && !r->denied) {
        r->denied = true;
        r->deny_reason = ir_body_strdup(f->e[i], 3);
    } else if (!deny && r->approved_by < 0 &&
               /* when it was written: an answer is not back-dated */
               ir_entry_recorded_ms(f->e[i]) <= r->expires_ms) {
        r->approved_by = f->author[i];
        r->approved_ms = ir_fold_at(f, i);
        r->approved_seq = i;
    }
}

/* Somebody else looks at an exception; the same person may where the site had
 * no other then. */
static void
answer_exception(struct ir_fold *f, size_t i, struct ir_iexception *x)
{
    bool own = f->author[i] == x->by;

    if (own && (!ir_trust_alone(f->t, f->e[i]) || x->reviewed_by >= 0))
        return;
    x->reviewed_by = f->author[i];
    x->self_reviewed = own;
    x->denied = ir_body_uint_or(f->e[i], 1, 0) == 2;
}

static bool
names(const struct ir_entry *e, const uint8_t *id)
{
    const uint8_t *digest;
    size_t i, len;

    if (!ir_body_bytes(e, 2, &digest, &len) || len != IR_ID_BYTES ||
        memcmp(digest, id, IR_ID_BYTES) != 0)
        return false;
    for (i = 0; i < e->h.refs_n; i++)
        if (memcmp(e->h.refs[i], id, IR_ID_BYTES) == 0)
            return true;
    return false;
}

void
ir_fold_requests(struct ir_fold *f)
{
    struct ir_incident *inc = f->inc;
    size_t i, k;

    for (i = 0; i < f->n; i++)
        if (ir_fold_is(f, i, IR_KIND_REQUEST))
            add_request(f, i);
    for (i = 0; i < f->n; i++) {
        if (!ir_fold_is(f, i, IR_KIND_APPROVAL))
            continue;
        for (k = 0; k < inc->requests_n; k++)
            if (names(f->e[i], inc->requests[k].entry))
                answer_request(f, i, &inc->requests[k]);
        for (k = 0; k < inc->exceptions_n; k++)
            if (names(f->e[i], inc->exceptions[k].entry))
                answer_exception(f, i, &inc->exceptions[k]);
    }
}

static void
preserve(struct ir_incident *inc, const char *s)
{
    size_t i;

    for (i = 0; i < inc->preserved_n; i++)
        if (strcmp(inc->preserved[i], s) == 0)
            return;
    inc->preserved = ir_realloc(inc->preserved, (inc->preserved_n + 1) *
                                                    sizeof inc->preserved[0]);
    for (; i > 0 && strcmp(inc->preserved[i - 1], s) > 0; i--)
        inc->preserved[i] = inc->preserved[i - 1];
    inc->preserved[i] = ir_strdup(s);
    inc->preserved_n++;
}

/* Was source `s` preserved: of anything (`host` NULL), or of that host? What
 * was kept without saying of which host counts for every one.
 */
static bool
preserved_of(const struct ir_incident *inc, const char *s, const char *host)
{
    size_t i, len = strlen(s);

    for (i = 0; i < inc->preserved_n; i++) {
        const char *p = inc->preserved[i];

        if (strncmp(p, s, len) != 0)
            continue;
        if (p[len] == '\0' ||
            (p[len] == '@' &&
             (host == NULL || strcasecmp(p + len + 1, host) == 0)))
            return true;
    }
    return false;
}

static bool
step_names(const struct ir_step *s, const char *var)
{
    char mark[48];
    size_t i;

    snprintf(mark, sizeof mark, "${%s}", var);
    if ((s->title.en != NULL && strstr(s->title.en, mark) != NULL) ||
        (s->say.en != NULL && strstr(s->say.en, mark) != NULL))
        return true;
    for (i = 0; i < s->argv_n; i++)
        if (strstr(s->argv[i], mark) != NULL)
            return true;
    return false;
}

bool
ir_fold_preserved(const struct ir_incident *inc, const struct ir_istep *st,
                  const char *s)
{
    const struct ir_plan *p = st->plan;
    size_t i;

    /* memory and disk are a machine's own: those it names must be kept. Logs,
     * recordings and settings are kept wherever they lie. */
    if (p != NULL && (strcmp(s, "memory") == 0 || strcmp(s, "disk") == 0))
        for (i = 0; i < p->vars_n; i++) {
            const char *host = ir_incident_var(inc, p->vars[i].name);

            if (p->vars[i].type == IR_VAR_HOST && host != NULL &&
                strcmp(host, "unknown") != 0 &&
                step_names(st->step, p->vars[i].name) &&
                !preserved_of(inc, s, host))
                return false;
        }
    return preserved_of(inc, s, NULL);
}

/* What a step preserved that was done: as its entries say ("memory@fs1"), else
 * as the plan says. */
static void
preserve_step(struct ir_fold *f, const struct ir_step *s, size_t from,
              size_t to)
{
    bool said = false;
    size_t i, k;

    for (i = from; i < to; i++) {
        struct ir_body_item it;

        for (k = 0; ir_body_each(f->e[f->recs[i].seq], 7, &k, &it);) {
            char *source = ir_strndup((const char *)it.p, it.len);

            preserve(f->inc, source);
            free(source);
            said = true;
        }
    }
    for (k = 0; !said && k < s->preserves_n; k++)
        preserve(f->inc, s->preserves[k]);
}

/* What steps preserve that were done, in any iteration; evidence taken. */
void
ir_fold_evidence(struct ir_fold *f)
{
    size_t i, to;

    for (i = 0; i < f->recs_n; i = to) {
        const struct ir_step *s = ir_fold_step(f, f->recs[i].path);
        struct ir_ifact x;

        for (to = i + 1;
             to < f->recs_n && f->recs[to].iteration == f->recs[i].iteration &&
             strcmp(f->recs[to].path, f->recs[i].path) == 0;
             to++)
            continue;
        if (s == NULL || s->preserves_n == 0 ||
            !ir_ifact_read(f, s, i, to, &x) || x.flow.state != IR_STEP_DONE)
            continue;
        preserve_step(f, s, i, to);
    }
    for (i = 0; i < f->n; i++) {
        char *source = NULL;

        if (ir_fold_is(f, i, IR_KIND_EVIDENCE) &&
            ir_body_uint_or(f->e[i], 2, 0) == 2)
            source = ir_body_strdup(f->e[i], 5);
        if (source != NULL)
            preserve(f->inc, source);
        free(source);
    }
}

static struct ir_istep *
step_at(struct ir_incident *inc, const char *path, uint64_t iteration)
{
    size_t i;

    for (i = 0; i < inc->steps_n; i++)
        if (strcmp(inc->steps[i].path, path) == 0)
            return inc->steps[i].iteration == iteration ? &inc->steps[i] : NULL;
    return NULL;
}

/* Use up the approvals of a place when step entry `seq` says that it happened:
 * all of them, since it was allowed once. Tells whether there was one. */
static bool
use_up(struct ir_fold *f, const char *path, uint64_t iteration, size_t seq)
{
    struct ir_incident *inc = f->inc;
    int64_t at = ir_fold_at(f, seq), written = ir_entry_recorded_ms(f->e[seq]);
    bool any = false;
    size_t i;

    for (i = 0; i < inc->requests_n; i++) {
        struct ir_irequest *r = &inc->requests[i];

        if (!r->used && !r->denied && !r->cancelled && r->approved_by >= 0 &&
            r->approved_seq < seq && r->iteration == iteration &&
            (at <= r->expires_ms || written <= r->expires_ms) &&
            strcmp(r->path, path) == 0)
            any = r->used = true;
    }
    return any;
}

/* Step entries use up approvals; a begin under one clears the step until it
 * ends. */
static void
use_requests(struct ir_fold *f)
{
    size_t i;

    for (i = 0; i < f->n; i++) {
        uint64_t op, iteration;
        struct ir_istep *st;
        char *path;
        bool used;

        if (!ir_fold_is(f, i, IR_KIND_STEP))
            continue;
        op = ir_body_uint_or(f->e[i], 2, 0);
        if (op < 2 || op > 5)
            continue;
        iteration = ir_body_uint_or(f->e[i], 3, 1);
        iteration = iteration > 0 ? iteration : 1;
        path = ir_fold_path(f, i);
        if (path == NULL)
            continue;
        st = step_at(f->inc, path, iteration);
        if (op != 2 && st != NULL && st->cleared) {
            st->cleared = false; /* the begin had used it */
        } else {
            used = op != 5 && use_up(f, path, iteration, i);
            if (used && st != NULL)
                st->cleared = op == 2;
        }
        free(path);
    }
}

/* A request is over when its step is, or has begun anew, or time is up. */
static void
retire_requests(struct ir_fold *f)
{
    struct ir_incident *inc = f->inc;
    size_t i;

    for (i = 0; i < inc->requests_n; i++) {
        struct ir_irequest *r = &inc->requests[i];
        const struct ir_istep *st = step_at(inc, r->path, r->iteration);

        if (r->used || r->denied)
            continue;
        if (st == NULL ||
            (st->state == IR_STEP_DONE && !st->undone && !st->conflict) ||
            st->state == IR_STEP_SKIPPED || st->state == IR_STEP_NA)
            r->cancelled = true;
        r->expired = f->in->now_ms > r->expires_ms;
    }
}

static void
need(struct ir_istep *st, const char *what, const char *name)
{
    st->needs = ir_realloc(st->needs, (st->needs_n + 1) * sizeof st->needs[0]);
    st->needs[st->needs_n++] =
        ir_asprintf("%s%s%s", what, name[0] != '\0' ? ":" : "", name);
}

/* The exception that opens a gate of the step; not one that was refused. */
const struct ir_iexception *
ir_fold_excepted(const struct ir_incident *inc, const struct ir_istep *st,
                 const char *rule)
{
    bool lead = strcmp(rule, "destroys") == 0;
    size_t i;

    for (i = 0; i < inc->exceptions_n; i++) {
        const struct ir_iexception *x = &inc->exceptions[i];

        if (!x->denied && strcmp(x->rule, rule) == 0 && x->effect != NULL &&
            strcmp(x->effect, st->path) == 0 && x->seq > st->since_seq &&
            (!lead || x->by_lead))
            return x;
    }
    return NULL;
}

const struct ir_irequest *
ir_fold_request(const struct ir_incident *inc, size_t i, int64_t now_ms,
                bool waiting, const uint8_t *device)
{
    static const uint8_t anywhere[IR_KEYID_BYTES];
    const struct ir_istep *st = &inc->steps[i];
    uint8_t digest[IR_HASH_BYTES];
    size_t k;

    if (st->plan == NULL)
        return NULL;
    ir_incident_argv_digest(inc, i, digest);
    for (k = 0; k < inc->requests_n; k++) {
        const struct ir_irequest *r = &inc->requests[k];

        if (!r->used && !r->denied && !r->cancelled &&
            now_ms <= r->expires_ms && r->iteration == st->iteration &&
            (r->approved_by < 0) == waiting && strcmp(r->path, st->path) == 0 &&
            (device == NULL || memcmp(r->device, device, IR_KEYID_BYTES) == 0 ||
             memcmp(r->device, anywhere, IR_KEYID_BYTES) == 0) &&
            memcmp(r->plan, st->plan->digest, IR_HASH_BYTES) == 0 &&
            memcmp(r->argv_digest, digest, IR_HASH_BYTES) == 0)
            return r;
    }
    return NULL;
}

/* What an open step still needs before it may be done. */
static void
tell_needs(struct ir_fold *f, size_t i)
{
    struct ir_istep *st = &f->inc->steps[i];
    const struct ir_step *s = st->step;
    size_t k;

    if (s == NULL ||
        (st->state != IR_STEP_READY && st->state != IR_STEP_ACTIVE &&
         st->state != IR_STEP_FAILED))
        return;
    if (s->wait_s > 0 && f->in->now_ms < st->due_ms)
        need(st, "wait", "");
    if (s->confirm > 1 && !st->cleared &&
        ir_fold_request(f->inc, i, f->in->now_ms, false, NULL) == NULL &&
        !(s->contain && ir_fold_excepted(f->inc, st, "two-person") != NULL))
        need(st, "approval", "");
    if (ir_fold_excepted(f->inc, st, "destroys") != NULL)
        return;
    for (k = 0; k < s->destroys_n; k++)
        if (!ir_fold_preserved(f->inc, st, s->destroys[k]))
            need(st, "evidence", s->destroys[k]);
}

void
ir_fold_uses(struct ir_fold *f)
{
    size_t i;

    use_requests(f);
    retire_requests(f);
    for (i = 0; i < f->inc->steps_n; i++)
        tell_needs(f, i);
}
