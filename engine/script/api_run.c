/* api_run.c: ir.run: a program that the channel's configuration names. The
 * process in which Lua runs can start none; a broker outside its sandbox does
 * (broker.h), and looks for itself whether the program is granted.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "script/api.h"
#include "script/broker.h"

#include <string.h>

#define ARGS_MAX 64

/* { argv, input, timeout_ms } of the table at 1. */
static void
take_request(lua_State *L, struct ir_json **slot)
{
    const char *input;
    size_t n, i;
    struct ir_json *argv;

    input = ir_api_text(L, "input", false, &n);
    lua_getfield(L, 1, "argv");
    if (!lua_istable(L, -1) || lua_rawlen(L, -1) < 1 ||
        lua_rawlen(L, -1) > ARGS_MAX)
        luaL_error(L, "%s",
                   _("\"argv\" must be a list: the program and its "
                     "words"));
    *slot = ir_json_new_obj();
    argv = ir_json_set_take(*slot, "argv", ir_json_new_arr());
    for (i = 1; i <= lua_rawlen(L, -1); i++) {
        size_t len = 0;
        const char *s;

        lua_rawgeti(L, -1, (lua_Integer)i);
        s = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &len) : NULL;
        if (s == NULL || strlen(s) != len)
            luaL_error(L, "%s",
                       _("\"argv\" must be a list: the program and "
                         "its words"));
        ir_json_add_str(argv, s);
        lua_pop(L, 1);
    }
    lua_getfield(L, 1, "only_look");
    ir_json_set_bool(*slot, "only_look", lua_toboolean(L, -1));
    ir_json_set_strn(*slot, "input", input, n);
    ir_json_set_int(*slot, "timeout_ms", ir_api_timeout(L));
}

static int
push_result(lua_State *L, const struct ir_json *j)
{
    const char *error = ir_json_get_str(j, "error", NULL);

    if (error != NULL)
        return ir_api_fail(L, ir_json_get_str(j, "how", "retry"), "%s", error);
    luaL_checkstack(L, 4, NULL);
    lua_newtable(L);
    lua_pushinteger(L, ir_json_get_int(j, "exit", -1));
    lua_setfield(L, -2, "exit");
    lua_pushstring(L, ir_json_get_str(j, "out", ""));
    lua_setfield(L, -2, "out");
    lua_pushstring(L, ir_json_get_str(j, "err", ""));
    lua_setfield(L, -2, "err");
    return 1;
}

/* ir.run { argv = {...}, input = "", timeout = "10s" }; with only_look = true
 * it is not started: is it there? */
static int
do_run(lua_State *L)
{
    struct ir_api *api = ir_api_of(L);
    struct ir_json **req, **res;
    const char *program;
    struct ir_err err;

    ir_api_args(L, "ir.run");
    req = ir_api_json_slot(L);
    res = ir_api_json_slot(L);
    take_request(L, req);
    program = ir_json_str(ir_json_at(ir_json_get(*req, "argv"), 0));
    if (!ir_api_granted(api, "program", program))
        return ir_api_fail(L, "refused",
                           _("this program is not the one of this channel's "
                             "configuration"));
    if (ir_broker_ask(api->broker, *req, res, &err) != IR_OK)
        return ir_api_fail(L, "retry", "%s", err.msg);
    return push_result(L, *res);
}

void
ir_api_run_open(lua_State *L)
{
    lua_pushcfunction(L, do_run);
}
