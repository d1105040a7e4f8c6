/* test_incident.c: incidents folded from signed entries: steps, roles, what
 * counts, conflicts, other releases.
 */
#include "case_make.h"

#define ASK(id, name) STEP(id, ",'ask':['" name "']")
#define HOST "'vars':{'host':{'type':'host','ask':" T "}},"

static void
walks_a_plan(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p = world_plan(
        w, "sys/fire", HOST,
        ASK("ask", "host") "," STEP(
            "pull",
            ",'within':300,'role':'"
            "network'") "," STEP("pick",
                                 ",'choose':[{'id':'x','title':" T
                                 ",'act':'commander'},{'id':'y','title':" T
                                 ",'go':'end'}]") "," STEP("last", ""));

    (void)state;
    incident(w, 0, 1, p, 2);
    assert_shape(w, "1/ask:R 1/pull:W 1/pick:W 1/last:W");
    assert_string_equal(w->inc->system, "sys");
    assert_string_equal(w->inc->scenario, "fire");
    assert_int_equal(w->inc->severity, 2);
    assert_int_equal(w->inc->entries_n, 1);
    assert_int_equal(w->inc->state, IR_INC_OPEN);
    assert_int_equal(find(w, "pull")->needs_n, 1);
    assert_string_equal(find(w, "pull")->needs[0], "1/ask");
    answer(w, 1, "1/ask", "host", "FS1");
    assert_shape(w, "1/ask:D 1/pull:R 1/pick:W 1/last:W");
    assert_string_equal(ir_incident_var(w->inc, "host"), "FS1");
    assert_int_equal(find(w, "ask")->by, 1);
    assert_int_equal(find(w, "pull")->ready_ms, w->now_ms);
    assert_int_equal(find(w, "pull")->due_ms, w->now_ms + 300000);
    step(w, 1, "1/pull", TAKE, NULL);
    assert_shape(w, "1/ask:D 1/pull:A 1/pick:W 1/last:W");
    assert_int_equal(find(w, "pull")->by, 1);
    step(w, 1, "1/pull", GIVE_BACK, NULL);
    assert_shape(w, "1/ask:D 1/pull:R 1/pick:W 1/last:W");
    assert_int_equal(find(w, "pull")->by, -1);
    step(w, 0, "1/pull", FAIL, "locked");
    assert_shape(w, "1/ask:D 1/pull:F 1/pick:W 1/last:W");
    assert_string_equal(find(w, "pull")->reason, "locked");
    step(w, 0, "1/pull", BEGIN, NULL);
    assert_shape(w, "1/ask:D 1/pull:A 1/pick:W 1/last:W");
    w->occurred_ms = w->now_ms - 60000;
    step(w, 0, "1/pull", DONE, NULL);
    assert_shape(w, "1/ask:D 1/pull:D 1/pick:R 1/last:W");
    assert_int_equal(find(w, "pull")->ended_ms, w->now_ms - 61000);
    step(w, 1, "1/pick", CHOOSE, "z");
    assert_shape(w, "1/ask:D 1/pull:D 1/pick:A 1/last:W");
    step(w, 1, "1/pick", CHOOSE, "x");
    assert_shape(w, "1/ask:D 1/pull:D 1/pick:D 1/last:R");
    assert_string_equal(find(w, "pick")->choice, "x");
    assert_int_equal(ir_incident_role(w->inc, "commander"), 1);
    assert_true(w->inc->roles[0].acting);
    assert_int_equal(ir_incident_role(w->inc, "network"), -1);
    step(w, 1, "1/last", SKIP, "not needed");
    assert_shape(w, "1/ask:D 1/pull:D 1/pick:D 1/last:S");
    assert_int_equal(w->inc->conflicts_n, 0);
    world_free(w);
}

static void
finds_steps_by_name(void **state)
{
    struct world *w = world_new(1);
    const struct ir_plan *p = world_plan(
        w, "sys/fire", "",
        STEP("isolate", ",'after':[]") "," STEP(
            "isobar", ",'after':"
                      "[]") "," STEP("call", ",'after':['isolate']"));
    struct ir_err err = {0};
    size_t i;

    (void)state;
    incident(w, 0, 1, p, 0);
    incident(w, 0, 10, p, 0);
    fold(w);
    assert_int_equal(ir_incident_step(w->inc, "2/call", &i, &err), IR_OK);
    assert_int_equal(i, 5);
    assert_int_equal(ir_incident_step(w->inc, "call", &i, &err), IR_EUSAGE);
    step(w, 0, "1/isolate", DONE, NULL);
    fold(w); /* 1/call is ready now, 2/call is not */
    assert_int_equal(ir_incident_step(w->inc, "call", &i, &err), IR_OK);
    assert_int_equal(i, 2);
    assert_int_equal(ir_incident_step(w->inc, "ca", &i, &err), IR_OK);
    assert_int_equal(ir_incident_step(w->inc, "iso", &i, &err), IR_EUSAGE);
    assert_int_equal(ir_incident_step(w->inc, "isolat", &i, &err), IR_OK);
    assert_int_equal(i, 3); /* what can still be done */
    assert_int_equal(ir_incident_step(w->inc, "isoalte", &i, &err),
                     IR_ENOTFOUND);
    assert_non_null(strstr(err.hint, "isolate"));
    assert_int_equal(ir_incident_step(w->inc, "", &i, &err), IR_ENOTFOUND);
    world_free(w);
}

static void
nested_runbooks(void **state)
{
    struct world *w = world_new(1);
    const struct ir_plan *p;

    (void)state;
    world_plan(w, "sys/inner", "", STEP("one", "") "," STEP("two", ""));
    p = world_plan(
        w, "sys/outer", "",
        STEP("a", "") ",{'id':'b','title':" T ",'runbook':'sys/inner'}," STEP(
            "c", ",'on_fail':{'en':'e','ja':'j','go':'b'}"));
    incident(w, 0, 1, p, 0);
    assert_shape(w, "1/a:R 1/b:W 1/c:W");
    step(w, 0, "1/a", DONE, NULL);
    assert_shape(w, "1/a:D 1/b:R 1/b/one:R 1/b/two:W 1/c:W");
    assert_true(find(w, "1/b")->container);
    assert_int_equal(find(w, "b/one")->depth, 1);
    step(w, 0, "1/b/one", DONE, NULL);
    assert_shape(w, "1/a:D 1/b:A 1/b/one:D 1/b/two:R 1/c:W");
    step(w, 0, "1/b/two", SKIP, "no");
    assert_shape(w, "1/a:D 1/b:D 1/b/one:D 1/b/two:S 1/c:R");
    step(w, 0, "1/c", FAIL, "again");
    assert_shape(w, "1/a:D 1/b:R2 1/b:2/one:R 1/b:2/two:W 1/c:W2");
    step(w, 0, "1/b:2/one", DONE, NULL);
    assert_shape(w, "1/a:D 1/b:A2 1/b:2/one:D 1/b:2/two:R 1/c:W2");
    step_at(w, 0, "1/b", 2, SKIP, "enough");
    assert_shape(w, "1/a:D 1/b:S2 1/c:R2");
    step_at(w, 0, "1/c", 2, DONE, NULL);
    assert_shape(w, "1/a:D 1/b:S2 1/c:D2");
    world_free(w);
}

static void
repeats(void **state)
{
    struct world *w = world_new(1);
    const struct ir_plan *p =
        world_plan(w, "sys/fire", "",
                   STEP("a", "") "," STEP("b", ",'repeat':{'to':'a','ask':" T
                                               ",'max':5}"));

    (void)state;
    incident(w, 0, 1, p, 0);
    step(w, 0, "1/a", DONE, NULL);
    step(w, 0, "1/b", DONE, "again");
    assert_shape(w, "1/a:R2 1/b:W2");
    step_at(w, 0, "1/a", 2, DONE, NULL);
    step_at(w, 0, "1/b", 2, DONE, NULL);
    assert_shape(w, "1/a:D2 1/b:D2");
    world_free(w);
}

static void
what_does_not_count(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p = world_plan(w, "sys/fire", "", STEP("a", ""));
    struct ir_bodyw b = {0};
    struct ir_incident *inc;
    const struct ir_entry *none[1] = {NULL};
    struct ir_fold_in in = {.trust = &w->trust, .e = none, .e_n = 0};
    struct ir_err err = {0};
    size_t good, bad;

    (void)state;
    incident(w, 0, 1, p, 0);
    w->status = IR_EXERCISE;
    step(w, 0, "1/a", DONE, NULL);
    w->status = IR_ACTUAL;
    ir_bodyw_text(&b, 1, "1/a"); /* a step without op */
    put(w, 0, IR_KIND_STEP, &b);
    assert_shape(w, "1/a:R");
    assert_int_equal(w->inc->entries_n, 1);
    assert_int_equal(w->inc->not_counted_n, 2);
    step(w, 0, "9/a", DONE, NULL); /* of no instance: kept, does nothing */
    step(w, 0, "1/zzz", DONE, NULL);
    assert_shape(w, "1/a:R");
    /* a key that is revoked: what it was accepted with, and before that */
    good = step(w, 1, "1/a", TAKE, NULL);
    bad = step(w, 1, "1/a", DONE, NULL);
    assert_shape(w, "1/a:D");
    memset(&b, 0, sizeof b);
    {
        struct ir_entry *e = trust_entry(w, IR_KIND_REVOKE);

        ir_bodyw_bytes(&b, 1, w->e[bad].h.author, 8);
        ir_bodyw_text(&b, 2, "lost");
        ir_bodyw_hashes(&b, 3, (const uint8_t(*)[32])w->e[good].id, 1);
        seal(w, e, 0, &b, w->site_id);
    }
    world_trust(w);
    assert_shape(w, "1/a:A");
    assert_int_equal(w->inc->not_counted_n, 3);
    /* without its declare entry there is no incident */
    in.declare = w->e[0].id;
    assert_int_equal(ir_incident_fold(&in, &inc, &err), IR_ENOTFOUND);
    world_free(w);
}

/* Somebody made a declare that shares the first eight bytes: what builds on
 * that one is not of this incident, what builds on both is. */
static void
twins(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p =
        world_plan(w, "sys/fire", "", STEP("a", "") "," STEP("b", ""));
    struct ir_header *h;
    size_t twin;

    (void)state;
    w->apart = true;
    incident(w, 0, 1, p, 0);
    twin = incident(w, 1, 1, p, 0);
    h = &w->e[twin].h;
    h->has_incident = h->has_prev = false;
    h->deps_n = 0;
    memcpy(w->e[twin].id, w->e[0].id, IR_INCIDENT_BYTES);
    step(w, 1, "1/a", DONE, NULL);
    assert_shape(w, "1/a:R 1/b:W");
    assert_int_equal(w->inc->entries_n, 1);
    together(w);
    step(w, 0, "1/a", DONE, NULL);
    assert_shape(w, "1/a:D 1/b:R");
    world_free(w);
}

static void
conflicts(void **state)
{
    struct world *w = world_new(3);
    const struct ir_plan *p = world_plan(
        w, "sys/fire", HOST,
        STEP("a", ",'choose':[{'id':'x','title':" T "},{'id':'y','title':" T
                  ",'go':'end'}]") "," STEP("b", ",'after':[]"));

    (void)state;
    incident(w, 0, 1, p, 3);
    w->apart = true;
    step(w, 0, "1/b", SKIP, "no");
    step(w, 1, "1/b", DONE, NULL);
    step(w, 2, "1/b", FAIL, "no");
    step(w, 0, "1/a", CHOOSE, "x");
    step(w, 1, "1/a", CHOOSE, "y");
    incident(w, 0, 3, NULL, 1);
    incident(w, 1, 3, NULL, 4);
    answer(w, 0, "1/b", "host", "FS1");
    answer(w, 1, "1/b", "host", "FS2");
    role(w, 0, "commander", 0, 5);
    role(w, 1, "commander", 1, 5);
    assert_shape(w, "1/a:D 1/b:D");
    assert_true(find(w, "1/a")->conflict && find(w, "1/b")->conflict);
    assert_string_equal(find(w, "1/a")->choice, "y");
    assert_int_equal(w->inc->severity, 1);
    assert_string_equal(ir_incident_var(w->inc, "host"), "FS2");
    assert_int_equal(w->inc->roles_n, 2);
    assert_true(w->inc->roles[0].disputed && w->inc->roles[1].disputed);
    assert_int_equal(w->inc->conflicts_n, 5);
    /* settled by who knows of both */
    together(w);
    step(w, 2, "1/b", DONE, NULL);
    step(w, 2, "1/a", CHOOSE, "x");
    incident(w, 2, 3, NULL, 2);
    answer(w, 2, "1/b", "host", "FS1");
    role(w, 1, "commander", 1, 4);
    assert_shape(w, "1/a:D 1/b:D");
    assert_int_equal(w->inc->conflicts_n, 0);
    assert_int_equal(w->inc->severity, 2);
    assert_string_equal(find(w, "1/a")->choice, "x");
    assert_int_equal(ir_incident_role(w->inc, "commander"), 0);
    assert_false(w->inc->roles[0].disputed);
    world_free(w);
}

/* Somebody acts for a commander who is cut off and goes on: both hold it. */
static void
stepped_in(void **state)
{
    struct world *w = world_new(3);
    const struct ir_plan *p = world_plan(w, "sys/fire", "", STEP("a", ""));

    (void)state;
    incident(w, 0, 1, p, 3);
    role(w, 0, "commander", 0, 3);
    fold(w);
    role(w, 1, "commander", 1, 5); /* known to all: taken over */
    assert_int_equal(fold(w)->conflicts_n, 0);
    assert_int_equal(ir_incident_role(w->inc, "commander"), 1);
    w->apart = true;
    role(w, 0, "commander", 0, 5);
    assert_int_equal(fold(w)->conflicts_n, 0); /* who was quiet is told so */
    says(w, 1, IR_KIND_CHANNEL, "mail", 1);
    assert_int_equal(fold(w)->conflicts_n, 1);
    assert_int_equal(w->inc->roles_n, 2);
    assert_true(w->inc->roles[0].disputed && w->inc->roles[1].disputed);
    assert_non_null(strstr(w->inc->conflicts[0], "ir role release commander"));
    together(w);
    says(w, 2, IR_KIND_CHANNEL, "mail", 1);
    assert_int_equal(fold(w)->conflicts_n, 1); /* until one yields */
    role(w, 1, "commander", 1, 4);
    assert_int_equal(fold(w)->conflicts_n, 0);
    assert_int_equal(ir_incident_role(w->inc, "commander"), 0);
    world_free(w);
}

/* A step done by two who did not know of each other: said until it is seen. */
static void
done_twice(void **state)
{
    struct world *w = world_new(3);
    const struct ir_plan *p = world_plan(w, "sys/fire", "", STEP("a", ""));

    (void)state;
    incident(w, 0, 1, p, 3);
    w->apart = true;
    step(w, 0, "1/a", DONE, NULL);
    step(w, 1, "1/a", DONE, NULL);
    says(w, 1, IR_KIND_CHANNEL, "mail", 1);
    assert_shape(w, "1/a:D");
    assert_false(find(w, "1/a")->conflict);
    assert_int_equal(find(w, "1/a")->twice_n, 2);
    assert_int_equal(find(w, "1/a")->twice[0] + find(w, "1/a")->twice[1], 1);
    assert_int_equal(w->inc->conflicts_n, 1);
    assert_non_null(strstr(w->inc->conflicts[0], "1/a was done more than"));
    together(w);
    says(w, 2, IR_KIND_CHANNEL, "mail", 1);
    assert_shape(w, "1/a:D");
    assert_int_equal(find(w, "1/a")->twice_n, 0);
    assert_int_equal(w->inc->conflicts_n, 0);
    world_free(w);
}

static void
closing_apart(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p = world_plan(w, "sys/fire", "", STEP("a", ""));

    (void)state;
    incident(w, 0, 1, p, 3);
    incident(w, 0, 4, NULL, 0);
    assert_int_equal(fold(w)->state, IR_INC_CONTAINED);
    incident(w, 0, 5, NULL, 0);
    assert_int_equal(fold(w)->state, IR_INC_RESTORED);
    w->apart = true;
    incident(w, 0, 6, NULL, 0);
    step(w, 1, "1/a", TAKE, NULL);
    assert_int_equal(fold(w)->state, IR_INC_CLOSED);
    assert_int_equal(w->inc->conflicts_n, 1);
    incident(w, 1, 6, NULL, 0);
    together(w);
    incident(w, 0, 7, NULL, 0);
    assert_int_equal(fold(w)->state, IR_INC_OPEN);
    assert_int_equal(w->inc->conflicts_n, 0);
    w->apart = true;
    incident(w, 0, 6, NULL, 0);
    incident(w, 1, 6, NULL, 0);
    incident(w, 1, 7, NULL, 0);
    assert_int_equal(fold(w)->state, IR_INC_OPEN);
    world_free(w);
}

static void
systems_added_apart(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p = world_plan(w, "sys/fire", "", STEP("a", ""));
    const struct ir_plan *q = world_plan(w, "sys/flood", "", STEP("b", ""));
    int i;

    (void)state;
    incident(w, 0, 1, p, 3);
    w->apart = true;
    for (i = 0; i < 2; i++) {
        struct ir_bodyw b = {0};

        ir_bodyw_uint(&b, 1, 10);
        ir_bodyw_text(&b, 2, i == 0 ? "sys" : "other");
        ir_bodyw_bytes(&b, 4, i == 0 ? p->digest : q->digest, 32);
        ir_bodyw_uint(&b, 9, 2);
        put(w, i, IR_KIND_INCIDENT, &b);
    }
    step(w, 0, "2/a", DONE, NULL);
    step(w, 1, "2/b", DONE, NULL);
    assert_shape(w, "1/a:R 2/a:D 3/b:D"); /* as each of them meant it */
    assert_int_equal(w->inc->conflicts_n, 1);
    together(w);
    step(w, 0, "3/b", FAIL, "no");
    assert_shape(w, "1/a:R 2/a:D 3/b:F");
    world_free(w);
}

static void
handover(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p =
        world_plan(w, "sys/fire", "", STEP("a", ",'role':'scribe'"));

    (void)state;
    incident(w, 0, 1, p, 3);
    fold(w);
    assert_int_equal(w->inc->roles_n, 2);
    assert_string_equal(w->inc->roles[0].role, "commander");
    assert_int_equal(w->inc->roles[0].member, -1);
    role(w, 0, "commander", 1, 1);
    assert_int_equal(fold(w)->roles[0].offered_to, 1);
    role(w, 0, "commander", 1, 2); /* not without their own signature */
    assert_int_equal(fold(w)->roles[0].member, -1);
    role(w, 1, "commander", 1, 2);
    assert_int_equal(fold(w)->roles[0].member, 1);
    assert_int_equal(w->inc->roles[0].offered_to, -1);
    role(w, 0, "commander", 0, 5);
    assert_int_equal(fold(w)->roles[0].member, 0);
    assert_true(w->inc->roles[0].acting);
    role(w, 0, "commander", 0, 4);
    assert_int_equal(fold(w)->roles[0].member, -1);
    world_free(w);
}

static void
keeps_what_was_seen(void **state)
{
    struct world *w = world_new(1);
    const struct ir_plan *p = world_plan(w, "sys/fire", "", STEP("a", ""));
    struct ir_bodyw b = {0};

    (void)state;
    incident(w, 0, 1, p, 3);
    ir_bodyw_text(&b, 1, "1/a");
    ir_bodyw_uint(&b, 2, DONE);
    ir_bodyw_text(&b, 4, "link light off");
    put(w, 0, IR_KIND_STEP, &b);
    assert_shape(w, "1/a:D");
    assert_string_equal(find(w, "a")->note, "link light off");
    assert_null(find(w, "a")->reason);
    assert_int_equal(w->inc->vars_n, 0);
    world_free(w);
}

static void
pins_another_release(void **state)
{
    static const uint8_t manifest[32] = {8};
    struct world *w = world_new(1);
    const struct ir_plan *p =
        world_plan(w, "sys/fire", "", STEP("a", "") "," STEP("b", ""));
    struct ir_bodyw b = {0};

    (void)state;
    world_plan(w, "sys/fire", "",
               STEP("a", "") "," STEP("new", "") "," STEP("b", ""));
    incident(w, 0, 1, p, 3);
    step(w, 0, "1/a", DONE, NULL);
    assert_shape(w, "1/a:D 1/b:R");
    ir_bodyw_uint(&b, 1, 9);
    ir_bodyw_bytes(&b, 3, manifest, 32);
    put(w, 0, IR_KIND_INCIDENT, &b);
    assert_shape(w, "1/a:D 1/new:R 1/b:W");
    assert_memory_equal(w->inc->manifest, manifest, 32);
    assert_memory_equal(w->inc->plan, w->plan[1]->digest, 32);
    assert_int_equal(w->inc->conflicts_n, 0);
    world_free(w);
}

static void
plan_is_not_here(void **state)
{
    struct world *w = world_new(1);
    const struct ir_plan *p =
        world_plan(w, "sys/fire", "", STEP("a", "") "," STEP("b", ""));
    struct ir_incident *inc;
    char *got;

    (void)state;
    incident(w, 0, 1, p, 3);
    step(w, 0, "1/a", DONE, NULL);
    step(w, 0, "1/b", TAKE, NULL);
    w->plans_n = 0; /* lost */
    inc = fold(w);
    got = shape(inc);
    assert_string_equal(got, "1/a:D 1/b:A");
    free(got);
    assert_null(inc->scenario);
    assert_null(find(w, "1/a")->step);
    w->plans_n = 1;
    world_free(w);
}

static void
mail_and_severity_in_conditions(void **state)
{
    struct world *w = world_new(1);
    const struct ir_plan *p = world_plan(
        w, "sys/fire", "",
        STEP("a", ",'when':{'mail':'down'}") "," STEP(
            "b",
            ",'when':{'severity':1}") "," STEP("c",
                                               ",'when':{'exercise':true}"));

    (void)state;
    incident(w, 0, 1, p, 3);
    assert_shape(w, "1/a:N 1/b:N 1/c:N");
    says(w, 0, IR_KIND_CHANNEL, "mail", 2);
    assert_shape(w, "1/a:R 1/b:W 1/c:W");
    step(w, 0, "1/a", DONE, NULL);
    incident(w, 0, 3, NULL, 1);
    assert_shape(w, "1/a:D 1/b:R 1/c:W");
    assert_int_equal(w->inc->mail, 2);
    world_free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_a_plan),
        cmocka_unit_test(finds_steps_by_name),
        cmocka_unit_test(nested_runbooks),
        cmocka_unit_test(repeats),
        cmocka_unit_test(what_does_not_count),
        cmocka_unit_test(twins),
        cmocka_unit_test(conflicts),
        cmocka_unit_test(stepped_in),
        cmocka_unit_test(done_twice),
        cmocka_unit_test(closing_apart),
        cmocka_unit_test(systems_added_apart),
        cmocka_unit_test(handover),
        cmocka_unit_test(keeps_what_was_seen),
        cmocka_unit_test(pins_another_release),
        cmocka_unit_test(plan_is_not_here),
        cmocka_unit_test(mail_and_severity_in_conditions),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
