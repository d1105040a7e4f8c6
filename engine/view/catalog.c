/* catalog.c: see people.h: members, releases, systems, runbooks. */
#include "base/scan.h"
#include "base/time.h"
#include "view/people.h"
#include "view/pool.h"
#include "view/step.h"

#include <string.h>

static const char *
hex_of(const uint8_t *p, size_t n, struct ir_pool *pool)
{
    char hex[2 * 32 + 1];

    ir_hex(p, n, hex);
    return ir_pool_take(pool, ir_strdup(hex));
}

static const char *
text_of(const struct ir_view *v, const struct ir_json *j, const char *key,
        struct ir_pool *pool)
{
    return ir_pool_take(pool, ir_view_safe(v, ir_json_text_of(j, key)));
}

static const char *
fill(const struct ir_view *v, const struct ir_text *t, struct ir_pool *pool)
{
    return ir_pool_take(pool, ir_view_fill(v, NULL, t));
}

/* Roles as certified, joined. */
static const char *
member_roles(const struct ir_view *v, const struct ir_member *m,
             struct ir_pool *pool)
{
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < m->roles_n; i++) {
        if (b.len > 0)
            ir_buf_adds(&b, _(", "));
        ir_buf_adds(&b, ir_pool_take(pool, ir_view_role(v, m->roles[i])));
    }
    return ir_pool_buf(pool, &b);
}

void
ir_view_members(const struct ir_view *v, struct ir_buf *out)
{
    size_t i, n = v->trust != NULL ? v->trust->members_n : 0;
    struct ir_pool pool = {0};
    struct ir_table tb;

    ir_table_init(&tb, 4, 1);
    for (i = 0; i < n; i++) {
        const struct ir_member *m = &v->trust->members[i];
        const char *cells[4], *state;

        state = !m->active ? _("revoked") : m->admin ? _("administrator") : "";
        if (m->active && m->not_after_ms != 0 && m->not_after_ms < v->now_ms)
            state = _("expired");
        cells[0] = m->handle;
        cells[1] = ir_pool_take(&pool, ir_view_member(v, (int)i, true));
        cells[2] = state;
        cells[3] = member_roles(v, m, &pool);
        ir_table_row(&tb,
                     !m->active        ? IR_STYLE_DIM
                     : v->me == (int)i ? IR_STYLE_ACCENT
                                       : IR_STYLE_NONE,
                     cells);
    }
    ir_table_write(&tb, &v->term, out);
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_members_json(const struct ir_view *v)
{
    size_t i, k, n = v->trust != NULL ? v->trust->members_n : 0;
    struct ir_json *arr = ir_json_new_arr();

    for (i = 0; i < n; i++) {
        const struct ir_member *m = &v->trust->members[i];
        struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj()), *a;

        ir_json_set_str(o, "handle", m->handle);
        ir_json_set_str(o, "name", m->name);
        ir_json_set_hex(o, "id", m->id, sizeof m->id);
        a = ir_json_set_take(o, "roles", ir_json_new_arr());
        for (k = 0; k < m->roles_n; k++)
            ir_json_add_str(a, m->roles[k]);
        ir_json_set_bool(o, "admin", m->admin);
        ir_json_set_bool(o, "active", m->active);
        ir_view_set_time(o, "not_after", m->not_after_ms);
        a = ir_json_set_take(o, "keys", ir_json_new_arr());
        for (k = 0; k < v->trust->keys_n; k++) {
            const struct ir_cert_key *key = &v->trust->keys[k];
            struct ir_json *it;

            if (key->member != i)
                continue;
            it = ir_json_add_take(a, ir_json_new_obj());
            ir_json_set_hex(it, "id", key->key_id, sizeof key->key_id);
            ir_json_set_bool(it, "node", key->node);
            ir_json_set_bool(it, "revoked", key->revoked);
        }
    }
    return arr;
}

static const char *
release_state(const struct ir_view *v, const struct ir_release *r,
              struct ir_pool *pool)
{
    const char *who, *s;

    if (r->denied)
        return ir_pool_f(pool, _("denied: \"%s\""),
                         ir_pool_take(pool, ir_view_safe(v, r->deny_reason)));
    if (!r->approved)
        return ir_pool_f(pool, _("not approved: %s"),
                         ir_pool_cmd(pool, "ir release approve %s",
                                     hex_of(r->manifest, 4, pool)));
    who = ir_pool_take(pool, ir_view_member(v, (int)r->approver, false));
    s = r->self_approved
            ? ir_pool_f(pool, _("approved by its author %s alone"), who)
            : ir_pool_f(pool, _("approved by %s"), who);
    return ir_trust_current(v->trust) == r ? ir_pool_f(pool, _("%s, in use"), s)
                                           : s;
}

void
ir_view_releases(const struct ir_view *v, struct ir_buf *out)
{
    size_t i, n = v->trust != NULL ? v->trust->releases_n : 0;
    struct ir_pool pool = {0};

    if (n == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     _("No release yet. Make one: ir release make"));
    for (i = n; i-- > 0;) {
        const struct ir_release *r = &v->trust->releases[i];

        ir_term_row(
            &v->term, out, 1,
            ir_trust_current(v->trust) == r ? IR_STYLE_ACCENT : IR_STYLE_NONE,
            ir_pool_f(
                &pool, _("%s  %s  by %s"), hex_of(r->manifest, 4, &pool),
                ir_pool_take(&pool, ir_view_time(v, r->made_ms)),
                ir_pool_take(&pool, ir_view_member(v, (int)r->author, false))),
            IR_STYLE_NONE, release_state(v, r, &pool));
        if (r->text != NULL)
            ir_term_para(&v->term, out, 5, NULL, IR_STYLE_NONE,
                         ir_pool_take(&pool, ir_view_safe(v, r->text)));
    }
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_releases_json(const struct ir_view *v)
{
    size_t i, n = v->trust != NULL ? v->trust->releases_n : 0;
    struct ir_json *arr = ir_json_new_arr();

    for (i = n; i-- > 0;) {
        const struct ir_release *r = &v->trust->releases[i];
        struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_hex(o, "id", r->entry, sizeof r->entry);
        ir_json_set_hex(o, "manifest", r->manifest, sizeof r->manifest);
        ir_view_set_time(o, "made", r->made_ms);
        ir_view_set_member(v, o, "author", (int)r->author);
        ir_json_set_str(o, "text", r->text);
        ir_json_set_str(o, "commit", r->commit);
        ir_json_set_bool(o, "approved", r->approved);
        ir_json_set_bool(o, "self_approved", r->self_approved);
        ir_view_set_member(v, o, "approver",
                           r->approved ? (int)r->approver : -1);
        ir_json_set_bool(o, "denied", r->denied);
        ir_json_set_str(o, "reason", r->deny_reason);
        ir_json_set_bool(o, "current", ir_trust_current(v->trust) == r);
    }
    return arr;
}

/* The shortest time in which one of the system's operations must be back, in
 * words, or "".
 */
static const char *
gravest(const struct ir_json *system, struct ir_pool *pool)
{
    const struct ir_json *ops = ir_json_get(system, "operations");
    int64_t least = 0;
    size_t i;

    for (i = 0; i < ir_json_len(ops); i++) {
        const struct ir_json *d = ir_json_get(ir_json_at(ops, i), "rto");

        if (ir_json_is_int(d) && ir_json_int(d) > 0 &&
            (least == 0 || ir_json_int(d) < least))
            least = ir_json_int(d);
    }
    if (least == 0)
        return "";
    return ir_pool_f(pool, _("RTO %s"),
                     ir_pool_take(pool, ir_view_span(least * 1000)));
}

void
ir_view_systems(const struct ir_view *v, const struct ir_json *const *systems,
                size_t n, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_table tb;
    size_t i;

    ir_table_init(&tb, 3, 1);
    for (i = 0; i < n; i++) {
        const char *cells[3];

        cells[0] = ir_pool_take(
            &pool, ir_view_safe(v, ir_json_get_str(systems[i], "id", "")));
        cells[1] = text_of(v, systems[i], "title", &pool);
        cells[2] = gravest(systems[i], &pool);
        ir_table_row(&tb, IR_STYLE_NONE, cells);
    }
    ir_table_write(&tb, &v->term, out);
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_systems_json(const struct ir_view *v,
                     const struct ir_json *const *systems, size_t n)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    (void)v;
    for (i = 0; i < n; i++) {
        struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_str(o, "id", ir_json_get_str(systems[i], "id", NULL));
        ir_json_set_str(o, "title", ir_json_text_of(systems[i], "title"));
        ir_json_set_str(o, "description",
                        ir_json_text_of(systems[i], "description"));
        ir_json_set_str(o, "owner", ir_json_get_str(systems[i], "owner", NULL));
        ir_json_set_int(
            o, "operations",
            (int64_t)ir_json_len(ir_json_get(systems[i], "operations")));
    }
    return arr;
}

/* A duration of the site's files: seconds once compiled, text before. */
static const char *
duration(const struct ir_json *op, const char *key, struct ir_pool *pool)
{
    const struct ir_json *d = ir_json_get(op, key);

    if (ir_json_is_int(d))
        return ir_pool_take(pool, ir_view_span(ir_json_int(d) * 1000));
    return ir_json_is_str(d) ? ir_json_str(d) : NULL;
}

static void
write_operation(const struct ir_view *v, const struct ir_json *op,
                struct ir_pool *pool, struct ir_buf *out)
{
    static const char *const key[] = {"rto", "rpo", "mtpd"};
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < 3; i++) {
        const char *d = duration(op, key[i], pool);
        char *shown;

        if (d == NULL)
            continue;
        if (b.len > 0)
            ir_buf_adds(&b, ir_view_sep(v));
        shown = ir_view_safe(v, d);
        ir_buf_addf(&b,
                    i == 0   ? _("RTO %s")
                    : i == 1 ? _("RPO %s")
                             : _("MTPD %s"),
                    ir_pool_take(pool, shown));
    }
    if (ir_json_get_int(op, "level", 0) > 0)
        ir_buf_addf(&b, _("%slevel %d percent"), ir_view_sep(v),
                    (int)ir_json_get_int(op, "level", 0));
    ir_term_row(&v->term, out, 3, IR_STYLE_BOLD, text_of(v, op, "title", pool),
                IR_STYLE_NONE, ir_pool_buf(pool, &b));
    ir_term_para(&v->term, out, 5, _("Fallback: "), IR_STYLE_NONE,
                 text_of(v, op, "fallback", pool));
}

void
ir_view_system(const struct ir_view *v, const struct ir_json *system,
               const struct ir_plan *const *plans, size_t n, struct ir_buf *out)
{
    const struct ir_json *ops = ir_json_get(system, "operations");
    const struct ir_json *cfg = ir_json_get(system, "config_record");
    const struct ir_json *who = ir_json_get(system, "partners");
    struct ir_pool pool = {0};
    size_t i;

    ir_term_row(&v->term, out, 1, IR_STYLE_BOLD,
                text_of(v, system, "title", &pool), IR_STYLE_NONE,
                ir_pool_take(
                    &pool, ir_view_safe(v, ir_json_get_str(system, "id", ""))));
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                 text_of(v, system, "description", &pool));
    for (i = 0; i < ir_json_len(ops); i++)
        write_operation(v, ir_json_at(ops, i), &pool, out);
    ir_term_para(
        &v->term, out, 1, _("Owner: "), IR_STYLE_NONE,
        ir_pool_take(&pool,
                     ir_view_owner(v, ir_json_get_str(system, "owner", ""))));
    if (cfg != NULL)
        ir_term_para(
            &v->term, out, 1, _("Configuration record: "), IR_STYLE_NONE,
            ir_pool_f(
                &pool, _("%s (checked %s)"), text_of(v, cfg, "place", &pool),
                ir_pool_take(
                    &pool,
                    ir_view_safe(v, ir_json_get_str(cfg, "checked", "?")))));
    for (i = 0; i < ir_json_len(who); i++) {
        const char *id = ir_json_str(ir_json_at(who, i));
        const struct ir_json *p = ir_view_contact(v, "partners", id);

        ir_term_para(&v->term, out, 1, _("Partner: "), IR_STYLE_NONE,
                     ir_pool_f(&pool, "%s %s",
                               ir_pool_take(&pool, ir_view_person(v, id, true)),
                               ir_pool_take(&pool, ir_view_phone(v, p))));
    }
    ir_view_runbooks(v, plans, n, out);
    ir_pool_done(&pool);
}

static const char *
kind_say(enum ir_plan_kind k)
{
    return k == IR_PLAN_EMERGENCY    ? _("emergency response")
           : k == IR_PLAN_RECOVERY   ? _("recovery")
           : k == IR_PLAN_CONTINUITY ? _("business continuity")
                                     : _("communication");
}

void
ir_view_runbooks(const struct ir_view *v, const struct ir_plan *const *plans,
                 size_t n, struct ir_buf *out)
{
    static const enum ir_plan_kind kinds[] = {
        IR_PLAN_EMERGENCY, IR_PLAN_RECOVERY, IR_PLAN_CONTINUITY,
        IR_PLAN_COMMUNICATION};
    struct ir_pool pool = {0};
    size_t i, k;

    for (k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct ir_table tb;

        ir_table_init(&tb, 2, 2);
        for (i = 0; i < n; i++) {
            const char *cells[2];

            if (plans[i]->kind != kinds[k])
                continue;
            if (tb.rows_n == 0)
                ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD,
                             kind_say(kinds[k]));
            cells[0] = plans[i]->id;
            cells[1] = fill(v, &plans[i]->title, &pool);
            ir_table_row(&tb, IR_STYLE_NONE, cells);
        }
        ir_table_write(&tb, &v->term, out);
    }
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_runbooks_json(const struct ir_view *v,
                      const struct ir_plan *const *plans, size_t n)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    (void)v;
    for (i = 0; i < n; i++) {
        struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_str(o, "id", plans[i]->id);
        ir_json_set_str(o, "kind", ir_plan_kind_word(plans[i]->kind));
        ir_json_set_str(o, "title", ir_text(&plans[i]->title));
        ir_json_set_str(o, "symptoms", ir_text(&plans[i]->symptoms));
        ir_json_set_int(o, "severity", plans[i]->severity);
        ir_json_set_int(o, "steps", (int64_t)plans[i]->steps_n);
        ir_json_set_hex(o, "plan", plans[i]->digest, sizeof plans[i]->digest);
    }
    return arr;
}
