/* test_sync_many.c: devices that hear one another on a link to many and have
 * links to each other, too, as on a LAN: nothing is said twice.
 */
#include "sync_make.h"

/* Transmissions over the links between two. */
static uint64_t
between_two(const struct net *w)
{
    uint64_t n = 0;
    int i;

    for (i = 0; i < w->edges; i++)
        n += w->edge[i].b >= 0 ? w->edge[i].count : 0;
    return n;
}

/* Six that hear one another on a multicast link, and each has a link to each:
 * what is new is said to all there, not to each; to each when that is gone. */
static void
what_all_hear_is_not_said_to_each(void **state)
{
    struct net *w = net_new(6, 1);
    uint64_t before;
    int i, k;

    (void)state;
    net_link(w, 0, -1, 1400, 2);
    for (i = 0; i < 6; i++)
        for (k = i + 1; k < 6; k++) {
            uint32_t no = (uint32_t)w->edges;

            net_link(w, i, k, 1400, 2);
            ir_sync_heard_on(w->node[i].s, no, 0, false);
            ir_sync_heard_on(w->node[k].s, no, 0, false);
        }
    node_has(w, 0, 1, IR_KIND_NOTE, true);
    net_run(w, 20000); /* all have said where they are */
    before = between_two(w);
    node_has(w, 0, 2, IR_KIND_NOTE, true);
    net_run(w, 20000);
    assert_true(net_all(w, 2));
    assert_int_equal(between_two(w), before);
    for (i = 0; i < 6; i++)
        ir_sync_link_down(w->node[i].s, 0);
    node_has(w, 0, 3, IR_KIND_NOTE, true);
    net_run(w, 20);
    assert_true(net_all(w, 3));
    assert_true(between_two(w) >= before + 5);
    net_free(w);
}

/* One of two on a multicast link hands on what came to it alone, but not what
 * the other has heard, too. */
static void
what_came_to_all_is_not_repeated(void **state)
{
    static const bool to_all[] = {false, true};
    size_t row;

    (void)state;
    for (row = 0; row < COUNT(to_all); row++) {
        struct net *w = net_new(2, 1);
        struct ir_frame f = {.type = IR_FRAME_ENTRIES, .count = 1};
        struct ir_buf e = {0}, item = {0}, b = {0};
        uint8_t id[32] = {7};

        net_link(w, 0, -1, 1400, 2);
        net_link(w, 0, 1, 1400, 2);
        w->edge[1].cut = true;
        net_run(w, 1000);
        entry_make(id, (uint64_t)1000 << 16, IR_KIND_NOTE, 100, &e);
        ir_cbor_put_bytes(&item, e.p, e.len);
        f.p = item.p;
        f.n = item.len;
        ir_frame_put(&f, &b);
        ir_sync_heard_on(w->node[0].s, 1, 0, to_all[row]);
        ROW(row,
            ir_sync_in(w->node[0].s, 1, b.p, b.len, w->now, NULL) == IR_OK);
        w->node[0].due = w->now;
        net_run(w, 110);
        ROW(row, w->node[0].n == 1);
        ROW(row, w->node[1].n == (to_all[row] ? 0 : 1));
        net_run(w, 5000); /* by beacons, if need be */
        ROW(row, net_all(w, 1));
        ir_buf_done(&e);
        ir_buf_done(&item);
        ir_buf_done(&b);
        net_free(w);
    }
}

#define SEVEN 7

/* Seven that hear one another on a multicast link, and are linked elsewhere:
 * each to each, or (`ring`) each to two. All have said where they are. */
static struct net *
seven(bool ring)
{
    struct net *w = net_new(SEVEN, 1);
    int i, k;

    net_link(w, 0, -1, 1400, 2);
    for (i = 0; i < SEVEN; i++)
        for (k = i + 1; k < SEVEN; k++)
            if (!ring || k == i + 1 || (i == 0 && k == SEVEN - 1))
                net_link(w, i, k, 65536, 2);
    node_has(w, 0, 1, IR_KIND_NOTE, true);
    net_run(w, 400000);
    assert_true(net_all(w, 1));
    return w;
}

/* Who has heard it where all hear it hands it on to two at most, though it has
 * links to six that go elsewhere; who wrote it says it to all. */
static void
what_all_heard_goes_to_two(void **state)
{
    struct net *w = seven(false);
    uint64_t before = between_two(w);

    (void)state;
    node_has(w, 0, 2, IR_KIND_NOTE, true);
    net_run(w, 200);
    assert_true(net_all(w, 2));
    assert_in_range(between_two(w) - before, SEVEN - 1, SEVEN - 1 + 2 * SEVEN);
    net_free(w);
}

/* Half of the datagrams are lost: what was missed comes from those two, sooner
 * than any beacon is said. */
static void
what_some_missed_comes_from_two(void **state)
{
    struct net *w = seven(true);
    size_t i;

    (void)state;
    w->edge[0].loss = 50;
    for (i = 2; i < 12; i++) {
        node_has(w, (int)i % SEVEN, (uint32_t)i, IR_KIND_NOTE, true);
        net_run(w, 240);
        ROW(i, net_all(w, i));
        net_run(w, 10000);
    }
    net_free(w);
}

/* Two that hold the same both know it after a beacon and a word; a word that
 * goes with another beacon is not believed.
 */
static void
one_word_says_that_all_is_equal(void **state)
{
    struct net *w = net_new(2, 3);
    struct ir_frame f = {.type = IR_FRAME_SAME};
    struct ir_sync_state st[2];
    struct ir_buf b = {0};
    uint32_t no;
    int i;

    (void)state;
    for (no = 0; no < 6; no++)
        node_has(w, (int)no % 2, no / 2, IR_KIND_NOTE, false);
    net_link(w, 0, 1, 65536, 20);
    net_run(w, 100);
    assert_int_equal(w->edge[0].count, 2);
    assert_true(w->edge[0].bytes < 70);
    for (i = 0; i < 2; i++)
        assert_true(ir_sync_state(w->node[i].s, 0, &st[i]) && st[i].equal);
    w->edge[0].cut = true;
    node_has(w, 0, 9, IR_KIND_NOTE, true);
    net_run(w, 1000); /* it has said another beacon */
    ir_frame_put(&f, &b);
    assert_int_equal(ir_sync_in(w->node[0].s, 0, b.p, b.len, w->now, NULL),
                     IR_OK);
    assert_true(ir_sync_state(w->node[0].s, 0, &st[0]) && !st[0].equal);
    ir_buf_done(&b);
    net_free(w);
}

static uint64_t said_types; /* of frames, a bit each */

static void
watch_types(struct net *w, int from, int to, uint32_t link, const uint8_t *p,
            size_t n)
{
    struct ir_cbor c = {p, p + n};
    struct ir_frame f;

    (void)w, (void)to, (void)link;
    while (from == 0 && ir_frame_next(&c, &f, NULL) == IR_OK)
        said_types |= 1ULL << f.type;
}

/* However long nobody asked the engine to do anything: the beacon that tells of
 * what is new waits until that can have arrived.
 */
static void
what_is_new_goes_out_before_the_beacon_that_tells_of_it(void **state)
{
    struct net *w = net_new(2, 1);
    uint32_t k;

    (void)state;
    net_link(w, 0, 1, 60000, 20);
    net_run(w, 300000);
    w->watch = watch_types;
    for (k = 0; k < 5; k++) {
        net_run(w, 20000 + k * 3000);
        said_types = 0;
        node_has(w, 0, k, IR_KIND_NOTE, true);
        net_run(w, 100);
        ROW(k, said_types == 1ULL << IR_FRAME_ENTRIES);
    }
    net_run(w, 2000);
    assert_true((said_types & 1ULL << IR_FRAME_BEACON) != 0);
    assert_true(net_all(w, 5));
    net_free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_all_hear_is_not_said_to_each),
        cmocka_unit_test(what_came_to_all_is_not_repeated),
        cmocka_unit_test(what_all_heard_goes_to_two),
        cmocka_unit_test(what_some_missed_comes_from_two),
        cmocka_unit_test(one_word_says_that_all_is_equal),
        cmocka_unit_test(
            what_is_new_goes_out_before_the_beacon_that_tells_of_it),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
