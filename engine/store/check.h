/* check.h: is what is stored what was signed? For `ir verify`. */
#ifndef IR_STORE_CHECK_H
#define IR_STORE_CHECK_H

#include "core/trust.h"
#include "store/refused.h"
#include "store/store.h"

enum ir_check_why {
    IR_CHECK_ROW,       /* the row does not give its fields back */
    IR_CHECK_BYTES,     /* header or body does not parse */
    IR_CHECK_ID,        /* header or digest is not what the id names */
    IR_CHECK_BODY,      /* body is not what the digest names, or missing */
    IR_CHECK_COLUMNS,   /* index columns are not what the header says */
    IR_CHECK_SIGNATURE, /* not by this key */
    IR_CHECK_PREV,      /* prev is here and not the author's entry before */
    IR_CHECK_MISSING,   /* names what is not here, or lacks a body unredacted */
    IR_CHECK_REVOKED,   /* by a revoked key, and not among what was accepted;
                           of lane T, which is kept, see `dead` */
};

struct ir_check_bad {
    uint8_t id[IR_ID_BYTES]; /* as the row's key says */
    enum ir_check_why why;
    uint8_t author[IR_KEYID_BYTES]; /* zero when the header is not readable */
    uint64_t seq;
    int64_t recorded_ms;
};

struct ir_check_author {
    uint8_t key_id[IR_KEYID_BYTES];
    int64_t entries;
    uint64_t last_seq;
    int64_t gaps, forks;  /* seq numbers missing; seq numbers used twice */
    bool unknown;         /* signed what nobody is known to have a key for */
    int64_t witnessed_ms; /* newest that another member's device has; 0 none */
    int *by;              /* members whose devices have witnessed them */
    size_t by_n;
};

struct ir_check {
    int64_t entries, stubs, unknown_signer;
    int64_t missing;     /* times that something is named and not here; stubs
                            that no redact names */
    int64_t chain_forks; /* two that begin one chain, or name one prev */
    struct ir_check_bad *bad;
    size_t bad_n, bad_more;     /* the list stops at 1,000 */
    struct ir_refused *refused; /* named, and not here because each was */
    size_t refused_n;           /* refused; at most 1,000 */
    struct ir_refused *dead; /* of lane T, by revoked keys, and not accepted: */
    size_t dead_n, dead_more; /* here, whole, and of no account; 1,000 */
    struct ir_check_author *authors;
    size_t authors_n;
    uint8_t (*unknown)[IR_KEYID_BYTES]; /* authors counted as unknown_signer */
    size_t unknown_n;
    int64_t first_ms, last_ms; /* recorded times, 0 when empty */
    int64_t witnessed, /* entries of people in incidents: on a device of */
        unwitnessed;   /* another member; on nobody's else's word */
    int64_t unwitnessed_first_ms, unwitnessed_last_ms;
    bool database_damaged; /* SQLite's own check found something */
    char database_says[160];
};

/* Check every row: columns against header bytes, id against bytes, body
 * against digest, and (unless chain_only) every signature, on `threads`
 * threads; then seq and prev of every author; then SQLite's integrity check.
 * `progress` (may be NULL) is called now and then with how many are done.
 *
 * Owns:   *out is the caller's, ir_check_done.
 * Errors: IR_ESTORE, IR_EDAMAGED when not even rows can be read (then *out is
 *         still filled as far as it went).
 */
int ir_store_check(struct ir_store *st, const struct ir_trust *t,
                   bool chain_only, int threads,
                   void (*progress)(int64_t done, void *arg), void *arg,
                   struct ir_check *out, struct ir_err *err);
void ir_check_done(struct ir_check *c);

/* Copy what can be read and fits its id from the damaged database of `home`
 * into a new one beside it, and put it in its place; the damaged file stays
 * as ir.db.damaged-<n>. *saved and *lost count entries.
 *
 * Errors: IR_ESTORE, IR_EIO; then nothing was moved.
 */
int ir_store_salvage(const char *home, int64_t *saved, int64_t *lost,
                     struct ir_err *err);

#endif
