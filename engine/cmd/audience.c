/* audience.c: see audience.h. */
#include "cmd/audience.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

void
ir_ctx_audiences(struct ir_ctx *c)
{
    struct ir_err was = c->err;
    bool any = false;
    size_t i;

    ir_store_keys(c->st, NULL, 0);
    ir_epoch_keys_free(c->keys, c->keys_n);
    c->keys = NULL;
    c->keys_n = 0;
    for (i = 0; i < c->trust.grants_n && !any; i++)
        any = c->trust.grants[i].audience > 0;
    if (!any)
        return;
    if (ir_ctx_epoch_keys(c, &c->keys, &c->keys_n) == IR_OK)
        ir_store_keys(c->st, c->keys, c->keys_n);
    c->err = was;
}

int
ir_audience_number(struct ir_ctx *c, const char *id, uint64_t *number)
{
    const struct ir_json *a = ir_view_contact(&c->view, "audiences", id);
    int64_t no = a != NULL ? ir_json_get_int(a, "number", 0) : 0;

    if (no > 0) {
        *number = (uint64_t)no;
        return IR_OK;
    }
    ir_fail(&c->err, IR_ENOTFOUND, _("no audience is called \"%.60s\""), id);
    ir_err_hint(&c->err, "ir mesh audience list");
    return IR_ENOTFOUND;
}

int
ir_audience_seal_for(struct ir_ctx *c, uint64_t number, const char *id,
                     const struct ir_epoch_key **key)
{
    *key = ir_epoch_newest(c->keys, c->keys_n, number);
    if (*key != NULL && (*key)->epoch == ir_grant_epoch(&c->trust, number))
        return IR_OK;
    if (id == NULL)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("it is sealed for an audience whose key this device "
                         "was not given"));
    ir_fail(&c->err, IR_EREFUSED,
            _("this device was not given the key of %.60s"), id);
    ir_err_hint(&c->err,
                _("an administrator gives it: ir mesh audience add %.60s "
                  "HANDLE"),
                id);
    return IR_EREFUSED;
}

int
ir_audience_seal(struct ir_ctx *c, const char *id,
                 const struct ir_epoch_key **key)
{
    uint64_t number = 0;
    int rc = ir_audience_number(c, id, &number);

    return rc == IR_OK ? ir_audience_seal_for(c, number, id, key) : rc;
}

/* Does the device hold the newest key of the audience? */
static bool
holds(const struct ir_trust *t, uint64_t number, const struct ir_cert_key *k)
{
    uint64_t top = ir_grant_epoch(t, number);

    return k->node && !k->revoked && top > 0 &&
           ir_grant_count(t, k->key_id, number, top) > 0;
}

bool
ir_audience_has(const struct ir_trust *t, uint64_t number, size_t m)
{
    size_t i;

    for (i = 0; i < t->keys_n; i++)
        if (t->keys[i].member == m && holds(t, number, &t->keys[i]))
            return true;
    return false;
}

/* The devices that hold the newest key, but those of member `but` (-1: none)
 * and those of `plan->without`; and all of member `and`.
 *
 * Owns:   *to is the caller's, free().
 */
static size_t
readers(const struct ir_trust *t, uint64_t number, int but, int and,
        const struct ir_grants_plan *plan, struct ir_grants_to **to)
{
    struct ir_grants_to *v = ir_calloc(t->keys_n, sizeof *v);
    size_t i, j, n = 0;

    for (i = 0; i < t->keys_n; i++) {
        const struct ir_cert_key *k = &t->keys[i];
        bool in = k->node && !k->revoked && (int)k->member != but &&
                  (holds(t, number, k) || (int)k->member == and);

        for (j = 0; in && plan != NULL && j < plan->without_n; j++)
            in = memcmp(plan->without[j], k->key_id, IR_KEYID_BYTES) != 0;
        if (!in)
            continue;
        memcpy(v[n].id, k->key_id, IR_KEYID_BYTES);
        memcpy(v[n++].x25519, k->x25519, 32);
    }
    *to = v;
    return n;
}

/* Make the next key and hand it to these. */
static int
next_key(struct ir_ctx *c, const struct ir_signer *who,
         const struct ir_now *now, uint64_t number,
         const struct ir_grants_to *to, size_t n)
{
    struct ir_epoch_key k = {
        ir_grant_epoch(&c->trust, number) + 1, number, {0}};
    int rc;

    ir_random(k.key, sizeof k.key);
    rc = ir_grants_append(c->st, who, now, &k, 1, to, n, &c->err);
    ir_wipe(&k, sizeof k);
    return rc;
}

/* Hand a device every key of the audience that is held here. */
static int
hand_over(struct ir_ctx *c, const struct ir_signer *who,
          const struct ir_now *now, uint64_t number,
          const struct ir_grants_to *to)
{
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < c->keys_n && rc == IR_OK; i++)
        if (c->keys[i].audience == number &&
            ir_grant_count(&c->trust, to->id, number, c->keys[i].epoch) == 0)
            rc = ir_grants_append(c->st, who, now, &c->keys[i], 1, to, 1,
                                  &c->err);
    return rc;
}

/* Is the newest key of the audience held here? */
static bool
newest_here(const struct ir_ctx *c, uint64_t number)
{
    const struct ir_epoch_key *k = ir_epoch_newest(c->keys, c->keys_n, number);

    return k != NULL && k->epoch == ir_grant_epoch(&c->trust, number);
}

int
ir_audience_also(struct ir_ctx *c, const struct ir_signer *who,
                 const struct ir_now *now, void *arg)
{
    const struct ir_audience_plan *plan = arg;
    struct ir_grants_to *to = NULL;
    size_t n = readers(&c->trust, plan->number, plan->remove, plan->add, NULL,
                       &to),
           i;
    int rc = IR_OK;

    if (plan->remove >= 0 || !newest_here(c, plan->number)) {
        rc = next_key(c, who, now, plan->number, to, n);
    } else {
        for (i = 0; i < n && rc == IR_OK; i++)
            rc = hand_over(c, who, now, plan->number, &to[i]);
    }
    free(to);
    return rc;
}

/* Does a device that goes hold the newest key, or one that went? */
static bool
known_outside(const struct ir_trust *t, uint64_t number,
              const struct ir_grants_plan *plan)
{
    uint64_t top = ir_grant_epoch(t, number);
    size_t i;

    for (i = 0; i < plan->without_n; i++)
        if (ir_grant_count(t, plan->without[i], number, top) > 0)
            return true;
    return ir_grant_stale(t, number);
}

int
ir_audience_mend(struct ir_ctx *c, const struct ir_signer *who,
                 const struct ir_now *now, const struct ir_grants_plan *plan)
{
    const struct ir_trust *t = &c->trust;
    size_t i, j, n;
    int rc = IR_OK;

    for (i = 0; i < t->grants_n && rc == IR_OK; i++) {
        uint64_t number = t->grants[i].audience;
        struct ir_grants_to *to = NULL;

        for (j = 0; j < i && t->grants[j].audience != number; j++)
            ;
        if (number == 0 || j < i)
            continue;
        if (known_outside(t, number, plan)) {
            n = readers(t, number, -1, -1, plan, &to);
            if (n > 0)
                rc = next_key(c, who, now, number, to, n);
            free(to);
        }
        for (j = 0; j < plan->fresh_n && rc == IR_OK && plan->member >= 0; j++)
            if (ir_audience_has(t, number, (size_t)plan->member) &&
                newest_here(c, number))
                rc = hand_over(c, who, now, number, &plan->fresh[j]);
    }
    return rc;
}
