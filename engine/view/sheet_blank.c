/* sheet_blank.c: see sheet.h: a blank form for paper or a mail. */
#include "base/utf8.h"
#include "core/text.h"
#include "view/pool.h"
#include "view/sheet.h"

#include <stdlib.h>

#define LINE_COLS 60

static void
rule_line(struct ir_buf *out, const char *lead)
{
    int i, used = ir_utf8_width(lead);

    ir_buf_addf(out, "    %s", lead);
    for (i = used; i < LINE_COLS; i++)
        ir_buf_addc(out, '_');
    ir_buf_addc(out, '\n');
}

static void
write_field(const struct ir_view *v, const struct ir_json *f, size_t no,
            struct ir_pool *pool, struct ir_buf *out)
{
    const struct ir_json *choices = ir_json_get(f, "choices");
    const char *ask =
        ir_pool_take(pool, ir_view_safe(v, ir_json_text_of(f, "ask")));
    const char *help =
        ir_pool_take(pool, ir_view_safe(v, ir_json_text_of(f, "help")));
    size_t i;

    ir_term_para(
        &v->term, out, 1, ir_pool_f(pool, "%zu. ", no), IR_STYLE_BOLD,
        ir_pool_f(pool, "%s [%s]:", ask, ir_json_get_str(f, "id", "")));
    if (*help != '\0')
        ir_term_para(&v->term, out, 4, NULL, IR_STYLE_NONE, help);
    for (i = 0; i < ir_json_len(choices); i++) {
        const char *title = ir_pool_take(
            pool,
            ir_view_safe(v, ir_json_text_of(ir_json_at(choices, i), "title")));

        ir_term_para(&v->term, out, 4, "[ ] ", IR_STYLE_NONE, title);
    }
    if (ir_json_len(choices) == 0)
        rule_line(out, "");
    ir_buf_addc(out, '\n');
}

void
ir_view_form_blank(const struct ir_view *v, const struct ir_json *form,
                   struct ir_buf *out)
{
    const struct ir_json *fields = ir_json_get(form, "fields");
    struct ir_pool pool = {0};
    const char *org = ir_pool_take(
        &pool, ir_view_safe(v, ir_json_text_of(v->site, "organisation")));
    const char *intro =
        ir_pool_take(&pool, ir_view_safe(v, ir_json_text_of(form, "intro")));
    const char *then =
        ir_pool_take(&pool, ir_view_safe(v, ir_json_text_of(form, "then_say")));
    size_t i;

    ir_term_para(
        &v->term, out, 1, NULL, IR_STYLE_BOLD,
        ir_pool_f(&pool, _("Report: %s"),
                  ir_pool_take(
                      &pool, ir_view_safe(v, ir_json_text_of(form, "title")))));
    if (*org != '\0')
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE, org);
    if (*intro != '\0')
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE, intro);
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                 _("Answer what you know; write \"unknown\" for the rest. Hand "
                   "it over, read it out by telephone, or send it back."));
    ir_buf_addc(out, '\n');
    for (i = 0; i < ir_json_len(fields); i++)
        write_field(v, ir_json_at(fields, i), i + 1, &pool, out);
    if (*then != '\0')
        ir_term_para(&v->term, out, 1, _("After that: "), IR_STYLE_NONE, then);
    ir_buf_addc(out, '\n');
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                 _("Taken by, when, how"));
    rule_line(out, "");
    ir_pool_done(&pool);
}
