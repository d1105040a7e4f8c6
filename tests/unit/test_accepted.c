/* test_accepted.c: of what a revoked key signed, what is accepted: the same for
 * the check of a log, for what is taken in, and for folding; in forks, in lane
 * F, across lanes, and while things arrive in any order.
 * Rule: docs/format.md, section 6, rule 6.
 */
#include "base/sshsig.h"
#include "core/anc.h"
#include "core/body.h"
#include "core/order.h"
#include "core/revoked.h"
#include "store/accepted.h"
#include "store/check.h"
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#define MAX 40
#define ITO 0 /* admin */
#define SATO 1

struct world {
    char path[64];
    struct ir_store *st;
    struct ir_key *key[3];
    uint8_t site[32];
    struct ir_entry e[MAX];
    struct ir_buf p[MAX], b[MAX];
    size_t n, ref[3], ref_n, dep;
    uint64_t seq[3];
    uint8_t inc[8]; /* zero: none */
    struct ir_bodyw w;
    struct ir_trust trust;
};

/* An entry of kind `no` by `who` after entry `prev` (MAX: none). */
static size_t
add(struct world *x, int who, uint64_t no, size_t prev)
{
    static const uint8_t none[8];
    uint8_t blob[IR_SSHSIG_BLOB_BYTES];
    struct ir_entry *e = &x->e[x->n];
    struct ir_header *h = &e->h;
    size_t i;

    ir_key_id(x->key[who]->pub, h->author);
    h->hlc = (uint64_t)(1795219200000 + (int64_t)x->n) << 16;
    h->seq = ++x->seq[who];
    h->kind = no;
    if (memcmp(x->inc, none, 8) != 0) {
        h->has_incident = true;
        memcpy(h->incident, x->inc, 8);
    }
    if (prev < MAX) {
        h->has_prev = true;
        memcpy(h->prev, x->e[prev].id, 32);
    }
    for (i = 0; i < x->ref_n; i++)
        memcpy(h->refs[i], x->e[x->ref[i]].id, 32);
    h->refs_n = x->ref_n;
    if (x->dep > 0) {
        memcpy(h->deps[0], x->e[x->dep - 1].id, 32);
        h->deps_n = 1;
    }
    x->ref_n = x->dep = 0;
    ir_header_encode(h, &x->p[x->n]);
    if (ir_kind_lane(no) >= IR_LANE_I)
        ir_bodyw_bytes(&x->w, 0, "0123456789abcdef", 16);
    ir_bodyw_finish(&x->w, &x->b[x->n]);
    e->p = x->p[x->n].p;
    e->p_len = x->p[x->n].len;
    e->b = x->b[x->n].p;
    e->b_len = x->b[x->n].len;
    assert_int_equal(ir_header_decode(e->p, e->p_len, h, NULL), IR_OK);
    ir_sha256(e->b, e->b_len, e->body_digest);
    ir_entry_id(e, x->site);
    if (no == IR_KIND_ROOT)
        memcpy(x->site, e->id, 32);
    ir_entry_blob(e, x->site, blob);
    assert_int_equal(ir_sign(x->key[who], blob, sizeof blob, e->sig, NULL),
                     IR_OK);
    return x->n++;
}

static void
put(struct world *x, size_t i)
{
    assert_int_equal(ir_store_entry_put(x->st, &x->e[i], NULL, NULL), IR_OK);
}

static void
trust(struct world *x)
{
    struct ir_log log = {0};
    const struct ir_entry **v;

    assert_int_equal(ir_store_load_trust(x->st, &log, NULL), IR_OK);
    v = ir_log_ptrs(&log);
    ir_trust_done(&x->trust);
    ir_trust_fold(x->site, v, log.n, &x->trust);
    free(v);
    ir_log_done(&log);
}

static void
member(struct world *x, int who, const char *handle, size_t prev)
{
    uint8_t id[8] = {(uint8_t)(who + 1)};

    ir_bodyw_text(&x->w, 1, handle);
    ir_bodyw_bytes(&x->w, 4, id, 8);
    ir_bodyw_hashes(&x->w, 5, (const uint8_t(*)[32])x->key[who]->pub, 1);
    ir_bodyw_text(&x->w, 6, handle);
    (void)add(x, ITO, IR_KIND_MEMBER, prev);
}

/* A site of two, an incident, nothing stored. Entries 0..3. */
static struct world *
begin(void)
{
    struct world *x = ir_calloc(1, sizeof *x);
    int i;

    snprintf(x->path, sizeof x->path, "/tmp/ir-accepted.XXXXXX");
    assert_non_null(mkdtemp(x->path));
    assert_int_equal(ir_store_open(x->path, IR_STORE_CREATE, &x->st, NULL),
                     IR_OK);
    for (i = 0; i < 3; i++)
        x->key[i] = ir_key_new();
    ir_bodyw_uint(&x->w, 1, 1);
    ir_bodyw_uint(&x->w, 2, 1);
    ir_bodyw_hashes(&x->w, 3, (const uint8_t(*)[32])x->key[ITO]->pub, 1);
    (void)add(x, ITO, IR_KIND_ROOT, MAX);
    assert_int_equal(ir_store_site_set(x->st, x->site, NULL), IR_OK);
    member(x, ITO, "ito", 0);
    member(x, SATO, "sato", 1);
    ir_bodyw_uint(&x->w, 1, 1);
    ir_bodyw_text(&x->w, 2, "fis");
    (void)add(x, ITO, IR_KIND_INCIDENT, MAX);
    memcpy(x->inc, x->e[3].id, 8);
    return x;
}

static void
end(struct world *x)
{
    char *rm = ir_asprintf("rm -r %s", x->path);
    size_t i;

    ir_trust_done(&x->trust);
    ir_store_close(x->st);
    assert_int_equal(system(rm), 0); /* NOLINT(cert-env33-c): own directory */
    free(rm);
    for (i = 0; i < MAX; i++) {
        ir_buf_done(&x->p[i]);
        ir_buf_done(&x->b[i]);
    }
    for (i = 0; i < 3; i++)
        ir_key_free(x->key[i]);
    free(x);
}

static size_t
note(struct world *x, int who, size_t prev)
{
    ir_bodyw_text(&x->w, 1, "seen");
    return add(x, who, IR_KIND_NOTE, prev);
}

static size_t
ack(struct world *x, int who)
{
    uint8_t inc[8];
    size_t i;

    memcpy(inc, x->inc, 8);
    memset(x->inc, 0, 8);
    x->ref[0] = 0;
    x->ref_n = 1;
    ir_bodyw_uint(&x->w, 1, 1);
    i = add(x, who, IR_KIND_ACK, MAX);
    memcpy(x->inc, inc, 8);
    return i;
}

/* Revoke sato's key, accepting these entries (-1 ends). */
static size_t
revoke_key(struct world *x, size_t prev, const int *ok)
{
    uint8_t id[8], ids[8][32], inc[8];
    size_t n = 0, i;

    memcpy(inc, x->inc, 8);
    memset(x->inc, 0, 8);
    for (; *ok >= 0; ok++)
        memcpy(ids[n++], x->e[*ok].id, 32);
    ir_key_id(x->key[SATO]->pub, id);
    ir_bodyw_bytes(&x->w, 1, id, 8);
    ir_bodyw_text(&x->w, 2, "stolen");
    if (n > 0)
        ir_bodyw_hashes(&x->w, 3, (const uint8_t(*)[32])ids, n);
    else
        ir_bodyw_no_hashes(&x->w, 3);
    i = add(x, ITO, IR_KIND_REVOKE, prev);
    memcpy(x->inc, inc, 8);
    return i;
}

/* Whom the check of the log blames, whom folding leaves out, and what may be
 * taken in: `refused` (-1 ends) and nothing else that is stored. */
static void
expect(struct world *x, const int *refused)
{
    const struct ir_entry *v[MAX];
    bool counts[MAX], bad[MAX] = {false}, want[MAX] = {false};
    struct ir_accepted *a = NULL, *kept = NULL;
    struct ir_check c = {0};
    struct ir_anc anc;
    size_t i, k, n = 0;

    trust(x);
    for (; *refused >= 0; refused++)
        want[*refused] = true;
    assert_int_equal(ir_accepted_new(x->st, &x->trust, true, &a, NULL), IR_OK);
    assert_int_equal(ir_accepted_new(x->st, &x->trust, false, &kept, NULL),
                     IR_OK);
    for (i = 0; i < x->n; i++) {
        struct ir_log log = {0};
        bool here = ir_store_load_id(x->st, x->e[i].id, &log, NULL) == IR_OK;

        ir_log_done(&log);
        if (!here)
            continue;
        if (ir_accepted_is(a, &x->e[i]) == want[i])
            fail_msg("entry %zu: %s", i, want[i] ? "accepted" : "refused");
        assert_int_equal(ir_accepted_is(kept, &x->e[i]), !want[i]);
        v[n] = &x->e[i];
        counts[n++] = true;
    }
    assert_int_equal(
        ir_store_check(x->st, &x->trust, false, 1, NULL, NULL, &c, NULL),
        IR_OK);
    for (i = 0; i < c.bad_n; i++)
        for (k = 0; k < x->n; k++)
            if (c.bad[i].why == IR_CHECK_REVOKED &&
                memcmp(c.bad[i].id, x->e[k].id, 32) == 0)
                bad[k] = true;
    for (i = 0; i < c.dead_n; i++) /* of lane T */
        for (k = 0; k < x->n; k++)
            if (memcmp(c.dead[i].id, x->e[k].id, 32) == 0)
                bad[k] = true;
    assert_memory_equal(bad, want, x->n);
    ir_check_done(&c);
    ir_accepted_tell(a, &x->trust);
    ir_order_sort(v, n);
    ir_anc_init(v, n, &anc);
    ir_revoked_judge(&x->trust, &anc, v, n, counts);
    for (i = 0; i < n; i++)
        assert_int_equal(counts[i], !want[v[i] - x->e]);
    ir_anc_done(&anc);
    ir_accepted_free(a);
    ir_accepted_free(kept);
}

#define REFUSED(...) ((const int[]){__VA_ARGS__, -1})

/* A fork: one branch is accepted, the other is not, though its numbers are
 * lower; of lane F each by itself. */
static void
forks_and_lane_f(void **state)
{
    struct world *x = begin();
    size_t a, b, c, d, f, g, i;

    (void)state;
    a = note(x, SATO, MAX);
    b = note(x, SATO, a); /* one branch */
    c = note(x, SATO, a); /* the other, its numbers higher */
    d = note(x, SATO, c);
    f = ack(x, SATO);
    g = ack(x, SATO);
    (void)revoke_key(x, 2, REFUSED((int)d, (int)f));
    for (i = 0; i < x->n; i++)
        put(x, i);
    expect(x, REFUSED((int)b, (int)g));
    (void)revoke_key(x, 10, REFUSED((int)b, (int)g)); /* the other way round */
    put(x, 11);
    expect(x, REFUSED((int)c, (int)d, (int)f));
    (void)revoke_key(x, 11, REFUSED(-1)); /* nothing */
    put(x, 12);
    expect(x, REFUSED((int)a, (int)b, (int)c, (int)d, (int)f, (int)g));
    end(x);
}

/* What an accepted entry builds on through somebody else's, of another lane,
 * is accepted; of lane T only lane T is asked. */
static void
across_lanes(void **state)
{
    struct world *x = begin();
    size_t a, b, m, t, r, i;
    uint8_t inc[8], digest[32] = {1};

    (void)state;
    a = note(x, SATO, MAX);
    b = note(x, SATO, a);
    x->dep = a + 1;
    m = note(x, ITO, 3); /* knew of the first */
    memcpy(inc, x->inc, 8);
    memset(x->inc, 0, 8);
    x->ref[0] = m;
    x->ref_n = 1;
    ir_bodyw_uint(&x->w, 1, 1);
    ir_bodyw_bytes(&x->w, 2, digest, 32);
    t = add(x, SATO, IR_KIND_APPROVAL, MAX); /* lane T, about lane I */
    ir_bodyw_bytes(&x->w, 1, digest, 32);
    r = add(x, SATO, IR_KIND_RELEASE, MAX); /* lane T, a fork */
    memcpy(x->inc, inc, 8);
    x->ref[0] = r;
    x->ref_n = 1;
    i = note(x, ITO, m);
    assert_true(i > 0);
    (void)revoke_key(x, 2, REFUSED((int)t, (int)i));
    for (i = 0; i < x->n; i++)
        put(x, i);
    expect(x, REFUSED((int)b, (int)r));
    end(x);
}

/* Things arrive newest first, oldest first, in between: in the end the same,
 * and on the way nothing is taken that is not accepted. */
static void
while_things_arrive(void **state)
{
    static const size_t orders[][6] = {
        {4, 5, 6, 7, 8, 9}, {9, 8, 7, 6, 5, 4}, {6, 9, 4, 8, 5, 7}};
    size_t o, i, turn;

    (void)state;
    for (o = 0; o < sizeof orders / sizeof orders[0]; o++) {
        struct world *x = begin();
        struct ir_accepted *a = NULL;
        bool in[MAX] = {false};
        size_t n[6];

        n[0] = note(x, SATO, MAX);
        n[1] = note(x, SATO, n[0]);
        n[2] = note(x, SATO, n[1]); /* the head */
        n[3] = note(x, SATO, n[2]); /* the thief's */
        n[4] = note(x, SATO, n[1]); /* the thief's, back-dated */
        n[5] = ack(x, SATO);        /* as well */
        (void)revoke_key(x, 2, REFUSED((int)n[2]));
        for (i = 0; i < 4; i++)
            put(x, i);
        put(x, 10);
        trust(x);
        assert_int_equal(ir_accepted_new(x->st, &x->trust, false, &a, NULL),
                         IR_OK);
        assert_true(ir_accepted_open(a, x->e[4].h.author));
        assert_true(ir_accepted_is(a, &x->e[n[2]]));
        assert_false(ir_accepted_is(a, &x->e[n[0]]));
        for (turn = 0; turn < 6; turn++)
            for (i = 0; i < 6; i++) {
                size_t at = orders[o][i];

                if (in[at] || !ir_accepted_is(a, &x->e[at]))
                    continue;
                put(x, at);
                (void)ir_accepted_grow(a, &x->e[at]);
                in[at] = true;
                if (turn == 3) { /* begun again in between */
                    ir_accepted_free(a);
                    assert_int_equal(
                        ir_accepted_new(x->st, &x->trust, false, &a, NULL),
                        IR_OK);
                }
            }
        for (i = 4; i < 10; i++)
            assert_int_equal(in[i], i <= n[2]);
        assert_false(ir_accepted_open(a, x->e[4].h.author));
        ir_accepted_free(a);
        expect(x, (const int[]){-1});
        for (i = 7; i < 10; i++) /* had they been here before */
            put(x, i);
        expect(x, REFUSED(7, 8, 9));
        end(x);
    }
}

/* What was refused is taken back when that arrives which builds on it. */
static void
taken_back(void **state)
{
    struct world *x = begin();
    struct ir_accepted *a = NULL;
    size_t n[3], i, refused_n = 0;

    (void)state;
    n[0] = note(x, SATO, MAX);
    n[1] = note(x, SATO, n[0]);
    n[2] = note(x, SATO, n[1]);
    (void)revoke_key(x, 2, REFUSED((int)n[2]));
    for (i = 0; i < x->n; i++)
        if (i != n[1] && i != n[2])
            put(x, i);
    expect(x, REFUSED((int)n[0]));
    assert_int_equal(ir_accepted_new(x->st, &x->trust, false, &a, NULL), IR_OK);
    (void)ir_accepted_refused(a, &refused_n);
    assert_int_equal(refused_n, 1);
    put(x, n[2]);
    assert_true(ir_accepted_grow(a, &x->e[n[2]]));
    assert_false(ir_accepted_is(a, &x->e[n[0]]));
    put(x, n[1]);
    assert_true(ir_accepted_grow(a, &x->e[n[1]]));
    assert_true(ir_accepted_is(a, &x->e[n[0]]));
    (void)ir_accepted_refused(a, &refused_n);
    assert_int_equal(refused_n, 0);
    ir_accepted_free(a);
    expect(x, (const int[]){-1});
    end(x);
}

/* A revocation made now accepts both ends of a fork, every entry of lane F,
 * the newest of each chain: all that is here. */
static void
heads_of_now(void **state)
{
    struct world *x = begin();
    uint8_t(*ids)[32] = NULL, key[8];
    int64_t count = 0, after = 0, newest = 0;
    size_t n = 0, a, b, c, f, g, i;

    (void)state;
    a = note(x, SATO, MAX);
    b = note(x, SATO, a);
    c = note(x, SATO, a);
    f = ack(x, SATO);
    g = ack(x, SATO);
    for (i = 0; i < x->n; i++)
        put(x, i);
    ir_key_id(x->key[SATO]->pub, key);
    assert_int_equal(ir_accepted_heads(x->st, key, false, 0, &ids, &n, NULL),
                     IR_OK);
    assert_int_equal(n, 4);
    assert_memory_equal(ids[0], x->e[b].id, 32);
    assert_memory_equal(ids[1], x->e[c].id, 32);
    assert_memory_equal(ids[2], x->e[f].id, 32);
    assert_memory_equal(ids[3], x->e[g].id, 32);
    free(ids);
    assert_int_equal(ir_accepted_heads(x->st, key, true, 0, &ids, &n, NULL),
                     IR_OK);
    assert_int_equal(n, 0);
    free(ids);
    assert_int_equal(ir_accepted_heads(x->st, key, false,
                                       ir_hlc_ms(x->e[c].h.hlc), &ids, &n,
                                       NULL),
                     IR_OK);
    assert_int_equal(n, 1); /* what was recorded before the other branch */
    assert_memory_equal(ids[0], x->e[b].id, 32);
    free(ids);
    assert_int_equal(
        ir_accepted_count(x->st, key, 0, &count, &after, &newest, NULL), IR_OK);
    assert_int_equal(count, 5);
    assert_int_equal(after, 0);
    assert_true(newest == ir_hlc_ms(x->e[g].h.hlc));
    assert_int_equal(ir_accepted_count(x->st, key, ir_hlc_ms(x->e[c].h.hlc),
                                       &count, &after, &newest, NULL),
                     IR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(after, 3);
    assert_true(newest == ir_hlc_ms(x->e[b].h.hlc));
    end(x);
}

static int
start(void **state)
{
    (void)state;
    return ir_crypt_init(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forks_and_lane_f),    cmocka_unit_test(across_lanes),
        cmocka_unit_test(while_things_arrive), cmocka_unit_test(taken_back),
        cmocka_unit_test(heads_of_now),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
