/* sender_read.c: reading what comes in by channels, at intervals, whether or
 * not somebody there owes an answer; see sender_in.h and sender.h. */
#include "base/clock.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/sender_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVERY_S 60        /* unless contacts.lua says `read` */
#define HOLD_OFF_MS 60000 /* until it is looked again whether any is read */

struct look {
    const struct ir_json *config;
    bool no;
};

static bool
look_rule(const char *key, struct ir_json *rule, void *arg)
{
    struct look *l = arg;
    const char *v = ir_json_get_str(l->config, key, NULL);

    if (strcmp(key, "replies") == 0 && v == NULL)
        l->no = true;
    if (strcmp(ir_json_get_str(rule, "type", ""), "device") == 0 && v != NULL &&
        access(v, F_OK) != 0)
        l->no = true;
    return true;
}

bool
ir_channel_reads(const struct ir_json *row, const struct ir_json *plugin)
{
    struct look l = {ir_json_get(row, "config"), false};

    if (!ir_json_get_bool(plugin, "receives", false))
        return false;
    ir_json_each(ir_json_get(plugin, "config"), look_rule, &l);
    return !l.no;
}

/* Does nothing but trial messages of other channels arrive there? */
static bool
is_for_trials(struct ir_ctx *c, const char *id)
{
    const struct ir_json *list = ir_view_contacts(&c->view, "channels");
    size_t i;

    for (i = 0; list != NULL && i < ir_json_len(list); i++) {
        const struct ir_json *row = ir_json_at(list, i);
        const char *via =
            ir_json_get_str(ir_json_get(row, "canary"), "via", NULL);

        if (via != NULL && strcmp(via, id) == 0 &&
            strcmp(ir_json_get_str(row, "id", ""), id) != 0)
            return true;
    }
    return false;
}

/* Between two looks at that channel; 0: it is not read regularly. */
static int64_t
every_ms(struct ir_ctx *c, const struct ir_json *row)
{
    const char *id = ir_json_get_str(row, "id", "");
    const struct ir_json *plugin = NULL, *found;
    int64_t every = ir_json_get_int(row, "read", 0);
    struct ir_err err;

    if ((every == 0 && is_for_trials(c, id)) ||
        ir_channel_find(c, id, &found, &plugin, &err) != IR_OK ||
        !ir_channel_reads(found, plugin))
        return 0;
    return (every > 0 ? every : EVERY_S) * 1000;
}

/* When that channel was read last, here; 0 never. */
static int64_t
last_ms(struct ir_ctx *c, const char *id)
{
    char *key = ir_asprintf(IR_SENDER_READ ":%s", id);
    char *text = ir_store_setting(c->st, key);
    int64_t ms = 0;

    if (text != NULL && ir_scan_int(text, 0, INT64_MAX, &ms, NULL) != IR_OK)
        ms = 0;
    free(text);
    free(key);
    return ms;
}

static void
put_ms(struct ir_ctx *c, const char *key, int64_t ms)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)ms);
    (void)ir_store_setting_put(c->st, key, text, NULL);
}

void
ir_sender_reads(struct ir_sender *s)
{
    const struct ir_json *list = ir_view_contacts(&s->c->view, "channels");
    int64_t now = ir_sender_wall_ms();
    size_t i;

    for (i = 0; i < s->lines_n; i++)
        s->lines[i]->every_ms = 0;
    for (i = 0; list != NULL && i < ir_json_len(list); i++) {
        const struct ir_json *row = ir_json_at(list, i);
        int64_t every = every_ms(s->c, row), last;
        struct ir_line *l;

        if (every == 0)
            continue;
        l = ir_line_of(s, ir_json_get_str(row, "id", ""));
        last = last_ms(s->c, l->channel);
        l->every_ms = every;
        /* a clock that was set back makes nobody wait longer */
        l->read_ms = last > now ? now : last + every;
    }
}

void
ir_sender_has_read(struct ir_line *l)
{
    char *key = ir_asprintf(IR_SENDER_READ ":%s", l->channel);
    int64_t now = ir_sender_wall_ms();

    l->read_ms = now + l->every_ms;
    put_ms(l->s->c, key, now);
    free(key);
}

void
ir_sender_put_reads(struct ir_sender *s)
{
    int64_t next = INT64_MAX;
    size_t i;

    for (i = 0; i < s->lines_n; i++)
        if (s->lines[i]->every_ms > 0 && s->lines[i]->read_ms < next)
            next = s->lines[i]->read_ms;
    put_ms(s->c, IR_SENDER_READ, next);
}

bool
ir_comms_reads_due(struct ir_ctx *c)
{
    const struct ir_json *list;
    char *text = c->st != NULL ? ir_store_setting(c->st, IR_SENDER_READ) : NULL;
    int64_t next = 0;
    struct ir_now now;
    bool any = false;
    size_t i;

    if (text != NULL)
        (void)ir_scan_int(text, 0, INT64_MAX, &next, NULL);
    free(text);
    ir_clock_now(&now);
    if (c->st == NULL || next > now.wall_ms) /* mostly: it costs no more */
        return false;
    list = ir_view_contacts(&c->view, "channels");
    if (list == NULL || ir_json_len(list) == 0)
        return false;
    for (i = 0; i < ir_json_len(list) && !any; i++)
        any = every_ms(c, ir_json_at(list, i)) > 0;
    /* whatever becomes of who is started now: not at once again */
    put_ms(c, IR_SENDER_READ, now.wall_ms + HOLD_OFF_MS);
    return any;
}
