/* test_flow.c: the flow of one plan: edges, joins, loops, and that it never
 * gets stuck, whatever people do.
 */
#include "base/crypt.h"
#include "core/flow.h"
#include "plan_make.h"

#define FACTS_MAX 4000

struct walk {
    struct ir_plan *plan;
    struct ir_pgraph graph;
    struct ir_flow_fact facts[FACTS_MAX];
    size_t facts_n, seq;
    struct ir_cond_env env;
    struct ir_flow_step *s;
    int nested_left; /* runbook steps: acts still to do inside; -1: not here */
};

static bool
nested(int step, uint64_t iteration, int64_t ready_ms, bool *over,
       int64_t *over_ms, void *arg)
{
    const struct walk *w = arg;

    (void)step;
    (void)iteration;
    *over = w->nested_left == 0;
    *over_ms = ready_ms + 5;
    return w->nested_left >= 0;
}

static void
run(struct walk *w)
{
    struct ir_flow_in in = {&w->graph, w->facts, w->facts_n, 1000,
                            &w->env,   nested,   w};

    ir_flow_free(w->s, w->graph.n);
    ir_flow_run(&in, &w->s);
}

static struct walk *
walk_new(const char *more, const char *steps)
{
    struct walk *w = ir_calloc(1, sizeof *w);
    struct ir_err err = {0};

    w->plan = plan_make(more, steps, &err);
    if (w->plan == NULL)
        fail_msg("%s", err.msg);
    w->nested_left = -1;
    ir_pgraph_init(w->plan, &w->graph);
    run(w);
    return w;
}

static void
walk_free(struct walk *w)
{
    ir_flow_free(w->s, w->graph.n);
    ir_pgraph_done(&w->graph);
    ir_plan_free(w->plan);
    free(w);
}

static int
by_key(const void *a, const void *b)
{
    const struct ir_flow_fact *x = a, *y = b;

    if (x->step != y->step)
        return x->step - y->step;
    return x->iteration < y->iteration ? -1 : x->iteration > y->iteration;
}

/* Record `state` of a step in its present iteration. */
static void
put(struct walk *w, int step, enum ir_step_state state, int option, bool again)
{
    struct ir_flow_fact f = {
        step, w->s[step].iteration, state, option, again, 0, 0};
    size_t i;

    f.seq = ++w->seq;
    f.at_ms = 1000 + (int64_t)f.seq * 10;
    for (i = 0; i < w->facts_n; i++)
        if (by_key(&w->facts[i], &f) == 0)
            break;
    assert_true(i < FACTS_MAX);
    w->facts[i] = f;
    if (i == w->facts_n)
        w->facts_n++;
    qsort(w->facts, w->facts_n, sizeof f, by_key);
    run(w);
}

/* Scripts: "a+" done, "a-" failed, "a/" skipped, "a!" taken, "a=x" chosen,
 * "a&" done and again. */
static void
play(struct walk *w, const char *script)
{
    char id[48], op, opt[48] = "";
    int used, step;

    while (*script != '\0') {
        used = 0;
        opt[0] = '\0';
        assert_int_equal(sscanf(script, "%40[a-z0-9]%c%n", id, &op, &used), 2);
        script += used;
        if (op == '=') {
            assert_int_equal(sscanf(script, "%40[a-z0-9]%n", opt, &used), 1);
            script += used;
        }
        while (*script == ' ')
            script++;
        step = ir_plan_step(w->plan, id);
        assert_true(step >= 0);
        put(w, step,
            op == '+' || op == '=' || op == '&' ? IR_STEP_DONE
            : op == '-'                         ? IR_STEP_FAILED
            : op == '/'                         ? IR_STEP_SKIPPED
                                                : IR_STEP_ACTIVE,
            op == '=' ? ir_step_option(&w->plan->steps[step], opt) : -1,
            op == '&');
    }
}

/* "aR bW cN": the state of every step; an iteration over 1 follows it. */
static char *
states(const struct walk *w)
{
    static const char letters[] = "WRADFSN";
    struct ir_buf b = {0};
    int i;

    for (i = 0; i < w->graph.n; i++) {
        ir_buf_addf(&b, "%s%s%c", i > 0 ? " " : "", w->plan->steps[i].id,
                    letters[w->s[i].state]);
        if (w->s[i].iteration > 1)
            ir_buf_addf(&b, "%d", (int)w->s[i].iteration);
    }
    return ir_buf_take(&b);
}

#define S(id) STEP(id, "")
#define GO(id, to) STEP(id, ",'go':'" to "'")
#define AFTER(id, list) STEP(id, ",'after':[" list "]")
#define FAIL(id, to) STEP(id, ",'on_fail':{'en':'e','ja':'j','go':'" to "'}")
#define CHOOSE(id, x, y)                                                       \
    STEP(id,                                                                   \
         ",'choose':[{'id':'x','title':" T x "},{'id':'y','title':" T y "}]")
#define TO(id) ",'go':'" id "'"

static const struct {
    const char *steps, *script, *want;
} cases[] = {
    {S("a") "," S("b"), "", "aR bW"},
    {S("a") "," S("b"), "a!", "aA bW"},
    {S("a") "," S("b"), "a+", "aD bR"},
    {S("a") "," S("b"), "a/", "aS bR"},
    {S("a") "," S("b"), "a-", "aF bW"},
    {S("a") "," S("b"), "a- a+", "aD bR"},
    {FAIL("a", "c") "," S("b") "," S("c"), "a-", "aF bN cR"},
    {FAIL("a", "c") "," S("b") "," S("c"), "a+", "aD bR cW"},
    {FAIL("a", "end") "," S("b"), "a-", "aF bN"},
    {FAIL("a", "a") "," S("b"), "a-", "aR2 bW"},
    {S("a") "," FAIL("b", "a") "," S("c"), "a+ b-", "aR2 bW2 cW"},
    {S("a") "," FAIL("b", "a") "," S("c"), "a+ b- a+ b+", "aD2 bD2 cR"},
    {GO("a", "c") "," AFTER("b", "") "," S("c"), "a+", "aD bR cR"},
    {S("a") "," GO("b", "end") "," AFTER("c", "'a'"), "a+ b+", "aD bD cR"},
    /* decisions */
    {CHOOSE("a", TO("c"), "") "," S("b") "," S("c"), "a=x", "aD bN cR"},
    {CHOOSE("a", TO("c"), "") "," S("b") "," S("c"), "a=y", "aD bR cW"},
    {CHOOSE("a", TO("c"), "") "," S("b") "," S("c"), "a=y b+", "aD bD cR"},
    {CHOOSE("a", TO("c"), TO("b")) "," GO("b", "end") "," S("c"), "a=x",
     "aD bN cR"},
    {CHOOSE("a", TO("c"), TO("b")) "," GO("b", "end") "," S("c"), "a=y",
     "aD bR cN"},
    {CHOOSE("a", TO("c"), TO("b")) "," GO("b", "end") "," S("c"), "a/",
     "aS bN cR"},
    {CHOOSE("a", TO("c"), "") "," S("b") "," S("c"), "a/", "aS bR cW"},
    {CHOOSE("a", TO("end"), "") "," S("b"), "a=x", "aD bN"},
    /* joins */
    {S("a") "," AFTER("b", "'a'") "," AFTER("c", "'a'") "," AFTER("d",
                                                                  "'b','c'"),
     "a+", "aD bR cR dW"},
    {S("a") "," AFTER("b", "'a'") "," AFTER("c", "'a'") "," AFTER("d",
                                                                  "'b','c'"),
     "a+ b+", "aD bD cR dW"},
    {S("a") "," AFTER("b", "'a'") "," AFTER("c", "'a'") "," AFTER("d",
                                                                  "'b','c'"),
     "a+ b+ c/", "aD bD cS dR"},
    {S("a") "," AFTER("b", "'a'") "," AFTER("c", "'a'") "," AFTER("d",
                                                                  "'b','c'"),
     "a+ b+ c-", "aD bD cF dW"},
    {CHOOSE("a", TO("b"),
            TO("c")) "," GO("b", "d") "," S("c") "," AFTER("d", "'b','c'"),
     "a=x b+", "aD bD cN dR"},
    {CHOOSE("a", TO("b"), TO("end")) "," S("b") "," AFTER("c", "'b'"), "a=y",
     "aD bN cN"},
    /* a go to a step with after is one more way in */
    {CHOOSE("a", TO("c"), "") "," S("b") "," AFTER("c", "'b'"), "a=x",
     "aD bN cR"},
    /* loops */
    {S("a") "," CHOOSE("b", TO("a"), "") "," S("c"), "a+ b=x", "aR2 bW2 cW"},
    {S("a") "," CHOOSE("b", TO("a"), "") "," S("c"), "a+ b=x a+ b=y",
     "aD2 bD2 cR"},
    {S("a") "," CHOOSE("b", TO("a"), "") "," S("c"), "a+ b=x a+ b/",
     "aD2 bS2 cR"},
    {S("a") "," CHOOSE("b", TO("a"), "") "," S("c"), "a+ b=x a+ b=x a+ b=x",
     "aR4 bW4 cW"},
    {S("a") "," S("b") "," STEP("c", ",'repeat':{'to':'b','ask':" T
                                     ",'max':2}") "," S("d"),
     "a+ b+ c&", "aD bR2 cW2 dW"},
    {S("a") "," S("b") "," STEP("c", ",'repeat':{'to':'b','ask':" T
                                     ",'max':2}") "," S("d"),
     "a+ b+ c& b+ c&", "aD bD2 cD2 dR"},
    {S("a") "," S("b") "," STEP("c", ",'repeat':{'to':'b','ask':" T
                                     ",'max':2}") "," S("d"),
     "a+ b+ c/", "aD bD cS dR"},
    /* a loop into a branch that was not taken */
    {CHOOSE("a", TO("c"), "") "," GO("b", "d") "," S("c") "," CHOOSE(
         "d", TO("b"), "") "," S("e"),
     "a=x c+ d=x", "aD bR2 cD dW2 eW"},
    /* what runs beside a loop is not repeated */
    {S("a") "," S("b") "," AFTER("c", "'a'") "," STEP(
         "d", ",'after':['b','c'],'repeat':{'to':'b','ask':" T ",'max':9}"),
     "a+ b+ c+ d&", "aD bR2 cD dW2"},
    /* undo steps */
    {STEP("a", ",'undo':'b'") "," S("b") "," S("c"), "", "aR bN cW"},
    {STEP("a", ",'undo':'b'") "," S("b") "," S("c"), "a+", "aD bR cR"},
    {STEP("a", ",'undo':'b'") "," S("b") "," S("c"), "a+ b+", "aD bD cR"},
    {STEP("a", ",'undo':'b'") "," S("b") "," S("c"), "a+ b+ a+", "aD bR cR"},
    {STEP("a", ",'undo':'b'") "," S("b") "," S("c"), "a+ b-", "aD bF cR"},
    {STEP("a", ",'undo':'b'") "," S("b") "," S("c"), "a/", "aS bN cR"},
    /* when */
    {S("a") "," STEP("b", ",'when':{'step':'a','state':'skipped'}") "," S("c"),
     "a+", "aD bN cR"},
    {S("a") "," STEP("b", ",'when':{'step':'a','state':'skipped'}") "," S("c"),
     "a/", "aS bR cW"},
    {AFTER("a", "") "," AFTER("b", "") "," STEP(
         "c", ",'after':['b'],'when':{'step':'a','state':'done'}"),
     "b+", "aR bD cW"},
    {AFTER("a", "") "," AFTER("b", "") "," STEP(
         "c", ",'after':['b'],'when':{'step':'a','state':'done'}"),
     "b+ a+", "aD bD cR"},
    {STEP("a", ",'when':{'severity':2}") "," S("b"), "", "aN bR"},
    {STEP("a", ",'when':{'not':{'severity':2}}") "," S("b"), "", "aR bW"},
    {STEP("a",
          ",'when':{'any':[{'mail':'down'},{'exercise':false}]}") "," S("b"),
     "", "aR bW"},
};

static void
walks(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct walk *w = walk_new("", cases[i].steps);
        char *got;

        play(w, cases[i].script);
        got = states(w);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("case %zu, %s after \"%s\": %s, wanted %s", i,
                     cases[i].steps, cases[i].script, got, cases[i].want);
        free(got);
        walk_free(w);
    }
}

static void
times_and_needs(void **state)
{
    struct walk *w = walk_new("", S("a") "," AFTER("b", "'a'") "," AFTER(
                                      "c", "'a'") "," AFTER("d", "'b','c'"));

    (void)state;
    assert_int_equal(w->s[0].ready_ms, 1000);
    assert_int_equal(w->s[3].needs_n, 2);
    play(w, "a+ c+"); /* at 1010 and 1020 */
    assert_int_equal(w->s[1].ready_ms, 1010);
    assert_int_equal(w->s[3].needs_n, 1);
    assert_int_equal(w->s[3].needs[0], 1);
    play(w, "b+");
    assert_int_equal(w->s[3].ready_ms, 1030);
    assert_int_equal(w->s[3].needs_n, 0);
    walk_free(w);
}

static void
late_severity_brings_a_step_back(void **state)
{
    struct walk *w = walk_new(
        "",
        S("a") "," STEP("b", ",'when':{'severity':1}") "," S("c") "," S("d"));
    char *got;

    (void)state;
    w->env.severity = 3;
    play(w, "a+ c!");
    got = states(w);
    assert_string_equal(got, "aD bN cA dW");
    free(got);
    w->env.severity = 1;
    run(w);
    got = states(w);
    assert_string_equal(got, "aD bR cA dW"); /* what was begun goes on */
    free(got);
    play(w, "c+ d+");
    got = states(w);
    assert_string_equal(got, "aD bR cD dD");
    free(got);
    walk_free(w);
}

static void
nested_runbook(void **state)
{
    static const char steps[] =
        "{'id':'a','title':" T ",'runbook':'x/y'}," S("b");
    struct walk *w = walk_new("", steps);
    int64_t ms;

    (void)state;
    assert_int_equal(w->s[0].state, IR_STEP_READY); /* its plan is not here */
    assert_false(w->s[0].container);
    w->nested_left = 1;
    run(w);
    assert_true(w->s[0].container);
    assert_int_equal(w->s[1].state, IR_STEP_WAITING);
    w->nested_left = 0;
    run(w);
    assert_int_equal(w->s[0].state, IR_STEP_DONE);
    assert_int_equal(w->s[1].state, IR_STEP_READY);
    assert_int_equal(w->s[1].ready_ms, 1005);
    assert_false(ir_flow_over(w->s, w->graph.n, &ms));
    play(w, "b/");
    assert_true(ir_flow_over(w->s, w->graph.n, &ms));
    w->nested_left = 1;
    play(w, "a/");
    assert_true(ir_flow_over(w->s, w->graph.n, &ms));
    walk_free(w);
}

/* A fact of an iteration that was not come to, as after a partition. */
static void
catches_up(void **state)
{
    struct walk *w = walk_new("", S("a") "," CHOOSE("b", TO("a"), ""));
    char *got;

    (void)state;
    play(w, "a+ b=x"); /* 2 */
    w->s[0].iteration = 3;
    put(w, 0, IR_STEP_DONE, -1, false);
    got = states(w);
    assert_string_equal(got, "aD3 bR2");
    free(got);
    play(w, "b=x");
    got = states(w);
    assert_string_equal(got, "aD3 bR3");
    free(got);
    walk_free(w);
}

/* Random plans, random people. */

static uint64_t rng;

static int
below(int n)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return (int)((rng >> 33) % (uint64_t)n);
}

static void
random_go(struct ir_buf *b, const char *lead, int n, int i)
{
    if (below(8) == 0)
        ir_buf_addf(b, "%s'go':'end'", lead);
    else if (below(3) == 0)
        ir_buf_addf(b, "%s'go':'s%d'", lead, below(n));
    else if (i + 1 < n)
        ir_buf_addf(b, "%s'go':'s%d'", lead, i + 1 + below(n - i - 1));
}

static void
random_when(struct ir_buf *b, int i)
{
    static const char *const words[] = {"done", "failed", "skipped"};

    if (below(2) == 0)
        ir_buf_addf(b, ",'when':{'severity':%d}", 1 + below(4));
    else if (i > 0)
        ir_buf_addf(b,
                    ",'when':{'%s':[{'step':'s%d','state':'%s'},"
                    "{'step':'s%d','state':'%s'}]}",
                    below(2) == 0 ? "any" : "all", below(i), words[below(3)],
                    below(i), words[below(3)]);
}

static void
random_step(struct ir_buf *b, int n, int i)
{
    int k, kind = below(10), with_after = below(4) == 0;

    ir_buf_addf(b, "%s{'id':'s%d','title':" T ",'say':" T, i > 0 ? "," : "", i);
    if (with_after && i > 0) {
        ir_buf_adds(b, ",'after':[");
        for (k = below(3); k > 0; k--)
            ir_buf_addf(
                b, "'s%d'%s",
                (below(i) / k) * k + k - 1 < n ? (below(i) / k) * k + k - 1 : 0,
                k > 1 ? "," : "");
        ir_buf_adds(b, "]");
    }
    if (kind == 0) {
        ir_buf_adds(b, ",'runbook':'x/y'");
    } else if (kind < 4) {
        int opts = 2 + below(3);

        ir_buf_adds(b, ",'choose':[");
        for (k = 0; k < opts; k++) {
            ir_buf_addf(b, "%s{'id':'o%d','title':" T, k > 0 ? "," : "", k);
            if (below(4) > 0)
                random_go(b, ",", n, i);
            ir_buf_adds(b, "}");
        }
        ir_buf_adds(b, "]");
    } else {
        if (kind == 4)
            ir_buf_addf(b, ",'repeat':{'to':'s%d','ask':" T ",'max':%d}",
                        below(i + 1), 2 + below(3));
        if (kind == 5)
            random_go(b, ",", n, i);
        if (kind == 6)
            ir_buf_addf(b, ",'undo':'s%d'", below(n));
    }
    if (below(5) == 0) {
        ir_buf_adds(b, ",'on_fail':{'en':'e','ja':'j'");
        random_go(b, ",", n, i);
        ir_buf_adds(b, "}");
    }
    if (below(5) == 0)
        random_when(b, i);
    ir_buf_adds(b, "}");
}

/* Somebody does something to a step that can be acted on. False: there is
 * none. With `only_skip` they skip. */
static bool
act(struct walk *w, bool only_skip)
{
    int can[IR_PLAN_STEPS_MAX], n = 0, i, t, what;

    for (i = 0; i < w->graph.n; i++)
        if ((w->s[i].state == IR_STEP_READY ||
             w->s[i].state == IR_STEP_ACTIVE ||
             w->s[i].state == IR_STEP_FAILED) &&
            (!w->s[i].resolved || (w->s[i].optional && !only_skip)))
            can[n++] = i;
    if (n == 0)
        return false;
    t = can[below(n)];
    what = only_skip ? 9 : below(10);
    if (what < 6)
        put(w, t, IR_STEP_DONE,
            w->graph.node[t].opt_n > 0 ? below(w->graph.node[t].opt_n) : -1,
            below(2) == 0);
    else if (what < 8)
        put(w, t, IR_STEP_FAILED, -1, false);
    else if (what == 8)
        put(w, t, IR_STEP_ACTIVE, -1, false);
    else
        put(w, t, IR_STEP_SKIPPED, -1, false);
    return true;
}

static void
walk_somehow(struct walk *w, uint64_t seed)
{
    int64_t ms;
    int i;

    for (i = 0; i < 120; i++) {
        w->env.severity = 1 + below(4);
        w->nested_left = below(3) - 1;
        run(w);
        if (!act(w, false) && !ir_flow_over(w->s, w->graph.n, &ms))
            fail_msg("stuck, seed %llu", (unsigned long long)seed);
    }
    for (i = 0; !ir_flow_over(w->s, w->graph.n, &ms); i++) {
        if (i > w->graph.n)
            fail_msg("skipping does not end, seed %llu",
                     (unsigned long long)seed);
        if (!act(w, true))
            fail_msg("stuck, seed %llu", (unsigned long long)seed);
    }
}

static void
never_stuck(void **state)
{
    int tried = 0, walked = 0;
    uint64_t first = 0;
    const char *env = getenv("IR_TEST_SEED");

    (void)state;
    if (env != NULL)
        first = strtoull(env, NULL, 10);
    else
        ir_random(&first, 4);
    print_message("first seed %llu (IR_TEST_SEED)\n",
                  (unsigned long long)first);
    for (; walked < 400 && tried < 200000; tried++) {
        struct ir_buf b = {0};
        struct ir_err err;
        struct walk *w;
        int n, i;

        rng = first + (uint64_t)tried;
        n = 2 + below(tried % 3 == 0 ? 14 : 6);
        for (i = 0; i < n; i++)
            random_step(&b, n, i);
        w = ir_calloc(1, sizeof *w);
        w->plan = plan_make("", ir_buf_str(&b), &err);
        ir_buf_done(&b);
        if (w->plan == NULL) {
            free(w);
            continue;
        }
        ir_pgraph_init(w->plan, &w->graph);
        run(w);
        walk_somehow(w, rng = first + (uint64_t)tried);
        walk_free(w);
        walked++;
    }
    print_message("%d plans walked of %d made\n", walked, tried);
    assert_int_equal(walked, 400);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks),
        cmocka_unit_test(times_and_needs),
        cmocka_unit_test(late_severity_brings_a_step_back),
        cmocka_unit_test(nested_runbook),
        cmocka_unit_test(catches_up),
        cmocka_unit_test(never_stuck),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
