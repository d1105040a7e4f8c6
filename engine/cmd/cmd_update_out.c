/* cmd_update_out.c: `ir update list|release|told|allow`: how audiences are
 * told, letting words out, noting that they were passed on, and what an
 * audience may know besides.
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/commands.h"
#include "cmd/sender.h"
#include "cmd/update.h"

#include <stdlib.h>
#include <string.h>

/* The incident at hand with its alerts. */
struct at {
    struct ir_case k;
    struct ir_box box;
};

static int
begin(struct ir_ctx *c, bool write, struct at *a)
{
    int rc;

    if (write) {
        rc = ir_cmd_begin_signed(c, &a->k);
    } else {
        rc = ir_ctx_open(c, false);
        if (rc == IR_OK) {
            ir_ctx_me_soft(c);
            rc = ir_case_current(c, 0, &a->k);
        }
    }
    if (rc == IR_OK)
        rc = ir_box_load(c, IR_BOX_WAITING, a->k.inc, &a->box);
    return rc;
}

static void
end(struct at *a)
{
    ir_box_done(&a->box);
    ir_case_done(&a->k);
}

int
ir_cmd_update_list(struct ir_ctx *c, int argc, char **argv)
{
    struct at a = {0};
    struct ir_updates u = {0};
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "update list", &c->err);
    if (rc == IR_OK)
        rc = begin(c, false, &a);
    if (rc == IR_OK)
        rc = ir_updates_load(c, a.k.inc, &a.box, &u);
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, ir_view_updates_json(&c->view, u.v, u.n));
    else if (rc == IR_OK)
        ir_view_updates(&c->view, u.v, u.n, &c->out);
    ir_updates_done(&u);
    end(&a);
    return rc;
}

/* Show what is to be released, in both languages. */
static void
show(struct ir_ctx *c, struct ir_box *box, const struct ir_alert *a)
{
    static const enum ir_lang langs[] = {IR_LANG_JA, IR_LANG_EN};
    char *before = NULL;
    size_t i;

    for (i = 0; i < 2; i++) {
        char *words = ir_box_words(box, a, langs[i]);

        if (words == NULL)
            words = ir_strdup(a->text);
        if (before != NULL && strcmp(before, words) == 0) {
            free(words);
            continue;
        }
        free(before);
        before = ir_strdup(words);
        ir_update_show(&c->talk_view, a->status, langs[i], words, &c->talk);
        free(words);
    }
    free(before);
}

/* The approval that releases the alert, in its incident, with its status. */
static void
add_release(struct ir_batch *b, const struct ir_alert *a)
{
    struct ir_draft *d = ir_batch_about(b, a, IR_KIND_APPROVAL);

    ir_bodyw_uint(&d->body, 1, 1);
    ir_bodyw_bytes(&d->body, 2, a->id, IR_ID_BYTES);
}

static void
add_take(struct ir_ctx *c, struct ir_batch *b, const struct ir_alert *a,
         const char *role)
{
    struct ir_draft *d = ir_batch_add(b, NULL, IR_KIND_ROLE);

    d->has_incident = a->has_incident;
    memcpy(d->incident, a->incident, IR_INCIDENT_BYTES);
    d->status = (uint8_t)a->status;
    ir_bodyw_text(&d->body, 1, role);
    ir_bodyw_bytes(&d->body, 2, c->trust.members[c->me].id, 8);
    ir_bodyw_uint(&d->body, 3, 3);
}

static int
release(struct ir_ctx *c, struct ir_box *box, const struct ir_valert *row,
        struct ir_batch *b)
{
    const struct ir_alert *a = row->a;
    const struct ir_incident *inc =
        a->has_incident ? ir_box_incident(box, a->incident) : NULL;
    bool take = false;
    char hex[2 * 4 + 1], *about;
    int rc;

    ir_hex(a->id, 4, hex);
    if (a->state == IR_ALERT_CANCELLED || a->state == IR_ALERT_CORRECTED)
        return ir_fail(&c->err, IR_EEXIST,
                       _("this alert has been cancelled already"));
    if (row->release == IR_RELEASE_NONE)
        return ir_fail(&c->err, IR_EEXIST,
                       _("it goes to nobody outside: nobody has to release "
                         "it"));
    if (row->release == IR_RELEASE_DONE)
        return ir_fail(&c->err, IR_EEXIST, _("it has been released already"));
    if (!ir_outside_may(c, inc, row->releases, c->me, &take)) {
        about = ir_asprintf("update release %s", hex);
        rc = ir_outside_refuse(c, inc, row->releases, about);
        free(about);
        return rc;
    }
    if (!c->json)
        show(c, box, a);
    if (take && a->has_incident)
        add_take(c, b, a, row->releases);
    add_release(b, a);
    return ir_batch_commit(c, b);
}

/* That it was released, by which ways it goes, and what is by hand. */
static void
say_released(struct ir_ctx *c, const struct ir_alert *was, struct ir_batch *b)
{
    const struct ir_incident *inc;
    const struct ir_alert *a;
    struct ir_box box = {0};
    struct ir_case k = {0};
    struct ir_json *j;

    if (c->json) {
        j = ir_json_new_obj();
        ir_json_set_hex(j, "id", b->ids[b->n - 1], IR_ID_BYTES);
        ir_json_set_hex(j, "alert", was->id, IR_ID_BYTES);
        ir_outbox_update_json(c, was->id, j);
        ir_cmd_json_take(c, j);
        return;
    }
    if (ir_ctx_trust(c) != IR_OK ||
        ir_box_load(c, IR_BOX_WAITING, NULL, &box) != IR_OK ||
        (a = ir_box_alert(&box, was->id)) == NULL) {
        ir_batch_say(c, NULL, b);
        goto out;
    }
    inc = a->has_incident ? ir_box_incident(&box, a->incident) : NULL;
    if (inc != NULL && ir_case_load(c, inc->declare, 0, &k) == IR_OK)
        ir_batch_say(c, &k, b);
    else
        ir_batch_say(c, NULL, b);
    ir_outside_say(c, a->id);
    ir_update_say_hand(c, inc, a);
    ir_case_done(&k);
out:
    ir_box_done(&box);
}

int
ir_cmd_update_release(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_box box = {0};
    struct ir_batch b = {0};
    struct ir_valert *row = NULL;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "update release", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_signed(c);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = ir_box_load(c, IR_BOX_WAITING, NULL, &box);
    if (rc == IR_OK)
        rc = ir_box_find(&box, argv[1], &row);
    if (rc == IR_OK)
        rc = release(c, &box, row, &b);
    if (rc == IR_OK) {
        say_released(c, row->a, &b);
        ir_comms_kick(c);
    }
    ir_box_done(&box);
    return rc;
}

/* The newest word to audience `id` in this incident, or the alert that begins
 * so. */
static int
find_word(struct ir_ctx *c, struct at *a, const char *name,
          const struct ir_valert **row)
{
    struct ir_valert *found = NULL;
    char *to = ir_asprintf("audience:%s", name);
    size_t i, k;
    int rc = IR_OK;

    *row = NULL;
    for (i = 0; i < a->box.rows_n; i++) {
        const struct ir_valert *r = &a->box.rows[i];

        for (k = 0; k < r->a->to_n; k++)
            if (strcmp(r->a->to[k], to) == 0 && r->a->has_incident &&
                memcmp(r->a->incident, a->k.inc->id, IR_INCIDENT_BYTES) == 0 &&
                (r->a->state == IR_ALERT_OUT ||
                 r->a->state == IR_ALERT_WAITING) &&
                (*row == NULL || r->a->hlc > (*row)->a->hlc))
                *row = r;
    }
    free(to);
    if (*row == NULL && ir_view_contact(&c->view, "audiences", name) != NULL) {
        ir_fail(&c->err, IR_ENOTFOUND,
                _("nothing has been written for this audience yet"));
        ir_err_hint(&c->err, "ir update %s", name);
        return IR_ENOTFOUND;
    }
    if (*row == NULL) {
        rc = ir_box_find(&a->box, name, &found);
        *row = found;
    }
    return rc;
}

static int
check_out(struct ir_ctx *c, const struct ir_valert *row)
{
    char hex[2 * 4 + 1];

    if (row->a->state != IR_ALERT_WAITING)
        return IR_OK;
    ir_hex(row->a->id, 4, hex);
    ir_fail(&c->err, IR_EREFUSED,
            _("it has not been released: nothing of it may be said yet"));
    ir_err_hint(&c->err, "ir update release %s", hex);
    return IR_EREFUSED;
}

int
ir_cmd_update_told(struct ir_ctx *c, int argc, char **argv)
{
    const char *means = NULL, *at = NULL, *by = NULL;
    const struct ir_opt opts[] = {{"means", 0, &means, NULL, NULL, NULL},
                                  {"at", 0, &at, NULL, NULL, NULL},
                                  {"by", 0, &by, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    const struct ir_valert *row = NULL;
    struct at a = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    size_t i;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "update told", &c->err);
    if (rc == IR_OK)
        rc = begin(c, true, &a);
    if (rc == IR_OK)
        rc = find_word(c, &a, argv[1], &row);
    if (rc == IR_OK)
        rc = check_out(c, row);
    for (i = 0; rc == IR_OK && i < row->a->to_n && b.n < IR_BATCH_MAX; i++) {
        if (strncmp(row->a->to[i], "audience:", 9) != 0)
            continue;
        d = ir_batch_about(&b, row->a, IR_KIND_ATTEMPT);
        ir_bodyw_text(&d->body, 1, row->a->to[i]);
        ir_bodyw_text(&d->body, 2, means != NULL ? means : "announcement");
        ir_bodyw_uint(&d->body, 3, 2);
        ir_bodyw_text(&d->body, 5, by);
        if (at != NULL)
            rc = ir_draft_at(c, d, at);
    }
    if (rc == IR_OK && b.n == 0)
        rc = ir_fail(&c->err, IR_EUSAGE, _("it is for no audience"));
    if (rc == IR_OK)
        rc = ir_batch_record(c, &a.k, &b, NULL);
    else
        ir_batch_done(&b);
    end(&a);
    return rc;
}

int
ir_cmd_update_allow(struct ir_ctx *c, int argc, char **argv)
{
    const char *reason = NULL;
    const struct ir_opt opts[] = {{"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    const char *allows[2], *role = NULL;
    const struct ir_json *j = NULL;
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *why = NULL, *text, *about;
    bool take = false;
    int fact = -1, n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 2, 2, "update allow", &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin_signed(c, &k);
    if (rc == IR_OK &&
        (j = ir_view_contact(&c->view, "audiences", argv[1])) == NULL) {
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("no audience is called \"%.60s\""), argv[1]);
        ir_err_hint(&c->err, "ir contacts list audiences");
    }
    if (rc == IR_OK && (fact = ir_fact_of_word(argv[2])) < 0) {
        rc = ir_fail(&c->err, IR_EUSAGE, _("\"%.60s\" is no fact"), argv[2]);
        ir_err_hint(
            &c->err,
            "what, when, where, impact, measures, cause, personal-data");
    }
    if (rc == IR_OK) {
        role = ir_json_get_str(j, "releases", "spokesperson");
        about = ir_asprintf("update allow %s %s -r \"WHY\"", argv[1], argv[2]);
        if (!ir_outside_may(c, k.inc, role, c->me, &take))
            rc = ir_outside_refuse(c, k.inc, role, about);
        free(about);
    }
    if (rc == IR_OK)
        rc = ir_reason(c, reason, 0, &why);
    if (rc == IR_OK && take) {
        d = ir_batch_add(&b, &k, IR_KIND_ROLE);
        ir_bodyw_text(&d->body, 1, role);
        ir_bodyw_bytes(&d->body, 2, c->trust.members[c->me].id, 8);
        ir_bodyw_uint(&d->body, 3, 3);
    }
    if (rc == IR_OK) {
        const char *title = ir_json_text_of(j, "title");

        d = ir_batch_add(&b, &k, IR_KIND_DECISION);
        text = ir_asprintf(_("%s may be told: %s"),
                           title != NULL ? title : argv[1],
                           ir_fact_say((enum ir_fact)fact));
        allows[0] = argv[1];
        allows[1] = ir_fact_word((enum ir_fact)fact);
        ir_bodyw_text(&d->body, 1, text);
        ir_bodyw_text(&d->body, 4, why);
        ir_bodyw_texts(&d->body, 6, allows, 2);
        free(text);
        rc = ir_batch_record(c, &k, &b, NULL);
    }
    free(why);
    ir_case_done(&k);
    return rc;
}
