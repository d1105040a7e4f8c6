/* cmd_status.c: `ir status`, `next`, and `ir` alone. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/alerts.h"
#include "cmd/commands.h"
#include "cmd/own.h"
#include "cmd/recipients.h"
#include "cmd/update.h"
#include "view/head.h"
#include "view/home.h"
#include "view/status.h"

#include <stdlib.h>
#include <string.h>

/* The moment --now names, or 0 for now. */
static int
parse_now(struct ir_ctx *c, const char *text, int64_t *ms)
{
    int prec = 0;

    *ms = 0;
    if (text == NULL)
        return IR_OK;
    return ir_time_parse(text, c->view.now_ms, ms, &prec, &c->err);
}

/* Open for reading and load the incident, as seen at --now. */
static int
open_at(struct ir_ctx *c, const char *now, struct ir_case *k)
{
    int64_t ms = 0;
    int rc = ir_ctx_open(c, false);

    if (rc == IR_OK)
        rc = parse_now(c, now, &ms);
    if (rc != IR_OK)
        return rc;
    ir_ctx_me_soft(c);
    return ir_case_current(c, ms, k);
}

static void
damaged(struct ir_ctx *c, const struct ir_case *k)
{
    if (k->log.damaged_n > 0)
        ir_buf_addf(&c->talk,
                    _("%zu entries are damaged and not shown: ir verify\n"),
                    k->log.damaged_n);
}

/* What waits for who acts; in the walk it stands on the screen already. */
static void
put_banner(struct ir_ctx *c, const struct ir_case *k, struct ir_buf *banner)
{
    struct ir_rung rung = {0};

    if (c->in_walk)
        return;
    ir_box_banner(c, k->inc, &rung, banner);
    if (rung.fresh && c->view.term.tty)
        ir_buf_addc(&c->out, '\a');
    free(rung.v);
}

static void
put_status(struct ir_ctx *c, const struct ir_case *k, struct ir_walk *w)
{
    struct ir_updates u = {0};
    struct ir_box b = {0};

    if (ir_box_load(c, IR_BOX_WAITING, k->inc, &b) != IR_OK ||
        ir_updates_load(c, k->inc, &b, &u) != IR_OK)
        memset(&c->err, 0, sizeof c->err);
    w->alerts = b.rows;
    w->alerts_n = b.rows_n;
    w->updates = u.v;
    w->updates_n = u.n;
    if (c->json)
        ir_cmd_json_take(c, ir_view_status_json(&c->view, w));
    else
        ir_view_status(&c->view, w, &c->out);
    ir_updates_done(&u);
    ir_box_done(&b);
}

int
ir_cmd_status(struct ir_ctx *c, int argc, char **argv)
{
    const char *now = NULL;
    const struct ir_opt opts[] = {{"now", 0, &now, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_walk w = {.focus = -1};
    struct ir_buf banner = {0};
    struct ir_case k = {0};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "status", &c->err);
    if (n == 1)
        c->incident = argv[1];
    if (rc == IR_OK)
        rc = open_at(c, now, &k);
    if (rc != IR_OK)
        return rc;
    w.inc = k.inc;
    ir_own_revoked_say(c);
    ir_case_tell_left(c, &k);
    ir_case_record(c, &k, &w.record);
    if (!c->json)
        put_banner(c, &k, &banner);
    w.banner = ir_buf_str(&banner);
    put_status(c, &k, &w);
    ir_buf_done(&banner);
    damaged(c, &k);
    ir_case_done(&k);
    return IR_OK;
}

int
ir_cmd_next(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_walk w = {.focus = -1};
    struct ir_case k = {0};
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "next", &c->err);
    if (n == 1)
        c->incident = argv[1];
    if (rc == IR_OK)
        rc = open_at(c, NULL, &k);
    if (rc != IR_OK)
        return rc;
    w.inc = k.inc;
    ir_case_record(c, &k, &w.record);
    if (c->json)
        ir_cmd_json_take(c, ir_view_next_json(&c->view, &w));
    else
        ir_view_next(&c->view, &w, &c->out);
    damaged(c, &k);
    ir_case_done(&k);
    return IR_OK;
}

/* Alerts that wait for an answer or a cosignature, the gravest first. */
static size_t
alerts_for_me(struct ir_ctx *c, struct ir_home_line *out, size_t max)
{
    struct ir_box b = {0};
    size_t i, n = 0;

    if (c->me < 0 || ir_box_load(c, IR_BOX_WAITING, NULL, &b) != IR_OK) {
        memset(&c->err, 0, sizeof c->err);
        b.rows_n = 0;
    }
    for (i = 0; i < b.rows_n && n < max; i++) {
        const struct ir_alert *a = b.rows[i].a;
        bool waits = ir_view_alert_waits(&c->view, &b.rows[i]);
        bool release = ir_view_alert_to_release(&b.rows[i]);
        char hex[2 * 4 + 1], *text, *who, *age;

        if (!waits && !release &&
            !ir_view_alert_to_cosign(&c->view, &b.rows[i]))
            continue;
        ir_hex(a->id, 4, hex);
        text = ir_view_alert_text(&c->view, a);
        who = ir_view_member(&c->view, a->by, false);
        age = ir_view_span(c->view.now_ms > a->at_ms ? c->view.now_ms - a->at_ms
                                                     : 0);
        out[n].text = ir_asprintf(
            waits ? _("\"%s\" from %s, %s ago")
            : release
                ? _("not sent yet, waits for your release: \"%s\" from "
                    "%s, %s ago")
                : _("not sent yet, waits for your cosignature: \"%s\" from "
                    "%s, %s ago"),
            text, who, age);
        out[n++].command = ir_asprintf(waits     ? "ir ack %s"
                                       : release ? "ir update release %s"
                                                 : "ir alert cosign %s",
                                       hex);
        free(text);
        free(who);
        free(age);
    }
    ir_box_done(&b);
    return n;
}

/* Is this the only device of the site? */
static bool
only_device(const struct ir_ctx *c)
{
    size_t i, n = 0;

    for (i = 0; i < c->trust.keys_n; i++)
        n += c->trust.keys[i].node && !c->trust.keys[i].revoked ? 1 : 0;
    return n <= 1;
}

/* Where the record is: of the incidents that are open, for what is over is not
 * to be saved in a hurry; where there is no other device, all of it is here.
 */
static void
add_record(struct ir_ctx *c, const struct ir_case *k, struct ir_home *h)
{
    struct ir_view_record r;

    ir_case_record(c, k, &r);
    h->record.this_device_only += r.this_device_only;
    h->record.witnessed += r.witnessed;
    h->record.save = r.save;
}

static int
load_open(struct ir_ctx *c, struct ir_case **cases,
          const struct ir_incident ***open, size_t *n, struct ir_home *h)
{
    uint8_t(*ids)[IR_ID_BYTES] = NULL;
    size_t all = 0, i;
    int rc = ir_case_not_closed(c, &ids, &all);

    *cases = ir_calloc(all, sizeof **cases);
    *open = ir_calloc(all, sizeof(struct ir_incident *));
    for (i = all; rc == IR_OK && i > 0; i--) {
        struct ir_case *k = &(*cases)[*n];

        if (ir_case_load(c, ids[i - 1], 0, k) != IR_OK)
            continue;
        if (k->inc->state == IR_INC_CLOSED) {
            ir_case_done(k);
        } else {
            add_record(c, k, h);
            (*open)[(*n)++] = ir_case_slim(k);
        }
    }
    memset(&c->err, 0, sizeof c->err);
    free(ids);
    return rc;
}

/* Of mail as a whole: a sentence when it is not to be relied on, else NULL.
 *
 * Owns:   the caller frees with free().
 */
static char *
mail_sentence(struct ir_ctx *c, int *state)
{
    const struct ir_channel_word *w;
    struct ir_channels ch = {0};
    char *at, *who, *out = NULL;

    if (ir_channels_load(c, NULL, IR_ACTUAL, &ch) != IR_OK)
        memset(&c->err, 0, sizeof c->err);
    w = ir_channels_get(&ch, "mail");
    *state = w != NULL ? (int)w->state : 0;
    if (*state >= IR_CHANNEL_DOWN) {
        at = ir_view_time(&c->view, w->at_ms);
        who = ir_view_member(&c->view, w->by, false);
        out = w->node ? ir_asprintf(_("%s (a device found so, %s)"),
                                    ir_head_mail_word(*state), at)
                      : ir_asprintf(_("%s (%s, %s)"), ir_head_mail_word(*state),
                                    who, at);
        free(who);
        free(at);
    }
    ir_channels_done(&ch);
    return out;
}

int
ir_cmd_home(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_home_line mine[20] = {{NULL, NULL}};
    const struct ir_incident **open = NULL;
    struct ir_home h = {
        .site = true,
        .path = c->home,
    };
    struct ir_case *cases = NULL;
    int64_t entries = 0;
    char *self = NULL, *mail = NULL;
    size_t n = 0, i;
    int rc = ir_ctx_open(c, false);

    (void)argc;
    (void)argv;
    if (rc == IR_ENOTFOUND) { /* no home yet: say how to begin */
        memset(&c->err, 0, sizeof c->err);
        h.site = false;
        rc = IR_OK;
    } else if (rc == IR_OK) {
        ir_ctx_me_soft(c);
        ir_cmd_systems(c);
        self = ir_cmd_called(c);
        h.self = self;
        rc = load_open(c, &cases, &open, &n, &h);
        (void)ir_store_count(c->st, &entries, NULL);
        h.no_release = ir_trust_current(&c->trust) == NULL;
        h.record.entries = (size_t)entries;
        if (only_device(c))
            h.record.this_device_only = (size_t)entries;
        h.mail = mail = mail_sentence(c, &h.mail_state);
        h.for_you_n = alerts_for_me(c, mine, 5);
        for (i = 0; i < n; i++)
            h.for_you_n += ir_waiting_in(c, open[i], n > 1, mine + h.for_you_n,
                                         20 - h.for_you_n);
    }
    if (rc == IR_OK) {
        h.open = open;
        h.open_n = n;
        h.for_you = mine;
        if (c->json)
            ir_cmd_json_take(c, ir_view_home_json(&c->view, &h));
        else
            ir_view_home(&c->view, &h, &c->out);
    }
    ir_waiting_done(mine, h.for_you_n);
    for (i = 0; i < n; i++)
        ir_case_done(&cases[i]);
    free(cases);
    free(open);
    free(self);
    free(mail);
    return rc;
}
