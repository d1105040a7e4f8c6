/* channel_health.h: what is to be known of the channels before they are needed.
 */
#ifndef IR_CMD_CHANNEL_HEALTH_H
#define IR_CMD_CHANNEL_HEALTH_H

#include "cmd/cmd.h"

/* Call `tell` for each finding: a secret that is not here and what the last
 * trial message found are `bad`; mail that nobody tries is not, but should be
 * known.
 *
 * Owns:   texts are borrowed for the call.
 * Errors: none: without a release in force there are no channels.
 */
void ir_channel_health(struct ir_ctx *c,
                       void (*tell)(void *arg, bool bad, const char *what,
                                    const char *hint),
                       void *arg);

#endif
