/* sync_peer.c: beacons under Trickle, who was heard with what, and which
 * devices a device keeps links to.
 */
#include "core/sync_part.h"

#include <string.h>

/* A link to many on which the device of `l`, which is reached by another way,
 * was heard. Asked of every link for every entry: worked out once, until
 * somebody comes or goes.
 */
struct ir_sync_link *
ir_sync_beside(const struct ir_sync *s, struct ir_sync_link *l)
{
    size_t i, k;

    if (l->beside_turn == s->met_turn)
        return l->beside;
    l->beside_turn = s->met_turn;
    l->beside = NULL;
    for (i = 0; i < s->links_n && !l->many && l->has_node; i++)
        for (k = 0; s->links[i]->many && k < s->links[i]->peers_n; k++)
            if (memcmp(s->links[i]->peers[k].node, l->node, 8) == 0)
                l->beside = s->links[i];
    return l->beside;
}

/* Are our beacons heard by the other side on a link to many? Now and then one
 * goes this way all the same.
 */
static bool
said_beside(const struct ir_sync *s, struct ir_sync_link *l)
{
    return (l->met || l->told) && s->now_ms - l->said_ms < IR_SYNC_BESIDE_MS &&
           ir_sync_beside(s, l) != NULL;
}

/* A new interval of the length that stands. Source: RFC 6206, section 4.2. */
static void
interval_begin(struct ir_sync *s, struct ir_sync_link *l)
{
    int64_t half = l->interval_ms / 2;

    l->began_ms = s->now_ms;
    l->say_ms = s->now_ms + half + (int64_t)ir_sync_rand(s, (uint64_t)half);
    l->heard = 0;
    l->said = false;
}

void
ir_sync_trickle_reset(struct ir_sync *s, struct ir_sync_link *l)
{
    if (l->interval_ms > IR_SYNC_IMIN_MS && !said_beside(s, l)) {
        l->interval_ms = IR_SYNC_IMIN_MS;
        interval_begin(s, l);
    }
}

void
ir_sync_changed(struct ir_sync *s)
{
    size_t i;

    s->version++;
    for (i = 0; i < s->links_n; i++) {
        s->links[i]->heard = 0;
        s->links[i]->equal = false;
        ir_sync_trickle_reset(s, s->links[i]);
    }
}

void
ir_sync_leave(struct ir_sync *s)
{
    size_t at = s->was_at++ % IR_SYNC_WAS;

    ir_sync_sums(s, &s->was[at].t, &s->was[at].r);
    s->was[at].left_ms = s->now_ms;
}

/* Did we hold just this, after `since_ms`? */
bool
ir_sync_was(const struct ir_sync *s, const struct ir_sum *t,
            const struct ir_sum *r, int64_t since_ms)
{
    size_t i;

    for (i = 0; i < s->was_at && i < IR_SYNC_WAS; i++)
        if (s->was[i].left_ms > since_ms && ir_sync_equal(&s->was[i].r, r) &&
            ir_sync_equal(&s->was[i].t, t))
            return true;
    return false;
}

static void
beacon_out(struct ir_sync *s, struct ir_sync_link *l)
{
    struct ir_frame f = {.type = IR_FRAME_BEACON, .port = s->port};
    struct ir_buf b = {0};

    memcpy(f.node, s->self, sizeof f.node);
    ir_sync_sums(s, &f.t, &f.r);
    ir_frame_put(&f, &b);
    l->said_ms = s->now_ms;
    l->said_t = f.t;
    l->said_r = f.r;
    l->told = l->met = true;
    ir_sync_unsay(l, IR_FRAME_BEACON, NULL);
    ir_sync_say(s, l, IR_FRAME_BEACON, NULL, &b, s->now_ms);
    ir_buf_done(&b);
}

/* They hold what we hold, and cannot know it yet: a beacon of ours would say no
 * more. Later ones go by Trickle, without an answer to each.
 */
static void
same_out(struct ir_sync *s, struct ir_sync_link *l,
         const struct ir_frame *theirs)
{
    struct ir_frame f = {.type = IR_FRAME_SAME, .t = theirs->t, .r = theirs->r};
    struct ir_buf b = {0};

    if (l->many || l->told)
        return;
    l->told = true;
    l->said_ms = s->now_ms;
    ir_frame_put(&f, &b);
    ir_sync_say(s, l, IR_FRAME_SAME, NULL, &b, s->now_ms);
    ir_buf_done(&b);
}

/* The place of device `node` among those heard on a link. */
static struct ir_sync_peer *
peer_of(struct ir_sync *s, struct ir_sync_link *l, const uint8_t node[8])
{
    size_t i, max = l->many ? IR_SYNC_PEERS_MAX : 1, oldest = 0;

    for (i = 0; i < l->peers_n; i++) {
        if (memcmp(l->peers[i].node, node, 8) == 0) {
            l->latest = i;
            return &l->peers[i];
        }
        if (l->peers[i].heard_ms < l->peers[oldest].heard_ms)
            oldest = i;
    }
    if (l->peers_n < max) {
        l->peers = ir_realloc(l->peers, (l->peers_n + 1) * sizeof *l->peers);
        oldest = l->peers_n++;
    }
    s->met_turn++;
    l->latest = oldest;
    memset(&l->peers[oldest], 0, sizeof l->peers[oldest]);
    memcpy(l->peers[oldest].node, node, 8);
    return &l->peers[oldest];
}

/* A link to this device alone, wider than one to many, where it was heard. */
static struct ir_sync_link *
own_link(struct ir_sync *s, const uint8_t node[8])
{
    size_t i;

    for (i = 0; i < s->links_n; i++)
        if (!s->links[i]->many && s->links[i]->has_node &&
            s->links[i]->peers_n > 0 && memcmp(s->links[i]->node, node, 8) == 0)
            return s->links[i];
    return NULL;
}

/* How long to wait before asking: not, where we hold less; else the other side
 * shall ask, which knows what it wants from whom. Where they hold as many, the
 * lower id goes first, unless they cannot know yet that we differ.
 */
static int64_t
who_asks(struct ir_sync *s, struct ir_sync_link *l, const struct ir_frame *f,
         const struct ir_sum *r)
{
    bool told = s->now_ms - l->said_ms < IR_SYNC_RTO_MIN_MS;

    if (l->many || f->r.count > r->count ||
        (f->r.count == r->count && (!told || memcmp(s->self, f->node, 8) < 0)))
        return 0;
    if (!told)
        beacon_out(s, l); /* here we are */
    if (r->count > f->r.count + IR_SYNC_NEEDY)
        return IR_SYNC_LET_ASK_MS;
    return l->rtt_ms > 0 ? 2 * l->rtt_ms + 50 : IR_SYNC_RTO_MIN_MS;
}

void
ir_sync_beacon_in(struct ir_sync *s, struct ir_sync_link *l,
                  const struct ir_frame *f)
{
    struct ir_sync_link *own, *around = ir_sync_around(s, l);
    struct ir_sync_peer *p;
    struct ir_sum t, r;
    int64_t wait;

    if (!l->to_all)
        around = NULL; /* the others there have not heard it */
    if (memcmp(f->node, s->self, sizeof s->self) == 0)
        return; /* our own, come back */
    if (l->has_node && memcmp(f->node, l->node, sizeof l->node) != 0)
        return; /* the link says who is there */
    if (!l->many && !l->has_node) {
        memcpy(l->node, f->node, sizeof l->node);
        l->has_node = true;
        l->placed = false;
        s->met_turn++;
    }
    p = peer_of(s, l, f->node);
    p->t = f->t;
    p->r = f->r;
    p->heard_ms = s->now_ms;
    ir_sync_sums(s, &t, &r);
    if (ir_sync_equal(&t, &f->t) && ir_sync_equal(&r, &f->r)) {
        l->heard++;
        if (around != NULL)
            around->heard++;
        l->equal = true;
        l->suspect = false;
        l->backoff_ms = 0;
        if (!l->many)
            l->begin_ms = IR_SYNC_NEVER;
        same_out(s, l, f);
        return;
    }
    if ((l->many || ir_sync_beside(s, l) != NULL) &&
        ir_sync_was(s, &f->t, &f->r, s->now_ms - IR_SYNC_LATE_MS))
        return; /* what they lack was said to all: it is on its way */
    l->equal = false;
    if (!ir_sync_stale(s, l, &f->t, &f->r)) {
        ir_sync_trickle_reset(s, l);
        if (around != NULL)
            ir_sync_trickle_reset(s, around);
    }
    own = l->many ? own_link(s, f->node) : NULL;
    if (own != NULL)
        own->peers[0] = *p;
    else
        own = l;
    wait = who_asks(s, own, f, &r);
    if (own != l && wait < IR_SYNC_UNDER_WAY_MS &&
        f->r.count <= r.count + IR_SYNC_NEEDY)
        wait = IR_SYNC_UNDER_WAY_MS +
               (int64_t)ir_sync_rand(s, IR_SYNC_UNDER_WAY_MS);
    ir_sync_differs(s, own, wait);
}

/* What we said in our last beacon there, they hold too. */
void
ir_sync_same_in(struct ir_sync *s, struct ir_sync_link *l,
                const struct ir_frame *f)
{
    struct ir_frame b = {.type = IR_FRAME_BEACON};

    if (l->many || !l->has_node || !l->met ||
        memcmp(f->t.fp, l->said_t.fp, IR_FRAME_SAME_FP) != 0 ||
        memcmp(f->r.fp, l->said_r.fp, IR_FRAME_SAME_FP) != 0)
        return; /* to an earlier one: another follows */
    memcpy(b.node, l->node, sizeof b.node);
    b.t = l->said_t;
    b.r = l->said_r;
    ir_sync_beacon_in(s, l, &b);
}

/* Are our beacons heard there on a link to many? Now and then one is for this
 * device alone all the same, which says where we are.
 */
static bool
said_to_all(const struct ir_sync *s, const struct ir_sync_link *l)
{
    return l->met && s->now_ms - l->said_ms < IR_SYNC_MEET_MS &&
           ir_sync_around(s, l) != NULL;
}

int64_t
ir_sync_peer_tick(struct ir_sync *s, struct ir_sync_link *l)
{
    if (!l->said && s->now_ms >= l->say_ms) {
        l->said = true;
        if (l->heard < (l->many ? IR_SYNC_K_MANY : IR_SYNC_K_POINT) &&
            !said_to_all(s, l) && !said_beside(s, l))
            beacon_out(s, l);
    }
    if (s->now_ms >= l->began_ms + l->interval_ms) {
        l->interval_ms *= 2;
        if (l->interval_ms > IR_SYNC_IMAX_MS)
            l->interval_ms = IR_SYNC_IMAX_MS;
        interval_begin(s, l);
    }
    return l->said ? l->began_ms + l->interval_ms : l->say_ms;
}

/* Where a device stands in a ring. */
static void
place(uint8_t ring, const uint8_t id[8], uint8_t out[IR_HASH_BYTES])
{
    uint8_t p[9];

    p[0] = ring;
    memcpy(p + 1, id, 8);
    ir_sha256(p, sizeof p, out);
}

/* Is b nearer to `from` than a, going up (or down) and around? */
static bool
nearer(const uint8_t *from, const uint8_t *a, const uint8_t *b, bool down)
{
    bool wa = down ? memcmp(a, from, IR_HASH_BYTES) > 0
                   : memcmp(a, from, IR_HASH_BYTES) < 0;
    bool wb = down ? memcmp(b, from, IR_HASH_BYTES) > 0
                   : memcmp(b, from, IR_HASH_BYTES) < 0;
    int c = memcmp(b, a, IR_HASH_BYTES);

    if (wa != wb)
        return wa;
    return down ? c > 0 : c < 0;
}

/* Is the device of `l` the next in the first ring, up or down, of those that
 * are heard on links to many and have a link of their own?
 */
bool
ir_sync_next_to(struct ir_sync *s, struct ir_sync_link *l)
{
    bool up = true, down = true;
    uint8_t me[IR_HASH_BYTES];
    size_t i;

    place(0, s->self, me);
    for (i = 0; i < s->links_n; i++) {
        struct ir_sync_link *o = s->links[i];

        if (ir_sync_beside(s, o) == NULL)
            continue;
        if (!o->placed)
            place(0, o->node, o->place);
        o->placed = true;
    }
    for (i = 0; i < s->links_n; i++) {
        struct ir_sync_link *o = s->links[i];

        if (o == l || !o->placed || ir_sync_beside(s, o) == NULL)
            continue;
        up = up && !nearer(me, l->place, o->place, false);
        down = down && !nearer(me, l->place, o->place, true);
    }
    return l->placed && (up || down);
}

static bool
listed(const uint8_t (*v)[8], size_t n, const uint8_t id[8])
{
    size_t i;

    for (i = 0; i < n; i++)
        if (memcmp(v[i], id, 8) == 0)
            return true;
    return false;
}

size_t
ir_sync_neighbours(const uint8_t (*ids)[8], size_t n, const bool *unreachable,
                   const uint8_t self[8], uint8_t (*out)[8], size_t k)
{
    size_t i, got = 0, step, usable = 0;
    uint8_t me[IR_HASH_BYTES];

    for (i = 0; i < n; i++)
        usable += memcmp(ids[i], self, 8) != 0 &&
                  (unreachable == NULL || !unreachable[i]);
    /* rings in turn, up and down: a device may come twice, then it is one less,
     * or the choice would not be mutual */
    for (step = 0; got < k && step < k; step++) {
        uint8_t ring = (uint8_t)(step / 2), best[IR_HASH_BYTES];
        bool down = step % 2 != 0, have = false;
        size_t at = 0;

        place(ring, self, me);
        for (i = 0; i < n; i++) {
            uint8_t there[IR_HASH_BYTES];

            if (memcmp(ids[i], self, 8) == 0 ||
                (unreachable != NULL && unreachable[i]))
                continue;
            if (usable <= k) { /* all of them */
                if (step == 0)
                    memcpy(out[got++], ids[i], 8);
                continue;
            }
            place(ring, ids[i], there);
            if (!have || nearer(me, best, there, down)) {
                memcpy(best, there, sizeof best);
                at = i;
                have = true;
            }
        }
        if (have && !listed((const uint8_t(*)[8])out, got, ids[at]))
            memcpy(out[got++], ids[at], 8);
    }
    return got;
}
