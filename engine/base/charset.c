/* charset.c: see charset.h. */
#include "base/charset.h"

#include "base/i18n.h"
#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

/* Append `n` bytes of `p` in the character set `from`. */
static int
convert(const char *from, const uint8_t *p, size_t n, struct ir_buf *out)
{
    iconv_t cd = iconv_open("UTF-8", from);
    char *in = (char *)(uintptr_t)p, chunk[1024];
    size_t before = out->len, left = n;
    int rc = IR_OK;

    if (cd == (iconv_t)-1)
        return IR_EPARSE;
    while (rc == IR_OK && left > 0) {
        char *to = chunk;
        size_t room = sizeof chunk;

        if (iconv(cd, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG)
            rc = IR_EPARSE;
        ir_buf_add(out, chunk, sizeof chunk - room);
    }
    iconv_close(cd);
    if (rc == IR_OK &&
        !ir_utf8_valid((const char *)out->p + before, out->len - before))
        rc = IR_EPARSE;
    if (rc != IR_OK)
        out->len = before;
    return rc;
}

int
ir_charset_utf8(const void *p, size_t n, struct ir_buf *out, const char **name,
                struct ir_err *err)
{
    const uint8_t *b = p;
    int rc = IR_OK;

    if (n >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0) {
        b += 3;
        n -= 3;
    }
    ir_buf_add(out, "", 0);
    if (ir_utf8_valid((const char *)b, n)) {
        *name = "UTF-8";
        ir_buf_add(out, b, n);
    } else if (n >= 2 && b[0] == 0xFF && b[1] == 0xFE) {
        *name = "UTF-16";
        rc = convert("UTF-16LE", b + 2, n - 2, out);
    } else if (n >= 2 && b[0] == 0xFE && b[1] == 0xFF) {
        *name = "UTF-16";
        rc = convert("UTF-16BE", b + 2, n - 2, out);
    } else {
        *name = "Shift_JIS";
        rc = convert("CP932", b, n, out);
    }
    if (rc != IR_OK)
        return ir_fail(err, rc,
                       _("the text is neither UTF-8 nor UTF-16 nor "
                         "Shift_JIS"));
    return IR_OK;
}
