/* queue.c: frames that wait; see queue.h. */
#include "carrier/queue.h"

#include <stdlib.h>
#include <string.h>

struct ir_queued *
ir_queued_new(uint32_t link, const void *p, size_t n)
{
    struct ir_queued *f = ir_malloc(sizeof *f + n);

    memset(f, 0, sizeof *f);
    f->link = link;
    f->n = n;
    if (n > 0)
        memcpy(f->p, p, n);
    return f;
}

static void
put_after(struct ir_queue *q, struct ir_queued *before, struct ir_queued *f)
{
    struct ir_queued **at = before != NULL ? &before->next : &q->first;

    f->next = *at;
    *at = f;
    if (f->next == NULL)
        q->last = f;
    q->n++;
    q->bytes += f->n;
}

void
ir_queue_put_take(struct ir_queue *q, struct ir_queued *f)
{
    put_after(q, q->last, f);
}

void
ir_queue_put_due_take(struct ir_queue *q, struct ir_queued *f)
{
    struct ir_queued *i, *before = NULL;

    for (i = q->first; i != NULL && i->due_ms <= f->due_ms; i = i->next)
        before = i;
    put_after(q, before, f);
}

struct ir_queued *
ir_queue_next(struct ir_queue *q)
{
    struct ir_queued *f = q->first;

    if (f == NULL)
        return NULL;
    q->first = f->next;
    if (q->first == NULL)
        q->last = NULL;
    q->n--;
    q->bytes -= f->n;
    f->next = NULL;
    return f;
}

void
ir_queue_done(struct ir_queue *q)
{
    struct ir_queued *f;

    while ((f = ir_queue_next(q)) != NULL)
        free(f);
}

void
ir_queue_drop(struct ir_queue *q, uint32_t link)
{
    struct ir_queue keep = {0};
    struct ir_queued *f;

    while ((f = ir_queue_next(q)) != NULL)
        if (f->link == link)
            free(f);
        else
            ir_queue_put_take(&keep, f);
    *q = keep;
}

void
ir_queue_pack(struct ir_queue *q, size_t max, struct ir_buf *out)
{
    while (q->first != NULL && out->len + 4 + q->first->n <= max) {
        struct ir_queued *f = ir_queue_next(q);
        uint8_t len[4] = {(uint8_t)(f->n >> 24), (uint8_t)(f->n >> 16),
                          (uint8_t)(f->n >> 8), (uint8_t)f->n};

        ir_buf_add(out, len, sizeof len);
        ir_buf_add(out, f->p, f->n);
        free(f);
    }
}

int
ir_queue_unpack(const uint8_t *run, size_t n, size_t max, size_t *at,
                const uint8_t **p, size_t *len)
{
    const uint8_t *h = run + *at;
    size_t size;

    if (*at == n)
        return IR_ENOTFOUND;
    if (n - *at < 4)
        return IR_EPARSE;
    size = (size_t)h[0] << 24 | (size_t)h[1] << 16 | (size_t)h[2] << 8 | h[3];
    if (size > max)
        return IR_ELIMIT;
    if (size > n - *at - 4)
        return IR_EPARSE;
    *p = h + 4;
    *len = size;
    *at += 4 + size;
    return IR_OK;
}
