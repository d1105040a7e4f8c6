/* https_make.h: a TLS client that says over HTTPS whatever a test wants said.
 */
#ifndef IR_TESTS_HTTPS_MAKE_H
#define IR_TESTS_HTTPS_MAKE_H

#include "carrier/cert.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char ask_said[512]; /* the head of the last answer */

static inline int
connect_from(const char *from, int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    struct timeval limit = {.tv_sec = 8};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    inet_pton(AF_INET, from, &a.sin_addr);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0)
        return -1;
    a.sin_port = htons((uint16_t)port);
    inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
        return -1;
    return fd;
}

/* Speak TLS as `key` (NULL: without a certificate), send `text`, and return
 * the HTTP status: 0 the connection ended without one, -1 no handshake.
 */
static inline int
ask(int port, const struct ir_key *key, const void *text, size_t n)
{
    gnutls_certificate_credentials_t cred;
    struct ir_cert c = {0};
    gnutls_session_t s;
    char *said = ask_said;
    size_t had = 0, sent = 0;
    ssize_t got;
    int fd = connect_from("127.0.0.1", port), status = 0;

    memset(ask_said, 0, sizeof ask_said);
    gnutls_certificate_allocate_credentials(&cred);
    if (key != NULL && ir_cert_new(key, &c, NULL) == IR_OK) {
        gnutls_datum_t crt = {(void *)c.pem, (unsigned)strlen(c.pem)};
        gnutls_datum_t sec = {(void *)c.key_pem, (unsigned)strlen(c.key_pem)};

        gnutls_certificate_set_x509_key_mem(cred, &crt, &sec,
                                            GNUTLS_X509_FMT_PEM);
    }
    gnutls_init(&s, GNUTLS_CLIENT);
    gnutls_set_default_priority(s);
    gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, cred);
    gnutls_transport_set_int(s, fd);
    if (gnutls_handshake(s) != 0)
        status = -1;
    while (status == 0 && sent < n &&
           (got = gnutls_record_send(s, (const char *)text + sent, n - sent)) >
               0)
        sent += (size_t)got;
    if (status == 0)
        while (had < sizeof ask_said - 1 && strstr(said, "\r\n\r\n") == NULL &&
               (got = gnutls_record_recv(s, said + had,
                                         sizeof ask_said - 1 - had)) > 0)
            had += (size_t)got;
    if (had > 12 && memcmp(said, "HTTP/1.1 ", 9) == 0)
        status = atoi(said + 9);
    gnutls_deinit(s);
    gnutls_certificate_free_credentials(cred);
    ir_cert_done(&c);
    close(fd);
    return status;
}

#endif
