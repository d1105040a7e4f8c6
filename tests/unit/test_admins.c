/* test_admins.c: who the admins are, whatever the order of arrival: changes by
 * k of them, rotation, recovery of a lost key, what a dropped one signed.
 * Rules: docs/format.md, section 6.
 */
#include "lane_make.h"
#include "vectors.h"

#define H31 "00000000000000000000000000000000000000000000000000000000000000"
#define H32 H31 "11"

/* What the fields say together. */
static const struct {
    const char *hex;
    int rc;
} bodies[] = {
    {/* one key, its member */
     "a5"
     "0101"
     "02815820" H32 "03480102030405060708"
     "0480"
     "056161",
     IR_OK},
    {/* two of two, one of their acts accepted */
     "a5"
     "0102"
     "02825820" H32 "5820" H31 "99"
     "035001020304050607080102030405060709"
     "04815820" H32 "056161",
     IR_OK},
    {/* none of one */
     "a5"
     "0100"
     "02815820" H32 "03480102030405060708"
     "0480"
     "056161",
     IR_EPARSE},
    {/* two of one */
     "a5"
     "0102"
     "02815820" H32 "03480102030405060708"
     "0480"
     "056161",
     IR_EPARSE},
    {/* a member too few */
     "a5"
     "0101"
     "02825820" H32 "5820" H31 "99"
     "03480102030405060708"
     "0480"
     "056161",
     IR_EPARSE},
    {/* a key twice */
     "a5"
     "0101"
     "02825820" H32 "5820" H32 "035001020304050607080102030405060709"
     "0480"
     "056161",
     IR_EPARSE},
    {/* nobody */
     "a5"
     "0101"
     "0280"
     "0340"
     "0480"
     "056161",
     IR_EPARSE},
    {/* no reason */
     "a4"
     "0101"
     "02815820" H32 "03480102030405060708"
     "0480",
     IR_EPARSE},
    {/* nothing about what is accepted */
     "a4"
     "0101"
     "02815820" H32 "03480102030405060708"
     "056161",
     IR_EPARSE},
};

static void
fields(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct ir_err err = {0};
        size_t n = 0;
        uint8_t *p = unhex(bodies[i].hex, &n);

        assert_int_equal(ir_kind_check(IR_KIND_ADMINS, p, n, &err),
                         bodies[i].rc);
        assert_true(bodies[i].rc == IR_OK || err.field[0] != '\0');
        free(p);
    }
}

static bool
decides(const struct lane *l, int key)
{
    uint8_t id[8];

    ir_key_id(l->key[key]->pub, id);
    return ir_trust_in_force(&l->t, id);
}

static const struct ir_proposal *
proposal(const struct lane *l, size_t at)
{
    size_t i;

    for (i = 0; i < l->t.proposals_n; i++)
        if (memcmp(l->t.proposals[i].entry, l->e[at].id, 32) == 0)
            return &l->t.proposals[i];
    return NULL;
}

/* One admin alone: another key, at once; the old one certifies no more. */
static void
one_rotates(void **state)
{
    struct lane *l = begin(1, 1);
    size_t last, p, late;

    (void)state;
    member(l, 0, 0, "ito");
    last = member(l, 0, 1, "mori");
    second_key(l, 0, 0, 2, "ito");
    last = l->n - 1;
    p = admins(l, 0, 0, 1, "02", MAX); /* builds on what it signed */
    fold(l);
    assert_true(proposal(l, p)->counts);
    assert_memory_equal(l->t.admins_entry, l->e[p].id, 32);
    assert_true(decides(l, 2) && !decides(l, 0));
    assert_true(l->t.members[ir_trust_member(&l->t, "ito")].admin);
    assert_int_equal(l->t.members_n, 2); /* what it signed before stays */
    late = member(l, 0, 3, "late");
    assert_true(late > 0);
    fold(l);
    assert_int_equal(ir_trust_member(&l->t, "late"), -1);
    l->behind = 500; /* whatever its clock says */
    l->last[0] = 0;
    member(l, 0, 3, "backdated");
    revoke(l, 0, 1, MAX);
    l->behind = 0;
    fold(l);
    assert_int_equal(ir_trust_member(&l->t, "backdated"), -1);
    assert_false(key_of(l, 1)->revoked);
    member(l, 2, 3, "tanaka");
    revoke(l, 2, 0, last); /* no admin's any more: takes one */
    fold(l);
    assert_true(ir_trust_member(&l->t, "tanaka") >= 0);
    assert_true(key_of(l, 0)->revoked);
    assert_int_equal(ir_trust_admins(&l->t), 1);
    end(l);
}

/* Two of three bring in a new key of the third, whose laptop is gone. */
static void
two_recover_the_third(void **state)
{
    struct lane *l = begin(3, 2);
    size_t c, p, r;

    (void)state;
    member(l, 0, 0, "ito");
    member(l, 0, 1, "mori");
    member(l, 0, 2, "sato");
    c = member(l, 2, 4, "abe");
    second_key(l, 0, 2, 3, "sato");
    p = admins(l, 0, 0, 2, "001123", c);
    r = revoke(l, 0, 2, c);
    fold(l);
    assert_false(proposal(l, p)->counts);
    assert_true(proposal(l, p)->open);
    assert_int_equal(proposal(l, p)->have, 1);
    assert_true(proposal(l, r)->open && proposal(l, r)->revoke);
    assert_false(decides(l, 3) || key_of(l, 2)->revoked);
    verdict(l, 0, p, 1);  /* the same one again */
    verdict(l, 3, p, 1);  /* the key that is to come in */
    verdict(l, 4, p, 1);  /* no admin */
    judge(l, 1, p, 1, 9); /* looked at something else */
    verdict(l, 2, p, 2);  /* who has the laptop says no */
    fold(l);
    assert_false(proposal(l, p)->counts);
    assert_int_equal(proposal(l, p)->no_n, 1);
    verdict(l, 1, p, 1);
    fold(l);
    assert_true(proposal(l, p)->counts);
    assert_true(decides(l, 3) && !decides(l, 2));
    assert_true(key_of(l, 2)->revoked); /* takes one by now */
    assert_non_null(key_of(l, 4));
    member(l, 2, 5, "thief");
    fold(l);
    assert_null(key_of(l, 5));
    end(l);
}

/* A person with two keys among the admins counts once. */
static void
each_person_once(void **state)
{
    struct lane *l = begin(2, 2);
    size_t p, q;

    (void)state;
    p = admins(l, 0, 0, 2, "000211", MAX);
    verdict(l, 1, p, 1);
    q = admins(l, 0, p, 1, "00", MAX);
    fold(l);
    assert_true(proposal(l, p)->counts && decides(l, 2));
    assert_int_equal(ir_trust_admins(&l->t), 2);
    verdict(l, 2, q, 1);
    fold(l);
    assert_false(proposal(l, q)->counts);
    assert_int_equal(proposal(l, q)->have, 1);
    verdict(l, 1, q, 1);
    fold(l);
    assert_true(proposal(l, q)->counts);
    assert_int_equal(l->t.k, 1);
    assert_int_equal(ir_trust_admins(&l->t), 1);
    end(l);
}

/* Two that replace the same list: the first that is complete counts, and an
 * approval of the other one comes too late. */
static void
concurrent(void **state)
{
    struct lane *l = begin(3, 2);
    size_t p, q, again;

    (void)state;
    p = admins(l, 0, 0, 2, "001133", MAX);
    q = admins(l, 1, 0, 2, "112244", MAX);
    verdict(l, 2, q, 1);
    verdict(l, 2, p, 1);
    fold(l);
    assert_true(proposal(l, q)->counts && !proposal(l, p)->counts);
    assert_false(proposal(l, p)->open);
    assert_true(decides(l, 1) && decides(l, 2) && decides(l, 4));
    assert_false(decides(l, 0) || decides(l, 3));
    /* a list that names the root is of before */
    again = admins(l, 1, 0, 1, "11", MAX);
    verdict(l, 2, again, 1);
    fold(l);
    assert_false(proposal(l, again)->counts || proposal(l, again)->open);
    assert_int_equal(l->t.k, 2);
    /* on top of it, though by a clock of before */
    l->behind = 200;
    again = admins(l, 4, q, 1, "44", MAX);
    verdict(l, 1, again, 1);
    fold(l);
    assert_true(proposal(l, again)->counts);
    end(l);
}

/* A dropped key never comes back; one person fewer than k is no list. */
static void
lists_that_do_not_fit(void **state)
{
    struct lane *l = begin(2, 1);
    size_t p, q;

    (void)state;
    p = admins(l, 0, 0, 1, "00", MAX);
    q = admins(l, 0, p, 1, "0011", MAX);
    fold(l);
    assert_true(proposal(l, p)->counts && !proposal(l, q)->counts);
    assert_false(proposal(l, q)->open || decides(l, 1));
    q = admins(l, 0, p, 2, "0002", MAX); /* one person */
    fold(l);
    assert_false(proposal(l, q)->counts);
    q = admins(l, 0, p, 2, "0033", MAX);
    fold(l);
    assert_true(proposal(l, q)->counts);
    assert_int_equal(l->t.k, 2);
    q = admins(l, 2, q, 1, "22", MAX); /* not by an admin */
    fold(l);
    assert_null(proposal(l, q));
    end(l);
}

/* Of a change whose body is not here nothing can be said. */
static void
without_its_body(void **state)
{
    struct lane *l = begin(1, 1);
    const uint8_t *b;
    size_t p;

    (void)state;
    p = admins(l, 0, 0, 1, "11", MAX);
    b = l->e[p].b;
    l->e[p].b = NULL;
    fold(l);
    assert_true(decides(l, 0) && !decides(l, 1));
    l->e[p].b = b;
    fold(l);
    assert_true(decides(l, 1) && !decides(l, 0));
    end(l);
}

/* A revoked admin stands behind nothing any more. */
static void
revoked_admin(void **state)
{
    struct lane *l = begin(3, 2);
    size_t r, p, keep;

    (void)state;
    keep = member(l, 2, 3, "sato");
    r = revoke(l, 0, 2, keep);
    verdict(l, 1, r, 1);
    p = admins(l, 2, 0, 2, "001122", MAX);
    verdict(l, 0, p, 1);
    fold(l);
    assert_false(decides(l, 2) || proposal(l, p)->open);
    assert_int_equal(ir_trust_admins(&l->t), 2);
    assert_non_null(key_of(l, 3));
    p = admins(l, 0, 0, 2, "0011", MAX);
    verdict(l, 2, p, 1);
    member(l, 2, 4, "late");
    fold(l);
    assert_int_equal(proposal(l, p)->have, 1);
    assert_null(key_of(l, 4));
    verdict(l, 1, p, 1);
    fold(l);
    assert_true(proposal(l, p)->counts);
    end(l);
}

/* One admin alone cannot undo what k left of a dropped key's acts. */
static void
what_was_left_stays(void **state)
{
    struct lane *l = begin(3, 2);
    size_t c, p;

    (void)state;
    c = member(l, 2, 3, "abe");
    member(l, 2, 2, "sato");
    p = admins(l, 0, 0, 2, "0011", l->n - 1);
    verdict(l, 1, p, 1);
    revoke(l, 0, 2, MAX);
    fold(l);
    assert_true(key_of(l, 2)->revoked);
    assert_non_null(key_of(l, 3));
    assert_true(c < l->n);
    end(l);
}

/* A thief has the key of the third, which the two others drop. It signs as of
 * before, for a list that was dropped long ago: that one does not count, in
 * whatever order all this comes. What was accepted of the key does.
 */
static void
nothing_completed_by_a_dropped_key(void **state)
{
    int accepted, revoked;

    (void)state;
    for (accepted = 0; accepted < 2; accepted++)
        for (revoked = 0; revoked < 2; revoked++) {
            struct lane *l = begin(3, 2);
            size_t p, q, yes;

            p = admins(l, 0, 0, 1, "001122", MAX); /* nobody agreed */
            l->behind = 300;
            yes = verdict(l, 2, p, 1); /* by the thief, as if long ago */
            l->behind = 0;
            q = revoked == 1
                    ? revoke(l, 0, 2, accepted == 1 ? yes : MAX)
                    : admins(l, 0, 0, 2, "0011", accepted == 1 ? yes : MAX);
            l->last[1] = 0;
            verdict(l, 1, q, 1);
            fold(l);
            assert_int_equal(proposal(l, p)->counts, accepted == 1);
            assert_int_equal(l->t.k, accepted == 1 ? 1 : 2);
            assert_true(decides(l, 0));
            if (accepted == 0) {
                assert_true(proposal(l, q)->counts);
                assert_true(decides(l, 1));
                assert_false(decides(l, 2) || proposal(l, p)->open);
            }
            end(l);
        }
}

/* Nor what stands on what was dropped by way of a list in between. */
static void
nor_behind_another_list(void **state)
{
    struct lane *l = begin(3, 2);
    size_t p, q, r;

    (void)state;
    p = admins(l, 0, 0, 1, "001122", MAX);
    q = admins(l, 0, 0, 2, "00112233", MAX);
    verdict(l, 1, q, 1);
    r = admins(l, 1, q, 2, "001133", MAX);
    verdict(l, 0, r, 1);
    l->behind = 500;
    l->last[2] = 0;
    verdict(l, 2, p, 1);
    l->behind = 0;
    fold(l);
    assert_false(proposal(l, p)->counts);
    assert_true(proposal(l, q)->counts && proposal(l, r)->counts);
    assert_true(decides(l, 3) && !decides(l, 2));
    end(l);
}

/* A key that was dropped undoes nothing of who dropped it: neither the new key
 * of one admin alone, nor the list of two, by whatever clock.
 */
static void
a_dropped_key_undoes_nothing(void **state)
{
    struct lane *l = begin(1, 1);
    size_t p, q;

    (void)state;
    p = admins(l, 0, 0, 1, "01", MAX);
    q = admins(l, 0, 0, 1, "02", MAX); /* in place of the same one */
    fold(l);
    assert_true(proposal(l, p)->counts && !proposal(l, q)->counts);
    assert_true(decides(l, 1) && !decides(l, 2));
    end(l);
    l = begin(3, 2);
    p = admins(l, 0, 0, 2, "0011", MAX);
    verdict(l, 1, p, 1);
    q = admins(l, 2, 0, 2, "0022", MAX); /* by the dropped key */
    verdict(l, 0, q, 1);                 /* and one who agreed before */
    fold(l);
    assert_true(proposal(l, p)->counts && !proposal(l, q)->counts);
    end(l);
}

/* Withdrawn by who put it forward, or denied by so many that it cannot come
 * about: closed for whoever signs later.
 */
static void
withdrawn(void **state)
{
    struct lane *l = begin(3, 2);
    size_t p, q;

    (void)state;
    p = admins(l, 0, 0, 1, "0022", MAX);
    verdict(l, 0, p, 2);
    fold(l);
    assert_false(proposal(l, p)->open || proposal(l, p)->counts);
    assert_int_equal(proposal(l, p)->no_n, 1);
    verdict(l, 2, p, 1);
    verdict(l, 1, p, 1);
    fold(l);
    assert_false(proposal(l, p)->counts);
    q = admins(l, 0, 0, 1, "0022", MAX);
    verdict(l, 1, q, 2);
    fold(l);
    assert_true(proposal(l, q)->open);
    verdict(l, 2, q, 2);
    fold(l);
    assert_false(proposal(l, q)->open);
    verdict(l, 2, q, 1);
    fold(l);
    assert_false(proposal(l, q)->counts);
    q = admins(l, 0, 0, 2, "0022", MAX); /* one may change their mind */
    verdict(l, 2, q, 2);
    verdict(l, 2, q, 1);
    fold(l);
    assert_true(proposal(l, q)->counts);
    end(l);
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
        cmocka_unit_test(fields),
        cmocka_unit_test(one_rotates),
        cmocka_unit_test(two_recover_the_third),
        cmocka_unit_test(each_person_once),
        cmocka_unit_test(concurrent),
        cmocka_unit_test(lists_that_do_not_fit),
        cmocka_unit_test(without_its_body),
        cmocka_unit_test(revoked_admin),
        cmocka_unit_test(what_was_left_stays),
        cmocka_unit_test(nothing_completed_by_a_dropped_key),
        cmocka_unit_test(nor_behind_another_list),
        cmocka_unit_test(a_dropped_key_undoes_nothing),
        cmocka_unit_test(withdrawn),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
