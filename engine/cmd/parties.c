/* parties.c: see parties.h. */
#include "cmd/parties.h"

#include "base/i18n.h"
#include "base/time.h"
#include "cmd/signed.h"
#include "core/contact_lint.h"
#include "core/deliver.h"
#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "party:"

const char *const ir_party_lists[IR_PARTY_LISTS] = {"authorities", "partners",
                                                    "audiences"};

/* Of audiences those outside alone. */
static const struct ir_json *
row_of(const struct ir_view *v, const char *list, const char *id)
{
    const struct ir_json *row = ir_view_contact(v, list, id);

    return row != NULL && strcmp(list, "audiences") == 0 &&
                   ir_json_get_bool(row, "inside", true)
               ? NULL
               : row;
}

const struct ir_json *
ir_party_row(const struct ir_view *v, const char *word)
{
    size_t i, n;

    if (strncmp(word, PREFIX, strlen(PREFIX)) != 0)
        return NULL;
    word += strlen(PREFIX);
    for (i = 0; i < IR_PARTY_LISTS; i++) {
        n = strlen(ir_party_lists[i]);
        if (strncmp(word, ir_party_lists[i], n) == 0 && word[n] == '/')
            return row_of(v, ir_party_lists[i], word + n + 1);
    }
    return NULL;
}

const char *
ir_party_name(const struct ir_json *row)
{
    const char *name = ir_json_text_of(row, "name");

    return name != NULL ? name : ir_json_text_of(row, "title");
}

int
ir_party_find(struct ir_ctx *c, const char *typed, char **word)
{
    char *all = ir_asprintf(PREFIX "%s", typed);
    size_t i, found = 0;

    *word = NULL;
    if (ir_party_row(&c->view, all) != NULL) {
        *word = all;
        return IR_OK;
    }
    free(all);
    for (i = 0; i < IR_PARTY_LISTS; i++) {
        if (row_of(&c->view, ir_party_lists[i], typed) == NULL)
            continue;
        found++;
        free(*word);
        *word = ir_asprintf(PREFIX "%s/%s", ir_party_lists[i], typed);
    }
    if (found == 1)
        return IR_OK;
    free(*word);
    *word = NULL;
    if (found > 1) {
        ir_fail(&c->err, IR_EUSAGE, _("\"%.60s\" stands in several lists"),
                typed);
        ir_err_hint(&c->err, "partners/%s", typed);
        return IR_EUSAGE;
    }
    ir_fail(&c->err, IR_ENOTFOUND,
            _("no audience outside, authority or partner is called \"%.60s\""),
            typed);
    ir_err_hint(&c->err,
                ir_view_contact(&c->view, "people", typed) != NULL
                    ? "ir comms test %s"
                    : "ir contacts list",
                typed);
    return IR_ENOTFOUND;
}

void
ir_party_all(struct ir_ctx *c, char ***words, size_t *n)
{
    size_t i, k;

    *words = NULL;
    *n = 0;
    for (i = 0; i < IR_PARTY_LISTS; i++) {
        const struct ir_json *l = ir_view_contacts(&c->view, ir_party_lists[i]);

        for (k = 0; l != NULL && k < ir_json_len(l); k++) {
            const struct ir_json *row = ir_json_at(l, k);
            const char *id = ir_json_get_str(row, "id", "");

            if (row_of(&c->view, ir_party_lists[i], id) == NULL ||
                (ir_json_len(ir_json_get(row, "channels")) == 0 &&
                 ir_json_get(row, "by") == NULL))
                continue;
            *words = ir_realloc(*words, (*n + 1) * sizeof **words);
            (*words)[(*n)++] =
                ir_asprintf(PREFIX "%s/%s", ir_party_lists[i], id);
        }
    }
}

/* Does the attempt say that they were reached in a test? Of those outside a
 * person says so; of people also what came back by a channel. */
static bool
is_reached(struct ir_ctx *c, const struct ir_attempt *a)
{
    const struct ir_cert_key *k = ir_trust_key(&c->trust, a->key);

    return a->status == IR_TEST && a->outcome == IR_OUTCOME_REPLIED &&
           k != NULL &&
           (!k->node || strncmp(a->contact, PREFIX, strlen(PREFIX)) != 0);
}

static void
keep(struct ir_tested *t, const char *contact, int64_t at_ms)
{
    size_t i = 0;

    while (i < t->n && strcmp(t->v[i].contact, contact) != 0)
        i++;
    if (i == t->n) {
        t->v = ir_realloc(t->v, (t->n + 1) * sizeof *t->v);
        t->v[t->n++] =
            (struct ir_tested_one){.contact = ir_strdup(contact), .at_ms = 0};
    }
    if (at_ms > t->v[i].at_ms)
        t->v[i].at_ms = at_ms;
}

int
ir_tested_load(struct ir_ctx *c, struct ir_tested *t)
{
    struct ir_log log = {0};
    size_t i;
    int rc = ir_store_load_kind(c->st, NULL, IR_KIND_ATTEMPT, &log, &c->err);

    memset(t, 0, sizeof *t);
    if (rc == IR_OK)
        (void)ir_signed_only(&c->trust, ir_store_site(c->st), true, &log);
    for (i = 0; rc == IR_OK && i < log.n; i++) {
        struct ir_attempt a;

        if (ir_trust_admits(&c->trust, &log.e[i], NULL) != IR_OK ||
            ir_attempt_read(&log.e[i], &a, NULL) != IR_OK)
            continue;
        if (is_reached(c, &a) && a.at_ms <= c->view.now_ms)
            keep(t, a.contact, a.at_ms);
        ir_attempt_done(&a);
    }
    ir_log_done(&log);
    return rc;
}

void
ir_tested_done(struct ir_tested *t)
{
    size_t i;

    for (i = 0; i < t->n; i++)
        free(t->v[i].contact);
    free(t->v);
    memset(t, 0, sizeof *t);
}

const char *
ir_tested_day(const struct ir_tested *t, const char *list,
              const struct ir_json *row, char day[11])
{
    const char *stated = ir_json_get_str(row, "verified", NULL);
    const char *id = ir_json_get_str(row, "id", "");
    char *word = strcmp(list, "people") == 0
                     ? ir_strdup(id)
                     : ir_asprintf(PREFIX "%s/%s", list, id);
    int64_t at = 0;
    char text[32];
    size_t i;

    for (i = 0; i < t->n; i++)
        if (strcmp(t->v[i].contact, word) == 0)
            at = t->v[i].at_ms;
    free(word);
    if (at == 0)
        return stated;
    ir_time_rfc3339(at, text, sizeof text);
    snprintf(day, 11, "%.10s", text);
    return stated != NULL && strcmp(stated, day) > 0 ? stated : day;
}

int
ir_tested_old(struct ir_ctx *c, size_t *old, size_t *all)
{
    static const char *const dated[] = {"people", "authorities", "partners"};
    struct ir_tested t;
    size_t i, k;
    char day[11];
    int rc = ir_tested_load(c, &t);

    *old = *all = 0;
    for (i = 0; rc == IR_OK && i < sizeof dated / sizeof dated[0]; i++) {
        const struct ir_json *l = ir_view_contacts(&c->view, dated[i]);

        for (k = 0; l != NULL && k < ir_json_len(l); k++) {
            const struct ir_json *row = ir_json_at(l, k);

            (*all)++;
            *old += ir_contact_stale(ir_tested_day(&t, dated[i], row, day),
                                     c->view.now_ms);
        }
    }
    ir_tested_done(&t);
    return rc;
}
