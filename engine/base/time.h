/* time.h: durations, moments and business days as people write them.
 *
 * Moments are UTC milliseconds in int64_t. The zone is the process's (TZ),
 * which the commands set from the site before they parse or show a moment.
 * No clock is read here: `now_ms` is handed in.
 */
#ifndef IR_BASE_TIME_H
#define IR_BASE_TIME_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_DURATION_MAX (366 * 86400) /* seconds */

/* How exactly a moment is known; numbers are those of the entry header. */
enum ir_precision {
    IR_PREC_EXACT = 0,
    IR_PREC_SECOND = 1,
    IR_PREC_MINUTE = 2,
    IR_PREC_HOUR = 3,
    IR_PREC_DAY = 4,
    IR_PREC_UNSURE = 5,
};

/* Parse `len` bytes of `text` as a duration ("4h30m"): d h m s, descending,
 * each at most once, no spaces.
 *
 * Units:  *secs is seconds, 1..IR_DURATION_MAX.
 * Owns:   nothing; `text` is not kept and need not be NUL-terminated.
 * Errors: IR_EPARSE bad form or zero, IR_ELIMIT too long; *secs untouched.
 * Source: docs/man/ir-runbook.5, "Durations".
 */
int ir_duration_parse(const char *text, size_t len, int64_t *secs,
                      struct ir_err *err);

/* Write seconds as a person reads them: "48m", "1h05m", "2d3h", "45s",
 * negative with a leading "-". At most two units.
 *
 * Units:  seconds in; `out` of `cap` bytes, 24 are enough.
 */
void ir_duration_text(int64_t secs, char *out, size_t cap);

/* Parse a moment as a person types it: "02:40" (the last time it was 02:40:
 * today, or yesterday if that is still to come), "02:40:15", "20m ago",
 * "20分前", "2h30m ago", "yesterday 23:10", "昨日 23:10", "2026-11-21 02:40",
 * "2026-11-21T02:40:15+09:00", "...Z", "2026-11-21" (precision day), "11-21
 * 02:40" (the last such day), "now"/"今". A leading "~" or "about " or a
 * trailing "頃"/"ごろ" makes the precision unsure. Fullwidth digits and colon
 * are read as ASCII. Anything else, and a moment that the zone skips
 * (summer time), is refused.
 *
 * Units:  UTC milliseconds; *prec gets an enum ir_precision.
 * Errors: IR_EPARSE with examples in the hint; outputs untouched.
 */
int ir_time_parse(const char *text, int64_t now_ms, int64_t *ms, int *prec,
                  struct ir_err *err);

/* Is `text` one of the words for "unknown": unknown, ?, 不明, わからない,
 * 分からない (any case)?
 */
bool ir_is_unknown(const char *text);

/* Write a moment in the process's zone: "02:40", with the date before it when
 * it is not the day of `now_ms` ("11-20 23:10", "2025-11-20 23:10" in another
 * year).
 *
 * Units:  UTC milliseconds; `out` of `cap` bytes, 24 are enough.
 */
void ir_time_text(int64_t ms, int64_t now_ms, char *out, size_t cap);

/* Write a moment as RFC 3339 with the zone's offset, to the second
 * ("2026-11-21T02:40:15+09:00").
 *
 * Units:  UTC milliseconds; `out` of `cap` bytes, 32 are enough.
 */
void ir_time_rfc3339(int64_t ms, char *out, size_t cap);

/* The zone's offset from UTC at a moment.
 *
 * Units:  minutes east.
 */
int ir_time_offset_min(int64_t ms);

/* Day of week at a moment in the process's zone, 0 = Sunday. */
int ir_time_wday(int64_t ms);

/* Which days are worked: the site's week and holidays. */
struct ir_calendar {
    bool wday[7];           /* 0 = Sunday: is it a business day */
    const int32_t *holiday; /* yyyymmdd, ascending, borrowed */
    size_t holiday_n;
};

/* Parse "YYYY-MM-DD" to yyyymmdd; the date must exist.
 *
 * Errors: IR_EPARSE; *out untouched.
 */
int ir_date_parse(const char *text, int32_t *out, struct ir_err *err);

/* The end (23:59:59.000 local) of the `days`-th day after the day of `ms`:
 * calendar days, or business days where `cal` is not NULL. With first_counts
 * the day of `ms` itself is day 1 (if it is worked). An end that falls on a
 * skipped local time moves forward.
 *
 * Units:  UTC milliseconds.
 * Errors: IR_ELIMIT over 400 days, or no business day in a year.
 */
int ir_time_add_days(int64_t ms, int days, bool first_counts,
                     const struct ir_calendar *cal, int64_t *out,
                     struct ir_err *err);

/* The same clock time `months` later; the 31st becomes the month's last day.
 *
 * Units:  UTC milliseconds.
 */
int64_t ir_time_add_months(int64_t ms, int months);

#endif
