/* case.c: see case.h. */
#include "cmd/case.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/mesh_conf.h"
#include "cmd/signed.h"
#include "cmd/spread.h"
#include "core/order.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SENDING_MS 30000 /* so old, and others should have witnessed it */

/* Field 1 of kind incident: docs/format.md. */
#define OP_DECLARE 1
#define OP_CLOSE 6

static void
point_view(struct ir_ctx *c, struct ir_case *k)
{
    const uint8_t *m = k->inc->has_manifest ? k->inc->manifest : NULL;

    ir_ctx_site(c, m);
    k->site = c->view.site;
    k->system = NULL;
    if (m != NULL && k->inc->system != NULL)
        (void)ir_library_json(&c->lib, m, "system", k->inc->system, &k->system,
                              NULL);
    c->view.system = c->talk_view.system = k->system;
}

/* What an incident is folded from. */
static struct ir_fold_in
fold_in(struct ir_ctx *c, const struct ir_case *k, const uint8_t *declare,
        int64_t now_ms)
{
    struct ir_fold_in in = {.trust = &c->trust,
                            .e = k->e,
                            .e_n = k->n,
                            .declare = declare,
                            .look = ir_library_lookup(&c->lib),
                            .now_ms = now_ms};

    return in;
}

void
ir_case_tell_left(struct ir_ctx *c, struct ir_case *k)
{
    struct ir_fold_in in = fold_in(c, k, k->inc->declare, 0);

    ir_incident_tell_left(&in, k->inc);
}

/* Fold what is loaded. */
static int
fold(struct ir_ctx *c, struct ir_case *k, const uint8_t *declare,
     int64_t now_ms)
{
    struct ir_fold_in in;
    int rc;

    k->e = ir_log_ptrs(&k->log);
    k->n = k->log.n;
    ir_order_sort(k->e, k->n);
    in = fold_in(c, k, declare, now_ms);
    rc = ir_incident_fold(&in, &k->inc, &c->err);
    if (rc == IR_OK)
        point_view(c, k);
    return rc;
}

/* Approvals are in lane T as well, where they were counted. */
static size_t
approvals(const struct ir_log *log)
{
    size_t i, n = 0;

    for (i = 0; i < log->n; i++)
        n += ir_kind_lane(log->e[i].h.kind) == IR_LANE_T ? 1 : 0;
    return n;
}

static void
leave_out(struct ir_ctx *c, struct ir_log *log)
{
    size_t before = approvals(log), out;

    out = ir_signed_only(&c->trust, ir_store_site(c->st), c->signed_all, log);
    c->unsigned_n = out - (before - approvals(log));
}

/* What people said of channels, outside of all incidents: where devices sign
 * most of what there is. */
static int
load_channels(struct ir_ctx *c, struct ir_log *log)
{
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < c->trust.keys_n && rc == IR_OK; i++)
        if (!c->trust.keys[i].node)
            rc = ir_store_load_by(c->st, NULL, IR_KIND_CHANNEL,
                                  c->trust.keys[i].key_id, log, &c->err);
    return rc;
}

int
ir_case_load(struct ir_ctx *c, const uint8_t declare[IR_ID_BYTES],
             int64_t now_ms, struct ir_case *k)
{
    struct ir_now now;
    int rc;

    memset(k, 0, sizeof *k);
    if (now_ms == 0) {
        ir_clock_now(&now);
        now_ms = now.wall_ms;
    }
    c->view.now_ms = c->talk_view.now_ms = now_ms;
    k->version = ir_store_version(c->st);
    rc = ir_store_load_incident(c->st, declare, &k->log, &c->err);
    if (rc == IR_OK)
        rc = load_channels(c, &k->log);
    if (rc == IR_OK && c->signed_only)
        leave_out(c, &k->log);
    if (rc == IR_OK)
        rc = fold(c, k, declare, now_ms);
    if (rc != IR_OK)
        ir_case_done(k);
    return rc;
}

void
ir_case_done(struct ir_case *k)
{
    if (k->inc != NULL)
        ir_incident_free(k->inc);
    free(k->e);
    ir_log_done(&k->log);
    memset(k, 0, sizeof *k);
}

const struct ir_incident *
ir_case_slim(struct ir_case *k)
{
    free(k->e);
    ir_log_done(&k->log);
    k->e = NULL;
    k->n = 0;
    return k->inc;
}

int
ir_case_grow(struct ir_ctx *c, struct ir_case *k,
             const uint8_t (*ids)[IR_ID_BYTES], size_t n)
{
    uint8_t declare[IR_ID_BYTES];
    struct ir_now now;
    size_t i;
    int rc = IR_OK;

    memcpy(declare, k->inc->declare, IR_ID_BYTES);
    ir_incident_free(k->inc);
    free(k->e);
    k->inc = NULL;
    k->e = NULL;
    for (i = 0; i < n && rc == IR_OK; i++)
        rc = ir_store_load_id(c->st, ids[i], &k->log, &c->err);
    ir_clock_now(&now);
    c->view.now_ms = c->talk_view.now_ms = now.wall_ms;
    if (rc == IR_OK)
        rc = fold(c, k, declare, now.wall_ms);
    if (rc != IR_OK)
        ir_case_done(k);
    return rc;
}

/* The cached view that says that an incident is closed. */
static void
over_name(const uint8_t *declare, char out[IR_OVER_NAME])
{
    memcpy(out, "over/", 5);
    ir_hex(declare, IR_INCIDENT_BYTES, out + 5);
}

/* Is there an entry that closes it? Without one it is open for sure. */
static bool
may_be_over(struct ir_ctx *c, const uint8_t *declare)
{
    struct ir_log log = {0};
    bool found = ir_store_load_ops(c->st, declare, &log, NULL) != IR_OK;
    size_t i;

    for (i = 0; i < log.n; i++)
        found = found || ir_body_uint_or(&log.e[i], 1, 0) == OP_CLOSE;
    ir_log_done(&log);
    return found;
}

bool
ir_case_is_over(struct ir_ctx *c, const uint8_t declare[IR_ID_BYTES])
{
    struct ir_err keep = c->err;
    struct ir_buf none = {0};
    struct ir_over *o;
    struct ir_case k;
    char name[IR_OVER_NAME];
    int64_t stamp = 0;
    bool over;

    over_name(declare, name);
    if (ir_store_stamp(c->st, declare, &stamp, NULL) != IR_OK)
        return false;
    /* who checks signatures does not go by what was found without */
    if (!c->signed_only &&
        ir_store_view_get(c->st, name, stamp, &none) == IR_OK) {
        ir_buf_done(&none);
        return true;
    }
    if (ir_case_load(c, declare, 0, &k) != IR_OK) {
        c->err = keep;
        return false;
    }
    over = k.inc->state == IR_INC_CLOSED;
    ir_case_done(&k);
    if (over) {
        c->over = ir_realloc(c->over, (c->over_n + 1) * sizeof *c->over);
        o = &c->over[c->over_n++];
        memcpy(o->name, name, sizeof name);
        o->stamp = stamp;
    }
    return over;
}

int
ir_case_keep_over(struct ir_ctx *c, bool leave)
{
    struct ir_err err = {0};
    size_t i;
    int rc = IR_OK;

    if (c->over_n == 0 || (leave && ir_store_begin_now(c->st) != IR_OK))
        return IR_OK;
    for (i = 0; i < c->over_n && rc == IR_OK; i++)
        rc = ir_store_view_put(c->st, c->over[i].name, c->over[i].stamp, "1", 1,
                               leave ? &err : &c->err);
    c->over_n = 0;
    if (!leave)
        return rc;
    if (rc == IR_OK)
        (void)ir_store_commit(c->st, &err);
    else
        ir_store_rollback(c->st);
    return IR_OK;
}

int
ir_case_not_closed(struct ir_ctx *c, uint8_t (**ids)[IR_ID_BYTES], size_t *n)
{
    size_t i, kept = 0;
    int rc = ir_store_incidents(c->st, ids, n, &c->err);

    if (rc != IR_OK)
        return rc;
    for (i = 0; i < *n; i++)
        if (!may_be_over(c, (*ids)[i]) || !ir_case_is_over(c, (*ids)[i]))
            memmove((*ids)[kept++], (*ids)[i], IR_ID_BYTES);
    *n = kept;
    return IR_OK;
}

/* The digits of a name in upper case, without "IR-". */
static void
name_key(const char *name, char out[16])
{
    size_t n = 0;

    if (strncasecmp(name, "IR-", 3) == 0)
        name += 3;
    for (; *name != '\0' && n < 15; name++)
        out[n++] = (char)toupper((unsigned char)*name);
    out[n] = '\0';
}

/* Does the declare entry `id` go by this name? "7K4Q" or leading hex. */
static bool
goes_by(const uint8_t id[IR_ID_BYTES], const char *name)
{
    char key[16], own[8], hex[2 * IR_ID_BYTES + 1];

    name_key(name, key);
    ir_incident_name(id, own);
    if (strcmp(own + 3, key) == 0)
        return true;
    ir_hex(id, IR_ID_BYTES, hex);
    return strlen(name) >= 6 && strncasecmp(hex, name, strlen(name)) == 0;
}

int
ir_case_find(struct ir_ctx *c, const char *name, uint8_t declare[IR_ID_BYTES])
{
    uint8_t(*ids)[IR_ID_BYTES] = NULL;
    size_t n = 0, i, found = 0;
    int rc = ir_store_incidents(c->st, &ids, &n, &c->err);

    if (rc != IR_OK)
        return rc;
    for (i = 0; i < n; i++)
        if (goes_by(ids[i], name)) {
            memcpy(declare, ids[i], IR_ID_BYTES);
            found++;
        }
    free(ids);
    if (found == 1)
        return IR_OK;
    if (found > 1)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("several incidents are called \"%.60s\""), name);
    ir_fail(&c->err, IR_ENOTFOUND, _("no incident is called \"%.60s\""), name);
    ir_err_hint(&c->err, "ir list");
    return IR_ENOTFOUND;
}

/* The only open incident, if there is one. */
static int
only_open(struct ir_ctx *c, int64_t now_ms, struct ir_case *k)
{
    uint8_t(*ids)[IR_ID_BYTES] = NULL;
    struct ir_buf names = {0};
    size_t n = 0, i, open = 0;
    int rc = ir_case_not_closed(c, &ids, &n);

    for (i = 0; i < n && rc == IR_OK; i++) {
        struct ir_case x;

        if (ir_case_load(c, ids[i], now_ms, &x) != IR_OK)
            continue;
        if (x.inc->state == IR_INC_CLOSED) {
            ir_case_done(&x);
            continue;
        }
        ir_buf_addf(&names, "%s%s", open > 0 ? ", " : "", x.inc->name);
        if (open++ == 0)
            *k = x;
        else
            ir_case_done(&x);
    }
    free(ids);
    if (rc == IR_OK && open == 1) {
        point_view(c, k); /* others were loaded after it */
    } else if (rc == IR_OK) {
        if (open > 0)
            ir_case_done(k);
        rc = ir_fail(&c->err, open == 0 ? IR_ENOTFOUND : IR_EUSAGE,
                     open == 0 ? _("no incident is open")
                               : _("several incidents are open: %s"),
                     ir_buf_str(&names));
        ir_err_hint(&c->err, "%s",
                    open == 0 ? _("begin one: ir start SYSTEM")
                              : _("choose one: ir use INCIDENT"));
    }
    ir_buf_done(&names);
    return rc;
}

int
ir_case_current(struct ir_ctx *c, int64_t now_ms, struct ir_case *k)
{
    const char *name = c->incident;
    uint8_t declare[IR_ID_BYTES];
    char *used = NULL;
    int rc;

    if (name == NULL)
        name = getenv("IR_INCIDENT");
    if (name != NULL && name[0] != '\0') {
        rc = ir_case_find(c, name, declare);
        return rc == IR_OK ? ir_case_load(c, declare, now_ms, k) : rc;
    }
    used = ir_store_setting(c->st, "incident");
    if (used != NULL &&
        ir_scan_hex(used, declare, IR_ID_BYTES, NULL) == IR_OK &&
        ir_case_load(c, declare, now_ms, k) == IR_OK) {
        free(used);
        return IR_OK;
    }
    free(used);
    memset(&c->err, 0, sizeof c->err);
    return only_open(c, now_ms, k);
}

/* Does this entry declare an incident, by somebody whose key stands? */
static bool
declares(const struct ir_ctx *c, const struct ir_entry *e)
{
    const struct ir_cert_key *key = ir_trust_key(&c->trust, e->h.author);

    return e->h.kind == IR_KIND_INCIDENT && !e->h.has_incident &&
           ir_body_uint_or(e, 1, 0) == OP_DECLARE && key != NULL &&
           !key->revoked && ir_trust_admits(&c->trust, e, NULL) == IR_OK;
}

int
ir_case_bare(struct ir_ctx *c, struct ir_case *k)
{
    const char *name =
        c->incident != NULL ? c->incident : getenv("IR_INCIDENT");
    uint8_t declare[IR_ID_BYTES];
    char *used = NULL;
    bool known = false;
    int rc = IR_OK;

    memset(k, 0, sizeof *k);
    if (name != NULL && name[0] != '\0') {
        rc = ir_case_find(c, name, declare);
        known = rc == IR_OK;
    } else {
        used = ir_store_setting(c->st, "incident");
        known = used != NULL &&
                ir_scan_hex(used, declare, IR_ID_BYTES, NULL) == IR_OK;
        free(used);
    }
    if (rc != IR_OK)
        return rc;
    if (!known || ir_store_load_id(c->st, declare, &k->log, NULL) != IR_OK ||
        !declares(c, &k->log.e[0])) {
        ir_case_done(k);
        return ir_case_current(c, 0, k);
    }
    k->inc = ir_calloc(1, sizeof *k->inc);
    memcpy(k->inc->declare, declare, IR_ID_BYTES);
    memcpy(k->inc->id, declare, IR_INCIDENT_BYTES);
    ir_incident_name(declare, k->inc->name);
    k->inc->status = k->log.e[0].h.status;
    return IR_OK;
}

/* Is what is only here on its way: young, and a daemon with connections runs?
 */
static bool
being_sent(struct ir_ctx *c, const struct ir_view_record *r)
{
    return r->this_device_only > 0 &&
           c->view.now_ms - r->oldest_ms <= SENDING_MS &&
           ir_node_links(c->home, c->st) > 0;
}

void
ir_case_record(struct ir_ctx *c, const struct ir_case *k,
               struct ir_view_record *r)
{
    struct ir_spread s;
    bool can_carry = false;

    memset(r, 0, sizeof *r);
    ir_ctx_spread(c, k, &s, &can_carry);
    r->entries = s.entries;
    r->this_device_only = s.only_here;
    r->witnessed = r->entries - r->this_device_only;
    r->devices = s.whole;
    r->oldest_ms = s.oldest_ms;
    r->newest_ms = s.newest_ms;
    r->sending = being_sent(c, r);
    r->same = r->this_device_only > 0 ? ir_node_same(c->home, c->st) : 0;
    if (can_carry && !r->sending && r->same == 0)
        r->save = "ir carry out DIR";
    ir_spread_done(&s);
}
