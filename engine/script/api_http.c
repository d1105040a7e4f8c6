/* api_http.c: ir.http: one request, one answer. https only; plain http to this
 * machine itself alone. */
#include "base/i18n.h"
#include "base/utf8.h"
#include "script/api.h"
#include "script/curl.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEADERS_MAX 50
#define HEADER_BYTES_MAX 65536
#define HOST_MAX 256

/* One request under way; all of it belongs to Lua. */
struct request {
    struct curl_slist *headers;
    struct ir_buf *body, *answer, *lines;
    char host[HOST_MAX], scheme[8];
    bool has_type, is_long;
};

static int
free_request(lua_State *L)
{
    struct request *r = lua_touserdata(L, 1);

    ir_curl()->slist_free_all(r->headers);
    r->headers = NULL;
    return 0;
}

static struct request *
new_request(lua_State *L)
{
    struct request *r = lua_newuserdatauv(L, sizeof *r, 0);

    memset(r, 0, sizeof *r);
    lua_newtable(L);
    lua_pushcfunction(L, free_request);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    r->body = ir_api_buf(L);
    r->answer = ir_api_buf(L);
    r->lines = ir_api_buf(L);
    return r;
}

/* A part of an address, cut to what fits. */
static bool
part(CURLU *u, CURLUPart what, char *out, size_t cap)
{
    char *s = NULL;
    bool ok = ir_curl()->url_get(u, what, &s, 0) == CURLUE_OK && s != NULL;

    if (ok)
        snprintf(out, cap, "%s", s);
    ir_curl()->free(s);
    return ok;
}

/* Take the address apart; NULL when it may be asked, else why not. */
static const char *
look_at(struct request *r, const char *url)
{
    CURLU *u = ir_curl()->url();
    const char *why = NULL;

    if (u == NULL ||
        ir_curl()->url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
        !part(u, CURLUPART_SCHEME, r->scheme, sizeof r->scheme) ||
        !part(u, CURLUPART_HOST, r->host, sizeof r->host))
        why = _("the address (url) is no web address");
    else if (strcmp(r->scheme, "https") != 0 &&
             !(strcmp(r->scheme, "http") == 0 && ir_curl_loopback(r->host)))
        why = _("the address (url) must begin with https://");
    ir_curl()->url_cleanup(u);
    return why;
}

/* Names as RFC 9110 has them; values without line breaks or other controls. */
static bool
header_ok(const char *name, const char *value, size_t n)
{
    static const char *const ours[] = {"host",       "content-length",
                                       "connection", "transfer-encoding",
                                       "expect",     NULL};
    size_t i;

    if (name[0] == '\0' || strlen(name) > 64)
        return false;
    for (i = 0; name[i] != '\0'; i++)
        if (!isalnum((unsigned char)name[i]) &&
            strchr("!#$%&'*+-.^_`|~", name[i]) == NULL)
            return false;
    for (i = 0; ours[i] != NULL; i++)
        if (strcasecmp(ours[i], name) == 0)
            return false;
    for (i = 0; i < n; i++)
        if ((unsigned char)value[i] < 0x20 || value[i] == 0x7F)
            return false;
    return true;
}

static bool
add_header(struct request *r, const char *name, const char *value)
{
    /* "Name;" is libcurl's way to send a header without a value, NULL
     * here its way to send none */
    char *line = value == NULL      ? ir_asprintf("%s:", name)
                 : value[0] != '\0' ? ir_asprintf("%s: %s", name, value)
                                    : ir_asprintf("%s;", name);
    struct curl_slist *more = ir_curl()->slist_append(r->headers, line);

    free(line);
    if (more != NULL)
        r->headers = more;
    return more != NULL;
}

/* The field "headers"; false with a message pushed when one is no header. */
static bool
take_headers(lua_State *L, struct request *r)
{
    int t, n = 0;

    lua_getfield(L, 1, "headers");
    if (lua_isnil(L, -1))
        return true;
    if (!lua_istable(L, -1))
        luaL_error(L, "%s", _("\"headers\" must be a table"));
    t = lua_gettop(L);
    luaL_checkstack(L, 6, NULL);
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
        size_t len;
        const char *name, *value;

        if (lua_type(L, -2) != LUA_TSTRING || !lua_isstring(L, -1))
            luaL_error(L, "%s", _("\"headers\" must hold names and texts"));
        name = lua_tostring(L, -2);
        value = lua_tolstring(L, -1, &len);
        if (++n > HEADERS_MAX || !header_ok(name, value, len) ||
            !add_header(r, name, value))
            return false;
        if (strcasecmp(name, "content-type") == 0)
            r->has_type = true;
    }
    return true;
}

/* As application/x-www-form-urlencoded has it. */
static void
escape(struct ir_buf *b, const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (isalnum((unsigned char)s[i]) ||
            (s[i] != '\0' && strchr("-._~", s[i]) != NULL))
            ir_buf_addc(b, s[i]);
        else
            ir_buf_addf(b, "%%%02X", (unsigned)(unsigned char)s[i]);
}

static void
take_form(lua_State *L, struct request *r)
{
    int t = lua_gettop(L);

    if (!lua_istable(L, t))
        luaL_error(L, "%s", _("\"form\" must be a table"));
    luaL_checkstack(L, 6, NULL);
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
        size_t n, m;
        const char *name, *value;

        if (lua_type(L, -2) != LUA_TSTRING || !lua_isstring(L, -1))
            luaL_error(L, "%s", _("\"form\" must hold names and texts"));
        name = lua_tolstring(L, -2, &n);
        value = lua_tolstring(L, -1, &m);
        if (r->body->len > 0)
            ir_buf_addc(r->body, '&');
        escape(r->body, name, n);
        ir_buf_addc(r->body, '=');
        escape(r->body, value, m);
    }
}

/* What is sent: json, form or body; the type of the first two. */
static const char *
take_body(lua_State *L, struct request *r)
{
    struct ir_json **slot;
    const char *type = NULL, *s;
    char *text;
    size_t n;

    lua_getfield(L, 1, "json");
    if (!lua_isnil(L, -1)) {
        slot = ir_api_json_slot(L);
        ir_api_take(L, -2, slot);
        text = ir_json_canonical(*slot, &n);
        ir_buf_add(r->body, text, n);
        free(text);
        return "application/json";
    }
    lua_getfield(L, 1, "form");
    if (!lua_isnil(L, -1)) {
        take_form(L, r);
        return "application/x-www-form-urlencoded";
    }
    s = ir_api_text(L, "body", false, &n);
    ir_buf_add(r->body, s, n);
    if (!r->has_type && n > 0)
        type = "text/plain; charset=utf-8";
    return type;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
    struct request *r = arg;

    if (r->answer->len + size * n > IR_API_BODY_MAX) {
        r->is_long = true;
        return 0; /* curl ends the transfer */
    }
    ir_buf_add(r->answer, p, size * n);
    return size * n;
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
    struct request *r = arg;

    if (r->lines->len + size * n > HEADER_BYTES_MAX) {
        r->is_long = true;
        return 0;
    }
    if (size * n > 5 && strncmp(p, "HTTP/", 5) == 0)
        r->lines->len = 0; /* after 100 Continue, or a proxy's answer */
    ir_buf_add(r->lines, p, size * n);
    return size * n;
}

/* The headers of the answer as a table; names in lower case. [-0, +1, m] */
static void
push_headers(lua_State *L, const struct request *r)
{
    const char *p = ir_buf_str(r->lines), *nl, *colon;
    char name[80];
    size_t i, n;

    lua_newtable(L);
    for (; (nl = strchr(p, '\n')) != NULL; p = nl + 1) {
        n = (size_t)(nl - p);
        while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == ' '))
            n--;
        colon = memchr(p, ':', n);
        if (colon == NULL || colon == p || (size_t)(colon - p) >= sizeof name)
            continue;
        for (i = 0; i < (size_t)(colon - p); i++)
            name[i] = (char)tolower((unsigned char)p[i]);
        name[i] = '\0';
        n -= (size_t)(colon - p) + 1;
        colon++;
        while (n > 0 && (*colon == ' ' || *colon == '\t')) {
            colon++;
            n--;
        }
        lua_pushlstring(L, colon, n);
        lua_setfield(L, -2, name);
    }
}

static bool
set_method(struct request *r, const char *method)
{
    struct ir_curl *c = ir_curl();
    bool body = strcmp(method, "GET") != 0 && strcmp(method, "DELETE") != 0;

    if (!body)
        return c->setopt(c->easy, CURLOPT_HTTPGET, 1L) == CURLE_OK &&
               c->setopt(c->easy, CURLOPT_CUSTOMREQUEST, method) == CURLE_OK;
    return c->setopt(c->easy, CURLOPT_POST, 1L) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_CUSTOMREQUEST, method) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_POSTFIELDSIZE, (long)r->body->len) ==
               CURLE_OK &&
           c->setopt(c->easy, CURLOPT_POSTFIELDS, ir_buf_str(r->body)) ==
               CURLE_OK;
}

static bool
set_options(lua_State *L, struct request *r, const char *method)
{
    struct ir_curl *c = ir_curl();
    const char *user = ir_api_text(L, "user", false, NULL);
    const char *pass = ir_api_text(L, "password", false, NULL);
    const char *proxy = ir_api_text(L, "proxy", false, NULL);
    bool ok = set_method(r, method);

    if (ok && user[0] != '\0')
        ok = c->setopt(c->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) ==
                 CURLE_OK &&
             c->setopt(c->easy, CURLOPT_USERNAME, user) == CURLE_OK &&
             c->setopt(c->easy, CURLOPT_PASSWORD, pass) == CURLE_OK;
    if (ok && proxy[0] != '\0')
        ok = c->setopt(c->easy, CURLOPT_PROXY, proxy) == CURLE_OK;
    return ok &&
           c->setopt(c->easy, CURLOPT_HTTPHEADER, r->headers) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_USERAGENT, "ir/" IR_VERSION) ==
               CURLE_OK &&
           c->setopt(c->easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_WRITEDATA, r) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_HEADERDATA, r) == CURLE_OK;
}

/* { status, body, headers } [-0, +1, m] */
static int
push_answer(lua_State *L, const struct request *r)
{
    long status = 0;

    (void)ir_curl()->getinfo(ir_curl()->easy, CURLINFO_RESPONSE_CODE, &status);
    luaL_checkstack(L, 6, NULL);
    lua_newtable(L);
    lua_pushinteger(L, status);
    lua_setfield(L, -2, "status");
    lua_pushlstring(L, ir_buf_str(r->answer), r->answer->len);
    lua_setfield(L, -2, "body");
    push_headers(L, r);
    lua_setfield(L, -2, "headers");
    return 1;
}

static int
ask(lua_State *L, const char *function, const char *method)
{
    struct request *r;
    const char *url, *ca, *type, *why;
    int64_t ms;
    CURLcode rc;

    ir_api_args(L, function);
    url = ir_api_text(L, "url", true, NULL);
    ca = ir_api_text(L, "ca", false, NULL);
    ms = ir_api_timeout(L);
    r = new_request(L);
    why = look_at(r, url);
    if (why != NULL)
        return ir_api_fail(L, "refused", "%s", why);
    if (strcmp(r->scheme, "http") == 0 &&
        ir_api_text(L, "proxy", false, NULL)[0] != '\0')
        return ir_api_fail(L, "refused", "%s",
                           _("the address (url) must begin with https://"));
    if (!take_headers(L, r))
        return ir_api_fail(L, "refused", "%s",
                           _("a header holds what no header may hold, such "
                             "as a line break"));
    type = take_body(L, r);
    if (r->body->len > IR_API_SENT_MAX)
        return ir_api_fail(L, "refused", "%s", _("the text would be too long"));
    if (type != NULL && !r->has_type)
        (void)add_header(r, "Content-Type", type);
    (void)add_header(r, "Expect", NULL);
    if (ms == 0)
        return ir_api_fail(L, "retry", "%s: %s", r->host,
                           _("no answer in time"));
    if (!ir_curl_begin(ir_curl()->easy, url, r->scheme, ca, ms) ||
        !set_options(L, r, method))
        return ir_api_fail(L, "refused", "%s: %s", r->host,
                           _("libcurl does not take this request"));
    rc = ir_curl()->perform(ir_curl()->easy);
    if (rc != CURLE_OK) {
        char *text = ir_curl_reason(rc, r->host);
        int n;

        lua_pushstring(L, text);
        free(text);
        n = ir_api_fail(L, r->is_long ? "refused" : "retry", "%s",
                        lua_tostring(L, -1));
        return n;
    }
    return push_answer(L, r);
}

static int
do_get(lua_State *L)
{
    return ask(L, "ir.http.get", "GET");
}

static int
do_post(lua_State *L)
{
    return ask(L, "ir.http.post", "POST");
}

static int
do_put(lua_State *L)
{
    return ask(L, "ir.http.put", "PUT");
}

static int
do_delete(lua_State *L)
{
    return ask(L, "ir.http.delete", "DELETE");
}

/* ir.http.escape(text): for a part of an address. */
static int
do_escape(lua_State *L)
{
    size_t n;
    const char *s = luaL_checklstring(L, 1, &n);
    struct ir_buf *b = ir_api_buf(L);

    if (n > IR_API_BODY_MAX)
        return luaL_error(L, "%s", _("the text would be too long"));
    escape(b, s, n);
    lua_pushlstring(L, ir_buf_str(b), b->len);
    return 1;
}

void
ir_api_http_open(lua_State *L)
{
    static const luaL_Reg fns[] = {{"get", do_get},       {"post", do_post},
                                   {"put", do_put},       {"delete", do_delete},
                                   {"escape", do_escape}, {NULL, NULL}};

    luaL_newlib(L, fns);
}
