/* shipped.h: where what comes with ir lies: runbooks, plugins. */
#ifndef IR_CMD_SHIPPED_H
#define IR_CMD_SHIPPED_H

/* The directory `what` ("runbooks", "plugins"): IR_DATA, else PREFIX/share/ir
 * beside the running program, else the source tree it was built from.
 *
 * Owns:   the caller frees with free(); NULL when there is none.
 */
char *ir_shipped_dir(const char *what);

#endif
