/* test_trust.c: who may sign what, what a revocation leaves, which release is
 * approved; the same from any order of entries. Rules: docs/format.md,
 * section 6.
 */
#include "core/body.h"
#include "core/trust.h"
#include "unit.h"

#define PEOPLE 4
#define MAX 32

/* A trust lane being written by several keys; signatures are not looked at. */
struct lane {
    struct ir_key *key[PEOPLE];
    uint8_t site[IR_ID_BYTES];
    struct ir_entry e[MAX];
    struct ir_buf p[MAX], b[MAX];
    size_t n;
    size_t last[PEOPLE], seq[PEOPLE]; /* last: place + 1 */
    struct ir_bodyw w;                /* body of the next one */
    size_t ref;                       /* place + 1, for the next one */
    uint64_t ahead_s;                 /* of the clock, for the next one */
    uint64_t behind;                  /* ms, of the clock, for the next ones */
    struct ir_trust t;
};

/* Append an entry of kind `no` by `who` with the body in l->w. */
static size_t
add(struct lane *l, int who, uint64_t no)
{
    struct ir_entry *e = &l->e[l->n];
    struct ir_header *h = &e->h;

    ir_key_id(l->key[who]->pub, h->author);
    h->hlc = (uint64_t)(1000 + l->n + l->ahead_s * 1000 - l->behind) << 16;
    l->ahead_s = 0;
    h->seq = ++l->seq[who];
    h->kind = no;
    if (l->last[who] > 0) {
        h->has_prev = true;
        memcpy(h->prev, l->e[l->last[who] - 1].id, IR_ID_BYTES);
    }
    if (l->ref > 0) {
        h->refs_n = 1;
        memcpy(h->refs[0], l->e[l->ref - 1].id, IR_ID_BYTES);
        l->ref = 0;
    }
    ir_header_encode(h, &l->p[l->n]);
    ir_bodyw_finish(&l->w, &l->b[l->n]);
    e->p = l->p[l->n].p;
    e->p_len = l->p[l->n].len;
    e->b = l->b[l->n].p;
    e->b_len = l->b[l->n].len;
    assert_int_equal(ir_header_decode(e->p, e->p_len, h, NULL), IR_OK);
    ir_sha256(e->b, e->b_len, e->body_digest);
    ir_entry_id(e, l->site);
    l->last[who] = l->n + 1;
    return l->n++;
}

static size_t
member(struct lane *l, int by, int who, const char *handle)
{
    uint8_t id[8] = {(uint8_t)(who + 1)};

    ir_bodyw_text(&l->w, 1, handle);
    ir_bodyw_bytes(&l->w, 4, id, 8);
    ir_bodyw_hashes(&l->w, 5, (const uint8_t(*)[32])l->key[who]->pub, 1);
    ir_bodyw_text(&l->w, 6, handle);
    return add(l, by, IR_KIND_MEMBER);
}

/* Revoke the key of `who`, accepting entry number `ok` (MAX: nothing). */
static size_t
revoke(struct lane *l, int by, int who, size_t ok)
{
    uint8_t id[8];

    ir_key_id(l->key[who]->pub, id);
    ir_bodyw_bytes(&l->w, 1, id, 8);
    ir_bodyw_text(&l->w, 2, "lost");
    if (ok < MAX)
        ir_bodyw_hashes(&l->w, 3, (const uint8_t(*)[32])l->e[ok].id, 1);
    else
        ir_bodyw_no_hashes(&l->w, 3);
    return add(l, by, IR_KIND_REVOKE);
}

static size_t
release(struct lane *l, int by, uint8_t manifest)
{
    uint8_t digest[32] = {manifest};

    ir_bodyw_bytes(&l->w, 1, digest, 32);
    return add(l, by, IR_KIND_RELEASE);
}

static size_t
judge(struct lane *l, int by, size_t what, uint64_t verdict, uint8_t manifest)
{
    uint8_t digest[32] = {manifest};

    l->ref = what + 1;
    ir_bodyw_uint(&l->w, 1, verdict);
    ir_bodyw_bytes(&l->w, 2, digest, 32);
    return add(l, by, IR_KIND_APPROVAL);
}

/* A site with the first `admins` keys as its admins. */
static struct lane *
begin(size_t admins, uint64_t k)
{
    struct lane *l = ir_calloc(1, sizeof *l);
    uint8_t pubs[PEOPLE][32];
    size_t i;

    for (i = 0; i < PEOPLE; i++) {
        uint8_t seed[IR_SEED_BYTES] = {(uint8_t)(i + 1)};

        l->key[i] = ir_key_from_seed(seed);
        memcpy(pubs[i], l->key[i]->pub, 32);
    }
    ir_bodyw_uint(&l->w, 1, 1);
    ir_bodyw_uint(&l->w, 2, k);
    ir_bodyw_hashes(&l->w, 3, (const uint8_t(*)[32])pubs, admins);
    add(l, 0, IR_KIND_ROOT);
    memcpy(l->site, l->e[0].id, IR_ID_BYTES);
    return l;
}

/* Fold, from this order and from many others: always the same. */
static const struct ir_trust *
fold(struct lane *l)
{
    const struct ir_entry *v[MAX];
    uint32_t r = 1;
    size_t i, j;
    int way;

    for (i = 0; i < l->n; i++)
        v[i] = &l->e[i];
    ir_trust_done(&l->t);
    ir_trust_fold(l->site, v, l->n, &l->t);
    for (way = 0; way < 10; way++) {
        struct ir_trust t;

        for (i = l->n; i > 1; i--) {
            const struct ir_entry *x = v[i - 1];

            r = r * 1103515245u + 12345u;
            j = (r >> 8) % i;
            v[i - 1] = v[j];
            v[j] = x;
        }
        ir_trust_fold(l->site, v, l->n, &t);
        assert_int_equal(t.keys_n, l->t.keys_n);
        assert_int_equal(t.members_n, l->t.members_n);
        for (i = 0; i < t.keys_n; i++) {
            assert_memory_equal(t.keys[i].pub, l->t.keys[i].pub, 32);
            assert_int_equal(t.keys[i].revoked, l->t.keys[i].revoked);
        }
        assert_int_equal(t.releases_n, l->t.releases_n);
        for (i = 0; i < t.releases_n; i++)
            assert_int_equal(t.releases[i].approved, l->t.releases[i].approved);
        ir_trust_done(&t);
    }
    return &l->t;
}

static void
end(struct lane *l)
{
    size_t i;

    ir_trust_done(&l->t);
    for (i = 0; i < MAX; i++) {
        ir_buf_done(&l->p[i]);
        ir_buf_done(&l->b[i]);
    }
    for (i = 0; i < PEOPLE; i++)
        ir_key_free(l->key[i]);
    free(l);
}

static const struct ir_cert_key *
key_of(const struct lane *l, int who)
{
    uint8_t id[8];

    ir_key_id(l->key[who]->pub, id);
    return ir_trust_key(&l->t, id);
}

static void
certificates(void **state)
{
    struct lane *l = begin(1, 1);
    const struct ir_trust *t;

    (void)state;
    member(l, 0, 0, "ito");
    member(l, 0, 1, "mori");
    member(l, 1, 2, "tanaka"); /* not by an admin */
    ir_bodyw_bytes(&l->w, 1, "\x02\0\0\0\0\0\0\0", 8);
    ir_bodyw_bytes(&l->w, 3, l->key[3]->pub, 32);
    ir_bodyw_bytes(&l->w, 4, l->key[3]->pub, 32);
    add(l, 0, IR_KIND_DEVICE);
    t = fold(l);
    assert_true(t->has_root && t->members_n == 2 && t->keys_n == 3);
    assert_true(t->members[0].admin && !t->members[1].admin);
    assert_null(key_of(l, 2));
    assert_true(key_of(l, 3)->node);
    assert_int_equal(key_of(l, 3)->member, ir_trust_member(t, "mori"));
    assert_int_equal(ir_trust_people(t), 2);
    end(l);
}

/* A handle belongs to one member; a moment is milliseconds; a later entry
 * replaces what an earlier one says of the member. */
static void
handles_and_replacement(void **state)
{
    struct lane *l = begin(1, 1);
    const struct ir_trust *t;

    (void)state;
    member(l, 0, 1, "mori");
    member(l, 0, 2, "mori");
    ir_bodyw_uint(&l->w, 3, 1795219200000u);
    member(l, 0, 1, "mori.k");
    ir_bodyw_uint(&l->w, 3, INT64_MAX);
    member(l, 0, 3, "late");
    member(l, 0, 2, "../mori"); /* no handle at all */
    t = fold(l);
    assert_int_equal(t->members_n, 2);
    assert_int_equal(ir_trust_member(t, "mori"), -1);
    assert_true(t->members[ir_trust_member(t, "mori.k")].not_after_ms ==
                1795219200000);
    assert_true(t->members[ir_trust_member(t, "late")].not_after_ms ==
                INT64_MAX);
    assert_null(key_of(l, 2));
    end(l);
}

/* What a revoked key released and approved counts only as far as accepted. */
static void
revoked_approvals(void **state)
{
    struct lane *l = begin(1, 1);
    size_t r1, r2, a1, mark;

    (void)state;
    member(l, 0, 0, "ito");
    member(l, 0, 1, "mori");
    r1 = release(l, 0, 1);
    r2 = release(l, 0, 2);
    a1 = judge(l, 1, r1, 1, 1);
    judge(l, 1, r2, 1, 2);
    fold(l);
    assert_true(l->t.releases[0].approved && l->t.releases[1].approved);
    mark = l->n;
    revoke(l, 0, 1, a1);
    fold(l);
    assert_true(key_of(l, 1)->revoked);
    assert_int_equal(key_of(l, 1)->accepted_n, 1);
    assert_true(l->t.releases[0].approved); /* accepted */
    assert_false(l->t.releases[1].approved);
    assert_ptr_equal(ir_trust_current(&l->t), &l->t.releases[0]);
    revoke(l, 0, 1, MAX); /* on second thoughts, nothing is */
    fold(l);
    assert_false(l->t.releases[0].approved);
    assert_int_equal(key_of(l, 1)->accepted_n, 0);
    assert_null(ir_trust_current(&l->t));
    revoke(l, 0, 1, a1 + 1); /* all of it, with what it builds on */
    fold(l);
    assert_true(l->t.releases[0].approved && l->t.releases[1].approved);
    assert_true(key_of(l, 1)->revoked);
    assert_true(mark < l->n);
    end(l);
}

/* Nobody but an admin revokes; certificates of a revoked admin go as well. */
static void
revoking(void **state)
{
    struct lane *l = begin(2, 1);
    size_t ito;

    (void)state;
    ito = member(l, 0, 0, "ito");
    member(l, 1, 1, "mori");
    revoke(l, 2, 0, MAX);
    fold(l);
    assert_false(key_of(l, 0)->revoked);
    member(l, 0, 2, "tanaka");
    revoke(l, 1, 0, ito);
    fold(l);
    assert_true(key_of(l, 0)->revoked);
    assert_null(key_of(l, 2)); /* certified after what is accepted */
    assert_non_null(key_of(l, 1));
    assert_false(l->t.members[ir_trust_member(&l->t, "ito")].active);
    revoke(l, 0, 1, MAX); /* too late: it is revoked itself */
    fold(l);
    assert_false(key_of(l, 1)->revoked);
    end(l);
}

static void
revoking_an_admin_takes_k(void **state)
{
    struct lane *l = begin(3, 2);
    size_t r;

    (void)state;
    member(l, 0, 0, "ito");
    member(l, 0, 1, "mori");
    member(l, 0, 3, "sato");
    r = revoke(l, 0, 1, MAX);
    fold(l);
    assert_false(key_of(l, 1)->revoked);
    judge(l, 3, r, 1, 0); /* not an admin */
    judge(l, 0, r, 1, 0); /* the same one again */
    judge(l, 2, r, 2, 0); /* says no */
    fold(l);
    assert_false(key_of(l, 1)->revoked);
    judge(l, 2, r, 1, 0);
    fold(l);
    assert_true(key_of(l, 1)->revoked);
    revoke(l, 0, 3, MAX); /* anybody else takes one */
    fold(l);
    assert_true(key_of(l, 3)->revoked);
    end(l);
}

/* Releases: by somebody else, or by the author while alone. */
static void
releases(void **state)
{
    struct lane *l = begin(1, 1);
    size_t r;

    (void)state;
    member(l, 0, 0, "ito");
    r = release(l, 0, 1);
    judge(l, 0, r, 1, 9); /* of another manifest */
    fold(l);
    assert_false(l->t.releases[0].approved);
    judge(l, 0, r, 1, 1);
    fold(l);
    assert_true(l->t.releases[0].approved && l->t.releases[0].self_approved);
    member(l, 0, 1, "mori");
    r = release(l, 0, 2);
    judge(l, 0, r, 1, 2); /* not alone any more */
    fold(l);
    assert_false(l->t.releases[1].approved);
    judge(l, 1, r, 2, 2);
    judge(l, 1, r, 2, 2); /* twice no */
    judge(l, 1, r, 1, 2); /* too late */
    fold(l);
    assert_true(l->t.releases[1].denied && !l->t.releases[1].approved);
    assert_ptr_equal(ir_trust_current(&l->t), &l->t.releases[0]);
    r = release(l, 0, 3);
    judge(l, 1, r, 1, 3);
    fold(l);
    assert_ptr_equal(ir_trust_current(&l->t), &l->t.releases[2]);
    assert_false(l->t.releases[2].self_approved);
    end(l);
}

/* One more key of somebody who is a member. */
static size_t
second_key(struct lane *l, int by, int who, int key, const char *handle)
{
    uint8_t id[8] = {(uint8_t)(who + 1)};

    ir_bodyw_text(&l->w, 1, handle);
    ir_bodyw_bytes(&l->w, 4, id, 8);
    ir_bodyw_hashes(&l->w, 5, (const uint8_t(*)[32])l->key[key]->pub, 1);
    ir_bodyw_text(&l->w, 6, handle);
    return add(l, by, IR_KIND_MEMBER);
}

/* A second key has signed nothing yet and can state any time: what it approves
 * of one's own was not approved alone only because it says so. */
static void
back_dated_alone(void **state)
{
    struct lane *l = begin(1, 1);
    size_t r;

    (void)state;
    member(l, 0, 0, "ito");
    second_key(l, 0, 0, 2, "ito");
    member(l, 0, 1, "mori");
    l->behind = 500; /* before everything else */
    r = release(l, 2, 1);
    judge(l, 2, r, 1, 1);
    fold(l);
    assert_int_equal(l->t.releases_n, 1);
    assert_false(l->t.releases[0].approved);
    l->behind = 0;
    judge(l, 1, r, 1, 1);
    fold(l);
    assert_true(l->t.releases[0].approved && !l->t.releases[0].self_approved);
    end(l);
    /* the first key, in a fork of its own chain */
    l = begin(1, 1);
    member(l, 0, 0, "ito");
    r = l->last[0];
    member(l, 0, 1, "mori");
    l->last[0] = r;
    l->behind = 1;
    r = release(l, 0, 1);
    l->behind = 2;
    judge(l, 0, r, 1, 1);
    fold(l);
    assert_false(l->t.releases[0].approved);
    end(l);
}

/* Who made a certificate knowing of it holds it in its place, whatever the
 * clocks; and when the others are gone one is alone again. */
static void
alone_before_and_after(void **state)
{
    struct lane *l = begin(1, 1);
    size_t r, a;

    (void)state;
    member(l, 0, 0, "ito");
    second_key(l, 0, 0, 2, "ito");
    l->ahead_s = 86400;
    r = release(l, 2, 1);
    a = judge(l, 2, r, 1, 1);
    assert_true(ir_trust_is_alone(fold(l), 0));
    l->ref = a + 1;
    member(l, 0, 1, "mori");
    fold(l);
    assert_true(l->t.releases[0].approved && l->t.releases[0].self_approved);
    assert_false(ir_trust_is_alone(&l->t, 0));
    r = release(l, 0, 2);
    judge(l, 0, r, 1, 2);
    revoke(l, 0, 1, MAX);
    fold(l);
    assert_false(l->t.releases[1].approved); /* there was somebody then */
    assert_true(ir_trust_is_alone(&l->t, 0));
    assert_false(ir_trust_is_alone(&l->t, 1));
    judge(l, 0, r, 1, 2);
    fold(l);
    assert_true(l->t.releases[1].approved && l->t.releases[1].self_approved);
    r = release(l, 2, 3); /* knows of no revocation */
    judge(l, 2, r, 1, 3);
    fold(l);
    assert_false(l->t.releases[2].approved);
    end(l);
}

/* What one revoke cannot hold another continues, when it names it. */
static void
revoking_in_parts(void **state)
{
    struct lane *l = begin(1, 1);
    size_t a, b, c, r;

    (void)state;
    member(l, 0, 0, "ito");
    member(l, 0, 1, "mori");
    a = release(l, 1, 1);
    l->last[1] = 0; /* as in lane F: nothing builds on it */
    b = release(l, 1, 2);
    l->last[1] = 0;
    c = release(l, 1, 3);
    r = revoke(l, 0, 1, a);
    l->ref = r + 1;
    r = revoke(l, 0, 1, b);
    fold(l);
    assert_int_equal(l->t.releases_n, 2);
    assert_int_equal(key_of(l, 1)->accepted_n, 2);
    assert_memory_equal(key_of(l, 1)->revoked_by, l->e[r].id, IR_ID_BYTES);
    revoke(l, 0, 1, c); /* in place of both */
    fold(l);
    assert_int_equal(l->t.releases_n, 1);
    assert_int_equal(l->t.releases[0].manifest[0], 3);
    assert_int_equal(key_of(l, 1)->accepted_n, 1);
    end(l);
}

/* A clock that ran ahead once does not keep what it approved current: what is
 * made knowing of that approval comes after it. */
static void
current_whatever_the_clocks_say(void **state)
{
    struct lane *l = begin(1, 1);
    size_t r, a;

    (void)state;
    member(l, 0, 0, "ito");
    member(l, 0, 1, "mori");
    member(l, 0, 2, "tanaka");
    r = release(l, 0, 1);
    l->ahead_s = 86400;
    a = judge(l, 1, r, 1, 1);
    l->ref = a + 1;
    r = release(l, 0, 2);
    judge(l, 2, r, 1, 2);
    fold(l);
    assert_int_equal(l->t.releases_n, 2);
    assert_int_equal(ir_trust_current(&l->t)->manifest[0], 2);
    assert_memory_equal(l->t.releases[0].approval, l->e[a].id, IR_ID_BYTES);
    end(l);
}

/* A root of another site, or one whose body does not fit, begins nothing. */
static void
roots(void **state)
{
    struct lane *l = begin(1, 1);

    (void)state;
    member(l, 0, 0, "ito");
    l->site[0] ^= 1;
    fold(l);
    assert_false(l->t.has_root);
    assert_int_equal(l->t.members_n, 0);
    end(l);
    l = begin(1, 2); /* k of 2 with one admin */
    member(l, 0, 0, "ito");
    fold(l);
    assert_false(l->t.has_root);
    assert_int_equal(l->t.members_n, 0);
    end(l);
    l = begin(1, 1); /* signed by somebody else than its admin */
    ir_key_id(l->key[1]->pub, l->e[0].h.author);
    member(l, 0, 0, "ito");
    fold(l);
    assert_false(l->t.has_root);
    end(l);
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
        cmocka_unit_test(certificates),
        cmocka_unit_test(handles_and_replacement),
        cmocka_unit_test(revoked_approvals),
        cmocka_unit_test(revoking),
        cmocka_unit_test(revoking_an_admin_takes_k),
        cmocka_unit_test(revoking_in_parts),
        cmocka_unit_test(releases),
        cmocka_unit_test(back_dated_alone),
        cmocka_unit_test(alone_before_and_after),
        cmocka_unit_test(current_whatever_the_clocks_say),
        cmocka_unit_test(roots),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
