/* test_plan.c: plans decoded, refused and looked over. */
#include "base/crypt.h"
#include "core/plan.h"
#include "plan_make.h"

static const char full[] =
    "{'api':1,'id':'sys/fire','kind':'emergency','title':" T ",'symptoms':" T
    ",'severity':1,'order':7,'safety':" T ",'legal':['law-1','law-2'],"
    "'vars':{'host':{'type':'host','ask':" T ",'ask_at_start':true},"
    "'how':{'type':'choice','ask':" T ",'unknown':false,'default':'b',"
    "'choices':[{'id':'a','title':" T "},{'id':'b','title':" T "}]}},"
    "'steps':["
    "{'id':'ask','title':" T ",'say':" T ",'ask':['host','how'],'after':[]},"
    "{'id':'isolate','title':" T ",'say':{'en':'Pull ${host}','ja':'${host}'},"
    "'good':" T ",'warn':" T ",'place':" T ",'role':'network','within':300,"
    "'on_fail':{'en':'e','ja':'j','go':'spread'},'run':['ssh','--','${host}',"
    "'nft -f x'],'accept':{'exit':[0,3],'match':'ok'},'deadline':90,"
    "'real':true,'contain':true,'confirm':2,'undo':'reconnect',"
    "'preserves':['memory']},"
    "{'id':'reconnect','title':" T ",'say':" T "},"
    "{'id':'spread','title':" T ",'say':" T ",'choose':[{'id':'one','title':" T
    ",'say':" T "},{'id':'many','title':" T ",'go':'end','act':'commander'}]},"
    "{'id':'wipe','title':" T ",'say':" T ",'destroys':['memory'],"
    "'when':{'all':[{'step':'spread','chose':'one'},{'not':{'var':'host',"
    "'unknown':true}},{'any':[{'severity':2},{'mail':'down'},"
    "{'exercise':true},{'step':'isolate','state':'done'},"
    "{'var':'how','is':'a'}]}]},'measure':{'text':" T
    ",'owner':'network','review':86400},'clock':{'id':'law-1','op':'start'},"
    "'service':{'operation':'displays','level':80},'repeat':{'to':'isolate',"
    "'ask':" T ",'max':5}},"
    "{'id':'inner','title':" T ",'runbook':'sys/restore'},"
    "{'id':'get','title':" T ",'say':" T ",'collect':'linux-logs',"
    "'target':'${host}'},"
    "{'id':'ring','title':" T ",'say':" T ",'call':'emergency'},"
    "{'id':'inform','title':" T ",'say':" T ",'notify':'passengers',"
    "'template':'first-word'},"
    "{'id':'report','title':" T ",'say':" T ",'tell':'mlit','report':'first'},"
    "{'id':'pause','title':" T ",'say':" T ",'wait':1800,'go':'end'}]}";

static void
decodes_everything(void **state)
{
    struct ir_err err;
    struct ir_plan *p = NULL;
    char *json = plan_quote(full);
    const struct ir_step *s;
    uint8_t digest[32];

    (void)state;
    if (ir_plan_decode(json, strlen(json), &p, &err) != IR_OK)
        fail_msg("%s", err.msg);
    ir_sha256(json, strlen(json), digest);
    assert_memory_equal(p->digest, digest, 32);
    assert_int_equal(p->kind, IR_PLAN_EMERGENCY);
    assert_int_equal(p->severity, 1);
    assert_int_equal(p->order, 7);
    assert_int_equal(p->legal_n, 2);
    assert_int_equal(p->vars_n, 2);
    assert_true(ir_plan_var(p, "host")->at_start);
    assert_true(ir_plan_var(p, "host")->unknown);
    assert_false(ir_plan_var(p, "how")->unknown);
    assert_string_equal(ir_plan_var(p, "how")->choices[1].id, "b");
    assert_int_equal(p->steps_n, 11);
    s = &p->steps[0];
    assert_int_equal(s->act, IR_ACT_ASK);
    assert_true(s->has_after);
    assert_int_equal(s->confirm, 1);
    s = &p->steps[1];
    assert_int_equal(s->act, IR_ACT_RUN);
    assert_false(s->has_after);
    assert_string_equal(s->on_fail_go, "spread");
    assert_string_equal(s->argv[3], "nft -f x");
    assert_int_equal(s->accept_exit_n, 2);
    assert_int_equal(s->accept_exit[1], 3);
    assert_string_equal(s->accept_match, "ok");
    assert_int_equal(s->within_s, 300);
    assert_int_equal(s->deadline_s, 90);
    assert_int_equal(s->confirm, 2);
    assert_true(s->real && s->contain);
    assert_true(p->steps[2].is_undo);
    assert_string_equal(p->steps[3].options[1].act, "commander");
    s = &p->steps[4];
    assert_int_equal(s->when->op, IR_COND_ALL);
    assert_int_equal(s->when->sub[2].sub_n, 5);
    assert_int_equal(s->measure_review_s, 86400);
    assert_int_equal(s->service_level, 80);
    assert_int_equal(s->repeat_max, 5);
    assert_int_equal(p->steps[5].act, IR_ACT_RUNBOOK);
    assert_int_equal(p->steps[10].wait_s, 1800);
    ir_plan_free(p);
    free(json);
}

static void
cuts_nothing_off(void **state)
{
    char *json = plan_quote(full);
    size_t i, len = strlen(json);

    (void)state;
    for (i = 0; i < len; i++) {
        struct ir_plan *p = NULL;
        struct ir_err err;

        assert_int_not_equal(ir_plan_decode(json, i, &p, &err), IR_OK);
        assert_null(p);
        assert_true(err.msg[0] != '\0');
    }
    free(json);
}

#define A STEP("a", "")
#define B STEP("b", "")
#define V                                                                      \
    "'vars':{'v':{'type':'host','ask':" T "},'x':{'type':'text','ask':" T "}}" \
    ","

static const struct {
    const char *more, *steps, *field; /* NULL: accepted */
} cases[] = {
    {"", A "," B, NULL},
    {"'colour':1,", A, "colour"},
    {"", "", "steps"},
    {"'severity':5,", A, "severity"},
    {"'severity':true,", A, "severity"},
    {"'legal':['x','x'],", A, "legal"},
    {"'vars':{'1x':{'type':'host','ask':" T "}},", A, "vars.1x"},
    {"'vars':{'x':{'type':'hosts','ask':" T "}},", A, "vars.x.type"},
    {"'vars':{'x':{'type':'choice','ask':" T "}},", A, "vars.x.choices"},
    {"'vars':{'x':{'type':'number','ask':" T ",'default':'many'}},", A,
     "vars.x.default"},
    {"'safety':{'en':'${nobody}','ja':'j'},", A, "safety"},
    {"", STEP("a", ",'colour':1"), "steps[0].colour"},
    {"", STEP("end", ""), "steps[0].id"},
    {"", STEP("../a", ""), "steps[0].id"},
    {"", A "," A, "steps[1].id"},
    {"", "{'id':'a','title':" T "}", "steps[0].say"},
    {"", "{'id':'a','title':{'en':'e'},'say':" T "}", "steps[0].title"},
    {"", "{'id':'a','title':{'en':'e','ja':''},'say':" T "}", "steps[0].title"},
    {"", "{'id':'a','title':{'en':'e','ja':'j','fr':'f'},'say':" T "}",
     "steps[0].title"},
    {"", "{'id':'a','title':{'en':'\\u0007','ja':'j'},'say':" T "}",
     "steps[0].title"},
    {"", STEP("a", ",'on_fail':{'en':'e','ja':'j','to':'b'}"),
     "steps[0].on_fail.to"},
    {"", STEP("a", ",'within':0"), "steps[0].within"},
    {"", STEP("a", ",'within':'5m'"), "steps[0].within"},
    {"", STEP("a", ",'wait':1,'call':'x'"), "steps[0].wait"},
    {"", STEP("a", ",'deadline':1"), "steps[0].deadline"},
    {"", STEP("a", ",'run':['x'],'deadline':3601"), "steps[0].deadline"},
    {"", STEP("a", ",'run':[]"), "steps[0].run"},
    {"", STEP("a", ",'run':{}"), "steps[0].run"},
    {"", STEP("a", ",'run':['x'],'accept':{'exit':[256]}"),
     "steps[0].accept.exit"},
    {"", STEP("a", ",'confirm':3"), "steps[0].confirm"},
    {"", STEP("a", ",'tell':'x','report':'second'"), "steps[0].report"},
    {"", STEP("a", ",'clock':{'id':'x','op':'go'}"), "steps[0].clock.op"},
    {"", STEP("a", ",'measure':{'text':" T ",'owner':'x'}"),
     "steps[0].measure.review"},
    {"", STEP("a", ",'choose':[{'id':'x','title':" T "}]"), "steps[0].choose"},
    {"",
     STEP("a", ",'choose':[{'id':'x','title':" T "},{'id':'x','title':" T "}]"),
     "steps[0].choose[1].id"},
    /* the graph */
    {"", STEP("a", ",'go':'c'") "," B, "steps[0].go"},
    {"", STEP("a", ",'go':'a'"), "steps[0].go"},
    {"", A "," STEP("b", ",'go':'a'"), "steps[0].go"},
    {"",
     A "," STEP("b", ",'choose':[{'id':'x','title':" T
                     ",'go':'a'},{'id':'y','title':" T "}]"),
     NULL},
    {"",
     A "," STEP("b", ",'choose':[{'id':'x','title':" T
                     ",'go':'a'},{'id':'y','title':" T ",'go':'b'}]"),
     "steps[0].go"},
    {"", STEP("a", ",'go':'end'") "," B, "steps[1].id"},
    {"", A "," STEP("b", ",'on_fail':{'en':'e','ja':'j','go':'a'}"), NULL},
    {"", STEP("a", ",'after':['b']") "," STEP("b", ",'after':[]"), NULL},
    {"", STEP("a", ",'after':['b']") "," STEP("b", ",'after':['a']"),
     "steps[0].id"},
    {"", A "," STEP("b", ",'after':['c']") "," STEP("c", ",'after':['b','a']"),
     "steps[1].after"},
    {"", STEP("a", ",'after':['a']"), "steps[0].after[0]"},
    {"", A "," STEP("b", ",'after':['c']"), "steps[1].after[0]"},
    {"", A "," STEP("b", ",'after':['a','a']"), "steps[1].after"},
    {"", A "," STEP("b", ",'when':{'step':'a','state':'done'}"), NULL},
    {"", A "," STEP("b", ",'when':{'step':'a','state':'ready'}"),
     "steps[1].when.state"},
    {"", A "," STEP("b", ",'when':{'step':'a','chose':'x'}"), "steps[1].when"},
    {"", STEP("a", ",'when':{'step':'b','state':'done'}") "," B,
     "steps[0].when"},
    {"", STEP("a", ",'when':{'var':'v','is':'x'}"), "steps[0].when"},
    {V, STEP("a", ",'when':{'var':'v','is':'x'}"), NULL},
    {"", STEP("a", ",'when':{}"), "steps[0].when"},
    {"", STEP("a", ",'when':{'all':[]}"), "steps[0].when.all"},
    {"", STEP("a", ",'when':{'severity':1,'mail':'ok'}"), "steps[0].when"},
    {"", STEP("a", ",'undo':'b'") "," B "," STEP("c", ""), NULL},
    {"", STEP("a", ",'undo':'b'") "," STEP("b", ",'go':'c'") "," STEP("c", ""),
     "steps[1].undo"},
    {"", STEP("a", ",'undo':'a'"), "steps[0].undo"},
    {"", STEP("a", ",'undo':'b'") "," B "," STEP("c", ",'go':'b'"),
     "steps[2].go"},
    {"",
     STEP("a", ",'undo':'c'") "," STEP("b", ",'undo':'c'") "," STEP("c", ""),
     "steps[1].undo"},
    {"", A "," STEP("b", ",'repeat':{'to':'b','ask':" T ",'max':3}"), NULL},
    {"", STEP("a", ",'repeat':{'to':'b','ask':" T ",'max':3}") "," B,
     "steps[0].repeat.to"},
    {"", STEP("a", ",'repeat':{'to':'a','ask':" T ",'max':1}"),
     "steps[0].repeat.max"},
    {"", "{'id':'a','title':" T ",'runbook':'a/b'}", "steps[0].runbook"},
    {"", "{'id':'a','title':" T ",'runbook':'b'}", "steps[0].runbook"},
    /* texts and arguments */
    {"", "{'id':'a','title':" T ",'say':{'en':'${v}','ja':'j'}}",
     "steps[0].say"},
    {V, STEP("a", ",'run':['ssh','--','${v}','x ${v}']"), NULL},
    {V, STEP("a", ",'run':['ssh','--host=${v}']"), NULL},
    {V, STEP("a", ",'run':['ssh','${v}']"), "steps[0].run[1]"},
    {V, STEP("a", ",'run':['ssh','x${v}=1']"), "steps[0].run[1]"},
    {V, STEP("a", ",'run':['${v}']"), "steps[0].run[0]"},
    {V, STEP("a", ",'run':['ssh','--','${x}']"), "steps[0].run[2]"},
    {V, STEP("a", ",'ask':['w']"), "steps[0].ask[0]"},
};

static void
refuses_what_is_wrong(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ir_err err = {0};
        struct ir_plan *p = plan_make(cases[i].more, cases[i].steps, &err);

        if ((p == NULL) != (cases[i].field != NULL))
            fail_msg("case %zu (%s%s): %s", i, cases[i].more, cases[i].steps,
                     p == NULL ? err.msg : "accepted");
        if (p == NULL && strcmp(err.field, cases[i].field) != 0)
            fail_msg("case %zu: field %s (%s), wanted %s", i, err.field,
                     err.msg, cases[i].field);
        ir_plan_free(p);
    }
}

static void
refuses_too_much(void **state)
{
    struct ir_buf b = {0};
    struct ir_plan *p = NULL;
    struct ir_err err;
    int i;

    (void)state;
    for (i = 0; i < IR_PLAN_STEPS_MAX + 1; i++)
        ir_buf_addf(&b, "%s{'id':'s%d','title':" T ",'say':" T "}",
                    i > 0 ? "," : "", i);
    p = plan_make("", ir_buf_str(&b), &err);
    assert_null(p);
    assert_string_equal(err.field, "steps");
    ir_buf_done(&b);
    for (i = 0; i < 9; i++)
        ir_buf_adds(&b, "{'not':");
    ir_buf_adds(&b, "{'exercise':true}");
    for (i = 0; i < 9; i++)
        ir_buf_adds(&b, "}");
    {
        char *steps = ir_asprintf(
            "{'id':'a','title':" T ",'say':" T ",'when':%s}", ir_buf_str(&b));

        assert_null(plan_make("", steps, &err));
        free(steps);
    }
    ir_buf_done(&b);
}

static void
count(bool fatal, int step, const char *field, const char *msg, void *arg)
{
    int *n = arg;

    (void)step;
    (void)field;
    (void)msg;
    n[fatal ? 1 : 0]++;
}

static void
warns_without_refusing(void **state)
{
    struct ir_err err = {0};
    struct ir_plan *p =
        plan_make("",
                  STEP("a", ",'destroys':['disk'],'contain':true") "," STEP(
                      "b", ",'choose':[{'id':'x','title':" T
                           ",'go':'c'},{'id':'y','title':" T
                           "}]") "," STEP("c", ",'after':['b']"),
                  &err);
    int n[2] = {0, 0};

    (void)state;
    assert_non_null(p);
    ir_plan_lint(p, count, n);
    assert_int_equal(n[0], 3);
    assert_int_equal(n[1], 0);
    ir_plan_free(p);
}

/* One list of words, for refusals and screens alike. */
static void
source_words(void **state)
{
    (void)state;
    assert_string_equal(ir_source_word("disk"), "disk");
    assert_string_equal(ir_source_word("recording"), "recordings");
    assert_string_equal(ir_source_word("config"), "configuration");
    assert_string_equal(ir_source_word("tape"), "tape");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_everything),
        cmocka_unit_test(cuts_nothing_off),
        cmocka_unit_test(refuses_what_is_wrong),
        cmocka_unit_test(refuses_too_much),
        cmocka_unit_test(warns_without_refusing),
        cmocka_unit_test(source_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
