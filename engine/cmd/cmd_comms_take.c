/* cmd_comms_take.c: `ir comms take`: send from here, and now, what the device
 * whose alert it is has left. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/commands.h"
#include "cmd/sender.h"

#include <string.h>

/* May it be sent from here? */
static int
check_take(struct ir_ctx *c, const struct ir_outgoing *x)
{
    if (x == NULL || x->row->a->state != IR_ALERT_OUT)
        return ir_fail(&c->err, IR_EREFUSED, _("this alert is not out"));
    if (!x->mute)
        return ir_fail(&c->err, IR_EEXIST,
                       _("this alert was written on this device, which sends "
                         "it"));
    if (x->row->a->mesh_only)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("this alert goes to devices alone, by no channel"));
    return IR_OK;
}

/* How many messages are due from here now. */
static int
count_due(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES], size_t *n)
{
    struct ir_outbox o = {0};
    const struct ir_outgoing *x;
    struct ir_now now;
    int rc = ir_outbox_load_sending(c, &o);

    *n = 0;
    if (rc == IR_OK) {
        ir_clock_now(&now);
        ir_outbox_plan(&o, now.wall_ms);
        x = ir_outbox_find(&o, id);
        if (x == NULL || !x->deputy || x->mute)
            rc = ir_fail(&c->err, IR_EREFUSED,
                         _("this alert is too old to be sent, or only a test"));
        else
            *n = x->due_n;
    }
    ir_outbox_done(&o);
    return rc;
}

static void
say(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES], size_t n)
{
    char hex[2 * IR_ID_BYTES + 1];
    struct ir_json *j;

    ir_hex(id, IR_ID_BYTES, hex);
    if (c->json) {
        j = ir_json_new_obj();
        ir_json_set_str(j, "alert", hex);
        ir_json_set_int(j, "due", (int64_t)n);
        ir_cmd_json_take(c, j);
        return;
    }
    ir_buf_addf(&c->out,
                _("This device sends it in place of the one on which it was "
                  "written. Now: %zu.\n"),
                n);
    ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE,
                 _("What that one sent while nobody heard of it goes out "
                   "twice, as the same message. It stops by itself when that "
                   "one sends again."));
}

int
ir_cmd_comms_take(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_outbox o = {0};
    struct ir_valert *row = NULL;
    uint8_t id[IR_ID_BYTES] = {0};
    size_t due = 0;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "comms take", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_outbox_load(c, true, &o);
    if (rc == IR_OK)
        rc = ir_box_find(&o.box, argv[1], &row);
    if (rc == IR_OK)
        rc = check_take(c, ir_outbox_find(&o, row->a->id));
    if (rc == IR_OK) {
        memcpy(id, row->a->id, IR_ID_BYTES);
        rc = ir_outbox_take(c, ir_outbox_find(&o, id));
    }
    ir_outbox_done(&o);
    if (rc == IR_OK)
        rc = count_due(c, id, &due);
    if (rc == IR_OK)
        rc = ir_comms_mark(c, &c->err);
    if (rc == IR_OK) {
        say(c, id, due);
        (void)ir_comms_kick(c);
    }
    return rc;
}
