/* sentence_flash.c: see sentence.h: alerts, what was answered, cancellations.
 */
#include "core/update.h"
#include "view/sentence.h"

#include <stdlib.h>
#include <string.h>

/* The word for number `n` of a list that begins at 1. */
#define PICK(list, n)                                                          \
    ((n) >= 1 && (n) <= sizeof(list) / sizeof((list)[0]) ? _((list)[(n)-1])    \
                                                         : "?")

/* For whom somebody answers. */
static const char *
behalf(struct ir_sx *x)
{
    char *id = ir_body_strdup(x->e, 3);
    const char *s = ir_pool_take(&x->pool, ir_view_person(x->v, id, false));

    free(id);
    return s;
}

/* The facts of words that a template makes: "what happened: ..., when: ...". Of
 * one said in both languages the reader's. */
static const char *
facts(struct ir_sx *x)
{
    static const struct {
        const char *blank;
        enum ir_fact fact;
    } is[] = {{"what", IR_FACT_WHAT},   {"when", IR_FACT_WHEN},
              {"where", IR_FACT_WHERE}, {"who", IR_FACT_IMPACT},
              {"why", IR_FACT_CAUSE},   {"how", IR_FACT_MEASURES}};
    const char *other = ir_i18n_lang() == IR_LANG_JA ? ".en" : ".ja";
    struct ir_body_item it;
    struct ir_buf b = {0};
    size_t at = 0, i;

    while (ir_body_each(x->e, 5, &at, &it)) {
        char *s = ir_strndup((const char *)it.p, it.len);
        char *value = strchr(s, '=');
        const char *label = s;

        if (value != NULL)
            *value++ = '\0';
        if (value != NULL && strlen(s) > 3 &&
            strcmp(s + strlen(s) - 3, other) == 0)
            *value = '\0';
        s[strcspn(s, ".")] = '\0';
        for (i = 0; i < sizeof is / sizeof is[0]; i++)
            if (strcmp(s, is[i].blank) == 0)
                label = ir_fact_say(is[i].fact);
        if (value == NULL)
            ir_buf_addf(&b, "%s%s", b.len > 0 ? _(", ") : "",
                        ir_pool_take(&x->pool, ir_view_safe(x->v, s)));
        else if (*value != '\0')
            ir_buf_addf(
                &b, _("%s%s: %s"), b.len > 0 ? _(", ") : "",
                ir_pool_take(&x->pool, ir_view_safe(x->v, label)),
                ir_pool_take(&x->pool, ir_view_value(x->v, NULL, value)));
        free(s);
    }
    return ir_pool_buf(&x->pool, &b);
}

bool
ir_sx_flash(struct ir_sx *x)
{
    static const char *const ack[] = {N_("seen"), N_("accepts"), N_("declines"),
                                      N_("done")};
    static const char *const why[] = {N_("it is over"), N_("it was mistaken"),
                                      N_("it was corrected")};

    switch (x->e->h.kind) {
    case IR_KIND_ALERT:
        ir_buf_addf(x->out, _("Alert, severity %d: %s"),
                    (int)ir_body_uint_or(x->e, 2, 0),
                    *ir_sx_text(x, 1) != '\0' ? ir_sx_text(x, 1) : facts(x));
        return true;
    case IR_KIND_ACK:
        ir_buf_addf(x->out, _("Answers %s: %s"), ir_sx_ref(x, 0),
                    PICK(ack, ir_body_uint_or(x->e, 1, 0)));
        if (*ir_sx_text(x, 3) != '\0')
            ir_buf_addf(x->out, _(" (on behalf of %s)"), behalf(x));
        ir_sx_reason(x, 2);
        return true;
    case IR_KIND_CANCEL:
        ir_buf_addf(x->out, _("Cancels alert %s: %s"), ir_sx_ref(x, 0),
                    PICK(why, ir_body_uint_or(x->e, 2, 0)));
        ir_sx_reason(x, 1);
        return true;
    default:
        return false;
    }
}
