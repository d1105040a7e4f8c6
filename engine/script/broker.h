/* broker.h: between a plugin that may let programs run and the process that
 * runs them.
 *
 * The process in which Lua runs is in a sandbox that starts nothing. Before it
 * enters, it starts ir-worker once more as its broker, with one end of a socket
 * and the programs that are granted. Each request is four bytes of length,
 * most significant first, and JSON; so is each answer.
 */
#ifndef IR_SCRIPT_BROKER_H
#define IR_SCRIPT_BROKER_H

#include "base/err.h"
#include "base/json.h"

#define IR_BROKER_OUT_MAX 65536 /* bytes of output kept of a program */
#define IR_BROKER_FD 3          /* where the sandbox keeps its end */

/* Start the broker; *fd is our end. `programs` are absolute paths.
 *
 * Owns:   *fd is the caller's. The broker ends when it is closed.
 * Errors: as ir_spawn_start.
 */
int ir_broker_start(const struct ir_json *programs, int *fd,
                    struct ir_err *err);

/* Let it run {"argv":[],"input":"","timeout_ms":N,"only_look"}:
 * {"exit","out","err"} or
 * {"error","how"}.
 *
 * Owns:   *out is the caller's.
 * Errors: IR_EIO the broker is gone.
 * Blocks: until the program ends, or its time is up.
 */
int ir_broker_ask(int fd, const struct ir_json *req, struct ir_json **out,
                  struct ir_err *err);

/* Be the broker: serve until the other end closes.
 *
 * Errors: IR_EPARSE.
 */
int ir_broker_serve(int fd, const struct ir_json *programs, struct ir_err *err);

#endif
