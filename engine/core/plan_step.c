/* plan_step.c: one step and one condition of a plan, decoded and freed. */
#include "base/buf.h"
#include "base/i18n.h"
#include "base/time.h"
#include "core/plan_read.h"

#include <stdlib.h>
#include <string.h>

#define S(m) offsetof(struct ir_step, m)
#define TEXT(key, m)                                                           \
    {                                                                          \
        key, IR_PR_TEXT, false, S(m), 0, 0, 0                                  \
    }
#define NAME(key, m)                                                           \
    {                                                                          \
        key, IR_PR_NAME, false, S(m), 0, 0, 0                                  \
    }
#define SECS(key, m, top)                                                      \
    {                                                                          \
        key, IR_PR_SECS, false, S(m), 0, 1, top                                \
    }
#define FLAG(key, m)                                                           \
    {                                                                          \
        key, IR_PR_FLAG, false, S(m), 0, 0, 0                                  \
    }
#define LIST(key, kind, m, low, top)                                           \
    {                                                                          \
        key, kind, false, S(m), S(m##_n), low, top                             \
    }
#define ELSE(key)                                                              \
    {                                                                          \
        key, IR_PR_ELSE, false, 0, 0, 0, 0                                     \
    }

static const struct ir_pread_field step_fields[] = {
    {"id", IR_PR_NAME, true, S(id), 0, 0, 0},
    {"title", IR_PR_TEXT, true, S(title), 0, 0, 0},
    TEXT("say", say),
    TEXT("good", good),
    TEXT("warn", warn),
    TEXT("place", place),
    TEXT("on_fail", on_fail),
    NAME("role", role),
    SECS("within", within_s, IR_DURATION_MAX),
    LIST("after", IR_PR_NAMES, after, 0, IR_PLAN_STEPS_MAX),
    NAME("go", go),
    LIST("ask", IR_PR_VARS, ask, 1, IR_PLAN_LIST_MAX),
    LIST("run", IR_PR_STRS, argv, 1, IR_PLAN_ARGV_MAX),
    SECS("deadline", deadline_s, IR_PLAN_DEADLINE_MAX),
    FLAG("real", real),
    FLAG("contain", contain),
    {"confirm", IR_PR_INT, false, S(confirm), 0, 1, 2},
    NAME("undo", undo),
    LIST("destroys", IR_PR_NAMES, destroys, 0, IR_PLAN_LIST_MAX),
    LIST("preserves", IR_PR_NAMES, preserves, 0, IR_PLAN_LIST_MAX),
    NAME("mail", mail),
    NAME("collect", collect),
    {"target", IR_PR_STR, false, S(target), 0, 1, IR_PLAN_STR_MAX},
    NAME("call", call),
    NAME("notify", notify),
    NAME("template", template),
    NAME("tell", tell),
    NAME("report", report),
    SECS("wait", wait_s, IR_DURATION_MAX),
    {"runbook", IR_PR_DIR, false, S(runbook), 0, 0, 0},
    ELSE("when"),
    ELSE("choose"),
    ELSE("accept"),
    ELSE("measure"),
    ELSE("clock"),
    ELSE("service"),
    ELSE("repeat"),
};

static const struct ir_pread_field measure_fields[] = {
    {"text", IR_PR_TEXT, true, S(measure_text), 0, 0, 0},
    {"owner", IR_PR_NAME, true, S(measure_owner), 0, 0, 0},
    {"review", IR_PR_SECS, true, S(measure_review_s), 0, 1, IR_DURATION_MAX},
};
static const struct ir_pread_field clock_fields[] = {
    {"id", IR_PR_NAME, true, S(clock_id), 0, 0, 0},
    {"op", IR_PR_NAME, true, S(clock_op), 0, 0, 0},
};
static const struct ir_pread_field service_fields[] = {
    {"operation", IR_PR_NAME, true, S(service_op), 0, 0, 0},
    {"level", IR_PR_INT, true, S(service_level), 0, 1, 100},
};
static const struct ir_pread_field repeat_fields[] = {
    {"to", IR_PR_NAME, true, S(repeat_to), 0, 0, 0},
    {"ask", IR_PR_TEXT, true, S(repeat_ask), 0, 0, 0},
    {"max", IR_PR_INT, true, S(repeat_max), 0, 2, IR_PLAN_REPEAT_MAX},
};

static const struct {
    const char *key;
    const struct ir_pread_field *f;
    size_t n;
} groups[] = {
    {"measure", measure_fields, 3},
    {"clock", clock_fields, 2},
    {"service", service_fields, 2},
    {"repeat", repeat_fields, 3},
};

static const struct {
    const char *key;
    enum ir_step_act act;
} acts[] = {
    {"choose", IR_ACT_CHOOSE},   {"ask", IR_ACT_ASK},
    {"run", IR_ACT_RUN},         {"collect", IR_ACT_COLLECT},
    {"call", IR_ACT_CALL},       {"notify", IR_ACT_NOTIFY},
    {"tell", IR_ACT_TELL},       {"wait", IR_ACT_WAIT},
    {"runbook", IR_ACT_RUNBOOK},
};

static int
read_act(struct ir_pread *r, const struct ir_json *j, struct ir_step *s)
{
    /* what may only stand beside its act */
    static const struct {
        const char *key, *with;
        enum ir_step_act act;
    } beside[] = {
        {"accept", "run", IR_ACT_RUN},
        {"deadline", "run", IR_ACT_RUN},
        {"real", "run", IR_ACT_RUN},
        {"target", "collect", IR_ACT_COLLECT},
        {"template", "notify", IR_ACT_NOTIFY},
        {"report", "tell", IR_ACT_TELL},
    };
    const char *first = NULL;
    size_t i;

    for (i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (ir_json_get(j, acts[i].key) == NULL)
            continue;
        if (first != NULL)
            return ir_pread_bad(r, acts[i].key,
                                _("a step does one thing, and this one has "
                                  "\"%s\" already"),
                                first);
        first = acts[i].key;
        s->act = acts[i].act;
    }
    for (i = 0; i < sizeof beside / sizeof beside[0]; i++)
        if (ir_json_get(j, beside[i].key) != NULL && s->act != beside[i].act)
            return ir_pread_bad(r, beside[i].key,
                                _("only together with \"%s\""), beside[i].with);
    return IR_OK;
}

static int
read_accept(struct ir_pread *r, const struct ir_json *j, struct ir_step *s)
{
    static const struct ir_pread_field fields[] = {
        {"exit", IR_PR_ELSE, false, 0, 0, 0, 0},
        {"match", IR_PR_STR, false, S(accept_match), 0, 1, IR_PLAN_STR_MAX},
    };
    const struct ir_json *a = ir_json_get(j, "accept");
    const struct ir_json *codes = ir_json_get(a, "exit");
    size_t i, n = ir_json_len(codes), mark;
    int rc;

    if (a != NULL) {
        mark = ir_pread_in(r, "accept", -1);
        rc = ir_pread_fields(r, a, fields, 2, s);
        if (rc != IR_OK)
            return rc;
        if (codes != NULL &&
            (!ir_json_is_arr(codes) || n == 0 || n > IR_PLAN_LIST_MAX))
            return ir_pread_bad(r, "exit", _("must be a list of exit codes"));
        ir_pread_out(r, mark);
    }
    s->accept_exit_n = n > 0 ? n : 1;
    s->accept_exit = ir_calloc(s->accept_exit_n, sizeof s->accept_exit[0]);
    for (i = 0; i < n; i++) {
        const struct ir_json *v = ir_json_at(codes, i);

        if (!ir_json_is_int(v) || ir_json_int(v) < 0 || ir_json_int(v) > 255)
            return ir_pread_bad(r, "accept.exit", _("must be 0 to 255"));
        s->accept_exit[i] = (int)ir_json_int(v);
    }
    if (s->deadline_s == 0)
        s->deadline_s = 60;
    return IR_OK;
}

static int
read_words(struct ir_pread *r, const struct ir_step *s)
{
    static const char *const reports[] = {"first", "follow-up", "final"};
    static const char *const ops[] = {"start", "met", "stop", "undecided"};

    if (s->report != NULL && ir_word_index(reports, 3, s->report) < 0)
        return ir_pread_bad(r, "report", _("must be one of: %s"),
                            "first, follow-up, final");
    if (s->clock_op != NULL && ir_word_index(ops, 4, s->clock_op) < 0)
        return ir_pread_bad(r, "clock.op", _("must be one of: %s"),
                            "start, met, stop, undecided");
    if (strcmp(s->id, "end") == 0)
        return ir_pread_bad(r, "id", _("\"end\" is taken: it ends a branch"));
    if (s->say.en == NULL && s->act != IR_ACT_RUNBOOK)
        return ir_pread_bad(r, "say", _("is missing"));
    return IR_OK;
}

static int
read_on_fail(struct ir_pread *r, const struct ir_json *j, struct ir_step *s)
{
    static const struct ir_pread_field fields[] = {
        {"en", IR_PR_ELSE, true, 0, 0, 0, 0},
        {"ja", IR_PR_ELSE, true, 0, 0, 0, 0},
        {"go", IR_PR_NAME, false, S(on_fail_go), 0, 0, 0},
    };
    size_t mark = ir_pread_in(r, "on_fail", -1);
    int rc = ir_pread_fields(r, ir_json_get(j, "on_fail"), fields, 3, s);

    if (rc == IR_OK)
        ir_pread_out(r, mark);
    return rc;
}

int
ir_pread_step(struct ir_pread *r, const struct ir_json *j, struct ir_step *s)
{
    const struct ir_json *v;
    size_t i, mark;
    int rc;

    s->confirm = 1;
    rc = ir_pread_fields(r, j, step_fields,
                         sizeof step_fields / sizeof step_fields[0], s);
    if (rc == IR_OK)
        rc = read_act(r, j, s);
    s->has_after = ir_json_get(j, "after") != NULL;
    if (rc == IR_OK && s->on_fail.en != NULL)
        rc = read_on_fail(r, j, s);
    if (rc == IR_OK && s->act == IR_ACT_RUN)
        rc = read_accept(r, j, s);
    if (rc == IR_OK && s->act == IR_ACT_CHOOSE)
        rc = ir_pread_options(r, j, "choose", true, &s->options, &s->options_n);
    for (i = 0; rc == IR_OK && i < sizeof groups / sizeof groups[0]; i++) {
        v = ir_json_get(j, groups[i].key);
        if (v == NULL)
            continue;
        mark = ir_pread_in(r, groups[i].key, -1);
        rc = ir_pread_fields(r, v, groups[i].f, groups[i].n, s);
        if (rc == IR_OK)
            ir_pread_out(r, mark);
    }
    v = ir_json_get(j, "when");
    if (rc == IR_OK && v != NULL) {
        mark = ir_pread_in(r, "when", -1);
        s->when = ir_calloc(1, sizeof *s->when);
        rc = ir_pread_cond(r, v, 1, s->when);
        if (rc == IR_OK)
            ir_pread_out(r, mark);
    }
    return rc == IR_OK ? read_words(r, s) : rc;
}

static void
free_strings(char **v, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        free(v[i]);
    free(v);
}

void
ir_step_done(struct ir_step *s)
{
    char *const one[] = {
        s->id,       s->on_fail_go, s->role,         s->go,
        s->undo,     s->mail,       s->accept_match, s->collect,
        s->target,   s->call,       s->notify,       s->template,
        s->tell,     s->report,     s->runbook,      s->measure_owner,
        s->clock_id, s->clock_op,   s->service_op,   s->repeat_to};
    struct ir_text *const texts[] = {&s->title,        &s->say,       &s->good,
                                     &s->warn,         &s->on_fail,   &s->place,
                                     &s->measure_text, &s->repeat_ask};
    size_t i;

    for (i = 0; i < sizeof one / sizeof one[0]; i++)
        free(one[i]);
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ir_text_done(texts[i]);
    free_strings(s->after, s->after_n);
    free_strings(s->ask, s->ask_n);
    free_strings(s->argv, s->argv_n);
    free_strings(s->destroys, s->destroys_n);
    free_strings(s->preserves, s->preserves_n);
    free(s->accept_exit);
    ir_options_free(s->options, s->options_n);
    if (s->when != NULL)
        ir_cond_done(s->when);
    free(s->when);
}
