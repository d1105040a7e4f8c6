/* grants.c: see grants.h. */
#include "cmd/grants.h"

#include "base/i18n.h"
#include "cmd/audience.h"
#include "cmd/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The X25519 secret of this device, and the id of its node key. */
static int
my_secret(struct ir_ctx *c, uint8_t id[IR_KEYID_BYTES], uint8_t secret[32])
{
    struct ir_key *node = NULL;
    int fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    if (fd < 0)
        return ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno));
    rc = ir_keyring_node(fd, &node, &c->err);
    if (rc == IR_OK)
        rc = ir_keyring_node_secret(fd, secret, &c->err);
    if (rc == IR_OK)
        ir_key_id(node->pub, id);
    ir_key_free(node);
    close(fd);
    return rc;
}

int
ir_grants_self(struct ir_ctx *c, uint8_t id[IR_KEYID_BYTES])
{
    uint8_t secret[32];
    int rc = my_secret(c, id, secret);

    ir_wipe(secret, sizeof secret);
    return rc;
}

int
ir_ctx_epoch_keys(struct ir_ctx *c, struct ir_epoch_key **keys, size_t *n)
{
    uint8_t id[IR_KEYID_BYTES], secret[32];
    int rc;

    *keys = NULL;
    *n = 0;
    rc = my_secret(c, id, secret);
    if (rc == IR_OK)
        ir_grant_open(&c->trust, id, secret, keys, n);
    ir_wipe(secret, sizeof secret);
    return rc;
}

int
ir_ctx_open_keys(struct ir_ctx *c, struct ir_epoch_key **keys, size_t *n,
                 bool *seal)
{
    uint8_t id[IR_KEYID_BYTES], secret[32];
    int rc = ir_ctx_epoch_keys(c, keys, n);

    *seal = rc == IR_OK && *n > 0;
    if (rc != IR_OK || *n > 0)
        return rc;
    ir_epoch_keys_free(*keys, *n);
    *keys = NULL;
    rc = my_secret(c, id, secret);
    if (rc == IR_OK)
        ir_grant_open_void(&c->trust, id, secret, keys, n);
    ir_wipe(secret, sizeof secret);
    return rc;
}

/* Append one grant. */
static int
append(struct ir_store *st, const struct ir_signer *who,
       const struct ir_now *now, const struct ir_epoch_key *k,
       const struct ir_grants_to *to, struct ir_err *err)
{
    uint8_t wrapped[IR_WRAPPED_BYTES], id[IR_ID_BYTES];
    struct ir_draft *d;
    int rc = ir_key_wrap(k, ir_store_site(st), to->id, to->x25519, NULL,
                         wrapped, err);

    if (rc != IR_OK)
        return rc;
    d = ir_calloc(1, sizeof *d);
    d->kind = IR_KIND_GRANT;
    ir_bodyw_bytes(&d->body, 1, to->id, IR_KEYID_BYTES);
    ir_bodyw_uint(&d->body, 2, k->epoch);
    if (k->audience > 0)
        ir_bodyw_uint(&d->body, 3, k->audience);
    ir_bodyw_bytes(&d->body, 4, wrapped, sizeof wrapped);
    rc = ir_store_append(st, who, d, now, id, err);
    free(d);
    return rc;
}

int
ir_grants_append(struct ir_store *st, const struct ir_signer *who,
                 const struct ir_now *now, const struct ir_epoch_key *keys,
                 size_t keys_n, const struct ir_grants_to *to, size_t to_n,
                 struct ir_err *err)
{
    size_t i, j;
    int rc = IR_OK;

    for (i = 0; i < keys_n && rc == IR_OK; i++)
        for (j = 0; j < to_n && rc == IR_OK; j++)
            rc = append(st, who, now, &keys[i], &to[j], err);
    return rc;
}

static bool
among(const uint8_t (*v)[IR_KEYID_BYTES], size_t n, const uint8_t *id)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (memcmp(v[i], id, IR_KEYID_BYTES) == 0)
            return true;
    return false;
}

/* Every device that may have keys: certified, not revoked, and those that are
 * certified with this very batch.
 *
 * Owns:   *to is the caller's, free().
 */
static size_t
all_devices(const struct ir_trust *t, const struct ir_grants_plan *plan,
            struct ir_grants_to **to)
{
    struct ir_grants_to *v = ir_calloc(t->keys_n + plan->fresh_n, sizeof *v);
    size_t i, n = 0;

    for (i = 0; i < t->keys_n; i++) {
        const struct ir_cert_key *k = &t->keys[i];

        if (!k->node || k->revoked ||
            among(plan->without, plan->without_n, k->key_id))
            continue;
        memcpy(v[n].id, k->key_id, IR_KEYID_BYTES);
        memcpy(v[n++].x25519, k->x25519, 32);
    }
    for (i = 0; i < plan->fresh_n; i++)
        v[n++] = plan->fresh[i];
    *to = v;
    return n;
}

/* Must the next epoch begin? */
static bool
wants_next(const struct ir_trust *t, const struct ir_grants_plan *plan,
           const struct ir_epoch_key *keys, size_t n)
{
    return plan->next || ir_epoch_newest(keys, n, 0) == NULL ||
           ir_grant_stale(t, 0);
}

/* How many of the keys are of this epoch of the carriers. */
static size_t
held(const struct ir_epoch_key *keys, size_t n, uint64_t epoch)
{
    size_t i, got = 0;

    for (i = 0; i < n; i++)
        got += keys[i].audience == 0 && keys[i].epoch == epoch ? 1 : 0;
    return got;
}

/* Does the device lack a key of the epoch of `k`? Two administrators who were
 * apart may have made one each.
 */
static bool
lacks(const struct ir_trust *t, const struct ir_epoch_key *keys, size_t n,
      const struct ir_epoch_key *k, const struct ir_grants_to *to)
{
    return k->audience == 0 &&
           ir_grant_count(t, to->id, 0, k->epoch) < held(keys, n, k->epoch);
}

/* Is there nothing to do? */
static bool
whole(const struct ir_trust *t, const struct ir_grants_plan *plan,
      const struct ir_epoch_key *keys, size_t n)
{
    struct ir_grants_to *to = NULL;
    size_t to_n = all_devices(t, plan, &to), i, j;
    bool ok = !wants_next(t, plan, keys, n);

    for (i = 0; ok && i < n; i++)
        for (j = 0; ok && j < to_n; j++)
            ok = !lacks(t, keys, n, &keys[i], &to[j]);
    free(to);
    return ok;
}

int
ir_grants_also(struct ir_ctx *c, const struct ir_signer *who,
               const struct ir_now *now, void *arg)
{
    const struct ir_grants_plan *plan = arg;
    struct ir_epoch_key *keys = NULL, next = {0};
    struct ir_grants_to *to = NULL;
    size_t n = 0, to_n, i, j;
    int rc = ir_ctx_epoch_keys(c, &keys, &n);

    if (rc != IR_OK)
        return rc;
    to_n = all_devices(&c->trust, plan, &to);
    for (i = 0; i < n && rc == IR_OK; i++)
        for (j = 0; j < to_n && rc == IR_OK; j++)
            if (lacks(&c->trust, keys, n, &keys[i], &to[j]))
                rc = append(c->st, who, now, &keys[i], &to[j], &c->err);
    if (rc == IR_OK && wants_next(&c->trust, plan, keys, n)) {
        next.epoch = ir_grant_epoch(&c->trust, 0) + 1;
        ir_random(next.key, sizeof next.key);
        rc = ir_grants_append(c->st, who, now, &next, 1, to, to_n, &c->err);
    }
    if (rc == IR_OK)
        rc = ir_audience_mend(c, who, now, plan);
    ir_wipe(&next, sizeof next);
    ir_epoch_keys_free(keys, n);
    free(to);
    return rc;
}

int
ir_grants_mend(struct ir_ctx *c)
{
    struct ir_grants_plan plan = {0};
    struct ir_epoch_key *keys = NULL;
    struct ir_batch b = {.also = ir_grants_also, .also_arg = &plan};
    size_t n = 0;
    bool ok;
    int rc = ir_ctx_epoch_keys(c, &keys, &n);

    if (rc != IR_OK)
        return rc;
    ok = whole(&c->trust, &plan, keys, n);
    ir_epoch_keys_free(keys, n);
    if (ok)
        return IR_OK;
    rc = ir_ctx_me(c);
    if (rc == IR_OK && !c->trust.members[c->me].admin) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("this device holds no key to seal with"));
        ir_err_hint(&c->err, _("an administrator must run ir mesh invite or "
                               "ir carry out once"));
    }
    if (rc == IR_OK)
        rc = ir_batch_commit(c, &b);
    return rc == IR_OK ? ir_ctx_trust(c) : rc;
}
