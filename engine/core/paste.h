/* paste.h: what somebody pasted from a mail or a short message, read against
 * the questions of a form. Lines "name: value" (also "：", "=", and with
 * bullets, numbers and quoting marks before them) whose name is the id of a
 * field, its question, one of its `words` or the [id] that a printed form bears
 * go to that field; where nothing stands behind the colon, the lines below up
 * to an empty one do. Everything else is kept as it came. The text is from
 * strangers: it is repaired to UTF-8, and nothing in it is obeyed.
 */
#ifndef IR_CORE_PASTE_H
#define IR_CORE_PASTE_H

#include "base/json.h"
#include "core/form.h"

#define IR_PASTE_MAX 16384 /* bytes that are read */

struct ir_paste {
    char *value[IR_FORM_FIELDS_MAX]; /* of field i, or NULL */
    size_t matched;
    char *rest; /* lines that were nobody's; "" when none */
    bool cut;   /* there was more than IR_PASTE_MAX */
};

/* Read `len` bytes of `text` against `fields` (an array of a form).
 *
 * Owns:   *out is the caller's, ir_paste_done.
 */
void ir_paste_read(const struct ir_json *fields, const char *text, size_t len,
                   struct ir_paste *out);
void ir_paste_done(struct ir_paste *p);

#endif
