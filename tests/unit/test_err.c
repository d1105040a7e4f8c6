/* test_err.c: messages are filled, cut between characters, and optional. */
#include "base/err.h"
#include "base/utf8.h"
#include "unit.h"

static void
test_fail(void **state)
{
    struct ir_err err;

    (void)state;
    memset(&err, 'x', sizeof err);
    assert_int_equal(ir_fail(&err, IR_ELIMIT, "%d of %s", 3, "four"),
                     IR_ELIMIT);
    assert_int_equal(err.code, IR_ELIMIT);
    assert_string_equal(err.msg, "3 of four");
    assert_string_equal(err.hint, "");
    assert_string_equal(err.field, "");
    ir_err_hint(&err, "do %s", "this");
    ir_err_field(&err, "steps[%d].say", 2);
    assert_string_equal(err.msg, "3 of four");
    assert_string_equal(err.hint, "do this");
    assert_string_equal(err.field, "steps[2].say");
    ir_fail(&err, IR_EIO, "again");
    assert_string_equal(err.hint, "");
    assert_string_equal(err.field, "");
}

static void
test_null(void **state)
{
    (void)state;
    assert_int_equal(ir_fail(NULL, IR_EBUSY, "%s", "x"), IR_EBUSY);
    ir_err_hint(NULL, "%s", "x");
    ir_err_field(NULL, "%s", "x");
}

/* Too long is cut, and never inside a character of 2, 3 or 4 bytes. */
static void
test_cut(void **state)
{
    static const char *const letters[] = {"a", "é", "録", "😀"};

    (void)state;
    for (size_t i = 0; i < COUNT(letters); i++) {
        for (size_t lead = 0; lead < 4; lead++) {
            size_t n = strlen(letters[i]);
            struct ir_err err;
            char text[2 * IR_ERR_MSG_MAX] = "";

            memset(text, '.', lead);
            for (size_t at = lead; at + n < sizeof text; at += n)
                memcpy(text + at, letters[i], n);
            ir_fail(&err, IR_EPARSE, "%s", text);
            ir_err_hint(&err, "%s", text);
            ir_err_field(&err, "%s", text);
            ROW(i, ir_utf8_valid(err.msg, strlen(err.msg)));
            ROW(i, ir_utf8_valid(err.hint, strlen(err.hint)));
            ROW(i, ir_utf8_valid(err.field, strlen(err.field)));
            ROW(i, strlen(err.msg) > IR_ERR_MSG_MAX - 1 - n);
            ROW(i, strlen(err.hint) > IR_ERR_HINT_MAX - 1 - n);
            ROW(i, strlen(err.field) > IR_ERR_FIELD_MAX - 1 - n);
            ROW(i, strncmp(err.msg, text, strlen(err.msg)) == 0);
        }
    }
}

static void
test_words(void **state)
{
    static const struct {
        int code;
        const char *word;
    } cases[] = {
        {IR_OK, "ok"},
        {IR_EUSAGE, "usage"},
        {IR_EPARSE, "malformed"},
        {IR_ELIMIT, "limit"},
        {IR_ENOTFOUND, "not-found"},
        {IR_EEXIST, "exists"},
        {IR_ESTORE, "store"},
        {IR_EIO, "io"},
        {IR_EBUSY, "busy"},
        {IR_EREFUSED, "refused"},
        {IR_ESIG, "signature"},
        {IR_EDAMAGED, "damaged"},
        {IR_ETIMEOUT, "timeout"},
        {IR_ENO, "no"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(ir_err_word(cases[i].code), cases[i].word);
    assert_string_equal(ir_err_word(-999), "failed");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
