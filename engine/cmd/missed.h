/* missed.h: what people missed by a way that could not be used and works again:
 * one message for all of it, not a flood of old ones.
 *
 * Each (person, channel, address) has one, actual and exercises apart: about
 * the newest alert, in words that say how many there were. Only who has not
 * answered meanwhile gets it, and only of alerts that are still out. In the log
 * the newest is tried as any other is; when the channel takes it, all of them
 * have been handed over.
 */
#ifndef IR_CMD_MISSED_H
#define IR_CMD_MISSED_H

#include "cmd/sender.h"

/* One to be sent: v[0] is the newest. */
struct ir_missed {
    struct ir_missed_one {
        size_t out, recipient, way; /* places in the outbox */
    } * v;
    size_t n;
};

/* Find what is to be sent so, after ir_outbox_plan; what would have gone out
 * one by one is taken out of what is due.
 *
 * Owns:   *m is the caller's, ir_missed_done; places hold until the outbox is
 *         loaded again.
 */
void ir_missed_find(struct ir_outbox *o, struct ir_missed **m, size_t *n);
void ir_missed_done(struct ir_missed *m, size_t n);

#endif
