/* runbook.c: see people.h: one runbook in full, as it would be walked. */
#include "view/people.h"
#include "view/pool.h"
#include "view/step.h"

/* A step as a reader sees it: the same lines as in the walk, without states.
 */
static void
write_step(const struct ir_view *v, const struct ir_incident *inc,
           const struct ir_plan *p, const struct ir_step *s, struct ir_buf *out)
{
    struct ir_istep st = {.path = s->id, .short_name = s->id, .by = -1};
    struct ir_sv x = {.v = v, .inc = inc, .st = &st, .s = s, .full = true};

    st.plan = p;
    st.step = s;
    st.iteration = 1;
    x.out = out;
    ir_step_head(&x, "-");
    ir_step_body(&x);
    ir_step_act(&x);
    ir_step_effects(&x);
    if (s->within_s > 0)
        ir_step_para(&x, _("Within: "), IR_STYLE_NONE,
                     ir_pool_take(&x.pool, ir_view_span(s->within_s * 1000)));
    if (s->wait_s > 0)
        ir_step_para(&x, _("Wait: "), IR_STYLE_NONE,
                     ir_pool_take(&x.pool, ir_view_span(s->wait_s * 1000)));
    if (s->confirm >= 2)
        ir_step_para(&x, NULL, IR_STYLE_NONE, _("Two people."));
    if (s->go != NULL)
        ir_step_para(&x, _("Goes on at: "), IR_STYLE_NONE, s->go);
    ir_pool_done(&x.pool);
}

void
ir_view_runbook(const struct ir_view *v, const struct ir_plan *p,
                struct ir_buf *out)
{
    const struct ir_incident none = {.steps_n = 0};
    struct ir_pool pool = {0};
    size_t i;

    ir_term_row(&v->term, out, 1, IR_STYLE_BOLD,
                ir_pool_take(&pool, ir_view_fill(v, NULL, &p->title)),
                IR_STYLE_DIM, p->id);
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                 ir_pool_take(&pool, ir_view_fill(v, NULL, &p->symptoms)));
    if (p->safety.en != NULL)
        ir_term_para(&v->term, out, 1, _("! "), IR_STYLE_BOLD,
                     ir_pool_take(&pool, ir_view_fill(v, NULL, &p->safety)));
    for (i = 0; i < p->steps_n; i++) {
        if (!v->term.plain)
            ir_buf_addc(out, '\n');
        write_step(v, &none, p, &p->steps[i], out);
    }
    ir_pool_done(&pool);
}
