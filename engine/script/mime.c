/* mime.c: see mime.h. */
#include "script/mime.h"

#include "base/base64.h"
#include "base/i18n.h"
#include "base/utf8.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#define LINE_MAX 78
#define ENCODED_MAX 76 /* characters of a line that holds an encoded word */
#define WRAPPING 12    /* of an encoded word: =?UTF-8?B??= */
#define WORD_BYTES 45  /* of text in one encoded word: 60 characters */

bool
ir_mime_address_ok(const char *s)
{
    const char *at = strchr(s, '@');
    size_t i, n = strlen(s);

    if (n > 254 || s[0] == '-' || at == NULL || at == s || at[1] == '\0' ||
        strchr(at + 1, '@') != NULL || at - s > 64)
        return false;
    for (i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) &&
            (s[i] == '\0' || strchr("!#$%&'*+-/=?^_`{|}~.@[]:", s[i]) == NULL))
            return false;
    return true;
}

static bool
name_ok(const char *s)
{
    size_t i;

    for (i = 0; s[i] != '\0'; i++)
        if (!isalnum((unsigned char)s[i]) && s[i] != '-')
            return false;
    return i > 0 && i <= 60;
}

/* Plain enough to stand as it is? */
static bool
is_plain(const char *s)
{
    size_t i;

    for (i = 0; s[i] != '\0'; i++)
        if ((unsigned char)s[i] >= 0x7F)
            return false;
    return strstr(s, "=?") == NULL;
}

static int
check(const char *name, const char *value, struct ir_err *err)
{
    size_t i, n = strlen(value);

    if (!name_ok(name))
        return ir_fail(err, IR_EREFUSED, _("a header cannot have this name"));
    for (i = 0; i < n; i++)
        if ((unsigned char)value[i] < 0x20 || value[i] == 0x7F)
            return ir_fail(err, IR_EREFUSED,
                           _("a header (%s) may not hold a line break"), name);
    if (n > IR_MIME_HEADER_MAX || !ir_utf8_valid(value, n))
        return ir_fail(err, IR_EREFUSED,
                       _("a header (%s) is too long or no UTF-8"), name);
    return IR_OK;
}

/* Words of ASCII, folded at spaces. `col` is where the line is. */
static void
put_plain(struct ir_buf *out, const char *s, size_t *col)
{
    while (*s != '\0') {
        size_t spaces = strspn(s, " "), n = strcspn(s + spaces, " ");

        if (n == 0)
            return; /* spaces at the end say nothing */
        if (*col + spaces + n > LINE_MAX && spaces > 0) {
            ir_buf_adds(out, "\r\n");
            *col = 0;
        }
        ir_buf_add(out, s, spaces + n);
        *col += spaces + n;
        s += spaces + n;
    }
}

/* Encoded words, one a line but for the first. */
static void
put_encoded(struct ir_buf *out, const char *s, size_t *col)
{
    size_t n = strlen(s), at = 0, len, step, room;
    bool first = true;

    while (at < n) {
        /* what stands before the first word on its line leaves less */
        room = first && *col + WRAPPING + 8 < ENCODED_MAX
                   ? (ENCODED_MAX - *col - WRAPPING) / 4 * 3
                   : WORD_BYTES;
        room = room < WORD_BYTES ? room : WORD_BYTES;
        for (len = 0; at + len < n; len += step) {
            (void)ir_utf8_next(s + at + len, n - at - len, &step);
            if (len + step > room)
                break;
        }
        if (!first)
            ir_buf_adds(out, "\r\n ");
        ir_buf_adds(out, "=?UTF-8?B?");
        ir_base64(out, s + at, len, 0);
        ir_buf_adds(out, "?=");
        *col = 1 + WRAPPING + (len + 2) / 3 * 4;
        at += len;
        first = false;
    }
}

int
ir_mime_header(struct ir_buf *out, const char *name, const char *value,
               struct ir_err *err)
{
    int rc = check(name, value, err);
    size_t col = strlen(name) + 2;

    if (rc != IR_OK)
        return rc;
    ir_buf_addf(out, "%s: ", name);
    if (is_plain(value))
        put_plain(out, value, &col);
    else
        put_encoded(out, value, &col);
    ir_buf_adds(out, "\r\n");
    return IR_OK;
}

int
ir_mime_mailbox(struct ir_buf *out, const char *name, const char *words,
                const char *address, struct ir_err *err)
{
    int rc = check(name, words, err);
    size_t col = strlen(name) + 2, i;

    if (rc == IR_OK && !ir_mime_address_ok(address))
        rc = ir_fail(err, IR_EREFUSED, _("\"%.80s\" is no mail address"),
                     address);
    if (rc != IR_OK)
        return rc;
    ir_buf_addf(out, "%s: ", name);
    if (words[0] == '\0') {
        ir_buf_addf(out, "%s\r\n", address);
        return IR_OK;
    }
    if (is_plain(words) && strlen(words) < 60) {
        ir_buf_addc(out, '"');
        for (i = 0; words[i] != '\0'; i++) {
            if (words[i] == '"' || words[i] == '\\')
                ir_buf_addc(out, '\\');
            ir_buf_addc(out, words[i]);
        }
        ir_buf_addc(out, '"');
    } else {
        put_encoded(out, words, &col);
    }
    ir_buf_addf(out, "\r\n <%s>\r\n", address);
    return IR_OK;
}

void
ir_mime_date(struct ir_buf *out, int64_t ms)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t t = (time_t)(ms / 1000);
    struct tm tm;

    if (gmtime_r(&t, &tm) == NULL)
        return;
    ir_buf_addf(out, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d +0000\r\n",
                days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
                tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void
ir_mime_text(struct ir_buf *out, const char *text, size_t n)
{
    struct ir_buf lines = {0}, good = {0};
    size_t i;

    ir_buf_adds(out, "MIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=UTF-8\r\n"
                     "Content-Transfer-Encoding: base64\r\n\r\n");
    ir_utf8_repair(&good, text, n);
    for (i = 0; i < good.len; i++) {
        if (good.p[i] == '\r' && i + 1 < good.len && good.p[i + 1] == '\n')
            continue;
        if (good.p[i] == '\n' || good.p[i] == '\r')
            ir_buf_adds(&lines, "\r\n");
        else
            ir_buf_addc(&lines, good.p[i]);
    }
    ir_base64(out, ir_buf_str(&lines), lines.len, 76);
    ir_buf_adds(out, "\r\n");
    ir_buf_done(&good);
    ir_buf_done(&lines);
}
