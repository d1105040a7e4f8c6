/* diff.h: what differs between two releases, object by object, step by step.
 */
#ifndef IR_CMD_DIFF_H
#define IR_CMD_DIFF_H

#include "cmd/cmd.h"

/* Print the differences from one manifest (JSON) to another, whose objects
 * `from` and `to` fetch; only objects whose name begins with `prefix`.
 * Returns how many objects differ.
 *
 * Owns:   appends to `out`; what the callbacks give is borrowed.
 */
struct ir_diff_side {
    const struct ir_json *manifest; /* NULL: nothing there */
    const struct ir_json *(*object)(const char *type, const char *name,
                                    void *arg);
    void *arg;
};
size_t ir_diff(struct ir_ctx *c, const struct ir_diff_side *from,
               const struct ir_diff_side *to, const char *prefix,
               struct ir_buf *out);

/* What differs between two texts: a line each, with its number and "-" or "+".
 *
 * Owns:   appends to `out`.
 */
void ir_diff_lines(struct ir_ctx *c, const char *was, const char *now,
                   struct ir_buf *out);

/* ir_diff as a command prints it: to c->out, "No difference." where there is
 * none; with --json an array of {"type","name","change","steps"}.
 */
void ir_diff_print(struct ir_ctx *c, const struct ir_diff_side *from,
                   const struct ir_diff_side *to, const char *prefix);

/* A side made of a release kept in the store. */
struct ir_diff_stored {
    struct ir_ctx *c;
    uint8_t manifest[32];
};
void ir_diff_stored_side(struct ir_diff_stored *s, struct ir_diff_side *side);

#endif
