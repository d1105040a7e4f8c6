/* object_part.h: objects that are on their way: which are wanted (entries that
 * came from elsewhere name them, manifests name others), and the first bytes of
 * those that are not whole yet, so that a broken-off transfer goes on.
 */
#ifndef IR_STORE_OBJECT_PART_H
#define IR_STORE_OBJECT_PART_H

#include "store/store.h"

/* Want the objects that `e` names and that are not here: the manifest of a
 * release, what an incident pins, a step's output.
 *
 * Errors: IR_ESTORE.
 */
int ir_object_want_of(struct ir_store *st, const struct ir_entry *e,
                      struct ir_err *err);

/* The next that is wanted after `digest` (zeros: begin), in its place, and how
 * many bytes of it are here; after the last the first comes again.
 *
 * Errors: IR_ENOTFOUND nothing is wanted, IR_ESTORE.
 */
int ir_object_next(struct ir_store *st, uint8_t digest[IR_HASH_BYTES],
                   uint64_t *off, struct ir_err *err);

/* Is `digest` wanted? Then how many bytes of it are here.
 *
 * Errors: IR_ENOTFOUND it is not, IR_ESTORE.
 */
int ir_object_wanted_from(struct ir_store *st,
                          const uint8_t digest[IR_HASH_BYTES], uint64_t *off,
                          struct ir_err *err);

/* The objects that a manifest (its text) names, up to 10,000 of them; goes on
 * while fn answers IR_OK.
 *
 * Errors: what fn answered; a text that is no manifest names none.
 */
int ir_object_named(const struct ir_buf *text,
                    int (*fn)(const uint8_t digest[IR_HASH_BYTES],
                              const char *type, void *arg),
                    void *arg);

/* How many objects are wanted. */
int ir_object_wanted(struct ir_store *st, int64_t *n, struct ir_err *err);

/* Append up to `max` bytes of an object from `off` on; *total gets its length.
 *
 * Errors: IR_ENOTFOUND it is not here, or has no byte there; IR_ESTORE.
 */
int ir_object_slice(struct ir_store *st, const uint8_t digest[IR_HASH_BYTES],
                    uint64_t off, size_t max, uint64_t *total,
                    struct ir_buf *out, struct ir_err *err);

/* Keep the bytes from `off` on of a wanted object of `total` bytes. What does
 * not follow on what is here is passed over. When it is whole and fits its
 * digest it is stored and *whole set, and what it names in turn is wanted;
 * when it does not fit, all of it is dropped and begins again.
 *
 * Errors: IR_EREFUSED nobody wants it, IR_ELIMIT too long, IR_EDAMAGED whole
 *         and not what it should be, IR_EBUSY the disk is nearly full,
 *         IR_ESTORE.
 */
int ir_object_part_put(struct ir_store *st, const uint8_t digest[IR_HASH_BYTES],
                       uint64_t total, uint64_t off, const void *p, size_t n,
                       bool *whole, struct ir_err *err);

#endif
