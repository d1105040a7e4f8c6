/* time.c: see time.h. Reading what a person types is in moment.c. */
#include "base/time.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DAY_S 86400
#define DAYS_MAX 400
#define ZONE_DIR "/usr/share/zoneinfo"

int
ir_duration_parse(const char *text, size_t len, int64_t *secs,
                  struct ir_err *err)
{
    static const struct {
        char unit;
        int32_t secs;
    } units[] = {{'d', DAY_S}, {'h', 3600}, {'m', 60}, {'s', 1}};
    int64_t total = 0;
    size_t at = 0, next = 0;
    bool over = false;

    while (at < len) {
        size_t digits = at, unit = next;
        int64_t n = 0;

        for (; at < len && text[at] >= '0' && text[at] <= '9'; at++)
            n = n > IR_DURATION_MAX ? n : n * 10 + (text[at] - '0');
        while (unit < 4 && at < len && units[unit].unit != text[at])
            unit++;
        if (at == digits || at == len || unit == 4)
            goto malformed;
        over = over || n > IR_DURATION_MAX;
        total += n * units[unit].secs;
        next = unit + 1;
        at++;
    }
    if (over || total > IR_DURATION_MAX)
        return ir_fail(err, IR_ELIMIT, _("longer than 366 days"));
    if (total > 0) {
        *secs = total;
        return IR_OK;
    }
malformed:
    ir_fail(err, IR_EPARSE, _("not a duration"));
    ir_err_hint(err, _("Examples: 90s, 5m, 2h30m, 3d"));
    return IR_EPARSE;
}

void
ir_duration_text(int64_t secs, char *out, size_t cap)
{
    const char *minus = secs < 0 ? "-" : "";
    uint64_t s = secs < 0 ? 0 - (uint64_t)secs : (uint64_t)secs;
    uint64_t d = s / DAY_S, h = s / 3600 % 24, m = s / 60 % 60;

    if (d > 0 && h > 0)
        snprintf(out, cap, "%s%" PRIu64 "d%" PRIu64 "h", minus, d, h);
    else if (d > 0)
        snprintf(out, cap, "%s%" PRIu64 "d", minus, d);
    else if (h > 0 && m > 0)
        snprintf(out, cap, "%s%" PRIu64 "h%02" PRIu64 "m", minus, h, m);
    else if (h > 0)
        snprintf(out, cap, "%s%" PRIu64 "h", minus, h);
    else if (m > 0 && s % 60 > 0)
        snprintf(out, cap, "%s%" PRIu64 "m%02" PRIu64 "s", minus, m, s % 60);
    else if (m > 0)
        snprintf(out, cap, "%s%" PRIu64 "m", minus, m);
    else
        snprintf(out, cap, "%s%" PRIu64 "s", minus, s);
}

/* Seconds, rounded towards the past. */
static int64_t
whole_secs(int64_t ms)
{
    return ms / 1000 - (ms % 1000 < 0);
}

/* The zone's date and clock at a moment; what lies beyond a calendar is shown
 * as its end.
 */
static struct tm
zone_tm(int64_t ms)
{
    time_t t = (time_t)whole_secs(ms);
    struct tm tm;

    memset(&tm, 0, sizeof tm);
    if (t > IR_TIME_SECS_MAX)
        t = IR_TIME_SECS_MAX;
    if (t < IR_TIME_SECS_MIN)
        t = IR_TIME_SECS_MIN;
    if (localtime_r(&t, &tm) == NULL)
        abort(); /* cannot be, between those bounds */
    return tm;
}

void
ir_time_local(int64_t ms, struct ir_local *l)
{
    struct tm tm = zone_tm(ms);

    l->year = tm.tm_year + 1900;
    l->month = tm.tm_mon + 1;
    l->day = tm.tm_mday;
    l->hour = tm.tm_hour;
    l->min = tm.tm_min;
    l->sec = tm.tm_sec;
}

int64_t
ir_time_utc(const struct ir_local *l)
{
    struct tm tm = {
        .tm_year = l->year - 1900,
        .tm_mon = l->month - 1,
        .tm_mday = l->day,
        .tm_hour = l->hour,
        .tm_min = l->min,
        .tm_sec = l->sec,
    };

    return (int64_t)timegm(&tm) * 1000;
}

int
ir_time_from_local(const struct ir_local *l, int64_t ms[2])
{
    int64_t naive = ir_time_utc(l) / 1000;
    long before = zone_tm((naive - DAY_S) * 1000).tm_gmtoff;
    long after = zone_tm((naive + DAY_S) * 1000).tm_gmtoff;
    bool first = zone_tm((naive - before) * 1000).tm_gmtoff == before;
    bool second =
        after != before && zone_tm((naive - after) * 1000).tm_gmtoff == after;
    int n = 0;

    if (first)
        ms[n++] = (naive - before) * 1000;
    if (second)
        ms[n++] = (naive - after) * 1000;
    if (n == 0)
        ms[0] = (naive - before) * 1000; /* as far after the gap as it is in */
    return n;
}

bool
ir_date_ok(int year, int month, int day)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return year >= 1970 && year <= 9999 && month >= 1 && month <= 12 &&
           day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

int
ir_date_parse(const char *text, int32_t *out, struct ir_err *err)
{
    static const char form[] = "dddd-dd-dd";
    int v[3] = {0, 0, 0}, part = 0;
    size_t i;

    for (i = 0; form[i] != '\0'; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';

        if (form[i] == 'd' ? !digit : text[i] != form[i])
            break;
        if (digit)
            v[part] = v[part] * 10 + (text[i] - '0');
        else
            part++;
    }
    if (form[i] != '\0' || text[i] != '\0' || !ir_date_ok(v[0], v[1], v[2])) {
        char shown[48];

        ir_utf8_show(text, shown, sizeof shown);
        ir_fail(err, IR_EPARSE, _("\"%s\" is not a date"), shown);
        ir_err_hint(err, _("Write year, month, day: 2026-11-21"));
        return IR_EPARSE;
    }
    *out = v[0] * 10000 + v[1] * 100 + v[2];
    return IR_OK;
}

void
ir_time_text(int64_t ms, int64_t now_ms, char *out, size_t cap)
{
    struct ir_local l, now;

    ir_time_local(ms, &l);
    ir_time_local(now_ms, &now);
    if (l.year != now.year)
        snprintf(out, cap, "%04d-%02d-%02d %02d:%02d", l.year, l.month, l.day,
                 l.hour, l.min);
    else if (l.month != now.month || l.day != now.day)
        snprintf(out, cap, "%02d-%02d %02d:%02d", l.month, l.day, l.hour,
                 l.min);
    else
        snprintf(out, cap, "%02d:%02d", l.hour, l.min);
}

char *
ir_time_span(int64_t ms)
{
    long s = (long)(ms / 1000), m = s / 60, h = m / 60;

    if (s < 60)
        return ir_asprintf(_("%ld s"), s);
    if (m < 60)
        return ir_asprintf(_("%ld min"), m);
    if (h < 48 && m % 60 != 0)
        return ir_asprintf(_("%ld h %ld min"), h, m % 60);
    if (h < 48)
        return ir_asprintf(_("%ld h"), h);
    if (h % 24 != 0)
        return ir_asprintf(_("%ld days %ld h"), h / 24, h % 24);
    return ir_asprintf(_("%ld days"), h / 24);
}

void
ir_time_rfc3339(int64_t ms, char *out, size_t cap)
{
    int off = ir_time_offset_min(ms), east = off < 0 ? -off : off;
    struct ir_local l;

    ir_time_local(ms, &l);
    snprintf(out, cap, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", l.year,
             l.month, l.day, l.hour, l.min, l.sec, off < 0 ? '-' : '+',
             east / 60, east % 60);
}

int
ir_time_offset_min(int64_t ms)
{
    return (int)(zone_tm(ms).tm_gmtoff / 60);
}

int
ir_time_wday(int64_t ms)
{
    return zone_tm(ms).tm_wday;
}

static int
by_date(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* Is the day of `noon` (UTC seconds standing for a local date) worked? */
static bool
is_worked(int64_t noon, const struct ir_calendar *cal)
{
    time_t t = (time_t)noon;
    struct tm tm;
    int32_t date;

    if (cal == NULL)
        return true;
    gmtime_r(&t, &tm);
    date = (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
    return cal->wday[tm.tm_wday] &&
           (cal->holiday_n == 0 || bsearch(&date, cal->holiday, cal->holiday_n,
                                           sizeof date, by_date) == NULL);
}

int
ir_time_add_days(int64_t ms, int days, bool first_counts,
                 const struct ir_calendar *cal, int64_t *out,
                 struct ir_err *err)
{
    struct ir_local l;
    int64_t noon, ends[2];
    time_t t;
    struct tm tm;
    int left = days, idle = 0, n;

    if (days < 0 || days > DAYS_MAX)
        return ir_fail(err, IR_ELIMIT, _("%d days, but 0 to %d can be counted"),
                       days, DAYS_MAX);
    ir_time_local(ms, &l);
    l.hour = 12;
    l.min = l.sec = 0;
    noon = ir_time_utc(&l) / 1000;
    if (first_counts && left > 0 && is_worked(noon, cal))
        left--;
    while (left > 0) {
        noon += DAY_S;
        idle++;
        if (is_worked(noon, cal)) {
            left--;
            idle = 0;
        } else if (idle > 366) {
            return ir_fail(err, IR_ELIMIT, _("no business day within a year"));
        }
    }
    t = (time_t)noon;
    gmtime_r(&t, &tm);
    l = (struct ir_local){
        tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 23, 59, 59};
    n = ir_time_from_local(&l, ends);
    *out = ends[n == 2 ? 1 : 0];
    return IR_OK;
}

int64_t
ir_time_add_months(int64_t ms, int months)
{
    int64_t found[2], count;
    struct ir_local l;

    ir_time_local(ms, &l);
    count = (int64_t)l.year * 12 + l.month - 1 + months;
    if (count < 1970 * 12)
        count = 1970 * 12;
    if (count > 9999 * 12 + 11)
        count = 9999 * 12 + 11;
    l.year = (int)(count / 12);
    l.month = (int)(count % 12) + 1;
    while (l.day > 28 && !ir_date_ok(l.year, l.month, l.day))
        l.day--;
    ir_time_from_local(&l, found);
    return found[0] + (ms - whole_secs(ms) * 1000);
}

int
ir_time_zone_set(const char *zone, struct ir_err *err)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t n = strspn(zone, letters);
    bool found = false;

    if (n > 0 && n <= 64 && zone[n] == '\0' && zone[0] != '/') {
        char *path = ir_asprintf(ZONE_DIR "/%s", zone);

        found = access(path, R_OK) == 0;
        free(path);
    }
    if (!found) {
        char shown[80];

        ir_utf8_show(zone, shown, sizeof shown);
        ir_fail(err, IR_ENOTFOUND, _("unknown time zone \"%s\""), shown);
        ir_err_hint(err, _("Names look like Asia/Tokyo; the package tzdata "
                           "brings them."));
        return IR_ENOTFOUND;
    }
    setenv("TZ", zone, 1);
    tzset();
    return IR_OK;
}
