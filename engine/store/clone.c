/* clone.c: see clone.h. */
#include "store/clone.h"

#include "store/db.h"

#include <stdlib.h>
#include <string.h>

int
ir_store_clones(struct ir_store *st, struct ir_clone **v, size_t *n,
                struct ir_err *err)
{
    static const char sql[] =
        "SELECT w.author, min(w.seq),"
        " (SELECT count(*) FROM entry e WHERE e.author = w.author AND e.seq >="
        "  min(w.seq) AND NOT EXISTS (SELECT 1 FROM arrival a WHERE a.n = "
        "e.n)),"
        " (SELECT count(*) FROM entry e JOIN arrival a USING(n) WHERE e.author"
        "  = w.author AND e.seq >= min(w.seq)),"
        " (SELECT min(hlc) FROM entry e JOIN arrival a USING(n) WHERE e.author"
        "  = w.author AND e.seq >= min(w.seq)),"
        " (SELECT max(hlc) FROM entry e JOIN arrival a USING(n) WHERE e.author"
        "  = w.author AND e.seq >= min(w.seq))"
        " FROM arrival a JOIN entry o ON o.n = a.n JOIN entry w ON w.author ="
        " o.author AND w.seq = o.seq AND w.n <> o.n"
        " WHERE NOT EXISTS (SELECT 1 FROM arrival b WHERE b.n = w.n)"
        " GROUP BY w.author ORDER BY w.author";
    sqlite3_stmt *q = NULL;
    int rc, s;

    *v = NULL;
    *n = 0;
    if (!ir_db_has_mesh(st))
        return IR_OK;
    rc = ir_db_prepare(st, sql, &q, err);
    if (rc != IR_OK)
        return rc;
    while ((s = sqlite3_step(q)) == SQLITE_ROW) {
        struct ir_clone *c;

        if (sqlite3_column_bytes(q, 0) != IR_KEYID_BYTES)
            continue;
        *v = ir_realloc(*v, (*n + 1) * sizeof **v);
        c = &(*v)[(*n)++];
        memcpy(c->author, sqlite3_column_blob(q, 0), IR_KEYID_BYTES);
        c->seq = (uint64_t)sqlite3_column_int64(q, 1);
        c->here = sqlite3_column_int64(q, 2);
        c->elsewhere = sqlite3_column_int64(q, 3);
        c->first_ms = ir_hlc_ms((uint64_t)sqlite3_column_int64(q, 4));
        c->last_ms = ir_hlc_ms((uint64_t)sqlite3_column_int64(q, 5));
    }
    if (s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

bool
ir_store_wrote(struct ir_store *st, const uint8_t author[IR_KEYID_BYTES])
{
    static const char *const sql[2] = {
        "SELECT NOT EXISTS (SELECT 1 FROM arrival a WHERE a.n = entry.n)"
        " FROM entry WHERE author = ?1 ORDER BY seq, n LIMIT 1",
        "SELECT NOT EXISTS (SELECT 1 FROM arrival a WHERE a.n = entry.n)"
        " FROM entry WHERE author = ?1 ORDER BY seq DESC, n LIMIT 1"};
    bool yes = false;
    int i;

    for (i = 0; i < 2 && !yes && ir_db_has_mesh(st); i++) {
        sqlite3_stmt *q = NULL;

        if (ir_db_get(st, sql[i], &q, NULL) != IR_OK)
            return false;
        sqlite3_bind_blob(q, 1, author, IR_KEYID_BYTES, SQLITE_STATIC);
        yes = sqlite3_step(q) == SQLITE_ROW && sqlite3_column_int(q, 0) != 0;
        ir_db_put(st, q);
    }
    return yes;
}

/* The newest entry of the author in the chain: any (0), or one written here
 * (1). */
static int
newest(struct ir_store *st, const uint8_t *chain, const uint8_t *author,
       int here, uint8_t *id, int64_t *seq, struct ir_err *err)
{
    static const char *const sql[] = {
        "SELECT id, seq FROM entry WHERE chain = ?1 AND author = ?2"
        " ORDER BY seq DESC, n LIMIT 1",
        "SELECT id, seq FROM entry WHERE chain = ?1 AND author = ?2"
        " AND NOT EXISTS (SELECT 1 FROM arrival a WHERE a.n = entry.n)"
        " ORDER BY seq DESC, n LIMIT 1"};
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql[here], &q, err), s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, chain, 8, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, author, IR_KEYID_BYTES, SQLITE_STATIC);
    s = sqlite3_step(q);
    if (s == SQLITE_ROW && sqlite3_column_bytes(q, 0) == IR_ID_BYTES) {
        memcpy(id, sqlite3_column_blob(q, 0), IR_ID_BYTES);
        *seq = sqlite3_column_int64(q, 1);
    } else {
        rc = s == SQLITE_ROW || s == SQLITE_DONE ? IR_ENOTFOUND
                                                 : ir_db_fail(st, "prev", err);
    }
    ir_db_put(st, q);
    return rc;
}

/* Does entry `id` come after `old` in its chain, prev by prev? */
static bool
follows(struct ir_store *st, const uint8_t *id, const uint8_t *old,
        int64_t old_seq)
{
    static const char sql[] = "SELECT p FROM entry WHERE id = ?1";
    uint8_t at[IR_ID_BYTES];
    bool on = true;

    memcpy(at, id, sizeof at);
    while (on && memcmp(at, old, sizeof at) != 0) {
        sqlite3_stmt *q = NULL;
        struct ir_header h;

        if (ir_db_get(st, sql, &q, NULL) != IR_OK)
            return false;
        sqlite3_bind_blob(q, 1, at, sizeof at, SQLITE_TRANSIENT);
        on = sqlite3_step(q) == SQLITE_ROW &&
             ir_header_decode(sqlite3_column_blob(q, 0),
                              (size_t)sqlite3_column_bytes(q, 0), &h,
                              NULL) == IR_OK &&
             h.has_prev && (int64_t)h.seq > old_seq;
        if (on)
            memcpy(at, h.prev, sizeof at);
        ir_db_put(st, q);
    }
    return on;
}

int
ir_store_tip(struct ir_store *st, const uint8_t chain[8],
             const uint8_t author[IR_KEYID_BYTES], uint8_t id[IR_ID_BYTES],
             struct ir_err *err)
{
    uint8_t own[IR_ID_BYTES];
    int64_t seq = 0, own_seq = 0;
    int rc = newest(st, chain, author, 0, id, &seq, err);

    if (rc != IR_OK || !ir_db_has_mesh(st))
        return rc;
    rc = newest(st, chain, author, 1, own, &own_seq, err);
    if (rc == IR_ENOTFOUND)
        return IR_OK; /* all of it came from elsewhere */
    if (rc == IR_OK && !follows(st, id, own, own_seq))
        memcpy(id, own, sizeof own);
    return rc;
}
