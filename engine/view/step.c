/* step.c: see step.h: title, what to do, what stands in the way. */
#include "view/step.h"

#include "base/utf8.h"
#include "view/line.h"

#include <string.h>

#define INDENT 5
#define NAME 10 /* columns of the short name */

const char *
ir_step_typed(const struct ir_incident *inc, const struct ir_istep *st)
{
    size_t i;

    for (i = 0; i < inc->steps_n; i++) {
        const struct ir_istep *o = &inc->steps[i];

        if (o != st && o->state != IR_STEP_NA &&
            strcmp(o->short_name, st->short_name) == 0)
            return st->path;
    }
    return st->short_name;
}

const char *
ir_step_title(const struct ir_view *v, const struct ir_incident *inc,
              const struct ir_istep *st, struct ir_pool *pool)
{
    const char *t;

    if (st->step == NULL)
        return _("(its runbook is not on this device)");
    t = ir_pool_take(pool, ir_view_fill(v, inc, &st->step->title));
    if (st->iteration > 1)
        return ir_pool_f(pool, _("%s (round %d)"), t, (int)st->iteration);
    return t;
}

const char *
ir_step_who(const struct ir_view *v, const struct ir_istep *st,
            struct ir_pool *pool)
{
    const char *role = "", *who, *when = "";

    if (st->step != NULL && st->step->role != NULL)
        role = ir_pool_take(pool, ir_view_role(v, st->step->role));
    if (st->due_ms != 0 && st->ended_ms == 0)
        when = ir_pool_take(pool, ir_view_left(v, st->due_ms));
    if (st->state == IR_STEP_ACTIVE && st->by >= 0) {
        who = ir_pool_take(pool, ir_view_member(v, st->by, false));
        if (st->begun_ms != 0)
            who = ir_pool_f(pool, _("%s since %s"), who,
                            ir_pool_take(pool, ir_view_time(v, st->begun_ms)));
        role = *role == '\0' ? who : ir_pool_f(pool, _("%s: %s"), role, who);
    } else if (st->state == IR_STEP_FAILED) {
        when = ir_view_step_say(st->state);
    }
    if (*role == '\0' || *when == '\0')
        return *role != '\0' ? role : when;
    return ir_pool_f(pool, "%s  %s", role, when);
}

const char *
ir_step_verb(const struct ir_step *s)
{
    return s == NULL                 ? "done"
           : s->act == IR_ACT_RUN    ? "run"
           : s->act == IR_ACT_CHOOSE ? "choose"
           : s->act == IR_ACT_ASK    ? "ask"
                                     : "done";
}

const struct ir_irequest *
ir_step_request(const struct ir_incident *inc, const struct ir_istep *st)
{
    const struct ir_irequest *found = NULL;
    size_t i;

    for (i = 0; i < inc->requests_n; i++) {
        const struct ir_irequest *r = &inc->requests[i];

        if (strcmp(r->path, st->path) == 0 && r->iteration == st->iteration &&
            !r->cancelled && !r->used)
            found = r;
    }
    return found;
}

void
ir_step_para(struct ir_sv *x, const char *lead, enum ir_style style,
             const char *text)
{
    if (text != NULL && *text != '\0')
        ir_term_para(&x->v->term, x->out, INDENT, lead, style, text);
}

static const char *
fill(struct ir_sv *x, const struct ir_text *t)
{
    return ir_pool_take(&x->pool, ir_view_fill(x->v, x->inc, t));
}

void
ir_step_head(struct ir_sv *x, const char *mark)
{
    const struct ir_term *t = &x->v->term;
    const char *title = ir_step_title(x->v, x->inc, x->st, &x->pool);
    const char *who = ir_step_who(x->v, x->st, &x->pool);
    const char *name = ir_step_typed(x->inc, x->st);
    struct ir_line l = {0}, r = {0}, all = {0};
    struct ir_buf lead = {0};
    bool late = x->st->due_ms != 0 && x->st->ended_ms == 0 &&
                x->v->now_ms > x->st->due_ms;

    ir_line_to(&l, 1);
    ir_line_add(t, &l, IR_STYLE_ACCENT, mark);
    ir_line_add(t, &l, IR_STYLE_NONE, " ");
    ir_line_add(t, &l, IR_STYLE_ACCENT, name);
    ir_line_to(&l, 3 + NAME + 1);
    ir_line_add(t, &r, late ? IR_STYLE_ACCENT : IR_STYLE_NONE, who);
    all.width = l.width + ir_utf8_width(title);
    if (ir_line_fits(t, &all, &r)) {
        ir_line_add(t, &l, IR_STYLE_BOLD, title);
        ir_line_write(t, &l, &r, x->out);
        return;
    }
    ir_line_done(&l);
    ir_line_done(&r);
    ir_buf_addf(&lead, "%s ", mark);
    ir_utf8_pad(&lead, name,
                ir_utf8_width(name) > NAME ? ir_utf8_width(name) : NAME);
    ir_buf_addc(&lead, ' ');
    if (ir_utf8_width(ir_buf_str(&lead)) + ir_utf8_width(title) <= t->cols - 1)
        ir_term_para(t, x->out, 1, ir_buf_str(&lead), IR_STYLE_BOLD, title);
    else {
        ir_buf_done(&lead);
        ir_buf_addf(&lead, "%s %s", mark, name);
        ir_term_para(t, x->out, 1, NULL, IR_STYLE_ACCENT, ir_buf_str(&lead));
        ir_step_para(x, NULL, IR_STYLE_BOLD, title);
    }
    ir_step_para(x, NULL, late ? IR_STYLE_ACCENT : IR_STYLE_NONE, who);
    ir_buf_done(&lead);
}

/* Does the text tell the reader to type `fail`? Prose may fail otherwise. */
static bool
says_fail(const char *s)
{
    static const char *const told[] = {"type fail", "fail と", "fail で",
                                       "「fail」", "\"fail\""};
    size_t i;

    for (i = 0; i < sizeof told / sizeof told[0]; i++)
        if (strstr(s, told[i]) != NULL)
            return true;
    return false;
}

/* What to do if it does not work, and where the step then goes on. */
static const char *
on_fail(struct ir_sv *x)
{
    const char *say = fill(x, &x->s->on_fail), *go = x->s->on_fail_go;

    if (go == NULL || says_fail(say))
        return say;
    if (*say == '\0')
        return ir_pool_f(&x->pool, _("Type fail to go on at %s."), go);
    return ir_pool_f(&x->pool, _("%s Type fail to go on at %s."), say, go);
}

/* Is somebody to be rung up by this sentence? */
static bool
says_phone(const char *s)
{
    return strstr(s, "\xe9\x9b\xbb\xe8\xa9\xb1") != NULL || /* 電話 */
           strcasestr(s, "phone") != NULL || strcasestr(s, "call ") != NULL;
}

/* Does who reads this hold the role, or stand among its holders? */
static bool
is_mine(struct ir_sv *x, const char *role)
{
    const struct ir_json *h =
        ir_json_get(ir_view_contact(x->v, "roles", role), "holders");
    const char *me = x->v->trust != NULL && x->v->me >= 0
                         ? x->v->trust->members[x->v->me].handle
                         : NULL;
    size_t i;

    if (x->v->me >= 0 && ir_incident_role(x->inc, role) == x->v->me)
        return true;
    for (i = 0; me != NULL && i < ir_json_len(h); i++) {
        const char *id = ir_json_str(ir_json_at(h, i));

        if (id != NULL && strcmp(id, me) == 0)
            return true;
    }
    return false;
}

/* The numbers of those whom the sentences name: partners by their contract,
 * and whose step it is. A sheet that says "phone them" says by what number. */
static void
write_numbers(struct ir_sv *x)
{
    const struct ir_json *all = ir_view_contacts(x->v, "partners");
    const char *texts[] = {fill(x, &x->s->say), fill(x, &x->s->on_fail),
                           fill(x, &x->s->place)};
    bool rings = says_phone(texts[0]) || says_phone(texts[1]), any = false;
    size_t i, k;

    for (i = 0; rings && i < ir_json_len(all); i++) {
        const struct ir_json *p = ir_json_at(all, i);
        const char *contract = ir_json_get_str(p, "contract", "");
        bool named = false;

        for (k = 0; k < sizeof texts / sizeof texts[0]; k++)
            named |= *contract != '\0' && strstr(texts[k], contract) != NULL;
        any |= named;
        if (named)
            ir_step_para(
                x, _("Number: "), IR_STYLE_NONE,
                ir_pool_f(&x->pool, "%s %s",
                          ir_pool_take(
                              &x->pool,
                              ir_view_safe(x->v, ir_json_text_of(p, "name"))),
                          ir_pool_take(&x->pool, ir_view_phone(x->v, p))));
    }
    if (x->s->role != NULL && x->s->act != IR_ACT_CALL &&
        x->s->act != IR_ACT_NOTIFY && x->s->act != IR_ACT_TELL &&
        ((x->full && x->inc->declared_ms > 0) || (rings && !any)) &&
        !is_mine(x, x->s->role) &&
        ir_view_contact(x->v, "roles", x->s->role) != NULL)
        ir_step_para(
            x, _("Number: "), IR_STYLE_NONE,
            ir_pool_f(&x->pool, _("%s: %s"),
                      ir_pool_take(&x->pool, ir_view_role(x->v, x->s->role)),
                      ir_step_reach(x, x->s->role)));
}

void
ir_step_body(struct ir_sv *x)
{
    const struct ir_step *s = x->s;

    if (s == NULL) {
        ir_step_para(x, NULL, IR_STYLE_NONE,
                     _("Do it from paper or by phone, and record it here: "
                       "done, note."));
        return;
    }
    ir_step_para(x, NULL, IR_STYLE_NONE, fill(x, &s->say));
    if ((s->act == IR_ACT_NOTIFY || s->act == IR_ACT_TELL ||
         s->act == IR_ACT_CALL) &&
        ir_view_names_mail(fill(x, &s->say)))
        ir_step_para(x, NULL, IR_STYLE_BOLD,
                     ir_view_no_mail(x->v, NULL, x->inc->mail));
    ir_step_para(x, _("Where: "), IR_STYLE_NONE, fill(x, &s->place));
    ir_step_para(x, _("Good: "), IR_STYLE_NONE, fill(x, &s->good));
    ir_step_para(x, _("If not: "), IR_STYLE_NONE, on_fail(x));
    write_numbers(x);
    ir_step_para(x, _("! "), IR_STYLE_BOLD, fill(x, &s->warn));
}

/* "Alone: run isolate --break-glass WHY", for what contains. */
static void
gate_alone(struct ir_sv *x)
{
    if (x->s->contain)
        ir_step_para(
            x, NULL, IR_STYLE_NONE,
            ir_pool_f(&x->pool, _("Alone: %s"),
                      ir_pool_cmd(&x->pool, "%s %s --break-glass %s",
                                  ir_step_verb(x->s),
                                  ir_step_typed(x->inc, x->st), _("WHY"))));
}

static void
gate_two(struct ir_sv *x)
{
    const struct ir_irequest *r = ir_step_request(x->inc, x->st);
    const char *name = ir_step_typed(x->inc, x->st), *cmd, *at, *who;

    cmd = ir_pool_cmd(&x->pool, "%s %s", ir_step_verb(x->s), name);
    if (r == NULL) {
        ir_step_para(
            x, NULL, IR_STYLE_NONE,
            x->s->contain
                ? ir_pool_f(&x->pool,
                            _("Two people: %s, another approves. "
                              "Alone: add %s"),
                            cmd,
                            ir_pool_cmd(&x->pool, "--break-glass %s", _("WHY")))
                : ir_pool_f(&x->pool, _("Two people: %s, another approves."),
                            cmd));
        return;
    }
    if (r->expired) {
        ir_step_para(x, NULL, IR_STYLE_NONE,
                     ir_pool_f(&x->pool,
                               _("The request has expired. Ask again: %s"),
                               cmd));
        gate_alone(x);
        return;
    }
    if (r->denied) {
        who = ir_pool_take(&x->pool, ir_view_safe(x->v, r->deny_reason));
        ir_step_para(x, NULL, IR_STYLE_BOLD,
                     ir_pool_f(&x->pool, _("Denied: \"%s\"."), who));
        return;
    }
    at = ir_pool_take(&x->pool, ir_view_time(x->v, r->expires_ms));
    if (r->approved_by >= 0) {
        who =
            ir_pool_take(&x->pool, ir_view_member(x->v, r->approved_by, false));
        ir_step_para(x, NULL, IR_STYLE_BOLD,
                     ir_pool_f(&x->pool,
                               _("Approved by %s. Do it before %s: %s"), who,
                               at, cmd));
        return;
    }
    if (r->by == x->v->me) {
        ir_step_para(
            x, NULL, IR_STYLE_BOLD,
            ir_pool_f(&x->pool,
                      _("You have asked. Until %s somebody else types: %s. It "
                        "stands first in their walk, and in %s; not "
                        "connected: tell them by voice."),
                      at, ir_pool_cmd(&x->pool, "ir approve %s", name),
                      ir_pool_cmd(&x->pool, "ir inbox")));
        gate_alone(x);
        return;
    }
    who = ir_pool_take(&x->pool, ir_view_member(x->v, r->by, false));
    ir_step_para(x, NULL, IR_STYLE_BOLD,
                 ir_pool_f(&x->pool,
                           _("Asked for by %s. Until %s somebody else answers: "
                             "%s, or %s"),
                           who, at, ir_pool_cmd(&x->pool, "approve %s", name),
                           ir_pool_cmd(&x->pool, "deny %s", name)));
    gate_alone(x);
}

/* Names of the steps that preserve `source` and are not over. */
static void
preservers(struct ir_sv *x, const char *source, struct ir_buf *b)
{
    size_t i, k;

    for (i = 0; i < x->inc->steps_n; i++) {
        const struct ir_istep *o = &x->inc->steps[i];

        if (o->step == NULL || o == x->st || o->state == IR_STEP_DONE ||
            o->state == IR_STEP_NA || o->instance != x->st->instance)
            continue;
        for (k = 0; k < o->step->preserves_n; k++)
            if (strcmp(o->step->preserves[k], source) == 0) {
                if (b->len > 0)
                    ir_buf_adds(b, _(", "));
                ir_buf_adds(b, ir_step_typed(x->inc, o));
            }
    }
}

static void
gate_evidence(struct ir_sv *x)
{
    static const char evidence[] = "evidence:";
    struct ir_buf missing = {0}, steps = {0};
    size_t i;

    for (i = 0; i < x->st->needs_n; i++) {
        const char *n = x->st->needs[i];

        if (strncmp(n, evidence, sizeof evidence - 1) != 0)
            continue;
        n += sizeof evidence - 1;
        if (missing.len > 0)
            ir_buf_adds(&missing, _(", "));
        ir_buf_adds(&missing, ir_source_word(n));
        preservers(x, n, &steps);
    }
    if (missing.len > 0) {
        ir_step_para(x, _("! "), IR_STYLE_BOLD,
                     ir_pool_f(&x->pool,
                               _("Not yet: this destroys what is not "
                                 "preserved: %s."),
                               ir_buf_str(&missing)));
        if (steps.len > 0)
            ir_step_para(x, NULL, IR_STYLE_NONE,
                         ir_pool_f(&x->pool, _("Preserve it first: %s"),
                                   ir_buf_str(&steps)));
        ir_step_para(
            x, NULL, IR_STYLE_NONE,
            ir_pool_f(&x->pool, _("Or the commander decides: %s"),
                      ir_pool_cmd(&x->pool, "%s %s --override %s",
                                  ir_step_verb(x->s),
                                  ir_step_typed(x->inc, x->st), _("WHY"))));
    }
    ir_buf_done(&missing);
    ir_buf_done(&steps);
}

/* Who did it without knowing of each other. */
static void
say_twice(struct ir_sv *x)
{
    struct ir_buf who = {0};
    size_t i;

    for (i = 0; i < x->st->twice_n; i++) {
        if (i > 0)
            ir_buf_adds(&who, _(", "));
        ir_buf_adds(&who,
                    ir_pool_take(&x->pool,
                                 ir_view_member(x->v, x->st->twice[i], false)));
    }
    if (x->st->twice_n > 0)
        ir_step_para(x, _("! "), IR_STYLE_BOLD,
                     ir_pool_f(&x->pool,
                               _("Done more than once, by %s, who did not know "
                                 "of each other. See whether that did harm, "
                                 "and write it down: %s"),
                               ir_buf_str(&who),
                               ir_pool_cmd(&x->pool, "note %s", _("TEXT"))));
    ir_buf_done(&who);
}

void
ir_step_gates(struct ir_sv *x)
{
    const struct ir_istep *st = x->st;
    enum ir_gate gate = IR_GATE_NONE;
    struct ir_err err = {0};
    size_t i;

    say_twice(x);
    if (x->s == NULL || st->state == IR_STEP_DONE ||
        st->state == IR_STEP_SKIPPED || st->state == IR_STEP_NA)
        return;
    if (st->state == IR_STEP_WAITING &&
        ir_incident_gate(x->inc, (size_t)(st - x->inc->steps), x->v->me,
                         x->v->now_ms, &gate, &err) != IR_OK)
        ir_step_para(x, _("! "), IR_STYLE_BOLD,
                     ir_pool_take(&x->pool, ir_view_safe(x->v, err.msg)));
    for (i = 0; i < st->needs_n; i++)
        if (strcmp(st->needs[i], "wait") == 0 && st->due_ms != 0)
            ir_step_para(
                x, NULL, IR_STYLE_BOLD,
                ir_pool_f(
                    &x->pool,
                    _("Wait until %s (%s). Earlier only with a reason: %s"),
                    ir_pool_take(&x->pool, ir_view_time(x->v, st->due_ms)),
                    ir_pool_take(&x->pool, ir_view_left(x->v, st->due_ms)),
                    ir_pool_cmd(&x->pool, "skip %s",
                                ir_step_typed(x->inc, st))));
    gate_evidence(x);
    if (x->s->confirm >= 2)
        gate_two(x);
    if (st->state == IR_STEP_FAILED)
        ir_step_para(
            x, NULL, IR_STYLE_NONE,
            ir_pool_f(&x->pool,
                      st->reason != NULL
                          ? _("Failed: \"%s\". Do it again, or skip "
                              "it with a reason.")
                          : _("%sFailed. Do it again, or skip it "
                              "with a reason."),
                      ir_pool_take(&x->pool, ir_view_safe(x->v, st->reason))));
    if (st->conflict)
        ir_step_para(x, _("! "), IR_STYLE_BOLD,
                     _("Two people ended this step differently. Both stand in "
                       "the timeline; agree, and record a decision."));
}
