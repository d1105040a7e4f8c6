/* schema_site.c: rules of site.lua and of <system>/system.lua. */
#include "base/i18n.h"
#include "base/time.h"
#include "script/schema.h"

#include <stdio.h>
#include <string.h>

#define TEXT(n)                                                                \
    {                                                                          \
        .name = n, .type = IR_RULE_TEXT, .required = true                      \
    }
#define API                                                                    \
    {                                                                          \
        .name = "api", .type = IR_RULE_INT, .required = true, .min = 1,        \
        .max = 1                                                               \
    }
#define ID                                                                     \
    {                                                                          \
        .name = "id", .type = IR_RULE_ID, .required = true                     \
    }
#define BOOL(n)                                                                \
    {                                                                          \
        .name = n, .type = IR_RULE_BOOL                                        \
    }
#define TIME(n)                                                                \
    {                                                                          \
        .name = n, .type = IR_RULE_DURATION                                    \
    }

static const char *const kind_site[] = {"site", NULL};
static const char *const kind_system[] = {"system", NULL};
static const char *const languages[] = {"en", "ja", NULL};
static const char *const weekdays[] = {"mon", "tue", "wed", "thu",
                                       "fri", "sat", "sun", NULL};
static const char *const unknowns[] = {"incident", "event", NULL};
static const char *const bases[] = {"awareness", "determination", "previous",
                                    NULL};
static const char *const day_kinds[] = {"calendar", "business", NULL};
static const char *const applies[] = {"default", "example", NULL};

static const struct ir_rule item_text = {.type = IR_RULE_TEXT};
static const struct ir_rule item_language = {.type = IR_RULE_ENUM,
                                             .words = languages};
const struct ir_rule ir_rule_weekday = {.type = IR_RULE_ENUM,
                                        .words = weekdays};
static const struct ir_rule item_date = {.type = IR_RULE_DATE};

/* `n` digits at s as a number, or -1. */
static int
digits(const char *s, size_t n)
{
    int v = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        v = 10 * v + s[i] - '0';
    }
    return v;
}

struct ir_json *
ir_check_hour(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    if (n->type != IR_NODE_STR || n->len != 5 || n->str[2] != ':' ||
        digits(n->str, 2) < 0 || digits(n->str, 2) > 23 ||
        digits(n->str + 3, 2) < 0 || digits(n->str + 3, 2) > 59) {
        ir_check_say(ck, true, at, _("must be a time of day, \"08:30\""));
        return NULL;
    }
    return ir_json_new_str(n->str);
}

static struct ir_json *
check_year_start(struct ir_check *ck, const struct ir_node *n,
                 struct ir_where at)
{
    char date[16] = "";
    int32_t d;

    if (n->type == IR_NODE_STR && n->len == 5)
        snprintf(date, sizeof date, "2025-%s", n->str);
    if (ir_date_parse(date, &d, NULL) != IR_OK) {
        ir_check_say(ck, true, at, _("must be a month and a day, \"04-01\""));
        return NULL;
    }
    return ir_json_new_str(n->str);
}

static struct ir_json *
check_zone(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789_+-/";

    if (n->type != IR_NODE_STR || n->len == 0 || n->len > 60 ||
        strspn(n->str, ok) != n->len || n->str[0] == '/') {
        ir_check_say(ck, true, at, _("must be a time zone, \"Asia/Tokyo\""));
        return NULL;
    }
    return ir_json_new_str(n->str);
}

static const struct ir_rule item_hour = {.type = IR_RULE_SPECIAL,
                                         .special = ir_check_hour};

static const struct ir_rule business_rules[] = {{.name = "days",
                                                 .type = IR_RULE_LIST,
                                                 .required = true,
                                                 .min = 1,
                                                 .max = 7,
                                                 .item = &ir_rule_weekday},
                                                {.name = "hours",
                                                 .type = IR_RULE_LIST,
                                                 .required = true,
                                                 .min = 2,
                                                 .max = 2,
                                                 .item = &item_hour},
                                                {.name = "holidays",
                                                 .type = IR_RULE_LIST,
                                                 .required = true,
                                                 .max = 1000,
                                                 .item = &item_date},
                                                {.name = NULL}};
static const struct ir_schema business_schema = {business_rules, NULL};

static const struct ir_rule severity_rules[] = {{.name = "level",
                                                 .type = IR_RULE_INT,
                                                 .required = true,
                                                 .min = 1,
                                                 .max = 4},
                                                TEXT("title"),
                                                TEXT("means"),
                                                {.name = NULL}};
static const struct ir_schema severity_schema = {severity_rules, NULL};
static const struct ir_rule item_severity = {.type = IR_RULE_OBJ,
                                             .of = &severity_schema};

static const struct ir_rule criterion_rules[] = {ID,
                                                 TEXT("ask"),
                                                 {.name = "severity",
                                                  .type = IR_RULE_INT,
                                                  .required = true,
                                                  .min = 1,
                                                  .max = 4},
                                                 {.name = "unknown",
                                                  .type = IR_RULE_ENUM,
                                                  .required = true,
                                                  .words = unknowns},
                                                 {.name = NULL}};
static const struct ir_schema criterion_schema = {criterion_rules, NULL};
static const struct ir_rule item_criterion = {.type = IR_RULE_OBJ,
                                              .of = &criterion_schema};

static const struct ir_rule criteria_rules[] = {
    {.name = "review", .type = IR_RULE_DATE, .required = true},
    {.name = "items",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 1,
     .max = 100,
     .item = &item_criterion,
     .unique = "id"},
    {.name = "not_incident",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 1,
     .max = 100,
     .item = &item_text,
     .unique = ""},
    {.name = NULL}};
static const struct ir_schema criteria_schema = {criteria_rules, NULL};

static void
also_deadline(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    int ways = (ir_node_field(n, "duration") != NULL) +
               (ir_node_field(n, "latest_days") != NULL) +
               (ir_node_field(n, "months") != NULL);

    if (ways != 1)
        ir_check_say(ck, true, n->at,
                     _("needs exactly one of duration, latest_days (with "
                       "target_days) and months"));
    if (ir_node_field(n, "target_days") != NULL &&
        ir_json_get_int(j, "target_days", 0) >
            ir_json_get_int(j, "latest_days", 0))
        ir_check_say_field(ck, true, n, "target_days",
                           _("must not be later than latest_days"));
}

static const struct ir_rule deadline_rules[] = {
    ID,
    TEXT("law"),
    TEXT("title"),
    {.name = "authority",
     .type = IR_RULE_REF,
     .required = true,
     .ref = IR_REF_AUTHORITY},
    {.name = "counts_from",
     .type = IR_RULE_ENUM,
     .required = true,
     .words = bases},
    TEXT("trigger"),
    TIME("duration"),
    {.name = "target_days", .type = IR_RULE_INT, .min = 1, .max = 366},
    {.name = "latest_days", .type = IR_RULE_INT, .min = 1, .max = 366},
    BOOL("first_day_counts"),
    {.name = "months", .type = IR_RULE_INT, .min = 1, .max = 24},
    {.name = "days",
     .type = IR_RULE_ENUM,
     .required = true,
     .words = day_kinds},
    {.name = "contains",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 1,
     .max = 40,
     .item = &item_text,
     .unique = ""},
    {.name = "next", .type = IR_RULE_REF, .ref = IR_REF_DEADLINE},
    {.name = "form", .type = IR_RULE_REF, .ref = IR_REF_FORM},
    {.name = "reviewed_by_counsel", .type = IR_RULE_BOOL, .required = true},
    {.name = "applies",
     .type = IR_RULE_ENUM,
     .required = true,
     .words = applies},
    {.name = NULL}};
static const struct ir_schema deadline_schema = {deadline_rules, also_deadline};
static const struct ir_rule item_deadline = {.type = IR_RULE_OBJ,
                                             .of = &deadline_schema};

static const struct ir_rule policy_rules[] = {
    TIME("first_word"),
    TIME("update_every"),
    TIME("command_wait"),
    TIME("approve_expires"),
    {.name = "witness", .type = IR_RULE_INT, .min = 0, .max = 99},
    {.name = "alert_cosign", .type = IR_RULE_INT, .min = 0, .max = 99},
    {.name = NULL}};
static const struct ir_schema policy_schema = {policy_rules, NULL};

static const struct ir_rule assembly_rules[] = {
    ID, TEXT("title"), TEXT("place"), BOOL("alternative"), {.name = NULL}};
static const struct ir_schema assembly_schema = {assembly_rules, NULL};
static const struct ir_rule item_assembly = {.type = IR_RULE_OBJ,
                                             .of = &assembly_schema};

/* The four levels stand there once each. */
static void
also_site(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    const struct ir_field *f = ir_node_field(n, "severities");
    bool seen[5] = {false};
    size_t i, outer, mark;

    (void)j;
    if (f == NULL || f->node->type != IR_NODE_TABLE)
        return;
    outer = ir_check_path_in(ck, "severities", 0);
    for (i = 0; i < f->node->items_n; i++) {
        const struct ir_field *l = ir_node_field(f->node->items[i], "level");

        if (l == NULL || l->node->type != IR_NODE_INT || l->node->num < 1 ||
            l->node->num > 4)
            continue;
        mark = ir_check_path_in(ck, NULL, i + 1);
        if (seen[l->node->num])
            ir_check_say_field(ck, true, f->node->items[i], "level",
                               _("level %d stands here twice"),
                               (int)l->node->num);
        seen[l->node->num] = true;
        ir_check_path_out(ck, mark);
    }
    ir_check_path_out(ck, outer);
}

static const struct ir_rule site_rules[] = {
    API,
    {.name = "kind",
     .type = IR_RULE_ENUM,
     .required = true,
     .words = kind_site},
    TEXT("organisation"),
    {.name = "languages",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 1,
     .max = 2,
     .item = &item_language},
    {.name = "timezone",
     .type = IR_RULE_SPECIAL,
     .required = true,
     .special = check_zone},
    {.name = "fiscal_year_start",
     .type = IR_RULE_SPECIAL,
     .required = true,
     .special = check_year_start},
    {.name = "business",
     .type = IR_RULE_OBJ,
     .required = true,
     .of = &business_schema},
    {.name = "severities",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 4,
     .max = 4,
     .item = &item_severity,
     .unique = ""},
    {.name = "criteria",
     .type = IR_RULE_OBJ,
     .required = true,
     .of = &criteria_schema},
    {.name = "deadlines",
     .type = IR_RULE_LIST,
     .required = true,
     .max = 100,
     .item = &item_deadline,
     .unique = "id"},
    {.name = "policy", .type = IR_RULE_OBJ, .of = &policy_schema},
    {.name = "assembly",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 1,
     .max = 20,
     .item = &item_assembly,
     .unique = "id"},
    {.name = NULL}};
const struct ir_schema ir_schema_site = {site_rules, also_site};

/* <system>/system.lua */

static void
also_operation(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    int64_t rto = ir_json_get_int(j, "rto", 0);
    int64_t mtpd = ir_json_get_int(j, "mtpd", 0);

    if (rto > 0 && mtpd > 0 && mtpd < rto)
        ir_check_say_field(ck, true, n, "mtpd",
                           _("must not be shorter than rto"));
}

static const struct ir_rule operation_rules[] = {
    ID,
    TEXT("title"),
    {.name = "rto", .type = IR_RULE_DURATION, .required = true},
    TIME("rpo"),
    TIME("mtpd"),
    {.name = "level",
     .type = IR_RULE_INT,
     .required = true,
     .min = 1,
     .max = 100},
    {.name = "priority",
     .type = IR_RULE_INT,
     .required = true,
     .min = 1,
     .max = 99},
    TEXT("fallback"),
    {.name = NULL}};
static const struct ir_schema operation_schema = {operation_rules,
                                                  also_operation};
static const struct ir_rule item_operation = {.type = IR_RULE_OBJ,
                                              .of = &operation_schema};
static const struct ir_rule item_id = {.type = IR_RULE_ID};
static const struct ir_rule item_partner = {.type = IR_RULE_REF,
                                            .ref = IR_REF_PARTNER};

static const struct ir_rule record_rules[] = {
    TEXT("place"),
    {.name = "checked", .type = IR_RULE_DATE, .required = true},
    {.name = "max_age", .type = IR_RULE_DURATION, .required = true},
    {.name = NULL}};
static const struct ir_schema record_schema = {record_rules, NULL};

static const struct ir_rule system_rules[] = {
    API,
    {.name = "kind",
     .type = IR_RULE_ENUM,
     .required = true,
     .words = kind_system},
    ID,
    {.name = "title", .type = IR_RULE_TITLE, .required = true},
    TEXT("description"),
    {.name = "operations",
     .type = IR_RULE_LIST,
     .required = true,
     .min = 1,
     .max = 30,
     .item = &item_operation,
     .unique = "id"},
    {.name = "owner",
     .type = IR_RULE_REF,
     .required = true,
     .ref = IR_REF_ROLE},
    {.name = "depends", .type = IR_RULE_LIST, .max = 50, .item = &item_id},
    {.name = "config_record",
     .type = IR_RULE_OBJ,
     .required = true,
     .of = &record_schema},
    {.name = "partners",
     .type = IR_RULE_LIST,
     .max = 50,
     .item = &item_partner},
    {.name = NULL}};
const struct ir_schema ir_schema_system = {system_rules, NULL};
