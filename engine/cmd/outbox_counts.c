/* outbox_counts.c: whose word counts about what goes out from here; see
 * sender.h. */
#include "cmd/node_key.h"
#include "cmd/sender.h"

#include <string.h>

void
ir_outbox_know_us(struct ir_outbox *o)
{
    struct ir_err was = o->c->err;
    struct ir_key *node = NULL;

    o->has_node = ir_ctx_node_key(o->c, &node) == IR_OK;
    if (o->has_node)
        ir_key_id(node->pub, o->node);
    ir_key_free(node);
    o->c->err = was;
}

bool
ir_outbox_counts(const struct ir_outbox *o, const struct ir_outgoing *x,
                 struct ir_attempt *a)
{
    const struct ir_cert_key *k = ir_trust_key(&o->c->trust, a->key);

    a->far = !o->has_node || memcmp(a->key, o->node, IR_KEYID_BYTES) != 0;
    if (a->status != x->row->a->status || k == NULL)
        return false;
    if (!a->far || x->mute || x->deputy)
        return true;
    if (k->node)
        return false;
    if (a->outcome == IR_OUTCOME_REPLIED ||
        ir_channel_conf(o->c, a->channel) == NULL)
        return true;
    if (a->outcome != IR_OUTCOME_NO_ANSWER || a->retry_at_ms == 0)
        return false;
    a->retry_at_ms = 1; /* long ago: nobody puts it off */
    return true;
}
