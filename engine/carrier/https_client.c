/* https_client.c: who we call: libcurl's multi interface over OpenSSL; see
 * https.h.
 *
 * That the key at the other end is one of the certified ones is checked before
 * a request is made (CURLOPT_PINNEDPUBLICKEY).
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "carrier/https_in.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define CONNECT_MS 5000L
#define ANSWER_MS 30000L /* beyond the time a request is held */
#define BACKOFF_MAX 32

enum state { IDLE, HELLO, UP };

struct transfer {
    struct peer *peer;
    CURL *easy;
    struct curl_slist *headers;
    struct ir_buf body, answer;
    bool busy;
};

struct peer {
    struct peer *next;
    struct ir_https *h;
    char *where;
    bool brief; /* it gave this link a number of its own: short requests */
    struct transfer wait, post;
    enum state state;
    uint32_t link;
    uint8_t pub[IR_PUBKEY_BYTES];
    bool has_pub, gone;
    struct ir_queue out;
    int64_t retry_at;
    int backoff; /* times retry_ms */
    const char *why;
    char detail[CURL_ERROR_SIZE];
};

struct ir_https_client {
    CURLM *multi;
    struct peer *peers;
    char *pins; /* of the welcome keys, NULL: none */
    int64_t timer_at;
};

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct ir_https *h = arg;
    struct epoll_event e = {.data.fd = fd};

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(h->ep, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    if ((what & CURL_POLL_IN) != 0)
        e.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0)
        e.events |= EPOLLOUT;
    if (epoll_ctl(h->ep, known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd,
                  &e) != 0 &&
        errno == EEXIST)
        (void)epoll_ctl(h->ep, EPOLL_CTL_MOD, fd, &e);
    (void)curl_multi_assign(h->client->multi, fd, h);
    return 0;
}

static int
on_timer(CURLM *multi, long ms, void *arg)
{
    struct ir_https *h = arg;

    (void)multi;
    h->client->timer_at = ms < 0 ? IR_CARRIER_NEVER : h->now + ms;
    return 0;
}

static size_t
on_answer(char *p, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;

    if (t->answer.len + size * n > IR_HTTPS_BODY_MAX)
        return 0; /* curl ends the transfer */
    ir_buf_add(&t->answer, p, size * n);
    return size * n;
}

static bool
set_http(struct transfer *t, CURL *e)
{
    return curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) ==
               CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_TIMEOUT_MS,
                            t->peer->h->conf.hold_ms + ANSWER_MS) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_answer) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEDATA, t) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->peer->detail) ==
               CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PRIVATE, t) == CURLE_OK;
}

/* Send `t->body`; the key at the other end must be welcome. */
static bool
start(struct ir_https *h, struct transfer *t, bool fresh)
{
    const char *body = t->body.p != NULL ? (const char *)t->body.p : "";
    CURL *e = t->easy;

    ir_buf_done(&t->answer);
    t->peer->detail[0] = 0;
    t->busy = h->client->pins != NULL &&
              curl_easy_setopt(e, CURLOPT_PINNEDPUBLICKEY, h->client->pins) ==
                  CURLE_OK &&
              curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK &&
              curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L) ==
                  CURLE_OK &&
              curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)t->body.len) ==
                  CURLE_OK &&
              curl_easy_setopt(e, CURLOPT_POSTFIELDS, body) == CURLE_OK &&
              curl_multi_add_handle(h->client->multi, e) == CURLM_OK;
    return t->busy;
}

static void
stop(struct ir_https *h, struct transfer *t)
{
    if (t->busy)
        (void)curl_multi_remove_handle(h->client->multi, t->easy);
    t->busy = false;
    ir_buf_done(&t->body);
    ir_buf_done(&t->answer);
}

static void
done(struct ir_https *h, struct transfer *t)
{
    stop(h, t);
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
}

/* Nothing that HTTP does not ask for, and an empty Host; with `token`, which
 * link it is.
 */
static struct curl_slist *
headers(const char *token, int wait_s)
{
    static const char *const fixed[] = {"Host;",
                                        "Content-Type:", "Expect:", "Accept:"};
    struct curl_slist *list = NULL;
    char line[64];
    size_t i;

    for (i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        list = curl_slist_append(list, fixed[i]);
    if (token == NULL)
        return list;
    (void)snprintf(line, sizeof line, "Ir-Link: %s", token);
    list = curl_slist_append(list, line);
    (void)snprintf(line, sizeof line, "Ir-Wait: %d", wait_s);
    return curl_slist_append(list, line);
}

/* What is asked for by a transfer of a peer, and with which head. */
static bool
set_head(struct transfer *t, const char *path, struct curl_slist *list)
{
    char *url = ir_asprintf("https://%s%s", t->peer->where, path);
    bool ok = curl_easy_setopt(t->easy, CURLOPT_URL, url) == CURLE_OK;

    curl_slist_free_all(t->headers);
    t->headers = list;
    free(url); /* curl has a copy */
    return ok;
}

static int
hold_s(const struct ir_https *h)
{
    return h->conf.hold_ms >= 1000 ? h->conf.hold_ms / 1000 : 1;
}

static void
fail(struct peer *p, const char *why)
{
    struct ir_https *h = p->h;

    stop(h, &p->wait);
    stop(h, &p->post);
    ir_queue_done(&p->out);
    if (p->state == UP)
        h->ev->down(h->arg, p->link, why);
    p->state = IDLE;
    p->link = 0;
    p->has_pub = false;
    p->why = why;
    p->retry_at = h->now + (int64_t)h->conf.retry_ms * p->backoff;
    if (p->backoff < BACKOFF_MAX)
        p->backoff *= 2;
}

static void
hello(struct peer *p)
{
    uint8_t token[IR_HTTPS_TOKEN];
    char text[2 * IR_HTTPS_TOKEN + 1];

    ir_random(token, sizeof token);
    ir_hex(token, sizeof token, text);
    p->state = HELLO;
    p->brief = false;
    if (!set_head(&p->post, IR_HTTPS_PATH, headers(text, 0)) ||
        !set_head(&p->wait, IR_HTTPS_PATH, headers(text, hold_s(p->h))) ||
        !start(p->h, &p->post, true))
        fail(p, N_("it cannot be called"));
}

/* Who answered may have said by which number it knows this link: then that is
 * all of a head from now on.
 */
static void
shorten(struct peer *p, CURL *easy)
{
    struct curl_header *as = NULL;
    char path[48];
    int64_t no;

    if (curl_easy_header(easy, IR_HTTPS_AS, 0, CURLH_HEADER, -1, &as) !=
            CURLHE_OK ||
        ir_scan_int(as->value, 1, UINT32_MAX, &no, NULL) != IR_OK)
        return; /* an earlier ir */
    (void)snprintf(path, sizeof path, "/%lld", (long long)no);
    p->brief = set_head(&p->post, path, headers(NULL, 0));
    (void)snprintf(path, sizeof path, "/%lld/%d", (long long)no, hold_s(p->h));
    p->brief = p->brief && set_head(&p->wait, path, headers(NULL, 0));
}

/* The key of a connection made just now; what curl reuses tells none. */
static int
learn(struct peer *p, CURL *easy)
{
    struct curl_certinfo *info = NULL;
    const struct curl_slist *i;
    uint8_t pub[IR_PUBKEY_BYTES];

    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK ||
        info == NULL || info->num_of_certs == 0)
        return p->has_pub ? IR_OK : IR_ENOTFOUND;
    for (i = info->certinfo[0]; i != NULL; i = i->next)
        if (strncmp(i->data, "Cert:", 5) == 0)
            break;
    if (i == NULL ||
        ir_cert_pub(i->data + 5, strlen(i->data + 5), true, pub, NULL) !=
            IR_OK ||
        !ir_https_welcome(p->h, pub))
        return IR_ESIG;
    if (p->has_pub && memcmp(p->pub, pub, sizeof pub) != 0)
        return IR_ESIG;
    memcpy(p->pub, pub, sizeof pub);
    p->has_pub = true;
    return IR_OK;
}

static const char *
reason(const struct peer *p, CURL *easy, CURLcode rc)
{
    curl_off_t tls = 0;

    switch (rc) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return N_("its name is not known here");
    case CURLE_COULDNT_CONNECT:
        return ir_https_no_route(easy) ? N_("no network leads there now")
                                       : N_("nobody answers there");
    case CURLE_OPERATION_TIMEDOUT:
        return N_("no answer in time");
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return N_("its key is not certified here");
    case CURLE_SSL_CONNECT_ERROR:
        return N_("what answers there is no device of ours");
    case CURLE_WRITE_ERROR:
        return N_("it sent what makes no sense");
    default:
        /* In TLS 1.3 a client is through before the server has looked at its
         * certificate: a refusal is the end of the connection afterwards.
         */
        (void)curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &tls);
        return p->state == HELLO && tls > 0
                   ? N_("it does not know this device's key")
                   : N_("the connection broke");
    }
}

static void
on_done(struct ir_https *h, CURL *easy, CURLcode rc)
{
    struct transfer *t = NULL;
    struct ir_buf came;
    struct peer *p;
    long status = 0;

    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    p = t->peer;
    if (rc == CURLE_OK && learn(p, easy) != IR_OK)
        rc = CURLE_SSL_PINNEDPUBKEYNOTMATCH;
    came = t->answer;
    memset(&t->answer, 0, sizeof t->answer);
    stop(h, t);
    if (rc != CURLE_OK) {
        fail(p, reason(p, easy, rc));
    } else if (status == 410 && p->brief) { /* it began anew, unnoticed */
        fail(p, N_("the connection broke"));
        p->retry_at = h->now;
    } else if (status != 200) {
        (void)snprintf(p->detail, sizeof p->detail, "HTTP %ld", status);
        fail(p, N_("it refused what was sent"));
    } else {
        if (p->state == HELLO) {
            p->state = UP;
            p->backoff = 1;
            p->why = NULL;
            p->link = ++h->last_link;
            shorten(p, easy);
            h->ev->up(h->arg, p->link, p->pub, IR_HTTPS_MTU, false);
        }
        if (ir_https_deliver(h, p->link, &came) != IR_OK)
            fail(p, N_("it sent what makes no sense"));
    }
    ir_buf_done(&came);
}

static void
free_peer(struct peer *p)
{
    done(p->h, &p->wait);
    done(p->h, &p->post);
    ir_queue_done(&p->out);
    free(p->where);
    free(p);
}

/* Start what each peer wants; returns when one is to be tried again. */
static int64_t
tend(struct ir_https *h)
{
    struct peer **at = &h->client->peers, *p;
    int64_t next = IR_CARRIER_NEVER;

    while ((p = *at) != NULL) {
        if (p->gone) {
            *at = p->next;
            if (p->state == UP)
                h->ev->down(h->arg, p->link, N_("it is not called any more"));
            free_peer(p);
            continue;
        }
        at = &p->next;
        if (h->keys_new && p->state == UP && !ir_https_welcome(h, p->pub))
            fail(p, N_("its key is no longer certified"));
        if (p->state == IDLE && h->client->pins != NULL) {
            if (p->retry_at <= h->now)
                hello(p);
            else if (p->retry_at < next)
                next = p->retry_at;
        }
        if (p->state == UP && !p->wait.busy && !start(h, &p->wait, false))
            fail(p, N_("it cannot be called"));
        if (p->state == UP && !p->post.busy && p->out.n > 0) {
            ir_queue_pack(&p->out, IR_HTTPS_BODY_MAX, &p->post.body);
            if (!start(h, &p->post, false))
                fail(p, N_("it cannot be called"));
        }
    }
    return next;
}

static void
pin(struct ir_https *h)
{
    struct ir_buf b = {0};
    char text[IR_PIN_TEXT];
    size_t i;

    for (i = 0; i < h->keys_n; i++) {
        ir_cert_pin(h->keys[i], text);
        ir_buf_addf(&b, "%ssha256//%s", i > 0 ? ";" : "", text);
    }
    free(h->client->pins);
    h->client->pins = h->keys_n > 0 ? ir_buf_take(&b) : NULL;
}

void
ir_https_client_ready(struct ir_https *h, int fd, uint32_t events)
{
    int bits = 0, running;

    if ((events & EPOLLIN) != 0)
        bits |= CURL_CSELECT_IN;
    if ((events & EPOLLOUT) != 0)
        bits |= CURL_CSELECT_OUT;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0)
        bits |= CURL_CSELECT_ERR;
    (void)curl_multi_socket_action(h->client->multi, fd, bits, &running);
}

int64_t
ir_https_client_run(struct ir_https *h)
{
    struct ir_https_client *cl = h->client;
    int64_t next;
    int left, running, turns = 8;
    CURLMsg *m;
    bool more;

    if (h->keys_new)
        pin(h);
    do {
        more = false;
        next = tend(h);
        h->keys_new = false;
        if (cl->timer_at <= h->now) {
            cl->timer_at = IR_CARRIER_NEVER;
            (void)curl_multi_socket_action(cl->multi, CURL_SOCKET_TIMEOUT, 0,
                                           &running);
        }
        while ((m = curl_multi_info_read(cl->multi, &left)) != NULL)
            if (m->msg == CURLMSG_DONE) {
                on_done(h, m->easy_handle, m->data.result);
                more = true;
            }
    } while (more && --turns > 0);
    if (more)
        return h->now;
    return cl->timer_at < next ? cl->timer_at : next;
}

int
ir_https_client_send(struct ir_https *h, uint32_t link, const void *p, size_t n,
                     bool *took, struct ir_err *err)
{
    struct peer *i;

    for (i = h->client->peers; i != NULL; i = i->next)
        if (i->state == UP && i->link == link && !i->gone) {
            *took = true;
            return ir_https_queue(&i->out, link, p, n, err);
        }
    return IR_OK;
}

int
ir_https_client_new(struct ir_https *h, struct ir_err *err)
{
    struct ir_https_client *cl = ir_calloc(1, sizeof *cl);

    h->client = cl;
    cl->timer_at = IR_CARRIER_NEVER;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ir_fail(err, IR_EIO, "libcurl does not start");
    cl->multi = curl_multi_init();
    if (cl->multi == NULL ||
        curl_multi_setopt(cl->multi, CURLMOPT_SOCKETFUNCTION, on_socket) !=
            CURLM_OK ||
        curl_multi_setopt(cl->multi, CURLMOPT_SOCKETDATA, h) != CURLM_OK ||
        curl_multi_setopt(cl->multi, CURLMOPT_TIMERFUNCTION, on_timer) !=
            CURLM_OK ||
        curl_multi_setopt(cl->multi, CURLMOPT_TIMERDATA, h) != CURLM_OK)
        return ir_fail(err, IR_EIO, "libcurl does not start");
    return IR_OK;
}

void
ir_https_client_free(struct ir_https *h)
{
    struct ir_https_client *cl = h->client;
    struct peer *p;

    while ((p = cl->peers) != NULL) {
        cl->peers = p->next;
        free_peer(p);
    }
    if (cl->multi != NULL)
        (void)curl_multi_cleanup(cl->multi);
    free(cl->pins);
    free(cl);
    h->client = NULL;
}

static struct peer *
find(const struct ir_https *h, const char *where)
{
    struct peer *p = h->client->peers;

    while (p != NULL && (p->gone || strcmp(p->where, where) != 0))
        p = p->next;
    return p;
}

static bool
prepare(struct ir_https *h, struct transfer *t, struct peer *p)
{
    t->peer = p;
    t->easy = curl_easy_init();
    return t->easy != NULL && set_http(t, t->easy) && ir_https_tls(h, t->easy);
}

int
ir_https_dial(const struct ir_carrier *c, const char *where, struct ir_err *err)
{
    struct ir_https *h = c->self;
    struct peer *p, **end = &h->client->peers;
    int n = 0;

    if (!ir_carrier_where_ok(where))
        return ir_fail(err, IR_EPARSE, "not HOST:PORT");
    if (find(h, where) != NULL)
        return ir_fail(err, IR_EEXIST, "%s is called already", where);
    for (; *end != NULL; end = &(*end)->next)
        n++;
    if (n >= IR_HTTPS_PEERS_MAX)
        return ir_fail(err, IR_ELIMIT, "%d are called already", n);
    p = ir_calloc(1, sizeof *p);
    p->h = h;
    p->where = ir_strdup(where);
    p->backoff = 1;
    if (!prepare(h, &p->wait, p) || !prepare(h, &p->post, p)) {
        free_peer(p);
        return ir_fail(err, IR_EIO, "libcurl refuses %s", where);
    }
    *end = p;
    ir_https_wake(h);
    return IR_OK;
}

int
ir_https_hangup(const struct ir_carrier *c, const char *where,
                struct ir_err *err)
{
    struct ir_https *h = c->self;
    struct peer *p = find(h, where);

    if (p == NULL)
        return ir_fail(err, IR_ENOTFOUND, "%s is not called", where);
    p->gone = true;
    ir_https_wake(h);
    return IR_OK;
}

void
ir_https_retry(const struct ir_carrier *c)
{
    struct ir_https *h = c->self;
    struct peer *p;

    for (p = h->client->peers; p != NULL; p = p->next) {
        p->retry_at = 0;
        p->backoff = 1;
    }
    ir_https_wake(h);
}

bool
ir_https_peer(const struct ir_carrier *c, size_t i, struct ir_https_peer *out)
{
    struct ir_https *h = c->self;
    struct peer *p;

    for (p = h->client->peers; p != NULL; p = p->next)
        if (!p->gone && i-- == 0) {
            out->where = p->where;
            out->link = p->link;
            out->why = p->why;
            (void)snprintf(out->detail, sizeof out->detail, "%s", p->detail);
            return true;
        }
    return false;
}
