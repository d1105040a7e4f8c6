/* store.h: the log and everything else a home keeps, in one SQLite file.
 *
 * ir.db, WAL, synchronous=FULL. Rows of `entry` and `body` are never updated
 * or deleted (triggers); a body may go only after a redact entry of scope
 * "erase". Derived columns repeat what stands in the header bytes, for
 * indexes; ir_store_check compares them. Tables: store/schema_*.sql.
 *
 * A connection belongs to one process and one thread; it does not survive a
 * fork.
 */
#ifndef IR_STORE_STORE_H
#define IR_STORE_STORE_H

#include "base/buf.h"
#include "core/entry.h"

#define IR_STORE_BUSY_MS 10000 /* how long a writer waits for another */
#define IR_OBJECT_MAX (8 * 1024 * 1024) /* bytes of one object */

struct ir_store;

enum ir_store_mode {
    IR_STORE_CREATE, /* the home must not have one */
    IR_STORE_WRITE,
    IR_STORE_READ, /* never writes: works on a read-only home too */
};

/* Is `home` fit to be used: exists, a directory of this user only (0700),
 * on a local file system?
 *
 * Errors: IR_ENOTFOUND, IR_EREFUSED with what to do.
 */
int ir_store_home_check(const char *home, struct ir_err *err);

/* Open `home`/ir.db.
 *
 * Owns:   *out is the caller's, ir_store_close.
 * Errors: IR_ENOTFOUND no database, IR_EEXIST (create), IR_EBUSY,
 *         IR_EDAMAGED, IR_ESTORE, IR_EREFUSED as ir_store_home_check.
 * Blocks: up to IR_STORE_BUSY_MS.
 */
int ir_store_open(const char *home, enum ir_store_mode mode,
                  struct ir_store **out, struct ir_err *err);
void ir_store_close(struct ir_store *st);

/* One write transaction (BEGIN IMMEDIATE). Only after commit has returned
 * IR_OK is anything recorded. Rollback never fails.
 *
 * Errors: IR_EBUSY, IR_ESTORE.
 */
int ir_store_begin(struct ir_store *st, struct ir_err *err);
int ir_store_commit(struct ir_store *st, struct ir_err *err);

/* Begin one only if nobody has to be waited for.
 *
 * Errors: IR_EBUSY, IR_ESTORE (read-only too).
 */
int ir_store_begin_now(struct ir_store *st);
void ir_store_rollback(struct ir_store *st);

/* A number that is another one as soon as somebody else has committed: what
 * was read before may be old then. What this connection commits leaves it.
 *
 * Errors: 0, which is none, when it cannot be told.
 */
int64_t ir_store_version(struct ir_store *st);

/* The site's id (zero bytes in an empty store), and setting it once.
 *
 * Owns:   borrowed from `st`.
 */
const uint8_t *ir_store_site(const struct ir_store *st);
int ir_store_site_set(struct ir_store *st, const uint8_t site[IR_ID_BYTES],
                      struct ir_err *err);

/* From now on open sealed bodies that these keys open, as entries are read.
 *
 * Owns:   borrowed until the store is closed.
 */
struct ir_epoch_key;
void ir_store_keys(struct ir_store *st, const struct ir_epoch_key *keys,
                   size_t n);

/* Keep one entry (or stub) whose id is filled; inside a transaction or on its
 * own. The signature is the caller's business. A stub never overwrites a
 * body; a body completes a stub; an erased body is refused.
 *
 * Errors: IR_OK also when it is there already (*fresh false), IR_EREFUSED
 *         erased, IR_ESTORE.
 */
int ir_store_entry_put(struct ir_store *st, const struct ir_entry *e,
                       bool *fresh, struct ir_err *err);

/* Erase the body of `id` for good, allowed by redact entry `by`.
 *
 * Errors: IR_ENOTFOUND, IR_ESTORE.
 */
int ir_store_body_erase(struct ir_store *st, const uint8_t id[IR_ID_BYTES],
                        const uint8_t by[IR_ID_BYTES], struct ir_err *err);

/* Entries that were read, with the memory they borrow from. */
struct ir_log {
    struct ir_entry *e;
    size_t n, cap;
    struct ir_log_arena *arena;
    size_t damaged_n; /* rows left out because their bytes do not fit their
                         id: see ir_store_check */
};
void ir_log_done(struct ir_log *log);

/* Pointers to the entries, for what folds.
 *
 * Owns:   the caller frees with free(); they borrow from `log`.
 */
const struct ir_entry **ir_log_ptrs(const struct ir_log *log);

/* Load the trust lane; one incident (its lane-I chain and what else names
 * it), or of it only what opens and closes it (kind 16); lane-I entries
 * outside incidents of one kind; or one entry by id.
 * Each row is checked against its id; those that do not fit are counted and
 * left out. Appends to `log`, which starts as {0}.
 *
 * Owns:   *log is the caller's, ir_log_done.
 * Errors: IR_ESTORE, IR_EDAMAGED; by id also IR_ENOTFOUND.
 */
int ir_store_load_trust(struct ir_store *st, struct ir_log *log,
                        struct ir_err *err);
int ir_store_load_incident(struct ir_store *st,
                           const uint8_t incident[IR_INCIDENT_BYTES],
                           struct ir_log *log, struct ir_err *err);
int ir_store_load_ops(struct ir_store *st,
                      const uint8_t incident[IR_INCIDENT_BYTES],
                      struct ir_log *log, struct ir_err *err);
int ir_store_load_loose(struct ir_store *st, uint64_t kind, struct ir_log *log,
                        struct ir_err *err);
int ir_store_load_id(struct ir_store *st, const uint8_t id[IR_ID_BYTES],
                     struct ir_log *log, struct ir_err *err);

/* Load the entries of one kind of lane I in an incident (NULL: outside of
 * all); the flash lane: alerts, answers, cancels of all incidents.
 *
 * Owns:   *log is the caller's, ir_log_done.
 * Errors: IR_ESTORE.
 */
int ir_store_load_kind(struct ir_store *st, const uint8_t *incident,
                       uint64_t kind, struct ir_log *log, struct ir_err *err);
/* The same of one author: what devices sign there need not be read to find
 * what people do.
 */
int ir_store_load_by(struct ir_store *st, const uint8_t *incident,
                     uint64_t kind, const uint8_t author[IR_KEYID_BYTES],
                     struct ir_log *log, struct ir_err *err);
int ir_store_load_flash(struct ir_store *st, struct ir_log *log,
                        struct ir_err *err);

/* The kind of entry `id`. Returns whether it is here. */
bool ir_store_kind(struct ir_store *st, const uint8_t id[IR_ID_BYTES],
                   uint64_t *kind);

/* Ids that begin with `hex` (2 to 64 digits), at most `max`.
 *
 * Errors: IR_EPARSE not hex, IR_ESTORE.
 */
int ir_store_find(struct ir_store *st, const char *hex,
                  uint8_t (*ids)[IR_ID_BYTES], size_t max, size_t *n,
                  struct ir_err *err);

/* Ids of all declare entries, oldest first.
 *
 * Owns:   *ids is the caller's, free().
 */
int ir_store_incidents(struct ir_store *st, uint8_t (**ids)[IR_ID_BYTES],
                       size_t *n, struct ir_err *err);

/* A number that changes whenever something is added that folding this incident
 * would read: what was computed before may be kept with it as a view.
 *
 * Errors: IR_ESTORE.
 */
int ir_store_stamp(struct ir_store *st,
                   const uint8_t incident[IR_INCIDENT_BYTES], int64_t *stamp,
                   struct ir_err *err);

/* Walk every entry in the order of `ir log`: trust lane first, then (hlc,
 * id). `fn` returns 0 to go on. Memory does not grow with the log.
 *
 * Owns:   the entry is borrowed for the call.
 */
int ir_store_each(struct ir_store *st,
                  int (*fn)(const struct ir_entry *e, void *arg), void *arg,
                  struct ir_err *err);
int ir_store_count(struct ir_store *st, int64_t *n, struct ir_err *err);

/* Content-addressed objects: plans, manifests, captured output.
 *
 * Owns:   get appends to `out`.
 * Errors: get: IR_ENOTFOUND, IR_EDAMAGED when the bytes do not fit the
 *         digest; put: IR_ELIMIT, IR_ESTORE.
 */
int ir_store_object_put(struct ir_store *st, const char *type, const void *p,
                        size_t n, uint8_t digest[IR_HASH_BYTES],
                        struct ir_err *err);
int ir_store_object_get(struct ir_store *st,
                        const uint8_t digest[IR_HASH_BYTES], struct ir_buf *out,
                        struct ir_err *err);

/* Walk the digests and lengths of all objects. `fn` returns false to stop.
 *
 * Errors: IR_ESTORE.
 */
int ir_store_object_each(struct ir_store *st,
                         bool (*fn)(const uint8_t digest[IR_HASH_BYTES],
                                    size_t n, void *arg),
                         void *arg, struct ir_err *err);

/* Settings of this device (which incident is in use, ...); not part of the
 * record.
 *
 * Owns:   get: the caller frees with free(); NULL when absent.
 */
char *ir_store_setting(struct ir_store *st, const char *key);
int ir_store_setting_put(struct ir_store *st, const char *key,
                         const char *value, struct ir_err *err);

/* Cached views: may be dropped at any time. `upto` says for which number of
 * entries they were made.
 *
 * Owns:   get appends to `out`.
 */
int ir_store_view_get(struct ir_store *st, const char *name, int64_t upto,
                      struct ir_buf *out);
int ir_store_view_put(struct ir_store *st, const char *name, int64_t upto,
                      const void *p, size_t n, struct ir_err *err);
int ir_store_views_drop(struct ir_store *st, struct ir_err *err);

#endif
