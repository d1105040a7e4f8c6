/* alert_ask.c: asking what was folded of an alert; see alert.h. */
#include "core/alert.h"

#include <stdlib.h>
#include <string.h>

static void
free_texts(char **v, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        free(v[i]);
    free(v);
}

void
ir_alerts_done(struct ir_alerts *out)
{
    size_t i, k;

    for (i = 0; i < out->n; i++) {
        struct ir_alert *a = &out->v[i];

        for (k = 0; k < a->said_n; k++) {
            free(a->said[k].text);
            free(a->said[k].contact);
            free(a->said[k].how);
            free(a->said[k].seen);
        }
        free(a->said);
        free(a->seen);
        free(a->text);
        free_texts(a->args, a->args_n);
        free_texts(a->to, a->to_n);
    }
    free(out->v);
    memset(out, 0, sizeof *out);
}

bool
ir_alert_is_for(const struct ir_alert *a, const struct ir_trust *t, int who,
                ir_alert_means *means, void *arg)
{
    size_t i;

    if (who < 0 || (size_t)who >= t->members_n || !t->members[who].active)
        return false;
    if (a->to_n == 0)
        return who != a->by;
    for (i = 0; i < a->to_n; i++) {
        if (strcmp(a->to[i], t->members[who].handle) == 0)
            return true;
        if (strchr(a->to[i], ':') != NULL && who != a->by && means != NULL &&
            means(a->to[i], a->has_incident ? a->incident : NULL, who, arg))
            return true;
    }
    return false;
}

/* How much one word of a person outweighs another that was said apart. */
static int
weight(int code)
{
    static const int of[] = {0, 1, 2, 3, 4}; /* seen accept decline done */

    return code >= 1 && code <= 4 ? of[code] : 0;
}

const struct ir_alert_said *
ir_alert_answer(const struct ir_alert *a, int who)
{
    const struct ir_alert_said *best = NULL;
    size_t i;

    for (i = 0; i < a->said_n; i++) {
        const struct ir_alert_said *s = &a->said[i];

        if (s->kind == IR_KIND_ACK && s->stands && s->contact == NULL &&
            s->by == who &&
            (best == NULL || weight(s->code) > weight(best->code)))
            best = s;
    }
    return best;
}

const struct ir_alert_said *
ir_alert_receipt(const struct ir_alert *a, int who, int state)
{
    size_t i;

    for (i = 0; i < a->said_n; i++)
        if (a->said[i].kind == IR_KIND_RECEIPT && a->said[i].by == who &&
            a->said[i].code >= state)
            return &a->said[i];
    return NULL;
}

void
ir_alert_ask_for(struct ir_alert *a, uint64_t least)
{
    if (a->needed < least)
        a->needed = least;
    if (a->state == IR_ALERT_OUT && a->given < a->needed)
        a->state = IR_ALERT_WAITING;
}

bool
ir_alert_is_cosigned(const struct ir_alert *a, int who)
{
    size_t i;

    for (i = 0; i < a->said_n; i++)
        if (a->said[i].kind == IR_KIND_APPROVAL && a->said[i].code == 1 &&
            a->said[i].by == who && who != a->by)
            return true;
    return false;
}

const struct ir_alert_said *
ir_alert_cancel(const struct ir_alert *a)
{
    const struct ir_alert_said *first = NULL;
    size_t i;

    for (i = 0; i < a->said_n; i++) {
        const struct ir_alert_said *s = &a->said[i];

        if (s->kind != IR_KIND_CANCEL)
            continue;
        if (first == NULL || (s->code == IR_CANCEL_CORRECTED &&
                              first->code != IR_CANCEL_CORRECTED))
            first = s;
    }
    return first;
}
