/* walk.c: see walk.h. */
#include "view/walk.h"

#include "base/utf8.h"
#include "core/message.h"
#include "view/head.h"
#include "view/people.h"
#include "view/refusal.h"
#include "view/step.h"

#include <stdlib.h>
#include <string.h>

#define AIM 24 /* lines, where the output is no terminal */

bool
ir_view_for_me(const struct ir_incident *inc, size_t i, int me)
{
    const struct ir_istep *st = &inc->steps[i];

    if (me < 0 || st->container)
        return false;
    if (st->state == IR_STEP_ACTIVE)
        return st->by == me;
    if (st->state != IR_STEP_READY && st->state != IR_STEP_FAILED)
        return false;
    if (st->step == NULL || st->step->role == NULL)
        return true;
    return ir_incident_role(inc, st->step->role) == me;
}

size_t
ir_view_for_me_n(const struct ir_incident *inc, int me)
{
    size_t i, n = 0;

    for (i = 0; i < inc->steps_n; i++)
        n += ir_view_for_me(inc, i, me);
    return n;
}

bool
ir_view_gave_way(const struct ir_istep *st)
{
    return st->state == IR_STEP_FAILED && st->step != NULL &&
           st->step->on_fail_go != NULL;
}

/* Is a step open: somebody could or does work on it? A runbook step is
 * walked through its own steps.
 */
static bool
is_open(const struct ir_istep *st)
{
    return !st->container &&
           (st->state == IR_STEP_READY || st->state == IR_STEP_ACTIVE ||
            (st->state == IR_STEP_FAILED && !ir_view_gave_way(st)));
}

/* Is the step left to whoever is here: nobody holds its role? */
static bool
is_anybodys(const struct ir_incident *inc, const struct ir_istep *st)
{
    return st->step == NULL || st->step->role == NULL ||
           ir_incident_role(inc, st->step->role) < 0;
}

/* How near a step is to `me`; the lowest is shown. 99: not at all. */
static int
nearness(const struct ir_incident *inc, size_t i, int me)
{
    const struct ir_istep *st = &inc->steps[i];
    bool mine = ir_view_for_me(inc, i, me);
    size_t k;

    if (!is_open(st) || (st->optional && st->state == IR_STEP_READY))
        return 99; /* undoing is chosen by name, never put in front */
    if (st->state == IR_STEP_ACTIVE)
        return mine ? 0 : 8;
    for (k = 0; k < st->needs_n; k++)
        if (strcmp(st->needs[k], "wait") == 0)
            return 9;
    if (st->state == IR_STEP_FAILED && (st->by == me || mine))
        return 1;
    if (mine || is_anybodys(inc, st))
        return st->step != NULL && st->step->contain ? 2 : 3;
    return st->step != NULL && st->step->contain ? 4 : 5;
}

/* When the time of step `i` runs out. */
static int64_t
runs_out(const struct ir_incident *inc, size_t i)
{
    return inc->steps[i].due_ms > 0 ? inc->steps[i].due_ms : INT64_MAX;
}

/* Does step `a` come before `b` for `me`? Of equally near ones the one whose
 * time runs out first, else the runbook's order.
 */
static bool
comes_before(const struct ir_incident *inc, size_t a, size_t b, int me)
{
    int na = nearness(inc, a, me), nb = nearness(inc, b, me);

    if (na != nb)
        return na < nb;
    if (runs_out(inc, a) != runs_out(inc, b))
        return runs_out(inc, a) < runs_out(inc, b);
    return a < b;
}

int
ir_view_focus(const struct ir_incident *inc, int me)
{
    int found = -1;
    size_t i;

    for (i = 0; i < inc->steps_n; i++)
        if (nearness(inc, i, me) < 99 &&
            (found < 0 || comes_before(inc, i, (size_t)found, me)))
            found = (int)i;
    return found;
}

static int
focus_of(const struct ir_view *v, const struct ir_walk *w)
{
    if (w->focus >= 0 && (size_t)w->focus < w->inc->steps_n)
        return w->focus;
    return ir_view_focus(w->inc, v->me);
}

static void
count(const struct ir_incident *inc, size_t *over, size_t *skipped,
      size_t *open)
{
    size_t i;

    *over = *skipped = *open = 0;
    for (i = 0; i < inc->steps_n; i++) {
        const struct ir_istep *st = &inc->steps[i];

        if (st->container)
            continue;
        if (st->state == IR_STEP_DONE)
            ++*over;
        else if (st->state == IR_STEP_SKIPPED)
            ++*skipped;
        else if (st->state != IR_STEP_NA && !st->optional &&
                 !ir_view_gave_way(st))
            ++*open;
    }
}

static size_t
lines_of(const struct ir_buf *b)
{
    size_t i, n = 0;

    for (i = 0; i < b->len; i++)
        n += b->p[i] == '\n';
    return n;
}

/* Safety of people, before anything of the runbook has been done. */
static void
write_safety(struct ir_sv *x)
{
    const struct ir_plan *p = x->st->plan;
    size_t i;

    if (p == NULL || p->safety.en == NULL)
        return;
    for (i = 0; i < x->inc->steps_n; i++)
        if (x->inc->steps[i].instance == x->st->instance &&
            x->inc->steps[i].plan == p && x->inc->steps[i].ended_ms != 0)
            return;
    ir_term_para(
        &x->v->term, x->out, 1, _("! "), IR_STYLE_BOLD,
        ir_pool_take(&x->pool, ir_view_fill(x->v, x->inc, &p->safety)));
}

/* The focused step in full, or what is left when no step is open. */
static void
write_focus(const struct ir_view *v, const struct ir_walk *w, int focus,
            struct ir_buf *out)
{
    struct ir_sv x = {.v = v, .inc = w->inc, .out = out};

    x.st = &w->inc->steps[focus];
    x.s = x.st->step;
    write_safety(&x);
    ir_step_head(&x, ">");
    ir_step_body(&x);
    ir_step_act(&x);
    ir_step_effects(&x);
    ir_step_gates(&x);
    ir_step_unknown(&x);
    ir_pool_done(&x.pool);
}

struct reasons {
    const struct ir_view *v;
    struct ir_buf *out;
    size_t n;
};

static void
on_reason(const char *text, const char *hint, void *arg)
{
    struct reasons *r = arg;
    char *t = ir_view_safe(r->v, text);

    if (r->n++ == 0)
        ir_term_para(&r->v->term, r->out, 1, NULL, IR_STYLE_BOLD,
                     _("No step is open. Before the incident can close:"));
    ir_term_para(&r->v->term, r->out, 3, "- ", IR_STYLE_NONE, t);
    ir_view_hint(r->v, hint, 5, r->out);
    free(t);
}

static void
write_nothing(const struct ir_view *v, const struct ir_incident *inc,
              struct ir_buf *out)
{
    struct reasons r = {v, out, 0};
    const struct ir_term *t = &v->term;
    size_t over, skipped, open;
    char *at;

    count(inc, &over, &skipped, &open);
    if (inc->state == IR_INC_CLOSED) {
        at = ir_view_time(v, inc->closed_ms);
        ir_buf_addc(out, ' ');
        ir_buf_addf(out, _("Closed %s. Open it again: ir reopen"), at);
        ir_buf_addc(out, '\n');
        free(at);
        return;
    }
    if (inc->steps_n == 0) {
        ir_term_para(t, out, 1, NULL, IR_STYLE_NONE,
                     _("The runbook is not on this device. Work from paper; "
                       "notes and decisions are recorded here."));
        return;
    }
    ir_incident_may_close(inc, v->trust, on_reason, &r);
    if (r.n == 0)
        ir_term_para(t, out, 1, NULL, IR_STYLE_BOLD,
                     open == 0 ? _("All steps are over. Close the incident: "
                                   "ir close")
                               : _("No step is ready yet."));
}

/* The other open steps, one line each, at most `max` of them. */
static void
write_others(const struct ir_view *v, const struct ir_walk *w, int focus,
             size_t max, struct ir_buf *out)
{
    size_t *order = ir_malloc((w->inc->steps_n + 1) * sizeof *order);
    size_t i, j, open_n = 0, n = 0, more = 0;
    struct ir_pool pool = {0};

    for (i = 0; i < w->inc->steps_n; i++) {
        if ((int)i == focus || !is_open(&w->inc->steps[i]))
            continue;
        for (j = open_n++;
             j > 0 && comes_before(w->inc, i, order[j - 1], v->me); j--)
            order[j] = order[j - 1];
        order[j] = i;
    }
    ir_pool_take(&pool, (char *)order);
    for (i = 0; i < open_n; i++) {
        const struct ir_istep *st = &w->inc->steps[order[i]];
        struct ir_buf left = {0};
        const char *name;

        if (n >= max) {
            more++;
            continue;
        }
        n++;
        name = ir_step_typed(w->inc, st);
        ir_utf8_pad(&left, name,
                    ir_utf8_width(name) > 10 ? ir_utf8_width(name) : 10);
        ir_buf_addf(&left, " %s", ir_step_title(v, w->inc, st, &pool));
        if (st->optional)
            ir_buf_addf(&left, " %s", _("(only to undo)"));
        ir_term_row(&v->term, out, 3, IR_STYLE_NONE, ir_buf_str(&left),
                    IR_STYLE_NONE, ir_step_who(v, st, &pool));
        ir_buf_done(&left);
    }
    if (more > 0)
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE,
                     ir_pool_f(&pool, _("%zu more: %s"), more, "list"));
    ir_pool_done(&pool);
}

/* The words that do what the focused step asks for, before those that always
 * stand there.
 */
static void
add_verbs(const struct ir_view *v, const struct ir_incident *inc,
          const struct ir_istep *st, struct ir_buf *b)
{
    const struct ir_step *s = st->step;
    const struct ir_irequest *r = ir_step_request(inc, st);
    bool waits, lacks = ir_step_lacks(inc, s, &waits);
    bool open = r != NULL && !r->expired && !r->denied && r->approved_by < 0;
    bool later = false; /* it only waits for its time */
    size_t i;

    if (s != NULL && s->act == IR_ACT_CHOOSE)
        ir_buf_addf(b, s->options_n > 1 ? "1-%zu  " : "%zu  ", s->options_n);
    else if (s != NULL && s->act == IR_ACT_RUN && !waits &&
             !(open && r->by != v->me))
        ir_buf_adds(b, "run  ");
    else if (s != NULL && s->act == IR_ACT_CALL)
        ir_buf_adds(b, "call  ");
    if (lacks || (s != NULL && s->act == IR_ACT_ASK))
        ir_buf_adds(b, "ask  ");
    if (open && r->by != v->me)
        ir_buf_adds(b, "approve  deny  ");
    for (i = 0; i < st->needs_n; i++)
        later = later || strcmp(st->needs[i], "wait") == 0;
    if (!later &&
        (s == NULL || (s->act != IR_ACT_CHOOSE && s->act != IR_ACT_ASK)))
        ir_buf_adds(b, "done  ");
    ir_buf_adds(b, "fail  skip  note  ");
    ir_buf_adds(b, st->state == IR_STEP_ACTIVE && st->by == v->me
                       ? "give-back  "
                       : "take  ");
}

static void
write_keys(const struct ir_view *v, const struct ir_walk *w, int focus,
           struct ir_buf *out)
{
    struct ir_buf b = {0};

    if (w->keys != NULL) {
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_DIM, w->keys);
        return;
    }
    if (focus < 0) {
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_DIM,
                     "note  role  list  close  help  quit");
        return;
    }
    add_verbs(v, w->inc, &w->inc->steps[focus], &b);
    ir_buf_adds(&b, "role  list  help  quit");
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_DIM, ir_buf_str(&b));
    ir_buf_done(&b);
}

static void
write_rule(const struct ir_view *v, const struct ir_incident *inc,
           struct ir_buf *out)
{
    size_t over, skipped, open;
    char *label;

    count(inc, &over, &skipped, &open);
    if (skipped > 0)
        label = ir_asprintf(_("%zu done, %zu skipped, %zu to go"), over,
                            skipped, open);
    else
        label = ir_asprintf(_("%zu done, %zu to go"), over, open);
    ir_term_rule(&v->term, out, label);
    free(label);
}

/* Header at the first level that leaves room for `below` lines. */
static size_t
write_head(const struct ir_view *v, const struct ir_walk *w, size_t below,
           size_t room, struct ir_buf *out)
{
    struct ir_buf head = {0};
    size_t n;
    int level;

    for (level = 0;; level++) {
        ir_buf_done(&head);
        ir_head(v, w, level, &head);
        n = lines_of(&head);
        if (n + below <= room || level == IR_HEAD_LEVELS - 1)
            break;
    }
    ir_buf_add(out, head.p, head.len);
    ir_buf_done(&head);
    return n;
}

/* What stands before all else; how many lines that takes. */
static size_t
write_banner(const struct ir_walk *w, struct ir_buf *out)
{
    const char *s = w->banner != NULL ? w->banner : "";
    size_t n = 0;

    ir_buf_adds(out, s);
    for (; *s != '\0'; s++)
        n += *s == '\n' ? 1 : 0;
    return n;
}

void
ir_view_walk(const struct ir_view *v, const struct ir_walk *w,
             struct ir_buf *out)
{
    size_t room = v->term.lines > 5 ? (size_t)v->term.lines : AIM;
    struct ir_buf step = {0}, others = {0}, keys = {0};
    int focus = focus_of(v, w);
    size_t head, below, max;
    bool airy = true;

    room -= 3; /* what became of the last answer, a gap, the prompt */
    room -= write_banner(w, out);
    if (focus >= 0)
        write_focus(v, w, focus, &step);
    else
        write_nothing(v, w->inc, &step);
    write_others(v, w, focus, SIZE_MAX, &others);
    write_keys(v, w, focus, &keys);
    below = 1 + lines_of(&step) + lines_of(&others) + lines_of(&keys) + 1 +
            (others.len > 0);
    head = write_head(v, w, below, room, out);
    if (head + below > room) { /* empty lines go before facts */
        airy = false;
        below -= 1 + (others.len > 0);
    }
    for (max = w->inc->steps_n;
         max > 0 && head + below > room && lines_of(&others) > 1;) {
        below -= lines_of(&others);
        max = max > lines_of(&others) ? lines_of(&others) - 1 : max - 1;
        ir_buf_done(&others);
        write_others(v, w, focus, max, &others);
        below += lines_of(&others);
    }
    write_rule(v, w->inc, out);
    ir_buf_add(out, step.p, step.len);
    if (airy && others.len > 0)
        ir_buf_addc(out, '\n');
    ir_buf_add(out, others.p, others.len);
    if (airy)
        ir_buf_addc(out, '\n');
    if (head + below > room) /* the first lines have gone off the screen */
        (void)write_banner(w, out);
    ir_buf_add(out, keys.p, keys.len);
    ir_buf_done(&step);
    ir_buf_done(&others);
    ir_buf_done(&keys);
}

void
ir_view_prompt(const struct ir_view *v, const struct ir_walk *w,
               struct ir_buf *out)
{
    int focus = focus_of(v, w);

    if (w->inc->status != IR_ACTUAL)
        ir_buf_addf(out, " %s",
                    ir_message_mark((int)w->inc->status, ir_i18n_lang()));
    ir_buf_addf(out, " %s> ",
                focus >= 0 ? ir_step_typed(w->inc, &w->inc->steps[focus])
                           : w->inc->name);
}

void
ir_view_next(const struct ir_view *v, const struct ir_walk *w,
             struct ir_buf *out)
{
    int focus = focus_of(v, w);
    struct ir_buf others = {0};
    struct ir_pool pool = {0};

    (void)write_banner(w, out);
    ir_head_title(v, w->inc, out);
    ir_view_disputed(v, w->inc, out);
    if (w->record.this_device_only > 0)
        ir_head_labelled(v, _("record"), IR_STYLE_NONE,
                         ir_head_record(v, &w->record, &pool), out);
    write_rule(v, w->inc, out);
    if (focus >= 0)
        write_focus(v, w, focus, out);
    else
        write_nothing(v, w->inc, out);
    write_others(v, w, focus, SIZE_MAX, &others);
    if (others.len > 0)
        ir_buf_addc(out, '\n');
    ir_buf_add(out, others.p, others.len);
    ir_buf_done(&others);
    ir_pool_done(&pool);
}

void
ir_view_keys(const struct ir_view *v, struct ir_buf *out)
{
    static const struct {
        const char *word, *say;
    } keys[] = {
        {"done", N_("the step is done; the rest of the line is what you saw")},
        {"fail", N_("tried without success; the rest of the line is why")},
        {"skip", N_("leave it out; the rest of the line is the reason")},
        {"run", N_("run the step's command, after you have read it")},
        {"1, 2, ...", N_("the option of a decision; or choose and its word")},
        {"ask", N_("answer what the step asks or names: ask host=fs1")},
        {"approve, deny", N_("answer somebody's two-person request")},
        {"take, give-back", N_("say that you do it, or no longer do")},
        {"note",
         N_("record what you saw or heard; for earlier end with --at 02:40")},
        {"decide", N_("record a decision with its reason")},
        {"call", N_("work down the step's contact tree; call status: how far")},
        {"notify, inbox, ack", N_("call people; what waits for you; answer")},
        {"update", N_("what an audience is told; update list: who is due")},
        {"report-out", N_("the sheet and the words for an authority")},
        {"channel", N_("channel distrust mail: nothing goes by it any more")},
        {"role", N_("who does what, their numbers; take, offer, act, release")},
        {"list, show", N_("all steps; one step in full")},
        {"status", N_("the incident: clocks, people, exceptions")},
        {"timeline", N_("what happened, in order")},
        {"quit", N_("leave; nothing is lost, ir start goes on from here")},
    };
    struct ir_table tb;
    size_t i;

    ir_table_init(&tb, 2, 1);
    for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *cells[2] = {keys[i].word, _(keys[i].say)};

        ir_table_row(&tb, IR_STYLE_NONE, cells);
    }
    ir_table_write(&tb, &v->term, out);
}

void
ir_view_walk_left(const struct ir_view *v, const char *self,
                  const struct ir_incident *inc, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    const char *cmd = ir_pool_take(
        &pool,
        ir_view_safe(
            v, ir_pool_f(&pool, "%s start %s%s", self, inc->system,
                         inc->status == IR_EXERCISE ? " --exercise" : "")));

    if (ir_utf8_width(cmd) <= v->term.cols) {
        ir_term_para(&v->term, out, 0, NULL, IR_STYLE_NONE,
                     ir_pool_f(&pool, _("Nothing is lost. Go on with: %s"),
                               ir_pool_cmd(&pool, "%s", cmd)));
    } else { /* the terminal folds it: what is copied stays one line */
        ir_term_para(
            &v->term, out, 0, NULL, IR_STYLE_NONE,
            ir_pool_f(&pool, _("Nothing is lost. Go on with: %s"), ""));
        ir_buf_addf(out, "%s\n", cmd);
    }
    ir_pool_done(&pool);
}
