/* cmd_runbook.c: `ir runbook` and `ir system`: what can be walked. */
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "cmd/commands.h"
#include "cmd/diff.h"
#include "cmd/pick.h"
#include "cmd/release.h"
#include "cmd/worker.h"
#include "view/people.h"
#include "view/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The release to read from: the approved one, else the newest.
 *
 * Errors: IR_ENOTFOUND.
 */
static int
reading_release(struct ir_ctx *c, uint8_t manifest[32])
{
    const struct ir_release *r = ir_trust_current(&c->trust);

    if (r == NULL && c->trust.releases_n > 0)
        r = &c->trust.releases[c->trust.releases_n - 1];
    if (r == NULL) {
        ir_fail(&c->err, IR_ENOTFOUND, _("there is no release yet"));
        ir_err_hint(&c->err, "ir release make");
        return IR_ENOTFOUND;
    }
    memcpy(manifest, r->manifest, 32);
    return IR_OK;
}

/* All plans whose name begins with `prefix`. */
static int
plans(struct ir_ctx *c, const uint8_t manifest[32], const char *prefix,
      const struct ir_plan ***out, size_t *n)
{
    const char **names = NULL;
    const struct ir_plan **v;
    size_t got = 0, i;
    int rc = ir_library_names(&c->lib, manifest, "plan", prefix, &names, &got,
                              &c->err);

    if (rc != IR_OK)
        return rc;
    v = ir_calloc(got, sizeof(struct ir_plan *));
    for (i = 0; i < got && rc == IR_OK; i++)
        rc = ir_library_plan(&c->lib, manifest, names[i], &v[i], &c->err);
    free(names);
    if (rc != IR_OK) {
        free(v);
        return rc;
    }
    *out = v;
    *n = got;
    return IR_OK;
}

int
ir_cmd_runbook_list(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_plan **v = NULL;
    uint8_t manifest[32];
    size_t m = 0;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "runbook list", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = reading_release(c, manifest);
    if (rc == IR_OK)
        rc = plans(c, manifest, n > 0 ? argv[1] : "", &v, &m);
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, ir_view_runbooks_json(&c->view, v, m));
    else if (rc == IR_OK)
        ir_view_runbooks(&c->view, v, m, &c->out);
    free(v);
    return rc;
}

/* One plan of the release in force by its name. */
static int
one_plan(struct ir_ctx *c, const char *word, const struct ir_plan **out)
{
    const char **names = NULL;
    uint8_t manifest[32];
    size_t n = 0, at = 0;
    int rc = reading_release(c, manifest);

    if (rc == IR_OK)
        rc = ir_library_names(&c->lib, manifest, "plan", "", &names, &n,
                              &c->err);
    if (rc == IR_OK)
        rc = ir_pick(c, _("runbook"), names, n, word, false, &at);
    if (rc == IR_OK)
        rc = ir_library_plan(&c->lib, manifest, names[at], out, &c->err);
    free(names);
    return rc;
}

int
ir_cmd_runbook_show(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_plan *p = NULL;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "runbook show", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = one_plan(c, argv[1], &p);
    if (rc == IR_OK && c->json) {
        struct ir_buf b = {0};
        struct ir_json *j = NULL;

        rc = ir_store_object_get(c->st, p->digest, &b, &c->err);
        if (rc == IR_OK)
            rc = ir_json_parse(ir_buf_str(&b), b.len, &j, &c->err);
        if (rc == IR_OK)
            ir_cmd_json_take(c, j);
        ir_buf_done(&b);
    } else if (rc == IR_OK) {
        ir_view_runbook(&c->view, p, &c->out);
    }
    return rc;
}

/* The directory that holds site.lua: an operand, else the home's. */
static char *
site_dir(struct ir_ctx *c, const char *word)
{
    char *home, *dir;

    if (word != NULL)
        return realpath(word, NULL);
    home = realpath(c->home, NULL);
    dir = ir_asprintf("%s/site/runbooks", home != NULL ? home : c->home);
    free(home);
    return dir;
}

static struct ir_json *
findings_json(const struct ir_compiled *comp)
{
    struct ir_json *list = ir_json_new_arr();
    size_t i;

    for (i = 0; i < comp->findings_n; i++) {
        struct ir_json *f = ir_json_add_take(list, ir_json_new_obj());

        ir_json_set_str(f, "file", comp->findings[i].file);
        ir_json_set_int(f, "line", comp->findings[i].line);
        ir_json_set_str(f, "field", comp->findings[i].field);
        ir_json_set_str(f, "severity",
                        comp->findings[i].error ? "error" : "warning");
        ir_json_set_str(f, "message", comp->findings[i].message);
        ir_json_set_str(f, "check", comp->findings[i].check);
    }
    return list;
}

int
ir_cmd_runbook_lint(struct ir_ctx *c, int argc, char **argv)
{
    const char *site = NULL;
    const struct ir_opt opts[] = {{"site", 0, &site, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_compiled comp = {0};
    char *dir;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "runbook lint", &c->err);
    if (rc != IR_OK)
        return rc;
    dir = site_dir(c, site);
    if (dir == NULL)
        return ir_fail(&c->err, IR_ENOTFOUND, "%s: %s", site, strerror(errno));
    rc = ir_worker_compile(dir, n > 0 ? argv[1] : NULL, &comp, &c->err);
    if (rc == IR_OK && c->json) {
        ir_cmd_json_take(c, findings_json(&comp));
    } else if (rc == IR_OK) {
        ir_release_findings(c, &comp, &c->out);
        ir_buf_addf(&c->out, _("%zu objects, %zu errors, %zu warnings\n"),
                    comp.objects_n, comp.errors, comp.warnings);
    }
    if (rc == IR_OK && comp.errors > 0)
        rc = IR_ENO;
    ir_compiled_done(&comp);
    free(dir);
    return rc;
}

static const char skeleton[] =
    "-- %s\n"
    "return {\n"
    "  api = 1, kind = \"emergency\", id = \"%s\",\n"
    "  title = { en = \"TITLE\", ja = \"題名\" },\n"
    "  symptoms = { en = \"WHAT ONE SEES\", ja = \"見える症状\" },\n"
    "  severity = 2,\n"
    "  steps = {\n"
    "    { id = \"first\", role = \"operator\", within = \"5m\",\n"
    "      title = { en = \"Do the first thing\", ja = \"最初の動作を行う\" "
    "},\n"
    "      say = { en = \"One action. Say where the thing is.\",\n"
    "              ja = \"一つの動作だけを書く。場所も書く。\" },\n"
    "      good = { en = \"What good looks like.\",\n"
    "               ja = \"うまくいったときの様子を書く。\" },\n"
    "      on_fail = { en = \"What to do if not.\",\n"
    "                  ja = \"できないときにすることを書く。\" } },\n"
    "  },\n"
    "}\n";

int
ir_cmd_runbook_new(struct ir_ctx *c, int argc, char **argv)
{
    char *rel = NULL, *dir = NULL, *slash, *text = NULL;
    int n = 0, fd = -1, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "runbook new", &c->err);
    if (rc == IR_OK)
        rc = ir_store_home_check(c->home, &c->err);
    if (rc != IR_OK)
        return rc;
    dir = ir_strdup(argv[1]);
    slash = strchr(dir, '/');
    if (slash != NULL)
        *slash = '\0';
    if (slash == NULL || !ir_name_ok(dir) || !ir_name_ok(slash + 1)) {
        free(dir);
        return ir_fail(&c->err, IR_EUSAGE,
                       _("\"%.60s\" is not SYSTEM/SCENARIO: small letters a-z, "
                         "digits, . _ -"),
                       argv[1]);
    }
    fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rel = ir_asprintf("site/runbooks/%s", dir);
    rc = fd < 0 ? ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno))
                : ir_path_mkdir(fd, rel, &c->err);
    free(rel);
    rel = ir_asprintf("site/runbooks/%s.lua", argv[1]);
    if (rc == IR_OK) {
        struct ir_buf b = {0};
        const char *p = skeleton, *at;

        while ((at = strstr(p, "%s")) != NULL) {
            ir_buf_add(&b, p, (size_t)(at - p));
            ir_buf_adds(&b, argv[1]);
            p = at + 2;
        }
        ir_buf_adds(&b, p);
        text = ir_buf_take(&b);
        rc = ir_path_write(fd, rel, text, strlen(text), 0600, false, &c->err);
    }
    if (rc == IR_OK && c->json) {
        struct ir_json *j = ir_json_new_obj();
        char *path = ir_asprintf("%s/%s", c->home, rel);

        ir_json_set_str(j, "runbook", argv[1]);
        ir_json_set_str(j, "path", path);
        ir_cmd_json_take(c, j);
        free(path);
    } else if (rc == IR_OK)
        ir_buf_addf(&c->out,
                    _("Made: %s/%s\nEdit it, then: ir runbook lint %s\n"),
                    c->home, rel, argv[1]);
    if (fd >= 0)
        close(fd);
    free(rel);
    free(dir);
    free(text);
    return rc;
}

/* Objects of a compilation as one side of a difference. */
struct compiled_side {
    const struct ir_compiled *comp;
    struct ir_json **parsed;
};

static const struct ir_json *
compiled_object(const char *type, const char *name, void *arg)
{
    struct compiled_side *s = arg;
    size_t i;

    for (i = 0; i < s->comp->objects_n; i++) {
        const struct ir_compiled_object *o = &s->comp->objects[i];

        if (strcmp(o->type, type) != 0 || strcmp(o->name, name) != 0)
            continue;
        if (s->parsed[i] == NULL)
            (void)ir_json_parse(o->json, o->len, &s->parsed[i], NULL);
        return s->parsed[i];
    }
    return NULL;
}

int
ir_cmd_runbook_diff(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_diff_stored a = {.c = c};
    struct ir_diff_side sa = {0}, sb = {0};
    struct ir_compiled comp = {0};
    struct compiled_side cs = {&comp, NULL};
    struct ir_json *manifest = NULL;
    char *dir = NULL, *text = NULL;
    size_t len = 0, i;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "runbook diff", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = reading_release(c, a.manifest);
    if (rc != IR_OK)
        return rc;
    dir = site_dir(c, NULL);
    rc = ir_worker_compile(dir, NULL, &comp, &c->err);
    if (rc == IR_OK) {
        text = ir_release_manifest(&comp, &len);
        rc = ir_json_parse(text, len, &manifest, &c->err);
    }
    if (rc == IR_OK) {
        cs.parsed = ir_calloc(comp.objects_n, sizeof(struct ir_json *));
        ir_diff_stored_side(&a, &sa);
        sb.manifest = manifest;
        sb.object = compiled_object;
        sb.arg = &cs;
        if (comp.errors > 0)
            ir_release_findings(c, &comp, &c->talk);
        ir_diff_print(c, &sa, &sb, n > 0 ? argv[1] : "");
        for (i = 0; i < comp.objects_n; i++)
            ir_json_free(cs.parsed[i]);
        free(cs.parsed);
    }
    ir_json_free(manifest);
    ir_compiled_done(&comp);
    free(text);
    free(dir);
    return rc;
}

/* {"runbook", "steps": [{"id","title","act","command"}]}. */
static struct ir_json *
dry_run_json(struct ir_ctx *c, const struct ir_plan *p)
{
    struct ir_json *j = ir_json_new_obj(), *list, *o;
    size_t i;

    ir_json_set_str(j, "runbook", p->id);
    list = ir_json_set_take(j, "steps", ir_json_new_arr());
    for (i = 0; i < p->steps_n; i++) {
        const struct ir_step *s = &p->steps[i];
        char *title = ir_view_fill(&c->view, NULL, &s->title);
        char *line =
            s->act == IR_ACT_RUN ? ir_view_argv(&c->view, NULL, s) : NULL;

        o = ir_json_add_take(list, ir_json_new_obj());
        ir_json_set_str(o, "id", s->id);
        ir_json_set_str(o, "title", title);
        ir_json_set_str(o, "act", ir_step_act_word(s->act));
        ir_json_set_str(o, "command", line);
        free(title);
        free(line);
    }
    return j;
}

int
ir_cmd_runbook_dry_run(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_plan *p = NULL;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);
    size_t i;

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "runbook dry-run", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = one_plan(c, argv[1], &p);
    if (rc == IR_OK && c->json) {
        ir_cmd_json_take(c, dry_run_json(c, p));
        return IR_OK;
    }
    for (i = 0; rc == IR_OK && i < p->steps_n; i++) {
        const struct ir_step *s = &p->steps[i];
        char *title = ir_view_fill(&c->view, NULL, &s->title);

        ir_buf_addf(&c->out, "%3zu  %-16s %s\n", i + 1, s->id, title);
        if (s->act == IR_ACT_RUN) {
            char *line = ir_view_argv(&c->view, NULL, s);

            ir_buf_addf(&c->out, "     %s %s\n", _("would run:"), line);
            free(line);
        }
        free(title);
    }
    if (rc == IR_OK)
        ir_buf_adds(&c->out, _("Nothing was run and nothing was recorded.\n"));
    return rc;
}

static int
systems(struct ir_ctx *c, const uint8_t manifest[32],
        const struct ir_json ***out, size_t *n)
{
    const char **names = NULL;
    size_t i;
    int rc =
        ir_library_names(&c->lib, manifest, "system", "", &names, n, &c->err);

    if (rc != IR_OK)
        return rc;
    *out = ir_calloc(*n, sizeof(struct ir_json *));
    for (i = 0; i < *n && rc == IR_OK; i++)
        rc = ir_library_json(&c->lib, manifest, "system", names[i], &(*out)[i],
                             &c->err);
    free(names);
    return rc;
}

int
ir_cmd_system_list(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_json **v = NULL;
    uint8_t manifest[32];
    size_t m = 0;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "system list", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = reading_release(c, manifest);
    if (rc == IR_OK)
        rc = systems(c, manifest, &v, &m);
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, ir_view_systems_json(&c->view, v, m));
    else if (rc == IR_OK)
        ir_view_systems(&c->view, v, m, &c->out);
    free(v);
    return rc;
}

int
ir_cmd_system_show(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_json *sys = NULL;
    const struct ir_plan **v = NULL;
    const char **names = NULL;
    uint8_t manifest[32];
    char *prefix = NULL;
    size_t m = 0, k = 0, at = 0;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "system show", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = reading_release(c, manifest);
    if (rc == IR_OK)
        rc = ir_library_names(&c->lib, manifest, "system", "", &names, &k,
                              &c->err);
    if (rc == IR_OK)
        rc = ir_pick(c, _("system"), names, k, argv[1], false, &at);
    if (rc == IR_OK)
        rc = ir_library_json(&c->lib, manifest, "system", names[at], &sys,
                             &c->err);
    if (rc == IR_OK) {
        prefix = ir_asprintf("%s/", names[at]);
        rc = plans(c, manifest, prefix, &v, &m);
    }
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, ir_view_systems_json(&c->view, &sys, 1));
    else if (rc == IR_OK)
        ir_view_system(&c->view, sys, v, m, &c->out);
    free(prefix);
    free(names);
    free(v);
    return rc;
}
