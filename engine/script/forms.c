/* forms.c: a form that takes questions over from another: compiled it holds
 * them itself, as if they had been written there; see unit.h.
 */
#include "base/i18n.h"
#include "script/schema.h"
#include "script/unit.h"

#include <stdlib.h>
#include <string.h>

enum state { LATER, DOING, WHOLE, HURT };

struct forms {
    struct ir_check *ck;
    struct ir_units *us;
    enum state *state; /* of each unit */
};

/* Only some of a question: what else it is, is in the other form. */
static const struct ir_rule taken_rules[] = {
    {.name = "id", .type = IR_RULE_ID, .required = true},
    {.name = "required", .type = IR_RULE_BOOL},
    {.name = "help", .type = IR_RULE_TEXT},
    {.name = NULL}};
static const struct ir_schema taken_schema = {taken_rules, NULL};

struct ir_json *
ir_form_taken(struct ir_check *ck, const struct ir_node *n)
{
    struct ir_json *j;

    if (n->type == IR_NODE_STR) {
        j = ir_json_new_obj();
        ir_json_set_str(j, "id", n->str);
    } else if (n->type == IR_NODE_TABLE && ir_node_field(n, "ask") == NULL &&
               ir_node_field(n, "type") == NULL) {
        j = ir_check_obj(ck, &taken_schema, n);
    } else {
        return NULL;
    }
    if (j != NULL)
        ir_json_set_bool(j, "taken", true);
    return j;
}

static int
form_at(const struct ir_units *us, const char *name)
{
    size_t i;

    for (i = 0; i < us->n; i++)
        if (us->u[i].kind == IR_UNIT_FORM && strcmp(us->u[i].name, name) == 0)
            return (int)i;
    return -1;
}

static const struct ir_json *
question(const struct ir_json *fields, const char *id)
{
    size_t i;

    for (i = 0; i < ir_json_len(fields); i++)
        if (strcmp(ir_json_get_str(ir_json_at(fields, i), "id", ""), id) == 0)
            return ir_json_at(fields, i);
    return NULL;
}

static struct ir_json *
copy_of(const struct ir_json *j)
{
    struct ir_json *out = NULL;
    size_t len = 0;
    char *text = ir_json_canonical(j, &len);

    (void)ir_json_parse(text, len, &out, NULL);
    free(text);
    return out;
}

static bool
set_over(const char *key, struct ir_json *v, void *arg)
{
    if (strcmp(key, "taken") != 0)
        ir_json_set_take(arg, key, copy_of(v));
    return true;
}

/* The question as it is asked here, or NULL: a finding says why. */
static struct ir_json *
take(struct forms *f, const struct ir_json *of, const char *like,
     const struct ir_node *item, const struct ir_json *here)
{
    const char *id = ir_json_get_str(here, "id", "");
    const struct ir_json *q = question(of, id);
    struct ir_json *out;

    if (!ir_json_get_bool(here, "taken", false))
        return copy_of(here);
    if (like == NULL) {
        ir_check_say(f->ck, true, item->at,
                     _("\"%s\" is taken over, and the form does not say from "
                       "which: like = \"FORM\""),
                     id);
        return NULL;
    }
    if (q == NULL) {
        ir_check_say(f->ck, true, item->at,
                     _("the form %s has no question \"%s\""), like, id);
        return NULL;
    }
    out = copy_of(q);
    ir_json_each(here, set_over, out);
    return out;
}

/* Fill in the questions that unit `u` takes from `of` (NULL: from nowhere). */
static void
fill(struct forms *f, struct ir_unit *u, const struct ir_json *of)
{
    const char *like = ir_json_get_str(u->json, "like", NULL);
    const struct ir_field *list = ir_node_field(u->root, "fields");
    const struct ir_json *fields = ir_json_get(u->json, "fields");
    struct ir_json *out = ir_json_new_arr(), *q;
    size_t mark = ir_check_path_in(f->ck, "fields", 0), i;

    for (i = 0; i < ir_json_len(fields) && i < list->node->items_n; i++) {
        const struct ir_json *here = ir_json_at(fields, i);
        const struct ir_node *item = list->node->items[i];
        size_t in = ir_check_path_in(f->ck, NULL, i + 1);

        q = take(f, of, like, item, here);
        if (q != NULL && question(out, ir_json_get_str(q, "id", "")) != NULL)
            ir_check_say(f->ck, true, item->at, _("\"%s\" stands here twice"),
                         ir_json_get_str(q, "id", ""));
        if (q != NULL)
            ir_json_add_take(out, q);
        ir_check_path_out(f->ck, in);
    }
    ir_check_path_out(f->ck, mark);
    ir_json_set_take(u->json, "fields", out);
    ir_json_free(ir_json_take(u->json, "like"));
}

/* Make form `i` whole, after those it takes from. */
static void
make_whole(struct forms *f, size_t i)
{
    struct ir_unit *u = &f->us->u[i];
    const char *like =
        u->json != NULL ? ir_json_get_str(u->json, "like", NULL) : NULL;
    int from = like != NULL ? form_at(f->us, like) : -1;
    size_t before = f->ck->errors;

    if (f->state[i] != LATER)
        return;
    f->state[i] = HURT;
    if (u->json == NULL || u->root == NULL || u->errors > 0 ||
        (like != NULL &&
         from < 0)) /* which is said by whoever resolves names */
        return;
    f->state[i] = DOING;
    if (from >= 0)
        make_whole(f, (size_t)from);
    f->ck->file = (int)i;
    f->ck->path[0] = '\0';
    if (from >= 0 && f->state[from] == DOING)
        ir_check_say_field(f->ck, true, u->root, "like",
                           _("the form takes questions over from itself, by "
                             "way of %s"),
                           like);
    else if (from < 0 || f->state[from] == WHOLE)
        fill(f, u,
             from >= 0 ? ir_json_get(f->us->u[from].json, "fields") : NULL);
    else
        ir_check_say_field(f->ck, true, u->root, "like",
                           _("the form %s has errors itself"), like);
    u->errors += f->ck->errors - before;
    f->state[i] = u->errors == 0 ? WHOLE : HURT;
}

void
ir_forms_take(struct ir_check *ck, struct ir_units *us)
{
    struct forms f = {ck, us, ir_calloc(us->n + 1, sizeof *f.state)};
    size_t i;

    for (i = 0; i < us->n; i++)
        if (us->u[i].kind == IR_UNIT_FORM)
            make_whole(&f, i);
    ck->path[0] = '\0';
    free(f.state);
}
