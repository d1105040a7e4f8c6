/* test_trust_cost.c: every member may write proposals, releases and approvals,
 * and every command folds all of lane T: eight times as much may take some
 * eight times as long, not sixty-four times.
 */
#include "core/body.h"
#include "core/trust.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct flood {
    struct ir_entry *e;
    struct ir_buf *p, *b;
    size_t n;
    uint8_t site[IR_ID_BYTES], author[IR_KEYID_BYTES];
};

static void
add(struct flood *f, uint64_t kind, struct ir_bodyw *w, const uint8_t *ref)
{
    struct ir_entry *e = &f->e[f->n];
    struct ir_header *h = &e->h;

    memcpy(h->author, f->author, sizeof h->author);
    h->hlc = (uint64_t)(1000 + f->n) << 16;
    h->seq = f->n + 1;
    h->kind = kind;
    if (ref != NULL) {
        h->refs_n = 1;
        memcpy(h->refs[0], ref, IR_ID_BYTES);
    }
    ir_header_encode(h, &f->p[f->n]);
    ir_bodyw_finish(w, &f->b[f->n]);
    e->p = f->p[f->n].p;
    e->p_len = f->p[f->n].len;
    e->b = f->b[f->n].p;
    e->b_len = f->b[f->n].len;
    assert_int_equal(ir_header_decode(e->p, e->p_len, h, NULL), IR_OK);
    ir_sha256(e->b, e->b_len, e->body_digest);
    ir_entry_id(e, f->site);
    f->n++;
}

/* Another list of admins: one key that is nobody's, made from `number`. */
static void
propose(struct flood *f, size_t number)
{
    uint8_t pub[1][32] = {{0}};
    struct ir_bodyw w = {0};

    memcpy(pub[0], &number, sizeof number);
    ir_bodyw_uint(&w, 1, 1);
    ir_bodyw_hashes(&w, 2, (const uint8_t(*)[32])pub, 1);
    ir_bodyw_bytes(&w, 3, "someoneX", 8);
    ir_bodyw_hashes(&w, 4, NULL, 0);
    ir_bodyw_text(&w, 5, "me");
    add(f, IR_KIND_ADMINS, &w, f->e[0].id);
}

/* Two admins, both of whom it takes; the first proposes something. */
static void
add_root(struct flood *f, const struct ir_key *admin)
{
    uint8_t pub[2][32] = {{0}, {1}};
    struct ir_bodyw w = {0};

    memcpy(pub[0], admin->pub, 32);
    ir_key_id(admin->pub, f->author);
    ir_bodyw_uint(&w, 1, 1);
    ir_bodyw_uint(&w, 2, 2);
    ir_bodyw_hashes(&w, 3, (const uint8_t(*)[32])pub, 2);
    add(f, IR_KIND_ROOT, &w, NULL);
    memcpy(f->site, f->e[0].id, sizeof f->site);
    propose(f, SIZE_MAX);
}

static void
add_member(struct flood *f, const struct ir_key *who)
{
    struct ir_bodyw w = {0};

    ir_bodyw_text(&w, 1, "mori");
    ir_bodyw_bytes(&w, 4, "memberid", 8);
    ir_bodyw_hashes(&w, 5, (const uint8_t(*)[32])who->pub, 1);
    ir_bodyw_text(&w, 6, "mori");
    add(f, IR_KIND_MEMBER, &w, NULL);
    ir_key_id(who->pub, f->author);
}

/* `n` proposals of other admins and `n` releases, by somebody who is no admin,
 * and as many approvals that name the one made
 * last, and what the admin has proposed. */
static void
flood(struct flood *f, size_t n)
{
    uint8_t pub[1][32] = {{0}};
    size_t i, last[2] = {0, 0};

    for (i = 0; i < n; i++) {
        struct ir_bodyw w = {0};

        memcpy(pub[0], &i, sizeof i);
        last[0] = f->n;
        propose(f, i);
        ir_bodyw_bytes(&w, 1, pub[0], 32);
        last[1] = f->n;
        add(f, IR_KIND_RELEASE, &w, NULL);
    }
    for (i = 0; i < 3 * n; i++) {
        const struct ir_entry *of = &f->e[i < n ? 1 : last[i % 2]];
        struct ir_bodyw w = {0};

        memcpy(pub[0], &(size_t){n - 1}, sizeof(size_t));
        ir_bodyw_uint(&w, 1, i < n ? 1 : 1 + i / 2 % 2);
        ir_bodyw_bytes(&w, 2, i < n || i % 2 == 0 ? of->id : pub[0], 32);
        add(f, IR_KIND_APPROVAL, &w, of->id);
    }
}

/* Processor time for a fold with a flood of `n`, in microseconds. */
static int64_t
fold_us(size_t n)
{
    size_t all = 3 + 5 * n, i;
    struct flood f = {.e = ir_calloc(all, sizeof(struct ir_entry)),
                      .p = ir_calloc(all, sizeof(struct ir_buf)),
                      .b = ir_calloc(all, sizeof(struct ir_buf))};
    const struct ir_entry **v = ir_calloc(all, sizeof(struct ir_entry *));
    struct ir_key *admin = ir_key_new(), *mori = ir_key_new();
    struct ir_trust t;
    struct timespec a, b;

    add_root(&f, admin);
    add_member(&f, mori);
    flood(&f, n);
    assert_int_equal(f.n, all);
    for (i = 0; i < all; i++)
        v[i] = &f.e[i];
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    ir_trust_fold(f.site, v, all, &t);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    assert_int_equal(t.releases_n, n);
    assert_int_equal(t.members_n, 1);
    assert_int_equal(ir_trust_admins(&t), 2);
    ir_trust_done(&t);
    for (i = 0; i < all; i++) {
        ir_buf_done(&f.p[i]);
        ir_buf_done(&f.b[i]);
    }
    free(f.e);
    free(f.p);
    free(f.b);
    free(v);
    ir_key_free(admin);
    ir_key_free(mori);
    return (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000;
}

/* The least of a few: what else the machine does costs time, too. */
static int64_t
best_us(size_t n)
{
    int64_t best = fold_us(n), us;
    int i;

    for (i = 0; i < 3; i++) {
        us = fold_us(n);
        best = us < best ? us : best;
    }
    return best;
}

static void
grows_with_what_is_there(void **state)
{
    int64_t small = best_us(1500), large = best_us(12000);

    (void)state;
    printf("%lld us, eight times as much %lld us\n", (long long)small,
           (long long)large);
    assert_true(large < 40 * small);
}

static int
start(void **state)
{
    (void)state;
    return ir_crypt_init(NULL) == IR_OK ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_with_what_is_there),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
