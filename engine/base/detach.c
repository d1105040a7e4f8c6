/* detach.c: see detach.h. */
#include "base/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child, between fork and exec: async-signal-safe calls only. */
static void
run(const char *const *argv)
{
    const struct sigaction dfl = {.sa_handler = SIG_DFL};
    sigset_t none;
    int null;
    pid_t pid;

    if (setsid() < 0)
        _exit(127);
    pid = fork();
    if (pid != 0)
        _exit(pid < 0 ? 127 : 0);
    null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
        _exit(127);
    (void)close_range(3, ~0U, 0);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)sigaction(SIGPIPE, &dfl, NULL);
    (void)sigaction(SIGINT, &dfl, NULL);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

int
ir_detach(const char *const *argv, struct ir_err *err)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        run(argv);
    if (pid < 0)
        return ir_fail(err, IR_EIO, "%s: %s", argv[0], strerror(errno));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return ir_fail(err, IR_EIO, "%s: %s", argv[0], strerror(errno));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return ir_fail(err, IR_EIO, "%s", argv[0]);
    return IR_OK;
}
