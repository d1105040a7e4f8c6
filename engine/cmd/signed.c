/* signed.c: see signed.h. */
#include "cmd/signed.h"

#include "base/sshsig.h"

#include <string.h>

/* The public key that entry `e` names as its author's, or NULL. */
static const uint8_t *
author_key(const struct ir_trust *t, const struct ir_entry *e)
{
    const struct ir_cert_key *k = ir_trust_key(t, e->h.author);
    uint8_t id[IR_KEYID_BYTES];
    size_t i;

    if (k != NULL)
        return k->pub;
    for (i = 0; i < t->admins_n; i++) {
        ir_key_id(t->admins[i], id);
        if (memcmp(id, e->h.author, sizeof id) == 0)
            return t->admins[i];
    }
    return NULL;
}

/* Does what may be done depend on it? */
static bool
decides(const struct ir_entry *e)
{
    return ir_kind_lane(e->h.kind) == IR_LANE_T || e->h.kind == IR_KIND_CLOCK ||
           e->h.kind == IR_KIND_MEASURE || e->h.kind == IR_KIND_INCIDENT ||
           e->h.kind == IR_KIND_STEP || e->h.kind == IR_KIND_ROLE ||
           e->h.kind == IR_KIND_REQUEST || e->h.kind == IR_KIND_EVIDENCE ||
           e->h.kind == IR_KIND_EXCEPTION;
}

size_t
ir_signed_only(const struct ir_trust *t, const uint8_t site[IR_ID_BYTES],
               bool all, struct ir_log *log)
{
    size_t i, kept = 0, out = 0;

    for (i = 0; i < log->n; i++) {
        const struct ir_entry *e = &log->e[i];
        const uint8_t *pub = all || decides(e) ? author_key(t, e) : NULL;
        uint8_t blob[IR_SSHSIG_BLOB_BYTES];

        if (pub != NULL) {
            ir_entry_blob(e, site, blob);
            if (!ir_verify(pub, blob, sizeof blob, e->sig)) {
                out++;
                continue;
            }
        }
        log->e[kept++] = *e;
    }
    log->n = kept;
    return out;
}
