/* status_json.c: see status.h: the object of `ir --json status`. */
#include "base/scan.h"
#include "view/head.h"
#include "view/people.h"
#include "view/status.h"

#include <stdlib.h>
#include <string.h>

struct ir_json *
ir_view_incident_json(const struct ir_view *v, const struct ir_incident *inc)
{
    struct ir_json *o = ir_json_new_obj();
    static const char *const approval[] = {"approved", "self-approved",
                                           "unapproved"};

    ir_json_set_hex(o, "id", inc->id, sizeof inc->id);
    ir_json_set_str(o, "name", inc->name);
    ir_json_set_str(o, "system", inc->system);
    ir_json_set_str(o, "scenario", inc->scenario);
    ir_json_set_str(o, "title", inc->title);
    ir_json_set_str(o, "state", ir_view_state_word(inc->state));
    ir_json_set_int(o, "severity", inc->severity);
    ir_json_set_str(o, "status", ir_view_status_word(inc->status));
    if (inc->has_manifest)
        ir_json_set_hex(o, "manifest", inc->manifest, sizeof inc->manifest);
    else
        ir_json_set_str(o, "manifest", NULL);
    ir_json_set_hex(o, "plan", inc->plan, sizeof inc->plan);
    ir_view_set_time(o, "began", inc->began_ms);
    ir_json_set_str(o, "began_precision", ir_view_prec_word(inc->began_prec));
    ir_view_set_time(o, "declared", inc->declared_ms);
    ir_view_set_member(v, o, "declared_by", inc->declared_by);
    ir_view_set_time(o, "closed", inc->closed_ms);
    ir_json_set_hex(o, "declare", inc->declare, sizeof inc->declare);
    ir_json_set_str(o, "approval", approval[ir_head_approval(v, inc)]);
    return o;
}

struct ir_json *
ir_view_incidents_json(const struct ir_view *v,
                       const struct ir_incident *const *inc, size_t n)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < n; i++)
        ir_json_add_take(arr, ir_view_incident_json(v, inc[i]));
    return arr;
}

static void
set_more(const struct ir_view *v, const struct ir_incident *inc,
         struct ir_json *o)
{
    struct ir_json *a;
    size_t i;

    a = ir_json_set_take(o, "services", ir_json_new_arr());
    for (i = 0; i < inc->services_n; i++) {
        struct ir_json *it = ir_json_add_take(a, ir_json_new_obj());

        ir_json_set_str(it, "operation", inc->services[i].operation);
        ir_json_set_int(it, "level", inc->services[i].level);
        ir_view_set_time(it, "at", inc->services[i].at_ms);
    }
    a = ir_json_set_take(o, "vars", ir_json_new_obj());
    for (i = 0; i < inc->vars_n; i++)
        ir_json_set_str(a, inc->vars[i].name, inc->vars[i].value);
    a = ir_json_set_take(o, "conflicts", ir_json_new_arr());
    for (i = 0; i < inc->conflicts_n; i++)
        ir_json_add_str(a, inc->conflicts[i]);
    a = ir_json_set_take(o, "left_open", ir_json_new_arr());
    for (i = 0; i < inc->left_open_n; i++)
        ir_json_add_str(a, inc->left_open[i]);
    a = ir_json_set_take(o, "joined", ir_json_new_arr());
    for (i = 0; i < inc->joined_n; i++)
        if (v->trust != NULL && inc->joined[i] >= 0 &&
            (size_t)inc->joined[i] < v->trust->members_n)
            ir_json_add_str(a, v->trust->members[inc->joined[i]].handle);
    a = ir_json_set_take(o, "links", ir_json_new_arr());
    for (i = 0; i < inc->links_n; i++) {
        char hex[2 * IR_INCIDENT_BYTES + 1];

        ir_hex(inc->links[i], IR_INCIDENT_BYTES, hex);
        ir_json_add_str(a, hex);
    }
    a = ir_json_set_take(o, "instances", ir_json_new_arr());
    for (i = 0; i < inc->instances_n; i++) {
        const struct ir_iinstance *in = &inc->instances[i];
        struct ir_json *it = ir_json_add_take(a, ir_json_new_obj());

        ir_json_set_int(it, "number", in->number);
        ir_json_set_str(it, "system", in->system);
        ir_json_set_str(it, "scenario", in->scenario);
        ir_json_set_hex(it, "plan", in->plan_digest, sizeof in->plan_digest);
        ir_json_set_bool(it, "here", in->plan != NULL);
        ir_json_set_bool(it, "unapproved", in->unapproved);
        ir_view_set_time(it, "added", in->added_ms);
    }
}

struct ir_json *
ir_view_status_json(const struct ir_view *v, const struct ir_walk *w)
{
    const struct ir_incident *inc = w->inc;
    struct ir_json *o = ir_json_new_obj(), *a;
    size_t i;

    ir_json_set_take(o, "incident", ir_view_incident_json(v, inc));
    a = ir_json_set_take(o, "steps", ir_json_new_arr());
    for (i = 0; i < inc->steps_n; i++)
        ir_json_add_take(a, ir_view_step_json(v, inc, i, false));
    ir_json_set_take(o, "clocks", ir_view_clocks_json(v, inc));
    ir_json_set_take(o, "roles", ir_view_roles_json(v, inc));
    a = ir_json_set_take(o, "record", ir_json_new_obj());
    ir_json_set_int(a, "entries", (int64_t)w->record.entries);
    ir_json_set_int(a, "witnessed", (int64_t)w->record.witnessed);
    ir_json_set_int(a, "this_device_only", (int64_t)w->record.this_device_only);
    ir_json_set_str(o, "mail", ir_view_mail_word(inc->mail));
    if (inc->mail != 0 && inc->mail_at_ms != 0) {
        ir_view_set_time(o, "mail_since", inc->mail_at_ms);
        ir_json_set_bool(o, "mail_found_by_device", inc->mail_node);
    }
    ir_json_set_take(o, "measures", ir_view_measures_json(v, inc));
    ir_json_set_take(o, "exceptions", ir_view_exceptions_json(v, inc));
    ir_json_set_take(o, "requests", ir_view_requests_json(v, inc));
    ir_json_set_take(
        o, "alerts",
        ir_view_alerts_of_json(v, w->alerts, w->alerts_n, inc->id));
    ir_json_set_take(o, "updates",
                     ir_view_updates_json(v, w->updates, w->updates_n));
    set_more(v, inc, o);
    return o;
}
