/* witness.c: see witness.h. */
#include "cmd/witness.h"

#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/node_key.h"
#include "core/body.h"
#include "core/witness.h"
#include "store/append.h"
#include "store/arrived.h"
#include "store/seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 20000      /* arrivals looked at in one call */
#define WITNESSES_MAX 2000 /* witnesses read back, the newest */
#define BACK 1000          /* entries before what is new that are read, too */
#define SAID_MAX 40000     /* heads they name that are looked up, together */
#define SAID_OF_ONE 4000   /* and of one device: there may be no such entry */
#define GROUPS_MAX 32      /* incidents receipted in one call */
#define IDS_MAX 1000       /* alerts on one receipt */

/* Up to which arrival it was looked at: settings of this device. */
#define RECEIPT_UPTO "receipt_upto"
#define WITNESS_UPTO "witness_upto"

static int64_t
get_upto(struct ir_store *st, const char *key)
{
    char *s = ir_store_setting(st, key);
    int64_t v = 0;

    if (s == NULL || ir_scan_int(s, 0, INT64_MAX, &v, NULL) != IR_OK)
        v = 0;
    free(s);
    return v;
}

static int
put_upto(struct ir_store *st, const char *key, int64_t v, struct ir_err *err)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)v);
    return ir_store_setting_put(st, key, text, err);
}

/* A person whose key stands? */
static bool
is_person(const struct ir_trust *t, const uint8_t *author)
{
    const struct ir_cert_key *k = ir_trust_key(t, author);

    return k != NULL && !k->node && !k->revoked;
}

/* Alerts of one incident and status, for one receipt. */
struct group {
    bool has_incident;
    uint8_t incident[IR_INCIDENT_BYTES], status;
    uint8_t (*ids)[IR_ID_BYTES];
    size_t n;
    struct ir_log own; /* receipts of this device there */
};

struct receipts {
    struct ir_store *st;
    const struct ir_trust *t;
    uint8_t self[IR_KEYID_BYTES];
    struct group g[GROUPS_MAX];
    size_t n, more; /* more: alerts that have to wait for the next call */
    int64_t upto;
    uint8_t (*alerts)[IR_ID_BYTES];
    int64_t *at;
    size_t alerts_n;
};

static bool
collect_alert(const struct ir_arrived_row *r, void *arg)
{
    struct receipts *x = arg;

    if (r->kind == IR_KIND_ALERT && is_person(x->t, r->head.author)) {
        x->alerts =
            ir_realloc(x->alerts, (x->alerts_n + 1) * sizeof x->alerts[0]);
        x->at = ir_realloc(x->at, (x->alerts_n + 1) * sizeof x->at[0]);
        x->at[x->alerts_n] = r->n;
        memcpy(x->alerts[x->alerts_n++], r->head.id, IR_ID_BYTES);
    }
    x->upto = r->n;
    return true;
}

static struct group *
group_of(struct receipts *x, const struct ir_header *h)
{
    struct group *g;
    size_t i;

    for (i = 0; i < x->n; i++) {
        g = &x->g[i];
        if (g->status == h->status && g->has_incident == h->has_incident &&
            memcmp(g->incident, h->incident, IR_INCIDENT_BYTES) == 0)
            return g;
    }
    if (x->n == GROUPS_MAX)
        return NULL;
    g = &x->g[x->n++];
    g->has_incident = h->has_incident;
    g->status = h->status;
    memcpy(g->incident, h->incident, IR_INCIDENT_BYTES);
    (void)ir_store_load_by(x->st, h->has_incident ? g->incident : NULL,
                           IR_KIND_RECEIPT, x->self, &g->own, NULL);
    return g;
}

/* Has this device receipted it there? */
static bool
is_receipted(const struct group *g, const uint8_t *id)
{
    struct ir_body_item it;
    size_t i, k;

    for (i = 0; i < g->own.n; i++) {
        k = 0;
        while (ir_body_each(&g->own.e[i], 1, &k, &it))
            if (it.len == IR_ID_BYTES && memcmp(it.p, id, IR_ID_BYTES) == 0)
                return true;
    }
    return false;
}

/* Put the alerts on receipts, in the order in which they came; what finds no
 * room stays for the next call, with all that came after it. */
static void
sort_alerts(struct receipts *x)
{
    size_t i;

    for (i = 0; i < x->alerts_n; i++) {
        struct ir_log log = {0};
        struct group *g = NULL;
        bool here = ir_store_load_id(x->st, x->alerts[i], &log, NULL) == IR_OK;

        if (here)
            g = group_of(x, &log.e[0].h);
        ir_log_done(&log);
        if (!here)
            continue; /* damaged: ir verify says so */
        if (g == NULL || g->n == IDS_MAX) {
            x->upto = x->at[i] - 1;
            return;
        }
        if (is_receipted(g, x->alerts[i]))
            continue;
        g->ids = ir_realloc(g->ids, (g->n + 1) * sizeof g->ids[0]);
        memcpy(g->ids[g->n++], x->alerts[i], IR_ID_BYTES);
    }
}

static int
put_receipts(struct receipts *x, const struct ir_key *node,
             const struct ir_now *now, size_t *written, struct ir_err *err)
{
    struct ir_signer who = ir_node_signer(node);
    uint8_t id[IR_ID_BYTES];
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < x->n && rc == IR_OK; i++) {
        struct ir_draft d = {.kind = IR_KIND_RECEIPT};

        if (x->g[i].n == 0)
            continue;
        d.has_incident = x->g[i].has_incident;
        memcpy(d.incident, x->g[i].incident, IR_INCIDENT_BYTES);
        d.status = x->g[i].status;
        ir_bodyw_hashes(&d.body, 1, (const uint8_t(*)[IR_ID_BYTES])x->g[i].ids,
                        x->g[i].n);
        ir_bodyw_uint(&d.body, 2, 1);
        rc = ir_store_append(x->st, &who, &d, now, id, err);
        *written += rc == IR_OK ? 1 : 0;
    }
    return rc;
}

int
ir_alert_receipts(struct ir_store *st, const struct ir_trust *t,
                  const struct ir_key *node, const struct ir_now *now,
                  size_t *written, struct ir_err *err)
{
    struct receipts *x = ir_calloc(1, sizeof *x);
    int64_t before = get_upto(st, RECEIPT_UPTO);
    size_t i;
    int rc;

    *written = 0;
    x->st = st;
    x->t = t;
    x->upto = before;
    ir_key_id(node->pub, x->self);
    rc = ir_store_arrived_each(st, before, AT_ONCE, collect_alert, x, err);
    if (rc != IR_OK || x->upto == before)
        goto out;
    sort_alerts(x);
    rc = ir_store_begin(st, err);
    if (rc != IR_OK)
        goto out;
    rc = put_receipts(x, node, now, written, err);
    if (rc == IR_OK)
        rc = put_upto(st, RECEIPT_UPTO, x->upto, err);
    if (rc == IR_OK)
        rc = ir_store_commit(st, err);
    else
        ir_store_rollback(st);
    if (rc != IR_OK)
        *written = 0;
out:
    for (i = 0; i < x->n; i++) {
        free(x->g[i].ids);
        ir_log_done(&x->g[i].own);
    }
    free(x->alerts);
    free(x->at);
    free(x);
    return rc;
}

struct heads {
    const struct ir_trust *t;
    struct ir_witness_head *v;
    size_t n;
    int64_t upto;
};

/* Entries of people: in an incident, or of lane F. */
static bool
collect_head(const struct ir_arrived_row *r, void *arg)
{
    static const uint8_t outside[8] = {0, 0, 0, 0, 0, 0, 0, IR_LANE_I};
    struct heads *x = arg;
    bool wanted = r->head.lane == IR_LANE_F ||
                  (r->head.lane == IR_LANE_I &&
                   memcmp(r->head.chain, outside, sizeof outside) != 0);

    x->upto = r->n;
    if (!wanted || !is_person(x->t, r->head.author))
        return true;
    x->v = ir_realloc(x->v, (x->n + 1) * sizeof *x->v);
    x->v[x->n++] = r->head;
    return true;
}

/* Add what one witness says, as far as it is here and counts: a person's own
 * devices are no witness of what they wrote. At most *left heads are looked up.
 */
static void
add_said(struct ir_store *st, const struct ir_trust *t,
         const struct ir_entry *e, const struct ir_cert_key *device,
         const uint8_t *self, size_t *left, struct ir_witness_said **v,
         size_t *n)
{
    bool own = memcmp(device->key_id, self, IR_KEYID_BYTES) == 0;
    struct ir_body_item it;
    size_t k = 0;

    for (; *left > 0 && ir_body_each(e, 1, &k, &it); --*left) {
        struct ir_witness_said s = {.member = device->member};
        const struct ir_cert_key *author;

        if (it.len != IR_ID_BYTES ||
            ir_store_head(st, it.p, &s.head, NULL) != IR_OK)
            continue;
        author = ir_trust_key(t, s.head.author);
        if (!own && author != NULL && author->member == device->member)
            continue;
        memcpy(s.device, device->key_id, IR_KEYID_BYTES);
        *v = ir_realloc(*v, (*n + 1) * sizeof **v);
        (*v)[(*n)++] = s;
    }
}

/* What devices have witnessed since row `after`, as far as it is here. */
static struct ir_witness_said *
load_said(struct ir_store *st, const struct ir_trust *t, const uint8_t *self,
          int64_t after, size_t *n)
{
    size_t *used = ir_calloc(t->keys_n + 1, sizeof *used);
    struct ir_witness_said *v = NULL;
    struct ir_log log = {0};
    size_t i, all = SAID_MAX;

    *n = 0;
    if (ir_store_load_witnesses(st, after, WITNESSES_MAX, &log, NULL) != IR_OK)
        log.n = 0;
    for (i = 0; i < log.n; i++) {
        const struct ir_cert_key *key = ir_trust_key(t, log.e[i].h.author);
        size_t *mine, left, was;

        if (key == NULL || !key->node || key->revoked ||
            ir_trust_admits(t, &log.e[i], NULL) != IR_OK)
            continue;
        mine = &used[key - t->keys];
        was = left = SAID_OF_ONE - *mine < all ? SAID_OF_ONE - *mine : all;
        add_said(st, t, &log.e[i], key, self, &left, &v, n);
        *mine += was - left;
        all -= was - left;
    }
    ir_log_done(&log);
    free(used);
    return v;
}

static int
put_witness(struct ir_store *st, const struct ir_key *node,
            const struct ir_now *now, const struct ir_witness_head *v, size_t n,
            struct ir_err *err)
{
    struct ir_signer who = ir_node_signer(node);
    struct ir_draft d = {.kind = IR_KIND_WITNESS};
    uint8_t(*ids)[IR_ID_BYTES] = ir_calloc(n + 1, sizeof ids[0]);
    uint8_t id[IR_ID_BYTES];
    size_t i;
    int rc;

    for (i = 0; i < n; i++)
        memcpy(ids[i], v[i].id, IR_ID_BYTES);
    ir_bodyw_hashes(&d.body, 1, (const uint8_t(*)[IR_ID_BYTES])ids, n);
    rc = ir_store_append(st, &who, &d, now, id, err);
    free(ids);
    return rc;
}

int
ir_witness_write(struct ir_store *st, const struct ir_trust *t,
                 const struct ir_key *node, const struct ir_now *now,
                 size_t *heads, struct ir_err *err)
{
    int64_t before = get_upto(st, WITNESS_UPTO);
    struct heads x = {.t = t, .upto = before};
    struct ir_witness_said *said = NULL;
    uint8_t self[IR_KEYID_BYTES];
    size_t said_n = 0, n = 0;
    int rc = ir_store_arrived_each(st, before, AT_ONCE, collect_head, &x, err);

    *heads = 0;
    if (rc != IR_OK || x.upto == before)
        goto out;
    ir_key_id(node->pub, self);
    if (x.n > 0)
        said = load_said(st, t, self, before - BACK, &said_n);
    n = ir_witness_pick(x.v, x.n, said, said_n, self);
    rc = ir_store_begin(st, err);
    if (rc != IR_OK)
        goto out;
    if (n > IR_WITNESS_HEADS_MAX) {
        n = IR_WITNESS_HEADS_MAX;
        x.upto = before; /* the others at the next call */
    }
    if (n > 0)
        rc = put_witness(st, node, now, x.v, n, err);
    if (rc == IR_OK)
        rc = put_upto(st, WITNESS_UPTO, x.upto, err);
    if (rc == IR_OK)
        rc = ir_store_commit(st, err);
    else
        ir_store_rollback(st);
    if (rc == IR_OK)
        *heads = n;
out:
    free(x.v);
    free(said);
    return rc;
}

void
ir_witness_view(struct ir_store *st, bool whole)
{
    bool more = true;
    int64_t least = IR_SEEN_TAIL;

    while (more && ir_seen_grow(st, least, &more, NULL) == IR_OK)
        more = more && whole;
}

void
ir_ctx_witness(struct ir_ctx *c)
{
    struct ir_err keep = c->err;
    struct ir_key *node = NULL;
    struct ir_now now;
    size_t n = 0;
    int rc = ir_ctx_node_key(c, &node);

    ir_clock_now(&now);
    if (rc == IR_OK && node != NULL)
        rc = ir_alert_receipts(c->st, &c->trust, node, &now, &n, &c->err);
    if (rc == IR_OK && node != NULL)
        rc = ir_witness_write(c->st, &c->trust, node, &now, &n, &c->err);
    if (rc != IR_OK) /* what came is kept all the same */
        ir_buf_addf(&c->talk,
                    _(" This device has not signed what it holds now: %s\n"),
                    c->err.msg);
    ir_witness_view(c->st, true);
    ir_key_free(node);
    c->err = keep;
}
