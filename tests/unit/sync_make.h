/* sync_make.h: a few nodes with homes in memory and links between them, for
 * tests of core/sync: every transmission can be counted, lost or changed.
 *
 * Entries have the real form, but their id is what the test says (it stands in
 * the body), so that ids can be made that nobody could grind in this life.
 */
#ifndef SYNC_MAKE_H
#define SYNC_MAKE_H

#include "core/body.h"
#include "core/frame.h"
#include "core/sync.h"
#include "unit.h"

#define NODES_MAX 12
#define EDGES_MAX 48
#define FLIGHTS_MAX 20000

struct kept {
    uint8_t id[32];
    uint8_t *p;
    size_t n;
    uint64_t hlc;
    int lane;
};

struct node {
    struct ir_sync *s;
    uint8_t name[8];
    struct net *net;
    int no;
    struct kept *v;
    size_t n;
    size_t puts;                 /* entries that came in */
    enum ir_sync_fate judgement; /* of entries by kind 43; STORED unless set */
    int64_t due;
    uint8_t *object;
    size_t object_n, object_got;
    uint8_t digest[32];
    bool wants_object, has_object;
};

struct edge {
    int a, b; /* b < 0: many, of all nodes with the edge's group */
    size_t mtu;
    int64_t delay_ms;
    int loss; /* per cent */
    bool cut;
    uint64_t count, bytes;
};

struct flight {
    int64_t at;
    uint64_t order;
    int to;
    uint32_t link;
    uint8_t *p;
    size_t n;
};

struct net {
    struct node node[NODES_MAX];
    int nodes;
    struct edge edge[EDGES_MAX];
    int edges;
    struct flight f[FLIGHTS_MAX];
    size_t f_n;
    int64_t now;
    uint64_t rng, order;
    int doubles; /* per cent that come twice */
    int jitter;  /* ms more of delay, at most */
    int spoils;  /* per cent changed in one byte */
    void (*watch)(struct net *, int from, int to, uint32_t link,
                  const uint8_t *p, size_t n);
};

static inline uint64_t
net_rand(struct net *w, uint64_t below)
{
    w->rng ^= w->rng << 13;
    w->rng ^= w->rng >> 7;
    w->rng ^= w->rng << 17;
    return w->rng % below;
}

static inline struct kept *
node_find(struct node *d, const uint8_t id[32])
{
    size_t i;

    for (i = 0; i < d->n; i++)
        if (memcmp(d->v[i].id, id, 32) == 0)
            return &d->v[i];
    return NULL;
}

static inline int
home_get(void *arg, const uint8_t id[32], struct ir_buf *out)
{
    struct kept *k = node_find(arg, id);

    if (k == NULL)
        return IR_ENOTFOUND;
    ir_buf_add(out, k->p, k->n);
    return IR_OK;
}

static inline void
node_keep(struct node *d, const uint8_t id[32], uint64_t hlc, int lane,
          const uint8_t *p, size_t n)
{
    struct kept *k;

    d->v = ir_realloc(d->v, (d->n + 1) * sizeof *d->v);
    k = &d->v[d->n++];
    memcpy(k->id, id, 32);
    k->hlc = hlc;
    k->lane = lane;
    k->p = ir_malloc(n);
    k->n = n;
    memcpy(k->p, p, n);
}

/* What stands for a signature: a digest of header and body. */
static inline void
entry_sign(struct ir_entry *e)
{
    struct ir_buf b = {0};

    ir_buf_add(&b, e->p, e->p_len);
    ir_buf_add(&b, e->b, e->b_len);
    memset(e->sig, 0, sizeof e->sig);
    ir_sha256(b.p, b.len, e->sig);
    ir_buf_done(&b);
}

static inline bool
entry_good(const struct ir_entry *e)
{
    struct ir_entry again = *e;

    entry_sign(&again);
    return memcmp(again.sig, e->sig, sizeof e->sig) == 0;
}

static inline int
home_put(void *arg, const uint8_t from[8], struct ir_sync_in *v, size_t n,
         struct ir_err *err)
{
    struct node *d = arg;
    size_t i;

    (void)from;
    (void)err;
    for (i = 0; i < n; i++) {
        struct ir_entry e;
        const uint8_t *id;
        size_t len;

        d->puts++;
        v[i].fate = IR_SYNC_REFUSED;
        if (ir_entry_parse(v[i].p, v[i].n, &e, NULL) != IR_OK ||
            !ir_body_bytes(&e, 1, &id, &len) || len != 32)
            continue;
        memcpy(v[i].id, id, 32);
        v[i].hlc = e.h.hlc;
        v[i].lane = ir_kind_lane(e.h.kind);
        v[i].fate = entry_good(&e) ? IR_SYNC_STORED : IR_SYNC_REFUSED;
        if (e.h.kind == IR_KIND_ACTION && d->judgement != IR_SYNC_STORED)
            v[i].fate = d->judgement;
        if (v[i].fate != IR_SYNC_STORED)
            continue;
        if (node_find(d, id) != NULL)
            v[i].fate = IR_SYNC_HAD;
        else
            node_keep(d, id, e.h.hlc, v[i].lane, v[i].p, v[i].n);
    }
    return IR_OK;
}

static inline int
home_object_get(void *arg, const uint8_t digest[32], uint64_t off, size_t max,
                uint64_t *total, struct ir_buf *out)
{
    struct node *d = arg;

    if (!d->has_object || memcmp(digest, d->digest, 32) != 0 ||
        off > d->object_n)
        return IR_ENOTFOUND;
    *total = d->object_n;
    if (max > d->object_n - off)
        max = d->object_n - off;
    ir_buf_add(out, d->object + off, max);
    return IR_OK;
}

static inline int
home_object_put(void *arg, const uint8_t digest[32], uint64_t total,
                uint64_t off, const void *p, size_t n)
{
    struct node *d = arg;
    uint8_t h[32];

    if (memcmp(digest, d->digest, 32) != 0 || off != d->object_got ||
        total > 1 << 24)
        return IR_EPARSE;
    d->object = ir_realloc(d->object, total + 1);
    memcpy(d->object + off, p, n);
    d->object_n = total;
    d->object_got += n;
    if (d->object_got < total)
        return IR_OK;
    ir_sha256(d->object, d->object_n, h);
    d->has_object = memcmp(h, digest, 32) == 0;
    d->wants_object = !d->has_object;
    d->object_got = 0;
    return d->has_object ? IR_OK : IR_EDAMAGED;
}

static inline int
home_object_next(void *arg, uint8_t digest[32], uint64_t *off)
{
    struct node *d = arg;

    if (!d->wants_object)
        return IR_ENOTFOUND;
    memcpy(digest, d->digest, 32);
    *off = d->object_got;
    return IR_OK;
}

static inline void
home_random(void *arg, void *p, size_t n)
{
    struct node *d = arg;
    uint8_t *b = p;

    while (n-- > 0)
        *b++ = (uint8_t)net_rand(d->net, 256);
}

static inline void
node_start(struct node *d)
{
    struct ir_sync_home h = {d,
                             home_get,
                             home_put,
                             home_object_get,
                             home_object_put,
                             home_object_next,
                             home_random};
    size_t i;

    ir_sync_free(d->s);
    d->s = ir_sync_new(d->name, &h, d->net->now);
    for (i = 0; i < d->n; i++)
        ir_sync_index(d->s, d->v[i].id, d->v[i].hlc, d->v[i].lane);
    d->due = d->net->now;
}

static inline struct net *
net_new(int nodes, uint64_t seed)
{
    struct net *w = ir_calloc(1, sizeof *w);
    int i;

    w->rng = seed * 0x9E3779B97F4A7C15u + 1;
    w->now = 1000;
    w->nodes = nodes;
    for (i = 0; i < nodes; i++) {
        w->node[i].net = w;
        w->node[i].no = i;
        w->node[i].name[0] = (uint8_t)(i + 1);
        node_start(&w->node[i]);
    }
    return w;
}

static inline void
net_free(struct net *w)
{
    size_t i, k;

    for (i = 0; i < (size_t)w->nodes; i++) {
        for (k = 0; k < w->node[i].n; k++)
            free(w->node[i].v[k].p);
        free(w->node[i].v);
        free(w->node[i].object);
        ir_sync_free(w->node[i].s);
    }
    for (i = 0; i < w->f_n; i++)
        free(w->f[i].p);
    free(w);
}

/* A link between two nodes, or (b < 0) to all. Its number is its place. */
static inline struct edge *
net_link(struct net *w, int a, int b, size_t mtu, int64_t delay_ms)
{
    struct edge *e = &w->edge[w->edges];
    uint32_t no = (uint32_t)w->edges++;
    int i;

    *e = (struct edge){.a = a, .b = b, .mtu = mtu, .delay_ms = delay_ms};
    if (b >= 0) {
        ir_sync_link_up(w->node[a].s, no, w->node[b].name, mtu, false);
        ir_sync_link_up(w->node[b].s, no, w->node[a].name, mtu, false);
        w->node[a].due = w->node[b].due = w->now;
        return e;
    }
    for (i = 0; i < w->nodes; i++) {
        ir_sync_link_up(w->node[i].s, no, NULL, mtu, true);
        w->node[i].due = w->now;
    }
    return e;
}

static inline void
net_fly(struct net *w, int from, int to, uint32_t link, const struct ir_buf *b)
{
    struct edge *e = &w->edge[link];
    int copies = 1 + (net_rand(w, 100) < (uint64_t)w->doubles ? 1 : 0);

    if (w->watch != NULL)
        w->watch(w, from, to, link, b->p, b->len);
    while (copies-- > 0) {
        struct flight *f = &w->f[w->f_n];

        if (e->cut || net_rand(w, 100) < (uint64_t)e->loss)
            continue;
        assert_true(w->f_n < FLIGHTS_MAX);
        *f = (struct flight){.to = to, .link = link, .n = b->len};
        f->at = w->now + e->delay_ms +
                (w->jitter > 0 ? (int64_t)net_rand(w, (uint64_t)w->jitter) : 0);
        f->order = w->order++;
        f->p = ir_malloc(b->len);
        memcpy(f->p, b->p, b->len);
        if (b->len > 0 && net_rand(w, 100) < (uint64_t)w->spoils)
            f->p[net_rand(w, b->len)] ^= (uint8_t)(1 + net_rand(w, 255));
        w->f_n++;
    }
}

static inline void
node_run(struct net *w, int i)
{
    struct ir_buf b = {0};
    uint32_t link;
    int k;

    w->node[i].due = ir_sync_tick(w->node[i].s, w->now);
    assert_true(w->node[i].due > w->now);
    while (ir_sync_out(w->node[i].s, &link, &b)) {
        struct edge *e = &w->edge[link];

        assert_true(b.len <= e->mtu && b.len > 0);
        e->count++;
        e->bytes += b.len;
        if (e->b >= 0)
            net_fly(w, i, e->a == i ? e->b : e->a, link, &b);
        for (k = 0; e->b < 0 && k < w->nodes; k++)
            if (k != i)
                net_fly(w, i, k, link, &b);
        b.len = 0;
    }
    ir_buf_done(&b);
}

/* Run for `ms`. */
static inline void
net_run(struct net *w, int64_t ms)
{
    int64_t end = w->now + ms;

    for (;;) {
        size_t i, first = SIZE_MAX;
        int k, tick = -1;
        int64_t at = end;

        for (i = 0; i < w->f_n; i++)
            if (w->f[i].at <= at &&
                (first == SIZE_MAX || w->f[i].at < w->f[first].at ||
                 w->f[i].order < w->f[first].order))
                at = w->f[first = i].at;
        for (k = 0; k < w->nodes; k++)
            if (w->node[k].due < at) {
                at = w->node[k].due;
                tick = k;
            }
        if (tick < 0 && first == SIZE_MAX)
            break;
        if (at > w->now)
            w->now = at;
        if (tick < 0) {
            struct flight f = w->f[first];

            w->f[first] = w->f[--w->f_n];
            tick = f.to;
            (void)ir_sync_in(w->node[tick].s, f.link, f.p, f.n, w->now, NULL);
            free(f.p);
        }
        node_run(w, tick);
    }
    w->now = end;
}

/* The bytes of an entry with this id. */
static inline void
entry_make(const uint8_t id[32], uint64_t hlc, uint64_t kind, size_t fill,
           struct ir_buf *out)
{
    struct ir_entry e = {.h = {.hlc = hlc, .seq = 1, .kind = kind}};
    struct ir_buf p = {0}, b = {0};
    struct ir_bodyw body = {0};
    uint8_t *more = ir_calloc(fill + 1, 1);

    e.h.prio = (uint8_t)ir_lane_prio(ir_kind_lane(kind));
    ir_header_encode(&e.h, &p);
    ir_bodyw_bytes(&body, 1, id, 32);
    ir_bodyw_bytes(&body, 2, more, fill);
    ir_bodyw_finish(&body, &b);
    e.p = p.p;
    e.p_len = p.len;
    e.b = b.p;
    e.b_len = b.len;
    entry_sign(&e);
    ir_entry_encode(&e, out);
    ir_buf_done(&p);
    ir_buf_done(&b);
    free(more);
}

/* Node `i` has had an entry for long (`push`: writes it just now). */
static inline void
node_has_id(struct net *w, int i, const uint8_t id[32], uint64_t hlc,
            uint64_t kind, size_t fill, bool push)
{
    struct ir_buf b = {0};
    int lane = ir_kind_lane(kind);

    entry_make(id, hlc, kind, fill, &b);
    node_keep(&w->node[i], id, hlc, lane, b.p, b.len);
    if (push)
        ir_sync_local(w->node[i].s, id, hlc, lane, 2, w->now);
    else
        ir_sync_index(w->node[i].s, id, hlc, lane);
    w->node[i].due = w->now;
    ir_buf_done(&b);
}

/* Likewise, number `no` of its kind. */
static inline void
node_has(struct net *w, int i, uint32_t no, uint64_t kind, bool push)
{
    uint8_t seed[12] = {0}, id[32];

    memcpy(seed, &no, sizeof no);
    seed[4] = (uint8_t)kind;
    ir_sha256(seed, sizeof seed, id);
    node_has_id(w, i, id, ((uint64_t)1000 + no) << 16, kind, 100, push);
}

/* Do all nodes hold the same number of entries, `n`, and offer them? */
static inline bool
net_all(const struct net *w, size_t n)
{
    int i;

    for (i = 0; i < w->nodes; i++) {
        size_t t = 0, r = 0;

        ir_sync_count(w->node[i].s, &t, &r);
        if (w->node[i].n != n || t + r != n)
            return false;
    }
    return true;
}

#endif
