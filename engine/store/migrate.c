/* migrate.c: the schema, new and brought up to date; see db.h. What was signed
 * is never touched: a migration adds tables.
 */
#include "store/db.h"

#include <stdio.h>

int
ir_db_int(struct ir_store *st, const char *sql, int64_t *v, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    if (sqlite3_step(q) == SQLITE_ROW)
        *v = sqlite3_column_int64(q, 0);
    else
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

/* In the transaction: another process may have done it meanwhile. */
static int
migrate(struct ir_store *st, int upto, struct ir_err *err)
{
    int64_t version = 0;
    char sql[160];
    int rc = ir_db_int(st, "PRAGMA user_version", &version, err), i;

    for (i = (int)version; i < upto && rc == IR_OK; i++)
        rc = ir_db_exec(st, ir_db_migrations[i], err);
    if (rc == IR_OK && version < upto) {
        snprintf(sql, sizeof sql,
                 "PRAGMA application_id=%d; PRAGMA user_version=%d;",
                 IR_DB_APPLICATION_ID, upto);
        rc = ir_db_exec(st, sql, err);
    }
    if (rc == IR_OK)
        st->version = version > upto ? (int)version : upto;
    return rc;
}

int
ir_db_migrate(struct ir_store *st, int upto, struct ir_err *err)
{
    int before = st->version, rc;

    if (before >= upto)
        return IR_OK;
    rc = ir_store_begin(st, err);
    if (rc != IR_OK)
        return rc;
    rc = migrate(st, upto, err);
    if (rc == IR_OK)
        rc = ir_store_commit(st, err);
    else
        ir_store_rollback(st);
    if (rc != IR_OK)
        st->version = before;
    return rc;
}

bool
ir_db_has_mesh(const struct ir_store *st)
{
    return st->version >= 2;
}

bool
ir_db_has_refused(const struct ir_store *st)
{
    return st->version >= 3;
}
