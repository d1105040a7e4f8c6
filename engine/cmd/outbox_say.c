/* outbox_say.c: how messages stand, for people and as JSON; see sender.h. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/outside.h"
#include "cmd/sender.h"
#include "core/message.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 6 /* named of one channel; of more, how many */
#define HAND_MAX 8  /* people to be reached by hand that are listed */

static const char *
reach_word(enum ir_reach r)
{
    static const char *const words[] = {"not-yet",   "trying",  "handed-over",
                                        "delivered", "replied", "answered",
                                        "failed"};

    return words[r];
}

static const char *
reach_text(enum ir_reach r)
{
    switch (r) {
    case IR_REACH_TRYING:
        return _("being sent");
    case IR_REACH_HANDED:
        return _("handed over, no answer");
    case IR_REACH_DELIVERED:
        return _("delivered, no answer");
    case IR_REACH_REPLIED:
        return _("replied");
    case IR_REACH_ANSWERED:
        return _("answered");
    case IR_REACH_FAILED:
        return _("NOT reached");
    default:
        return _("not tried yet");
    }
}

/* Does nothing but a person's hand lead to them now? */
static bool
is_by_hand(const struct ir_recipient *r)
{
    bool hand = false;
    size_t k;

    for (k = 0; k < r->ways_n; k++) {
        if (r->ways[k].use == IR_WAY_OPEN && !r->ways[k].given_up)
            return false;
        hand |= r->ways[k].use == IR_WAY_BY_HAND;
    }
    return hand;
}

/* Did all that was tried fail so far, though something is to be tried again?
 */
static bool
failed_so_far(const struct ir_recipient *r)
{
    size_t k;

    for (k = 0; k < r->ways_n; k++)
        if (r->ways[k].last == IR_OUTCOME_TRIED)
            return false;
    return r->reach == IR_REACH_TRYING;
}

static char *
state_of(const struct ir_view *v, const struct ir_recipient *r)
{
    char *reply, *out, *at;

    if (r->reply != NULL) {
        reply = ir_view_safe(v, r->reply);
        out = ir_asprintf(_("says \"%s\" (a claim)"), reply);
        free(reply);
        return out;
    }
    if (r->other != NULL && !r->answered) {
        reply = ir_view_safe(v, r->other);
        out = ir_asprintf(_("%s; says \"%s\", which names another alert (a "
                            "claim)"),
                          reach_text(r->reach), reply);
        free(reply);
        return out;
    }
    if (r->reach == IR_REACH_NOT_YET && is_by_hand(r))
        return ir_strdup(_("a person calls"));
    if (r->last_ms == 0)
        return ir_strdup(reach_text(r->reach));
    at = ir_view_time(v, r->last_ms);
    out = ir_asprintf("%s %s", at,
                      failed_so_far(r) ? _("NOT reached so far")
                                       : reach_text(r->reach));
    free(at);
    return out;
}

/* The ways of one recipient, with what became of each. */
static char *
ways_text(const struct ir_view *v, const struct ir_recipient *r)
{
    static const char *const marks[] = {"", "…", "→", "✓", "✗", "←", "-"};
    struct ir_buf b = {0};
    size_t k;

    for (k = 0; k < r->ways_n; k++) {
        char *name = ir_view_channel(v, r->ways[k].channel);
        char *to = ir_view_safe(v, r->ways[k].address);

        ir_buf_addf(&b, "%s%s%s %s", k > 0 ? "  " : "", marks[r->ways[k].last],
                    name, to);
        if (r->ways[k].tried_n > 1)
            ir_buf_addf(&b, " (%zu)", r->ways[k].tried_n);
        if (r->ways[k].last == IR_OUTCOME_FAILED && r->ways[k].detail != NULL) {
            char *why = ir_view_safe(v, r->ways[k].detail);

            ir_buf_addf(&b, ": %s", why);
            free(why);
        }
        free(name);
        free(to);
    }
    return ir_buf_take(&b);
}

/* When they answered first, or something came back; 0: not yet. */
static int64_t
answered_at(const struct ir_recipient *r)
{
    if (r->answered_ms > 0 &&
        (r->reply_ms == 0 || r->answered_ms < r->reply_ms))
        return r->answered_ms;
    return r->reply_ms;
}

/* How long after the alert went out that was, in ms; a clock may have been set
 * back. */
static int64_t
took(const struct ir_outgoing *x, int64_t at_ms)
{
    return at_ms > x->in.out_ms ? at_ms - x->in.out_ms : 0;
}

static int
by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* "3 of 4 reached, half of them within 12s, the last after 1m"; `format` takes
 * how many, of how many, and two durations. Sorts `took_ms`. */
static void
add_times(struct ir_buf *out, const char *format, int64_t *took_ms, size_t n,
          size_t of)
{
    char half[24], last[24];

    qsort(took_ms, n, sizeof *took_ms, by_number);
    ir_duration_text(took_ms[(n - 1) / 2] / 1000, half, sizeof half);
    ir_duration_text(took_ms[n - 1] / 1000, last, sizeof last);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    ir_buf_addf(out, format, n, of, half, last);
#pragma GCC diagnostic pop
}

/* How fast people were reached, and answered: for who looks back. */
static void
say_times(const struct ir_view *v, const struct ir_outgoing *x,
          struct ir_buf *out)
{
    int64_t *handed = ir_calloc(x->to.n + 1, sizeof *handed);
    int64_t *answer = ir_calloc(x->to.n + 1, sizeof *answer);
    size_t i, handed_n = 0, answer_n = 0;
    struct ir_buf b = {0};

    for (i = 0; i < x->to.n; i++) {
        const struct ir_recipient *r = &x->to.r[i];

        if (r->handed_ms > 0)
            handed[handed_n++] = took(x, r->handed_ms);
        if (answered_at(r) > 0)
            answer[answer_n++] = took(x, answered_at(r));
    }
    if (handed_n > 0)
        add_times(&b,
                  _("Handed over: %zu of %zu, half of them within %s, the last "
                    "after %s."),
                  handed, handed_n, x->to.n);
    if (answer_n > 0) {
        if (b.len > 0)
            ir_buf_addc(&b, ' ');
        add_times(&b,
                  _("Answered: %zu of %zu, half of them within %s, the last "
                    "after %s."),
                  answer, answer_n, x->to.n);
    }
    if (b.len > 0)
        ir_term_para(&v->term, out, 2, NULL, IR_STYLE_NONE, ir_buf_str(&b));
    ir_buf_done(&b);
    free(handed);
    free(answer);
}

void
ir_outgoing_table(struct ir_ctx *c, const struct ir_outgoing *x,
                  struct ir_buf *out)
{
    struct ir_table t;
    size_t i;

    ir_table_init(&t, 3, 2);
    for (i = 0; i < x->to.n; i++) {
        char *name = ir_view_safe(&c->view, x->to.who[i].name);
        char *state = state_of(&c->view, &x->to.r[i]);
        char *ways = ways_text(&c->view, &x->to.r[i]);
        const char *cells[3] = {name, state, ways};

        ir_table_row(&t,
                     x->to.r[i].reach == IR_REACH_FAILED ? IR_STYLE_BOLD
                                                         : IR_STYLE_NONE,
                     cells);
        free(name);
        free(state);
        free(ways);
    }
    ir_table_write(&t, &c->view.term, out);
    say_times(&c->view, x, out);
}

/* Seconds from when it went out, or null. */
static void
set_took(struct ir_json *o, const char *key, const struct ir_outgoing *x,
         int64_t at_ms)
{
    if (at_ms > 0)
        ir_json_set_int(o, key, took(x, at_ms) / 1000);
    else
        ir_json_set_str(o, key, NULL);
}

static struct ir_json *
ways_json(const struct ir_recipient *r)
{
    static const char *const outcomes[] = {"none",      "tried",  "handed-over",
                                           "delivered", "failed", "replied",
                                           "no-answer"};
    struct ir_json *ways = ir_json_new_arr();
    size_t k;

    for (k = 0; k < r->ways_n; k++) {
        struct ir_json *w = ir_json_new_obj();

        ir_json_set_str(w, "channel", r->ways[k].channel);
        ir_json_set_str(w, "address", r->ways[k].address);
        ir_json_set_str(w, "outcome", outcomes[r->ways[k].last]);
        ir_json_set_int(w, "tried", (int64_t)r->ways[k].tried_n);
        if (r->ways[k].at_ms > 0)
            ir_view_set_time(w, "at", r->ways[k].at_ms);
        else
            ir_json_set_str(w, "at", NULL);
        ir_json_set_str(w, "detail", r->ways[k].detail);
        ir_json_set_bool(w, "by_hand", r->ways[k].use == IR_WAY_BY_HAND);
        ir_json_set_bool(w, "shut", r->ways[k].use == IR_WAY_SHUT);
        ir_json_add_take(ways, w);
    }
    return ways;
}

struct ir_json *
ir_outgoing_json(const struct ir_outgoing *x)
{
    struct ir_json *to = ir_json_new_arr();
    size_t i;

    for (i = 0; i < x->to.n; i++) {
        const struct ir_recipient *r = &x->to.r[i];
        struct ir_json *o = ir_json_new_obj();

        ir_json_set_str(o, "contact", r->contact);
        ir_json_set_str(o, "name", x->to.who[i].name);
        ir_json_set_str(o, "state", reach_word(r->reach));
        ir_json_set_bool(o, "exhausted", r->exhausted);
        set_took(o, "handed_over_s", x, r->handed_ms);
        set_took(o, "answered_s", x, answered_at(r));
        if (r->reply != NULL)
            ir_json_set_str(o, "reply", r->reply);
        if (r->other != NULL)
            ir_json_set_str(o, "other_reply", r->other);
        ir_json_set_take(o, "ways", ways_json(r));
        ir_json_add_take(to, o);
    }
    return to;
}

/* Are they words for an audience? */
static bool
is_update(const struct ir_outgoing *x)
{
    const struct ir_alert *a = x->row->a;

    return a->to_n > 0 && strncmp(a->to[0], "audience:", 9) == 0;
}

/* Is that among the ways by which it goes to them at once? A sender may be at
 * it by now. */
static bool
begins_by(const struct ir_outgoing *x, const struct ir_recipient *r,
          const char *channel)
{
    bool first = true;
    size_t k;

    if (r->answered || r->open_ms > x->in.now_ms)
        return false;
    for (k = 0; k < r->ways_n; k++) {
        if (r->ways[k].use != IR_WAY_OPEN)
            continue;
        if ((first || x->in.all || r->ways[k].at_once) &&
            strcmp(r->ways[k].channel, channel) == 0)
            return true;
        first = false;
    }
    return false;
}

/* To whom it goes first by `channel`: "Ito, Mori", or how many; NULL: nobody.
 */
static char *
names_by(const struct ir_view *v, const struct ir_outgoing *x,
         const char *channel, size_t *count)
{
    struct ir_buf b = {0};
    size_t i, n = 0;

    for (i = 0; i < x->to.n; i++) {
        char *name;

        if (!begins_by(x, &x->to.r[i], channel) || n++ >= NAMES_MAX)
            continue;
        name = ir_view_safe(v, x->to.who[i].name);
        ir_buf_addf(&b, "%s%s", n > 1 ? _(", ") : "", name);
        free(name);
    }
    if (n > NAMES_MAX)
        ir_buf_addf(&b, _(" and %zu more"), n - NAMES_MAX);
    *count = n;
    if (n == 0) {
        ir_buf_done(&b);
        return NULL;
    }
    return ir_buf_take(&b);
}

/* One line for each channel; returns how many messages that is. */
static size_t
say_channels(struct ir_ctx *c, const struct ir_outgoing *x, struct ir_buf *out)
{
    const struct ir_json *l = ir_view_contacts(&c->view, "channels");
    bool counted = is_update(x), later = x->row->a->state != IR_ALERT_OUT;
    size_t i, n = 0, all = 0;

    for (i = 0; l != NULL && i < ir_json_len(l); i++) {
        const struct ir_json *row = ir_json_at(l, i);
        const char *id = ir_json_get_str(row, "id", "");
        const char *title = ir_json_text_of(row, "title");
        char *names = names_by(&c->talk_view, x, id, &n), *by, *line;

        if (names == NULL)
            continue;
        all += n;
        by = ir_view_safe(&c->talk_view, title != NULL ? title : id);
        line = later ? ir_asprintf(_("Once it may leave, it goes out by %s "
                                     "to %zu: %s"),
                                   by, n, names)
               : counted
                   ? ir_asprintf(_("Goes out by %s to %zu: %s"), by, n, names)
                   : ir_asprintf(_("Goes out by %s: %s"), by, names);
        ir_term_para(&c->talk_view.term, out, 1, NULL, IR_STYLE_NONE, line);
        free(line);
        free(by);
        free(names);
    }
    return all;
}

/* What to say on the telephone. */
static void
say_words(struct ir_outbox *o, const struct ir_outgoing *x, struct ir_buf *out)
{
    const struct ir_alert *a = x->row->a;
    char *words = ir_box_words(&o->box, a, ir_i18n_lang()), *text, *line;
    struct ir_message_in in = {.alert = a->id,
                               .status = a->status,
                               .severity = a->severity,
                               .text = words != NULL ? words : a->text};
    struct ir_ctx *c = o->c;
    struct ir_message m;

    ir_message_make(&in, ir_i18n_lang(), &m);
    text = ir_view_safe(&c->talk_view, m.brief);
    line = ir_asprintf(_("Say: %s"), text);
    ir_term_para(&c->talk_view.term, out, 5, NULL, IR_STYLE_NONE, line);
    free(line);
    free(text);
    free(words);
    ir_message_done(&m);
}

/* How many only a person's hand reaches. */
static size_t
count_by_hand(const struct ir_outgoing *x)
{
    size_t i, n = 0;

    for (i = 0; i < x->to.n; i++)
        n += !x->to.r[i].answered && x->to.r[i].reply == NULL &&
             is_by_hand(&x->to.r[i]);
    return n;
}

static void
say_by_hand(struct ir_outbox *o, const struct ir_outgoing *x,
            struct ir_buf *out)
{
    struct ir_ctx *c = o->c;
    size_t i, k, n = 0;

    for (i = 0; i < x->to.n; i++) {
        const struct ir_recipient *r = &x->to.r[i];
        struct ir_buf b = {0};
        char *name;

        if (r->answered || r->reply != NULL || !is_by_hand(r))
            continue;
        if (n++ == 0)
            ir_term_para(&c->talk_view.term, out, 1, NULL, IR_STYLE_BOLD,
                         _("Only you can reach them, by hand:"));
        if (n > HAND_MAX)
            continue;
        name = ir_view_safe(&c->talk_view, x->to.who[i].name);
        ir_buf_adds(&b, name);
        for (k = 0; k < r->ways_n; k++)
            if (r->ways[k].use == IR_WAY_BY_HAND) {
                char *way = ir_view_channel(&c->talk_view, r->ways[k].channel);
                char *to = ir_view_safe(&c->talk_view, r->ways[k].address);

                ir_buf_addf(&b, "  %s %s", way, to);
                free(way);
                free(to);
            }
        ir_term_para(&c->talk_view.term, out, 5, NULL, IR_STYLE_NONE,
                     ir_buf_str(&b));
        ir_buf_done(&b);
        free(name);
    }
    if (n > HAND_MAX)
        ir_buf_addf(out, _("     and %zu more:  ir comms status\n"),
                    n - HAND_MAX);
    if (n > 0)
        say_words(o, x, out);
}

/* People who are no members and whom nothing leads to. */
static void
say_no_way(struct ir_ctx *c, const struct ir_outgoing *x, struct ir_buf *out)
{
    struct ir_buf b = {0};
    size_t i, k, n = 0;
    char *line;

    for (i = 0; i < x->to.n; i++) {
        const struct ir_recipient *r = &x->to.r[i];
        bool usable = x->to.who[i].member >= 0;
        char *name;

        for (k = 0; k < r->ways_n; k++)
            usable |= r->ways[k].use != IR_WAY_SHUT;
        if (usable || n++ >= NAMES_MAX)
            continue;
        name = ir_view_safe(&c->talk_view, x->to.who[i].name);
        ir_buf_addf(&b, "%s%s", n > 1 ? _(", ") : "", name);
        free(name);
    }
    if (n > NAMES_MAX)
        ir_buf_addf(&b, _(" and %zu more"), n - NAMES_MAX);
    if (n > 0) {
        line = ir_asprintf(_("No way is open to: %s"), ir_buf_str(&b));
        ir_term_para(&c->talk_view.term, out, 1, NULL, IR_STYLE_BOLD, line);
        free(line);
    }
    ir_buf_done(&b);
}

/* Load all that is or was on its way and plan it.
 *
 * Owns:   *o is the caller's, ir_outbox_done, whatever is returned.
 */
static bool
load(struct ir_ctx *c, bool all, struct ir_outbox *o)
{
    struct ir_err keep = c->err;
    struct ir_now now;
    bool ok = ir_outbox_load(c, all, o) == IR_OK;

    ir_clock_now(&now);
    if (ok)
        ir_outbox_plan(o, now.wall_ms);
    c->err = keep;
    return ok;
}

void
ir_outbox_status(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES],
                 struct ir_buf *out, struct ir_json *j)
{
    struct ir_outbox o = {0};
    const struct ir_outgoing *x =
        load(c, true, &o) ? ir_outbox_find(&o, id) : NULL;
    bool any = false;
    size_t i;

    for (i = 0; x != NULL && i < x->to.n; i++)
        any |= x->to.r[i].ways_n > 0;
    if (any && out != NULL) {
        ir_buf_adds(out, "\n");
        ir_outgoing_table(c, x, out);
    }
    if (x != NULL && j != NULL)
        ir_json_set_take(j, "delivery", ir_outgoing_json(x));
    ir_outbox_done(&o);
}

void
ir_outbox_line(struct ir_ctx *c, const uint8_t incident[IR_INCIDENT_BYTES],
               struct ir_buf *out)
{
    struct ir_buf lost = {0}, b = {0};
    size_t i, k, trying = 0, silent = 0, lost_n = 0;
    struct ir_outbox o = {0};
    char *name;

    if (ir_comms_has_channels(c) && load(c, false, &o))
        for (i = 0; i < o.n; i++) {
            const struct ir_outgoing *x = &o.v[i];

            if (x->in.over || !x->row->a->has_incident ||
                memcmp(x->row->a->incident, incident, IR_INCIDENT_BYTES) != 0)
                continue;
            for (k = 0; k < x->to.n; k++) {
                const struct ir_recipient *r = &x->to.r[k];

                trying += r->reach == IR_REACH_TRYING;
                silent += r->reach == IR_REACH_HANDED ||
                          r->reach == IR_REACH_DELIVERED;
                if (r->reach != IR_REACH_FAILED || lost_n++ >= NAMES_MAX)
                    continue;
                name = ir_view_safe(&c->view, x->to.who[k].name);
                ir_buf_addf(&lost, "%s%s", lost_n > 1 ? _(", ") : "", name);
                free(name);
            }
        }
    if (lost_n > 0)
        ir_buf_addf(&b, _("NOT reached: %s"), ir_buf_str(&lost));
    if (lost_n > NAMES_MAX)
        ir_buf_addf(&b, _(" and %zu more"), lost_n - NAMES_MAX);
    if (trying > 0)
        ir_buf_addf(&b, _("%son their way: %zu"),
                    b.len > 0 ? ir_view_sep(&c->view) : "", trying);
    if (silent > 0)
        ir_buf_addf(&b, _("%ssent, no answer: %zu"),
                    b.len > 0 ? ir_view_sep(&c->view) : "", silent);
    if (b.len > 0) {
        name =
            ir_asprintf(_("Messages: %s  (ir comms status)"), ir_buf_str(&b));
        ir_term_para(&c->view.term, out, 1, NULL,
                     lost_n > 0 ? IR_STYLE_BOLD : IR_STYLE_NONE, name);
        free(name);
    }
    ir_buf_done(&b);
    ir_buf_done(&lost);
    ir_outbox_done(&o);
}

void
ir_outbox_say(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES],
              struct ir_buf *out)
{
    struct ir_outbox o = {0};
    const struct ir_outgoing *x =
        load(c, false, &o) ? ir_outbox_find(&o, id) : NULL;

    if (x != NULL && x->row->a->mesh_only) {
        ir_term_para(&c->talk_view.term, out, 1, NULL, IR_STYLE_NONE,
                     _("To devices alone, by no channel."));
    } else if (x != NULL && !x->in.over) {
        (void)say_channels(c, x, out);
        say_by_hand(&o, x, out);
        say_no_way(c, x, out);
    }
    ir_outbox_done(&o);
}

static void
say_para(struct ir_ctx *c, struct ir_buf *out, char *line_take)
{
    ir_term_para(&c->talk_view.term, out, 1, NULL, IR_STYLE_NONE, line_take);
    free(line_take);
}

/* Words that another device sends, or that are too old to be sent. */
static void
say_mute(struct ir_ctx *c, const struct ir_outgoing *x, struct ir_buf *out)
{
    const struct ir_alert *a = x->row->a;
    char *who;

    if (a->at_ms <= c->view.now_ms - IR_SEND_OLDEST_MS) {
        say_para(c, out,
                 ir_strdup(_("It was written over two days ago: by itself it "
                             "is sent to nobody any more. Write it anew.")));
        return;
    }
    who = ir_view_member(&c->talk_view, a->by, false);
    say_para(c, out,
             ir_asprintf(_("It is sent by the device of %s on which it was "
                           "written, as soon as that one knows of this."),
                         who));
    free(who);
}

void
ir_outbox_say_update(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES],
                     struct ir_buf *out)
{
    struct ir_outbox o = {0};
    const struct ir_outgoing *x =
        load(c, true, &o) ? ir_outbox_find(&o, id) : NULL;
    size_t n, hand;

    if (x != NULL && x->mute)
        say_mute(c, x, out);
    if (x != NULL) {
        n = say_channels(c, x, out);
        hand = count_by_hand(x);
        if (n == 0 && (x->row->a->status == IR_ACTUAL || x->to.n > 0))
            say_para(c, out,
                     ir_strdup(_("By no channel: nothing of it goes out by "
                                 "itself.")));
        if (x->row->a->state == IR_ALERT_OUT)
            say_by_hand(&o, x, out);
        else if (hand > 0)
            say_para(
                c, out,
                ir_asprintf(_("Then a person reaches by hand: %zu"), hand));
        say_no_way(c, x, out);
    }
    ir_outbox_done(&o);
}

void
ir_outbox_update_json(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES],
                      struct ir_json *j)
{
    const struct ir_json *l = ir_view_contacts(&c->view, "channels");
    struct ir_outbox o = {0};
    const struct ir_outgoing *x =
        load(c, true, &o) ? ir_outbox_find(&o, id) : NULL;
    struct ir_json *all = ir_json_new_arr();
    size_t i, n = 0;

    for (i = 0; x != NULL && i < ir_json_len(l); i++) {
        const char *channel = ir_json_get_str(ir_json_at(l, i), "id", "");
        char *names = names_by(&c->view, x, channel, &n);
        struct ir_json *one;

        if (names == NULL)
            continue;
        one = ir_json_new_obj();
        ir_json_set_str(one, "channel", channel);
        ir_json_set_int(one, "people", (int64_t)n);
        ir_json_add_take(all, one);
        free(names);
    }
    ir_json_set_take(j, "channels", all);
    ir_json_set_int(j, "by_hand", x != NULL ? (int64_t)count_by_hand(x) : 0);
    ir_outbox_done(&o);
}
