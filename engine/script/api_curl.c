/* api_curl.c: see api_curl.h. */
#include "script/api_curl.h"

#include "base/i18n.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *
ir_api_server(lua_State *L, const char *const schemes[2], const int ports[2],
              struct ir_api_server *v)
{
    int implicit;

    v->host = ir_api_text(L, "host", true, NULL);
    v->tls = ir_api_text(L, "tls", true, NULL);
    v->ca = ir_api_text(L, "ca", false, NULL);
    v->user = ir_api_text(L, "user", false, NULL);
    v->password = ir_api_text(L, "password", false, NULL);
    implicit = strcmp(v->tls, "tls") == 0;
    v->scheme = schemes[implicit];
    v->port = ir_api_int(L, "port", ports[implicit], 1, 65535);
    v->ms = ir_api_timeout(L);
    if (!ir_curl_host_ok(v->host))
        return _("\"host\" is no host name");
    return ir_curl_check_tls(v->tls, v->host);
}

bool
ir_api_server_url(const struct ir_api_server *v, const char *path, char *out,
                  size_t cap)
{
    bool v6 = strchr(v->host, ':') != NULL;
    int n = snprintf(out, cap, "%s://%s%s%s:%d/%s", v->scheme, v6 ? "[" : "",
                     v->host, v6 ? "]" : "", (int)v->port, path);

    return n > 0 && (size_t)n < cap;
}

bool
ir_api_login(const char *user, const char *password)
{
    struct ir_curl *c = ir_curl();

    return user[0] == '\0' ||
           (c->setopt(c->easy, CURLOPT_USERNAME, user) == CURLE_OK &&
            c->setopt(c->easy, CURLOPT_PASSWORD, password) == CURLE_OK);
}

bool
ir_api_server_begin(const struct ir_api_server *v, const char *url)
{
    struct ir_curl *c = ir_curl();
    long ssl = strcmp(v->tls, "starttls") == 0 ? (long)CURLUSESSL_ALL
                                               : (long)CURLUSESSL_NONE;

    return ir_curl_begin(c->easy, url, v->scheme, v->ca, v->ms) &&
           c->setopt(c->easy, CURLOPT_USE_SSL, ssl) == CURLE_OK &&
           ir_api_login(v->user, v->password);
}

static int
free_slist(lua_State *L)
{
    struct curl_slist **list = lua_touserdata(L, 1);

    ir_curl()->slist_free_all(*list);
    *list = NULL;
    return 0;
}

struct curl_slist **
ir_api_slist(lua_State *L)
{
    struct curl_slist **list;

    luaL_checkstack(L, 4, NULL);
    list = lua_newuserdatauv(L, sizeof(struct curl_slist *), 0);
    *list = NULL;
    lua_newtable(L);
    lua_pushcfunction(L, free_slist);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    return list;
}

bool
ir_api_headers(lua_State *L,
               bool (*each)(void *arg, const char *name, const char *value,
                            size_t len),
               void *arg)
{
    int t;

    luaL_checkstack(L, 8, NULL);
    lua_getfield(L, 1, "headers");
    if (lua_isnil(L, -1))
        return true;
    if (!lua_istable(L, -1))
        luaL_error(L, "%s", _("\"headers\" must be a table"));
    t = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
        const char *name, *value;
        size_t len;

        if (lua_type(L, -2) != LUA_TSTRING || !lua_isstring(L, -1))
            luaL_error(L, "%s", _("\"headers\" must hold names and texts"));
        name = lua_tostring(L, -2);
        value = lua_tolstring(L, -1, &len);
        if (!each(arg, name, value, len)) {
            lua_pop(L, 2);
            return false;
        }
    }
    return true;
}

int
ir_api_late(lua_State *L, const char *host)
{
    return ir_api_fail(L, "retry", "%s: %s", host, _("no answer in time"));
}

int
ir_api_odd(lua_State *L, const char *host)
{
    return ir_api_fail(L, "refused", "%s: %s", host,
                       _("libcurl does not take this request"));
}

int
ir_api_failed(lua_State *L, CURLcode rc, const char *host, const char *how)
{
    char *text = ir_curl_reason(rc, host);

    luaL_checkstack(L, 2, NULL);
    lua_pushstring(L, text);
    free(text);
    return ir_api_fail(L, how, "%s", lua_tostring(L, -1));
}
