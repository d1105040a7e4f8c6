/* signed.c: see signed.h. */
#include "cmd/signed.h"

#include "base/sshsig.h"

#include <string.h>

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
        const uint8_t *pub =
            all || decides(e) ? ir_trust_pub(t, e->h.author) : NULL;
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
