/* sandbox.c: see sandbox.h. */
#include "script/sandbox_in.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define WITH_ASAN (IR_SANDBOX_SLOW > 1)

/* Landlock by its numbers: Debian's headers do not know the newer ones. */
#define LANDLOCK_CREATE SYS_landlock_create_ruleset
#define LANDLOCK_RESTRICT SYS_landlock_restrict_self
#define LANDLOCK_VERSION 1U

#define LANDLOCK_ADD SYS_landlock_add_rule
#define LANDLOCK_BENEATH 1

struct landlock_beneath {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

struct landlock_attr {
    uint64_t fs;     /* since ABI 1 */
    uint64_t net;    /* since ABI 4 */
    uint64_t scoped; /* since ABI 6 */
};

int
ir_sandbox_limit(int what, rlim_t soft, rlim_t hard, struct ir_err *err)
{
    struct rlimit l = {soft, hard};

    if (setrlimit((__rlimit_resource_t)what, &l) != 0)
        return ir_fail(err, IR_EREFUSED, "sandbox: setrlimit %d: %s", what,
                       strerror(errno));
    return IR_OK;
}

/* Is this a regular file? A limit on file size would kill who writes it. */
static int
is_file(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

int
ir_sandbox_limits(rlim_t cpu_s, bool threads, struct ir_err *err)
{
    int rc;

    cpu_s *= IR_SANDBOX_SLOW;
    rc = ir_sandbox_limit(RLIMIT_CPU, cpu_s, cpu_s + 1, err);

    if (rc == IR_OK)
        rc = ir_sandbox_limit(RLIMIT_CORE, 0, 0, err);
    if (rc == IR_OK && !threads) /* they count as processes */
        rc = ir_sandbox_limit(RLIMIT_NPROC, 0, 0, err);
    /* AddressSanitizer reserves terabytes of address space */
    if (rc == IR_OK && !WITH_ASAN)
        rc = ir_sandbox_limit(RLIMIT_AS, IR_SANDBOX_MEMORY, IR_SANDBOX_MEMORY,
                              err);
    return rc;
}

/* Open no file, write none. */
static int
no_files(struct ir_err *err)
{
    int rc = ir_sandbox_limit(RLIMIT_NOFILE, 0, 0, err);

    if (rc == IR_OK && !is_file(1) && !is_file(2))
        rc = ir_sandbox_limit(RLIMIT_FSIZE, 0, 0, err);
    return rc;
}

int
ir_sandbox_landlock(const struct ir_sandbox_path *paths, size_t n, bool connect,
                    int *abi, struct ir_err *err)
{
    static const uint64_t fs_by_abi[] = {0,      0x1FFF, 0x3FFF,
                                         0x7FFF, 0x7FFF, 0xFFFF};
    struct landlock_attr a = {0, connect ? 0x1 : 0x3, 0x3};
    size_t size, i;
    long v = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION), fd;
    bool ok;

    *abi = 0;
    if (v < 1)
        return IR_OK;
    a.fs = fs_by_abi[v < 5 ? v : 5];
    size = v < 4   ? offsetof(struct landlock_attr, net)
           : v < 6 ? offsetof(struct landlock_attr, scoped)
                   : sizeof a;
    fd = syscall(LANDLOCK_CREATE, &a, size, 0);
    ok = fd >= 0;
    for (i = 0; ok && i < n; i++) {
        struct landlock_beneath b = {a.fs & paths[i].rights, paths[i].fd};

        ok = syscall(LANDLOCK_ADD, fd, LANDLOCK_BENEATH, &b, 0) == 0;
    }
    if (!ok || syscall(LANDLOCK_RESTRICT, fd, 0) != 0)
        return ir_fail(err, IR_EREFUSED, "sandbox: landlock: %s",
                       strerror(errno));
    close((int)fd);
    *abi = (int)v;
    return IR_OK;
}

/* Calls allowed whatever their arguments. */
static const int calls[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(futex),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(restart_syscall),
};

int
ir_sandbox_rules(void *filter)
{
    scmp_filter_ctx ctx = filter;
    const struct scmp_arg_cmp input = SCMP_A0_32(SCMP_CMP_EQ, 0);
    const struct scmp_arg_cmp no_exec =
        SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const struct scmp_arg_cmp self =
        SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)getpid());
    const struct scmp_arg_cmp timer =
        SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)ITIMER_PROF);
    int rc = 0, fd;
    size_t i;

    for (i = 0; rc == 0 && i < sizeof calls / sizeof calls[0]; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
    if (rc == 0)
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
                                    &input);
    for (fd = 1; rc == 0 && fd <= 2; fd++) {
        const struct scmp_arg_cmp out = SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)fd);

        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                                    &out);
        if (rc == 0)
            rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(writev),
                                        1, &out);
    }
    if (rc == 0)
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                    &no_exec);
    if (rc == 0)
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                    &no_exec);
    if (rc == 0) /* the time of each file: vm_clock.c */
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(setitimer), 1,
                                    &timer);
    if (rc == 0) /* abort() */
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                    &self);
    return rc;
}

static int
filter(struct ir_err *err)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int rc = ctx == NULL ? -ENOMEM : ir_sandbox_rules(ctx);

    if (rc == 0)
        rc = seccomp_load(ctx);
    if (ctx != NULL)
        seccomp_release(ctx);
    if (rc != 0)
        return ir_fail(err, IR_EREFUSED, "sandbox: seccomp: %s", strerror(-rc));
    return IR_OK;
}

/* Refuse what git on local files never needs. */
static int
deny(struct ir_err *err)
{
    static const int denied[] = {
        SCMP_SYS(socket),
        SCMP_SYS(socketpair),
        SCMP_SYS(execve),
        SCMP_SYS(execveat),
        SCMP_SYS(ptrace),
        SCMP_SYS(kill),
        SCMP_SYS(bpf),
        SCMP_SYS(mount),
        SCMP_SYS(unshare),
        SCMP_SYS(setns),
        SCMP_SYS(keyctl),
        SCMP_SYS(io_uring_setup),
        SCMP_SYS(fork),
        SCMP_SYS(vfork),
        SCMP_SYS(process_vm_writev),
        SCMP_SYS(tkill),
        SCMP_SYS(pidfd_send_signal),
    };
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    int rc = ctx == NULL ? -ENOMEM : 0;
    size_t i;

    for (i = 0; rc == 0 && i < sizeof denied / sizeof denied[0]; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), denied[i], 0);
    if (rc == 0)
        rc = seccomp_load(ctx);
    if (ctx != NULL)
        seccomp_release(ctx);
    if (rc != 0)
        return ir_fail(err, IR_EREFUSED, "sandbox: seccomp: %s", strerror(-rc));
    return IR_OK;
}

int
ir_sandbox_no_way_out(unsigned first, struct ir_err *err)
{
    if (close_range(first, ~0U, 0) != 0)
        return ir_fail(err, IR_EREFUSED, "sandbox: close_range: %s",
                       strerror(errno));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return ir_fail(err, IR_EREFUSED, "sandbox: no_new_privs: %s",
                       strerror(errno));
    return IR_OK;
}

int
ir_sandbox_enter(struct ir_sandbox *got, struct ir_err *err)
{
    int rc = ir_sandbox_no_way_out(3, err);

    got->landlock_abi = 0;
    if (rc == IR_OK)
        rc = ir_sandbox_landlock(NULL, 0, false, &got->landlock_abi, err);
    if (rc == IR_OK)
        rc = ir_sandbox_limits(IR_SANDBOX_CPU_S, false, err);
    if (rc == IR_OK)
        rc = no_files(err);
    return rc == IR_OK ? filter(err) : rc;
}

int
ir_sandbox_enter_dir(const char *dir, struct ir_err *err)
{
    struct ir_sandbox_path beneath = {-1, ~1ULL}; /* all but executing */
    int rc = ir_sandbox_no_way_out(3, err), fd, abi;

    if (rc != IR_OK)
        return rc;
    tzset(); /* the time zone is a file, too */
    fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ir_fail(err, errno == ENOENT ? IR_ENOTFOUND : IR_EREFUSED,
                       "%s: %s", dir, strerror(errno));
    beneath.fd = fd;
    rc = ir_sandbox_landlock(&beneath, 1, false, &abi, err);
    close(fd);
    if (rc == IR_OK)
        rc = ir_sandbox_limits(IR_SANDBOX_GIT_CPU_S, false, err);
    return rc == IR_OK ? deny(err) : rc;
}
