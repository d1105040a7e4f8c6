/* fuzz_json.c: what parses is written and read back as the same value, its
 * text for people holds nothing a terminal must not see, and the canonical
 * form is a fixed point.
 */
#include "base/json.h"
#include "base/utf8.h"
#include "fuzz.h"

#include <string.h>

static void
check_same(const char *text, size_t len, const char *canonical)
{
    struct ir_json *j = NULL;
    struct ir_err err;
    char *again;

    MUST(ir_json_parse(text, len, &j, &err) == IR_OK);
    again = ir_json_canonical(j, NULL);
    MUST(strcmp(again, canonical) == 0);
    free(again);
    ir_json_free(j);
}

static void
check_harmless(const char *text, bool lines)
{
    size_t len = strlen(text);

    for (size_t i = 0, step; i < len; i += step) {
        int32_t cp = ir_utf8_next(text + i, len - i, &step);

        MUST(!ir_utf8_harmful(cp) || (lines && cp == '\n'));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ir_json *j = NULL;
    struct ir_err err = {0};
    size_t len = 0;
    char *canonical, *line, *lines;
    int rc = ir_json_parse((const char *)data, size, &j, &err);

    if (rc != IR_OK) {
        MUST(rc == err.code && err.msg[0] != '\0' && j == NULL);
        return 0;
    }
    canonical = ir_json_canonical(j, &len);
    line = ir_json_text(j, 0);
    lines = ir_json_text(j, 2);
    MUST(len == strlen(canonical) && ir_utf8_valid(canonical, len));
    check_harmless(line, false);
    check_harmless(lines, true);
    check_same(canonical, len, canonical);
    check_same(line, strlen(line), canonical);
    check_same(lines, strlen(lines), canonical);
    free(canonical);
    free(line);
    free(lines);
    ir_json_free(j);
    return 0;
}
