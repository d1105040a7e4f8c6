/* test_shipped.c: every runbook that ships loads and validates, in both
 * languages, without error or warning, and always gives the same bytes. */
#include "base/i18n.h"
#include "cmd/worker.h"
#include "core/plan.h"
#include "unit/unit.h"

#define SHIPPED IR_SOURCE_DIR "/runbooks"

static void
compile(enum ir_lang lang, struct ir_compiled *out)
{
    struct ir_err err = {0};
    size_t i;

    ir_i18n_set(lang);
    if (ir_worker_compile(SHIPPED, NULL, out, &err) != IR_OK)
        fail_msg("%s", err.msg);
    for (i = 0; i < out->findings_n; i++)
        print_message("%s:%d: %s: %s\n", out->findings[i].file,
                      out->findings[i].line, out->findings[i].field,
                      out->findings[i].message);
    assert_int_equal(out->errors, 0);
    assert_int_equal(out->warnings, 0);
}

static void
test_all(void **state)
{
    struct ir_compiled a = {0}, b = {0};
    struct ir_plan *plan;
    struct ir_err err;
    size_t i, plans = 0, systems = 0;

    (void)state;
    compile(IR_LANG_EN, &a);
    compile(IR_LANG_JA, &b);
    assert_int_equal(a.objects_n, b.objects_n);
    for (i = 0; i < a.objects_n; i++) {
        assert_string_equal(a.objects[i].type, b.objects[i].type);
        assert_string_equal(a.objects[i].name, b.objects[i].name);
        assert_memory_equal(a.objects[i].sha256, b.objects[i].sha256, 32);
        systems += strcmp(a.objects[i].type, "system") == 0;
        if (strcmp(a.objects[i].type, "plan") != 0)
            continue;
        plans++;
        if (ir_plan_decode(a.objects[i].json, a.objects[i].len, &plan, &err) !=
            IR_OK)
            fail_msg("%s: %s", a.objects[i].name, err.msg);
        assert_string_equal(plan->id, a.objects[i].name);
        assert_memory_equal(plan->digest, a.objects[i].sha256, 32);
        ir_plan_free(plan);
    }
    assert_true(plans >= 30);
    assert_true(systems >= 5);
    ir_compiled_done(&a);
    ir_compiled_done(&b);
}

/* One runbook alone gives the same bytes as among all. */
static void
test_only(void **state)
{
    struct ir_compiled all = {0}, one = {0};
    struct ir_err err;
    bool seen = false;
    size_t i, k;

    (void)state;
    compile(IR_LANG_EN, &all);
    assert_int_equal(
        ir_worker_compile(SHIPPED, "flight-information/ransomware", &one, &err),
        IR_OK);
    assert_true(one.objects_n < all.objects_n);
    for (i = 0; i < one.objects_n; i++) {
        for (k = 0; k < all.objects_n; k++) {
            if (strcmp(all.objects[k].type, one.objects[i].type) == 0 &&
                strcmp(all.objects[k].name, one.objects[i].name) == 0)
                assert_memory_equal(all.objects[k].sha256,
                                    one.objects[i].sha256, 32);
        }
        seen |=
            strcmp(one.objects[i].name, "flight-information/ransomware") == 0;
    }
    assert_true(seen);
    ir_compiled_done(&all);
    ir_compiled_done(&one);
    assert_int_equal(
        ir_worker_compile(SHIPPED, "flight-information/none", &one, &err),
        IR_ENOTFOUND);
    assert_int_equal(ir_worker_compile("/nonexistent", NULL, &one, &err),
                     IR_ENOTFOUND);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
