/* incident_find.c: asking a folded incident: steps by name, roles, variables,
 * commands; and freeing it.
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "core/fold.h"

#include <stdlib.h>
#include <string.h>

const char *
ir_incident_var(const struct ir_incident *inc, const char *name)
{
    size_t i;

    for (i = 0; i < inc->vars_n; i++)
        if (strcmp(inc->vars[i].name, name) == 0)
            return inc->vars[i].value;
    return NULL;
}

int
ir_incident_role(const struct ir_incident *inc, const char *role)
{
    size_t i;

    for (i = 0; i < inc->roles_n; i++)
        if (strcmp(inc->roles[i].role, role) == 0)
            return inc->roles[i].member;
    return -1;
}

/* How well does step `st` go by `name`? 0: not; its whole path, its path
 * without what an iteration adds, its short name, the beginning of that. */
static int
fits(const struct ir_istep *st, const char *name)
{
    size_t len = strlen(name);

    if (strcmp(st->path, name) == 0)
        return 4;
    if (strcmp(st->short_name, name) == 0)
        return 3;
    if (strchr(name, '/') != NULL && strlen(st->path) > len &&
        strcmp(st->path + strlen(st->path) - len, name) == 0 &&
        st->path[strlen(st->path) - len - 1] == '/')
        return 2;
    return len > 0 && strncmp(st->short_name, name, len) == 0 ? 1 : 0;
}

/* Can something be done to it? Steps in hand before optional ones. */
static int
handy(const struct ir_istep *st)
{
    bool open = st->state == IR_STEP_READY || st->state == IR_STEP_ACTIVE ||
                st->state == IR_STEP_FAILED;

    return (open ? 2 : 0) + (open && !st->optional && !st->container ? 1 : 0);
}

static void
hint_nearest(const struct ir_incident *inc, const char *name,
             struct ir_err *err)
{
    const char *best = NULL;
    size_t i, len = strlen(name);
    int low = len >= 6 ? 4 : 1 + (int)len / 2;

    for (i = 0; i < inc->steps_n; i++) {
        int d = ir_edit_distance(name, inc->steps[i].short_name);

        if (d < low) {
            low = d;
            best = inc->steps[i].short_name;
        }
    }
    if (best != NULL)
        ir_err_hint(err, _("Did you mean %s? All steps: ir next"), best);
    else
        ir_err_hint(err, _("All steps: ir next"));
}

int
ir_incident_step(const struct ir_incident *inc, const char *name, size_t *index,
                 struct ir_err *err)
{
    struct ir_buf list = {0};
    int top = 0, best = 0;
    size_t i, hits = 0, at = 0;

    for (i = 0; i < inc->steps_n; i++) {
        int rank = fits(&inc->steps[i], name);

        rank = rank > 0 ? rank * 4 + handy(&inc->steps[i]) : 0;
        top = rank > top ? rank : top;
    }
    for (i = 0; top > 0 && i < inc->steps_n; i++) {
        if (fits(&inc->steps[i], name) * 4 + handy(&inc->steps[i]) != top)
            continue;
        ir_buf_addf(&list, "%s%s", hits > 0 ? ", " : "", inc->steps[i].path);
        hits++;
        at = i;
    }
    best = hits == 1 ? IR_OK : hits == 0 ? IR_ENOTFOUND : IR_EUSAGE;
    if (hits == 0) {
        ir_fail(err, IR_ENOTFOUND, _("There is no step \"%.60s\"."), name);
        hint_nearest(inc, name, err);
    } else if (hits > 1) {
        ir_fail(err, IR_EUSAGE, _("\"%.60s\" could be any of: %s"), name,
                ir_buf_str(&list));
        ir_err_hint(err, _("Type the whole name."));
    } else {
        *index = at;
    }
    ir_buf_done(&list);
    return best;
}

const char *
ir_incident_typed(const struct ir_incident *inc, size_t i)
{
    const struct ir_istep *st = &inc->steps[i];
    size_t at;

    return ir_incident_step(inc, st->short_name, &at, NULL) == IR_OK && at == i
               ? st->short_name
               : st->path;
}

struct expand {
    const struct ir_incident *inc;
    const struct ir_plan *plan;
    char missing[34]; /* a variable without a usable value */
};

static const char *
lookup(const char *name, void *arg)
{
    struct expand *x = arg;
    const char *v = ir_incident_var(x->inc, name);
    const struct ir_var *var = ir_plan_var(x->plan, name);
    char *checked = NULL;
    bool ok =
        var != NULL && v != NULL && strcmp(v, "unknown") != 0 &&
        /* recorded by whoever: looked at again before it is run */
        ir_var_parse(var, v, x->inc->declared_ms, &checked, NULL) == IR_OK;

    free(checked);
    if (!ok && x->missing[0] == '\0')
        memcpy(x->missing, name, strlen(name) + 1);
    return v;
}

int
ir_incident_argv(const struct ir_incident *inc, size_t i, char ***argv,
                 struct ir_err *err)
{
    const struct ir_istep *st = &inc->steps[i];
    struct expand x = {inc, st->plan, ""};
    const struct ir_var *var;
    const char *asked;
    char **v;
    size_t k;

    if (st->step == NULL || st->step->act != IR_ACT_RUN)
        return ir_fail(err, IR_EUSAGE, _("%s runs no command."), st->path);
    v = ir_calloc(st->step->argv_n + 1, sizeof v[0]);
    for (k = 0; k < st->step->argv_n; k++)
        v[k] = ir_plan_expand(st->step->argv[k], lookup, &x);
    if (x.missing[0] != '\0') {
        ir_argv_free(v);
        var = ir_plan_var(st->plan, x.missing);
        asked = var != NULL ? ir_text(&var->ask) : NULL;
        ir_fail(err, IR_EREFUSED,
                _("Not yet: the command needs what is not known: %s"),
                asked != NULL ? asked : x.missing);
        ir_err_field(err, "%s", x.missing);
        ir_err_hint(err,
                    _("answer it:  ir ask %s %s=...\nor do it by hand:  ir "
                      "done %s"),
                    st->short_name, x.missing, st->short_name);
        return IR_EREFUSED;
    }
    *argv = v;
    return IR_OK;
}

void
ir_argv_free(char **argv)
{
    size_t i;

    for (i = 0; argv != NULL && argv[i] != NULL; i++)
        free(argv[i]);
    free(argv);
}

/* The value, or NULL where it is not known. */
static const char *
known(const char *name, void *arg)
{
    const char *v = ir_incident_var(arg, name);

    return v != NULL && strcmp(v, "unknown") != 0 ? v : NULL;
}

void
ir_incident_argv_digest(const struct ir_incident *inc, size_t i,
                        uint8_t out[IR_HASH_BYTES])
{
    static const char domain[] = "ir-argv";
    const struct ir_istep *st = &inc->steps[i];
    struct ir_sha256_state s;
    size_t k;

    ir_sha256_begin(&s);
    ir_sha256_add(&s, domain, sizeof domain);
    if (st->step == NULL || st->step->argv_n == 0)
        ir_sha256_add(&s, st->path, strlen(st->path) + 1);
    for (k = 0; st->step != NULL && k < st->step->argv_n; k++) {
        char *arg =
            ir_plan_expand(st->step->argv[k], known, (void *)(uintptr_t)inc);

        ir_sha256_add(&s, arg, strlen(arg) + 1);
        free(arg);
    }
    ir_sha256_end(&s, out);
}

static void
free_all(char **v, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        free(v[i]);
    free(v);
}

static void
free_steps(struct ir_incident *inc)
{
    size_t i;

    for (i = 0; i < inc->steps_n; i++) {
        struct ir_istep *st = &inc->steps[i];

        free(st->path);
        free(st->short_name);
        free(st->choice);
        free(st->reason);
        free(st->note);
        free_all(st->needs, st->needs_n);
    }
    free(inc->steps);
}

static void
free_clocks(struct ir_incident *inc)
{
    size_t i;

    for (i = 0; i < inc->clocks_n; i++) {
        free(inc->clocks[i].name);
        free(inc->clocks[i].system);
        free(inc->clocks[i].operation);
        free(inc->clocks[i].basis);
        ir_text_done(&inc->clocks[i].title);
    }
    free(inc->clocks);
}

static void
free_lists(struct ir_incident *inc)
{
    size_t i;

    for (i = 0; i < inc->roles_n; i++)
        free(inc->roles[i].role);
    for (i = 0; i < inc->signed_as_n; i++)
        free(inc->signed_as[i].role);
    for (i = 0; i < inc->allows_n; i++)
        free(inc->allows[i].audience);
    free(inc->signed_as);
    free(inc->allows);
    for (i = 0; i < inc->measures_n; i++) {
        free(inc->measures[i].text);
        free(inc->measures[i].owner);
        free(inc->measures[i].successor);
    }
    for (i = 0; i < inc->exceptions_n; i++) {
        free(inc->exceptions[i].rule);
        free(inc->exceptions[i].reason);
        free(inc->exceptions[i].effect);
    }
    for (i = 0; i < inc->requests_n; i++) {
        free(inc->requests[i].path);
        free(inc->requests[i].what);
        free(inc->requests[i].deny_reason);
    }
    for (i = 0; i < inc->services_n; i++)
        free(inc->services[i].operation);
    for (i = 0; i < inc->vars_n; i++) {
        free(inc->vars[i].name);
        free(inc->vars[i].value);
    }
    for (i = 0; i < inc->instances_n; i++) {
        free(inc->instances[i].system);
        free(inc->instances[i].scenario);
    }
}

void
ir_incident_free(struct ir_incident *inc)
{
    if (inc == NULL)
        return;
    free_steps(inc);
    free_clocks(inc);
    free_lists(inc);
    ir_fold_told_free(inc);
    free(inc->roles);
    free(inc->measures);
    free(inc->exceptions);
    free(inc->requests);
    free(inc->services);
    free(inc->vars);
    free(inc->instances);
    free(inc->joined);
    free(inc->links);
    free_all(inc->conflicts, inc->conflicts_n);
    free_all(inc->left_open, inc->left_open_n);
    free_all(inc->preserved, inc->preserved_n);
    free(inc->system);
    free(inc->scenario);
    free(inc->title);
    free(inc);
}
