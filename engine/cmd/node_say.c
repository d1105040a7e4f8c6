/* node_say.c: what the daemon says, and how it names others. */
#include "base/clock.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"
#include "cmd/node_in.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define LINE_MAX_BYTES 1024

void
ir_node_say(const char *fmt, ...)
{
    char line[LINE_MAX_BYTES], when[32];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (getenv("JOURNAL_STREAM") == NULL) { /* systemd puts the time itself */
        struct ir_now now;

        ir_clock_now(&now);
        ir_time_rfc3339(now.wall_ms, when, sizeof when);
        fprintf(stderr, "%s ", when);
    }
    fprintf(stderr, "%s\n", line);
    fflush(stderr);
}

bool
ir_node_no_network(void)
{
    const unsigned want = IFF_UP | IFF_RUNNING;
    struct ifaddrs *all = NULL, *a;
    bool none = true;

    if (getifaddrs(&all) != 0)
        return false; /* it cannot be told */
    for (a = all; a != NULL; a = a->ifa_next)
        if (a->ifa_addr != NULL && (a->ifa_flags & want) == want &&
            (a->ifa_flags & IFF_LOOPBACK) == 0 &&
            (a->ifa_addr->sa_family == AF_INET ||
             a->ifa_addr->sa_family == AF_INET6))
            none = false;
    freeifaddrs(all);
    return none;
}

const char *
ir_node_name(struct ir_node *n, const uint8_t id[IR_KEYID_BYTES])
{
    static char name[80];
    const struct ir_cert_key *k = ir_trust_key(&n->c->trust, id);
    char hex[2 * IR_KEYID_BYTES + 1];

    ir_hex(id, IR_KEYID_BYTES, hex);
    if (k != NULL)
        snprintf(name, sizeof name, "%s.%.8s",
                 n->c->trust.members[k->member].handle, hex);
    else
        snprintf(name, sizeof name, "%.8s", hex);
    return name;
}
