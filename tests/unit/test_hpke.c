/* test_hpke.c: HKDF, the AEAD and HPKE against the vectors of their RFCs. */
#include "base/buf.h"
#include "base/hkdf.h"
#include "base/hpke.h"
#include "base/scan.h"
#include "unit.h"

#define BEAUTY "4265617574792069732074727574682c20747275746820626561757479"

/* Hex into `out`; returns how many bytes. */
static size_t
bytes(const char *hex, uint8_t *out)
{
    size_t n = strlen(hex) / 2;

    assert_int_equal(ir_scan_hex(hex, out, n, NULL), IR_OK);
    return n;
}

/* Source: RFC 5869, appendix A. */
static const struct {
    const char *ikm, *salt, *info, *prk, *okm;
} derivations[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
     "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
     "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
     "34007208d5b887185865"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
     "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
     "404142434445464748494a4b4c4d4e4f",
     "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
     "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
     "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
     "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
     "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
     "cc30c58179ec3e87c14c01d5c1f3434f1d87"},
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
     "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
     "9d201395faa4b61a96c8"},
};

static void
hkdf_vectors(void **state)
{
    uint8_t ikm[80], salt[80], info[80], prk[32], okm[82], got[82];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(derivations); i++) {
        size_t ikm_n = bytes(derivations[i].ikm, ikm);
        size_t salt_n = bytes(derivations[i].salt, salt);
        size_t info_n = bytes(derivations[i].info, info);
        size_t n = bytes(derivations[i].okm, okm);

        bytes(derivations[i].prk, prk);
        ir_hkdf_extract(salt, salt_n, ikm, ikm_n, got);
        ROW(i, memcmp(got, prk, sizeof prk) == 0);
        ir_hkdf_expand(prk, info, info_n, got, n);
        ROW(i, memcmp(got, okm, n) == 0);
        memset(got, 0, sizeof got);
        ir_hkdf(salt, salt_n, ikm, ikm_n, info, info_n, got, n);
        ROW(i, memcmp(got, okm, n) == 0);
    }
}

/* Source: RFC 9180, appendix A.2.1. */
static const char hpke_info[] = "4f6465206f6e2061204772656369616e2055726e";
static const char sk_e[] =
    "f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600";
static const char pk_e[] =
    "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a";
static const char sk_r[] =
    "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb";
static const char pk_r[] =
    "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a";
static const char hpke_key[] =
    "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91";
static const char hpke_nonce[] = "5c4d98150661b848853b547f";

static const struct {
    uint64_t seq;
    const char *ad, *sealed;
} messages[] = {
    {0, "436f756e742d30",
     "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b"
     "60b4db21993c62ce81883d2dd1b51a28"},
    {1, "436f756e742d31",
     "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090"
     "bb119e85285337cc95ba5f59992dc98c"},
    {2, "436f756e742d32",
     "71146bd6795ccc9c49ce25dda112a48f202ad220559502cef1f34271e0"
     "cb4b02b4f10ecac6f48c32f878fae86b"},
    {255, "436f756e742d323535",
     "18ab939d63ddec9f6ac2b60d61d36a7375d2070c9b683861110757062c"
     "52b8880a5f6b3936da9cd6c23ef2a95c"},
};

static void
hpke_vectors(void **state)
{
    uint8_t info[20], e[32], pub[32], r[32], enc[32], want[64], ad[16];
    uint8_t plain[32], got[64];
    struct ir_hpke s, o;
    size_t i, info_n = bytes(hpke_info, info), n = bytes(BEAUTY, plain);

    (void)state;
    bytes(sk_e, e);
    bytes(sk_r, r);
    bytes(pk_r, pub);
    ir_x25519_public(r, got);
    assert_memory_equal(got, pub, 32);
    assert_int_equal(ir_hpke_sender(pub, e, info, info_n, &s, enc, NULL),
                     IR_OK);
    bytes(pk_e, want);
    assert_memory_equal(enc, want, 32);
    assert_int_equal(ir_hpke_receiver(r, enc, info, info_n, &o, NULL), IR_OK);
    bytes(hpke_key, want);
    assert_memory_equal(s.key, want, 32);
    assert_memory_equal(o.key, want, 32);
    bytes(hpke_nonce, want);
    assert_memory_equal(s.nonce, want, 12);
    assert_memory_equal(o.nonce, want, 12);
    for (i = 0; i < COUNT(messages); i++) {
        size_t ad_n = bytes(messages[i].ad, ad);
        size_t sealed_n = bytes(messages[i].sealed, want);

        s.seq = o.seq = messages[i].seq;
        ir_hpke_seal(&s, ad, ad_n, plain, n, got);
        ROW(i, sealed_n == n + 16 && memcmp(got, want, sealed_n) == 0);
        ROW(i, ir_hpke_open(&o, ad, ad_n, want, sealed_n, got));
        ROW(i, memcmp(got, plain, n) == 0);
        ROW(i, s.seq == messages[i].seq + 1 && o.seq == s.seq);
    }
}

static void
hpke_refuses(void **state)
{
    static const uint8_t none[32], info[] = "i", ad[] = "a", text[] = "text";
    uint8_t secret[32] = {1, 2, 3}, pub[32], enc[32], sealed[4 + 16], got[32];
    struct ir_err err = {0};
    struct ir_hpke s, o;
    size_t i;

    (void)state;
    ir_x25519_public(secret, pub);
    assert_int_equal(ir_hpke_sender(none, NULL, info, 1, &s, enc, &err),
                     IR_ESIG);
    assert_int_equal(ir_hpke_receiver(secret, none, info, 1, &o, &err),
                     IR_ESIG);
    assert_int_equal(ir_hpke_sender(pub, NULL, info, 1, &s, enc, &err), IR_OK);
    ir_hpke_seal(&s, ad, 1, text, 4, sealed);
    for (i = 0; i <= sizeof sealed; i++) {
        struct ir_hpke was;
        size_t n = i < sizeof sealed ? i : sizeof sealed;

        assert_int_equal(ir_hpke_receiver(secret, enc, info, 1, &o, &err),
                         IR_OK);
        was = o;
        ROW(i, ir_hpke_open(&o, ad, 1, sealed, n, got) == (i == 20));
        if (i == 20)
            continue;
        ROW(i, o.seq == was.seq);
        sealed[i] ^= 0x40;
        ROW(i, !ir_hpke_open(&o, ad, 1, sealed, sizeof sealed, got));
        sealed[i] ^= 0x40;
        ROW(i, !ir_hpke_open(&o, info, 1, sealed, sizeof sealed, got));
        ROW(i, ir_hpke_open(&o, ad, 1, sealed, sizeof sealed, got));
        ROW(i, !ir_hpke_open(&o, ad, 1, sealed, sizeof sealed, got));
    }
    assert_int_equal(ir_hpke_receiver(secret, enc, ad, 1, &o, &err), IR_OK);
    assert_false(ir_hpke_open(&o, ad, 1, sealed, sizeof sealed, got));
    secret[8] ^= 1;
    assert_int_equal(ir_hpke_receiver(secret, enc, info, 1, &o, &err), IR_OK);
    assert_false(ir_hpke_open(&o, ad, 1, sealed, sizeof sealed, got));
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
        cmocka_unit_test(hkdf_vectors),
        cmocka_unit_test(hpke_vectors),
        cmocka_unit_test(hpke_refuses),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
