/* sender.h: what of the alerts of this device waits to be sent, and sending it:
 * one worker process for each channel, side by side, so that one that hangs
 * holds up nobody else.
 *
 * It meets the rest in the log alone: what is to be sent is folded from alerts
 * and attempts (core/deliver.h), "tried" is durable before a message is handed
 * to a worker, and its outcome is recorded after. Whoever is killed in between
 * has left all that the next one needs. What others record meanwhile is read
 * while workers are at it: a flight names its alert, person, channel and
 * address, nothing that a reload moves.
 */
#ifndef IR_CMD_SENDER_H
#define IR_CMD_SENDER_H

#include "cmd/received.h"
#include "cmd/tree.h"
#include "core/deadline.h"
#include "core/takeover.h"
#include "store/append.h"

#define IR_SENDER_LOCK "comms.lock"
#define IR_SENDER_NEXT "comms_next" /* setting: when something is due, ms */
#define IR_SENDER_READ "comms_read" /* setting: when a channel is read, ms */
#define IR_SEND_AT_ONCE 100         /* messages to one worker */
#define IR_SEND_OLDEST_MS 172800000 /* two days: older ones are news of old */

/* A message for people: an alert that was signed on this device, or word that
 * one is over, and where it stands. */
struct ir_outgoing {
    const struct ir_valert *row;      /* borrowed from the box */
    const struct ir_alert_said *over; /* it says that; NULL: the alert itself */
    const struct ir_alert *instead;   /* it takes the place of, or NULL */
    bool mute;   /* for others to send, or old: it is shown alone */
    bool deputy; /* of another device: sent here where that one leaves it */
    struct ir_takeover left;    /* ...as it stands */
    struct ir_attempt *offered; /* of deputies, about what is ours: they count
                                   for what was left alone */
    size_t offered_n;
    struct ir_recips to;
    struct ir_deliver_in in;
    struct ir_attempt *attempts; /* about it */
    size_t attempts_n, attempts_cap;
    struct ir_tree tree; /* tree.json NULL: it is for all at once */
    struct ir_due *due;
    size_t due_n;
    int64_t next_ms;
    uint64_t number; /* by which replies name it; 0: none is asked for */
};

/* All that is on its way from here. */
struct ir_outbox {
    struct ir_ctx *c;
    struct ir_box box;
    struct ir_outgoing *v; /* gravest first */
    size_t n;
    struct ir_site_calendar cal;
    int64_t settle_ms;   /* until then what was left for long is not sent; 0 */
    uint64_t newest_hlc; /* of attempts that were recorded here */
    bool has_node;
    uint8_t node[IR_KEYID_BYTES]; /* the key of this device */
    int64_t next_ms;
    struct ir_received in; /* what answers nothing, once it is needed */
    bool in_loaded;
    char *from, *ref; /* of what came in last: ir_outbox_match */
};

/* Load what was signed here and is not too old (`all`: also by others, and of
 * whatever age, to show it), with what was attempted.
 *
 * Owns:   *o is the caller's, ir_outbox_done, whatever is returned.
 * Errors: IR_ESTORE.
 */
int ir_outbox_load(struct ir_ctx *c, bool all, struct ir_outbox *o);
void ir_outbox_done(struct ir_outbox *o);

/* The same of what is sent from here: what was signed here, and beside it, as
 * deputy, what other devices have to send and may leave.
 */
int ir_outbox_load_sending(struct ir_ctx *c, struct ir_outbox *o);

#define IR_OUTBOX_TAKEN "comms_taken" /* setting: "HEX", a line each */

/* For outbox.c (core/takeover.h): may that attempt of a deputy count? Keep it;
 * move into the outbox, by `add`, what counts by what is due, true: something
 * was; say of each alert of others how it stands; leave of what is due there
 * what this device has to send now; and of what is due here what another one
 * cannot have sent meanwhile. The last: it is to send `x` at once.
 *
 * Owns:   offer: takes what `a` owns.
 * Errors: IR_ESTORE.
 */
bool ir_outbox_offers(const struct ir_outbox *o, const struct ir_outgoing *x,
                      const struct ir_attempt *a);
void ir_outbox_offer(struct ir_outgoing *x, const struct ir_attempt *a);
bool ir_outbox_admit(struct ir_outgoing *x,
                     void (*add)(struct ir_outgoing *x,
                                 const struct ir_attempt *a));
void ir_outbox_stand(struct ir_outbox *o, int64_t now_ms);
void ir_outbox_stand_by(struct ir_outbox *o, struct ir_outgoing *x);
void ir_outbox_settle(struct ir_outbox *o, struct ir_outgoing *x);
int ir_outbox_take(struct ir_ctx *c, const struct ir_outgoing *x);

/* Work out what is due at `now_ms`. */
void ir_outbox_plan(struct ir_outbox *o, int64_t now_ms);

/* Who of its people is at work at x->in.now_ms, and until when it waits for
 * whom: for outbox.c. */
void ir_outbox_hours(const struct ir_outbox *o, struct ir_outgoing *x);

/* The one of that id (of the alert, or of what ends it), or NULL.
 *
 * Owns:   borrowed from `o`.
 */
struct ir_outgoing *ir_outbox_find(struct ir_outbox *o,
                                   const uint8_t id[IR_ID_BYTES]);

/* Find out which key is this device's. */
void ir_outbox_know_us(struct ir_outbox *o);

/* Does `a`, which somebody signed, count for `x`? What goes out from here
 * stands as this device says: another one's word that a message was handed over
 * would keep it from going out. A person's word counts where people do it by
 * hand, for what somebody answered, and to have it sent once more, at once. Of
 * what others send every word counts. Sets a->far.
 */
bool ir_outbox_counts(const struct ir_outbox *o, const struct ir_outgoing *x,
                      struct ir_attempt *a);

/* One attempt to be written down; texts may be NULL and are borrowed. */
struct ir_attempt_draft {
    bool loose; /* something came in that is about no alert */
    uint8_t alert[IR_ID_BYTES];
    bool has_incident;
    uint8_t incident[IR_INCIDENT_BYTES];
    int status;
    const char *contact, *channel, *address, *reply, *by, *detail;
    enum ir_outcome outcome;
    uint64_t number;
    bool deputy;
    uint64_t stands_for; /* a summary of so many; 0: for itself */
    int64_t retry_at_ms;
};

/* Begin one about way `way` of recipient `recipient` of `x`. */
struct ir_attempt_draft ir_attempt_about(const struct ir_outgoing *x,
                                         size_t recipient, size_t way);

/* As it is recorded: to be appended by whoever signs it.
 *
 * Owns:   the body is the caller's to append.
 */
struct ir_draft ir_attempt_entry(const struct ir_attempt_draft *a);

/* Append attempt entries to the log, signed by this device, some hundreds in
 * one transaction; each is added to the outbox, too. *done: how many of them
 * are recorded, from the first on.
 *
 * Errors: IR_ESTORE, IR_EBUSY, IR_EIO no key.
 */
int ir_outbox_record(struct ir_outbox *o, const struct ir_attempt_draft *d,
                     size_t n, size_t *done);

/* The same signed by `who`: what a person did or asks for. */
int ir_outbox_record_by(struct ir_outbox *o, const struct ir_signer *who,
                        const struct ir_attempt_draft *d, size_t n,
                        size_t *done);

/* The message to recipient `recipient` of `x` by their way `way`, as the worker
 * gets it (docs/man/ir-plugin.5). `missed`: it stands for so many that did not
 * get there, `x` being the newest; 0: for itself.
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_outgoing_message(struct ir_outbox *o,
                                    const struct ir_outgoing *x,
                                    size_t recipient, size_t way,
                                    size_t missed);

/* What came in by `channel`, {"from","text","ref"} or {"ref","delivered",
 * "error","how"}: an attempt to be written down about what was sent to that
 * address or under that reference; of a text that answers nothing a loose one
 * (received.h), so many of one sender and of all strangers in a day, and then
 * one that says that there was more. False: it is known already, or nothing is
 * to be kept.
 *
 * Owns:   *d borrows from `o` and `in` until the next call; d->reply is the
 *         caller's, free().
 */
bool ir_outbox_match(struct ir_outbox *o, const char *channel,
                     const struct ir_json *in, struct ir_attempt_draft *d);

/* How it stands with each recipient, as a table (of very many, unless `all`,
 * how many there are of each kind and whom nothing has reached); as a JSON
 * array; and how many there are of each kind, an object (docs/man/ir-comms.1).
 *
 * Owns:   `out` keeps a copy; the JSON is the caller's, ir_json_free.
 */
void ir_outgoing_table(struct ir_ctx *c, const struct ir_outgoing *x, bool all,
                       struct ir_buf *out);

/* What the marks before the ways in such tables mean, as one paragraph.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_outgoing_legend(struct ir_ctx *c, struct ir_buf *out);
struct ir_json *ir_outgoing_json(const struct ir_outgoing *x);
struct ir_json *ir_outgoing_counts(const struct ir_outgoing *x);

/* The device that sent of it in place of the one that had to, or NULL.
 *
 * Owns:   borrowed from c->trust.
 */
const struct ir_cert_key *ir_outgoing_deputy(struct ir_ctx *c,
                                             const struct ir_outgoing *x);

/* Does nothing but a person's hand lead to them now? */
bool ir_outgoing_by_hand(const struct ir_recipient *r);

/* Say of an alert that was just signed what goes out by which way, whom a
 * person has to call and with which words, and to whom no way is open.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_outbox_say(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES],
                   struct ir_buf *out);

/* The same of words for an audience: by which channel to how many, also while
 * it waits, and whose device sends it; and as "channels", "by_hand" of `j`.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_outbox_say_update(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES],
                          struct ir_buf *out);
void ir_outbox_update_json(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES],
                           struct ir_json *j);

/* How far alert `id` has come with each person by which way, below what else is
 * known of it: as text into `out`, or as "delivery" into `j`; either may be
 * NULL.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_outbox_status(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES],
                      struct ir_buf *out, struct ir_json *j);

/* One line on the messages of an incident that nobody has answered: how many
 * are on their way, who was NOT reached; nothing when there are none.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_outbox_line(struct ir_ctx *c, const uint8_t incident[IR_INCIDENT_BYTES],
                    struct ir_buf *out);

/* What a run did, for who asked. */
struct ir_sent {
    size_t handed, failed, waiting; /* messages; waiting: to be tried again */
    size_t replies;
    size_t by_hand; /* people only a person can reach */
};

/* Send until nothing is due within `linger_ms` and no reply is to be waited
 * for, until `until_ms` (monotonic; 0: without end) has come, or until SIGTERM
 * or SIGINT. Only one process of a home does it at a time.
 *
 * Errors: IR_EBUSY another one is at it; IR_ESTORE, IR_EIO.
 * Blocks: as said.
 */
int ir_sender_run(struct ir_ctx *c, int64_t linger_ms, int64_t until_ms,
                  struct ir_sent *told);

/* The lock that a sender holds: taken as *fd, or IR_EBUSY.
 *
 * Owns:   *fd is the caller's, close().
 */
int ir_sender_lock(struct ir_ctx *c, int *fd);

/* `ir` itself: it stands beside this program, or, for a daemon in sbin, in bin
 * beside that.
 *
 * Owns:   the caller frees with free(); NULL when it is not found.
 */
char *ir_comms_program(void);

/* `ir comms test --outside`: what is to be tried by hand, of argv[1..n], or
 * all.
 *
 * Errors: IR_ENOTFOUND, or as ir_batch_commit.
 */
int ir_comms_test_outside(struct ir_ctx *c, int n, char **argv);

/* Start `ir comms send` on its own and go on, or wake the one that runs; not
 * where the contacts have no channels. What does not start is tried at the next
 * command. Never fails loudly; true: it was started.
 */
bool ir_comms_kick(struct ir_ctx *c);

/* The same where the setting says that something is due: cheap to ask. */
bool ir_comms_kick_due(struct ir_ctx *c);

/* Is it time to read what comes in by some channel? Then the next time is a
 * minute from now at least, unless a sender says when.
 */
bool ir_comms_reads_due(struct ir_ctx *c);

/* When something is due: IR_SENDER_NEXT of the store that is open; INT64_MAX
 * nothing is.
 *
 * Units:  milliseconds since 1970.
 */
int64_t ir_comms_next(struct ir_ctx *c);

/* May an entry of that kind make something due? Then whoever records it says
 * so in the same transaction with ir_comms_mark, and whoever dies between that
 * and the sending leaves word.
 *
 * Errors: mark: IR_ESTORE.
 */
bool ir_comms_wakes(uint64_t kind);
int ir_comms_mark(struct ir_ctx *c, struct ir_err *err);

/* Have the contacts of the release in view channels to send by? */
bool ir_comms_has_channels(struct ir_ctx *c);

#endif
