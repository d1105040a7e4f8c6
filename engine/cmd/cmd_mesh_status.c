/* cmd_mesh_status.c: `ir mesh status`: what other devices are known to have,
 * and what is stuck and why.
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/clones.h"
#include "cmd/commands.h"
#include "cmd/grants.h"
#include "cmd/join.h"
#include "cmd/mesh_conf.h"
#include "cmd/own.h"
#include "cmd/spread.h"
#include "store/ingest.h"
#include "store/met.h"
#include "store/object_part.h"
#include "store/seen.h"
#include "view/mesh.h"

#include <stdlib.h>
#include <string.h>

struct status {
    struct ir_ctx *c;
    struct ir_mesh_status s;
    struct ir_mesh_incident *incidents;
    struct ir_case *cases;
    size_t cases_n;
    struct ir_mesh_device *devices;
    struct ir_mesh_carrier *carriers;
    struct ir_mesh_refused *refused;
    struct ir_mesh_gap *gaps;
    const char **revoked;
    struct ir_json *daemon;
    char **names; /* what the above point to */
    size_t names_n;
};

/* Keep a string until the end. */
static const char *
keep(struct status *st, char *s)
{
    st->names = ir_realloc(st->names, (st->names_n + 1) * sizeof *st->names);
    st->names[st->names_n++] = s;
    return s;
}

static struct ir_mesh_device *
device(struct status *st, const uint8_t id[IR_KEYID_BYTES])
{
    size_t i;

    for (i = 0; i < st->s.devices_n; i++)
        if (memcmp(st->devices[i].id, id, IR_KEYID_BYTES) == 0)
            return &st->devices[i];
    return NULL;
}

static void
list_devices(struct status *st)
{
    const struct ir_trust *t = &st->c->trust;
    uint64_t epoch = ir_grant_epoch(t, 0);
    uint8_t self[IR_KEYID_BYTES] = {0};
    struct ir_err ignore = st->c->err;
    size_t i;

    (void)ir_grants_self(st->c, self);
    st->c->err = ignore;
    st->devices = ir_calloc(t->keys_n, sizeof *st->devices);
    for (i = 0; i < t->keys_n; i++) {
        const struct ir_cert_key *k = &t->keys[i];
        struct ir_mesh_device *d;

        if (!k->node)
            continue;
        d = &st->devices[st->s.devices_n++];
        memcpy(d->id, k->key_id, IR_KEYID_BYTES);
        d->custodian = (int)k->member;
        d->revoked = k->revoked;
        d->self = memcmp(self, k->key_id, sizeof self) == 0;
        st->s.self_revoked = st->s.self_revoked || (d->self && d->revoked);
        d->has_key = ir_grant_count(t, k->key_id, 0, epoch) > 0;
        if (d->self && d->has_key)
            st->s.epoch = epoch;
    }
}

/* The incidents that are not closed, and who holds what of them. */
static int
list_incidents(struct status *st)
{
    uint8_t(*ids)[IR_ID_BYTES] = NULL;
    size_t all = 0, i, j;
    int rc = ir_case_not_closed(st->c, &ids, &all);

    st->cases = ir_calloc(all, sizeof *st->cases);
    st->incidents = ir_calloc(all, sizeof *st->incidents);
    for (i = 0; rc == IR_OK && i < all; i++) {
        struct ir_case *k = &st->cases[st->cases_n];
        struct ir_mesh_incident *x = &st->incidents[st->cases_n];
        struct ir_spread sp;

        if (ir_case_load(st->c, ids[i], 0, k) != IR_OK) {
            memset(&st->c->err, 0, sizeof st->c->err);
            continue;
        }
        ir_case_record(st->c, k, &x->record);
        ir_ctx_spread(st->c, k, &sp, NULL);
        for (j = 0; j < st->s.devices_n; j++)
            st->devices[j].of += sp.entries;
        for (j = 0; j < sp.devices_n; j++) {
            struct ir_mesh_device *d = device(st, sp.devices[j].id);

            if (d != NULL)
                d->held += sp.devices[j].held;
        }
        ir_spread_done(&sp);
        x->inc = ir_case_slim(k);
        st->cases_n++;
    }
    free(ids);
    st->s.incidents = st->incidents;
    st->s.incidents_n = st->cases_n;
    return rc;
}

static void
add_met(const struct ir_met *m, void *arg)
{
    struct status *st = arg;
    struct ir_mesh_device *d = device(st, m->device);
    struct ir_mesh_carrier *c = NULL;
    size_t i;

    if (d != NULL && m->at_ms > d->met_ms) {
        d->met_ms = m->at_ms;
        d->by = keep(st, ir_strdup(m->carrier));
    }
    for (i = 0; i < st->s.carriers_n && c == NULL; i++)
        if (strcmp(st->carriers[i].name, m->carrier) == 0)
            c = &st->carriers[i];
    if (c == NULL) {
        st->carriers = ir_realloc(st->carriers, (st->s.carriers_n + 1) *
                                                    sizeof *st->carriers);
        c = &st->carriers[st->s.carriers_n++];
        memset(c, 0, sizeof *c);
        c->name = keep(st, ir_strdup(m->carrier));
    }
    if ((m->came > 0 || m->gave == 0) && m->at_ms > c->in_ms)
        c->in_ms = m->at_ms;
    if (m->gave > 0 && m->at_ms > c->out_ms)
        c->out_ms = m->at_ms;
    c->came += m->came;
    c->gave += m->gave;
}

/* A witness says that its device was heard of, though it came through others.
 */
static void
add_witnesses(struct status *st)
{
    size_t i;

    for (i = 0; i < st->s.devices_n; i++) {
        struct ir_mesh_device *d = &st->devices[i];

        if (d->by == NULL) {
            int64_t ms = ir_seen_last_ms(st->c->st, d->id);

            d->met_ms = ms > d->met_ms ? ms : d->met_ms;
        }
    }
}

/* Handle of the member whose key it is, or the key's id. */
static const char *
author_name(struct status *st, const uint8_t key[IR_KEYID_BYTES])
{
    const struct ir_cert_key *k = ir_trust_key(&st->c->trust, key);
    char hex[2 * IR_KEYID_BYTES + 1];

    if (k != NULL)
        return keep(st,
                    ir_asprintf("%s%s", st->c->trust.members[k->member].handle,
                                k->node ? ".device" : ""));
    ir_hex(key, IR_KEYID_BYTES, hex);
    return keep(st, ir_strdup(hex));
}

static bool
add_refused(const struct ir_refusals *r, void *arg)
{
    struct status *st = arg;
    struct ir_mesh_refused *x;

    if (r->what < IR_ARRIVED_NO_CERT || r->what > IR_ARRIVED_REVOKED)
        return true;
    st->refused =
        ir_realloc(st->refused, (st->s.refused_n + 1) * sizeof *st->refused);
    x = &st->refused[st->s.refused_n++];
    x->why = (enum ir_carry_why)(r->what - IR_ARRIVED_NO_CERT);
    x->author = r->known ? author_name(st, r->author) : NULL;
    x->count = r->count;
    x->last_ms = r->last_ms;
    return true;
}

static void
add_gap(const uint8_t author[IR_KEYID_BYTES], int64_t missing, void *arg)
{
    struct status *st = arg;

    st->gaps = ir_realloc(st->gaps, (st->s.gaps_n + 1) * sizeof *st->gaps);
    st->gaps[st->s.gaps_n].author = author_name(st, author);
    st->gaps[st->s.gaps_n++].missing = missing;
}

static void
add_revoked(const char *text, const char *hint, void *arg)
{
    struct status *st = arg;

    st->revoked =
        ir_realloc(st->revoked, (st->s.revoked_n + 2) * sizeof *st->revoked);
    st->revoked[st->s.revoked_n++] = keep(st, ir_strdup(text));
    st->revoked[st->s.revoked_n++] = keep(st, ir_strdup(hint));
}

/* Who is connected now; `fresh`: it speaks of all that is here. */
static void
add_links(struct status *st, bool fresh)
{
    const struct ir_json *links = ir_json_get(st->daemon, "links"), *l;
    uint8_t id[IR_KEYID_BYTES];
    size_t i;

    for (i = 0; st->s.daemon_runs && (l = ir_json_at(links, i)) != NULL; i++) {
        const char *hex = ir_json_get_str(l, "device", "");
        struct ir_mesh_device *d =
            strlen(hex) == 2 * sizeof id &&
                    ir_scan_hex(hex, id, sizeof id, NULL) == IR_OK
                ? device(st, id)
                : NULL;

        if (d == NULL)
            continue;
        d->linked = ir_json_get_str(l, "carrier", "");
        d->equal = d->equal || (fresh && ir_json_get_bool(l, "equal", false));
    }
}

/* What it left of itself. */
static void
read_daemon(struct status *st)
{
    st->s.daemon_runs = ir_node_runs(st->c->home);
    st->s.daemon = st->daemon = ir_node_left(st->c->st);
    add_links(st, ir_node_same(st->c->home, st->c->st) > 0);
}

static int
fill(struct status *st)
{
    struct ir_ctx *c = st->c;
    int64_t n = 0;
    int rc = ir_store_count(c->st, &n, &c->err);

    st->s.entries = (size_t)n;
    if (rc == IR_OK)
        rc = ir_store_arrived_count(c->st, &n, &c->err);
    st->s.from_elsewhere = (size_t)n;
    list_devices(st);
    if (rc == IR_OK)
        rc = list_incidents(st);
    if (rc == IR_OK)
        rc = ir_store_met_each(c->st, add_met, st, &c->err);
    add_witnesses(st);
    read_daemon(st);
    (void)ir_own_revoked(c, add_revoked, st);
    st->s.revoked = st->revoked;
    if (rc == IR_OK)
        rc = ir_store_refusals(c->st, add_refused, st, &c->err);
    if (rc == IR_OK)
        rc = ir_store_gaps(c->st, add_gap, st, &c->err);
    if (rc == IR_OK)
        rc = ir_object_wanted(c->st, &n, &c->err);
    st->s.objects_missing = (size_t)n;
    st->s.devices = st->devices;
    st->s.carriers = st->carriers;
    st->s.refused = st->refused;
    st->s.gaps = st->gaps;
    return rc;
}

static void
done(struct status *st)
{
    size_t i;

    for (i = 0; i < st->cases_n; i++)
        ir_case_done(&st->cases[i]);
    for (i = 0; i < st->names_n; i++)
        free(st->names[i]);
    free(st->names);
    free(st->cases);
    free(st->incidents);
    free(st->devices);
    free(st->carriers);
    free(st->refused);
    free(st->gaps);
    free(st->revoked);
    ir_json_free(st->daemon);
}

struct waiting {
    struct ir_ctx *c;
    struct ir_json *list; /* NULL: as text */
};

/* Somebody asks to be let in, and no key lay open to sign that with. */
static void
say_waiting(const struct ir_invite *v, void *arg)
{
    struct waiting *w = arg;
    struct ir_json *j;
    char *name;

    if (w->list != NULL) {
        j = ir_json_add_take(w->list, ir_json_new_obj());
        ir_json_set_str(j, "handle", v->handle);
        ir_json_set_str(j, "name", v->name);
        return;
    }
    name = ir_view_safe(&w->c->view, v->name);
    ir_buf_addf(&w->c->out,
                _("%s (%s) waits to be let in over the network:  ir mesh "
                  "admit\n"),
                name, v->handle);
    free(name);
}

int
ir_cmd_mesh_status(struct ir_ctx *c, int argc, char **argv)
{
    struct status st = {.c = c};
    struct waiting w = {.c = c};
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "mesh status", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc != IR_OK)
        return rc;
    ir_ctx_me_soft(c);
    rc = fill(&st);
    if (rc == IR_OK && c->json) {
        struct ir_json *j = ir_view_mesh_json(&c->view, &st.s);

        ir_json_set_take(j, "copies", ir_clones_json(c));
        ir_json_set_take(j, "revoked", ir_own_revoked_json(c));
        w.list = ir_json_set_take(j, "waiting", ir_json_new_arr());
        rc = ir_join_kept_each(c, say_waiting, &w);
        if (rc == IR_OK)
            ir_cmd_json_take(c, j);
        else
            ir_json_free(j);
    } else if (rc == IR_OK) {
        ir_view_mesh(&c->view, &st.s, &c->out);
        rc = ir_join_kept_each(c, say_waiting, &w);
        ir_clones_say(c);
    }
    done(&st);
    return rc;
}
