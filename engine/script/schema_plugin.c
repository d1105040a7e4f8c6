/* schema_plugin.c: rules of plugins/channel/NAME.lua; their meaning is in
 * docs/man/ir-plugin.5. Of the functions only that they are there is known
 * here: they run in a sandbox of their own (plugin.h). */
#include "base/i18n.h"
#include "base/scan.h"
#include "script/config.h"
#include "script/schema.h"
#include "script/vm.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 40

static const char *const kinds[] = {"channel", NULL};
static const char *const needs[] = {"http",   "smtp", "imap", "socket",
                                    "serial", "run",  "qr",   NULL};
static const char *const types[] = {"string", "text",     "int",
                                    "bool",   "duration", "list",
                                    "device", "program",  NULL};

static struct ir_json *
check_function(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    if (n->type != IR_NODE_OTHER)
        ir_check_say(ck, true, at, _("must be %s, not %s"), _("a function"),
                     ir_node_what(n));
    return NULL;
}

/* A default: a string, a number, true or false, or a list of strings. */
static struct ir_json *
check_default(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    static const struct ir_rule text = {.type = IR_RULE_STR, .max = 2000};
    static const struct ir_rule list = {
        .type = IR_RULE_LIST, .max = 64, .item = &text};

    if (n->type == IR_NODE_INT)
        return ir_json_new_int(n->num);
    if (n->type == IR_NODE_BOOL)
        return ir_json_new_bool(n->num != 0);
    return ir_check_value(ck, n->type == IR_NODE_TABLE ? &list : &text, n, at);
}

static struct ir_json *
check_pattern(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    static const struct ir_rule text = {.type = IR_RULE_STR, .max = 200};
    struct ir_json *j = ir_check_value(ck, &text, n, at);
    bool yes;

    if (j != NULL && ir_vm_match(n->str, "", &yes) != IR_OK)
        ir_check_say(ck, true, at, _("the string pattern is wrong"));
    return j;
}

static const struct ir_rule choice = {.type = IR_RULE_STR, .max = 200};
static const struct ir_rule field_rules[] = {
    {.name = "type", .type = IR_RULE_ENUM, .required = true, .words = types},
    {.name = "title", .type = IR_RULE_TEXT},
    {.name = "match", .type = IR_RULE_SPECIAL, .special = check_pattern},
    {.name = "choices", .type = IR_RULE_LIST, .max = 30, .item = &choice},
    {.name = "min", .type = IR_RULE_INT, .min = INT64_MIN, .max = INT64_MAX},
    {.name = "max", .type = IR_RULE_INT, .min = INT64_MIN, .max = INT64_MAX},
    {.name = "default", .type = IR_RULE_SPECIAL, .special = check_default},
    {.name = "optional", .type = IR_RULE_BOOL},
    {.name = "secret", .type = IR_RULE_BOOL},
    {.name = NULL}};

static const struct ir_schema field_schema = {field_rules, NULL};

struct place {
    struct ir_check *ck;
    struct ir_where at;
};

static void
say_default(const char *field, const char *message, void *arg)
{
    struct place *p = arg;
    size_t mark = ir_check_path_in(p->ck, "default", 0);

    (void)field;
    ir_check_say(p->ck, true, p->at, "%s", message);
    ir_check_path_out(p->ck, mark);
}

/* A default has to fit its own rule. */
static void
check_default_fits(struct ir_check *ck, const struct ir_field *f,
                   struct ir_json *rule)
{
    struct ir_json *rules = ir_json_new_obj(), *none = ir_json_new_obj();
    struct place p = {ck, f->at};
    char *text = ir_json_canonical(rule, NULL);
    struct ir_json *copy = NULL;

    if (ir_json_parse(text, strlen(text), &copy, NULL) == IR_OK) {
        ir_json_set_take(rules, "default", copy);
        (void)ir_config_fill(rules, none, false, NULL, say_default, &p);
    }
    free(text);
    ir_json_free(rules);
    ir_json_free(none);
}

static struct ir_json *
check_config(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    struct ir_json *out, *rule;
    size_t i, mark;

    if (n->type != IR_NODE_TABLE || n->items_n > 0 || n->odd_keys) {
        ir_check_say(ck, true, at, _("must be %s, not %s"),
                     _("a table with named fields"), ir_node_what(n));
        return NULL;
    }
    if (n->fields_n > FIELDS_MAX)
        ir_check_say(ck, true, at, _("holds %zu items; %d to %d are allowed"),
                     n->fields_n, 0, FIELDS_MAX);
    out = ir_json_new_obj();
    for (i = 0; i < n->fields_n && i < FIELDS_MAX; i++) {
        const struct ir_field *f = &n->fields[i];

        mark = ir_check_path_in(ck, f->key, 0);
        rule = ir_check_obj(ck, &field_schema, f->node);
        if (rule != NULL && ir_json_get(rule, "default") != NULL)
            check_default_fits(ck, f, rule);
        if (rule != NULL)
            ir_json_set_take(out, f->key, rule);
        ir_check_path_out(ck, mark);
    }
    return out;
}

/* What a field of this type is of no use without. */
static bool
has_need(const struct ir_json *j, const char *type)
{
    const struct ir_json *list = ir_json_get(j, "needs");
    const char *need = strcmp(type, "program") == 0  ? "run"
                       : strcmp(type, "device") == 0 ? "serial"
                                                     : NULL;
    size_t i;

    for (i = 0; need != NULL && i < ir_json_len(list); i++)
        if (strcmp(ir_json_str(ir_json_at(list, i)), need) == 0)
            return true;
    return need == NULL;
}

static void
also_plugin(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    const struct ir_source_file *f = &ck->src->files[ck->file];
    const struct ir_field *config = ir_node_field(n, "config");
    const char *slash = strrchr(f->path, '/');
    const char *name = ir_node_str(n, "name");
    size_t i, len = slash != NULL ? strlen(slash + 1) : 0;

    if (name != NULL && len > 4 &&
        (strlen(name) != len - 4 || strncmp(name, slash + 1, len - 4) != 0))
        ir_check_say_field(ck, true, n, "name",
                           _("must be \"%.*s\", as the file is named"),
                           (int)len - 4, slash + 1);
    if (ir_node_field(n, "check") == NULL)
        ir_check_say(ck, false, n->at,
                     _("has no function check: nobody can try this channel "
                       "before it is needed"));
    for (i = 0; config != NULL && i < config->node->fields_n; i++) {
        const struct ir_field *rule = &config->node->fields[i];
        const char *type = ir_node_str(rule->node, "type");

        if (type != NULL && !has_need(j, type)) {
            size_t outer = ir_check_path_in(ck, "config", 0);

            (void)ir_check_path_in(ck, rule->key, 0);
            ir_check_say_field(ck, true, rule->node, "type",
                               _("\"%s\" is of no use without the need that "
                                 "opens it: serial or run"),
                               type);
            ir_check_path_out(ck, outer);
        }
    }
    if (ir_json_get(j, "config") == NULL)
        ir_json_set_take(j, "config", ir_json_new_obj());
    if (ir_node_field(n, "receive") != NULL)
        ir_json_set_bool(j, "receives", true);
    if (ir_node_field(n, "remove") != NULL)
        ir_json_set_bool(j, "removes", true);
    ir_json_set_strn(j, "source", f->text != NULL ? f->text : "", f->len);
}

static const struct ir_rule item_need = {.type = IR_RULE_ENUM, .words = needs};
static const struct ir_rule plugin_rules[] = {
    {.name = "api", .type = IR_RULE_INT, .required = true, .min = 1, .max = 1},
    {.name = "kind", .type = IR_RULE_ENUM, .required = true, .words = kinds},
    {.name = "name", .type = IR_RULE_ID, .required = true},
    {.name = "title", .type = IR_RULE_TITLE},
    {.name = "needs",
     .type = IR_RULE_LIST,
     .required = true,
     .max = 7,
     .item = &item_need},
    {.name = "config", .type = IR_RULE_SPECIAL, .special = check_config},
    {.name = "send",
     .type = IR_RULE_SPECIAL,
     .required = true,
     .special = check_function},
    {.name = "check", .type = IR_RULE_SPECIAL, .special = check_function},
    {.name = "receive", .type = IR_RULE_SPECIAL, .special = check_function},
    {.name = "remove", .type = IR_RULE_SPECIAL, .special = check_function},
    {.name = NULL}};
const struct ir_schema ir_schema_plugin = {plugin_rules, also_plugin};

/* A value of a channel's configuration: what it may be, the plugin's rules
 * say (channels.c). */
static struct ir_json *
check_value(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    static const struct ir_rule text = {.type = IR_RULE_STR,
                                        .max = IR_CONFIG_STRING_MAX};
    static const struct ir_rule list = {
        .type = IR_RULE_LIST, .max = 64, .item = &text};
    const char *name = ir_node_str(n, "secret");
    struct ir_json *j;

    if (n->type == IR_NODE_INT)
        return ir_json_new_int(n->num);
    if (n->type == IR_NODE_BOOL)
        return ir_json_new_bool(n->num != 0);
    if (n->type == IR_NODE_STR && strchr(n->str, '\n') != NULL &&
        n->len <= IR_CONFIG_TEXT_MAX)
        return ir_json_new_str(n->str); /* a certificate */
    if (n->type == IR_NODE_STR)
        return ir_check_value(ck, &text, n, at);
    if (n->type == IR_NODE_TABLE && ir_node_is_list(n))
        return ir_check_value(ck, &list, n, at);
    if (name == NULL || n->fields_n != 1 || !ir_name_ok(name)) {
        ir_check_say(ck, true, at, _("must be %s, not %s"),
                     _("a string, a number, true, false, a list of strings or "
                       "{ secret = \"NAME\" }"),
                     ir_node_what(n));
        return NULL;
    }
    j = ir_json_new_obj();
    ir_json_set_str(j, "secret", name);
    return j;
}

struct ir_json *
ir_check_channel_config(struct ir_check *ck, const struct ir_node *n,
                        struct ir_where at)
{
    struct ir_json *out, *v;
    size_t i, mark;

    if (n->type != IR_NODE_TABLE || n->items_n > 0 || n->odd_keys ||
        n->fields_n > FIELDS_MAX) {
        ir_check_say(ck, true, at, _("must be %s, not %s"),
                     _("a table with named fields"), ir_node_what(n));
        return NULL;
    }
    out = ir_json_new_obj();
    for (i = 0; i < n->fields_n; i++) {
        const struct ir_field *f = &n->fields[i];

        mark = ir_check_path_in(ck, f->key, 0);
        v = check_value(ck, f->node, f->at);
        if (v != NULL)
            ir_json_set_take(out, f->key, v);
        ir_check_path_out(ck, mark);
    }
    return out;
}
