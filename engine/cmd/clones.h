/* clones.h: saying that this home, or another one, is a copy (store/clone.h).
 */
#ifndef IR_CMD_CLONES_H
#define IR_CMD_CLONES_H

#include "cmd/cmd.h"

/* One sentence for each key that signs in two places, and what to do; given to
 * `fn`. Returns how many.
 */
size_t ir_clones_each(struct ir_ctx *c,
                      void (*fn)(const char *text, const char *hint, void *arg),
                      void *arg);

/* The same as paragraphs on c->out. */
void ir_clones_say(struct ir_ctx *c);

/* An array of {"key", "handle", "seq", "here", "elsewhere", "first", "last"}.
 *
 * Owns:   the caller's, ir_json_free.
 */
struct ir_json *ir_clones_json(struct ir_ctx *c);

#endif
