/* cmd_contacts_lint.c: `ir contacts lint` and `verify`: is it still true? */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/commands.h"
#include "cmd/contacts.h"
#include "cmd/parties.h"
#include "core/contact_lint.h"
#include "core/crowd.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 50 /* notes of a kind */
#define KINDS_MAX 16 /* as many as core/contact_lint.h has, and some */

/* What is found is printed, or kept for --json. */
struct lint {
    struct ir_ctx *c;
    struct ir_json *list;
    size_t errors, warnings;
    struct {
        const char *check;
        size_t n;
    } kind[KINDS_MAX]; /* of notes */
    size_t kinds_n;
};

/* One more of that kind: which number is it? */
static size_t
count(struct lint *l, const char *check)
{
    size_t i;

    for (i = 0; i < l->kinds_n; i++)
        if (strcmp(l->kind[i].check, check) == 0)
            return ++l->kind[i].n;
    if (l->kinds_n == KINDS_MAX)
        return 1;
    l->kind[l->kinds_n].check = check;
    l->kind[l->kinds_n++].n = 1;
    return 1;
}

/* How many were counted and not listed. */
static void
say_more(struct lint *l)
{
    size_t i;

    for (i = 0; i < l->kinds_n; i++)
        if (l->kind[i].n > SHOWN_MAX)
            ir_buf_addf(&l->c->out,
                        _("%s: and %zu more (all of them: --json)\n"),
                        l->kind[i].check, l->kind[i].n - SHOWN_MAX);
}

static struct ir_json *
row(struct lint *l, const char *check, bool error, const char *message)
{
    struct ir_json *o = ir_json_add_take(l->list, ir_json_new_obj());

    ir_json_set_str(o, "severity", error ? "error" : "warning");
    ir_json_set_str(o, "message", message);
    ir_json_set_str(o, "check", check);
    return o;
}

/* What the compiler says of the file. */
static void
finding(struct lint *l, const struct ir_finding *f)
{
    if (l->c->json) {
        struct ir_json *o = row(l, f->check, f->error, f->message);

        ir_json_set_str(o, "file", f->file);
        ir_json_set_int(o, "line", f->line);
        ir_json_set_str(o, "field", f->field);
    } else {
        ir_buf_addf(&l->c->out, "%s:%d: %s%s: %s\n", f->file, f->line,
                    f->error ? "" : _("warning: "), f->field, f->message);
    }
    l->errors += f->error ? 1 : 0;
    l->warnings += f->error ? 0 : 1;
}

/* What depends on the day, or may be meant so; the rest has its line. */
static void
note(const struct ir_contact_finding *f, void *arg)
{
    struct lint *l = arg;

    if (f->level != IR_CONTACT_NOTE)
        return;
    if (l->c->json) {
        struct ir_json *o = row(l, f->check, false, f->message);

        ir_json_set_str(o, "list", f->list);
        ir_json_set_str(o, "id", f->id);
        ir_json_set_str(o, "field", f->field);
    } else if (count(l, f->check) <= SHOWN_MAX) {
        char *what = ir_view_safe(&l->c->view, f->message);

        ir_buf_addf(&l->c->out, _("%s: warning: %s\n"),
                    f->id[0] != '\0' ? f->id : f->list, what);
        free(what);
    }
    l->warnings++;
}

struct ir_json *
ir_contacts_of(const struct ir_compiled *comp)
{
    struct ir_json *all = ir_json_new_obj(), *j;
    struct ir_json *part[1 + IR_CROWD_PARTS] = {NULL};
    size_t i, n = 1;

    for (i = 0; i < comp->objects_n; i++) {
        const struct ir_compiled_object *o = &comp->objects[i];

        j = NULL;
        if (strcmp(o->type, "contacts") != 0 ||
            ir_json_parse(o->json, o->len, &j, NULL) != IR_OK)
            continue;
        if (strcmp(o->name, "people") == 0)
            part[0] = j;
        else if (ir_crowd_is(o->name) && n < 1 + IR_CROWD_PARTS)
            part[n++] = j;
        else
            ir_json_set_take(all, o->name, j);
    }
    if (part[0] != NULL)
        ir_json_set_take(all, "people",
                         ir_crowd_join((const struct ir_json *const *)part, n));
    for (i = 0; i < n; i++)
        ir_json_free(part[i]);
    return all;
}

char *
ir_contacts_site(struct ir_ctx *c)
{
    char *home = realpath(c->home, NULL);
    char *dir = ir_asprintf("%s/site/runbooks", home != NULL ? home : c->home);

    free(home);
    return dir;
}

/* Put the days that the log knows into the lists that are looked at. */
static void
take_tested(struct ir_ctx *c, struct ir_json *all)
{
    static const char *const dated[] = {"people", "authorities", "partners"};
    struct ir_err keep = c->err;
    struct ir_tested t;
    size_t i, k;
    char day[11];

    if (c->st == NULL || ir_tested_load(c, &t) != IR_OK) {
        c->err = keep;
        return;
    }
    for (i = 0; i < 3; i++) {
        const struct ir_json *l = ir_json_get(all, dated[i]);

        for (k = 0; k < ir_json_len(l); k++) {
            struct ir_json *row = ir_json_at(l, k);
            const char *when = ir_tested_day(&t, dated[i], row, day);

            if (when == day)
                ir_json_set_str(row, "verified", day);
        }
    }
    ir_tested_done(&t);
}

int
ir_cmd_contacts_lint(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_compiled comp = {0};
    struct lint lint = {.c = c};
    struct ir_json *all;
    char *dir;
    size_t i;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "contacts lint", &c->err);
    if (rc == IR_OK)
        rc = ir_contacts_open(c);
    if (rc != IR_OK)
        return rc;
    dir = ir_contacts_site(c);
    rc = ir_worker_compile(dir, NULL, &comp, &c->err);
    free(dir);
    if (rc != IR_OK)
        return rc;
    lint.list = c->json ? ir_json_new_arr() : NULL;
    for (i = 0; i < comp.findings_n; i++) {
        const struct ir_finding *f = &comp.findings[i];

        if (strcmp(f->file, "contacts.lua") == 0 ||
            strcmp(f->file, IR_CONTACTS_IMPORTED) == 0)
            finding(&lint, f);
    }
    all = ir_contacts_of(&comp);
    take_tested(c, all);
    ir_contact_lint(all, c->view.now_ms, note, &lint);
    ir_json_free(all);
    ir_compiled_done(&comp);
    if (c->json)
        ir_cmd_json_take(c, lint.list);
    else {
        say_more(&lint);
        ir_buf_addf(&c->out, _("%zu errors, %zu warnings\n"), lint.errors,
                    lint.warnings);
    }
    return lint.errors > 0 ? IR_ENO : IR_OK;
}

int
ir_cmd_contacts_verify(struct ir_ctx *c, int argc, char **argv)
{
    static const char *const dated[] = {"people", "authorities", "partners"};
    struct ir_tested t = {0};
    char day[11];
    struct ir_json *list = c->json ? ir_json_new_arr() : NULL;
    size_t i, j, old = 0, all = 0;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "contacts verify", &c->err);
    if (rc == IR_OK)
        rc = ir_contacts_open(c);
    if (rc == IR_OK)
        rc = ir_tested_load(c, &t);
    for (i = 0; rc == IR_OK && i < 3; i++) {
        const struct ir_json *l = ir_view_contacts(&c->view, dated[i]);

        for (j = 0; j < ir_json_len(l); j++) {
            const struct ir_json *o = ir_json_at(l, j);
            const char *when = ir_tested_day(&t, dated[i], o, day);
            char *name;

            all++;
            if (!ir_contact_stale(when, c->view.now_ms))
                continue;
            old++;
            if (list != NULL) {
                struct ir_json *row = ir_json_add_take(list, ir_json_new_obj());

                ir_json_set_str(row, "id", ir_json_get_str(o, "id", "?"));
                ir_json_set_str(row, "verified", when);
                continue;
            }
            name = ir_contacts_label(c, o);
            ir_buf_addf(&c->out, _("%s  %s: last verified %s\n"),
                        ir_json_get_str(o, "id", "?"), name,
                        when != NULL ? when : "-");
            free(name);
        }
    }
    if (rc == IR_OK && list != NULL) {
        struct ir_json *sum = ir_json_new_obj();

        ir_json_set_int(sum, "checked", (int64_t)all);
        ir_json_set_int(sum, "days", IR_CONTACT_STALE_DAYS);
        ir_json_set_take(sum, "older", list);
        ir_cmd_json_take(c, sum);
        list = NULL;
    } else if (rc == IR_OK)
        ir_buf_addf(&c->out,
                    _("%zu of %zu are older than %d days. Call them:  ir comms "
                      "test, ir comms test --outside; or put the date into "
                      "contacts.lua.\n"),
                    old, all, IR_CONTACT_STALE_DAYS);
    ir_json_free(list);
    ir_tested_done(&t);
    return rc == IR_OK && old > 0 ? IR_ENO : rc;
}
