/* cmd_run.c: `ir run`: let ir run a step's command: argv only, a deadline,
 * output capped, kept by digest and shown escaped.
 */
#include "base/i18n.h"
#include "base/path.h"
#include "base/spawn.h"
#include "cmd/act.h"
#include "cmd/commands.h"
#include "view/refusal.h"
#include "view/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGV_MAX (32 * 1024)    /* bytes of the command that are recorded */
#define OUTPUT_MAX (256 * 1024) /* bytes kept of each stream */
#define SHOWN_LINES 20
#define DEADLINE_DEFAULT_S 60

/* Set by an interrupt while a command runs: it is ended, and that is recorded.
 */
static volatile sig_atomic_t interrupted;

static void
on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
}

/* Run it; an interrupt, a hang-up or an end meant for us ends it instead. */
static int
spawn(const struct ir_spawn *sp, struct ir_spawn_result *r, struct ir_err *err)
{
    static const int sigs[] = {SIGINT, SIGHUP, SIGTERM};
    struct sigaction catch = {.sa_handler = on_interrupt}, was[3];
    size_t i;
    int rc;

    interrupted = 0;
    sigemptyset(&catch.sa_mask);
    for (i = 0; i < 3; i++)
        (void)sigaction(sigs[i], &catch, &was[i]);
    rc = ir_spawn_run(sp, r, err);
    for (i = 0; i < 3; i++)
        (void)sigaction(sigs[i], &was[i], NULL);
    return rc;
}

static bool
holds(const struct ir_buf *b, const char *text)
{
    return b->len > 0 && memmem(b->p, b->len, text, strlen(text)) != NULL;
}

/* Why it did not end as the step accepts; NULL: it did.
 *
 * Owns:   the caller frees.
 */
static char *
shortfall(const struct ir_step *s, const struct ir_spawn_result *r,
          int64_t deadline_ms)
{
    bool exit_ok = s->accept_exit_n == 0 && r->exit == 0;
    size_t i;

    if (r->stopped)
        return ir_strdup(_("interrupted by hand"));
    if (r->timed_out)
        return ir_asprintf(_("stopped at its deadline of %lld s"),
                           (long long)(deadline_ms / 1000));
    if (r->signal != 0)
        return ir_asprintf(_("ended by signal %d"), r->signal);
    for (i = 0; i < s->accept_exit_n; i++)
        if (s->accept_exit[i] == r->exit)
            exit_ok = true;
    if (!exit_ok)
        return ir_asprintf(_("exit status %d"), r->exit);
    if (s->accept_match != NULL && !holds(&r->out, s->accept_match) &&
        !holds(&r->err, s->accept_match))
        return ir_asprintf(_("its output does not say \"%s\""),
                           s->accept_match);
    return NULL;
}

/* One stream as it is kept; what did not fit is counted in a last line. */
static void
keep(const struct ir_buf *b, uint64_t total, struct ir_buf *out)
{
    ir_buf_add(out, b->p, b->len);
    if (total <= b->len)
        return;
    if (b->len > 0 && b->p[b->len - 1] != '\n')
        ir_buf_addc(out, '\n');
    ir_buf_addf(out, "--- %llu more bytes were not kept ---\n",
                (unsigned long long)(total - b->len));
}

/* What is kept: standard output, then standard error under a line of its own.
 */
static void
keep_output(const struct ir_spawn_result *r, struct ir_buf *out)
{
    keep(&r->out, r->out_total, out);
    if (r->err_total == 0)
        return;
    if (out->len > 0 && out->p[out->len - 1] != '\n')
        ir_buf_addc(out, '\n');
    ir_buf_adds(out, "--- standard error ---\n");
    keep(&r->err, r->err_total, out);
}

/* Keep every other ir of this home from running the same step while this one
 * does: the lock goes with the process, whatever ends it. Each step has its
 * own byte of one empty file. Where there can be no lock there is none: what
 * two people approved is counted by the log.
 *
 * Owns:   *fd is the caller's, close(); -1 without a lock.
 * Errors: IR_EREFUSED it runs already.
 */
static int
lock_step(struct ir_ctx *c, const struct ir_case *k, const char *path, int *fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    char *name = ir_asprintf("%s %s", k->inc->name, path);
    uint8_t h[IR_HASH_BYTES];
    int home = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    size_t b;

    *fd = -1;
    if (home >= 0)
        (void)ir_path_open(home, "run.lock", O_RDWR | O_CREAT, 0600, fd, NULL);
    if (home >= 0)
        close(home);
    ir_sha256(name, strlen(name), h);
    free(name);
    for (b = 0; b < 7; b++)
        lock.l_start = lock.l_start << 8 | h[b];
    if (*fd < 0 || fcntl(*fd, F_OFD_SETLK, &lock) == 0 ||
        (errno != EAGAIN && errno != EACCES))
        return IR_OK;
    close(*fd);
    *fd = -1;
    ir_fail(&c->err, IR_EREFUSED,
            _("%s is being run by another ir at this moment: nothing was run"),
            path);
    ir_err_hint(&c->err, "ir show %s", path);
    return IR_EREFUSED;
}

/* Decide that the step may be run now and record that it begins, at one go. */
static int
begin(struct ir_ctx *c, struct ir_case *k, size_t *i, struct ir_said *said,
      char ***argv)
{
    struct ir_batch b = {0};
    struct ir_draft *d;
    char path[200];
    size_t n, len = 0;
    int rc = ir_act_hold(c, k, i);

    if (rc == IR_OK)
        rc = ir_act_known(c, k, *i);
    if (rc == IR_OK)
        rc = ir_incident_argv(k->inc, *i, argv, &c->err);
    if (rc == IR_OK)
        rc = ir_act_gate(c, k, *i, said, &b);
    if (rc == IR_OK) {
        snprintf(path, sizeof path, "%s", k->inc->steps[*i].path);
        d = ir_act_draft(&b, k, *i, IR_OP_BEGIN, NULL);
        for (n = 0; (*argv)[n] != NULL; n++)
            len += strlen((*argv)[n]);
        if (len <= ARGV_MAX) /* else the plan and the answers tell it */
            ir_bodyw_texts(&d->body, 11, (const char *const *)*argv, n);
        rc = ir_batch_record(c, k, &b, NULL);
        if (rc == IR_OK) /* the steps were folded anew: find it again */
            rc = ir_incident_step(k->inc, path, i, &c->err);
    } else {
        ir_batch_done(&b);
    }
    ir_case_drop(c);
    ir_ctx_flush(c);
    return rc;
}

/* Run it and record how it ended. */
static int
run_and_record(struct ir_ctx *c, struct ir_case *k, size_t i, char **argv,
               struct ir_said *said)
{
    const struct ir_step *s = k->inc->steps[i].step;
    struct ir_spawn sp = {.argv = (const char *const *)argv,
                          .out_max = OUTPUT_MAX,
                          .err_max = OUTPUT_MAX,
                          .stop = &interrupted};
    struct ir_spawn_result r = {0};
    struct ir_buf kept = {0};
    struct ir_batch b = {0};
    uint8_t digest[32];
    char *why = NULL;
    bool good;
    int rc;

    sp.deadline_ms =
        (s->deadline_s > 0 ? s->deadline_s : DEADLINE_DEFAULT_S) * 1000;
    rc = spawn(&sp, &r, &c->err);
    why =
        rc == IR_OK ? shortfall(s, &r, sp.deadline_ms) : ir_strdup(c->err.msg);
    good = why == NULL;
    memset(&c->err, 0, sizeof c->err);
    keep_output(&r, &kept);
    said->ran = rc == IR_OK && (r.exit >= 0 || r.signal != 0);
    said->exit = r.signal != 0 ? 128 + r.signal : r.exit;
    if (kept.len > 0) {
        ir_sha256(kept.p, kept.len, digest);
        said->output = digest;
        said->output_bytes = kept.len;
        b.object_type = "output";
        b.object = kept.p;
        b.object_len = kept.len;
        if (!c->json)
            ir_view_output(&c->view, kept.p, kept.len,
                           r.out_total + r.err_total, SHOWN_LINES, &c->out);
    }
    said->reason = good ? NULL : why;
    (void)ir_act_draft(&b, k, i, good ? IR_OP_DONE : IR_OP_FAIL, said);
    rc = ir_batch_record(c, k, &b, NULL);
    if (rc == IR_OK && !good) {
        rc = ir_fail(&c->err, IR_EIO, _("the command did not do it: %s"), why);
        ir_err_hint(&c->err, _("what to do then: ir next"));
    }
    said->output = NULL;
    said->reason = NULL;
    free(why);
    ir_buf_done(&kept);
    ir_spawn_result_done(&r);
    return rc;
}

/* In an exercise nothing runs unless the drill says so: it is shown, and
 * counts as done. */
static int
pretend(struct ir_ctx *c, struct ir_case *k, size_t i, struct ir_said *said)
{
    char *line = ir_view_argv(&c->view, k->inc, k->inc->steps[i].step);
    int rc;

    if (!c->json)
        ir_buf_addf(&c->out, _("EXERCISE: not run: %s\n"), line);
    said->note = "exercise: shown, not run";
    rc = ir_act_done(c, k, i, said);
    free(line);
    return rc;
}

static int
run_step(struct ir_ctx *c, struct ir_case *k, size_t i, struct ir_said *said)
{
    const struct ir_istep *is = &k->inc->steps[i];
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction was;
    char **argv = NULL;
    int fd = -1, rc;

    if (is->step == NULL || is->step->act != IR_ACT_RUN) {
        ir_fail(&c->err, IR_EUSAGE,
                _("%s has no command to run: do it by hand"), is->path);
        ir_err_hint(&c->err, "ir done %s", is->path);
        return IR_EUSAGE;
    }
    if (k->inc->status == IR_EXERCISE && !is->step->real)
        return pretend(c, k, i, said);
    said->running = true;
    /* A reader who leaves (ir run ... | head) must not end us between the
     * entry that says it begins and the command, nor before its end is
     * recorded. */
    (void)sigaction(SIGPIPE, &ignore, &was);
    rc = lock_step(c, k, is->path, &fd);
    if (rc == IR_OK)
        rc = begin(c, k, &i, said, &argv);
    if (rc == IR_OK)
        rc = run_and_record(c, k, i, argv, said);
    (void)sigaction(SIGPIPE, &was, NULL);
    ir_argv_free(argv);
    if (fd >= 0)
        close(fd);
    return rc;
}

int
ir_cmd_run_step(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_said said = {0};
    const struct ir_opt opts[] = {
        {"break-glass", 0, &said.break_glass, NULL, NULL, NULL},
        {"override", 0, &said.override, NULL, NULL, NULL},
        {"reason", 'r', &said.reason, NULL, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    size_t i = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "run", &c->err);
    c->signed_only = true;
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_act_find(c, &k, n > 0 ? argv[1] : NULL, &i);
    if (rc == IR_OK)
        rc = run_step(c, &k, i, &said);
    ir_case_done(&k);
    return rc;
}
