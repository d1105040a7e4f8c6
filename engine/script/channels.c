/* channels.c: the channels of contacts.lua against the rules of their plugins;
 * see unit.h. */
#include "base/i18n.h"
#include "script/config.h"
#include "script/unit.h"

#include <stdio.h>
#include <string.h>

static struct ir_unit *
unit_of(struct ir_units *us, enum ir_unit_kind kind, const char *name)
{
    size_t i;

    for (i = 0; i < us->n; i++)
        if (us->u[i].kind == kind && strcmp(us->u[i].name, name) == 0)
            return &us->u[i];
    return NULL;
}

struct place {
    struct ir_check *ck;
    const struct ir_node *channel;
};

static void
say(const char *field, const char *message, void *arg)
{
    struct place *p = arg;
    const struct ir_field *config = ir_node_field(p->channel, "config");
    size_t mark = ir_check_path_in(p->ck, "config", 0);

    if (config != NULL) {
        ir_check_say_field(p->ck, true, config->node, field, "%s", message);
    } else {
        size_t inner = ir_check_path_in(p->ck, field, 0);

        ir_check_say(p->ck, true, p->channel->at, "%s", message);
        ir_check_path_out(p->ck, inner);
    }
    ir_check_path_out(p->ck, mark);
}

static void
check_channel(struct ir_check *ck, struct ir_units *us,
              const struct ir_node *node, const struct ir_json *channel)
{
    const char *plugin = ir_json_get_str(channel, "plugin", "");
    const struct ir_json *config = ir_json_get(channel, "config");
    struct ir_json *none = ir_json_new_obj();
    struct place p = {ck, node};
    struct ir_unit *u;
    char name[64];

    snprintf(name, sizeof name, "channel/%.50s", plugin);
    u = unit_of(us, IR_UNIT_PLUGIN, name);
    if (u != NULL && u->json != NULL && u->errors == 0)
        (void)ir_config_fill(ir_json_get(u->json, "config"),
                             config != NULL ? config : none, true, NULL, say,
                             &p);
    ir_json_free(none);
}

/* What reads the trial messages is a channel, too. */
static void
check_canary(struct ir_check *ck, const struct ir_node *node,
             const struct ir_json *channel, const struct ir_json *all)
{
    const struct ir_json *canary = ir_json_get(channel, "canary");
    const char *via = ir_json_get_str(canary, "via", NULL);
    const struct ir_field *f = ir_node_field(node, "canary");
    size_t i, mark;

    for (i = 0; via != NULL && i < ir_json_len(all); i++)
        if (strcmp(ir_json_get_str(ir_json_at(all, i), "id", ""), via) == 0)
            return;
    if (via == NULL || f == NULL)
        return;
    mark = ir_check_path_in(ck, "canary", 0);
    ir_check_say_field(ck, true, f->node, "via",
                       _("there is no channel \"%.60s\""), via);
    ir_check_path_out(ck, mark);
}

void
ir_channels_check(struct ir_check *ck, struct ir_units *us)
{
    struct ir_unit *c = unit_of(us, IR_UNIT_CONTACTS, "contacts");
    const struct ir_field *list;
    const struct ir_json *channels;
    size_t i, mark, item, before = ck->errors;

    if (c == NULL || c->root == NULL || c->json == NULL || c->errors > 0)
        return;
    list = ir_node_field(c->root, "channels");
    channels = ir_json_get(c->json, "channels");
    ck->file = (int)(c - us->u);
    mark = ir_check_path_in(ck, "channels", 0);
    for (i = 0; list != NULL && i < ir_json_len(channels); i++) {
        item = ir_check_path_in(ck, NULL, i + 1);
        check_channel(ck, us, list->node->items[i], ir_json_at(channels, i));
        check_canary(ck, list->node->items[i], ir_json_at(channels, i),
                     channels);
        ir_check_path_out(ck, item);
    }
    ir_check_path_out(ck, mark);
    c->errors += ck->errors - before;
}
