/* gate.c: what keeps a step from being done now, and the way on; incident.h.
 */
#include "base/i18n.h"
#include "base/time.h"
#include "core/fold.h"

#include <stdlib.h>
#include <string.h>

/* `err` is filled already. */
static int
refuse(enum ir_gate *out, enum ir_gate gate)
{
    *out = gate;
    return IR_EREFUSED;
}

/* The command that does the step. */
static const char *
verb(const struct ir_istep *st)
{
    return st->step == NULL                 ? "done"
           : st->step->act == IR_ACT_RUN    ? "run"
           : st->step->act == IR_ACT_CHOOSE ? "choose"
           : st->step->act == IR_ACT_ASK    ? "ask"
                                            : "done";
}

/* The paths a waiting step waits for, cut to a line. */
static void
list_needs(const struct ir_istep *st, struct ir_buf *out)
{
    size_t i;

    for (i = 0; i < st->needs_n && i < 5; i++)
        ir_buf_addf(out, "%s%s", i > 0 ? ", " : "", st->needs[i]);
    if (st->needs_n > 5)
        ir_buf_adds(out, ", ...");
}

static int
gate_state(const struct ir_incident *inc, size_t i, enum ir_gate *gate,
           struct ir_err *err)
{
    const struct ir_istep *st = &inc->steps[i];
    const char *name = ir_incident_typed(inc, i);
    struct ir_buf list = {0};

    if (inc->state == IR_INC_CLOSED) {
        ir_fail(err, IR_EREFUSED, _("%s is closed."), inc->name);
        ir_err_hint(err, _("go on with it:  ir reopen -r WHY\nor only add to "
                           "the record:  ir note TEXT"));
        return refuse(gate, IR_GATE_STATE);
    }
    switch (st->state) {
    case IR_STEP_WAITING:
        list_needs(st, &list);
        ir_fail(err, IR_EREFUSED, _("Not yet: %s comes after %s."), name,
                ir_buf_str(&list));
        ir_err_hint(err,
                    _("do those first, or skip them with a reason:  ir skip "
                      "STEP -r WHY\nwas it done already? write it down:  ir "
                      "note TEXT"));
        ir_buf_done(&list);
        return refuse(gate, IR_GATE_STATE);
    case IR_STEP_NA:
        ir_fail(err, IR_EREFUSED,
                _("%s does not apply: another way was taken."), name);
        ir_err_hint(err, _("what is next:  ir next\nwas it done all the same? "
                           "write it down:  ir note TEXT"));
        return refuse(gate, IR_GATE_STATE);
    case IR_STEP_DONE:
    case IR_STEP_SKIPPED:
        if (st->undone || st->conflict)
            return IR_OK;
        ir_fail(err, IR_EREFUSED,
                st->state == IR_STEP_DONE ? _("%s is done already.")
                                          : _("%s was skipped."),
                name);
        ir_err_hint(err, _("what is next:  ir next\nto add to it:  ir note "
                           "TEXT"));
        return refuse(gate, IR_GATE_STATE);
    default:
        return IR_OK;
    }
}

static int
gate_wait(const struct ir_incident *inc, size_t i, int64_t now_ms,
          enum ir_gate *gate, struct ir_err *err)
{
    const struct ir_istep *st = &inc->steps[i];
    const char *name = ir_incident_typed(inc, i);
    char at[24], *left;

    if (st->step == NULL || st->step->wait_s == 0 || now_ms >= st->due_ms)
        return IR_OK;
    ir_time_text(st->due_ms, now_ms, at, sizeof at);
    left = ir_time_span(st->due_ms - now_ms);
    ir_fail(err, IR_EREFUSED, _("Not yet: %s waits until %s (%s left)."), name,
            at, left);
    free(left);
    ir_err_hint(err, _("cut it short, with a reason:  ir skip %s -r WHY"),
                name);
    return refuse(gate, IR_GATE_WAIT);
}

bool
ir_incident_may_run(const struct ir_incident *inc, size_t i, int64_t now_ms,
                    const uint8_t *device)
{
    const struct ir_istep *st = &inc->steps[i];

    return st->step == NULL || st->step->confirm < 2 ||
           ir_fold_request(inc, i, now_ms, false, device) != NULL ||
           (st->step->contain &&
            ir_fold_excepted(inc, st, "two-person") != NULL);
}

static int
gate_two(const struct ir_incident *inc, size_t i, int who, int64_t now_ms,
         enum ir_gate *gate, struct ir_err *err)
{
    const struct ir_istep *st = &inc->steps[i];
    const struct ir_irequest *r;
    const char *name = ir_incident_typed(inc, i);

    if (st->cleared || ir_incident_may_run(inc, i, now_ms, NULL))
        return IR_OK;
    r = ir_fold_request(inc, i, now_ms, true, NULL);
    if (r == NULL)
        ir_fail(err, IR_EREFUSED,
                _("%s takes two people: one asks, another approves."), name);
    else if (r->by == who)
        ir_fail(err, IR_EREFUSED,
                _("%s waits for somebody else to approve it."), name);
    else
        ir_fail(err, IR_EREFUSED, _("%s is asked for and not approved yet."),
                name);
    if (r != NULL && r->by != who)
        ir_err_hint(err,
                    _("look at it, then:  ir approve %s   or  ir deny %s "
                      "-r WHY"),
                    name, name);
    else if (st->step->contain)
        ir_err_hint(err,
                    _("ask for it:  ir %s %s\nanother person then:  ir "
                      "approve %s\nalone:  ir %s %s --break-glass WHY"),
                    verb(st), name, name, verb(st), name);
    else
        ir_err_hint(err,
                    _("ask for it:  ir %s %s\nanother person then:  ir "
                      "approve %s\nnobody comes? leave it out:  ir skip %s "
                      "-r WHY"),
                    verb(st), name, name, name);
    return refuse(gate, IR_GATE_TWO);
}

static void
add_word(struct ir_buf *list, const char *word)
{
    if (list->len > 0)
        ir_buf_adds(list, _(", "));
    ir_buf_adds(list, word);
}

/* The open steps that preserve `source`, as one types them. */
static void
add_savers(const struct ir_incident *inc, const char *source,
           struct ir_buf *list)
{
    size_t i, k;

    for (i = 0; i < inc->steps_n; i++) {
        const struct ir_istep *st = &inc->steps[i];

        if (st->step == NULL || st->state == IR_STEP_DONE ||
            st->state == IR_STEP_NA)
            continue;
        for (k = 0; k < st->step->preserves_n; k++)
            if (strcmp(st->step->preserves[k], source) == 0)
                add_word(list, ir_incident_typed(inc, i));
    }
}

static void
hint_evidence(const struct ir_incident *inc, size_t i, int who,
              const struct ir_buf *savers, struct ir_err *err)
{
    const char *name = ir_incident_typed(inc, i);
    int lead = ir_incident_role(inc, "commander");
    struct ir_buf b = {0};

    if (savers->len > 0)
        ir_buf_addf(&b, _("preserve it first:  %s\n"), ir_buf_str(savers));
    else
        ir_buf_adds(&b, _("no step here preserves it; save it by hand\n"));
    if (lead < 0 || lead == who)
        ir_buf_addf(&b, _("or override:  ir %s %s --override WHY"),
                    verb(&inc->steps[i]), name);
    else
        ir_buf_addf(&b,
                    _("or the commander overrides:  ir %s %s --override WHY\n"
                      "nobody answers? act for them:  ir role act commander "
                      "-r WHY"),
                    verb(&inc->steps[i]), name);
    ir_err_hint(err, "%s", ir_buf_str(&b));
    ir_buf_done(&b);
}

static int
gate_evidence(const struct ir_incident *inc, size_t i, int who,
              enum ir_gate *gate, struct ir_err *err)
{
    const struct ir_istep *st = &inc->steps[i];
    const struct ir_step *s = st->step;
    struct ir_buf missing = {0}, savers = {0};
    const char *first = NULL;
    size_t k;

    for (k = 0; s != NULL && k < s->destroys_n; k++) {
        if (ir_fold_preserved(inc, st, s->destroys[k]))
            continue;
        add_word(&missing, ir_source_word(s->destroys[k]));
        add_savers(inc, s->destroys[k], &savers);
        first = first != NULL ? first : s->destroys[k];
    }
    if (first != NULL && ir_fold_excepted(inc, st, "destroys") == NULL) {
        ir_fail(err, IR_EREFUSED,
                _("Not yet: %s destroys what is not preserved: %s."),
                ir_incident_typed(inc, i), ir_buf_str(&missing));
        hint_evidence(inc, i, who, &savers, err);
        ir_err_field(err, "%s", first);
        *gate = IR_GATE_EVIDENCE;
    }
    ir_buf_done(&missing);
    ir_buf_done(&savers);
    return *gate == IR_GATE_EVIDENCE ? IR_EREFUSED : IR_OK;
}

bool
ir_incident_is_kept(const struct ir_incident *inc, size_t i)
{
    const struct ir_istep *st = &inc->steps[i];
    size_t k;

    for (k = 0; st->step != NULL && k < st->step->destroys_n; k++)
        if (!ir_fold_preserved(inc, st, st->step->destroys[k]))
            return ir_fold_excepted(inc, st, "destroys") != NULL;
    return true;
}

int
ir_incident_gate(const struct ir_incident *inc, size_t i, int who,
                 int64_t now_ms, enum ir_gate *gate, struct ir_err *err)
{
    int rc;

    *gate = IR_GATE_NONE;
    rc = gate_state(inc, i, gate, err);
    if (rc == IR_OK)
        rc = gate_wait(inc, i, now_ms, gate, err);
    if (rc == IR_OK)
        rc = gate_two(inc, i, who, now_ms, gate, err);
    if (rc == IR_OK)
        rc = gate_evidence(inc, i, who, gate, err);
    return rc;
}
