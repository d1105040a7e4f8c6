/* worker_channel.c: the request "channel": load what the plugin needs, enter
 * its sandbox, send, check or receive; and "broker", which runs programs for
 * such a worker from outside of it. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "prog/worker.h"
#include "script/broker.h"
#include "script/config.h"
#include "script/plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A channel that has failed for so long, for several messages or for one,
 * answers nobody: the rest of them is not tried now. */
#define STALL_MS 6000
#define STALL_ONE_MS 20000

#define FROM_MAX 200 /* bytes of what came in */
#define TEXT_MAX 2000
#define REF_MAX 300

static void
say(const char *what, struct ir_json *j)
{
    struct ir_json *line = ir_json_new_obj();

    ir_json_set_take(line, what, j);
    ir_worker_say_take(line);
}

/* {"i":0,"ok":true,"ref":"...","delivered":false}, or {"i":0,"error","how",
 * "again_s","stalled"} */
static void
say_sent(size_t i, const struct ir_plugin_result *res, bool stalled)
{
    struct ir_json *j = ir_json_new_obj();

    ir_json_set_int(j, "i", (int64_t)i);
    if (res->ok) {
        ir_json_set_bool(j, "ok", true);
        ir_json_set_str(j, "ref", res->text != NULL ? res->text : "");
        ir_json_set_bool(j, "delivered", res->delivered);
    } else {
        ir_json_set_str(j, "error", res->text != NULL ? res->text : "");
        ir_json_set_str(j, "how", res->retry ? "retry" : "refused");
        if (res->again_s > 0)
            ir_json_set_int(j, "again_s", res->again_s);
        if (stalled)
            ir_json_set_bool(j, "stalled", true);
    }
    say("sent", j);
}

/* How long the channel has failed by now, without anything that went. */
struct stall {
    int64_t ms;
    size_t n;
};

static bool
is_stalled(struct stall *s, const struct ir_plugin_result *res, int64_t took_ms)
{
    if (res->ok || !res->retry)
        *s = (struct stall){0};
    else
        *s = (struct stall){s->ms + took_ms, s->n + 1};
    return (s->n > 1 && s->ms >= STALL_MS) || s->ms >= STALL_ONE_MS;
}

/* One after the other. Where the channel answers nobody, the rest fails with
 * the last, untried: their next ways need not wait for it. */
static int
send_all(struct ir_plugin *p, const struct ir_json *msgs)
{
    struct ir_plugin_result res = {0};
    struct stall stall = {0};
    size_t i, n = ir_json_len(msgs);
    bool stalled = false;

    for (i = 0; i < n; i++) {
        int64_t began = ir_clock_mono_ms();

        if (!stalled) {
            free(res.text);
            ir_plugin_send(p, ir_json_at(msgs, i), &res);
            stalled = is_stalled(&stall, &res, ir_clock_mono_ms() - began);
        }
        say_sent(i, &res, stalled);
    }
    free(res.text);
    return IR_OK;
}

/* Check, or, with `words`, remove. */
static int
check(struct ir_plugin *p, const struct ir_json *words)
{
    struct ir_json *j = ir_json_new_obj();
    struct ir_plugin_result res;

    if (words != NULL)
        ir_plugin_remove(p, words, &res);
    else
        ir_plugin_check(p, &res);
    if (res.ok)
        ir_json_set_bool(j, "ok", true);
    ir_json_set_str(j, res.ok ? "text" : "error",
                    res.text != NULL ? res.text : "");
    free(res.text);
    say("checked", j);
    return IR_OK;
}

/* A text of it, cut between characters. */
static void
say_text(struct ir_json *j, const struct ir_json *in, const char *key,
         size_t max)
{
    const char *s = ir_json_get_str(in, key, NULL);
    size_t n = s != NULL ? strlen(s) : 0;

    if (n > max)
        for (n = max; n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80;)
            n--;
    if (s != NULL)
        ir_json_set_strn(j, key, s, n);
}

/* One that came in, with nothing in it but what is known, and no more than fits
 * in a line. */
static void
say_received(const struct ir_json *in)
{
    struct ir_json *j;

    if (!ir_json_is_obj(in))
        return;
    j = ir_json_new_obj();
    say_text(j, in, "from", FROM_MAX);
    say_text(j, in, "text", TEXT_MAX);
    say_text(j, in, "ref", REF_MAX);
    say_text(j, in, "error", REF_MAX);
    say_text(j, in, "how", REF_MAX);
    if (ir_json_is_int(ir_json_get(in, "at_ms")))
        ir_json_set_int(j, "at_ms", ir_json_get_int(in, "at_ms", 0));
    if (ir_json_is_bool(ir_json_get(in, "delivered")))
        ir_json_set_bool(j, "delivered",
                         ir_json_get_bool(in, "delivered", false));
    say("received", j);
}

static int
receive(struct ir_plugin *p, const struct ir_json *req, struct ir_json *done,
        struct ir_err *err)
{
    struct ir_json *list = NULL, *next = NULL;
    size_t i;
    int rc = ir_plugin_receive(p, ir_json_get(req, "state"), &list, &next, err);

    for (i = 0; rc == IR_OK && i < ir_json_len(list); i++)
        say_received(ir_json_at(list, i));
    if (next != NULL)
        ir_json_set_take(done, "state", next);
    ir_json_free(list);
    return rc;
}

static void
note_wrong(const char *field, const char *message, void *arg)
{
    struct ir_buf *b = arg;

    ir_buf_addf(b, "%sconfig.%s: %s", b->len > 0 ? "; " : "", field, message);
}

static int
fill(const struct ir_json *req, struct ir_json **config, struct ir_err *err)
{
    struct ir_buf wrong = {0};
    int rc = IR_OK;

    if (ir_config_fill(ir_json_get(req, "rules"), ir_json_get(req, "config"),
                       false, config, note_wrong, &wrong) > 0)
        rc = ir_fail(err, IR_EREFUSED, "%s", ir_buf_str(&wrong));
    ir_buf_done(&wrong);
    return rc;
}

static int
serve(const struct ir_json *req, struct ir_plugin *p, struct ir_err *err)
{
    const char *op = ir_json_get_str(req, "op", "");
    struct ir_json *done = ir_json_new_obj();
    int rc;

    if (strcmp(op, "send") == 0)
        rc = send_all(p, ir_json_get(req, "msgs"));
    else if (strcmp(op, "check") == 0)
        rc = check(p, NULL);
    else if (strcmp(op, "remove") == 0 && ir_json_get(req, "msgs") != NULL)
        rc = check(p, ir_json_get(req, "msgs"));
    else if (strcmp(op, "receive") == 0)
        rc = receive(p, req, done, err);
    else
        rc = ir_fail(err, IR_EUSAGE, "no such request: \"%.40s\"", op);
    if (rc == IR_OK)
        say("done", done);
    else
        ir_json_free(done);
    return rc;
}

int
ir_worker_do_channel(const struct ir_json *req, struct ir_err *err)
{
    const struct ir_json *needs = ir_json_get(req, "needs");
    const struct ir_json *rules = ir_json_get(req, "rules");
    char *file =
        ir_asprintf("plugins/%s.lua", ir_json_get_str(req, "name", "channel"));
    struct ir_json *config = NULL;
    struct ir_plugin *p = NULL;
    int broker = -1, rc = fill(req, &config, err);

    if (rc == IR_OK)
        rc = ir_plugin_enter(needs, rules, config, &broker, err);
    if (rc == IR_OK)
        rc =
            ir_plugin_open(file, ir_json_get_str(req, "source", ""), needs,
                           rules, config, broker, ir_worker_say_stuck, &p, err);
    if (rc == IR_OK)
        rc = serve(req, p, err);
    ir_plugin_close(p);
    ir_json_free(config);
    free(file);
    return rc;
}

int
ir_worker_do_broker(const struct ir_json *req, struct ir_err *err)
{
    int64_t fd = ir_json_get_int(req, "fd", -1);

    if (fd < 3 || fd > 1000000)
        return ir_fail(err, IR_EUSAGE, "broker without a socket");
    return ir_broker_serve((int)fd, ir_json_get(req, "programs"), err);
}
