/* https_server.c: who calls us: libmicrohttpd over GnuTLS; see https.h.
 *
 * A stranger gets no further than the handshake: a certificate is required
 * there, and its key must be welcome before a byte of HTTP is read. What is
 * open without having come that far is cut after a few seconds, and counted
 * by address. While the door is open (https_door.c), who shows no certificate
 * at all may send one short request there; everything else is refused to them.
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "carrier/https_conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINKS_PER_KEY 4
#define IDLE_MS 60000     /* between two requests */
#define REQUEST_MS 120000 /* for one request of a certified device */
#define LET_IN_MS 600000  /* for the answer to who is let in: a release */
#define HEADER_MEMORY 32768u
#define PRIORITIES                                                             \
    "NONE:+VERS-TLS1.3:+AEAD:+AES-256-GCM:+CHACHA20-POLY1305:"                 \
    "+AES-128-GCM:+SHA256:+SHA384:+GROUP-X25519:+SIGN-EDDSA-ED25519:"          \
    "+CTYPE-X509"

struct slink {
    struct slink *next;
    uint32_t link;
    uint8_t pub[IR_PUBKEY_BYTES], token[IR_HTTPS_TOKEN];
    struct ir_queue out;
    struct request *held;
    bool speaks; /* one of its requests is answered in this turn */
    int64_t heard;
};

struct request {
    struct ir_https_conn *conn;
    uint32_t link; /* asked for by number (0: by token), or once taken; it may
                      be gone */
    struct request *next; /* of those answered in the next turn */
    bool turned;          /* it is one of them */
    struct ir_buf body;
    uint8_t token[IR_HTTPS_TOKEN];
    int64_t wait_ms, until;
    bool taken, named; /* named: by its token */
    bool door;
    uint8_t id[IR_JOIN_ID_BYTES]; /* at the door: of the invitation */
};

struct ir_https_server {
    struct MHD_Daemon *mhd;
    int fd; /* the daemon's epoll */
    uint16_t port;
    struct slink *links;
    struct request *turned; /* to be answered, once the engine had a say */
    bool again; /* MHD has something to do that its fd does not tell */
};

/* Watch a held request's socket for its end: MHD does not, meanwhile. */
static void
hold(struct ir_https *h, struct slink *l, struct request *r)
{
    struct epoll_event e = {.events = EPOLLRDHUP, .data.fd = r->conn->fd};

    l->held = r;
    r->until = h->now + r->wait_ms;
    MHD_suspend_connection(r->conn->mhd);
    (void)epoll_ctl(h->ep, EPOLL_CTL_ADD, r->conn->fd, &e);
}

static void
release(struct ir_https *h, struct slink *l)
{
    struct request *r = l->held;

    if (r == NULL)
        return;
    (void)epoll_ctl(h->ep, EPOLL_CTL_DEL, r->conn->fd, NULL);
    l->held = NULL;
    l->heard = h->now;
    MHD_resume_connection(r->conn->mhd);
    h->server->again = true;
}

static struct slink *
find(const struct ir_https *h, uint32_t link)
{
    struct slink *l = h->server->links;

    while (l != NULL && l->link != link)
        l = l->next;
    return l;
}

static void
drop(struct ir_https *h, struct slink *l, const char *why)
{
    struct slink **at = &h->server->links;

    release(h, l);
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    h->ev->down(h->arg, l->link, why);
    ir_queue_done(&l->out);
    free(l);
}

static struct slink *
link_of(struct ir_https *h, const struct request *r)
{
    struct slink *l, *oldest = NULL;
    int n = 0;

    if (r->link != 0) { /* one's own only */
        l = find(h, r->link);
        return l != NULL && memcmp(l->pub, r->conn->pub, sizeof l->pub) == 0
                   ? l
                   : NULL;
    }
    for (l = h->server->links; l != NULL; l = l->next) {
        if (memcmp(l->pub, r->conn->pub, sizeof l->pub) != 0)
            continue;
        if (memcmp(l->token, r->token, sizeof l->token) == 0)
            return l;
        n++;
        if (oldest == NULL || l->heard < oldest->heard)
            oldest = l;
    }
    if (n >= LINKS_PER_KEY)
        drop(h, oldest, N_("it connected anew too often"));
    l = ir_calloc(1, sizeof *l);
    l->link = ++h->last_link;
    l->heard = h->now;
    memcpy(l->pub, r->conn->pub, sizeof l->pub);
    memcpy(l->token, r->token, sizeof l->token);
    l->next = h->server->links;
    h->server->links = l;
    h->ev->up(h->arg, l->link, l->pub, IR_HTTPS_MTU, false);
    return l;
}

/* Somebody without a key: to the door, or out, in the time a stranger has. */
static enum MHD_Result
begin_door(struct ir_https *h, struct ir_https_conn *c, const char *url,
           const char *method, void **req)
{
    struct request *r;
    uint8_t id[IR_JOIN_ID_BYTES];
    unsigned status = ir_https_door_head(h, c->mhd, url, method, id);

    if (status != 0)
        return ir_https_answer(c->mhd, status, NULL, 0, NULL);
    r = ir_calloc(1, sizeof *r);
    r->conn = c;
    r->door = true;
    memcpy(r->id, id, sizeof id);
    h->door_busy++;
    *req = r;
    return MHD_YES;
}

/* Their whole request is here. The answer may be long, and the line slow. */
static enum MHD_Result
finish_door(struct ir_https *h, struct request *r)
{
    struct MHD_Connection *mhd = r->conn->mhd;
    struct ir_buf body = {0};
    const char *why = NULL;
    unsigned status = ir_https_door_ask(h, mhd, r->id, &r->body, &body, &why);
    int ok = ir_https_answer(mhd, status, &body, 0, why);

    if (status == MHD_HTTP_OK) {
        r->conn->let_in = true;
        r->conn->deadline = h->now + LET_IN_MS;
    }
    ir_buf_done(&body);
    return ok;
}

/* The headers are here: is this a request of ours by somebody welcome? */
static enum MHD_Result
begin(struct ir_https *h, struct MHD_Connection *mhd, const char *url,
      const char *method, void **req)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct ir_https_conn *c = info != NULL ? info->socket_context : NULL;
    const char *size =
        MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Content-Length");
    struct request asked = {.conn = c}, *r;
    int64_t s = 0, n = 0;
    unsigned status;

    if (c != NULL && c->open && !c->shown)
        return begin_door(h, c, url, method, req);
    if (c == NULL || !c->shown || !ir_https_welcome(h, c->pub))
        return ir_https_answer(mhd, MHD_HTTP_FORBIDDEN, NULL, 0, NULL);
    status = ir_https_head(mhd, url, asked.token, &asked.link, &s);
    if (status == MHD_HTTP_NOT_FOUND)
        return ir_https_answer(mhd, status, NULL, 0, NULL);
    if (strcmp(method, "POST") != 0)
        return ir_https_answer(mhd, MHD_HTTP_METHOD_NOT_ALLOWED, NULL, 0, NULL);
    if (status != MHD_HTTP_OK)
        return ir_https_answer(mhd, status, NULL, 0, NULL);
    if (size != NULL &&
        ir_scan_int(size, 0, IR_HTTPS_BODY_MAX, &n, NULL) != IR_OK)
        return ir_https_answer(mhd, MHD_HTTP_CONTENT_TOO_LARGE, NULL, 0, NULL);
    r = ir_calloc(1, sizeof *r);
    *r = asked;
    r->wait_ms = s * 1000 < h->conf.hold_ms ? s * 1000 : h->conf.hold_ms;
    c->deadline = h->now + REQUEST_MS;
    *req = r;
    return MHD_YES;
}

/* Answer it in the next turn: what it brought may call for something to be
 * said, and then that is the answer.
 */
static void
turn(struct ir_https *h, struct request *r)
{
    r->turned = true;
    r->next = h->server->turned;
    h->server->turned = r;
    MHD_suspend_connection(r->conn->mhd);
}

/* The next turn has come. */
static void
turned(struct ir_https *h)
{
    struct request *r;
    struct slink *l;

    while ((r = h->server->turned) != NULL) {
        l = find(h, r->link);
        if (l != NULL)
            l->speaks = true;
        h->server->turned = r->next;
        r->turned = false;
        MHD_resume_connection(r->conn->mhd);
        h->server->again = true;
    }
}

/* The whole request is here: deliver it, then answer or hold it. */
static enum MHD_Result
finish(struct ir_https *h, struct request *r)
{
    struct ir_buf body = {0};
    struct slink *l;
    enum MHD_Result ok;

    if (!r->taken) {
        l = link_of(h, r);
        r->taken = true;
        if (l == NULL)
            return ir_https_answer(r->conn->mhd, MHD_HTTP_GONE, NULL, 0, NULL);
        r->named = r->link == 0;
        r->link = l->link;
        r->conn->deadline = IR_CARRIER_NEVER;
        l->heard = h->now;
        if (ir_https_deliver(h, l->link, &r->body) != IR_OK) {
            drop(h, l, N_("it sent what makes no sense"));
            return ir_https_answer(r->conn->mhd, MHD_HTTP_BAD_REQUEST, NULL, 0,
                                   NULL);
        }
        ir_buf_done(&r->body);
        if (r->wait_ms > 0 && l->out.n == 0) {
            release(h, l); /* one at a time */
            hold(h, l, r);
            return MHD_YES;
        }
        if (r->wait_ms == 0) {
            turn(h, r);
            return MHD_YES;
        }
    }
    l = find(h, r->link);
    if (l == NULL)
        return ir_https_answer(r->conn->mhd, MHD_HTTP_GONE, NULL, 0, NULL);
    l->speaks = false;
    ir_queue_pack(&l->out, IR_HTTPS_BODY_MAX, &body);
    ok = ir_https_answer(r->conn->mhd, MHD_HTTP_OK, &body,
                         r->named ? r->link : 0, NULL);
    ir_buf_done(&body);
    return ok;
}

/* It is not to be answered any more. */
static void
untake(struct ir_https *h, struct request *r)
{
    struct request **at = &h->server->turned;

    if (!r->turned)
        return;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    r->turned = false;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *mhd, const char *url,
           const char *method, const char *version, const char *data, size_t *n,
           void **req)
{
    struct request *r = *req;

    (void)version;
    if (r == NULL)
        return begin(cls, mhd, url, method, req);
    if (*n == 0)
        return r->door ? finish_door(cls, r) : finish(cls, r);
    if (r->body.len + *n > (r->door ? IR_JOIN_REQUEST_MAX : IR_HTTPS_BODY_MAX))
        return MHD_NO; /* cut: it never said how long it would be */
    ir_buf_add(&r->body, data, *n);
    *n = 0;
    return MHD_YES;
}

static void
on_completed(void *cls, struct MHD_Connection *mhd, void **req,
             enum MHD_RequestTerminationCode toe)
{
    struct ir_https *h = cls;
    struct request *r = *req;
    struct slink *l;

    (void)mhd;
    (void)toe;
    if (r == NULL)
        return;
    if (r->door)
        h->door_busy--;
    else
        untake(h, r);
    r->conn->deadline = h->now + (r->door ? 0 : IDLE_MS);
    l = find(h, r->link);
    if (l != NULL && l->held == r)
        l->held = NULL;
    ir_buf_done(&r->body);
    free(r);
    *req = NULL;
}

int
ir_https_server_new(struct ir_https *h, struct ir_err *err)
{
    struct ir_https_server *s = ir_calloc(1, sizeof *s);
    struct epoll_event e = {.events = EPOLLIN};
    const union MHD_DaemonInfo *info;
    int fd = -1, rc;

    h->server = s;
    s->fd = -1;
    rc = ir_https_listen(h->conf.listen, h->conf.port, &fd, &s->port, err);
    if (rc != IR_OK)
        return rc;
    s->mhd = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME |
            MHD_USE_SUPPRESS_DATE_NO_CLOCK,
        0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_HTTPS_MEM_CERT, h->cert.pem, MHD_OPTION_HTTPS_MEM_KEY,
        h->cert.key_pem, MHD_OPTION_HTTPS_MEM_TRUST, h->cert.pem,
        MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)h->conf.connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)h->conf.per_address_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HEADER_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)(IDLE_MS / 1000), MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
        MHD_OPTION_NOTIFY_CONNECTION, ir_https_conn_notify, h, MHD_OPTION_END);
    if (s->mhd == NULL) {
        close(fd);
        return ir_fail(err, IR_EIO, "the HTTPS server does not start: %s",
                       strerror(errno));
    }
    info = MHD_get_daemon_info(s->mhd, MHD_DAEMON_INFO_EPOLL_FD);
    s->fd = e.data.fd = info != NULL ? info->epoll_fd : -1;
    if (s->fd < 0 || epoll_ctl(h->ep, EPOLL_CTL_ADD, s->fd, &e) != 0)
        return ir_fail(err, IR_EIO, "epoll: %s", strerror(errno));
    s->again = true;
    return IR_OK;
}

bool
ir_https_server_ready(struct ir_https *h, int fd)
{
    struct slink *l;

    if (fd == h->server->fd)
        return true;
    for (l = h->server->links; l != NULL; l = l->next)
        if (l->held != NULL && l->held->conn->fd == fd) {
            drop(h, l, N_("it ended the connection"));
            return true;
        }
    return false;
}

/* Answer what need not be held any more, drop links of which nothing is heard.
 */
static int64_t
sweep_links(struct ir_https *h)
{
    int64_t next = IR_CARRIER_NEVER, quiet = 2 * (int64_t)h->conf.patience_ms;
    struct slink *l, *after;

    for (l = h->server->links; l != NULL; l = after) {
        int64_t at;

        after = l->next;
        if (h->keys_new && !ir_https_welcome(h, l->pub)) {
            drop(h, l, N_("its key is no longer certified"));
            continue;
        }
        if (l->held != NULL &&
            ((l->out.n > 0 && !l->speaks) || l->held->until <= h->now))
            release(h, l);
        if (l->held == NULL && l->heard + quiet <= h->now) {
            drop(h, l, N_("nothing was heard from it"));
            continue;
        }
        at = l->held != NULL ? l->held->until : l->heard + quiet;
        if (at < next)
            next = at;
    }
    return next;
}

int64_t
ir_https_server_run(struct ir_https *h)
{
    struct ir_https_server *s = h->server;
    int64_t a, b;
    MHD_UNSIGNED_LONG_LONG ms = 0;

    turned(h);
    a = ir_https_conn_sweep(h);
    b = sweep_links(h);
    ir_https_conn_of = h;
    s->again = false;
    (void)MHD_run(s->mhd);
    ir_https_conn_of = NULL;
    if (a < b)
        b = a;
    a = sweep_links(h); /* what came may have to be answered on held ones */
    s->again |= s->turned != NULL;
    if (s->again || MHD_get_timeout(s->mhd, &ms) == MHD_YES)
        if (s->again || h->now + (int64_t)ms < b)
            b = s->again ? h->now : h->now + (int64_t)ms;
    return a < b ? a : b;
}

int
ir_https_server_send(struct ir_https *h, uint32_t link, const void *p, size_t n,
                     bool *took, struct ir_err *err)
{
    struct slink *l = find(h, link);

    if (l == NULL)
        return IR_OK;
    *took = true;
    return ir_https_queue(&l->out, link, p, n, err);
}

uint16_t
ir_https_server_port(const struct ir_https *h)
{
    return h->server->port;
}

void
ir_https_server_free(struct ir_https *h)
{
    struct ir_https_server *s = h->server;
    struct slink *l;

    turned(h);
    for (l = s->links; l != NULL; l = l->next)
        release(h, l); /* MHD does not stop over held ones */
    ir_https_conn_of = h;
    if (s->mhd != NULL)
        MHD_stop_daemon(s->mhd);
    ir_https_conn_of = NULL;
    while ((l = s->links) != NULL) {
        s->links = l->next;
        ir_queue_done(&l->out);
        free(l);
    }
    free(s);
    h->server = NULL;
}
