/* facts.c: need-to-know: a template says to an audience only what that may
 * know; see unit.h. */
#include "base/i18n.h"
#include "core/update.h"
#include "script/unit.h"

#include <stdio.h>
#include <string.h>

static const struct ir_unit *
unit_of(const struct ir_units *us, enum ir_unit_kind kind, const char *name)
{
    size_t i;

    for (i = 0; i < us->n; i++)
        if (us->u[i].kind == kind && strcmp(us->u[i].name, name) == 0)
            return &us->u[i];
    return NULL;
}

/* What the audience `id` may know, in bits; all where it cannot be told. */
static unsigned
known_to(const struct ir_units *us, const char *id)
{
    const struct ir_unit *c = unit_of(us, IR_UNIT_CONTACTS, "contacts");
    const struct ir_json *list =
        c != NULL && c->json != NULL ? ir_json_get(c->json, "audiences") : NULL;
    size_t i;

    for (i = 0; list != NULL && i < ir_json_len(list); i++) {
        const struct ir_json *a = ir_json_at(list, i);

        if (strcmp(ir_json_get_str(a, "id", ""), id) == 0)
            return ir_facts_of(ir_json_get(a, "may_know"));
    }
    return ~0U;
}

/* The facts that template `t` tells and `audience` may not know. The cause is
 * not among them: where it may not be known, it reads "under investigation".
 */
static unsigned
beyond(const struct ir_units *us, const struct ir_unit *t, const char *audience)
{
    const struct ir_json *body = ir_json_get(t->json, "body");
    unsigned uses = ir_update_uses(ir_json_get_str(body, "en", "")) |
                    ir_update_uses(ir_json_get_str(body, "ja", ""));

    return uses & ~known_to(us, audience) & ~(1U << IR_FACT_CAUSE);
}

static void
say(struct ir_check *ck, const struct ir_node *n, const char *field,
    unsigned facts, const char *template, const char *audience)
{
    int f;

    for (f = 0; f < IR_FACTS_N; f++)
        if ((facts & 1U << f) != 0)
            ir_check_say_field(ck, true, n, field,
                               _("template %s tells \"%s\", which the audience "
                                 "%s may not know"),
                               template, ir_fact_word((enum ir_fact)f),
                               audience);
}

/* Numbers of templates are for ever: no two share one. */
static void
check_number(struct ir_check *ck, const struct ir_units *us, size_t at)
{
    const struct ir_unit *t = &us->u[at];
    int64_t number = ir_json_get_int(t->json, "number", 0);
    size_t i;

    for (i = 0; number > 0 && i < at; i++)
        if (us->u[i].kind == IR_UNIT_TEMPLATE && us->u[i].json != NULL &&
            ir_json_get_int(us->u[i].json, "number", 0) == number)
            ir_check_say_field(ck, true, t->root, "number",
                               _("number %lld is taken by the template %s"),
                               (long long)number, us->u[i].name);
}

/* The steps of a runbook that inform somebody by a template. */
static void
check_steps(struct ir_check *ck, const struct ir_units *us,
            const struct ir_unit *u)
{
    const struct ir_field *steps = ir_node_field(u->root, "steps");
    size_t i, mark = ir_check_path_in(ck, "steps", 0);

    for (i = 0; steps != NULL && i < steps->node->items_n; i++) {
        const struct ir_node *n = steps->node->items[i];
        const char *audience = ir_node_str(n, "notify");
        const char *name = ir_node_str(n, "template");
        const struct ir_unit *t =
            name != NULL ? unit_of(us, IR_UNIT_TEMPLATE, name) : NULL;
        size_t item = ir_check_path_in(ck, NULL, i + 1);

        if (audience != NULL && t != NULL && t->json != NULL &&
            strcmp(ir_json_get_str(t->json, "audience", ""), audience) != 0)
            say(ck, n, "template", beyond(us, t, audience), name, audience);
        ir_check_path_out(ck, item);
    }
    ir_check_path_out(ck, mark);
}

void
ir_facts_check(struct ir_check *ck, struct ir_units *us)
{
    size_t i, before;

    for (i = 0; i < us->n; i++) {
        struct ir_unit *u = &us->u[i];

        if (u->root == NULL || u->json == NULL || u->errors > 0)
            continue;
        before = ck->errors;
        ck->file = (int)i;
        ck->path[0] = '\0';
        if (u->kind == IR_UNIT_TEMPLATE) {
            const char *audience = ir_json_get_str(u->json, "audience", "");

            say(ck, u->root, "body", beyond(us, u, audience), u->name,
                audience);
            check_number(ck, us, i);
        } else if (u->kind == IR_UNIT_RUNBOOK) {
            check_steps(ck, us, u);
        }
        u->errors += ck->errors - before;
    }
    ck->path[0] = '\0';
}
