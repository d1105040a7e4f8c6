/* salvage.c: see check.h. Rows are fetched one by one by their number, so a
 * damaged page costs what it holds and no more. Where even the schema cannot
 * be read, its pages are taken from a fresh database of migration 1: what that
 * made lies in the same places in every home, also where later migrations
 * added to it. What those added is then given up.
 */
#include "base/i18n.h"
#include "store/check.h"
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MISSES_MAX 100000 /* rows not there in a row before giving up */
#define PAGE 4096

/* The damaged database, opened as far as it lets itself be opened. */
static int
open_hurt(const char *path, struct ir_store *st)
{
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_open_v2(path, &st->db, SQLITE_OPEN_READWRITE, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(st->db, "SELECT n FROM entry LIMIT 1", -1, &q,
                                NULL);
    sqlite3_finalize(q);
    if (rc == SQLITE_OK)
        return IR_OK;
    sqlite3_close_v2(st->db);
    st->db = NULL;
    return IR_EDAMAGED;
}

/* Is page `no` the root of a table or index of the fresh database? */
static bool
is_root(sqlite3 *fresh, int no)
{
    sqlite3_stmt *q = NULL;
    bool yes = false;

    if (sqlite3_prepare_v2(fresh,
                           "SELECT 1 FROM sqlite_schema WHERE rootpage = ?1",
                           -1, &q, NULL) == SQLITE_OK) {
        sqlite3_bind_int(q, 1, no);
        yes = sqlite3_step(q) == SQLITE_ROW;
    }
    sqlite3_finalize(q);
    return yes;
}

/* Write the schema's pages of `fresh` over those of the file `path`. */
static int
graft_schema(const char *path, const char *fresh_path, sqlite3 *fresh)
{
    int in = open(fresh_path, O_RDONLY | O_CLOEXEC), rc = IR_EDAMAGED;
    int out = open(path, O_RDWR | O_CLOEXEC);
    uint8_t page[PAGE];
    struct stat sb, fb;
    uint32_t pages, no;

    if (in < 0 || out < 0 || fstat(out, &sb) != 0 || fstat(in, &fb) != 0)
        goto out;
    pages = (uint32_t)(sb.st_size / PAGE);
    for (no = 1; no <= (uint32_t)(fb.st_size / PAGE); no++) {
        off_t at = (off_t)(no - 1) * PAGE;

        if (is_root(fresh, (int)no) && no != 1)
            continue;
        if (pread(in, page, PAGE, at) != PAGE)
            goto out;
        if (no == 1) { /* pages in the file; no free list */
            page[28] = (uint8_t)(pages >> 24);
            page[29] = (uint8_t)(pages >> 16);
            page[30] = (uint8_t)(pages >> 8);
            page[31] = (uint8_t)pages;
            memset(page + 32, 0, 8);
        }
        if (pwrite(out, page, PAGE, at) != PAGE)
            goto out;
    }
    rc = fsync(out) == 0 ? IR_OK : IR_EDAMAGED;
out:
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return rc;
}

static int64_t
highest(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int64_t n = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return n;
}

/* The site: what meta says, or the id of the first root entry found. */
static bool
find_site(struct ir_store *hurt)
{
    static const char *const sql[2] = {
        "SELECT value FROM meta WHERE key='site'",
        "SELECT id FROM entry WHERE kind = 1 ORDER BY n LIMIT 1"};
    bool found = false;
    int i;

    for (i = 0; i < 2 && !found; i++) {
        sqlite3_stmt *q = NULL;

        if (sqlite3_prepare_v2(hurt->db, sql[i], -1, &q, NULL) == SQLITE_OK &&
            sqlite3_step(q) == SQLITE_ROW &&
            sqlite3_column_bytes(q, 0) == IR_ID_BYTES) {
            memcpy(hurt->site, sqlite3_column_blob(q, 0), IR_ID_BYTES);
            found = true;
        }
        sqlite3_finalize(q);
    }
    return found;
}

/* Where entry number `n` came from, if it says so. */
static void
save_arrival(struct ir_store *hurt, struct ir_store *to, int64_t n,
             const uint8_t id[IR_ID_BYTES])
{
    static const char from[] = "SELECT at_ms, device, carrier FROM arrival"
                               " WHERE n = ?1";
    static const char into[] =
        "INSERT OR IGNORE INTO arrival(n, at_ms, device, carrier)"
        " SELECT n, ?1, ?2, ?3 FROM entry WHERE id = ?4";
    sqlite3_stmt *q = NULL, *w = NULL;

    if (sqlite3_prepare_v2(hurt->db, from, -1, &q, NULL) != SQLITE_OK)
        return;
    sqlite3_bind_int64(q, 1, n);
    if (sqlite3_step(q) == SQLITE_ROW &&
        ir_db_get(to, into, &w, NULL) == IR_OK) {
        sqlite3_bind_value(w, 1, sqlite3_column_value(q, 0));
        sqlite3_bind_value(w, 2, sqlite3_column_value(q, 1));
        sqlite3_bind_value(w, 3, sqlite3_column_value(q, 2));
        sqlite3_bind_blob(w, 4, id, IR_ID_BYTES, SQLITE_STATIC);
        (void)sqlite3_step(w);
    }
    ir_db_put(to, w);
    sqlite3_finalize(q);
}

/* One row by number: 1 saved, 0 not there, -1 lost. */
static int
save_row(struct ir_store *hurt, struct ir_store *to, int64_t n)
{
    /* the body by its own statement: its index may be what is hurt */
    static const char head[] = "SELECT id, p, body_digest, sig, NULL FROM entry"
                               " NOT INDEXED WHERE n = ?1";
    static const char body[] = "SELECT bytes FROM body WHERE id = ?1";
    sqlite3_stmt *q = NULL, *b = NULL;
    struct ir_entry e;
    uint8_t h[IR_HASH_BYTES];
    int got = -1, why = 0, s;

    if (sqlite3_prepare_v2(hurt->db, head, -1, &q, NULL) != SQLITE_OK)
        return -1;
    sqlite3_bind_int64(q, 1, n);
    s = sqlite3_step(q);
    if (s == SQLITE_DONE)
        got = 0;
    if (s != SQLITE_ROW || ir_db_row(hurt, q, &e, &why) != IR_OK)
        goto out;
    if (sqlite3_prepare_v2(hurt->db, body, -1, &b, NULL) == SQLITE_OK) {
        sqlite3_bind_blob(b, 1, e.id, IR_ID_BYTES, SQLITE_STATIC);
        if (sqlite3_step(b) == SQLITE_ROW) {
            e.b = sqlite3_column_blob(b, 0);
            e.b_len = (size_t)sqlite3_column_bytes(b, 0);
            ir_sha256(e.b, e.b_len, h);
            if (memcmp(h, e.body_digest, IR_HASH_BYTES) != 0)
                e.b = NULL;
        }
    }
    if (ir_store_entry_put(to, &e, NULL, NULL) == IR_OK) {
        got = 1;
        save_arrival(hurt, to, n, e.id);
    }
out:
    sqlite3_finalize(q);
    sqlite3_finalize(b);
    return got;
}

static int
save_entries(struct ir_store *hurt, struct ir_store *to, int64_t *saved,
             int64_t *lost, struct ir_err *err)
{
    int64_t last = highest(hurt->db, "SELECT max(n) FROM entry"), n, miss = 0;
    int rc = ir_store_begin(to, err);

    for (n = 1; rc == IR_OK && miss < MISSES_MAX && (last < 0 || n <= last);
         n++) {
        int got = save_row(hurt, to, n);

        *saved += got == 1;
        *lost += got < 0 && last >= 0;
        miss = got == 1 ? 0 : miss + 1;
        if (got == 1 && *saved % 1000 == 0) {
            rc = ir_store_commit(to, err);
            if (rc == IR_OK)
                rc = ir_store_begin(to, err);
        }
    }
    if (rc == IR_OK)
        rc = ir_store_commit(to, err);
    return rc;
}

/* Objects whose digest still fits, and the rest as far as it reads. */
static void
save_others(struct ir_store *hurt, struct ir_store *to)
{
    int64_t last = highest(hurt->db, "SELECT max(rowid) FROM object"), n;
    uint8_t digest[IR_HASH_BYTES];
    sqlite3_stmt *q = NULL;

    for (n = 1; n <= last; n++) {
        if (sqlite3_prepare_v2(hurt->db,
                               "SELECT digest, type, bytes FROM object"
                               " NOT INDEXED WHERE rowid = ?1",
                               -1, &q, NULL) != SQLITE_OK)
            break;
        sqlite3_bind_int64(q, 1, n);
        if (sqlite3_step(q) == SQLITE_ROW)
            (void)ir_store_object_put(
                to, (const char *)sqlite3_column_text(q, 1),
                sqlite3_column_blob(q, 2), (size_t)sqlite3_column_bytes(q, 2),
                digest, NULL);
        sqlite3_finalize(q);
    }
    q = NULL;
    if (sqlite3_prepare_v2(hurt->db, "SELECT id, by FROM erased", -1, &q,
                           NULL) == SQLITE_OK)
        while (sqlite3_step(q) == SQLITE_ROW)
            if (sqlite3_column_bytes(q, 0) == IR_ID_BYTES &&
                sqlite3_column_bytes(q, 1) == IR_ID_BYTES)
                (void)ir_store_body_erase(to, sqlite3_column_blob(q, 0),
                                          sqlite3_column_blob(q, 1), NULL);
    sqlite3_finalize(q);
    q = NULL;
    if (sqlite3_prepare_v2(hurt->db, "SELECT key, value FROM setting", -1, &q,
                           NULL) == SQLITE_OK)
        while (sqlite3_step(q) == SQLITE_ROW)
            (void)ir_store_setting_put(
                to, (const char *)sqlite3_column_text(q, 0),
                (const char *)sqlite3_column_text(q, 1), NULL);
    sqlite3_finalize(q);
}

/* The rows of the tables that migrations 2 and 3 brought, but for those that
 * hang on others: whom it met, what was refused, invitations, what is wanted.
 */
static void
save_mesh(struct ir_store *hurt, struct ir_store *to)
{
    static const struct {
        const char *from, *into;
    } sql[] = {
        {"SELECT * FROM met", "INSERT INTO met VALUES(?1,?2,?3,?4,?5)"},
        {"SELECT * FROM refusal", "INSERT INTO refusal VALUES(?1,?2,?3,?4)"},
        {"SELECT * FROM refused", "INSERT INTO refused VALUES(?1,?2,?3,?4,?5)"},
        {"SELECT * FROM object_want", "INSERT INTO object_want VALUES(?1,?2)"},
        {"SELECT * FROM invite",
         "INSERT INTO invite VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,"
         "?13)"}};
    size_t i;
    int c;

    for (i = 0; i < sizeof sql / sizeof sql[0]; i++) {
        sqlite3_stmt *q = NULL, *w = NULL;

        if (sqlite3_prepare_v2(hurt->db, sql[i].from, -1, &q, NULL) ==
                SQLITE_OK &&
            sqlite3_prepare_v2(to->db, sql[i].into, -1, &w, NULL) ==
                SQLITE_OK &&
            sqlite3_column_count(q) == sqlite3_bind_parameter_count(w))
            while (sqlite3_step(q) == SQLITE_ROW) {
                for (c = 0; c < sqlite3_column_count(q); c++)
                    sqlite3_bind_value(w, c + 1, sqlite3_column_value(q, c));
                (void)sqlite3_step(w);
                (void)sqlite3_reset(w);
            }
        sqlite3_finalize(q);
        sqlite3_finalize(w);
    }
}

/* Put the new database in the place of the old one, which stays aside. */
static int
swap_in(const char *home, const char *fresh, struct ir_err *err)
{
    static const char *const ext[] = {"", "-wal", "-shm"};
    char *from = NULL, *to = NULL;
    int k = 1, i, rc = IR_OK;

    for (;; k++) {
        to = ir_asprintf("%s/ir.db.damaged-%d", home, k);
        if (access(to, F_OK) != 0)
            break;
        free(to);
    }
    free(to);
    for (i = 0; i < 3 && rc == IR_OK; i++) {
        from = ir_asprintf("%s/ir.db%s", home, ext[i]);
        to = ir_asprintf("%s/ir.db.damaged-%d%s", home, k, ext[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            rc = ir_fail(err, IR_EIO, "%s: %s", from, strerror(errno));
        free(from);
        free(to);
    }
    from = ir_asprintf("%s/ir.db", fresh);
    to = ir_asprintf("%s/ir.db", home);
    if (rc == IR_OK && rename(from, to) != 0)
        rc = ir_fail(err, IR_EIO, "%s: %s", from, strerror(errno));
    free(from);
    free(to);
    return rc;
}

/* Copy the hurt file and its WAL into the work directory. */
static int
copy_file(const char *from, const char *to, struct ir_err *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = -1, rc = IR_OK;
    char buf[65536];
    ssize_t n;

    if (in < 0)
        return errno == ENOENT
                   ? IR_ENOTFOUND
                   : ir_fail(err, IR_EIO, "%s: %s", from, strerror(errno));
    out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0)
        rc = ir_fail(err, IR_EIO, "%s: %s", to, strerror(errno));
    while (rc == IR_OK && (n = read(in, buf, sizeof buf)) != 0)
        if (n < 0 || write(out, buf, (size_t)n) != n)
            rc = ir_fail(err, IR_EIO, "%s: %s", to, strerror(errno));
    close(in);
    if (out >= 0)
        close(out);
    return rc;
}

/* Give the copy the schema of a database as migration 1 makes it, which is
 * made at `path` for that. */
static int
graft(const char *copy, const char *path, struct ir_err *err)
{
    struct ir_store one = {.home = (char *)(uintptr_t)path};
    int rc = IR_OK;

    if (sqlite3_open_v2(path, &one.db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        NULL) != SQLITE_OK)
        rc = ir_db_fail(&one, "open", err);
    if (rc == IR_OK)
        rc = ir_db_exec(&one, "PRAGMA journal_mode=DELETE", err);
    if (rc == IR_OK)
        rc = ir_db_migrate(&one, 1, err);
    if (rc == IR_OK)
        rc = graft_schema(copy, path, one.db);
    while (one.kept_n > 0)
        sqlite3_finalize(one.kept[--one.kept_n].q);
    sqlite3_close_v2(one.db);
    return rc;
}

static int
open_copy(const char *home, const char *work, struct ir_store *hurt,
          struct ir_err *err)
{
    char *src = ir_asprintf("%s/ir.db", home);
    char *wal = ir_asprintf("%s/ir.db-wal", home);
    char *copy = ir_asprintf("%s/hurt.db", work);
    char *copy_wal = ir_asprintf("%s/hurt.db-wal", work);
    char *one = ir_asprintf("%s/one.db", work);
    int rc = copy_file(src, copy, err);

    if (rc == IR_OK && copy_file(wal, copy_wal, err) == IR_EIO)
        rc = IR_EIO;
    if (rc == IR_OK)
        rc = open_hurt(copy, hurt);
    if (rc == IR_EDAMAGED) {
        rc = graft(copy, one, err);
        if (rc == IR_OK)
            rc = open_hurt(copy, hurt);
    }
    if (rc == IR_OK && !find_site(hurt))
        rc = IR_EDAMAGED;
    if (rc == IR_EDAMAGED)
        ir_fail(err, rc, _("nothing in %s could be read; it stays as it is"),
                src);
    free(src);
    free(wal);
    free(copy);
    free(copy_wal);
    free(one);
    return rc;
}

static void
remove_work(const char *work)
{
    static const char *const name[] = {
        "hurt.db",   "hurt.db-wal", "hurt.db-shm", "ir.db",
        "ir.db-wal", "ir.db-shm",   "one.db",      "one.db-journal"};
    size_t i;

    for (i = 0; i < sizeof name / sizeof name[0]; i++) {
        char *p = ir_asprintf("%s/%s", work, name[i]);

        (void)unlink(p);
        free(p);
    }
    (void)rmdir(work);
}

int
ir_store_salvage(const char *home, int64_t *saved, int64_t *lost,
                 struct ir_err *err)
{
    struct ir_store *to = NULL, hurt = {0};
    char *work = ir_asprintf("%s/salvage.XXXXXX", home);
    int rc;

    *saved = *lost = 0;
    if (mkdtemp(work) == NULL) {
        rc = ir_fail(err, IR_EIO, "%s: %s", work, strerror(errno));
        free(work);
        return rc;
    }
    hurt.home = work;
    rc = ir_store_open(work, IR_STORE_CREATE, &to, err);
    if (rc == IR_OK)
        rc = open_copy(home, work, &hurt, err);
    if (rc == IR_OK)
        rc = ir_store_site_set(to, hurt.site, err);
    if (rc == IR_OK)
        rc = save_entries(&hurt, to, saved, lost, err);
    if (rc == IR_OK) {
        save_others(&hurt, to);
        save_mesh(&hurt, to);
        rc = ir_db_exec(to,
                        "INSERT OR REPLACE INTO meta(key, value) SELECT 'hlc',"
                        " CAST(max(hlc) AS BLOB) FROM entry;"
                        "PRAGMA wal_checkpoint(TRUNCATE)",
                        err);
    }
    if (hurt.db != NULL)
        sqlite3_close_v2(hurt.db);
    if (to != NULL) {
        sqlite3_close_v2(to->db);
        to->db = NULL;
        ir_store_close(to);
    }
    if (rc == IR_OK && *saved == 0)
        rc = ir_fail(err, IR_EDAMAGED,
                     _("nothing in %s/ir.db could be read; it stays as it is"),
                     home);
    if (rc == IR_OK)
        rc = swap_in(home, work, err);
    remove_work(work);
    free(work);
    return rc;
}
