/* negentropy.h: which of two sets holds what, in few bytes: range-based set
 * reconciliation, negentropy protocol V1. A message is 0x61 and ranges, each
 *
 *   bound | varint mode | (nothing: 0 skip) (16 bytes: 1 fingerprint)
 *                         (varint n, n ids of 32 bytes: 2 list)
 *
 * with upper bounds that rise; what follows the last range is skipped. One
 * side begins and learns the difference; the other only answers. Neither keeps
 * anything between messages but the salt, so any of them may be lost, doubled
 * or overtaken: that costs messages, never more.
 *
 * How ranges are split (in 16 from 32 items on, else listed) is the
 * reference's. With a limit, a message ends in one fingerprint of all that did
 * not fit, and the side that began sends a fingerprint instead of three ids and
 * more. Not the message it travels in: docs/format.md section 12.
 */
#ifndef IR_CORE_NEGENTROPY_H
#define IR_CORE_NEGENTROPY_H

#include "base/buf.h"
#include "base/err.h"
#include "core/idset.h"

#define IR_VARINT_MAX 10          /* bytes of a 64-bit number */
#define IR_NEG_LIMIT_MIN 256      /* bytes: less leaves no room to get on */
#define IR_NEG_MESSAGE_MAX 262144 /* bytes read, where there is a limit */
#define IR_NEG_IDS_MAX 8192       /* ids in `have` of one call, likewise */

/* Write a number as base-128 digits, most significant first, bit 8 set on all
 * but the last; returns how many bytes.
 *
 * Units:  `p` holds IR_VARINT_MAX bytes.
 */
size_t ir_varint_put(uint64_t v, uint8_t *p);

/* Append the first message to `out`: the whole set, in ranges.
 *
 * Units:  `limit` bytes at most, 0: none. `salt` of 16 bytes, fresh for every
 *         session and used by both sides, or NULL: V1 as published.
 * Owns:   nothing.
 * Errors: IR_ELIMIT for a limit between 1 and 255.
 * Source: negentropy protocol V1.
 */
int ir_neg_begin(struct ir_idset *set, const uint8_t *salt, size_t limit,
                 struct ir_buf *out);

/* Append the answer to a message of the side that began. With a limit, at most
 * that many bytes.
 *
 * Errors: IR_EPARSE malformed or another version, IR_ELIMIT too long or a limit
 *         too small; `out` is then as it was. Work and memory are linear in
 *         the message and the set, whatever the message says.
 * Source: negentropy protocol V1.
 */
int ir_neg_answer(struct ir_idset *set, const uint8_t *salt, size_t limit,
                  const void *p, size_t n, struct ir_buf *out,
                  struct ir_err *err);

/* Read an answer: append ids only we have and ids only they have, and either
 * the next message to `out` or, with nothing left to ask, set *done. With a
 * limit, `have` grows by at most IR_NEG_IDS_MAX; the rest comes in later
 * rounds, in which ids may come again.
 *
 * Errors: as ir_neg_answer; nothing is then added anywhere.
 * Source: negentropy protocol V1.
 */
int ir_neg_next(struct ir_idset *set, const uint8_t *salt, size_t limit,
                const void *p, size_t n, struct ir_ids *have,
                struct ir_ids *need, struct ir_buf *out, bool *done,
                struct ir_err *err);

#endif
