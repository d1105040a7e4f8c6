/* test_wake.c: base/wake: who listens is woken, and nobody ever waits. */
#include "base/wake.h"
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
ready(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 0) == 1;
}

static void
test_wakes(void **state)
{
    char home[] = "/tmp/ir-wake-XXXXXX";
    struct ir_err err = {0};
    int dir, fd = -1, again = -1, i;

    (void)state;
    assert_non_null(mkdtemp(home));
    ir_wake_send(home, IR_WAKE_IRD); /* nobody listens */
    ir_wake_send("/no/such/home", IR_WAKE_IRD);
    dir = open(home, O_RDONLY | O_DIRECTORY);
    assert_true(dir >= 0);
    assert_int_equal(ir_wake_listen(dir, IR_WAKE_IRD, &fd, &err), IR_OK);
    assert_false(ready(fd));
    ir_wake_send(home, IR_WAKE_IRD);
    assert_true(ready(fd));
    assert_true(ir_wake_drain(fd));
    ir_wake_send(home, IR_WAKE_SENDER); /* somebody else */
    assert_false(ready(fd));
    for (i = 0; i < 2000; i++) /* more than the queue holds: none waits */
        ir_wake_send(home, IR_WAKE_IRD);
    ir_wake_drain(fd);
    assert_false(ready(fd));
    close(fd); /* a daemon that was killed leaves its socket behind */
    ir_wake_send(home, IR_WAKE_IRD);
    assert_int_equal(ir_wake_listen(dir, IR_WAKE_IRD, &again, &err), IR_OK);
    ir_wake_send(home, IR_WAKE_IRD);
    assert_true(ready(again));
    close(again);
    assert_int_equal(unlinkat(dir, IR_WAKE_IRD, 0), 0);
    close(dir);
    assert_int_equal(rmdir(home), 0);
}

/* A home deep down has a path longer than an address holds. */
static void
test_long_path(void **state)
{
    char home[] = "/tmp/ir-wake-XXXXXX", path[400];
    struct ir_err err = {0};
    int dir, fd = -1, n;

    (void)state;
    assert_non_null(mkdtemp(home));
    n = snprintf(path, sizeof path, "%s/", home);
    memset(path + n, 'x', 200);
    path[n + 200] = '\0';
    assert_int_equal(mkdir(path, 0700), 0);
    dir = open(path, O_RDONLY | O_DIRECTORY);
    assert_int_equal(ir_wake_listen(dir, IR_WAKE_IRD, &fd, &err), IR_OK);
    ir_wake_send(path, IR_WAKE_IRD);
    assert_true(ready(fd));
    close(fd);
    (void)unlinkat(dir, IR_WAKE_IRD, 0);
    close(dir);
    (void)rmdir(path);
    (void)rmdir(home);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wakes),
        cmocka_unit_test(test_long_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
