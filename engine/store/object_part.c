/* object_part.c: see object_part.h. */
#include "store/object_part.h"

#include "base/i18n.h"
#include "base/json.h"
#include "base/scan.h"
#include "core/body.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#define NAMED_MAX 10000 /* objects wanted because of one manifest */
#define PIECE_MIN 512   /* bytes, but of the last piece: each is a row */

static int
want(struct ir_store *st, const uint8_t digest[IR_HASH_BYTES], const char *type,
     struct ir_err *err)
{
    static const char sql[] =
        "INSERT OR IGNORE INTO object_want(digest, type) SELECT ?1, ?2"
        " WHERE NOT EXISTS (SELECT 1 FROM object WHERE digest = ?1)";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, type, -1, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "want", err);
    ir_db_put(st, q);
    return rc;
}

int
ir_object_want_of(struct ir_store *st, const struct ir_entry *e,
                  struct ir_err *err)
{
    static const struct {
        uint64_t kind;
        int key;
        const char *type;
    } named[] = {{IR_KIND_RELEASE, 1, "manifest"},
                 {IR_KIND_INCIDENT, 3, "manifest"},
                 {IR_KIND_INCIDENT, 4, "plan"},
                 {IR_KIND_STEP, 9, "output"}};
    const uint8_t *p;
    size_t i, n;
    int rc = IR_OK;

    for (i = 0; i < sizeof named / sizeof named[0] && rc == IR_OK; i++)
        if (e->h.kind == named[i].kind &&
            ir_body_bytes(e, named[i].key, &p, &n) && n == IR_HASH_BYTES)
            rc = want(st, p, named[i].type, err);
    return rc;
}

/* Bytes of `digest` that are here in parts, and the length it was said to
 * have. */
static int
parts_len(struct ir_store *st, const uint8_t *digest, uint64_t *len,
          uint64_t *total, struct ir_err *err)
{
    static const char sql[] =
        "SELECT coalesce(sum(length(bytes)), 0), coalesce(max(total), 0)"
        " FROM object_part WHERE digest = ?1";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_STATIC);
    if (sqlite3_step(q) == SQLITE_ROW) {
        *len = (uint64_t)sqlite3_column_int64(q, 0);
        *total = (uint64_t)sqlite3_column_int64(q, 1);
    } else {
        rc = ir_db_fail(st, "part", err);
    }
    ir_db_put(st, q);
    return rc;
}

/* The first that is wanted, after `digest` or (`again`) at all. */
static int
next_wanted(struct ir_store *st, uint8_t *digest, bool again,
            struct ir_err *err)
{
    static const char *const sql[2] = {
        "SELECT digest FROM object_want WHERE digest > ?1 ORDER BY digest"
        " LIMIT 1",
        "SELECT digest FROM object_want ORDER BY digest LIMIT 1"};
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql[again], &q, err), s;

    if (rc != IR_OK)
        return rc;
    if (!again)
        sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_TRANSIENT);
    s = sqlite3_step(q);
    if (s == SQLITE_ROW)
        memcpy(digest, sqlite3_column_blob(q, 0), IR_HASH_BYTES);
    else
        rc = s == SQLITE_DONE ? IR_ENOTFOUND : ir_db_fail(st, "want", err);
    ir_db_put(st, q);
    return rc;
}

int
ir_object_next(struct ir_store *st, uint8_t digest[IR_HASH_BYTES],
               uint64_t *off, struct ir_err *err)
{
    uint64_t total;
    int rc;

    if (!ir_db_has_mesh(st))
        return IR_ENOTFOUND;
    rc = next_wanted(st, digest, false, err);
    if (rc == IR_ENOTFOUND)
        rc = next_wanted(st, digest, true, err);
    return rc == IR_OK ? parts_len(st, digest, off, &total, err) : rc;
}

int
ir_object_wanted_from(struct ir_store *st, const uint8_t digest[IR_HASH_BYTES],
                      uint64_t *off, struct ir_err *err)
{
    static const char sql[] = "SELECT 1 FROM object_want WHERE digest = ?1";
    sqlite3_stmt *q = NULL;
    uint64_t total;
    int rc, s;

    if (!ir_db_has_mesh(st))
        return IR_ENOTFOUND;
    rc = ir_db_get(st, sql, &q, err);
    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_STATIC);
    s = sqlite3_step(q);
    if (s != SQLITE_ROW)
        rc = s == SQLITE_DONE ? IR_ENOTFOUND : ir_db_fail(st, "want", err);
    ir_db_put(st, q);
    return rc == IR_OK ? parts_len(st, digest, off, &total, err) : rc;
}

int
ir_object_wanted(struct ir_store *st, int64_t *n, struct ir_err *err)
{
    *n = 0;
    return ir_db_has_mesh(st)
               ? ir_db_int(st, "SELECT count(*) FROM object_want", n, err)
               : IR_OK;
}

int
ir_object_slice(struct ir_store *st, const uint8_t digest[IR_HASH_BYTES],
                uint64_t off, size_t max, uint64_t *total, struct ir_buf *out,
                struct ir_err *err)
{
    static const char sql[] = "SELECT length(bytes), substr(bytes, ?2, ?3)"
                              " FROM object WHERE digest = ?1";
    sqlite3_stmt *q = NULL;
    int rc, s;

    if (off >= IR_OBJECT_MAX)
        return IR_ENOTFOUND;
    rc = ir_db_get(st, sql, &q, err);
    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, (int64_t)off + 1);
    sqlite3_bind_int64(q, 3,
                       max < IR_OBJECT_MAX ? (int64_t)max : IR_OBJECT_MAX);
    s = sqlite3_step(q);
    if (s == SQLITE_ROW && (uint64_t)sqlite3_column_int64(q, 0) > off) {
        *total = (uint64_t)sqlite3_column_int64(q, 0);
        ir_buf_add(out, sqlite3_column_blob(q, 1),
                   (size_t)sqlite3_column_bytes(q, 1));
    } else {
        rc = s == SQLITE_DONE || s == SQLITE_ROW
                 ? IR_ENOTFOUND
                 : ir_db_fail(st, "object", err);
    }
    ir_db_put(st, q);
    return rc;
}

/* The type under which it is wanted.
 *
 * Errors: IR_EREFUSED it is not.
 */
static int
wanted_as(struct ir_store *st, const uint8_t *digest, char *type, size_t size,
          struct ir_err *err)
{
    static const char sql[] = "SELECT type FROM object_want WHERE digest = ?1";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err), s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_STATIC);
    s = sqlite3_step(q);
    if (s == SQLITE_ROW) {
        const char *t = (const char *)sqlite3_column_text(q, 0);
        size_t n = strlen(t);

        n = n < size ? n : size - 1;
        memcpy(type, t, n);
        type[n] = '\0';
    } else if (s == SQLITE_DONE) {
        rc = ir_fail(err, IR_EREFUSED, _("an object that nobody wants"));
    } else {
        rc = ir_db_fail(st, "want", err);
    }
    ir_db_put(st, q);
    return rc;
}

/* Forget the parts of `digest`, and where `also_want` that it is wanted. */
static int
drop(struct ir_store *st, const uint8_t *digest, bool also_want,
     struct ir_err *err)
{
    static const char *const sql[2] = {
        "DELETE FROM object_part WHERE digest = ?1",
        "DELETE FROM object_want WHERE digest = ?1"};
    int rc = IR_OK, i;

    for (i = 0; i < (also_want ? 2 : 1) && rc == IR_OK; i++) {
        sqlite3_stmt *q = NULL;

        rc = ir_db_get(st, sql[i], &q, err);
        if (rc != IR_OK)
            break;
        sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_STATIC);
        if (sqlite3_step(q) != SQLITE_DONE)
            rc = ir_db_fail(st, "drop", err);
        ir_db_put(st, q);
    }
    return rc;
}

int
ir_object_named(const struct ir_buf *text,
                int (*fn)(const uint8_t digest[IR_HASH_BYTES], const char *type,
                          void *arg),
                void *arg)
{
    struct ir_json *m = NULL;
    const struct ir_json *list;
    uint8_t digest[IR_HASH_BYTES];
    size_t i;
    int rc = IR_OK;

    if (ir_json_parse((const char *)text->p, text->len, &m, NULL) != IR_OK)
        return IR_OK; /* whoever uses it says so */
    list = ir_json_get(m, "objects");
    for (i = 0; i < ir_json_len(list) && i < NAMED_MAX && rc == IR_OK; i++) {
        const struct ir_json *o = ir_json_at(list, i);
        const char *hex = ir_json_get_str(o, "digest", "");
        const char *type = ir_json_get_str(o, "type", "object");

        if (strlen(hex) == sizeof digest * 2 && strlen(type) < 40 &&
            ir_scan_hex(hex, digest, sizeof digest, NULL) == IR_OK)
            rc = fn(digest, type, arg);
    }
    ir_json_free(m);
    return rc;
}

struct wanting {
    struct ir_store *st;
    struct ir_err *err;
};

static int
want_one(const uint8_t digest[IR_HASH_BYTES], const char *type, void *arg)
{
    struct wanting *w = arg;

    return want(w->st, digest, type, w->err);
}

/* Want what a manifest names. */
static int
want_named(struct ir_store *st, const struct ir_buf *text, struct ir_err *err)
{
    struct wanting w = {st, err};

    return ir_object_named(text, want_one, &w);
}

static int
add_part(struct ir_store *st, const uint8_t *digest, uint64_t total,
         uint64_t off, const uint8_t *p, size_t n, struct ir_err *err)
{
    static const char sql[] = "INSERT INTO object_part(digest, off, total,"
                              " bytes) VALUES(?1, ?2, ?3, ?4)";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, (int64_t)off);
    sqlite3_bind_int64(q, 3, (int64_t)total);
    sqlite3_bind_blob(q, 4, p, (int)n, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "part", err);
    ir_db_put(st, q);
    return rc;
}

/* All of its parts, one after the other. */
static int
join_parts(struct ir_store *st, const uint8_t *digest, struct ir_buf *out,
           struct ir_err *err)
{
    static const char sql[] =
        "SELECT bytes FROM object_part WHERE digest = ?1 ORDER BY off";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err), s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, digest, IR_HASH_BYTES, SQLITE_STATIC);
    while ((s = sqlite3_step(q)) == SQLITE_ROW)
        ir_buf_add(out, sqlite3_column_blob(q, 0),
                   (size_t)sqlite3_column_bytes(q, 0));
    if (s != SQLITE_DONE)
        rc = ir_db_fail(st, "part", err);
    ir_db_put(st, q);
    return rc;
}

/* All bytes are here: is it what it should be? *good says so. */
static int
finish(struct ir_store *st, const uint8_t *digest, const char *type, bool *good,
       struct ir_err *err)
{
    uint8_t is[IR_HASH_BYTES];
    struct ir_buf all = {0};
    int rc = join_parts(st, digest, &all, err);

    if (rc == IR_OK) {
        ir_sha256(all.p, all.len, is);
        *good = memcmp(is, digest, sizeof is) == 0;
        if (*good)
            rc = ir_store_object_put(st, type, all.p, all.len, is, err);
    }
    if (rc == IR_OK && *good && strcmp(type, "manifest") == 0)
        rc = want_named(st, &all, err);
    if (rc == IR_OK)
        rc = drop(st, digest, *good, err);
    ir_buf_done(&all);
    return rc;
}

/* Inside the transaction. *bad: whole, and not what it should be. */
static int
put(struct ir_store *st, const uint8_t *digest, const char *type,
    uint64_t total, uint64_t off, const uint8_t *p, size_t n, bool *whole,
    bool *bad, struct ir_err *err)
{
    uint64_t have = 0, said = 0;
    int rc = parts_len(st, digest, &have, &said, err);

    if (rc == IR_OK && have > 0 && said != total) { /* somebody is wrong */
        rc = drop(st, digest, false, err);
        have = 0;
    }
    if (rc != IR_OK || off > have || off + n <= have)
        return rc;
    p += have - off;
    n -= (size_t)(have - off);
    rc = add_part(st, digest, total, have, p, n, err);
    if (rc == IR_OK && have + n == total) {
        rc = finish(st, digest, type, whole, err);
        *bad = !*whole;
    }
    return rc;
}

int
ir_object_part_put(struct ir_store *st, const uint8_t digest[IR_HASH_BYTES],
                   uint64_t total, uint64_t off, const void *p, size_t n,
                   bool *whole, struct ir_err *err)
{
    char type[40];
    bool bad = false;
    int rc = wanted_as(st, digest, type, sizeof type, err);

    *whole = false;
    if (rc != IR_OK)
        return rc;
    if (total == 0 || total > IR_OBJECT_MAX || n == 0 || n > total ||
        off > total - n || (n < PIECE_MIN && off + n < total))
        return ir_fail(err, IR_ELIMIT, _("object of %zu bytes, limit %d"),
                       (size_t)total, IR_OBJECT_MAX);
    if (ir_db_disk_full(st))
        return ir_fail(err, IR_EBUSY, _("the disk is nearly full"));
    rc = ir_store_begin(st, err);
    if (rc != IR_OK)
        return rc;
    rc = put(st, digest, type, total, off, p, n, whole, &bad, err);
    if (rc == IR_OK)
        rc = ir_store_commit(st, err);
    else
        ir_store_rollback(st);
    if (rc == IR_OK && bad)
        rc = ir_fail(err, IR_EDAMAGED, _("an object came damaged"));
    return rc;
}
