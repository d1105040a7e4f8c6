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
#include "core/join.h"

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

/* What becomes of somebody who asks to be let in; the answer's status. */
enum ir_https_said {
    IR_HTTPS_LET_IN, /* 200: the answer to the request */
    IR_HTTPS_KEPT,   /* 202: it waits until an administrator looks at it */
    IR_HTTPS_NO,     /* 403: refused; a word says why */
    IR_HTTPS_LATER,  /* 503: not now, through no fault of the request */
};

/* The door for who has an invitation and no certified key yet: POST /ir/join
 * with the header `Ir-Join` (16 hex digits, the id of the invitation) and the
 * sealed request.
 */
struct ir_https_door {
    /* Is this an invitation made here? Asked before a byte of the body is
     * read; must be cheap. */
    bool (*known)(void *arg, const uint8_t id[IR_JOIN_ID_BYTES]);
    /* Judge a request that came from the address `from`. `*why` is a word of
     * small letters and hyphens, static, of a refusal. Appends to `answer`. */
    enum ir_https_said (*ask)(void *arg, const uint8_t id[IR_JOIN_ID_BYTES],
                              const char *from, const void *p, size_t n,
                              struct ir_buf *answer, const char **why);
    void *arg;
    int per_minute;     /* 0: 6, requests from one address (IPv6: a /64) */
    int all_per_minute; /* 0: 30, requests under invitations that are known */
};

#define IR_HTTPS_WHY_MAX 16 /* bytes of a refusal's word, with the NUL */

/* Open the door, or shut it (NULL), for those who connect from now on. While it
 * is shut, nobody without a welcome key gets past the handshake.
 *
 * Owns:   keeps a copy; `arg` is borrowed until it is shut.
 */
void ir_https_door(const struct ir_carrier *c, const struct ir_https_door *d);

/* What came of knocking. */
struct ir_https_knock {
    long status;                 /* of HTTP; 0: no answer, `why` says why */
    char word[IR_HTTPS_WHY_MAX]; /* of a refusal, or "" */
    const char *why;             /* N_() when there was no answer */
    char detail[256];            /* what curl said, English, or "" */
    struct ir_buf answer;        /* the caller's, ir_buf_done */
};

/* Bring a request to the door at HOST:PORT. The other end shows no key that
 * could be known: what is said is sealed, and so is what comes back.
 *
 * Errors: IR_EIO, IR_EPARSE no HOST:PORT; else IR_OK, and `k` says.
 * Blocks: 5 s until it is connected; until the answer is here, as long as it
 *         comes, 10 min at most.
 */
int ir_https_knock(const char *where, const uint8_t id[IR_JOIN_ID_BYTES],
                   const void *p, size_t n, struct ir_https_knock *k,
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
