/* effect.c: what doing a step records besides the step: measures, service
 * levels, clocks, who was told, roles. See act.h.
 */
#include "cmd/effect.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/act.h"
#include "cmd/report_out.h"
#include "core/channels.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

/* The member who holds a role in this incident, by handle; else the role. */
static const char *
owner_name(struct ir_ctx *c, const struct ir_case *k, const char *role)
{
    int who = role != NULL ? ir_incident_role(k->inc, role) : c->me;

    return who >= 0       ? c->trust.members[who].handle
           : role != NULL ? role
                          : c->trust.members[c->me].handle;
}

static void
start_measure(struct ir_ctx *c, struct ir_case *k, const struct ir_step *s,
              struct ir_batch *b)
{
    struct ir_draft *d = ir_batch_add(b, k, IR_KIND_MEASURE);
    char *text = ir_view_fill(&c->view, k->inc, &s->measure_text);
    struct ir_now now;

    ir_clock_now(&now);
    ir_bodyw_text(&d->body, 1, text);
    ir_bodyw_uint(&d->body, 2, 1);
    ir_bodyw_text(&d->body, 3, owner_name(c, k, s->measure_owner));
    ir_bodyw_uint(&d->body, 4,
                  (uint64_t)(now.wall_ms + s->measure_review_s * 1000));
    free(text);
}

static int
state_service(struct ir_ctx *c, struct ir_case *k, const struct ir_step *s,
              const struct ir_said *said, struct ir_batch *b)
{
    struct ir_draft *d;
    int64_t level = s->service_level;
    int rc = IR_OK;

    if (said->level != NULL && ir_is_unknown(said->level))
        return IR_OK; /* nobody knows: nothing is stated */
    if (said->level != NULL)
        rc = ir_scan_int(said->level, 0, 100, &level, &c->err);
    if (rc != IR_OK)
        return rc;
    d = ir_batch_add(b, k, IR_KIND_SERVICE);
    ir_bodyw_text(&d->body, 1, s->service_op);
    ir_bodyw_uint(&d->body, 2, (uint64_t)level);
    ir_bodyw_text(&d->body, 3, said->note);
    return IR_OK;
}

int
ir_effect_clock(struct ir_ctx *c, struct ir_case *k, const char *id,
                const char *op, const char *from, const char *basis,
                struct ir_batch *b)
{
    static const char *const ops[] = {"start", "met", "stop", "undecided"};
    struct ir_draft *d;
    struct ir_now now;
    int64_t from_ms = 0;
    uint64_t no = 0;
    int prec = 0, rc = IR_OK;

    while (no < 4 && strcmp(op, ops[no]) != 0)
        no++;
    ir_clock_now(&now);
    from_ms = now.wall_ms;
    if (from != NULL && !ir_is_unknown(from))
        rc = ir_time_parse(from, now.wall_ms, &from_ms, &prec, &c->err);
    if (rc != IR_OK)
        return rc;
    d = ir_batch_add(b, k, IR_KIND_CLOCK);
    ir_bodyw_text(&d->body, 1, id);
    ir_bodyw_uint(&d->body, 2, no + 1);
    ir_bodyw_text(&d->body, 4, basis);
    if (no == 0)
        ir_bodyw_uint(&d->body, 5, (uint64_t)from_ms);
    return IR_OK;
}

static int
told(struct ir_ctx *c, struct ir_case *k, const struct ir_step *s,
     const struct ir_said *said, struct ir_batch *b)
{
    struct ir_telling t = {.authority = s->tell,
                           .to = said->to,
                           .means = said->means,
                           .receipt = said->receipt,
                           .stage = s->report};
    struct ir_now now;
    int prec = 0, rc = IR_OK;

    ir_clock_now(&now);
    t.at_ms = now.wall_ms;
    if (said->at != NULL)
        rc = ir_time_parse(said->at, now.wall_ms, &t.at_ms, &prec, &c->err);
    if (rc != IR_OK)
        return rc;
    ir_told_draft(b, k, &t);
    if (s->clock_id == NULL) /* else the step says it */
        ir_told_meet(b, k, &t);
    return IR_OK;
}

/* Was what the step says of its clock said already, when they were told? */
static bool
met_already(const struct ir_case *k, const struct ir_step *s,
            const struct ir_said *said)
{
    size_t i;

    if (strcmp(s->clock_op, "met") != 0 || said->from != NULL ||
        said->at != NULL)
        return false;
    for (i = 0; i < k->inc->clocks_n; i++)
        if (strcmp(k->inc->clocks[i].name, s->clock_id) == 0)
            return k->inc->clocks[i].state == IR_CLOCK_MET;
    return false;
}

/* Does the person who acts stand first among the holders of a role? */
static bool
is_first(struct ir_ctx *c, const char *role)
{
    const struct ir_json *r = ir_view_contact(&c->view, "roles", role);
    const char *first = ir_json_str(ir_json_at(ir_json_get(r, "holders"), 0));

    return first != NULL && strcmp(first, c->trust.members[c->me].handle) == 0;
}

/* Choosing an option may put the person who chooses into a role: the first
 * holder takes it, others act in it. */
static void
act_in_role(struct ir_ctx *c, struct ir_case *k, const struct ir_step *s,
            const struct ir_said *said, struct ir_batch *b)
{
    size_t j;

    for (j = 0; j < s->options_n; j++) {
        struct ir_draft *d;

        if (s->options[j].act == NULL || said->choice == NULL ||
            strcmp(s->options[j].id, said->choice) != 0 ||
            ir_incident_role(k->inc, s->options[j].act) == c->me)
            continue;
        d = ir_batch_add(b, k, IR_KIND_ROLE);
        ir_bodyw_text(&d->body, 1, s->options[j].act);
        ir_bodyw_bytes(&d->body, 2, c->trust.members[c->me].id, 8);
        ir_bodyw_uint(&d->body, 3, is_first(c, s->options[j].act) ? 3 : 5);
        ir_bodyw_text(&d->body, 4, said->reason);
    }
}

/* Mail declared usable, down or distrusted, as `ir channel` does: everywhere,
 * from an exercise there. */
static void
state_mail(struct ir_case *k, const struct ir_step *s,
           const struct ir_said *said, const char *step, struct ir_batch *b)
{
    bool drill = k->inc->status != IR_ACTUAL;
    struct ir_draft *d = ir_batch_add(b, drill ? k : NULL, IR_KIND_CHANNEL);

    ir_bodyw_text(&d->body, 1, "mail");
    ir_bodyw_uint(&d->body, 2,
                  (uint64_t)(strcmp(s->mail, "ok") == 0 ? IR_CHANNEL_OK
                             : strcmp(s->mail, "down") == 0
                                 ? IR_CHANNEL_DOWN
                                 : IR_CHANNEL_DISTRUSTED));
    ir_bodyw_text(&d->body, 3, said->note != NULL ? said->note : step);
}

/* Everything that doing this step also states. */
static int
effects(struct ir_ctx *c, struct ir_case *k, const struct ir_step *s,
        const struct ir_said *said, struct ir_batch *b)
{
    int rc = IR_OK;

    if (s->measure_text.en != NULL)
        start_measure(c, k, s, b);
    if (s->mail != NULL)
        state_mail(k, s, said, s->id, b);
    if (s->service_op != NULL)
        rc = state_service(c, k, s, said, b);
    if (rc == IR_OK && s->clock_id != NULL && !met_already(k, s, said))
        rc = ir_effect_clock(c, k, s->clock_id, s->clock_op,
                             said->from != NULL ? said->from : said->at,
                             said->note, b);
    if (rc == IR_OK && s->act == IR_ACT_TELL)
        rc = told(c, k, s, said, b);
    if (rc == IR_OK && s->act == IR_ACT_CHOOSE)
        act_in_role(c, k, s, said, b);
    return rc;
}

/* A decision by the option's id, its number, or the beginning of its id. */
static int
resolve_choice(struct ir_ctx *c, const struct ir_istep *is,
               struct ir_said *said)
{
    const struct ir_step *s = is->step;
    size_t j, hit = 0, hits = 0;
    int64_t no = 0;

    if (said->choice == NULL) {
        ir_fail(&c->err, IR_EUSAGE, _("\"%s\" is a decision: which option?"),
                is->path);
        ir_err_hint(&c->err, _("ir choose %s OPTION -r \"WHY\""), is->path);
        return IR_EUSAGE;
    }
    if (ir_scan_int(said->choice, 1, (int64_t)s->options_n, &no, NULL) ==
        IR_OK) {
        said->choice = s->options[no - 1].id;
        return IR_OK;
    }
    for (j = 0; j < s->options_n; j++) {
        if (strcmp(s->options[j].id, said->choice) == 0) {
            said->choice = s->options[j].id;
            return IR_OK;
        }
        if (strncmp(s->options[j].id, said->choice, strlen(said->choice)) ==
            0) {
            hit = j;
            hits++;
        }
    }
    if (hits == 1) {
        said->choice = s->options[hit].id;
        return IR_OK;
    }
    ir_fail(&c->err, IR_EUSAGE, _("\"%.60s\" is not an option of %s"),
            said->choice, is->path);
    ir_err_hint(&c->err, "ir show %s", is->path);
    return IR_EUSAGE;
}

/* The first name in `text` that is not known yet; false: none. */
static bool
unknown_in(const struct ir_case *k, const char *text, char name[33])
{
    size_t at = 0;

    while (text != NULL && ir_plan_next_var(text, &at, name)) {
        const char *value = ir_incident_var(k->inc, name);

        if (value == NULL || strcmp(value, "unknown") == 0)
            return true;
    }
    return false;
}

int
ir_act_known(struct ir_ctx *c, const struct ir_case *k, size_t i)
{
    const struct ir_istep *is = &k->inc->steps[i];
    const struct ir_step *s = is->step;
    const struct ir_var *v;
    char name[33];

    if (s == NULL || s->destroys_n == 0 ||
        (!unknown_in(k, s->target, name) &&
         !unknown_in(k, ir_text(&s->title), name) &&
         !unknown_in(k, ir_text(&s->say), name)))
        return IR_OK;
    v = ir_plan_var(is->plan, name);
    ir_fail(&c->err, IR_EREFUSED,
            _("Not yet: \"%s\" destroys, and this is not known: %s"), is->path,
            v != NULL && v->ask.en != NULL ? ir_text(&v->ask) : name);
    ir_err_hint(&c->err, _("answer it:  ir ask %s %s=..."), is->path, name);
    return IR_EREFUSED;
}

/* An evidence step done by hand says what was kept; a call, who answered. */
static int
check_said(struct ir_ctx *c, const struct ir_istep *is,
           const struct ir_said *said)
{
    const struct ir_step *s = is->step;

    if (s->act == IR_ACT_ASK && said->answers_n == 0) {
        ir_fail(&c->err, IR_EUSAGE, _("\"%s\" asks something: answer it"),
                is->path);
        ir_err_hint(&c->err, "ir ask %s %s=...", is->path, s->ask[0]);
        return IR_EUSAGE;
    }
    if (s->act == IR_ACT_CHOOSE &&
        (said->reason == NULL || said->reason[0] == '\0')) {
        ir_fail(&c->err, IR_EUSAGE, _("a decision needs its reason"));
        ir_err_hint(&c->err, _("ir choose %s %s -r \"WHY\""), is->path,
                    said->choice);
        return IR_EUSAGE;
    }
    return IR_OK;
}

int
ir_act_done(struct ir_ctx *c, struct ir_case *k, size_t i, struct ir_said *said)
{
    const struct ir_istep *is = &k->inc->steps[i];
    const struct ir_step *s = is->step;
    struct ir_batch b = {0};
    struct ir_draft *d = NULL;
    bool choose = s != NULL && s->act == IR_ACT_CHOOSE;
    size_t j;
    int rc = IR_OK;

    if (choose)
        rc = resolve_choice(c, is, said);
    if (rc == IR_OK && s != NULL)
        rc = check_said(c, is, said);
    if (rc == IR_OK)
        rc = ir_act_hold(c, k, &i);
    if (rc == IR_OK)
        rc = ir_act_known(c, k, i);
    if (rc == IR_OK)
        rc = ir_act_gate(c, k, i, said, &b);
    if (rc != IR_OK) {
        ir_case_drop(c);
        ir_batch_done(&b);
        return rc;
    }
    s = k->inc->steps[i].step;
    d = ir_act_draft(&b, k, i, choose ? IR_OP_CHOOSE : IR_OP_DONE, said);
    rc = ir_draft_at(c, d, said->at);
    if (rc == IR_OK && s != NULL)
        rc = effects(c, k, s, said, &b);
    for (j = 0; rc == IR_OK && d->has_occurred && j < b.n; j++) {
        /* what goes with the step happened when the step did */
        b.d[j].has_occurred = true;
        b.d[j].occurred_ms = d->occurred_ms;
        b.d[j].occurred_prec = d->occurred_prec;
    }
    if (rc == IR_OK)
        rc = ir_batch_record(c, k, &b, NULL);
    else
        ir_batch_done(&b);
    ir_case_drop(c);
    return rc;
}
