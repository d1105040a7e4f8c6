/* alert.c: see alert.h. */
#include "core/alert.h"

#include "core/anc.h"
#include "core/body.h"
#include "core/order.h"
#include "core/revoked.h"

#include <stdlib.h>
#include <string.h>

struct place {
    const uint8_t *id;
    size_t at;
};

struct fold {
    const struct ir_trust *t;
    const struct ir_entry **e; /* fold order, no repeats */
    size_t n;
    struct place *places; /* by id */
    size_t *alert;        /* of an entry that is one: its index + 1 */
    bool *counts;         /* may its author say this, and is it not revoked? */
    struct ir_anc anc;
    struct ir_alerts *out;
};

static int
by_id(const void *a, const void *b)
{
    const struct ir_entry *x = *(const struct ir_entry *const *)a;
    const struct ir_entry *y = *(const struct ir_entry *const *)b;
    int d = memcmp(x->id, y->id, IR_ID_BYTES);

    return d != 0 ? d : (x->b == NULL) - (y->b == NULL);
}

static int
by_place(const void *a, const void *b)
{
    return memcmp(((const struct place *)a)->id, ((const struct place *)b)->id,
                  IR_ID_BYTES);
}

/* Each entry once, in fold order. */
static void
gather(struct fold *f, const struct ir_entry *const *e, size_t n)
{
    size_t i;

    f->e = ir_calloc(n + 1, sizeof f->e[0]);
    for (i = 0; i < n; i++)
        f->e[i] = e[i];
    qsort(f->e, n, sizeof f->e[0], by_id);
    for (i = 0; i < n; i++)
        if (f->n == 0 ||
            memcmp(f->e[f->n - 1]->id, f->e[i]->id, IR_ID_BYTES) != 0)
            f->e[f->n++] = f->e[i];
    ir_order_sort(f->e, f->n);
    f->places = ir_calloc(f->n + 1, sizeof f->places[0]);
    for (i = 0; i < f->n; i++) {
        f->places[i].id = f->e[i]->id;
        f->places[i].at = i;
    }
    qsort(f->places, f->n, sizeof f->places[0], by_place);
}

/* The first place whose id is not below `id`, in f->places. */
static size_t
lower(const struct fold *f, const uint8_t *id, size_t len)
{
    size_t lo = 0, hi = f->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (memcmp(f->places[mid].id, id, len) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Where entry `id` stands in fold order, or f->n. */
static size_t
place_of(const struct fold *f, const uint8_t *id)
{
    size_t i = lower(f, id, IR_ID_BYTES);

    return i < f->n && memcmp(f->places[i].id, id, IR_ID_BYTES) == 0
               ? f->places[i].at
               : f->n;
}

static void
judge(struct fold *f)
{
    size_t i;

    for (i = 0; i < f->n; i++)
        f->counts[i] =
            f->e[i]->b != NULL && ir_trust_admits(f->t, f->e[i], NULL) == IR_OK;
    ir_revoked_judge(f->t, &f->anc, f->e, f->n, f->counts);
}

/* Is there an incident of that short id with that status? */
static bool
is_in(const struct fold *f, const struct ir_header *h)
{
    size_t i;

    if (!h->has_incident)
        return true;
    for (i = lower(f, h->incident, IR_INCIDENT_BYTES);
         i < f->n &&
         memcmp(f->places[i].id, h->incident, IR_INCIDENT_BYTES) == 0;
         i++) {
        const struct ir_entry *d = f->e[f->places[i].at];

        if (f->counts[f->places[i].at] && d->h.kind == IR_KIND_INCIDENT &&
            !d->h.has_incident && d->h.status == h->status &&
            ir_body_uint_or(d, 1, 0) == 1)
            return true;
    }
    return false;
}

/* Texts of an array, at most `max`. */
static char **
texts(const struct ir_entry *e, int key, size_t max, size_t *n)
{
    struct ir_body_item it;
    char **v = NULL;
    size_t i = 0;

    *n = 0;
    while (*n < max && ir_body_each(e, key, &i, &it)) {
        v = ir_realloc(v, (*n + 1) * sizeof v[0]);
        v[(*n)++] = ir_strndup((const char *)it.p, it.len);
    }
    return v;
}

static int64_t
said_at(const struct ir_entry *e)
{
    int64_t ms = ir_entry_recorded_ms(e);

    return ms > 0 ? ms : 0;
}

static void
add_alert(struct fold *f, size_t i)
{
    const struct ir_entry *e = f->e[i];
    struct ir_alerts *out = f->out;
    struct ir_alert *a;
    char *text = ir_body_strdup(e, 1);
    uint64_t no = 0;
    bool has_no = ir_body_uint(e, 4, &no);

    if (!f->counts[i] || (text != NULL) == has_no || !is_in(f, &e->h)) {
        out->not_counted_n++;
        free(text);
        return;
    }
    out->v = ir_realloc(out->v, (out->n + 1) * sizeof *out->v);
    a = &out->v[out->n++];
    memset(a, 0, sizeof *a);
    memcpy(a->id, e->id, IR_ID_BYTES);
    memcpy(a->key, e->h.author, IR_KEYID_BYTES);
    a->has_incident = e->h.has_incident;
    memcpy(a->incident, e->h.incident, IR_INCIDENT_BYTES);
    a->by = ir_trust_author(f->t, e);
    a->at_ms = said_at(e);
    a->hlc = e->h.hlc;
    a->severity = ir_body_uint_or(e, 2, 0);
    a->needed = ir_body_uint_or(e, 3, 0);
    a->ack_within_s = ir_body_uint_or(e, 6, 0);
    a->audience = e->h.audience;
    a->template_no = no;
    a->status = e->h.status;
    a->mesh_only = ir_body_uint_or(e, 8, 0) != 0;
    a->any_hour = ir_body_uint_or(e, 9, 0) != 0;
    a->text = text != NULL ? text : ir_strdup("");
    a->args = texts(e, 5, IR_ALERT_TO_MAX, &a->args_n);
    a->to = texts(e, 7, IR_ALERT_TO_MAX, &a->to_n);
    a->refs_n = e->h.refs_n;
    memcpy(a->refs, e->h.refs, sizeof a->refs);
}

static int
by_clock(uint64_t a, const uint8_t *ida, uint64_t b, const uint8_t *idb)
{
    return a != b ? (a > b) - (a < b) : memcmp(ida, idb, IR_ID_BYTES);
}

static int
cmp_alert(const void *a, const void *b)
{
    const struct ir_alert *x = a, *y = b;

    return by_clock(x->hlc, x->id, y->hlc, y->id);
}

static int
cmp_said(const void *a, const void *b)
{
    const struct ir_alert_said *x = a, *y = b;

    return by_clock(x->hlc, x->entry, y->hlc, y->entry);
}

/* Does `e` belong to the alert: its status, and its incident if it names one?
 */
static bool
fits(const struct ir_alert *a, const struct ir_entry *e)
{
    return e->h.status == a->status &&
           (!e->h.has_incident ||
            (a->has_incident &&
             memcmp(e->h.incident, a->incident, IR_INCIDENT_BYTES) == 0));
}

static struct ir_alert_said *
add_said(struct fold *f, struct ir_alert *a, const struct ir_entry *e, int code)
{
    const struct ir_cert_key *k = ir_trust_key(f->t, e->h.author);
    struct ir_alert_said *s;

    a->said = ir_realloc(a->said, (a->said_n + 1) * sizeof *a->said);
    s = &a->said[a->said_n++];
    memset(s, 0, sizeof *s);
    memcpy(s->entry, e->id, IR_ID_BYTES);
    memcpy(s->key, e->h.author, IR_KEYID_BYTES);
    s->kind = e->h.kind;
    s->by = k != NULL ? (int)k->member : -1;
    s->node = k != NULL && k->node;
    s->code = code;
    s->seq = e->h.seq;
    s->hlc = e->h.hlc;
    s->at_ms = said_at(e);
    return s;
}

static void
add_approval(struct fold *f, struct ir_alert *a, const struct ir_entry *e)
{
    const uint8_t *p;
    size_t n;
    struct ir_alert_said *s;

    if (!ir_body_bytes(e, 2, &p, &n) || n != IR_ID_BYTES ||
        memcmp(p, a->id, IR_ID_BYTES) != 0)
        return;
    s = add_said(f, a, e, (int)ir_body_uint_or(e, 1, 0));
    s->text = ir_body_strdup(e, 3);
}

static void
add_word(struct fold *f, struct ir_alert *a, const struct ir_entry *e)
{
    struct ir_alert_said *s;

    if (e->h.kind == IR_KIND_ACK) {
        s = add_said(f, a, e, (int)ir_body_uint_or(e, 1, 0));
        s->text = ir_body_strdup(e, 2);
        s->contact = ir_body_strdup(e, 3);
        s->how = ir_body_strdup(e, 4);
        s->stands = true;
    } else {
        s = add_said(f, a, e, (int)ir_body_uint_or(e, 2, 0));
        s->text = ir_body_strdup(e, 1);
        if (s->code == IR_CANCEL_CORRECTED && e->h.refs_n > 1) {
            s->has_other = true;
            memcpy(s->other, e->h.refs[1], IR_ID_BYTES);
        }
    }
}

static struct ir_alert *
find(const struct fold *f, const uint8_t *id)
{
    size_t at = place_of(f, id);

    return at < f->n && f->alert[at] > 0 ? &f->out->v[f->alert[at] - 1] : NULL;
}

/* A receipt names many alerts; each once. */
static void
add_receipt(struct fold *f, const struct ir_entry *e)
{
    const struct ir_cert_key *k = ir_trust_key(f->t, e->h.author);
    int state = (int)ir_body_uint_or(e, 2, 0);
    struct ir_body_item it;
    size_t i = 0;

    if (state == 2 && (k == NULL || k->node))
        return; /* what was shown to a person, the person says */
    while (ir_body_each(e, 1, &i, &it)) {
        struct ir_alert *a = it.len == IR_ID_BYTES ? find(f, it.p) : NULL;

        if (a == NULL || !fits(a, e) || e->h.has_incident != a->has_incident)
            continue;
        if (a->said_n == 0 ||
            memcmp(a->said[a->said_n - 1].entry, e->id, IR_ID_BYTES) != 0)
            (void)add_said(f, a, e, state);
    }
}

static void
add_about(struct fold *f, size_t i)
{
    const struct ir_entry *e = f->e[i];
    struct ir_alert *a;

    if (!f->counts[i])
        return;
    if (e->h.kind == IR_KIND_RECEIPT) {
        add_receipt(f, e);
        return;
    }
    if (e->h.kind != IR_KIND_APPROVAL && e->h.kind != IR_KIND_ACK &&
        e->h.kind != IR_KIND_CANCEL)
        return;
    a = e->h.refs_n > 0 ? find(f, e->h.refs[0]) : NULL;
    if (a == NULL || !fits(a, e))
        return;
    if (e->h.kind == IR_KIND_APPROVAL)
        add_approval(f, a, e);
    else
        add_word(f, a, e);
}

/* Acks by who says them, for whom, with which key, in that key's order. */
static int
cmp_ack(const void *a, const void *b)
{
    const struct ir_alert_said *x = *(struct ir_alert_said *const *)a;
    const struct ir_alert_said *y = *(struct ir_alert_said *const *)b;
    int d = (x->by > y->by) - (x->by < y->by);

    if (d == 0)
        d = strcmp(x->contact != NULL ? x->contact : "",
                   y->contact != NULL ? y->contact : "");
    if (d == 0)
        d = memcmp(x->key, y->key, IR_KEYID_BYTES);
    return d != 0 ? d : (x->seq > y->seq) - (x->seq < y->seq);
}

static bool
same_voice(const struct ir_alert_said *x, const struct ir_alert_said *y)
{
    return x->by == y->by && strcmp(x->contact != NULL ? x->contact : "",
                                    y->contact != NULL ? y->contact : "") == 0;
}

/* Word `x` replaces those of the same voice that it names. */
static void
replace_named(const struct fold *f, struct ir_alert_said **v, size_t n,
              const struct ir_alert_said *x)
{
    size_t at = place_of(f, x->entry), i, k;
    const struct ir_header *h = at < f->n ? &f->e[at]->h : NULL;

    if (h == NULL || h->refs_n < 2)
        return;
    for (i = 0; i < n; i++)
        for (k = 1; k < h->refs_n; k++)
            if (memcmp(v[i]->entry, h->refs[k], IR_ID_BYTES) == 0)
                v[i]->stands = false;
}

/* Which words stand? */
static void
settle(const struct fold *f, struct ir_alert *a)
{
    struct ir_alert_said **v = ir_calloc(a->said_n + 1, sizeof v[0]);
    size_t n = 0, i, k, from = 0;

    for (i = 0; i < a->said_n; i++)
        if (a->said[i].kind == IR_KIND_ACK)
            v[n++] = &a->said[i];
    qsort(v, n, sizeof v[0], cmp_ack);
    for (i = 0; i < n; i++) {
        if (i + 1 < n && same_voice(v[i], v[i + 1])) {
            if (memcmp(v[i]->key, v[i + 1]->key, IR_KEYID_BYTES) == 0 &&
                v[i]->seq < v[i + 1]->seq)
                v[i]->stands = false;
            continue;
        }
        for (k = from; k <= i; k++)
            replace_named(f, v + from, i + 1 - from, v[k]);
        from = i + 1;
    }
    free(v);
}

static int
cmp_int(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

/* How many members have cosigned it? */
static size_t
cosigned(const struct ir_alert *a)
{
    int *by = ir_calloc(a->said_n + 1, sizeof by[0]);
    size_t n = 0, i, given = 0;

    for (i = 0; i < a->said_n; i++)
        if (a->said[i].kind == IR_KIND_APPROVAL && a->said[i].code == 1 &&
            a->said[i].by != a->by)
            by[n++] = a->said[i].by;
    qsort(by, n, sizeof by[0], cmp_int);
    for (i = 0; i < n; i++)
        given += i == 0 || by[i] != by[i - 1] ? 1 : 0;
    free(by);
    return given;
}

static void
conclude(const struct fold *f, struct ir_alert *a)
{
    const struct ir_alert_said *end;

    if (a->said_n > 0)
        qsort(a->said, a->said_n, sizeof *a->said, cmp_said);
    settle(f, a);
    a->given = cosigned(a);
    end = ir_alert_cancel(a);
    a->state = end != NULL            ? end->code == IR_CANCEL_CORRECTED
                                            ? IR_ALERT_CORRECTED
                                            : IR_ALERT_CANCELLED
               : a->given < a->needed ? IR_ALERT_WAITING
                                      : IR_ALERT_OUT;
}

static void
add_seen(struct ir_alert_seen **v, size_t *n, const struct ir_cert_key *k)
{
    *v = ir_realloc(*v, (*n + 1) * sizeof **v);
    memcpy((*v)[*n].device, k->key_id, IR_KEYID_BYTES);
    (*v)[(*n)++].custodian = (int)k->member;
}

/* What device `k` has witnessed: the heads it names and all they build on. */
static bool
witnessed(struct fold *f, const struct ir_cert_key *k, bool *set)
{
    struct ir_body_item it;
    size_t i, j, p, at;
    bool any = false;

    for (i = 0; i < f->n; i++) {
        if (!f->counts[i] || f->e[i]->h.kind != IR_KIND_WITNESS ||
            memcmp(f->e[i]->h.author, k->key_id, IR_KEYID_BYTES) != 0)
            continue;
        j = 0;
        while (ir_body_each(f->e[i], 1, &j, &it))
            if (it.len == IR_ID_BYTES && (at = place_of(f, it.p)) < f->n) {
                set[at] = true;
                any = true;
            }
    }
    for (i = any ? f->n : 0; i-- > 0;)
        for (p = f->anc.first[i]; set[i] && p < f->anc.first[i + 1]; p++)
            set[f->anc.pred[p]] = true;
    return any;
}

static void
note_seen(struct fold *f, const struct ir_cert_key *k)
{
    bool *set = ir_calloc(f->n + 1, sizeof *set);
    size_t i, j;

    if (witnessed(f, k, set))
        for (i = 0; i < f->out->n; i++) {
            struct ir_alert *a = &f->out->v[i];

            if (set[place_of(f, a->id)])
                add_seen(&a->seen, &a->seen_n, k);
            for (j = 0; j < a->said_n; j++) {
                struct ir_alert_said *s = &a->said[j];

                if (memcmp(s->key, k->key_id, IR_KEYID_BYTES) != 0 &&
                    set[place_of(f, s->entry)])
                    add_seen(&s->seen, &s->seen_n, k);
            }
        }
    free(set);
}

void
ir_alerts_fold(const struct ir_trust *t, const struct ir_entry *const *e,
               size_t n, struct ir_alerts *out)
{
    struct fold f = {.t = t, .out = out};
    bool witnesses = false;
    size_t i;

    memset(out, 0, sizeof *out);
    gather(&f, e, n);
    f.counts = ir_calloc(f.n + 1, sizeof f.counts[0]);
    ir_anc_init(f.e, f.n, &f.anc);
    judge(&f);
    for (i = 0; i < f.n; i++) {
        if (f.e[i]->h.kind == IR_KIND_ALERT)
            add_alert(&f, i);
        witnesses = witnesses || f.e[i]->h.kind == IR_KIND_WITNESS;
    }
    if (out->n > 0)
        qsort(out->v, out->n, sizeof *out->v, cmp_alert);
    f.alert = ir_calloc(f.n + 1, sizeof f.alert[0]);
    for (i = 0; i < out->n; i++)
        f.alert[place_of(&f, out->v[i].id)] = i + 1;
    for (i = 0; i < f.n; i++)
        add_about(&f, i);
    for (i = 0; i < out->n; i++)
        conclude(&f, &out->v[i]);
    for (i = 0; witnesses && i < t->keys_n; i++)
        if (t->keys[i].node)
            note_seen(&f, &t->keys[i]);
    ir_anc_done(&f.anc);
    free(f.counts);
    free(f.alert);
    free(f.places);
    free(f.e);
}
