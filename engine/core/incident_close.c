/* incident_close.c: why an incident may not close yet; see incident.h. */
#include "base/i18n.h"
#include "base/scan.h"
#include "core/fold.h"

#include <stdlib.h>
#include <string.h>

struct closing {
    const struct ir_incident *inc;
    const struct ir_trust *t;
    void (*why)(const char *text, const char *hint, void *arg);
    void *arg;
    size_t n;
};

static void
say_take(struct closing *c, char *text, char *hint)
{
    c->n++;
    if (c->why != NULL)
        c->why(text, hint, c->arg);
    free(text);
    free(hint);
}

static const char *
name(const struct closing *c, int member)
{
    const struct ir_member *m;

    if (member < 0 || (size_t)member >= c->t->members_n)
        return _("nobody");
    m = &c->t->members[member];
    return m->name != NULL && *m->name != '\0' ? m->name : m->handle;
}

static void
open_steps(struct closing *c)
{
    size_t i;

    for (i = 0; i < c->inc->steps_n; i++) {
        const struct ir_istep *st = &c->inc->steps[i];
        char *text;

        if (st->container || (st->state == IR_STEP_READY && st->optional))
            continue;
        if (st->state == IR_STEP_FAILED && st->step != NULL &&
            st->step->on_fail_go != NULL && !st->optional)
            continue; /* the flow has gone on */
        if (st->state == IR_STEP_READY)
            text = ir_asprintf(_("Step %s is open."), st->path);
        else if (st->state == IR_STEP_ACTIVE)
            text = ir_asprintf(_("Step %s is in the hands of %s."), st->path,
                               name(c, st->by));
        else if (st->state == IR_STEP_FAILED)
            text = ir_asprintf(_("Step %s failed and was left so."), st->path);
        else
            continue;
        say_take(c, text,
                 ir_asprintf(_("do it, or:  ir skip %s -r WHY"), st->path));
    }
}

const char *
ir_rule_say(const char *rule)
{
    static const struct {
        const char *id, *say;
    } words[] = {
        {"unapproved", N_("unapproved runbook")},
        {"two-person", N_("without a second person")},
        {"destroys", N_("destroys what is not preserved")},
    };
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].id, rule) == 0)
            return _(words[i].say);
    return rule;
}

static void
open_exceptions(struct closing *c)
{
    size_t i;

    for (i = 0; i < c->inc->exceptions_n; i++) {
        const struct ir_iexception *x = &c->inc->exceptions[i];
        char id[2 * 4 + 1];

        if (x->reviewed_by >= 0)
            continue;
        ir_hex(x->entry, 4, id);
        say_take(c,
                 ir_asprintf(_("The exception \"%s\" of %s (\"%s\") is not "
                               "reviewed."),
                             ir_rule_say(x->rule), name(c, x->by), x->reason),
                 ir_asprintf(ir_trust_is_alone(c->t, x->by)
                                 ? _("ir exception approve %s")
                                 : _("somebody else:  ir exception approve "
                                     "%s"),
                             id));
    }
}

static void
open_requests(struct closing *c)
{
    size_t i;

    for (i = 0; i < c->inc->requests_n; i++) {
        const struct ir_irequest *r = &c->inc->requests[i];

        if (r->used || r->denied || r->cancelled || r->expired)
            continue;
        say_take(c,
                 ir_asprintf(r->approved_by < 0
                                 ? _("A request for %s is not answered.")
                                 : _("The approval for %s is not used."),
                             r->path),
                 ir_asprintf(_("do it, or take it back:  ir deny %s -r WHY"),
                             r->path));
    }
}

static void
open_measures(struct closing *c)
{
    size_t i;

    for (i = 0; i < c->inc->measures_n; i++) {
        const struct ir_imeasure *m = &c->inc->measures[i];
        char id[2 * 4 + 1];

        if (m->lifted)
            continue;
        ir_hex(m->entry, 4, id);
        if (m->owner == NULL || m->owner[0] == '\0')
            say_take(c,
                     ir_asprintf(_("The interim measure \"%s\" has no owner."),
                                 m->text),
                     ir_asprintf(_("ir measure review %s --owner WHO"), id));
        if (m->review_ms == 0)
            say_take(c,
                     ir_asprintf(_("The interim measure \"%s\" has no date of "
                                   "review."),
                                 m->text),
                     ir_asprintf(_("ir measure review %s --review DATE"), id));
        if (!m->permanent)
            say_take(c,
                     ir_asprintf(_("The interim measure \"%s\" has no "
                                   "permanent fix in its place."),
                                 m->text),
                     ir_asprintf(_("name it:  ir measure permanent %s TEXT\nor "
                                   "end the measure:  ir measure lift %s"),
                                 id, id));
    }
}

static void
open_clocks(struct closing *c)
{
    size_t i;

    for (i = 0; i < c->inc->clocks_n; i++) {
        const struct ir_iclock *k = &c->inc->clocks[i];
        const char *title = ir_text(&k->title);

        if (k->type != IR_CT_LEGAL || k->state == IR_CLOCK_MET ||
            k->state == IR_CLOCK_STOPPED)
            continue;
        title = title != NULL ? title : k->name;
        if (k->state == IR_CLOCK_UNDECIDED)
            say_take(c, ir_asprintf(_("Nobody has decided about: %s."), title),
                     ir_asprintf(_("it applies:  ir clock start %s --from "
                                   "TIME\nit does not:  ir clock stop %s -r "
                                   "WHY"),
                                 k->name, k->name));
        else
            say_take(c, ir_asprintf(_("Not reported yet: %s."), title),
                     ir_asprintf(_("it was:  ir clock met %s\nit is not owed:  "
                                   "ir clock stop %s -r WHY"),
                                 k->name, k->name));
    }
}

int
ir_incident_may_close(const struct ir_incident *inc, const struct ir_trust *t,
                      void (*why)(const char *text, const char *hint,
                                  void *arg),
                      void *arg)
{
    struct closing c = {inc, t, why, arg, 0};

    open_steps(&c);
    open_requests(&c);
    open_exceptions(&c);
    open_measures(&c);
    open_clocks(&c);
    return c.n == 0 ? IR_OK : IR_EREFUSED;
}
