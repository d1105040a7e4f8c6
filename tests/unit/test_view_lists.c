/* test_view_lists.c: status, home, menus, refusals, verdicts, lists. */
#include "view/call.h"
#include "view/entry.h"
#include "view/home.h"
#include "view/menu.h"
#include "view/people.h"
#include "view/refusal.h"
#include "view/status.h"
#include "view/verify.h"
#include "view_make.h"

static uint8_t some_id[IR_ID_BYTES] = {0xa9, 0x1f, 0x03, 0xc2, 1};

/* What an incident gathers: exceptions, a request, a measure, a level. */
static void
gather(struct fixture *f)
{
    struct ir_incident *inc = &f->inc;

    inc->exceptions = ir_calloc(2, sizeof *inc->exceptions);
    inc->exceptions_n = 2;
    memcpy(inc->exceptions[0].entry, some_id, IR_ID_BYTES);
    inc->exceptions[0].rule = (char *)(uintptr_t) "two-person";
    inc->exceptions[0].reason = (char *)(uintptr_t) "nobody else in the room";
    inc->exceptions[0].effect = (char *)(uintptr_t) "1/isolate";
    inc->exceptions[0].by = 1;
    inc->exceptions[0].reviewed_by = -1;
    inc->exceptions[0].at_ms = NOW - 12 * MIN;
    inc->exceptions[1] = inc->exceptions[0];
    inc->exceptions[1].rule = (char *)(uintptr_t) "unapproved";
    inc->exceptions[1].reviewed_by = 0;
    inc->requests = ir_calloc(1, sizeof *inc->requests);
    inc->requests_n = 1;
    memcpy(inc->requests[0].entry, some_id, IR_ID_BYTES);
    inc->requests[0].path = view_step(f, "isolate")->path;
    inc->requests[0].what = (char *)(uintptr_t) "ssh -- FS1 'nft -f ...'";
    inc->requests[0].by = 1;
    inc->requests[0].approved_by = -1;
    inc->requests[0].expires_ms = NOW + 13 * MIN;
    inc->measures = ir_calloc(1, sizeof *inc->measures);
    inc->measures_n = 1;
    memcpy(inc->measures[0].entry, some_id, IR_ID_BYTES);
    inc->measures[0].text = (char *)(uintptr_t) "Boards by hand";
    inc->measures[0].owner = (char *)(uintptr_t) "network";
    inc->measures[0].review_ms = NOW + 600 * MIN;
    inc->services = ir_calloc(1, sizeof *inc->services);
    inc->services_n = 1;
    inc->services[0].operation = (char *)(uintptr_t) "displays";
    inc->services[0].level = 40;
    inc->services[0].at_ms = NOW - 5 * MIN;
    view_clock(f, "appi-preliminary", IR_CT_LEGAL, IR_CLOCK_UNDECIDED, 0,
               NOW - 72 * MIN, NOW + 72 * 60 * MIN);
    view_clock(f, "x/displays/mtpd", IR_CT_MTPD, IR_CLOCK_MISSED, 3600,
               NOW - 72 * MIN, NOW - 12 * MIN);
    view_clock(f, "y", IR_CT_LEGAL, IR_CLOCK_MET, 0, NOW - 72 * MIN,
               NOW + 72 * 60 * MIN);
    inc->clocks[inc->clocks_n - 1].ended_ms = NOW - 3 * MIN;
}

static void
draw_status(struct fixture *f, struct ir_buf *out)
{
    gather(f);
    ir_view_status(&f->v, &f->w, out);
}

static void
draw_incidents(struct fixture *f, struct ir_buf *out)
{
    const struct ir_incident *list[] = {&f->inc, &f->inc};

    ir_view_incidents(&f->v, list, 2, f->inc.declare, out);
    ir_view_incidents(&f->v, list, 0, NULL, out);
}

static void
draw_people(struct fixture *f, struct ir_buf *out)
{
    gather(f);
    f->inc.roles[1].offered_to = 2;
    ir_view_roles(&f->v, &f->inc, out);
    ir_term_rule(&f->v.term, out, "who");
    ir_view_who(&f->v, &f->inc, out);
    ir_term_rule(&f->v.term, out, "clocks");
    ir_view_clocks(&f->v, &f->inc, out);
    ir_term_rule(&f->v.term, out, "measures");
    ir_view_measures(&f->v, &f->inc, out);
    ir_term_rule(&f->v.term, out, "exceptions");
    ir_view_exceptions(&f->v, &f->inc, out);
    ir_term_rule(&f->v.term, out, "requests");
    ir_view_requests(&f->v, &f->inc, out);
    ir_term_rule(&f->v.term, out, "members");
    f->trust.members[2].active = false;
    ir_view_members(&f->v, out);
}

static void
draw_catalog(struct fixture *f, struct ir_buf *out)
{
    const struct ir_json *systems[] = {f->system};
    const struct ir_plan *plans[] = {f->plan};

    f->trust.releases = ir_calloc(3, sizeof *f->trust.releases);
    f->trust.releases_n = 3;
    memset(f->trust.releases[0].manifest, 0x11, 32);
    f->trust.releases[0].made_ms = NOW - 9000 * MIN;
    f->trust.releases[0].approved = f->trust.releases[0].self_approved = true;
    memset(f->trust.releases[1].manifest, 0x22, 32);
    f->trust.releases[1].made_ms = NOW - 8000 * MIN;
    f->trust.releases[1].denied = true;
    f->trust.releases[1].deny_reason = (char *)(uintptr_t) "step 3 is wrong";
    memset(f->trust.releases[2].manifest, 0x33, 32);
    f->trust.releases[2].made_ms = NOW - 100 * MIN;
    f->trust.releases[2].text = (char *)(uintptr_t) "New rack numbers";
    ir_view_systems(&f->v, systems, 1, out);
    ir_view_system(&f->v, f->system, plans, 1, out);
    ir_view_releases(&f->v, out);
}

static void
draw_runbook(struct fixture *f, struct ir_buf *out)
{
    ir_view_runbook(&f->v, f->plan, out);
}

static void
draw_home(struct fixture *f, struct ir_buf *out)
{
    const struct ir_incident *open[] = {&f->inc};
    const struct ir_home_line for_you[] = {
        {"\"Assemble in room 3F\" from Ito, 4 min ago", "ir ack 5c20"}};
    const struct ir_home_line overdue[] = {
        {"communication drill, second half FY2026", "ir drill run comms"}};
    struct ir_home h = {.site = true,
                        .open = open,
                        .open_n = 1,
                        .for_you = for_you,
                        .for_you_n = 1,
                        .overdue = overdue,
                        .overdue_n = 1,
                        .record = f->w.record};

    f->v.me = 1;
    ir_view_home(&f->v, &h, out);
    ir_term_rule(&f->v.term, out, NULL);
    h.open_n = h.for_you_n = h.overdue_n = 0;
    h.record.this_device_only = 0;
    ir_view_home(&f->v, &h, out);
    ir_term_rule(&f->v.term, out, NULL);
    h.site = false;
    ir_view_home(&f->v, &h, out);
}

static void
draw_menus(struct fixture *f, struct ir_buf *out)
{
    const struct ir_json *systems[] = {f->system, f->system};
    const struct ir_plan *plans[] = {f->plan, f->plan};
    const struct ir_incident *open[] = {&f->inc};
    struct ir_option choices[] = {
        {.id = (char *)(uintptr_t) "few",
         .title = {(char *)(uintptr_t) "one or two",
                   (char *)(uintptr_t) "1、2台"}},
        {.id = (char *)(uintptr_t) "many",
         .title = {(char *)(uintptr_t) "more", (char *)(uintptr_t) "3台以上"}}};
    struct ir_var var = {.name = (char *)(uintptr_t) "count",
                         .ask = {(char *)(uintptr_t) "How many machines?",
                                 (char *)(uintptr_t) "何台に出ていますか？"},
                         .unknown = true,
                         .choices = choices,
                         .choices_n = 2};
    int i;

    ir_view_menu_systems(&f->v, systems, 2, out);
    ir_buf_addc(out, '\n');
    ir_view_menu_symptoms(&f->v, ir_json_text_of(f->system, "title"), plans, 2,
                          true, out);
    ir_buf_addc(out, '\n');
    ir_view_menu_join(&f->v, open, 1, out);
    ir_buf_addc(out, '\n');
    ir_view_menu_choose(&f->v, &f->inc, (size_t)ir_plan_step(f->plan, "spread"),
                        out);
    ir_buf_addc(out, '\n');
    for (i = IR_VAR_HOST; i <= IR_VAR_TEXT; i++) {
        var.type = (enum ir_var_type)i;
        ir_view_ask(&f->v, &var, i == IR_VAR_TEXT ? "unknown" : NULL, out);
        ir_buf_addc(out, '\n');
    }
    ir_view_ask_began(&f->v, out);
    ir_buf_addc(out, '\n');
    for (i = IR_WHY_SKIP; i <= IR_WHY_SEVERITY; i++) {
        ir_view_ask_why(&f->v, (enum ir_why)i, out);
        ir_buf_addc(out, '\n');
    }
    ir_view_ask_note(&f->v, out);
    ir_buf_addc(out, '\n');
}

static void
draw_refusals(struct fixture *f, struct ir_buf *out)
{
    static const char output[] =
        "line one\r\n\033[31mred\033[0m\n\tthree\n4\n5";
    const struct ir_view_reason reasons[] = {
        {"an exception is not reviewed", "ir exception approve a91f03c2"},
        {"an interim measure has no owner", "ir measure review 3fa9 --owner X"},
    };
    struct ir_err err = {0};

    ir_fail(&err, IR_EREFUSED, "Not yet: \"%s\" destroys disk and memory.",
            "Reimage FS1");
    ir_err_hint(&err, "preserve it:  ir evidence add IMAGE --source disk\nor "
                      "override:  ir run reimage --override WHY");
    ir_view_error(&f->v, &err, out);
    ir_fail(&err, IR_ESTORE, "The disk is full.");
    ir_view_not_recorded(&f->v, &err, NULL, out);
    ir_view_not_recorded(&f->v, &err, "ir done isolate --at 03:12", out);
    ir_view_reasons(&f->v, "The incident does not close yet:", reasons, 2, out);
    ir_view_output(&f->v, output, sizeof output - 1, 100000, 3, out);
    ir_view_output(&f->v, "", 0, 0, 0, out);
}

static void
draw_verdicts(struct fixture *f, struct ir_buf *out)
{
    struct ir_verify_bad bad[2] = {
        {.has_id = true,
         .why = IR_BAD_SIGNATURE,
         .author = 1,
         .at_ms = NOW - 9 * MIN},
        {.why = IR_BAD_ROW, .author = -1, .detail = "row 17"}};
    struct ir_verify r = {.entries = 412, .record = f->w.record, .bad = bad};
    int i;

    memcpy(bad[0].id, some_id, IR_ID_BYTES);
    r.record.this_device_only = 3;
    for (i = IR_VERDICT_WHOLE; i <= IR_VERDICT_TAMPERED; i++) {
        r.verdict = (enum ir_verdict)i;
        r.bad_n = i > IR_VERDICT_UNWITNESSED ? 2 : 0;
        r.backup_fork = i == IR_VERDICT_FORK;
        ir_view_verify(&f->v, &r, out);
        if (i == IR_VERDICT_WHOLE)
            r.bodies_erased = 1;
    }
    for (i = IR_BAD_SIGNATURE; i <= IR_BAD_ROW; i++) {
        bad[0].why = (enum ir_bad_why)i;
        r.bad_n = 1;
        ir_view_verify(&f->v, &r, out);
    }
}

/* In an exercise nobody outside is called, what is said on the telephone says
 * so first, and what goes on with it is the exercise. */
static void
draw_drill(struct fixture *f, struct ir_buf *out)
{
    f->inc.status = IR_EXERCISE;
    view_set(f, "ministry", IR_STEP_READY, -1, NOW - 6 * MIN);
    f->w.focus = ir_plan_step(f->plan, "ministry");
    ir_view_walk(&f->v, &f->w, out);
    ir_view_prompt(&f->v, &f->w, out);
    ir_buf_adds(out, "\n");
    ir_view_walk_left(&f->v, "ir", &f->inc, out);
}

/* Whom to ring, what to say, and keys that no line breaks in two. */
static void
draw_dial(struct fixture *f, struct ir_buf *out)
{
    struct ir_vdial d = {.name = "伊藤 和夫",
                         .channel = "phone",
                         .address = "050-0000-0101",
                         .say = "運用室です。指揮をとれますか。",
                         .code = "K7QM-2F9X",
                         .more = 2,
                         .voice = true};

    ir_view_call_dial(&f->v, &d, out);
    d.channel = "fax";
    d.voice = false;
    ir_view_call_dial(&f->v, &d, out);
    ir_view_call_keys(&f->v, out);
    ir_view_call_proxy(&f->v, out);
}

static void
test_screens(void **state)
{
    (void)state;
    screens("status", draw_status);
    screens("incidents", draw_incidents);
    screens("people", draw_people);
    screens("catalog", draw_catalog);
    screens("runbook", draw_runbook);
    screens("home", draw_home);
    screens("menus", draw_menus);
    screens("refusals", draw_refusals);
    screens("verdicts", draw_verdicts);
    screens("drill", draw_drill);
    screens("dial", draw_dial);
}

static void
test_status_json(void **state)
{
    static const char *const keys[] = {"incident", "steps",      "clocks",
                                       "roles",    "record",     "mail",
                                       "measures", "exceptions", "requests"};
    struct fixture f;
    struct ir_json *j, *it;
    size_t i;

    (void)state;
    ir_i18n_set(IR_LANG_EN);
    fixture_init(&f);
    gather(&f);
    j = ir_view_status_json(&f.v, &f.w);
    for (i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_non_null(ir_json_get(j, keys[i]));
    it = ir_json_get(j, "incident");
    assert_string_equal(ir_json_get_str(it, "id", ""), "3f3f3f3f3f3f3f3f");
    assert_string_equal(ir_json_get_str(it, "name", ""), "IR-7K4Q");
    assert_string_equal(ir_json_get_str(it, "status", ""), "actual");
    assert_string_equal(ir_json_get_str(it, "began", ""),
                        "2026-11-21T02:00:00+09:00");
    it = ir_json_at(ir_json_get(j, "clocks"), 0);
    assert_string_equal(ir_json_get_str(it, "state", ""), "at-risk");
    assert_int_equal(ir_json_get_int(it, "elapsed_s", 0), 72 * 60);
    it = ir_json_at(ir_json_get(j, "roles"), 0);
    assert_string_equal(ir_json_get_str(it, "member", ""), "ito");
    assert_true(ir_json_get_bool(it, "acting", false));
    assert_string_equal(ir_json_get_str(j, "mail", ""), "distrusted");
    assert_int_equal(
        ir_json_get_int(ir_json_get(j, "record"), "this_device_only", 0), 14);
    ir_json_free(j);
    fixture_done(&f);
}

static void
test_error_json(void **state)
{
    struct ir_err err = {0};
    struct ir_json *j, *e;
    struct fixture f;

    (void)state;
    fixture_init(&f);
    ir_fail(&err, IR_EREFUSED, "no");
    ir_err_field(&err, "disk");
    j = ir_view_error_json(&err);
    e = ir_json_get(j, "error");
    assert_string_equal(ir_json_get_str(e, "message", ""), "no");
    assert_string_equal(ir_json_get_str(e, "field", ""), "disk");
    assert_true(ir_json_is_null(ir_json_get(e, "hint")));
    ir_json_free(j);
    j = ir_view_not_recorded_json(&f.v, &err, NULL);
    e = ir_json_get(j, "error");
    assert_false(ir_json_get_bool(e, "recorded", true));
    assert_string_equal(ir_json_get_str(e, "again", ""),
                        "ir note --at 2026-11-21T03:12+09:00 \"...\"");
    ir_json_free(j);
    fixture_done(&f);
}

static void
test_verdict(void **state)
{
    struct ir_verify r = {.verdict = IR_VERDICT_UNWITNESSED, .entries = 1};
    struct fixture f;
    struct ir_json *j;

    (void)state;
    fixture_init(&f);
    assert_true(ir_verdict_good(IR_VERDICT_UNWITNESSED, false));
    assert_false(ir_verdict_good(IR_VERDICT_UNWITNESSED, true));
    assert_true(ir_verdict_good(IR_VERDICT_WHOLE, true));
    assert_false(ir_verdict_good(IR_VERDICT_INCOMPLETE, false));
    j = ir_view_verify_json(&f.v, &r);
    assert_string_equal(ir_json_get_str(j, "verdict", ""), "unwitnessed");
    ir_json_free(j);
    fixture_done(&f);
}

static void
test_yes(void **state)
{
    static const struct {
        const char *typed;
        int want;
    } cases[] = {{"y", 1},  {"YES", 1},    {"はい", 1}, {"n", 0},
                 {"No", 0}, {"いいえ", 0}, {"", -1},    {"maybe", -1}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ir_view_yes(cases[i].typed), cases[i].want);
}

static void
test_sort(void **state)
{
    struct ir_plan a = {.id = (char *)(uintptr_t) "s/b", .order = 1};
    struct ir_plan b = {.id = (char *)(uintptr_t) "s/a", .order = 1};
    struct ir_plan c = {.id = (char *)(uintptr_t) "s/0", .order = 90};
    const struct ir_plan *p[] = {&c, &a, &b};

    (void)state;
    ir_view_menu_sort(p, 3);
    assert_ptr_equal(p[0], &b);
    assert_ptr_equal(p[1], &a);
    assert_ptr_equal(p[2], &c);
}

/* A question in few words, for a sentence that lacks the answer. */
static void
test_asked(void **state)
{
    static const struct {
        const char *en, *ja, *want_en, *want_ja;
        bool noun;
    } cases[] = {
        {"Which server showed it first (FS1, FS2, ...)?",
         "最初に異常が出たサーバーはどれですか？（FS1、FS2など）",
         "which server showed it first", "最初に異常が出たサーバー", true},
        {"Which machine is rebuilt now?", "今から作り直すのはどれですか？",
         "which machine is rebuilt now", "今から作り直すもの", true},
        {"How many machines show a note?", "脅迫文は何台に出ていますか？",
         "how many machines show a note", "脅迫文の台数", true},
        {"How many can carry bags?", "今、運搬に出られるのは何人？",
         "how many can carry bags", "今、運搬に出られる人数", true},
        {"Who noticed it?", "気づいたのは誰ですか？", "who noticed it",
         "気づいた人", true},
        {"When did the session open?", "接続が始まった時刻は？",
         "when did the session open", "接続が始まった時刻", true},
        {"Which door or gate (D01 to D64)?", "どの扉・門？（D01〜D64）",
         "which door or gate", "扉・門", true},
        {"PLC1 or PLC2?", "いつから違反していましたか？", "PLC1 or PLC2",
         "いつから違反していましたか", false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_text t = {(char *)(uintptr_t)cases[i].en,
                            (char *)(uintptr_t)cases[i].ja};
        bool noun = true;
        char *s;

        ir_i18n_set(IR_LANG_EN);
        s = ir_view_asked(&t, &noun);
        assert_string_equal(s, cases[i].want_en);
        assert_false(noun);
        free(s);
        ir_i18n_set(IR_LANG_JA);
        s = ir_view_asked(&t, &noun);
        assert_string_equal(s, cases[i].want_ja);
        assert_int_equal(noun, cases[i].noun);
        free(s);
    }
    ir_i18n_set(IR_LANG_EN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),    cmocka_unit_test(test_status_json),
        cmocka_unit_test(test_error_json), cmocka_unit_test(test_verdict),
        cmocka_unit_test(test_yes),        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_sort),
    };

    return cmocka_run_group_tests(tests, view_setup, NULL);
}
