/* cmd_role.c: `ir role` and `ir who`: who leads, who writes, who acts. */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "view/people.h"

#include <stdlib.h>
#include <string.h>

enum role_op {
    ROLE_OFFER = 1,
    ROLE_ACCEPT = 2,
    ROLE_TAKE = 3,
    ROLE_RELEASE = 4,
    ROLE_ACT = 5,
};

/* Read-only lists of people share this. */
static int
list(struct ir_ctx *c, int argc, char **argv, const char *command,
     void (*text)(const struct ir_view *, const struct ir_incident *,
                  struct ir_buf *),
     struct ir_json *(*json)(const struct ir_view *,
                             const struct ir_incident *))
{
    struct ir_case k = {0};
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, command, &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc != IR_OK)
        return rc;
    ir_ctx_me_soft(c);
    rc = ir_case_current(c, 0, &k);
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, json(&c->view, k.inc));
    else if (rc == IR_OK)
        text(&c->view, k.inc, &c->out);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_role_list(struct ir_ctx *c, int argc, char **argv)
{
    return list(c, argc, argv, "role list", ir_view_roles, ir_view_roles_json);
}

int
ir_cmd_who(struct ir_ctx *c, int argc, char **argv)
{
    return list(c, argc, argv, "who", ir_view_who, ir_view_who_json);
}

int
ir_cmd_measure_list(struct ir_ctx *c, int argc, char **argv)
{
    return list(c, argc, argv, "measure list", ir_view_measures,
                ir_view_measures_json);
}

int
ir_cmd_clock_list(struct ir_ctx *c, int argc, char **argv)
{
    return list(c, argc, argv, "clock list", ir_view_clocks,
                ir_view_clocks_json);
}

int
ir_cmd_exception_list(struct ir_ctx *c, int argc, char **argv)
{
    return list(c, argc, argv, "exception list", ir_view_exceptions,
                ir_view_exceptions_json);
}

/* Is this a role the contacts know? Others are refused with the nearest. */
static int
check_role(struct ir_ctx *c, const char *role)
{
    const struct ir_json *roles = ir_view_contacts(&c->view, "roles");
    const char *near = NULL;
    int best = 4;
    size_t i;

    if (!ir_name_ok(role))
        return ir_fail(&c->err, IR_EUSAGE, _("\"%.60s\" is not a role"), role);
    if (ir_json_len(roles) == 0)
        return IR_OK;
    for (i = 0; i < ir_json_len(roles); i++) {
        const char *id = ir_json_get_str(ir_json_at(roles, i), "id", "");
        int d = ir_edit_distance(id, role);

        if (strcmp(id, role) == 0)
            return IR_OK;
        if (d < best) {
            best = d;
            near = id;
        }
    }
    ir_fail(&c->err, IR_ENOTFOUND, _("no role is called \"%.60s\""), role);
    ir_err_hint(&c->err, near != NULL ? _("did you mean %s?") : "%s",
                near != NULL ? near : "ir role list");
    return IR_ENOTFOUND;
}

static bool
holds(const struct ir_incident *inc, const char *role, int who)
{
    size_t i;

    for (i = 0; i < inc->roles_n; i++)
        if (strcmp(inc->roles[i].role, role) == 0 &&
            inc->roles[i].member == who)
            return true;
    return false;
}

static bool
offered(const struct ir_incident *inc, const char *role, int who)
{
    size_t i;

    for (i = 0; i < inc->roles_n; i++)
        if (strcmp(inc->roles[i].role, role) == 0 &&
            inc->roles[i].offered_to == who)
            return true;
    return false;
}

/* What the incident's state says against this; each with the way on. */
static int
check_op(struct ir_ctx *c, const struct ir_case *k, enum role_op op,
         const char *role)
{
    int holder = ir_incident_role(k->inc, role);

    if ((op == ROLE_OFFER || op == ROLE_RELEASE) && !holds(k->inc, role, c->me))
        return ir_fail(&c->err, IR_EREFUSED,
                       _("you do not hold the role \"%.40s\""), role);
    if (op == ROLE_ACCEPT && !offered(k->inc, role, c->me)) {
        ir_fail(&c->err, IR_EREFUSED,
                _("nobody has offered you the role \"%.40s\""), role);
        ir_err_hint(&c->err, "ir role take %s", role);
        return IR_EREFUSED;
    }
    if (op == ROLE_TAKE && holder >= 0 && holder != c->me) {
        ir_fail(&c->err, IR_EREFUSED, _("%s holds the role \"%.40s\""),
                c->trust.members[holder].handle, role);
        ir_err_hint(&c->err,
                    _("they hand it over:     ir --as %s role offer %s %s\n"
                      "they are not reached:  ir role act %s -r \"WHY\""),
                    c->trust.members[holder].handle, role,
                    c->trust.members[c->me].handle, role);
        return IR_EREFUSED;
    }
    if ((op == ROLE_TAKE || op == ROLE_ACT) && holds(k->inc, role, c->me))
        return ir_fail(&c->err, IR_EEXIST,
                       _("you hold the role \"%.40s\" already"), role);
    return IR_OK;
}

static int
change(struct ir_ctx *c, int argc, char **argv, enum role_op op,
       const char *command)
{
    const char *reason = NULL;
    const struct ir_opt opts[] = {{"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    int want = op == ROLE_OFFER ? 2 : 1, who, n = 0;
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *why = NULL;
    int rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, want, want, command, &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = check_role(c, argv[1]);
    who = op == ROLE_OFFER && rc == IR_OK ? ir_trust_member(&c->trust, argv[2])
                                          : c->me;
    if (rc == IR_OK && who < 0)
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("nobody called \"%.60s\" is a member here"), argv[2]);
    if (rc == IR_OK)
        rc = check_op(c, &k, op, argv[1]);
    if (rc == IR_OK && op == ROLE_ACT)
        rc = ir_reason(c, reason, 0, &why);
    if (rc == IR_OK) {
        d = ir_batch_add(&b, &k, IR_KIND_ROLE);
        ir_bodyw_text(&d->body, 1, argv[1]);
        ir_bodyw_bytes(&d->body, 2, c->trust.members[who].id, 8);
        ir_bodyw_uint(&d->body, 3, op);
        ir_bodyw_text(&d->body, 4, why != NULL ? why : reason);
        rc = ir_batch_record(c, &k, &b, NULL);
    }
    free(why);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_role_take(struct ir_ctx *c, int argc, char **argv)
{
    return change(c, argc, argv, ROLE_TAKE, "role take");
}

int
ir_cmd_role_offer(struct ir_ctx *c, int argc, char **argv)
{
    return change(c, argc, argv, ROLE_OFFER, "role offer");
}

int
ir_cmd_role_accept(struct ir_ctx *c, int argc, char **argv)
{
    return change(c, argc, argv, ROLE_ACCEPT, "role accept");
}

int
ir_cmd_role_release(struct ir_ctx *c, int argc, char **argv)
{
    return change(c, argc, argv, ROLE_RELEASE, "role release");
}

int
ir_cmd_role_act(struct ir_ctx *c, int argc, char **argv)
{
    return change(c, argc, argv, ROLE_ACT, "role act");
}
