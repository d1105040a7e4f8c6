/* check_pool.h: judging rows on several threads while the next ones are read;
 * for check.c only.
 *
 * Two batches take turns: one is filled with copies of rows, the other judged
 * by the threads, and by the filling one too when it has nothing else to do.
 * What comes out is in the order in which it went in.
 */
#ifndef IR_STORE_CHECK_POOL_H
#define IR_STORE_CHECK_POOL_H

#include "core/trust.h"
#include "store/db.h"

/* Index columns of a row, which repeat what stands in the header. */
struct ir_check_cols {
    uint8_t author[IR_KEYID_BYTES], incident[IR_INCIDENT_BYTES], chain[8];
    int author_n, incident_n, chain_n; /* bytes; -1: NULL */
    int64_t seq, kind, lane, hlc;
};
#define IR_CHECK_COLS "author, seq, kind, lane, hlc, incident, chain"

/* One row: what it holds, then what was found. */
struct ir_check_job {
    struct ir_db_raw raw;
    struct ir_check_cols cols;
    struct ir_entry e; /* borrows from the batch */
    bool whole;        /* e is an entry; else `why` says what does not fit */
    int why;           /* enum ir_check_why */
    bool columns_fit, body_fits, sig_good;
    const struct ir_cert_key *key; /* NULL: nobody certified it */
    const uint8_t *pub; /* whose signature it must be: that, or an admin's who
                           is no member; NULL: nobody's */
    int64_t ms;         /* when it was recorded */
};

struct ir_check_pool;

/* Start `threads` less one; with signatures or (`chain_only`) without.
 *
 * Owns:   the caller's, ir_check_pool_free; `site` and `t` are borrowed.
 */
struct ir_check_pool *ir_check_pool_new(int threads, const uint8_t *site,
                                        const struct ir_trust *t,
                                        bool chain_only);
void ir_check_pool_free(struct ir_check_pool *p);

/* Copy a row that begins with IR_DB_ENTRY_COLS, IR_CHECK_COLS. Returns false
 * when the batch is full: then take a turn.
 */
bool ir_check_pool_add(struct ir_check_pool *p, sqlite3_stmt *q);

/* Finish the batch that is being judged and begin with the one just filled.
 * Gives the finished rows, none the first time; after the last row two turns
 * bring all of them.
 *
 * Owns:   *jobs is borrowed until the next row is added.
 */
void ir_check_pool_turn(struct ir_check_pool *p,
                        const struct ir_check_job **jobs, size_t *n);

#endif
