/* pair.c: two carriers in one process; see pair.h. */
#include "carrier/pair.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "carrier/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LINK 1

struct end {
    struct pair *pair;
    struct ir_queue in; /* what came and was not delivered */
    int fd;
    bool open, told_up, told_down;
};

struct pair {
    struct end end[2];
};

static struct end *
other(struct end *e)
{
    return &e->pair->end[e == &e->pair->end[0]];
}

static void
wake(const struct end *e)
{
    uint64_t one = 1;

    if (e->open && write(e->fd, &one, sizeof one) < 0 && errno != EAGAIN)
        return; /* run() is called at its time all the same */
}

static int
pair_fd(void *c)
{
    return ((struct end *)c)->fd;
}

static int64_t
pair_run(void *c, int64_t now_ms, const struct ir_carrier_events *ev, void *arg)
{
    struct end *e = c;
    struct ir_queue in = e->in;
    struct ir_queued *f;
    uint64_t n;

    (void)now_ms;
    if (read(e->fd, &n, sizeof n) < 0 && errno != EAGAIN)
        return now_ms;
    if (!e->told_up) {
        e->told_up = true;
        ev->up(arg, LINK, NULL, IR_PAIR_MTU, false);
    }
    memset(&e->in, 0, sizeof e->in);
    while ((f = ir_queue_next(&in)) != NULL) {
        ev->frame(arg, LINK, f->p, f->n);
        free(f);
    }
    if (!other(e)->open && !e->told_down) {
        e->told_down = true;
        ev->down(arg, LINK, N_("the other end was closed"));
    }
    return IR_CARRIER_NEVER;
}

static int
pair_send(void *c, uint32_t link, const void *p, size_t n, struct ir_err *err)
{
    struct end *e = c, *to = other(e);

    if (link != LINK || !e->told_up || !to->open)
        return ir_fail(err, IR_ENOTFOUND, "no link %u", (unsigned)link);
    if (n > IR_PAIR_MTU)
        return ir_fail(err, IR_ELIMIT, "frame of %zu bytes, limit %d", n,
                       IR_PAIR_MTU);
    if (to->in.n >= IR_PAIR_WAITING)
        return ir_fail(err, IR_EBUSY, "%zu frames wait already", to->in.n);
    ir_queue_put_take(&to->in, ir_queued_new(LINK, p, n));
    wake(to);
    return IR_OK;
}

static void
pair_close(void *c)
{
    struct end *e = c, *to = other(e);

    ir_queue_done(&e->in);
    close(e->fd);
    e->open = false;
    if (to->open)
        wake(to);
    else
        free(e->pair);
}

static const struct ir_carrier_ops open_ops = {"pair",   false,     pair_fd,
                                               pair_run, pair_send, pair_close};
static const struct ir_carrier_ops sealed_ops = {
    "pair", true, pair_fd, pair_run, pair_send, pair_close};

int
ir_pair_new(bool sealed, struct ir_carrier ends[2], struct ir_err *err)
{
    struct pair *p = ir_calloc(1, sizeof *p);
    int fd[2] = {-1, -1}, i;

    for (i = 0; i < 2; i++)
        fd[i] = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd[0] < 0 || fd[1] < 0) {
        int rc = ir_fail(err, IR_EIO, "eventfd: %s", strerror(errno));

        for (i = 0; i < 2; i++)
            if (fd[i] >= 0)
                close(fd[i]);
        free(p);
        return rc;
    }
    for (i = 0; i < 2; i++) {
        p->end[i].pair = p;
        p->end[i].fd = fd[i];
        p->end[i].open = true;
        ends[i].ops = sealed ? &sealed_ops : &open_ops;
        ends[i].self = &p->end[i];
    }
    return IR_OK;
}
