/* object.c: objects, settings and cached views, see store.h. */
#include "base/i18n.h"
#include "base/scan.h"
#include "store/db.h"

#include <string.h>

int
ir_store_object_put(struct ir_store *st, const char *type, const void *p,
                    size_t n, uint8_t digest[IR_HASH_BYTES], struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc;

    if (n > IR_OBJECT_MAX)
        return ir_fail(err, IR_ELIMIT, _("object of %zu bytes, limit %d"), n,
                       IR_OBJECT_MAX);
    ir_sha256(p, n, digest);
    rc = ir_db_prepare(st,
                       "INSERT OR IGNORE INTO object(digest, type, bytes)"
                       " VALUES(?1, ?2, ?3)",
                       &q, err);
    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, type, -1, SQLITE_STATIC);
    sqlite3_bind_blob(q, 3, n > 0 ? p : "", (int)n, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "object", err);
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_object_get(struct ir_store *st, const uint8_t digest[IR_HASH_BYTES],
                    struct ir_buf *out, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    uint8_t h[IR_HASH_BYTES];
    char hex[2 * IR_HASH_BYTES + 1];
    int rc = ir_db_prepare(st, "SELECT bytes FROM object WHERE digest = ?1", &q,
                           err),
        s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_STATIC);
    s = sqlite3_step(q);
    ir_hex(digest, IR_HASH_BYTES, hex);
    if (s == SQLITE_ROW) {
        const void *p = sqlite3_column_blob(q, 0);
        size_t n = (size_t)sqlite3_column_bytes(q, 0);

        ir_sha256(p, n, h);
        if (memcmp(h, digest, IR_HASH_BYTES) == 0)
            ir_buf_add(out, p, n);
        else
            rc = ir_fail(err, IR_EDAMAGED, _("object %.12s is damaged"), hex);
    } else if (s == SQLITE_DONE) {
        rc = ir_fail(err, IR_ENOTFOUND, _("object %.12s is not on this device"),
                     hex);
    } else {
        rc = ir_db_fail(st, "object", err);
    }
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_object_each(struct ir_store *st,
                     bool (*fn)(const uint8_t digest[IR_HASH_BYTES], size_t n,
                                void *arg),
                     void *arg, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    bool more = true;
    int rc = ir_db_prepare(st, "SELECT digest, length(bytes) FROM object", &q,
                           err),
        s = SQLITE_DONE;

    while (rc == IR_OK && more && (s = sqlite3_step(q)) == SQLITE_ROW)
        if (sqlite3_column_bytes(q, 0) == IR_HASH_BYTES)
            more = fn(sqlite3_column_blob(q, 0),
                      (size_t)sqlite3_column_int64(q, 1), arg);
    if (rc == IR_OK && more && s != SQLITE_DONE)
        rc = ir_db_fail(st, "object", err);
    sqlite3_finalize(q);
    return rc;
}

char *
ir_store_setting(struct ir_store *st, const char *key)
{
    sqlite3_stmt *q = NULL;
    char *v = NULL;

    if (ir_db_prepare(st, "SELECT value FROM setting WHERE key = ?1", &q,
                      NULL) != IR_OK)
        return NULL;
    sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
    if (sqlite3_step(q) == SQLITE_ROW)
        v = ir_strdup((const char *)sqlite3_column_text(q, 0));
    sqlite3_finalize(q);
    return v;
}

int
ir_store_setting_put(struct ir_store *st, const char *key, const char *value,
                     struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(st,
                           "INSERT INTO setting(key, value) VALUES(?1, ?2) "
                           "ON CONFLICT(key) DO UPDATE SET value = ?2",
                           &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, value, -1, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "setting", err);
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_view_get(struct ir_store *st, const char *name, int64_t upto,
                  struct ir_buf *out)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(
        st, "SELECT bytes FROM view WHERE name = ?1 AND upto = ?2", &q, NULL);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, upto);
    if (sqlite3_step(q) == SQLITE_ROW)
        ir_buf_add(out, sqlite3_column_blob(q, 0),
                   (size_t)sqlite3_column_bytes(q, 0));
    else
        rc = IR_ENOTFOUND;
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_view_put(struct ir_store *st, const char *name, int64_t upto,
                  const void *p, size_t n, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(st,
                           "INSERT INTO view(name, upto, bytes) "
                           "VALUES(?1, ?2, ?3) ON CONFLICT(name) DO UPDATE "
                           "SET upto = ?2, bytes = ?3",
                           &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, upto);
    sqlite3_bind_blob(q, 3, p, (int)n, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "view", err);
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_views_drop(struct ir_store *st, struct ir_err *err)
{
    return ir_db_exec(st, "DELETE FROM view", err);
}
