/* test_spawn.c: processes started, fed, drained, and ended with all they
 * started. The children are this program again, told by argv what to play.
 */
#include "base/path.h"
#include "base/scan.h"
#include "base/spawn.h"
#include "children.h"
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF "/proc/self/exe"
#define ARGV(...) ((const char *const[]){SELF, __VA_ARGS__, NULL})

/* Run it; the test stops if it does not start. */
static struct ir_spawn_result
run(const struct ir_spawn *sp)
{
    struct ir_spawn_result res;
    struct ir_err err = {0};

    if (ir_spawn_run(sp, &res, &err) != IR_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(res.out.len,
                     res.out_total < sp->out_max ? res.out_total : sp->out_max);
    assert_int_equal(res.err.len,
                     res.err_total < sp->err_max ? res.err_total : sp->err_max);
    return res;
}

static void
test_exit(void **state)
{
    static const int codes[] = {0, 1, 7, 127, 255};
    static const int signals[] = {SIGTERM, SIGKILL, SIGUSR1};
    char text[16];

    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        struct ir_spawn_result res;

        snprintf(text, sizeof text, "%d", codes[i]);
        res = run(&(struct ir_spawn){.argv = ARGV("exit", text)});
        ROW(i, res.exit == codes[i] && res.signal == 0 && !res.timed_out);
        ir_spawn_result_done(&res);
    }
    for (size_t i = 0; i < COUNT(signals); i++) {
        struct ir_spawn_result res;

        snprintf(text, sizeof text, "%d", signals[i]);
        res = run(&(struct ir_spawn){.argv = ARGV("die", text)});
        ROW(i, res.exit == -1 && res.signal == signals[i] && !res.timed_out);
        ir_spawn_result_done(&res);
    }
}

/* Arguments arrive as they are: no shell looks at them. */
static void
test_argv(void **state)
{
    struct ir_spawn_result res =
        run(&(struct ir_spawn){.argv = ARGV("args", "a b", "", "$HOME", "*",
                                            "`id`", "; exit 1", "\"'\\", "録"),
                               .out_max = 1000});

    (void)state;
    assert_string_equal(ir_buf_str(&res.out),
                        "[a b][][$HOME][*][`id`][; exit 1][\"'\\][録]");
    ir_spawn_result_done(&res);
}

static void
test_input(void **state)
{
    size_t big = 1 << 20;
    char *text = ir_malloc(big);
    struct ir_spawn_result res;

    (void)state;
    memset(text, 'y', big);
    text[0] = 'a';
    text[big - 1] = 'z';
    res = run(&(struct ir_spawn){
        .argv = ARGV("cat"), .input = text, .input_len = big, .out_max = big});
    assert_int_equal(res.exit, 0);
    assert_int_equal(res.out_total, big);
    assert_memory_equal(res.out.p, text, big);
    ir_spawn_result_done(&res);
    /* without input there is an end of file at once */
    res = run(&(struct ir_spawn){.argv = ARGV("cat"), .out_max = 10});
    assert_int_equal(res.exit, 0);
    assert_int_equal(res.out_total, 0);
    ir_spawn_result_done(&res);
    /* a child that never reads does not kill us by SIGPIPE, nor hold us */
    res = run(&(struct ir_spawn){
        .argv = ARGV("exit", "4"), .input = text, .input_len = big});
    assert_int_equal(res.exit, 4);
    ir_spawn_result_done(&res);
    free(text);
}

struct seen {
    uint64_t bytes;
    int calls;
};

static void
on_out(const char *p, size_t n, void *arg)
{
    struct seen *seen = arg;

    assert_true(n > 0 && p[0] == 'x' && p[n - 1] == 'x');
    seen->bytes += n;
    seen->calls++;
}

/* Over the cap all is read and counted, the child is not held up. */
static void
test_caps(void **state)
{
    struct seen seen = {0, 0};
    struct ir_spawn_result res =
        run(&(struct ir_spawn){.argv = ARGV("flood", "1", "1000000"),
                               .out_max = 1234,
                               .on_out = on_out,
                               .arg = &seen});

    (void)state;
    assert_int_equal(res.exit, 0);
    assert_int_equal(res.out.len, 1234);
    assert_int_equal(res.out_total, 1000000);
    assert_int_equal(seen.bytes, 1000000);
    assert_true(seen.calls > 1);
    ir_spawn_result_done(&res);
    res = run(
        &(struct ir_spawn){.argv = ARGV("flood", "2", "500000"), .err_max = 1});
    assert_int_equal(res.err.len, 1);
    assert_int_equal(res.err_total, 500000);
    assert_int_equal(res.out_total, 0);
    ir_spawn_result_done(&res);
    /* nothing kept, and both pipes full: no deadlock */
    res = run(&(struct ir_spawn){.argv = ARGV("both")});
    assert_int_equal(res.exit, 0);
    assert_int_equal(res.out_total + res.err_total, 600000);
    ir_spawn_result_done(&res);
}

/* A file in /tmp with a text and a mode.
 *
 * Owns:   the caller frees with free().
 */
static char *
make_file(const char *text, mode_t mode)
{
    char *path = ir_strdup("/tmp/ir-spawn-XXXXXX");
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    return path;
}

static void
test_cannot_start(void **state)
{
    char *no_shell = make_file("exit 0\n", 0700);
    char *no_mode = make_file("#!/bin/sh\nexit 0\n", 0600);
    char *no_interpreter = make_file("#!/nonexistent/sh\n", 0700);
    const struct {
        const char *name;
        int rc;
    } cases[] = {
        {"ir-no-such-program", IR_ENOTFOUND},
        {"", IR_ENOTFOUND},
        {"/nonexistent/program", IR_ENOTFOUND},
        {"./ir-no-such-program", IR_ENOTFOUND},
        {"/etc/passwd/x", IR_ENOTFOUND},
        {"/tmp", IR_EIO},
        {no_shell, IR_EIO},
        {no_mode, IR_EIO},
        {no_interpreter, IR_ENOTFOUND},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *argv[] = {cases[i].name, NULL};
        struct ir_spawn_result res;
        struct ir_err err = {0};
        int rc = ir_spawn_run(&(struct ir_spawn){.argv = argv}, &res, &err);

        if (rc != cases[i].rc || err.code != rc)
            fail_msg("row %zu: %d %s", i, rc, err.msg);
        ir_spawn_result_done(&res);
    }
    unlink(no_shell);
    unlink(no_mode);
    unlink(no_interpreter);
    free(no_shell);
    free(no_mode);
    free(no_interpreter);
}

/* Only absolute directories of PATH are searched, in their order. */
static void
test_path(void **state)
{
    char dir[] = "/tmp/ir-spawn-XXXXXX", *path = ir_strdup(getenv("PATH"));
    char *file, *two, *old = realpath(".", NULL);
    const char *argv[] = {"ir-probe", NULL};
    struct ir_spawn_result res;
    struct ir_err err;

    (void)state;
    assert_non_null(mkdtemp(dir));
    file = ir_asprintf("%s/ir-probe", dir);
    assert_int_equal(symlink("/bin/true", file), 0);
    assert_int_equal(chdir(dir), 0);
    setenv("PATH", ".:::relative", 1);
    assert_int_equal(ir_spawn_run(&(struct ir_spawn){.argv = argv}, &res, &err),
                     IR_ENOTFOUND);
    two = ir_asprintf(":/nonexistent:%s", dir);
    setenv("PATH", two, 1);
    assert_int_equal(ir_spawn_run(&(struct ir_spawn){.argv = argv}, &res, &err),
                     IR_OK);
    assert_int_equal(res.exit, 0);
    ir_spawn_result_done(&res);
    unsetenv("PATH");
    argv[0] = "true";
    assert_int_equal(ir_spawn_run(&(struct ir_spawn){.argv = argv}, &res, &err),
                     IR_OK);
    ir_spawn_result_done(&res);
    setenv("PATH", path, 1);
    assert_int_equal(chdir(old), 0);
    assert_int_equal(ir_path_remove_tree(dir, &err), IR_OK);
    free(file);
    free(two);
    free(old);
    free(path);
}

static void
test_env(void **state)
{
    static const char *const own[] = {"A=1", "B=two words", NULL};
    struct ir_spawn_result res;

    (void)state;
    setenv("IR_TEST_SECRET", "s3cret", 1);
    setenv("TZ", "Asia/Tokyo", 1);
    unsetenv("SSH_AUTH_SOCK");
    res = run(&(struct ir_spawn){.argv = ARGV("env"), .out_max = 10000});
    assert_null(strstr(ir_buf_str(&res.out), "s3cret"));
    assert_null(strstr(ir_buf_str(&res.out), "SSH_AUTH_SOCK"));
    assert_non_null(strstr(ir_buf_str(&res.out), "TZ=Asia/Tokyo\n"));
    assert_non_null(strstr(ir_buf_str(&res.out), "PATH="));
    ir_spawn_result_done(&res);
    res = run(
        &(struct ir_spawn){.argv = ARGV("env"), .env = own, .out_max = 10000});
    assert_string_equal(ir_buf_str(&res.out), "A=1\nB=two words\n");
    ir_spawn_result_done(&res);
    unsetenv("IR_TEST_SECRET");
}

static void
test_fds(void **state)
{
    int leak = open("/dev/null", O_RDONLY), keep[1];
    int kept = fcntl(leak, F_DUPFD_CLOEXEC, 40);
    struct ir_spawn_result res;
    int zero;

    (void)state;
    keep[0] = kept;
    res = run(&(struct ir_spawn){.argv = ARGV("fds"),
                                 .out_max = 100,
                                 .keep_fds = keep,
                                 .keep_fds_n = 1});
    assert_string_equal(ir_buf_str(&res.out), "0 1 2 40 ");
    ir_spawn_result_done(&res);
    assert_true((fcntl(kept, F_GETFD) & FD_CLOEXEC) != 0);
    close(kept);
    close(leak);
    /* even when our own standard input is closed */
    zero = fcntl(0, F_DUPFD_CLOEXEC, 10);
    close(0);
    res = run(&(struct ir_spawn){
        .argv = ARGV("cat"), .input = "in", .input_len = 2, .out_max = 100});
    assert_string_equal(ir_buf_str(&res.out), "in");
    ir_spawn_result_done(&res);
    dup2(zero, 0);
    close(zero);
}

/* A session and group of its own, no terminal, signals as when new. */
static void
test_session(void **state)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    sigset_t usr1, mask;
    struct ir_spawn_result res;

    (void)state;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigaction(SIGPIPE, &ignore, &old);
    sigprocmask(SIG_BLOCK, &usr1, &mask);
    res = run(&(struct ir_spawn){.argv = ARGV("session"), .out_max = 100});
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGPIPE, &old, NULL);
    assert_string_equal(ir_buf_str(&res.out), "1 1 1 1 1");
    ir_spawn_result_done(&res);
}

/* Has every process gone that held the other end? */
static bool
all_gone(int fd)
{
    char c;

    return read(fd, &c, 1) == 0;
}

static void
test_deadline(void **state)
{
    int alive[2], keep[1];
    struct ir_spawn_result res;

    (void)state;
    assert_int_equal(pipe2(alive, O_CLOEXEC), 0);
    keep[0] = alive[1];
    res = run(&(struct ir_spawn){.argv = ARGV("stubborn"),
                                 .deadline_ms = 600,
                                 .out_max = 100,
                                 .keep_fds = keep,
                                 .keep_fds_n = 1});
    close(alive[1]);
    assert_true(res.timed_out && !res.stopped);
    assert_int_equal(res.exit, -1);
    assert_int_equal(res.signal, SIGKILL);
    assert_string_equal(ir_buf_str(&res.out), "up\nup\n");
    assert_true(res.took_ms >= 1600 && res.took_ms < 600 + 2000 + 500);
    assert_true(all_gone(alive[0]));
    close(alive[0]);
    ir_spawn_result_done(&res);
    /* who hears SIGTERM is not waited for any longer */
    res = run(&(struct ir_spawn){
        .argv = ARGV("polite"), .deadline_ms = 600, .out_max = 100});
    assert_true(res.timed_out);
    assert_int_equal(res.exit, 3);
    assert_int_equal(res.signal, 0);
    assert_true(res.took_ms >= 600 && res.took_ms < 1500);
    ir_spawn_result_done(&res);
    /* a deadline that is not reached changes nothing */
    res = run(
        &(struct ir_spawn){.argv = ARGV("exit", "0"), .deadline_ms = 30000});
    assert_false(res.timed_out);
    assert_int_equal(res.exit, 0);
    ir_spawn_result_done(&res);
}

/* Who computes gets more, as much as was said; who sleeps gets none. */
static void
test_busy(void **state)
{
    struct ir_spawn_result res;

    (void)state;
    res = run(&(struct ir_spawn){.argv = ARGV("busy", "600"),
                                 .deadline_ms = 300,
                                 .busy_ms = 60000,
                                 .out_max = 100});
    assert_true(res.timed_out);
    assert_string_equal(ir_buf_str(&res.out), "done\n");
    assert_true(res.took_ms >= 600);
    ir_spawn_result_done(&res);
    res = run(&(struct ir_spawn){.argv = ARGV("polite"),
                                 .deadline_ms = 600,
                                 .busy_ms = 60000,
                                 .out_max = 100});
    assert_true(res.timed_out);
    ir_spawn_result_done(&res);
    res = run(&(struct ir_spawn){
        .argv = ARGV("busy", "60000"), .deadline_ms = 300, .busy_ms = 500});
    assert_true(res.timed_out);
    assert_int_equal(res.signal, SIGTERM);
    assert_true(res.took_ms >= 600);
    ir_spawn_result_done(&res);
}

static volatile sig_atomic_t stop;

static void
stop_now(const char *p, size_t n, void *arg)
{
    (void)p;
    (void)n;
    (void)arg;
    stop = 1;
}

static void
test_stop(void **state)
{
    struct ir_spawn_result res = run(&(struct ir_spawn){.argv = ARGV("polite"),
                                                        .deadline_ms = 60000,
                                                        .out_max = 100,
                                                        .on_out = stop_now,
                                                        .stop = &stop});

    (void)state;
    assert_true(res.stopped && !res.timed_out);
    assert_int_equal(res.exit, 3);
    assert_true(res.took_ms < 20000);
    ir_spawn_result_done(&res);
}

/* Somebody it left behind keeps its output open: that is not waited for, and
 * not ended.
 */
static void
test_left_behind(void **state)
{
    struct ir_spawn_result res = run(&(struct ir_spawn){
        .argv = ARGV("leave"), .deadline_ms = 30000, .out_max = 100});
    int64_t pid = 0;
    char *line;

    (void)state;
    assert_int_equal(res.exit, 0);
    assert_false(res.timed_out);
    assert_true(res.took_ms < 10000);
    line =
        ir_strndup(ir_buf_str(&res.out), strcspn(ir_buf_str(&res.out), "\n"));
    assert_int_equal(ir_scan_int(line, 2, INT32_MAX, &pid, NULL), IR_OK);
    assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
    free(line);
    ir_spawn_result_done(&res);
}

static size_t
open_fds(void)
{
    DIR *d = opendir("/proc/self/fd");
    size_t n = 0;

    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

static void
test_no_leaks(void **state)
{
    const char *argv[] = {"ir-no-such-program", NULL};
    const char *directory[] = {"/tmp", NULL};
    struct ir_spawn_result res;
    size_t before = open_fds();

    (void)state;
    for (int i = 0; i < 5; i++) {
        res = run(&(struct ir_spawn){
            .argv = ARGV("cat"), .input = "x", .input_len = 1, .out_max = 9});
        ir_spawn_result_done(&res);
        ir_spawn_run(&(struct ir_spawn){.argv = argv}, &res, NULL);
        ir_spawn_run(&(struct ir_spawn){.argv = directory}, &res, NULL);
    }
    assert_int_equal(open_fds(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombies */
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit),         cmocka_unit_test(test_argv),
        cmocka_unit_test(test_input),        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_cannot_start), cmocka_unit_test(test_path),
        cmocka_unit_test(test_env),          cmocka_unit_test(test_fds),
        cmocka_unit_test(test_session),      cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_stop),         cmocka_unit_test(test_left_behind),
        cmocka_unit_test(test_no_leaks),     cmocka_unit_test(test_busy),
    };

    if (argc > 1)
        return play(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
