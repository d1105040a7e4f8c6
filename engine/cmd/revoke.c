/* revoke.c: see revoke.h. */
#include "cmd/revoke.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/admins.h"
#include "cmd/cert.h"
#include "cmd/commands.h"
#include "store/accepted.h"
#include "view/admins.h"

#include <stdlib.h>
#include <string.h>

/* The revocation of key `k` that waits for other administrators. */
static const struct ir_proposal *
put_forward(const struct ir_ctx *c, const struct ir_cert_key *k)
{
    size_t i;

    for (i = 0; i < c->trust.proposals_n; i++) {
        const struct ir_proposal *p = &c->trust.proposals[i];

        if (p->open && p->revoke &&
            memcmp(p->target, k->key_id, IR_KEYID_BYTES) == 0)
            return p;
    }
    return NULL;
}

static int
add(struct ir_ctx *c, const struct ir_cert_key *k, struct ir_revoke *r)
{
    int a = ir_trust_admin(&c->trust, k->key_id);

    if (r->before_ms == 0 && put_forward(c, k) != NULL) {
        r->waits = put_forward(c, k);
        return IR_OK;
    }
    if (r->n == IR_REVOKE_MAX)
        return ir_fail(&c->err, IR_ELIMIT,
                       _("more than %d keys: remove the devices first"),
                       IR_REVOKE_MAX);
    memcpy(r->key[r->n].id, k->key_id, IR_KEYID_BYTES);
    r->key[r->n].node = k->node;
    r->key[r->n].member = (int)k->member;
    r->key[r->n++].several =
        a >= 0 && c->trust.admins[a].in_force && c->trust.k > 1;
    return IR_OK;
}

/* Whom the administrators left over are: enough to decide? And is it not the
 * key that acts? */
static int
check(struct ir_ctx *c, const struct ir_revoke *r)
{
    uint8_t self[IR_KEYID_BYTES];
    struct ir_admins *l = ir_calloc(1, sizeof *l);
    size_t i, had, left;
    int rc = IR_OK;

    if (r->n == 0 && r->waits != NULL) {
        free(l);
        return ir_admins_waits(c, r->waits);
    }
    ir_key_id(c->key->pub, self);
    ir_admins_now(c, l);
    had = ir_admins_people(l);
    for (i = 0; i < r->n; i++) {
        if (memcmp(r->key[i].id, self, sizeof self) == 0)
            rc = ir_fail(&c->err, IR_EREFUSED,
                         _("this is the key with which you act: another "
                           "administrator revokes it"));
        else if (ir_trust_in_force(&c->trust, r->key[i].id))
            (void)ir_admins_drop(c, l, r->key[i].id);
    }
    left = ir_admins_people(l);
    if (rc == IR_OK && left < had && left < c->trust.k) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("%d must agree, but there would be %d administrators"),
                     (int)c->trust.k, (int)left);
        ir_err_hint(&c->err, _("first another list:  ir admin propose --drop "
                               "NAME --needed K -r WHY"));
    }
    free(l);
    if (rc == IR_OK && r->n == 0)
        rc = ir_fail(&c->err, IR_EEXIST, _("revoked already"));
    return rc;
}

int
ir_revoke_member(struct ir_ctx *c, int member, bool keep_devices,
                 struct ir_revoke *r)
{
    uint8_t self[IR_KEYID_BYTES];
    size_t i;
    int rc = ir_grants_self(c, self);

    for (i = 0; rc == IR_OK && i < c->trust.keys_n; i++) {
        const struct ir_cert_key *k = &c->trust.keys[i];

        if ((int)k->member != member || k->revoked ||
            (k->node && (keep_devices || memcmp(k->key_id, self, 8) == 0)))
            continue;
        rc = add(c, k, r);
    }
    if (rc == IR_OK && r->n == 0 && r->waits == NULL)
        return ir_fail(&c->err, IR_EEXIST, _("%s is revoked already"),
                       c->trust.members[member].handle);
    return rc == IR_OK ? check(c, r) : rc;
}

/* The entry that certified key `k`, in the trust lane as loaded. */
static const struct ir_entry *
cert_of(const struct ir_ctx *c, const struct ir_cert_key *k)
{
    size_t i;

    for (i = 0; i < c->trust_log.n; i++)
        if (memcmp(c->trust_log.e[i].id, k->cert, IR_ID_BYTES) == 0)
            return &c->trust_log.e[i];
    return NULL;
}

/* The person's key that was certified with the device of node key `node`, in
 * the entries just before it: they were enrolled together. */
static const struct ir_cert_key *
enrolled_with(const struct ir_ctx *c, const struct ir_cert_key *node)
{
    const struct ir_cert_key *best = NULL, *only = NULL;
    const struct ir_entry *d = cert_of(c, node), *e, *best_e = NULL;
    size_t i, n = 0;

    for (i = 0; d != NULL && i < c->trust.keys_n; i++) {
        const struct ir_cert_key *k = &c->trust.keys[i];

        if (k->node || k->member != node->member || k->revoked)
            continue;
        only = k;
        n++;
        e = cert_of(c, k);
        if (e == NULL || memcmp(e->h.author, d->h.author, 8) != 0 ||
            e->h.seq >= d->h.seq || d->h.seq - e->h.seq > 2 ||
            (best_e != NULL && best_e->h.seq > e->h.seq))
            continue;
        best = k;
        best_e = e;
    }
    return best != NULL ? best : n == 1 ? only : NULL;
}

int
ir_revoke_key(struct ir_ctx *c, const uint8_t key[IR_KEYID_BYTES],
              struct ir_revoke *r)
{
    const struct ir_cert_key *k = ir_trust_key(&c->trust, key), *with;
    uint8_t self[IR_KEYID_BYTES];
    char hex[17];
    int rc = ir_grants_self(c, self);

    ir_hex(key, IR_KEYID_BYTES, hex);
    if (rc == IR_OK && k == NULL)
        return ir_fail(&c->err, IR_ENOTFOUND, _("nobody has key %s"), hex);
    if (rc == IR_OK && k->node && memcmp(key, self, sizeof self) == 0)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("this is the device you sit at: revoke it from "
                         "another one"));
    if (rc == IR_OK && k->revoked)
        return ir_fail(&c->err, IR_EEXIST, _("revoked already"));
    if (rc == IR_OK)
        rc = add(c, k, r);
    with = rc == IR_OK && k->node ? enrolled_with(c, k) : NULL;
    if (with != NULL)
        rc = add(c, with, r);
    return rc == IR_OK ? check(c, r) : rc;
}

int
ir_revoke_since(struct ir_ctx *c, const char *when, struct ir_revoke *r)
{
    struct ir_now now;
    int prec = 0;

    ir_clock_now(&now);
    return ir_time_parse(when, now.wall_ms, &r->before_ms, &prec, &c->err);
}

/* The handle, of a device with ".device". */
static void
name_of(const struct ir_ctx *c, const struct ir_revoke *r, size_t i,
        char out[64])
{
    snprintf(out, 64, "%.40s%s", c->trust.members[r->key[i].member].handle,
             r->key[i].node ? ".device" : "");
}

int
ir_revoke_tell(struct ir_ctx *c, struct ir_revoke *r)
{
    char who[64], when[24], hex[17];
    struct ir_now now;
    size_t i;
    int rc;

    ir_clock_now(&now);
    for (i = 0; i < r->n; i++) {
        rc = ir_accepted_count(c->st, r->key[i].id, r->before_ms,
                               &r->key[i].entries, &r->key[i].after,
                               &r->key[i].newest_ms, &c->err);
        if (rc != IR_OK)
            return rc;
        name_of(c, r, i, who);
        ir_hex(r->key[i].id, IR_KEYID_BYTES, hex);
        ir_time_text(r->key[i].newest_ms, now.wall_ms, when, sizeof when);
        if (r->key[i].entries > 0)
            ir_buf_addf(&c->talk,
                        _("Key %s of %s: %lld of its entries stay accepted, up "
                          "to %s.\n"),
                        hex, who, (long long)r->key[i].entries, when);
        else
            ir_buf_addf(&c->talk,
                        _("Key %s of %s: nothing it signed is accepted.\n"),
                        hex, who);
        if (r->key[i].after > 0)
            ir_buf_addf(&c->talk,
                        _("  %lld recorded from then on no longer count.\n"),
                        (long long)r->key[i].after);
        if (r->key[i].several)
            ir_buf_addf(&c->talk,
                        _("  It is an administrator's: %d administrators must "
                          "agree.\n"),
                        (int)c->trust.k);
    }
    return IR_OK;
}

int
ir_revoke_record(struct ir_ctx *c, struct ir_revoke *r, const char *why,
                 struct ir_batch *b)
{
    size_t i;
    int rc = ir_store_begin(c->st, &c->err);

    memset(b, 0, sizeof *b);
    b->also = ir_grants_also;
    b->also_arg = &r->plan;
    r->plan.next = true;
    r->plan.without = (const uint8_t(*)[IR_KEYID_BYTES])r->gone;
    if (rc != IR_OK) {
        c->not_recorded = true;
        return rc;
    }
    c->held = true; /* what is accepted is all there is when it is written */
    for (i = 0; rc == IR_OK && i < r->n; i++) {
        if (r->key[i].node)
            memcpy(r->gone[r->plan.without_n++], r->key[i].id, IR_KEYID_BYTES);
        rc = ir_cert_revoke(c, b, r->key[i].id, r->before_ms, why);
    }
    if (rc == IR_OK)
        rc = ir_batch_commit(c, b);
    else {
        ir_case_drop(c);
        ir_batch_done(b);
        c->not_recorded = true;
    }
    if (rc == IR_OK)
        rc = ir_ctx_trust(c);
    for (i = 0; rc == IR_OK && !c->json && i < b->n; i++) {
        size_t k;

        for (k = 0; k < c->trust.proposals_n; k++)
            if (c->trust.proposals[k].open &&
                memcmp(c->trust.proposals[k].entry, b->ids[i], 32) == 0)
                ir_view_proposal(&c->view, &c->trust.proposals[k], &c->out);
    }
    return rc;
}

struct ir_json *
ir_revoke_json(struct ir_ctx *c, const struct ir_revoke *r,
               const struct ir_batch *b)
{
    struct ir_json *o = ir_json_new_obj(), *a, *k;
    size_t i, j;

    a = ir_json_set_take(o, "keys", ir_json_new_arr());
    for (i = 0; i < r->n; i++) {
        const struct ir_cert_key *cert = ir_trust_key(&c->trust, r->key[i].id);

        k = ir_json_add_take(a, ir_json_new_obj());
        ir_json_set_hex(k, "key", r->key[i].id, IR_KEYID_BYTES);
        ir_json_set_str(k, "handle", c->trust.members[r->key[i].member].handle);
        ir_json_set_bool(k, "node", r->key[i].node);
        ir_json_set_bool(k, "revoked", cert != NULL && cert->revoked);
        ir_json_set_int(k, "accepted", r->key[i].entries);
        ir_json_set_int(k, "not_accepted", r->key[i].after);
        ir_view_set_time(k, "up_to", r->key[i].newest_ms);
    }
    a = ir_json_set_take(o, "proposals", ir_json_new_arr());
    for (i = 0; i < b->n; i++)
        for (j = 0; j < c->trust.proposals_n; j++)
            if (c->trust.proposals[j].open &&
                memcmp(c->trust.proposals[j].entry, b->ids[i], 32) == 0)
                ir_json_add_take(
                    a, ir_view_proposal_json(&c->view, &c->trust.proposals[j]));
    return o;
}
