/* ingest.h: entries that come from elsewhere, judged and kept.
 *
 * What costs little is looked at first: length, form, whether it is here
 * already, whose it is, whether that key may sign it, whether its author has
 * sent too much. Then the signature, then one transaction for up to
 * IR_INGEST_ROWS entries, with a short pause before the next so that an `ir`
 * that records is not kept waiting. Lane T goes first, and trust is folded
 * again before the rest is judged.
 */
#ifndef IR_STORE_INGEST_H
#define IR_STORE_INGEST_H

#include "core/quota.h"
#include "store/stand.h"

#define IR_INGEST_ROWS 100   /* entries in one transaction */
#define IR_INGEST_PAUSE_MS 2 /* between two of them */

/* What became of one. The numbers are kept in the table `refusal`. */
enum ir_arrived {
    IR_ARRIVED_NEW = 0,
    IR_ARRIVED_HAD = 1,
    IR_ARRIVED_TEXT = 2, /* the entry was here as a stub: its text came */
    /* not now: it may come again */
    IR_ARRIVED_NO_CERT = 3, /* its author's certificate is not here */
    IR_ARRIVED_OPEN = 4,    /* by a revoked key: what accepts it is not here */
    IR_ARRIVED_QUOTA = 5,   /* its author has sent too much */
    IR_ARRIVED_DISK = 6,    /* this disk is nearly full */
    /* never */
    IR_ARRIVED_FORM = 7,       /* not an entry */
    IR_ARRIVED_NEWER = 8,      /* needs a newer program */
    IR_ARRIVED_SITE = 9,       /* the root of another site */
    IR_ARRIVED_SIGNATURE = 10, /* not signed by whom it names */
    IR_ARRIVED_KIND = 11,      /* a device signed what a person must */
    IR_ARRIVED_REVOKED = 12,   /* by a revoked key, after what is accepted */
    IR_ARRIVED_END
};
#define IR_ARRIVED_IS_LATER(w)                                                 \
    ((w) >= IR_ARRIVED_NO_CERT && (w) <= IR_ARRIVED_DISK)
#define IR_ARRIVED_IS_REFUSED(w) ((w) >= IR_ARRIVED_FORM)

struct ir_arrival {
    const uint8_t *p; /* in: the entry's bytes */
    size_t n;
    enum ir_arrived what; /* out, as what follows; id, hlc, lane and
                             author are 0 where it did not parse */
    uint8_t id[IR_ID_BYTES];
    uint64_t hlc, kind;
    int lane;
    uint8_t author[IR_KEYID_BYTES];
};

struct ir_ingest;

/* Begin taking in. `carrier` is how things come: "dir", "lan", "https".
 *
 * Owns:   *out is the caller's, ir_ingest_free, which also keeps what was
 *         counted; `st` and `carrier` are borrowed.
 * Errors: as ir_stand_new; IR_EREFUSED a home that is open for reading only.
 */
int ir_ingest_new(struct ir_store *st, const char *carrier,
                  struct ir_ingest **out, struct ir_err *err);
void ir_ingest_free(struct ir_ingest *g);

/* What stands here, as ingest sees it.
 *
 * Owns:   borrowed from `g`.
 */
struct ir_stand *ir_ingest_stand(struct ir_ingest *g);
struct ir_store *ir_ingest_store(struct ir_ingest *g);

/* How what comes from now on has come; borrowed. */
void ir_ingest_carrier(struct ir_ingest *g, const char *carrier);

/* Other shares for the members than ir_quota_default; all begin full. */
void ir_ingest_limits(struct ir_ingest *g,
                      const struct ir_quota_limits *limits);

/* Judge and keep `v[0..n)` that came from the device whose node key has the id
 * `from` (NULL: not known). What is IR_ARRIVED_NEW or _TEXT is stored and
 * synced when it returns.
 *
 * Errors: IR_ESTORE, IR_EBUSY: then what was not stored is IR_ARRIVED_DISK.
 * Blocks: IR_INGEST_PAUSE_MS for every IR_INGEST_ROWS.
 */
int ir_ingest_batch(struct ir_ingest *g, const uint8_t *from,
                    struct ir_arrival *v, size_t n, struct ir_err *err);

/* Keep in the store what was counted and refused meanwhile, though nothing was
 * stored; for those that run long.
 */
void ir_ingest_keep(struct ir_ingest *g);

/* Is this entry here with all it may have, or this object (*object)? Then
 * nothing more can come of it.
 */
bool ir_ingest_here(struct ir_ingest *g, const uint8_t id[IR_ID_BYTES],
                    bool *object);

/* How many entries have been refused or put off here, ever, and by whom (of
 * nobody's key: zeros); each once, however often it came, as long as it is
 * remembered (refused.h). fn returns false to stop.
 *
 * Errors: IR_ESTORE.
 */
struct ir_refusals {
    enum ir_arrived what;
    uint8_t author[IR_KEYID_BYTES];
    bool known;
    int64_t count, last_ms;
};
int ir_store_refusals(struct ir_store *st,
                      bool (*fn)(const struct ir_refusals *r, void *arg),
                      void *arg, struct ir_err *err);

#endif
