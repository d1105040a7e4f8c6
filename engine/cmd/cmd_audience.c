/* cmd_audience.c: `ir mesh audience`: who reads what is sealed.
 */
#include "base/i18n.h"
#include "cmd/admins.h"
#include "cmd/audience.h"
#include "cmd/commands.h"

#include <stdlib.h>
#include <string.h>

/* Handles of those who are in it, as one line. */
static void
who_reads(struct ir_ctx *c, uint64_t number, struct ir_buf *out)
{
    size_t i;

    for (i = 0; i < c->trust.members_n; i++)
        if (ir_audience_has(&c->trust, number, i))
            ir_buf_addf(out, "%s%s", out->len > 0 ? ", " : "",
                        c->trust.members[i].handle);
}

static struct ir_json *
audience_json(struct ir_ctx *c, const char *id, uint64_t number)
{
    struct ir_json *j = ir_json_new_obj(), *list = ir_json_new_arr();
    size_t i;

    ir_json_set_str(j, "id", id);
    ir_json_set_int(j, "number", (int64_t)number);
    ir_json_set_int(j, "key", (int64_t)ir_grant_epoch(&c->trust, number));
    ir_json_set_bool(j, "here",
                     ir_epoch_newest(c->keys, c->keys_n, number) != NULL);
    for (i = 0; i < c->trust.members_n; i++)
        if (ir_audience_has(&c->trust, number, i))
            ir_json_add_str(list, c->trust.members[i].handle);
    ir_json_set_take(j, "members", list);
    return j;
}

int
ir_cmd_mesh_audience_list(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_json *list;
    struct ir_json *all = NULL;
    struct ir_table t;
    size_t i;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "mesh audience list", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc != IR_OK)
        return rc;
    if (c->json)
        all = ir_json_new_arr();
    else
        ir_table_init(&t, 3, 0);
    list = ir_view_contacts(&c->view, "audiences");
    for (i = 0; i < ir_json_len(list); i++) {
        const struct ir_json *a = ir_json_at(list, i);
        const char *id = ir_json_get_str(a, "id", "");
        uint64_t number = (uint64_t)ir_json_get_int(a, "number", 0);
        struct ir_buf who = {0};
        char *title;

        if (c->json) {
            ir_json_add_take(all, audience_json(c, id, number));
            continue;
        }
        title = ir_view_safe(&c->view, ir_json_text_of(a, "title"));
        who_reads(c, number, &who);
        ir_table_row(&t, IR_STYLE_NONE,
                     (const char *const[]){id, title,
                                           who.len > 0 ? ir_buf_str(&who)
                                                       : _("no key yet")});
        free(title);
        ir_buf_done(&who);
    }
    if (c->json)
        ir_cmd_json_take(c, all);
    else
        ir_table_write(&t, &c->view.term, &c->out);
    return IR_OK;
}

/* Both commands: read the words, and see that who acts is an administrator. */
static int
begin(struct ir_ctx *c, int argc, char **argv, const char *command,
      struct ir_audience_plan *plan, int *who)
{
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 2, 2, command, &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = ir_admins_key(c);
    if (rc == IR_OK)
        rc = ir_audience_number(c, argv[1], &plan->number);
    if (rc != IR_OK)
        return rc;
    *who = ir_trust_member(&c->trust, argv[2]);
    if (*who < 0)
        return ir_fail(&c->err, IR_ENOTFOUND,
                       _("nobody called \"%.60s\" is a member here"), argv[2]);
    return IR_OK;
}

static int
record(struct ir_ctx *c, struct ir_audience_plan *plan)
{
    struct ir_batch b = {.also = ir_audience_also, .also_arg = plan};
    int rc = ir_batch_commit(c, &b);

    return rc == IR_OK ? ir_ctx_trust(c) : rc;
}

/* Has the member a device that is not revoked? */
static bool
has_device(const struct ir_trust *t, int who)
{
    size_t i;

    for (i = 0; i < t->keys_n; i++)
        if (t->keys[i].node && !t->keys[i].revoked &&
            (int)t->keys[i].member == who)
            return true;
    return false;
}

int
ir_cmd_mesh_audience_add(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_audience_plan plan = {0, -1, -1};
    int who = -1, rc = begin(c, argc, argv, "mesh audience add", &plan, &who);

    if (rc == IR_OK && !has_device(&c->trust, who)) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("no device is enrolled for %s: a key is given to "
                       "devices"),
                     argv[2]);
        ir_err_hint(&c->err, "ir mesh invite --device-for %s", argv[2]);
    }
    if (rc == IR_OK && ir_audience_has(&c->trust, plan.number, (size_t)who))
        rc = ir_fail(&c->err, IR_EEXIST, _("%s reads it already"), argv[2]);
    plan.add = who;
    if (rc == IR_OK)
        rc = record(c, &plan);
    if (rc == IR_OK)
        ir_buf_addf(&c->out,
                    _("%s reads from now on what is sealed for %s (key "
                      "%llu).\n"),
                    argv[2], argv[1],
                    (unsigned long long)ir_grant_epoch(&c->trust, plan.number));
    return rc;
}

int
ir_cmd_mesh_audience_remove(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_audience_plan plan = {0, -1, -1};
    size_t i, others = 0;
    int who = -1,
        rc = begin(c, argc, argv, "mesh audience remove", &plan, &who);

    if (rc == IR_OK && !ir_audience_has(&c->trust, plan.number, (size_t)who))
        rc = ir_fail(&c->err, IR_EEXIST, _("%s does not read it"), argv[2]);
    for (i = 0; rc == IR_OK && i < c->trust.members_n; i++)
        others += (int)i != who && ir_audience_has(&c->trust, plan.number, i);
    if (rc == IR_OK && others == 0)
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("%s is the last who reads it: add somebody first"),
                     argv[2]);
    plan.remove = who;
    if (rc == IR_OK)
        rc = record(c, &plan);
    if (rc == IR_OK)
        ir_buf_addf(&c->out,
                    _("What is sealed for %s from now on, %s cannot read (key "
                      "%llu); what was sealed before stays readable to "
                      "them.\n"),
                    argv[1], argv[2],
                    (unsigned long long)ir_grant_epoch(&c->trust, plan.number));
    return rc;
}
