/* cmd_told.c: `ir report-out told` and `list`: an authority was told by voice,
 * fax or a web form. The telling meets the deadlines it answers and says when
 * the next report is due.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/act.h"
#include "cmd/commands.h"
#include "cmd/report_out.h"
#include "core/text.h"
#include "view/sheet.h"

#include <stdlib.h>
#include <string.h>

struct ir_draft *
ir_told_draft(struct ir_batch *b, const struct ir_case *k,
              const struct ir_telling *t)
{
    struct ir_draft *d = ir_batch_add(b, k, IR_KIND_TOLD);
    const struct ir_ireport *r;
    struct ir_told_due due;
    enum ir_stage stage;
    bool told = false;

    if (t->to != NULL && t->to[0] != '\0' && !ir_is_unknown(t->to)) {
        char *whom = ir_asprintf("%s: %s", t->authority, t->to);

        ir_bodyw_text(&d->body, 1, whom);
        free(whom);
    } else {
        ir_bodyw_text(&d->body, 1, t->authority);
    }
    ir_bodyw_uint(&d->body, 2, t->at_ms > 0 ? (uint64_t)t->at_ms : 0);
    ir_bodyw_text(&d->body, 3,
                  t->means != NULL && t->means[0] != '\0' ? t->means : "phone");
    r = ir_told_report(k->inc, t->authority, t->stage, &told);
    if (r != NULL && !told) {
        ir_bodyw_bytes(&d->body, 4, r->digest, IR_HASH_BYTES);
        ir_bodyw_text(&d->body, 7, t->stage != NULL ? t->stage : r->report);
        memcpy(d->refs[0], r->entry, IR_ID_BYTES);
        d->refs_n = 1;
    } else {
        ir_bodyw_text(&d->body, 4, t->stage);
    }
    if (t->receipt != NULL && t->receipt[0] != '\0' &&
        !ir_is_unknown(t->receipt))
        ir_bodyw_text(&d->body, 5, t->receipt);
    if (t->stage != NULL && ir_stage_parse(t->stage, &stage) &&
        ir_told_next(k->inc, k->site, t->authority, stage, t->at_ms, &due) &&
        !due.provisional && due.due_ms > 0)
        ir_bodyw_uint(&d->body, 6, (uint64_t)due.due_ms);
    return d;
}

/* The open step of the walk that tells this, or -1: it is done with it. */
static int
step_of(const struct ir_ctx *c, const struct ir_case *k,
        const struct ir_telling *t)
{
    size_t i;

    for (i = 0; i < k->inc->steps_n; i++) {
        const struct ir_istep *st = &k->inc->steps[i];
        enum ir_gate gate = IR_GATE_NONE;
        enum ir_stage stage = IR_STAGE_FIRST;

        if (st->step == NULL || st->step->act != IR_ACT_TELL || st->container ||
            st->step->repeat_to != NULL || st->step->measure_text.en != NULL ||
            st->step->service_op != NULL || st->step->clock_id != NULL ||
            (st->state != IR_STEP_READY && st->state != IR_STEP_ACTIVE) ||
            strcmp(st->step->tell, t->authority) != 0)
            continue;
        if (st->step->report != NULL)
            (void)ir_stage_parse(st->step->report, &stage);
        if (strcmp(ir_stage_word(stage), t->stage) == 0 &&
            ir_incident_gate(k->inc, i, c->me, c->view.now_ms, &gate, NULL) ==
                IR_OK)
            return (int)i;
    }
    return -1;
}

void
ir_told_meet(struct ir_batch *b, const struct ir_case *k,
             const struct ir_telling *t)
{
    struct ir_told_deadline v[IR_TOLD_DEADLINES_MAX];
    size_t n = ir_told_deadlines(k->inc, k->site, t->authority, v), i;
    size_t telling = b->n; /* its place in the batch, from 1 */
    enum ir_stage stage = IR_STAGE_FIRST;
    char *basis;

    if (t->stage != NULL)
        (void)ir_stage_parse(t->stage, &stage);
    basis = t->receipt != NULL && t->receipt[0] != '\0' &&
                    !ir_is_unknown(t->receipt)
                ? ir_asprintf(_("told, receipt number %s"), t->receipt)
                : ir_strdup(_("told"));
    for (i = 0; i < n && b->n < IR_BATCH_MAX - 1; i++) {
        struct ir_draft *d;

        if (!ir_told_meets(v, n, i, stage))
            continue;
        b->refers[b->n] = telling;
        d = ir_batch_add(b, k, IR_KIND_CLOCK);
        ir_bodyw_text(&d->body, 1, v[i].id);
        ir_bodyw_uint(&d->body, 2, 2);
        ir_bodyw_text(&d->body, 4, basis);
    }
    free(basis);
}

/* Everything that telling states: who was told, the deadlines it meets, the
 * step it was. */
static void
draft_all(struct ir_ctx *c, const struct ir_case *k, const struct ir_telling *t,
          struct ir_batch *b)
{
    struct ir_said said = {.note = NULL};
    int step = step_of(c, k, t);

    ir_told_draft(b, k, t);
    ir_told_meet(b, k, t);
    if (step >= 0)
        ir_act_draft(b, k, (size_t)step, IR_OP_DONE, &said);
}

/* All of it happened when they were told. */
static int
date_all(struct ir_ctx *c, struct ir_batch *b, const char *at)
{
    size_t i;
    int rc = ir_draft_at(c, &b->d[0], at);

    for (i = 1; rc == IR_OK && i < b->n; i++) {
        b->d[i].has_occurred = b->d[0].has_occurred;
        b->d[i].occurred_ms = b->d[0].occurred_ms;
        b->d[i].occurred_prec = b->d[0].occurred_prec;
    }
    return rc;
}

static void
say_next(struct ir_ctx *c, const struct ir_case *k, const char *authority)
{
    struct ir_told_due due;
    char *when, *left, *title;

    if (!ir_told_open(k->inc, k->site, authority, &due)) {
        ir_buf_adds(&c->out, _(" No further report has a deadline.\n"));
        return;
    }
    when = ir_view_moment(due.due_ms);
    left = ir_view_left(&c->view, due.due_ms);
    title = ir_view_due_title(&c->view, k->site, &due);
    if (due.provisional)
        ir_buf_addf(&c->out,
                    _(" Next, %s: undecided from when it counts.  ir clock "
                      "start %s --from TIME\n"),
                    title, due.id);
    else
        ir_buf_addf(&c->out, _(" Next, %s: due %s (%s).  ir report-out %s\n"),
                    title, when, left, authority);
    free(title);
    free(left);
    free(when);
}

/* Whom they reached, if it was not said: asked, and may be left empty. */
static char *
ask_whom(struct ir_ctx *c, struct ir_telling *t)
{
    char *typed = NULL;

    if (t->to == NULL && ir_ctx_can_ask(c)) {
        typed = ir_ctx_ask(c, _(" Whom did you reach?> "));
        t->to = typed;
    }
    return typed;
}

static int
tell(struct ir_ctx *c, struct ir_case *k, struct ir_telling *t, const char *at,
     const struct ir_stage_words *w)
{
    const struct ir_ireport *r;
    enum ir_stage stage = IR_STAGE_FIRST;
    struct ir_batch b = {0};
    struct ir_now now;
    bool given = false, told = false;
    int prec = 0, rc = ir_stage_given(c, w, &given, &stage);

    ir_clock_now(&now);
    t->at_ms = now.wall_ms;
    if (rc == IR_OK && at != NULL)
        rc = ir_time_parse(at, now.wall_ms, &t->at_ms, &prec, &c->err);
    if (rc != IR_OK)
        return rc;
    r = ir_told_report(k->inc, t->authority, NULL, &told);
    if (!given && (r == NULL || told || r->report == NULL ||
                   !ir_stage_parse(r->report, &stage)))
        stage = ir_told_stage(k->inc, k->site, t->authority);
    t->stage = ir_stage_word(stage);
    draft_all(c, k, t, &b);
    rc = date_all(c, &b, at);
    if (rc == IR_OK)
        rc = ir_batch_record(
            c, k, &b, _("ir report-out told AUTHORITY --to NAME --at TIME"));
    else
        ir_batch_done(&b);
    if (rc == IR_OK && !c->json)
        say_next(c, k, t->authority);
    return rc;
}

int
ir_cmd_report_out_told(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_telling t = {.authority = NULL};
    struct ir_stage_words w = {.report = NULL};
    const struct ir_json *entry = NULL;
    const char *at = NULL;
    const struct ir_opt opts[] = {
        {"to", 0, &t.to, NULL, NULL, NULL},
        {"at", 0, &at, NULL, NULL, NULL},
        {"ref", 0, &t.receipt, NULL, NULL, NULL},
        {"means", 0, &t.means, NULL, NULL, NULL},
        {"report", 0, &w.report, NULL, NULL, NULL},
        {"first", 0, NULL, &w.first, NULL, NULL},
        {"follow-up", 0, NULL, &w.follow_up, NULL, NULL},
        {"final", 0, NULL, &w.final, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    char *typed = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "report-out told", &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin(c, &k);
    if (rc == IR_OK)
        rc = ir_authority_pick(c, argv[1], &entry);
    if (rc == IR_OK) {
        t.authority = ir_json_get_str(entry, "id", "");
        typed = ask_whom(c, &t);
        if (t.to == NULL && !ir_ctx_can_ask(c)) {
            rc = ir_fail(&c->err, IR_EUSAGE, _("whom did you reach?"));
            ir_err_hint(&c->err,
                        _("ir report-out told %s --to NAME (or: --to unknown)"),
                        t.authority);
        }
    }
    if (rc == IR_OK)
        rc = tell(c, &k, &t, at, &w);
    free(typed);
    ir_case_done(&k);
    return rc;
}

/* Every incident, oldest first: with --all. */
static int
list_all(struct ir_ctx *c, struct ir_json *arr)
{
    uint8_t(*ids)[IR_ID_BYTES] = NULL;
    size_t n = 0, i, j;
    int rc = ir_store_incidents(c->st, &ids, &n, &c->err);

    for (i = 0; rc == IR_OK && i < n; i++) {
        struct ir_case k = {0};

        if (ir_case_load(c, ids[i], 0, &k) != IR_OK) {
            memset(&c->err, 0, sizeof c->err);
            continue; /* one that does not count */
        }
        if (c->json) {
            struct ir_json *one = ir_view_told_json(&c->view, k.inc, k.site);

            for (j = 0; j < ir_json_len(one); j++) {
                char *text = ir_json_canonical(ir_json_at(one, j), NULL);
                struct ir_json *copy = NULL;

                if (ir_json_parse(text, strlen(text), &copy, NULL) == IR_OK)
                    ir_json_add_take(arr, copy);
                free(text);
            }
            ir_json_free(one);
        } else if (k.inc->told_n + k.inc->reports_n > 0) {
            ir_buf_addf(&c->out, "%s\n", k.inc->name);
            ir_view_told(&c->view, k.inc, k.site, &c->out);
        }
        ir_case_done(&k);
    }
    free(ids);
    return rc;
}

int
ir_cmd_report_out_list(struct ir_ctx *c, int argc, char **argv)
{
    bool all = false;
    const struct ir_opt opts[] = {{"all", 0, NULL, &all, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_case k = {0};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "report-out list", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK && all) {
        struct ir_json *arr = ir_json_new_arr();

        rc = list_all(c, arr);
        if (rc == IR_OK && c->json)
            ir_cmd_json_take(c, arr);
        else
            ir_json_free(arr);
        return rc;
    }
    if (rc == IR_OK)
        rc = ir_case_current(c, 0, &k);
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, ir_view_told_json(&c->view, k.inc, k.site));
    else if (rc == IR_OK)
        ir_view_told(&c->view, k.inc, k.site, &c->out);
    ir_case_done(&k);
    return rc;
}
