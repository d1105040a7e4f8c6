/* callrun.h: one call down a contact tree: finding it, how it stands, and
 * writing down what became of it by hand.
 */
#ifndef IR_CMD_CALLRUN_H
#define IR_CMD_CALLRUN_H

#include "cmd/sender.h"
#include "view/call.h"

struct ir_callrun {
    struct ir_ctx *c;
    struct ir_outbox o;
    struct ir_outgoing *x; /* borrowed from `o`; NULL: there is none */
    int64_t version;       /* of the store when it was loaded */
    uint8_t alert[IR_ID_BYTES];
    /* filled by ir_callrun_view */
    struct ir_vcall view;
    struct ir_vcall_row *rows;
    char **names; /* of members who answered for others */
    size_t names_n;
    char *text;
};

/* Which call is meant. */
struct ir_callwhich {
    const char *tree;        /* NULL: any */
    const uint8_t *alert;    /* NULL: the newest */
    const uint8_t *incident; /* with `tree`: of that one; NULL: outside all */
};

/* Load what is on its way, and find the call.
 *
 * Owns:   *r is the caller's, ir_callrun_done, whatever is returned.
 * Errors: IR_ESTORE.
 */
int ir_callrun_load(struct ir_ctx *c, const struct ir_callwhich *which,
                    struct ir_callrun *r);
void ir_callrun_done(struct ir_callrun *r);

/* Look again: what others recorded, and the time. *changed: something was
 * recorded since.
 *
 * Errors: IR_ESTORE; IR_ENOTFOUND it is gone (with the tree).
 */
int ir_callrun_again(struct ir_callrun *r, bool *changed);

/* Lay out r->view for `x` (one of r->o), as of now; r->x is `x` from then on.
 */
void ir_callrun_view(struct ir_callrun *r, struct ir_outgoing *x);

/* Is somebody left whom a person has to dial (other than who acts)? */
bool ir_callrun_to_dial(const struct ir_callrun *r);

/* What a person at the telephone says of somebody. */
struct ir_callhand {
    const char *contact, *channel, *address;
    enum ir_outcome outcome;
    int ack;             /* enum ir_ack_code they answered, 0 none */
    const char *reply;   /* their words, or NULL */
    const char *detail;  /* what else is known: who answered, or NULL */
    const char *how;     /* with `ack`: how it is known */
    int64_t retry_at_ms; /* no answer: ask them again, 0 no */
    uint64_t number;     /* by which the reply named it, 0 none */
};

/* Write it down, signed by who acts: one attempt, and what they answered.
 *
 * Errors: as ir_batch_commit; then nothing is recorded.
 */
int ir_callrun_record(struct ir_ctx *c, const struct ir_alert *a,
                      const struct ir_callhand *h, size_t n);

/* The next look takes in what this process has recorded itself. */
void ir_callrun_stale(struct ir_callrun *r);

/* What became of the call of step `i`, in one line for the record; NULL: it
 * calls nobody, or nobody has called.
 *
 * Owns:   the caller frees with free().
 */
char *ir_callrun_step(struct ir_ctx *c, const struct ir_case *k, size_t i);

/* Look after the call on the terminal until it is over or left; see
 * docs/man/ir-call.1. *left: it runs on.
 *
 * Errors: as above, IR_EIO no terminal.
 */
int ir_call_live(struct ir_callrun *r, bool *left);

#endif
