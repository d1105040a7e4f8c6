/* lan.h: the carrier over the local network: UDP to everybody on the wire
 * (224.0.0.1 and ff02::1, which no switch holds back), and back to the one who
 * spoke. Nothing needs to be set up, no server and no name service.
 *
 * A datagram is a frame. What one sends oneself, and what comes a second time
 * by another way, is ignored. Each interface is a link to `many`; a sender
 * whose frame opens becomes a link of its own, on which one answers. Where
 * there are more of them than IR_LAN_SOURCES_MAX, the others are heard, and
 * answered, on the link of the interface.
 *
 * Source: docs/format.md section 12, "LAN".
 */
#ifndef IR_CARRIER_LAN_H
#define IR_CARRIER_LAN_H

#include "carrier/carrier.h"

#define IR_LAN_PORT 8747
#define IR_LAN_MTU 1236       /* bytes: 1,200, and what sealing adds */
#define IR_LAN_SOURCES_MAX 24 /* senders that are links at one time */
#define IR_LAN_ADDRESS_MAX 80 /* bytes of an address as text, with the NUL */

struct ir_lan_conf {
    uint16_t port;  /* 0: IR_LAN_PORT */
    bool loopback;  /* the loopback interface, too */
    bool shared;    /* no links to single senders: what is said is said to all.
                       For whoever has better ways to talk to one */
    int idle_ms;    /* 0: 300 s, after which a silent sender is forgotten */
    int known_rate; /* 0: 2000, datagrams a second taken from a link */
    int other_rate; /* 0: 50, from an address that is none yet */
};

/* Start the carrier. Interfaces may come and go; none at all is fine.
 *
 * Owns:   *out is the caller's, ir_carrier_close.
 * Errors: IR_EIO.
 */
int ir_lan_new(const struct ir_lan_conf *conf, struct ir_carrier *out,
               struct ir_err *err);

/* The address of the sender a link stands for, as ir_https_dial wants a host
 * ("192.0.2.7", "[fe80::1%eth0]"). For a link to many: of the sender whose
 * frame is being delivered, else false.
 */
bool ir_lan_address(const struct ir_carrier *c, uint32_t link,
                    char out[IR_LAN_ADDRESS_MAX]);

/* The link to many that the sender a link stands for was heard on; *to_all: did
 * the datagram that is being delivered go to everybody there, not to us alone?
 * False for links to many.
 */
bool ir_lan_heard_on(const struct ir_carrier *c, uint32_t link, uint32_t *many,
                     bool *to_all);

/* What was heard, for who looks after the daemon. */
struct ir_lan_count {
    uint64_t taken;    /* datagrams delivered */
    uint64_t doubled;  /* one's own, or a second time */
    uint64_t limited;  /* over the rate of their sender: not looked at */
    uint64_t strange;  /* opened under no key */
    uint64_t too_long; /* longer than a frame may be */
};
void ir_lan_counts(const struct ir_carrier *c, struct ir_lan_count *out);

#endif
