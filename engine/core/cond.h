/* cond.h: conditions of a plan: data, asked against what is known. */
#ifndef IR_CORE_COND_H
#define IR_CORE_COND_H

#include "core/plan.h"

struct ir_cond_env {
    /* How a step came out: *state is "done", "failed", "skipped" or NULL
     * (otherwise), *chose the option's id or NULL. */
    void (*step)(const char *id, const char **state, const char **chose,
                 void *arg);
    const char *(*var)(const char *name, void *arg); /* NULL: not set */
    void *arg;
    int severity;     /* 1 gravest, 0 unknown */
    const char *mail; /* "ok", "down", "distrusted", or NULL: unknown */
    bool exercise;
};

/* Does `c` hold?
 *
 * Owns:   nothing.
 */
bool ir_cond_eval(const struct ir_cond *c, const struct ir_cond_env *env);

/* Give every condition within `c` to `fn`, itself first.
 *
 * Owns:   nothing; `c` is the plan's.
 */
void ir_cond_walk(const struct ir_cond *c,
                  void (*fn)(const struct ir_cond *c, void *arg), void *arg);

#endif
