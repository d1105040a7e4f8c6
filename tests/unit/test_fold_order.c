/* test_fold_order.c: the same entries in any order give the same incident,
 * down to the last field; and people who do anything at all, apart and
 * together, leave an incident that can be brought to its end.
 */
#include "case_make.h"

static uint64_t rng;

static size_t
below(size_t n)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(rng >> 33) % n;
}

static void
dump_steps(const struct ir_incident *inc, struct ir_buf *b)
{
    size_t i, k;

    for (i = 0; i < inc->steps_n; i++) {
        const struct ir_istep *s = &inc->steps[i];

        ir_buf_addf(b, "step %s %s %d %d %d %d %d %lld %lld %lld %lld", s->path,
                    s->short_name, s->instance, s->depth, s->state,
                    (int)s->iteration, s->by, (long long)s->ready_ms,
                    (long long)s->begun_ms, (long long)s->ended_ms,
                    (long long)s->due_ms);
        ir_buf_addf(b, " %s|%s|%s %02x%02x %d%d%d%d%d %zu",
                    s->choice != NULL ? s->choice : "",
                    s->reason != NULL ? s->reason : "",
                    s->note != NULL ? s->note : "", s->entry[0], s->entry[1],
                    s->optional, s->conflict, s->container, s->cleared,
                    s->undone, s->since_seq);
        for (k = 0; k < s->needs_n; k++)
            ir_buf_addf(b, " %s", s->needs[k]);
        ir_buf_adds(b, "\n");
    }
}

static void
dump_lists(const struct ir_incident *inc, struct ir_buf *b)
{
    size_t i;

    for (i = 0; i < inc->instances_n; i++)
        ir_buf_addf(
            b, "instance %d %s %s %02x %d %lld\n", inc->instances[i].number,
            inc->instances[i].system, inc->instances[i].scenario,
            inc->instances[i].plan_digest[0], inc->instances[i].unapproved,
            (long long)inc->instances[i].added_ms);
    for (i = 0; i < inc->vars_n; i++)
        ir_buf_addf(b, "var %s=%s %02x\n", inc->vars[i].name,
                    inc->vars[i].value, inc->vars[i].entry[0]);
    for (i = 0; i < inc->clocks_n; i++)
        ir_buf_addf(
            b, "clock %s %d %d %d %lld %lld %lld %lld %lld %d %s\n",
            inc->clocks[i].name, inc->clocks[i].type, inc->clocks[i].state,
            inc->clocks[i].met_late, (long long)inc->clocks[i].target_s,
            (long long)inc->clocks[i].from_ms, (long long)inc->clocks[i].due_ms,
            (long long)inc->clocks[i].latest_ms,
            (long long)inc->clocks[i].ended_ms, inc->clocks[i].by,
            inc->clocks[i].basis != NULL ? inc->clocks[i].basis : "");
    for (i = 0; i < inc->roles_n; i++)
        ir_buf_addf(b, "role %s %d %d %d %lld %d\n", inc->roles[i].role,
                    inc->roles[i].member, inc->roles[i].acting,
                    inc->roles[i].offered_to, (long long)inc->roles[i].since_ms,
                    inc->roles[i].disputed);
    for (i = 0; i < inc->measures_n; i++)
        ir_buf_addf(b, "measure %s %d%d%d\n", inc->measures[i].text,
                    inc->measures[i].lifted, inc->measures[i].permanent,
                    inc->measures[i].reviewed);
    for (i = 0; i < inc->exceptions_n; i++)
        ir_buf_addf(b, "exception %s %s %d %d %d%d%d %zu\n",
                    inc->exceptions[i].rule, inc->exceptions[i].effect,
                    inc->exceptions[i].by, inc->exceptions[i].reviewed_by,
                    inc->exceptions[i].self_reviewed, inc->exceptions[i].denied,
                    inc->exceptions[i].by_lead, inc->exceptions[i].seq);
    for (i = 0; i < inc->requests_n; i++)
        ir_buf_addf(b, "request %s %d %d %d %d%d%d%d\n", inc->requests[i].path,
                    (int)inc->requests[i].iteration, inc->requests[i].by,
                    inc->requests[i].approved_by, inc->requests[i].denied,
                    inc->requests[i].used, inc->requests[i].expired,
                    inc->requests[i].cancelled);
    for (i = 0; i < inc->services_n; i++)
        ir_buf_addf(b, "service %s %d %lld\n", inc->services[i].operation,
                    inc->services[i].level, (long long)inc->services[i].at_ms);
    for (i = 0; i < inc->joined_n; i++)
        ir_buf_addf(b, "joined %d\n", inc->joined[i]);
    for (i = 0; i < inc->conflicts_n; i++)
        ir_buf_addf(b, "conflict %s\n", inc->conflicts[i]);
    for (i = 0; i < inc->left_open_n; i++)
        ir_buf_addf(b, "left open %s\n", inc->left_open[i]);
    for (i = 0; i < inc->preserved_n; i++)
        ir_buf_addf(b, "preserved %s\n", inc->preserved[i]);
}

static char *
dump(const struct ir_incident *inc)
{
    struct ir_buf b = {0};

    ir_buf_addf(&b, "%s %s %s %d %d %d %lld %lld %lld %zu %zu %d\n", inc->name,
                inc->system, inc->scenario != NULL ? inc->scenario : "",
                inc->state, inc->severity, inc->status,
                (long long)inc->declared_ms, (long long)inc->contained_ms,
                (long long)inc->closed_ms, inc->entries_n, inc->not_counted_n,
                inc->mail);
    dump_steps(inc, &b);
    dump_lists(inc, &b);
    return ir_buf_take(&b);
}

static void
declared(struct world *w)
{
    const struct ir_plan *p;

    w->site = world_json("{'deadlines':[{'id':'law','title':" T
                         ",'counts_from':'awareness','duration':7200,'next':"
                         "'law2'},{'id':'law2','title':" T
                         ",'counts_from':'previous','duration':7200}]}");
    w->system = world_json("{'id':'sys','operations':[{'id':'show','title':" T
                           ",'rto':7200,'rpo':900,'mtpd':86400,'level':80}]}");
    world_plan(w, "sys/inner", "",
               STEP("one", "") "," STEP("two", ",'repeat':{'to':'one','ask':" T
                                               ",'max':4}"));
    p = world_plan(
        w, "sys/fire",
        "'legal':['law'],'vars':{'host':{'type':'host','ask':" T "}},",
        STEP("ask", ",'ask':['host']") "," STEP(
            "pull",
            ",'confirm':2,'contain':true,'undo':'back',"
            "'role':'network'") "," STEP("back",
                                         "") "," STEP("save",
                                                      ",'preserves':"
                                                      "['disk'],'"
                                                      "after':['ask'"
                                                      "]") "," STEP("sprea"
                                                                    "d",
                                                                    ",'"
                                                                    "choose"
                                                                    "':[{'"
                                                                    "id':'"
                                                                    "one','"
                                                                    "title'"
                                                                    ":" T "},{'"
                                                                    "id':'"
                                                                    "many',"
                                                                    "'title"
                                                                    "':" T
                                                                    ",'go':"
                                                                    "'ask',"
                                                                    "'act':"
                                                                    "'comma"
                                                                    "nder'}"
                                                                    ",{'id'"
                                                                    ":'"
                                                                    "none',"
                                                                    "'title"
                                                                    "':" T
                                                                    ",'go':"
                                                                    "'last'"
                                                                    "}],'"
                                                                    "after'"
                                                                    ":['"
                                                                    "pull',"
                                                                    "'save'"
                                                                    "]") "," STEP("wipe",
                                                                                  ",'destroys':['disk','memory'],'after':['spread'],"
                                                                                  "'when':{'step':'spread','chose':'one'},"
                                                                                  "'on_fail':{'en':'e','ja':'j','go':'save'}") ","
                                                                                                                               "{'id':'inner','title':" T
                                                                                                                               ",'runbook':'sys/inner',"
                                                                                                                               "'after':['spread']}," STEP(
                                                                                                                                   "last",
                                                                                                                                   ",'after':['wipe','inner'],'when':{'severity':3}"));
    incident(w, 0, 1, p, 2);
}

/* Somebody does something, sensible or not. */
static void
something(struct world *w)
{
    static const char *const names[] = {"commander", "network"};
    static const char *const options[] = {"one", "many", "none", "wrong"};
    int who = (int)below((size_t)w->people);
    struct ir_incident *inc = fold(w);
    const struct ir_istep *st = &inc->steps[below(inc->steps_n)];
    const char *path = st->path;

    switch (below(18)) {
    case 0:
        role(w, who, names[below(2)], (int)below((size_t)w->people),
             1 + (int)below(5));
        break;
    case 1:
        incident(w, who, 2 + (int)below(6), NULL, 1 + (int)below(4));
        break;
    case 2:
        clock_op(w, who, below(2) == 0 ? "law" : "sys/show/rpo",
                 1 + (int)below(4), w->now_ms - 5000);
        break;
    case 3:
        says(w, who, IR_KIND_SERVICE, "show", (int)below(101));
        break;
    case 4:
        except(w, who, below(2) == 0 ? "destroys" : "two-person", path);
        break;
    case 5:
        judge(w, who, below(w->n), 1 + (int)below(2));
        break;
    case 6:
        answer(w, who, path, "host", below(2) == 0 ? "FS1" : "FS2");
        break;
    case 7:
        says(w, who, IR_KIND_CHANNEL, "mail", 1 + (int)below(3));
        break;
    case 8:
        says(w, who, IR_KIND_MEASURE, "by hand", 1 + (int)below(4));
        break;
    case 9:
        w->apart = true;
        break;
    case 10:
        together(w);
        break;
    default:
        step_at(w, who, path, st->iteration, 1 + (int)below(8),
                options[below(4)]);
        break;
    }
}

/* Where the random choices begin: another place each time, named so that what
 * was found can be seen again. */
static uint64_t
first_seed(void)
{
    const char *env = getenv("IR_TEST_SEED");
    uint64_t first = 0;

    if (env != NULL)
        first = strtoull(env, NULL, 10);
    else
        ir_random(&first, 4);
    print_message("first seed %llu (IR_TEST_SEED)\n",
                  (unsigned long long)first);
    return first;
}

static void
any_order(void **state)
{
    uint64_t first = first_seed();
    int round;

    (void)state;
    for (round = 0; round < 4; round++) {
        struct world *w = world_new(3);
        const struct ir_entry *v[ENTRIES_MAX];
        char *want;
        size_t i, k;

        rng = first + (uint64_t)round;
        declared(w);
        for (i = 0; i < 60; i++)
            something(w);
        want = dump(fold_at(w, w->now_ms + 60000));
        for (k = 0; k < 50; k++) {
            struct ir_incident *inc;
            char *got;
            size_t n = w->n;

            for (i = 0; i < n; i++)
                v[i] = &w->e[i];
            if (k % 2 == 0) /* some came twice */
                v[n++] = &w->e[below(w->n)];
            for (i = n - 1; i > 0; i--) {
                size_t j = below(i + 1);
                const struct ir_entry *t = v[i];

                v[i] = v[j];
                v[j] = t;
            }
            inc = fold_of(w, v, n, w->now_ms + 60000);
            got = dump(inc);
            if (strcmp(got, want) != 0)
                fail_msg("seed %llu round %d shuffle %zu:\n%s\nwanted\n%s",
                         (unsigned long long)first, round, k, got, want);
            free(got);
            ir_incident_free(inc);
        }
        free(want);
        world_free(w);
    }
}

/* Fold lane T anew: `w`'s own entries of it, and the approvals. */
static void
trust_again(struct world *w)
{
    const struct ir_entry *v[PEOPLE_MAX + 4 + ENTRIES_MAX];
    size_t i, n = 0;

    for (i = 0; i < w->n; i++)
        if (ir_kind_lane(w->e[i].h.kind) == IR_LANE_T)
            v[n++] = &w->e[i];
    for (i = 0; i < w->trust_n; i++)
        v[n++] = &w->trust_e[i];
    for (i = n - 1; i > 0; i--) {
        size_t j = below(i + 1);
        const struct ir_entry *t = v[i];

        v[i] = v[j];
        v[j] = t;
    }
    ir_trust_done(&w->trust);
    ir_trust_fold(w->site_id, v, n, &w->trust);
}

/* An entry by the admin in lane T that builds on entry `on`. */
static struct ir_entry *
by_admin(struct world *w, uint64_t kind, const uint8_t *on)
{
    struct ir_entry *e = trust_entry(w, kind);

    if (on != NULL) {
        e->h.has_prev = true;
        memcpy(e->h.prev, on, IR_ID_BYTES);
    }
    return e;
}

static const uint8_t *
certify_mori(struct world *w, const uint8_t *on)
{
    struct ir_entry *e = by_admin(w, IR_KIND_MEMBER, on);
    uint8_t id[8] = {2};
    struct ir_bodyw b = {0};

    ir_bodyw_text(&b, 1, people[1]);
    ir_bodyw_bytes(&b, 4, id, 8);
    ir_bodyw_hashes(&b, 5, (const uint8_t(*)[32])w->key[1]->pub, 1);
    ir_bodyw_text(&b, 6, people[1]);
    seal(w, e, 0, &b, w->site_id);
    return e->id;
}

static void
revoke_mori(struct world *w, const uint8_t *on)
{
    struct ir_entry *e = by_admin(w, IR_KIND_REVOKE, on);
    uint8_t id[IR_KEYID_BYTES];
    struct ir_bodyw b = {0};

    ir_key_id(w->key[1]->pub, id);
    ir_bodyw_bytes(&b, 1, id, sizeof id);
    ir_bodyw_text(&b, 2, "left");
    ir_bodyw_no_hashes(&b, 3);
    seal(w, e, 0, &b, w->site_id);
}

static bool
reviewed(struct world *w)
{
    size_t i;
    int seen = 0;

    for (i = 0; i < 8; i++) { /* whatever order lane T came in */
        trust_again(w);
        assert_int_equal(fold(w)->exceptions_n, 1);
        seen += w->inc->exceptions[0].self_reviewed ? 1 : 0;
        assert_int_equal(w->inc->exceptions[0].self_reviewed,
                         w->inc->exceptions[0].reviewed_by >= 0);
    }
    assert_true(seen == 0 || seen == 8);
    return seen > 0;
}

/* A world of two whose second person has not been certified yet. */
static struct world *
world_of_ito(void)
{
    struct world *w = world_new(2);
    struct ir_entry *mori = &w->trust_e[2];

    w->trust_n = 2; /* the root, and ito */
    trust_again(w);
    free((void *)(uintptr_t)mori->p);
    free((void *)(uintptr_t)mori->b);
    return w;
}

/* Whether one may review one's own exception is decided where the review
 * stands: somebody who comes or goes later changes nothing about it. */
static void
reviewed_alone(void **state)
{
    struct world *w;
    const uint8_t *mori;
    size_t x, a;

    (void)state;
    w = world_of_ito();
    declared(w);
    x = except(w, 0, "two-person", "1/pull");
    a = judge(w, 0, x, 1);
    assert_true(reviewed(w));
    certify_mori(w, w->e[a].id); /* knows of it */
    assert_true(reviewed(w));
    assert_int_equal(ir_trust_people(&w->trust), 2);
    world_free(w);

    w = world_of_ito();
    mori = certify_mori(w, w->trust_e[1].id);
    trust_again(w);
    declared(w);
    x = except(w, 0, "two-person", "1/pull");
    judge(w, 0, x, 1);
    assert_false(reviewed(w));
    revoke_mori(w, mori);
    assert_false(reviewed(w)); /* there was somebody else then */
    assert_int_equal(ir_trust_people(&w->trust), 1);
    world_free(w);
}

/* The first step that somebody could do or skip; NULL: none. *waiting tells
 * how many wait for another. */
static const struct ir_istep *
open_step(const struct ir_incident *inc, size_t *waiting)
{
    const struct ir_istep *first = NULL;
    size_t i;

    *waiting = 0;
    for (i = 0; i < inc->steps_n; i++) {
        const struct ir_istep *st = &inc->steps[i];

        *waiting += st->state == IR_STEP_WAITING ? 1 : 0;
        if (first == NULL && !st->optional && !st->container &&
            (st->state == IR_STEP_READY || st->state == IR_STEP_ACTIVE ||
             (st->state == IR_STEP_FAILED && st->step->on_fail_go == NULL)))
            first = st;
    }
    return first;
}

#define TRIES_MAX 40

/* After anything at all, whoever is left skips what is open until nothing is.
 */
static void
ends(uint64_t seed)
{
    struct world *w = world_new(3);
    const struct ir_istep *st;
    size_t i, tries, waiting;

    rng = seed;
    declared(w);
    for (i = 0; i < 60; i++)
        something(w);
    together(w);
    for (tries = 0; (st = open_step(fold(w), &waiting)) != NULL; tries++) {
        if (tries == TRIES_MAX)
            fail_msg("seed %llu: %s comes back for ever, now %d",
                     (unsigned long long)seed, st->path, (int)st->iteration);
        step_at(w, 0, st->path, st->iteration, SKIP, "enough");
    }
    if (waiting > 0)
        fail_msg("seed %llu: stuck", (unsigned long long)seed);
    world_free(w);
}

static void
comes_to_an_end(void **state)
{
    uint64_t first = first_seed(), i;

    (void)state;
    for (i = 0; i < 60; i++)
        ends(first + i);
}

/* People apart who named different iterations of a loop: each of these came
 * back for ever. */
static void
came_back(void **state)
{
    static const uint64_t seeds[] = {2576656025, 3764804040, 63, 20269};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof seeds / sizeof seeds[0]; i++)
        ends(seeds[i]);
}

/* Every entry of lane T many times over: people are counted once. */
static void
lane_t_many_times(void **state)
{
    struct world *w = world_new(3);
    const struct ir_entry *v[(PEOPLE_MAX + 4) * 50];
    size_t i, n = 0;

    (void)state;
    for (i = 0; i < w->trust_n * 50; i++)
        v[n++] = &w->trust_e[i % w->trust_n];
    ir_trust_done(&w->trust);
    ir_trust_fold(w->site_id, v, n, &w->trust);
    assert_int_equal(w->trust.members_n, 3);
    assert_int_equal(w->trust.keys_n, 3);
    assert_int_equal(ir_trust_people(&w->trust), 3);
    world_free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order),         cmocka_unit_test(comes_to_an_end),
        cmocka_unit_test(came_back),         cmocka_unit_test(reviewed_alone),
        cmocka_unit_test(lane_t_many_times),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
