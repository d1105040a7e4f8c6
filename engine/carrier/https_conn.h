/* https_conn.h: connections of those who call us: whether one may speak is told
 * in the handshake, how long it may by what it has shown. Inside the server
 * (https_server.c) alone.
 */
#ifndef IR_CARRIER_HTTPS_CONN_H
#define IR_CARRIER_HTTPS_CONN_H

#include "carrier/https_in.h"

#include <gnutls/gnutls.h>
#include <microhttpd.h>

struct ir_https_conn {
    struct ir_https_conn *next;
    struct ir_https *h;
    struct MHD_Connection *mhd;
    gnutls_session_t tls;
    int fd;
    int64_t deadline; /* when it is cut */
    bool open;        /* the door was, when it connected */
    bool shown;       /* a welcome key was shown in the handshake */
    bool let_in;      /* or a request at the door that was answered */
    bool cut;         /* it is being ended */
    uint8_t pub[IR_PUBKEY_BYTES];
};

/* Whose connections libmicrohttpd is working on: GnuTLS calls back with the
 * session only.
 */
extern _Thread_local struct ir_https *ir_https_conn_of;

/* One begins or ends: libmicrohttpd's MHD_NotifyConnectionCallback. */
void ir_https_conn_notify(void *cls, struct MHD_Connection *mhd, void **ctx,
                          enum MHD_ConnectionNotificationCode toe);

/* Cut what is overdue or no longer welcome, before MHD_run; returns the next
 * such moment. */
int64_t ir_https_conn_sweep(struct ir_https *h);

#endif
