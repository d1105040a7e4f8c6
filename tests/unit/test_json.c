/* test_json.c: what is read, what is refused and where, and the bytes that are
 * hashed.
 */
#include "base/buf.h"
#include "base/json.h"
#include "unit.h"

static struct ir_json *
parse(const char *text)
{
    struct ir_json *j = NULL;
    struct ir_err err = {0};

    if (ir_json_parse(text, strlen(text), &j, &err) != IR_OK)
        fail_msg("%s: %s", text, err.msg);
    return j;
}

static void
test_canonical(void **state)
{
    static const struct {
        const char *text, *canonical;
    } cases[] = {
        {"null", "null"},
        {" true ", "true"},
        {"-0", "0"},
        {"[-9223372036854775808, 9223372036854775807]",
         "[-9223372036854775808,9223372036854775807]"},
        {"{}", "{}"},
        {"[ ]", "[]"},
        {"{\"b\": 1, \"a\": [2, {\"d\": null, \"c\": false}]}",
         "{\"a\":[2,{\"c\":false,\"d\":null}],\"b\":1}"},
        {"{\"é\":1,\"z\":2,\"A\":3,\"a\":4,\"\":5,\"ab\":6,\"😀\":7,\"～\":8}",
         "{\"\":5,\"A\":3,\"a\":4,\"ab\":6,\"z\":2,\"é\":1,\"～\":8,"
         "\"😀\":7}"},
        {"\"\\u65e5\\u672c \\/ \\ud83d\\ude00\"", "\"日本 / 😀\""},
        {"\"\\b\\f\\n\\r\\t\\\"\\\\\\u0001\\u001F\\u007f\\u0085\"",
         "\"\\b\\f\\n\\r\\t\\\"\\\\\\u0001\\u001f\x7f\xc2\x85\""},
        {"\"\xe2\x80\xae\"", "\"\xe2\x80\xae\""},
        {"\"[[{1.5e3\"", "\"[[{1.5e3\""},
        {"{\"1.5\":1}", "{\"1.5\":1}"},
        {"\"\\\\\"", "\"\\\\\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_json *j = parse(cases[i].text);
        size_t len = 0;
        char *s = ir_json_canonical(j, &len);

        assert_string_equal(s, cases[i].canonical);
        assert_int_equal(len, strlen(s));
        free(s);
        ir_json_free(j);
    }
}

static void
test_refused(void **state)
{
    static const struct {
        const char *text;
        int rc;
        const char *where; /* in the message */
    } cases[] = {
        {"", IR_EPARSE, "line 1"},
        {" ", IR_EPARSE, "line 1"},
        {"{", IR_EPARSE, "line 1"},
        {"[1,\n2,\n}", IR_EPARSE, "line 3"},
        {"[1,]", IR_EPARSE, "line 1"},
        {"{\"a\":1,}", IR_EPARSE, "line 1"},
        {"{a:1}", IR_EPARSE, "line 1"},
        {"{'a':1}", IR_EPARSE, "line 1"},
        {"// x\n1", IR_EPARSE, "line 1"},
        {"nul", IR_EPARSE, "line 1"},
        {"NaN", IR_EPARSE, "line 1"},
        {"01", IR_EPARSE, "line 1"},
        {"+1", IR_EPARSE, "line 1"},
        {"0x10", IR_EPARSE, "line 1"},
        {"1 2", IR_EPARSE, "after"},
        {"{} x", IR_EPARSE, "after"},
        {"[]\n]", IR_EPARSE, "after"},
        {"{\"a\":1,\"a\":1}", IR_EPARSE, "twice"},
        {"{\"a\":{\"b\":1,\"b\":2}}", IR_EPARSE, "twice"},
        {"{\"a\":1,\"\\u0061\":1}", IR_EPARSE, "twice"},
        {"1.0", IR_EPARSE, "line 1, column 1"},
        {"[1,\n  2.5]", IR_EPARSE, "line 2, column 3"},
        {"[1e2]", IR_EPARSE, "line 1, column 2"},
        {"-1E2", IR_EPARSE, "line 1, column 1"},
        {"9223372036854775808", IR_EPARSE, "large"},
        {"-9223372036854775809", IR_EPARSE, "large"},
        {"\"a\\u0000b\"", IR_EPARSE, "NUL"},
        {"{\"\\u0000\":1}", IR_EPARSE, "NUL"},
        {"\"\\ud83d\"", IR_EPARSE, "line 1"},
        {"\"\\udc00\"", IR_EPARSE, "line 1"},
        {"\"\n\"", IR_EPARSE, "line"},
        {"\"\x01\"", IR_EPARSE, "line 1"},
        {"\"abc", IR_EPARSE, "line 1"},
        {"\"abc\\", IR_EPARSE, "line 1"},
        {"\"\xff\"", IR_EPARSE, "UTF-8"},
        {"\"\xc0\x80\"", IR_EPARSE, "UTF-8"},
        {"\"\xed\xa0\x80\"", IR_EPARSE, "UTF-8"},
        {"\xef\xbb\xbf{}", IR_EPARSE, "line 1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_json *j = NULL;
        struct ir_err err = {0};
        int rc = ir_json_parse(cases[i].text, strlen(cases[i].text), &j, &err);

        ROW(i, rc == cases[i].rc && err.code == rc && j == NULL);
        if (strstr(err.msg, cases[i].where) == NULL)
            fail_msg("row %zu: \"%s\" lacks \"%s\"", i, err.msg,
                     cases[i].where);
    }
}

static void
test_limits(void **state)
{
    struct ir_json *j = NULL;
    struct ir_err err = {0};
    char deep[2 * IR_JSON_DEPTH_MAX + 4];
    char *big = ir_malloc(IR_JSON_MAX + 1);

    (void)state;
    memset(deep, '[', IR_JSON_DEPTH_MAX);
    memset(deep + IR_JSON_DEPTH_MAX, ']', IR_JSON_DEPTH_MAX);
    assert_int_equal(ir_json_parse(deep, 2 * IR_JSON_DEPTH_MAX, &j, &err),
                     IR_OK);
    ir_json_free(j);
    j = NULL;
    memset(deep, '[', IR_JSON_DEPTH_MAX + 1);
    memset(deep + IR_JSON_DEPTH_MAX + 1, ']', IR_JSON_DEPTH_MAX + 1);
    assert_int_equal(ir_json_parse(deep, 2 * IR_JSON_DEPTH_MAX + 2, &j, &err),
                     IR_ELIMIT);
    memset(big, ' ', IR_JSON_MAX + 1);
    big[0] = '1';
    assert_int_equal(ir_json_parse(big, IR_JSON_MAX + 1, &j, &err), IR_ELIMIT);
    assert_null(j);
    assert_int_equal(ir_json_parse(big, IR_JSON_MAX, &j, &err), IR_OK);
    ir_json_free(j);
    free(big);
    /* a NUL in the text ends nothing early, and no more than len is read */
    j = NULL;
    assert_int_equal(ir_json_parse("1\0", 2, &j, &err), IR_EPARSE);
    assert_int_equal(ir_json_parse("[1\0]", 4, &j, &err), IR_EPARSE);
    assert_int_equal(ir_json_parse("\0", 1, &j, &err), IR_EPARSE);
    assert_int_equal(ir_json_parse("12x", 2, &j, &err), IR_OK);
    assert_int_equal(ir_json_int(j), 12);
    ir_json_free(j);
}

static void
test_take(void **state)
{
    struct ir_json *j = parse("{\"a\":[1],\"b\":2}");
    struct ir_json *a = ir_json_take(j, "a");

    (void)state;
    assert_null(ir_json_take(j, "a"));
    assert_null(ir_json_take(a, "a"));
    assert_int_equal(ir_json_len(j), 1);
    ir_json_free(j);
    assert_int_equal(ir_json_int(ir_json_at(a, 0)), 1);
    ir_json_free(a);
}

static void
test_read(void **state)
{
    struct ir_json *j = parse("{\"s\":\"x\",\"i\":-3,\"t\":true,\"n\":null,"
                              "\"a\":[1,\"b\"],\"o\":{\"k\":1}}");
    struct ir_json *a = ir_json_get(j, "a");

    (void)state;
    assert_true(ir_json_is_obj(j) && !ir_json_is_arr(j));
    assert_true(ir_json_is_arr(a) && !ir_json_is_obj(a));
    assert_true(ir_json_is_str(ir_json_get(j, "s")));
    assert_true(ir_json_is_int(ir_json_get(j, "i")));
    assert_true(ir_json_is_bool(ir_json_get(j, "t")));
    assert_true(ir_json_is_null(ir_json_get(j, "n")));
    assert_false(ir_json_is_null(ir_json_get(j, "absent")));
    assert_string_equal(ir_json_get_str(j, "s", "d"), "x");
    assert_string_equal(ir_json_get_str(j, "i", "d"), "d");
    assert_null(ir_json_get_str(j, "absent", NULL));
    assert_int_equal(ir_json_get_int(j, "i", 9), -3);
    assert_int_equal(ir_json_get_int(j, "s", 9), 9);
    assert_true(ir_json_get_bool(j, "t", false));
    assert_true(ir_json_get_bool(j, "i", true));
    assert_int_equal(ir_json_len(j), 6);
    assert_int_equal(ir_json_len(a), 2);
    assert_int_equal(ir_json_len(ir_json_get(j, "s")), 0);
    assert_string_equal(ir_json_str(ir_json_at(a, 1)), "b");
    assert_null(ir_json_at(a, 2));
    assert_null(ir_json_at(j, 0));
    /* NULL is nothing, everywhere */
    assert_false(ir_json_is_obj(NULL) || ir_json_is_null(NULL));
    assert_null(ir_json_get(NULL, "a"));
    assert_null(ir_json_get(a, "a"));
    assert_null(ir_json_at(NULL, 0));
    assert_null(ir_json_str(NULL));
    assert_int_equal(ir_json_int(NULL), 0);
    assert_false(ir_json_bool(NULL));
    assert_int_equal(ir_json_len(NULL), 0);
    ir_json_free(j);
    ir_json_free(NULL);
}

static bool
collect(const char *key, struct ir_json *v, void *arg)
{
    struct ir_buf *b = arg;

    ir_buf_addf(b, "%s=%d ", key, (int)ir_json_int(v));
    return strcmp(key, "c") != 0;
}

static void
test_each(void **state)
{
    struct ir_json *j = parse("{\"d\":4,\"b\":2,\"é\":5,\"a\":1,\"c\":3}");
    struct ir_buf b = {0};

    (void)state;
    ir_json_each(j, collect, &b);
    assert_string_equal(ir_buf_str(&b), "a=1 b=2 c=3 ");
    ir_json_each(NULL, collect, &b);
    ir_json_each(ir_json_get(j, "a"), collect, &b);
    assert_string_equal(ir_buf_str(&b), "a=1 b=2 c=3 ");
    ir_buf_done(&b);
    ir_json_free(j);
}

static void
test_write(void **state)
{
    struct ir_json *j = ir_json_new_obj(), *a;
    char *s;

    (void)state;
    ir_json_set_str(j, "z", "1");
    ir_json_set_str(j, "none", NULL);
    ir_json_set_strn(j, "cut", "abcdef", 2);
    ir_json_set_strn(j, "nul", "a\0b", 3);
    ir_json_set_str(j, "bad", "x\xff\xe3\x81y");
    ir_json_set_str(j, "k\xff", "key");
    ir_json_set_int(j, "i", INT64_MIN);
    ir_json_set_bool(j, "t", true);
    ir_json_set_hex(j, "h", (const uint8_t *)"\x00\xab", 2);
    ir_json_set_hex(j, "e", NULL, 0);
    a = ir_json_set_take(j, "a", ir_json_new_arr());
    ir_json_add_str(a, "b");
    ir_json_add_int(a, 2);
    ir_json_add_take(a, ir_json_new_bool(false));
    ir_json_add_take(a, NULL);
    ir_json_add_take(a, ir_json_new_str(NULL));
    ir_json_set_str(j, "z", "2");
    s = ir_json_text(j, 0);
    assert_string_equal(
        s, "{\"z\":\"2\",\"none\":null,\"cut\":\"ab\",\"nul\":\"a\uFFFDb\","
           "\"bad\":\"x\uFFFD\uFFFD\uFFFDy\",\"k\uFFFD\":\"key\","
           "\"i\":-9223372036854775808,\"t\":true,\"h\":\"00ab\",\"e\":\"\","
           "\"a\":[\"b\",2,false,null,null]}");
    free(s);
    ir_json_free(j);
}

static void
test_text(void **state)
{
    struct ir_json *j = parse("{\"b\":[1,{}],\"a\":{\"c\":[]},"
                              "\"x\":\"\\u001b[2J\xe2\x80\xae\xc2\x9b\x7f\"}");
    char *s = ir_json_text(j, 2);

    (void)state;
    assert_string_equal(s, "{\n"
                           "  \"b\": [\n"
                           "    1,\n"
                           "    {}\n"
                           "  ],\n"
                           "  \"a\": {\n"
                           "    \"c\": []\n"
                           "  },\n"
                           "  \"x\": \"\\u001b[2J\\u202e\\u009b\\u007f\"\n"
                           "}");
    free(s);
    ir_json_free(j);
}

/* The row of a list is what the parsed list has, whatever stands around it. */
static void
test_row(void **state)
{
    static const char list[] =
        "[{\"a\":{\"id\":\"c\"},\"id\":\"a\",\"n\":1},"
        "{\"b\":\"\\\",\\\"id\\\":\\\"c\\\"}\",\"id\":\"b]}\"},"
        "[{\"id\":\"c\"}],\"id\",{\"a\":\"id\",\"b\":\"c\"},"
        "{\"id\":\"c\",\"l\":[{\"id\":\"x\"}],\"～\":\"\\\\\"},"
        "{\"id\":\"c\",\"second\":true},{\"id\":\"伊藤\"}]";
    static const struct {
        const char *id, *row;
    } cases[] = {
        {"a", "{\"a\":{\"id\":\"c\"},\"id\":\"a\",\"n\":1}"},
        {"b]}", "{\"b\":\"\\\",\\\"id\\\":\\\"c\\\"}\",\"id\":\"b]}\"}"},
        {"c", "{\"id\":\"c\",\"l\":[{\"id\":\"x\"}],\"～\":\"\\\\\"}"},
        {"伊藤", "{\"id\":\"伊藤\"}"},
        {"x", NULL},
        {"", NULL},
        {"伊", NULL},
    };
    static const char *const no_list[] = {"", "{\"a\":{\"id\":\"a\"}}"};
    struct ir_json *row = NULL;
    struct ir_err err = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        assert_int_equal(
            ir_json_row(list, strlen(list), cases[i].id, &row, &err), IR_OK);
        if (cases[i].row == NULL) {
            assert_null(row);
        } else {
            char *s = ir_json_canonical(row, NULL);

            assert_string_equal(s, cases[i].row);
            free(s);
        }
        ir_json_free(row);
    }
    for (i = 0; i < strlen(list); i++) { /* cut off anywhere */
        row = NULL;
        (void)ir_json_row(list, i, "c", &row, NULL);
        ir_json_free(row);
    }
    assert_int_equal(ir_json_row(list, strlen(list), "a\"", &row, &err),
                     IR_EUSAGE);
    for (i = 0; i < COUNT(no_list); i++)
        assert_int_equal(
            ir_json_row(no_list[i], strlen(no_list[i]), "a", &row, &err),
            IR_EUSAGE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical), cmocka_unit_test(test_row),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_limits),
        cmocka_unit_test(test_take),      cmocka_unit_test(test_read),
        cmocka_unit_test(test_each),      cmocka_unit_test(test_write),
        cmocka_unit_test(test_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
