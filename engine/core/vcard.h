/* vcard.h: the lines of a vCard 2.1, 3.0 or 4.0. A cursor over bytes: lines
 * are unfolded and decoded, not understood.
 */
#ifndef IR_CORE_VCARD_H
#define IR_CORE_VCARD_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define IR_VCARD_LINE_MAX 10000 /* bytes kept of one line, unfolded */

struct ir_vcard {
    const char *p; /* borrowed */
    size_t n, at;
    int line; /* of what comes next, from 1 */
};

/* NAME;PARAM=VALUE;...:VALUE, without the group before the name. */
struct ir_vcard_line {
    char *name;    /* in capitals */
    char *params;  /* as they stand, in capitals; "" */
    char *value;   /* UTF-8; what was quoted-printable is decoded; escapes of
                      3.0 and 4.0 (\, \; \\ \n) are still there */
    int line;      /* in which it begins */
    bool long_one; /* it was longer than is kept (a photograph) */
};

/* Begin with the text `p[0..n)`.
 *
 * Owns:   `p` is borrowed until the last line.
 */
void ir_vcard_init(struct ir_vcard *v, const char *p, size_t n);

/* The next line: true, or false at the end. What is no NAME:VALUE is passed
 * over.
 *
 * Owns:   *l is the caller's, ir_vcard_line_done; empty unless true.
 * Source: RFC 6350 3.2, 3.3; RFC 2426 2.6; vCard 2.1 (versit) 2.1.3.
 */
bool ir_vcard_next(struct ir_vcard *v, struct ir_vcard_line *l);
void ir_vcard_line_done(struct ir_vcard_line *l);

/* Does parameter `key` have the value `value` (both in capitals): TYPE=A,B,
 * TYPE="A,B", TYPE=A;TYPE=B, or as 2.1 writes it the bare word?
 *
 * Errors: none.
 */
bool ir_vcard_has(const struct ir_vcard_line *l, const char *key,
                  const char *value);

/* Append part `i` of the value (from 0), of those that semicolons part,
 * without its escapes; newlines become spaces. Nothing past the last.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_vcard_part(const struct ir_vcard_line *l, size_t i, struct ir_buf *out);

/* The same with the value as a whole. */
void ir_vcard_text(const struct ir_vcard_line *l, struct ir_buf *out);

#endif
