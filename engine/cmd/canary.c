/* canary.c: see canary.h. */
#include "cmd/canary.h"

#include "base/clock.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/wake.h"
#include "cmd/channel.h"
#include "cmd/channel_last.h"
#include "cmd/node_key.h"
#include "cmd/recipients.h"
#include "cmd/sender.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_FIRST_MS 500  /* after it was handed over */
#define LOOK_LAST_MS 10000 /* between two looks, at most */
#define LATE_MS 60000      /* for the last look, past its time */
#define POLL_MS 250

struct flock_of;

/* One that is under way. */
struct bird {
    struct flock_of *f;
    struct ir_canary *k;
    struct ir_channel_run *r;    /* sends, then looks */
    char *ref;                   /* what the channel calls the message */
    bool looks;                  /* ... it looks */
    bool seen;                   /* a look came back without an error */
    int64_t handed_ms, began_ms; /* monotonic: 0 not yet; the newest look */
    int64_t look_ms, wait_ms;    /* monotonic: the next; and between two */
};

struct flock_of {
    struct ir_ctx *c;
    struct bird *v;
    size_t n;
    struct ir_json *seen; /* words of ours by the channel that read them */
};

static void
end(struct bird *b, enum ir_canary_end how, const char *text)
{
    b->k->end = how;
    b->k->took_ms = b->handed_ms > 0 ? ir_clock_mono_ms() - b->handed_ms : 0;
    if (text != NULL) {
        free(b->k->text);
        b->k->text = ir_strdup(text);
    }
}

/* What is sent: nothing of an incident. */
static struct ir_json *
message(struct ir_ctx *c, const struct ir_canary *k)
{
    struct ir_json *msgs = ir_json_new_arr();
    struct ir_json *j = ir_json_add_take(msgs, ir_json_new_obj());
    const struct ir_json *org =
        c->view.site != NULL ? ir_json_get(c->view.site, "organisation") : NULL;
    char *subject = ir_asprintf(IR_CANARY_WORD " %s", k->nonce);
    char *body = ir_asprintf(
        "%s\nThis message tries whether messages arrive. There is nothing to "
        "do.\nメッセージが届くかどうかの試験です。対応は不要です。\n",
        subject);
    char *id = ir_asprintf("canary/%s", k->nonce);

    ir_json_set_str(j, "id", id);
    ir_json_set_str(j, "to", k->to);
    ir_json_set_str(j, "name", "");
    ir_json_set_str(j, "language", "en");
    ir_json_set_str(j, "subject", subject);
    ir_json_set_str(j, "title", subject);
    ir_json_set_str(j, "body", body);
    ir_json_set_str(j, "short", subject);
    ir_json_set_str(j, "code", k->nonce);
    ir_json_set_bool(j, "exercise", false);
    ir_json_set_int(j, "severity", 4);
    ir_json_set_take(j, "reply", ir_json_new_obj());
    ir_json_set_str(j, "from",
                    org != NULL ? ir_json_get_str(org, "en", "ir") : "ir");
    free(id);
    free(body);
    free(subject);
    return msgs;
}

static void
on_sent(void *arg, const struct ir_chan_result *res)
{
    struct bird *b = arg;

    if (!res->ok) {
        end(b, IR_CANARY_REFUSED, res->error != NULL ? res->error : "-");
        return;
    }
    b->handed_ms = ir_clock_mono_ms();
    b->wait_ms = LOOK_FIRST_MS;
    b->look_ms = b->handed_ms + b->wait_ms;
    b->ref = res->ref != NULL ? ir_strdup(res->ref) : NULL;
}

/* What people answered must not be lost because it was met here. */
static bool
pass_on(struct ir_ctx *c, const char *channel, const struct ir_json *in)
{
    struct ir_err keep = c->err;
    struct ir_attempt_draft d;
    struct ir_outbox o = {0};
    struct ir_now now;
    size_t done = 0;
    bool kept = ir_outbox_load(c, false, &o) == IR_OK;

    ir_clock_now(&now);
    if (kept) {
        ir_outbox_plan(&o, now.wall_ms);
        if (ir_outbox_match(&o, channel, in, &d)) {
            kept = ir_outbox_record(&o, &d, 1, &done) == IR_OK;
            free((void *)(uintptr_t)d.reply);
        }
    }
    ir_outbox_done(&o);
    c->err = keep;
    return kept;
}

/* A trial message of ours was read there: it need not stay. */
static void
note_seen(struct flock_of *f, const char *via, const char *word)
{
    struct ir_json *words = ir_json_get(f->seen, via);

    if (words == NULL)
        words = ir_json_set_take(f->seen, via, ir_json_new_arr());
    ir_json_add_str(words, word);
}

/* Something came in on a channel that is read: whose is it? */
static bool
on_received(void *arg, const struct ir_json *in)
{
    struct bird *by = arg;
    struct flock_of *f = by->f;
    const char *text = ir_json_get_str(in, "text", "");
    const char *ref = ir_json_get_str(in, "ref", "");
    bool delivered = ir_json_get_bool(in, "delivered", false), ours = false;
    char word[17];
    size_t i;

    if (ir_canary_ours(f->c, text, word))
        note_seen(f, by->k->via, word);

    for (i = 0; i < f->n; i++) {
        struct bird *b = &f->v[i];

        if (b->k->end != IR_CANARY_NOT_YET || b->handed_ms == 0)
            continue;
        if (strstr(text, b->k->nonce) == NULL &&
            (!delivered || b->ref == NULL || strcmp(b->ref, ref) != 0))
            continue;
        end(b, IR_CANARY_ARRIVED, NULL);
        ours = true;
    }
    return ours || strstr(text, IR_CANARY_WORD) != NULL ||
           pass_on(f->c, by->k->via, in);
}

static void
begin(struct flock_of *f, struct bird *b)
{
    struct ir_json *msgs = message(f->c, b->k);
    struct ir_err why;

    (void)ir_canary_keep(f->c, b->k->nonce);
    if (ir_channel_start(f->c, b->k->id, "send", msgs, &b->r, &why) != IR_OK)
        end(b, IR_CANARY_REFUSED, why.msg);
    ir_json_free(msgs);
}

/* Its time is over; what was not looked for is not known to be lost. */
static void
give_up(struct bird *b)
{
    end(b, b->seen ? IR_CANARY_LOST : IR_CANARY_UNSEEN, NULL);
}

static void
no_look(struct bird *b, const char *why)
{
    free(b->k->text);
    b->k->text = ir_strdup(why);
}

/* Has the sender met it while it looked for replies? */
static bool
is_met(struct flock_of *f, const struct bird *b)
{
    char *met = ir_store_setting(f->c->st, IR_CANARY_MET);
    bool yes = met != NULL && strstr(met, b->k->nonce) != NULL;

    free(met);
    return yes;
}

static void
look(struct flock_of *f, struct bird *b)
{
    const struct ir_json *row, *plugin = NULL;
    struct ir_err why = {0};
    int rc;

    b->looks = true;
    b->began_ms = ir_clock_mono_ms();
    b->wait_ms = 2 * b->wait_ms < LOOK_LAST_MS ? 2 * b->wait_ms : LOOK_LAST_MS;
    b->look_ms = b->began_ms + b->wait_ms;
    if (is_met(f, b)) {
        end(b, IR_CANARY_ARRIVED, NULL);
        return;
    }
    rc = ir_channel_find(f->c, b->k->via, &row, &plugin, &why);
    if (rc == IR_OK && !ir_json_get_bool(plugin, "receives", false))
        rc =
            ir_fail(&why, IR_EREFUSED, _("what comes in there cannot be read"));
    if (rc == IR_OK)
        rc = ir_channel_start(f->c, b->k->via, "receive", NULL, &b->r, &why);
    if (rc == IR_OK)
        return;
    b->r = NULL;
    no_look(b, why.msg);
}

/* One step of one of them; its worker has something to say, or it is time. */
static void
step(struct flock_of *f, struct bird *b)
{
    int64_t now = ir_clock_mono_ms();
    int64_t until = b->handed_ms + b->k->within_s * 1000;
    struct ir_err why = {0};
    bool done = false;
    int rc;

    if (b->r == NULL) {
        if (b->k->end != IR_CANARY_NOT_YET)
            return;
        if (now >= b->look_ms || now >= until)
            look(f, b);
        if (b->r == NULL && b->k->end == IR_CANARY_NOT_YET && now >= until)
            give_up(b);
        return;
    }
    rc = b->looks ? ir_channel_poll(b->r, NULL, on_received, b, &done, &why)
                  : ir_channel_poll(b->r, on_sent, NULL, b, &done, &why);
    if (b->looks && done && rc != IR_OK)
        no_look(b, why.msg);
    b->seen |= b->looks && done && rc == IR_OK;
    if (!done && !(b->looks && now > until + LATE_MS))
        return;
    ir_channel_end(b->r);
    b->r = NULL;
    /* a look that began past its time has seen all that counts */
    if (b->k->end == IR_CANARY_NOT_YET && b->looks &&
        (b->began_ms >= until || now > until + LATE_MS))
        give_up(b);
}

static size_t
under_way(const struct flock_of *f)
{
    size_t i, n = 0;

    for (i = 0; i < f->n; i++)
        n += f->v[i].r != NULL || f->v[i].k->end == IR_CANARY_NOT_YET;
    return n;
}

static void
fly(struct flock_of *f)
{
    struct pollfd *fds = ir_calloc(f->n + 1, sizeof *fds);
    size_t i, n;

    for (i = 0; i < f->n; i++)
        begin(f, &f->v[i]);
    while (under_way(f) > 0) {
        for (i = 0, n = 0; i < f->n; i++)
            if (f->v[i].r != NULL)
                fds[n++] = (struct pollfd){.fd = ir_channel_fd(f->v[i].r),
                                           .events = POLLIN};
        (void)poll(fds, n, POLL_MS);
        for (i = 0; i < f->n; i++)
            step(f, &f->v[i]);
    }
    free(fds);
}

/* Which name it is said of: where no other channel is mail, what is found of it
 * is so of mail as a whole. */
static const char *
said_of(struct ir_ctx *c, const char *id)
{
    const struct ir_json *list = ir_view_contacts(&c->view, "channels");
    size_t i, mails = 0;

    for (i = 0; list != NULL && i < ir_json_len(list); i++)
        mails += ir_json_get_bool(ir_json_at(list, i), "mail", false);
    return mails == 1 && ir_channel_is_mail(c, id) ? "mail" : id;
}

static int
record_one(struct ir_ctx *c, const struct ir_signer *who, struct ir_canary *k,
           const struct ir_channels *known)
{
    const char *of = said_of(c, k->id);
    enum ir_channel_state s =
        k->end == IR_CANARY_ARRIVED ? IR_CHANNEL_OK : IR_CHANNEL_DOWN;
    struct ir_draft d = {.kind = IR_KIND_CHANNEL, .status = IR_ACTUAL};
    uint8_t id[IR_ID_BYTES];
    struct ir_now now;
    char *reason;
    int rc;

    if (k->end == IR_CANARY_UNSEEN || !ir_channels_news(known, of, s))
        return IR_OK;
    reason = ir_canary_reason(k);
    ir_bodyw_text(&d.body, 1, of);
    ir_bodyw_uint(&d.body, 2, (uint64_t)s);
    ir_bodyw_text(&d.body, 3, reason);
    free(reason);
    ir_clock_now(&now);
    rc = ir_store_append(c->st, who, &d, &now, id, &c->err);
    k->recorded = rc == IR_OK;
    return rc;
}

static int
keep_last(struct ir_ctx *c, const struct ir_canary *k, int64_t now_ms)
{
    struct ir_channel_last last = {now_ms, k->end == IR_CANARY_ARRIVED,
                                   ir_canary_reason(k)};
    int rc = ir_channel_last_put(c, IR_CHANNEL_CANARY, k->id, &last);

    ir_channel_last_done(&last);
    return rc;
}

/* Write down what was found: in the log where it is news. */
static int
record(struct ir_ctx *c, struct ir_canary *v, size_t n)
{
    struct ir_channels known = {0};
    uint8_t self[IR_KEYID_BYTES];
    struct ir_key *node = NULL;
    struct ir_signer who;
    struct ir_now now;
    bool news = false;
    size_t i;
    int rc = ir_ctx_trust(c); /* others said something meanwhile */

    if (rc == IR_OK)
        rc = ir_ctx_node_key(c, &node);
    if (rc == IR_OK) {
        ir_key_id(node->pub, self);
        rc = ir_channels_load_at(c, NULL, IR_ACTUAL, self, &known);
    }
    if (rc == IR_OK)
        rc = ir_store_begin(c->st, &c->err);
    if (rc != IR_OK)
        goto out;
    who = ir_node_signer(node);
    ir_clock_now(&now);
    for (i = 0; i < n && rc == IR_OK; i++) {
        rc = keep_last(c, &v[i], now.wall_ms);
        if (rc == IR_OK)
            rc = record_one(c, &who, &v[i], &known);
        news |= v[i].recorded;
    }
    if (rc == IR_OK)
        rc = ir_store_commit(c->st, &c->err);
    else
        ir_store_rollback(c->st);
    if (rc == IR_OK && news) {
        ir_wake_send(c->home, IR_WAKE_IRD);
        ir_comms_kick(c);
    }
out:
    ir_channels_done(&known);
    ir_key_free(node);
    return rc;
}

static int
lock(struct ir_ctx *c, int *fd)
{
    struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char *path = ir_asprintf("%s/" IR_CANARY_LOCK, c->home);

    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(path);
    if (*fd < 0)
        return ir_fail(&c->err, IR_EIO, "%s/" IR_CANARY_LOCK ": %s", c->home,
                       strerror(errno));
    if (fcntl(*fd, F_OFD_SETLK, &fl) == 0)
        return IR_OK;
    close(*fd);
    *fd = -1;
    return ir_fail(&c->err, IR_EBUSY,
                   _("another process tries the channels already"));
}

int
ir_canaries_run(struct ir_ctx *c, struct ir_canary *v, size_t n)
{
    struct flock_of f = {c, ir_calloc(n + 1, sizeof *f.v), n,
                         ir_json_new_obj()};
    uint8_t random[8];
    size_t i;
    int fd = -1, rc = lock(c, &fd);

    for (i = 0; i < n; i++) {
        ir_random(random, sizeof random);
        ir_hex(random, sizeof random, v[i].nonce);
        f.v[i].k = &v[i];
        f.v[i].f = &f;
    }
    if (rc == IR_OK)
        rc = ir_canaries_out(c, v, n);
    if (rc == IR_OK) {
        fly(&f);
        rc = record(c, v, n);
        ir_canary_clear(c, f.seen);
    }
    for (i = 0; i < n; i++) {
        ir_channel_end(f.v[i].r);
        free(f.v[i].ref);
    }
    free(f.v);
    ir_json_free(f.seen);
    if (fd >= 0)
        close(fd);
    return rc;
}
