/* card.c: see card.h. */
#include "view/card.h"

#include "base/i18n.h"
#include "base/time.h"
#include "core/text.h"
#include "view/card_in.h"
#include "view/hours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
day(int64_t ms, struct ir_pool *pool)
{
    char text[32];

    ir_time_rfc3339(ms, text, sizeof text);
    return ir_pool_f(pool, "%.10s", text);
}

/* Can somebody who has no `ir` reach them: by telephone, radio, a runner? What
 * only `ir` sends by, a chat say, is of no use on paper. */
static bool
is_callable(const struct ir_view *v, const struct ir_json *who)
{
    const struct ir_json *ways = ir_json_get(who, "channels");
    size_t i;

    for (i = 0; i < ir_json_len(ways); i++) {
        const char *how = ir_json_str(ir_json_at(ir_json_at(ways, i), 0));

        if (how != NULL && !ir_view_is_mail(v, how) &&
            (strcmp(how, "sms") == 0 ||
             ir_view_contact(v, "channels", how) == NULL))
            return true;
    }
    return false;
}

/* One who is to be called, unless they stand there already. */
static void
add_call(const struct ir_view *v, struct ir_card_words *w, const char *id)
{
    const struct ir_json *p = ir_view_contact(v, "people", id);
    const char *title = p != NULL ? ir_json_text_of(p, "title") : NULL;
    const char *name, *reach;
    char *hours;
    size_t i;

    if (p == NULL || w->calls_n == IR_CARD_CALLS_MAX || !is_callable(v, p))
        return;
    for (i = 0; i < w->calls_n; i++)
        if (strcmp(w->call[i].id, id) == 0)
            return;
    name = ir_pool_take(&w->pool, ir_view_person(v, id, true));
    if (title != NULL)
        name = ir_pool_f(&w->pool, _("%s (%s)"), name,
                         ir_pool_take(&w->pool, ir_view_safe(v, title)));
    reach = ir_pool_take(&w->pool, ir_view_phone(v, p));
    hours = ir_view_hours(p);
    if (hours != NULL)
        reach = ir_pool_f(&w->pool, _("%s (at work %s)"), reach,
                          ir_pool_take(&w->pool, hours));
    w->call[w->calls_n++] = (struct ir_card_call){id, name, reach};
}

static void
add_role(const struct ir_view *v, struct ir_card_words *w, const char *id)
{
    const struct ir_json *h =
        ir_json_get(ir_view_contact(v, "roles", id), "holders");
    size_t i;

    for (i = 0; i < ir_json_len(h); i++)
        add_call(v, w, ir_json_str(ir_json_at(h, i)));
}

static void
add_calls(const struct ir_view *v, const char *tree, struct ir_card_words *w)
{
    const struct ir_json *t =
        ir_view_contact(v, "trees", tree != NULL ? tree : "command");
    const struct ir_json *levels = ir_json_get(t, "levels");
    size_t i, k;

    for (i = 0; i < ir_json_len(levels); i++)
        for (k = 0; k < ir_json_len(ir_json_at(levels, i)); k++) {
            const char *word =
                ir_json_str(ir_json_at(ir_json_at(levels, i), k));

            if (word != NULL && strncmp(word, "role:", 5) == 0)
                add_role(v, w, word + 5);
            else if (word != NULL)
                add_call(v, w, word);
        }
    if (t == NULL)
        add_role(v, w, "commander");
}

static void
add_places(const struct ir_view *v, struct ir_card_words *w)
{
    const struct ir_json *l = ir_json_get(v->site, "assembly");
    size_t i;

    for (i = 0; i < ir_json_len(l) && w->places_n < IR_CARD_PLACES_MAX; i++) {
        const struct ir_json *a = ir_json_at(l, i);
        const char *title = ir_json_text_of(a, "title");
        const char *place = ir_json_text_of(a, "place");

        w->place[w->places_n++] = ir_pool_f(
            &w->pool, _("%s: %s"),
            ir_pool_take(&w->pool, ir_view_safe(v, title != NULL ? title : "")),
            ir_pool_take(&w->pool,
                         ir_view_safe(v, place != NULL ? place : "")));
    }
}

void
ir_card_words(const struct ir_view *v, const struct ir_card *c,
              struct ir_card_words *w)
{
    const char *org =
        v->site != NULL ? ir_json_text_of(v->site, "organisation") : NULL;

    memset(w, 0, sizeof *w);
    w->head = ir_pool_f(
        &w->pool, _("%s: emergency card"),
        ir_pool_take(&w->pool, ir_view_safe(v, org != NULL ? org : "ir")));
    w->date = day(v->now_ms, &w->pool);
    add_calls(v, c->tree, w);
    add_places(v, w);
    w->when = _("Something fails, or looks like an attack? Call in this order "
                "until a person answers; a voicemail is no answer.");
    w->say = _("Say your name, where you are, what you see. Switch nothing "
               "off, delete nothing: traces would be lost.");
    w->come = _("Where to come when you are called:");
    w->exercise = _("A message that begins with EXERCISE (訓練): nothing has "
                    "happened, it is practised. Without that word it is real.");
    w->answer = _("Answer with the number in the message: 1a means you can "
                  "come or help, 1d means you cannot.");
    w->check =
        _("Each message has a check code like K7QM-2F9X. In doubt answer "
          "nothing and call no number in it: call somebody of this card and "
          "read the code out. They look it up in ir and say what the "
          "message says, or that it is not genuine.");
    w->mail = _("Mail may be down, or read by others: telephone, or come.");
    w->foot = ir_pool_f(&w->pool, _("Release %s of %s, card of %s"), c->release,
                        day(c->released_ms, &w->pool), w->date);
}

void
ir_card_words_done(struct ir_card_words *w)
{
    ir_pool_done(&w->pool);
}

static void
para(const struct ir_term *t, struct ir_buf *out, int indent, const char *s)
{
    ir_term_para(t, out, indent, NULL, IR_STYLE_NONE, s);
}

void
ir_view_card(const struct ir_view *v, const struct ir_card *c,
             struct ir_buf *out)
{
    struct ir_term t = v->term;
    struct ir_card_words w;
    struct ir_table tb;
    size_t i;

    if (t.cols > IR_CARD_COLS)
        t.cols = IR_CARD_COLS;
    ir_card_words(v, c, &w);
    ir_term_para(&t, out, 0, NULL, IR_STYLE_BOLD, w.head);
    para(&t, out, 0, w.when);
    ir_table_init(&tb, 3, 1);
    for (i = 0; i < w.calls_n; i++) {
        const char *cells[3] = {ir_pool_f(&w.pool, "%zu", i + 1),
                                w.call[i].name, w.call[i].reach};

        ir_table_row(&tb, IR_STYLE_NONE, cells);
    }
    ir_table_write(&tb, &t, out);
    para(&t, out, 0, w.say);
    if (w.places_n > 0)
        para(&t, out, 0, w.come);
    for (i = 0; i < w.places_n; i++)
        para(&t, out, 1, w.place[i]);
    para(&t, out, 0, w.exercise);
    para(&t, out, 0, w.answer);
    para(&t, out, 0, w.check);
    para(&t, out, 0, w.mail);
    ir_term_para(&t, out, 0, NULL, IR_STYLE_DIM, w.foot);
    ir_card_words_done(&w);
}

struct ir_json *
ir_view_card_json(const struct ir_view *v, const struct ir_card *c)
{
    struct ir_json *j = ir_json_new_obj(), *list, *o;
    struct ir_card_words w;
    size_t i;

    ir_card_words(v, c, &w);
    ir_json_set_str(j, "release", c->release);
    ir_view_set_time(j, "released", c->released_ms);
    ir_json_set_str(j, "date", w.date);
    ir_json_set_str(j, "head", w.head);
    list = ir_json_set_take(j, "call", ir_json_new_arr());
    for (i = 0; i < w.calls_n; i++) {
        o = ir_json_add_take(list, ir_json_new_obj());
        ir_json_set_str(o, "id", w.call[i].id);
        ir_json_set_str(o, "name", w.call[i].name);
        ir_json_set_str(o, "reach", w.call[i].reach);
    }
    list = ir_json_set_take(j, "places", ir_json_new_arr());
    for (i = 0; i < w.places_n; i++)
        ir_json_add_str(list, w.place[i]);
    list = ir_json_set_take(j, "rules", ir_json_new_arr());
    ir_json_add_str(list, w.say);
    ir_json_add_str(list, w.exercise);
    ir_json_add_str(list, w.answer);
    ir_json_add_str(list, w.check);
    ir_json_add_str(list, w.mail);
    ir_card_words_done(&w);
    return j;
}
