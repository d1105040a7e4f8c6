/* test_view_qr.c: modules as half blocks, and where nothing is drawn. */
#include "unit.h"
#include "view/qr.h"

#define FULL "\u2588"
#define UP "\u2580"
#define DOWN "\u2584"

static const struct ir_term wide = {.cols = 80, .utf8 = true, .tty = true};

/* Two modules, the upper left and the lower right one dark. */
static void
modules(void **state)
{
    static const uint8_t m[4] = {0x01, 0xc0, 0x02, 0x03};
    struct ir_buf out = {0};
    const char *full10 = FULL FULL FULL FULL FULL FULL FULL FULL FULL FULL "\n";
    struct ir_buf want = {0};

    (void)state;
    ir_buf_adds(&want, full10);
    ir_buf_adds(&want, full10);
    ir_buf_adds(&want, FULL FULL FULL FULL DOWN UP FULL FULL FULL FULL "\n");
    ir_buf_adds(&want, full10);
    ir_buf_adds(&want, full10);
    ir_buf_adds(&want, "\n");
    ir_view_modules(&wide, m, 2, &out);
    assert_string_equal(ir_buf_str(&out), ir_buf_str(&want));
    ir_buf_done(&out);
    ir_buf_done(&want);
}

/* An odd height ends in half a line; colours are said where there are some. */
static void
odd_and_coloured(void **state)
{
    static const uint8_t m[1] = {1};
    struct ir_term t = wide;
    struct ir_buf out = {0};
    const char *s;

    (void)state;
    t.color = true;
    ir_view_modules(&t, m, 1, &out);
    s = ir_buf_str(&out);
    assert_ptr_equal(strstr(s, "\033[40;97m"), s);
    assert_non_null(strstr(s, FULL DOWN FULL));
    assert_non_null(strstr(s, "\033[0m\n\n"));
    assert_non_null(strstr(s, UP UP UP UP UP UP UP UP UP "\033[0m\n\n"));
    ir_buf_done(&out);
}

static void
not_drawn(void **state)
{
    static const uint8_t m[25 * 25];
    struct ir_term t = wide;
    struct ir_buf out = {0};

    (void)state;
    t.utf8 = false;
    ir_view_modules(&t, m, 25, &out);
    ir_view_qr(&t, "7K4Q", &out);
    t.utf8 = true;
    t.cols = 32;
    ir_view_modules(&t, m, 25, &out);
    assert_int_equal(out.len, 0);
    t.cols = 33;
    ir_view_modules(&t, m, 25, &out);
    assert_true(out.len > 0);
    ir_buf_done(&out);
}

/* A code of an invitation, by the library: three finders in the corners. */
static void
drawn(void **state)
{
    struct ir_buf out = {0};
    const char *s;

    (void)state;
    ir_view_qr(&wide, "7K4Q-7K4Q-7K4Q-7K4Q-7K4Q-7K4Q-7K4Q", &out);
    s = ir_buf_str(&out);
    assert_true(out.len > 500);
    assert_non_null(strstr(s, FULL " " DOWN DOWN DOWN DOWN DOWN " " FULL));
    ir_buf_done(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules),
        cmocka_unit_test(odd_and_coloured),
        cmocka_unit_test(not_drawn),
        cmocka_unit_test(drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
