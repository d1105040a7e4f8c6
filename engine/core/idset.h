/* idset.h: a set of entry ids, ordered by (hlc, id), that knows the sum of any
 * run of them quickly: what one node holds, as two nodes compare it.
 *
 * Blocks of up to 256 items with partial sums mod 2^256. Put in at the tail
 * O(1), in the middle O(log blocks + block); 1,000,000 items in at most 48 MiB.
 * Sums over H(salt | id) are made when first asked for and kept per block for
 * the last few salts. Not what negentropy says with it: core/negentropy.h.
 */
#ifndef IR_CORE_IDSET_H
#define IR_CORE_IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_FP_BYTES 16
#define IR_SALT_BYTES 16

struct ir_idset;

/* A list of ids. All zero is the empty one. */
struct ir_ids {
    uint8_t (*v)[32];
    size_t n, cap;
};

/* Append one id.
 *
 * Owns:   `ids` keeps a copy.
 */
void ir_ids_add(struct ir_ids *ids, const uint8_t id[32]);

/* Free what `ids` holds; it may be used again.
 *
 * Owns:   nothing afterwards.
 */
void ir_ids_done(struct ir_ids *ids);

/* An empty set; and free one (NULL is fine).
 *
 * Owns:   the caller frees with ir_idset_free.
 */
struct ir_idset *ir_idset_new(void);
void ir_idset_free(struct ir_idset *set);

/* Put in and take out. True: the set is another one now. The hlc 2^64 - 1 is
 * negentropy's word for the end: no item has it, so it is never put in.
 *
 * Owns:   keeps a copy of the id.
 */
bool ir_idset_add(struct ir_idset *set, uint64_t hlc, const uint8_t id[32]);
bool ir_idset_remove(struct ir_idset *set, uint64_t hlc, const uint8_t id[32]);

/* Is it in there? */
bool ir_idset_has(const struct ir_idset *set, uint64_t hlc,
                  const uint8_t id[32]);

/* How many items. */
size_t ir_idset_count(const struct ir_idset *set);

/* The index of the first item not below (hlc, id); the count if there is none.
 */
size_t ir_idset_lower(const struct ir_idset *set, uint64_t hlc,
                      const uint8_t id[32]);

/* The item at index `i`, which must be below the count. */
void ir_idset_at(const struct ir_idset *set, size_t i, uint64_t *hlc,
                 uint8_t id[32]);

/* The fingerprint of the whole set without a salt, O(1): the first 16 bytes of
 * SHA-256 of the sum of the ids (little-endian, mod 2^256), then the count as
 * a varint.
 *
 * Source: negentropy protocol V1, "Fingerprint Algorithm"; docs/format.md
 *         section 12, "Frames".
 */
void ir_idset_fp(const struct ir_idset *set, uint8_t fp[IR_FP_BYTES]);

/* The same of the items from..to (to excluded, at most the count), with a salt
 * (or NULL) over SHA-256(salt | id) instead of the id. O(blocks) once the
 * blocks' sums under this salt are there; they are made here.
 *
 * Source: as above.
 */
void ir_idset_fp_range(struct ir_idset *set, const uint8_t *salt, size_t from,
                       size_t to, uint8_t fp[IR_FP_BYTES]);

#endif
