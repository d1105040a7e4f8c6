/* cmd_comms.c: `ir comms`: what waits to be sent, and sending it. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/commands.h"
#include "cmd/sender.h"

#include <stdlib.h>
#include <string.h>

#define LINGER_MS 60000 /* a sender that nobody needs for so long ends */

static void
say_sent(struct ir_ctx *c, const struct ir_sent *s)
{
    struct ir_json *j;

    if (c->json) {
        j = ir_json_new_obj();
        ir_json_set_int(j, "handed_over", (int64_t)s->handed);
        ir_json_set_int(j, "failed", (int64_t)s->failed);
        ir_json_set_int(j, "waiting", (int64_t)s->waiting);
        ir_json_set_int(j, "replies", (int64_t)s->replies);
        ir_json_set_int(j, "by_hand", (int64_t)s->by_hand);
        ir_cmd_json_take(c, j);
        return;
    }
    ir_buf_addf(&c->out,
                _("Handed over: %zu. Failed: %zu. To be tried again: %zu.\n"),
                s->handed, s->failed, s->waiting);
    if (s->by_hand > 0)
        ir_buf_addf(&c->out, _("Only by hand: %zu.  ir comms status\n"),
                    s->by_hand);
}

int
ir_cmd_comms_send(struct ir_ctx *c, int argc, char **argv)
{
    const char *within = NULL;
    const struct ir_opt opts[] = {{"for", 0, &within, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_sent told;
    int64_t s = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "comms send", &c->err);
    if (rc == IR_OK && within != NULL)
        rc = ir_duration_parse(within, strlen(within), &s, &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_sender_run(c, within != NULL ? s * 1000 : LINGER_MS,
                           within != NULL ? ir_clock_mono_ms() + s * 1000 : 0,
                           &told);
    if (rc != IR_OK)
        return rc;
    say_sent(c, &told);
    return told.failed + told.waiting > 0 ? IR_ENO : IR_OK;
}

static void
print_one(struct ir_ctx *c, const struct ir_outgoing *x, bool all)
{
    char *text = ir_view_alert_text(&c->view, x->row->a);
    char hex[2 * 4 + 1];

    ir_hex(x->row->a->id, 4, hex);
    ir_buf_addf(&c->out,
                x->over != NULL ? _("%s  cancelled: \"%s\"\n") : "%s  \"%s\"\n",
                hex, text);
    free(text);
    ir_outgoing_table(c, x, all, &c->out);
}

static struct ir_json *
one_json(struct ir_ctx *c, const struct ir_outgoing *x)
{
    struct ir_json *j = ir_json_new_obj();
    char hex[2 * IR_ID_BYTES + 1];

    ir_hex(x->row->a->id, IR_ID_BYTES, hex);
    ir_json_set_str(j, "alert", hex);
    ir_json_set_bool(j, "cancel", x->over != NULL);
    ir_json_set_take(j, "counts", ir_outgoing_counts(x));
    ir_json_set_bool(j, "deputy", ir_outgoing_deputy(c, x) != NULL);
    ir_json_set_take(j, "to", ir_outgoing_json(x));
    return j;
}

int
ir_cmd_comms_status(struct ir_ctx *c, int argc, char **argv)
{
    bool everybody = false;
    const struct ir_opt opts[] = {{"all", 0, NULL, &everybody, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_outbox o = {0};
    struct ir_json *all = NULL;
    struct ir_now now;
    size_t i, shown = 0, lost = 0, k;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "comms status", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = ir_outbox_load(c, true, &o);
    if (rc != IR_OK) {
        ir_outbox_done(&o);
        return rc;
    }
    ir_clock_now(&now);
    ir_outbox_plan(&o, now.wall_ms);
    if (c->json)
        all = ir_json_new_arr();
    for (i = 0; i < o.n; i++) {
        char hex[2 * IR_ID_BYTES + 1];

        ir_hex(o.v[i].row->a->id, IR_ID_BYTES, hex);
        if (n > 0 ? strncasecmp(hex, argv[1], strlen(argv[1])) != 0
                  : o.v[i].over == NULL && o.v[i].row->a->state != IR_ALERT_OUT)
            continue;
        shown++;
        for (k = 0; k < o.v[i].to.n; k++)
            lost += o.v[i].to.r[k].reach == IR_REACH_FAILED;
        if (c->json)
            ir_json_add_take(all, one_json(c, &o.v[i]));
        else
            print_one(c, &o.v[i], everybody);
    }
    if (c->json)
        ir_cmd_json_take(c, all);
    else if (shown == 0)
        ir_buf_adds(&c->out, _("Nothing is on its way.\n"));
    else
        ir_outgoing_legend(c, &c->out);
    ir_outbox_done(&o);
    if (n > 0 && shown == 0)
        return ir_fail(&c->err, IR_ENOTFOUND, _("no alert begins with %.64s"),
                       argv[1]);
    return lost > 0 ? IR_ENO : IR_OK;
}
