/* test_sandbox_channel.c: the sandbox of a channel's plugin: what each need
 * opens, and that the kernel refuses the rest whatever code is running. Each
 * row is a process that enters and tries one thing. */
#include "script/sandbox.h"
#include "unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define NONE 1
#define NET 2
#define SERIAL 4
#define RUN 8

static char line[80];  /* a terminal that is granted */
static char other[80]; /* and one that is not */

static bool
t_passwd(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool
t_home(void)
{
    return open("/root", O_RDONLY | O_DIRECTORY) >= 0;
}

static bool
t_hosts(void)
{
    return open("/etc/hosts", O_RDONLY) >= 0;
}

static bool
t_certificates(void)
{
    return open("/etc/ssl", O_RDONLY | O_DIRECTORY) >= 0;
}

static bool
t_write_hosts(void)
{
    return open("/etc/hosts", O_RDWR) >= 0;
}

static bool
t_create(void)
{
    return open("/tmp/ir-escaped", O_CREAT | O_WRONLY, 0600) >= 0;
}

static bool
t_unlink(void)
{
    return unlink("/tmp/ir-test-none") == 0 || errno == ENOENT;
}

static bool
t_inet(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 &&
           socket(AF_INET6, SOCK_DGRAM, 0) >= 0;
}

static bool
t_unix(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool
t_packet(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}

static bool
t_listen(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    return fd >= 0 && listen(fd, 1) == 0;
}

static bool
t_line(void)
{
    struct termios t;
    int fd = open(line, O_RDWR | O_NOCTTY | O_NONBLOCK);

    return fd >= 0 && tcgetattr(fd, &t) == 0 && tcsetattr(fd, TCSANOW, &t) == 0;
}

static bool
t_other_line(void)
{
    return open(other, O_RDWR | O_NOCTTY | O_NONBLOCK) >= 0;
}

static bool
t_type(void)
{
    int fd = open(line, O_RDWR | O_NOCTTY | O_NONBLOCK);

    return ioctl(fd >= 0 ? fd : 0, TIOCSTI, "x") == 0;
}

static void *
nothing(void *arg)
{
    return arg;
}

static bool
t_thread(void)
{
    pthread_t t;

    return pthread_create(&t, NULL, nothing, NULL) == 0 &&
           pthread_join(t, NULL) == 0;
}

static bool
t_fork(void)
{
    return syscall(SYS_fork) >= 0;
}

static bool
t_clone(void)
{
    return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0;
}

static bool
t_clone3(void)
{
    uint64_t args[8] = {0};

    return syscall(SYS_clone3, args, sizeof args) >= 0;
}

static bool
t_exec(void)
{
    char sh[] = "/bin/true", *argv[] = {sh, NULL};

    return execve(sh, argv, NULL) == 0;
}

static bool
t_kill(void)
{
    return kill(getppid(), 0) == 0;
}

static bool
t_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool
t_bpf(void)
{
    return syscall(SYS_bpf, 0, NULL, 0) >= 0;
}

/* The broker's socket is descriptor 3, and nothing above it is open. */
static bool
t_broker(void)
{
    return write(3, "x", 1) == 1 && fcntl(4, F_GETFD) < 0;
}

static const struct {
    const char *name;
    bool (*fn)(void);
    int allowed; /* in which sandboxes */
} tries[] = {
    {"read a file", t_passwd, 0},
    {"read a home", t_home, 0},
    {"read names of hosts", t_hosts, NET},
    {"read certificates", t_certificates, NET},
    {"write names of hosts", t_write_hosts, 0},
    {"create a file", t_create, 0},
    {"unlink", t_unlink, 0},
    {"internet sockets", t_inet, NET},
    {"unix socket", t_unix, 0},
    {"packets", t_packet, 0},
    {"listen", t_listen, 0},
    {"its line", t_line, SERIAL},
    {"another line", t_other_line, 0},
    {"type for somebody", t_type, 0},
    {"a thread", t_thread, NET},
    {"fork", t_fork, 0},
    {"clone", t_clone, 0},
    {"clone3", t_clone3, 0},
    {"execve", t_exec, 0},
    {"kill the parent", t_kill, 0},
    {"executable memory", t_code, 0},
    {"bpf", t_bpf, 0},
    {"the broker", t_broker, RUN},
};

/* Try one thing in the sandbox of `which`, in a child: 1 it could, 0 it could
 * not, else the sandbox could not be entered or it died. */
static int
in_sandbox(int which, bool (*fn)(void))
{
    struct ir_sandbox_channel want = {.net = which == NET, .broker = -1};
    int status, pair[2], spare[2];
    pid_t pid;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(pipe(spare), 0);
    if (which == SERIAL)
        want.devices[want.devices_n++] = line;
    if (which == RUN)
        want.broker = pair[0];
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (ir_sandbox_enter_channel(&want, NULL) != IR_OK)
            _exit(3);
        _exit(fn() ? 1 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    close(pair[0]);
    close(pair[1]);
    close(spare[0]);
    close(spare[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static void
test_matrix(void **state)
{
    bool landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
    size_t i;
    int which;

    (void)state;
    for (i = 0; i < COUNT(tries); i++)
        for (which = NONE; which <= RUN; which *= 2) {
            int want = (tries[i].allowed & which) != 0;
            int got = in_sandbox(which, tries[i].fn);

            /* paths are Landlock's alone: an old kernel lacks that fence */
            if (!landlock && (which == NET || which == SERIAL) &&
                (i < 5 || tries[i].fn == t_other_line))
                continue;
            if (got != want)
                fail_msg("%s in %d: %d, not %d", tries[i].name, which, got,
                         want);
        }
    assert_int_equal(access("/tmp/ir-escaped", F_OK), -1);
}

/* A terminal of its own, open as long as this runs. */
static void
make_line(char *name, size_t cap)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);

    assert_true(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0);
    assert_int_equal(ptsname_r(fd, name, cap), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_matrix)};

    make_line(line, sizeof line);
    make_line(other, sizeof other);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
