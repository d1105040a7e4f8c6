/* cmd_report_out.c: `ir report-out`: a report to an authority, filled from what
 * is known, as a sheet to read aloud, fax or paste. What nobody knows is "under
 * investigation": no report waits for it.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/time.h"
#include "cmd/commands.h"
#include "cmd/fill.h"
#include "cmd/form.h"
#include "cmd/pick.h"
#include "cmd/report_away.h"
#include "cmd/report_out.h"
#include "core/text.h"
#include "view/menu.h"
#include "view/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWERS_BYTES_MAX 48000 /* of one report: an entry holds 65,536 */

struct drawing {
    struct ir_case k;
    int unkept;           /* it cannot be recorded: an IR_E*, or IR_OK */
    struct ir_err why;    /* with that: in words */
    struct ir_away *away; /* nothing of the log can be read; or NULL */
    const char *authority;
    const struct ir_json *entry, *form, *fields;
    struct ir_json *own; /* a form made here, or NULL */
    enum ir_stage stage;
    struct ir_told_deadline v[IR_TOLD_DEADLINES_MAX];
    size_t v_n;
    const struct ir_told_deadline *deadline;
    const struct ir_ireport *last;
    const char **set;
    size_t set_n;
    struct ir_answers a;
    const char *from[IR_FORM_FIELDS_MAX];
    char *now[IR_FORM_FIELDS_MAX]; /* the record says something newer */
};

/* What the site says of a report to the authority, also where that is only an
 * example that does not apply; NULL: nothing.
 */
static const struct ir_json *
any_deadline(const struct drawing *d)
{
    const struct ir_json *list = ir_json_get(d->k.site, "deadlines");
    size_t i;

    for (i = 0; i < ir_json_len(list); i++)
        if (strcmp(ir_json_get_str(ir_json_at(list, i), "authority", ""),
                   d->authority) == 0)
            return ir_json_at(list, i);
    return NULL;
}

/* The form: of the deadline, of the authority, else what the deadline says the
 * report must contain. */
static int
find_form(struct ir_ctx *c, struct drawing *d)
{
    const char *id = d->deadline != NULL
                         ? ir_json_get_str(d->deadline->json, "form", NULL)
                         : NULL;
    const struct ir_json *of;

    if (id == NULL)
        id = ir_json_get_str(d->entry, "form", NULL);
    if (id != NULL && d->away != NULL)
        d->form = ir_away_form(d->away, id);
    if (d->form != NULL || (id != NULL && d->away == NULL &&
                            ir_form_find(c, id, &d->form) == IR_OK))
        return IR_OK;
    memset(&c->err, 0, sizeof c->err);
    of = d->deadline != NULL ? d->deadline->json : any_deadline(d);
    if (of == NULL) {
        ir_fail(&c->err, IR_ENOTFOUND,
                _("there is no form for \"%s\", and no deadline that says what "
                  "to report"),
                d->authority);
        ir_err_hint(&c->err,
                    _("tell them by telephone, then:  ir report-out told %s "
                      "--to NAME"),
                    d->authority);
        return IR_ENOTFOUND;
    }
    d->own = ir_form_of_deadline(of);
    d->form = d->own;
    return IR_OK;
}

static const char *
last_said(const struct drawing *d, const char *id)
{
    size_t i;

    for (i = 0; d->last != NULL && i < d->last->answers_n; i++)
        if (strcmp(d->last->answers[i].name, id) == 0 &&
            d->last->answers[i].value[0] != '\0')
            return d->last->answers[i].value;
    return NULL;
}

/* A value that is there already, if it is an answer to this question: the last
 * report's, else the record's. *now gets what the record says where that is
 * something else than the last report said.
 *
 * Owns:   the caller frees both with free(); NULL: none.
 */
static char *
known(struct ir_ctx *c, struct drawing *d, const struct ir_json *f,
      const struct ir_var *v, const char **from, char **now)
{
    const char *last = last_said(d, v->name);
    char *own = ir_fill(c, &d->k, d->authority, d->stage, f);
    char *said = NULL, *value = NULL;

    if (own != NULL &&
        (ir_form_value(v, own, c->view.now_ms, &value, NULL) != IR_OK ||
         value[0] == '\0')) {
        free(value);
        value = NULL;
    }
    free(own);
    if (last != NULL && (value == NULL || !ir_fill_is_fresh(f)) &&
        ir_form_value(v, last, c->view.now_ms, &said, NULL) != IR_OK)
        said = NULL;
    *from = value != NULL ? "incident" : "";
    if (said == NULL || (value != NULL && strcmp(said, value) == 0)) {
        free(said);
        return value;
    }
    *from = "last";
    *now = value;
    return said;
}

/* Give field `i` an answer. */
static void
set_answer(struct drawing *d, size_t i, char *value_take, const char *from)
{
    free((void *)(uintptr_t)d->a.v[i].value);
    d->a.v[i].value = value_take;
    d->from[i] = value_take[0] != '\0' ? from : "";
}

enum asked { NEXT, BACK, END };

/* Ask one question; Enter keeps what is known, or leaves it open. Five times
 * nothing that can be read: it stays as it was.
 */
static enum asked
ask_field(struct ir_ctx *c, struct drawing *d, size_t i, const char *help,
          const struct ir_var *v)
{
    int tries;

    for (tries = 0; tries < 5; tries++) {
        struct ir_view_ask_form q = {v, d->a.v[i].value, help, i + 1, d->a.n};
        char *typed, *got = NULL;
        enum asked how = NEXT;
        int rc = IR_OK;

        ir_view_ask_form(&c->talk_view, &q, &c->talk);
        typed = ir_ctx_ask(c, "");
        if (typed == NULL || ir_is_quit(typed))
            how = END;
        else if (strcmp(typed, "back") == 0 ||
                 strcmp(typed, "\xe6\x88\xbb\xe3\x82\x8b") == 0) /* 戻る */
            how = BACK;
        else if (typed[strspn(typed, " \t")] != '\0')
            rc = ir_form_value(v, typed, c->view.now_ms, &got, &c->err);
        free(typed);
        if (got != NULL)
            set_answer(d, i, got, "asked");
        if (rc == IR_OK)
            return how;
        ir_cmd_complain(c);
    }
    return NEXT;
}

/* Ask it, with its help, and with what the record says now where that differs
 * from the last report.
 */
static enum asked
ask_known(struct ir_ctx *c, struct drawing *d, size_t i)
{
    const struct ir_json *f = ir_json_at(d->fields, i);
    const char *help = ir_json_text_of(f, "help");
    char *shown = NULL, *both = NULL;
    enum asked how;
    struct ir_var v;

    ir_form_var(f, &v);
    if (d->now[i] != NULL) {
        shown = ir_view_value(&c->talk_view, &v, d->now[i]);
        both = ir_asprintf(_("The record says now: %s. %s"), shown,
                           help != NULL ? help : "");
        help = both;
    }
    how = ask_field(c, d, i, help, &v);
    free(both);
    free(shown);
    ir_form_var_done(&v);
    return how;
}

static void
ask_all(struct ir_ctx *c, struct drawing *d)
{
    enum asked how = NEXT;
    size_t i = 0;

    ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE,
                 _("Enter alone keeps what is shown, or leaves it \"under "
                   "investigation\". \"back\" goes to the question before; "
                   "\"quit\" ends the questions: the rest stays open, nothing "
                   "is lost."));
    while (i < d->a.n && how != END) {
        bool given = ir_given(d->set, d->set_n, d->a.v[i].name) != NULL;

        if (!given)
            how = ask_known(c, d, i);
        if (how == BACK && i > 0)
            i--;
        else if (how == BACK)
            how = NEXT; /* nothing stands before it: it is asked again */
        else
            i++;
    }
}

/* Nobody is asked: say what may be out of date. */
static void
say_changed(struct ir_ctx *c, struct drawing *d, size_t i)
{
    char *was, *is, *line;
    struct ir_var v;

    ir_form_var(ir_json_at(d->fields, i), &v);
    was = ir_view_value(&c->talk_view, &v, d->a.v[i].value);
    is = ir_view_value(&c->talk_view, &v, d->now[i]);
    line = ir_asprintf(_("%s: kept from the last report: \"%s\"; the record "
                         "says now: \"%s\". Change it by --set"),
                       v.name, was, is);
    ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE, line);
    free(line);
    free(is);
    free(was);
    ir_form_var_done(&v);
}

/* What is said on the command line, or known. */
static int
fill_field(struct ir_ctx *c, struct drawing *d, size_t i)
{
    const struct ir_json *f = ir_json_at(d->fields, i);
    const char *id = ir_json_get_str(f, "id", "");
    const char *said = ir_given(d->set, d->set_n, id);
    char *value = NULL;
    struct ir_var v;
    int rc = IR_OK;

    ir_form_var(f, &v);
    if (said != NULL) {
        rc = ir_form_value(&v, said, c->view.now_ms, &value, &c->err);
        d->from[i] = value != NULL && value[0] != '\0' ? "set" : "";
    } else {
        value = known(c, d, f, &v, &d->from[i], &d->now[i]);
    }
    ir_answers_put(&d->a, id, value != NULL ? value : ir_strdup(""));
    ir_form_var_done(&v);
    return rc;
}

static int
fill_all(struct ir_ctx *c, struct drawing *d)
{
    size_t i, n = ir_json_len(d->fields), bytes = 0;
    int rc = ir_given_check(c, d->set, d->set_n, d->fields);

    for (i = 0; rc == IR_OK && i < n && i < IR_FORM_FIELDS_MAX; i++)
        rc = fill_field(c, d, i);
    if (rc == IR_OK && ir_ctx_can_ask(c))
        ask_all(c, d);
    for (i = 0; rc == IR_OK && i < d->a.n; i++) {
        bytes += strlen(d->a.v[i].value);
        if (d->now[i] != NULL && !ir_ctx_can_ask(c))
            say_changed(c, d, i);
    }
    if (rc == IR_OK && bytes > ANSWERS_BYTES_MAX)
        rc = ir_fail(&c->err, IR_ELIMIT,
                     _("the answers are longer than %d bytes: shorten them, "
                       "and send the rest on paper"),
                     ANSWERS_BYTES_MAX);
    return rc;
}

/* The entry that started the clock of the deadline, or NULL.
 *
 * Owns:   borrowed from the case.
 */
static const uint8_t *
clock_entry(const struct drawing *d)
{
    size_t i;

    for (i = d->k.n; d->deadline != NULL && i-- > 0;)
        if (d->k.e[i]->h.kind == IR_KIND_CLOCK &&
            ir_body_uint_or(d->k.e[i], 2, 0) == 1 &&
            ir_body_is(d->k.e[i], 1, d->deadline->id))
            return d->k.e[i]->id;
    return NULL;
}

static void
draft(const struct drawing *d, struct ir_batch *b)
{
    struct ir_draft *r = ir_batch_add(b, &d->k, IR_KIND_REPORT);
    const uint8_t *clock = clock_entry(d);

    ir_bodyw_text(&r->body, 1, ir_json_get_str(d->form, "id", ""));
    ir_bodyw_pairs(&r->body, 2, d->a.v, d->a.n);
    if (d->a.n == 0)
        ir_bodyw_no_hashes(&r->body, 2);
    ir_bodyw_text(&r->body, 7, d->authority);
    ir_bodyw_text(&r->body, 8, ir_stage_word(d->stage));
    if (clock != NULL) {
        memcpy(r->refs[0], clock, IR_ID_BYTES);
        r->refs_n = 1;
    }
}

/* Write the sheet to a file that is there whole or not at all. */
static int
write_file(struct ir_ctx *c, const char *path, const struct ir_buf *text)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash == NULL   ? ir_strdup(".")
                : slash == path ? ir_strdup("/")
                                : ir_strndup(path, (size_t)(slash - path));
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    if (fd < 0)
        rc = ir_fail(&c->err, errno == ENOENT ? IR_ENOTFOUND : IR_EIO, "%s: %s",
                     dir, strerror(errno));
    else
        rc = ir_path_write(fd, slash != NULL ? slash + 1 : path, text->p,
                           text->len, 0600, true, &c->err);
    if (fd >= 0)
        close(fd);
    free(dir);
    return rc;
}

static void
make_sheet(struct ir_ctx *c, struct drawing *d, struct ir_sheet_field *f,
           struct ir_sheet *s)
{
    size_t i;

    for (i = 0; i < d->a.n; i++)
        f[i] = (struct ir_sheet_field){ir_json_at(d->fields, i),
                                       d->a.v[i].value, d->from[i]};
    *s = (struct ir_sheet){.inc = d->k.inc,
                           .site = d->k.site,
                           .authority = d->authority,
                           .entry = d->entry,
                           .form = d->form,
                           .stage = d->stage,
                           .f = f,
                           .n = d->a.n,
                           .deadline = d->deadline,
                           .away = d->away != NULL,
                           .by = c->me};
}

static void
write_sheet(struct ir_ctx *c, const struct ir_sheet *s, bool json, bool file,
            struct ir_buf *out)
{
    struct ir_view v = c->view;

    if (json) {
        struct ir_json *j = ir_view_sheet_json(&v, s);
        char *text = ir_json_text(j, 0);

        ir_buf_addf(out, "%s\n", text);
        free(text);
        ir_json_free(j);
        return;
    }
    if (file) { /* as it goes on paper */
        v.term = (struct ir_term){.cols = 80, .utf8 = true, .plain = true};
    }
    ir_view_sheet(&v, s, out);
}

/* What to type once they were told. */
static void
say_next(struct ir_ctx *c, const struct drawing *d, const struct ir_sheet *s,
         const char *file)
{
    if (file != NULL)
        ir_buf_addf(&c->out, _(" The sheet stands in %s\n"), file);
    if (s->inc->status != IR_ACTUAL)
        return;
    ir_buf_addf(&c->out,
                _(" Once they were told:  ir report-out told %s --to NAME "
                  "--ref NUMBER\n"),
                d->authority);
}

/* On a terminal a screen at a time: the numbers stand at the top of it. */
static void
show(struct ir_ctx *c, const struct ir_buf *text, bool json)
{
    ir_buf_add(&c->out, text->p, text->len);
    if (!json && !c->in_walk && ir_ctx_can_ask(c))
        free(ir_ctx_page(c, &c->view.term, &c->out, stdout));
}

/* Record the report, then show the sheet: also where it could not be recorded,
 * for it has to be read out all the same. */
static int
finish(struct ir_ctx *c, struct drawing *d, bool json, const char *file)
{
    struct ir_sheet_field f[IR_FORM_FIELDS_MAX];
    struct ir_batch b = {0};
    struct ir_buf text = {0};
    struct ir_sheet s;
    size_t lacks;
    int rc, kept = d->unkept;

    if (kept == IR_OK) {
        draft(d, &b);
        kept = ir_batch_commit(c, &b);
    } else {
        c->err = d->why;
        c->not_recorded = true;
    }
    make_sheet(c, d, f, &s);
    s.id = kept == IR_OK ? b.ids[0] : NULL;
    lacks = d->stage == IR_STAGE_FINAL ? ir_sheet_open(&s, NULL) : 0;
    write_sheet(c, &s, json, file != NULL, &text);
    rc = kept;
    if (file != NULL && rc == IR_OK)
        rc = write_file(c, file, &text);
    if (file == NULL || rc != IR_OK || (c->json && json))
        show(c, &text, json);
    if (kept == IR_OK && !json && !c->json)
        ir_batch_say(c, NULL, &b);
    if (rc == IR_OK && !json && !c->json)
        say_next(c, d, &s, file);
    if (rc == IR_OK && lacks > 0) {
        rc = ir_fail(&c->err, IR_ENO,
                     _("%zu answers of the final report are still under "
                       "investigation"),
                     lacks);
        ir_err_hint(&c->err,
                    _("it is recorded as it stands; a follow-up:  ir "
                      "report-out %s --follow-up"),
                    d->authority);
    }
    ir_buf_done(&text);
    return rc;
}

static int
draw_up(struct ir_ctx *c, struct drawing *d, const char *word,
        const struct ir_stage_words *w)
{
    bool given = false, told = false;
    int rc = ir_authority_pick(c, word, &d->entry);

    if (rc == IR_OK)
        rc = ir_stage_given(c, w, &given, &d->stage);
    if (rc != IR_OK)
        return rc;
    d->authority = ir_json_get_str(d->entry, "id", "");
    d->v_n = ir_told_deadlines(d->k.inc, d->k.site, d->authority, d->v);
    if (!given)
        d->stage = ir_told_stage(d->k.inc, d->k.site, d->authority);
    d->deadline = ir_told_deadline_of(d->v, d->v_n, d->stage);
    d->last = ir_told_report(d->k.inc, d->authority, NULL, &told);
    rc = find_form(c, d);
    if (rc == IR_OK) {
        d->fields = ir_json_get(d->form, "fields");
        rc = fill_all(c, d);
    }
    return rc;
}

/* Begin; where nothing can be written, with what can be read: the sheet has to
 * be read out all the same.
 */
static int
begin(struct ir_ctx *c, struct drawing *d)
{
    int rc = ir_cmd_begin(c, &d->k);

    if (rc == IR_OK || rc == IR_ENOTFOUND || rc == IR_EUSAGE)
        return rc;
    d->unkept = rc;
    d->why = c->err;
    rc = ir_ctx_open(c, false);
    if (rc == IR_OK) {
        ir_ctx_me_soft(c);
        rc = ir_case_current(c, 0, &d->k);
    }
    if (rc != IR_OK && rc != IR_ENOTFOUND && rc != IR_EUSAGE)
        rc = ir_away_open(c, &d->k, &d->away);
    if (rc != IR_OK) {
        c->err = d->why;
        return d->unkept;
    }
    memset(&c->err, 0, sizeof c->err);
    c->not_recorded = false; /* until there is something to be recorded */
    return IR_OK;
}

int
ir_cmd_report_out(struct ir_ctx *c, int argc, char **argv)
{
    const char *set[IR_ARGS_REPEAT_MAX], *format = NULL, *file = NULL;
    struct drawing d = {.set = set};
    struct ir_stage_words w = {.report = NULL};
    const struct ir_opt opts[] = {
        {"first", 0, NULL, &w.first, NULL, NULL},
        {"follow-up", 0, NULL, &w.follow_up, NULL, NULL},
        {"final", 0, NULL, &w.final, NULL, NULL},
        {"set", 0, NULL, NULL, set, &d.set_n},
        {"format", 0, &format, NULL, NULL, NULL},
        {"out", 0, &file, NULL, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    bool json = c->json;
    size_t i;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "report-out", &c->err);
    if (rc == IR_OK && format != NULL) {
        json = strcmp(format, "json") == 0;
        if (!json && strcmp(format, "text") != 0)
            rc = ir_fail(&c->err, IR_EUSAGE, "--format text|json");
    }
    if (rc == IR_OK)
        rc = begin(c, &d);
    if (rc == IR_OK)
        rc = draw_up(c, &d, argv[1], &w);
    if (rc == IR_OK)
        rc = finish(c, &d, json, file);
    ir_answers_done(&d.a);
    for (i = 0; i < IR_FORM_FIELDS_MAX; i++)
        free(d.now[i]);
    ir_json_free(d.own);
    ir_away_done(d.away);
    ir_case_done(&d.k);
    return rc;
}
