/* spread.h: where the record is besides here, as far as this device knows: from
 * what came from others and what they have witnessed.
 */
#ifndef IR_CMD_SPREAD_H
#define IR_CMD_SPREAD_H

#include "cmd/case.h"
#include "core/spread.h"

/* Where the entries of a loaded incident are. *can_carry (may be NULL) says
 * whether this device could carry them out: whether it was given the newest
 * carrier key.
 *
 * Owns:   *out is the caller's, ir_spread_done.
 */
void ir_ctx_spread(struct ir_ctx *c, const struct ir_case *k,
                   struct ir_spread *out, bool *can_carry);

#endif
