/* schema_runbook.c: rules of runbooks and their steps. The limits are those
 * of core/plan.h: what passes here decodes there. */
#include "base/i18n.h"
#include "base/time.h"
#include "core/plan.h"
#include "script/schema.h"

#include <string.h>

static const char *const kinds[] = {"emergency", "recovery", "continuity",
                                    "communication", NULL};
static const char *const var_types[] = {"host",   "address", "time", "number",
                                        "choice", "person",  "text", NULL};
static const char *const traces[] = {"disk",      "memory", "logs",
                                     "recording", "config", NULL};
static const char *const collectors[] = {
    "linux-volatile", "linux-logs", "windows-volatile",
    "network-device", "disk-image", "recording",
    "cloud-logs",     "mailbox",    "controller-config",
    "paper",          NULL};
static const char *const reports[] = {"first", "follow-up", "final", NULL};
static const char *const clock_ops[] = {"start", "met", "stop", "undecided",
                                        NULL};

const struct ir_rule ir_rule_text = {.type = IR_RULE_TEXT};

static const struct ir_rule item_id = {.type = IR_RULE_ID};
static const struct ir_rule item_var = {.type = IR_RULE_STR, .max = 32};
static const struct ir_rule item_arg = {.type = IR_RULE_STR,
                                        .max = IR_PLAN_STR_MAX};
static const struct ir_rule item_trace = {.type = IR_RULE_ENUM,
                                          .words = traces};
static const char *const mails[] = {"ok", "down", "distrusted", NULL};
static const struct ir_rule item_deadline = {.type = IR_RULE_REF,
                                             .ref = IR_REF_DEADLINE};

static const struct ir_rule choice_rules[] = {
    {.name = "id", .type = IR_RULE_ID, .required = true},
    {.name = "title", .type = IR_RULE_TEXT, .required = true},
    {.name = NULL}};
const struct ir_schema ir_schema_choice = {choice_rules, NULL};
static const struct ir_rule item_choice = {.type = IR_RULE_OBJ,
                                           .of = &ir_schema_choice};

static const struct ir_rule option_rules[] = {
    {.name = "id", .type = IR_RULE_ID, .required = true},
    {.name = "title", .type = IR_RULE_TEXT, .required = true},
    {.name = "say", .type = IR_RULE_TEXT},
    {.name = "go", .type = IR_RULE_ID},
    {.name = "act", .type = IR_RULE_REF, .ref = IR_REF_ROLE},
    {.name = NULL}};
static const struct ir_schema option_schema = {option_rules, NULL};
static const struct ir_rule item_option = {.type = IR_RULE_OBJ,
                                           .of = &option_schema};

static const struct ir_rule measure_rules[] = {
    {.name = "text", .type = IR_RULE_TEXT, .required = true},
    {.name = "owner",
     .type = IR_RULE_REF,
     .required = true,
     .ref = IR_REF_ROLE},
    {.name = "review", .type = IR_RULE_DURATION, .required = true},
    {.name = NULL}};
static const struct ir_schema measure_schema = {measure_rules, NULL};

static const struct ir_rule clock_rules[] = {
    {.name = "id",
     .type = IR_RULE_REF,
     .required = true,
     .ref = IR_REF_DEADLINE},
    {.name = "op", .type = IR_RULE_ENUM, .required = true, .words = clock_ops},
    {.name = NULL}};
static const struct ir_schema clock_schema = {clock_rules, NULL};

static const struct ir_rule service_rules[] = {{.name = "operation",
                                                .type = IR_RULE_REF,
                                                .required = true,
                                                .ref = IR_REF_OPERATION},
                                               {.name = "level",
                                                .type = IR_RULE_INT,
                                                .required = true,
                                                .min = 1,
                                                .max = 100},
                                               {.name = NULL}};
static const struct ir_schema service_schema = {service_rules, NULL};

static void
also_repeat(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    (void)ck;
    if (ir_node_field(n, "max") == NULL)
        ir_json_set_int(j, "max", 20);
}

static const struct ir_rule repeat_rules[] = {
    {.name = "to", .type = IR_RULE_ID, .required = true},
    {.name = "ask", .type = IR_RULE_TEXT, .required = true},
    {.name = "max", .type = IR_RULE_INT, .min = 2, .max = IR_PLAN_REPEAT_MAX},
    {.name = NULL}};
static const struct ir_schema repeat_schema = {repeat_rules, also_repeat};

static struct ir_json *
check_on_fail(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    static const char *const extra[] = {"go", NULL};
    static const struct ir_rule go_rule = {.name = "go", .type = IR_RULE_ID};
    struct ir_json *out = ir_check_text(ck, n, at, false, extra), *go;
    const struct ir_field *f = ir_node_field(n, "go");
    size_t mark;

    if (out != NULL && f != NULL) {
        mark = ir_check_path_in(ck, "go", 0);
        go = ir_check_value(ck, &go_rule, f->node, f->at);
        if (go != NULL)
            ir_json_set_take(out, "go", go);
        ir_check_path_out(ck, mark);
    }
    return out;
}

/* exit = 0 becomes exit = { 0 }. */
static struct ir_json *
check_exit(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    static const struct ir_rule one = {.type = IR_RULE_INT, .max = 255};
    static const struct ir_rule list = {
        .type = IR_RULE_LIST, .min = 1, .max = IR_PLAN_LIST_MAX, .item = &one};
    struct ir_json *arr, *v;

    if (n->type == IR_NODE_TABLE)
        return ir_check_value(ck, &list, n, at);
    v = ir_check_value(ck, &one, n, at);
    if (v == NULL)
        return NULL;
    arr = ir_json_new_arr();
    ir_json_add_take(arr, v);
    return arr;
}

static const struct ir_rule accept_rules[] = {
    {.name = "exit", .type = IR_RULE_SPECIAL, .special = check_exit},
    {.name = "match", .type = IR_RULE_STR, .max = IR_PLAN_STR_MAX},
    {.name = NULL}};
static const struct ir_schema accept_schema = {accept_rules, NULL};

#define TEXT(n)                                                                \
    {                                                                          \
        .name = n, .type = IR_RULE_TEXT                                        \
    }
#define BOOL(n)                                                                \
    {                                                                          \
        .name = n, .type = IR_RULE_BOOL                                        \
    }
#define REF(n, r)                                                              \
    {                                                                          \
        .name = n, .type = IR_RULE_REF, .ref = r                               \
    }
#define OBJ(n, o)                                                              \
    {                                                                          \
        .name = n, .type = IR_RULE_OBJ, .of = o                                \
    }
#define LIST(n, lo, hi, it)                                                    \
    {                                                                          \
        .name = n, .type = IR_RULE_LIST, .min = lo, .max = hi, .item = it      \
    }

static const struct ir_rule step_rules[] = {
    {.name = "id", .type = IR_RULE_ID, .required = true},
    {.name = "title", .type = IR_RULE_TITLE, .required = true},
    TEXT("say"),
    TEXT("good"),
    {.name = "on_fail", .type = IR_RULE_SPECIAL, .special = check_on_fail},
    TEXT("warn"),
    REF("role", IR_REF_ROLE),
    {.name = "within", .type = IR_RULE_DURATION},
    TEXT("place"),
    LIST("after", 0, IR_PLAN_STEPS_MAX, &item_id),
    {.name = "go", .type = IR_RULE_ID},
    {.name = "when", .type = IR_RULE_SPECIAL, .special = ir_check_cond},
    {.name = "choose",
     .type = IR_RULE_LIST,
     .min = 2,
     .max = IR_PLAN_OPTIONS_MAX,
     .item = &item_option,
     .unique = "id"},
    OBJ("repeat", &repeat_schema),
    LIST("ask", 1, IR_PLAN_LIST_MAX, &item_var),
    {.name = "run",
     .type = IR_RULE_LIST,
     .min = 1,
     .max = IR_PLAN_ARGV_MAX,
     .item = &item_arg,
     .unique = ""},
    OBJ("accept", &accept_schema),
    {.name = "deadline",
     .type = IR_RULE_DURATION,
     .min = 1,
     .max = IR_PLAN_DEADLINE_MAX},
    BOOL("real"),
    {.name = "confirm", .type = IR_RULE_INT, .min = 1, .max = 2},
    BOOL("contain"),
    {.name = "undo", .type = IR_RULE_ID},
    LIST("destroys", 1, IR_PLAN_LIST_MAX, &item_trace),
    LIST("preserves", 1, IR_PLAN_LIST_MAX, &item_trace),
    {.name = "mail", .type = IR_RULE_ENUM, .words = mails},
    {.name = "collect", .type = IR_RULE_ENUM, .words = collectors},
    {.name = "target", .type = IR_RULE_STR, .max = 200},
    REF("call", IR_REF_TREE),
    REF("notify", IR_REF_AUDIENCE),
    REF("template", IR_REF_TEMPLATE),
    REF("tell", IR_REF_AUTHORITY),
    {.name = "report", .type = IR_RULE_ENUM, .words = reports},
    {.name = "wait", .type = IR_RULE_DURATION},
    REF("runbook", IR_REF_RUNBOOK),
    OBJ("measure", &measure_schema),
    OBJ("clock", &clock_schema),
    OBJ("service", &service_schema),
    {.name = NULL}};
static const struct ir_schema step_schema = {step_rules, ir_check_step};
static const struct ir_rule item_step = {.type = IR_RULE_OBJ,
                                         .of = &step_schema};

static void
also_var(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    const char *type = ir_json_get_str(j, "type", "");
    bool choice = strcmp(type, "choice") == 0, known = false;
    const char *dflt = ir_json_get_str(j, "default", NULL);
    const struct ir_json *choices = ir_json_get(j, "choices");
    size_t i;

    if (choice && ir_node_field(n, "choices") == NULL)
        ir_check_say_field(ck, true, n, "choices",
                           _("a variable of type choice needs choices"));
    if (!choice && ir_node_field(n, "choices") != NULL)
        ir_check_say_field(ck, true, n, "choices",
                           _("only a variable of type choice has choices"));
    for (i = 0; i < ir_json_len(choices); i++)
        known |= dflt != NULL &&
                 strcmp(dflt,
                        ir_json_get_str(ir_json_at(choices, i), "id", "")) == 0;
    if (choice && dflt != NULL && choices != NULL && !known)
        ir_check_say_field(ck, true, n, "default",
                           _("\"%.60s\" is none of the choices"), dflt);
    if (ir_node_field(n, "unknown") == NULL)
        ir_json_set_bool(j, "unknown", true);
}

static const struct ir_rule var_rules[] = {
    {.name = "type",
     .type = IR_RULE_ENUM,
     .required = true,
     .words = var_types},
    {.name = "ask", .type = IR_RULE_TEXT, .required = true},
    BOOL("unknown"),
    BOOL("ask_at_start"),
    {.name = "choices",
     .type = IR_RULE_LIST,
     .min = 2,
     .max = IR_PLAN_OPTIONS_MAX,
     .item = &item_choice,
     .unique = "id"},
    {.name = "default", .type = IR_RULE_STR, .max = 200},
    {.name = NULL}};
static const struct ir_schema var_schema = {var_rules, also_var};

/* vars: names of the author's own, each with a table. */
static struct ir_json *
check_vars(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    struct ir_json *out, *v;
    size_t i, mark;

    if (n->type != IR_NODE_TABLE || n->items_n > 0 || n->odd_keys) {
        ir_check_say(ck, true, at, _("must be %s, not %s"),
                     _("a table of variables, { host = { ... } }"),
                     ir_node_what(n));
        return NULL;
    }
    if (n->fields_n > IR_PLAN_VARS_MAX) {
        ir_check_say(ck, true, at, _("holds %zu items; %d to %d are allowed"),
                     n->fields_n, 0, IR_PLAN_VARS_MAX);
        return NULL;
    }
    out = ir_json_new_obj();
    for (i = 0; i < n->fields_n; i++) {
        mark = ir_check_path_in(ck, n->fields[i].key, 0);
        if (!ir_var_name_ok(n->fields[i].key))
            ir_check_say(ck, true, n->fields[i].at,
                         _("\"%.60s\" is no name of a variable: a-z 0-9 _ "
                           "only, begins with a letter, at most 32"),
                         n->fields[i].key);
        v = ir_check_obj(ck, &var_schema, n->fields[i].node);
        if (v != NULL)
            ir_json_set_take(out, n->fields[i].key, v);
        ir_check_path_out(ck, mark);
    }
    return out;
}

static void
also_runbook(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    if (strcmp(ir_json_get_str(j, "kind", ""), "emergency") == 0 &&
        ir_node_field(n, "symptoms") == NULL)
        ir_check_say_field(ck, true, n, "symptoms",
                           _("an emergency runbook must say what the reader "
                             "sees"));
}

static const struct ir_rule runbook_rules[] = {
    {.name = "api", .type = IR_RULE_INT, .required = true, .min = 1, .max = 1},
    {.name = "kind", .type = IR_RULE_ENUM, .required = true, .words = kinds},
    {.name = "id", .type = IR_RULE_STR, .required = true, .max = 81},
    {.name = "title", .type = IR_RULE_TITLE, .required = true},
    TEXT("symptoms"),
    {.name = "severity", .type = IR_RULE_INT, .min = 1, .max = 4},
    {.name = "order", .type = IR_RULE_INT, .min = 1, .max = 99},
    TEXT("safety"),
    LIST("legal", 0, IR_PLAN_LIST_MAX, &item_deadline),
    {.name = "vars", .type = IR_RULE_SPECIAL, .special = check_vars},
    {.name = "steps",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 1,
     .max = IR_PLAN_STEPS_MAX,
     .item = &item_step,
     .unique = "id"},
    {.name = NULL}};
const struct ir_schema ir_schema_runbook = {runbook_rules, also_runbook};
