/* people.c: see people.h: roles, people, clocks, and what waits for review. */
#include "view/people.h"

#include "base/scan.h"
#include "view/head.h"
#include "view/sentence.h"
#include "view/step.h"

#include <string.h>

static const char *
eight(const uint8_t *id, struct ir_pool *pool)
{
    char hex[2 * 4 + 1];

    ir_hex(id, 4, hex);
    return ir_pool_take(pool, ir_strdup(hex));
}

/* "Ito phone 050-0000-0101, then Tanaka phone ...": whom to call. */
static const char *
whom_to_call(const struct ir_view *v, const struct ir_json *role,
             struct ir_pool *pool)
{
    const struct ir_json *h = ir_json_get(role, "holders");
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < ir_json_len(h); i++) {
        const char *id = ir_json_str(ir_json_at(h, i));
        const char *ways;

        if (id == NULL)
            continue;
        ways = ir_pool_take(pool,
                            ir_view_phone(v, ir_view_contact(v, "people", id)));
        if (b.len > 0)
            ir_buf_adds(&b, _("; "));
        ir_buf_addf(&b, *ways != '\0' ? "%s %s" : "%s%s",
                    ir_pool_take(pool, ir_view_person(v, id, false)), ways);
    }
    return ir_pool_buf(pool, &b);
}

static bool
held(const struct ir_incident *inc, const char *role)
{
    size_t i;

    for (i = 0; i < inc->roles_n; i++)
        if (strcmp(inc->roles[i].role, role) == 0 && inc->roles[i].member >= 0)
            return true;
    return false;
}

void
ir_view_roles(const struct ir_view *v, const struct ir_incident *inc,
              struct ir_buf *out)
{
    const struct ir_json *roles = ir_view_contacts(v, "roles");
    struct ir_pool pool = {0};
    struct ir_table tb;
    size_t i;

    ir_table_init(&tb, 4, 1);
    for (i = 0; i < inc->roles_n; i++) {
        const struct ir_irole *r = &inc->roles[i];
        const char *note;
        const char *cells[4];

        if (r->member < 0)
            continue;
        note = r->acting ? _("acting") : "";
        if (r->disputed)
            note = _("disputed: one of the two yields");
        if (r->offered_to >= 0)
            note = ir_pool_f(
                &pool, _("offered to %s"),
                ir_pool_take(&pool, ir_view_member(v, r->offered_to, true)));
        cells[0] = r->role;
        cells[1] = ir_pool_take(&pool, ir_view_role(v, r->role));
        cells[2] = ir_pool_take(&pool, ir_view_member(v, r->member, true));
        cells[3] =
            ir_pool_f(&pool, _("since %s  %s"),
                      ir_pool_take(&pool, ir_view_time(v, r->since_ms)), note);
        ir_table_row(&tb, v->me == r->member ? IR_STYLE_ACCENT : IR_STYLE_NONE,
                     cells);
    }
    for (i = 0; i < ir_json_len(roles); i++) {
        const struct ir_json *r = ir_json_at(roles, i);
        const char *id = ir_json_get_str(r, "id", "");
        const char *cells[4];

        if (held(inc, id))
            continue;
        cells[0] = ir_pool_take(&pool, ir_view_safe(v, id));
        cells[1] = ir_pool_take(&pool, ir_view_role(v, id));
        cells[2] = _("nobody");
        cells[3] = ir_pool_f(&pool, _("call: %s"), whom_to_call(v, r, &pool));
        ir_table_row(&tb, IR_STYLE_NONE, cells);
    }
    ir_table_write(&tb, &v->term, out);
    ir_pool_done(&pool);
}

void
ir_view_disputed(const struct ir_view *v, const struct ir_incident *inc,
                 struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t i, k;

    for (i = 0; i < inc->roles_n; i++) {
        const struct ir_irole *mine = &inc->roles[i];

        for (k = 0; mine->disputed && mine->member == v->me && v->me >= 0 &&
                    k < inc->roles_n;
             k++) {
            const struct ir_irole *r = &inc->roles[k];

            if (r->member < 0 || k == i || strcmp(r->role, mine->role) != 0)
                continue;
            ir_head_labelled(
                v, _("conflict"), IR_STYLE_BOLD,
                ir_pool_f(
                    &pool,
                    _("You and %s both hold the role %s. Talk to them; "
                      "whoever yields types  %s"),
                    ir_pool_take(&pool, ir_view_member(v, r->member, false)),
                    ir_pool_take(&pool, ir_view_role(v, r->role)),
                    ir_pool_cmd(&pool, "role release %s", r->role)),
                out);
        }
    }
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_roles_json(const struct ir_view *v, const struct ir_incident *inc)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < inc->roles_n; i++) {
        const struct ir_irole *r = &inc->roles[i];
        struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_str(o, "role", r->role);
        ir_view_set_member(v, o, "member", r->member);
        ir_json_set_bool(o, "acting", r->acting);
        ir_view_set_member(v, o, "offered_to", r->offered_to);
        ir_view_set_time(o, "since", r->since_ms);
        ir_json_set_bool(o, "disputed", r->disputed);
    }
    return arr;
}

/* Everybody who has a role, joined, or has done or taken a step. */
static bool
takes_part(const struct ir_incident *inc, int m)
{
    size_t i;

    if (inc->declared_by == m)
        return true;
    for (i = 0; i < inc->joined_n; i++)
        if (inc->joined[i] == m)
            return true;
    for (i = 0; i < inc->roles_n; i++)
        if (inc->roles[i].member == m)
            return true;
    for (i = 0; i < inc->steps_n; i++)
        if (inc->steps[i].by == m)
            return true;
    return false;
}

static const char *
roles_of(const struct ir_view *v, const struct ir_incident *inc, int m,
         struct ir_pool *pool)
{
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < inc->roles_n; i++) {
        if (inc->roles[i].member != m)
            continue;
        if (b.len > 0)
            ir_buf_adds(&b, _(", "));
        ir_buf_addf(&b, inc->roles[i].acting ? _("%s (acting)") : "%s",
                    ir_pool_take(pool, ir_view_role(v, inc->roles[i].role)));
    }
    return ir_pool_buf(pool, &b);
}

static const char *
work_of(const struct ir_view *v, const struct ir_incident *inc, int m,
        struct ir_pool *pool)
{
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < inc->steps_n; i++) {
        const struct ir_istep *st = &inc->steps[i];

        if (st->by != m || st->state != IR_STEP_ACTIVE)
            continue;
        if (b.len > 0)
            ir_buf_adds(&b, _(", "));
        ir_buf_addf(&b, _("%s since %s"), ir_step_title(v, inc, st, pool),
                    ir_pool_take(pool, ir_view_time(v, st->begun_ms)));
    }
    return ir_pool_buf(pool, &b);
}

void
ir_view_who(const struct ir_view *v, const struct ir_incident *inc,
            struct ir_buf *out)
{
    size_t m, n = v->trust != NULL ? v->trust->members_n : 0;
    struct ir_pool pool = {0};
    struct ir_table tb;

    ir_table_init(&tb, 4, 1);
    for (m = 0; m < n; m++) {
        const char *handle = v->trust->members[m].handle;
        const char *cells[4];

        if (!takes_part(inc, (int)m))
            continue;
        cells[0] = ir_pool_take(&pool, ir_view_member(v, (int)m, true));
        cells[1] = roles_of(v, inc, (int)m, &pool);
        cells[2] = ir_pool_take(
            &pool, ir_view_phone(v, ir_view_contact(v, "people", handle)));
        cells[3] = work_of(v, inc, (int)m, &pool);
        ir_table_row(&tb, v->me == (int)m ? IR_STYLE_ACCENT : IR_STYLE_NONE,
                     cells);
    }
    ir_table_write(&tb, &v->term, out);
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_who_json(const struct ir_view *v, const struct ir_incident *inc)
{
    size_t m, i, n = v->trust != NULL ? v->trust->members_n : 0;
    struct ir_json *arr = ir_json_new_arr();

    for (m = 0; m < n; m++) {
        struct ir_json *o, *a;

        if (!takes_part(inc, (int)m))
            continue;
        o = ir_json_add_take(arr, ir_json_new_obj());
        ir_view_set_member(v, o, "member", (int)m);
        ir_json_set_str(o, "name", v->trust->members[m].name);
        a = ir_json_set_take(o, "roles", ir_json_new_arr());
        for (i = 0; i < inc->roles_n; i++)
            if (inc->roles[i].member == (int)m)
                ir_json_add_str(a, inc->roles[i].role);
        a = ir_json_set_take(o, "steps", ir_json_new_arr());
        for (i = 0; i < inc->steps_n; i++)
            if (inc->steps[i].by == (int)m &&
                inc->steps[i].state == IR_STEP_ACTIVE)
                ir_json_add_str(a, inc->steps[i].path);
    }
    return arr;
}

void
ir_view_clocks(const struct ir_view *v, const struct ir_incident *inc,
               struct ir_buf *out)
{
    size_t *order = ir_malloc((inc->clocks_n + 1) * sizeof *order), i;
    struct ir_pool pool = {0};

    ir_pool_take(&pool, (char *)order);
    ir_head_clock_order(inc, order);
    if (inc->clocks_n == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     _("No clock runs."));
    for (i = 0; i < inc->clocks_n; i++) {
        const struct ir_iclock *c = &inc->clocks[order[i]];
        const char *from = "", *by = "", *basis = "", *name, *what;

        ir_term_para(&v->term, out, 1, NULL,
                     c->state == IR_CLOCK_MISSED    ? IR_STYLE_ALARM
                     : c->state == IR_CLOCK_AT_RISK ? IR_STYLE_ACCENT
                                                    : IR_STYLE_NONE,
                     ir_head_clock(v, inc, c, &pool));
        if (c->from_ms != 0)
            from = ir_pool_f(&pool, _("from %s"),
                             ir_pool_take(&pool, ir_view_time(v, c->from_ms)));
        if (c->by >= 0)
            by =
                ir_pool_f(&pool, _(", stated by %s"),
                          ir_pool_take(&pool, ir_view_member(v, c->by, false)));
        if (c->basis != NULL)
            basis = ir_pool_f(&pool, _(" (\"%s\")"),
                              ir_pool_take(&pool, ir_view_safe(v, c->basis)));
        name = ir_pool_take(&pool, ir_view_safe(v, c->name));
        what = ir_pool_f(&pool, "%s%s%s", from, by, basis);
        if (v->term.cols < IR_TERM_NARROW) { /* a name is typed: not cut */
            ir_term_para(&v->term, out, 2, NULL, IR_STYLE_DIM, name);
            if (*what != '\0')
                ir_term_para(&v->term, out, 2, NULL, IR_STYLE_DIM, what);
            continue;
        }
        ir_term_para(&v->term, out, 5, NULL, IR_STYLE_DIM,
                     ir_pool_f(&pool, "%s%s%s", name,
                               *from != '\0' ? _(", ") : "", what));
    }
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_clocks_json(const struct ir_view *v, const struct ir_incident *inc)
{
    static const char *const type[] = {"rto", "rpo", "mtpd", "legal"};
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < inc->clocks_n; i++) {
        const struct ir_iclock *c = &inc->clocks[i];
        struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj());
        int64_t end = c->ended_ms != 0 ? c->ended_ms : ir_head_until(v, inc);

        ir_json_set_str(o, "name", c->name);
        ir_json_set_str(o, "title", ir_text(&c->title));
        ir_json_set_str(o, "type", type[c->type]);
        ir_json_set_int(o, "target_s", c->target_s);
        ir_json_set_int(o, "elapsed_s",
                        c->from_ms != 0 ? (end - c->from_ms) / 1000 : 0);
        ir_json_set_str(o, "state", ir_view_clock_word(c->state));
        ir_json_set_bool(o, "met_late", c->met_late);
        ir_view_set_time(o, "from", c->from_ms);
        ir_view_set_time(o, "due", c->due_ms);
        ir_view_set_time(o, "latest", c->latest_ms);
        ir_view_set_time(o, "ended", c->ended_ms);
        ir_json_set_bool(o, "provisional", c->provisional);
        ir_view_set_member(v, o, "by", c->by);
        ir_json_set_str(o, "basis", c->basis);
    }
    return arr;
}

void
ir_view_measures(const struct ir_view *v, const struct ir_incident *inc,
                 struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_table tb;
    size_t i;

    if (inc->measures_n == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     _("No interim measure."));
    ir_table_init(&tb, 5, 1);
    for (i = 0; i < inc->measures_n; i++) {
        const struct ir_imeasure *m = &inc->measures[i];
        const char *cells[5];

        cells[0] = eight(m->entry, &pool);
        cells[1] = m->lifted      ? _("lifted")
                   : m->permanent ? _("made permanent")
                                  : _("in force");
        cells[2] = m->owner != NULL
                       ? ir_pool_take(&pool, ir_view_owner(v, m->owner))
                       : _("no owner");
        cells[3] =
            m->review_ms != 0
                ? ir_pool_f(&pool, _("review %s"),
                            ir_pool_take(&pool, ir_view_time(v, m->review_ms)))
                : _("no review date");
        cells[4] = ir_pool_take(&pool, ir_view_safe(v, m->text));
        if (m->successor != NULL)
            cells[4] =
                ir_pool_f(&pool, _("%s (permanent: %s)"), cells[4],
                          ir_pool_take(&pool, ir_view_safe(v, m->successor)));
        ir_table_row(&tb, IR_STYLE_NONE, cells);
    }
    ir_table_write(&tb, &v->term, out);
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_measures_json(const struct ir_view *v, const struct ir_incident *inc)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    (void)v;
    for (i = 0; i < inc->measures_n; i++) {
        const struct ir_imeasure *m = &inc->measures[i];
        struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_hex(o, "id", m->entry, sizeof m->entry);
        ir_json_set_str(o, "text", m->text);
        ir_json_set_str(o, "owner", m->owner);
        ir_json_set_str(o, "state",
                        m->lifted      ? "lifted"
                        : m->permanent ? "permanent"
                                       : "in-force");
        ir_view_set_time(o, "started", m->started_ms);
        ir_view_set_time(o, "review", m->review_ms);
        ir_json_set_bool(o, "reviewed", m->reviewed);
        ir_json_set_str(o, "permanent", m->successor);
    }
    return arr;
}
