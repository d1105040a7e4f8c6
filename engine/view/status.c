/* status.c: see status.h. */
#include "view/status.h"

#include "base/utf8.h"
#include "core/message.h"
#include "view/head.h"
#include "view/people.h"
#include "view/sentence.h"
#include "view/step.h"
#include "view/walk.h"

#include <string.h>

#define STATE 11 /* columns of "in progress" */

static void
write_clocks(const struct ir_view *v, const struct ir_incident *inc,
             struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t *order = ir_malloc((inc->clocks_n + 1) * sizeof *order), i;

    ir_head_clock_order(inc, order);
    for (i = 0; i < inc->clocks_n; i++) {
        const struct ir_iclock *c = &inc->clocks[order[i]];

        ir_head_labelled(v, i == 0 ? _("clocks") : "",
                         c->state == IR_CLOCK_MISSED    ? IR_STYLE_ALARM
                         : c->state == IR_CLOCK_AT_RISK ? IR_STYLE_ACCENT
                                                        : IR_STYLE_NONE,
                         ir_head_clock(v, inc, c, &pool), out);
    }
    ir_pool_take(&pool, (char *)order);
    ir_pool_done(&pool);
}

static void
write_times(const struct ir_view *v, const struct ir_incident *inc,
            struct ir_pool *pool, struct ir_buf *out)
{
    const char *began =
        inc->began_ms == 0 ? _("unknown")
                           : ir_pool_take(pool, ir_view_time(v, inc->began_ms));
    struct ir_buf b = {0};

    ir_buf_addf(&b, _("began %s%sdeclared %s by %s"), began, ir_view_sep(v),
                ir_pool_take(pool, ir_view_time(v, inc->declared_ms)),
                ir_pool_take(pool, ir_view_member(v, inc->declared_by, false)));
    if (inc->closed_ms != 0)
        ir_buf_addf(&b, _("%sclosed %s"), ir_view_sep(v),
                    ir_pool_take(pool, ir_view_time(v, inc->closed_ms)));
    ir_head_labelled(v, _("times"), IR_STYLE_NONE, ir_pool_buf(pool, &b), out);
}

static void
write_roles(const struct ir_view *v, const struct ir_incident *inc,
            struct ir_pool *pool, struct ir_buf *out)
{
    struct ir_buf b = {0};
    size_t i;

    if (ir_incident_role(inc, "commander") < 0)
        ir_buf_addf(&b, _("%s nobody"),
                    ir_pool_take(pool, ir_view_role(v, "commander")));
    for (i = 0; i < inc->roles_n; i++) {
        if (inc->roles[i].member < 0)
            continue;
        if (b.len > 0)
            ir_buf_adds(&b, ir_view_sep(v));
        ir_buf_adds(&b, ir_head_role(v, &inc->roles[i], pool));
    }
    ir_head_labelled(v, _("people"), IR_STYLE_NONE, ir_pool_buf(pool, &b), out);
}

static void
write_steps(const struct ir_view *v, const struct ir_incident *inc,
            struct ir_pool *pool, struct ir_buf *out)
{
    size_t i, over = 0, go = 0;
    struct ir_buf rows = {0};

    for (i = 0; i < inc->steps_n; i++) {
        const struct ir_istep *st = &inc->steps[i];
        struct ir_buf left = {0};

        if (st->container)
            continue;
        over += st->state == IR_STEP_DONE || st->state == IR_STEP_SKIPPED;
        go += st->state != IR_STEP_DONE && st->state != IR_STEP_SKIPPED &&
              st->state != IR_STEP_NA && !st->optional && !ir_view_gave_way(st);
        if (st->state != IR_STEP_READY && st->state != IR_STEP_ACTIVE &&
            st->state != IR_STEP_FAILED)
            continue;
        ir_utf8_pad(&left, ir_view_step_say(st->state), STATE);
        ir_buf_addf(&left, " %-10s %s", ir_step_typed(inc, st),
                    ir_step_title(v, inc, st, pool));
        ir_term_row(&v->term, &rows, 1,
                    ir_view_for_me(inc, i, v->me) ? IR_STYLE_ACCENT
                                                  : IR_STYLE_NONE,
                    ir_buf_str(&left), IR_STYLE_NONE, ir_step_who(v, st, pool));
        ir_buf_done(&left);
    }
    ir_term_rule(&v->term, out,
                 ir_pool_f(pool, _("%zu done, %zu to go"), over, go));
    ir_buf_adds(out, ir_buf_str(&rows));
    ir_buf_done(&rows);
}

/* What must be settled before closing: exceptions, measures, requests. */
static void
write_open(const struct ir_view *v, const struct ir_incident *inc,
           struct ir_pool *pool, struct ir_buf *out)
{
    size_t i;

    for (i = 0; i < inc->requests_n; i++) {
        const struct ir_irequest *r = &inc->requests[i];

        if (r->used || r->cancelled || r->denied || r->expired)
            continue;
        ir_head_labelled(
            v, _("request"), IR_STYLE_NONE,
            ir_pool_f(pool,
                      r->approved_by < 0
                          ? _("%s, by %s: waits for somebody else until %s")
                          : _("%s, by %s: approved, until %s"),
                      ir_pool_take(pool, ir_view_safe(v, r->path)),
                      ir_pool_take(pool, ir_view_member(v, r->by, false)),
                      ir_pool_take(pool, ir_view_time(v, r->expires_ms))),
            out);
    }
    for (i = 0; i < inc->exceptions_n; i++) {
        const struct ir_iexception *x = &inc->exceptions[i];

        if (x->reviewed_by >= 0)
            continue;
        ir_head_labelled(
            v, _("review"), IR_STYLE_NONE,
            ir_pool_f(pool, _("%s, by %s (\"%s\"): not reviewed"),
                      ir_view_rule(v, x->rule, pool),
                      ir_pool_take(pool, ir_view_member(v, x->by, false)),
                      ir_pool_take(pool, ir_view_safe(v, x->reason))),
            out);
    }
    for (i = 0; i < inc->measures_n; i++) {
        const struct ir_imeasure *m = &inc->measures[i];

        if (m->lifted || m->permanent)
            continue;
        ir_head_labelled(
            v, _("measure"), IR_STYLE_NONE,
            ir_pool_f(pool, _("%s (owner %s, review %s)"),
                      ir_pool_take(pool, ir_view_safe(v, m->text)),
                      m->owner != NULL
                          ? ir_pool_take(pool, ir_view_owner(v, m->owner))
                          : _("nobody"),
                      m->review_ms != 0
                          ? ir_pool_take(pool, ir_view_time(v, m->review_ms))
                          : _("unknown")),
            out);
    }
    for (i = 0; i < inc->conflicts_n; i++)
        ir_head_labelled(v, _("conflict"), IR_STYLE_BOLD,
                         ir_pool_take(pool, ir_view_safe(v, inc->conflicts[i])),
                         out);
    for (i = 0; i < inc->left_open_n; i++)
        ir_head_labelled(v, _("left open"), IR_STYLE_BOLD,
                         ir_pool_take(pool, ir_view_safe(v, inc->left_open[i])),
                         out);
    if (inc->not_counted_n > 0)
        ir_head_labelled(v, _("entries"), IR_STYLE_BOLD,
                         ir_pool_f(pool,
                                   _("%zu do not count: ir verify says why"),
                                   inc->not_counted_n),
                         out);
}

void
ir_view_status(const struct ir_view *v, const struct ir_walk *w,
               struct ir_buf *out)
{
    const struct ir_incident *inc = w->inc;
    struct ir_pool pool = {0};
    int how = ir_head_approval(v, inc);
    size_t i;

    if (w->banner != NULL)
        ir_buf_adds(out, w->banner);
    ir_head_title(v, inc, out);
    ir_head_labelled(v, _("record"), IR_STYLE_NONE,
                     ir_head_record(v, &w->record, &pool), out);
    ir_head_labelled(v, _("mail"),
                     inc->mail >= 2 ? IR_STYLE_BOLD : IR_STYLE_NONE,
                     ir_head_mail(v, inc, &pool), out);
    write_times(v, inc, &pool, out);
    write_clocks(v, inc, out);
    write_roles(v, inc, &pool, out);
    if (how != 0)
        ir_head_labelled(v, _("runbook"), IR_STYLE_ACCENT,
                         how == 2 ? _("unapproved: walked as an exception")
                                  : _("approved by its author alone"),
                         out);
    for (i = 0; i < inc->services_n; i++)
        ir_head_labelled(
            v, i == 0 ? _("service") : "", IR_STYLE_NONE,
            ir_pool_f(
                &pool, _("%s: %d percent at %s"),
                ir_pool_take(&pool,
                             ir_view_operation(v, inc->services[i].operation)),
                inc->services[i].level,
                ir_pool_take(&pool, ir_view_time(v, inc->services[i].at_ms))),
            out);
    ir_view_updates_status(v, w->updates, w->updates_n, out);
    write_open(v, inc, &pool, out);
    write_steps(v, inc, &pool, out);
    ir_pool_done(&pool);
}

void
ir_view_incidents(const struct ir_view *v, const struct ir_incident *const *inc,
                  size_t n, const uint8_t *current, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_table tb;
    size_t i;

    if (n == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     _("No incident is open."));
    ir_table_init(&tb, 6, 1);
    for (i = 0; i < n; i++) {
        const char *cells[6];
        const char *name = ir_head_name(v, inc[i], &pool);
        bool now = current != NULL &&
                   memcmp(current, inc[i]->declare, IR_ID_BYTES) == 0;

        cells[0] = now ? ">" : " ";
        cells[1] = inc[i]->name;
        cells[2] = ir_view_state_say(inc[i]->state);
        cells[3] = inc[i]->severity > 0
                       ? ir_pool_f(&pool, _("SEV %d"), inc[i]->severity)
                       : "";
        cells[4] = ir_pool_take(&pool, ir_view_time(v, inc[i]->declared_ms));
        cells[5] = inc[i]->status == IR_ACTUAL
                       ? name
                       : ir_pool_f(&pool, "%s  %s",
                                   ir_message_mark((int)inc[i]->status,
                                                   ir_i18n_lang()),
                                   name);
        ir_table_row(&tb, now ? IR_STYLE_ACCENT : IR_STYLE_NONE, cells);
    }
    ir_table_write(&tb, &v->term, out);
    ir_pool_done(&pool);
}
