/* text.h: a sentence in both languages. */
#ifndef IR_CORE_TEXT_H
#define IR_CORE_TEXT_H

#include "base/i18n.h"
#include "base/json.h"

struct ir_text {
    char *en, *ja; /* both set, or both NULL: absent */
};

/* Read {"en": ..., "ja": ...}; anything else gives an absent text.
 *
 * Owns:   *t is the caller's, ir_text_done.
 */
void ir_text_from_json(const struct ir_json *j, struct ir_text *t);
void ir_text_done(struct ir_text *t);

/* Copy a text.
 *
 * Owns:   *to is the caller's, ir_text_done.
 */
void ir_text_copy(const struct ir_text *from, struct ir_text *to);

/* The sentence in the process's language (or the other one if that is empty),
 * or NULL when absent.
 *
 * Owns:   borrowed from `t`.
 */
const char *ir_text(const struct ir_text *t);

/* The same straight from a JSON member `key` of `j`. */
const char *ir_json_text_of(const struct ir_json *j, const char *key);

#endif
