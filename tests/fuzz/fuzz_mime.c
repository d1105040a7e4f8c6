/* fuzz_mime.c: whatever the words, a mail is one mail: no header ends but
 * where it should, none that was not asked for begins, every line has its
 * length. The input: a header's name, its value, an address and a text, with
 * NUL between.
 */
#include "fuzz.h"
#include "script/mime.h"

#include <string.h>

/* One header: lines ended by CR LF, all but the first begun by a space. A word
 * without a space in it cannot be folded, so that length is asked of encoded
 * ones only. */
static void
check_header(const struct ir_buf *b, bool encoded)
{
    const char *s = ir_buf_str(b), *p = s, *end;

    MUST(b->len == strlen(s));
    while (*p != '\0') {
        end = strstr(p, "\r\n");
        MUST(end != NULL);
        MUST(p == s || *p == ' ');
        MUST(!encoded || end - p <= 80);
        for (; p < end; p++)
            MUST((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7F);
        p = end + 2;
    }
}

static void
check_one(const char *name, const char *value)
{
    struct ir_buf b = {0};
    struct ir_err err;

    if (ir_mime_header(&b, name, value, &err) == IR_OK) {
        MUST(strpbrk(value, "\r\n") == NULL);
        check_header(&b, strlen(name) < 20 &&
                             strstr(ir_buf_str(&b), "=?UTF-8?B?") != NULL);
    } else {
        MUST(b.len == 0 && err.msg[0] != '\0');
    }
    ir_buf_done(&b);
}

static void
check_mailbox(const char *words, const char *address)
{
    struct ir_buf b = {0};
    struct ir_err err;

    if (ir_mime_mailbox(&b, "To", words, address, &err) == IR_OK) {
        MUST(ir_mime_address_ok(address));
        MUST(strpbrk(address, "<>, \r\n\"") == NULL);
        check_header(&b, false);
    } else {
        MUST(b.len == 0);
    }
    ir_buf_done(&b);
}

static void
check_text(const char *text, size_t n)
{
    struct ir_buf b = {0};
    const char *p, *end;

    ir_mime_text(&b, text, n);
    p = strstr(ir_buf_str(&b), "\r\n\r\n");
    MUST(p != NULL);
    for (p += 4; *p != '\0'; p = end + 2) {
        end = strstr(p, "\r\n");
        MUST(end != NULL && end - p <= 76);
        MUST(*p != '.'); /* nothing that could end the mail */
    }
    ir_buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 4), *part[4];
    size_t i, at = 0;

    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    memset(copy + size, 0, 4);
    for (i = 0; i < 4; i++) {
        part[i] = copy + at;
        at += strlen(part[i]) + (at < size);
        if (at > size)
            at = size;
    }
    check_one(part[0], part[1]);
    check_mailbox(part[1], part[2]);
    check_text(part[3], (size_t)(copy + size - part[3]));
    free(copy);
    return 0;
}
