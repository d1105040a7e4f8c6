/* test_deadline.c: due times of legal rules, and the clocks of an incident. */
#include "case_make.h"
#include "core/deadline.h"

#include <time.h>

static const char site_text[] =
    "{'business':{'days':['mon','tue','wed','thu','fri'],'holidays':["
    "'2026-11-23','not a date','2026-01-01']},'deadlines':["
    "{'id':'hours','title':" T ",'counts_from':'awareness','duration':259200,"
    "'days':'calendar','next':'chained'},"
    "{'id':'chained','title':" T ",'counts_from':'previous','months':1,"
    "'next':'hours'},"
    "{'id':'days','title':" T ",'counts_from':'awareness','target_days':3,"
    "'latest_days':5,'first_day_counts':false,'next':'same'},"
    "{'id':'same','title':" T ",'counts_from':'awareness','target_days':25,"
    "'latest_days':30},"
    "{'id':'worked','title':" T ",'counts_from':'determination',"
    "'target_days':4,'latest_days':4,'days':'business'},"
    "{'id':'wdur','title':" T ",'counts_from':'determination',"
    "'duration':345600,'days':'business'},"
    "{'id':'none','title':" T ",'counts_from':'awareness'},"
    "{'id':'mad','title':" T ",'counts_from':'awareness','duration':-1,"
    "'target_days':4000}]}";

static const char system_text[] =
    "{'id':'sys','operations':[{'id':'show','title':" T
    ",'rto':7200,'rpo':900,'mtpd':86400,'level':80},{'id':'bad','rto':-5}]}";

static int64_t
at(const char *text)
{
    int64_t ms = 0;
    int prec;

    assert_int_equal(ir_time_parse(text, T0, &ms, &prec, NULL), IR_OK);
    return ms;
}

static void
rules(void **state)
{
    /* Friday 2026-11-20, 15:00; Monday the 23rd is a holiday */
    static const struct {
        const char *id, *due, *latest;
    } rows[] = {
        {"hours", "2026-11-23T15:00:00Z", NULL},
        {"chained", "2026-12-20T15:00:00Z", NULL},
        {"days", "2026-11-23T23:59:59Z", "2026-11-25T23:59:59Z"},
        {"worked", "2026-11-27T23:59:59Z", NULL},
        {"wdur", "2026-11-27T23:59:59Z", NULL},
    };
    struct ir_json *site = world_json(site_text);
    struct ir_site_calendar cal;
    struct ir_deadline d;
    int64_t from = at("2026-11-20T15:00:00Z"), due, latest;
    size_t i;

    (void)state;
    ir_site_calendar_init(site, &cal);
    assert_int_equal(cal.cal.holiday_n, 2);
    assert_int_equal(cal.cal.holiday[0], 20260101);
    assert_true(cal.cal.wday[1] && !cal.cal.wday[0]);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(ir_deadline_find(site, rows[i].id, &d));
        assert_int_equal(
            ir_deadline_due(&d, &cal.cal, from, &due, &latest, NULL), IR_OK);
        if (due != at(rows[i].due))
            fail_msg("%s: due %lld", rows[i].id, (long long)due);
        assert_int_equal(latest,
                         rows[i].latest != NULL ? at(rows[i].latest) : 0);
    }
    assert_false(ir_deadline_find(site, "none", &d));
    assert_false(ir_deadline_find(site, "mad", &d));
    assert_false(ir_deadline_find(site, "absent", &d));
    assert_false(ir_deadline_find(NULL, "hours", &d));
    ir_site_calendar_done(&cal);
    ir_site_calendar_init(NULL, &cal); /* Monday to Friday */
    assert_true(cal.cal.wday[5] && !cal.cal.wday[6]);
    ir_site_calendar_done(&cal);
    ir_json_free(site);
}

static struct world *
begin(const char *legal)
{
    struct world *w = world_new(2);
    const struct ir_plan *p = world_plan(w, "sys/fire", legal, STEP("a", ""));

    w->site = world_json(site_text);
    w->system = world_json(system_text);
    incident(w, 0, 1, p, 2);
    return w;
}

static const struct ir_iclock *
clk(struct world *w, const char *name)
{
    size_t i;

    for (i = 0; i < w->inc->clocks_n; i++)
        if (strcmp(w->inc->clocks[i].name, name) == 0)
            return &w->inc->clocks[i];
    return NULL;
}

static enum ir_clock_state
told(struct world *w, const char *name, int64_t now_ms)
{
    fold_at(w, now_ms);
    assert_non_null(clk(w, name));
    return clk(w, name)->state;
}

/* Who learns later when it began moves what counts from then; nobody moves it
 * into the future, and "unknown" takes nothing back. */
static void
began_later(void **state)
{
    struct world *w = begin("");
    int64_t t;

    (void)state;
    fold(w);
    t = w->inc->declared_ms;
    assert_int_equal(clk(w, "sys/show/rto")->from_ms, t);
    answer(w, 0, "1/a", "began", "1970-01-01T00:00:10Z");
    fold(w);
    assert_int_equal(w->inc->began_ms, 10000);
    assert_int_equal(clk(w, "sys/show/rto")->from_ms, 10000);
    answer(w, 0, "1/a", "began", "unknown");
    fold(w);
    assert_int_equal(clk(w, "sys/show/rto")->from_ms, t);
    answer(w, 0, "1/a", "began", "1970-01-01T00:00:10"); /* where? */
    fold(w);
    assert_int_equal(clk(w, "sys/show/rto")->from_ms, t);
    answer(w, 0, "1/a", "began", "2999-01-01T00:00:00Z");
    fold(w);
    assert_int_equal(clk(w, "sys/show/rto")->from_ms, t);
    world_free(w);
}

static void
operations(void **state)
{
    struct world *w = begin("");
    int64_t t, back;

    (void)state;
    fold(w);
    assert_int_equal(w->inc->clocks_n, 3);
    t = w->inc->declared_ms; /* began is unknown */
    assert_int_equal(clk(w, "sys/show/rto")->from_ms, t);
    assert_int_equal(clk(w, "sys/show/rto")->due_ms, t + 7200000);
    assert_int_equal(told(w, "sys/show/rto", t), IR_CLOCK_RUNNING);
    assert_int_equal(told(w, "sys/show/rto", t + 5399999), IR_CLOCK_RUNNING);
    assert_int_equal(told(w, "sys/show/rto", t + 5400000), IR_CLOCK_AT_RISK);
    assert_int_equal(told(w, "sys/show/rto", t + 7200000), IR_CLOCK_AT_RISK);
    assert_int_equal(told(w, "sys/show/rto", t + 7200001), IR_CLOCK_MISSED);
    assert_int_equal(told(w, "sys/show/mtpd", t + 7200001), IR_CLOCK_RUNNING);
    assert_int_equal(told(w, "sys/show/rpo", t), IR_CLOCK_UNDECIDED);
    assert_string_equal(clk(w, "sys/show/rpo")->operation, "show");
    /* the service is back, not far enough, then far enough */
    says(w, 0, IR_KIND_SERVICE, "show", 79);
    assert_int_equal(told(w, "sys/show/rto", t + 60000), IR_CLOCK_RUNNING);
    says(w, 0, IR_KIND_SERVICE, "sys/show", 80);
    back = w->now_ms;
    assert_int_equal(told(w, "sys/show/rto", t + 9000000), IR_CLOCK_MET);
    assert_int_equal(clk(w, "sys/show/rto")->ended_ms, back);
    assert_false(clk(w, "sys/show/rto")->met_late);
    assert_int_equal(told(w, "sys/show/rto", back - 1), IR_CLOCK_RUNNING);
    /* and lost again: it runs on, and is met too late */
    says(w, 0, IR_KIND_SERVICE, "show", 10);
    assert_int_equal(told(w, "sys/show/rto", t + 9000000), IR_CLOCK_MISSED);
    w->now_ms = t + 8000000;
    says(w, 0, IR_KIND_SERVICE, "show", 100);
    assert_int_equal(told(w, "sys/show/rto", w->now_ms), IR_CLOCK_MET);
    assert_true(clk(w, "sys/show/rto")->met_late);
    assert_int_equal(told(w, "sys/show/mtpd", w->now_ms), IR_CLOCK_MET);
    assert_false(clk(w, "sys/show/mtpd")->met_late);
    world_free(w);
}

static void
data_lost(void **state)
{
    struct world *w = begin("");
    int64_t t;

    (void)state;
    t = fold(w)->declared_ms;
    clock_op(w, 1, "sys/show/rpo", 1, t - 600000);
    assert_int_equal(told(w, "sys/show/rpo", t), IR_CLOCK_MET);
    clock_op(w, 1, "sys/show/rpo", 1, t - 900001);
    assert_int_equal(told(w, "sys/show/rpo", t), IR_CLOCK_MISSED);
    assert_int_equal(clk(w, "sys/show/rpo")->by, 1);
    world_free(w);
}

static void
stops_when_closed(void **state)
{
    struct world *w = begin("");
    int64_t t;

    (void)state;
    t = fold(w)->declared_ms;
    incident(w, 0, 6, NULL, 0);
    assert_int_equal(told(w, "sys/show/rto", t + 90000000), IR_CLOCK_STOPPED);
    assert_int_equal(clk(w, "sys/show/rto")->ended_ms, w->now_ms);
    world_free(w);
}

static void
legal(void **state)
{
    struct world *w = begin("'legal':['hours','days'],");
    const struct ir_iclock *c;
    int64_t t, met;

    (void)state;
    t = fold(w)->declared_ms;
    c = clk(w, "hours");
    assert_int_equal(c->state, IR_CLOCK_UNDECIDED);
    assert_true(c->provisional);
    assert_int_equal(c->due_ms, t + 259200000);
    assert_int_equal(c->by, -1);
    assert_null(clk(w, "chained"));
    /* a named person states from when it counts, in the past */
    clock_op(w, 1, "hours", 1, t - 3600000);
    assert_int_equal(told(w, "hours", t), IR_CLOCK_RUNNING);
    c = clk(w, "hours");
    assert_false(c->provisional);
    assert_int_equal(c->by, 1);
    assert_int_equal(c->due_ms, t - 3600000 + 259200000);
    assert_int_equal(c->target_s, 259200);
    assert_int_equal(told(w, "hours", t + 200000000), IR_CLOCK_AT_RISK);
    assert_int_equal(told(w, "hours", t + 260000000), IR_CLOCK_MISSED);
    assert_non_null(clk(w, "chained")); /* owed all the same */
    assert_int_equal(clk(w, "chained")->state, IR_CLOCK_UNDECIDED);
    assert_int_equal(clk(w, "chained")->due_ms, 0);
    assert_int_equal(told(w, "hours", t), IR_CLOCK_RUNNING);
    assert_null(clk(w, "chained"));
    clock_op(w, 0, "hours", 2, 0);
    met = w->now_ms;
    assert_int_equal(told(w, "hours", t + 260000000), IR_CLOCK_MET);
    c = clk(w, "chained");
    assert_int_equal(c->state, IR_CLOCK_RUNNING);
    assert_int_equal(c->from_ms, met);
    assert_int_equal(c->due_ms, ir_time_add_months(met, 1));
    clock_op(w, 0, "chained", 3, 0);
    assert_int_equal(told(w, "chained", t), IR_CLOCK_STOPPED);
    clock_op(w, 0, "chained", 4, 0); /* said so: it does not start by itself */
    assert_int_equal(told(w, "chained", t), IR_CLOCK_UNDECIDED);
    assert_int_equal(clk(w, "chained")->due_ms, ir_time_add_months(met, 1));
    clock_op(w, 0, "hours", 4, 0);
    assert_int_equal(told(w, "hours", t), IR_CLOCK_UNDECIDED);
    world_free(w);
}

static void
target_and_latest_day(void **state)
{
    struct world *w = begin("'legal':['days'],");
    const struct ir_iclock *c;
    int64_t t = at("2026-11-20T15:00:00Z");

    (void)state;
    clock_op(w, 0, "days", 1, t);
    assert_int_equal(told(w, "days", t), IR_CLOCK_RUNNING);
    c = clk(w, "days");
    assert_int_equal(c->due_ms, at("2026-11-23T23:59:59Z"));
    assert_int_equal(c->latest_ms, at("2026-11-25T23:59:59Z"));
    assert_int_equal(told(w, "days", at("2026-11-24T10:00:00Z")),
                     IR_CLOCK_AT_RISK);
    assert_int_equal(told(w, "days", at("2026-11-26T00:00:00Z")),
                     IR_CLOCK_MISSED);
    /* the next one counts from the same awareness */
    assert_int_equal(told(w, "same", at("2026-11-26T00:00:00Z")),
                     IR_CLOCK_RUNNING);
    assert_int_equal(clk(w, "same")->from_ms, t);
    w->occurred_ms = at("2026-11-26T01:00:00Z");
    clock_op(w, 0, "days", 2, 0);
    assert_int_equal(told(w, "days", at("2026-11-27T00:00:00Z")), IR_CLOCK_MET);
    assert_true(clk(w, "days")->met_late);
    world_free(w);
}

static void
one_of_ones_own(void **state)
{
    struct world *w = begin("");
    struct ir_bodyw b = {0};
    int64_t t;

    (void)state;
    t = fold(w)->declared_ms;
    ir_bodyw_text(&b, 1, "our-promise");
    ir_bodyw_uint(&b, 2, 1);
    ir_bodyw_uint(&b, 3, 3600);
    ir_bodyw_uint(&b, 5, (uint64_t)t);
    put(w, 0, IR_KIND_CLOCK, &b);
    assert_int_equal(told(w, "our-promise", t + 3600001), IR_CLOCK_MISSED);
    /* from two moments at the same time: the earlier one */
    w->apart = true;
    clock_op(w, 0, "our-promise", 1, t + 1000);
    clock_op(w, 1, "our-promise", 1, t + 500);
    told(w, "our-promise", t);
    assert_int_equal(clk(w, "our-promise")->from_ms, t + 500);
    assert_int_equal(w->inc->conflicts_n, 1);
    /* moments beyond reason are not taken */
    together(w);
    memset(&b, 0, sizeof b);
    ir_bodyw_text(&b, 1, "our-promise");
    ir_bodyw_uint(&b, 2, 1);
    ir_bodyw_uint(&b, 3, UINT64_C(1) << 60);
    ir_bodyw_uint(&b, 5, UINT64_C(1) << 62);
    put(w, 0, IR_KIND_CLOCK, &b);
    told(w, "our-promise", w->now_ms);
    assert_int_equal(clk(w, "our-promise")->from_ms, w->now_ms);
    assert_int_equal(clk(w, "our-promise")->target_s, 3600);
    world_free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),
        cmocka_unit_test(began_later),
        cmocka_unit_test(operations),
        cmocka_unit_test(data_lost),
        cmocka_unit_test(stops_when_closed),
        cmocka_unit_test(legal),
        cmocka_unit_test(target_and_latest_day),
        cmocka_unit_test(one_of_ones_own),
    };

    setenv("TZ", "UTC", 1);
    tzset();
    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
