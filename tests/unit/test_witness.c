/* test_witness.c: what a device signs after it has met others: that alerts are
 * stored, and what it has seen; once, and no more than is of use.
 */
#include "cmd/witness.h"
#include "core/witness.h"
#include "ingest_make.h"

static struct ir_witness_head
head(int lane, int chain, int author, uint64_t seq)
{
    struct ir_witness_head h = {.lane = lane, .seq = seq};

    h.chain[0] = (uint8_t)chain;
    h.author[0] = (uint8_t)author;
    h.id[0] = (uint8_t)lane;
    h.id[1] = (uint8_t)chain;
    h.id[2] = (uint8_t)author;
    h.id[3] = (uint8_t)seq;
    return h;
}

static struct ir_witness_said
said(int device, struct ir_witness_head h)
{
    struct ir_witness_said s = {.head = h};

    s.device[0] = (uint8_t)device;
    s.member = (size_t)device;
    return s;
}

/* The newest of each chain; of lane F each; not what enough others have. */
static void
picks(void **state)
{
    static const uint8_t self[8] = {9};
    struct ir_witness_head v[] = {
        head(IR_LANE_I, 1, 1, 3), head(IR_LANE_I, 1, 1, 7),
        head(IR_LANE_I, 1, 2, 5), head(IR_LANE_I, 2, 1, 4),
        head(IR_LANE_F, 0, 1, 8), head(IR_LANE_F, 0, 1, 9),
        head(IR_LANE_F, 0, 2, 6)};
    struct ir_witness_said s[] = {
        said(9, head(IR_LANE_I, 2, 1, 4)), /* ours */
        said(1, head(IR_LANE_I, 1, 2, 6)), /* a later one covers it */
        said(2, head(IR_LANE_I, 1, 2, 5)), said(3, head(IR_LANE_I, 1, 2, 9)),
        said(1, head(IR_LANE_I, 1, 1, 6)), /* earlier ones do not */
        said(2, head(IR_LANE_I, 1, 1, 6)), said(3, head(IR_LANE_I, 1, 1, 6)),
        said(1, head(IR_LANE_F, 0, 1, 9)), /* of lane F that one only */
        said(2, head(IR_LANE_F, 0, 1, 9)), said(3, head(IR_LANE_F, 0, 1, 9)),
        said(1, head(IR_LANE_F, 0, 2, 6)), /* twice the same device */
        said(1, head(IR_LANE_F, 0, 2, 6)), said(2, head(IR_LANE_F, 0, 2, 6)),
    };
    struct ir_witness_head want[] = {head(IR_LANE_F, 0, 1, 8),
                                     head(IR_LANE_F, 0, 2, 6),
                                     head(IR_LANE_I, 1, 1, 7)};
    size_t i;

    (void)state;
    assert_int_equal(ir_witness_pick(v, sizeof v / sizeof v[0], s,
                                     sizeof s / sizeof s[0], self),
                     3);
    for (i = 0; i < 3; i++)
        assert_memory_equal(v[i].id, want[i].id, 32);
    assert_int_equal(ir_witness_pick(v, 0, NULL, 0, self), 0);
}

/* Every device has a turn of its own, the same to all, and not always first. */
static void
takes_turns(void **state)
{
    uint8_t ids[20][8] = {{0}};
    size_t first[2] = {0, 0}, hour, i;

    (void)state;
    for (i = 0; i < 20; i++)
        ids[i][0] = (uint8_t)(i + 1);
    for (hour = 0; hour < 2; hour++) {
        uint32_t seen = 0;

        for (i = 0; i < 20; i++) {
            uint8_t others[19][8];
            size_t k, n = 0, turn;

            for (k = 0; k < 20; k++)
                if (k != i)
                    memcpy(others[n++], ids[k], 8);
            turn = ir_witness_turn(500000 + hour, ids[i],
                                   (const uint8_t(*)[8])others, n);
            seen |= 1u << turn;
            if (turn == 0)
                first[hour] = i;
        }
        assert_int_equal(seen, (1u << 20) - 1);
    }
    assert_int_not_equal(first[0], first[1]);
    assert_int_equal(ir_witness_turn(0, ids[0], NULL, 0), 0);
}

/* One member with many devices keeps nobody from witnessing. */
static void
one_member_is_not_enough(void **state)
{
    static const uint8_t self[8] = {99};
    struct ir_witness_head v = head(IR_LANE_I, 1, 1, 7);
    struct ir_witness_said s[10];
    size_t i;

    (void)state;
    for (i = 0; i < 10; i++) {
        s[i] = said((int)i + 1, v);
        s[i].member = 5;
    }
    assert_int_equal(ir_witness_pick(&v, 1, s, 8, self), 1);
    assert_int_equal(ir_witness_pick(&v, 1, s, 9, self), 0);
    for (i = 0; i < 3; i++)
        s[i] = said((int)i + 1, v);
    assert_int_equal(ir_witness_pick(&v, 1, s, 3, self), 0);
}

static struct ir_key *
add_device(struct home *h, const struct ir_key *custodian)
{
    struct ir_draft d = {.kind = IR_KIND_DEVICE};
    struct ir_key *k = ir_key_new();
    uint8_t id[32], key[8];
    const struct ir_cert_key *c;

    fold_trust(h);
    ir_key_id(custodian->pub, key);
    c = ir_trust_key(&h->trust, key);
    assert_non_null(c);
    ir_bodyw_bytes(&d.body, 1, h->trust.members[c->member].id, 8);
    ir_bodyw_bytes(&d.body, 3, k->pub, 32);
    ir_bodyw_bytes(&d.body, 4, k->pub, 32);
    assert_int_equal(append(h, &d, id, NULL), IR_OK);
    ir_trust_done(&h->trust);
    return k;
}

static void
declare(struct home *h, uint8_t id[32])
{
    struct ir_draft d = {.kind = IR_KIND_INCIDENT};

    ir_bodyw_uint(&d.body, 1, 1);
    ir_bodyw_text(&d.body, 2, "sys");
    assert_int_equal(append(h, &d, id, NULL), IR_OK);
}

static void
note_in(struct home *h, const uint8_t *incident)
{
    struct ir_draft d = {.kind = IR_KIND_NOTE, .has_incident = true};
    uint8_t id[32];

    memcpy(d.incident, incident, 8);
    h->now_ms += 1000;
    ir_bodyw_text(&d.body, 1, "seen");
    assert_int_equal(append(h, &d, id, NULL), IR_OK);
}

static void
alert(struct home *h, const uint8_t *incident, uint8_t status, uint8_t id[32])
{
    struct ir_draft d = {.kind = IR_KIND_ALERT, .status = status};

    d.has_incident = incident != NULL;
    if (incident != NULL)
        memcpy(d.incident, incident, 8);
    ir_bodyw_text(&d.body, 1, "come");
    ir_bodyw_uint(&d.body, 2, 2);
    assert_int_equal(append(h, &d, id, NULL), IR_OK);
}

/* Everything of `from` goes to `to`. */
static void
send_all(struct home *from, struct home *to)
{
    struct wire *w = wire_of(from);
    struct ir_ingest *g = begin(to);

    batch(g, w->v, w->n);
    ir_ingest_free(g);
    wire_free(w);
    ir_trust_done(&to->trust);
    fold_trust(to);
}

static size_t
write_both(struct home *h, const struct ir_key *node, size_t *heads)
{
    struct ir_now now = {.wall_ms = h->now_ms + 5000};
    struct ir_err err = {0};
    size_t receipts = 0;

    if (ir_alert_receipts(h->st, &h->trust, node, &now, &receipts, &err) !=
            IR_OK ||
        ir_witness_write(h->st, &h->trust, node, &now, heads, &err) != IR_OK)
        fail_msg("%s", err.msg);
    return receipts;
}

/* What somebody wrote is witnessed by others although all their own devices say
 * that they hold it.
 */
static void
ones_own_devices(void **state)
{
    struct home a, b;
    struct ir_key *mori, *node, *own[10], *admin;
    uint8_t incident[32], id[32];
    size_t i, heads = 0;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    node = add_device(&a, mori);
    for (i = 0; i < 10; i++)
        own[i] = add_device(&a, a.key);
    declare(&a, incident);
    admin = sign_with(&a, own[0]);
    for (i = 0; i < 10; i++) {
        struct ir_draft d = {.kind = IR_KIND_WITNESS};

        (void)sign_with(&a, own[i]);
        ir_bodyw_hashes(&d.body, 1, (const uint8_t(*)[32])incident, 1);
        assert_int_equal(append(&a, &d, id, NULL), IR_OK);
    }
    (void)sign_with(&a, admin);
    empty_home(&b, &a);
    memset(&b.trust, 0, sizeof b.trust);
    send_all(&a, &b);
    (void)write_both(&b, node, &heads);
    assert_int_equal(heads, 1);
    ir_trust_done(&b.trust);
    for (i = 0; i < 10; i++)
        ir_key_free(own[i]);
    ir_key_free(node);
    ir_key_free(mori);
    remove_home(&a);
    remove_home(&b);
}

static void
ids_of(struct home *h, uint64_t kind, const uint8_t *incident, size_t want)
{
    struct ir_log log = {0};
    struct ir_body_item it;
    size_t i, k, n = 0;

    assert_int_equal(ir_store_load_kind(h->st, incident, kind, &log, NULL),
                     IR_OK);
    for (i = 0; i < log.n; i++) {
        k = 0;
        while (ir_body_each(&log.e[i], 1, &k, &it))
            n++;
    }
    assert_int_equal(n, want);
    ir_log_done(&log);
}

/* What `ir verify` counts. */
static void
others_have(struct home *h, int64_t witnessed, int64_t unwitnessed)
{
    struct ir_check k;
    struct ir_err err = {0};

    if (ir_store_check(h->st, &h->trust, false, 1, NULL, NULL, &k, &err) !=
        IR_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(k.bad_n, 0);
    assert_int_equal(k.witnessed, witnessed);
    assert_int_equal(k.unwitnessed, unwitnessed);
    ir_check_done(&k);
}

static void
stored_and_seen(void **state)
{
    struct home a, b;
    struct ir_key *mori, *node, *first;
    uint8_t inc[32], id[32];
    size_t heads = 0;

    (void)state;
    setup_home(&a);
    mori = add_member(&a, "mori");
    node = add_device(&a, mori);
    first = add_device(&a, a.key);
    empty_home(&b, &a);
    declare(&a, inc);
    alert(&a, inc, 0, id);
    alert(&a, inc, 0, id);
    alert(&a, inc, IR_EXERCISE, id);
    alert(&a, NULL, 0, id);
    note_in(&a, inc);
    send_all(&a, &b);
    /* what was written here is nobody's to witness */
    fold_trust(&a);
    assert_int_equal(write_both(&a, first, &heads), 0);
    assert_int_equal(heads, 0);
    assert_int_equal(write_both(&b, node, &heads), 3);
    assert_int_equal(heads, 1 + 4); /* the note; four of lane F */
    ids_of(&b, IR_KIND_RECEIPT, inc, 3);
    ids_of(&b, IR_KIND_RECEIPT, NULL, 1);
    ids_of(&b, IR_KIND_WITNESS, NULL, 5);
    /* once, also where what was looked at is forgotten */
    assert_int_equal(write_both(&b, node, &heads), 0);
    assert_int_equal(heads, 0);
    assert_int_equal(ir_store_setting_put(b.st, "receipt_upto", "0", NULL),
                     IR_OK);
    assert_int_equal(ir_store_setting_put(b.st, "witness_upto", "0", NULL),
                     IR_OK);
    assert_int_equal(write_both(&b, node, &heads), 0);
    assert_int_equal(heads, 0);
    /* what devices sign is not witnessed back */
    send_all(&b, &a);
    assert_int_equal(write_both(&a, first, &heads), 0);
    assert_int_equal(heads, 0);
    /* it counts for whom another member answers, not for their own */
    others_have(&a, 2, 0);
    others_have(&b, 2, 0);
    assert_int_equal(ir_store_setting_put(b.st, "witness_upto", "0", NULL),
                     IR_OK);
    /* one more entry: one more head */
    note_in(&a, inc);
    note_in(&a, inc);
    send_all(&a, &b);
    assert_int_equal(write_both(&b, first, &heads), 0);
    assert_int_equal(heads, 5);
    others_have(&b, 2, 2);
    assert_int_equal(write_both(&b, node, &heads), 0);
    assert_int_equal(heads, 0);
    assert_int_equal(ir_store_setting_put(b.st, "witness_upto", "0", NULL),
                     IR_OK);
    assert_int_equal(write_both(&b, node, &heads), 0);
    assert_int_equal(heads, 1);
    others_have(&b, 4, 0);
    ir_key_free(mori);
    ir_key_free(node);
    ir_key_free(first);
    remove_home(&b);
    remove_home(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picks),
        cmocka_unit_test(takes_turns),
        cmocka_unit_test(one_member_is_not_enough),
        cmocka_unit_test(ones_own_devices),
        cmocka_unit_test(stored_and_seen),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
