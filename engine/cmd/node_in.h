/* node_in.h: what the files of the daemon share. */
#ifndef IR_CMD_NODE_IN_H
#define IR_CMD_NODE_IN_H

#include "carrier/carrier.h"
#include "carrier/https.h"
#include "carrier/lan.h"
#include "carrier/loop.h"
#include "cmd/cmd.h"
#include "cmd/grants.h"
#include "cmd/mesh_conf.h"
#include "cmd/own.h"
#include "store/sync_home.h"

#define IR_NODE_CARRIERS 2 /* IR_NODE_HTTPS, IR_NODE_LAN */
enum { IR_NODE_HTTPS, IR_NODE_LAN };

/* A link of a carrier that is up. */
struct ir_node_link {
    uint32_t id; /* the engine's: carrier and the carrier's own number */
    bool known;
    uint8_t device[IR_KEYID_BYTES]; /* whose, where `known` */
    bool many;
};

/* What went to and fro with a device by a carrier since that was kept last. */
struct ir_node_met {
    uint8_t device[IR_KEYID_BYTES];
    int which;
    int64_t came, gave;
};

/* Where a device of the LAN was heard to listen: its beacons say the port, and
 * what they came from the rest. Anybody can play an old one back from another
 * address, and addresses change: so there are several places, called in turn
 * until the device answers at one of them.
 */
#define IR_NODE_PLACES 4
struct ir_node_place {
    char where[IR_CARRIER_WHERE_MAX];
    int64_t heard_ms, called_ms; /* called_ms 0: never */
};
struct ir_node_heard {
    uint8_t device[IR_KEYID_BYTES];
    struct ir_node_place place[IR_NODE_PLACES];
    int places, calling; /* calling: which one, or -1 */
};

/* An earlier carrier key that somebody of ours still speaks under. */
#define IR_NODE_OLD 4
struct ir_node_old {
    uint8_t hint[IR_FRAME_HINT_BYTES];
    int64_t until_ms; /* for so long it is spoken under as well; 0: free */
};

/* A revoked device, and what it was told. */
struct ir_node_last {
    uint8_t device[IR_KEYID_BYTES];
    int64_t cut_ms;   /* its links are cut then; 0: there are none */
    int64_t again_ms; /* it may call to be told again then; 0: now */
    int64_t lan_ms;   /* when it was told on the LAN; 0: never */
    int said;         /* links that were told since the last cut */
};

#define IR_NODE_INVITES_MAX 64 /* the newest, that may be asked about */

/* An invitation that was made here. */
struct ir_node_invite {
    uint8_t id[IR_JOIN_ID_BYTES];
    bool good; /* may still be answered under */
    uint8_t secret[IR_JOIN_SECRET_BYTES];
};

struct ir_node {
    struct ir_ctx *c;
    struct ir_loop *loop;
    struct ir_mesh_conf conf;
    int home_fd, lock_fd, wake_fd;
    bool ending, reload;
    struct ir_key *key; /* of this device */
    uint8_t self[IR_KEYID_BYTES];
    struct ir_epoch_key *keys; /* that frames open under, newest last */
    size_t keys_n;
    bool may_seal; /* false: the keys only open */
    struct ir_node_old old[IR_NODE_OLD];
    struct ir_node_last *lasts;
    size_t lasts_n, gone;     /* gone: devices that are revoked, as seen last */
    int64_t old_left, old_ms; /* frames that may be said again; as of when */
    struct ir_ingest *ingest;
    struct ir_sync_home_of home_of;
    struct ir_sync *sync;
    struct ir_offer_was *was; /* who stood how when that was offered */
    struct ir_carrier carriers[IR_NODE_CARRIERS];
    struct ir_node_link *links;
    size_t links_n;
    struct ir_node_heard *heard;
    size_t heard_n;
    uint8_t near[IR_SYNC_NEIGHBOURS][IR_KEYID_BYTES]; /* neighbours, ... */
    size_t near_n;
    bool near_known; /* ...unless somebody came or went since */
    struct ir_node_met *met;
    size_t met_n;
    uint8_t from[IR_KEYID_BYTES]; /* whose frame is being taken, and by... */
    int from_which;               /* ...what */
    int64_t met_ms;               /* when met was kept last */
    int64_t now_ms, row;          /* the newest entry that was looked at */
    int64_t version, look_ms;     /* of the database, as seen last; when */
    bool wrote;                   /* something was signed here since */
    uint64_t turn;                /* of trust, as seen last */
    int64_t receipt_ms; /* when to say that alerts are here; 0: none new */
    int64_t witness_ms; /* when to witness what came; 0: nothing new */
    int64_t comms_ms;   /* when to look whether a sender is needed */
    int64_t seen_ms;    /* when that was looked at last... */
    int64_t wall_ms;    /* ...and what the clock said then; 0: not yet */
    bool comms_came;    /* something came that may make messages due */
    bool comms_site;    /* another release may be in force since */
    uint64_t told_stored, told_refused;
    int64_t told_ms;         /* when what came was told last */
    struct ir_own_back back; /* entries of this home's own keys that came */
    int64_t back_ms;         /* when that was told last */
    size_t revoked;          /* keys of this home, as told last */
    bool listening;          /* HTTPS can be called, too */
    bool disk_full;          /* told already */
    int64_t state_ms;        /* when the state was looked at last; 0: never */
    char *state;             /* as written last */
    struct ir_node_invite invites[IR_NODE_INVITES_MAX];
    size_t invites_n;
    int64_t invites_ms; /* when they were read last */
};

/* One line for the person who looks after it, on standard error.
 *
 * Owns:   nothing.
 */
void ir_node_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Start the carriers that the settings ask for and end the others; again after
 * a change.
 */
void ir_node_carriers(struct ir_node *n);

/* Let the carriers do what is due, give them what the engine has to say;
 * returns when to be called again.
 */
int64_t ir_node_move(struct ir_node *n);

/* A beacon of `device` came from `host` and says that it listens on `port`. */
void ir_node_hear(struct ir_node *n, const uint8_t device[IR_KEYID_BYTES],
                  unsigned port, const char *host);

/* Call devices of the LAN that are neighbours, and let go of others. */
void ir_node_dial(struct ir_node *n);

/* Read which invitations were made here, where that may have `changed` or it is
 * time to; open the door of HTTPS while there are some, else shut it.
 */
void ir_node_invites(struct ir_node *n, bool changed);

/* What is said back to a datagram that opened under no key of the site: to one
 * that asks for an invitation of ours, where HTTPS listens. Returns how long
 * it is, 0: nothing.
 */
size_t ir_node_here(struct ir_node *n, const void *p, size_t len,
                    uint8_t *reply);

/* `ird --join`: carry a request there and the answer back; see node_knock.c.
 *
 * Errors: IR_EPARSE what came on standard input; IR_EIO.
 * Blocks: 4 s to find somebody; as ir_https_knock.
 */
int ir_node_knock(struct ir_err *err);

/* Trust has changed: keys, who is welcome, what is offered.
 *
 * Errors: as ir_ctx_trust; the old state stays in use.
 */
int ir_node_trust(struct ir_node *n, struct ir_err *err);

/* Leave in the home how things stand, where that has changed; `last`: this
 * daemon ends.
 */
void ir_node_state(struct ir_node *n, bool last);

/* Count entries that came from a device or were given to it; and keep in the
 * home what was counted, now and then or (`last`) at the end.
 */
void ir_node_count(struct ir_node *n, const uint8_t device[IR_KEYID_BYTES],
                   int which, int64_t came, int64_t gave);
void ir_node_met(struct ir_node *n, bool last);

/* A sealed frame was opened to `p`: is it of a device that has not got the
 * newest key yet? And say again under earlier keys, as far as anybody was heard
 * under them, what of a transmission that was sent is about lane T.
 */
void ir_node_old_heard(struct ir_node *n, const struct ir_epoch_key *newest,
                       const void *sealed, size_t sealed_n, const void *p,
                       size_t m);
void ir_node_old_send(struct ir_node *n, const struct ir_carrier *c,
                      uint32_t link, const struct ir_buf *b);

/* The last word to a device that is revoked. May its key call now, for that
 * alone? Is it being told, so that its link must stay for a moment? A link to
 * it came up: it is told and nothing else; false: it is not revoked. It was
 * heard on the LAN. Trust has changed. And: cut what was told; true: ask anew
 * who is welcome.
 */
bool ir_node_last_due(const struct ir_node *n,
                      const uint8_t device[IR_KEYID_BYTES]);
bool ir_node_last_pending(const struct ir_node *n,
                          const uint8_t device[IR_KEYID_BYTES]);
bool ir_node_last_up(struct ir_node *n, int which, uint32_t link,
                     const uint8_t device[IR_KEYID_BYTES], size_t mtu);
void ir_node_last_lan(struct ir_node *n, const uint8_t device[IR_KEYID_BYTES]);
void ir_node_last_trust(struct ir_node *n);
bool ir_node_last_tick(struct ir_node *n, int64_t *next);

/* A link of the engine: its carrier, and that one's number for it. */
int ir_node_carrier_no(uint32_t link);
uint32_t ir_node_carrier_link(uint32_t link);

/* How long this device waits before it says that an alert is here: all do, and
 * what all wrote at once would stand in the way of the next alert. And how long
 * before it witnesses: three are enough, so those whose turn it is this hour
 * come first, one after the other, and the rest only where those do not.
 *
 * Units:  milliseconds.
 */
int64_t ir_node_receipt_wait(const struct ir_node *n);
int64_t ir_node_witness_wait(const struct ir_node *n);

/* The name of the carrier a link of the engine belongs to.
 *
 * Owns:   static.
 */
const char *ir_node_carrier_of(const struct ir_node *n, uint32_t link);

/* Is there no network interface that is up, other than the loopback? */
bool ir_node_no_network(void);

/* Who is behind this key id: handle of the custodian and the id's beginning.
 *
 * Owns:   borrowed until the next call.
 */
const char *ir_node_name(struct ir_node *n, const uint8_t id[IR_KEYID_BYTES]);

#endif
