/* cmd_comms_test.c: `ir comms test`, `ir alert resend`: messages that are sent
 * on purpose once more, or to see whether they arrive. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "cmd/sender.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define TEST_WAIT_S 60 /* for outcomes, if nothing else is said */
#define LOOK_MS 200
#define NAMED_MAX 64 /* contacts on the command line */
#define TEST_SEVERITY 3

/* What a test says, in the language of who gets it: half of an SMS in the other
 * one would be lost on them. */
static const struct {
    const char *lang, *text;
} test_texts[] = {
    {"ja", "\u9023\u7d61\u624b\u6bb5\u306e\u8a66\u9a13"
           "\u3067\u3059\u3002\u4f55\u3082\u8d77\u304d"
           "\u3066\u3044\u307e\u305b\u3093\u3002"},
    {"en", "This is a test of the ways to reach you. Nothing has happened."}};

/* The row of test_texts for a contact. */
static size_t
text_for(struct ir_ctx *c, const char *id)
{
    const struct ir_json *p = ir_view_contact(&c->view, "people", id);

    return strcmp(ir_json_get_str(p, "language", "ja"), "en") == 0 ? 1 : 0;
}

/* Name in `d` from the `from`-th on as many of the people as one alert can
 * name; returns how far it came. */
static size_t
name_some(struct ir_draft *d, const char *text, char *const *ids, size_t from,
          size_t n)
{
    const char *to[IR_ALERT_TO_MAX];
    size_t i, k = 0;

    for (i = from; i < n && k < IR_ALERT_TO_MAX; i++)
        to[k++] = ir_asprintf("contact:%s", ids[i]);
    d->status = IR_TEST;
    ir_bodyw_text(&d->body, 1, text);
    ir_bodyw_uint(&d->body, 2, TEST_SEVERITY);
    ir_bodyw_texts(&d->body, 7, to, k);
    while (k > 0)
        free((void *)(uintptr_t)to[--k]);
    return i;
}

/* Who is to be tried: those named, else all people who have a way.
 *
 * Owns:   ids and the array are the caller's.
 * Errors: IR_ENOTFOUND nobody of that name.
 */
static int
whom(struct ir_ctx *c, int n, char **argv, char ***ids, size_t *ids_n)
{
    const struct ir_json *people = ir_view_contacts(&c->view, "people");
    size_t i, m = people != NULL ? ir_json_len(people) : 0;

    *ids = ir_calloc(m + (size_t)n + 1, sizeof(char *));
    *ids_n = 0;
    for (i = 1; i <= (size_t)n; i++) {
        if (ir_view_contact(&c->view, "people", argv[i]) == NULL) {
            ir_fail(&c->err, IR_ENOTFOUND,
                    _("nobody in the contacts is called \"%.60s\""), argv[i]);
            ir_err_hint(&c->err, "ir contacts list");
            return IR_ENOTFOUND;
        }
        (*ids)[(*ids_n)++] = ir_strdup(argv[i]);
    }
    for (i = 0; n == 0 && i < m; i++) {
        const struct ir_json *p = ir_json_at(people, i);
        const struct ir_json *ways = ir_json_get(p, "channels");

        if (ways != NULL && ir_json_len(ways) > 0)
            (*ids)[(*ids_n)++] = ir_strdup(ir_json_get_str(p, "id", ""));
    }
    if (*ids_n == 0)
        return ir_fail(&c->err, IR_ENOTFOUND,
                       _("nobody in the contacts has a way to be reached"));
    return IR_OK;
}

/* Sign what is needed to name all of those, who read one language. */
static int
sign_for(struct ir_ctx *c, const char *text, char *const *ids, size_t n,
         uint8_t (**out)[IR_ID_BYTES], size_t *out_n)
{
    size_t at = 0;
    int rc = IR_OK;

    while (at < n && rc == IR_OK) {
        struct ir_batch b = {0};

        at = name_some(ir_batch_add(&b, NULL, IR_KIND_ALERT), text, ids, at, n);
        rc = ir_batch_commit(c, &b);
        if (rc != IR_OK)
            break;
        *out = ir_realloc(*out, (*out_n + 1) * sizeof **out);
        memcpy((*out)[(*out_n)++], b.ids[0], IR_ID_BYTES);
        if (!c->json)
            ir_batch_say(c, NULL, &b);
    }
    return rc;
}

/* Sign what is needed to name them all, each in their language. */
static int
sign(struct ir_ctx *c, char *const *ids, size_t n, uint8_t (**out)[IR_ID_BYTES],
     size_t *out_n)
{
    char **some = ir_calloc(n + 1, sizeof *some);
    size_t lang, i, k;
    int rc = IR_OK;

    *out = NULL;
    *out_n = 0;
    for (lang = 0; rc == IR_OK && lang < 2; lang++) {
        for (i = k = 0; i < n; i++)
            if (text_for(c, ids[i]) == lang)
                some[k++] = ids[i];
        rc = sign_for(c, test_texts[lang].text, some, k, out, out_n);
    }
    free(some);
    return rc;
}

/* How many ways of these alerts that need no person have no outcome yet, and
 * how many did not take the message. */
static void
count(struct ir_outbox *o, const uint8_t (*ids)[IR_ID_BYTES], size_t n,
      size_t *open, size_t *bad)
{
    size_t i, k, m;

    *open = *bad = 0;
    for (i = 0; i < n; i++) {
        const struct ir_outgoing *x = ir_outbox_find(o, ids[i]);

        for (k = 0; x != NULL && k < x->to.n; k++)
            for (m = 0; m < x->to.r[k].ways_n; m++) {
                const struct ir_way *w = &x->to.r[k].ways[m];

                if (w->use == IR_WAY_BY_HAND)
                    continue;
                if (w->use == IR_WAY_SHUT || w->last == IR_OUTCOME_FAILED)
                    (*bad)++;
                else if (w->last == 0 || w->last == IR_OUTCOME_TRIED)
                    (*open)++;
            }
    }
}

/* Wait until all ways have an outcome. *o is loaded at the end. */
static int
wait_for(struct ir_ctx *c, const uint8_t (*ids)[IR_ID_BYTES], size_t n,
         int64_t wait_ms, struct ir_outbox *o, size_t *lost)
{
    int64_t until = ir_clock_mono_ms() + wait_ms;
    size_t open = 1, bad = 0;
    int rc = IR_OK;

    memset(o, 0, sizeof *o);
    while (rc == IR_OK) {
        struct ir_now now;

        ir_outbox_done(o);
        rc = ir_outbox_load(c, false, o);
        if (rc != IR_OK)
            break;
        ir_clock_now(&now);
        ir_outbox_plan(o, now.wall_ms);
        count(o, ids, n, &open, &bad);
        if (open == 0 || ir_clock_mono_ms() >= until)
            break;
        (void)poll(NULL, 0, LOOK_MS);
    }
    *lost = open + bad;
    return rc;
}

static void
show(struct ir_ctx *c, struct ir_outbox *o, const uint8_t (*ids)[IR_ID_BYTES],
     size_t n, size_t lost)
{
    struct ir_json *all = c->json ? ir_json_new_arr() : NULL;
    char hex[2 * IR_ID_BYTES + 1];
    size_t i;

    for (i = 0; i < n; i++) {
        const struct ir_outgoing *x = ir_outbox_find(o, ids[i]);

        if (x == NULL)
            continue;
        if (!c->json) {
            ir_outgoing_table(c, x, true, &c->out);
            continue;
        }
        ir_hex(ids[i], IR_ID_BYTES, hex);
        ir_json_add_take(all, ir_json_new_obj());
        ir_json_set_str(ir_json_at(all, ir_json_len(all) - 1), "alert", hex);
        ir_json_set_take(ir_json_at(all, ir_json_len(all) - 1), "to",
                         ir_outgoing_json(x));
    }
    if (c->json) {
        ir_cmd_json_take(c, all);
        return;
    }
    if (lost > 0)
        ir_buf_addf(&c->talk, _(" Ways that did not take the message: %zu.\n"),
                    lost);
    if (n > 0)
        ir_hex(ids[0], 4, hex);
    ir_buf_addf(&c->talk,
                _(" Ways by hand: call, then record it:  ir answer-for CONTACT "
                  "%s seen --how HOW\n"),
                n == 1 ? hex : _("ALERT"));
    ir_buf_adds(&c->talk, _(" What comes back later:  ir comms status\n"));
}

int
ir_cmd_comms_test(struct ir_ctx *c, int argc, char **argv)
{
    const char *within = NULL;
    bool outside = false;
    const struct ir_opt opts[] = {{"for", 0, &within, NULL, NULL, NULL},
                                  {"outside", 0, NULL, &outside, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    uint8_t(*ids)[IR_ID_BYTES] = NULL;
    struct ir_outbox o = {0};
    char **people = NULL;
    size_t people_n = 0, ids_n = 0, lost = 0;
    int64_t s = TEST_WAIT_S;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, NAMED_MAX, "comms test", &c->err);
    if (rc == IR_OK && within != NULL)
        rc = ir_duration_parse(within, strlen(within), &s, &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK && outside)
        return ir_comms_test_outside(c, n, argv);
    if (rc == IR_OK)
        rc = whom(c, n, argv, &people, &people_n);
    if (rc == IR_OK)
        rc = sign(c, people, people_n, &ids, &ids_n);
    ir_ctx_flush(c);
    if (rc == IR_OK)
        rc = wait_for(c, (const uint8_t(*)[IR_ID_BYTES])ids, ids_n, s * 1000,
                      &o, &lost);
    if (rc == IR_OK) {
        show(c, &o, (const uint8_t(*)[IR_ID_BYTES])ids, ids_n, lost);
        rc = lost > 0 ? IR_ENO : IR_OK;
    }
    ir_outbox_done(&o);
    while (people_n > 0)
        free(people[--people_n]);
    free(people);
    free(ids);
    return rc;
}

/* Is that way one to be asked for: it was used, and nobody answered; or it is
 * the first of somebody for whose hours the message waits? */
static bool
is_spent(const struct ir_outgoing *x, const struct ir_recipient *r,
         const struct ir_way *w)
{
    if (ir_deliver_waits(r, x->in.now_ms))
        return w == r->ways;
    return w->use == IR_WAY_OPEN && w->last != 0 &&
           w->last != IR_OUTCOME_TRIED &&
           (w->last != IR_OUTCOME_FAILED || w->given_up);
}

/* Ask anew whoever is silent, or `contact` alone (NULL: all). */
static int
ask_again(struct ir_ctx *c, struct ir_outbox *o, const struct ir_outgoing *x,
          const char *contact, size_t *people)
{
    struct ir_attempt_draft *d = NULL;
    struct ir_signer who;
    struct ir_now now;
    size_t i, k, n = 0, done = 0, before;
    int rc = ir_ctx_key(c);

    *people = 0;
    ir_clock_now(&now);
    for (i = 0; i < x->to.n && rc == IR_OK; i++) {
        const struct ir_recipient *r = &x->to.r[i];

        if (contact != NULL ? strcmp(contact, r->contact) != 0
                            : r->answered || r->reply != NULL)
            continue;
        before = n;
        for (k = 0; k < r->ways_n; k++) {
            if (!is_spent(x, r, &r->ways[k]))
                continue;
            d = ir_realloc(d, (n + 1) * sizeof *d);
            d[n] = ir_attempt_about(x, i, k);
            d[n].outcome = IR_OUTCOME_NO_ANSWER;
            d[n].by = c->trust.members[c->me].handle;
            d[n++].retry_at_ms = now.wall_ms;
        }
        *people += n > before;
    }
    if (rc == IR_OK && n > 0) {
        ir_ctx_signer(c, &who);
        rc = ir_outbox_record_by(o, &who, d, n, &done);
        c->not_recorded = rc != IR_OK;
    }
    if (rc == IR_OK && n > 0)
        rc = ir_comms_mark(c, &c->err);
    free(d);
    return rc;
}

/* May it be sent once more from here? */
static int
check_resend(struct ir_ctx *c, const struct ir_outgoing *x, const char *contact)
{
    char hex[2 * 4 + 1];
    size_t i;

    if (x->mute) {
        ir_fail(&c->err, IR_EREFUSED,
                _("this alert is sent from the device on which it was "
                  "written, for two days"));
        ir_hex(x->row->a->id, 4, hex);
        ir_err_hint(&c->err,
                    _("where that one is dead or cut off:  ir comms "
                      "take %s"),
                    hex);
        return IR_EREFUSED;
    }
    if (x->in.over)
        return ir_fail(&c->err, IR_EREFUSED, _("this alert is not out"));
    for (i = 0; contact != NULL && i < x->to.n; i++)
        if (strcmp(x->to.r[i].contact, contact) == 0)
            return x->to.r[i].answered
                       ? ir_fail(&c->err, IR_EEXIST, _("%.60s has answered"),
                                 contact)
                       : IR_OK;
    return contact == NULL
               ? IR_OK
               : ir_fail(&c->err, IR_ENOTFOUND,
                         _("this alert is not for \"%.60s\""), contact);
}

int
ir_cmd_alert_resend(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_outbox o = {0};
    struct ir_valert *row = NULL;
    const struct ir_outgoing *x = NULL;
    struct ir_now now;
    size_t people = 0;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 2, "alert resend", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = ir_outbox_load(c, true, &o);
    if (rc == IR_OK)
        rc = ir_box_find(&o.box, argv[1], &row);
    if (rc == IR_OK) {
        ir_clock_now(&now);
        ir_outbox_plan(&o, now.wall_ms);
        x = ir_outbox_find(&o, row->a->id);
        rc = check_resend(c, x, n == 2 ? argv[2] : NULL);
    }
    if (rc == IR_OK)
        rc = ask_again(c, &o, x, n == 2 ? argv[2] : NULL, &people);
    if (rc == IR_OK && people > 0)
        (void)ir_comms_kick_due(c);
    if (rc == IR_OK && c->json) {
        struct ir_json *j = ir_json_new_obj();

        ir_json_set_int(j, "asked", (int64_t)people);
        ir_cmd_json_take(c, j);
    } else if (rc == IR_OK) {
        ir_buf_addf(&c->out, _("Asked once more: %zu.\n"), people);
    }
    ir_outbox_done(&o);
    return rc == IR_OK && people == 0 ? IR_ENO : rc;
}
