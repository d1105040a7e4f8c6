/* scan.h: plain text into numbers, names and hex, strictly: nothing before,
 * nothing after, no sign where none belongs, no overflow.
 */
#ifndef IR_BASE_SCAN_H
#define IR_BASE_SCAN_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_NAME_MAX 40 /* bytes of a name, without the NUL */

/* Parse all of `s` as a decimal number in min..max: ASCII digits, with a "-"
 * before them only where min is negative; never a "+". Leading zeros are fine.
 *
 * Errors: IR_EPARSE not a number, IR_ELIMIT out of range; *out untouched.
 */
int ir_scan_int(const char *s, int64_t min, int64_t max, int64_t *out,
                struct ir_err *err);

/* Parse `n` bytes from a string of exactly 2n hex digits (upper or lower).
 *
 * Errors: IR_EPARSE; out untouched.
 */
int ir_scan_hex(const char *s, uint8_t *out, size_t n, struct ir_err *err);

/* Write `n` bytes as 2n lower-case hex digits and a NUL.
 *
 * Units:  `out` holds 2n+1 bytes.
 */
void ir_hex(const uint8_t *p, size_t n, char *out);

/* Is `s` one name: [a-z0-9][a-z0-9._-]*, at most IR_NAME_MAX bytes? So
 * never ".", ".." or with a "/" in it.
 *
 * Source: docs/man/ir-runbook.5, "Names".
 */
bool ir_name_ok(const char *s);

/* How far apart two words are, for "did you mean": letters put in, left out,
 * changed, or two neighbours swapped (Damerau-Levenshtein, no letter edited
 * twice), capped at 9. Words over 64 letters are 0 or 9.
 *
 * Units:  edits of code points.
 */
int ir_edit_distance(const char *a, const char *b);

#endif
