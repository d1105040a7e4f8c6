/* callwait.c: what a call for a commander leaves to do, for who accepted it,
 * who acts meanwhile, and who called; see alerts.h, ir_waiting_in.
 */
#include "base/i18n.h"
#include "cmd/callrun.h"
#include "core/body.h"

#include <stdlib.h>
#include <string.h>

static const char commander[] = "commander";

static bool
is_alert_of(const struct ir_entry *e, const struct ir_incident *inc)
{
    return e->h.kind == IR_KIND_ALERT && e->h.has_incident &&
           memcmp(e->h.incident, inc->id, IR_INCIDENT_BYTES) == 0;
}

/* Does an alert of that incident call down a tree that commands? Read without
 * folding anything, for most incidents have none. */
static bool
has_call(struct ir_ctx *c, const struct ir_incident *inc)
{
    struct ir_log log = {0};
    struct ir_body_item item;
    size_t i, at;
    bool found = false;

    if (ir_store_load_flash(c->st, &log, NULL) != IR_OK)
        return false;
    for (i = 0; i < log.n && !found; i++)
        for (at = 0; is_alert_of(&log.e[i], inc) &&
                     ir_body_each(&log.e[i], 7, &at, &item);) {
            char *to = ir_strndup((const char *)item.p, item.len);

            found |=
                strncmp(to, "tree:", 5) == 0 &&
                ir_tree_commands(c, ir_view_contact(&c->view, "trees", to + 5));
            free(to);
        }
    ir_log_done(&log);
    return found;
}

/* Did a member accept, by their own word or by somebody's who reached them? A
 * claim makes nobody commander. */
static bool
has_accepted(const struct ir_callrun *r, int who)
{
    size_t i;

    for (i = 0; i < r->view.n; i++) {
        const struct ir_vcall_row *row = &r->view.rows[i];
        size_t at = (size_t)(row->r - r->x->to.r);

        if (r->x->to.who[at].member == who &&
            row->p->answer == IR_CALL_ACCEPTED && !row->p->claimed)
            return true;
    }
    return false;
}

static struct ir_home_line
line(const struct ir_incident *inc, bool several, char *text, char *command)
{
    struct ir_home_line l = {.text = text};

    if (!several) {
        l.command = ir_asprintf("ir %s", command);
    } else {
        l.command = ir_asprintf("ir --incident %s %s", inc->name, command);
    }
    free(command);
    return l;
}

/* The member, other than who acts, who has accepted; -1 nobody. */
static int
who_accepted(const struct ir_callrun *r)
{
    size_t i;

    for (i = 0; i < r->c->trust.members_n; i++)
        if ((int)i != r->c->me && r->c->trust.members[i].active &&
            has_accepted(r, (int)i))
            return (int)i;
    return -1;
}

static size_t
one_call(struct ir_callrun *r, const struct ir_incident *inc, bool several,
         struct ir_home_line *out)
{
    struct ir_ctx *c = r->c;
    const struct ir_irole *role = NULL;
    int other = who_accepted(r);
    size_t i;

    for (i = 0; i < inc->roles_n; i++)
        if (strcmp(inc->roles[i].role, commander) == 0 &&
            inc->roles[i].member >= 0)
            role = &inc->roles[i];
    if (role == NULL && has_accepted(r, c->me)) {
        *out = line(inc, several, ir_strdup(_("you accepted to command")),
                    ir_strdup("role take commander"));
        return 1;
    }
    if (role == NULL && r->view.mine && r->view.state == IR_VCALL_TRIED) {
        *out = line(inc, several, ir_strdup(_("nobody accepted to command")),
                    ir_strdup(_("role act commander -r \"nobody reached\"")));
        return 1;
    }
    if (role != NULL && role->acting && role->member == c->me &&
        role->offered_to < 0 && other >= 0) {
        char *name = ir_view_member(&c->view, other, false);

        *out = line(inc, several,
                    ir_asprintf(_("%s accepted to command: brief them, then "
                                  "hand over"),
                                name),
                    ir_asprintf("role offer commander %s",
                                c->trust.members[other].handle));
        free(name);
        return 1;
    }
    return 0;
}

size_t
ir_waiting_calls(struct ir_ctx *c, const struct ir_incident *inc, bool several,
                 struct ir_home_line *out, size_t max)
{
    struct ir_err keep = c->err;
    struct ir_callwhich which = {.tree = NULL};
    struct ir_callrun r = {.c = c};
    size_t i, n = 0;
    int holder = ir_incident_role(inc, commander);

    if (max == 0 || c->me < 0 || (holder >= 0 && holder != c->me) ||
        !has_call(c, inc) || ir_callrun_load(c, &which, &r) != IR_OK) {
        ir_callrun_done(&r);
        c->err = keep;
        return 0;
    }
    for (i = r.o.n; i > 0 && n == 0; i--) {
        struct ir_outgoing *x = &r.o.v[i - 1];

        if (x->tree.json == NULL || !x->row->a->has_incident ||
            memcmp(x->row->a->incident, inc->id, IR_INCIDENT_BYTES) != 0)
            continue;
        ir_callrun_view(&r, x);
        if (r.view.commands && r.view.state != IR_VCALL_ENDED)
            n = one_call(&r, inc, several, out);
    }
    ir_callrun_done(&r);
    c->err = keep;
    return n;
}
