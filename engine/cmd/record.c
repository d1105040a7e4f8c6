/* record.c: recording drafts and saying so, see case.h. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/wake.h"
#include "cmd/canary.h"
#include "cmd/case.h"
#include "cmd/own.h"
#include "cmd/sender.h"
#include "view/menu.h"
#include "view/refusal.h"

#include <stdlib.h>
#include <string.h>

struct ir_draft *
ir_batch_add(struct ir_batch *b, const struct ir_case *k, uint64_t kind)
{
    struct ir_draft *d = &b->d[b->n++];

    memset(d, 0, sizeof *d);
    d->kind = kind;
    if (k != NULL) {
        d->has_incident = true;
        memcpy(d->incident, k->inc->id, IR_INCIDENT_BYTES);
        d->status = (uint8_t)k->inc->status;
    }
    return d;
}

struct ir_draft *
ir_batch_about(struct ir_batch *b, const struct ir_alert *a, uint64_t kind)
{
    struct ir_draft *d = ir_batch_add(b, NULL, kind);

    d->has_incident = a->has_incident;
    memcpy(d->incident, a->incident, IR_INCIDENT_BYTES);
    d->status = (uint8_t)a->status;
    memcpy(d->refs[0], a->id, IR_ID_BYTES);
    d->refs_n = 1;
    return d;
}

void
ir_warn_ahead(struct ir_ctx *c, int64_t ms)
{
    char then[24], now_text[24], *text;
    struct ir_now now;

    ir_clock_now(&now);
    if (ms <= now.wall_ms + (int64_t)IR_TIME_AHEAD_S * 1000)
        return;
    ir_time_text(ms, now.wall_ms, then, sizeof then);
    ir_time_text(now.wall_ms, 0, now_text, sizeof now_text);
    text = ir_asprintf(_("By the clock of this device %s is still to come (now "
                         "%s). It is recorded as you say; ir amend corrects "
                         "it."),
                       then, now_text);
    ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE, text);
    free(text);
}

int
ir_draft_at(struct ir_ctx *c, struct ir_draft *d, const char *at)
{
    struct ir_now now;
    int prec = 0, rc;

    if (at == NULL)
        return IR_OK;
    ir_clock_now(&now);
    rc = ir_time_parse(at, now.wall_ms, &d->occurred_ms, &prec, &c->err);
    if (rc != IR_OK)
        return rc;
    d->has_occurred = true;
    d->occurred_prec = (uint8_t)prec;
    ir_warn_ahead(c, d->occurred_ms);
    return IR_OK;
}

void
ir_batch_done(struct ir_batch *b)
{
    struct ir_buf scrap = {0};
    size_t i;

    for (i = 0; i < b->n; i++)
        ir_bodyw_finish(&b->d[i].body, &scrap);
    ir_buf_done(&scrap);
    b->n = 0;
}

static int
append_all(struct ir_ctx *c, struct ir_batch *b, const struct ir_signer *who,
           const struct ir_now *now)
{
    uint8_t digest[IR_HASH_BYTES];
    char hex[2 * IR_ID_BYTES + 1];
    size_t i;
    int rc = IR_OK;

    if (b->object != NULL)
        rc = ir_store_object_put(c->st, b->object_type, b->object,
                                 b->object_len, digest, &c->err);
    for (i = 0; i < b->n && rc == IR_OK; i++) {
        if (b->refers[i] > 0) {
            memcpy(b->d[i].refs[0], b->ids[b->refers[i] - 1], IR_ID_BYTES);
            b->d[i].refs_n = 1;
        }
        if (b->names[i] > 0)
            memcpy(b->d[i].refs[b->d[i].refs_n++], b->ids[b->names[i] - 1],
                   IR_ID_BYTES);
        if (b->in_first[i]) {
            b->d[i].has_incident = true;
            memcpy(b->d[i].incident, b->ids[0], IR_INCIDENT_BYTES);
            b->d[i].status = b->d[0].status;
        }
        rc = ir_store_append(c->st, who, &b->d[i], now, b->ids[i], &c->err);
    }
    if (rc == IR_OK && b->also != NULL)
        rc = b->also(c, who, now, b->also_arg);
    if (rc == IR_OK && b->use_first) {
        ir_hex(b->ids[0], IR_ID_BYTES, hex);
        rc = ir_store_setting_put(c->st, "incident", hex, &c->err);
    }
    for (i = 0; i < b->n && rc == IR_OK; i++)
        if (ir_comms_wakes(b->d[i].kind)) {
            rc = ir_comms_mark(c, &c->err);
            break;
        }
    if (rc == IR_OK)
        rc = ir_case_keep_over(c, false);
    return rc;
}

/* Fold the trust lane again; who acts stays the same person. */
static int
trust_again(struct ir_ctx *c)
{
    uint8_t id[8], key[IR_KEYID_BYTES];
    const struct ir_cert_key *cert;
    size_t i;
    int rc;

    memcpy(id, c->trust.members[c->me].id, sizeof id);
    ir_key_id(c->key->pub, key);
    rc = ir_ctx_trust(c);
    c->me = -1;
    for (i = 0; rc == IR_OK && i < c->trust.members_n; i++)
        if (memcmp(c->trust.members[i].id, id, sizeof id) == 0)
            c->me = (int)i;
    c->view.me = c->talk_view.me = c->me;
    if (rc != IR_OK)
        return rc;
    cert = ir_trust_key(&c->trust, key);
    if (c->me < 0 || cert == NULL || cert->revoked)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("the key in this home no longer counts"));
    return IR_OK;
}

/* Load the incident again, and find the step that was meant: it must stand as
 * it stood, or what was decided about it is not what is so now. */
static int
case_again(struct ir_ctx *c, struct ir_case *k, size_t *i)
{
    uint8_t declare[IR_ID_BYTES], entry[IR_ID_BYTES];
    enum ir_step_state state;
    uint64_t iteration;
    char *path;
    int rc = trust_again(c);

    if (rc != IR_OK)
        return rc;
    memcpy(declare, k->inc->declare, sizeof declare);
    path = ir_strdup(k->inc->steps[*i].path);
    state = k->inc->steps[*i].state;
    iteration = k->inc->steps[*i].iteration;
    memcpy(entry, k->inc->steps[*i].entry, sizeof entry);
    ir_case_done(k);
    rc = ir_case_load(c, declare, 0, k);
    if (rc == IR_OK)
        rc = ir_incident_step(k->inc, path, i, &c->err);
    if (rc == IR_OK && (k->inc->steps[*i].state != state ||
                        k->inc->steps[*i].iteration != iteration ||
                        memcmp(k->inc->steps[*i].entry, entry, 32) != 0)) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("%s was recorded by somebody else just now: nothing "
                       "was done or recorded"),
                     path);
        ir_err_hint(&c->err, "ir show %s", path);
    }
    free(path);
    return rc;
}

int
ir_case_hold(struct ir_ctx *c, struct ir_case *k, size_t *i)
{
    int rc = ir_ctx_key(c);

    if (rc == IR_OK)
        rc = ir_store_begin(c->st, &c->err);
    if (rc != IR_OK) {
        c->not_recorded = true;
        return rc;
    }
    c->held = true;
    if (k->version == 0 || ir_store_version(c->st) != k->version)
        rc = case_again(c, k, i);
    if (rc != IR_OK)
        ir_case_drop(c);
    return rc;
}

void
ir_case_drop(struct ir_ctx *c)
{
    if (c->held)
        ir_store_rollback(c->st);
    c->held = false;
}

int
ir_batch_commit(struct ir_ctx *c, struct ir_batch *b)
{
    struct ir_signer who;
    struct ir_now now;
    int rc = ir_ctx_key(c);

    if (rc == IR_OK) {
        ir_ctx_signer(c, &who);
        ir_clock_now(&now);
        rc = c->held ? IR_OK : ir_store_begin(c->st, &c->err);
    }
    if (rc == IR_OK) {
        rc = append_all(c, b, &who, &now);
        if (rc == IR_OK)
            rc = ir_store_commit(c->st, &c->err);
        else
            ir_store_rollback(c->st);
        c->held = false;
        if (rc == IR_OK) {
            ir_wake_send(c->home, IR_WAKE_IRD);
            (void)ir_comms_kick_due(c);
            ir_canary_kick(c);
        }
    }
    if (rc != IR_OK) {
        size_t n = b->n;

        ir_batch_done(b);
        b->n = n;
        c->not_recorded = true;
    }
    return rc;
}

/* How far the clock stood behind the entries before, in milliseconds. */
static int64_t
behind_ms(const struct ir_entry *e)
{
    return ir_hlc_ms(e->h.hlc) - ir_entry_recorded_ms(e);
}

/* Say once, not at every entry, that the clock has gone back: when the author's
 * entry before the newest of `log` was not behind like that already.
 */
static void
tell_behind(struct ir_ctx *c, struct ir_log *log)
{
    const struct ir_entry *e = &log->e[log->n - 1];
    int64_t newest = ir_hlc_ms(e->h.hlc), now = ir_entry_recorded_ms(e);
    char newest_text[24], now_text[24], *text;

    if (c->json || behind_ms(e) <= (int64_t)IR_TIME_AHEAD_S * 1000)
        return;
    if (e->h.has_prev) {
        struct ir_err err = {0};
        uint8_t prev[IR_ID_BYTES];

        memcpy(prev, e->h.prev, sizeof prev);
        if (ir_store_load_id(c->st, prev, log, &err) == IR_OK &&
            behind_ms(&log->e[log->n - 1]) > (int64_t)IR_TIME_AHEAD_S * 1000)
            return;
    }
    ir_time_text(now, 0, now_text, sizeof now_text);
    ir_time_text(newest, 0, newest_text, sizeof newest_text);
    text = ir_asprintf(_("By the clock of this device it is %s, but there are "
                         "entries of %s. The order is kept; the entry bears "
                         "the time of the clock. Look which is right: "
                         "timedatectl"),
                       now_text, newest_text);
    ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE, text);
    free(text);
}

void
ir_batch_say(struct ir_ctx *c, struct ir_case *k, const struct ir_batch *b)
{
    struct ir_log log = {0};
    size_t i;

    for (i = 0; i < b->n; i++) {
        if (ir_store_load_id(c->st, b->ids[i], &log, &c->err) != IR_OK)
            break;
        if (c->json && i == 0) {
            struct ir_json *j = ir_view_recorded_json(
                &c->view, &log.e[log.n - 1], k != NULL ? k->inc : NULL);
            char *text = ir_json_text(j, 0);

            ir_buf_addf(&c->out, "%s\n", text);
            free(text);
            ir_json_free(j);
        } else if (!c->json) {
            ir_view_recorded(&c->view, &log.e[log.n - 1],
                             k != NULL ? k->inc : NULL, &c->out);
        }
    }
    if (log.n > 0)
        tell_behind(c, &log);
    if (!c->own_said)
        ir_own_revoked_say(c);
    ir_log_done(&log);
}

/* Do the drafts change what their own sentences are made of (titles filled
 * with variables, systems, clocks)? Words and the state of a step do not; its
 * answers (field 8) do.
 */
static bool
changes_words(const struct ir_batch *b)
{
    size_t i;

    for (i = 0; i < b->n; i++) {
        uint64_t kind = b->d[i].kind;

        if (kind != IR_KIND_NOTE && kind != IR_KIND_DECISION &&
            kind != IR_KIND_AMEND &&
            (kind != IR_KIND_STEP || b->d[i].body.has[8]))
            return true;
    }
    return false;
}

int
ir_batch_record(struct ir_ctx *c, struct ir_case *k, struct ir_batch *b,
                const char *again)
{
    bool changes = changes_words(b);
    int rc = ir_batch_commit(c, b);

    if (rc != IR_OK) {
        if (again != NULL) {
            free(c->again);
            c->again = ir_strdup(again);
        }
        return rc;
    }
    if (k != NULL && k->inc != NULL && changes)
        rc = ir_case_grow(c, k, (const uint8_t(*)[IR_ID_BYTES])b->ids, b->n);
    ir_batch_say(c, k != NULL && k->inc != NULL ? k : NULL, b);
    if (rc == IR_OK && k != NULL && k->inc != NULL &&
        k->inc->state == IR_INC_CLOSED)
        (void)ir_case_is_over(c, k->inc->declare);
    return rc;
}

int
ir_reason(struct ir_ctx *c, const char *given, int why, char **out)
{
    char *typed = NULL;

    if (given != NULL && given[strspn(given, " \t")] != '\0') {
        *out = ir_strdup(given);
        return IR_OK;
    }
    if (given == NULL && ir_ctx_can_ask(c)) {
        ir_view_ask_why(&c->talk_view, (enum ir_why)why, &c->talk);
        typed = ir_ctx_ask(c, "");
    }
    if (typed != NULL && typed[strspn(typed, " \t")] != '\0') {
        *out = typed;
        return IR_OK;
    }
    if (typed != NULL) {
        free(typed);
        return ir_fail(&c->err, IR_EUSAGE,
                       _("left empty: nothing was recorded"));
    }
    ir_fail(&c->err, IR_EUSAGE, _("a reason is needed"));
    ir_err_hint(&c->err, _("add: -r \"WHY\""));
    return IR_EUSAGE;
}
