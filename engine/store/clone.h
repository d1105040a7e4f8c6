/* clone.h: keys that sign in two places: a home that was copied, or restored
 * from a backup while the other one goes on. Told by entries of one author with
 * one number, of which some were written here and some came from elsewhere.
 * Nothing is dropped: both branches count, and each home continues its own.
 */
#ifndef IR_STORE_CLONE_H
#define IR_STORE_CLONE_H

#include "store/store.h"

struct ir_clone {
    uint8_t author[IR_KEYID_BYTES];
    uint64_t seq;              /* where they part */
    int64_t here, elsewhere;   /* entries from there on */
    int64_t first_ms, last_ms; /* of those from elsewhere, by their clock */
};

/* The keys with which this home writes and another one does.
 *
 * Owns:   *v is the caller's, free().
 * Errors: IR_ESTORE.
 */
int ir_store_clones(struct ir_store *st, struct ir_clone **v, size_t *n,
                    struct ir_err *err);

/* Was something by this key written here: the first of its entries that are
 * here, or the last?
 */
bool ir_store_wrote(struct ir_store *st, const uint8_t author[IR_KEYID_BYTES]);

/* The entry that the author's next one in `chain` continues, or IR_ENOTFOUND:
 * the newest, unless that came from elsewhere and does not build on the newest
 * that was written here. Then that one.
 *
 * Errors: IR_ENOTFOUND none yet, IR_ESTORE.
 */
int ir_store_tip(struct ir_store *st, const uint8_t chain[8],
                 const uint8_t author[IR_KEYID_BYTES], uint8_t id[IR_ID_BYTES],
                 struct ir_err *err);

#endif
