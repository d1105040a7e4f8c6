/* wake.h: how `ir` tells the daemon, or the sender of messages, that it has
 * recorded something.
 *
 * An empty datagram to a Unix socket in the home, sent after COMMIT. It
 * says nothing but "look": what there is to see stands in the log. Nobody
 * listening is no error, and nobody waits.
 */
#ifndef IR_BASE_WAKE_H
#define IR_BASE_WAKE_H

#include "base/err.h"

#include <stdbool.h>

#define IR_WAKE_IRD "ird.sock"
#define IR_WAKE_SENDER "comms.sock"

/* Listen as `name` in the home that `homefd` is; what an earlier process left
 * there is replaced, so the caller is sure to be the only one (a lock).
 *
 * Owns:   *fd is the caller's, close(); it does not block.
 * Errors: IR_EIO.
 */
int ir_wake_listen(int homefd, const char *name, int *fd, struct ir_err *err);

/* Take everything that has come, so that the descriptor is quiet again; has
 * anything?
 */
bool ir_wake_drain(int fd);

/* Wake whoever listens as `name` in `home`, if anybody does. */
void ir_wake_send(const char *home, const char *name);

#endif
