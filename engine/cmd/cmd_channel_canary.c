/* cmd_channel_canary.c: `ir channel canary`: does what is sent arrive? */
#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/canary.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "cmd/recipients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IR_CANARY_IDLE_MS                                                      \
    60000 /* until it is looked again whether an incident is open              \
           */

static const char *
end_word(enum ir_canary_end e)
{
    static const char *const words[] = {"not-yet", "arrived", "lost", "refused",
                                        "unseen"};

    return words[e];
}

static void
print(struct ir_ctx *c, const struct ir_canary *v, size_t n)
{
    struct ir_json *all = c->json ? ir_json_new_arr() : NULL;
    size_t i;

    for (i = 0; i < n; i++) {
        char *text = ir_canary_text(&v[i]);
        bool ok = v[i].end == IR_CANARY_ARRIVED;

        if (all != NULL) {
            struct ir_json *o = ir_json_add_take(all, ir_json_new_obj());

            ir_json_set_str(o, "id", v[i].id);
            ir_json_set_bool(o, "ok", ok);
            ir_json_set_str(o, "result", end_word(v[i].end));
            ir_json_set_str(o, ok ? "text" : "error", text);
            ir_json_set_int(o, "took_ms", v[i].took_ms);
            ir_json_set_bool(o, "recorded", v[i].recorded);
        } else {
            ir_buf_addf(&c->out, "%s %s  %s\n", ok ? _("ok    ") : _("FAILED"),
                        v[i].id, text);
        }
        free(text);
    }
    if (all != NULL)
        ir_cmd_json_take(c, all);
    else if (n == 0)
        ir_buf_adds(&c->out, _("No channel in contacts.lua has trial messages "
                               "(canary).\n"));
}

/* Take out what must not be used: nothing that is found there would count. */
static void
drop_distrusted(struct ir_ctx *c, struct ir_canary *v, size_t *n)
{
    struct ir_channels known = {0};
    size_t i, kept = 0;

    if (ir_channels_load(c, NULL, IR_ACTUAL, &known) != IR_OK)
        memset(&c->err, 0, sizeof c->err);
    for (i = 0; i < *n; i++) {
        struct ir_canary k = v[i];

        if (ir_channels_state(&known, k.id, ir_channel_is_mail(c, k.id)) ==
            IR_CHANNEL_DISTRUSTED)
            continue;
        v[i] = v[kept];
        v[kept++] = k;
    }
    ir_channels_done(&known);
    *n = kept;
}

static int
put_next(struct ir_ctx *c, int64_t ms)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)ms);
    return ir_store_setting_put(c->st, IR_CANARY_NEXT, text, &c->err);
}

/* Of its own accord: while an incident is open, those whose time has come. *n
 * are left. */
static int
pick_due(struct ir_ctx *c, struct ir_canary *v, size_t *n)
{
    uint8_t(*open)[IR_ID_BYTES] = NULL;
    struct ir_now now;
    size_t open_n = 0;
    int64_t next = 0;
    int rc = ir_case_not_closed(c, &open, &open_n);

    free(open);
    if (rc != IR_OK)
        return rc;
    ir_clock_now(&now);
    if (open_n > 0)
        ir_canaries_due(c, v, n, &next);
    if (open_n == 0 || next > now.wall_ms + IR_CANARY_IDLE_MS)
        next = now.wall_ms + IR_CANARY_IDLE_MS;
    if (open_n == 0)
        *n = 0;
    drop_distrusted(c, v, n);
    return put_next(c, next);
}

int
ir_cmd_channel_canary(struct ir_ctx *c, int argc, char **argv)
{
    bool due = false;
    const struct ir_opt opts[] = {{"due", 0, NULL, &due, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_canary *v = NULL;
    size_t all = 0, i, bad = 0, tried;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "channel canary", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_signed(c);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_canaries_of(c, n > 0 ? argv[1] : NULL, &v, &all);
    tried = all;
    if (rc == IR_OK && due)
        rc = pick_due(c, v, &tried);
    if (rc == IR_OK && tried > 0)
        rc = ir_canaries_run(c, v, tried);
    for (i = 0; i < tried; i++)
        bad += v[i].end != IR_CANARY_ARRIVED;
    if (rc == IR_OK)
        print(c, v, tried);
    ir_canaries_done(v, all);
    return rc == IR_OK && bad > 0 ? IR_ENO : rc;
}
