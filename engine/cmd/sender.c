/* sender.c: sending what is due, see sender.h. */
#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/canary.h"
#include "cmd/missed.h"
#include "cmd/sender_in.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUNS_MAX 32          /* workers side by side */
#define BATCH_MS 10000       /* about what a worker is given to do at once */
#define BATCH_FIRST 20       /* messages, while a channel's pace is not known */
#define BATCH_LEAST 4        /* messages */
#define RECEIVE_MS 15000     /* between two looks for replies */
#define RECEIVE_MAX_MS 10000 /* a look takes so long while messages wait */
#define REPLY_WAIT_MS                                                          \
    3600000         /* after which replies are not waited for here             \
                     */
#define END_MS 2000 /* for workers when it is to end */

static volatile sig_atomic_t ending;

static void
on_signal(int signo)
{
    (void)signo;
    ending = 1;
}

static int64_t
wall_ms(void)
{
    struct ir_now now;

    ir_clock_now(&now);
    return now.wall_ms;
}

static struct ir_line *
line_of(struct ir_sender *s, const char *channel)
{
    const struct ir_json *row = NULL, *plugin = NULL;
    struct ir_line *l;
    size_t i;

    for (i = 0; i < s->lines_n; i++)
        if (strcmp(s->lines[i]->channel, channel) == 0)
            return s->lines[i];
    s->lines =
        ir_realloc(s->lines, (s->lines_n + 1) * sizeof(struct ir_line *));
    l = s->lines[s->lines_n++] = ir_calloc(1, sizeof *l);
    l->s = s;
    l->channel = ir_strdup(channel);
    l->at_once = BATCH_FIRST;
    if (ir_channel_find(s->c, channel, &row, &plugin, NULL) == IR_OK)
        l->receives = ir_json_get_bool(plugin, "receives", false);
    return l;
}

/* The worker is through, or is not wanted any more. */
static void
land(struct ir_line *l)
{
    size_t i;

    ir_channel_end(l->r);
    l->r = NULL;
    for (i = 0; i < l->n; i++) {
        free((void *)(uintptr_t)l->v[i].d.contact);
        free((void *)(uintptr_t)l->v[i].d.address);
        free(l->v[i].with);
    }
    free(l->v);
    ir_json_free(l->msgs);
    l->v = NULL;
    l->msgs = NULL;
    l->n = 0;
    l->receiving = false;
}

static size_t
flying(const struct ir_sender *s)
{
    size_t i, n = 0;

    for (i = 0; i < s->lines_n; i++)
        n += s->lines[i]->r != NULL && !s->lines[i]->receiving;
    return n;
}

static void
take_result(void *arg, const struct ir_chan_result *res)
{
    struct ir_line *l = arg;
    struct ir_sender *s = l->s;
    struct ir_flight *f;
    int64_t wait;
    size_t i;

    if (res->i >= l->n || l->v[res->i].ended)
        return;
    f = &l->v[res->i];
    f->ended = true;
    if (res->ok) {
        enum ir_outcome o =
            res->delivered ? IR_OUTCOME_DELIVERED : IR_OUTCOME_HANDED;

        s->told->handed++;
        ir_sender_outcome(s, &f->d, o, res->ref, 0);
        for (i = 0; i < f->with_n; i++)
            ir_sender_outcome(s, &f->with[i], o, "in one message", 0);
        return;
    }
    wait = res->retry ? ir_deliver_again(f->failed_n + 1) : 0;
    if (wait > 0)
        s->told->waiting++;
    else
        s->told->failed++;
    ir_sender_outcome(s, &f->d, IR_OUTCOME_FAILED, res->error,
                      wait > 0 ? wall_ms() + wait : 0);
}

/* What a worker that is gone, or never was, did not say. */
static void
take_rest(struct ir_line *l, const char *why)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        if (!l->v[i].ended) {
            struct ir_chan_result res = {.i = i, .retry = true};

            res.error = (char *)(uintptr_t)why;
            take_result(l, &res);
        }
}

/* Something came in. It is recorded before the plugin's state is, which says
 * that it need not come again. */
static void
take_received(void *arg, const struct ir_json *in)
{
    struct ir_line *l = arg;
    struct ir_sender *s = l->s;
    struct ir_attempt_draft d;

    if (ir_canary_met(s->c, in))
        return;
    if (!ir_outbox_match(&s->o, l->channel, in, &d))
        return;
    s->told->replies += d.outcome == IR_OUTCOME_REPLIED;
    ir_sender_outcome(s, &d, d.outcome, d.detail, 0);
    free((void *)(uintptr_t)d.reply);
    (void)ir_sender_flush(s);
}

/* Put a message on its line, if nobody is at that; `m`: it stands for what was
 * missed (NULL: for itself). */
static void
load_one(struct ir_sender *s, size_t out, size_t recipient, size_t way,
         const struct ir_missed *m, size_t *runs)
{
    const struct ir_outgoing *x = &s->o.v[out];
    const struct ir_way *w = &x->to.r[recipient].ways[way];
    struct ir_line *l = line_of(s, w->channel);
    struct ir_flight *f;
    size_t i;

    if (l->r != NULL && l->receiving &&
        ir_clock_mono_ms() - l->began_ms > RECEIVE_MAX_MS)
        land(l);
    if (l->r != NULL || l->n == l->at_once || (l->n == 0 && *runs == RUNS_MAX))
        return;
    *runs += l->n == 0;
    if (l->v == NULL) {
        l->v = ir_calloc(l->at_once, sizeof *l->v);
        l->msgs = ir_json_new_arr();
    }
    ir_json_add_take(l->msgs, ir_outgoing_message(&s->o, x, recipient, way,
                                                  m != NULL ? m->n : 0));
    f = &l->v[l->n++];
    f->d = ir_attempt_about(x, recipient, way);
    f->d.contact = ir_strdup(f->d.contact);
    f->d.channel = l->channel;
    f->d.address = ir_strdup(f->d.address);
    f->d.outcome = IR_OUTCOME_TRIED;
    f->failed_n = w->failed_n;
    f->with_n = m != NULL ? m->n - 1 : 0;
    f->with = ir_calloc(f->with_n + 1, sizeof *f->with);
    for (i = 0; i < f->with_n; i++) {
        const struct ir_missed_one *one = &m->v[i + 1];

        f->with[i] =
            ir_attempt_about(&s->o.v[one->out], one->recipient, one->way);
        f->with[i].contact = f->d.contact;
        f->with[i].channel = f->d.channel;
        f->with[i].address = f->d.address;
    }
}

/* Put what is due on the lines that nobody is at, as much as each takes at
 * once; *n counts all that is due and needs no person. */
static void
load_lines(struct ir_sender *s, size_t *n)
{
    size_t i, k, runs = flying(s), missed_n;
    struct ir_missed *missed;

    ir_missed_find(&s->o, &missed, &missed_n);
    for (i = 0; i < missed_n; i++, (*n)++)
        load_one(s, missed[i].v[0].out, missed[i].v[0].recipient,
                 missed[i].v[0].way, &missed[i], &runs);
    ir_missed_done(missed, missed_n);
    for (i = 0; i < s->o.n; i++)
        for (k = 0; k < s->o.v[i].due_n; k++) {
            const struct ir_due *due = &s->o.v[i].due[k];

            if (due->by_hand || due->shut)
                continue;
            (*n)++;
            load_one(s, i, due->recipient, due->way, NULL, &runs);
        }
}

/* Write down that all on the lines that stand ready is tried, then hand it to
 * workers. What cannot be written down is not sent. */
static int
start_lines(struct ir_sender *s)
{
    struct ir_attempt_draft *d;
    size_t i, k, n = 0, done = 0;
    struct ir_err why = {0};
    int rc;

    for (i = 0; i < s->lines_n; i++)
        n += s->lines[i]->r == NULL ? s->lines[i]->n : 0;
    if (n == 0)
        return IR_OK;
    d = ir_calloc(n, sizeof *d);
    for (i = 0, n = 0; i < s->lines_n; i++)
        for (k = 0; s->lines[i]->r == NULL && k < s->lines[i]->n; k++)
            d[n++] = s->lines[i]->v[k].d;
    rc = ir_outbox_record(&s->o, d, n, &done);
    free(d);
    for (i = 0; i < s->lines_n; i++) {
        struct ir_line *l = s->lines[i];

        if (l->r != NULL || l->n == 0)
            continue;
        l->began_ms = ir_clock_mono_ms();
        /* a part that was recorded is sent all the same, next time round */
        if (rc == IR_OK && ir_channel_start(s->c, l->channel, "send", l->msgs,
                                            &l->r, &why) != IR_OK)
            take_rest(l, why.msg);
        ir_json_free(l->msgs);
        l->msgs = NULL;
        if (l->r == NULL)
            land(l);
    }
    return ir_sender_trouble(s, rc);
}

/* On which lines somebody may still answer. */
static void
note_waited(struct ir_sender *s, int64_t now)
{
    size_t i, k, m;

    for (i = 0; i < s->lines_n; i++)
        s->lines[i]->waited = false;
    for (i = 0; i < s->o.n; i++)
        for (k = 0; !s->o.v[i].in.over && k < s->o.v[i].to.n; k++) {
            const struct ir_recipient *r = &s->o.v[i].to.r[k];

            if (s->o.v[i].over != NULL || r->reach == IR_REACH_ANSWERED ||
                r->reach == IR_REACH_REPLIED)
                continue;
            for (m = 0; m < r->ways_n; m++) {
                const struct ir_way *w = &r->ways[m];

                if (w->use == IR_WAY_OPEN &&
                    (w->last == IR_OUTCOME_HANDED ||
                     w->last == IR_OUTCOME_DELIVERED) &&
                    w->at_ms > now - REPLY_WAIT_MS)
                    line_of(s, w->channel)->waited = true;
            }
        }
}

/* Start workers for all that is due; *n counts it. */
static int
start_due(struct ir_sender *s, size_t *n)
{
    int64_t now = wall_ms();
    int rc;

    *n = 0;
    ir_outbox_plan(&s->o, now);
    ir_sender_note_shut(s);
    rc = ir_sender_flush(s);
    if (rc != IR_OK || s->trouble_ms != 0)
        return rc;
    load_lines(s, n);
    rc = start_lines(s);
    note_waited(s, now);
    s->plan_ms = s->o.next_ms;
    /* what waits for a line that is busy is looked at when that is free */
    if (*n > 0 && s->trouble_ms == 0 && flying(s) > 0)
        s->plan_ms = now + 60 * IR_SENDER_LOOK_MS;
    return rc;
}

/* Look for replies where some may come. */
static void
start_receiving(struct ir_sender *s)
{
    int64_t now = ir_clock_mono_ms();
    size_t i;

    for (i = 0; i < s->lines_n; i++) {
        struct ir_line *l = s->lines[i];

        if (!l->waited || !l->receives || l->r != NULL || l->receive_ms > now)
            continue;
        l->receive_ms = now + RECEIVE_MS;
        l->began_ms = now;
        l->receiving = ir_channel_start(s->c, l->channel, "receive", NULL,
                                        &l->r, NULL) == IR_OK;
        if (!l->receiving)
            l->r = NULL;
    }
}

static bool
is_waiting(const struct ir_sender *s)
{
    size_t i;

    for (i = 0; i < s->lines_n; i++)
        if (s->lines[i]->receiving ||
            (s->lines[i]->waited && s->lines[i]->receives))
            return true;
    return false;
}

/* How many messages that channel does in about BATCH_MS: so many it gets next,
 * lest a grave one waits for long behind others. */
static void
pace(struct ir_line *l)
{
    int64_t took = ir_clock_mono_ms() - l->began_ms;
    int64_t fit = took > 0 ? (int64_t)l->n * BATCH_MS / took : IR_SEND_AT_ONCE;

    l->at_once = fit > IR_SEND_AT_ONCE ? IR_SEND_AT_ONCE
                 : fit < BATCH_LEAST   ? BATCH_LEAST
                                       : (size_t)fit;
}

/* Wait for workers, at most `ms`, and take what they say. */
static int
wait_for(struct ir_sender *s, int64_t ms)
{
    struct pollfd *fds = ir_calloc(s->lines_n + 1, sizeof *fds);
    int64_t left = s->flush_ms - ir_clock_mono_ms();
    size_t i, n = 0;
    bool landed = false;

    for (i = 0; i < s->lines_n; i++)
        if (s->lines[i]->r != NULL)
            fds[n++] = (struct pollfd){.fd = ir_channel_fd(s->lines[i]->r),
                                       .events = POLLIN};
    if (ms > IR_SENDER_LOOK_MS)
        ms = IR_SENDER_LOOK_MS;
    if (s->outcomes_n > 0 && left < ms)
        ms = left;
    (void)poll(fds, n, ms > 0 ? (int)ms : 0);
    free(fds);
    for (i = 0; i < s->lines_n; i++) {
        struct ir_line *l = s->lines[i];
        struct ir_err why = {0};
        bool done = false;

        if (l->r == NULL)
            continue;
        if (ir_channel_poll(l->r, take_result, take_received, l, &done, &why) ==
                IR_OK &&
            !done)
            continue;
        take_rest(l, why.msg[0] != '\0'
                         ? why.msg
                         : "the channel ended without an answer");
        if (!l->receiving)
            pace(l);
        landed = true;
        land(l);
    }
    if (s->outcomes_n > 0 && s->hold_ms <= ir_clock_mono_ms() &&
        (landed || s->flush_ms <= ir_clock_mono_ms()))
        return ir_sender_flush(s);
    if (landed)
        s->plan_ms = 0;
    return IR_OK;
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
        rc = ir_outbox_load(s->c, false, &s->o);
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

    ir_outbox_plan(&s->o, wall_ms());
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

/* Send until there is nothing left to do, or it is to end. */
static int
work(struct ir_sender *s, int lock_fd, int64_t linger_ms, int64_t until_ms)
{
    int64_t end_ms = 0;
    size_t due = 0;
    int rc = IR_OK;

    while (rc == IR_OK) {
        int64_t now = ir_clock_mono_ms(), wait;
        bool stop =
            ending || is_gone(lock_fd) || (until_ms > 0 && now >= until_ms);

        if (stop && end_ms == 0)
            end_ms = now + END_MS;
        if (!stop && s->hold_ms <= now && s->plan_ms <= wall_ms())
            rc = start_due(s, &due);
        if (rc != IR_OK)
            break;
        if (!stop) {
            start_receiving(s);
            ir_canary_kick(s->c);
        }
        wait = s->o.next_ms == INT64_MAX ? INT64_MAX : s->o.next_ms - wall_ms();
        if (flying(s) == 0 && s->outcomes_n == 0 &&
            (stop || (due == 0 && wait > linger_ms && !is_waiting(s) &&
                      (until_ms > 0 || !calls(s)) && s->trouble_ms == 0)))
            break;
        if (stop && now >= end_ms)
            break;
        rc = wait_for(s, s->plan_ms == 0 ? 0 : IR_SENDER_LOOK_MS);
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
        land(s->lines[i]);
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
    int rc = ir_ctx_signed(s->c);

    if (rc == IR_OK)
        rc = ir_sender_put_next(s,
                                0); /* whoever comes after a kill knows of it */
    if (rc != IR_OK)
        return rc;
    s->version = ir_store_version(s->c->st);
    return ir_outbox_load(s->c, false, &s->o);
}

int
ir_sender_run(struct ir_ctx *c, int64_t linger_ms, int64_t until_ms,
              struct ir_sent *told)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction on = {.sa_handler = on_signal}, was[3];
    struct ir_sender *s = ir_calloc(1, sizeof *s);
    int fd = -1, rc = ir_sender_lock(c, &fd), rc2;
    size_t i;

    memset(told, 0, sizeof *told);
    s->c = c;
    s->told = told;
    s->ending = &ending;
    ending = 0;
    for (i = 0; i < 3; i++)
        (void)sigaction(signals[i], &on, &was[i]);
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
        close(fd);
        fd = -1;
        /* whoever recorded something and found the lock taken relies on us */
        if (rc != IR_OK || ending || until_ms > 0 ||
            ir_store_version(c->st) == s->version)
            break;
        if (ir_sender_lock(c, &fd) != IR_OK)
            break;
        rc = look_again(s);
    }
    count_left(s);
    for (i = 0; i < 3; i++)
        (void)sigaction(signals[i], &was[i], NULL);
    if (fd >= 0)
        close(fd);
    sender_done(s);
    return rc;
}
