/* cmd_comms.c: `ir comms`: what waits to be sent, and sending it. */
#include "base/clock.h"
#include "base/detach.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/commands.h"
#include "cmd/sender.h"

#include <stdlib.h>
#include <string.h>

#define LINGER_MS 60000 /* a sender that nobody needs for so long ends */

void
ir_comms_kick(struct ir_ctx *c)
{
    const struct ir_json *l = ir_view_contacts(&c->view, "channels");
    char *dir, *ir;
    const char *argv[6] = {NULL, "-C", c->home, "comms", "send", NULL};

    if (l == NULL || ir_json_len(l) == 0 || (dir = ir_path_self_dir()) == NULL)
        return;
    ir = ir_asprintf("%s/ir", dir);
    argv[0] = ir;
    (void)ir_detach(argv, NULL);
    free(ir);
    free(dir);
}

static void
say_sent(struct ir_ctx *c, const struct ir_sent *s)
{
    struct ir_json *j;

    if (c->json) {
        j = ir_json_new_obj();
        ir_json_set_int(j, "handed_over", (int64_t)s->handed);
        ir_json_set_int(j, "failed", (int64_t)s->failed);
        ir_json_set_int(j, "waiting", (int64_t)s->waiting);
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

static const char *
reach_word(enum ir_reach r)
{
    static const char *const words[] = {"not-yet",   "trying",  "handed-over",
                                        "delivered", "replied", "answered",
                                        "failed"};

    return words[r];
}

static const char *
reach_text(enum ir_reach r)
{
    switch (r) {
    case IR_REACH_TRYING:
        return _("being sent");
    case IR_REACH_HANDED:
        return _("handed over, no answer");
    case IR_REACH_DELIVERED:
        return _("delivered, no answer");
    case IR_REACH_REPLIED:
        return _("replied");
    case IR_REACH_ANSWERED:
        return _("answered");
    case IR_REACH_FAILED:
        return _("NOT reached");
    default:
        return _("not tried yet");
    }
}

/* The ways of one recipient, with what became of each. */
static char *
ways_text(const struct ir_view *v, const struct ir_recipient *r)
{
    static const char *const marks[] = {"", "…", "→", "✓", "✗", "←", "-"};
    struct ir_buf b = {0};
    size_t k;

    for (k = 0; k < r->ways_n; k++) {
        char *name = ir_view_channel(v, r->ways[k].channel);
        char *to = ir_view_safe(v, r->ways[k].address);

        ir_buf_addf(&b, "%s%s%s %s", k > 0 ? "  " : "", marks[r->ways[k].last],
                    name, to);
        free(name);
        free(to);
    }
    return ir_buf_take(&b);
}

static void
print_one(struct ir_ctx *c, const struct ir_outgoing *x)
{
    char *text = ir_view_alert_text(&c->view, x->row->a);
    struct ir_table t;
    char hex[2 * 4 + 1];
    size_t i;

    ir_hex(x->row->a->id, 4, hex);
    ir_buf_addf(&c->out, "%s  \"%s\"\n", hex, text);
    free(text);
    ir_table_init(&t, 3, 2);
    for (i = 0; i < x->to.n; i++) {
        char *name = ir_view_safe(&c->view, x->to.who[i].name);
        char *reply = x->to.r[i].reply != NULL
                          ? ir_view_safe(&c->view, x->to.r[i].reply)
                          : NULL;
        char *state = reply != NULL
                          ? ir_asprintf(_("says \"%s\" (a claim)"), reply)
                          : ir_strdup(reach_text(x->to.r[i].reach));
        char *ways = ways_text(&c->view, &x->to.r[i]);
        const char *cells[3] = {name, state, ways};

        ir_table_row(&t,
                     x->to.r[i].reach == IR_REACH_FAILED ? IR_STYLE_BOLD
                                                         : IR_STYLE_NONE,
                     cells);
        free(name);
        free(reply);
        free(state);
        free(ways);
    }
    ir_table_write(&t, &c->view.term, &c->out);
}

static struct ir_json *
one_json(const struct ir_outgoing *x)
{
    struct ir_json *j = ir_json_new_obj(), *to = ir_json_new_arr();
    char hex[2 * IR_ID_BYTES + 1];
    size_t i, k;

    ir_hex(x->row->a->id, IR_ID_BYTES, hex);
    ir_json_set_str(j, "alert", hex);
    for (i = 0; i < x->to.n; i++) {
        const struct ir_recipient *r = &x->to.r[i];
        struct ir_json *o = ir_json_new_obj(), *ways = ir_json_new_arr();

        ir_json_set_str(o, "contact", r->contact);
        ir_json_set_str(o, "state", reach_word(r->reach));
        ir_json_set_bool(o, "exhausted", r->exhausted);
        if (r->reply != NULL)
            ir_json_set_str(o, "reply", r->reply);
        for (k = 0; k < r->ways_n; k++) {
            static const char *const outcomes[] = {
                "none",   "tried",   "handed-over", "delivered",
                "failed", "replied", "no-answer"};
            struct ir_json *w = ir_json_new_obj();

            ir_json_set_str(w, "channel", r->ways[k].channel);
            ir_json_set_str(w, "address", r->ways[k].address);
            ir_json_set_str(w, "outcome", outcomes[r->ways[k].last]);
            ir_json_set_int(w, "tried", (int64_t)r->ways[k].tried_n);
            ir_json_set_bool(w, "by_hand", r->ways[k].use == IR_WAY_BY_HAND);
            ir_json_add_take(ways, w);
        }
        ir_json_set_take(o, "ways", ways);
        ir_json_add_take(to, o);
    }
    ir_json_set_take(j, "to", to);
    return j;
}

int
ir_cmd_comms_status(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_outbox o = {0};
    struct ir_json *all = NULL;
    struct ir_now now;
    size_t i, shown = 0, lost = 0, k;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

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
                  : o.v[i].over == NULL &&
                        o.v[i].row->a->state != IR_ALERT_OUT)
            continue;
        shown++;
        for (k = 0; k < o.v[i].to.n; k++)
            lost += o.v[i].to.r[k].reach == IR_REACH_FAILED;
        if (c->json)
            ir_json_add_take(all, one_json(&o.v[i]));
        else
            print_one(c, &o.v[i]);
    }
    if (c->json)
        ir_cmd_json_take(c, all);
    else if (shown == 0)
        ir_buf_adds(&c->out, _("Nothing is on its way.\n"));
    ir_outbox_done(&o);
    if (n > 0 && shown == 0)
        return ir_fail(&c->err, IR_ENOTFOUND, _("no alert begins with %.64s"),
                       argv[1]);
    return lost > 0 ? IR_ENO : IR_OK;
}
