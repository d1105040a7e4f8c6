/* outbox.c: what is on its way from here, see sender.h. */
#include "base/clock.h"
#include "base/wake.h"
#include "cmd/node_key.h"
#include "cmd/sender.h"
#include "core/body.h"
#include "core/message.h"
#include "store/append.h"
#include "store/arrived.h"

#include <stdlib.h>
#include <string.h>

#define RECORD_N 200 /* entries in one transaction: others write between */

/* When it went out: signed, or, where it waited, cosigned in full. */
static int64_t
out_ms(const struct ir_alert *a)
{
    int64_t ms = a->at_ms;
    size_t i;

    for (i = 0; i < a->said_n && a->needed > 0; i++)
        if (a->said[i].kind == IR_KIND_APPROVAL && a->said[i].at_ms > ms)
            ms = a->said[i].at_ms;
    return ms;
}

/* Ids of what came from elsewhere: the device on which something was written
 * sends it. */
struct seen {
    uint8_t (*v)[IR_ID_BYTES];
    size_t n, cap;
};

static bool
mark(const uint8_t id[IR_ID_BYTES], void *arg)
{
    struct seen *s = arg;

    if (s->n == s->cap) {
        s->cap = s->cap == 0 ? 64 : 2 * s->cap;
        s->v = ir_realloc(s->v, s->cap * sizeof s->v[0]);
    }
    memcpy(s->v[s->n++], id, IR_ID_BYTES);
    return true;
}

static int
by_id(const void *a, const void *b)
{
    return memcmp(a, b, IR_ID_BYTES);
}

static void
find_elsewhere(struct ir_outbox *o, struct seen *s)
{
    static const uint8_t flash[8] = {0, 0, 0, 0, 0, 0, 0, IR_LANE_F};

    memset(s, 0, sizeof *s);
    (void)ir_store_arrived_of(o->c->st, flash, mark, s, NULL);
    if (s->n > 1)
        qsort(s->v, s->n, sizeof s->v[0], by_id);
}

static bool
is_elsewhere(const struct seen *s, const uint8_t id[IR_ID_BYTES])
{
    return s->n > 0 && bsearch(id, s->v, s->n, sizeof s->v[0], by_id) != NULL;
}

struct ir_outgoing *
ir_outbox_find(struct ir_outbox *o, const uint8_t id[IR_ID_BYTES])
{
    size_t i;

    for (i = 0; i < o->n; i++)
        if (memcmp(o->v[i].in.alert, id, IR_ID_BYTES) == 0)
            return &o->v[i];
    return NULL;
}

static void
add_attempt(struct ir_outgoing *x, const struct ir_attempt *a)
{
    if (x->attempts_n == x->attempts_cap) {
        x->attempts_cap = x->attempts_cap == 0 ? 16 : 2 * x->attempts_cap;
        x->attempts =
            ir_realloc(x->attempts, x->attempts_cap * sizeof *x->attempts);
    }
    x->attempts[x->attempts_n++] = *a;
}

static void
add_attempts(struct ir_outbox *o, const struct ir_log *log)
{
    size_t i;

    for (i = 0; i < log->n; i++) {
        struct ir_outgoing *x;
        struct ir_attempt a;

        if (ir_trust_admits(&o->c->trust, &log->e[i], NULL) != IR_OK ||
            ir_attempt_read(&log->e[i], &a, NULL) != IR_OK)
            continue;
        x = ir_outbox_find(o, a.alert);
        if (a.hlc > o->newest_hlc)
            o->newest_hlc = a.hlc;
        if (x != NULL && ir_outbox_counts(o, x, &a))
            add_attempt(x, &a);
        else if (x != NULL && ir_outbox_offers(o, x, &a))
            ir_outbox_offer(x, &a);
        else
            ir_attempt_done(&a);
    }
}

/* Is it of the incident of an earlier one? Then what is about it is here. */
static bool
had(const struct ir_outbox *o, size_t i)
{
    const struct ir_alert *a = o->v[i].row->a, *b;
    size_t k;

    for (k = 0; k < i; k++) {
        b = o->v[k].row->a;
        if (a->has_incident == b->has_incident &&
            memcmp(a->incident, b->incident, IR_INCIDENT_BYTES) == 0)
            return true;
    }
    return false;
}

static int
load_attempts(struct ir_outbox *o)
{
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < o->n && rc == IR_OK; i++) {
        const struct ir_alert *a = o->v[i].row->a;
        struct ir_log log = {0};

        if (had(o, i))
            continue;
        rc = ir_store_load_kind(o->c->st, a->has_incident ? a->incident : NULL,
                                IR_KIND_ATTEMPT, &log, &o->c->err);
        if (rc == IR_OK)
            add_attempts(o, &log);
        ir_log_done(&log);
    }
    return rc;
}

static void
add_row(struct ir_outbox *o, const struct ir_valert *row,
        const struct ir_alert_said *over, bool mute)
{
    struct ir_outgoing *x;

    o->v = ir_realloc(o->v, (o->n + 1) * sizeof *o->v);
    x = &o->v[o->n++];
    memset(x, 0, sizeof *x);
    x->row = row;
    x->over = over;
    x->mute = mute;
    x->in.alert = over != NULL ? over->entry : row->a->id;
}

/* The alert whose place `a` takes, or NULL. */
static const struct ir_alert *
instead_of(const struct ir_outbox *o, const struct ir_alert *a)
{
    size_t i, k;

    for (k = 0; k < a->refs_n; k++)
        for (i = 0; i < o->box.a.n; i++)
            if (memcmp(o->box.a.v[i].id, a->refs[k], IR_ID_BYTES) == 0)
                return &o->box.a.v[i];
    return NULL;
}

/* The word that ends it and is to be told to who got it: of a correction that
 * is the alert that takes its place. */
static const struct ir_alert_said *
end_of(const struct ir_alert *a)
{
    return a->state == IR_ALERT_CANCELLED ? ir_alert_cancel(a) : NULL;
}

/* What is to be looked at: what was written here and is not too old; an alert
 * whose end was, for who got it; one whose place another takes, likewise. */
static void
choose_rows(struct ir_outbox *o, bool all, bool sending, int64_t oldest_ms)
{
    const struct ir_alert_said *end;
    struct seen s;
    size_t i, k;

    find_elsewhere(o, &s);
    for (i = 0; i < o->box.rows_n; i++) {
        const struct ir_valert *row = &o->box.rows[i];
        const struct ir_alert *a = row->a;
        /* what waits for people's hours does so over a weekend */
        int64_t wait = a->severity >= IR_HOURS_ROUTINE ? IR_HOURS_WAIT_MS : 0;
        bool fresh = a->at_ms > oldest_ms - wait;
        bool ours = fresh && !is_elsewhere(&s, a->id);

        end = end_of(a);
        if (end != NULL &&
            (end->at_ms <= oldest_ms || is_elsewhere(&s, end->entry)))
            end = all || (sending && end->at_ms > oldest_ms) ? end : NULL;
        if (sending && fresh && !ours && a->state == IR_ALERT_OUT &&
            a->status != IR_TEST && !a->mesh_only) {
            add_row(o, row, NULL, false);
            o->v[o->n - 1].deputy = true;
        } else if (all || ours || end != NULL || a->state == IR_ALERT_CORRECTED)
            add_row(o, row, NULL, !ours || a->mesh_only);
        if (end != NULL)
            add_row(o, row, end,
                    all && (end->at_ms <= oldest_ms ||
                            is_elsewhere(&s, end->entry)));
        if (end != NULL && !all)
            o->v[o->n - 1].deputy = is_elsewhere(&s, end->entry);
    }
    for (k = 0; k < o->n; k++)
        if (o->v[k].over == NULL)
            o->v[k].instead = instead_of(o, o->v[k].row->a);
    free(s.v);
}

/* Whom it is for, by which ways. */
static int
fill_to(struct ir_outbox *o, struct ir_outgoing *x)
{
    const struct ir_alert *a = x->row->a;
    const struct ir_outgoing *was;
    const struct ir_json *tree;
    struct ir_channels ch = {0};
    int rc = ir_channels_load_at(o->c, a->has_incident ? a->incident : NULL,
                                 a->status, o->has_node ? o->node : NULL, &ch);

    if (rc != IR_OK)
        return rc;
    if (x->over != NULL) {
        was = ir_outbox_find(o, a->id);
        ir_recips_had(&o->box, x->row, &ch, was != NULL ? was->attempts : NULL,
                      was != NULL ? was->attempts_n : 0, &x->to);
        x->in.out_ms = x->over->at_ms;
        x->in.all = true;
    } else {
        ir_recips_of(&o->box, x->row, &ch, &x->to);
        x->in.out_ms = out_ms(a);
        x->in.wait_ms = (int64_t)a->ack_within_s * 1000;
        x->in.all = a->severity <= 1 || a->status == IR_TEST;
        tree = ir_tree_of(o->c, a);
        if (tree != NULL) {
            ir_tree_init(o->c, tree, a, &x->to, &x->tree);
            x->in.all = false;
        }
        was = x->instead != NULL ? ir_outbox_find(o, x->instead->id) : NULL;
        if (was != NULL)
            ir_recips_same_ways(&x->to, was->attempts, was->attempts_n);
    }
    ir_channels_done(&ch);
    return IR_OK;
}

/* By which replies name them: what was used, else the next that is free. Word
 * that one is over, and what is signed as a test alone, ask for none. */
static void
number(struct ir_outbox *o, bool deputies)
{
    bool used[IR_REPLY_NUMBER_MAX + 1] = {false};
    uint64_t last = 0, next;
    int64_t last_ms = 0;
    size_t i, k;

    for (i = 0; i < o->n; i++) {
        struct ir_outgoing *x = &o->v[i];

        for (k = 0; k < x->attempts_n && x->number == 0; k++)
            if (x->attempts[k].number <= IR_REPLY_NUMBER_MAX)
                x->number = x->attempts[k].number;
        used[x->number] = true;
        if (x->number > 0 && x->row->a->at_ms >= last_ms) {
            last_ms = x->row->a->at_ms;
            last = x->number;
        }
    }
    for (i = 0; i < o->n; i++) {
        struct ir_outgoing *x = &o->v[i];

        if (x->number > 0 || x->over != NULL || x->mute ||
            x->deputy != deputies)
            continue;
        for (k = 0, next = last; k < IR_REPLY_NUMBER_MAX; k++) {
            next = next % IR_REPLY_NUMBER_MAX + 1;
            if (!used[next])
                break;
        }
        x->number = last = next;
        used[next] = true;
    }
}

static int
load(struct ir_ctx *c, bool all, bool sending, struct ir_outbox *o)
{
    struct ir_now now;
    size_t i;
    int rc;

    memset(o, 0, sizeof *o);
    o->c = c;
    ir_site_calendar_init(c->view.site, &o->cal);
    ir_clock_now(&now);
    rc = ir_box_load(c, IR_BOX_WAITING, NULL, &o->box);
    if (rc != IR_OK)
        return rc;
    ir_outbox_know_us(o);
    choose_rows(o, all, sending && o->has_node,
                now.wall_ms - IR_SEND_OLDEST_MS);
    rc = load_attempts(o);
    for (i = 0; i < o->n && rc == IR_OK; i++)
        rc = fill_to(o, &o->v[i]);
    number(o, false);
    number(o, true);
    if (sending)
        ir_outbox_stand(o, now.wall_ms);
    return rc;
}

int
ir_outbox_load(struct ir_ctx *c, bool all, struct ir_outbox *o)
{
    return load(c, all, false, o);
}

int
ir_outbox_load_sending(struct ir_ctx *c, struct ir_outbox *o)
{
    return load(c, false, true, o);
}

void
ir_outbox_done(struct ir_outbox *o)
{
    size_t i, k;

    for (i = 0; i < o->n; i++) {
        struct ir_outgoing *x = &o->v[i];

        if (x->tree.json != NULL)
            ir_tree_done(&x->tree);
        ir_recips_done(&x->to);
        for (k = 0; k < x->attempts_n; k++)
            ir_attempt_done(&x->attempts[k]);
        for (k = 0; k < x->offered_n; k++)
            ir_attempt_done(&x->offered[k]);
        free(x->offered);
        free(x->attempts);
        free(x->due);
    }
    free(o->v);
    ir_site_calendar_done(&o->cal);
    ir_received_done(&o->in);
    free(o->from);
    free(o->ref);
    ir_box_done(&o->box);
    memset(o, 0, sizeof *o);
}

/* What is due of one alert; of a contact tree, whose turn it is and what is due
 * of them are worked out in turns: who is through makes room for the next. */
static void
plan_one(struct ir_outgoing *x)
{
    const struct ir_alert *a = x->row->a;
    size_t turns = x->to.n + x->offered_n + 2;
    bool more = true;

    if (x->tree.json != NULL)
        (void)ir_tree_plan(&x->tree, a, &x->to, x->in.now_ms);
    while (more && turns-- > 0) {
        free(x->due);
        x->due = NULL;
        x->in.over = x->mute || (x->over == NULL && a->state != IR_ALERT_OUT) ||
                     (x->tree.json != NULL && x->tree.call.one &&
                      x->tree.call.state == IR_CALL_MET);
        x->in.attempts = x->attempts;
        x->in.attempts_n = x->attempts_n;
        ir_deliver(&x->in, x->to.r, x->to.n, &x->due, &x->due_n, &x->next_ms);
        more = ir_outbox_admit(x, add_attempt);
        if (x->tree.json != NULL && !more)
            more = ir_tree_plan(&x->tree, a, &x->to, x->in.now_ms);
    }
    if (x->tree.json != NULL && x->tree.call.next_ms < x->next_ms)
        x->next_ms = x->tree.call.next_ms;
}

void
ir_outbox_plan(struct ir_outbox *o, int64_t now_ms)
{
    size_t i;

    o->next_ms = INT64_MAX;
    for (i = 0; i < o->n; i++) {
        struct ir_outgoing *x = &o->v[i];

        x->in.now_ms = now_ms;
        ir_outbox_hours(o, x);
        plan_one(x);
        if (x->deputy)
            ir_outbox_stand_by(o, x);
        else
            ir_outbox_settle(o, x);
        if (x->next_ms < o->next_ms)
            o->next_ms = x->next_ms;
    }
}

struct ir_attempt_draft
ir_attempt_about(const struct ir_outgoing *x, size_t recipient, size_t way)
{
    const struct ir_alert *a = x->row->a;
    const struct ir_recipient *r = &x->to.r[recipient];
    struct ir_attempt_draft d = {.has_incident = a->has_incident,
                                 .status = a->status,
                                 .contact = r->contact,
                                 .channel = r->ways[way].channel,
                                 .address = r->ways[way].address,
                                 .number = x->number,
                                 .deputy = x->deputy};

    memcpy(d.alert, x->in.alert, IR_ID_BYTES);
    memcpy(d.incident, a->incident, IR_INCIDENT_BYTES);
    return d;
}

struct ir_draft
ir_attempt_entry(const struct ir_attempt_draft *a)
{
    struct ir_draft d = {.kind = IR_KIND_ATTEMPT,
                         .has_incident = a->has_incident,
                         .status = (uint8_t)a->status,
                         .refs_n = a->loose ? 0 : 1};

    memcpy(d.incident, a->incident, IR_INCIDENT_BYTES);
    memcpy(d.refs[0], a->alert, IR_ID_BYTES);
    ir_bodyw_text(&d.body, 1, a->contact);
    ir_bodyw_text(&d.body, 2, a->channel);
    ir_bodyw_uint(&d.body, 3, (uint64_t)a->outcome);
    ir_bodyw_text(&d.body, 4, a->reply);
    ir_bodyw_text(&d.body, 5, a->by);
    ir_bodyw_text(&d.body, 6, a->detail);
    ir_bodyw_text(&d.body, 7, a->address);
    if (a->number > 0)
        ir_bodyw_uint(&d.body, 8, a->number);
    if (a->retry_at_ms > 0)
        ir_bodyw_uint(&d.body, 9, (uint64_t)a->retry_at_ms);
    if (a->stands_for > 0)
        ir_bodyw_uint(&d.body, 10, a->stands_for);
    if (a->deputy)
        ir_bodyw_uint(&d.body, 11, 1);
    return d;
}

static char *
dup_or_null(const char *s)
{
    return s != NULL ? ir_strdup(s) : NULL;
}

/* Remember in memory what was recorded, as it would be read back. */
static void
remember(struct ir_outbox *o, const struct ir_attempt_draft *d,
         const uint8_t id[IR_ID_BYTES], int64_t now_ms)
{
    struct ir_outgoing *x = ir_outbox_find(o, d->alert);
    struct ir_attempt a = {.outcome = d->outcome,
                           .at_ms = now_ms,
                           .number = d->number,
                           .retry_at_ms = d->retry_at_ms,
                           .stands_for = d->stands_for};

    if (x == NULL && !d->loose)
        return;
    memcpy(a.id, id, IR_ID_BYTES);
    memcpy(a.alert, d->alert, IR_ID_BYTES);
    a.contact = ir_strdup(d->contact);
    a.channel = ir_strdup(d->channel);
    a.address = dup_or_null(d->address);
    a.reply = dup_or_null(d->reply);
    a.by = dup_or_null(d->by);
    a.detail = dup_or_null(d->detail);
    /* of one process, in the order in which they were recorded */
    if (o->newest_hlc < (uint64_t)now_ms << 16)
        o->newest_hlc = (uint64_t)now_ms << 16;
    a.hlc = ++o->newest_hlc;
    if (d->loose)
        ir_received_add(&o->in, &a);
    else
        add_attempt(x, &a);
}

/* One transaction of them. */
static int
record_some(struct ir_outbox *o, const struct ir_signer *who,
            const struct ir_attempt_draft *d, size_t n)
{
    uint8_t ids[RECORD_N][IR_ID_BYTES];
    struct ir_err *err = &o->c->err;
    struct ir_now now;
    size_t i;
    int rc;

    ir_clock_now(&now);
    rc = ir_store_begin(o->c->st, err);
    if (rc != IR_OK)
        return rc;
    for (i = 0; i < n && rc == IR_OK; i++) {
        struct ir_draft x = ir_attempt_entry(&d[i]);

        rc = ir_store_append(o->c->st, who, &x, &now, ids[i], err);
    }
    if (rc == IR_OK)
        rc = ir_store_commit(o->c->st, err);
    else
        ir_store_rollback(o->c->st);
    for (i = 0; i < n && rc == IR_OK; i++)
        remember(o, &d[i], ids[i], now.wall_ms);
    return rc;
}

int
ir_outbox_record_by(struct ir_outbox *o, const struct ir_signer *who,
                    const struct ir_attempt_draft *d, size_t n, size_t *done)
{
    int rc = IR_OK;

    *done = 0;
    while (*done < n && rc == IR_OK) {
        size_t some = n - *done < RECORD_N ? n - *done : RECORD_N;

        rc = record_some(o, who, d + *done, some);
        if (rc == IR_OK)
            *done += some;
    }
    if (*done > 0)
        ir_wake_send(o->c->home, IR_WAKE_IRD);
    return rc;
}

int
ir_outbox_record(struct ir_outbox *o, const struct ir_attempt_draft *d,
                 size_t n, size_t *done)
{
    struct ir_key *node = NULL;
    struct ir_signer who;
    int rc;

    *done = 0;
    if (n == 0)
        return IR_OK;
    rc = ir_ctx_node_key(o->c, &node);
    if (rc != IR_OK)
        return rc;
    who = ir_node_signer(node);
    rc = ir_outbox_record_by(o, &who, d, n, done);
    ir_key_free(node);
    return rc;
}
