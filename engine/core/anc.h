/* anc.h: who knew what: the graph that prev, deps and refs make of entries in
 * fold order. Internal to folding.
 */
#ifndef IR_CORE_ANC_H
#define IR_CORE_ANC_H

#include "core/entry.h"

struct ir_anc {
    size_t n;
    size_t *first;  /* pred[first[i]..first[i + 1]) are i's predecessors */
    size_t *pred;   /* places in fold order, always lower than i */
    uint32_t *mark; /* of the search that saw it last */
    uint32_t search;
    uint64_t budget; /* nodes that searches may still look at */
};

/* Make the graph of `e[0..n)`, which is in fold order without repeats.
 *
 * Owns:   *a is the caller's, ir_anc_done; keeps nothing of `e`.
 */
void ir_anc_init(const struct ir_entry *const *e, size_t n, struct ir_anc *a);
void ir_anc_done(struct ir_anc *a);

/* Did the author of entry `later` know of `earlier` (or are they the same)?
 * Should all searches together have looked at more than IR_ANC_BUDGET nodes,
 * the answer is that they did: a flood of entries must not cost more.
 */
#define IR_ANC_BUDGET 50000000
bool ir_anc_knew(struct ir_anc *a, size_t later, size_t earlier);

/* Mark `from` and everything it knew of in `set`.
 *
 * Units:  `set` holds a->n.
 */
void ir_anc_past(const struct ir_anc *a, size_t from, bool *set);

/* Records that none of the others knew of: what stands now. One, unless people
 * disagree.
 */
struct ir_heads {
    size_t *v; /* ascending */
    size_t n;
};

/* Add record `seq`, later in fold order than all before: it replaces those it
 * knew of.
 *
 * Owns:   the caller frees with ir_heads_done.
 */
void ir_heads_add(struct ir_anc *a, struct ir_heads *h, size_t seq);
void ir_heads_done(struct ir_heads *h);

#endif
