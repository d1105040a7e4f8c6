/* alert.c: see alert.h. */
#include "view/alert.h"

#include "base/scan.h"
#include "base/utf8.h"
#include "core/message.h"
#include "view/head.h"
#include "view/line.h"

#include <stdlib.h>
#include <string.h>

#define WORD(table, i)                                                         \
    ((i) >= 0 && (size_t)(i) < sizeof(table) / sizeof((table)[0]) ? (table)[i] \
                                                                  : "unknown")

const char *
ir_alert_state_word(enum ir_alert_state s)
{
    static const char *const w[] = {"waiting", "out", "cancelled", "corrected"};

    return WORD(w, (int)s);
}

const char *
ir_ack_word(int code)
{
    static const char *const w[] = {"", "seen", "accept", "decline", "done"};

    return WORD(w, code);
}

const char *
ir_cancel_word(int reason)
{
    static const char *const w[] = {"", "over", "mistaken", "corrected"};

    return WORD(w, reason);
}

const char *
ir_ack_say(int code)
{
    return code == IR_ACK_SEEN      ? _("seen")
           : code == IR_ACK_ACCEPT  ? _("accepts")
           : code == IR_ACK_DECLINE ? _("declines")
                                    : _("done");
}

bool
ir_view_alert_waits(const struct ir_view *v, const struct ir_valert *r)
{
    return r->for_me && r->a->state == IR_ALERT_OUT &&
           ir_alert_answer(r->a, v->me) == NULL;
}

bool
ir_view_alert_to_cosign(const struct ir_view *v, const struct ir_valert *r)
{
    return r->a->state == IR_ALERT_WAITING && v->me >= 0 && v->me != r->a->by &&
           r->release != IR_RELEASE_MINE &&
           (r->release != IR_RELEASE_OTHERS || r->a->severity <= 1) &&
           !ir_alert_is_cosigned(r->a, v->me);
}

bool
ir_view_alert_to_release(const struct ir_valert *r)
{
    return r->a->state == IR_ALERT_WAITING && r->release == IR_RELEASE_MINE;
}

char *
ir_view_alert_text(const struct ir_view *v, const struct ir_alert *a)
{
    struct ir_buf b = {0};
    char *s;
    size_t i;

    if (a->status != IR_ACTUAL)
        ir_buf_addf(&b, "%s ", ir_message_mark((int)a->status, ir_i18n_lang()));
    if (a->text[0] == '\0')
        ir_buf_addf(&b, _("message number %llu"),
                    (unsigned long long)a->template_no);
    for (i = 0; a->text[0] == '\0' && i < a->args_n; i++)
        ir_buf_addf(&b, "%s%s", i > 0 ? _(", ") : ": ", a->args[i]);
    ir_buf_adds(&b, a->text);
    s = ir_view_safe_n(v, (const char *)b.p, b.len);
    ir_buf_done(&b);
    return s;
}

/* One addressee in words. */
static char *
whom(const struct ir_view *v, const char *to)
{
    const struct ir_json *j;
    const char *title = NULL;

    if (strncmp(to, "role:", 5) == 0)
        return ir_view_role(v, to + 5);
    if (strncmp(to, "contact:", 8) == 0)
        return ir_view_person(v, to + 8, false);
    if (strncmp(to, "audience:", 9) != 0)
        return ir_view_person(v, to, false);
    j = ir_view_contact(v, "audiences", to + 9);
    if (j != NULL)
        title = ir_json_text_of(j, "title");
    return ir_view_safe(v, title != NULL ? title : to + 9);
}

char *
ir_view_alert_to(const struct ir_view *v, const struct ir_alert *a)
{
    struct ir_buf b = {0};
    size_t i;

    if (a->to_n == 0)
        return ir_strdup(_("all members"));
    for (i = 0; i < a->to_n; i++) {
        char *s = whom(v, a->to[i]);

        ir_buf_addf(&b, "%s%s", i > 0 ? _(", ") : "", s);
        free(s);
    }
    return ir_buf_take(&b);
}

static int
by_gravity(const void *a, const void *b)
{
    const struct ir_alert *x = ((const struct ir_valert *)a)->a;
    const struct ir_alert *y = ((const struct ir_valert *)b)->a;

    if ((x->status == IR_ACTUAL) != (y->status == IR_ACTUAL))
        return x->status == IR_ACTUAL ? -1 : 1;
    if (x->severity != y->severity)
        return (x->severity > y->severity) - (x->severity < y->severity);
    if (x->hlc != y->hlc)
        return (x->hlc < y->hlc) - (x->hlc > y->hlc);
    return memcmp(x->id, y->id, IR_ID_BYTES);
}

void
ir_view_alert_sort(struct ir_valert *r, size_t n)
{
    if (n > 0)
        qsort(r, n, sizeof *r, by_gravity);
}

static const char *
short_id(const struct ir_alert *a, struct ir_pool *pool)
{
    char hex[2 * 4 + 1];

    ir_hex(a->id, 4, hex);
    return ir_pool_take(pool, ir_strdup(hex));
}

/* "02:41  Ito to all members, severity 1, IR-7K4Q". */
static const char *
from(const struct ir_view *v, const struct ir_valert *r, struct ir_pool *pool)
{
    const struct ir_alert *a = r->a;
    const char *s =
        ir_pool_f(pool, _("%s  %s to %s, severity %d"),
                  ir_pool_take(pool, ir_view_time(v, a->at_ms)),
                  ir_pool_take(pool, ir_view_member(v, a->by, false)),
                  ir_pool_take(pool, ir_view_alert_to(v, a)), (int)a->severity);

    return r->incident != NULL ? ir_pool_f(pool, "%s  %s", s, r->incident) : s;
}

/* How it stands, in one line. */
static const char *
stands(const struct ir_view *v, const struct ir_valert *r, struct ir_pool *pool)
{
    const struct ir_alert *a = r->a;
    const struct ir_alert_said *end = ir_alert_cancel(a);
    const char *who, *at;

    if (a->state == IR_ALERT_WAITING && r->release >= IR_RELEASE_MINE)
        return ir_pool_f(pool, _("not out yet, waits for its release: %s"),
                         ir_pool_take(pool, ir_view_role(v, r->releases)));
    if (a->state == IR_ALERT_WAITING)
        return ir_pool_f(pool, _("waits for cosignatures: %zu of %llu"),
                         a->given, (unsigned long long)a->needed);
    if (end == NULL)
        return _("out");
    who = ir_pool_take(pool, ir_view_member(v, end->by, false));
    at = ir_pool_take(pool, ir_view_time(v, end->at_ms));
    return ir_pool_f(pool,
                     end->code == IR_CANCEL_CORRECTED  ? _("corrected by %s %s")
                     : end->code == IR_CANCEL_MISTAKEN ? _("sent by mistake, "
                                                           "says %s %s")
                                                       : _("over, says %s %s"),
                     who, at);
}

/* Until when an answer is wanted, "" where nothing is said. */
static const char *
wanted(const struct ir_view *v, const struct ir_alert *a, struct ir_pool *pool)
{
    int64_t by = a->at_ms + (int64_t)a->ack_within_s * 1000;
    const char *at;

    if (a->ack_within_s == 0 || a->ack_within_s > 366 * 86400)
        return "";
    at = ir_pool_take(pool, ir_view_time(v, by));
    return ir_pool_f(pool,
                     by < v->now_ms ? _("answer was wanted by %s:  ")
                                    : _("answer wanted by %s:  "),
                     at);
}

/* What goes with it: the text, or that it is for others to read. */
static void
with_it(const struct ir_view *v, const struct ir_valert *r,
        struct ir_pool *pool, struct ir_buf *out)
{
    if (r->note == NULL)
        return;
    ir_term_para(&v->term, out, 5, NULL, IR_STYLE_NONE,
                 r->secret != NULL
                     ? ir_pool_f(pool, _("Sealed with it: %s"),
                                 ir_pool_take(pool, ir_view_safe(v, r->secret)))
                     : ir_pool_f(pool, _("Sealed for %s: a note (%.8s)"),
                                 ir_pool_take(pool, ir_view_alert_to(v, r->a)),
                                 r->note));
}

static void
inbox_row(const struct ir_view *v, const struct ir_valert *r,
          struct ir_pool *pool, struct ir_buf *out)
{
    const struct ir_alert *a = r->a;
    const struct ir_alert_said *mine = ir_alert_answer(a, v->me);
    const char *id = short_id(a, pool), *what;

    ir_term_row(&v->term, out, 1, IR_STYLE_NONE, from(v, r, pool), IR_STYLE_DIM,
                id);
    ir_term_para(&v->term, out, 5, NULL, IR_STYLE_BOLD,
                 ir_pool_take(pool, ir_view_alert_text(v, a)));
    with_it(v, r, pool, out);
    if (ir_view_alert_to_release(r))
        what = ir_pool_f(pool, _("%s. To release it:  %s"), stands(v, r, pool),
                         ir_pool_cmd(pool, "ir update release %s", id));
    else if (ir_view_alert_to_cosign(v, r))
        what =
            ir_pool_f(pool, _("%s. To let it go out:  %s"), stands(v, r, pool),
                      ir_pool_cmd(pool, "ir alert cosign %s", id));
    else if (ir_view_alert_waits(v, r))
        what = ir_pool_f(pool, "%s%s", wanted(v, a, pool),
                         ir_pool_f(pool,
                                   _("%s  or with --accept, --decline, --done"),
                                   ir_pool_cmd(pool, "ir ack %s", id)));
    else if (mine != NULL)
        what = ir_pool_f(pool, _("%s; you: %s %s"), stands(v, r, pool),
                         ir_ack_say(mine->code),
                         ir_pool_take(pool, ir_view_time(v, mine->at_ms)));
    else
        what = stands(v, r, pool);
    ir_term_para(&v->term, out, 5, NULL, IR_STYLE_NONE, what);
}

void
ir_view_inbox(const struct ir_view *v, const struct ir_valert *r, size_t n,
              const struct ir_home_line *more, size_t more_n, bool all,
              struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t i, shown = more_n;
    int turn;

    for (turn = 0; turn < 3; turn++)
        for (i = 0; i < n; i++) {
            bool waits = ir_view_alert_waits(v, &r[i]);
            bool cosign = ir_view_alert_to_cosign(v, &r[i]) ||
                          ir_view_alert_to_release(&r[i]);

            if ((turn == 0 && waits) || (turn == 1 && cosign) ||
                (turn == 2 && all && !waits && !cosign && r[i].for_me)) {
                inbox_row(v, &r[i], &pool, out);
                shown++;
            }
        }
    for (i = 0; i < more_n; i++) {
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD, more[i].text);
        ir_term_para(&v->term, out, 5, NULL, IR_STYLE_NONE,
                     ir_pool_cmd(&pool, "%s", more[i].command));
    }
    if (shown == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     _("Nothing waits for you."));
    ir_pool_done(&pool);
}

void
ir_view_alerts(const struct ir_view *v, const struct ir_valert *r, size_t n,
               struct ir_buf *out)
{
    struct ir_pool pool = {0};
    size_t i;

    if (n == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE, _("No alerts."));
    for (i = 0; i < n; i++) {
        ir_term_row(&v->term, out, 1, IR_STYLE_NONE, from(v, &r[i], &pool),
                    IR_STYLE_DIM, short_id(r[i].a, &pool));
        ir_term_para(&v->term, out, 5, NULL, IR_STYLE_BOLD,
                     ir_pool_take(&pool, ir_view_alert_text(v, r[i].a)));
        ir_term_para(&v->term, out, 5, NULL, IR_STYLE_NONE,
                     stands(v, &r[i], &pool));
    }
    ir_pool_done(&pool);
}

/* Whose devices have witnessed something other than its author's own: "Mori,
 * Ito"; "" nobody's. */
static const char *
seen_by(const struct ir_view *v, const struct ir_alert_seen *s, size_t n,
        int author, struct ir_pool *pool)
{
    struct ir_buf b = {0};
    size_t i, k;

    for (i = 0; i < n; i++) {
        for (k = 0; k < i && s[k].custodian != s[i].custodian; k++)
            ;
        if (k < i || s[i].custodian == author)
            continue;
        ir_buf_addf(
            &b, "%s%s", b.len > 0 ? _(", ") : "",
            ir_pool_take(pool, ir_view_member(v, s[i].custodian, false)));
    }
    return ir_pool_buf(pool, &b);
}

/* " (witnessed: Mori)" behind what a device of somebody else has seen. */
static const char *
witnessed(const struct ir_view *v, const struct ir_alert_said *s,
          struct ir_pool *pool)
{
    const char *who = seen_by(v, s->seen, s->seen_n, s->by, pool);

    return *who != '\0' ? ir_pool_f(pool, _(" (witnessed: %s)"), who) : "";
}

static const char *
quoted(const struct ir_view *v, const char *text, struct ir_pool *pool)
{
    return text == NULL ? ""
                        : ir_pool_f(pool, _(" (\"%s\")"),
                                    ir_pool_take(pool, ir_view_safe(v, text)));
}

/* One addressee: how far the alert has come. */
static void
person(const struct ir_view *v, const struct ir_valert *r, int who,
       struct ir_pool *pool, struct ir_buf *out)
{
    const struct ir_alert_said *stored = ir_alert_receipt(r->a, who, 1);
    const struct ir_alert_said *shown = ir_alert_receipt(r->a, who, 2);
    const struct ir_alert_said *answer = ir_alert_answer(r->a, who);
    const char *name = ir_pool_take(pool, ir_view_member(v, who, false));
    struct ir_buf b = {0};

    if (answer != NULL)
        ir_buf_addf(&b, "%s %s%s%s", ir_ack_say(answer->code),
                    ir_pool_take(pool, ir_view_time(v, answer->at_ms)),
                    quoted(v, answer->text, pool), witnessed(v, answer, pool));
    else if (shown == NULL && stored == NULL)
        ir_buf_adds(&b, _("not known to have reached them"));
    else
        ir_buf_adds(&b, _("no answer"));
    if (shown != NULL) {
        ir_buf_addf(&b, _("; displayed %s"),
                    ir_pool_take(pool, ir_view_time(v, shown->at_ms)));
        ir_buf_adds(&b, witnessed(v, shown, pool));
    } else if (stored != NULL) {
        ir_buf_addf(&b, _("; stored %s"),
                    ir_pool_take(pool, ir_view_time(v, stored->at_ms)));
        ir_buf_adds(&b, witnessed(v, stored, pool));
    }
    ir_head_labelled(v, name, IR_STYLE_NONE, ir_pool_buf(pool, &b), out);
}

/* How many were called, and what became of that. */
static void
tally(const struct ir_view *v, const struct ir_valert *r, struct ir_pool *pool,
      struct ir_buf *out)
{
    size_t i, all = 0, answered = 0, accept = 0, decline = 0;

    for (i = 0; r->whom != NULL && i < v->trust->members_n; i++) {
        const struct ir_alert_said *s = ir_alert_answer(r->a, (int)i);

        if (!r->whom[i])
            continue;
        all++;
        answered += s != NULL ? 1 : 0;
        accept += s != NULL && s->code == IR_ACK_ACCEPT ? 1 : 0;
        decline += s != NULL && s->code == IR_ACK_DECLINE ? 1 : 0;
    }
    if (all == 0)
        return; /* people of the contacts alone: the table below says it */
    ir_head_labelled(v, _("tally"), IR_STYLE_NONE,
                     ir_pool_f(pool,
                               _("%zu called, %zu answered (%zu accept, %zu "
                                 "decline), %zu silent"),
                               all, answered, accept, decline, all - answered),
                     out);
}

/* Answers for somebody, and by people who were not called; cosignatures. */
static void
others(const struct ir_view *v, const struct ir_valert *r, bool status,
       struct ir_pool *pool, struct ir_buf *out)
{
    size_t i;

    for (i = 0; i < r->a->said_n; i++) {
        const struct ir_alert_said *s = &r->a->said[i];
        const char *who = ir_pool_take(pool, ir_view_member(v, s->by, false));
        const char *at = ir_pool_take(pool, ir_view_time(v, s->at_ms));

        if (s->kind == IR_KIND_APPROVAL)
            ir_head_labelled(
                v, who, IR_STYLE_NONE,
                ir_pool_f(pool, "%s %s%s",
                          s->code == 1 ? _("cosigned") : _("denied"), at,
                          quoted(v, s->text, pool)),
                out);
        else if (s->kind == IR_KIND_ACK && s->stands && s->contact != NULL)
            ir_head_labelled(
                v, ir_pool_take(pool, ir_view_person(v, s->contact, false)),
                IR_STYLE_NONE,
                ir_pool_f(pool, _("%s %s, says %s%s%s"), ir_ack_say(s->code),
                          at, who, quoted(v, s->how, pool),
                          quoted(v, s->text, pool)),
                out);
        else if (s->kind == IR_KIND_ACK && s->stands &&
                 (!status || r->whom == NULL || !r->whom[s->by]))
            ir_head_labelled(v, who, IR_STYLE_NONE,
                             ir_pool_f(pool, "%s %s%s%s", ir_ack_say(s->code),
                                       at, quoted(v, s->text, pool),
                                       witnessed(v, s, pool)),
                             out);
    }
}

void
ir_view_alert(const struct ir_view *v, const struct ir_valert *r, bool status,
              struct ir_buf *out)
{
    const struct ir_alert *a = r->a;
    const struct ir_alert_said *end = ir_alert_cancel(a);
    struct ir_pool pool = {0};
    const char *seen = seen_by(v, a->seen, a->seen_n, a->by, &pool);
    size_t i;

    ir_term_row(&v->term, out, 1, IR_STYLE_NONE, from(v, r, &pool),
                IR_STYLE_DIM, short_id(a, &pool));
    ir_term_para(&v->term, out, 5, NULL, IR_STYLE_BOLD,
                 ir_pool_take(&pool, ir_view_alert_text(v, a)));
    with_it(v, r, &pool, out);
    ir_head_labelled(v, _("state"), IR_STYLE_NONE,
                     ir_pool_f(&pool, "%s%s", stands(v, r, &pool),
                               end != NULL ? quoted(v, end->text, &pool) : ""),
                     out);
    if (end != NULL && end->has_other) {
        char hex[2 * 4 + 1];

        ir_hex(end->other, 4, hex);
        ir_head_labelled(v, _("instead"), IR_STYLE_ACCENT,
                         ir_pool_cmd(&pool, "ir alert show %s", hex), out);
    }
    if (*seen != '\0')
        ir_head_labelled(v, _("witness"), IR_STYLE_NONE,
                         ir_pool_f(&pool, _("devices of %s hold it"), seen),
                         out);
    for (i = 0; status && r->whom != NULL && i < v->trust->members_n; i++)
        if (r->whom[i])
            person(v, r, (int)i, &pool, out);
    others(v, r, status, &pool, out);
    if (status && r->whom != NULL)
        tally(v, r, &pool, out);
    ir_pool_done(&pool);
}
