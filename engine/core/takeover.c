/* takeover.c: see takeover.h. */
#include "core/takeover.h"

static int64_t
later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t
ir_takeover_at(const struct ir_takeover *t, const struct ir_due *d,
               const struct ir_way *w, bool theirs)
{
    size_t turn =
        t->turn < IR_TAKEOVER_STEPS_MAX ? t->turn : IR_TAKEOVER_STEPS_MAX;
    int64_t wait = IR_TAKEOVER_MS + (int64_t)turn * IR_TAKEOVER_STEP_MS;
    int64_t from = later(t->life_ms, d->since_ms);

    if (t->begun) {
        wait = IR_TAKEOVER_NEXT_MS;
        from = d->since_ms;
    }
    if (t->asked)
        wait = 0;
    if (w->last == IR_OUTCOME_TRIED && theirs)
        return later(from + wait,
                     later(t->life_ms, w->at_ms) + IR_TAKEOVER_FLIGHT_MS);
    if (w->last == IR_OUTCOME_TRIED)
        return d->since_ms; /* ours was cut off: the same message again */
    return from + wait;
}

bool
ir_takeover_left(const struct ir_due *d, const struct ir_way *w, int64_t now_ms)
{
    return w->tried_n == 0 && d->since_ms <= now_ms - IR_TAKEOVER_MS;
}

bool
ir_takeover_counts(const struct ir_due *d, const struct ir_attempt *tried,
                   int64_t now_ms)
{
    int64_t at = tried->at_ms < now_ms ? tried->at_ms : now_ms;

    return tried->deputy && tried->outcome == IR_OUTCOME_TRIED &&
           at >= d->since_ms + IR_TAKEOVER_LEFT_MS;
}
