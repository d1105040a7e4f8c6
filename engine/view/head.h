/* head.h: the header of the walk, line by line and at several lengths. Only
 * files of view/ include this.
 */
#ifndef IR_VIEW_HEAD_H
#define IR_VIEW_HEAD_H

#include "view/pool.h"
#include "view/walk.h"

#define IR_HEAD_LEVELS 4 /* 0 the longest; facts of a step never pay for it */

/* Title line, record, mail, clocks, people, plan. */
void ir_head(const struct ir_view *v, const struct ir_walk *w, int level,
             struct ir_buf *out);
/* The first line alone. */
void ir_head_title(const struct ir_view *v, const struct ir_incident *inc,
                   struct ir_buf *out);

/* "Flight information: display servers encrypted" in the reader's language.
 *
 * Owns:   kept by the pool.
 */
const char *ir_head_name(const struct ir_view *v, const struct ir_incident *inc,
                         struct ir_pool *pool);

/* One clock in words: what, how long, how much is left, and its state; one
 * role and who holds it; where the record is; the state of mail.
 *
 * Owns:   kept by the pool.
 */
const char *ir_head_clock(const struct ir_view *v,
                          const struct ir_incident *inc,
                          const struct ir_iclock *c, struct ir_pool *pool);
/* The moment that clocks which still run are told for: now, or when the
 * incident closed.
 */
int64_t ir_head_until(const struct ir_view *v, const struct ir_incident *inc);
/* Its name: operation and target, or the legal deadline's title. */
const char *ir_head_clock_name(const struct ir_view *v,
                               const struct ir_iclock *c, struct ir_pool *pool);
const char *ir_head_role(const struct ir_view *v, const struct ir_irole *r,
                         struct ir_pool *pool);
const char *ir_head_record(const struct ir_view *v,
                           const struct ir_view_record *r,
                           struct ir_pool *pool);
/* Does mail work, says who, since when? */
const char *ir_head_mail(const struct ir_view *v, const struct ir_incident *inc,
                         struct ir_pool *pool);
const char *ir_head_mail_word(int mail);

/* The clocks, most pressing first: missed, at risk, by due time, undecided,
 * over. `order` holds inc->clocks_n indexes.
 */
void ir_head_clock_order(const struct ir_incident *inc, size_t *order);

/* " record   text": a label of the header and its wrapped text. */
void ir_head_labelled(const struct ir_view *v, const char *label,
                      enum ir_style style, const char *text,
                      struct ir_buf *out);

/* Is the plan of the incident approved? 0 by somebody else, 1 by its author
 * alone, 2 not at all.
 */
int ir_head_approval(const struct ir_view *v, const struct ir_incident *inc);

#endif
