/* pick.h: finding one thing among many by what a person types: exactly, by
 * its number in a menu, or by its beginning.
 */
#ifndef IR_CMD_PICK_H
#define IR_CMD_PICK_H

#include "cmd/cmd.h"

/* The index of `typed` among `names`; `what` is the kind of thing for the
 * message ("system"). With `numbers` "1" means names[0].
 *
 * Errors: IR_ENOTFOUND with the nearest in the hint, IR_EUSAGE ambiguous.
 */
int ir_pick(struct ir_ctx *c, const char *what, const char *const *names,
            size_t n, const char *typed, bool numbers, size_t *index);

/* Is it the word for leaving a question: quit, q, 終了 (either width)?
 */
bool ir_is_question(const char *typed);
bool ir_is_quit(const char *typed);

#endif
