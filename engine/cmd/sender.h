/* sender.h: what of the alerts of this device waits to be sent, and sending it:
 * one worker process for each channel, side by side, so that one that hangs
 * holds up nobody else.
 *
 * It meets the rest in the log alone: what is to be sent is folded from alerts
 * and attempts (core/deliver.h), "tried" is durable before a message is handed
 * to a worker, and its outcome is recorded after. Whoever is killed in between
 * has left all that the next one needs.
 */
#ifndef IR_CMD_SENDER_H
#define IR_CMD_SENDER_H

#include "cmd/tree.h"

#define IR_SENDER_LOCK "comms.lock"
#define IR_SENDER_NEXT "comms_next" /* setting: when something is due, ms */
#define IR_SEND_AT_ONCE 100         /* messages to one worker */
#define IR_SEND_OLDEST_MS                                                      \
    172800000 /* two days: older alerts are news of old                        \
               */

/* One alert that was signed on this device, and where it stands. */
struct ir_outgoing {
    const struct ir_valert *row; /* borrowed from the box */
    struct ir_recips to;
    struct ir_deliver_in in;
    struct ir_tree tree; /* tree.json NULL: it is for all at once */
    struct ir_due *due;
    size_t due_n;
    int64_t next_ms;
    uint64_t number; /* by which replies name it */
};

/* All that is on its way from here. */
struct ir_outbox {
    struct ir_ctx *c;
    struct ir_box box;
    struct ir_outgoing *v;
    size_t n;
    struct ir_attempt *attempts; /* about any of them */
    size_t attempts_n, attempts_cap;
    int64_t next_ms;
};

/* Load what was signed here and is not too old (`all`: also by others, and of
 * whatever age, to show it), with what was attempted.
 *
 * Owns:   *o is the caller's, ir_outbox_done, whatever is returned.
 * Errors: IR_ESTORE.
 */
int ir_outbox_load(struct ir_ctx *c, bool all, struct ir_outbox *o);
void ir_outbox_done(struct ir_outbox *o);

/* Work out what is due at `now_ms`. */
void ir_outbox_plan(struct ir_outbox *o, int64_t now_ms);

/* Append attempt entries to the log, signed by this device, in one transaction;
 * each is added to o->attempts too.
 *
 * Errors: IR_ESTORE, IR_EBUSY, IR_EIO no key; then none is recorded.
 */
struct ir_attempt_draft {
    const struct ir_outgoing *out;
    size_t recipient, way;
    enum ir_outcome outcome;
    const char *reply, *detail; /* or NULL */
    uint64_t number;
    int64_t retry_at_ms;
};
int ir_outbox_record(struct ir_outbox *o, const struct ir_attempt_draft *d,
                     size_t n);

/* What a run did, for who asked. */
struct ir_sent {
    size_t handed, failed, waiting; /* messages; waiting: to be tried again */
    size_t by_hand;                 /* people only a person can reach */
};

/* Send until nothing is due within `linger_ms`, or `until_ms` (monotonic; 0:
 * without end) has come. Only one process of a home does it at a time.
 *
 * Errors: IR_EBUSY another one is at it; IR_ESTORE, IR_EIO.
 * Blocks: as said.
 */
int ir_sender_run(struct ir_ctx *c, int64_t linger_ms, int64_t until_ms,
                  struct ir_sent *told);

/* Start `ir comms send` on its own and go on, when something may be due; what
 * does not start is tried at the next command. Never fails loudly.
 */
void ir_comms_kick(struct ir_ctx *c);

#endif
