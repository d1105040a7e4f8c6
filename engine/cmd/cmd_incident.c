/* cmd_incident.c: the life of an incident: list, use, join, link, add,
 * severity, contained, restored, close, reopen.
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/commands.h"
#include "cmd/start.h"
#include "view/menu.h"
#include "view/refusal.h"
#include "view/status.h"

#include <stdlib.h>
#include <string.h>

enum op {
    OP_JOIN = 2,
    OP_SEVERITY = 3,
    OP_CONTAINED = 4,
    OP_RESTORED = 5,
    OP_CLOSE = 6,
    OP_REOPEN = 7,
    OP_LINK = 8,
    OP_ADD = 10,
};

static const struct ir_json *
system_of(const char *id, void *arg)
{
    struct ir_ctx *c = arg;
    const struct ir_release *r = ir_trust_current(&c->trust);
    const struct ir_json *j = NULL;

    if (r == NULL && c->trust.releases_n > 0)
        r = &c->trust.releases[c->trust.releases_n - 1];
    if (r == NULL ||
        ir_library_json(&c->lib, r->manifest, "system", id, &j, NULL) != IR_OK)
        return NULL;
    return j;
}

void
ir_cmd_systems(struct ir_ctx *c)
{
    c->view.system_of = c->talk_view.system_of = system_of;
    c->view.system_arg = c->talk_view.system_arg = c;
}

int
ir_cmd_list(struct ir_ctx *c, int argc, char **argv)
{
    bool all = false;
    const struct ir_opt opts[] = {{"all", 'a', NULL, &all, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    const struct ir_incident **shown = NULL;
    struct ir_case *cases = NULL;
    uint8_t(*ids)[IR_ID_BYTES] = NULL, current[IR_ID_BYTES];
    size_t n = 0, i, m = 0, kept = 0;
    char *used;
    bool have = false;
    int words = 0, rc = ir_args(argc, argv, opts, &words, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(words, 0, 0, "list", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc != IR_OK)
        return rc;
    ir_ctx_me_soft(c);
    ir_cmd_systems(c);
    rc = all ? ir_store_incidents(c->st, &ids, &n, &c->err)
             : ir_case_not_closed(c, &ids, &n);
    cases = ir_calloc(n, sizeof *cases);
    shown = ir_calloc(n, sizeof(struct ir_incident *));
    for (i = 0; i < n && rc == IR_OK; i++) {
        if (ir_case_load(c, ids[i], 0, &cases[kept]) != IR_OK)
            continue;
        if (all || cases[kept].inc->state != IR_INC_CLOSED)
            shown[m++] = ir_case_slim(&cases[kept]);
        kept++;
    }
    used = ir_store_setting(c->st, "incident");
    have = used != NULL && ir_scan_hex(used, current, 32, NULL) == IR_OK;
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, ir_view_incidents_json(&c->view, shown, m));
    else if (rc == IR_OK)
        ir_view_incidents(&c->view, shown, m, have ? current : NULL, &c->out);
    memset(&c->err, 0, sizeof c->err);
    for (i = 0; i < kept; i++)
        ir_case_done(&cases[i]);
    free(used);
    free(cases);
    free(shown);
    free(ids);
    return rc;
}

int
ir_cmd_use(struct ir_ctx *c, int argc, char **argv)
{
    uint8_t declare[IR_ID_BYTES];
    char hex[2 * IR_ID_BYTES + 1], name[8];
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "use", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_case_find(c, argv[1], declare);
    if (rc != IR_OK)
        return rc;
    ir_hex(declare, IR_ID_BYTES, hex);
    rc = ir_store_setting_put(c->st, "incident", hex, &c->err);
    ir_incident_name(declare, name);
    if (rc == IR_OK && c->json) {
        struct ir_json *j = ir_json_new_obj();

        ir_json_set_str(j, "id", hex);
        ir_json_set_str(j, "incident", name);
        ir_cmd_json_take(c, j);
    } else if (rc == IR_OK) {
        ir_buf_addf(&c->out, _("In use: %s\n"), name);
    }
    return rc;
}

/* One incident entry with an operation and what goes with it. */
static struct ir_draft *
op_draft(struct ir_batch *b, const struct ir_case *k, enum op op)
{
    struct ir_draft *d = ir_batch_add(b, k, IR_KIND_INCIDENT);

    ir_bodyw_uint(&d->body, 1, op);
    return d;
}

int
ir_cmd_join(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_case k = {0};
    struct ir_batch b = {0};
    char hex[2 * IR_ID_BYTES + 1];
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "join", &c->err);
    if (n == 1)
        c->incident = argv[1];
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK) {
        (void)op_draft(&b, &k, OP_JOIN);
        rc = ir_batch_record(c, &k, &b, NULL);
    }
    if (rc == IR_OK) {
        ir_hex(k.inc->declare, IR_ID_BYTES, hex);
        rc = ir_store_setting_put(c->st, "incident", hex, &c->err);
    }
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_link(struct ir_ctx *c, int argc, char **argv)
{
    uint8_t other[IR_ID_BYTES];
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "link", &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_case_find(c, argv[1], other);
    if (rc == IR_OK && memcmp(other, k.inc->declare, IR_ID_BYTES) == 0)
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("that is the incident in use itself"));
    if (rc == IR_OK) {
        d = op_draft(&b, &k, OP_LINK);
        memcpy(d->refs[0], other, IR_ID_BYTES);
        d->refs_n = 1;
        rc = ir_batch_record(c, &k, &b, NULL);
    }
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_severity(struct ir_ctx *c, int argc, char **argv)
{
    const char *reason = NULL;
    const struct ir_opt opts[] = {{"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *why = NULL;
    int64_t level = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "severity", &c->err);
    if (rc == IR_OK)
        rc = ir_scan_int(argv[1], 1, 4, &level, &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_reason(c, reason, IR_WHY_SEVERITY, &why);
    if (rc == IR_OK) {
        d = op_draft(&b, &k, OP_SEVERITY);
        ir_bodyw_uint(&d->body, 5, (uint64_t)level);
        ir_bodyw_text(&d->body, 6, why);
        rc = ir_batch_record(c, &k, &b, NULL);
    }
    free(why);
    ir_case_done(&k);
    return rc;
}

/* `contained`, `restored`, `reopen`: one word, maybe when it happened. */
static int
state_op(struct ir_ctx *c, int argc, char **argv, enum op op,
         const char *command)
{
    const char *at = NULL, *reason = NULL;
    const struct ir_opt opts[] = {{"at", 0, &at, NULL, NULL, NULL},
                                  {"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, command, &c->err);
    if (n == 1)
        c->incident = argv[1];
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK && op == OP_REOPEN && k.inc->state != IR_INC_CLOSED)
        rc = ir_fail(&c->err, IR_EREFUSED, _("%s is not closed"), k.inc->name);
    if (rc == IR_OK) {
        d = op_draft(&b, &k, op);
        ir_bodyw_text(&d->body, 6, reason);
        rc = ir_draft_at(c, d, at);
        if (rc == IR_OK)
            rc = ir_batch_record(c, &k, &b, NULL);
        else
            ir_batch_done(&b);
    }
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_contained(struct ir_ctx *c, int argc, char **argv)
{
    return state_op(c, argc, argv, OP_CONTAINED, "contained");
}

int
ir_cmd_restored(struct ir_ctx *c, int argc, char **argv)
{
    return state_op(c, argc, argv, OP_RESTORED, "restored");
}

int
ir_cmd_reopen(struct ir_ctx *c, int argc, char **argv)
{
    return state_op(c, argc, argv, OP_REOPEN, "reopen");
}

struct reasons {
    struct ir_view_reason v[64];
    size_t n;
};

static void
collect(const char *text, const char *hint, void *arg)
{
    struct reasons *r = arg;

    if (r->n < 64) {
        r->v[r->n].text = ir_strdup(text);
        r->v[r->n++].hint = ir_strdup(hint != NULL ? hint : "");
    }
}

/* Say why it does not close: all reasons, or the first one as JSON's. */
static void
say_reasons(struct ir_ctx *c, const struct ir_case *k, struct reasons *r)
{
    char *intro = ir_asprintf(_("%s does not close yet:"), k->inc->name);
    size_t i;

    if (r->n > 0 && c->json) {
        struct ir_buf all = {0};

        for (i = 0; i < r->n; i++)
            ir_buf_addf(&all, "%s%s", i > 0 ? "; " : "", r->v[i].text);
        ir_fail(&c->err, IR_EREFUSED, "%s %s", intro, ir_buf_str(&all));
        ir_err_hint(&c->err, "%s", r->v[0].hint);
        ir_buf_done(&all);
    } else if (r->n > 0) {
        ir_view_reasons(&c->talk_view, intro, r->v, r->n, &c->talk);
        memset(&c->err, 0, sizeof c->err);
    }
    for (i = 0; i < r->n; i++) {
        free((void *)(uintptr_t)r->v[i].text);
        free((void *)(uintptr_t)r->v[i].hint);
    }
    free(intro);
}

int
ir_cmd_close(struct ir_ctx *c, int argc, char **argv)
{
    const char *at = NULL, *text = NULL;
    const struct ir_opt opts[] = {{"at", 0, &at, NULL, NULL, NULL},
                                  {"reason", 'r', &text, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct reasons why = {.n = 0};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "close", &c->err);
    if (n == 1)
        c->incident = argv[1];
    if (rc == IR_OK)
        rc = ir_cmd_begin_signed(c, &k);
    if (rc == IR_OK && k.inc->state == IR_INC_CLOSED)
        rc =
            ir_fail(&c->err, IR_EEXIST, _("%s is closed already"), k.inc->name);
    if (rc == IR_OK) {
        rc = ir_incident_may_close(k.inc, &c->trust, collect, &why);
        if (rc != IR_OK)
            say_reasons(c, &k, &why);
    }
    if (rc == IR_OK) {
        d = op_draft(&b, &k, OP_CLOSE);
        ir_bodyw_text(&d->body, 6, text);
        rc = ir_draft_at(c, d, at);
        if (rc == IR_OK)
            rc = ir_batch_record(c, &k, &b, NULL);
        else
            ir_batch_done(&b);
    }
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_add(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_plan *plan = NULL;
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *system = NULL;
    bool common;
    int last = 0, n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);
    size_t i;

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 2, "add", &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK && !k.inc->has_manifest)
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("this incident has no release of runbooks"));
    common =
        rc == IR_OK && k.inc->system != NULL && strcmp(argv[1], "common") == 0;
    if (common) /* of every system, so of this incident's own */
        system = ir_strdup(k.inc->system);
    else if (rc == IR_OK)
        rc = ir_start_system(c, k.inc->manifest, argv[1], &system);
    if (rc == IR_OK)
        rc = ir_start_scenario(c, k.inc->manifest, common ? "common" : system,
                               n > 1 ? argv[2] : NULL, &plan);
    for (i = 0; rc == IR_OK && i < k.inc->instances_n; i++)
        if (k.inc->instances[i].number > last)
            last = k.inc->instances[i].number;
    if (rc == IR_OK) {
        d = op_draft(&b, &k, OP_ADD);
        ir_bodyw_text(&d->body, 2, system);
        ir_bodyw_bytes(&d->body, 4, plan->digest, 32);
        ir_bodyw_uint(&d->body, 9, (uint64_t)last + 1);
        rc = ir_batch_record(c, &k, &b, NULL);
    }
    free(system);
    ir_case_done(&k);
    return rc;
}
