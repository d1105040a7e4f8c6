/* channels.c: see channels.h. */
#include "core/channels.h"

#include "core/body.h"

#include <stdlib.h>
#include <string.h>

static void
word_done(struct ir_channel_word *w)
{
    free(w->channel);
    free(w->reason);
}

static size_t
place(struct ir_channels *c, const char *channel, bool *is_new)
{
    size_t i = 0;

    while (i < c->n && strcmp(c->v[i].channel, channel) < 0)
        i++;
    *is_new = i == c->n || strcmp(c->v[i].channel, channel) != 0;
    if (*is_new) {
        c->v = ir_realloc(c->v, (c->n + 1) * sizeof *c->v);
        memmove(c->v + i + 1, c->v + i, (c->n - i) * sizeof *c->v);
        memset(&c->v[i], 0, sizeof *c->v);
        c->n++;
    }
    return i;
}

/* One word more about a channel, newer than what is held. */
static void
take(struct ir_channels *c, const struct ir_trust *t, const struct ir_entry *e)
{
    const struct ir_cert_key *k = ir_trust_key(t, e->h.author);
    struct ir_channel_word w = {.by = ir_trust_author(t, e)};
    char *name = ir_body_strdup(e, 1);
    bool is_new;
    size_t i;

    if (name == NULL)
        return;
    /* the name that runbooks of before used for mail as a whole */
    if (strcmp(name, "email") == 0) {
        free(name);
        name = ir_strdup("mail");
    }
    w.node = k != NULL && k->node;
    w.state = (enum ir_channel_state)ir_body_uint_or(e, 2, 0);
    w.reason = ir_body_strdup(e, 3);
    w.at_ms = e->h.has_occurred ? e->h.occurred_ms : ir_entry_recorded_ms(e);
    memcpy(w.entry, e->id, IR_ID_BYTES);
    i = place(c, name, &is_new);
    if (!is_new && w.node && c->v[i].state == IR_CHANNEL_DISTRUSTED) {
        free(name);
        free(w.reason);
        return;
    }
    if (!is_new)
        word_done(&c->v[i]);
    w.channel = name;
    c->v[i] = w;
}

/* Did another device than `node` find that? */
static bool
is_found_elsewhere(const struct ir_trust *t, const struct ir_entry *e,
                   const uint8_t *node)
{
    const struct ir_cert_key *k = ir_trust_key(t, e->h.author);

    return node != NULL && k != NULL && k->node &&
           memcmp(e->h.author, node, IR_KEYID_BYTES) != 0;
}

void
ir_channels_fold_at(const struct ir_trust *t, const struct ir_entry *const *e,
                    size_t n, int status, const uint8_t *node,
                    struct ir_channels *out)
{
    size_t i;

    memset(out, 0, sizeof *out);
    for (i = 0; i < n; i++)
        if (e[i]->h.kind == IR_KIND_CHANNEL &&
            (e[i]->h.status == IR_ACTUAL || e[i]->h.status == status) &&
            ir_trust_admits(t, e[i], NULL) == IR_OK &&
            !is_found_elsewhere(t, e[i], node))
            take(out, t, e[i]);
}

void
ir_channels_fold(const struct ir_trust *t, const struct ir_entry *const *e,
                 size_t n, int status, struct ir_channels *out)
{
    ir_channels_fold_at(t, e, n, status, NULL, out);
}

void
ir_channels_done(struct ir_channels *c)
{
    size_t i;

    for (i = 0; i < c->n; i++)
        word_done(&c->v[i]);
    free(c->v);
    memset(c, 0, sizeof *c);
}

const struct ir_channel_word *
ir_channels_get(const struct ir_channels *c, const char *channel)
{
    size_t i;

    for (i = 0; i < c->n; i++)
        if (strcmp(c->v[i].channel, channel) == 0)
            return &c->v[i];
    return NULL;
}

enum ir_channel_state
ir_channels_state(const struct ir_channels *c, const char *channel, bool mail)
{
    const struct ir_channel_word *w = ir_channels_get(c, channel);
    enum ir_channel_state s = w != NULL ? w->state : IR_CHANNEL_UNKNOWN, all;

    if (!mail)
        return s;
    w = ir_channels_get(c, "mail");
    all = w != NULL ? w->state : IR_CHANNEL_UNKNOWN;
    return all > s ? all : s;
}

bool
ir_channels_news(const struct ir_channels *c, const char *channel,
                 enum ir_channel_state found)
{
    const struct ir_channel_word *w = ir_channels_get(c, channel);

    return w == NULL ||
           (w->state != found && w->state != IR_CHANNEL_DISTRUSTED);
}
