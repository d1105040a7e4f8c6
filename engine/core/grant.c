/* grant.c: see grant.h. */
#include "core/grant.h"

#include "core/body.h"
#include "core/trust_fold.h"

#include <stdlib.h>
#include <string.h>

static void
add_grant(struct ir_grant **list, size_t *n, const struct ir_grant *g)
{
    *list = ir_realloc(*list, (*n + 1) * sizeof **list);
    (*list)[(*n)++] = *g;
}

void
ir_trust_fold_grants(struct ir_trust *t, const struct ir_acts *acts,
                     const struct ir_entry *const *v, size_t n)
{
    const uint8_t *to, *wrapped;
    size_t i, to_n, wrapped_n;

    for (i = 0; i < n; i++) {
        struct ir_grant g = {0};

        if (v[i]->h.kind != IR_KIND_GRANT || v[i]->b == NULL ||
            v[i]->h.sealed ||
            ir_kind_check(v[i]->h.kind, v[i]->b, v[i]->b_len, NULL) != IR_OK ||
            ir_trust_admin(t, v[i]->h.author) < 0 ||
            !ir_body_bytes(v[i], 1, &to, &to_n) || to_n != IR_KEYID_BYTES ||
            !ir_body_bytes(v[i], 4, &wrapped, &wrapped_n) ||
            wrapped_n != sizeof g.wrapped)
            continue;
        memcpy(g.entry, v[i]->id, IR_ID_BYTES);
        memcpy(g.recipient, to, sizeof g.recipient);
        memcpy(g.wrapped, wrapped, sizeof g.wrapped);
        g.epoch = ir_body_uint_or(v[i], 2, 0);
        g.audience = ir_body_uint_or(v[i], 3, 0);
        if (g.epoch == 0)
            continue;
        if (ir_trust_by_admin(t, acts, v, i))
            add_grant(&t->grants, &t->grants_n, &g);
        else
            add_grant(&t->void_grants, &t->void_grants_n, &g);
    }
}

uint64_t
ir_grant_epoch(const struct ir_trust *t, uint64_t audience)
{
    uint64_t top = 0;
    size_t i;

    for (i = 0; i < t->grants_n; i++)
        if (t->grants[i].audience == audience && t->grants[i].epoch > top)
            top = t->grants[i].epoch;
    return top;
}

size_t
ir_grant_count(const struct ir_trust *t,
               const uint8_t recipient[IR_KEYID_BYTES], uint64_t audience,
               uint64_t epoch)
{
    size_t i, n = 0;

    for (i = 0; i < t->grants_n; i++)
        if (t->grants[i].audience == audience && t->grants[i].epoch == epoch &&
            memcmp(t->grants[i].recipient, recipient, IR_KEYID_BYTES) == 0)
            n++;
    return n;
}

bool
ir_grant_stale(const struct ir_trust *t, uint64_t audience)
{
    uint64_t top = ir_grant_epoch(t, audience);
    size_t i;

    for (i = 0; i < t->keys_n; i++)
        if (t->keys[i].node && t->keys[i].revoked && top > 0 &&
            ir_grant_count(t, t->keys[i].key_id, audience, top) > 0)
            return true;
    return false;
}

/* Is it among the first `n`? Then where. */
static size_t
place(const struct ir_epoch_key *keys, size_t n, const struct ir_epoch_key *k)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (keys[i].epoch == k->epoch && keys[i].audience == k->audience &&
            ir_bytes_equal(keys[i].key, k->key, sizeof k->key))
            break;
    return i;
}

static void
open_all(const struct ir_trust *t, const struct ir_grant *grants,
         size_t grants_n, const uint8_t recipient[IR_KEYID_BYTES],
         const uint8_t secret[32], struct ir_epoch_key **keys, size_t *n)
{
    struct ir_epoch_key *v = ir_calloc(grants_n + 1, sizeof *v);
    size_t i, at, got = 0;

    for (i = 0; i < grants_n; i++) {
        const struct ir_grant *g = &grants[i];
        struct ir_epoch_key k = {g->epoch, g->audience, {0}};

        if (memcmp(g->recipient, recipient, IR_KEYID_BYTES) != 0 ||
            ir_key_unwrap(secret, t->site, recipient, g->wrapped,
                          sizeof g->wrapped, &k, NULL) != IR_OK)
            continue;
        at = place(v, got, &k);
        if (at < got)
            memmove(&v[at], &v[at + 1], (--got - at) * sizeof *v);
        v[got++] = k;
        ir_wipe(&k, sizeof k);
    }
    *keys = v;
    *n = got;
}

void
ir_grant_open(const struct ir_trust *t, const uint8_t recipient[IR_KEYID_BYTES],
              const uint8_t secret[32], struct ir_epoch_key **keys, size_t *n)
{
    open_all(t, t->grants, t->grants_n, recipient, secret, keys, n);
}

void
ir_grant_open_void(const struct ir_trust *t,
                   const uint8_t recipient[IR_KEYID_BYTES],
                   const uint8_t secret[32], struct ir_epoch_key **keys,
                   size_t *n)
{
    open_all(t, t->void_grants, t->void_grants_n, recipient, secret, keys, n);
}

void
ir_epoch_keys_free(struct ir_epoch_key *keys, size_t n)
{
    if (keys != NULL)
        ir_wipe(keys, n * sizeof *keys);
    free(keys);
}

const struct ir_epoch_key *
ir_epoch_newest(const struct ir_epoch_key *keys, size_t n, uint64_t audience)
{
    const struct ir_epoch_key *best = NULL;
    size_t i;

    for (i = 0; i < n; i++)
        if (keys[i].audience == audience &&
            (best == NULL || keys[i].epoch >= best->epoch))
            best = &keys[i];
    return best;
}
