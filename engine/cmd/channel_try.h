/* channel_try.h: trying channels: several side by side, or one plugin that is
 * in no release yet.
 */
#ifndef IR_CMD_CHANNEL_TRY_H
#define IR_CMD_CHANNEL_TRY_H

#include "cmd/channel.h"

struct ir_channel_try {
    const char *id; /* of the channel */
    bool ok;
    char *text; /* what it says, or why not; or NULL */
};

/* Let each of these channels check itself, all at once.
 *
 * Owns:   fills in ok and text; text is the caller's, free().
 * Blocks: until the slowest has answered, at most a minute.
 */
void ir_channel_try_all(struct ir_ctx *c, struct ir_channel_try *v, size_t n);

/* Wait until this run is done.
 *
 * Errors: as ir_channel_poll.
 * Blocks: at most a minute from one answer to the next.
 */
int ir_channel_wait(struct ir_channel_run *r,
                    void (*result)(void *arg, const struct ir_chan_result *),
                    bool (*received)(void *arg, const struct ir_json *),
                    void *arg, struct ir_err *err);

#endif
