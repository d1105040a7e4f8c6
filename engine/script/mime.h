/* mime.h: one mail as bytes: headers that nothing can break out of, and a
 * text in UTF-8. Pure; no network.
 *
 * Form: RFC 5322 lines ended by CR LF, at most 78 characters; header texts
 * that are not plain ASCII as encoded words (RFC 2047, base64, at most 75
 * characters, never cutting a character); the text as base64 (RFC 2045).
 */
#ifndef IR_SCRIPT_MIME_H
#define IR_SCRIPT_MIME_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_MIME_HEADER_MAX 2000 /* bytes of one value */

/* Is this an address that may stand in a mail's envelope: LOCAL@DOMAIN in
 * ASCII, without spaces, quotes, brackets or controls, at most 254 bytes?
 *
 * Source: RFC 5321, sections 4.1.2 and 4.5.3.1.
 */
bool ir_mime_address_ok(const char *s);

/* Append "Name: value\r\n". A value may not hold a line break or another
 * control character, and must be UTF-8; a name is letters, digits and "-".
 *
 * Errors: IR_EREFUSED; `out` is as before.
 */
int ir_mime_header(struct ir_buf *out, const char *name, const char *value,
                   struct ir_err *err);

/* Append "Name: words <address>\r\n", or the address alone where `words` is
 * "".
 *
 * Errors: as above.
 */
int ir_mime_mailbox(struct ir_buf *out, const char *name, const char *words,
                    const char *address, struct ir_err *err);

/* Append "Date: ...\r\n", in UTC.
 *
 * Units:  UTC milliseconds.
 */
void ir_mime_date(struct ir_buf *out, int64_t ms);

/* Append the headers of a text, the empty line and the text. Line ends of any
 * kind become CR LF.
 *
 * Owns:   keeps a copy.
 */
void ir_mime_text(struct ir_buf *out, const char *text, size_t n);

#endif
