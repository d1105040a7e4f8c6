/* admins.c: see admins.h. */
#include "cmd/admins.h"

#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/commands.h"
#include "store/accepted.h"
#include "view/admins.h"

#include <stdlib.h>
#include <string.h>

#define HEADS_MAX 1500 /* ids in one entry: its body has a limit */

/* The key in this home is none that decides: is another one of theirs? */
static int
not_in_force(struct ir_ctx *c)
{
    const struct ir_member *m = &c->trust.members[c->me];

    ir_fail(&c->err, IR_EREFUSED,
            m->admin ? _("the key in this home is not the one with which %s is "
                         "an administrator")
                     : _("only an administrator of the site may do this"),
            m->handle);
    if (m->admin)
        ir_err_hint(&c->err, "ir admin list");
    return IR_EREFUSED;
}

int
ir_admins_key(struct ir_ctx *c)
{
    uint8_t id[IR_KEYID_BYTES];
    int rc;

    if (!c->trust.members[c->me].admin)
        return not_in_force(c); /* no need of a passphrase */
    rc = ir_ctx_key(c);
    if (rc != IR_OK)
        return rc;
    ir_key_id(c->key->pub, id);
    return ir_trust_in_force(&c->trust, id) ? IR_OK : not_in_force(c);
}

int
ir_admins_must(struct ir_ctx *c)
{
    int rc = ir_ctx_signed(c);

    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    ir_ctx_left_out(c);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    return rc == IR_OK ? ir_admins_key(c) : rc;
}

void
ir_admins_now(const struct ir_ctx *c, struct ir_admins *l)
{
    const struct ir_trust *t = &c->trust;
    size_t i;

    memset(l, 0, sizeof *l);
    l->k = t->k;
    for (i = 0; i < t->admins_n && l->n < IR_ADMINS_MAX; i++) {
        const struct ir_admin *a = &t->admins[i];
        const struct ir_cert_key *cert;
        uint8_t id[IR_KEYID_BYTES];

        if (!a->in_force)
            continue;
        ir_key_id(a->pub, id);
        if (a->revoked) { /* goes with the next list */
            memcpy(l->dropped[l->dropped_n++], id, sizeof id);
            continue;
        }
        cert = ir_trust_key(t, id);
        memcpy(l->key[l->n], a->pub, IR_PUBKEY_BYTES);
        memcpy(l->person[l->n++],
               cert != NULL && !a->told ? t->members[cert->member].id
                                        : a->person,
               8);
    }
}

int
ir_admins_add(struct ir_ctx *c, struct ir_admins *l,
              const uint8_t pub[IR_PUBKEY_BYTES], const uint8_t person[8])
{
    uint8_t id[IR_KEYID_BYTES];
    char hex[17];
    size_t i;
    int was;

    ir_key_id(pub, id);
    ir_hex(id, sizeof id, hex);
    for (i = 0; i < l->n; i++)
        if (memcmp(l->key[i], pub, IR_PUBKEY_BYTES) == 0)
            return ir_fail(&c->err, IR_EEXIST,
                           _("key %s is an administrator's already"), hex);
    was = ir_trust_admin(&c->trust, id);
    if (was >= 0) {
        ir_fail(&c->err, IR_EREFUSED,
                _("key %s was an administrator's once and cannot be one "
                  "again"),
                hex);
        ir_err_hint(&c->err, _("a new key first:  ir key rotate NAME, or on a "
                               "new machine:  ir mesh invite --device-for "
                               "NAME"));
        return IR_EREFUSED;
    }
    if (l->n == IR_ADMINS_MAX)
        return ir_fail(&c->err, IR_ELIMIT, _("more than %d keys"),
                       IR_ADMINS_MAX);
    memcpy(l->key[l->n], pub, IR_PUBKEY_BYTES);
    memcpy(l->person[l->n++], person, 8);
    l->added_n++;
    return IR_OK;
}

int
ir_admins_drop(struct ir_ctx *c, struct ir_admins *l,
               const uint8_t key_id[IR_KEYID_BYTES])
{
    uint8_t id[IR_KEYID_BYTES];
    char hex[17];
    size_t i;

    for (i = 0; i < l->n; i++) {
        ir_key_id(l->key[i], id);
        if (memcmp(id, key_id, sizeof id) != 0)
            continue;
        memmove(l->key[i], l->key[i + 1], (l->n - i - 1) * IR_PUBKEY_BYTES);
        memmove(l->person[i], l->person[i + 1], (l->n - i - 1) * 8);
        l->n--;
        memcpy(l->dropped[l->dropped_n++], id, sizeof id);
        return IR_OK;
    }
    ir_hex(key_id, IR_KEYID_BYTES, hex);
    return ir_fail(&c->err, IR_ENOTFOUND, _("key %s is no administrator's"),
                   hex);
}

size_t
ir_admins_people(const struct ir_admins *l)
{
    size_t i, j, n = 0;

    for (i = 0; i < l->n; i++) {
        for (j = 0; j < i && memcmp(l->person[i], l->person[j], 8) != 0; j++)
            ;
        n += j == i ? 1 : 0;
    }
    return n;
}

/* What the dropped keys signed in lane T: the newest of it. */
static int
heads(struct ir_ctx *c, const struct ir_admins *l, uint8_t (*ids)[IR_ID_BYTES],
      size_t *n)
{
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < l->dropped_n && rc == IR_OK; i++) {
        uint8_t(*some)[IR_ID_BYTES] = NULL;
        size_t some_n = 0;

        rc = ir_accepted_heads(c->st, l->dropped[i], true, 0, &some, &some_n,
                               &c->err);
        if (rc == IR_OK && *n + some_n > HEADS_MAX)
            rc = ir_fail(&c->err, IR_ELIMIT, _("more than %d keys"), HEADS_MAX);
        else if (rc == IR_OK && some_n > 0)
            memcpy(ids[*n], some, some_n * IR_ID_BYTES);
        *n += rc == IR_OK ? some_n : 0;
        free(some);
    }
    return rc;
}

int
ir_admins_draft(struct ir_ctx *c, struct ir_batch *b, const struct ir_admins *l,
                const char *why)
{
    uint8_t(*ids)[IR_ID_BYTES] = ir_calloc(HEADS_MAX, IR_ID_BYTES);
    struct ir_draft *d;
    size_t n = 0;
    int rc = IR_OK;

    if (l->k < 1 || l->k > ir_admins_people(l)) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("%d must agree, but there would be %d administrators"),
                     (int)l->k, (int)ir_admins_people(l));
        ir_err_hint(&c->err, _("say how many of them:  --needed K"));
    }
    if (rc == IR_OK)
        rc = heads(c, l, ids, &n);
    if (rc == IR_OK) {
        d = ir_batch_add(b, NULL, IR_KIND_ADMINS);
        ir_bodyw_uint(&d->body, 1, l->k);
        ir_bodyw_hashes(&d->body, 2, (const uint8_t(*)[32])l->key, l->n);
        ir_bodyw_bytes(&d->body, 3, l->person, 8 * l->n);
        if (n > 0)
            ir_bodyw_hashes(&d->body, 4, (const uint8_t(*)[32])ids, n);
        else
            ir_bodyw_no_hashes(&d->body, 4);
        ir_bodyw_text(&d->body, 5, why);
        memcpy(d->refs[0], c->trust.admins_entry, IR_ID_BYTES);
        d->refs_n = 1;
    }
    free(ids);
    return rc;
}

int
ir_admins_find(struct ir_ctx *c, const char *hex,
               const struct ir_proposal **out)
{
    size_t i, hits = 0;

    for (i = 0; i < c->trust.proposals_n; i++) {
        const struct ir_proposal *p = &c->trust.proposals[i];
        char id[2 * IR_ID_BYTES + 1];

        ir_hex(p->entry, IR_ID_BYTES, id);
        if (hex == NULL ? !p->open || ir_trust_goes_with(&c->trust, p)
                        : strncasecmp(id, hex, strlen(hex)) != 0)
            continue;
        *out = p;
        hits++;
    }
    if (hits == 1 && (hex == NULL || strlen(hex) >= 4))
        return IR_OK;
    if (hits > 1) {
        ir_fail(&c->err, IR_EUSAGE, _("which of them?"));
        ir_err_hint(&c->err, "ir admin list");
        return IR_EUSAGE;
    }
    return hex == NULL ? ir_fail(&c->err, IR_ENOTFOUND,
                                 _("nothing waits for administrators"))
                       : ir_fail(&c->err, IR_ENOTFOUND,
                                 _("no proposal begins with \"%.64s\""), hex);
}

static bool
same_list(const struct ir_proposal *p, const struct ir_admins *l)
{
    size_t i, k;

    if (p->revoke || p->k != l->k || p->keys_n != l->n)
        return false;
    for (i = 0; i < l->n; i++) {
        for (k = 0; k < p->keys_n; k++)
            if (memcmp(p->keys[k], l->key[i], IR_PUBKEY_BYTES) == 0 &&
                memcmp(p->persons[k], l->person[i], 8) == 0)
                break;
        if (k == p->keys_n)
            return false;
    }
    return true;
}

const struct ir_proposal *
ir_admins_same(const struct ir_ctx *c, const struct ir_admins *l)
{
    size_t i;

    for (i = 0; i < c->trust.proposals_n; i++)
        if (c->trust.proposals[i].open && same_list(&c->trust.proposals[i], l))
            return &c->trust.proposals[i];
    return NULL;
}

int
ir_admins_waits(struct ir_ctx *c, const struct ir_proposal *p)
{
    bool agreed = false;
    char hex[9];
    size_t i;

    for (i = 0; i < p->yes_n; i++) {
        const struct ir_cert_key *k = ir_trust_key(&c->trust, p->yes[i]);

        agreed = agreed || (k != NULL && (int)k->member == c->me);
    }
    ir_hex(p->entry, 4, hex);
    ir_fail(&c->err, IR_EEXIST,
            _("put forward already: it waits for other administrators"));
    if (agreed)
        ir_err_hint(&c->err,
                    ir_ctx_shared(c)
                        ? _("one of the others:  ir --as NAME admin approve %s")
                        : _("one of the others, on their own device:  ir admin "
                            "approve %s"),
                    hex);
    else
        ir_err_hint(&c->err, "ir admin approve %s", hex);
    return IR_EEXIST;
}

void
ir_admins_say(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES])
{
    size_t i;

    for (i = 0; i < c->trust.proposals_n; i++) {
        const struct ir_proposal *p = &c->trust.proposals[i];

        if (memcmp(p->entry, id, IR_ID_BYTES) != 0)
            continue;
        if (c->json)
            ir_cmd_json_take(c, ir_view_proposal_json(&c->view, p));
        else
            ir_view_proposal(&c->view, p, &c->out);
    }
}
