/* https.h: the carrier over HTTPS: a server for who calls us, a client for
 * who we call, both with the node key as certificate, both refusing every key
 * that is not on the list of certified ones.
 *
 * On the wire: POST /ir/1 with the headers `Ir-Link` (16 hex digits the caller
 * draws when it comes up) and `Ir-Wait` (seconds the answer may be held back
 * for want of frames); body and answer are frames packed as in queue.h. Who
 * calls keeps one such request open all the time, so that either side can
 * send at any moment, and sends its own frames by a second one.
 *
 * Source: docs/format.md section 12, "HTTPS".
 */
#ifndef IR_CARRIER_HTTPS_H
#define IR_CARRIER_HTTPS_H

#include "base/crypt.h"
#include "carrier/carrier.h"

#define IR_HTTPS_MTU 262144          /* bytes of a frame */
#define IR_HTTPS_BODY_MAX 1048576    /* bytes of a request or an answer */
#define IR_HTTPS_WAITING_MAX 4194304 /* bytes that may wait for one link */
#define IR_HTTPS_PEERS_MAX 256

struct ir_https_conf {
    const struct ir_key *node; /* with its secret; used by new() only */
    const char *listen;  /* address ("0.0.0.0", "::"), NULL: do not listen */
    uint16_t port;       /* 0: any */
    int hold_ms;         /* 0: 20 s, how long a request is held */
    int patience_ms;     /* 0: 5 s, for a stranger's handshake and request */
    int retry_ms;        /* 0: 1 s, doubled up to 32 times that */
    int connections_max; /* 0: 512 */
    int per_address_max; /* 0: 64, two for each device behind one address */
};

/* Start the carrier. Nobody is welcome before ir_https_keys.
 *
 * Owns:   *out is the caller's, ir_carrier_close.
 * Errors: IR_EUSAGE the address is none, IR_EBUSY the port is taken, IR_EIO.
 * Thread: once per process curl is started; not while others start it.
 */
int ir_https_new(const struct ir_https_conf *conf, struct ir_carrier *out,
                 struct ir_err *err);

/* The port it listens on, 0: none. */
uint16_t ir_https_port(const struct ir_carrier *c);

/* Who is welcome: the `n` node keys certified at present, 32 bytes each, in any
 * order. Links of
 * others go down at the next run. One's own key counts like any other.
 *
 * Owns:   keeps a copy.
 */
void ir_https_keys(const struct ir_carrier *c, const uint8_t *keys, size_t n);

/* Call HOST:PORT (ir_carrier_where_ok) from now on, again and again until it
 * answers, and after each time the link went down; and no more.
 *
 * Errors: IR_EPARSE no such form, IR_EEXIST, IR_ELIMIT; IR_ENOTFOUND.
 */
int ir_https_dial(const struct ir_carrier *c, const char *where,
                  struct ir_err *err);
int ir_https_hangup(const struct ir_carrier *c, const char *where,
                    struct ir_err *err);

/* The network may have changed: try all that do not answer at once. */
void ir_https_retry(const struct ir_carrier *c);

/* How it stands with the i-th of those called: NULL beyond the last one. */
struct ir_https_peer {
    const char *where; /* as given to ir_https_dial */
    uint32_t link;     /* 0: not up */
    const char *why;   /* N_() why not, or NULL while trying first */
    char detail[256];  /* what curl said, English, or "" */
};
bool ir_https_peer(const struct ir_carrier *c, size_t i,
                   struct ir_https_peer *out);

#endif
