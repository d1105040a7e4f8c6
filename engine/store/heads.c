/* heads.c: what a revocation made now accepts, see accepted.h. */
#include "store/accepted.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, IR_ID_BYTES);
}

int
ir_accepted_heads(struct ir_store *st, const uint8_t key[IR_KEYID_BYTES],
                  bool lane_t, int64_t before_ms, uint8_t (**ids)[IR_ID_BYTES],
                  size_t *n, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    uint8_t(*named)[IR_ID_BYTES] = NULL;
    size_t i, kept = 0, all_n = 0;
    int rc = ir_db_prepare(st,
                           "SELECT id, p FROM entry WHERE author = ?1 AND"
                           " (?2 = 0 OR lane = 0) AND (?3 = 0 OR hlc < ?3)"
                           " ORDER BY seq, id",
                           &q, err),
        s;

    *ids = NULL;
    *n = 0;
    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, key, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int(q, 2, lane_t);
    sqlite3_bind_int64(q, 3, before_ms << 16);
    while ((s = sqlite3_step(q)) == SQLITE_ROW) {
        struct ir_header h;

        *ids = ir_realloc(*ids, (*n + 1) * IR_ID_BYTES);
        named = ir_realloc(named, (all_n + 1) * IR_ID_BYTES);
        memcpy((*ids)[(*n)++], sqlite3_column_blob(q, 0), IR_ID_BYTES);
        if (ir_header_decode(sqlite3_column_blob(q, 1),
                             (size_t)sqlite3_column_bytes(q, 1), &h,
                             NULL) == IR_OK &&
            h.has_prev)
            memcpy(named[all_n++], h.prev, IR_ID_BYTES);
    }
    if (s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    if (all_n > 0)
        qsort(named, all_n, IR_ID_BYTES, by_bytes);
    for (i = 0; i < *n; i++)
        if (all_n == 0 ||
            bsearch((*ids)[i], named, all_n, IR_ID_BYTES, by_bytes) == NULL)
            memmove((*ids)[kept++], (*ids)[i], IR_ID_BYTES);
    *n = kept;
    free(named);
    if (rc != IR_OK) {
        free(*ids);
        *ids = NULL;
        *n = 0;
    }
    return rc;
}

int
ir_accepted_count(struct ir_store *st, const uint8_t key[IR_KEYID_BYTES],
                  int64_t before_ms, int64_t *n, int64_t *after,
                  int64_t *newest_ms, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc =
        ir_db_prepare(st,
                      "SELECT count(*) FILTER (WHERE ?2 = 0 OR hlc < ?2),"
                      " count(*) FILTER (WHERE ?2 > 0 AND hlc >= ?2),"
                      " coalesce(max(hlc) FILTER (WHERE ?2 = 0 OR hlc < ?2), 0)"
                      " FROM entry WHERE author = ?1",
                      &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, key, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, before_ms << 16);
    if (sqlite3_step(q) == SQLITE_ROW) {
        *n = sqlite3_column_int64(q, 0);
        *after = sqlite3_column_int64(q, 1);
        *newest_ms = ir_hlc_ms((uint64_t)sqlite3_column_int64(q, 2));
    } else {
        rc = ir_db_fail(st, "read", err);
    }
    sqlite3_finalize(q);
    return rc;
}
