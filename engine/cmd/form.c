/* form.c: see form.h. */
#include "cmd/form.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/time.h"
#include "cmd/commands.h"
#include "cmd/pick.h"
#include "core/text.h"
#include "view/menu.h"

#include <stdlib.h>
#include <string.h>

void
ir_answers_put(struct ir_answers *a, const char *name, char *value)
{
    if (a->n < IR_FORM_FIELDS_MAX)
        a->v[a->n++] = (struct ir_pair){name, value};
    else
        free(value);
}

void
ir_answers_done(struct ir_answers *a)
{
    size_t i;

    for (i = 0; i < a->n; i++)
        free((void *)(uintptr_t)a->v[i].value);
    a->n = 0;
}

const char *
ir_given(const char *const *words, size_t n, const char *id)
{
    size_t i, len = strlen(id);

    for (i = 0; i < n; i++)
        if (strncmp(words[i], id, len) == 0 && words[i][len] == '=')
            return words[i] + len + 1;
    return NULL;
}

int
ir_given_check(struct ir_ctx *c, const char *const *words, size_t n,
               const struct ir_json *items)
{
    struct ir_buf all = {0};
    size_t i, k;
    int rc = IR_OK;

    for (i = 0; i < ir_json_len(items); i++)
        ir_buf_addf(&all, "%s%s", i > 0 ? ", " : "",
                    ir_json_get_str(ir_json_at(items, i), "id", ""));
    for (k = 0; k < n && rc == IR_OK; k++) {
        for (i = 0; i < ir_json_len(items); i++) {
            const char *id = ir_json_get_str(ir_json_at(items, i), "id", "");
            size_t len = strlen(id);

            if (strncmp(words[k], id, len) == 0 && words[k][len] == '=')
                break;
        }
        if (i < ir_json_len(items))
            continue;
        rc = ir_fail(&c->err, IR_EUSAGE, _("\"%.60s\" answers nothing here"),
                     words[k]);
        ir_err_hint(&c->err, _("NAME=VALUE, one of: %s"), ir_buf_str(&all));
    }
    ir_buf_done(&all);
    return rc;
}

int
ir_form_field(struct ir_ctx *c, const struct ir_json *f, const char *said,
              struct ir_answers *a)
{
    struct ir_var v;
    struct ir_now now;
    char *value = NULL;
    int tries, rc = IR_OK;

    ir_clock_now(&now);
    ir_form_var(f, &v);
    for (tries = 0; tries < 5; tries++) {
        char *typed = NULL;
        const char *use = said;

        if (said == NULL && ir_ctx_can_ask(c) && !a->ended) {
            ir_view_ask(&c->talk_view, &v, NULL, &c->talk);
            typed = ir_ctx_ask(c, "");
            use = typed;
            a->ended = typed == NULL;
            if (typed != NULL && ir_is_quit(typed)) {
                free(typed);
                rc = ir_fail(&c->err, IR_EUSAGE,
                             _("you left it: nothing was recorded"));
                break;
            }
        }
        if (use == NULL || use[strspn(use, " \t")] == '\0')
            use = "unknown";
        rc = ir_var_parse(&v, use, now.wall_ms, &value, &c->err);
        free(typed);
        if (rc == IR_OK || said != NULL)
            break;
        ir_cmd_complain(c);
    }
    if (rc == IR_OK)
        ir_answers_put(a, ir_json_get_str(f, "id", ""), value);
    ir_form_var_done(&v);
    return rc;
}

/* Names of the forms of a release that are for reporting in.
 *
 * Owns:   *names is the caller's, free(); the strings are borrowed.
 */
static int
names_of(struct ir_ctx *c, const uint8_t manifest[32], const char ***names,
         size_t *n)
{
    size_t all = 0, i;
    int rc =
        ir_library_names(&c->lib, manifest, "form", "", names, &all, &c->err);

    *n = 0;
    for (i = 0; rc == IR_OK && i < all; i++) {
        const struct ir_json *f = NULL;

        rc = ir_library_json(&c->lib, manifest, "form", (*names)[i], &f,
                             &c->err);
        if (rc == IR_OK && strcmp(ir_json_get_str(f, "for_kind", "report-in"),
                                  "report-in") == 0)
            (*names)[(*n)++] = (*names)[i];
    }
    return rc;
}

/* The release whose forms are used: in view, in force, or the newest. */
static const uint8_t *
release_of(struct ir_ctx *c)
{
    const struct ir_release *r = ir_trust_current(&c->trust);

    if (c->has_manifest)
        return c->manifest;
    if (r == NULL && c->trust.releases_n > 0)
        r = &c->trust.releases[c->trust.releases_n - 1];
    if (r == NULL)
        ir_fail(&c->err, IR_ENOTFOUND, _("there is no release yet"));
    return r != NULL ? r->manifest : NULL;
}

int
ir_form_find(struct ir_ctx *c, const char *id, const struct ir_json **out)
{
    const uint8_t *manifest = release_of(c);

    if (manifest == NULL)
        return IR_ENOTFOUND;
    return ir_library_json(&c->lib, manifest, "form", id, out, &c->err);
}

int
ir_form_choose(struct ir_ctx *c, const char *word, const struct ir_json **out)
{
    const uint8_t *manifest = release_of(c);
    const char **names = NULL;
    size_t m = 0, i, at = 0;
    int rc;

    if (manifest == NULL)
        return IR_ENOTFOUND;
    rc = names_of(c, manifest, &names, &m);
    if (rc == IR_OK && word == NULL && !ir_ctx_can_ask(c)) {
        rc = ir_fail(&c->err, IR_EUSAGE, _("which form?"));
        ir_err_hint(&c->err, "ir report-in %s --set ...",
                    m > 0 ? names[0] : "TYPE");
    } else if (rc == IR_OK && word == NULL && m > 0) {
        char *typed;

        for (i = 0; i < m; i++) {
            const struct ir_json *f = NULL;
            const char *t;

            (void)ir_library_json(&c->lib, manifest, "form", names[i], &f,
                                  NULL);
            t = ir_json_text_of(f, "title");
            ir_buf_addf(&c->talk, " %2zu  %s  (%s)\n", i + 1,
                        t != NULL ? t : "", names[i]);
        }
        ir_buf_addf(&c->talk, " 1-%zu> ", m);
        typed = ir_ctx_ask(c, "");
        rc = ir_pick(c, _("form"), names, m, typed != NULL ? typed : "", true,
                     &at);
        free(typed);
    } else if (rc == IR_OK) {
        rc = ir_pick(c, _("form"), names, m, word != NULL ? word : "", false,
                     &at);
    }
    if (rc == IR_OK)
        rc =
            ir_library_json(&c->lib, manifest, "form", names[at], out, &c->err);
    free(names);
    return rc;
}
