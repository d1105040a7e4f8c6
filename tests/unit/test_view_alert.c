/* test_view_alert.c: alerts as they are shown: the banner, the inbox, a list,
 * one in full; an exercise says so wherever it is shown.
 */
#include "view/alert.h"
#include "view_make.h"

#define ALERTS 3

/* Three alerts: an actual one to all with answers, one of an exercise, one
 * that waits for cosignatures. */
struct set {
    struct ir_alert a[ALERTS];
    struct ir_alert_said said[5];
    struct ir_alert_seen seen;
    struct ir_valert rows[ALERTS];
    bool whom[8];
    char *to;
};

static struct ir_alert_said
say(uint64_t kind, int by, int code, int64_t ms)
{
    struct ir_alert_said s = {
        .kind = kind, .by = by, .code = code, .at_ms = ms, .stands = true};

    return s;
}

static void
set_init(struct set *s)
{
    static const char *const texts[ALERTS] = {
        "Assemble in room 3F of terminal 1, bring the printed plan of the "
        "displays and the keys of rack B3",
        "This is only for practice", "Leave the building"};
    int i;

    memset(s, 0, sizeof *s);
    s->to = (char *)(uintptr_t) "role:network";
    for (i = 0; i < ALERTS; i++) {
        struct ir_alert *a = &s->a[i];

        a->id[0] = (uint8_t)(0x5c + i);
        a->id[1] = 0x20;
        a->at_ms = NOW - (ALERTS - i) * MIN;
        a->hlc = (uint64_t)a->at_ms << 16;
        a->severity = (uint64_t)(2 - i / 2);
        a->state = IR_ALERT_OUT;
        a->text = (char *)(uintptr_t)texts[i];
        a->by = 1;
        s->rows[i].a = a;
        s->rows[i].for_me = true;
        s->rows[i].incident = "IR-7K4Q";
    }
    s->seen.custodian = 1;
    s->said[0] = say(IR_KIND_ACK, 2, IR_ACK_ACCEPT, NOW - MIN);
    s->said[0].text = (char *)(uintptr_t) "there in ten minutes";
    s->said[0].seen = &s->seen;
    s->said[0].seen_n = 1;
    s->said[1] = say(IR_KIND_RECEIPT, 2, 2, NOW - 2 * MIN);
    s->said[2] = say(IR_KIND_RECEIPT, 0, 1, NOW - 2 * MIN);
    s->said[3] = say(IR_KIND_ACK, 1, IR_ACK_DECLINE, NOW);
    s->said[3].contact = (char *)(uintptr_t) "kato";
    s->said[3].how = (char *)(uintptr_t) "by phone";
    s->a[0].said = s->said;
    s->a[0].said_n = 4;
    s->a[0].ack_within_s = 600;
    s->a[1].status = IR_EXERCISE;
    s->a[1].to = &s->to;
    s->a[1].to_n = 1;
    s->a[2].needed = 2;
    s->a[2].given = 1;
    s->a[2].state = IR_ALERT_WAITING;
    s->whom[0] = s->whom[2] = true;
    s->rows[0].whom = s->whom;
}

static void
draw_banner(struct fixture *f, struct ir_buf *out)
{
    struct set s;

    f->v.me = 0;
    set_init(&s);
    ir_view_alert_sort(s.rows, ALERTS);
    ir_view_banner(&f->v, s.rows, ALERTS, NULL, out);
    ir_buf_adds(out, "--\n");
    ir_view_inbox(&f->v, s.rows, ALERTS, NULL, 0, false, out);
    ir_buf_adds(out, "--\n");
    ir_view_alerts(&f->v, s.rows, ALERTS, out);
    ir_buf_adds(out, "--\n");
    ir_view_alerts(&f->v, s.rows, 0, out);
    ir_view_inbox(&f->v, s.rows, 0, NULL, 0, true, out);
    ir_view_banner(&f->v, s.rows, 0, NULL, out);
}

static void
draw_alert(struct fixture *f, struct ir_buf *out)
{
    struct set s;

    f->v.me = 0;
    set_init(&s);
    ir_view_alert(&f->v, &s.rows[0], true, out);
    ir_buf_adds(out, "--\n");
    ir_view_alert(&f->v, &s.rows[0], false, out);
    ir_buf_adds(out, "--\n");
    s.said[4] = say(IR_KIND_CANCEL, 0, IR_CANCEL_CORRECTED, NOW);
    s.said[4].has_other = true;
    s.a[1].said = &s.said[4];
    s.a[1].said_n = 1;
    s.a[1].state = IR_ALERT_CORRECTED;
    ir_view_alert(&f->v, &s.rows[1], false, out);
}

static void
test_screens(void **state)
{
    (void)state;
    screens("inbox", draw_banner);
    screens("alert", draw_alert);
}

/* Whoever takes the text out of the JSON takes the word with it. */
static void
test_exercise(void **state)
{
    struct fixture f;
    struct set s;
    struct ir_json *j;

    (void)state;
    fixture_init(&f);
    set_init(&s);
    j = ir_view_alert_json(&f.v, &s.rows[1], true);
    assert_string_equal(ir_json_get_str(j, "status", ""), "exercise");
    assert_string_equal(ir_json_get_str(j, "text", ""),
                        "EXERCISE This is only for practice");
    ir_json_free(j);
    ir_view_alert_sort(s.rows, ALERTS);
    assert_int_equal(s.rows[ALERTS - 1].a->status, IR_EXERCISE);
    fixture_done(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_exercise),
    };

    return cmocka_run_group_tests(tests, view_setup, NULL);
}
