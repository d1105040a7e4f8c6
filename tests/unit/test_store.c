/* test_store.c: what the store keeps and refuses: rows that stay, stubs and
 * bodies, erasure, two writers, clocks, homes.
 */
#include "store_make.h"

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

/* Bytes that a reader would refuse are not signed: an entry is for ever. */
static void
test_unreadable_refused(void **state)
{
    struct ir_draft d = {.kind = IR_KIND_NOTE};
    struct home h;
    struct ir_err err = {0};
    uint8_t id[32];

    (void)state;
    setup_home(&h);
    ir_bodyw_text(&d.body, 1, "text");
    ir_bodyw_uint(&d.body, 29, (uint64_t)-5000); /* not a note's own */
    assert_int_equal(append(&h, &d, id, &err), IR_EPARSE);
    memset(&d, 0, sizeof d);
    d.kind = IR_KIND_NOTE;
    ir_bodyw_text(&d.body, 1, "\xff\xfe");
    assert_int_equal(append(&h, &d, id, &err), IR_EPARSE);
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
        cmocka_unit_test(test_stub_body_erase),
        cmocka_unit_test(test_erased_for_good),
        cmocka_unit_test(test_two_writers),
        cmocka_unit_test(test_clock_back),
        cmocka_unit_test(test_unreadable_refused),
        cmocka_unit_test(test_home_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
