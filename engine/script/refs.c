/* refs.c: references across files; see unit.h. */
#include "base/i18n.h"
#include "base/index.h"
#include "script/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_MAX 512 /* names looked at for "did you mean" */

/* The ids of the lists of a file: people are referred to by the thousand. */
struct lists {
    const struct ir_node *root;
    struct ir_index ids; /* "people/ito" */
};

/* Names that a reference could have meant. */
struct names {
    struct lists *contacts;
    const char *near[NEAR_MAX + 1];
    size_t n;
    bool known; /* the file that holds them was read */
    bool found;
};

static void
offer(struct names *ns, const char *want, const char *have)
{
    if (have == NULL)
        return;
    ns->found |= strcmp(want, have) == 0;
    if (ns->n < NEAR_MAX)
        ns->near[ns->n++] = have;
}

/* Offer the ids of list `list` of the file at `root`. */
static void
offer_list(struct names *ns, const struct ir_node *root, const char *list,
           const char *want)
{
    const struct ir_field *f = ir_node_field(root, list);
    size_t i;

    if (root == NULL)
        return;
    ns->known = true;
    for (i = 0; f != NULL && i < f->node->items_n; i++)
        offer(ns, want, ir_node_str(f->node->items[i], "id"));
}

/* Put all ids of all lists of the file in. */
static void
lists_fill(struct lists *l)
{
    size_t i, k;

    for (i = 0; l->root != NULL && i < l->root->fields_n; i++) {
        const struct ir_field *f = &l->root->fields[i];

        for (k = 0; k < f->node->items_n; k++) {
            const char *id = ir_node_str(f->node->items[k], "id");
            char *name = id != NULL ? ir_asprintf("%s/%s", f->key, id) : NULL;

            if (name != NULL)
                (void)ir_index_put(&l->ids, name, k);
            free(name);
        }
    }
}

/* The same of the contacts, whose ids are known: names are offered only when
 * that one is missing. */
static void
offer_contacts(struct names *ns, const char *list, const char *want)
{
    char *name = ir_asprintf("%s/%s", list, want);
    size_t at = 0;

    ns->known |= ns->contacts->root != NULL;
    if (ns->found || ir_index_get(&ns->contacts->ids, name, &at))
        ns->found = true;
    else
        offer_list(ns, ns->contacts->root, list, want);
    free(name);
}

static const struct ir_node *
root_of(const struct ir_units *us, enum ir_unit_kind kind)
{
    size_t i;

    for (i = 0; i < us->n; i++) {
        if (us->u[i].kind == kind)
            return us->u[i].root;
    }
    return NULL;
}

static void
offer_units(struct names *ns, const struct ir_units *us, enum ir_unit_kind kind,
            const char *want)
{
    size_t i;

    ns->known = true;
    for (i = 0; i < us->n; i++) {
        if (us->u[i].kind == kind)
            offer(ns, want, us->u[i].name);
    }
}

/* Plugins of channels, by the names their files have. */
static void
offer_plugins(struct names *ns, const struct ir_units *us, const char *want)
{
    size_t i;

    ns->known = true;
    for (i = 0; i < us->n; i++) {
        if (us->u[i].kind == IR_UNIT_PLUGIN)
            offer(ns, want, strchr(us->u[i].name, '/') + 1);
    }
}

/* Operations: of the runbook's own system; of any for common runbooks. */
static void
offer_operations(struct names *ns, const struct ir_units *us,
                 const struct ir_check *ck, const struct ir_ref *ref)
{
    const char *path = ck->src->files[ref->file].path;
    size_t dir = strcspn(path, "/"), i;
    bool common = dir == 6 && strncmp(path, "common", 6) == 0;

    for (i = 0; i < us->n; i++) {
        const struct ir_unit *u = &us->u[i];

        if (u->kind != IR_UNIT_SYSTEM)
            continue;
        if (common ||
            (strlen(u->name) == dir && strncmp(u->name, path, dir) == 0))
            offer_list(ns, u->root, "operations", ref->name);
    }
}

static const char *
offer_all(struct names *ns, const struct ir_check *ck,
          const struct ir_units *us, const struct ir_ref *ref)
{
    const char *name = ref->name;

    switch (ref->kind) {
    case IR_REF_ROLE:
        offer_contacts(ns, "roles", name);
        return _("there is no role \"%s\" in contacts.lua");
    case IR_REF_TREE:
        offer_contacts(ns, "trees", name);
        return _("there is no contact tree \"%s\" in contacts.lua");
    case IR_REF_AUDIENCE:
        offer_contacts(ns, "audiences", name);
        return _("there is no audience \"%s\" in contacts.lua");
    case IR_REF_AUTHORITY:
        offer_contacts(ns, "authorities", name);
        return _("there is no authority \"%s\" in contacts.lua");
    case IR_REF_PARTNER:
        offer_contacts(ns, "partners", name);
        offer_contacts(ns, "people", name);
        return _("there is no partner or person \"%s\" in contacts.lua");
    case IR_REF_PERSON:
        offer_contacts(ns, "people", name);
        return _("there is no person \"%s\" in contacts.lua");
    case IR_REF_AUDIENCE_MEMBER:
        if (strncmp(name, "audience:", 9) == 0) {
            offer_contacts(ns, "audiences", name + 9);
            return _("there is no audience for \"%s\" in contacts.lua");
        }
        __attribute__((fallthrough));
    case IR_REF_TREE_ENTRY:
        if (strncmp(name, "role:", 5) == 0) {
            offer_contacts(ns, "roles", name + 5);
            return _("there is no role for \"%s\" in contacts.lua");
        }
        offer_contacts(ns, "people", name);
        return _("there is no person \"%s\" in contacts.lua (a role is "
                 "written \"role:NAME\")");
    case IR_REF_DEADLINE:
        offer_list(ns, root_of(us, IR_UNIT_SITE), "deadlines", name);
        return _("there is no deadline \"%s\" in site.lua");
    case IR_REF_OPERATION:
        offer_operations(ns, us, ck, ref);
        return _("there is no operation \"%s\" in system.lua");
    case IR_REF_RUNBOOK:
        offer_units(ns, us, IR_UNIT_RUNBOOK, name);
        return _("there is no runbook \"%s\"");
    case IR_REF_TEMPLATE:
        offer_units(ns, us, IR_UNIT_TEMPLATE, name);
        return _("there is no template \"%s\" in templates/");
    case IR_REF_FORM:
        offer_units(ns, us, IR_UNIT_FORM, name);
        return _("there is no form \"%s\" in forms/");
    case IR_REF_PLUGIN:
        offer_plugins(ns, us, name);
        return _("there is no plugin \"%s\" in plugins/channel/");
    case IR_REF_NONE:
        break;
    }
    return NULL;
}

/* One reference that names nothing. */
static void
say_missing(struct ir_check *ck, const struct ir_ref *ref, const char *msg,
            const struct names *ns)
{
    char full[400];
    const char *near = ck->found_n < IR_FINDINGS_MAX
                           ? ir_check_nearest(ref->name, ns->near)
                           : NULL; /* nobody will see it */

    /* `msg` is one of the formats of offer_all: one %s each */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(full, sizeof full, msg, ref->name);
#pragma GCC diagnostic pop
    if (near != NULL)
        ir_check_say(ck, true, ref->at, _("%s; did you mean \"%s\"?"), full,
                     near);
    else
        ir_check_say(ck, true, ref->at, "%s", full);
}

void
ir_refs_resolve(struct ir_check *ck, struct ir_units *us, bool contacts)
{
    struct lists lists = {.root = root_of(us, IR_UNIT_CONTACTS)};
    size_t i, before;

    lists_fill(&lists);
    for (i = 0; i < ck->refs_n; i++) {
        const struct ir_ref *ref = &ck->refs[i];
        struct names ns = {.contacts = &lists};
        const char *msg;

        if ((us->u[ref->file].kind == IR_UNIT_CONTACTS) != contacts)
            continue;
        msg = offer_all(&ns, ck, us, ref);
        if (msg == NULL || !ns.known || ns.found)
            continue;
        ck->file = ref->file;
        snprintf(ck->path, sizeof ck->path, "%s", ref->field);
        before = ck->errors;
        ck->check = "dead-reference";
        say_missing(ck, ref, msg, &ns);
        ck->check = NULL;
        us->u[ref->file].errors += ck->errors - before;
    }
    ir_index_done(&lists.ids);
    ck->path[0] = '\0';
}

int
ir_unit_runbook(const struct ir_units *us, const char *name)
{
    size_t i;

    for (i = 0; i < us->n; i++) {
        if (us->u[i].kind == IR_UNIT_RUNBOOK &&
            strcmp(us->u[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}
