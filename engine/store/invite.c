/* invite.c: see invite.h. */
#include "store/invite.h"

#include "base/i18n.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#define COLS                                                                   \
    "id, secret, made_ms, expires_ms, by, name, handle, roles, device_for, "   \
    "state, state_ms, request"

void
ir_invite_done(struct ir_invite *v)
{
    ir_wipe(v->secret, sizeof v->secret);
    free(v->name);
    free(v->handle);
    free(v->roles);
    memset(v, 0, sizeof *v);
}

int
ir_store_invite_put(struct ir_store *st, const struct ir_invite *v,
                    struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(
        st,
        "INSERT INTO invite(id, secret, made_ms, expires_ms, by, name, handle,"
        " roles, device_for) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, v->id, sizeof v->id, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, v->secret, sizeof v->secret, SQLITE_STATIC);
    sqlite3_bind_int64(q, 3, v->made_ms);
    sqlite3_bind_int64(q, 4, v->expires_ms);
    sqlite3_bind_blob(q, 5, v->by, sizeof v->by, SQLITE_STATIC);
    sqlite3_bind_text(q, 6, v->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 7, v->handle, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 8, v->roles != NULL ? v->roles : "", -1,
                      SQLITE_STATIC);
    if (v->second)
        sqlite3_bind_text(q, 9, v->handle, -1, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "invite", err);
    sqlite3_finalize(q);
    return rc;
}

/* A blob column of exactly `n` bytes? */
static bool
blob(sqlite3_stmt *q, int col, void *out, size_t n)
{
    if (sqlite3_column_type(q, col) != SQLITE_BLOB ||
        (size_t)sqlite3_column_bytes(q, col) != n)
        return false;
    memcpy(out, sqlite3_column_blob(q, col), n);
    return true;
}

static char *
text(sqlite3_stmt *q, int col)
{
    const unsigned char *s = sqlite3_column_text(q, col);

    return ir_strdup(s != NULL ? (const char *)s : "");
}

static void
read_row(sqlite3_stmt *q, struct ir_invite *v)
{
    memset(v, 0, sizeof *v);
    (void)blob(q, 0, v->id, sizeof v->id);
    v->has_secret = blob(q, 1, v->secret, sizeof v->secret);
    v->made_ms = sqlite3_column_int64(q, 2);
    v->expires_ms = sqlite3_column_int64(q, 3);
    (void)blob(q, 4, v->by, sizeof v->by);
    v->name = text(q, 5);
    v->handle = text(q, 6);
    v->roles = text(q, 7);
    v->second = sqlite3_column_type(q, 8) == SQLITE_TEXT;
    v->state = (enum ir_invite_state)sqlite3_column_int(q, 9);
    v->state_ms = sqlite3_column_int64(q, 10);
    v->has_request = blob(q, 11, v->request, sizeof v->request);
}

int
ir_store_invite_get(struct ir_store *st, const uint8_t id[IR_JOIN_ID_BYTES],
                    struct ir_invite *v, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(st, "SELECT " COLS " FROM invite WHERE id = ?1", &q,
                           err),
        s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, id, IR_JOIN_ID_BYTES, SQLITE_STATIC);
    s = sqlite3_step(q);
    if (s == SQLITE_ROW)
        read_row(q, v);
    else if (s == SQLITE_DONE)
        rc = ir_fail(err, IR_ENOTFOUND,
                     _("no invitation of that name was made on this device"));
    else
        rc = ir_db_fail(st, "invite", err);
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_invite_each(struct ir_store *st,
                     bool (*fn)(const struct ir_invite *v, void *arg),
                     void *arg, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(
            st, "SELECT " COLS " FROM invite ORDER BY made_ms, id", &q, err),
        s = SQLITE_ROW;
    bool on = true;

    if (rc != IR_OK)
        return rc;
    while (on && (s = sqlite3_step(q)) == SQLITE_ROW) {
        struct ir_invite v;

        read_row(q, &v);
        on = fn(&v, arg);
        ir_invite_done(&v);
    }
    if (on && s != SQLITE_DONE)
        rc = ir_db_fail(st, "invite", err);
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_invite_close(struct ir_store *st, const uint8_t id[IR_JOIN_ID_BYTES],
                      const uint8_t *request, int64_t ms, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(st,
                           "UPDATE invite SET state = ?2, state_ms = ?3,"
                           " request = ?4 WHERE id = ?1 AND state = 0",
                           &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, id, IR_JOIN_ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int(q, 2,
                     request != NULL ? IR_INVITE_USED : IR_INVITE_WITHDRAWN);
    sqlite3_bind_int64(q, 3, ms);
    if (request != NULL)
        sqlite3_bind_blob(q, 4, request, IR_HASH_BYTES, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "invite", err);
    else if (sqlite3_changes(st->db) != 1)
        rc = ir_fail(err, IR_ENOTFOUND, _("this invitation is not open"));
    sqlite3_finalize(q);
    return rc;
}

int
ir_store_invite_forget(struct ir_store *st, int64_t ms, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(st,
                           "UPDATE invite SET secret = NULL WHERE secret IS NOT"
                           " NULL AND (state = 2 OR expires_ms < ?1)",
                           &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_int64(q, 1, ms);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "invite", err);
    sqlite3_finalize(q);
    return rc;
}
