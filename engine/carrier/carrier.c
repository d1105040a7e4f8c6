/* carrier.c: the calls on whichever carrier it is; see carrier.h. */
#include "carrier/carrier.h"

int
ir_carrier_fd(const struct ir_carrier *c)
{
    return c->ops->fd(c->self);
}

int64_t
ir_carrier_run(const struct ir_carrier *c, int64_t now_ms,
               const struct ir_carrier_events *ev, void *arg)
{
    return c->ops->run(c->self, now_ms, ev, arg);
}

int
ir_carrier_send(const struct ir_carrier *c, uint32_t link, const void *p,
                size_t n, struct ir_err *err)
{
    return c->ops->send(c->self, link, p, n, err);
}

void
ir_carrier_close(struct ir_carrier *c)
{
    if (c->ops != NULL)
        c->ops->close(c->self);
    c->ops = NULL;
    c->self = NULL;
}
