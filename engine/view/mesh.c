/* mesh.c: see mesh.h. */
#include "view/mesh.h"

#include "base/i18n.h"
#include "base/scan.h"
#include "view/head.h"
#include "view/pool.h"
#include "view/term.h"

#include <stdlib.h>
#include <string.h>

static const char *
time_of(const struct ir_view *v, int64_t ms, struct ir_pool *pool)
{
    return ms > 0 ? ir_pool_take(pool, ir_view_weektime(v, ms)) : _("never");
}

/* By what way, in words. */
static const char *
carrier_say(const char *name)
{
    return strcmp(name, "dir") == 0     ? _("by hand")
           : strcmp(name, "lan") == 0   ? _("local network")
           : strcmp(name, "https") == 0 ? _("HTTPS")
                                        : name;
}

static const char *
custodian(const struct ir_view *v, int member)
{
    return member >= 0 ? v->trust->members[member].handle : "?";
}

/* "all 14", "9 of 14", "not known" */
static const char *
held(const struct ir_mesh_device *d, struct ir_pool *pool)
{
    if (d->of == 0)
        return _("no incident is open");
    if (d->equal)
        return _("holds the same");
    if (d->held == 0)
        return _("not known to hold any of it");
    if (d->held == d->of)
        return ir_pool_f(pool, _("holds all %zu"), d->of);
    return ir_pool_f(pool, _("holds %zu of %zu"), d->held, d->of);
}

static void
say_devices(const struct ir_view *v, const struct ir_mesh_status *s,
            struct ir_pool *pool, struct ir_buf *out)
{
    struct ir_table tb;
    char id[2 * IR_KEYID_BYTES + 1];
    size_t i;

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD, _("Devices"));
    ir_table_init(&tb, 4, 3);
    for (i = 0; i < s->devices_n; i++) {
        const struct ir_mesh_device *d = &s->devices[i];
        const char *cells[4];

        ir_hex(d->id, 4, id);
        cells[0] = ir_pool_f(pool, "%s", id);
        cells[1] = custodian(v, d->custodian);
        cells[2] =
            d->self      ? _("this device")
            : d->revoked ? _("revoked")
            : d->linked != NULL
                ? ir_pool_f(pool, _("connected, %s"), carrier_say(d->linked))
            : d->met_ms == 0
                ? _("nothing heard of it")
                : ir_pool_f(
                      pool, _("heard %s, %s"), time_of(v, d->met_ms, pool),
                      d->by != NULL ? carrier_say(d->by) : _("through others"));
        cells[3] = d->self && d->revoked   ? _("revoked")
                   : d->self || d->revoked ? ""
                   : !d->has_key ? _("has not been given the carrier key")
                                 : held(d, pool);
        ir_table_row(&tb, d->self ? IR_STYLE_ACCENT : IR_STYLE_NONE, cells);
    }
    ir_table_write(&tb, &v->term, out);
}

static void
say_incidents(const struct ir_view *v, const struct ir_mesh_status *s,
              struct ir_pool *pool, struct ir_buf *out)
{
    size_t i;

    for (i = 0; i < s->incidents_n; i++)
        ir_term_para(
            &v->term, out, 1, NULL, IR_STYLE_NONE,
            ir_pool_f(pool, _("%s: %s"), s->incidents[i].inc->name,
                      ir_head_record(v, &s->incidents[i].record, pool)));
}

static void
say_carriers(const struct ir_view *v, const struct ir_mesh_status *s,
             struct ir_pool *pool, struct ir_buf *out)
{
    size_t i;

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD, _("Ways"));
    if (s->carriers_n == 0)
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                     _("nothing has come or gone yet"));
    for (i = 0; i < s->carriers_n; i++) {
        const struct ir_mesh_carrier *c = &s->carriers[i];

        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                     ir_pool_f(pool, _("%s: in %s (%lld), out %s (%lld)"),
                               carrier_say(c->name), time_of(v, c->in_ms, pool),
                               (long long)c->came, time_of(v, c->out_ms, pool),
                               (long long)c->gave));
    }
}

/* What the daemon says of itself, and whom it cannot reach. */
static void
say_daemon(const struct ir_view *v, const struct ir_mesh_status *s,
           struct ir_pool *pool, struct ir_buf *out)
{
    const struct ir_json *peers = ir_json_get(s->daemon, "peers"), *p;
    size_t i;

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD, "ird");
    if (!s->daemon_runs) {
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                     _("does not run on this device: the record travels by "
                       "hand only. To start it: ird, or systemctl start "
                       "ird@USER"));
        return;
    }
    ir_term_para(
        &v->term, out, 3, NULL, IR_STYLE_NONE,
        ir_pool_f(
            pool, _("runs; HTTPS %s, local network %s; other devices: %lld"),
            !ir_json_get_bool(s->daemon, "https", false)      ? _("off")
            : ir_json_get_bool(s->daemon, "listening", false) ? _("on")
                                                              : _("calls only"),
            ir_json_get_bool(s->daemon, "lan", false) ? _("on") : _("off"),
            (long long)ir_json_get_int(s->daemon, "connected", 0)));
    if (ir_json_get_bool(s->daemon, "https", false) &&
        !ir_json_get_bool(s->daemon, "listening", false))
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                     _("others cannot call this device: its address or port "
                       "cannot be had. Another port:  ir mesh carrier "
                       "--port N"));
    if (ir_json_get_bool(s->daemon, "disk_full", false))
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_BOLD,
                     _("the disk is nearly full: what others record is not "
                       "stored here until there is room"));
    for (i = 0; (p = ir_json_at(peers, i)) != NULL; i++) {
        const char *why = ir_json_get_str(p, "why", NULL);

        if (!ir_json_get_bool(p, "up", false) && why != NULL)
            ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                         ir_pool_f(pool, _("%s does not answer: %s"),
                                   ir_json_get_str(p, "where", ""),
                                   s->self_revoked
                                       ? _("this device's key is revoked")
                                       : _(why)));
    }
}

/* Other devices are in and none of them is connected: what waits for that, and
 * what to do meanwhile.
 */
static bool
say_alone(const struct ir_view *v, const struct ir_mesh_status *s,
          struct ir_buf *out)
{
    size_t i, others = 0, here = 0;

    for (i = 0; i < s->devices_n; i++)
        others += !s->devices[i].self && !s->devices[i].revoked;
    for (i = 0; i < s->incidents_n; i++)
        here += s->incidents[i].record.this_device_only;
    if (others == 0 || s->self_revoked ||
        (s->daemon_runs && ir_json_get_int(s->daemon, "connected", 0) > 0) ||
        (!s->daemon_runs && here == 0))
        return false;
    ir_term_para(
        &v->term, out, 3, NULL, IR_STYLE_BOLD,
        s->daemon_runs
            ? _("no other device is connected: nothing comes or goes by "
                "itself. Is the cable in, is the network up, does ird run "
                "there? By hand: ir carry out DIR, and there ir carry in DIR")
            : _("nothing leaves this device by itself: start ird, or by hand: "
                "ir carry out DIR, and there ir carry in DIR"));
    return true;
}

static void
say_stuck(const struct ir_view *v, const struct ir_mesh_status *s,
          struct ir_pool *pool, struct ir_buf *out)
{
    bool alone = false;
    size_t i;

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD, _("Stuck"));
    for (i = 0; i < s->revoked_n; i++)
        ir_term_para(&v->term, out, 3, NULL,
                     i % 2 == 0 ? IR_STYLE_BOLD : IR_STYLE_NONE, s->revoked[i]);
    if (s->epoch > 0)
        alone = say_alone(v, s, out);
    if (s->refused_n + s->gaps_n + s->objects_missing + s->revoked_n == 0 &&
        s->epoch > 0 && !alone)
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE, _("nothing"));
    if (s->epoch == 0)
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_BOLD,
                     _("this device has not been given the site's carrier "
                       "key"));
    for (i = 0; i < s->refused_n; i++) {
        const struct ir_mesh_refused *r = &s->refused[i];
        const char *what =
            ir_pool_f(pool,
                      IR_CARRY_IS_LATER(r->why) ? _("put off so far: %lld %s")
                                                : _("refused so far: %lld %s"),
                      (long long)r->count, ir_view_carry_why(r->why));

        if (r->author != NULL)
            what = ir_pool_f(pool, _("%s (%s)"), what, r->author);
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                     ir_pool_f(pool, _("%s, last %s"), what,
                               time_of(v, r->last_ms, pool)));
    }
    for (i = 0; i < s->gaps_n; i++)
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                     ir_pool_f(pool,
                               _("not here: %lld entries of %s, of which there "
                                 "are later ones"),
                               (long long)s->gaps[i].missing,
                               s->gaps[i].author));
    if (s->objects_missing > 0)
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                     ir_pool_f(pool,
                               _("not here: %zu runbooks or outputs that "
                                 "entries name"),
                               s->objects_missing));
    if (s->gaps_n + s->objects_missing > 0)
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                     _("what is not here comes from a device that has it: by "
                       "ird on both, or there ir carry out DIR and here "
                       "ir carry in DIR"));
}

void
ir_view_mesh(const struct ir_view *v, const struct ir_mesh_status *s,
             struct ir_buf *out)
{
    struct ir_pool pool = {0};

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                 ir_pool_f(&pool, _("%s, %zu of them from other devices"),
                           ir_pool_take(&pool, ir_view_entries(s->entries)),
                           s->from_elsewhere));
    say_incidents(v, s, &pool, out);
    say_devices(v, s, &pool, out);
    say_carriers(v, s, &pool, out);
    say_daemon(v, s, &pool, out);
    say_stuck(v, s, &pool, out);
    ir_pool_done(&pool);
}

static struct ir_json *
incidents_json(const struct ir_mesh_status *s)
{
    struct ir_json *a = ir_json_new_arr();
    size_t i;

    for (i = 0; i < s->incidents_n; i++) {
        const struct ir_mesh_incident *x = &s->incidents[i];
        struct ir_json *o = ir_json_add_take(a, ir_json_new_obj());

        ir_json_set_hex(o, "id", x->inc->declare, IR_ID_BYTES);
        ir_json_set_str(o, "name", x->inc->name);
        ir_json_set_int(o, "entries", (int64_t)x->record.entries);
        ir_json_set_int(o, "this_device_only",
                        (int64_t)x->record.this_device_only);
        ir_json_set_int(o, "devices", (int64_t)x->record.devices);
        ir_view_set_time(o, "oldest_here_only", x->record.oldest_ms);
    }
    return a;
}

static struct ir_json *
devices_json(const struct ir_view *v, const struct ir_mesh_status *s)
{
    struct ir_json *a = ir_json_new_arr();
    size_t i;

    for (i = 0; i < s->devices_n; i++) {
        const struct ir_mesh_device *d = &s->devices[i];
        struct ir_json *o = ir_json_add_take(a, ir_json_new_obj());

        ir_json_set_hex(o, "id", d->id, IR_KEYID_BYTES);
        ir_view_set_member(v, o, "custodian", d->custodian);
        ir_json_set_bool(o, "this", d->self);
        ir_json_set_bool(o, "revoked", d->revoked);
        ir_json_set_bool(o, "carrier_key", d->has_key);
        ir_view_set_time(o, "heard", d->met_ms);
        ir_json_set_str(o, "carrier", d->by);
        ir_json_set_bool(o, "connected", d->linked != NULL);
        ir_json_set_bool(o, "equal", d->equal);
        ir_json_set_int(o, "held", (int64_t)d->held);
        ir_json_set_int(o, "of", (int64_t)d->of);
    }
    return a;
}

static struct ir_json *
peers_json(const struct ir_mesh_status *s)
{
    const struct ir_json *peers = ir_json_get(s->daemon, "peers"), *p;
    struct ir_json *a = ir_json_new_arr(), *o;
    size_t i;

    for (i = 0; s->daemon_runs && (p = ir_json_at(peers, i)) != NULL; i++) {
        o = ir_json_add_take(a, ir_json_new_obj());
        ir_json_set_str(o, "where", ir_json_get_str(p, "where", ""));
        ir_json_set_bool(o, "up", ir_json_get_bool(p, "up", false));
        ir_json_set_str(o, "why", ir_json_get_str(p, "why", NULL));
        ir_json_set_str(o, "detail", ir_json_get_str(p, "detail", NULL));
    }
    return a;
}

static struct ir_json *
stuck_json(const struct ir_mesh_status *s)
{
    struct ir_json *j = ir_json_new_obj(), *a, *o;
    size_t i;
    int later;

    for (later = 0; later < 2; later++) {
        a = ir_json_set_take(j, later ? "later" : "refused", ir_json_new_arr());
        for (i = 0; i < s->refused_n; i++) {
            const struct ir_mesh_refused *r = &s->refused[i];

            if (IR_CARRY_IS_LATER(r->why) != (later == 1))
                continue;
            o = ir_json_add_take(a, ir_json_new_obj());
            ir_json_set_str(o, "why", ir_view_carry_why_name(r->why));
            ir_json_set_str(o, "author", r->author);
            ir_json_set_int(o, "count", r->count);
            ir_view_set_time(o, "last", r->last_ms);
        }
    }
    a = ir_json_set_take(j, "gaps", ir_json_new_arr());
    for (i = 0; i < s->gaps_n; i++) {
        o = ir_json_add_take(a, ir_json_new_obj());
        ir_json_set_str(o, "author", s->gaps[i].author);
        ir_json_set_int(o, "missing", s->gaps[i].missing);
    }
    ir_json_set_int(j, "objects_missing", (int64_t)s->objects_missing);
    return j;
}

struct ir_json *
ir_view_mesh_json(const struct ir_view *v, const struct ir_mesh_status *s)
{
    struct ir_json *j = ir_json_new_obj(), *a;
    size_t i;

    ir_json_set_int(j, "entries", (int64_t)s->entries);
    ir_json_set_int(j, "from_elsewhere", (int64_t)s->from_elsewhere);
    if (s->epoch > 0)
        ir_json_set_int(j, "carrier_key", (int64_t)s->epoch);
    else
        ir_json_set_take(j, "carrier_key", NULL);
    ir_json_set_take(j, "incidents", incidents_json(s));
    ir_json_set_take(j, "devices", devices_json(v, s));
    a = ir_json_set_take(j, "carriers", ir_json_new_arr());
    for (i = 0; i < s->carriers_n; i++) {
        const struct ir_mesh_carrier *c = &s->carriers[i];
        struct ir_json *o = ir_json_add_take(a, ir_json_new_obj());

        ir_json_set_str(o, "carrier", c->name);
        ir_view_set_time(o, "last_in", c->in_ms);
        ir_view_set_time(o, "last_out", c->out_ms);
        ir_json_set_int(o, "came", c->came);
        ir_json_set_int(o, "gave", c->gave);
    }
    a = ir_json_set_take(j, "daemon", ir_json_new_obj());
    ir_json_set_bool(a, "running", s->daemon_runs);
    ir_json_set_bool(a, "https",
                     s->daemon_runs &&
                         ir_json_get_bool(s->daemon, "https", false));
    ir_json_set_bool(
        a, "lan", s->daemon_runs && ir_json_get_bool(s->daemon, "lan", false));
    ir_json_set_bool(a, "listening",
                     s->daemon_runs &&
                         ir_json_get_bool(s->daemon, "listening", false));
    ir_json_set_int(a, "connected",
                    s->daemon_runs ? ir_json_get_int(s->daemon, "connected", 0)
                                   : 0);
    ir_json_set_take(a, "peers", peers_json(s));
    ir_json_set_take(j, "stuck", stuck_json(s));
    return j;
}
