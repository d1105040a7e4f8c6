/* home.c: what a node keeps: put is durable when it returns, all else is made
 * anew after a crash.
 */
#include "core/order.h"
#include "sim.h"

static bool
bit(const uint8_t *v, size_t i)
{
    return (v[i / 8] >> (i % 8) & 1) != 0;
}

static void
set(uint8_t *v, size_t i, bool on)
{
    if (on)
        v[i / 8] |= (uint8_t)(1 << i % 8);
    else
        v[i / 8] &= (uint8_t) ~(1 << i % 8);
}

bool
sim_has(const struct sim_node *d, size_t entry)
{
    return entry / 8 < d->has_cap && bit(d->has, entry);
}

bool
sim_offers(const struct sim_node *d, size_t entry)
{
    return entry / 8 < d->has_cap && bit(d->offered, entry);
}

static void
room(struct sim_node *d, size_t entry)
{
    size_t cap = d->has_cap > 0 ? d->has_cap : 64;

    while (cap <= entry / 8)
        cap *= 2;
    if (cap == d->has_cap)
        return;
    d->has = ir_realloc(d->has, cap);
    d->offered = ir_realloc(d->offered, cap);
    memset(d->has + d->has_cap, 0, cap - d->has_cap);
    memset(d->offered + d->has_cap, 0, cap - d->has_cap);
    d->has_cap = cap;
}

void
sim_keep(struct sim_node *d, size_t entry)
{
    struct sim_entry *x = &d->w->entries[entry];

    room(d, entry);
    if (bit(d->has, entry))
        return;
    if (d->n == d->cap) {
        d->cap = d->cap > 0 ? 2 * d->cap : 64;
        d->arrival = ir_realloc(d->arrival, d->cap * sizeof *d->arrival);
    }
    d->arrival[d->n++] = (uint32_t)entry;
    set(d->has, entry, true);
    set(d->offered, entry, true);
    if (ir_kind_lane(x->e.h.kind) == IR_LANE_T)
        d->dirty = true;
    sim_object_of(d, &x->e);
    if (!d->evil) {
        x->holders++;
        x->last_ms = d->w->now;
    }
}

static const struct ir_trust *
trust_of(struct sim_node *d)
{
    struct sim *w = d->w;
    const struct ir_entry **v;
    size_t i, n = 0;

    if (!w->fold)
        return &w->trust;
    if (d->folded && !d->dirty)
        return &d->trust;
    v = ir_calloc(d->n + 1, sizeof *v);
    for (i = 0; i < d->n; i++)
        if (ir_kind_lane(w->entries[d->arrival[i]].e.h.kind) == IR_LANE_T)
            v[n++] = &w->entries[d->arrival[i]].e;
    if (d->folded)
        ir_trust_done(&d->trust);
    ir_trust_fold(w->site, v, n, &d->trust);
    free(v);
    d->folded = true;
    d->dirty = false;
    return &d->trust;
}

static int
by_id(const void *a, const void *b)
{
    const struct ir_entry *const *x = a, *const *y = b;

    return memcmp((*x)->id, (*y)->id, 32);
}

/* A walk from the accepted entries of revoked keys to what they build on. */
struct past {
    const struct ir_entry **v; /* what is here, by id */
    size_t n;
    uint8_t *ok; /* by place in v */
    size_t *todo, todo_n;
    const uint8_t *want; /* was it named? NULL: not asked */
    bool named;
};

static void
past_name(struct past *p, const uint8_t id[32])
{
    struct ir_entry probe = {0};
    const struct ir_entry *e = &probe, **hit;

    if (p->want != NULL && memcmp(id, p->want, 32) == 0)
        p->named = true;
    memcpy(probe.id, id, 32);
    hit = bsearch(&e, p->v, p->n, sizeof *p->v, by_id);
    if (hit != NULL && !p->ok[hit - p->v]) {
        p->ok[hit - p->v] = 1;
        p->todo[p->todo_n++] = (size_t)(hit - p->v);
    }
}

static void
past_walk(struct sim_node *d, const struct ir_trust *t, struct past *p)
{
    size_t i, k;

    p->n = d->n;
    p->v = ir_calloc(d->n + 1, sizeof *p->v);
    p->ok = ir_calloc(d->n + 1, 1);
    p->todo = ir_calloc(d->n + 1, sizeof *p->todo);
    for (i = 0; i < d->n; i++)
        p->v[i] = &d->w->entries[d->arrival[i]].e;
    qsort(p->v, d->n, sizeof *p->v, by_id);
    for (i = 0; i < t->keys_n; i++)
        for (k = 0; t->keys[i].revoked && k < t->keys[i].accepted_n; k++)
            past_name(p, t->keys[i].accepted + 32 * k);
    while (p->todo_n > 0) {
        const struct ir_header *h = &p->v[p->todo[--p->todo_n]]->h;

        if (h->has_prev)
            past_name(p, h->prev);
        for (i = 0; i < h->deps_n; i++)
            past_name(p, h->deps[i]);
        for (i = 0; i < h->refs_n; i++)
            past_name(p, h->refs[i]);
    }
}

static void
past_done(struct past *p)
{
    free(p->v);
    free(p->ok);
    free(p->todo);
}

/* What of it all is offered, now that trust is another one: everything but
 * what revoked keys signed and nobody accepted.
 */
void
sim_judge(struct sim_node *d)
{
    const struct ir_trust *t = trust_of(d);
    size_t i, revoked = 0;
    struct past past = {0};

    for (i = 0; i < t->keys_n; i++)
        revoked += t->keys[i].revoked ? 1 : 0;
    if (revoked == 0 || !d->w->fold)
        return;
    past_walk(d, t, &past);
    for (i = 0; i < d->n; i++) {
        const struct ir_entry *e = &d->w->entries[d->arrival[i]].e, **hit;
        const struct ir_cert_key *key = ir_trust_key(t, e->h.author);
        int lane = ir_kind_lane(e->h.kind);
        bool on;

        if (lane == IR_LANE_T)
            continue;
        hit = bsearch(&e, past.v, past.n, sizeof *past.v, by_id);
        on = key != NULL && (!key->revoked || past.ok[hit - past.v]);
        if (on == bit(d->offered, d->arrival[i]))
            continue;
        set(d->offered, d->arrival[i], on);
        if (d->sync != NULL && on)
            ir_sync_index(d->sync, e->id, e->h.hlc, lane);
        else if (d->sync != NULL)
            ir_sync_drop(d->sync, e->id, e->h.hlc, lane);
    }
    past_done(&past);
}

static int
home_get(void *arg, const uint8_t id[32], struct ir_buf *out)
{
    struct sim_node *d = arg;
    size_t i;

    /* newest first: what is asked for is mostly new */
    for (i = d->n; i-- > 0;) {
        const struct sim_entry *x = &d->w->entries[d->arrival[i]];

        if (memcmp(x->e.id, id, 32) == 0) {
            ir_buf_add(out, x->p, x->n);
            return IR_OK;
        }
    }
    return IR_ENOTFOUND;
}

/* May this entry, which is new here, come in? */
static enum ir_sync_fate
fate(struct sim_node *d, const struct sim_entry *x)
{
    struct sim *w = d->w;
    const struct ir_trust *t = trust_of(d);
    const struct ir_cert_key *key = ir_trust_key(t, x->e.h.author);
    int lane = ir_kind_lane(x->e.h.kind);

    d->checks++;
    if (!x->good && w->broken != SIM_BREAK_CHECK)
        return IR_SYNC_REFUSED;
    if (x->e.h.kind == IR_KIND_ROOT)
        return memcmp(x->e.id, w->site, 32) == 0 ? IR_SYNC_STORED
                                                 : IR_SYNC_REFUSED;
    if (key == NULL &&
        (lane != IR_LANE_T || ir_trust_admin(t, x->e.h.author) < 0))
        return w->broken == SIM_BREAK_CHECK ? IR_SYNC_STORED : IR_SYNC_LATER;
    if (key != NULL && key->revoked && lane != IR_LANE_T) {
        struct past past = {.want = x->e.id};

        past_walk(d, t, &past);
        past_done(&past);
        if (!past.named)
            return IR_SYNC_LATER;
    }
    if (key != NULL && w->quotas && lane != IR_LANE_T &&
        !ir_quota_take(d->quota, t->members[key->member].id, lane, x->n,
                       w->now + 1))
        return IR_SYNC_LATER;
    return IR_SYNC_STORED;
}

static int
home_put(void *arg, const uint8_t from[8], struct ir_sync_in *v, size_t n,
         struct ir_err *err)
{
    struct sim_node *d = arg;
    struct sim *w = d->w;
    size_t i, news = 1, stored = 0;

    (void)from;
    (void)err;
    for (i = 0; i < n; i++) {
        d->puts++;
        v[i].fate = IR_SYNC_LATER;
    }
    while (news > 0) { /* what one brings may let another in */
        news = 0;
        for (i = 0; i < n; i++) {
            int k =
                v[i].fate == IR_SYNC_LATER ? sim_intern(w, v[i].p, v[i].n) : -2;
            const struct ir_entry *e;

            if (k == -1)
                v[i].fate = IR_SYNC_REFUSED;
            if (k < 0)
                continue;
            e = &w->entries[k].e;
            memcpy(v[i].id, e->id, 32);
            v[i].hlc = e->h.hlc;
            v[i].lane = ir_kind_lane(e->h.kind);
            v[i].fate = sim_has(d, (size_t)k) || sim_has(d, w->entries[k].first)
                            ? IR_SYNC_HAD
                            : fate(d, &w->entries[k]);
            if (v[i].fate != IR_SYNC_STORED)
                continue;
            news++;
            if (w->broken == SIM_BREAK_PUT && sim_rand(w, 20) == 0)
                continue;
            sim_keep(d, (size_t)k);
        }
        stored += news;
        if (!w->fold)
            break;
    }
    if (stored > 0)
        sim_judge(d);
    return IR_OK;
}

static void
home_random(void *arg, void *p, size_t n)
{
    struct sim_node *d = arg;
    uint8_t *b = p;

    while (n-- > 0)
        *b++ = (uint8_t)sim_rand(d->w, 256);
}

void
sim_start(struct sim_node *d)
{
    struct ir_sync_home h = {d,
                             home_get,
                             home_put,
                             sim_object_get,
                             sim_object_put,
                             sim_object_next,
                             home_random};
    static const struct ir_share few = {{3600, 200}, {1 << 24, 1 << 20}};
    struct ir_quota_limits limits = ir_quota_default;
    size_t i;

    limits.all = few;
    d->up = d->fresh = true;
    d->quota = ir_quota_new(&limits);
    d->sync = ir_sync_new(d->name, &h, d->w->now);
    for (i = 0; i < d->n; i++) {
        const struct ir_entry *e = &d->w->entries[d->arrival[i]].e;

        if (bit(d->offered, d->arrival[i]))
            ir_sync_index(d->sync, e->id, e->h.hlc, ir_kind_lane(e->h.kind));
    }
    d->dirty = true;
    sim_wake(d);
}

void
sim_stop(struct sim_node *d)
{
    d->up = false;
    ir_sync_free(d->sync);
    d->sync = NULL;
    ir_quota_free(d->quota);
    d->quota = NULL;
    if (d->folded)
        ir_trust_done(&d->trust);
    d->folded = false;
}

void
sim_node_done(struct sim_node *d)
{
    if (d->sync != NULL)
        sim_stop(d);
    free(d->arrival);
    free(d->has);
    free(d->offered);
    sim_parts_done(d);
}
