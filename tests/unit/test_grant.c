/* test_grant.c: which grants count, what they open to, and which key is newest.
 * Rules: docs/format.md, sections 4 and 6.
 */
#include "core/grant.h"
#include "lane_make.h"

/* A device of `who`, whose node key is that of `node`, and whose X25519 secret
 * is `secret` and 31 zeros.
 */
static size_t
device(struct lane *l, int by, int who, int node, uint8_t secret)
{
    uint8_t id[8] = {(uint8_t)(who + 1)}, x[32] = {secret}, pub[32];

    ir_x25519_public(x, pub);
    ir_bodyw_bytes(&l->w, 1, id, 8);
    ir_bodyw_bytes(&l->w, 3, l->key[node]->pub, 32);
    ir_bodyw_bytes(&l->w, 4, pub, 32);
    return add(l, by, IR_KIND_DEVICE);
}

/* Key `key` and 31 zeros, for the device with that node key and secret. */
static size_t
grant(struct lane *l, int by, int node, uint8_t secret, uint64_t audience,
      uint64_t epoch, uint8_t key)
{
    struct ir_epoch_key k = {epoch, audience, {key}};
    uint8_t x[32] = {secret}, pub[32], to[8], wrapped[IR_WRAPPED_BYTES];

    ir_x25519_public(x, pub);
    ir_key_id(l->key[node]->pub, to);
    assert_int_equal(ir_key_wrap(&k, l->site, to, pub, NULL, wrapped, NULL),
                     IR_OK);
    ir_bodyw_bytes(&l->w, 1, to, 8);
    ir_bodyw_uint(&l->w, 2, epoch);
    if (audience > 0)
        ir_bodyw_uint(&l->w, 3, audience);
    ir_bodyw_bytes(&l->w, 4, wrapped, sizeof wrapped);
    return add(l, by, IR_KIND_GRANT);
}

/* Do the keys of the device say these numbers, in this order? */
static void
keys_are(const struct lane *l, int node, uint8_t secret, const char *want)
{
    struct ir_epoch_key *k = NULL;
    uint8_t id[8], x[32] = {secret};
    char got[80] = "";
    size_t n = 0, i;

    ir_key_id(l->key[node]->pub, id);
    ir_grant_open(&l->t, id, x, &k, &n);
    for (i = 0; i < n; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%d.%d:%d ",
                 (int)k[i].audience, (int)k[i].epoch, k[i].key[0]);
    assert_string_equal(got, want);
    ir_epoch_keys_free(k, n);
}

/* Grants count when an admin signed them, open for the device they are for,
 * and the newest is the one to seal with.
 */
static void
grants(void **state)
{
    struct lane *l = begin(2, 1);
    const struct ir_epoch_key *best;
    struct ir_epoch_key v[] = {
        {2, 0, {1}}, {1, 0, {2}}, {2, 0, {3}}, {9, 4, {4}}};
    uint8_t node[8];
    size_t ok;

    (void)state;
    ir_key_id(l->key[3]->pub, node);
    member(l, 0, 0, "ito");
    member(l, 0, 1, "sato");
    member(l, 0, 2, "mori");
    device(l, 0, 2, 3, 80);
    grant(l, 0, 3, 80, 0, 1, 10);
    ok = grant(l, 1, 3, 80, 0, 2, 20);
    grant(l, 1, 3, 80, 5, 2, 50);
    grant(l, 2, 3, 80, 0, 3, 30); /* no admin */
    grant(l, 0, 3, 88, 0, 4, 40); /* for another secret */
    grant(l, 0, 2, 80, 0, 4, 40); /* for another device */
    grant(l, 0, 3, 80, 0, 0, 60); /* there is no epoch 0 */
    grant(l, 0, 3, 80, 0, 1, 10); /* once more */
    fold(l);
    assert_int_equal(l->t.grants_n, 6);
    keys_are(l, 3, 80, "0.2:20 5.2:50 0.1:10 ");
    keys_are(l, 2, 80, "0.4:40 ");
    assert_int_equal(ir_grant_epoch(&l->t, 0), 4);
    assert_int_equal(ir_grant_epoch(&l->t, 5), 2);
    assert_int_equal(ir_grant_epoch(&l->t, 6), 0);
    assert_int_equal(ir_grant_count(&l->t, node, 0, 1), 2);
    assert_false(ir_grant_stale(&l->t, 0));
    revoke(l, 0, 3, MAX);
    revoke(l, 0, 1, ok);
    fold(l);
    assert_true(ir_grant_stale(&l->t, 0)); /* what came before it, stands */
    keys_are(l, 3, 80, "0.2:20 0.1:10 ");
    grant(l, 0, 0, 96, 0, 5, 70);
    fold(l);
    assert_false(ir_grant_stale(&l->t, 0));
    best = ir_epoch_newest(v, 4, 0);
    assert_ptr_equal(best, &v[2]);
    assert_ptr_equal(ir_epoch_newest(v, 4, 4), &v[3]);
    assert_null(ir_epoch_newest(v, 4, 1));
    end(l);
}

/* What is accepted of an administrator who was dropped has not come yet: until
 * then their grants do not count, and open all the same what brings it.
 */
static void
grants_that_do_not_count_now(void **state)
{
    struct lane *l = begin(2, 1);
    const struct ir_entry *v[MAX];
    struct ir_epoch_key *keys = NULL;
    uint8_t node[8], secret[32] = {80};
    size_t i, n = 0, late, keys_n = 0;
    struct ir_trust t;

    (void)state;
    ir_key_id(l->key[3]->pub, node);
    member(l, 0, 0, "ito");
    member(l, 0, 1, "sato");
    device(l, 0, 1, 3, 80);
    grant(l, 0, 3, 80, 0, 1, 10);
    late = member(l, 0, 2, "mori");
    admins(l, 1, 0, 1, "11", late);
    for (i = 0; i < l->n; i++)
        if (i != late)
            v[n++] = &l->e[i];
    ir_trust_fold(l->site, v, n, &t);
    assert_int_equal(t.grants_n, 0);
    ir_grant_open(&t, node, secret, &keys, &keys_n);
    assert_int_equal(keys_n, 0);
    ir_epoch_keys_free(keys, keys_n);
    ir_grant_open_void(&t, node, secret, &keys, &keys_n);
    assert_int_equal(keys_n, 1);
    assert_int_equal(keys[0].epoch, 1);
    ir_epoch_keys_free(keys, keys_n);
    ir_trust_done(&t);
    fold(l);
    assert_int_equal(l->t.grants_n, 1);
    assert_int_equal(l->t.void_grants_n, 0);
    keys_are(l, 3, 80, "0.1:10 ");
    end(l);
}

/* A device's later certificate says what is sealed to it. */
static void
device_keys(void **state)
{
    struct lane *l = begin(1, 1);
    uint8_t x[32] = {88}, pub[32];

    (void)state;
    member(l, 0, 0, "ito");
    member(l, 0, 1, "sato");
    device(l, 0, 0, 3, 80);
    device(l, 0, 0, 3, 88);
    device(l, 0, 1, 3, 96); /* it is not sato's */
    fold(l);
    ir_x25519_public(x, pub);
    assert_memory_equal(key_of(l, 3)->x25519, pub, 32);
    end(l);
}

/* A sealed body counts by its form; what it holds, only some can tell. */
static void
sealed_entries(void **state)
{
    struct lane *l = begin(1, 1);
    uint8_t b[160] = {0x83, 0x01, 0x4c}, plain[] = {0xa0};
    struct ir_entry e = {0};

    (void)state;
    member(l, 0, 0, "ito");
    fold(l);
    ir_key_id(l->key[0]->pub, e.h.author);
    e.h.kind = IR_KIND_NOTE;
    e.h.sealed = true;
    e.h.audience = 2;
    assert_int_equal(ir_trust_admits(&l->t, &e, NULL), IR_OK); /* a stub */
    b[15] = 0x58;
    b[16] = 112; /* commitment, one step of text, tag */
    e.b = b;
    e.b_len = 17 + 112;
    assert_int_equal(ir_trust_admits(&l->t, &e, NULL), IR_OK);
    e.h.audience = 0;
    assert_int_equal(ir_trust_admits(&l->t, &e, NULL), IR_EPARSE);
    e.h.audience = 2;
    b[16] = 111;
    e.b_len--;
    assert_int_equal(ir_trust_admits(&l->t, &e, NULL), IR_EPARSE);
    e.b = plain;
    e.b_len = 1;
    assert_int_equal(ir_trust_admits(&l->t, &e, NULL), IR_EPARSE);
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
        cmocka_unit_test(grants),
        cmocka_unit_test(grants_that_do_not_count_now),
        cmocka_unit_test(device_keys),
        cmocka_unit_test(sealed_entries),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
