/* channel_try.c: see channel_try.h. */
#include "cmd/channel_try.h"

#include "base/buf.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

static void
note(void *arg, const struct ir_chan_result *res)
{
    struct ir_channel_try *t = arg;
    const char *text = res->ok ? res->ref : res->error;

    t->ok = res->ok;
    free(t->text);
    t->text = text != NULL ? ir_strdup(text) : NULL;
}

/* Look at one that has something to say; true when it is done. */
static bool
look(struct ir_channel_run *r, struct ir_channel_try *t)
{
    bool done = false;

    (void)ir_channel_poll(r, note, NULL, t, &done, NULL);
    if (done)
        ir_channel_end(r);
    return done;
}

void
ir_channel_try_all(struct ir_ctx *c, struct ir_channel_try *v, size_t n)
{
    struct ir_channel_run **runs = ir_calloc(n + 1, sizeof(void *));
    struct pollfd *fds = ir_calloc(n + 1, sizeof *fds);
    size_t i, left = 0;
    struct ir_err err;

    for (i = 0; i < n; i++) {
        fds[i].fd = -1;
        if (ir_channel_start(c, v[i].id, "check", NULL, &runs[i], &err) !=
            IR_OK) {
            v[i].text = err.hint[0] != '\0'
                            ? ir_asprintf("%s  (%s)", err.msg, err.hint)
                            : ir_strdup(err.msg);
            continue;
        }
        fds[i] =
            (struct pollfd){.fd = ir_channel_fd(runs[i]), .events = POLLIN};
        left++;
    }
    while (left > 0) {
        (void)poll(fds, n, -1);
        for (i = 0; i < n; i++)
            if (fds[i].fd >= 0 && fds[i].revents != 0 && look(runs[i], &v[i])) {
                fds[i].fd = -1;
                left--;
            }
    }
    free(runs);
    free(fds);
}

int
ir_channel_wait(struct ir_channel_run *r,
                void (*result)(void *arg, const struct ir_chan_result *),
                bool (*received)(void *arg, const struct ir_json *), void *arg,
                struct ir_err *err)
{
    struct pollfd p = {.fd = ir_channel_fd(r), .events = POLLIN};
    bool done = false;
    int rc = IR_OK;

    while (!done) {
        (void)poll(&p, 1, -1);
        rc = ir_channel_poll(r, result, received, arg, &done, err);
    }
    return rc;
}
