/* test_gate.c: what keeps a step from being done, and an incident from being
 * closed: two people, waiting, evidence, exceptions, measures.
 */
#include "case_make.h"
#include "unit.h"

#define HOST "'vars':{'host':{'type':'host','ask':" T "}},"

static enum ir_gate
gate_of(struct world *w, const char *name, int who, struct ir_err *err)
{
    enum ir_gate gate = IR_GATE_NONE;
    size_t i = (size_t)(find(w, name) - w->inc->steps);
    int rc = ir_incident_gate(w->inc, i, who, w->now_ms, &gate, err);

    assert_int_equal(rc == IR_OK, gate == IR_GATE_NONE);
    if (rc != IR_OK)
        assert_true(err->msg[0] != '\0' && err->hint[0] != '\0');
    return gate;
}

#define HERE ((const uint8_t *)"12345678") /* the device that asks */
#define TWO                                                                    \
    STEP("cut", ",'confirm':2,'contain':true,'run':['ssh','--','${host}']")    \
    "," STEP("wipe", ",'confirm':2,'undo':'unwipe'") "," STEP("unwipe", "")

static size_t
request(struct world *w, int who, const char *path, uint64_t iteration)
{
    uint8_t digest[32];
    struct ir_bodyw b = {0};
    const struct ir_istep *st;

    fold(w);
    st = find(w, path);
    ir_incident_argv_digest(w->inc, (size_t)(st - w->inc->steps), digest);
    ir_bodyw_text(&b, 1, path);
    ir_bodyw_uint(&b, 2, iteration);
    ir_bodyw_bytes(&b, 3, digest, 32);
    ir_bodyw_bytes(&b, 4, st->plan->digest, 32);
    ir_bodyw_bytes(&b, 5, HERE, 8);
    ir_bodyw_uint(&b, 6, (uint64_t)w->now_ms + 900000);
    return put(w, who, IR_KIND_REQUEST, &b);
}

static void
two_people(void **state)
{
    struct world *w = world_new(3);
    const struct ir_plan *p = world_plan(w, "sys/fire", HOST, TWO);
    struct ir_err err = {0};
    size_t r, n;

    (void)state;
    n = incident(w, 0, 1, p, 0);
    answer(w, 0, "1/cut", "host", "FS1");
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_TWO);
    assert_non_null(strstr(err.hint, "--break-glass"));
    assert_string_equal(find(w, "cut")->needs[0], "approval");
    r = request(w, 0, "1/cut", 1);
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_TWO);
    assert_int_equal(gate_of(w, "cut", 1, &err), IR_GATE_TWO);
    assert_non_null(strstr(err.hint, "ir approve"));
    judge(w, 0, r, 1); /* not by the same person */
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_TWO);
    judge(w, 1, r, 1);
    fold(w);
    assert_int_equal(w->inc->requests[0].approved_by, 1);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_NONE);
    answer(w, 0, "1/cut", "host", "FS2"); /* another command than approved */
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_TWO);
    answer(w, 0, "1/cut", "host", "FS1");
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_NONE);
    assert_int_equal(ir_incident_gate(w->inc, 0, 0, w->now_ms + 900000,
                                      &(enum ir_gate){IR_GATE_NONE}, &err),
                     IR_EREFUSED);
    step(w, 0, "1/cut", BEGIN, NULL);
    fold(w);
    assert_true(w->inc->requests[0].used);
    assert_true(find(w, "cut")->cleared);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_NONE);
    step(w, 0, "1/cut", FAIL, "no");
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_TWO);
    except(w, 0, "two-person", "1/cut");
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_NONE);
    step(w, 0, "1/cut", DONE, NULL);
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_STATE);
    assert_int_equal(gate_of(w, "wipe", 0, &err), IR_GATE_TWO);
    assert_null(strstr(err.hint, "--break-glass"));
    except(w, 0, "two-person", "1/wipe"); /* for containment only */
    fold(w);
    assert_int_equal(gate_of(w, "wipe", 0, &err), IR_GATE_TWO);
    r = request(w, 1, "1/wipe", 1);
    judge(w, 2, r, 2);
    judge(w, 0, r, 1); /* a denial stands */
    fold(w);
    assert_true(w->inc->requests[1].denied);
    assert_int_equal(gate_of(w, "wipe", 1, &err), IR_GATE_TWO);
    r = request(w, 1, "1/wipe", 1);
    judge(w, 1, r, 2);
    fold(w);
    assert_true(w->inc->requests[2].cancelled);
    r = request(w, 1, "1/wipe", 1);
    judge(w, 0, r, 1);
    step(w, 1, "1/wipe", DONE, NULL);
    fold(w);
    assert_true(w->inc->requests[3].used);
    assert_int_equal(find(w, "unwipe")->state, IR_STEP_READY);
    assert_true(find(w, "unwipe")->optional);
    step(w, 1, "1/unwipe", DONE, NULL);
    fold(w);
    assert_true(find(w, "wipe")->undone); /* may be done again, anew */
    assert_int_equal(gate_of(w, "wipe", 1, &err), IR_GATE_TWO);
    (void)n;
    world_free(w);
}

/* One more key for whoever asks: who they are is told by the member, so it
 * makes no second person of them.
 */
static void
second_key(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p = world_plan(w, "sys/fire", HOST, TWO);
    uint8_t seed[IR_SEED_BYTES] = {77}, id[8] = {1};
    struct ir_bodyw b = {0};
    struct ir_err err = {0};
    struct ir_entry *e;
    size_t r;

    (void)state;
    w->key[2] = ir_key_from_seed(seed);
    w->people = 3; /* keys of two people */
    e = trust_entry(w, IR_KIND_MEMBER);
    ir_bodyw_text(&b, 1, people[0]);
    ir_bodyw_bytes(&b, 4, id, 8);
    ir_bodyw_hashes(&b, 5, (const uint8_t(*)[32])w->key[2]->pub, 1);
    ir_bodyw_text(&b, 6, people[0]);
    seal(w, e, 0, &b, w->site_id);
    world_trust(w);
    assert_int_equal(w->trust.members_n, 2);
    incident(w, 0, 1, p, 0);
    answer(w, 0, "1/cut", "host", "FS1");
    r = request(w, 0, "1/cut", 1);
    judge(w, 2, r, 1); /* good, but by the same member */
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_TWO);
    judge(w, 1, r, 1);
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_NONE);
    r = request(w, 1, "1/cut", 1);
    fold(w);
    assert_int_equal(w->inc->requests[1].approved_by, -1);
    judge(w, 2, r, 1); /* for the other one it is a second person */
    fold(w);
    assert_int_equal(w->inc->requests[1].approved_by, 0);
    world_free(w);
}

static void
waits(void **state)
{
    struct world *w = world_new(1);
    const struct ir_plan *p =
        world_plan(w, "sys/fire", "", STEP("a", ",'wait':600"));
    struct ir_err err = {0};
    enum ir_gate gate;

    (void)state;
    incident(w, 0, 1, p, 0);
    fold(w);
    assert_int_equal(gate_of(w, "a", 0, &err), IR_GATE_WAIT);
    assert_string_equal(find(w, "a")->needs[0], "wait");
    assert_int_equal(
        ir_incident_gate(w->inc, 0, 0, w->now_ms + 600000, &gate, &err), IR_OK);
    world_free(w);
}

static void
evidence_gate(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p =
        world_plan(w, "sys/fire", "",
                   STEP("save", ",'preserves':['memory'],'after':[]") "," STEP(
                       "wipe", ",'destroys':['memory','disk'],'after':[]"));
    struct ir_err err = {0};
    struct ir_bodyw b = {0};

    (void)state;
    incident(w, 0, 1, p, 0);
    fold(w);
    assert_int_equal(gate_of(w, "wipe", 0, &err), IR_GATE_EVIDENCE);
    assert_int_equal(find(w, "wipe")->needs_n, 2);
    assert_string_equal(find(w, "wipe")->needs[0], "evidence:memory");
    step(w, 0, "1/save", FAIL, "no");
    fold(w);
    assert_int_equal(find(w, "wipe")->needs_n, 2);
    step(w, 0, "1/save", DONE, NULL);
    fold(w);
    assert_int_equal(find(w, "wipe")->needs_n, 1);
    assert_int_equal(gate_of(w, "wipe", 0, &err), IR_GATE_EVIDENCE);
    assert_string_equal(err.field, "disk");
    /* while somebody leads, an override by another does not count */
    role(w, 1, "commander", 1, 3);
    except(w, 0, "destroys", "1/wipe");
    fold(w);
    assert_int_equal(gate_of(w, "wipe", 0, &err), IR_GATE_EVIDENCE);
    assert_non_null(strstr(err.hint, "role act commander"));
    except(w, 1, "destroys", "1/wipe");
    fold(w);
    assert_int_equal(gate_of(w, "wipe", 0, &err), IR_GATE_NONE);
    ir_bodyw_text(&b, 1, "FS1 disk");
    ir_bodyw_uint(&b, 2, 2);
    ir_bodyw_text(&b, 5, "disk");
    put(w, 0, IR_KIND_EVIDENCE, &b);
    fold(w);
    assert_int_equal(w->inc->preserved_n, 2);
    assert_int_equal(find(w, "wipe")->needs_n, 0);
    world_free(w);
}

/* Memory of another machine, or of nobody knows which, opens nothing. */
static void
evidence_of_host(void **state)
{
    static const struct {
        const char *kept;
        bool opens;
    } cases[] = {
        {"memory@unknown", false}, {"memory@fs2", false},
        {"memory@fs11", false},    {"disk@fs1", false},
        {"memory@FS1", true},      {"memory", true},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct world *w = world_new(1);
        const struct ir_plan *p = world_plan(
            w, "sys/fire", HOST,
            STEP("save", ",'preserves':['memory'],'after':[]") "," STEP(
                "wipe", ",'destroys':['memory'],'after':[],'run':['wipe','--',"
                        "'${host}']"));
        struct ir_err err = {0};
        struct ir_bodyw b = {0};

        incident(w, 0, 1, p, 0);
        answer(w, 0, "1/save", "host", "fs1");
        ir_bodyw_text(&b, 1, "1/save");
        ir_bodyw_uint(&b, 2, DONE);
        ir_bodyw_uint(&b, 3, 1);
        ir_bodyw_texts(&b, 7, &cases[i].kept, 1);
        put(w, 0, IR_KIND_STEP, &b);
        fold(w);
        ROW(i, (gate_of(w, "wipe", 0, &err) == IR_GATE_NONE) == cases[i].opens);
        world_free(w);
    }
}

/* One approval lets a command run once: not again after it broke off, not with
 * what was left of another one, not back-dated. */
static void
approved_once(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p = world_plan(w, "sys/fire", HOST, TWO);
    struct ir_err err = {0};
    size_t one, two;

    (void)state;
    incident(w, 0, 1, p, 0);
    answer(w, 0, "1/cut", "host", "FS1");
    one = request(w, 0, "1/cut", 1);
    judge(w, 1, one, 1);
    fold(w);
    assert_true(ir_incident_may_run(w->inc, 0, w->now_ms, HERE));
    assert_false(
        ir_incident_may_run(w->inc, 0, w->now_ms, (const uint8_t *)"87654321"));
    step(w, 0, "1/cut", BEGIN, NULL);
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_NONE);
    assert_false(ir_incident_may_run(w->inc, 0, w->now_ms, HERE));
    step(w, 0, "1/cut", FAIL, "no");

    one = request(w, 0, "1/cut", 1);
    answer(w, 0, "1/cut", "host", "FS2");
    two = request(w, 0, "1/cut", 1);
    judge(w, 1, one, 1);
    judge(w, 1, two, 1);
    step(w, 0, "1/cut", BEGIN, NULL);
    step(w, 0, "1/cut", FAIL, "no");
    fold(w);
    assert_int_equal(gate_of(w, "cut", 0, &err), IR_GATE_TWO);

    one = request(w, 0, "1/cut", 1);
    w->now_ms += 3600000;
    w->occurred_ms = w->now_ms - 3600000;
    judge(w, 1, one, 1);
    fold(w);
    assert_int_equal(w->inc->requests[3].approved_by, -1);

    one = except(w, 0, "two-person", "1/cut");
    fold(w);
    assert_true(ir_incident_may_run(w->inc, 0, w->now_ms, HERE));
    judge(w, 1, one, 2); /* a refused exception opens nothing */
    fold(w);
    assert_false(ir_incident_may_run(w->inc, 0, w->now_ms, HERE));
    world_free(w);
}

static void
argv_is_checked_again(void **state)
{
    struct world *w = world_new(1);
    const struct ir_plan *p = world_plan(w, "sys/fire", HOST, TWO);
    struct ir_err err = {0};
    uint8_t one[32], two[32];
    char **argv = NULL;

    (void)state;
    incident(w, 0, 1, p, 0);
    fold(w);
    assert_int_equal(ir_incident_argv(w->inc, 0, &argv, &err), IR_EREFUSED);
    assert_string_equal(err.field, "host");
    assert_int_equal(ir_incident_argv(w->inc, 1, &argv, &err), IR_EUSAGE);
    ir_incident_argv_digest(w->inc, 0, one);
    answer(w, 0, "1/cut", "host", "-oProxyCommand=reboot");
    fold(w);
    assert_int_equal(ir_incident_argv(w->inc, 0, &argv, &err), IR_EREFUSED);
    answer(w, 0, "1/cut", "host", "unknown");
    fold(w);
    assert_int_equal(ir_incident_argv(w->inc, 0, &argv, &err), IR_EREFUSED);
    answer(w, 0, "1/cut", "host", "FS1");
    fold(w);
    assert_int_equal(ir_incident_argv(w->inc, 0, &argv, &err), IR_OK);
    assert_string_equal(argv[2], "FS1");
    assert_null(argv[3]);
    ir_argv_free(argv);
    ir_incident_argv_digest(w->inc, 0, two);
    assert_memory_not_equal(one, two, 32);
    world_free(w);
}

struct reasons {
    size_t n;
    struct ir_buf text;
};

static void
collect(const char *text, const char *hint, void *arg)
{
    struct reasons *r = arg;

    assert_true(text[0] != '\0' && hint[0] != '\0');
    r->n++;
    ir_buf_addf(&r->text, "%s | %s\n", text, hint);
}

/* How many reasons stand against closing; each of `words` is in them. */
static size_t
reasons(struct world *w, const char *word)
{
    struct reasons r = {0};
    size_t n;
    int rc;

    fold(w);
    rc = ir_incident_may_close(w->inc, &w->trust, collect, &r);
    assert_int_equal(rc, r.n > 0 ? IR_EREFUSED : IR_OK);
    if (word != NULL && strstr(ir_buf_str(&r.text), word) == NULL)
        fail_msg("\"%s\" is not in: %s", word, ir_buf_str(&r.text));
    n = r.n;
    ir_buf_done(&r.text);
    return n;
}

static void
may_close(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p =
        world_plan(w, "sys/fire", "'legal':['law'],",
                   STEP("a", ",'confirm':2,'undo':'u'") "," STEP("u", ""));
    struct ir_bodyw b = {0};
    size_t x, m, r;

    (void)state;
    w->site = world_json("{'deadlines':[{'id':'law','title':" T
                         ",'counts_from':'awareness','duration':7200}]}");
    incident(w, 0, 1, p, 3);
    assert_int_equal(reasons(w, "1/a"), 2); /* the step, the law */
    r = request(w, 0, "1/a", 1);
    assert_int_equal(reasons(w, "not answered"), 3);
    judge(w, 1, r, 1);
    assert_int_equal(reasons(w, "not used"), 3);
    step(w, 0, "1/a", DONE, NULL);
    assert_int_equal(reasons(w, "Nobody has decided"), 1);
    clock_op(w, 0, "law", 1, w->now_ms);
    assert_int_equal(reasons(w, "Not reported"), 1);
    clock_op(w, 0, "law", 2, 0);
    assert_int_equal(reasons(w, NULL), 0);
    x = except(w, 0, "acting", "");
    assert_int_equal(reasons(w, "not reviewed"), 1);
    judge(w, 0, x, 1); /* not by oneself while there are others */
    assert_int_equal(reasons(w, "not reviewed"), 1);
    judge(w, 1, x, 2); /* an objection is a review too */
    assert_int_equal(reasons(w, NULL), 0);
    assert_true(w->inc->exceptions[0].denied);
    m = says(w, 0, IR_KIND_MEASURE, "boards by hand", 1);
    assert_int_equal(reasons(w, "no owner"), 3);
    ir_bodyw_text(&b, 1, "reviewed");
    ir_bodyw_uint(&b, 2, 2);
    ir_bodyw_text(&b, 3, "mori");
    ir_bodyw_uint(&b, 4, (uint64_t)w->now_ms + 86400000);
    w->ref = m + 1;
    put(w, 0, IR_KIND_MEASURE, &b);
    assert_int_equal(reasons(w, "permanent"), 1);
    w->ref = m + 1;
    says(w, 0, IR_KIND_MEASURE, "new displays", 4);
    assert_int_equal(reasons(w, NULL), 0);
    assert_string_equal(w->inc->measures[0].successor, "new displays");
    assert_string_equal(w->inc->measures[0].owner, "mori");
    world_free(w);
}

/* Who closes it with another program closes it: that is signed. What was open
 * then stays to be read, whatever is mended later. */
static void
closed_all_the_same(void **state)
{
    struct world *w = world_new(2);
    const struct ir_plan *p = world_plan(w, "sys/fire", "", STEP("a", ""));
    size_t x, m;

    (void)state;
    incident(w, 0, 1, p, 3);
    x = except(w, 0, "acting", "");
    m = says(w, 0, IR_KIND_MEASURE, "boards by hand", 1);
    assert_int_equal(fold(w)->left_open_n, 0);
    incident(w, 0, 6, NULL, 0);
    assert_int_equal(fold(w)->state, IR_INC_CLOSED);
    assert_memory_equal(w->inc->closing, w->e[w->n - 1].id, IR_ID_BYTES);
    assert_int_equal(w->inc->left_open_n, 5);
    assert_non_null(strstr(w->inc->left_open[0], "1/a"));
    assert_non_null(strstr(w->inc->left_open[1], "not reviewed"));
    assert_non_null(strstr(w->inc->left_open[4], "permanent"));
    judge(w, 1, x, 1);
    w->ref = m + 1;
    says(w, 0, IR_KIND_MEASURE, "over", 3);
    assert_int_equal(fold(w)->left_open_n, 5);
    incident(w, 0, 7, NULL, 0);
    assert_int_equal(fold(w)->left_open_n, 0);
    step(w, 0, "1/a", DONE, NULL);
    assert_int_equal(reasons(w, NULL), 0);
    incident(w, 0, 6, NULL, 0);
    assert_int_equal(fold(w)->state, IR_INC_CLOSED);
    assert_int_equal(w->inc->left_open_n, 0);
    world_free(w);
}

static void
alone_may_review_oneself(void **state)
{
    struct world *w = world_new(1);
    const struct ir_plan *p = world_plan(w, "sys/fire", "", STEP("a", ""));
    size_t x;

    (void)state;
    incident(w, 0, 1, p, 3);
    step(w, 0, "1/a", DONE, NULL);
    x = except(w, 0, "unapproved", "1");
    assert_int_equal(reasons(w, "not reviewed"), 1);
    assert_true(w->inc->instances[0].unapproved);
    judge(w, 0, x, 1);
    assert_int_equal(reasons(w, NULL), 0);
    assert_true(w->inc->exceptions[0].self_reviewed);
    world_free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_people),
        cmocka_unit_test(second_key),
        cmocka_unit_test(waits),
        cmocka_unit_test(evidence_gate),
        cmocka_unit_test(evidence_of_host),
        cmocka_unit_test(approved_once),
        cmocka_unit_test(argv_is_checked_again),
        cmocka_unit_test(may_close),
        cmocka_unit_test(closed_all_the_same),
        cmocka_unit_test(alone_may_review_oneself),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
