/* outbox_table.c: how messages stand with each person, as a table and as JSON,
 * and how long it took; see sender.h. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/sender.h"
#include "view/hours.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_MAX 30 /* rows; of more recipients, who is not reached */

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

bool
ir_outgoing_by_hand(const struct ir_recipient *r)
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

/* When they were brought to where they are; what was tried by further ways
 * since then does not move it. */
static int64_t
reached_ms(const struct ir_recipient *r)
{
    if (r->reach == IR_REACH_ANSWERED && r->answered_ms > 0)
        return r->answered_ms;
    if (r->reach == IR_REACH_HANDED && r->handed_ms > 0)
        return r->handed_ms;
    return r->last_ms;
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
how_far(const struct ir_view *v, const struct ir_recipient *r)
{
    bool party = strncmp(r->contact, "party:", 6) == 0;
    char *reply, *out, *at;

    /* what somebody heard on the telephone and signed for them is no claim */
    if (r->reply != NULL && (party || !r->answered)) {
        reply = ir_view_safe(v, r->reply);
        out = ir_asprintf(party ? _("reached by hand: %s")
                                : _("says \"%s\" (a claim)"),
                          reply);
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
    if (r->reach == IR_REACH_NOT_YET && ir_outgoing_by_hand(r))
        return ir_strdup(_("a person calls"));
    if (r->last_ms == 0)
        return ir_strdup(reach_text(r->reach));
    at = ir_view_time(v, reached_ms(r));
    out = ir_asprintf("%s %s", at,
                      failed_so_far(r) ? _("NOT reached so far")
                                       : reach_text(r->reach));
    free(at);
    return out;
}

/* How it stands with them, and, while they have not answered, that they are not
 * at work. */
static char *
state_of(const struct ir_view *v, const struct ir_outgoing *x,
         const struct ir_recipient *r)
{
    char *far, *off, *out;

    if (!x->mute && ir_deliver_waits(r, x->in.now_ms)) {
        off = ir_view_time(v, r->quiet_ms);
        out = ir_asprintf(_("waits for their hours, from %s"), off);
        free(off);
        return out;
    }
    far = how_far(v, r);
    off = r->answered || r->reply != NULL ? NULL
                                          : ir_view_off(v, r->duty, r->duty_ms);
    if (off == NULL)
        return far;
    out = ir_asprintf("%s%s%s", far, ir_view_sep(v), off);
    free(far);
    free(off);
    return out;
}

/* The ways of one recipient, with what became of each. */
/* by enum ir_outcome */
static const char *const marks[] = {"", "…", "→", "✓", "✗", "←", "-"};

static char *
ways_text(const struct ir_view *v, const struct ir_recipient *r)
{
    struct ir_buf b = {0};
    size_t k;

    for (k = 0; k < r->ways_n; k++) {
        /* of mail that must not be used no address is shown */
        bool shut = r->ways[k].use == IR_WAY_SHUT &&
                    ir_view_is_mail(v, r->ways[k].channel);
        char *name = ir_view_channel(v, r->ways[k].channel);
        char *to = ir_view_safe(v, shut ? "" : r->ways[k].address);

        ir_buf_addf(&b, "%s%s%s%s%s", k > 0 ? "  " : "", marks[r->ways[k].last],
                    name, shut ? "" : " ", to);
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
    char *half, *last;

    qsort(took_ms, n, sizeof *took_ms, by_number);
    half = ir_view_span(took_ms[(n - 1) / 2]);
    last = ir_view_span(took_ms[n - 1]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    ir_buf_addf(out, format, n, of, half, last);
#pragma GCC diagnostic pop
    free(half);
    free(last);
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

const struct ir_cert_key *
ir_outgoing_deputy(struct ir_ctx *c, const struct ir_outgoing *x)
{
    const struct ir_cert_key *k = NULL;
    size_t i;

    for (i = 0; i < x->attempts_n && k == NULL; i++)
        if (x->attempts[i].deputy)
            k = ir_trust_key(&c->trust, x->attempts[i].key);
    return k;
}

static void
say_deputy(struct ir_ctx *c, const struct ir_outgoing *x, struct ir_buf *out)
{
    const struct ir_cert_key *k = ir_outgoing_deputy(c, x);
    char *who, *line;

    if (k == NULL)
        return;
    who = ir_view_member(&c->view, (int)k->member, false);
    line = ir_asprintf(_("A device of %s sent of it in place of the one on "
                         "which it was written."),
                       who);
    ir_term_para(&c->view.term, out, 2, NULL, IR_STYLE_NONE, line);
    free(line);
    free(who);
}

/* How a recipient stands, for the summary and for whom to name first. */
enum group {
    LOST, /* every way was tried */
    HAND, /* waits for a person */
    WAITS,
    TRYING,
    SILENT, /* handed over or delivered */
    REPLIED,
    ANSWERED,
    GROUPS
};

static const char *const group_words[GROUPS] = {
    "failed", "by_hand", "not_yet", "trying", "silent", "replied", "answered"};

static enum group
group_of(const struct ir_recipient *r)
{
    switch (r->reach) {
    case IR_REACH_FAILED:
        return LOST;
    case IR_REACH_TRYING:
        return ir_outgoing_by_hand(r) ? HAND : TRYING;
    case IR_REACH_HANDED:
    case IR_REACH_DELIVERED:
        return SILENT;
    case IR_REACH_REPLIED:
        return REPLIED;
    case IR_REACH_ANSWERED:
        return ANSWERED;
    default:
        return ir_outgoing_by_hand(r) ? HAND : WAITS;
    }
}

static void
count_groups(const struct ir_outgoing *x, size_t n[GROUPS])
{
    size_t i;

    memset(n, 0, GROUPS * sizeof n[0]);
    for (i = 0; i < x->to.n; i++)
        n[group_of(&x->to.r[i])]++;
}

/* How many there are of each, those first for whom something is to be done. */
static void
put_counts(struct ir_ctx *c, const struct ir_outgoing *x,
           const size_t n[GROUPS], struct ir_buf *out)
{
    const char *const texts[GROUPS] = {
        _("NOT reached: %zu"), _("by hand: %zu"),   _("not tried yet: %zu"),
        _("being sent: %zu"),  _("no answer: %zu"), _("replied: %zu"),
        _("answered: %zu")};
    struct ir_buf b = {0};
    size_t i;

    ir_buf_addf(&b, _("%zu recipients"), x->to.n);
    for (i = 0; i < GROUPS; i++) {
        if (n[i] == 0)
            continue;
        ir_buf_adds(&b, ir_view_sep(&c->view));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        ir_buf_addf(&b, texts[i], n[i]); /* one %zu each */
#pragma GCC diagnostic pop
    }
    ir_term_para(&c->view.term, out, 2, NULL,
                 n[LOST] > 0 ? IR_STYLE_BOLD : IR_STYLE_NONE, ir_buf_str(&b));
    ir_buf_done(&b);
}

static void
put_row(struct ir_ctx *c, const struct ir_outgoing *x, size_t i,
        struct ir_table *t)
{
    char *name = ir_view_safe(&c->view, x->to.who[i].name);
    char *state = state_of(&c->view, x, &x->to.r[i]);
    char *ways = ways_text(&c->view, &x->to.r[i]);
    const char *cells[3] = {name, state, ways};

    ir_table_row(
        t, x->to.r[i].reach == IR_REACH_FAILED ? IR_STYLE_BOLD : IR_STYLE_NONE,
        cells);
    free(name);
    free(state);
    free(ways);
}

void
ir_outgoing_table(struct ir_ctx *c, const struct ir_outgoing *x, bool all,
                  struct ir_buf *out)
{
    bool few = all || x->to.n <= TABLE_MAX;
    size_t n[GROUPS], i, shown = 0;
    struct ir_table t;
    int g;

    if (x->to.n > TABLE_MAX) {
        count_groups(x, n);
        put_counts(c, x, n, out);
    }
    ir_table_init(&t, 3, 2);
    for (i = 0; few && i < x->to.n; i++, shown++)
        put_row(c, x, i, &t);
    for (g = LOST; !few && g < SILENT; g++)
        for (i = 0; i < x->to.n && shown < TABLE_MAX; i++)
            if (group_of(&x->to.r[i]) == (enum group)g) {
                put_row(c, x, i, &t);
                shown++;
            }
    ir_table_write(&t, &c->view.term, out);
    say_times(&c->view, x, out);
    if (shown < x->to.n) {
        char hex[2 * 4 + 1];

        ir_hex(x->row->a->id, 4, hex);
        if (shown > 0)
            ir_buf_addf(out, _("  and %zu more:  ir comms status %s --all\n"),
                        x->to.n - shown, hex);
        else
            ir_buf_addf(out, _("  Each of them:  ir comms status %s --all\n"),
                        hex);
    }
    say_deputy(c, x, out);
}

void
ir_outgoing_legend(struct ir_ctx *c, struct ir_buf *out)
{
    char *text =
        ir_asprintf(_("%s being sent, %s handed over, %s delivered, %s failed, "
                      "%s replied, %s no answer"),
                    marks[IR_OUTCOME_TRIED], marks[IR_OUTCOME_HANDED],
                    marks[IR_OUTCOME_DELIVERED], marks[IR_OUTCOME_FAILED],
                    marks[IR_OUTCOME_REPLIED], marks[IR_OUTCOME_NO_ANSWER]);

    ir_term_para(&c->view.term, out, 0, _("Marks: "), IR_STYLE_NONE, text);
    free(text);
}

struct ir_json *
ir_outgoing_counts(const struct ir_outgoing *x)
{
    struct ir_json *j = ir_json_new_obj();
    size_t n[GROUPS], i;

    count_groups(x, n);
    for (i = 0; i < GROUPS; i++)
        ir_json_set_int(j, group_words[i], (int64_t)n[i]);
    return j;
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
        ir_view_set_duty(o, r->duty, r->duty_ms);
        ir_view_set_time(
            o, "waits_until",
            !x->mute && ir_deliver_waits(r, x->in.now_ms) ? r->quiet_ms : 0);
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
