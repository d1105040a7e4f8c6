/* refused.c: see refused.h. */
#include "store/refused.h"

#include "store/db.h"
#include "store/ids.h"
#include "store/ingest.h"

#include <stdlib.h>
#include <string.h>

#define FRESH_MAX 1000 /* that are not kept yet, remembered */

struct ir_refusing {
    struct ir_store *st;
    struct ir_refusals *count; /* counted and not yet kept */
    size_t count_n;
    struct ir_refused *fresh; /* which they were */
    size_t fresh_n;
    struct ir_ids_set seen; /* the same, with why */
};

bool
ir_refused_get(struct ir_store *st, const uint8_t id[IR_ID_BYTES], int why,
               struct ir_refused *r)
{
    static const char sql[] = "SELECT author, seq, at_ms FROM refused"
                              " WHERE why = ?1 AND id = ?2";
    sqlite3_stmt *q = NULL;
    bool yes;

    if (!ir_db_has_refused(st) || ir_db_get(st, sql, &q, NULL) != IR_OK)
        return false;
    sqlite3_bind_int(q, 1, why);
    sqlite3_bind_blob(q, 2, id, IR_ID_BYTES, SQLITE_STATIC);
    yes = sqlite3_step(q) == SQLITE_ROW;
    if (yes && r != NULL) {
        memset(r, 0, sizeof *r);
        memcpy(r->id, id, IR_ID_BYTES);
        r->why = why;
        if (sqlite3_column_bytes(q, 0) == IR_KEYID_BYTES)
            memcpy(r->author, sqlite3_column_blob(q, 0), IR_KEYID_BYTES);
        r->seq = (uint64_t)sqlite3_column_int64(q, 1);
        r->at_ms = sqlite3_column_int64(q, 2);
    }
    ir_db_put(st, q);
    return yes;
}

/* How many there are for `why`. */
static int
number(struct ir_store *st, int why, int64_t *n, struct ir_err *err)
{
    static const char sql[] = "SELECT count(*) FROM refused WHERE why = ?1";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_int(q, 1, why);
    if (sqlite3_step(q) == SQLITE_ROW)
        *n = sqlite3_column_int64(q, 0);
    else
        rc = ir_db_fail(st, "refused", err);
    ir_db_put(st, q);
    return rc;
}

/* Make room for one more of `why`; *room false where there is none. */
static int
make_room(struct ir_store *st, int why, bool *room, struct ir_err *err)
{
    static const char sql[] = "DELETE FROM refused WHERE why = ?1";
    sqlite3_stmt *q = NULL;
    int64_t n = 0;
    int rc = number(st, why, &n, err);

    *room = rc == IR_OK && n < IR_REFUSED_MAX;
    if (rc != IR_OK || *room || why == IR_ARRIVED_REVOKED)
        return rc;
    rc = ir_db_get(st, sql, &q, err);
    if (rc != IR_OK)
        return rc;
    sqlite3_bind_int(q, 1, why);
    *room = sqlite3_step(q) == SQLITE_DONE;
    if (!*room)
        rc = ir_db_fail(st, "refused", err);
    ir_db_put(st, q);
    return rc;
}

/* Remember them, inside a transaction. */
static int
put_fresh(struct ir_refusing *g, struct ir_err *err)
{
    static const char sql[] =
        "INSERT OR IGNORE INTO refused(id, why, author, seq, at_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5)";
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < g->fresh_n && rc == IR_OK; i++) {
        const struct ir_refused *r = &g->fresh[i];
        sqlite3_stmt *q = NULL;
        bool room = false;

        rc = make_room(g->st, r->why, &room, err);
        if (rc != IR_OK || !room)
            continue;
        rc = ir_db_get(g->st, sql, &q, err);
        if (rc != IR_OK)
            break;
        sqlite3_bind_blob(q, 1, r->id, IR_ID_BYTES, SQLITE_STATIC);
        sqlite3_bind_int(q, 2, r->why);
        sqlite3_bind_blob(q, 3, r->author, IR_KEYID_BYTES, SQLITE_STATIC);
        sqlite3_bind_int64(q, 4, (int64_t)r->seq);
        sqlite3_bind_int64(q, 5, r->at_ms);
        if (sqlite3_step(q) != SQLITE_DONE)
            rc = ir_db_fail(g->st, "refused", err);
        ir_db_put(g->st, q);
    }
    return rc;
}

struct ir_refusing *
ir_refusing_new(struct ir_store *st)
{
    struct ir_refusing *g = ir_calloc(1, sizeof *g);

    g->st = st;
    return g;
}

void
ir_refusing_kept(struct ir_refusing *g)
{
    g->count_n = g->fresh_n = 0;
    ir_ids_set_done(&g->seen);
}

void
ir_refusing_free(struct ir_refusing *g)
{
    if (g == NULL)
        return;
    ir_refusing_kept(g);
    free(g->count);
    free(g->fresh);
    free(g);
}

bool
ir_refusing_was(const struct ir_refusing *g, const uint8_t id[IR_ID_BYTES],
                int why)
{
    return ir_ids_set_get(&g->seen, id) == why ||
           ir_refused_get(g->st, id, why, NULL);
}

void
ir_refusing_add(struct ir_refusing *g, const struct ir_refused *r, bool known)
{
    struct ir_refusals *c;
    size_t i;

    if (ir_refusing_was(g, r->id, r->why))
        return;
    for (i = 0; i < g->count_n; i++) {
        c = &g->count[i];
        if ((int)c->what == r->why && c->known == known &&
            (!known || memcmp(c->author, r->author, IR_KEYID_BYTES) == 0))
            break;
    }
    if (i == g->count_n) {
        g->count = ir_realloc(g->count, (g->count_n + 1) * sizeof *g->count);
        c = &g->count[g->count_n++];
        memset(c, 0, sizeof *c);
        c->what = (enum ir_arrived)r->why;
        c->known = known;
        if (known)
            memcpy(c->author, r->author, IR_KEYID_BYTES);
    }
    g->count[i].count++;
    g->count[i].last_ms = r->at_ms;
    if (g->fresh_n >= FRESH_MAX)
        return;
    (void)ir_ids_set_put(&g->seen, r->id, (uint8_t)r->why);
    g->fresh = ir_realloc(g->fresh, (g->fresh_n + 1) * sizeof *g->fresh);
    g->fresh[g->fresh_n++] = *r;
}

bool
ir_refusing_any(const struct ir_refusing *g)
{
    return g->count_n > 0;
}

int
ir_refusing_keep(struct ir_refusing *g, struct ir_err *err)
{
    static const char sql[] =
        "INSERT INTO refusal(why, author, count, last_ms)"
        " VALUES(?1, ?2, ?3, ?4) ON CONFLICT(why, author) DO UPDATE"
        " SET count = count + ?3, last_ms = ?4";
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < g->count_n && rc == IR_OK; i++) {
        const struct ir_refusals *r = &g->count[i];
        sqlite3_stmt *q = NULL;

        rc = ir_db_get(g->st, sql, &q, err);
        if (rc != IR_OK)
            break;
        sqlite3_bind_int(q, 1, (int)r->what);
        sqlite3_bind_blob(q, 2, r->author, r->known ? IR_KEYID_BYTES : 0,
                          SQLITE_STATIC);
        sqlite3_bind_int64(q, 3, r->count);
        sqlite3_bind_int64(q, 4, r->last_ms);
        if (sqlite3_step(q) != SQLITE_DONE)
            rc = ir_db_fail(g->st, "refusal", err);
        ir_db_put(g->st, q);
    }
    return rc == IR_OK ? put_fresh(g, err) : rc;
}

int64_t
ir_refused_numbers(struct ir_store *st, const uint8_t author[IR_KEYID_BYTES],
                   int why, uint64_t seq)
{
    static const char sql[] =
        "SELECT count(DISTINCT seq) FROM refused r WHERE why = ?1 AND"
        " author = ?2 AND seq < ?3 AND NOT EXISTS (SELECT 1 FROM entry e"
        " WHERE e.author = r.author AND e.seq = r.seq)";
    sqlite3_stmt *q = NULL;
    int64_t n = 0;

    if (!ir_db_has_refused(st) || ir_db_get(st, sql, &q, NULL) != IR_OK)
        return 0;
    sqlite3_bind_int(q, 1, why);
    sqlite3_bind_blob(q, 2, author, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(q, 3, (int64_t)seq);
    if (sqlite3_step(q) == SQLITE_ROW)
        n = sqlite3_column_int64(q, 0);
    ir_db_put(st, q);
    return n;
}
