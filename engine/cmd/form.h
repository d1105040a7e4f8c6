/* form.h: asking what a form needs: words of the command line, what was pasted,
 * questions on the terminal. Shared by `ir triage`, `report-in` and
 * `report-out`.
 */
#ifndef IR_CMD_FORM_H
#define IR_CMD_FORM_H

#include "cmd/cmd.h"
#include "core/body.h"
#include "core/form.h"

struct ir_answers {
    struct ir_pair v[IR_FORM_FIELDS_MAX]; /* values on the heap */
    size_t n;
    bool ended; /* the end of input: nothing more is asked */
};

/* Add an answer; beyond IR_FORM_FIELDS_MAX it is dropped.
 *
 * Owns:   takes `value`; `name` is borrowed. ir_answers_done frees the values.
 */
void ir_answers_put(struct ir_answers *a, const char *name, char *value);
void ir_answers_done(struct ir_answers *a);

/* The value of the word "id=value" among `words`, or NULL.
 *
 * Owns:   borrowed from `words`.
 */
const char *ir_given(const char *const *words, size_t n, const char *id);

/* Is each word's name among the ids of `items`?
 *
 * Errors: IR_EUSAGE with the ids.
 */
int ir_given_check(struct ir_ctx *c, const char *const *words, size_t n,
                   const struct ir_json *items);

/* The form of that id in the release in view (the newest where none is in
 * force).
 *
 * Owns:   borrowed from `c`.
 * Errors: IR_ENOTFOUND.
 */
int ir_form_find(struct ir_ctx *c, const char *id, const struct ir_json **out);

/* The form for `ir report-in` that a word names, or one asked for. */
int ir_form_choose(struct ir_ctx *c, const char *word,
                   const struct ir_json **out);

/* One field of report-in: `said`, or asked; an empty answer is "unknown".
 *
 * Errors: IR_EUSAGE they left, IR_EPARSE `said` does not fit.
 */
int ir_form_field(struct ir_ctx *c, const struct ir_json *field,
                  const char *said, struct ir_answers *a);

#endif
