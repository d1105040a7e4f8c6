/* vm.h: one Lua state for one file: evaluated to a tree of plain data within
 * limits, then gone.
 *
 * What a file sees: `require "lib.NAME"` for files of the same source, and
 * string, table, math, ipairs, pairs, next, type, tostring, tonumber, select,
 * error, assert. Nothing else: no files, no time, no randomness, no code from
 * strings, no metatables, no protected calls. All of it is read-only, and
 * pairs and next go in order of keys, so that the same source always gives
 * the same data. Only <lua.h> is included here, in vm.c, vm_lib.c, vm_tree.c.
 *
 * Time spent inside one call of a pattern function is bounded by the
 * process's CPU limit alone (sandbox.h).
 */
#ifndef IR_SCRIPT_VM_H
#define IR_SCRIPT_VM_H

#include "base/err.h"
#include "script/node.h"
#include "script/sandbox.h"
#include "script/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_VM_MEMORY_MAX (64 * 1024 * 1024) /* bytes */
#define IR_VM_STEPS_MAX 20000000            /* instructions of the machine */
#define IR_VM_CPU_MS (1500 * IR_SANDBOX_SLOW)
#define IR_VM_NODES_MAX 50000            /* values in the returned table */
#define IR_VM_TREE_MAX (4 * 1024 * 1024) /* bytes of the returned table */
#define IR_VM_DEPTH_MAX 24               /* tables within tables */

/* The same for a file that lists people: 20,000 of them, with some to spare. */
#define IR_VM_PEOPLE_MEMORY_MAX (192 * 1024 * 1024)
#define IR_VM_PEOPLE_STEPS_MAX 40000000
#define IR_VM_PEOPLE_CPU_MS (4000 * IR_SANDBOX_SLOW)
#define IR_VM_PEOPLE_NODES_MAX 1000000
#define IR_VM_PEOPLE_TREE_MAX (128 * 1024 * 1024)

struct ir_vm_limits {
    size_t memory;  /* bytes */
    int64_t steps;  /* instructions */
    bool patterns;  /* string.find, match, gmatch, gsub are there */
    int64_t cpu_ms; /* of the processor; 0: not looked at */
    /* One call within the script takes longer than that and cannot be
     * stopped: end the process. Called from a signal handler, with the line
     * of the evaluated file or 0. NULL: it goes on.
     */
    void (*stuck)(int line);
    size_t nodes, tree; /* values and bytes of the returned table */
};

/* The limits above, with patterns; `stuck` is NULL.
 *
 * Owns:   nothing.
 */
extern const struct ir_vm_limits ir_vm_limits_default;

/* `l` for file `path`: what lists people may be large (ir_source_lists_people).
 *
 * Owns:   nothing.
 */
struct ir_vm_limits ir_vm_limits_for(const struct ir_vm_limits *l,
                                     const char *path);

/* What went wrong and where. */
struct ir_vm_error {
    struct ir_where at;
    char field[96]; /* of the returned table, or "" */
    char msg[IR_ERR_MSG_MAX];
};

/* Evaluate file `file` of `src` (which must not be refused) to the table it
 * returns; with `out` NULL only evaluate it (a library).
 *
 * Owns:   *out lives in `arena`. The lexer's work on each file is kept in
 *         `src` for the next evaluation.
 * Errors: IR_EPARSE what is wrong with the file, IR_ELIMIT a limit; `ve` says
 *         where.
 * Source: Lua 5.4 Reference Manual.
 */
int ir_vm_eval(struct ir_source *src, int file,
               const struct ir_vm_limits *limits, struct ir_arena *arena,
               struct ir_node **out, struct ir_vm_error *ve);

/* Does `text` fit the Lua pattern `pattern` (string.find)?
 *
 * Errors: IR_EPARSE the pattern is none, IR_ELIMIT it takes too long.
 */
int ir_vm_match(const char *pattern, const char *text, bool *yes);

#endif
