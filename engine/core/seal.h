/* seal.h: what only the members may read: frames on carriers other than TLS
 * and on sticks, the bodies of entries for an audience, and the keys of both
 * as they are granted to a device.
 *
 * Forms: docs/format.md section 4. Whose keys count is said in core/grant.h.
 */
#ifndef IR_CORE_SEAL_H
#define IR_CORE_SEAL_H

#include "base/buf.h"
#include "base/crypt.h"

/* One key of the site: of the carriers, or of an audience. */
#define IR_EPOCH_KEY_BYTES 32
struct ir_epoch_key {
    uint64_t epoch;
    uint64_t audience; /* 0: the carrier key */
    uint8_t key[IR_EPOCH_KEY_BYTES];
};

/* A frame is hint(4) | salt(16) | ciphertext and tag; it is this much longer
 * than what it holds.
 */
#define IR_FRAME_HINT_BYTES 4
#define IR_FRAME_SALT_BYTES 16
#define IR_FRAME_OVERHEAD                                                      \
    (IR_FRAME_HINT_BYTES + IR_FRAME_SALT_BYTES + IR_AEAD_TAG_BYTES)

/* Seal one frame under a carrier key.
 *
 * Owns:   appends to `out`.
 */
void ir_frame_seal(const struct ir_epoch_key *k, const uint8_t site[32],
                   const void *p, size_t n, struct ir_buf *out);

/* The same with a salt that is given; for vectors and the simulator: a salt
 * serves once.
 */
void ir_frame_seal_salted(const struct ir_epoch_key *k, const uint8_t site[32],
                          const uint8_t salt[IR_FRAME_SALT_BYTES],
                          const void *p, size_t n, struct ir_buf *out);

/* Open one frame with whichever of the carrier keys fits; keys of audiences
 * are passed over.
 *
 * Owns:   appends to `out`.
 * Errors: IR_ESIG: not one of this site's, under none of these keys, or
 *         changed on its way.
 */
int ir_frame_open(const struct ir_epoch_key *keys, size_t keys_n,
                  const uint8_t site[32], const void *p, size_t n,
                  struct ir_buf *out, struct ir_err *err);

/* Does the hint of the frame `p` say that it is under this key? */
bool ir_frame_under(const struct ir_epoch_key *k, const void *p, size_t n);

/* The longest plain body that may be sealed: what it grows by included, the
 * sealed one must stay within IR_BODY_MAX.
 */
#define IR_SEAL_PLAIN_MAX (63 * 1024 - 1)
#define IR_SEAL_NONCE_BYTES 12
#define IR_SEAL_COMMIT_BYTES 32

/* Seal the plain body `b` (a map) of the entry with header `p` under the key
 * of the audience it names: the array that stands as its body.
 *
 * Owns:   appends to `out`.
 * Errors: IR_ELIMIT longer than IR_SEAL_PLAIN_MAX.
 */
int ir_body_seal(const struct ir_epoch_key *k, const uint8_t site[32],
                 const void *p, size_t p_n, const void *b, size_t b_n,
                 struct ir_buf *out, struct ir_err *err);

/* The same with a nonce that is given; for vectors. */
int ir_body_seal_nonce(const struct ir_epoch_key *k, const uint8_t site[32],
                       const uint8_t nonce[IR_SEAL_NONCE_BYTES], const void *p,
                       size_t p_n, const void *b, size_t b_n,
                       struct ir_buf *out, struct ir_err *err);

/* Has `body` the form of a sealed one? Whether it opens, its readers know.
 */
bool ir_body_is_sealed(const void *body, size_t n);

/* Open a sealed body with the key of `audience` and of its epoch: what comes
 * out is a map of the CBOR subset, and whether it fits its kind is judged as
 * of any other (ir_kind_check).
 *
 * Owns:   appends to `out`.
 * Errors: IR_EPARSE not a sealed body, or no audience, IR_ENOTFOUND no key of
 * that epoch is among these, IR_ESIG under another key, of another entry or
 * site, or changed.
 */
int ir_body_unseal(const struct ir_epoch_key *keys, size_t keys_n,
                   const uint8_t site[32], uint64_t audience, const void *p,
                   size_t p_n, const void *body, size_t body_n,
                   struct ir_buf *out, struct ir_err *err);

/* Wrap a key for the device whose node key has this id and which holds the
 * secret of `x25519`; and unwrap it there.
 *
 * Errors: IR_ESIG not a key, or: not wrapped for this device, epoch, audience
 *         and site, or changed.
 */
#define IR_WRAPPED_BYTES (32 + IR_EPOCH_KEY_BYTES + IR_AEAD_TAG_BYTES)
int ir_key_wrap(const struct ir_epoch_key *k, const uint8_t site[32],
                const uint8_t recipient[IR_KEYID_BYTES],
                const uint8_t x25519[32], const uint8_t *ephemeral,
                uint8_t out[IR_WRAPPED_BYTES], struct ir_err *err);
int ir_key_unwrap(const uint8_t secret[32], const uint8_t site[32],
                  const uint8_t recipient[IR_KEYID_BYTES], const uint8_t *p,
                  size_t n, struct ir_epoch_key *k, struct ir_err *err);

#endif
