/* test_lexer.c: the rewriter of table constructors (script/lexer.h). */
#include "script/lexer.h"
#include "unit.h"

#include <string.h>

static const struct {
    const char *src, *out;
} rewrites[] = {
    {"return {}", "return __ir_t(0,{})"},
    {"return { 1, {} }", "return __ir_t(0,{ 1, __ir_t(1,{}) })"},
    {"f{}", "f(__ir_t(0,{}))"},
    {"f {} {}", "f (__ir_t(0,{})) (__ir_t(1,{}))"},
    {"a.b:c{}", "a.b:c(__ir_t(0,{}))"},
    {"f(1){}", "f(1)(__ir_t(0,{}))"},
    {"f[1]{}", "f[1](__ir_t(0,{}))"},
    {"f'x'{}", "f'x'(__ir_t(0,{}))"},
    {"f[[x]]{}", "f[[x]](__ir_t(0,{}))"},
    {"local t = {}", "local t = __ir_t(0,{})"},
    {"x = a and {} or {}", "x = a and __ir_t(0,{}) or __ir_t(1,{})"},
    {"for _ in pairs {} do end", "for _ in pairs (__ir_t(0,{})) do end"},
    {"return #{}", "return #__ir_t(0,{})"},
    {"return -- {\n{}", "return -- {\n__ir_t(0,{})"},
    {"return --[[ { ]] {}", "return --[[ { ]] __ir_t(0,{})"},
    {"return --[==[ ]] { ]==] {}", "return --[==[ ]] { ]==] __ir_t(0,{})"},
    {"return '{', \"}\", [[{]], [=[ ]] } ]=]",
     "return '{', \"}\", [[{]], [=[ ]] } ]=]"},
    {"return '\\'{', '\\\n{', '\\z \n {'",
     "return '\\'{', '\\\n{', '\\z \n {'"},
    {"return 1..{}", "return 1..__ir_t(0,{})"},
    {"x=1 goto l ::l:: y={}", "x=1 goto l ::l:: y=__ir_t(0,{})"},
    {"", ""},
};

static void
test_rewrite(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rewrites / sizeof rewrites[0]; i++) {
        struct ir_lexed lx;
        struct ir_err err;
        int line = 0;

        assert_int_equal(ir_lex_rewrite(rewrites[i].src,
                                        strlen(rewrites[i].src), &lx, &line,
                                        &err),
                         IR_OK);
        assert_string_equal(ir_buf_str(&lx.text), rewrites[i].out);
        ir_lexed_done(&lx);
    }
}

static const struct {
    const char *src;
    int line, rc;
} refused[] = {
    {"x = 'a", 1, IR_EPARSE},
    {"\n\nx = 'a\n'", 3, IR_EPARSE},
    {"x = [[a", 1, IR_EPARSE},
    {"--[[ a", 1, IR_EPARSE},
    {"x = {\n(\n}", 3, IR_EPARSE},
    {"}", 1, IR_EPARSE},
    {"x = {\n\n", 1, IR_EPARSE},
    {"\nend", 2, IR_EPARSE},
    {"\n__ir_t(1,2)", 2, IR_EPARSE},
    {"local __ir_t", 1, IR_EPARSE},
    {"return function() }", 1, IR_EPARSE},
};

static void
test_refused(void **state)
{
    char deep[IR_LEX_DEPTH_MAX + 2];
    struct ir_lexed lx;
    struct ir_err err;
    int line = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        line = 0;
        assert_int_equal(ir_lex_rewrite(refused[i].src, strlen(refused[i].src),
                                        &lx, &line, &err),
                         refused[i].rc);
        assert_int_equal(line, refused[i].line);
        assert_null(lx.ctors);
    }
    memset(deep, '{', sizeof deep);
    assert_int_equal(ir_lex_rewrite(deep, sizeof deep, &lx, &line, &err),
                     IR_ELIMIT);
    memset(deep, '(', sizeof deep);
    assert_int_equal(ir_lex_rewrite(deep, sizeof deep, &lx, &line, &err),
                     IR_ELIMIT);
}

/* Which constructor, which field, which line. */
static const char places[] =
    "local t = {\n"                               /* 1: ctor 0 */
    "  a = 1, b = function() local x, y = 1, 2\n" /* 2 */
    "    if x then return { 9,\n"                 /* 3: ctor 1 */
    "      8 } end end,\n"                        /* 4 */
    "  [\"repeat\"] = 3; ['x'\n"                  /* 5 */
    "  ] = 4, [1 + 1] = 5,\n"                     /* 6 */
    "  7, f(1, 2,\n"                              /* 7 */
    "    3), a == b, { --[[\n"                    /* 8: ctor 2 */
    "  ]] c =\r\n"                                /* 9 */
    "  1 },\n"                                    /* 10 */
    "}\n";

static const struct {
    size_t ctor, item;
    const char *key;
    int line;
} lines[] = {
    {0, 0, "a", 2},  {0, 0, "b", 2},  {0, 0, "repeat", 5}, {0, 0, "x", 5},
    {0, 0, "y", 0},  {0, 1, NULL, 7}, {0, 2, NULL, 7},     {0, 3, NULL, 8},
    {0, 4, NULL, 8}, {0, 5, NULL, 0}, {1, 1, NULL, 3},     {1, 2, NULL, 4},
    {2, 0, "c", 9},  {2, 1, NULL, 0},
};

static void
test_places(void **state)
{
    struct ir_lexed lx;
    struct ir_err err;
    int line = 0;
    size_t i;

    (void)state;
    assert_int_equal(
        ir_lex_rewrite(places, sizeof places - 1, &lx, &line, &err), IR_OK);
    assert_int_equal(lx.n, 3);
    assert_int_equal(lx.ctors[0].line, 1);
    assert_int_equal(lx.ctors[1].line, 3);
    assert_int_equal(lx.ctors[2].line, 8);
    for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_int_equal(
            ir_ctor_line(&lx.ctors[lines[i].ctor], lines[i].key, lines[i].item),
            lines[i].line);
    ir_lexed_done(&lx);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rewrite),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
