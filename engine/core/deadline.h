/* deadline.h: legal and contractual deadlines as the site states them:
 * members of "deadlines" of the compiled site.lua (durations in seconds).
 */
#ifndef IR_CORE_DEADLINE_H
#define IR_CORE_DEADLINE_H

#include "base/json.h"
#include "base/time.h"

enum ir_counts_from {
    IR_FROM_AWARENESS,
    IR_FROM_DETERMINATION,
    IR_FROM_PREVIOUS, /* the report before it */
};

struct ir_deadline {
    const struct ir_json *json; /* the whole of it; borrowed */
    const char *id;
    enum ir_counts_from from;
    int64_t duration_s;           /* one of these three is not 0 */
    int target_days, latest_days; /* latest 0: target is the limit */
    int months;
    bool first_counts; /* the day it counts from is day 1 */
    bool business;     /* days that are worked */
    const char *next;  /* or NULL */
};

/* The deadline `id` of the site.
 *
 * Owns:   *d borrows from `site`.
 * Errors: false: not there, or without a rule that can be computed.
 */
bool ir_deadline_find(const struct ir_json *site, const char *id,
                      struct ir_deadline *d);

/* Which days the site works, from its "business".
 *
 * Owns:   *c is the caller's, ir_site_calendar_done.
 */
struct ir_site_calendar {
    struct ir_calendar cal;
    int32_t *days;
};
void ir_site_calendar_init(const struct ir_json *site,
                           struct ir_site_calendar *c);
void ir_site_calendar_done(struct ir_site_calendar *c);

/* When is it due, counted from `from_ms`? *latest_ms is the last moment where
 * the rule has one beyond the target, else 0. A duration of whole days in
 * business days counts days; any other duration runs on.
 *
 * Units:  UTC milliseconds; days end in the process's zone.
 * Errors: IR_ELIMIT the rule leads nowhere (no day is worked).
 */
int ir_deadline_due(const struct ir_deadline *d, const struct ir_calendar *cal,
                    int64_t from_ms, int64_t *due_ms, int64_t *latest_ms,
                    struct ir_err *err);

#endif
