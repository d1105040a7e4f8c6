/* ingest.c: see ingest.h. */
#include "store/ingest.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "store/db.h"
#include "store/object_part.h"
#include "store/refused.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define UNDECIDED IR_ARRIVED_END

struct ir_ingest {
    struct ir_store *st;
    struct ir_stand *stand;
    const char *carrier;
    struct ir_quota *quota;
    struct ir_refusing *refusing;
    struct ir_now now;
    int64_t mono_ms, stored_ms; /* of this batch; when the last was stored */
};

/* One entry of a batch while it is judged. */
struct job {
    struct ir_arrival *v;
    struct ir_entry e; /* borrows from v->p */
    int how;           /* it is here: as how_here says */
    bool tried;        /* to be kept */
    bool erased;       /* only its stub is to be kept */
    uint8_t by[IR_ID_BYTES];
    enum ir_arrived if_left; /* what it is where nothing else is found */
};

int
ir_ingest_new(struct ir_store *st, const char *carrier, struct ir_ingest **out,
              struct ir_err *err)
{
    struct ir_ingest *g;
    int rc;

    if (!ir_db_has_mesh(st))
        return ir_fail(err, IR_EREFUSED, _("%s cannot be written to"),
                       st->home);
    g = ir_calloc(1, sizeof *g);
    g->st = st;
    g->carrier = carrier;
    g->quota = ir_quota_new(&ir_quota_default);
    g->refusing = ir_refusing_new(st);
    rc = ir_stand_new(st, &g->stand, err);
    if (rc == IR_OK)
        *out = g;
    else
        ir_ingest_free(g);
    return rc;
}

struct ir_stand *
ir_ingest_stand(struct ir_ingest *g)
{
    return g->stand;
}

struct ir_store *
ir_ingest_store(struct ir_ingest *g)
{
    return g->st;
}

void
ir_ingest_carrier(struct ir_ingest *g, const char *carrier)
{
    g->carrier = carrier;
}

void
ir_ingest_limits(struct ir_ingest *g, const struct ir_quota_limits *limits)
{
    ir_quota_free(g->quota);
    g->quota = ir_quota_new(limits);
}

/* Whose share of this node an entry uses: a member's; of a key without a member
 * its own. */
static const uint8_t *
share_of(const struct ir_ingest *g, const struct ir_entry *e)
{
    const struct ir_trust *t = ir_stand_trust(g->stand);
    int m = ir_trust_author(t, e);

    return m >= 0 ? t->members[m].id : e->h.author;
}

/* The lane it counts in. Who is an administrator, or was, may write much of
 * lane T: grants are as many as devices. */
static int
lane_of(const struct ir_ingest *g, const struct ir_entry *e, int lane)
{
    const struct ir_trust *t = ir_stand_trust(g->stand);
    const struct ir_cert_key *k = ir_trust_key(t, e->h.author);
    int a = ir_trust_admin(t, e->h.author);

    if (lane != IR_LANE_T || e->h.kind == IR_KIND_ROOT)
        return lane;
    return a < 0 || t->admins[a].revoked || (k != NULL && k->revoked)
               ? IR_QUOTA_TRUST
               : lane;
}

/* Count what was refused or put off; kept with what is stored next. */
static void
count(struct ir_ingest *g, const struct job *j)
{
    const struct ir_arrival *v = j->v;
    struct ir_refused r = {.why = (int)v->what, .at_ms = g->now.wall_ms};

    if (!IR_ARRIVED_IS_LATER(v->what) && !IR_ARRIVED_IS_REFUSED(v->what))
        return;
    memcpy(r.id, v->id, IR_ID_BYTES);
    if (v->kind == 0) /* no entry */
        ir_sha256(v->p, v->n, r.id);
    else
        r.seq = j->e.h.seq;
    memcpy(r.author, v->author, IR_KEYID_BYTES);
    ir_refusing_add(g->refusing, &r,
                    ir_trust_key(ir_stand_trust(g->stand), v->author) != NULL);
}

void
ir_ingest_keep(struct ir_ingest *g)
{
    if (!ir_refusing_any(g->refusing) || ir_store_begin_now(g->st) != IR_OK)
        return;
    if (ir_refusing_keep(g->refusing, NULL) != IR_OK)
        ir_store_rollback(g->st);
    else if (ir_store_commit(g->st, NULL) == IR_OK)
        ir_refusing_kept(g->refusing);
}

void
ir_ingest_free(struct ir_ingest *g)
{
    if (g == NULL)
        return;
    if (g->refusing != NULL)
        ir_ingest_keep(g);
    ir_refusing_free(g->refusing);
    ir_stand_free(g->stand);
    ir_quota_free(g->quota);
    free(g);
}

/* Is it here: 0 no, 1 as a stub whose text may come, 2 with all it may have.
 */
static int
how_here(struct ir_ingest *g, const uint8_t *id, int *how, struct ir_err *err)
{
    static const char sql[] =
        "SELECT EXISTS(SELECT 1 FROM body WHERE id = ?1) OR"
        " EXISTS(SELECT 1 FROM erased WHERE id = ?1) FROM entry WHERE id = ?1";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(g->st, sql, &q, err), s;

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_blob(q, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    s = sqlite3_step(q);
    *how = s != SQLITE_ROW ? 0 : sqlite3_column_int(q, 0) != 0 ? 2 : 1;
    if (s != SQLITE_ROW && s != SQLITE_DONE)
        rc = ir_db_fail(g->st, "read", err);
    ir_db_put(g->st, q);
    return rc;
}

bool
ir_ingest_here(struct ir_ingest *g, const uint8_t id[IR_ID_BYTES], bool *object)
{
    static const char sql[] = "SELECT 1 FROM object WHERE digest = ?1";
    sqlite3_stmt *q = NULL;
    int how = 0;
    bool here;

    *object = false;
    if (how_here(g, id, &how, NULL) == IR_OK && how == 2)
        return true;
    if (ir_db_get(g->st, sql, &q, NULL) != IR_OK)
        return false;
    sqlite3_bind_blob(q, 1, id, IR_ID_BYTES, SQLITE_STATIC);
    here = *object = sqlite3_step(q) == SQLITE_ROW;
    ir_db_put(g->st, q);
    return here;
}

/* Why does it not parse: is it of a suite of later? */
static enum ir_arrived
not_parsed(const struct ir_arrival *v)
{
    return ir_entry_suite(v->p, v->n) > 1 ? IR_ARRIVED_NEWER : IR_ARRIVED_FORM;
}

/* What can be said of one by itself and by what is here: most of what comes is,
 * and has cost nothing else yet.
 */
static int
look(struct ir_ingest *g, struct job *j, struct ir_err *err)
{
    struct ir_arrival *v = j->v;
    int rc;

    memset(v->id, 0, sizeof v->id);
    memset(v->author, 0, sizeof v->author);
    v->hlc = v->kind = 0;
    v->lane = 0;
    if (ir_entry_parse(v->p, v->n, &j->e, NULL) != IR_OK) {
        v->what = not_parsed(v);
        return IR_OK;
    }
    ir_entry_id(&j->e, ir_store_site(g->st));
    memcpy(v->id, j->e.id, IR_ID_BYTES);
    memcpy(v->author, j->e.h.author, IR_KEYID_BYTES);
    v->hlc = j->e.h.hlc;
    v->kind = j->e.h.kind;
    v->lane = (int)ir_kind_lane(j->e.h.kind);
    v->what = UNDECIDED;
    rc = how_here(g, v->id, &j->how, err);
    if (rc == IR_OK && (j->how == 2 || (j->how == 1 && j->e.b == NULL)))
        v->what = IR_ARRIVED_HAD;
    return rc;
}

/* A text of which the stub is here: its id says that it is the right one. */
static void
look_at_text(const struct ir_ingest *g, struct job *j)
{
    if (j->v->what == UNDECIDED && j->how == 1)
        j->v->what = ir_stand_redacted(g->stand, j->v->id, NULL) == 2
                         ? IR_ARRIVED_HAD
                         : IR_ARRIVED_TEXT;
}

/* Mark as erased those that `e`, a redact that counts, names. */
static int
erase(struct ir_ingest *g, const struct ir_entry *e, bool *erased,
      struct ir_err *err)
{
    static const char sql[] = "SELECT kind FROM entry WHERE id = ?1";
    size_t i;
    int rc = IR_OK;

    if (ir_stand_orders(g->stand, e) != 2)
        return IR_OK;
    for (i = 0; i < e->h.refs_n && rc == IR_OK; i++) {
        const struct ir_kind *kind = NULL;
        sqlite3_stmt *q = NULL;
        bool here;

        rc = ir_db_get(g->st, sql, &q, err);
        if (rc != IR_OK)
            break;
        sqlite3_bind_blob(q, 1, e->h.refs[i], IR_ID_BYTES, SQLITE_STATIC);
        here = sqlite3_step(q) == SQLITE_ROW;
        if (here)
            kind = ir_kind_get((uint64_t)sqlite3_column_int64(q, 0));
        ir_db_put(g->st, q);
        if (!here || (kind != NULL && kind->state_bearing))
            continue;
        rc = ir_store_body_erase(g->st, e->h.refs[i], e->id, err);
        *erased = true;
    }
    return rc;
}

static int
put_arrival(struct ir_ingest *g, const uint8_t *from, const uint8_t *id,
            struct ir_err *err)
{
    static const char sql[] =
        "INSERT OR IGNORE INTO arrival(n, at_ms, device, carrier)"
        " SELECT n, ?1, ?2, ?3 FROM entry WHERE id = ?4";
    sqlite3_stmt *q = NULL;
    int rc = ir_db_get(g->st, sql, &q, err);

    if (rc != IR_OK)
        return rc;
    sqlite3_bind_int64(q, 1, g->now.wall_ms);
    if (from != NULL)
        sqlite3_bind_blob(q, 2, from, IR_KEYID_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(q, 3, g->carrier, -1, SQLITE_STATIC);
    sqlite3_bind_blob(q, 4, id, IR_ID_BYTES, SQLITE_STATIC);
    if (sqlite3_step(q) != SQLITE_DONE)
        rc = ir_db_fail(g->st, "arrival", err);
    ir_db_put(g->st, q);
    return rc;
}

/* Keep one entry that was found good. */
static int
put_one(struct ir_ingest *g, const uint8_t *from, struct job *j, bool *erased,
        struct ir_err *err)
{
    struct ir_entry e = j->e;
    bool fresh = false;
    int rc;

    if (j->erased) {
        e.b = NULL;
        e.b_len = 0;
    }
    rc = ir_store_entry_put(g->st, &e, &fresh, err);
    if (rc == IR_EREFUSED && e.b != NULL) { /* erased here meanwhile */
        e.b = NULL;
        e.b_len = 0;
        rc = ir_store_entry_put(g->st, &e, &fresh, err);
    }
    if (rc == IR_OK && j->erased)
        rc = ir_store_body_erase(g->st, e.id, j->by, err);
    if (rc != IR_OK || j->v->what == IR_ARRIVED_TEXT)
        return rc;
    j->v->what = fresh ? IR_ARRIVED_NEW : IR_ARRIVED_HAD;
    if (!fresh)
        return IR_OK;
    ir_stand_here(g->stand, &e);
    rc = put_arrival(g, from, e.id, err);
    if (rc == IR_OK)
        rc = ir_object_want_of(g->st, &e, err);
    if (rc == IR_OK && e.h.kind == IR_KIND_REDACT)
        rc = erase(g, &e, erased, err);
    return rc;
}

/* Keep up to IR_INGEST_ROWS of them in one transaction, or none. */
static int
put_some(struct ir_ingest *g, const uint8_t *from, struct job **ready, size_t n,
         struct ir_err *err)
{
    bool erased = false;
    size_t i;
    int rc = ir_store_begin(g->st, err);

    for (i = 0; i < n && rc == IR_OK; i++)
        rc = put_one(g, from, ready[i], &erased, err);
    if (rc == IR_OK)
        rc = ir_refusing_keep(g->refusing, err);
    if (rc == IR_OK)
        rc = ir_store_commit(g->st, err);
    else
        ir_store_rollback(g->st);
    if (rc != IR_OK) {
        for (i = 0; i < n; i++)
            ready[i]->v->what = IR_ARRIVED_DISK;
        ir_stand_undone(g->stand);
        return rc;
    }
    ir_refusing_kept(g->refusing);
    if (erased) /* no copy stays in the WAL either */
        rc = ir_db_exec(g->st, "PRAGMA wal_checkpoint(TRUNCATE)", err);
    return rc;
}

static int
put_all(struct ir_ingest *g, const uint8_t *from, struct job **ready, size_t n,
        struct ir_err *err)
{
    size_t at;
    int rc = IR_OK;

    for (at = 0; at < n; at += IR_INGEST_ROWS) {
        size_t some = n - at < IR_INGEST_ROWS ? n - at : IR_INGEST_ROWS;

        if (ir_clock_mono_ms() - g->stored_ms < IR_INGEST_PAUSE_MS)
            (void)poll(NULL, 0, IR_INGEST_PAUSE_MS);
        if (rc == IR_OK) {
            rc = put_some(g, from, ready + at, some, err);
            g->stored_ms = ir_clock_mono_ms();
        } else {
            while (some-- > 0)
                ready[at + some]->v->what = IR_ARRIVED_DISK;
        }
    }
    return rc;
}

/* Judge one that is undecided. Returns whether it is good to be kept; else it
 * is decided, or stays undecided with j->if_left saying why.
 */
static bool
judge(struct ir_ingest *g, struct job *j, bool full)
{
    const uint8_t *pub = NULL;
    const uint8_t *member;
    int redacted, lane;
    const struct ir_kind *kind = ir_kind_get(j->e.h.kind);

    switch (ir_stand_judge(g->stand, &j->e, &pub)) {
    case IR_STANDS_YES:
        break;
    case IR_STANDS_UNKNOWN:
        j->if_left = IR_ARRIVED_NO_CERT;
        return false;
    case IR_STANDS_OPEN:
        j->if_left = IR_ARRIVED_OPEN;
        return false;
    case IR_STANDS_REVOKED:
        j->if_left = IR_ARRIVED_REVOKED;
        return false;
    case IR_STANDS_KIND:
        j->v->what = IR_ARRIVED_KIND;
        return false;
    case IR_STANDS_SITE:
        j->v->what = IR_ARRIVED_SITE;
        return false;
    }
    member = share_of(g, &j->e);
    lane = lane_of(g, &j->e, j->v->lane);
    if (full) {
        j->v->what = IR_ARRIVED_DISK;
    } else if (ir_quota_wait(g->quota, member, lane, j->v->n, g->mono_ms) > 0) {
        j->v->what = IR_ARRIVED_QUOTA;
    } else if (!ir_entry_verify(&j->e, ir_store_site(g->st), pub)) {
        j->v->what = IR_ARRIVED_SIGNATURE;
    } else { /* a forged one uses up nobody's share */
        (void)ir_quota_take(g->quota, member, lane, j->v->n, g->mono_ms);
        redacted = ir_stand_redacted(g->stand, j->e.id, j->by);
        j->erased = redacted == 2 && (kind == NULL || !kind->state_bearing);
        return true;
    }
    return false;
}

/* Take what is good of lane T, or of the others, again and again while what
 * was taken makes more of it good.
 */
static int
take(struct ir_ingest *g, const uint8_t *from, struct job *jobs, size_t n,
     bool lane_t, bool full, struct ir_err *err)
{
    struct job **ready = ir_calloc(n, sizeof(struct job *));
    size_t i, ready_n = 0;
    bool turns;
    int rc = IR_OK;

    do {
        ready_n = 0;
        turns = lane_t; /* what is taken changes how others are judged */
        for (i = 0; i < n; i++) {
            if (jobs[i].tried ||
                !((jobs[i].v->what == IR_ARRIVED_TEXT && !lane_t && !full) ||
                  (jobs[i].v->what == UNDECIDED &&
                   (jobs[i].v->lane == IR_LANE_T) == lane_t &&
                   judge(g, &jobs[i], full))))
                continue;
            jobs[i].tried = true;
            turns = turns || jobs[i].v->kind == IR_KIND_REDACT;
            ready[ready_n++] = &jobs[i];
        }
        rc = put_all(g, from, ready, ready_n, err);
        if (rc == IR_OK && ready_n > 0 && turns)
            rc = ir_stand_refresh(g->stand, err);
    } while (rc == IR_OK && ready_n > 0 &&
             (lane_t || ir_stand_any_revoked(g->stand)));
    free(ready);
    return rc;
}

/* What the redacts among them erase may have come after them. */
static int
erase_after(struct ir_ingest *g, const struct job *jobs, size_t n,
            struct ir_err *err)
{
    bool any = false, erased = false;
    size_t i;
    int rc;

    for (i = 0; i < n; i++)
        any = any || (jobs[i].v->what == IR_ARRIVED_NEW &&
                      ir_stand_orders(g->stand, &jobs[i].e) == 2);
    if (!any)
        return IR_OK;
    rc = ir_store_begin(g->st, err);
    if (rc != IR_OK)
        return rc;
    for (i = 0; i < n && rc == IR_OK; i++)
        if (jobs[i].v->what == IR_ARRIVED_NEW &&
            jobs[i].v->kind == IR_KIND_REDACT)
            rc = erase(g, &jobs[i].e, &erased, err);
    if (rc == IR_OK)
        rc = ir_store_commit(g->st, err);
    else
        ir_store_rollback(g->st);
    if (rc == IR_OK && erased) /* no copy stays in the WAL either */
        rc = ir_db_exec(g->st, "PRAGMA wal_checkpoint(TRUNCATE)", err);
    return rc;
}

/* Judge what is not here, by what stands now, and keep what is good of it. */
static int
judge_all(struct ir_ingest *g, const uint8_t *from, struct job *jobs, size_t n,
          struct ir_err *err)
{
    bool full = ir_db_disk_full(g->st);
    size_t i;
    int rc = ir_stand_refresh(g->stand, err);

    for (i = 0; i < n && rc == IR_OK; i++)
        look_at_text(g, &jobs[i]);
    if (rc == IR_OK)
        rc = take(g, from, jobs, n, true, full, err);
    if (rc == IR_OK)
        rc = take(g, from, jobs, n, false, full, err);
    if (rc == IR_OK)
        rc = erase_after(g, jobs, n, err);
    return rc;
}

/* By a revoked key, it says: only what is is remembered as that. */
static void
confirm(struct ir_ingest *g, struct job *j)
{
    const uint8_t *pub = NULL;

    if (ir_refusing_was(g->refusing, j->e.id, IR_ARRIVED_REVOKED))
        return;
    (void)ir_stand_judge(g->stand, &j->e, &pub);
    if (pub == NULL || !ir_entry_verify(&j->e, ir_store_site(g->st), pub))
        j->v->what = IR_ARRIVED_SIGNATURE;
}

int
ir_ingest_batch(struct ir_ingest *g, const uint8_t *from, struct ir_arrival *v,
                size_t n, struct ir_err *err)
{
    struct job *jobs = ir_calloc(n, sizeof *jobs);
    bool all_here = true;
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < n; i++) {
        jobs[i].v = &v[i];
        jobs[i].if_left = IR_ARRIVED_DISK;
        v[i].what = UNDECIDED;
        if (rc == IR_OK)
            rc = look(g, &jobs[i], err);
        all_here = all_here && v[i].what == IR_ARRIVED_HAD;
    }
    if (all_here)
        goto out;
    ir_clock_now(&g->now);
    g->mono_ms = ir_clock_mono_ms();
    if (rc == IR_OK)
        rc = judge_all(g, from, jobs, n, err);
    for (i = 0; i < n; i++) {
        if (v[i].what == UNDECIDED)
            v[i].what = jobs[i].if_left;
        if (v[i].what == IR_ARRIVED_REVOKED)
            confirm(g, &jobs[i]);
        count(g, &jobs[i]);
    }
out:
    free(jobs);
    return rc;
}
