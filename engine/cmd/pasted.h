/* pasted.h: a text of several lines that somebody pastes or pipes in.
 */
#ifndef IR_CMD_PASTED_H
#define IR_CMD_PASTED_H

#include "cmd/cmd.h"

/* Append to `text` what is pasted: on a terminal up to a line that is only a
 * dot, which is asked for; else standard input to its end. No more than a
 * little over IR_PASTE_MAX is kept. *ended: the terminal's input ended before
 * the dot.
 *
 * Owns:   *text is the caller's.
 * Errors: IR_EIO standard input cannot be read.
 * Blocks: until somebody has typed it.
 */
int ir_pasted(struct ir_ctx *c, struct ir_buf *text, bool *ended);

#endif
