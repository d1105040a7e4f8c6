/* cert.c: see cert.h. */
#include "cmd/cert.h"

#include "base/agent.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/keyring.h"
#include "store/accepted.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void
ir_cert_member(struct ir_batch *b, const char *handle, const char *name,
               const uint8_t member_id[8], const uint8_t (*pubs)[32],
               size_t pubs_n, const char *const *roles, size_t roles_n)
{
    struct ir_draft *d = ir_batch_add(b, NULL, IR_KIND_MEMBER);

    ir_bodyw_text(&d->body, 1, name);
    ir_bodyw_texts(&d->body, 2, roles, roles_n);
    ir_bodyw_bytes(&d->body, 4, member_id, 8);
    ir_bodyw_hashes(&d->body, 5, pubs, pubs_n);
    ir_bodyw_text(&d->body, 6, handle);
}

void
ir_cert_device(struct ir_batch *b, const uint8_t custodian[8],
               const uint8_t node_pub[32], const uint8_t x25519[32])
{
    struct ir_draft *d = ir_batch_add(b, NULL, IR_KIND_DEVICE);

    ir_bodyw_bytes(&d->body, 1, custodian, 8);
    ir_bodyw_bytes(&d->body, 3, node_pub, 32);
    ir_bodyw_bytes(&d->body, 4, x25519, 32);
}

#define ACCEPTED_MAX 1500 /* ids in one revoke: its body has a limit */

/* One revoke entry; `more`: it continues the one before it in the batch. */
static void
add_revoke(struct ir_batch *b, const uint8_t key[IR_KEYID_BYTES],
           const char *reason, const uint8_t (*accepted)[32], size_t n,
           bool more)
{
    struct ir_draft *d = ir_batch_add(b, NULL, IR_KIND_REVOKE);

    ir_bodyw_bytes(&d->body, 1, key, IR_KEYID_BYTES);
    ir_bodyw_text(&d->body, 2, reason);
    if (n > 0)
        ir_bodyw_hashes(&d->body, 3, accepted, n);
    else
        ir_bodyw_no_hashes(&d->body, 3);
    if (more)
        b->refers[b->n - 1] = b->n - 1;
}

int
ir_cert_revoke(struct ir_ctx *c, struct ir_batch *b,
               const uint8_t key[IR_KEYID_BYTES], int64_t before_ms,
               const char *reason)
{
    uint8_t(*ids)[32] = NULL;
    size_t i, n = 0;
    int rc = ir_accepted_heads(c->st, key, false, before_ms, &ids, &n, &c->err);

    if (rc == IR_OK && b->n + 1 + n / ACCEPTED_MAX > IR_BATCH_MAX)
        rc =
            ir_fail(&c->err, IR_ELIMIT, _("too long: %zu bytes, limit %d"),
                    n * IR_ID_BYTES, IR_BATCH_MAX * ACCEPTED_MAX * IR_ID_BYTES);
    for (i = 0; rc == IR_OK && (i == 0 || i < n); i += ACCEPTED_MAX)
        add_revoke(b, key, reason, (const uint8_t(*)[32])ids + i,
                   n - i < ACCEPTED_MAX ? n - i : ACCEPTED_MAX, i > 0);
    free(ids);
    return rc;
}

int
ir_cert_passphrase(struct ir_ctx *c, char **pass)
{
    char *again;
    int rc = IR_OK;

    *pass = ir_ctx_ask_secret(c, _("New passphrase: "));
    if (*pass == NULL)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("a passphrase is asked for on a terminal"));
    again = ir_ctx_ask_secret(c, _("Once more: "));
    if (again == NULL || strcmp(*pass, again) != 0)
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("the two passphrases are not the same"));
    else if (**pass == '\0')
        rc = ir_fail(&c->err, IR_EUSAGE, _("an empty passphrase is none"));
    if (again != NULL) {
        ir_wipe(again, strlen(again));
        free(again);
    }
    if (rc != IR_OK) {
        ir_wipe(*pass, strlen(*pass));
        free(*pass);
        *pass = NULL;
    }
    return rc;
}

/* A key belongs to one person: an agent may offer one that is taken. */
static int
check_fresh(struct ir_ctx *c, const uint8_t pub[IR_PUBKEY_BYTES])
{
    uint8_t id[IR_KEYID_BYTES];
    const struct ir_cert_key *k;

    ir_key_id(pub, id);
    k = c->trust_loaded ? ir_trust_key(&c->trust, id) : NULL;
    if (k == NULL)
        return IR_OK;
    ir_fail(&c->err, IR_EEXIST, _("this key of the ssh-agent is already %s's"),
            c->trust.members[k->member].handle);
    ir_err_hint(&c->err, _("name another one: --agent-key COMMENT"));
    return IR_EEXIST;
}

int
ir_cert_new_key(struct ir_ctx *c, int homefd, const char *handle,
                const char *agent, bool passphrase, bool replace,
                struct ir_key **out)
{
    uint8_t pub[IR_PUBKEY_BYTES];
    struct ir_key *k = NULL;
    char *pass = NULL;
    int rc = IR_OK;

    if (agent != NULL) {
        rc = ir_agent_find(agent[0] != '\0' ? agent : NULL, pub, &c->err);
        if (rc == IR_OK)
            rc = check_fresh(c, pub);
        if (rc == IR_OK)
            k = ir_key_public(pub);
    } else {
        if (passphrase)
            rc = ir_cert_passphrase(c, &pass);
        if (rc == IR_OK)
            k = ir_key_new();
    }
    if (rc == IR_OK)
        rc = ir_keyring_put(homefd, handle, k, pass, replace, &c->err);
    if (pass != NULL) {
        ir_wipe(pass, strlen(pass));
        free(pass);
    }
    if (rc == IR_OK)
        *out = k;
    else
        ir_key_free(k);
    return rc;
}

int
ir_cert_handle(struct ir_ctx *c, const char *name, const char *given,
               char **out)
{
    char h[41];
    size_t n = 0;
    const char *p;

    if (given == NULL) {
        for (p = name; *p != '\0' && n < sizeof h - 1; p++) {
            if (isalnum((unsigned char)*p) != 0)
                h[n++] = (char)tolower((unsigned char)*p);
            else if (n > 0)
                break;
        }
        h[n] = '\0';
        given = h;
    }
    if (!ir_name_ok(given) || strcmp(given, "node") == 0) {
        ir_fail(&c->err, IR_EUSAGE,
                _("a short name in small letters a-z, digits, . _ - is "
                  "needed for \"%.60s\""),
                name);
        ir_err_hint(&c->err, "--handle ito");
        return IR_EUSAGE;
    }
    *out = ir_strdup(given);
    return IR_OK;
}
