/* sync_answer.c: what we are asked and what we are sent: entries, tails,
 * negentropy's questions, wants.
 */
#include "core/sync_part.h"

#include <stdlib.h>
#include <string.h>

#define TRUST_SOUGHT_MAX 4096 /* a lane T longer than that is not sought */

/* Signature checks are counted after they were made: what was here costs no
 * more than a hash, what is refused much.
 */
static void
charge(struct ir_sync *s, struct ir_sync_link *l, const struct ir_sync_in *v,
       size_t n)
{
    uint64_t cost = 0;
    size_t i, had = 0;

    for (i = 0; i < n; i++) {
        had += v[i].fate == IR_SYNC_HAD ? 1 : 0;
        if (v[i].fate == IR_SYNC_REFUSED)
            cost += IR_BAD_SIG_COST;
        else if (v[i].fate != IR_SYNC_HAD)
            cost++;
    }
    cost += (had + 15) / 16;
    ir_bucket_fine(&l->sigs, &ir_rate_sigs, cost, s->now_ms);
}

/* Over its budget: say when it has some again. */
static void
busy(struct ir_sync *s, struct ir_sync_link *l, int64_t wait_ms)
{
    struct ir_frame f = {.type = IR_FRAME_BUSY};
    struct ir_buf b = {0};

    if (l->many)
        return;
    f.retry_ms = (uint64_t)wait_ms < IR_SYNC_BUSY_MAX_MS ? (uint64_t)wait_ms
                                                         : IR_SYNC_BUSY_MAX_MS;
    ir_frame_put(&f, &b);
    ir_sync_unsay(l, IR_FRAME_BUSY, NULL);
    ir_sync_say(s, l, IR_FRAME_BUSY, NULL, &b, s->now_ms);
    ir_buf_done(&b);
}

static int
prio_of(const struct ir_sync_in *v)
{
    struct ir_entry e;

    return ir_entry_parse(v->p, v->n, &e, NULL) == IR_OK ? e.h.prio : 2;
}

/* What became of an entry that came on link `l`. */
static void
fated(struct ir_sync *s, struct ir_sync_link *l, const struct ir_sync_in *v,
      bool catching_up)
{
    switch (v->fate) {
    case IR_SYNC_STORED:
        ir_sync_seen(s, l, v->id);
        ir_sync_leave(s);
        ir_sync_index(s, v->id, v->hlc, v->lane);
        (void)ir_sync_want_done(s, v->id);
        if (v->lane == IR_LANE_T)
            ir_sync_unshun(s);
        /* somebody who catches up knows nothing that others lack */
        if (!catching_up || v->lane <= IR_LANE_F)
            ir_sync_flood(s, l, v->id, ir_sync_class(v->lane, prio_of(v)));
        break;
    case IR_SYNC_HAD:
        ir_sync_seen(s, l, v->id);
        if (ir_sync_want_done(s, v->id))
            ir_sync_shun(s, v->id); /* kept here, and not offered */
        break;
    case IR_SYNC_LATER:
        (void)ir_sync_want_done(s, v->id);
        ir_sync_shun(s, v->id);
        ir_sync_differs(s, l, 0);
        break;
    case IR_SYNC_REFUSED:
        l->refused++;
        break;
    }
}

static int
entries_in(struct ir_sync *s, struct ir_sync_link *l, struct ir_frame *f,
           struct ir_err *err)
{
    static const uint8_t nobody[8];
    struct ir_sync_in v[IR_FRAME_ENTRIES_MAX];
    bool catching_up =
        s->wants_n > IR_SYNC_FLOOD_WANTS ||
        (l->s.stage != IR_STAGE_IDLE &&
         l->s.r.count > ir_idset_count(s->r) + IR_SYNC_FLOOD_WANTS);
    int64_t wait = ir_bucket_wait(&l->sigs, &ir_rate_sigs, f->count, s->now_ms);
    size_t i, n = 0;
    int rc;

    if (wait > 0) {
        busy(s, l, wait);
        return IR_OK;
    }
    memset(v, 0, sizeof v);
    while (n < IR_FRAME_ENTRIES_MAX && ir_frame_entry(f, &v[n].p, &v[n].n))
        n++;
    rc = s->home.put(s->home.arg, l->has_node ? l->node : nobody, v, n, err);
    if (rc != IR_OK)
        return rc;
    l->progress_ms = s->now_ms;
    charge(s, l, v, n);
    for (i = 0; i < n; i++)
        fated(s, l, &v[i], catching_up);
    if (n > 0)
        ir_sync_object_look(s, 200);
    return IR_OK;
}

/* The place of the first of our newest `most` entries. */
static size_t
tail_from(const struct ir_sync *s, const struct ir_sync_link *l, size_t most)
{
    size_t n = ir_idset_count(s->r);
    size_t room = l->mtu > 160 ? (l->mtu - 160) / IR_SHORT_BYTES : 0;

    if (most > room)
        most = room;
    return n > most ? n - most : 0;
}

void
ir_sync_tail_make(struct ir_sync *s, struct ir_sync_link *l,
                  const uint8_t salt[IR_SALT_BYTES], enum ir_frame_side side,
                  size_t most, struct ir_buf *out)
{
    struct ir_frame f = {.type = IR_FRAME_TAIL, .side = side};
    uint8_t ids[IR_FRAME_TAIL_MAX * IR_SHORT_BYTES], id[IR_ID_BYTES];
    size_t i, from = tail_from(s, l, most), n = ir_idset_count(s->r);
    uint64_t hlc;

    memcpy(f.salt, salt, sizeof f.salt);
    ir_sync_sums(s, &f.t, &f.r);
    for (i = from; i < n; i++) {
        ir_idset_at(s->r, i, &hlc, id);
        if (i == from && from > 0)
            f.hlc = hlc;
        ir_frame_short(salt, id, ids + (i - from) * IR_SHORT_BYTES);
    }
    if (most == 0)
        f.hlc = INT64_MAX; /* nothing is missing there that we could tell */
    f.p = ids;
    f.n = (n - from) * IR_SHORT_BYTES;
    f.count = n - from;
    ir_frame_put(&f, out);
}

/* On a link to many all could answer: wait a while, whoever is first spares
 * the others.
 */
static int64_t
answer_at(struct ir_sync *s, const struct ir_sync_link *l)
{
    return s->now_ms +
           (l->many ? (int64_t)ir_sync_rand(s, IR_SYNC_MANY_MS) : 0);
}

/* Send what a tail does not list; returns how many. Nothing, where it is more
 * than `most`: then negentropy does it in less. *known: how many of those that
 * it lists are here.
 */
size_t
ir_sync_tail_send(struct ir_sync *s, struct ir_sync_link *l,
                  const struct ir_frame *f, size_t most, size_t *known)
{
    static const uint8_t low[IR_ID_BYTES];
    struct ir_ids missing = {0};
    size_t i, j, n = ir_idset_count(s->r), found = 0;
    size_t from = ir_idset_lower(s->r, f->hlc, low);
    int64_t at = answer_at(s, l);

    *known = 0;
    if (n - from > f->count + most)
        return 0;
    for (i = from; i < n; i++) {
        uint8_t id[IR_ID_BYTES], sid[IR_SHORT_BYTES];
        uint64_t hlc;

        ir_idset_at(s->r, i, &hlc, id);
        ir_frame_short(f->salt, id, sid);
        for (j = 0; j < f->count; j++)
            if (memcmp(f->p + j * IR_SHORT_BYTES, sid, sizeof sid) == 0)
                break;
        if (j == f->count)
            ir_ids_add(&missing, id);
        else
            ++*known;
    }
    if (missing.n <= most)
        found = missing.n;
    for (i = 0; i < found; i++)
        ir_sync_push(s, l, missing.v[i], IR_CLASS_I, true, at);
    ir_ids_done(&missing);
    return found;
}

/* A question under a salt that is new makes all sums anew: that costs. */
static bool
afford(struct ir_sync *s, struct ir_sync_link *l, const struct ir_frame *f)
{
    size_t n = ir_idset_count(f->set == 0 ? s->t : s->r);

    if (n <= IR_SYNC_SALT_FREE ||
        memcmp(l->salt_answered, f->salt, sizeof f->salt) == 0)
        return true;
    if (!ir_bucket_take(&l->salts, &ir_rate_salts, 1, s->now_ms))
        return false;
    memcpy(l->salt_answered, f->salt, sizeof f->salt);
    return true;
}

static int
reconcile_in(struct ir_sync *s, struct ir_sync_link *l,
             const struct ir_frame *f, struct ir_err *err)
{
    struct ir_frame a = {.type = IR_FRAME_RECONCILE, .side = IR_SIDE_ANSWERS};
    struct ir_buf neg = {0}, b = {0};
    size_t limit = l->mtu - 64;
    int rc;

    if (!afford(s, l, f)) {
        busy(s, l, ir_bucket_wait(&l->salts, &ir_rate_salts, 1, s->now_ms));
        return IR_OK;
    }
    ir_sync_session_asked(s, l);
    if (limit > IR_SYNC_NEG_MAX)
        limit = IR_SYNC_NEG_MAX;
    rc = ir_neg_answer(f->set == 0 ? s->t : s->r, f->salt, limit, f->p, f->n,
                       &neg, err);
    if (rc == IR_OK) {
        a.set = f->set;
        memcpy(a.salt, f->salt, sizeof a.salt);
        a.p = neg.p;
        a.n = neg.len;
        ir_frame_put(&a, &b);
        ir_sync_say(s, l, IR_FRAME_RECONCILE, f->salt, &b, answer_at(s, l));
    }
    ir_buf_done(&neg);
    ir_buf_done(&b);
    return rc;
}

static void
tail_in(struct ir_sync *s, struct ir_sync_link *l, const struct ir_frame *f)
{
    struct ir_buf b = {0};

    size_t known, sent;

    ir_sync_session_asked(s, l);
    sent = ir_sync_tail_send(
        s, l, f, l->many ? IR_FRAME_TAIL_MAX : IR_SYNC_TAIL_SENT, &known);
    /* with all they listed here, and the rest sent, there is nothing to list */
    ir_sync_tail_make(s, l, f->salt, IR_SIDE_ANSWERS,
                      known == f->count && sent > 0 ? 0 : IR_FRAME_TAIL_MAX,
                      &b);
    ir_sync_say(s, l, IR_FRAME_TAIL, f->salt, &b, answer_at(s, l));
    ir_buf_done(&b);
}

static int
by_id(const void *a, const void *b)
{
    return memcmp(a, b, IR_ID_BYTES);
}

/* Lane T overtakes what is wanted beside it. */
static void
want_in(struct ir_sync *s, struct ir_sync_link *l, const struct ir_frame *f)
{
    uint8_t ids[IR_FRAME_WANT_MAX][IR_ID_BYTES], id[IR_ID_BYTES];
    bool trust[IR_FRAME_WANT_MAX] = {false};
    int64_t at = answer_at(s, l);
    size_t i, n = ir_idset_count(s->t);
    uint64_t hlc;

    memcpy(ids, f->p, f->count * IR_ID_BYTES);
    qsort(ids, f->count, IR_ID_BYTES, by_id);
    for (i = 0; i < n && n <= TRUST_SOUGHT_MAX; i++) {
        const uint8_t(*hit)[IR_ID_BYTES];

        ir_idset_at(s->t, i, &hlc, id);
        hit = bsearch(id, ids, f->count, IR_ID_BYTES, by_id);
        if (hit != NULL) {
            trust[(size_t)(hit - (const uint8_t(*)[IR_ID_BYTES])ids)] = true;
            ir_sync_push(s, l, id, IR_CLASS_T, true, at);
        }
    }
    for (i = 0; i < f->count; i++)
        if (!trust[i])
            ir_sync_push(s, l, ids[i], IR_CLASS_I, true, at);
}

static void
wantobj_in(struct ir_sync *s, struct ir_sync_link *l, const struct ir_frame *f)
{
    struct ir_sync_piece *p;

    if (l->pieces_n == IR_SYNC_OBJECTS_MAX)
        return; /* they ask again */
    p = &l->pieces[l->pieces_n++];
    memcpy(p->digest, f->digest, sizeof p->digest);
    p->off = f->offset;
    p->max = f->max;
    p->at_ms = answer_at(s, l);
}

int
ir_sync_answer(struct ir_sync *s, struct ir_sync_link *l, struct ir_frame *f,
               struct ir_err *err)
{
    switch (f->type) {
    case IR_FRAME_ENTRIES:
        return entries_in(s, l, f, err);
    case IR_FRAME_RECONCILE:
        return reconcile_in(s, l, f, err);
    case IR_FRAME_TAIL:
        tail_in(s, l, f);
        return IR_OK;
    case IR_FRAME_WANT:
        want_in(s, l, f);
        return IR_OK;
    case IR_FRAME_WANTOBJ:
        wantobj_in(s, l, f);
        return IR_OK;
    default:
        return IR_OK;
    }
}
