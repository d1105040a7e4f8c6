/* canary_due.c: which channels are tried, and when; see canary.h. */
#include "base/clock.h"
#include "base/detach.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/canary.h"
#include "cmd/channel.h"
#include "cmd/channel_last.h"
#include "cmd/sender.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVERY_S 600
#define WITHIN_S 120

static void
add(const struct ir_json *row, struct ir_canary **v, size_t *n)
{
    const struct ir_json *j = ir_json_get(row, "canary");
    const char *id = ir_json_get_str(row, "id", "");
    struct ir_canary *k;

    *v = ir_realloc(*v, (*n + 1) * sizeof **v);
    k = &(*v)[(*n)++];
    memset(k, 0, sizeof *k);
    k->id = ir_strdup(id);
    k->to = ir_strdup(ir_json_get_str(j, "to", ""));
    k->via = ir_strdup(ir_json_get_str(j, "via", id));
    k->every_s = ir_json_get_int(j, "every", EVERY_S);
    k->within_s = ir_json_get_int(j, "within", WITHIN_S);
}

int
ir_canaries_of(struct ir_ctx *c, const char *id, struct ir_canary **v,
               size_t *n)
{
    const struct ir_json *list = NULL, *row;
    size_t i;
    int rc = ir_channel_list(c, &list, &c->err);

    *v = NULL;
    *n = 0;
    if (rc == IR_OK && id != NULL)
        rc = ir_channel_find(c, id, &row, NULL, &c->err);
    for (i = 0; rc == IR_OK && list != NULL && i < ir_json_len(list); i++) {
        row = ir_json_at(list, i);
        if ((id == NULL || strcmp(ir_json_get_str(row, "id", ""), id) == 0) &&
            ir_json_get(row, "canary") != NULL)
            add(row, v, n);
    }
    if (rc == IR_OK && id != NULL && *n == 0) {
        ir_fail(&c->err, IR_EUSAGE,
                _("contacts.lua says of no trial messages for \"%.60s\""), id);
        ir_err_hint(&c->err,
                    "canary = { to = \"ADDRESS\", via = \"CHANNEL\" }");
        rc = IR_EUSAGE;
    }
    return rc;
}

void
ir_canaries_done(struct ir_canary *v, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        free(v[i].id);
        free(v[i].to);
        free(v[i].via);
        free(v[i].text);
    }
    free(v);
}

void
ir_canaries_due(struct ir_ctx *c, struct ir_canary *v, size_t *n,
                int64_t *next_ms)
{
    struct ir_now now;
    size_t i, kept = 0;

    ir_clock_now(&now);
    *next_ms = INT64_MAX;
    for (i = 0; i < *n; i++) {
        int64_t every = v[i].every_s * 1000, then;
        struct ir_channel_last last;

        (void)ir_channel_last_get(c, IR_CHANNEL_CANARY, v[i].id, &last);
        ir_channel_last_done(&last);
        /* a clock that was set back makes nobody wait longer */
        then = last.at_ms > now.wall_ms ? 0 : last.at_ms + every;
        if (then <= now.wall_ms) {
            struct ir_canary k = v[i];

            then = now.wall_ms + every;
            v[i] = v[kept];
            v[kept++] = k;
        }
        if (then < *next_ms)
            *next_ms = then;
    }
    *n = kept;
}

/* Has a channel of the contacts a canary at all? */
static bool
any(struct ir_ctx *c)
{
    const struct ir_json *list = ir_view_contacts(&c->view, "channels");
    size_t i;

    for (i = 0; list != NULL && i < ir_json_len(list); i++)
        if (ir_json_get(ir_json_at(list, i), "canary") != NULL)
            return true;
    return false;
}

bool
ir_canary_met(struct ir_ctx *c, const struct ir_json *in)
{
    const char *text = ir_json_get_str(in, "text", "");
    char *out, *met, *both, *word, *rest = NULL;
    bool found = false;

    if (strstr(text, IR_CANARY_WORD " ") == NULL)
        return false;
    out = ir_store_setting(c->st, IR_CANARY_OUT);
    word = out != NULL ? strtok_r(out, " ", &rest) : NULL;
    for (; word != NULL; word = strtok_r(NULL, " ", &rest)) {
        if (strstr(text, word) == NULL)
            continue;
        found = true;
        met = ir_store_setting(c->st, IR_CANARY_MET);
        if (met == NULL || strstr(met, word) == NULL) {
            both = ir_asprintf("%s %s", met != NULL ? met : "", word);
            (void)ir_store_setting_put(c->st, IR_CANARY_MET, both, NULL);
            free(both);
        }
        free(met);
    }
    free(out);
    return found;
}

int
ir_canaries_out(struct ir_ctx *c, const struct ir_canary *v, size_t n)
{
    struct ir_buf b = {0};
    size_t i;
    int rc;

    for (i = 0; i < n; i++)
        ir_buf_addf(&b, "%s%s", i > 0 ? " " : "", v[i].nonce);
    rc = ir_store_setting_put(c->st, IR_CANARY_MET, "", &c->err);
    if (rc == IR_OK)
        rc =
            ir_store_setting_put(c->st, IR_CANARY_OUT, ir_buf_str(&b), &c->err);
    ir_buf_done(&b);
    return rc;
}

/* Whatever becomes of who is started now: not at once again. */
static bool
hold_off(struct ir_ctx *c, int64_t now_ms)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)now_ms + IR_CANARY_IDLE_MS);
    return ir_store_setting_put(c->st, IR_CANARY_NEXT, text, NULL) == IR_OK;
}

void
ir_canary_kick(struct ir_ctx *c)
{
    char *text = c->st != NULL ? ir_store_setting(c->st, IR_CANARY_NEXT) : NULL;
    const char *argv[7] = {NULL,     "-C",    c->home, "channel",
                           "canary", "--due", NULL};
    struct ir_now now;
    char *ir;
    int64_t next = 0;

    if (text != NULL)
        (void)ir_scan_int(text, 0, INT64_MAX, &next, NULL);
    free(text);
    ir_clock_now(&now);
    if (next > now.wall_ms || c->st == NULL || !any(c) ||
        (ir = ir_comms_program()) == NULL)
        return;
    if (!hold_off(c, now.wall_ms)) {
        free(ir);
        return;
    }
    argv[0] = ir;
    (void)ir_detach(argv, NULL);
    free(ir);
}

char *
ir_canary_text(const struct ir_canary *k)
{
    char within[24];

    ir_duration_text(k->within_s, within, sizeof within);
    switch (k->end) {
    case IR_CANARY_ARRIVED:
        return ir_asprintf(_("arrived after %lld.%lld s"),
                           (long long)(k->took_ms / 1000),
                           (long long)(k->took_ms % 1000 / 100));
    case IR_CANARY_LOST:
        return ir_asprintf(_("accepted, but did not arrive within %s"), within);
    case IR_CANARY_REFUSED:
        return ir_asprintf(_("not taken: %s"), k->text != NULL ? k->text : "-");
    default:
        return ir_asprintf(_("accepted; whether it arrived nobody could see: "
                             "%s: %s"),
                           k->via, k->text != NULL ? k->text : "-");
    }
}

char *
ir_canary_reason(const struct ir_canary *k)
{
    char within[24];

    ir_duration_text(k->within_s, within, sizeof within);
    switch (k->end) {
    case IR_CANARY_ARRIVED:
        return ir_strdup("a trial message arrived");
    case IR_CANARY_LOST:
        return ir_asprintf("accepted, but did not arrive within %s", within);
    case IR_CANARY_REFUSED:
        return ir_asprintf("not taken: %.200s",
                           k->text != NULL ? k->text : "-");
    default:
        return ir_asprintf("accepted; not looked for: %.200s",
                           k->text != NULL ? k->text : "-");
    }
}
