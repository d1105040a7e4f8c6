/* words.c: see view.h: states and times in words, for people and for --json.
 */
#include "base/time.h"
#include "base/utf8.h"
#include "view/view.h"

#include <stdlib.h>

#define MOMENT_MAX INT64_C(253402300799000) /* the end of the year 9999 */

#define WORD(table, i)                                                         \
    ((size_t)(i) < sizeof(table) / sizeof((table)[0]) ? (table)[i] : "unknown")

const char *
ir_view_step_word(enum ir_step_state s)
{
    static const char *const w[] = {"waiting",       "ready",  "active",
                                    "done",          "failed", "skipped",
                                    "not-applicable"};

    return WORD(w, s);
}

const char *
ir_view_clock_word(enum ir_clock_state s)
{
    static const char *const w[] = {"running", "at-risk", "missed",
                                    "met",     "stopped", "undecided"};

    return WORD(w, s);
}

const char *
ir_view_mail_word(int mail)
{
    static const char *const w[] = {"unknown", "ok", "down", "distrusted"};

    return WORD(w, mail);
}

const char *
ir_view_state_word(enum ir_incident_state s)
{
    static const char *const w[] = {"open", "contained", "restored", "closed"};

    return WORD(w, s);
}

const char *
ir_view_status_word(int status)
{
    static const char *const w[] = {"actual", "exercise", "test"};

    return WORD(w, status);
}

const char *
ir_view_prec_word(int precision)
{
    static const char *const w[] = {"exact", "second", "minute",
                                    "hour",  "day",    "unsure"};

    return WORD(w, precision);
}

const char *
ir_view_step_say(enum ir_step_state s)
{
    switch (s) {
    case IR_STEP_WAITING:
        return _("waiting");
    case IR_STEP_READY:
        return _("ready");
    case IR_STEP_ACTIVE:
        return _("in progress");
    case IR_STEP_DONE:
        return _("done");
    case IR_STEP_FAILED:
        return _("failed");
    case IR_STEP_SKIPPED:
        return _("skipped");
    case IR_STEP_NA:
        return _("does not apply");
    }
    return "?";
}

const char *
ir_view_clock_say(const struct ir_iclock *c)
{
    switch (c->state) {
    case IR_CLOCK_RUNNING:
        return _("running");
    case IR_CLOCK_AT_RISK:
        return _("AT RISK");
    case IR_CLOCK_MISSED:
        return _("MISSED");
    case IR_CLOCK_MET:
        return c->met_late ? _("met, late") : _("met");
    case IR_CLOCK_STOPPED:
        return _("stopped");
    case IR_CLOCK_UNDECIDED:
        return _("undecided");
    }
    return "?";
}

const char *
ir_view_state_say(enum ir_incident_state s)
{
    switch (s) {
    case IR_INC_OPEN:
        return _("open");
    case IR_INC_CONTAINED:
        return _("contained");
    case IR_INC_RESTORED:
        return _("restored");
    case IR_INC_CLOSED:
        return _("closed");
    }
    return "?";
}

const char *
ir_view_sep(const struct ir_view *v)
{
    if (!v->term.utf8)
        return "; ";
    /* a no-break space keeps the dot at the end of its line */
    return ir_i18n_lang() == IR_LANG_JA ? "・" : "\xc2\xa0· ";
}

/* May this moment be written as a date? Hostile ones may not. */
static bool
datable(int64_t ms)
{
    return ms > -MOMENT_MAX && ms < MOMENT_MAX;
}

char *
ir_view_time(const struct ir_view *v, int64_t ms)
{
    char t[32];

    if (!datable(ms))
        return ir_strdup("?");

    ir_time_text(ms, v->now_ms, t, sizeof t);
    return ir_strdup(t);
}

char *
ir_view_weektime(const struct ir_view *v, int64_t ms)
{
    static const char *const day[] = {N_("Sun"), N_("Mon"), N_("Tue"),
                                      N_("Wed"), N_("Thu"), N_("Fri"),
                                      N_("Sat")};
    char t[32];

    if (!datable(ms))
        return ir_strdup("?");
    ir_time_text(ms, v->now_ms, t, sizeof t);
    return ir_asprintf("%s %s", _(day[ir_time_wday(ms) % 7]), t);
}

char *
ir_view_span(int64_t ms)
{
    return ir_time_span(ms);
}

char *
ir_view_entries(uint64_t n)
{
    if (n == 1)
        return ir_strdup(_("1 entry"));
    return ir_asprintf(_("%llu entries"), (unsigned long long)n);
}

char *
ir_view_left(const struct ir_view *v, int64_t due_ms)
{
    bool late = v->now_ms > due_ms;
    char *t, *s;

    if (!datable(due_ms))
        return ir_strdup("?");
    t = ir_view_span(late ? v->now_ms - due_ms : due_ms - v->now_ms);
    s = ir_asprintf(late ? _("%s late") : _("%s left"), t);
    free(t);
    return s;
}

void
ir_view_set_member(const struct ir_view *v, struct ir_json *obj,
                   const char *key, int member)
{
    bool known =
        member >= 0 && v->trust != NULL && (size_t)member < v->trust->members_n;

    ir_json_set_str(obj, key, known ? v->trust->members[member].handle : NULL);
}

char *
ir_view_stamp(int64_t ms)
{
    char t[40];

    if (!datable(ms))
        return ir_strdup("?");
    ir_time_rfc3339(ms, t, sizeof t);
    return ir_strdup(t);
}

void
ir_view_set_time(struct ir_json *obj, const char *key, int64_t ms)
{
    char *t = ir_view_stamp(ms);

    ir_json_set_str(obj, key, ms == 0 || *t == '?' ? NULL : t);
    free(t);
}
