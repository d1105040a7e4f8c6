/* frame.h: the plain messages that nodes send one another.
 *
 * A transmission is a CBOR sequence of messages; a message is an array whose
 * first element is its type. Bytes only: what is answered and when is
 * sync.h's; sealing, transport and the meaning of an entry are not here.
 * Source: docs/format.md section 12.
 */
#ifndef IR_CORE_FRAME_H
#define IR_CORE_FRAME_H

#include "base/cbor.h"
#include "core/entry.h"
#include "core/idset.h"

#define IR_FRAME_MAX 262144              /* bytes of a transmission */
#define IR_FRAME_ENTRIES_MAX 200         /* entries of a message */
#define IR_FRAME_WANT_MAX 512            /* ids wanted by a message */
#define IR_FRAME_HAVE_MAX 8000           /* ids named by a have */
#define IR_FRAME_TAIL_MAX 32             /* short ids of a tail */
#define IR_FRAME_CHUNK_MAX 131072        /* bytes of an object in a message */
#define IR_FRAME_OBJECT_MAX (1ULL << 40) /* bytes of an object */
#define IR_FRAME_BUSY_MAX_MS 3600000
#define IR_FRAME_SAME_FP 4 /* bytes of each fingerprint in a same */
#define IR_SHORT_BYTES 8
#define IR_NODE_BYTES 8

enum ir_frame_type {
    IR_FRAME_BEACON = 1,
    IR_FRAME_RECONCILE = 2,
    IR_FRAME_TAIL = 3,
    IR_FRAME_ENTRIES = 4,
    IR_FRAME_WANT = 5,
    IR_FRAME_WANTOBJ = 6,
    IR_FRAME_OBJECT = 7,
    IR_FRAME_BUSY = 8,
    IR_FRAME_HAVE = 9,
    IR_FRAME_SAME = 10,
};

enum ir_frame_side { IR_SIDE_ASKS = 0, IR_SIDE_ANSWERS = 1 };

/* A set in short: how many entries, and their fingerprint. */
struct ir_sum {
    uint64_t count;
    uint8_t fp[IR_FP_BYTES];
};

/* One message. Which fields hold something its type says; the others are 0. */
struct ir_frame {
    enum ir_frame_type type;
    uint8_t node[IR_NODE_BYTES];   /* beacon: who says it */
    struct ir_sum t, r;            /* beacon, tail: lane T; the others. same:
                                      the first bytes of each fp alone */
    uint32_t port;                 /* beacon: of HTTPS, 0 none */
    int set;                       /* reconcile: 0 lane T, 1 the others */
    enum ir_frame_side side;       /* reconcile, tail */
    uint8_t salt[IR_SALT_BYTES];   /* reconcile, tail */
    uint64_t hlc;                  /* tail: everything from here is listed */
    uint8_t digest[IR_HASH_BYTES]; /* wantobj, object */
    uint64_t total, offset;        /* wantobj (offset), object; bytes */
    uint64_t max;                  /* wantobj: bytes of one answer */
    uint64_t retry_ms;             /* busy */
    const uint8_t *p; /* borrowed. reconcile: the negentropy message; tail:
                         short ids; entries: byte strings, one after the other
                         as in the message; want, have: ids; object: bytes */
    size_t n;         /* bytes of p */
    size_t count;     /* of short ids, entries or ids in p */
};

/* Read the next message of a transmission that begins at `c` and move past it.
 * Messages of a type that is not known here, and elements after those that
 * are, are passed over once their form is checked.
 *
 * Owns:   *f borrows from the bytes.
 * Errors: IR_ENOTFOUND none is left; IR_EPARSE, IR_ELIMIT: what is left of the
 *         transmission is of no use. *f untouched.
 */
int ir_frame_next(struct ir_cbor *c, struct ir_frame *f, struct ir_err *err);

/* Read entry after entry of an `entries` message: its bytes, borrowed.
 *
 * Errors: returns false after the last.
 */
bool ir_frame_entry(struct ir_frame *f, const uint8_t **p, size_t *n);

/* Append one message. Fields must be within the limits above.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_frame_put(const struct ir_frame *f, struct ir_buf *out);

/* Append what a transmission holds about lane T alone, which devices are told
 * under earlier carrier keys too: its beacons, `reconcile` of that set, entries
 * of that lane. Returns whether there is any.
 */
bool ir_frame_lane_t(const void *p, size_t n, struct ir_buf *out);

/* The short id of an entry within a session: H(salt | id)[0..8]. */
void ir_frame_short(const uint8_t salt[IR_SALT_BYTES],
                    const uint8_t id[IR_ID_BYTES], uint8_t out[IR_SHORT_BYTES]);

#endif
