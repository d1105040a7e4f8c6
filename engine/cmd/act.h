/* act.h: recording what became of a step, with everything that goes with it:
 * measures, service levels, clocks, who was told, exceptions.
 */
#ifndef IR_CMD_ACT_H
#define IR_CMD_ACT_H

#include "cmd/case.h"

/* Operations of a step entry: docs/format.md, kind 17. */
enum ir_step_op {
    IR_OP_TAKE = 1,
    IR_OP_BEGIN = 2,
    IR_OP_DONE = 3,
    IR_OP_FAIL = 4,
    IR_OP_SKIP = 5,
    IR_OP_ANSWER = 6,
    IR_OP_CHOOSE = 7,
    IR_OP_GIVE_BACK = 8,
};

/* What a person said about a step. NULL and 0 where nothing. */
struct ir_said {
    const char *reason;   /* skip, fail, choice, cutting a wait short */
    const char *note;     /* what was seen */
    const char *at;       /* when it happened, as typed */
    const char *choice;   /* option id */
    const char *again;    /* "yes" or "no" at a repeat */
    const char *override; /* destroys without evidence: why */
    const char *break_glass;
    const char *from;                 /* clock step: counts from, as typed */
    const char *level;                /* service step: percent reached */
    const char *to, *means, *receipt; /* tell: whom, how, number */
    const struct ir_pair *answers;    /* ask: variable, value (parsed) */
    size_t answers_n;
    bool running; /* ir is about to run the step's command */
    /* a command that ran */
    bool ran;
    int exit;
    const uint8_t *output; /* digest, or NULL */
    uint64_t output_bytes;
};

/* Find the step that `name` means (NULL: the one in focus).
 *
 * Errors: as ir_incident_step.
 */
int ir_act_find(struct ir_ctx *c, const struct ir_case *k, const char *name,
                size_t *i);

/* Draft a step entry of step `i`.
 *
 * Owns:   the draft is borrowed from the batch.
 */
struct ir_draft *ir_act_draft(struct ir_batch *b, const struct ir_case *k,
                              size_t i, enum ir_step_op op,
                              const struct ir_said *said);

/* Take the right to write (ir_case_hold) for deciding about step `i`, unless
 * it is over or has not come up, which nobody needs a key to be told.
 *
 * Errors: as ir_case_hold, and of the gate.
 */
int ir_act_hold(struct ir_ctx *c, struct ir_case *k, size_t *i);

/* May step `i` happen now? Adds what must be recorded with it (exceptions for
 * break-glass and override, a cut wait). When a second person is needed and
 * nobody has been asked, records the request and returns IR_EREFUSED.
 *
 * Errors: IR_EREFUSED with the way on.
 */
int ir_act_gate(struct ir_ctx *c, struct ir_case *k, size_t i,
                struct ir_said *said, struct ir_batch *b);

/* Does step `i` destroy, and name what nobody knows yet? Then it may not be
 * done: nothing is wiped by mistake.
 *
 * Errors: IR_EREFUSED with the command that answers.
 */
int ir_act_known(struct ir_ctx *c, const struct ir_case *k, size_t i);

/* Record step `i` as done (or chosen, where it is a decision) with its
 * effects.
 *
 * Errors: IR_EREFUSED, IR_EUSAGE what is missing, and what recording says.
 */
int ir_act_done(struct ir_ctx *c, struct ir_case *k, size_t i,
                struct ir_said *said);

#endif
