/* test_loop.c: carrier/loop: one step a turn, deadlines, signals. */
#include "base/clock.h"
#include "carrier/loop.h"
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

struct seen {
    struct ir_loop *loop;
    int pipes[2][2], steps, signo;
    int64_t began;
};

static int64_t
step(void *arg, int64_t now)
{
    struct seen *s = arg;
    char byte;
    size_t i;

    switch (s->steps++) {
    case 0: /* at once, before anything has happened */
        s->began = now;
        for (i = 0; i < 2; i++)
            assert_int_equal(write(s->pipes[i][1], "x", 1), 1);
        return -1;
    case 1: /* two descriptors, one step */
        for (i = 0; i < 2; i++)
            assert_int_equal(read(s->pipes[i][0], &byte, 1), 1);
        ir_loop_unwatch(s->loop, s->pipes[1][0]);
        assert_int_equal(write(s->pipes[1][1], "x", 1), 1);
        return now + 20;
    case 2: /* the deadline; what is not watched any more is silent */
        assert_true(now - s->began >= 20);
        assert_int_equal(kill(getpid(), SIGHUP), 0);
        return -1;
    default:
        assert_int_equal(s->signo, SIGHUP);
        ir_loop_stop(s->loop);
        return -1;
    }
}

static void
on_signal(void *arg, int signo)
{
    ((struct seen *)arg)->signo = signo;
}

static void
test_steps(void **state)
{
    static const struct ir_loop_ops ops = {step, on_signal};
    struct seen s = {0};
    struct ir_err err = {0};
    size_t i;

    (void)state;
    assert_int_equal(ir_loop_new(&ops, &s, &s.loop, &err), IR_OK);
    for (i = 0; i < 2; i++) {
        assert_int_equal(pipe2(s.pipes[i], O_CLOEXEC), 0);
        assert_int_equal(ir_loop_watch(s.loop, s.pipes[i][0], &err), IR_OK);
    }
    assert_int_equal(ir_loop_run(s.loop, &err), IR_OK);
    assert_int_equal(s.steps, 4);
    ir_loop_free(s.loop);
    for (i = 0; i < 2; i++) {
        close(s.pipes[i][0]);
        close(s.pipes[i][1]);
    }
}

/* Watching and letting go again and again never runs out of room; too many at
 * once is said.
 */
static int64_t
stop_at_once(void *arg, int64_t now)
{
    struct seen *s = arg;

    (void)now;
    ir_loop_stop(s->loop);
    return -1;
}

static void
test_many(void **state)
{
    static const struct ir_loop_ops ops = {stop_at_once, on_signal};
    struct seen s = {0};
    struct ir_err err = {0};
    int fds[2 * IR_LOOP_FDS_MAX][2];
    size_t i, round;

    (void)state;
    assert_int_equal(ir_loop_new(&ops, &s, &s.loop, &err), IR_OK);
    for (i = 0; i < COUNT(fds); i++)
        assert_int_equal(pipe2(fds[i], O_CLOEXEC), 0);
    for (round = 0; round < 3; round++) {
        for (i = 0; i < IR_LOOP_FDS_MAX; i++)
            assert_int_equal(ir_loop_watch(s.loop, fds[i][0], &err), IR_OK);
        assert_int_equal(ir_loop_watch(s.loop, fds[i][0], &err), IR_ELIMIT);
        for (i = 0; i < IR_LOOP_FDS_MAX; i++)
            ir_loop_unwatch(s.loop, fds[i][0]);
        assert_int_equal(ir_loop_run(s.loop, &err), IR_OK);
    }
    ir_loop_free(s.loop);
    for (i = 0; i < COUNT(fds); i++) {
        close(fds[i][0]);
        close(fds[i][1]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
