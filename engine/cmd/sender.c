/* sender.c: sending what is due, see sender.h. */
#include "cmd/sender.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/channel.h"
#include "cmd/outside.h"
#include "core/message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS_MAX 32
#define LOOK_MS 1000   /* at most this long without looking at the log */
#define FLUSH_N 50     /* outcomes recorded together */
#define DETAIL_MAX 300 /* bytes of what a channel says about a failure */

/* A message in the hands of a worker. */
struct flight {
    size_t out, recipient, way;
    uint64_t number;
    size_t failed_n; /* failures on that way before this attempt */
    bool ended;      /* its outcome is known */
};

struct run {
    struct sender *s;
    char *channel;
    struct ir_channel_run *r; /* NULL: the place is free */
    struct flight *v;
    size_t n;
};

struct outcome {
    struct ir_attempt_draft d;
    char *detail;
};

struct sender {
    struct ir_ctx *c;
    struct ir_outbox o;
    struct run run[RUNS_MAX];
    struct outcome *outcomes; /* not yet recorded */
    size_t outcomes_n;
    struct ir_sent *told;
    int64_t version; /* of the store when the outbox was loaded */
    bool reload;
};

static int64_t
wall_ms(void)
{
    struct ir_now now;

    ir_clock_now(&now);
    return now.wall_ms;
}

static bool
is_flying(const struct sender *s, size_t out, const struct ir_due *d)
{
    size_t i, k;

    for (i = 0; i < RUNS_MAX; i++)
        for (k = 0; s->run[i].r != NULL && k < s->run[i].n; k++)
            if (s->run[i].v[k].out == out &&
                s->run[i].v[k].recipient == d->recipient &&
                s->run[i].v[k].way == d->way)
                return true;
    return false;
}

static bool
is_busy(const struct sender *s, const char *channel)
{
    size_t i;

    for (i = 0; i < RUNS_MAX; i++)
        if (s->run[i].r != NULL && strcmp(s->run[i].channel, channel) == 0)
            return true;
    return false;
}

static struct run *
free_run(struct sender *s)
{
    size_t i;

    for (i = 0; i < RUNS_MAX; i++)
        if (s->run[i].r == NULL)
            return &s->run[i];
    return NULL;
}

static void
run_done(struct run *r)
{
    if (r->r != NULL)
        ir_channel_end(r->r);
    free(r->channel);
    free(r->v);
    memset(r, 0, sizeof *r);
}

/* What is known of failures on one way. */
static size_t
failures(const struct ir_outbox *o, const struct ir_outgoing *x,
         const struct ir_due *d)
{
    const struct ir_recipient *r = &x->to.r[d->recipient];
    const struct ir_way *w = &r->ways[d->way];
    size_t i, n = 0;

    for (i = 0; i < o->attempts_n; i++) {
        const struct ir_attempt *a = &o->attempts[i];

        n += a->outcome == IR_OUTCOME_FAILED &&
             memcmp(a->alert, x->row->a->id, IR_ID_BYTES) == 0 &&
             strcmp(a->contact, r->contact) == 0 &&
             strcmp(a->channel, w->channel) == 0 &&
             (a->address == NULL || strcmp(a->address, w->address) == 0);
    }
    return n;
}

/* The organisation's name in that language, or NULL.
 *
 * Owns:   borrowed from the site.
 */
static const char *
site_name(const struct ir_ctx *c, enum ir_lang lang)
{
    const struct ir_json *o =
        c->view.site != NULL ? ir_json_get(c->view.site, "organisation") : NULL;

    return o != NULL ? ir_json_get_str(o, ir_lang_code(lang), NULL) : NULL;
}

/* One message as the worker gets it. */
static struct ir_json *
message(struct sender *s, const struct flight *f)
{
    const struct ir_outgoing *x = &s->o.v[f->out];
    const struct ir_alert *a = x->row->a;
    const struct ir_recipient *r = &x->to.r[f->recipient];
    const struct ir_recip *who = &x->to.who[f->recipient];
    struct ir_json *j = ir_json_new_obj(), *reply = ir_json_new_obj();
    char *author = ir_view_member(&s->c->view, a->by, false), *when, *id, *word;
    char code[IR_CHECK_CODE_MAX], hex[2 * IR_ID_BYTES + 1];
    char *words = ir_box_words(&s->o.box, a, who->lang);
    struct ir_message m;
    struct ir_message_in in = {.what = a->refs_n > 0 && x->row->note == NULL
                                           ? IR_MESSAGE_CORRECT
                                           : IR_MESSAGE_ALERT,
                               .alert = a->id,
                               .status = a->status,
                               .severity = a->severity,
                               .site = site_name(s->c, who->lang),
                               .incident = x->row->incident,
                               .author = author,
                               .text = words != NULL ? words : a->text,
                               .number = f->number};

    when = ir_view_stamp(a->at_ms);
    in.when = when;
    ir_message_make(&in, who->lang, &m);
    ir_check_code(a->id, code);
    ir_hex(a->id, IR_ID_BYTES, hex);
    id = ir_asprintf("%s/%s/%zu", hex, r->contact, f->way);
    ir_json_set_str(j, "id", id);
    ir_json_set_str(j, "to", r->ways[f->way].address);
    ir_json_set_str(j, "name", who->name);
    ir_json_set_str(j, "language", ir_lang_code(who->lang));
    ir_json_set_str(j, "subject", m.subject);
    ir_json_set_str(j, "title", m.title);
    ir_json_set_str(j, "body", m.body);
    ir_json_set_str(j, "short", m.brief);
    ir_json_set_str(j, "code", code);
    ir_json_set_bool(j, "exercise", a->status != IR_ACTUAL);
    ir_json_set_int(j, "severity", (int64_t)a->severity);
    word = ir_asprintf("%llua", (unsigned long long)f->number);
    ir_json_set_str(reply, "accept", word);
    free(word);
    word = ir_asprintf("%llud", (unsigned long long)f->number);
    ir_json_set_str(reply, "decline", word);
    free(word);
    ir_json_set_take(j, "reply", reply);
    ir_json_set_str(j, "from", in.site != NULL ? in.site : author);
    ir_message_done(&m);
    free(id);
    free(when);
    free(author);
    free(words);
    return j;
}

/* Keep an outcome to be recorded with others. */
static void
add_outcome(struct sender *s, const struct flight *f, enum ir_outcome o,
            const char *detail, int64_t retry_at_ms)
{
    struct outcome *x;

    s->outcomes =
        ir_realloc(s->outcomes, (s->outcomes_n + 1) * sizeof *s->outcomes);
    x = &s->outcomes[s->outcomes_n++];
    memset(x, 0, sizeof *x);
    x->detail =
        detail != NULL ? ir_strndup(detail, strnlen(detail, DETAIL_MAX)) : NULL;
    x->d = (struct ir_attempt_draft){.out = &s->o.v[f->out],
                                     .recipient = f->recipient,
                                     .way = f->way,
                                     .outcome = o,
                                     .number = f->number,
                                     .retry_at_ms = retry_at_ms};
}

static int
flush(struct sender *s)
{
    struct ir_attempt_draft *d;
    size_t i;
    int rc;

    if (s->outcomes_n == 0)
        return IR_OK;
    d = ir_calloc(s->outcomes_n, sizeof *d);
    for (i = 0; i < s->outcomes_n; i++) {
        d[i] = s->outcomes[i].d;
        d[i].detail = s->outcomes[i].detail;
    }
    rc = ir_outbox_record(&s->o, d, s->outcomes_n);
    for (i = 0; i < s->outcomes_n; i++)
        free(s->outcomes[i].detail);
    s->outcomes_n = 0;
    free(d);
    return rc;
}

static void
take_result(void *arg, const struct ir_chan_result *res)
{
    struct run *r = arg;
    struct sender *s = r->s;
    struct flight *f;
    int64_t wait;

    if (res->i >= r->n || r->v[res->i].ended)
        return;
    f = &r->v[res->i];
    f->ended = true;
    if (res->ok) {
        s->told->handed++;
        add_outcome(s, f,
                    res->delivered ? IR_OUTCOME_DELIVERED : IR_OUTCOME_HANDED,
                    res->ref, 0);
        return;
    }
    wait = res->retry ? ir_deliver_again(f->failed_n + 1) : 0;
    if (wait > 0)
        s->told->waiting++;
    else
        s->told->failed++;
    add_outcome(s, f, IR_OUTCOME_FAILED, res->error,
                wait > 0 ? wall_ms() + wait : 0);
}

/* What a worker that is gone did not say. */
static void
take_rest(struct run *r, const char *why)
{
    size_t i;

    for (i = 0; i < r->n; i++)
        if (!r->v[i].ended) {
            struct ir_chan_result res = {.i = i, .retry = true};

            res.error = (char *)(uintptr_t)why;
            take_result(r, &res);
        }
}

/* Start one worker with what is due on `channel`. */
static int
start(struct sender *s, const char *channel)
{
    struct run *r = free_run(s);
    struct ir_json *msgs;
    struct ir_attempt_draft *d;
    struct ir_err why;
    size_t i, k;
    int rc;

    if (r == NULL || is_busy(s, channel))
        return IR_OK;
    memset(r, 0, sizeof *r);
    r->s = s;
    r->v = ir_calloc(IR_SEND_AT_ONCE, sizeof *r->v);
    for (i = 0; i < s->o.n; i++)
        for (k = 0; k < s->o.v[i].due_n && r->n < IR_SEND_AT_ONCE; k++) {
            struct ir_outgoing *x = &s->o.v[i];
            const struct ir_due *due = &x->due[k];

            if (due->by_hand || due->shut ||
                strcmp(x->to.r[due->recipient].ways[due->way].channel,
                       channel) != 0)
                continue;
            r->v[r->n++] = (struct flight){.out = i,
                                           .recipient = due->recipient,
                                           .way = due->way,
                                           .number = x->number,
                                           .failed_n = failures(&s->o, x, due)};
        }
    d = ir_calloc(r->n + 1, sizeof *d);
    msgs = ir_json_new_arr();
    for (i = 0; i < r->n; i++) {
        d[i] = (struct ir_attempt_draft){.out = &s->o.v[r->v[i].out],
                                         .recipient = r->v[i].recipient,
                                         .way = r->v[i].way,
                                         .outcome = IR_OUTCOME_TRIED,
                                         .number = r->v[i].number};
        ir_json_add_take(msgs, message(s, &r->v[i]));
    }
    rc = ir_outbox_record(&s->o, d, r->n);
    if (rc == IR_OK) {
        r->channel = ir_strdup(channel);
        if (ir_channel_start(s->c, channel, "send", msgs, &r->r, &why) !=
            IR_OK) {
            take_rest(r, why.msg);
            run_done(r);
        }
    } else {
        run_done(r);
    }
    ir_json_free(msgs);
    free(d);
    return rc;
}

/* Write down, once, what cannot be used now. */
static int
note_shut(struct sender *s)
{
    size_t i, k;

    for (i = 0; i < s->o.n; i++)
        for (k = 0; k < s->o.v[i].due_n; k++) {
            const struct ir_due *due = &s->o.v[i].due[k];
            struct flight f = {
                .out = i, .recipient = due->recipient, .way = due->way};

            if (due->shut)
                add_outcome(s, &f, IR_OUTCOME_FAILED,
                            "the channel is down or not to be trusted", 0);
        }
    return flush(s);
}

/* Start workers for all that is due; *n counts what is due and can be sent by
 * this process.
 */
static int
start_due(struct sender *s, size_t *n)
{
    size_t i, k;
    int rc;

    ir_outbox_plan(&s->o, wall_ms());
    *n = 0;
    rc = note_shut(s);
    for (i = 0; i < s->o.n && rc == IR_OK; i++)
        for (k = 0; k < s->o.v[i].due_n && rc == IR_OK; k++) {
            const struct ir_outgoing *x = &s->o.v[i];
            const struct ir_due *due = &x->due[k];

            if (due->by_hand || due->shut || is_flying(s, i, due))
                continue;
            (*n)++;
            rc = start(s, x->to.r[due->recipient].ways[due->way].channel);
        }
    return rc;
}

static size_t
flying(const struct sender *s)
{
    size_t i, n = 0;

    for (i = 0; i < RUNS_MAX; i++)
        n += s->run[i].r != NULL;
    return n;
}

/* Wait for workers, at most `ms`, and take what they say. */
static int
wait_for(struct sender *s, int64_t ms)
{
    struct pollfd fds[RUNS_MAX];
    size_t i, n = 0;
    int rc = IR_OK;

    for (i = 0; i < RUNS_MAX; i++)
        if (s->run[i].r != NULL)
            fds[n++] = (struct pollfd){.fd = ir_channel_fd(s->run[i].r),
                                       .events = POLLIN};
    (void)poll(fds, n, (int)(ms < LOOK_MS ? ms : LOOK_MS));
    for (i = 0; i < RUNS_MAX; i++) {
        struct run *r = &s->run[i];
        struct ir_err why = {0};
        bool done = false;

        if (r->r == NULL)
            continue;
        if (ir_channel_poll(r->r, take_result, NULL, r, &done, &why) != IR_OK ||
            done) {
            take_rest(r, why.msg[0] != '\0'
                             ? why.msg
                             : "the channel ended without an answer");
            run_done(r);
        }
    }
    if (s->outcomes_n >= FLUSH_N || ms <= 0 || flying(s) == 0 ||
        s->outcomes_n > 0)
        rc = flush(s);
    return rc;
}

/* Load anew what others recorded meanwhile; never while something flies, whose
 * places would move. */
static int
look_again(struct sender *s)
{
    int64_t version = ir_store_version(s->c->st);
    int rc;

    if (version == s->version || flying(s) > 0)
        return IR_OK;
    ir_outbox_done(&s->o);
    rc = ir_ctx_trust(s->c);
    if (rc == IR_OK)
        rc = ir_outbox_load(s->c, false, &s->o);
    s->version = version;
    return rc;
}

/* One sender a home: a lock that goes with the process. */
static int
lock(struct ir_ctx *c, int *fd)
{
    struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char *path = ir_asprintf("%s/" IR_SENDER_LOCK, c->home);

    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(path);
    if (*fd < 0)
        return ir_fail(&c->err, IR_EIO, "%s/" IR_SENDER_LOCK ": %s", c->home,
                       strerror(errno));
    if (fcntl(*fd, F_OFD_SETLK, &fl) == 0)
        return IR_OK;
    close(*fd);
    *fd = -1;
    return ir_fail(&c->err, IR_EBUSY,
                   _("another process sends what waits already"));
}

static int
put_next(struct sender *s)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)s->o.next_ms);
    return ir_store_setting_put(s->c->st, IR_SENDER_NEXT, text, &s->c->err);
}

/* People of whom nothing is left but what a person does. */
static size_t
by_hand(const struct ir_outbox *o)
{
    size_t i, k, n = 0;

    for (i = 0; i < o->n; i++)
        for (k = 0; k < o->v[i].due_n; k++)
            n += o->v[i].due[k].by_hand;
    return n;
}

int
ir_sender_run(struct ir_ctx *c, int64_t linger_ms, int64_t until_ms,
              struct ir_sent *told)
{
    struct sender *s = ir_calloc(1, sizeof *s);
    size_t due = 0, i;
    int fd = -1, rc = lock(c, &fd);

    memset(told, 0, sizeof *told);
    s->c = c;
    s->told = told;
    if (rc == IR_OK)
        rc = ir_ctx_signed(c);
    if (rc == IR_OK) {
        s->version = ir_store_version(c->st);
        rc = ir_outbox_load(c, false, &s->o);
    }
    while (rc == IR_OK) {
        int64_t now = wall_ms(), wait;

        rc = start_due(s, &due);
        if (rc != IR_OK)
            break;
        wait = s->o.next_ms - now;
        if (flying(s) == 0 && due == 0 && wait > linger_ms)
            break;
        if (until_ms > 0 && ir_clock_mono_ms() >= until_ms)
            break;
        rc = wait_for(s, flying(s) > 0 ? LOOK_MS : wait);
        if (rc == IR_OK)
            rc = look_again(s);
    }
    if (rc == IR_OK)
        rc = flush(s);
    told->by_hand = by_hand(&s->o);
    if (rc == IR_OK)
        rc = put_next(s);
    for (i = 0; i < RUNS_MAX; i++)
        run_done(&s->run[i]);
    for (i = 0; i < s->outcomes_n; i++)
        free(s->outcomes[i].detail);
    free(s->outcomes);
    ir_outbox_done(&s->o);
    if (fd >= 0)
        close(fd);
    free(s);
    return rc;
}
