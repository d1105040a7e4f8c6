/* world.c: people with keys, and the entries they sign, each kept once. */
#include "base/sshsig.h"
#include "core/body.h"
#include "sim.h"

uint64_t
sim_rand(struct sim *w, uint64_t below)
{
    w->rng ^= w->rng << 13;
    w->rng ^= w->rng >> 7;
    w->rng ^= w->rng << 17;
    return below > 0 ? w->rng % below : 0;
}

static size_t
slot(const struct sim *w, const struct ir_entry *e)
{
    uint64_t h;

    memcpy(&h, e->id, sizeof h);
    return (size_t)(h * 0x9E3779B97F4A7C15u >> 20) & (w->index_cap - 1);
}

static void
index_grow(struct sim *w)
{
    size_t i, k;

    free(w->index);
    w->index_cap = w->index_cap > 0 ? 2 * w->index_cap : 1024;
    w->index = ir_calloc(w->index_cap, sizeof *w->index);
    for (i = 0; i < w->entries_n; i++) {
        for (k = slot(w, &w->entries[i].e); w->index[k] != 0;)
            k = (k + 1) & (w->index_cap - 1);
        w->index[k] = (uint32_t)i + 1;
    }
}

/* The key of whoever an entry names: anybody's, also a stranger's. */
static const struct ir_key *
key_of(const struct sim *w, const struct ir_entry *e)
{
    int i;

    for (i = 0; i < w->people_n; i++)
        if (memcmp(w->people[i].key_id, e->h.author, 8) == 0)
            return w->people[i].key;
    return NULL;
}

/* The number of these bytes, checked when seen first; -1: no entry. */
int
sim_intern(struct sim *w, const uint8_t *p, size_t n)
{
    struct sim_entry x = {.maker = -1};
    const struct ir_key *key;
    size_t k;

    if (ir_entry_parse(p, n, &x.e, NULL) != IR_OK)
        return -1;
    ir_entry_id(&x.e, w->site);
    x.first = w->entries_n;
    if (2 * (w->entries_n + 1) > w->index_cap)
        index_grow(w);
    for (k = slot(w, &x.e); w->index[k] != 0;
         k = (k + 1) & (w->index_cap - 1)) {
        const struct sim_entry *y = &w->entries[w->index[k] - 1];

        if (y->n == n && memcmp(y->p, p, n) == 0)
            return (int)w->index[k] - 1;
        if (memcmp(y->e.id, x.e.id, 32) == 0)
            x.first = y->first;
    }
    if (w->entries_n == w->entries_cap) {
        w->entries_cap = w->entries_cap > 0 ? 2 * w->entries_cap : 256;
        w->entries =
            ir_realloc(w->entries, w->entries_cap * sizeof *w->entries);
    }
    x.p = ir_malloc(n);
    x.n = n;
    memcpy(x.p, p, n);
    if (ir_entry_parse(x.p, n, &x.e, NULL) != IR_OK)
        abort();
    ir_entry_id(&x.e, w->site);
    key = key_of(w, &x.e);
    x.good = key != NULL && ir_entry_verify(&x.e, w->site, key->pub);
    w->entries[w->entries_n] = x;
    w->index[k] = (uint32_t)++w->entries_n;
    return (int)w->entries_n - 1;
}

/* Sign (or, to forge, write any bytes for a signature); its number. */
int
sim_make(struct sim *w, int person, struct ir_header *h, struct ir_bodyw *body,
         bool forge)
{
    struct sim_person *who = &w->people[person];
    struct ir_buf p = {0}, b = {0}, out = {0};
    struct ir_entry e = {.h = *h};
    uint8_t blob[IR_SSHSIG_BLOB_BYTES];
    int i;

    memcpy(e.h.author, who->key_id, 8);
    e.h.prio =
        e.h.has_prio ? e.h.prio : (uint8_t)ir_lane_prio(ir_kind_lane(e.h.kind));
    ir_header_encode(&e.h, &p);
    ir_bodyw_finish(body, &b);
    e.p = p.p;
    e.p_len = p.len;
    e.b = b.p;
    e.b_len = b.len;
    ir_sha256(b.p, b.len, e.body_digest);
    ir_entry_blob(&e, w->site, blob);
    if (forge) {
        for (i = 0; i < IR_SIG_BYTES; i++)
            e.sig[i] = (uint8_t)sim_rand(w, 256);
    } else if (ir_sign(who->key, blob, sizeof blob, e.sig, NULL) != IR_OK) {
        abort();
    }
    ir_entry_encode(&e, &out);
    i = sim_intern(w, out.p, out.len);
    if (i < 0)
        abort();
    w->entries[i].made = !forge;
    w->entries[i].made_ms = w->now;
    ir_buf_done(&p);
    ir_buf_done(&b);
    ir_buf_done(&out);
    return i;
}

/* The next header of a person in a chain. */
static struct ir_header
next(struct sim *w, struct sim_person *who, int64_t wall_ms, uint64_t kind)
{
    struct ir_header h = {.kind = kind};

    (void)w;
    who->hlc = ir_hlc_next(who->hlc, wall_ms);
    h.hlc = who->hlc;
    h.seq = ++who->seq;
    return h;
}

static void
chain(uint8_t prev[32], bool *has, struct ir_header *h)
{
    h->has_prev = *has;
    memcpy(h->prev, prev, 32);
    *has = true;
}

static int
trust_entry(struct sim *w, int by, uint64_t kind, struct ir_bodyw *b)
{
    struct sim_person *who = &w->people[by];
    struct ir_header h = next(w, who, SIM_T0 + w->now, kind);
    int i;

    chain(who->prev_t, &who->has_t, &h);
    i = sim_make(w, by, &h, b, false);
    memcpy(who->prev_t, w->entries[i].e.id, 32);
    return i;
}

int
sim_certify(struct sim *w, int by, int person)
{
    struct sim_person *p = &w->people[person];
    struct ir_bodyw b = {0};
    char handle[24];

    snprintf(handle, sizeof handle, "p%d", person);
    ir_bodyw_text(&b, 1, handle);
    ir_bodyw_bytes(&b, 4, p->member, 8);
    ir_bodyw_hashes(&b, 5, (const uint8_t(*)[32])p->key->pub, 1);
    ir_bodyw_text(&b, 6, handle);
    p->certified = true;
    return trust_entry(w, by, IR_KIND_MEMBER, &b);
}

/* What the person signed last in lane I before now stays accepted. */
int
sim_revoke(struct sim *w, int by, int person)
{
    struct sim_person *p = &w->people[person];
    struct ir_bodyw b = {0};

    ir_bodyw_bytes(&b, 1, p->key_id, 8);
    ir_bodyw_text(&b, 2, "stolen");
    if (p->has_i)
        ir_bodyw_hashes(&b, 3, (const uint8_t(*)[32])p->prev_i, 1);
    else
        ir_bodyw_no_hashes(&b, 3);
    return trust_entry(w, by, IR_KIND_REVOKE, &b);
}

/* Admin 0, `people` with keys, and the root; certificates unless left out. The
 * entries are made; who holds them is the caller's.
 */
void
sim_world(struct sim *w, int people, bool certify_all)
{
    struct ir_bodyw b = {0};
    int i;

    w->people_n = people;
    for (i = 0; i < people; i++) {
        uint8_t seed[32] = {0};
        struct sim_person *p = &w->people[i];

        memcpy(seed, &w->seed, sizeof w->seed);
        seed[8] = (uint8_t)(i + 1);
        p->key = ir_key_from_seed(seed);
        ir_key_id(p->key->pub, p->key_id);
        p->member[0] = (uint8_t)(i + 1);
    }
    ir_bodyw_uint(&b, 1, 1);
    ir_bodyw_uint(&b, 2, 1);
    ir_bodyw_hashes(&b, 3, (const uint8_t(*)[32])w->people[0].key->pub, 1);
    i = trust_entry(w, 0, IR_KIND_ROOT, &b);
    memcpy(w->site, w->entries[i].e.id, 32);
    (void)sim_certify(w, 0, 0);
    for (i = 1; i < people && certify_all; i++)
        (void)sim_certify(w, 0, i);
}

void
sim_world_done(struct sim *w)
{
    size_t i;

    for (i = 0; i < w->entries_n; i++)
        free(w->entries[i].p);
    for (i = 0; i < w->objects_n; i++)
        free(w->objects[i].p);
    free(w->objects);
    free(w->entries);
    free(w->index);
    for (i = 0; i < (size_t)w->people_n; i++)
        ir_key_free(w->people[i].key);
    ir_trust_done(&w->trust);
}

/* deps: the newest of others that the node holds in the incident. */
static void
depend(struct sim_node *d, int person, struct ir_header *h)
{
    const struct sim *w = d->w;
    size_t i, k;

    for (i = d->n; i-- > 0 && h->deps_n < 2 && d->n - i < 40;) {
        const struct ir_entry *e = &w->entries[d->arrival[i]].e;

        if (!e->h.has_incident || ir_kind_lane(e->h.kind) != IR_LANE_I ||
            memcmp(e->h.author, w->people[person].key_id, 8) == 0 ||
            (h->deps_n == 1 && memcmp(h->deps[0], e->id, 32) == 0))
            continue;
        for (k = h->deps_n++; k > 0 && memcmp(h->deps[k - 1], e->id, 32) > 0;
             k--)
            memcpy(h->deps[k], h->deps[k - 1], 32);
        memcpy(h->deps[k], e->id, 32);
    }
}

/* A body that fits its kind; texts of about `size` bytes. */
static void
body_of(struct sim *w, int kind, size_t size, struct ir_bodyw *b)
{
    char *text = ir_malloc(size + 32);

    memset(text, 'a' + (int)sim_rand(w, 26), size + 1);
    text[size] = '\0';
    switch (kind) {
    case IR_KIND_INCIDENT:
        ir_bodyw_uint(b, 1, w->declare[0] == 0 && w->declare[1] == 0 ? 1 : 4);
        ir_bodyw_text(b, 2, "sys");
        ir_bodyw_uint(b, 5, 1 + sim_rand(w, 4));
        break;
    case IR_KIND_ROLE:
        ir_bodyw_text(b, 1, "commander");
        ir_bodyw_bytes(b, 2, w->people[sim_rand(w, 2)].member, 8);
        ir_bodyw_uint(b, 3, 1 + sim_rand(w, 4));
        break;
    case IR_KIND_MEASURE:
        ir_bodyw_text(b, 1, text);
        ir_bodyw_uint(b, 2, 1 + sim_rand(w, 4));
        break;
    case IR_KIND_SERVICE:
        ir_bodyw_text(b, 1, "show");
        ir_bodyw_uint(b, 2, sim_rand(w, 101));
        break;
    case IR_KIND_ALERT:
        ir_bodyw_text(b, 1, text);
        ir_bodyw_uint(b, 2, 1 + sim_rand(w, 4));
        break;
    case IR_KIND_ACTION:
        ir_bodyw_text(b, 1, text);
        ir_bodyw_text(b, 2, "p0");
        ir_bodyw_uint(b, 3, (uint64_t)SIM_T0);
        ir_bodyw_uint(b, 4, 1);
        break;
    case IR_KIND_STEP:
        ir_bodyw_text(b, 1, "1/isolate");
        ir_bodyw_uint(b, 2, 3);
        ir_bodyw_bytes(b, 9, w->named, sizeof w->named);
        break;
    case IR_KIND_RELEASE:
        ir_bodyw_bytes(b, 1, w->named, sizeof w->named);
        break;
    default:
        ir_bodyw_text(b, 1, text);
        break;
    }
    free(text);
}

/* Somebody at node `d` writes an entry of that kind: it is kept there when
 * this returns, and pushed. Returns its number.
 */
int
sim_write(struct sim *w, struct sim_node *d, int kind, size_t size)
{
    int person = d->no % w->people_n, i;
    struct sim_person *who = &w->people[person];
    int64_t wall = SIM_T0 + w->now + d->skew_ms;
    struct ir_header h = next(w, who, wall, (uint64_t)kind);
    struct ir_now now = {.wall_ms = wall, .mono_ms = w->now};
    struct ir_bodyw b = {0};
    enum ir_lane lane = ir_kind_lane((uint64_t)kind);
    bool declares = kind == IR_KIND_INCIDENT && !who->has_i &&
                    w->declare[0] == 0 && w->declare[1] == 0;

    body_of(w, kind, size, &b);
    if (lane == IR_LANE_I && !declares) {
        h.has_incident = true;
        memcpy(h.incident, w->declare, 8);
        chain(who->prev_i, &who->has_i, &h);
        depend(d, person, &h);
    } else if (lane == IR_LANE_S) {
        chain(who->prev_s, &who->has_s, &h);
    } else if (lane == IR_LANE_T) {
        chain(who->prev_t, &who->has_t, &h);
    }
    if (lane == IR_LANE_I || lane == IR_LANE_S)
        ir_bodyw_clocks(&b, &now, h.hlc);
    i = sim_make(w, person, &h, &b, false);
    if (declares) {
        memcpy(w->declare, w->entries[i].e.id, 32);
        who->has_i = true;
    }
    if (lane == IR_LANE_I)
        memcpy(who->prev_i, w->entries[i].e.id, 32);
    if (lane == IR_LANE_S)
        memcpy(who->prev_s, w->entries[i].e.id, 32);
    if (lane == IR_LANE_T)
        memcpy(who->prev_t, w->entries[i].e.id, 32);
    w->entries[i].maker = d->no;
    if (w->broken == SIM_BREAK_ACK && w->entries_n % 20 == 0)
        return i; /* said to be recorded, and is not */
    sim_keep(d, (size_t)i);
    if (d->sync != NULL)
        ir_sync_local(d->sync, w->entries[i].e.id, h.hlc, lane,
                      w->entries[i].e.h.prio, w->now);
    sim_wake(d);
    return i;
}
