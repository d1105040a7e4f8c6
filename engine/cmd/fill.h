/* fill.h: what the record of an incident already answers of a form. */
#ifndef IR_CMD_FILL_H
#define IR_CMD_FILL_H

#include "cmd/case.h"
#include "core/told.h"

/* The answer that the incident gives to a field of a report to an authority: by
 * the field's "fill" (or its id where that is such a word), else the variable
 * of the incident with the field's id. Nothing is guessed: what nobody stated
 * stays out.
 *
 * Owns:   the caller frees with free(); NULL: it gives none.
 */
char *ir_fill(struct ir_ctx *c, const struct ir_case *k, const char *authority,
              enum ir_stage stage, const struct ir_json *field);

/* Is what the incident says now better than what the last report said: who
 * reports, and when the next one comes?
 */
bool ir_fill_is_fresh(const struct ir_json *field);

#endif
