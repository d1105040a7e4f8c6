/* carrier.h: what moves bytes between devices, seen from whoever drives it.
 *
 * A carrier brings frames (runs of bytes, opaque to it) over links to other
 * devices. It promises that a frame arrives whole or not at all; never that it
 * arrives, arrives once, or in order. It has no thread and no loop: whoever
 * drives it waits for fd() to become readable or for the moment run() named,
 * whichever comes first, and calls run(), which does what is due and reports
 * through the callbacks, and only there. Inside a callback send() may be
 * called, run() and close() may not.
 *
 * Link numbers are the carrier's own, begin at 1 and are not used again.
 */
#ifndef IR_CARRIER_CARRIER_H
#define IR_CARRIER_CARRIER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_CARRIER_WHERE_MAX 264   /* bytes of "[HOST]:PORT" */
#define IR_CARRIER_BACK_MAX 64     /* bytes said back to a stranger */
#define IR_CARRIER_NEVER INT64_MAX /* run() waits for nothing but its fd */

struct ir_carrier_events {
    /* A link is there. `node_pub`: the certified key at the other end, proved;
     * NULL where the carrier cannot tell. `mtu`: bytes send() takes at once.
     * `many`: what is sent goes to whoever listens.
     */
    void (*up)(void *arg, uint32_t link, const uint8_t *node_pub, size_t mtu,
               bool many);
    /* It is gone, and why: a sentence marked N_(), valid for the call. */
    void (*down)(void *arg, uint32_t link, const char *why);
    /* A frame came; the bytes are valid for the call. */
    void (*frame)(void *arg, uint32_t link, const void *p, size_t n);
    /* Carriers that are `sealed` ask this before they make a link for a sender
     * they do not know: does this frame open under a key of the site? NULL:
     * every frame does.
     */
    bool (*ours)(void *arg, const void *p, size_t n);
    /* What is said back at once, to its sender alone, to a frame that is not
     * ours: its length, at most IR_CARRIER_BACK_MAX; 0: nothing. NULL: never
     * anything.
     */
    size_t (*back)(void *arg, const void *p, size_t n, uint8_t *reply);
};

struct ir_carrier_ops {
    const char *name;
    /* Frames travel outside TLS: the caller seals what it sends. */
    bool sealed;
    /* One descriptor to wait on until it is readable; send() makes it so when
     * run() is wanted. Belongs to the carrier.
     */
    int (*fd)(void *c);
    /* Do what is due at `now_ms` (monotonic); returns when to call again at
     * the latest.
     */
    int64_t (*run)(void *c, int64_t now_ms, const struct ir_carrier_events *ev,
                   void *arg);
    /* Take a copy of a frame to be sent on a link. IR_ENOTFOUND no such link,
     * IR_ELIMIT longer than its mtu, IR_EBUSY too much waits already, IR_EIO
     * the system refused it. IR_OK says only that it was taken.
     */
    int (*send)(void *c, uint32_t link, const void *p, size_t n,
                struct ir_err *err);
    /* End all links, without a word to anybody, and free everything. */
    void (*close)(void *c);
};

struct ir_carrier {
    const struct ir_carrier_ops *ops;
    void *self;
};

/* The five calls on whichever carrier it is; ir_carrier_close leaves `c`
 * empty, and an empty one may be closed again.
 *
 * Units:  now_ms of ir_clock_mono_ms.
 * Errors: as in struct ir_carrier_ops.
 */
int ir_carrier_fd(const struct ir_carrier *c);
int64_t ir_carrier_run(const struct ir_carrier *c, int64_t now_ms,
                       const struct ir_carrier_events *ev, void *arg);
int ir_carrier_send(const struct ir_carrier *c, uint32_t link, const void *p,
                    size_t n, struct ir_err *err);
void ir_carrier_close(struct ir_carrier *c);

/* Bring "HOST", "HOST:PORT", an IPv6 address with or without brackets into the
 * form "HOST:PORT" or "[ADDRESS]:PORT"; `port` where none is given, 0: then it
 * must be.
 *
 * Errors: IR_EPARSE.
 */
int ir_carrier_where(const char *text, uint16_t port,
                     char out[IR_CARRIER_WHERE_MAX], struct ir_err *err);

/* Is it in that form? */
bool ir_carrier_where_ok(const char *where);

#endif
