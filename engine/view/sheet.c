/* sheet.c: see sheet.h: the sheet of a report to an authority. */
#include "view/sheet.h"

#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"
#include "core/deadline.h"
#include "core/form.h"
#include "core/message.h"
#include "core/text.h"
#include "view/pool.h"
#include "view/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sx {
    const struct ir_view *v;
    const struct ir_sheet *s;
    struct ir_pool pool;
    struct ir_buf *out;
};

char *
ir_view_moment(int64_t ms)
{
    struct ir_local l;
    char day[48];

    ir_time_local(ms, &l);
    snprintf(day, sizeof day, "%04d-%02d-%02d %02d:%02d", l.year, l.month,
             l.day, l.hour, l.min);
    return ir_strdup(day);
}

const char *
ir_view_stage(enum ir_stage s)
{
    return ir_report_say(ir_stage_word(s));
}

char *
ir_view_authority(const struct ir_view *v, const char *id)
{
    const struct ir_json *j = ir_view_contact(v, "authorities", id);
    const char *title = j != NULL ? ir_json_text_of(j, "title") : NULL;

    return ir_view_safe(v, title != NULL ? title : id);
}

static const char *
text_of(struct sx *x, const struct ir_json *j, const char *key)
{
    return ir_pool_take(&x->pool, ir_view_safe(x->v, ir_json_text_of(j, key)));
}

static void
para(struct sx *x, int indent, enum ir_style style, const char *s)
{
    ir_term_para(&x->v->term, x->out, indent, NULL, style, s);
}

/* "Lead: text"; nothing where there is no text. */
static void
lead(struct sx *x, const char *word, const char *text)
{
    if (text != NULL && *text != '\0')
        ir_term_para(&x->v->term, x->out, 1, word, IR_STYLE_NONE, text);
}

static bool
is_drill(const struct ir_sheet *s)
{
    return s->inc->status != IR_ACTUAL;
}

/* The title of a choice; "unknown" may be one of its own. */
static const char *
choice_title(struct sx *x, const struct ir_var *var, const char *value)
{
    size_t i;

    for (i = 0; i < var->choices_n; i++)
        if (strcmp(var->choices[i].id, value) == 0 &&
            ir_text(&var->choices[i].title) != NULL)
            return ir_pool_take(
                &x->pool, ir_view_safe(x->v, ir_text(&var->choices[i].title)));
    return ir_is_unknown(value)
               ? _("unknown")
               : ir_pool_take(&x->pool, ir_view_safe(x->v, value));
}

/* An answer as people read it: of a choice its title, a moment with its date.
 */
static const char *
say_value(struct sx *x, const struct ir_sheet_field *f)
{
    struct ir_var var;
    const char *s;
    int64_t ms;
    int prec;

    if (f->value[0] == '\0')
        return _("under investigation");
    ir_form_var(f->field, &var);
    if (var.type == IR_VAR_CHOICE)
        s = choice_title(x, &var, f->value);
    else if (ir_is_unknown(f->value))
        s = _("unknown");
    else if (var.type == IR_VAR_TIME &&
             ir_time_parse(f->value, x->v->now_ms, &ms, &prec, NULL) == IR_OK)
        s = ir_pool_take(&x->pool, ir_view_moment(ms));
    else
        s = ir_pool_take(&x->pool, ir_view_safe(x->v, f->value));
    ir_form_var_done(&var);
    return s;
}

size_t
ir_sheet_open(const struct ir_sheet *s, struct ir_buf *lacks)
{
    size_t i, n = 0;

    for (i = 0; i < s->n; i++) {
        const char *ask = ir_json_text_of(s->f[i].field, "ask");

        if (s->f[i].value[0] != '\0' ||
            (s->stage != IR_STAGE_FINAL &&
             !ir_json_get_bool(s->f[i].field, "required", false)))
            continue;
        n++;
        if (lacks != NULL)
            ir_buf_addf(lacks, "%s%s", lacks->len > 0 ? _("; ") : "",
                        ask != NULL ? ask : "?");
    }
    return n;
}

/* Is it inside the hours in which the site's offices work? -1: not known. */
static int
in_hours(const struct ir_sheet *s, int64_t now_ms)
{
    const struct ir_json *h =
        ir_json_get(ir_json_get(s->site, "business"), "hours");
    const char *from = ir_json_str(ir_json_at(h, 0));
    const char *to = ir_json_str(ir_json_at(h, 1));
    struct ir_site_calendar cal;
    struct ir_local l;
    char now[8], day[16];
    int32_t today = 0;
    size_t i;
    bool open;

    if (from == NULL || to == NULL)
        return -1;
    ir_time_local(now_ms, &l);
    if (!ir_date_ok(l.year, l.month, l.day))
        return -1;
    snprintf(now, sizeof now, "%02d:%02d", l.hour % 24, l.min % 60);
    snprintf(day, sizeof day, "%04d-%02d-%02d", l.year % 10000, l.month % 100,
             l.day % 100);
    if (ir_date_parse(day, &today, NULL) != IR_OK)
        return -1;
    ir_site_calendar_init(s->site, &cal);
    open = cal.cal.wday[ir_time_wday(now_ms) % 7] && strcmp(now, from) >= 0 &&
           strcmp(now, to) < 0;
    for (i = 0; i < cal.cal.holiday_n; i++)
        open = open && cal.cal.holiday[i] != today;
    ir_site_calendar_done(&cal);
    return open ? 1 : 0;
}

/* What it is: as the deadline calls it, else the authority and which report. */
static const char *
title_of(struct sx *x)
{
    const struct ir_sheet *s = x->s;

    if (s->deadline != NULL && s->deadline->stage == s->stage &&
        ir_json_text_of(s->deadline->json, "title") != NULL)
        return text_of(x, s->deadline->json, "title");
    return ir_pool_f(
        &x->pool, _("%s: %s"),
        ir_pool_take(&x->pool, ir_view_authority(x->v, s->authority)),
        ir_view_stage(s->stage));
}

static void
write_head(struct sx *x)
{
    const struct ir_sheet *s = x->s;
    const char *org = text_of(x, s->site, "organisation");

    if (is_drill(s)) {
        const char *ja = ir_message_mark(s->inc->status, IR_LANG_JA);
        const char *en = ir_message_mark(s->inc->status, IR_LANG_EN);

        para(x, 1, IR_STYLE_EXERCISE,
             x->v->term.utf8 ? ir_pool_f(&x->pool, "%s / %s", ja, en) : en);
        para(x, 1, IR_STYLE_BOLD,
             _("This is an exercise. Nothing of this may be sent, read out or "
               "phoned to anybody outside."));
    }
    if (s->id == NULL)
        para(x, 1, IR_STYLE_BOLD,
             _("NOT recorded. Write on paper whom you told, when, and the "
               "receipt number; enter it later."));
    if (s->away)
        para(x, 1, IR_STYLE_BOLD,
             _("The log cannot be read: nothing of the incident is filled in, "
               "and whether it is an exercise is not known. In an exercise "
               "dial nobody."));
    para(x, 1, IR_STYLE_BOLD, title_of(x));
    if (s->away) {
        para(x, 1, IR_STYLE_NONE,
             ir_pool_f(&x->pool, _("%s, as of %s"), org,
                       ir_pool_take(&x->pool, ir_view_moment(x->v->now_ms))));
        return;
    }
    para(x, 1, IR_STYLE_NONE,
         ir_pool_f(&x->pool, _("%s (%s), as of %s, drawn up by %s"), org,
                   s->inc->name,
                   ir_pool_take(&x->pool, ir_view_moment(x->v->now_ms)),
                   ir_pool_take(&x->pool, ir_view_member(x->v, s->by, true))));
}

static void
write_due(struct sx *x)
{
    const struct ir_told_deadline *d = x->s->deadline;
    const struct ir_iclock *c = d != NULL ? d->clock : NULL;
    const char *due, *left;

    if (c == NULL || !ir_told_is_open(d) || c->due_ms == 0)
        return;
    due = ir_pool_take(&x->pool, ir_view_moment(c->due_ms));
    left = ir_pool_take(&x->pool, ir_view_left(x->v, c->due_ms));
    if (c->provisional) {
        lead(x, _("Due: "),
             ir_pool_f(&x->pool,
                       _("undecided. If it counts from the declaration: %s "
                         "(%s)."),
                       due, left));
        lead(x, _("Decide: "),
             ir_pool_cmd(&x->pool, "ir clock start %s --from %s", d->id,
                         _("TIME")));
        return;
    }
    if (c->latest_ms > 0)
        due = ir_pool_f(&x->pool, _("%s, at the latest %s"), due,
                        ir_pool_take(&x->pool, ir_view_moment(c->latest_ms)));
    lead(x, _("Due: "), ir_pool_f(&x->pool, _("%s (%s)"), due, left));
}

/* The numbers in their order, each on its own line. */
static void
write_numbers(struct sx *x)
{
    const struct ir_json *ch = ir_json_get(x->s->entry, "channels");
    int mail = x->s->inc->mail, open = in_hours(x->s, x->v->now_ms);
    const char *hours = text_of(x, x->s->entry, "hours");
    bool shut = false;
    size_t i, no = 0;

    for (i = 0; i < ir_json_len(ch); i++) {
        const char *kind = ir_json_str(ir_json_at(ir_json_at(ch, i), 0));
        const char *addr = ir_json_str(ir_json_at(ir_json_at(ch, i), 1));
        const char *line;

        if (kind == NULL || addr == NULL)
            continue;
        if (mail == 3 && ir_view_is_mail(x->v, kind)) {
            if (!shut)
                para(x, 3, IR_STYLE_NONE, _("(mail: do not use)"));
            shut = true;
            continue;
        }
        line = ir_pool_f(&x->pool, "%zu  %s %s", ++no,
                         ir_pool_take(&x->pool, ir_view_channel(x->v, kind)),
                         ir_pool_take(&x->pool, ir_view_safe(x->v, addr)));
        if (is_drill(x->s))
            line = ir_pool_f(&x->pool, _("%s  (exercise: do not dial)"), line);
        else if (mail == 2 && ir_view_is_mail(x->v, kind))
            line = ir_pool_f(&x->pool, _("%s  (mail is down)"), line);
        para(x, 3, IR_STYLE_NONE, line);
    }
    if (mail == 3)
        para(x, 1, IR_STYLE_BOLD, ir_view_no_mail(x->v, x->s->entry, mail));
    if (*hours != '\0')
        lead(x, _("Hours: "),
             open < 0 ? hours
                      : ir_pool_f(
                            &x->pool,
                            open > 0 ? _("%s. It is %s: office hours.")
                                     : _("%s. It is %s: outside office hours."),
                            hours,
                            ir_pool_take(&x->pool, ir_view_weektime(
                                                       x->v, x->v->now_ms))));
}

static void
write_script(struct sx *x)
{
    const char *say = text_of(x, x->s->form, "phone");

    if (*say == '\0' || x->s->stage != IR_STAGE_FIRST)
        say = x->s->stage == IR_STAGE_FIRST || *say == '\0'
                  ? text_of(x, x->s->entry, "say")
                  : say;
    para(x, 1, IR_STYLE_BOLD, _("Telephone, in this order"));
    write_numbers(x);
    if (*say != '\0')
        lead(x, _("Say: "), ir_pool_f(&x->pool, _("\"%s\""), say));
    lead(x, _("Then: "),
         _("read the answers below. What is open: \"under investigation\"."));
    lead(x, _("At the end: "),
         _("ask for their name and the receipt number; note the time."));
}

static bool
is_question(const char *ask)
{
    size_t n = strlen(ask);

    return (n > 0 && ask[n - 1] == '?') ||
           (n >= 3 && strcmp(ask + n - 3, "\xef\xbc\x9f") == 0); /* ？ */
}

static void
write_answers(struct sx *x)
{
    const struct ir_sheet *s = x->s;
    size_t i;

    ir_term_rule(&x->v->term, x->out, NULL);
    for (i = 0; i < s->n; i++) {
        const char *ask = text_of(x, s->f[i].field, "ask");
        const char *value = say_value(x, &s->f[i]);
        const char *line = ir_pool_f(
            &x->pool, is_question(ask) ? "%s %s" : _("%s: %s"), ask, value);

        if (ir_utf8_width(line) + 2 <= x->v->term.cols) {
            para(x, 1, IR_STYLE_NONE, line);
        } else {
            para(x, 1, IR_STYLE_NONE, ask);
            para(x, 5, IR_STYLE_NONE, value);
        }
    }
    ir_term_rule(&x->v->term, x->out, NULL);
}

static void
write_tail(struct sx *x)
{
    const struct ir_sheet *s = x->s;
    const struct ir_json *must =
        s->deadline != NULL ? ir_json_get(s->deadline->json, "contains") : NULL;
    struct ir_buf lacks = {0}, list = {0};
    size_t i, n = ir_sheet_open(s, &lacks);

    for (i = 0; i < ir_json_len(must); i++) {
        struct ir_text t = {NULL, NULL};

        ir_text_from_json(ir_json_at(must, i), &t);
        if (ir_text(&t) != NULL)
            ir_buf_addf(&list, "%s%s", list.len > 0 ? _("; ") : "",
                        ir_text(&t));
        ir_text_done(&t);
    }
    if (list.len > 0)
        lead(x, _("Must contain: "),
             ir_pool_take(&x->pool, ir_view_safe(x->v, ir_buf_str(&list))));
    if (n > 0)
        ir_term_para(
            &x->v->term, x->out, 1,
            s->stage == IR_STAGE_FINAL ? _("Not a final report yet, open: ")
                                       : _("Needed, still open: "),
            IR_STYLE_ACCENT,
            ir_pool_take(&x->pool, ir_view_safe(x->v, ir_buf_str(&lacks))));
    if (is_drill(s))
        para(x, 1, IR_STYLE_BOLD,
             _("Exercise: hand this sheet to the facilitator."));
    ir_buf_done(&lacks);
    ir_buf_done(&list);
}

void
ir_view_sheet(const struct ir_view *v, const struct ir_sheet *s,
              struct ir_buf *out)
{
    struct sx x = {.v = v, .s = s, .out = out};

    write_head(&x);
    write_due(&x);
    write_script(&x);
    write_answers(&x);
    write_tail(&x);
    ir_pool_done(&x.pool);
}

static struct ir_json *
fields_json(struct sx *x)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < x->s->n; i++) {
        const struct ir_sheet_field *f = &x->s->f[i];
        struct ir_json *o = ir_json_new_obj();

        ir_json_set_str(o, "name", ir_json_get_str(f->field, "id", ""));
        ir_json_set_str(o, "ask", ir_json_text_of(f->field, "ask"));
        ir_json_set_bool(o, "required",
                         ir_json_get_bool(f->field, "required", false));
        ir_json_set_str(o, "value", f->value[0] != '\0' ? f->value : NULL);
        ir_json_set_str(o, "text", say_value(x, f));
        ir_json_set_str(o, "state",
                        f->value[0] == '\0'       ? "under-investigation"
                        : ir_is_unknown(f->value) ? "unknown"
                                                  : "answered");
        ir_json_set_str(o, "from", f->from[0] != '\0' ? f->from : NULL);
        ir_json_add_take(arr, o);
    }
    return arr;
}

static struct ir_json *
numbers_json(const struct ir_view *v, const struct ir_sheet *s)
{
    const struct ir_json *ch = ir_json_get(s->entry, "channels");
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < ir_json_len(ch); i++) {
        struct ir_json *o = ir_json_new_obj();
        const char *kind = ir_json_str(ir_json_at(ir_json_at(ch, i), 0));
        bool shut =
            s->inc->mail >= 2 && kind != NULL && ir_view_is_mail(v, kind);

        ir_json_set_str(o, "means", kind);
        ir_json_set_str(o, "address",
                        shut && s->inc->mail == 3
                            ? NULL
                            : ir_json_str(ir_json_at(ir_json_at(ch, i), 1)));
        ir_json_set_bool(o, "usable", !shut);
        ir_json_add_take(arr, o);
    }
    return arr;
}

struct ir_json *
ir_view_sheet_json(const struct ir_view *v, const struct ir_sheet *s)
{
    struct sx x = {.v = v, .s = s};
    struct ir_json *o = ir_json_new_obj(), *lacks;
    const struct ir_iclock *c = s->deadline != NULL ? s->deadline->clock : NULL;
    char *title = ir_view_authority(v, s->authority);
    size_t i;

    if (s->id != NULL)
        ir_json_set_hex(o, "id", s->id, IR_ID_BYTES);
    else
        ir_json_set_str(o, "id", NULL);
    ir_json_set_str(o, "status",
                    s->away ? NULL : ir_view_status_word(s->inc->status));
    ir_json_set_bool(o, "may_be_sent", !is_drill(s) && !s->away);
    ir_json_set_str(o, "incident", s->away ? NULL : s->inc->name);
    ir_json_set_str(o, "authority", s->authority);
    ir_json_set_str(o, "title", title);
    ir_json_set_str(o, "report", ir_stage_word(s->stage));
    ir_json_set_str(o, "form", ir_json_get_str(s->form, "id", NULL));
    ir_view_set_member(v, o, "by", s->by);
    ir_view_set_time(o, "as_of", v->now_ms);
    ir_json_set_str(o, "deadline",
                    s->deadline != NULL ? s->deadline->id : NULL);
    ir_json_set_str(o, "clock",
                    c != NULL ? ir_view_clock_word(c->state) : NULL);
    ir_view_set_time(o, "due", c != NULL ? c->due_ms : 0);
    ir_view_set_time(o, "latest", c != NULL ? c->latest_ms : 0);
    ir_json_set_bool(o, "provisional", c != NULL && c->provisional);
    ir_json_set_take(o, "numbers", numbers_json(v, s));
    ir_json_set_str(o, "say",
                    ir_json_text_of(s->form, "phone") != NULL
                        ? ir_json_text_of(s->form, "phone")
                        : ir_json_text_of(s->entry, "say"));
    ir_json_set_take(o, "fields", fields_json(&x));
    lacks = ir_json_set_take(o, "lacks", ir_json_new_arr());
    for (i = 0; i < s->n; i++)
        if (s->f[i].value[0] == '\0' &&
            (s->stage == IR_STAGE_FINAL ||
             ir_json_get_bool(s->f[i].field, "required", false)))
            ir_json_add_str(lacks, ir_json_get_str(s->f[i].field, "id", ""));
    free(title);
    ir_pool_done(&x.pool);
    return o;
}
