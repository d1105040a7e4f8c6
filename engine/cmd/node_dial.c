/* node_dial.c: which devices of the LAN are called, and where. What a beacon
 * was heard from is a hint and nothing more: who answers there must have the
 * key.
 */
#include "cmd/node_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY_MS 8000      /* for one place, where there are others */
#define SILENT_MS 300000 /* nothing heard for so long: it is not called */

static struct ir_node_heard *
heard_of(struct ir_node *n, const uint8_t device[IR_KEYID_BYTES])
{
    struct ir_node_heard *h;
    size_t i;

    for (i = 0; i < n->heard_n; i++)
        if (memcmp(n->heard[i].device, device, IR_KEYID_BYTES) == 0)
            return &n->heard[i];
    /* certified ones only: as many as there are devices */
    n->heard = ir_realloc(n->heard, (n->heard_n + 1) * sizeof *n->heard);
    h = &n->heard[n->heard_n++];
    memset(h, 0, sizeof *h);
    memcpy(h->device, device, IR_KEYID_BYTES);
    h->calling = -1;
    n->near_known = false;
    return h;
}

/* The place `where` of a device; a new one takes that of which was heard least
 * lately, but never the one that is being called.
 */
static struct ir_node_place *
place_of(struct ir_node_heard *h, const char *where)
{
    struct ir_node_place *p = NULL;
    int i;

    for (i = 0; i < h->places; i++)
        if (strcmp(h->place[i].where, where) == 0)
            return &h->place[i];
    if (h->places < IR_NODE_PLACES) {
        p = &h->place[h->places++];
    } else {
        for (i = 0; i < h->places; i++)
            if (i != h->calling &&
                (p == NULL || h->place[i].heard_ms < p->heard_ms))
                p = &h->place[i];
    }
    memset(p, 0, sizeof *p);
    snprintf(p->where, sizeof p->where, "%s", where);
    return p;
}

void
ir_node_hear(struct ir_node *n, const uint8_t device[IR_KEYID_BYTES],
             unsigned port, const char *host)
{
    char where[IR_CARRIER_WHERE_MAX];

    if (port == 0 || port > UINT16_MAX ||
        memcmp(device, n->self, sizeof n->self) == 0 ||
        ir_trust_key(&n->c->trust, device) == NULL)
        return;
    snprintf(where, sizeof where, "%s:%u", host, port & 0xffff);
    place_of(heard_of(n, device), where)->heard_ms = n->now_ms;
}

/* Is a link to this device up, other than over the LAN's datagrams? */
static bool
linked(const struct ir_node *n, const uint8_t *device)
{
    size_t i;

    for (i = 0; i < n->links_n; i++)
        if (n->links[i].known &&
            memcmp(n->links[i].device, device, IR_KEYID_BYTES) == 0)
            return true;
    return false;
}

/* Which devices this one keeps a link to: worked out anew only when somebody
 * was met or lost, for it costs hashes by the number of devices.
 */
static void
find_near(struct ir_node *n)
{
    uint8_t(*ids)[8];
    bool *gone;
    size_t i, j, m = 0;
    const struct ir_trust *t = &n->c->trust;

    ids = ir_calloc(t->keys_n + 1, sizeof ids[0]);
    gone = ir_calloc(t->keys_n + 1, sizeof gone[0]);
    for (i = 0; i < t->keys_n; i++) {
        if (!t->keys[i].node || t->keys[i].revoked)
            continue;
        gone[m] = memcmp(t->keys[i].key_id, n->self, 8) != 0 &&
                  !linked(n, t->keys[i].key_id);
        for (j = 0; j < n->heard_n && gone[m]; j++)
            gone[m] = memcmp(n->heard[j].device, t->keys[i].key_id, 8) != 0;
        memcpy(ids[m++], t->keys[i].key_id, 8);
    }
    n->near_n = ir_sync_neighbours((const uint8_t(*)[8])ids, m, gone, n->self,
                                   n->near, IR_SYNC_NEIGHBOURS);
    n->near_known = true;
    free(ids);
    free(gone);
}

static bool
is_neighbour(const struct ir_node *n, const uint8_t *device)
{
    size_t i;

    for (i = 0; i < n->near_n; i++)
        if (memcmp(n->near[i], device, 8) == 0)
            return true;
    return false;
}

/* The place to call next: the one that was called least lately; of those
 * never called the one heard last.
 */
static int
next_place(const struct ir_node_heard *h)
{
    int best = -1, i;

    for (i = 0; i < h->places; i++) {
        const struct ir_node_place *p = &h->place[i];
        const struct ir_node_place *b = best >= 0 ? &h->place[best] : NULL;

        if (b == NULL || p->called_ms < b->called_ms ||
            (p->called_ms == b->called_ms && p->heard_ms > b->heard_ms))
            best = i;
    }
    return best;
}

static int64_t
last_heard(const struct ir_node_heard *h)
{
    int64_t at = 0;
    int i;

    for (i = 0; i < h->places; i++)
        if (h->place[i].heard_ms > at)
            at = h->place[i].heard_ms;
    return at;
}

static void
hang_up(struct ir_node *n, struct ir_node_heard *h)
{
    struct ir_err err;

    (void)ir_https_hangup(&n->carriers[IR_NODE_HTTPS],
                          h->place[h->calling].where, &err);
    h->calling = -1;
}

static void
call(struct ir_node *n, struct ir_node_heard *h)
{
    int i = next_place(h);
    struct ir_err err;

    if (i < 0 || n->now_ms - h->place[i].called_ms < 1000)
        return;
    h->place[i].called_ms = n->now_ms;
    if (ir_https_dial(&n->carriers[IR_NODE_HTTPS], h->place[i].where, &err) ==
        IR_OK)
        h->calling = i;
}

void
ir_node_dial(struct ir_node *n)
{
    size_t i;

    if (n->carriers[IR_NODE_HTTPS].ops == NULL)
        return;
    if (!n->near_known)
        find_near(n);
    for (i = 0; i < n->heard_n; i++) {
        struct ir_node_heard *h = &n->heard[i];
        bool near = is_neighbour(n, h->device), up;
        int64_t since =
            h->calling >= 0 ? n->now_ms - h->place[h->calling].called_ms : 0;

        if (h->calling < 0 && !near)
            continue;
        up = linked(n, h->device);
        if (h->calling < 0 && !up &&
            memcmp(n->self, h->device, IR_KEYID_BYTES) < 0)
            call(n, h);
        else if (h->calling >= 0 && !ir_node_last_pending(n, h->device) &&
                 (!near || (!up && (n->now_ms - last_heard(h) > SILENT_MS ||
                                    (h->places > 1 && since > TRY_MS)))))
            hang_up(n, h);
        else if (h->calling >= 0 && up) /* its time begins when it is lost */
            h->place[h->calling].called_ms = n->now_ms;
    }
}
