/* test_sync_hostile.c: what somebody on the link, with or without a key, can
 * make an engine do: each attack with what comes of it in its name.
 */
#include "core/negentropy.h"
#include "sync_make.h"

#define WIDE 65536

static int
tell(struct net *w, int to, uint32_t link, const struct ir_frame *f)
{
    struct ir_buf b = {0};
    int rc;

    ir_frame_put(f, &b);
    rc = ir_sync_in(w->node[to].s, link, b.p, b.len, w->now, NULL);
    w->node[to].due = w->now;
    ir_buf_done(&b);
    return rc;
}

/* An attacker at the other end of link 0 of node 0, and an honest neighbour
 * on link 1. */
static struct net *
beset(uint64_t seed)
{
    struct net *w = net_new(3, seed);

    net_link(w, 0, 2, WIDE, 5)->cut =
        true; /* node 2 says what we make it say */
    net_link(w, 0, 1, WIDE, 5);
    net_run(w, 1000);
    return w;
}

static bool
still_served(struct net *w)
{
    static uint32_t no = 100000;
    size_t before = w->node[0].n;

    node_has(w, 1, no++, IR_KIND_ALERT, true);
    net_run(w, 50);
    return w->node[0].n == before + 1;
}

static void
noise_is_refused_and_others_are_served(void **state)
{
    struct net *w = beset(1);
    uint8_t junk[3000];
    int i;
    size_t k;

    (void)state;
    for (i = 0; i < 3000; i++) {
        size_t n = (size_t)net_rand(w, sizeof junk);

        for (k = 0; k < n; k++)
            junk[k] = (uint8_t)net_rand(w, 256);
        (void)ir_sync_in(w->node[0].s, 0, junk, n, w->now, NULL);
        if (i % 100 == 0)
            net_run(w, 20);
    }
    assert_true(still_served(w));
    net_free(w);
}

static void
a_flood_of_transmissions_is_cut_at_a_rate_and_others_are_served(void **state)
{
    struct net *w = beset(2);
    struct ir_frame f = {.type = IR_FRAME_BEACON, .node = {3}};
    int i, refused = 0;

    (void)state;
    for (i = 0; i < 20000; i++) { /* within a second */
        f.r.count = (uint64_t)i;
        refused += tell(w, 0, 0, &f) == IR_EBUSY ? 1 : 0;
        if (i % 20 == 0)
            net_run(w, 1);
    }
    assert_true(refused > 18000);
    assert_true(still_served(w));
    net_free(w);
}

/* Entries with wrong signatures, 200 at a time, 50 times a second. */
static void
bad_signatures_are_checked_two_hundred_times_then_few(void **state)
{
    struct net *w = beset(3);
    struct ir_frame f = {.type = IR_FRAME_ENTRIES, .count = 200};
    struct ir_buf items = {0};
    uint32_t i;

    (void)state;
    for (i = 0; i < 200; i++) {
        struct ir_buf b = {0};
        uint8_t id[32] = {(uint8_t)i, 77};

        entry_make(id, (uint64_t)i << 16, IR_KIND_NOTE, 50, &b);
        b.p[b.len - 40] ^= 1;
        ir_cbor_put_bytes(&items, b.p, b.len);
        ir_buf_done(&b);
    }
    f.p = items.p;
    f.n = items.len;
    for (i = 0; i < 1000; i++) { /* twenty seconds */
        (void)tell(w, 0, 0, &f);
        net_run(w, 20);
    }
    assert_int_equal(w->node[0].n, 0);
    assert_true(w->node[0].puts >= 200 && w->node[0].puts <= 1600);
    assert_true(still_served(w));
    ir_buf_done(&items);
    net_free(w);
}

/* Random ids claimed in a list: wanted a few times, then never more. */
static void
ids_that_nobody_has_are_wanted_within_bounds(void **state)
{
    struct net *w = beset(4);
    struct ir_sync_state st;
    struct ir_ids have = {0};
    size_t most = 0;
    int i, k;

    (void)state;
    for (i = 0; i < 200; i++) {
        struct ir_frame f = {.type = IR_FRAME_BEACON, .node = {3}};
        struct ir_idset *lie = ir_idset_new();
        struct ir_buf b = {0}, out = {0};
        uint32_t link;

        f.r.count = 100000 + (uint64_t)i;
        (void)tell(w, 0, 0, &f);
        net_run(w, 40);
        for (k = 0; k < 1000; k++) {
            uint8_t id[32];

            home_random(&w->node[2], id, 32);
            (void)ir_idset_add(lie, (uint64_t)k << 30, id);
        }
        /* answer whatever it asks with a set of lies */
        while (ir_sync_out(w->node[0].s, &link, &b)) {
            struct ir_cbor c = {b.p, b.p + b.len};

            while (link == 0 && ir_frame_next(&c, &f, NULL) == IR_OK) {
                if (f.side != IR_SIDE_ASKS ||
                    (f.type != IR_FRAME_TAIL && f.type != IR_FRAME_RECONCILE))
                    continue;
                f.side = IR_SIDE_ANSWERS;
                if (f.type == IR_FRAME_TAIL) {
                    f.r.count = 100000;
                } else if (ir_neg_answer(lie, f.salt, 60000, f.p, f.n, &out,
                                         NULL) == IR_OK) {
                    f.p = out.p;
                    f.n = out.len;
                }
                (void)tell(w, 0, 0, &f);
                out.len = 0;
            }
            b.len = 0;
        }
        net_run(w, 300);
        assert_true(ir_sync_state(w->node[0].s, 0, &st));
        most = st.wanted > most ? st.wanted : most;
        ir_idset_free(lie);
        ir_buf_done(&b);
        ir_buf_done(&out);
    }
    assert_true(most <= 16384);
    assert_true(still_served(w));
    net_run(w, 120000);
    assert_true(ir_sync_state(w->node[0].s, 0, &st));
    assert_int_equal(st.wanted, 0); /* given up */
    ir_ids_done(&have);
    net_free(w);
}

/* 500 at a time, over and over, of a node that has 9,000. */
static void
wanting_everything_over_and_over_fills_a_bounded_queue(void **state)
{
    struct net *w = beset(5);
    struct ir_frame f = {.type = IR_FRAME_WANT, .count = 500};
    struct ir_sync_state st;
    uint8_t ids[500 * 32];
    uint32_t k;
    int i;

    (void)state;
    for (k = 0; k < 9000; k++)
        node_has(w, 0, k, IR_KIND_NOTE, false);
    f.p = ids;
    f.n = sizeof ids;
    for (i = 0; i < 100; i++) {
        for (k = 0; k < 500; k++)
            memcpy(ids + (size_t)32 * k, w->node[0].v[net_rand(w, 9000)].id,
                   32);
        (void)tell(w, 0, 0, &f);
    }
    assert_true(ir_sync_state(w->node[0].s, 0, &st));
    assert_true(st.queued <= 4096);
    assert_true(still_served(w));
    net_free(w);
}

static void
busy_holds_back_the_work_but_no_alert_and_not_for_an_hour(void **state)
{
    struct net *w = net_new(2, 6);
    struct ir_frame f = {.type = IR_FRAME_BUSY, .retry_ms = 10000};

    (void)state;
    net_link(w, 0, 1, WIDE, 5);
    net_run(w, 1000);
    assert_int_equal(tell(w, 0, 0, &f), IR_OK);
    node_has(w, 0, 1, IR_KIND_NOTE, true);
    node_has(w, 0, 2, IR_KIND_ALERT, true);
    node_has(w, 0, 3, IR_KIND_REVOKE, true);
    net_run(w, 100);
    assert_int_equal(w->node[1].n, 2);
    net_run(w, 12000);
    assert_int_equal(w->node[1].n, 3);
    f.retry_ms = 3600000;
    assert_int_equal(tell(w, 0, 0, &f), IR_OK); /* not believed */
    node_has(w, 0, 4, IR_KIND_NOTE, true);
    net_run(w, 100);
    assert_int_equal(w->node[1].n, 4);
    net_free(w);
}

/* Two sets of other ids with one sum: beacons agree, and the next
 * reconciliation under a fresh salt finds it. */
static void
ground_ids_hide_behind_beacons_until_the_next_salt(void **state)
{
    struct net *w = net_new(2, 7);
    uint8_t a[32] = {10}, b[32] = {20}, c[32] = {13}, d[32] = {17};

    (void)state;
    node_has_id(w, 0, a, 5 << 16, IR_KIND_NOTE, 10, false);
    node_has_id(w, 0, b, 6 << 16, IR_KIND_NOTE, 10, false);
    node_has_id(w, 1, c, 7 << 16, IR_KIND_NOTE, 10, false);
    node_has_id(w, 1, d, 8 << 16, IR_KIND_NOTE, 10, false);
    net_link(w, 0, 1, WIDE, 5);
    net_run(w, 240000);
    assert_int_equal(w->node[0].n, 2);
    net_run(w, 700000); /* within a quarter of an hour */
    assert_true(net_all(w, 4));
    net_free(w);
}

/* Beacons in another's name, on a link that says who is there; our own, come
 * back; and an answer to nothing. */
static void
words_of_another_in_the_wrong_place_change_nothing(void **state)
{
    struct net *w = beset(8);
    struct ir_frame f = {.type = IR_FRAME_BEACON};
    struct ir_sync_state st;

    (void)state;
    memcpy(f.node, w->node[1].name, 8);
    f.r.count = 7;
    assert_int_equal(tell(w, 0, 0, &f), IR_OK);
    memcpy(f.node, w->node[0].name, 8);
    assert_int_equal(tell(w, 0, 0, &f), IR_OK);
    assert_true(ir_sync_state(w->node[0].s, 0, &st));
    assert_true(st.heard_ms == -1 && !st.asking);
    f = (struct ir_frame){.type = IR_FRAME_TAIL, .side = IR_SIDE_ANSWERS};
    f.r.count = 1000;
    assert_int_equal(tell(w, 0, 0, &f), IR_OK);
    f = (struct ir_frame){.type = IR_FRAME_RECONCILE};
    f.side = IR_SIDE_ANSWERS;
    f.p = (const uint8_t *)"a";
    f.n = 1;
    assert_int_equal(tell(w, 0, 0, &f), IR_OK);
    f = (struct ir_frame){.type = IR_FRAME_OBJECT, .total = 5, .n = 1};
    f.p = (const uint8_t *)"a";
    assert_int_equal(tell(w, 0, 0, &f), IR_OK);
    assert_int_equal(ir_sync_in(w->node[0].s, 99, "", 0, w->now, NULL),
                     IR_ENOTFOUND);
    assert_true(still_served(w));
    net_free(w);
}

/* A neighbour whose set never becomes ours, whatever we send. */
static void
who_never_becomes_equal_is_asked_once_a_minute(void **state)
{
    struct net *w = beset(9);
    uint64_t before;
    uint32_t k;
    int i;

    (void)state;
    for (k = 0; k < 200; k++)
        node_has(w, 0, k, IR_KIND_NOTE, false);
    net_run(w, 60000);
    before = w->edge[0].bytes;
    for (i = 0; i < 3600; i++) { /* an hour */
        struct ir_frame f = {.type = IR_FRAME_BEACON, .node = {3}};

        f.r.count = 10;
        (void)tell(w, 0, 0, &f);
        net_run(w, 1000);
    }
    assert_true(w->edge[0].bytes - before < 400000);
    assert_true(still_served(w));
    net_free(w);
}

/* Five who always claim to hold more and never answer; one honest link. */
static void
liars_who_never_answer_do_not_keep_an_honest_link_waiting(void **state)
{
    struct net *w = net_new(7, 11);
    uint32_t k;
    int i, r;

    (void)state;
    for (k = 0; k < 3000; k++)
        node_has(w, 6, k, IR_KIND_NOTE, false);
    for (i = 1; i < 6; i++)
        net_link(w, 0, i, WIDE, 5)->cut = true;
    net_run(w, 1000);
    for (r = 0; r < 300; r++) {
        for (i = 1; i < 6; i++) {
            struct ir_frame f = {.type = IR_FRAME_BEACON};

            memcpy(f.node, w->node[i].name, 8);
            f.r.count = 100000 + (uint64_t)r;
            (void)tell(w, 0, (uint32_t)i - 1, &f);
        }
        if (r == 20)
            net_link(w, 0, 6, WIDE, 5);
        net_run(w, 100);
    }
    assert_int_equal(w->node[0].n, 3000);
    net_free(w);
}

static void
an_object_that_is_not_what_was_asked_for_is_not_kept(void **state)
{
    struct net *w = beset(10);
    struct ir_frame f = {.type = IR_FRAME_OBJECT, .total = 4, .n = 4};
    int i;

    (void)state;
    ir_sha256("good", 4, w->node[0].digest);
    w->node[0].wants_object = true;
    f.p = (const uint8_t *)"evil";
    memcpy(f.digest, w->node[0].digest, 32);
    for (i = 0; i < 50; i++) {
        (void)tell(w, 0, 0, &f);
        net_run(w, 100);
    }
    assert_false(w->node[0].has_object);
    w->node[1].object = ir_malloc(4);
    memcpy(w->node[1].object, "good", 4);
    memcpy(w->node[1].digest, w->node[0].digest, 32);
    w->node[1].object_n = 4;
    w->node[1].has_object = true;
    net_run(w, 60000);
    assert_true(w->node[0].has_object);
    net_free(w);
}

/* A neighbour is always quicker than the one who has it, and wrong. */
static void
pieces_of_who_was_not_asked_or_was_wrong_do_not_count(void **state)
{
    struct net *w = beset(13);
    struct ir_frame f = {.type = IR_FRAME_OBJECT, .total = 4, .n = 4};
    struct node *has = &w->node[1];
    int i;

    (void)state;
    has->object = ir_malloc(4);
    memcpy(has->object, "good", 4);
    has->object_n = 4;
    has->has_object = true;
    ir_sha256("good", 4, has->digest);
    memcpy(w->node[0].digest, has->digest, 32);
    f.p = (const uint8_t *)"evil";
    memcpy(f.digest, has->digest, 32);
    w->node[0].wants_object = true;
    for (i = 0; i < 400; i++) { /* messages: within what one may say */
        (void)tell(w, 0, 0, &f);
        net_run(w, 4);
    }
    net_run(w, 60000 - 1600); /* it looks once a minute */
    for (i = 0; i < 2000 && !w->node[0].has_object; i++) {
        (void)tell(w, 0, 0, &f);
        net_run(w, 4);
    }
    assert_true(w->node[0].has_object);
    net_free(w);
}

/* Kept here and not offered (its author was revoked), and the other side does
 * not know: then the two never say the same. */
static void
what_is_kept_and_not_offered_is_fetched_a_few_times_a_minute(void **state)
{
    struct net *w = net_new(2, 1);
    uint32_t k;

    (void)state;
    for (k = 0; k < 100; k++) {
        node_has(w, 0, k, IR_KIND_NOTE, false);
        node_has(w, 1, k, IR_KIND_NOTE, false);
        ir_sync_drop(w->node[1].s, w->node[1].v[k].id, w->node[1].v[k].hlc,
                     w->node[1].v[k].lane);
    }
    net_link(w, 0, 1, WIDE, 5);
    net_run(w, 600000);
    assert_true(w->node[1].puts <= 4000); /* four times a minute */
    assert_true(w->edge[0].bytes < 1100000);
    net_free(w);
}

/* --- neighbours ------------------------------------------------------------
 */

#define DEVICES 120

static bool
chosen(const uint8_t (*v)[8], size_t n, const uint8_t id[8])
{
    size_t i;

    for (i = 0; i < n; i++)
        if (memcmp(v[i], id, 8) == 0)
            return true;
    return false;
}

/* Everybody computes the same choice; it is mutual; all hang together. */
static void
neighbours_are_mutual_and_all_hang_together(void **state)
{
    static uint8_t ids[DEVICES][8], out[DEVICES][IR_SYNC_NEIGHBOURS][8];
    size_t got[DEVICES], n, i, k, j;

    (void)state;
    for (i = 0; i < DEVICES; i++)
        for (k = 0; k < 8; k++)
            ids[i][k] = (uint8_t)(i * 31 + k * 7 + (k == 0 ? i : 0));
    for (n = 1; n <= DEVICES; n += n < 12 ? 1 : 17) {
        bool seen[DEVICES] = {true};
        size_t reached = 1, before = 0;

        for (i = 0; i < n; i++) {
            got[i] = ir_sync_neighbours((const uint8_t(*)[8])ids, n, NULL,
                                        ids[i], out[i], IR_SYNC_NEIGHBOURS);
            ROW(n, got[i] <= IR_SYNC_NEIGHBOURS);
            ROW(n, n > 7 || got[i] == n - 1);
            ROW(n, n < 8 || got[i] >= 2);
            ROW(n, !chosen((const uint8_t(*)[8])out[i], got[i], ids[i]));
        }
        for (i = 0; i < n; i++)
            for (k = 0; k < n; k++)
                ROW(n, chosen((const uint8_t(*)[8])out[i], got[i], ids[k]) ==
                           chosen((const uint8_t(*)[8])out[k], got[k], ids[i]));
        while (reached != before) {
            before = reached;
            for (i = 0; i < n; i++)
                for (k = 0; k < n && seen[i]; k++)
                    if (!seen[k] &&
                        chosen((const uint8_t(*)[8])out[i], got[i], ids[k])) {
                        seen[k] = true;
                        reached++;
                    }
        }
        ROW(n, reached == n);
    }
    for (j = 0; j < 20; j++) { /* the order they are told in is nothing */
        uint8_t other[DEVICES][8], again[IR_SYNC_NEIGHBOURS][8];

        for (i = 0; i < DEVICES; i++)
            memcpy(other[i], ids[(i * 7 + j) % DEVICES], 8);
        n = ir_sync_neighbours((const uint8_t(*)[8])ids, DEVICES, NULL, ids[5],
                               out[0], IR_SYNC_NEIGHBOURS);
        assert_int_equal(ir_sync_neighbours((const uint8_t(*)[8])other, DEVICES,
                                            NULL, ids[5], again,
                                            IR_SYNC_NEIGHBOURS),
                         n);
        assert_memory_equal(out[0], again, n * 8);
    }
}

static void
who_is_unreachable_is_passed_over(void **state)
{
    uint8_t ids[40][8] = {{0}}, out[IR_SYNC_NEIGHBOURS][8],
            next[IR_SYNC_NEIGHBOURS][8];
    bool gone[40] = {false};
    size_t i, k, n;

    (void)state;
    for (i = 0; i < 40; i++)
        ids[i][3] = (uint8_t)(i + 1);
    n = ir_sync_neighbours((const uint8_t(*)[8])ids, 40, NULL, ids[0], out,
                           IR_SYNC_NEIGHBOURS);
    for (i = 0; i < 40; i++)
        gone[i] = chosen((const uint8_t(*)[8])out, n, ids[i]);
    k = ir_sync_neighbours((const uint8_t(*)[8])ids, 40, gone, ids[0], next,
                           IR_SYNC_NEIGHBOURS);
    assert_true(k >= 4);
    for (i = 0; i < k; i++)
        assert_false(chosen((const uint8_t(*)[8])out, n, next[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_refused_and_others_are_served),
        cmocka_unit_test(
            a_flood_of_transmissions_is_cut_at_a_rate_and_others_are_served),
        cmocka_unit_test(bad_signatures_are_checked_two_hundred_times_then_few),
        cmocka_unit_test(ids_that_nobody_has_are_wanted_within_bounds),
        cmocka_unit_test(
            wanting_everything_over_and_over_fills_a_bounded_queue),
        cmocka_unit_test(
            busy_holds_back_the_work_but_no_alert_and_not_for_an_hour),
        cmocka_unit_test(ground_ids_hide_behind_beacons_until_the_next_salt),
        cmocka_unit_test(words_of_another_in_the_wrong_place_change_nothing),
        cmocka_unit_test(who_never_becomes_equal_is_asked_once_a_minute),
        cmocka_unit_test(
            liars_who_never_answer_do_not_keep_an_honest_link_waiting),
        cmocka_unit_test(an_object_that_is_not_what_was_asked_for_is_not_kept),
        cmocka_unit_test(pieces_of_who_was_not_asked_or_was_wrong_do_not_count),
        cmocka_unit_test(
            what_is_kept_and_not_offered_is_fetched_a_few_times_a_minute),
        cmocka_unit_test(neighbours_are_mutual_and_all_hang_together),
        cmocka_unit_test(who_is_unreachable_is_passed_over),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
