/* incident_step.h: between the two halves of folding steps: what was recorded
 * of one, and the walk over the plans. Internal.
 */
#ifndef IR_CORE_INCIDENT_STEP_H
#define IR_CORE_INCIDENT_STEP_H

#include "core/fold.h"

struct ir_ifact {
    struct ir_flow_fact flow; /* its `step` is for the caller to fill */
    int by;
    int64_t begun_ms, ended_ms; /* 0: not */
    bool conflict;              /* ended twice, differently */
    int twice[IR_TWICE_MAX];    /* done by these apart, as ir_istep has it */
    size_t twice_n;
};

/* Read the records f->recs[from..to) (one path, one iteration) of `step`,
 * which may be NULL. False: nothing of it stands (taken and given back).
 *
 * Owns:   *x holds nothing.
 */
bool ir_ifact_read(struct ir_fold *f, const struct ir_step *step, size_t from,
                   size_t to, struct ir_ifact *x);

/* The first record whose path is `path` or after it. */
size_t ir_fold_lower(const struct ir_fold *f, const char *path);

#endif
