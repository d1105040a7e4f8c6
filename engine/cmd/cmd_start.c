/* cmd_start.c: `ir start`: from "something is wrong" to the first step. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"
#include "cmd/commands.h"
#include "cmd/own.h"
#include "cmd/pick.h"
#include "cmd/release.h"
#include "cmd/start.h"
#include "view/menu.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARS_MAX 64

struct start {
    const char *system, *scenario, *unapproved, *began, *title;
    const char *vars[IR_ARGS_REPEAT_MAX];
    size_t vars_n;
    bool fresh;    /* --new: do not join an open one */
    bool exercise; /* --exercise: nothing of it is actual */
    bool joined;   /* an open one is gone on with */
    uint8_t manifest[32];
    bool approved;
    const struct ir_plan *plan;
    char *sys;
    char *reason; /* of walking an unapproved release */
    struct ir_pair answers[VARS_MAX];
    size_t answers_n;
    int64_t began_ms;
    int began_prec;
};

/* The release to walk: the approved one, else the newest, else what stands in
 * site/ now; the last two need a reason. */
static int
choose_release(struct ir_ctx *c, struct start *s)
{
    const struct ir_release *r = ir_trust_current(&c->trust);
    int rc = IR_OK;

    s->approved = r != NULL && s->unapproved == NULL;
    if (s->approved) {
        memcpy(s->manifest, r->manifest, 32);
        return IR_OK;
    }
    rc = ir_reason(c, s->unapproved, IR_WHY_UNAPPROVED, &s->reason);
    if (rc != IR_OK) {
        ir_fail(&c->err, IR_EREFUSED,
                _("no release of the runbooks is approved here"));
        ir_err_hint(&c->err,
                    _("approve one:   ir release approve\ngo on without: ir "
                      "start %s --unapproved \"WHY\" (an exception, reviewed "
                      "later)"),
                    s->system != NULL ? s->system : "SYSTEM");
        return IR_EREFUSED;
    }
    rc = ir_release_compile(c, s->manifest);
    if (rc != IR_OK && c->trust.releases_n > 0) {
        /* site/ does not compile: the newest release that did */
        ir_cmd_complain(c);
        memcpy(s->manifest, c->trust.releases[c->trust.releases_n - 1].manifest,
               32);
        rc = IR_OK;
    }
    return rc;
}

static int
left(struct ir_ctx *c)
{
    return ir_fail(&c->err, IR_EUSAGE,
                   _("left: nothing was begun, nothing recorded"));
}

/* Which of the open ones (1..m), or another (m + 1)? Enter means the first. */
static int
ask_which(struct ir_ctx *c, const struct ir_incident *const *inc, size_t m,
          int64_t *no)
{
    int tries;

    ir_cmd_systems(c);
    for (tries = 0; tries < 5; tries++) {
        struct ir_buf narrow = {0};
        char *typed;
        bool good;

        ir_view_menu_join(&c->talk_view, inc, m, &c->talk);
        typed = ir_ctx_ask(c, "");
        if (typed == NULL || typed[strspn(typed, " \t")] == '\0') {
            free(typed);
            return IR_OK;
        }
        if (ir_is_quit(typed)) {
            free(typed);
            return left(c);
        }
        ir_utf8_narrow(&narrow, typed);
        good = ir_scan_int(ir_buf_str(&narrow), 1, (int64_t)m + 1, no, NULL) ==
               IR_OK;
        ir_buf_done(&narrow);
        free(typed);
        if (good)
            return IR_OK;
    }
    return ir_fail(&c->err, IR_EUSAGE, _("no %s was chosen"), _("incident"));
}

/* Nobody can be asked, and a scenario was named: go on with an open incident
 * only if it is of that one.
 *
 * Errors: IR_EUSAGE with both ways on.
 */
static int
same_scenario(struct ir_ctx *c, const struct ir_incident **inc, size_t n,
              const struct ir_plan *plan, int64_t *no)
{
    size_t i, j;

    for (i = 0; i < n; i++)
        for (j = 0; j < inc[i]->instances_n; j++) {
            const struct ir_iinstance *in = &inc[i]->instances[j];

            if (in->plan != NULL && strcmp(in->plan->id, plan->id) == 0) {
                *no = (int64_t)i + 1;
                return IR_OK;
            }
        }
    ir_fail(&c->err, IR_EUSAGE, _("%s is open, and is not about \"%s\""),
            inc[0]->name, plan->id);
    ir_err_hint(&c->err,
                _("go on with it:    ir start %s\nthe same, wider:  ir add "
                  "SYSTEM SCENARIO\nanother one:      add --new"),
                inc[0]->system);
    return IR_EUSAGE;
}

/* The open incident of this system to go on with, if the person wants to. */
static int
find_open(struct ir_ctx *c, const char *system, const struct ir_plan *plan,
          bool exercise, uint8_t declare[IR_ID_BYTES], bool *found)
{
    uint8_t(*ids)[IR_ID_BYTES] = NULL;
    struct ir_case open[9];
    const struct ir_incident *inc[9];
    size_t n = 0, i, m = 0;
    int64_t no = 1;
    int rc = ir_case_not_closed(c, &ids, &n);

    *found = false;
    for (i = n; rc == IR_OK && i > 0 && m < 9; i--) {
        bool here = false;
        size_t j;

        if (ir_case_load(c, ids[i - 1], 0, &open[m]) != IR_OK)
            continue;
        for (j = 0; j < open[m].inc->instances_n; j++)
            if (open[m].inc->instances[j].system != NULL &&
                strcmp(open[m].inc->instances[j].system, system) == 0)
                here = true;
        /* an emergency does not go on in an exercise, nor the reverse */
        if (here && open[m].inc->state != IR_INC_CLOSED &&
            (open[m].inc->status != IR_ACTUAL) == exercise) {
            inc[m] = open[m].inc;
            m++;
        } else {
            ir_case_done(&open[m]);
        }
    }
    if (rc == IR_OK && m > 0 && ir_ctx_can_ask(c))
        rc = ask_which(c, inc, m, &no);
    else if (rc == IR_OK && m > 0 && plan != NULL)
        rc = same_scenario(c, inc, m, plan, &no);
    if (rc == IR_OK && m > 0 && no <= (int64_t)m) {
        memcpy(declare, inc[no - 1]->declare, IR_ID_BYTES);
        *found = true;
    }
    for (i = 0; i < m; i++)
        ir_case_done(&open[i]);
    free(ids);
    return rc;
}

static int
began(struct ir_ctx *c, struct start *s)
{
    struct ir_now now;
    int tries, rc = IR_OK;

    ir_clock_now(&now);
    if (s->began != NULL) {
        if (ir_is_unknown(s->began))
            return IR_OK;
        rc = ir_time_parse(s->began, now.wall_ms, &s->began_ms, &s->began_prec,
                           &c->err);
        if (rc == IR_OK)
            ir_warn_ahead(c, s->began_ms);
        return rc;
    }
    for (tries = 0; tries < 5 && ir_ctx_can_ask(c); tries++) {
        char *typed;

        ir_view_ask_began(&c->talk_view, &c->talk);
        typed = ir_ctx_ask(c, "");
        if (typed == NULL || ir_is_quit(typed)) {
            free(typed);
            return left(c);
        }
        if (ir_is_question(typed)) {
            ir_buf_adds(&c->talk,
                        _(" When people first saw it: 02:40, 20m ago, "
                          "yesterday 23:10. Recovery targets run from then. "
                          "Nobody knows: unknown, or Enter.\n"));
            free(typed);
            continue;
        }
        if (typed[strspn(typed, " \t")] == '\0' || ir_is_unknown(typed)) {
            free(typed);
            return IR_OK;
        }
        rc = ir_time_parse(typed, now.wall_ms, &s->began_ms, &s->began_prec,
                           &c->err);
        free(typed);
        if (rc == IR_OK) {
            ir_warn_ahead(c, s->began_ms);
            return IR_OK;
        }
        ir_cmd_complain(c);
    }
    return IR_OK;
}

static int
put_answer(struct ir_ctx *c, struct start *s, const struct ir_var *v,
           const char *typed)
{
    struct ir_now now;
    char *value = NULL;
    int rc;

    ir_clock_now(&now);
    rc = ir_var_parse(v, typed, now.wall_ms, &value, &c->err);
    if (rc == IR_OK && s->answers_n < VARS_MAX)
        s->answers[s->answers_n++] = (struct ir_pair){v->name, value};
    else
        free(value);
    return rc;
}

static bool
answered(const struct start *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->answers_n; i++)
        if (strcmp(s->answers[i].name, name) == 0)
            return true;
    return false;
}

/* Does the runbook ask itself when it all began? */
static bool
is_beginning(const struct ir_var *v)
{
    return v->type == IR_VAR_TIME && strcmp(v->name, IR_VAR_BEGAN) == 0;
}

/* It was said already: nobody is asked twice. */
static int
put_began(struct ir_ctx *c, struct start *s, const struct ir_var *v)
{
    char at[32];

    ir_time_rfc3339(s->began_ms, at, sizeof at);
    return put_answer(c, s, v, at);
}

/* One question at the start; Enter is its default, else "unknown". */
static int
ask_at_start(struct ir_ctx *c, struct start *s, const struct ir_var *v)
{
    int tries, rc;

    for (tries = 0; tries < 5; tries++) {
        char *typed;

        ir_view_ask(&c->talk_view, v, NULL, &c->talk);
        typed = ir_ctx_ask(c, "");
        if (typed == NULL || ir_is_quit(typed)) {
            free(typed);
            return left(c);
        }
        if (ir_is_question(typed)) {
            ir_view_ask_more(&c->talk_view, v, &c->talk);
            free(typed);
            continue;
        }
        rc = put_answer(c, s, v,
                        typed[strspn(typed, " \t")] != '\0' ? typed
                        : v->dflt != NULL                   ? v->dflt
                                                            : "unknown");
        free(typed);
        if (rc == IR_OK)
            break;
        ir_cmd_complain(c);
    }
    return IR_OK;
}

/* --var first, then what the runbook asks at its start. */
static int
variables(struct ir_ctx *c, struct start *s)
{
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < s->vars_n && rc == IR_OK; i++) {
        const char *eq = strchr(s->vars[i], '=');
        char *name = eq != NULL
                         ? ir_strndup(s->vars[i], (size_t)(eq - s->vars[i]))
                         : NULL;
        const struct ir_var *v =
            name != NULL ? ir_plan_var(s->plan, name) : NULL;

        if (v == NULL)
            rc = ir_fail(&c->err, IR_EUSAGE,
                         _("the runbook asks nothing called \"%.60s\""),
                         s->vars[i]);
        else
            rc = put_answer(c, s, v, eq + 1);
        free(name);
    }
    for (i = 0; s->plan != NULL && i < s->plan->vars_n && rc == IR_OK; i++) {
        const struct ir_var *v = &s->plan->vars[i];

        if (is_beginning(v) && s->began_ms > 0 && !answered(s, v->name))
            rc = put_began(c, s, v);
        if (rc != IR_OK || !v->at_start || answered(s, v->name) ||
            !ir_ctx_can_ask(c))
            continue;
        rc = ask_at_start(c, s, v);
    }
    return rc;
}

static void
draft_declare(struct start *s, struct ir_batch *b)
{
    struct ir_draft *d = ir_batch_add(b, NULL, IR_KIND_INCIDENT);
    const char *title = s->title != NULL ? s->title : s->plan->title.en;

    if (s->title == NULL && ir_i18n_lang() == IR_LANG_JA)
        title = s->plan->title.ja;
    d->status = s->exercise ? IR_EXERCISE : IR_ACTUAL;
    ir_bodyw_uint(&d->body, 1, 1);
    ir_bodyw_text(&d->body, 2, s->sys);
    ir_bodyw_bytes(&d->body, 3, s->manifest, 32);
    ir_bodyw_bytes(&d->body, 4, s->plan->digest, 32);
    ir_bodyw_uint(&d->body, 5,
                  s->plan->severity > 0 ? (uint64_t)s->plan->severity : 2);
    ir_bodyw_text(&d->body, 6, title);
    ir_bodyw_pairs(&d->body, 7, s->answers, s->answers_n);
    if (s->began_ms > 0) {
        ir_bodyw_uint(&d->body, 8, (uint64_t)s->began_ms);
        if (s->began_prec > 0)
            ir_bodyw_uint(&d->body, 10, (uint64_t)s->began_prec);
    }
    ir_bodyw_uint(&d->body, 9, 1);
    if (!s->approved) {
        d = ir_batch_add(b, NULL, IR_KIND_EXCEPTION);
        b->in_first[b->n - 1] = true;
        ir_bodyw_text(&d->body, 1, "unapproved");
        ir_bodyw_text(&d->body, 2, s->reason);
        ir_bodyw_text(&d->body, 5, "1");
    }
}

static int
declare(struct ir_ctx *c, struct start *s, uint8_t id[IR_ID_BYTES])
{
    struct ir_batch b = {0};
    struct ir_case k = {0};
    int rc;

    draft_declare(s, &b);
    b.use_first = true;
    rc = ir_batch_commit(c, &b);
    if (rc != IR_OK) {
        free(c->again);
        c->again = ir_asprintf("ir start %s --began ...", s->sys);
        return rc;
    }
    memcpy(id, b.ids[0], IR_ID_BYTES);
    rc = ir_case_load(c, id, 0, &k);
    if (rc == IR_OK)
        ir_batch_say(c, &k, &b);
    ir_case_done(&k);
    return rc;
}

static int
parse(struct ir_ctx *c, int argc, char **argv, struct start *s)
{
    const struct ir_opt opts[] = {
        {"var", 0, NULL, NULL, s->vars, &s->vars_n},
        {"unapproved", 0, &s->unapproved, NULL, NULL, NULL},
        {"began", 0, &s->began, NULL, NULL, NULL},
        {"title", 0, &s->title, NULL, NULL, NULL},
        {"new", 0, NULL, &s->fresh, NULL, NULL},
        {"exercise", 0, NULL, &s->exercise, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 2, "start", &c->err);
    if (n > 0)
        s->system = argv[1];
    if (n > 1)
        s->scenario = argv[2];
    return rc;
}

static int
begin(struct ir_ctx *c, struct start *s, uint8_t id[IR_ID_BYTES])
{
    int rc = choose_release(c, s);

    if (rc == IR_OK) {
        ir_ctx_site(c, s->manifest);
        rc = ir_start_system(c, s->manifest, s->system, &s->sys);
    }
    if (rc == IR_OK && s->scenario != NULL)
        rc = ir_start_scenario(c, s->manifest, s->sys, s->scenario, &s->plan);
    if (rc == IR_OK && !s->fresh)
        rc = find_open(c, s->sys, s->plan, s->exercise, id, &s->joined);
    if (rc != IR_OK || s->joined)
        return rc;
    ir_ctx_site(c, s->manifest);
    if (s->plan == NULL)
        rc = ir_start_scenario(c, s->manifest, s->sys, NULL, &s->plan);
    assert(rc != IR_OK || s->plan != NULL);
    if (rc == IR_OK)
        rc = began(c, s);
    if (rc == IR_OK)
        rc = variables(c, s);
    return rc == IR_OK ? declare(c, s, id) : rc;
}

/* Without a release in use there may still be an open incident to go on with:
 * look before anything is compiled. */
static int
open_first(struct ir_ctx *c, struct start *s, uint8_t id[IR_ID_BYTES])
{
    if (s->fresh || s->system == NULL || s->scenario != NULL)
        return IR_OK;
    return find_open(c, s->system, NULL, s->exercise, id, &s->joined);
}

/* Go on with an open incident: it becomes the one in use, and what was said
 * for a new one is not kept silently. */
static int
join_open(struct ir_ctx *c, const struct start *s,
          const uint8_t id[IR_ID_BYTES])
{
    char hex[2 * IR_ID_BYTES + 1], name[8];

    ir_hex(id, IR_ID_BYTES, hex);
    ir_incident_name(id, name);
    (void)ir_store_setting_put(c->st, "incident", hex, NULL);
    if (s->began != NULL || s->vars_n > 0 || s->title != NULL)
        ir_buf_addf(&c->talk,
                    _(" NOT recorded: --began, --var and --title are for a new "
                      "incident; %s is open already. Use ir ask, ir note, or "
                      "--new.\n"),
                    name);
    if (c->json) {
        struct ir_json *j = ir_json_new_obj();

        ir_json_set_str(j, "id", hex);
        ir_json_set_str(j, "incident", name);
        ir_json_set_bool(j, "joined", true);
        ir_cmd_json_take(c, j);
    }
    return IR_OK;
}

int
ir_cmd_start(struct ir_ctx *c, int argc, char **argv)
{
    struct start s = {0};
    uint8_t id[IR_ID_BYTES];
    size_t i;
    int rc = parse(c, argc, argv, &s);

    c->signed_only = true;
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        ir_own_revoked_say(c);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK && ir_trust_current(&c->trust) == NULL)
        rc = open_first(c, &s, id);
    if (rc == IR_OK && !s.joined)
        rc = begin(c, &s, id);
    if (rc == IR_OK && s.joined)
        rc = join_open(c, &s, id);
    if (rc == IR_OK && !c->json && !c->in_walk) {
        ir_ctx_flush(c);
        rc = ir_walk_run(c, id);
    }
    for (i = 0; i < s.answers_n; i++)
        free((void *)(uintptr_t)s.answers[i].value);
    free(s.sys);
    free(s.reason);
    return rc;
}
