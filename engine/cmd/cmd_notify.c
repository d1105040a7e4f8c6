/* cmd_notify.c: `ir notify`, `ir alert cancel|correct|cosign`: alerts that are
 * sent, taken back, put right, and let out.
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/alerts.h"
#include "cmd/audience.h"
#include "cmd/commands.h"
#include "cmd/outside.h"
#include "cmd/sender.h"
#include "cmd/update.h"

#include <stdlib.h>
#include <string.h>

#define COSIGN_MAX 99
#define SEVERITY_MAX 9
#define SEVERITY_DEFAULT 2
#define NARROW 233 /* bytes: what the narrowest links take at once */

/* The incident to alert in, if one is open; else outside of all. */
static int
begin_maybe(struct ir_ctx *c, struct ir_case *k, bool *inside)
{
    int rc = ir_ctx_open(c, true);

    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc != IR_OK)
        return rc;
    rc = ir_case_bare(c, k);
    *inside = rc == IR_OK;
    if (rc == IR_ENOTFOUND && c->incident == NULL) {
        memset(&c->err, 0, sizeof c->err);
        rc = IR_OK;
    }
    return rc;
}

/* How many other members it waits for. */
static int
cosign_needed(struct ir_ctx *c, const struct ir_to *to, int64_t severity,
              int64_t asked, int64_t *needed)
{
    int64_t others = (int64_t)ir_trust_people(&c->trust) - 1, least;

    if (asked > others)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("cosignatures asked for: %lld; others who could give "
                         "one: %lld"),
                       (long long)asked, (long long)others);
    least =
        ir_box_least(c, (uint64_t)severity, to->n == 0 || to->outside, c->me);
    *needed = asked > least ? asked : least;
    return IR_OK;
}

struct alert_words {
    const char *text;
    int64_t severity, within, needed;
    const struct ir_to *to;
    bool mesh_only, any_hour;
};

static void
fill(struct ir_draft *d, const struct alert_words *w)
{
    ir_bodyw_text(&d->body, 1, w->text);
    ir_bodyw_uint(&d->body, 2, (uint64_t)w->severity);
    if (w->needed > 0)
        ir_bodyw_uint(&d->body, 3, (uint64_t)w->needed);
    if (w->within > 0)
        ir_bodyw_uint(&d->body, 6, (uint64_t)w->within);
    if (w->to->n > 0)
        ir_bodyw_texts(&d->body, 7, (const char *const *)w->to->v, w->to->n);
    if (w->mesh_only)
        ir_bodyw_uint(&d->body, 8, 1);
    if (w->any_hour)
        ir_bodyw_uint(&d->body, 9, 1);
    d->audience = w->to->audience;
}

/* Say what an alert waits for, who can give it, and what those type. Its author
 * cannot, nor who has cosigned it (`a`, NULL: nobody yet). */
static void
say_cosign(struct ir_ctx *c, const uint8_t *id, const struct ir_alert *a,
           size_t given, size_t needed, int author)
{
    bool shared = ir_ctx_shared(c);
    char hex[2 * 4 + 1], *names = ir_box_cosigners(c, a, author), *said;

    ir_hex(id, 4, hex);
    said = ir_asprintf(_("It waits for others to cosign it: %zu of %zu so far. "
                         "Who can: %s."),
                       given, needed, names);
    ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE, said);
    free(said);
    said = ir_asprintf(shared ? _("They type:  ir --as NAME alert cosign %s")
                              : _("They type on their own device:  ir alert "
                                  "cosign %s"),
                       hex);
    ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE, said);
    free(said);
    free(names);
}

/* Say what becomes of an alert that was just recorded. */
static void
say_next(struct ir_ctx *c, const uint8_t *id, int64_t needed, size_t length)
{
    char hex[2 * 4 + 1];

    if (c->json)
        return;
    ir_hex(id, 4, hex);
    if (needed > 0)
        say_cosign(c, id, NULL, 0, (size_t)needed, c->me);
    else
        ir_outbox_say(c, id, &c->talk);
    if (needed == 0)
        ir_buf_addf(&c->talk, _(" Who has answered:  ir alert status %s\n"),
                    hex);
    if (length > NARROW)
        ir_buf_adds(&c->talk, _(" It is too long for the narrowest links, "
                                "which leave it to the others.\n"));
}

/* Bytes of the entry as it travels; 0: not known. */
static size_t
length_of(struct ir_ctx *c, const uint8_t *id)
{
    struct ir_log log = {0};
    size_t n = 0;

    if (ir_store_load_id(c->st, id, &log, NULL) == IR_OK)
        n = log.e[0].p_len + log.e[0].b_len + IR_SIG_BYTES + 7;
    ir_log_done(&log);
    return n;
}

/* The note that only the audience can read, which the alert names. */
static int
add_secret(struct ir_ctx *c, struct ir_batch *b, const struct ir_case *k,
           const struct ir_to *to, const char *secret)
{
    struct ir_draft *d;

    if (to->n != 1 || to->audience == 0) {
        ir_fail(&c->err, IR_EUSAGE, _("a secret is for one audience"));
        ir_err_hint(&c->err, "ir mesh audience list");
        return IR_EUSAGE;
    }
    d = ir_batch_add(b, k, IR_KIND_NOTE);
    ir_bodyw_text(&d->body, 1, secret);
    return ir_audience_seal_for(c, to->audience, to->v[0] + strlen("audience:"),
                                &d->seal);
}

/* To an audience outside: who writes it without speaking to that has to wait.
 */
static int
outside(struct ir_ctx *c, const struct ir_case *bare, const struct ir_to *to,
        struct alert_words *w)
{
    struct ir_case k = {0};
    int rc = IR_OK;

    if (bare != NULL)
        rc = ir_case_load(c, bare->inc->declare, 0, &k);
    if (rc == IR_OK)
        w->needed = ir_outside_needed(c, k.inc, to->v, to->n, w->needed);
    ir_case_done(&k);
    return rc;
}

int
ir_cmd_notify(struct ir_ctx *c, int argc, char **argv)
{
    const char *severity = NULL, *within = NULL, *cosign = NULL;
    const char *secret = NULL;
    bool no_send = false, at_once = false;
    const struct ir_opt opts[] = {{"severity", 0, &severity, NULL, NULL, NULL},
                                  {"ack-within", 0, &within, NULL, NULL, NULL},
                                  {"cosign", 0, &cosign, NULL, NULL, NULL},
                                  {"secret", 0, &secret, NULL, NULL, NULL},
                                  {"no-send", 0, NULL, &no_send, NULL, NULL},
                                  {"now", 0, NULL, &at_once, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct alert_words w = {.severity = SEVERITY_DEFAULT};
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_to to = {0};
    bool inside = false;
    char *joined = NULL;
    int64_t asked = 0;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 2, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 2, 2, "notify", &c->err);
    if (rc == IR_OK)
        rc = ir_alert_text_check(c, argv[2]);
    if (rc == IR_OK && severity != NULL)
        rc = ir_scan_int(severity, 1, SEVERITY_MAX, &w.severity, &c->err);
    if (rc == IR_OK && cosign != NULL)
        rc = ir_scan_int(cosign, 0, COSIGN_MAX, &asked, &c->err);
    if (rc == IR_OK && within != NULL)
        rc = ir_duration_parse(within, strlen(within), &w.within, &c->err);
    if (rc == IR_OK)
        rc = begin_maybe(c, &k, &inside);
    if (rc == IR_OK)
        rc = ir_to_parse(c, argv[1], &to);
    if (rc == IR_OK)
        rc = cosign_needed(c, &to, w.severity, asked, &w.needed);
    if (rc == IR_OK && to.outside)
        rc = outside(c, inside ? &k : NULL, &to, &w);
    if (rc == IR_OK && inside)
        rc = ir_update_check_notify(c, &k, to.v, to.n, argv[2]);
    if (rc == IR_OK && secret != NULL)
        rc = add_secret(c, &b, inside ? &k : NULL, &to, secret);
    if (rc == IR_OK) {
        w.text = argv[2];
        w.to = &to;
        w.mesh_only = no_send;
        w.any_hour = at_once;
        b.refers[b.n] = b.n; /* the note before it, if there is one */
        fill(ir_batch_add(&b, inside ? &k : NULL, IR_KIND_ALERT), &w);
        rc = ir_alert_record(c, NULL, &b, true);
    } else {
        ir_batch_done(&b);
    }
    if (rc == IR_OK && to.outside)
        ir_outside_say(c, b.ids[b.n - 1]);
    else if (rc == IR_OK)
        say_next(c, b.ids[b.n - 1], w.needed, length_of(c, b.ids[b.n - 1]));
    free(joined);
    ir_to_done(&to);
    ir_case_done(&k);
    return rc;
}

/* Open for writing, with what decides checked, and find the alert. */
static int
begin_about(struct ir_ctx *c, const char *hex, struct ir_box *b,
            struct ir_valert **row)
{
    int rc = ir_ctx_signed(c);

    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = ir_box_load(c, IR_BOX_WAITING, NULL, b);
    if (rc == IR_OK)
        ir_ctx_left_out(c);
    return rc == IR_OK ? ir_box_find(b, hex, row) : rc;
}

/* What is over is not ended once more, nor put right. */
static int
check_open(struct ir_ctx *c, const struct ir_alert *a)
{
    char hex[2 * 4 + 1];

    if (a->state != IR_ALERT_CANCELLED && a->state != IR_ALERT_CORRECTED)
        return IR_OK;
    ir_hex(a->id, 4, hex);
    ir_fail(&c->err, IR_EEXIST, _("this alert has been cancelled already"));
    ir_err_hint(&c->err, "ir alert show %s", hex);
    return IR_EEXIST;
}

/* May its audiences know what those words say? */
static int
check_may(struct ir_box *box, const struct ir_alert *a, const char *words)
{
    const struct ir_incident *inc =
        a->has_incident ? ir_box_incident(box, a->incident) : NULL;

    return ir_update_check_to(box, inc, a->to, a->to_n, words);
}

/* It waits for its release, which takes who speaks to that audience. */
static int
not_this_way(struct ir_ctx *c, const struct ir_valert *row)
{
    char hex[2 * 4 + 1];

    ir_hex(row->a->id, 4, hex);
    ir_fail(&c->err, IR_EREFUSED,
            _("it goes to an audience outside: it is released, not cosigned"));
    ir_err_hint(&c->err, "ir update release %s", hex);
    return IR_EREFUSED;
}

int
ir_cmd_alert_cosign(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_box box = {0};
    struct ir_batch b = {0};
    struct ir_valert *row = NULL;
    struct ir_draft *d;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "alert cosign", &c->err);
    if (rc == IR_OK)
        rc = begin_about(c, argv[1], &box, &row);
    if (rc == IR_OK)
        rc = check_open(c, row->a);
    if (rc == IR_OK && row->release >= IR_RELEASE_MINE && row->a->severity > 1)
        rc = not_this_way(c, row);
    if (rc == IR_OK && row->a->by == c->me) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("you wrote it yourself: it takes somebody else"));
        ir_box_cosign_hint(c, row->a);
    }
    if (rc == IR_OK && ir_alert_is_cosigned(row->a, c->me))
        rc = ir_fail(&c->err, IR_EEXIST, _("you have cosigned it already"));
    if (rc == IR_OK && !c->json) {
        char *text = ir_view_alert_text(&c->talk_view, row->a);

        ir_buf_addf(&c->talk, " \"%s\"\n", text);
        free(text);
    }
    if (rc == IR_OK) {
        d = ir_batch_about(&b, row->a, IR_KIND_APPROVAL);
        ir_bodyw_uint(&d->body, 1, 1);
        ir_bodyw_bytes(&d->body, 2, row->a->id, IR_ID_BYTES);
        rc = ir_batch_commit(c, &b);
    }
    if (rc == IR_OK) {
        ir_batch_say(c, NULL, &b);
    }
    if (rc == IR_OK && !c->json && row->a->given + 1 >= row->a->needed)
        ir_buf_adds(&c->talk, _(" It is out now.\n"));
    else if (rc == IR_OK && !c->json)
        say_cosign(c, row->a->id, row->a, row->a->given + 1,
                   (size_t)row->a->needed, row->a->by);
    ir_box_done(&box);
    return rc;
}

/* The word for why: over, mistaken; also as the screens say it. */
static int
reason_of(struct ir_ctx *c, const char *word, uint64_t *reason)
{
    static const char *const words[][2] = {{"over", "収束"},
                                           {"mistaken", "誤り"}};
    size_t i;

    for (i = 0; word != NULL && i < 2; i++)
        if (strcmp(word, words[i][0]) == 0 || strcmp(word, words[i][1]) == 0) {
            *reason = i + 1;
            return IR_OK;
        }
    ir_fail(&c->err, IR_EUSAGE, _("is it over, or was it mistaken?"));
    ir_err_hint(&c->err, _("add: -r over  or  -r mistaken"));
    return IR_EUSAGE;
}

int
ir_cmd_alert_cancel(struct ir_ctx *c, int argc, char **argv)
{
    const char *why = NULL;
    const struct ir_opt opts[] = {{"reason", 'r', &why, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_box box = {0};
    struct ir_batch b = {0};
    struct ir_valert *row = NULL;
    struct ir_draft *d;
    uint64_t reason = 0;
    char *joined = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 2, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 2, "alert cancel", &c->err);
    if (rc == IR_OK)
        rc = reason_of(c, why, &reason);
    if (rc == IR_OK)
        rc = begin_about(c, argv[1], &box, &row);
    if (rc == IR_OK)
        rc = check_open(c, row->a);
    if (rc == IR_OK && n == 2)
        rc = check_may(&box, row->a, argv[2]);
    if (rc == IR_OK) {
        d = ir_batch_about(&b, row->a, IR_KIND_CANCEL);
        ir_bodyw_text(&d->body, 1, n == 2 ? argv[2] : NULL);
        ir_bodyw_uint(&d->body, 2, reason);
        rc = ir_batch_commit(c, &b);
    }
    if (rc == IR_OK)
        ir_batch_say(c, NULL, &b);
    free(joined);
    ir_box_done(&box);
    return rc;
}

/* The alert that takes the place of `a`, to the same people, and the cancel
 * that says so, together. */
static int
correct(struct ir_ctx *c, struct ir_box *box, const struct ir_alert *a,
        const char *text, struct ir_batch *b)
{
    const struct ir_incident *inc =
        a->has_incident ? ir_box_incident(box, a->incident) : NULL;
    struct ir_to to = {.n = a->to_n, .audience = a->audience};
    struct alert_words w = {.text = text,
                            .severity = (int64_t)a->severity,
                            .within = (int64_t)a->ack_within_s,
                            .needed = (int64_t)a->needed,
                            .mesh_only = a->mesh_only,
                            .any_hour = a->any_hour,
                            .to = &to};
    struct ir_draft *d = ir_batch_about(b, a, IR_KIND_ALERT);
    size_t i;

    for (i = 0; i < a->to_n; i++)
        to.v[i] = a->to[i];
    w.needed = ir_outside_needed(c, inc, to.v, to.n, w.needed);
    fill(d, &w);
    d = ir_batch_about(b, a, IR_KIND_CANCEL);
    ir_bodyw_uint(&d->body, 2, IR_CANCEL_CORRECTED);
    b->names[1] = 1;
    return ir_alert_record(c, NULL, b, true);
}

int
ir_cmd_alert_correct(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_box box = {0};
    struct ir_batch b = {0};
    struct ir_valert *row = NULL;
    char *joined = NULL;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        joined = ir_args_join(argv, 2, &n);
    if (rc == IR_OK)
        rc = ir_args_count(n, 2, 2, "alert correct", &c->err);
    if (rc == IR_OK)
        rc = ir_alert_text_check(c, argv[2]);
    if (rc == IR_OK)
        rc = begin_about(c, argv[1], &box, &row);
    if (rc == IR_OK)
        rc = check_open(c, row->a);
    if (rc == IR_OK)
        rc = check_may(&box, row->a, argv[2]);
    if (rc == IR_OK)
        rc = correct(c, &box, row->a, argv[2], &b);
    if (rc == IR_OK && row->release == IR_RELEASE_NONE)
        say_next(c, b.ids[0], (int64_t)row->a->needed, 0);
    else if (rc == IR_OK)
        ir_outside_say(c, b.ids[0]);
    free(joined);
    ir_box_done(&box);
    return rc;
}
