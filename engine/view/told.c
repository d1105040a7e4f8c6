/* told.c: see sheet.h: which authority was told what, and what is due next. */
#include "core/deadline.h"
#include "core/text.h"
#include "view/pool.h"
#include "view/sheet.h"
#include "view/step.h"

#include <stdlib.h>
#include <string.h>

/* Does `authority` play a part: told, reported to, or with a deadline? */
static bool
plays(const struct ir_incident *inc, const struct ir_json *site,
      const char *authority)
{
    struct ir_told_due due;
    size_t i;

    for (i = 0; i < inc->told_n; i++)
        if (strcmp(inc->told[i].authority, authority) == 0)
            return true;
    for (i = 0; i < inc->reports_n; i++)
        if (strcmp(inc->reports[i].authority, authority) == 0)
            return true;
    return ir_told_open(inc, site, authority, &due);
}

/* Ids of the authorities that play a part: those of the contacts in their
 * order, then others that were told.
 *
 * Owns:   the caller frees with free(); the ids are borrowed.
 */
static const char **
authorities(const struct ir_view *v, const struct ir_incident *inc,
            const struct ir_json *site, size_t *n)
{
    const struct ir_json *list = ir_view_contacts(v, "authorities");
    const char **ids = ir_calloc(
        ir_json_len(list) + inc->told_n + inc->reports_n + 1, sizeof *ids);
    size_t i, k;

    *n = 0;
    for (i = 0; i < ir_json_len(list); i++) {
        const char *id = ir_json_get_str(ir_json_at(list, i), "id", "");

        if (plays(inc, site, id))
            ids[(*n)++] = id;
    }
    for (i = 0; i < inc->told_n + inc->reports_n; i++) {
        const char *id = i < inc->told_n
                             ? inc->told[i].authority
                             : inc->reports[i - inc->told_n].authority;

        for (k = 0; k < *n; k++)
            if (strcmp(ids[k], id) == 0)
                break;
        if (k == *n)
            ids[(*n)++] = id;
    }
    return ids;
}

static const char *
say_told(const struct ir_view *v, const struct ir_itold *t,
         struct ir_pool *pool)
{
    struct ir_buf b = {0};

    ir_buf_addf(&b, _("told %s by %s"),
                ir_pool_take(pool, ir_view_moment(t->at_ms)),
                ir_pool_take(pool, ir_view_member(v, t->by, false)));
    if (t->to != NULL)
        ir_buf_addf(&b, _("; they reached %s"),
                    ir_pool_take(pool, ir_view_safe(v, t->to)));
    ir_buf_addf(&b, _(" (%s)"),
                ir_pool_take(pool, ir_view_channel(v, t->means)));
    if (t->receipt != NULL)
        ir_buf_addf(&b, _(", receipt number %s"),
                    ir_pool_take(pool, ir_view_safe(v, t->receipt)));
    else
        ir_buf_adds(&b, _(", no receipt number"));
    return ir_pool_buf(pool, &b);
}

static const char *
say_due(const struct ir_view *v, const struct ir_told_due *d,
        struct ir_pool *pool)
{
    const char *due = ir_pool_take(pool, ir_view_moment(d->due_ms));

    if (d->provisional)
        return ir_pool_f(pool,
                         _("undecided (%s if it counts from the "
                           "declaration)"),
                         due);
    if (d->latest_ms > 0)
        due = ir_pool_f(pool, _("%s, at the latest %s"), due,
                        ir_pool_take(pool, ir_view_moment(d->latest_ms)));
    return ir_pool_f(pool, _("%s (%s)"), due,
                     ir_pool_take(pool, ir_view_left(v, d->due_ms)));
}

static void
one(const struct ir_view *v, const struct ir_incident *inc,
    const struct ir_json *site, const char *id, struct ir_pool *pool,
    struct ir_buf *out)
{
    const struct ir_ireport *r;
    struct ir_told_due due;
    bool told = false, any = false;
    size_t i;

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD,
                 ir_pool_f(pool, _("%s (%s)"),
                           ir_pool_take(pool, ir_view_authority(v, id)), id));
    for (i = 0; i < inc->told_n; i++) {
        const struct ir_itold *t = &inc->told[i];

        if (strcmp(t->authority, id) != 0)
            continue;
        any = true;
        ir_term_para(
            &v->term, out, 3,
            ir_pool_f(
                pool, _("%s: "),
                ir_pool_take(pool, ir_view_safe(v, ir_report_say(t->report)))),
            IR_STYLE_NONE, say_told(v, t, pool));
    }
    r = ir_told_report(inc, id, NULL, &told);
    if (r != NULL && !told)
        ir_term_para(
            &v->term, out, 3, NULL, IR_STYLE_ACCENT,
            ir_pool_f(
                pool, _("drawn up %s (%s), not told yet"),
                ir_pool_take(pool, ir_view_moment(r->at_ms)),
                ir_pool_take(pool, ir_view_safe(v, ir_report_say(r->report)))));
    else if (!any)
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                     _("they were not told yet"));
    if (ir_told_open(inc, site, id, &due))
        ir_term_para(
            &v->term, out, 3,
            ir_pool_f(pool, _("next, %s: "),
                      ir_pool_take(pool, ir_view_due_title(v, site, &due))),
            IR_STYLE_NONE, say_due(v, &due, pool));
}

char *
ir_view_due_title(const struct ir_view *v, const struct ir_json *site,
                  const struct ir_told_due *due)
{
    struct ir_deadline d;
    const char *title = ir_deadline_find(site, due->id, &d)
                            ? ir_json_text_of(d.json, "title")
                            : NULL;

    return ir_view_safe(v, title != NULL ? title : ir_view_stage(due->stage));
}

void
ir_view_told(const struct ir_view *v, const struct ir_incident *inc,
             const struct ir_json *site, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t n = 0, i;
    const char **ids = authorities(v, inc, site, &n);

    for (i = 0; i < n; i++)
        one(v, inc, site, ids[i], &pool, out);
    if (n == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     _("No authority was told, and no deadline runs."));
    free(ids);
    ir_pool_done(&pool);
}

static struct ir_json *
told_json(const struct ir_view *v, const struct ir_itold *t)
{
    struct ir_json *o = ir_json_new_obj();

    ir_json_set_hex(o, "id", t->entry, IR_ID_BYTES);
    ir_json_set_str(o, "report", t->report);
    ir_view_set_time(o, "at", t->at_ms);
    ir_view_set_member(v, o, "by", t->by);
    ir_json_set_str(o, "to", t->to);
    ir_json_set_str(o, "means", t->means);
    ir_json_set_str(o, "receipt", t->receipt);
    if (t->has_of)
        ir_json_set_hex(o, "of", t->of, IR_ID_BYTES);
    else
        ir_json_set_str(o, "of", NULL);
    ir_view_set_time(o, "next_due", t->next_ms);
    return o;
}

struct ir_json *
ir_view_told_json(const struct ir_view *v, const struct ir_incident *inc,
                  const struct ir_json *site)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t n = 0, i, k;
    const char **ids = authorities(v, inc, site, &n);

    for (i = 0; i < n; i++) {
        struct ir_json *o = ir_json_new_obj(), *l;
        const struct ir_ireport *r;
        struct ir_told_due due;
        bool told = false;
        char *title = ir_view_authority(v, ids[i]);

        ir_json_set_str(o, "incident", inc->name);
        ir_json_set_str(o, "authority", ids[i]);
        ir_json_set_str(o, "title", title);
        l = ir_json_set_take(o, "told", ir_json_new_arr());
        for (k = 0; k < inc->told_n; k++)
            if (strcmp(inc->told[k].authority, ids[i]) == 0)
                ir_json_add_take(l, told_json(v, &inc->told[k]));
        r = ir_told_report(inc, ids[i], NULL, &told);
        if (r != NULL)
            ir_json_set_hex(o, "drawn_up", r->entry, IR_ID_BYTES);
        else
            ir_json_set_str(o, "drawn_up", NULL);
        ir_json_set_bool(o, "drawn_up_told", told);
        if (ir_told_open(inc, site, ids[i], &due)) {
            l = ir_json_set_take(o, "next", ir_json_new_obj());
            ir_json_set_str(l, "deadline", due.id);
            ir_json_set_str(l, "report", ir_stage_word(due.stage));
            ir_view_set_time(l, "due", due.due_ms);
            ir_view_set_time(l, "latest", due.latest_ms);
            ir_json_set_bool(l, "provisional", due.provisional);
        } else {
            ir_json_set_take(o, "next", ir_json_new_null());
        }
        ir_json_add_take(arr, o);
        free(title);
    }
    free(ids);
    return arr;
}
