/* test_call.c: down a contact tree: whose turn, and how it ends. */
#include "core/call.h"
#include "unit.h"

#define T0 1000000000000LL
#define MIN 60000LL

/* Two levels: a commander with two deputies; then a person and a role. */
struct scene {
    struct ir_call_person commander[3], kato[1], guard[2];
    struct ir_call_seat first[1], second[2];
    struct ir_call_level level[2];
    struct ir_call c;
};

static void
begin(struct scene *s, bool one)
{
    memset(s, 0, sizeof *s);
    s->commander[0].contact = "ito";
    s->commander[1].contact = "tanaka";
    s->commander[2].contact = "abe";
    s->kato[0].contact = "kato";
    s->guard[0].contact = "goto";
    s->guard[1].contact = "yamazaki";
    s->first[0] = (struct ir_call_seat){.word = "role:commander",
                                        .wait_ms = 2 * MIN,
                                        .v = s->commander,
                                        .n = 3};
    s->second[0] = (struct ir_call_seat){.word = "kato", .v = s->kato, .n = 1};
    s->second[1] =
        (struct ir_call_seat){.word = "role:guard", .v = s->guard, .n = 2};
    s->level[0] = (struct ir_call_level){.v = s->first, .n = 1};
    s->level[1] = (struct ir_call_level){.v = s->second, .n = 2};
    s->c = (struct ir_call){.v = s->level, .n = 2, .one = one, .began_ms = T0};
}

static void
answer(struct ir_call_person *p, enum ir_call_answer a, int64_t at, bool claim)
{
    p->answer = a;
    p->answered_ms = at;
    p->claimed = claim;
}

/* Whose turn has begun at `now`, in order. */
static const char *
turns(struct scene *s, int64_t now)
{
    static char text[200];
    size_t i, k, m, n = 0;

    ir_call_plan(&s->c, now);
    text[0] = '\0';
    for (i = 0; i < s->c.n; i++)
        for (k = 0; k < s->level[i].n; k++)
            for (m = 0; m < s->level[i].v[k].n; m++)
                if (s->level[i].v[k].v[m].open_ms <= now)
                    n += (size_t)snprintf(text + n, sizeof text - n, "%s%s",
                                          n > 0 ? " " : "",
                                          s->level[i].v[k].v[m].contact);
    return text;
}

/* Nobody answers: deputy after deputy, level after level, then it is said. */
static void
silence(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, false);
    assert_string_equal(turns(&s, T0), "ito");
    assert_int_equal(s.c.next_ms, T0 + 2 * MIN);
    assert_string_equal(turns(&s, T0 + 2 * MIN), "ito tanaka");
    assert_string_equal(turns(&s, T0 + 4 * MIN), "ito tanaka abe");
    assert_int_equal(s.c.next_ms, T0 + 6 * MIN);
    assert_int_equal(s.c.state, IR_CALL_RUNS);
    assert_string_equal(turns(&s, T0 + 6 * MIN), "ito tanaka abe kato goto");
    assert_string_equal(turns(&s, T0 + 11 * MIN),
                        "ito tanaka abe kato goto yamazaki");
    assert_int_equal(s.c.state, IR_CALL_RUNS);
    assert_int_equal(s.c.next_ms, T0 + 16 * MIN);
    (void)turns(&s, T0 + 16 * MIN);
    assert_int_equal(s.c.state, IR_CALL_TRIED);
    assert_int_equal(s.c.next_ms, INT64_MAX);
    assert_int_equal(s.c.taken, 0);
    assert_int_equal(s.c.seats, 3);
}

/* No, and a telephone that nobody answers, bring the next turn at once. */
static void
no_time_is_lost(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, false);
    answer(&s.commander[0], IR_CALL_DECLINED, T0 + 5000, false);
    assert_string_equal(turns(&s, T0 + 5000), "ito tanaka");
    s.commander[1].through_ms = T0 + 9000;
    assert_string_equal(turns(&s, T0 + 9000), "ito tanaka abe");
    answer(&s.commander[2], IR_CALL_ACCEPTED, T0 + 12000, false);
    assert_string_equal(turns(&s, T0 + 12000), "ito tanaka abe kato goto");
    assert_int_equal(s.first[0].taken_by, 2);
    answer(&s.kato[0], IR_CALL_ACCEPTED, T0 + 13000, true);
    answer(&s.guard[0], IR_CALL_ACCEPTED, T0 + 14000, false);
    /* the deputy of the guard room is not called out of bed */
    assert_string_equal(turns(&s, T0 + 60 * MIN), "ito tanaka abe kato goto");
    assert_int_equal(s.c.state, IR_CALL_MET);
    assert_int_equal(s.c.taken, 3);
    assert_int_equal(s.c.next_ms, INT64_MAX);
}

/* Where one is enough, the first one ends it. */
static void
one_is_enough(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, true);
    answer(&s.commander[1], IR_CALL_ACCEPTED, T0 + 3 * MIN, true);
    assert_string_equal(turns(&s, T0 + 3 * MIN), "ito tanaka");
    assert_int_equal(s.c.state, IR_CALL_MET);
    assert_true(s.commander[s.first[0].taken_by].claimed);
    /* Ito answers later, and signed */
    answer(&s.commander[0], IR_CALL_ACCEPTED, T0 + 30 * MIN, false);
    assert_string_equal(turns(&s, T0 + 31 * MIN), "ito tanaka");
    assert_int_equal(s.first[0].taken_by, 0);
}

/* The tree's own wait opens the next level though this one is not through. */
static void
the_tree_goes_on(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, false);
    s.c.wait_ms = MIN;
    assert_string_equal(turns(&s, T0), "ito");
    assert_int_equal(s.c.next_ms, T0 + MIN);
    assert_string_equal(turns(&s, T0 + MIN), "ito kato goto");
    assert_int_equal(s.c.state, IR_CALL_RUNS);
    /* the clock is set back: nothing opens twice, nothing is stuck */
    assert_string_equal(turns(&s, T0 - 60 * MIN), "ito");
    assert_true(s.c.next_ms <= T0 - 59 * MIN);
}

/* An empty seat holds nothing up; an empty tree was tried. */
static void
nobody_there(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, false);
    s.first[0].n = 0;
    assert_string_equal(turns(&s, T0), "kato goto");
    s.c.n = 0;
    ir_call_plan(&s.c, T0);
    assert_int_equal(s.c.state, IR_CALL_TRIED);
}

/* Who is asked once more is waited for once more; no turn is taken back. */
static void
asked_again(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, false);
    (void)turns(&s, T0 + 20 * MIN);
    assert_int_equal(s.c.state, IR_CALL_TRIED);
    s.commander[0].begun_ms = T0;
    s.commander[0].again_ms = T0 + 20 * MIN;
    assert_string_equal(turns(&s, T0 + 21 * MIN),
                        "ito tanaka abe kato goto yamazaki");
    assert_int_equal(s.c.state, IR_CALL_RUNS);
    assert_int_equal(s.c.next_ms, T0 + 22 * MIN);
    (void)turns(&s, T0 + 22 * MIN);
    assert_int_equal(s.c.state, IR_CALL_TRIED);
    /* every way failed at once: nobody is waited for */
    s.commander[0].through_ms = T0 + 20 * MIN + 10;
    (void)turns(&s, T0 + 21 * MIN);
    assert_int_equal(s.c.state, IR_CALL_TRIED);
    /* a seat that is taken waits for nobody */
    s.commander[0].through_ms = 0;
    answer(&s.commander[1], IR_CALL_ACCEPTED, T0 + 20 * MIN, false);
    (void)turns(&s, T0 + 21 * MIN);
    assert_int_equal(s.c.state, IR_CALL_TRIED);
}

/* The deputy's turn began because every way to the first had failed; that one
 * of these is tried once more does not end it. */
static void
begun_is_begun(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, false);
    s.commander[0].begun_ms = s.commander[0].through_ms = T0 + 1000;
    assert_string_equal(turns(&s, T0 + 2000), "ito tanaka");
    s.commander[1].begun_ms = T0 + 2000;
    s.commander[0].through_ms = 0;
    s.commander[0].again_ms = T0 + 3000;
    assert_string_equal(turns(&s, T0 + 4000), "ito tanaka");
    /* nor does it where a level had opened */
    s.kato[0].begun_ms = T0 + 4000;
    assert_string_equal(turns(&s, T0 + 5000), "ito tanaka kato goto");
}

/* Who stands in two levels opens only the first by being called. */
static void
in_two_levels(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, false);
    s.guard[0].contact = "tanaka";
    assert_string_equal(turns(&s, T0), "ito");
    s.commander[0].begun_ms = T0;
    s.commander[1].begun_ms = T0 + 2 * MIN;
    assert_string_equal(turns(&s, T0 + 3 * MIN), "ito tanaka");
}

/* Who accepts before their turn takes the seat all the same. */
static void
unasked(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, true);
    answer(&s.kato[0], IR_CALL_ACCEPTED, T0 + 1000, false);
    assert_string_equal(turns(&s, T0 + 2000), "ito");
    assert_int_equal(s.c.state, IR_CALL_MET);
    begin(&s, false);
    answer(&s.kato[0], IR_CALL_ACCEPTED, T0 + 1000, false);
    assert_string_equal(turns(&s, T0 + 2000), "ito");
    assert_int_equal(s.c.state, IR_CALL_RUNS);
    assert_int_equal(s.c.taken, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence),        cmocka_unit_test(no_time_is_lost),
        cmocka_unit_test(one_is_enough),  cmocka_unit_test(the_tree_goes_on),
        cmocka_unit_test(nobody_there),   cmocka_unit_test(asked_again),
        cmocka_unit_test(begun_is_begun), cmocka_unit_test(in_two_levels),
        cmocka_unit_test(unasked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
