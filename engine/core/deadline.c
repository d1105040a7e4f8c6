/* deadline.c: see deadline.h. */
#include "core/deadline.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S 86400
#define DAYS_MAX 400
#define MONTHS_MAX 12

/* A number of `j` in 1..max, else 0. */
static int
small(const struct ir_json *j, const char *key, int max)
{
    int64_t v = ir_json_get_int(j, key, 0);

    return v >= 1 && v <= max ? (int)v : 0;
}

static enum ir_counts_from
counts_from(const struct ir_json *j)
{
    const char *s = ir_json_get_str(j, "counts_from", "");

    return strcmp(s, "previous") == 0        ? IR_FROM_PREVIOUS
           : strcmp(s, "determination") == 0 ? IR_FROM_DETERMINATION
                                             : IR_FROM_AWARENESS;
}

bool
ir_deadline_find(const struct ir_json *site, const char *id,
                 struct ir_deadline *d)
{
    const struct ir_json *list = ir_json_get(site, "deadlines");
    size_t i, n = ir_json_is_arr(list) ? ir_json_len(list) : 0;

    for (i = 0; i < n; i++) {
        const struct ir_json *j = ir_json_at(list, i);

        if (strcmp(ir_json_get_str(j, "id", ""), id) != 0)
            continue;
        memset(d, 0, sizeof *d);
        d->json = j;
        d->id = ir_json_get_str(j, "id", NULL);
        d->from = counts_from(j);
        d->duration_s = ir_json_get_int(j, "duration", 0);
        if (d->duration_s < 0 || d->duration_s > IR_DURATION_MAX)
            d->duration_s = 0;
        d->target_days = small(j, "target_days", DAYS_MAX);
        d->latest_days = small(j, "latest_days", DAYS_MAX);
        if (d->target_days == 0)
            d->target_days = d->latest_days;
        d->months = small(j, "months", MONTHS_MAX);
        d->first_counts = ir_json_get_bool(j, "first_day_counts", false);
        d->business = strcmp(ir_json_get_str(j, "days", ""), "business") == 0;
        d->next = ir_json_get_str(j, "next", NULL);
        return d->duration_s > 0 || d->target_days > 0 || d->months > 0;
    }
    return false;
}

static int
by_date(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return x < y ? -1 : x > y;
}

void
ir_site_calendar_init(const struct ir_json *site, struct ir_site_calendar *c)
{
    static const char *const names[] = {"sun", "mon", "tue", "wed",
                                        "thu", "fri", "sat"};
    const struct ir_json *b = ir_json_get(site, "business");
    const struct ir_json *days = ir_json_get(b, "days");
    const struct ir_json *off = ir_json_get(b, "holidays");
    size_t i, d, n = 0;

    memset(c, 0, sizeof *c);
    for (d = 0; d < 7; d++)
        c->cal.wday[d] = !ir_json_is_arr(days) && d >= 1 && d <= 5;
    for (i = 0; i < ir_json_len(days); i++) {
        const char *day = ir_json_str(ir_json_at(days, i));

        for (d = 0; day != NULL && d < 7; d++)
            if (strcmp(day, names[d]) == 0)
                c->cal.wday[d] = true;
    }
    c->days = ir_calloc(ir_json_len(off) + 1, sizeof c->days[0]);
    for (i = 0; i < ir_json_len(off); i++) {
        const char *day = ir_json_str(ir_json_at(off, i));

        if (day != NULL && ir_date_parse(day, &c->days[n], NULL) == IR_OK)
            n++;
    }
    qsort(c->days, n, sizeof c->days[0], by_date);
    c->cal.holiday = c->days;
    c->cal.holiday_n = n;
}

void
ir_site_calendar_done(struct ir_site_calendar *c)
{
    free(c->days);
    memset(c, 0, sizeof *c);
}

int
ir_deadline_due(const struct ir_deadline *d, const struct ir_calendar *cal,
                int64_t from_ms, int64_t *due_ms, int64_t *latest_ms,
                struct ir_err *err)
{
    const struct ir_calendar *worked = d->business ? cal : NULL;
    int64_t due = 0, latest = 0;
    int rc = IR_OK;

    if (d->target_days > 0) {
        rc = ir_time_add_days(from_ms, d->target_days, d->first_counts, worked,
                              &due, err);
        if (rc == IR_OK && d->latest_days > d->target_days)
            rc = ir_time_add_days(from_ms, d->latest_days, d->first_counts,
                                  worked, &latest, err);
    } else if (d->months > 0) {
        due = ir_time_add_months(from_ms, d->months);
    } else if (worked != NULL && d->duration_s % DAY_S == 0) {
        rc = ir_time_add_days(from_ms, (int)(d->duration_s / DAY_S),
                              d->first_counts, worked, &due, err);
    } else {
        due = from_ms + d->duration_s * 1000;
    }
    if (rc != IR_OK)
        return rc;
    *due_ms = due;
    *latest_ms = latest;
    return IR_OK;
}
