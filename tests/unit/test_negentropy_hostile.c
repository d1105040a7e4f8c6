/* test_negentropy_hostile.c: messages of negentropy that nobody honest sends:
 * refused, or answered at a bounded price.
 */
#include "base/crypt.h"
#include "base/scan.h"
#include "core/negentropy.h"
#include "unit.h"

#include <time.h>

/* --- refused -------------------------------------------------------------- */

#define FP "00112233445566778899aabbccddeeff"
#define ID "eb6b05c2e3b008592ac666594d78ed83e7b9ab30f825b9b08878128f7500008c"

/* Messages, and whether they are well formed. */
static const struct {
    const char *hex;
    bool ok;
} messages[] = {
    {"61", true},
    {"61000000", true},                   /* all agreed */
    {"61000001" FP, true},                /* fingerprint */
    {"6100000200", true},                 /* an empty list */
    {"6100000201" ID, true},              /* a list */
    {"61010000000001" FP, true},          /* an empty range */
    {"610501ab000101ac00", true},         /* same hlc, id rises */
    {"610501ab000101ab00", true},         /* the same bound */
    {"6181ffffffffffffffff7f0000", true}, /* hlc 2^64-2 */
    {"", false},
    {"60", false}, /* other versions */
    {"62aabbccddeeff", false},
    {"6100", false}, /* cut short */
    {"610000", false},
    {"610000010011", false},
    {"61000002", false},
    {"6100000201", false},
    {"6100000202" ID, false},
    {"61ffffffffffff", false},
    {"61000003", false}, /* no such mode */
    {"6100008101", false},
    {"6100000281ffffffffffffffff7f" ID, false}, /* how many? */
    {"6100000000", false},                      /* after the end */
    {"61000000000000", false},
    {"610501ac000101ab00", false}, /* bounds fall */
    {"610501ab00010000", false},
    {"610021" ID "0000", false}, /* 33 bytes */
    {"610501abac", false},
    {"610001ab00", false}, /* the end has no id */
    {"61800000", false},   /* not the shortest */
    {"61050080", false},
    {"610000028000", false},
    {"618280808080808080800000", false}, /* 2^64 and more */
    {"61828080808080808080000000", false},
    {"6181ffffffffffffffff7f000002000000", false},
};

static void
refused(void **state)
{
    static const size_t limits[] = {0, IR_NEG_LIMIT_MIN};
    struct ir_idset *set = ir_idset_new();
    struct ir_ids have = {0}, need = {0};
    struct ir_buf out = {0};
    uint8_t p[128], id[32] = {1};
    size_t i, k, n;
    bool done;

    (void)state;
    ir_idset_add(set, 4, id);
    ir_idset_add(set, 6, id);
    for (i = 0; i < COUNT(messages) * 2; i++) {
        const char *hex = messages[i / 2].hex;
        int want = messages[i / 2].ok ? IR_OK : IR_EPARSE;
        struct ir_err err = {0};

        n = strlen(hex) / 2;
        assert_int_equal(ir_scan_hex(hex, p, n, NULL), IR_OK);
        k = limits[i % 2];
        ROW(i / 2, ir_neg_answer(set, NULL, k, p, n, &out, &err) == want);
        ROW(i / 2, (out.len > 0) == messages[i / 2].ok && err.code == want);
        out.len = 0;
        ROW(i / 2, ir_neg_next(set, NULL, k, p, n, &have, &need, &out, &done,
                               &err) == want);
        ROW(i / 2,
            want == IR_OK || (out.len == 0 && have.n == 0 && need.n == 0));
        out.len = have.n = need.n = 0;
    }
    assert_int_equal(ir_scan_hex("6100000202" ID ID, p, 69, NULL), IR_OK);
    assert_int_equal(
        ir_neg_next(set, NULL, 0, p, 69, &have, &need, &out, &done, NULL),
        IR_EPARSE); /* one id twice: the learner cares */
    assert_true(out.len == 0 && have.n == 0 && need.n == 0);
    ir_ids_done(&have);
    ir_ids_done(&need);
    ir_buf_done(&out);
    ir_idset_free(set);
}

static void
limits(void **state)
{
    struct ir_idset *set = ir_idset_new();
    struct ir_buf out = {0}, big = {0};
    struct ir_err err;
    size_t i;

    (void)state;
    ir_buf_addc(&big, 0x61);
    for (i = 0; i < IR_NEG_MESSAGE_MAX / 3 + 1; i++)
        ir_buf_add(&big, "\x01\x00\x00", 3);
    assert_int_equal(ir_neg_begin(set, NULL, 255, &out), IR_ELIMIT);
    assert_int_equal(ir_neg_answer(set, NULL, 255, "a", 1, &out, &err),
                     IR_ELIMIT);
    assert_int_equal(ir_neg_answer(set, NULL, 256, big.p, big.len, &out, &err),
                     IR_ELIMIT);
    assert_int_equal(out.len, 0);
    assert_int_equal(ir_neg_answer(set, NULL, 0, big.p, big.len, &out, &err),
                     IR_OK);
    assert_int_equal(out.len, 1);
    ir_buf_done(&out);
    ir_buf_done(&big);
    ir_idset_free(set);
}

/* --- dear ----------------------------------------------------------------- */

/* The dearest messages there can be, against 100,000 items: as many ranges as
 * fit, each the right fingerprint of three items; as many ids as fit, none
 * of them known; as many empty ranges as fit. Each is a second's work at most,
 * where trying every pair of ids or ranges would be many minutes.
 */
static void
cost(void **state)
{
    static const char *const what[] = {"fingerprints", "ids", "ranges"};
    struct ir_idset *set = ir_idset_new();
    uint8_t id[32], salt[16] = {50}, other[16] = {0}, fp[16];
    uint8_t p[IR_VARINT_MAX];
    struct ir_ids have = {0}, need = {0};
    size_t i, k;

    (void)state;
    for (i = 0; i < 100000; i++) {
        ir_sha256(&i, sizeof i, id);
        ir_idset_add(set, i, id);
    }
    for (k = 0; k < COUNT(what); k++) {
        struct ir_buf m = {0}, out = {0};
        clock_t began;
        bool done;
        int rc;

        ir_buf_addc(&m, 0x61);
        if (k == 1) {
            ir_buf_add(&m, "\0\0\2", 3);
            ir_buf_add(&m, p, ir_varint_put(8191, p));
        }
        for (i = 0; m.len + 32 < IR_NEG_MESSAGE_MAX; i++) {
            if (k == 0) { /* right ones: the answer never fills */
                ir_buf_add(&m, "\4\0\1", 3);
                ir_idset_fp_range(set, salt, i * 3, i * 3 + 3, fp);
                ir_buf_add(&m, fp, sizeof fp);
            } else if (k == 1) {
                size_t other_i = ~i; /* none of the set's */

                ir_sha256(&other_i, sizeof other_i, id);
                ir_buf_add(&m, id, sizeof id);
            } else {
                ir_buf_add(&m, "\1\0\0", 3);
            }
        }
        for (other[0] = 1; other[0] < 20; other[0]++) /* no sum at hand */
            ir_idset_fp_range(set, other, 0, 1, fp);
        began = clock();
        rc = ir_neg_next(set, salt, IR_NEG_MESSAGE_MAX, m.p, m.len, &have,
                         &need, &out, &done, NULL);
        if ((clock() - began) / CLOCKS_PER_SEC >= 5)
            fail_msg("%s: %.1f s", what[k],
                     (double)(clock() - began) / CLOCKS_PER_SEC);
        assert_int_equal(rc, IR_OK);
        assert_true(have.n <= IR_NEG_IDS_MAX && need.n == (k == 1 ? 8191 : 0));
        assert_true(out.len <= IR_NEG_MESSAGE_MAX);
        have.n = need.n = 0;
        ir_buf_done(&m);
        ir_buf_done(&out);
    }
    ir_ids_done(&have);
    ir_ids_done(&need);
    ir_idset_free(set);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),
        cmocka_unit_test(limits),
        cmocka_unit_test(cost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
