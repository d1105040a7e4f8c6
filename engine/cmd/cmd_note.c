/* cmd_note.c: `ir note`, `decide`, `amend`, `redact`: words into the record.
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/audience.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "view/menu.h"

#include <stdlib.h>
#include <string.h>

/* What to type later, with the moment it was tried at, or the one that was
 * meant where "20m ago" was said. Such a moment names its offset: the site's
 * zone may not be known here. */
static char *
again_text(struct ir_ctx *c, const char *at)
{
    int64_t ms = c->view.now_ms, later = 0;
    char when[40];
    int prec;

    if (at != NULL &&
        (ir_time_parse(at, c->view.now_ms, &ms, &prec, NULL) != IR_OK ||
         ir_time_parse(at, c->view.now_ms + 60000, &later, &prec, NULL) !=
             IR_OK ||
         later == ms))
        return ir_asprintf("ir note --at \"%s\" \"...\"", at);
    ir_time_rfc3339(ms, when, sizeof when);
    memmove(when + 16, when + 19, strlen(when + 19) + 1); /* to the minute */
    return ir_asprintf("ir note --at %s \"...\"", when);
}

/* Open for a note: inside an incident where there is one, else outside. */
static int
begin_maybe(struct ir_ctx *c, struct ir_case *k, bool *inside)
{
    /* a note is written down while others talk: quickly */
    bool bare = c->st == NULL && !c->json;
    int rc = ir_ctx_open(c, true);

    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc != IR_OK)
        return rc;
    rc = bare ? ir_case_bare(c, k) : ir_case_current(c, 0, k);
    *inside = rc == IR_OK;
    if (rc == IR_ENOTFOUND && c->incident == NULL) {
        memset(&c->err, 0, sizeof c->err);
        rc = IR_OK;
    }
    return rc;
}

int
ir_cmd_note(struct ir_ctx *c, int argc, char **argv)
{
    const char *at = NULL, *w[5] = {NULL}, *about = NULL, *audience = NULL;
    const struct ir_opt opts[] = {{"at", 0, &at, NULL, NULL, NULL},
                                  {"who", 0, &w[0], NULL, NULL, NULL},
                                  {"what", 0, &w[1], NULL, NULL, NULL},
                                  {"where", 0, &w[2], NULL, NULL, NULL},
                                  {"why", 0, &w[3], NULL, NULL, NULL},
                                  {"how", 0, &w[4], NULL, NULL, NULL},
                                  {"about", 0, &about, NULL, NULL, NULL},
                                  {"audience", 0, &audience, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    bool inside = false;
    char *again = NULL, *joined = NULL;
    int n = 0, i, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 1, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "note", &c->err);
    if (rc != IR_OK)
        return rc;
    if (argv[1][strspn(argv[1], " \t\n")] == '\0')
        return ir_fail(&c->err, IR_EUSAGE, _("an empty note says nothing"));
    c->again = again_text(c, at);
    rc = begin_maybe(c, &k, &inside);
    again = again_text(c, at); /* in the site's time zone now */
    if (rc == IR_OK) {
        d = ir_batch_add(&b, inside ? &k : NULL, IR_KIND_NOTE);
        ir_bodyw_text(&d->body, 1, argv[1]);
        for (i = 0; i < 5; i++)
            ir_bodyw_text(&d->body, 2 + i, w[i]);
        rc = ir_draft_at(c, d, at);
        if (rc == IR_OK && audience != NULL)
            rc = ir_audience_seal(c, audience, &d->seal);
        if (rc == IR_OK && about != NULL) {
            rc = ir_cmd_entry_id(c, about, d->refs[0]);
            d->refs_n = 1;
        }
    }
    if (rc == IR_OK)
        rc = ir_batch_record(c, inside ? &k : NULL, &b, again);
    else
        ir_batch_done(&b);
    free(again);
    free(joined);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_decide(struct ir_ctx *c, int argc, char **argv)
{
    const char *reason = NULL, *at = NULL, *known = NULL, *chosen = NULL;
    const char *audience = NULL;
    const char *options[IR_ARGS_REPEAT_MAX];
    size_t options_n = 0;
    const struct ir_opt opts[] = {
        {"reason", 'r', &reason, NULL, NULL, NULL},
        {"at", 0, &at, NULL, NULL, NULL},
        {"known", 0, &known, NULL, NULL, NULL},
        {"chosen", 0, &chosen, NULL, NULL, NULL},
        {"option", 0, NULL, NULL, options, &options_n},
        {"audience", 0, &audience, NULL, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *why = NULL, *joined = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 1, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "decide", &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_reason(c, reason, IR_WHY_DECISION, &why);
    if (rc == IR_OK) {
        d = ir_batch_add(&b, &k, IR_KIND_DECISION);
        ir_bodyw_text(&d->body, 1, argv[1]);
        ir_bodyw_texts(&d->body, 2, options, options_n);
        ir_bodyw_text(&d->body, 3, chosen);
        ir_bodyw_text(&d->body, 4, why);
        ir_bodyw_text(&d->body, 5, known);
        rc = ir_draft_at(c, d, at);
        if (rc == IR_OK && audience != NULL)
            rc = ir_audience_seal(c, audience, &d->seal);
        if (rc == IR_OK)
            rc = ir_batch_record(c, &k, &b, NULL);
        else
            ir_batch_done(&b);
    }
    free(why);
    free(joined);
    ir_case_done(&k);
    return rc;
}

/* The entry a word names, and the incident it is in (if any). */
static int
load_target(struct ir_ctx *c, const char *hex, struct ir_log *log,
            struct ir_case *k)
{
    uint8_t id[IR_ID_BYTES], declare[IR_ID_BYTES];
    char name[2 * IR_INCIDENT_BYTES + 1];
    int rc = ir_cmd_entry_id(c, hex, id);

    if (rc == IR_OK)
        rc = ir_store_load_id(c->st, id, log, &c->err);
    if (rc != IR_OK ||
        (!log->e[0].h.has_incident && log->e[0].h.kind != IR_KIND_INCIDENT))
        return rc;
    memset(declare, 0, sizeof declare);
    if (log->e[0].h.has_incident)
        memcpy(declare, log->e[0].h.incident, IR_INCIDENT_BYTES);
    else
        memcpy(declare, id, IR_ID_BYTES);
    ir_hex(declare, IR_INCIDENT_BYTES, name);
    rc = ir_case_find(c, name, declare);
    return rc == IR_OK ? ir_case_load(c, declare, 0, k) : rc;
}

int
ir_cmd_amend(struct ir_ctx *c, int argc, char **argv)
{
    const char *field = NULL;
    const struct ir_opt opts[] = {{"field", 0, &field, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_log log = {0};
    struct ir_draft *d;
    char *joined = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 2, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 2, 2, "amend", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = load_target(c, argv[1], &log, &k);
    if (rc == IR_OK) {
        d = ir_batch_add(&b, k.inc != NULL ? &k : NULL, IR_KIND_AMEND);
        ir_bodyw_text(&d->body, 1, argv[2]);
        ir_bodyw_text(&d->body, 2, field);
        memcpy(d->refs[0], log.e[0].id, IR_ID_BYTES);
        d->refs_n = 1;
        if (log.e[0].h.sealed) /* what is right is read by the same people */
            rc = ir_audience_seal_for(c, log.e[0].h.audience, NULL, &d->seal);
        if (rc == IR_OK)
            rc = ir_batch_record(c, k.inc != NULL ? &k : NULL, &b, NULL);
        else
            ir_batch_done(&b);
    }
    free(joined);
    ir_log_done(&log);
    ir_case_done(&k);
    return rc;
}

/* May this entry's text go? State-bearing ones and stubs may not. */
static int
check_redact(struct ir_ctx *c, const struct ir_entry *e)
{
    const struct ir_kind *kind = ir_kind_get(e->h.kind);

    if (kind == NULL || kind->state_bearing)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("an entry of kind \"%s\" carries the incident's "
                         "state: its text cannot be taken away"),
                       kind != NULL ? kind->name : "?");
    if (e->b == NULL)
        return ir_fail(&c->err, IR_EEXIST, _("its text is gone already"));
    return IR_OK;
}

int
ir_cmd_redact(struct ir_ctx *c, int argc, char **argv)
{
    const char *reason = NULL, *authority = NULL;
    bool erase = false;
    const struct ir_opt opts[] = {
        {"reason", 'r', &reason, NULL, NULL, NULL},
        {"authority", 0, &authority, NULL, NULL, NULL},
        {"erase", 0, NULL, &erase, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_log log = {0};
    struct ir_draft *d;
    char *why = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "redact", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = load_target(c, argv[1], &log, &k);
    if (rc == IR_OK)
        rc = check_redact(c, &log.e[0]);
    if (rc == IR_OK)
        rc = ir_reason(c, reason, 0, &why);
    if (rc == IR_OK && erase &&
        !ir_ctx_yes(c, _("Erase this text for good?"), false)) {
        rc = ir_fail(&c->err, IR_EUSAGE, _("nothing was erased"));
        ir_err_hint(&c->err, "--yes");
    }
    if (rc == IR_OK) {
        d = ir_batch_add(&b, k.inc != NULL ? &k : NULL, IR_KIND_REDACT);
        ir_bodyw_text(&d->body, 1, why);
        ir_bodyw_text(&d->body, 2,
                      authority != NULL ? authority
                                        : c->trust.members[c->me].handle);
        ir_bodyw_uint(&d->body, 3, erase ? 2 : 1);
        memcpy(d->refs[0], log.e[0].id, IR_ID_BYTES);
        d->refs_n = 1;
        rc = ir_batch_record(c, k.inc != NULL ? &k : NULL, &b, NULL);
        if (rc == IR_OK && erase)
            rc = ir_store_body_erase(c->st, log.e[0].id, b.ids[0], &c->err);
    }
    free(why);
    ir_log_done(&log);
    ir_case_done(&k);
    return rc;
}
