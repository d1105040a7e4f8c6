/* spawn.h: the only place that starts a process. argv only, never a shell.
 *
 * The child gets its own process group and session-less environment: only
 * what `env` lists. At the deadline the whole group gets SIGTERM, then after
 * a second SIGKILL. Both pipes are drained to the end even over the cap. An
 * exec that fails is told through a CLOEXEC pipe.
 */
#ifndef IR_BASE_SPAWN_H
#define IR_BASE_SPAWN_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ir_spawn {
    const char *const *argv; /* NULL-terminated; argv[0] may be searched */
    const char *const *env;  /* "NAME=value", NULL-terminated; NULL: PATH,
                                HOME, LANG, TERM, SSH_AUTH_SOCK, TZ of ours */
    const void *input;       /* written to its standard input, then closed */
    size_t input_len;
    int64_t deadline_ms;     /* 0: none */
    size_t out_max, err_max; /* bytes kept of each; the rest is counted */
    const int *keep_fds;     /* fds the child keeps under the same number */
    size_t keep_fds_n;
    /* called as standard output arrives (may be NULL), e.g. for progress */
    void (*on_out)(const char *p, size_t n, void *arg);
    void *arg;
};

struct ir_spawn_result {
    int exit;   /* exit status, or -1 */
    int signal; /* the signal that ended it, or 0 */
    bool timed_out;
    struct ir_buf out, err;        /* what was kept */
    uint64_t out_total, err_total; /* bytes it wrote in all */
    int64_t took_ms;
};

/* Run to the end and collect.
 *
 * Owns:   `res` is the caller's, ir_spawn_result_done.
 * Errors: IR_ENOTFOUND no such program, IR_EIO; a program that ran and
 *         failed, or was killed at the deadline, is IR_OK with `res` saying
 *         so.
 * Blocks: until the process ends, at most the deadline and two seconds.
 */
int ir_spawn_run(const struct ir_spawn *sp, struct ir_spawn_result *res,
                 struct ir_err *err);
void ir_spawn_result_done(struct ir_spawn_result *res);

#endif
