/* api_http.c: ir.http: one request, one answer. https only; plain http to this
 * machine itself alone. */
#include "base/i18n.h"
#include "base/utf8.h"
#include "script/api_curl.h"

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
    struct curl_slist **headers;
    struct ir_buf *body, *answer, *lines;
    char host[HOST_MAX], scheme[8];
    int headers_n;
    bool has_type, is_long;
};

static struct request *
new_request(lua_State *L)
{
    struct request *r = lua_newuserdatauv(L, sizeof *r, 0);

    memset(r, 0, sizeof *r);
    r->headers = ir_api_slist(L);
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
    struct curl_slist *more = ir_curl()->slist_append(*r->headers, line);

    free(line);
    if (more != NULL)
        *r->headers = more;
    return more != NULL;
}

/* One of the field "headers"; false where it is no header. */
static bool
take_header(void *arg, const char *name, const char *value, size_t len)
{
    struct request *r = arg;

    if (++r->headers_n > HEADERS_MAX || !header_ok(name, value, len) ||
        !add_header(r, name, value))
        return false;
    if (strcasecmp(name, "content-type") == 0)
        r->has_type = true;
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
             ir_api_login(user, pass);
    if (ok && proxy[0] != '\0')
        ok = c->setopt(c->easy, CURLOPT_PROXY, proxy) == CURLE_OK;
    return ok &&
           c->setopt(c->easy, CURLOPT_HTTPHEADER, *r->headers) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_USERAGENT, "ir/" IR_VERSION) ==
               CURLE_OK &&
           c->setopt(c->easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_WRITEDATA, r) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_HEADERDATA, r) == CURLE_OK;
}

/* { status, ok, body, headers, again_s } [-0, +1, m] */
static int
push_answer(lua_State *L, const struct request *r)
{
    struct ir_curl *c = ir_curl();
    curl_off_t again = 0;
    long status = 0;

    (void)c->getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)c->getinfo(c->easy, CURLINFO_RETRY_AFTER, &again);
    luaL_checkstack(L, 6, NULL);
    lua_newtable(L);
    lua_pushinteger(L, status);
    lua_setfield(L, -2, "status");
    lua_pushboolean(L, status >= 200 && status < 300);
    lua_setfield(L, -2, "ok");
    lua_pushlstring(L, ir_buf_str(r->answer), r->answer->len);
    lua_setfield(L, -2, "body");
    push_headers(L, r);
    lua_setfield(L, -2, "headers");
    if (again > 0) {
        lua_pushinteger(L, again < IR_API_AGAIN_MAX_S ? (lua_Integer)again
                                                      : IR_API_AGAIN_MAX_S);
        lua_setfield(L, -2, "again_s");
    }
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
    if (!ir_api_headers(L, take_header, r))
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
        return ir_api_late(L, r->host);
    if (!ir_curl_begin(ir_curl()->easy, url, r->scheme, ca, ms) ||
        !set_options(L, r, method))
        return ir_api_odd(L, r->host);
    rc = ir_curl()->perform(ir_curl()->easy);
    if (rc != CURLE_OK)
        return ir_api_failed(L, rc, r->host, r->is_long ? "refused" : "retry");
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

/* Put "since=STATE" behind the address of the table at 1, where the field
 * "since" has one. [-0, +0, e] */
static void
ask_since(lua_State *L)
{
    const char *url = ir_api_text(L, "url", true, NULL);
    size_t n;
    const char *since = ir_api_text(L, "since", false, &n);
    struct ir_buf *b;

    if (n > 0) {
        b = ir_api_buf(L);
        ir_buf_addf(b, "%s%csince=", url, strchr(url, '?') != NULL ? '&' : '?');
        escape(b, since, n);
        lua_pushlstring(L, ir_buf_str(b), b->len);
        lua_setfield(L, 1, "url");
    }
    lua_settop(L, 1);
}

/* ir.http.replies{ url, since, ... }: what has come in there, and what to say
 * as `since` next time. */
static int
do_replies(lua_State *L)
{
    int n;

    ir_api_args(L, "ir.http.replies");
    ask_since(L);
    n = ask(L, "ir.http.replies", "GET");
    return n == 1 ? ir_api_replies(L) : n;
}

void
ir_api_http_open(lua_State *L)
{
    static const luaL_Reg fns[] = {
        {"get", do_get},         {"post", do_post},     {"put", do_put},
        {"delete", do_delete},   {"escape", do_escape}, {"judge", ir_api_judge},
        {"replies", do_replies}, {NULL, NULL}};

    luaL_newlib(L, fns);
}
