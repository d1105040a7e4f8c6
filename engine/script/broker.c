/* broker.c: see broker.h. */
#include "script/broker.h"

#include "base/i18n.h"
#include "base/spawn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SELF "/proc/self/exe"
#define ARGS_MAX 64
#define TIMEOUT_MAX_MS 60000

static int
put(int fd, const struct ir_json *j)
{
    char *text = ir_json_text(j, 0);
    size_t n = strlen(text), at = 0;
    uint8_t len[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
                      (uint8_t)n};
    struct ir_buf b = {0};
    int rc = IR_OK;

    ir_buf_add(&b, len, sizeof len);
    ir_buf_add(&b, text, n);
    while (at < b.len && rc == IR_OK) {
        ssize_t got = write(fd, b.p + at, b.len - at);

        if (got > 0)
            at += (size_t)got;
        else if (errno != EINTR)
            rc = IR_EIO;
    }
    ir_buf_done(&b);
    free(text);
    return rc;
}

static int
get_bytes(int fd, uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t got = read(fd, p, n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return IR_EIO;
        p += got;
        n -= (size_t)got;
    }
    return IR_OK;
}

static int
get(int fd, struct ir_json **out, struct ir_err *err)
{
    uint8_t len[4];
    size_t n;
    char *text;
    int rc = get_bytes(fd, len, sizeof len);

    if (rc != IR_OK)
        return rc;
    n = (size_t)len[0] << 24 | (size_t)len[1] << 16 | (size_t)len[2] << 8 |
        len[3];
    if (n > IR_JSON_MAX)
        return IR_EIO;
    text = ir_malloc(n + 1);
    rc = get_bytes(fd, (uint8_t *)text, n);
    if (rc == IR_OK)
        rc = ir_json_parse(text, n, out, err);
    free(text);
    return rc;
}

int
ir_broker_ask(int fd, const struct ir_json *req, struct ir_json **out,
              struct ir_err *err)
{
    int rc = fd >= 0 ? put(fd, req) : IR_EIO;

    if (rc == IR_OK)
        rc = get(fd, out, err);
    return rc == IR_OK ? IR_OK
                       : ir_fail(err, IR_EIO,
                                 _("who runs programs for this channel is "
                                   "gone"));
}

int
ir_broker_start(const struct ir_json *programs, int *fd, struct ir_err *err)
{
    static const char *const argv[] = {SELF, NULL};
    struct ir_json *req = ir_json_new_obj(), *list;
    struct ir_spawning *started = NULL;
    int pair[2], rc;
    char *text;
    size_t i;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        ir_json_free(req);
        return ir_fail(err, IR_EIO, "socketpair: %s", strerror(errno));
    }
    ir_json_set_str(req, "do", "broker");
    ir_json_set_str(req, "lang", ir_lang_code(ir_i18n_lang()));
    ir_json_set_int(req, "fd", pair[1]);
    list = ir_json_set_take(req, "programs", ir_json_new_arr());
    for (i = 0; i < ir_json_len(programs); i++)
        ir_json_add_str(list, ir_json_str(ir_json_at(programs, i)));
    text = ir_json_text(req, 0);
    {
        const struct ir_spawn sp = {.argv = argv,
                                    .env = (const char *const *)environ,
                                    .input = text,
                                    .input_len = strlen(text),
                                    .keep_fds = &pair[1],
                                    .keep_fds_n = 1};
        const struct ir_spawn_result *res;

        rc = ir_spawn_start(&sp, &started, err);
        /* its request fits into the pipe: one turn writes it */
        if (rc == IR_OK)
            rc = ir_spawn_poll(started, &res, err);
    }
    close(pair[1]);
    if (rc == IR_OK)
        *fd = pair[0]; /* `started` lives as long as this process */
    else
        close(pair[0]);
    free(text);
    ir_json_free(req);
    return rc;
}

static bool
is_granted(const struct ir_json *programs, const char *program)
{
    size_t i;

    for (i = 0; program != NULL && i < ir_json_len(programs); i++)
        if (strcmp(ir_json_str(ir_json_at(programs, i)), program) == 0)
            return program[0] == '/';
    return false;
}

static void
refuse(struct ir_json *out, const char *how, const char *why)
{
    ir_json_set_str(out, "how", how);
    ir_json_set_str(out, "error", why);
}

static void
run(const struct ir_json *req, struct ir_json *out)
{
    const struct ir_json *list = ir_json_get(req, "argv");
    const char *input = ir_json_get_str(req, "input", "");
    const char *argv[ARGS_MAX + 1] = {NULL};
    struct ir_spawn sp = {.argv = argv,
                          .input = input,
                          .input_len = strlen(input),
                          .deadline_ms = ir_json_get_int(req, "timeout_ms", 0),
                          .out_max = IR_BROKER_OUT_MAX,
                          .err_max = IR_BROKER_OUT_MAX};
    struct ir_spawn_result res;
    struct ir_err err;
    size_t i;
    int rc;

    for (i = 0; i < ARGS_MAX && i < ir_json_len(list); i++)
        argv[i] = ir_json_str(ir_json_at(list, i));
    if (ir_json_get_bool(req, "only_look", false)) {
        if (argv[0] != NULL && access(argv[0], X_OK) == 0)
            ir_json_set_int(out, "exit", 0);
        else
            refuse(out, "refused", strerror(errno));
        return;
    }
    if (sp.deadline_ms <= 0 || sp.deadline_ms > TIMEOUT_MAX_MS)
        sp.deadline_ms = TIMEOUT_MAX_MS;
    rc = ir_spawn_run(&sp, &res, &err);
    if (rc != IR_OK) {
        refuse(out, "refused", err.msg);
        return;
    }
    if (res.timed_out) {
        refuse(out, "retry", _("no answer in time"));
    } else if (res.signal != 0) {
        refuse(out, "retry", _("the program was ended by a signal"));
    } else {
        ir_json_set_int(out, "exit", res.exit);
        ir_json_set_strn(out, "out", ir_buf_str(&res.out), res.out.len);
        ir_json_set_strn(out, "err", ir_buf_str(&res.err), res.err.len);
    }
    ir_spawn_result_done(&res);
}

int
ir_broker_serve(int fd, const struct ir_json *programs, struct ir_err *err)
{
    struct ir_json *req = NULL, *out;
    const char *program;
    int rc;

    /* texts are UTF-8, whatever the terminal's locale is */
    (void)setenv("LANG", "C.UTF-8", 1);
    while (get(fd, &req, err) == IR_OK) {
        out = ir_json_new_obj();
        program = ir_json_str(ir_json_at(ir_json_get(req, "argv"), 0));
        if (is_granted(programs, program))
            run(req, out);
        else
            refuse(out, "refused",
                   _("this program is not the one of this channel's "
                     "configuration"));
        rc = put(fd, out);
        ir_json_free(out);
        ir_json_free(req);
        req = NULL;
        if (rc != IR_OK)
            break;
    }
    return IR_OK;
}
