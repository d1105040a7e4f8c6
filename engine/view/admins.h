/* admins.h: who the administrators are, and what waits for several of them. */
#ifndef IR_VIEW_ADMINS_H
#define IR_VIEW_ADMINS_H

#include "view/view.h"

/* Administrators, how many must agree, what waits; with a warning where one
 * lost key would leave a site that nobody can change.
 */
void ir_view_admins(const struct ir_view *v, struct ir_buf *out);
struct ir_json *ir_view_admins_json(const struct ir_view *v);

/* One proposal: what it changes, who agreed, what is missing.
 *
 * Owns:   the JSON is the caller's, ir_json_free.
 */
void ir_view_proposal(const struct ir_view *v, const struct ir_proposal *p,
                      struct ir_buf *out);
struct ir_json *ir_view_proposal_json(const struct ir_view *v,
                                      const struct ir_proposal *p);

/* Is there one administrator only, and how to add another? One sentence, or
 * NULL.
 *
 * Owns:   static.
 */
const char *ir_view_lone_admin(const struct ir_trust *t);

#endif
