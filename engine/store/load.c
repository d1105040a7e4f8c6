/* load.c: reading entries, see store.h. */
#include "base/i18n.h"
#include "base/scan.h"
#include "store/arrived.h"
#include "store/check.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* Memory that loaded entries borrow from: a list of blocks. */
struct ir_log_arena {
    struct ir_log_arena *next;
    uint8_t bytes[];
};

/* Which row columns hold what: see IR_DB_ENTRY_COLS. */
enum { COL_ID, COL_P, COL_DIGEST, COL_SIG, COL_BODY };

static const uint8_t *
blob(sqlite3_stmt *q, int col, size_t *n)
{
    const uint8_t *p = sqlite3_column_blob(q, col);

    *n = (size_t)sqlite3_column_bytes(q, col);
    return p;
}

void
ir_db_raw(sqlite3_stmt *q, struct ir_db_raw *raw)
{
    raw->id = blob(q, COL_ID, &raw->id_len);
    raw->p = blob(q, COL_P, &raw->p_len);
    raw->digest = blob(q, COL_DIGEST, &raw->digest_len);
    raw->sig = blob(q, COL_SIG, &raw->sig_len);
    raw->b = blob(q, COL_BODY, &raw->b_len);
    if (raw->b == NULL && sqlite3_column_type(q, COL_BODY) != SQLITE_NULL)
        raw->b = (const uint8_t *)""; /* a body of no bytes */
}

static int
damaged(int *why, int what)
{
    *why = what;
    return IR_EDAMAGED;
}

int
ir_db_entry(const struct ir_db_raw *raw, const uint8_t site[IR_ID_BYTES],
            struct ir_entry *e, int *why)
{
    uint8_t h[IR_HASH_BYTES];

    memset(e, 0, sizeof *e);
    if (raw->id == NULL || raw->id_len != IR_ID_BYTES)
        return damaged(why, IR_CHECK_ROW);
    memcpy(e->id, raw->id, IR_ID_BYTES);
    if (raw->digest == NULL || raw->digest_len != IR_HASH_BYTES ||
        raw->sig == NULL || raw->sig_len != IR_SIG_BYTES)
        return damaged(why, IR_CHECK_ROW);
    e->p = raw->p;
    e->p_len = raw->p_len;
    memcpy(e->body_digest, raw->digest, IR_HASH_BYTES);
    memcpy(e->sig, raw->sig, IR_SIG_BYTES);
    if (e->p == NULL || ir_header_decode(e->p, e->p_len, &e->h, NULL) != IR_OK)
        return damaged(why, IR_CHECK_BYTES);
    if (raw->b != NULL) {
        e->b = raw->b;
        e->b_len = raw->b_len;
        ir_sha256(e->b, e->b_len, h);
        if (memcmp(h, e->body_digest, IR_HASH_BYTES) != 0)
            return damaged(why, IR_CHECK_BODY);
    }
    ir_entry_id(e, site);
    if (memcmp(e->id, raw->id, IR_ID_BYTES) != 0) {
        memcpy(e->id, raw->id, IR_ID_BYTES);
        return damaged(why, IR_CHECK_ID);
    }
    return IR_OK;
}

int
ir_db_row(struct ir_store *st, sqlite3_stmt *q, struct ir_entry *e, int *why)
{
    struct ir_db_raw raw;
    int rc;

    ir_db_raw(q, &raw);
    rc = ir_db_entry(&raw, st->site, e, why);
    if (rc != IR_OK || !e->h.sealed || e->b == NULL || st->keys_n == 0)
        return rc;
    st->open.len = 0;
    if (ir_body_unseal(st->keys, st->keys_n, st->site, e->h.audience, e->p,
                       e->p_len, e->b, e->b_len, &st->open, NULL) == IR_OK) {
        e->open = st->open.p;
        e->open_len = st->open.len;
    }
    return IR_OK;
}

void
ir_store_keys(struct ir_store *st, const struct ir_epoch_key *keys, size_t n)
{
    st->keys = keys;
    st->keys_n = n;
}

/* Copy an entry with its bytes into the log. */
static void
log_add(struct ir_log *log, const struct ir_entry *e)
{
    struct ir_log_arena *a =
        ir_malloc(sizeof *a + e->p_len + e->b_len + e->open_len);
    struct ir_entry *out;

    a->next = log->arena;
    log->arena = a;
    if (log->n == log->cap) {
        log->cap = log->cap > 0 ? log->cap * 2 : 64;
        log->e = ir_realloc(log->e, log->cap * sizeof *log->e);
    }
    out = &log->e[log->n++];
    *out = *e;
    memcpy(a->bytes, e->p, e->p_len);
    out->p = a->bytes;
    if (e->b != NULL) {
        memcpy(a->bytes + e->p_len, e->b, e->b_len);
        out->b = a->bytes + e->p_len;
    }
    if (e->open != NULL) {
        memcpy(a->bytes + e->p_len + e->b_len, e->open, e->open_len);
        out->open = a->bytes + e->p_len + e->b_len;
    }
}

void
ir_log_done(struct ir_log *log)
{
    while (log->arena != NULL) {
        struct ir_log_arena *next = log->arena->next;

        free(log->arena);
        log->arena = next;
    }
    free(log->e);
    memset(log, 0, sizeof *log);
}

const struct ir_entry **
ir_log_ptrs(const struct ir_log *log)
{
    const struct ir_entry **v = ir_calloc(log->n, sizeof(struct ir_entry *));
    size_t i;

    for (i = 0; i < log->n; i++)
        v[i] = &log->e[i];
    return v;
}

/* Run a query that begins with IR_DB_ENTRY_COLS to its end and put it back. */
static int
load(struct ir_store *st, sqlite3_stmt *q, struct ir_log *log,
     struct ir_err *err)
{
    int rc = IR_OK, why = 0, s;

    while ((s = sqlite3_step(q)) == SQLITE_ROW) {
        struct ir_entry e;

        if (ir_db_row(st, q, &e, &why) == IR_OK)
            log_add(log, &e);
        else
            log->damaged_n++;
    }
    if (s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    ir_db_put(st, q);
    return rc;
}

int
ir_store_load_trust(struct ir_store *st, struct ir_log *log, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st,
                       "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
                       "WHERE chain = x'0000000000000000' ORDER BY n",
                       &q, err);

    return rc == IR_OK ? load(st, q, log, err) : rc;
}

int
ir_store_load_incident(struct ir_store *st,
                       const uint8_t incident[IR_INCIDENT_BYTES],
                       struct ir_log *log, struct ir_err *err)
{
    static const char *const sql[2] = {
        "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
        "WHERE chain = ?1 ORDER BY n",
        "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
        "WHERE incident = ?1 AND lane <> 2 ORDER BY n"};
    int rc = IR_OK, i;

    for (i = 0; i < 2 && rc == IR_OK; i++) {
        sqlite3_stmt *q = NULL;

        rc = ir_db_get(st, sql[i], &q, err);
        if (rc != IR_OK)
            break;
        sqlite3_bind_blob(q, 1, incident, IR_INCIDENT_BYTES, SQLITE_STATIC);
        rc = load(st, q, log, err);
    }
    return rc;
}

int
ir_store_load_ops(struct ir_store *st,
                  const uint8_t incident[IR_INCIDENT_BYTES], struct ir_log *log,
                  struct ir_err *err)
{
    static const char sql[] = "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
                              "WHERE kind = 16 AND incident = ?1";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, incident, IR_INCIDENT_BYTES, SQLITE_STATIC);
    return load(st, q, log, err);
}

int
ir_store_load_kind(struct ir_store *st, const uint8_t *incident, uint64_t kind,
                   struct ir_log *log, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    uint8_t chain[8] = {0};
    int rc = ir_db_get(st,
                       "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
                       "WHERE chain = ?1 AND kind = ?2 ORDER BY n",
                       &q, err);

    if (rc != IR_OK)
        return rc;
    chain[7] = (uint8_t)ir_kind_lane(kind);
    if (incident != NULL)
        memcpy(chain, incident, sizeof chain);
    sqlite3_bind_blob(q, 1, chain, sizeof chain, SQLITE_TRANSIENT);
    sqlite3_bind_int64(q, 2, (int64_t)kind);
    return load(st, q, log, err);
}

int
ir_store_load_loose(struct ir_store *st, uint64_t kind, struct ir_log *log,
                    struct ir_err *err)
{
    return ir_store_load_kind(st, NULL, kind, log, err);
}

int
ir_store_load_witnesses(struct ir_store *st, int64_t after, size_t most,
                        struct ir_log *log, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st,
                       "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
                       "WHERE chain = x'0000000000000002' AND kind = 29"
                       " AND n > ?2 ORDER BY n DESC LIMIT ?1",
                       &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_int64(q, 1, (int64_t)most);
    sqlite3_bind_int64(q, 2, after);
    return load(st, q, log, err);
}

int
ir_store_load_by(struct ir_store *st, const uint8_t *incident, uint64_t kind,
                 const uint8_t author[IR_KEYID_BYTES], struct ir_log *log,
                 struct ir_err *err)
{
    uint8_t chain[8] = {0};
    sqlite3_stmt *q = NULL;
    int rc =
        ir_db_get(st,
                  "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
                  "WHERE chain = ?1 AND author = ?2 AND kind = ?3 ORDER BY seq",
                  &q, err);

    if (rc != IR_OK)
        return rc;
    chain[7] = (uint8_t)ir_kind_lane(kind);
    if (incident != NULL)
        memcpy(chain, incident, sizeof chain);
    sqlite3_bind_blob(q, 1, chain, sizeof chain, SQLITE_TRANSIENT);
    sqlite3_bind_blob(q, 2, author, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(q, 3, (int64_t)kind);
    return load(st, q, log, err);
}

int
ir_store_load_flash(struct ir_store *st, struct ir_log *log, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st,
                       "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
                       "WHERE chain = x'0000000000000001' ORDER BY n",
                       &q, err);

    return rc == IR_OK ? load(st, q, log, err) : rc;
}

int
ir_store_load_id(struct ir_store *st, const uint8_t id[IR_ID_BYTES],
                 struct ir_log *log, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    size_t before = log->n, hurt = log->damaged_n;
    int rc = ir_db_get(
        st, "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM "WHERE entry.id = ?1",
        &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    rc = load(st, q, log, err);
    if (rc == IR_OK && log->damaged_n > hurt) {
        ir_fail(err, IR_EDAMAGED, _("this entry's stored bytes are damaged"));
        ir_err_hint(err, "ir verify");
        return IR_EDAMAGED;
    }
    if (rc == IR_OK && log->n == before)
        return ir_fail(err, IR_ENOTFOUND, _("no such entry"));
    return rc;
}

bool
ir_store_kind(struct ir_store *st, const uint8_t id[IR_ID_BYTES],
              uint64_t *kind)
{
    sqlite3_stmt *q = NULL;
    bool here;

    if (ir_db_get(st, "SELECT kind FROM entry WHERE id = ?1", &q, NULL) !=
        IR_OK)
        return false;
    sqlite3_bind_blob(q, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    here = sqlite3_step(q) == SQLITE_ROW;
    if (here)
        *kind = (uint64_t)sqlite3_column_int64(q, 0);
    ir_db_put(st, q);
    return here;
}

int
ir_store_find(struct ir_store *st, const char *hex, uint8_t (*ids)[IR_ID_BYTES],
              size_t max, size_t *n, struct ir_err *err)
{
    uint8_t lo[IR_ID_BYTES], hi[IR_ID_BYTES];
    char text[2 * IR_ID_BYTES + 1];
    sqlite3_stmt *q = NULL;
    size_t len = strlen(hex), got = 0;
    int rc;

    if (len < 2 || len > 2 * IR_ID_BYTES)
        return ir_fail(err, IR_EPARSE,
                       _("\"%.70s\" is not the beginning of an entry's id "
                         "(2 to 64 hex digits)"),
                       hex);
    memset(text, '0', sizeof text);
    memcpy(text, hex, len);
    text[2 * IR_ID_BYTES] = '\0';
    if (ir_scan_hex(text, lo, IR_ID_BYTES, NULL) != IR_OK)
        return ir_fail(err, IR_EPARSE,
                       _("\"%.70s\" is not the beginning of an entry's id "
                         "(2 to 64 hex digits)"),
                       hex);
    memset(text + len, 'f', 2 * IR_ID_BYTES - len);
    (void)ir_scan_hex(text, hi, IR_ID_BYTES, NULL);
    rc = ir_db_prepare(
        st, "SELECT id FROM entry WHERE id BETWEEN ?1 AND ?2 LIMIT ?3", &q,
        err);
    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, lo, IR_ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, hi, IR_ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(q, 3, (int64_t)max);
    while (sqlite3_step(q) == SQLITE_ROW && got < max)
        if (sqlite3_column_bytes(q, 0) == IR_ID_BYTES)
            memcpy(ids[got++], sqlite3_column_blob(q, 0), IR_ID_BYTES);
    sqlite3_finalize(q);
    *n = got;
    return IR_OK;
}

int
ir_store_incidents(struct ir_store *st, uint8_t (**ids)[IR_ID_BYTES], size_t *n,
                   struct ir_err *err)
{
    /* the first entry of a lane-I chain that bears its own id */
    static const char sql[] =
        "SELECT id FROM entry WHERE kind = 16 AND incident = substr(id, 1, 8)"
        " ORDER BY hlc, id";
    sqlite3_stmt *q = NULL;
    uint8_t(*v)[IR_ID_BYTES] = NULL;
    size_t got = 0, cap = 0;
    int rc = ir_db_prepare(st, sql, &q, err), s;

    if (rc != IR_OK)
        return rc;
    while ((s = sqlite3_step(q)) == SQLITE_ROW) {
        if (sqlite3_column_bytes(q, 0) != IR_ID_BYTES)
            continue;
        if (got == cap) {
            cap = cap > 0 ? cap * 2 : 16;
            v = ir_realloc(v, cap * sizeof v[0]);
        }
        memcpy(v[got++], sqlite3_column_blob(q, 0), IR_ID_BYTES);
    }
    if (s != SQLITE_DONE) {
        rc = ir_db_fail(st, "read", err);
        free(v);
        v = NULL;
        got = 0;
    }
    sqlite3_finalize(q);
    *ids = v;
    *n = got;
    return rc;
}

int
ir_store_stamp(struct ir_store *st, const uint8_t incident[IR_INCIDENT_BYTES],
               int64_t *stamp, struct ir_err *err)
{
    static const char sql[] =
        "SELECT max(n) FROM ("
        "SELECT max(n) AS n FROM entry WHERE chain = ?1 UNION ALL "
        "SELECT max(n) FROM entry WHERE incident = ?1 AND lane <> 2 UNION ALL "
        "SELECT max(n) FROM entry WHERE chain = x'0000000000000000')";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, incident, IR_INCIDENT_BYTES, SQLITE_STATIC);
    if (sqlite3_step(q) == SQLITE_ROW)
        *stamp = sqlite3_column_int64(q, 0);
    else
        rc = ir_db_fail(st, "stamp", err);
    ir_db_put(st, q);
    return rc;
}

/* The entry of row `n`, given to `fn`. */
static int
each_row(struct ir_store *st, int64_t n,
         int (*fn)(const struct ir_entry *e, void *arg), void *arg, int *stop,
         struct ir_err *err)
{
    static const char sql[] =
        "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM "WHERE entry.n = ?1";
    sqlite3_stmt *q = NULL;
    struct ir_buf open = {0};
    struct ir_entry e;
    int rc = ir_db_get(st, sql, &q, err), why = 0, s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_int64(q, 1, n);
    s = sqlite3_step(q);
    if (s == SQLITE_ROW && ir_db_row(st, q, &e, &why) == IR_OK) {
        if (e.open != NULL) { /* `fn` may read others meanwhile */
            ir_buf_add(&open, e.open, e.open_len);
            e.open = open.p;
        }
        *stop = fn(&e, arg);
        ir_buf_done(&open);
    } else if (s != SQLITE_ROW && s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    ir_db_put(st, q);
    return rc;
}

int
ir_store_each(struct ir_store *st,
              int (*fn)(const struct ir_entry *e, void *arg), void *arg,
              struct ir_err *err)
{
    /* numbers are sorted, not rows: a million rows would go to the disk */
    static const char sql[] = "SELECT n FROM entry ORDER BY lane <> 0, hlc, id";
    sqlite3_stmt *q = NULL;
    int rc, s = SQLITE_DONE, stop = 0;

    rc = ir_db_prepare(st, sql, &q, err);
    while (rc == IR_OK && stop == 0 && (s = sqlite3_step(q)) == SQLITE_ROW)
        rc = each_row(st, sqlite3_column_int64(q, 0), fn, arg, &stop, err);
    if (rc == IR_OK && stop == 0 && s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_count(struct ir_store *st, int64_t *n, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(st, "SELECT count(*) FROM entry", &q, err);

    if (rc != IR_OK)
        return rc;
    if (sqlite3_step(q) == SQLITE_ROW)
        *n = sqlite3_column_int64(q, 0);
    else
        rc = ir_db_fail(st, "count", err);
    sqlite3_finalize(q);
    return rc;
}
