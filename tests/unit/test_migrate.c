/* test_migrate.c: homes of before. schema_1.sql beside this is the schema as
 * the first version wrote it, kept as text: it never changes.
 */
#include "store_make.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void
run_sql(sqlite3 *db, const char *sql)
{
    char *say = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &say) != SQLITE_OK)
        fail_msg("%s: %s", sql, say);
}

static int64_t
number(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    int64_t n;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    sqlite3_close(db);
    return n;
}

/* The schema of a file as text, the names of what it has in order. */
static void
schema_of(const char *path, struct ir_buf *out)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(
            db, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name",
            -1, &q, NULL),
        SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW)
        ir_buf_addf(out, "%s %s %s\n", sqlite3_column_text(q, 0),
                    sqlite3_column_text(q, 1),
                    sqlite3_column_type(q, 2) == SQLITE_NULL
                        ? ""
                        : (const char *)sqlite3_column_text(q, 2));
    sqlite3_finalize(q);
    sqlite3_close(db);
}

/* Make the database of `h` one of migration 1 with the same rows; it stays
 * closed.
 */
static void
make_old(struct home *h)
{
    static const char *const tables[] = {"meta",   "entry",   "body", "erased",
                                         "object", "setting", "view"};
    static char schema[16384];
    char path[80], old[80], sql[200];
    FILE *f = fopen(IR_SOURCE_DIR "/tests/unit/schema_1.sql", "r");
    sqlite3 *db = NULL;
    size_t i, n;

    assert_non_null(f);
    n = fread(schema, 1, sizeof schema - 1, f);
    schema[n] = '\0';
    fclose(f);
    ir_store_close(h->st);
    h->st = NULL;
    snprintf(path, sizeof path, "%s/ir.db", h->path);
    snprintf(old, sizeof old, "%s/old.db", h->path);
    assert_int_equal(sqlite3_open(old, &db), SQLITE_OK);
    run_sql(db, "PRAGMA journal_mode=WAL");
    run_sql(db, schema);
    run_sql(db, "PRAGMA application_id=0x69722d31; PRAGMA user_version=1");
    snprintf(sql, sizeof sql, "ATTACH '%s' AS new", path);
    run_sql(db, sql);
    for (i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        snprintf(sql, sizeof sql, "INSERT INTO main.%s SELECT * FROM new.%s",
                 tables[i], tables[i]);
        run_sql(db, sql);
    }
    run_sql(db, "DETACH new");
    sqlite3_close(db);
    (void)unlink(path);
    snprintf(sql, sizeof sql, "%s-wal", path);
    (void)unlink(sql);
    snprintf(sql, sizeof sql, "%s-shm", path);
    (void)unlink(sql);
    assert_int_equal(rename(old, path), 0);
}

/* An old home of `notes` notes and an object. */
static void
old_home(struct home *h, int notes)
{
    uint8_t id[32], digest[32];
    int i;

    setup_home(h);
    for (i = 0; i < notes; i++)
        note(h, "a note of some length so that many pages are used", id);
    assert_int_equal(ir_store_object_put(h->st, "output", "x", 1, digest, NULL),
                     IR_OK);
    make_old(h);
}

static void
open_home(struct home *h, enum ir_store_mode mode)
{
    struct ir_err err = {0};

    if (ir_store_open(h->path, mode, &h->st, &err) != IR_OK)
        fail_msg("%s", err.msg);
}

static void
test_read_only_stays(void **state)
{
    struct home h;
    struct ir_check k = {0};
    char path[80];
    int64_t n = 0;

    (void)state;
    old_home(&h, 3);
    snprintf(path, sizeof path, "%s/ir.db", h.path);
    open_home(&h, IR_STORE_READ);
    assert_int_equal(ir_store_count(h.st, &n, NULL), IR_OK);
    assert_int_equal(n, 5);
    check(&h, &k);
    assert_int_equal(k.bad_n, 0);
    ir_check_done(&k);
    ir_store_close(h.st);
    h.st = NULL;
    assert_int_equal(number(path, "PRAGMA user_version"), 1);
    remove_home(&h);
}

static void
test_first_writing_open(void **state)
{
    struct home h, fresh;
    struct ir_check k = {0};
    struct ir_buf is = {0}, want = {0};
    uint8_t id[32];
    char path[80];

    (void)state;
    old_home(&h, 3);
    snprintf(path, sizeof path, "%s/ir.db", h.path);
    open_home(&h, IR_STORE_WRITE);
    assert_int_equal(number(path, "PRAGMA user_version"), 4);
    assert_int_equal(number(path, "SELECT count(*) FROM arrival"), 0);
    assert_int_equal(number(path, "SELECT count(*) FROM object"), 1);
    note(&h, "after it", id);
    check(&h, &k);
    assert_int_equal(k.bad_n, 0);
    assert_int_equal(k.entries, 6);
    assert_false(k.database_damaged);
    ir_check_done(&k);
    /* what it has now is what a new home has */
    schema_of(path, &is);
    setup_home(&fresh);
    snprintf(path, sizeof path, "%s/ir.db", fresh.path);
    schema_of(path, &want);
    assert_string_equal(ir_buf_str(&is), ir_buf_str(&want));
    ir_buf_done(&is);
    ir_buf_done(&want);
    remove_home(&fresh);
    remove_home(&h);
}

/* A home of migration 2, with something that was refused: it is opened as it
 * is for reading, and gets the rest when it is written to.
 */
static void
test_from_two(void **state)
{
    struct ir_buf is = {0}, want = {0};
    struct ir_check k = {0};
    struct home h, fresh;
    sqlite3 *db = NULL;
    char path[80];
    uint8_t id[32];

    (void)state;
    setup_home(&h);
    note(&h, "before it", id);
    ir_store_close(h.st);
    h.st = NULL;
    snprintf(path, sizeof path, "%s/ir.db", h.path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    run_sql(db, "DROP TABLE refused; DROP TABLE medium_file;"
                " PRAGMA user_version=2");
    run_sql(db, "INSERT INTO refusal VALUES(12, x'0102030405060708', 5, 6)");
    sqlite3_close(db);
    open_home(&h, IR_STORE_READ);
    assert_false(ir_refused_get(h.st, id, 12, NULL));
    check(&h, &k);
    assert_int_equal(k.bad_n + k.refused_n, 0);
    ir_check_done(&k);
    ir_store_close(h.st);
    assert_int_equal(number(path, "PRAGMA user_version"), 2);
    open_home(&h, IR_STORE_WRITE);
    assert_int_equal(number(path, "PRAGMA user_version"), 4);
    assert_int_equal(number(path, "SELECT count FROM refusal"), 5);
    assert_int_equal(number(path, "SELECT count(*) FROM refused"), 0);
    schema_of(path, &is);
    setup_home(&fresh);
    snprintf(path, sizeof path, "%s/ir.db", fresh.path);
    schema_of(path, &want);
    assert_string_equal(ir_buf_str(&is), ir_buf_str(&want));
    ir_buf_done(&is);
    ir_buf_done(&want);
    remove_home(&fresh);
    remove_home(&h);
}

static void *
open_it(void *arg)
{
    struct ir_store *st = NULL;
    struct ir_err err = {0};
    int rc = ir_store_open(arg, IR_STORE_WRITE, &st, &err);

    ir_store_close(st);
    return rc == IR_OK ? NULL : arg;
}

/* Several that open it for the first time at once: one does it. */
static void
test_many_at_once(void **state)
{
    struct home h;
    pthread_t t[4];
    char path[80];
    size_t i;

    (void)state;
    old_home(&h, 3);
    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&t[i], NULL, open_it, h.path), 0);
    for (i = 0; i < 4; i++) {
        void *bad = h.path;

        assert_int_equal(pthread_join(t[i], &bad), 0);
        assert_null(bad);
    }
    snprintf(path, sizeof path, "%s/ir.db", h.path);
    assert_int_equal(number(path, "PRAGMA user_version"), 4);
    remove_home(&h);
}

/* A migration that cannot end leaves the home as it was. */
static void
test_all_or_nothing(void **state)
{
    struct home h;
    struct ir_err err = {0};
    sqlite3 *db = NULL;
    char path[80];

    (void)state;
    old_home(&h, 3);
    snprintf(path, sizeof path, "%s/ir.db", h.path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    run_sql(db, "CREATE TABLE met(x)"); /* the last of migration 2 */
    sqlite3_close(db);
    assert_int_equal(ir_store_open(h.path, IR_STORE_WRITE, &h.st, &err),
                     IR_ESTORE);
    assert_null(h.st);
    assert_int_equal(number(path, "PRAGMA user_version"), 1);
    assert_int_equal(
        number(path,
               "SELECT count(*) FROM sqlite_schema WHERE name = 'arrival'"),
        0);
    open_home(&h, IR_STORE_READ);
    remove_home(&h);
}

/* Where entries came from is saved with them; and an old home's or a migrated
 * one's schema can be made good.
 */
static void
test_salvage(void **state)
{
    int migrated, schema;

    (void)state;
    for (migrated = 0; migrated < 2; migrated++)
        for (schema = 0; schema < 2; schema++) {
            struct home h;
            struct ir_err err = {0};
            int64_t saved = 0, lost = 0;
            char path[80];
            sqlite3 *db = NULL;
            FILE *f;

            old_home(&h, 300);
            snprintf(path, sizeof path, "%s/ir.db", h.path);
            if (migrated == 1) {
                open_home(&h, IR_STORE_WRITE);
                ir_store_close(h.st);
                h.st = NULL;
            }
            assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
            if (migrated == 1) {
                run_sql(db, "INSERT INTO arrival VALUES(7, 1, NULL, 'dir')");
                run_sql(db, "INSERT INTO met VALUES(x'01', 'dir', 5, 6, 7)");
                run_sql(db, "INSERT INTO invite(id, made_ms, expires_ms, name)"
                            " VALUES(x'02', 1, 2, 'Ito')");
            }
            run_sql(db, "PRAGMA wal_checkpoint(TRUNCATE)");
            sqlite3_close(db);
            f = fopen(path, "r+");
            assert_non_null(f);
            assert_int_equal(fseek(f, schema == 1 ? 0 : 4096L * 30, 0), 0);
            assert_int_equal(fputs("junk over the header of a page", f) > 0, 1);
            assert_int_equal(fclose(f), 0);
            if (ir_store_salvage(h.path, &saved, &lost, &err) != IR_OK)
                fail_msg("%s", err.msg);
            if (saved < (schema == 1 ? 302 : 200))
                fail_msg("migrated %d, schema %d: %lld saved", migrated, schema,
                         (long long)saved);
            assert_int_equal(number(path, "PRAGMA user_version"), 4);
            if (migrated == 1 && schema == 0)
                assert_int_equal(
                    number(path, "SELECT count(*) FROM arrival JOIN entry USING"
                                 "(n) WHERE at_ms = 1 AND carrier = 'dir'"),
                    1);
            if (migrated == 1 && schema == 0)
                assert_int_equal(number(path, "SELECT count(*) FROM met JOIN "
                                              "invite WHERE gave = 7"),
                                 1);
            remove_home(&h);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_only_stays),
        cmocka_unit_test(test_first_writing_open),
        cmocka_unit_test(test_from_two),
        cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_all_or_nothing),
        cmocka_unit_test(test_salvage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
