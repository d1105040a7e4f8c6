/* flow.h: the state of every step of one plan, from what was recorded.
 *
 * Pure and total: the same facts give the same states, and as long as one
 * step is not resolved, one can be acted on. Nothing is ever stuck: the steps
 * have an order in which each depends only on earlier ones (plan_graph.h; a
 * plan without one is refused), so the first unresolved one of that order
 * waits for nothing.
 *
 * Reached. The first step is reached at once; `after` = [] too. A step
 *   without `after` is reached when an edge into it is taken: from the step
 *   before it in the list (undo steps are passed over), or from a go, an
 *   option's go or an on_fail.go that names it. A step with `after` is reached
 *   when all it names are resolved and one of them was really reached; a go
 *   that names it counts as one more way in. When every way in is dead, the
 *   step does not apply (dead), and its own edges are dead.
 * Resolved. Done, skipped, does not apply, or failed where on_fail has a go.
 *   Failed without one stays open: done, skip or another try settle it.
 * Edges. Done: its go, else the next of the list; a decision: the option's
 *   go, else the same. Skipped: never back; else as done; a decision without
 *   an option that falls through goes where its first option leads. Failed:
 *   on_fail.go.
 * when. Asked once the step is reached and the steps it names are resolved;
 *   false: does not apply, and the flow passes over it like over a skipped
 *   one. It is asked anew with every fold: a severity raised later makes a
 *   step apply that was passed over. What somebody has begun stays.
 * Loops. A go, option, on_fail.go or repeat to an earlier step (or itself):
 *   of the list from the target to here, the target, this step and whatever
 *   follows from the target begin iteration + 1 and forget their facts; the
 *   target is reached. What runs beside the loop is not repeated. Facts of one
 *   iteration count only in it. Where concurrent records disagree on the
 *   number, the higher one wins in the end: a step stands in the highest
 *   iteration that a record names, and a loop that was taken before that
 *   record does not move it on once more.
 * Undo steps stand outside: optional, open while the step they undo was done
 *   after they last were.
 */
#ifndef IR_CORE_FLOW_H
#define IR_CORE_FLOW_H

#include "core/cond.h"
#include "core/plan_graph.h"

#define IR_ITERATION_MAX 1000000

enum ir_step_state {
    IR_STEP_WAITING,
    IR_STEP_READY,
    IR_STEP_ACTIVE, /* taken or begun by somebody */
    IR_STEP_DONE,
    IR_STEP_FAILED,  /* tried without success: do again, skip with a reason */
    IR_STEP_SKIPPED, /* by a person, with a reason */
    IR_STEP_NA,      /* does not apply: another branch, or `when` is false */
};

/* What was recorded of one step in one iteration, at most one fact each. */
struct ir_flow_fact {
    int step;
    uint64_t iteration;       /* from 1 */
    enum ir_step_state state; /* ACTIVE, DONE, FAILED or SKIPPED */
    int option;               /* of a decision that is done; else -1 */
    bool again;               /* repeat: yes */
    int64_t at_ms;            /* when that became so */
    size_t seq;               /* place in fold order */
};

struct ir_flow_step {
    enum ir_step_state state;
    uint64_t iteration;
    int fact;         /* index of the fact that counts now, or -1 */
    bool resolved;    /* the flow has gone on */
    bool dead;        /* does not apply because another branch was taken */
    bool optional;    /* an undo step */
    bool container;   /* a runbook whose own steps are walked */
    int64_t ready_ms; /* reached at; 0 not yet */
    int64_t over_ms;  /* resolved at */
    size_t since_seq; /* the entry that began this iteration; 0: the start */
    int *needs;       /* waiting: steps it waits for */
    int needs_n;
};

struct ir_flow_in {
    const struct ir_pgraph *graph;
    const struct ir_flow_fact *facts; /* ascending by (step, iteration) */
    size_t facts_n;
    int64_t start_ms;
    const struct ir_cond_env *env; /* its `step` is not used */
    /* A runbook step is reached (iteration, moment) and has not ended: are all
     * its own steps resolved, and since when? False: its plan is not here, so
     * it is walked like any other step. May be NULL. */
    bool (*nested)(int step, uint64_t iteration, int64_t ready_ms,
                   bool *resolved, int64_t *over_ms, void *arg);
    void *arg;
};

/* Tell every step's state.
 *
 * Owns:   *out is the caller's array of graph->n, ir_flow_free.
 */
void ir_flow_run(const struct ir_flow_in *in, struct ir_flow_step **out);
void ir_flow_free(struct ir_flow_step *s, int n);

/* Is everything resolved that must be? Since when (0: not)? */
bool ir_flow_over(const struct ir_flow_step *s, int n, int64_t *over_ms);

#endif
