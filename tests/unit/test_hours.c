/* test_hours.c: who is at work when, and what waits for whom. */
#include "core/hours.h"
#include "unit.h"

#include <stdlib.h>

#define MIN INT64_C(60000)
#define HOUR (60 * MIN)
#define DAY (24 * HOUR)

#define DAY_SHIFT                                                              \
    "{\"working\":{\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\"],"        \
    "\"from\":\"08:30\",\"to\":\"17:15\"}}"
#define NIGHT                                                                  \
    "{\"working\":{\"days\":[\"sun\",\"mon\",\"tue\",\"wed\",\"thu\","         \
    "\"fri\",\"sat\"],\"from\":\"22:00\",\"to\":\"06:00\"}}"
#define FRIDAY_NIGHT                                                           \
    "{\"working\":{\"days\":[\"fri\"],\"from\":\"22:00\",\"to\":\"06:00\"}}"

/* A Monday holiday, after the weekend of 21 and 22 November 2026. */
static const int32_t off[] = {20261123};
static const struct ir_calendar cal = {
    .wday = {false, true, true, true, true, true, false},
    .holiday = off,
    .holiday_n = 1};

static int64_t
at(const char *text)
{
    int64_t ms = 0;
    int prec;

    assert_int_equal(ir_time_parse(text, 0, &ms, &prec, NULL), IR_OK);
    return ms;
}

static void
working(const char *text, struct ir_working *w)
{
    struct ir_json *j = NULL;

    assert_int_equal(ir_json_parse(text, strlen(text), &j, NULL), IR_OK);
    ir_working_read(j, &cal, w);
    ir_json_free(j);
}

static void
at_work(void **state)
{
    static const struct {
        const char *zone, *who, *now;
        enum ir_duty duty;
        const char *until; /* NULL: not within a month */
    } cases[] = {
        {"Asia/Tokyo", "{}", "2026-11-20T12:00:00+09:00", IR_DUTY_UNKNOWN,
         NULL},
        {"Asia/Tokyo", DAY_SHIFT, "2026-11-20T08:29:59+09:00", IR_DUTY_OFF,
         "2026-11-20T08:30:00+09:00"},
        {"Asia/Tokyo", DAY_SHIFT, "2026-11-20T08:30:00+09:00", IR_DUTY_ON,
         "2026-11-20T17:15:00+09:00"},
        /* Friday evening; Monday is a holiday of the site */
        {"Asia/Tokyo", DAY_SHIFT, "2026-11-20T17:15:00+09:00", IR_DUTY_OFF,
         "2026-11-24T08:30:00+09:00"},
        /* the same moment where the site is elsewhere: still Friday noon */
        {"Europe/Berlin", DAY_SHIFT, "2026-11-20T17:15:00+09:00", IR_DUTY_ON,
         "2026-11-20T17:15:00+01:00"},
        /* past midnight, the day after the shift began; shifts have no
         * holidays */
        {"Asia/Tokyo", NIGHT, "2026-11-23T02:40:00+09:00", IR_DUTY_ON,
         "2026-11-23T06:00:00+09:00"},
        {"Asia/Tokyo", NIGHT, "2026-11-23T06:00:00+09:00", IR_DUTY_OFF,
         "2026-11-23T22:00:00+09:00"},
        {"Asia/Tokyo", NIGHT, "2026-11-23T23:59:00+09:00", IR_DUTY_ON,
         "2026-11-24T06:00:00+09:00"},
        /* Friday's shift ends on Saturday; on Friday morning there is none */
        {"Asia/Tokyo", FRIDAY_NIGHT, "2026-11-21T05:00:00+09:00", IR_DUTY_ON,
         "2026-11-21T06:00:00+09:00"},
        {"Asia/Tokyo", FRIDAY_NIGHT, "2026-11-20T05:00:00+09:00", IR_DUTY_OFF,
         "2026-11-20T22:00:00+09:00"},
        /* clocks go forward over 02:30 (they come an hour later), and back */
        {"Europe/Berlin", NIGHT, "2026-03-29T03:30:00+02:00", IR_DUTY_ON,
         "2026-03-29T06:00:00+02:00"},
        {"Europe/Berlin", NIGHT, "2026-10-25T02:30:00+01:00", IR_DUTY_ON,
         "2026-10-25T06:00:00+01:00"},
    };
    struct ir_working w;
    int64_t until;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(ir_time_zone_set(cases[i].zone, NULL), IR_OK);
        working(cases[i].who, &w);
        ROW(i,
            ir_working_at(&w, &cal, at(cases[i].now), &until) == cases[i].duty);
        ROW(i,
            until == (cases[i].until != NULL ? at(cases[i].until) : INT64_MAX));
    }
}

/* What cannot be meant says nothing: nobody waits because of it. */
static void
not_stated(void **state)
{
    static const char *const bad[] = {
        "{\"working\":{}}",
        "{\"working\":{\"days\":[],\"from\":\"08:30\",\"to\":\"17:15\"}}",
        "{\"working\":{\"days\":[\"mon\"],\"from\":\"8:30\",\"to\":\"17:15\"}}",
        "{\"working\":{\"days\":[\"mon\"],\"from\":\"08:30\"}}",
        "{\"working\":{\"days\":[\"mon\"],\"from\":\"08:00\",\"to\":\"08:00\"}"
        "}",
        "{\"working\":{\"days\":[\"x\"],\"from\":\"08:00\",\"to\":\"09:00\"}}",
    };
    struct ir_working w;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        working(bad[i], &w);
        ROW(i, !w.stated);
        ROW(i, ir_working_opens(&w, &cal, 0, 0) == 0);
    }
    ir_working_read(NULL, &cal, &w);
    assert_false(w.stated);
}

static void
waits(void **state)
{
    static const struct {
        const char *out, *now, *opens; /* NULL: at once */
    } cases[] = {
        /* in their hours */
        {"2026-11-19T10:00:00+09:00", "2026-11-19T10:00:00+09:00", NULL},
        /* at night: till the morning, also as seen later that night */
        {"2026-11-18T22:00:00+09:00", "2026-11-18T22:00:00+09:00",
         "2026-11-19T08:30:00+09:00"},
        {"2026-11-18T22:00:00+09:00", "2026-11-19T08:29:00+09:00",
         "2026-11-19T08:30:00+09:00"},
        {"2026-11-18T22:00:00+09:00", "2026-11-19T08:30:00+09:00", NULL},
        /* and once that has passed it is not put off again */
        {"2026-11-18T22:00:00+09:00", "2026-11-19T20:00:00+09:00",
         "2026-11-19T08:30:00+09:00"},
        /* it went out while they were at work, and was not sent by then */
        {"2026-11-19T17:00:00+09:00", "2026-11-19T17:20:00+09:00", NULL},
        /* Friday evening before a long weekend: three days at most */
        {"2026-11-20T18:00:00+09:00", "2026-11-20T18:00:00+09:00",
         "2026-11-23T18:00:00+09:00"},
        /* the clock was set back by weeks: as if it went out now */
        {"2026-11-25T22:00:00+09:00", "2026-11-04T22:00:00+09:00",
         "2026-11-05T08:30:00+09:00"},
    };
    struct ir_working w;

    (void)state;
    assert_int_equal(ir_time_zone_set("Asia/Tokyo", NULL), IR_OK);
    working(DAY_SHIFT, &w);
    for (size_t i = 0; i < COUNT(cases); i++)
        ROW(i, ir_working_opens(&w, &cal, at(cases[i].out), at(cases[i].now)) ==
                   (cases[i].opens != NULL ? at(cases[i].opens) : 0));
}

/* Whatever the clock does, nobody waits longer than the rule says. */
static void
no_longer(void **state)
{
    static const char *const who[] = {DAY_SHIFT, NIGHT, FRIDAY_NIGHT};
    struct ir_working w;
    int64_t t0, t, opens;
    size_t i;

    (void)state;
    assert_int_equal(ir_time_zone_set("Asia/Tokyo", NULL), IR_OK);
    t0 = at("2026-11-16T00:00:00+09:00");
    for (i = 0; i < COUNT(who); i++) {
        working(who[i], &w);
        for (t = t0; t < t0 + 10 * DAY; t += 47 * MIN) {
            opens = ir_working_opens(&w, &cal, t + DAY, t);
            assert_true(opens == 0 || opens > t);
            assert_true(opens <= t + IR_HOURS_WAIT_MS);
            assert_true(ir_working_opens(&w, &cal, t, t + IR_HOURS_WAIT_MS) <=
                        t + IR_HOURS_WAIT_MS);
        }
    }
}

static void
order(void **state)
{
    static const enum ir_duty duty[] = {IR_DUTY_OFF, IR_DUTY_UNKNOWN,
                                        IR_DUTY_ON, IR_DUTY_OFF, IR_DUTY_ON};
    static const size_t want[] = {2, 4, 1, 0, 3};
    size_t got[5];

    (void)state;
    ir_duty_order(duty, 5, got);
    assert_memory_equal(got, want, sizeof want);
    assert_true(ir_means_at_work("radio"));
    assert_false(ir_means_at_work("phone"));
    assert_false(ir_means_at_work("sms"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_work), cmocka_unit_test(not_stated),
        cmocka_unit_test(waits),   cmocka_unit_test(no_longer),
        cmocka_unit_test(order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
