/* menu.c: see menu.h. */
#include "view/menu.h"

#include "base/utf8.h"
#include "view/head.h"
#include "view/pool.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void
prompt(const struct ir_view *v, struct ir_buf *out, const char *s)
{
    struct ir_term t = v->term;
    struct ir_buf b = {0};

    t.cols -= 2; /* the "> " that follows */
    ir_term_para(&t, &b, 1, NULL, IR_STYLE_ACCENT, s);
    if (b.len > 0 && b.p[b.len - 1] == '\n')
        b.p[--b.len] = '\0';
    ir_buf_adds(out, ir_buf_str(&b));
    ir_buf_adds(out, "> ");
    ir_buf_done(&b);
}

static int
by_order(const void *a, const void *b)
{
    const struct ir_plan *x = *(const struct ir_plan *const *)a;
    const struct ir_plan *y = *(const struct ir_plan *const *)b;

    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return strcmp(x->id, y->id);
}

void
ir_view_menu_sort(const struct ir_plan **plans, size_t n)
{
    qsort(plans, n, sizeof *plans, by_order);
}

/* What to type for a plan: the part of its id after the system. */
static const char *
scenario(const struct ir_plan *p)
{
    const char *slash = strrchr(p->id, '/');

    return slash != NULL ? slash + 1 : p->id;
}

static void
plan_more(const struct ir_view *v, const struct ir_plan *p,
          struct ir_pool *pool, struct ir_buf *out)
{
    const char *safety = ir_pool_take(pool, ir_view_fill(v, NULL, &p->safety));
    const char *title = ir_pool_take(pool, ir_view_fill(v, NULL, &p->title));

    ir_term_para(&v->term, out, 6, NULL, IR_STYLE_NONE,
                 p->severity > 0
                     ? ir_pool_f(pool, _("%s (%zu steps, severity %d)"), title,
                                 p->steps_n, p->severity)
                     : ir_pool_f(pool, _("%s (%zu steps)"), title, p->steps_n));
    if (*safety != '\0')
        ir_term_para(&v->term, out, 6, _("! "), IR_STYLE_BOLD, safety);
}

/* A numbered choice: number, words, what to type at the right. */
static void
choice(const struct ir_view *v, size_t no, const char *say, const char *word,
       struct ir_pool *pool, struct ir_buf *out)
{
    const char *num = ir_pool_f(pool, "%2zu  ", no);
    int room = v->term.cols - 2 - ir_utf8_width(num);

    if (*word != '\0' && ir_utf8_width(say) + 2 + ir_utf8_width(word) <= room) {
        ir_term_row(&v->term, out, 2, IR_STYLE_NONE,
                    ir_pool_f(pool, "%s%s", num, say), IR_STYLE_DIM, word);
        return;
    }
    ir_term_para(&v->term, out, 2, num, IR_STYLE_NONE, say);
    if (*word != '\0')
        ir_term_para(&v->term, out, 2 + ir_utf8_width(num), NULL, IR_STYLE_DIM,
                     word);
}

void
ir_view_menu_symptoms(const struct ir_view *v, const char *title,
                      const struct ir_plan *const *plans, size_t n, bool more,
                      struct ir_buf *out)
{
    struct ir_pool pool = {0};
    const char *sys = ir_pool_take(&pool, ir_view_safe(v, title));
    size_t i;

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD,
                 ir_pool_f(&pool, _("%s. What do you see?"), sys));
    for (i = 0; i < n; i++) {
        const char *see =
            ir_pool_take(&pool, ir_view_fill(v, NULL, &plans[i]->symptoms));

        if (*see == '\0')
            see = ir_pool_take(&pool, ir_view_fill(v, NULL, &plans[i]->title));
        choice(v, i + 1, see, scenario(plans[i]), &pool, out);
        if (more)
            plan_more(v, plans[i], &pool, out);
    }
    if (n == 1)
        prompt(v, out, _("1, or ? to see more"));
    else
        prompt(v, out,
               ir_pool_f(&pool, _("1-%zu, or ? to see more of each"), n));
    ir_pool_done(&pool);
}

void
ir_view_menu_systems(const struct ir_view *v,
                     const struct ir_json *const *systems, size_t n,
                     struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t i;

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD,
                 _("Which system is it?"));
    for (i = 0; i < n; i++)
        choice(v, i + 1,
               ir_pool_take(&pool, ir_view_safe(v, ir_json_text_of(systems[i],
                                                                   "title"))),
               ir_pool_take(&pool, ir_view_safe(v, ir_json_get_str(systems[i],
                                                                   "id", ""))),
               &pool, out);
    prompt(v, out, ir_pool_f(&pool, "1-%zu", n));
    ir_pool_done(&pool);
}

void
ir_view_menu_join(const struct ir_view *v, const struct ir_incident *const *inc,
                  size_t n, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t i;

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD,
                 _("An incident is open already. Is it this one?"));
    for (i = 0; i < n; i++)
        choice(v, i + 1,
               ir_pool_f(
                   &pool, _("join %s: %s, since %s"), inc[i]->name,
                   ir_head_name(v, inc[i], &pool),
                   ir_pool_take(&pool, ir_view_time(v, inc[i]->declared_ms))),
               "", &pool, out);
    choice(v, n + 1, _("no: declare another incident"), "", &pool, out);
    prompt(v, out, ir_pool_f(&pool, "1-%zu", n + 1));
    ir_pool_done(&pool);
}

void
ir_view_menu_choose(const struct ir_view *v, const struct ir_incident *inc,
                    size_t step, struct ir_buf *out)
{
    const struct ir_step *s = inc->steps[step].step;
    struct ir_pool pool = {0};
    size_t i, n = s != NULL ? s->options_n : 0;

    if (s != NULL)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD,
                     ir_pool_take(&pool, ir_view_fill(v, inc, &s->title)));
    for (i = 0; i < n; i++) {
        const struct ir_option *o = &s->options[i];
        const char *say = ir_pool_take(&pool, ir_view_fill(v, inc, &o->say));

        choice(v, i + 1, ir_pool_take(&pool, ir_view_fill(v, inc, &o->title)),
               o->id, &pool, out);
        if (*say != '\0')
            ir_term_para(&v->term, out, 6, NULL, IR_STYLE_NONE, say);
        if (o->act != NULL)
            ir_term_para(
                &v->term, out, 6, NULL, IR_STYLE_NONE,
                ir_pool_f(&pool, _("you then act as: %s"),
                          ir_pool_take(&pool, ir_view_role(v, o->act))));
    }
    prompt(v, out, ir_pool_f(&pool, _("1-%zu, or the word"), n));
    ir_pool_done(&pool);
}

/* What an answer of a type looks like. */
static const char *
example(enum ir_var_type t)
{
    switch (t) {
    case IR_VAR_HOST:
        return _("a host name or address");
    case IR_VAR_ADDRESS:
        return _("an IP address or network");
    case IR_VAR_TIME:
        return _("02:40, 20m ago, 2026-11-21 02:40");
    case IR_VAR_NUMBER:
        return _("a number");
    case IR_VAR_CHOICE:
        return _("the number or the word");
    case IR_VAR_PERSON:
        return _("a name");
    case IR_VAR_TEXT:
        break;
    }
    return _("in a few words");
}

void
ir_view_ask(const struct ir_view *v, const struct ir_var *var, const char *now,
            struct ir_buf *out)
{
    struct ir_pool pool = {0};
    const char *q = ir_pool_take(&pool, ir_view_fill(v, NULL, &var->ask));
    const char *keep = now != NULL && *now != '\0' ? now : var->dflt;
    struct ir_buf hint = {0};
    size_t i;

    if (*q == '\0')
        q = var->name;
    ir_buf_adds(&hint, example(var->type));
    if (var->unknown)
        ir_buf_addf(&hint, "%s%s", _(", "), _("unknown"));
    if (keep != NULL)
        ir_buf_addf(&hint, _("; Enter keeps %s"),
                    strcmp(keep, "unknown") == 0
                        ? _("unknown")
                        : ir_pool_take(&pool, ir_view_value(v, var, keep)));
    if (var->type == IR_VAR_CHOICE) {
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD, q);
        for (i = 0; i < var->choices_n; i++)
            choice(v, i + 1,
                   ir_pool_take(&pool,
                                ir_view_fill(v, NULL, &var->choices[i].title)),
                   var->choices[i].id, &pool, out);
        prompt(v, out, ir_buf_str(&hint));
    } else {
        prompt(v, out, ir_pool_f(&pool, _("%s (%s)"), q, ir_buf_str(&hint)));
    }
    ir_buf_done(&hint);
    ir_pool_done(&pool);
}

void
ir_view_ask_form(const struct ir_view *v, const struct ir_view_ask_form *q,
                 struct ir_buf *out)
{
    struct ir_pool pool = {0};
    const char *ask = ir_pool_take(&pool, ir_view_fill(v, NULL, &q->var->ask));
    const char *keep = _("under investigation");
    size_t i;

    ir_term_para(&v->term, out, 1, ir_pool_f(&pool, "[%zu/%zu] ", q->no, q->of),
                 IR_STYLE_BOLD, *ask != '\0' ? ask : q->var->name);
    if (q->help != NULL)
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_DIM,
                     ir_pool_take(&pool, ir_view_safe(v, q->help)));
    for (i = 0; i < q->var->choices_n; i++)
        choice(v, i + 1,
               ir_pool_take(&pool,
                            ir_view_fill(v, NULL, &q->var->choices[i].title)),
               q->var->choices[i].id, &pool, out);
    if (q->now != NULL && q->now[0] != '\0')
        keep = strcmp(q->now, "unknown") == 0
                   ? _("unknown")
                   : ir_pool_take(&pool, ir_view_value(v, q->var, q->now));
    prompt(v, out, ir_pool_f(&pool, _("Enter: %s"), keep));
    ir_pool_done(&pool);
}

void
ir_view_ask_more(const struct ir_view *v, const struct ir_var *var,
                 struct ir_buf *out)
{
    struct ir_pool pool = {0};

    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                 ir_pool_f(&pool,
                           _("The answer is put into the steps and commands "
                             "that follow. It can be given later, or again. "
                             "Expected: %s. Nobody knows: unknown."),
                           example(var->type)));
    ir_pool_done(&pool);
}

void
ir_view_ask_began(const struct ir_view *v, struct ir_buf *out)
{
    prompt(v, out, _("When did it begin? (02:40, 20m ago, unknown)"));
}

void
ir_view_ask_why(const struct ir_view *v, enum ir_why why, struct ir_buf *out)
{
    static const char *const say[] = {
        [IR_WHY_SKIP] = N_("Why is it skipped? (recorded; empty: cancel)"),
        [IR_WHY_FAIL] = N_("What went wrong? (recorded; empty: cancel)"),
        [IR_WHY_DECISION] = N_("Why? (recorded; empty: cancel)"),
        [IR_WHY_UNAPPROVED] =
            N_("This runbook is not approved. To go on, say why. It is "
               "recorded as an exception and reviewed by somebody else before "
               "the incident closes. (empty: cancel)"),
        [IR_WHY_BREAK_GLASS] =
            N_("Nobody else is here to approve. To go on alone, say why. It "
               "is recorded as an exception and reviewed by somebody else "
               "before the incident closes. (empty: cancel)"),
        [IR_WHY_OVERRIDE] =
            N_("This destroys evidence. To go on, say why. It is recorded as "
               "an exception and reviewed by somebody else before the "
               "incident closes. (empty: cancel)"),
        [IR_WHY_DENY] = N_("Why not? (recorded; empty: cancel)"),
        [IR_WHY_SEVERITY] =
            N_("Why does the severity change? (recorded; empty: "
               "cancel)"),
    };

    prompt(v, out, _(say[why]));
}

void
ir_view_ask_note(const struct ir_view *v, struct ir_buf *out)
{
    prompt(v, out, _("What did you see? (may stay empty; quit: not done yet)"));
}

void
ir_view_ask_yes(const struct ir_view *v, const char *question,
                struct ir_buf *out)
{
    char *s = ir_asprintf(_("%s (y/n)"), question);

    prompt(v, out, s);
    free(s);
}

int
ir_view_yes(const char *typed)
{
    static const char *const yes[] = {"y",    "yes", "j",  "はい",
                                      "ええ", "ｙ",  "Ｙ", "うん"};
    static const char *const no[] = {"n", "no", "いいえ", "ｎ", "Ｎ", "いや"};
    size_t i;

    for (i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (strcasecmp(typed, yes[i]) == 0)
            return 1;
    for (i = 0; i < sizeof no / sizeof no[0]; i++)
        if (strcasecmp(typed, no[i]) == 0)
            return 0;
    return -1;
}
