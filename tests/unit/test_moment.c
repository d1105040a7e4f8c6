/* test_moment.c: moments as people type them at night, in both languages; and
 * what zones with summer time make of them.
 */
#include "moments.h"

static const struct {
    const char *text, *is; /* NULL: refused */
    int prec;
} moments[] = {
    {"now", NOW, IR_PREC_EXACT},
    {"今", NOW, IR_PREC_EXACT},
    {"02:40", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"2:40", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {" 02:40 ", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"02:40:15", "2026-11-21T02:40:15+09:00", IR_PREC_SECOND},
    {"02:40:15.5", "2026-11-21T02:40:15+09:00", IR_PREC_EXACT},
    {"00:00", "2026-11-21T00:00:00+09:00", IR_PREC_MINUTE},
    /* a watch a few minutes ahead means today, not yesterday */
    {"02:45", "2026-11-21T02:45:00+09:00", IR_PREC_MINUTE},
    {"02:46", "2026-11-20T02:46:00+09:00", IR_PREC_MINUTE},
    {"23:10", "2026-11-20T23:10:00+09:00", IR_PREC_MINUTE},
    {"０２：４０", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"　２：０５　", "2026-11-21T02:05:00+09:00", IR_PREC_MINUTE},
    {"2時40分", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"2時5分", "2026-11-21T02:05:00+09:00", IR_PREC_MINUTE},
    {"2時半", "2026-11-21T02:30:00+09:00", IR_PREC_MINUTE},
    {"2時40分5秒", "2026-11-21T02:40:05+09:00", IR_PREC_SECOND},
    {"2時", "2026-11-21T02:00:00+09:00", IR_PREC_HOUR},
    {"２３時頃", "2026-11-20T23:00:00+09:00", IR_PREC_UNSURE},
    {"2am", "2026-11-21T02:00:00+09:00", IR_PREC_HOUR},
    {"2:40 a.m.", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"11:10PM", "2026-11-20T23:10:00+09:00", IR_PREC_MINUTE},
    {"12:30 am", "2026-11-21T00:30:00+09:00", IR_PREC_MINUTE},
    {"yesterday 12:05 pm", "2026-11-20T12:05:00+09:00", IR_PREC_MINUTE},
    {"午後11時10分", "2026-11-20T23:10:00+09:00", IR_PREC_MINUTE},
    {"昨日 午前2時", "2026-11-20T02:00:00+09:00", IR_PREC_HOUR},
    {"午後 １１：１０", "2026-11-20T23:10:00+09:00", IR_PREC_MINUTE},
    {"13:00 pm", NULL, 0},
    {"2 amp", NULL, 0},
    {"午前", NULL, 0},
    {"20m ago", "2026-11-21T02:20:33+09:00", IR_PREC_MINUTE},
    {"20M AGO", "2026-11-21T02:20:33+09:00", IR_PREC_MINUTE},
    {"20mago", "2026-11-21T02:20:33+09:00", IR_PREC_MINUTE},
    {"2h30m ago", "2026-11-21T00:10:33+09:00", IR_PREC_MINUTE},
    {"2h ago", "2026-11-21T00:40:33+09:00", IR_PREC_HOUR},
    {"30s ago", "2026-11-21T02:40:03+09:00", IR_PREC_SECOND},
    {"3d ago", "2026-11-18T02:40:33+09:00", IR_PREC_DAY},
    {"20分前", "2026-11-21T02:20:33+09:00", IR_PREC_MINUTE},
    {"２０分前", "2026-11-21T02:20:33+09:00", IR_PREC_MINUTE},
    {"2時間30分前", "2026-11-21T00:10:33+09:00", IR_PREC_MINUTE},
    {"2時間前", "2026-11-21T00:40:33+09:00", IR_PREC_HOUR},
    {"3日前", "2026-11-18T02:40:33+09:00", IR_PREC_DAY},
    {"20分 前", "2026-11-21T02:20:33+09:00", IR_PREC_MINUTE},
    {"yesterday 23:10", "2026-11-20T23:10:00+09:00", IR_PREC_MINUTE},
    {"Yesterday", "2026-11-20T00:00:00+09:00", IR_PREC_DAY},
    {"today 02:00", "2026-11-21T02:00:00+09:00", IR_PREC_MINUTE},
    {"today 23:00", "2026-11-21T23:00:00+09:00", IR_PREC_MINUTE},
    {"昨日 23:10", "2026-11-20T23:10:00+09:00", IR_PREC_MINUTE},
    {"昨日23時10分", "2026-11-20T23:10:00+09:00", IR_PREC_MINUTE},
    {"きのう　２３：１０", "2026-11-20T23:10:00+09:00", IR_PREC_MINUTE},
    {"一昨日 23:10", "2026-11-19T23:10:00+09:00", IR_PREC_MINUTE},
    {"本日 02:00", "2026-11-21T02:00:00+09:00", IR_PREC_MINUTE},
    {"2026-11-21 02:40", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"2026-11-21T02:40:15+09:00", "2026-11-21T02:40:15+09:00", IR_PREC_SECOND},
    {"2026-11-21t02:40:15z", "2026-11-21T02:40:15+00:00", IR_PREC_SECOND},
    {"2026-11-20T17:40:15Z", "2026-11-21T02:40:15+09:00", IR_PREC_SECOND},
    {"2026-11-20T17:40:15.123456789Z", "2026-11-21T02:40:15+09:00",
     IR_PREC_EXACT},
    {"2026-11-20 12:40 -0500", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"2026-11-20 23:25+05:45", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"2026-11-21", "2026-11-21T00:00:00+09:00", IR_PREC_DAY},
    {"2026/11/21 02:40", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"2026年11月21日 2時40分", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"2026年11月21日", "2026-11-21T00:00:00+09:00", IR_PREC_DAY},
    {"２０２６ー１１ー２１　０２：４０", "2026-11-21T02:40:00+09:00",
     IR_PREC_MINUTE},
    {"11-21 02:40", "2026-11-21T02:40:00+09:00", IR_PREC_MINUTE},
    {"11-21", "2026-11-21T00:00:00+09:00", IR_PREC_DAY},
    {"11-21 02:50", "2025-11-21T02:50:00+09:00", IR_PREC_MINUTE},
    {"12-31 23:00", "2025-12-31T23:00:00+09:00", IR_PREC_MINUTE},
    {"11月20日 2時半", "2026-11-20T02:30:00+09:00", IR_PREC_MINUTE},
    {"02-29 10:00", "2024-02-29T10:00:00+09:00", IR_PREC_MINUTE},
    {"2027-01-15 09:00", "2027-01-15T09:00:00+09:00", IR_PREC_MINUTE},
    {"~02:40", "2026-11-21T02:40:00+09:00", IR_PREC_UNSURE},
    {"～02:40", "2026-11-21T02:40:00+09:00", IR_PREC_UNSURE},
    {"〜02:40", "2026-11-21T02:40:00+09:00", IR_PREC_UNSURE},
    {"About 02:40", "2026-11-21T02:40:00+09:00", IR_PREC_UNSURE},
    {"02:40頃", "2026-11-21T02:40:00+09:00", IR_PREC_UNSURE},
    {"02:40 ごろ", "2026-11-21T02:40:00+09:00", IR_PREC_UNSURE},
    {"約20分前", "2026-11-21T02:20:33+09:00", IR_PREC_UNSURE},
    {"~20m ago", "2026-11-21T02:20:33+09:00", IR_PREC_UNSURE},
    {"~2026-11-20", "2026-11-20T00:00:00+09:00", IR_PREC_UNSURE},
    {"1970-01-02", "1970-01-02T00:00:00+09:00", IR_PREC_DAY},
    {"9999-12-31 23:59", "9999-12-31T23:59:00+09:00", IR_PREC_MINUTE},
    {"", NULL, 0},
    {" ", NULL, 0},
    {"~", NULL, 0},
    {"頃", NULL, 0},
    {"about", NULL, 0},
    {"24:00", NULL, 0},
    {"25時", NULL, 0},
    {"02:60", NULL, 0},
    {"02:40:60", NULL, 0},
    {"0240", NULL, 0},
    {"2", NULL, 0},
    {"2:4", NULL, 0},
    {"02:400", NULL, 0},
    {"002:40", NULL, 0},
    {"02:40x", NULL, 0},
    {"02:40 Z", NULL, 0},
    {"02:40:15.", NULL, 0},
    {"02:40:15.1234567890", NULL, 0},
    {"2時40", NULL, 0},
    {"2時60分", NULL, 0},
    {"-5m ago", NULL, 0},
    {"5m", NULL, 0},
    {"ago", NULL, 0},
    {"前", NULL, 0},
    {"5m前", NULL, 0},
    {"5分 ago", NULL, 0},
    {"2h30分前", NULL, 0},
    {"30m2h ago", NULL, 0},
    {"367d ago", NULL, 0},
    {"99999999m ago", NULL, 0},
    {"tomorrow 09:00", NULL, 0},
    {"yesterday 24:00", NULL, 0},
    {"11/21 02:40", NULL, 0},
    {"2026-11/21", NULL, 0},
    {"2026-13-01", NULL, 0},
    {"2026-00-01", NULL, 0},
    {"2026-02-29", NULL, 0},
    {"2026-04-31 10:00", NULL, 0},
    {"02-30 10:00", NULL, 0},
    {"13-01 10:00", NULL, 0},
    {"1969-12-31 10:00", NULL, 0},
    {"1970-01-01 00:00", NULL, 0}, /* before 1970 in UTC */
    {"26-11-21", NULL, 0},
    {"2026-11-21T", NULL, 0},
    {"2026-11-21T02", NULL, 0},
    {"2026-11-21T02:40:15+15:00", NULL, 0},
    {"2026-11-21T02:40:15+09:60", NULL, 0},
    {"2026-11-21T02:40:15+9", NULL, 0},
    {"2026-11-21T02:40:15ZZ", NULL, 0},
    {"2026-02-29T10:00:00Z", NULL, 0},
    {"02:40\x1b[2J", NULL, 0},
    {"02:40\xff", NULL, 0},
    {"１２：３４：５６：７８", NULL, 0},
    {"2026-11-21 02:40 2026-11-21 02:40 2026-11-21 02:40 2026-11-21 02:40 "
     "2026-11-21 02:40 2026-11-21 02:40 2026-11-21 02:40 2026-11-21 02:40",
     NULL, 0},
};

static void
test_parse(void **state)
{
    int64_t now;

    (void)state;
    zone("Asia/Tokyo");
    now = at(NOW);
    for (size_t i = 0; i < COUNT(moments); i++) {
        struct ir_err err = {0};
        int64_t ms = -77;
        int prec = -77, rc;

        rc = ir_time_parse(moments[i].text, now, &ms, &prec, &err);
        if (moments[i].is == NULL) {
            ROW(i, rc == IR_EPARSE && ms == -77 && prec == -77);
            ROW(i, err.code == rc && err.hint[0] != '\0');
            continue;
        }
        if (rc != IR_OK)
            fail_msg("\"%s\": %s", moments[i].text, err.msg);
        ROW(i, ms - ms % 1000 == at(moments[i].is));
        ROW(i, prec == moments[i].prec);
    }
}

/* Parts of a second are kept where they were given. */
static void
test_millis(void **state)
{
    static const struct {
        const char *text;
        int ms;
    } cases[] = {
        {"2026-11-21T02:40:15.1Z", 100},
        {"2026-11-21T02:40:15.12Z", 120},
        {"2026-11-21T02:40:15.123Z", 123},
        {"2026-11-21T02:40:15.9999Z", 999},
        {"2026-11-21T02:40:15.007+09:00", 7},
        {"02:40:15.250", 250},
    };
    int64_t ms;
    int prec;

    (void)state;
    zone("Asia/Tokyo");
    for (size_t i = 0; i < COUNT(cases); i++) {
        ROW(i,
            ir_time_parse(cases[i].text, at(NOW), &ms, &prec, NULL) == IR_OK);
        ROW(i, ms % 1000 == cases[i].ms);
    }
    assert_int_equal(ir_time_parse("now", 1234567, &ms, &prec, NULL), IR_OK);
    assert_int_equal(ms, 1234567);
}

/* New York 2026: at 02:00 on 8 March clocks go to 03:00, at 02:00 on
 * 1 November back to 01:00.
 */
static void
test_summer(void **state)
{
    static const struct {
        const char *zone, *now, *text, *is;
    } cases[] = {
        {"America/New_York", "2026-03-08T12:00:00-04:00", "01:59",
         "2026-03-08T01:59:00-05:00"},
        {"America/New_York", "2026-03-08T12:00:00-04:00", "03:00",
         "2026-03-08T03:00:00-04:00"},
        {"America/New_York", "2026-03-08T12:00:00-04:00", "02:30", NULL},
        {"America/New_York", "2026-03-08T12:00:00-04:00", "2026-03-08 02:30",
         NULL},
        {"America/New_York", "2026-03-08T12:00:00-04:00", "03-08 02:30", NULL},
        {"America/New_York", "2026-03-08T12:00:00-04:00", "today 02:00", NULL},
        /* before the change 02:30 was last seen yesterday */
        {"America/New_York", "2026-03-08T01:00:00-05:00", "02:30",
         "2026-03-07T02:30:00-05:00"},
        {"America/New_York", "2026-03-08T12:00:00-04:00", "11h ago",
         "2026-03-08T00:00:00-05:00"},
        /* twice: the last that is past */
        {"America/New_York", "2026-11-01T12:00:00-05:00", "01:30",
         "2026-11-01T01:30:00-05:00"},
        {"America/New_York", "2026-11-01T01:40:00-04:00", "01:30",
         "2026-11-01T01:30:00-04:00"},
        {"America/New_York", "2026-11-01T01:10:00-05:00", "01:30",
         "2026-11-01T01:30:00-04:00"},
        {"America/New_York", "2026-12-24T12:00:00-05:00", "2026-11-01 01:30",
         "2026-11-01T01:30:00-05:00"},
        {"America/New_York", "2026-10-01T12:00:00-04:00", "2026-11-01 01:30",
         "2026-11-01T01:30:00-04:00"},
        {"America/New_York", "2026-12-24T12:00:00-05:00",
         "2026-11-01 01:30 -04:00", "2026-11-01T01:30:00-04:00"},
        {"America/New_York", "2026-03-08T23:00:00-04:00", "yesterday 23:00",
         "2026-03-07T23:00:00-05:00"},
        /* half an hour only */
        {"Australia/Lord_Howe", "2026-04-05T12:00:00+10:30", "01:45",
         "2026-04-05T01:45:00+10:30"},
        {"Australia/Lord_Howe", "2026-10-04T12:00:00+11:00", "02:15", NULL},
        /* a day that never was; when it began is the day after */
        {"Pacific/Apia", "2012-01-05T12:00:00+14:00", "2011-12-30 12:00", NULL},
        {"Pacific/Apia", "2012-01-05T12:00:00+14:00", "2011-12-30",
         "2011-12-31T00:00:00+14:00"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ir_err err = {0};
        int64_t ms = -77;
        int prec, rc;

        zone(cases[i].zone);
        rc = ir_time_parse(cases[i].text, at(cases[i].now), &ms, &prec, &err);
        if (cases[i].is == NULL) {
            ROW(i, rc == IR_EPARSE && ms == -77);
            continue;
        }
        ROW(i, rc == IR_OK);
        if (ms != at(cases[i].is)) {
            char text[32];

            ir_time_rfc3339(ms, text, sizeof text);
            fail_msg("row %zu: %s", i, text);
        }
    }
}

static void
test_unknown(void **state)
{
    static const char *const yes[] = {
        "unknown", "Unknown", "UNKNOWN ",   "?",          "？",
        "不明",    " 不明　", "わからない", "分からない", "ＵＮＫＮＯＷＮ"};
    static const char *const no[] = {"",       " ",  "unknown host", "??",
                                     "不明点", "no", "none"};

    (void)state;
    for (size_t i = 0; i < COUNT(yes); i++)
        ROW(i, ir_is_unknown(yes[i]));
    for (size_t i = 0; i < COUNT(no); i++)
        ROW(i, !ir_is_unknown(no[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_millis),
        cmocka_unit_test(test_summer),
        cmocka_unit_test(test_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
