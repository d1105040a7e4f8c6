/* told.c: see told.h. */
#include "core/told.h"

#include "core/deadline.h"

#include <string.h>

static const char *const words[] = {"first", "follow-up", "final"};

const char *
ir_stage_word(enum ir_stage s)
{
    return words[s];
}

bool
ir_stage_parse(const char *word, enum ir_stage *s)
{
    size_t i;

    if (strcmp(word, "preliminary") == 0)
        word = words[0];
    for (i = 0; i < 3; i++)
        if (strcmp(words[i], word) == 0) {
            *s = (enum ir_stage)i;
            return true;
        }
    return false;
}

static const struct ir_iclock *
clock_of(const struct ir_incident *inc, const char *id)
{
    size_t i;

    for (i = 0; i < inc->clocks_n; i++)
        if (strcmp(inc->clocks[i].name, id) == 0)
            return &inc->clocks[i];
    return NULL;
}

size_t
ir_told_deadlines(const struct ir_incident *inc, const struct ir_json *site,
                  const char *authority, struct ir_told_deadline *v)
{
    const struct ir_json *list = ir_json_get(site, "deadlines");
    size_t i, n = 0;

    for (i = 0; i < ir_json_len(list) && n < IR_TOLD_DEADLINES_MAX; i++) {
        const struct ir_json *j = ir_json_at(list, i);
        const char *id = ir_json_get_str(j, "id", "");
        const struct ir_iclock *clock = clock_of(inc, id);

        if (strcmp(ir_json_get_str(j, "authority", ""), authority) != 0 ||
            (clock == NULL &&
             strcmp(ir_json_get_str(j, "applies", "default"), "default") != 0))
            continue;
        v[n].json = j;
        v[n].id = id;
        v[n].clock = clock;
        v[n].stage = n == 0 ? IR_STAGE_FIRST
                     : ir_json_get_str(j, "next", NULL) != NULL
                         ? IR_STAGE_FOLLOW_UP
                         : IR_STAGE_FINAL;
        n++;
    }
    return n;
}

bool
ir_told_is_open(const struct ir_told_deadline *d)
{
    return d->clock == NULL || (d->clock->state != IR_CLOCK_MET &&
                                d->clock->state != IR_CLOCK_STOPPED);
}

/* Was that report told, by a report or by its clock? */
static bool
is_told(const struct ir_incident *inc, const struct ir_told_deadline *v,
        size_t n, const char *authority, enum ir_stage stage)
{
    size_t i;

    for (i = 0; i < inc->told_n; i++) {
        const struct ir_itold *t = &inc->told[i];

        if (strcmp(t->authority, authority) == 0 &&
            strcmp(t->report != NULL ? t->report : words[0], words[stage]) == 0)
            return true;
    }
    for (i = 0; i < n; i++)
        if (v[i].stage == stage && v[i].clock != NULL &&
            v[i].clock->state == IR_CLOCK_MET)
            return true;
    return false;
}

static bool
has_stage(const struct ir_told_deadline *v, size_t n, enum ir_stage stage)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (v[i].stage == stage)
            return true;
    return false;
}

enum ir_stage
ir_told_stage(const struct ir_incident *inc, const struct ir_json *site,
              const char *authority)
{
    struct ir_told_deadline v[IR_TOLD_DEADLINES_MAX];
    size_t n = ir_told_deadlines(inc, site, authority, v);
    bool follow = has_stage(v, n, IR_STAGE_FOLLOW_UP);

    if (!is_told(inc, v, n, authority, IR_STAGE_FIRST))
        return IR_STAGE_FIRST;
    if (!has_stage(v, n, IR_STAGE_FINAL) ||
        (follow && !is_told(inc, v, n, authority, IR_STAGE_FOLLOW_UP)))
        return IR_STAGE_FOLLOW_UP;
    if (follow && inc->state != IR_INC_RESTORED && inc->state != IR_INC_CLOSED)
        return IR_STAGE_FOLLOW_UP;
    return is_told(inc, v, n, authority, IR_STAGE_FINAL) ? IR_STAGE_FOLLOW_UP
                                                         : IR_STAGE_FINAL;
}

const struct ir_told_deadline *
ir_told_deadline_of(const struct ir_told_deadline *v, size_t n,
                    enum ir_stage stage)
{
    const struct ir_told_deadline *any = NULL, *open = NULL;
    size_t i;

    for (i = 0; i < n; i++) {
        if (v[i].stage != stage)
            continue;
        if (any == NULL)
            any = &v[i];
        /* of two final ones, the one that was spoken of */
        if (ir_told_is_open(&v[i]) &&
            (open == NULL || (open->clock == NULL && v[i].clock != NULL) ||
             (open->clock != NULL && open->clock->provisional &&
              v[i].clock != NULL && !v[i].clock->provisional)))
            open = &v[i];
    }
    return open != NULL ? open : any;
}

bool
ir_told_meets(const struct ir_told_deadline *v, size_t n, size_t i,
              enum ir_stage stage)
{
    if (!ir_told_is_open(&v[i]) || v[i].stage > stage)
        return false;
    if (v[i].clock != NULL)
        return true;
    return ir_told_deadline_of(v, n, stage) == &v[i];
}

/* Due as its own clock says, else by its rule from what it follows. */
static bool
due_of(const struct ir_incident *inc, const struct ir_json *site,
       const struct ir_told_deadline *d, const struct ir_told_deadline *before,
       int64_t at_ms, struct ir_told_due *out)
{
    struct ir_site_calendar cal;
    struct ir_deadline rule, was;
    int64_t from = inc->declared_ms;
    bool ok;

    out->id = d->id;
    out->stage = d->stage;
    out->provisional = true;
    if (d->clock != NULL && d->clock->due_ms > 0 && !d->clock->provisional) {
        out->due_ms = d->clock->due_ms;
        out->latest_ms = d->clock->latest_ms;
        out->provisional = false;
        return true;
    }
    if (!ir_deadline_find(site, d->id, &rule))
        return false;
    if (rule.from == IR_FROM_PREVIOUS) {
        from = at_ms;
        out->provisional = false;
    } else if (before->clock != NULL && !before->clock->provisional &&
               before->clock->from_ms > 0 &&
               ir_deadline_find(site, before->id, &was) &&
               was.from == rule.from) {
        from = before->clock->from_ms;
        out->provisional = false;
    }
    ir_site_calendar_init(site, &cal);
    ok = ir_deadline_due(&rule, &cal.cal, from, &out->due_ms, &out->latest_ms,
                         NULL) == IR_OK;
    ir_site_calendar_done(&cal);
    return ok;
}

bool
ir_told_next(const struct ir_incident *inc, const struct ir_json *site,
             const char *authority, enum ir_stage stage, int64_t at_ms,
             struct ir_told_due *out)
{
    struct ir_told_deadline v[IR_TOLD_DEADLINES_MAX];
    size_t n = ir_told_deadlines(inc, site, authority, v), i, k;
    struct ir_told_due due = {0};
    bool any = false;

    memset(out, 0, sizeof *out);
    for (i = 0; i < n; i++) {
        const char *next = ir_json_get_str(v[i].json, "next", NULL);

        if (next == NULL || !ir_told_meets(v, n, i, stage))
            continue;
        for (k = 0; k < n; k++)
            if (strcmp(v[k].id, next) == 0 && ir_told_is_open(&v[k]) &&
                !ir_told_meets(v, n, k, stage) &&
                due_of(inc, site, &v[k], &v[i], at_ms, &due) &&
                (!any || due.due_ms < out->due_ms)) {
                *out = due;
                any = true;
            }
    }
    /* what runs already: another one, or the same where nothing was met */
    for (k = 0; k < n; k++)
        if (v[k].clock != NULL && v[k].clock->due_ms > 0 &&
            ir_told_is_open(&v[k]) && !ir_told_meets(v, n, k, stage) &&
            (!v[k].clock->provisional || !any) &&
            (!any || v[k].clock->due_ms < out->due_ms)) {
            *out = (struct ir_told_due){v[k].id, v[k].stage, v[k].clock->due_ms,
                                        v[k].clock->latest_ms,
                                        v[k].clock->provisional};
            any = true;
        }
    return any;
}

bool
ir_told_open(const struct ir_incident *inc, const struct ir_json *site,
             const char *authority, struct ir_told_due *out)
{
    struct ir_told_deadline v[IR_TOLD_DEADLINES_MAX];
    size_t n = ir_told_deadlines(inc, site, authority, v), i;
    bool any = false;

    memset(out, 0, sizeof *out);
    for (i = 0; i < n; i++) {
        const struct ir_iclock *c = v[i].clock;

        if (c == NULL || !ir_told_is_open(&v[i]) || c->due_ms == 0 ||
            (any && out->due_ms <= c->due_ms))
            continue;
        *out = (struct ir_told_due){v[i].id, v[i].stage, c->due_ms,
                                    c->latest_ms, c->provisional};
        any = true;
    }
    return any;
}

const struct ir_ireport *
ir_told_report(const struct ir_incident *inc, const char *authority,
               const char *stage, bool *told)
{
    size_t i, k;

    *told = false;
    for (i = inc->reports_n; i-- > 0;) {
        const struct ir_ireport *r = &inc->reports[i];

        if (strcmp(r->authority, authority) != 0 ||
            (stage != NULL &&
             (r->report == NULL || strcmp(r->report, stage) != 0)))
            continue;
        for (k = 0; k < inc->told_n; k++)
            if (inc->told[k].has_of &&
                memcmp(inc->told[k].of, r->entry, IR_ID_BYTES) == 0)
                *told = true;
        return r;
    }
    return NULL;
}
