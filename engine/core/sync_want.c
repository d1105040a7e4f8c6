/* sync_want.c: entries we lack, asked for once among all links and again
 * elsewhere when nothing comes.
 */
#include "core/sync_part.h"

#include <stdlib.h>
#include <string.h>

static size_t
slot(const struct ir_sync *s, const uint8_t id[32])
{
    uint64_t h;

    memcpy(&h, id, sizeof h); /* the key is ours: nobody grinds ids for it */
    h = (h ^ s->hash_key) * (s->hash_key | 1);
    return (size_t)(h >> 20) & (s->wants_cap - 1);
}

/* Where `id` stands, or the empty place for it. */
static size_t
find(const struct ir_sync *s, const uint8_t id[32])
{
    size_t i = slot(s, id);

    while (s->wants[i].used && memcmp(s->wants[i].id, id, 32) != 0)
        i = (i + 1) & (s->wants_cap - 1);
    return i;
}

static void
grow(struct ir_sync *s)
{
    struct ir_sync_want *old = s->wants;
    size_t i, n = s->wants_cap;

    s->wants_cap = n > 0 ? 2 * n : 64;
    s->wants = ir_calloc(s->wants_cap, sizeof *s->wants);
    for (i = 0; i < n; i++)
        if (old[i].used)
            s->wants[find(s, old[i].id)] = old[i];
    free(old);
}

/* Take out place `i` and close the gap. */
static void
cut(struct ir_sync *s, size_t i)
{
    size_t mask = s->wants_cap - 1, j = i;

    s->wants[i].used = false;
    s->wants_n--;
    while (s->wants[j = (j + 1) & mask].used) {
        size_t home = slot(s, s->wants[j].id);

        if (((j - home) & mask) >= ((j - i) & mask)) {
            s->wants[i] = s->wants[j];
            s->wants[j].used = false;
            i = j;
        }
    }
}

static void
count(struct ir_sync *s, const struct ir_sync_want *w, int by)
{
    struct ir_sync_link *l = ir_sync_find(s, w->link);

    if (l == NULL)
        return;
    l->wants += (size_t)by;
    if (w->flying)
        l->flying += (size_t)by;
}

static void
to_ask(struct ir_sync *s, struct ir_sync_want *w, struct ir_sync_link *l)
{
    struct ir_sync_item it = {.at_ms = s->now_ms};

    memcpy(it.id, w->id, sizeof it.id);
    w->link = l->no;
    w->flying = false;
    w->asked_ms = s->now_ms;
    l->wants++;
    ir_sync_queue_add(&l->ask, &it);
    s->wants_ms = s->now_ms;
}

static struct ir_sync_shun *
shunned(const struct ir_sync *s, const uint8_t id[32])
{
    uint64_t h;

    memcpy(&h, id, sizeof h);
    return &s->shunned[(h ^ s->hash_key) % IR_SYNC_SHUN];
}

/* It came and could not be taken (no certificate, no quota): not again soon. */
void
ir_sync_shun(struct ir_sync *s, const uint8_t id[32])
{
    struct ir_sync_shun *p;

    if (s->shunned == NULL)
        s->shunned = ir_calloc(IR_SYNC_SHUN, sizeof *s->shunned);
    p = shunned(s, id);
    memcpy(&p->id, id, sizeof p->id);
    p->until_ms = s->now_ms + IR_SYNC_SHUN_MS;
}

/* Trust is another one: what could not be taken may be taken now. */
void
ir_sync_unshun(struct ir_sync *s)
{
    free(s->shunned);
    s->shunned = NULL;
}

static bool
is_shunned(const struct ir_sync *s, const uint8_t id[32])
{
    const struct ir_sync_shun *p;

    if (s->shunned == NULL)
        return false;
    p = shunned(s, id);
    return memcmp(&p->id, id, sizeof p->id) == 0 && p->until_ms > s->now_ms;
}

void
ir_sync_want_add(struct ir_sync *s, struct ir_sync_link *l,
                 const uint8_t id[32], bool trust)
{
    struct ir_sync_want *w;

    if (2 * (s->wants_n + 1) > s->wants_cap)
        grow(s);
    w = &s->wants[find(s, id)];
    if (w->used) {
        if (w->link != l->no && !w->has_other) {
            w->has_other = true;
            w->other = l->no;
        }
        return;
    }
    if (s->wants_n >= IR_SYNC_WANTS_MAX || is_shunned(s, id))
        return; /* the next session names it again */
    memset(w, 0, sizeof *w);
    memcpy(w->id, id, sizeof w->id);
    w->used = true;
    w->trust = trust;
    s->wants_n++;
    to_ask(s, w, l);
}

/* It is here, or will not be; was it wanted? */
bool
ir_sync_want_done(struct ir_sync *s, const uint8_t id[32])
{
    size_t i;

    if (s->wants_n == 0)
        return false;
    i = find(s, id);
    if (!s->wants[i].used)
        return false;
    count(s, &s->wants[i], -1);
    cut(s, i);
    s->wants_ms = s->now_ms; /* there is room in the window */
    return true;
}

/* Ask the other link that has it; false: there is none. */
static bool
elsewhere(struct ir_sync *s, struct ir_sync_want *w)
{
    struct ir_sync_link *l = w->has_other ? ir_sync_find(s, w->other) : NULL;

    w->has_other = false;
    if (l == NULL)
        return false;
    w->other = w->link;
    w->has_other = ir_sync_find(s, w->link) != NULL;
    to_ask(s, w, l);
    return true;
}

void
ir_sync_want_link_down(struct ir_sync *s, struct ir_sync_link *l)
{
    size_t i;

    for (i = 0; i < s->wants_cap && s->wants_n > 0; i++) {
        if (!s->wants[i].used || s->wants[i].link != l->no)
            continue;
        if (!elsewhere(s, &s->wants[i])) {
            cut(s, i);
            i--; /* another one may stand here now */
        }
    }
}

bool
ir_sync_want_trust(const struct ir_sync *s, const struct ir_sync_link *l)
{
    size_t i;

    for (i = 0; i < s->wants_cap && s->wants_n > 0; i++)
        if (s->wants[i].used && s->wants[i].trust && s->wants[i].link == l->no)
            return true;
    return false;
}

/* Ask on a link for what fits into its window. */
static void
ask_link(struct ir_sync *s, struct ir_sync_link *l)
{
    size_t room = (l->mtu - 16) / IR_ID_BYTES, i;
    struct ir_sync_item it;

    if (room > IR_FRAME_ENTRIES_MAX)
        room = IR_FRAME_ENTRIES_MAX;
    if (room > IR_FRAME_WANT_MAX)
        room = IR_FRAME_WANT_MAX;
    while (l->ask.n > 0 && l->flying < IR_SYNC_WINDOW) {
        struct ir_frame f = {.type = IR_FRAME_WANT};
        struct ir_buf ids = {0}, b = {0};

        for (i = 0; i < room && l->flying < IR_SYNC_WINDOW &&
                    ir_sync_queue_take(&l->ask, &it);) {
            struct ir_sync_want *w = &s->wants[find(s, it.id)];

            if (!w->used || w->flying || w->link != l->no)
                continue;
            w->flying = true;
            w->asked_ms = s->now_ms;
            w->tries++;
            l->flying++;
            ir_buf_add(&ids, it.id, sizeof it.id);
            i++;
        }
        f.p = ids.p;
        f.n = ids.len;
        f.count = i;
        if (i > 0) {
            l->progress_ms = s->now_ms;
            ir_frame_put(&f, &b);
            ir_sync_say(s, l, IR_FRAME_WANT, NULL, &b, s->now_ms);
        }
        ir_buf_done(&ids);
        ir_buf_done(&b);
    }
}

/* Is it time to ask for it elsewhere, or again: nothing came from there for a
 * round trip or two, or this one did not for many?
 */
static bool
late(const struct ir_sync *s, const struct ir_sync_want *w,
     const struct ir_sync_link *l)
{
    int64_t rto, since = w->asked_ms;

    if (l == NULL)
        return true;
    rto = ir_sync_rto(l);
    if (s->now_ms >= w->asked_ms + IR_SYNC_PATIENCE * rto)
        return w->flying || w->has_other;
    if (l->progress_ms > since)
        since = l->progress_ms;
    return w->flying && s->now_ms >= since + rto;
}

static void
overdue(struct ir_sync *s)
{
    size_t i;

    for (i = 0; i < s->wants_cap && s->wants_n > 0; i++) {
        struct ir_sync_want *w = &s->wants[i];
        struct ir_sync_link *l = w->used ? ir_sync_find(s, w->link) : NULL;

        if (!w->used || !late(s, w, l))
            continue;
        count(s, w, -1);
        if (w->tries >= IR_SYNC_TRIES_MAX || l == NULL) {
            cut(s, i);
            i--;
        } else if (!elsewhere(s, w)) {
            to_ask(s, w, l);
        }
    }
}

int64_t
ir_sync_want_tick(struct ir_sync *s)
{
    size_t i;

    if (s->wants_n == 0) {
        s->wants_ms = IR_SYNC_NEVER;
        return IR_SYNC_NEVER;
    }
    if (s->now_ms < s->wants_ms)
        return s->wants_ms;
    overdue(s);
    for (i = 0; i < s->links_n; i++)
        if (s->links[i]->ask.n > 0)
            ask_link(s, s->links[i]);
    s->wants_ms = s->now_ms + IR_SYNC_RTO_MIN_MS / 2;
    return s->wants_ms;
}
