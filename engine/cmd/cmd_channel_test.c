/* cmd_channel_test.c: `ir channel test`: with this, whoever writes a plugin
 * tries it: no home, no release, nothing recorded. */
#include "base/crypt.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/utf8.h"
#include "cmd/channel_try.h"
#include "cmd/commands.h"
#include "cmd/release.h"
#include "cmd/worker.h"
#include "core/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (256 * 1024) /* bytes, of a plugin or a configuration */

/* What was asked for, and what came of it. */
struct test {
    struct ir_ctx *c;
    const char *to, *config_file, *message_file;
    bool receive;
    struct ir_json *plugin, *config, *out; /* out: with --json */
    const char *op;
    size_t failed;
};

static int
read_file(const char *path, struct ir_buf *b, struct ir_err *err)
{
    int rc = ir_path_read_named(path, FILE_MAX, b, err);

    if (rc == IR_OK && b->len > FILE_MAX)
        rc = ir_fail(err, IR_ELIMIT, _("%s: is larger than 256 KiB"), path);
    return rc;
}

static int
read_json(const char *path, struct ir_json **out, struct ir_err *err)
{
    struct ir_buf b = {0};
    struct ir_err why;
    int rc = read_file(path, &b, err);

    if (rc == IR_OK && ir_json_parse(ir_buf_str(&b), b.len, out, &why) != IR_OK)
        rc = ir_fail(err, IR_EPARSE, "%s: %s", path, why.msg);
    if (rc == IR_OK && !ir_json_is_obj(*out)) {
        ir_json_free(*out);
        *out = NULL;
        rc = ir_fail(err, IR_EPARSE, _("%s: must be an object, {...}"), path);
    }
    if (b.p != NULL)
        ir_wipe(b.p, b.len);
    ir_buf_done(&b);
    return rc;
}

/* "channel/NAME" of a path that ends in NAME.lua.
 *
 * Owns:   the caller frees.
 */
static char *
name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    size_t n = strlen(base);

    if (n > 4 && strcmp(base + n - 4, ".lua") == 0)
        n -= 4;
    return ir_asprintf("channel/%.*s", (int)n, base);
}

/* Check the file as a release would. */
static int
check_file(struct test *t, const char *path)
{
    struct ir_buf source = {0};
    struct ir_compiled comp = {0};
    char *name = name_of(path);
    struct ir_ctx *c = t->c;
    int rc = read_file(path, &source, &c->err);

    if (rc == IR_OK)
        rc = ir_worker_plugin(name, ir_buf_str(&source), &comp, &c->err);
    if (rc == IR_OK)
        ir_release_findings(c, &comp, &c->talk);
    if (rc == IR_OK && (comp.errors > 0 || comp.objects_n != 1))
        rc = ir_fail(&c->err, IR_ENO,
                     _("%s: no release would take it: %zu "
                       "errors"),
                     path, comp.errors);
    if (rc == IR_OK)
        rc = ir_json_parse(comp.objects[0].json, comp.objects[0].len,
                           &t->plugin, &c->err);
    ir_compiled_done(&comp);
    ir_buf_done(&source);
    free(name);
    return rc;
}

/* The message that is sent, in the words that the real ones have. */
static struct ir_json *
make_message(const struct test *t)
{
    struct ir_json *m = ir_json_new_obj(), *reply;
    bool ja = ir_i18n_lang() == IR_LANG_JA;
    const char *mark = ir_message_mark(IR_EXERCISE, ir_i18n_lang());
    const char *title = _("A test of this channel");
    char *subject = ir_asprintf("%s %s", mark, title);
    char *body = ir_asprintf(
        "%s %s\n\n%s\n", mark, title,
        _("Somebody is trying whether messages arrive. Nothing has happened; "
          "there is nothing to do."));

    ir_json_set_str(m, "id", "test/0");
    ir_json_set_str(m, "to", t->to);
    ir_json_set_str(m, "name", t->to);
    ir_json_set_str(m, "language", ja ? "ja" : "en");
    ir_json_set_str(m, "subject", subject);
    ir_json_set_str(m, "title", subject);
    ir_json_set_str(m, "body", body);
    ir_json_set_str(m, "short", subject);
    ir_json_set_str(m, "code", "0000-0000");
    ir_json_set_bool(m, "exercise", true);
    ir_json_set_int(m, "severity", 4);
    reply = ir_json_set_take(m, "reply", ir_json_new_obj());
    ir_json_set_str(reply, "accept", "1a");
    ir_json_set_str(reply, "decline", "1d");
    ir_json_set_str(m, "from", "ir channel test");
    free(subject);
    free(body);
    return m;
}

static void
on_result(void *arg, const struct ir_chan_result *res)
{
    struct test *t = arg;
    const char *text = res->ok ? res->ref : res->error;
    struct ir_json *o;

    t->failed += !res->ok;
    if (t->out == NULL) {
        ir_buf_addf(&t->c->out, "%s: %s%s%s\n", t->op,
                    res->ok      ? res->delivered ? _("delivered") : _("ok")
                         : res->retry ? _("FAILED (try again later)")
                                 : _("REFUSED"),
                    text != NULL ? "  " : "", text != NULL ? text : "");
        return;
    }
    o = ir_json_set_take(t->out, t->op, ir_json_new_obj());
    ir_json_set_bool(o, "ok", res->ok);
    if (res->ok) {
        ir_json_set_bool(o, "delivered", res->delivered);
        ir_json_set_str(o, "text", text != NULL ? text : "");
    } else {
        ir_json_set_str(o, "error", text != NULL ? text : "");
        ir_json_set_str(o, "how", res->retry ? "retry" : "refused");
    }
}

static bool
on_received(void *arg, const struct ir_json *in)
{
    struct test *t = arg;
    char *text = ir_json_text(in, 0);
    struct ir_json *copy = NULL;

    if (t->out == NULL)
        ir_buf_addf(&t->c->out, "%s: %s\n", t->op, text);
    else if (ir_json_parse(text, strlen(text), &copy, NULL) == IR_OK)
        ir_json_add_take(ir_json_get(t->out, "receive"), copy);
    free(text);
    return true;
}

static int
run(struct test *t, const char *op, const struct ir_json *msgs)
{
    struct ir_channel_run *r = NULL;
    int rc =
        ir_channel_start_plugin(t->plugin, t->config, op, msgs, &r, &t->c->err);

    t->op = op;
    if (rc == IR_OK)
        rc = ir_channel_wait(r, on_result, on_received, t, &t->c->err);
    ir_channel_end(r);
    return rc;
}

static int
send(struct test *t)
{
    struct ir_json *msgs = ir_json_new_arr(), *m = NULL;
    int rc = IR_OK;

    if (t->message_file != NULL)
        rc = read_json(t->message_file, &m, &t->c->err);
    else
        m = make_message(t);
    if (rc == IR_OK) {
        ir_json_set_str(m, "to", t->to);
        ir_json_add_take(msgs, m);
        rc = run(t, "send", msgs);
    }
    ir_json_free(msgs);
    return rc;
}

static int
try_all(struct test *t)
{
    int rc = run(t, "check", NULL);

    if (rc == IR_OK && t->to != NULL)
        rc = send(t);
    if (rc == IR_OK && t->receive) {
        if (t->out != NULL)
            ir_json_set_take(t->out, "receive", ir_json_new_arr());
        rc = run(t, "receive", NULL);
    }
    return rc;
}

int
ir_cmd_channel_test(struct ir_ctx *c, int argc, char **argv)
{
    struct test t = {.c = c};
    const struct ir_opt opts[] = {
        {"config", 0, &t.config_file, NULL, NULL, NULL},
        {"to", 0, &t.to, NULL, NULL, NULL},
        {"message", 0, &t.message_file, NULL, NULL, NULL},
        {"receive", 0, NULL, &t.receive, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "channel test", &c->err);
    if (rc == IR_OK)
        rc = check_file(&t, argv[1]);
    if (rc == IR_OK)
        rc = t.config_file != NULL
                 ? read_json(t.config_file, &t.config, &c->err)
                 : IR_OK;
    if (rc == IR_OK && t.config == NULL)
        t.config = ir_json_new_obj();
    if (rc == IR_OK) {
        t.out = c->json ? ir_json_new_obj() : NULL;
        rc = try_all(&t);
    }
    if (rc == IR_OK && t.out != NULL) {
        ir_cmd_json_take(c, t.out);
        t.out = NULL;
    }
    ir_json_free(t.out);
    ir_json_free(t.plugin);
    ir_json_free(t.config);
    return rc == IR_OK && t.failed > 0 ? IR_ENO : rc;
}
