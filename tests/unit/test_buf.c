/* test_buf.c: a buffer grows, ends in NUL, is given away and used again. */
#include "base/buf.h"
#include "unit.h"

static void
test_empty(void **state)
{
    struct ir_buf b = {0};
    char *s;

    (void)state;
    assert_string_equal(ir_buf_str(&b), "");
    s = ir_buf_take(&b);
    assert_string_equal(s, "");
    free(s);
    ir_buf_add(&b, NULL, 0);
    assert_string_equal(ir_buf_str(&b), "");
    assert_int_equal(b.len, 0);
    ir_buf_done(&b);
    ir_buf_done(&b);
}

static void
test_add(void **state)
{
    struct ir_buf b = {0};
    char *s;

    (void)state;
    ir_buf_adds(&b, "one ");
    ir_buf_addf(&b, "%d%s", 2, " ");
    ir_buf_addc(&b, '3');
    assert_string_equal(ir_buf_str(&b), "one 2 3");
    assert_int_equal(b.len, 7);
    s = ir_buf_take(&b);
    assert_string_equal(s, "one 2 3");
    assert_null(b.p);
    assert_int_equal(b.len, 0);
    free(s);
    ir_buf_add(&b, "a\0b", 3);
    assert_int_equal(b.len, 3);
    assert_memory_equal(b.p, "a\0b", 4);
    ir_buf_done(&b);
    assert_null(b.p);
}

/* Every size around every doubling; the NUL is always inside. */
static void
test_grow(void **state)
{
    (void)state;
    for (size_t n = 0; n < 600; n++) {
        struct ir_buf b = {0};
        char *text = ir_malloc(n + 1);

        memset(text, 'x', n);
        text[n] = '\0';
        ir_buf_addf(&b, "%s", text);
        ir_buf_addc(&b, 'y');
        ir_buf_adds(&b, text);
        assert_int_equal(b.len, 2 * n + 1);
        assert_true(b.cap > b.len);
        assert_int_equal(strlen(ir_buf_str(&b)), b.len);
        assert_int_equal(b.p[n], 'y');
        ir_buf_done(&b);
        free(text);
    }
}

static void
test_strings(void **state)
{
    char *s = ir_strdup("abc"), *t = ir_strndup("abcdef", 2),
         *u = ir_strndup("ab", 9), *v = ir_asprintf("%s-%03d", "x", 7);
    char *p = ir_malloc(0), *q = ir_calloc(3, 5);

    (void)state;
    assert_string_equal(s, "abc");
    assert_string_equal(t, "ab");
    assert_string_equal(u, "ab");
    assert_string_equal(v, "x-007");
    assert_non_null(p);
    for (size_t i = 0; i < 15; i++)
        assert_int_equal(q[i], 0);
    p = ir_realloc(p, 100);
    memset(p, 1, 100);
    free(s);
    free(t);
    free(u);
    free(v);
    free(p);
    free(q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_grow),
        cmocka_unit_test(test_strings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
