/* loop.h: waiting for descriptors, a deadline and signals at once; libuv stays
 * behind this.
 *
 * One step function does what is due whenever anything has happened: however
 * many descriptors are ready, it is called once a turn.
 */
#ifndef IR_CARRIER_LOOP_H
#define IR_CARRIER_LOOP_H

#include "base/err.h"

#include <stdint.h>

#define IR_LOOP_FDS_MAX 16

struct ir_loop;

struct ir_loop_ops {
    /* Something may be due. Returns the moment to be called again at the
     * latest, in milliseconds of ir_clock_mono_ms; below 0: not by time. */
    int64_t (*step)(void *arg, int64_t now_ms);
    /* SIGTERM, SIGINT or SIGHUP came. */
    void (*signal)(void *arg, int signo);
};

/* Make a loop.
 *
 * Owns:   *out is the caller's, ir_loop_free; `ops` and `arg` are borrowed
 *         until then.
 * Errors: IR_EIO.
 */
int ir_loop_new(const struct ir_loop_ops *ops, void *arg, struct ir_loop **out,
                struct ir_err *err);
void ir_loop_free(struct ir_loop *l);

/* Call step when `fd` can be read (or, an epoll descriptor, has something).
 *
 * Owns:   `fd` stays the caller's; unwatch before it is closed.
 * Errors: IR_ELIMIT, IR_EIO.
 */
int ir_loop_watch(struct ir_loop *l, int fd, struct ir_err *err);
void ir_loop_unwatch(struct ir_loop *l, int fd);

/* Run until ir_loop_stop; step is called at once.
 *
 * Errors: IR_EIO.
 */
int ir_loop_run(struct ir_loop *l, struct ir_err *err);
void ir_loop_stop(struct ir_loop *l);

#endif
