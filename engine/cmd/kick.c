/* kick.c: starting the sender when there is something for it, see sender.h. */
#include "base/clock.h"
#include "base/detach.h"
#include "base/path.h"
#include "base/scan.h"
#include "base/wake.h"
#include "cmd/sender.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

bool
ir_comms_has_channels(struct ir_ctx *c)
{
    const struct ir_json *l = ir_view_contacts(&c->view, "channels");

    return l != NULL && ir_json_len(l) > 0;
}

char *
ir_comms_program(void)
{
    char *dir = ir_path_self_dir(), *path;

    if (dir == NULL)
        return NULL;
    path = ir_asprintf("%s/ir", dir);
    if (access(path, X_OK) != 0) {
        free(path);
        path = ir_asprintf("%s/../bin/ir", dir);
    }
    free(dir);
    if (access(path, X_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* Does a sender hold its lock? It looks at the log once more after it has let
 * go of that, so what is recorded by now is not lost on it. */
static bool
is_running(const struct ir_ctx *c)
{
    struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char *path = ir_asprintf("%s/" IR_SENDER_LOCK, c->home);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool held;

    free(path);
    if (fd < 0)
        return false;
    held = fcntl(fd, F_OFD_GETLK, &fl) == 0 && fl.l_type != F_UNLCK;
    close(fd);
    return held;
}

bool
ir_comms_kick(struct ir_ctx *c)
{
    const char *argv[6] = {NULL, "-C", c->home, "comms", "send", NULL};
    bool started;
    char *ir;

    if (!ir_comms_has_channels(c))
        return false;
    if (is_running(c)) {
        ir_wake_send(c->home, IR_WAKE_SENDER);
        return false;
    }
    if ((ir = ir_comms_program()) == NULL)
        return false;
    argv[0] = ir;
    started = ir_detach(argv, NULL) == IR_OK;
    free(ir);
    return started;
}

int64_t
ir_comms_next(struct ir_ctx *c)
{
    char *text = c->st != NULL ? ir_store_setting(c->st, IR_SENDER_NEXT) : NULL;
    int64_t ms = INT64_MAX;

    if (text != NULL && ir_scan_int(text, 0, INT64_MAX, &ms, NULL) != IR_OK)
        ms = 0;
    free(text);
    return ms;
}

bool
ir_comms_kick_due(struct ir_ctx *c)
{
    struct ir_now now;
    int64_t next = ir_comms_next(c);

    ir_clock_now(&now);
    return (next <= now.wall_ms || ir_comms_reads_due(c)) && ir_comms_kick(c);
}

bool
ir_comms_wakes(uint64_t kind)
{
    return kind == IR_KIND_APPROVAL || kind == IR_KIND_ALERT ||
           kind == IR_KIND_ACK || kind == IR_KIND_CANCEL ||
           kind == IR_KIND_ATTEMPT || kind == IR_KIND_CHANNEL ||
           kind == IR_KIND_ROLE;
}

int
ir_comms_mark(struct ir_ctx *c, struct ir_err *err)
{
    return ir_comms_has_channels(c)
               ? ir_store_setting_put(c->st, IR_SENDER_NEXT, "0", err)
               : IR_OK;
}
