/* test_ingest_trust.c: entries by revoked keys, withheld and erased ones,
 * stubs, in whatever order they come; what is given out of them.
 */
#include "ingest_make.h"

struct offered {
    uint8_t id[32];
    bool seen;
    int n;
};

static bool
look_for(const uint8_t id[32], uint64_t hlc, int lane, void *arg)
{
    struct offered *o = arg;

    (void)hlc;
    (void)lane;
    o->n++;
    o->seen = o->seen || memcmp(id, o->id, 32) == 0;
    return true;
}

struct counted {
    int offered, dropped;
};

static void
count_one(const uint8_t id[32], uint64_t hlc, int lane, bool offered, void *arg)
{
    struct counted *n = arg;

    (void)id;
    (void)hlc;
    (void)lane;
    n->offered += offered ? 1 : 0;
    n->dropped += offered ? 0 : 1;
}

/* Only what is by keys that stand otherwise than before is looked at anew. */
static void
test_changed(void **state)
{
    struct home a;
    struct ir_stand *s = NULL;
    struct ir_offer_was *was = NULL;
    struct ir_key *mori, *admin;
    struct counted n = {0};
    uint8_t good[1][32], late[32];
    int i;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    for (i = 0; i < 20; i++)
        note(&a, "by the admin", late);
    admin = sign_with(&a, mori);
    note(&a, "before", good[0]);
    note(&a, "after", late);
    assert_int_equal(ir_stand_new(a.st, &s, NULL), IR_OK);
    assert_int_equal(ir_offer_changed(a.st, s, &was, count_one, &n, NULL),
                     IR_OK);
    assert_true(n.offered >= 22);
    assert_int_equal(n.dropped, 0);
    memset(&n, 0, sizeof n);
    assert_int_equal(ir_offer_changed(a.st, s, &was, count_one, &n, NULL),
                     IR_OK);
    assert_int_equal(n.offered + n.dropped, 0);
    (void)sign_with(&a, admin);
    revoke_key(&a, mori, (const uint8_t(*)[32])good, 1);
    assert_int_equal(ir_stand_refresh(s, NULL), IR_OK);
    assert_int_equal(ir_offer_changed(a.st, s, &was, count_one, &n, NULL),
                     IR_OK);
    assert_int_equal(n.offered, 1);
    assert_int_equal(n.dropped, 1);
    ir_offer_was_free(was);
    ir_stand_free(s);
    ir_key_free(mori);
    remove_home(&a);
}

/* Into an empty home: one by one, the other way round, or all at once. */
static void
take_some_way(struct home *a, struct wire *w, int way, const uint8_t good[32],
              const uint8_t late[32], const uint8_t back[32])
{
    struct home b;
    struct ir_ingest *g;
    struct offered o = {0};
    size_t i, round;

    empty_home(&b, a);
    g = begin(&b);
    if (way > 0)
        reverse(w);
    if (way == 2)
        batch(g, w->v, w->n);
    for (round = 0; round < 6 && way < 2; round++)
        for (i = 0; i < w->n; i++) /* one by one, and again */
            if (round == 0 || IR_ARRIVED_IS_LATER(w->v[i].what))
                batch(g, &w->v[i], 1);
    for (i = 0; i < w->n; i++) {
        bool bad = memcmp(w->v[i].id, late, 32) == 0 ||
                   memcmp(w->v[i].id, back, 32) == 0;

        if (w->v[i].what != (bad ? IR_ARRIVED_REVOKED : IR_ARRIVED_NEW))
            fail_msg("way %d: entry %zu is %d", way, i, (int)w->v[i].what);
    }
    memcpy(o.id, good, 32);
    assert_int_equal(
        ir_offer_each(b.st, ir_ingest_stand(g), true, look_for, &o, NULL),
        IR_OK);
    assert_true(o.seen);
    assert_int_equal(o.n, (int)w->n - 2);
    ir_ingest_free(g);
    remove_home(&b);
}

/* A stolen key: what it signed before stays, whether it comes oldest or newest
 * first; what it signs after does not, not even with a low number. */
static void
test_revoked(void **state)
{
    struct home a;
    struct wire *w;
    struct ir_key *mori, *admin;
    uint8_t good[3][32], late[32], back[32];
    int way;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    admin = sign_with(&a, mori);
    note(&a, "one", good[0]);
    note(&a, "two", good[1]);
    note(&a, "three", good[2]);
    (void)sign_with(&a, admin);
    revoke_key(&a, mori, (const uint8_t(*)[32])good + 2, 1);
    (void)sign_with(&a, mori);
    note(&a, "after the theft", late);
    w = wire_of(&a);
    { /* the thief's second beginning: seq 1, no prev, an hour ago */
        struct home thief;

        empty_home(&thief, &a);
        (void)sign_with(&thief, mori);
        thief.who.sign = sign;
        thief.now_ms = 1800000000000 - 3600000;
        note(&thief, "back-dated", back);
        assert_int_equal(ir_store_each(thief.st, keep, w, NULL), IR_OK);
        w->v[w->n - 1].p = w->b[w->n - 1].p;
        w->v[w->n - 1].n = w->b[w->n - 1].len;
        remove_home(&thief);
    }
    for (way = 0; way < 3; way++)
        take_some_way(&a, w, way, good[0], late, back);
    { /* where it had been stored before: no longer offered */
        struct ir_stand *s = NULL;
        struct offered o = {0};

        memcpy(o.id, late, 32);
        assert_int_equal(ir_stand_new(a.st, &s, NULL), IR_OK);
        assert_int_equal(ir_offer_each(a.st, s, false, look_for, &o, NULL),
                         IR_OK);
        assert_true(o.seen);
        assert_int_equal(o.n, 1);
        ir_stand_free(s);
    }
    wire_free(w);
    (void)sign_with(&a, admin);
    ir_key_free(mori);
    remove_home(&a);
}

static bool
of_revoked(const struct ir_refusals *r, void *arg)
{
    int64_t *n = arg;

    *n += r->what == IR_ARRIVED_REVOKED ? r->count : 0;
    return true;
}

/* What a revoked key signed is refused and remembered: counted once however
 * often it comes, and who refers to it lacks nothing. A forged one is not.
 */
static void
test_refused_once(void **state)
{
    struct home a, b;
    struct wire *w;
    struct ir_key *mori, *admin;
    struct ir_draft d = {.kind = IR_KIND_NOTE, .refs_n = 2};
    struct ir_draft say = {.kind = IR_KIND_APPROVAL, .refs_n = 1};
    struct ir_check k = {0};
    uint8_t good[1][32], late[2][32], id[32], lane_t[32];
    size_t i, round, at = 0;
    int64_t n = 0;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    admin = sign_with(&a, mori);
    note(&a, "before", good[0]);
    note(&a, "after the theft", late[0]);
    note(&a, "and more", late[1]);
    memcpy(say.refs[0], late[0], 32); /* in lane T: kept wherever it comes */
    ir_bodyw_uint(&say.body, 1, 1);
    ir_bodyw_bytes(&say.body, 2, late[0], 32);
    assert_int_equal(append(&a, &say, lane_t, NULL), IR_OK);
    (void)sign_with(&a, admin);
    memcpy(d.refs[0], late[0], 32);
    memcpy(d.refs[1], late[1], 32);
    ir_bodyw_text(&d.body, 1, "what does Mori mean?");
    assert_int_equal(append(&a, &d, id, NULL), IR_OK);
    revoke_key(&a, mori, (const uint8_t(*)[32])good, 1);
    w = wire_of(&a);
    empty_home(&b, &a);
    for (i = 0; i < w->n; i++)
        if (memcmp(w->id[i], late[0], 32) == 0)
            at = i;
    w->b[at].p[w->b[at].len - 1] ^= 1; /* of the signature */
    for (round = 0; round < 4; round++) {
        struct ir_ingest *g = begin(&b);

        batch(g, w->v, w->n);
        assert_int_equal(w->v[at].what, round == 0 ? IR_ARRIVED_SIGNATURE
                                                   : IR_ARRIVED_REVOKED);
        if (round == 1)
            batch(g, w->v, w->n);
        ir_ingest_free(g);
        if (round == 0) {
            fold_trust(&b);
            check(&b, &k); /* of `late` only the second is known */
            assert_int_equal(k.refused_n, 1);
            assert_int_equal(k.missing, 1);
            ir_check_done(&k);
            w->b[at].p[w->b[at].len - 1] ^= 1;
        }
    }
    assert_int_equal(ir_store_refusals(b.st, of_revoked, &n, NULL), IR_OK);
    assert_int_equal(n, 2);
    check(&b, &k);
    assert_int_equal(k.missing, 0);
    assert_int_equal(k.refused_n, 2);
    assert_true(k.refused[0].at_ms > 0);
    for (i = 0; i < k.authors_n; i++)
        assert_int_equal(k.authors[i].gaps, 0);
    assert_int_equal(k.bad_n, 0);
    assert_int_equal(k.dead_n, 1); /* the approval, which is here */
    assert_memory_equal(k.dead[0].id, lane_t, 32);
    ir_check_done(&k);
    wire_free(w);
    ir_key_free(mori);
    remove_home(&a);
    remove_home(&b);
}

static bool
is_stub(struct home *h, struct ir_ingest *g, const uint8_t id[32])
{
    struct ir_buf b = {0};
    struct ir_entry e;
    bool stub;

    assert_int_equal(ir_offer_get(h->st, ir_ingest_stand(g), id, &b, NULL),
                     IR_OK);
    assert_int_equal(ir_entry_parse(b.p, b.len, &e, NULL), IR_OK);
    stub = e.b == NULL;
    ir_buf_done(&b);
    return stub;
}

/* Withheld: kept, and given out as a stub. Erased: gone, also where the order
 * came first; and what is not to be withheld is not. */
static void
test_redacted(void **state)
{
    struct home a, b;
    struct wire *w;
    uint8_t held[32], gone[32], plain[32], by[32], kept[32];
    int way;

    (void)state;
    setup_home(&a);
    note(&a, "withheld", held);
    note(&a, "SECRET-erased", gone);
    note(&a, "plain", plain);
    redact(&a, held, 1, by);
    redact(&a, gone, 2, kept);
    redact(&a, by, 2, kept); /* a redact cannot be erased */
    w = wire_of(&a);
    for (way = 0; way < 3; way++) {
        struct ir_ingest *g;
        struct ir_log log = {0};
        struct ir_check k = {0};
        size_t i;

        empty_home(&b, &a);
        g = begin(&b);
        if (way > 0)
            reverse(w);
        if (way == 2)
            batch(g, w->v, w->n);
        for (i = 0; i < w->n * 5 && way < 2; i++)
            batch(g, &w->v[i % w->n], 1);
        assert_true(is_stub(&b, g, held));
        assert_true(is_stub(&b, g, gone));
        assert_false(is_stub(&b, g, plain));
        assert_false(is_stub(&b, g, by));
        assert_int_equal(ir_store_load_id(b.st, held, &log, NULL), IR_OK);
        assert_non_null(log.e[0].b);
        assert_int_equal(ir_store_load_id(b.st, gone, &log, NULL), IR_OK);
        assert_null(log.e[1].b);
        ir_log_done(&log);
        ir_ingest_free(g);
        fold_trust(&b);
        check(&b, &k);
        assert_int_equal(k.bad_n, 0);
        ir_check_done(&k);
        remove_home(&b);
    }
    wire_free(w);
    remove_home(&a);
}

/* A stub is taken, its text completes it, and a stub takes no text away. */
static void
test_stub(void **state)
{
    struct home a, b;
    struct ir_ingest *g;
    struct ir_log log = {0};
    struct ir_buf bytes = {0};
    struct ir_arrival v = {0};
    struct wire *w;
    uint8_t id[32];

    (void)state;
    setup_home(&a);
    note(&a, "text", id);
    w = wire_of(&a);
    assert_int_equal(ir_store_load_id(a.st, id, &log, NULL), IR_OK);
    log.e[0].b = NULL;
    ir_entry_encode(&log.e[0], &bytes);
    empty_home(&b, &a);
    g = begin(&b);
    batch(g, w->v, 2);
    v = (struct ir_arrival){.p = bytes.p, .n = bytes.len};
    batch(g, &v, 1);
    assert_int_equal(v.what, IR_ARRIVED_NEW);
    assert_true(is_stub(&b, g, id));
    batch(g, &w->v[2], 1);
    assert_int_equal(w->v[2].what, IR_ARRIVED_TEXT);
    assert_false(is_stub(&b, g, id));
    batch(g, &v, 1);
    assert_int_equal(v.what, IR_ARRIVED_HAD);
    assert_false(is_stub(&b, g, id));
    ir_ingest_free(g);
    ir_log_done(&log);
    ir_buf_done(&bytes);
    wire_free(w);
    remove_home(&a);
    remove_home(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_revoked),      cmocka_unit_test(test_changed),
        cmocka_unit_test(test_refused_once), cmocka_unit_test(test_redacted),
        cmocka_unit_test(test_stub),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
