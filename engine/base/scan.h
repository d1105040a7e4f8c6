/* scan.h: plain text into numbers, names and hex, strictly: nothing before,
 * nothing after, no sign where none belongs, no overflow.
 */
#ifndef IR_BASE_SCAN_H
#define IR_BASE_SCAN_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Parse all of `s` as a decimal number in min..max.
 *
 * Errors: IR_EPARSE not a number, IR_ELIMIT out of range; *out untouched.
 */
int ir_scan_int(const char *s, int64_t min, int64_t max, int64_t *out,
                struct ir_err *err);

/* Parse `n` bytes from 2n hex digits (upper or lower).
 *
 * Errors: IR_EPARSE; out untouched.
 */
int ir_scan_hex(const char *s, uint8_t *out, size_t n, struct ir_err *err);

/* Write `n` bytes as 2n lower-case hex digits and a NUL.
 *
 * Units:  `out` holds 2n+1 bytes.
 */
void ir_hex(const uint8_t *p, size_t n, char *out);

/* Is `s` one name: [a-z0-9][a-z0-9._-]*, at most 40 bytes, and neither "."
 * nor "..".
 *
 * Source: docs/man/ir-runbook.5, "Names".
 */
bool ir_name_ok(const char *s);

/* How far apart two words are (Damerau-Levenshtein, capped at 9), for
 * "did you mean".
 *
 * Units:  edits.
 */
int ir_edit_distance(const char *a, const char *b);

#endif
