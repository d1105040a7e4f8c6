/* alerts.c: see alerts.h. */
#include "cmd/alerts.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/audience.h"
#include "cmd/everybody.h"
#include "cmd/signed.h"
#include "cmd/update.h"

#include <stdlib.h>
#include <string.h>

struct ir_box_incident {
    uint8_t id[IR_INCIDENT_BYTES];
    struct ir_log log;
    struct ir_incident *inc; /* NULL: not here, or does not count */
};

/* Load and fold the incident of that short id, without pointing the view at
 * it. */
static void
load_incident(struct ir_ctx *c, struct ir_box_incident *x)
{
    uint8_t(*ids)[IR_ID_BYTES] = NULL;
    const struct ir_entry **e;
    struct ir_fold_in in = {.trust = &c->trust, .now_ms = c->view.now_ms};
    size_t n = 0, i;

    if (ir_store_incidents(c->st, &ids, &n, NULL) != IR_OK ||
        ir_store_load_incident(c->st, x->id, &x->log, NULL) != IR_OK)
        n = 0;
    if (c->signed_only)
        (void)ir_signed_only(&c->trust, ir_store_site(c->st), false, &x->log);
    e = ir_log_ptrs(&x->log);
    in.e = e;
    in.e_n = x->log.n;
    in.look = ir_library_lookup(&c->lib);
    for (i = 0; i < n && x->inc == NULL; i++)
        if (memcmp(ids[i], x->id, IR_INCIDENT_BYTES) == 0) {
            in.declare = ids[i];
            (void)ir_incident_fold(&in, &x->inc, NULL);
        }
    free(e);
    free(ids);
}

const struct ir_incident *
ir_box_incident(struct ir_box *b, const uint8_t *id)
{
    struct ir_box_incident *x;
    size_t i;

    if (b->here != NULL && memcmp(b->here->id, id, IR_INCIDENT_BYTES) == 0)
        return b->here;
    for (i = 0; i < b->inc_n; i++)
        if (memcmp(b->inc[i].id, id, IR_INCIDENT_BYTES) == 0)
            return b->inc[i].inc;
    b->inc = ir_realloc(b->inc, (b->inc_n + 1) * sizeof *b->inc);
    x = &b->inc[b->inc_n++];
    memset(x, 0, sizeof *x);
    memcpy(x->id, id, IR_INCIDENT_BYTES);
    load_incident(b->c, x);
    return x->inc;
}

bool
ir_box_may_hold(struct ir_ctx *c, const char *role, int who)
{
    const struct ir_member *m = &c->trust.members[who];
    const struct ir_json *r = ir_view_contact(&c->view, "roles", role);
    const struct ir_json *h = r != NULL ? ir_json_get(r, "holders") : NULL;
    size_t i;

    for (i = 0; i < m->roles_n; i++)
        if (strcmp(m->roles[i], role) == 0)
            return true;
    for (i = 0; h != NULL && i < ir_json_len(h); i++) {
        const char *id = ir_json_str(ir_json_at(h, i));

        if (id != NULL && strcmp(id, m->handle) == 0)
            return true;
    }
    return false;
}

/* Does `who` (-1: anybody) hold the role in that incident? */
static bool
is_held(struct ir_box *b, const char *role, const uint8_t *incident, int who)
{
    const struct ir_incident *inc =
        incident != NULL ? ir_box_incident(b, incident) : NULL;
    size_t i;

    for (i = 0; inc != NULL && i < inc->roles_n; i++)
        if (strcmp(inc->roles[i].role, role) == 0 &&
            inc->roles[i].member >= 0 &&
            (who < 0 || inc->roles[i].member == who))
            return true;
    return false;
}

bool
ir_box_holds(struct ir_box *b, const struct ir_alert *a, const char *role,
             int who)
{
    return is_held(b, role, a->has_incident ? a->incident : NULL, who);
}

/* Who holds the role in the incident; where nobody does, who may. */
static bool
means_role(struct ir_box *b, const char *role, const uint8_t *incident, int who)
{
    if (is_held(b, role, incident, who))
        return true;
    return !is_held(b, role, incident, -1) && ir_box_may_hold(b->c, role, who);
}

static bool
means(const char *to, const uint8_t *incident, int who, void *arg)
{
    struct ir_box *b = arg;
    const struct ir_json *j;
    uint64_t number;

    if (strncmp(to, "role:", 5) == 0)
        return means_role(b, to + 5, incident, who);
    if (strncmp(to, "audience:", 9) != 0)
        return false;
    j = ir_view_contact(&b->c->view, "audiences", to + 9);
    number = j != NULL ? (uint64_t)ir_json_get_int(j, "number", 0) : 0;
    if (number > 0 && ir_grant_epoch(&b->c->trust, number) > 0)
        return ir_audience_has(&b->c->trust, number, (size_t)who);
    if (j == NULL || ir_json_get_bool(j, "inside", true))
        return true; /* rather too many than nobody */
    return means_role(b, ir_json_get_str(j, "releases", ""), incident, who);
}

/* Was this incident loaded for an entry before `upto`? */
static bool
had(const struct ir_log *log, size_t upto, const uint8_t *incident)
{
    size_t i;

    for (i = 0; i < upto; i++)
        if (log->e[i].h.kind == IR_KIND_ALERT && log->e[i].h.has_incident &&
            memcmp(log->e[i].h.incident, incident, IR_INCIDENT_BYTES) == 0)
            return true;
    return false;
}

/* Receipts of who acts. */
static int
load_mine(struct ir_ctx *c, const uint8_t *incident, struct ir_log *log)
{
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < c->trust.keys_n && rc == IR_OK; i++) {
        const struct ir_cert_key *k = &c->trust.keys[i];

        if (!k->node && (int)k->member == c->me)
            rc = ir_store_load_by(c->st, incident, IR_KIND_RECEIPT, k->key_id,
                                  log, &c->err);
    }
    return rc;
}

static int
load_about(struct ir_ctx *c, enum ir_box_depth depth, const uint8_t *incident,
           struct ir_log *log)
{
    int rc;

    if (depth == IR_BOX_ALL && incident != NULL)
        return ir_store_load_incident(c->st, incident, log, &c->err);
    rc = incident != NULL ? ir_store_load_ops(c->st, incident, log, &c->err)
                          : IR_OK;
    if (rc == IR_OK && depth == IR_BOX_RECEIPTS) /* their own are asked for */
        rc = load_mine(c, incident, log);
    if (rc == IR_OK && depth == IR_BOX_ALL)
        rc = ir_store_load_kind(c->st, incident, IR_KIND_RECEIPT, log, &c->err);
    if (rc == IR_OK && depth == IR_BOX_ALL)
        rc = ir_store_load_kind(c->st, incident, IR_KIND_WITNESS, log, &c->err);
    return rc;
}

static int
load(struct ir_ctx *c, enum ir_box_depth depth, struct ir_log *log)
{
    size_t i, flash;
    int rc = ir_store_load_flash(c->st, log, &c->err);

    flash = log->n;
    for (i = 0; i < flash && rc == IR_OK; i++)
        if (log->e[i].h.kind == IR_KIND_ALERT && log->e[i].h.has_incident &&
            !had(log, i, log->e[i].h.incident))
            rc = load_about(c, depth, log->e[i].h.incident, log);
    if (rc == IR_OK && flash > 0)
        rc = load_about(c, depth, NULL, log);
    return rc;
}

/* What the site asks for before the gravest alerts go out. */
static int64_t
policy_cosign(struct ir_ctx *c)
{
    const struct ir_release *r = ir_trust_current(&c->trust);
    const struct ir_json *site = NULL, *p;

    if (r == NULL || ir_library_json(&c->lib, r->manifest, "site", "site",
                                     &site, NULL) != IR_OK)
        return 1;
    p = ir_json_get(site, "policy");
    return p != NULL ? ir_json_get_int(p, "alert_cosign", 1) : 1;
}

int64_t
ir_box_least(struct ir_ctx *c, uint64_t severity, bool all_or_outside, int by)
{
    int64_t others = (int64_t)ir_trust_people(&c->trust), least;

    if (severity > 1 || !all_or_outside)
        return 0;
    if (by >= 0 && c->trust.members[by].active)
        others--;
    least = policy_cosign(c);
    return least < others ? least : others;
}

/* Is one of the addressees an audience outside? */
static bool
is_outside(struct ir_ctx *c, const struct ir_alert *a)
{
    size_t i;

    for (i = 0; i < a->to_n; i++) {
        const struct ir_json *j =
            strncmp(a->to[i], "audience:", 9) == 0
                ? ir_view_contact(&c->view, "audiences", a->to[i] + 9)
                : NULL;

        if (j != NULL && !ir_json_get_bool(j, "inside", true))
            return true;
    }
    return false;
}

/* A note that goes with the alert, and what it says to who may read it. */
static void
add_note(struct ir_box *b, struct ir_valert *r)
{
    size_t i;

    for (i = 0; i < r->a->refs_n && r->note == NULL; i++) {
        struct ir_log log = {0};
        char hex[2 * IR_ID_BYTES + 1];

        if (ir_store_load_id(b->c->st, r->a->refs[i], &log, NULL) == IR_OK &&
            log.e[0].h.kind == IR_KIND_NOTE &&
            ir_trust_author(&b->c->trust, &log.e[0]) == r->a->by) {
            ir_hex(r->a->refs[i], IR_ID_BYTES, hex);
            r->note = ir_strdup(hex);
            r->secret = ir_body_strdup(&log.e[0], 1);
        }
        ir_log_done(&log);
    }
}

/* Of an alert by template, what it says to the reader, in one line. */
static void
put_words(struct ir_box *b, struct ir_alert *a)
{
    char *words, *p;

    if (a->template_no == 0 ||
        (words = ir_box_words(b, a, ir_i18n_lang())) == NULL)
        return;
    for (p = words; *p != '\0'; p++)
        if (*p == '\n')
            *p = p[1] != '\0' ? ' ' : '\0';
    free(a->text);
    a->text = words;
}

int
ir_box_load(struct ir_ctx *c, enum ir_box_depth depth,
            const struct ir_incident *here, struct ir_box *b)
{
    const struct ir_entry **e;
    size_t i, n = 0;
    int rc;

    memset(b, 0, sizeof *b);
    b->c = c;
    b->here = here;
    rc = load(c, depth, &b->log);
    if (rc != IR_OK)
        return rc;
    if (c->signed_only)
        c->unsigned_n +=
            ir_signed_only(&c->trust, ir_store_site(c->st), true, &b->log);
    e = ir_calloc(b->log.n + c->trust_log.n + 1, sizeof e[0]);
    for (i = 0; i < b->log.n; i++)
        e[n++] = &b->log.e[i];
    for (i = 0; i < c->trust_log.n; i++)
        e[n++] = &c->trust_log.e[i];
    ir_alerts_fold(&c->trust, e, n, &b->a);
    free(e);
    b->rows = ir_calloc(b->a.n + 1, sizeof *b->rows);
    for (i = 0; i < b->a.n; i++) {
        struct ir_valert *r = &b->rows[b->rows_n++];
        struct ir_alert *a = &b->a.v[i];
        char *name;

        ir_alert_ask_for(
            a, (uint64_t)ir_box_least(c, a->severity,
                                      a->to_n == 0 || is_outside(c, a), a->by));

        r->a = a;
        ir_outside_judge(b, r);
        put_words(b, a);
        r->for_me = ir_alert_is_for(a, &c->trust, c->me, means, b);
        add_note(b, r);
        if (a->has_incident) {
            uint8_t id[IR_ID_BYTES] = {0};

            memcpy(id, a->incident, IR_INCIDENT_BYTES);
            name = ir_calloc(1, 8);
            ir_incident_name(id, name);
            r->incident = name;
        }
    }
    ir_view_alert_sort(b->rows, b->rows_n);
    return IR_OK;
}

void
ir_box_done(struct ir_box *b)
{
    size_t i;

    for (i = 0; i < b->rows_n; i++) {
        free((void *)(uintptr_t)b->rows[i].incident);
        free((void *)(uintptr_t)b->rows[i].whom);
        free((void *)(uintptr_t)b->rows[i].note);
        free((void *)(uintptr_t)b->rows[i].secret);
    }
    for (i = 0; i < b->inc_n; i++) {
        if (b->inc[i].inc != NULL)
            ir_incident_free(b->inc[i].inc);
        ir_log_done(&b->inc[i].log);
    }
    free(b->inc);
    free(b->rows);
    ir_everybody_free(b->everybody);
    ir_alerts_done(&b->a);
    ir_log_done(&b->log);
    memset(b, 0, sizeof *b);
}

const struct ir_alert *
ir_box_alert(const struct ir_box *b, const uint8_t id[IR_ID_BYTES])
{
    size_t i;

    for (i = 0; i < b->rows_n; i++)
        if (memcmp(b->rows[i].a->id, id, IR_ID_BYTES) == 0)
            return b->rows[i].a;
    return NULL;
}

int
ir_box_find(struct ir_box *b, const char *hex, struct ir_valert **row)
{
    struct ir_err *err = &b->c->err;
    char id[2 * IR_ID_BYTES + 1];
    size_t i, len = strlen(hex);

    *row = NULL;
    if (len < 2 || len > 2 * IR_ID_BYTES ||
        strspn(hex, "0123456789abcdefABCDEF") != len)
        return ir_fail(err, IR_EUSAGE,
                       _("\"%.70s\" is not the beginning of an alert's id (2 "
                         "to 64 hex digits)"),
                       hex);
    for (i = 0; i < b->rows_n; i++) {
        ir_hex(b->rows[i].a->id, IR_ID_BYTES, id);
        if (strncasecmp(id, hex, len) != 0)
            continue;
        if (*row != NULL)
            return ir_fail(err, IR_EUSAGE,
                           _("several alerts begin with %.64s: type more of "
                             "it"),
                           hex);
        *row = &b->rows[i];
    }
    if (*row != NULL)
        return IR_OK;
    ir_fail(err, IR_ENOTFOUND, _("no alert begins with %.64s"), hex);
    ir_err_hint(err, "ir alert list");
    return IR_ENOTFOUND;
}

void
ir_box_whom(struct ir_box *b, struct ir_valert *row)
{
    const struct ir_trust *t = &b->c->trust;
    bool *whom;
    size_t i;

    if (row->whom != NULL)
        return;
    whom = ir_calloc(t->members_n + 1, sizeof whom[0]);
    for (i = 0; i < t->members_n; i++)
        whom[i] = ir_alert_is_for(row->a, t, (int)i, means, b);
    row->whom = whom;
}

/* Is the bell due for it? Then it has rung. */
static void
ring(struct ir_rung *rung, const uint8_t *id, bool seen)
{
    size_t i;

    for (i = 0; i < rung->n; i++)
        if (memcmp(rung->v[i], id, IR_ID_BYTES) == 0)
            return;
    rung->v = ir_realloc(rung->v, (rung->n + 1) * sizeof rung->v[0]);
    memcpy(rung->v[rung->n++], id, IR_ID_BYTES);
    rung->fresh = rung->fresh || !seen;
}

/* Ring for what waits. Of requests nothing tells who has seen them: for them
 * it rings where somebody stays and looks. */
static void
ring_all(struct ir_ctx *c, const struct ir_box *b,
         const struct ir_incident *here, struct ir_rung *rung)
{
    size_t i;

    for (i = 0; i < b->rows_n; i++)
        if (ir_view_alert_waits(&c->view, &b->rows[i]))
            ring(rung, b->rows[i].a->id,
                 ir_alert_receipt(b->rows[i].a, c->me, 2) != NULL);
        else if (c->in_walk &&
                 (ir_view_alert_to_cosign(&c->view, &b->rows[i]) ||
                  ir_view_alert_to_release(&b->rows[i])))
            ring(rung, b->rows[i].a->id, false);
    for (i = 0; c->in_walk && here != NULL && i < here->requests_n; i++)
        if (ir_request_open(&here->requests[i]) &&
            here->requests[i].by != c->me)
            ring(rung, here->requests[i].entry, false);
}

/* Whom to tell now: said where somebody stays and looks. */
static void
nag(struct ir_ctx *c, const struct ir_incident *here, const struct ir_box *b,
    struct ir_buf *out)
{
    struct ir_updates u;

    if (ir_updates_load(c, here, b, &u) == IR_OK)
        ir_view_updates_banner(&c->view, u.v, u.n, out);
    ir_updates_done(&u);
}

void
ir_box_banner(struct ir_ctx *c, const struct ir_incident *here,
              struct ir_rung *rung, struct ir_buf *out)
{
    struct ir_err keep = c->err;
    struct ir_box b = {0};

    rung->fresh = false;
    if (c->me >= 0 && ir_box_load(c, IR_BOX_RECEIPTS, here, &b) == IR_OK) {
        ir_view_banner(&c->view, b.rows, b.rows_n, here, out);
        if (c->in_walk && here != NULL)
            nag(c, here, &b, out);
        ring_all(c, &b, here, rung);
    }
    c->err = keep;
    ir_box_done(&b);
}
