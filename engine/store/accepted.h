/* accepted.h: of what revoked keys signed, what is accepted all the same: the
 * entries that the revocation names, and what they build on. One rule for
 * taking in, passing on, checking and folding.
 *
 * It is worked out per revoked key by walking prev, deps and refs through the
 * store, and kept with it as a view until the revocation changes or something
 * arrives that was named and missing. Where no key is revoked it costs nothing.
 * Source: docs/format.md section 6, rule 6.
 */
#ifndef IR_STORE_ACCEPTED_H
#define IR_STORE_ACCEPTED_H

#include "core/trust.h"
#include "store/store.h"

struct ir_accepted;

/* Work it out for the keys that `t` knows as revoked. `anew`: without what was
 * kept of an earlier time, for checking. When the trust lane has changed, make
 * another one.
 *
 * Owns:   *out is the caller's, ir_accepted_free; borrows `st`, keeps nothing
 *         of `t`.
 * Errors: IR_ESTORE, IR_EDAMAGED.
 */
int ir_accepted_new(struct ir_store *st, const struct ir_trust *t, bool anew,
                    struct ir_accepted **out, struct ir_err *err);
void ir_accepted_free(struct ir_accepted *a);

/* May entry `e` be taken in and passed on: its key is not revoked, or it is
 * accepted? Of an entry that is not here yet "no" means not as far as is known:
 * what builds on it and is accepted may arrive later. Its signature and its
 * certificate are the caller's business.
 */
bool ir_accepted_is(struct ir_accepted *a, const struct ir_entry *e);

/* Can it not be told yet of all entries of `key`: is something missing here
 * that accepts, or that leads to what is accepted?
 */
bool ir_accepted_open(const struct ir_accepted *a,
                      const uint8_t key[IR_KEYID_BYTES]);

/* Entry `e` was put into the store: what it builds on may be accepted now.
 * Returns whether something is that was not before, kept here or not: then
 * entries that were put off may be asked about again.
 */
bool ir_accepted_grow(struct ir_accepted *a, const struct ir_entry *e);

/* The ids of what is kept here and not accepted, sorted.
 *
 * Owns:   borrowed from `a` until it grows.
 */
const uint8_t (*ir_accepted_refused(const struct ir_accepted *a,
                                    size_t *n))[IR_ID_BYTES];

/* Tell what folds: then it need not find out from the entries it is given,
 * which may be those of one incident only.
 *
 * Owns:   `t` keeps a copy.
 */
void ir_accepted_tell(const struct ir_accepted *a, struct ir_trust *t);

/* How many entries of `key` are here from before `before_ms` (0: all), how
 * many from then on, and the hlc of the newest of the first, as a moment.
 *
 * Units:  *newest_ms is 0 when there is none.
 * Errors: IR_ESTORE.
 */
int ir_accepted_count(struct ir_store *st, const uint8_t key[IR_KEYID_BYTES],
                      int64_t before_ms, int64_t *n, int64_t *after,
                      int64_t *newest_ms, struct ir_err *err);

/* What a revocation of `key` made now should accept: every entry of the key
 * that is here and that no other entry of the key names as its prev, so that
 * all of them stay. The newest of each chain, of a fork both ends, and all of
 * lane F. `lane_t`: of the trust lane only. `before_ms`: of what was recorded
 * before then only, 0 all.
 *
 * Owns:   *ids is the caller's, free().
 * Errors: IR_ESTORE.
 */
int ir_accepted_heads(struct ir_store *st, const uint8_t key[IR_KEYID_BYTES],
                      bool lane_t, int64_t before_ms,
                      uint8_t (**ids)[IR_ID_BYTES], size_t *n,
                      struct ir_err *err);

#endif
