/* test_sync.c: a few nodes talk: what is pushed, what is asked, in which order
 * and with how many bytes, and what loss and narrow links cost.
 */
#include "sync_make.h"

#define WIDE 65536
#define FULL 262144

/* Bytes and transmissions over all links. */
static uint64_t
bytes(const struct net *w)
{
    uint64_t n = 0;
    int i;

    for (i = 0; i < w->edges; i++)
        n += w->edge[i].bytes;
    return n;
}

static uint64_t
count(const struct net *w)
{
    uint64_t n = 0;
    int i;

    for (i = 0; i < w->edges; i++)
        n += w->edge[i].count;
    return n;
}

static void
an_entry_written_here_is_there_after_one_trip(void **state)
{
    struct net *w = net_new(2, 1);

    (void)state;
    net_link(w, 0, 1, WIDE, 20);
    net_run(w, 1000);
    node_has(w, 0, 1, IR_KIND_NOTE, true);
    net_run(w, 21);
    assert_int_equal(w->node[1].n, 1);
    net_run(w, 5000);
    assert_int_equal(w->node[1].puts, 1); /* and was not sent again */
    net_free(w);
}

/* Along a chain of nodes it is passed on at once, and never sent back. */
static void
what_is_new_is_passed_on_at_once(void **state)
{
    struct net *w = net_new(6, 1);
    int i;

    (void)state;
    for (i = 0; i < 5; i++)
        net_link(w, i, i + 1, WIDE, 10);
    net_run(w, 1000);
    node_has(w, 0, 1, IR_KIND_ALERT, true);
    net_run(w, 5 * 10 + 1);
    assert_true(net_all(w, 1));
    for (i = 0; i < 6; i++)
        assert_int_equal(w->node[i].puts, i == 0 ? 0 : 1);
    net_free(w);
}

static const struct {
    uint32_t common, only_a, only_b, trust_a, trust_b;
} differences[] = {
    {0, 0, 0, 0, 0},    {0, 1, 0, 0, 0},      {0, 0, 1, 0, 0},
    {0, 3, 4, 0, 0},    {100, 1, 1, 0, 0},    {100, 32, 0, 0, 0},
    {100, 0, 33, 1, 0}, {10, 100, 90, 5, 7},  {500, 1000, 3, 0, 2},
    {3, 2000, 1, 2, 0}, {1000, 40, 40, 0, 0}, {0, 0, 700, 0, 40},
};

static uint32_t
differ(struct net *w, size_t row)
{
    uint32_t no = 0, k;

    for (k = 0; k < differences[row].common; k++) {
        node_has(w, 0, no, IR_KIND_NOTE, false);
        node_has(w, 1, no++, IR_KIND_NOTE, false);
    }
    for (k = 0; k < differences[row].only_a; k++)
        node_has(w, 0, no++, IR_KIND_NOTE, false);
    for (k = 0; k < differences[row].only_b; k++)
        node_has(w, 1, no++, IR_KIND_NOTE, false);
    for (k = 0; k < differences[row].trust_a; k++)
        node_has(w, 0, no++, IR_KIND_MEMBER, false);
    for (k = 0; k < differences[row].trust_b; k++)
        node_has(w, 1, no++, IR_KIND_MEMBER, false);
    return no;
}

/* Differences of all shapes are gone within seconds of meeting; then only
 * beacons are left, fewer and fewer. */
static void
nodes_that_meet_are_equal_soon(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(differences); i++) {
        struct net *w = net_new(2, i + 1);
        uint32_t no = differ(w, i);
        uint64_t before;

        net_link(w, 0, 1, WIDE, 20);
        net_run(w, 5000);
        ROW(i, net_all(w, no));
        net_run(w, 60000);
        before = count(w);
        net_run(w, 3600000);
        ROW(i, count(w) - before <= 160);
        net_free(w);
    }
}

/* A bad link costs time only. */
static void
loss_doubles_changes_and_delays_cost_time_only(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(differences); i++) {
        struct net *w = net_new(2, 100 + i);
        uint32_t no = differ(w, i);

        net_link(w, 0, 1, WIDE, 20)->loss = 30;
        w->doubles = 20;
        w->jitter = 300;
        w->spoils = 5;
        net_run(w, 180000);
        ROW(i, net_all(w, no));
        net_free(w);
    }
}

/* Also where nothing longer than a datagram goes over. */
static void
a_datagram_link_does_it_too(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(differences); i++) {
        struct net *w = net_new(2, 200 + i);
        uint32_t no = differ(w, i);

        net_link(w, 0, 1, 1200, 5)->loss = 5;
        net_run(w, 120000);
        ROW(i, net_all(w, no));
        net_free(w);
    }
}

/* One round trip for up to 32 missing at the tail, in few bytes. Each row: of
 * 3,000 the newest so many are missing; within two delays and a question's
 * jitter; at most so many bytes besides the entries, 171 each on the wire.
 */
static void
the_newest_cost_one_round_trip(void **state)
{
    static const struct {
        uint32_t missing;
        int64_t ms;
        uint64_t overhead;
    } rows[] = {
        {1, 100, 1000},    {10, 100, 1000},    {32, 100, 1100},
        {100, 400, 12000}, {1000, 900, 90000},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        struct net *w = net_new(2, 300 + i);
        struct ir_buf b = {0};
        uint8_t id[32] = {0};
        uint64_t entries;
        uint32_t k;

        for (k = 0; k < 3000; k++) {
            node_has(w, 0, k, IR_KIND_NOTE, false);
            if (k < 3000 - rows[i].missing)
                node_has(w, 1, k, IR_KIND_NOTE, false);
        }
        entry_make(id, (uint64_t)2000 << 16, IR_KIND_NOTE, 100, &b);
        entries = rows[i].missing * (b.len + 2);
        net_link(w, 0, 1, FULL, 10);
        net_run(w, rows[i].ms);
        ROW(i, w->node[1].n == 3000);
        if (bytes(w) > entries + rows[i].overhead)
            fail_msg("row %zu: %llu bytes beside the entries", i,
                     (unsigned long long)(bytes(w) - entries));
        ROW(i, w->node[1].puts == rows[i].missing);
        ir_buf_done(&b);
        net_free(w);
    }
}

/* Which lane arrived before which, in arrival order at node 1. */
static void
lane_t_arrives_before_all_others(void **state)
{
    struct net *w = net_new(2, 1);
    size_t i, last_t = 0, first_r = SIZE_MAX;
    uint32_t k;

    (void)state;
    for (k = 0; k < 900; k++)
        node_has(w, 0, k, k % 3 == 0 ? IR_KIND_MEMBER : IR_KIND_NOTE, false);
    node_has(w, 0, 5000, IR_KIND_REVOKE, false);
    net_link(w, 0, 1, WIDE, 20);
    net_run(w, 10000);
    assert_true(net_all(w, 901));
    for (i = 0; i < w->node[1].n; i++) {
        if (w->node[1].v[i].lane == IR_LANE_T)
            last_t = i;
        else if (first_r == SIZE_MAX)
            first_r = i;
    }
    assert_true(last_t < first_r);
    net_free(w);
}

static int order[600];
static size_t ordered;

static void
watch_kinds(struct net *w, int from, int to, uint32_t link, const uint8_t *p,
            size_t n)
{
    struct ir_cbor c = {p, p + n};
    struct ir_frame f;

    (void)w, (void)from, (void)to, (void)link;
    while (ir_frame_next(&c, &f, NULL) == IR_OK) {
        const uint8_t *q;
        size_t len;

        while (ir_frame_entry(&f, &q, &len)) {
            struct ir_entry e;

            assert_int_equal(ir_entry_parse(q, len, &e, NULL), IR_OK);
            if (ordered < COUNT(order))
                order[ordered++] = (int)e.h.kind;
        }
    }
}

/* 400 slow ones wait, then come an alert, a note, a revocation. */
static void
the_gravest_goes_first(void **state)
{
    static const struct {
        uint64_t kind;
        size_t latest; /* place among what goes out */
    } rows[] = {{IR_KIND_REVOKE, 0}, {IR_KIND_ALERT, 1}, {IR_KIND_NOTE, 2}};
    struct net *w = net_new(2, 1);
    uint32_t k;
    size_t i, at;

    (void)state;
    net_link(w, 0, 1, WIDE, 20);
    net_run(w, 1000);
    for (k = 0; k < 400; k++)
        node_has(w, 0, k, IR_KIND_ACTION, true);
    node_has(w, 0, 1001, IR_KIND_NOTE, true);
    node_has(w, 0, 1002, IR_KIND_ALERT, true);
    node_has(w, 0, 1003, IR_KIND_REVOKE, true);
    w->watch = watch_kinds;
    ordered = 0;
    net_run(w, 5000);
    assert_true(net_all(w, 403));
    for (i = 0; i < COUNT(rows); i++) {
        for (at = 0; at < ordered && order[at] != (int)rows[i].kind; at++)
            ;
        ROW(i, at == rows[i].latest);
    }
    net_free(w);
}

/* Of 100 transmissions full of alerts, some carry bulk. */
static void
bulk_keeps_a_floor(void **state)
{
    struct net *w = net_new(2, 1);
    struct ir_buf b = {0};
    uint32_t k, link, slow = 0;
    int out;

    (void)state;
    net_link(w, 0, 1, 1200, 20);
    net_run(w, 1000);
    for (k = 0; k < 1000; k++)
        node_has(w, 0, k, IR_KIND_ACTION, true);
    for (k = 1000; k < 3000; k++)
        node_has(w, 0, k, IR_KIND_ALERT, true);
    ordered = 0;
    for (out = 0; out < 100; out++) {
        assert_true(ir_sync_out(w->node[0].s, &link, &b));
        watch_kinds(w, 0, 1, link, b.p, b.len);
        b.len = 0;
    }
    for (k = 0; k < ordered; k++)
        slow += order[k] == IR_KIND_ACTION ? 1 : 0;
    assert_true(slow >= ordered / 10 && slow <= ordered / 5);
    ir_buf_done(&b);
    net_free(w);
}

/* Three know 600 entries, the fourth knows none: each comes about once. */
static void
what_several_have_is_wanted_from_one(void **state)
{
    struct net *w = net_new(4, 1);
    uint32_t k;
    int i;

    (void)state;
    for (k = 0; k < 600; k++)
        for (i = 0; i < 3; i++)
            node_has(w, i, k, IR_KIND_NOTE, false);
    for (i = 0; i < 3; i++)
        net_link(w, i, 3, WIDE, 10 + 3 * i);
    net_run(w, 5000);
    assert_true(net_all(w, 600));
    assert_true(w->node[3].puts < 800);
    net_free(w);
}

static int silent; /* this node's entries and objects do not get through */
static int mercy;  /* but for one of so many; 0: none */

static void
watch_silence(struct net *w, int from, int to, uint32_t link, const uint8_t *p,
              size_t n)
{
    struct ir_cbor c = {p, p + n};
    struct ir_frame f;

    (void)to;
    w->edge[link].cut = false;
    while (from == silent && ir_frame_next(&c, &f, NULL) == IR_OK)
        if ((f.type == IR_FRAME_ENTRIES || f.type == IR_FRAME_OBJECT) &&
            (mercy == 0 || net_rand(w, (uint64_t)mercy) > 0))
            w->edge[link].cut = true;
}

/* One of two says what it has, and gives nothing. */
static void
what_one_does_not_give_is_asked_of_another(void **state)
{
    struct net *w = net_new(3, 1);
    uint32_t k;

    (void)state;
    for (k = 0; k < 300; k++) {
        node_has(w, 0, k, IR_KIND_NOTE, false);
        node_has(w, 1, k, IR_KIND_NOTE, false);
    }
    silent = 0;
    w->watch = watch_silence;
    net_link(w, 0, 2, WIDE, 2); /* it is the quicker one */
    net_link(w, 1, 2, WIDE, 40);
    net_run(w, 8000);
    assert_int_equal(w->node[2].n, 300);
    net_free(w);
}

/* Likewise, but it gives one transmission of ten, so that something always
 * comes. */
static void
who_gives_little_by_little_does_not_hold_up_the_rest(void **state)
{
    struct net *w = net_new(3, 1);
    uint32_t k;

    (void)state;
    for (k = 0; k < 9000; k++) {
        node_has(w, 0, k, IR_KIND_NOTE, false);
        node_has(w, 1, k, IR_KIND_NOTE, false);
    }
    silent = 0;
    mercy = 10;
    w->watch = watch_silence;
    net_link(w, 0, 2, WIDE, 2);
    net_link(w, 1, 2, WIDE, 40);
    net_run(w, 60000);
    mercy = 0;
    assert_int_equal(w->node[2].n, 9000);
    net_free(w);
}

/* Two who know of each other gain a third that knows nothing: what it gets from
 * one it does not pass on to the other. */
static void
who_catches_up_does_not_flood(void **state)
{
    struct net *w = net_new(3, 1);
    uint32_t k;

    (void)state;
    for (k = 0; k < 1500; k++) {
        node_has(w, 0, k, IR_KIND_NOTE, false);
        node_has(w, 1, k, IR_KIND_NOTE, false);
    }
    net_link(w, 0, 1, WIDE, 5);
    net_run(w, 5000);
    net_link(w, 0, 2, WIDE, 5);
    net_link(w, 1, 2, WIDE, 5);
    net_run(w, 10000);
    assert_true(net_all(w, 1500));
    assert_true(w->node[0].puts + w->node[1].puts < 600);
    assert_true(w->node[2].puts < 2000);
    net_free(w);
}

/* 20,000 bytes: over the narrow link never, over the wide one at once. */
static void
a_long_entry_waits_for_a_wide_link(void **state)
{
    struct net *w = net_new(3, 1);
    uint8_t id[32] = {9};
    uint64_t before;

    (void)state;
    net_link(w, 0, 1, 1200, 5);
    node_has_id(w, 0, id, (uint64_t)5000 << 16, IR_KIND_NOTE, 20000, true);
    node_has(w, 0, 1, IR_KIND_NOTE, true);
    net_run(w, 120000);
    assert_int_equal(w->node[1].n, 1); /* the short one */
    before = count(w);
    net_run(w, 600000); /* that it cannot be helped costs little */
    assert_true(count(w) - before < 150);
    net_link(w, 0, 2, WIDE, 5);
    net_link(w, 1, 2, WIDE, 5);
    net_run(w, 70000);
    assert_true(net_all(w, 2));
    net_free(w);
}

/* Six on a multicast link; one lacks an entry: few say it. */
static void
of_many_one_answers(void **state)
{
    struct net *w = net_new(6, 1);
    size_t said = 0, i;
    int k;

    (void)state;
    for (k = 0; k < 5; k++)
        node_has(w, k, 1, IR_KIND_NOTE, false);
    w->watch = watch_kinds;
    ordered = 0;
    net_link(w, 0, -1, 1400, 2);
    net_run(w, 5000);
    assert_true(net_all(w, 1));
    for (i = 0; i < ordered; i++)
        said++;
    assert_true(said / 5 <= 2); /* watched once for each that hears it */
    net_free(w);
}

/* Put off, then let in: it comes again by itself. */
static void
what_was_put_off_comes_again(void **state)
{
    struct net *w = net_new(2, 1);
    size_t before;

    (void)state;
    w->node[1].judgement = IR_SYNC_LATER;
    node_has(w, 0, 1, IR_KIND_ACTION, false);
    net_link(w, 0, 1, WIDE, 5);
    net_run(w, 600000);
    assert_int_equal(w->node[1].n, 0);
    before = w->node[1].puts;
    assert_true(before > 2 && before < 60); /* asked less and less often */
    w->node[1].judgement = IR_SYNC_STORED;
    net_run(w, 120000);
    assert_true(net_all(w, 1));
    net_free(w);
}

/* Whose author was revoked is no longer given out, also to who asks for it. */
static void
what_is_dropped_is_not_given_out(void **state)
{
    struct net *w = net_new(2, 1);
    struct kept *k;
    struct ir_frame f = {.type = IR_FRAME_WANT, .n = 32, .count = 1};
    struct ir_buf b = {0};

    (void)state;
    node_has(w, 0, 1, IR_KIND_NOTE, true);
    node_has(w, 0, 2, IR_KIND_NOTE, true);
    k = &w->node[0].v[0];
    ir_sync_drop(w->node[0].s, k->id, k->hlc, k->lane);
    net_link(w, 0, 1, WIDE, 5);
    net_run(w, 1000);
    f.p = k->id;
    ir_frame_put(&f, &b);
    assert_int_equal(ir_sync_in(w->node[0].s, 0, b.p, b.len, w->now, NULL),
                     IR_OK);
    net_run(w, 60000);
    assert_int_equal(w->node[1].n, 1);
    ir_sync_index(w->node[0].s, k->id, k->hlc, k->lane);
    net_run(w, 60000);
    assert_int_equal(w->node[1].n, 2);
    ir_buf_done(&b);
    net_free(w);
}

static void
object_of(struct node *d, size_t n)
{
    size_t i;

    d->object = ir_malloc(n);
    d->object_n = n;
    for (i = 0; i < n; i++)
        d->object[i] = (uint8_t)(i * 7 + i / 251);
    ir_sha256(d->object, n, d->digest);
    d->has_object = true;
}

/* In pieces, over a link that goes down in between; from who has it. */
static void
objects_come_in_pieces_and_go_on_where_they_stopped(void **state)
{
    struct net *w = net_new(3, 1);
    size_t got;

    (void)state;
    object_of(&w->node[1], 1000000);
    memcpy(w->node[0].digest, w->node[1].digest, 32);
    w->node[0].wants_object = true;
    net_link(w, 0, 2, WIDE, 5); /* has not */
    net_link(w, 0, 1, WIDE, 5);
    net_run(w, 150);
    got = w->node[0].object_got;
    assert_true(got > 0 && got < 900000);
    ir_sync_link_down(w->node[0].s, 1);
    ir_sync_link_down(w->node[1].s, 1);
    net_run(w, 5000);
    assert_true(w->node[0].object_got >= got && !w->node[0].has_object);
    net_link(w, 0, 1, 4000, 5)->loss = 10;
    net_run(w, 120000);
    assert_true(w->node[0].has_object);
    net_free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_written_here_is_there_after_one_trip),
        cmocka_unit_test(what_is_new_is_passed_on_at_once),
        cmocka_unit_test(nodes_that_meet_are_equal_soon),
        cmocka_unit_test(loss_doubles_changes_and_delays_cost_time_only),
        cmocka_unit_test(a_datagram_link_does_it_too),
        cmocka_unit_test(the_newest_cost_one_round_trip),
        cmocka_unit_test(lane_t_arrives_before_all_others),
        cmocka_unit_test(the_gravest_goes_first),
        cmocka_unit_test(bulk_keeps_a_floor),
        cmocka_unit_test(what_several_have_is_wanted_from_one),
        cmocka_unit_test(what_one_does_not_give_is_asked_of_another),
        cmocka_unit_test(who_gives_little_by_little_does_not_hold_up_the_rest),
        cmocka_unit_test(who_catches_up_does_not_flood),
        cmocka_unit_test(a_long_entry_waits_for_a_wide_link),
        cmocka_unit_test(of_many_one_answers),
        cmocka_unit_test(what_was_put_off_comes_again),
        cmocka_unit_test(what_is_dropped_is_not_given_out),
        cmocka_unit_test(objects_come_in_pieces_and_go_on_where_they_stopped),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
