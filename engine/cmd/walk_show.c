/* walk_show.c: the walk's screen, and looking up while a line is waited for;
 * see walker.h.
 */
#include "cmd/sender.h"
#include "cmd/walker.h"
#include "view/walk.h"

#include <stdlib.h>
#include <string.h>

void
ir_walker_show(struct walker *w)
{
    struct ir_ctx *c = w->c;
    struct ir_walk v = {.inc = w->k.inc, .focus = w->focus};
    struct ir_buf banner = {0};

    w->stale = false;
    ir_box_banner(c, w->k.inc, &w->rung, &banner);
    ir_outbox_line(c, w->k.inc->id, &banner);
    v.banner = ir_buf_str(&banner);
    if (w->rung.fresh && c->view.term.tty)
        ir_buf_addc(&c->out, '\a');
    ir_case_record(c, &w->k, &v.record);
    if (c->view.term.tty && !c->plain)
        ir_buf_adds(&c->out, "\n");
    ir_view_walk(&c->view, &v, &c->out);
    if (ir_ctx_can_ask(c))
        ir_view_prompt(&c->view, &v, &c->out);
    ir_ctx_flush(c);
    ir_buf_done(&banner);
}

/* Where the failed step `i` sends people: the step in front, or -1. */
static int
after_failure(const struct ir_incident *inc, size_t i)
{
    const struct ir_istep *st = &inc->steps[i];
    const char *slash = strrchr(st->path, '/');
    char *path;
    size_t k;
    int to = -1;

    if (st->step == NULL || st->step->on_fail_go == NULL || slash == NULL)
        return (int)i;
    path = ir_asprintf("%.*s/%s", (int)(slash - st->path), st->path,
                       st->step->on_fail_go);
    for (k = 0; k < inc->steps_n; k++)
        if (strcmp(inc->steps[k].path, path) == 0 &&
            (inc->steps[k].state == IR_STEP_READY ||
             inc->steps[k].state == IR_STEP_ACTIVE))
            to = (int)k;
    free(path);
    return to;
}

int
ir_walker_reload(struct walker *w)
{
    size_t i;
    char *keep = NULL;
    bool failed = false;
    int rc;

    if (w->focus >= 0 && (size_t)w->focus < w->k.inc->steps_n &&
        (w->k.inc->steps[w->focus].state == IR_STEP_READY ||
         w->k.inc->steps[w->focus].state == IR_STEP_ACTIVE ||
         w->k.inc->steps[w->focus].state == IR_STEP_FAILED ||
         w->k.inc->steps[w->focus].state == IR_STEP_WAITING)) {
        keep = ir_strdup(w->k.inc->steps[w->focus].path);
        failed = w->k.inc->steps[w->focus].state == IR_STEP_FAILED;
    }
    ir_case_done(&w->k);
    rc = ir_ctx_trust(w->c);
    if (rc == IR_OK)
        rc = ir_case_load(w->c, w->declare, 0, &w->k);
    w->focus = -1;
    if (rc == IR_OK && keep != NULL &&
        ir_incident_step(w->k.inc, keep, &i, NULL) == IR_OK &&
        w->k.inc->steps[i].state != IR_STEP_DONE &&
        w->k.inc->steps[i].state != IR_STEP_SKIPPED &&
        w->k.inc->steps[i].state != IR_STEP_NA)
        w->focus = !failed && w->k.inc->steps[i].state == IR_STEP_FAILED
                       ? after_failure(w->k.inc, i)
                       : (int)i;
    free(keep);
    return rc;
}

/* While a line is waited for: has somebody else recorded something, and does
 * an alert of theirs wait? Then it stands above a fresh prompt, with the bell.
 */
static void
look_up(void *arg)
{
    struct walker *w = arg;
    struct ir_ctx *c = w->c;
    struct ir_walk v = {.focus = w->focus};
    struct ir_buf banner = {0};
    size_t before = w->k.log.n;

    if (ir_store_version(c->st) == w->k.version)
        return;
    if (ir_walker_reload(w) !=
        IR_OK) { /* said after the line, where it is tried again */
        memset(&c->err, 0, sizeof c->err);
        c->idle = NULL;
        return;
    }
    w->stale = w->stale || w->k.log.n != before;
    ir_box_banner(c, w->k.inc, &w->rung, &banner);
    if (w->rung.fresh) {
        v.inc = w->k.inc;
        v.focus = w->focus;
        ir_buf_addf(&c->out, "%s\n%s", c->view.term.tty ? "\a" : "",
                    ir_buf_str(&banner));
        ir_view_prompt(&c->view, &v, &c->out);
        ir_ctx_flush(c);
    }
    ir_buf_done(&banner);
}

char *
ir_walker_line(struct walker *w)
{
    char *line;

    w->c->idle = look_up;
    w->c->idle_arg = w;
    line = ir_ctx_ask(w->c, "");
    w->c->idle = NULL;
    return line;
}
