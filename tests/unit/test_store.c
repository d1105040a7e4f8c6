/* test_store.c: what the store keeps, refuses, notices and saves. Each test
 * has a home of its own under /tmp; tampering goes through a second, plain
 * SQLite connection with the triggers dropped, as an attacker would.
 */
#include "base/scan.h"
#include "store/append.h"
#include "store/check.h"
#include "unit.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct home {
    char path[64];
    struct ir_store *st;
    struct ir_key *key;
    struct ir_signer who;
    struct ir_trust trust;
    int64_t now_ms;
};

static int
sign(void *arg, const uint8_t *blob, size_t n, uint8_t sig[IR_SIG_BYTES],
     struct ir_err *err)
{
    return ir_sign(arg, blob, n, sig, err);
}

/* Append a draft in a transaction of its own. */
static int
append(struct home *h, struct ir_draft *d, uint8_t id[32], struct ir_err *err)
{
    struct ir_now now = {.wall_ms = h->now_ms};
    int rc = ir_store_begin(h->st, err);

    if (rc == IR_OK)
        rc = ir_store_append(h->st, &h->who, d, &now, id, err);
    if (rc == IR_OK)
        return ir_store_commit(h->st, err);
    ir_store_rollback(h->st);
    return rc;
}

static void
fold_trust(struct home *h)
{
    struct ir_log log = {0};
    const struct ir_entry **v;

    assert_int_equal(ir_store_load_trust(h->st, &log, NULL), IR_OK);
    v = ir_log_ptrs(&log);
    ir_trust_fold(ir_store_site(h->st), v, log.n, &h->trust);
    free(v);
    ir_log_done(&log);
}

/* A home with root and one member, whose key signs. */
static void
setup_home(struct home *h)
{
    struct ir_err err = {0};
    struct ir_draft d = {.kind = IR_KIND_ROOT};
    uint8_t id[32], member[8] = {1, 2, 3, 4, 5, 6, 7, 8};

    memset(h, 0, sizeof *h);
    strcpy(h->path, "/tmp/ir-test-store.XXXXXX");
    assert_non_null(mkdtemp(h->path));
    assert_int_equal(chmod(h->path, 0700), 0);
    assert_int_equal(ir_crypt_init(&err), IR_OK);
    h->key = ir_key_new();
    memcpy(h->who.pub, h->key->pub, 32);
    h->who.sign = sign;
    h->who.arg = h->key;
    h->now_ms = 1800000000000;
    if (ir_store_open(h->path, IR_STORE_CREATE, &h->st, &err) != IR_OK)
        fail_msg("%s", err.msg);
    ir_bodyw_uint(&d.body, 1, 1);
    ir_bodyw_uint(&d.body, 2, 1);
    ir_bodyw_hashes(&d.body, 3, (const uint8_t(*)[32]) & h->key->pub, 1);
    assert_int_equal(append(h, &d, id, &err), IR_OK);
    assert_int_equal(ir_store_site_set(h->st, id, &err), IR_OK);
    memset(&d, 0, sizeof d);
    d.kind = IR_KIND_MEMBER;
    ir_bodyw_text(&d.body, 1, "Ito");
    ir_bodyw_bytes(&d.body, 4, member, 8);
    ir_bodyw_hashes(&d.body, 5, (const uint8_t(*)[32]) & h->key->pub, 1);
    ir_bodyw_text(&d.body, 6, "ito");
    assert_int_equal(append(h, &d, id, &err), IR_OK);
    fold_trust(h);
    assert_int_equal(h->trust.members_n, 1);
}

static void
remove_home(struct home *h)
{
    char *cmd[] = {(char *)(uintptr_t) "rm", (char *)(uintptr_t) "-rf", h->path,
                   NULL};
    pid_t pid;

    ir_store_close(h->st);
    ir_trust_done(&h->trust);
    ir_key_free(h->key);
    pid = fork();
    if (pid == 0) {
        execvp(cmd[0], cmd);
        _exit(1);
    }
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
note(struct home *h, const char *text, uint8_t id[32])
{
    struct ir_draft d = {.kind = IR_KIND_NOTE};
    struct ir_err err = {0};

    h->now_ms += 1000;
    ir_bodyw_text(&d.body, 1, text);
    if (append(h, &d, id, &err) != IR_OK)
        fail_msg("%s", err.msg);
}

/* Change the database behind the store's back. */
static void
tamper(struct home *h, const char *sql, const void *blob, int n,
       const uint8_t *id)
{
    char path[80];
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;

    snprintf(path, sizeof path, "%s/ir.db", h->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db,
                                  "DROP TRIGGER IF EXISTS entry_never_updated;"
                                  "DROP TRIGGER IF EXISTS entry_never_deleted;"
                                  "DROP TRIGGER IF EXISTS body_never_updated;"
                                  "DROP TRIGGER IF EXISTS "
                                  "body_deleted_only_when_erased;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    if (blob != NULL)
        sqlite3_bind_blob(q, 1, blob, n, SQLITE_STATIC);
    if (id != NULL)
        sqlite3_bind_blob(q, 2, id, 32, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(q), SQLITE_DONE);
    sqlite3_finalize(q);
    sqlite3_close(db);
}

static void
check(struct home *h, struct ir_check *k)
{
    struct ir_err err = {0};

    if (ir_store_check(h->st, &h->trust, false, 2, NULL, NULL, k, &err) !=
        IR_OK)
        fail_msg("%s", err.msg);
}

static void
test_rows_stay(void **state)
{
    static const char *const sql[] = {
        "UPDATE entry SET seq = 99",
        "DELETE FROM entry",
        "UPDATE body SET bytes = x'00'",
        "DELETE FROM body",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry LIMIT 1",
        "INSERT OR REPLACE INTO body SELECT * FROM body LIMIT 1",
        "UPDATE object SET bytes = x'00'",
        "DELETE FROM object",
    };
    struct home h;
    char path[80];
    sqlite3 *db = NULL;
    uint8_t id[32], digest[32];
    struct ir_check k = {0};
    size_t i;

    (void)state;
    setup_home(&h);
    note(&h, "a", id);
    assert_int_equal(ir_store_object_put(h.st, "output", "x", 1, digest, NULL),
                     IR_OK);
    snprintf(path, sizeof path, "%s/ir.db", h.path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "PRAGMA recursive_triggers=ON", NULL, NULL, NULL),
        SQLITE_OK);
    for (i = 0; i < sizeof sql / sizeof sql[0]; i++)
        if (sqlite3_exec(db, sql[i], NULL, NULL, NULL) == SQLITE_OK)
            fail_msg("went through: %s", sql[i]);
    sqlite3_close(db);
    check(&h, &k);
    assert_int_equal(k.bad_n, 0);
    assert_int_equal(k.entries, 3);
    ir_check_done(&k);
    remove_home(&h);
}

/* The stored bytes of an entry: column of which table. */
static const struct {
    const char *name, *select, *update;
} parts[] = {
    {"header", "SELECT p FROM entry WHERE id = ?2",
     "UPDATE entry SET p = ?1 WHERE id = ?2"},
    {"digest", "SELECT body_digest FROM entry WHERE id = ?2",
     "UPDATE entry SET body_digest = ?1 WHERE id = ?2"},
    {"signature", "SELECT sig FROM entry WHERE id = ?2",
     "UPDATE entry SET sig = ?1 WHERE id = ?2"},
    {"body", "SELECT bytes FROM body WHERE id = ?2",
     "UPDATE body SET bytes = ?1 WHERE id = ?2"},
};

/* A connection without triggers, for flipping many bits fast. */
static sqlite3 *
attacker(struct home *h)
{
    char path[80];
    sqlite3 *db = NULL;

    snprintf(path, sizeof path, "%s/ir.db", h->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA synchronous=OFF;"
                                  "DROP TRIGGER entry_never_updated;"
                                  "DROP TRIGGER body_never_updated;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    return db;
}

static void
write_part(sqlite3 *db, size_t part, const uint8_t *p, size_t n,
           const uint8_t *id)
{
    sqlite3_stmt *q = NULL;

    assert_int_equal(sqlite3_prepare_v2(db, parts[part].update, -1, &q, NULL),
                     SQLITE_OK);
    sqlite3_bind_blob(q, 1, p, (int)n, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, id, 32, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(q), SQLITE_DONE);
    sqlite3_finalize(q);
}

static size_t
read_part(sqlite3 *db, size_t part, const uint8_t *id, uint8_t out[1024])
{
    sqlite3_stmt *q = NULL;
    size_t n;

    assert_int_equal(sqlite3_prepare_v2(db, parts[part].select, -1, &q, NULL),
                     SQLITE_OK);
    sqlite3_bind_blob(q, 2, id, 32, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    n = (size_t)sqlite3_column_bytes(q, 0);
    assert_true(n <= 1024);
    memcpy(out, sqlite3_column_blob(q, 0), n);
    sqlite3_finalize(q);
    return n;
}

/* Flip every bit of 100 entries in every stored part. Bit `b` of all entries
 * is flipped at once, so that one check sees 100 flips; each of them must be
 * named, and nothing else. */
static void
test_every_bit(void **state)
{
    enum { N = 100 };
    struct home h;
    uint8_t ids[N][32], bytes[N][1024];
    size_t len[N], part, bit, i, most = 0;
    sqlite3 *db;

    (void)state;
    setup_home(&h);
    for (i = 0; i < N; i++) {
        char text[64];

        snprintf(text, sizeof text, "note %zu 表示サーバー", i);
        note(&h, text, ids[i]);
    }
    db = attacker(&h);
    for (part = 0; part < 4; part++) {
        for (most = i = 0; i < N; i++) {
            len[i] = read_part(db, part, ids[i], bytes[i]);
            most = len[i] > most ? len[i] : most;
        }
        for (bit = 0; bit < most * 8; bit++) {
            struct ir_check k = {0};
            size_t flipped = 0;

            assert_int_equal(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), 0);
            for (i = 0; i < N; i++) {
                if (bit / 8 < len[i]) {
                    bytes[i][bit / 8] ^= (uint8_t)(1u << bit % 8);
                    flipped++;
                }
                write_part(db, part, bytes[i], len[i], ids[i]);
            }
            assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), 0);
            check(&h, &k);
            if (k.bad_n != flipped)
                fail_msg("%s bit %zu: %zu flipped, %zu named", parts[part].name,
                         bit, flipped, k.bad_n);
            for (i = 0; i < k.bad_n; i++) {
                size_t j = 0;

                while (j < N && memcmp(ids[j], k.bad[i].id, 32) != 0)
                    j++;
                assert_true(j < N);
            }
            ir_check_done(&k);
            for (i = 0; i < N; i++)
                if (bit / 8 < len[i])
                    bytes[i][bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        assert_int_equal(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), 0);
        for (i = 0; i < N; i++)
            write_part(db, part, bytes[i], len[i], ids[i]);
        assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), 0);
    }
    sqlite3_close(db);
    remove_home(&h);
}

static void
test_index_columns(void **state)
{
    static const char *const sql[] = {
        "UPDATE entry SET author = x'0000000000000000' WHERE id = ?2 OR ?1 "
        "IS NULL AND 0",
        "UPDATE entry SET seq = seq + 100 WHERE id = ?2 OR ?1 IS NULL AND 0",
        "UPDATE entry SET kind = 19 WHERE id = ?2 OR ?1 IS NULL AND 0",
        "UPDATE entry SET lane = 3 WHERE id = ?2 OR ?1 IS NULL AND 0",
        "UPDATE entry SET hlc = hlc + 1 WHERE id = ?2 OR ?1 IS NULL AND 0",
        "UPDATE entry SET incident = x'0102030405060708' WHERE id = ?2 OR ?1 "
        "IS NULL AND 0",
        "UPDATE entry SET chain = x'0102030405060708' WHERE id = ?2 OR ?1 IS "
        "NULL AND 0",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof sql / sizeof sql[0]; i++) {
        struct home h;
        struct ir_check k = {0};
        uint8_t id[32];

        setup_home(&h);
        note(&h, "a", id);
        tamper(&h, sql[i], NULL, 0, id);
        check(&h, &k);
        if (k.bad_n != 1 || k.bad[0].why != IR_CHECK_COLUMNS ||
            memcmp(k.bad[0].id, id, 32) != 0)
            fail_msg("not noticed: %s", sql[i]);
        ir_check_done(&k);
        remove_home(&h);
    }
}

static void
test_missing_row(void **state)
{
    struct home h;
    struct ir_check k = {0};
    uint8_t id[32], last[32];

    (void)state;
    setup_home(&h);
    note(&h, "a", id);
    note(&h, "b", last);
    tamper(&h, "DELETE FROM entry WHERE id = ?2 OR ?1 IS NULL AND 0", NULL, 0,
           id);
    check(&h, &k);
    assert_int_equal(k.authors_n, 1);
    assert_int_equal(k.authors[0].gaps, 1);
    assert_int_equal(k.missing, 1);
    ir_check_done(&k);
    remove_home(&h);
}

/* A body gone without a redact; an entry gone that another author built on. */
static void
test_missing_silently(void **state)
{
    struct home h;
    struct ir_check k = {0};
    uint8_t id[32];

    (void)state;
    setup_home(&h);
    note(&h, "a", id);
    tamper(&h, "DELETE FROM body WHERE id = ?2 OR ?1 IS NULL AND 0", NULL, 0,
           id);
    check(&h, &k);
    assert_int_equal(k.stubs, 1);
    assert_int_equal(k.missing, 1);
    assert_int_equal(k.bad[0].why, IR_CHECK_MISSING);
    assert_memory_equal(k.bad[0].id, id, 32);
    ir_check_done(&k);
    remove_home(&h);
}

static void
test_stub_body_erase(void **state)
{
    struct home h, other;
    struct ir_log log = {0}, again = {0};
    struct ir_entry stub;
    struct ir_err err = {0};
    uint8_t id[32], by[32];
    bool fresh = false;

    (void)state;
    setup_home(&h);
    note(&h, "to be erased", id);
    note(&h, "the reason", by);
    assert_int_equal(ir_store_load_id(h.st, id, &log, &err), IR_OK);
    stub = log.e[0];
    stub.b = NULL;
    stub.b_len = 0;
    /* a stub never overwrites a body */
    assert_int_equal(ir_store_entry_put(h.st, &stub, &fresh, &err), IR_OK);
    assert_false(fresh);
    assert_int_equal(ir_store_load_id(h.st, id, &again, &err), IR_OK);
    assert_non_null(again.e[0].b);
    ir_log_done(&again);
    /* a body completes a stub */
    setup_home(&other);
    memcpy((void *)(uintptr_t)ir_store_site(other.st), ir_store_site(h.st), 32);
    assert_int_equal(ir_store_entry_put(other.st, &stub, &fresh, &err), IR_OK);
    assert_true(fresh);
    assert_int_equal(ir_store_load_id(other.st, id, &again, &err), IR_OK);
    assert_null(again.e[0].b);
    ir_log_done(&again);
    assert_int_equal(ir_store_entry_put(other.st, &log.e[0], &fresh, &err),
                     IR_OK);
    assert_int_equal(ir_store_load_id(other.st, id, &again, &err), IR_OK);
    assert_int_equal(again.e[0].b_len, log.e[0].b_len);
    ir_log_done(&again);
    remove_home(&other);
    /* an erased body is gone, and refused when offered again */
    assert_int_equal(ir_store_body_erase(h.st, id, by, &err), IR_OK);
    assert_int_equal(ir_store_load_id(h.st, id, &again, &err), IR_OK);
    assert_null(again.e[0].b);
    ir_log_done(&again);
    assert_int_equal(ir_store_entry_put(h.st, &log.e[0], &fresh, &err),
                     IR_EREFUSED);
    ir_log_done(&log);
    remove_home(&h);
}

/* After an erase no copy of the text is in any file of the home. */
static void
test_erased_for_good(void **state)
{
    static const char secret[] = "SECRET-a81f-passport-TK0000000";
    static const char *const files[] = {"ir.db", "ir.db-wal"};
    struct home h;
    uint8_t id[32], by[32];
    size_t i;

    (void)state;
    setup_home(&h);
    note(&h, secret, id);
    note(&h, "why", by);
    assert_int_equal(ir_store_body_erase(h.st, id, by, NULL), IR_OK);
    for (i = 0; i < 2; i++) {
        char path[80];
        FILE *f;
        static char bytes[4 * 1024 * 1024];
        size_t n;

        snprintf(path, sizeof path, "%s/%s", h.path, files[i]);
        f = fopen(path, "rb");
        if (f == NULL)
            continue;
        n = fread(bytes, 1, sizeof bytes, f);
        fclose(f);
        assert_null(memmem(bytes, n, secret, strlen(secret)));
    }
    remove_home(&h);
}

static void
test_two_writers(void **state)
{
    enum { EACH = 50 };
    struct home h;
    struct ir_check k = {0};
    uint8_t id[32];
    int i, status = 0;
    pid_t pid;

    (void)state;
    setup_home(&h);
    ir_store_close(h.st); /* no connection across fork */
    h.st = NULL;
    pid = fork();
    assert_true(pid >= 0);
    if (ir_store_open(h.path, IR_STORE_WRITE, &h.st, NULL) != IR_OK)
        fail_msg("open");
    for (i = 0; i < EACH; i++)
        note(&h, pid == 0 ? "child" : "parent", id);
    if (pid == 0) {
        ir_store_close(h.st);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    check(&h, &k);
    assert_int_equal(k.entries, 2 + 2 * EACH);
    assert_int_equal(k.bad_n, 0);
    assert_int_equal(k.missing + k.chain_forks, 0);
    assert_int_equal(k.authors[0].gaps + k.authors[0].forks, 0);
    ir_check_done(&k);
    remove_home(&h);
}

/* The clock goes back a year: order stays, and both times are kept. */
static void
test_clock_back(void **state)
{
    struct home h;
    struct ir_log log = {0};
    uint8_t a[32], b[32];
    int64_t year = (int64_t)365 * 86400 * 1000;

    (void)state;
    setup_home(&h);
    note(&h, "before", a);
    h.now_ms -= year;
    note(&h, "after", b);
    assert_int_equal(ir_store_load_id(h.st, a, &log, NULL), IR_OK);
    assert_int_equal(ir_store_load_id(h.st, b, &log, NULL), IR_OK);
    assert_true(log.e[1].h.hlc > log.e[0].h.hlc);
    assert_int_equal(ir_entry_recorded_ms(&log.e[1]), h.now_ms);
    ir_log_done(&log);
    remove_home(&h);
}

static void
overwrite(struct home *h, long at, const void *p, size_t n)
{
    char path[80];
    FILE *f;

    snprintf(path, sizeof path, "%s/ir.db", h->path);
    f = fopen(path, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_int_equal(fwrite(p, 1, n, f), n);
    fclose(f);
}

/* A home of 300 notes, all in the main file, then closed. */
static void
filled_home(struct home *h)
{
    uint8_t id[32];
    char path[80];
    sqlite3 *db = NULL;
    int i;

    setup_home(h);
    for (i = 0; i < 300; i++)
        note(h, "a note of some length so that many pages are used", id);
    ir_store_close(h->st);
    h->st = NULL;
    snprintf(path, sizeof path, "%s/ir.db", h->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
}

static void
test_salvage(void **state)
{
    static const struct {
        const char *what;
        long page; /* first damaged, from 0 */
        long pages;
        int64_t at_least;
    } cases[] = {
        {"one page in the middle", 30, 1, 200},
        {"three pages", 20, 3, 150},
        {"the schema's own page", 0, 1, 300},
    };
    uint8_t junk[4096];
    size_t i;

    (void)state;
    memset(junk, 0xA5, sizeof junk);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct home h;
        struct ir_err err = {0};
        struct ir_check k = {0};
        int64_t saved = 0, lost = 0;
        long j;

        filled_home(&h);
        for (j = 0; j < cases[i].pages; j++)
            overwrite(&h, (cases[i].page + j) * 4096, junk, sizeof junk);
        if (ir_store_salvage(h.path, &saved, &lost, &err) != IR_OK)
            fail_msg("%s: %s", cases[i].what, err.msg);
        if (saved < cases[i].at_least)
            fail_msg("%s: only %lld of 302 saved", cases[i].what,
                     (long long)saved);
        assert_int_equal(ir_store_open(h.path, IR_STORE_WRITE, &h.st, &err),
                         IR_OK);
        check(&h, &k);
        assert_int_equal(k.bad_n, k.missing); /* nothing worse */
        assert_int_equal(k.entries, saved);
        assert_false(k.database_damaged);
        ir_check_done(&k);
        remove_home(&h);
    }
}

/* What a key signed before it was revoked stays good, what it signs after
 * does not. */
static void
test_revoked(void **state)
{
    struct home h;
    struct ir_check k = {0};
    struct ir_draft d = {.kind = IR_KIND_MEMBER};
    struct ir_key *admin, *other = NULL;
    struct ir_err err = {0};
    uint8_t id[32], good[32], late[32], member[8] = {9}, kid[8];

    (void)state;
    setup_home(&h);
    admin = h.key;
    other = ir_key_new();
    ir_bodyw_text(&d.body, 1, "Mori");
    ir_bodyw_bytes(&d.body, 4, member, 8);
    ir_bodyw_hashes(&d.body, 5, (const uint8_t(*)[32]) & other->pub, 1);
    ir_bodyw_text(&d.body, 6, "mori");
    assert_int_equal(append(&h, &d, id, &err), IR_OK);
    memcpy(h.who.pub, other->pub, 32);
    h.who.arg = other;
    note(&h, "before", good);
    memset(&d, 0, sizeof d);
    d.kind = IR_KIND_REVOKE;
    ir_key_id(other->pub, kid);
    ir_bodyw_bytes(&d.body, 1, kid, 8);
    ir_bodyw_text(&d.body, 2, "laptop stolen");
    ir_bodyw_hashes(&d.body, 3, (const uint8_t(*)[32]) & good, 1);
    memcpy(h.who.pub, admin->pub, 32);
    h.who.arg = admin;
    assert_int_equal(append(&h, &d, id, &err), IR_OK);
    memcpy(h.who.pub, other->pub, 32);
    h.who.arg = other;
    note(&h, "after", late);
    ir_trust_done(&h.trust);
    fold_trust(&h);
    check(&h, &k);
    assert_int_equal(k.bad_n, 1);
    assert_int_equal(k.bad[0].why, IR_CHECK_REVOKED);
    assert_memory_equal(k.bad[0].id, late, 32);
    ir_check_done(&k);
    ir_key_free(other);
    remove_home(&h);
}

static void
test_home_refused(void **state)
{
    struct home h;
    struct ir_store *st = NULL;
    struct ir_err err = {0};

    (void)state;
    setup_home(&h);
    assert_int_equal(
        ir_store_open("/nonexistent/home", IR_STORE_READ, &st, &err),
        IR_ENOTFOUND);
    assert_int_equal(chmod(h.path, 0750), 0);
    assert_int_equal(ir_store_open(h.path, IR_STORE_READ, &st, &err),
                     IR_EREFUSED);
    assert_non_null(strstr(err.hint, "chmod 700"));
    assert_int_equal(chmod(h.path, 0700), 0);
    assert_int_equal(ir_store_open(h.path, IR_STORE_CREATE, &st, &err),
                     IR_EEXIST);
    remove_home(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_stay),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_index_columns),
        cmocka_unit_test(test_missing_row),
        cmocka_unit_test(test_missing_silently),
        cmocka_unit_test(test_stub_body_erase),
        cmocka_unit_test(test_erased_for_good),
        cmocka_unit_test(test_two_writers),
        cmocka_unit_test(test_clock_back),
        cmocka_unit_test(test_salvage),
        cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_home_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
