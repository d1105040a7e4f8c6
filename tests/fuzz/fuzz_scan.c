/* fuzz_scan.c: numbers against a second reading with wider arithmetic, hex
 * there and back, names, and the symmetry of the edit distance.
 */
#include "base/buf.h"
#include "base/scan.h"
#include "fuzz.h"

#include <string.h>
#include <strings.h>

__extension__ typedef __int128 wide; /* bits enough for any overflow */

/* Digits read with 128 bits; false if it is no number or far too large. */
static bool
read_wide(const char *s, bool negative_ok, wide *v)
{
    bool minus = negative_ok && *s == '-';

    *v = 0;
    s += minus;
    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9')
            return false;
        if (*v < ((wide)1 << 100))
            *v = *v * 10 + (*s - '0');
    }
    if (minus)
        *v = -*v;
    return true;
}

static void
check_int(const char *s, int64_t min, int64_t max)
{
    int64_t got = 77;
    struct ir_err err = {0};
    wide want;
    int rc = ir_scan_int(s, min, max, &got, &err);

    if (!read_wide(s, min < 0, &want))
        MUST(rc == IR_EPARSE && got == 77);
    else if (want < min || want > max)
        MUST(rc == IR_ELIMIT && got == 77);
    else
        MUST(rc == IR_OK && got == (int64_t)want);
    MUST(rc == err.code);
}

static void
check_hex(const char *s, size_t n)
{
    uint8_t bytes[16], again[16];
    char text[33];

    if (ir_scan_hex(s, bytes, n, NULL) != IR_OK)
        return;
    ir_hex(bytes, n, text);
    MUST(strlen(text) == 2 * n && strcasecmp(text, s) == 0);
    MUST(ir_scan_hex(text, again, n, NULL) == IR_OK &&
         memcmp(bytes, again, n) == 0);
}

static void
check_distance(const char *a, const char *b)
{
    int d = ir_edit_distance(a, b);

    MUST(d >= 0 && d <= 9);
    MUST(d == ir_edit_distance(b, a));
    MUST((d == 0) == (strcmp(a, b) == 0));
    MUST(d <= (int)strlen(a) + (int)strlen(b));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *s = ir_strndup((const char *)data, size), *half;

    check_int(s, 0, 100);
    check_int(s, -5, 5);
    check_int(s, INT64_MIN, INT64_MAX);
    check_int(s, 1, INT64_MAX);
    for (size_t n = 0; n <= 16; n++)
        check_hex(s, n);
    if (ir_name_ok(s)) {
        MUST(strlen(s) >= 1 && strlen(s) <= IR_NAME_MAX);
        MUST(strchr(s, '/') == NULL && s[0] != '.' && s[0] != '-');
        MUST(strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(s));
    }
    half = ir_strdup(s + strlen(s) / 2);
    s[strlen(s) / 2] = '\0';
    check_distance(s, half);
    free(half);
    free(s);
    return 0;
}
