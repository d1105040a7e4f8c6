/* sender_log.c: what becomes of messages, on its way into the log; see
 * sender_in.h. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "cmd/sender_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FLUSH_MS 100     /* an outcome waits so long for others */
#define TROUBLE_MS 10000 /* the log cannot be written: then given up */
#define DETAIL_MAX 300   /* bytes of what a channel says */

static char *
dup_or_null(const char *s)
{
    return s != NULL ? ir_strdup(s) : NULL;
}

/* What a channel said, short enough to be recorded; cut between characters. */
static char *
short_text(const char *s)
{
    struct ir_buf b = {0};
    size_t n = strlen(s);

    if (n > DETAIL_MAX)
        for (n = DETAIL_MAX; n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80;)
            n--;
    ir_utf8_escape(&b, s, n, false);
    return ir_buf_take(&b);
}

void
ir_sender_outcome(struct ir_sender *s, const struct ir_attempt_draft *d,
                  enum ir_outcome outcome, const char *detail,
                  int64_t retry_at_ms)
{
    struct ir_attempt_draft *x;

    if (s->outcomes_n == 0)
        s->flush_ms = ir_clock_mono_ms() + FLUSH_MS;
    if (s->outcomes_n == s->outcomes_cap) {
        s->outcomes_cap = s->outcomes_cap == 0 ? 64 : 2 * s->outcomes_cap;
        s->outcomes =
            ir_realloc(s->outcomes, s->outcomes_cap * sizeof *s->outcomes);
    }
    x = &s->outcomes[s->outcomes_n++];
    *x = *d;
    x->outcome = outcome;
    x->retry_at_ms = retry_at_ms;
    x->contact = dup_or_null(d->contact);
    x->channel = dup_or_null(d->channel);
    x->address = dup_or_null(d->address);
    x->reply = dup_or_null(d->reply);
    x->by = dup_or_null(d->by);
    x->detail = detail != NULL ? short_text(detail) : NULL;
}

static void
outcome_done(struct ir_attempt_draft *d)
{
    free((void *)(uintptr_t)d->contact);
    free((void *)(uintptr_t)d->channel);
    free((void *)(uintptr_t)d->address);
    free((void *)(uintptr_t)d->reply);
    free((void *)(uintptr_t)d->by);
    free((void *)(uintptr_t)d->detail);
}

int
ir_sender_trouble(struct ir_sender *s, int rc)
{
    int64_t now = ir_clock_mono_ms();

    if (rc == IR_OK) {
        s->trouble_ms = 0;
        return IR_OK;
    }
    if (rc != IR_EBUSY && rc != IR_ESTORE)
        return rc;
    if (s->trouble_ms == 0)
        s->trouble_ms = now;
    s->hold_ms = now + IR_SENDER_LOOK_MS;
    s->flush_ms = now + IR_SENDER_LOOK_MS;
    if (now - s->trouble_ms < TROUBLE_MS && !*s->ending)
        return IR_OK;
    if (s->c->err.hint[0] == '\0')
        ir_err_hint(&s->c->err,
                    _("what could not be recorded was not sent; when there is "
                      "room again:  ir comms send"));
    return rc;
}

int
ir_sender_flush(struct ir_sender *s)
{
    size_t done = 0, i;
    int rc;

    if (s->outcomes_n == 0)
        return IR_OK;
    rc = ir_outbox_record(&s->o, s->outcomes, s->outcomes_n, &done);
    for (i = 0; i < done; i++)
        outcome_done(&s->outcomes[i]);
    s->outcomes_n -= done;
    memmove(s->outcomes, s->outcomes + done,
            s->outcomes_n * sizeof *s->outcomes);
    s->plan_ms = 0;
    return ir_sender_trouble(s, rc);
}

void
ir_sender_forget(struct ir_sender *s)
{
    size_t i;

    for (i = 0; i < s->outcomes_n; i++)
        outcome_done(&s->outcomes[i]);
    free(s->outcomes);
    s->outcomes = NULL;
    s->outcomes_n = s->outcomes_cap = 0;
}

int
ir_sender_lock(struct ir_ctx *c, int *fd)
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

int
ir_sender_put_next(struct ir_sender *s, int64_t next_ms)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)next_ms);
    return ir_store_setting_put(s->c->st, IR_SENDER_NEXT, text, &s->c->err);
}

void
ir_sender_note_shut(struct ir_sender *s)
{
    size_t i, k;

    for (i = 0; i < s->o.n; i++)
        for (k = 0; k < s->o.v[i].due_n; k++) {
            const struct ir_due *due = &s->o.v[i].due[k];
            struct ir_attempt_draft d;

            if (!due->shut)
                continue;
            d = ir_attempt_about(&s->o.v[i], due->recipient, due->way);
            ir_sender_outcome(
                s, &d, IR_OUTCOME_FAILED,
                ir_channel_conf(s->o.c, d.channel) == NULL
                    ? _("no channel is set up for it")
                    : _("the channel is down or not to be trusted"),
                0);
        }
}
