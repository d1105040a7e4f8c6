/* test_spawn_start.c: processes that are not waited for: several at a time,
 * each ended on its own. The children are this program again (children.h). */
#include "base/clock.h"
#include "base/spawn.h"
#include "children.h"
#include "unit.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF "/proc/self/exe"

static struct ir_spawning *
start(const struct ir_spawn *sp)
{
    struct ir_spawning *s = NULL;
    struct ir_err err;

    if (ir_spawn_start(sp, &s, &err) != IR_OK)
        fail_msg("%s", err.msg);
    return s;
}

/* Wait by its descriptor alone until it is done; at most `ms`. */
static const struct ir_spawn_result *
finish(struct ir_spawning *s, int ms)
{
    struct pollfd p = {.fd = ir_spawn_fd(s), .events = POLLIN};
    const struct ir_spawn_result *res = NULL;
    int64_t until = ir_clock_mono_ms() + ms;

    while (res == NULL && ir_clock_mono_ms() < until) {
        (void)poll(&p, 1, (int)(until - ir_clock_mono_ms()));
        assert_int_equal(ir_spawn_poll(s, &res, NULL), IR_OK);
    }
    assert_non_null(res);
    return res;
}

static void
count(const char *p, size_t n, void *arg)
{
    (void)p;
    *(size_t *)arg += n;
}

static void
test_side_by_side(void **state)
{
    enum { N = 8 };
    struct ir_spawning *s[N];
    size_t n[N] = {0}, i;
    char big[200000];

    (void)state;
    memset(big, 'y', sizeof big);
    for (i = 0; i < N; i++)
        s[i] = start(
            &(struct ir_spawn){.argv = (const char *const[]){SELF, "cat", NULL},
                               .input = big,
                               .input_len = sizeof big,
                               .out_max = 10,
                               .on_out = count,
                               .arg = &n[i]});
    memset(big, 'n', sizeof big); /* they have copies */
    for (i = 0; i < N; i++) {
        const struct ir_spawn_result *res = finish(s[i], 10000);

        ROW(i, res->exit == 0 && res->out_total == sizeof big);
        ROW(i, n[i] == sizeof big && memcmp(res->out.p, "yyyyyyyyyy", 10) == 0);
        ir_spawn_end(s[i]);
    }
}

static void
test_deadline(void **state)
{
    const struct ir_spawn sp = {.argv =
                                    (const char *const[]){SELF, "polite", NULL},
                                .deadline_ms = 60000};
    struct ir_spawning *s = start(&sp);
    const struct ir_spawn_result *res;
    int64_t began = ir_clock_mono_ms();

    (void)state;
    ir_spawn_more(s, 200); /* it may be brought nearer, or put off */
    res = finish(s, 5000);
    assert_true(res->timed_out);
    assert_true(ir_clock_mono_ms() - began < 3000);
    ir_spawn_end(s);
}

static void
put_off(const char *p, size_t n, void *arg)
{
    (void)p;
    (void)n;
    ir_spawn_more(*(struct ir_spawning **)arg, 60000);
}

/* Who looks late does not blame the process for it. */
static void
test_looked_at_late(void **state)
{
    struct ir_spawning *s = NULL;
    const struct ir_spawn_result *res = NULL;

    (void)state;
    s = start(
        &(struct ir_spawn){.argv = (const char *const[]){SELF, "polite", NULL},
                           .deadline_ms = 100,
                           .on_out = put_off,
                           .arg = &s});
    (void)poll(NULL, 0, 400); /* it has said "up" by now */
    assert_int_equal(ir_spawn_poll(s, &res, NULL), IR_OK);
    assert_null(res);
    (void)poll(NULL, 0, 100);
    assert_int_equal(ir_spawn_poll(s, &res, NULL), IR_OK);
    assert_null(res);
    ir_spawn_end(s);
}

/* Ended while it runs, with all it has started. */
static void
test_end(void **state)
{
    struct ir_spawning *s = start(&(struct ir_spawn){
        .argv = (const char *const[]){SELF, "stubborn", NULL}, .out_max = 10});
    const struct ir_spawn_result *res = NULL;
    struct pollfd p = {.fd = ir_spawn_fd(s), .events = POLLIN};

    (void)state;
    assert_int_equal(poll(&p, 1, 5000), 1);
    assert_int_equal(ir_spawn_poll(s, &res, NULL), IR_OK);
    assert_null(res);
    ir_spawn_end(s);
    ir_spawn_end(NULL);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombies */
}

static void
test_cannot_start(void **state)
{
    const char *none[] = {"ir-no-such-program", NULL};
    const char *directory[] = {"/tmp", NULL};
    struct ir_spawning *s = NULL;
    const struct ir_spawn_result *res = NULL;
    struct pollfd p = {.events = POLLIN};
    struct ir_err err;
    int rc;

    (void)state;
    assert_int_equal(ir_spawn_start(&(struct ir_spawn){.argv = none}, &s, &err),
                     IR_ENOTFOUND);
    /* what exec says is heard when it is looked at */
    assert_int_equal(
        ir_spawn_start(&(struct ir_spawn){.argv = directory}, &s, &err), IR_OK);
    do {
        p.fd = ir_spawn_fd(s);
        (void)poll(&p, 1, 5000);
        rc = ir_spawn_poll(s, &res, &err);
    } while (res == NULL);
    assert_int_equal(rc, IR_EIO);
    ir_spawn_end(s);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_side_by_side),   cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_looked_at_late), cmocka_unit_test(test_end),
        cmocka_unit_test(test_cannot_start),
    };

    if (argc > 1)
        return play(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
