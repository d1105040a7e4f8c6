/* plan_lint.h: shared by the parts of the plan's lint; use plan.h. */
#ifndef IR_CORE_PLAN_LINT_H
#define IR_CORE_PLAN_LINT_H

#include "core/plan.h"

struct ir_lint {
    const struct ir_plan *plan;
    void (*found)(bool fatal, int step, const char *field, const char *msg,
                  void *arg);
    void *arg;
};

/* Report one finding; `step` -1 is the plan as a whole.
 *
 * Owns:   nothing.
 */
void ir_lint_say(const struct ir_lint *l, bool fatal, int step,
                 const char *field, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Look at the texts, arguments and questions of step `i`; at the variables.
 *
 * Owns:   nothing.
 */
void ir_lint_texts(const struct ir_lint *l, int i);
void ir_lint_vars(const struct ir_lint *l);

#endif
