/* plan_graph.h: how the steps of a plan hang together, as indexes: what the
 * lint looks at and what the flow walks.
 *
 * An edge goes forward when its target stands later in the list; otherwise it
 * goes back, and taking it begins a new iteration (flow.h).
 */
#ifndef IR_CORE_PLAN_GRAPH_H
#define IR_CORE_PLAN_GRAPH_H

#include "core/plan.h"

enum {
    IR_TO_NONE = -1, /* no such edge; also: a name that names no step */
    IR_TO_END = -2,  /* the branch ends here */
};

struct ir_pway { /* an edge that goes forward */
    int from;
    bool named; /* made by a go, not by standing next in the list */
};

struct ir_pnode {
    bool undo; /* stands outside the flow */
    int next;  /* the next step of the list that is no undo step, or END */
    int fall;  /* where it goes on by itself: go, or next */
    int fail;  /* on_fail.go, or NONE */
    int again; /* repeat.to, or NONE */
    int opt[IR_PLAN_OPTIONS_MAX]; /* go of each option, else fall */
    int opt_n;
    struct ir_pway *in; /* the edges that lead here, by source */
    int in_n;
    int *after; /* indexes, NONE for unknown names */
    int after_n;
    int *wait; /* steps that `when` names, without repeats */
    int wait_n;
    int undone; /* of an undo step: the step it undoes */
};

struct ir_pgraph {
    const struct ir_plan *plan;
    int n;
    int first; /* the first step that is no undo step, or NONE */
    struct ir_pnode *node;
    int *order;  /* every step; what a step depends on comes before it */
    bool cyclic; /* no such order exists: `order` is list order then */
};

/* Make the graph of `p`. Names that name no step become IR_TO_NONE.
 *
 * Owns:   *g is the caller's, ir_pgraph_done; borrows `p`.
 */
void ir_pgraph_init(const struct ir_plan *p, struct ir_pgraph *g);
void ir_pgraph_done(struct ir_pgraph *g);

/* The edges by which step `s` may lead to a step: fall (unless it is a
 * decision whose options all say where), options, fail, again.
 *
 * Units:  `to` holds IR_PLAN_OPTIONS_MAX + 4; returns how many, targets that
 *         are no step left out.
 */
int ir_pgraph_out(const struct ir_pgraph *g, int s, int *to);

/* Where a skipped step goes on: fall, but never back; a decision without
 * option that falls goes where its first option leads that goes forward.
 */
int ir_pgraph_skip(const struct ir_pgraph *g, int s);

#endif
