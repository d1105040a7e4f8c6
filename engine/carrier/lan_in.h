/* lan_in.h: what lan.c (sockets, interfaces) and lan_source.c (who speaks, how
 * much) share.
 */
#ifndef IR_CARRIER_LAN_IN_H
#define IR_CARRIER_LAN_IN_H

#include "carrier/lan.h"

#include <net/if.h>
#include <netinet/in.h>

#define IR_LAN_BUCKETS 1024
#define IR_LAN_SEEN 4096 /* datagrams that are known again */

/* Tokens for datagrams, in thousandths; they come back with time. */
struct ir_lan_bucket {
    int64_t milli, at_ms;
};

union ir_lan_addr {
    struct sockaddr sa;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
};

struct ir_lan_source {
    struct ir_lan_source *next;
    union ir_lan_addr addr;
    unsigned face; /* interface index */
    uint32_t link; /* 0: none, everything is said to all */
    int64_t heard;
    struct ir_lan_bucket bucket;
};

struct ir_lan_face {
    struct ir_lan_face *next;
    unsigned index;
    char name[IF_NAMESIZE];
    uint32_t link;
    struct in_addr ip; /* one of its, to be spoken from */
    bool v4, v6, seen; /* seen: by the scan under way */
};

struct ir_lan {
    struct ir_lan_conf conf;
    int ep, netlink;
    int group4, group6; /* bound to the group: hear everybody */
    int one4, one6;     /* bound to no address: speak, hear answers */
    bool rescan;
    bool to_all; /* where the datagram that is being taken went */
    int64_t scan_at, now;
    uint32_t last_link;
    struct ir_lan_face *faces;
    struct ir_lan_source *sources;
    size_t sources_n;
    struct ir_lan_bucket buckets[IR_LAN_BUCKETS], all;
    uint64_t seen[IR_LAN_SEEN];
    struct ir_lan_count count;
    const union ir_lan_addr *from; /* of the frame that is being delivered */
    uint32_t from_link;
    const struct ir_carrier_events *ev; /* of the run under way */
    void *arg;
};

/* The interface of this index, or NULL. */
struct ir_lan_face *ir_lan_face(const struct ir_lan *l, unsigned index);

/* Was this datagram here before? With `remember`, from now on it was. */
bool ir_lan_seen(struct ir_lan *l, const void *p, size_t n, bool remember);

/* A datagram came: limit, ignore what is known, find or make its link,
 * deliver.
 */
void ir_lan_take(struct ir_lan *l, unsigned face, const union ir_lan_addr *from,
                 const void *p, size_t n);

/* Send one datagram to where another came from, which is remembered nowhere.
 */
void ir_lan_back(struct ir_lan *l, const union ir_lan_addr *to, const void *p,
                 size_t n);

/* Forget senders that are silent, or all of an interface (0: by time only).
 * Returns when the next one will be due.
 */
int64_t ir_lan_forget(struct ir_lan *l, unsigned face);

/* The sender of a link, or NULL. */
struct ir_lan_source *ir_lan_source(const struct ir_lan *l, uint32_t link);

#endif
