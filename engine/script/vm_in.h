/* vm_in.h: what vm.c, vm_lib.c and vm_tree.c share; nobody else includes it.
 */
#ifndef IR_SCRIPT_VM_IN_H
#define IR_SCRIPT_VM_IN_H

#include "script/vm.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>

#define IR_VM_STACK_LOOK 40 /* calls looked at to find the evaluated file */

struct ir_vm {
    lua_State *L;
    struct ir_source *src;
    int file; /* the one being evaluated */
    const struct ir_vm_limits *limits;
    size_t used;   /* bytes of Lua's memory */
    int64_t steps; /* instructions left */
    bool overrun;
    volatile sig_atomic_t late; /* its time is up */
    bool loading; /* Lua reads a source: an error is one of syntax */
    bool placed;  /* `ve` is filled: the error handler leaves it alone */
    int last_file, last_line; /* where the machine was seen last */
    struct ir_vm_error *ve;
    struct ir_arena *arena; /* the tree being made */
    size_t arena_used;      /* before */
    bool want_tree;
    bool plain; /* run as it stands: no notes of where tables were written */
    size_t nodes;
    struct ir_node *root;
};

/* The machine of a Lua state.
 *
 * Owns:   borrowed from the state.
 */
struct ir_vm *ir_vm_of(lua_State *L);

/* Index of the source file with this chunk name ("@site.lua"), or -1.
 *
 * Errors: none.
 */
int ir_vm_file_of(const struct ir_vm *vm, const char *source);

/* The line of the evaluated file that is being executed, or 0.
 *
 * Units:  lines from 1.
 */
int ir_vm_main_line(struct ir_vm *vm);

/* Make the state of a machine whose src, file, limits and ve are set.
 *
 * Owns:   vm->L is the caller's, lua_close.
 * Errors: IR_ELIMIT.
 */
int ir_vm_begin(struct ir_vm *vm);

/* Call `fn` within the limits, counted anew; what went wrong is in vm->ve.
 *
 * Errors: IR_EPARSE, IR_ELIMIT.
 */
int ir_vm_protected(struct ir_vm *vm, lua_CFunction fn);

/* Evaluate vm->file and leave the table it returns on the stack. [-0, +1, e]
 */
void ir_vm_load(lua_State *L);

/* Stop the script at its next instruction. A signal handler may call it.
 */
void ir_vm_hurry(struct ir_vm *vm);

/* Begin and end the time that limits->cpu_ms allows. One machine at a time.
 *
 * Thread: the only one.
 */
void ir_vm_clock_start(struct ir_vm *vm);
void ir_vm_clock_stop(struct ir_vm *vm);

/* Open the allowed libraries and leave on the stack the table of what files
 * may use. [-0, +1, m]
 */
void ir_vm_lib_open(lua_State *L);

/* Turn the table at the top of the stack into vm->root. [-0, +0, e]
 */
void ir_vm_tree(lua_State *L);

/* Keys of the table at `idx` in order (numbers, then strings) as a new list
 * at the top of the stack; returns how many. [-0, +1, e]
 */
lua_Integer ir_vm_sorted_keys(lua_State *L, int idx);

/* The registry field that tells where tables stand: table -> integer made of
 * file, constructor and line of the evaluated file. */
#define IR_VM_PLACES "ir.places"

#endif
