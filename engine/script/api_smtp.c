/* api_smtp.c: ir.smtp: one mail to one address over libcurl; and whether that
 * would be taken. */
#include "base/clock.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "script/api_curl.h"
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
    struct curl_slist **to;
    struct ir_buf *bytes, *said; /* the mail; the server's last line */
    size_t sent;
    int headers_n;
    struct ir_err err; /* of a header */
};

static struct mail *
new_mail(lua_State *L)
{
    struct mail *m = lua_newuserdatauv(L, sizeof *m, 0);

    memset(m, 0, sizeof *m);
    m->to = ir_api_slist(L);
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

static bool
take_header(void *arg, const char *name, const char *value, size_t len)
{
    struct mail *m = arg;

    if (is_ours(name) || ++m->headers_n > HEADERS_MAX || strlen(value) != len) {
        ir_fail(&m->err, IR_EREFUSED, _("the header \"%.60s\" cannot be set"),
                name);
        return false;
    }
    return ir_mime_header(m->bytes, name, value, &m->err) == IR_OK;
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
write_mail(lua_State *L, struct mail *m, const char *from, const char *to)
{
    struct ir_err *err = &m->err;
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
    if (rc == IR_OK && !ir_api_headers(L, take_header, m))
        rc = err->code;
    if (rc == IR_OK)
        ir_mime_text(m->bytes, text, n);
    return rc;
}

static bool
set_mail(struct mail *m, const char *from, const char *to)
{
    struct ir_curl *c = ir_curl();
    char *rcpt = ir_asprintf("<%s>", to), *sender = ir_asprintf("<%s>", from);
    bool ok;

    *m->to = c->slist_append(NULL, rcpt);
    ok = *m->to != NULL &&
         c->setopt(c->easy, CURLOPT_MAIL_FROM, sender) == CURLE_OK &&
         c->setopt(c->easy, CURLOPT_MAIL_RCPT, *m->to) == CURLE_OK &&
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
    return ir_api_failed(L, rc, host,
                         rc == CURLE_LOGIN_DENIED ? "refused" : "retry");
}

/* How we introduce ourselves: the domain mail is sent from. */
static const char *
helo(const char *from)
{
    const char *at = strchr(from, '@');

    return at != NULL && ir_curl_host_ok(at + 1) ? at + 1 : "ir.invalid";
}

/* Read the table at 1. NULL, or why not. */
static const char *
take_server(lua_State *L, const char *function, struct ir_api_server *v,
            const char **from)
{
    static const char *const schemes[] = {"smtp", "smtps"};
    static const int ports[] = {587, 465};

    ir_api_args(L, function);
    *from = ir_api_text(L, "from", true, NULL);
    return ir_api_server(L, schemes, ports, v);
}

static bool
begin(struct mail *m, const struct ir_api_server *v, const char *from)
{
    struct ir_curl *c = ir_curl();
    char url[640];

    return ir_api_server_url(v, helo(from), url, sizeof url) &&
           ir_api_server_begin(v, url) &&
           c->setopt(c->easy, CURLOPT_HEADERFUNCTION, on_said) == CURLE_OK &&
           c->setopt(c->easy, CURLOPT_HEADERDATA, m) == CURLE_OK;
}

static int
do_send(lua_State *L)
{
    struct ir_api_server v;
    struct mail *m;
    const char *to, *from, *why = take_server(L, "ir.smtp.send", &v, &from);

    to = ir_api_text(L, "to", true, NULL);
    if (why != NULL)
        return ir_api_fail(L, "refused", "%s", why);
    m = new_mail(L);
    if (write_mail(L, m, from, to) != IR_OK)
        return ir_api_fail(L, "refused", "%s", m->err.msg);
    if (v.ms == 0)
        return ir_api_late(L, v.host);
    if (!begin(m, &v, from) || !set_mail(m, from, to))
        return ir_api_odd(L, v.host);
    return conclude(L, m, ir_curl()->perform(ir_curl()->easy), v.host);
}

/* Connect, TLS, log in: no mail. */
static int
do_check(lua_State *L)
{
    struct ir_curl *c = ir_curl();
    struct ir_api_server v;
    struct mail *m;
    const char *from, *why = take_server(L, "ir.smtp.check", &v, &from);
    long code = 0;
    CURLcode rc;

    if (why != NULL)
        return ir_api_fail(L, "refused", "%s", why);
    m = new_mail(L);
    if (v.ms == 0)
        return ir_api_late(L, v.host);
    if (!begin(m, &v, from) ||
        c->setopt(c->easy, CURLOPT_CONNECT_ONLY, 1L) != CURLE_OK)
        return ir_api_odd(L, v.host);
    rc = c->perform(c->easy);
    (void)c->getinfo(c->easy, CURLINFO_RESPONSE_CODE, &code);
    if (rc == CURLE_OK && v.user[0] != '\0' && code != 235)
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
