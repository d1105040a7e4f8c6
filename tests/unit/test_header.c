/* test_header.c: header P, field by field: what docs/format.md section 2 lets
 * stand and what it refuses.
 */
#include "base/cbor.h"
#include "core/entry.h"
#include "vectors.h"

#define A8 "0101010101010101"
#define B8 "0202020202020202"
#define ID1 "1111111111111111111111111111111111111111111111111111111111111111"
#define ID2 "2222222222222222222222222222222222222222222222222222222222222222"
#define ID3 "3333333333333333333333333333333333333333333333333333333333333333"

/* The five fields every header has, for a kind given in hex; `n` fields. */
#define HEAD(n, kind)                                                          \
    n "0001"                                                                   \
      "0148" A8 "021907d0"                                                     \
      "0301"                                                                   \
      "04" kind
#define NOTE "12"
#define ACK "09"
#define ALERT "08"
#define ROOT "01"
#define DRILL "1828"
#define NEW_I "1827"   /* 39: lane I, not known */
#define NEW_S "1903e8" /* 1000: lane S, not known */

static const struct {
    const char *what, *hex;
    int rc;
} cases[] = {
    {"the least", HEAD("a5", NOTE), IR_OK},
    {"incident", HEAD("a6", NOTE) "0548" B8, IR_OK},
    {"incident of an alert", HEAD("a6", ALERT) "0548" B8, IR_OK},
    {"incident of an approval", HEAD("a6", "05") "0548" B8, IR_OK},
    {"prev", HEAD("a6", NOTE) "065820" ID1, IR_OK},
    {"prev in lane T", HEAD("a6", ROOT) "065820" ID1, IR_OK},
    {"prev in lane S", HEAD("a6", DRILL) "065820" ID1, IR_OK},
    {"one dep", HEAD("a6", NOTE) "07815820" ID1, IR_OK},
    {"three deps", HEAD("a6", NOTE) "07835820" ID1 "5820" ID2 "5820" ID3,
     IR_OK},
    {"deps of an unknown kind of lane I", HEAD("a6", NEW_I) "07815820" ID1,
     IR_OK},
    {"ttl", HEAD("a6", NOTE) "0801", IR_OK},
    {"deps of a kind of lane I to come", HEAD("a6", "18bf") "07815820" ID1,
     IR_OK},
    {"prev of a kind of lane T to come", HEAD("a6", "1840") "065820" ID1,
     IR_OK},
    {"prio below the lane's", HEAD("a6", NOTE) "0900", IR_OK},
    {"prio 3 in lane I", HEAD("a6", NOTE) "0903", IR_OK},
    {"prio 2 in lane T", HEAD("a6", ROOT) "0902", IR_OK},
    {"exercise", HEAD("a6", NOTE) "0a01", IR_OK},
    {"test", HEAD("a6", NOTE) "0a02", IR_OK},
    {"audience", HEAD("a6", NOTE) "0b1864", IR_OK},
    {"one ref", HEAD("a6", ACK) "0c815820" ID1, IR_OK},
    {"three refs, in any order",
     HEAD("a6", ACK) "0c835820" ID3 "5820" ID1 "5820" ID2, IR_OK},
    {"occurred at the epoch", HEAD("a6", NOTE) "0d820000", IR_OK},
    {"occurred, unsure", HEAD("a6", NOTE) "0d82190bb805", IR_OK},
    {"sealed note", HEAD("a6", NOTE) "0e01", IR_OK},
    {"sealed unknown kind", HEAD("a6", NEW_S) "0e01", IR_OK},
    {"hlc 0",
     "a50001"
     "0148" A8 "0200"
     "0301"
     "0412",
     IR_OK},
    {"hlc 2^63-1",
     "a50001"
     "0148" A8 "021b7fffffffffffffff"
     "0301"
     "0412",
     IR_OK},

    {"nothing", "", IR_EPARSE},
    {"an array", "80", IR_EPARSE},
    {"an empty map", "a0", IR_EPARSE},
    {"no suite",
     "a4"
     "0148" A8 "0201"
     "0301"
     "0412",
     IR_EPARSE},
    {"no author",
     "a40001"
     "0201"
     "0301"
     "0412",
     IR_EPARSE},
    {"no hlc",
     "a40001"
     "0148" A8 "0301"
     "0412",
     IR_EPARSE},
    {"no seq",
     "a40001"
     "0148" A8 "0201"
     "0412",
     IR_EPARSE},
    {"suite 0",
     "a50000"
     "0148" A8 "0201"
     "0301"
     "0412",
     IR_EPARSE},
    {"suite as text",
     "a5006131"
     "0148" A8 "0201"
     "0301"
     "0412",
     IR_EPARSE},
    {"author of 7",
     "a50001"
     "014701010101010101"
     "0201"
     "0301"
     "0412",
     IR_EPARSE},
    {"author of 9",
     "a50001"
     "0149" A8 "01"
     "0201"
     "0301"
     "0412",
     IR_EPARSE},
    {"author as text",
     "a50001"
     "01683031323334353637"
     "0201"
     "0301"
     "0412",
     IR_EPARSE},
    {"hlc negative",
     "a50001"
     "0148" A8 "0220"
     "0301"
     "0412",
     IR_EPARSE},
    {"hlc of 2^63",
     "a50001"
     "0148" A8 "021b8000000000000000"
     "0301"
     "0412",
     IR_EPARSE},
    {"hlc as bytes",
     "a50001"
     "0148" A8 "0240"
     "0301"
     "0412",
     IR_EPARSE},
    {"seq 0",
     "a50001"
     "0148" A8 "0201"
     "0300"
     "0412",
     IR_EPARSE},
    {"kind 0",
     "a50001"
     "0148" A8 "0201"
     "0301"
     "0400",
     IR_EPARSE},
    {"kind as bytes",
     "a50001"
     "0148" A8 "0201"
     "0301"
     "044101",
     IR_EPARSE},
    {"incident in an ack", HEAD("a6", ACK) "0548" B8, IR_EPARSE},
    {"incident of 7", HEAD("a6", NOTE) "054702020202020202", IR_EPARSE},
    {"incident of 32", HEAD("a6", NOTE) "055820" ID1, IR_EPARSE},
    {"prev in an alert", HEAD("a6", ALERT) "065820" ID1, IR_EPARSE},
    {"prev in an ack", HEAD("a6", ACK) "065820" ID1, IR_EPARSE},
    {"prev of 8", HEAD("a6", NOTE) "0648" B8, IR_EPARSE},
    {"no deps in a list", HEAD("a6", NOTE) "0780", IR_EPARSE},
    {"deps descending", HEAD("a6", NOTE) "07825820" ID2 "5820" ID1, IR_EPARSE},
    {"a dep twice", HEAD("a6", NOTE) "07825820" ID1 "5820" ID1, IR_EPARSE},
    {"deps in lane T", HEAD("a6", ROOT) "07815820" ID1, IR_EPARSE},
    {"deps in lane F", HEAD("a6", ALERT) "07815820" ID1, IR_EPARSE},
    {"deps in lane S", HEAD("a6", DRILL) "07815820" ID1, IR_EPARSE},
    {"a dep of 31",
     HEAD("a6", NOTE) "0781581f"
                      "11111111111111111111111111"
                      "111111111111111111111111111111111111",
     IR_EPARSE},
    {"deps as one string", HEAD("a6", NOTE) "075820" ID1, IR_EPARSE},
    {"ttl 0", HEAD("a6", NOTE) "0800", IR_EPARSE},
    {"ttl negative", HEAD("a6", NOTE) "0820", IR_EPARSE},
    {"prio 4", HEAD("a6", NOTE) "0904", IR_EPARSE},
    {"prev of a kind of lane F to come", HEAD("a6", "1860") "065820" ID1,
     IR_EPARSE},
    {"deps of a kind of lane T to come", HEAD("a6", "185f") "07815820" ID1,
     IR_EPARSE},
    {"prio 0 of a kind of lane F to come", HEAD("a6", "187f") "0900",
     IR_EPARSE},
    {"prio 1 in lane T", HEAD("a6", ROOT) "0901", IR_EPARSE},
    {"prio 0 in lane F", HEAD("a6", ACK) "0900", IR_EPARSE},
    {"prio 2 in lane I", HEAD("a6", NEW_I) "0902", IR_EPARSE},
    {"prio 3 in lane S", HEAD("a6", NEW_S) "0903", IR_EPARSE},
    {"status 0", HEAD("a6", NOTE) "0a00", IR_EPARSE},
    {"status 3", HEAD("a6", NOTE) "0a03", IR_EPARSE},
    {"audience 0", HEAD("a6", NOTE) "0b00", IR_EPARSE},
    {"audience as text", HEAD("a6", NOTE) "0b6161", IR_EPARSE},
    {"no refs in a list", HEAD("a6", ACK) "0c80", IR_EPARSE},
    {"four refs",
     HEAD("a6", ACK) "0c845820" ID1 "5820" ID2 "5820" ID3 "5820" ID1,
     IR_EPARSE},
    {"a ref of 8", HEAD("a6", ACK) "0c8148" B8, IR_EPARSE},
    {"occurred as a number", HEAD("a6", NOTE) "0d190bb8", IR_EPARSE},
    {"occurred without precision", HEAD("a6", NOTE) "0d81190bb8", IR_EPARSE},
    {"occurred of three", HEAD("a6", NOTE) "0d830a0000", IR_EPARSE},
    {"occurred before 1970", HEAD("a6", NOTE) "0d822000", IR_EPARSE},
    {"precision 6", HEAD("a6", NOTE) "0d820a06", IR_EPARSE},
    {"seal 0", HEAD("a6", NOTE) "0e00", IR_EPARSE},
    {"seal 2", HEAD("a6", NOTE) "0e02", IR_EPARSE},
    {"sealed alert", HEAD("a6", ALERT) "0e01", IR_EPARSE},
    {"sealed step", HEAD("a6", "11") "0e01", IR_EPARSE},
    {"key 15", HEAD("a6", NOTE) "0f00", IR_EPARSE},
    {"key 300", HEAD("a6", NOTE) "19012c00", IR_EPARSE},
    {"a key twice", HEAD("a6", NOTE) "0412", IR_EPARSE},
    {"keys out of order",
     HEAD("a7", NOTE) "0a01"
                      "0801",
     IR_EPARSE},
    {"a text key", HEAD("a6", NOTE) "616101", IR_EPARSE},
    {"a negative key", HEAD("a6", NOTE) "2001", IR_EPARSE},
    {"a byte after", HEAD("a5", NOTE) "00", IR_EPARSE},
    {"a field less than said", HEAD("a6", NOTE), IR_EPARSE},
    {"a field more than said", HEAD("a5", NOTE) "0801", IR_EPARSE},
};

static void
table(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_header h, untouched;
        struct ir_err err = {0};
        struct ir_buf b = {0};
        size_t n = 0;
        uint8_t *p = unhex(cases[i].hex, &n);
        int rc;

        memset(&h, 0xA5, sizeof h);
        untouched = h;
        rc = ir_header_decode(p, n, &h, &err);
        if (rc != cases[i].rc)
            fail_msg("%s: %d, wanted %d (%s)", cases[i].what, rc, cases[i].rc,
                     err.msg);
        if (rc == IR_OK) { /* the only form: encoding gives the same bytes */
            ir_header_encode(&h, &b);
            assert_int_equal(b.len, n);
            assert_memory_equal(b.p, p, n);
        } else {
            assert_int_equal(err.code, rc);
            assert_true(err.msg[0] != '\0');
            assert_memory_equal(&h, &untouched, sizeof h);
        }
        ir_buf_done(&b);
        free(p);
    }
}

/* Everything at once, everything as long as it can be: fits the limit. */
static void
the_longest(void **state)
{
    struct ir_header h = {.hlc = INT64_MAX,
                          .seq = INT64_MAX,
                          .kind = 39,
                          .has_incident = true,
                          .has_prev = true,
                          .has_prio = true,
                          .has_occurred = true,
                          .sealed = true,
                          .deps_n = IR_DEPS_MAX,
                          .refs_n = IR_REFS_MAX,
                          .ttl_s = INT64_MAX,
                          .prio = 0,
                          .status = 2,
                          .audience = INT64_MAX,
                          .occurred_ms = INT64_MAX,
                          .occurred_prec = 5},
                     back;
    struct ir_buf b = {0};
    uint8_t nine[600];
    size_t i;

    (void)state;
    for (i = 0; i < IR_DEPS_MAX; i++)
        memset(h.deps[i], (int)i, IR_ID_BYTES);
    ir_header_encode(&h, &b);
    assert_true(b.len <= IR_HEADER_MAX);
    assert_int_equal(ir_header_decode(b.p, b.len, &back, NULL), IR_OK);
    assert_memory_equal(back.deps, h.deps, sizeof h.deps);
    assert_true(back.hlc == h.hlc && back.seq == h.seq && back.kind == 39);
    assert_true(back.ttl_s == h.ttl_s && back.audience == h.audience);
    assert_true(back.sealed && back.prio == 0 && back.occurred_prec == 5);
    assert_true(back.occurred_ms == INT64_MAX);
    ir_buf_done(&b);
    memset(nine, 0, sizeof nine); /* nine deps, and a header of 513 bytes */
    assert_int_equal(ir_header_decode(nine, IR_HEADER_MAX + 1, &back, NULL),
                     IR_ELIMIT);
    assert_int_equal(ir_header_decode(nine, IR_HEADER_MAX, &back, NULL),
                     IR_EPARSE);
}

static void
nine_deps(void **state)
{
    struct ir_buf b = {0};
    struct ir_header h;
    size_t n = 0, i;
    uint8_t *p = unhex(HEAD("a6", NOTE), &n), id[IR_ID_BYTES];

    (void)state;
    ir_buf_add(&b, p, n);
    ir_cbor_put_uint(&b, 7);
    ir_cbor_put_array(&b, IR_DEPS_MAX + 1);
    for (i = 0; i <= IR_DEPS_MAX; i++) {
        memset(id, (int)i, sizeof id);
        ir_cbor_put_bytes(&b, id, sizeof id);
    }
    assert_int_equal(ir_header_decode(b.p, b.len, &h, NULL), IR_EPARSE);
    ir_buf_done(&b);
    free(p);
}

/* Absent fields have their defaults. */
static void
defaults(void **state)
{
    static const struct {
        const char *kind;
        int prio;
    } lanes[] = {{ROOT, 1}, {"07", 1},  {ALERT, 0}, {"0a", 0}, {"0b", 2},
                 {NOTE, 2}, {NEW_I, 2}, {DRILL, 3}, {NEW_S, 3}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lanes / sizeof lanes[0]; i++) {
        char *hex = ir_asprintf("a50001"
                                "0148" A8 "0201"
                                "0301"
                                "04%s",
                                lanes[i].kind);
        struct ir_header h;
        size_t n = 0;
        uint8_t *p = unhex(hex, &n);

        assert_int_equal(ir_header_decode(p, n, &h, NULL), IR_OK);
        assert_int_equal(h.prio, lanes[i].prio);
        assert_false(h.has_prio || h.has_incident || h.has_prev || h.sealed ||
                     h.has_occurred);
        assert_int_equal(h.status, IR_ACTUAL);
        assert_true(h.ttl_s == 0 && h.audience == 0);
        assert_true(h.deps_n == 0 && h.refs_n == 0);
        free(hex);
        free(p);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(the_longest),
        cmocka_unit_test(nine_deps),
        cmocka_unit_test(defaults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
