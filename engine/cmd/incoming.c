/* incoming.c: what comes in by a channel, and whose it is; see sender.h.
 * Nothing in it is trusted: it is escaped, cut, and only so much of one sender
 * is kept. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "cmd/sender.h"
#include "core/message.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define REPLY_MAX 500     /* bytes of a reply that are kept */
#define FROM_MAX 80       /* of who sends it */
#define REF_MAX 200       /* of what the channel calls it */
#define DIGITS_LEAST 8    /* of a telephone number that are compared */
#define REPLIES_MAX 20    /* of one address about one alert */
#define SENDER_DAY_MAX 30 /* messages of one sender that are kept in a day */
#define STRANGERS_DAY_MAX 100 /* of all whom nobody here knows */
#define DAY_MS 86400000
#define STRANGERS "*"

/* The digits of what is a telephone number and nothing else, or "". */
static void
digits(const char *s, char *out, size_t cap)
{
    size_t n = 0;
    bool number = true;

    for (; *s != '\0' && number; s++) {
        if (isdigit((unsigned char)*s) && n + 1 < cap)
            out[n++] = *s;
        else
            number = strchr("+-() ./", *s) != NULL;
    }
    out[number ? n : 0] = '\0';
}

/* Is it the same address? Of telephone numbers the last digits count:
 * "090-1234-5678" comes back as "+819012345678". */
static bool
same_address(const char *a, const char *b)
{
    char x[24], y[24];
    size_t n, m;

    if (strcasecmp(a, b) == 0)
        return true;
    digits(a, x, sizeof x);
    digits(b, y, sizeof y);
    n = strlen(x);
    m = strlen(y);
    if (n < DIGITS_LEAST || m < DIGITS_LEAST)
        return n > 0 && strcmp(x, y) == 0;
    if (x[0] == '0' && x[1] != '0' && m > n - 1)
        return strcmp(y + (m - (n - 1)), x + 1) == 0;
    if (y[0] == '0' && y[1] != '0' && n > m - 1)
        return strcmp(x + (n - (m - 1)), y + 1) == 0;
    return strcmp(x, y) == 0;
}

static struct ir_attempt_draft
about(const struct ir_outgoing *x, const struct ir_attempt *a)
{
    struct ir_attempt_draft d = {.has_incident = x->row->a->has_incident,
                                 .status = x->row->a->status,
                                 .contact = a->contact,
                                 .channel = a->channel,
                                 .address = a->address,
                                 .number = a->number};

    memcpy(d.alert, x->in.alert, IR_ID_BYTES);
    memcpy(d.incident, x->row->a->incident, IR_INCIDENT_BYTES);
    return d;
}

static bool
is_sent(const struct ir_attempt *a)
{
    return a->outcome == IR_OUTCOME_TRIED || a->outcome == IR_OUTCOME_HANDED ||
           a->outcome == IR_OUTCOME_DELIVERED;
}

/* How often that way failed since it was handed over first: how long until it
 * is tried again follows from it. */
static size_t
failures(const struct ir_outgoing *x, const struct ir_attempt *of)
{
    size_t k, n = 0;

    for (k = 0; k < x->attempts_n; k++) {
        const struct ir_attempt *a = &x->attempts[k];

        n += a->outcome == IR_OUTCOME_FAILED &&
             strcmp(a->contact, of->contact) == 0 &&
             strcmp(a->channel, of->channel) == 0;
    }
    return n;
}

/* Is there a later word on what was handed over, which a report would only
 * repeat? */
static bool
is_reported(const struct ir_outgoing *x, const struct ir_attempt *of,
            bool delivered)
{
    size_t k;

    for (k = 0; k < x->attempts_n; k++) {
        const struct ir_attempt *a = &x->attempts[k];

        if (a->hlc > of->hlc && strcmp(a->contact, of->contact) == 0 &&
            strcmp(a->channel, of->channel) == 0 &&
            (a->outcome == IR_OUTCOME_DELIVERED ||
             (!delivered && a->outcome == IR_OUTCOME_FAILED)))
            return true;
    }
    return false;
}

/* A report: on the newest that was handed over under that reference. */
static bool
match_report(const struct ir_outbox *o, const char *channel,
             const struct ir_json *in, struct ir_attempt_draft *d)
{
    const char *ref = ir_json_get_str(in, "ref", NULL);
    bool delivered = ir_json_get_bool(in, "delivered", false);
    const struct ir_attempt *found = NULL;
    const struct ir_outgoing *x = NULL;
    struct ir_now now;
    size_t i, k;

    for (i = 0; ref != NULL && i < o->n; i++)
        for (k = 0; k < o->v[i].attempts_n; k++) {
            const struct ir_attempt *a = &o->v[i].attempts[k];

            if (a->detail == NULL || strcmp(a->detail, ref) != 0 ||
                strcmp(a->channel, channel) != 0 ||
                (a->outcome != IR_OUTCOME_HANDED &&
                 a->outcome != IR_OUTCOME_DELIVERED) ||
                (found != NULL && found->hlc > a->hlc))
                continue;
            found = a;
            x = &o->v[i];
        }
    if (found == NULL || found->outcome == IR_OUTCOME_DELIVERED ||
        is_reported(x, found, delivered))
        return false;
    *d = about(x, found);
    if (delivered) {
        d->outcome = IR_OUTCOME_DELIVERED;
        d->detail = ref;
        return true;
    }
    d->outcome = IR_OUTCOME_FAILED;
    d->by = IR_ATTEMPT_BY_REPORT;
    d->detail = ir_json_get_str(in, "error", NULL);
    ir_clock_now(&now);
    if (strcmp(ir_json_get_str(in, "how", "refused"), "retry") == 0 &&
        ir_deliver_again(failures(x, found) + 1) > 0)
        d->retry_at_ms = now.wall_ms + ir_deliver_again(failures(x, found) + 1);
    return true;
}

/* What came in, as one text that is not too long; nothing in it is trusted.
 *
 * Owns:   the caller frees with free().
 */
static char *
kept(const char *text, size_t max, bool lines)
{
    struct ir_buf b = {0};
    size_t n = strlen(text);

    if (n > max)
        for (n = max; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    ir_utf8_escape(&b, text, n, lines);
    return ir_buf_take(&b);
}

/* What came in, made harmless. */
struct incoming {
    const char *channel;
    char *from, *text, *ref; /* ref may be NULL */
    int64_t since_ms;        /* a day ago */
};

/* Is that what came in once more? */
static bool
is_same(const struct ir_attempt *a, const struct incoming *in)
{
    return a->outcome == IR_OUTCOME_REPLIED && a->reply != NULL &&
           a->address != NULL && strcmp(a->channel, in->channel) == 0 &&
           same_address(a->address, in->from) &&
           (in->ref == NULL || a->detail == NULL ||
            strcmp(a->detail, in->ref) == 0) &&
           strcmp(a->reply, in->text) == 0;
}

static bool
is_known(const struct ir_attempt *a, size_t n, const struct incoming *in)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (is_same(&a[i], in))
            return true;
    return false;
}

/* Of `a[0..n)`, how many came from there within a day. */
static size_t
count_from(const struct ir_attempt *a, size_t n, const struct incoming *in)
{
    size_t i, sum = 0;

    for (i = 0; i < n; i++)
        sum += a[i].outcome == IR_OUTCOME_REPLIED && a[i].address != NULL &&
               a[i].at_ms > in->since_ms &&
               strcmp(a[i].channel, in->channel) == 0 &&
               same_address(a[i].address, in->from);
    return sum;
}

/* The person or partner of the contacts who has that address, or NULL.
 *
 * Owns:   borrowed from the contacts.
 */
static const char *
whose(struct ir_outbox *o, const struct incoming *in)
{
    static const char *const lists[] = {"people", "partners", "authorities"};
    size_t l, i, k;

    for (l = 0; l < sizeof lists / sizeof lists[0]; l++) {
        const struct ir_json *list = ir_view_contacts(&o->c->view, lists[l]);

        for (i = 0; list != NULL && i < ir_json_len(list); i++) {
            const struct ir_json *row = ir_json_at(list, i);
            const struct ir_json *ways = ir_json_get(row, "channels");

            for (k = 0; k < ir_json_len(ways); k++) {
                const char *to =
                    ir_json_str(ir_json_at(ir_json_at(ways, k), 1));

                if (to != NULL && same_address(to, in->from))
                    return ir_json_get_str(row, "id", NULL);
            }
        }
    }
    return NULL;
}

/* How many of strangers were kept within a day; was it said that there are
 * more? */
static size_t
strangers(const struct ir_received *r, int64_t since_ms, bool *said)
{
    size_t i, n = 0;

    *said = false;
    for (i = 0; i < r->n; i++) {
        const struct ir_attempt *a = &r->v[i];

        if (a->at_ms <= since_ms)
            continue;
        *said |= strcmp(a->contact, STRANGERS) == 0;
        n += a->address != NULL && strcmp(a->contact, a->address) == 0;
    }
    return n;
}

/* Was it said within a day that there is more from there? */
static bool
is_said(const struct ir_received *r, const struct incoming *in)
{
    size_t i;

    for (i = 0; i < r->n; i++) {
        const struct ir_attempt *a = &r->v[i];

        if (a->at_ms > in->since_ms && a->reply == NULL && a->address != NULL &&
            strcmp(a->channel, in->channel) == 0 &&
            same_address(a->address, in->from))
            return true;
    }
    return false;
}

/* It answers nothing: kept as it came, where there is room for it; else, once,
 * that there was more. */
static bool
keep_loose(struct ir_outbox *o, struct incoming *in, size_t from_n,
           struct ir_attempt_draft *d)
{
    const char *contact = whose(o, in);
    bool said = false;

    *d = (struct ir_attempt_draft){.loose = true,
                                   .status = IR_ACTUAL,
                                   .contact = contact,
                                   .channel = in->channel,
                                   .outcome = IR_OUTCOME_REPLIED};
    free(o->from);
    d->address = o->from = ir_strdup(in->from);
    if (contact == NULL)
        d->contact = o->from;
    if (from_n >= SENDER_DAY_MAX)
        return !is_said(&o->in, in);
    if (contact == NULL &&
        strangers(&o->in, in->since_ms, &said) >= STRANGERS_DAY_MAX) {
        d->contact = STRANGERS;
        d->address = NULL;
        return !said;
    }
    d->reply = in->text;
    in->text = NULL;
    d->detail = in->ref;
    return true;
}

/* The message that it answers: the newest that went to that address; of those
 * that bear the number it names, if one does. */
static const struct ir_attempt *
answered(const struct ir_outbox *o, const struct incoming *in,
         const struct ir_outgoing **to, bool *by_number)
{
    const struct ir_attempt *best = NULL;
    uint64_t number = 0;
    size_t i, k;

    *by_number = false;
    (void)ir_reply_read(in->text, &number);
    for (i = 0; i < o->n; i++)
        for (k = 0; k < o->v[i].attempts_n; k++) {
            const struct ir_attempt *a = &o->v[i].attempts[k];
            bool named = number > 0 && a->number == number;

            if (!is_sent(a) || a->address == NULL || o->v[i].over != NULL ||
                strcmp(a->channel, in->channel) != 0 ||
                !same_address(a->address, in->from))
                continue;
            if (best == NULL || (named && !*by_number) ||
                (named == *by_number && a->hlc > best->hlc)) {
                best = a;
                *to = &o->v[i];
                *by_number = named;
            }
        }
    return best;
}

/* Has that person answered that alert before, by whatever way? */
static bool
has_replied(const struct ir_outgoing *x, const char *contact)
{
    size_t k;

    for (k = 0; k < x->attempts_n; k++)
        if (x->attempts[k].outcome == IR_OUTCOME_REPLIED &&
            strcmp(x->attempts[k].contact, contact) == 0)
            return true;
    return false;
}

/* An answer, or what answers nothing. */
static bool
match_text(struct ir_outbox *o, struct incoming *in, struct ir_attempt_draft *d)
{
    const struct ir_outgoing *to = NULL;
    const struct ir_attempt *best;
    bool by_number, full;
    size_t i, n;

    for (i = 0, n = 0; i < o->n; i++) {
        if (is_known(o->v[i].attempts, o->v[i].attempts_n, in))
            return false;
        n += count_from(o->v[i].attempts, o->v[i].attempts_n, in);
    }
    if (is_known(o->in.v, o->in.n, in))
        return false;
    n += count_from(o->in.v, o->in.n, in);
    full = n >= SENDER_DAY_MAX;
    best = answered(o, in, &to, &by_number);
    /* the first word of somebody on an alert is kept whatever came before */
    if (best == NULL ||
        (full && !(by_number && !has_replied(to, best->contact))))
        return keep_loose(o, in, n, d);
    if (count_from(to->attempts, to->attempts_n, in) >= REPLIES_MAX)
        return false; /* more say nothing new */
    *d = about(to, best);
    d->outcome = IR_OUTCOME_REPLIED;
    d->reply = in->text;
    in->text = NULL;
    d->detail = in->ref;
    return true;
}

bool
ir_outbox_match(struct ir_outbox *o, const char *channel,
                const struct ir_json *j, struct ir_attempt_draft *d)
{
    const char *from = ir_json_get_str(j, "from", "");
    const char *text = ir_json_get_str(j, "text", NULL);
    const char *ref = ir_json_get_str(j, "ref", NULL);
    struct incoming in = {.channel = channel};
    struct ir_now now;
    bool yes;

    memset(d, 0, sizeof *d);
    if (ir_json_get(j, "delivered") != NULL)
        return match_report(o, channel, j, d);
    if (from[0] == '\0' || text == NULL)
        return false;
    if (!o->in_loaded)
        (void)ir_received_load(o->c, &o->in);
    o->in_loaded = true;
    ir_clock_now(&now);
    in.since_ms = now.wall_ms - DAY_MS;
    in.from = kept(from, FROM_MAX, false);
    in.text = kept(text, REPLY_MAX, true);
    in.ref = ref != NULL ? kept(ref, REF_MAX, false) : NULL;
    yes = match_text(o, &in, d);
    free(o->ref);
    o->ref = in.ref; /* d->detail */
    free(in.from);
    free(in.text);
    return yes;
}
