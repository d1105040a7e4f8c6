/* https_conn.c: connections of those who call us, from the handshake on; see
 * https_conn.h.
 */
#include "carrier/https_conn.h"

#include "carrier/cert.h"

#include <stdlib.h>
#include <sys/socket.h>

/* Whose callbacks GnuTLS is calling: it is given the session only. */
_Thread_local struct ir_https *ir_https_conn_of;

static int
on_verify(gnutls_session_t tls)
{
    struct ir_https *h = ir_https_conn_of;
    struct ir_https_conn *c = NULL;
    const gnutls_datum_t *certs;
    unsigned n = 0;

    if (h != NULL)
        for (c = h->conns; c != NULL && c->tls != tls; c = c->next)
            ;
    certs = gnutls_certificate_get_peers(tls, &n);
    if (c != NULL && c->open && (certs == NULL || n == 0))
        return 0; /* to the door */
    if (c == NULL || certs == NULL || n == 0 ||
        ir_cert_pub(certs[0].data, certs[0].size, false, c->pub, NULL) !=
            IR_OK ||
        !ir_https_welcome(h, c->pub))
        return GNUTLS_E_CERTIFICATE_ERROR;
    c->shown = true;
    return 0;
}

/* Who has shown no certified key may hold half of all connections, from however
 * many addresses: the oldest makes room. */
static void
thin_out(struct ir_https *h)
{
    struct ir_https_conn *c, *oldest = NULL;
    int n = 0;

    for (c = h->conns; c != NULL; c = c->next) {
        if (c->shown || c->let_in || c->cut)
            continue;
        oldest = c; /* the newest stand in front */
        n++;
    }
    if (oldest == NULL || n <= h->conf.connections_max / 2)
        return;
    oldest->cut = true;
    oldest->deadline = IR_CARRIER_NEVER;
    (void)shutdown(oldest->fd, SHUT_RDWR);
}

void
ir_https_conn_notify(void *cls, struct MHD_Connection *mhd, void **ctx,
                     enum MHD_ConnectionNotificationCode toe)
{
    struct ir_https *h = cls;
    struct ir_https_conn *c = *ctx, **at = &h->conns;
    const union MHD_ConnectionInfo *info;

    if (toe == MHD_CONNECTION_NOTIFY_CLOSED) {
        while (*at != NULL && *at != c)
            at = &(*at)->next;
        if (*at != NULL)
            *at = c->next;
        free(c);
        *ctx = NULL;
        return;
    }
    c = ir_calloc(1, sizeof *c);
    c->h = h;
    c->mhd = mhd;
    c->fd = -1;
    c->deadline = h->now + h->conf.patience_ms;
    c->open = h->door.known != NULL;
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != NULL) {
        c->fd = info->connect_fd;
        ir_https_watch(c->fd);
    }
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info != NULL) {
        c->tls = info->tls_session;
        gnutls_certificate_server_set_request(
            c->tls, c->open ? GNUTLS_CERT_REQUEST : GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_function(c->tls, on_verify);
    }
    c->next = h->conns;
    h->conns = c;
    *ctx = c;
    thin_out(h);
}

/* Cut what is overdue or no longer welcome; returns the next such moment. */
int64_t
ir_https_conn_sweep(struct ir_https *h)
{
    int64_t next = IR_CARRIER_NEVER;
    struct ir_https_conn *c;

    for (c = h->conns; c != NULL; c = c->next) {
        bool out = h->keys_new && c->shown && !ir_https_welcome(h, c->pub);

        if (c->deadline <= h->now || out) {
            (void)shutdown(c->fd, SHUT_RDWR);
            c->cut = true;
            c->deadline = IR_CARRIER_NEVER;
        }
        if (c->deadline < next)
            next = c->deadline;
    }
    return next;
}
