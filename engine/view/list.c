/* list.c: see walk.h: one step in full, and all steps. */
#include "base/scan.h"
#include "base/utf8.h"
#include "view/head.h"
#include "view/step.h"
#include "view/walk.h"

#include <string.h>

/* "Done 03:12 by Ito", and what was said. */
static void
write_record(struct ir_sv *x)
{
    const struct ir_istep *st = x->st;
    int64_t at = st->ended_ms != 0 ? st->ended_ms : st->begun_ms;
    const char *state = ir_view_step_say(st->state), *s = state;
    const char *who =
        ir_pool_take(&x->pool, ir_view_member(x->v, st->by, true));

    if (at != 0 && st->by >= 0)
        s = ir_pool_f(&x->pool, _("%s, %s, %s"), state, who,
                      ir_pool_take(&x->pool, ir_view_time(x->v, at)));
    else if (at != 0)
        s = ir_pool_f(&x->pool, _("%s, %s"), state,
                      ir_pool_take(&x->pool, ir_view_time(x->v, at)));
    ir_step_para(x, _("State: "), IR_STYLE_NONE, s);
    ir_step_para(x, _("Chosen: "), IR_STYLE_NONE,
                 ir_pool_take(&x->pool, ir_view_safe(x->v, st->choice)));
    ir_step_para(x, _("Reason: "), IR_STYLE_NONE,
                 ir_pool_take(&x->pool, ir_view_safe(x->v, st->reason)));
    ir_step_para(x, _("Said: "), IR_STYLE_NONE,
                 ir_pool_take(&x->pool, ir_view_safe(x->v, st->note)));
}

static void
write_needs(struct ir_sv *x)
{
    struct ir_buf b = {0};
    size_t i;

    if (x->st->state != IR_STEP_WAITING)
        return;
    for (i = 0; i < x->st->needs_n; i++) {
        if (b.len > 0)
            ir_buf_adds(&b, _(", "));
        ir_buf_adds(&b, x->st->needs[i]);
    }
    ir_step_para(x, _("Waits for: "), IR_STYLE_NONE,
                 ir_pool_take(&x->pool, ir_view_safe(x->v, ir_buf_str(&b))));
    ir_buf_done(&b);
}

void
ir_view_step(const struct ir_view *v, const struct ir_walk *w, size_t i,
             struct ir_buf *out)
{
    static const uint8_t none[IR_ID_BYTES];
    struct ir_sv x = {.v = v, .inc = w->inc, .full = true, .out = out};
    char hex[2 * IR_ID_BYTES + 1];

    x.st = &w->inc->steps[i];
    x.s = x.st->step;
    ir_step_head(&x, ">");
    write_record(&x);
    write_needs(&x);
    ir_step_body(&x);
    ir_step_act(&x);
    ir_step_effects(&x);
    ir_step_gates(&x);
    ir_step_unknown(&x);
    ir_step_para(&x, _("Step: "), IR_STYLE_DIM, x.st->path);
    if (memcmp(x.st->entry, none, sizeof none) != 0) {
        ir_hex(x.st->entry, 8, hex);
        ir_step_para(&x, _("Entry: "), IR_STYLE_DIM, hex);
    }
    ir_pool_done(&x.pool);
}

static const char *
row_who(const struct ir_view *v, const struct ir_istep *st,
        struct ir_pool *pool)
{
    int64_t at = st->ended_ms != 0 ? st->ended_ms : st->begun_ms;

    if (st->by < 0 || at == 0 || st->state == IR_STEP_READY ||
        st->state == IR_STEP_WAITING)
        return st->state == IR_STEP_NA ? "" : ir_step_who(v, st, pool);
    return ir_pool_f(pool, "%s %s",
                     ir_pool_take(pool, ir_view_member(v, st->by, false)),
                     ir_pool_take(pool, ir_view_time(v, at)));
}

/* The title, and the reason, what was seen, or the choice behind it. */
static const char *
row_what(const struct ir_view *v, const struct ir_incident *inc,
         const struct ir_istep *st, struct ir_pool *pool)
{
    const char *title = ir_step_title(v, inc, st, pool);

    if (st->reason != NULL)
        return ir_pool_f(pool, _("%s (reason: \"%s\")"), title,
                         ir_pool_take(pool, ir_view_safe(v, st->reason)));
    if (st->note != NULL)
        return ir_pool_f(pool, _("%s (\"%s\")"), title,
                         ir_pool_take(pool, ir_view_safe(v, st->note)));
    if (st->choice != NULL)
        return ir_pool_f(pool, _("%s (chosen: %s)"), title,
                         ir_pool_take(pool, ir_view_safe(v, st->choice)));
    return title;
}

/* A step in two lines or more, where a grid has no room. */
static void
narrow_row(const struct ir_view *v, const struct ir_incident *inc,
           const struct ir_istep *st, bool focus, struct ir_pool *pool,
           struct ir_buf *out)
{
    const char *who = row_who(v, st, pool);

    ir_term_row(
        &v->term, out, 1, focus ? IR_STYLE_ACCENT : IR_STYLE_NONE,
        ir_pool_f(pool, "%s %s", focus ? ">" : "-", ir_step_typed(inc, st)),
        IR_STYLE_NONE, ir_view_step_say(st->state));
    ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                 row_what(v, inc, st, pool));
    if (*who != '\0')
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_DIM, who);
}

void
ir_view_list(const struct ir_view *v, const struct ir_walk *w, bool all,
             struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_table tb;
    int focus = ir_view_focus(w->inc, v->me);
    size_t i, hidden = 0;

    ir_head_title(v, w->inc, out);
    ir_table_init(&tb, 5, 1);
    for (i = 0; i < w->inc->steps_n; i++) {
        const struct ir_istep *st = &w->inc->steps[i];
        const char *cells[5];

        if (st->state == IR_STEP_NA && !all) {
            hidden++;
            continue;
        }
        if (v->term.cols < IR_TERM_NARROW) {
            narrow_row(v, w->inc, st, (int)i == focus, &pool, out);
            continue;
        }
        cells[0] = (int)i == focus ? ">" : " ";
        cells[1] = ir_view_step_say(st->state);
        cells[2] = ir_pool_f(&pool, "%*s%s", st->depth * 2, "",
                             ir_step_typed(w->inc, st));
        cells[3] = row_who(v, st, &pool);
        cells[4] = row_what(v, w->inc, st, &pool);
        ir_table_row(&tb,
                     (int)i == focus           ? IR_STYLE_ACCENT
                     : st->state == IR_STEP_NA ? IR_STYLE_DIM
                                               : IR_STYLE_NONE,
                     cells);
    }
    ir_table_write(&tb, &v->term, out);
    if (hidden > 0)
        ir_term_para(
            &v->term, out, 1, NULL, IR_STYLE_DIM,
            ir_pool_f(&pool, _("not shown, do not apply: %zu"), hidden));
    ir_pool_done(&pool);
}
