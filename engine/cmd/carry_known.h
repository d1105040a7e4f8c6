/* carry_known.h: what is known of the files on a stick, so that `ir carry out`
 * need not read all of it each time.
 */
#ifndef IR_CMD_CARRY_KNOWN_H
#define IR_CMD_CARRY_KNOWN_H

#include "cmd/carry.h"

/* A file is read whole again after that: a sample does not show everything. */
#define IR_CARRY_KNOWN_MS ((int64_t)24 * 3600 * 1000)

/* Was this file read before, under a key that is here, and is it, by its
 * length, time and a sample, what it was? Then `ids` is what it holds, and *key
 * the place of that key.
 *
 * Errors: returns false where it is to be read; *key untouched.
 */
bool ir_carry_known(struct ir_carry *k, const struct ir_dir_entry *e,
                    struct ir_ids_set *ids, size_t *key);

/* Remember what a whole file holds that opens under `key`, just read or just
 * written. Where that cannot be, it is read again.
 */
void ir_carry_learnt(struct ir_carry *k, const struct ir_dir_entry *e,
                     const struct ir_epoch_key *key, const uint8_t (*ids)[32],
                     size_t n);

#endif
