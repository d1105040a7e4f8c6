/* test_store_damage.c: what the store notices and saves: every bit, columns,
 * rows that are gone, revoked keys, damaged pages.
 */
#include "store_make.h"

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
        /* nothing worse than what is gone: entries, or bodies alone */
        for (j = 0; j < (long)k.bad_n; j++)
            assert_true(k.bad[j].why == IR_CHECK_MISSING ||
                        k.bad[j].why == IR_CHECK_BODY);
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

/* An admin who is no member: the root and certificates are theirs to sign, a
 * note is not.
 */
static void
test_admin_no_member(void **state)
{
    struct home h;
    struct ir_check k = {0};
    struct ir_draft d = {.kind = IR_KIND_MEMBER};
    struct ir_key *other = ir_key_new();
    uint8_t id[32], member[8] = {9}, bad[64] = {0};

    (void)state;
    setup_site(&h);
    ir_bodyw_text(&d.body, 1, "Mori");
    ir_bodyw_bytes(&d.body, 4, member, 8);
    ir_bodyw_hashes(&d.body, 5, (const uint8_t(*)[32]) & other->pub, 1);
    ir_bodyw_text(&d.body, 6, "mori");
    assert_int_equal(append(&h, &d, id, NULL), IR_OK);
    fold_trust(&h);
    check(&h, &k);
    assert_int_equal(k.entries, 2);
    assert_int_equal(k.unknown_signer, 0);
    assert_int_equal(k.bad_n, 0);
    assert_false(k.authors[0].unknown);
    ir_check_done(&k);
    note(&h, "not theirs to write", id);
    check(&h, &k);
    assert_int_equal(k.unknown_signer, 1);
    assert_true(k.authors[0].unknown);
    ir_check_done(&k);
    tamper(&h, "UPDATE entry SET sig = ?1 WHERE kind = 2", bad, sizeof bad,
           NULL); /* and their signatures are looked at */
    check(&h, &k);
    assert_int_equal(k.bad_n, 1);
    assert_int_equal(k.bad[0].why, IR_CHECK_SIGNATURE);
    ir_check_done(&k);
    ir_key_free(other);
    remove_home(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_index_columns),
        cmocka_unit_test(test_missing_row),
        cmocka_unit_test(test_missing_silently),
        cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_admin_no_member),
        cmocka_unit_test(test_salvage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
