/* check_witness.c: see check_witness.h. */
#include "store/check_witness.h"

#include "core/body.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* One author in one chain; of lanes without chains one entry. */
struct cover {
    uint8_t chain[8], author[IR_KEYID_BYTES];
    bool used;
    int by[2]; /* members, -1 */
    uint64_t upto[2];
};

struct todo {
    uint8_t id[IR_ID_BYTES];
    int by;
};

struct work {
    struct ir_store *st;
    const struct ir_trust *t;
    struct ir_accepted *accepted;
    struct ir_check *out;
    struct cover *v; /* open addressing; cap is a power of two */
    size_t n, cap;
    struct todo *todo;
    size_t todo_n, todo_cap;
    sqlite3_stmt *find, *range, *count, *at;
};

static size_t
slot_of(const struct cover *v, size_t cap, const uint8_t *chain,
        const uint8_t *author)
{
    uint64_t a, b;
    size_t i;

    memcpy(&a, chain, 8);
    memcpy(&b, author, 8);
    i = (size_t)((a * UINT64_C(0x9E3779B97F4A7C15) ^ b) *
                     UINT64_C(0xD6E8FEB86659FD93) >>
                 20) &
        (cap - 1);
    while (v[i].used && (memcmp(v[i].chain, chain, 8) != 0 ||
                         memcmp(v[i].author, author, 8) != 0))
        i = (i + 1) & (cap - 1);
    return i;
}

static void
grow(struct work *w)
{
    size_t cap = w->cap > 0 ? w->cap * 2 : 256, i;
    struct cover *v = ir_calloc(cap, sizeof *v);

    for (i = 0; i < w->cap; i++)
        if (w->v[i].used)
            v[slot_of(v, cap, w->v[i].chain, w->v[i].author)] = w->v[i];
    free(w->v);
    w->v = v;
    w->cap = cap;
}

static struct cover *
cover_of(struct work *w, const uint8_t *chain, const uint8_t *author)
{
    struct cover *c;

    if (w->cap == 0 || w->n * 2 >= w->cap)
        grow(w);
    c = &w->v[slot_of(w->v, w->cap, chain, author)];
    if (!c->used) {
        c->used = true;
        c->by[0] = c->by[1] = -1;
        memcpy(c->chain, chain, 8);
        memcpy(c->author, author, 8);
        w->n++;
    }
    return c;
}

static void
push(struct work *w, const uint8_t *id, int by)
{
    if (w->todo_n == w->todo_cap) {
        w->todo_cap = w->todo_cap > 0 ? w->todo_cap * 2 : 64;
        w->todo = ir_realloc(w->todo, w->todo_cap * sizeof *w->todo);
    }
    memcpy(w->todo[w->todo_n].id, id, IR_ID_BYTES);
    w->todo[w->todo_n++].by = by;
}

/* Member `by` covers the place up to `seq`. What was not covered by two before
 * begins after *from. False: nothing new. */
static bool
extend(struct cover *c, int by, uint64_t seq, uint64_t *from)
{
    int at = c->by[0] == by ? 0 : c->by[1] == by ? 1 : -1;
    uint64_t mine = at >= 0 ? c->upto[at] : 0;
    uint64_t both = c->by[1] >= 0 ? c->upto[1] : 0; /* the lower of two */

    *from = mine > both ? mine : both;
    if (seq <= *from)
        return false;
    if (at < 0) {
        at = c->by[0] < 0 ? 0 : 1; /* the one that reaches less far goes */
        c->by[at] = by;
        c->upto[at] = 0;
    }
    c->upto[at] = seq;
    if (c->by[1] >= 0 && c->upto[1] > c->upto[0]) {
        int m = c->by[0];
        uint64_t u = c->upto[0];

        c->by[0] = c->by[1];
        c->upto[0] = c->upto[1];
        c->by[1] = m;
        c->upto[1] = u;
    }
    return true;
}

static void
push_named(struct work *w, const struct ir_header *h, int by)
{
    size_t i;

    for (i = 0; i < h->deps_n; i++)
        push(w, h->deps[i], by);
    for (i = 0; i < h->refs_n; i++)
        push(w, h->refs[i], by);
}

/* The header of a row's bytes. */
static bool
header_of(sqlite3_stmt *q, int col, struct ir_header *h)
{
    const uint8_t *p = sqlite3_column_blob(q, col);

    return p != NULL &&
           ir_header_decode(p, (size_t)sqlite3_column_bytes(q, col), h, NULL) ==
               IR_OK;
}

/* What the entries of one author in one chain name, from there to there. */
static void
visit_range(struct work *w, const uint8_t *chain, const uint8_t *author,
            uint64_t from, uint64_t upto, int by)
{
    struct ir_header h;

    sqlite3_reset(w->range);
    sqlite3_bind_blob(w->range, 1, chain, 8, SQLITE_STATIC);
    sqlite3_bind_blob(w->range, 2, author, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(w->range, 3, (int64_t)from);
    sqlite3_bind_int64(w->range, 4, (int64_t)upto);
    while (sqlite3_step(w->range) == SQLITE_ROW)
        if (header_of(w->range, 0, &h))
            push_named(w, &h, by);
    sqlite3_reset(w->range);
}

/* An entry of lane F stands alone: its own id is its place. */
static void
visit(struct work *w, const struct todo *x)
{
    uint8_t chain[8], author[IR_KEYID_BYTES];
    struct ir_header h;
    uint64_t seq, from = 0;
    bool alone;

    sqlite3_reset(w->find);
    sqlite3_bind_blob(w->find, 1, x->id, IR_ID_BYTES, SQLITE_STATIC);
    if (sqlite3_step(w->find) != SQLITE_ROW ||
        sqlite3_column_bytes(w->find, 0) != IR_KEYID_BYTES ||
        sqlite3_column_bytes(w->find, 1) != 8 || !header_of(w->find, 4, &h)) {
        sqlite3_reset(w->find);
        return;
    }
    memcpy(author, sqlite3_column_blob(w->find, 0), IR_KEYID_BYTES);
    memcpy(chain, sqlite3_column_blob(w->find, 1), 8);
    seq = (uint64_t)sqlite3_column_int64(w->find, 2);
    alone = sqlite3_column_int(w->find, 3) == IR_LANE_F;
    sqlite3_reset(w->find);
    if (alone) {
        if (extend(cover_of(w, x->id, x->id + 8), x->by, 1, &from))
            push_named(w, &h, x->by);
    } else if (extend(cover_of(w, chain, author), x->by, seq, &from)) {
        visit_range(w, chain, author, from, seq, x->by);
    }
}

/* Begin with the heads that counting witnesses name. */
static int
load_heads(struct work *w, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    struct ir_entry e;
    int rc = ir_db_prepare(w->st,
                           "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
                           "WHERE kind = 29",
                           &q, err),
        why, s = SQLITE_DONE;

    while (rc == IR_OK && (s = sqlite3_step(q)) == SQLITE_ROW) {
        const struct ir_cert_key *k;
        struct ir_body_item it;
        size_t i = 0;

        if (ir_db_row(w->st, q, &e, &why) != IR_OK)
            continue;
        k = ir_trust_key(w->t, e.h.author);
        if (k == NULL || !k->node || !ir_accepted_is(w->accepted, &e) ||
            ir_trust_admits(w->t, &e, NULL) != IR_OK ||
            !ir_entry_verify(&e, ir_store_site(w->st), k->pub))
            continue;
        while (ir_body_each(&e, 1, &i, &it))
            if (it.len == IR_ID_BYTES)
                push(w, it.p, (int)k->member);
        /* depth first keeps the list short */
        while (w->todo_n > 0) {
            struct todo x = w->todo[--w->todo_n];

            visit(w, &x);
        }
    }
    if (rc == IR_OK && s != SQLITE_DONE)
        rc = ir_db_fail(w->st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

static struct ir_check_author *
author_of(struct ir_check *c, const uint8_t *key)
{
    size_t i;

    for (i = 0; i < c->authors_n; i++)
        if (memcmp(c->authors[i].key_id, key, IR_KEYID_BYTES) == 0)
            return &c->authors[i];
    return NULL;
}

static void
add_witness(struct ir_check_author *a, int member)
{
    size_t i;

    for (i = 0; i < a->by_n; i++)
        if (a->by[i] == member)
            return;
    a->by = ir_realloc(a->by, (a->by_n + 1) * sizeof a->by[0]);
    a->by[a->by_n++] = member;
}

/* Up to which seq another member than the author has covered the place, and
 * who they are. */
static uint64_t
covered(struct work *w, const uint8_t *chain, const uint8_t *key, int author,
        struct ir_check_author *a)
{
    const struct cover *c;
    uint64_t upto = 0;
    int i;

    if (w->cap == 0)
        return 0;
    c = &w->v[slot_of(w->v, w->cap, chain, key)];
    for (i = 0; c->used && i < 2; i++)
        if (c->by[i] >= 0 && c->by[i] != author && c->upto[i] > 0) {
            upto = c->upto[i] > upto ? c->upto[i] : upto;
            if (a != NULL)
                add_witness(a, c->by[i]);
        }
    return upto;
}

/* When the entry of that number was recorded. */
static int64_t
ms_at(struct work *w, const uint8_t *chain, const uint8_t *key, int64_t seq)
{
    int64_t ms = 0;

    sqlite3_reset(w->at);
    sqlite3_bind_blob(w->at, 1, chain, 8, SQLITE_STATIC);
    sqlite3_bind_blob(w->at, 2, key, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(w->at, 3, seq);
    if (sqlite3_step(w->at) == SQLITE_ROW)
        ms = ir_hlc_ms((uint64_t)sqlite3_column_int64(w->at, 0));
    sqlite3_reset(w->at);
    return ms;
}

/* Count the entries of one author in one incident on both sides of `upto`. */
static void
count_place(struct work *w, const uint8_t *chain, const uint8_t *key,
            uint64_t upto, struct ir_check_author *a)
{
    struct ir_check *c = w->out;
    sqlite3_stmt *q = w->count;
    int64_t in, out, ms, seq[3];
    int i;

    sqlite3_reset(q);
    sqlite3_bind_blob(q, 1, chain, 8, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, key, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(q, 3, (int64_t)upto);
    if (sqlite3_step(q) != SQLITE_ROW)
        return;
    in = sqlite3_column_int64(q, 0);
    out = sqlite3_column_int64(q, 1);
    for (i = 0; i < 3; i++)
        seq[i] = sqlite3_column_int64(q, 2 + i);
    sqlite3_reset(q);
    c->witnessed += in;
    c->unwitnessed += out;
    ms = in > 0 && a != NULL ? ms_at(w, chain, key, seq[0]) : 0;
    if (a != NULL && ms > a->witnessed_ms)
        a->witnessed_ms = ms;
    if (out == 0)
        return;
    ms = ms_at(w, chain, key, seq[1]);
    if (c->unwitnessed_first_ms == 0 || ms < c->unwitnessed_first_ms)
        c->unwitnessed_first_ms = ms;
    ms = ms_at(w, chain, key, seq[2]);
    if (ms > c->unwitnessed_last_ms)
        c->unwitnessed_last_ms = ms;
}

/* Every author in every incident. */
static int
count_all(struct work *w, struct ir_err *err)
{
    static const char places[] =
        "SELECT chain, author FROM entry WHERE chain NOT IN"
        " (x'0000000000000000', x'0000000000000001', x'0000000000000002',"
        "  x'0000000000000003') GROUP BY chain, author";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(w->st, places, &q, err), s = SQLITE_DONE;

    while (rc == IR_OK && (s = sqlite3_step(q)) == SQLITE_ROW) {
        const struct ir_cert_key *k;
        struct ir_check_author *a;
        uint8_t chain[8], key[IR_KEYID_BYTES];

        if (sqlite3_column_bytes(q, 0) != 8 ||
            sqlite3_column_bytes(q, 1) != IR_KEYID_BYTES)
            continue;
        memcpy(chain, sqlite3_column_blob(q, 0), 8);
        memcpy(key, sqlite3_column_blob(q, 1), IR_KEYID_BYTES);
        k = ir_trust_key(w->t, key);
        if (k != NULL && k->node)
            continue;
        a = author_of(w->out, key);
        count_place(w, chain, key,
                    covered(w, chain, key, k != NULL ? (int)k->member : -1, a),
                    a);
    }
    if (rc == IR_OK && s != SQLITE_DONE)
        rc = ir_db_fail(w->st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

/* The queries that come again and again. */
static int
prepare(struct work *w, struct ir_err *err)
{
    static const char count[] =
        "SELECT sum(seq <= ?3), sum(seq > ?3),"
        " max(CASE WHEN seq <= ?3 THEN seq END),"
        " min(CASE WHEN seq > ?3 THEN seq END), max(seq)"
        " FROM entry WHERE chain = ?1 AND author = ?2";
    int rc = ir_db_prepare(
        w->st, "SELECT author, chain, seq, lane, p FROM entry WHERE id = ?1",
        &w->find, err);

    if (rc == IR_OK)
        rc = ir_db_prepare(w->st,
                           "SELECT p FROM entry WHERE chain = ?1 AND author ="
                           " ?2 AND seq > ?3 AND seq <= ?4",
                           &w->range, err);
    if (rc == IR_OK)
        rc = ir_db_prepare(w->st, count, &w->count, err);
    if (rc == IR_OK)
        rc = ir_db_prepare(w->st,
                           "SELECT hlc FROM entry WHERE chain = ?1 AND author"
                           " = ?2 AND seq = ?3",
                           &w->at, err);
    return rc;
}

int
ir_check_witness(struct ir_store *st, const struct ir_trust *t,
                 struct ir_accepted *accepted, struct ir_check *out,
                 struct ir_err *err)
{
    struct work w = {.st = st, .t = t, .accepted = accepted, .out = out};
    int rc = prepare(&w, err);

    if (rc == IR_OK)
        rc = load_heads(&w, err);
    if (rc == IR_OK)
        rc = count_all(&w, err);
    sqlite3_finalize(w.find);
    sqlite3_finalize(w.range);
    sqlite3_finalize(w.count);
    sqlite3_finalize(w.at);
    free(w.todo);
    free(w.v);
    return rc;
}
