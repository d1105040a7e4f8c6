/* api.c: see api.h. Arguments, failures, and memory that Lua frees. */
#include "script/api.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/time.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TIMEOUT_MAX_S 60

int
ir_api_fail(lua_State *L, const char *how, const char *fmt, ...)
{
    char msg[IR_ERR_MSG_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    luaL_checkstack(L, 4, NULL);
    lua_pushnil(L);
    lua_pushstring(L, msg);
    lua_pushstring(L, how);
    return 3;
}

void
ir_api_args(lua_State *L, const char *function)
{
    char msg[160];

    if (!lua_istable(L, 1)) {
        snprintf(msg, sizeof msg, _("%s takes one table of named values"),
                 function);
        luaL_error(L, "%s", msg);
    }
    lua_settop(L, 1);
}

static int
wrong(lua_State *L, const char *name, const char *want)
{
    char msg[200];

    if (lua_isnil(L, -1))
        snprintf(msg, sizeof msg, _("\"%s\" is missing"), name);
    else
        snprintf(msg, sizeof msg, _("\"%s\" must be %s"), name, want);
    return luaL_error(L, "%s", msg);
}

const char *
ir_api_text(lua_State *L, const char *name, bool must, size_t *len)
{
    size_t n = 0;
    const char *s = "";

    luaL_checkstack(L, 4, NULL);
    lua_getfield(L, 1, name);
    if (lua_isstring(L, -1))
        s = lua_tolstring(L, -1, &n);
    else if (must || !lua_isnil(L, -1))
        wrong(L, name, _("a string"));
    if (n > IR_API_SENT_MAX || (len == NULL && strlen(s) != n))
        wrong(L, name, _("a short string without NUL"));
    if (len != NULL)
        *len = n;
    return s;
}

lua_Integer
ir_api_int(lua_State *L, const char *name, lua_Integer dflt, lua_Integer min,
           lua_Integer max)
{
    lua_Integer v = dflt;
    char want[80];

    luaL_checkstack(L, 4, NULL);
    lua_getfield(L, 1, name);
    if (lua_isinteger(L, -1))
        v = lua_tointeger(L, -1);
    else if (!lua_isnil(L, -1))
        wrong(L, name, _("a whole number"));
    if (v < min || v > max) {
        snprintf(want, sizeof want, _("from %lld to %lld"), (long long)min,
                 (long long)max);
        wrong(L, name, want);
    }
    return v;
}

int64_t
ir_api_timeout(lua_State *L)
{
    int64_t left = ir_api_of(L)->until_ms - ir_clock_mono_ms(), ms, secs;
    const char *s;
    size_t n;

    luaL_checkstack(L, 4, NULL);
    lua_getfield(L, 1, "timeout");
    if (lua_type(L, -1) == LUA_TSTRING) {
        s = lua_tolstring(L, -1, &n);
        if (ir_duration_parse(s, n, &secs, NULL) != IR_OK)
            wrong(L, "timeout", _("a duration such as \"10s\""));
        ms = secs * 1000;
    } else if (lua_isnumber(L, -1)) {
        lua_Number v = lua_tonumber(L, -1);

        if (!(v > 0 && v <= 1000000))
            wrong(L, "timeout", _("a duration such as \"10s\""));
        ms = (int64_t)(v * 1000);
    } else {
        if (!lua_isnil(L, -1))
            wrong(L, "timeout", _("a duration such as \"10s\""));
        ms = IR_API_TIMEOUT_MS;
    }
    if (ms > TIMEOUT_MAX_S * 1000)
        ms = TIMEOUT_MAX_S * 1000;
    return left < 0 ? 0 : ms < left ? ms : left;
}

static int
free_buf(lua_State *L)
{
    struct ir_buf *b = lua_touserdata(L, 1);

    ir_buf_done(b);
    return 0;
}

static int
free_json(lua_State *L)
{
    struct ir_json **slot = lua_touserdata(L, 1);

    ir_json_free(*slot);
    *slot = NULL;
    return 0;
}

static void *
with_end(lua_State *L, size_t n, lua_CFunction end)
{
    void *p;

    luaL_checkstack(L, 6, NULL);
    p = lua_newuserdatauv(L, n, 0);
    memset(p, 0, n);
    lua_newtable(L);
    lua_pushcfunction(L, end);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    return p;
}

struct ir_buf *
ir_api_buf(lua_State *L)
{
    return with_end(L, sizeof(struct ir_buf), free_buf);
}

struct ir_json **
ir_api_json_slot(lua_State *L)
{
    return with_end(L, sizeof(struct ir_json *), free_json);
}

struct grant {
    const struct ir_json *config;
    const char *type, *value;
    bool yes;
};

static bool
look(const char *key, struct ir_json *rule, void *arg)
{
    struct grant *g = arg;

    if (strcmp(ir_json_get_str(rule, "type", ""), g->type) == 0 &&
        strcmp(ir_json_get_str(g->config, key, ""), g->value) == 0)
        g->yes = true;
    return true;
}

bool
ir_api_granted(const struct ir_api *api, const char *type, const char *value)
{
    struct grant g = {api->config, type, value, false};

    if (value[0] == '/')
        ir_json_each(api->rules, look, &g);
    return g.yes;
}
