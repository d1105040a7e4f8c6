/* base64.h: base64 with padding (RFC 4648, section 4); libsodium's.
 */
#ifndef IR_BASE_BASE64_H
#define IR_BASE_BASE64_H

#include "base/buf.h"
#include "base/err.h"

/* Append the base64 of `n` bytes; with `width` > 0 in lines of that many
 * characters with "\r\n" between them.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_base64(struct ir_buf *out, const void *p, size_t n, size_t width);

/* Append the bytes that `text` stands for; line ends in it are passed over.
 *
 * Errors: IR_EPARSE; `out` is as before.
 */
int ir_base64_decode(struct ir_buf *out, const char *text, size_t n,
                     struct ir_err *err);

#endif
