/* store.c: putting entries in, see store.h. */
#include "store/store.h"

#include "base/i18n.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

const uint8_t *
ir_store_site(const struct ir_store *st)
{
    return st->site;
}

int
ir_store_site_set(struct ir_store *st, const uint8_t site[IR_ID_BYTES],
                  struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, "INSERT INTO meta(key, value) VALUES('site', ?1)",
                       &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, site, IR_ID_BYTES, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "site", err);
    else
        memcpy(st->site, site, IR_ID_BYTES);
    ir_db_put(st, q);
    return rc;
}

bool
ir_db_chain(const struct ir_entry *e, uint8_t chain[8],
            uint8_t incident[IR_INCIDENT_BYTES])
{
    enum ir_lane lane = ir_kind_lane(e->h.kind);
    bool declare = e->h.kind == IR_KIND_INCIDENT && !e->h.has_incident;
    const uint8_t *inc = declare ? e->id : e->h.incident;
    bool about = declare || e->h.has_incident;

    if (about)
        memcpy(incident, inc, IR_INCIDENT_BYTES);
    if (lane == IR_LANE_I && about) {
        memcpy(chain, inc, 8);
    } else {
        memset(chain, 0, 8);
        chain[7] = (uint8_t)lane;
    }
    return about;
}

static int
put_body(struct ir_store *st, const struct ir_entry *e, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc;

    if (e->b == NULL)
        return IR_OK;
    rc = ir_db_get(st,
                   "INSERT INTO body(id, bytes) SELECT ?1, ?2 WHERE NOT "
                   "EXISTS (SELECT 1 FROM body WHERE id = ?1)",
                   &q, err);
    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, e->id, IR_ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, e->b, (int)e->b_len, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE) {
        if (sqlite3_extended_errcode(st->db) == SQLITE_CONSTRAINT_TRIGGER)
            rc = ir_fail(err, IR_EREFUSED,
                         _("the text of this entry was erased for good"));
        else
            rc = ir_db_fail(st, "body", err);
    }
    ir_db_put(st, q);
    return rc;
}

static int
is_there(struct ir_store *st, const uint8_t *id, bool *there,
         struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, "SELECT 1 FROM entry WHERE id = ?1", &q, err), s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    s = sqlite3_step(q);
    *there = s == SQLITE_ROW;
    if (s != SQLITE_ROW && s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    ir_db_put(st, q);
    return rc;
}

static int
put_row(struct ir_store *st, const struct ir_entry *e, struct ir_err *err)
{
    static const char sql[] =
        "INSERT INTO entry(id, p, body_digest, sig, author, seq, kind, lane,"
        " hlc, incident, chain) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)";
    uint8_t chain[8], incident[IR_INCIDENT_BYTES];
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, e->id, IR_ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, e->p, (int)e->p_len, SQLITE_STATIC);
    sqlite3_bind_blob(q, 3, e->body_digest, IR_HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(q, 4, e->sig, IR_SIG_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(q, 5, e->h.author, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(q, 6, (int64_t)e->h.seq);
    sqlite3_bind_int64(q, 7, (int64_t)e->h.kind);
    sqlite3_bind_int(q, 8, (int)ir_kind_lane(e->h.kind));
    sqlite3_bind_int64(q, 9, (int64_t)e->h.hlc);
    if (ir_db_chain(e, chain, incident))
        sqlite3_bind_blob(q, 10, incident, IR_INCIDENT_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(q, 11, chain, sizeof chain, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "entry", err);
    ir_db_put(st, q);
    return rc;
}

int
ir_store_entry_put(struct ir_store *st, const struct ir_entry *e, bool *fresh,
                   struct ir_err *err)
{
    bool own_tx = !st->in_tx, there = false;
    int rc = own_tx ? ir_store_begin(st, err) : IR_OK;

    if (rc != IR_OK)
        return rc;
    rc = is_there(st, e->id, &there, err);
    if (rc == IR_OK && !there)
        rc = put_row(st, e, err);
    if (rc == IR_OK)
        rc = put_body(st, e, err);
    if (own_tx && rc == IR_OK)
        rc = ir_store_commit(st, err);
    if (own_tx && rc != IR_OK)
        ir_store_rollback(st);
    if (rc == IR_OK && fresh != NULL)
        *fresh = !there;
    return rc;
}

int
ir_store_body_erase(struct ir_store *st, const uint8_t id[IR_ID_BYTES],
                    const uint8_t by[IR_ID_BYTES], struct ir_err *err)
{
    static const char *const sql[2] = {
        "INSERT OR IGNORE INTO erased(id, by) VALUES(?1, ?2)",
        "DELETE FROM body WHERE id = ?1"};
    bool own_tx = !st->in_tx;
    int rc = own_tx ? ir_store_begin(st, err) : IR_OK, i;

    for (i = 0; i < 2 && rc == IR_OK; i++) {
        sqlite3_stmt *q = NULL;

        rc = ir_db_get(st, sql[i], &q, err);
        if (rc != IR_OK)
            break;
        sqlite3_bind_blob(q, 1, id, IR_ID_BYTES, SQLITE_STATIC);
        if (i == 0)
            sqlite3_bind_blob(q, 2, by, IR_ID_BYTES, SQLITE_STATIC);
        if (sqlite3_step(q) != SQLITE_DONE)
            rc = ir_db_fail(st, "erase", err);
        ir_db_put(st, q);
    }
    if (own_tx && rc == IR_OK)
        rc = ir_store_commit(st, err);
    if (own_tx && rc != IR_OK)
        ir_store_rollback(st);
    if (own_tx && rc == IR_OK) /* no copy stays in the WAL either */
        rc = ir_db_exec(st, "PRAGMA wal_checkpoint(TRUNCATE)", err);
    return rc;
}
