/* node_old.c: a device that was away while the carrier key changed can open
 * nothing that is sealed under the newest, and its own grant of that stands in
 * lane T. While one is heard under an earlier key, what is said about lane T is
 * said again under that one, as sticks carry it (docs/format.md, section 12). A
 * revoked device learns nothing else by it.
 */
#include "cmd/node_in.h"
#include "core/frame.h"

#include <string.h>

#define HEARD_MS 30000 /* for so long after one was heard */
#define BURST 60       /* frames said again at once... */
#define EACH_MS 100    /* ...and then one in so long */

/* Does `f` come from a device that is certified and was not revoked? */
static bool
is_ours(const struct ir_node *n, const struct ir_frame *f)
{
    const struct ir_cert_key *k = ir_trust_key(&n->c->trust, f->node);

    return k != NULL && k->node && !k->revoked &&
           memcmp(f->node, n->self, sizeof n->self) != 0;
}

/* Where the key with this hint is remembered: its place, or the oldest. */
static struct ir_node_old *
place(struct ir_node *n, const uint8_t *hint)
{
    struct ir_node_old *o = &n->old[0];
    size_t i;

    for (i = 0; i < IR_NODE_OLD; i++)
        if (memcmp(n->old[i].hint, hint, sizeof o->hint) == 0)
            return &n->old[i];
    for (i = 1; i < IR_NODE_OLD; i++)
        if (n->old[i].until_ms < o->until_ms)
            o = &n->old[i];
    return o;
}

void
ir_node_old_heard(struct ir_node *n, const struct ir_epoch_key *newest,
                  const void *sealed, size_t sealed_n, const void *p, size_t m)
{
    struct ir_cbor c = {p, (const uint8_t *)p + m};
    struct ir_node_old *o;
    struct ir_frame f;

    if (newest == NULL || sealed_n < sizeof o->hint ||
        ir_frame_under(newest, sealed, sealed_n) ||
        ir_frame_next(&c, &f, NULL) != IR_OK || f.type != IR_FRAME_BEACON)
        return;
    if (!is_ours(n, &f)) {
        ir_node_last_lan(n, f.node); /* where it is revoked */
        return;
    }
    o = place(n, sealed);
    memcpy(o->hint, sealed, sizeof o->hint);
    o->until_ms = n->now_ms + HEARD_MS;
}

/* May one more frame be said again now? */
static bool
may_say(struct ir_node *n)
{
    int64_t more = (n->now_ms - n->old_ms) / EACH_MS;

    if (more > 0) {
        n->old_left = more < BURST - n->old_left ? n->old_left + more : BURST;
        n->old_ms = n->now_ms;
    }
    if (n->old_left == 0)
        return false;
    n->old_left--;
    return true;
}

void
ir_node_old_send(struct ir_node *n, const struct ir_carrier *c, uint32_t link,
                 const struct ir_buf *b)
{
    struct ir_buf plain = {0}, sealed = {0};
    struct ir_err err;
    size_t i, k;

    for (i = 0; i < IR_NODE_OLD; i++) {
        const struct ir_node_old *o = &n->old[i];

        if (o->until_ms <= n->now_ms)
            continue;
        if (plain.len == 0 && !ir_frame_lane_t(b->p, b->len, &plain))
            break;
        for (k = 0; k < n->keys_n; k++)
            if (ir_frame_under(&n->keys[k], o->hint, sizeof o->hint))
                break;
        if (k == n->keys_n || !n->may_seal || !may_say(n))
            continue;
        sealed.len = 0;
        ir_frame_seal(&n->keys[k], ir_store_site(n->c->st), plain.p, plain.len,
                      &sealed);
        (void)ir_carrier_send(c, link, sealed.p, sealed.len, &err);
    }
    ir_buf_done(&plain);
    ir_buf_done(&sealed);
}
