/* line.h: one line in several styles, measured while it is put together. Only
 * files of view/ include this.
 */
#ifndef IR_VIEW_LINE_H
#define IR_VIEW_LINE_H

#include "view/term.h"

struct ir_line {
    struct ir_buf b; /* with escape sequences */
    int width;       /* columns */
};

/* Append harmless text in a style; spaces up to column `to` (at least one,
 * unless the line is empty).
 *
 * Units:  columns.
 * Owns:   the line keeps a copy.
 */
void ir_line_add(const struct ir_term *t, struct ir_line *l,
                 enum ir_style style, const char *s);
void ir_line_to(struct ir_line *l, int to);

/* Do `l`, and `right` at the other end of it, fit the columns? */
bool ir_line_fits(const struct ir_term *t, const struct ir_line *l,
                  const struct ir_line *right);

/* Write the line with `right` (may be NULL) at the right end, and a newline.
 * Empties both. The caller has asked ir_line_fits.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_line_write(const struct ir_term *t, struct ir_line *l,
                   struct ir_line *right, struct ir_buf *out);
void ir_line_done(struct ir_line *l);

#endif
