/* test_negentropy.c: the messages of negentropy V1. Published vectors, and
 * pairs of sets that end equal over links that lose, double and reorder. What
 * is refused: test_negentropy_hostile.c. Byte for byte against another program:
 * tests/verify.
 */
#include "base/crypt.h"
#include "base/scan.h"
#include "core/negentropy.h"
#include "unit.h"

/* --- published ------------------------------------------------------------ */

/* Three items of the reference's tests (NegentropyBasicTest, FingerprintTest,
 * MessageBuilderTest of the negentropy project).
 */
static const struct {
    uint64_t hlc;
    const char *id;
    const char *fp; /* of the items up to this one */
} items[] = {
    {1678011277,
     "eb6b05c2e3b008592ac666594d78ed83e7b9ab30f825b9b08878128f7500008c",
     "6d74e1212fcafc8a81d090f0ffbde8b0"},
    {1678011278,
     "39b916432333e069a4386917609215cc688eb99f06fed01aadc29b1b4b92d6f0",
     "96b26d110825d4b1805fc56988a3e65d"},
    {1678011279,
     "abc81d58ebe3b9a87100d47f58bf15e9b1cbf62d38623f11d0f0d17179f5f3ba",
     "c15ce60f185fd24ae341076caa93daa5"},
};

static void
published(void **state)
{
    struct ir_idset *set = ir_idset_new();
    struct ir_ids have = {0}, need = {0};
    struct ir_buf first = {0}, answer = {0}, next = {0};
    struct ir_buf want = {0};
    char hex[2 * 160 + 1];
    uint8_t id[32], fp[16];
    bool done = false;
    size_t i;

    (void)state;
    ir_buf_adds(&want, "6100000203");
    for (i = 0; i < COUNT(items); i++) {
        assert_int_equal(ir_scan_hex(items[i].id, id, 32, NULL), IR_OK);
        assert_true(ir_idset_add(set, items[i].hlc, id));
        ir_idset_fp(set, fp);
        ir_hex(fp, 16, hex);
        ROW(i, strcmp(hex, items[i].fp) == 0);
        ir_buf_adds(&want, items[i].id);
    }
    assert_int_equal(ir_neg_begin(set, NULL, 0, &first), IR_OK);
    ir_hex(first.p, first.len, hex);
    assert_string_equal(hex, ir_buf_str(&want));
    assert_int_equal(
        ir_neg_answer(set, NULL, 0, first.p, first.len, &answer, NULL), IR_OK);
    assert_int_equal(ir_neg_next(set, NULL, 0, answer.p, answer.len, &have,
                                 &need, &next, &done, NULL),
                     IR_OK);
    assert_true(done && next.len == 0 && have.n == 0 && need.n == 0);
    ir_buf_done(&want);
    ir_buf_done(&first);
    ir_buf_done(&answer);
    ir_idset_free(set);
}

/* Numbers and how they are written; the first is a bound's of the reference. */
static void
varints(void **state)
{
    static const struct {
        uint64_t v;
        const char *hex;
    } cases[] = {
        {1678011278, "86a091d70e"},
        {0, "00"},
        {1, "01"},
        {127, "7f"},
        {128, "8100"},
        {16383, "ff7f"},
        {16384, "818000"},
        {UINT64_MAX, "81ffffffffffffffff7f"},
    };
    uint8_t p[IR_VARINT_MAX];
    char hex[2 * IR_VARINT_MAX + 1];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        ir_hex(p, ir_varint_put(cases[i].v, p), hex);
        ROW(i, strcmp(hex, cases[i].hex) == 0);
    }
}

/* --- two sets ------------------------------------------------------------- */

static uint64_t seed;

static uint64_t
below(uint64_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 20) % n;
}

/* Item `i` of the universe; few moments, so that ids decide too. */
static uint64_t
item(uint64_t i, uint64_t moments, uint8_t id[32])
{
    ir_sha256(&i, sizeof i, id);
    return i % moments;
}

/* Both sides, and what each would send of it to the other. */
struct two {
    struct ir_idset *a, *b;
    uint64_t items, moments;
    uint8_t salt[16];
    size_t limit, rounds;
};

static void
fill(struct two *t, uint64_t items_n, uint64_t moments, unsigned apart)
{
    uint8_t id[32];
    uint64_t i, hlc;

    t->a = ir_idset_new();
    t->b = ir_idset_new();
    t->items = items_n;
    t->moments = moments;
    t->rounds = 0;
    memset(t->salt, (int)below(256), sizeof t->salt);
    for (i = 0; i < items_n; i++) {
        uint64_t who = below(1000);

        hlc = item(i, moments, id);
        if (who >= apart)
            ir_idset_add(t->a, hlc, id);
        if (who >= apart || who % 2 == 0)
            ir_idset_add(t->b, hlc, id);
        if (who < apart && who % 2 == 1)
            ir_idset_add(t->a, hlc, id);
    }
}

static void
done_two(struct two *t)
{
    ir_idset_free(t->a);
    ir_idset_free(t->b);
}

/* Hand the items named over, from one set to the other. Every id must be one
 * of the giver's.
 */
static void
give(const struct two *t, const struct ir_ids *ids, struct ir_idset *from,
     struct ir_idset *to)
{
    uint8_t id[32];
    size_t k, i;
    uint64_t hlc;

    for (k = 0; k < ids->n; k++) {
        for (i = 0; i < ir_idset_count(from); i++) {
            ir_idset_at(from, i, &hlc, id);
            if (memcmp(id, ids->v[k], 32) == 0)
                break;
        }
        assert_true(i < ir_idset_count(from));
        ir_idset_add(to, hlc, id);
    }
    (void)t;
}

static bool
equal(const struct two *t)
{
    uint8_t a[16], b[16];

    ir_idset_fp(t->a, a);
    ir_idset_fp(t->b, b);
    return memcmp(a, b, 16) == 0;
}

/* One whole session; entries are handed over after it, or at once. */
static void
session(struct two *t, bool at_once)
{
    struct ir_ids have = {0}, need = {0};
    struct ir_buf m = {0}, answer = {0};
    bool done = false;

    assert_int_equal(ir_neg_begin(t->a, t->salt, t->limit, &m), IR_OK);
    while (!done) {
        assert_true(t->limit == 0 || m.len <= t->limit);
        answer.len = 0;
        assert_int_equal(
            ir_neg_answer(t->b, t->salt, t->limit, m.p, m.len, &answer, NULL),
            IR_OK);
        assert_true(t->limit == 0 || answer.len <= t->limit);
        m.len = 0;
        assert_int_equal(ir_neg_next(t->a, t->salt, t->limit, answer.p,
                                     answer.len, &have, &need, &m, &done, NULL),
                         IR_OK);
        if (at_once) {
            give(t, &have, t->a, t->b);
            give(t, &need, t->b, t->a);
            have.n = need.n = 0;
        }
        t->rounds++;
        assert_true(t->rounds < 2000);
    }
    give(t, &have, t->a, t->b);
    give(t, &need, t->b, t->a);
    assert_true(equal(t));
    ir_ids_done(&have);
    ir_ids_done(&need);
    ir_buf_done(&m);
    ir_buf_done(&answer);
}

static void
sets_end_equal(void **state)
{
    static const struct {
        uint64_t items, moments;
        unsigned apart; /* of 1,000 */
        size_t limit, rounds;
    } cases[] = {
        {0, 1, 0, 0, 1},           {1, 1, 500, 0, 1},
        {31, 1, 900, 0, 1},        {32, 1, 100, 256, 12},
        {2000, 1, 0, 0, 1},        {2000, 1, 1, 0, 3},
        {2000, 3000, 1000, 0, 2},  {2000, 20, 30, 0, 3},
        {2000, 20, 30, 256, 600},  {2000, 3000, 30, 1200, 30},
        {2000, 1, 1000, 1200, 90}, {2000, 1, 1000, 262144, 3},
    };
    struct two t = {0};
    size_t i, k;

    (void)state;
    for (i = 0; i < COUNT(cases); i++)
        for (k = 0; k < 6; k++) {
            seed = i * 100 + k;
            t.limit = cases[i].limit;
            fill(&t, cases[i].items, cases[i].moments, cases[i].apart);
            session(&t, k % 2 == 0);
            if (t.rounds > cases[i].rounds)
                fail_msg("row %zu, seed %zu: %zu rounds", i, k, t.rounds);
            done_two(&t);
        }
}

/* One side knows nothing, and there is more than fits into one `have`. */
static void
from_nothing(void **state)
{
    struct ir_idset *all = ir_idset_new(), *none = ir_idset_new();
    struct ir_ids have = {0}, need = {0};
    struct ir_buf m = {0}, answer = {0};
    uint8_t id[32], salt[16] = {7};
    size_t rounds = 0, was, i;
    bool done = false;
    uint64_t hlc;

    (void)state;
    for (i = 0; i < 20000; i++) {
        hlc = item(i, 1 << 30, id);
        ir_idset_add(all, hlc, id);
    }
    assert_int_equal(ir_neg_begin(all, salt, 1200, &m), IR_OK);
    for (; !done; rounds++) {
        answer.len = 0;
        assert_int_equal(
            ir_neg_answer(none, salt, 1200, m.p, m.len, &answer, NULL), IR_OK);
        m.len = 0;
        was = have.n;
        assert_int_equal(ir_neg_next(all, salt, 1200, answer.p, answer.len,
                                     &have, &need, &m, &done, NULL),
                         IR_OK);
        assert_true(have.n - was <= IR_NEG_IDS_MAX);
    }
    assert_int_equal(have.n, 20000);
    assert_int_equal(need.n, 0);
    assert_true(rounds <= 4);
    for (i = 0; i < 20000; i++) {
        ir_idset_at(all, i, &hlc, id);
        assert_memory_equal(have.v[i], id, 32);
    }
    ir_ids_done(&have);
    ir_buf_done(&m);
    ir_buf_done(&answer);
    ir_idset_free(all);
    ir_idset_free(none);
}

/* --- a bad link ----------------------------------------------------------- */

#define MAIL 64

/* Messages under way, in no order. */
struct mail {
    struct ir_buf v[MAIL];
    bool to_b[MAIL];
    size_t n;
};

static void
post(struct mail *mail, const struct ir_buf *m, bool to_b)
{
    size_t copies = below(10) < 2 ? 0 : 1 + below(8) / 7;

    for (; copies > 0 && mail->n < MAIL; copies--) {
        struct ir_buf *b = &mail->v[mail->n];

        memset(b, 0, sizeof *b);
        ir_buf_add(b, m->p, m->len);
        mail->to_b[mail->n++] = to_b;
    }
}

/* Lost, doubled and reordered messages, sessions begun in the middle of others,
 * sets that change meanwhile: nothing false is ever named, and it ends equal.
 */
static void
bad_link(void **state)
{
    struct two t = {.limit = 1200};
    struct mail mail = {0};
    size_t steps, round;

    (void)state;
    for (round = 0; round < 6; round++) {
        seed = round;
        fill(&t, 600, round % 2 == 0 ? 20 : 5000, 120);
        for (steps = 0; !equal(&t) && steps < 20000; steps++) {
            struct ir_ids have = {0}, need = {0};
            struct ir_buf m = {0}, out = {0};
            bool done, to_b;
            size_t i;

            if (mail.n == 0 || below(40) == 0) {
                assert_int_equal(ir_neg_begin(t.a, t.salt, t.limit, &out),
                                 IR_OK);
                post(&mail, &out, true);
                ir_buf_done(&out);
                continue;
            }
            i = below(mail.n);
            m = mail.v[i];
            to_b = mail.to_b[i];
            mail.v[i] = mail.v[--mail.n];
            mail.to_b[i] = mail.to_b[mail.n];
            if (to_b) {
                assert_int_equal(
                    ir_neg_answer(t.b, t.salt, t.limit, m.p, m.len, &out, NULL),
                    IR_OK);
                post(&mail, &out, false);
            } else {
                assert_int_equal(ir_neg_next(t.a, t.salt, t.limit, m.p, m.len,
                                             &have, &need, &out, &done, NULL),
                                 IR_OK);
                if (!done)
                    post(&mail, &out, true);
                if (have.n > 3) /* some are lost too */
                    have.n -= below(3);
                give(&t, &have, t.a, t.b);
                give(&t, &need, t.b, t.a);
            }
            ir_ids_done(&have);
            ir_ids_done(&need);
            ir_buf_done(&m);
            ir_buf_done(&out);
        }
        assert_true(equal(&t));
        while (mail.n > 0)
            ir_buf_done(&mail.v[--mail.n]);
        done_two(&t);
    }
}

/* --- ground ids ----------------------------------------------------------- */

/* An insider who makes ids whose sums collide hides entries from an exchange
 * without salt; under any salt they are found. Ids are hashes and such sets
 * take much work to find; here they are simply written down: 1+4 = 2+3.
 */
static void
ground(void **state)
{
    struct ir_idset *a = ir_idset_new(), *b = ir_idset_new();
    struct two t = {0};
    uint8_t id[32], salt[16];
    size_t i;

    (void)state;
    t.a = a;
    t.b = b;
    for (i = 0; i < 1000; i++) {
        uint64_t hlc = item(i, 1 << 20, id);

        ir_idset_add(a, hlc, id);
        ir_idset_add(b, hlc, id);
    }
    for (i = 1; i <= 4; i++) {
        memset(id, 0, sizeof id);
        id[0] = (uint8_t)i;
        ir_idset_add(i == 1 || i == 4 ? a : b, 500, id);
    }
    assert_true(equal(&t)); /* so an unsalted fingerprint says */
    for (i = 0; i < 100; i++) {
        uint8_t x[16], y[16];

        ir_random(salt, sizeof salt);
        ir_idset_fp_range(a, salt, 0, ir_idset_count(a), x);
        ir_idset_fp_range(b, salt, 0, ir_idset_count(b), y);
        assert_memory_not_equal(x, y, 16);
    }
    memcpy(t.salt, salt, 16);
    session(&t, false);
    assert_int_equal(ir_idset_count(a), 1004);
    assert_int_equal(ir_idset_count(b), 1004);
    done_two(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),      cmocka_unit_test(varints),
        cmocka_unit_test(sets_end_equal), cmocka_unit_test(from_nothing),
        cmocka_unit_test(bad_link),       cmocka_unit_test(ground),
    };

    if (ir_crypt_init(NULL) != IR_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
