/* sender_in.h: what the files of the sender share, see sender.h.
 */
#ifndef IR_CMD_SENDER_IN_H
#define IR_CMD_SENDER_IN_H

#include "cmd/channel.h"
#include "cmd/sender.h"

#include <signal.h>

#define IR_SENDER_LOOK_MS                                                      \
    250 /* at most this long without a look at the log                         \
         */

/* A message in the hands of a worker. */
struct ir_flight {
    struct ir_attempt_draft d;     /* contact and address are owned */
    struct ir_attempt_draft *with; /* what else it stands for (missed.h) */
    size_t with_n;
    size_t failed_n; /* failures on that way before this attempt */
    bool ended;      /* its outcome is known */
};

/* A channel, and the worker that is at it, if one is. */
struct ir_line {
    struct ir_sender *s;
    char *channel;
    struct ir_channel_run *r; /* NULL: nobody is at it */
    bool receiving;           /* ... for replies */
    struct ir_flight *v;
    struct ir_json *msgs; /* of v[0..n), until they are handed over */
    size_t n, at_once;
    int64_t began_ms;   /* monotonic */
    bool receives;      /* its plugin can */
    bool waited;        /* somebody who was written to has not answered */
    int64_t receive_ms; /* monotonic: when to look for replies */
    int64_t every_ms;   /* between two looks in any case; 0: none */
    int64_t read_ms;    /* wall: when the next of those is due */
    bool was_read;      /* by this sender */
    bool stalled;       /* it answers nobody now: one message tries, at times */
    int64_t probe_ms, probe_wait_ms; /* monotonic: when; after how long */
};

struct ir_sender {
    struct ir_ctx *c;
    struct ir_outbox o;
    struct ir_line **lines;
    size_t lines_n;
    struct ir_attempt_draft *outcomes; /* not yet recorded; texts are owned */
    size_t outcomes_n, outcomes_cap;
    int64_t flush_ms;   /* monotonic: when they are recorded at the latest */
    int64_t trouble_ms; /* since when the log cannot be written; 0: it can */
    int64_t hold_ms;    /* nothing is begun before */
    int64_t settle_ms;  /* wall: as in the outbox */
    int64_t plan_ms;    /* wall: when there is something to plan again */
    int64_t wall_ms;    /* wall: seen last */
    int64_t reload_ms;  /* monotonic: not before */
    int64_t version;    /* of the store when the outbox was loaded */
    int wake_fd;        /* IR_WAKE_SENDER, or -1 */
    bool woken;         /* since the log was looked at */
    const volatile sig_atomic_t *ending; /* a signal asked for it */
    struct ir_sent *told;
};

/* Keep an attempt of that outcome to be recorded with others; what a channel
 * says of it (may be NULL) is cut to what an entry holds.
 *
 * Owns:   copies what `d` borrows.
 */
void ir_sender_outcome(struct ir_sender *s, const struct ir_attempt_draft *d,
                       enum ir_outcome outcome, const char *detail,
                       int64_t retry_at_ms);

/* Record what is known, or, where that cannot be now, keep it.
 *
 * Errors: as ir_sender_trouble.
 */
int ir_sender_flush(struct ir_sender *s);

/* The log could not be written (or, with IR_OK, could): what others have locked
 * or what has no room now may go in a moment. Until then nothing is begun, and
 * what is known waits (s->hold_ms).
 *
 * Errors: `rc` once that has gone on for too long, or is something else.
 */
int ir_sender_trouble(struct ir_sender *s, int rc);

/* Drop what could not be recorded. */
void ir_sender_forget(struct ir_sender *s);

/* Keep when the next message is due, for whoever starts the next sender.
 *
 * Units:  milliseconds since 1970.
 * Errors: IR_ESTORE.
 */
int ir_sender_put_next(struct ir_sender *s, int64_t next_ms);

/* Write down, once, what cannot be used now.
 */
void ir_sender_note_shut(struct ir_sender *s);

/* The line of that channel, made where there is none yet.
 *
 * Owns:   borrowed from `s`.
 */
struct ir_line *ir_line_of(struct ir_sender *s, const char *channel);

/* The worker is through, or is not wanted any more: drop it and what it had. */
void ir_line_land(struct ir_line *l);

/* Take for failed, to be tried again, what no outcome came of: `why`;
 * `stalled`: the channel answers nobody.
 */
void ir_line_take_rest(struct ir_line *l, const char *why, bool stalled);

/* On how many lines messages are being sent. */
size_t ir_sender_flying(const struct ir_sender *s);

/* Put what is due on the lines that nobody is at, as much as each takes at
 * once; *n counts all that is due and needs no person.
 */
void ir_sender_load(struct ir_sender *s, size_t *n);

/* Write down that all on the lines that stand ready is tried, then hand it to
 * workers. What cannot be written down is not sent.
 *
 * Errors: as ir_sender_trouble.
 */
int ir_sender_start(struct ir_sender *s);

/* Wait for workers, or for somebody to write to the log, at most `ms`, and take
 * what workers say.
 *
 * Blocks: at most IR_SENDER_LOOK_MS.
 * Errors: as ir_sender_trouble.
 */
int ir_sender_wait(struct ir_sender *s, int64_t ms);

/* Note on which lines somebody may still answer; look for replies there, and
 * where it is time to read in any case: more than once only if the sender
 * `stays` for something else. Does somebody owe an answer, is something being
 * read?
 *
 * Units:  now_ms since 1970.
 */
void ir_sender_note_waited(struct ir_sender *s, int64_t now_ms);
void ir_sender_receive(struct ir_sender *s, bool stays);
bool ir_sender_is_waiting(const struct ir_sender *s);
bool ir_sender_is_reading(const struct ir_sender *s);

/* Can what comes in there be read, on this machine: does its plugin do so, is
 * its device here, and, where its rules have `replies`, is that set?
 */
bool ir_channel_reads(const struct ir_json *row, const struct ir_json *plugin);

/* Which channels are read at intervals, whoever waits: make their lines; that
 * one was read; and leave word when the next is due (IR_SENDER_READ).
 */
void ir_sender_reads(struct ir_sender *s);
void ir_sender_has_read(struct ir_line *l);
void ir_sender_put_reads(struct ir_sender *s);

/* The wall clock.
 *
 * Units:  milliseconds since 1970.
 */
int64_t ir_sender_wall_ms(void);

#endif
