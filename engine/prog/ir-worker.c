/* ir-worker: evaluates runbooks and runs the channels' plugins in a sandbox,
 * and speaks git, so that `ir` needs none of it. One JSON request on standard
 * input; see worker.h. */
#include "base/buf.h"
#include "base/i18n.h"
#include "prog/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REQUEST_MAX IR_JSON_MAX /* bytes */

void
ir_worker_say_take(struct ir_json *j)
{
    char *text = ir_json_text(j, 0);

    fputs(text, stdout);
    putchar('\n');
    fflush(stdout);
    free(text);
    ir_json_free(j);
}

static int
read_request(struct ir_json **req, struct ir_err *err)
{
    struct ir_buf b = {0};
    char part[8192];
    ssize_t n;
    int rc;

    while ((n = read(0, part, sizeof part)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || b.len + (size_t)n > REQUEST_MAX)
            break;
        ir_buf_add(&b, part, (size_t)n);
    }
    rc = n != 0 ? ir_fail(err, IR_ELIMIT, "request cannot be read")
                : ir_json_parse(ir_buf_str(&b), b.len, req, err);
    ir_buf_done(&b);
    return rc;
}

static int
answer(const struct ir_json *req, struct ir_err *err)
{
    const char *what = ir_json_get_str(req, "do", "");
    const char *site = ir_json_get_str(req, "site", "");

    if (strcmp(what, "channel") == 0)
        return ir_worker_do_channel(req, err);
    if (strcmp(what, "broker") == 0)
        return ir_worker_do_broker(req, err);
    if (strcmp(what, "plugin") == 0)
        return ir_worker_do_plugin(req, err);
    if (site[0] != '/')
        return ir_fail(err, IR_EUSAGE, "request without an absolute site");
    if (strcmp(what, "compile") == 0)
        return ir_worker_do_compile(req, err);
    if (strncmp(what, "repo-", 5) == 0)
        return ir_worker_do_repo(what, req, err);
    return ir_fail(err, IR_EUSAGE, "no such request: \"%.40s\"", what);
}

int
main(void)
{
    struct ir_json *req = NULL, *line;
    struct ir_err err;
    int rc = read_request(&req, &err);

    if (rc == IR_OK) {
        ir_i18n_set(strcmp(ir_json_get_str(req, "lang", "en"), "ja") == 0
                        ? IR_LANG_JA
                        : IR_LANG_EN);
        rc = answer(req, &err);
    }
    if (rc != IR_OK) {
        struct ir_json *e = ir_json_new_obj();

        line = ir_json_new_obj();
        ir_json_set_str(e, "code", ir_err_word(rc));
        ir_json_set_int(e, "number", rc);
        ir_json_set_str(e, "message", err.msg);
        ir_json_set_take(line, "error", e);
        ir_worker_say_take(line);
    }
    ir_json_free(req);
    fflush(stdout);
    /* within the sandbox nothing of a normal exit may be counted on */
    _exit(rc == IR_OK ? 0 : 1);
}
