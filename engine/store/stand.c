/* stand.c: see stand.h. What of a revoked key is accepted is found by
 * accepted.c.
 */
#include "store/stand.h"

#include "core/body.h"
#include "store/accepted.h"
#include "store/check.h"
#include "store/db.h"
#include "store/ids.h"

#include <stdlib.h>
#include <string.h>

struct redaction {
    uint8_t id[IR_ID_BYTES], by[IR_ID_BYTES];
};

struct ir_stand {
    struct ir_store *st;
    struct ir_trust trust;
    bool loaded, any_revoked;
    int64_t t_last, redact_last;
    uint64_t turn;
    struct ir_accepted *accepted; /* NULL: to be worked out */
    struct ir_ids_set redacted;   /* with the scope */
    struct redaction *by;
    size_t by_n;
};

static void
forget_accepted(struct ir_stand *s)
{
    ir_accepted_free(s->accepted);
    s->accepted = NULL;
}

static int
load_trust(struct ir_stand *s, struct ir_err *err)
{
    struct ir_log log = {0};
    const struct ir_entry **v;
    size_t i;
    int rc = ir_store_load_trust(s->st, &log, err);

    if (rc == IR_OK) {
        ir_trust_done(&s->trust);
        v = ir_log_ptrs(&log);
        ir_trust_fold(ir_store_site(s->st), v, log.n, &s->trust);
        free(v);
        s->any_revoked = false;
        for (i = 0; i < s->trust.keys_n; i++)
            s->any_revoked = s->any_revoked || s->trust.keys[i].revoked;
        forget_accepted(s);
        s->turn++;
    }
    ir_log_done(&log);
    return rc;
}

void
ir_stand_here(struct ir_stand *s, const struct ir_entry *e)
{
    if (s->accepted != NULL)
        (void)ir_accepted_grow(s->accepted, e);
}

void
ir_stand_undone(struct ir_stand *s)
{
    forget_accepted(s);
}

bool
ir_stand_any_revoked(const struct ir_stand *s)
{
    return s->any_revoked;
}

static enum ir_stands
judge_revoked(struct ir_stand *s, const struct ir_entry *e)
{
    if (s->accepted == NULL &&
        ir_accepted_new(s->st, &s->trust, false, &s->accepted, NULL) != IR_OK)
        return IR_STANDS_OPEN;
    if (ir_accepted_is(s->accepted, e))
        return IR_STANDS_YES;
    return ir_accepted_open(s->accepted, e->h.author) ? IR_STANDS_OPEN
                                                      : IR_STANDS_REVOKED;
}

/* Of a root the author stands in its own body. */
static enum ir_stands
judge_root(const struct ir_stand *s, const struct ir_entry *e,
           const uint8_t **pub)
{
    uint8_t id[IR_KEYID_BYTES];
    struct ir_body_item it;
    size_t at = 0;

    if (memcmp(e->id, ir_store_site(s->st), IR_ID_BYTES) != 0)
        return IR_STANDS_SITE;
    while (*pub == NULL && ir_body_each(e, 3, &at, &it)) {
        if (it.len != IR_PUBKEY_BYTES)
            continue;
        ir_key_id(it.p, id);
        if (memcmp(id, e->h.author, sizeof id) == 0)
            *pub = it.p;
    }
    return *pub != NULL ? IR_STANDS_YES : IR_STANDS_UNKNOWN;
}

enum ir_stands
ir_stand_judge(struct ir_stand *s, const struct ir_entry *e,
               const uint8_t **pub)
{
    const struct ir_cert_key *k = ir_trust_key(&s->trust, e->h.author);
    const struct ir_kind *kind = ir_kind_get(e->h.kind);
    bool lane_t = ir_kind_lane(e->h.kind) == IR_LANE_T;
    const uint8_t *key = NULL;
    enum ir_stands is = IR_STANDS_YES;

    if (e->h.kind == IR_KIND_ROOT) {
        is = judge_root(s, e, &key);
    } else if (k == NULL) {
        if (lane_t)
            key = ir_trust_pub(&s->trust, e->h.author);
        is = key != NULL ? IR_STANDS_YES : IR_STANDS_UNKNOWN;
    } else {
        key = k->pub;
        if (k->node && kind != NULL && !kind->node_may_sign)
            is = IR_STANDS_KIND;
        else if (k->revoked && !lane_t)
            is = judge_revoked(s, e);
    }
    if (pub != NULL)
        *pub = key;
    return is;
}

int
ir_stand_orders(struct ir_stand *s, const struct ir_entry *e)
{
    const struct ir_cert_key *k = ir_trust_key(&s->trust, e->h.author);
    uint64_t scope = 0;

    if (e->h.kind != IR_KIND_REDACT || k == NULL || k->node ||
        ir_trust_admits(&s->trust, e, NULL) != IR_OK ||
        !ir_body_uint(e, 3, &scope) || scope < 1 || scope > 2 ||
        (k->revoked && judge_revoked(s, e) != IR_STANDS_YES))
        return 0;
    return (int)scope;
}

int
ir_stand_redacted(const struct ir_stand *s, const uint8_t id[IR_ID_BYTES],
                  uint8_t *by)
{
    int scope = ir_ids_set_get(&s->redacted, id);
    size_t i;

    for (i = 0; scope > 0 && by != NULL && i < s->by_n; i++)
        if (memcmp(s->by[i].id, id, IR_ID_BYTES) == 0)
            memcpy(by, s->by[i].by, IR_ID_BYTES);
    return scope > 0 ? scope : 0;
}

static void
note_redaction(struct ir_stand *s, const struct ir_entry *e, int scope)
{
    size_t i;

    for (i = 0; i < e->h.refs_n; i++) {
        (void)ir_ids_set_put(&s->redacted, e->h.refs[i], (uint8_t)scope);
        s->by = ir_realloc(s->by, (s->by_n + 1) * sizeof *s->by);
        memcpy(s->by[s->by_n].id, e->h.refs[i], IR_ID_BYTES);
        memcpy(s->by[s->by_n++].by, e->id, IR_ID_BYTES);
    }
}

static int
load_redacted(struct ir_stand *s, struct ir_err *err)
{
    sqlite3_stmt *q = NULL;
    struct ir_entry e;
    int rc = ir_db_prepare(s->st,
                           "SELECT " IR_DB_ENTRY_COLS IR_DB_ENTRY_FROM
                           "WHERE entry.kind = 24 ORDER BY entry.n",
                           &q, err),
        why = 0, scope, r;

    if (rc != IR_OK)
        return rc;
    ir_ids_set_done(&s->redacted);
    s->by_n = 0;
    while ((r = sqlite3_step(q)) == SQLITE_ROW)
        if (ir_db_row(s->st, q, &e, &why) == IR_OK &&
            (scope = ir_stand_orders(s, &e)) > 0)
            note_redaction(s, &e, scope);
    if (r != SQLITE_DONE)
        rc = ir_db_fail(s->st, "read", err);
    sqlite3_finalize(q);
    return rc;
}

int
ir_stand_refresh(struct ir_stand *s, struct ir_err *err)
{
    int64_t t_last = 0, redact_last = 0;
    bool t_new;
    int rc = ir_db_int(s->st,
                       "SELECT coalesce(max(n), 0) FROM entry"
                       " WHERE chain = x'0000000000000000'",
                       &t_last, err);

    if (rc == IR_OK)
        rc = ir_db_int(s->st,
                       "SELECT coalesce(max(n), 0) FROM entry WHERE kind = 24",
                       &redact_last, err);
    t_new = !s->loaded || t_last != s->t_last;
    if (rc == IR_OK && t_new)
        rc = load_trust(s, err);
    if (rc == IR_OK && (t_new || redact_last != s->redact_last))
        rc = load_redacted(s, err);
    if (rc == IR_OK) {
        s->loaded = true;
        s->t_last = t_last;
        s->redact_last = redact_last;
    }
    return rc;
}

uint64_t
ir_stand_turn(const struct ir_stand *s)
{
    return s->turn;
}

const struct ir_trust *
ir_stand_trust(const struct ir_stand *s)
{
    return &s->trust;
}

int
ir_stand_new(struct ir_store *st, struct ir_stand **out, struct ir_err *err)
{
    struct ir_stand *s = ir_calloc(1, sizeof *s);
    int rc;

    s->st = st;
    rc = ir_stand_refresh(s, err);
    if (rc == IR_OK)
        *out = s;
    else
        ir_stand_free(s);
    return rc;
}

void
ir_stand_free(struct ir_stand *s)
{
    if (s == NULL)
        return;
    ir_trust_done(&s->trust);
    ir_accepted_free(s->accepted);
    ir_ids_set_done(&s->redacted);
    free(s->by);
    free(s);
}
