/* worker_compile.c: the request "compile": read the site, enter the sandbox,
 * evaluate. */
#include "base/buf.h"
#include "base/i18n.h"
#include "prog/worker.h"
#include "script/compile.h"
#include "script/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
say_file(const char *path, void *arg)
{
    struct ir_json *line = ir_json_new_obj();

    (void)arg;
    ir_json_set_str(line, "file", path);
    ir_worker_say_take(line);
}

static void
say_finding(const struct ir_finding *f, void *arg)
{
    struct ir_json *line = ir_json_new_obj(), *j = ir_json_new_obj();

    (void)arg;
    ir_json_set_str(j, "file", f->file);
    ir_json_set_int(j, "line", f->line);
    ir_json_set_str(j, "field", f->field);
    ir_json_set_str(j, "severity", f->fatal ? "error" : "warning");
    ir_json_set_str(j, "message", f->message);
    if (f->check != NULL)
        ir_json_set_str(j, "check", f->check);
    ir_json_set_take(line, "finding", j);
    ir_worker_say_take(line);
}

static void
say_object(const char *type, const char *name, const char *json, size_t len,
           void *arg)
{
    struct ir_json *line = ir_json_new_obj(), *j = ir_json_new_obj();

    (void)arg;
    ir_json_set_str(j, "type", type);
    ir_json_set_str(j, "name", name);
    ir_json_set_strn(j, "json", json, len);
    ir_json_set_take(line, "object", j);
    ir_worker_say_take(line);
}

/* The line, and the end. `ir` knows the file. */
void
ir_worker_say_stuck(int line)
{
    static const char head[] = "{\"stuck\":";
    char text[sizeof head + 16];
    size_t n = sizeof head - 1, digits = 1;
    unsigned v = line > 0 ? (unsigned)line : 0, top = 1;

    memcpy(text, head, n);
    for (; v / top >= 10; top *= 10)
        digits++;
    for (; digits > 0; digits--, top /= 10)
        text[n++] = (char)('0' + v / top % 10);
    text[n++] = '}';
    text[n++] = '\n';
    _exit(write(1, text, n) == (ssize_t)n ? 3 : 4);
}

/* Leave out what ended an earlier worker: the others are looked at. */
static void
refuse(const struct ir_json *req, struct ir_source *src)
{
    const struct ir_json *l = ir_json_get(req, "refuse");
    size_t i;

    for (i = 0; i < ir_json_len(l); i++) {
        const struct ir_json *j = ir_json_at(l, i);

        ir_source_refuse(
            src, ir_json_get_str(j, "file", ""),
            (int)ir_json_get_int(j, "line", 0),
            ir_json_get_bool(j, "slow", true)
                ? _("takes too long: a string pattern with many *, + or -?")
                : _("evaluating it broke off: does it need too much memory?"));
    }
}

/* Evaluate what has been read, within the sandbox, and say what is found. */
static int
evaluate(struct ir_source *src, const char *only, bool one_plugin,
         struct ir_err *err)
{
    static char outbuf[65536];
    const struct ir_compile_sink sink = {say_file, say_finding, say_object,
                                         NULL};
    struct ir_vm_limits limits = ir_vm_limits_default;
    struct ir_compile_count count = {0, 0};
    struct ir_json *line, *done;
    struct ir_sandbox box;
    int rc;

    limits.stuck = ir_worker_say_stuck;
    setvbuf(stdout, outbuf, _IOFBF, sizeof outbuf);
    (void)_("is missing"); /* the catalogue is a file, too */
    rc = ir_sandbox_enter(&box, err);
    if (rc == IR_OK)
        rc = one_plugin ? ir_compile_plugin(src, &limits, &sink, &count, err)
                        : ir_compile(src, only, &limits, &sink, &count, err);
    if (rc == IR_OK) {
        line = ir_json_new_obj();
        done = ir_json_new_obj();
        ir_json_set_int(done, "errors", (int64_t)count.errors);
        ir_json_set_int(done, "warnings", (int64_t)count.warnings);
        ir_json_set_take(line, "done", done);
        ir_worker_say_take(line);
    }
    return rc;
}

int
ir_worker_do_compile(const struct ir_json *req, struct ir_err *err)
{
    const char *plugins = ir_json_get_str(req, "plugins", "");
    struct ir_source src = {0};
    int rc;

    rc = ir_source_read(ir_json_get_str(req, "site", ""), &src, err);
    if (rc == IR_OK && plugins[0] == '/')
        rc = ir_source_read_plugins(plugins, &src, err);
    if (rc == IR_OK) {
        refuse(req, &src);
        rc = evaluate(&src, ir_json_get_str(req, "only", NULL), false, err);
    }
    ir_source_done(&src);
    return rc;
}

int
ir_worker_do_plugin(const struct ir_json *req, struct ir_err *err)
{
    const char *source = ir_json_get_str(req, "source", "");
    char *path = ir_asprintf("plugins/%s.lua",
                             ir_json_get_str(req, "name", "channel/plugin"));
    struct ir_source src = {0};
    int rc;

    ir_source_add(&src, path, source, strlen(source));
    rc = evaluate(&src, NULL, true, err);
    ir_source_done(&src);
    free(path);
    return rc;
}
