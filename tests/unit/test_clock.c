/* test_clock.c: clocks are read in the units they say. */
#include "base/clock.h"
#include "base/time.h"
#include "unit.h"

#include <time.h>

static void
test_now(void **state)
{
    static const uint8_t none[8] = {0};
    struct ir_now a, b;
    int64_t wall = (int64_t)time(NULL) * 1000, mono = ir_clock_mono_ms();

    (void)state;
    assert_int_equal(ir_time_zone_set("America/St_Johns", NULL), IR_OK);
    memset(&a, 0xEE, sizeof a);
    ir_clock_now(&a);
    ir_clock_now(&b);
    assert_true(a.wall_ms >= wall && a.wall_ms < wall + 60000);
    assert_true(a.mono_ms > 0 && b.mono_ms >= a.mono_ms);
    assert_memory_equal(a.boot, b.boot, sizeof a.boot);
    assert_memory_not_equal(a.boot, none, sizeof none);
    assert_true(a.utc_off_min == -210 || a.utc_off_min == -150);
    assert_int_equal(a.utc_off_min, ir_time_offset_min(a.wall_ms));
    assert_true(a.maxerr_us >= 0);
    assert_true(ir_clock_mono_ms() >= mono);
    assert_true(ir_clock_mono_ms() - mono < 60000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
