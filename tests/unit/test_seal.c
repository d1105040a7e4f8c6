/* test_seal.c: frames, sealed bodies and wrapped keys against
 * tests/vectors/seal.json, which another implementation made; and everything
 * that must not open.
 */
#include "base/cbor.h"
#include "core/entry.h"
#include "core/seal.h"
#include "vectors.h"

/* A copy of exactly `n` bytes: a sanitizer sees one read too far. */
static uint8_t *
copy(const uint8_t *p, size_t n)
{
    uint8_t *q = ir_malloc(n);

    if (n > 0)
        memcpy(q, p, n);
    return q;
}

static struct ir_epoch_key
key_of(const struct ir_json *v)
{
    struct ir_epoch_key k = {0};

    k.epoch = (uint64_t)ir_json_get_int(v, "epoch", -1);
    k.audience = (uint64_t)ir_json_get_int(v, "audience", 0);
    vector_fixed(v, "key", k.key, sizeof k.key);
    return k;
}

/* One vector after the other. */
static void
each(const char *list,
     void (*fn)(const struct ir_json *v, const uint8_t site[32]))
{
    struct ir_json *j = vectors_of("seal.json");
    const struct ir_json *v = ir_json_get(j, list);
    uint8_t site[32];
    size_t i;

    vector_fixed(j, "site", site, sizeof site);
    assert_true(ir_json_len(v) > 1);
    for (i = 0; i < ir_json_len(v); i++)
        fn(ir_json_at(v, i), site);
    ir_json_free(j);
}

static void
one_frame(const struct ir_json *v, const uint8_t site[32])
{
    struct ir_epoch_key keys[3] = {{0}};
    uint8_t salt[IR_FRAME_SALT_BYTES], other[32];
    size_t plain_n, frame_n, i;
    uint8_t *plain = vector_bytes(v, "plain", &plain_n), *cut;
    uint8_t *frame = vector_bytes(v, "frame", &frame_n);
    struct ir_buf out = {0};
    struct ir_err err = {0};

    keys[2] = key_of(v);
    keys[1] = keys[2];
    keys[1].audience = 7; /* a key of an audience opens no frame */
    vector_fixed(v, "salt", salt, sizeof salt);
    ir_frame_seal_salted(&keys[2], site, salt, plain, plain_n, &out);
    assert_int_equal(out.len, frame_n);
    assert_int_equal(frame_n, plain_n + IR_FRAME_OVERHEAD);
    assert_memory_equal(out.p, frame, frame_n);
    out.len = 0;
    ir_buf_adds(&out, "ab");
    assert_int_equal(ir_frame_open(keys, 3, site, frame, frame_n, &out, &err),
                     IR_OK);
    assert_int_equal(out.len, plain_n + 2);
    assert_memory_equal(out.p + 2, plain, plain_n);
    out.len = 2;
    assert_int_equal(ir_frame_open(keys, 2, site, frame, frame_n, &out, &err),
                     IR_ESIG);
    assert_int_equal(ir_frame_open(NULL, 0, site, frame, frame_n, &out, &err),
                     IR_ESIG);
    memcpy(other, site, sizeof other);
    other[31] ^= 1;
    assert_int_equal(ir_frame_open(keys, 3, other, frame, frame_n, &out, &err),
                     IR_ESIG);
    for (i = 0; i < frame_n; i++) {
        frame[i] ^= 0x10;
        ROW(i, ir_frame_open(keys, 3, site, frame, frame_n, &out, &err) ==
                   IR_ESIG);
        frame[i] ^= 0x10;
        cut = copy(frame, i);
        ROW(i, ir_frame_open(keys, 3, site, cut, i, &out, &err) == IR_ESIG);
        free(cut);
    }
    assert_int_equal(out.len, 2);
    assert_string_equal(ir_buf_str(&out), "ab");
    assert_true(err.msg[0] != '\0');
    ir_buf_done(&out);
    free(plain);
    free(frame);
}

static void
frames(void **state)
{
    (void)state;
    each("frames", one_frame);
}

/* Two frames of the same bytes have nothing in common but the hint. */
static void
frames_differ(void **state)
{
    struct ir_epoch_key k = {1, 0, {7}};
    uint8_t site[32] = {9};
    struct ir_buf a = {0}, b = {0};
    size_t i, same = 0;

    (void)state;
    ir_frame_seal(&k, site, "isolate the segment", 19, &a);
    ir_frame_seal(&k, site, "isolate the segment", 19, &b);
    assert_memory_equal(a.p, b.p, IR_FRAME_HINT_BYTES);
    for (i = IR_FRAME_HINT_BYTES; i < a.len; i++)
        same += a.p[i] == b.p[i];
    assert_true(same < 8);
    ir_buf_done(&a);
    ir_buf_done(&b);
}

static void
one_body(const struct ir_json *v, const uint8_t site[32])
{
    struct ir_epoch_key keys[2] = {{0}}, wrong;
    uint8_t nonce[IR_SEAL_NONCE_BYTES], other[32];
    size_t p_n, plain_n, b_n, i;
    uint8_t *p = vector_bytes(v, "P", &p_n), *cut;
    uint8_t *plain = vector_bytes(v, "plain", &plain_n);
    uint8_t *b = vector_bytes(v, "B", &b_n);
    struct ir_buf out = {0};
    struct ir_err err = {0};
    uint64_t aud;

    keys[1] = key_of(v);
    keys[0] = keys[1]; /* another key of the same epoch: admins were apart */
    keys[0].key[5] ^= 1;
    wrong = keys[0];
    aud = keys[1].audience;
    vector_fixed(v, "nonce", nonce, sizeof nonce);
    assert_int_equal(ir_body_seal_nonce(&keys[1], site, nonce, p, p_n, plain,
                                        plain_n, &out, &err),
                     IR_OK);
    assert_int_equal(out.len, b_n);
    assert_memory_equal(out.p, b, b_n);
    out.len = 0;
    assert_int_equal(
        ir_body_unseal(keys, 2, site, aud, p, p_n, b, b_n, &out, &err), IR_OK);
    assert_int_equal(out.len, plain_n);
    assert_memory_equal(out.p, plain, plain_n);
    out.len = 0;
    assert_int_equal(
        ir_body_unseal(&wrong, 1, site, aud, p, p_n, b, b_n, &out, &err),
        IR_ESIG);
    wrong.epoch++;
    assert_int_equal(
        ir_body_unseal(&wrong, 1, site, aud, p, p_n, b, b_n, &out, &err),
        IR_ENOTFOUND);
    assert_int_equal(
        ir_body_unseal(keys, 2, site, aud + 1, p, p_n, b, b_n, &out, &err),
        IR_ENOTFOUND);
    wrong.audience = 0; /* no audience, no sealed body */
    assert_int_equal(
        ir_body_unseal(&wrong, 1, site, 0, p, p_n, b, b_n, &out, &err),
        IR_EPARSE);
    memcpy(other, site, sizeof other);
    other[0] ^= 1;
    assert_int_equal(
        ir_body_unseal(keys, 2, other, aud, p, p_n, b, b_n, &out, &err),
        IR_ESIG);
    p[p_n - 1] ^= 1;
    assert_int_equal(
        ir_body_unseal(keys, 2, site, aud, p, p_n, b, b_n, &out, &err),
        IR_ESIG);
    p[p_n - 1] ^= 1;
    for (i = 0; i < b_n; i++) {
        b[i] ^= 0x04;
        ROW(i, ir_body_unseal(keys, 2, site, aud, p, p_n, b, b_n, &out, &err) !=
                   IR_OK);
        b[i] ^= 0x04;
        cut = copy(b, i);
        ROW(i, ir_body_unseal(keys, 2, site, aud, p, p_n, cut, i, &out, &err) ==
                   IR_EPARSE);
        free(cut);
    }
    assert_int_equal(out.len, 0);
    ir_buf_done(&out);
    free(p);
    free(plain);
    free(b);
}

static void
bodies(void **state)
{
    (void)state;
    each("bodies", one_body);
}

/* How much of its length a sealed body tells. */
static void
lengths(void **state)
{
    static const struct {
        size_t from, to; /* the plain body, which must have a size in it */
        size_t sealed;   /* the string of commitment, text and tag */
    } cases[] = {
        {1, 63, 48 + 64},           {64, 127, 48 + 128},
        {448, 511, 48 + 512},       {512, 767, 48 + 768},
        {3840, 4095, 48 + 4096},    {4096, 5119, 48 + 5120},
        {63488, 64511, 48 + 64512},
    };
    struct ir_epoch_key k = {1, 2, {3}};
    uint8_t site[32] = {9}, p[] = {0xa0};
    struct ir_err err = {0};
    size_t i, j;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        size_t ends[2] = {cases[i].from, cases[i].to};

        for (j = 0; j < 2; j++) {
            struct ir_buf out = {0}, body = {0}, plain = {0};
            size_t head;

            /* a map {0: bytes} of just that length; 1 is the empty map */
            ir_cbor_put_map(&plain, ends[j] > 1);
            for (head = 0; ends[j] > 1 && plain.len < ends[j]; head++) {
                uint8_t *zeros = ir_calloc(1, ends[j]);

                plain.len = 0;
                ir_cbor_put_map(&plain, 1);
                ir_cbor_put_uint(&plain, 0);
                ir_cbor_put_bytes(&plain, zeros, ends[j] - 7 + head);
                free(zeros);
            }
            ROW(i, plain.len == ends[j]);
            ROW(i, ir_body_seal(&k, site, p, 1, plain.p, plain.len, &body,
                                &err) == IR_OK);
            ROW(i, body.len <= IR_BODY_MAX);
            /* array, epoch, nonce with its head, and the string's head */
            head = body.len - cases[i].sealed - 1 - 1 - 13;
            ROW(i, head >= 2 && head <= 3);
            ROW(i, ir_body_unseal(&k, 1, site, 2, p, 1, body.p, body.len, &out,
                                  &err) == IR_OK);
            ROW(i, out.len == plain.len);
            ir_buf_done(&out);
            ir_buf_done(&body);
            ir_buf_done(&plain);
        }
    }
}

static void
too_long(void **state)
{
    struct ir_epoch_key k = {1, 2, {3}};
    uint8_t site[32] = {9}, *b = ir_calloc(1, IR_SEAL_PLAIN_MAX + 1);
    struct ir_buf out = {0};
    struct ir_err err = {0};

    (void)state;
    assert_int_equal(
        ir_body_seal(&k, site, b, 1, b, IR_SEAL_PLAIN_MAX + 1, &out, &err),
        IR_ELIMIT);
    assert_int_equal(out.len, 0);
    free(b);
}

/* What is sealed is judged like any body: a map of the subset, and padded as
 * the page says.
 */
static void
not_a_map(void **state)
{
    static const char *const plain[] = {"",   "80", "00",        "a10000ff",
                                        "a1", "f6", "a200000000"};
    struct ir_epoch_key k = {1, 2, {3}};
    uint8_t site[32] = {9}, p[] = {0xa0}, b[8];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(plain); i++) {
        struct ir_buf body = {0}, out = {0};
        struct ir_err err = {0};
        size_t n = strlen(plain[i]) / 2;

        assert_int_equal(ir_scan_hex(plain[i], b, n, NULL), IR_OK);
        ROW(i, ir_body_seal(&k, site, p, 1, b, n, &body, &err) == IR_OK);
        ROW(i, ir_body_unseal(&k, 1, site, 2, p, 1, body.p, body.len, &out,
                              &err) == IR_ESIG);
        ROW(i, out.len == 0);
        ir_buf_done(&body);
        ir_buf_done(&out);
    }
}

static void
one_grant(const struct ir_json *v, const uint8_t site[32])
{
    struct ir_epoch_key k = key_of(v), got;
    uint8_t recipient[8], pub[32], eph[32], secret[32], other[32];
    uint8_t wrapped[IR_WRAPPED_BYTES], want[IR_WRAPPED_BYTES];
    struct ir_err err = {0};
    size_t i;

    vector_fixed(v, "recipient", recipient, 8);
    vector_fixed(v, "public", pub, 32);
    vector_fixed(v, "ephemeral", eph, 32);
    vector_fixed(v, "secret", secret, 32);
    vector_fixed(v, "wrapped", want, sizeof want);
    assert_int_equal(ir_key_wrap(&k, site, recipient, pub, eph, wrapped, &err),
                     IR_OK);
    assert_memory_equal(wrapped, want, sizeof want);
    got = k;
    memset(got.key, 0, sizeof got.key);
    assert_int_equal(
        ir_key_unwrap(secret, site, recipient, want, sizeof want, &got, &err),
        IR_OK);
    assert_memory_equal(&got, &k, sizeof k);
    for (i = 0; i < 7; i++) {
        struct ir_epoch_key x = {
            k.epoch + (i == 0), k.audience + (i == 1), {0}};

        memcpy(other, i == 2 ? site : secret, 32);
        if (i == 2 || i == 3)
            other[9] ^= 4;
        recipient[0] ^= i == 4;
        want[40] ^= i == 5;
        ROW(i, ir_key_unwrap(i == 3 ? other : secret, i == 2 ? other : site,
                             recipient, want, sizeof want - (i == 6), &x,
                             &err) == IR_ESIG);
        ROW(i, x.key[0] == 0 && x.key[31] == 0);
        recipient[0] ^= i == 4;
        want[40] ^= i == 5;
    }
    /* a fresh ephemeral key each time */
    assert_int_equal(ir_key_wrap(&k, site, recipient, pub, NULL, wrapped, &err),
                     IR_OK);
    assert_true(memcmp(wrapped, want, sizeof want) != 0);
    assert_int_equal(ir_key_unwrap(secret, site, recipient, wrapped,
                                   sizeof wrapped, &got, &err),
                     IR_OK);
    memset(other, 0, sizeof other);
    assert_int_equal(
        ir_key_wrap(&k, site, recipient, other, NULL, wrapped, &err), IR_ESIG);
}

static void
grants(void **state)
{
    (void)state;
    each("grants", one_grant);
}

static int
begin(void **state)
{
    (void)state;
    return ir_crypt_init(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),   cmocka_unit_test(frames_differ),
        cmocka_unit_test(bodies),   cmocka_unit_test(lengths),
        cmocka_unit_test(too_long), cmocka_unit_test(not_a_map),
        cmocka_unit_test(grants),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
