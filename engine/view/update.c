/* update.c: see update.h. */
#include "view/update.h"

#include "base/scan.h"
#include "view/head.h"
#include "view/line.h"
#include "view/pool.h"

#include <stdlib.h>

#define SOON_MS 300000

static const char *
title(const struct ir_view *v, const struct ir_vupdate *u, struct ir_pool *pool)
{
    const char *s = ir_json_text_of(u->of, "title");

    return ir_pool_take(pool, ir_view_safe(v, s != NULL ? s : u->id));
}

static const char *
short_id(const struct ir_valert *r, struct ir_pool *pool)
{
    char hex[2 * 4 + 1];

    ir_hex(r->a->id, 4, hex);
    return ir_pool_take(pool, ir_strdup(hex));
}

/* "due 03:40, late 5 min". */
static const char *
due(const struct ir_view *v, const struct ir_vupdate *u, struct ir_pool *pool)
{
    const char *at;

    if (u->r.due_ms == 0)
        return _("nothing due");
    at = ir_pool_take(pool, ir_view_time(v, u->r.due_ms));
    if (u->r.late_ms == 0)
        return ir_pool_f(pool, _("due %s"), at);
    return ir_pool_f(pool, _("due %s, late %s"), at,
                     ir_pool_take(pool, ir_view_span(u->r.late_ms)));
}

static const char *
last(const struct ir_view *v, const struct ir_vupdate *u, struct ir_pool *pool)
{
    return u->r.last_ms == 0
               ? _("not told yet")
               : ir_pool_f(pool, _("told %s"),
                           ir_pool_take(pool, ir_view_time(v, u->r.last_ms)));
}

/* What waits, and what to type. */
static const char *
waits(const struct ir_view *v, const struct ir_vupdate *u, struct ir_pool *pool)
{
    if (u->pending != NULL && u->pending->release >= IR_RELEASE_MINE)
        return ir_pool_f(
            pool, _("waits for its release by the %s:  %s"),
            ir_pool_take(pool, ir_view_role(v, u->pending->releases)),
            ir_pool_cmd(pool, "ir update release %s",
                        short_id(u->pending, pool)));
    if (u->pending != NULL)
        return ir_pool_f(pool, _("waits for others to cosign it:  %s"),
                         ir_pool_cmd(pool, "ir alert cosign %s",
                                     short_id(u->pending, pool)));
    if (u->untold != NULL && u->by_hand)
        return ir_pool_f(
            pool, _("released, to be read aloud or posted; then:  %s"),
            ir_pool_cmd(pool, "ir update told %s", short_id(u->untold, pool)));
    if (u->untold != NULL)
        return ir_pool_f(
            pool,
            _("released, handed to nobody yet:  %s  or, by "
              "telephone:  %s"),
            ir_pool_cmd(pool, "ir comms status"),
            ir_pool_cmd(pool, "ir update told %s", short_id(u->untold, pool)));
    return "";
}

static enum ir_style
style(const struct ir_vupdate *u)
{
    return u->r.late_ms > 0 ? IR_STYLE_ALARM : IR_STYLE_NONE;
}

void
ir_view_updates(const struct ir_view *v, const struct ir_vupdate *u, size_t n,
                struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_table t;
    size_t i;

    if (n == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     _("Nobody has been told anything yet."));
    ir_table_init(&t, 5, 1);
    for (i = 0; i < n; i++) {
        const char *cells[5] = {
            u[i].id, title(v, &u[i], &pool), last(v, &u[i], &pool),
            due(v, &u[i], &pool),
            u[i].r.late_n > 0 ? ir_pool_f(&pool, _("%zu told, %zu late"),
                                          u[i].told_n, u[i].r.late_n)
                              : ir_pool_f(&pool, _("%zu told"), u[i].told_n)};

        ir_table_row(&t, style(&u[i]), cells);
    }
    ir_table_write(&t, &v->term, out);
    for (i = 0; i < n; i++) {
        const char *w = waits(v, &u[i], &pool);
        const struct ir_valert *r =
            u[i].pending != NULL ? u[i].pending : u[i].untold;

        if (*w == '\0')
            continue;
        ir_term_para(
            &v->term, out, 1, NULL, IR_STYLE_BOLD,
            ir_pool_f(&pool, _("%s: \"%s\""), title(v, &u[i], &pool),
                      ir_pool_take(&pool, ir_view_alert_text(v, r->a))));
        ir_term_para(&v->term, out, 5, NULL, IR_STYLE_NONE, w);
    }
    ir_pool_done(&pool);
}

void
ir_view_updates_status(const struct ir_view *v, const struct ir_vupdate *u,
                       size_t n, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t i;

    for (i = 0; i < n; i++) {
        const char *w = waits(v, &u[i], &pool);

        ir_head_labelled(
            v, i == 0 ? _("updates") : "", style(&u[i]),
            ir_pool_f(&pool, *w != '\0' ? _("%s: %s, %s; %s") : _("%s: %s, %s"),
                      title(v, &u[i], &pool), last(v, &u[i], &pool),
                      due(v, &u[i], &pool), w),
            out);
    }
    ir_pool_done(&pool);
}

void
ir_view_updates_banner(const struct ir_view *v, const struct ir_vupdate *u,
                       size_t n, struct ir_buf *out)
{
    const struct ir_vupdate *first = NULL;
    struct ir_pool pool = {0};
    size_t i, more = 0;

    for (i = 0; i < n; i++) {
        if (u[i].r.due_ms == 0 || u[i].r.due_ms - v->now_ms > SOON_MS)
            continue;
        more += first != NULL;
        if (first == NULL || u[i].r.due_ms < first->r.due_ms)
            first = &u[i];
    }
    if (first != NULL) {
        const char *who = title(v, first, &pool), *when = due(v, first, &pool);
        const char *type = ir_pool_cmd(&pool, "ir update %s", first->id);

        ir_term_para(
            &v->term, out, 0, NULL, IR_STYLE_BOLD,
            more > 0
                ? ir_pool_f(&pool, _("! Tell %s: %s  (%s; %zu more: %s)"), who,
                            when, type, more,
                            ir_pool_cmd(&pool, "ir update list"))
                : ir_pool_f(&pool, _("! Tell %s: %s  (%s)"), who, when, type));
    }
    ir_pool_done(&pool);
}

struct ir_json *
ir_view_updates_json(const struct ir_view *v, const struct ir_vupdate *u,
                     size_t n)
{
    struct ir_json *all = ir_json_new_arr();
    size_t i, k;

    (void)v;
    for (i = 0; i < n; i++) {
        struct ir_json *o = ir_json_add_take(all, ir_json_new_obj()), *a;

        ir_json_set_str(o, "audience", u[i].id);
        ir_json_set_bool(o, "outside", u[i].outside);
        ir_json_set_bool(o, "by_hand", u[i].by_hand);
        ir_json_set_int(o, "every_s", u[i].every_ms / 1000);
        a = ir_json_set_take(o, "told", ir_json_new_arr());
        for (k = 0; k < u[i].told_n; k++)
            ir_json_add_int(a, u[i].told[k]);
        a = ir_json_set_take(o, "intervals_s", ir_json_new_arr());
        for (k = 1; k < u[i].told_n; k++)
            ir_json_add_int(a, (u[i].told[k] - u[i].told[k - 1]) / 1000);
        ir_view_set_time(o, "last", u[i].r.last_ms);
        ir_view_set_time(o, "due", u[i].r.due_ms);
        ir_json_set_int(o, "late_s", u[i].r.late_ms / 1000);
        ir_json_set_int(o, "late", (int64_t)u[i].r.late_n);
        ir_json_set_int(o, "longest_s", u[i].r.longest_ms / 1000);
        if (u[i].pending != NULL)
            ir_json_set_hex(o, "pending", u[i].pending->a->id, IR_ID_BYTES);
        else
            ir_json_set_str(o, "pending", NULL);
        if (u[i].untold != NULL)
            ir_json_set_hex(o, "untold", u[i].untold->a->id, IR_ID_BYTES);
        else
            ir_json_set_str(o, "untold", NULL);
    }
    return all;
}
