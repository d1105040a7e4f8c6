/* incident_told.c: which authority was told what, when, by whom, with which
 * receipt; and the reports drawn up for them. What was erased is left out.
 */
#include "core/fold.h"
#include "core/told.h"

#include <stdlib.h>
#include <string.h>

/* "mlit: Kimura" is the authority, and whom they reached there. */
static void
split_whom(struct ir_itold *t, char *whom)
{
    char *at = strstr(whom, ": ");

    if (at != NULL) {
        *at = '\0';
        t->to = ir_strdup(at + 2);
    }
    t->authority = whom;
}

static void
add_told(struct ir_fold *f, size_t i)
{
    struct ir_incident *inc = f->inc;
    const struct ir_entry *e = f->e[i];
    struct ir_itold t = {.by = f->author[i]};
    char *whom = ir_body_strdup(e, 1), *words = NULL;
    enum ir_stage stage;
    size_t k;

    if (whom == NULL)
        return;
    split_whom(&t, whom);
    memcpy(t.entry, e->id, IR_ID_BYTES);
    t.means = ir_body_strdup(e, 3);
    t.receipt = ir_body_strdup(e, 5);
    t.report = ir_body_strdup(e, 7);
    if (t.report == NULL) {
        words = ir_body_strdup(e, 4);
        if (words != NULL && ir_stage_parse(words, &stage))
            t.report = ir_strdup(ir_stage_word(stage));
        free(words);
    }
    t.has_of = e->h.refs_n > 0;
    if (t.has_of)
        memcpy(t.of, e->h.refs[0], IR_ID_BYTES);
    t.at_ms = ir_fold_moment(f, i, 2);
    if (t.at_ms == 0)
        t.at_ms = ir_fold_at(f, i);
    t.next_ms = ir_fold_moment(f, i, 6);
    inc->told = ir_realloc(inc->told, (inc->told_n + 1) * sizeof inc->told[0]);
    for (k = inc->told_n++; k > 0 && inc->told[k - 1].at_ms > t.at_ms; k--)
        inc->told[k] = inc->told[k - 1];
    inc->told[k] = t;
}

static void
add_report(struct ir_fold *f, size_t i)
{
    struct ir_incident *inc = f->inc;
    const struct ir_entry *e = f->e[i];
    struct ir_body_item item;
    struct ir_ireport *r;
    char *authority = ir_body_strdup(e, 7);
    size_t at = 0;

    if (authority == NULL)
        return; /* somebody reported in: not for an authority */
    inc->reports =
        ir_realloc(inc->reports, (inc->reports_n + 1) * sizeof *inc->reports);
    r = &inc->reports[inc->reports_n++];
    memset(r, 0, sizeof *r);
    memcpy(r->entry, e->id, IR_ID_BYTES);
    memcpy(r->digest, e->body_digest, IR_HASH_BYTES);
    r->authority = authority;
    r->form = ir_body_strdup(e, 1);
    r->report = ir_body_strdup(e, 8);
    r->by = f->author[i];
    r->at_ms = ir_fold_at(f, i);
    while (ir_body_each(e, 2, &at, &item)) {
        struct ir_ivar *v;

        r->answers =
            ir_realloc(r->answers, (r->answers_n + 1) * sizeof *r->answers);
        v = &r->answers[r->answers_n++];
        memcpy(v->entry, e->id, IR_ID_BYTES);
        v->name = ir_strndup(item.name, item.name_len);
        v->value = ir_strndup((const char *)item.p, item.len);
    }
}

void
ir_fold_told(struct ir_fold *f)
{
    size_t i;

    for (i = 0; i < f->n; i++)
        if (ir_fold_is(f, i, IR_KIND_TOLD))
            add_told(f, i);
        else if (ir_fold_is(f, i, IR_KIND_REPORT))
            add_report(f, i);
}

void
ir_fold_told_free(struct ir_incident *inc)
{
    size_t i, k;

    for (i = 0; i < inc->told_n; i++) {
        free(inc->told[i].authority);
        free(inc->told[i].to);
        free(inc->told[i].means);
        free(inc->told[i].receipt);
        free(inc->told[i].report);
    }
    for (i = 0; i < inc->reports_n; i++) {
        struct ir_ireport *r = &inc->reports[i];

        for (k = 0; k < r->answers_n; k++) {
            free(r->answers[k].name);
            free(r->answers[k].value);
        }
        free(r->answers);
        free(r->form);
        free(r->authority);
        free(r->report);
    }
    free(inc->told);
    free(inc->reports);
}
