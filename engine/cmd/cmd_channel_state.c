/* cmd_channel_state.c: `ir channel down|up|distrust`: saying which ways to
 * reach people can be used.
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/commands.h"
#include "cmd/sender.h"
#include "core/channels.h"

#include <stdlib.h>
#include <string.h>

/* Is it mail as a whole, a channel, or a means that somebody is reached by? */
static bool
is_known(struct ir_ctx *c, const char *id)
{
    static const char *const lists[] = {"people", "authorities", "partners"};
    size_t l, i, k;

    if (strcmp(id, "mail") == 0 || ir_channel_conf(c, id) != NULL)
        return true;
    for (l = 0; l < sizeof lists / sizeof lists[0]; l++) {
        const struct ir_json *list = ir_view_contacts(&c->view, lists[l]);

        for (i = 0; list != NULL && i < ir_json_len(list); i++) {
            const struct ir_json *ways =
                ir_json_get(ir_json_at(list, i), "channels");

            for (k = 0; ways != NULL && k < ir_json_len(ways); k++) {
                const char *means =
                    ir_json_str(ir_json_at(ir_json_at(ways, k), 0));

                if (means != NULL && strcmp(means, id) == 0)
                    return true;
            }
        }
    }
    return false;
}

static int
check_name(struct ir_ctx *c, const char *id)
{
    const struct ir_json *list = ir_view_contacts(&c->view, "channels");
    struct ir_buf all = {0};
    size_t i;

    if (is_known(c, id))
        return IR_OK;
    ir_buf_adds(&all, "mail");
    for (i = 0; list != NULL && i < ir_json_len(list); i++)
        ir_buf_addf(&all, ", %s",
                    ir_json_get_str(ir_json_at(list, i), "id", ""));
    ir_fail(&c->err, IR_ENOTFOUND,
            _("nobody is reached by anything called \"%.60s\""), id);
    ir_err_hint(&c->err, _("one of: %s"), ir_buf_str(&all));
    ir_buf_done(&all);
    return IR_ENOTFOUND;
}

/* What follows from it, in a line. */
static void
say_next(struct ir_ctx *c, const char *id, enum ir_channel_state s)
{
    bool mail = ir_channel_is_mail(c, id);

    if (c->json)
        return;
    if (s == IR_CHANNEL_DISTRUSTED && mail)
        ir_buf_adds(&c->talk, _(" Nothing of the incident goes by mail from "
                                "now on. Say so to the others by telephone or "
                                "radio.\n"));
    else if (s != IR_CHANNEL_OK)
        ir_buf_addf(&c->talk,
                    _(" What is still to be sent goes by other ways. When it "
                      "works again:  ir channel up %s\n"),
                    id);
}

static int
state_channel(struct ir_ctx *c, int argc, char **argv, const char *word,
              enum ir_channel_state s)
{
    const char *reason = NULL;
    const struct ir_opt opts[] = {{"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_channels now = {0};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    const char *id;
    char *why = NULL;
    bool drill;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, word, &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc != IR_OK)
        return rc;
    id = strcmp(argv[1], "email") == 0 ? "mail" : argv[1];
    /* in an exercise it holds there; else everywhere */
    drill = ir_case_bare(c, &k) == IR_OK && k.inc->status != IR_ACTUAL;
    memset(&c->err, 0, sizeof c->err);
    rc = check_name(c, id);
    if (rc == IR_OK)
        rc = ir_channels_load(c, drill ? k.inc->id : NULL,
                              drill ? k.inc->status : IR_ACTUAL, &now);
    if (rc == IR_OK && s == IR_CHANNEL_OK &&
        ir_channels_state(&now, id, false) == IR_CHANNEL_DISTRUSTED)
        rc = ir_reason(c, reason, 0, &why);
    else if (rc == IR_OK && reason != NULL)
        why = ir_strdup(reason);
    if (rc == IR_OK) {
        d = ir_batch_add(&b, drill ? &k : NULL, IR_KIND_CHANNEL);
        ir_bodyw_text(&d->body, 1, id);
        ir_bodyw_uint(&d->body, 2, (uint64_t)s);
        ir_bodyw_text(&d->body, 3, why);
        rc = ir_batch_record(c, NULL, &b, NULL);
    }
    if (rc == IR_OK) {
        say_next(c, id, s);
        ir_comms_kick(c);
    }
    free(why);
    ir_channels_done(&now);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_channel_down(struct ir_ctx *c, int argc, char **argv)
{
    return state_channel(c, argc, argv, "channel down", IR_CHANNEL_DOWN);
}

int
ir_cmd_channel_up(struct ir_ctx *c, int argc, char **argv)
{
    return state_channel(c, argc, argv, "channel up", IR_CHANNEL_OK);
}

int
ir_cmd_channel_distrust(struct ir_ctx *c, int argc, char **argv)
{
    return state_channel(c, argc, argv, "channel distrust",
                         IR_CHANNEL_DISTRUSTED);
}
