/* told.h: reports to authorities as a procedure: which report is next, which
 * deadlines telling it meets, and when the one after it is due.
 *
 * The deadlines of an authority are those of the site in their order that
 * apply, or that somebody has spoken of in the incident. The first is for the
 * first report; of the others, those that nothing follows are for the final
 * report and the rest for a follow-up. To tell is to meet the deadlines of that
 * report and of the reports before it that are open: a final report says what
 * they would have said. No deadline is started here: that a person states.
 */
#ifndef IR_CORE_TOLD_H
#define IR_CORE_TOLD_H

#include "core/incident.h"

#define IR_TOLD_DEADLINES_MAX 16 /* of one authority */

enum ir_stage { IR_STAGE_FIRST, IR_STAGE_FOLLOW_UP, IR_STAGE_FINAL };

/* "first", "follow-up", "final"; and back ("preliminary" is a first one).
 *
 * Owns:   static. False: it is none of them.
 */
const char *ir_stage_word(enum ir_stage s);
bool ir_stage_parse(const char *word, enum ir_stage *s);

struct ir_told_deadline {
    const struct ir_json *json; /* of the site; borrowed */
    const char *id;
    enum ir_stage stage;
    const struct ir_iclock *clock; /* in the incident, or NULL */
};

/* The deadlines of an authority in the site's order; returns how many.
 *
 * Units:  `v` has room for IR_TOLD_DEADLINES_MAX.
 * Owns:   borrows from `inc` and `site`.
 */
size_t ir_told_deadlines(const struct ir_incident *inc,
                         const struct ir_json *site, const char *authority,
                         struct ir_told_deadline *v);

/* Is it still to be met: neither met nor stopped? */
bool ir_told_is_open(const struct ir_told_deadline *d);

/* Which report comes next: the first whose deadline was not told yet. While
 * service is not restored, a follow-up comes before the final one where the
 * authority has follow-ups.
 */
enum ir_stage ir_told_stage(const struct ir_incident *inc,
                            const struct ir_json *site, const char *authority);

/* The deadline that report is for: the open one, else the first; NULL: none.
 *
 * Owns:   borrowed from `v`.
 */
const struct ir_told_deadline *
ir_told_deadline_of(const struct ir_told_deadline *v, size_t n,
                    enum ir_stage stage);

/* Does telling the report `stage` meet `v[i]`? */
bool ir_told_meets(const struct ir_told_deadline *v, size_t n, size_t i,
                   enum ir_stage stage);

/* What is due next after telling `stage` at `at_ms`: false: nothing is.
 * `provisional`: nobody has stated from when it counts.
 *
 * Units:  UTC milliseconds; latest 0 where the rule has none.
 */
struct ir_told_due {
    const char *id;
    enum ir_stage stage;
    int64_t due_ms, latest_ms;
    bool provisional;
};
bool ir_told_next(const struct ir_incident *inc, const struct ir_json *site,
                  const char *authority, enum ir_stage stage, int64_t at_ms,
                  struct ir_told_due *out);

/* What is due next as the incident stands: the open deadline with the earliest
 * due time; false: none.
 */
bool ir_told_open(const struct ir_incident *inc, const struct ir_json *site,
                  const char *authority, struct ir_told_due *out);

/* The newest report drawn up for an authority (of `stage`, a word; NULL: any),
 * and whether it was told since. NULL: there is none.
 *
 * Owns:   borrowed from `inc`.
 */
const struct ir_ireport *ir_told_report(const struct ir_incident *inc,
                                        const char *authority,
                                        const char *stage, bool *told);

#endif
