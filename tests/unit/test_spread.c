/* test_spread.c: which entries others are known to hold: those they gave or
 * witnessed, and all that those build on.
 */
#include "core/spread.h"
#include "unit.h"

#include <string.h>

#define N 6

/* Two authors: 0 <- 1 <- 2 <- 3 (prev), 4 names 1 (deps), 5 names nothing. */
static void
make(struct ir_entry *e, const struct ir_entry **v)
{
    size_t i;

    memset(e, 0, N * sizeof *e);
    for (i = 0; i < N; i++) {
        e[i].id[0] = (uint8_t)(200 - i * 7); /* not in the order of places */
        e[i].h.hlc = (uint64_t)(1000 + i) << 16;
        e[i].h.kind = IR_KIND_NOTE;
        v[i] = &e[i];
        if (i > 0 && i < 4) {
            e[i].h.has_prev = true;
            memcpy(e[i].h.prev, e[i - 1].id, 32);
        }
    }
    e[4].h.deps_n = 1;
    memcpy(e[4].h.deps[0], e[1].id, 32);
}

static void
saw(struct ir_spread_seen *s, uint8_t device, const struct ir_entry *e)
{
    memset(s, 0, sizeof *s);
    s->device[0] = device;
    memcpy(s->id, e->id, 32);
}

static void
test_nothing_seen(void **state)
{
    struct ir_entry e[N];
    const struct ir_entry *v[N];
    struct ir_spread s;

    (void)state;
    make(e, v);
    ir_spread_fold(v, NULL, N, NULL, 0, &s);
    assert_int_equal(s.only_here, N);
    assert_int_equal(s.oldest_ms, 1000);
    assert_int_equal(s.newest_ms, 1005);
    assert_int_equal(s.whole, 0);
    ir_spread_done(&s);
    ir_spread_fold(v, NULL, 0, NULL, 0, &s);
    assert_int_equal(s.only_here, 0);
    ir_spread_done(&s);
}

static void
test_heads_hold_the_past(void **state)
{
    struct ir_entry e[N];
    const struct ir_entry *v[N];
    struct ir_spread_seen seen[8];
    struct ir_spread s;

    (void)state;
    make(e, v);
    saw(&seen[0], 1, &e[4]);
    ir_spread_fold(v, NULL, N, seen, 1, &s);
    assert_int_equal(s.only_here, 3); /* 2, 3, 5 */
    assert_int_equal(s.oldest_ms, 1002);
    assert_int_equal(s.devices_n, 1);
    assert_int_equal(s.devices[0].held, 3);
    ir_spread_done(&s);
    /* a second one, who holds all; and somebody unknown */
    saw(&seen[1], 2, &e[3]);
    saw(&seen[2], 2, &e[4]);
    saw(&seen[3], 2, &e[5]);
    saw(&seen[4], 0, &e[5]);
    saw(&seen[5], 2, &e[5]);
    seen[6] = seen[5];
    seen[6].id[31] = 9; /* an entry that is not here */
    ir_spread_fold(v, NULL, N, seen, 7, &s);
    assert_int_equal(s.only_here, 0);
    assert_int_equal(s.oldest_ms, 0);
    assert_int_equal(s.whole, 1);
    assert_int_equal(s.devices_n, 2);
    ir_spread_done(&s);
    /* what is not counted leads on all the same */
    {
        const bool counted[N] = {true, true, false, false, false, false};

        ir_spread_fold(v, counted, N, seen, 1, &s);
        assert_int_equal(s.entries, 2);
        assert_int_equal(s.only_here, 0);
        assert_int_equal(s.whole, 1);
        assert_int_equal(s.devices[0].held, 2);
        ir_spread_done(&s);
    }
    /* what only somebody unknown holds is elsewhere, on no device of a name */
    ir_spread_fold(v, NULL, N, seen + 4, 1, &s);
    assert_int_equal(s.only_here, 5);
    assert_int_equal(s.devices_n, 0);
    ir_spread_done(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_seen),
        cmocka_unit_test(test_heads_hold_the_past),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
