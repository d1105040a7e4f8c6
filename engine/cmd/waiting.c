/* waiting.c: what waits for who acts besides alerts, see alerts.h. */
#include "base/i18n.h"
#include "cmd/alerts.h"

#include <stdlib.h>
#include <string.h>

/* The command, with the incident where it is not the only one. */
static char *
command(const struct ir_incident *inc, bool several, const char *verb,
        const char *what)
{
    return several
               ? ir_asprintf("ir --incident %s %s %s", inc->name, verb, what)
               : ir_asprintf("ir %s %s", verb, what);
}

size_t
ir_waiting_in(struct ir_ctx *c, const struct ir_incident *inc, bool several,
              struct ir_home_line *out, size_t max)
{
    size_t i, n = 0;

    for (i = 0; i < inc->requests_n && n < max; i++) {
        const struct ir_irequest *r = &inc->requests[i];
        char *what, *who, *at;

        if (r->by == c->me || !ir_request_open(r))
            continue;
        what = ir_view_safe(&c->view, r->what);
        who = ir_view_member(&c->view, r->by, false);
        at = ir_view_time(&c->view, r->expires_ms);
        out[n].text =
            ir_asprintf(_("%s asks for approval until %s: %s"), who, at, what);
        out[n++].command = command(inc, several, "approve", r->path);
        free(what);
        free(who);
        free(at);
    }
    for (i = 0; i < inc->roles_n && n < max; i++) {
        char *role;

        if (c->me < 0 || inc->roles[i].offered_to != c->me)
            continue;
        role = ir_view_role(&c->view, inc->roles[i].role);
        out[n].text = ir_asprintf(_("you are offered the role: %s"), role);
        out[n++].command =
            command(inc, several, "role accept", inc->roles[i].role);
        free(role);
    }
    return n + ir_waiting_calls(c, inc, several, out + n, max - n);
}

size_t
ir_waiting_all(struct ir_ctx *c, struct ir_home_line *out, size_t max)
{
    struct ir_err keep = c->err;
    uint8_t(*ids)[IR_ID_BYTES] = NULL;
    size_t all = 0, i, n = 0;

    if (ir_case_not_closed(c, &ids, &all) != IR_OK)
        all = 0;
    for (i = all; i > 0; i--) {
        struct ir_case k;

        if (ir_case_load(c, ids[i - 1], 0, &k) != IR_OK)
            continue;
        if (k.inc->state != IR_INC_CLOSED)
            n += ir_waiting_in(c, k.inc, all > 1, out + n, max - n);
        ir_case_done(&k);
    }
    free(ids);
    c->err = keep;
    return n;
}

void
ir_waiting_done(struct ir_home_line *l, size_t n)
{
    while (n-- > 0) {
        free((void *)(uintptr_t)l[n].text);
        free((void *)(uintptr_t)l[n].command);
    }
}
