/* cmd_comms_tested.c: `ir comms test --outside`, `ir comms tested`: trying by
 * hand whether those outside can be reached. Nothing is sent: an exercise or a
 * test leaves no message with them but what somebody says. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "cmd/parties.h"
#include "cmd/sender.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

#define TEST_SEVERITY 3

/* What the test is, in the record: in both languages. */
static const char test_text[] =
    "A test by hand of the ways to those outside. Nothing has happened. / "
    "社外への連絡手段を人手で試験する。何も起きていない。";

/* What to say, in the site's first language: the word exercise first. */
static char *
say_of(const struct ir_ctx *c)
{
    const struct ir_json *langs = ir_json_get(c->view.site, "languages");
    const char *first = langs != NULL ? ir_json_str(ir_json_at(langs, 0)) : "";
    enum ir_lang lang =
        first != NULL && strcmp(first, "en") == 0 ? IR_LANG_EN : IR_LANG_JA;
    enum ir_lang was = ir_i18n_lang();
    const struct ir_json *org = ir_json_get(c->view.site, "organisation");
    const char *name =
        org != NULL ? ir_json_get_str(org, ir_lang_code(lang), "") : "";
    char *text;

    ir_i18n_set(lang);
    text = ir_asprintf(
        _("Exercise. %s speaking. We try whether we reach you here "
          "in an emergency; nothing has happened. Is this the right place, "
          "and may I have your name?"),
        name);
    ir_i18n_set(was);
    return text;
}

/* A test alert that names them, for devices alone. */
static void
draft_test(struct ir_batch *b, char *const *words, size_t n)
{
    struct ir_draft *d = ir_batch_add(b, NULL, IR_KIND_ALERT);

    d->status = IR_TEST;
    ir_bodyw_text(&d->body, 1, test_text);
    ir_bodyw_uint(&d->body, 2, TEST_SEVERITY);
    ir_bodyw_texts(&d->body, 7, (const char *const *)words, n);
    ir_bodyw_uint(&d->body, 8, 1);
}

static void
show_one(struct ir_ctx *c, size_t at, const char *word,
         const struct ir_tested *t)
{
    const struct ir_json *row = ir_party_row(&c->view, word);
    char *name = ir_view_safe(&c->view, ir_party_name(row));
    char *ways = ir_view_ways(&c->view, row, 0);
    const char *by = ir_json_text_of(row, "by");
    const char *list = word + strlen("party:");
    char *of = ir_strndup(list, strcspn(list, "/")), day[11];
    const char *last = ir_tested_day(t, of, row, day);
    char *how = ir_view_safe(&c->view, ways[0] == '\0' && by ? by : ways);

    ir_buf_addf(&c->out, "%2zu  %s  %s\n", at, list, name);
    ir_term_para(&c->view.term, &c->out, 4, NULL, IR_STYLE_BOLD, how);
    ir_buf_addf(&c->out, _("    last verified: %s\n"),
                last != NULL ? last : _("never"));
    free(how);
    free(of);
    free(ways);
    free(name);
}

static struct ir_json *
json_one(struct ir_ctx *c, const char *word, const struct ir_tested *t)
{
    const struct ir_json *row = ir_party_row(&c->view, word);
    const struct ir_json *ways = ir_json_get(row, "channels");
    struct ir_json *o = ir_json_new_obj(), *list = ir_json_new_arr();
    char *of = ir_strndup(word + 6, strcspn(word + 6, "/")), day[11];
    size_t i;

    for (i = 0; i < ir_json_len(ways); i++) {
        struct ir_json *w = ir_json_add_take(list, ir_json_new_obj());

        ir_json_set_str(w, "channel",
                        ir_json_str(ir_json_at(ir_json_at(ways, i), 0)));
        ir_json_set_str(w, "address",
                        ir_json_str(ir_json_at(ir_json_at(ways, i), 1)));
    }
    ir_json_set_str(o, "contact", word);
    ir_json_set_str(o, "name", ir_party_name(row));
    ir_json_set_str(o, "by", ir_json_text_of(row, "by"));
    ir_json_set_str(o, "verified", ir_tested_day(t, of, row, day));
    ir_json_set_take(o, "ways", list);
    free(of);
    return o;
}

static void
show(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES], char *const *words,
     size_t n)
{
    struct ir_json *j = ir_json_new_obj(), *to = ir_json_new_arr();
    char hex[2 * IR_ID_BYTES + 1], *say = say_of(c), *line;
    struct ir_tested t;
    size_t i;

    (void)ir_tested_load(c, &t);
    ir_hex(id, IR_ID_BYTES, hex);
    for (i = 0; i < n; i++)
        if (c->json)
            ir_json_add_take(to, json_one(c, words[i], &t));
        else
            show_one(c, i + 1, words[i], &t);
    ir_tested_done(&t);
    ir_json_set_str(j, "alert", hex);
    ir_json_set_str(j, "say", say);
    ir_json_set_take(j, "to", to);
    if (c->json) {
        ir_cmd_json_take(c, j);
    } else {
        ir_json_free(j);
        line = ir_asprintf(_("\"%s\""), say);
        ir_term_para(&c->view.term, &c->out, 0, _("Say to each: "),
                     IR_STYLE_NONE, line);
        free(line);
        ir_buf_adds(&c->talk, _(" Nothing is sent. Record each:  ir comms "
                                "tested ID reached --who NAME  (or no-answer, "
                                "wrong)\n"));
    }
    free(say);
}

int
ir_comms_test_outside(struct ir_ctx *c, int n, char **argv)
{
    struct ir_batch b = {0};
    char **words = NULL;
    size_t i, words_n = 0;
    int rc = IR_OK, k;

    if (n == 0)
        ir_party_all(c, &words, &words_n);
    else
        words = ir_calloc((size_t)n + 1, sizeof *words);
    for (k = 1; k <= n && rc == IR_OK; k++) {
        rc = ir_party_find(c, argv[k], &words[words_n]);
        words_n += rc == IR_OK;
    }
    if (rc == IR_OK && words_n == 0)
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("nobody outside has a way to be reached"));
    for (i = 0; rc == IR_OK && i < words_n && b.n < IR_BATCH_MAX;
         i += IR_ALERT_TO_MAX)
        draft_test(&b, words + i,
                   words_n - i < IR_ALERT_TO_MAX ? words_n - i
                                                 : IR_ALERT_TO_MAX);
    if (rc == IR_OK)
        rc = ir_batch_commit(c, &b);
    else
        ir_batch_done(&b);
    if (rc == IR_OK && !c->json)
        ir_batch_say(c, NULL, &b);
    if (rc == IR_OK)
        show(c, b.ids[0], words, words_n);
    for (i = 0; i < words_n; i++)
        free(words[i]);
    free(words);
    return rc;
}

/* The newest test that names them and is still open, or NULL. */
static const struct ir_alert *
test_of(const struct ir_box *box, const char *word)
{
    const struct ir_alert *best = NULL;
    size_t i, k;

    for (i = 0; i < box->a.n; i++) {
        const struct ir_alert *a = &box->a.v[i];

        for (k = 0; k < a->to_n; k++)
            if (a->status == IR_TEST && a->state == IR_ALERT_OUT &&
                strcmp(a->to[k], word) == 0 &&
                (best == NULL || a->hlc > best->hlc))
                best = a;
    }
    return best;
}

struct result {
    const char *word, *who, *means, *address, *at, *text;
    enum ir_outcome outcome;
};

/* reached, no-answer, wrong; also as the screens say it. */
static int
outcome_of(struct ir_ctx *c, const char *s, enum ir_outcome *out)
{
    static const struct {
        const char *en, *ja;
        enum ir_outcome o;
    } words[] = {{"reached", "到達", IR_OUTCOME_REPLIED},
                 {"no-answer", "応答なし", IR_OUTCOME_NO_ANSWER},
                 {"wrong", "誤り", IR_OUTCOME_FAILED}};
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(s, words[i].en) == 0 || strcmp(s, words[i].ja) == 0) {
            *out = words[i].o;
            return IR_OK;
        }
    ir_fail(&c->err, IR_EUSAGE, _("how did it end?"));
    ir_err_hint(&c->err, _("reached, no-answer, or wrong (number or address)"));
    return IR_EUSAGE;
}

/* By what, where nothing is said: their first way. */
static void
fill_way(struct ir_ctx *c, struct result *r)
{
    const struct ir_json *ways =
        ir_json_get(ir_party_row(&c->view, r->word), "channels");
    size_t i;

    for (i = 0; i < ir_json_len(ways); i++) {
        const struct ir_json *w = ir_json_at(ways, i);
        const char *means = ir_json_str(ir_json_at(w, 0));
        const char *address = ir_json_str(ir_json_at(w, 1));

        if ((r->means != NULL && strcmp(r->means, means) != 0) ||
            (r->address != NULL && strcmp(r->address, address) != 0))
            continue;
        r->means = means;
        r->address = address;
        return;
    }
    if (r->means == NULL)
        r->means = "phone";
}

static int
record(struct ir_ctx *c, const struct result *r)
{
    struct ir_box box = {0};
    struct ir_batch b = {0};
    const struct ir_alert *a;
    struct ir_draft *d;
    char *word = ir_strdup(r->word);
    int rc = ir_box_load(c, IR_BOX_WAITING, NULL, &box);

    a = rc == IR_OK ? test_of(&box, r->word) : NULL;
    if (rc == IR_OK && a == NULL)
        draft_test(&b, &word, 1);
    if (rc == IR_OK) {
        d = ir_batch_add(&b, NULL, IR_KIND_ATTEMPT);
        d->status = IR_TEST;
        if (a != NULL) {
            memcpy(d->refs[0], a->id, IR_ID_BYTES);
            d->refs_n = 1;
        } else {
            b.refers[b.n - 1] = 1;
        }
        ir_bodyw_text(&d->body, 1, r->word);
        ir_bodyw_text(&d->body, 2, r->means);
        ir_bodyw_uint(&d->body, 3, (uint64_t)r->outcome);
        ir_bodyw_text(&d->body, 4, r->who);
        ir_bodyw_text(&d->body, 5, c->trust.members[c->me].handle);
        ir_bodyw_text(&d->body, 6, r->text);
        ir_bodyw_text(&d->body, 7, r->address);
        if (r->at != NULL)
            rc = ir_draft_at(c, d, r->at);
    }
    if (rc == IR_OK)
        rc = ir_batch_commit(c, &b);
    else
        ir_batch_done(&b);
    if (rc == IR_OK)
        ir_batch_say(c, NULL, &b);
    ir_box_done(&box);
    free(word);
    return rc;
}

int
ir_cmd_comms_tested(struct ir_ctx *c, int argc, char **argv)
{
    struct result r = {.word = NULL};
    const struct ir_opt opts[] = {{"who", 0, &r.who, NULL, NULL, NULL},
                                  {"means", 0, &r.means, NULL, NULL, NULL},
                                  {"address", 0, &r.address, NULL, NULL, NULL},
                                  {"at", 0, &r.at, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    char *word = NULL, *joined = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 3, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 2, 3, "comms tested", &c->err);
    if (rc == IR_OK)
        rc = outcome_of(c, argv[2], &r.outcome);
    if (rc == IR_OK && r.outcome == IR_OUTCOME_REPLIED && r.who == NULL) {
        rc = ir_fail(&c->err, IR_EUSAGE, _("who answered?"));
        ir_err_hint(&c->err, "--who NAME");
    }
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = ir_party_find(c, argv[1], &word);
    if (rc == IR_OK) {
        r.word = word;
        r.text = n == 3 ? argv[3] : NULL;
        fill_way(c, &r);
        rc = record(c, &r);
    }
    if (rc == IR_OK && r.outcome == IR_OUTCOME_FAILED && !c->json)
        ir_buf_adds(&c->talk, _(" Correct it in contacts.lua, then make a "
                                "release and try again.\n"));
    free(joined);
    free(word);
    return rc;
}
