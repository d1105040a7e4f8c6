/* cmd_contacts.c: `ir contacts`: whom to reach, and is that still true? */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/commands.h"
#include "cmd/pick.h"
#include "cmd/release.h"
#include "cmd/worker.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

#define STALE_DAYS 183 /* half a year: facts.md, lists kept current */

static int
open_contacts(struct ir_ctx *c)
{
    int rc = ir_ctx_open(c, false);

    if (rc == IR_OK && ir_view_contacts(&c->view, "people") == NULL) {
        ir_fail(&c->err, IR_ENOTFOUND, _("there is no release yet"));
        ir_err_hint(&c->err, "ir release make");
        return IR_ENOTFOUND;
    }
    return rc;
}

/* What to call one of them: name, title or id. */
static char *
label(struct ir_ctx *c, const struct ir_json *o)
{
    const char *s = ir_json_text_of(o, "name");

    if (s == NULL)
        s = ir_json_text_of(o, "title");
    return ir_view_safe(&c->view, s != NULL ? s : "");
}

static void
print_list(struct ir_ctx *c, const char *list)
{
    const struct ir_json *l = ir_view_contacts(&c->view, list);
    struct ir_table t;
    size_t i;

    ir_buf_addf(&c->out, "%s (%zu)\n", list, ir_json_len(l));
    ir_table_init(&t, 3, 2);
    for (i = 0; i < ir_json_len(l); i++) {
        const struct ir_json *o = ir_json_at(l, i);
        char *name = label(c, o), *ways = ir_view_ways(&c->view, o, 0);
        const char *cells[3] = {ir_json_get_str(o, "id", ""), name, ways};

        ir_table_row(&t, IR_STYLE_NONE, cells);
        free(name);
        free(ways);
    }
    ir_table_write(&t, &c->view.term, &c->out);
}

/* The data as it is; print it without losing the library's ownership. */
static void
print_json(struct ir_ctx *c, const struct ir_json *j)
{
    char *text = j != NULL ? ir_json_text(j, 0) : ir_strdup("[]");

    ir_buf_addf(&c->out, "%s\n", text);
    free(text);
}

/* All of them in one object, or one (`at`). */
static void
print_lists(struct ir_ctx *c, int at)
{
    struct ir_buf b = {0};
    size_t i;

    if (at >= 0) {
        print_json(c, ir_view_contacts(&c->view, ir_contact_lists[at]));
        return;
    }
    for (i = 0; i < IR_CONTACT_LISTS_N; i++) {
        const struct ir_json *l =
            ir_view_contacts(&c->view, ir_contact_lists[i]);
        char *text = l != NULL ? ir_json_text(l, 0) : ir_strdup("[]");

        ir_buf_addf(&b, "%c\"%s\":%s", i == 0 ? '{' : ',', ir_contact_lists[i],
                    text);
        free(text);
    }
    ir_buf_addf(&c->out, "%s}\n", ir_buf_str(&b));
    ir_buf_done(&b);
}

int
ir_cmd_contacts_list(struct ir_ctx *c, int argc, char **argv)
{
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);
    size_t i, at = 0;

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "contacts list", &c->err);
    if (rc == IR_OK)
        rc = open_contacts(c);
    if (rc == IR_OK && n > 0)
        rc = ir_pick(c, _("list"), ir_contact_lists, IR_CONTACT_LISTS_N,
                     argv[1], false, &at);
    if (rc != IR_OK)
        return rc;
    if (c->json)
        print_lists(c, n > 0 ? (int)at : -1);
    for (i = 0; i < IR_CONTACT_LISTS_N && !c->json; i++)
        if (n == 0 || i == at)
            print_list(c, ir_contact_lists[i]);
    return IR_OK;
}

/* Who stands in a level of a tree or holds a role, with how to reach them. */
static void
print_person(struct ir_ctx *c, const char *id)
{
    const struct ir_json *p;
    char *name, *ways;

    if (strncmp(id, "role:", 5) == 0) {
        ir_buf_addf(&c->out, "    %s\n", id);
        return;
    }
    p = ir_view_contact(&c->view, "people", id);
    name = ir_view_person(&c->view, id, true);
    ways = p != NULL ? ir_view_ways(&c->view, p, 0) : ir_strdup("");
    ir_buf_addf(&c->out, "    %s  %s\n", name, ways);
    free(name);
    free(ways);
}

static void
print_one(struct ir_ctx *c, const char *list, const struct ir_json *o)
{
    const struct ir_json *holders = ir_json_get(o, "holders");
    const struct ir_json *levels = ir_json_get(o, "levels");
    char *name = label(c, o), *ways = ir_view_ways(&c->view, o, 0);
    const char *say = ir_json_text_of(o, "say");
    size_t i, j;

    ir_buf_addf(&c->out, "%s %s  %s\n", list, ir_json_get_str(o, "id", ""),
                name);
    if (ways[0] != '\0')
        ir_buf_addf(&c->out, "  %s\n", ways);
    if (ir_json_get_str(o, "verified", NULL) != NULL)
        ir_buf_addf(&c->out, "  %s %s\n", _("verified"),
                    ir_json_get_str(o, "verified", ""));
    if (say != NULL)
        ir_term_para(&c->view.term, &c->out, 2, NULL, IR_STYLE_NONE, say);
    for (i = 0; i < ir_json_len(holders); i++)
        print_person(c, ir_json_str(ir_json_at(holders, i)));
    for (i = 0; i < ir_json_len(levels); i++) {
        const struct ir_json *l = ir_json_at(levels, i);

        ir_buf_addf(&c->out, "  %zu.\n", i + 1);
        for (j = 0; j < ir_json_len(l); j++)
            print_person(c, ir_json_str(ir_json_at(l, j)));
    }
    free(name);
    free(ways);
}

int
ir_cmd_contacts_show(struct ir_ctx *c, int argc, char **argv)
{
    size_t i, found = 0;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "contacts show", &c->err);
    if (rc == IR_OK)
        rc = open_contacts(c);
    for (i = 0; rc == IR_OK && i < IR_CONTACT_LISTS_N; i++) {
        const struct ir_json *o =
            ir_view_contact(&c->view, ir_contact_lists[i], argv[1]);

        if (o == NULL)
            continue;
        found++;
        if (c->json)
            print_json(c, o);
        else
            print_one(c, ir_contact_lists[i], o);
    }
    if (rc == IR_OK && found == 0) {
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("nobody and nothing is called \"%.60s\""), argv[1]);
        ir_err_hint(&c->err, "ir contacts list");
    }
    return rc;
}

/* What is found is printed, or kept for --json. */
struct lint {
    struct ir_ctx *c;
    struct ir_json *list;
    size_t errors, warnings;
};

static void
finding(struct lint *l, const struct ir_finding *f)
{
    if (l->c->json) {
        struct ir_json *o = ir_json_add_take(l->list, ir_json_new_obj());

        ir_json_set_str(o, "file", f->file);
        ir_json_set_int(o, "line", f->line);
        ir_json_set_str(o, "field", f->field);
        ir_json_set_str(o, "severity", f->error ? "error" : "warning");
        ir_json_set_str(o, "message", f->message);
    } else {
        ir_buf_addf(&l->c->out, "%s:%d: %s: %s\n", f->file, f->line, f->field,
                    f->message);
    }
    l->errors += f->error ? 1 : 0;
    l->warnings += f->error ? 0 : 1;
}

static void
warn(struct lint *l, const char *id, const char *what)
{
    if (l->c->json) {
        struct ir_json *o = ir_json_add_take(l->list, ir_json_new_obj());

        ir_json_set_str(o, "id", id);
        ir_json_set_str(o, "severity", "warning");
        ir_json_set_str(o, "message", what);
    } else {
        ir_buf_addf(&l->c->out, _("%s: warning: %s\n"), id, what);
    }
    l->warnings++;
}

/* Can this one be reached by anything but mail, and by more than one way? */
static void
lint_ways(struct lint *l, const struct ir_json *o)
{
    const struct ir_json *ways = ir_json_get(o, "channels");
    const char *id = ir_json_get_str(o, "id", "?");
    bool other = false;
    size_t i;

    for (i = 0; i < ir_json_len(ways); i++) {
        const char *kind = ir_json_str(ir_json_at(ir_json_at(ways, i), 0));

        if (kind != NULL && strcmp(kind, "mail") != 0)
            other = true;
    }
    if (ir_json_len(ways) > 0 && !other)
        warn(l, id, _("can be reached by mail only"));
    else if (ir_json_len(ways) == 1)
        warn(l, id, _("can be reached in one way only"));
}

int
ir_cmd_contacts_lint(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_compiled comp = {0};
    char *home, *dir;
    struct lint lint = {.c = c};
    size_t i;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "contacts lint", &c->err);
    if (rc == IR_OK)
        rc = open_contacts(c);
    if (rc != IR_OK)
        return rc;
    home = realpath(c->home, NULL);
    dir = ir_asprintf("%s/site/runbooks", home != NULL ? home : c->home);
    lint.list = c->json ? ir_json_new_arr() : NULL;
    rc = ir_worker_compile(dir, NULL, &comp, &c->err);
    for (i = 0; rc == IR_OK && i < comp.findings_n; i++) {
        const struct ir_finding *f = &comp.findings[i];

        if (strcmp(f->file, "contacts.lua") != 0)
            continue;
        finding(&lint, f);
    }
    ir_compiled_done(&comp);
    for (i = 0; rc == IR_OK && i < IR_CONTACT_LISTS_N; i++) {
        const struct ir_json *l =
            ir_view_contacts(&c->view, ir_contact_lists[i]);
        size_t j;

        for (j = 0; j < ir_json_len(l); j++) {
            const struct ir_json *o = ir_json_at(l, j);

            lint_ways(&lint, o);
            if (strcmp(ir_contact_lists[i], "roles") == 0 &&
                ir_json_len(ir_json_get(o, "holders")) < 2)
                warn(&lint, ir_json_get_str(o, "id", "?"),
                     _("this role has no deputy"));
        }
    }
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, lint.list);
    else if (rc == IR_OK)
        ir_buf_addf(&c->out, _("%zu errors, %zu warnings\n"), lint.errors,
                    lint.warnings);
    else
        ir_json_free(lint.list);
    free(home);
    free(dir);
    return rc == IR_OK && lint.errors > 0 ? IR_ENO : rc;
}

int
ir_cmd_contacts_verify(struct ir_ctx *c, int argc, char **argv)
{
    static const char *const dated[] = {"people", "partners"};
    struct ir_json *list = c->json ? ir_json_new_arr() : NULL;
    size_t i, j, old = 0, all = 0;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "contacts verify", &c->err);
    if (rc == IR_OK)
        rc = open_contacts(c);
    for (i = 0; rc == IR_OK && i < 2; i++) {
        const struct ir_json *l = ir_view_contacts(&c->view, dated[i]);

        for (j = 0; j < ir_json_len(l); j++) {
            const struct ir_json *o = ir_json_at(l, j);
            const char *when = ir_json_get_str(o, "verified", "");
            int64_t ms = 0;
            int prec = 0;
            char *name;

            all++;
            if (ir_time_parse(when, c->view.now_ms, &ms, &prec, NULL) ==
                    IR_OK &&
                c->view.now_ms - ms < (int64_t)STALE_DAYS * 86400 * 1000)
                continue;
            old++;
            if (list != NULL) {
                struct ir_json *row = ir_json_add_take(list, ir_json_new_obj());

                ir_json_set_str(row, "id", ir_json_get_str(o, "id", "?"));
                ir_json_set_str(row, "verified", when[0] != '\0' ? when : NULL);
                continue;
            }
            name = label(c, o);
            ir_buf_addf(&c->out, _("%s  %s: last verified %s\n"),
                        ir_json_get_str(o, "id", "?"), name,
                        when[0] != '\0' ? when : "-");
            free(name);
        }
    }
    if (rc == IR_OK && list != NULL) {
        struct ir_json *sum = ir_json_new_obj();

        ir_json_set_int(sum, "checked", (int64_t)all);
        ir_json_set_int(sum, "days", STALE_DAYS);
        ir_json_set_take(sum, "older", list);
        ir_cmd_json_take(c, sum);
        list = NULL;
    } else if (rc == IR_OK)
        ir_buf_addf(&c->out,
                    _("%zu of %zu are older than %d days. Call them, then put "
                      "the date into contacts.lua.\n"),
                    old, all, STALE_DAYS);
    ir_json_free(list);
    return rc == IR_OK && old > 0 ? IR_ENO : rc;
}
