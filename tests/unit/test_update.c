/* test_update.c: what is filled into a template, and when people are told. */
#include "core/update.h"
#include "unit.h"

#define KNOW(f) (1U << IR_FACT_##f)

static void
check(const char *body, enum ir_lang lang, const char *const *args,
      unsigned may, const char *want)
{
    size_t n = 0;
    char *got;

    while (args[n] != NULL)
        n++;
    got = ir_update_fill(body, lang, args, n, may);
    assert_string_equal(got, want);
    free(got);
}

static void
fills(void **state)
{
    static const char *const none[] = {NULL};
    static const char *const some[] = {"what=The boards are dark.",
                                       "when=02:40", "why=an attack", NULL};
    static const char *const two[] = {"what=boards", "what.ja=案内表示。",
                                      "whatever=no", NULL};
    static const char *const one[] = {"what.ja=案内表示", NULL};
    unsigned may = KNOW(WHAT) | KNOW(WHEN);

    (void)state;
    check("${what}, since ${when}.\n", IR_LANG_EN, some, may,
          "The boards are dark, since 02:40.\n");
    check("${what}/${where}", IR_LANG_EN, none, may,
          "under investigation/under investigation");
    check("${what}", IR_LANG_JA, none, may, "調査中");
    /* what an audience may not know is not said, whatever is given */
    check("${why}", IR_LANG_EN, some, may, "under investigation");
    check("${why}", IR_LANG_EN, some, may | KNOW(CAUSE), "an attack");
    /* in each language its own words, else those that there are */
    check("${what}。", IR_LANG_JA, two, may, "案内表示。");
    check("${what}.", IR_LANG_EN, two, may, "boards.");
    check("${what}.", IR_LANG_EN, one, may, "案内表示.");
    check("no blank, $ {what} ${what", IR_LANG_EN, some, may,
          "no blank, $ {what} ${what");
    check("${host}", IR_LANG_EN, some, ~0U, "under investigation");
}

static void
forges_nothing(void **state)
{
    static const char *const evil[] = {
        "what=${why}\nTo: all\r\n\x1b[2J\xe2\x80\xae", "why=secret", NULL};
    char *got = ir_update_fill("a ${what} b\n", IR_LANG_EN, evil, 2, ~0U);

    (void)state;
    assert_null(strstr(got, "secret"));
    assert_null(strchr(got, 0x1b));
    assert_null(strstr(got, "\xe2\x80\xae"));
    assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
    assert_non_null(strstr(got, "${why}"));
    free(got);
}

static void
knows(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < IR_FACTS_N; i++)
        assert_int_equal(ir_fact_of_word(ir_fact_word((enum ir_fact)i)), i);
    assert_int_equal(ir_fact_of_word("secrets"), -1);
    assert_int_equal(ir_fact_of_blank("why", 3), IR_FACT_CAUSE);
    assert_int_equal(ir_fact_of_blank("wh", 2), -1);
    assert_int_equal(ir_update_uses("${who} ${how}"),
                     KNOW(IMPACT) | KNOW(MEASURES));
    assert_int_equal(ir_update_uses("who"), 0);
}

#define MIN 60000LL

static void
beats(void **state)
{
    static const int64_t told[] = {4 * MIN, 20 * MIN, 50 * MIN};
    static const struct {
        size_t told;
        int64_t now, until;
        int64_t due, late, longest;
        size_t late_n;
    } cases[] = {
        {0, 1, 120, 5, 0, 0, 0},    {0, 8, 120, 5, 3, 8, 1},
        {1, 10, 120, 24, 0, 4, 0},  {1, 30, 120, 24, 6, 26, 1},
        {2, 30, 120, 40, 0, 16, 0}, {3, 60, 120, 70, 0, 30, 1},
        {3, 300, 60, 0, 0, 30, 1},  {3, 300, 0, 70, 230, 250, 2},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_rhythm_in in = {.first_ms = 5 * MIN,
                                  .every_ms = 20 * MIN,
                                  .now_ms = cases[i].now * MIN,
                                  .until_ms = cases[i].until * MIN,
                                  .told = told,
                                  .told_n = cases[i].told};
        struct ir_rhythm r;

        ir_rhythm(&in, &r);
        assert_int_equal(r.due_ms, cases[i].due * MIN);
        assert_int_equal(r.late_ms, cases[i].late * MIN);
        assert_int_equal(r.longest_ms, cases[i].longest * MIN);
        assert_int_equal(r.late_n, cases[i].late_n);
    }
}

static void
finds(void **state)
{
    static const struct {
        const char *words, *value;
        bool found;
    } cases[] = {
        {"It was a stolen password.", "a stolen password", true},
        {"It was A STOLEN\n  Password.", "a stolen password", true},
        {"ａ\u3000ｓｔｏｌｅｎ password", "a stolen password", true},
        {"a st\u200bolen pass\u00adword", "a stolen password", true},
        {"盗まれたﾊﾟｽﾜｰﾄﾞ", "盗まれたパスワード", true},
        {"盗まれた パス ワード", "盗まれたパスワード", true},
        {"a lost password", "a stolen password", false},
        {"no idea", "id", false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ir_update_holds(cases[i].words, cases[i].value),
                         cases[i].found);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills), cmocka_unit_test(forges_nothing),
        cmocka_unit_test(knows), cmocka_unit_test(finds),
        cmocka_unit_test(beats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
