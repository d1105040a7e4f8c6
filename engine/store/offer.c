/* offer.c: see offer.h. */
#include "store/offer.h"

#include "base/i18n.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* What is known of an author, so that a million rows are judged by a few. */
struct author {
    uint8_t id[IR_KEYID_BYTES];
    bool t, rest, each; /* lane T stands; the others; look at each */
};

struct authors {
    struct author *v;
    size_t n;
};

static const struct author *
author(struct authors *a, struct ir_stand *s, const uint8_t *id)
{
    struct ir_entry e = {.h = {.kind = IR_KIND_APPROVAL}};
    const struct ir_cert_key *k;
    struct author *x;
    size_t i;

    for (i = a->n; i > 0; i--)
        if (memcmp(a->v[i - 1].id, id, IR_KEYID_BYTES) == 0)
            return &a->v[i - 1];
    a->v = ir_realloc(a->v, (a->n + 1) * sizeof *a->v);
    x = &a->v[a->n++];
    memset(x, 0, sizeof *x);
    memcpy(x->id, id, IR_KEYID_BYTES);
    memcpy(e.h.author, id, IR_KEYID_BYTES);
    k = ir_trust_key(ir_stand_trust(s), id);
    x->t = ir_stand_judge(s, &e, NULL) == IR_STANDS_YES;
    x->rest = k != NULL && !k->revoked && !k->node;
    x->each = k != NULL && (k->revoked || k->node);
    return x;
}

/* Does the row stand: id, author, kind, lane, hlc? */
static bool
stands(struct authors *a, struct ir_stand *s, const uint8_t *site,
       sqlite3_stmt *q)
{
    const uint8_t *id = sqlite3_column_blob(q, 0);
    const uint8_t *by = sqlite3_column_blob(q, 1);
    struct ir_entry e = {.h = {.kind = (uint64_t)sqlite3_column_int64(q, 2)}};
    const struct author *x;

    if (sqlite3_column_bytes(q, 0) != IR_ID_BYTES ||
        sqlite3_column_bytes(q, 1) != IR_KEYID_BYTES)
        return false;
    if (e.h.kind == IR_KIND_ROOT)
        return memcmp(id, site, IR_ID_BYTES) == 0;
    x = author(a, s, by);
    if (!x->each)
        return sqlite3_column_int(q, 3) == IR_LANE_T ? x->t : x->rest;
    memcpy(e.id, id, IR_ID_BYTES);
    memcpy(e.h.author, by, IR_KEYID_BYTES);
    return ir_stand_judge(s, &e, NULL) == IR_STANDS_YES;
}

int
ir_offer_each(struct ir_store *st, struct ir_stand *s, bool offered,
              bool (*fn)(const uint8_t id[IR_ID_BYTES], uint64_t hlc, int lane,
                         void *arg),
              void *arg, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    struct authors a = {0};
    bool more = true;
    int rc = ir_db_prepare(st, "SELECT id, author, kind, lane, hlc FROM entry",
                           &q, err),
        r = SQLITE_DONE;

    while (rc == IR_OK && more && (r = sqlite3_step(q)) == SQLITE_ROW)
        if (stands(&a, s, st->site, q) == offered &&
            sqlite3_column_bytes(q, 0) == IR_ID_BYTES)
            more = fn(sqlite3_column_blob(q, 0),
                      (uint64_t)sqlite3_column_int64(q, 4),
                      sqlite3_column_int(q, 3), arg);
    if (rc == IR_OK && more && r != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    free(a.v);
    return rc;
}

struct ir_offer_was {
    struct authors a;
};

void
ir_offer_was_free(struct ir_offer_was *was)
{
    if (was != NULL)
        free(was->a.v);
    free(was);
}

/* Is it judged as it was, whichever row it is? A revoked key's rows are looked
 * at one by one: what is accepted of it may be something else by now.
 */
static bool
as_it_was(const struct ir_offer_was *was, struct ir_stand *s,
          const struct author *x)
{
    const struct ir_cert_key *k = ir_trust_key(ir_stand_trust(s), x->id);
    size_t i;

    if (k != NULL && k->revoked)
        return false;
    for (i = 0; i < was->a.n; i++)
        if (memcmp(was->a.v[i].id, x->id, IR_KEYID_BYTES) == 0)
            return was->a.v[i].t == x->t && was->a.v[i].rest == x->rest &&
                   was->a.v[i].each == x->each;
    return false;
}

/* All authors of what is here, each found by the index on them. */
static int
find_authors(struct ir_store *st, struct ir_stand *s, struct authors *a,
             struct ir_err *err)
{
    static const char sql[] =
        "WITH RECURSIVE t(x) AS (SELECT min(author) FROM entry UNION ALL"
        " SELECT (SELECT min(author) FROM entry WHERE author > x) FROM t"
        " WHERE x IS NOT NULL) SELECT x FROM t WHERE x IS NOT NULL";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_prepare(st, sql, &q, err), r = SQLITE_DONE;

    while (rc == IR_OK && (r = sqlite3_step(q)) == SQLITE_ROW)
        if (sqlite3_column_bytes(q, 0) == IR_KEYID_BYTES)
            (void)author(a, s, sqlite3_column_blob(q, 0));
    if (rc == IR_OK && r != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

int
ir_offer_changed(struct ir_store *st, struct ir_stand *s,
                 struct ir_offer_was **was,
                 void (*fn)(const uint8_t id[IR_ID_BYTES], uint64_t hlc,
                            int lane, bool offered, void *arg),
                 void *arg, struct ir_err *err)
{
    static const char sql[] =
        "SELECT id, author, kind, lane, hlc FROM entry WHERE author = ?1";
    struct authors now = {0};
    sqlite3_stmt *q = NULL;
    size_t i, n;
    int rc, r = SQLITE_DONE;

    if (*was == NULL)
        *was = ir_calloc(1, sizeof **was);
    rc = find_authors(st, s, &now, err);
    if (rc == IR_OK)
        rc = ir_db_prepare(st, sql, &q, err);
    for (i = 0, n = now.n; i < n && rc == IR_OK; i++) {
        if (as_it_was(*was, s, &now.v[i]))
            continue;
        sqlite3_reset(q);
        sqlite3_bind_blob(q, 1, now.v[i].id, IR_KEYID_BYTES, SQLITE_TRANSIENT);
        while ((r = sqlite3_step(q)) == SQLITE_ROW)
            if (sqlite3_column_bytes(q, 0) == IR_ID_BYTES)
                fn(sqlite3_column_blob(q, 0),
                   (uint64_t)sqlite3_column_int64(q, 4),
                   sqlite3_column_int(q, 3), stands(&now, s, st->site, q), arg);
        if (r != SQLITE_DONE)
            rc = ir_db_fail(st, "read", err);
    }
    sqlite3_finalize(q);
    free((*was)->a.v);
    (*was)->a = now;
    if (rc != IR_OK)
        (*was)->a.n = 0;
    return rc;
}

int
ir_offer_newest(struct ir_store *st, int64_t *row, struct ir_err *err)
{
    return ir_db_int(st, "SELECT coalesce(max(n), 0) FROM entry", row, err);
}

int
ir_offer_since(struct ir_store *st, struct ir_stand *s, const char *by,
               int64_t *row, void (*fn)(const struct ir_entry *e, void *arg),
               void *arg, struct ir_err *err)
{
    static const char sql[] =
        "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
        "WHERE entry.n > ?1 AND entry.n <= ?2 AND NOT EXISTS"
        " (SELECT 1 FROM arrival WHERE arrival.n = entry.n"
        "  AND arrival.carrier <> ?3) ORDER BY entry.n";
    sqlite3_stmt *q = NULL;
    struct ir_entry e;
    int64_t newest = *row;
    int rc = ir_offer_newest(st, &newest, err), r = SQLITE_DONE, why = 0;

    if (rc == IR_OK && newest > *row)
        rc = ir_db_get(st, sql, &q, err);
    if (rc != IR_OK || q == NULL)
        return rc;
    sqlite3_bind_int64(q, 1, *row);
    sqlite3_bind_int64(q, 2, newest);
    sqlite3_bind_text(q, 3, by, -1, SQLITE_STATIC);
    while ((r = sqlite3_step(q)) == SQLITE_ROW)
        if (ir_db_row(st, q, &e, &why) == IR_OK &&
            ir_stand_judge(s, &e, NULL) == IR_STANDS_YES)
            fn(&e, arg);
    if (r != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    else
        *row = newest;
    ir_db_put(st, q);
    return rc;
}

int
ir_offer_get(struct ir_store *st, const struct ir_stand *s,
             const uint8_t id[IR_ID_BYTES], struct ir_buf *out,
             struct ir_err *err)
{
    static const char sql[] =
        "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM "WHERE entry.id = ?1";
    const struct ir_kind *kind;
    struct ir_entry e;
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err), why = 0, r;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    r = sqlite3_step(q);
    if (r == SQLITE_DONE) {
        rc = ir_fail(err, IR_ENOTFOUND, _("no such entry"));
    } else if (r != SQLITE_ROW) {
        rc = ir_db_fail(st, "read", err);
    } else if (ir_db_row(st, q, &e, &why) != IR_OK) {
        rc = ir_fail(err, IR_EDAMAGED,
                     _("this entry's stored bytes are damaged"));
    } else {
        kind = ir_kind_get(e.h.kind);
        if (ir_stand_redacted(s, id, NULL) > 0 &&
            (kind == NULL || !kind->state_bearing))
            e.b = NULL;
        ir_entry_encode(&e, out);
    }
    ir_db_put(st, q);
    return rc;
}
