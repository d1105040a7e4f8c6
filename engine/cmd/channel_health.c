/* channel_health.c: see channel_health.h. */
#include "cmd/channel_health.h"

#include "base/clock.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "cmd/canary.h"
#include "cmd/channel.h"
#include "cmd/channel_last.h"
#include "cmd/signed.h"

#include <stdlib.h>
#include <string.h>

#define TESTED_MS 15897600000 /* 184 days: the longer half of a year */

struct health {
    struct ir_ctx *c;
    const char *id;
    void (*tell)(void *arg, bool bad, const char *what, const char *hint);
    void *arg;
    struct ir_buf never, stale; /* ids of channels that were not checked */
};

static bool
look_secret(const char *key, struct ir_json *v, void *arg)
{
    struct health *h = arg;
    const char *name = ir_json_get_str(v, "secret", NULL);
    struct ir_err err;
    char *value = NULL, *what, *hint;

    (void)key;
    if (name == NULL)
        return true;
    if (ir_channel_secret_get(h->c->home, name, &value, &err) == IR_OK) {
        ir_wipe(value, strlen(value));
        free(value);
        return true;
    }
    what = ir_asprintf(_("channel %s: %s"), h->id, err.msg);
    hint = ir_asprintf("ir channel secret %s", name);
    h->tell(h->arg, true, what, hint);
    free(hint);
    free(what);
    return true;
}

static void
look_canary(struct health *h, const struct ir_json *row)
{
    char *hint = NULL, *what = NULL;
    struct ir_channel_last last = {0};

    if (ir_json_get(row, "canary") == NULL) {
        if (!ir_json_get_bool(row, "mail", false))
            return;
        what = ir_asprintf(_("channel %s: nobody would notice that mail is "
                             "accepted and does not arrive"),
                           h->id);
        h->tell(h->arg, false, what, _("set canary in contacts.lua"));
    } else if (!ir_channel_last_get(h->c, IR_CHANNEL_CANARY, h->id, &last)) {
        what = ir_asprintf(_("channel %s: no trial message was sent from this "
                             "device yet"),
                           h->id);
        hint = ir_asprintf("ir channel canary %s", h->id);
        h->tell(h->arg, false, what, hint);
    } else if (!last.ok) {
        char *when = ir_view_time(&h->c->view, last.at_ms);
        char *shown = ir_view_safe(&h->c->view, last.text);

        what = ir_asprintf(_("channel %s: the last trial message failed (%s): "
                             "%s"),
                           h->id, when, shown);
        hint = ir_asprintf("ir channel canary %s", h->id);
        h->tell(h->arg, true, what, hint);
        free(shown);
        free(when);
    }
    ir_channel_last_done(&last);
    free(hint);
    free(what);
}

/* What the last check found: one that failed is told by itself, those that are
 * too old or were never made together. */
static void
look_check(struct health *h)
{
    struct ir_channel_last last;
    struct ir_now now;

    ir_clock_now(&now);
    if (!ir_channel_last_get(h->c, IR_CHANNEL_CHECK, h->id, &last)) {
        ir_buf_addf(&h->never, "%s%s", h->never.len > 0 ? ", " : "", h->id);
    } else if (!last.ok) {
        char *when = ir_view_time(&h->c->view, last.at_ms);
        char *shown = ir_view_safe(&h->c->view, last.text);
        char *what = ir_asprintf(_("channel %s: the last check failed (%s): "
                                   "%s"),
                                 h->id, when, shown);
        char *hint = ir_asprintf("ir channel check %s", h->id);

        h->tell(h->arg, true, what, hint);
        free(hint);
        free(what);
        free(shown);
        free(when);
    } else if (ir_channel_last_stale(&last, now.wall_ms)) {
        ir_buf_addf(&h->stale, "%s%s", h->stale.len > 0 ? ", " : "", h->id);
    }
    ir_channel_last_done(&last);
}

static void
tell_list(struct health *h, const char *text, struct ir_buf *list)
{
    char *what;

    if (list->len > 0) {
        what = ir_asprintf("%s: %s", text, ir_buf_str(list));
        h->tell(h->arg, false, what, "ir channel check");
        free(what);
    }
    ir_buf_done(list);
}

/* When was it last tried on purpose whether people are reached? Ways that do
 * not need mail are to be tested every half year (SISAC guideline, 10.6).
 */
static void
look_tests(struct health *h)
{
    struct ir_log log = {0};
    struct ir_now now;
    int64_t last_ms = 0;
    char *when, *what;
    size_t i;

    ir_clock_now(&now);
    if (ir_store_load_loose(h->c->st, IR_KIND_ALERT, &log, &h->c->err) ==
        IR_OK) {
        (void)ir_signed_only(&h->c->trust, ir_store_site(h->c->st), true, &log);
        for (i = 0; i < log.n; i++)
            if (log.e[i].h.status == IR_TEST &&
                ir_hlc_ms(log.e[i].h.hlc) > last_ms)
                last_ms = ir_hlc_ms(log.e[i].h.hlc);
    }
    ir_log_done(&log);
    if (last_ms == 0) {
        h->tell(h->arg, false,
                _("nobody has tried yet whether people are reached"),
                "ir comms test");
    } else if (now.wall_ms - last_ms > TESTED_MS) {
        when = ir_view_time(&h->c->view, last_ms);
        what = ir_asprintf(_("whether people are reached was last tried half a "
                             "year ago or earlier (%s)"),
                           when);
        h->tell(h->arg, false, what, "ir comms test");
        free(what);
        free(when);
    }
}

void
ir_channel_health(struct ir_ctx *c,
                  void (*tell)(void *arg, bool bad, const char *what,
                               const char *hint),
                  void *arg)
{
    struct health h = {c, NULL, tell, arg, {0}, {0}};
    const struct ir_json *list = NULL;
    struct ir_err none;
    size_t i;

    if (ir_channel_list(c, &list, &none) != IR_OK)
        return;
    if (list == NULL || ir_json_len(list) == 0) {
        tell(arg, false,
             _("no channel is set up: whoever is to be told has to be called "
               "by hand"),
             _("set up channels in contacts.lua: man ir-channels"));
        return;
    }
    for (i = 0; i < ir_json_len(list); i++) {
        const struct ir_json *row = ir_json_at(list, i);

        h.id = ir_json_get_str(row, "id", "");
        ir_json_each(ir_json_get(row, "config"), look_secret, &h);
        look_check(&h);
        look_canary(&h, row);
    }
    tell_list(&h, _("channels not checked from this device yet"), &h.never);
    tell_list(&h, _("channels not checked for seven days"), &h.stale);
    look_tests(&h);
}
