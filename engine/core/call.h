/* call.h: working down a contact tree: whose turn it is, when the next one's
 * begins, and how it ended. Pure: what people answered comes in, the time is
 * handed down, nothing is sent here (core/deliver.h says by which way).
 *
 * A tree has levels, a level has seats. A seat is a person, or a role: its
 *   holders in the order in which they deputise. One who accepts takes the
 *   seat. The first of a seat has their turn when the level opens; the next
 *   when the one before declined, could not be reached in any way, or has been
 *   waited for as long as the seat says.
 * The next level opens when every seat of this one is taken, when every seat is
 *   through (nobody of it is left to try or wait for), or after the tree's wait
 *   at the latest.
 * A turn that has begun (something was tried) is not taken back. Who is asked
 * again is waited for once more, as long as their seat says.
 * Who accepts before their turn takes the seat, too.
 * The goal is one seat taken, or each. When it is met nobody else's turn
 * begins. When every level is open and every seat taken or through, everybody
 * was tried. What somebody claims to have answered (a reply by SMS) takes a
 * seat as an answer does; that it is a claim stays visible, and a signed answer
 * by the same person outweighs it.
 */
#ifndef IR_CORE_CALL_H
#define IR_CORE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_CALL_WAIT_MS 300000 /* for one of a seat, if nothing else said */

enum ir_call_answer {
    IR_CALL_SILENT,
    IR_CALL_ACCEPTED,
    IR_CALL_DECLINED,
};

struct ir_call_person {
    const char *contact;
    enum ir_call_answer answer; /* in */
    bool claimed;               /* in: it is not signed by anybody */
    int64_t answered_ms;        /* in */
    int64_t through_ms;         /* in: since when every way was tried; 0: no */
    int64_t begun_ms;           /* in: when something was first tried; 0: no */
    int64_t again_ms;           /* in: when they were asked again; 0: no */
    int64_t open_ms;            /* out: INT64_MAX not yet */
};

struct ir_call_seat {
    const char *word; /* "ito", "role:network" */
    int64_t wait_ms;  /* for each of it; 0: as above */
    struct ir_call_person *v;
    size_t n;
    int taken_by;     /* out: index, -1 nobody */
    int64_t taken_ms; /* out: when first; INT64_MAX: it is not */
    bool through;     /* out: nobody is left to try or to wait for */
};

struct ir_call_level {
    struct ir_call_seat *v;
    size_t n;
    int64_t open_ms; /* out: INT64_MAX not yet */
};

enum ir_call_state {
    IR_CALL_RUNS,
    IR_CALL_MET,   /* the goal */
    IR_CALL_TRIED, /* everybody, and it is not met */
};

struct ir_call {
    struct ir_call_level *v;
    size_t n;
    bool one;        /* the goal is one seat, else each */
    int64_t wait_ms; /* before the next level at the latest; 0: none */
    int64_t began_ms;
    enum ir_call_state state; /* out */
    int64_t next_ms;          /* out: when to look again; INT64_MAX: not by
                                 itself */
    size_t seats, taken;      /* out */
};

/* Fill what is marked "out", as of `now_ms`.
 *
 * Units:  milliseconds since 1970.
 */
void ir_call_plan(struct ir_call *c, int64_t now_ms);

#endif
