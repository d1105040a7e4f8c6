/* crypt.h: hashes, keys and random bytes; libsodium stays behind this. */
#ifndef IR_BASE_CRYPT_H
#define IR_BASE_CRYPT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_HASH_BYTES 32
#define IR_PUBKEY_BYTES 32
#define IR_SIG_BYTES 64
#define IR_SEED_BYTES 32
#define IR_KEYID_BYTES 8

/* Secret key in guarded memory (sodium_malloc); never copied elsewhere. */
struct ir_key {
    uint8_t pub[IR_PUBKEY_BYTES];
    uint8_t *secret; /* 64 bytes, guarded; NULL: the ssh-agent holds it */
};

/* Start libsodium; call once per process before anything else here.
 *
 * Errors: IR_EIO.
 */
int ir_crypt_init(struct ir_err *err);

/* SHA-256 and SHA-512 of `n` bytes.
 *
 * Units:  out of 32 and 64 bytes.
 */
void ir_sha256(const void *p, size_t n, uint8_t out[IR_HASH_BYTES]);
void ir_sha512(const void *p, size_t n, uint8_t out[64]);

/* SHA-256 piece by piece. */
struct ir_sha256_state {
    uint64_t opaque[16];
};
void ir_sha256_begin(struct ir_sha256_state *s);
void ir_sha256_add(struct ir_sha256_state *s, const void *p, size_t n);
void ir_sha256_end(struct ir_sha256_state *s, uint8_t out[IR_HASH_BYTES]);

/* First 8 bytes of SHA-256 of a public key: how an entry names its author.
 *
 * Source: docs/format.md section 2, key 1.
 */
void ir_key_id(const uint8_t pub[IR_PUBKEY_BYTES], uint8_t out[IR_KEYID_BYTES]);

/* Fill with random bytes from the kernel. */
void ir_random(void *p, size_t n);

/* A key pair: new, or from a 32-byte seed.
 *
 * Owns:   *out is the caller's, ir_key_free.
 */
struct ir_key *ir_key_new(void);
struct ir_key *ir_key_from_seed(const uint8_t seed[IR_SEED_BYTES]);
struct ir_key *ir_key_public(const uint8_t pub[IR_PUBKEY_BYTES]);
void ir_key_seed(const struct ir_key *k, uint8_t seed[IR_SEED_BYTES]);
void ir_key_free(struct ir_key *k);

/* Sign with a key whose secret is here (not the agent's).
 *
 * Errors: IR_ESIG when there is no secret.
 */
int ir_sign(const struct ir_key *k, const void *p, size_t n,
            uint8_t sig[IR_SIG_BYTES], struct ir_err *err);

/* Is `sig` by `pub` over `p[0..n)`? */
bool ir_verify(const uint8_t pub[IR_PUBKEY_BYTES], const void *p, size_t n,
               const uint8_t sig[IR_SIG_BYTES]);

/* Lock `seed` under a passphrase (Argon2id, moderate; ChaCha20-Poly1305) and
 * open it again. Form of the box: docs/format.md, "Key files".
 *
 * Units:  box is IR_KEYBOX_BYTES long.
 * Errors: IR_ESIG wrong passphrase or damaged box, IR_ELIMIT no memory.
 * Blocks: about half a second.
 */
#define IR_KEYBOX_BYTES (4 + 16 + 12 + 32 + 16)
int ir_keybox_lock(const uint8_t seed[IR_SEED_BYTES], const char *pass,
                   uint8_t box[IR_KEYBOX_BYTES], struct ir_err *err);
int ir_keybox_open(const uint8_t box[IR_KEYBOX_BYTES], const char *pass,
                   uint8_t seed[IR_SEED_BYTES], struct ir_err *err);

/* The X25519 public key of a 32-byte secret.
 *
 * Source: RFC 7748.
 */
void ir_x25519_public(const uint8_t secret[32], uint8_t pub[32]);

/* What the holder of `secret` shares with the holder of `pub`'s.
 *
 * Errors: returns false when `pub` is one of the few points that share the
 *         same with everybody.
 * Source: RFC 7748.
 */
bool ir_x25519(const uint8_t secret[32], const uint8_t pub[32],
               uint8_t out[32]);

/* ChaCha20-Poly1305: `n` bytes become n + IR_AEAD_TAG_BYTES, and back. A key
 * and a nonce serve once.
 *
 * Owns:   `out` may be `p`.
 * Errors: open returns false, and what is in `out` is of no use, unless all
 *         of key, nonce, `ad` and bytes are those of the seal.
 * Source: RFC 8439.
 */
#define IR_AEAD_KEY_BYTES 32
#define IR_AEAD_NONCE_BYTES 12
#define IR_AEAD_TAG_BYTES 16
void ir_aead_seal(const uint8_t key[IR_AEAD_KEY_BYTES],
                  const uint8_t nonce[IR_AEAD_NONCE_BYTES], const void *ad,
                  size_t ad_n, const uint8_t *p, size_t n, uint8_t *out);
bool ir_aead_open(const uint8_t key[IR_AEAD_KEY_BYTES],
                  const uint8_t nonce[IR_AEAD_NONCE_BYTES], const void *ad,
                  size_t ad_n, const uint8_t *p, size_t n, uint8_t *out);

/* Are the bytes equal, in constant time? Overwrite memory for sure. */
bool ir_bytes_equal(const void *a, const void *b, size_t n);
void ir_wipe(void *p, size_t n);

#endif
