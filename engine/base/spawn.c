/* spawn.c: see spawn.h. */
#include "base/spawn.h"

#include "base/clock.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "base/spawn_in.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define STOP_POLL_MS 200 /* how often `stop` is looked at */

enum phase { RUNNING, TERMED, KILLED };

/* One run under way. Every fd is -1 when closed. */
struct run {
    const struct ir_spawn *sp;
    struct ir_spawn_result *res;
    pid_t parent, pid;
    int pidfd, in, out, err, told; /* told: errno of an exec that failed */
    int child[4];                  /* the child's ends: in, out, err, told */
    size_t sent;                   /* bytes of input written */
    int exec_errno;
    bool exited;
    enum phase phase;
    int64_t began_ms, exited_ms, next_ms; /* next_ms: when the phase ends */
    int64_t now;                          /* when turn() looked last */
    int64_t more_ms, cpu_ms; /* beyond the deadline; used when it was reached */
};

static void
close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* An fd above 2, so that dup2 in the child never writes over another. */
static int
above_stdio(int fd)
{
    int high = fd;

    if (fd >= 0 && fd <= 2) {
        high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        close(fd);
    }
    return high;
}

static bool
make_pipe(int *reader, int *writer)
{
    int fd[2];

    if (pipe2(fd, O_CLOEXEC) != 0)
        return false;
    *reader = above_stdio(fd[0]);
    *writer = above_stdio(fd[1]);
    return *reader >= 0 && *writer >= 0;
}

static bool
open_pipes(struct run *r)
{
    if (r->sp->input_len == 0)
        r->child[0] = above_stdio(open("/dev/null", O_RDONLY | O_CLOEXEC));
    else if (!make_pipe(&r->child[0], &r->in))
        return false;
    if (r->child[0] < 0 || !make_pipe(&r->out, &r->child[1]) ||
        !make_pipe(&r->err, &r->child[2]) || !make_pipe(&r->told, &r->child[3]))
        return false;
    if (r->in >= 0 && fcntl(r->in, F_SETFL, O_NONBLOCK) != 0)
        return false;
    return fcntl(r->out, F_SETFL, O_NONBLOCK) == 0 &&
           fcntl(r->err, F_SETFL, O_NONBLOCK) == 0;
}

/* In the child, between fork and exec: async-signal-safe calls only. */
static _Noreturn void
become(const struct run *r, const char *file, char *const *env)
{
    struct sigaction dfl = {.sa_handler = SIG_DFL};
    const struct ir_spawn *sp = r->sp;
    sigset_t none;
    int e;

    /* whoever watches its deadline is gone: it does not go on alone */
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
        goto out;
    if (getppid() != r->parent)
        _exit(127);
    setsid(); /* a group of its own, and no terminal to stop at */
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, &dfl, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(r->child[0], 0) < 0 || dup2(r->child[1], 1) < 0 ||
        dup2(r->child[2], 2) < 0 || close_range(3, ~0U, CLOSE_RANGE_CLOEXEC))
        goto out;
    for (size_t i = 0; i < sp->keep_fds_n; i++)
        if (fcntl(sp->keep_fds[i], F_SETFD, 0) != 0)
            goto out;
    /* not execvpe: that hands a file without "#!" to a shell */
    execve(file, (char *const *)(uintptr_t)sp->argv, env);
out:
    e = errno;
    (void)!write(r->child[3], &e, sizeof e);
    _exit(127);
}

/* Write input without SIGPIPE, whatever the process does with it: blocked in
 * this thread, and taken back if it came from here.
 */
static ssize_t
write_quietly(int fd, const void *p, size_t n)
{
    const struct timespec at_once = {0, 0};
    sigset_t pipe, pending, old;
    ssize_t done;
    int e;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe, &old);
    done = write(fd, p, n);
    e = errno;
    if (done < 0 && e == EPIPE && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR)
            ;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = e;
    return done;
}

static void
feed(struct run *r)
{
    const char *p = r->sp->input;
    ssize_t n;

    n = write_quietly(r->in, p + r->sent, r->sp->input_len - r->sent);
    if (n > 0)
        r->sent += (size_t)n;
    if (r->sent == r->sp->input_len ||
        (n < 0 && errno != EAGAIN && errno != EINTR))
        close_fd(&r->in);
}

/* Read once from a pipe; keep up to `max` bytes, count all. */
static void
drain(int *fd, struct ir_buf *keep, size_t max, uint64_t *total,
      const struct ir_spawn *notify)
{
    char chunk[16384];
    ssize_t n = read(*fd, chunk, sizeof chunk);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        close_fd(fd);
    if (n <= 0)
        return;
    *total += (uint64_t)n;
    if (keep->len < max) {
        size_t room = max - keep->len;

        ir_buf_add(keep, chunk, (size_t)n < room ? (size_t)n : room);
    }
    if (notify != NULL && notify->on_out != NULL)
        notify->on_out(chunk, (size_t)n, notify->arg);
}

static void
hear_exec(struct run *r)
{
    int e = 0;
    ssize_t n = read(r->told, &e, sizeof e);

    if (n < 0 && errno == EINTR)
        return;
    if (n == (ssize_t)sizeof e)
        r->exec_errno = e;
    close_fd(&r->told);
}

/* To the whole group; to the child alone while it has not made its group. */
static void
signal_group(const struct run *r, int sig)
{
    if (kill(-r->pid, sig) != 0 && errno == ESRCH)
        kill(r->pid, sig);
}

/* Is it late? What has computed since it was late before is not. */
static bool
is_late(struct run *r, int64_t now)
{
    int64_t most_ms = r->sp->deadline_ms, cpu_ms;

    if (most_ms <= 0 || now < r->began_ms + most_ms + r->more_ms)
        return false;
    cpu_ms = r->more_ms < r->sp->busy_ms ? ir_clock_cpu_ms(r->pid) : 0;
    if (r->exited || cpu_ms <= r->cpu_ms)
        return true;
    r->cpu_ms = cpu_ms;
    r->more_ms = now - r->began_ms - most_ms +
                 (most_ms < IR_SPAWN_BUSY_MS ? most_ms : IR_SPAWN_BUSY_MS);
    return false;
}

/* Go on to the next phase if it is time; false when nothing is left to do. */
static bool
advance(struct run *r, int64_t now)
{
    const struct ir_spawn *sp = r->sp;
    bool done = r->exited && r->out < 0 && r->err < 0;
    bool late = r->phase == RUNNING && is_late(r, now);
    bool stop = sp->stop != NULL && *sp->stop != 0;

    switch (r->phase) {
    case RUNNING:
        if (done || (r->exited && now >= r->exited_ms + IR_SPAWN_LINGER_MS))
            return false;
        if (r->exited || !(late || stop))
            return true;
        r->res->timed_out = late;
        r->res->stopped = !late;
        signal_group(r, SIGTERM);
        r->phase = TERMED;
        r->next_ms = now + IR_SPAWN_TERM_MS;
        return true;
    case TERMED:
        if (!done && now < r->next_ms)
            return true;
        signal_group(r, SIGKILL);
        r->phase = KILLED;
        r->next_ms = now + IR_SPAWN_TERM_MS;
        return !done;
    case KILLED:
        return !done && now < r->next_ms;
    }
    return false;
}

/* Milliseconds until advance() has to be asked again; -1 for ever. */
static int
patience(const struct run *r, int64_t now)
{
    int64_t at = INT64_MAX;

    if (r->phase != RUNNING)
        at = r->next_ms;
    else if (r->exited)
        at = r->exited_ms + IR_SPAWN_LINGER_MS;
    else if (r->sp->deadline_ms > 0)
        at = r->began_ms + r->sp->deadline_ms + r->more_ms;
    if (r->sp->stop != NULL && at > now + STOP_POLL_MS)
        at = now + STOP_POLL_MS;
    if (at == INT64_MAX)
        return -1;
    if (at - now > 3600000)
        return 3600000;
    return at > now ? (int)(at - now) : 0;
}

/* Wait at most `wait_ms` for something to do (-1: for ever), and do it.
 * Returns how many of the fds had something; r->now is brought up to date.
 */
static int
turn(struct run *r, int wait_ms)
{
    struct ir_spawn_result *res = r->res;
    struct pollfd p[5] = {
        {.fd = r->out, .events = POLLIN},
        {.fd = r->err, .events = POLLIN},
        {.fd = r->told, .events = POLLIN},
        {.fd = r->in, .events = POLLOUT},
        {.fd = r->exited ? -1 : r->pidfd, .events = POLLIN},
    };
    int n = poll(p, 5, wait_ms);

    if (n > 0) {
        if (p[0].revents != 0)
            drain(&r->out, &res->out, r->sp->out_max, &res->out_total, r->sp);
        if (p[1].revents != 0)
            drain(&r->err, &res->err, r->sp->err_max, &res->err_total, NULL);
        if (p[2].revents != 0)
            hear_exec(r);
        if (p[3].revents != 0)
            feed(r);
    }
    r->now = ir_clock_mono_ms();
    if (p[4].revents != 0) {
        r->exited = true;
        r->exited_ms = r->now;
        close_fd(&r->in);
    }
    return n;
}

/* Fork; in the parent, keep our ends only. */
static bool
start(struct run *r, const char *file, char *const *env)
{
    r->parent = getpid();
    r->pid = fork();
    if (r->pid < 0)
        return false;
    if (r->pid == 0)
        become(r, file, env);
    for (size_t i = 0; i < 4; i++)
        close_fd(&r->child[i]);
    r->pidfd = pidfd_open(r->pid, 0);
    if (r->pidfd < 0) {
        int e = errno;

        kill(r->pid, SIGKILL);
        waitpid(r->pid, NULL, 0);
        errno = e;
    }
    return r->pidfd >= 0;
}

/* The zombie was kept until now so that nobody else could get its group's
 * number while we might signal it.
 */
static void
reap(struct run *r)
{
    int status = 0;
    pid_t got;

    do
        got = waitpid(r->pid, &status, r->exited ? 0 : WNOHANG);
    while (got < 0 && errno == EINTR);
    if (got != r->pid)
        return; /* not even SIGKILL ended it, or SIGCHLD is ignored */
    if (WIFEXITED(status))
        r->res->exit = WEXITSTATUS(status);
    if (WIFSIGNALED(status))
        r->res->signal = WTERMSIG(status);
}

static int
fail_exec(const char *name, int e, struct ir_err *err)
{
    char shown[128];

    ir_utf8_show(name, shown, sizeof shown);
    if (e == ENOENT || e == ENOTDIR) {
        ir_fail(err, IR_ENOTFOUND, _("no program \"%s\" on this machine"),
                shown);
        ir_err_hint(err, _("Install it, or do the step by hand."));
        return IR_ENOTFOUND;
    }
    return ir_fail(err, IR_EIO, _("\"%s\" cannot be started: %s"), shown,
                   strerror(e));
}

static void
close_all(struct run *r)
{
    for (size_t i = 0; i < 4; i++)
        close_fd(&r->child[i]);
    close_fd(&r->in);
    close_fd(&r->out);
    close_fd(&r->err);
    close_fd(&r->told);
    close_fd(&r->pidfd);
}

/* Find the program and start it; after a failure nothing is open. */
static int
begin(struct run *r, const struct ir_spawn *sp, struct ir_spawn_result *res,
      struct ir_err *err)
{
    char *short_env[IR_SPAWN_ENV_N + 1] = {NULL};
    char *const *env = (char *const *)(uintptr_t)sp->env;
    char *file;
    int rc = IR_OK;

    *r = (struct run){.sp = sp,
                      .res = res,
                      .pidfd = -1,
                      .in = -1,
                      .out = -1,
                      .err = -1,
                      .told = -1,
                      .child = {-1, -1, -1, -1}};
    memset(res, 0, sizeof *res);
    res->exit = -1;
    file = ir_spawn_find(sp->argv[0]);
    if (file == NULL)
        return fail_exec(sp->argv[0], ENOENT, err);
    if (env == NULL) {
        ir_spawn_env(short_env);
        env = short_env;
    }
    r->began_ms = r->now = ir_clock_mono_ms();
    if (!open_pipes(r) || !start(r, file, env)) {
        rc = fail_exec(sp->argv[0], errno == ENOENT ? EIO : errno, err);
        close_all(r);
    }
    for (size_t i = 0; i < IR_SPAWN_ENV_N; i++)
        free(short_env[i]);
    free(file);
    return rc;
}

/* It is over: how it ended, and whether it began at all. */
static int
finish(struct run *r, struct ir_err *err)
{
    reap(r);
    r->res->took_ms = ir_clock_mono_ms() - r->began_ms;
    close_all(r);
    return r->exec_errno != 0 ? fail_exec(r->sp->argv[0], r->exec_errno, err)
                              : IR_OK;
}

int
ir_spawn_run(const struct ir_spawn *sp, struct ir_spawn_result *res,
             struct ir_err *err)
{
    struct run r;
    int rc = begin(&r, sp, res, err);

    if (rc == IR_OK) {
        while (advance(&r, r.now))
            (void)turn(&r, patience(&r, r.now));
        rc = finish(&r, err);
    }
    if (rc != IR_OK)
        ir_spawn_result_done(res);
    return rc;
}

/* One that is not waited for. Its words were copied, since who started it
 * goes on. */
struct ir_spawning {
    struct run r;
    struct ir_spawn sp;
    struct ir_spawn_result res;
    const char *argv[2]; /* for messages */
    char *name;
    uint8_t *input;
    int ep, timer;
    bool over;
};

static bool
watch(int ep, int fd, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.fd = fd};

    return fd < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e) == 0;
}

/* Let the timer ring when advance() has to be asked again. */
static void
set_timer(struct ir_spawning *s)
{
    int ms = patience(&s->r, s->r.now);
    struct itimerspec t = {{0, 0}, {0, 0}};

    if (ms >= 0) {
        t.it_value.tv_sec = ms / 1000;
        t.it_value.tv_nsec = ms % 1000 * 1000000L + 1;
    }
    (void)timerfd_settime(s->timer, 0, &t, NULL);
}

int
ir_spawn_start(const struct ir_spawn *sp, struct ir_spawning **out,
               struct ir_err *err)
{
    struct ir_spawning *s = ir_calloc(1, sizeof *s);
    int rc;

    s->ep = epoll_create1(EPOLL_CLOEXEC);
    s->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    s->sp = *sp;
    if (sp->input_len > 0) {
        s->input = ir_malloc(sp->input_len);
        memcpy(s->input, sp->input, sp->input_len);
        s->sp.input = s->input;
    }
    rc = s->ep < 0 || s->timer < 0
             ? fail_exec(sp->argv[0], errno == ENOENT ? EIO : errno, err)
             : begin(&s->r, &s->sp, &s->res, err);
    s->over = rc != IR_OK;
    s->name = ir_strdup(sp->argv[0]);
    s->argv[0] = s->name;
    s->sp.argv = s->argv;
    s->sp.env = NULL;
    s->sp.keep_fds = NULL;
    s->sp.keep_fds_n = 0;
    if (rc == IR_OK &&
        !(watch(s->ep, s->timer, EPOLLIN) && watch(s->ep, s->r.in, EPOLLOUT) &&
          watch(s->ep, s->r.out, EPOLLIN) && watch(s->ep, s->r.err, EPOLLIN) &&
          watch(s->ep, s->r.told, EPOLLIN) &&
          watch(s->ep, s->r.pidfd, EPOLLIN)))
        rc = fail_exec(s->name, errno == ENOENT ? EIO : errno, err);
    if (rc != IR_OK) {
        ir_spawn_end(s);
        return rc;
    }
    set_timer(s);
    *out = s;
    return IR_OK;
}

int
ir_spawn_fd(const struct ir_spawning *s)
{
    return s->ep;
}

void
ir_spawn_more(struct ir_spawning *s, int64_t ms)
{
    s->sp.deadline_ms = ir_clock_mono_ms() - s->r.began_ms + ms;
    if (!s->over)
        set_timer(s);
}

int
ir_spawn_poll(struct ir_spawning *s, const struct ir_spawn_result **res,
              struct ir_err *err)
{
    bool exited = s->r.exited, goes_on;
    int heard;

    *res = NULL;
    do { /* what it said in time counts, however late it is looked at */
        heard = turn(&s->r, 0);
        goes_on = advance(&s->r, s->r.now);
    } while (goes_on && heard > 0);
    if (!goes_on) {
        s->over = true;
        *res = &s->res;
        return finish(&s->r, err);
    }
    if (!exited && s->r.exited) /* that it ended is known now */
        (void)epoll_ctl(s->ep, EPOLL_CTL_DEL, s->r.pidfd, NULL);
    set_timer(s);
    return IR_OK;
}

void
ir_spawn_end(struct ir_spawning *s)
{
    if (s == NULL)
        return;
    if (!s->over) {
        signal_group(&s->r, SIGKILL);
        s->r.phase = KILLED;
        s->r.now = ir_clock_mono_ms();
        s->r.next_ms = s->r.now + IR_SPAWN_TERM_MS;
        while (advance(&s->r, s->r.now))
            (void)turn(&s->r, patience(&s->r, s->r.now));
        (void)finish(&s->r, NULL);
    }
    close_fd(&s->ep);
    close_fd(&s->timer);
    if (s->input != NULL)
        ir_wipe(s->input, s->sp.input_len);
    free(s->input);
    free(s->name);
    ir_spawn_result_done(&s->res);
    free(s);
}

void
ir_spawn_result_done(struct ir_spawn_result *res)
{
    ir_buf_done(&res->out);
    ir_buf_done(&res->err);
}
