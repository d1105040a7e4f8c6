/* open.c: opening a home's database, see store.h. */
#include "base/i18n.h"
#include "store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#define WAL_KEEP_BYTES (1024 * 1024) /* below: no checkpoint at close */

/* File systems on which WAL's shared memory does not work.
 * Source: linux/magic.h; sqlite.org/wal.html, "all processes on one host".
 */
static const struct {
    unsigned long magic;
    const char *name;
} network_fs[] = {
    {0x6969, "NFS"},        {0x517B, "SMB"},      {0xFF534D42, "CIFS"},
    {0xFE534D42, "SMB2"},   {0x65735546, "FUSE"}, {0x01021997, "9P"},
    {0x00C36400, "Ceph"},   {0x5346414F, "AFS"},  {0x73757245, "Coda"},
    {0x0BD00BD0, "Lustre"}, {0x01161970, "GFS2"}, {0x7461636F, "OCFS2"},
    {0x47504653, "GPFS"},   {0x564C, "NCP"},
};

static int
check_fs(const char *home, struct ir_err *err)
{
    struct statfs fs;
    size_t i;

    if (statfs(home, &fs) != 0)
        return ir_fail(err, IR_EIO, "%s: %s", home, strerror(errno));
    for (i = 0; i < sizeof network_fs / sizeof network_fs[0]; i++)
        if (((unsigned long)fs.f_type & 0xFFFFFFFF) == network_fs[i].magic) {
            ir_fail(err, IR_EREFUSED,
                    _("%s lies on a network file system (%s): the log would "
                      "not be safe there"),
                    home, network_fs[i].name);
            ir_err_hint(err, _("use a directory on this machine's own disk: "
                               "ir -C DIR, or IR_HOME"));
            return IR_EREFUSED;
        }
    return IR_OK;
}

/* None of the database's files may be a link: what is kept would lie somewhere
 * else, under other rights, and what is written would be written there.
 */
static int
check_links(const char *home, struct ir_err *err)
{
    static const char *const ext[] = {"", "-wal", "-shm", "-journal"};
    struct stat sb;
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < sizeof ext / sizeof ext[0] && rc == IR_OK; i++) {
        char *path = ir_asprintf("%s/ir.db%s", home, ext[i]);

        if (lstat(path, &sb) == 0 && S_ISLNK(sb.st_mode))
            rc = ir_fail(err, IR_EREFUSED,
                         _("%s is a symbolic link: the log must lie in the "
                           "home itself"),
                         path);
        free(path);
    }
    return rc;
}

/* There is no home: say how one comes to be, or goes on coming to be. */
static void
hint_make(const char *home, struct ir_err *err)
{
    char *join = ir_asprintf("%s.join", home);
    struct stat sb;

    if (lstat(join, &sb) == 0)
        ir_err_hint(err, _("somebody is to let this machine in; once they "
                           "have:  ir mesh join (by a USB stick: --via DIR)"));
    else
        ir_err_hint(err, _("the site's first machine: ir init; where another "
                           "machine has one already: ir mesh join"));
    free(join);
}

int
ir_store_home_check(const char *home, struct ir_err *err)
{
    struct stat sb;

    if (lstat(home, &sb) != 0) {
        ir_fail(err, errno == ENOENT ? IR_ENOTFOUND : IR_EIO, "%s: %s", home,
                strerror(errno));
        if (err != NULL && err->code == IR_ENOTFOUND)
            hint_make(home, err);
        return err != NULL ? err->code : IR_ENOTFOUND;
    }
    if (!S_ISDIR(sb.st_mode))
        return ir_fail(err, IR_EREFUSED, _("%s is not a directory"), home);
    if (sb.st_uid != geteuid()) {
        ir_fail(err, IR_EREFUSED, _("%s belongs to another user"), home);
        ir_err_hint(err, _("one home per Unix user; people who share it use "
                           "--as"));
        return IR_EREFUSED;
    }
    if ((sb.st_mode & 077) != 0) {
        ir_fail(err, IR_EREFUSED, _("%s can be read by other users"), home);
        ir_err_hint(err, "chmod 700 '%s'", home);
        return IR_EREFUSED;
    }
    return check_links(home, err) == IR_OK ? check_fs(home, err) : IR_EREFUSED;
}

int
ir_db_fail(struct ir_store *st, const char *doing, struct ir_err *err)
{
    int x = sqlite3_errcode(st->db), sys = sqlite3_system_errno(st->db);

    switch (x & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        ir_fail(err, IR_EBUSY, _("another ir is writing to this home"));
        ir_err_hint(err, _("try again"));
        return IR_EBUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        ir_fail(err, IR_EDAMAGED, _("the database is damaged (%s/ir.db)"),
                st->home);
        ir_err_hint(err, _("see what is hurt: ir verify; save what can be "
                           "saved: ir rebuild --salvage"));
        return IR_EDAMAGED;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return ir_fail(err, IR_ESTORE, _("%s cannot be written to"), st->home);
    case SQLITE_CANTOPEN:
        return ir_fail(err, IR_ESTORE, _("%s/ir.db cannot be opened"),
                       st->home);
    case SQLITE_IOERR:
        if (sys != ENOSPC && sys != EDQUOT)
            return ir_fail(err, IR_ESTORE, _("the disk does not work: %s (%s)"),
                           sys != 0 ? strerror(sys) : sqlite3_errmsg(st->db),
                           doing);
        __attribute__((fallthrough));
    case SQLITE_FULL:
        ir_fail(err, IR_ESTORE, _("the disk is full"));
        ir_err_hint(err, _("Free some space on this disk, then try again."));
        return IR_ESTORE;
    default:
        return ir_fail(err, IR_ESTORE, "%s: %s", doing, sqlite3_errmsg(st->db));
    }
}

bool
ir_db_disk_full(const struct ir_store *st)
{
    struct statvfs fs;

    return statvfs(st->home, &fs) == 0 &&
           (int64_t)fs.f_bavail * (int64_t)fs.f_frsize < IR_DB_DISK_FREE;
}

int
ir_db_exec(struct ir_store *st, const char *sql, struct ir_err *err)
{
    if (sqlite3_exec(st->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return ir_db_fail(st, "exec", err);
    return IR_OK;
}

int
ir_db_prepare(struct ir_store *st, const char *sql, sqlite3_stmt **q,
              struct ir_err *err)
{
    if (sqlite3_prepare_v2(st->db, sql, -1, q, NULL) != SQLITE_OK)
        return ir_db_fail(st, "prepare", err);
    return IR_OK;
}

int
ir_db_get(struct ir_store *st, const char *sql, sqlite3_stmt **q,
          struct ir_err *err)
{
    size_t i;

    for (i = 0; i < st->kept_n; i++)
        if (st->kept[i].sql == sql && !st->kept[i].taken) {
            st->kept[i].taken = true;
            *q = st->kept[i].q;
            return IR_OK;
        }
    if (sqlite3_prepare_v3(st->db, sql, -1, SQLITE_PREPARE_PERSISTENT, q,
                           NULL) != SQLITE_OK)
        return ir_db_fail(st, "prepare", err);
    if (st->kept_n < IR_DB_KEPT_MAX) {
        st->kept[st->kept_n].sql = sql;
        st->kept[st->kept_n].q = *q;
        st->kept[st->kept_n++].taken = true;
    }
    return IR_OK;
}

void
ir_db_put(struct ir_store *st, sqlite3_stmt *q)
{
    size_t i;

    for (i = 0; q != NULL && i < st->kept_n; i++)
        if (st->kept[i].q == q) {
            (void)sqlite3_reset(q);
            (void)sqlite3_clear_bindings(q);
            st->kept[i].taken = false;
            return;
        }
    sqlite3_finalize(q);
}

/* Run a kept statement that gives no rows. */
static int
run_kept(struct ir_store *st, const char *sql, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err);

    if (rc == IR_OK && sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "exec", err);
    ir_db_put(st, q);
    return rc;
}

static int
configure(struct ir_store *st, bool reading, struct ir_err *err)
{
    int rc;

    sqlite3_busy_timeout(st->db, IR_STORE_BUSY_MS);
    (void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    (void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0,
                            (int *)NULL);
    (void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1,
                            (int *)NULL);
    rc = ir_db_exec(st,
                    "PRAGMA cell_size_check=ON;"
                    "PRAGMA recursive_triggers=ON;"
                    "PRAGMA secure_delete=ON;"
                    "PRAGMA synchronous=FULL;",
                    err);
    if (rc == IR_OK && !reading)
        rc = ir_db_exec(st, "PRAGMA journal_mode=WAL;", err);
    return rc;
}

static int
load_site(struct ir_store *st, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(st, "SELECT value FROM meta WHERE key='site'", &q,
                           err),
        s;

    if (rc != IR_OK)
        return rc;
    s = sqlite3_step(q);
    if (s == SQLITE_ROW && sqlite3_column_bytes(q, 0) == IR_ID_BYTES)
        memcpy(st->site, sqlite3_column_blob(q, 0), IR_ID_BYTES);
    else if (s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

/* Is this file ours, and of a version we know? */
static int
check_identity(struct ir_store *st, struct ir_err *err)
{
    int64_t app = 0, version = 0;
    int rc;

    rc = ir_db_int(st, "PRAGMA application_id", &app, err);
    if (rc == IR_OK)
        rc = ir_db_int(st, "PRAGMA user_version", &version, err);
    if (rc != IR_OK)
        return rc;
    if (app != IR_DB_APPLICATION_ID) {
        ir_fail(err, IR_EDAMAGED, _("%s/ir.db is not a database of ir"),
                st->home);
        ir_err_hint(err, _("save what can be saved: ir rebuild --salvage"));
        return IR_EDAMAGED;
    }
    st->version = version > 0 ? (int)version : 0;
    if (version > ir_db_migrations_n)
        return ir_fail(err, IR_EREFUSED,
                       _("%s/ir.db was written by a newer ir"), st->home);
    return load_site(st, err);
}

/* May what it needs beside the database not be made here: nothing can be
 * written, or the disk is full? */
static bool
cannot_write(int rc)
{
    return (rc & 0xFF) == SQLITE_CANTOPEN || (rc & 0xFF) == SQLITE_FULL ||
           (rc & 0xFF) == SQLITE_IOERR;
}

/* Open the file; without a WAL it is read as immutable where nothing can be
 * written. */
static int
open_file(struct ir_store *st, const char *path, enum ir_store_mode mode,
          struct ir_err *err)
{
    int flags =
        mode == IR_STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    char *wal, *uri;
    struct stat sb;
    int rc;

    flags |= SQLITE_OPEN_NOMUTEX;  /* one thread: store.h */
    flags |= SQLITE_OPEN_NOFOLLOW; /* should one come after check_links */
    if (mode == IR_STORE_CREATE)
        flags |= SQLITE_OPEN_CREATE;
    rc = sqlite3_open_v2(path, &st->db, flags, NULL);
    sqlite3_busy_timeout(st->db, IR_STORE_BUSY_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(st->db, "PRAGMA schema_version", NULL, NULL, NULL);
    if (rc == SQLITE_OK || mode != IR_STORE_READ || !cannot_write(rc))
        return rc == SQLITE_OK ? IR_OK : ir_db_fail(st, "open", err);
    wal = ir_asprintf("%s-wal", path);
    if (stat(wal, &sb) == 0 && sb.st_size > 0) {
        rc = ir_db_fail(st, "open", err);
        ir_err_hint(err, _("where nothing can be written it cannot be read "
                           "either: copy it elsewhere (cp -a), then: ir -C "
                           "COPY"));
    }
    free(wal);
    if (rc == IR_ESTORE || strpbrk(path, "?#%") != NULL)
        return IR_ESTORE;
    sqlite3_close(st->db);
    uri = ir_asprintf("file:%s?immutable=1", path);
    rc = sqlite3_open_v2(uri, &st->db, flags | SQLITE_OPEN_URI, NULL);
    free(uri);
    return rc == SQLITE_OK ? IR_OK : ir_db_fail(st, "open", err);
}

int
ir_store_open(const char *home, enum ir_store_mode mode, struct ir_store **out,
              struct ir_err *err)
{
    struct ir_store *st = NULL;
    char *path = NULL, *abs = NULL;
    bool there;
    int rc = ir_store_home_check(home, err);

    if (rc != IR_OK)
        return rc;
    abs = realpath(home, NULL);
    if (abs == NULL)
        return ir_fail(err, IR_EIO, "%s: %s", home, strerror(errno));
    path = ir_asprintf("%s/ir.db", abs);
    there = access(path, F_OK) == 0;
    if (there && mode == IR_STORE_CREATE) {
        rc = ir_fail(err, IR_EEXIST, _("%s holds a log already"), home);
        goto out;
    }
    if (!there && mode != IR_STORE_CREATE) {
        rc = ir_fail(err, IR_ENOTFOUND, _("%s holds no log (ir.db)"), home);
        ir_err_hint(err, _("make one: ir init"));
        goto out;
    }
    st = ir_calloc(1, sizeof *st);
    st->home = ir_strdup(abs);
    rc = open_file(st, path, mode, err);
    if (rc == IR_OK)
        rc = configure(st, mode == IR_STORE_READ, err);
    if (rc == IR_OK && mode == IR_STORE_CREATE)
        rc = ir_db_migrate(st, ir_db_migrations_n, err);
    if (rc == IR_OK)
        rc = check_identity(st, err);
    if (rc == IR_OK && mode == IR_STORE_WRITE)
        rc = ir_db_migrate(st, ir_db_migrations_n, err);
    if (rc == IR_OK) {
        *out = st;
        st = NULL;
    }
out:
    if (st != NULL)
        ir_store_close(st);
    free(path);
    free(abs);
    return rc;
}

/* Leave the checkpoint for later while the WAL is small: a close that
 * checkpoints costs three more syncs (docs/benchmarks.md).
 */
static void
spare_checkpoint(struct ir_store *st)
{
    char *wal = ir_asprintf("%s/ir.db-wal", st->home);
    struct stat sb;

    if (stat(wal, &sb) == 0 && sb.st_size < WAL_KEEP_BYTES)
        (void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                                (int *)NULL);
    free(wal);
}

void
ir_store_close(struct ir_store *st)
{
    if (st == NULL)
        return;
    if (st->in_tx)
        ir_store_rollback(st);
    while (st->kept_n > 0)
        sqlite3_finalize(st->kept[--st->kept_n].q);
    if (st->db != NULL) {
        spare_checkpoint(st);
        sqlite3_close_v2(st->db);
    }
    if (st->open.p != NULL)
        ir_wipe(st->open.p, st->open.cap);
    ir_buf_done(&st->open);
    free(st->home);
    free(st);
}

int
ir_store_begin(struct ir_store *st, struct ir_err *err)
{
    static const char sql[] = "BEGIN IMMEDIATE";
    int rc = run_kept(st, sql, err);

    if (rc == IR_OK)
        st->in_tx = true;
    return rc;
}

int
ir_store_begin_now(struct ir_store *st)
{
    int rc;

    (void)sqlite3_busy_timeout(st->db, 0);
    rc = ir_store_begin(st, NULL);
    (void)sqlite3_busy_timeout(st->db, IR_STORE_BUSY_MS);
    return rc;
}

int
ir_store_commit(struct ir_store *st, struct ir_err *err)
{
    static const char sql[] = "COMMIT";
    int rc = run_kept(st, sql, err);

    if (rc == IR_OK)
        st->in_tx = false;
    else
        ir_store_rollback(st);
    return rc;
}

int64_t
ir_store_version(struct ir_store *st)
{
    static const char sql[] = "PRAGMA data_version";
    sqlite3_stmt *q = NULL;
    int64_t v = 0;

    if (ir_db_get(st, sql, &q, NULL) == IR_OK && sqlite3_step(q) == SQLITE_ROW)
        v = sqlite3_column_int64(q, 0);
    ir_db_put(st, q);
    return v;
}

void
ir_store_rollback(struct ir_store *st)
{
    if (!st->in_tx)
        return;
    st->in_tx = false;
    (void)sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
}
