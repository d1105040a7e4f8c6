/* node_last.c: the last word to a device that is revoked: the revocation
 * itself, so that its people know that they are out, by whom, and how they come
 * back. Lane T only, and of it no more than that; it goes over the link that is
 * cut next, to who calls with the revoked key, and on the LAN under the key
 * that device was granted last. Nothing is taken from it meanwhile.
 */
#include "base/i18n.h"
#include "cmd/node_in.h"
#include "core/body.h"
#include "core/frame.h"

#include <stdlib.h>
#include <string.h>

#define WORD_MS 1500    /* a link stays for so long, to be told */
#define AGAIN_MS 600000 /* who calls again is told again then */
#define LAN_MS 60000    /* and on the LAN, where datagrams are lost */
#define LINKS_MAX 4     /* of one device, that are told at a time */
#define ENTRIES_MAX 64  /* of a last word */
#define ROOM_ENTRIES 16 /* bytes of a message around them */
#define ROOM_STRING 5

static struct ir_node_last *
last_of(struct ir_node *n, const uint8_t device[IR_KEYID_BYTES])
{
    struct ir_node_last *l;
    size_t i;

    for (i = 0; i < n->lasts_n; i++)
        if (memcmp(n->lasts[i].device, device, IR_KEYID_BYTES) == 0)
            return &n->lasts[i];
    /* revoked ones only: as many as there are */
    n->lasts = ir_realloc(n->lasts, (n->lasts_n + 1) * sizeof *n->lasts);
    l = &n->lasts[n->lasts_n++];
    memset(l, 0, sizeof *l);
    memcpy(l->device, device, IR_KEYID_BYTES);
    return l;
}

bool
ir_node_last_due(const struct ir_node *n, const uint8_t device[IR_KEYID_BYTES])
{
    size_t i;

    for (i = 0; i < n->lasts_n; i++)
        if (memcmp(n->lasts[i].device, device, IR_KEYID_BYTES) == 0)
            return n->lasts[i].again_ms <= n->now_ms;
    return true;
}

bool
ir_node_last_pending(const struct ir_node *n,
                     const uint8_t device[IR_KEYID_BYTES])
{
    size_t i;

    for (i = 0; i < n->lasts_n; i++)
        if (memcmp(n->lasts[i].device, device, IR_KEYID_BYTES) == 0)
            return n->lasts[i].cut_ms != 0;
    return false;
}

/* A device's key that is revoked, or NULL. */
static const struct ir_cert_key *
revoked(const struct ir_node *n, const uint8_t device[IR_KEYID_BYTES])
{
    const struct ir_cert_key *k = ir_trust_key(&n->c->trust, device);

    return k != NULL && k->node && k->revoked &&
                   memcmp(device, n->self, IR_KEYID_BYTES) != 0
               ? k
               : NULL;
}

/* Does `e` revoke a key of that device's member? */
static bool
revokes(const struct ir_node *n, const struct ir_entry *e,
        const struct ir_cert_key *of)
{
    const struct ir_cert_key *k;
    const uint8_t *key;
    size_t len;

    if (e->h.kind != IR_KIND_REVOKE || !ir_body_bytes(e, 1, &key, &len) ||
        len != IR_KEYID_BYTES)
        return false;
    k = ir_trust_key(&n->c->trust, key);
    return k == of ||
           (k != NULL && !k->node && k->revoked && k->member == of->member);
}

static bool
is_about(const struct ir_node *n, const struct ir_log *log, size_t i,
         const struct ir_cert_key *of)
{
    const struct ir_entry *e = &log->e[i];
    size_t r, k;

    if (revokes(n, e, of))
        return true;
    for (r = 0; e->h.kind == IR_KIND_APPROVAL && r < e->h.refs_n; r++)
        for (k = 0; k < log->n; k++)
            if (memcmp(log->e[k].id, e->h.refs[r], IR_ID_BYTES) == 0 &&
                revokes(n, &log->e[k], of))
                return true;
    return false;
}

/* Hand over the entries in `items`, if there are any, and begin anew. */
static void
hand_over(struct ir_node *n, int which, uint32_t link,
          const struct ir_epoch_key *k, struct ir_buf *items, size_t *count)
{
    struct ir_frame f = {.type = IR_FRAME_ENTRIES, .count = *count};
    struct ir_buf plain = {0}, sealed = {0};
    struct ir_err err;

    f.p = items->p;
    f.n = items->len;
    if (*count > 0)
        ir_frame_put(&f, &plain);
    if (plain.len > 0 && k != NULL)
        ir_frame_seal(k, ir_store_site(n->c->st), plain.p, plain.len, &sealed);
    if (plain.len > 0)
        (void)ir_carrier_send(&n->carriers[which], link,
                              k != NULL ? sealed.p : plain.p,
                              k != NULL ? sealed.len : plain.len, &err);
    ir_buf_done(&plain);
    ir_buf_done(&sealed);
    items->len = 0;
    *count = 0;
}

/* Say it on a link that takes `mtu` bytes of plain text. */
static void
say(struct ir_node *n, const struct ir_cert_key *of, int which, uint32_t link,
    const struct ir_epoch_key *k, size_t mtu)
{
    struct ir_log log = {0};
    struct ir_buf items = {0}, one = {0};
    struct ir_err err;
    size_t i, count = 0, all = 0;

    if (ir_store_load_trust(n->c->st, &log, &err) != IR_OK)
        goto out;
    for (i = 0; i < log.n && all < ENTRIES_MAX; i++) {
        if (!is_about(n, &log, i, of))
            continue;
        one.len = 0;
        ir_entry_encode(&log.e[i], &one);
        if (ROOM_ENTRIES + items.len + ROOM_STRING + one.len > mtu)
            hand_over(n, which, link, k, &items, &count);
        if (ROOM_ENTRIES + ROOM_STRING + one.len > mtu)
            continue; /* it takes another way */
        ir_cbor_put_bytes(&items, one.p, one.len);
        count++;
        all++;
    }
    hand_over(n, which, link, k, &items, &count);
out:
    ir_buf_done(&items);
    ir_buf_done(&one);
    ir_log_done(&log);
}

bool
ir_node_last_up(struct ir_node *n, int which, uint32_t link,
                const uint8_t device[IR_KEYID_BYTES], size_t mtu)
{
    const struct ir_cert_key *of = revoked(n, device);
    struct ir_node_last *l;

    if (of == NULL || n->carriers[which].ops->sealed)
        return false;
    l = last_of(n, device);
    if (l->cut_ms == 0) {
        ir_node_say(_("%s: %s is revoked: it is told so, and let go"),
                    n->carriers[which].ops->name, ir_node_name(n, device));
        l->cut_ms = n->now_ms + WORD_MS; /* for all of its links */
        l->said = 0;
    }
    if (l->said++ < LINKS_MAX)
        say(n, of, which, link, NULL, mtu);
    return true;
}

/* The carrier key that device was granted last, where this one has it. */
static const struct ir_epoch_key *
key_of(const struct ir_node *n, const uint8_t device[IR_KEYID_BYTES])
{
    const struct ir_epoch_key *k = NULL;
    size_t i;

    for (i = 0; i < n->keys_n && n->may_seal; i++)
        if (n->keys[i].audience == 0 &&
            ir_grant_count(&n->c->trust, device, 0, n->keys[i].epoch) > 0 &&
            (k == NULL || n->keys[i].epoch >= k->epoch))
            k = &n->keys[i];
    return k;
}

void
ir_node_last_lan(struct ir_node *n, const uint8_t device[IR_KEYID_BYTES])
{
    const struct ir_cert_key *of = revoked(n, device);
    const struct ir_epoch_key *k = key_of(n, device);
    struct ir_node_last *l;
    size_t i;

    if (of == NULL || k == NULL || n->carriers[IR_NODE_LAN].ops == NULL)
        return;
    l = last_of(n, device);
    if (l->lan_ms != 0 && n->now_ms - l->lan_ms < LAN_MS)
        return;
    l->lan_ms = n->now_ms;
    for (i = 0; i < n->links_n; i++)
        if (n->links[i].many)
            say(n, of, IR_NODE_LAN, ir_node_carrier_link(n->links[i].id), k,
                IR_LAN_MTU - IR_FRAME_OVERHEAD);
}

void
ir_node_last_trust(struct ir_node *n)
{
    const struct ir_trust *t = &n->c->trust;
    size_t i, gone = 0;

    for (i = 0; i < n->links_n; i++) {
        const struct ir_node_link *l = &n->links[i];

        if (!l->known || ir_node_last_pending(n, l->device) ||
            !ir_node_last_up(n, ir_node_carrier_no(l->id),
                             ir_node_carrier_link(l->id), l->device,
                             IR_HTTPS_MTU))
            continue;
        ir_sync_link_down(n->sync, l->id);
    }
    for (i = 0; i < t->keys_n; i++)
        gone += t->keys[i].node && t->keys[i].revoked ? 1 : 0;
    for (i = 0; n->links_n > 0 && gone > n->gone && i < t->keys_n; i++)
        if (t->keys[i].node && t->keys[i].revoked)
            ir_node_last_lan(n, t->keys[i].key_id);
    n->gone = gone;
}

bool
ir_node_last_tick(struct ir_node *n, int64_t *next)
{
    bool cut = false;
    size_t i;

    for (i = 0; i < n->lasts_n; i++) {
        struct ir_node_last *l = &n->lasts[i];

        if (l->cut_ms != 0 && l->cut_ms <= n->now_ms) {
            l->cut_ms = 0;
            l->again_ms = n->now_ms + AGAIN_MS;
            cut = true;
        } else if (l->cut_ms != 0 && l->cut_ms < *next) {
            *next = l->cut_ms;
        } else if (l->again_ms != 0 && l->again_ms <= n->now_ms) {
            l->again_ms = 0; /* who calls now is told again */
            cut = true;
        }
    }
    return cut;
}
