/* report_away.h: what a sheet for an authority is made of when the log cannot
 * be read: the contacts, forms and deadlines as they stand in the directory of
 * the site, and an incident of which nothing is known.
 */
#ifndef IR_CMD_REPORT_AWAY_H
#define IR_CMD_REPORT_AWAY_H

#include "cmd/case.h"

struct ir_away;

/* Read the directory of the site (`site/runbooks` of the home) and make it what
 * is in view; k->inc and k->site are of it, and k->inc->mail says that mail is
 * not to be used: nothing says that it may be.
 *
 * Owns:   *out is the caller's, ir_away_done, which ends what is in view.
 * Errors: as ir_worker_compile; IR_ENOTFOUND there are no contacts.
 * Blocks: as ir_worker_compile.
 */
int ir_away_open(struct ir_ctx *c, struct ir_case *k, struct ir_away **out);
void ir_away_done(struct ir_away *a);

/* The form of that id, or NULL.
 *
 * Owns:   borrowed from `a`.
 */
const struct ir_json *ir_away_form(const struct ir_away *a, const char *id);

#endif
