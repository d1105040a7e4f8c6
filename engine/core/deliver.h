/* deliver.h: an alert on its way to people: of all the ways to reach each of
 * them, which one is due now, which is waited for, and when to look again.
 *
 * Pure: what was attempted comes in as it stands in the log (kind 26), the time
 * is handed down, nothing is sent here. Given the same it says the same, so a
 * sender that was killed goes on where it was.
 *
 * The rules. Ways are tried in the order in which the contact lists them: the
 *   first at once, the next when the one before has failed or cannot be used,
 *   or when nobody has answered `wait_ms` after it was handed over. With `all`
 *   (the gravest alerts) every way is open at once. What failed for the moment
 *   is tried again, later each time (ir_deliver_again); what was refused is
 *   not. What was handed over is never sent a second time to that address.
 *   Unless somebody asks for it on purpose: an attempt "no answer" that says
 *   when to try again opens that way anew. A way marked `at_once` waits for
 * none before it (a correction goes where the mistake went). A way that is for
 * working hours comes last outside of them, one for the rest of the day last in
 * them; of all that is due, who is not at work comes last. Who has answered,
 * or replied, is left in peace; not who names a number that this message did
 * not have. A way whose channel answers nobody now (`stalled`) stays due and
 * holds up no next one. Ways by hand (a telephone, a runner) are named as due,
 * once, for a person to do. A clock that was set back makes nobody wait longer
 * than the rules do. What a carrier took and later reports as failed
 * (IR_ATTEMPT_BY_REPORT) was not handed over. What was tried and has no outcome
 * was cut off: it is due again, with the same number, so that whoever got it
 * can tell that it is the same message.
 */
#ifndef IR_CORE_DELIVER_H
#define IR_CORE_DELIVER_H

#include "core/entry.h"
#include "core/hours.h"

#define IR_DELIVER_AGAIN_MAX 12   /* attempts on one way, then given up */
#define IR_DELIVER_ASKED_MAX 20   /* times one way is asked for anew */
#define IR_DELIVER_WAIT_MS 300000 /* for an answer, if nothing else said */
#define IR_DELIVER_FIRST_AGAIN_MS 30000 /* until the second attempt */
#define IR_DELIVER_LAST_AGAIN_MS 10800000

enum ir_outcome {
    IR_OUTCOME_TRIED = 1,
    IR_OUTCOME_HANDED,
    IR_OUTCOME_DELIVERED,
    IR_OUTCOME_FAILED,
    IR_OUTCOME_REPLIED,
    IR_OUTCOME_NO_ANSWER,
};

/* In `by` of a failure: the carrier says so later, of what it had taken. Then
 * that did not arrive, and the next way opens. */
#define IR_ATTEMPT_BY_REPORT "report"

/* One attempt entry, decoded. */
struct ir_attempt {
    uint8_t id[IR_ID_BYTES], alert[IR_ID_BYTES];
    uint8_t key[IR_KEYID_BYTES]; /* who signed it */
    int status;
    bool far; /* not said by the device that reads it: only a word of somebody's
               */
    uint64_t hlc;
    int64_t at_ms; /* when it happened */
    char *contact, *channel, *address, *reply, *by, *detail; /* or NULL */
    enum ir_outcome outcome;
    uint64_t number;     /* the reply number of that message, 0 none */
    int64_t retry_at_ms; /* failed, no answer: when it is tried again, 0 never
                          */
    bool deputy;         /* by a device in the place of the alert's own */
    uint64_t stands_for; /* a summary of so many alerts; 0: for itself */
};

/* Decode entry `e` of kind attempt.
 *
 * Owns:   *a is the caller's, ir_attempt_done.
 * Errors: IR_EPARSE it is none, or does not say about what it was.
 * Source: docs/format.md, "26 attempt".
 */
int ir_attempt_read(const struct ir_entry *e, struct ir_attempt *a,
                    struct ir_err *err);

/* The same of one that is about no alert: something came in and answers
 * nothing. Its `alert` is all zeros.
 */
int ir_attempt_read_loose(const struct ir_entry *e, struct ir_attempt *a,
                          struct ir_err *err);
void ir_attempt_done(struct ir_attempt *a);

/* Can that way be used now? */
enum ir_way_use {
    IR_WAY_OPEN,
    IR_WAY_SHUT,    /* its channel is down, distrusted or not set up */
    IR_WAY_BY_HAND, /* a person does it */
};

/* For which hours of its person is a way? */
enum ir_way_hours { IR_WAY_ANY_TIME, IR_WAY_AT_WORK, IR_WAY_OFF_WORK };

/* As the contacts say ("work", "off"), else (NULL) by what the means is. */
enum ir_way_hours ir_way_hours_of(const char *means, const char *said);

struct ir_way {
    const char *channel, *address;
    enum ir_way_use use;
    enum ir_way_hours hours;
    size_t place;  /* in the list of the contacts */
    bool at_once;  /* open together with the first */
    bool stalled;  /* in: its channel answers nobody now, see above */
    int64_t ok_ms; /* its channel is said to work since then; 0: not said */
    /* filled by ir_deliver: */
    enum ir_outcome last; /* 0: nothing yet */
    size_t tried_n;       /* times it was tried */
    size_t failed_n;      /* of them failed, since it was asked for last */
    size_t asked_n;       /* times it was asked for anew, on purpose */
    int64_t at_ms;        /* of the last word about it */
    int64_t handed_ms;    /* first handed over or delivered, 0 never */
    const char *detail;   /* why it failed, or NULL; from the attempts */
    bool given_up;        /* failed, and not tried again */
    uint64_t stands_for;  /* tried last as a summary of so many; 0: it was none
                           */
    bool due;             /* now */
};

enum ir_reach {
    IR_REACH_NOT_YET, /* nothing was attempted */
    IR_REACH_TRYING,  /* something is on its way or to be tried again */
    IR_REACH_HANDED,  /* handed over at least once; no word from them */
    IR_REACH_DELIVERED,
    IR_REACH_REPLIED,  /* something came back: a claim */
    IR_REACH_ANSWERED, /* signed, or somebody answered for them */
    IR_REACH_FAILED,   /* every way was tried, and nothing went through */
};

/* Somebody to be reached, with their ways; ir_deliver puts these in the order
 * of the hour. */
struct ir_recipient {
    const char *contact;
    struct ir_way *ways;
    size_t ways_n;
    bool answered;       /* in: by an ack, theirs or on their behalf */
    int64_t answered_ms; /* in: when first, 0 never */
    enum ir_duty duty;   /* in: are they at work now? */
    int64_t duty_ms;     /* in: when that changes; INT64_MAX: not known */
    /* in: when their turn begins, where not everybody's does at once (core/
     * call.h); 0: when the alert went out; INT64_MAX: not yet */
    int64_t open_ms;
    /* in: a routine message waits for them until then (core/hours.h), unless
     * something about it was tried or asked for; 0: it does not */
    int64_t quiet_ms;
    /* filled by ir_deliver: */
    enum ir_reach reach;
    bool exhausted;    /* no way is left to open, nothing is waited for */
    int64_t last_ms;   /* of the last word about any way, 0 none */
    int64_t first_ms;  /* of the first attempt, 0 none */
    int64_t handed_ms; /* first handed over or delivered by any way, 0 never */
    int64_t reply_ms;  /* when something first came back, 0 never */
    int64_t again_ms;  /* when somebody last asked for them again, 0 never */
    uint64_t number;   /* the reply number that was used, 0 none yet */
    const char *reply; /* the newest, borrowed from the attempts; or NULL */
    const char *other; /* the newest that names another message's number: it is
                          shown, and stops nothing; or NULL */
};

struct ir_deliver_in {
    const uint8_t *alert;
    int64_t out_ms; /* when it went out: signed, or cosigned in full */
    int64_t now_ms;
    int64_t wait_ms; /* for an answer before the next way; 0: as above */
    bool all;        /* every way at once */
    bool over; /* cancelled, or waiting for cosignatures: nothing is due */
    const struct ir_attempt *attempts; /* any order; of other alerts too */
    size_t attempts_n;
};

struct ir_due {
    size_t recipient, way;
    int64_t since_ms; /* since when it is */
    uint64_t again;   /* 0 the first attempt on this way, 1 the second, ... */
    bool by_hand;
    bool shut; /* cannot be used: to be written down as failed, once */
};

/* Say what is due and fill what stands of every recipient and way. *next_ms is
 * when to look again: now if something is due that needs no person, INT64_MAX
 * if nothing will be unless somebody does something.
 *
 * Units:  milliseconds since 1970.
 * Owns:   *due is the caller's, free(); in the order of recipients, then ways,
 *         those last who are not at work.
 */
void ir_deliver(const struct ir_deliver_in *in, struct ir_recipient *r,
                size_t n, struct ir_due **due, size_t *due_n, int64_t *next_ms);

/* Does the message wait for their working hours? Call after ir_deliver. */
bool ir_deliver_waits(const struct ir_recipient *r, int64_t now_ms);

/* Was a message missed by a way that could not be used and can be now? What was
 * passed over; what failed before its channel was said to work. Who has
 * answered missed nothing. Call after ir_deliver.
 */
enum ir_missed_how {
    IR_MISSED_NOT,
    IR_MISSED_SHUT,   /* passed over, never tried */
    IR_MISSED_FAILED, /* tried, failed, to be tried again */
    IR_MISSED_TRYING, /* on its way by now, or failed since */
};
enum ir_missed_how ir_deliver_missed(const struct ir_recipient *r,
                                     const struct ir_way *w);

/* How long after the `failed`-th failure on a way it is tried again: 30 s, and
 * twice as long each time up to three hours; 0 when that was the last.
 *
 * Units:  milliseconds.
 */
int64_t ir_deliver_again(size_t failed);

#endif
