/* sync.c: the engine itself: links, the sets, dispatch, the next due time. */
#include "core/sync.h"

#include "base/i18n.h"
#include "core/sync_part.h"

#include <stdlib.h>
#include <string.h>

/* Transmissions on one link: 500 a second, twice as many at once. */
static const struct ir_rate rate_messages = {500 * 3600, 1000};

struct ir_sync *
ir_sync_new(const uint8_t self[8], const struct ir_sync_home *home,
            int64_t now_ms)
{
    struct ir_sync *s = ir_calloc(1, sizeof *s);

    memcpy(s->self, self, sizeof s->self);
    s->home = *home;
    s->now_ms = now_ms;
    s->t = ir_idset_new();
    s->r = ir_idset_new();
    home->random(home->arg, &s->rng, sizeof s->rng);
    home->random(home->arg, &s->hash_key, sizeof s->hash_key);
    s->rng |= 1;
    s->hash_key |= 1;
    s->wants_ms = IR_SYNC_NEVER;
    s->met_turn = 1;
    s->object.due_ms = now_ms;
    return s;
}

static void
link_free(struct ir_sync_link *l)
{
    size_t i;

    for (i = 0; i < IR_CLASSES; i++)
        free(l->q[i].v);
    free(l->held.v);
    for (i = 0; i < l->controls_n; i++)
        free(l->controls[i].p);
    free(l->controls);
    free(l->ask.v);
    free(l->peers);
    ir_buf_done(&l->s.said);
    free(l);
}

void
ir_sync_free(struct ir_sync *s)
{
    size_t i;

    if (s == NULL)
        return;
    for (i = 0; i < s->links_n; i++)
        link_free(s->links[i]);
    free(s->links);
    free(s->wants);
    free(s->shunned);
    free(s->object.missed);
    ir_idset_free(s->t);
    ir_idset_free(s->r);
    free(s);
}

void
ir_sync_port(struct ir_sync *s, uint16_t port)
{
    s->port = port;
}

struct ir_sync_link *
ir_sync_find(const struct ir_sync *s, uint32_t link)
{
    size_t i;

    for (i = 0; i < s->links_n; i++)
        if (s->links[i]->no == link)
            return s->links[i];
    return NULL;
}

/* The link to many on which the device of this one was heard, while it is up.
 */
struct ir_sync_link *
ir_sync_around(const struct ir_sync *s, const struct ir_sync_link *l)
{
    struct ir_sync_link *a = l->within ? ir_sync_find(s, l->around) : NULL;

    return a != NULL && a->many ? a : NULL;
}

void
ir_sync_heard_on(struct ir_sync *s, uint32_t link, uint32_t many, bool to_all)
{
    struct ir_sync_link *l = ir_sync_find(s, link);

    if (l == NULL || l->many)
        return;
    l->within = true;
    l->around = many;
    l->to_all = to_all;
}

/* For jitter only; what must not be guessed comes from the home. */
uint64_t
ir_sync_rand(struct ir_sync *s, uint64_t below)
{
    s->rng ^= s->rng << 13;
    s->rng ^= s->rng >> 7;
    s->rng ^= s->rng << 17;
    return below > 0 ? s->rng % below : 0;
}

bool
ir_sync_equal(const struct ir_sum *a, const struct ir_sum *b)
{
    return a->count == b->count && memcmp(a->fp, b->fp, sizeof a->fp) == 0;
}

void
ir_sync_sums(const struct ir_sync *s, struct ir_sum *t, struct ir_sum *r)
{
    t->count = ir_idset_count(s->t);
    ir_idset_fp(s->t, t->fp);
    r->count = ir_idset_count(s->r);
    ir_idset_fp(s->r, r->fp);
}

void
ir_sync_count(const struct ir_sync *s, size_t *trust, size_t *rest)
{
    *trust = ir_idset_count(s->t);
    *rest = ir_idset_count(s->r);
}

void
ir_sync_index(struct ir_sync *s, const uint8_t id[32], uint64_t hlc, int lane)
{
    if (ir_idset_add(lane == IR_LANE_T ? s->t : s->r, hlc, id))
        ir_sync_changed(s);
}

void
ir_sync_drop(struct ir_sync *s, const uint8_t id[32], uint64_t hlc, int lane)
{
    if (ir_idset_remove(lane == IR_LANE_T ? s->t : s->r, hlc, id))
        ir_sync_changed(s);
}

void
ir_sync_local(struct ir_sync *s, const uint8_t id[32], uint64_t hlc, int lane,
              int prio, int64_t now_ms)
{
    if (now_ms > s->now_ms) /* else the beacon that tells of it is due long */
        s->now_ms = now_ms;
    ir_sync_leave(s);
    ir_sync_index(s, id, hlc, lane);
    ir_sync_want_done(s, id);
    ir_sync_flood(s, NULL, id, ir_sync_class(lane, prio));
}

void
ir_sync_link_up(struct ir_sync *s, uint32_t link, const uint8_t *node,
                size_t mtu, bool many)
{
    struct ir_sync_link *l;

    ir_sync_link_down(s, link);
    if (s->links_n == IR_SYNC_LINKS_MAX || mtu < IR_SYNC_MTU_MIN)
        return;
    l = ir_calloc(1, sizeof *l);
    l->no = link;
    l->many = many;
    l->mtu = mtu < IR_FRAME_MAX ? mtu : IR_FRAME_MAX;
    if (node != NULL) {
        l->has_node = true;
        memcpy(l->node, node, sizeof l->node);
    }
    l->begin_ms = IR_SYNC_NEVER;
    l->said_ms = s->now_ms - IR_SYNC_IMAX_MS;
    l->full_ms = s->now_ms + IR_SYNC_FULL_MS / 2 +
                 (int64_t)ir_sync_rand(s, IR_SYNC_FULL_MS);
    l->interval_ms = IR_SYNC_IMIN_MS;
    l->began_ms = s->now_ms;
    /* one beacon is enough for both to go on */
    l->say_ms =
        s->now_ms + (int64_t)ir_sync_rand(s, 20) +
        (node != NULL && memcmp(s->self, node, 8) > 0 ? IR_SYNC_RTO_MIN_MS : 0);
    s->links = ir_realloc(s->links, (s->links_n + 1) * sizeof *s->links);
    s->links[s->links_n++] = l;
    s->met_turn++;
    ir_sync_object_link_up(s);
}

void
ir_sync_link_down(struct ir_sync *s, uint32_t link)
{
    size_t i;

    for (i = 0; i < s->links_n; i++) {
        struct ir_sync_link *l = s->links[i];

        if (l->no != link)
            continue;
        s->links[i] = s->links[--s->links_n];
        s->met_turn++;
        ir_sync_want_link_down(s, l);
        link_free(l);
        ir_sync_object_look(s, 0);
        return;
    }
}

static int
one(struct ir_sync *s, struct ir_sync_link *l, struct ir_frame *f,
    struct ir_err *err)
{
    if (l->many && f->side == IR_SIDE_ANSWERS) /* somebody was quicker */
        ir_sync_unsay(l, (uint8_t)f->type, f->salt);
    switch (f->type) {
    case IR_FRAME_BEACON:
        ir_sync_beacon_in(s, l, f);
        return IR_OK;
    case IR_FRAME_SAME:
        ir_sync_same_in(s, l, f);
        return IR_OK;
    case IR_FRAME_RECONCILE:
        return f->side == IR_SIDE_ANSWERS
                   ? ir_sync_session_reconcile(s, l, f, err)
                   : ir_sync_answer(s, l, f, err);
    case IR_FRAME_TAIL:
        if (f->side == IR_SIDE_ASKS)
            return ir_sync_answer(s, l, f, err);
        ir_sync_session_tail(s, l, f);
        return IR_OK;
    case IR_FRAME_OBJECT:
        ir_sync_object_in(s, l, f);
        return IR_OK;
    case IR_FRAME_BUSY:
        if (!l->many && f->retry_ms <= IR_SYNC_BUSY_MAX_MS)
            l->busy_ms = s->now_ms + (int64_t)f->retry_ms;
        return IR_OK;
    default: /* a have stands in files only */
        return ir_sync_answer(s, l, f, err);
    }
}

int
ir_sync_in(struct ir_sync *s, uint32_t link, const void *p, size_t n,
           int64_t now_ms, struct ir_err *err)
{
    struct ir_sync_link *l = ir_sync_find(s, link);
    struct ir_cbor c = {p, (const uint8_t *)p + n};
    int i, rc = IR_OK;

    if (now_ms > s->now_ms)
        s->now_ms = now_ms;
    if (l == NULL)
        return ir_fail(err, IR_ENOTFOUND, _("no such link"));
    if (n > IR_FRAME_MAX)
        return ir_fail(err, IR_ELIMIT,
                       _("a message between devices is over its limits"));
    if (!ir_bucket_take(&l->messages, &rate_messages, 1, s->now_ms))
        return ir_fail(err, IR_EBUSY, _("too many messages from one device"));
    for (i = 0; i < IR_SYNC_MESSAGES_MAX && rc == IR_OK; i++) {
        struct ir_frame f;

        rc = ir_frame_next(&c, &f, err);
        if (rc == IR_ENOTFOUND)
            return IR_OK;
        if (rc == IR_OK)
            rc = one(s, l, &f, err);
    }
    if (rc == IR_OK && c.p != c.end)
        rc = ir_fail(err, IR_ELIMIT,
                     _("a message between devices is over its limits"));
    return rc;
}

static int64_t
sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t
ir_sync_tick(struct ir_sync *s, int64_t now_ms)
{
    int64_t next = IR_SYNC_NEVER;
    size_t i;

    if (now_ms > s->now_ms)
        s->now_ms = now_ms;
    next = sooner(next, ir_sync_want_tick(s));
    next = sooner(next, ir_sync_object_tick(s));
    for (i = 0; i < s->links_n; i++) {
        next = sooner(next, ir_sync_peer_tick(s, s->links[i]));
        next = sooner(next, ir_sync_session_tick(s, s->links[i]));
        ir_sync_held_tick(s, s->links[i]);
        next = sooner(next, ir_sync_out_due(s, s->links[i]));
    }
    return next > s->now_ms ? next : s->now_ms + 1;
}

bool
ir_sync_state(const struct ir_sync *s, uint32_t link, struct ir_sync_state *out)
{
    struct ir_sync_link *l = ir_sync_find(s, link), *beside;

    if (l == NULL)
        return false;
    beside = ir_sync_beside(s, l);
    memset(out, 0, sizeof *out);
    out->heard_ms = -1;
    if (l->peers_n > 0) {
        memcpy(out->node, l->peers[l->latest].node, sizeof out->node);
        out->heard_ms = l->peers[l->latest].heard_ms;
    }
    out->equal = l->equal || (beside != NULL && beside->equal);
    out->asking = l->s.stage != IR_STAGE_IDLE;
    out->queued = ir_sync_queued(l);
    out->wanted = l->wants;
    out->busy_ms = l->busy_ms > s->now_ms ? l->busy_ms : 0;
    out->refused = l->refused;
    return true;
}
