/* effect.h: statements about clocks, shared by steps and `ir clock`. */
#ifndef IR_CMD_EFFECT_H
#define IR_CMD_EFFECT_H

#include "cmd/case.h"

/* Draft a clock entry: `op` is start, met, stop or undecided; `from` is the
 * moment it counts from, as typed (NULL: now); `basis` says why.
 *
 * Errors: IR_EPARSE a moment that cannot be read.
 */
int ir_effect_clock(struct ir_ctx *c, struct ir_case *k, const char *id,
                    const char *op, const char *from, const char *basis,
                    struct ir_batch *b);

#endif
