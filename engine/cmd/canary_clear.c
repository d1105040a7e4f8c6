/* canary_clear.c: taking trial messages of our own out of the mailbox again,
 * see canary.h. Ours are those whose word this home made and kept: nobody else
 * can guess one. */
#include "base/clock.h"
#include "cmd/canary.h"
#include "cmd/channel.h"
#include "cmd/channel_try.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SENT "canary_sent" /* setting: words of trial messages, newest last */
#define SENT_MAX 100       /* words that are kept */
#define WORD_LEN 16

int
ir_canary_keep(struct ir_ctx *c, const char *word)
{
    char *was = ir_store_setting(c->st, SENT), *text;
    size_t len = was != NULL ? strlen(was) : 0;
    const size_t most = (SENT_MAX - 1) * (WORD_LEN + 1);
    int rc;

    text = ir_asprintf("%s%s ",
                       len > most ? was + len - most
                       : len > 0  ? was
                                  : "",
                       word);
    rc = ir_store_setting_put(c->st, SENT, text, &c->err);
    free(text);
    free(was);
    return rc;
}

bool
ir_canary_ours(struct ir_ctx *c, const char *text, char word[WORD_LEN + 1])
{
    const char *p = strstr(text, IR_CANARY_WORD " ");
    char *sent;
    size_t i;
    bool ours;

    if (p == NULL)
        return false;
    p += sizeof IR_CANARY_WORD;
    for (i = 0; i < WORD_LEN && isxdigit((unsigned char)p[i]); i++)
        word[i] = p[i];
    word[i] = '\0';
    if (i < WORD_LEN || isalnum((unsigned char)p[i]))
        return false;
    sent = ir_store_setting(c->st, SENT);
    ours = sent != NULL && strstr(sent, word) != NULL;
    free(sent);
    return ours;
}

struct clear {
    struct ir_ctx *c;
};

static bool
clear_one(const char *via, struct ir_json *words, void *arg)
{
    struct clear *k = arg;
    const struct ir_json *row, *plugin = NULL;
    struct ir_channel_run *r = NULL;
    struct ir_err err;

    /* what stays there is in nobody's way */
    if (ir_channel_find(k->c, via, &row, &plugin, &err) == IR_OK &&
        ir_json_get_bool(plugin, "removes", false) &&
        ir_channel_start(k->c, via, "remove", words, &r, &err) == IR_OK)
        (void)ir_channel_wait(r, NULL, NULL, NULL, &err);
    ir_channel_end(r);
    return true;
}

void
ir_canary_clear(struct ir_ctx *c, const struct ir_json *seen)
{
    struct clear k = {c};

    ir_json_each(seen, clear_one, &k);
}
