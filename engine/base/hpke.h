/* hpke.h: hybrid public key encryption, base mode, to an X25519 key: anybody
 * may seal, only the holder of the secret opens, nothing says who sealed.
 *
 * One suite: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001,
 * ChaCha20-Poly1305 0x0003. Own code because no library of Debian 12 that we
 * link has it; checked against the vectors of RFC 9180, appendix A.2.1.
 * Source: RFC 9180.
 */
#ifndef IR_BASE_HPKE_H
#define IR_BASE_HPKE_H

#include "base/crypt.h"

#define IR_HPKE_ENC_BYTES 32 /* the sender's ephemeral public key */

/* A context; both sides seal and open in the same order. */
struct ir_hpke {
    uint8_t key[IR_AEAD_KEY_BYTES];
    uint8_t nonce[IR_AEAD_NONCE_BYTES];
    uint64_t seq;
};

/* Begin to seal to `pub`, with an ephemeral key that is new or, for vectors,
 * given.
 *
 * Owns:   *x: the caller wipes it.
 * Errors: IR_ESIG `pub` is no key.
 */
int ir_hpke_sender(const uint8_t pub[32], const uint8_t *ephemeral,
                   const void *info, size_t info_n, struct ir_hpke *x,
                   uint8_t enc[IR_HPKE_ENC_BYTES], struct ir_err *err);

/* Begin to open what was sealed to the key of `secret`.
 *
 * Owns:   *x: the caller wipes it.
 * Errors: IR_ESIG `enc` is no key.
 */
int ir_hpke_receiver(const uint8_t secret[32],
                     const uint8_t enc[IR_HPKE_ENC_BYTES], const void *info,
                     size_t info_n, struct ir_hpke *x, struct ir_err *err);

/* Seal `n` bytes into n + IR_AEAD_TAG_BYTES. */
void ir_hpke_seal(struct ir_hpke *x, const void *ad, size_t ad_n,
                  const uint8_t *p, size_t n, uint8_t *out);

/* Open the next ones.
 *
 * Errors: returns false, and the context stays where it is, unless they are
 *         what was sealed, with this `ad`.
 */
bool ir_hpke_open(struct ir_hpke *x, const void *ad, size_t ad_n,
                  const uint8_t *p, size_t n, uint8_t *out);

#endif
