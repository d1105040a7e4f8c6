/* alert_json.c: alerts as JSON, see alert.h. */
#include "view/alert.h"

#include <stdlib.h>
#include <string.h>

/* Devices that hold something, and whose they are. */
static void
set_seen(const struct ir_view *v, struct ir_json *o,
         const struct ir_alert_seen *s, size_t n)
{
    struct ir_json *arr = ir_json_set_take(o, "witnessed", ir_json_new_arr());
    size_t i;

    for (i = 0; i < n; i++) {
        struct ir_json *w = ir_json_add_take(arr, ir_json_new_obj());

        ir_json_set_hex(w, "device", s[i].device, IR_KEYID_BYTES);
        ir_view_set_member(v, w, "custodian", s[i].custodian);
    }
}

/* What was said, by whom, when, seen by whom. */
static struct ir_json *
said_json(const struct ir_view *v, const struct ir_alert_said *s)
{
    struct ir_json *o = ir_json_new_obj();

    ir_json_set_hex(o, "id", s->entry, IR_ID_BYTES);
    ir_view_set_member(v, o, "by", s->by);
    ir_view_set_time(o, "at", s->at_ms);
    if (s->kind == IR_KIND_ACK)
        ir_json_set_str(o, "code", ir_ack_word(s->code));
    if (s->kind == IR_KIND_CANCEL)
        ir_json_set_str(o, "reason", ir_cancel_word(s->code));
    if (s->kind == IR_KIND_APPROVAL)
        ir_json_set_str(o, "verdict", s->code == 1 ? "approve" : "deny");
    if (s->kind == IR_KIND_RECEIPT)
        ir_json_set_hex(o, "key", s->key, IR_KEYID_BYTES);
    else
        ir_json_set_str(o, "text", s->text);
    if (s->contact != NULL) {
        ir_json_set_str(o, "on_behalf_of", s->contact);
        ir_json_set_str(o, "how_known", s->how);
    }
    set_seen(v, o, s->seen, s->seen_n);
    return o;
}

static void
set_said(const struct ir_view *v, struct ir_json *o, const char *key,
         const struct ir_alert_said *s)
{
    ir_json_set_take(o, key, s != NULL ? said_json(v, s) : ir_json_new_null());
}

/* Everybody it is for: three facts with three proofs. */
static void
set_people(const struct ir_view *v, const struct ir_valert *r,
           struct ir_json *o)
{
    struct ir_json *arr = ir_json_set_take(o, "people", ir_json_new_arr());
    size_t i;

    for (i = 0; r->whom != NULL && i < v->trust->members_n; i++) {
        struct ir_json *p;

        if (!r->whom[i])
            continue;
        p = ir_json_add_take(arr, ir_json_new_obj());
        ir_view_set_member(v, p, "member", (int)i);
        set_said(v, p, "stored", ir_alert_receipt(r->a, (int)i, 1));
        set_said(v, p, "displayed", ir_alert_receipt(r->a, (int)i, 2));
        set_said(v, p, "answer", ir_alert_answer(r->a, (int)i));
    }
}

static void
set_all(const struct ir_view *v, const struct ir_valert *r, struct ir_json *o,
        const char *key, uint64_t kind, bool for_others)
{
    struct ir_json *arr = ir_json_set_take(o, key, ir_json_new_arr());
    size_t i;

    for (i = 0; i < r->a->said_n; i++) {
        const struct ir_alert_said *s = &r->a->said[i];

        if (s->kind == kind &&
            (kind != IR_KIND_ACK ||
             (s->stands && (s->contact != NULL) == for_others)))
            ir_json_add_take(arr, said_json(v, s));
    }
}

struct ir_json *
ir_view_alert_json(const struct ir_view *v, const struct ir_valert *r,
                   bool status)
{
    const struct ir_alert *a = r->a;
    const struct ir_alert_said *end = ir_alert_cancel(a);
    const struct ir_alert_said *mine = ir_alert_answer(a, v->me);
    struct ir_json *o = ir_json_new_obj(), *arr;
    char *text = ir_view_alert_text(v, a);
    size_t i;

    ir_json_set_hex(o, "id", a->id, IR_ID_BYTES);
    ir_view_set_time(o, "recorded", a->at_ms);
    ir_view_set_member(v, o, "author", a->by);
    ir_json_set_str(o, "incident", r->incident);
    ir_json_set_str(o, "status", ir_view_status_word(a->status));
    ir_json_set_int(o, "severity", (int64_t)a->severity);
    ir_json_set_str(o, "text", text);
    arr = ir_json_set_take(o, "to", ir_json_new_arr());
    for (i = 0; i < a->to_n; i++)
        ir_json_add_str(arr, a->to[i]);
    ir_json_set_str(o, "state", ir_alert_state_word(a->state));
    ir_json_set_int(o, "cosign_needed", (int64_t)a->needed);
    ir_json_set_int(o, "cosigned", (int64_t)a->given);
    if (r->release != IR_RELEASE_NONE) {
        ir_json_set_bool(o, "released", r->release == IR_RELEASE_DONE);
        ir_json_set_str(o, "releases", r->releases);
    }
    ir_json_set_int(o, "ack_within_s", (int64_t)a->ack_within_s);
    set_said(v, o, "cancelled", end);
    if (end != NULL && end->has_other)
        ir_json_set_hex(o, "instead", end->other, IR_ID_BYTES);
    else
        ir_json_set_str(o, "instead", NULL);
    ir_json_set_bool(o, "for_me", r->for_me);
    ir_json_set_bool(o, "waits_for_me",
                     ir_view_alert_waits(v, r) ||
                         ir_view_alert_to_cosign(v, r) ||
                         ir_view_alert_to_release(r));
    ir_json_set_str(o, "note", r->note);
    ir_json_set_str(o, "secret", r->secret);
    ir_json_set_str(o, "answer", mine != NULL ? ir_ack_word(mine->code) : NULL);
    free(text);
    if (!status)
        return o;
    set_seen(v, o, a->seen, a->seen_n);
    set_people(v, r, o);
    set_all(v, r, o, "approvals", IR_KIND_APPROVAL, false);
    set_all(v, r, o, "answers", IR_KIND_ACK, false);
    set_all(v, r, o, "on_behalf", IR_KIND_ACK, true);
    set_all(v, r, o, "cancels", IR_KIND_CANCEL, false);
    set_all(v, r, o, "receipts", IR_KIND_RECEIPT, false);
    return o;
}

struct ir_json *
ir_view_alerts_json(const struct ir_view *v, const struct ir_valert *r,
                    size_t n)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < n; i++)
        ir_json_add_take(arr, ir_view_alert_json(v, &r[i], false));
    return arr;
}

/* Who has answered, and how. */
static void
set_answers(const struct ir_view *v, const struct ir_alert *a,
            struct ir_json *o)
{
    struct ir_json *arr = ir_json_set_take(o, "answers", ir_json_new_arr());
    size_t i;

    for (i = 0; v->trust != NULL && i < v->trust->members_n; i++) {
        const struct ir_alert_said *s = ir_alert_answer(a, (int)i);
        struct ir_json *it;

        if (s == NULL)
            continue;
        it = ir_json_add_take(arr, ir_json_new_obj());
        ir_view_set_member(v, it, "member", (int)i);
        ir_json_set_str(it, "code", ir_ack_word(s->code));
        ir_view_set_time(it, "at", s->at_ms);
    }
}

struct ir_json *
ir_view_alerts_of_json(const struct ir_view *v, const struct ir_valert *r,
                       size_t n, const uint8_t incident[IR_INCIDENT_BYTES])
{
    struct ir_json *all = ir_json_new_arr();
    size_t i, k;

    for (i = 0; i < n; i++) {
        const struct ir_alert *a = r[i].a;
        struct ir_json *o, *to;
        char *text;

        if (!a->has_incident ||
            memcmp(a->incident, incident, IR_INCIDENT_BYTES) != 0)
            continue;
        o = ir_json_add_take(all, ir_json_new_obj());
        text = ir_view_alert_text(v, a);
        ir_json_set_hex(o, "id", a->id, IR_ID_BYTES);
        ir_view_set_time(o, "recorded", a->at_ms);
        ir_view_set_member(v, o, "author", a->by);
        ir_json_set_int(o, "severity", (int64_t)a->severity);
        ir_json_set_str(o, "text", text);
        ir_json_set_str(o, "sealed", r[i].note);
        to = ir_json_set_take(o, "to", ir_json_new_arr());
        for (k = 0; k < a->to_n; k++)
            ir_json_add_str(to, a->to[k]);
        ir_json_set_str(o, "state", ir_alert_state_word(a->state));
        ir_json_set_bool(o, "open",
                         a->state == IR_ALERT_OUT ||
                             a->state == IR_ALERT_WAITING);
        ir_json_set_int(o, "cosign_needed", (int64_t)a->needed);
        ir_json_set_int(o, "cosigned", (int64_t)a->given);
        set_answers(v, a, o);
        free(text);
    }
    return all;
}
