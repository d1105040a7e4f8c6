/* lan_source.c: who speaks on the local network, and how much of it is
 * listened to; see lan.h.
 *
 * Anybody may send anything here, under any address. What a datagram costs
 * before it is known to be ours is bounded: a look at a bucket, one hash, and
 * what the caller does to see whether it opens.
 */
#include "base/buf.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "carrier/lan_in.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KNOWN_MAX 256      /* senders with a rate of their own, but no link */
#define STRANGERS_RATE 500 /* datagrams a second from all of them */

/* May one more pass? `rate` a second, twice that at once. */
static bool
pass(struct ir_lan_bucket *b, int rate, int64_t now)
{
    int64_t full = (int64_t)rate * 2000, gone = now - b->at_ms;

    if (b->at_ms == 0 || gone < 0 || gone > 10000)
        b->milli = full;
    else if (gone > 0 && (b->milli += gone * rate) > full)
        b->milli = full;
    b->at_ms = now;
    if (b->milli < 1000)
        return false;
    b->milli -= 1000;
    return true;
}

bool
ir_lan_seen(struct ir_lan *l, const void *p, size_t n, bool remember)
{
    uint8_t hash[IR_HASH_BYTES];
    uint64_t tag;
    size_t at;

    ir_sha256(p, n, hash);
    memcpy(&tag, hash, sizeof tag);
    at = tag % (IR_LAN_SEEN / 2) * 2;
    if (l->seen[at] == tag || l->seen[at + 1] == tag)
        return true;
    if (remember) {
        l->seen[at + 1] = l->seen[at];
        l->seen[at] = tag;
    }
    return false;
}

static bool
same(const union ir_lan_addr *a, const union ir_lan_addr *b)
{
    if (a->sa.sa_family != b->sa.sa_family)
        return false;
    if (a->sa.sa_family == AF_INET)
        return a->in4.sin_port == b->in4.sin_port &&
               a->in4.sin_addr.s_addr == b->in4.sin_addr.s_addr;
    return a->in6.sin6_port == b->in6.sin6_port &&
           a->in6.sin6_scope_id == b->in6.sin6_scope_id &&
           memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr,
                  sizeof a->in6.sin6_addr) == 0;
}

static struct ir_lan_bucket *
bucket_of(struct ir_lan *l, const union ir_lan_addr *a)
{
    uint32_t h = 2166136261u; /* FNV-1a: who collides shares a limit */
    const uint8_t *p = (const uint8_t *)&a->in6.sin6_addr;
    size_t i, n = sizeof a->in6.sin6_addr;

    if (a->sa.sa_family == AF_INET) {
        p = (const uint8_t *)&a->in4.sin_addr;
        n = sizeof a->in4.sin_addr;
    }
    for (i = 0; i < n; i++)
        h = (h ^ p[i]) * 16777619u;
    return &l->buckets[h % IR_LAN_BUCKETS];
}

static void
drop(struct ir_lan *l, struct ir_lan_source **at, const char *why)
{
    struct ir_lan_source *s = *at;

    *at = s->next;
    l->sources_n--;
    if (s->link != 0)
        l->ev->down(l->arg, s->link, why);
    free(s);
}

/* Is there room for one more? Who was silent for a while makes it. */
static bool
make_room(struct ir_lan *l)
{
    struct ir_lan_source **i, **oldest = &l->sources;
    size_t max = l->conf.shared ? KNOWN_MAX : IR_LAN_SOURCES_MAX;

    if (l->sources == NULL || l->sources_n < max)
        return true;
    for (i = &l->sources; *i != NULL; i = &(*i)->next)
        if ((*i)->heard < (*oldest)->heard)
            oldest = i;
    if ((*oldest)->heard + l->conf.idle_ms / 4 > l->now)
        return false;
    drop(l, oldest, N_("others were heard from since"));
    return true;
}

static struct ir_lan_source *
known(struct ir_lan *l, const union ir_lan_addr *from)
{
    struct ir_lan_source *s = l->sources;

    while (s != NULL && !same(&s->addr, from))
        s = s->next;
    return s;
}

static struct ir_lan_source *
welcome(struct ir_lan *l, unsigned face, const union ir_lan_addr *from)
{
    struct ir_lan_source *s;

    if (!make_room(l))
        return NULL;
    s = ir_calloc(1, sizeof *s);
    s->addr = *from;
    s->face = face;
    s->link = l->conf.shared ? 0 : ++l->last_link;
    s->next = l->sources;
    l->sources = s;
    l->sources_n++;
    s->heard = l->now;
    if (s->link != 0)
        l->ev->up(l->arg, s->link, NULL, IR_LAN_MTU, false);
    return s;
}

void
ir_lan_take(struct ir_lan *l, unsigned face, const union ir_lan_addr *from,
            const void *p, size_t n)
{
    struct ir_lan_source *s = known(l, from);
    const struct ir_lan_face *f = ir_lan_face(l, face);
    uint8_t back[IR_CARRIER_BACK_MAX];
    size_t back_n;

    if (f == NULL)
        return;
    if (n == 0 || n > IR_LAN_MTU) {
        l->count.too_long++;
        return;
    }
    if (s != NULL ? !pass(&s->bucket, l->conf.known_rate, l->now)
                  : !pass(bucket_of(l, from), l->conf.other_rate, l->now) ||
                        !pass(&l->all, STRANGERS_RATE, l->now)) {
        l->count.limited++;
        return;
    }
    if (ir_lan_seen(l, p, n, false)) {
        l->count.doubled++;
        return;
    }
    if (l->ev->ours != NULL && !l->ev->ours(l->arg, p, n)) {
        l->count.strange++;
        back_n = l->ev->back != NULL ? l->ev->back(l->arg, p, n, back) : 0;
        if (back_n > 0)
            ir_lan_back(l, from, back, back_n);
        return;
    }
    (void)ir_lan_seen(l, p, n, true); /* ours only: junk drives nothing out */
    if (s == NULL)
        s = welcome(l, face, from);
    if (s != NULL)
        s->heard = l->now;
    l->count.taken++;
    l->from = from;
    l->from_link = s != NULL && s->link != 0 ? s->link : f->link;
    l->ev->frame(l->arg, l->from_link, p, n);
    l->from = NULL;
}

int64_t
ir_lan_forget(struct ir_lan *l, unsigned face)
{
    struct ir_lan_source **at = &l->sources, *s;
    int64_t next = IR_CARRIER_NEVER;

    while ((s = *at) != NULL) {
        if (face != 0 && s->face == face) {
            drop(l, at, N_("the network to it is gone"));
        } else if (s->heard + l->conf.idle_ms <= l->now) {
            drop(l, at, N_("nothing was heard from it"));
        } else {
            if (s->heard + l->conf.idle_ms < next)
                next = s->heard + l->conf.idle_ms;
            at = &s->next;
        }
    }
    return next;
}

struct ir_lan_source *
ir_lan_source(const struct ir_lan *l, uint32_t link)
{
    struct ir_lan_source *s = l->sources;

    while (s != NULL && (link == 0 || s->link != link))
        s = s->next;
    return s;
}

bool
ir_lan_address(const struct ir_carrier *c, uint32_t link,
               char out[IR_LAN_ADDRESS_MAX])
{
    const struct ir_lan *l = c->self;
    const struct ir_lan_source *s = ir_lan_source(l, link);
    const union ir_lan_addr *a = s != NULL ? &s->addr : NULL;
    char text[INET6_ADDRSTRLEN], face[IF_NAMESIZE];

    if (a == NULL && l->from != NULL && l->from_link == link)
        a = l->from;
    if (a == NULL)
        return false;
    if (a->sa.sa_family == AF_INET)
        return inet_ntop(AF_INET, &a->in4.sin_addr, out, IR_LAN_ADDRESS_MAX) !=
               NULL;
    if (inet_ntop(AF_INET6, &a->in6.sin6_addr, text, sizeof text) == NULL)
        return false;
    if (a->in6.sin6_scope_id == 0 ||
        if_indextoname(a->in6.sin6_scope_id, face) == NULL)
        (void)snprintf(out, IR_LAN_ADDRESS_MAX, "[%s]", text);
    else
        (void)snprintf(out, IR_LAN_ADDRESS_MAX, "[%s%%%s]", text, face);
    return true;
}

bool
ir_lan_heard_on(const struct ir_carrier *c, uint32_t link, uint32_t *many,
                bool *to_all)
{
    const struct ir_lan *l = c->self;
    const struct ir_lan_source *s = ir_lan_source(l, link);
    const struct ir_lan_face *f = s != NULL ? ir_lan_face(l, s->face) : NULL;

    if (f == NULL)
        return false;
    *many = f->link;
    *to_all = l->to_all;
    return true;
}

void
ir_lan_counts(const struct ir_carrier *c, struct ir_lan_count *out)
{
    *out = ((const struct ir_lan *)c->self)->count;
}
