/* accepted.c: see accepted.h. */
#include "store/accepted.h"

#include "base/scan.h"
#include "core/idset.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* How an entry was reached. Of lane T only what is reached within it counts. */
#define ANY 1u
#define WITHIN_T 2u

#define VIEW_VERSION 1

/* One revoked key. */
struct key {
    uint8_t id[IR_KEYID_BYTES];
    uint8_t digest[IR_HASH_BYTES]; /* of its revocations and what they accept */
    uint8_t *how;                  /* by row number */
    size_t how_n;
    /* named by what is accepted, and not here */
    struct ir_ids missing;
    uint8_t *missing_how;
};

struct ir_accepted {
    struct ir_store *st;
    struct key *keys;
    size_t keys_n;
    uint8_t (*refused)[IR_ID_BYTES]; /* sorted */
    size_t refused_n;
    sqlite3_stmt *by_id, *by_n;
};

struct stop {
    int64_t n;
    uint8_t how;
};

struct stack {
    struct stop *v;
    size_t n, cap;
};

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, IR_ID_BYTES);
}

static struct key *
find_key(const struct ir_accepted *a, const uint8_t *author)
{
    size_t i;

    for (i = 0; i < a->keys_n; i++)
        if (memcmp(a->keys[i].id, author, IR_KEYID_BYTES) == 0)
            return &a->keys[i];
    return NULL;
}

static bool
is_refused(const struct ir_accepted *a, const uint8_t *id)
{
    return a->refused_n > 0 &&
           bsearch(id, a->refused, a->refused_n, IR_ID_BYTES, by_bytes) != NULL;
}

/* The row of entry `id`: its number, or 0. */
static int64_t
row_of(struct ir_accepted *a, const uint8_t *id, int *lane)
{
    int64_t n = 0;

    sqlite3_reset(a->by_id);
    sqlite3_bind_blob(a->by_id, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    if (sqlite3_step(a->by_id) == SQLITE_ROW) {
        n = sqlite3_column_int64(a->by_id, 0);
        *lane = sqlite3_column_int(a->by_id, 1);
    }
    sqlite3_reset(a->by_id);
    return n;
}

static size_t
find_missing(const struct key *k, const uint8_t *id)
{
    size_t i;

    for (i = 0; i < k->missing.n; i++)
        if (memcmp(k->missing.v[i], id, IR_ID_BYTES) == 0)
            break;
    return i;
}

static bool
add_missing(struct key *k, const uint8_t *id, uint8_t how)
{
    size_t at = find_missing(k, id);
    bool fresh =
        at == k->missing.n || (k->missing_how[at] | how) != k->missing_how[at];

    if (at == k->missing.n) {
        ir_ids_add(&k->missing, id);
        k->missing_how = ir_realloc(k->missing_how, k->missing.cap);
        k->missing_how[at] = 0;
    }
    k->missing_how[at] |= how;
    return fresh;
}

static uint8_t *
how_of(struct key *k, int64_t n)
{
    size_t at = (size_t)n;

    if (at >= k->how_n) {
        size_t more = at + at / 2 + 1024;

        k->how = ir_realloc(k->how, more);
        memset(k->how + k->how_n, 0, more - k->how_n);
        k->how_n = more;
    }
    return &k->how[at];
}

static void
push(struct stack *s, int64_t n, uint8_t how)
{
    if (s->n == s->cap) {
        s->cap = s->cap > 0 ? 2 * s->cap : 256;
        s->v = ir_realloc(s->v, s->cap * sizeof *s->v);
    }
    s->v[s->n].n = n;
    s->v[s->n++].how = how;
}

/* Entry `id` is reached; returns whether that is new. */
static bool
reach(struct ir_accepted *a, struct key *k, struct stack *s, const uint8_t *id,
      uint8_t how)
{
    int lane = 0;
    int64_t n = row_of(a, id, &lane);
    uint8_t *was;

    if (n == 0)
        return add_missing(k, id, how);
    if (lane != IR_LANE_T)
        how &= (uint8_t)~WITHIN_T;
    was = how_of(k, n);
    how &= (uint8_t) ~*was;
    if (how == 0)
        return false;
    *was |= how;
    push(s, n, how);
    return true;
}

/* Reach what header `h` names. */
static bool
reach_named(struct ir_accepted *a, struct key *k, struct stack *s,
            const struct ir_header *h, uint8_t how)
{
    bool fresh = false;
    size_t i;

    for (i = 0; i < h->refs_n; i++)
        fresh = reach(a, k, s, h->refs[i], how) || fresh;
    for (i = 0; i < h->deps_n; i++)
        fresh = reach(a, k, s, h->deps[i], how) || fresh;
    if (h->has_prev)
        fresh = reach(a, k, s, h->prev, how) || fresh;
    return fresh;
}

/* Go back from where `s` stands to the beginning. */
static void
walk(struct ir_accepted *a, struct key *k, struct stack *s)
{
    while (s->n > 0) {
        struct stop at = s->v[--s->n];
        struct ir_header h;

        sqlite3_reset(a->by_n);
        sqlite3_bind_int64(a->by_n, 1, at.n);
        if (sqlite3_step(a->by_n) == SQLITE_ROW &&
            ir_header_decode(sqlite3_column_blob(a->by_n, 0),
                             (size_t)sqlite3_column_bytes(a->by_n, 0), &h,
                             NULL) == IR_OK)
            (void)reach_named(a, k, s, &h, at.how);
        sqlite3_reset(a->by_n);
    }
    free(s->v);
    memset(s, 0, sizeof *s);
}

/* What the revocations of key `c` say, for one number that changes with it. */
static void
digest_key(const struct ir_cert_key *c, uint8_t digest[IR_HASH_BYTES])
{
    struct ir_buf b = {0};

    ir_buf_add(&b, c->key_id, IR_KEYID_BYTES);
    ir_buf_add(&b, c->revoked_by, IR_ID_BYTES);
    ir_buf_add(&b, c->accepted, c->accepted_n * IR_ID_BYTES);
    ir_sha256(b.p, b.len, digest);
    ir_buf_done(&b);
}

static void
view_name(const struct key *k, char name[32])
{
    memcpy(name, "accepted/", 9);
    ir_hex(k->id, IR_KEYID_BYTES, name + 9);
}

static void
add_refused(struct ir_accepted *a, const uint8_t *id)
{
    a->refused = ir_realloc(a->refused, (a->refused_n + 1) * IR_ID_BYTES);
    memcpy(a->refused[a->refused_n++], id, IR_ID_BYTES);
}

/* The entries of key `k` from row `above` on that are not reached. */
static int
add_unreached(struct ir_accepted *a, struct key *k, int64_t above,
              struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(a->st,
                           "SELECT n, id, lane FROM entry WHERE author = ?1"
                           " AND n > ?2",
                           &q, err),
        s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, k->id, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, above);
    while ((s = sqlite3_step(q)) == SQLITE_ROW) {
        uint8_t how = *how_of(k, sqlite3_column_int64(q, 0));

        if ((how & (sqlite3_column_int(q, 2) == IR_LANE_T ? WITHIN_T : ANY)) ==
                0 &&
            sqlite3_column_bytes(q, 1) == IR_ID_BYTES)
            add_refused(a, sqlite3_column_blob(q, 1));
    }
    if (s != SQLITE_DONE)
        rc = ir_db_fail(a->st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

static int64_t
newest_row(struct ir_accepted *a)
{
    sqlite3_stmt *q = NULL;
    int64_t n = 0;

    if (ir_db_prepare(a->st, "SELECT coalesce(max(n), 0) FROM entry", &q,
                      NULL) == IR_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return n;
}

/* The view of a key: digest, newest row, how many are refused, they, then what
 * is missing: how and id. */
static void
keep_view(struct ir_accepted *a, const struct key *k, size_t from)
{
    int64_t n[2] = {newest_row(a), (int64_t)(a->refused_n - from)};
    struct ir_buf b = {0};
    char name[32];
    size_t i;

    if (sqlite3_db_readonly(a->st->db, "main") != 0)
        return;
    view_name(k, name);
    ir_buf_add(&b, k->digest, IR_HASH_BYTES);
    ir_buf_add(&b, n, sizeof n);
    if (a->refused_n > from)
        ir_buf_add(&b, a->refused + from, (a->refused_n - from) * IR_ID_BYTES);
    for (i = 0; i < k->missing.n; i++) {
        ir_buf_add(&b, &k->missing_how[i], 1);
        ir_buf_add(&b, k->missing.v[i], IR_ID_BYTES);
    }
    (void)ir_store_view_put(a->st, name, VIEW_VERSION, b.p, b.len, NULL);
    ir_buf_done(&b);
}

/* Take what was kept, if it still holds: nothing that was missing is here. */
static bool
take_view(struct ir_accepted *a, struct key *k)
{
    struct ir_buf b = {0};
    char name[32];
    int64_t n[2];
    size_t at = IR_HASH_BYTES + sizeof n, i;
    int lane;
    bool good;

    view_name(k, name);
    good = ir_store_view_get(a->st, name, VIEW_VERSION, &b) == IR_OK &&
           b.len >= at && memcmp(b.p, k->digest, IR_HASH_BYTES) == 0;
    if (good) {
        memcpy(n, b.p + IR_HASH_BYTES, sizeof n);
        good = n[1] >= 0 && (size_t)n[1] <= (b.len - at) / IR_ID_BYTES &&
               n[0] <= newest_row(a);
    }
    for (i = good ? at + (size_t)n[1] * IR_ID_BYTES : 0;
         good && i + 1 + IR_ID_BYTES <= b.len; i += 1 + IR_ID_BYTES) {
        (void)add_missing(k, b.p + i + 1, b.p[i]);
        good = row_of(a, b.p + i + 1, &lane) == 0;
    }
    if (good) {
        for (i = 0; i < (size_t)n[1]; i++)
            add_refused(a, b.p + at + i * IR_ID_BYTES);
        good = add_unreached(a, k, n[0], NULL) == IR_OK;
    } else {
        k->missing.n = 0;
    }
    ir_buf_done(&b);
    return good;
}

/* Is it a revocation of somebody's own key, by that key? It counts, and stands
 * after what it can accept. */
static bool
own_revocation(struct ir_accepted *a, const struct ir_cert_key *c)
{
    sqlite3_stmt *q = NULL;
    bool own = false;

    if (ir_db_prepare(a->st, "SELECT author FROM entry WHERE id = ?1", &q,
                      NULL) == IR_OK) {
        sqlite3_bind_blob(q, 1, c->revoked_by, IR_ID_BYTES, SQLITE_STATIC);
        own = sqlite3_step(q) == SQLITE_ROW &&
              sqlite3_column_bytes(q, 0) == IR_KEYID_BYTES &&
              memcmp(sqlite3_column_blob(q, 0), c->key_id, IR_KEYID_BYTES) == 0;
    }
    sqlite3_finalize(q);
    return own;
}

static int
judge_key(struct ir_accepted *a, struct key *k, const struct ir_cert_key *c,
          bool anew, struct ir_err *err)
{
    struct stack s = {0};
    size_t i, from = a->refused_n;
    int rc;

    memcpy(k->id, c->key_id, IR_KEYID_BYTES);
    digest_key(c, k->digest);
    if (!anew && take_view(a, k))
        return IR_OK;
    a->refused_n = from;
    for (i = 0; i < c->accepted_n; i++)
        (void)reach(a, k, &s, c->accepted + i * IR_ID_BYTES, ANY | WITHIN_T);
    if (own_revocation(a, c)) {
        int lane = 0;
        int64_t n = row_of(a, c->revoked_by, &lane);

        if (n > 0) /* itself, and not what it builds on */
            *how_of(k, n) |= ANY | WITHIN_T;
    }
    walk(a, k, &s);
    rc = add_unreached(a, k, 0, err);
    if (rc == IR_OK && !anew)
        keep_view(a, k, from);
    return rc;
}

int
ir_accepted_new(struct ir_store *st, const struct ir_trust *t, bool anew,
                struct ir_accepted **out, struct ir_err *err)
{
    struct ir_accepted *a = ir_calloc(1, sizeof *a);
    size_t i;
    int rc = IR_OK;

    a->st = st;
    for (i = 0; i < t->keys_n; i++)
        a->keys_n += t->keys[i].revoked ? 1 : 0;
    if (a->keys_n > 0) {
        a->keys = ir_calloc(a->keys_n, sizeof *a->keys);
        rc =
            ir_db_prepare(st, "SELECT n, lane, author FROM entry WHERE id = ?1",
                          &a->by_id, err);
        if (rc == IR_OK)
            rc = ir_db_prepare(st, "SELECT p FROM entry WHERE n = ?1", &a->by_n,
                               err);
        a->keys_n = 0;
    }
    for (i = 0; rc == IR_OK && i < t->keys_n; i++)
        if (t->keys[i].revoked)
            rc = judge_key(a, &a->keys[a->keys_n++], &t->keys[i], anew, err);
    if (rc != IR_OK) {
        ir_accepted_free(a);
        return rc;
    }
    if (a->refused_n > 0)
        qsort(a->refused, a->refused_n, IR_ID_BYTES, by_bytes);
    *out = a;
    return IR_OK;
}

void
ir_accepted_free(struct ir_accepted *a)
{
    size_t i;

    if (a == NULL)
        return;
    for (i = 0; i < a->keys_n; i++) {
        free(a->keys[i].how);
        free(a->keys[i].missing_how);
        ir_ids_done(&a->keys[i].missing);
    }
    sqlite3_finalize(a->by_id);
    sqlite3_finalize(a->by_n);
    free(a->keys);
    free(a->refused);
    free(a);
}

bool
ir_accepted_is(struct ir_accepted *a, const struct ir_entry *e)
{
    struct key *k = find_key(a, e->h.author);
    uint8_t how =
        ir_kind_lane(e->h.kind) == IR_LANE_T ? WITHIN_T : (uint8_t)ANY;
    size_t at;
    int lane;

    if (k == NULL)
        return true;
    if (is_refused(a, e->id))
        return false;
    at = find_missing(k, e->id);
    if (at < k->missing.n)
        return (k->missing_how[at] & how) != 0;
    return row_of(a, e->id, &lane) > 0;
}

bool
ir_accepted_open(const struct ir_accepted *a, const uint8_t key[IR_KEYID_BYTES])
{
    const struct key *k = find_key(a, key);

    return k != NULL && k->missing.n > 0;
}

/* What was refused and is reached now is refused no more. */
static bool
take_back(struct ir_accepted *a)
{
    size_t i, n = 0;

    for (i = 0; i < a->refused_n; i++) {
        sqlite3_reset(a->by_id);
        sqlite3_bind_blob(a->by_id, 1, a->refused[i], IR_ID_BYTES,
                          SQLITE_STATIC);
        if (sqlite3_step(a->by_id) == SQLITE_ROW &&
            sqlite3_column_bytes(a->by_id, 2) == IR_KEYID_BYTES) {
            struct key *k = find_key(a, sqlite3_column_blob(a->by_id, 2));
            uint8_t how =
                k != NULL ? *how_of(k, sqlite3_column_int64(a->by_id, 0)) : 0;

            if ((how & (sqlite3_column_int(a->by_id, 1) == IR_LANE_T ? WITHIN_T
                                                                     : ANY)) !=
                0)
                continue;
        }
        if (n != i)
            memcpy(a->refused[n], a->refused[i], IR_ID_BYTES);
        n++;
    }
    sqlite3_reset(a->by_id);
    i = a->refused_n;
    a->refused_n = n;
    return n < i;
}

bool
ir_accepted_grow(struct ir_accepted *a, const struct ir_entry *e)
{
    bool fresh = false;
    size_t i;

    for (i = 0; i < a->keys_n; i++) {
        struct key *k = &a->keys[i];
        size_t at = find_missing(k, e->id);
        struct stack s = {0};
        uint8_t how;

        if (at == k->missing.n)
            continue;
        how = k->missing_how[at];
        k->missing.n--;
        memmove(k->missing.v[at], k->missing.v[at + 1],
                (k->missing.n - at) * IR_ID_BYTES);
        memmove(k->missing_how + at, k->missing_how + at + 1,
                k->missing.n - at);
        if (ir_kind_lane(e->h.kind) != IR_LANE_T)
            how &= (uint8_t)~WITHIN_T;
        fresh = reach_named(a, k, &s, &e->h, how) || fresh;
        (void)reach(a, k, &s, e->id, how);
        walk(a, k, &s);
    }
    if (fresh)
        (void)take_back(a);
    return fresh;
}

const uint8_t (*ir_accepted_refused(const struct ir_accepted *a,
                                    size_t *n))[IR_ID_BYTES]
{
    *n = a->refused_n;
    return (const uint8_t(*)[IR_ID_BYTES])a->refused;
}

void
ir_accepted_tell(const struct ir_accepted *a, struct ir_trust *t)
{
    free(t->refused);
    t->refused = ir_calloc(a->refused_n, IR_ID_BYTES);
    if (a->refused_n > 0)
        memcpy(t->refused, a->refused, a->refused_n * IR_ID_BYTES);
    t->refused_n = a->refused_n;
    t->refused_known = true;
}
