/* fuzz_utf8.c: whatever the bytes, what comes out is valid UTF-8 without
 * anything a terminal must not see, and no wider than asked. The first byte
 * is the width.
 */
#include "base/utf8.h"
#include "fuzz.h"

#include <string.h>

static void
check_harmless(const struct ir_buf *b, bool lines)
{
    const char *s = ir_buf_str(b);

    MUST(ir_utf8_valid(s, b->len));
    for (size_t i = 0, step; i < b->len; i += step) {
        int32_t cp = ir_utf8_next(s + i, b->len - i, &step);

        MUST(!ir_utf8_harmful(cp) || (lines && cp == '\n'));
    }
}

static void
check_cut(const char *s, int columns)
{
    struct ir_buf cut = {0}, pad = {0};
    int used = ir_utf8_cut(&cut, s, columns);

    MUST(used >= 0 && used <= columns);
    MUST(used == ir_utf8_width(ir_buf_str(&cut)));
    check_harmless(&cut, false);
    ir_utf8_pad(&pad, s, columns);
    MUST(ir_utf8_width(ir_buf_str(&pad)) == columns);
    MUST(memcmp(ir_buf_str(&pad), ir_buf_str(&cut), cut.len) == 0);
    ir_buf_done(&cut);
    ir_buf_done(&pad);
}

/* Nothing is lost but spaces and newlines between lines, and none is wider
 * than asked unless it is a single character.
 */
static void
check_wrap(const char *s, int columns)
{
    while (*s != '\0') {
        size_t skip = 99, n = ir_utf8_wrap(s, columns, &skip), one;
        char *line;

        MUST(n + skip > 0 && n + skip <= strlen(s));
        for (size_t i = 0; i < skip; i++)
            MUST(strchr(" \n\xE3\x80", s[n + i]) != NULL);
        line = ir_strndup(s, n);
        MUST(strchr(line, '\n') == NULL);
        if (ir_utf8_width(line) > columns)
            MUST(ir_utf8_wrap(line, 1, &one) == n && one == 0);
        free(line);
        s += n + skip;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ir_buf line = {0}, lines = {0}, fixed = {0}, narrow = {0};
    int columns = size > 0 ? data[0] % 90 + 1 : 1;
    const char *s = size > 0 ? (const char *)data + 1 : "";
    size_t len = size > 0 ? size - 1 : 0;
    char shown[64];

    ir_utf8_escape(&line, s, len, false);
    ir_utf8_escape(&lines, s, len, true);
    check_harmless(&line, false);
    check_harmless(&lines, true);
    check_cut(ir_buf_str(&line), columns);
    check_wrap(ir_buf_str(&lines), columns);
    ir_utf8_repair(&fixed, s, len);
    MUST(ir_utf8_valid(ir_buf_str(&fixed), fixed.len));
    if (ir_utf8_valid(s, len))
        MUST(fixed.len == len && (len == 0 || memcmp(fixed.p, s, len) == 0));
    ir_utf8_narrow(&narrow, ir_buf_str(&fixed));
    MUST(ir_utf8_valid(ir_buf_str(&narrow), narrow.len));
    MUST(ir_utf8_width(ir_buf_str(&narrow)) <=
         ir_utf8_width(ir_buf_str(&fixed)));
    ir_utf8_show(ir_buf_str(&fixed), shown, 8 + (size_t)columns % 56);
    MUST(strlen(shown) < 8 + (size_t)columns % 56);
    MUST(ir_utf8_valid(shown, strlen(shown)));
    ir_buf_done(&line);
    ir_buf_done(&lines);
    ir_buf_done(&fixed);
    ir_buf_done(&narrow);
    return 0;
}
