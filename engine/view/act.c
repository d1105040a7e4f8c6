/* act.c: see step.h: what a step's act needs: command, options, people to
 * call, and what doing it sets going.
 */
#include "base/utf8.h"
#include "core/told.h"
#include "core/update.h"
#include "view/step.h"

#include <stdlib.h>
#include <string.h>

#define INDENT 5

static const char *
fill(struct ir_sv *x, const struct ir_text *t)
{
    return ir_pool_take(&x->pool, ir_view_fill(x->v, x->inc, t));
}

static const char *
safe(struct ir_sv *x, const char *s)
{
    return ir_pool_take(&x->pool, ir_view_safe(x->v, s));
}

static const char *
json_text(struct ir_sv *x, const struct ir_json *j, const char *key)
{
    return safe(x, ir_json_text_of(j, key));
}

/* Does a word stand for itself, without quotes? */
static bool
bare(const char *s)
{
    static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789_./:=@%+,-";

    return *s != '\0' && s[strspn(s, ok)] == '\0';
}

void
ir_view_quote(const struct ir_view *v, const char *word, struct ir_buf *out)
{
    char *shown = ir_view_safe(v, word);
    const char *p;

    if (out->len > 0)
        ir_buf_addc(out, ' ');
    if (bare(shown)) {
        ir_buf_adds(out, shown);
    } else {
        ir_buf_addc(out, '\'');
        for (p = shown; *p != '\0'; p++)
            if (*p == '\'')
                ir_buf_adds(out, "'\\''");
            else
                ir_buf_addc(out, *p);
        ir_buf_addc(out, '\'');
    }
    free(shown);
}

char *
ir_view_argv(const struct ir_view *v, const struct ir_incident *inc,
             const struct ir_step *s)
{
    bool walked = inc != NULL && inc->steps_n > 0;
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < s->argv_n; i++) {
        char *word = ir_view_expand(inc, s->argv[i], walked);

        ir_view_quote(v, word, &b);
        free(word);
    }
    return ir_buf_take(&b);
}

static void
act_run(struct ir_sv *x)
{
    const char *name = ir_step_typed(x->inc, x->st);
    char *argv = ir_view_argv(x->v, x->inc, x->s);

    ir_step_para(x, _("Command: "), IR_STYLE_NONE, argv);
    if (x->inc->status == IR_EXERCISE && !x->s->real && x->s->confirm >= 2)
        ir_step_para(x, NULL, IR_STYLE_NONE,
                     _("Exercise: it is shown, not run."));
    else if (x->inc->status == IR_EXERCISE && !x->s->real)
        ir_step_para(x, NULL, IR_STYLE_NONE,
                     ir_pool_f(&x->pool,
                               _("Exercise: it is shown, not run. Type: %s"),
                               ir_pool_cmd(&x->pool, "run %s", name)));
    else if (x->s->confirm < 2)
        ir_step_para(x, NULL, IR_STYLE_NONE,
                     ir_pool_f(&x->pool, _("Type: %s"),
                               ir_pool_cmd(&x->pool, "run %s", name)));
    free(argv);
}

static void
act_choose(struct ir_sv *x)
{
    struct ir_table tb;
    size_t i;

    ir_table_init(&tb, 3, INDENT);
    for (i = 0; i < x->s->options_n; i++) {
        const struct ir_option *o = &x->s->options[i];
        const char *say = fill(x, &o->say), *act = "";
        const char *cells[3];

        if (o->act != NULL)
            act = ir_pool_f(&x->pool, _(" (you then act as: %s)"),
                            ir_pool_take(&x->pool, ir_view_role(x->v, o->act)));
        cells[0] = ir_pool_f(&x->pool, "%zu", i + 1);
        cells[1] = o->id;
        cells[2] = ir_pool_f(&x->pool, *say != '\0' ? "%s: %s%s" : "%s%s%s",
                             fill(x, &o->title), say, act);
        ir_table_row(&tb, IR_STYLE_NONE, cells);
    }
    ir_table_write(&tb, &x->v->term, x->out);
}

static void
act_ask(struct ir_sv *x)
{
    struct ir_table tb;
    size_t i;

    ir_table_init(&tb, 2, INDENT);
    for (i = 0; i < x->s->ask_n; i++) {
        const struct ir_var *var =
            x->st->plan != NULL ? ir_plan_var(x->st->plan, x->s->ask[i]) : NULL;
        const char *now = ir_incident_var(x->inc, x->s->ask[i]), *q;
        const char *cells[2] = {x->s->ask[i], NULL};

        q = var != NULL ? fill(x, &var->ask) : "";
        cells[1] = now == NULL
                       ? q
                       : ir_pool_f(&x->pool, _("%s (now: %s)"), q,
                                   ir_pool_take(&x->pool,
                                                ir_view_value(x->v, var, now)));
        ir_table_row(&tb, IR_STYLE_NONE, cells);
    }
    ir_table_write(&tb, &x->v->term, x->out);
}

static const char *
collect_say(const char *kind)
{
    static const struct {
        const char *id, *say;
    } words[] = {
        {"linux-volatile", N_("volatile data of a Linux host")},
        {"linux-logs", N_("logs of a Linux host")},
        {"windows-volatile", N_("volatile data of a Windows host")},
        {"network-device", N_("state and settings of a network device")},
        {"disk-image", N_("image of a disk")},
        {"recording", N_("recordings")},
        {"cloud-logs", N_("logs of a cloud service")},
        {"mailbox", N_("a mailbox")},
        {"controller-config", N_("settings of a controller")},
        {"paper", N_("paper and photographs")},
    };
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].id, kind) == 0)
            return _(words[i].say);
    return kind;
}

static void
act_collect(struct ir_sv *x)
{
    const char *what = collect_say(x->s->collect), *of = NULL;

    if (x->s->target != NULL) {
        struct ir_text t = {x->s->target, x->s->target};

        of = fill(x, &t);
    }
    ir_step_para(x, _("Preserve: "), IR_STYLE_NONE,
                 of != NULL && *of != '\0'
                     ? ir_pool_f(&x->pool, _("%s: %s"), what, of)
                     : what);
    ir_step_para(x, _("By hand: "), IR_STYLE_NONE,
                 strcmp(x->s->collect, "paper") == 0
                     ? _("put it in a numbered envelope; note the number, who "
                         "took it and when.")
                     : _("copy it to an empty medium; note its SHA-256, who "
                         "took it and when."));
}

/* "Ito (phone 050-0000-0101)", all ways where the whole step is shown. */
static const char *
reach(struct ir_sv *x, const char *id)
{
    const struct ir_json *p = ir_view_contact(x->v, "people", id);
    const char *ways, *name;

    if (p == NULL)
        p = ir_view_contact(x->v, "partners", id);
    name = ir_pool_take(&x->pool, ir_view_person(x->v, id, x->full));
    ways = ir_pool_take(&x->pool, x->full ? ir_view_ways(x->v, p, x->inc->mail)
                                          : ir_view_phone(x->v, p));
    return *ways == '\0' ? name : ir_pool_f(&x->pool, "%s %s", name, ways);
}

/* Holders of a role in their order; at most two unless the step is shown in
 * full, and how many more there are.
 */
const char *
ir_step_reach(struct ir_sv *x, const char *role)
{
    const struct ir_json *r = ir_view_contact(x->v, "roles", role);
    const struct ir_json *h = ir_json_get(r, "holders");
    size_t i, n = ir_json_len(h), max = x->full || n < 3 ? n : 2;
    struct ir_buf b = {0};

    for (i = 0; i < max; i++) {
        const char *id = ir_json_str(ir_json_at(h, i));

        if (b.len > 0)
            ir_buf_adds(&b, _("; "));
        if (id != NULL)
            ir_buf_adds(&b, reach(x, id));
    }
    if (max < n)
        ir_buf_addf(
            &b, _("; %zu more: %s"), n - max,
            ir_pool_cmd(&x->pool, "show %s", ir_step_typed(x->inc, x->st)));
    return ir_pool_buf(&x->pool, &b);
}

/* The words for the telephone; of an exercise they say so first. */
static void
write_say(struct ir_sv *x, const char *say)
{
    ir_step_para(x, _("Say: "), IR_STYLE_NONE,
                 ir_pool_f(&x->pool, _("\"%s\""),
                           x->inc->status == IR_ACTUAL
                               ? say
                               : ir_pool_f(&x->pool, "%s%s",
                                           _("This is an exercise. "), say)));
}

static void
act_call(struct ir_sv *x)
{
    static const char by_role[] = "role:";
    const struct ir_json *tree = ir_view_contact(x->v, "trees", x->s->call);
    const struct ir_json *levels = ir_json_get(tree, "levels");
    size_t i, k;

    if (tree == NULL) {
        ir_step_para(x, _("Call: "), IR_STYLE_NONE,
                     ir_pool_f(&x->pool,
                               _("contact tree \"%s\" (from the binder)"),
                               safe(x, x->s->call)));
        return;
    }
    ir_step_para(x, _("Call: "), IR_STYLE_NONE,
                 ir_pool_f(&x->pool, _("%s   Type: %s"),
                           json_text(x, tree, "title"),
                           ir_pool_cmd(&x->pool, "call %s", x->s->call)));
    for (i = 0; i < ir_json_len(levels); i++) {
        const struct ir_json *level = ir_json_at(levels, i);

        for (k = 0; k < ir_json_len(level); k++) {
            const char *id = ir_json_str(ir_json_at(level, k));
            const char *lead =
                k == 0 ? ir_pool_f(&x->pool, "%zu  ", i + 1) : "   ";

            if (id == NULL)
                continue;
            if (strncmp(id, by_role, sizeof by_role - 1) == 0)
                ir_step_para(x, lead, IR_STYLE_NONE,
                             ir_pool_f(&x->pool, _("%s: %s"),
                                       ir_pool_take(&x->pool,
                                                    ir_view_role(x->v, id + 5)),
                                       ir_step_reach(x, id + 5)));
            else
                ir_step_para(x, lead, IR_STYLE_NONE, reach(x, id));
        }
    }
    write_say(x, json_text(x, tree, "say"));
}

/* What is typed to write the words; the template where it is not the usual one.
 */
static const char *
words(struct ir_sv *x)
{
    const char *usual = ir_pool_f(&x->pool, "%s-update", x->s->notify);

    return strcmp(usual, x->s->template) == 0
               ? ir_pool_cmd(&x->pool, "update %s", x->s->notify)
               : ir_pool_cmd(&x->pool, "update %s --template %s", x->s->notify,
                             x->s->template);
}

static void
act_notify(struct ir_sv *x)
{
    const struct ir_json *a = ir_view_contact(x->v, "audiences", x->s->notify);
    const struct ir_json *know = ir_json_get(a, "may_know");
    const char *rel = ir_json_get_str(a, "releases", NULL);
    struct ir_buf b = {0};
    size_t i;

    ir_step_para(x, _("Inform: "), IR_STYLE_NONE,
                 a != NULL ? json_text(x, a, "title") : safe(x, x->s->notify));
    ir_step_para(x, _("How: "), IR_STYLE_NONE, json_text(x, a, "by"));
    if (ir_view_names_mail(json_text(x, a, "by")))
        ir_step_para(x, NULL, IR_STYLE_BOLD,
                     ir_view_no_mail(x->v, NULL, x->inc->mail));
    for (i = 0; i < ir_json_len(know); i++) {
        const char *t = ir_json_str(ir_json_at(know, i));

        if (b.len > 0)
            ir_buf_adds(&b, _(", "));
        if (t != NULL)
            ir_buf_adds(&b,
                        ir_fact_of_word(t) < 0
                            ? t
                            : ir_fact_say((enum ir_fact)ir_fact_of_word(t)));
    }
    ir_step_para(x, _("May know: "), IR_STYLE_NONE,
                 safe(x, ir_pool_buf(&x->pool, &b)));
    if (rel != NULL)
        ir_step_para(x, _("Released by: "), IR_STYLE_NONE,
                     ir_pool_f(&x->pool, _("%s (%s)"),
                               ir_pool_take(&x->pool, ir_view_role(x->v, rel)),
                               ir_step_reach(x, rel)));
    if (a != NULL && x->s->template != NULL)
        ir_step_para(x, NULL, IR_STYLE_NONE,
                     ir_pool_f(&x->pool, _("The words for it: %s"), words(x)));
}

const char *
ir_report_say(const char *kind)
{
    return kind == NULL                       ? _("report")
           : strcmp(kind, "first") == 0       ? _("first report")
           : strcmp(kind, "follow-up") == 0   ? _("follow-up report")
           : strcmp(kind, "final") == 0       ? _("final report")
           : strcmp(kind, "preliminary") == 0 ? _("preliminary report")
                                              : kind;
}

static void
act_tell(struct ir_sv *x)
{
    const struct ir_json *a = ir_view_contact(x->v, "authorities", x->s->tell);
    const char *who =
        a != NULL ? json_text(x, a, "title") : safe(x, x->s->tell);
    enum ir_stage stage;
    const char *sheet, *hours = json_text(x, a, "hours");
    const char *say = json_text(x, a, "say");
    const char *ways =
        ir_pool_take(&x->pool, ir_view_ways(x->v, a, x->inc->mail));

    ir_step_para(x, _("Tell: "), IR_STYLE_NONE,
                 ir_pool_f(&x->pool,
                           *ways != '\0' ? _("%s, %s: %s") : "%s, %s%s", who,
                           ir_report_say(x->s->report), ways));
    if (x->inc->status != IR_ACTUAL)
        ir_step_para(x, NULL, IR_STYLE_EXERCISE,
                     _("This is an exercise: do not call them. Say it to the "
                       "facilitator."));
    if (ir_view_mail_alone(x->v, a))
        ir_step_para(x, NULL, IR_STYLE_BOLD,
                     ir_view_no_mail(x->v, a, x->inc->mail));
    ir_step_para(x, _("Hours: "), IR_STYLE_NONE, hours);
    if (*say != '\0')
        write_say(x, say);
    if (x->s->report != NULL && ir_stage_parse(x->s->report, &stage))
        sheet = ir_pool_cmd(&x->pool, "ir report-out %s --%s", x->s->tell,
                            ir_stage_word(stage));
    else
        sheet = ir_pool_cmd(&x->pool, "ir report-out %s", x->s->tell);
    ir_step_para(x, _("Form: "), IR_STYLE_NONE,
                 ir_pool_f(&x->pool, _("%s (the sheet to read out)"), sheet));
    ir_step_para(x, _("Note: "), IR_STYLE_NONE,
                 _("who took it, when, and the receipt number. Leave nothing "
                   "out that is open: say \"under investigation\"."));
}

void
ir_step_act(struct ir_sv *x)
{
    if (x->s == NULL)
        return;
    switch (x->s->act) {
    case IR_ACT_RUN:
        act_run(x);
        break;
    case IR_ACT_CHOOSE:
        act_choose(x);
        break;
    case IR_ACT_ASK:
        act_ask(x);
        break;
    case IR_ACT_COLLECT:
        act_collect(x);
        break;
    case IR_ACT_CALL:
        act_call(x);
        break;
    case IR_ACT_NOTIFY:
        act_notify(x);
        break;
    case IR_ACT_TELL:
        act_tell(x);
        break;
    case IR_ACT_RUNBOOK:
        ir_step_para(x, _("Runbook: "), IR_STYLE_NONE, safe(x, x->s->runbook));
        break;
    case IR_ACT_WAIT:
    case IR_ACT_SAY:
        break;
    }
}

/* The words that stand for a list of sources of evidence. */
static const char *
sources(struct ir_sv *x, char *const *s, size_t n)
{
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < n; i++) {
        if (b.len > 0)
            ir_buf_adds(&b, _(", "));
        ir_buf_adds(&b, ir_source_word(s[i]));
    }
    return ir_pool_buf(&x->pool, &b);
}

static const char *
clock_op_say(const char *op)
{
    return strcmp(op, "start") == 0  ? _("starts")
           : strcmp(op, "met") == 0  ? _("met")
           : strcmp(op, "stop") == 0 ? _("stops")
                                     : _("undecided");
}

static const char *
clock_title(struct ir_sv *x, const char *id)
{
    size_t i;

    for (i = 0; i < x->inc->clocks_n; i++)
        if (strcmp(x->inc->clocks[i].name, id) == 0 &&
            x->inc->clocks[i].title.en != NULL)
            return fill(x, &x->inc->clocks[i].title);
    return safe(x, id);
}

/* Is something missing, so that ir_step_gates says what is destroyed? */
static bool
lacks_evidence(const struct ir_istep *st)
{
    size_t i;

    for (i = 0; i < st->needs_n; i++)
        if (strncmp(st->needs[i], "evidence:", 9) == 0)
            return true;
    return false;
}

void
ir_step_effects(struct ir_sv *x)
{
    const struct ir_step *s = x->s;

    if (s == NULL)
        return;
    if (s->destroys_n > 0 && !lacks_evidence(x->st))
        ir_step_para(x, _("Destroys: "), IR_STYLE_NONE,
                     sources(x, s->destroys, s->destroys_n));
    if (s->preserves_n > 0 && x->full)
        ir_step_para(x, _("Preserves: "), IR_STYLE_NONE,
                     sources(x, s->preserves, s->preserves_n));
    if (s->measure_text.en != NULL)
        ir_step_para(
            x, _("Interim measure: "), IR_STYLE_NONE,
            ir_pool_f(
                &x->pool, _("%s (owner %s, review after %s)"),
                fill(x, &s->measure_text),
                ir_pool_take(&x->pool, ir_view_owner(x->v, s->measure_owner)),
                ir_pool_take(&x->pool,
                             ir_view_span(s->measure_review_s * 1000))));
    if (s->clock_id != NULL && s->clock_op != NULL)
        ir_step_para(x, _("Deadline: "), IR_STYLE_NONE,
                     ir_pool_f(&x->pool, _("%s: %s"),
                               clock_title(x, s->clock_id),
                               clock_op_say(s->clock_op)));
    if (s->service_op != NULL)
        ir_step_para(x, _("Service level: "), IR_STYLE_NONE,
                     ir_pool_f(&x->pool, _("%s, %d percent"),
                               ir_pool_take(&x->pool, ir_view_operation(
                                                          x->v, s->service_op)),
                               s->service_level));
    if (s->mail != NULL)
        ir_step_para(x, _("When done: "), IR_STYLE_NONE,
                     strcmp(s->mail, "ok") == 0
                         ? _("messages go out by mail again")
                         : _("no message goes out by mail"));
    if (s->repeat_to != NULL)
        ir_step_para(x, _("Then: "), IR_STYLE_NONE, fill(x, &s->repeat_ask));
    if (s->undo != NULL && x->full)
        ir_step_para(x, _("Undone by: "), IR_STYLE_NONE, s->undo);
}
