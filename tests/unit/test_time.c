/* test_time.c: durations and days as people write them, zones with and without
 * summer time, Japanese holidays. What people type is in test_moment.c.
 */
#include "moments.h"

static void
test_duration(void **state)
{
    static const struct {
        const char *text;
        int rc;
        int64_t secs;
    } cases[] = {
        {"4h30m", IR_OK, 16200},
        {"90s", IR_OK, 90},
        {"1s", IR_OK, 1},
        {"1d1h1m1s", IR_OK, 90061},
        {"05m", IR_OK, 300},
        {"0h5m", IR_OK, 300},
        {"366d", IR_OK, IR_DURATION_MAX},
        {"8784h", IR_OK, IR_DURATION_MAX},
        {"367d", IR_ELIMIT, 0},
        {"366d1s", IR_ELIMIT, 0},
        {"99999999999999999999999d", IR_ELIMIT, 0},
        {"31622401s", IR_ELIMIT, 0},
        {"", IR_EPARSE, 0},
        {"0s", IR_EPARSE, 0},
        {"0d0h0m0s", IR_EPARSE, 0},
        {"5", IR_EPARSE, 0},
        {"m", IR_EPARSE, 0},
        {"5x", IR_EPARSE, 0},
        {" 5m", IR_EPARSE, 0},
        {"5m ", IR_EPARSE, 0},
        {"5 m", IR_EPARSE, 0},
        {"5M", IR_EPARSE, 0},
        {"-5m", IR_EPARSE, 0},
        {"+5m", IR_EPARSE, 0},
        {"1.5h", IR_EPARSE, 0},
        {"30m4h", IR_EPARSE, 0},
        {"5m5m", IR_EPARSE, 0},
        {"5m3", IR_EPARSE, 0},
        {"４h", IR_EPARSE, 0},
        {"9999999d5x", IR_EPARSE, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_err err = {0};
        size_t len = strlen(cases[i].text);
        char *exact = malloc(len > 0 ? len : 1); /* no NUL after it */
        int64_t secs = 77;

        memcpy(exact, cases[i].text, len);
        ROW(i, ir_duration_parse(exact, len, &secs, &err) == cases[i].rc);
        ROW(i, err.code == cases[i].rc);
        ROW(i, secs == (cases[i].rc == IR_OK ? cases[i].secs : 77));
        free(exact);
    }
}

static void
test_duration_text(void **state)
{
    static const struct {
        int64_t secs;
        const char *text;
    } cases[] = {
        {0, "0s"},
        {45, "45s"},
        {60, "1m"},
        {65, "1m05s"},
        {750, "12m30s"},
        {2880, "48m"},
        {3600, "1h"},
        {3900, "1h05m"},
        {3901, "1h05m"},
        {86399, "23h59m"},
        {86400, "1d"},
        {86459, "1d"},
        {183600, "2d3h"},
        {-45, "-45s"},
        {-3900, "-1h05m"},
        {31622400, "366d"},
        {INT64_MAX, "106751991167300d15h"},
        {INT64_MIN, "-106751991167300d15h"},
    };
    char text[24];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ir_duration_text(cases[i].secs, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

static void
test_text(void **state)
{
    static const struct {
        const char *zone, *moment, *now, *text, *full;
    } cases[] = {
        {"Asia/Tokyo", "2026-11-21T02:40:15+09:00", NOW, "02:40",
         "2026-11-21T02:40:15+09:00"},
        {"Asia/Tokyo", "2026-11-20T23:10:00+09:00", NOW, "11-20 23:10",
         "2026-11-20T23:10:00+09:00"},
        {"Asia/Tokyo", "2025-11-21T02:40:00+09:00", NOW, "2025-11-21 02:40",
         "2025-11-21T02:40:00+09:00"},
        {"Asia/Tokyo", "2026-11-20T18:00:00+00:00", NOW, "03:00",
         "2026-11-21T03:00:00+09:00"},
        {"America/New_York", "2026-11-01T01:30:00-04:00",
         "2026-11-01T12:00:00-05:00", "01:30", "2026-11-01T01:30:00-04:00"},
        {"America/St_Johns", "2026-01-01T00:00:00-03:30",
         "2026-01-01T12:00:00-03:30", "00:00", "2026-01-01T00:00:00-03:30"},
        {"Asia/Kathmandu", "2026-01-01T00:00:00+05:45",
         "2026-01-01T12:00:00+05:45", "00:00", "2026-01-01T00:00:00+05:45"},
        {"UTC", "1970-01-01T00:00:00+00:00", NOW, "1970-01-01 00:00",
         "1970-01-01T00:00:00+00:00"},
        {"UTC", "1969-12-31T23:59:59+00:00", NOW, "1969-12-31 23:59",
         "1969-12-31T23:59:59+00:00"},
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        zone(cases[i].zone);
        ir_time_text(at(cases[i].moment), at(cases[i].now), text, 24);
        assert_string_equal(text, cases[i].text);
        ir_time_rfc3339(at(cases[i].moment), text, sizeof text);
        assert_string_equal(text, cases[i].full);
    }
    /* half a second before 1970 is still 1969 */
    zone("UTC");
    ir_time_rfc3339(-500, text, sizeof text);
    assert_string_equal(text, "1969-12-31T23:59:59+00:00");
    /* what no calendar holds does not crash, nor overflow the buffer */
    ir_time_rfc3339(INT64_MAX, text, sizeof text);
    assert_string_equal(text, "9999-12-31T00:00:00+00:00");
    ir_time_rfc3339(INT64_MIN, text, sizeof text);
    assert_int_equal(strlen(text), 25);
    ir_time_text(INT64_MAX, INT64_MIN, text, 24);
    assert_string_equal(text, "9999-12-31 00:00");
}

static void
test_zone(void **state)
{
    static const char *const bad[] = {"",
                                      "Asia/Atlantis",
                                      "../etc/passwd",
                                      "/etc/passwd",
                                      "Asia/../UTC",
                                      "Asia/Tokyo\n",
                                      "Asia Tokyo"};
    struct ir_err err;

    (void)state;
    zone("Asia/Tokyo");
    assert_int_equal(ir_time_offset_min(at(NOW)), 540);
    assert_int_equal(ir_time_wday(at(NOW)), 6);
    for (size_t i = 0; i < COUNT(bad); i++)
        ROW(i, ir_time_zone_set(bad[i], &err) == IR_ENOTFOUND);
    assert_string_equal(getenv("TZ"), "Asia/Tokyo");
    zone("America/St_Johns");
    assert_int_equal(ir_time_offset_min(at("2026-01-01T00:00:00+00:00")), -210);
    assert_int_equal(ir_time_offset_min(at("2026-07-01T00:00:00+00:00")), -150);
    zone("America/New_York");
    assert_int_equal(ir_time_wday(at(NOW)), 5);
    assert_int_equal(ir_time_wday(at("2026-11-22T12:00:00-05:00")), 0);
}

static void
test_from_local(void **state)
{
    static const struct ir_local once = {2026, 7, 1, 12, 0, 0},
                                 skipped = {2026, 3, 8, 2, 30, 0},
                                 twice = {2026, 11, 1, 1, 30, 0};
    struct ir_local back;
    int64_t ms[2];

    (void)state;
    zone("America/New_York");
    assert_int_equal(ir_time_from_local(&once, ms), 1);
    assert_int_equal(ms[0], at("2026-07-01T12:00:00-04:00"));
    assert_int_equal(ir_time_from_local(&skipped, ms), 0);
    assert_int_equal(ms[0], at("2026-03-08T03:30:00-04:00"));
    assert_int_equal(ir_time_from_local(&twice, ms), 2);
    assert_int_equal(ms[0], at("2026-11-01T01:30:00-04:00"));
    assert_int_equal(ms[1], at("2026-11-01T01:30:00-05:00"));
    ir_time_local(ms[1], &back);
    assert_memory_equal(&back, &twice, sizeof back);
}

static void
test_date(void **state)
{
    static const struct {
        const char *text;
        int32_t date;
    } cases[] = {
        {"2026-11-21", 20261121}, {"2024-02-29", 20240229},
        {"2000-02-29", 20000229}, {"1970-01-01", 19700101},
        {"9999-12-31", 99991231}, {"2026-02-29", 0},
        {"2100-02-29", 0},        {"2026-00-10", 0},
        {"2026-13-10", 0},        {"2026-01-00", 0},
        {"2026-01-32", 0},        {"2026-04-31", 0},
        {"1969-12-31", 0},        {"0000-01-01", 0},
        {"2026-1-1", 0},          {"2026-11-21 ", 0},
        {" 2026-11-21", 0},       {"2026/11/21", 0},
        {"20261121", 0},          {"2026-11-2", 0},
        {"2026-11-211", 0},       {"", 0},
        {"2026-11-2１", 0},       {"-026-11-21", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_err err = {0};
        int32_t date = -77;
        int rc = ir_date_parse(cases[i].text, &date, &err);

        ROW(i, rc == (cases[i].date != 0 ? IR_OK : IR_EPARSE));
        ROW(i, date == (cases[i].date != 0 ? cases[i].date : -77));
        ROW(i, err.code == rc);
    }
}

/* Japan's public holidays of 2026, and the days around New Year on which
 * offices are closed. Source: Act on National Holidays (Act 178 of 1948), and
 * the Act on Holidays of Administrative Organs (Act 91 of 1988).
 */
static const int32_t japan[] = {
    20260101, 20260102, 20260112, 20260211, 20260223, 20260320,
    20260429, 20260503, 20260504, 20260505, 20260506, 20260720,
    20260811, 20260921, 20260922, 20260923, 20261012, 20261103,
    20261123, 20261229, 20261230, 20261231, 20270101,
};

static const struct ir_calendar weekdays = {
    .wday = {false, true, true, true, true, true, false},
    .holiday = japan,
    .holiday_n = COUNT(japan),
};

static void
test_add_days(void **state)
{
    static const struct {
        const char *zone, *from;
        int days;
        bool first, business;
        const char *end;
    } cases[] = {
        {"Asia/Tokyo", NOW, 0, false, false, "2026-11-21T23:59:59+09:00"},
        {"Asia/Tokyo", NOW, 1, false, false, "2026-11-22T23:59:59+09:00"},
        {"Asia/Tokyo", NOW, 1, true, false, "2026-11-21T23:59:59+09:00"},
        {"Asia/Tokyo", NOW, 3, true, false, "2026-11-23T23:59:59+09:00"},
        {"Asia/Tokyo", NOW, 30, false, false, "2026-12-21T23:59:59+09:00"},
        {"Asia/Tokyo", NOW, 400, false, false, "2027-12-26T23:59:59+09:00"},
        /* Saturday, Sunday, then the holiday of 23 November */
        {"Asia/Tokyo", NOW, 1, false, true, "2026-11-24T23:59:59+09:00"},
        {"Asia/Tokyo", NOW, 1, true, true, "2026-11-24T23:59:59+09:00"},
        {"Asia/Tokyo", NOW, 3, false, true, "2026-11-26T23:59:59+09:00"},
        {"Asia/Tokyo", NOW, 0, true, true, "2026-11-21T23:59:59+09:00"},
        /* Golden Week: Tuesday 28 April */
        {"Asia/Tokyo", "2026-04-28T09:00:00+09:00", 1, false, true,
         "2026-04-30T23:59:59+09:00"},
        {"Asia/Tokyo", "2026-04-28T09:00:00+09:00", 1, true, true,
         "2026-04-28T23:59:59+09:00"},
        {"Asia/Tokyo", "2026-04-28T09:00:00+09:00", 3, false, true,
         "2026-05-07T23:59:59+09:00"},
        {"Asia/Tokyo", "2026-04-28T09:00:00+09:00", 4, true, true,
         "2026-05-07T23:59:59+09:00"},
        /* Saturday to Wednesday in September, and New Year */
        {"Asia/Tokyo", "2026-09-18T23:59:59+09:00", 1, false, true,
         "2026-09-24T23:59:59+09:00"},
        {"Asia/Tokyo", "2026-12-28T00:00:00+09:00", 1, false, true,
         "2027-01-04T23:59:59+09:00"},
        /* the day is that of the zone, not of UTC */
        {"Asia/Tokyo", "2026-11-24T00:30:00+09:00", 1, false, true,
         "2026-11-25T23:59:59+09:00"},
        /* across summer time, and where midnight itself is skipped */
        {"America/New_York", "2026-03-07T12:00:00-05:00", 1, false, false,
         "2026-03-08T23:59:59-04:00"},
        {"America/New_York", "2026-10-31T12:00:00-04:00", 1, false, false,
         "2026-11-01T23:59:59-05:00"},
        {"Pacific/Apia", "2011-12-29T12:00:00-10:00", 1, false, false,
         "2011-12-31T23:59:59+14:00"},
        /* clocks went from 24:00 back to 23:00: the later end */
        {"America/Santiago", "2026-04-03T12:00:00-03:00", 1, false, false,
         "2026-04-04T23:59:59-04:00"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_err err = {0};
        int64_t end = -77;
        int rc;

        zone(cases[i].zone);
        rc = ir_time_add_days(at(cases[i].from), cases[i].days, cases[i].first,
                              cases[i].business ? &weekdays : NULL, &end, &err);
        ROW(i, rc == IR_OK);
        if (end != at(cases[i].end)) {
            char text[32];

            ir_time_rfc3339(end, text, sizeof text);
            fail_msg("row %zu: %s", i, text);
        }
    }
}

static void
test_add_days_refused(void **state)
{
    static const struct ir_calendar never = {.wday = {false}};
    struct ir_err err = {0};
    int64_t end = -77;

    (void)state;
    zone("Asia/Tokyo");
    assert_int_equal(ir_time_add_days(0, 401, false, NULL, &end, &err),
                     IR_ELIMIT);
    assert_int_equal(ir_time_add_days(0, -1, false, NULL, &end, &err),
                     IR_ELIMIT);
    assert_int_equal(ir_time_add_days(0, 1, false, &never, &end, &err),
                     IR_ELIMIT);
    assert_int_equal(ir_time_add_days(0, 1, true, &never, &end, &err),
                     IR_ELIMIT);
    assert_int_equal(end, -77);
    assert_int_equal(ir_time_add_days(0, 0, true, &never, &end, &err), IR_OK);
}

static void
test_add_months(void **state)
{
    static const struct {
        const char *zone, *from;
        int months;
        const char *to;
    } cases[] = {
        {"Asia/Tokyo", NOW, 1, "2026-12-21T02:40:33+09:00"},
        {"Asia/Tokyo", NOW, 0, NOW},
        {"Asia/Tokyo", NOW, 2, "2027-01-21T02:40:33+09:00"},
        {"Asia/Tokyo", NOW, 12, "2027-11-21T02:40:33+09:00"},
        {"Asia/Tokyo", NOW, -11, "2025-12-21T02:40:33+09:00"},
        {"Asia/Tokyo", "2026-08-31T10:00:00+09:00", 1,
         "2026-09-30T10:00:00+09:00"},
        {"Asia/Tokyo", "2026-08-31T10:00:00+09:00", 6,
         "2027-02-28T10:00:00+09:00"},
        {"Asia/Tokyo", "2023-08-31T10:00:00+09:00", 6,
         "2024-02-29T10:00:00+09:00"},
        {"Asia/Tokyo", "2024-02-29T10:00:00+09:00", 12,
         "2025-02-28T10:00:00+09:00"},
        {"America/New_York", "2026-02-08T02:30:00-05:00", 1,
         "2026-03-08T03:30:00-04:00"},
        {"America/New_York", "2026-01-15T12:00:00-05:00", 6,
         "2026-07-15T12:00:00-04:00"},
        {"UTC", NOW, INT32_MAX, "9999-12-20T17:40:33+00:00"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        zone(cases[i].zone);
        ROW(i, ir_time_add_months(at(cases[i].from) + 250, cases[i].months) ==
                   at(cases[i].to) + 250);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_duration),
        cmocka_unit_test(test_duration_text),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_zone),
        cmocka_unit_test(test_from_local),
        cmocka_unit_test(test_date),
        cmocka_unit_test(test_add_days),
        cmocka_unit_test(test_add_days_refused),
        cmocka_unit_test(test_add_months),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
