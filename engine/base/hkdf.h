/* hkdf.h: keys from keys, HKDF with SHA-256; nettle stays behind this.
 *
 * Source: RFC 5869; docs/format.md sections 4 and 12.
 */
#ifndef IR_BASE_HKDF_H
#define IR_BASE_HKDF_H

#include "base/crypt.h"

#define IR_HKDF_MAX (255 * IR_HASH_BYTES) /* bytes of one output */

/* HKDF-Extract: a key of 32 bytes out of `ikm`; an empty salt is 32 zeros. */
void ir_hkdf_extract(const void *salt, size_t salt_n, const void *ikm,
                     size_t ikm_n, uint8_t prk[IR_HASH_BYTES]);

/* HKDF-Expand: `n` bytes, at most IR_HKDF_MAX, for the purpose `info`. */
void ir_hkdf_expand(const uint8_t prk[IR_HASH_BYTES], const void *info,
                    size_t info_n, uint8_t *out, size_t n);

/* Both, one after the other. */
void ir_hkdf(const void *salt, size_t salt_n, const void *ikm, size_t ikm_n,
             const void *info, size_t info_n, uint8_t *out, size_t n);

#endif
