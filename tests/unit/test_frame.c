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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_all),       cmocka_unit_test(round_trip),
        cmocka_unit_test(entry_by_entry), cmocka_unit_test(counts_are_capped),
        cmocka_unit_test(short_ids),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
