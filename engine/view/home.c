/* home.c: see home.h. */
#include "view/home.h"

#include "base/utf8.h"
#include "core/message.h"
#include "view/head.h"
#include "view/pool.h"
#include "view/status.h"

#include <string.h>

#define LABEL 9

/* A labelled row with a command at the right end, below where it is narrow. */
static void
row(const struct ir_view *v, const char *label, const char *text,
    const char *command, struct ir_buf *out)
{
    struct ir_buf left = {0};

    ir_utf8_pad(&left, label,
                ir_utf8_width(label) < LABEL ? LABEL
                                             : ir_utf8_width(label) + 1);
    ir_buf_adds(&left, text);
    if (command == NULL ||
        1 + ir_utf8_width(ir_buf_str(&left)) + 2 + ir_utf8_width(command) <=
            v->term.cols) {
        if (1 + ir_utf8_width(ir_buf_str(&left)) <= v->term.cols)
            ir_term_row(&v->term, out, 1, IR_STYLE_NONE, ir_buf_str(&left),
                        IR_STYLE_ACCENT, command);
        else
            ir_head_labelled(v, label, IR_STYLE_NONE, text, out);
    } else {
        ir_head_labelled(v, label, IR_STYLE_NONE, text, out);
        ir_head_labelled(v, "", IR_STYLE_ACCENT, command, out);
    }
    ir_buf_done(&left);
}

static void
open_row(const struct ir_view *v, const struct ir_incident *inc,
         const char *label, const char *self, struct ir_pool *pool,
         struct ir_buf *out)
{
    size_t mine = ir_view_for_me_n(inc, v->me);
    const char *age =
        ir_pool_take(pool, ir_view_span(v->now_ms > inc->declared_ms
                                            ? v->now_ms - inc->declared_ms
                                            : 0));
    struct ir_buf b = {0};

    if (inc->status != IR_ACTUAL)
        ir_buf_addf(&b, "%s  ",
                    ir_message_mark((int)inc->status, ir_i18n_lang()));
    ir_buf_addf(&b, _("%s  %s, severity %d, for %s"), inc->name,
                ir_head_name(v, inc, pool), inc->severity, age);
    if (mine == 1)
        ir_buf_adds(&b, _(", 1 step for you"));
    else if (mine > 0)
        ir_buf_addf(&b, _(", %zu steps for you"), mine);
    row(v, label, ir_pool_buf(pool, &b), NULL, out);
    row(v, "",
        ir_pool_f(
            pool, _("continue:  %s"),
            ir_pool_cmd(pool, "%s start %s%s", self,
                        inc->system != NULL
                            ? ir_pool_take(pool, ir_view_safe(v, inc->system))
                            : inc->name,
                        inc->status == IR_EXERCISE ? " --exercise" : "")),
        NULL, out);
}

void
ir_view_home(const struct ir_view *v, const struct ir_home *h,
             struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t i;

    if (!h->site) {
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD,
                     _("There is no site on this device yet."));
        row(v, _("begin"), _("set up a site with the shipped runbooks"),
            "ir init", out);
        row(v, _("help"), _("all commands"), "ir help", out);
        return;
    }
    for (i = 0; i < h->open_n; i++)
        open_row(v, h->open[i], i == 0 ? _("open") : "",
                 h->self != NULL ? h->self : "ir", &pool, out);
    for (i = 0; i < h->for_you_n; i++)
        row(v, i == 0 ? _("for you") : "", h->for_you[i].text,
            h->for_you[i].command, out);
    for (i = 0; i < h->overdue_n; i++)
        row(v, i == 0 ? _("overdue") : "", h->overdue[i].text,
            h->overdue[i].command, out);
    if (h->mail != NULL)
        row(v, _("mail"), h->mail, NULL, out);
    if (h->no_release)
        row(v, _("runbook"), _("no approved release yet"), "ir release list",
            out);
    if (h->record.this_device_only > 0)
        row(v, _("record"),
            ir_pool_f(&pool, _("%s on this device only"),
                      ir_pool_take(
                          &pool, ir_view_entries(h->record.this_device_only))),
            h->record.save, out);
    if (h->open_n == 0) {
        if (h->for_you_n == 0 && h->overdue_n == 0)
            ir_term_para(
                &v->term, out, 1, NULL, IR_STYLE_NONE,
                h->next_due != NULL
                    ? ir_pool_f(&pool, _("All quiet. Next: %s"), h->next_due)
                    : _("All quiet: no incident is open."));
        row(v, _("begin"), _("something is wrong"), "ir start", out);
        row(v, _("help"), _("all commands"), "ir help", out);
    }
    ir_pool_done(&pool);
}

static struct ir_json *
lines_json(const struct ir_home_line *l, size_t n)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < n; i++) {
        struct ir_json *o = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_str(o, "text", l[i].text);
        ir_json_set_str(o, "command", l[i].command);
    }
    return arr;
}

struct ir_json *
ir_view_home_json(const struct ir_view *v, const struct ir_home *h)
{
    struct ir_json *o = ir_json_new_obj(), *a;

    ir_json_set_bool(o, "site", h->site);
    ir_json_set_str(o, "home", h->path);
    ir_json_set_take(o, "open", ir_view_incidents_json(v, h->open, h->open_n));
    ir_json_set_take(o, "for_you", lines_json(h->for_you, h->for_you_n));
    ir_json_set_take(o, "overdue", lines_json(h->overdue, h->overdue_n));
    a = ir_json_set_take(o, "record", ir_json_new_obj());
    ir_json_set_int(a, "entries", (int64_t)h->record.entries);
    ir_json_set_int(a, "witnessed", (int64_t)h->record.witnessed);
    ir_json_set_int(a, "this_device_only", (int64_t)h->record.this_device_only);
    ir_json_set_str(o, "next_due", h->next_due);
    ir_json_set_str(o, "mail", ir_view_mail_word(h->mail_state));
    return o;
}
