/* spawn.h: the only place that starts a process. argv only, never a shell: a
 * file without "#!" is refused, too.
 *
 * The child gets a session and process group of its own and no terminal: a
 * program that would ask for a password there fails at once instead of
 * hanging. Its environment is only what `env` lists, signals are as in a fresh
 * login, fds are 0, 1, 2 and `keep_fds`. At the deadline the whole group gets
 * SIGTERM, then after a second SIGKILL. Both pipes are drained to the end even
 * over the cap. An exec that fails is told through a CLOEXEC pipe. If we are
 * killed, the process gets SIGTERM (prctl(2), PR_SET_PDEATHSIG).
 *
 * What it is not: a sandbox. A descendant that makes its own session is not
 * in the group and outlives the deadline, and what runs as another user
 * (sudo) may be out of reach.
 */
#ifndef IR_BASE_SPAWN_H
#define IR_BASE_SPAWN_H

#include "base/buf.h"
#include "base/err.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_SPAWN_TERM_MS 1000   /* from SIGTERM to SIGKILL, and to giving up */
#define IR_SPAWN_LINGER_MS 1000 /* output read after the process has ended */
#define IR_SPAWN_BUSY_MS                                                       \
    3000 /* from one look whether it computes to the                           \
            next, at most */

struct ir_spawn {
    const char *const *argv; /* NULL-terminated; argv[0] without "/" is looked
                                for in the absolute directories of PATH */
    const char *const *env;  /* "NAME=value", NULL-terminated; NULL: PATH,
                                HOME, LANG, TERM, SSH_AUTH_SOCK, TZ of ours */
    const void *input;       /* written to its standard input, then closed */
    size_t input_len;
    int64_t deadline_ms;     /* 0: none */
    int64_t busy_ms;         /* that much more, as long as it computes: for what
                                a limit of processor time ends, and which gets
                                little of that on a busy machine */
    size_t out_max, err_max; /* bytes kept of each; the rest is counted */
    const int *keep_fds;     /* fds (3 and up) the child keeps as they are */
    size_t keep_fds_n;
    /* called as standard output arrives (may be NULL), e.g. for progress */
    void (*on_out)(const char *p, size_t n, void *arg);
    void *arg;
    /* set by a signal handler: end it as at the deadline (may be NULL) */
    const volatile sig_atomic_t *stop;
};

struct ir_spawn_result {
    int exit;       /* exit status, or -1 */
    int signal;     /* the signal that ended it, or 0 */
    bool timed_out; /* the deadline passed; exit may be 0 all the same */
    bool stopped;   /* `stop` was set */
    struct ir_buf out, err;        /* what was kept */
    uint64_t out_total, err_total; /* bytes it wrote in all */
    int64_t took_ms;
};

/* Run to the end and collect. A process that ends while others still hold its
 * output (a daemon it started) is waited for IR_SPAWN_LINGER_MS more; those
 * others are left alone.
 *
 * Owns:   `res` is the caller's, ir_spawn_result_done (harmless after an
 *         error).
 * Errors: IR_ENOTFOUND no such program, IR_EIO; a program that ran and
 *         failed, or was killed at the deadline, is IR_OK with `res` saying
 *         so, with exit -1 and signal 0 if not even SIGKILL ended it.
 * Blocks: until the process ends, at most the deadline, `busy_ms` and five
 *         seconds.
 * Thread: any; SIGCHLD must not be ignored.
 */
int ir_spawn_run(const struct ir_spawn *sp, struct ir_spawn_result *res,
                 struct ir_err *err);

/* Start, and do not wait: several at a time. What `sp` points to is needed
 * during this call only, but for on_out's `arg`, and `stop`. The input is
 * overwritten when it is freed.
 *
 * Owns:   *out is the caller's, ir_spawn_end.
 * Errors: IR_ENOTFOUND no such program, IR_EIO.
 */
struct ir_spawning;
int ir_spawn_start(const struct ir_spawn *sp, struct ir_spawning **out,
                   struct ir_err *err);

/* To wait for: readable when ir_spawn_poll has something to do, deadlines
 * included.
 *
 * Owns:   borrowed.
 */
int ir_spawn_fd(const struct ir_spawning *s);

/* Let the deadline be that long from now, whatever it was.
 *
 * Units:  milliseconds.
 */
void ir_spawn_more(struct ir_spawning *s, int64_t ms);

/* Do what can be done without waiting (on_out is called from here). *res is
 * NULL while it runs, then how it ended; it is not called again after that.
 *
 * Owns:   *res is borrowed until ir_spawn_end.
 * Errors: as ir_spawn_run, when it has ended.
 */
int ir_spawn_poll(struct ir_spawning *s, const struct ir_spawn_result **res,
                  struct ir_err *err);

/* Free it; when it still runs its whole group is killed. NULL is fine.
 *
 * Owns:   nothing afterwards.
 * Blocks: at most a second, for a process that SIGKILL does not end.
 */
void ir_spawn_end(struct ir_spawning *s);

/* Free what `res` holds.
 *
 * Owns:   nothing afterwards.
 */
void ir_spawn_result_done(struct ir_spawn_result *res);

#endif
