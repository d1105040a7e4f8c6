/* test_trust.c: who may sign what, what a revocation leaves, which release is
 * approved; the same from any order of entries. Rules: docs/format.md,
 * section 6.
 */
#include "lane_make.h"

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
    verdict(l, 3, r, 1);  /* not an admin */
    verdict(l, 0, r, 1);  /* the same one again */
    verdict(l, 2, r, 2);  /* says no */
    judge(l, 2, r, 1, 0); /* looked at something else */
    fold(l);
    assert_false(key_of(l, 1)->revoked);
    verdict(l, 2, r, 1);
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
