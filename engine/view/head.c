/* head.c: see head.h. */
#include "view/head.h"

#include "base/time.h"
#include "base/utf8.h"
#include "core/message.h"
#include "view/line.h"
#include "view/people.h"

#include <stdlib.h>
#include <string.h>

#define LABEL 9 /* columns of "record   " and its like */

void
ir_head_labelled(const struct ir_view *v, const char *label,
                 enum ir_style style, const char *text, struct ir_buf *out)
{
    struct ir_buf lead = {0};

    if (*label == '\0' && v->term.cols < IR_TERM_NARROW) {
        ir_term_para(&v->term, out, 3, NULL, style, text);
        return;
    }
    ir_utf8_pad(&lead, label,
                ir_utf8_width(label) < LABEL ? LABEL
                                             : ir_utf8_width(label) + 1);
    ir_term_para(&v->term, out, 1, ir_buf_str(&lead), style, text);
    ir_buf_done(&lead);
}

/* Was the title given by a person, or is it the plan's? */
static bool
own_title(const struct ir_incident *inc, const struct ir_text *plan)
{
    return inc->title != NULL && *inc->title != '\0' &&
           (plan->en == NULL || strstr(inc->title, plan->en) == NULL) &&
           (plan->ja == NULL || strstr(inc->title, plan->ja) == NULL);
}

const char *
ir_head_name(const struct ir_view *v, const struct ir_incident *inc,
             struct ir_pool *pool)
{
    static const struct ir_text none = {0};
    const struct ir_plan *plan =
        inc->instances_n > 0 ? inc->instances[0].plan : NULL;
    const struct ir_text *t = plan != NULL ? &plan->title : &none;
    const struct ir_json *j = v->system;
    const char *sys = inc->system, *s;
    const char *title;

    if (sys != NULL &&
        (j == NULL || strcmp(ir_json_get_str(j, "id", ""), sys) != 0))
        j = v->system_of != NULL ? v->system_of(sys, v->system_arg) : NULL;
    if (j != NULL && sys != NULL) {
        s = ir_json_text_of(j, "title");
        sys = s != NULL ? s : sys;
    }
    sys = ir_pool_take(pool, ir_view_safe(v, sys));
    if (own_title(inc, t) || plan == NULL)
        title = ir_pool_take(
            pool,
            ir_view_safe(v, inc->title != NULL ? inc->title : inc->scenario));
    else
        title = ir_pool_take(pool, ir_view_fill(v, NULL, t));
    if (*sys == '\0' || *title == '\0' || strstr(title, sys) != NULL)
        return *title != '\0' ? title : sys;
    return ir_pool_f(pool, _("%s: %s"), sys, title);
}

void
ir_head_title(const struct ir_view *v, const struct ir_incident *inc,
              struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_line l = {0}, r = {0};
    const char *name = ir_head_name(v, inc, &pool);
    struct ir_line with = {0};

    ir_line_to(&l, 1);
    if (inc->status != IR_ACTUAL) {
        ir_line_add(
            &v->term, &l, IR_STYLE_EXERCISE,
            ir_pool_f(&pool, v->term.color ? " %s " : "%s",
                      ir_message_mark((int)inc->status, ir_i18n_lang())));
        ir_line_to(&l, l.width + 1);
    }
    ir_line_add(&v->term, &l, IR_STYLE_BOLD, inc->name);
    if (inc->severity > 0)
        ir_line_add(&v->term, &r, IR_STYLE_NONE,
                    ir_pool_f(&pool, _("SEV %d"), inc->severity));
    if (inc->state != IR_INC_OPEN) {
        ir_line_to(&r, r.width + 2);
        ir_line_add(&v->term, &r, IR_STYLE_NONE, ir_view_state_say(inc->state));
    }
    ir_line_to(&r, r.width + 2);
    ir_line_add(&v->term, &r, IR_STYLE_NONE,
                ir_pool_take(&pool, ir_view_weektime(v, v->now_ms)));
    with.width = l.width + 2 + ir_utf8_width(name);
    if (ir_line_fits(&v->term, &with, &r)) {
        ir_line_to(&l, l.width + 2);
        ir_line_add(&v->term, &l, IR_STYLE_NONE, name);
        ir_line_write(&v->term, &l, &r, out);
    } else {
        if (!ir_line_fits(&v->term, &l, &r)) {
            ir_line_write(&v->term, &l, NULL, out);
            ir_line_to(&l, 1);
        }
        ir_line_write(&v->term, &l, &r, out);
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE, name);
    }
    ir_pool_done(&pool);
}

/* "2 of 14 entries on this device only, since 02:41". */
static const char *
partly(const struct ir_view *v, const struct ir_view_record *r,
       struct ir_pool *pool)
{
    const char *all = ir_pool_take(pool, ir_view_entries(r->entries));

    if (r->oldest_ms == 0)
        return ir_pool_f(pool, _("%zu of %s on this device only"),
                         r->this_device_only, all);
    return ir_pool_f(pool, _("%zu of %s on this device only, since %s"),
                     r->this_device_only, all,
                     ir_pool_take(pool, ir_view_time(v, r->oldest_ms)));
}

const char *
ir_head_record(const struct ir_view *v, const struct ir_view_record *r,
               struct ir_pool *pool)
{
    const char *all = ir_pool_take(pool, ir_view_entries(r->entries)), *s;

    if (r->entries == 0)
        return _("nothing recorded yet");
    if (r->this_device_only == 0 && r->devices > 1)
        return ir_pool_f(pool, _("also on %zu other devices (%s)"), r->devices,
                         all);
    if (r->this_device_only == 0)
        return ir_pool_f(pool, _("also on another device (%s)"), all);
    if (r->same > 0)
        return ir_pool_f(pool,
                         _("%zu connected devices hold the same (%s); %zu "
                           "not witnessed yet"),
                         r->same, all, r->this_device_only);
    if (r->this_device_only < r->entries) {
        s = partly(v, r, pool);
        if (r->sending)
            return ir_pool_f(pool, _("%s: being passed on"), s);
        if (r->save == NULL)
            return s;
        return ir_pool_f(pool, _("%s: run  %s"), s,
                         ir_pool_cmd(pool, "%s", r->save));
    }
    if (r->sending)
        return ir_pool_f(pool, _("this device only (%s): being passed on"),
                         all);
    if (r->save == NULL)
        return ir_pool_f(pool, _("this device only (%s)"), all);
    return ir_pool_f(pool,
                     _("this device only (%s): insert a USB stick, run  %s"),
                     all, ir_pool_cmd(pool, "%s", r->save));
}

/* The same where lines are scarce. */
static const char *
record_short(const struct ir_view *v, const struct ir_view_record *r,
             struct ir_pool *pool)
{
    const char *all = ir_pool_take(pool, ir_view_entries(r->entries));

    if (r->this_device_only == 0 || r->this_device_only < r->entries ||
        r->save == NULL)
        return ir_head_record(v, r, pool);
    return ir_pool_f(pool, _("this device only (%s): %s"), all,
                     ir_pool_cmd(pool, "%s", r->save));
}

static const char *
mail_short(int mail)
{
    return mail == 1   ? _("works")
           : mail == 2 ? _("down")
           : mail == 3 ? _("do not use")
                       : _("not known");
}

static void
head_record(const struct ir_view *v, const struct ir_walk *w, int level,
            struct ir_pool *pool, struct ir_buf *out)
{
    const char *rec = ir_head_record(v, &w->record, pool);
    const char *mail = ir_head_mail(v, w->inc, pool);
    bool well = w->record.entries > 0 && w->record.this_device_only == 0 &&
                w->inc->mail == 1;

    if (level > 0)
        mail = ir_head_mail_word(w->inc->mail);
    if (level > 0)
        rec = record_short(v, &w->record, pool);
    if (level == IR_HEAD_LEVELS - 1)
        mail = mail_short(w->inc->mail);
    if (level > 0 || well) {
        ir_head_labelled(
            v, _("record"), IR_STYLE_NONE,
            ir_pool_f(pool, _("%s%smail: %s"), rec, ir_view_sep(v), mail), out);
        return;
    }
    ir_head_labelled(v, _("record"), IR_STYLE_NONE, rec, out);
    ir_head_labelled(v, _("mail"),
                     w->inc->mail >= 2 ? IR_STYLE_BOLD : IR_STYLE_NONE, mail,
                     out);
}

const char *
ir_head_clock_name(const struct ir_view *v, const struct ir_iclock *c,
                   struct ir_pool *pool)
{
    const char *what, *t;

    what = ir_pool_take(pool, ir_view_fill(v, NULL, &c->title));
    if (c->type == IR_CT_LEGAL)
        return *what != '\0' ? what
                             : ir_pool_take(pool, ir_view_safe(v, c->name));
    if (*what == '\0')
        what = ir_pool_take(pool, ir_view_operation(v, c->operation != NULL
                                                           ? c->operation
                                                           : c->name));
    t = ir_pool_take(pool, ir_view_span(c->target_s * 1000));
    if (strstr(what, "RTO") != NULL || strstr(what, "RPO") != NULL ||
        strstr(what, "MTPD") != NULL)
        return ir_pool_f(pool, "%s %s", what, t);
    return ir_pool_f(pool,
                     c->type == IR_CT_RTO   ? _("%s, RTO %s")
                     : c->type == IR_CT_RPO ? _("%s, RPO %s")
                                            : _("%s, MTPD %s"),
                     what, t);
}

static const char *
clock_due(const struct ir_view *v, const struct ir_iclock *c,
          struct ir_pool *pool)
{
    const char *due = ir_pool_take(pool, ir_view_time(v, c->due_ms));

    if (c->latest_ms == 0)
        return ir_pool_f(pool, _("by %s"), due);
    return ir_pool_f(pool, _("by %s, %s at the latest"), due,
                     ir_pool_take(pool, ir_view_time(v, c->latest_ms)));
}

int64_t
ir_head_until(const struct ir_view *v, const struct ir_incident *inc)
{
    return inc->state == IR_INC_CLOSED && inc->closed_ms != 0 ? inc->closed_ms
                                                              : v->now_ms;
}

const char *
ir_head_clock(const struct ir_view *v, const struct ir_incident *inc,
              const struct ir_iclock *c, struct ir_pool *pool)
{
    const char *name = ir_head_clock_name(v, c, pool);
    const char *state = ir_view_clock_say(c), *left;

    if (c->state == IR_CLOCK_MET || c->state == IR_CLOCK_STOPPED) {
        if (c->ended_ms == 0)
            return ir_pool_f(pool, _("%s: %s"), name, state);
        return ir_pool_f(pool,
                         c->type == IR_CT_LEGAL && c->from_ms == 0 &&
                                 c->state == IR_CLOCK_MET
                             ? _("%s: %s %s (no time limit was running)")
                             : _("%s: %s %s"),
                         name, state,
                         ir_pool_take(pool, ir_view_time(v, c->ended_ms)));
    }
    if (c->state == IR_CLOCK_UNDECIDED) {
        if (c->due_ms == 0)
            return ir_pool_f(pool, _("%s: undecided"), name);
        return ir_pool_f(pool, _("%s: undecided (if it applies: %s)"), name,
                         clock_due(v, c, pool));
    }
    if (c->type == IR_CT_RPO && c->state == IR_CLOCK_RUNNING)
        return name;
    if (c->due_ms == 0)
        return ir_pool_f(pool, _("%s: %s"), name, state);
    if (c->state == IR_CLOCK_MISSED) {
        const char *by =
            ir_pool_take(pool, ir_view_span(ir_head_until(v, inc) - c->due_ms));

        if (c->type == IR_CT_LEGAL)
            return ir_pool_f(pool, _("%s: %s, MISSED by %s"), name,
                             clock_due(v, c, pool), by);
        return ir_pool_f(pool, _("%s: MISSED by %s"), name, by);
    }
    left = ir_pool_take(pool, ir_view_left(v, c->due_ms));
    if (c->type == IR_CT_LEGAL && c->state == IR_CLOCK_RUNNING)
        return ir_pool_f(pool, _("%s: %s"), name, clock_due(v, c, pool));
    if (c->type == IR_CT_LEGAL)
        return ir_pool_f(pool, _("%s: %s, %s, %s"), name, clock_due(v, c, pool),
                         left, state);
    if (c->state == IR_CLOCK_RUNNING)
        return ir_pool_f(pool, _("%s: %s"), name, left);
    return ir_pool_f(pool, _("%s: %s, %s"), name, left, state);
}

static int
clock_rank(const struct ir_iclock *c)
{
    switch (c->state) {
    case IR_CLOCK_MISSED:
        return 0;
    case IR_CLOCK_AT_RISK:
        return 1;
    case IR_CLOCK_RUNNING:
        return c->type == IR_CT_RPO ? 3 : 2;
    case IR_CLOCK_UNDECIDED:
        return 4;
    default:
        return 5;
    }
}

static bool
clock_before(const struct ir_iclock *a, const struct ir_iclock *b)
{
    int ra = clock_rank(a), rb = clock_rank(b);

    if (ra != rb)
        return ra < rb;
    if ((a->due_ms == 0) != (b->due_ms == 0))
        return a->due_ms != 0;
    if (a->due_ms != b->due_ms)
        return a->due_ms < b->due_ms;
    return strcmp(a->name, b->name) < 0;
}

void
ir_head_clock_order(const struct ir_incident *inc, size_t *order)
{
    size_t i, j;

    for (i = 0; i < inc->clocks_n; i++) {
        for (j = i;
             j > 0 && clock_before(&inc->clocks[i], &inc->clocks[order[j - 1]]);
             j--)
            order[j] = order[j - 1];
        order[j] = i;
    }
}

/* "3 more (2 MISSED, 1 AT RISK): clock list". */
static const char *
more_clocks(const size_t *more, struct ir_pool *pool)
{
    const char *cmd = ir_pool_cmd(pool, "clock list"), *s = "";

    if (more[0] > 0 && more[1] > 0)
        s = ir_pool_f(pool, _(" (%zu MISSED, %zu AT RISK)"), more[0], more[1]);
    else if (more[0] > 0)
        s = ir_pool_f(pool, _(" (%zu MISSED)"), more[0]);
    else if (more[1] > 0)
        s = ir_pool_f(pool, _(" (%zu AT RISK)"), more[1]);
    return ir_pool_f(pool, _("%zu more%s: %s"), more[0] + more[1] + more[2], s,
                     cmd);
}

/* The most pressing clocks, a line each where they are missed or at risk, the
 * calm ones together. However short the header is, one clock is in it; the
 * count of the others then stands in its line.
 */
static void
head_clocks(const struct ir_view *v, const struct ir_incident *inc, int level,
            struct ir_pool *pool, struct ir_buf *out)
{
    static const size_t most[IR_HEAD_LEVELS] = {SIZE_MAX, 3, 2, 1};
    static const size_t calm_most[IR_HEAD_LEVELS] = {4, 1, 1, 1};
    size_t *order = ir_malloc((inc->clocks_n + 1) * sizeof *order);
    size_t i, n = 0, calm_n = 0, more[3] = {0}; /* missed, at risk, others */
    enum ir_style style = IR_STYLE_NONE;
    const char *label = _("clocks");
    struct ir_buf line = {0};

    ir_head_clock_order(inc, order);
    for (i = 0; i < inc->clocks_n; i++) {
        const struct ir_iclock *c = &inc->clocks[order[i]];
        int rank = clock_rank(c);

        if (rank < 2 && n < most[level]) {
            if (line.len > 0) {
                ir_head_labelled(v, label, style, ir_buf_str(&line), out);
                ir_buf_done(&line);
                label = "";
            }
            ir_buf_adds(&line, ir_head_clock(v, inc, c, pool));
            style = rank == 0 ? IR_STYLE_ALARM : IR_STYLE_ACCENT;
            n++;
        } else if (rank >= 2 && rank < 5 && calm_n < calm_most[level] &&
                   (level < 2 || n == 0)) {
            if ((calm_n == 0 || level == 0) && line.len > 0) {
                ir_head_labelled(v, label, style, ir_buf_str(&line), out);
                ir_buf_done(&line);
                label = "";
                style = IR_STYLE_NONE;
            }
            ir_buf_adds(&line, line.len > 0 ? ir_view_sep(v) : "");
            ir_buf_adds(&line, ir_head_clock(v, inc, c, pool));
            calm_n++;
        } else {
            more[rank < 2 ? rank : 2]++;
        }
    }
    if (more[0] + more[1] + more[2] > 0) {
        ir_buf_adds(&line, line.len > 0 ? ir_view_sep(v) : "");
        ir_buf_adds(&line, more_clocks(more, pool));
    }
    if (line.len > 0)
        ir_head_labelled(v, label, more[0] > 0 ? IR_STYLE_ALARM : style,
                         ir_buf_str(&line), out);
    ir_buf_done(&line);
    free(order);
}

const char *
ir_head_role(const struct ir_view *v, const struct ir_irole *r,
             struct ir_pool *pool)
{
    const char *role = ir_pool_take(pool, ir_view_role(v, r->role));
    const char *who = ir_pool_take(pool, ir_view_member(v, r->member, false));
    const char *s;

    if (r->acting && strcmp(r->role, "commander") == 0)
        s = ir_pool_f(pool, _("acting commander %s"), who);
    else if (r->acting)
        s = ir_pool_f(pool, _("%s %s (acting)"), role, who);
    else
        s = ir_pool_f(pool, _("%s %s"), role, who);
    if (r->disputed)
        s = ir_pool_f(pool, _("%s (disputed)"), s);
    if (r->offered_to >= 0)
        s = ir_pool_f(
            pool, _("%s (offered to %s)"), s,
            ir_pool_take(pool, ir_view_member(v, r->offered_to, false)));
    return s;
}

static const struct ir_irole *
role_row(const struct ir_incident *inc, const char *role)
{
    size_t i;

    for (i = 0; i < inc->roles_n; i++)
        if (strcmp(inc->roles[i].role, role) == 0)
            return &inc->roles[i];
    return NULL;
}

static void
add(const struct ir_view *v, struct ir_buf *b, const char *s)
{
    ir_buf_adds(b, b->len > 0 ? ir_view_sep(v) : "");
    ir_buf_adds(b, s);
}

/* The role, by nobody where the incident does not name it. */
static void
add_role(const struct ir_view *v, const struct ir_incident *inc,
         const char *role, struct ir_pool *pool, struct ir_buf *b)
{
    const struct ir_irole none = {
        .role = (char *)(uintptr_t)role, .member = -1, .offered_to = -1};
    const struct ir_irole *r = role_row(inc, role);

    add(v, b, ir_head_role(v, r != NULL ? r : &none, pool));
}

/* The commander first, the scribe last, both also when they are missing;
 * between them who holds a role. Of the other roles that nobody holds there
 * is a count. `alone`: that the runbook's author alone approved it is said in
 * the same line if the header is to be short and it fits; returns whether it
 * was.
 */
static bool
head_people(const struct ir_view *v, const struct ir_incident *inc, int level,
            bool alone, struct ir_pool *pool, struct ir_buf *out)
{
    static const char lead[] = "commander", scribe[] = "scribe";
    const struct ir_irole *s = role_row(inc, scribe), *l = role_row(inc, lead);
    const char *cmd = ir_pool_cmd(pool, "role");
    bool joined = false,
         no_scribe = s == NULL || (s->member < 0 && s->offered_to < 0);
    int room = v->term.cols - LABEL - 50; /* the next one and the counts */
    struct ir_buf b = {0};
    size_t i, more = 0, nobody = level > 1 && s == NULL ? 1 : 0;

    add_role(v, inc, lead, pool, &b);
    for (i = 0; i < inc->roles_n; i++) {
        const struct ir_irole *r = &inc->roles[i];

        if (r == l || (level < 2 && no_scribe && r == s))
            continue;
        if (r->disputed || r->offered_to >= 0 ||
            (r->member >= 0 && (level < 2 || r->member == v->me ||
                                ir_utf8_width(ir_buf_str(&b)) < room)))
            add(v, &b, ir_head_role(v, r, pool));
        else if (r->member >= 0)
            more++;
        else
            nobody++;
    }
    if (level < 2 && no_scribe)
        add_role(v, inc, scribe, pool, &b);
    if (more > 0 && nobody > 0)
        add(v, &b,
            ir_pool_f(pool, _("%zu more held, %zu nobody: %s"), more, nobody,
                      cmd));
    else if (more > 0)
        add(v, &b, ir_pool_f(pool, _("%zu more held: %s"), more, cmd));
    else if (nobody > 0)
        add(v, &b, ir_pool_f(pool, _("%zu more nobody: %s"), nobody, cmd));
    if (level > 0 && alone) {
        const char *say = _("runbook self-approved");

        joined = 1 + LABEL + ir_utf8_width(ir_buf_str(&b)) +
                     ir_utf8_width(ir_view_sep(v)) + ir_utf8_width(say) <=
                 v->term.cols;
        if (joined)
            add(v, &b, say);
    }
    ir_head_labelled(v, _("people"), IR_STYLE_NONE, ir_buf_str(&b), out);
    ir_buf_done(&b);
    return joined;
}

int
ir_head_approval(const struct ir_view *v, const struct ir_incident *inc)
{
    size_t i;

    for (i = 0; i < inc->instances_n; i++)
        if (inc->instances[i].unapproved)
            return 2;
    for (i = 0;
         v->trust != NULL && inc->has_manifest && i < v->trust->releases_n;
         i++) {
        const struct ir_release *r = &v->trust->releases[i];

        if (memcmp(r->manifest, inc->manifest, sizeof r->manifest) == 0 &&
            r->approved)
            return r->self_approved ? 1 : 0;
    }
    return 0;
}

/* What is to be said of the runbook itself, or NULL. */
static const char *
plan_say(const struct ir_incident *inc, int how, struct ir_pool *pool)
{
    struct ir_buf b = {0};

    if (how == 2)
        ir_buf_adds(&b, _("unapproved: walked as an exception"));
    else if (how == 1)
        ir_buf_adds(&b, _("approved by its author alone"));
    if (inc->conflicts_n > 0) {
        ir_buf_adds(&b, b.len > 0 ? "; " : "");
        ir_buf_addf(&b, _("the record contradicts itself (%zu): %s"),
                    inc->conflicts_n, ir_pool_cmd(pool, "status"));
    }
    return b.len > 0 ? ir_pool_buf(pool, &b) : NULL;
}

void
ir_head(const struct ir_view *v, const struct ir_walk *w, int level,
        struct ir_buf *out)
{
    int how = ir_head_approval(v, w->inc);
    struct ir_pool pool = {0};
    const char *plan = plan_say(w->inc, how, &pool);
    bool alone = how == 1 && w->inc->conflicts_n == 0;

    ir_head_title(v, w->inc, out);
    head_record(v, w, level, &pool, out);
    if (w->inc->clocks_n > 0)
        head_clocks(v, w->inc, level, &pool, out);
    if (!head_people(v, w->inc, level, alone, &pool, out) && plan != NULL)
        ir_head_labelled(v, _("runbook"),
                         how == 2 ? IR_STYLE_ACCENT : IR_STYLE_NONE, plan, out);
    ir_view_disputed(v, w->inc, out);
    ir_pool_done(&pool);
}
