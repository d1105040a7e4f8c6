/* outbox_hours.c: working hours of the people of an alert, see sender.h and
 * core/hours.h. */
#include "cmd/sender.h"

/* Is it nothing that anybody must hear at any hour? Not a call, nor word that
 * another one was mistaken or is over; nor where an answer is wanted by a time,
 * or its author said so.
 */
static bool
is_routine(const struct ir_outgoing *x)
{
    const struct ir_alert *a = x->row->a;

    return a->severity >= IR_HOURS_ROUTINE && a->status != IR_TEST &&
           !a->any_hour && a->ack_within_s == 0 && x->tree.json == NULL &&
           x->over == NULL && x->instead == NULL;
}

void
ir_outbox_hours(const struct ir_outbox *o, struct ir_outgoing *x)
{
    bool routine = is_routine(x);
    size_t i;

    for (i = 0; i < x->to.n; i++) {
        const struct ir_working *w = &x->to.who[i].working;
        struct ir_recipient *r = &x->to.r[i];
        int64_t *asked = &x->to.who[i].asked_ms;

        /* of thousands of people not each time: it holds till it changes */
        if (*asked > 0 && *asked <= x->in.now_ms && x->in.now_ms < r->duty_ms)
            continue;
        *asked = x->in.now_ms;
        r->duty = ir_working_at(w, &o->cal.cal, x->in.now_ms, &r->duty_ms);
        r->quiet_ms = routine ? ir_working_opens(w, &o->cal.cal, x->in.out_ms,
                                                 x->in.now_ms)
                              : 0;
    }
}
