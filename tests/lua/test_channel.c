/* test_channel.c: cmd/channel.h: whatever becomes of the worker, each message
 * gets exactly one answer, and no answer holds a secret. */
#include "base/clock.h"
#include "base/path.h"
#include "cmd/channel_try.h"
#include "unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define N 3

static char dir[] = "/tmp/ir-test-channel-XXXXXX";
static char *real_worker;

struct got {
    int n[N];
    bool ok[N], retry[N];
    char text[N][200];
    int received;
};

static void
on_result(void *arg, const struct ir_chan_result *res)
{
    struct got *g = arg;
    const char *s = res->ok ? res->ref : res->error;

    assert_true(res->i < N);
    g->n[res->i]++;
    g->ok[res->i] = res->ok;
    g->retry[res->i] = res->retry;
    snprintf(g->text[res->i], sizeof g->text[0], "%s", s != NULL ? s : "");
}

static bool
on_received(void *arg, const struct ir_json *in)
{
    struct got *g = arg;

    assert_non_null(in);
    g->received++;
    return true;
}

static struct ir_json *
json(const char *text)
{
    struct ir_json *j = NULL;
    struct ir_err err;

    if (ir_json_parse(text, strlen(text), &j, &err) != IR_OK)
        fail_msg("%s: %s", err.msg, text);
    return j;
}

static struct ir_json *
plugin(const char *body)
{
    struct ir_json *p = json("{\"name\":\"t\",\"needs\":[],\"config\":{\"key\":"
                             "{\"type\":\"string\",\"secret\":true}}}");
    char *source = ir_asprintf(
        "local M = { api = 1, kind = \"channel\", name = \"t\", needs = {} }\n"
        "function M.send(ir, cfg, msg)\n%s\nend\n"
        "function M.receive() return nil, 'no modem' end\nreturn M\n",
        body);

    ir_json_set_str(p, "source", source);
    free(source);
    return p;
}

/* Send three messages by a plugin with this body. */
static struct got
send_three(const char *body)
{
    struct ir_json *p = plugin(body);
    struct ir_json *config = json("{\"key\":\"s3cr3t-word\"}");
    struct ir_json *msgs = json("[{\"id\":\"0\"},{\"id\":\"1\"},{\"id\":\"2\"}"
                                "]");
    struct ir_channel_run *r = NULL;
    struct got g = {0};
    struct ir_err err;

    if (ir_channel_start_plugin(p, config, "send", msgs, &r, &err) != IR_OK)
        fail_msg("%s", err.msg);
    ir_json_free(p);
    ir_json_free(config);
    ir_json_free(msgs);
    assert_int_equal(ir_channel_wait(r, on_result, NULL, &g, &err), IR_OK);
    ir_channel_end(r);
    for (int i = 0; i < N; i++)
        ROW(i, g.n[i] == 1 && strstr(g.text[i], "s3cr3t") == NULL);
    return g;
}

/* A worker that says these lines and ends so. */
static void
fake_worker(const char *script)
{
    char *path = ir_asprintf("%s/worker", dir);
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    fprintf(f, "#!/bin/sh\ncat >/dev/null\n%s\n", script);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0700), 0);
    setenv("IR_WORKER", path, 1);
    free(path);
}

static void
test_plugin(void **state)
{
    struct got g;

    (void)state;
    setenv("IR_WORKER", real_worker, 1);
    g = send_three("if msg.id == '1' then return nil, 'key ' .. cfg.key, "
                   "'refused' end return true, 'ref' .. msg.id");
    assert_true(g.ok[0] && !g.ok[1] && g.ok[2]);
    assert_string_equal(g.text[0], "ref0");
    assert_string_equal(g.text[1], "key ***");
    assert_false(g.retry[1]);
    g = send_three("error(cfg.key)");
    assert_true(!g.ok[0] && !g.retry[0]);
    assert_non_null(strstr(g.text[0], "plugins/channel/t.lua:3: ***"));
    /* one ends the process: it alone is to blame */
    g = send_three("if msg.id == '1' then ('a'):rep(200):find(('a-'):rep(30) "
                   ".. 'b') end return true");
    assert_true(g.ok[0] && !g.ok[1] && !g.ok[2]);
    assert_true(!g.retry[1] && g.retry[2]);
    g = send_three("this is no Lua");
    assert_true(!g.ok[0] && g.retry[0]);
}

static void
test_odd_workers(void **state)
{
    static const char *const scripts[] = {
        "",
        "exit 1",
        "kill -9 $$",
        "echo nonsense",
        "printf '{\"sent\":{\"i\":0,\"ok\":true}}'; exit 0", /* no newline */
        "head -c 200000 /dev/zero",
        "echo '{\"sent\":{\"i\":7,\"ok\":true}}'; echo '{\"done\":{}}'",
        "echo '{\"sent\":{\"i\":-1,\"ok\":true}}'; echo '{\"done\":{}}'",
        "echo '{\"error\":{\"number\":-4,\"message\":\"s3cr3t-word\"}}'",
        "echo '{\"done\":{}}'",
        "echo s3cr3t-word >&2; exit 5",
    };
    struct got g;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(scripts); i++) {
        fake_worker(scripts[i]);
        g = send_three("");
        ROW(i, !g.ok[0] && !g.ok[1] && !g.ok[2] && g.retry[1]);
    }
    fake_worker("echo '{\"sent\":{\"i\":1,\"ok\":true}}'\n"
                "echo '{\"sent\":{\"i\":1,\"error\":\"x\",\"how\":\"refused\"}"
                "}'\necho '{\"done\":{}}'");
    g = send_three("");
    assert_true(!g.ok[0] && g.ok[1] && !g.ok[2]);
}

static void
test_receive(void **state)
{
    struct ir_json *p = plugin("return true");
    struct ir_json *config = json("{\"key\":\"s3cr3t-word\"}");
    struct ir_channel_run *r = NULL;
    struct got g = {0};
    struct ir_err err;

    (void)state;
    setenv("IR_WORKER", real_worker, 1);
    assert_int_equal(
        ir_channel_start_plugin(p, config, "receive", NULL, &r, &err), IR_OK);
    assert_int_equal(ir_channel_wait(r, on_result, on_received, &g, &err),
                     IR_EIO);
    assert_string_equal(err.msg, "no modem");
    ir_channel_end(r);
    fake_worker("echo '{\"received\":{\"from\":\"1\",\"text\":\"1a\"}}'\n"
                "echo '{\"done\":{}}'");
    assert_int_equal(
        ir_channel_start_plugin(p, config, "receive", NULL, &r, &err), IR_OK);
    assert_int_equal(ir_channel_wait(r, on_result, on_received, &g, &err),
                     IR_OK);
    assert_int_equal(g.received, 1);
    ir_channel_end(r);
    ir_json_free(p);
    ir_json_free(config);
}

/* What others on the machine can see of it holds no secret. */
static void
test_in_the_open(void **state)
{
    char *script = ir_asprintf("{ env; echo \"$0 $*\"; } >%s/seen\n"
                               "echo '{\"done\":{}}'",
                               dir);
    char *path = ir_asprintf("%s/seen", dir), text[4096] = "";
    FILE *f;

    (void)state;
    setenv("SOME_TOKEN", "t0k3n-of-mine", 1);
    fake_worker(script);
    (void)send_three("");
    f = fopen(path, "re");
    assert_non_null(f);
    assert_true(fread(text, 1, sizeof text - 1, f) > 0);
    assert_int_equal(fclose(f), 0);
    assert_non_null(strstr(text, "PATH="));
    assert_null(strstr(text, "s3cr3t"));
    assert_null(strstr(text, "t0k3n")); /* nor what we were given */
    free(path);
    free(script);
}

/* Side by side: one that hangs delays nobody, and is ended when told. */
static void
test_side_by_side(void **state)
{
    struct ir_json *p = plugin("return true");
    struct ir_json *config = json("{\"key\":\"s3cr3t-word\"}");
    struct ir_json *msgs = json("[{\"id\":\"0\"}]");
    struct ir_channel_run *slow = NULL, *fast = NULL;
    struct got g = {0};
    struct ir_err err;
    int64_t began = ir_clock_mono_ms();
    bool done = true;

    (void)state;
    fake_worker("exec sleep 60");
    assert_int_equal(
        ir_channel_start_plugin(p, config, "send", msgs, &slow, &err), IR_OK);
    setenv("IR_WORKER", real_worker, 1);
    assert_int_equal(
        ir_channel_start_plugin(p, config, "send", msgs, &fast, &err), IR_OK);
    assert_int_equal(ir_channel_wait(fast, on_result, NULL, &g, &err), IR_OK);
    assert_true(g.n[0] == 1 && g.ok[0]);
    assert_int_equal(ir_channel_poll(slow, on_result, NULL, &g, &done, &err),
                     IR_OK);
    assert_false(done);
    ir_channel_end(slow);
    ir_channel_end(fast);
    ir_channel_end(NULL);
    assert_true(ir_clock_mono_ms() - began < 20000);
    ir_json_free(p);
    ir_json_free(config);
    ir_json_free(msgs);
}

static void
test_secrets(void **state)
{
    char *path = ir_asprintf("%s/keys/channel/a", dir), *value = NULL;
    char *link = ir_asprintf("%s/keys/channel/l", dir), *big;
    struct ir_err err;

    (void)state;
    assert_int_equal(ir_channel_secret_get(dir, "a", &value, &err),
                     IR_ENOTFOUND);
    assert_int_equal(ir_channel_secret_put(dir, "a", "word", &err), IR_OK);
    assert_int_equal(ir_channel_secret_put(dir, "../a", "x", &err), IR_EUSAGE);
    assert_int_equal(
        ir_channel_secret_get(dir, "../keys/channel/a", &value, &err),
        IR_EUSAGE);
    assert_int_equal(ir_channel_secret_get(dir, "a", &value, &err), IR_OK);
    assert_string_equal(value, "word");
    free(value);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(ir_channel_secret_get(dir, "a", &value, &err),
                     IR_EREFUSED);
    assert_non_null(strstr(err.hint, "chmod 600"));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(symlink("a", link), 0);
    assert_int_equal(ir_channel_secret_get(dir, "l", &value, &err),
                     IR_EREFUSED);
    big = ir_calloc(1, IR_CHANNEL_SECRET_MAX + 2);
    memset(big, 'x', IR_CHANNEL_SECRET_MAX + 1);
    assert_int_equal(ir_channel_secret_put(dir, "b", big, &err), IR_ELIMIT);
    assert_int_equal(ir_channel_secret_remove(dir, "a", &err), IR_OK);
    assert_int_equal(ir_channel_secret_remove(dir, "a", &err), IR_ENOTFOUND);
    free(big);
    free(path);
    free(link);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plugin),       cmocka_unit_test(test_odd_workers),
        cmocka_unit_test(test_receive),      cmocka_unit_test(test_in_the_open),
        cmocka_unit_test(test_side_by_side), cmocka_unit_test(test_secrets),
    };
    const char *worker = getenv("IR_WORKER");
    struct ir_err err;
    int rc;

    if (worker == NULL || mkdtemp(dir) == NULL)
        return 1;
    real_worker = ir_strdup(worker);
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    (void)ir_path_remove_tree(dir, &err);
    free(real_worker);
    return rc;
}
