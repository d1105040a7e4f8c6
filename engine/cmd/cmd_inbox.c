/* cmd_inbox.c: `ir inbox`, `ack`, `answer-for`, `alert list|show|status`. */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/alerts.h"
#include "cmd/commands.h"
#include "cmd/keyring.h"
#include "cmd/sender.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX 500 /* bytes of an answer */
#define WAITING_MAX 50

/* Open for reading and load every alert. */
static int
begin(struct ir_ctx *c, enum ir_box_depth depth, bool write, struct ir_box *b)
{
    int rc = ir_ctx_open(c, write);

    if (rc == IR_OK && write)
        rc = ir_ctx_me(c);
    else if (rc == IR_OK)
        ir_ctx_me_soft(c);
    return rc == IR_OK ? ir_box_load(c, depth, NULL, b) : rc;
}

/* Would signing ask for a passphrase? */
static bool
is_locked(struct ir_ctx *c)
{
    enum ir_keyfile form = IR_KEYFILE_BOX;
    int fd;

    if (c->key != NULL)
        return false;
    fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || ir_keyring_form(fd, c->trust.members[c->me].handle, &form,
                                  NULL) != IR_OK)
        form = IR_KEYFILE_BOX;
    if (fd >= 0)
        close(fd);
    return form == IR_KEYFILE_BOX;
}

/* Put alert `a` on the receipt of its incident and status: ids are kept by
 * draft. False: no more room. */
struct shown {
    struct ir_batch b;
    struct {
        uint8_t (*v)[IR_ID_BYTES];
        size_t n;
    } ids[IR_BATCH_MAX];
};

static bool
add_shown(struct shown *s, const struct ir_alert *a)
{
    struct ir_draft *d = NULL;
    size_t i;

    for (i = 0; i < s->b.n; i++) {
        d = &s->b.d[i];
        if (d->status == a->status && d->has_incident == a->has_incident &&
            memcmp(d->incident, a->incident, IR_INCIDENT_BYTES) == 0)
            break;
    }
    if (i == s->b.n && s->b.n == IR_BATCH_MAX)
        return false;
    if (i == s->b.n) {
        d = ir_batch_add(&s->b, NULL, IR_KIND_RECEIPT);
        d->has_incident = a->has_incident;
        memcpy(d->incident, a->incident, IR_INCIDENT_BYTES);
        d->status = (uint8_t)a->status;
    }
    if (s->ids[i].n >= 1000)
        return false;
    s->ids[i].v =
        ir_realloc(s->ids[i].v, (s->ids[i].n + 1) * sizeof s->ids[i].v[0]);
    memcpy(s->ids[i].v[s->ids[i].n++], a->id, IR_ID_BYTES);
    return true;
}

/* Sign that what was just shown was displayed, once for each alert. */
static void
mark_displayed(struct ir_ctx *c, struct ir_box *box)
{
    struct shown *s = ir_calloc(1, sizeof *s);
    size_t i;

    for (i = 0; i < box->rows_n; i++) {
        const struct ir_alert *a = box->rows[i].a;

        if (ir_view_alert_waits(&c->view, &box->rows[i]) &&
            ir_alert_receipt(a, c->me, 2) == NULL && !add_shown(s, a))
            break;
    }
    if (s->b.n > 0 && is_locked(c)) {
        ir_buf_adds(&c->talk,
                    _(" Not signed as displayed: your key has a passphrase. "
                      "An answer (ir ack) says it too.\n"));
        s->b.n = 0;
    }
    for (i = 0; i < s->b.n; i++) {
        ir_bodyw_hashes(&s->b.d[i].body, 1,
                        (const uint8_t(*)[IR_ID_BYTES])s->ids[i].v,
                        s->ids[i].n);
        ir_bodyw_uint(&s->b.d[i].body, 2, 2);
    }
    if (s->b.n > 0 && ir_batch_commit(c, &s->b) != IR_OK) {
        /* the inbox was shown all the same */
        ir_buf_addf(&c->talk, _(" Not signed as displayed: %s\n"), c->err.msg);
        memset(&c->err, 0, sizeof c->err);
        c->not_recorded = false;
    }
    for (i = 0; i < IR_BATCH_MAX; i++)
        free(s->ids[i].v);
    free(s);
}

/* Rows that the inbox shows. */
static struct ir_json *
inbox_json(struct ir_ctx *c, struct ir_box *b, bool all)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < b->rows_n; i++)
        if (ir_view_alert_waits(&c->view, &b->rows[i]) ||
            ir_view_alert_to_cosign(&c->view, &b->rows[i]) ||
            ir_view_alert_to_release(&b->rows[i]) || (all && b->rows[i].for_me))
            ir_json_add_take(arr,
                             ir_view_alert_json(&c->view, &b->rows[i], false));
    return arr;
}

int
ir_cmd_inbox(struct ir_ctx *c, int argc, char **argv)
{
    bool all = false;
    const struct ir_opt opts[] = {{"all", 0, NULL, &all, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_home_line more[WAITING_MAX];
    struct ir_box b = {0};
    size_t more_n;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "inbox", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, !c->json);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = ir_box_load(c, IR_BOX_RECEIPTS, NULL, &b);
    if (rc == IR_OK && c->json) {
        ir_cmd_json_take(c, inbox_json(c, &b, all));
    } else if (rc == IR_OK) {
        more_n = ir_waiting_all(c, more, WAITING_MAX);
        ir_view_inbox(&c->view, b.rows, b.rows_n, more, more_n, all, &c->out);
        ir_waiting_done(more, more_n);
        ir_received_note(c, &c->out);
        ir_ctx_flush(c);
        mark_displayed(c, &b);
    }
    ir_box_done(&b);
    return rc;
}

/* Answers of one's own that stand and another key gave: the new one names
 * them, for it replaces them. */
static void
name_others(const struct ir_ctx *c, const struct ir_alert *a,
            const char *contact, struct ir_draft *d)
{
    size_t i;

    for (i = 0; i < a->said_n && d->refs_n < IR_REFS_MAX; i++) {
        const struct ir_alert_said *s = &a->said[i];
        uint8_t key[IR_KEYID_BYTES];

        ir_key_id(c->key->pub, key);
        if (s->kind == IR_KIND_ACK && s->stands && s->by == c->me &&
            memcmp(s->key, key, sizeof key) != 0 &&
            strcmp(s->contact != NULL ? s->contact : "",
                   contact != NULL ? contact : "") == 0)
            memcpy(d->refs[d->refs_n++], s->entry, IR_ID_BYTES);
    }
}

struct answer {
    uint64_t code;
    const char *text, *contact, *how;
};

static int
put_answer(struct ir_ctx *c, const struct ir_alert *a, const struct answer *w)
{
    struct ir_batch b = {0};
    struct ir_draft *d;
    int rc;

    if (a->state == IR_ALERT_WAITING) {
        ir_fail(&c->err, IR_EREFUSED,
                _("this alert is not out yet: it waits for cosignatures"));
        ir_box_cosign_hint(c, a);
        return IR_EREFUSED;
    }
    if (w->text != NULL && strlen(w->text) > TEXT_MAX)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("an answer holds at most %d bytes"), TEXT_MAX);
    rc = ir_ctx_key(c);
    if (rc != IR_OK)
        return rc;
    d = ir_batch_add(&b, NULL, IR_KIND_ACK);
    d->status = (uint8_t)a->status;
    memcpy(d->refs[0], a->id, IR_ID_BYTES);
    d->refs_n = 1;
    name_others(c, a, w->contact, d);
    ir_bodyw_uint(&d->body, 1, w->code);
    ir_bodyw_text(&d->body, 2, w->text);
    ir_bodyw_text(&d->body, 3, w->contact);
    ir_bodyw_text(&d->body, 4, w->how);
    rc = ir_batch_commit(c, &b);
    if (rc == IR_OK)
        ir_batch_say(c, NULL, &b);
    return rc;
}

int
ir_cmd_ack(struct ir_ctx *c, int argc, char **argv)
{
    bool accept = false, decline = false, done = false;
    const struct ir_opt opts[] = {{"accept", 0, NULL, &accept, NULL, NULL},
                                  {"decline", 0, NULL, &decline, NULL, NULL},
                                  {"done", 0, NULL, &done, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct answer w = {.code = IR_ACK_SEEN};
    struct ir_box b = {0};
    struct ir_valert *row = NULL;
    const struct ir_alert_said *was;
    char *joined = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 2, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 2, "ack", &c->err);
    if (rc == IR_OK && accept + decline + done > 1)
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("one answer at a time: --accept, --decline or --done"));
    if (rc == IR_OK)
        rc = begin(c, IR_BOX_WAITING, true, &b);
    if (rc == IR_OK)
        rc = ir_box_find(&b, argv[1], &row);
    if (rc == IR_OK) {
        w.code = accept    ? IR_ACK_ACCEPT
                 : decline ? IR_ACK_DECLINE
                 : done    ? IR_ACK_DONE
                           : IR_ACK_SEEN;
        w.text = n == 2 ? argv[2] : NULL;
        was = ir_alert_answer(row->a, c->me);
        if (was != NULL && was->code == (int)w.code && w.text == NULL) {
            rc = ir_fail(&c->err, IR_EEXIST, _("you have answered so already"));
        } else {
            rc = put_answer(c, row->a, &w);
        }
    }
    free(joined);
    ir_box_done(&b);
    return rc;
}

/* Is that somebody of the contacts, or a member? */
static bool
is_contact(const struct ir_ctx *c, const char *id)
{
    static const char *const lists[] = {"people", "partners", "authorities"};
    size_t i;

    for (i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (ir_view_contact(&c->view, lists[i], id) != NULL)
            return true;
    return ir_trust_member(&c->trust, id) >= 0;
}

static int
code_of(struct ir_ctx *c, const char *word, uint64_t *code)
{
    static const char *const words[][2] = {{"seen", "確認"},
                                           {"accept", "対応可"},
                                           {"decline", "対応不可"},
                                           {"done", "完了"}};
    size_t i;

    for (i = 0; i < 4; i++)
        if (strcmp(word, words[i][0]) == 0 || strcmp(word, words[i][1]) == 0) {
            *code = i + 1;
            return IR_OK;
        }
    return ir_fail(&c->err, IR_EUSAGE,
                   _("an answer is seen, accept, decline or done, not "
                     "\"%.60s\""),
                   word);
}

int
ir_cmd_answer_for(struct ir_ctx *c, int argc, char **argv)
{
    const char *how = NULL;
    const struct ir_opt opts[] = {{"how", 0, &how, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct answer w = {.code = 0};
    struct ir_box b = {0};
    struct ir_valert *row = NULL;
    char *joined = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 4, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 3, 4, "answer-for", &c->err);
    if (rc == IR_OK)
        rc = code_of(c, argv[3], &w.code);
    if (rc == IR_OK && (how == NULL || how[strspn(how, " \t")] == '\0')) {
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("say how you know what they answered"));
        ir_err_hint(&c->err, _("add: --how \"by phone\""));
    }
    if (rc == IR_OK)
        rc = begin(c, IR_BOX_WAITING, true, &b);
    if (rc == IR_OK && !is_contact(c, argv[1])) {
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("nobody in the contacts is called \"%.60s\""), argv[1]);
        ir_err_hint(&c->err, "ir contacts list");
    }
    if (rc == IR_OK)
        rc = ir_box_find(&b, argv[2], &row);
    if (rc == IR_OK) {
        w.contact = argv[1];
        w.how = how;
        w.text = n == 4 ? argv[4] : NULL;
        rc = put_answer(c, row->a, &w);
    }
    free(joined);
    ir_box_done(&b);
    return rc;
}

int
ir_cmd_alert_list(struct ir_ctx *c, int argc, char **argv)
{
    bool all = false;
    const struct ir_opt opts[] = {{"all", 0, NULL, &all, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_box b = {0};
    size_t i, kept = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "alert list", &c->err);
    if (rc == IR_OK)
        rc = begin(c, IR_BOX_WAITING, false, &b);
    for (i = 0; rc == IR_OK && i < b.rows_n; i++) {
        struct ir_valert t = b.rows[i];

        if (!all && t.a->state != IR_ALERT_OUT &&
            t.a->state != IR_ALERT_WAITING)
            continue;
        b.rows[i] = b.rows[kept]; /* all rows are freed at the end */
        b.rows[kept++] = t;
    }
    if (rc == IR_OK)
        ir_view_alert_sort(b.rows, kept);
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, ir_view_alerts_json(&c->view, b.rows, kept));
    else if (rc == IR_OK)
        ir_view_alerts(&c->view, b.rows, kept, &c->out);
    ir_box_done(&b);
    return rc;
}

static int
show(struct ir_ctx *c, int argc, char **argv, const char *command, bool status)
{
    struct ir_box b = {0};
    struct ir_valert *row = NULL;
    struct ir_json *j;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, command, &c->err);
    if (rc == IR_OK)
        rc = begin(c, IR_BOX_ALL, false, &b);
    if (rc == IR_OK)
        rc = ir_box_find(&b, argv[1], &row);
    if (rc == IR_OK)
        ir_box_whom(&b, row);
    if (rc == IR_OK && c->json) {
        j = ir_view_alert_json(&c->view, row, true);
        ir_outbox_status(c, row->a->id, NULL, j);
        ir_cmd_json_take(c, j);
    } else if (rc == IR_OK) {
        ir_view_alert(&c->view, row, status, &c->out);
        if (status)
            ir_outbox_status(c, row->a->id, &c->out, NULL);
    }
    ir_box_done(&b);
    return rc;
}

int
ir_cmd_alert_show(struct ir_ctx *c, int argc, char **argv)
{
    return show(c, argc, argv, "alert show", false);
}

int
ir_cmd_alert_status(struct ir_ctx *c, int argc, char **argv)
{
    return show(c, argc, argv, "alert status", true);
}
