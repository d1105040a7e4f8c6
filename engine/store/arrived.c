/* arrived.c: see arrived.h. */
#include "store/arrived.h"

#include "store/db.h"
#include "store/ingest.h"

#include <string.h>

/* Columns that make a head, in this order. */
#define HEAD_COLS "e.id, e.author, e.chain, e.seq, e.lane"

static bool
head_of(sqlite3_stmt *q, struct ir_witness_head *h)
{
    memset(h, 0, sizeof *h);
    if (sqlite3_column_bytes(q, 0) != IR_ID_BYTES ||
        sqlite3_column_bytes(q, 1) != IR_KEYID_BYTES ||
        sqlite3_column_bytes(q, 2) != 8)
        return false;
    memcpy(h->id, sqlite3_column_blob(q, 0), IR_ID_BYTES);
    memcpy(h->author, sqlite3_column_blob(q, 1), IR_KEYID_BYTES);
    memcpy(h->chain, sqlite3_column_blob(q, 2), 8);
    h->seq = (uint64_t)sqlite3_column_int64(q, 3);
    h->lane = sqlite3_column_int(q, 4);
    return true;
}

int
ir_store_arrived_each(struct ir_store *st, int64_t after, size_t most,
                      bool (*fn)(const struct ir_arrived_row *r, void *arg),
                      void *arg, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc, s = SQLITE_DONE;
    bool on = true;

    if (!ir_db_has_mesh(st))
        return IR_OK;
    rc = ir_db_prepare(st,
                       "SELECT " HEAD_COLS ", a.n, e.kind FROM arrival a"
                       " JOIN entry e ON e.n = a.n WHERE a.n > ?1"
                       " ORDER BY a.n LIMIT ?2",
                       &q, err);
    if (rc != IR_OK)
        return rc;
    sqlite3_bind_int64(q, 1, after);
    sqlite3_bind_int64(q, 2, (int64_t)most);
    while (on && (s = sqlite3_step(q)) == SQLITE_ROW) {
        struct ir_arrived_row r;

        if (!head_of(q, &r.head))
            continue;
        r.n = sqlite3_column_int64(q, 5);
        r.kind = (uint64_t)sqlite3_column_int64(q, 6);
        on = fn(&r, arg);
    }
    if (on && s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_arrived_of(struct ir_store *st,
                    const uint8_t incident[IR_INCIDENT_BYTES],
                    bool (*fn)(const uint8_t id[IR_ID_BYTES], void *arg),
                    void *arg, struct ir_err *err)
{
    static const char *const sql[] = {
        "SELECT e.id FROM entry e JOIN arrival a ON a.n = e.n"
        " WHERE e.chain = ?1",
        "SELECT e.id FROM entry e JOIN arrival a ON a.n = e.n"
        " WHERE e.incident = ?1 AND e.incident IS NOT NULL AND e.lane <> 2"};
    bool on = ir_db_has_mesh(st);
    int rc = IR_OK, i;

    for (i = 0; i < 2 && on && rc == IR_OK; i++) {
        sqlite3_stmt *q = NULL;
        int s = SQLITE_DONE;

        rc = ir_db_get(st, sql[i], &q, err);
        if (rc != IR_OK)
            break;
        sqlite3_bind_blob(q, 1, incident, IR_INCIDENT_BYTES, SQLITE_STATIC);
        while (on && (s = sqlite3_step(q)) == SQLITE_ROW)
            if (sqlite3_column_bytes(q, 0) == IR_ID_BYTES)
                on = fn(sqlite3_column_blob(q, 0), arg);
        if (on && s != SQLITE_DONE)
            rc = ir_db_fail(st, "read", err);
        ir_db_put(st, q);
    }
    return rc;
}

int
ir_store_head(struct ir_store *st, const uint8_t id[IR_ID_BYTES],
              struct ir_witness_head *h, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, "SELECT " HEAD_COLS " FROM entry e WHERE e.id = ?1",
                       &q, err),
        s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    s = sqlite3_step(q);
    if (s == SQLITE_DONE || (s == SQLITE_ROW && !head_of(q, h)))
        rc = ir_fail(err, IR_ENOTFOUND, "no such entry");
    else if (s != SQLITE_ROW)
        rc = ir_db_fail(st, "read", err);
    ir_db_put(st, q);
    return rc;
}

int
ir_store_refusals(struct ir_store *st,
                  bool (*fn)(const struct ir_refusals *r, void *arg), void *arg,
                  struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    bool more = true;
    int rc, s = SQLITE_DONE;

    if (!ir_db_has_mesh(st))
        return IR_OK;
    rc = ir_db_prepare(st,
                       "SELECT why, author, count, last_ms FROM refusal"
                       " ORDER BY why, author",
                       &q, err);
    while (rc == IR_OK && more && (s = sqlite3_step(q)) == SQLITE_ROW) {
        struct ir_refusals r = {.what =
                                    (enum ir_arrived)sqlite3_column_int(q, 0),
                                .count = sqlite3_column_int64(q, 2),
                                .last_ms = sqlite3_column_int64(q, 3)};

        r.known = sqlite3_column_bytes(q, 1) == IR_KEYID_BYTES;
        if (r.known)
            memcpy(r.author, sqlite3_column_blob(q, 1), IR_KEYID_BYTES);
        more = fn(&r, arg);
    }
    if (rc == IR_OK && more && s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    return rc;
}
