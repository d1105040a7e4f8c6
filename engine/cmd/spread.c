/* spread.c: see spread.h. */
#include "cmd/spread.h"

#include "cmd/grants.h"
#include "store/met.h"
#include "store/seen.h"

#include <stdlib.h>
#include <string.h>

struct seen {
    struct ir_spread_seen *v;
    size_t n, cap;
    uint8_t self[IR_KEYID_BYTES];
};

static void
add(struct seen *s, const uint8_t *device, const uint8_t *id)
{
    if (s->n == s->cap) {
        s->cap = s->cap > 0 ? s->cap * 2 : 64;
        s->v = ir_realloc(s->v, s->cap * sizeof *s->v);
    }
    memset(&s->v[s->n], 0, sizeof *s->v);
    if (device != NULL)
        memcpy(s->v[s->n].device, device, IR_KEYID_BYTES);
    memcpy(s->v[s->n++].id, id, IR_ID_BYTES);
}

static void
came(const uint8_t id[IR_ID_BYTES], const uint8_t *device, void *arg)
{
    struct seen *s = arg;

    /* what this device itself carried out and in again says nothing */
    if (device == NULL || memcmp(device, s->self, sizeof s->self) != 0)
        add(s, device, id);
}

struct witnessed {
    const struct ir_trust *t;
    struct seen *s;
    const struct ir_cert_key *key; /* of the pair before */
    uint8_t device[IR_KEYID_BYTES];
    bool known;
};

/* What another device of this site has witnessed. */
static void
on_witnessed(const uint8_t *device, const uint8_t *id, void *arg)
{
    struct witnessed *w = arg;

    if (!w->known || memcmp(w->device, device, sizeof w->device) != 0) {
        w->known = true;
        memcpy(w->device, device, sizeof w->device);
        w->key = ir_trust_key(w->t, device);
    }
    if (w->key != NULL && w->key->node && !w->key->revoked &&
        memcmp(device, w->s->self, sizeof w->s->self) != 0)
        add(w->s, device, id);
}

/* Which of them others witness, so that it can be known where they are: what
 * people recorded in the incident, and called and answered. Approvals travel
 * with trust, before all else; what devices sign is witnessed by nobody; what
 * does not count is not missed.
 */
static bool *
counted_of(const struct ir_ctx *c, const struct ir_case *k)
{
    bool *v = ir_calloc(k->n + 1, sizeof *v);
    size_t i;

    for (i = 0; i < k->n; i++) {
        const struct ir_cert_key *key =
            ir_trust_key(&c->trust, k->e[i]->h.author);

        v[i] = ir_kind_lane(k->e[i]->h.kind) != IR_LANE_T && key != NULL &&
               !key->node && !key->revoked &&
               k->e[i]->h.status == k->inc->status;
    }
    return v;
}

void
ir_ctx_spread(struct ir_ctx *c, const struct ir_case *k, struct ir_spread *out,
              bool *can_carry)
{
    struct ir_err keep = c->err;
    struct seen s = {.n = 0};
    struct witnessed w = {.t = &c->trust, .s = &s};
    bool *counted;
    uint64_t epoch = ir_grant_epoch(&c->trust, 0);

    (void)ir_grants_self(c, s.self); /* a home without keys/node has no self */
    c->err = keep;
    if (can_carry != NULL)
        *can_carry =
            epoch > 0 && ir_grant_count(&c->trust, s.self, 0, epoch) > 0;
    (void)ir_store_arrived_from(c->st, k->inc->id, came, &s, NULL);
    (void)ir_seen_each(c->st, k->inc->id, on_witnessed, &w, NULL);
    counted = counted_of(c, k);
    ir_spread_fold(k->e, counted, k->n, s.v, s.n, out);
    free(counted);
    free(s.v);
}
