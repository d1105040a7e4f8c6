/* test_cbor.c: the strict subset of docs/format.md, section 1: what is read,
 * what is refused, and that what is written is read back.
 */
#include "base/cbor.h"
#include "vectors.h"

/* One whole item each. Many are the examples of RFC 8949, appendix A. */
static const struct {
    const char *hex;
    int rc;
    const char *what;
} items[] = {
    {"00", IR_OK, "0"},
    {"17", IR_OK, "23"},
    {"1818", IR_OK, "24"},
    {"1864", IR_OK, "100"},
    {"18ff", IR_OK, "255"},
    {"190100", IR_OK, "256"},
    {"19ffff", IR_OK, "65535"},
    {"1a00010000", IR_OK, "65536"},
    {"1affffffff", IR_OK, "2^32-1"},
    {"1b0000000100000000", IR_OK, "2^32"},
    {"1b7fffffffffffffff", IR_OK, "2^63-1"},
    {"20", IR_OK, "-1"},
    {"3863", IR_OK, "-100"},
    {"3b7fffffffffffffff", IR_OK, "-2^63"},
    {"40", IR_OK, "no bytes"},
    {"4401020304", IR_OK, "bytes"},
    {"60", IR_OK, "no text"},
    {"6449455446", IR_OK, "IETF"},
    {"62c3bc", IR_OK, "u umlaut"},
    {"63e6b0b4", IR_OK, "a kanji"},
    {"64f0908591", IR_OK, "beyond the basic plane"},
    {"80", IR_OK, "empty array"},
    {"8301820203820405", IR_OK, "nested arrays"},
    {"a0", IR_OK, "empty map"},
    {"a201020304", IR_OK, "map"},
    {"a3000017011818a0", IR_OK, "keys 0, 23, 24"},
    {"81818181818181818100", IR_EPARSE, "nine levels"},
    {"818181818181818100", IR_OK, "eight levels"},
    {"8181818181818180", IR_OK, "eight levels, the last empty"},
    {"818181818181818180", IR_EPARSE, "nine levels, the last empty"},
    {"a101a101a101a101a101a101a101a0", IR_OK, "eight maps"},
    {"a101a101a101a101a101a101a101a101a0", IR_EPARSE, "nine maps"},

    {"", IR_EPARSE, "nothing"},
    {"0000", IR_EPARSE, "two items"},
    {"1800", IR_EPARSE, "0 in two bytes"},
    {"1817", IR_EPARSE, "23 in two bytes"},
    {"1900ff", IR_EPARSE, "255 in three bytes"},
    {"1a0000ffff", IR_EPARSE, "65535 in five bytes"},
    {"1b00000000ffffffff", IR_EPARSE, "2^32-1 in nine bytes"},
    {"3817", IR_EPARSE, "-24 in two bytes"},
    {"5803010203", IR_EPARSE, "long head of short bytes"},
    {"780161", IR_EPARSE, "long head of short text"},
    {"980101", IR_EPARSE, "long head of a short array"},
    {"b8010101", IR_EPARSE, "long head of a short map"},
    {"1b8000000000000000", IR_EPARSE, "2^63"},
    {"1bffffffffffffffff", IR_EPARSE, "2^64-1"},
    {"3b8000000000000000", IR_EPARSE, "-2^63-1"},
    {"5b8000000000000000", IR_EPARSE, "2^63 bytes"},
    {"9b7fffffffffffffff", IR_EPARSE, "an array of 2^63-1"},
    {"bb7fffffffffffffff", IR_EPARSE, "a map of 2^63-1"},
    {"5b7fffffffffffffff", IR_EPARSE, "2^63-1 bytes that are not there"},
    {"18", IR_EPARSE, "cut in a head"},
    {"1b00000001000000", IR_EPARSE, "cut in a long head"},
    {"420f", IR_EPARSE, "bytes cut short"},
    {"6261", IR_EPARSE, "text cut short"},
    {"810101", IR_EPARSE, "a byte after"},
    {"8201", IR_EPARSE, "array cut short"},
    {"a101", IR_EPARSE, "map without a value"},
    {"a20102", IR_EPARSE, "map cut short"},
    {"1c", IR_EPARSE, "reserved 28"},
    {"1d", IR_EPARSE, "reserved 29"},
    {"1e", IR_EPARSE, "reserved 30"},
    {"1f", IR_EPARSE, "reserved 31"},
    {"5f42010243030405ff", IR_EPARSE, "indefinite bytes"},
    {"7f657374726561646d696e67ff", IR_EPARSE, "indefinite text"},
    {"9fff", IR_EPARSE, "indefinite array"},
    {"bf0102ff", IR_EPARSE, "indefinite map"},
    {"f4", IR_EPARSE, "false"},
    {"f5", IR_EPARSE, "true"},
    {"f6", IR_EPARSE, "null"},
    {"f7", IR_EPARSE, "undefined"},
    {"f0", IR_EPARSE, "simple 16"},
    {"f8ff", IR_EPARSE, "simple 255"},
    {"f90000", IR_EPARSE, "half 0.0"},
    {"fa47c35000", IR_EPARSE, "single"},
    {"fb3ff199999999999a", IR_EPARSE, "double"},
    {"ff", IR_EPARSE, "a break alone"},
    {"c001", IR_EPARSE, "a tag"},
    {"d9d9f700", IR_EPARSE, "the tag that says CBOR"},
    {"a202010102", IR_EPARSE, "keys descending"},
    {"a201010102", IR_EPARSE, "a key twice"},
    {"a12001", IR_EPARSE, "a negative key"},
    {"a1616101", IR_EPARSE, "a text key"},
    {"a1410101", IR_EPARSE, "a bytes key"},
    {"a18001", IR_EPARSE, "an array as key"},
    {"6100", IR_EPARSE, "NUL"},
    {"63610062", IR_EPARSE, "NUL inside"},
    {"61ff", IR_EPARSE, "no UTF-8"},
    {"6180", IR_EPARSE, "a continuation alone"},
    {"62c328", IR_EPARSE, "a broken sequence"},
    {"62c0af", IR_EPARSE, "overlong /"},
    {"62c080", IR_EPARSE, "overlong NUL"},
    {"63e080af", IR_EPARSE, "overlong in three"},
    {"64f08080af", IR_EPARSE, "overlong in four"},
    {"63eda080", IR_EPARSE, "a surrogate"},
    {"66eda081edb080", IR_EPARSE, "a surrogate pair"},
    {"64f4908080", IR_EPARSE, "beyond U+10FFFF"},
    {"61e6", IR_EPARSE, "a sequence cut short"},
};

static void
whole_items(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof items / sizeof items[0]; i++) {
        struct ir_err err = {0};
        size_t n = 0;
        uint8_t *p;
        int rc;

        p = unhex(items[i].hex, &n);
        rc = ir_cbor_check(p, n, &err);
        if (rc != items[i].rc)
            fail_msg("%s (%s): %d, wanted %d", items[i].what, items[i].hex, rc,
                     items[i].rc);
        assert_int_equal(err.code, items[i].rc);
        assert_true(rc == IR_OK || err.msg[0] != '\0');
        free(p);
    }
}

/* An accepted item without its last byte is refused, whatever it is. */
static void
cut_short(void **state)
{
    size_t i, len;

    (void)state;
    for (i = 0; i < sizeof items / sizeof items[0]; i++) {
        size_t n = 0;
        uint8_t *p;

        if (items[i].rc != IR_OK)
            continue;
        p = unhex(items[i].hex, &n);
        for (len = 0; len < n; len++) {
            uint8_t *cut = ir_malloc(len);

            memcpy(cut, p, len);
            assert_int_equal(ir_cbor_check(cut, len, NULL), IR_EPARSE);
            free(cut);
        }
        free(p);
    }
}

static void
writes_what_it_reads(void **state)
{
    static const int64_t nums[] = {
        0,           1,           23,         24,         255,       256,
        65535,       65536,       4294967295, 4294967296, INT64_MAX, -1,
        -24,         -25,         -256,       -257,       -65536,    -65537,
        -4294967296, -4294967297, INT64_MIN};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof nums / sizeof nums[0]; i++) {
        struct ir_buf b = {0};
        struct ir_cbor c;
        struct ir_cbor_item it;

        ir_cbor_put_int(&b, nums[i]);
        assert_int_equal(ir_cbor_check(b.p, b.len, NULL), IR_OK);
        c = (struct ir_cbor){b.p, b.p + b.len};
        assert_int_equal(ir_cbor_next(&c, &it, NULL), IR_OK);
        assert_int_equal(it.type, nums[i] < 0 ? IR_CBOR_NEGINT : IR_CBOR_UINT);
        assert_true(it.num == nums[i]);
        assert_ptr_equal(c.p, c.end);
        ir_buf_done(&b);
    }
}

static void
strings_and_containers(void **state)
{
    struct ir_buf b = {0};
    uint8_t bytes[300];
    size_t i, n;

    (void)state;
    memset(bytes, 'x', sizeof bytes);
    for (n = 0; n < sizeof bytes; n++) {
        struct ir_cbor c;
        struct ir_cbor_item it;

        ir_cbor_put_array(&b, 2);
        ir_cbor_put_bytes(&b, bytes, n);
        ir_cbor_put_text(&b, (const char *)bytes, n);
        assert_int_equal(ir_cbor_check(b.p, b.len, NULL), IR_OK);
        c = (struct ir_cbor){b.p, b.p + b.len};
        assert_int_equal(ir_cbor_next(&c, &it, NULL), IR_OK);
        assert_int_equal(it.num, 2);
        for (i = 0; i < 2; i++) {
            assert_int_equal(ir_cbor_next(&c, &it, NULL), IR_OK);
            assert_int_equal(it.type, i == 0 ? IR_CBOR_BYTES : IR_CBOR_TEXT);
            assert_int_equal(it.num, n);
            assert_memory_equal(it.bytes, bytes, n);
        }
        assert_int_equal(ir_cbor_next(&c, &it, NULL), IR_EPARSE);
        assert_ptr_equal(c.p, c.end);
        ir_buf_done(&b);
    }
}

static void
finds_keys(void **state)
{
    static const struct {
        uint64_t key;
        const char *value; /* NULL: absent */
    } cases[] = {{0, NULL},           {1, "02"},         {2, NULL},
                 {3, "826161a10102"}, {4, "4105"},       {5, NULL},
                 {23, NULL},          {24, "20"},        {300, "60"},
                 {301, NULL},         {UINT64_MAX, NULL}};
    size_t n = 0, i;
    uint8_t *p = unhex("a5"
                       "0102"
                       "03826161a10102"
                       "044105"
                       "181820"
                       "19012c60",
                       &n);

    (void)state;
    assert_int_equal(ir_cbor_check(p, n, NULL), IR_OK);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_cbor c = {0};
        bool there = ir_cbor_find(p, n, cases[i].key, &c);
        size_t want_n = 0;
        uint8_t *want;

        assert_int_equal(there, cases[i].value != NULL);
        if (!there)
            continue;
        want = unhex(cases[i].value, &want_n);
        assert_int_equal(c.end - c.p, want_n);
        assert_memory_equal(c.p, want, want_n);
        assert_int_equal(ir_cbor_skip(&c, NULL), IR_OK);
        assert_ptr_equal(c.p, c.end);
        free(want);
    }
    free(p);
    p = unhex("8101", &n);
    assert_false(ir_cbor_find(p, n, 1, &(struct ir_cbor){0}));
    assert_false(ir_cbor_find(p, 0, 1, &(struct ir_cbor){0}));
    free(p);
}

/* A cursor that met an error stands where it stood. */
static void
errors_do_not_move(void **state)
{
    static const char *const bad[] = {"1800", "420f", "61ff", "f6",
                                      "c001", "9fff", "82",   "a1"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t n = 0;
        uint8_t *p = unhex(bad[i], &n);
        struct ir_cbor c = {p, p + n};
        struct ir_cbor_item it;

        assert_int_equal(ir_cbor_next(&c, &it, NULL), IR_EPARSE);
        assert_ptr_equal(c.p, p);
        assert_int_equal(ir_cbor_skip(&c, NULL), IR_EPARSE);
        assert_ptr_equal(c.p, p);
        free(p);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_items),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(strings_and_containers),
        cmocka_unit_test(finds_keys),
        cmocka_unit_test(errors_do_not_move),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
