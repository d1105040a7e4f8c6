/* channel_last.h: when something about a channel was found out last on this
 * device, and how it went: a check, a trial message.
 *
 * Form: settings "check:ID" and "canary:ID", "MILLISECONDS ok|bad TEXT".
 */
#ifndef IR_CMD_CHANNEL_LAST_H
#define IR_CMD_CHANNEL_LAST_H

#include "cmd/cmd.h"

#define IR_CHANNEL_CHECK "check"
#define IR_CHANNEL_CANARY "canary"
#define IR_CHANNEL_STALE_MS 604800000 /* so old a check says little */

struct ir_channel_last {
    int64_t at_ms; /* since 1970 */
    bool ok;
    char *text; /* what it said; foreign text */
};

/* What was found out of `what` for channel `id`: false when nothing was, here.
 *
 * Owns:   *last is the caller's, ir_channel_last_done.
 */
bool ir_channel_last_get(struct ir_ctx *c, const char *what, const char *id,
                         struct ir_channel_last *last);
void ir_channel_last_done(struct ir_channel_last *last);

/* Keep it.
 *
 * Errors: IR_ESTORE.
 */
int ir_channel_last_put(struct ir_ctx *c, const char *what, const char *id,
                        const struct ir_channel_last *last);

/* Was it so long ago that it says little? A moment ahead of us counts as long
 * ago: a clock was set.
 */
bool ir_channel_last_stale(const struct ir_channel_last *last, int64_t now_ms);

#endif
