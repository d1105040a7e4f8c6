/* api_socket.c: ir.socket: some bytes to a port, by udp, tcp or tls, and what
 * is answered at once. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "script/api.h"
#include "script/curl.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATAGRAM_MAX 60000
#define REFUSED_MS 20 /* how long an ICMP message is waited for */
#define LINGER_MS 300 /* how long what TLS has to say is waited for */

/* What a call was given. */
struct where {
    const char *host, *data, *ca, *cert, *key;
    size_t n;
    int port;
    lua_Integer read; /* bytes of an answer that are waited for */
    bool stays;       /* who closes the connection did not take it */
    int64_t until_ms;
};

static void
take_where(lua_State *L, const char *function, struct where *w)
{
    ir_api_args(L, function);
    w->host = ir_api_text(L, "host", true, NULL);
    w->data = ir_api_text(L, "data", true, &w->n);
    w->ca = ir_api_text(L, "ca", false, NULL);
    w->cert = ir_api_text(L, "cert", false, NULL);
    w->key = ir_api_text(L, "key", false, NULL);
    w->port = (int)ir_api_int(L, "port", 0, 1, 65535);
    w->read = ir_api_int(L, "read", 0, 0, IR_API_BODY_MAX);
    lua_getfield(L, 1, "stays");
    w->stays = lua_toboolean(L, -1);
    w->until_ms = ir_clock_mono_ms() + ir_api_timeout(L);
}

/* A failure that names the host. [-0, +3, m] */
static int
fail(lua_State *L, const struct where *w, const char *how, const char *why)
{
    char shown[128];

    ir_utf8_show(w->host, shown, sizeof shown);
    return ir_api_fail(L, how, "%s: %s", shown, why);
}

static int
left_ms(const struct where *w)
{
    int64_t ms = w->until_ms - ir_clock_mono_ms();

    return ms > 0 ? (int)ms : 0;
}

/* A file descriptor that Lua closes. [-0, +1, m] */
static int
close_fd(lua_State *L)
{
    int *fd = lua_touserdata(L, 1);

    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    return 0;
}

static int *
new_fd(lua_State *L)
{
    int *fd = lua_newuserdatauv(L, sizeof *fd, 0);

    *fd = -1;
    lua_newtable(L);
    lua_pushcfunction(L, close_fd);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    return fd;
}

/* Connect to the first address that takes it. */
static const char *
connect_udp(const struct where *w, int *fd)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM,
                                   .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL, *a;
    char port[8];

    snprintf(port, sizeof port, "%d", w->port);
    if (res_init() == 0) { /* asked twice within the time there is */
        int half_s = left_ms(w) / 2000;

        _res.retrans = half_s < 1 ? 1 : half_s > 5 ? 5 : half_s;
        _res.retry = 2;
    }
    if (getaddrinfo(w->host, port, &hints, &list) != 0)
        return _("its name is not known here (DNS)");
    for (a = list; a != NULL && *fd < 0; a = a->ai_next) {
        *fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (*fd >= 0 && connect(*fd, a->ai_addr, a->ai_addrlen) != 0) {
            close(*fd);
            *fd = -1;
        }
    }
    freeaddrinfo(list);
    return *fd < 0 ? _("nobody answers there") : NULL;
}

/* Wait for an answer, or for the news that nobody is there. */
static int
hear_udp(lua_State *L, const struct where *w, int fd)
{
    struct pollfd p = {.fd = fd, .events = w->read > 0 ? POLLIN : 0};
    char *room;
    ssize_t n;

    if (poll(&p, 1, w->read > 0 ? left_ms(w) : REFUSED_MS) > 0 &&
        (p.revents & POLLERR) != 0)
        return fail(L, w, "retry", _("nobody answers there"));
    lua_pushboolean(L, 1);
    if (w->read == 0)
        return 1;
    if ((p.revents & POLLIN) == 0)
        return fail(L, w, "retry", _("no answer in time"));
    room = lua_newuserdatauv(L, (size_t)w->read, 0);
    n = recv(fd, room, (size_t)w->read, MSG_DONTWAIT);
    if (n < 0)
        return fail(L, w, "retry", _("nobody answers there"));
    lua_pushboolean(L, 1);
    lua_pushlstring(L, room, (size_t)n);
    return 2;
}

static int
do_udp(lua_State *L)
{
    struct where w;
    const char *why;
    int *fd;

    take_where(L, "ir.socket.udp", &w);
    if (w.n > DATAGRAM_MAX)
        return fail(L, &w, "refused", _("the text would be too long"));
    fd = new_fd(L);
    why = connect_udp(&w, fd);
    if (why != NULL)
        return fail(L, &w, "retry", why);
    if (send(*fd, w.data, w.n, MSG_NOSIGNAL) != (ssize_t)w.n)
        return fail(L, &w, errno == EMSGSIZE ? "refused" : "retry",
                    strerror(errno));
    return hear_udp(L, &w, *fd);
}

/* A handle of libcurl that Lua ends. */
static int
free_easy(lua_State *L)
{
    CURL **e = lua_touserdata(L, 1);

    if (*e != NULL)
        ir_curl()->cleanup(*e);
    *e = NULL;
    return 0;
}

static CURL **
new_easy(lua_State *L)
{
    CURL **e = lua_newuserdatauv(L, sizeof(CURL *), 0);

    *e = NULL;
    lua_newtable(L);
    lua_pushcfunction(L, free_easy);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    *e = ir_curl()->init();
    return e;
}

/* Wait until the connection can be read or written. */
static bool
ready(CURL *e, short events, int ms)
{
    struct pollfd p = {.fd = -1, .events = events};
    curl_socket_t fd = CURL_SOCKET_BAD;

    if (ir_curl()->getinfo(e, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK)
        return false;
    p.fd = fd;
    return poll(&p, 1, ms) > 0;
}

static CURLcode
send_all(CURL *e, const struct where *w)
{
    size_t at = 0, n;
    CURLcode rc = CURLE_OK;

    while (at < w->n && rc == CURLE_OK) {
        rc = ir_curl()->send(e, w->data + at, w->n - at, &n);
        if (rc == CURLE_OK) {
            at += n;
        } else if (rc == CURLE_AGAIN) {
            rc = ready(e, POLLOUT, left_ms(w)) ? CURLE_OK
                                               : CURLE_OPERATION_TIMEDOUT;
        }
    }
    return rc;
}

/* What is answered first, at most `room` bytes. */
static CURLcode
hear(CURL *e, const struct where *w, char *room, size_t *n)
{
    CURLcode rc;

    *n = 0;
    while ((rc = ir_curl()->recv(e, room, (size_t)w->read, n)) == CURLE_AGAIN)
        if (!ready(e, POLLIN, left_ms(w)))
            return CURLE_OPERATION_TIMEDOUT;
    return rc;
}

static int
fail_curl(lua_State *L, const struct where *w, CURLcode rc)
{
    char *text = ir_curl_reason(rc, w->host);

    lua_pushstring(L, text);
    free(text);
    return ir_api_fail(L, "retry", "%s", lua_tostring(L, -1));
}

/* Hear what TLS has to say, or closing resets the connection. Who does not
 * accept our certificate says so only now, by an alert (RFC 8446,
 * section 4.4.2.4) or by closing. */
static CURLcode
linger(CURL *e, const struct where *w)
{
    int64_t until = ir_clock_mono_ms() + LINGER_MS, left = LINGER_MS;
    CURLcode rc = CURLE_AGAIN;
    char spare[512];
    size_t n = 0;

    do {
        if (!ready(e, POLLIN, (int)left))
            return CURLE_OK;
        rc = ir_curl()->recv(e, spare, sizeof spare, &n);
        left = until - ir_clock_mono_ms();
    } while (w->stays && left > 0 &&
             (rc == CURLE_AGAIN || (rc == CURLE_OK && n > 0)));
    if (rc == CURLE_OK && n == 0 && w->stays)
        return CURLE_RECV_ERROR;
    return rc == CURLE_AGAIN ? CURLE_OK : rc;
}

static int
stream(lua_State *L, const char *function, const char *scheme)
{
    struct ir_curl *c = ir_curl();
    struct where w;
    char url[320], *room;
    CURLcode rc;
    CURL **e;
    size_t n = 0;

    take_where(L, function, &w);
    if (strpbrk(w.host, "/?#@ ") != NULL || strlen(w.host) > 253)
        return fail(L, &w, "refused", _("\"host\" is no host name"));
    snprintf(url, sizeof url,
             strchr(w.host, ':') != NULL ? "%s://[%s]:%d" : "%s://%s:%d",
             scheme, w.host, w.port);
    room = lua_newuserdatauv(L, (size_t)w.read + 1, 0);
    e = new_easy(L);
    if (*e == NULL || left_ms(&w) == 0 ||
        !ir_curl_begin(*e, url, scheme, w.ca, left_ms(&w)) ||
        !ir_curl_identity(*e, w.cert, w.key) ||
        c->setopt(*e, CURLOPT_SSL_ENABLE_ALPN, 0L) != CURLE_OK ||
        c->setopt(*e, CURLOPT_CONNECT_ONLY, 1L) != CURLE_OK)
        return fail(L, &w, "refused", _("libcurl does not take this request"));
    rc = c->perform(*e);
    if (rc == CURLE_OK)
        rc = send_all(*e, &w);
    if (rc == CURLE_OK && w.read > 0)
        rc = hear(*e, &w, room, &n);
    else if (rc == CURLE_OK && strcmp(scheme, "https") == 0)
        rc = linger(*e, &w);
    if (rc != CURLE_OK)
        return fail_curl(L, &w, rc);
    c->cleanup(*e);
    *e = NULL;
    lua_pushboolean(L, 1);
    if (w.read == 0)
        return 1;
    lua_pushlstring(L, room, n);
    return 2;
}

static int
do_tcp(lua_State *L)
{
    return stream(L, "ir.socket.tcp", "http");
}

static int
do_tls(lua_State *L)
{
    return stream(L, "ir.socket.tls", "https");
}

void
ir_api_socket_open(lua_State *L)
{
    static const luaL_Reg fns[] = {
        {"udp", do_udp}, {"tcp", do_tcp}, {"tls", do_tls}, {NULL, NULL}};

    luaL_newlib(L, fns);
}
