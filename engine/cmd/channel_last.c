/* channel_last.c: see channel_last.h. */
#include "cmd/channel_last.h"

#include "base/scan.h"

#include <stdlib.h>
#include <string.h>

bool
ir_channel_last_get(struct ir_ctx *c, const char *what, const char *id,
                    struct ir_channel_last *last)
{
    char *key = ir_asprintf("%s:%s", what, id);
    char *value = ir_store_setting(c->st, key), *word, *rest = NULL;
    bool found = false;

    memset(last, 0, sizeof *last);
    word = value != NULL ? strtok_r(value, " ", &rest) : NULL;
    if (word != NULL &&
        ir_scan_int(word, 0, INT64_MAX, &last->at_ms, NULL) == IR_OK &&
        (word = strtok_r(NULL, " ", &rest)) != NULL) {
        found = true;
        last->ok = strcmp(word, "ok") == 0;
        last->text = ir_strdup(rest != NULL ? rest : "");
    }
    free(value);
    free(key);
    return found;
}

void
ir_channel_last_done(struct ir_channel_last *last)
{
    free(last->text);
    last->text = NULL;
}

int
ir_channel_last_put(struct ir_ctx *c, const char *what, const char *id,
                    const struct ir_channel_last *last)
{
    char *key = ir_asprintf("%s:%s", what, id);
    char *value = ir_asprintf("%lld %s %s", (long long)last->at_ms,
                              last->ok ? "ok" : "bad",
                              last->text != NULL ? last->text : "");
    int rc = ir_store_setting_put(c->st, key, value, &c->err);

    free(value);
    free(key);
    return rc;
}

bool
ir_channel_last_stale(const struct ir_channel_last *last, int64_t now_ms)
{
    return last->at_ms > now_ms || now_ms - last->at_ms > IR_CHANNEL_STALE_MS;
}
