/* compile.c: see compile.h. */
#include "script/compile.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "core/crowd.h"
#include "script/schema.h"
#include "script/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct ir_source *src;
    const struct ir_vm_limits *limits;
    const struct ir_compile_sink *sink;
    struct ir_units us;
    struct ir_check ck;
    size_t told; /* findings given to the sink */
};

static const struct {
    enum ir_unit_kind kind;
    const char *type;
    const struct ir_schema *schema;
} types[] = {
    {IR_UNIT_SITE, "site", &ir_schema_site},
    {IR_UNIT_CONTACTS, "contacts", &ir_schema_contacts},
    {IR_UNIT_CONTROLS, "controls", &ir_schema_controls},
    {IR_UNIT_SYSTEM, "system", &ir_schema_system},
    {IR_UNIT_RUNBOOK, "plan", &ir_schema_runbook},
    {IR_UNIT_FORM, "form", &ir_schema_form},
    {IR_UNIT_TEMPLATE, "template", &ir_schema_template},
    {IR_UNIT_PLUGIN, "plugin", &ir_schema_plugin},
};
#define TYPES_N (sizeof types / sizeof types[0])

static void
tell_findings(struct run *r)
{
    for (; r->told < r->ck.found_n; r->told++) {
        if (r->sink->finding != NULL)
            r->sink->finding(&r->ck.found[r->told], r->sink->arg);
    }
}

/* What a path holds, and the name its id must have. */
static enum ir_unit_kind
kind_of(const char *path, char **name)
{
    static const struct {
        const char *dir;
        enum ir_unit_kind kind;
    } dirs[] = {{"lib", IR_UNIT_LIB},
                {"forms", IR_UNIT_FORM},
                {"templates", IR_UNIT_TEMPLATE},
                {"drills", IR_UNIT_NONE}};
    const char *slash = strchr(path, '/');
    size_t len = strlen(path), dir, i;

    *name = NULL;
    if (strncmp(path, "plugins/channel/", 16) == 0 && len > 20) {
        *name = ir_strndup(path + 8, len - 12);
        return IR_UNIT_PLUGIN;
    }
    if (strncmp(path, "../", 3) == 0 || len < 5 ||
        strcmp(path + len - 4, ".lua") != 0)
        return IR_UNIT_NONE;
    if (slash == NULL) {
        *name = ir_strndup(path, len - 4);
        for (i = 0; i < 3; i++) {
            if (strcmp(*name, types[i].type) == 0)
                return types[i].kind;
        }
        return IR_UNIT_NONE;
    }
    dir = (size_t)(slash - path);
    for (i = 0; i < sizeof dirs / sizeof dirs[0]; i++) {
        if (strlen(dirs[i].dir) == dir &&
            strncmp(path, dirs[i].dir, dir) == 0) {
            *name = ir_strndup(slash + 1, len - dir - 5);
            return dirs[i].kind;
        }
    }
    if (strcmp(slash, "/system.lua") == 0 && strncmp(path, "common/", 7) != 0) {
        *name = ir_strndup(path, dir);
        return IR_UNIT_SYSTEM;
    }
    *name = ir_strndup(path, len - 4);
    return IR_UNIT_RUNBOOK;
}

/* Add site.lua, contacts.lua and each system.lua that is not there. */
static void
add_missing(struct ir_source *src)
{
    size_t i, n = src->n, dir;
    char path[64], *name;

    ir_source_add_refused(src, "contacts.lua", _("is missing"));
    ir_source_add_refused(src, "site.lua", _("is missing"));
    for (i = 0; i < n; i++) {
        enum ir_unit_kind kind = kind_of(src->files[i].path, &name);

        free(name);
        dir = strcspn(src->files[i].path, "/");
        if (kind != IR_UNIT_RUNBOOK || dir > 40 ||
            strncmp(src->files[i].path, "common/", 7) == 0)
            continue;
        snprintf(path, sizeof path, "%.*s/system.lua", (int)dir,
                 src->files[i].path);
        ir_source_add_refused(src, path, _("is missing"));
    }
    ir_source_sort(src);
}

static void
init_units(struct run *r)
{
    size_t i;

    r->us.n = r->src->n;
    r->us.u = ir_calloc(r->us.n + 1, sizeof *r->us.u);
    for (i = 0; i < r->us.n; i++) {
        struct ir_unit *u = &r->us.u[i];

        u->kind = kind_of(r->src->files[i].path, &u->name);
        u->wanted = true;
    }
}

/* With `only`: wanted are that runbook and what every runbook refers to. */
static int
want_only(struct run *r, const char *only, struct ir_err *err)
{
    int file = ir_unit_runbook(&r->us, only);
    size_t i;

    if (file < 0)
        return ir_fail(err, IR_ENOTFOUND, _("there is no runbook \"%s\""),
                       only);
    for (i = 0; i < r->us.n; i++) {
        enum ir_unit_kind k = r->us.u[i].kind;

        r->us.u[i].wanted =
            (int)i == file ||
            (k != IR_UNIT_RUNBOOK && k != IR_UNIT_LIB && k != IR_UNIT_NONE);
    }
    return IR_OK;
}

static void
check_id(struct run *r, const struct ir_unit *u)
{
    const char *id = ir_node_str(u->root, "id");

    if (id != NULL && u->kind != IR_UNIT_SITE && u->kind != IR_UNIT_CONTACTS &&
        u->kind != IR_UNIT_CONTROLS && strcmp(id, u->name) != 0)
        ir_check_say_field(&r->ck, true, u->root, "id",
                           _("must be \"%s\", as the file is named"), u->name);
}

/* Check what was evaluated and make its JSON. */
static void
check_unit(struct run *r, struct ir_unit *u)
{
    size_t i;

    r->ck.is_template = u->kind == IR_UNIT_TEMPLATE;
    for (i = 0; i < TYPES_N; i++) {
        if (types[i].kind == u->kind)
            u->json = ir_check_obj(&r->ck, types[i].schema, u->root);
    }
    check_id(r, u);
}

/* Read, evaluate and check one file. */
static void
do_unit(struct run *r, int file)
{
    struct ir_source_file *f = &r->src->files[file];
    struct ir_unit *u = &r->us.u[file];
    struct ir_node *root = NULL;
    struct ir_vm_limits limits = ir_vm_limits_for(r->limits, f->path);
    struct ir_vm_error ve;
    size_t before = r->ck.errors;

    u->done = true;
    u->arena = ir_arena_new();
    r->ck.file = file;
    r->ck.path[0] = '\0';
    if (r->sink->file != NULL)
        r->sink->file(f->path, r->sink->arg);
    if (f->refused != NULL) {
        ir_check_say(&r->ck, true, (struct ir_where){file, f->refused_line, 0},
                     "%s", f->refused);
    } else if (u->kind == IR_UNIT_NONE) {
        if (strncmp(f->path, "drills/", 7) != 0)
            ir_check_say(&r->ck, true, (struct ir_where){file, 0, 0},
                         _("has no place here: at the top there are site.lua, "
                           "contacts.lua and controls.lua"));
    } else if (ir_vm_eval(r->src, file, &limits, u->arena,
                          u->kind == IR_UNIT_LIB ? NULL : &root,
                          &ve) != IR_OK) {
        snprintf(r->ck.path, sizeof r->ck.path, "%s", ve.field);
        ir_check_say(&r->ck, true, ve.at, "%s", ve.msg);
        r->ck.path[0] = '\0';
    } else if (root != NULL) {
        u->root = root;
        check_unit(r, u);
        if (u->kind == IR_UNIT_RUNBOOK && r->ck.errors == before)
            ir_graph_check(&r->ck, u);
    }
    if (root == NULL) {
        ir_arena_free(u->arena);
        u->arena = NULL;
    }
    u->errors += r->ck.errors - before;
    tell_findings(r);
}

/* Evaluate what is wanted, and runbooks within those. */
static void
do_all(struct run *r)
{
    size_t i, k;
    int file;

    for (i = 0; i < r->us.n; i++) {
        if (r->us.u[i].wanted)
            do_unit(r, (int)i);
    }
    for (k = 0; k < r->ck.refs_n; k++) {
        if (r->ck.refs[k].kind != IR_REF_RUNBOOK)
            continue;
        file = ir_unit_runbook(&r->us, r->ck.refs[k].name);
        if (file >= 0 && !r->us.u[file].done)
            do_unit(r, file);
    }
    if (r->sink->file != NULL)
        r->sink->file("", r->sink->arg); /* from here on it is all of them */
    ir_refs_resolve(&r->ck, &r->us, true);
    ir_channels_check(&r->ck, &r->us);
    ir_contacts_check(&r->ck, &r->us);
    ir_refs_resolve(&r->ck, &r->us, false);
    ir_forms_take(&r->ck, &r->us);
    ir_facts_check(&r->ck, &r->us);
    ir_graph_nesting(&r->ck, &r->us);
    tell_findings(r);
}

static void
give(struct run *r, const char *type, const char *name, const struct ir_json *j)
{
    size_t len = 0;
    char *json = ir_json_canonical(j, &len);

    r->sink->object(type, name, json, len, r->sink->arg);
    free(json);
}

/* A member of a file that becomes an object of its own: what a responder
 * waits for reads names and roles, not every list and criterion.
 */
static void
give_part(struct run *r, const char *type, struct ir_unit *u, const char *part)
{
    struct ir_json *j = ir_json_take(u->json, part);

    if (j != NULL)
        give(r, type, part, j);
    ir_json_free(j);
}

static bool
give_list(const char *key, struct ir_json *v, void *arg)
{
    struct run *r = arg;

    if (ir_json_is_arr(v) && strcmp(key, "people") != 0)
        give(r, "contacts", key, v);
    return true;
}

static void
give_people(const char *name, const struct ir_json *list, void *arg)
{
    give(arg, "contacts", name, list);
}

static void
give_objects(struct run *r)
{
    size_t i, k;

    for (i = 0; i < r->us.n; i++) {
        struct ir_unit *u = &r->us.u[i];

        if (u->json == NULL || u->errors > 0 || r->sink->object == NULL)
            continue;
        for (k = 0; k < TYPES_N && types[k].kind != u->kind; k++)
            ;
        if (u->kind == IR_UNIT_SITE)
            give_part(r, "site", u, "criteria");
        if (u->kind == IR_UNIT_CONTACTS) {
            ir_crowd_part(u->json, give_people, r);
            ir_json_each(u->json, give_list, r);
        } else {
            give(r, types[k].type, u->name, u->json);
        }
    }
}

static void
finish(struct run *r)
{
    size_t i;

    for (i = 0; i < r->us.n; i++) {
        free(r->us.u[i].name);
        ir_json_free(r->us.u[i].json);
        ir_arena_free(r->us.u[i].arena);
    }
    free(r->us.u);
    ir_check_done(&r->ck);
}

int
ir_compile(struct ir_source *src, const char *only,
           const struct ir_vm_limits *limits,
           const struct ir_compile_sink *sink, struct ir_compile_count *count,
           struct ir_err *err)
{
    struct run r = {
        .src = src, .limits = limits, .sink = sink, .ck = {.src = src}};
    int rc = IR_OK;

    add_missing(src);
    init_units(&r);
    if (only != NULL)
        rc = want_only(&r, only, err);
    if (rc == IR_OK) {
        do_all(&r);
        give_objects(&r);
        *count = (struct ir_compile_count){r.ck.errors, r.ck.warnings};
    }
    finish(&r);
    return rc;
}

int
ir_compile_plugin(struct ir_source *src, const struct ir_vm_limits *limits,
                  const struct ir_compile_sink *sink,
                  struct ir_compile_count *count, struct ir_err *err)
{
    struct run r = {
        .src = src, .limits = limits, .sink = sink, .ck = {.src = src}};
    int rc = IR_OK;

    init_units(&r);
    if (r.us.n == 1 && r.us.u[0].kind == IR_UNIT_PLUGIN) {
        do_unit(&r, 0);
        give_objects(&r);
        *count = (struct ir_compile_count){r.ck.errors, r.ck.warnings};
    } else {
        rc = ir_fail(err, IR_EUSAGE, "no plugin among the files");
    }
    finish(&r);
    return rc;
}
