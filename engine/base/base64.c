/* base64.c: see base64.h. */
#include "base/base64.h"

#include "base/i18n.h"

#include <sodium.h>
#include <stdlib.h>

void
ir_base64(struct ir_buf *out, const void *p, size_t n, size_t width)
{
    size_t cap = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    char *text = ir_malloc(cap);
    size_t len = cap - 1, at, step = width > 0 ? width : len + 1;

    sodium_bin2base64(text, cap, p, n, sodium_base64_VARIANT_ORIGINAL);
    for (at = 0; at < len; at += step) {
        if (at > 0)
            ir_buf_adds(out, "\r\n");
        ir_buf_add(out, text + at, len - at < step ? len - at : step);
    }
    free(text);
}

int
ir_base64_decode(struct ir_buf *out, const char *text, size_t n,
                 struct ir_err *err)
{
    size_t cap = n / 4 * 3 + 3, len = 0;
    uint8_t *bytes = ir_malloc(cap);
    int rc = IR_OK;

    if (sodium_base642bin(bytes, cap, text, n, "\r\n", &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) == 0)
        ir_buf_add(out, bytes, len);
    else
        rc = ir_fail(err, IR_EPARSE, _("not base64"));
    free(bytes);
    return rc;
}
