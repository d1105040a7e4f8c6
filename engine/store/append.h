/* append.h: adding one's own entries: read head, sign, insert, commit. */
#ifndef IR_STORE_APPEND_H
#define IR_STORE_APPEND_H

#include "base/clock.h"
#include "core/body.h"
#include "core/seal.h"
#include "store/store.h"

/* Who signs. `sign` gets the 103-byte blob of docs/format.md. */
struct ir_signer {
    uint8_t pub[IR_PUBKEY_BYTES];
    int (*sign)(void *arg, const uint8_t *blob, size_t n,
                uint8_t sig[IR_SIG_BYTES], struct ir_err *err);
    void *arg;
};

/* What is to be recorded. */
struct ir_draft {
    uint64_t kind;
    bool has_incident;
    uint8_t incident[IR_INCIDENT_BYTES];
    uint8_t status;
    uint64_t audience, ttl_s;
    size_t refs_n;
    uint8_t refs[IR_REFS_MAX][IR_ID_BYTES];
    bool has_occurred;
    int64_t occurred_ms;
    uint8_t occurred_prec;
    const struct ir_epoch_key *seal; /* seal the body under this key of an
                                        audience; NULL: plain */
    struct ir_bodyw body;            /* taken */
};

/* Sign and insert one draft inside the open transaction: fills author, hlc,
 * seq, prev, deps from the store, adds salt and clocks where the lane wants
 * them. Nothing is recorded before ir_store_commit.
 *
 * Owns:   draft->body is emptied, whatever happens. *id gets the new id.
 * Errors: IR_ESIG, IR_ELIMIT too long a body, IR_EPARSE the body does not fit
 *         its kind (our bug), IR_ESTORE.
 */
int ir_store_append(struct ir_store *st, const struct ir_signer *who,
                    struct ir_draft *draft, const struct ir_now *now,
                    uint8_t id[IR_ID_BYTES], struct ir_err *err);

#endif
