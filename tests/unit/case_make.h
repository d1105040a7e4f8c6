/* case_make.h: an incident for tests: people with real keys who sign real
 * entries, together or cut off from one another; plans, a site, a system.
 */
#ifndef CASE_MAKE_H
#define CASE_MAKE_H

#include "base/sshsig.h"
#include "core/body.h"
#include "core/incident.h"
#include "plan_make.h"

#define PEOPLE_MAX 4
#define ENTRIES_MAX 400
#define PLANS_MAX 6

struct world {
    struct ir_key *key[PEOPLE_MAX];
    int people;
    uint8_t site_id[IR_ID_BYTES];
    struct ir_entry trust_e[PEOPLE_MAX + 4];
    size_t trust_n;
    struct ir_trust trust;
    struct ir_entry e[ENTRIES_MAX];
    int who[ENTRIES_MAX];
    size_t n;
    bool knows[PEOPLE_MAX][ENTRIES_MAX];
    bool apart; /* nobody hears of what others do until together() */
    int64_t now_ms;
    uint64_t hlc;
    uint8_t status;
    struct ir_plan *plan[PLANS_MAX];
    size_t plans_n;
    struct ir_json *site, *system;
    /* for the next entry only */
    size_t ref; /* entry number + 1 */
    int64_t occurred_ms;
    struct ir_incident *inc; /* folded last */
};

static const char *const people[] = {"ito", "mori", "tanaka", "sato"};

#define T0 1795269600000LL /* 2026-11-21 14:00:00 UTC, a Saturday */

/* Make the bytes of an entry from its header and body, sign it, fill its id.
 *
 * Owns:   the bytes live until the process ends or world_free.
 */
static inline void
seal(struct world *w, struct ir_entry *e, int who, struct ir_bodyw *body,
     const uint8_t *site)
{
    struct ir_buf p = {0}, b = {0};
    uint8_t blob[256];

    ir_key_id(w->key[who]->pub, e->h.author);
    ir_header_encode(&e->h, &p);
    ir_bodyw_finish(body, &b);
    e->p_len = p.len;
    e->p = p.p;
    e->b_len = b.len;
    e->b = b.p;
    ir_sha256(e->b, e->b_len, e->body_digest);
    ir_entry_id(e, site);
    ir_entry_blob(e, site, blob);
    assert_int_equal(
        ir_sign(w->key[who], blob, IR_SSHSIG_BLOB_BYTES, e->sig, NULL), IR_OK);
}

static inline struct ir_entry *
trust_entry(struct world *w, uint64_t kind)
{
    struct ir_entry *e = &w->trust_e[w->trust_n++];

    w->hlc = ir_hlc_next(w->hlc, w->now_ms);
    e->h.hlc = w->hlc;
    e->h.seq = w->trust_n;
    e->h.kind = kind;
    return e;
}

static inline void
world_trust(struct world *w)
{
    const struct ir_entry *v[PEOPLE_MAX + 4];
    size_t i;

    ir_trust_done(&w->trust);
    for (i = 0; i < w->trust_n; i++)
        v[i] = &w->trust_e[i];
    ir_trust_fold(w->site_id, v, w->trust_n, &w->trust);
}

/* The first person is the admin. */
static inline struct world *
world_new(int n)
{
    static const uint8_t zero[IR_ID_BYTES];
    struct world *w = ir_calloc(1, sizeof *w);
    struct ir_bodyw b;
    struct ir_entry *e;
    int i;

    w->people = n;
    w->now_ms = T0;
    for (i = 0; i < n; i++) {
        uint8_t seed[IR_SEED_BYTES] = {0};

        seed[0] = (uint8_t)(i + 1);
        w->key[i] = ir_key_from_seed(seed);
    }
    memset(&b, 0, sizeof b);
    e = trust_entry(w, IR_KIND_ROOT);
    ir_bodyw_uint(&b, 1, 1);
    ir_bodyw_uint(&b, 2, 1);
    ir_bodyw_hashes(&b, 3, (const uint8_t(*)[32])w->key[0]->pub, 1);
    seal(w, e, 0, &b, zero);
    memcpy(w->site_id, e->id, IR_ID_BYTES);
    for (i = 0; i < n; i++) {
        uint8_t id[8] = {(uint8_t)(i + 1)};

        memset(&b, 0, sizeof b);
        e = trust_entry(w, IR_KIND_MEMBER);
        ir_bodyw_text(&b, 1, people[i]);
        ir_bodyw_bytes(&b, 4, id, 8);
        ir_bodyw_hashes(&b, 5, (const uint8_t(*)[32])w->key[i]->pub, 1);
        ir_bodyw_text(&b, 6, people[i]);
        seal(w, e, 0, &b, w->site_id);
    }
    world_trust(w);
    assert_int_equal(w->trust.members_n, n);
    return w;
}

static inline void
world_free(struct world *w)
{
    size_t i;
    int k;

    ir_incident_free(w->inc);
    for (i = 0; i < w->n; i++) {
        free((void *)(uintptr_t)w->e[i].p);
        free((void *)(uintptr_t)w->e[i].b);
    }
    for (i = 0; i < w->trust_n; i++) {
        free((void *)(uintptr_t)w->trust_e[i].p);
        free((void *)(uintptr_t)w->trust_e[i].b);
    }
    for (k = 0; k < w->people; k++)
        ir_key_free(w->key[k]);
    for (i = 0; i < w->plans_n; i++)
        ir_plan_free(w->plan[i]);
    ir_json_free(w->site);
    ir_json_free(w->system);
    ir_trust_done(&w->trust);
    free(w);
}

/* Add a plan "a/NAME". */
static inline const struct ir_plan *
world_plan(struct world *w, const char *id, const char *more, const char *steps)
{
    char *raw = ir_asprintf("{'api':1,'id':'%s','kind':'recovery','title':" T
                            ",%s'steps':[%s]}",
                            id, more, steps);
    char *json = plan_quote(raw);
    struct ir_err err = {0};

    if (ir_plan_decode(json, strlen(json), &w->plan[w->plans_n], &err) != IR_OK)
        fail_msg("%s: %s", err.field, err.msg);
    free(raw);
    free(json);
    return w->plan[w->plans_n++];
}

static inline struct ir_json *
world_json(const char *text)
{
    char *json = plan_quote(text);
    struct ir_json *j = NULL;
    struct ir_err err = {0};

    if (ir_json_parse(json, strlen(json), &j, &err) != IR_OK)
        fail_msg("%s", err.msg);
    free(json);
    return j;
}

static inline void
together(struct world *w)
{
    int i;
    size_t k;

    w->apart = false;
    for (i = 0; i < w->people; i++)
        for (k = 0; k < w->n; k++)
            w->knows[i][k] = true;
}

/* prev: the author's last; deps: the last of each other that they know. */
static inline void
chain(struct world *w, struct ir_header *h, int who)
{
    size_t i, k;
    int p;

    for (p = 0; p < w->people; p++) {
        for (i = w->n; i > 0; i--)
            if (w->who[i - 1] == p && w->knows[who][i - 1] &&
                ir_kind_lane(w->e[i - 1].h.kind) == IR_LANE_I)
                break;
        if (i == 0)
            continue;
        if (p == who) {
            h->has_prev = true;
            memcpy(h->prev, w->e[i - 1].id, IR_ID_BYTES);
            continue;
        }
        for (k = h->deps_n++;
             k > 0 && memcmp(h->deps[k - 1], w->e[i - 1].id, IR_ID_BYTES) > 0;
             k--)
            memcpy(h->deps[k], h->deps[k - 1], IR_ID_BYTES);
        memcpy(h->deps[k], w->e[i - 1].id, IR_ID_BYTES);
    }
}

/* Sign an entry, a second after the last; its number. */
static inline size_t
put(struct world *w, int who, uint64_t kind, struct ir_bodyw *body)
{
    struct ir_entry *e = &w->e[w->n];
    struct ir_now now = {0};
    int i;

    assert_true(w->n < ENTRIES_MAX);
    w->now_ms += 1000;
    w->hlc = ir_hlc_next(w->hlc, w->now_ms);
    now.wall_ms = w->now_ms;
    e->h.hlc = w->hlc;
    e->h.seq = w->n + 1;
    e->h.kind = kind;
    e->h.status = w->status;
    if (w->n > 0) {
        e->h.has_incident = true;
        memcpy(e->h.incident, w->e[0].id, IR_INCIDENT_BYTES);
    }
    if (w->ref > 0) {
        memcpy(e->h.refs[0], w->e[w->ref - 1].id, IR_ID_BYTES);
        e->h.refs_n = 1;
    }
    if (w->occurred_ms > 0) {
        e->h.has_occurred = true;
        e->h.occurred_ms = w->occurred_ms;
        e->h.occurred_prec = 2;
    }
    w->ref = 0;
    w->occurred_ms = 0;
    if (ir_kind_lane(kind) == IR_LANE_I) {
        chain(w, &e->h, who);
        ir_bodyw_clocks(body, &now, w->hlc);
    }
    seal(w, e, who, body, w->site_id);
    w->who[w->n] = who;
    for (i = 0; i < w->people; i++)
        w->knows[i][w->n] = !w->apart || i == who;
    return w->n++;
}

/* Kind incident, with what most tests need. */
static inline size_t
incident(struct world *w, int who, int op, const struct ir_plan *p,
         int severity)
{
    static const uint8_t manifest[32] = {7};
    struct ir_bodyw b = {0};

    ir_bodyw_uint(&b, 1, (uint64_t)op);
    if (op == 1 || op == 10)
        ir_bodyw_text(&b, 2, "sys");
    if (op == 1)
        ir_bodyw_bytes(&b, 3, manifest, 32);
    if (p != NULL)
        ir_bodyw_bytes(&b, 4, p->digest, 32);
    if (severity > 0)
        ir_bodyw_uint(&b, 5, (uint64_t)severity);
    return put(w, who, IR_KIND_INCIDENT, &b);
}

enum { TAKE = 1, BEGIN, DONE, FAIL, SKIP, ANSWER, CHOOSE, GIVE_BACK };

/* Kind step; `word` is the choice of choose, "again" or NULL of done,
 * else the reason. */
static inline size_t
step_at(struct world *w, int who, const char *path, uint64_t iteration, int op,
        const char *word)
{
    struct ir_bodyw b = {0};

    ir_bodyw_text(&b, 1, path);
    ir_bodyw_uint(&b, 2, (uint64_t)op);
    if (iteration > 1)
        ir_bodyw_uint(&b, 3, iteration);
    if (op == DONE)
        ir_bodyw_text(&b, 5, word);
    else
        ir_bodyw_text(&b, op == CHOOSE ? 5 : 4, word);
    return put(w, who, IR_KIND_STEP, &b);
}

static inline size_t
step(struct world *w, int who, const char *path, int op, const char *word)
{
    return step_at(w, who, path, 1, op, word);
}

static inline size_t
answer(struct world *w, int who, const char *path, const char *name,
       const char *value)
{
    struct ir_pair pair = {name, value};
    struct ir_bodyw b = {0};

    ir_bodyw_text(&b, 1, path);
    ir_bodyw_uint(&b, 2, ANSWER);
    ir_bodyw_pairs(&b, 8, &pair, 1);
    return put(w, who, IR_KIND_STEP, &b);
}

/* Text, then a number, at the keys 1 and 2: kinds measure, clock, service,
 * channel. */
static inline size_t
says(struct world *w, int who, uint64_t kind, const char *text, int number)
{
    struct ir_bodyw b = {0};

    ir_bodyw_text(&b, 1, text);
    ir_bodyw_uint(&b, 2, (uint64_t)number);
    return put(w, who, kind, &b);
}

static inline size_t
role(struct world *w, int who, const char *name, int member, int op)
{
    uint8_t id[8] = {(uint8_t)(member + 1)};
    struct ir_bodyw b = {0};

    ir_bodyw_text(&b, 1, name);
    ir_bodyw_bytes(&b, 2, id, 8);
    ir_bodyw_uint(&b, 3, (uint64_t)op);
    return put(w, who, IR_KIND_ROLE, &b);
}

static inline size_t
clock_op(struct world *w, int who, const char *name, int op, int64_t from_ms)
{
    struct ir_bodyw b = {0};

    ir_bodyw_text(&b, 1, name);
    ir_bodyw_uint(&b, 2, (uint64_t)op);
    if (from_ms > 0)
        ir_bodyw_uint(&b, 5, (uint64_t)from_ms);
    return put(w, who, IR_KIND_CLOCK, &b);
}

static inline size_t
except(struct world *w, int who, const char *rule, const char *effect)
{
    struct ir_bodyw b = {0};

    ir_bodyw_text(&b, 1, rule);
    ir_bodyw_text(&b, 2, "nobody else is here");
    ir_bodyw_text(&b, 5, effect);
    return put(w, who, IR_KIND_EXCEPTION, &b);
}

static inline size_t
judge(struct world *w, int who, size_t what, int verdict)
{
    struct ir_bodyw b = {0};

    ir_bodyw_uint(&b, 1, (uint64_t)verdict);
    ir_bodyw_bytes(&b, 2, w->e[what].id, IR_ID_BYTES);
    w->ref = what + 1;
    return put(w, who, IR_KIND_APPROVAL, &b);
}

static inline const struct ir_plan *
by_digest(const uint8_t digest[32], void *arg)
{
    const struct world *w = arg;
    size_t i;

    for (i = 0; i < w->plans_n; i++)
        if (memcmp(w->plan[i]->digest, digest, 32) == 0)
            return w->plan[i];
    return NULL;
}

/* The manifest {7} has the first plan of a name, any other the last. */
static inline const struct ir_plan *
by_name(const uint8_t manifest[32], const char *name, void *arg)
{
    const struct world *w = arg;
    const struct ir_plan *hit = NULL;
    size_t i;

    for (i = 0; i < w->plans_n; i++)
        if (strcmp(w->plan[i]->id, name) == 0 &&
            (hit == NULL || manifest[0] != 7))
            hit = w->plan[i];
    return hit;
}

static inline const struct ir_json *
object(const uint8_t manifest[32], const char *type, const char *name,
       void *arg)
{
    const struct world *w = arg;

    (void)manifest;
    if (strcmp(type, "site") == 0)
        return w->site;
    return strcmp(type, "system") == 0 && strcmp(name, "sys") == 0 ? w->system
                                                                   : NULL;
}

/* Fold `v[0..n)` at `now_ms`.
 *
 * Owns:   the caller's, ir_incident_free.
 */
static inline struct ir_incident *
fold_of(struct world *w, const struct ir_entry **v, size_t n, int64_t now_ms)
{
    struct ir_incident *inc = NULL;
    struct ir_err err = {0};
    struct ir_fold_in in = {
        .trust = &w->trust,
        .e = v,
        .e_n = n,
        .declare = w->e[0].id,
        .look = {by_digest, by_name, object, w},
        .now_ms = now_ms,
    };

    if (ir_incident_fold(&in, &inc, &err) != IR_OK)
        fail_msg("%s", err.msg);
    ir_incident_tell_left(&in, inc);
    return inc;
}

/* Fold everything a while after the last entry; borrowed until the next. */
static inline struct ir_incident *
fold_at(struct world *w, int64_t now_ms)
{
    const struct ir_entry *v[ENTRIES_MAX];
    size_t i;

    for (i = 0; i < w->n; i++)
        v[i] = &w->e[i];
    ir_incident_free(w->inc);
    w->inc = fold_of(w, v, w->n, now_ms);
    return w->inc;
}

static inline struct ir_incident *
fold(struct world *w)
{
    return fold_at(w, w->now_ms);
}

/* "path:LETTER iteration ..." of every step. */
static inline char *
shape(const struct ir_incident *inc)
{
    static const char letters[] = "WRADFSN";
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < inc->steps_n; i++) {
        const struct ir_istep *st = &inc->steps[i];

        ir_buf_addf(&b, "%s%s:%c", i > 0 ? " " : "", st->path,
                    letters[st->state]);
        if (st->iteration > 1)
            ir_buf_addf(&b, "%d", (int)st->iteration);
    }
    return ir_buf_take(&b);
}

static inline void
assert_shape(struct world *w, const char *want)
{
    char *got = shape(fold(w));

    if (strcmp(got, want) != 0)
        fail_msg("%s, wanted %s", got, want);
    free(got);
}

static inline const struct ir_istep *
find(struct world *w, const char *name)
{
    struct ir_err err = {0};
    size_t i = 0;

    if (ir_incident_step(w->inc, name, &i, &err) != IR_OK)
        fail_msg("%s: %s", name, err.msg);
    return &w->inc->steps[i];
}

#endif
