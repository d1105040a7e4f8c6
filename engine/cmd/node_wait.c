/* node_wait.c: how long the daemon waits before it signs something itself, so
 * that the devices of a site do not all do it at once.
 */
#include "base/clock.h"
#include "cmd/node_in.h"
#include "core/witness.h"

#include <stdlib.h>
#include <string.h>

#define DEVICES_MAX 100 /* counted */
#define RECEIPT_MS 300  /* after an alert: it goes first */
#define RECEIPT_EACH_MS                                                        \
    200             /* and for each device of the site so much more, at most */
#define TURN_MS 200 /* between those whose turn it is */
#define GRACE_MS 2000
#define WITNESS_EACH_MS                                                        \
    300 /* the rest, after that: for each device as above                      \
         */
#define HOUR_MS 3600000

/* A while between none and so much for each device of the site. */
static int64_t
spread(const struct ir_node *n, uint32_t each_ms)
{
    size_t i, devices = 0;
    uint32_t r;

    for (i = 0; i < n->c->trust.keys_n && devices < DEVICES_MAX; i++)
        devices += n->c->trust.keys[i].node ? 1 : 0;
    ir_random(&r, sizeof r);
    return r % (each_ms * (uint32_t)(devices + 1));
}

int64_t
ir_node_receipt_wait(const struct ir_node *n)
{
    return RECEIPT_MS + spread(n, RECEIPT_EACH_MS);
}

/* Has this device been met since the daemon began? */
static bool
is_met(const struct ir_node *n, const uint8_t *device)
{
    size_t i;

    for (i = 0; i < n->links_n; i++)
        if (n->links[i].known &&
            memcmp(n->links[i].device, device, IR_KEYID_BYTES) == 0)
            return true;
    for (i = 0; i < n->heard_n; i++)
        if (memcmp(n->heard[i].device, device, IR_KEYID_BYTES) == 0)
            return true;
    return false;
}

int64_t
ir_node_witness_wait(const struct ir_node *n)
{
    const struct ir_trust *t = &n->c->trust;
    uint8_t(*met)[IR_KEYID_BYTES] = ir_calloc(t->keys_n + 1, sizeof met[0]);
    struct ir_now now;
    size_t i, met_n = 0, turn;

    for (i = 0; i < t->keys_n; i++)
        if (t->keys[i].node && !t->keys[i].revoked &&
            is_met(n, t->keys[i].key_id))
            memcpy(met[met_n++], t->keys[i].key_id, IR_KEYID_BYTES);
    ir_clock_now(&now);
    turn = ir_witness_turn((uint64_t)(now.wall_ms / HOUR_MS), n->self,
                           (const uint8_t(*)[IR_KEYID_BYTES])met, met_n);
    free(met);
    /* one more than enough: the author's own device may be among them */
    if (turn <= IR_WITNESS_ENOUGH)
        return (int64_t)turn * TURN_MS;
    return IR_WITNESS_ENOUGH * TURN_MS + GRACE_MS + spread(n, WITNESS_EACH_MS);
}
