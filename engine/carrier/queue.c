/* queue.c: frames that wait; see queue.h. */
#include "carrier/queue.h"

#include <stdlib.h>
#include <string.h>

struct ir_frame *
ir_frame_new(uint32_t link, const void *p, size_t n)
{
    struct ir_frame *f = ir_malloc(sizeof *f + n);

    memset(f, 0, sizeof *f);
    f->link = link;
    f->n = n;
    if (n > 0)
        memcpy(f->p, p, n);
    return f;
}

static void
put_after(struct ir_frames *q, struct ir_frame *before, struct ir_frame *f)
{
    struct ir_frame **at = before != NULL ? &before->next : &q->first;

    f->next = *at;
    *at = f;
    if (f->next == NULL)
        q->last = f;
    q->n++;
    q->bytes += f->n;
}

void
ir_frames_put_take(struct ir_frames *q, struct ir_frame *f)
{
    put_after(q, q->last, f);
}

void
ir_frames_put_due_take(struct ir_frames *q, struct ir_frame *f)
{
    struct ir_frame *i, *before = NULL;

    for (i = q->first; i != NULL && i->due_ms <= f->due_ms; i = i->next)
        before = i;
    put_after(q, before, f);
}

struct ir_frame *
ir_frames_next(struct ir_frames *q)
{
    struct ir_frame *f = q->first;

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
ir_frames_done(struct ir_frames *q)
{
    struct ir_frame *f;

    while ((f = ir_frames_next(q)) != NULL)
        free(f);
}

void
ir_frames_drop(struct ir_frames *q, uint32_t link)
{
    struct ir_frames keep = {0};
    struct ir_frame *f;

    while ((f = ir_frames_next(q)) != NULL)
        if (f->link == link)
            free(f);
        else
            ir_frames_put_take(&keep, f);
    *q = keep;
}

void
ir_frames_pack(struct ir_frames *q, size_t max, struct ir_buf *out)
{
    while (q->first != NULL && out->len + 4 + q->first->n <= max) {
        struct ir_frame *f = ir_frames_next(q);
        uint8_t len[4] = {(uint8_t)(f->n >> 24), (uint8_t)(f->n >> 16),
                          (uint8_t)(f->n >> 8), (uint8_t)f->n};

        ir_buf_add(out, len, sizeof len);
        ir_buf_add(out, f->p, f->n);
        free(f);
    }
}

int
ir_frames_unpack(const uint8_t *run, size_t n, size_t max, size_t *at,
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
