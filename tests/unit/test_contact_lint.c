/* test_contact_lint.c: what is wrong with contact data although every field
 * fits; what depends on the day; and that audiences in audiences cost little.
 */
#include "base/buf.h"
#include "core/contact_lint.h"
#include "unit.h"

#define DAY INT64_C(86400000)
#define NOW (INT64_C(20778) * DAY) /* 2026-11-21 */

static void
note(const struct ir_contact_finding *f, void *arg)
{
    struct ir_buf *b = arg;

    ir_buf_addf(b, "%s%c%s %s %s%s%s", b->len > 0 ? "\n" : "", "!w-"[f->level],
                f -> check, f -> list, f -> id,
                f -> field[0] != '\0' ? " " : "", f->field);
}

static const struct {
    const char *contacts;
    int64_t now;
    const char *found;
} cases[] = {
    {"{}", NOW, ""},
    {"{\"people\":[{\"id\":\"a\",\"channels\":[[\"phone\",\"1\"],"
     "[\"sms\",\"1\"]]}]}",
     0, ""},
    {"{\"people\":[{\"id\":\"a\",\"channels\":[[\"phone\",\"1\"]]}]}", NOW,
     "wone-way people a channels\n-unverified people a verified"},
    {"{\"people\":[{\"id\":\"a\",\"verified\":\"2026-05-22\",\"channels\":"
     "[[\"phone\",\"1\"],[\"board\",\"2\"]]}]}",
     NOW, "-stale people a verified"},
    {"{\"people\":[{\"id\":\"a\",\"verified\":\"2026-05-23\",\"channels\":"
     "[[\"phone\",\"1\"],[\"board\",\"2\"]]}]}",
     NOW, ""},
    /* a channel that is mail, by whatever name, is mail */
    {"{\"people\":[{\"id\":\"a\",\"channels\":[[\"post\",\"x\"],"
     "[\"mail\",\"y\"]]}],\"channels\":[{\"id\":\"post\",\"mail\":true}]}",
     0, "wmail-only people a channels\n-not-set-up channels "},
    {"{\"people\":[{\"id\":\"a\",\"channels\":[[\"zzzz\",\"x\"],"
     "[\"chan\",\"y\"]]}],\"channels\":[{\"id\":\"chan\"}]}",
     0, "wunknown-means people a channels[1]"},
    {"{\"partners\":[{\"id\":\"v\",\"verified\":\"2026-11-01\",\"channels\":"
     "[[\"phone\",\"1\"]]}]}",
     NOW, "-one-way partners v channels"},
    {"{\"people\":[{\"id\":\"a\",\"channels\":[[\"mail\",\"1\"]]}],"
     "\"roles\":[{\"id\":\"r\",\"holders\":[\"a\"]}],"
     "\"trees\":[{\"id\":\"t\",\"levels\":[[\"a\"],[\"role:r\"]]}]}",
     0,
     "wmail-only people a channels\nwno-deputy roles r holders\n"
     "wmail-only trees t levels[1][1]\nwmail-only trees t levels[2][1]\n"
     "-not-set-up channels "},
    {"{\"audiences\":[{\"id\":\"x\",\"members\":[\"audience:y\"]},"
     "{\"id\":\"y\",\"members\":[\"audience:x\"],\"by\":{\"en\":\"b\"}},"
     "{\"id\":\"z\",\"members\":[\"audience:x\"]},{\"id\":\"q\"}]}",
     0,
     "!loop audiences x members[1]\n!loop audiences y members[1]\n"
     "wunreachable audiences z\nwunreachable audiences q"},
    {"{\"people\":[{\"id\":\"a\",\"member\":\"b\"},{\"id\":\"b\"}]}", 0,
     "!member-twice people a member"},
    {"{\"people\":[{\"id\":\"a\",\"member\":\"m\"},"
     "{\"id\":\"b\",\"member\":\"m\"}]}",
     0, "!member-twice people b member"},
};

static void
test_cases(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct ir_json *j = NULL;
        struct ir_buf b = {0};

        assert_int_equal(ir_json_parse(cases[i].contacts,
                                       strlen(cases[i].contacts), &j, NULL),
                         IR_OK);
        ir_contact_lint(j, cases[i].now, note, &b);
        if (strcmp(ir_buf_str(&b), cases[i].found) != 0)
            fail_msg("row %zu:\n%s\n--- not\n%s", i, ir_buf_str(&b),
                     cases[i].found);
        ir_buf_done(&b);
        ir_json_free(j);
    }
}

static void
tally(const struct ir_contact_finding *f, void *arg)
{
    *(size_t *)arg += strcmp(f->check, "unreachable") == 0;
}

/* Forty audiences of which each holds all after it: 2^39 ways through them. */
static void
test_dense(void **state)
{
    struct ir_json *j = ir_json_new_obj(), *list, *o, *m;
    size_t found = 0;
    char word[32];
    int i, k;

    (void)state;
    list = ir_json_set_take(j, "audiences", ir_json_new_arr());
    for (i = 0; i < 40; i++) {
        o = ir_json_add_take(list, ir_json_new_obj());
        snprintf(word, sizeof word, "a%d", i);
        ir_json_set_str(o, "id", word);
        m = ir_json_set_take(o, "members", ir_json_new_arr());
        for (k = i + 1; k < 40; k++) {
            snprintf(word, sizeof word, "audience:a%d", k);
            ir_json_add_str(m, word);
        }
    }
    ir_contact_lint(j, 0, tally, &found);
    assert_int_equal(found, 40);
    ir_json_free(j);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_dense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
