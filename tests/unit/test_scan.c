/* test_scan.c: numbers, hex, names and the distance of words, strictly. */
#include "base/scan.h"
#include "unit.h"

static const struct {
    const char *text;
    int64_t min, max;
    int rc;
    int64_t value;
} numbers[] = {
    {"0", 0, 9, IR_OK, 0},
    {"9", 0, 9, IR_OK, 9},
    {"007", 0, 9, IR_OK, 7},
    {"-5", -5, 5, IR_OK, -5},
    {"-0", -5, 5, IR_OK, 0},
    {"9223372036854775807", 0, INT64_MAX, IR_OK, INT64_MAX},
    {"-9223372036854775808", INT64_MIN, 0, IR_OK, INT64_MIN},
    {"0000000000000000000000000012", 0, 99, IR_OK, 12},
    {"10", 0, 9, IR_ELIMIT, 0},
    {"0", 1, 9, IR_ELIMIT, 0},
    {"-6", -5, 5, IR_ELIMIT, 0},
    {"9223372036854775808", 0, INT64_MAX, IR_ELIMIT, 0},
    {"-9223372036854775809", INT64_MIN, 0, IR_ELIMIT, 0},
    {"18446744073709551616", 0, INT64_MAX, IR_ELIMIT, 0},
    {"99999999999999999999999999999999999999", 0, 9, IR_ELIMIT, 0},
    {"", 0, 9, IR_EPARSE, 0},
    {"-", -5, 5, IR_EPARSE, 0},
    {"-1", 0, 9, IR_EPARSE, 0},
    {"--1", -5, 5, IR_EPARSE, 0},
    {"+1", 0, 9, IR_EPARSE, 0},
    {" 1", 0, 9, IR_EPARSE, 0},
    {"1 ", 0, 9, IR_EPARSE, 0},
    {"1\n", 0, 9, IR_EPARSE, 0},
    {"0x1", 0, 9, IR_EPARSE, 0},
    {"1e1", 0, 99, IR_EPARSE, 0},
    {"1.0", 0, 9, IR_EPARSE, 0},
    {"1,000", 0, 9999, IR_EPARSE, 0},
    {"１", 0, 9, IR_EPARSE, 0},
    {"99999999999999999999999x", 0, 9, IR_EPARSE, 0},
};

static void
test_int(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct ir_err err = {0};
        int64_t v = -77;
        int rc = ir_scan_int(numbers[i].text, numbers[i].min, numbers[i].max,
                             &v, &err);

        ROW(i, rc == numbers[i].rc);
        ROW(i, err.code == rc);
        ROW(i, v == (rc == IR_OK ? numbers[i].value : -77));
        ROW(i, (rc == IR_OK) == (err.msg[0] == '\0'));
    }
}

/* What a stranger typed comes back harmless and short. */
static void
test_int_message(void **state)
{
    struct ir_err err;
    int64_t v;
    char text[400];

    (void)state;
    ir_scan_int("1\x1b[2J\n", 0, 9, &v, &err);
    assert_non_null(strstr(err.msg, "1\\x1b[2J\\x0a"));
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ir_scan_int(text, 0, 9, &v, &err);
    assert_true(strlen(err.msg) < 120);
}

static void
test_hex(void **state)
{
    static const char *const bad[] = {"",        "0",      "00",      "00ff1",
                                      "00ff101", "00ff1g", "00ff1 ",  " 00ff1",
                                      "0x00ff",  "00-f10", "００ff10"};
    uint8_t b[3] = {1, 2, 3}, none[1] = {9};
    char text[7];

    (void)state;
    assert_int_equal(ir_scan_hex("00fF1a", b, 3, NULL), IR_OK);
    assert_memory_equal(b, "\x00\xff\x1a", 3);
    ir_hex(b, 3, text);
    assert_string_equal(text, "00ff1a");
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ir_err err = {0};

        ROW(i, ir_scan_hex(bad[i], b, 3, &err) == IR_EPARSE);
        ROW(i, err.code == IR_EPARSE && memcmp(b, "\x00\xff\x1a", 3) == 0);
    }
    assert_int_equal(ir_scan_hex("", none, 0, NULL), IR_OK);
    assert_int_equal(ir_scan_hex("00", none, 0, NULL), IR_EPARSE);
    assert_int_equal(none[0], 9);
}

static void
test_name(void **state)
{
    static const struct {
        const char *name;
        bool ok;
    } cases[] = {
        {"a", true},
        {"0", true},
        {"flight-information", true},
        {"a.b_c-d", true},
        {"a..b", true},
        {"1234567890123456789012345678901234567890", true},
        {"12345678901234567890123456789012345678901", false},
        {"", false},
        {".", false},
        {"..", false},
        {".a", false},
        {"-a", false},
        {"_a", false},
        {"a/b", false},
        {"../a", false},
        {"A", false},
        {"aB", false},
        {"a b", false},
        {"a\n", false},
        {"a:b", false},
        {"é", false},
        {"ａ", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        ROW(i, ir_name_ok(cases[i].name) == cases[i].ok);
}

static void
test_distance(void **state)
{
    static const struct {
        const char *a, *b;
        int edits;
    } cases[] = {
        {"status", "status", 0},  {"status", "statsu", 1},
        {"status", "stauts", 1},  {"status", "tatus", 1},
        {"status", "sstatus", 1}, {"status", "stbtus", 1},
        {"ab", "ba", 1},          {"ca", "abc", 3},
        {"kitten", "sitting", 3}, {"", "", 0},
        {"", "abc", 3},           {"abc", "", 3},
        {"", "abcdefghijkl", 9},  {"訓練", "訓連", 1},
        {"訓練", "練訓", 1},      {"é", "e", 1},
        {"\xff", "\xfe", 1},      {"\xff", "\xff", 0},
    };
    char x[200], y[200];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ROW(i, ir_edit_distance(cases[i].a, cases[i].b) == cases[i].edits);
        ROW(i, ir_edit_distance(cases[i].b, cases[i].a) == cases[i].edits);
    }
    memset(x, 'a', sizeof x);
    memset(y, 'a', sizeof y);
    x[64] = y[64] = '\0';
    y[63] = 'b';
    assert_int_equal(ir_edit_distance(x, y), 1);
    x[64] = y[64] = 'a';
    x[199] = y[199] = '\0';
    assert_int_equal(ir_edit_distance(x, y), 9);
    assert_int_equal(ir_edit_distance(x, x), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_int),      cmocka_unit_test(test_int_message),
        cmocka_unit_test(test_hex),      cmocka_unit_test(test_name),
        cmocka_unit_test(test_distance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
