/* api_json.c: ir.json, ir.base64: between Lua's values and text. */
#include "base/base64.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "script/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32
#define VALUES_MAX 50000

static bool
push_member(const char *key, struct ir_json *v, void *arg)
{
    lua_State *L = arg;

    lua_pushstring(L, key);
    ir_api_push(L, v);
    lua_rawset(L, -3);
    return true;
}

void
ir_api_push(lua_State *L, const struct ir_json *j)
{
    size_t i, n = ir_json_len(j);

    luaL_checkstack(L, 6, NULL);
    if (ir_json_is_obj(j)) {
        lua_newtable(L);
        ir_json_each(j, push_member, L);
    } else if (ir_json_is_arr(j)) {
        lua_newtable(L);
        for (i = 0; i < n; i++) {
            ir_api_push(L, ir_json_at(j, i));
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
    } else if (ir_json_is_str(j)) {
        lua_pushstring(L, ir_json_str(j));
    } else if (ir_json_is_int(j)) {
        lua_pushinteger(L, ir_json_int(j));
    } else if (ir_json_is_real(j)) {
        lua_pushnumber(L, ir_json_real(j));
    } else if (ir_json_is_bool(j)) {
        lua_pushboolean(L, ir_json_bool(j));
    } else {
        lua_pushnil(L);
    }
}

static struct ir_json *take(lua_State *L, int idx);

/* The children are owned by nobody while Lua could raise: whatever can raise
 * is asked before the container is made, and the depth and number of values
 * are counted first (check). */
static struct ir_json *
take_table(lua_State *L, int idx)
{
    lua_Integer i, n = (lua_Integer)lua_rawlen(L, idx);
    struct ir_json *j;

    if (n > 0) {
        j = ir_json_new_arr();
        for (i = 1; i <= n; i++) {
            lua_rawgeti(L, idx, i);
            ir_json_add_take(j, take(L, lua_gettop(L)));
            lua_pop(L, 1);
        }
        return j;
    }
    j = ir_json_new_obj();
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1))
        ir_json_set_take(j, lua_tostring(L, -2), take(L, lua_gettop(L)));
    return j;
}

static struct ir_json *
take(lua_State *L, int idx)
{
    struct ir_json *arr, *j;
    const char *s;
    size_t n;

    switch (lua_type(L, idx)) {
    case LUA_TBOOLEAN:
        return ir_json_new_bool(lua_toboolean(L, idx));
    case LUA_TNUMBER:
        return lua_isinteger(L, idx) ? ir_json_new_int(lua_tointeger(L, idx))
                                     : ir_json_new_real(lua_tonumber(L, idx));
    case LUA_TSTRING:
        s = lua_tolstring(L, idx, &n);
        arr = ir_json_new_obj();
        ir_json_set_strn(arr, "s", s, n);
        j = ir_json_take(arr, "s");
        ir_json_free(arr);
        return j;
    case LUA_TTABLE:
        return take_table(L, idx);
    default:
        return ir_json_new_null();
    }
}

/* Raise for what JSON cannot say, before anything is allocated. */
static void
check(lua_State *L, int idx, int depth, int *left)
{
    lua_Integer items;

    luaL_checkstack(L, 8, NULL);
    if (--*left < 0 || depth > DEPTH_MAX)
        luaL_error(L, "%s", _("holds too many values"));
    switch (lua_type(L, idx)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING:
        return;
    case LUA_TTABLE:
        break;
    default:
        luaL_error(L, "%s",
                   _("JSON holds texts, numbers, true, false and "
                     "tables only"));
    }
    items = (lua_Integer)lua_rawlen(L, idx);
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
        bool fits = items > 0
                        ? lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 &&
                              lua_tointeger(L, -2) <= items
                        : lua_type(L, -2) == LUA_TSTRING;

        if (!fits)
            luaL_error(L, "%s",
                       _("a table becomes JSON when it has names "
                         "only, or 1, 2, 3 ... only"));
        check(L, lua_gettop(L), depth + 1, left);
    }
}

void
ir_api_take(lua_State *L, int idx, struct ir_json **slot)
{
    int left = VALUES_MAX;

    idx = lua_absindex(L, idx);
    check(L, idx, 0, &left);
    *slot = take(L, idx);
}

static int
encode(lua_State *L)
{
    struct ir_json **slot;
    struct ir_buf *b;
    size_t n = 0;

    luaL_checkany(L, 1);
    lua_settop(L, 1);
    slot = ir_api_json_slot(L);
    b = ir_api_buf(L);
    ir_api_take(L, 1, slot);
    b->p = (uint8_t *)ir_json_canonical(*slot, &n);
    b->len = n;
    lua_pushlstring(L, ir_buf_str(b), b->len);
    return 1;
}

static int
decode(lua_State *L)
{
    struct ir_json **slot;
    struct ir_err err;
    size_t n;
    const char *s = luaL_checklstring(L, 1, &n);

    lua_settop(L, 1);
    slot = ir_api_json_slot(L);
    if (ir_json_parse_reals(s, n, slot, &err) != IR_OK)
        return ir_api_fail(L, "refused", "%s", err.msg);
    ir_api_push(L, *slot);
    return 1;
}

void
ir_api_json_open(lua_State *L)
{
    static const luaL_Reg fns[] = {
        {"encode", encode}, {"decode", decode}, {NULL, NULL}};

    luaL_newlib(L, fns);
}

static int
encode64(lua_State *L)
{
    size_t n;
    const char *s = luaL_checklstring(L, 1, &n);
    struct ir_buf *b = ir_api_buf(L);

    if (n > IR_API_SENT_MAX)
        return luaL_error(L, "%s", _("the text would be too long"));
    ir_base64(b, s, n, 0);
    lua_pushlstring(L, ir_buf_str(b), b->len);
    return 1;
}

static int
decode64(lua_State *L)
{
    size_t n;
    const char *s = luaL_checklstring(L, 1, &n);
    struct ir_buf *b = ir_api_buf(L);
    struct ir_err err;

    if (ir_base64_decode(b, s, n, &err) != IR_OK)
        return ir_api_fail(L, "refused", "%s", err.msg);
    lua_pushlstring(L, ir_buf_str(b), b->len);
    return 1;
}

void
ir_api_base64_open(lua_State *L)
{
    static const luaL_Reg fns[] = {
        {"encode", encode64}, {"decode", decode64}, {NULL, NULL}};

    luaL_newlib(L, fns);
}
