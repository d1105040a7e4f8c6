/* cmd_runbook_refresh.c: `ir runbook refresh`: what comes with this ir, into
 * site/, beside what people changed there. */
#include "base/i18n.h"
#include "cmd/commands.h"
#include "cmd/refresh.h"
#include "cmd/shipped.h"

#include <stdlib.h>
#include <string.h>

static const char *
word_of(enum ir_refresh_how how)
{
    switch (how) {
    case IR_REFRESH_NEW:
        return "new";
    case IR_REFRESH_OLD:
        return "older";
    case IR_REFRESH_CHANGED:
        return "changed";
    case IR_REFRESH_GONE:
        return "taken-out";
    default:
        return "same";
    }
}

static void
say_one(struct ir_ctx *c, const struct ir_refresh_file *f, bool look)
{
    size_t top = strcspn(f->path, "/");
    char *name = ir_asprintf("%.*s", (int)top, f->path);
    char *dir = ir_shipped_dir(name);

    if (f->how == IR_REFRESH_CHANGED && f->taken)
        ir_buf_addf(&c->out, _("~ %s  as shipped; yours: %s/site/.kept/%s\n"),
                    f->path, c->home, f->path);
    else if (f->how == IR_REFRESH_CHANGED)
        ir_buf_addf(&c->out,
                    _("! %s  differs from what is shipped and stays as it "
                      "is:\n    diff -u '%s/site/%s' '%s%s'\n"),
                    f->path, c->home, f->path, dir != NULL ? dir : "",
                    f->path + top);
    else if (f->how == IR_REFRESH_GONE && !f->taken)
        ir_buf_addf(&c->out, _("- %s  was taken out here and stays out\n"),
                    f->path);
    else if (f->how == IR_REFRESH_OLD)
        ir_buf_addf(&c->out,
                    look ? _("~ %s  would be brought up to date\n")
                         : _("~ %s  brought up to date\n"),
                    f->path);
    else
        ir_buf_addf(&c->out,
                    look ? _("+ %s  would be put there\n")
                         : _("+ %s  put there\n"),
                    f->path);
    free(dir);
    free(name);
}

static void
say_all(struct ir_ctx *c, const struct ir_refresh *r, bool look, size_t taken)
{
    struct ir_json *arr = c->json ? ir_json_new_arr() : NULL, *j;
    size_t i, n = 0;

    for (i = 0; i < r->n; i++) {
        const struct ir_refresh_file *f = &r->v[i];

        if (f->how == IR_REFRESH_SAME)
            continue;
        n++;
        if (arr == NULL) {
            say_one(c, f, look);
            continue;
        }
        j = ir_json_add_take(arr, ir_json_new_obj());
        ir_json_set_str(j, "path", f->path);
        ir_json_set_str(j, "was", word_of(f->how));
        ir_json_set_bool(j, "taken", f->taken);
    }
    if (arr != NULL) {
        ir_cmd_json_take(c, arr);
        return;
    }
    if (n == 0)
        ir_buf_adds(&c->out, _("site/ holds all that comes with this ir, as "
                               "it is shipped.\n"));
    if (taken > 0)
        ir_buf_adds(&c->out, _("It runs when it is in a release in force:  ir "
                               "release diff  ir release make\n"));
}

/* Take the file that was named; false: no such file is shipped. */
static bool
named(struct ir_refresh *r, const char *path, size_t *at)
{
    if (strncmp(path, "site/", 5) == 0)
        path += 5;
    for (*at = 0; *at < r->n; (*at)++)
        if (strcmp(r->v[*at].path, path) == 0)
            return true;
    return false;
}

static int
take_all(struct ir_ctx *c, struct ir_refresh *r, char **paths, int n,
         size_t *taken)
{
    size_t i;
    int k, rc = IR_OK;

    for (k = 0; k < n && rc == IR_OK; k++) {
        if (!named(r, paths[k], &i))
            return ir_fail(&c->err, IR_ENOTFOUND,
                           _("nothing that comes with ir is called \"%.100s\""),
                           paths[k]);
        if (r->v[i].how != IR_REFRESH_SAME)
            rc = ir_refresh_take(r, i, &c->err);
        *taken += r->v[i].taken;
    }
    for (i = 0; i < r->n && n == 0 && rc == IR_OK; i++)
        if (r->v[i].how == IR_REFRESH_NEW || r->v[i].how == IR_REFRESH_OLD) {
            rc = ir_refresh_take(r, i, &c->err);
            *taken += r->v[i].taken;
        }
    return rc;
}

int
ir_cmd_runbook_refresh(struct ir_ctx *c, int argc, char **argv)
{
    bool look = false;
    const struct ir_opt opts[] = {{"look", 0, NULL, &look, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_refresh r = {.home = -1};
    size_t taken = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, look ? 0 : 60, "runbook refresh", &c->err);
    if (rc == IR_OK)
        rc = ir_store_home_check(c->home, &c->err);
    if (rc == IR_OK)
        rc = ir_refresh_look(c->home, &r, &c->err);
    if (rc == IR_OK && !look) {
        rc = take_all(c, &r, argv + 1, n, &taken);
        if (rc == IR_OK)
            rc = ir_refresh_note(&r, &c->err);
    }
    if (rc == IR_OK)
        say_all(c, &r, look, taken);
    ir_refresh_done(&r);
    return rc;
}
