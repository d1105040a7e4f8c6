/* torture.c: a bad network around any carrier; see torture.h. */
#include "carrier/torture.h"

#include "carrier/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LATER_MS 30 /* how long a frame waits that is overtaken */

struct torture {
    struct ir_carrier in; /* what is wrapped */
    struct ir_carrier_ops ops;
    struct ir_torture t;
    uint64_t state;
    struct ir_queue out, back; /* on their way there; here, by due_ms */
    int64_t now;
    int ep, wake;
    const struct ir_carrier_events *ev; /* of the run under way */
    void *arg;
};

/* splitmix64 (Steele, Lea, Flood 2014): small, seedable, not for secrets. */
static uint64_t
draw(struct torture *x)
{
    uint64_t z = x->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static bool
percent(struct torture *x, int n)
{
    return draw(x) % 100 < (uint64_t)n;
}

static void
mistreat_one(struct torture *x, struct ir_queue *q, uint32_t link,
             const void *p, size_t n)
{
    struct ir_queued *f = ir_queued_new(link, p, n);

    if (percent(x, x->t.cut) && n > 0)
        f->n = draw(x) % n;
    if (percent(x, x->t.corrupt) && f->n > 0)
        f->p[draw(x) % f->n] ^= (uint8_t)(1u << draw(x) % 8);
    f->due_ms = x->now;
    if (x->t.delay_ms > 0)
        f->due_ms += (int64_t)(draw(x) % (uint64_t)(x->t.delay_ms + 1));
    if (percent(x, x->t.later))
        f->due_ms += LATER_MS;
    ir_queue_put_due_take(q, f);
}

static void
mistreat(struct torture *x, struct ir_queue *q, uint32_t link, const void *p,
         size_t n)
{
    int copies = percent(x, x->t.twice) ? 2 : 1;

    if (percent(x, x->t.drop))
        return;
    while (copies-- > 0)
        mistreat_one(x, q, link, p, n);
}

static void
on_up(void *arg, uint32_t link, const uint8_t *pub, size_t mtu, bool many)
{
    struct torture *x = arg;

    x->ev->up(x->arg, link, pub, mtu, many);
}

static void
on_down(void *arg, uint32_t link, const char *why)
{
    struct torture *x = arg;

    ir_queue_drop(&x->out, link);
    ir_queue_drop(&x->back, link);
    x->ev->down(x->arg, link, why);
}

static void
on_frame(void *arg, uint32_t link, const void *p, size_t n)
{
    struct torture *x = arg;

    mistreat(x, &x->back, link, p, n);
}

static bool
on_ours(void *arg, const void *p, size_t n)
{
    struct torture *x = arg;

    return x->ev->ours == NULL || x->ev->ours(x->arg, p, n);
}

static int
torture_fd(void *c)
{
    return ((struct torture *)c)->ep;
}

static struct ir_queued *
due(struct torture *x, struct ir_queue *q)
{
    if (q->first == NULL || q->first->due_ms > x->now)
        return NULL;
    return ir_queue_next(q);
}

static int64_t
torture_run(void *c, int64_t now_ms, const struct ir_carrier_events *ev,
            void *arg)
{
    static const struct ir_carrier_events mine = {on_up, on_down, on_frame,
                                                  on_ours, NULL};
    struct torture *x = c;
    struct ir_queued *f;
    int64_t next;
    uint64_t n;

    x->now = now_ms;
    x->ev = ev;
    x->arg = arg;
    if (read(x->wake, &n, sizeof n) < 0 && errno != EAGAIN)
        return now_ms;
    while ((f = due(x, &x->out)) != NULL) {
        /* what the carrier does not take is lost, as on any bad day */
        (void)ir_carrier_send(&x->in, f->link, f->p, f->n, NULL);
        free(f);
    }
    next = ir_carrier_run(&x->in, now_ms, &mine, x);
    while ((f = due(x, &x->back)) != NULL) {
        ev->frame(arg, f->link, f->p, f->n);
        free(f);
    }
    if (x->out.first != NULL && x->out.first->due_ms < next)
        next = x->out.first->due_ms;
    if (x->back.first != NULL && x->back.first->due_ms < next)
        next = x->back.first->due_ms;
    x->ev = NULL;
    return next;
}

static int
torture_send(void *c, uint32_t link, const void *p, size_t n,
             struct ir_err *err)
{
    struct torture *x = c;
    uint64_t one = 1;

    mistreat(x, &x->out, link, p, n);
    if (write(x->wake, &one, sizeof one) < 0 && errno != EAGAIN)
        return ir_fail(err, IR_EIO, "eventfd: %s", strerror(errno));
    return IR_OK;
}

static void
torture_close(void *c)
{
    struct torture *x = c;

    ir_queue_done(&x->out);
    ir_queue_done(&x->back);
    ir_carrier_close(&x->in);
    close(x->ep);
    close(x->wake);
    free(x);
}

void
ir_torture_wrap_take(struct ir_carrier *inner, const struct ir_torture *t,
                     uint64_t seed, struct ir_carrier *out)
{
    struct torture *x = ir_calloc(1, sizeof *x);
    struct epoll_event e = {.events = EPOLLIN};

    x->in = *inner;
    x->ops = *inner->ops;
    x->ops.fd = torture_fd;
    x->ops.run = torture_run;
    x->ops.send = torture_send;
    x->ops.close = torture_close;
    x->t = *t;
    x->state = seed;
    x->ep = epoll_create1(EPOLL_CLOEXEC);
    x->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (x->ep < 0 || x->wake < 0 ||
        epoll_ctl(x->ep, EPOLL_CTL_ADD, x->wake, &e) != 0 ||
        epoll_ctl(x->ep, EPOLL_CTL_ADD, ir_carrier_fd(inner), &e) != 0)
        abort(); /* a test without descriptors proves nothing */
    inner->ops = NULL;
    inner->self = NULL;
    out->ops = &x->ops;
    out->self = x;
}
