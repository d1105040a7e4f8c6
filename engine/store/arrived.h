/* arrived.h: what came from elsewhere, told without its text: which entries
 * are to be receipted and witnessed, and where an entry stands in its chain.
 */
#ifndef IR_STORE_ARRIVED_H
#define IR_STORE_ARRIVED_H

#include "core/witness.h"
#include "store/store.h"

/* An entry that came from elsewhere. */
struct ir_arrived_row {
    int64_t n; /* rises in the order of arrival */
    uint64_t kind;
    struct ir_witness_head head;
};

/* Walk what came after row `after`, oldest first, at most `most` of them. `fn`
 * returns false to stop.
 *
 * Errors: IR_ESTORE; an older home has nothing from elsewhere.
 */
int ir_store_arrived_each(struct ir_store *st, int64_t after, size_t most,
                          bool (*fn)(const struct ir_arrived_row *r, void *arg),
                          void *arg, struct ir_err *err);

/* Which entries of an incident came from elsewhere: those of `ids[0..n)` are
 * marked in `set`.
 *
 * Errors: IR_ESTORE.
 */
int ir_store_arrived_of(struct ir_store *st,
                        const uint8_t incident[IR_INCIDENT_BYTES],
                        bool (*fn)(const uint8_t id[IR_ID_BYTES], void *arg),
                        void *arg, struct ir_err *err);

/* Where entry `id` stands: its author, chain, seq.
 *
 * Errors: IR_ENOTFOUND, IR_ESTORE.
 */
int ir_store_head(struct ir_store *st, const uint8_t id[IR_ID_BYTES],
                  struct ir_witness_head *h, struct ir_err *err);

/* Load the newest `most` witnesses of those after row `after`.
 *
 * Owns:   *log is the caller's, ir_log_done.
 * Errors: IR_ESTORE.
 */
int ir_store_load_witnesses(struct ir_store *st, int64_t after, size_t most,
                            struct ir_log *log, struct ir_err *err);

#endif
