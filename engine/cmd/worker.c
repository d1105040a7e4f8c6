/* worker.c: see worker.h. The worker's answer is read as what it is: the
 * words of a process that ran other people's code. */
#include "cmd/worker.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/path.h"
#include "base/scan.h"
#include "base/spawn.h"
#include "base/utf8.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WALL_MS 20000  /* one that does nothing is ended then */
#define BUSY_MS 300000 /* more while it computes, of which it has a limit */
#define CPU_MS 18000   /* of all starts, else it is not started again */
#define OUT_MAX (64 * 1024 * 1024) /* bytes of its answer */
#define ERR_MAX 4096
#define LINES_MAX 20000
#define SHOWN_MAX 200 /* bytes of its standard error that are shown */

/* One answer: its lines, and the file it was at. */
struct answer {
    struct ir_spawn_result res;
    char file[100];
    bool stuck; /* one call in it did not end, and it says so */
    int line;   /* where, or 0 */
};

#define AGAIN_MAX 6 /* files left out before it is given up */

char *
ir_worker_path(void)
{
    const char *env = secure_getenv("IR_WORKER");
    char *dir, *path;

    if (env != NULL && env[0] == '/')
        return ir_strdup(env);
    dir = ir_path_self_dir();
    path = ir_asprintf("%s/ir-worker", dir != NULL ? dir : ".");
    free(dir);
    return path;
}

static bool
too_slow(const struct answer *a)
{
    return a->stuck || a->res.timed_out || a->res.signal == SIGXCPU ||
           a->res.signal == SIGKILL;
}

/* Why it died, in one line that names the file. */
static int
say_death(const struct answer *a, struct ir_err *err)
{
    const char *file = a->file[0] != '\0' ? a->file : _("the site");
    struct ir_buf b = {0};
    size_t n;
    int rc;

    if (too_slow(a)) {
        rc =
            ir_fail(err, IR_ETIMEOUT,
                    _("%s: evaluating it took too long and was stopped"), file);
        ir_err_hint(err, _("look there for a loop that does not end or a "
                           "string pattern with many *, + or -"));
        return rc;
    }
    if (a->res.signal != 0) {
        rc = ir_fail(err, IR_EIO,
                     _("%s: evaluating it broke off (signal %d); it may need "
                       "too much memory"),
                     file, a->res.signal);
        return rc;
    }
    n = a->res.err.len < SHOWN_MAX ? a->res.err.len : SHOWN_MAX;
    ir_utf8_escape(&b, ir_buf_str(&a->res.err), n, false);
    rc = ir_fail(err, IR_EIO, _("%s: ir-worker ended without an answer: %s"),
                 file, ir_buf_str(&b));
    ir_buf_done(&b);
    return rc;
}

/* Send a request and run it to the end. */
static int
ask(struct ir_json *req, struct answer *a, struct ir_err *err)
{
    char *path = ir_worker_path(), *text = ir_json_text(req, 0), *locale;
    const char *dir = secure_getenv("IR_LOCALEDIR");
    const char *argv[] = {path, NULL}, *env[] = {NULL, NULL};
    struct ir_spawn sp = {.argv = argv,
                          .env = env,
                          .input = text,
                          .input_len = strlen(text),
                          .deadline_ms = WALL_MS,
                          .busy_ms = BUSY_MS,
                          .out_max = OUT_MAX,
                          .err_max = ERR_MAX};
    int rc;

    locale = dir != NULL ? ir_asprintf("IR_LOCALEDIR=%s", dir) : NULL;
    env[0] = locale;
    memset(a, 0, sizeof *a);
    rc = ir_spawn_run(&sp, &a->res, err);
    if (rc == IR_OK && a->res.out_total > OUT_MAX)
        rc = ir_fail(err, IR_EIO, _("the answer of ir-worker is too long"));
    free(path);
    free(text);
    free(locale);
    return rc;
}

static struct ir_json *
request(const char *what, const char *site)
{
    struct ir_json *req = ir_json_new_obj();

    ir_json_set_str(req, "do", what);
    if (site != NULL)
        ir_json_set_str(req, "site", site);
    ir_json_set_str(req, "lang", ir_lang_code(ir_i18n_lang()));
    return req;
}

/* An {"error": ...} of the worker as ours. */
static int
take_error(const struct ir_json *e, struct ir_err *err)
{
    int64_t rc = ir_json_get_int(e, "number", IR_EIO);
    struct ir_buf b = {0};
    const char *msg = ir_json_get_str(e, "message", "?");

    ir_utf8_escape(&b, msg, strlen(msg), false);
    if (rc > IR_EUSAGE || rc < IR_ENO)
        rc = IR_EIO;
    ir_fail(err, (int)rc, "%s", ir_buf_str(&b));
    ir_buf_done(&b);
    return (int)rc;
}

static char *
clean(const struct ir_json *j, const char *key)
{
    const char *s = ir_json_get_str(j, key, "");
    struct ir_buf b = {0};

    ir_utf8_escape(&b, s, strlen(s), false);
    return ir_buf_take(&b);
}

static void
take_finding(const struct ir_json *j, struct ir_compiled *out)
{
    struct ir_finding *f;

    out->findings = ir_realloc(out->findings,
                               (out->findings_n + 1) * sizeof *out->findings);
    f = &out->findings[out->findings_n++];
    f->file = clean(j, "file");
    f->field = clean(j, "field");
    f->message = clean(j, "message");
    f->check = ir_json_get(j, "check") != NULL ? clean(j, "check") : NULL;
    f->line = (int)ir_json_get_int(j, "line", 0);
    f->error = strcmp(ir_json_get_str(j, "severity", "error"), "error") == 0;
}

/* Is `name` a NAME or NAME/NAME? */
static bool
name_ok(const char *name)
{
    const char *slash = strchr(name, '/');
    char dir[48];

    if (slash == NULL)
        return ir_name_ok(name);
    snprintf(dir, sizeof dir, "%.*s", (int)(slash - name), name);
    return slash - name <= 40 && ir_name_ok(dir) && ir_name_ok(slash + 1);
}

/* An object is kept only if its name is one and its bytes are canonical. */
static int
take_object(const struct ir_json *j, struct ir_compiled *out,
            struct ir_err *err)
{
    static const char *const types[] = {"plan",     "system",   "site",
                                        "contacts", "controls", "form",
                                        "template", "plugin"};
    const char *type = ir_json_get_str(j, "type", "");
    const char *name = ir_json_get_str(j, "name", "");
    const char *json = ir_json_get_str(j, "json", "");
    struct ir_compiled_object *o;
    struct ir_json *parsed = NULL;
    char *again;
    bool ok = false;
    size_t i, len = 0;

    for (i = 0; i < sizeof types / sizeof types[0]; i++)
        ok |= strcmp(types[i], type) == 0;
    if (!ok || !name_ok(name) ||
        ir_json_parse(json, strlen(json), &parsed, err) != IR_OK)
        return ir_fail(err, IR_EIO, _("the answer of ir-worker is malformed"));
    again = ir_json_canonical(parsed, &len);
    ir_json_free(parsed);
    if (strcmp(again, json) != 0) {
        free(again);
        return ir_fail(err, IR_EIO, _("the answer of ir-worker is malformed"));
    }
    out->objects =
        ir_realloc(out->objects, (out->objects_n + 1) * sizeof *out->objects);
    o = &out->objects[out->objects_n++];
    o->type = ir_strdup(type);
    o->name = ir_strdup(name);
    o->json = again;
    o->len = len;
    ir_sha256(o->json, o->len, o->sha256);
    return IR_OK;
}

/* Read one line of the answer to "compile". */
static int
take_line(const char *line, size_t len, struct answer *a,
          struct ir_compiled *out, bool *done, struct ir_err *err)
{
    struct ir_json *j = NULL, *v;
    int rc = ir_json_parse(line, len, &j, err);
    char *file;

    if (rc != IR_OK)
        return ir_fail(err, IR_EIO, _("the answer of ir-worker is malformed"));
    if (ir_json_get(j, "file") != NULL) {
        file = clean(j, "file");
        snprintf(a->file, sizeof a->file, "%s", file);
        free(file);
    } else if (ir_json_get(j, "stuck") != NULL) {
        a->stuck = true;
        a->line = (int)ir_json_get_int(j, "stuck", 0);
    } else if ((v = ir_json_get(j, "finding")) != NULL) {
        take_finding(v, out);
    } else if ((v = ir_json_get(j, "object")) != NULL) {
        rc = take_object(v, out, err);
    } else if ((v = ir_json_get(j, "error")) != NULL) {
        rc = take_error(v, err);
    } else if ((v = ir_json_get(j, "done")) != NULL) {
        out->errors = (size_t)ir_json_get_int(v, "errors", 1);
        out->warnings = (size_t)ir_json_get_int(v, "warnings", 0);
        *done = true;
    }
    ir_json_free(j);
    return rc;
}

static int
take_answer(struct answer *a, struct ir_compiled *out, struct ir_err *err)
{
    const char *p = ir_buf_str(&a->res.out), *end = p + a->res.out.len, *nl;
    bool done = false;
    int rc = IR_OK, lines = 0;

    while (rc == IR_OK && (nl = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        if (++lines > LINES_MAX)
            return ir_fail(err, IR_EIO,
                           _("the answer of ir-worker is too long"));
        rc = take_line(p, (size_t)(nl - p), a, out, &done, err);
        p = nl + 1;
    }
    if (rc == IR_OK && (!done || a->res.exit != 0))
        rc = say_death(a, err);
    return rc;
}

/* Was it one file that ended it, and may it be tried without? */
static bool
may_leave_out(const struct answer *a, const struct ir_json *left_out)
{
    size_t i, n = ir_json_len(left_out);

    for (i = 0; i < n; i++)
        if (strcmp(ir_json_get_str(ir_json_at(left_out, i), "file", ""),
                   a->file) == 0)
            return false;
    return a->file[0] != '\0' && n < AGAIN_MAX && !a->res.timed_out &&
           (a->stuck || a->res.signal != 0);
}

static void
leave_out(const struct answer *a, struct ir_json *left_out)
{
    struct ir_json *j = ir_json_new_obj();

    ir_json_set_str(j, "file", a->file);
    ir_json_set_int(j, "line", a->line);
    ir_json_set_bool(j, "slow", too_slow(a));
    ir_json_add_take(left_out, j);
}

/* Where a site's plugins stand: beside its runbooks.
 *
 * Owns:   the caller frees.
 */
static char *
plugins_beside(const char *site_dir)
{
    const char *slash = strrchr(site_dir, '/');

    return slash != NULL && slash[1] != '\0'
               ? ir_asprintf("%.*s/plugins", (int)(slash - site_dir), site_dir)
               : ir_strdup("");
}

int
ir_worker_plugin(const char *name, const char *source, struct ir_compiled *out,
                 struct ir_err *err)
{
    struct ir_json *req = request("plugin", NULL);
    struct ir_compiled got = {0};
    struct answer a;
    int rc;

    ir_json_set_str(req, "name", name);
    ir_json_set_str(req, "source", source);
    rc = ask(req, &a, err);
    if (rc == IR_OK)
        rc = take_answer(&a, &got, err);
    ir_spawn_result_done(&a.res);
    ir_json_free(req);
    if (rc == IR_OK)
        *out = got;
    else
        ir_compiled_done(&got);
    return rc;
}

int
ir_worker_compile(const char *site_dir, const char *only,
                  struct ir_compiled *out, struct ir_err *err)
{
    struct ir_json *req = request("compile", site_dir);
    char *plugins = plugins_beside(site_dir);
    struct ir_json *left_out =
        ir_json_set_take(req, "refuse", ir_json_new_arr());
    int64_t began_ms = ir_clock_children_ms();
    struct ir_compiled got = {0};
    bool again = true;
    int rc = IR_OK;

    if (only != NULL)
        ir_json_set_str(req, "only", only);
    if (plugins[0] == '/')
        ir_json_set_str(req, "plugins", plugins);
    free(plugins);
    while (again) {
        struct answer a;

        rc = ask(req, &a, err);
        if (rc == IR_OK)
            rc = take_answer(&a, &got, err);
        again = rc != IR_OK && may_leave_out(&a, left_out) &&
                ir_clock_children_ms() - began_ms < CPU_MS;
        if (again)
            leave_out(&a, left_out);
        if (rc != IR_OK)
            ir_compiled_done(&got);
        ir_spawn_result_done(&a.res);
    }
    if (rc == IR_OK)
        *out = got;
    ir_json_free(req);
    return rc;
}

void
ir_compiled_done(struct ir_compiled *c)
{
    size_t i;

    for (i = 0; i < c->findings_n; i++) {
        free(c->findings[i].file);
        free(c->findings[i].field);
        free(c->findings[i].message);
        free(c->findings[i].check);
    }
    for (i = 0; i < c->objects_n; i++) {
        free(c->objects[i].type);
        free(c->objects[i].name);
        free(c->objects[i].json);
    }
    free(c->findings);
    free(c->objects);
    memset(c, 0, sizeof *c);
}

/* A request of one line's answer. */
static int
ask_one(struct ir_json *req, struct ir_json **out, struct ir_err *err)
{
    struct answer a;
    struct ir_json *j = NULL, *e;
    size_t len;
    int rc = ask(req, &a, err);

    if (rc == IR_OK) {
        len = strcspn(ir_buf_str(&a.res.out), "\n");
        if (len == 0 ||
            ir_json_parse(ir_buf_str(&a.res.out), len, &j, err) != IR_OK)
            rc = say_death(&a, err);
        else if ((e = ir_json_get(j, "error")) != NULL)
            rc = take_error(e, err);
    }
    ir_spawn_result_done(&a.res);
    ir_json_free(req);
    if (rc == IR_OK)
        *out = j;
    else
        ir_json_free(j);
    return rc;
}

int
ir_worker_repo_status(const char *dir, struct ir_repo_status *out,
                      struct ir_err *err)
{
    struct ir_json *j = NULL;
    int rc = ask_one(request("repo-status", dir), &j, err);

    if (rc != IR_OK)
        return rc;
    memset(out, 0, sizeof *out);
    out->repo = ir_json_get_bool(j, "repo", false);
    out->dirty = ir_json_get_bool(j, "dirty", false);
    snprintf(out->commit, sizeof out->commit, "%s",
             ir_json_get_str(j, "commit", ""));
    snprintf(out->state, sizeof out->state, "%s",
             ir_json_get_str(j, "state", "none"));
    ir_json_free(j);
    return IR_OK;
}

int
ir_worker_repo_init(const char *dir, const char *name, struct ir_err *err)
{
    struct ir_json *req = request("repo-init", dir), *j = NULL;
    int rc;

    ir_json_set_str(req, "name", name);
    rc = ask_one(req, &j, err);
    if (rc == IR_OK)
        ir_json_free(j);
    return rc;
}

int
ir_worker_repo_commit(const char *dir, const char *name, const char *message,
                      struct ir_err *err)
{
    struct ir_json *req = request("repo-commit", dir), *j = NULL;
    int rc;

    ir_json_set_str(req, "name", name);
    ir_json_set_str(req, "message", message);
    rc = ask_one(req, &j, err);
    if (rc == IR_OK)
        ir_json_free(j);
    return rc;
}
