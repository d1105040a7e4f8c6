/* api_smtp.c: ir.smtp: one mail to one address over libcurl; and whether that
 * would be taken. */
#include "base/clock.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "script/api.h"
#include "script/curl.h"
#include "script/mime.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEADERS_MAX 30
#define ANSWER_MAX 8192 /* bytes of what the server says that are kept */
#define SHOWN_MAX 160

/* One mail under way; all of it belongs to Lua. */
struct mail {
    struct curl_slist *to;
    struct ir_buf *bytes, *said; /* the mail; the server's last line */
    size_t sent;
};

static int
free_mail(lua_State *L)
{
    struct mail *m = lua_touserdata(L, 1);

    ir_curl()->slist_free_all(m->to);
    m->to = NULL;
    return 0;
}

static struct mail *
new_mail(lua_State *L)
{
    struct mail *m = lua_newuserdatauv(L, sizeof *m, 0);

    memset(m, 0, sizeof *m);
    lua_newtable(L);
    lua_pushcfunction(L, free_mail);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    m->bytes = ir_api_buf(L);
    m->said = ir_api_buf(L);
    return m;
}

static size_t
on_read(char *p, size_t size, size_t n, void *arg)
{
    struct mail *m = arg;
    size_t left = m->bytes->len - m->sent, take = size * n;

    if (take > left)
        take = left;
    memcpy(p, m->bytes->p + m->sent, take);
    m->sent += take;
    return take;
}

/* A line the server said; the last one counts. */
static size_t
on_said(char *p, size_t size, size_t n, void *arg)
{
    struct mail *m = arg;
    size_t len = size * n;

    if (len >= 3 && memcmp(p, "221", 3) == 0)
        return len; /* its good-bye */
    m->said->len = 0;
    ir_buf_add(m->said, p, len < ANSWER_MAX ? len : ANSWER_MAX);
    return len;
}

/* Headers that are made here, and nowhere else. */
static bool
is_ours(const char *name)
{
    static const char *const ours[] = {
        "from",       "to",          "cc",        "bcc",          "date",
        "sender",     "resent-to",   "resent-cc", "mime-version", "resent-bcc",
        "message-id", "return-path", NULL};
    size_t i;

    for (i = 0; ours[i] != NULL; i++)
        if (strcasecmp(ours[i], name) == 0)
            return true;
    return strncasecmp(name, "content-", 8) == 0;
}

static int
take_headers(lua_State *L, struct mail *m, struct ir_err *err)
{
    int t, n = 0, rc = IR_OK;

    luaL_checkstack(L, 8, NULL);
    lua_getfield(L, 1, "headers");
    if (lua_isnil(L, -1))
        return IR_OK;
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
        if (is_ours(name) || ++n > HEADERS_MAX || strlen(value) != len)
            return ir_fail(err, IR_EREFUSED,
                           _("the header \"%.60s\" cannot be set"), name);
        rc = ir_mime_header(m->bytes, name, value, err);
        if (rc != IR_OK)
            return rc;
    }
    return IR_OK;
}

/* Message-ID: of the field "id" where one is given, so that the same message
 * sent again is the same mail. */
static int
put_id(lua_State *L, struct mail *m, const char *from, struct ir_err *err)
{
    const char *id = ir_api_text(L, "id", false, NULL);
    const char *domain = strchr(from, '@');
    uint8_t random[16], hash[IR_HASH_BYTES];
    char hex[33], *value;
    int rc;

    if (id[0] != '\0') {
        ir_sha256(id, strlen(id), hash);
        ir_hex(hash, 16, hex);
    } else {
        ir_random(random, sizeof random);
        ir_hex(random, 16, hex);
    }
    value = ir_asprintf("<%s%s>", hex, domain != NULL ? domain : "@ir");
    rc = ir_mime_header(m->bytes, "Message-ID", value, err);
    free(value);
    return rc;
}

static int
write_mail(lua_State *L, struct mail *m, const char *from, const char *to,
           struct ir_err *err)
{
    const char *from_name = ir_api_text(L, "from_name", false, NULL);
    const char *to_name = ir_api_text(L, "to_name", false, NULL);
    const char *text;
    struct ir_now now;
    size_t n;
    int rc;

    text = ir_api_text(L, "text", true, &n);
    ir_clock_now(&now);
    ir_mime_date(m->bytes, now.wall_ms);
    rc = ir_mime_mailbox(m->bytes, "From", from_name, from, err);
    if (rc == IR_OK)
        rc = ir_mime_mailbox(m->bytes, "To", to_name, to, err);
    if (rc == IR_OK)
        rc = put_id(L, m, from, err);
    if (rc == IR_OK)
        rc = take_headers(L, m, err);
    if (rc == IR_OK)
        ir_mime_text(m->bytes, text, n);
    return rc;
}

static bool
set_login(lua_State *L, struct mail *m, const char *tls)
{
    struct ir_curl *c = ir_curl();
    const char *user = ir_api_text(L, "user", false, NULL);
    const char *pass = ir_api_text(L, "password", false, NULL);
    bool ok;

    ok = c->setopt(c->easy, CURLOPT_HEADERFUNCTION, on_said) == CURLE_OK &&
         c->setopt(c->easy, CURLOPT_HEADERDATA, m) == CURLE_OK &&
         c->setopt(c->easy, CURLOPT_USE_SSL,
                   strcmp(tls, "starttls") == 0
                       ? (long)CURLUSESSL_ALL
                       : (long)CURLUSESSL_NONE) == CURLE_OK;
    if (ok && user[0] != '\0')
        ok = c->setopt(c->easy, CURLOPT_USERNAME, user) == CURLE_OK &&
             c->setopt(c->easy, CURLOPT_PASSWORD, pass) == CURLE_OK;
    return ok;
}

static bool
set_mail(struct mail *m, const char *from, const char *to)
{
    struct ir_curl *c = ir_curl();
    char *rcpt = ir_asprintf("<%s>", to), *sender = ir_asprintf("<%s>", from);
    bool ok;

    m->to = c->slist_append(NULL, rcpt);
    ok = m->to != NULL &&
         c->setopt(c->easy, CURLOPT_MAIL_FROM, sender) == CURLE_OK &&
         c->setopt(c->easy, CURLOPT_MAIL_RCPT, m->to) == CURLE_OK &&
         c->setopt(c->easy, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
         c->setopt(c->easy, CURLOPT_READFUNCTION, on_read) == CURLE_OK &&
         c->setopt(c->easy, CURLOPT_READDATA, m) == CURLE_OK;
    free(rcpt);
    free(sender);
    return ok;
}

/* The server's last line without its code, fit to be shown. [-0, +1, m] */
static void
push_said(lua_State *L, const struct mail *m, size_t skip)
{
    struct ir_buf *b = ir_api_buf(L);
    size_t n = m->said->len;

    while (n > 0 && isspace(m->said->p[n - 1]))
        n--;
    if (n > SHOWN_MAX)
        n = SHOWN_MAX;
    if (n > skip)
        ir_utf8_escape(b, (const char *)m->said->p + skip, n - skip, false);
    lua_pushlstring(L, ir_buf_str(b), b->len);
    lua_remove(L, -2);
}

/* What became of it: true and what the server said, or why not. */
static int
conclude(lua_State *L, struct mail *m, CURLcode rc, const char *host)
{
    long code = 0;
    char *text;

    (void)ir_curl()->getinfo(ir_curl()->easy, CURLINFO_RESPONSE_CODE, &code);
    if (rc == CURLE_OK) {
        lua_pushboolean(L, 1);
        push_said(L, m, 4);
        return 2;
    }
    if (code >= 400 && code < 600) {
        push_said(L, m, 0);
        if (rc == CURLE_LOGIN_DENIED && code >= 500)
            return ir_api_fail(L, "refused", "%s: %s (%s)", host,
                               _("it refused the user name or the password"),
                               lua_tostring(L, -1));
        return ir_api_fail(L, code >= 500 ? "refused" : "retry", "%s: %s", host,
                           lua_tostring(L, -1));
    }
    text = ir_curl_reason(rc, host);
    lua_pushstring(L, text);
    free(text);
    return ir_api_fail(L, rc == CURLE_LOGIN_DENIED ? "refused" : "retry", "%s",
                       lua_tostring(L, -1));
}

/* How we introduce ourselves: the domain mail is sent from. */
static const char *
helo(const char *from)
{
    const char *at = strchr(from, '@');

    return at != NULL && ir_curl_host_ok(at + 1) ? at + 1 : "ir.invalid";
}

/* The server of a call. */
struct server {
    const char *host, *tls, *from;
    int64_t ms;
    char url[640];
};

/* Read it from the table at 1. NULL, or why not. */
static const char *
take_server(lua_State *L, const char *function, struct server *v)
{
    bool implicit;
    lua_Integer port;

    ir_api_args(L, function);
    v->host = ir_api_text(L, "host", true, NULL);
    v->tls = ir_api_text(L, "tls", true, NULL);
    v->from = ir_api_text(L, "from", true, NULL);
    implicit = strcmp(v->tls, "tls") == 0;
    port = ir_api_int(L, "port", implicit ? 465 : 587, 1, 65535);
    v->ms = ir_api_timeout(L);
    if (!ir_curl_host_ok(v->host))
        return _("\"host\" is no host name");
    snprintf(v->url, sizeof v->url,
             strchr(v->host, ':') != NULL ? "%s://[%s]:%d/%s" : "%s://%s:%d/%s",
             implicit ? "smtps" : "smtp", v->host, (int)port, helo(v->from));
    return ir_curl_check_tls(v->tls, v->host);
}

static bool
begin(lua_State *L, struct mail *m, const struct server *v)
{
    const char *ca = ir_api_text(L, "ca", false, NULL);

    return ir_curl_begin(ir_curl()->easy, v->url,
                         strcmp(v->tls, "tls") == 0 ? "smtps" : "smtp", ca,
                         v->ms) &&
           set_login(L, m, v->tls);
}

static int
do_send(lua_State *L)
{
    struct server v;
    struct mail *m;
    struct ir_err err;
    const char *to, *why = take_server(L, "ir.smtp.send", &v);

    to = ir_api_text(L, "to", true, NULL);
    if (why != NULL)
        return ir_api_fail(L, "refused", "%s", why);
    m = new_mail(L);
    if (write_mail(L, m, v.from, to, &err) != IR_OK)
        return ir_api_fail(L, "refused", "%s", err.msg);
    if (v.ms == 0)
        return ir_api_fail(L, "retry", "%s: %s", v.host,
                           _("no answer in time"));
    if (!begin(L, m, &v) || !set_mail(m, v.from, to))
        return ir_api_fail(L, "refused", "%s: %s", v.host,
                           _("libcurl does not take this request"));
    return conclude(L, m, ir_curl()->perform(ir_curl()->easy), v.host);
}

/* Connect, TLS, log in: no mail. */
static int
do_check(lua_State *L)
{
    struct ir_curl *c = ir_curl();
    struct server v;
    struct mail *m;
    const char *why = take_server(L, "ir.smtp.check", &v);
    const char *user = ir_api_text(L, "user", false, NULL);
    long code = 0;
    CURLcode rc;

    if (why != NULL)
        return ir_api_fail(L, "refused", "%s", why);
    m = new_mail(L);
    if (!begin(L, m, &v) ||
        c->setopt(c->easy, CURLOPT_CONNECT_ONLY, 1L) != CURLE_OK)
        return ir_api_fail(L, "refused", "%s: %s", v.host,
                           _("libcurl does not take this request"));
    rc = c->perform(c->easy);
    (void)c->getinfo(c->easy, CURLINFO_RESPONSE_CODE, &code);
    if (rc == CURLE_OK && user[0] != '\0' && code != 235)
        return ir_api_fail(L, "refused", "%s: %s", v.host,
                           _("it offers no way to log in"));
    return conclude(L, m, rc, v.host);
}

void
ir_api_smtp_open(lua_State *L)
{
    static const luaL_Reg fns[] = {
        {"send", do_send}, {"check", do_check}, {NULL, NULL}};

    luaL_newlib(L, fns);
}
