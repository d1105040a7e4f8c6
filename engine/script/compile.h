/* compile.h: a site's files become plans and other objects, or findings.
 *
 * This is the in-process side: no file is opened, no process started, nothing
 * printed. Who compiles files from others does it in ir-worker, within
 * sandbox.h; the tests and the fuzzer call it directly.
 */
#ifndef IR_SCRIPT_COMPILE_H
#define IR_SCRIPT_COMPILE_H

#include "script/check.h"
#include "script/source.h"
#include "script/vm.h"

/* What comes out, in this order: a file's name before it is evaluated, then
 * what was found in it; "" as a name, then what was found between files;
 * objects last. Any of the calls may be NULL. */
struct ir_compile_sink {
    void (*file)(const char *path, void *arg);
    void (*finding)(const struct ir_finding *f, void *arg);
    /* `type`: plan system site contacts controls form template plugin; `name`:
     * "flight-information/ransomware", "email", "site", ...; `json`: the
     * canonical bytes. Only of files without errors. */
    void (*object)(const char *type, const char *name, const char *json,
                   size_t len, void *arg);
    void *arg;
};

struct ir_compile_count {
    size_t errors, warnings;
};

/* Compile all of `src`, or with `only` ("system/scenario") that runbook, the
 * runbooks within it and what they refer to. Files that must be there are
 * added to `src` as missing.
 *
 * Owns:   what the sink is given is borrowed for the call.
 * Errors: IR_ENOTFOUND no runbook `only`. Errors in files are findings.
 * Source: docs/man/ir-runbook.5.
 */
int ir_compile(struct ir_source *src, const char *only,
               const struct ir_vm_limits *limits,
               const struct ir_compile_sink *sink,
               struct ir_compile_count *count, struct ir_err *err);

/* Compile the one file of `src`, plugins/channel/NAME.lua, by itself.
 *
 * Owns:   as above.
 * Errors: IR_EUSAGE it is no such file.
 * Source: docs/man/ir-plugin.5.
 */
int ir_compile_plugin(struct ir_source *src, const struct ir_vm_limits *limits,
                      const struct ir_compile_sink *sink,
                      struct ir_compile_count *count, struct ir_err *err);

#endif
