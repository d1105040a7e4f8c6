/* deliver.c: see deliver.h. */
#include "core/deliver.h"

#include "base/i18n.h"
#include "core/body.h"
#include "core/message.h"

#include <stdlib.h>
#include <string.h>

static int
read_entry(const struct ir_entry *e, struct ir_attempt *a, struct ir_err *err)
{
    uint64_t outcome = 0, at = 0;

    if (e->h.kind != IR_KIND_ATTEMPT || !ir_body_uint(e, 3, &outcome) ||
        outcome < IR_OUTCOME_TRIED || outcome > IR_OUTCOME_NO_ANSWER)
        return ir_fail(err, IR_EPARSE, _("no attempt to deliver an alert"));
    memset(a, 0, sizeof *a);
    memcpy(a->id, e->id, IR_ID_BYTES);
    if (e->h.refs_n > 0)
        memcpy(a->alert, e->h.refs[0], IR_ID_BYTES);
    memcpy(a->key, e->h.author, IR_KEYID_BYTES);
    a->status = e->h.status;
    a->hlc = e->h.hlc;
    a->at_ms = e->h.has_occurred ? e->h.occurred_ms : ir_entry_recorded_ms(e);
    a->outcome = (enum ir_outcome)outcome;
    a->contact = ir_body_strdup(e, 1);
    a->channel = ir_body_strdup(e, 2);
    a->reply = ir_body_strdup(e, 4);
    a->by = ir_body_strdup(e, 5);
    a->detail = ir_body_strdup(e, 6);
    a->address = ir_body_strdup(e, 7);
    a->number = ir_body_uint_or(e, 8, 0);
    if (ir_body_uint(e, 9, &at) && at <= INT64_MAX)
        a->retry_at_ms = (int64_t)at;
    a->deputy = ir_body_uint_or(e, 11, 0) != 0;
    a->stands_for = ir_body_uint_or(e, 10, 0);
    if (a->contact == NULL || a->channel == NULL) {
        ir_attempt_done(a);
        return ir_fail(err, IR_EPARSE, _("no attempt to deliver an alert"));
    }
    return IR_OK;
}

int
ir_attempt_read(const struct ir_entry *e, struct ir_attempt *a,
                struct ir_err *err)
{
    if (e->h.refs_n == 0)
        return ir_fail(err, IR_EPARSE, _("no attempt to deliver an alert"));
    return read_entry(e, a, err);
}

int
ir_attempt_read_loose(const struct ir_entry *e, struct ir_attempt *a,
                      struct ir_err *err)
{
    if (e->h.refs_n > 0 || ir_body_uint_or(e, 3, 0) != IR_OUTCOME_REPLIED)
        return ir_fail(err, IR_EPARSE, _("no attempt to deliver an alert"));
    return read_entry(e, a, err);
}

void
ir_attempt_done(struct ir_attempt *a)
{
    free(a->contact);
    free(a->channel);
    free(a->address);
    free(a->reply);
    free(a->by);
    free(a->detail);
    memset(a, 0, sizeof *a);
}

int64_t
ir_deliver_again(size_t failed)
{
    int64_t ms = IR_DELIVER_FIRST_AGAIN_MS;

    if (failed >= IR_DELIVER_AGAIN_MAX)
        return 0;
    while (failed-- > 1 && ms < IR_DELIVER_LAST_AGAIN_MS)
        ms *= 2;
    return ms < IR_DELIVER_LAST_AGAIN_MS ? ms : IR_DELIVER_LAST_AGAIN_MS;
}

#define AHEAD_MS 2000 /* clocks differ by so much */

/* What the attempts of one alert say of one way, while they are gone through
 * from the oldest to the newest. */
struct track {
    int64_t first_failed_ms, handed_ms, retry_at_ms;
    int64_t failed_ms;       /* last */
    int64_t now_ms, near_ms; /* the last word that is not ahead of now */
    size_t tried_n;          /* since it was asked for last */
    bool failed, handed;
};

static int
by_contact(const void *a, const void *b)
{
    const struct ir_attempt *x = *(const struct ir_attempt *const *)a;
    const struct ir_attempt *y = *(const struct ir_attempt *const *)b;
    int d = strcmp(x->contact, y->contact);

    if (d != 0)
        return d;
    if (x->hlc != y->hlc)
        return x->hlc < y->hlc ? -1 : 1;
    return memcmp(x->id, y->id, IR_ID_BYTES);
}

/* Those of this alert by contact, the oldest of each first.
 *
 * Owns:   the caller frees with free().
 */
static const struct ir_attempt **
sorted(const struct ir_deliver_in *in, size_t *n)
{
    const struct ir_attempt **v = ir_malloc((in->attempts_n + 1) * sizeof *v);
    size_t i;

    *n = 0;
    for (i = 0; i < in->attempts_n; i++)
        if (memcmp(in->attempts[i].alert, in->alert, IR_ID_BYTES) == 0)
            v[(*n)++] = &in->attempts[i];
    if (*n > 1)
        qsort(v, *n, sizeof *v, by_contact);
    return v;
}

static bool
is_on(const struct ir_attempt *a, const struct ir_way *w)
{
    return strcmp(a->channel, w->channel) == 0 &&
           (a->address == NULL || strcmp(a->address, w->address) == 0);
}

/* Somebody asks for it anew. */
static bool
is_asked(const struct ir_attempt *a)
{
    return a->outcome == IR_OUTCOME_NO_ANSWER && a->retry_at_ms > 0;
}

/* The carrier took it back. */
static bool
is_report(const struct ir_attempt *a)
{
    return a->outcome == IR_OUTCOME_FAILED && a->by != NULL &&
           strcmp(a->by, IR_ATTEMPT_BY_REPORT) == 0;
}

static void
take_attempt(const struct ir_attempt *a, struct ir_way *w, struct track *t)
{
    if (a->at_ms <= t->now_ms && a->at_ms > t->near_ms)
        t->near_ms = a->at_ms;
    if (is_asked(a)) {
        *t = (struct track){.now_ms = t->now_ms, .near_ms = t->near_ms};
        w->failed_n = 0;
        w->asked_n++;
    }
    switch (a->outcome) {
    case IR_OUTCOME_TRIED:
        w->tried_n++;
        w->stands_for = a->stands_for;
        t->tried_n++;
        break;
    case IR_OUTCOME_HANDED:
    case IR_OUTCOME_DELIVERED:
        if (!t->handed)
            t->handed_ms = a->at_ms;
        t->handed = true;
        break;
    case IR_OUTCOME_FAILED:
    case IR_OUTCOME_NO_ANSWER:
        if (w->last == IR_OUTCOME_HANDED && is_report(a))
            t->handed = false;
        if (!t->failed)
            t->first_failed_ms = a->at_ms;
        t->failed = true;
        w->failed_n += a->outcome == IR_OUTCOME_FAILED;
        t->failed_ms = a->at_ms;
        t->retry_at_ms = a->retry_at_ms;
        break;
    case IR_OUTCOME_REPLIED:
        break;
    }
    /* a word from them, or a delivery, is not undone by what comes late */
    if (a->outcome == IR_OUTCOME_REPLIED || !t->handed ||
        a->outcome == IR_OUTCOME_HANDED || a->outcome == IR_OUTCOME_DELIVERED) {
        if (!(w->last == IR_OUTCOME_DELIVERED &&
              a->outcome == IR_OUTCOME_HANDED))
            w->last = a->outcome;
        w->detail = a->outcome == IR_OUTCOME_FAILED ? a->detail : NULL;
    }
    if (w->handed_ms == 0)
        w->handed_ms = t->handed_ms;
    w->at_ms = a->at_ms;
}

/* Does the reply name a number that the message to them did not have? */
static bool
is_aside(const struct ir_attempt *a, const struct ir_recipient *r)
{
    uint64_t n = 0;

    if (a->outcome != IR_OUTCOME_REPLIED || a->reply == NULL)
        return false;
    (void)ir_reply_read(a->reply, &n);
    return n > 0 && r->number > 0 && n != r->number;
}

/* The first of `v` about that contact. */
static size_t
first_of(const struct ir_attempt *const *v, size_t n, const char *contact)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (strcmp(v[mid]->contact, contact) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Asked for anew so often on that way that it counts no more: whoever signs
 * that over and over would have a person written to without end. */
static bool
is_too_often(const struct ir_attempt *a, const struct ir_recipient *r)
{
    size_t k;

    for (k = 0; is_asked(a) && k < r->ways_n; k++)
        if (is_on(a, &r->ways[k]))
            return r->ways[k].asked_n >= IR_DELIVER_ASKED_MAX;
    return false;
}

/* Read into `r` and `t[0..r->ways_n)` what the attempts say. */
static void
read_attempts(const struct ir_attempt *const *v, size_t n,
              struct ir_recipient *r, struct track *t)
{
    size_t i, k;

    r->number = 0;
    r->last_ms = r->first_ms = r->again_ms = 0;
    r->handed_ms = r->reply_ms = 0;
    r->reply = r->other = NULL;
    for (k = 0; k < r->ways_n; k++) {
        r->ways[k].last = (enum ir_outcome)0;
        r->ways[k].tried_n = 0;
        r->ways[k].stands_for = 0;
        r->ways[k].failed_n = 0;
        r->ways[k].asked_n = 0;
        r->ways[k].at_ms = r->ways[k].handed_ms = 0;
        r->ways[k].detail = NULL;
        r->ways[k].given_up = r->ways[k].due = false;
    }
    for (i = first_of(v, n, r->contact);
         i < n && strcmp(v[i]->contact, r->contact) == 0; i++) {
        if (is_aside(v[i], r)) {
            r->other = v[i]->reply;
            continue;
        }
        if (is_too_often(v[i], r))
            continue;
        if (v[i]->number != 0 && v[i]->outcome != IR_OUTCOME_REPLIED)
            r->number = v[i]->number;
        if (v[i]->at_ms > r->last_ms)
            r->last_ms = v[i]->at_ms;
        if (r->first_ms == 0 || v[i]->at_ms < r->first_ms)
            r->first_ms = v[i]->at_ms;
        if (is_asked(v[i]) && v[i]->at_ms > r->again_ms)
            r->again_ms = v[i]->at_ms;
        if (v[i]->outcome == IR_OUTCOME_REPLIED && r->reply_ms == 0)
            r->reply_ms = v[i]->at_ms;
        if ((v[i]->outcome == IR_OUTCOME_HANDED ||
             v[i]->outcome == IR_OUTCOME_DELIVERED) &&
            r->handed_ms == 0)
            r->handed_ms = v[i]->at_ms;
        if (v[i]->outcome == IR_OUTCOME_REPLIED)
            r->reply = v[i]->reply != NULL ? v[i]->reply : "";
        else if (is_asked(v[i]))
            r->reply = NULL;
        for (k = 0; k < r->ways_n; k++)
            if (is_on(v[i], &r->ways[k])) {
                take_attempt(v[i], &r->ways[k], &t[k]);
                break;
            }
    }
}

static enum ir_reach
reach_of(const struct ir_recipient *r, const struct track *t)
{
    enum ir_reach best = IR_REACH_NOT_YET;
    bool all_given_up = r->ways_n > 0;
    size_t k;

    if (r->answered)
        return IR_REACH_ANSWERED;
    if (r->reply != NULL)
        return IR_REACH_REPLIED;
    for (k = 0; k < r->ways_n; k++) {
        const struct ir_way *w = &r->ways[k];

        if (w->last == IR_OUTCOME_DELIVERED)
            return IR_REACH_DELIVERED;
        if (t[k].handed)
            best = IR_REACH_HANDED;
        else if (w->last != 0 && best == IR_REACH_NOT_YET)
            best = IR_REACH_TRYING;
        all_given_up &= w->given_up;
    }
    if (best == IR_REACH_TRYING && all_given_up)
        return IR_REACH_FAILED;
    return best;
}

struct work {
    const struct ir_deliver_in *in;
    struct ir_due *due;
    size_t due_n, cap;
    int64_t next_ms;
};

static void
add_due(struct work *w, size_t recipient, size_t way, struct ir_way *on,
        int64_t since_ms)
{
    struct ir_due *d;

    on->due = true;
    if (w->due_n == w->cap) {
        w->cap = w->cap == 0 ? 16 : 2 * w->cap;
        w->due = ir_realloc(w->due, w->cap * sizeof *w->due);
    }
    d = &w->due[w->due_n++];
    *d = (struct ir_due){.recipient = recipient,
                         .way = way,
                         .since_ms = since_ms,
                         .by_hand = on->use == IR_WAY_BY_HAND,
                         .shut = on->use == IR_WAY_SHUT};
    /* cut off without an outcome: the same attempt again */
    d->again = on->tried_n > 0 && on->last == IR_OUTCOME_TRIED ? on->tried_n - 1
                                                               : on->tried_n;
    if (!d->by_hand)
        w->next_ms = w->in->now_ms;
}

static void
look_at(struct work *w, int64_t ms)
{
    if (ms < w->next_ms)
        w->next_ms = ms;
}

/* A moment that was recorded: not ahead of us, where a clock was set back. */
static int64_t
past(const struct work *w, int64_t ms)
{
    return ms < w->in->now_ms ? ms : w->in->now_ms;
}

/* Was that recorded by a clock that was set back since? (Or by another
 * device's, which is ahead.) */
static bool
is_ahead(const struct work *w, int64_t ms)
{
    return ms > w->in->now_ms + AHEAD_MS;
}

/* When a way that failed is tried again. Where a clock was set back: at once,
 * then as long after the last word since as was meant. */
static int64_t
retry_at(const struct work *w, const struct track *t)
{
    if (!is_ahead(w, t->failed_ms))
        return t->retry_at_ms;
    return t->near_ms > 0 ? t->near_ms + (t->retry_at_ms - t->failed_ms)
                          : w->in->now_ms;
}

/* One way that is open: what of it is due, or waited for (*pending). Returns
 * from when on the next way is open, INT64_MAX when only an outcome can tell.
 */
static int64_t
one_way(struct work *w, size_t recipient, size_t k, struct ir_way *way,
        const struct track *t, int64_t since, bool *pending)
{
    int64_t wait = w->in->wait_ms > 0 ? w->in->wait_ms : IR_DELIVER_WAIT_MS;
    int64_t end;

    if (t->handed) {
        end = is_ahead(w, t->handed_ms) ? w->in->now_ms : t->handed_ms + wait;
        if (end > w->in->now_ms) {
            look_at(w, end);
            *pending = true;
        }
        return end;
    }
    if (way->last == IR_OUTCOME_FAILED || way->last == IR_OUTCOME_NO_ANSWER) {
        int64_t again = retry_at(w, t);

        way->given_up = t->retry_at_ms == 0 || way->use == IR_WAY_SHUT ||
                        t->tried_n >= IR_DELIVER_AGAIN_MAX;
        *pending |= !way->given_up;
        if (!way->given_up &&
            (again <= w->in->now_ms ||
             again > w->in->now_ms + IR_DELIVER_LAST_AGAIN_MS))
            add_due(w, recipient, k, way, past(w, again));
        else if (!way->given_up)
            look_at(w, again);
        return past(w, t->first_failed_ms);
    }
    add_due(w, recipient, k, way,
            way->last == IR_OUTCOME_TRIED ? past(w, way->at_ms) : since);
    *pending = true;
    /* what cannot be used, or a person has to do, holds nothing up */
    return way->use == IR_WAY_OPEN && !way->stalled ? INT64_MAX : since;
}

bool
ir_deliver_waits(const struct ir_recipient *r, int64_t now_ms)
{
    return r->quiet_ms > now_ms && r->first_ms == 0 && !r->answered &&
           r->reply == NULL;
}

static void
one_recipient(struct work *w, size_t at, struct ir_recipient *r,
              const struct track *t)
{
    int64_t since = past(w, w->in->out_ms), first;
    bool pending = false;
    size_t k;

    if (r->open_ms > w->in->now_ms) {
        if (r->open_ms != INT64_MAX)
            look_at(w, r->open_ms);
        r->exhausted = false;
        return;
    }
    if (ir_deliver_waits(r, w->in->now_ms)) {
        look_at(w, r->quiet_ms);
        r->exhausted = false;
        return;
    }
    if (r->quiet_ms > since && r->quiet_ms <= w->in->now_ms)
        since = r->quiet_ms;
    if (r->open_ms > since)
        since = r->open_ms;
    first = since;

    for (k = 0; k < r->ways_n; k++) {
        bool at_once = w->in->all || r->ways[k].at_once;
        int64_t then;

        if (!at_once && since > w->in->now_ms) {
            if (since != INT64_MAX)
                look_at(w, since);
            pending = true;
            continue;
        }
        then = one_way(w, at, k, &r->ways[k], &t[k], at_once ? first : since,
                       &pending);
        if (!at_once && then > since)
            since = then;
    }
    r->exhausted = !pending;
}

enum ir_way_hours
ir_way_hours_of(const char *means, const char *said)
{
    if (said == NULL)
        return ir_means_at_work(means) ? IR_WAY_AT_WORK : IR_WAY_ANY_TIME;
    return strcmp(said, "work") == 0  ? IR_WAY_AT_WORK
           : strcmp(said, "off") == 0 ? IR_WAY_OFF_WORK
                                      : IR_WAY_ANY_TIME;
}

/* Does that way come after the others at this hour? */
static bool
comes_last(const struct ir_recipient *r, const struct ir_way *w)
{
    return (r->duty == IR_DUTY_OFF && w->hours == IR_WAY_AT_WORK) ||
           (r->duty == IR_DUTY_ON && w->hours == IR_WAY_OFF_WORK);
}

/* Their ways in the order of the hour; among those as the contacts list them.
 */
static void
sort_ways(struct ir_recipient *r)
{
    size_t i, k;

    for (i = 1; i < r->ways_n; i++) {
        struct ir_way w = r->ways[i];
        bool last = comes_last(r, &w);

        for (k = i; k > 0; k--) {
            bool before = comes_last(r, &r->ways[k - 1]);

            if (before == last ? r->ways[k - 1].place <= w.place : last)
                break;
            r->ways[k] = r->ways[k - 1];
        }
        r->ways[k] = w;
    }
}

/* Who is not at work comes last of all that is due. */
static void
sort_due(const struct ir_recipient *r, struct ir_due *due, size_t n)
{
    struct ir_due *off = ir_malloc((n + 1) * sizeof *off);
    size_t i, on_n = 0, off_n = 0;

    for (i = 0; i < n; i++) {
        if (r[due[i].recipient].duty == IR_DUTY_OFF)
            off[off_n++] = due[i];
        else
            due[on_n++] = due[i];
    }
    if (off_n > 0)
        memcpy(due + on_n, off, off_n * sizeof *off);
    free(off);
}

void
ir_deliver(const struct ir_deliver_in *in, struct ir_recipient *r, size_t n,
           struct ir_due **due, size_t *due_n, int64_t *next_ms)
{
    struct work w = {.in = in, .next_ms = INT64_MAX};
    const struct ir_attempt **v;
    size_t v_n, i, k;

    v = sorted(in, &v_n);
    for (i = 0; i < n; i++) {
        struct track *t = ir_calloc(r[i].ways_n + 1, sizeof *t);
        bool quiet;

        sort_ways(&r[i]);
        for (k = 0; k < r[i].ways_n; k++)
            t[k].now_ms = in->now_ms;
        read_attempts(v, v_n, &r[i], t);
        quiet = in->over || r[i].answered || r[i].reply != NULL;
        if (!quiet)
            one_recipient(&w, i, &r[i], t);
        else
            r[i].exhausted = true;
        r[i].reach = reach_of(&r[i], t);
        free(t);
    }
    free(v);
    sort_due(r, w.due, w.due_n);
    *due = w.due;
    *due_n = w.due_n;
    *next_ms = w.next_ms;
}

enum ir_missed_how
ir_deliver_missed(const struct ir_recipient *r, const struct ir_way *w)
{
    if (r->answered || r->reply != NULL || w->use != IR_WAY_OPEN)
        return IR_MISSED_NOT;
    if (w->last == IR_OUTCOME_TRIED)
        return IR_MISSED_TRYING;
    if (w->last != IR_OUTCOME_FAILED)
        return IR_MISSED_NOT;
    if (w->tried_n == 0)
        return IR_MISSED_SHUT;
    if (w->given_up)
        return IR_MISSED_NOT;
    return w->at_ms < w->ok_ms ? IR_MISSED_FAILED : IR_MISSED_TRYING;
}
