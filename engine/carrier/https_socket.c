/* https_socket.c: what the server of https.h listens on, and what the head of a
 * request to it says.
 */
#include "base/scan.h"
#include "carrier/https_in.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_MAX_S 3600 /* that may be asked for */
#define BACKLOG 1024 /* accepted or refused soon; a full one costs a second */

void
ir_https_watch(int fd)
{
    int on = 1, idle = 10, every = 3, times = 3;
    unsigned user = 15000;

    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof every);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof times);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user, sizeof user);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* A socket that listens, or -1 and errno. */
static int
open_listener(const struct addrinfo *ai)
{
    int on = 1, off = 0, why;
    int fd =
        socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    if (ai->ai_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    why = errno;
    close(fd);
    errno = why;
    return -1;
}

int
ir_https_listen(const char *address, uint16_t port, int *fd, uint16_t *got,
                struct ir_err *err)
{
    struct addrinfo want = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE,
                            .ai_socktype = SOCK_STREAM};
    struct addrinfo *ai = NULL;
    struct sockaddr_in6 at = {0}; /* the port stands at the same place */
    socklen_t len = sizeof at;
    int s;

    if (getaddrinfo(address, NULL, &want, &ai) != 0)
        return ir_fail(err, IR_EUSAGE, "%s: no address to listen on", address);
    ((struct sockaddr_in6 *)(void *)ai->ai_addr)->sin6_port = htons(port);
    s = open_listener(ai);
    freeaddrinfo(ai);
    if (s < 0 && strcmp(address, "::") == 0 &&
        (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL))
        return ir_https_listen("0.0.0.0", port, fd, got,
                               err); /* a machine without IPv6 */
    if (s < 0)
        return ir_fail(err, errno == EADDRINUSE ? IR_EBUSY : IR_EIO,
                       "listen on %s port %d: %s", address, (int)port,
                       strerror(errno));
    if (getsockname(s, (struct sockaddr *)&at, &len) == 0)
        *got = ntohs(at.sin6_port);
    *fd = s;
    return IR_OK;
}

unsigned
ir_https_head(struct MHD_Connection *mhd, const char *url,
              uint8_t token[IR_HTTPS_TOKEN], uint32_t *link, int64_t *wait_s)
{
    const char *name, *wait;
    int64_t no = 0;
    char part[16];
    size_t n;

    *wait_s = 0;
    if (strcmp(url, IR_HTTPS_PATH) == 0) {
        name = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Ir-Link");
        wait = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Ir-Wait");
        return name != NULL &&
                       ir_scan_hex(name, token, IR_HTTPS_TOKEN, NULL) ==
                           IR_OK &&
                       wait != NULL &&
                       ir_scan_int(wait, 0, WAIT_MAX_S, wait_s, NULL) == IR_OK
                   ? MHD_HTTP_OK
                   : MHD_HTTP_BAD_REQUEST;
    }
    n = strcspn(url + (url[0] == '/'), "/");
    if (url[0] != '/' || n >= sizeof part)
        return MHD_HTTP_NOT_FOUND;
    memcpy(part, url + 1, n);
    part[n] = '\0';
    if (ir_scan_int(part, 1, UINT32_MAX, &no, NULL) != IR_OK ||
        (url[1 + n] == '/' &&
         ir_scan_int(url + 2 + n, 0, WAIT_MAX_S, wait_s, NULL) != IR_OK))
        return MHD_HTTP_NOT_FOUND;
    *link = (uint32_t)no;
    return MHD_HTTP_OK;
}

int
ir_https_answer(struct MHD_Connection *mhd, unsigned status,
                struct ir_buf *body, uint32_t as, const char *why)
{
    char text[16];
    struct MHD_Response *r;
    enum MHD_Result ok;

    r = MHD_create_response_from_buffer(body != NULL ? body->len : 0,
                                        body != NULL ? body->p : NULL,
                                        MHD_RESPMEM_MUST_COPY);
    if (r == NULL)
        return (int)MHD_NO;
    if (as != 0) {
        (void)snprintf(text, sizeof text, "%u", (unsigned)as);
        (void)MHD_add_response_header(r, IR_HTTPS_AS, text);
    }
    if (why != NULL)
        (void)MHD_add_response_header(r, IR_HTTPS_DOOR_HEADER, why);
    if (status != MHD_HTTP_OK)
        (void)MHD_add_response_header(r, "Connection", "close");
    ok = MHD_queue_response(mhd, status, r);
    MHD_destroy_response(r);
    return (int)ok;
}
