/* cmd_two.c: `ir approve` and `ir deny`: the second of two people. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/act.h"
#include "cmd/commands.h"
#include "view/menu.h"
#include "view/walk.h"

#include <stdlib.h>
#include <string.h>

/* The open request for what `name` means: a step, or the request's own id.
 *
 * Errors: IR_ENOTFOUND.
 */
static int
find_request(struct ir_ctx *c, const struct ir_case *k, const char *name,
             const struct ir_irequest **out)
{
    char hex[2 * IR_ID_BYTES + 1];
    size_t j, i = 0;
    const char *path = NULL;

    *out = NULL;
    if (ir_incident_step(k->inc, name, &i, NULL) == IR_OK)
        path = k->inc->steps[i].path;
    for (j = 0; j < k->inc->requests_n; j++) {
        const struct ir_irequest *r = &k->inc->requests[j];

        ir_hex(r->entry, IR_ID_BYTES, hex);
        if ((path != NULL && strcmp(r->path, path) == 0) ||
            (strlen(name) >= 4 && strncmp(hex, name, strlen(name)) == 0))
            if (!r->used && !r->denied && !r->cancelled && r->approved_by < 0)
                *out = r;
    }
    if (*out != NULL)
        return IR_OK;
    ir_fail(&c->err, IR_ENOTFOUND, _("nobody has asked for \"%.60s\""), name);
    ir_err_hint(&c->err, "ir status");
    return IR_ENOTFOUND;
}

static int
answer(struct ir_ctx *c, struct ir_case *k, const struct ir_irequest *r,
       bool yes, const char *reason)
{
    struct ir_batch b = {0};
    struct ir_draft *d = ir_batch_add(&b, k, IR_KIND_APPROVAL);

    ir_bodyw_uint(&d->body, 1, yes ? 1 : 2);
    ir_bodyw_bytes(&d->body, 2, r->entry, IR_ID_BYTES);
    ir_bodyw_text(&d->body, 3, reason);
    memcpy(d->refs[0], r->entry, IR_ID_BYTES);
    d->refs_n = 1;
    return ir_batch_record(c, k, &b, NULL);
}

/* Is what was asked for what the step is now: its plan, its command with the
 * variables as they stand? The words of a request are its author's own.
 */
static int
check_same(struct ir_ctx *c, const struct ir_case *k,
           const struct ir_irequest *r, size_t *i)
{
    const struct ir_istep *s;
    uint8_t digest[IR_HASH_BYTES];

    if (ir_incident_step(k->inc, r->path, i, NULL) == IR_OK) {
        s = &k->inc->steps[*i];
        ir_incident_argv_digest(k->inc, *i, digest);
        if (s->plan != NULL && s->iteration == r->iteration &&
            memcmp(s->plan->digest, r->plan, sizeof digest) == 0 &&
            memcmp(digest, r->argv_digest, sizeof digest) == 0)
            return IR_OK;
    }
    ir_fail(&c->err, IR_EREFUSED,
            _("what was asked for is not what %s does now"), r->path);
    ir_err_hint(&c->err, _("the first person asks again: ir run %s"), r->path);
    return IR_EREFUSED;
}

static int
check_second(struct ir_ctx *c, const struct ir_irequest *r)
{
    struct ir_now now;

    ir_clock_now(&now);
    if (r->by == c->me) {
        ir_fail(&c->err, IR_EREFUSED,
                _("you asked for this yourself: it takes somebody else"));
        ir_err_hint(&c->err,
                    ir_ctx_shared(c) ? _("ir --as NAME approve %s")
                                     : _("on their own device:  ir approve %s"),
                    r->path);
        return IR_EREFUSED;
    }
    if (r->expired || now.wall_ms > r->expires_ms) {
        ir_fail(&c->err, IR_EREFUSED, _("the request has run out"));
        ir_err_hint(&c->err, _("the first person asks again: ir run %s"),
                    r->path);
        return IR_EREFUSED;
    }
    return IR_OK;
}

int
ir_cmd_approve(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_irequest *r = NULL;
    struct ir_case k = {0};
    size_t i = 0;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "approve", &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin_signed(c, &k);
    if (rc == IR_OK)
        rc = find_request(c, &k, argv[1], &r);
    if (rc == IR_OK)
        rc = check_second(c, r);
    if (rc == IR_OK)
        rc = check_same(c, &k, r, &i);
    if (rc == IR_OK) {
        const struct ir_step *s = k.inc->steps[i].step;
        char *what = s != NULL && s->argv_n > 0
                         ? ir_view_argv(&c->talk_view, k.inc, s)
                         : ir_view_safe(&c->talk_view, r->what);
        char *q = ir_asprintf(_("Approve:  %s  ?"), what);

        if (!ir_ctx_yes(c, q, !ir_ctx_can_ask(c)))
            rc = ir_fail(&c->err, IR_EUSAGE, _("nothing was approved"));
        free(q);
        free(what);
    }
    if (rc == IR_OK)
        rc = answer(c, &k, r, true, NULL);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_deny(struct ir_ctx *c, int argc, char **argv)
{
    const char *reason = NULL;
    const struct ir_opt opts[] = {{"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    const struct ir_irequest *r = NULL;
    struct ir_case k = {0};
    char *why = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "deny", &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin_signed(c, &k);
    if (rc == IR_OK)
        rc = find_request(c, &k, argv[1], &r);
    if (rc == IR_OK)
        rc = ir_reason(c, reason, IR_WHY_DENY, &why);
    if (rc == IR_OK)
        rc = answer(c, &k, r, false, why);
    free(why);
    ir_case_done(&k);
    return rc;
}
