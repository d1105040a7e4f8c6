/* sentence.c: see sentence.h: the pieces, and the walk's own kinds. */
#include "view/sentence.h"

#include "base/scan.h"
#include "view/head.h"
#include "view/step.h"

#include <stdlib.h>
#include <string.h>

const char *
ir_sx_text(struct ir_sx *x, int key)
{
    const char *s;
    size_t n;

    if (!ir_body_text(x->e, key, &s, &n))
        return "";
    return ir_pool_take(&x->pool, ir_view_safe_n(x->v, s, n));
}

const char *
ir_sx_ref(struct ir_sx *x, size_t i)
{
    char hex[2 * 4 + 1];

    if (i >= x->e->h.refs_n)
        return "?";
    ir_hex(x->e->h.refs[i], 4, hex);
    return ir_pool_take(&x->pool, ir_strdup(hex));
}

const char *
ir_sx_member(struct ir_sx *x, int key)
{
    const uint8_t *p;
    size_t n;
    int m = -1;
    char hex[2 * 8 + 1];

    if (!ir_body_bytes(x->e, key, &p, &n) || n != 8)
        return "?";
    if (x->v->trust != NULL)
        m = ir_trust_member_id(x->v->trust, p);
    if (m >= 0)
        return ir_pool_take(&x->pool, ir_view_member(x->v, m, false));
    ir_hex(p, 8, hex);
    return ir_pool_take(&x->pool, ir_strdup(hex));
}

const char *
ir_sx_time(struct ir_sx *x, int key)
{
    uint64_t ms = ir_body_uint_or(x->e, key, 0);

    if (ms == 0)
        return "?";
    return ir_pool_take(&x->pool, ir_view_time(x->v, (int64_t)ms));
}

const char *
ir_sx_list(struct ir_sx *x, int key)
{
    struct ir_body_item it;
    struct ir_buf b = {0};
    size_t i = 0;

    while (ir_body_each(x->e, key, &i, &it)) {
        if (b.len > 0)
            ir_buf_adds(&b, _(", "));
        if (it.name != NULL)
            ir_buf_addf(&b, "%s = ",
                        ir_pool_take(&x->pool, ir_view_safe_n(x->v, it.name,
                                                              it.name_len)));
        ir_buf_adds(
            &b, ir_pool_take(&x->pool,
                             ir_view_safe_n(x->v, (const char *)it.p, it.len)));
    }
    return ir_pool_buf(&x->pool, &b);
}

const char *
ir_sx_answers(struct ir_sx *x, int key)
{
    struct ir_body_item it;
    struct ir_buf b = {0};
    size_t i = 0;

    while (ir_body_each(x->e, key, &i, &it)) {
        char *name = ir_strndup(it.name != NULL ? it.name : "",
                                it.name != NULL ? it.name_len : 0);
        char *value = ir_strndup((const char *)it.p, it.len);
        const char *label = ir_pool_take(&x->pool, ir_view_label(x->inc, name));

        label = ir_pool_take(&x->pool, ir_view_safe(x->v, label));
        ir_buf_addf(&b, "%s%s = %s", b.len > 0 ? _(", ") : "", label,
                    ir_pool_take(
                        &x->pool,
                        ir_view_value(x->v, ir_view_var(x->inc, name), value)));
        free(name);
        free(value);
    }
    return ir_pool_buf(&x->pool, &b);
}

const char *
ir_sx_step(struct ir_sx *x, int key)
{
    return ir_sx_step_at(x, ir_sx_text(x, key));
}

const char *
ir_sx_step_at(struct ir_sx *x, const char *path)
{
    const char *t;
    size_t i;

    for (i = 0; x->inc != NULL && i < x->inc->steps_n; i++) {
        const struct ir_istep *st = &x->inc->steps[i];

        if (strcmp(st->path, path) != 0 || st->step == NULL)
            continue;
        t = ir_pool_take(&x->pool,
                         ir_view_fill(x->v, x->inc, &st->step->title));
        if (*t != '\0')
            return t;
    }
    return path;
}

void
ir_sx_reason(struct ir_sx *x, int key)
{
    const char *s = ir_sx_text(x, key);

    if (*s != '\0')
        ir_buf_addf(x->out, _(" (\"%s\")"), s);
}

static void
say_declare(struct ir_sx *x)
{
    const char *title = ir_sx_text(x, 6), *sys = ir_sx_text(x, 2);
    uint64_t sev = ir_body_uint_or(x->e, 5, 0);

    if (x->inc != NULL &&
        memcmp(x->inc->declare, x->e->id, sizeof x->e->id) == 0)
        title = ir_head_name(x->v, x->inc, &x->pool);
    ir_buf_addf(x->out, _("Declared: %s"), *title != '\0' ? title : sys);
    if (sev > 0)
        ir_buf_addf(x->out, _(", severity %d"), (int)sev);
}

static void
say_incident(struct ir_sx *x)
{
    char hex[2 * 4 + 1];
    const uint8_t *p;
    size_t n;

    switch (ir_body_uint_or(x->e, 1, 0)) {
    case 1:
        say_declare(x);
        break;
    case 2:
        ir_buf_adds(x->out, _("Joins the response"));
        break;
    case 3:
        ir_buf_addf(x->out, _("Severity is now %d"),
                    (int)ir_body_uint_or(x->e, 5, 0));
        ir_sx_reason(x, 6);
        break;
    case 4:
        ir_buf_adds(x->out, _("Contained"));
        ir_sx_reason(x, 6);
        break;
    case 5:
        ir_buf_adds(x->out, _("Restored"));
        ir_sx_reason(x, 6);
        break;
    case 6:
        ir_buf_adds(x->out, _("Closed the incident"));
        ir_sx_reason(x, 6);
        break;
    case 7:
        ir_buf_adds(x->out, _("Reopened the incident"));
        ir_sx_reason(x, 6);
        break;
    case 8:
        ir_buf_addf(x->out, _("Linked with incident %s"), ir_sx_ref(x, 0));
        break;
    case 9:
        hex[0] = '\0';
        if (ir_body_bytes(x->e, 3, &p, &n) && n >= 4)
            ir_hex(p, 4, hex);
        ir_buf_addf(x->out, _("Goes on with release %s of the runbooks"), hex);
        ir_sx_reason(x, 6);
        break;
    case 10:
        ir_buf_addf(x->out, _("Added to the incident: %s"), ir_sx_text(x, 2));
        break;
    default:
        ir_buf_adds(x->out, _("Incident: unknown operation"));
        break;
    }
}

static const char *
step_choice(struct ir_sx *x)
{
    const char *path = ir_sx_text(x, 1), *id = ir_sx_text(x, 5);
    size_t i, k;

    for (i = 0; x->inc != NULL && i < x->inc->steps_n; i++) {
        const struct ir_istep *st = &x->inc->steps[i];

        if (strcmp(st->path, path) != 0 || st->step == NULL)
            continue;
        for (k = 0; k < st->step->options_n; k++)
            if (strcmp(st->step->options[k].id, id) == 0)
                return ir_pool_take(
                    &x->pool,
                    ir_view_fill(x->v, x->inc, &st->step->options[k].title));
    }
    return id;
}

/* The command as it was run, "" where none is recorded. */
static const char *
step_argv(struct ir_sx *x)
{
    struct ir_body_item it;
    struct ir_buf b = {0};
    size_t i = 0;

    while (ir_body_each(x->e, 11, &i, &it)) {
        char *word = ir_strndup((const char *)it.p, it.len);

        ir_view_quote(x->v, word, &b);
        free(word);
    }
    return ir_pool_buf(&x->pool, &b);
}

/* What happened to a step, without the reason. */
static void
step_op(struct ir_sx *x)
{
    const char *said;
    uint64_t code;

    switch (ir_body_uint_or(x->e, 2, 0)) {
    case 1:
        ir_buf_adds(x->out, _("taken on"));
        break;
    case 2:
        ir_buf_adds(x->out, _("begun"));
        said = step_argv(x);
        if (*said != '\0')
            ir_buf_addf(x->out, _(" (%s)"), said);
        break;
    case 3:
        ir_buf_adds(x->out, _("done"));
        said = ir_sx_answers(x, 8);
        if (*said != '\0')
            ir_buf_addf(x->out, _(" (%s)"), said);
        break;
    case 4:
        ir_buf_adds(x->out, _("failed"));
        break;
    case 5:
        ir_buf_adds(x->out, _("skipped"));
        break;
    case 6:
        ir_buf_addf(x->out, _("answered %s"), ir_sx_answers(x, 8));
        break;
    case 7:
        ir_buf_addf(x->out, _("chosen \"%s\""), step_choice(x));
        break;
    case 8:
        ir_buf_adds(x->out, _("given back"));
        break;
    default:
        ir_buf_adds(x->out, _("unknown operation"));
        break;
    }
    if (ir_body_uint(x->e, 6, &code))
        ir_buf_addf(x->out, _(", exit status %d"), (int)code);
}

void
ir_sx_step_done(struct ir_sx *x)
{
    const char *path = ir_sx_text(x, 1), *name = strrchr(path, '/');
    int m = x->v->trust != NULL ? ir_trust_author(x->v->trust, x->e) : -1;
    struct ir_buf op = {0}, *out = x->out;

    x->out = &op;
    step_op(x);
    x->out = out;
    ir_buf_addf(out, _("%s %s by %s"), name != NULL ? name + 1 : path,
                ir_buf_str(&op),
                ir_pool_take(&x->pool, ir_view_member(x->v, m, false)));
    ir_sx_reason(x, 4);
    ir_buf_done(&op);
}

static void
say_role(struct ir_sx *x)
{
    uint64_t op = ir_body_uint_or(x->e, 3, 0);
    char *id = ir_body_strdup(x->e, 1);
    const char *role = ir_pool_take(&x->pool, ir_view_role(x->v, id));

    if (op == 1)
        ir_buf_addf(x->out, _("Offers the role %s to %s"), role,
                    ir_sx_member(x, 2));
    else
        ir_buf_addf(x->out,
                    op == 2   ? _("Accepts the role %s")
                    : op == 3 ? _("Takes the role %s")
                    : op == 4 ? _("Gives up the role %s")
                              : _("Acts as %s"),
                    role);
    ir_sx_reason(x, 4);
    free(id);
}

static void
say_clock(struct ir_sx *x)
{
    const char *name = ir_sx_text(x, 1);
    uint64_t op = ir_body_uint_or(x->e, 2, 0), from;
    size_t i;

    for (i = 0; x->inc != NULL && i < x->inc->clocks_n; i++)
        if (strcmp(x->inc->clocks[i].name, name) == 0) {
            name = ir_head_clock_name(x->v, &x->inc->clocks[i], &x->pool);
            break;
        }
    ir_buf_addf(x->out,
                op == 1   ? _("Deadline runs: %s")
                : op == 2 ? _("Deadline met: %s")
                : op == 3 ? _("Deadline stopped: %s")
                          : _("Deadline undecided: %s"),
                name);
    if (ir_body_uint(x->e, 5, &from))
        ir_buf_addf(x->out, _(", counted from %s"), ir_sx_time(x, 5));
    ir_sx_reason(x, 4);
}

static void
say_measure(struct ir_sx *x)
{
    uint64_t op = ir_body_uint_or(x->e, 2, 0), at;
    const char *owner = ir_sx_text(x, 3);
    char *id;

    ir_buf_addf(x->out,
                op == 1   ? _("Interim measure: %s")
                : op == 2 ? _("Interim measure reviewed: %s")
                : op == 3 ? _("Interim measure lifted: %s")
                          : _("Interim measure made permanent: %s"),
                ir_sx_text(x, 1));
    if (*owner != '\0') {
        id = ir_body_strdup(x->e, 3);
        ir_buf_addf(x->out, _(", owner %s"),
                    ir_pool_take(&x->pool, ir_view_owner(x->v, id)));
        free(id);
    }
    if (ir_body_uint(x->e, 4, &at))
        ir_buf_addf(x->out, _(", review %s"), ir_sx_time(x, 4));
}

const char *
ir_view_rule(const struct ir_view *v, const char *rule, struct ir_pool *pool)
{
    return ir_rule_say(ir_pool_take(pool, ir_view_safe(v, rule)));
}

bool
ir_sx_walk(struct ir_sx *x)
{
    switch (x->e->h.kind) {
    case IR_KIND_INCIDENT:
        say_incident(x);
        return true;
    case IR_KIND_STEP:
        ir_buf_addf(x->out, _("%s: "), ir_sx_step(x, 1));
        step_op(x);
        ir_sx_reason(x, 4);
        return true;
    case IR_KIND_ROLE:
        say_role(x);
        return true;
    case IR_KIND_CLOCK:
        say_clock(x);
        return true;
    case IR_KIND_MEASURE:
        say_measure(x);
        return true;
    case IR_KIND_REQUEST:
        ir_buf_addf(x->out, _("Asks for a second person: %s"),
                    ir_sx_step(x, 1));
        ir_sx_reason(x, 7);
        return true;
    case IR_KIND_EXCEPTION:
        ir_buf_addf(x->out, _("Exception: %s"), ir_rule_say(ir_sx_text(x, 1)));
        if (strchr(ir_sx_text(x, 5), '/') != NULL)
            ir_buf_addf(x->out, _(", %s"), ir_sx_step(x, 5));
        ir_sx_reason(x, 2);
        return true;
    case IR_KIND_SERVICE: {
        char *id = ir_body_strdup(x->e, 1);

        ir_buf_addf(x->out, _("Service level: %s, %d percent"),
                    ir_pool_take(&x->pool, ir_view_operation(x->v, id)),
                    (int)ir_body_uint_or(x->e, 2, 0));
        ir_sx_reason(x, 3);
        free(id);
        return true;
    }
    default:
        return false;
    }
}
