/* crypt.c: see crypt.h. Nothing above base includes libsodium or nettle.
 * SHA-256 is nettle's: it uses the processor's instructions for it, and every
 * object, entry and body that is read is hashed.
 */
#include "base/crypt.h"

#include "base/buf.h"
#include "base/i18n.h"

#include <nettle/sha2.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct ir_sha256_state) >= sizeof(struct sha256_ctx),
               "sha256 state");

int
ir_crypt_init(struct ir_err *err)
{
    if (sodium_init() < 0)
        return ir_fail(err, IR_EIO,
                       _("libsodium does not start: the kernel "
                         "gives no random bytes"));
    return IR_OK;
}

void
ir_sha256(const void *p, size_t n, uint8_t out[IR_HASH_BYTES])
{
    struct sha256_ctx x;

    sha256_init(&x);
    sha256_update(&x, n, n > 0 ? p : (const uint8_t *)"");
    sha256_digest(&x, IR_HASH_BYTES, out);
}

void
ir_sha512(const void *p, size_t n, uint8_t out[64])
{
    crypto_hash_sha512(out, n > 0 ? p : (const uint8_t *)"", n);
}

void
ir_sha256_begin(struct ir_sha256_state *s)
{
    sha256_init((struct sha256_ctx *)(void *)s);
}

void
ir_sha256_add(struct ir_sha256_state *s, const void *p, size_t n)
{
    sha256_update((struct sha256_ctx *)(void *)s, n,
                  n > 0 ? p : (const uint8_t *)"");
}

void
ir_sha256_end(struct ir_sha256_state *s, uint8_t out[IR_HASH_BYTES])
{
    sha256_digest((struct sha256_ctx *)(void *)s, IR_HASH_BYTES, out);
}

void
ir_key_id(const uint8_t pub[IR_PUBKEY_BYTES], uint8_t out[IR_KEYID_BYTES])
{
    uint8_t h[IR_HASH_BYTES];

    ir_sha256(pub, IR_PUBKEY_BYTES, h);
    memcpy(out, h, IR_KEYID_BYTES);
}

void
ir_random(void *p, size_t n)
{
    randombytes_buf(p, n);
}

struct ir_key *
ir_key_from_seed(const uint8_t seed[IR_SEED_BYTES])
{
    struct ir_key *k = ir_calloc(1, sizeof *k);

    k->secret = sodium_malloc(crypto_sign_SECRETKEYBYTES);
    if (k->secret == NULL)
        abort();
    crypto_sign_seed_keypair(k->pub, k->secret, seed);
    return k;
}

struct ir_key *
ir_key_new(void)
{
    uint8_t seed[IR_SEED_BYTES];
    struct ir_key *k;

    ir_random(seed, sizeof seed);
    k = ir_key_from_seed(seed);
    sodium_memzero(seed, sizeof seed);
    return k;
}

struct ir_key *
ir_key_public(const uint8_t pub[IR_PUBKEY_BYTES])
{
    struct ir_key *k = ir_calloc(1, sizeof *k);

    memcpy(k->pub, pub, IR_PUBKEY_BYTES);
    return k;
}

void
ir_key_seed(const struct ir_key *k, uint8_t seed[IR_SEED_BYTES])
{
    crypto_sign_ed25519_sk_to_seed(seed, k->secret);
}

void
ir_key_free(struct ir_key *k)
{
    if (k == NULL)
        return;
    sodium_free(k->secret);
    free(k);
}

int
ir_sign(const struct ir_key *k, const void *p, size_t n,
        uint8_t sig[IR_SIG_BYTES], struct ir_err *err)
{
    if (k->secret == NULL)
        return ir_fail(err, IR_ESIG, _("this key's secret is not here"));
    crypto_sign_detached(sig, NULL, p, n, k->secret);
    return IR_OK;
}

bool
ir_verify(const uint8_t pub[IR_PUBKEY_BYTES], const void *p, size_t n,
          const uint8_t sig[IR_SIG_BYTES])
{
    return crypto_sign_verify_detached(sig, p, n, pub) == 0;
}

static const uint8_t box_magic[4] = {'i', 'r', 'k', 1};

/* The key that locks a box: Argon2id over the passphrase. */
static int
box_key(const char *pass, const uint8_t *salt, uint8_t key[32],
        struct ir_err *err)
{
    if (crypto_pwhash(
            key, 32, pass, strlen(pass), salt, crypto_pwhash_OPSLIMIT_MODERATE,
            crypto_pwhash_MEMLIMIT_MODERATE, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return ir_fail(err, IR_ELIMIT,
                       _("not enough memory to work on the passphrase "
                         "(256 MiB are needed)"));
    return IR_OK;
}

int
ir_keybox_lock(const uint8_t seed[IR_SEED_BYTES], const char *pass,
               uint8_t box[IR_KEYBOX_BYTES], struct ir_err *err)
{
    uint8_t key[32];
    int rc;

    memcpy(box, box_magic, 4);
    ir_random(box + 4, 16 + 12);
    rc = box_key(pass, box + 4, key, err);
    if (rc == IR_OK)
        crypto_aead_chacha20poly1305_ietf_encrypt(
            box + 32, NULL, seed, IR_SEED_BYTES, box, 32, NULL, box + 20, key);
    sodium_memzero(key, sizeof key);
    return rc;
}

int
ir_keybox_open(const uint8_t box[IR_KEYBOX_BYTES], const char *pass,
               uint8_t seed[IR_SEED_BYTES], struct ir_err *err)
{
    uint8_t key[32], plain[IR_SEED_BYTES];
    int rc;

    if (memcmp(box, box_magic, 4) != 0)
        return ir_fail(err, IR_ESIG, _("not a key file of ir"));
    rc = box_key(pass, box + 4, key, err);
    if (rc == IR_OK && crypto_aead_chacha20poly1305_ietf_decrypt(
                           plain, NULL, NULL, box + 32, IR_SEED_BYTES + 16, box,
                           32, box + 20, key) != 0)
        rc = ir_fail(err, IR_ESIG,
                     _("wrong passphrase, or the key file is damaged"));
    if (rc == IR_OK)
        memcpy(seed, plain, IR_SEED_BYTES);
    sodium_memzero(plain, sizeof plain);
    sodium_memzero(key, sizeof key);
    return rc;
}

void
ir_x25519_public(const uint8_t secret[32], uint8_t pub[32])
{
    (void)crypto_scalarmult_base(pub, secret);
}

bool
ir_x25519(const uint8_t secret[32], const uint8_t pub[32], uint8_t out[32])
{
    return crypto_scalarmult(out, secret, pub) == 0;
}

void
ir_aead_seal(const uint8_t key[IR_AEAD_KEY_BYTES],
             const uint8_t nonce[IR_AEAD_NONCE_BYTES], const void *ad,
             size_t ad_n, const uint8_t *p, size_t n, uint8_t *out)
{
    crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, p, n, ad, ad_n, NULL,
                                              nonce, key);
}

bool
ir_aead_open(const uint8_t key[IR_AEAD_KEY_BYTES],
             const uint8_t nonce[IR_AEAD_NONCE_BYTES], const void *ad,
             size_t ad_n, const uint8_t *p, size_t n, uint8_t *out)
{
    if (n < IR_AEAD_TAG_BYTES)
        return false;
    n -= IR_AEAD_TAG_BYTES;
    return crypto_aead_chacha20poly1305_ietf_decrypt_detached(
               out, NULL, p, n, p + n, ad, ad_n, nonce, key) == 0;
}

bool
ir_bytes_equal(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}

void
ir_wipe(void *p, size_t n)
{
    sodium_memzero(p, n);
}
