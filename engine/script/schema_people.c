/* schema_people.c: rules of contacts.lua, forms, templates and controls.lua.
 */
#include "base/i18n.h"
#include "script/schema.h"

#include <string.h>

#define PEOPLE_MAX 20000
#define TEXT(n)                                                                \
    {                                                                          \
        .name = n, .type = IR_RULE_TEXT, .required = true                      \
    }
#define MAYTEXT(n)                                                             \
    {                                                                          \
        .name = n, .type = IR_RULE_TEXT                                        \
    }
#define API                                                                    \
    {                                                                          \
        .name = "api", .type = IR_RULE_INT, .required = true, .min = 1,        \
        .max = 1                                                               \
    }
#define KIND(w)                                                                \
    {                                                                          \
        .name = "kind", .type = IR_RULE_ENUM, .required = true, .words = w     \
    }
#define ID                                                                     \
    {                                                                          \
        .name = "id", .type = IR_RULE_ID, .required = true                     \
    }
#define CHANNELS                                                               \
    {                                                                          \
        .name = "channels", .type = IR_RULE_LIST, .required = true, .min = 1,  \
        .max = 20, .item = &ir_rule_channel, .unique = ""                      \
    }
#define LIST(n, it)                                                            \
    {                                                                          \
        .name = n, .type = IR_RULE_LIST, .required = true, .max = PEOPLE_MAX,  \
        .item = it, .unique = "id"                                             \
    }

static const char *const kind_contacts[] = {"contacts", NULL};
static const char *const kind_controls[] = {"controls", NULL};
static const char *const kind_form[] = {"form", NULL};
static const char *const kind_template[] = {"template", NULL};
static const char *const languages[] = {"en", "ja", NULL};
static const char *const facts[] = {"what",          "when",     "where",
                                    "impact",        "measures", "cause",
                                    "personal-data", NULL};
static const char *const goals[] = {"one", "each", NULL};
static const char *const form_kinds[] = {"report-in", "authority", NULL};
static const char *const field_types[] = {"text",   "time", "number",  "choice",
                                          "person", "host", "address", NULL};

/* { "phone", "050-0000-0001" }, or with the hours for which it is: "work" those
 * of the person's "working", "off" the rest. */
static struct ir_json *
check_channel(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    static const struct ir_rule kind = {.type = IR_RULE_ID};
    static const struct ir_rule number = {.type = IR_RULE_STR, .max = 200};
    static const char *const words[] = {"work", "off", NULL};
    static const struct ir_rule hours = {.type = IR_RULE_ENUM, .words = words};
    struct ir_json *out, *a, *b, *c = NULL;
    size_t mark;

    if (!ir_node_is_list(n) || n->items_n < 2 || n->items_n > 3) {
        ir_check_say(ck, true, at, _("must be %s, not %s"),
                     _("a means and a number, { \"phone\", \"...\" }"),
                     ir_node_what(n));
        return NULL;
    }
    mark = ir_check_path_in(ck, NULL, 1);
    a = ir_check_value(ck, &kind, n->items[0], n->items[0]->at);
    ir_check_path_out(ck, mark);
    mark = ir_check_path_in(ck, NULL, 2);
    b = ir_check_value(ck, &number, n->items[1], n->items[1]->at);
    ir_check_path_out(ck, mark);
    mark = ir_check_path_in(ck, NULL, 3);
    if (n->items_n == 3)
        c = ir_check_value(ck, &hours, n->items[2], n->items[2]->at);
    ir_check_path_out(ck, mark);
    if (a == NULL || b == NULL || (n->items_n == 3 && c == NULL)) {
        ir_json_free(a);
        ir_json_free(b);
        ir_json_free(c);
        return NULL;
    }
    out = ir_json_new_arr();
    ir_json_add_take(out, a);
    ir_json_add_take(out, b);
    if (c != NULL)
        ir_json_add_take(out, c);
    return out;
}

const struct ir_rule ir_rule_channel = {.type = IR_RULE_SPECIAL,
                                        .special = check_channel};

/* When somebody is at work, every week. `to` before `from`: past midnight. */
static void
also_working(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    const char *from = ir_json_get_str(j, "from", NULL);

    if (from != NULL && strcmp(from, ir_json_get_str(j, "to", "")) == 0)
        ir_check_say_field(ck, true, n, "to",
                           _("work that ends when it begins: leave "
                             "\"working\" out for the whole day"));
}

static const struct ir_rule working_rules[] = {{.name = "days",
                                                .type = IR_RULE_LIST,
                                                .required = true,
                                                .min = 1,
                                                .max = 7,
                                                .item = &ir_rule_weekday},
                                               {.name = "from",
                                                .type = IR_RULE_SPECIAL,
                                                .required = true,
                                                .special = ir_check_hour},
                                               {.name = "to",
                                                .type = IR_RULE_SPECIAL,
                                                .required = true,
                                                .special = ir_check_hour},
                                               {.name = NULL}};
static const struct ir_schema working_schema = {working_rules, also_working};

static const struct ir_rule person_rules[] = {
    ID,
    TEXT("name"),
    MAYTEXT("title"),
    MAYTEXT("organisation"),
    {.name = "language",
     .type = IR_RULE_ENUM,
     .required = true,
     .words = languages},
    CHANNELS,
    {.name = "verified", .type = IR_RULE_DATE},
    MAYTEXT("hours"),
    {.name = "outside", .type = IR_RULE_BOOL},
    {.name = "working", .type = IR_RULE_OBJ, .of = &working_schema},
    {.name = "member", .type = IR_RULE_ID},
    {.name = NULL}};
static const struct ir_schema person_schema = {person_rules, NULL};
static const struct ir_rule item_person = {.type = IR_RULE_OBJ,
                                           .of = &person_schema};

static const struct ir_rule holder = {.type = IR_RULE_REF,
                                      .ref = IR_REF_PERSON};
static const struct ir_rule role_rules[] = {
    ID,
    TEXT("title"),
    {.name = "holders",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 1,
     .max = 50,
     .item = &holder},
    {.name = "wait", .type = IR_RULE_DURATION},
    {.name = "equal", .type = IR_RULE_BOOL},
    {.name = NULL}};
static const struct ir_schema role_schema = {role_rules, NULL};
static const struct ir_rule item_role = {.type = IR_RULE_OBJ,
                                         .of = &role_schema};

static const struct ir_rule entry = {.type = IR_RULE_REF,
                                     .ref = IR_REF_TREE_ENTRY};
static const struct ir_rule level = {
    .type = IR_RULE_LIST, .min = 1, .max = 50, .item = &entry};
static const struct ir_rule tree_rules[] = {
    ID,
    TEXT("title"),
    TEXT("say"),
    {.name = "levels",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 1,
     .max = 20,
     .item = &level,
     .unique = ""},
    {.name = "wait", .type = IR_RULE_DURATION, .required = true},
    {.name = "goal", .type = IR_RULE_ENUM, .words = goals},
    {.name = NULL}};
static const struct ir_schema tree_schema = {tree_rules, NULL};
static const struct ir_rule item_tree = {.type = IR_RULE_OBJ,
                                         .of = &tree_schema};

static const struct ir_rule item_fact = {.type = IR_RULE_ENUM, .words = facts};
static const struct ir_rule audience_member = {.type = IR_RULE_REF,
                                               .ref = IR_REF_AUDIENCE_MEMBER};
static const struct ir_rule audience_rules[] = {
    ID,
    {.name = "number",
     .type = IR_RULE_INT,
     .required = true,
     .min = 1,
     .max = 9999},
    TEXT("title"),
    {.name = "inside", .type = IR_RULE_BOOL, .required = true},
    {.name = "may_know",
     .type = IR_RULE_LIST,
     .required = true,
     .max = 7,
     .item = &item_fact},
    {.name = "releases",
     .type = IR_RULE_REF,
     .required = true,
     .ref = IR_REF_ROLE},
    MAYTEXT("by"),
    {.name = "members",
     .type = IR_RULE_LIST,
     .min = 1,
     .max = PEOPLE_MAX,
     .item = &audience_member},
    {.name = "channels",
     .type = IR_RULE_LIST,
     .min = 1,
     .max = 20,
     .item = &ir_rule_channel,
     .unique = ""},
    {.name = "update",
     .type = IR_RULE_DURATION,
     .min = 60,
     .max = 7 * INT64_C(86400)},
    {.name = NULL}};
static const struct ir_schema audience_schema = {audience_rules, NULL};
static const struct ir_rule item_audience = {.type = IR_RULE_OBJ,
                                             .of = &audience_schema};

static const struct ir_rule authority_rules[] = {
    ID,
    TEXT("title"),
    CHANNELS,
    MAYTEXT("hours"),
    TEXT("say"),
    {.name = "form", .type = IR_RULE_REF, .ref = IR_REF_FORM},
    {.name = "verified", .type = IR_RULE_DATE},
    {.name = NULL}};
static const struct ir_schema authority_schema = {authority_rules, NULL};
static const struct ir_rule item_authority = {.type = IR_RULE_OBJ,
                                              .of = &authority_schema};

static const struct ir_rule partner_rules[] = {
    ID,
    TEXT("name"),
    TEXT("role"),
    {.name = "contract", .type = IR_RULE_STR, .required = true, .max = 80},
    {.name = "response", .type = IR_RULE_DURATION, .required = true},
    CHANNELS,
    {.name = "verified", .type = IR_RULE_DATE, .required = true},
    {.name = NULL}};
static const struct ir_schema partner_schema = {partner_rules, NULL};
static const struct ir_rule item_partner = {.type = IR_RULE_OBJ,
                                            .of = &partner_schema};

/* How it is found out whether messages arrive. */
static const struct ir_rule canary_rules[] = {
    {.name = "to", .type = IR_RULE_STR, .required = true, .max = 200},
    {.name = "via", .type = IR_RULE_ID},
    {.name = "every", .type = IR_RULE_DURATION},
    {.name = "within", .type = IR_RULE_DURATION},
    {.name = NULL}};
static const struct ir_schema canary_schema = {canary_rules, NULL};

/* How messages leave: which plugin, with what. */
static const struct ir_rule way_rules[] = {
    ID,
    {.name = "plugin",
     .type = IR_RULE_REF,
     .required = true,
     .ref = IR_REF_PLUGIN},
    TEXT("title"),
    {.name = "mail", .type = IR_RULE_BOOL},
    {.name = "canary", .type = IR_RULE_OBJ, .of = &canary_schema},
    {.name = "read", .type = IR_RULE_DURATION},
    {.name = "config",
     .type = IR_RULE_SPECIAL,
     .special = ir_check_channel_config},
    {.name = NULL}};
static const struct ir_schema way_schema = {way_rules, NULL};
static const struct ir_rule item_way = {.type = IR_RULE_OBJ, .of = &way_schema};

/* Numbers of audiences are for ever: no two share one. */
static void
also_contacts(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    const struct ir_field *f = ir_node_field(n, "audiences");
    size_t i, k, outer, mark;

    (void)j;
    if (f == NULL || f->node->type != IR_NODE_TABLE)
        return;
    outer = ir_check_path_in(ck, "audiences", 0);
    for (i = 0; i < f->node->items_n; i++) {
        const struct ir_field *a = ir_node_field(f->node->items[i], "number");

        for (k = 0; a != NULL && a->node->type == IR_NODE_INT && k < i; k++) {
            const struct ir_field *b =
                ir_node_field(f->node->items[k], "number");

            if (b == NULL || b->node->type != IR_NODE_INT ||
                b->node->num != a->node->num)
                continue;
            mark = ir_check_path_in(ck, NULL, i + 1);
            ir_check_say_field(ck, true, f->node->items[i], "number",
                               _("number %lld is taken by the audience in "
                                 "line %d"),
                               (long long)a->node->num, b->at.line);
            ir_check_path_out(ck, mark);
            break;
        }
    }
    ir_check_path_out(ck, outer);
}

static const struct ir_rule contacts_rules[] = {
    API,
    KIND(kind_contacts),
    LIST("people", &item_person),
    LIST("roles", &item_role),
    LIST("trees", &item_tree),
    LIST("audiences", &item_audience),
    LIST("authorities", &item_authority),
    LIST("partners", &item_partner),
    {.name = "channels",
     .type = IR_RULE_LIST,
     .max = 100,
     .item = &item_way,
     .unique = "id"},
    {.name = NULL}};
const struct ir_schema ir_schema_contacts = {contacts_rules, also_contacts};

static const struct ir_rule control_rules[] = {
    {.name = "id", .type = IR_RULE_STR, .required = true, .max = 60},
    TEXT("title"),
    TEXT("demand"),
    TEXT("where"),
    {.name = NULL}};
static const struct ir_schema control_schema = {control_rules, NULL};
static const struct ir_rule item_control = {.type = IR_RULE_OBJ,
                                            .of = &control_schema};
static const struct ir_rule controls_rules[] = {
    API, KIND(kind_controls), LIST("rows", &item_control), {.name = NULL}};
const struct ir_schema ir_schema_controls = {controls_rules, NULL};

static void
also_field(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    bool choice = strcmp(ir_json_get_str(j, "type", ""), "choice") == 0;

    if (choice && ir_node_field(n, "choices") == NULL)
        ir_check_say_field(ck, true, n, "choices",
                           _("a question of type choice needs choices"));
    if (!choice && ir_node_field(n, "choices") != NULL)
        ir_check_say_field(ck, true, n, "choices",
                           _("only a question of type choice has choices"));
}

/* What an answer is filled from, where the incident knows it. */
static const char *const fills[] = {"aware", "began",  "impact",   "measures",
                                    "next",  "sender", "severity", "system",
                                    "what",  NULL};
/* What else the question is called in mails and messages. */
static const struct ir_rule item_word = {.type = IR_RULE_STR, .max = 60};
static const struct ir_rule item_choice = {.type = IR_RULE_OBJ,
                                           .of = &ir_schema_choice};
static const struct ir_rule field_rules[] = {
    ID,
    TEXT("ask"),
    {.name = "type",
     .type = IR_RULE_ENUM,
     .required = true,
     .words = field_types},
    {.name = "choices",
     .type = IR_RULE_LIST,
     .min = 2,
     .max = 30,
     .item = &item_choice,
     .unique = "id"},
    {.name = "required", .type = IR_RULE_BOOL, .required = true},
    {.name = "fill", .type = IR_RULE_ENUM, .words = fills},
    {.name = "words",
     .type = IR_RULE_LIST,
     .min = 1,
     .max = 20,
     .item = &item_word,
     .unique = ""},
    MAYTEXT("help"),
    {.name = NULL}};
static const struct ir_schema field_schema = {field_rules, also_field};
/* A question of its own, or one of another form. */
static struct ir_json *
check_field(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    static const struct ir_rule own = {.type = IR_RULE_OBJ,
                                       .of = &field_schema};
    struct ir_json *taken = ir_form_taken(ck, n);

    return taken != NULL ? taken : ir_check_value(ck, &own, n, at);
}

static const struct ir_rule item_field = {.type = IR_RULE_SPECIAL,
                                          .special = check_field};
static const struct ir_rule form_rules[] = {
    API,
    KIND(kind_form),
    ID,
    {.name = "like", .type = IR_RULE_REF, .ref = IR_REF_FORM},
    {.name = "title", .type = IR_RULE_TITLE, .required = true},
    TEXT("intro"),
    {.name = "for_kind",
     .type = IR_RULE_ENUM,
     .required = true,
     .words = form_kinds},
    {.name = "fields",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 1,
     .max = 60,
     .item = &item_field,
     .unique = "id"},
    MAYTEXT("phone"),
    MAYTEXT("then_say"),
    {.name = NULL}};
const struct ir_schema ir_schema_form = {form_rules, NULL};

static const struct ir_rule template_rules[] = {
    API,
    KIND(kind_template),
    ID,
    {.name = "audience",
     .type = IR_RULE_REF,
     .required = true,
     .ref = IR_REF_AUDIENCE},
    {.name = "title", .type = IR_RULE_TITLE, .required = true},
    {.name = "number", .type = IR_RULE_INT, .min = 1, .max = 9999},
    TEXT("body"),
    {.name = NULL}};
const struct ir_schema ir_schema_template = {template_rules, NULL};
