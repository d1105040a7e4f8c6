/* revoked.c: see revoked.h. */
#include "core/revoked.h"

#include <stdlib.h>
#include <string.h>

/* What `key` is accepted with among these entries. */
static void
find_out(const struct ir_cert_key *key, const struct ir_anc *anc,
         const struct ir_entry *const *e, size_t n, bool *ok)
{
    size_t i, k;

    for (i = 0; i < n; i++)
        for (k = 0; k < key->accepted_n; k++)
            if (memcmp(key->accepted + k * IR_ID_BYTES, e[i]->id,
                       IR_ID_BYTES) == 0)
                ir_anc_past(anc, i, ok);
}

void
ir_revoked_judge(const struct ir_trust *t, const struct ir_anc *anc,
                 const struct ir_entry *const *e, size_t n, bool *counts)
{
    bool *ok = NULL;
    size_t i, k;

    for (k = 0; k < t->keys_n; k++) {
        const struct ir_cert_key *key = &t->keys[k];

        if (!key->revoked)
            continue;
        if (!t->refused_known) {
            free(ok);
            ok = ir_calloc(n + 1, sizeof *ok);
            find_out(key, anc, e, n, ok);
        }
        for (i = 0; i < n; i++)
            if (counts[i] &&
                memcmp(e[i]->h.author, key->key_id, IR_KEYID_BYTES) == 0)
                counts[i] =
                    t->refused_known ? !ir_trust_refused(t, e[i]->id) : ok[i];
    }
    free(ok);
}
