/* step_json.c: see walk.h: steps as JSON. */
#include "view/step.h"
#include "view/walk.h"

#include <stdlib.h>
#include <string.h>

static void
set_text(const struct ir_view *v, const struct ir_incident *inc,
         struct ir_json *obj, const char *key, const struct ir_text *t)
{
    char *s = ir_view_fill(v, inc, t);

    ir_json_set_str(obj, key, t->en != NULL ? s : NULL);
    free(s);
}

static void
set_strs(struct ir_json *obj, const char *key, char *const *s, size_t n)
{
    struct ir_json *arr = ir_json_set_take(obj, key, ir_json_new_arr());
    size_t i;

    for (i = 0; i < n; i++)
        ir_json_add_str(arr, s[i]);
}

static void
set_options(const struct ir_view *v, const struct ir_incident *inc,
            struct ir_json *obj, const char *key, const struct ir_option *o,
            size_t n)
{
    struct ir_json *arr = ir_json_set_take(obj, key, ir_json_new_arr());
    size_t i;

    for (i = 0; i < n; i++) {
        struct ir_json *it = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_str(it, "id", o[i].id);
        set_text(v, inc, it, "title", &o[i].title);
        set_text(v, inc, it, "say", &o[i].say);
        ir_json_set_str(it, "go", o[i].go);
        ir_json_set_str(it, "act", o[i].act);
    }
}

static void
set_questions(const struct ir_view *v, const struct ir_incident *inc,
              const struct ir_istep *st, struct ir_json *obj)
{
    struct ir_json *arr = ir_json_set_take(obj, "ask", ir_json_new_arr());
    size_t i;

    for (i = 0; i < st->step->ask_n; i++) {
        const char *name = st->step->ask[i];
        const struct ir_var *var = ir_plan_var(st->plan, name);
        struct ir_json *it = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_str(it, "name", name);
        if (var != NULL) {
            ir_json_set_str(it, "type", ir_var_type_word(var->type));
            set_text(v, inc, it, "ask", &var->ask);
            ir_json_set_bool(it, "unknown", var->unknown);
            set_options(v, inc, it, "choices", var->choices, var->choices_n);
        }
        ir_json_set_str(it, "value", ir_incident_var(inc, name));
    }
}

static void
set_full(const struct ir_view *v, const struct ir_incident *inc,
         const struct ir_istep *st, struct ir_json *obj)
{
    const struct ir_step *s = st->step;
    struct ir_json *arr;
    size_t i;

    ir_json_set_str(obj, "act", ir_step_act_word(s->act));
    set_text(v, inc, obj, "say", &s->say);
    set_text(v, inc, obj, "good", &s->good);
    set_text(v, inc, obj, "on_fail", &s->on_fail);
    ir_json_set_str(obj, "on_fail_go", s->on_fail_go);
    set_text(v, inc, obj, "warn", &s->warn);
    set_text(v, inc, obj, "place", &s->place);
    ir_json_set_int(obj, "confirm", s->confirm);
    ir_json_set_bool(obj, "contain", s->contain);
    set_strs(obj, "destroys", s->destroys, s->destroys_n);
    set_strs(obj, "preserves", s->preserves, s->preserves_n);
    set_options(v, inc, obj, "options", s->options, s->options_n);
    set_questions(v, inc, st, obj);
    arr = ir_json_set_take(obj, "argv", ir_json_new_arr());
    for (i = 0; i < s->argv_n; i++) {
        char *word = ir_view_expand(inc, s->argv[i], false);

        ir_json_add_str(arr, word);
        free(word);
    }
    ir_json_set_str(obj, "mail", s->mail);
    ir_json_set_str(obj, "collect", s->collect);
    ir_json_set_str(obj, "target", s->target);
    ir_json_set_str(obj, "call", s->call);
    ir_json_set_str(obj, "notify", s->notify);
    ir_json_set_str(obj, "tell", s->tell);
    ir_json_set_str(obj, "report", s->report);
    ir_json_set_str(obj, "runbook", s->runbook);
    ir_json_set_str(obj, "undo", s->undo);
}

static void
set_twice(const struct ir_view *v, struct ir_json *obj,
          const struct ir_istep *st)
{
    struct ir_json *a = ir_json_set_take(obj, "twice", ir_json_new_arr());
    size_t i;

    for (i = 0; v->trust != NULL && i < st->twice_n; i++)
        ir_json_add_str(a, v->trust->members[st->twice[i]].handle);
}

struct ir_json *
ir_view_step_json(const struct ir_view *v, const struct ir_incident *inc,
                  size_t i, bool full)
{
    static const uint8_t none[IR_ID_BYTES];
    const struct ir_istep *st = &inc->steps[i];
    struct ir_json *obj = ir_json_new_obj();

    ir_json_set_str(obj, "id", st->path);
    ir_json_set_str(obj, "name", st->short_name);
    if (st->step != NULL)
        set_text(v, inc, obj, "title", &st->step->title);
    else
        ir_json_set_str(obj, "title", NULL);
    ir_json_set_str(obj, "state", ir_view_step_word(st->state));
    ir_json_set_str(obj, "role", st->step != NULL ? st->step->role : NULL);
    ir_view_set_member(v, obj, "by", st->by);
    ir_view_set_time(obj, "due", st->due_ms);
    set_strs(obj, "needs", st->needs, st->needs_n);
    ir_json_set_int(obj, "iteration", (int64_t)st->iteration);
    ir_json_set_bool(obj, "optional", st->optional);
    ir_json_set_bool(obj, "conflict", st->conflict);
    set_twice(v, obj, st);
    ir_view_set_time(obj, "ready", st->ready_ms);
    ir_view_set_time(obj, "begun", st->begun_ms);
    ir_view_set_time(obj, "ended", st->ended_ms);
    ir_json_set_str(obj, "choice", st->choice);
    ir_json_set_str(obj, "reason", st->reason);
    ir_json_set_str(obj, "note", st->note);
    if (memcmp(st->entry, none, sizeof none) != 0)
        ir_json_set_hex(obj, "entry", st->entry, sizeof st->entry);
    else
        ir_json_set_str(obj, "entry", NULL);
    if (full && st->step != NULL)
        set_full(v, inc, st, obj);
    return obj;
}

struct ir_json *
ir_view_next_json(const struct ir_view *v, const struct ir_walk *w)
{
    struct ir_json *obj = ir_json_new_obj(), *arr;
    int focus = w->focus >= 0 ? w->focus : ir_view_focus(w->inc, v->me);
    size_t i;

    ir_json_set_str(obj, "incident", w->inc->name);
    ir_json_set_take(obj, "step",
                     focus >= 0
                         ? ir_view_step_json(v, w->inc, (size_t)focus, true)
                         : ir_json_new_null());
    arr = ir_json_set_take(obj, "others", ir_json_new_arr());
    for (i = 0; i < w->inc->steps_n; i++) {
        enum ir_step_state s = w->inc->steps[i].state;

        if (!w->inc->steps[i].container && (int)i != focus &&
            (s == IR_STEP_READY || s == IR_STEP_ACTIVE || s == IR_STEP_FAILED))
            ir_json_add_take(arr, ir_view_step_json(v, w->inc, i, false));
    }
    return obj;
}
