/* step.h: one step on the screen, piece by piece. Only files of view/ include
 * this.
 */
#ifndef IR_VIEW_STEP_H
#define IR_VIEW_STEP_H

#include "view/pool.h"
#include "view/walk.h"

/* A step being written. */
struct ir_sv {
    const struct ir_view *v;
    const struct ir_incident *inc;
    const struct ir_istep *st;
    const struct ir_step *s; /* NULL: the plan is not here */
    bool full;               /* every way to reach everybody */
    struct ir_pool pool;
    struct ir_buf *out;
};

/* What to type for a step: its short name, or its path where several steps
 * that apply share the name; its title; what it belongs to.
 *
 * Owns:   borrowed from the incident; kept by the pool.
 */
const char *ir_step_typed(const struct ir_incident *inc,
                          const struct ir_istep *st);
const char *ir_step_title(const struct ir_view *v,
                          const struct ir_incident *inc,
                          const struct ir_istep *st, struct ir_pool *pool);

/* "network   3 min left", "operator: Mori since 03:10".
 *
 * Owns:   kept by the pool.
 */
const char *ir_step_who(const struct ir_view *v, const struct ir_istep *st,
                        struct ir_pool *pool);

/* The verb that does it: "run", "choose", "ask" or "done". */
const char *ir_step_verb(const struct ir_step *s);

/* The newest request for this step and iteration, or NULL.
 *
 * Owns:   borrowed from the incident.
 */
const struct ir_irequest *ir_step_request(const struct ir_incident *inc,
                                          const struct ir_istep *st);

/* Title line; what to do; what the step's act needs; what stands in the way.
 */
void ir_step_head(struct ir_sv *x, const char *mark);
void ir_step_body(struct ir_sv *x);
void ir_step_act(struct ir_sv *x);
void ir_step_gates(struct ir_sv *x);
void ir_step_effects(struct ir_sv *x);

/* Holders of a role in their order with their numbers; at most two unless the
 * step is shown in full, and how many more there are.
 *
 * Owns:   kept by the pool.
 */
const char *ir_step_reach(struct ir_sv *x, const char *role);

/* One line for each variable the step names that is not known: its question,
 * and what to type when somebody knows. And: are there such that the step
 * does not ask for by itself? *run: does its command need one?
 */
void ir_step_unknown(struct ir_sv *x);
bool ir_step_lacks(const struct ir_incident *inc, const struct ir_step *s,
                   bool *run);

/* The words for which report it is ("first"); "report" where none is named.
 *
 * Owns:   static, or `kind` itself.
 */
const char *ir_report_say(const char *kind);

/* " Good: text": a paragraph of the step, left out when `text` is "". */
void ir_step_para(struct ir_sv *x, const char *lead, enum ir_style style,
                  const char *text);

#endif
