/* call_dial.c: see call.h: whom to ring, what to say, which keys there are.
 */
#include "base/i18n.h"
#include "base/utf8.h"
#include "view/call.h"
#include "view/hours.h"
#include "view/pool.h"

#include <string.h>

/* Keys and what they do, which two spaces part: a line ends between two. */
static void
put_keys(const struct ir_view *v, const char *text, struct ir_buf *out)
{
    struct ir_buf line = {0};
    const char *p = text, *end;

    while (*p != '\0') {
        struct ir_buf item = {0};

        end = strstr(p, "  ");
        ir_buf_add(&item, p, end != NULL ? (size_t)(end - p) : strlen(p));
        if (line.len > 0 && 1 + ir_utf8_width(ir_buf_str(&line)) + 2 +
                                    ir_utf8_width(ir_buf_str(&item)) >
                                v->term.cols) {
            ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                         ir_buf_str(&line));
            line.len = 0;
        }
        ir_buf_addf(&line, "%s%s", line.len > 0 ? "  " : "", ir_buf_str(&item));
        ir_buf_done(&item);
        p = end != NULL ? end + strspn(end, " ") : p + strlen(p);
    }
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE, ir_buf_str(&line));
    ir_buf_done(&line);
}

void
ir_view_call_dial(const struct ir_view *v, const struct ir_vdial *d,
                  struct ir_buf *out)
{
    struct ir_pool pool = {0};
    const char *name = ir_pool_take(&pool, ir_view_safe(v, d->name));
    const char *how = ir_pool_take(&pool, ir_view_channel(v, d->channel));
    const char *text = ir_pool_take(&pool, ir_view_safe(v, d->say));
    char *off = ir_view_off(v, d->duty, d->duty_ms);

    if (off != NULL)
        (void)ir_pool_take(&pool, off);
    ir_term_rule(&v->term, out, NULL);
    ir_term_row(
        &v->term, out, 1, IR_STYLE_BOLD,
        ir_pool_f(&pool, _("Now by hand: %s, %s"), name, how), IR_STYLE_NONE,
        d->more > 0 ? ir_pool_f(&pool, _("%zu more after this"), d->more)
                    : NULL);
    ir_buf_addc(out, '\n');
    ir_term_row(&v->term, out, 6, IR_STYLE_BOLD,
                ir_pool_take(&pool, ir_view_safe(v, d->address)), IR_STYLE_NONE,
                NULL);
    ir_buf_addc(out, '\n');
    if (off != NULL)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     ir_pool_f(&pool, _("They are %s."), off));
    ir_term_para(&v->term, out, 1, _("Say: "), IR_STYLE_NONE,
                 ir_pool_f(&pool, _("\"%s\""), text));
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                 ir_pool_f(&pool, _("If they ask: check code %s"), d->code));
    put_keys(v,
             d->voice ? _("1 comes   2 cannot   3 no answer, or a voicemail "
                          "  4 will call back   5 somebody else answered "
                          "  s skip for now   q leave the call running")
                      : _("6 sent, no answer yet   1 comes   2 cannot   "
                          "3 it cannot be sent   s skip for now   "
                          "q leave the call running"),
             out);
    ir_pool_done(&pool);
}

void
ir_view_call_keys(const struct ir_view *v, struct ir_buf *out)
{
    ir_term_rule(&v->term, out, NULL);
    put_keys(v,
             _("Nobody to dial now. Somebody calls back?  1 NAME comes   "
               "2 NAME cannot   q leave the call running"),
             out);
}

void
ir_view_call_proxy(const struct ir_view *v, struct ir_buf *out)
{
    put_keys(v,
             _("What did they say?   1 the person comes   2 cannot   "
               "4 will call back   Enter: nothing of that"),
             out);
}
