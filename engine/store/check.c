/* check.c: see check.h. Rows are read in chain order; each is judged by itself
 * on several threads (check_pool.h), then what it names is looked up here.
 * SQLite's own check of the file goes on meanwhile.
 */
#include "store/check.h"

#include "store/accepted.h"
#include "store/check_pool.h"
#include "store/check_witness.h"
#include "store/ids.h"
#include "store/ingest.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAD_MAX 1000     /* named at most */
#define CACHE_KIB "8192" /* pages kept: looking up ids jumps about */

struct walk {
    struct ir_store *st;
    struct ir_accepted *accepted;
    uint8_t (*redacted)[IR_ID_BYTES];
    size_t redacted_n;
    struct ir_ids_set dead;    /* all of out->dead */
    sqlite3_stmt *find, *here; /* an entry by its id; whether there is one */
    const struct ir_trust *t;
    struct ir_check *out;
    /* the row before, in (chain, author, seq) order */
    uint8_t last_chain[8], last_author[IR_KEYID_BYTES];
    uint8_t last_id[IR_ID_BYTES];
    bool have_last;
    void (*progress)(int64_t done, void *arg);
    void *arg;
};

/* Name entry `e` (as far as it could be read) as bad. */
static void
add_bad(struct ir_check *c, const struct ir_entry *e, enum ir_check_why why)
{
    struct ir_check_bad *b;

    if (c->bad_n >= BAD_MAX) {
        c->bad_more++;
        return;
    }
    c->bad = ir_realloc(c->bad, (c->bad_n + 1) * sizeof *c->bad);
    b = &c->bad[c->bad_n++];
    memset(b, 0, sizeof *b);
    memcpy(b->id, e->id, IR_ID_BYTES);
    memcpy(b->author, e->h.author, IR_KEYID_BYTES);
    b->seq = e->h.seq;
    b->recorded_ms = ir_hlc_ms(e->h.hlc);
    b->why = why;
}

/* Nobody is known to have the key `author` for what it signed. */
static void
note_unknown(struct ir_check *c, const uint8_t *author)
{
    size_t i;

    for (i = 0; i < c->unknown_n; i++)
        if (memcmp(c->unknown[i], author, IR_KEYID_BYTES) == 0)
            return;
    c->unknown =
        ir_realloc(c->unknown, (c->unknown_n + 1) * sizeof *c->unknown);
    memcpy(c->unknown[c->unknown_n++], author, IR_KEYID_BYTES);
}

static bool
is_unknown(const struct ir_check *c, const uint8_t *author)
{
    size_t i;

    for (i = 0; i < c->unknown_n; i++)
        if (memcmp(c->unknown[i], author, IR_KEYID_BYTES) == 0)
            return true;
    return false;
}

/* Is it by a revoked key, and not among what was accepted? */
static bool
is_by_revoked(const struct walk *w, const struct ir_check_job *j)
{
    return j->key != NULL && j->key->revoked &&
           !ir_accepted_is(w->accepted, &j->e);
}

/* And of lane T, which every device keeps: what whoever has that key puts there
 * counts for nothing, so that it says nothing of this record either.
 */
static bool
is_dead(const struct walk *w, const struct ir_check_job *j)
{
    return ir_kind_lane(j->e.h.kind) == IR_LANE_T && is_by_revoked(w, j);
}

static void
add_dead(struct walk *w, const struct ir_entry *e)
{
    struct ir_check *c = w->out;
    struct ir_refused *r;

    (void)ir_ids_set_put(&w->dead, e->id, 1);
    if (c->dead_n >= BAD_MAX) {
        c->dead_more++;
        return;
    }
    c->dead = ir_realloc(c->dead, (c->dead_n + 1) * sizeof *c->dead);
    r = &c->dead[c->dead_n++];
    memset(r, 0, sizeof *r);
    memcpy(r->id, e->id, IR_ID_BYTES);
    memcpy(r->author, e->h.author, IR_KEYID_BYTES);
    r->seq = e->h.seq;
    r->at_ms = ir_hlc_ms(e->h.hlc);
}

static void
check_signature(struct walk *w, const struct ir_check_job *j)
{
    if (j->pub == NULL) {
        w->out->unknown_signer++;
        note_unknown(w->out, j->e.h.author);
        return;
    }
    if (is_by_revoked(w, j) && !is_dead(w, j))
        add_bad(w->out, &j->e, IR_CHECK_REVOKED);
    if (!j->sig_good)
        add_bad(w->out, &j->e, IR_CHECK_SIGNATURE);
}

/* Is entry `id` here? The index on ids says so by itself. */
static bool
is_here(struct walk *w, const uint8_t *id)
{
    sqlite3_reset(w->here);
    sqlite3_bind_blob(w->here, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    return sqlite3_step(w->here) == SQLITE_ROW;
}

/* Where entry `id` stands: false when it is not here. */
static bool
look_up(struct walk *w, const uint8_t *id, uint8_t *author, uint8_t *chain,
        uint64_t *seq)
{
    bool here;

    sqlite3_reset(w->find);
    sqlite3_bind_blob(w->find, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    here = sqlite3_step(w->find) == SQLITE_ROW;
    if (!here || sqlite3_column_bytes(w->find, 0) != IR_KEYID_BYTES ||
        sqlite3_column_bytes(w->find, 1) != 8)
        return here;
    memcpy(author, sqlite3_column_blob(w->find, 0), IR_KEYID_BYTES);
    memcpy(chain, sqlite3_column_blob(w->find, 1), 8);
    *seq = (uint64_t)sqlite3_column_int64(w->find, 2);
    return true;
}

/* Is what `e` names as its prev what it must be? It is not the row before. */
static void
blame_prev(struct walk *w, const struct ir_entry *e, const uint8_t *chain)
{
    uint8_t author[IR_KEYID_BYTES] = {0}, of[8] = {0};
    uint64_t seq = 0;

    if (!look_up(w, e->h.prev, author, of, &seq))
        return; /* counted as missing */
    if (memcmp(author, e->h.author, sizeof author) != 0 ||
        memcmp(of, chain, sizeof of) != 0 || seq >= e->h.seq)
        add_bad(w->out, e, IR_CHECK_PREV);
    else
        w->out->chain_forks++;
}

/* Is prev the author's entry before in this chain? Rows come in (chain,
 * author, seq) order, so that is the row before. */
static void
check_prev(struct walk *w, const struct ir_entry *e)
{
    enum ir_lane lane = ir_kind_lane(e->h.kind);
    uint8_t chain[8], incident[IR_INCIDENT_BYTES];
    bool same;

    (void)ir_db_chain(e, chain, incident);
    same = w->have_last && memcmp(chain, w->last_chain, 8) == 0 &&
           memcmp(e->h.author, w->last_author, IR_KEYID_BYTES) == 0;
    if (lane == IR_LANE_F) {
        /* no chain there */
    } else if (e->h.has_prev) {
        if (!same || memcmp(e->h.prev, w->last_id, IR_ID_BYTES) != 0)
            blame_prev(w, e, chain);
    } else if (same) {
        w->out->chain_forks++;
    }
    memcpy(w->last_chain, chain, 8);
    memcpy(w->last_author, e->h.author, IR_KEYID_BYTES);
    memcpy(w->last_id, e->id, IR_ID_BYTES);
    w->have_last = true;
}

/* Entry `id` is not here because it was refused: no other one is waited for.
 * Each is told of once.
 */
static void
add_refused(struct ir_check *c, const struct ir_refused *r)
{
    size_t i;

    for (i = 0; i < c->refused_n; i++)
        if (memcmp(c->refused[i].id, r->id, IR_ID_BYTES) == 0)
            return;
    if (c->refused_n >= BAD_MAX)
        return;
    c->refused =
        ir_realloc(c->refused, (c->refused_n + 1) * sizeof *c->refused);
    c->refused[c->refused_n++] = *r;
}

/* Entry `id` is named and not here, or lacks its body without a word. */
static void
add_missing(struct walk *w, const uint8_t *id)
{
    struct ir_entry gone;
    size_t i;

    memset(&gone, 0, sizeof gone);
    memcpy(gone.id, id, IR_ID_BYTES);
    w->out->missing++;
    for (i = 0; i < w->out->bad_n; i++)
        if (w->out->bad[i].why == IR_CHECK_MISSING &&
            memcmp(w->out->bad[i].id, id, IR_ID_BYTES) == 0)
            return; /* told of already */
    if (w->out->bad_n < BAD_MAX)
        add_bad(w->out, &gone, IR_CHECK_MISSING);
}

/* Entry `id` is named: it must be here, or have been refused. */
static void
check_one_named(struct walk *w, const uint8_t *id)
{
    struct ir_refused r;

    if (is_here(w, id))
        return;
    if (ir_refused_get(w->st, id, IR_ARRIVED_REVOKED, &r))
        add_refused(w->out, &r);
    else
        add_missing(w, id);
}

/* Is all here that `e` builds on and is about? */
static void
check_named(struct walk *w, const struct ir_entry *e)
{
    size_t i;

    if (e->h.has_prev && memcmp(e->h.prev, w->last_id, IR_ID_BYTES) != 0)
        check_one_named(w, e->h.prev);
    for (i = 0; i < e->h.deps_n; i++)
        check_one_named(w, e->h.deps[i]);
    for (i = 0; i < e->h.refs_n; i++)
        check_one_named(w, e->h.refs[i]);
}

/* Remember what the redacts name. */
static void
load_redacted(struct walk *w)
{
    sqlite3_stmt *q = NULL;
    struct ir_entry e;
    int why;
    size_t i;

    if (ir_db_prepare(w->st,
                      "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
                      "WHERE kind = 24",
                      &q, NULL) != IR_OK)
        return;
    while (sqlite3_step(q) == SQLITE_ROW)
        for (i = 0; ir_db_row(w->st, q, &e, &why) == IR_OK && i < e.h.refs_n;
             i++) {
            w->redacted =
                ir_realloc(w->redacted, (w->redacted_n + 1) * IR_ID_BYTES);
            memcpy(w->redacted[w->redacted_n++], e.h.refs[i], IR_ID_BYTES);
        }
    sqlite3_finalize(q);
}

/* An entry without its body: was that ordered? */
static void
check_stub(struct walk *w, const struct ir_entry *e)
{
    const struct ir_kind *k = ir_kind_get(e->h.kind);
    size_t i;

    w->out->stubs++;
    if (k != NULL && k->state_bearing) {
        add_bad(w->out, e, IR_CHECK_BODY);
        return;
    }
    for (i = 0; i < w->redacted_n; i++)
        if (memcmp(w->redacted[i], e->id, IR_ID_BYTES) == 0)
            return;
    add_missing(w, e->id);
}

static void
check_row(struct walk *w, const struct ir_check_job *j)
{
    struct ir_check *c = w->out;
    const struct ir_entry *e = &j->e;

    c->entries++;
    if (!j->whole) {
        add_bad(c, e, (enum ir_check_why)j->why);
        return;
    }
    if (!j->columns_fit)
        add_bad(c, e, IR_CHECK_COLUMNS);
    if (e->b == NULL)
        check_stub(w, e);
    else if (!j->body_fits)
        add_bad(c, e, IR_CHECK_BYTES);
    if (c->first_ms == 0 || j->ms < c->first_ms)
        c->first_ms = j->ms;
    if (j->ms > c->last_ms)
        c->last_ms = j->ms;
    if (is_dead(w, j)) {
        add_dead(w, e);
    } else {
        check_named(w, e);
        check_prev(w, e);
    }
    check_signature(w, j);
}

/* Take in the rows that are judged by now. */
static void
turn(struct walk *w, struct ir_check_pool *pool)
{
    const struct ir_check_job *jobs;
    size_t n, i;

    ir_check_pool_turn(pool, &jobs, &n);
    for (i = 0; i < n; i++)
        check_row(w, &jobs[i]);
    if (w->progress != NULL && n > 0)
        w->progress(w->out->entries, w->arg);
}

static int
walk_rows(struct walk *w, int threads, bool chain_only, struct ir_err *err)
{
    static const char sql[] =
        "SELECT " IR_DB_ENTRY_COLS ", " IR_CHECK_COLS IR_DB_ENTRY_FROM
        "ORDER BY chain, author, seq";
    struct ir_check_pool *pool;
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(w->st, sql, &q, err), s;

    if (rc != IR_OK)
        return rc;
    pool = ir_check_pool_new(threads, w->st->site, w->t, chain_only);
    while ((s = sqlite3_step(q)) == SQLITE_ROW)
        if (!ir_check_pool_add(pool, q))
            turn(w, pool);
    if (s != SQLITE_DONE)
        rc = ir_db_fail(w->st, "read", err);
    sqlite3_finalize(q);
    turn(w, pool);
    turn(w, pool);
    ir_check_pool_free(pool);
    return rc;
}

/* The same without what is dead: it is twice nowhere, and nothing is waited for
 * because of it; but what it fills is no gap.
 */
static void
count_living(struct walk *w, struct ir_check_author *a)
{
    sqlite3_stmt *q = NULL;
    uint64_t last = 0, top = 0;
    int64_t here = 0, upto = 0;
    bool lives = false;

    if (ir_db_prepare(w->st,
                      "SELECT seq, id FROM entry WHERE author = ?1"
                      " ORDER BY seq",
                      &q, NULL) != IR_OK)
        return;
    sqlite3_bind_blob(q, 1, a->key_id, IR_KEYID_BYTES, SQLITE_STATIC);
    a->forks = 0;
    while (sqlite3_step(q) == SQLITE_ROW) {
        uint64_t seq = (uint64_t)sqlite3_column_int64(q, 0);

        here += seq != last ? 1 : 0;
        lives = lives && seq == last;
        last = seq;
        if (sqlite3_column_bytes(q, 1) == IR_ID_BYTES &&
            ir_ids_set_get(&w->dead, sqlite3_column_blob(q, 1)) > 0)
            continue;
        a->forks += lives ? 1 : 0;
        lives = true;
        top = seq;
        upto = here;
    }
    sqlite3_finalize(q);
    a->gaps = (int64_t)top - upto;
    if (a->gaps > 0)
        a->gaps -=
            ir_refused_numbers(w->st, a->key_id, IR_ARRIVED_REVOKED, top);
}

static bool
has_dead(const struct ir_check *c, const uint8_t *author)
{
    size_t i;

    for (i = 0; i < c->dead_n; i++)
        if (memcmp(c->dead[i].author, author, IR_KEYID_BYTES) == 0)
            return true;
    return c->dead_more > 0;
}

/* Per author: how many, the newest seq, gaps and double numbers. */
static int
count_authors(struct walk *w, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(w->st,
                           "SELECT author, count(*), count(DISTINCT seq),"
                           " max(seq) FROM entry GROUP BY author",
                           &q, err);
    struct ir_check *c = w->out;

    if (rc != IR_OK)
        return rc;
    while (sqlite3_step(q) == SQLITE_ROW) {
        struct ir_check_author *a;

        if (sqlite3_column_bytes(q, 0) != IR_KEYID_BYTES)
            continue;
        c->authors =
            ir_realloc(c->authors, (c->authors_n + 1) * sizeof *c->authors);
        a = &c->authors[c->authors_n++];
        memset(a, 0, sizeof *a);
        memcpy(a->key_id, sqlite3_column_blob(q, 0), IR_KEYID_BYTES);
        a->entries = sqlite3_column_int64(q, 1);
        a->last_seq = (uint64_t)sqlite3_column_int64(q, 3);
        a->gaps = sqlite3_column_int64(q, 3) - sqlite3_column_int64(q, 2);
        if (a->gaps > 0)
            a->gaps -= ir_refused_numbers(w->st, a->key_id, IR_ARRIVED_REVOKED,
                                          a->last_seq);
        a->forks = a->entries - sqlite3_column_int64(q, 2);
        if (has_dead(c, a->key_id))
            count_living(w, a);
        a->unknown = is_unknown(c, a->key_id);
    }
    sqlite3_finalize(q);
    return IR_OK;
}

/* SQLite's own check, on a connection of its own while rows are read on the
 * other; on the same one afterwards where a second cannot be had. */
struct own_check {
    sqlite3 *db;
    pthread_t thread;
    bool started, damaged;
    char says[160];
};

static void *
own_check(void *arg)
{
    struct own_check *o = arg;
    sqlite3_stmt *q = NULL;

    if (sqlite3_prepare_v2(o->db, "PRAGMA integrity_check(1)", -1, &q, NULL) !=
        SQLITE_OK) {
        o->damaged = true;
    } else if (sqlite3_step(q) != SQLITE_ROW ||
               strcmp((const char *)sqlite3_column_text(q, 0), "ok") != 0) {
        const unsigned char *s = sqlite3_column_text(q, 0);

        o->damaged = true;
        snprintf(o->says, sizeof o->says, "%s",
                 s != NULL ? (const char *)s : sqlite3_errmsg(o->db));
    }
    sqlite3_finalize(q);
    return NULL;
}

static void
own_check_begin(struct own_check *o, const struct ir_store *st)
{
    char *path = ir_asprintf("%s/ir.db", st->home);

    if (sqlite3_open_v2(path, &o->db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX |
                            SQLITE_OPEN_NOFOLLOW,
                        NULL) == SQLITE_OK &&
        sqlite3_exec(o->db, "PRAGMA schema_version", NULL, NULL, NULL) ==
            SQLITE_OK)
        o->started = pthread_create(&o->thread, NULL, own_check, o) == 0;
    if (!o->started) {
        (void)sqlite3_close(o->db);
        o->db = NULL;
    }
    free(path);
}

static void
own_check_end(struct own_check *o, struct ir_store *st, struct ir_check *out)
{
    if (o->started) {
        pthread_join(o->thread, NULL);
        (void)sqlite3_close(o->db);
    } else {
        o->db = st->db;
        (void)own_check(o);
    }
    out->database_damaged = out->database_damaged || o->damaged;
    memcpy(out->database_says, o->says, sizeof out->database_says);
}

int
ir_store_check(struct ir_store *st, const struct ir_trust *t, bool chain_only,
               int threads, void (*progress)(int64_t done, void *arg),
               void *arg, struct ir_check *out, struct ir_err *err)
{
    struct walk w = {
        .st = st, .t = t, .out = out, .progress = progress, .arg = arg};
    struct own_check own = {.db = NULL};
    int rc;

    memset(out, 0, sizeof *out);
    (void)sqlite3_exec(st->db, "PRAGMA cache_size=-" CACHE_KIB, NULL, NULL,
                       NULL);
    if (threads > 1)
        own_check_begin(&own, st);
    load_redacted(&w);
    rc = ir_accepted_new(st, t, true, &w.accepted, err);
    if (rc == IR_OK)
        rc = ir_db_prepare(st,
                           "SELECT author, chain, seq FROM entry WHERE id = ?1",
                           &w.find, err);
    if (rc == IR_OK)
        rc = ir_db_prepare(st, "SELECT 1 FROM entry WHERE id = ?1", &w.here,
                           err);
    if (rc == IR_OK)
        rc = walk_rows(&w, threads, chain_only, err);
    sqlite3_finalize(w.find);
    sqlite3_finalize(w.here);
    if (rc == IR_OK)
        rc = count_authors(&w, err);
    if (rc == IR_OK)
        rc = ir_check_witness(st, t, w.accepted, out, err);
    own_check_end(&own, st, out);
    if (rc == IR_EDAMAGED || rc == IR_ESTORE)
        out->database_damaged = true;
    ir_accepted_free(w.accepted);
    ir_ids_set_done(&w.dead);
    free(w.redacted);
    return rc;
}

void
ir_check_done(struct ir_check *c)
{
    size_t i;

    free(c->bad);
    free(c->unknown);
    free(c->refused);
    free(c->dead);
    for (i = 0; i < c->authors_n; i++)
        free(c->authors[i].by);
    free(c->authors);
    memset(c, 0, sizeof *c);
}
