/* loop.c: see loop.h. */
#include "carrier/loop.h"

#include "base/buf.h"
#include "base/clock.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
#define SIGNALS_N (sizeof signals / sizeof signals[0])

struct ir_loop {
    uv_loop_t uv;
    uv_timer_t timer;
    uv_prepare_t prepare;
    uv_signal_t sig[SIGNALS_N];
    struct watch {
        uv_poll_t poll;
        int fd;
        bool on;
    } fds[IR_LOOP_FDS_MAX];
    const struct ir_loop_ops *ops;
    void *arg;
    bool due; /* something has happened since the last step */
};

static int
fail(int code, struct ir_err *err)
{
    return ir_fail(err, IR_EIO, "event loop: %s", uv_strerror(code));
}

static void
on_poll(uv_poll_t *p, int status, int events)
{
    struct ir_loop *l = p->loop->data;

    (void)status;
    (void)events;
    l->due = true;
}

static void
on_timer(uv_timer_t *t)
{
    struct ir_loop *l = t->loop->data;

    l->due = true;
}

static void
on_signal(uv_signal_t *s, int signo)
{
    struct ir_loop *l = s->loop->data;

    l->due = true;
    l->ops->signal(l->arg, signo);
}

/* Before waiting: one step for all that the last turn has seen. */
static void
on_prepare(uv_prepare_t *p)
{
    struct ir_loop *l = p->loop->data;
    int64_t now = ir_clock_mono_ms(), next;

    if (!l->due)
        return;
    l->due = false;
    next = l->ops->step(l->arg, now);
    if (next < 0)
        (void)uv_timer_stop(&l->timer);
    else
        (void)uv_timer_start(&l->timer, on_timer,
                             next > now ? (uint64_t)(next - now) : 0, 0);
}

int
ir_loop_new(const struct ir_loop_ops *ops, void *arg, struct ir_loop **out,
            struct ir_err *err)
{
    struct ir_loop *l = ir_calloc(1, sizeof *l);
    size_t i;
    int rc = uv_loop_init(&l->uv);

    if (rc != 0) {
        free(l);
        return fail(rc, err);
    }
    l->uv.data = l;
    l->ops = ops;
    l->arg = arg;
    (void)uv_timer_init(&l->uv, &l->timer);
    (void)uv_prepare_init(&l->uv, &l->prepare);
    (void)uv_prepare_start(&l->prepare, on_prepare);
    for (i = 0; i < SIGNALS_N; i++) {
        (void)uv_signal_init(&l->uv, &l->sig[i]);
        if (rc == 0)
            rc = uv_signal_start(&l->sig[i], on_signal, signals[i]);
    }
    if (rc != 0) {
        ir_loop_free(l);
        return fail(rc, err);
    }
    *out = l;
    return IR_OK;
}

static void
close_one(uv_handle_t *h, void *arg)
{
    (void)arg;
    if (!uv_is_closing(h))
        uv_close(h, NULL);
}

void
ir_loop_free(struct ir_loop *l)
{
    if (l == NULL)
        return;
    uv_walk(&l->uv, close_one, NULL);
    (void)uv_run(&l->uv, UV_RUN_DEFAULT);
    (void)uv_loop_close(&l->uv);
    free(l);
}

int
ir_loop_watch(struct ir_loop *l, int fd, struct ir_err *err)
{
    size_t i;
    int rc;

    for (i = 0; i < IR_LOOP_FDS_MAX; i++) {
        struct watch *w = &l->fds[i];

        if (w->on)
            continue;
        rc = uv_poll_init(&l->uv, &w->poll, fd);
        if (rc == 0)
            rc = uv_poll_start(&w->poll, UV_READABLE, on_poll);
        if (rc != 0)
            return fail(rc, err);
        w->fd = fd;
        w->on = true;
        return IR_OK;
    }
    return ir_fail(err, IR_ELIMIT, "event loop: more than %d descriptors",
                   IR_LOOP_FDS_MAX);
}

static void
on_closed(uv_handle_t *h)
{
    struct watch *w = h->data;

    w->on = false;
}

void
ir_loop_unwatch(struct ir_loop *l, int fd)
{
    size_t i;

    for (i = 0; i < IR_LOOP_FDS_MAX; i++) {
        struct watch *w = &l->fds[i];

        if (!w->on || w->fd != fd)
            continue;
        w->fd = -1;
        w->poll.data = w;
        uv_close((uv_handle_t *)&w->poll, on_closed);
        return;
    }
}

int
ir_loop_run(struct ir_loop *l, struct ir_err *err)
{
    int rc;

    l->due = true;
    rc = uv_timer_start(&l->timer, on_timer, 0, 0);
    if (rc != 0)
        return fail(rc, err);
    (void)uv_run(&l->uv, UV_RUN_DEFAULT);
    return IR_OK;
}

void
ir_loop_stop(struct ir_loop *l)
{
    uv_stop(&l->uv);
}
