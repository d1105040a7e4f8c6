/* sender_line.c: messages in the hands of workers, one worker to a channel, and
 * what those say of them; see sender_in.h. */
#include "base/clock.h"
#include "base/wake.h"
#include "cmd/canary.h"
#include "cmd/sender_in.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_MS 10000   /* about what a worker is given to do at once */
#define BATCH_FIRST 20   /* messages, while a channel's pace is not known */
#define BATCH_LEAST 4    /* messages */
#define RECEIVE_MS 15000 /* between two looks for replies */
#define PROBE_MS 15000   /* until a channel that answers nobody is tried */
#define PROBE_MAX_MS 300000

/* after which replies are not waited for here */
#define REPLY_WAIT_MS 3600000

int64_t
ir_sender_wall_ms(void)
{
    struct ir_now now;

    ir_clock_now(&now);
    return now.wall_ms;
}

struct ir_line *
ir_line_of(struct ir_sender *s, const char *channel)
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
        l->receives = ir_channel_reads(row, plugin);
    return l;
}

/* The worker is through, or is not wanted any more. */
void
ir_line_land(struct ir_line *l)
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

size_t
ir_sender_flying(const struct ir_sender *s)
{
    size_t i, n = 0;

    for (i = 0; i < s->lines_n; i++)
        n += s->lines[i]->r != NULL && !s->lines[i]->receiving;
    return n;
}

/* Does the channel answer at all? While it does not, one message tries now and
 * then, and nobody's next way waits for it. */
static void
note_stall(struct ir_line *l, const struct ir_chan_result *res)
{
    int64_t now = ir_clock_mono_ms(), wait = 2 * l->probe_wait_ms;

    if (!res->stalled) {
        l->stalled = l->stalled && !res->ok;
        if (!l->stalled)
            l->probe_wait_ms = 0;
        return;
    }
    if (l->stalled && l->probe_ms > now)
        return; /* said of the same run */
    wait = wait == 0 ? PROBE_MS : wait > PROBE_MAX_MS ? PROBE_MAX_MS : wait;
    l->stalled = true;
    l->probe_wait_ms = wait;
    l->probe_ms = now + wait;
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
    note_stall(l, res);
    if (res->ok) {
        enum ir_outcome o =
            res->delivered ? IR_OUTCOME_DELIVERED : IR_OUTCOME_HANDED;

        s->told->handed++;
        /* itself last: whoever is killed in between sends it again by its id */
        for (i = 0; i < f->with_n; i++)
            ir_sender_outcome(s, &f->with[i], o, "in one message", 0);
        ir_sender_outcome(s, &f->d, o, res->ref, 0);
        return;
    }
    wait = res->retry ? ir_deliver_again(f->failed_n + 1) : 0;
    if (wait > 0 && wait < res->again_ms)
        wait = res->again_ms;
    if (wait > 0)
        s->told->waiting++;
    else
        s->told->failed++;
    ir_sender_outcome(s, &f->d, IR_OUTCOME_FAILED, res->error,
                      wait > 0 ? ir_sender_wall_ms() + wait : 0);
}

/* What a worker that is gone, or never was, did not say. */
void
ir_line_take_rest(struct ir_line *l, const char *why, bool stalled)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        if (!l->v[i].ended) {
            struct ir_chan_result res = {
                .i = i, .retry = true, .stalled = stalled};

            res.error = (char *)(uintptr_t)why;
            take_result(l, &res);
        }
}

/* Something came in. It is recorded before the plugin's state is, which says
 * that it need not come again. */
static bool
take_received(void *arg, const struct ir_json *in)
{
    struct ir_line *l = arg;
    struct ir_sender *s = l->s;
    struct ir_attempt_draft d;

    if (ir_canary_met(s->c, in))
        return true;
    if (!ir_outbox_match(&s->o, l->channel, in, &d))
        return s->outcomes_n == 0;
    s->told->replies += d.outcome == IR_OUTCOME_REPLIED;
    ir_sender_outcome(s, &d, d.outcome, d.detail, d.retry_at_ms);
    free((void *)(uintptr_t)d.reply);
    return ir_sender_flush(s) == IR_OK && s->outcomes_n == 0;
}

/* On which lines somebody may still answer. */
void
ir_sender_note_waited(struct ir_sender *s, int64_t now)
{
    size_t i, k, m;

    for (i = 0; i < s->lines_n; i++)
        s->lines[i]->waited = false;
    for (i = 0; i < s->o.n; i++)
        for (k = 0; !s->o.v[i].in.over && k < s->o.v[i].to.n; k++) {
            const struct ir_recipient *r = &s->o.v[i].to.r[k];

            if (s->o.v[i].over != NULL ||
                (s->o.v[i].deputy && !s->o.v[i].left.begun) ||
                r->reach == IR_REACH_ANSWERED || r->reach == IR_REACH_REPLIED)
                continue;
            for (m = 0; m < r->ways_n; m++) {
                const struct ir_way *w = &r->ways[m];

                if (w->use == IR_WAY_OPEN &&
                    (w->last == IR_OUTCOME_HANDED ||
                     w->last == IR_OUTCOME_DELIVERED) &&
                    w->at_ms > now - REPLY_WAIT_MS)
                    ir_line_of(s, w->channel)->waited = true;
            }
        }
}

/* Look for replies where some may come. */
void
ir_sender_receive(struct ir_sender *s, bool stays)
{
    int64_t now = ir_clock_mono_ms(), wall = ir_sender_wall_ms();
    size_t i;

    /* what came in could not be recorded: it would come once more */
    if (s->outcomes_n > 0)
        return;
    for (i = 0; i < s->lines_n; i++) {
        struct ir_line *l = s->lines[i];
        bool wanted = l->waited && l->receive_ms <= now;

        if (l->every_ms > 0 && l->read_ms <= wall && (stays || !l->was_read))
            wanted = true;
        if (!wanted || !l->receives || l->r != NULL)
            continue;
        l->read_ms = wall + l->every_ms;
        l->was_read = true;
        l->receive_ms = now + RECEIVE_MS;
        l->began_ms = now;
        l->receiving = ir_channel_start(s->c, l->channel, "receive", NULL,
                                        &l->r, NULL) == IR_OK;
        if (!l->receiving)
            l->r = NULL;
    }
}

bool
ir_sender_is_waiting(const struct ir_sender *s)
{
    size_t i;

    for (i = 0; i < s->lines_n; i++)
        if (s->lines[i]->waited && s->lines[i]->receives)
            return true;
    return false;
}

bool
ir_sender_is_reading(const struct ir_sender *s)
{
    size_t i;

    for (i = 0; i < s->lines_n; i++)
        if (s->lines[i]->receiving)
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
int
ir_sender_wait(struct ir_sender *s, int64_t ms)
{
    struct pollfd *fds = ir_calloc(s->lines_n + 1, sizeof *fds);
    int64_t now = ir_clock_mono_ms(), left = s->flush_ms - now;
    size_t i, n = 0;
    bool landed = false;

    for (i = 0; i < s->lines_n; i++)
        if (s->lines[i]->r != NULL)
            fds[n++] = (struct pollfd){.fd = ir_channel_fd(s->lines[i]->r),
                                       .events = POLLIN};
    if (s->wake_fd >= 0)
        fds[n++] = (struct pollfd){.fd = s->wake_fd, .events = POLLIN};
    if (ms > IR_SENDER_LOOK_MS)
        ms = IR_SENDER_LOOK_MS;
    if (s->outcomes_n > 0 && left < ms)
        ms = left;
    if (s->woken && s->reload_ms - now < ms)
        ms = s->reload_ms - now;
    (void)poll(fds, n, ms > 0 ? (int)ms : 0);
    free(fds);
    if (s->wake_fd >= 0 && ir_wake_drain(s->wake_fd))
        s->woken = true;
    for (i = 0; i < s->lines_n; i++) {
        struct ir_line *l = s->lines[i];
        struct ir_err why = {0};
        bool done = false;
        int rc;

        if (l->r == NULL)
            continue;
        rc = ir_channel_poll(l->r, take_result, take_received, l, &done, &why);
        if (rc == IR_OK && !done)
            continue;
        ir_line_take_rest(l,
                          why.msg[0] != '\0'
                              ? why.msg
                              : "the channel ended without an answer",
                          rc == IR_ETIMEOUT);
        if (!l->receiving)
            pace(l);
        else if (l->every_ms > 0)
            ir_sender_has_read(l);
        landed = true;
        ir_line_land(l);
    }
    if (s->outcomes_n > 0 && s->hold_ms <= ir_clock_mono_ms() &&
        (landed || s->flush_ms <= ir_clock_mono_ms()))
        return ir_sender_flush(s);
    if (landed)
        s->plan_ms = 0;
    return IR_OK;
}
