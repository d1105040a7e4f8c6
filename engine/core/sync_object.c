/* sync_object.c: objects we lack, one after the other, piece by piece, each
 * piece from a link that was asked for it.
 *
 * Only when an object is whole does its digest say whether the pieces were
 * right. If not, all who gave one are left alone for a while, and longer each
 * time; who gave pieces of one that was right is believed again.
 */
#include "core/sync_part.h"

#include <stdlib.h>
#include <string.h>

#define PLACES 8 /* looked at for one object */
#define ROUNDS 3 /* all links, where one of them gave something */

void
ir_sync_object_look(struct ir_sync *s, int64_t in_ms)
{
    if (!s->object.asked && s->object.due_ms > s->now_ms + in_ms)
        s->object.due_ms = s->now_ms + in_ms;
}

/* Who came may have what nobody had. */
void
ir_sync_object_link_up(struct ir_sync *s)
{
    free(s->object.missed);
    s->object.missed = NULL;
    ir_sync_object_look(s, 0);
}

/* The places where `digest` may stand: from its own one on. */
static struct ir_sync_miss *
place(const struct ir_sync *s, uint64_t id, size_t i)
{
    return &s->object.missed[((id ^ s->hash_key) + i) % IR_SYNC_MISSED];
}

static struct ir_sync_miss *
missed(const struct ir_sync *s, const uint8_t digest[32])
{
    uint64_t id;
    size_t i;

    memcpy(&id, digest, sizeof id);
    for (i = 0; i < PLACES && s->object.missed != NULL; i++) {
        struct ir_sync_miss *m = place(s, id, i);

        if (m->times > 0 && m->id == id)
            return m;
    }
    return NULL;
}

static bool
is_missed(const struct ir_sync *s, const uint8_t digest[32])
{
    const struct ir_sync_miss *m = missed(s, digest);

    return m != NULL && m->until_ms > s->now_ms;
}

/* A place for `digest`; who waits shortest makes room. */
static struct ir_sync_miss *
miss_add(struct ir_sync *s, const uint8_t digest[32])
{
    struct ir_sync_miss *best = NULL;
    uint64_t id;
    size_t i;

    if (s->object.missed == NULL)
        s->object.missed = ir_calloc(IR_SYNC_MISSED, sizeof *s->object.missed);
    memcpy(&id, digest, sizeof id);
    for (i = 0; i < PLACES; i++) {
        struct ir_sync_miss *m = place(s, id, i);

        if (best == NULL || m->until_ms < best->until_ms)
            best = m;
    }
    memset(best, 0, sizeof *best);
    best->id = id;
    return best;
}

/* Nobody has it, or it cannot be kept now: another one, and this one later. */
static void
miss(struct ir_sync *s)
{
    struct ir_sync_miss *m = missed(s, s->object.digest);

    if (m == NULL)
        m = miss_add(s, s->object.digest);
    m->until_ms = s->now_ms + ((int64_t)IR_SYNC_OBJECT_MS << m->times);
    if (m->times < IR_SYNC_DOUBLED_MAX)
        m->times++;
    s->object.asked = s->object.going = false;
    s->object.due_ms = s->now_ms;
}

/* Those who gave pieces of this one gave `right` or wrong ones. */
static void
judge(struct ir_sync *s, bool right)
{
    size_t i;

    for (i = 0; i < s->object.gave_n; i++) {
        struct ir_sync_link *l = ir_sync_find(s, s->object.gave[i]);

        if (l == NULL)
            continue;
        if (right) {
            l->wrong = 0;
            continue;
        }
        l->unasked_ms = s->now_ms + ((int64_t)IR_SYNC_WRONG_MS
                                     << (l->wrong < IR_SYNC_DOUBLED_MAX
                                             ? l->wrong
                                             : IR_SYNC_DOUBLED_MAX));
        l->wrong++;
    }
    s->object.gave_n = 0;
    s->object.going = false;
}

static void
gave(struct ir_sync *s, const struct ir_sync_link *l)
{
    size_t i;

    for (i = 0; i < s->object.gave_n; i++)
        if (s->object.gave[i] == l->no)
            return;
    if (i < IR_SYNC_GAVE_MAX)
        s->object.gave[s->object.gave_n++] = l->no;
}

static void
ask(struct ir_sync *s, struct ir_sync_link *l)
{
    struct ir_frame f = {.type = IR_FRAME_WANTOBJ, .offset = s->object.off};
    size_t room = l->mtu - 128;
    struct ir_buf b = {0};

    memcpy(f.digest, s->object.digest, sizeof f.digest);
    f.max = room < IR_SYNC_PIECE ? room : IR_SYNC_PIECE;
    ir_frame_put(&f, &b);
    ir_sync_say(s, l, IR_FRAME_WANTOBJ, NULL, &b, s->now_ms);
    ir_buf_done(&b);
    s->object.asked = true;
    s->object.link = l->no;
    s->object.due_ms = s->now_ms + 2 * ir_sync_rto(l);
}

/* Ask the next link, from the one on that gave something last. False: none is
 * left to ask.
 */
static bool
ask_next(struct ir_sync *s)
{
    size_t most = s->links_n * (s->object.gave_n > 0 ? ROUNDS : 1);

    for (; s->object.tried < most; s->object.tried++) {
        struct ir_sync_link *l =
            s->links[(s->object.first + s->object.tried) % s->links_n];

        if (l->unasked_ms <= s->now_ms) {
            ask(s, l);
            return true;
        }
    }
    return false;
}

/* This link has none, or does not answer. */
static void
elsewhere(struct ir_sync *s)
{
    s->object.before = s->object.link;
    s->object.has_before = true;
    s->object.asked = false;
    s->object.going = true;
    s->object.tried++;
    s->object.due_ms = s->now_ms;
}

/* Was it asked for there? An answer may be late, and what was asked of many
 * comes from one of them.
 */
static bool
expected(const struct ir_sync *s, const struct ir_sync_link *l)
{
    return l->no == s->object.link ||
           (s->object.has_before && l->no == s->object.before) ||
           (l->within && l->around == s->object.link);
}

/* A piece was taken, or could not be. */
static void
taken(struct ir_sync *s, const struct ir_frame *f, int rc)
{
    bool last = f->offset + f->n == f->total;
    struct ir_sync_miss *m = missed(s, f->digest);
    bool odd = s->object.total != 0 && s->object.total != f->total;

    s->object.asked = s->object.has_before = false;
    s->object.due_ms = s->now_ms;
    s->object.first += s->object.tried;
    s->object.tried = 0;
    if (odd || rc == IR_EDAMAGED || rc == IR_ELIMIT) {
        judge(s, false);
        s->object.first++;
    } else if (rc != IR_OK) {
        miss(s);
    } else if (last && s->object.whole_try) {
        judge(s, true);
    } else {
        if (m != NULL) /* somebody has it */
            memset(m, 0, sizeof *m);
        s->object.total = f->total;
        s->object.off = f->offset + f->n;
        s->object.going = !last && --s->object.stay > 0;
    }
}

void
ir_sync_object_in(struct ir_sync *s, struct ir_sync_link *l,
                  const struct ir_frame *f)
{
    if (!s->object.asked || !expected(s, l) ||
        memcmp(f->digest, s->object.digest, sizeof f->digest) != 0)
        return;
    if (f->n == 0) { /* not here: somebody else */
        if (s->object.link == l->no && !l->many)
            elsewhere(s);
    } else if (f->offset == s->object.off) { /* else doubled */
        gave(s, l);
        taken(s, f,
              s->home.object_put(s->home.arg, f->digest, f->total, f->offset,
                                 f->p, f->n));
    }
}

/* Look for one that is wanted, and may be had. */
static void
look(struct ir_sync *s)
{
    uint8_t digest[32];
    uint64_t off = 0;
    int i;

    memcpy(digest, s->object.digest, sizeof digest);
    for (i = 0; i < IR_SYNC_LOOKS_MAX; i++) {
        if (s->home.object_next(s->home.arg, digest, &off) != IR_OK) {
            s->object.due_ms = s->now_ms + IR_SYNC_IMAX_MS;
            return;
        }
        if (!is_missed(s, digest))
            break;
        /* all round; what the home prefers may come oftener */
        if (i >= IR_SYNC_LOOKS_MIN &&
            memcmp(digest, s->object.digest, sizeof digest) == 0)
            i = IR_SYNC_LOOKS_MAX;
    }
    memcpy(s->object.digest, digest, sizeof digest);
    if (i >= IR_SYNC_LOOKS_MAX) {
        s->object.due_ms = s->now_ms + IR_SYNC_OBJECT_MS;
        return;
    }
    s->object.off = off;
    s->object.total = 0;
    s->object.whole_try = off == 0;
    s->object.gave_n = 0;
    s->object.stay = IR_SYNC_STAY_MAX;
    s->object.tried = 0;
    if (!ask_next(s)) /* all gave wrong bytes */
        s->object.due_ms = s->now_ms + IR_SYNC_OBJECT_MS;
}

int64_t
ir_sync_object_tick(struct ir_sync *s)
{
    if (s->now_ms < s->object.due_ms)
        return s->object.due_ms;
    if (s->object.asked) /* nobody answered */
        elsewhere(s);
    if (s->links_n == 0) {
        s->object.due_ms = IR_SYNC_NEVER;
        s->object.going = false;
        return IR_SYNC_NEVER;
    }
    if (s->object.going && ask_next(s))
        return s->object.due_ms;
    if (s->object.going) /* nobody has it now */
        miss(s);
    look(s);
    return s->object.due_ms;
}
