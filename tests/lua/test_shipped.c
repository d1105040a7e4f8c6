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

/* A clock is met only where it was stated before, or where it follows a
 * report; what an hour brings again is waited for. */
static void
check_clocks(const struct ir_plan *p)
{
    size_t i, k;

    for (i = 0; i < p->steps_n; i++) {
        const struct ir_step *s = &p->steps[i];
        bool stated = false;

        if (s->clock_op == NULL || strcmp(s->clock_op, "met") != 0)
            continue;
        for (k = 0; k < i; k++)
            stated |= p->steps[k].clock_op != NULL &&
                      strcmp(p->steps[k].clock_op, "start") == 0 &&
                      strcmp(p->steps[k].clock_id, s->clock_id) == 0;
        if (!stated && strcmp(s->clock_id, "mlit-followup") != 0)
            fail_msg("%s: %s: %s is met and was never started", p->id, s->id,
                     s->clock_id);
    }
}

/* Whoever reads a step knows what good looks like, and what to do if not. */
static void
check_words(const struct ir_plan *p)
{
    size_t i;

    for (i = 0; i < p->steps_n; i++) {
        const struct ir_step *s = &p->steps[i];

        if (s->act == IR_ACT_CHOOSE || s->act == IR_ACT_RUNBOOK)
            continue;
        if (s->good.en == NULL)
            fail_msg("%s: %s: what does good look like?", p->id, s->id);
        if (s->on_fail.en == NULL)
            fail_msg("%s: %s: what if it fails?", p->id, s->id);
    }
}

static bool
saves(const struct ir_step *s, const char *source, const char *target)
{
    size_t i;

    if (s->target == NULL || strcmp(s->target, target) != 0 || s->when != NULL)
        return false;
    for (i = 0; i < s->preserves_n; i++)
        if (strcmp(s->preserves[i], source) == 0)
            return true;
    return false;
}

/* What is destroyed on the machine that a variable names can be saved from
 * that machine, in the same runbook. */
static void
check_evidence(const struct ir_plan *p)
{
    size_t i, k, v, d;

    for (i = 0; i < p->steps_n; i++)
        for (v = 0; v < p->vars_n; v++)
            for (d = 0; d < p->steps[i].destroys_n; d++) {
                const char *what = p->steps[i].destroys[d];
                char mark[48];
                bool saved = false;

                snprintf(mark, sizeof mark, "${%s}", p->vars[v].name);
                if (p->vars[v].type != IR_VAR_HOST ||
                    strstr(p->steps[i].say.en, mark) == NULL ||
                    (strcmp(what, "memory") != 0 && strcmp(what, "disk") != 0))
                    continue;
                for (k = 0; k < i; k++)
                    saved |= saves(&p->steps[k], what, mark);
                if (!saved)
                    fail_msg("%s: %s: %s of %s is not saved before", p->id,
                             p->steps[i].id, what, mark);
            }
}

static void
test_sense(void **state)
{
    struct ir_compiled a = {0};
    struct ir_plan *plan;
    struct ir_err err;
    size_t i;

    (void)state;
    compile(IR_LANG_EN, &a);
    for (i = 0; i < a.objects_n; i++) {
        if (strcmp(a.objects[i].type, "plan") != 0)
            continue;
        assert_int_equal(
            ir_plan_decode(a.objects[i].json, a.objects[i].len, &plan, &err),
            IR_OK);
        check_clocks(plan);
        check_words(plan);
        check_evidence(plan);
        ir_plan_free(plan);
    }
    ir_compiled_done(&a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_sense),
        cmocka_unit_test(test_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
