/* sender_load.c: what is due, on its way to workers; see sender_in.h. */
#include "base/clock.h"
#include "cmd/missed.h"
#include "cmd/sender_in.h"

#include <stdlib.h>

#define RUNS_MAX 32          /* workers side by side */
#define RECEIVE_MAX_MS 10000 /* a look takes so long while messages wait */

/* Put a message on its line, if nobody is at that; `m`: it stands for what was
 * missed (NULL: for itself). */
static void
load_one(struct ir_sender *s, size_t out, size_t recipient, size_t way,
         const struct ir_missed *m, size_t *runs)
{
    const struct ir_outgoing *x = &s->o.v[out];
    const struct ir_way *w = &x->to.r[recipient].ways[way];
    struct ir_line *l = ir_line_of(s, w->channel);
    struct ir_flight *f;
    size_t i;

    if (l->r != NULL && l->receiving &&
        ir_clock_mono_ms() - l->began_ms > RECEIVE_MAX_MS)
        ir_line_land(l);
    if (l->r != NULL || l->n == l->at_once || (l->n == 0 && *runs == RUNS_MAX))
        return;
    if (l->stalled && (l->n > 0 || l->probe_ms > ir_clock_mono_ms()))
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
    f->d.stands_for = m != NULL ? m->n : 0;
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
void
ir_sender_load(struct ir_sender *s, size_t *n)
{
    size_t i, k, runs = ir_sender_flying(s), missed_n;
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
int
ir_sender_start(struct ir_sender *s)
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
            ir_line_take_rest(l, why.msg, false);
        ir_json_free(l->msgs);
        l->msgs = NULL;
        if (l->r == NULL)
            ir_line_land(l);
    }
    return ir_sender_trouble(s, rc);
}
