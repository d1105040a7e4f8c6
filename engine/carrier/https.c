/* https.c: the carrier over HTTPS, what server and client share; see https.h.
 */
#include "carrier/https.h"

#include "carrier/https_in.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define READY_MAX 64

static int
by_key(const void *a, const void *b)
{
    return memcmp(a, b, IR_PUBKEY_BYTES);
}

bool
ir_https_welcome(const struct ir_https *h, const uint8_t pub[IR_PUBKEY_BYTES])
{
    return h->keys_n > 0 &&
           bsearch(pub, h->keys, h->keys_n, sizeof *h->keys, by_key) != NULL;
}

void
ir_https_wake(const struct ir_https *h)
{
    uint64_t one = 1;

    if (write(h->wake, &one, sizeof one) < 0)
        return; /* full: it is readable already */
}

int
ir_https_deliver(const struct ir_https *h, uint32_t link,
                 const struct ir_buf *body)
{
    const uint8_t *p;
    size_t at = 0, n;
    int rc;

    if (body->len == 0)
        return IR_OK;
    while ((rc = ir_queue_unpack(body->p, body->len, IR_HTTPS_MTU, &at, &p,
                                 &n)) == IR_OK)
        h->ev->frame(h->arg, link, p, n);
    return rc == IR_ENOTFOUND ? IR_OK : rc;
}

int
ir_https_queue(struct ir_queue *q, uint32_t link, const void *p, size_t n,
               struct ir_err *err)
{
    if (n > IR_HTTPS_MTU)
        return ir_fail(err, IR_ELIMIT, "frame of %zu bytes, limit %d", n,
                       IR_HTTPS_MTU);
    if (q->bytes + n > IR_HTTPS_WAITING_MAX)
        return ir_fail(err, IR_EBUSY, "%zu bytes wait already", q->bytes);
    ir_queue_put_take(q, ir_queued_new(link, p, n));
    return IR_OK;
}

static int
https_fd(void *c)
{
    return ((struct ir_https *)c)->ep;
}

static int64_t
https_run(void *c, int64_t now_ms, const struct ir_carrier_events *ev,
          void *arg)
{
    struct ir_https *h = c;
    struct epoll_event ready[READY_MAX];
    int64_t next = IR_CARRIER_NEVER, at;
    uint64_t woken;
    int i, n;

    h->now = now_ms;
    h->ev = ev;
    h->arg = arg;
    n = epoll_wait(h->ep, ready, READY_MAX, 0);
    for (i = 0; i < n; i++) {
        int fd = ready[i].data.fd;

        if (fd == h->wake)
            (void)!read(fd, &woken, sizeof woken);
        else if (h->server == NULL || !ir_https_server_ready(h, fd))
            ir_https_client_ready(h, fd, ready[i].events);
    }
    if (h->server != NULL)
        next = ir_https_server_run(h);
    at = ir_https_client_run(h);
    h->keys_new = false;
    h->ev = NULL;
    return at < next ? at : next;
}

static int
https_send(void *c, uint32_t link, const void *p, size_t n, struct ir_err *err)
{
    struct ir_https *h = c;
    bool took = false;
    int rc = IR_OK;

    if (h->server != NULL)
        rc = ir_https_server_send(h, link, p, n, &took, err);
    if (!took)
        rc = ir_https_client_send(h, link, p, n, &took, err);
    if (!took)
        return ir_fail(err, IR_ENOTFOUND, "no link %u", (unsigned)link);
    if (rc == IR_OK)
        ir_https_wake(h);
    return rc;
}

static void
https_close(void *c)
{
    struct ir_https *h = c;

    if (h->client != NULL)
        ir_https_client_free(h);
    if (h->server != NULL)
        ir_https_server_free(h);
    ir_cert_done(&h->cert);
    free(h->keys);
    free((void *)(uintptr_t)h->conf.listen);
    if (h->wake >= 0)
        close(h->wake);
    if (h->ep >= 0)
        close(h->ep);
    free(h);
}

static const struct ir_carrier_ops ops = {"https",   false,      https_fd,
                                          https_run, https_send, https_close};

static int
or_else(int given, int usual)
{
    return given != 0 ? given : usual;
}

int
ir_https_new(const struct ir_https_conf *conf, struct ir_carrier *out,
             struct ir_err *err)
{
    struct ir_https *h = ir_calloc(1, sizeof *h);
    struct epoll_event e = {.events = EPOLLIN};
    int rc;

    h->conf = *conf;
    h->conf.listen = conf->listen != NULL ? ir_strdup(conf->listen) : NULL;
    h->conf.hold_ms = or_else(conf->hold_ms, 20000);
    h->conf.patience_ms = or_else(conf->patience_ms, 5000);
    h->conf.retry_ms = or_else(conf->retry_ms, 1000);
    h->conf.connections_max = or_else(conf->connections_max, 512);
    h->conf.per_address_max = or_else(conf->per_address_max, 64);
    h->ep = epoll_create1(EPOLL_CLOEXEC);
    h->wake = e.data.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (h->ep < 0 || h->wake < 0 ||
        epoll_ctl(h->ep, EPOLL_CTL_ADD, h->wake, &e) != 0)
        rc = ir_fail(err, IR_EIO, "epoll: %s", strerror(errno));
    else
        rc = ir_cert_new(conf->node, &h->cert, err);
    if (rc == IR_OK)
        rc = ir_https_client_new(h, err);
    if (rc == IR_OK && h->conf.listen != NULL)
        rc = ir_https_server_new(h, err);
    h->conf.node = NULL;
    if (rc != IR_OK) {
        https_close(h);
        return rc;
    }
    out->ops = &ops;
    out->self = h;
    return IR_OK;
}

uint16_t
ir_https_port(const struct ir_carrier *c)
{
    const struct ir_https *h = c->self;

    return h->server != NULL ? ir_https_server_port(h) : 0;
}

void
ir_https_keys(const struct ir_carrier *c, const uint8_t *keys, size_t n)
{
    struct ir_https *h = c->self;
    size_t bytes = n * sizeof *h->keys;

    if (n == h->keys_n && n > 0 && memcmp(h->keys, keys, bytes) == 0)
        return;
    free(h->keys);
    h->keys = ir_malloc(bytes + 1);
    if (n > 0)
        memcpy(h->keys, keys, bytes);
    h->keys_n = n;
    qsort(h->keys, n, sizeof *h->keys, by_key);
    h->keys_new = true;
    ir_https_wake(h);
}
