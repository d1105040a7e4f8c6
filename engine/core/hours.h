/* hours.h: when somebody is at work, as the contacts say it ("working"), and
 * what follows from that for reaching them. Pure: the moment is handed down;
 * days and hours are those of the process's zone, which is the site's.
 *
 * What it decides: the order. By day a desk is tried before a mobile telephone
 *   that is for the night, by night the other way round; of people who are
 *   equals, who is at work is asked first. Nothing is left out, and nobody is
 *   passed over.
 * What waits: a message that is routine, until the hours of who gets it begin,
 *   and IR_HOURS_WAIT_MS at the latest. Nothing else.
 * What is known: the week. Who works on no day but the site's business days has
 *   the site's holidays off; of shifts no holidays are known. Leave, sickness,
 *   changed shifts are not known: so that somebody is not at work is no reason
 *   not to try them.
 */
#ifndef IR_CORE_HOURS_H
#define IR_CORE_HOURS_H

#include "base/json.h"
#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_HOURS_WAIT_MS 259200000 /* three days: over a weekend */
#define IR_HOURS_ROUTINE 3         /* severity from which on a message is so */

enum ir_duty {
    IR_DUTY_UNKNOWN, /* the contacts do not say */
    IR_DUTY_ON,
    IR_DUTY_OFF,
};

/* The hours of one person, every week. */
struct ir_working {
    bool stated;
    bool wday[7];         /* 0 = Sunday: a shift begins on it */
    int from_min, to_min; /* of the day; `to` before `from`: of the next one */
    bool holidays;        /* the site's holidays are days off */
};

/* Read "working" of a person; a NULL or broken one is not stated.
 *
 * Units:  from_min and to_min are minutes since midnight.
 * Source: docs/man/ir-runbook.5, "contacts.lua".
 */
void ir_working_read(const struct ir_json *person,
                     const struct ir_calendar *cal, struct ir_working *w);

/* Are they at work at `ms`? *change_ms (may be NULL) is when that changes,
 * INT64_MAX where it does not within a month. A shift belongs to the day on
 * which it begins. Of a time of day that there is twice (clocks go back) the
 * first counts; one that there is not (they go forward) is as much later.
 *
 * Units:  UTC milliseconds.
 */
enum ir_duty ir_working_at(const struct ir_working *w,
                           const struct ir_calendar *cal, int64_t ms,
                           int64_t *change_ms);

/* When a routine message that went out at `out_ms` may go to them: 0 at once
 * (they are or were at work, or nobody knows), else when their hours begin, at
 * most IR_HOURS_WAIT_MS after it went out. A clock that was set back makes
 * nobody wait longer than that from now.
 *
 * Units:  UTC milliseconds.
 */
int64_t ir_working_opens(const struct ir_working *w,
                         const struct ir_calendar *cal, int64_t out_ms,
                         int64_t now_ms);

/* Is that a means of the workplace, which outside of their hours reaches
 * nobody: radio, fax, a desk, a board? Of telephones and messages it is not
 * said.
 */
bool ir_means_at_work(const char *means);

/* Put people who are equals in the order in which to ask them: who is at work,
 * then of whom nobody knows, then who is not; among those as they were.
 * order[0..n) is filled with the places of duty[0..n).
 */
void ir_duty_order(const enum ir_duty *duty, size_t n, size_t *order);

#endif
