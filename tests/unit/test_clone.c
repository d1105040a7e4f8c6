/* test_clone.c: which entry of one's own the next one continues when some of
 * one's own came from elsewhere: from a copy of the home, or from before it was
 * restored.
 */
#include "store/clone.h"
#include "store_make.h"

static const uint8_t loose[8] = {0, 0, 0, 0, 0, 0, 0, IR_LANE_I};

/* A copy of `from`: the same key, another database. */
static void
copy_home(struct home *from, struct home *to)
{
    char *cmd;

    ir_store_close(from->st);
    *to = *from;
    snprintf(to->path, sizeof to->path, "/tmp/ir-test-store.XXXXXX");
    assert_non_null(mkdtemp(to->path));
    cmd = ir_asprintf("cp -a '%s'/. '%s'/", from->path, to->path);
    assert_int_equal(system(cmd), 0); /* NOLINT(cert-env33-c): own files */
    free(cmd);
    assert_int_equal(ir_store_open(from->path, IR_STORE_WRITE, &from->st, NULL),
                     IR_OK);
    assert_int_equal(ir_store_open(to->path, IR_STORE_WRITE, &to->st, NULL),
                     IR_OK);
    memset(&to->trust, 0, sizeof to->trust);
    to->key = ir_key_new(); /* freed with it; who signs is the same */
}

/* Entry `id` of `from` comes to `to`. */
static void
bring(struct home *from, struct home *to, const uint8_t id[32])
{
    struct ir_log log = {0};

    assert_int_equal(ir_store_load_id(from->st, id, &log, NULL), IR_OK);
    assert_int_equal(ir_store_entry_put(to->st, &log.e[0], NULL, NULL), IR_OK);
    ir_log_done(&log);
    tamper(to,
           "INSERT INTO arrival(n, at_ms, device, carrier) SELECT n, 1, "
           "x'0000000000000000',"
           " 'dir' FROM entry WHERE id = ?2",
           NULL, 0, id);
}

static void
expect_tip(struct home *h, const uint8_t want[32])
{
    uint8_t author[8], id[32];

    ir_key_id(h->who.pub, author);
    assert_int_equal(ir_store_tip(h->st, loose, author, id, NULL), IR_OK);
    assert_memory_equal(id, want, 32);
}

/* What entry `id` continues. */
static void
expect_prev(struct home *h, const uint8_t id[32], const uint8_t want[32])
{
    struct ir_log log = {0};

    assert_int_equal(ir_store_load_id(h->st, id, &log, NULL), IR_OK);
    assert_true(log.e[0].h.has_prev);
    assert_memory_equal(log.e[0].h.prev, want, 32);
    ir_log_done(&log);
}

static void
each_goes_on_from_its_own(void **state)
{
    struct home a, b;
    struct ir_clone *v = NULL;
    uint8_t common[32], a1[32], a2[32], b1[32], b2[32], b3[32];
    size_t n = 0;

    (void)state;
    setup_home(&a);
    note(&a, "common", common);
    copy_home(&a, &b);
    note(&a, "a1", a1);
    note(&b, "b1", b1);
    note(&b, "b2", b2);
    bring(&b, &a, b1);
    bring(&b, &a, b2); /* its number is the higher one */
    expect_tip(&a, a1);
    note(&a, "a2", a2);
    expect_prev(&a, a2, a1);
    expect_tip(&a, a2);
    bring(&a, &b, a1);
    bring(&a, &b, a2);
    note(&b, "b3", b3);
    expect_prev(&b, b3, b2);
    assert_int_equal(ir_store_clones(a.st, &v, &n, NULL), IR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(v[0].seq, 4); /* root, member, common */
    assert_int_equal(v[0].here, 2);
    assert_int_equal(v[0].elsewhere, 2);
    free(v);
    assert_int_equal(ir_store_clones(b.st, &v, &n, NULL), IR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(v[0].here, 3);
    free(v);
    remove_home(&a);
    remove_home(&b);
}

/* The home from a backup hears of what it wrote after it: that is no fork. */
static void
restored(void **state)
{
    struct home old, back;
    struct ir_clone *v = NULL;
    uint8_t common[32], o1[32], o2[32], next[32], late[32];
    size_t n = 0;

    (void)state;
    setup_home(&old);
    note(&old, "common", common);
    copy_home(&old, &back);
    note(&old, "o1", o1);
    note(&old, "o2", o2);
    bring(&old, &back, o1);
    bring(&old, &back, o2);
    expect_tip(&back, o2);
    note(&back, "next", next);
    expect_prev(&back, next, o2);
    assert_int_equal(ir_store_clones(back.st, &v, &n, NULL), IR_OK);
    assert_int_equal(n, 0);
    free(v);
    note(&old, "late", late); /* it goes on all the same: now it is one */
    bring(&old, &back, late);
    expect_tip(&back, next);
    assert_int_equal(ir_store_clones(back.st, &v, &n, NULL), IR_OK);
    assert_int_equal(n, 1);
    free(v);
    remove_home(&old);
    remove_home(&back);
}

/* All of it came from elsewhere, or nothing is here. */
static void
nothing_of_ones_own(void **state)
{
    struct home a, b;
    uint8_t common[32], b1[32], b2[32], other[8] = {1}, author[8], id[32];

    (void)state;
    setup_home(&a);
    note(&a, "common", common);
    copy_home(&a, &b);
    note(&b, "b1", b1);
    note(&b, "b2", b2);
    bring(&b, &a, b1);
    bring(&b, &a, b2);
    tamper(&a,
           "INSERT OR IGNORE INTO arrival(n, at_ms, device, carrier)"
           " SELECT n, 1, x'0000000000000000', 'dir' FROM entry",
           NULL, 0, NULL);
    expect_tip(&a, b2);
    ir_key_id(a.who.pub, author);
    assert_int_equal(ir_store_tip(a.st, other, author, id, NULL), IR_ENOTFOUND);
    remove_home(&a);
    remove_home(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_goes_on_from_its_own),
        cmocka_unit_test(restored),
        cmocka_unit_test(nothing_of_ones_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
