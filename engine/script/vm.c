/* vm.c: see vm.h. The state, its memory, its clock and what a file may
 * require. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "script/vm_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOOK_EVERY 1000   /* instructions between two looks at the clock */
#define BYTES_A_STEP 256  /* memory asked for costs steps, too */
#define MSG_SHOWN_MAX 400 /* bytes of a Lua message that are shown */

const struct ir_vm_limits ir_vm_limits_default = {
    IR_VM_MEMORY_MAX, IR_VM_STEPS_MAX, true, IR_VM_CPU_MS, NULL,
    IR_VM_NODES_MAX,  IR_VM_TREE_MAX};

struct ir_vm_limits
ir_vm_limits_for(const struct ir_vm_limits *l, const char *path)
{
    struct ir_vm_limits out = *l;

    if (!ir_source_lists_people(path) || l->memory < IR_VM_MEMORY_MAX)
        return out; /* or narrower ones are asked for */
    out.memory = IR_VM_PEOPLE_MEMORY_MAX;
    out.steps = IR_VM_PEOPLE_STEPS_MAX;
    out.cpu_ms = l->cpu_ms > 0 ? IR_VM_PEOPLE_CPU_MS : 0;
    out.nodes = IR_VM_PEOPLE_NODES_MAX;
    out.tree = IR_VM_PEOPLE_TREE_MAX;
    return out;
}

struct ir_vm *
ir_vm_of(lua_State *L)
{
    struct ir_vm *vm;

    memcpy(&vm, lua_getextraspace(L), sizeof vm);
    return vm;
}

/* Remember which line is being executed. Allocates nothing. */
static void
note_line(struct ir_vm *vm, lua_Debug *ar)
{
    int file;

    if (!lua_getinfo(vm->L, "Sl", ar) || ar->currentline <= 0)
        return;
    file = ir_vm_file_of(vm, ar->source);
    if (file >= 0) {
        vm->last_file = file;
        vm->last_line = ar->currentline;
    }
}

static void *
refuse_memory(struct ir_vm *vm)
{
    lua_Debug ar;
    int level;

    for (level = 0; vm->L != NULL && level < 3; level++) {
        if (!lua_getstack(vm->L, level, &ar))
            break;
        note_line(vm, &ar);
    }
    return NULL;
}

static void *
lua_memory(void *ud, void *ptr, size_t osize, size_t nsize)
{
    struct ir_vm *vm = ud;
    void *p;

    if (ptr == NULL)
        osize = 0; /* then it is a type, no size */
    if (nsize == 0) {
        free(ptr);
        vm->used -= osize;
        return NULL;
    }
    if (nsize > osize) {
        if (nsize - osize > vm->limits->memory ||
            vm->used > vm->limits->memory - (nsize - osize))
            return refuse_memory(vm);
        vm->steps -= (int64_t)((nsize - osize) / BYTES_A_STEP);
    }
    p = realloc(ptr, nsize);
    if (p != NULL)
        vm->used += nsize - osize;
    return p;
}

int
ir_vm_file_of(const struct ir_vm *vm, const char *source)
{
    int64_t n;

    if (source[0] != '=' || source[1] != 'f' ||
        ir_scan_int(source + 2, 0, (int64_t)vm->src->n - 1, &n, NULL) != IR_OK)
        return -1;
    return (int)n;
}

int
ir_vm_main_line(struct ir_vm *vm)
{
    lua_Debug ar;
    int level;

    for (level = 0; level < IR_VM_STACK_LOOK; level++) {
        if (!lua_getstack(vm->L, level, &ar))
            return 0;
        if (lua_getinfo(vm->L, "Sl", &ar) && ar.currentline > 0 &&
            ir_vm_file_of(vm, ar.source) == vm->file)
            return ar.currentline;
    }
    return 0;
}

/* The clock: stops a file that used up its instructions. Once it has, every
 * further instruction stops it again, whatever it tries to catch. */
static void
clock_hook(lua_State *L, lua_Debug *ar)
{
    struct ir_vm *vm = ir_vm_of(L);

    note_line(vm, ar);
    vm->steps -= vm->overrun ? 1 : HOOK_EVERY;
    if (vm->steps > 0 && !vm->late)
        return;
    vm->overrun = true;
    lua_sethook(L, clock_hook, LUA_MASKCOUNT, 1);
    luaL_error(L, "%s", _("runs too long: a loop that does not end?"));
}

void
ir_vm_hurry(struct ir_vm *vm)
{
    lua_sethook(vm->L, clock_hook, LUA_MASKCOUNT, 1);
}

/* Take "f12:34: text" apart; returns the text. */
static const char *
take_place(struct ir_vm *vm, const char *msg, struct ir_where *at)
{
    size_t file_n = strcspn(msg, ":"), line_n = 0;
    char file[16], line[16];
    int64_t n;
    int f;

    if (msg[0] != 'f' || msg[file_n] != ':' || file_n > 8)
        return msg;
    line_n = strspn(msg + file_n + 1, "0123456789");
    if (line_n > 8 || strncmp(msg + file_n + 1 + line_n, ": ", 2) != 0)
        return msg;
    snprintf(file, sizeof file, "=%.*s", (int)file_n, msg);
    snprintf(line, sizeof line, "%.*s", (int)line_n, msg + file_n + 1);
    f = ir_vm_file_of(vm, file);
    if (f < 0 || ir_scan_int(line, 1, 1000000, &n, NULL) != IR_OK)
        return msg;
    at->file = f;
    at->line = (int)n;
    return msg + file_n + line_n + 3;
}

/* What Lua's own messages mean, for who does not read them every day. */
static const char *
meaning(const char *msg)
{
    static const struct {
        const char *begins, *means;
    } known[] = {
        {"attempt to index a nil",
         N_("looks into something that is not there")},
        {"attempt to index", N_("looks into something that is no table")},
        {"attempt to call a nil", N_("calls a function that is not there")},
        {"attempt to call", N_("calls something that is no function")},
        {"attempt to perform", N_("calculates with something that is no "
                                  "number")},
        {"attempt to concatenate", N_("joins (..) something that is no text")},
        {"attempt to compare", N_("compares values of different kinds")},
        {"bad argument", N_("calls a function with a wrong argument")},
        {"stack overflow", N_("calls nested too deeply")},
        {"C stack overflow", N_("calls nested too deeply")},
        {"malformed pattern", N_("the string pattern is wrong")},
        {"pattern too complex", N_("the string pattern is too long")},
        {"too many", N_("too much at once")},
        {"resulting string too large", N_("the text would be too long")},
        {"table index is", N_("a table cannot have this key")},
        {"attempt to divide", N_("divides by zero")},
    };
    size_t i;

    for (i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strncmp(msg, known[i].begins, strlen(known[i].begins)) == 0)
            return _(known[i].means);
    }
    return NULL;
}

static void
put_message(struct ir_vm *vm, const char *msg, size_t len)
{
    const char *means = vm->loading ? _("Lua cannot read this") : meaning(msg);
    struct ir_buf b = {0};

    if (len > MSG_SHOWN_MAX)
        len = MSG_SHOWN_MAX;
    while (len > 0 && ((unsigned char)msg[len] & 0xC0) == 0x80)
        len--;
    ir_utf8_escape(&b, msg, len, false);
    if (b.len == 0)
        ir_buf_adds(&b, _("raised an error without a text"));
    snprintf(vm->ve->msg, sizeof vm->ve->msg, "%s%s%s",
             means != NULL ? means : "", means != NULL ? ": " : "",
             ir_buf_str(&b));
    ir_buf_done(&b);
}

/* Message handler: notes where and what while the stack still stands. */
static int
on_error(lua_State *L)
{
    struct ir_vm *vm = ir_vm_of(L);
    struct ir_where at = {vm->file, 0, 0};
    int main_line = ir_vm_main_line(vm);
    const char *msg, *rest;
    char own[96];
    size_t len;

    if (vm->placed)
        return 1;
    vm->placed = true;
    if (lua_type(L, 1) != LUA_TSTRING) {
        snprintf(own, sizeof own, _("raised an error that is no text (%s)"),
                 luaL_typename(L, 1));
        msg = own;
        len = strlen(own);
    } else {
        msg = lua_tolstring(L, 1, &len);
    }
    rest = take_place(vm, msg, &at);
    if (rest == msg)
        at.line = main_line;
    else if (at.file != vm->file)
        at.via_line = main_line;
    vm->ve->at = at;
    put_message(vm, rest, len - (size_t)(rest - msg));
    return 1;
}

static int
forbid_write(lua_State *L)
{
    char msg[200];

    snprintf(msg, sizeof msg, _("may not set the global \"%.40s\": use local"),
             lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
    return luaL_error(L, "%s", msg);
}

/* Reading a global: upvalue 1 is the table of what is allowed. */
static int
read_global(lua_State *L)
{
    char msg[300];

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    snprintf(msg, sizeof msg,
             _("unknown name \"%.40s\" (there are require, string, table, "
               "math, pairs, ipairs, type, tostring, tonumber, error, assert)"),
             lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
    return luaL_error(L, "%s", msg);
}

/* __ir_t(N, table): note where the table stands. Upvalue 1: the file. */
static int
note_place(lua_State *L)
{
    struct ir_vm *vm = ir_vm_of(L);
    lua_Integer file = lua_tointeger(L, lua_upvalueindex(1));
    lua_Integer ctor = luaL_checkinteger(L, 1);
    lua_Integer via = 0;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    if (ctor < 0 || (size_t)ctor >= vm->src->files[file].lexed.n)
        return luaL_argerror(L, 1, "no such table");
    if (file != vm->file)
        via = ir_vm_main_line(vm) & 0xFFFFF;
    lua_getfield(L, LUA_REGISTRYINDEX, IR_VM_PLACES);
    lua_pushvalue(L, 2);
    lua_pushinteger(L, file << 48 | ctor << 20 | via);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    return 1;
}

struct parts {
    const char *p[2];
    size_t n[2];
    int at;
};

static const char *
read_parts(lua_State *L, void *ud, size_t *size)
{
    struct parts *ps = ud;

    (void)L;
    if (ps->at == 2) {
        *size = 0;
        return NULL;
    }
    *size = ps->n[ps->at];
    return ps->p[ps->at++];
}

/* Leave the function of source file `file` on the stack. [-0, +1, e] */
static void
load_file(struct ir_vm *vm, int file)
{
    static const char head[] = "local " IR_LEX_WRAP "=...;";
    lua_State *L = vm->L;
    struct ir_source_file *f = &vm->src->files[file];
    struct parts ps = {{head, NULL}, {sizeof head - 1, 0}, 0};
    struct ir_err err;
    char name[16];
    int line = 0;

    if (f->refused != NULL) {
        vm->placed = true;
        vm->ve->at =
            (struct ir_where){file, f->refused_line, ir_vm_main_line(vm)};
        snprintf(vm->ve->msg, sizeof vm->ve->msg, "%s", f->refused);
        luaL_error(L, "refused");
    }
    snprintf(name, sizeof name, "=f%d", file);
    vm->loading = true;
    if (luaL_loadbufferx(L, f->text, f->len, name, "t") != LUA_OK)
        lua_error(L);
    if (vm->plain)
        goto env;
    lua_pop(L, 1);
    if (!f->lexed_done &&
        ir_lex_rewrite(f->text, f->len, &f->lexed, &line, &err) != IR_OK) {
        vm->placed = true;
        vm->ve->at = (struct ir_where){file, line, 0};
        snprintf(vm->ve->msg, sizeof vm->ve->msg, "%s", err.msg);
        luaL_error(L, "lexer");
    }
    f->lexed_done = true;
    ps.p[1] = ir_buf_str(&f->lexed.text);
    ps.n[1] = f->lexed.text.len;
    if (lua_load(L, read_parts, &ps, name, "t") != LUA_OK)
        lua_error(L);
env:
    vm->loading = false;
    lua_getfield(L, LUA_REGISTRYINDEX, "ir.env");
    lua_setupvalue(L, -2, 1);
}

/* Call the function at the top of the stack with its __ir_t. [-1, +n, e] */
static void
call_file(struct ir_vm *vm, int file, int results)
{
    if (vm->plain) {
        lua_call(vm->L, 0, results);
        return;
    }
    lua_pushinteger(vm->L, file);
    lua_pushcclosure(vm->L, note_place, 1);
    lua_call(vm->L, 1, results);
}

static int
do_require(lua_State *L)
{
    struct ir_vm *vm = ir_vm_of(L);
    const char *name = "";
    char path[64], msg[200];
    size_t len = 0;
    int file = -1;

    if (lua_type(L, 1) == LUA_TSTRING)
        name = lua_tolstring(L, 1, &len);
    if (strlen(name) == len && strncmp(name, "lib.", 4) == 0 &&
        ir_name_ok(name + 4)) {
        snprintf(path, sizeof path, "lib/%s.lua", name + 4);
        file = ir_source_find(vm->src, path);
    }
    if (file < 0) {
        snprintf(msg, sizeof msg,
                 _("require \"%.60s\": only \"lib.NAME\" for a file "
                   "lib/NAME.lua can be required"),
                 name);
        return luaL_error(L, "%s", msg);
    }
    lua_settop(L, 0);
    lua_getfield(L, LUA_REGISTRYINDEX, "ir.loaded");
    lua_rawgeti(L, 1, file + 1);
    if (lua_toboolean(L, 2))
        return 1;
    if (lua_isboolean(L, 2)) {
        snprintf(msg, sizeof msg, _("%s requires itself, by way of others"),
                 path);
        return luaL_error(L, "%s", msg);
    }
    lua_pushboolean(L, 0);
    lua_rawseti(L, 1, file + 1);
    load_file(vm, file);
    call_file(vm, file, 1);
    if (!lua_istable(L, -1)) {
        snprintf(msg, sizeof msg, _("%s must return one table"), path);
        return luaL_error(L, "%s", msg);
    }
    lua_pushvalue(L, -1);
    lua_rawseti(L, 1, file + 1);
    return 1;
}

/* Make the environment every file shares. [-0, +0, m] */
static void
make_env(lua_State *L)
{
    lua_newtable(L); /* env: empty, so that every access is looked at */
    lua_newtable(L);
    ir_vm_lib_open(L);
    lua_pushcfunction(L, do_require);
    lua_setfield(L, -2, "require");
    lua_pushcclosure(L, read_global, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, forbid_write);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, "ir.env");
    lua_newtable(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "ir.loaded");
    lua_newtable(L);
    lua_newtable(L);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, IR_VM_PLACES);
}

void
ir_vm_load(lua_State *L)
{
    struct ir_vm *vm = ir_vm_of(L);
    char msg[160];
    int n;

    make_env(L);
    load_file(vm, vm->file);
    n = lua_gettop(L) - 1;
    call_file(vm, vm->file, LUA_MULTRET);
    n = lua_gettop(L) - n;
    if (n == 1 && lua_istable(L, -1))
        return;
    lua_sethook(L, NULL, 0, 0);
    snprintf(msg, sizeof msg, _("must return one table (returned: %s)"),
             n == 0   ? "nil"
             : n == 1 ? luaL_typename(L, -1)
                      : _("more than one value"));
    vm->last_line = 0;
    luaL_error(L, "%s", msg);
}

static int
evaluate(lua_State *L)
{
    ir_vm_load(L);
    lua_sethook(L, NULL, 0, 0);
    if (ir_vm_of(L)->want_tree)
        ir_vm_tree(L);
    return 0;
}

/* Say what a failed evaluation failed of, where the handler could not. */
static int
explain(struct ir_vm *vm, int rc)
{
    struct ir_vm_error *ve = vm->ve;

    if (rc == LUA_ERRMEM || rc == LUA_ERRERR) {
        ve->at = (struct ir_where){vm->last_file, vm->last_line, 0};
        if (vm->last_line == 0)
            ve->at.file = vm->file;
        if (rc == LUA_ERRMEM)
            snprintf(ve->msg, sizeof ve->msg,
                     _("needs more than %d MiB of memory"),
                     (int)(vm->limits->memory >> 20));
        else
            snprintf(ve->msg, sizeof ve->msg, "%s",
                     _("calls nested too deeply"));
        return IR_ELIMIT;
    }
    return vm->overrun ? IR_ELIMIT : IR_EPARSE;
}

int
ir_vm_begin(struct ir_vm *vm)
{
    memset(vm->ve, 0, sizeof *vm->ve);
    vm->ve->at.file = vm->file;
    vm->L = lua_newstate(lua_memory, vm);
    if (vm->L == NULL)
        return explain(vm, LUA_ERRMEM);
    memcpy(lua_getextraspace(vm->L), &vm, sizeof vm);
    return IR_OK;
}

int
ir_vm_protected(struct ir_vm *vm, lua_CFunction fn)
{
    lua_State *L = vm->L;
    int rc;

    memset(vm->ve, 0, sizeof *vm->ve);
    vm->ve->at.file = vm->file;
    vm->placed = vm->loading = vm->overrun = false;
    vm->late = 0;
    vm->steps = vm->limits->steps;
    vm->last_file = vm->file;
    vm->last_line = 0;
    lua_settop(L, 0);
    lua_pushcfunction(L, on_error);
    lua_pushcfunction(L, fn);
    lua_sethook(L, clock_hook, LUA_MASKCOUNT, HOOK_EVERY);
    ir_vm_clock_start(vm);
    rc = lua_pcall(L, 0, 0, 1);
    ir_vm_clock_stop(vm);
    lua_sethook(L, NULL, 0, 0);
    return rc == LUA_OK ? IR_OK : explain(vm, rc);
}

int
ir_vm_eval(struct ir_source *src, int file, const struct ir_vm_limits *limits,
           struct ir_arena *arena, struct ir_node **out, struct ir_vm_error *ve)
{
    struct ir_vm vm = {.src = src,
                       .file = file,
                       .limits = limits,
                       .arena = arena,
                       .ve = ve,
                       .want_tree = out != NULL,
                       .arena_used = ir_arena_used(arena)};
    int rc = ir_vm_begin(&vm);

    if (rc != IR_OK)
        return rc;
    rc = ir_vm_protected(&vm, evaluate);
    lua_close(vm.L);
    if (rc == IR_OK && out != NULL)
        *out = vm.root;
    return rc;
}
