/* medium.c: see medium.h. */
#include "store/medium.h"

#include "store/db.h"

#include <string.h>

int
ir_medium_get(struct ir_store *st, const char *name,
              void (*fn)(const struct ir_medium_file *f, void *arg), void *arg,
              struct ir_err *err)
{
    static const char sql[] =
        "SELECT size, mtime_ms, sample, key, read_ms, ids FROM medium_file"
        " WHERE name = ?1";
    struct ir_medium_file f = {.name = name};
    sqlite3_stmt *q = NULL;
    int s, rc = ir_db_get(st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
    s = sqlite3_step(q);
    if (s == SQLITE_ROW && sqlite3_column_bytes(q, 2) == IR_HASH_BYTES &&
        sqlite3_column_bytes(q, 3) == IR_MEDIUM_KEY_BYTES) {
        f.size = sqlite3_column_int64(q, 0);
        f.mtime_ms = sqlite3_column_int64(q, 1);
        memcpy(f.sample, sqlite3_column_blob(q, 2), IR_HASH_BYTES);
        memcpy(f.key, sqlite3_column_blob(q, 3), IR_MEDIUM_KEY_BYTES);
        f.read_ms = sqlite3_column_int64(q, 4);
        f.ids_n = (size_t)sqlite3_column_bytes(q, 5) / 32;
        f.ids = (const uint8_t(*)[32])sqlite3_column_blob(q, 5);
        fn(&f, arg);
    } else if (s == SQLITE_ROW || s == SQLITE_DONE) {
        rc = IR_ENOTFOUND;
    } else {
        rc = ir_db_fail(st, "read", err);
    }
    ir_db_put(st, q);
    return rc;
}

static int
put(struct ir_store *st, const struct ir_medium_file *f, struct ir_err *err)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO medium_file(name, size, mtime_ms, sample, key,"
        " read_ms, ids) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    static const char old[] = "DELETE FROM medium_file WHERE read_ms < ?1";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, old, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_int64(q, 1, f->read_ms - IR_MEDIUM_KEEP_MS);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "medium", err);
    ir_db_put(st, q);
    if (rc == IR_OK)
        rc = ir_db_get(st, sql, &q, err);
    if (rc != IR_OK)
        return rc;
    sqlite3_bind_text(q, 1, f->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, f->size);
    sqlite3_bind_int64(q, 3, f->mtime_ms);
    sqlite3_bind_blob(q, 4, f->sample, sizeof f->sample, SQLITE_STATIC);
    sqlite3_bind_blob(q, 5, f->key, sizeof f->key, SQLITE_STATIC);
    sqlite3_bind_int64(q, 6, f->read_ms);
    sqlite3_bind_blob(q, 7, f->ids, (int)(f->ids_n * 32), SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "medium", err);
    ir_db_put(st, q);
    return rc;
}

int
ir_medium_put(struct ir_store *st, const struct ir_medium_file *f,
              struct ir_err *err)
{
    int64_t all = 0;
    int rc = ir_db_int(
        st, "SELECT coalesce(sum(length(ids)), 0) FROM medium_file", &all, err);

    if (rc == IR_OK && (f->ids_n == 0 || f->ids_n > IR_MEDIUM_IDS_MAX ||
                        all > IR_MEDIUM_ALL_MAX))
        return ir_fail(err, IR_ELIMIT, "%zu ids in a file", f->ids_n);
    if (rc == IR_OK)
        rc = ir_store_begin(st, err);
    if (rc != IR_OK)
        return rc;
    rc = put(st, f, err);
    if (rc == IR_OK)
        return ir_store_commit(st, err);
    ir_store_rollback(st);
    return rc;
}

void
ir_medium_lax(struct ir_store *st, bool lax)
{
    (void)ir_db_exec(
        st, lax ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL",
        NULL);
}
