/* test_view_term.c: paragraphs, rows, tables, and what a terminal can do. */
#include "view/line.h"
#include "view/pool.h"
#include "view_make.h"

static char *env_pairs[8];

static char *
fake_env(const char *name)
{
    size_t i, n = strlen(name);

    for (i = 0; env_pairs[i] != NULL; i++)
        if (strncmp(env_pairs[i], name, n) == 0 && env_pairs[i][n] == '=')
            return env_pairs[i] + n + 1;
    return NULL;
}

static void
test_detect(void **state)
{
    static const struct {
        const char *env[4];
        int cols, lines;
        bool utf8;
    } cases[] = {
        {{NULL}, 80, 0, true},
        {{"COLUMNS=40", "LINES=10"}, 40, 10, true},
        {{"COLUMNS=0", "LINES=x"}, 80, 0, true},
        {{"COLUMNS=100000"}, 80, 0, true},
        {{"LANG=ja_JP.eucJP"}, 80, 0, false},
        {{"LANG=ja_JP.eucJP", "LC_ALL=C.UTF-8"}, 80, 0, true},
        {{"LC_ALL=ja_JP.utf8"}, 80, 0, true},
        {{"LANG=C"}, 80, 0, true},
    };
    struct ir_term t;
    int fds[2];
    size_t i, k;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (k = 0; k < 4; k++)
            env_pairs[k] = (char *)(uintptr_t)cases[i].env[k];
        ir_term_detect(fds[1], false, fake_env, &t);
        assert_int_equal(t.cols, cases[i].cols);
        assert_int_equal(t.lines, cases[i].lines);
        assert_int_equal(t.utf8, cases[i].utf8);
        assert_false(t.tty);
        assert_false(t.color);
    }
    close(fds[0]);
    close(fds[1]);
}

static void
test_style(void **state)
{
    struct ir_term t = {.cols = 80, .color = true, .utf8 = true};
    struct ir_buf out = {0};

    (void)state;
    ir_term_put(&t, &out, IR_STYLE_ALARM, "MISSED");
    assert_string_equal(ir_buf_str(&out), "\033[1;31mMISSED\033[0m");
    ir_buf_done(&out);
    ir_term_put(&t, &out, IR_STYLE_BOLD, "");
    assert_string_equal(ir_buf_str(&out), "");
    t.color = false;
    ir_term_put(&t, &out, IR_STYLE_ALARM,
                "a\xc2\xa0"
                "b");
    assert_string_equal(ir_buf_str(&out), "a b");
    ir_buf_done(&out);
}

static void
test_para(void **state)
{
    static const struct {
        int cols, indent;
        const char *lead, *text, *want;
    } cases[] = {
        {80, 1, NULL, "one two", " one two\n"},
        {20, 2, NULL, "one two three fourth", "  one two three\n  fourth\n"},
        {80, 5, "Good: ", "yes", "     Good: yes\n"},
        {60, 0,
         "Good: ", "one two three four five six seven eight nine ten eleven",
         "Good: one two three four five six seven eight nine ten\n"
         "      eleven\n"},
        {30, 0, "Good: ", "one two three four five six",
         "Good: one two three four five\n  six\n"},
        {20, 0, "! ", "one two three fourth", "! one two three\n  fourth\n"},
        {20, 1, NULL, "", "\n"},
        {20, 1, NULL, "端末を隔離する手順を続けます",
         " 端末を隔離する手順\n を続けます\n"},
        {20, 1, NULL,
         "insert a stick, run  ir\xc2\xa0"
         "carry\xc2\xa0out",
         " insert a stick, run\n ir carry out\n"},
        {20, 18, NULL, "aaaa bbbb",
         "                aaaa\n"
         "                bbbb\n"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_term t = {.cols = cases[i].cols, .utf8 = true};
        struct ir_buf out = {0};

        ir_term_para(&t, &out, cases[i].indent, cases[i].lead, IR_STYLE_NONE,
                     cases[i].text);
        assert_string_equal(ir_buf_str(&out), cases[i].want);
        ir_buf_done(&out);
    }
}

static void
test_row(void **state)
{
    struct ir_term t = {.cols = 20, .utf8 = true};
    struct ir_buf out = {0};

    (void)state;
    ir_term_row(&t, &out, 1, IR_STYLE_NONE, "left", IR_STYLE_NONE, "right");
    ir_term_row(&t, &out, 1, IR_STYLE_NONE, "left", IR_STYLE_NONE, NULL);
    ir_term_row(&t, &out, 1, IR_STYLE_NONE, "left", IR_STYLE_NONE,
                "right as well, too");
    ir_term_row(&t, &out, 1, IR_STYLE_NONE, "左の", IR_STYLE_NONE, "右の");
    ir_term_rule(&t, &out, "3 to go");
    ir_term_rule(&t, &out, NULL);
    t.plain = true;
    ir_term_rule(&t, &out, "3 to go");
    assert_string_equal(ir_buf_str(&out), " left          right\n"
                                          " left\n"
                                          " left\n"
                                          "     right as well,\n"
                                          "     too\n"
                                          " 左の           右の\n"
                                          " ----------- 3 to go\n"
                                          " -------------------\n"
                                          " 3 to go\n");
    ir_buf_done(&out);
}

static void
fill_table(struct ir_table *tb)
{
    static const char *const rows[][4] = {
        {"02:41", "02:41", "伊藤", "Declared: display servers encrypted"},
        {"02:43", NULL, "Mori", "short"},
        {"02:44", "03:05 late", "-", ""},
    };
    size_t i;

    ir_table_init(tb, 4, 1);
    tb->head[0] = "happened";
    tb->head[1] = "recorded";
    tb->head[2] = "who";
    tb->head[3] = "what";
    for (i = 0; i < 3; i++)
        ir_table_row(tb, IR_STYLE_NONE, rows[i]);
}

static void
test_table(void **state)
{
    static const struct {
        int cols;
        const char *want;
    } cases[] = {
        {80,
         " happened  recorded    who   what\n"
         " 02:41     02:41       伊藤  Declared: display servers encrypted\n"
         " 02:43                 Mori  short\n"
         " 02:44     03:05 late  -\n"},
        {46, " happened  recorded    who   what\n"
             " 02:41     02:41       伊藤  Declared: display\n"
             "                             servers encrypted\n"
             " 02:43                 Mori  short\n"
             " 02:44     03:05 late  -\n"},
        {40, " 02:41  02:41  伊藤\n"
             "   Declared: display servers encrypted\n"
             " 02:43  Mori\n"
             "   short\n"
             " 02:44  03:05 late  -\n"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_term t = {.cols = cases[i].cols, .utf8 = true};
        struct ir_table tb;
        struct ir_buf out = {0};

        fill_table(&tb);
        ir_table_write(&tb, &t, &out);
        assert_string_equal(ir_buf_str(&out), cases[i].want);
        ir_buf_done(&out);
    }
}

/* However narrow: every cell is there, every line fits. */
static void
test_table_facts(void **state)
{
    static const char *const facts[] = {"02:41", "伊藤", "encrypted", "late"};
    int cols;
    size_t i;

    (void)state;
    for (cols = 20; cols < 90; cols++) {
        struct ir_term t = {.cols = cols, .utf8 = true};
        struct ir_table tb;
        struct ir_buf out = {0};

        fill_table(&tb);
        ir_table_write(&tb, &t, &out);
        screen_check(&out, cols, "table");
        for (i = 0; i < sizeof facts / sizeof facts[0]; i++)
            assert_non_null(strstr(ir_buf_str(&out), facts[i]));
        ir_buf_done(&out);
    }
}

static void
test_line(void **state)
{
    struct ir_term t = {.cols = 20, .color = true, .utf8 = true};
    struct ir_line l = {0}, r = {0};
    struct ir_buf out = {0};

    (void)state;
    ir_line_add(&t, &l, IR_STYLE_ACCENT, "端末");
    ir_line_to(&l, 6);
    ir_line_add(&t, &l, IR_STYLE_NONE, "x");
    ir_line_add(&t, &r, IR_STYLE_DIM, "end");
    assert_int_equal(l.width, 7);
    assert_true(ir_line_fits(&t, &l, &r));
    ir_line_write(&t, &l, &r, &out);
    assert_string_equal(ir_buf_str(&out), "\033[1;36m端末\033[0m  x"
                                          "          \033[2mend\033[0m\n");
    ir_buf_done(&out);
}

static void
test_safe(void **state)
{
    static const struct {
        bool utf8;
        const char *in, *want;
    } cases[] = {
        {true, "伊藤\tx\ny", "伊藤 x y"},
        {false, "伊藤 Café", "\\u{4F0A}\\u{85E4} Caf\\u{00E9}"},
        {true, "\033[2J", "\\x1b[2J"},
        {true, "", ""},
        {true, NULL, ""},
    };
    struct fixture f;
    size_t i;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    fixture_init(&f);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *s;

        f.v.term.utf8 = cases[i].utf8;
        s = ir_view_safe(&f.v, cases[i].in);
        assert_string_equal(s, cases[i].want);
        free(s);
    }
    fixture_done(&f);
}

static void
test_names(void **state)
{
    static const struct {
        enum ir_lang lang;
        int member;
        bool full;
        const char *want;
    } cases[] = {
        {IR_LANG_EN, 0, true, "Ito Kazuo"}, {IR_LANG_EN, 0, false, "Ito"},
        {IR_LANG_JA, 0, true, "伊藤 和夫"}, {IR_LANG_JA, 0, false, "伊藤"},
        {IR_LANG_EN, 2, false, "Smith"},    {IR_LANG_JA, 2, false, "Smith"},
        {IR_LANG_EN, -1, false, "nobody"},  {IR_LANG_EN, 99, true, "nobody"},
    };
    struct fixture f;
    size_t i;

    (void)state;
    fixture_init(&f);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *s;

        ir_i18n_set(cases[i].lang);
        s = ir_view_member(&f.v, cases[i].member, cases[i].full);
        assert_string_equal(s, cases[i].want);
        free(s);
    }
    ir_i18n_set(IR_LANG_EN);
    fixture_done(&f);
}

static void
test_times(void **state)
{
    static const struct {
        int64_t ms;
        const char *span;
    } cases[] = {
        {0, "0 s"},
        {59999, "59 s"},
        {60000, "1 min"},
        {7200000, "2 h"},
        {7500000, "2 h 5 min"},
        {86400000, "24 h"},
        {259200000, "3 days"},
        {262800000, "3 days 1 h"},
    };
    struct fixture f;
    char *s;
    size_t i;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    fixture_init(&f);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        s = ir_view_span(cases[i].ms);
        assert_string_equal(s, cases[i].span);
        free(s);
    }
    s = ir_view_left(&f.v, NOW - 12 * MIN);
    assert_string_equal(s, "12 min late");
    free(s);
    s = ir_view_time(&f.v, INT64_MAX);
    assert_string_equal(s, "?");
    free(s);
    s = ir_view_stamp(INT64_MIN);
    assert_string_equal(s, "?");
    free(s);
    s = ir_view_left(&f.v, INT64_MAX);
    assert_string_equal(s, "?");
    free(s);
    fixture_done(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_detect), cmocka_unit_test(test_style),
        cmocka_unit_test(test_para),   cmocka_unit_test(test_row),
        cmocka_unit_test(test_table),  cmocka_unit_test(test_table_facts),
        cmocka_unit_test(test_line),   cmocka_unit_test(test_safe),
        cmocka_unit_test(test_names),  cmocka_unit_test(test_times),
    };

    return cmocka_run_group_tests(tests, view_setup, NULL);
}
