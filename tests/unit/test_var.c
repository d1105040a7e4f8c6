/* test_var.c: answers to typed questions, and ${name} in texts. */
#include "core/plan.h"
#include "plan_make.h"

#include <time.h>

static char one[] = "one", many[] = "many", en[] = "some", ja[] = "何台か";
static struct ir_option choices[] = {
    {one, {en, ja}, {NULL, NULL}, NULL, NULL},
    {many, {en, ja}, {NULL, NULL}, NULL, NULL},
};

#define NOW 1795269600000LL /* 2026-11-21 14:00:00 UTC */

static const struct {
    enum ir_var_type type;
    const char *typed, *want; /* NULL: refused */
} cases[] = {
    {IR_VAR_HOST, "FS1", "FS1"},
    {IR_VAR_HOST, " fs1.example.jp ", "fs1.example.jp"},
    {IR_VAR_HOST, "ＦＳ１", "FS1"},
    {IR_VAR_HOST, "　fs1　", "fs1"},
    {IR_VAR_HOST, "192.0.2.7", "192.0.2.7"},
    {IR_VAR_HOST, "2001:db8::7", "2001:db8::7"},
    {IR_VAR_HOST, "unknown", "unknown"},
    {IR_VAR_HOST, "不明", "unknown"},
    {IR_VAR_HOST, "?", "unknown"},
    {IR_VAR_HOST, "", NULL},
    {IR_VAR_HOST, "-oProxyCommand=x", NULL},
    {IR_VAR_HOST, "－ｏ", NULL},
    {IR_VAR_HOST, "fs1;reboot", NULL},
    {IR_VAR_HOST, "fs1 fs2", NULL},
    {IR_VAR_HOST, "fs1\nfs2", NULL},
    {IR_VAR_HOST, "$(reboot)", NULL},
    {IR_VAR_HOST, "fs1..example", NULL},
    {IR_VAR_HOST, ".fs1", NULL},
    {IR_VAR_HOST, "fs1-", NULL},
    {IR_VAR_HOST, "fs1-.example", NULL},
    {IR_VAR_HOST, "表示サーバー", NULL},
    {IR_VAR_ADDRESS, "192.0.2.0/24", "192.0.2.0/24"},
    {IR_VAR_ADDRESS, "192.0.2.0/33", NULL},
    {IR_VAR_ADDRESS, "2001:db8::/32", "2001:db8::/32"},
    {IR_VAR_ADDRESS, "192.0.2.0/", NULL},
    {IR_VAR_ADDRESS, "bad.example.com", "bad.example.com"},
    {IR_VAR_ADDRESS, "a b", NULL},
    {IR_VAR_NUMBER, "12", "12"},
    {IR_VAR_NUMBER, "１２", "12"},
    {IR_VAR_NUMBER, "-3", "-3"},
    {IR_VAR_NUMBER, "1.5", NULL},
    {IR_VAR_NUMBER, "twelve", NULL},
    {IR_VAR_NUMBER, "99999999999999999999", NULL},
    {IR_VAR_CHOICE, "many", "many"},
    {IR_VAR_CHOICE, "MANY", "many"},
    {IR_VAR_CHOICE, "1", "one"},
    {IR_VAR_CHOICE, "２", "many"},
    {IR_VAR_CHOICE, "3", NULL},
    {IR_VAR_CHOICE, "0", NULL},
    {IR_VAR_CHOICE, "few", NULL},
    {IR_VAR_TIME, "2026-11-21T02:40:00Z", "2026-11-21T02:40:00+00:00"},
    {IR_VAR_TIME, "02:40", "2026-11-21T02:40:00+00:00"},
    {IR_VAR_TIME, "later", NULL},
    {IR_VAR_PERSON, "伊藤 一夫", "伊藤 一夫"},
    {IR_VAR_PERSON, "-x", NULL},
    {IR_VAR_TEXT, "第１表示", "第１表示"},
    {IR_VAR_TEXT, "a\tb", NULL},
    {IR_VAR_TEXT,
     "\xc2\x9b"
     "31m",
     NULL},
    {IR_VAR_TEXT, "\xff", NULL},
};

static void
parses(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_var v = {0};
        struct ir_err err = {0};
        char *out = NULL;
        int rc;

        v.type = cases[i].type;
        v.unknown = true;
        v.choices = choices;
        v.choices_n = 2;
        rc = ir_var_parse(&v, cases[i].typed, NOW, &out, &err);
        if (cases[i].want == NULL) {
            if (rc != IR_EPARSE || out != NULL)
                fail_msg("case %zu \"%s\" gave %s", i, cases[i].typed, out);
            assert_true(err.msg[0] != '\0');
        } else if (rc != IR_OK || strcmp(out, cases[i].want) != 0) {
            fail_msg("case %zu \"%s\" gave %s (%s)", i, cases[i].typed, out,
                     err.msg);
        }
        free(out);
    }
}

static void
may_insist(void **state)
{
    struct ir_var v = {0};
    struct ir_err err;
    char *out = NULL, *longer = ir_calloc(600, 1);

    (void)state;
    v.type = IR_VAR_HOST;
    assert_int_equal(ir_var_parse(&v, "unknown", NOW, &out, &err), IR_EPARSE);
    assert_true(err.hint[0] != '\0');
    memset(longer, 'a', 599);
    assert_int_equal(ir_var_parse(&v, longer, NOW, &out, &err), IR_EPARSE);
    assert_null(out);
    free(longer);
}

static const char *
get(const char *name, void *arg)
{
    (void)arg;
    return strcmp(name, "host") == 0   ? "FS1"
           : strcmp(name, "lost") == 0 ? "unknown"
                                       : NULL;
}

static void
expands(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {"Pull ${host}.", "Pull FS1."},
        {"${host}${host}", "FS1FS1"},
        {"${lost}/${none}", "unknown/unknown"},
        {"$ ${ ${} ${Host} ${host", "$ ${ ${} ${Host} ${host"},
        {"${a23456789012345678901234567890123}",
         "${a23456789012345678901234567890123}"},
        {"$${host}", "$FS1"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *s = ir_plan_expand(rows[i].text, get, NULL);

        assert_string_equal(s, rows[i].want);
        free(s);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(may_insist),
        cmocka_unit_test(expands),
    };

    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
