/* refused.h: which entries were refused or put off here, by id. So each is
 * counted once, however often it comes; and what refers to one that a revoked
 * key signed is known to refer to nothing that could still arrive.
 *
 * At most IR_REFUSED_MAX are remembered for each reason. Of revoked keys the
 * first ones stay, because the others' entries that refer to some were written
 * before the revocation was known everywhere; all else begins anew.
 */
#ifndef IR_STORE_REFUSED_H
#define IR_STORE_REFUSED_H

#include "store/store.h"

#define IR_REFUSED_MAX 4096

struct ir_refused {
    uint8_t id[IR_ID_BYTES]; /* of what is no entry: the digest of its bytes */
    int why;                 /* enum ir_arrived */
    uint8_t author[IR_KEYID_BYTES];
    uint64_t seq;
    int64_t at_ms; /* when it was, the first time */
};

/* Is it remembered? *r (may be NULL) gets what is known of it. */
bool ir_refused_get(struct ir_store *st, const uint8_t id[IR_ID_BYTES], int why,
                    struct ir_refused *r);

/* How many numbers of this author below `seq` are those of entries that were
 * refused for this reason, and of none that is here?
 */
int64_t ir_refused_numbers(struct ir_store *st,
                           const uint8_t author[IR_KEYID_BYTES], int why,
                           uint64_t seq);

/* Those that are refused while entries are taken in, counted by reason and
 * author, until they are kept.
 *
 * Owns:   the caller's, ir_refusing_free; `st` is borrowed.
 */
struct ir_refusing;
struct ir_refusing *ir_refusing_new(struct ir_store *st);
void ir_refusing_free(struct ir_refusing *g);

/* One more; `known`: its author's key is certified. */
void ir_refusing_add(struct ir_refusing *g, const struct ir_refused *r,
                     bool known);

/* Was it refused or put off for this reason before? */
bool ir_refusing_was(const struct ir_refusing *g, const uint8_t id[IR_ID_BYTES],
                     int why);

/* Is anything not kept yet? Keep it, inside a transaction; it is forgotten here
 * when that was committed.
 *
 * Errors: IR_ESTORE.
 */
bool ir_refusing_any(const struct ir_refusing *g);
int ir_refusing_keep(struct ir_refusing *g, struct ir_err *err);
void ir_refusing_kept(struct ir_refusing *g);

#endif
