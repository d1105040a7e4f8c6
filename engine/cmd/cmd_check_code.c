/* cmd_check_code.c: `ir check-code`: is what somebody got a message of ours? */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "cmd/alerts.h"
#include "cmd/commands.h"
#include "cmd/outside.h"
#include "cmd/pasted.h"
#include "cmd/signed.h"
#include "core/deliver.h"
#include "core/message.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS_MAX 24      /* that are read in a text */
#define MISSED_MAX 99999999 /* alerts of one summary */

/* What a text that was typed is found to be. */
struct found {
    bool yes;
    uint64_t summary; /* it is one of so many alerts; 0: it is none */
    bool unknown;     /* it would be, but nothing here says it was sent */
};

static void
add_number(uint64_t *v, size_t *n, uint64_t x)
{
    size_t i;

    for (i = 0; i < *n; i++)
        if (v[i] == x)
            return;
    if (x > 0 && x <= MISSED_MAX && *n < NUMBERS_MAX)
        v[(*n)++] = x;
}

/* For how many alerts the summaries stand that were sent about `a`. */
static size_t
summaries(struct ir_ctx *c, const struct ir_alert *a, uint64_t v[NUMBERS_MAX])
{
    struct ir_log log = {0};
    size_t i, n = 0;

    if (ir_store_load_kind(c->st, a->has_incident ? a->incident : NULL,
                           IR_KIND_ATTEMPT, &log, NULL) == IR_OK)
        (void)ir_signed_only(&c->trust, ir_store_site(c->st), true, &log);
    for (i = 0; i < log.n; i++) {
        struct ir_attempt t;

        if (ir_trust_admits(&c->trust, &log.e[i], NULL) != IR_OK ||
            ir_attempt_read(&log.e[i], &t, NULL) != IR_OK)
            continue;
        if (memcmp(t.alert, a->id, IR_ID_BYTES) == 0)
            add_number(v, &n, t.stands_for);
        ir_attempt_done(&t);
    }
    ir_log_done(&log);
    return n;
}

/* The numbers that stand in a text. */
static size_t
numbers_in(const char *typed, uint64_t v[NUMBERS_MAX])
{
    struct ir_buf b = {0};
    const char *p;
    size_t n = 0;

    ir_utf8_narrow(&b, typed);
    for (p = ir_buf_str(&b); *p != '\0'; p++) {
        uint64_t x = 0;

        if (!isdigit((unsigned char)*p))
            continue;
        for (; isdigit((unsigned char)*p) && x <= MISSED_MAX; p++)
            x = 10 * x + (uint64_t)(*p - '0');
        add_number(v, &n, x);
        if (*p == '\0')
            break;
    }
    ir_buf_done(&b);
    return n;
}

/* Is it a summary of which `in` is the newest, of as many as `v` has? */
static uint64_t
summary_of(const struct ir_message_in *in, const char *typed, const uint64_t *v,
           size_t n)
{
    struct ir_message_in as = *in;
    size_t i;

    as.what = IR_MESSAGE_MISSED;
    for (i = 0; i < n; i++) {
        as.missed = v[i];
        if (ir_check_text(&as, typed))
            return v[i];
    }
    return 0;
}

/* Is it one that was sent, or only made like one? */
static void
find_summary(const struct ir_message_in *in, const char *typed,
             const uint64_t *sent, size_t sent_n, struct found *f)
{
    uint64_t said[NUMBERS_MAX];
    size_t said_n = numbers_in(typed, said);

    uint64_t n = summary_of(in, typed, sent, sent_n);

    f->yes = n > 0;
    if (!f->yes && !f->unknown) {
        n = summary_of(in, typed, said, said_n);
        f->unknown = n > 0;
    }
    if (n > 0)
        f->summary = n;
}

/* Is `typed` what was sent of the alert: itself, word that it is over, or a
 * summary of which it is the newest, in either language? */
static struct found
find_text(struct ir_box *b, const struct ir_valert *row, const char *typed)
{
    struct ir_ctx *c = b->c;
    const struct ir_json *org =
        c->view.site != NULL ? ir_json_get(c->view.site, "organisation") : NULL;
    const struct ir_alert *a = row->a;
    const struct ir_alert_said *end = ir_alert_cancel(a);
    char *author = ir_view_member(&c->view, a->by, false), *ender = NULL;
    char *when = ir_view_stamp(a->at_ms), *ended = NULL;
    struct ir_message_in in = {.what = IR_MESSAGE_ALERT,
                               .alert = a->id,
                               .status = a->status,
                               .severity = a->severity,
                               .incident = row->incident,
                               .author = author,
                               .text = a->text,
                               .when = when};
    struct found f = {.yes = false};
    uint64_t sent[NUMBERS_MAX];
    size_t sent_n = summaries(c, a, sent);
    bool same = false;
    int lang;

    if (end != NULL) {
        ender = ir_view_member(&c->view, end->by, false);
        ended = ir_view_stamp(end->at_ms);
    }
    for (lang = IR_LANG_EN; !same && lang <= IR_LANG_JA; lang++) {
        struct ir_message_in over;
        char *words = ir_box_words(b, a, (enum ir_lang)lang);

        in.text = words != NULL ? words : a->text;
        over = in;
        in.site =
            org != NULL
                ? ir_json_get_str(org, ir_lang_code((enum ir_lang)lang), NULL)
                : NULL;
        in.what = IR_MESSAGE_ALERT;
        same = ir_check_text(&in, typed);
        in.what = IR_MESSAGE_CORRECT;
        same = same || (a->refs_n > 0 && ir_check_text(&in, typed));
        over.site = in.site;
        over.what = IR_MESSAGE_CANCEL;
        over.author = ender;
        over.when = ended;
        if (end != NULL && end->text != NULL && end->text[0] != '\0')
            over.text = end->text;
        same = same || (end != NULL && ir_check_text(&over, typed));
        if (!same) {
            find_summary(&in, typed, sent, sent_n, &f);
            same = f.yes;
        } else {
            f.summary = 0;
        }
        free(words);
    }
    free(author);
    free(ender);
    free(when);
    free(ended);
    f.yes = same;
    f.unknown = f.unknown && !same;
    return f;
}

static void
para(struct ir_ctx *c, enum ir_style style, const char *text)
{
    ir_term_para(&c->view.term, &c->out, 1, NULL, style, text);
}

/* What was sent of it, to the reader: of a call, with the words of its tree.
 *
 * Owns:   the caller frees with free().
 */
static char *
sent_text(struct ir_box *b, const struct ir_alert *a)
{
    struct ir_alert as = *a;
    char *words =
        a->template_no == 0 ? ir_box_words(b, a, ir_i18n_lang()) : NULL;
    char *text, *p;

    if (words != NULL)
        as.text = words;
    for (p = words; p != NULL && (p = strchr(p, '\n')) != NULL;)
        *p = ' ';
    text = ir_view_alert_text(&b->c->view, &as);
    free(words);
    return text;
}

/* What the alert of that code is. */
static void
say_alert(struct ir_box *b, const struct ir_valert *row)
{
    struct ir_ctx *c = b->c;
    const struct ir_alert *a = row->a;
    const struct ir_alert_said *end = ir_alert_cancel(a);
    char *text = sent_text(b, a);
    char *who = ir_view_member(&c->view, a->by, true);
    char *at = ir_view_weektime(&c->view, a->at_ms), *line;

    line = ir_asprintf("\"%s\"", text);
    para(c, IR_STYLE_BOLD, line);
    free(line);
    line = ir_asprintf(_("Signed by %s, %s. %s"), who, at,
                       a->status == IR_ACTUAL     ? _("Actual, no exercise.")
                       : a->status == IR_EXERCISE ? _("EXERCISE only: nothing "
                                                      "of it is actual.")
                                                  : _("TEST only."));
    para(c, IR_STYLE_NONE, line);
    free(line);
    if (a->state == IR_ALERT_WAITING && row->release >= IR_RELEASE_MINE) {
        char *role = ir_view_role(&c->view, row->releases);

        line = ir_asprintf(_("It waits for its release by the %s: it was not "
                             "sent to anybody."),
                           role);
        para(c, IR_STYLE_BOLD, line);
        free(line);
        free(role);
    } else if (a->state == IR_ALERT_WAITING) {
        para(c, IR_STYLE_BOLD,
             _("It waits for cosignatures: it was not sent to anybody."));
    }
    if (end != NULL) {
        free(who);
        free(at);
        who = ir_view_member(&c->view, end->by, false);
        at = ir_view_weektime(&c->view, end->at_ms);
        line = ir_asprintf(
            end->code == IR_CANCEL_CORRECTED
                ? _("It no longer holds: corrected by %s, %s.")
            : end->code == IR_CANCEL_MISTAKEN
                ? _("It no longer holds: sent by mistake, says %s, %s.")
                : _("It no longer holds: over, says %s, %s."),
            who, at);
        para(c, IR_STYLE_BOLD, line);
        free(line);
    }
    free(text);
    free(who);
    free(at);
}

static struct ir_json *
alert_json(struct ir_ctx *c, const struct ir_valert *row)
{
    static const char *const statuses[] = {"actual", "exercise", "test"};
    const struct ir_alert *a = row->a;
    struct ir_json *j = ir_json_new_obj();
    char *who = ir_view_member(&c->view, a->by, false);
    char *at = ir_view_stamp(a->at_ms), hex[2 * IR_ID_BYTES + 1];

    ir_hex(a->id, IR_ID_BYTES, hex);
    ir_json_set_str(j, "id", hex);
    ir_json_set_str(j, "text", a->text);
    ir_json_set_str(j, "by", who);
    ir_json_set_str(j, "at", at);
    ir_json_set_str(j, "status", statuses[a->status <= 2 ? a->status : 0]);
    ir_json_set_str(j, "state", ir_alert_state_word(a->state));
    free(who);
    free(at);
    return j;
}

/* The answer, yes or no, and why. */
static void
say_answer(struct ir_ctx *c, bool known, const struct found *f,
           const char *code, const char *typed)
{
    bool yes = f->yes;
    char *line;

    if (!known) {
        line = ir_asprintf(_("NO: no alert that is known here has the code "
                             "%s."),
                           code);
        para(c, IR_STYLE_BOLD, line);
        free(line);
        para(c, IR_STYLE_NONE,
             _("Do not act on the message. It may not have come to this device "
               "yet: ask whoever is said to have sent it, by a number you "
               "know."));
    } else if (f->summary > 0) {
        line = ir_asprintf(
            yes ? _("YES: it is the summary of %llu alerts that was sent. The "
                    "newest of them:")
                : _("NO: nothing here says that a summary of %llu alerts was "
                    "sent. That may not have come to this device yet: ask "
                    "whoever is said to have sent it, by a number you know. "
                    "What has this code:"),
            (unsigned long long)f->summary);
        para(c, IR_STYLE_BOLD, line);
        free(line);
    } else if (!yes && typed != NULL) {
        para(c, IR_STYLE_BOLD,
             _("NO: the code is one of ours, but the text is another one. What "
               "was signed:"));
    } else if (!yes) {
        para(c, IR_STYLE_BOLD, _("NO: what has this code was never sent."));
    } else {
        para(c, IR_STYLE_BOLD,
             typed != NULL ? _("YES: code and text are what was signed.")
                           : _("YES: this code is one of ours. Compare the "
                               "text:"));
    }
}

/* The code may have been typed in two words: "K7QM 2F9X". */
static int
read_code(struct ir_ctx *c, int *n, char **argv, char code[IR_CHECK_CODE_MAX])
{
    char *both;
    int rc = ir_check_code_parse(argv[1], code, &c->err), i;

    if (rc == IR_OK || *n < 2 || strlen(argv[1]) > 12)
        return rc;
    both = ir_asprintf("%s%.20s", argv[1], argv[2]);
    if (ir_check_code_parse(both, code, NULL) == IR_OK) {
        memset(&c->err, 0, sizeof c->err);
        rc = IR_OK;
        for (i = 2; i <= *n; i++)
            argv[i] = argv[i + 1];
        (*n)--;
    }
    free(both);
    return rc;
}

/* The text that somebody got, if it was typed or is pasted.
 *
 * Owns:   *typed is the caller's, free(), or NULL.
 */
static int
read_typed(struct ir_ctx *c, bool paste, int n, char **argv, char **typed)
{
    struct ir_buf text = {0};
    bool ended = false;
    char *joined;
    int rc = IR_OK;

    if (paste) {
        rc = ir_args_count(n, 1, 1, "check-code", &c->err);
        if (rc == IR_OK)
            rc = ir_pasted(c, &text, &ended);
        if (rc == IR_OK && text.len > 0)
            *typed = ir_strdup(ir_buf_str(&text));
        ir_buf_done(&text);
    } else if (n > 1) {
        joined = ir_args_join(argv, 2, &n);
        *typed = ir_strdup(argv[2]);
        free(joined);
    }
    return rc;
}

int
ir_cmd_check_code(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_valert *row = NULL;
    char code[IR_CHECK_CODE_MAX], other[IR_CHECK_CODE_MAX];
    bool paste = false;
    const struct ir_opt opts[] = {{"paste", 0, NULL, &paste, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    char *typed = NULL;
    struct ir_json *j, *all;
    struct ir_box b = {0};
    struct found f = {.yes = false}, one;
    bool known = false;
    size_t i;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 99, "check-code", &c->err);
    if (rc == IR_OK)
        rc = read_code(c, &n, argv, code);
    if (rc == IR_OK)
        rc = read_typed(c, paste, n, argv, &typed);
    if (rc == IR_OK)
        rc = ir_ctx_signed(c);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = ir_box_load(c, IR_BOX_WAITING, NULL, &b);
    if (rc != IR_OK)
        goto out;
    all = ir_json_new_arr();
    for (i = 0; i < b.rows_n; i++) {
        ir_check_code(b.rows[i].a->id, other);
        if (strcmp(code, other) != 0)
            continue;
        known = true;
        if (b.rows[i].a->state != IR_ALERT_WAITING) {
            one = typed != NULL ? find_text(&b, &b.rows[i], typed)
                                : (struct found){.yes = true};
            if (one.yes)
                row = &b.rows[i];
            if (one.yes || !f.yes)
                f = one;
        }
        ir_json_add_take(all, alert_json(c, &b.rows[i]));
    }
    if (c->json) {
        j = ir_json_new_obj();
        ir_json_set_str(j, "code", code);
        ir_json_set_str(j, "answer", f.yes ? "yes" : "no");
        ir_json_set_bool(j, "known", known);
        ir_json_set_int(j, "summary_of", f.yes ? (int64_t)f.summary : 0);
        ir_json_set_take(j, "alerts", all);
        ir_cmd_json_take(c, j);
    } else {
        ir_json_free(all);
        if (f.yes && row != NULL && row->a->status != IR_ACTUAL)
            para(c, IR_STYLE_BOLD,
                 row->a->status == IR_EXERCISE
                     ? _("EXERCISE: nothing of it is actual.")
                     : _("TEST: nothing of it is actual."));
        say_answer(c, known, &f, code, typed);
        for (i = 0; i < b.rows_n; i++) {
            ir_check_code(b.rows[i].a->id, other);
            if (row != NULL ? &b.rows[i] == row : strcmp(code, other) == 0)
                say_alert(&b, &b.rows[i]);
        }
    }
    rc = f.yes ? IR_OK : IR_ENO;
out:
    free(typed);
    ir_box_done(&b);
    return rc;
}
