/* https_door.c: who asks to be let in over HTTPS, the side that answers: how
 * much of it is listened to; see https.h.
 *
 * Anybody may knock while the door is open. By its head alone a request is
 * refused that names no invitation of ours, is too long, or comes too often;
 * its address counts either way, what all others may do only where the
 * invitation is known, so that guessing keeps nobody out.
 */
#include "base/scan.h"
#include "carrier/https_in.h"

#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

#define BUSY_MAX 8 /* requests at one time */

/* May one more pass? `per_minute`, and as many at once. */
static bool
pass(struct ir_https_bucket *b, int per_minute, int64_t now)
{
    int64_t full = (int64_t)per_minute * 1000, gone = now - b->at_ms;

    if (b->at_ms == 0 || gone < 0 || gone >= 60000)
        b->milli = full;
    else if ((b->milli += gone * per_minute / 60) > full)
        b->milli = full;
    if (gone * per_minute >= 60 || b->at_ms == 0 || gone < 0)
        b->at_ms = now; /* else the rest of the division counts next time */
    if (b->milli < 1000)
        return false;
    b->milli -= 1000;
    return true;
}

/* The bytes of an address that one household does not choose: all of IPv4, the
 * network of IPv6.
 */
static struct ir_https_bucket *
bucket_of(struct ir_https *h, const struct sockaddr *from)
{
    uint32_t sum = 2166136261u; /* FNV-1a */
    struct sockaddr_in6 a6;
    struct sockaddr_in a4;
    const uint8_t *p = NULL;
    size_t i, n = 0;

    if (from != NULL && from->sa_family == AF_INET) {
        memcpy(&a4, from, sizeof a4);
        p = (const uint8_t *)&a4.sin_addr;
        n = sizeof a4.sin_addr;
    } else if (from != NULL && from->sa_family == AF_INET6) {
        memcpy(&a6, from, sizeof a6);
        p = a6.sin6_addr.s6_addr;
        n = 8;
        if (IN6_IS_ADDR_V4MAPPED(&a6.sin6_addr)) {
            p += 12;
            n = 4;
        }
    }
    for (i = 0; i < n; i++)
        sum = (sum ^ p[i]) * 16777619u;
    return &h->door_from[sum % IR_HTTPS_BUCKETS];
}

void
ir_https_door(const struct ir_carrier *c, const struct ir_https_door *d)
{
    struct ir_https *h = c->self;

    memset(&h->door, 0, sizeof h->door);
    if (d == NULL)
        return;
    h->door = *d;
    if (h->door.per_minute == 0)
        h->door.per_minute = 6;
    if (h->door.all_per_minute == 0)
        h->door.all_per_minute = 30;
}

static const struct sockaddr *
address_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    return info != NULL ? info->client_addr : NULL;
}

unsigned
ir_https_door_head(struct ir_https *h, struct MHD_Connection *mhd,
                   const char *url, const char *method,
                   uint8_t id[IR_JOIN_ID_BYTES])
{
    const char *id_text =
        MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, IR_HTTPS_DOOR_HEADER);
    const char *size =
        MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Content-Length");
    int64_t n;

    if (h->door.known == NULL || strcmp(url, IR_HTTPS_DOOR_PATH) != 0)
        return 403;
    if (!pass(bucket_of(h, address_of(mhd)), h->door.per_minute, h->now))
        return 429;
    if (strcmp(method, "POST") != 0)
        return 405;
    if (id_text == NULL ||
        ir_scan_hex(id_text, id, IR_JOIN_ID_BYTES, NULL) != IR_OK)
        return 400;
    if (size == NULL || ir_scan_int(size, 1, INT64_MAX, &n, NULL) != IR_OK)
        return 411;
    if (n > IR_JOIN_REQUEST_MAX)
        return 413;
    if (!h->door.known(h->door.arg, id))
        return 404;
    if (h->door_busy >= BUSY_MAX ||
        !pass(&h->door_all, h->door.all_per_minute, h->now))
        return 429;
    return 0;
}

unsigned
ir_https_door_ask(struct ir_https *h, struct MHD_Connection *mhd,
                  const uint8_t id[IR_JOIN_ID_BYTES], const struct ir_buf *body,
                  struct ir_buf *answer, const char **why)
{
    static const unsigned status[] = {200, 202, 403, 503};
    const struct sockaddr *from = address_of(mhd);
    char host[NI_MAXHOST] = "";
    const char *name = host;

    *why = NULL;
    if (h->door.ask == NULL) /* shut since it began */
        return 403;
    if (from != NULL)
        (void)getnameinfo(from,
                          from->sa_family == AF_INET
                              ? sizeof(struct sockaddr_in)
                              : sizeof(struct sockaddr_in6),
                          host, sizeof host, NULL, 0, NI_NUMERICHOST);
    if (strncmp(host, "::ffff:", 7) == 0)
        name = host + 7;
    return status[h->door.ask(h->door.arg, id, name, body->p, body->len, answer,
                              why)];
}
