/* cmd_call.c: `ir call`: working down a contact tree until somebody answers.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/callrun.h"
#include "cmd/commands.h"
#include "core/message.h"

#include <stdlib.h>
#include <string.h>

#define SEVERITY 2
#define REPLY_MAX 500 /* bytes */

/* What a command about calls begins with. */
struct start {
    struct ir_case k;
    bool inside;
    const struct ir_json *tree; /* borrowed from the contacts */
};

/* Open, and look which incident is meant, if one is. */
static int
begin(struct ir_ctx *c, bool write, struct start *s)
{
    int rc = ir_ctx_open(c, write);

    if (rc == IR_OK && write)
        rc = ir_ctx_me(c);
    else if (rc == IR_OK)
        ir_ctx_me_soft(c);
    if (rc != IR_OK)
        return rc;
    rc = ir_case_bare(c, &s->k);
    s->inside = rc == IR_OK;
    if (rc == IR_ENOTFOUND && c->incident == NULL) {
        memset(&c->err, 0, sizeof c->err);
        rc = IR_OK;
    }
    return rc;
}

/* The tree of that name, else which there are. */
static int
find_tree(struct ir_ctx *c, const char *id, const struct ir_json **tree)
{
    const struct ir_json *all = ir_view_contacts(&c->view, "trees");
    struct ir_buf b = {0};
    size_t i;

    *tree = ir_view_contact(&c->view, "trees", id);
    if (*tree != NULL)
        return IR_OK;
    ir_fail(&c->err, IR_ENOTFOUND, _("no contact tree is called \"%.60s\""),
            id);
    for (i = 0; all != NULL && i < ir_json_len(all); i++)
        ir_buf_addf(&b, "%s%s", i > 0 ? " " : "",
                    ir_json_get_str(ir_json_at(all, i), "id", ""));
    if (b.len > 0)
        ir_err_hint(&c->err, _("there are: %s"), ir_buf_str(&b));
    ir_buf_done(&b);
    return IR_ENOTFOUND;
}

static struct ir_callwhich
which_of(const struct start *s, const char *tree)
{
    return (struct ir_callwhich){.tree = tree,
                                 .incident = s->inside ? s->k.inc->id : NULL};
}

/* The text of the alert: the tree's words in the author's language, or the
 * author's own.
 *
 * Errors: IR_EUSAGE too long, or nothing to say.
 */
static int
text_of(struct ir_ctx *c, const struct start *s, const char *own,
        const char **text)
{
    const char *say = ir_json_text_of(s->tree, "say");

    *text = own != NULL ? own : say != NULL ? say : "";
    return ir_alert_text_check(c, *text);
}

/* Sign the alert that calls down the tree. */
static int
sign(struct ir_ctx *c, const struct start *s, const char *own)
{
    int64_t within = ir_json_get_int(s->tree, "wait", 0);
    const char *text = NULL, *to;
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *word;
    int rc = text_of(c, s, own, &text);

    if (rc != IR_OK)
        return rc;
    word = ir_asprintf("tree:%s", ir_json_get_str(s->tree, "id", ""));
    to = word;
    d = ir_batch_add(&b, s->inside ? &s->k : NULL, IR_KIND_ALERT);
    ir_bodyw_text(&d->body, 1, text);
    ir_bodyw_uint(&d->body, 2, SEVERITY);
    /* the next way of one person opens no later than the next level */
    if (within > 0 && within * 1000 < IR_DELIVER_WAIT_MS)
        ir_bodyw_uint(&d->body, 6, (uint64_t)within);
    ir_bodyw_texts(&d->body, 7, &to, 1);
    rc = ir_alert_record(c, NULL, &b, !c->json);
    free(word);
    return rc;
}

/* Ask those once more whose turn has begun and who have said nothing. */
static int
ask_again(struct ir_ctx *c, struct ir_callrun *r, size_t *asked)
{
    const struct ir_recips *to = &r->x->to;
    struct ir_callhand *h = NULL;
    struct ir_now now;
    size_t i, k, n = 0;
    int rc;

    ir_clock_now(&now);
    *asked = 0;
    for (i = 0; i < to->n; i++) {
        const struct ir_recipient *p = &to->r[i];
        size_t was = n;

        if (p->answered || p->reply != NULL || p->first_ms == 0)
            continue;
        for (k = 0; k < p->ways_n; k++) {
            if (p->ways[k].last == 0 || p->ways[k].use == IR_WAY_SHUT ||
                p->ways[k].last == IR_OUTCOME_TRIED)
                continue;
            h = ir_realloc(h, (n + 1) * sizeof *h);
            h[n++] = (struct ir_callhand){.contact = p->contact,
                                          .channel = p->ways[k].channel,
                                          .address = p->ways[k].address,
                                          .outcome = IR_OUTCOME_NO_ANSWER,
                                          .retry_at_ms = now.wall_ms};
        }
        *asked += n > was;
    }
    rc = n > 0 ? ir_callrun_record(c, r->x->row->a, h, n) : IR_OK;
    ir_callrun_stale(r);
    free(h);
    return rc;
}

static int
code_of(const struct ir_callrun *r)
{
    return r->view.state == IR_VCALL_TRIED ? IR_ENO : IR_OK;
}

/* Say how it stands: the object of --json, else the tally. */
static void
say(struct ir_ctx *c, struct ir_callrun *r)
{
    if (c->json) {
        ir_cmd_json_take(c, ir_view_call_json(&c->view, &r->view));
        return;
    }
    ir_view_call(&c->view, &r->view, 0, &c->out);
    ir_view_call_end(&c->view, &r->view, &c->out);
}

static void
say_left(struct ir_ctx *c, const struct ir_callrun *r)
{
    char *said = ir_asprintf(_("It goes on. How it stands:  ir call status %s"),
                             r->view.tree);

    ir_term_para(&c->view.term, &c->out, 1, NULL, IR_STYLE_NONE, said);
    free(said);
}

static bool
runs(const struct ir_callrun *r)
{
    return r->x != NULL && (r->view.state == IR_VCALL_RUNS ||
                            r->view.state == IR_VCALL_WAITING);
}

/* What was asked for, where a call of that tree is known. *fresh: a new one is
 * to be begun. */
static int
go_on(struct ir_ctx *c, const struct start *s, struct ir_callrun *r,
      const char *text, bool again, bool *fresh)
{
    const char *id = ir_json_get_str(s->tree, "id", "");
    size_t asked = 0;
    int rc;

    *fresh = false;
    if (again && (r->x == NULL || r->view.state == IR_VCALL_ENDED)) {
        ir_fail(&c->err, IR_ENOTFOUND, _("nobody was called by that tree"));
        ir_err_hint(&c->err, "ir call %s", id);
        return IR_ENOTFOUND;
    }
    if (again) {
        rc = r->view.state == IR_VCALL_MET ? IR_OK : ask_again(c, r, &asked);
        if (rc == IR_OK && !c->json)
            ir_buf_addf(&c->talk, _(" Asked once more: %zu.\n"), asked);
        return rc;
    }
    if (runs(r) && text != NULL) {
        ir_fail(&c->err, IR_EEXIST, _("that tree is being called already"));
        ir_err_hint(&c->err, "ir call end %s", id);
        return IR_EEXIST;
    }
    *fresh = !runs(r) && (r->x == NULL || text != NULL || !s->inside ||
                          r->view.state == IR_VCALL_ENDED);
    if (runs(r) && !c->json)
        ir_buf_adds(&c->talk, _(" That tree is being called already.\n"));
    return IR_OK;
}

int
ir_cmd_call(struct ir_ctx *c, int argc, char **argv)
{
    const char *text = NULL;
    bool again = false, fresh = false, left = false, changed;
    const struct ir_opt opts[] = {{"text", 0, &text, NULL, NULL, NULL},
                                  {"again", 0, NULL, &again, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct start s = {.tree = NULL};
    struct ir_callwhich which;
    struct ir_callrun r = {.c = c};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "call", &c->err);
    if (rc == IR_OK)
        rc = begin(c, true, &s);
    if (rc == IR_OK)
        rc = find_tree(c, argv[1], &s.tree);
    if (rc == IR_OK) {
        which = which_of(&s, argv[1]);
        rc = ir_callrun_load(c, &which, &r);
    }
    if (rc == IR_OK)
        rc = go_on(c, &s, &r, text, again, &fresh);
    if (rc == IR_OK && fresh) {
        rc = sign(c, &s, text);
        ir_callrun_done(&r);
        if (rc == IR_OK)
            rc = ir_callrun_load(c, &which, &r);
    } else if (rc == IR_OK) {
        rc = ir_callrun_again(&r, &changed);
    }
    if (rc == IR_OK && r.x == NULL)
        rc = ir_fail(&c->err, IR_ENOTFOUND, _("the call is gone"));
    if (rc == IR_OK && r.x != NULL && r.x->to.n == 0 && !c->json)
        ir_buf_adds(&c->talk,
                    r.view.status == IR_ACTUAL
                        ? _(" Nobody of that tree can be called.\n")
                        : _(" Exercise: nobody outside is called. Say aloud "
                            "whom you would call.\n"));
    if (rc == IR_OK)
        ir_comms_kick(c);
    if (rc == IR_OK && (runs(&r) || ir_callrun_to_dial(&r)) && !c->json &&
        ir_ctx_can_ask(c) && c->view.term.tty) {
        rc = ir_call_live(&r, &left);
        if (rc == IR_OK)
            ir_view_call_end(&c->view, &r.view, &c->out);
    } else if (rc == IR_OK) {
        say(c, &r);
    }
    if (rc == IR_OK && runs(&r) && !c->json)
        say_left(c, &r);
    if (rc == IR_OK)
        rc = code_of(&r);
    ir_callrun_done(&r);
    ir_case_done(&s.k);
    return rc;
}

/* Is there a newer one of the same tree in the same incident? */
static bool
is_newest(const struct ir_outbox *o, const struct ir_outgoing *x)
{
    const struct ir_alert *a = x->row->a;
    size_t i;

    for (i = 0; i < o->n; i++) {
        const struct ir_alert *b = o->v[i].row->a;

        if (o->v[i].tree.json == x->tree.json &&
            a->has_incident == b->has_incident &&
            memcmp(a->incident, b->incident, IR_INCIDENT_BYTES) == 0 &&
            b->hlc > a->hlc)
            return false;
    }
    return true;
}

/* Of one tree what is newest; else what runs, and what there is here. */
static bool
is_shown(const struct ir_callrun *r, const struct start *s, const char *tree)
{
    const struct ir_alert *a = r->x->row->a;
    bool here = s->inside && a->has_incident &&
                memcmp(a->incident, s->k.inc->id, IR_INCIDENT_BYTES) == 0;

    if (tree != NULL)
        return strcmp(tree, r->view.tree) == 0 &&
               (here || !s->inside || runs(r));
    return here || runs(r);
}

int
ir_cmd_call_status(struct ir_ctx *c, int argc, char **argv)
{
    struct start s = {.tree = NULL};
    struct ir_callwhich which = {.tree = NULL};
    struct ir_callrun r = {.c = c};
    struct ir_json *all = c->json ? ir_json_new_arr() : NULL;
    size_t i, shown = 0;
    int n = 0, code = IR_OK, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "call status", &c->err);
    if (rc == IR_OK)
        rc = begin(c, false, &s);
    if (rc == IR_OK && n == 1)
        rc = find_tree(c, argv[1], &s.tree);
    if (rc == IR_OK)
        rc = ir_callrun_load(c, &which, &r);
    for (i = 0; rc == IR_OK && i < r.o.n; i++) {
        if (r.o.v[i].tree.json == NULL || !is_newest(&r.o, &r.o.v[i]))
            continue;
        ir_callrun_view(&r, &r.o.v[i]);
        if (!is_shown(&r, &s, n == 1 ? argv[1] : NULL))
            continue;
        if (c->json)
            ir_json_add_take(all, ir_view_call_json(&c->view, &r.view));
        else
            say(c, &r);
        code = code_of(&r) != IR_OK ? code_of(&r) : code;
        shown++;
    }
    if (rc == IR_OK && shown == 0 && n == 1)
        rc =
            ir_fail(&c->err, IR_ENOTFOUND, _("nobody was called by that tree"));
    else if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, all);
    else if (rc == IR_OK && shown == 0)
        ir_buf_adds(&c->out, _("Nobody is being called.\n"));
    if (rc != IR_OK)
        ir_json_free(all);
    ir_callrun_done(&r);
    ir_case_done(&s.k);
    return rc == IR_OK ? code : rc;
}

int
ir_cmd_call_end(struct ir_ctx *c, int argc, char **argv)
{
    struct start s = {.tree = NULL};
    struct ir_callwhich which;
    struct ir_callrun r = {.c = c};
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *joined = NULL;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 2, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 2, "call end", &c->err);
    if (rc == IR_OK)
        rc = begin(c, true, &s);
    if (rc == IR_OK)
        rc = find_tree(c, argv[1], &s.tree);
    if (rc == IR_OK) {
        which = which_of(&s, argv[1]);
        rc = ir_callrun_load(c, &which, &r);
    }
    if (rc == IR_OK && (r.x == NULL || r.view.state == IR_VCALL_ENDED))
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("nobody is being called by that tree"));
    if (rc == IR_OK && r.x != NULL) {
        d = ir_batch_about(&b, r.x->row->a, IR_KIND_CANCEL);
        ir_bodyw_text(&d->body, 1, n == 2 ? argv[2] : NULL);
        ir_bodyw_uint(&d->body, 2, IR_CANCEL_OVER);
        rc = ir_batch_commit(c, &b);
    }
    if (rc == IR_OK)
        ir_batch_say(c, NULL, &b);
    free(joined);
    ir_callrun_done(&r);
    ir_case_done(&s.k);
    return rc;
}

static const struct ir_recipient *
recipient(const struct ir_outgoing *x, const char *contact)
{
    size_t i;

    for (i = 0; i < x->to.n; i++)
        if (strcmp(x->to.r[i].contact, contact) == 0)
            return &x->to.r[i];
    return NULL;
}

/* Which alert somebody replies to: the one their number names, else the newest
 * that they were sent. */
static struct ir_outgoing *
replied_to(struct ir_outbox *o, const char *contact, uint64_t number)
{
    struct ir_outgoing *best = NULL;
    size_t i;

    for (i = 0; i < o->n; i++) {
        struct ir_outgoing *x = &o->v[i];

        if (x->row->a->state != IR_ALERT_OUT || recipient(x, contact) == NULL ||
            (number > 0 && x->number != number))
            continue;
        if (best == NULL || x->row->a->hlc > best->row->a->hlc)
            best = x;
    }
    return best;
}

int
ir_cmd_call_reply(struct ir_ctx *c, int argc, char **argv)
{
    const char *means = NULL;
    const struct ir_opt opts[] = {{"means", 0, &means, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct start s = {.tree = NULL};
    struct ir_outbox o = {0};
    struct ir_outgoing *x = NULL;
    struct ir_callhand h = {.outcome = IR_OUTCOME_REPLIED};
    struct ir_now now;
    char *joined = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 2, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 2, 2, "call reply", &c->err);
    if (rc == IR_OK && strlen(argv[2]) > REPLY_MAX)
        rc = ir_fail(&c->err, IR_EUSAGE, _("an answer holds at most %d bytes"),
                     REPLY_MAX);
    if (rc == IR_OK)
        rc = begin(c, true, &s);
    if (rc == IR_OK)
        rc = ir_outbox_load(c, true, &o);
    if (rc == IR_OK) {
        ir_clock_now(&now);
        ir_outbox_plan(&o, now.wall_ms);
        (void)ir_reply_read(argv[2], &h.number);
        x = replied_to(&o, argv[1], h.number);
        if (x == NULL)
            rc = ir_fail(&c->err, IR_ENOTFOUND,
                         _("nothing that is out was for \"%.60s\""), argv[1]);
        if (x == NULL)
            ir_err_hint(&c->err, "ir comms status");
    }
    if (rc == IR_OK && x != NULL) {
        h.contact = argv[1];
        h.channel = means != NULL ? means : "sms";
        h.reply = argv[2];
        rc = ir_callrun_record(c, x->row->a, &h, 1);
    }
    if (rc == IR_OK && !c->json)
        ir_buf_adds(&c->talk, _(" Recorded as what they claim; their own "
                                "answer (ir ack) would be signed.\n"));
    if (rc == IR_OK)
        ir_comms_kick(c);
    free(joined);
    ir_outbox_done(&o);
    ir_case_done(&s.k);
    return rc;
}
