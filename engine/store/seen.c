/* seen.c: see seen.h. */
#include "store/seen.h"

#include "base/scan.h"
#include "core/body.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#define VIEW_VERSION 1
#define NAME "seen"

/* As a view holds it. */
struct pair {
    uint8_t device[IR_KEYID_BYTES], id[IR_ID_BYTES];
};
_Static_assert(sizeof(struct pair) == IR_KEYID_BYTES + IR_ID_BYTES, "no gaps");

struct pairs {
    struct pair *v;
    size_t n, cap;
};

/* A pair with the place of its entry. */
struct head {
    struct pair p;
    uint8_t chain[8], author[IR_KEYID_BYTES];
    int64_t seq;
    int lane;
    size_t path; /* 0: not known yet */
    bool drop;
};

static void
add(struct pairs *s, const uint8_t *device, const uint8_t *id)
{
    if (s->n == s->cap) {
        s->cap = s->cap > 0 ? s->cap * 2 : 64;
        s->v = ir_realloc(s->v, s->cap * sizeof *s->v);
    }
    memcpy(s->v[s->n].device, device, IR_KEYID_BYTES);
    memcpy(s->v[s->n++].id, id, IR_ID_BYTES);
}

static int
by_pair(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct pair));
}

/* Sorted, each once. */
static void
sort(struct pairs *s)
{
    size_t i, n = 0;

    if (s->n == 0)
        return;
    qsort(s->v, s->n, sizeof *s->v, by_pair);
    for (i = 0; i < s->n; i++)
        if (i == 0 || by_pair(&s->v[i], &s->v[n - 1]) != 0)
            s->v[n++] = s->v[i];
    s->n = n;
}

static void
name_of(const uint8_t *incident, char name[32])
{
    memcpy(name, NAME "/", sizeof NAME);
    ir_hex(incident, IR_INCIDENT_BYTES, name + sizeof NAME);
}

/* Append the pairs of a view; *upto (may be NULL) stands before them. */
static void
take(struct ir_store *st, const char *name, int64_t *upto, struct pairs *s)
{
    struct ir_buf b = {0};
    size_t at = upto != NULL ? sizeof *upto : 0;

    if (upto != NULL)
        *upto = 0;
    if (ir_store_view_get(st, name, VIEW_VERSION, &b) == IR_OK && b.len >= at &&
        (b.len - at) % sizeof(struct pair) == 0) {
        if (upto != NULL)
            memcpy(upto, b.p, sizeof *upto);
        for (; at < b.len; at += sizeof(struct pair))
            add(s, b.p + at, b.p + at + IR_KEYID_BYTES);
    }
    ir_buf_done(&b);
}

static int
put(struct ir_store *st, const char *name, const int64_t *upto,
    const struct pairs *s, struct ir_err *err)
{
    struct ir_buf b = {0};
    int rc;

    if (upto != NULL)
        ir_buf_add(&b, upto, sizeof *upto);
    if (s->n > 0)
        ir_buf_add(&b, s->v, s->n * sizeof *s->v);
    rc = ir_store_view_put(st, name, VIEW_VERSION, b.len > 0 ? b.p : (void *)"",
                           b.len, err);
    ir_buf_done(&b);
    return rc;
}

/* What witnesses in the rows (after, upto] name. */
static int
read_rows(struct ir_store *st, int64_t after, int64_t upto, struct pairs *s,
          struct ir_err *err)
{
    /* in the order of rows: the index of chains holds every witness */
    static const char sql[] =
        "SELECT " IR_DB_ENTRY_COLS " FROM entry NOT INDEXED"
        " LEFT JOIN body ON body.id = entry.id"
        " WHERE entry.n > ?1 AND entry.n <= ?2"
        " AND entry.kind = 29"
        " AND entry.chain = x'0000000000000002'";
    sqlite3_stmt *q = NULL;
    struct ir_entry e;
    struct ir_body_item it;
    int rc = ir_db_get(st, sql, &q, err), why, step;
    size_t k;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_int64(q, 1, after);
    sqlite3_bind_int64(q, 2, upto);
    while ((step = sqlite3_step(q)) == SQLITE_ROW) {
        if (ir_db_row(st, q, &e, &why) != IR_OK)
            continue;
        k = 0;
        while (ir_body_each(&e, 1, &k, &it))
            if (it.len == IR_ID_BYTES)
                add(s, e.h.author, it.p);
    }
    if (step != SQLITE_DONE)
        rc = ir_db_fail(st, "read", err);
    ir_db_put(st, q);
    return rc;
}

static int
newest_row(struct ir_store *st, int64_t *n, struct ir_err *err)
{
    return ir_db_int(st, "SELECT coalesce(max(n), 0) FROM entry", n, err);
}

/* Read what is here, all of one moment. */
static int
each(struct ir_store *st, const uint8_t *incident, struct pairs *s,
     struct ir_err *err)
{
    static const uint8_t outside[IR_INCIDENT_BYTES];
    int64_t upto = 0, newest = 0;
    char name[32];
    int rc;

    take(st, NAME, &upto, s);
    name_of(incident, name);
    take(st, name, NULL, s);
    name_of(outside, name);
    take(st, name, NULL, s);
    rc = newest_row(st, &newest, err);
    return rc == IR_OK ? read_rows(st, upto, newest, s, err) : rc;
}

int
ir_seen_each(struct ir_store *st, const uint8_t incident[IR_INCIDENT_BYTES],
             void (*fn)(const uint8_t device[IR_KEYID_BYTES],
                        const uint8_t id[IR_ID_BYTES], void *arg),
             void *arg, struct ir_err *err)
{
    struct pairs s = {0};
    bool own = sqlite3_get_autocommit(st->db) != 0;
    size_t i;
    int rc = own ? ir_db_exec(st, "BEGIN", err) : IR_OK;

    if (rc != IR_OK)
        return rc;
    rc = each(st, incident, &s, err);
    if (own)
        (void)ir_db_exec(st, "COMMIT", NULL);
    for (i = 0; rc == IR_OK && i < s.n; i++)
        fn(s.v[i].device, s.v[i].id, arg);
    free(s.v);
    return rc;
}

/* Where the entry of a pair stands. Returns 0 when it is not here, 1 when it
 * is about no incident, 2 when it is. */
static int
place(struct ir_store *st, struct head *h, uint8_t incident[IR_INCIDENT_BYTES])
{
    static const char sql[] = "SELECT incident, chain, author, seq, lane"
                              " FROM entry WHERE id = ?1";
    sqlite3_stmt *q = NULL;
    int what = 0;

    if (ir_db_get(st, sql, &q, NULL) != IR_OK)
        return 0;
    sqlite3_bind_blob(q, 1, h->p.id, IR_ID_BYTES, SQLITE_STATIC);
    if (sqlite3_step(q) == SQLITE_ROW && sqlite3_column_bytes(q, 1) == 8 &&
        sqlite3_column_bytes(q, 2) == IR_KEYID_BYTES) {
        what = 1;
        memset(incident, 0, IR_INCIDENT_BYTES);
        if (sqlite3_column_bytes(q, 0) == IR_INCIDENT_BYTES) {
            what = 2;
            memcpy(incident, sqlite3_column_blob(q, 0), IR_INCIDENT_BYTES);
        }
        memcpy(h->chain, sqlite3_column_blob(q, 1), 8);
        memcpy(h->author, sqlite3_column_blob(q, 2), IR_KEYID_BYTES);
        h->seq = sqlite3_column_int64(q, 3);
        h->lane = sqlite3_column_int(q, 4);
    }
    ir_db_put(st, q);
    return what;
}

/* By chain and author, of those the newest first; then by device. */
static int
by_place(const void *a, const void *b)
{
    const struct head *x = a, *y = b;
    int d = memcmp(x->chain, y->chain, sizeof x->chain);

    if (d == 0)
        d = memcmp(x->author, y->author, sizeof x->author);
    if (d == 0)
        d = (x->seq < y->seq) - (x->seq > y->seq);
    if (d == 0)
        d = memcmp(x->p.id, y->p.id, IR_ID_BYTES);
    return d != 0 ? d : memcmp(x->p.device, y->p.device, IR_KEYID_BYTES);
}

/* Has the device of h[i] another head that may build on it? */
static bool
may_be_under(const struct head *h, size_t i)
{
    size_t k;

    for (k = 0; k < i; k++)
        if (!h[k].drop &&
            memcmp(h[k].p.device, h[i].p.device, IR_KEYID_BYTES) == 0)
            return true;
    return false;
}

/* Where entry `id` of that place stands, and what its own header names as the
 * one before. */
static bool
before(struct ir_store *st, const struct head *place, uint8_t id[IR_ID_BYTES],
       int64_t *seq)
{
    static const char sql[] = "SELECT p, seq FROM entry WHERE id = ?1"
                              " AND chain = ?2 AND author = ?3";
    sqlite3_stmt *q = NULL;
    struct ir_header h;
    bool here;

    *seq = -1;
    if (ir_db_get(st, sql, &q, NULL) != IR_OK)
        return false;
    sqlite3_bind_blob(q, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, place->chain, 8, SQLITE_STATIC);
    sqlite3_bind_blob(q, 3, place->author, IR_KEYID_BYTES, SQLITE_STATIC);
    here =
        sqlite3_step(q) == SQLITE_ROW &&
        ir_header_decode(sqlite3_column_blob(q, 0),
                         (size_t)sqlite3_column_bytes(q, 0), &h, NULL) == IR_OK;
    if (here)
        *seq = sqlite3_column_int64(q, 1);
    here = here && h.has_prev;
    if (here)
        memcpy(id, h.prev, IR_ID_BYTES);
    ir_db_put(st, q);
    return here;
}

/* Walk back from h[at] as far as h[last], and mark what lies on the way. */
static void
walk(struct ir_store *st, struct head *h, size_t n, size_t at, size_t last,
     size_t path)
{
    uint8_t id[IR_ID_BYTES], now[IR_ID_BYTES];
    int64_t seq = 0, floor = h[last].seq, above = INT64_MAX;
    size_t i;
    bool on = true;

    memcpy(id, h[at].p.id, IR_ID_BYTES);
    while (on) {
        memcpy(now, id, IR_ID_BYTES);
        on = before(st, &h[at], id, &seq) && seq > floor;
        if (seq < 0 || seq >= above) /* not here, or it leads upwards */
            return;
        above = seq;
        while (at < n && h[at].seq > seq)
            at++;
        for (i = at; i < n && h[i].seq == seq; i++)
            if (memcmp(h[i].p.id, now, IR_ID_BYTES) == 0)
                h[i].path = path;
        on = on && at < n;
    }
}

/* Drop what a later head of the same device builds on, of one author in one
 * chain. */
static void
drop_past(struct ir_store *st, struct head *h, size_t n)
{
    size_t i, k, last, path = 0;

    for (i = 0; i < n; i++) {
        if (h[i].path != 0)
            continue;
        for (last = n - 1; last > i; last--)
            if (h[last].path == 0 && may_be_under(h, last))
                break;
        walk(st, h, n, i, last, ++path);
        for (k = i + 1; k < n; k++) {
            size_t j;

            for (j = i; h[k].path == path && !h[k].drop && j < k; j++)
                h[k].drop =
                    h[j].path == path && !h[j].drop &&
                    memcmp(h[j].p.device, h[k].p.device, IR_KEYID_BYTES) == 0;
        }
    }
}

/* Put new heads of one incident into its view. */
static int
put_incident(struct ir_store *st, const uint8_t *incident,
             const struct pairs *fresh, struct ir_err *err)
{
    struct pairs s = {0}, out = {0};
    uint8_t none[IR_INCIDENT_BYTES];
    struct head *h;
    char name[32];
    size_t i, k;
    int rc;

    name_of(incident, name);
    take(st, name, NULL, &s);
    for (i = 0; i < fresh->n; i++)
        add(&s, fresh->v[i].device, fresh->v[i].id);
    sort(&s);
    h = ir_calloc(s.n + 1, sizeof *h);
    for (i = 0; i < s.n; i++) {
        h[i].p = s.v[i];
        (void)place(st, &h[i], none);
    }
    qsort(h, s.n, sizeof *h, by_place);
    for (i = 0; i < s.n; i = k) {
        for (k = i + 1; k < s.n && h[k].lane == h[i].lane &&
                        memcmp(h[k].chain, h[i].chain, 8) == 0 &&
                        memcmp(h[k].author, h[i].author, 8) == 0;
             k++)
            ;
        if (h[i].lane == IR_LANE_I) /* of lane F each stands alone */
            drop_past(st, h + i, k - i);
    }
    for (i = 0; i < s.n; i++)
        if (!h[i].drop)
            add(&out, h[i].p.device, h[i].p.id);
    sort(&out);
    rc = put(st, name, NULL, &out, err);
    free(h);
    free(s.v);
    free(out.v);
    return rc;
}

struct sorted {
    uint8_t incident[IR_INCIDENT_BYTES];
    struct pairs s;
};

/* Put them where they belong; what is not here stays in `missing`. */
static int
put_all(struct ir_store *st, const struct pairs *all, struct pairs *missing,
        struct ir_err *err)
{
    struct sorted *v = NULL;
    size_t i, k, n = 0;
    int rc = IR_OK;

    for (i = 0; i < all->n; i++) {
        uint8_t incident[IR_INCIDENT_BYTES];
        struct head h = {.p = all->v[i]};
        int what = place(st, &h, incident);

        if (what == 0)
            add(missing, h.p.device, h.p.id);
        if (what == 0 || (what == 1 && h.lane != IR_LANE_I))
            continue;
        for (k = 0; k < n; k++)
            if (memcmp(v[k].incident, incident, sizeof incident) == 0)
                break;
        if (k == n) {
            v = ir_realloc(v, ++n * sizeof *v);
            memset(&v[k], 0, sizeof *v);
            memcpy(v[k].incident, incident, sizeof incident);
        }
        add(&v[k].s, h.p.device, h.p.id);
    }
    for (k = 0; k < n; k++) {
        if (rc == IR_OK)
            rc = put_incident(st, v[k].incident, &v[k].s, err);
        free(v[k].s.v);
    }
    free(v);
    return rc;
}

/* Take the rows (upto, to] in. */
static int
grow(struct ir_store *st, int64_t upto, int64_t to, struct pairs *all,
     struct ir_err *err)
{
    struct pairs missing = {0};
    int rc = read_rows(st, upto, to, all, err);

    if (rc == IR_OK) {
        sort(all);
        rc = put_all(st, all, &missing, err);
    }
    if (rc == IR_OK)
        rc = put(st, NAME, &to, &missing, err);
    free(missing.v);
    return rc;
}

int
ir_seen_grow(struct ir_store *st, int64_t least, bool *more, struct ir_err *err)
{
    struct pairs all = {0};
    bool own = !st->in_tx;
    int64_t upto = 0, newest = 0, to;
    int rc = newest_row(st, &newest, err);

    *more = false;
    if (rc == IR_OK)
        take(st, NAME, &upto, &all);
    if (rc != IR_OK || newest - upto < least || newest == upto)
        goto out;
    rc = own ? ir_store_begin(st, err) : IR_OK;
    if (rc != IR_OK)
        goto out;
    if (own) { /* another process may have done it meanwhile */
        all.n = 0;
        take(st, NAME, &upto, &all);
    }
    to = newest - upto > IR_SEEN_MOST ? upto + IR_SEEN_MOST : newest;
    if (to > upto)
        rc = grow(st, upto, to, &all, err);
    if (own && rc == IR_OK)
        rc = ir_store_commit(st, err);
    else if (own)
        ir_store_rollback(st);
    *more = rc == IR_OK && to < newest;
out:
    free(all.v);
    return rc;
}

int64_t
ir_seen_last_ms(struct ir_store *st, const uint8_t device[IR_KEYID_BYTES])
{
    static const char sql[] =
        "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
        "WHERE chain = x'0000000000000002' AND author = ?1 AND kind = 29"
        " ORDER BY seq DESC LIMIT 1";
    sqlite3_stmt *q = NULL;
    struct ir_entry e;
    int64_t ms = 0;
    int why;

    if (ir_db_get(st, sql, &q, NULL) != IR_OK)
        return 0;
    sqlite3_bind_blob(q, 1, device, IR_KEYID_BYTES, SQLITE_STATIC);
    if (sqlite3_step(q) == SQLITE_ROW && ir_db_row(st, q, &e, &why) == IR_OK)
        ms = ir_entry_recorded_ms(&e);
    ir_db_put(st, q);
    return ms;
}
