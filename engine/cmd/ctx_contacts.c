/* ctx_contacts.c: the contacts of the release in view, see cmd.h. Of very many
 * people (core/crowd.h) only that part is read in which the one asked for is.
 */
#include "cmd/cmd.h"
#include "core/crowd.h"

#include <stdio.h>
#include <string.h>

const char *const ir_contact_lists[IR_CONTACT_LISTS_N] = {
    "people",      "roles",    "trees",   "audiences",
    "authorities", "partners", "channels"};

const struct ir_json *
ir_ctx_in_view(struct ir_ctx *c, const char *type, const char *name)
{
    const struct ir_json *j = NULL;

    if (!c->has_manifest ||
        ir_library_json(&c->lib, c->manifest, type, name, &j, NULL) != IR_OK)
        return NULL;
    return j;
}

/* Do people stand in parts? */
static bool
is_parted(struct ir_ctx *c)
{
    return c->has_manifest &&
           ir_library_has(&c->lib, c->manifest, IR_CROWD_PREFIX);
}

/* The people of all parts, where there are parts. */
static const struct ir_json *
everybody(struct ir_ctx *c, const struct ir_json *near)
{
    const struct ir_json *part[1 + IR_CROWD_PARTS] = {near};
    char name[IR_CROWD_NAME];
    size_t i, n = 1;

    if (c->everybody != NULL)
        return c->everybody;
    if (!is_parted(c))
        return near;
    for (i = 0; i < IR_CROWD_PARTS; i++) {
        snprintf(name, sizeof name, "people-%02x", (unsigned)i & 0x3FU);
        part[n] = ir_ctx_in_view(c, "contacts", name);
        n += part[n] != NULL;
    }
    if (n > 1)
        c->everybody = ir_crowd_join(part, n);
    return n > 1 ? c->everybody : near;
}

/* A list as one object holds it. */
static const struct ir_json *
list_of(struct ir_ctx *c, const char *list)
{
    size_t i;

    for (i = 0; i < IR_CONTACT_LISTS_N; i++) {
        if (strcmp(ir_contact_lists[i], list) != 0)
            continue;
        if (c->contacts[i] == NULL)
            c->contacts[i] = ir_ctx_in_view(c, "contacts", list);
        return c->contacts[i];
    }
    return NULL;
}

static const struct ir_json *
whole_list(const char *list, void *arg)
{
    const struct ir_json *j = list_of(arg, list);

    return strcmp(list, "people") == 0 && j != NULL ? everybody(arg, j) : j;
}

/* The element of that id of one object, or NULL. */
static const struct ir_json *
in_object(struct ir_ctx *c, const char *name, const char *id)
{
    const struct ir_json *row = NULL, *list;
    size_t i, n;

    if (ir_library_row(&c->lib, c->manifest, "contacts", name, id, &row))
        return row;
    list = ir_ctx_in_view(c, "contacts", name);
    n = ir_json_len(list);
    for (i = 0; i < n; i++) {
        row = ir_json_at(list, i);
        if (strcmp(ir_json_get_str(row, "id", ""), id) == 0)
            return row;
    }
    return NULL;
}

/* One of a list, without reading all of it. */
static bool
one_of_list(const char *list, const char *id, const struct ir_json **row,
            void *arg)
{
    struct ir_ctx *c = arg;
    char part[IR_CROWD_NAME];

    if (!c->has_manifest)
        return false;
    *row = in_object(c, list, id);
    if (*row != NULL || strcmp(list, "people") != 0 || !is_parted(c))
        return true;
    ir_crowd_name(id, part);
    *row = in_object(c, part, id);
    return true;
}

void
ir_ctx_contacts(struct ir_ctx *c, struct ir_view *v)
{
    v->contacts = whole_list;
    v->contact = one_of_list;
    v->contacts_arg = c;
}

void
ir_ctx_contacts_forget(struct ir_ctx *c)
{
    memset(c->contacts, 0, sizeof c->contacts);
    ir_json_free(c->everybody);
    c->everybody = NULL;
}
