/* test_sandbox.c: within the sandbox the kernel itself refuses, whatever code
 * would be running: each row is a process that enters and tries one thing. */
#include "base/buf.h"
#include "base/path.h"
#include "script/sandbox.h"
#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/ir-test-sandbox.XXXXXX";
static pid_t parent;

/* Each returns what the call returned: -1 or MAP_FAILED is refused. */
static long
t_read_file(void)
{
    return open("/etc/passwd", O_RDONLY);
}

static long
t_read_own(void)
{
    return open("/proc/self/maps", O_RDONLY);
}

static long
t_create(void)
{
    return open("/tmp/ir-escaped", O_CREAT | O_WRONLY, 0600);
}

static long
t_openat2(void)
{
    uint64_t how[3] = {O_RDONLY, 0, 0};

    return syscall(SYS_openat2, AT_FDCWD, "/", how, sizeof how);
}

static long
t_unlink(void)
{
    return unlink("/tmp/ir-test-none");
}

static long
t_rename(void)
{
    return rename("/tmp/ir-test-none", "/tmp/ir-test-none2");
}

static long
t_mkdir(void)
{
    return mkdir("/tmp/ir-escaped", 0700);
}

static long
t_chmod(void)
{
    return chmod("/tmp", 01777);
}

static long
t_stat(void)
{
    struct stat st;

    return stat("/etc/passwd", &st);
}

static long
t_inet(void)
{
    return socket(AF_INET, SOCK_STREAM, 0);
}

static long
t_unix(void)
{
    return socket(AF_UNIX, SOCK_DGRAM, 0);
}

static long
t_netlink(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0);
}

static long
t_pair(void)
{
    int sv[2];

    return socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
}

static long
t_pipe(void)
{
    int p[2];

    return pipe(p);
}

static long
t_dup(void)
{
    return dup(1);
}

static long
t_fork(void)
{
    return syscall(SYS_fork);
}

static long
t_clone(void)
{
    return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static long
t_exec(void)
{
    char sh[] = "/bin/sh", *argv[] = {sh, NULL};

    return execve(sh, argv, NULL);
}

static long
t_ptrace(void)
{
    return ptrace(PTRACE_ATTACH, parent, NULL, NULL);
}

static long
t_kill(void)
{
    return kill(parent, 0);
}

static long
t_kill_all(void)
{
    return kill(-1, SIGCONT);
}

static long
t_tgkill(void)
{
    return syscall(SYS_tgkill, parent, parent, SIGCONT);
}

static long
t_pidfd(void)
{
    return syscall(SYS_pidfd_open, parent, 0);
}

static long
t_peek(void)
{
    return syscall(SYS_process_vm_readv, parent, NULL, 0, NULL, 0, 0);
}

static long
t_exec_memory(void)
{
    return (long)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long
t_make_exec(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? 0 : mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static long
t_memfd(void)
{
    return memfd_create("x", 0);
}

static long
t_inotify(void)
{
    return inotify_init();
}

static long
t_uring(void)
{
    char params[120] = {0};

    return syscall(SYS_io_uring_setup, 1, params);
}

static long
t_bpf(void)
{
    return syscall(SYS_bpf, 0, NULL, 0);
}

static long
t_unshare(void)
{
    return syscall(SYS_unshare, 0x10000000);
}

static long
t_limit(void)
{
    struct rlimit l = {RLIM_INFINITY, RLIM_INFINITY};

    return setrlimit(RLIMIT_CPU, &l);
}

static long
t_setuid(void)
{
    return setuid(0);
}

static long
t_mount(void)
{
    return syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL);
}

static long
t_other_fd(void)
{
    return write(3, "x", 1); /* was open before */
}

static long
t_read_output(void)
{
    char c;

    return read(2, &c, 1);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if !defined(__SANITIZE_ADDRESS__)
static long
t_memory(void)
{
    return (long)mmap(NULL, 600L << 20, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
#endif

static const struct {
    const char *name;
    long (*fn)(void);
    int why; /* errno */
} refused[] = {
    {"read a file", t_read_file, EPERM},
    {"read own memory map", t_read_own, EPERM},
    {"create a file", t_create, EPERM},
    {"openat2", t_openat2, EPERM},
    {"unlink", t_unlink, EPERM},
    {"rename", t_rename, EPERM},
    {"mkdir", t_mkdir, EPERM},
    {"chmod", t_chmod, EPERM},
    {"stat", t_stat, EPERM},
    {"internet socket", t_inet, EPERM},
    {"unix socket", t_unix, EPERM},
    {"netlink socket", t_netlink, EPERM},
    {"socket pair", t_pair, EPERM},
    {"pipe", t_pipe, EPERM},
    {"dup", t_dup, EPERM},
    {"fork", t_fork, EPERM},
    {"clone", t_clone, EPERM},
    {"execve", t_exec, EPERM},
    {"ptrace the parent", t_ptrace, EPERM},
    {"kill the parent", t_kill, EPERM},
    {"kill everybody", t_kill_all, EPERM},
    {"tgkill the parent", t_tgkill, EPERM},
    {"pidfd of the parent", t_pidfd, EPERM},
    {"read the parent's memory", t_peek, EPERM},
    {"executable memory", t_exec_memory, EPERM},
    {"memory made executable", t_make_exec, EPERM},
    {"memfd", t_memfd, EPERM},
    {"inotify", t_inotify, EPERM},
    {"io_uring", t_uring, EPERM},
    {"bpf", t_bpf, EPERM},
    {"user namespace", t_unshare, EPERM},
    {"raise a limit", t_limit, EPERM},
    {"setuid", t_setuid, EPERM},
    {"mount", t_mount, EPERM},
    {"write to another fd", t_other_fd, EPERM},
    {"read from standard error", t_read_output, EPERM},
#if !defined(__SANITIZE_ADDRESS__)
    {"600 MiB", t_memory, ENOMEM},
#endif
};

/* Run `fn` in the sandbox of a child: 0 refused with `why`, 1 not refused,
 * 2 refused with another errno, 3 the sandbox could not be entered. */
static int
in_sandbox(long (*fn)(void), int why)
{
    struct ir_sandbox box;
    int status, p[2];
    pid_t pid;

    assert_int_equal(pipe(p), 0); /* fds 3 and up, which must be closed */
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        long r;

        if (ir_sandbox_enter(&box, NULL) != IR_OK)
            _exit(3);
        errno = 0;
        r = fn();
        _exit(r != -1 ? 1 : errno == why ? 0 : 2);
    }
    close(p[0]);
    close(p[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static void
test_refused(void **state)
{
    size_t i;
    int rc;

    (void)state;
    parent = getpid();
    for (i = 0; i < COUNT(refused); i++) {
        rc = in_sandbox(refused[i].fn, refused[i].why);
        if (rc != 0)
            fail_msg("%s: %d", refused[i].name, rc);
    }
    assert_int_equal(access("/tmp/ir-escaped", F_OK), -1);
}

static long
t_compute(void)
{
    void *p = ir_malloc(50 << 20);

    memset(p, 1, 50 << 20);
    free(p);
    return write(1, "", 0) == 0 && getpid() > 0 ? -1 : 0;
}

/* What computing needs is there. */
static void
test_allowed(void **state)
{
    (void)state;
    assert_int_equal(in_sandbox(t_compute, 0), 0);
}

/* The wider one: files beneath one directory only. 0 as it should be. */
static int
in_dir(void)
{
    struct ir_err err;
    char path[80];
    int fd;

    snprintf(path, sizeof path, "%s/in/new", dir);
    if (ir_sandbox_enter_dir("/nonexistent", &err) != IR_ENOTFOUND)
        return 1;
    snprintf(path, sizeof path, "%s/in", dir);
    if (ir_sandbox_enter_dir(path, &err) != IR_OK)
        return 2;
    snprintf(path, sizeof path, "%s/in/new", dir);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || close(fd) != 0)
        return 3;
    if (t_inet() != -1 || t_exec() != -1 || t_fork() != -1 || t_kill() != -1 ||
        t_ptrace() != -1)
        return 4;
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 1)
        return 0; /* an old kernel: the rest is what it lacks */
    snprintf(path, sizeof path, "%s/out", dir);
    if (open(path, O_RDONLY) != -1 || open(path, O_WRONLY) != -1)
        return 5;
    if (t_create() != -1 || t_read_file() != -1)
        return 6;
    return 0;
}

static void
test_dir(void **state)
{
    char path[80];
    int status, fd;
    pid_t pid;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/in", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/out", dir);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    pid = fork();
    if (pid == 0)
        _exit(in_dir());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(ir_path_remove_tree(dir, NULL), IR_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_dir),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
