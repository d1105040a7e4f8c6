/* time.h: durations, moments and business days as people write them.
 *
 * Moments are UTC milliseconds in int64_t. The zone is the process's (TZ),
 * which the commands set from the site before they parse or show a moment.
 * No clock is read here: `now_ms` is handed in.
 * Where the zone shows a clock time twice (the end of summer time), the last
 * one that is not in the future is meant, else the first.
 */
#ifndef IR_BASE_TIME_H
#define IR_BASE_TIME_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_DURATION_MAX (366 * 86400) /* seconds */
#define IR_TIME_AHEAD_S 300           /* a watch may be ahead of ours so much */
#define IR_TIME_SECS_MIN (-INT64_C(62135500000)) /* in the year 1 */
#define IR_TIME_SECS_MAX INT64_C(253402214400)   /* 9999-12-31 */

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
 * each at most once, no spaces. Leading zeros are fine.
 *
 * Units:  *secs is seconds, 1..IR_DURATION_MAX.
 * Owns:   nothing; `text` is not kept and need not be NUL-terminated.
 * Errors: IR_EPARSE bad form or zero, IR_ELIMIT too long; *secs untouched.
 * Source: docs/man/ir-runbook.5, "Durations".
 */
int ir_duration_parse(const char *text, size_t len, int64_t *secs,
                      struct ir_err *err);

/* Write seconds as a person reads them: "48m", "1h05m", "2d3h", "45s",
 * "12m30s", negative with a leading "-". The two largest neighbouring units,
 * the second left out when it is zero; what is smaller is dropped.
 *
 * Units:  seconds in; `out` of `cap` bytes, 24 are enough.
 */
void ir_duration_text(int64_t secs, char *out, size_t cap);

/* A span as a sentence says it, in the reader's language: "45 s", "48 min",
 * "1 h 5 min", "3 days 4 h".
 *
 * Units:  milliseconds, 0 or more.
 * Owns:   the caller frees with free().
 */
char *ir_time_span(int64_t ms);

/* Parse a moment as a person types it:
 *
 * - now, 今: exact
 * - 20m ago, 2h30m ago, 20分前, 2時間30分前: precision of the last unit
 * - 02:40, 2時40分, 2時半: minute; 02:40:15: second; 2時: hour; the last time
 *   it was that, today or yesterday
 * - yesterday 23:10, 昨日 23:10; also today, 今日, 本日, 一昨日, おととい
 * - 2026-11-21 02:40; also 2026/11/21 and 2026年11月21日
 * - 11-21 02:40, 11月21日 2時40分: the last such day
 * - 2026-11-21T02:40:15+09:00, ...Z, ...+0900; with .123: exact
 * - any of the days alone: precision day, when it began
 *
 * "The last" allows IR_TIME_AHEAD_S of the future, for a watch that is ahead.
 * A leading "~", "〜", "about ", "約" or a trailing "頃", "ごろ", "ころ" makes
 * the precision unsure. Fullwidth characters are read as ASCII, upper case as
 * lower. Anything else (also 11/21, and 24:00), and a moment that the zone
 * skips (summer time), is refused.
 *
 * Units:  UTC milliseconds, 0 or more; *prec gets an enum ir_precision.
 * Errors: IR_EPARSE with examples in the hint; outputs untouched.
 */
int ir_time_parse(const char *text, int64_t now_ms, int64_t *ms, int *prec,
                  struct ir_err *err);

/* Is `text` one of the words for "unknown": unknown, ?, 不明, わからない,
 * 分からない (any case, fullwidth too, spaces around it ignored)?
 */
bool ir_is_unknown(const char *text);

/* A date and a clock as the zone shows them; month and day from 1. */
struct ir_local {
    int year, month, day, hour, min, sec;
};

/* What the process's zone shows at a moment (before the year 1 and after 9999:
 * their ends), and the moment at which UTC shows `l`; a day outside its month
 * is carried over.
 *
 * Units:  UTC milliseconds.
 */
void ir_time_local(int64_t ms, struct ir_local *l);
int64_t ir_time_utc(const struct ir_local *l);

/* The moments at which the process's zone shows `l`: how many there are, in
 * `ms`, the earlier first. 1 nearly always; 2 when clocks went back; 0 when
 * they went forward over it, then ms[0] is as long after the gap's beginning
 * as `l` says.
 *
 * Units:  UTC milliseconds.
 */
int ir_time_from_local(const struct ir_local *l, int64_t ms[2]);

/* Does the date exist, in the years 1970 to 9999? */
bool ir_date_ok(int year, int month, int day);

/* Make `zone` ("Asia/Tokyo") the process's zone. Setting TZ alone is not
 * enough: the C library has to be told.
 *
 * Errors: IR_ENOTFOUND no such zone on this machine; the zone stays.
 * Thread: before threads start.
 */
int ir_time_zone_set(const char *zone, struct ir_err *err);

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
 * the day of `ms` itself is day 1 (if it is worked). 0 days end on the day of
 * `ms`, worked or not. An end that falls on a skipped local time moves forward;
 * of two, the later counts.
 *
 * Units:  UTC milliseconds.
 * Errors: IR_ELIMIT below 0 or over 400 days, or no business day in a year;
 *         *out untouched.
 */
int ir_time_add_days(int64_t ms, int days, bool first_counts,
                     const struct ir_calendar *cal, int64_t *out,
                     struct ir_err *err);

/* The same clock time `months` later (or earlier, if negative); the 31st
 * becomes the month's last day. A skipped clock time moves forward. The years
 * stay within 1970 to 9999.
 *
 * Units:  UTC milliseconds.
 */
int64_t ir_time_add_months(int64_t ms, int months);

#endif
