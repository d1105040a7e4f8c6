/* sender.c: sending what is due, see sender.h. */
#include "base/clock.h"
#include "base/wake.h"
#include "cmd/canary.h"
#include "cmd/sender_in.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define END_MS 2000      /* for workers when it is to end */
#define SET_BACK_MS 2000 /* a clock that goes back so far was set */

static volatile sig_atomic_t ending;

static void
on_signal(int signo)
{
    (void)signo;
    ending = 1;
}

/* Is that the channel of a line that answers nobody? */
static bool
is_stalled(const struct ir_sender *s, const char *channel)
{
    size_t i;

    for (i = 0; i < s->lines_n; i++)
        if (s->lines[i]->stalled && strcmp(s->lines[i]->channel, channel) == 0)
            return true;
    return false;
}

/* Tell the plan which channels answer nobody now. Returns when the first of
 * them is to be tried again, on the wall clock, or INT64_MAX.
 */
static int64_t
note_stalled(struct ir_sender *s, int64_t now)
{
    int64_t ahead = now - ir_clock_mono_ms(), first = INT64_MAX;
    size_t i, k, m;

    for (i = 0; i < s->lines_n; i++)
        if (s->lines[i]->stalled && s->lines[i]->r == NULL &&
            s->lines[i]->probe_ms + ahead < first)
            first = s->lines[i]->probe_ms + ahead;
    for (i = 0; i < s->o.n; i++)
        for (k = 0; k < s->o.v[i].to.n; k++)
            for (m = 0; m < s->o.v[i].to.r[k].ways_n; m++) {
                struct ir_way *w = &s->o.v[i].to.r[k].ways[m];

                w->stalled = is_stalled(s, w->channel);
            }
    return first;
}

/* Start workers for all that is due; *n counts it. */
static int
start_due(struct ir_sender *s, size_t *n)
{
    int64_t now = ir_sender_wall_ms(), probe = note_stalled(s, now);
    int rc;

    *n = 0;
    /* what went and is not recorded yet would be planned for again */
    rc = ir_sender_flush(s);
    if (rc != IR_OK || s->trouble_ms != 0)
        return rc;
    ir_outbox_plan(&s->o, now);
    ir_sender_note_shut(s);
    rc = ir_sender_flush(s);
    if (rc != IR_OK || s->trouble_ms != 0)
        return rc;
    ir_sender_load(s, n);
    rc = ir_sender_start(s);
    ir_sender_note_waited(s, now);
    s->plan_ms = s->o.next_ms;
    /* what waits for a line that is busy is looked at when that is free, for
     * one that answers nobody when it is tried again */
    if (*n > 0 && s->trouble_ms == 0 &&
        (ir_sender_flying(s) > 0 || (probe != INT64_MAX && probe > now)))
        s->plan_ms = probe < now + 60 * IR_SENDER_LOOK_MS && probe > now
                         ? probe
                         : now + 60 * IR_SENDER_LOOK_MS;
    return rc;
}

/* Load anew what others recorded meanwhile, but not all the time. What flies
 * stays in the air: it names nothing that moves. */
static int
look_again(struct ir_sender *s)
{
    int64_t version, began = ir_clock_mono_ms();
    int rc;

    if (began < s->reload_ms)
        return IR_OK;
    version = ir_store_version(s->c->st);
    s->woken = false;
    if (version == s->version)
        return IR_OK;
    /* what is known and not recorded would be taken for cut off */
    rc = ir_sender_flush(s);
    if (rc != IR_OK || s->outcomes_n > 0)
        return rc;
    ir_outbox_done(&s->o);
    rc = ir_ctx_trust(s->c);
    if (rc == IR_OK)
        ir_ctx_site(s->c, NULL); /* another release may be in force */
    if (rc == IR_OK)
        rc = ir_outbox_load_sending(s->c, &s->o);
    if (rc == IR_OK)
        ir_sender_reads(s);
    s->o.settle_ms = s->settle_ms;
    s->version = version;
    s->plan_ms = 0;
    s->reload_ms = ir_clock_mono_ms() + 4 * (ir_clock_mono_ms() - began);
    return rc;
}

/* Does a call run whose next turn begins by itself? It goes on also where no
 * daemon starts a sender again. */
static bool
calls(const struct ir_sender *s)
{
    size_t i;

    for (i = 0; i < s->o.n; i++)
        if (s->o.v[i].tree.json != NULL && !s->o.v[i].in.over &&
            (!s->o.v[i].deputy || s->o.v[i].left.begun) &&
            s->o.v[i].tree.call.state == IR_CALL_RUNS &&
            s->o.v[i].next_ms < INT64_MAX)
            return true;
    return false;
}

/* What is left: for people to do by hand, and, where it was to end early, to be
 * sent. */
static void
count_left(struct ir_sender *s)
{
    size_t i, k;

    ir_outbox_plan(&s->o, ir_sender_wall_ms());
    for (i = 0; i < s->o.n; i++)
        for (k = 0; k < s->o.v[i].due_n; k++) {
            s->told->by_hand += s->o.v[i].due[k].by_hand;
            s->told->waiting += !s->o.v[i].due[k].by_hand;
        }
}

/* Is the lock still that of the home? It is not where the home was taken away:
 * then nobody can read what is recorded any more.
 */
static bool
is_gone(int lock_fd)
{
    struct stat st;

    return fstat(lock_fd, &st) == 0 && st.st_nlink == 0;
}

/* Is there something to stay for, but what comes in unasked? */
static bool
stays(const struct ir_sender *s, size_t due, int64_t linger_ms,
      int64_t until_ms)
{
    int64_t wait = s->o.next_ms == INT64_MAX
                       ? INT64_MAX
                       : s->o.next_ms - ir_sender_wall_ms();

    return due > 0 || wait <= linger_ms || ir_sender_is_waiting(s) ||
           (until_ms == 0 && calls(s)) || s->trouble_ms != 0;
}

/* Send until there is nothing left to do, or it is to end. */
static int
work(struct ir_sender *s, int lock_fd, int64_t linger_ms, int64_t until_ms)
{
    int64_t end_ms = 0;
    size_t due = 0;
    int rc = IR_OK;

    while (rc == IR_OK) {
        int64_t now = ir_clock_mono_ms(), wall = ir_sender_wall_ms();
        bool stop =
            ending || is_gone(lock_fd) || (until_ms > 0 && now >= until_ms);

        if (stop && end_ms == 0)
            end_ms = now + END_MS;
        /* set back: what was planned for is no moment of this clock */
        if (wall < s->wall_ms - SET_BACK_MS)
            s->plan_ms = 0;
        s->wall_ms = wall;
        if (!stop && s->hold_ms <= now && s->plan_ms <= wall)
            rc = start_due(s, &due);
        if (rc != IR_OK)
            break;
        if (!stop) {
            ir_sender_receive(s, stays(s, due, linger_ms, until_ms));
            ir_canary_kick(s->c);
        }
        if (ir_sender_flying(s) == 0 && s->outcomes_n == 0 &&
            (stop ||
             (!ir_sender_is_reading(s) && !stays(s, due, linger_ms, until_ms))))
            break;
        if (stop && now >= end_ms)
            break;
        rc = ir_sender_wait(s, s->plan_ms == 0 ? 0 : IR_SENDER_LOOK_MS);
        if (rc == IR_OK && !stop)
            rc = look_again(s);
    }
    return rc;
}

static void
sender_done(struct ir_sender *s)
{
    size_t i;

    for (i = 0; i < s->lines_n; i++) {
        ir_line_land(s->lines[i]);
        free(s->lines[i]->channel);
        free(s->lines[i]);
    }
    free(s->lines);
    ir_sender_forget(s);
    ir_outbox_done(&s->o);
    free(s);
}

static int
begin(struct ir_sender *s)
{
    bool checked = s->c->signed_only;
    /* whoever comes after a kill knows of it */
    int rc = ir_sender_put_next(s, 0);
    size_t i, devices = 0;

    /* before anything is read: what is recorded meanwhile, an approval too,
     * makes it look again */
    s->version = ir_store_version(s->c->st);
    if (rc == IR_OK)
        rc = checked ? ir_ctx_trust(s->c) : ir_ctx_signed(s->c);
    if (rc == IR_OK)
        rc = ir_outbox_load_sending(s->c, &s->o);
    if (rc == IR_OK)
        ir_sender_reads(s);
    for (i = 0; i < s->c->trust.keys_n; i++)
        devices += s->c->trust.keys[i].node && !s->c->trust.keys[i].revoked;
    if (devices > 1)
        s->settle_ms = ir_sender_wall_ms() + IR_TAKEOVER_SETTLE_MS;
    s->o.settle_ms = s->settle_ms;
    return rc;
}

/* Be the one that sends, and can be woken where the system allows that. */
static int
take_turn(struct ir_sender *s, int *lock_fd)
{
    int dir, rc = ir_sender_lock(s->c, lock_fd);

    s->wake_fd = -1;
    if (rc != IR_OK)
        return rc;
    dir = open(s->c->home, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
        (void)ir_wake_listen(dir, IR_WAKE_SENDER, &s->wake_fd, NULL);
        close(dir);
    }
    return IR_OK;
}

static void
end_turn(struct ir_sender *s, int *lock_fd)
{
    char *path = ir_asprintf("%s/" IR_WAKE_SENDER, s->c->home);

    if (s->wake_fd >= 0) {
        close(s->wake_fd);
        (void)unlink(path);
    }
    s->wake_fd = -1;
    free(path);
    if (*lock_fd >= 0)
        close(*lock_fd);
    *lock_fd = -1;
}

int
ir_sender_run(struct ir_ctx *c, int64_t linger_ms, int64_t until_ms,
              struct ir_sent *told)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction on = {.sa_handler = on_signal}, was[3];
    struct ir_sender *s = ir_calloc(1, sizeof *s);
    int fd = -1, rc, rc2;
    size_t i;

    memset(told, 0, sizeof *told);
    s->c = c;
    s->told = told;
    s->ending = &ending;
    ending = 0;
    for (i = 0; i < 3; i++)
        (void)sigaction(signals[i], &on, &was[i]);
    rc = take_turn(s, &fd);
    if (rc == IR_OK)
        rc = begin(s);
    while (rc == IR_OK) {
        rc = work(s, fd, linger_ms, until_ms);
        rc2 = ir_sender_flush(s);
        rc = rc == IR_OK ? rc2 : rc;
        /* what could not be recorded and was not got over by now */
        if (rc == IR_OK && s->trouble_ms != 0)
            rc = c->err.code != 0 ? c->err.code : IR_ESTORE;
        if (rc == IR_OK)
            rc = ir_sender_put_next(s, s->o.next_ms);
        ir_sender_put_reads(s);
        end_turn(s, &fd);
        /* whoever recorded something and found the lock taken relies on us */
        if (rc != IR_OK || ending || until_ms > 0 ||
            ir_store_version(c->st) == s->version)
            break;
        if (take_turn(s, &fd) != IR_OK)
            break;
        rc = look_again(s);
    }
    count_left(s);
    for (i = 0; i < 3; i++)
        (void)sigaction(signals[i], &was[i], NULL);
    end_turn(s, &fd);
    sender_done(s);
    return rc;
}
