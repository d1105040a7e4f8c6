/* step.c: what the rules of a step cannot say, and conditions. */
#include "base/i18n.h"
#include "core/plan.h"
#include "script/schema.h"

#include <string.h>

static const char *const acts[] = {"choose", "ask",  "run",  "collect", "call",
                                   "notify", "tell", "wait", "runbook", NULL};

/* What may only stand beside something else. */
static const struct {
    const char *field, *with;
} beside[] = {
    {"accept", "run"},     {"deadline", "run"},    {"real", "run"},
    {"target", "collect"}, {"template", "notify"}, {"report", "tell"},
};

static void
check_act(struct ir_check *ck, const struct ir_node *n)
{
    const char *first = NULL;
    size_t i;

    for (i = 0; acts[i] != NULL; i++) {
        if (ir_node_field(n, acts[i]) == NULL)
            continue;
        if (first != NULL)
            ir_check_say_field(ck, true, n, acts[i],
                               _("a step does one thing; this one has \"%s\" "
                                 "already: make it two steps"),
                               first);
        first = acts[i];
    }
    for (i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        if (ir_node_field(n, beside[i].field) != NULL &&
            ir_node_field(n, beside[i].with) == NULL)
            ir_check_say_field(ck, true, n, beside[i].field,
                               _("only together with \"%s\""), beside[i].with);
    }
    if (ir_node_field(n, "say") == NULL && ir_node_field(n, "runbook") == NULL)
        ir_check_say_field(ck, true, n, "say", _("\"%s\" is missing"), "say");
    if (ir_node_field(n, "good") == NULL &&
        ir_node_field(n, "runbook") == NULL &&
        ir_node_field(n, "choose") == NULL && ir_node_field(n, "ask") == NULL &&
        ir_node_field(n, "wait") == NULL)
        ir_check_say_field(ck, false, n, "good", _("say what good looks like"));
}

/* Variables of arguments: never in the program's name, and what is nothing
 * but a variable only behind "--", where it cannot become an option. */
static void
check_argv(struct ir_check *ck, const struct ir_node *argv)
{
    bool operands = false;
    size_t i, mark, outer = ir_check_path_in(ck, "run", 0);

    for (i = 0; i < argv->items_n; i++) {
        const struct ir_node *a = argv->items[i];

        mark = ir_check_path_in(ck, NULL, i + 1);
        if (a->type == IR_NODE_STR && i == 0 &&
            (strstr(a->str, "${") != NULL || a->str[0] == '-'))
            ir_check_say(ck, true, a->at,
                         _("the program must be a fixed name"));
        else if (a->type == IR_NODE_STR && !operands &&
                 strncmp(a->str, "${", 2) == 0)
            ir_check_say(ck, true, a->at,
                         _("an argument that begins with a variable must come "
                           "after \"--\""));
        if (a->type == IR_NODE_STR)
            ir_check_gaps(ck, a->str, a->at);
        operands |= a->type == IR_NODE_STR && strcmp(a->str, "--") == 0;
        ir_check_path_out(ck, mark);
    }
    ir_check_path_out(ck, outer);
}

void
ir_check_step(struct ir_check *ck, const struct ir_node *n, struct ir_json *j)
{
    const struct ir_field *run = ir_node_field(n, "run");
    const struct ir_field *id = ir_node_field(n, "id");
    struct ir_json *accept, *codes;

    check_act(ck, n);
    if (id != NULL && id->node->type == IR_NODE_STR &&
        strcmp(id->node->str, "end") == 0)
        ir_check_say_field(ck, true, n, "id",
                           _("\"end\" is taken: it ends a branch"));
    if (run == NULL)
        return;
    if (run->node->type == IR_NODE_TABLE)
        check_argv(ck, run->node);
    if (ir_node_field(n, "deadline") == NULL)
        ir_json_set_int(j, "deadline", 60);
    accept = ir_json_get(j, "accept");
    if (accept == NULL)
        accept = ir_json_set_take(j, "accept", ir_json_new_obj());
    if (ir_json_get(accept, "exit") == NULL) {
        codes = ir_json_set_take(accept, "exit", ir_json_new_arr());
        ir_json_add_int(codes, 0);
    }
}

/* Conditions. */

static struct ir_json *cond(struct ir_check *ck, const struct ir_node *n,
                            struct ir_where at, int depth);

static const char *const states[] = {"done", "failed", "skipped", NULL};
static const char *const mails[] = {"ok", "down", "distrusted", NULL};
static const struct ir_rule name_rule = {.type = IR_RULE_ID};
static const struct ir_rule var_rule = {.type = IR_RULE_STR, .max = 32};
static const struct ir_rule value_rule = {.type = IR_RULE_STR, .max = 200};
static const struct ir_rule state_rule = {.type = IR_RULE_ENUM,
                                          .words = states};
static const struct ir_rule mail_rule = {.type = IR_RULE_ENUM, .words = mails};
static const struct ir_rule bool_rule = {.type = IR_RULE_BOOL};
static const struct ir_rule severity_rule = {
    .type = IR_RULE_INT, .min = 1, .max = 4};

/* The forms a condition may have: exactly these fields. */
static const struct {
    const char *a, *b;
    const struct ir_rule *ra, *rb;
} forms[] = {
    {"step", "chose", &name_rule, &name_rule},
    {"step", "state", &name_rule, &state_rule},
    {"var", "is", &var_rule, &value_rule},
    {"var", "unknown", &var_rule, &bool_rule},
    {"severity", NULL, &severity_rule, NULL},
    {"mail", NULL, &mail_rule, NULL},
    {"exercise", NULL, &bool_rule, NULL},
};

static void
put_part(struct ir_check *ck, const struct ir_node *n, const char *name,
         const struct ir_rule *r, struct ir_json *out)
{
    const struct ir_field *f = ir_node_field(n, name);
    size_t mark = ir_check_path_in(ck, name, 0);
    struct ir_json *v = ir_check_value(ck, r, f->node, f->at);

    if (v != NULL)
        ir_json_set_take(out, name, v);
    ir_check_path_out(ck, mark);
}

/* all = { ... }, any = { ... } */
static struct ir_json *
cond_list(struct ir_check *ck, const struct ir_field *f, int depth)
{
    struct ir_json *out = ir_json_new_obj(), *arr, *v;
    size_t i, mark, outer = ir_check_path_in(ck, f->key, 0);

    arr = ir_json_set_take(out, f->key, ir_json_new_arr());
    if (!ir_node_is_list(f->node) || f->node->items_n == 0 ||
        f->node->items_n > IR_PLAN_LIST_MAX)
        ir_check_say(ck, true, f->at, _("must be a list of 1 to %d conditions"),
                     IR_PLAN_LIST_MAX);
    else
        for (i = 0; i < f->node->items_n; i++) {
            mark = ir_check_path_in(ck, NULL, i + 1);
            v = cond(ck, f->node->items[i], f->node->items[i]->at, depth + 1);
            if (v != NULL)
                ir_json_add_take(arr, v);
            ir_check_path_out(ck, mark);
        }
    ir_check_path_out(ck, outer);
    return out;
}

static struct ir_json *
cond_not(struct ir_check *ck, const struct ir_field *f, int depth)
{
    struct ir_json *out = ir_json_new_obj(), *v;
    size_t mark = ir_check_path_in(ck, "not", 0);

    v = cond(ck, f->node, f->at, depth + 1);
    if (v != NULL)
        ir_json_set_take(out, "not", v);
    ir_check_path_out(ck, mark);
    return out;
}

static struct ir_json *
cond(struct ir_check *ck, const struct ir_node *n, struct ir_where at,
     int depth)
{
    struct ir_json *out;
    size_t i;

    if (n->type != IR_NODE_TABLE) {
        ir_check_say(ck, true, at, _("must be %s, not %s"),
                     _("a condition, as { step = \"a\", chose = \"b\" }"),
                     ir_node_what(n));
        return NULL;
    }
    if (depth > IR_COND_DEPTH_MAX) {
        ir_check_say(ck, true, at, _("conditions are nested more than %d deep"),
                     IR_COND_DEPTH_MAX);
        return NULL;
    }
    if (n->fields_n == 1 && n->items_n == 0 && !n->odd_keys) {
        const struct ir_field *f = &n->fields[0];

        if (strcmp(f->key, "all") == 0 || strcmp(f->key, "any") == 0)
            return cond_list(ck, f, depth);
        if (strcmp(f->key, "not") == 0)
            return cond_not(ck, f, depth);
    }
    for (i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (n->fields_n != (forms[i].b ? 2u : 1u) || n->items_n > 0 ||
            n->odd_keys || ir_node_field(n, forms[i].a) == NULL ||
            (forms[i].b && ir_node_field(n, forms[i].b) == NULL))
            continue;
        out = ir_json_new_obj();
        put_part(ck, n, forms[i].a, forms[i].ra, out);
        if (forms[i].b != NULL)
            put_part(ck, n, forms[i].b, forms[i].rb, out);
        return out;
    }
    ir_check_say(ck, true, n->at,
                 _("no condition: there are step with chose or state, var "
                   "with is or unknown, severity, mail, exercise, all, any, "
                   "not"));
    return NULL;
}

struct ir_json *
ir_check_cond(struct ir_check *ck, const struct ir_node *n, struct ir_where at)
{
    return cond(ck, n, at, 1);
}
