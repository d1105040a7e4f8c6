/* sync.h: what one node says to the others so that all hold the same entries.
 *
 * Pure: transmissions and time go in, transmissions come out; what is kept is
 * read and written through callbacks. The same code runs in the daemon, in
 * `ir carry`, in the simulator and under the fuzzers. No clock, no I/O, no
 * globals. A transmission that is lost, doubled, overtaken, changed or late
 * costs time only.
 *
 * Whoever drives it, after every call below: ir_sync_tick, then ir_sync_out
 * until it answers false.
 * Units:  time is milliseconds of a monotonic clock.
 * Thread: one at a time.
 * Source: docs/format.md section 12; docs/design.md, "Between devices".
 */
#ifndef IR_CORE_SYNC_H
#define IR_CORE_SYNC_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_SYNC_LINKS_MAX 64 /* links up at once */
#define IR_SYNC_NEIGHBOURS 6 /* devices a device keeps a link to */
#define IR_SYNC_MTU_MIN 512  /* bytes; a link narrower than that is not used */

enum ir_sync_fate {
    IR_SYNC_STORED, /* new, and durable now */
    IR_SYNC_HAD,    /* was here */
    IR_SYNC_LATER, /* over quota, or its certificate is not here: again later */
    IR_SYNC_REFUSED, /* never */
};

/* One entry that came in. The home fills what stands under "filled". */
struct ir_sync_in {
    const uint8_t *p; /* its exact bytes, borrowed */
    size_t n;
    /* filled */
    uint8_t id[32];
    uint64_t hlc;
    int lane; /* enum ir_lane */
    enum ir_sync_fate fate;
};

/* What the node keeps. */
struct ir_sync_home {
    void *arg;
    /* Append the bytes of an entry; of one that is withheld, its stub.
     * Errors: not IR_OK: it is not given out. */
    int (*get)(void *arg, const uint8_t id[32], struct ir_buf *out);
    /* Judge entries from device `from` (zeros: unknown), cheap checks first,
     * and store what is good, durably, as one batch; fill in their fates.
     * Errors: not IR_OK: nothing was stored, fates are not read. */
    int (*put)(void *arg, const uint8_t from[8], struct ir_sync_in *v, size_t n,
               struct ir_err *err);
    /* Append up to `max` bytes of an object from `off`; *total its length.
     * Errors: not IR_OK: it is not here. */
    int (*object_get)(void *arg, const uint8_t digest[32], uint64_t off,
                      size_t max, uint64_t *total, struct ir_buf *out);
    /* Keep a piece of a wanted object; when whole, check its digest.
     * Errors: IR_EDAMAGED whole, and not what its digest says; IR_ELIMIT too
     *         long; others: it cannot be kept now. */
    int (*object_put)(void *arg, const uint8_t digest[32], uint64_t total,
                      uint64_t off, const void *p, size_t n);
    /* The next wanted object, and from which byte. `digest` holds the one asked
     * for last, first zeros: answer the one after it, round and round.
     * Errors: IR_ENOTFOUND none is wanted. */
    int (*object_next)(void *arg, uint8_t digest[32], uint64_t *off);
    /* Fill with bytes nobody can guess. */
    void (*random)(void *arg, void *p, size_t n);
};

struct ir_sync;

/* The engine of device `self` (key id of its node key).
 *
 * Owns:   the caller frees with ir_sync_free; *home is copied.
 */
struct ir_sync *ir_sync_new(const uint8_t self[8],
                            const struct ir_sync_home *home, int64_t now_ms);
void ir_sync_free(struct ir_sync *s);

/* The TCP port for HTTPS that beacons name; 0, the start: none. */
void ir_sync_port(struct ir_sync *s, uint16_t port);

/* An entry is offered (at the start, or since trust changed), or no longer
 * (its author was revoked). */
void ir_sync_index(struct ir_sync *s, const uint8_t id[32], uint64_t hlc,
                   int lane);
void ir_sync_drop(struct ir_sync *s, const uint8_t id[32], uint64_t hlc,
                  int lane);

/* An entry was recorded here just now, at `now_ms`: push it to every link; the
 * beacon that tells of it comes after. `prio` is the header's (0 flash .. 3
 * bulk). */
void ir_sync_local(struct ir_sync *s, const uint8_t id[32], uint64_t hlc,
                   int lane, int prio, int64_t now_ms);

/* A link can be used: to device `node` (NULL: not known), or, with `many`, to
 * whoever hears it. A link that is up already begins anew.
 *
 * Units:  `mtu` bytes of a plain transmission, at least IR_SYNC_MTU_MIN;
 *         narrower links, and those beyond IR_SYNC_LINKS_MAX, are left alone.
 */
void ir_sync_link_up(struct ir_sync *s, uint32_t link, const uint8_t *node,
                     size_t mtu, bool many);
void ir_sync_link_down(struct ir_sync *s, uint32_t link);

/* The device of `link` was heard on link `many`; `to_all`: what is taken from
 * `link` next went to everybody there. As long as `many` is up, what is new and
 * beacons are said there, once, and not again to each of its devices.
 */
void ir_sync_heard_on(struct ir_sync *s, uint32_t link, uint32_t many,
                      bool to_all);

/* A transmission arrived.
 *
 * Errors: IR_ENOTFOUND no such link; IR_EPARSE, IR_ELIMIT what is wrong with
 *         it (what stood before that was taken); IR_EBUSY over the link's
 *         budget: not looked at.
 */
int ir_sync_in(struct ir_sync *s, uint32_t link, const void *p, size_t n,
               int64_t now_ms, struct ir_err *err);

/* Do what is due; returns when to call again. */
int64_t ir_sync_tick(struct ir_sync *s, int64_t now_ms);

/* Append the next transmission for link *link: the gravest first, with a floor
 * for bulk; never longer than the link's mtu. False: there is none now.
 */
bool ir_sync_out(struct ir_sync *s, uint32_t *link, struct ir_buf *out);

/* How things stand with a link, for `ir mesh status`. */
struct ir_sync_state {
    uint8_t node[8];  /* heard last there; zeros: nobody */
    int64_t heard_ms; /* when; -1: never */
    bool equal;       /* held the same then */
    bool asking;      /* a session is under way */
    size_t queued;    /* entries waiting to go out */
    size_t wanted;    /* entries asked for or to be asked for there */
    int64_t busy_ms;  /* it asked to wait until then; 0: not */
    uint64_t refused; /* entries from there that were refused */
};
bool ir_sync_state(const struct ir_sync *s, uint32_t link,
                   struct ir_sync_state *out);

/* How many entries are offered: lane T, and the others. */
void ir_sync_count(const struct ir_sync *s, size_t *trust, size_t *rest);

/* Which of the devices `ids[0..n)` device `self` keeps a link to: successor and
 * predecessor in rings ordered by H(ring | id), passing over those that are
 * `unreachable` (NULL: none is); all others where there are at most `k`. It
 * depends on the set alone, and but for the unreachable ones it is mutual.
 * Returns how many it wrote to `out`, at most `k`.
 */
size_t ir_sync_neighbours(const uint8_t (*ids)[8], size_t n,
                          const bool *unreachable, const uint8_t self[8],
                          uint8_t (*out)[8], size_t k);

#endif
