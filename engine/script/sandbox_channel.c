/* sandbox_channel.c: the sandbox of a channel's plugin: see sandbox.h. */
#include "script/sandbox_in.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 64 /* open at a time */
#define PATHS_MAX 24

/* Landlock's bits. */
#define READ_FILE (1ULL << 2)
#define READ_DIR (1ULL << 3)
#define WRITE_FILE (1ULL << 1)
#define IOCTL_DEV (1ULL << 15)

/* What the resolver and TLS read: names, certificates, nothing of anybody. */
static const char *const readable[] = {
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/ssl",
    "/usr/lib/ssl",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
};

/* Calls whatever their arguments: on descriptors that are open already, and
 * to find out about files. */
static const int any_fd[] = {
    SCMP_SYS(read),    SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev),
    SCMP_SYS(close),   SCMP_SYS(poll),  SCMP_SYS(ppoll), SCMP_SYS(lseek),
    SCMP_SYS(pread64), SCMP_SYS(fstat), SCMP_SYS(fcntl), SCMP_SYS(pselect6),
    SCMP_SYS(select),
};

static const int for_net[] = {
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(pipe2),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(uname),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(sysinfo),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(sched_getaffinity),
};

static int
allow(scmp_filter_ctx ctx, const int *calls, size_t n)
{
    size_t i;
    int rc = 0;

    for (i = 0; rc == 0 && i < n; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
    return rc;
}

/* A call only where an argument is one of these. */
static int
allow_if(scmp_filter_ctx ctx, int call, unsigned arg, const uint32_t *values,
         size_t n)
{
    size_t i;
    int rc = 0;

    for (i = 0; rc == 0 && i < n; i++) {
        const struct scmp_arg_cmp is = {arg, SCMP_CMP_MASKED_EQ, 0xFFFFFFFFU,
                                        values[i]};

        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, call, 1, &is);
    }
    return rc;
}

/* Open a file: to read, or (a device) to write, too; never to make one. */
static int
allow_open(scmp_filter_ctx ctx, bool writing)
{
    const uint32_t mask =
        (uint32_t)(O_CREAT | O_TMPFILE | O_TRUNC | O_APPEND | O_ACCMODE);
    const struct scmp_arg_cmp reading = {
        2, SCMP_CMP_MASKED_EQ, mask & ~(uint32_t)O_DIRECTORY, O_RDONLY};
    const struct scmp_arg_cmp both = {2, SCMP_CMP_MASKED_EQ,
                                      mask & ~(uint32_t)O_DIRECTORY, O_RDWR};
    int rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                    &reading);

    if (rc == 0 && writing)
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                    &both);
    return rc;
}

/* Sockets to elsewhere, and the threads of the resolver. */
static int
allow_net(scmp_filter_ctx ctx)
{
    static const uint32_t families[] = {AF_INET, AF_INET6, AF_NETLINK};
    static const uint32_t unix_only[] = {AF_UNIX};
    static const uint32_t asks[] = {FIONREAD, FIONBIO};
    const struct scmp_arg_cmp thread = {0, SCMP_CMP_MASKED_EQ, CLONE_THREAD,
                                        CLONE_THREAD};
    const struct scmp_arg_cmp only_look = {2, SCMP_CMP_EQ, 0, 0};
    int rc = allow(ctx, for_net, sizeof for_net / sizeof for_net[0]);

    if (rc == 0)
        rc = allow_if(ctx, SCMP_SYS(socket), 0, families, 3);
    if (rc == 0) /* among threads */
        rc = allow_if(ctx, SCMP_SYS(socketpair), 0, unix_only, 1);
    if (rc == 0)
        rc = allow_if(ctx, SCMP_SYS(ioctl), 1, asks, 2);
    if (rc == 0)
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                    &thread);
    if (rc == 0) /* its flags cannot be looked at: the C library takes clone */
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (rc == 0)
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
                                    &only_look);
    return rc;
}

static int
allow_serial(scmp_filter_ctx ctx)
{
    static const uint32_t asks[] = {TCGETS, TCSETS,   TCSETSW,  TCSETSF, TCFLSH,
                                    TCSBRK, FIONREAD, TIOCMGET, TIOCMSET};

    int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(flock), 0);

    return rc != 0 ? rc
                   : allow_if(ctx, SCMP_SYS(ioctl), 1, asks,
                              sizeof asks / sizeof asks[0]);
}

static int
filter(const struct ir_sandbox_channel *want, struct ir_err *err)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int rc = ctx == NULL ? -ENOMEM : ir_sandbox_rules(ctx);

    if (rc == 0)
        rc = allow(ctx, any_fd, sizeof any_fd / sizeof any_fd[0]);
    if (rc == 0 && (want->net || want->devices_n > 0))
        rc = allow_open(ctx, want->devices_n > 0);
    if (rc == 0 && want->net)
        rc = allow_net(ctx);
    if (rc == 0 && want->devices_n > 0)
        rc = allow_serial(ctx);
    if (rc == 0)
        rc = seccomp_load(ctx);
    if (ctx != NULL)
        seccomp_release(ctx);
    if (rc != 0)
        return ir_fail(err, IR_EREFUSED, "sandbox: seccomp: %s", strerror(-rc));
    return IR_OK;
}

/* Load what the resolver would load when it is first asked: later it may not.
 * Which modules those are says the line "hosts:" of nsswitch.conf.
 */
static void
load_resolver(void)
{
    FILE *f = fopen("/etc/nsswitch.conf", "re");
    char line[512], so[64], *word, *at;

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "hosts:", 6) != 0)
            continue;
        at = line + 6;
        while ((word = strsep(&at, " \t\n")) != NULL) {
            if (word[0] < 'a' || word[0] > 'z' || strlen(word) > 30)
                continue;
            snprintf(so, sizeof so, "libnss_%s.so.2", word);
            (void)dlopen(so, RTLD_NOW | RTLD_LOCAL); /* kept until the end */
        }
    }
    if (f != NULL)
        (void)fclose(f);
}

/* Keep the broker's socket, as descriptor 3. */
static int
keep(int fd, struct ir_err *err)
{
    if (fd >= 0 && fd != 3 && dup2(fd, 3) < 0)
        return ir_fail(err, IR_EREFUSED, "sandbox: dup2: %s", strerror(errno));
    return ir_sandbox_no_way_out(fd >= 0 ? 4 : 3, err);
}

static int
fence_files(const struct ir_sandbox_channel *want, struct ir_err *err)
{
    struct ir_sandbox_path paths[PATHS_MAX] = {{0, 0}};
    size_t n = 0, i;
    int rc, abi;

    for (i = 0; want->net && i < sizeof readable / sizeof readable[0]; i++) {
        int fd = open(readable[i], O_PATH | O_CLOEXEC);
        bool dir = fd >= 0 && faccessat(fd, ".", F_OK, 0) == 0;

        if (fd >= 0)
            paths[n++] =
                (struct ir_sandbox_path){fd, READ_FILE | (dir ? READ_DIR : 0)};
    }
    for (i = 0; i < want->devices_n; i++) {
        int fd = open(want->devices[i], O_PATH | O_CLOEXEC);

        if (fd >= 0)
            paths[n++] = (struct ir_sandbox_path){fd, READ_FILE | WRITE_FILE |
                                                          IOCTL_DEV};
    }
    rc = ir_sandbox_landlock(paths, n, want->net, &abi, err);
    for (i = 0; i < n; i++)
        close(paths[i].fd);
    return rc;
}

int
ir_sandbox_enter_channel(const struct ir_sandbox_channel *want,
                         struct ir_err *err)
{
    bool opens = want->net || want->devices_n > 0;
    int rc;

    tzset();
    if (want->net)
        load_resolver();
    rc = keep(want->broker, err);
    if (rc == IR_OK)
        rc = fence_files(want, err);
    if (rc == IR_OK)
        rc = ir_sandbox_limits(IR_SANDBOX_CHANNEL_CPU_S, want->net, err);
    if (rc == IR_OK)
        rc = ir_sandbox_limit(RLIMIT_NOFILE, opens ? FILES_MAX : 0,
                              opens ? FILES_MAX : 0, err);
    return rc == IR_OK ? filter(want, err) : rc;
}
