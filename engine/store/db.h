/* db.h: what the files of the store share; nothing outside includes it. */
#ifndef IR_STORE_DB_H
#define IR_STORE_DB_H

#include "core/seal.h"
#include "store/store.h"

#include <sqlite3.h>

#define IR_DB_KEPT_MAX 48 /* prepared statements kept for the next time */

struct ir_store {
    sqlite3 *db;
    char *home;
    uint8_t site[IR_ID_BYTES];
    int version; /* migrations that were done to it */
    bool in_tx;
    const struct ir_epoch_key *keys; /* what sealed bodies are opened with */
    size_t keys_n;
    struct ir_buf open; /* of the row that was read last */
    struct {
        const char *sql;
        sqlite3_stmt *q;
        bool taken;
    } kept[IR_DB_KEPT_MAX];
    size_t kept_n;
};

/* Columns every reader of entries selects, in this order. */
#define IR_DB_ENTRY_COLS                                                       \
    "entry.id, entry.p, entry.body_digest, entry.sig, body.bytes"
#define IR_DB_ENTRY_FROM " FROM entry LEFT JOIN body ON body.id = entry.id "

/* Turn SQLite's complaint into ours, in words a person can act on.
 *
 * Errors: returns IR_EBUSY, IR_EDAMAGED or IR_ESTORE.
 */
int ir_db_fail(struct ir_store *st, const char *doing, struct ir_err *err);

/* Run one statement without results.
 *
 * Errors: as ir_db_fail.
 */
int ir_db_exec(struct ir_store *st, const char *sql, struct ir_err *err);

/* Prepare; the caller finalizes.
 *
 * Errors: as ir_db_fail.
 */
int ir_db_prepare(struct ir_store *st, const char *sql, sqlite3_stmt **q,
                  struct ir_err *err);

/* The same for statements that come again and again: prepared once and kept
 * with the store. `sql` must be a constant; its address is what is looked for.
 * Give it back with ir_db_put, which takes NULL too.
 *
 * Errors: as ir_db_fail.
 */
int ir_db_get(struct ir_store *st, const char *sql, sqlite3_stmt **q,
              struct ir_err *err);
void ir_db_put(struct ir_store *st, sqlite3_stmt *q);

/* The bytes of a row that begins with IR_DB_ENTRY_COLS, as they are. */
struct ir_db_raw {
    const uint8_t *id, *p, *digest, *sig, *b; /* b NULL: no body */
    size_t id_len, p_len, digest_len, sig_len, b_len;
};

/* Read them; they are borrowed from the row until the next step. */
void ir_db_raw(sqlite3_stmt *q, struct ir_db_raw *raw);

/* Make the entry of them; it borrows what they do. *why (an enum ir_check_why)
 * says what does not fit.
 *
 * Errors: IR_EDAMAGED; e->id is then what the row's key says.
 * Thread: any; needs nothing but what it is given.
 */
int ir_db_entry(const struct ir_db_raw *raw, const uint8_t site[IR_ID_BYTES],
                struct ir_entry *e, int *why);

/* The two together. */
int ir_db_row(struct ir_store *st, sqlite3_stmt *q, struct ir_entry *e,
              int *why);

/* The chain an entry stands in, and the incident it is about.
 *
 * Units:  chain of 8 bytes; returns whether `incident` was set.
 */
bool ir_db_chain(const struct ir_entry *e, uint8_t chain[8],
                 uint8_t incident[IR_INCIDENT_BYTES]);

/* One number from a query.
 *
 * Errors: as ir_db_fail.
 */
int ir_db_int(struct ir_store *st, const char *sql, int64_t *v,
              struct ir_err *err);

/* Is the disk of the home so full that nothing more is taken from elsewhere?
 * What is left is for what is recorded here.
 */
#define IR_DB_DISK_FREE ((int64_t)64 * 1024 * 1024) /* bytes */
bool ir_db_disk_full(const struct ir_store *st);

#define IR_DB_APPLICATION_ID 0x69722d31 /* "ir-1" */

/* The migrations as text, the first one first, made from schema_N.sql at
 * build. Once released, one never changes.
 */
extern const char *const ir_db_migrations[];
extern const int ir_db_migrations_n;

/* Do all migrations up to number `upto` that have not been done, in one
 * transaction; of a new file all of them. Sets st->version.
 *
 * Errors: as ir_db_fail; then none was done.
 */
int ir_db_migrate(struct ir_store *st, int upto, struct ir_err *err);

/* Has the database what migration 2 brought? Without it (an older home that is
 * only read) nothing came from elsewhere.
 */
bool ir_db_has_mesh(const struct ir_store *st);

/* And what migration 3 brought: which entries were refused. */
bool ir_db_has_refused(const struct ir_store *st);

#endif
