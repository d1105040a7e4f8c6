/* scan.c: see scan.h. */
#include "base/scan.h"

#include "base/i18n.h"
#include "base/utf8.h"

#include <string.h>

#define WORD_MAX 64 /* code points compared at most */
#define FAR 9       /* what ir_edit_distance answers at most */

static int
not_a_number(const char *s, struct ir_err *err)
{
    char shown[64];

    ir_utf8_show(s, shown, sizeof shown);
    return ir_fail(err, IR_EPARSE, _("\"%s\" is not a whole number"), shown);
}

int
ir_scan_int(const char *s, int64_t min, int64_t max, int64_t *out,
            struct ir_err *err)
{
    bool minus = s[0] == '-' && min < 0, over = false;
    const char *p = s + (minus ? 1 : 0);
    int64_t v = 0;

    if (*p == '\0')
        return not_a_number(s, err);
    for (; *p != '\0'; p++) {
        int digit = *p - '0';

        if (digit < 0 || digit > 9)
            return not_a_number(s, err);
        if (__builtin_mul_overflow(v, (int64_t)10, &v) ||
            __builtin_add_overflow(v, minus ? -digit : digit, &v))
            over = true;
    }
    if (over || v < min || v > max) {
        char shown[64];

        ir_utf8_show(s, shown, sizeof shown);
        return ir_fail(err, IR_ELIMIT, _("%s is not between %jd and %jd"),
                       shown, (intmax_t)min, (intmax_t)max);
    }
    *out = v;
    return IR_OK;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int
ir_scan_hex(const char *s, uint8_t *out, size_t n, struct ir_err *err)
{
    size_t len = 0;

    while (len < 2 * n && hex_digit(s[len]) >= 0)
        len++;
    if (len < 2 * n || s[len] != '\0')
        return ir_fail(err, IR_EPARSE, _("not %zu hexadecimal digits"), 2 * n);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(hex_digit(s[2 * i]) * 16 + hex_digit(s[2 * i + 1]));
    return IR_OK;
}

void
ir_hex(const uint8_t *p, size_t n, char *out)
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digit[p[i] >> 4];
        out[2 * i + 1] = digit[p[i] & 15];
    }
    out[2 * n] = '\0';
}

static bool
lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool
ir_name_ok(const char *s)
{
    size_t n;

    if (!lower_or_digit(s[0]))
        return false;
    for (n = 1; s[n] != '\0'; n++)
        if (n >= IR_NAME_MAX ||
            (!lower_or_digit(s[n]) && strchr("._-", s[n]) == NULL))
            return false;
    return true;
}

/* Code points of a word; bytes that are no UTF-8 count as themselves. */
static size_t
letters(const char *s, int32_t *out)
{
    size_t len = strlen(s), n = 0, step;

    for (size_t i = 0; i < len; i += step) {
        if (n == WORD_MAX)
            return WORD_MAX + 1;
        out[n] = ir_utf8_next(s + i, len - i, &step);
        if (out[n] < 0)
            out[n] = -1 - (unsigned char)s[i];
        n++;
    }
    return n;
}

static int
least(int a, int b)
{
    return a < b ? a : b;
}

int
ir_edit_distance(const char *a, const char *b)
{
    int32_t x[WORD_MAX], y[WORD_MAX];
    int row[3][WORD_MAX + 1];
    size_t xn = letters(a, x), yn = letters(b, y);

    if (xn > WORD_MAX || yn > WORD_MAX)
        return strcmp(a, b) == 0 ? 0 : FAR;
    for (size_t j = 0; j <= yn; j++)
        row[0][j] = (int)j;
    for (size_t i = 1; i <= xn; i++) {
        int *now = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];

        now[0] = (int)i;
        for (size_t j = 1; j <= yn; j++) {
            now[j] = least(up[j] + 1, now[j - 1] + 1);
            now[j] = least(now[j], up[j - 1] + (x[i - 1] != y[j - 1]));
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                now[j] = least(now[j], up2[j - 2] + 1);
        }
    }
    return least(row[xn % 3][yn], FAR);
}
