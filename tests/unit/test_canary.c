/* test_canary.c: trial messages that somebody else comes across. */
#include "cmd/canary.h"
#include "store_make.h"

static bool
met(struct ir_ctx *c, const char *text)
{
    struct ir_json *in = ir_json_new_obj();
    bool yes;

    ir_json_set_str(in, "text", text);
    yes = ir_canary_met(c, in);
    ir_json_free(in);
    return yes;
}

static void
is_set(struct ir_ctx *c, const char *want)
{
    char *got = ir_store_setting(c->st, IR_CANARY_MET);

    assert_string_equal(got, want);
    free(got);
}

/* Those under way are known by their words; what looks like one is none, and
 * drives none out. */
static void
forged(void **state)
{
    struct ir_canary v[2] = {{.nonce = "0123456789abcdef"},
                             {.nonce = "fedcba9876543210"}};
    struct ir_ctx c = {0};
    struct home h;

    (void)state;
    setup_home(&h);
    c.st = h.st;
    assert_false(met(&c, "ir-canary 0123456789abcdef"));
    assert_int_equal(ir_canaries_out(&c, v, 2), IR_OK);
    is_set(&c, "");
    assert_false(met(&c, "1a ir-canary 1111111111111111"));
    assert_true(met(&c, "Subject: ir-canary fedcba9876543210"));
    assert_false(met(&c, "ir-canary 1111111111111111"));
    assert_true(met(&c, "ir-canary fedcba9876543210"));
    assert_false(met(&c, "0123456789abcdef"));
    is_set(&c, " fedcba9876543210");
    assert_true(met(&c, "ir-canary 0123456789abcdef"));
    is_set(&c, " fedcba9876543210 0123456789abcdef");
    assert_int_equal(ir_canaries_out(&c, v, 1), IR_OK);
    is_set(&c, "");
    assert_false(met(&c, "ir-canary fedcba9876543210"));
    remove_home(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
