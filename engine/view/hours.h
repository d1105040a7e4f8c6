/* hours.h: when somebody is at work, in words. */
#ifndef IR_VIEW_HOURS_H
#define IR_VIEW_HOURS_H

#include "core/hours.h"
#include "view/view.h"

/* The hours of a person of the contacts, short: "Mon-Fri 08:30-17:15",
 * "20:00-08:30" where it is every day; NULL: the contacts do not say.
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_hours(const struct ir_json *person);

/* "outside their hours, from 08:30", for who is not at work; NULL for others.
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_off(const struct ir_view *v, enum ir_duty duty,
                  int64_t change_ms);

/* The same for --json: "duty" ("unknown", "on", "off") and "duty_until", null
 * where it is not known.
 *
 * Owns:   `j` keeps a copy.
 */
void ir_view_set_duty(struct ir_json *j, enum ir_duty duty, int64_t change_ms);

#endif
