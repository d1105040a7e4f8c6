/* err.c: see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes of the UTF-8 sequence that begins with `lead` (0xC0 and above). */
static size_t
seq_len(unsigned char lead)
{
    if (lead >= 0xF0)
        return 4;
    return lead >= 0xE0 ? 3 : 2;
}

/* vsnprintf that never ends in the middle of a UTF-8 sequence. */
static void
put_text(char *out, size_t cap, const char *fmt, va_list ap)
{
    int n = vsnprintf(out, cap, fmt, ap);
    unsigned char lead;
    size_t len;

    if (n < 0) {
        out[0] = '\0';
        return;
    }
    if ((size_t)n < cap)
        return;
    len = cap - 1;
    while (len > 0 && ((unsigned char)out[len - 1] & 0xC0) == 0x80)
        len--;
    lead = len > 0 ? (unsigned char)out[len - 1] : 0;
    if (lead >= 0xC0 && len - 1 + seq_len(lead) > cap - 1)
        len--; /* the last sequence is not whole */
    else
        len = cap - 1;
    out[len] = '\0';
}

int
ir_fail(struct ir_err *err, int code, const char *fmt, ...)
{
    va_list ap;

    if (err == NULL)
        return code;
    memset(err, 0, sizeof *err);
    err->code = code;
    va_start(ap, fmt);
    put_text(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    return code;
}

void
ir_err_hint(struct ir_err *err, const char *fmt, ...)
{
    va_list ap;

    if (err == NULL)
        return;
    va_start(ap, fmt);
    put_text(err->hint, sizeof err->hint, fmt, ap);
    va_end(ap);
}

void
ir_err_field(struct ir_err *err, const char *fmt, ...)
{
    va_list ap;

    if (err == NULL)
        return;
    va_start(ap, fmt);
    put_text(err->field, sizeof err->field, fmt, ap);
    va_end(ap);
}

const char *
ir_err_word(int code)
{
    switch (code) {
    case IR_OK:
        return "ok";
    case IR_EUSAGE:
        return "usage";
    case IR_EPARSE:
        return "malformed";
    case IR_ELIMIT:
        return "limit";
    case IR_ENOTFOUND:
        return "not-found";
    case IR_EEXIST:
        return "exists";
    case IR_ESTORE:
        return "store";
    case IR_EIO:
        return "io";
    case IR_EBUSY:
        return "busy";
    case IR_EREFUSED:
        return "refused";
    case IR_ESIG:
        return "signature";
    case IR_EDAMAGED:
        return "damaged";
    case IR_ETIMEOUT:
        return "timeout";
    case IR_ENO:
        return "no";
    default:
        return "failed";
    }
}
