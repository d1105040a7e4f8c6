/* update_know.c: what an audience may know, held against words for it; see
 * update.h.
 */
#include "base/i18n.h"
#include "base/time.h"
#include "base/utf8.h"
#include "cmd/update.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

int
ir_update_refuse_fact(struct ir_ctx *c, const char *id, enum ir_fact f,
                      const char *found)
{
    const struct ir_json *j = ir_view_contact(&c->view, "audiences", id);
    const char *t = j != NULL ? ir_json_text_of(j, "title") : NULL;
    char *title = ir_view_safe(&c->talk_view, t != NULL ? t : id);
    char *safe = found != NULL ? ir_view_safe(&c->talk_view, found) : NULL;

    if (safe != NULL)
        ir_fail(&c->err, IR_EREFUSED,
                _("the audience \"%s\" may not know this: %s (%s), and the "
                  "words say \"%.80s\""),
                title, ir_fact_say(f), ir_fact_word(f), safe);
    else
        ir_fail(&c->err, IR_EREFUSED,
                _("the audience \"%s\" may not know this: %s (%s)"), title,
                ir_fact_say(f), ir_fact_word(f));
    ir_err_hint(&c->err,
                _("leave it out: it then reads \"under investigation\"\n"
                  "who releases to them decides otherwise:  ir update allow %s "
                  "%s -r \"WHY\""),
                id, ir_fact_word(f));
    free(safe);
    free(title);
    return IR_EREFUSED;
}

static bool
is_ascii(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s >= 0x80)
            return false;
    return true;
}

static bool
holds(const char *words, const char *value)
{
    return value != NULL && !ir_is_unknown(value) &&
           ir_update_holds(words, value);
}

/* A name of one letter counts with what names are followed by. */
static bool
is_called(const char *words, const char *name)
{
    static const char *const after[] = {"さん", "氏", "様"};
    bool called = false;
    size_t i;

    for (i = 0; !called && i < sizeof after / sizeof after[0]; i++) {
        char *both = ir_asprintf("%s%s", name, after[i]);

        called = ir_utf8_says(words, both);
        free(both);
    }
    return called;
}

/* Do the words hold a name, or a part of it: the family's alone? Returns what
 * was found, or NULL.
 *
 * Owns:   the caller frees with free().
 */
static char *
part_of(const char *words, const char *name)
{
    struct ir_buf narrow = {0};
    char *all, *rest, *part, *found = NULL;

    if (name == NULL || ir_is_unknown(name))
        return NULL;
    if (holds(words, name))
        return ir_strdup(name);
    ir_utf8_narrow(&narrow, name);
    rest = all = ir_buf_take(&narrow);
    while (found == NULL && (part = strsep(&rest, " ")) != NULL)
        if (holds(words, part) ||
            (!is_ascii(part) && ir_utf8_letters(part) == 1 &&
             is_called(words, part)))
            found = ir_strdup(part);
    free(all);
    return found;
}

/* The same of a person: as it was answered, or as the contacts have them. */
static char *
person_in(struct ir_ctx *c, const char *words, const char *who)
{
    const struct ir_json *p = ir_view_contact(&c->view, "people", who);
    const struct ir_json *name = p != NULL ? ir_json_get(p, "name") : NULL;
    char *found = part_of(words, who);

    if (found == NULL && name != NULL)
        found = part_of(words, ir_json_get_str(name, "en", NULL));
    if (found == NULL && name != NULL)
        found = part_of(words, ir_json_get_str(name, "ja", NULL));
    return found;
}

/* What other updates of the incident answered. */
static int
check_answers(struct ir_box *b, const struct ir_incident *inc, const char *id,
              unsigned may, const char *words)
{
    size_t i, k;

    for (i = 0; i < b->a.n; i++) {
        const struct ir_alert *a = &b->a.v[i];

        if (!a->has_incident ||
            memcmp(a->incident, inc->id, IR_INCIDENT_BYTES) != 0)
            continue;
        for (k = 0; k < a->args_n; k++) {
            const char *arg = a->args[k], *eq = strchr(arg, '=');
            int f = ir_fact_of_blank(arg, strcspn(arg, ".="));

            if (eq != NULL && f >= 0 && (may & 1U << f) == 0 &&
                holds(words, eq + 1))
                return ir_update_refuse_fact(b->c, id, (enum ir_fact)f, eq + 1);
        }
    }
    return IR_OK;
}

/* The cause, as reports to authorities and the walk have it. */
static int
check_cause(struct ir_ctx *c, const struct ir_incident *inc, const char *id,
            const char *words)
{
    size_t i, k;

    for (i = 0; i < inc->reports_n; i++)
        for (k = 0; k < inc->reports[i].answers_n; k++) {
            const struct ir_ivar *v = &inc->reports[i].answers[k];

            if (strcmp(v->name, "cause") == 0 && holds(words, v->value))
                return ir_update_refuse_fact(c, id, IR_FACT_CAUSE, v->value);
        }
    for (i = 0; i < inc->vars_n; i++)
        if (strcmp(inc->vars[i].name, "cause") == 0 &&
            holds(words, inc->vars[i].value))
            return ir_update_refuse_fact(c, id, IR_FACT_CAUSE,
                                         inc->vars[i].value);
    return IR_OK;
}

int
ir_update_check_words(struct ir_box *b, const struct ir_incident *inc,
                      const char *id, const char *words)
{
    unsigned may = ir_audience_may(b->c, inc, id);
    int rc = check_answers(b, inc, id, may, words);
    size_t i;

    if (rc == IR_OK && (may & 1U << IR_FACT_CAUSE) == 0)
        rc = check_cause(b->c, inc, id, words);
    for (i = 0;
         rc == IR_OK && (may & 1U << IR_FACT_PERSONAL) == 0 && i < inc->vars_n;
         i++) {
        const struct ir_var *var = ir_view_var(inc, inc->vars[i].name);
        char *found = var != NULL && var->type == IR_VAR_PERSON
                          ? person_in(b->c, words, inc->vars[i].value)
                          : NULL;

        if (found != NULL)
            rc = ir_update_refuse_fact(b->c, id, IR_FACT_PERSONAL, found);
        free(found);
    }
    return rc;
}

int
ir_update_check_to(struct ir_box *b, const struct ir_incident *inc,
                   char *const *to, size_t n, const char *words)
{
    size_t i;
    int rc = IR_OK;

    for (i = 0; inc != NULL && i < n && rc == IR_OK; i++)
        if (strncmp(to[i], "audience:", 9) == 0)
            rc = ir_update_check_words(b, inc, to[i] + 9, words);
    return rc;
}

int
ir_update_check_notify(struct ir_ctx *c, const struct ir_case *bare,
                       char *const *to, size_t n, const char *words)
{
    struct ir_case k = {0};
    struct ir_box b = {0};
    int rc = ir_case_load(c, bare->inc->declare, 0, &k);

    if (rc == IR_OK)
        rc = ir_box_load(c, IR_BOX_WAITING, k.inc, &b);
    if (rc == IR_OK)
        rc = ir_update_check_to(&b, k.inc, to, n, words);
    ir_box_done(&b);
    ir_case_done(&k);
    return rc;
}
