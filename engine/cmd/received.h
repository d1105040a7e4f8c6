/* received.h: what came in by a channel and answers no alert: kept in the log
 * as an attempt without refs (docs/format.md, "26 attempt"), a claim that
 * nobody signed, for people to look at. Nothing follows from it.
 */
#ifndef IR_CMD_RECEIVED_H
#define IR_CMD_RECEIVED_H

#include "cmd/cmd.h"
#include "core/deliver.h"

#define IR_RECEIVED_NEW_MS 86400000 /* `ir inbox` shows it for a day */

/* All of it, oldest first. `reply` NULL: there was more from there (`contact`
 * "*": from strangers), which is not kept. */
struct ir_received {
    struct ir_attempt *v;
    size_t n;
};

/* Load it.
 *
 * Owns:   *r is the caller's, ir_received_done, whatever is returned.
 * Errors: IR_ESTORE.
 */
int ir_received_load(struct ir_ctx *c, struct ir_received *r);
void ir_received_done(struct ir_received *r);

/* Take one more over from `a`, which is emptied. */
void ir_received_add(struct ir_received *r, struct ir_attempt *a);

/* Show what came in after `since_ms`, at most the newest `max`, each once,
 * whichever devices read it; returns how many there are.
 *
 * Owns:   `out` keeps a copy; the JSON is the caller's, ir_json_free.
 */
size_t ir_received_say(struct ir_ctx *c, const struct ir_received *r,
                       int64_t since_ms, size_t max, struct ir_buf *out);
struct ir_json *ir_received_json(struct ir_ctx *c, const struct ir_received *r,
                                 int64_t since_ms);

/* The same below the inbox: what came in within a day, and where the rest is;
 * nothing when there is none. Never fails loudly.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_received_note(struct ir_ctx *c, struct ir_buf *out);

#endif
