/* fill.c: see fill.h. */
#include "cmd/fill.h"

#include "base/i18n.h"
#include "base/time.h"
#include "core/deadline.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

struct filling {
    struct ir_ctx *c;
    const struct ir_case *k;
    const char *authority;
    enum ir_stage stage;
};

static char *
moment(int64_t ms)
{
    char text[40];

    if (ms <= 0)
        return NULL;
    ir_time_rfc3339(ms, text, sizeof text);
    return ir_strdup(text);
}

static void
join(struct ir_buf *b, const char *s)
{
    if (s != NULL && *s != '\0')
        ir_buf_addf(b, "%s%s", b->len > 0 ? _(", ") : "", s);
}

/* NULL instead of nothing. */
static char *
taken(struct ir_buf *b)
{
    if (b->len > 0)
        return ir_buf_take(b);
    ir_buf_done(b);
    return NULL;
}

static char *
sender(const struct filling *x)
{
    const struct ir_view *v = &x->c->view;
    const struct ir_json *p;
    struct ir_buf b = {0};
    char *name, *phone;

    if (x->c->me < 0)
        return NULL;
    p = ir_view_contact(v, "people", x->c->trust.members[x->c->me].handle);
    name = ir_view_member(v, x->c->me, true);
    phone = p != NULL ? ir_view_phone(v, p) : NULL;
    join(&b, name);
    if (p != NULL)
        join(&b, ir_json_text_of(p, "title"));
    join(&b, phone);
    free(name);
    free(phone);
    return taken(&b);
}

static char *
systems(const struct filling *x)
{
    const struct ir_incident *inc = x->k->inc;
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < inc->instances_n; i++) {
        const struct ir_json *sys = NULL;
        const char *id = inc->instances[i].system;

        if (id == NULL)
            continue;
        if (!inc->has_manifest ||
            ir_library_json(&x->c->lib, inc->manifest, "system", id, &sys,
                            NULL) != IR_OK)
            sys = NULL;
        if (sys != NULL && ir_json_text_of(sys, "title") != NULL)
            join(&b, ir_json_text_of(sys, "title"));
        else if (strcmp(id, "common") != 0)
            join(&b, id);
    }
    return taken(&b);
}

static char *
severity(const struct filling *x)
{
    const struct ir_json *l = ir_json_get(x->k->site, "severities");
    size_t i;

    for (i = 0; i < ir_json_len(l); i++)
        if (ir_json_get_int(ir_json_at(l, i), "level", 0) ==
            x->k->inc->severity)
            return ir_strdup(ir_json_text_of(ir_json_at(l, i), "title"));
    return NULL;
}

/* What is walked: the titles of the runbooks, as the people chose them. */
static char *
what(const struct filling *x)
{
    const struct ir_incident *inc = x->k->inc;
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < inc->instances_n; i++)
        if (inc->instances[i].plan != NULL)
            join(&b, ir_text(&inc->instances[i].plan->title));
    return taken(&b);
}

/* The level of each operation as stated last. */
static char *
impact(const struct filling *x)
{
    const struct ir_incident *inc = x->k->inc;
    struct ir_buf b = {0};
    size_t i, j;

    for (i = 0; i < inc->services_n; i++) {
        char *name, *line;

        for (j = i + 1; j < inc->services_n; j++)
            if (strcmp(inc->services[j].operation,
                       inc->services[i].operation) == 0)
                break;
        if (j < inc->services_n)
            continue;
        name = ir_view_operation(&x->c->view, inc->services[i].operation);
        line = ir_asprintf(_("%s: %d percent of normal"), name,
                           inc->services[i].level);
        join(&b, line);
        free(line);
        free(name);
    }
    return taken(&b);
}

static char *
measures(const struct filling *x)
{
    const struct ir_incident *inc = x->k->inc;
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < inc->measures_n; i++)
        if (!inc->measures[i].lifted)
            join(&b, inc->measures[i].text);
    if (inc->contained_ms > 0)
        join(&b, _("contained"));
    if (inc->restored_ms > 0)
        join(&b, _("service restored"));
    return taken(&b);
}

/* Since when we know: only as somebody stated it. */
static char *
aware(const struct filling *x)
{
    struct ir_told_deadline v[IR_TOLD_DEADLINES_MAX];
    size_t n = ir_told_deadlines(x->k->inc, x->k->site, x->authority, v), i;

    for (i = 0; i < n; i++)
        if (strcmp(ir_json_get_str(v[i].json, "counts_from", ""),
                   "awareness") == 0 &&
            v[i].clock != NULL && !v[i].clock->provisional)
            return moment(v[i].clock->from_ms);
    return NULL;
}

/* While a failure goes on, a follow-up is followed by another one, after the
 * same time; what its deadline leads to is the final report.
 */
static int64_t
next_follow_up(const struct filling *x)
{
    struct ir_told_deadline v[IR_TOLD_DEADLINES_MAX];
    size_t n = ir_told_deadlines(x->k->inc, x->k->site, x->authority, v);
    const struct ir_told_deadline *d =
        ir_told_deadline_of(v, n, IR_STAGE_FOLLOW_UP);
    struct ir_site_calendar cal;
    struct ir_deadline rule;
    int64_t due = 0, latest;

    if (x->stage != IR_STAGE_FOLLOW_UP || x->k->inc->restored_ms > 0 ||
        d == NULL || !ir_deadline_find(x->k->site, d->id, &rule) ||
        rule.from != IR_FROM_PREVIOUS)
        return 0;
    ir_site_calendar_init(x->k->site, &cal);
    if (ir_deadline_due(&rule, &cal.cal, x->c->view.now_ms, &due, &latest,
                        NULL) != IR_OK)
        due = 0;
    ir_site_calendar_done(&cal);
    return due;
}

static char *
next(const struct filling *x)
{
    struct ir_told_due due;
    int64_t again = next_follow_up(x);

    if (again > 0)
        return moment(again);
    return ir_told_next(x->k->inc, x->k->site, x->authority, x->stage,
                        x->c->view.now_ms, &due) &&
                   !due.provisional
               ? moment(due.due_ms)
               : NULL;
}

static char *
began(const struct filling *x)
{
    return moment(x->k->inc->began_ms);
}

static const struct {
    const char *word;
    char *(*fn)(const struct filling *x);
    bool fresh;
} fills[] = {
    {"aware", aware, false},       {"began", began, false},
    {"impact", impact, false},     {"measures", measures, false},
    {"next", next, true},          {"sender", sender, true},
    {"severity", severity, false}, {"system", systems, false},
    {"what", what, false},
};

static int
fill_of(const struct ir_json *field)
{
    const char *word = ir_json_get_str(field, "fill", NULL);
    size_t i;

    if (word == NULL)
        word = ir_json_get_str(field, "id", "");
    for (i = 0; i < sizeof fills / sizeof fills[0]; i++)
        if (strcmp(fills[i].word, word) == 0)
            return (int)i;
    return -1;
}

bool
ir_fill_is_fresh(const struct ir_json *field)
{
    int at = fill_of(field);

    return at >= 0 && fills[at].fresh;
}

char *
ir_fill(struct ir_ctx *c, const struct ir_case *k, const char *authority,
        enum ir_stage stage, const struct ir_json *field)
{
    const struct filling x = {c, k, authority, stage};
    int at = fill_of(field);
    char *s = at >= 0 ? fills[at].fn(&x) : NULL;
    const char *var;

    if (s != NULL)
        return s;
    var = ir_incident_var(k->inc, ir_json_get_str(field, "id", ""));
    return var != NULL && !ir_is_unknown(var) ? ir_strdup(var) : NULL;
}
