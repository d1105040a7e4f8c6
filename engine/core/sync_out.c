/* sync_out.c: what goes out: messages first, then entries by class T, F, I, S,
 * with a floor for bulk; nothing longer than the link carries.
 */
#include "core/sync_part.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_ENTRIES 5 /* bytes of an entries message around its entries */
#define ROOM_STRING 5  /* bytes before a byte string, at most */
#define ROOM_OBJECT 64 /* bytes of an object message around its bytes */

void
ir_sync_queue_add(struct ir_sync_queue *q, const struct ir_sync_item *it)
{
    if (q->n == q->cap) {
        size_t i, cap = q->cap > 0 ? 2 * q->cap : 16;
        struct ir_sync_item *v = ir_calloc(cap, sizeof *v);

        for (i = 0; i < q->n; i++)
            v[i] = q->v[(q->head + i) % q->cap];
        free(q->v);
        q->v = v;
        q->head = 0;
        q->cap = cap;
    }
    q->v[(q->head + q->n++) % q->cap] = *it;
}

bool
ir_sync_queue_take(struct ir_sync_queue *q, struct ir_sync_item *it)
{
    if (q->n == 0)
        return false;
    *it = q->v[q->head];
    q->head = (q->head + 1) % q->cap;
    q->n--;
    if (q->n == 0) { /* a burst leaves no memory behind */
        free(q->v);
        memset(q, 0, sizeof *q);
    }
    return true;
}

int
ir_sync_class(int lane, int prio)
{
    if (lane == IR_LANE_T)
        return IR_CLASS_T;
    if (lane == IR_LANE_F || prio == 0)
        return IR_CLASS_F;
    return lane == IR_LANE_I && prio < 3 ? IR_CLASS_I : IR_CLASS_S;
}

size_t
ir_sync_queued(const struct ir_sync_link *l)
{
    size_t i, n = 0;

    for (i = 0; i < IR_CLASSES; i++)
        n += l->q[i].n;
    return n;
}

static uint64_t
short_of(const uint8_t id[32])
{
    uint64_t h;

    memcpy(&h, id, sizeof h);
    return h;
}

static void
see(struct ir_sync_link *l, uint64_t h, int64_t now_ms)
{
    l->seen[h % IR_SYNC_SEEN].id = h;
    l->seen[h % IR_SYNC_SEEN].at_ms = now_ms;
}

void
ir_sync_seen(struct ir_sync *s, struct ir_sync_link *l, const uint8_t id[32])
{
    struct ir_sync_link *around = l->to_all ? ir_sync_around(s, l) : NULL;

    see(l, short_of(id), s->now_ms);
    if (around != NULL)
        see(around, short_of(id), s->now_ms);
}

/* Was it heard on this link since `since_ms`? */
static bool
was_seen(const struct ir_sync_link *l, const uint8_t id[32], int64_t since_ms)
{
    uint64_t h = short_of(id);

    return l->seen[h % IR_SYNC_SEEN].id == h &&
           l->seen[h % IR_SYNC_SEEN].at_ms > since_ms;
}

void
ir_sync_push(struct ir_sync *s, struct ir_sync_link *l, const uint8_t id[32],
             int cls, bool asked, int64_t at_ms)
{
    struct ir_sync_item it = {.at_ms = at_ms, .asked = asked};

    if (l->q[cls].n >= IR_SYNC_QUEUE_MAX)
        return; /* a session finds it */
    memcpy(it.id, id, sizeof it.id);
    it.since_ms = s->now_ms;
    ir_sync_queue_add(&l->q[cls], &it);
}

/* Did all hear it where the device of `l` was heard, too? Then most likely it
 * has it.
 */
static bool
is_heard_there(const struct ir_sync *s, struct ir_sync_link *l,
               const uint8_t id[32])
{
    const struct ir_sync_link *many = ir_sync_beside(s, l);

    return many != NULL && was_seen(many, id, INT64_MIN);
}

/* Hold back what the other side has most likely heard: until it has had the
 * time to say so, or another.
 */
static void
hold(struct ir_sync *s, struct ir_sync_link *l, const uint8_t id[32], int cls)
{
    struct ir_sync_item it = {.cls = cls, .since_ms = s->now_ms};

    if (l->held.n >= IR_SYNC_QUEUE_MAX)
        return; /* a session finds it */
    memcpy(it.id, id, sizeof it.id);
    it.at_ms =
        s->now_ms + IR_SYNC_HOLD_MS + (int64_t)ir_sync_rand(s, IR_SYNC_HOLD_MS);
    ir_sync_queue_add(&l->held, &it);
}

/* What was held back long enough goes out, unless it was heard from there. */
void
ir_sync_held_tick(struct ir_sync *s, struct ir_sync_link *l)
{
    struct ir_sync_item it;

    while (l->held.n > 0 && l->held.v[l->held.head].at_ms <= s->now_ms &&
           ir_sync_queue_take(&l->held, &it))
        if (!was_seen(l, it.id, INT64_MIN))
            ir_sync_push(s, l, it.id, it.cls, true, s->now_ms);
}

/* To every link but the one it came from, and to devices of a link to many
 * there, where all hear it. What came from elsewhere waits a
 * little before it goes to many: another may say it first. To devices that
 * heard it on a link to many themselves it goes to two only, after a while: to
 * make up for what was lost on the way, each is next to two.
 */
void
ir_sync_flood(struct ir_sync *s, const struct ir_sync_link *from,
              const uint8_t id[32], int cls)
{
    size_t i;

    for (i = 0; i < s->links_n; i++) {
        struct ir_sync_link *l = s->links[i];
        int64_t wait = l->many && from != NULL
                           ? (int64_t)ir_sync_rand(s, IR_SYNC_MANY_MS)
                           : 0;

        if (l == from || ir_sync_around(s, l) != NULL)
            continue;
        if (from != NULL && is_heard_there(s, l, id)) {
            if (ir_sync_next_to(s, l))
                hold(s, l, id, cls);
        } else {
            ir_sync_push(s, l, id, cls, false, s->now_ms + wait);
        }
    }
}

void
ir_sync_say(struct ir_sync *s, struct ir_sync_link *l, uint8_t type,
            const uint8_t *key, const struct ir_buf *b, int64_t at_ms)
{
    struct ir_sync_control *c;

    (void)s;
    if (b->len == 0 || b->len > l->mtu || l->controls_n == IR_SYNC_CONTROLS_MAX)
        return;
    l->controls =
        ir_realloc(l->controls, (l->controls_n + 1) * sizeof *l->controls);
    c = &l->controls[l->controls_n++];
    memset(c, 0, sizeof *c);
    c->type = type;
    if (key != NULL)
        memcpy(c->key, key, sizeof c->key);
    c->at_ms = at_ms;
    c->p = ir_malloc(b->len);
    c->n = b->len;
    memcpy(c->p, b->p, b->len);
}

static void
control_cut(struct ir_sync_link *l, size_t i)
{
    free(l->controls[i].p);
    memmove(&l->controls[i], &l->controls[i + 1],
            (--l->controls_n - i) * sizeof *l->controls);
}

/* Take back what waits of this type (and key, unless NULL). */
void
ir_sync_unsay(struct ir_sync_link *l, uint8_t type, const uint8_t *key)
{
    size_t i;

    for (i = l->controls_n; i-- > 0;)
        if (l->controls[i].type == type &&
            (key == NULL ||
             memcmp(l->controls[i].key, key, sizeof l->controls[i].key) == 0))
            control_cut(l, i);
}

/* May this class go out there now? Who is busy gets lanes T and F only. */
static bool
open_class(const struct ir_sync *s, const struct ir_sync_link *l, int cls)
{
    return cls <= IR_CLASS_F || l->busy_ms <= s->now_ms;
}

/* The gravest and the least grave that is ready: -1 a message, else a class,
 * IR_CLASSES a piece of an object. False: nothing is.
 */
static bool
ready(const struct ir_sync *s, const struct ir_sync_link *l, int *first,
      int *last)
{
    bool any = false;
    size_t i;
    int c;

    for (i = 0; i < l->controls_n && !any; i++)
        if (l->controls[i].at_ms <= s->now_ms) {
            *first = *last = -1;
            any = true;
        }
    for (c = 0; c < IR_CLASSES; c++) {
        const struct ir_sync_queue *q = &l->q[c];

        if (q->n == 0 || q->v[q->head].at_ms > s->now_ms ||
            !open_class(s, l, c))
            continue;
        if (!any)
            *first = c;
        *last = c;
        any = true;
    }
    if (l->pieces_n > 0 && l->pieces[0].at_ms <= s->now_ms) {
        if (!any)
            *first = IR_CLASSES;
        *last = IR_CLASSES;
        any = true;
    }
    return any;
}

int64_t
ir_sync_out_due(const struct ir_sync *s, const struct ir_sync_link *l)
{
    int64_t next = IR_SYNC_NEVER;
    size_t i;
    int c;

    for (i = 0; i < l->controls_n; i++)
        if (l->controls[i].at_ms < next)
            next = l->controls[i].at_ms;
    for (c = 0; c < IR_CLASSES; c++) {
        const struct ir_sync_queue *q = &l->q[c];
        int64_t at = q->n > 0 ? q->v[q->head].at_ms : IR_SYNC_NEVER;

        if (q->n > 0 && !open_class(s, l, c) && at < l->busy_ms)
            at = l->busy_ms;
        next = at < next ? at : next;
    }
    if (l->pieces_n > 0 && l->pieces[0].at_ms < next)
        next = l->pieces[0].at_ms;
    if (l->held.n > 0 && l->held.v[l->held.head].at_ms < next)
        next = l->held.v[l->held.head].at_ms;
    return next;
}

/* A transmission in the making. */
struct load {
    struct ir_buf *out;
    size_t start, max; /* bytes of it at most */
    struct ir_buf items;
    size_t count;
};

static size_t
room(const struct load *o)
{
    size_t used = o->out->len - o->start + o->items.len +
                  (o->items.len > 0 ? ROOM_ENTRIES : 0);

    return used < o->max ? o->max - used : 0;
}

static void
add_controls(struct ir_sync *s, struct ir_sync_link *l, struct load *o)
{
    size_t i;

    for (i = 0; i < l->controls_n;) {
        if (l->controls[i].at_ms > s->now_ms || l->controls[i].n > room(o)) {
            i++;
            continue;
        }
        ir_buf_add(o->out, l->controls[i].p, l->controls[i].n);
        control_cut(l, i);
    }
}

/* Is it still offered? */
static bool
offered(const struct ir_sync *s, const uint8_t id[32], const struct ir_buf *b)
{
    struct ir_entry e;

    return ir_entry_parse(b->p, b->len, &e, NULL) == IR_OK &&
           ir_idset_has(ir_kind_lane(e.h.kind) == IR_LANE_T ? s->t : s->r,
                        e.h.hlc, id);
}

/* Entries of one class, as many as there is room for. True: more wait. */
static bool
add_class(struct ir_sync *s, struct ir_sync_link *l, int cls, struct load *o)
{
    struct ir_sync_queue *q = &l->q[cls];
    struct ir_sync_item it;
    struct ir_buf b = {0};
    bool full = false;

    while (!full && q->n > 0 && q->v[q->head].at_ms <= s->now_ms &&
           open_class(s, l, cls) && o->count < IR_FRAME_ENTRIES_MAX) {
        size_t need;

        it = q->v[q->head];
        b.len = 0;
        if (was_seen(l, it.id, it.asked ? it.since_ms : INT64_MIN) ||
            (!it.asked && is_heard_there(s, l, it.id)) ||
            s->home.get(s->home.arg, it.id, &b) != IR_OK ||
            !offered(s, it.id, &b)) {
            (void)ir_sync_queue_take(q, &it);
            continue;
        }
        need = b.len + ROOM_STRING + (o->items.len == 0 ? ROOM_ENTRIES : 0);
        full = need > room(o);
        /* too long for this link: left to a wider one */
        if (full && need <= l->mtu)
            break;
        (void)ir_sync_queue_take(q, &it);
        if (full) {
            full = false;
            continue;
        }
        ir_cbor_put_bytes(&o->items, b.p, b.len);
        o->count++;
    }
    ir_buf_done(&b);
    return full || o->count == IR_FRAME_ENTRIES_MAX;
}

static void
add_piece(struct ir_sync *s, struct ir_sync_link *l, struct load *o)
{
    struct ir_frame f = {.type = IR_FRAME_OBJECT};
    struct ir_sync_piece p = l->pieces[0];
    struct ir_buf b = {0};
    size_t max = room(o);

    if (max <= ROOM_OBJECT + (o->out->len > o->start ? 4096 : 0))
        return;
    max -= ROOM_OBJECT;
    if (max > p.max)
        max = p.max;
    memmove(&l->pieces[0], &l->pieces[1], --l->pieces_n * sizeof p);
    memcpy(f.digest, p.digest, sizeof f.digest);
    if (s->home.object_get(s->home.arg, p.digest, p.off, max, &f.total, &b) ==
            IR_OK &&
        b.len <= max && p.off <= f.total && b.len <= f.total - p.off) {
        f.offset = p.off;
        f.p = b.p;
        f.n = b.len;
    } else {
        f.total = 0; /* not here */
        if (l->many)
            goto out;
    }
    ir_frame_put(&f, o->out);
out:
    ir_buf_done(&b);
}

/* Fill one transmission; `bulk`: the least grave first. */
static void
fill(struct ir_sync *s, struct ir_sync_link *l, bool bulk, struct ir_buf *out)
{
    struct load o = {.out = out, .start = out->len};
    bool more = false;
    int c;

    o.max = l->mtu < IR_SYNC_BATCH_MAX ? l->mtu : IR_SYNC_BATCH_MAX;
    add_controls(s, l, &o);
    if (bulk && l->pieces_n > 0 && l->pieces[0].at_ms <= s->now_ms)
        add_piece(s, l, &o);
    for (c = 0; c < IR_CLASSES && !more; c++)
        more = add_class(s, l, bulk ? IR_CLASSES - 1 - c : c, &o);
    if (o.count > 0) {
        struct ir_frame f = {.type = IR_FRAME_ENTRIES, .count = o.count};

        f.p = o.items.p;
        f.n = o.items.len;
        ir_frame_put(&f, out);
    }
    ir_buf_done(&o.items);
    if (!more && l->pieces_n > 0 && l->pieces[0].at_ms <= s->now_ms)
        add_piece(s, l, &o);
}

bool
ir_sync_out(struct ir_sync *s, uint32_t *link, struct ir_buf *out)
{
    size_t start = out->len;

    for (;;) {
        bool bulk = s->sent % IR_SYNC_FLOOR == IR_SYNC_FLOOR - 1;
        int best = 0;
        struct ir_sync_link *l = NULL;
        size_t i;

        for (i = 0; i < s->links_n; i++) {
            struct ir_sync_link *c = s->links[(s->turn + i) % s->links_n];
            int first = 0, last = 0;

            if (!ready(s, c, &first, &last))
                continue;
            /* of equal gravity to all first: they then tell nobody else */
            if (l == NULL || (bulk ? last > best : first < best) ||
                (!bulk && first == best && c->many && !l->many)) {
                l = c;
                best = bulk ? last : first;
            }
        }
        if (l == NULL)
            return false;
        for (i = 0; i < s->links_n && s->links[i] != l; i++)
            ;
        s->turn = (i + 1) % s->links_n;
        s->sent++;
        fill(s, l, bulk, out);
        if (out->len > start) {
            *link = l->no;
            return true;
        }
    }
}
