/* pick.c: see pick.h; and the system and scenario menus of start.h. */
#include "cmd/pick.h"

#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"
#include "cmd/commands.h"
#include "cmd/start.h"
#include "view/menu.h"

#include <stdlib.h>
#include <string.h>

static int
not_found(struct ir_ctx *c, const char *what, const char *const *names,
          size_t n, const char *typed)
{
    const char *near = NULL;
    struct ir_buf all = {0};
    size_t i, len = strlen(typed);
    int best = len >= 6 ? 4 : 1 + (int)len / 2; /* nearer than any word is */

    for (i = 0; i < n; i++) {
        int d = ir_edit_distance(names[i], typed);

        if (d < best) {
            best = d;
            near = names[i];
        }
        ir_buf_addf(&all, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    ir_fail(&c->err, IR_ENOTFOUND, _("no %s is called \"%.60s\""), what, typed);
    if (near != NULL)
        ir_err_hint(&c->err, _("did you mean %s?"), near);
    else
        ir_err_hint(&c->err, _("there is: %s"), ir_buf_str(&all));
    ir_buf_done(&all);
    return IR_ENOTFOUND;
}

static int
pick(struct ir_ctx *c, const char *what, const char *const *names, size_t n,
     const char *typed, bool numbers, size_t *index)
{
    size_t i, hits = 0, len = strlen(typed);
    int64_t no = 0;

    for (i = 0; i < n; i++)
        if (strcmp(names[i], typed) == 0) {
            *index = i;
            return IR_OK;
        }
    if (numbers && ir_scan_int(typed, 1, (int64_t)n, &no, NULL) == IR_OK) {
        *index = (size_t)no - 1;
        return IR_OK;
    }
    for (i = 0; i < n && len > 0; i++)
        if (strncmp(names[i], typed, len) == 0) {
            *index = i;
            hits++;
        }
    if (hits == 1)
        return IR_OK;
    if (hits > 1)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("several begin with \"%.60s\": type more of it"),
                       typed);
    return not_found(c, what, names, n, typed);
}

int
ir_pick(struct ir_ctx *c, const char *what, const char *const *names, size_t n,
        const char *typed, bool numbers, size_t *index)
{
    struct ir_buf narrow = {0}; /* "１" of an input method is 1 */
    int rc;

    ir_utf8_narrow(&narrow, typed);
    rc = pick(c, what, names, n, ir_buf_str(&narrow), numbers, index);
    ir_buf_done(&narrow);
    return rc;
}

bool
ir_is_quit(const char *typed)
{
    struct ir_buf narrow = {0};
    bool yes;

    ir_utf8_narrow(&narrow, typed);
    yes = strcmp(ir_buf_str(&narrow), "quit") == 0 ||
          strcmp(ir_buf_str(&narrow), "q") == 0 ||
          strcmp(ir_buf_str(&narrow), "終了") == 0;
    ir_buf_done(&narrow);
    return yes;
}

bool
ir_is_question(const char *typed)
{
    return strcmp(typed, "?") == 0 || strcmp(typed, "？") == 0;
}

/* Ask until a number or name fits; NULL at the end of input. */
static int
ask_pick(struct ir_ctx *c, const char *what, const char *const *names, size_t n,
         size_t *index)
{
    int tries;

    for (tries = 0; tries < 5; tries++) {
        char *typed = ir_ctx_ask(c, "");
        int rc;

        if (typed == NULL || ir_is_quit(typed)) {
            free(typed);
            break;
        }
        rc = ir_pick(c, what, names, n, typed, true, index);
        free(typed);
        if (rc == IR_OK)
            return IR_OK;
        ir_cmd_complain(c);
        ir_buf_addf(&c->talk, "1-%zu> ", n);
    }
    return ir_fail(&c->err, IR_EUSAGE, _("no %s was chosen"), what);
}

static int
ask_system(struct ir_ctx *c, const uint8_t manifest[32],
           const char *const *names, size_t n, size_t *index)
{
    const struct ir_json **v = ir_calloc(n, sizeof(struct ir_json *));
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < n && rc == IR_OK; i++)
        rc = ir_library_json(&c->lib, manifest, "system", names[i], &v[i],
                             &c->err);
    if (rc == IR_OK) {
        ir_view_menu_systems(&c->talk_view, v, n, &c->talk);
        rc = ask_pick(c, _("system"), names, n, index);
    }
    free(v);
    return rc;
}

int
ir_start_system(struct ir_ctx *c, const uint8_t manifest[32], const char *name,
                char **out)
{
    const char **names = NULL;
    size_t n = 0, at = 0;
    int rc =
        ir_library_names(&c->lib, manifest, "system", "", &names, &n, &c->err);

    if (rc == IR_OK && name != NULL)
        rc = ir_pick(c, _("system"), names, n, name, false, &at);
    else if (rc == IR_OK && ir_ctx_can_ask(c) && n > 0)
        rc = ask_system(c, manifest, names, n, &at);
    else if (rc == IR_OK) {
        rc = ir_fail(&c->err, IR_EUSAGE, _("which system?"));
        ir_err_hint(&c->err, "ir system list");
    }
    if (rc == IR_OK)
        *out = ir_strdup(names[at]);
    free(names);
    return rc;
}

/* Emergency plans of the system; or every plan of it, then those common to
 * all; in menu order. */
static int
gather(struct ir_ctx *c, const uint8_t manifest[32], const char *system,
       bool all_kinds, const struct ir_plan ***out, size_t *out_n)
{
    char *own = ir_asprintf("%s/", system);
    const char *prefix[2] = {own, "common/"};
    const struct ir_plan **v = NULL;
    size_t got = 0, p;
    size_t end = all_kinds && strcmp(system, "common") != 0 ? 2 : 1;
    int rc = IR_OK;

    for (p = 0; p < end && rc == IR_OK; p++) {
        const char **names = NULL;
        size_t n = 0, i, from = got;

        rc = ir_library_names(&c->lib, manifest, "plan", prefix[p], &names, &n,
                              &c->err);
        v = ir_realloc(v, (got + n + 1) * sizeof(struct ir_plan *));
        for (i = 0; i < n && rc == IR_OK; i++) {
            const struct ir_plan *plan = NULL;

            rc = ir_library_plan(&c->lib, manifest, names[i], &plan, &c->err);
            if (rc == IR_OK && (all_kinds || plan->kind == IR_PLAN_EMERGENCY))
                v[got++] = plan;
        }
        ir_view_menu_sort(v + from, got - from);
        free(names);
    }
    free(own);
    *out = v;
    *out_n = got;
    return rc;
}

/* "ransomware" of "flight-information/ransomware". */
static const char *
short_id(const struct ir_plan *p)
{
    const char *slash = strchr(p->id, '/');

    return slash != NULL ? slash + 1 : p->id;
}

static int
ask_scenario(struct ir_ctx *c, const uint8_t manifest[32], const char *system,
             const struct ir_plan **plans, const char **names, size_t n,
             size_t *at)
{
    const struct ir_json *sys = NULL;
    const char *title = system;
    bool more = false;
    int tries;

    if (ir_library_json(&c->lib, manifest, "system", system, &sys, NULL) ==
            IR_OK &&
        ir_json_text_of(sys, "title") != NULL)
        title = ir_json_text_of(sys, "title");
    for (tries = 0; tries < 6; tries++) {
        char *typed;
        int rc;

        ir_view_menu_symptoms(&c->talk_view, title, plans, n, more, &c->talk);
        typed = ir_ctx_ask(c, "");
        if (typed == NULL || ir_is_quit(typed)) {
            free(typed);
            break;
        }
        if (strcmp(typed, "?") == 0 || typed[0] == '\0') {
            more = true;
            free(typed);
            continue;
        }
        if (ir_is_unknown(typed)) { /* "cannot tell" is an answer */
            *at = n - 1;
            free(typed);
            return IR_OK;
        }
        rc = ir_pick(c, _("scenario"), names, n, typed, true, at);
        free(typed);
        if (rc == IR_OK)
            return IR_OK;
        ir_cmd_complain(c);
    }
    return ir_fail(&c->err, IR_EUSAGE, _("no %s was chosen"), _("scenario"));
}

/* The plan of just this name, the system's own or a common one: nobody waits
 * while all the others are read. */
static bool
named(struct ir_ctx *c, const uint8_t manifest[32], const char *system,
      const char *name, const struct ir_plan **out)
{
    const char *const dirs[2] = {system, "common"};
    uint8_t digest[32];
    bool found = false;
    int i;

    for (i = 0; i < 2 && !found; i++) {
        char *id = ir_asprintf("%s/%s", dirs[i], name);

        found = ir_library_digest(&c->lib, manifest, "plan", id, digest,
                                  NULL) == IR_OK &&
                ir_library_plan(&c->lib, manifest, id, out, NULL) == IR_OK;
        free(id);
    }
    return found;
}

int
ir_start_scenario(struct ir_ctx *c, const uint8_t manifest[32],
                  const char *system, const char *name,
                  const struct ir_plan **out)
{
    const struct ir_plan **plans = NULL;
    const char **names, *slash = name != NULL ? strchr(name, '/') : NULL;
    size_t n = 0, i, at = 0;
    int rc;

    if (slash != NULL)
        name = slash + 1;
    if (name != NULL && named(c, manifest, system, name, out))
        return IR_OK;
    rc = gather(c, manifest, system, name != NULL, &plans, &n);
    if (rc != IR_OK) {
        free(plans);
        return rc;
    }
    names = ir_calloc(n, sizeof(char *));
    for (i = 0; i < n; i++)
        names[i] = short_id(plans[i]);
    if (name != NULL) {
        rc = ir_pick(c, _("scenario"), names, n, name, false, &at);
    } else if (n == 0) {
        rc = ir_fail(&c->err, IR_ENOTFOUND, _("%s has no emergency runbook"),
                     system);
    } else if (ir_ctx_can_ask(c)) {
        rc = ask_scenario(c, manifest, system, plans, names, n, &at);
    } else {
        at = n - 1; /* nobody to ask: the one for "cannot tell" */
    }
    if (rc == IR_OK)
        *out = plans[at];
    free(names);
    free(plans);
    return rc;
}
