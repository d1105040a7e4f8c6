/* test_view_walk.c: the walk screen and single steps, whole screens. */
#include "view_make.h"

static void
draw_walk(struct fixture *f, struct ir_buf *out)
{
    ir_view_walk(&f->v, &f->w, out);
    ir_view_prompt(&f->v, &f->w, out);
}

static void
draw_first(struct fixture *f, struct ir_buf *out)
{
    view_set(f, "lead", IR_STEP_READY, -1, NOW);
    view_step(f, "lead")->ended_ms = 0;
    view_set(f, "isolate", IR_STEP_READY, -1, NOW);
    view_set(f, "volatile", IR_STEP_WAITING, -1, 0);
    view_step(f, "volatile")->begun_ms = 0;
    f->inc.status = IR_EXERCISE;
    f->w.record.this_device_only = 0;
    f->w.record.devices = 2;
    f->inc.mail = 1;
    f->v.me = 1;
    draw_walk(f, out);
}

static void
draw_focus(struct fixture *f, struct ir_buf *out, const char *id)
{
    view_set(f, "isolate", IR_STEP_DONE, 1, NOW - 2 * MIN);
    view_set(f, "volatile", IR_STEP_DONE, 1, NOW - MIN);
    view_set(f, id, IR_STEP_READY, -1, NOW - 6 * MIN);
    f->w.focus = ir_plan_step(f->plan, id);
    draw_walk(f, out);
}

static void
draw_choose(struct fixture *f, struct ir_buf *out)
{
    draw_focus(f, out, "spread");
}

static void
draw_notify(struct fixture *f, struct ir_buf *out)
{
    draw_focus(f, out, "announce");
}

static void
draw_tell(struct fixture *f, struct ir_buf *out)
{
    draw_focus(f, out, "ministry");
}

static void
draw_wait(struct fixture *f, struct ir_buf *out)
{
    static const char *const needs[] = {"wait"};

    view_needs(view_step(f, "settle"), 1, needs);
    view_step(f, "settle")->due_ms = NOW + 24 * MIN;
    draw_focus(f, out, "settle");
}

static void
draw_measure(struct fixture *f, struct ir_buf *out)
{
    view_step(f, "boards")->iteration = 2;
    draw_focus(f, out, "boards");
}

static void
draw_ask(struct fixture *f, struct ir_buf *out)
{
    draw_focus(f, out, "count");
}

static void
draw_destroys(struct fixture *f, struct ir_buf *out)
{
    static const char *const needs[] = {"evidence:disk", "evidence:memory"};

    view_needs(view_step(f, "reimage"), 2, needs);
    view_set(f, "volatile", IR_STEP_READY, -1, NOW - MIN);
    view_set(f, "isolate", IR_STEP_DONE, 1, NOW - 2 * MIN);
    view_set(f, "reimage", IR_STEP_READY, -1, NOW - 6 * MIN);
    f->w.focus = ir_plan_step(f->plan, "reimage");
    draw_walk(f, out);
}

/* A request that somebody else must answer; approved; failed before. */
static void
add_request(struct fixture *f)
{
    struct ir_irequest *r;

    f->inc.requests = ir_calloc(1, sizeof *f->inc.requests);
    f->inc.requests_n = 1;
    r = &f->inc.requests[0];
    r->path = view_step(f, "isolate")->path;
    r->iteration = 1;
    r->by = 1;
    r->approved_by = -1;
    r->expires_ms = NOW + 13 * MIN;
}

static void
draw_request(struct fixture *f, struct ir_buf *out)
{
    add_request(f);
    f->w.focus = ir_plan_step(f->plan, "isolate");
    draw_walk(f, out);
}

static void
draw_approved(struct fixture *f, struct ir_buf *out)
{
    add_request(f);
    f->inc.requests[0].approved_by = 0;
    f->inc.instances[0].unapproved = true;
    f->w.focus = ir_plan_step(f->plan, "isolate");
    view_step(f, "isolate")->state = IR_STEP_FAILED;
    view_step(f, "isolate")->reason = ir_strdup("cable stuck");
    draw_walk(f, out);
}

/* Nobody knows the host, hardly anybody is there, and time passes. */
static void
draw_unknown(struct fixture *f, struct ir_buf *out)
{
    static const char *const roles[] = {"operator", "spokesperson", "legal"};
    size_t i;

    free(f->inc.vars[0].value);
    f->inc.vars[0].value = ir_strdup("unknown");
    for (i = 0; i < sizeof roles / sizeof roles[0]; i++)
        view_role_add(f, roles[i], -1, false);
    f->inc.roles[0].member = -1;
    f->inc.roles[0].acting = false;
    view_set(f, "lead", IR_STEP_SKIPPED, 0, NOW - MIN);
    f->w.focus = ir_plan_step(f->plan, "isolate");
    for (i = 0; i < 11; i++)
        view_clock(f, "more", IR_CT_LEGAL, IR_CLOCK_UNDECIDED, 0, 0,
                   NOW + (int64_t)i * 60 * MIN);
    draw_walk(f, out);
}

static void
draw_step(struct fixture *f, struct ir_buf *out)
{
    struct ir_istep *st = view_step(f, "lead");

    st->note = ir_strdup("nobody answered, \033[31mtwice");
    ir_view_step(&f->v, &f->w, (size_t)ir_plan_step(f->plan, "lead"), out);
    ir_view_step(&f->v, &f->w, (size_t)ir_plan_step(f->plan, "isolate"), out);
}

static void
draw_list(struct fixture *f, struct ir_buf *out)
{
    view_set(f, "ministry", IR_STEP_SKIPPED, 0, NOW - 3 * MIN);
    view_step(f, "ministry")->reason = ir_strdup("told by phone already");
    view_set(f, "settle", IR_STEP_NA, -1, 0);
    ir_view_list(&f->v, &f->w, false, out);
    ir_view_list(&f->v, &f->w, true, out);
}

static void
draw_next(struct fixture *f, struct ir_buf *out)
{
    ir_view_next(&f->v, &f->w, out);
    ir_view_keys(&f->v, out);
}

static void
test_screens(void **state)
{
    (void)state;
    screens("walk", draw_walk);
    screens("walk-first", draw_first);
    screens("walk-choose", draw_choose);
    screens("walk-notify", draw_notify);
    screens("walk-tell", draw_tell);
    screens("walk-wait", draw_wait);
    screens("walk-measure", draw_measure);
    screens("walk-ask", draw_ask);
    screens("walk-destroys", draw_destroys);
    screens("walk-request", draw_request);
    screens("walk-approved", draw_approved);
    screens("walk-unknown", draw_unknown);
    screens("step", draw_step);
    screens("list", draw_list);
    screens("next", draw_next);
}

/* Twenty-four lines at eighty columns, whatever else there is; the focused
 * step is never cut.
 */
static void
test_fits(void **state)
{
    struct fixture f;
    struct ir_buf out = {0};
    size_t i, lines;
    int k;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    fixture_init(&f);
    for (k = 0; k < 12; k++)
        view_clock(&f, "more", IR_CT_LEGAL, IR_CLOCK_UNDECIDED, 0, 0,
                   NOW + k * 60 * MIN);
    for (i = 2; i < f.inc.steps_n; i++)
        view_set(&f, f.plan->steps[i].id, IR_STEP_READY, -1, NOW);
    f.w.focus = ir_plan_step(f.plan, "isolate");
    ir_view_walk(&f.v, &f.w, &out);
    for (lines = 0, i = 0; i < out.len; i++)
        lines += out.p[i] == '\n';
    assert_true(lines <= 22);
    assert_non_null(strstr(ir_buf_str(&out), "memory holds the traces"));
    assert_non_null(strstr(ir_buf_str(&out), " more: list"));
    assert_non_null(strstr(ir_buf_str(&out), "AT RISK"));
    screen_check(&out, 80, "fits");
    ir_buf_done(&out);
    fixture_done(&f);
}

/* Where a failed step goes on is said once: not after a text that says it. */
static void
test_on_fail(void **state)
{
    static const struct {
        const char *say, *want;
        bool told;
    } cases[] = {
        {"Nobody near it: run isolate.",
         "run isolate. Type fail to go on at boards.", true},
        {"Nobody answered: type fail. You lead then.", "You lead then.", false},
        {"Both pumps fail: use the third.",
         "the third. Type fail to go on at boards.", true},
        {NULL, "If not: Type fail to go on at boards.", true},
    };
    size_t i;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_buf out = {0};
        struct ir_step *s;
        struct fixture f;
        int k;

        fixture_init(&f);
        f.v.term.cols = 200;
        k = ir_plan_step(f.plan, "isolate");
        s = &f.plan->steps[k];
        s->on_fail_go = ir_strdup("boards");
        free(s->on_fail.en);
        s->on_fail.en = cases[i].say != NULL ? ir_strdup(cases[i].say) : NULL;
        if (cases[i].say == NULL) {
            free(s->on_fail.ja);
            s->on_fail.ja = NULL;
        }
        ir_view_step(&f.v, &f.w, (size_t)k, &out);
        assert_non_null(strstr(ir_buf_str(&out), cases[i].want));
        assert_int_equal(strstr(ir_buf_str(&out), "to go on at") != NULL,
                         cases[i].told);
        ir_buf_done(&out);
        fixture_done(&f);
    }
}

/* The key line offers what would be taken. */
static void
test_keys(void **state)
{
    struct ir_buf out = {0};
    struct fixture f;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    fixture_init(&f);
    f.w.focus = ir_plan_step(f.plan, "isolate");
    ir_view_walk(&f.v, &f.w, &out);
    assert_non_null(strstr(ir_buf_str(&out), "\n run  done  fail  skip"));
    ir_buf_done(&out);
    add_request(&f); /* by Mori */
    ir_view_walk(&f.v, &f.w, &out);
    assert_non_null(strstr(ir_buf_str(&out), "\n approve  deny  done  fail"));
    ir_buf_done(&out);
    f.v.me = 1; /* who asked does not approve */
    ir_view_walk(&f.v, &f.w, &out);
    assert_non_null(strstr(ir_buf_str(&out), "\n run  done  fail  skip"));
    ir_buf_done(&out);
    free(f.inc.vars[0].value);
    f.inc.vars[0].value = NULL;
    ir_view_walk(&f.v, &f.w, &out); /* the command waits for the host */
    assert_non_null(strstr(ir_buf_str(&out), "\n ask  done  fail  skip"));
    ir_buf_done(&out);
    f.w.focus = ir_plan_step(f.plan, "volatile"); /* Mori has taken it */
    ir_view_walk(&f.v, &f.w, &out);
    assert_non_null(strstr(ir_buf_str(&out), "note  give-back  role"));
    ir_buf_done(&out);
    f.w.focus = ir_plan_step(f.plan, "spread");
    ir_view_walk(&f.v, &f.w, &out);
    assert_non_null(strstr(ir_buf_str(&out), "\n 1-2  ask  fail  skip"));
    ir_buf_done(&out);
    fixture_done(&f);
}

/* The answer's line, the gap and the prompt stay: three lines are left free. */
static void
test_room(void **state)
{
    int i, n[3] = {0}; /* all there is; with room; a line too few */
    struct fixture f;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    fixture_init(&f);
    for (i = 0; i < 3; i++) {
        struct ir_buf out = {0};
        const char *p;

        f.v.term.lines = i == 0 ? 200 : n[0] + 4 - i;
        ir_view_walk(&f.v, &f.w, &out);
        for (p = ir_buf_str(&out), n[i] = 0; *p != '\0'; p++)
            n[i] += *p == '\n';
        ir_buf_done(&out);
    }
    assert_true(n[1] == n[0] && n[2] < n[0]);
    fixture_done(&f);
}

/* However many clocks there are, the most pressing one is in the header. */
static void
test_clock(void **state)
{
    struct ir_buf out = {0};
    struct fixture f;
    int k, state_no;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    for (state_no = 0; state_no < 3; state_no++) {
        static const enum ir_clock_state of[] = {
            IR_CLOCK_RUNNING, IR_CLOCK_AT_RISK, IR_CLOCK_MISSED};
        static const char *const want[] = {
            "clocks   Displays, RTO 2 h: 48 min left · 14 more: clock",
            "clocks   Displays, RTO 2 h: 48 min left, AT RISK · 14 more",
            "clocks   Displays, RTO 2 h: MISSED by 12 min · 14 more"};
        char *flat, *p;

        fixture_init(&f);
        f.inc.clocks[0].state = of[state_no];
        if (of[state_no] == IR_CLOCK_MISSED)
            f.inc.clocks[0].due_ms = NOW - 12 * MIN;
        for (k = 0; k < 12; k++)
            view_clock(&f, "more", IR_CT_LEGAL, IR_CLOCK_UNDECIDED, 0, 0,
                       NOW + k * 60 * MIN);
        f.w.focus = ir_plan_step(f.plan, "isolate");
        f.v.term.lines = 12; /* nothing has room */
        ir_view_walk(&f.v, &f.w, &out);
        flat = ir_buf_take(&out);
        p = strstr(flat, want[state_no]);
        if (p == NULL)
            fail_msg("no \"%s\" in:\n%s", want[state_no], flat);
        free(flat);
        fixture_done(&f);
    }
}

static void
test_focus(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    /* the one I have taken, before the one my role would do */
    assert_int_equal(ir_view_focus(&f.inc, 1),
                     ir_plan_step(f.plan, "volatile"));
    assert_int_equal(ir_view_focus(&f.inc, 0), ir_plan_step(f.plan, "isolate"));
    assert_int_equal(ir_view_for_me_n(&f.inc, 1), 2);
    assert_int_equal(ir_view_for_me_n(&f.inc, 0), 0);
    assert_int_equal(ir_view_for_me_n(&f.inc, -1), 0);
    /* failed by me comes first */
    view_set(&f, "spread", IR_STEP_FAILED, 0, NOW);
    assert_int_equal(ir_view_focus(&f.inc, 0), ir_plan_step(f.plan, "spread"));
    /* an undo step is never put in front, nor a container */
    view_set(&f, "spread", IR_STEP_DONE, 0, NOW);
    view_set(&f, "isolate", IR_STEP_DONE, 1, NOW);
    view_set(&f, "volatile", IR_STEP_DONE, 1, NOW);
    view_set(&f, "reconnect", IR_STEP_READY, -1, NOW);
    assert_int_equal(ir_view_focus(&f.inc, 1), -1);
    view_set(&f, "announce", IR_STEP_READY, -1, NOW);
    assert_int_equal(ir_view_focus(&f.inc, 1),
                     ir_plan_step(f.plan, "announce"));
    view_step(&f, "announce")->container = true;
    assert_int_equal(ir_view_focus(&f.inc, 1), -1);
    view_set(&f, "reconnect", IR_STEP_WAITING, -1, 0);
    assert_int_equal(ir_view_focus(&f.inc, 1), -1);
    fixture_done(&f);
}

static void
test_argv(void **state)
{
    static const struct {
        const char *host, *want;
    } cases[] = {
        {"FS1", "ssh -o BatchMode=yes -- FS1 'nft -f /etc/nftables.isolate'"},
        {"unknown",
         "ssh -o BatchMode=yes -- '[not known: first host seen]' 'nft -f "
         "/etc/nftables.isolate'"},
        {NULL, "ssh -o BatchMode=yes -- '[not known: first host seen]' 'nft -f "
               "/etc/nftables.isolate'"},
        {"it's; rm", "ssh -o BatchMode=yes -- 'it'\\''s; rm' "
                     "'nft -f /etc/nftables.isolate'"},
        {"a\033[2Jb\xe2\x80\xae",
         "ssh -o BatchMode=yes -- 'a\\x1b[2Jb\\u{202e}' "
         "'nft -f /etc/nftables.isolate'"},
    };
    struct fixture f;
    size_t i;

    (void)state;
    fixture_init(&f);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *s;

        free(f.inc.vars[0].value);
        f.inc.vars[0].value = NULL;
        if (cases[i].host != NULL)
            f.inc.vars[0].value = ir_strdup(cases[i].host);
        s = ir_view_argv(&f.v, &f.inc, view_step(&f, "isolate")->step);
        assert_string_equal(s, cases[i].want);
        free(s);
    }
    fixture_done(&f);
}

static void
test_json(void **state)
{
    struct fixture f;
    struct ir_json *j, *step;

    (void)state;
    fixture_init(&f);
    j = ir_view_next_json(&f.v, &f.w);
    step = ir_json_get(j, "step");
    assert_string_equal(ir_json_get_str(step, "id", ""), "1/isolate");
    assert_string_equal(ir_json_get_str(step, "state", ""), "ready");
    assert_string_equal(ir_json_get_str(step, "due", ""),
                        "2026-11-21T03:15:00+09:00");
    assert_string_equal(ir_json_str(ir_json_at(ir_json_get(step, "argv"), 4)),
                        "FS1");
    assert_int_equal(ir_json_len(ir_json_get(j, "others")), 1);
    ir_json_free(j);
    fixture_done(&f);
}

/* Hostile words everywhere a person can put some: nothing reaches the
 * terminal raw, and no line grows too wide.
 */
static void
test_hostile(void **state)
{
    static const char evil[] =
        "\033]0;x\a\xc2\x9b"
        "31m\xe2\x80\xae\xff\xe2\x80\xa8 %s %n aaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    static const int cols[] = {200, 80, 40, 20};
    struct fixture f;
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        struct ir_buf out = {0};

        fixture_init(&f);
        f.v.term.cols = cols[i];
        free(f.inc.vars[0].value);
        f.inc.vars[0].value = ir_strdup(evil);
        free(f.inc.title);
        f.inc.title = ir_strdup(evil);
        free(f.inc.roles[1].role);
        f.inc.roles[1].role = ir_strdup(evil);
        view_step(&f, "lead")->reason = ir_strdup(evil);
        view_step(&f, "lead")->choice = ir_strdup(evil);
        free(f.trust.members[2].name);
        f.trust.members[2].name = ir_strdup(evil);
        f.inc.roles[0].member = 2;
        ir_view_walk(&f.v, &f.w, &out);
        ir_view_list(&f.v, &f.w, true, &out);
        ir_view_step(&f.v, &f.w, 0, &out);
        screen_check(&out, cols[i], "hostile");
        ir_buf_done(&out);
        fixture_done(&f);
    }
}

/* Take the escape sequences of styles out. */
static char *
strip(const char *s)
{
    struct ir_buf b = {0};

    while (*s != '\0') {
        if (s[0] == '\033' && s[1] == '[') {
            s += 2 + strspn(s + 2, "0123456789;");
            assert_int_equal(*s, 'm');
            s++;
        } else {
            ir_buf_addc(&b, *s++);
        }
    }
    return ir_buf_take(&b);
}

/* Colour adds nothing that is not there without it. */
static void
test_colour(void **state)
{
    static const int cols[] = {80, 40};
    int i, lang;

    (void)state;
    for (i = 0; i < 4; i++) {
        struct ir_buf plain = {0}, bright = {0};
        struct fixture f;
        char *bare;

        lang = i % 2;
        ir_i18n_set((enum ir_lang)lang);
        fixture_init(&f);
        f.v.term.cols = cols[i / 2];
        f.inc.clocks[0].state = IR_CLOCK_MISSED;
        draw_walk(&f, &plain);
        draw_list(&f, &plain);
        fixture_done(&f);
        fixture_init(&f);
        f.v.term.cols = cols[i / 2];
        f.v.term.color = true;
        f.inc.clocks[0].state = IR_CLOCK_MISSED;
        draw_walk(&f, &bright);
        draw_list(&f, &bright);
        bare = strip(ir_buf_str(&bright));
        assert_string_equal(bare, ir_buf_str(&plain));
        assert_non_null(strstr(ir_buf_str(&bright), "\033[1;31m"));
        free(bare);
        ir_buf_done(&plain);
        ir_buf_done(&bright);
        fixture_done(&f);
    }
    ir_i18n_set(IR_LANG_EN);
}

/* A terminal without UTF-8 gets ASCII, whatever people are called. */
static void
test_ascii(void **state)
{
    struct ir_buf out = {0};
    struct fixture f;
    size_t i;

    (void)state;
    fixture_init(&f);
    f.v.term.utf8 = false;
    free(f.inc.vars[0].value);
    f.inc.vars[0].value = ir_strdup("サーバー1");
    f.inc.roles[0].member = 2;
    free(f.trust.members[2].name);
    f.trust.members[2].name = ir_strdup("José Smith");
    ir_view_walk(&f.v, &f.w, &out);
    draw_step(&f, &out);
    draw_list(&f, &out);
    screen_check(&out, 80, "ascii");
    for (i = 0; i < out.len; i++)
        assert_true(out.p[i] < 0x80);
    assert_non_null(strstr(ir_buf_str(&out), "\\u{30B5}"));
    ir_buf_done(&out);
    fixture_done(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens), cmocka_unit_test(test_fits),
        cmocka_unit_test(test_on_fail), cmocka_unit_test(test_keys),
        cmocka_unit_test(test_clock),   cmocka_unit_test(test_focus),
        cmocka_unit_test(test_argv),    cmocka_unit_test(test_json),
        cmocka_unit_test(test_hostile), cmocka_unit_test(test_colour),
        cmocka_unit_test(test_ascii),   cmocka_unit_test(test_room),
    };

    return cmocka_run_group_tests(tests, view_setup, NULL);
}
