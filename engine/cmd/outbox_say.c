/* outbox_say.c: how messages stand, for people and as JSON; see sender.h. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/outside.h"
#include "cmd/sender.h"
#include "core/message.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 6 /* named of one channel; of more, how many */
#define HAND_MAX 8  /* people to be reached by hand that are listed */

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

    if (r->answered || r->open_ms > x->in.now_ms ||
        ir_deliver_waits(r, x->in.now_ms))
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
    text = ir_view_safe(&c->talk_view, m.spoken);
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
             ir_outgoing_by_hand(&x->to.r[i]);
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

        if (r->answered || r->reply != NULL || !ir_outgoing_by_hand(r) ||
            ir_deliver_waits(r, x->in.now_ms))
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

/* Whom it waits for, being of no haste, and how it goes out all the same. */
static void
say_waits(struct ir_ctx *c, const struct ir_outgoing *x, struct ir_buf *out)
{
    struct ir_buf b = {0};
    char *line, *text, hex[2 * 4 + 1];
    size_t i, n = 0;

    for (i = 0; i < x->to.n; i++) {
        const struct ir_recipient *r = &x->to.r[i];

        if (!ir_deliver_waits(r, x->in.now_ms) || n++ >= NAMES_MAX)
            continue;
        text = ir_view_safe(&c->talk_view, x->to.who[i].name);
        line = ir_view_time(&c->talk_view, r->quiet_ms);
        ir_buf_adds(&b, n > 1 ? _(", ") : "");
        ir_buf_addf(&b, _("%s (from %s)"), text, line);
        free(line);
        free(text);
    }
    if (n > NAMES_MAX)
        ir_buf_addf(&b, _(" and %zu more"), n - NAMES_MAX);
    if (n > 0) {
        ir_hex(x->row->a->id, 4, hex);
        line = ir_asprintf(_("Waits for the hours of: %s.  Not wait:  ir alert "
                             "resend %s"),
                           ir_buf_str(&b), hex);
        ir_term_para(&c->talk_view.term, out, 1, NULL, IR_STYLE_BOLD, line);
        free(line);
    }
    ir_buf_done(&b);
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
        ir_outgoing_table(c, x, false, out);
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
        say_waits(c, x, out);
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
             ir_asprintf(x->deputy
                             ? _("It is sent by the device of %s on which it "
                                 "was written, once that one knows of this; "
                                 "where it does not, by another.")
                             : _("It is sent by the device of %s on which it "
                                 "was written, once that one knows of this."),
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

    if (x != NULL && (x->mute || x->deputy))
        say_mute(c, x, out);
    if (x != NULL) {
        n = say_channels(c, x, out);
        if (!x->mute && !x->deputy)
            say_waits(c, x, out);
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
