/* call.h: a contact tree while it is worked down: who is tried by what way,
 * who has answered, what is left to do.
 */
#ifndef IR_VIEW_CALL_H
#define IR_VIEW_CALL_H

#include "core/call.h"
#include "core/deliver.h"
#include "view/view.h"

/* One person on one seat, in the order of the tree. */
struct ir_vcall_row {
    size_t level;     /* from 0 */
    bool first;       /* of their seat */
    const char *seat; /* title of the role, or NULL: the person is the seat */
    const char *name;
    const struct ir_call_seat *s;
    const struct ir_call_person *p;
    const struct ir_recipient *r;
    const char *by; /* who answered for them, or NULL */
};

enum ir_vcall_state {
    IR_VCALL_RUNS,
    IR_VCALL_MET,
    IR_VCALL_TRIED,
    IR_VCALL_ENDED,  /* by somebody: ir call end */
    IR_VCALL_WAITING /* for cosignatures */
};

/* All of it; names and texts are as they stand in the contacts. */
struct ir_vcall {
    const uint8_t *id; /* of the alert */
    const char *tree, *title, *text;
    const char *incident; /* or NULL */
    int status;           /* enum ir_status */
    int64_t began_ms, next_ms;
    uint64_t number; /* by which replies name it */
    enum ir_vcall_state state;
    bool commands; /* it looks for a commander */
    bool mine;     /* the reader has called */
    const struct ir_call *call;
    const struct ir_vcall_row *rows;
    size_t n;
};

/* Where a person stands. */
enum ir_vcall_at {
    IR_VCALL_NOT_YET, /* their turn has not begun */
    IR_VCALL_DIAL,    /* somebody has to dial, or go */
    IR_VCALL_SENDING,
    IR_VCALL_HANDED,
    IR_VCALL_DELIVERED,
    IR_VCALL_ACCEPTED, /* with row->p->claimed: they say so */
    IR_VCALL_DECLINED,
    IR_VCALL_SAYS, /* something else: a claim */
    IR_VCALL_SEEN,
    IR_VCALL_NO_ANSWER,
    IR_VCALL_NOT_REACHED,
};
enum ir_vcall_at ir_view_call_at(const struct ir_view *v,
                                 const struct ir_vcall_row *row);

/* The tally: who, since when, by what way, how it stands; at most `lines`
 * lines of people (0: all), the newest turns.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_call(const struct ir_view *v, const struct ir_vcall *x, int lines,
                  struct ir_buf *out);

/* How it ended, or what it waits for; with what is left to do.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_view_call_end(const struct ir_view *v, const struct ir_vcall *x,
                      struct ir_buf *out);

/* How it stands, in one line for the record: "Ito comes; no answer: Tanaka".
 *
 * Owns:   the caller frees with free().
 */
char *ir_view_call_line(const struct ir_view *v, const struct ir_vcall *x);

/* A way that a person has to go: the number alone on its line, what to say (in
 * the language of who is called), the keys.
 */
struct ir_vdial {
    const char *name, *channel, *address, *say, *code;
    enum ir_duty duty; /* are they at work, and when does that change? */
    int64_t duty_ms;
    bool voice;  /* somebody answers at once, or nobody does */
    size_t more; /* others to dial after this */
};
void ir_view_call_dial(const struct ir_view *v, const struct ir_vdial *d,
                       struct ir_buf *out);
/* The keys while nobody is to be dialled. */
void ir_view_call_keys(const struct ir_view *v, struct ir_buf *out);
/* The keys for what somebody else who answered said. */
void ir_view_call_proxy(const struct ir_view *v, struct ir_buf *out);

/* The same as JSON: docs/man/ir-call.1.
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_view_call_json(const struct ir_view *v,
                                  const struct ir_vcall *x);

#endif
