/* test_frame.c: the messages between devices: which bytes are one, which are
 * refused, and that what is written is read again.
 */
#include "core/frame.h"
#include "vectors.h"

#define ID32 "0101010101010101010101010101010101010101010101010101010101010101"
#define SALT "50000102030405060708090a0b0c0d0e0f"
#define FP "50" ID16
#define ID16 "01010101010101010101010101010101"
#define NODE "480202020202020202"

/* A transmission each: what reading it to its end says, and how many messages
 * stood before that. */
static const struct {
    const char *hex;
    int rc;
    int messages;
    const char *what;
} cases[] = {
    {"", IR_ENOTFOUND, 0, "nothing"},
    {"8701" NODE "02" FP "03" FP "191e3c", IR_ENOTFOUND, 1, "beacon"},
    {"8701" NODE "02" FP "03" FP "1a00010000", IR_ELIMIT, 0, "port 65536"},
    {"8601" NODE "02" FP "03" FP, IR_EPARSE, 0, "beacon without a port"},
    {"8801" NODE "02" FP "03" FP "0063616263", IR_ENOTFOUND, 1,
     "beacon with more"},
    {"8701470202020202020202" FP "03" FP "00", IR_EPARSE, 0, "node of 7"},
    {"8701" NODE "20" FP "03" FP "00", IR_EPARSE, 0, "a negative count"},
    {"8701" NODE "02" FP "03" FP "00"
     "820801",
     IR_ENOTFOUND, 2, "two"},
    {"8502"
     "01" SALT "00"
     "4161",
     IR_ENOTFOUND, 1, "reconcile"},
    {"8502"
     "02" SALT "00"
     "4161",
     IR_ELIMIT, 0, "set 2"},
    {"8502"
     "01" SALT "02"
     "4161",
     IR_ELIMIT, 0, "side 2"},
    {"8502"
     "01" SALT "00"
     "40",
     IR_EPARSE, 0, "no negentropy message"},
    {"8502"
     "01" SALT "00"
     "6161",
     IR_EPARSE, 0, "text"},
    {"8903" SALT "00"
     "02" FP "03" FP "05"
     "40",
     IR_ENOTFOUND, 1, "tail"},
    {"8903" SALT "01"
     "02" FP "03" FP "05"
     "480102030405060708",
     IR_ENOTFOUND, 1, "tail with one"},
    {"8903" SALT "01"
     "02" FP "03" FP "05"
     "4701020304050607",
     IR_EPARSE, 0, "a short id of 7"},
    {"8204"
     "81"
     "4161",
     IR_ENOTFOUND, 1, "entries, of whatever bytes"},
    {"8204"
     "80",
     IR_EPARSE, 0, "no entries"},
    {"8204"
     "8101",
     IR_EPARSE, 0, "entries that are numbers"},
    {"8204"
     "98c9",
     IR_EPARSE, 0, "entries that are not there"},
    {"8205"
     "5820" ID32,
     IR_ENOTFOUND, 1, "want"},
    {"8205"
     "40",
     IR_EPARSE, 0, "want nothing"},
    {"8205"
     "4101",
     IR_EPARSE, 0, "want a byte"},
    {"8406"
     "5820" ID32 "00"
     "1a00020000",
     IR_ENOTFOUND, 1, "wantobj"},
    {"8406"
     "5820" ID32 "00"
     "1a00020001",
     IR_ELIMIT, 0, "wantobj too much"},
    {"8507"
     "5820" ID32 "05"
     "00"
     "450102030405",
     IR_ENOTFOUND, 1, "object"},
    {"8507"
     "5820" ID32 "05"
     "01"
     "450102030405",
     IR_EPARSE, 0, "beyond it"},
    {"8507"
     "5820" ID32 "05"
     "06"
     "40",
     IR_EPARSE, 0, "beyond its end"},
    {"8507"
     "5820" ID32 "00"
     "00"
     "40",
     IR_ENOTFOUND, 1, "not here"},
    {"8507"
     "5820" ID32 "1b7fffffffffffffff"
     "1b7fffffffffffffff"
     "40",
     IR_ELIMIT, 0, "an object of 2^63-1"},
    {"8208"
     "00",
     IR_ENOTFOUND, 1, "busy"},
    {"8208"
     "1a0036ee81",
     IR_ELIMIT, 0, "busy for over an hour"},
    {"8209"
     "40",
     IR_ENOTFOUND, 1, "have nothing"},
    {"8209"
     "5820" ID32,
     IR_ENOTFOUND, 1, "have"},
    {"820a"
     "480001020304050607",
     IR_ENOTFOUND, 1, "same"},
    {"820a"
     "4700010203040506",
     IR_EPARSE, 0, "same, too short"},
    {"820b"
     "01",
     IR_ENOTFOUND, 0, "a type of later"},
    {"830b"
     "a10182f0f1"
     "01",
     IR_EPARSE, 0, "a type of later, ill-formed"},
    {"820b"
     "01"
     "820801"
     "811863"
     "820802",
     IR_ENOTFOUND, 2, "both between"},
    {"8200"
     "01",
     IR_EPARSE, 0, "type 0"},
    {"8220"
     "01",
     IR_EPARSE, 0, "type -1"},
    {"82616201", IR_EPARSE, 0, "a text as type"},
    {"80", IR_EPARSE, 0, "no type"},
    {"01", IR_EPARSE, 0, "no array"},
    {"820801"
     "01",
     IR_EPARSE, 1, "a message, then something else"},
    {"820801"
     "8208",
     IR_EPARSE, 1, "a message, then half of one"},
    {"830801"
     "818181818181818181"
     "00",
     IR_EPARSE, 0, "too deep"},
};

static void
read_all(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        size_t n = 0;
        uint8_t *p = unhex(cases[i].hex, &n);
        struct ir_cbor c = {p, p + n};
        struct ir_err err = {0};
        struct ir_frame f;
        int rc, messages = 0;

        while ((rc = ir_frame_next(&c, &f, &err)) == IR_OK)
            messages++;
        if (rc != cases[i].rc || messages != cases[i].messages)
            fail_msg("%s: %d after %d, wanted %d after %d", cases[i].what, rc,
                     messages, cases[i].rc, cases[i].messages);
        assert_int_equal(err.code, rc);
        assert_true(err.msg[0] != '\0');
        free(p);
    }
}

static void
fill(uint8_t *p, size_t n, int from)
{
    size_t i;

    for (i = 0; i < n; i++)
        p[i] = (uint8_t)((size_t)from + i);
}

/* Every field of every type comes back. */
static void
round_trip(void **state)
{
    uint8_t bytes[256];
    int type;

    (void)state;
    fill(bytes, sizeof bytes, 0);
    for (type = IR_FRAME_BEACON; type <= IR_FRAME_SAME; type++) {
        struct ir_frame f = {.type = (enum ir_frame_type)type}, g;
        struct ir_buf a = {0}, b = {0}, items = {0};
        struct ir_cbor c;

        fill(f.node, sizeof f.node, 1);
        fill(f.salt, sizeof f.salt, 2);
        fill(f.digest, sizeof f.digest, 3);
        f.t.count = 1000;
        f.r.count = 1ULL << 40;
        fill(f.t.fp, sizeof f.t.fp, 4);
        fill(f.r.fp, sizeof f.r.fp, 5);
        f.port = 7740;
        f.set = 1;
        f.side = IR_SIDE_ANSWERS;
        f.hlc = 1ULL << 57;
        f.total = 1000;
        f.offset = 500;
        f.max = 4096;
        f.retry_ms = 1500;
        f.p = bytes;
        f.n = 64;
        f.count = type == IR_FRAME_TAIL ? 8 : 2;
        if (type == IR_FRAME_ENTRIES) {
            ir_cbor_put_bytes(&items, bytes, 10);
            ir_cbor_put_bytes(&items, bytes, 200);
            f.p = items.p;
            f.n = items.len;
        }
        ir_frame_put(&f, &a);
        c = (struct ir_cbor){a.p, a.p + a.len};
        ROW(type, ir_frame_next(&c, &g, NULL) == IR_OK && c.p == c.end);
        ir_frame_put(&g, &b);
        ROW(type, a.len == b.len && memcmp(a.p, b.p, a.len) == 0);
        ROW(type, g.type == f.type);
        if (type == IR_FRAME_TAIL)
            ROW(type, g.hlc == f.hlc && g.side == f.side && g.count == 8 &&
                          g.r.count == f.r.count &&
                          memcmp(&g.t, &f.t, sizeof g.t) == 0);
        if (type == IR_FRAME_OBJECT)
            ROW(type, g.total == 1000 && g.offset == 500 && g.n == 64 &&
                          memcmp(g.digest, f.digest, 32) == 0);
        ir_buf_done(&a);
        ir_buf_done(&b);
        ir_buf_done(&items);
    }
}

static void
entry_by_entry(void **state)
{
    struct ir_buf items = {0}, out = {0};
    struct ir_frame f = {.type = IR_FRAME_ENTRIES, .count = 3}, g = {0};
    const uint8_t *p;
    size_t n, i;
    struct ir_cbor c;

    (void)state;
    for (i = 1; i <= 3; i++)
        ir_cbor_put_bytes(&items, "abc", i);
    f.p = items.p;
    f.n = items.len;
    ir_frame_put(&f, &out);
    c = (struct ir_cbor){out.p, out.p + out.len};
    assert_int_equal(ir_frame_next(&c, &g, NULL), IR_OK);
    assert_int_equal(g.count, 3);
    for (i = 1; i <= 3; i++) {
        assert_true(ir_frame_entry(&g, &p, &n));
        assert_int_equal(n, i);
        assert_memory_equal(p, "abc", i);
    }
    assert_false(ir_frame_entry(&g, &p, &n));
    ir_buf_done(&items);
    ir_buf_done(&out);
}

/* One more than the limits say is refused before anything is made of it. */
static void
counts_are_capped(void **state)
{
    static const struct {
        enum ir_frame_type type;
        size_t each, most;
    } lists[] = {
        {IR_FRAME_WANT, IR_ID_BYTES, IR_FRAME_WANT_MAX},
        {IR_FRAME_HAVE, IR_ID_BYTES, IR_FRAME_HAVE_MAX},
        {IR_FRAME_TAIL, IR_SHORT_BYTES, IR_FRAME_TAIL_MAX},
        {IR_FRAME_OBJECT, 1, IR_FRAME_CHUNK_MAX},
        {IR_FRAME_ENTRIES, 2, IR_FRAME_ENTRIES_MAX},
    };
    size_t i, more;

    (void)state;
    for (i = 0; i < COUNT(lists); i++) {
        for (more = 0; more < 2; more++) {
            size_t n = lists[i].each * (lists[i].most + more), k;
            uint8_t *zero = ir_calloc(n, 1);
            struct ir_frame f = {.type = lists[i].type, .p = zero, .n = n}, g;
            struct ir_buf out = {0};
            struct ir_cbor c;

            f.total = 1 << 20;
            f.count = lists[i].most + more;
            for (k = 0; f.type == IR_FRAME_ENTRIES && k < n; k += 2)
                zero[k] = 0x41;
            ir_frame_put(&f, &out);
            c = (struct ir_cbor){out.p, out.p + out.len};
            ROW(i, ir_frame_next(&c, &g, NULL) == (more ? IR_ELIMIT : IR_OK));
            ir_buf_done(&out);
            free(zero);
        }
    }
}

static void
short_ids(void **state)
{
    uint8_t salt[IR_SALT_BYTES] = {1}, id[IR_ID_BYTES] = {2}, a[8], b[8];

    (void)state;
    ir_frame_short(salt, id, a);
    salt[0]++;
    ir_frame_short(salt, id, b);
    assert_memory_not_equal(a, b, 8);
}

/* The bytes of an entry of this kind; who signed it is not looked at here. */
static void
entry_of(uint64_t kind, struct ir_buf *out)
{
    static const uint8_t body[] = {0xa0}, sig[IR_SIG_BYTES] = {1};
    struct ir_header h = {.hlc = 1, .seq = 1, .kind = kind};
    struct ir_buf p = {0};

    ir_header_encode(&h, &p);
    ir_cbor_put_array(out, 3);
    ir_cbor_put_bytes(out, p.p, p.len);
    ir_cbor_put_bytes(out, body, sizeof body);
    ir_cbor_put_bytes(out, sig, sizeof sig);
    ir_buf_done(&p);
}

/* What may be said under an earlier carrier key: of lane T, and no more. */
static void
lane_t_alone(void **state)
{
    static const uint64_t kinds[] = {IR_KIND_NOTE, IR_KIND_MEMBER,
                                     IR_KIND_GRANT};
    struct ir_buf all = {0}, some = {0}, entries = {0};
    struct ir_frame f = {.type = IR_FRAME_BEACON}, got;
    struct ir_cbor c;
    const uint8_t *p;
    size_t n, i, left = 0;

    (void)state;
    ir_frame_put(&f, &all);
    for (i = 0; i < 2; i++) {
        f = (struct ir_frame){.type = IR_FRAME_RECONCILE,
                              .set = (int)i,
                              .p = (const uint8_t *)"a",
                              .n = 1};
        ir_frame_put(&f, &all);
    }
    f = (struct ir_frame){.type = IR_FRAME_TAIL};
    ir_frame_put(&f, &all);
    for (i = 0; i < 3; i++) {
        struct ir_buf e = {0};

        entry_of(kinds[i], &e);
        ir_cbor_put_bytes(&entries, e.p, e.len);
        ir_buf_done(&e);
    }
    f = (struct ir_frame){
        .type = IR_FRAME_ENTRIES, .p = entries.p, .n = entries.len, .count = 3};
    ir_frame_put(&f, &all);
    assert_true(ir_frame_lane_t(all.p, all.len, &some));
    c = (struct ir_cbor){some.p, some.p + some.len};
    assert_int_equal(ir_frame_next(&c, &got, NULL), IR_OK);
    assert_int_equal(got.type, IR_FRAME_BEACON);
    assert_int_equal(ir_frame_next(&c, &got, NULL), IR_OK);
    assert_int_equal(got.type, IR_FRAME_RECONCILE);
    assert_int_equal(got.set, 0);
    assert_int_equal(ir_frame_next(&c, &got, NULL), IR_OK);
    assert_int_equal(got.type, IR_FRAME_ENTRIES);
    assert_int_equal(got.count, 2);
    while (ir_frame_entry(&got, &p, &n)) {
        struct ir_entry e;

        assert_int_equal(ir_entry_parse(p, n, &e, NULL), IR_OK);
        assert_int_equal(ir_kind_lane(e.h.kind), IR_LANE_T);
        left++;
    }
    assert_int_equal(left, 2);
    assert_int_equal(ir_frame_next(&c, &got, NULL), IR_ENOTFOUND);
    all.len = some.len = 0;
    f = (struct ir_frame){.type = IR_FRAME_TAIL};
    ir_frame_put(&f, &all);
    assert_false(ir_frame_lane_t(all.p, all.len, &some));
    ir_buf_done(&all);
    ir_buf_done(&some);
    ir_buf_done(&entries);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_all),       cmocka_unit_test(round_trip),
        cmocka_unit_test(entry_by_entry), cmocka_unit_test(counts_are_capped),
        cmocka_unit_test(short_ids),      cmocka_unit_test(lane_t_alone),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
