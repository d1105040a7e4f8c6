/* fuzz_loader.c: a site's file from anybody, loaded and checked in process
 * within small limits: whatever it holds, what is found can be shown, and what
 * compiles is canonical and decodes.
 *
 * The first byte chooses which file of the site it is; a line "--- lib" begins
 * a library that it may require.
 */
#include "base/utf8.h"
#include "core/plan.h"
#include "fuzz.h"
#include "script/compile.h"

#include <string.h>

static void
on_finding(const struct ir_finding *f, void *arg)
{
    size_t i, step, len = strlen(f->message);

    (void)arg;
    MUST(len > 0 && f->line >= 0 && f->file[0] != '\0');
    MUST(ir_utf8_valid(f->message, len));
    for (i = 0; i < len; i += step)
        MUST(!ir_utf8_harmful(ir_utf8_next(f->message + i, len - i, &step)));
}

static void
on_object(const char *type, const char *name, const char *json, size_t len,
          void *arg)
{
    struct ir_json *j = NULL;
    struct ir_plan *plan;
    struct ir_err err;
    char *again;

    (void)arg;
    MUST(name[0] != '\0');
    MUST(ir_json_parse(json, len, &j, &err) == IR_OK);
    again = ir_json_canonical(j, NULL);
    MUST(strcmp(again, json) == 0);
    free(again);
    ir_json_free(j);
    if (strcmp(type, "plan") != 0)
        return;
    MUST(ir_plan_decode(json, len, &plan, &err) == IR_OK);
    MUST(strcmp(plan->id, name) == 0);
    ir_plan_free(plan);
}

/* The rewriter must cope with what is no Lua at all, and keep the lines. */
static void
check_lexer(const char *text, size_t len)
{
    struct ir_lexed lx;
    struct ir_err err;
    int line = 0, lines = 0;
    size_t i;

    if (ir_lex_rewrite(text, len, &lx, &line, &err) != IR_OK) {
        MUST(line > 0 && err.msg[0] != '\0');
        return;
    }
    MUST(lx.text.len >= len);
    for (i = 0; i < len; i++)
        lines += text[i] == '\n';
    for (i = 0; i < lx.text.len; i++)
        lines -= lx.text.p[i] == '\n';
    MUST(lines == 0);
    ir_lexed_done(&lx);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {
        "common/x.lua", "site.lua",    "contacts.lua",    "alpha/system.lua",
        "forms/x.lua",  "alpha/x.lua", "templates/x.lua", "controls.lua"};
    static const char mark[] = "\n--- lib\n";
    static const struct ir_vm_limits limits = {4 << 20, 200000, false,  0,
                                               NULL,    50000,  4 << 20};
    const struct ir_compile_sink sink = {.finding = on_finding,
                                         .object = on_object};
    struct ir_compile_count count;
    struct ir_source src = {0};
    const char *text, *lib;
    struct ir_err err;
    size_t len;

    if (size == 0)
        return 0;
    text = (const char *)data + 1;
    len = size - 1;
    check_lexer(text, len);
    lib = memmem(text, len, mark, sizeof mark - 1);
    if (lib != NULL) {
        lib += sizeof mark - 1;
        ir_source_add(&src, "lib/l.lua", lib, len - (size_t)(lib - text));
        len = (size_t)(lib - text) - (sizeof mark - 1);
    }
    ir_source_add(&src, paths[data[0] & 7], text, len);
    ir_source_sort(&src);
    MUST(ir_compile(&src, NULL, &limits, &sink, &count, &err) == IR_OK);
    ir_source_done(&src);
    return 0;
}
