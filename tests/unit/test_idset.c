/* test_idset.c: the ordered set with sums against a plain sorted array. */
#include "base/buf.h"
#include "base/crypt.h"
#include "core/idset.h"
#include "unit.h"

#include <malloc.h>

struct pair {
    uint64_t hlc;
    uint8_t id[32];
};

static uint64_t seed;

static uint64_t
below(uint64_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 20) % n;
}

/* A pair of few enough moments that ids decide too. */
static struct pair
some(uint64_t moments)
{
    uint64_t which = below(1 << 20);
    struct pair p;

    ir_sha256(&which, sizeof which, p.id);
    p.hlc = which % moments;
    return p;
}

static int
compare(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    if (x->hlc != y->hlc)
        return x->hlc < y->hlc ? -1 : 1;
    return memcmp(x->id, y->id, 32);
}

/* The fingerprint as the specification says it, byte by byte. */
static void
plain_fp(const struct pair *v, size_t n, const uint8_t *salt, uint8_t fp[16])
{
    uint8_t p[32 + 3] = {0}, hash[32], both[48];
    size_t i, j, len = 32;

    for (i = 0; i < n; i++) {
        unsigned carry = 0;

        memcpy(hash, v[i].id, 32);
        if (salt != NULL) {
            memcpy(both, salt, 16);
            memcpy(both + 16, v[i].id, 32);
            ir_sha256(both, 48, hash);
        }
        for (j = 0; j < 32; j++) {
            carry += p[j] + (unsigned)hash[j];
            p[j] = (uint8_t)carry;
            carry >>= 8;
        }
    }
    assert_true(n < 1 << 21);
    if (n >= 1 << 14)
        p[len++] = (uint8_t)(n >> 14 | 128);
    if (n >= 1 << 7)
        p[len++] = (uint8_t)(n >> 7 | 128);
    p[len++] = n & 127;
    ir_sha256(p, len, hash);
    memcpy(fp, hash, 16);
}

/* Everything that can be asked about a set, against the array. */
static void
same(struct ir_idset *set, struct pair *v, size_t n, uint64_t moments)
{
    uint8_t fp[16], want[16], salt[16], id[32];
    uint64_t hlc;
    size_t i, k;

    qsort(v, n, sizeof v[0], compare);
    assert_int_equal(ir_idset_count(set), n);
    plain_fp(v, n, NULL, want);
    ir_idset_fp(set, fp);
    assert_memory_equal(fp, want, 16);
    for (i = 0; i < n; i++) {
        ir_idset_at(set, i, &hlc, id);
        ROW(i, hlc == v[i].hlc && memcmp(id, v[i].id, 32) == 0);
        ROW(i, ir_idset_has(set, hlc, id));
        ROW(i, ir_idset_lower(set, hlc, id) == i);
    }
    for (k = 0; k < 60; k++) {
        size_t from = below(n + 1), to = from + below(n + 1 - from);
        bool salted = k % 4 != 0;
        struct pair p = some(moments + 1);

        memset(salt, (int)(k % 21), 16);
        plain_fp(v + from, to - from, salted ? salt : NULL, want);
        ir_idset_fp_range(set, salted ? salt : NULL, from, to, fp);
        ROW(k, memcmp(fp, want, 16) == 0);
        for (i = 0; i < n && compare(&v[i], &p) < 0; i++)
            continue;
        ROW(k, ir_idset_lower(set, p.hlc, p.id) == i);
    }
}

/* Put in and take out in all kinds of order. */
static void
against_array(void **state)
{
    static const uint64_t moments[] = {1, 50, 1 << 20};
    struct pair *v = ir_calloc(6000, sizeof *v);
    size_t round, step, n, i;

    (void)state;
    for (round = 0; round < COUNT(moments); round++) {
        struct ir_idset *set = ir_idset_new();

        seed = round;
        n = 0;
        same(set, v, n, moments[round]);
        for (step = 0; step < 9000; step++) {
            bool grow = step < 5000 || (step > 7000 && step < 7500);
            struct pair p = some(moments[round]);

            if (grow && ir_idset_add(set, p.hlc, p.id)) {
                assert_false(ir_idset_add(set, p.hlc, p.id));
                v[n++] = p;
            }
            if (!grow && n > 0) {
                i = below(n);
                assert_true(ir_idset_remove(set, v[i].hlc, v[i].id));
                assert_false(ir_idset_remove(set, v[i].hlc, v[i].id));
                assert_false(ir_idset_has(set, v[i].hlc, v[i].id));
                v[i] = v[--n];
            }
            if (step % 1500 == 77)
                same(set, v, n, moments[round]);
        }
        same(set, v, n, moments[round]);
        for (i = 0; i < n; i++)
            assert_true(ir_idset_remove(set, v[i].hlc, v[i].id));
        same(set, v, 0, moments[round]);
        ir_idset_free(set);
    }
    free(v);
}

/* The hlc that means the end, and what is not there. */
static void
edges(void **state)
{
    struct ir_idset *set = ir_idset_new();
    uint8_t id[32] = {1};

    (void)state;
    assert_false(ir_idset_remove(set, 1, id));
    assert_false(ir_idset_add(set, UINT64_MAX, id));
    assert_int_equal(ir_idset_lower(set, UINT64_MAX, id), 0);
    assert_true(ir_idset_add(set, UINT64_MAX - 1, id));
    assert_true(ir_idset_add(set, 0, id));
    assert_int_equal(ir_idset_lower(set, UINT64_MAX, id), 2);
    assert_int_equal(ir_idset_lower(set, 0, id), 0);
    ir_idset_free(set);
    ir_idset_free(NULL);
}

/* Bytes in use of the heap. */
static size_t
heap(void)
{
    struct mallinfo2 m = mallinfo2();

    return m.uordblks + m.hblkhd;
}

/* 100,000 items stay within a tenth of what a million may take, in order and
 * out of it, salted or not.
 */
static void
memory(void **state)
{
    static const uint64_t moments[] = {1, 1 << 20};
    uint8_t salt[16] = {0}, fp[16];
    size_t round, before, used, k;

    (void)state;
    for (round = 0; round < COUNT(moments); round++) {
        struct ir_idset *set;
        struct pair p = {0};

        before = heap();
        set = ir_idset_new();
        for (seed = 9; ir_idset_count(set) < 100000;) {
            p = some(moments[round]);
            if (round == 0)
                p.hlc = ir_idset_count(set);
            ir_idset_add(set, p.hlc, p.id);
        }
        for (k = 0; k < 20; k++) {
            salt[0] = (uint8_t)k;
            ir_idset_fp_range(set, salt, 0, 100000, fp);
        }
        used = heap() - before;
        if (used > 48u * 1024 * 1024 / 10)
            fail_msg("row %zu: %zu bytes", round, used);
        ir_idset_free(set);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_array),
        cmocka_unit_test(edges),
        cmocka_unit_test(memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
