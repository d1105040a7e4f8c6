/* form.h: the questions of a form (an object "form" of a release, or one made
 * of what a deadline says a report must contain) as typed questions.
 */
#ifndef IR_CORE_FORM_H
#define IR_CORE_FORM_H

#include "core/plan.h"

#define IR_FORM_FIELDS_MAX 60
#define IR_FORM_TEXT_MAX 4000 /* bytes of an answer to an authority */

/* A field of a form as a variable, so that answers are checked and shown like
 * a runbook's.
 *
 * Owns:   *v is the caller's, ir_form_var_done.
 */
void ir_form_var(const struct ir_json *field, struct ir_var *v);
void ir_form_var_done(struct ir_var *v);

/* Check and normalise what was typed for `v` in a report to an authority. Empty
 * and "under investigation", in either language, are "": it is read as under
 * investigation. A time or number in words ("about 1,200") is kept as it is,
 * and text may be as long as IR_FORM_TEXT_MAX.
 *
 * Owns:   *out is the caller's, free().
 * Errors: IR_EPARSE in words for the person who typed it.
 */
int ir_form_value(const struct ir_var *v, const char *typed, int64_t now_ms,
                  char **out, struct ir_err *err);

/* A form of what `deadline` says its report must contain; "title" is that of
 * the deadline, the fields are "item-1", "item-2", ...
 *
 * Owns:   the caller frees with ir_json_free.
 */
struct ir_json *ir_form_of_deadline(const struct ir_json *deadline);

#endif
