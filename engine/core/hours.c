/* hours.c: see hours.h. */
#include "core/hours.h"

#include <string.h>

#define DAYS_MAX 31 /* looked ahead for the next shift */

/* Minutes since midnight of "08:30"; -1: it is none. */
static int
minutes(const char *s)
{
    if (s == NULL || strlen(s) != 5 || s[2] != ':' || s[0] < '0' ||
        s[0] > '2' || s[1] < '0' || s[1] > '9' || s[3] < '0' || s[3] > '5' ||
        s[4] < '0' || s[4] > '9')
        return -1;
    return ((s[0] - '0') * 10 + s[1] - '0') * 60 + (s[3] - '0') * 10 + s[4] -
           '0';
}

void
ir_working_read(const struct ir_json *person, const struct ir_calendar *cal,
                struct ir_working *w)
{
    static const char *const names[] = {"sun", "mon", "tue", "wed",
                                        "thu", "fri", "sat"};
    const struct ir_json *o =
        person != NULL ? ir_json_get(person, "working") : NULL;
    const struct ir_json *days = o != NULL ? ir_json_get(o, "days") : NULL;
    size_t i, d;

    memset(w, 0, sizeof *w);
    if (days == NULL)
        return;
    w->from_min = minutes(ir_json_get_str(o, "from", NULL));
    w->to_min = minutes(ir_json_get_str(o, "to", NULL));
    if (w->from_min < 0 || w->to_min < 0 || w->from_min == w->to_min)
        return;
    for (i = 0; i < ir_json_len(days); i++) {
        const char *day = ir_json_str(ir_json_at(days, i));

        for (d = 0; day != NULL && d < 7; d++)
            w->wday[d] |= strcmp(day, names[d]) == 0;
    }
    w->holidays = cal != NULL;
    for (d = 0; d < 7; d++) {
        w->stated |= w->wday[d];
        w->holidays &= cal != NULL && (!w->wday[d] || cal->wday[d]);
    }
}

/* Is the day of `l` a holiday of the site? */
static bool
is_holiday(const struct ir_calendar *cal, const struct ir_local *l)
{
    int32_t date = l->year * 10000 + l->month * 100 + l->day;
    size_t i;

    for (i = 0; i < cal->holiday_n; i++)
        if (cal->holiday[i] == date)
            return true;
    return false;
}

/* The shift that begins `offset` days after the day `today`; false: none. */
static bool
shift(const struct ir_working *w, const struct ir_calendar *cal,
      const struct ir_local *today, int offset, int64_t *begin, int64_t *end)
{
    struct ir_local l = {.year = today->year,
                         .month = today->month,
                         .day = today->day + offset,
                         .hour = 12};
    int64_t ms[2];

    (void)ir_time_from_local(&l, ms);
    if (!w->wday[ir_time_wday(ms[0])])
        return false;
    ir_time_local(ms[0], &l); /* its month carried over */
    if (w->holidays && is_holiday(cal, &l))
        return false;
    l.hour = w->from_min / 60;
    l.min = w->from_min % 60;
    l.sec = 0;
    (void)ir_time_from_local(&l, ms);
    *begin = ms[0];
    l.day += w->to_min < w->from_min;
    l.hour = w->to_min / 60;
    l.min = w->to_min % 60;
    (void)ir_time_from_local(&l, ms);
    *end = ms[0];
    return *end > *begin;
}

enum ir_duty
ir_working_at(const struct ir_working *w, const struct ir_calendar *cal,
              int64_t ms, int64_t *change_ms)
{
    enum ir_duty duty = IR_DUTY_OFF;
    int64_t change = INT64_MAX, begin, end;
    struct ir_local today;
    int i;

    if (change_ms != NULL)
        *change_ms = INT64_MAX;
    if (!w->stated)
        return IR_DUTY_UNKNOWN;
    ir_time_local(ms, &today);
    /* yesterday's may go past midnight */
    for (i = -1; i < DAYS_MAX && change == INT64_MAX; i++) {
        if (!shift(w, cal, &today, i, &begin, &end) || end <= ms)
            continue;
        if (begin <= ms)
            duty = IR_DUTY_ON;
        change = begin <= ms ? end : begin;
    }
    if (change_ms != NULL)
        *change_ms = change;
    return duty;
}

int64_t
ir_working_opens(const struct ir_working *w, const struct ir_calendar *cal,
                 int64_t out_ms, int64_t now_ms)
{
    int64_t from = out_ms < now_ms ? out_ms : now_ms, opens;

    if (ir_working_at(w, cal, now_ms, NULL) != IR_DUTY_OFF ||
        ir_working_at(w, cal, from, &opens) != IR_DUTY_OFF)
        return 0;
    return opens - from < IR_HOURS_WAIT_MS ? opens : from + IR_HOURS_WAIT_MS;
}

bool
ir_means_at_work(const char *means)
{
    static const char *const words[] = {"radio", "fax",      "door",
                                        "board", "intercom", "megaphone",
                                        "pa",    "person"};
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(means, words[i]) == 0)
            return true;
    return false;
}

void
ir_duty_order(const enum ir_duty *duty, size_t n, size_t *order)
{
    static const enum ir_duty first[] = {IR_DUTY_ON, IR_DUTY_UNKNOWN,
                                         IR_DUTY_OFF};
    size_t i, k, m = 0;

    for (k = 0; k < sizeof first / sizeof first[0]; k++)
        for (i = 0; i < n; i++)
            if (duty[i] == first[k])
                order[m++] = i;
}
