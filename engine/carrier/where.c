/* where.c: addresses of devices as people write them, see carrier.h. */
#include "base/scan.h"
#include "carrier/carrier.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define HOST_NAME_MOST 253 /* bytes of a host's name */
#define NAMES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

/* An IPv6 address, of a link with the interface behind it: "fe80::1%eth0". */
static bool
is_six(const char *host)
{
    char plain[INET6_ADDRSTRLEN];
    size_t n = strcspn(host, "%");
    struct in6_addr six;

    if (n >= sizeof plain)
        return false;
    memcpy(plain, host, n);
    plain[n] = '\0';
    return inet_pton(AF_INET6, plain, &six) == 1 &&
           (host[n] == '\0' ||
            (host[n + 1] != '\0' &&
             host[n + 1 + strspn(host + n + 1, NAMES)] == '\0'));
}

/* Letters, digits, '.' and '-', as names and IPv4 addresses have them. */
static bool
is_name(const char *host)
{
    return host[0] != '\0' && host[0] != '-' && host[0] != '.' &&
           host[strspn(host, NAMES)] == '\0';
}

int
ir_carrier_where(const char *text, uint16_t port,
                 char out[IR_CARRIER_WHERE_MAX], struct ir_err *err)
{
    const char *p = text, *behind;
    char host[HOST_NAME_MOST + 1];
    bool six = text[0] == '[' || (strlen(text) < sizeof host && is_six(text));
    int64_t n = port;
    size_t len;

    if (text[0] == '[') {
        p = text + 1;
        len = strcspn(p, "]");
        behind = p[len] == ']' ? p + len + 1 : "?";
    } else {
        len = six ? strlen(p) : strcspn(p, ":");
        behind = p + len;
    }
    if (len >= sizeof host || (behind[0] != '\0' && behind[0] != ':') ||
        (behind[0] == '\0' && port == 0))
        return ir_fail(err, IR_EPARSE, "no address of a device");
    memcpy(host, p, len);
    host[len] = '\0';
    if (six ? !is_six(host) : !is_name(host))
        return ir_fail(err, IR_EPARSE, "no address of a device");
    if (behind[0] == ':' && ir_scan_int(behind + 1, 1, 65535, &n, err) != IR_OK)
        return IR_EPARSE;
    snprintf(out, IR_CARRIER_WHERE_MAX, six ? "[%s]:%d" : "%s:%d", host,
             (int)n);
    return IR_OK;
}

bool
ir_carrier_where_ok(const char *where)
{
    char out[IR_CARRIER_WHERE_MAX];

    return ir_carrier_where(where, 0, out, NULL) == IR_OK &&
           strcmp(out, where) == 0;
}
