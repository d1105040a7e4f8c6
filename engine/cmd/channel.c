/* channel.c: see channel.h. A run: the worker started, its lines read as the
 * words of a process that talks to strangers. */
#include "cmd/channel.h"

#include "base/crypt.h"
#include "base/i18n.h"
#include "base/spawn.h"
#include "base/utf8.h"
#include "cmd/worker.h"
#include "view/qr.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (64 * 1024) /* of its answer */
#define OUT_MAX (16 * 1024 * 1024) /* of all its answers */
#define ERR_MAX 2048
#define AGAIN_MAX_S 3600 /* no server puts a message off for longer */
#define SECRET_LEAST 4   /* shorter ones are not looked for in texts */

typedef void on_result(void *arg, const struct ir_chan_result *res);
typedef bool on_received(void *arg, const struct ir_json *in);

struct ir_channel_run {
    struct ir_spawning *sp;
    char *op, *home, *id;
    bool *answered; /* by message */
    size_t n;
    char **secrets; /* to be kept out of what it says */
    size_t secrets_n;
    struct ir_buf line;
    bool malformed, said_done, stuck, unkept;
    struct ir_err said; /* the worker's {"error"} */
    /* during ir_channel_poll */
    on_result *result;
    on_received *received;
    void *arg;
};

/* Is there anything to be kept quiet in `s`? Put "***" in its place. */
static char *
quiet(const struct ir_channel_run *r, const char *s)
{
    struct ir_buf b = {0};
    size_t i;

    while (*s != '\0') {
        for (i = 0; i < r->secrets_n; i++)
            if (strncmp(s, r->secrets[i], strlen(r->secrets[i])) == 0)
                break;
        if (i < r->secrets_n) {
            ir_buf_adds(&b, "***");
            s += strlen(r->secrets[i]);
        } else {
            ir_buf_addc(&b, *s++);
        }
    }
    return ir_buf_take(&b);
}

/* The same, harmless on a terminal; NULL for an empty text. */
static char *
clean(const struct ir_channel_run *r, const char *s)
{
    struct ir_buf b = {0};
    char *q;

    if (s == NULL || s[0] == '\0')
        return NULL;
    q = quiet(r, s);
    ir_utf8_escape(&b, q, strlen(q), false);
    free(q);
    return ir_buf_take(&b);
}

static void
tell(struct ir_channel_run *r, struct ir_chan_result *res)
{
    if (res->i < r->n && !r->answered[res->i]) {
        r->answered[res->i] = true;
        if (r->result != NULL)
            r->result(r->arg, res);
    }
    free(res->ref);
    free(res->error);
}

/* {"i","ok","ref","delivered"} or {"i","error","how","again_s","stalled"}; a
 * check has no i. */
static void
take_result(struct ir_channel_run *r, const struct ir_json *j, const char *said)
{
    struct ir_chan_result res = {0};
    int64_t i = ir_json_get_int(j, "i", 0);

    res.i = i < 0 ? SIZE_MAX : (size_t)i;
    res.ok = ir_json_get_bool(j, "ok", false);
    res.delivered = res.ok && ir_json_get_bool(j, "delivered", false);
    if (res.ok) {
        res.ref = clean(r, ir_json_get_str(j, said, NULL));
    } else {
        res.error = clean(r, ir_json_get_str(j, "error", NULL));
        res.retry = strcmp(ir_json_get_str(j, "how", "retry"), "retry") == 0;
        res.stalled = res.retry && ir_json_get_bool(j, "stalled", false);
        res.again_ms = ir_json_get_int(j, "again_s", 0);
        res.again_ms = res.again_ms < 0             ? 0
                       : res.again_ms > AGAIN_MAX_S ? AGAIN_MAX_S * 1000
                                                    : res.again_ms * 1000;
    }
    tell(r, &res);
}

static void
take_error(struct ir_channel_run *r, const struct ir_json *e)
{
    int64_t rc = ir_json_get_int(e, "number", IR_EIO);
    char *msg = clean(r, ir_json_get_str(e, "message", "?"));

    if (rc > IR_EUSAGE || rc < IR_ENO)
        rc = IR_EIO;
    ir_fail(&r->said, (int)rc, "%s", msg != NULL ? msg : "?");
    free(msg);
}

static void
take_done(struct ir_channel_run *r, const struct ir_json *j)
{
    r->said_done = true;
    if (r->id != NULL && !r->unkept && ir_json_get(j, "state") != NULL)
        ir_channel_state_put(r->home, r->id, ir_json_get(j, "state"));
}

/* Something came in; why a message failed is said to people. */
static void
take_received(struct ir_channel_run *r, struct ir_json *in)
{
    char *why = clean(r, ir_json_get_str(in, "error", NULL));

    if (why != NULL)
        ir_json_set_str(in, "error", why);
    free(why);
    if (!r->received(r->arg, in))
        r->unkept = true;
}

static void
take_line(struct ir_channel_run *r, const char *line, size_t len)
{
    struct ir_json *j = NULL, *v;

    if (ir_json_parse(line, len, &j, NULL) != IR_OK) {
        r->malformed = true;
        return;
    }
    if ((v = ir_json_get(j, "sent")) != NULL)
        take_result(r, v, "ref");
    else if ((v = ir_json_get(j, "checked")) != NULL)
        take_result(r, v, "text");
    else if ((v = ir_json_get(j, "received")) != NULL && r->received != NULL)
        take_received(r, v);
    else if ((v = ir_json_get(j, "error")) != NULL)
        take_error(r, v);
    else if ((v = ir_json_get(j, "done")) != NULL)
        take_done(r, v);
    else if (ir_json_get(j, "stuck") != NULL)
        r->stuck = true;
    ir_json_free(j);
}

/* Its standard output, as it comes. */
static void
on_out(const char *p, size_t n, void *arg)
{
    struct ir_channel_run *r = arg;
    const char *nl;

    ir_spawn_more(r->sp, IR_CHANNEL_MESSAGE_MS);
    while (!r->malformed && (nl = memchr(p, '\n', n)) != NULL) {
        ir_buf_add(&r->line, p, (size_t)(nl - p));
        take_line(r, ir_buf_str(&r->line), r->line.len);
        r->line.len = 0;
        n -= (size_t)(nl - p) + 1;
        p = nl + 1;
    }
    if (r->line.len + n > LINE_MAX_BYTES)
        r->malformed = true;
    if (!r->malformed)
        ir_buf_add(&r->line, p, n);
}

/* Collect what must not be said: every {"secret"} that was filled in. */
static bool
add_secret(const char *key, struct ir_json *v, void *arg)
{
    struct ir_channel_run *r = arg;
    const char *s = ir_json_str(v);

    (void)key;
    if (s != NULL && strlen(s) >= SECRET_LEAST) {
        r->secrets =
            ir_realloc(r->secrets, (r->secrets_n + 1) * sizeof(char *));
        r->secrets[r->secrets_n++] = ir_strdup(s);
    }
    return true;
}

static char *
env_of(const char *name)
{
    const char *v = secure_getenv(name);

    return v != NULL ? ir_asprintf("%s=%s", name, v) : NULL;
}

/* Start the worker with this request, which holds secrets. */
static int
spawn(struct ir_channel_run *r, const struct ir_json *req, struct ir_err *err)
{
    static const char *const names[] = {"IR_LOCALEDIR", "PATH", "HOME", "LANG",
                                        "TZ"};
    char *path = ir_worker_path(), *text = ir_json_text(req, 0);
    char *env[sizeof names / sizeof names[0] + 1] = {NULL};
    const char *argv[] = {path, NULL};
    struct ir_spawn sp = {.argv = argv,
                          .env = (const char *const *)env,
                          .input = text,
                          .input_len = strlen(text),
                          .deadline_ms = IR_CHANNEL_MESSAGE_MS,
                          .err_max = ERR_MAX,
                          .on_out = on_out,
                          .arg = r};
    size_t i, n = 0;
    int rc;

    for (i = 0; i < sizeof names / sizeof names[0]; i++)
        if ((env[n] = env_of(names[i])) != NULL)
            n++;
    rc = ir_spawn_start(&sp, &r->sp, err);
    for (i = 0; i < n; i++)
        free(env[i]);
    ir_wipe(text, strlen(text));
    free(text);
    free(path);
    return rc;
}

/* A copy of a value, to go into another container. */
static struct ir_json *
copy(const struct ir_json *j)
{
    char *text = j != NULL ? ir_json_canonical(j, NULL) : NULL;
    struct ir_json *out = NULL;

    if (text != NULL)
        (void)ir_json_parse(text, strlen(text), &out, NULL);
    if (text != NULL)
        ir_wipe(text, strlen(text));
    free(text);
    return out;
}

/* What only we can draw, for a plugin that needs it: the short text as a code
 * that a camera reads. */
static void
add_codes(const struct ir_json *needs, struct ir_json *msgs)
{
    struct ir_buf code = {0};
    bool wanted = false;
    size_t i;

    for (i = 0; i < ir_json_len(needs); i++)
        wanted = wanted || strcmp(ir_json_str(ir_json_at(needs, i)), "qr") == 0;
    for (i = 0; wanted && i < ir_json_len(msgs); i++) {
        code.len = 0;
        ir_view_qr_ink(IR_CHANNEL_QR_COLS,
                       ir_json_get_str(ir_json_at(msgs, i), "short", ""),
                       &code);
        if (code.len > 0)
            ir_json_set_str(ir_json_at(msgs, i), "qr", ir_buf_str(&code));
    }
    ir_buf_done(&code);
}

static struct ir_json *
request(const struct ir_json *plugin, const struct ir_json *config,
        const char *op, const struct ir_json *msgs)
{
    struct ir_json *req = ir_json_new_obj();
    char *name =
        ir_asprintf("channel/%s", ir_json_get_str(plugin, "name", "?"));

    ir_json_set_str(req, "do", "channel");
    ir_json_set_str(req, "op", op);
    ir_json_set_str(req, "lang", ir_lang_code(ir_i18n_lang()));
    ir_json_set_str(req, "name", name);
    ir_json_set_str(req, "source", ir_json_get_str(plugin, "source", ""));
    ir_json_set_take(req, "needs", copy(ir_json_get(plugin, "needs")));
    ir_json_set_take(req, "rules", copy(ir_json_get(plugin, "config")));
    ir_json_set_take(req, "config", copy(config));
    if (msgs != NULL)
        add_codes(ir_json_get(plugin, "needs"),
                  ir_json_set_take(req, "msgs", copy(msgs)));
    free(name);
    return req;
}

static int
start(const struct ir_json *plugin, const struct ir_json *config,
      const struct ir_json *secrets, const char *op, const struct ir_json *msgs,
      const char *home, const char *id, struct ir_channel_run **out,
      struct ir_err *err)
{
    struct ir_channel_run *r = ir_calloc(1, sizeof *r);
    struct ir_json *req = request(plugin, config, op, msgs), *state;
    int rc = IR_OK;

    r->op = ir_strdup(op);
    r->home = home != NULL ? ir_strdup(home) : NULL;
    r->id = id != NULL ? ir_strdup(id) : NULL;
    r->n = strcmp(op, "send") == 0      ? ir_json_len(msgs)
           : strcmp(op, "receive") == 0 ? 0
                                        : 1;
    r->answered = ir_calloc(r->n + 1, sizeof *r->answered);
    ir_json_each(secrets, add_secret, r);
    if (id != NULL && strcmp(op, "receive") == 0 &&
        (state = ir_channel_state_get(home, id)) != NULL)
        ir_json_set_take(req, "state", state);
    if (r->n > IR_CHANNEL_MSGS_MAX)
        rc = ir_fail(err, IR_ELIMIT, "%zu messages for one worker", r->n);
    if (rc == IR_OK)
        rc = spawn(r, req, err);
    ir_json_free(req);
    if (rc == IR_OK)
        *out = r;
    else
        ir_channel_end(r);
    return rc;
}

/* Fill in the secrets that the configuration names. */
struct fill {
    const char *home;
    struct ir_json *config, *secrets;
    struct ir_err *err;
    int rc;
};

static bool
fill_one(const char *key, struct ir_json *v, void *arg)
{
    struct fill *f = arg;
    const char *name = ir_json_get_str(v, "secret", NULL);
    char *value = NULL;

    if (name == NULL)
        return true;
    f->rc = ir_channel_secret_get(f->home, name, &value, f->err);
    if (f->rc != IR_OK)
        return false;
    ir_json_set_str(f->config, key, value);
    ir_json_set_str(f->secrets, key, value);
    ir_wipe(value, strlen(value));
    free(value);
    return true;
}

int
ir_channel_start(struct ir_ctx *c, const char *channel_id, const char *op,
                 const struct ir_json *msgs, struct ir_channel_run **out,
                 struct ir_err *err)
{
    const struct ir_json *row = NULL, *plugin = NULL, *config;
    struct fill f = {c->home, NULL, NULL, err, IR_OK};
    int rc = ir_channel_find(c, channel_id, &row, &plugin, err);

    if (rc != IR_OK)
        return rc;
    config = ir_json_get(row, "config");
    f.config = config != NULL ? copy(config) : ir_json_new_obj();
    f.secrets = ir_json_new_obj();
    ir_json_each(config, fill_one, &f);
    rc = f.rc;
    if (rc == IR_OK)
        rc = start(plugin, f.config, f.secrets, op, msgs, c->home, channel_id,
                   out, err);
    ir_json_free(f.config);
    ir_json_free(f.secrets);
    return rc;
}

/* In a configuration given whole, what the rules call secret is one. */
struct secrets {
    const struct ir_json *config;
    struct ir_json *out;
};

static bool
pick_secret(const char *key, struct ir_json *rule, void *arg)
{
    struct secrets *s = arg;
    const char *v = ir_json_get_str(s->config, key, NULL);

    if (v != NULL && ir_json_get_bool(rule, "secret", false))
        ir_json_set_str(s->out, key, v);
    return true;
}

int
ir_channel_start_plugin(const struct ir_json *plugin,
                        const struct ir_json *config, const char *op,
                        const struct ir_json *msgs, struct ir_channel_run **out,
                        struct ir_err *err)
{
    struct secrets s = {config, ir_json_new_obj()};
    int rc;

    ir_json_each(ir_json_get(plugin, "config"), pick_secret, &s);
    rc = start(plugin, config, s.out, op, msgs, NULL, NULL, out, err);
    ir_json_free(s.out);
    return rc;
}

int
ir_channel_fd(const struct ir_channel_run *r)
{
    return ir_spawn_fd(r->sp);
}

/* Why it ended before it was through, in one line. */
static int
say_death(struct ir_channel_run *r, const struct ir_spawn_result *res,
          struct ir_err *err)
{
    char *shown;
    int rc;

    if (r->said.code != 0)
        return ir_fail(err, r->said.code, "%s", r->said.msg);
    if (r->stuck || res->signal == SIGXCPU || res->signal == SIGPROF)
        return ir_fail(err, IR_ETIMEOUT,
                       _("the plugin takes too long: a loop that does not "
                         "end, or a string pattern with many *, + or -?"));
    if (res->timed_out)
        return ir_fail(err, IR_ETIMEOUT, _("no answer in time"));
    if (r->malformed)
        return ir_fail(err, IR_EIO, _("the answer of ir-worker is malformed"));
    if (res->signal != 0)
        return ir_fail(err, IR_EIO, _("ir-worker was ended by signal %d"),
                       res->signal);
    shown = clean(r, ir_buf_str(&res->err));
    rc = ir_fail(err, IR_EIO, _("ir-worker ended without an answer: %s"),
                 shown != NULL ? shown : "-");
    free(shown);
    return rc;
}

/* Nobody is left without an answer. The message it was at when its time ran
 * out is to blame itself; the others were not looked at. */
static void
answer_rest(struct ir_channel_run *r, const struct ir_err *why)
{
    bool first = true;
    size_t i;

    for (i = 0; i < r->n; i++) {
        struct ir_chan_result res = {.i = i, .retry = true};

        if (r->answered[i])
            continue;
        if (first && r->stuck)
            res.retry = false;
        first = false;
        res.error = ir_strdup(why->msg);
        tell(r, &res);
    }
}

int
ir_channel_poll(struct ir_channel_run *r, on_result *result,
                on_received *received, void *arg, bool *done,
                struct ir_err *err)
{
    const struct ir_spawn_result *res = NULL;
    struct ir_err why = {0};
    int rc;

    r->result = result;
    r->received = received;
    r->arg = arg;
    *done = false;
    rc = ir_spawn_poll(r->sp, &res, &why);
    if (rc == IR_OK && res == NULL)
        goto out;
    *done = true;
    if (rc == IR_OK && !(r->said_done && !r->malformed))
        rc = say_death(r, res, &why);
    if (rc == IR_OK)
        ir_fail(&why, IR_EIO, _("the answer of ir-worker is malformed"));
    answer_rest(r, &why);
    if (strcmp(r->op, "receive") != 0)
        rc = IR_OK; /* each message was told what became of it */
    else if (rc != IR_OK && err != NULL)
        *err = why;
out:
    r->result = NULL;
    r->received = NULL;
    return rc;
}

void
ir_channel_end(struct ir_channel_run *r)
{
    size_t i;

    if (r == NULL)
        return;
    ir_spawn_end(r->sp);
    for (i = 0; i < r->secrets_n; i++) {
        ir_wipe(r->secrets[i], strlen(r->secrets[i]));
        free(r->secrets[i]);
    }
    free(r->secrets);
    free(r->answered);
    free(r->op);
    free(r->home);
    free(r->id);
    ir_buf_done(&r->line);
    free(r);
}
