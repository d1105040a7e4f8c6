/* queue.h: frames that wait, for carriers. */
#ifndef IR_CARRIER_QUEUE_H
#define IR_CARRIER_QUEUE_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct ir_queued {
    struct ir_queued *next;
    int64_t due_ms;
    uint32_t link;
    size_t n;
    uint8_t p[];
};

/* All zero is empty. */
struct ir_queue {
    struct ir_queued *first, *last;
    size_t n, bytes;
};

/* A frame on the heap, holding a copy of `n` bytes.
 *
 * Owns:   the caller frees with free(), or gives it to ir_queue_put_take.
 */
struct ir_queued *ir_queued_new(uint32_t link, const void *p, size_t n);

/* Put one at the end, or where its due_ms belongs (after its equals).
 *
 * Owns:   the queue takes it.
 */
void ir_queue_put_take(struct ir_queue *q, struct ir_queued *f);
void ir_queue_put_due_take(struct ir_queue *q, struct ir_queued *f);

/* Take the first one out, or NULL.
 *
 * Owns:   the caller frees with free().
 */
struct ir_queued *ir_queue_next(struct ir_queue *q);

/* Free all that wait, or those of one link. */
void ir_queue_done(struct ir_queue *q);
void ir_queue_drop(struct ir_queue *q, uint32_t link);

/* Several frames in one run of bytes: each is its length in four bytes,
 * big-endian, then itself. Moves frames from `q` as long as they fit `max`.
 *
 * Owns:   `out` keeps copies.
 * Source: docs/format.md section 12, "HTTPS".
 */
void ir_queue_pack(struct ir_queue *q, size_t max, struct ir_buf *out);

/* Take the next frame off a packed run of `n` bytes, `*at` being where.
 *
 * Owns:   *p borrows from `run`.
 * Errors: IR_ENOTFOUND at the end, IR_EPARSE cut off, IR_ELIMIT longer than
 *         `max`.
 */
int ir_queue_unpack(const uint8_t *run, size_t n, size_t max, size_t *at,
                    const uint8_t **p, size_t *len);

#endif
