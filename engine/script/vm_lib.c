/* vm_lib.c: the library a file sees: an allow-list of Lua's own, without what
 * reads the world, and with an order where Lua has none. */
#include "base/i18n.h"
#include "script/vm_in.h"

#include <stdlib.h>
#include <string.h>

static const char *const base_names[] = {
    "ipairs", "type", "tonumber", "select", "error", "assert", NULL};
static const char *const table_names[] = {"concat", "insert", "pack", "remove",
                                          "sort",   "unpack", NULL};
static const char *const math_names[] = {
    "abs", "ceil",       "floor", "fmod",      "huge", "max", "maxinteger",
    "min", "mininteger", "modf",  "tointeger", "type", "ult", NULL};
static const char *const string_names[] = {"byte",  "char", "format",  "len",
                                           "lower", "rep",  "reverse", "sub",
                                           "upper", NULL};
static const char *const pattern_names[] = {"find", "gmatch", "gsub", "match",
                                            NULL};

struct key {
    bool is_str;
    lua_Number num;
    const char *str;
    size_t len;
};

/* Read the key at `idx` (number or string). */
static struct key
key_at(lua_State *L, int idx)
{
    struct key k = {false, 0, NULL, 0};
    int type = lua_type(L, idx);

    if (type == LUA_TSTRING) {
        k.is_str = true;
        k.str = lua_tolstring(L, idx, &k.len);
    } else if (type == LUA_TNUMBER) {
        k.num = lua_tonumber(L, idx);
    } else {
        luaL_error(L, "%s", _("keys of tables must be names or numbers"));
    }
    return k;
}

static int
key_cmp(const void *pa, const void *pb)
{
    const struct key *a = pa, *b = pb;
    size_t n = a->len < b->len ? a->len : b->len;
    int c;

    if (a->is_str != b->is_str)
        return a->is_str - b->is_str;
    if (!a->is_str)
        return (a->num > b->num) - (a->num < b->num);
    c = memcmp(a->str, b->str, n);
    return c ? c : (a->len > b->len) - (a->len < b->len);
}

lua_Integer
ir_vm_sorted_keys(lua_State *L, int idx)
{
    struct key *keys;
    lua_Integer n = 0, i = 0;

    idx = lua_absindex(L, idx);
    luaL_checkstack(L, 6, NULL);
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1))
        n++;
    keys = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof *keys, 0);
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1))
        keys[i++] = key_at(L, -2);
    qsort(keys, (size_t)n, sizeof *keys, key_cmp);
    lua_createtable(L, (int)(n < 1000000 ? n : 1000000), 0);
    for (i = 0; i < n; i++) {
        lua_Integer whole;

        if (keys[i].is_str)
            lua_pushlstring(L, keys[i].str, keys[i].len);
        else if (lua_numbertointeger(keys[i].num, &whole) &&
                 (lua_Number)whole == keys[i].num)
            lua_pushinteger(L, whole);
        else
            lua_pushnumber(L, keys[i].num);
        lua_rawseti(L, -2, i + 1);
    }
    lua_remove(L, -2);
    return n;
}

/* Upvalues: keys, table, index. */
static int
pairs_next(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));

    for (;;) {
        i++;
        if (lua_rawgeti(L, lua_upvalueindex(1), i) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL)
            break;
        lua_pop(L, 2);
    }
    lua_pushinteger(L, i);
    lua_replace(L, lua_upvalueindex(3));
    return 2;
}

static int
do_pairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    ir_vm_sorted_keys(L, 1);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_next, 3);
    return 1;
}

/* next(t [, k]): the smallest key above k. */
static int
do_next(lua_State *L)
{
    struct key after = {false, 0, NULL, 0}, best = after;
    bool from_start;
    int found = 0;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    from_start = lua_isnil(L, 2);
    if (!from_start)
        after = key_at(L, 2);
    lua_pushnil(L); /* 3: the best key */
    lua_pushnil(L); /* 4: its value */
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        struct key k = key_at(L, -2);

        if ((!from_start && key_cmp(&k, &after) <= 0) ||
            (found && key_cmp(&k, &best) >= 0))
            continue;
        found = 1;
        best = k;
        lua_pushvalue(L, -2);
        lua_replace(L, 3);
        lua_pushvalue(L, -1);
        lua_replace(L, 4);
    }
    lua_settop(L, 4);
    if (found)
        return 2;
    lua_pushnil(L);
    return 1;
}

/* tostring without addresses: those differ from run to run. */
static int
do_tostring(lua_State *L)
{
    int type;

    luaL_checkany(L, 1);
    type = lua_type(L, 1);
    if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA)
        lua_pushstring(L, luaL_typename(L, 1));
    else
        luaL_tolstring(L, 1, NULL);
    return 1;
}

/* string.format without addresses. Upvalue 1: Lua's own. */
static int
do_format(lua_State *L)
{
    const char *f = luaL_checkstring(L, 1);
    int i, n = lua_gettop(L);

    for (i = 2; i <= n; i++) {
        int type = lua_type(L, i);

        if (type == LUA_TTABLE || type == LUA_TFUNCTION)
            return luaL_error(L, "%s",
                              _("string.format takes texts and numbers only"));
    }
    while ((f = strchr(f, '%')) != NULL) {
        f += 1 + strspn(f + 1, "-+ #0123456789.");
        if (*f == 'p')
            return luaL_error(L, "%s",
                              _("string.format takes texts and numbers only"));
        f += *f != '\0';
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, n, LUA_MULTRET);
    return lua_gettop(L);
}

static int
forbid_change(lua_State *L)
{
    return luaL_error(L, "%s", _("the library may not be changed"));
}

/* Copy fields `names` of the table at -1 into the one at -2. */
static void
copy_names(lua_State *L, const char *const *names)
{
    for (; *names != NULL; names++) {
        lua_getfield(L, -1, *names);
        lua_setfield(L, -3, *names);
    }
}

/* Replace the table at the top by an empty one that reads through to it and
 * cannot be written. [-1, +1, m] */
static void
make_read_only(lua_State *L)
{
    lua_newtable(L);
    lua_newtable(L);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, forbid_change);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

/* The string library: in the allowed table at -1, and behind ("x"):f(). */
static void
open_string(lua_State *L)
{
    lua_newtable(L);
    luaL_requiref(L, "string", luaopen_string, 0);
    copy_names(L, string_names);
    if (ir_vm_of(L)->limits->patterns)
        copy_names(L, pattern_names);
    lua_getfield(L, -1, "format");
    lua_pushcclosure(L, do_format, 1);
    lua_setfield(L, -3, "format");
    lua_pop(L, 1);
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 2);
    make_read_only(L);
    lua_setfield(L, -2, "string");
}

static void
open_library(lua_State *L, const char *name, lua_CFunction open,
             const char *const *names)
{
    lua_newtable(L);
    luaL_requiref(L, name, open, 0);
    copy_names(L, names);
    lua_pop(L, 1);
    make_read_only(L);
    lua_setfield(L, -2, name);
}

void
ir_vm_lib_open(lua_State *L)
{
    static const luaL_Reg own[] = {{"pairs", do_pairs},
                                   {"next", do_next},
                                   {"tostring", do_tostring},
                                   {NULL, NULL}};

    lua_newtable(L);
    luaL_requiref(L, "_G", luaopen_base, 0);
    copy_names(L, base_names);
    lua_pop(L, 1);
    luaL_setfuncs(L, own, 0);
    open_string(L);
    open_library(L, "table", luaopen_table, table_names);
    open_library(L, "math", luaopen_math, math_names);
    lua_pushnil(L); /* nothing keeps what was not copied */
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_newtable(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

struct match {
    struct ir_vm vm; /* first: ir_vm_of gives it */
    const char *pattern, *text;
    bool yes;
};

static int
do_match(lua_State *L)
{
    struct match *m = (struct match *)(void *)ir_vm_of(L);

    luaL_requiref(L, "string", luaopen_string, 0);
    lua_getfield(L, -1, "find");
    lua_pushstring(L, m->text);
    lua_pushstring(L, m->pattern);
    lua_call(L, 2, 1);
    m->yes = !lua_isnil(L, -1);
    return 0;
}

int
ir_vm_match(const char *pattern, const char *text, bool *yes)
{
    struct ir_source none = {NULL, 0, 0};
    struct ir_vm_error ve;
    struct match m = {
        .vm = {.src = &none, .limits = &ir_vm_limits_default, .ve = &ve},
        .pattern = pattern,
        .text = text};
    int rc = ir_vm_begin(&m.vm);

    if (rc != IR_OK)
        return rc;
    rc = ir_vm_protected(&m.vm, do_match);
    lua_close(m.vm.L);
    *yes = m.yes;
    return rc;
}
