/* charset.h: text that another program wrote, as UTF-8.
 */
#ifndef IR_BASE_CHARSET_H
#define IR_BASE_CHARSET_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

/* Append the text of `n` bytes at `p` as valid UTF-8 without a byte order mark.
 * What it is in is found out: UTF-8, UTF-16 with a byte order mark, else
 * Windows-31J (CP932, what Excel in Japan calls Shift_JIS). *name says which.
 *
 * Owns:   `out` keeps a copy, nothing on error; *name is static.
 * Errors: IR_EPARSE none of them, or with NUL in it.
 * Source: iconv(3).
 */
int ir_charset_utf8(const void *p, size_t n, struct ir_buf *out,
                    const char **name, struct ir_err *err);

#endif
