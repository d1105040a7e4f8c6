/* text.c: see text.h. */
#include "core/text.h"

#include "base/buf.h"

#include <stdlib.h>

void
ir_text_from_json(const struct ir_json *j, struct ir_text *t)
{
    const char *en = ir_json_get_str(j, "en", NULL);
    const char *ja = ir_json_get_str(j, "ja", NULL);

    t->en = t->ja = NULL;
    if (en == NULL || ja == NULL)
        return;
    t->en = ir_strdup(en);
    t->ja = ir_strdup(ja);
}

void
ir_text_done(struct ir_text *t)
{
    free(t->en);
    free(t->ja);
    t->en = t->ja = NULL;
}

void
ir_text_copy(const struct ir_text *from, struct ir_text *to)
{
    to->en = from->en == NULL ? NULL : ir_strdup(from->en);
    to->ja = from->ja == NULL ? NULL : ir_strdup(from->ja);
}

/* One of two sentences: the reader's, or the other where that is empty. */
static const char *
pick(const char *en, const char *ja)
{
    const char *mine = ir_i18n_lang() == IR_LANG_JA ? ja : en;
    const char *other = mine == ja ? en : ja;

    if (mine != NULL && mine[0] != '\0')
        return mine;
    return other != NULL && other[0] != '\0' ? other : mine;
}

const char *
ir_text(const struct ir_text *t)
{
    if (t->en == NULL && t->ja == NULL)
        return NULL;
    return pick(t->en, t->ja);
}

const char *
ir_json_text_of(const struct ir_json *j, const char *key)
{
    const struct ir_json *t = ir_json_get(j, key);

    return pick(ir_json_get_str(t, "en", NULL), ir_json_get_str(t, "ja", NULL));
}
