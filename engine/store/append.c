/* append.c: see append.h. */
#include "store/append.h"

#include "base/i18n.h"
#include "base/sshsig.h"
#include "store/clone.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* The newest hlc this device has given. */
static int
last_hlc(struct ir_store *st, uint64_t *hlc, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(
            st, "SELECT CAST(value AS INTEGER) FROM meta WHERE key='hlc'", &q,
            err),
        s;

    if (rc != IR_OK)
        return rc;
    s = sqlite3_step(q);
    *hlc = s == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(q, 0) : 0;
    if (s != SQLITE_ROW && s != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    ir_db_put(st, q);
    return rc;
}

static int
keep_hlc(struct ir_store *st, uint64_t hlc, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(
        st,
        "INSERT INTO meta(key, value) VALUES('hlc', CAST(?1 AS BLOB)) "
        "ON CONFLICT(key) DO UPDATE SET value = CAST(?1 AS BLOB)",
        &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_int64(q, 1, (int64_t)hlc);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(st, "hlc", err);
    ir_db_put(st, q);
    return rc;
}

/* The author's next seq, over all chains. */
static int
next_seq(struct ir_store *st, struct ir_header *h, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(
        st, "SELECT coalesce(max(seq), 0) + 1 FROM entry WHERE author = ?1", &q,
        err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, h->author, IR_KEYID_BYTES, SQLITE_STATIC);
    if (sqlite3_step(q) == SQLITE_ROW)
        h->seq = (uint64_t)sqlite3_column_int64(q, 0);
    else
        rc = ir_db_fail(st, "seq", err);
    ir_db_put(st, q);
    return rc;
}

/* The author's previous entry in this chain; for a first entry in somebody
 * else's incident there is none. In a fork each home goes on with its own. */
static int
find_prev(struct ir_store *st, const uint8_t chain[8], struct ir_header *h,
          struct ir_err *err)
{
    int rc = ir_store_tip(st, chain, h->author, h->prev, err);

    h->has_prev = rc == IR_OK;
    return rc == IR_ENOTFOUND ? IR_OK : rc;
}

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, IR_ID_BYTES);
}

/* The newest entry of every other author in this incident: hop from author to
 * author over the index; of more than eight, those with the newest hlc. */
static int
find_deps(struct ir_store *st, const uint8_t chain[8], struct ir_header *h,
          struct ir_err *err)
{
    static const char sql[] =
        "WITH RECURSIVE a(author) AS ("
        " SELECT min(author) FROM entry WHERE chain = ?1"
        " UNION ALL"
        " SELECT (SELECT min(author) FROM entry WHERE chain = ?1 AND"
        "  author > a.author) FROM a WHERE a.author IS NOT NULL)"
        " SELECT e.id FROM a JOIN entry e ON e.n ="
        "  (SELECT n FROM entry WHERE chain = ?1 AND author = a.author"
        "   ORDER BY seq DESC LIMIT 1)"
        " WHERE a.author <> ?2 ORDER BY e.hlc DESC, e.id LIMIT ?3";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(st, sql, &q, err), s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, chain, 8, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, h->author, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int(q, 3, IR_DEPS_MAX);
    while ((s = sqlite3_step(q)) == SQLITE_ROW && h->deps_n < IR_DEPS_MAX)
        memcpy(h->deps[h->deps_n++], sqlite3_column_blob(q, 0), IR_ID_BYTES);
    if (s != SQLITE_DONE && s != SQLITE_ROW)
        rc = ir_db_fail(st, "deps", err);
    ir_db_put(st, q);
    qsort(h->deps, h->deps_n, IR_ID_BYTES, by_bytes);
    return rc;
}

static int
fill_header(struct ir_store *st, const struct ir_signer *who,
            const struct ir_draft *d, const struct ir_now *now,
            struct ir_header *h, struct ir_err *err)
{
    enum ir_lane lane = ir_kind_lane(d->kind);
    uint8_t chain[8] = {0};
    uint64_t hlc = 0;
    int rc;

    memset(h, 0, sizeof *h);
    ir_key_id(who->pub, h->author);
    h->kind = d->kind;
    h->has_incident = d->has_incident;
    memcpy(h->incident, d->incident, IR_INCIDENT_BYTES);
    h->status = d->status;
    h->audience = d->seal != NULL ? d->seal->audience : d->audience;
    h->sealed = d->seal != NULL;
    h->ttl_s = d->ttl_s;
    h->refs_n = d->refs_n;
    memcpy(h->refs, d->refs, sizeof h->refs);
    h->has_occurred = d->has_occurred;
    h->occurred_ms = d->occurred_ms;
    h->occurred_prec = d->occurred_prec;
    rc = last_hlc(st, &hlc, err);
    if (rc == IR_OK)
        rc = next_seq(st, h, err);
    if (rc != IR_OK)
        return rc;
    h->hlc = ir_hlc_next(hlc, now->wall_ms);
    if (lane == IR_LANE_F ||
        (lane == IR_LANE_I && d->kind == IR_KIND_INCIDENT && !d->has_incident))
        return IR_OK; /* no chain, or the first of a new one */
    chain[7] = (uint8_t)lane;
    if (lane == IR_LANE_I && d->has_incident)
        memcpy(chain, d->incident, sizeof chain);
    rc = find_prev(st, chain, h, err);
    if (rc == IR_OK && lane == IR_LANE_I && d->has_incident)
        rc = find_deps(st, chain, h, err);
    return rc;
}

static int
sign_and_put(struct ir_store *st, const struct ir_signer *who,
             struct ir_entry *e, struct ir_err *err)
{
    uint8_t blob[IR_SSHSIG_BLOB_BYTES];
    int rc;

    ir_sha256(e->b, e->b_len, e->body_digest);
    ir_entry_id(e, st->site);
    ir_entry_blob(e, st->site, blob);
    rc = who->sign(who->arg, blob, sizeof blob, e->sig, err);
    if (rc == IR_OK)
        rc = ir_store_entry_put(st, e, NULL, err);
    if (rc == IR_OK)
        rc = keep_hlc(st, e->h.hlc, err);
    return rc;
}

int
ir_store_append(struct ir_store *st, const struct ir_signer *who,
                struct ir_draft *d, const struct ir_now *now,
                uint8_t id[IR_ID_BYTES], struct ir_err *err)
{
    enum ir_lane lane = ir_kind_lane(d->kind);
    struct ir_buf p = {0}, b = {0}, sealed = {0};
    struct ir_entry e = {0};
    int rc = fill_header(st, who, d, now, &e.h, err);

    if (rc == IR_OK && (lane == IR_LANE_I || lane == IR_LANE_S))
        ir_bodyw_clocks(&d->body, now, e.h.hlc);
    else if (rc == IR_OK)
        ir_bodyw_wall(&d->body, now, e.h.hlc);
    ir_bodyw_finish(&d->body, &b);
    if (rc != IR_OK)
        goto out;
    ir_header_encode(&e.h, &p);
    e.p = p.p;
    e.p_len = p.len;
    e.b = b.p;
    e.b_len = b.len;
    if (b.len > IR_BODY_MAX) {
        rc = ir_fail(err, IR_ELIMIT, _("too long: %zu bytes, limit %d"), b.len,
                     IR_BODY_MAX);
        goto out;
    }
    rc = ir_header_decode(p.p, p.len, &e.h, err);
    if (rc == IR_OK)
        rc = ir_kind_check(d->kind, b.p, b.len, err);
    if (rc == IR_OK && d->seal != NULL) {
        rc = ir_body_seal(d->seal, st->site, p.p, p.len, b.p, b.len, &sealed,
                          err);
        e.b = sealed.p;
        e.b_len = sealed.len;
    }
    if (rc == IR_OK) /* what a reader would refuse is never signed */
        rc = ir_entry_body_check(&e, err);
    if (rc == IR_OK)
        rc = sign_and_put(st, who, &e, err);
    if (rc == IR_OK)
        memcpy(id, e.id, IR_ID_BYTES);
out:
    ir_buf_done(&p);
    ir_buf_done(&b);
    ir_buf_done(&sealed);
    return rc;
}
