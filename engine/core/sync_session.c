/* sync_session.c: what we ask of a device that holds something else: lane T,
 * then the newest entries, then the rest. Whoever is asked keeps nothing.
 */
#include "core/sync_part.h"

#include <string.h>

int64_t
ir_sync_rto(const struct ir_sync_link *l)
{
    int64_t rto = l->rtt_ms > 0 ? 2 * l->rtt_ms + 100 : IR_SYNC_RTO_MS;

    if (l->many)
        rto += 2 * IR_SYNC_MANY_MS;
    if (rto < IR_SYNC_RTO_MIN_MS)
        rto = IR_SYNC_RTO_MIN_MS;
    return rto < IR_SYNC_RTO_MAX_MS ? rto : IR_SYNC_RTO_MAX_MS;
}

static size_t
neg_limit(const struct ir_sync_link *l)
{
    size_t room = l->mtu - 64; /* the message around it */

    return room < IR_SYNC_NEG_MAX ? room : IR_SYNC_NEG_MAX;
}

/* Do they hold much that we lack, as far as is known? */
static bool
needy(const struct ir_sync *s, const struct ir_sync_link *l)
{
    return l->peers_n > 0 &&
           l->peers[l->latest].r.count > ir_idset_count(s->r) + IR_SYNC_NEEDY;
}

/* Links that wait to begin a session, and began their last one before `l`. */
static size_t
waiting_longer(const struct ir_sync *s, const struct ir_sync_link *l)
{
    size_t i, n = 0;

    for (i = 0; i < s->links_n; i++)
        n += s->links[i] != l && s->links[i]->s.stage == IR_STAGE_IDLE &&
             s->links[i]->begin_ms <= s->now_ms &&
             s->links[i]->s.began_ms < l->s.began_ms;
    return n;
}

/* May one more session begin? In turn, so that nobody who is always different
 * keeps the others out. Who lacks much asks one alone for its tail, as long as
 * that one answers, so that it does not come from everybody at once.
 */
static bool
may_begin(const struct ir_sync *s, const struct ir_sync_link *l)
{
    size_t i, n = 0;

    for (i = 0; i < s->links_n; i++) {
        const struct ir_sync_link *o = s->links[i];

        if (o->s.stage == IR_STAGE_IDLE)
            continue;
        n++;
        if (o->s.stage <= IR_STAGE_TAIL && o->s.tries == 0 && needy(s, o) &&
            needy(s, l))
            return false;
    }
    return n + waiting_longer(s, l) < IR_SYNC_SESSIONS_MAX;
}

/* Did the last session with this link end with the same sets on both sides,
 * without making them equal? Then nothing is to be expected of another.
 */
bool
ir_sync_stale(const struct ir_sync *s, const struct ir_sync_link *l,
              const struct ir_sum *t, const struct ir_sum *r)
{
    return l->backoff_ms > 0 && l->seen_version == s->version &&
           ir_sync_equal(&l->seen_t, t) && ir_sync_equal(&l->seen_r, r);
}

/* They hold something else: ask them, not before `wait_ms`. */
void
ir_sync_differs(struct ir_sync *s, struct ir_sync_link *l, int64_t wait_ms)
{
    uint64_t spread = l->many ? 300 : wait_ms > 0 ? 10 : 0;
    int64_t at = s->now_ms + wait_ms + (int64_t)ir_sync_rand(s, spread);

    if (l->s.stage != IR_STAGE_IDLE ||
        (l->begin_ms != IR_SYNC_NEVER && l->begin_ms <= at))
        return;
    if (at < l->busy_ms)
        at = l->busy_ms;
    if (l->s.due_ms > at)
        at = l->s.due_ms; /* the last one led nowhere */
    l->begin_ms = at;
}

/* Send the question that stands in s.said. */
static void
ask(struct ir_sync *s, struct ir_sync_link *l)
{
    uint8_t type =
        l->s.stage == IR_STAGE_TAIL ? IR_FRAME_TAIL : IR_FRAME_RECONCILE;

    l->s.waiting = true;
    l->s.asked_ms = s->now_ms;
    l->s.due_ms = s->now_ms + ir_sync_rto(l) * (1 + l->s.tries);
    ir_sync_say(s, l, type, NULL, &l->s.said, s->now_ms);
}

static void
said_reconcile(struct ir_sync_link *l, const struct ir_buf *neg)
{
    struct ir_frame f = {
        .type = IR_FRAME_RECONCILE, .p = neg->p, .n = neg->len};

    f.set = l->s.stage == IR_STAGE_TRUST ? 0 : 1;
    memcpy(f.salt, l->s.salt, sizeof f.salt);
    l->s.said.len = 0;
    ir_frame_put(&f, &l->s.said);
}

static void
enter(struct ir_sync *s, struct ir_sync_link *l, enum ir_sync_stage stage)
{
    struct ir_buf neg = {0};

    l->s.stage = stage;
    l->s.trusted |= stage == IR_STAGE_TRUST;
    l->s.tries = 0;
    l->s.settled = false;
    l->s.pushed = 0;
    memset(l->s.last, 0, sizeof l->s.last);
    if (stage == IR_STAGE_TAIL) {
        l->s.said.len = 0;
        ir_sync_tail_make(s, l, l->s.salt, IR_SIDE_ASKS,
                          l->s.r.count > ir_idset_count(s->r) && !l->suspect
                              ? IR_SYNC_TAIL_FEW
                              : IR_FRAME_TAIL_MAX,
                          &l->s.said);
    } else {
        (void)ir_neg_begin(stage == IR_STAGE_TRUST ? s->t : s->r, l->s.salt,
                           neg_limit(l), &neg);
        said_reconcile(l, &neg);
        ir_buf_done(&neg);
    }
    ask(s, l);
}

void
ir_sync_session_end(struct ir_sync *s, struct ir_sync_link *l)
{
    bool moved = s->version != l->s.version ||
                 !ir_sync_equal(&l->seen_t, &l->s.t) ||
                 !ir_sync_equal(&l->seen_r, &l->s.r);

    l->seen_t = l->s.t;
    l->seen_r = l->s.r;
    l->seen_version = s->version;
    if (moved)
        l->backoff_ms = 0;
    else if (l->backoff_ms == 0)
        l->backoff_ms = IR_SYNC_BACKOFF_MIN_MS;
    else if (l->backoff_ms < IR_SYNC_BACKOFF_MAX_MS)
        l->backoff_ms *= 2;
    l->s.stage = IR_STAGE_IDLE;
    l->s.waiting = false;
    l->s.full = false;
    l->s.due_ms = s->now_ms + l->backoff_ms +
                  (int64_t)ir_sync_rand(s, (uint64_t)l->backoff_ms / 2 + 1);
    ir_buf_done(&l->s.said);
    if (moved) { /* let them see what we hold now */
        ir_sync_trickle_reset(s, l);
        l->heard = 0;
    }
}

static void
begin(struct ir_sync *s, struct ir_sync_link *l, bool full)
{
    const struct ir_sync_peer *p = l->peers_n > 0 ? &l->peers[l->latest] : NULL;
    struct ir_sum t, r;

    ir_sync_sums(s, &t, &r);
    l->begin_ms = IR_SYNC_NEVER;
    l->s.full = full;
    l->s.trusted = false;
    l->s.began_ms = s->now_ms;
    l->s.version = s->version;
    if (p != NULL) {
        l->s.t = p->t;
        l->s.r = p->r;
    }
    s->home.random(s->home.arg, l->s.salt, sizeof l->s.salt);
    if (full || p == NULL || !ir_sync_equal(&t, &p->t))
        enter(s, l, IR_STAGE_TRUST);
    else
        enter(s, l, IR_STAGE_TAIL);
}

/* Lane T is settled: go on to the others. */
static void
after_trust(struct ir_sync *s, struct ir_sync_link *l)
{
    enter(s, l, l->s.full ? IR_STAGE_REST : IR_STAGE_TAIL);
}

/* Is the tail enough? Decided when the entries had time to come. */
static void
after_tail(struct ir_sync *s, struct ir_sync_link *l, bool late)
{
    struct ir_sum t, r;
    bool counts;

    ir_sync_sums(s, &t, &r);
    if (ir_sync_equal(&r, &l->s.r)) {
        ir_sync_session_end(s, l);
        return;
    }
    counts = r.count == l->s.r.count + l->s.pushed &&
             (l->s.pushed > 0 || l->s.version != s->version);
    if (counts && !l->suspect) {
        l->suspect = true; /* until a beacon says that all is equal */
        ir_sync_session_end(s, l);
    } else if (late || counts) {
        enter(s, l, IR_STAGE_REST);
    }
}

void
ir_sync_session_tail(struct ir_sync *s, struct ir_sync_link *l,
                     const struct ir_frame *f)
{
    struct ir_sum t, r;
    size_t known;

    if (l->s.stage != IR_STAGE_TAIL || !l->s.waiting ||
        memcmp(f->salt, l->s.salt, sizeof f->salt) != 0)
        return; /* late, or doubled */
    l->s.waiting = false;
    l->s.settled = true;
    l->rtt_ms = s->now_ms - l->s.asked_ms + 1;
    l->s.t = f->t;
    l->s.r = f->r;
    ir_sync_sums(s, &t, &r);
    if (!l->s.trusted && !ir_sync_equal(&t, &f->t)) {
        enter(s, l, IR_STAGE_TRUST); /* changed since their beacon */
        return;
    }
    l->s.pushed = ir_sync_tail_send(s, l, f, IR_FRAME_TAIL_MAX, &known);
    l->s.due_ms = s->now_ms + IR_SYNC_SETTLE_MS + l->rtt_ms;
}

/* An answer that was not taken yet. */
static bool
fresh(struct ir_sync_link *l, const struct ir_frame *f)
{
    uint8_t h[IR_HASH_BYTES];

    if (!l->s.waiting ||
        l->s.stage != (f->set == 0 ? IR_STAGE_TRUST : IR_STAGE_REST) ||
        memcmp(f->salt, l->s.salt, sizeof f->salt) != 0)
        return false;
    ir_sha256(f->p, f->n, h);
    if (memcmp(h, l->s.last, sizeof l->s.last) == 0 && l->s.tries == 0)
        return false;
    memcpy(l->s.last, h, sizeof l->s.last);
    return true;
}

int
ir_sync_session_reconcile(struct ir_sync *s, struct ir_sync_link *l,
                          const struct ir_frame *f, struct ir_err *err)
{
    struct ir_ids have = {0}, need = {0};
    struct ir_buf next = {0};
    bool trust = f->set == 0, done = false;
    size_t i;
    int rc;

    if (!fresh(l, f))
        return IR_OK;
    rc = ir_neg_next(trust ? s->t : s->r, l->s.salt, neg_limit(l), f->p, f->n,
                     &have, &need, &next, &done, err);
    if (rc != IR_OK) {
        ir_sync_session_end(s, l);
        goto out;
    }
    l->s.waiting = false;
    l->rtt_ms = s->now_ms - l->s.asked_ms + 1;
    l->s.tries = 0;
    l->s.due_ms = s->now_ms;
    l->s.said.len = 0;
    for (i = 0; i < have.n; i++)
        ir_sync_push(s, l, have.v[i], trust ? IR_CLASS_T : IR_CLASS_I, true,
                     s->now_ms);
    for (i = 0; i < need.n; i++)
        ir_sync_want_add(s, l, need.v[i], trust);
    if (!done)
        said_reconcile(l, &next);
out:
    ir_ids_done(&have);
    ir_ids_done(&need);
    ir_buf_done(&next);
    return rc;
}

/* They asked us something: one session serves both. */
void
ir_sync_session_asked(struct ir_sync *s, struct ir_sync_link *l)
{
    if (l->many)
        return;
    if (l->begin_ms != IR_SYNC_NEVER && l->s.stage == IR_STAGE_IDLE) {
        l->begin_ms = IR_SYNC_NEVER;
    } else if (l->s.stage != IR_STAGE_IDLE && l->s.waiting && !l->s.full &&
               l->has_node && memcmp(l->node, s->self, sizeof s->self) < 0) {
        ir_sync_session_end(s, l);
        l->backoff_ms = 0;
        l->s.due_ms = s->now_ms + ir_sync_rto(l);
    }
}

/* A question without an answer, or one that waits for room. */
static void
session_due(struct ir_sync *s, struct ir_sync_link *l)
{
    if (l->s.waiting) {
        /* who does not answer makes room where others wait */
        if (++l->s.tries < (waiting_longer(s, l) > 0 ? 2 : IR_SYNC_TRIES_MAX))
            ask(s, l);
        else
            ir_sync_session_end(s, l);
        return;
    }
    if (l->s.stage == IR_STAGE_TAIL) {
        int64_t quiet = l->progress_ms + IR_SYNC_SETTLE_MS + l->rtt_ms;

        if (quiet > s->now_ms) /* they are still coming */
            l->s.due_ms = quiet;
        else
            after_tail(s, l, true);
        return;
    }
    if (l->s.said.len > 0) { /* negentropy goes on when there is room */
        if (l->wants < IR_SYNC_DRAINED && ir_sync_queued(l) < IR_SYNC_DRAINED)
            ask(s, l);
        else
            l->s.due_ms = s->now_ms + 20;
        return;
    }
    if (l->s.stage == IR_STAGE_TRUST) {
        if (ir_sync_want_trust(s, l))
            l->s.due_ms = s->now_ms + 10;
        else
            after_trust(s, l);
        return;
    }
    if (l->wants > 0)
        l->s.due_ms = s->now_ms + 50; /* the session lasts until it is here */
    else
        ir_sync_session_end(s, l);
}

/* Do they hold what we hold by now? What was in the same transmission as their
 * beacon, or came by another way, may be all that was missing.
 */
static bool
equal_now(const struct ir_sync *s, struct ir_sync_link *l)
{
    const struct ir_sync_peer *p = l->peers_n > 0 ? &l->peers[l->latest] : NULL;
    struct ir_sum t, r;

    if (l->many || p == NULL)
        return false;
    ir_sync_sums(s, &t, &r);
    return (ir_sync_equal(&t, &p->t) && ir_sync_equal(&r, &p->r)) ||
           (ir_sync_beside(s, l) != NULL &&
            ir_sync_was(s, &p->t, &p->r, p->heard_ms));
}

int64_t
ir_sync_session_tick(struct ir_sync *s, struct ir_sync_link *l)
{
    int64_t next;

    if (l->s.stage == IR_STAGE_IDLE) {
        bool full = s->now_ms >= l->full_ms;
        int64_t at = full ? l->full_ms : l->begin_ms;

        if (full && l->busy_ms > at)
            at = l->busy_ms;
        if (s->now_ms < at)
            return at < l->full_ms ? at : l->full_ms;
        if (!full && equal_now(s, l)) {
            l->begin_ms = IR_SYNC_NEVER;
            return l->full_ms;
        }
        if (!may_begin(s, l))
            return s->now_ms + 50;
        if (full)
            l->full_ms = s->now_ms + IR_SYNC_FULL_MS / 2 +
                         (int64_t)ir_sync_rand(s, IR_SYNC_FULL_MS);
        begin(s, l, full);
        return l->s.due_ms;
    }
    if (l->s.settled)
        after_tail(s, l, false);
    if (l->s.stage != IR_STAGE_IDLE && s->now_ms >= l->s.due_ms)
        session_due(s, l);
    if (l->s.stage != IR_STAGE_IDLE)
        return l->s.due_ms;
    next = l->begin_ms < l->full_ms ? l->begin_ms : l->full_ms;
    return next;
}
