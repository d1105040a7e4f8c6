/* grant.h: whose key is newest, and who lacks one: questions about the keys
 * that grants hand out. What counts is folded with the rest of lane T
 * (trust.h); opening them takes a device's secret (seal.h).
 */
#ifndef IR_CORE_GRANT_H
#define IR_CORE_GRANT_H

#include "core/trust.h"

/* The highest epoch anybody was granted a key of; 0: none was. */
uint64_t ir_grant_epoch(const struct ir_trust *t, uint64_t audience);

/* How many keys of that epoch this device was granted. */
size_t ir_grant_count(const struct ir_trust *t,
                      const uint8_t recipient[IR_KEYID_BYTES],
                      uint64_t audience, uint64_t epoch);

/* Does a device whose key is revoked hold a key of the highest epoch? */
bool ir_grant_stale(const struct ir_trust *t, uint64_t audience);

/* The same of the grants that do not count, by administrators of any time: to
 * open by them, and never to seal. What makes a grant count again may lie in
 * what they open: an accepted entry of somebody who is no administrator any
 * more, which came later than the list that accepts it.
 *
 * Owns:   *keys is the caller's, ir_epoch_keys_free.
 */
void ir_grant_open_void(const struct ir_trust *t,
                        const uint8_t recipient[IR_KEYID_BYTES],
                        const uint8_t secret[32], struct ir_epoch_key **keys,
                        size_t *n);

/* Open those of `t` that are for this device, in fold order; a key that was
 * granted twice stands once, where the later grant is.
 *
 * Owns:   *keys is the caller's, ir_epoch_keys_free.
 */
void ir_grant_open(const struct ir_trust *t,
                   const uint8_t recipient[IR_KEYID_BYTES],
                   const uint8_t secret[32], struct ir_epoch_key **keys,
                   size_t *n);
void ir_epoch_keys_free(struct ir_epoch_key *keys, size_t n);

/* The key to seal with: of the highest epoch, and of several the last. NULL
 * when there is none.
 *
 * Owns:   borrowed from `keys`.
 * Source: docs/format.md section 4, "Keys".
 */
const struct ir_epoch_key *ir_epoch_newest(const struct ir_epoch_key *keys,
                                           size_t n, uint64_t audience);

#endif
