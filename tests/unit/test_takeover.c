/* test_takeover.c: when another device sends, and whose word counts. */
#include "core/takeover.h"
#include "unit.h"

#define T0 INT64_C(1000000000000)
#define S INT64_C(1000)

static void
when(void **state)
{
    static const struct {
        struct ir_takeover t;
        int64_t since_ms;
        enum ir_outcome last;
        int64_t tried_ms;
        bool theirs;
        int64_t at_ms;
    } cases[] = {
        /* nobody has tried: after the wait, each in their turn */
        {{0, T0, false, false}, T0 - S, 0, 0, false, T0 + 90 * S},
        {{2, T0, false, false}, T0 - S, 0, 0, false, T0 + 130 * S},
        {{99, T0, false, false}, T0 - S, 0, 0, false, T0 + 290 * S},
        /* another's attempt came in: from then on */
        {{0, T0 + 60 * S, false, false}, T0, 0, 0, false, T0 + 150 * S},
        /* the next way fell due later */
        {{0, T0, false, false}, T0 + 300 * S, 0, 0, false, T0 + 390 * S},
        /* that clock is behind by an hour: no sooner for it */
        {{0, T0, false, false}, T0 - 3600 * S, 0, 0, false, T0 + 90 * S},
        /* we have begun: what falls due, a moment after its own device would */
        {{3, T0, true, false}, T0 + 300 * S, 0, 0, false, T0 + 315 * S},
        /* somebody says so: at once */
        {{3, T0, false, true}, T0, 0, 0, false, T0},
        /* in the hands of another: as long as that may take, also when asked */
        {{0, T0 + S, false, false},
         T0 + S,
         IR_OUTCOME_TRIED,
         T0 + S,
         true,
         T0 + 301 * S},
        {{0, T0 + S, false, true},
         T0 + S,
         IR_OUTCOME_TRIED,
         T0 + S,
         true,
         T0 + 301 * S},
        /* ours was cut off: at once */
        {{5, T0, true, false}, T0 + S, IR_OUTCOME_TRIED, T0 + S, false, T0 + S},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_due d = {.since_ms = cases[i].since_ms};
        struct ir_way w = {.last = cases[i].last, .at_ms = cases[i].tried_ms};

        ROW(i, ir_takeover_at(&cases[i].t, &d, &w, cases[i].theirs) ==
                   cases[i].at_ms);
    }
}

static void
counts(void **state)
{
    static const struct {
        bool deputy;
        enum ir_outcome outcome;
        int64_t at_ms, now_ms;
        bool counts;
    } cases[] = {
        {true, IR_OUTCOME_TRIED, T0 + 95 * S, T0 + 200 * S, true},
        /* a device that is alive would have sent it by then: not before */
        {true, IR_OUTCOME_TRIED, T0 + 5 * S, T0 + 200 * S, false},
        {true, IR_OUTCOME_TRIED, T0 - 600 * S, T0 + 200 * S, false},
        /* nor by a clock that is ahead */
        {true, IR_OUTCOME_TRIED, T0 + 9000 * S, T0 + S, false},
        {false, IR_OUTCOME_TRIED, T0 + 95 * S, T0 + 200 * S, false},
        {true, IR_OUTCOME_HANDED, T0 + 95 * S, T0 + 200 * S, false},
    };
    struct ir_due d = {.since_ms = T0};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_attempt a = {.deputy = cases[i].deputy,
                               .outcome = cases[i].outcome,
                               .at_ms = cases[i].at_ms};

        ROW(i, ir_takeover_counts(&d, &a, cases[i].now_ms) == cases[i].counts);
    }
}

/* What a device that comes back does not send in the first moment. */
static void
left(void **state)
{
    struct ir_due d = {.since_ms = T0};
    struct ir_way w = {0};

    (void)state;
    assert_false(ir_takeover_left(&d, &w, T0 + 89 * S));
    assert_true(ir_takeover_left(&d, &w, T0 + 90 * S));
    w.tried_n = 1;
    assert_false(ir_takeover_left(&d, &w, T0 + 90 * S));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(when),
        cmocka_unit_test(counts),
        cmocka_unit_test(left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
