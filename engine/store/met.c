/* met.c: see met.h. */
#include "store/met.h"

#include "store/db.h"

#include <string.h>

int
ir_store_met(struct ir_store *st, const uint8_t *device, const char *carrier,
             int64_t at_ms, int64_t came, int64_t gave, struct ir_err *err)
{
    static const char sql[] =
        "INSERT INTO met(device, carrier, at_ms, came, gave)"
        " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(device, carrier) DO UPDATE"
        " SET at_ms = ?3, came = came + ?4, gave = gave + ?5";
    static const uint8_t nobody[IR_KEYID_BYTES];
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, device != NULL ? device : nobody, IR_KEYID_BYTES,
                      SQLITE_STATIC);
    sqlite3_bind_text(q, 2, carrier, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 3, at_ms);
    sqlite3_bind_int64(q, 4, came);
    sqlite3_bind_int64(q, 5, gave);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "met", err);
    ir_db_put(st, q);
    return rc;
}

int
ir_store_met_each(struct ir_store *st,
                  void (*fn)(const struct ir_met *m, void *arg), void *arg,
                  struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc, s = SQLITE_DONE;

    if (!ir_db_has_mesh(st))
        return IR_OK;
    rc = ir_db_prepare(st,
                       "SELECT device, carrier, at_ms, came, gave FROM met"
                       " ORDER BY at_ms DESC, device, carrier",
                       &q, err);
    while (rc == IR_OK && (s = sqlite3_step(q)) == SQLITE_ROW) {
        struct ir_met m = {.carrier = (const char *)sqlite3_column_text(q, 1),
                           .at_ms = sqlite3_column_int64(q, 2),
                           .came = sqlite3_column_int64(q, 3),
                           .gave = sqlite3_column_int64(q, 4)};

        if (sqlite3_column_bytes(q, 0) == IR_KEYID_BYTES)
            memcpy(m.device, sqlite3_column_blob(q, 0), IR_KEYID_BYTES);
        fn(&m, arg);
    }
    if (rc == IR_OK && s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_gaps(struct ir_store *st,
              void (*fn)(const uint8_t author[IR_KEYID_BYTES], int64_t missing,
                         void *arg),
              void *arg, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(st,
                           "SELECT author, max(seq) - count(DISTINCT seq)"
                           " FROM entry GROUP BY author"
                           " HAVING max(seq) > count(DISTINCT seq)",
                           &q, err),
        s = SQLITE_DONE;

    while (rc == IR_OK && (s = sqlite3_step(q)) == SQLITE_ROW)
        if (sqlite3_column_bytes(q, 0) == IR_KEYID_BYTES)
            fn(sqlite3_column_blob(q, 0), sqlite3_column_int64(q, 1), arg);
    if (rc == IR_OK && s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

bool
ir_store_arrived(struct ir_store *st, const uint8_t id[IR_ID_BYTES])
{
    static const char sql[] = "SELECT 1 FROM entry JOIN arrival USING(n)"
                              " WHERE entry.id = ?1";
    sqlite3_stmt *q = NULL;
    bool yes;

    if (!ir_db_has_mesh(st) || ir_db_get(st, sql, &q, NULL) != IR_OK)
        return false;
    sqlite3_bind_blob(q, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    yes = sqlite3_step(q) == SQLITE_ROW;
    ir_db_put(st, q);
    return yes;
}

int
ir_store_arrived_from(struct ir_store *st,
                      const uint8_t incident[IR_INCIDENT_BYTES],
                      void (*fn)(const uint8_t id[IR_ID_BYTES],
                                 const uint8_t *device, void *arg),
                      void *arg, struct ir_err *err)
{
    static const char *const sql[2] = {
        "SELECT e.id, a.device FROM entry e JOIN arrival a ON a.n = e.n"
        " WHERE e.chain = ?1",
        "SELECT e.id, a.device FROM entry e JOIN arrival a ON a.n = e.n"
        " WHERE e.incident = ?1 AND e.incident IS NOT NULL AND e.lane <> 2"};
    int rc = IR_OK, i, s;

    for (i = 0; i < 2 && rc == IR_OK && ir_db_has_mesh(st); i++) {
        sqlite3_stmt *q = NULL;

        rc = ir_db_get(st, sql[i], &q, err);
        if (rc != IR_OK)
            break;
        sqlite3_bind_blob(q, 1, incident, IR_INCIDENT_BYTES, SQLITE_STATIC);
        while ((s = sqlite3_step(q)) == SQLITE_ROW)
            if (sqlite3_column_bytes(q, 0) == IR_ID_BYTES)
                fn(sqlite3_column_blob(q, 0),
                   sqlite3_column_bytes(q, 1) == IR_KEYID_BYTES
                       ? sqlite3_column_blob(q, 1)
                       : NULL,
                   arg);
        if (s != SQLITE_DONE)
            rc = ir_db_fail(st, "read", err);
        ir_db_put(st, q);
    }
    return rc;
}

int
ir_store_arrived_count(struct ir_store *st, int64_t *n, struct ir_err *err)
{
    *n = 0;
    return ir_db_has_mesh(st)
               ? ir_db_int(st, "SELECT count(*) FROM arrival", n, err)
               : IR_OK;
}
