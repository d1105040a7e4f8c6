/* node_link.c: between the engine and the carriers: links come and go, frames
 * are opened and sealed.
 */
#include "base/i18n.h"
#include "cmd/node_in.h"
#include "core/frame.h"
#include "core/seal.h"

#include <stdlib.h>
#include <string.h>

#define CARRIER_SHIFT 28 /* the engine's link: carrier, then its own number */
#define LINK_MASK ((1u << CARRIER_SHIFT) - 1)

/* What a carrier's callbacks are given. */
struct slot {
    struct ir_node *n;
    int which;
};

static uint32_t
link_id(int which, uint32_t link)
{
    return ((uint32_t)which + 1) << CARRIER_SHIFT | (link & LINK_MASK);
}

int
ir_node_carrier_no(uint32_t link)
{
    return (int)(link >> CARRIER_SHIFT) - 1;
}

uint32_t
ir_node_carrier_link(uint32_t link)
{
    return link & LINK_MASK;
}

const char *
ir_node_carrier_of(const struct ir_node *n, uint32_t link)
{
    const struct ir_carrier *c = &n->carriers[(link >> CARRIER_SHIFT) - 1];

    return c->ops != NULL ? c->ops->name : "";
}

static struct ir_node_link *
find_link(struct ir_node *n, uint32_t id)
{
    size_t i;

    for (i = 0; i < n->links_n; i++)
        if (n->links[i].id == id)
            return &n->links[i];
    return NULL;
}

static void
forget_link(struct ir_node *n, uint32_t id)
{
    struct ir_node_link *l = find_link(n, id);

    if (l != NULL)
        *l = n->links[--n->links_n];
    n->near_known = false;
    ir_sync_link_down(n->sync, id);
}

static void
on_up(void *arg, uint32_t link, const uint8_t *pub, size_t mtu, bool many)
{
    struct slot *s = arg;
    struct ir_node *n = s->n;
    const struct ir_carrier *c = &n->carriers[s->which];
    uint32_t id = link_id(s->which, link);
    struct ir_node_link *l = find_link(n, id);

    if (l == NULL) {
        n->links = ir_realloc(n->links, (n->links_n + 1) * sizeof *n->links);
        l = &n->links[n->links_n++];
    }
    memset(l, 0, sizeof *l);
    l->id = id;
    l->many = many;
    n->near_known = false;
    if (pub != NULL) {
        l->known = true;
        ir_key_id(pub, l->device);
        if (ir_node_last_up(n, s->which, link, l->device, mtu))
            return;
        ir_node_say(_("%s: connected to %s"), c->ops->name,
                    ir_node_name(n, l->device));
    }
    if (c->ops->sealed)
        mtu -= mtu > IR_FRAME_OVERHEAD ? IR_FRAME_OVERHEAD : mtu;
    ir_sync_link_up(n->sync, id, l->known ? l->device : NULL, mtu, many);
    if (many && n->carriers[IR_NODE_HTTPS].ops != NULL) /* a network is back */
        ir_https_retry(&n->carriers[IR_NODE_HTTPS]);
}

static void
on_down(void *arg, uint32_t link, const char *why)
{
    struct slot *s = arg;
    uint32_t id = link_id(s->which, link);
    struct ir_node_link *l = find_link(s->n, id);

    if (l != NULL && l->known)
        ir_node_say(_("%s: %s is gone: %s"), s->n->carriers[s->which].ops->name,
                    ir_node_name(s->n, l->device), _(why));
    forget_link(s->n, id);
}

/* Look for a beacon at the head of a transmission. */
static void
peek(struct ir_node *n, int which, uint32_t link, const void *p, size_t len)
{
    char host[IR_LAN_ADDRESS_MAX];
    struct ir_frame f;
    struct ir_cbor c = {p, (const uint8_t *)p + len};

    if (which != IR_NODE_LAN ||
        !ir_lan_address(&n->carriers[which], link, host))
        return;
    if (ir_frame_next(&c, &f, NULL) == IR_OK && f.type == IR_FRAME_BEACON)
        ir_node_hear(n, f.node, f.port, host);
}

/* Remember whose frame is being taken: the certified key of the link, or who
 * said hello on it.
 */
static void
whose(struct ir_node *n, int which, uint32_t id)
{
    const struct ir_node_link *l = find_link(n, id);
    struct ir_sync_state st;

    memset(n->from, 0, sizeof n->from);
    n->from_which = which;
    if (l != NULL && l->known)
        memcpy(n->from, l->device, sizeof n->from);
    else if (ir_sync_state(n->sync, id, &st))
        memcpy(n->from, st.node, sizeof n->from);
    ir_ingest_carrier(n->ingest, n->carriers[which].ops->name);
}

/* Count the entries of a transmission that was handed over. */
static void
count_given(struct ir_node *n, uint32_t id, const struct ir_buf *b)
{
    struct ir_cbor c = {b->p, b->p + b->len};
    struct ir_frame f;
    int64_t gave = 0;

    while (ir_frame_next(&c, &f, NULL) == IR_OK)
        gave += f.type == IR_FRAME_ENTRIES ? (int64_t)f.count : 0;
    if (gave == 0)
        return;
    whose(n, (int)(id >> CARRIER_SHIFT) - 1, id);
    ir_node_count(n, n->from, n->from_which, 0, gave);
}

/* The key that is sealed with: the newest. */
static const struct ir_epoch_key *
newest_key(const struct ir_node *n)
{
    const struct ir_epoch_key *k = NULL;
    size_t i;

    for (i = 0; i < n->keys_n && n->may_seal; i++)
        if (n->keys[i].audience == 0 &&
            (k == NULL || n->keys[i].epoch >= k->epoch))
            k = &n->keys[i];
    return k;
}

static void
on_frame(void *arg, uint32_t link, const void *p, size_t len)
{
    struct slot *s = arg;
    struct ir_node *n = s->n;
    struct ir_buf plain = {0};
    struct ir_err err;
    uint32_t many;
    bool to_all;

    if (n->carriers[s->which].ops->sealed) {
        if (ir_frame_open(n->keys, n->keys_n, ir_store_site(n->c->st), p, len,
                          &plain, &err) != IR_OK)
            return; /* not ours; what came late under no key of ours neither */
        peek(n, s->which, link, plain.p, plain.len);
        ir_node_old_heard(n, newest_key(n), p, len, plain.p, plain.len);
        p = plain.p;
        len = plain.len;
    }
    whose(n, s->which, link_id(s->which, link));
    if (s->which == IR_NODE_LAN &&
        ir_lan_heard_on(&n->carriers[s->which], link, &many, &to_all))
        ir_sync_heard_on(n->sync, link_id(s->which, link),
                         link_id(s->which, many), to_all);
    (void)ir_sync_in(n->sync, link_id(s->which, link), p, len, n->now_ms, &err);
    ir_buf_done(&plain);
}

static bool
on_ours(void *arg, const void *p, size_t len)
{
    struct slot *s = arg;
    struct ir_buf plain = {0};
    struct ir_err err;
    bool yes =
        ir_frame_open(s->n->keys, s->n->keys_n, ir_store_site(s->n->c->st), p,
                      len, &plain, &err) == IR_OK;

    ir_buf_done(&plain);
    return yes;
}

static size_t
on_back(void *arg, const void *p, size_t len, uint8_t *reply)
{
    struct slot *s = arg;

    return ir_node_here(s->n, p, len, reply);
}

static void
send_one(struct ir_node *n, uint32_t id, const struct ir_buf *b)
{
    const struct ir_carrier *c = &n->carriers[(id >> CARRIER_SHIFT) - 1];
    const struct ir_epoch_key *k = newest_key(n);
    struct ir_buf sealed = {0};
    struct ir_err err;
    int rc = IR_EIO;

    if (c->ops == NULL)
        return;
    if (!c->ops->sealed) {
        rc = ir_carrier_send(c, id & LINK_MASK, b->p, b->len, &err);
    } else if (k != NULL) {
        ir_frame_seal(k, ir_store_site(n->c->st), b->p, b->len, &sealed);
        rc = ir_carrier_send(c, id & LINK_MASK, sealed.p, sealed.len, &err);
        ir_node_old_send(n, c, id & LINK_MASK, b);
    }
    if (rc == IR_OK)
        count_given(n, id, b);
    ir_buf_done(&sealed); /* what was not sent is asked for again */
}

int64_t
ir_node_move(struct ir_node *n)
{
    static const struct ir_carrier_events ev = {on_up, on_down, on_frame,
                                                on_ours, on_back};
    int64_t next = IR_CARRIER_NEVER, due;
    struct ir_buf b = {0};
    uint32_t link;
    int i;

    /* the LAN first: what all have heard there need not go to each */
    for (i = IR_NODE_CARRIERS - 1; i >= 0; i--) {
        struct slot s = {n, i};

        if (n->carriers[i].ops == NULL)
            continue;
        due = ir_carrier_run(&n->carriers[i], n->now_ms, &ev, &s);
        if (due < next)
            next = due;
    }
    due = ir_sync_tick(n->sync, n->now_ms);
    while (ir_sync_out(n->sync, &link, &b)) {
        send_one(n, link, &b);
        b.len = 0;
    }
    ir_buf_done(&b);
    return due < next ? due : next;
}

static void
stop_carrier(struct ir_node *n, int which)
{
    size_t i = 0;

    if (n->carriers[which].ops == NULL)
        return;
    ir_loop_unwatch(n->loop, ir_carrier_fd(&n->carriers[which]));
    ir_carrier_close(&n->carriers[which]);
    n->carriers[which].ops = NULL;
    while (i < n->links_n)
        if (n->links[i].id >> CARRIER_SHIFT == (uint32_t)which + 1)
            forget_link(n, n->links[i].id);
        else
            i++;
}

static void
start_https(struct ir_node *n)
{
    struct ir_https_conf conf = {
        .node = n->key, .listen = n->conf.listen, .port = n->conf.port};
    struct ir_err err;
    size_t i;
    int rc = ir_https_new(&conf, &n->carriers[IR_NODE_HTTPS], &err);

    n->listening = rc == IR_OK;
    if (rc != IR_OK) { /* calling others goes on */
        ir_node_say(rc == IR_EBUSY
                        ? _("https: %s; this device calls others, but cannot "
                            "be called. Another port: ir mesh carrier --port N")
                        : _("https: %s; this device calls others, but cannot "
                            "be called. Another address: ir mesh carrier "
                            "--listen ADDRESS"),
                    err.msg);
        conf.listen = NULL;
        rc = ir_https_new(&conf, &n->carriers[IR_NODE_HTTPS], &err);
    }
    if (rc != IR_OK) {
        ir_node_say(_("https: off: %s"), err.msg);
        n->carriers[IR_NODE_HTTPS].ops = NULL;
        return;
    }
    ir_sync_port(n->sync, ir_https_port(&n->carriers[IR_NODE_HTTPS]));
    for (i = 0; i < n->conf.peers_n; i++)
        if (ir_https_dial(&n->carriers[IR_NODE_HTTPS], n->conf.peers[i],
                          &err) != IR_OK)
            ir_node_say("%s: %s", n->conf.peers[i], err.msg);
    if (ir_loop_watch(n->loop, ir_carrier_fd(&n->carriers[IR_NODE_HTTPS]),
                      &err) != IR_OK)
        ir_node_say("https: %s", err.msg);
}

static void
start_lan(struct ir_node *n)
{
    /* with HTTPS, single devices are talked to by that */
    struct ir_lan_conf conf = {.port = n->conf.port, .shared = n->conf.https};
    struct ir_err err;

    if (ir_lan_new(&conf, &n->carriers[IR_NODE_LAN], &err) != IR_OK) {
        ir_node_say(_("lan: off: %s"), err.msg);
        n->carriers[IR_NODE_LAN].ops = NULL;
        return;
    }
    if (ir_loop_watch(n->loop, ir_carrier_fd(&n->carriers[IR_NODE_LAN]),
                      &err) != IR_OK)
        ir_node_say("lan: %s", err.msg);
}

void
ir_node_carriers(struct ir_node *n)
{
    stop_carrier(n, IR_NODE_HTTPS);
    stop_carrier(n, IR_NODE_LAN);
    ir_sync_port(n->sync, 0);
    n->heard_n = 0;
    n->near_known = false;
    if (n->conf.https)
        start_https(n);
    if (n->conf.lan)
        start_lan(n);
    ir_node_invites(n, true);
}
