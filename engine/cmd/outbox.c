/* outbox.c: what is on its way from here, see sender.h. */
#include "base/clock.h"
#include "base/wake.h"
#include "cmd/node_key.h"
#include "cmd/sender.h"
#include "core/body.h"
#include "store/append.h"
#include "store/arrived.h"

#include <stdlib.h>
#include <string.h>

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

struct seen {
    const struct ir_box *box;
    bool *elsewhere; /* of each of its rows */
};

static bool
mark(const uint8_t id[IR_ID_BYTES], void *arg)
{
    struct seen *s = arg;
    size_t i;

    for (i = 0; i < s->box->rows_n; i++)
        if (memcmp(s->box->rows[i].a->id, id, IR_ID_BYTES) == 0)
            s->elsewhere[i] = true;
    return true;
}

static void
add_attempt(struct ir_outbox *o, const struct ir_attempt *a)
{
    if (o->attempts_n == o->attempts_cap) {
        o->attempts_cap = o->attempts_cap == 0 ? 64 : 2 * o->attempts_cap;
        o->attempts =
            ir_realloc(o->attempts, o->attempts_cap * sizeof *o->attempts);
    }
    o->attempts[o->attempts_n++] = *a;
}

static void
add_attempts(struct ir_outbox *o, const struct ir_log *log)
{
    size_t i;

    for (i = 0; i < log->n; i++) {
        struct ir_attempt a;

        if (ir_trust_admits(&o->c->trust, &log->e[i], NULL) != IR_OK ||
            ir_attempt_read(&log->e[i], &a, NULL) != IR_OK)
            continue;
        add_attempt(o, &a);
    }
}

/* Load the attempts of the incident of row `i`, unless an earlier row was of
 * the same. */
static int
load_attempts(struct ir_outbox *o, size_t i)
{
    const struct ir_alert *a = o->v[i].row->a;
    struct ir_log log = {0};
    size_t k;
    int rc;

    for (k = 0; k < i; k++) {
        const struct ir_alert *b = o->v[k].row->a;

        if (a->has_incident == b->has_incident &&
            memcmp(a->incident, b->incident, IR_INCIDENT_BYTES) == 0)
            return IR_OK;
    }
    rc = ir_store_load_kind(o->c->st, a->has_incident ? a->incident : NULL,
                            IR_KIND_ATTEMPT, &log, &o->c->err);
    if (rc == IR_OK)
        add_attempts(o, &log);
    ir_log_done(&log);
    return rc;
}

/* The number by which replies name it: what was used, else its place. */
static uint64_t
number_of(const struct ir_outbox *o, const struct ir_outgoing *x)
{
    size_t i, place = 0;

    for (i = 0; i < o->attempts_n; i++)
        if (o->attempts[i].number != 0 &&
            memcmp(o->attempts[i].alert, x->row->a->id, IR_ID_BYTES) == 0)
            return o->attempts[i].number;
    for (i = 0; i < o->box.a.n && &o->box.a.v[i] != x->row->a; i++)
        place++;
    return place % 99 + 1;
}

static int
add_row(struct ir_outbox *o, const struct ir_valert *row)
{
    struct ir_outgoing *x;
    struct ir_channels ch = {0};
    const struct ir_alert *a = row->a;
    const struct ir_json *tree;
    int rc;

    rc = ir_channels_load(o->c, a->has_incident ? a->incident : NULL, a->status,
                          &ch);
    if (rc != IR_OK)
        return rc;
    o->v = ir_realloc(o->v, (o->n + 1) * sizeof *o->v);
    x = &o->v[o->n++];
    memset(x, 0, sizeof *x);
    x->row = row;
    ir_recips_of(&o->box, row, &ch, &x->to);
    ir_channels_done(&ch);
    x->in.alert = a->id;
    x->in.out_ms = out_ms(a);
    x->in.wait_ms = (int64_t)a->ack_within_s * 1000;
    x->in.all = a->severity <= 1;
    tree = ir_tree_of(o->c, a);
    if (tree != NULL) {
        ir_tree_init(o->c, tree, a, &x->to, &x->tree);
        x->in.all = false;
    }
    return load_attempts(o, o->n - 1);
}

/* Which rows were written on another device? That one sends them. */
static void
find_elsewhere(struct ir_outbox *o, bool *elsewhere)
{
    static const uint8_t flash[8] = {0, 0, 0, 0, 0, 0, 0, IR_LANE_F};
    struct seen s = {&o->box, elsewhere};

    (void)ir_store_arrived_of(o->c->st, flash, mark, &s, NULL);
}

int
ir_outbox_load(struct ir_ctx *c, bool all, struct ir_outbox *o)
{
    struct ir_now now;
    bool *elsewhere;
    size_t i;
    int rc;

    memset(o, 0, sizeof *o);
    o->c = c;
    ir_clock_now(&now);
    rc = ir_box_load(c, IR_BOX_WAITING, NULL, &o->box);
    if (rc != IR_OK)
        return rc;
    elsewhere = ir_calloc(o->box.rows_n + 1, sizeof *elsewhere);
    find_elsewhere(o, elsewhere);
    for (i = 0; i < o->box.rows_n && rc == IR_OK; i++) {
        const struct ir_valert *row = &o->box.rows[i];

        if (all ||
            (!elsewhere[i] && row->a->at_ms > now.wall_ms - IR_SEND_OLDEST_MS))
            rc = add_row(o, row);
    }
    for (i = 0; i < o->n; i++)
        o->v[i].number = number_of(o, &o->v[i]);
    free(elsewhere);
    return rc;
}

void
ir_outbox_done(struct ir_outbox *o)
{
    size_t i;

    for (i = 0; i < o->n; i++) {
        if (o->v[i].tree.json != NULL)
            ir_tree_done(&o->v[i].tree);
        ir_recips_done(&o->v[i].to);
        free(o->v[i].due);
    }
    for (i = 0; i < o->attempts_n; i++)
        ir_attempt_done(&o->attempts[i]);
    free(o->attempts);
    free(o->v);
    ir_box_done(&o->box);
    memset(o, 0, sizeof *o);
}

/* What is due of one alert; of a contact tree, whose turn it is and what is due
 * of them are worked out in turns: who is through makes room for the next. */
static void
plan_one(struct ir_outgoing *x)
{
    const struct ir_alert *a = x->row->a;
    size_t turns = x->to.n + 2;
    bool more = true;

    if (x->tree.json != NULL)
        (void)ir_tree_plan(&x->tree, a, &x->to, x->in.now_ms);
    while (more && turns-- > 0) {
        free(x->due);
        x->due = NULL;
        x->in.over = a->state != IR_ALERT_OUT ||
                     (x->tree.json != NULL && x->tree.call.one &&
                      x->tree.call.state == IR_CALL_MET);
        ir_deliver(&x->in, x->to.r, x->to.n, &x->due, &x->due_n, &x->next_ms);
        more = x->tree.json != NULL &&
               ir_tree_plan(&x->tree, a, &x->to, x->in.now_ms);
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
        x->in.attempts = o->attempts;
        x->in.attempts_n = o->attempts_n;
        plan_one(x);
        if (x->next_ms < o->next_ms)
            o->next_ms = x->next_ms;
    }
}

static struct ir_draft
draft(const struct ir_attempt_draft *a)
{
    const struct ir_alert *alert = a->out->row->a;
    const struct ir_recipient *r = &a->out->to.r[a->recipient];
    const struct ir_way *w = &r->ways[a->way];
    struct ir_draft d = {.kind = IR_KIND_ATTEMPT,
                         .has_incident = alert->has_incident,
                         .status = (uint8_t)alert->status,
                         .refs_n = 1};

    memcpy(d.incident, alert->incident, IR_INCIDENT_BYTES);
    memcpy(d.refs[0], alert->id, IR_ID_BYTES);
    ir_bodyw_text(&d.body, 1, r->contact);
    ir_bodyw_text(&d.body, 2, w->channel);
    ir_bodyw_uint(&d.body, 3, (uint64_t)a->outcome);
    ir_bodyw_text(&d.body, 4, a->reply);
    ir_bodyw_text(&d.body, 6, a->detail);
    ir_bodyw_text(&d.body, 7, w->address);
    if (a->number > 0)
        ir_bodyw_uint(&d.body, 8, a->number);
    if (a->retry_at_ms > 0)
        ir_bodyw_uint(&d.body, 9, (uint64_t)a->retry_at_ms);
    return d;
}

/* Remember in memory what was recorded, as it would be read back. */
static void
remember(struct ir_outbox *o, const struct ir_attempt_draft *d,
         const uint8_t id[IR_ID_BYTES], int64_t now_ms)
{
    const struct ir_recipient *r = &d->out->to.r[d->recipient];
    const struct ir_way *w = &r->ways[d->way];
    struct ir_attempt a = {.outcome = d->outcome,
                           .at_ms = now_ms,
                           .number = d->number,
                           .retry_at_ms = d->retry_at_ms};

    memcpy(a.id, id, IR_ID_BYTES);
    memcpy(a.alert, d->out->row->a->id, IR_ID_BYTES);
    a.contact = ir_strdup(r->contact);
    a.channel = ir_strdup(w->channel);
    a.address = ir_strdup(w->address);
    a.reply = d->reply != NULL ? ir_strdup(d->reply) : NULL;
    a.detail = d->detail != NULL ? ir_strdup(d->detail) : NULL;
    /* of one process, in the order in which they were recorded */
    a.hlc = o->attempts_n > 0 ? o->attempts[o->attempts_n - 1].hlc : 0;
    if (a.hlc < (uint64_t)now_ms << 16)
        a.hlc = (uint64_t)now_ms << 16;
    a.hlc++;
    add_attempt(o, &a);
}

int
ir_outbox_record(struct ir_outbox *o, const struct ir_attempt_draft *d,
                 size_t n)
{
    uint8_t(*ids)[IR_ID_BYTES] = ir_calloc(n + 1, sizeof ids[0]);
    struct ir_err *err = &o->c->err;
    struct ir_key *node = NULL;
    struct ir_signer who;
    struct ir_now now;
    size_t i;
    int rc = ir_ctx_node_key(o->c, &node);

    if (rc != IR_OK)
        goto out;
    who = ir_node_signer(node);
    ir_clock_now(&now);
    rc = ir_store_begin(o->c->st, err);
    if (rc != IR_OK)
        goto out;
    for (i = 0; i < n && rc == IR_OK; i++) {
        struct ir_draft x = draft(&d[i]);

        rc = ir_store_append(o->c->st, &who, &x, &now, ids[i], err);
    }
    if (rc == IR_OK)
        rc = ir_store_commit(o->c->st, err);
    else
        ir_store_rollback(o->c->st);
    if (rc == IR_OK) {
        ir_wake_send(o->c->home);
        for (i = 0; i < n; i++)
            remember(o, &d[i], ids[i], now.wall_ms);
    }
out:
    ir_key_free(node);
    free(ids);
    return rc;
}
