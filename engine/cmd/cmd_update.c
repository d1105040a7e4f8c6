/* cmd_update.c: `ir update AUDIENCE`: words for an audience, asked for by what,
 * when, where, who, why and how, and filled into its template.
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/commands.h"
#include "cmd/pick.h"
#include "cmd/sender.h"
#include "cmd/update.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS_N 6
#define ARGS_MAX 24
#define SEVERITY_DEFAULT 2
#define SEVERITY_MAX 9

struct words {
    struct ir_ctx *c;
    struct ir_case k;
    struct ir_box box;
    const char *id;           /* of the audience */
    const struct ir_json *of; /* of the contacts */
    bool outside;
    unsigned may;
    const struct ir_json *t; /* template, or NULL */
    const char *text;        /* --text, or NULL */
    char *args[ARGS_MAX];    /* "what=..." */
    size_t n;
    int64_t severity;
};

static void
done(struct words *w)
{
    size_t i;

    for (i = 0; i < w->n; i++)
        free(w->args[i]);
    ir_box_done(&w->box);
    ir_case_done(&w->k);
}

/* The audience of that name. */
static int
find_audience(struct words *w, const char *id)
{
    struct ir_ctx *c = w->c;
    struct ir_to to;
    int rc = ir_to_parse(c, id, &to);

    if (rc == IR_OK && (to.n != 1 || strncmp(to.v[0], "audience:", 9) != 0)) {
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("no audience is called \"%.60s\""), id);
        ir_err_hint(&c->err, "ir contacts list audiences");
    }
    if (rc == IR_OK) {
        w->of = ir_view_contact(&c->view, "audiences", to.v[0] + 9);
        w->id = ir_json_get_str(w->of, "id", "");
        w->outside = to.outside;
        w->may = ir_audience_may(c, w->k.inc, w->id);
    }
    ir_to_done(&to);
    return rc;
}

/* The template: as named, else "<audience>-update", else the audience's only
 * one. */
static int
find_template(struct words *w, const char *name)
{
    struct ir_ctx *c = w->c;
    struct ir_buf list = {0};
    const char **names = NULL;
    char *usual = ir_asprintf("%s-update", w->id);
    size_t n = 0, i, mine = 0;

    w->t = ir_template_named(c, w->k.inc, name != NULL ? name : usual);
    free(usual);
    if (w->t != NULL)
        return IR_OK;
    if (c->has_manifest || w->k.inc->has_manifest)
        (void)ir_library_names(
            &c->lib, w->k.inc->has_manifest ? w->k.inc->manifest : c->manifest,
            "template", "", &names, &n, NULL);
    for (i = 0; i < n; i++) {
        const struct ir_json *t = ir_template_named(c, w->k.inc, names[i]);

        if (t == NULL || strcmp(ir_json_get_str(t, "audience", ""), w->id) != 0)
            continue;
        ir_buf_addf(&list, "%s%s", mine++ > 0 ? ", " : "", names[i]);
        w->t = t;
    }
    free(names);
    if (name != NULL || mine != 1) {
        w->t = NULL;
        ir_fail(&c->err, IR_ENOTFOUND,
                name != NULL ? _("there is no template \"%.60s\"")
                             : _("say which template for \"%.60s\""),
                name != NULL ? name : w->id);
        ir_err_hint(&c->err,
                    mine > 0 ? "--template ID: %s"
                             : _("in your own words:  ir update %s --text "
                                 "\"...\""),
                    mine > 0 ? ir_buf_str(&list) : w->id);
    }
    ir_buf_done(&list);
    return w->t != NULL ? IR_OK : IR_ENOTFOUND;
}

/* Which blank is it, "what" or "what.ja=..."? */
static int
blank_of(const char *arg)
{
    size_t len = strcspn(arg, ".=");
    int i;

    for (i = 0; i < BLANKS_N; i++)
        if (strlen(ir_update_blanks[i]) == len &&
            strncmp(ir_update_blanks[i], arg, len) == 0)
            return i;
    return -1;
}

static bool
has(const struct words *w, int blank)
{
    size_t i;

    for (i = 0; i < w->n; i++)
        if (blank_of(w->args[i]) == blank)
            return true;
    return false;
}

/* Keep "NAME=VALUE"; what nobody knows is kept as empty: it reads "under
 * investigation". */
static int
put(struct words *w, const char *name, const char *value)
{
    if (strlen(value) > IR_UPDATE_VALUE_MAX)
        return ir_fail(&w->c->err, IR_EUSAGE,
                       _("%s: at most %d bytes; the rest belongs in a note"),
                       name, IR_UPDATE_VALUE_MAX);
    if (w->n == ARGS_MAX)
        return ir_fail(&w->c->err, IR_EUSAGE, _("more than %d answers"),
                       ARGS_MAX);
    w->args[w->n++] =
        ir_asprintf("%s=%s", name, ir_is_unknown(value) ? "" : value);
    return IR_OK;
}

/* May the audience be told what this blank stands for? */
static int
check_blank(struct words *w, int blank)
{
    const char *name = ir_update_blanks[blank];
    enum ir_fact f = (enum ir_fact)ir_fact_of_blank(name, strlen(name));

    return (w->may & 1U << f) != 0
               ? IR_OK
               : ir_update_refuse_fact(w->c, w->id, f, NULL);
}

/* --set NAME=VALUE, --set NAME.ja=VALUE. */
static int
put_set(struct words *w, const char *set)
{
    const char *eq = strchr(set, '=');
    int blank = blank_of(set), rc;
    char *name;

    if (eq == NULL || blank < 0 ||
        (set[strcspn(set, ".=")] == '.' &&
         strncmp(set + strcspn(set, ".="), ".ja=", 4) != 0 &&
         strncmp(set + strcspn(set, ".="), ".en=", 4) != 0)) {
        ir_fail(&w->c->err, IR_EUSAGE, _("\"%.60s\" names no answer"), set);
        ir_err_hint(&w->c->err, "--set what=..., --set what.ja=...");
        return IR_EUSAGE;
    }
    rc = check_blank(w, blank);
    name = ir_strndup(set, (size_t)(eq - set));
    if (rc == IR_OK)
        rc = put(w, name, eq + 1);
    free(name);
    return rc;
}

/* What the last word to this audience said in that blank, or NULL. */
static const struct ir_alert *
last_of(const struct words *w)
{
    const struct ir_alert *last = NULL;
    size_t i, k;

    for (i = 0; i < w->box.a.n; i++) {
        const struct ir_alert *a = &w->box.a.v[i];

        for (k = 0; k < a->to_n; k++)
            if (a->template_no > 0 && a->has_incident &&
                memcmp(a->incident, w->k.inc->id, IR_INCIDENT_BYTES) == 0 &&
                strncmp(a->to[k], "audience:", 9) == 0 &&
                strcmp(a->to[k] + 9, w->id) == 0)
                last = a;
    }
    return last;
}

/* Take over what was said last in that blank, in each language. */
static void
keep(struct words *w, const struct ir_alert *last, int blank)
{
    size_t i;

    for (i = 0; last != NULL && i < last->args_n && w->n < ARGS_MAX; i++)
        if (blank_of(last->args[i]) == blank)
            w->args[w->n++] = ir_strdup(last->args[i]);
}

static const char *
question(int blank)
{
    static const char *const q[BLANKS_N] = {
        N_("What has happened, in one sentence?"),
        N_("Since when?"),
        N_("Where?"),
        N_("Who is affected?"),
        N_("What is the cause?"),
        N_("What is being done, and what are people asked to do?")};

    return _(q[blank]);
}

/* What Enter means: what was said last, for the time when it began. */
static char *
default_of(struct words *w, const struct ir_alert *last, int blank)
{
    size_t i;

    for (i = 0; last != NULL && i < last->args_n; i++)
        if (blank_of(last->args[i]) == blank)
            return ir_strdup(strchr(last->args[i], '=') + 1);
    if (strcmp(ir_update_blanks[blank], "when") == 0 && w->k.inc->began_ms > 0)
        return ir_view_time(&w->c->view, w->k.inc->began_ms);
    return ir_strdup("");
}

static int
ask_blank(struct words *w, const struct ir_alert *last, int blank)
{
    struct ir_ctx *c = w->c;
    char *dflt = default_of(w, last, blank), *shown, *prompt, *typed;
    int rc = IR_OK;

    shown = ir_view_safe(&c->talk_view, dflt);
    prompt = *dflt != '\0'
                 ? ir_asprintf(_(" %s (%s)> "), question(blank), shown)
                 : ir_asprintf(" %s> ", question(blank));
    typed = ir_ctx_ask(c, prompt);
    if (typed == NULL || ir_is_quit(typed))
        rc = ir_fail(&c->err, IR_EUSAGE, _("left: nothing was recorded"));
    else if (typed[strspn(typed, " \t")] == '\0' && last != NULL &&
             *dflt != '\0')
        keep(w, last, blank);
    else
        rc = put(w, ir_update_blanks[blank],
                 typed[strspn(typed, " \t")] == '\0' ? dflt : typed);
    free(typed);
    free(prompt);
    free(shown);
    free(dflt);
    return rc;
}

/* What the options did not say: asked, else as it was said last. */
static int
fill_rest(struct words *w)
{
    const struct ir_json *body = ir_json_get(w->t, "body");
    unsigned uses = ir_update_uses(ir_json_get_str(body, "en", "")) |
                    ir_update_uses(ir_json_get_str(body, "ja", ""));
    const struct ir_alert *last = last_of(w);
    bool can_ask = ir_ctx_can_ask(w->c) && !w->c->yes;
    int i, rc = IR_OK;

    if (can_ask)
        ir_buf_adds(&w->c->talk,
                    _(" Enter keeps what stands in brackets. Not known: "
                      "\"unknown\"; it then reads \"under investigation\".\n"));
    for (i = 0; i < BLANKS_N && rc == IR_OK; i++) {
        int f =
            ir_fact_of_blank(ir_update_blanks[i], strlen(ir_update_blanks[i]));

        if (has(w, i) || (uses & w->may & 1U << f) == 0)
            continue;
        if (can_ask)
            rc = ask_blank(w, last, i);
        else if (last != NULL)
            keep(w, last, i);
        else if (strcmp(ir_update_blanks[i], "when") == 0) {
            char *when = default_of(w, NULL, i);

            rc = *when != '\0' ? put(w, "when", when) : IR_OK;
            free(when);
        }
    }
    return rc;
}

/* A template's facts beyond what the audience may know; the cause is left
 * open. */
static int
check_template(struct words *w)
{
    const struct ir_json *body = ir_json_get(w->t, "body");
    unsigned more = (ir_update_uses(ir_json_get_str(body, "en", "")) |
                     ir_update_uses(ir_json_get_str(body, "ja", ""))) &
                    ~w->may & ~(1U << IR_FACT_CAUSE);
    int f;

    for (f = 0; f < IR_FACTS_N; f++)
        if ((more & 1U << f) != 0)
            return ir_update_refuse_fact(w->c, w->id, (enum ir_fact)f, NULL);
    return IR_OK;
}

/* What is said in `lang`; may be "". */
static char *
say(const struct words *w, enum ir_lang lang)
{
    const char *body = w->text != NULL
                           ? w->text
                           : ir_json_get_str(ir_json_get(w->t, "body"),
                                             ir_lang_code(lang), "");

    return ir_update_fill(body, lang, (const char *const *)w->args, w->n,
                          w->may);
}

/* Do the words, as they would be said, hold what the audience may not know? */
static int
check_words(struct words *w)
{
    unsigned more = w->text != NULL ? ir_update_uses(w->text) & ~w->may : 0;
    char *ja = say(w, IR_LANG_JA);
    int f, rc = IR_OK;
    size_t i;

    if (w->text != NULL)
        rc = ir_update_check_words(&w->box, w->k.inc, w->id, w->text);
    for (i = 0; rc == IR_OK && i < w->n; i++)
        rc = ir_update_check_words(&w->box, w->k.inc, w->id,
                                   strchr(w->args[i], '=') + 1);
    for (f = 0; f < IR_FACTS_N && rc == IR_OK; f++)
        if ((more & 1U << f) != 0)
            rc = ir_update_refuse_fact(w->c, w->id, (enum ir_fact)f, NULL);
    if (rc == IR_OK)
        rc = ir_alert_text_check(w->c, ja);
    free(ja);
    return rc;
}

/* Show it as it would be read aloud, in both languages. */
static void
show(struct words *w, const struct ir_view *v, struct ir_buf *out)
{
    static const enum ir_lang langs[] = {IR_LANG_JA, IR_LANG_EN};
    size_t i;

    for (i = 0; i < 2; i++) {
        char *words;

        if (w->text != NULL && i > 0 && w->k.inc->status == IR_ACTUAL)
            continue; /* own words are the same in both */
        words = say(w, langs[i]);
        ir_update_show(v, w->k.inc->status, langs[i], words, out);
        ir_buf_addc(out, '\n');
        free(words);
    }
}

static void
draft(struct words *w, struct ir_batch *b, int64_t needed)
{
    struct ir_draft *d = ir_batch_add(b, &w->k, IR_KIND_ALERT);
    int64_t number = w->t != NULL ? ir_json_get_int(w->t, "number", 0) : 0;
    char *to = ir_asprintf("audience:%s", w->id), *ja, *en, *both;
    const char *v[1] = {to};

    if (number > 0 && w->text == NULL) {
        ir_bodyw_uint(&d->body, 4, (uint64_t)number);
        ir_bodyw_texts(&d->body, 5, (const char *const *)w->args, w->n);
    } else {
        ja = say(w, IR_LANG_JA);
        en = say(w, IR_LANG_EN);
        both = w->text != NULL ? ir_strdup(ja) : ir_asprintf("%s\n%s", ja, en);
        ir_bodyw_text(&d->body, 1, both);
        free(both);
        free(ja);
        free(en);
    }
    ir_bodyw_uint(&d->body, 2, (uint64_t)w->severity);
    if (needed > 0)
        ir_bodyw_uint(&d->body, 3, (uint64_t)needed);
    ir_bodyw_texts(&d->body, 7, v, 1);
    d->audience = (uint64_t)ir_json_get_int(w->of, "number", 0);
    free(to);
}

/* Record it; with `release` under the role that releases it, taken if nobody
 * holds it. */
static int
record(struct words *w, bool release, struct ir_batch *b)
{
    struct ir_ctx *c = w->c;
    const char *role = ir_json_get_str(w->of, "releases", "spokesperson");
    char *to = ir_asprintf("audience:%s", w->id), *about;
    int64_t needed = 0, least;
    bool take = false;
    int rc = IR_OK;

    if (release && w->outside &&
        !ir_outside_may(c, w->k.inc, role, c->me, &take)) {
        about = ir_asprintf("update %s ... --release", w->id);
        rc = ir_outside_refuse(c, w->k.inc, role, about);
        free(about);
    }
    if (rc == IR_OK && release && take) {
        struct ir_draft *d = ir_batch_add(b, &w->k, IR_KIND_ROLE);

        ir_bodyw_text(&d->body, 1, role);
        ir_bodyw_bytes(&d->body, 2, c->trust.members[c->me].id, 8);
        ir_bodyw_uint(&d->body, 3, 3);
    } else if (rc == IR_OK) {
        needed = ir_outside_needed(c, w->k.inc, &to, 1, 0);
    }
    least = ir_box_least(c, (uint64_t)w->severity, w->outside, c->me);
    if (rc == IR_OK) {
        draft(w, b, needed > least ? needed : least);
        rc = ir_alert_record(c, &w->k, b, !c->json);
    }
    free(to);
    return rc;
}

/* What becomes of it, and what a person still has to do. */
static void
say_next(struct words *w, const uint8_t id[IR_ID_BYTES])
{
    struct ir_ctx *c = w->c;
    struct ir_json *j, *texts;
    const struct ir_alert *a;
    char *ja, *en;

    if (c->json) {
        j = ir_json_new_obj();
        ja = say(w, IR_LANG_JA);
        en = say(w, IR_LANG_EN);
        ir_json_set_hex(j, "id", id, IR_ID_BYTES);
        ir_json_set_str(j, "audience", w->id);
        ir_json_set_str(j, "template",
                        w->t != NULL ? ir_json_get_str(w->t, "id", "") : NULL);
        ir_json_set_str(j, "status", ir_view_status_word(w->k.inc->status));
        texts = ir_json_set_take(j, "texts", ir_json_new_obj());
        ir_json_set_str(texts, "ja", ja);
        ir_json_set_str(texts, "en", en);
        ir_outbox_update_json(c, id, j);
        ir_cmd_json_take(c, j);
        free(ja);
        free(en);
        return;
    }
    show(w, &c->view, &c->out);
    if (w->outside)
        ir_outside_say(c, id);
    else
        ir_outbox_say_update(c, id, &c->talk);
    if (w->outside && w->k.inc->status != IR_ACTUAL)
        ir_buf_adds(&c->talk,
                    _(" Exercise: it is shown, and leaves by no channel.\n"));
    ir_box_done(&w->box);
    /* not with the incident at hand: it was folded before this */
    if (ir_box_load(c, IR_BOX_WAITING, NULL, &w->box) == IR_OK &&
        (a = ir_box_alert(&w->box, id)) != NULL)
        ir_update_say_hand(c, w->k.inc, a);
}

int
ir_cmd_update(struct ir_ctx *c, int argc, char **argv)
{
    const char *answer[BLANKS_N] = {NULL}, *template = NULL, *text = NULL;
    const char *severity = NULL, *sets[IR_ARGS_REPEAT_MAX];
    size_t sets_n = 0, s;
    bool release = false;
    const struct ir_opt opts[] = {{"what", 0, &answer[0], NULL, NULL, NULL},
                                  {"when", 0, &answer[1], NULL, NULL, NULL},
                                  {"where", 0, &answer[2], NULL, NULL, NULL},
                                  {"who", 0, &answer[3], NULL, NULL, NULL},
                                  {"why", 0, &answer[4], NULL, NULL, NULL},
                                  {"how", 0, &answer[5], NULL, NULL, NULL},
                                  {"set", 0, NULL, NULL, sets, &sets_n},
                                  {"template", 0, &template, NULL, NULL, NULL},
                                  {"text", 0, &text, NULL, NULL, NULL},
                                  {"severity", 0, &severity, NULL, NULL, NULL},
                                  {"release", 0, NULL, &release, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct words w = {.c = c, .severity = SEVERITY_DEFAULT};
    struct ir_batch b = {0};
    int i, n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "update", &c->err);
    if (rc == IR_OK && severity != NULL)
        rc = ir_scan_int(severity, 1, SEVERITY_MAX, &w.severity, &c->err);
    w.text = text;
    if (rc == IR_OK)
        rc = ir_cmd_begin_signed(c, &w.k);
    if (rc == IR_OK)
        rc = ir_box_load(c, IR_BOX_WAITING, w.k.inc, &w.box);
    if (rc == IR_OK)
        rc = find_audience(&w, argv[1]);
    if (rc == IR_OK && text == NULL)
        rc = find_template(&w, template);
    if (rc == IR_OK && text == NULL)
        rc = check_template(&w);
    for (i = 0; i < BLANKS_N && rc == IR_OK; i++)
        if (answer[i] != NULL) {
            rc = ir_is_unknown(answer[i]) ? IR_OK : check_blank(&w, i);
            if (rc == IR_OK)
                rc = put(&w, ir_update_blanks[i], answer[i]);
        }
    for (s = 0; s < sets_n && rc == IR_OK; s++)
        rc = put_set(&w, sets[s]);
    if (rc == IR_OK && text == NULL)
        rc = fill_rest(&w);
    if (rc == IR_OK)
        rc = check_words(&w);
    if (rc == IR_OK && ir_ctx_can_ask(c)) {
        show(&w, &c->talk_view, &c->talk);
        if (!ir_ctx_yes(c, _("Is that what is to be said?"), true))
            rc = ir_fail(&c->err, IR_EUSAGE, _("left: nothing was recorded"));
    }
    if (rc == IR_OK)
        rc = record(&w, release, &b);
    else
        ir_batch_done(&b);
    if (rc == IR_OK)
        say_next(&w, b.ids[b.n - 1]);
    done(&w);
    return rc;
}
