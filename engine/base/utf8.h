/* utf8.h: text from others, made safe and measured before a terminal sees it.
 * Width and graphemes by utf8proc, never wcwidth.
 */
#ifndef IR_BASE_UTF8_H
#define IR_BASE_UTF8_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Is `s[0..len)` valid UTF-8 without NUL?
 *
 * Errors: none.
 */
bool ir_utf8_valid(const char *s, size_t len);

/* Append `s[0..len)` made harmless: C0 and C1 controls, DEL, ESC, bidi
 * controls (U+061C, 200E-200F, 202A-202E, 2066-2069), U+2028-2029 and bytes
 * that are no UTF-8 become \xNN or \u{NNNN}; `\` itself stays as it is.
 * With keep_lines, \n stays and \t becomes spaces.
 *
 * Owns:   `b` keeps a copy.
 */
void ir_utf8_escape(struct ir_buf *b, const char *s, size_t len,
                    bool keep_lines);

/* Columns a terminal needs for `s` (NUL-terminated, already harmless).
 *
 * Units:  columns; East Asian wide and fullwidth count 2, ambiguous 1.
 */
int ir_utf8_width(const char *s);

/* Append `s` cut to at most `columns`, by whole graphemes, with "…" in the
 * last column when something was cut; returns the columns used.
 *
 * Units:  columns.
 */
int ir_utf8_cut(struct ir_buf *b, const char *s, int columns);

/* Append `s` cut or padded with spaces to exactly `columns`.
 *
 * Units:  columns.
 */
void ir_utf8_pad(struct ir_buf *b, const char *s, int columns);

/* Length in bytes of the first line of `s` when wrapped at `columns`: breaks
 * at spaces, and between CJK characters, but not before closing punctuation
 * or small kana and not after opening brackets (the usual kinsoku rules), nor
 * inside a word of latin text unless the word is longer than the line. A
 * newline in `s` ends the line. *skip is how many bytes to pass over after
 * it (the space or newline). 0 only when `s` is empty.
 *
 * Units:  columns in, bytes out.
 */
size_t ir_utf8_wrap(const char *s, int columns, size_t *skip);

#endif
