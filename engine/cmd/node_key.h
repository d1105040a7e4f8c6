/* node_key.h: signing what a device says by itself, with keys/node. */
#ifndef IR_CMD_NODE_KEY_H
#define IR_CMD_NODE_KEY_H

#include "cmd/cmd.h"

/* Read this device's key.
 *
 * Owns:   *node is the caller's, ir_key_free.
 * Errors: IR_EIO, IR_ENOTFOUND none, IR_EREFUSED, IR_ESIG no key file.
 */
int ir_ctx_node_key(struct ir_ctx *c, struct ir_key **node);

/* How that key signs.
 *
 * Owns:   borrows `node`.
 */
struct ir_signer ir_node_signer(const struct ir_key *node);

#endif
