/* utf8.h: text from others, made safe and measured before a terminal sees it.
 * Width and graphemes by utf8proc, never wcwidth.
 */
#ifndef IR_BASE_UTF8_H
#define IR_BASE_UTF8_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is `s[0..len)` valid UTF-8 without NUL?
 *
 * Errors: none.
 */
bool ir_utf8_valid(const char *s, size_t len);

/* The code point at `s[0..len)` (len > 0) and the bytes it takes: -1 and 1
 * where no valid UTF-8 begins.
 *
 * Units:  *step bytes, 1..4.
 */
int32_t ir_utf8_next(const char *s, size_t len, size_t *step);

/* Is it a code point that a terminal must not see: C0, DEL, C1, bidi controls
 * (U+061C, 200E-200F, 202A-202E, 2066-2069), U+2028-2029, what nobody sees
 * (U+200B, FEFF, tags, blanks that count as letters, and the like; what joins
 * letters or chooses among forms of one is none of it), or no code point
 * (negative)?
 *
 * Source: Unicode 15 UAX #9 table 2.4-2.6; DerivedCoreProperties.txt,
 * Default_Ignorable_Code_Point; Trojan Source, CVE-2021-42574.
 */
bool ir_utf8_harmful(int32_t cp);

/* Append `s[0..len)` with U+FFFD in place of each NUL and each byte that is no
 * UTF-8: valid afterwards, not yet harmless.
 *
 * Owns:   `b` keeps a copy.
 */
void ir_utf8_repair(struct ir_buf *b, const char *s, size_t len);

/* Append `s` with fullwidth ASCII (U+FF01-FF5E) and the ideographic space as
 * plain ASCII, as answers typed with an input method on need.
 *
 * Owns:   `b` keeps a copy.
 */
void ir_utf8_narrow(struct ir_buf *b, const char *s);

/* Append `s` with each character as its plainest form has it: halfwidth kana
 * and fullwidth letters as the usual ones, marks joined to their letters.
 *
 * Owns:   `b` keeps a copy, nothing where `s` is no UTF-8 (false).
 * Source: Unicode UAX #15, NFKC.
 */
bool ir_utf8_compose(struct ir_buf *b, const char *s);

/* Does `text` hold what `words` says, as a reader would take it? Case, width
 * and other forms of a letter, spaces, ends of lines, hyphens, punctuation and
 * the long vowel mark make no difference. In writing with spaces it begins
 * where a word does; in writing without it may stand anywhere. `words` of no
 * letter or digit are in no text.
 *
 * Source: Unicode UAX #15, NFKC; Unicode Standard 5.18, case folding.
 */
bool ir_utf8_says(const char *text, const char *words);

/* How many letters and digits that comparison sees. */
size_t ir_utf8_letters(const char *s);

/* The letter without its accents, or 0 where there is no single one.
 *
 * Source: Unicode UAX #15, NFD without marks.
 */
int32_t ir_utf8_base(int32_t cp);

/* Write foreign text `s` harmless into `out`, for quoting in a message: cut by
 * whole graphemes with "…" to what fits.
 *
 * Units:  `out` of `cap` bytes, at least 8; the NUL is always there.
 */
void ir_utf8_show(const char *s, char *out, size_t cap);

/* Append `s[0..len)` made harmless: what is ir_utf8_harmful becomes
 * \xnn (C0, DEL and bytes that are no UTF-8) or \u{nnnn}; `\` itself stays as
 * it is. With keep_lines, \n stays, \r\n becomes \n, and \t becomes spaces up
 * to the next multiple of 8 columns.
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

/* Append `s` cut to at most `columns`, by whole graphemes, with "…" after them
 * when something was cut; returns the columns used. A wide character that only
 * half fits is left out.
 *
 * Units:  columns; 0 or fewer append nothing.
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
 * it (the spaces at which it broke, and a newline). 0 only when `s` is empty or
 * begins with a newline; the sum of both is 0 only when `s` is empty, so that
 * a loop over it ends. A character wider than `columns` gets a line of its own.
 *
 * Units:  columns in, bytes out.
 * Source: JIS X 4051, line-start and line-end prohibition (kinsoku).
 */
size_t ir_utf8_wrap(const char *s, int columns, size_t *skip);

#endif
