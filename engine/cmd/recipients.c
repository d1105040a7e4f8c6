/* recipients.c: see recipients.h. */
#include "cmd/recipients.h"

#include "base/index.h"
#include "cmd/everybody.h"
#include "cmd/parties.h"
#include "cmd/signed.h"
#include "core/deadline.h"
#include "core/order.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 4 /* roles within audiences, ...: more is a loop */

const struct ir_json *
ir_channel_conf(struct ir_ctx *c, const char *id)
{
    return ir_view_contact(&c->view, "channels", id);
}

bool
ir_channel_is_mail(struct ir_ctx *c, const char *id)
{
    return ir_view_is_mail(&c->view, id);
}

int
ir_channels_load_at(struct ir_ctx *c, const uint8_t *incident, int status,
                    const uint8_t *node, struct ir_channels *out)
{
    struct ir_log log = {0};
    const struct ir_entry **e;
    int rc = ir_store_load_loose(c->st, IR_KIND_CHANNEL, &log, &c->err);

    memset(out, 0, sizeof *out);
    if (rc == IR_OK && incident != NULL)
        rc =
            ir_store_load_kind(c->st, incident, IR_KIND_CHANNEL, &log, &c->err);
    if (rc == IR_OK) {
        (void)ir_signed_only(&c->trust, ir_store_site(c->st), true, &log);
        e = ir_log_ptrs(&log);
        ir_order_sort(e, log.n);
        ir_channels_fold_at(&c->trust, e, log.n, status, node, out);
        free(e);
    }
    ir_log_done(&log);
    return rc;
}

int
ir_channels_load(struct ir_ctx *c, const uint8_t *incident, int status,
                 struct ir_channels *out)
{
    return ir_channels_load_at(c, incident, status, NULL, out);
}

/* What is being put together. */
struct work {
    struct ir_box *b;
    struct ir_ctx *c;
    const struct ir_valert *row;
    const struct ir_channels *ch;
    struct ir_recips *out;
    const struct ir_attempt *had; /* ir_recips_had: ways come from there */
    const struct ir_everybody *e;
    struct ir_index added;       /* of out->r by contact */
    struct ir_site_calendar cal; /* whose holidays some have off */
};

static void
work_init(struct work *w)
{
    ir_site_calendar_init(w->c->view.site, &w->cal);
    if (w->b->everybody == NULL)
        w->b->everybody = ir_everybody_new(w->c);
    w->e = w->b->everybody;
}

static void
work_done(struct work *w)
{
    ir_index_done(&w->added);
    ir_site_calendar_done(&w->cal);
}

static enum ir_way_use
use_of(struct work *w, const char *channel)
{
    bool mail = ir_channel_is_mail(w->c, channel);

    if (ir_channels_state(w->ch, channel, mail) >= IR_CHANNEL_DOWN)
        return IR_WAY_SHUT;
    if (ir_channel_conf(w->c, channel) != NULL)
        return IR_WAY_OPEN;
    return mail ? IR_WAY_SHUT : IR_WAY_BY_HAND;
}

/* Since when is it said to work, alone and as mail? */
static int64_t
ok_since(struct work *w, const char *channel)
{
    const struct ir_channel_word *of[2] = {ir_channels_get(w->ch, channel),
                                           ir_channel_is_mail(w->c, channel)
                                               ? ir_channels_get(w->ch, "mail")
                                               : NULL};
    int64_t ms = 0;
    size_t i;

    for (i = 0; i < 2; i++)
        if (of[i] != NULL && of[i]->state == IR_CHANNEL_OK && of[i]->at_ms > ms)
            ms = of[i]->at_ms;
    return ms;
}

/* One more way of the recipient added last; `hours` may be NULL. */
static void
add_way(struct work *w, const char *channel, const char *address,
        const char *hours)
{
    struct ir_recipient *r = &w->out->r[w->out->n - 1];
    size_t place = r->ways_n;

    r->ways = ir_realloc(r->ways, (r->ways_n + 1) * sizeof *r->ways);
    r->ways[r->ways_n++] = (struct ir_way){
        .channel = ir_strdup(channel != NULL ? channel : ""),
        .address = ir_strdup(address != NULL ? address : ""),
        .use = use_of(w, channel != NULL ? channel : ""),
        .hours = ir_way_hours_of(channel != NULL ? channel : "", hours),
        .place = place,
        .ok_ms = ok_since(w, channel != NULL ? channel : "")};
}

/* Add one, with the ways of `o` ("channels": [[means, address], ...]; NULL:
 * none); false: they are there already. */
static bool
add(struct work *w, const char *contact, const char *name,
    const struct ir_json *o, int member, bool outside)
{
    const struct ir_json *ways =
        o != NULL && w->had == NULL ? ir_json_get(o, "channels") : NULL;
    struct ir_recips *out = w->out;
    struct ir_recipient *r;
    struct ir_recip *who;
    size_t i;

    if (!ir_index_put(&w->added, contact, out->n))
        return false;
    out->r = ir_realloc(out->r, (out->n + 1) * sizeof *out->r);
    out->who = ir_realloc(out->who, (out->n + 1) * sizeof *out->who);
    r = &out->r[out->n];
    who = &out->who[out->n++];
    memset(r, 0, sizeof *r);
    memset(who, 0, sizeof *who);
    r->contact = ir_strdup(contact);
    for (i = 0; ways != NULL && i < ir_json_len(ways); i++) {
        const struct ir_json *x = ir_json_at(ways, i);

        add_way(w, ir_json_str(ir_json_at(x, 0)), ir_json_str(ir_json_at(x, 1)),
                ir_json_str(ir_json_at(x, 2)));
    }
    ir_working_read(o, &w->cal.cal, &who->working);
    who->name = ir_strdup(name != NULL ? name : contact);
    who->lang =
        o != NULL && strcmp(ir_json_get_str(o, "language", "ja"), "en") == 0
            ? IR_LANG_EN
            : IR_LANG_JA;
    who->member = member;
    who->outside = outside;
    return true;
}

static void
add_person(struct work *w, const char *id)
{
    const struct ir_json *p;
    size_t at;

    if (id == NULL || !ir_index_get(&w->e->by_id, id, &at) ||
        (w->row->a->status != IR_ACTUAL && w->e->outsider[at]))
        return;
    p = ir_json_at(w->e->people, at);
    if (w->e->member[at] >= 0 && w->e->member[at] == w->row->a->by &&
        w->row->a->status != IR_TEST)
        return;
    (void)add(w, id, ir_json_text_of(p, "name"), p, w->e->member[at], false);
}

/* A member, as the contacts list them; by their handle where they do not. */
static void
add_member(struct work *w, int who)
{
    const struct ir_member *m = &w->c->trust.members[who];
    size_t i;

    if (who == w->row->a->by || !m->active)
        return;
    for (i = 0; w->e->people != NULL && i < ir_json_len(w->e->people); i++)
        if (w->e->member[i] == who) {
            add_person(w,
                       ir_json_get_str(ir_json_at(w->e->people, i), "id", ""));
            return;
        }
    (void)add(w, m->handle, m->name, NULL, who, false);
}

/* The words of an alert's "to", of an audience's members, or of a tree. */
static void add_word(struct work *w, const char *word, int depth);

static void
add_role(struct work *w, const char *role)
{
    const struct ir_json *j = ir_view_contact(&w->c->view, "roles", role);
    const struct ir_json *h = j != NULL ? ir_json_get(j, "holders") : NULL;
    bool held = false;
    size_t i;

    for (i = 0; i < w->c->trust.members_n; i++)
        if (ir_box_holds(w->b, w->row->a, role, (int)i)) {
            add_member(w, (int)i);
            held = true;
        }
    for (i = 0; !held && h != NULL && i < ir_json_len(h); i++)
        add_person(w, ir_json_str(ir_json_at(h, i)));
}

/* An audience that has addresses of its own, "audience:ID". */
static void
add_itself(struct work *w, const char *name)
{
    const struct ir_json *j =
        ir_view_contact(&w->c->view, "audiences", name + strlen("audience:"));
    bool outside = j != NULL && !ir_json_get_bool(j, "inside", true);

    if (j != NULL && (!outside || w->row->a->status == IR_ACTUAL))
        (void)add(w, name, ir_json_text_of(j, "title"), j, -1, outside);
}

static void
add_audience(struct work *w, const char *id, int depth)
{
    const struct ir_json *j = ir_view_contact(&w->c->view, "audiences", id);
    const struct ir_json *m = j != NULL ? ir_json_get(j, "members") : NULL;
    bool outside = j != NULL && !ir_json_get_bool(j, "inside", true);
    char *name;
    size_t i;

    if (j == NULL || (outside && w->row->a->status != IR_ACTUAL))
        return;
    for (i = 0; m != NULL && i < ir_json_len(m); i++)
        add_word(w, ir_json_str(ir_json_at(m, i)), depth + 1);
    name = ir_asprintf("audience:%s", id);
    if (ir_json_get(j, "channels") != NULL)
        add_itself(w, name);
    free(name);
}

/* Everybody of a contact tree; whose turn it is says cmd/tree.h. Of a role all
 * who deputise, whoever holds it now. */
static void
add_tree(struct work *w, const char *id, int depth)
{
    const struct ir_json *j = ir_view_contact(&w->c->view, "trees", id);
    const struct ir_json *levels = j != NULL ? ir_json_get(j, "levels") : NULL;
    size_t i, k, m;

    for (i = 0; levels != NULL && i < ir_json_len(levels); i++)
        for (k = 0; k < ir_json_len(ir_json_at(levels, i)); k++) {
            const char *word =
                ir_json_str(ir_json_at(ir_json_at(levels, i), k));
            const struct ir_json *role, *h;

            if (word == NULL || strncmp(word, "role:", 5) != 0) {
                add_word(w, word, depth + 1);
                continue;
            }
            role = ir_view_contact(&w->c->view, "roles", word + 5);
            h = role != NULL ? ir_json_get(role, "holders") : NULL;
            for (m = 0; h != NULL && m < ir_json_len(h); m++)
                add_person(w, ir_json_str(ir_json_at(h, m)));
        }
}

/* Somebody outside, in a test by hand: whatever leads to them, a person does.
 */
static void
add_party(struct work *w, const char *word)
{
    const struct ir_json *j = ir_party_row(&w->c->view, word);
    struct ir_recipient *r;
    size_t k;

    if (j == NULL || w->row->a->status != IR_TEST ||
        !add(w, word, ir_party_name(j), j, -1, true))
        return;
    r = &w->out->r[w->out->n - 1];
    for (k = 0; k < r->ways_n; k++)
        r->ways[k].use = IR_WAY_BY_HAND;
}

static void
add_word(struct work *w, const char *word, int depth)
{
    int member;

    if (word == NULL || depth > DEPTH_MAX)
        return;
    if (strncmp(word, "role:", 5) == 0) {
        add_role(w, word + 5);
    } else if (strncmp(word, "audience:", 9) == 0) {
        add_audience(w, word + 9, depth);
    } else if (strncmp(word, "tree:", 5) == 0) {
        add_tree(w, word + 5, depth);
    } else if (strncmp(word, "contact:", 8) == 0) {
        add_person(w, word + 8);
    } else if (strncmp(word, "party:", 6) == 0) {
        add_party(w, word);
    } else if ((member = ir_trust_member(&w->c->trust, word)) >= 0) {
        add_member(w, member);
    } else {
        add_person(w, word);
    }
}

/* Has that person answered, by themselves or by somebody's word, and when
 * first? */
static void
read_answers(const struct ir_alert *a, int member, struct ir_recipient *r)
{
    size_t k;

    r->answered = member >= 0 && ir_alert_answer(a, member) != NULL;
    for (k = 0; k < a->said_n; k++) {
        const struct ir_alert_said *s = &a->said[k];
        bool theirs = s->contact != NULL ? strcmp(s->contact, r->contact) == 0
                                         : r->answered && s->by == member;

        if (s->kind != IR_KIND_ACK || s->node || !theirs)
            continue;
        r->answered = true;
        if (r->answered_ms == 0 || s->at_ms < r->answered_ms)
            r->answered_ms = s->at_ms;
    }
}

void
ir_recips_of(struct ir_box *b, const struct ir_valert *row,
             const struct ir_channels *ch, struct ir_recips *out)
{
    struct work w = {.b = b, .c = b->c, .row = row, .ch = ch, .out = out};
    size_t i;

    memset(out, 0, sizeof *out);
    work_init(&w);
    for (i = 0; i < row->a->to_n; i++)
        add_word(&w, row->a->to[i], 0);
    for (i = 0; row->a->to_n == 0 && i < b->c->trust.members_n; i++)
        add_member(&w, (int)i);
    for (i = 0; i < out->n; i++)
        read_answers(row->a, out->who[i].member, &out->r[i]);
    work_done(&w);
}

static int
by_way(const void *a, const void *b)
{
    const struct ir_attempt *x = *(const struct ir_attempt *const *)a;
    const struct ir_attempt *y = *(const struct ir_attempt *const *)b;
    int d = strcmp(x->contact, y->contact);

    if (d == 0)
        d = strcmp(x->channel, y->channel);
    if (d == 0)
        d = strcmp(x->address != NULL ? x->address : "",
                   y->address != NULL ? y->address : "");
    return d;
}

/* Those of `a` by which the alert may have arrived, one for each way: what was
 * tried and has no outcome may have.
 *
 * Owns:   the caller frees with free().
 */
static const struct ir_attempt **
went(const struct ir_attempt *a, size_t n, size_t *out_n)
{
    const struct ir_attempt **v = ir_malloc((n + 1) * sizeof *v);
    size_t i, k, all = 0;

    *out_n = 0;
    for (i = 0; i < n; i++)
        v[all++] = &a[i];
    if (all > 1)
        qsort(v, all, sizeof *v, by_way);
    for (i = 0; i < all; i = k) {
        size_t tried = 0, failed = 0, handed = 0, best = i;

        for (k = i; k < all && by_way(&v[i], &v[k]) == 0; k++) {
            best = v[best]->far ? k : best;
            tried += v[k]->outcome == IR_OUTCOME_TRIED;
            failed += v[k]->outcome == IR_OUTCOME_FAILED;
            handed += v[k]->outcome == IR_OUTCOME_HANDED ||
                      v[k]->outcome == IR_OUTCOME_DELIVERED ||
                      v[k]->outcome == IR_OUTCOME_REPLIED;
        }
        if (handed > 0 || tried > failed)
            v[(*out_n)++] = v[best];
    }
    return v;
}

/* Do the contacts list that address of theirs? */
static bool
is_listed(struct work *w, const struct ir_attempt *a)
{
    const struct ir_json *j = NULL, *ways, *x;
    const char *to;
    int member;
    size_t at, i;

    if (strncmp(a->contact, "audience:", 9) == 0)
        j = ir_view_contact(&w->c->view, "audiences", a->contact + 9);
    else if (ir_index_get(&w->e->by_id, a->contact, &at))
        j = ir_json_at(w->e->people, at);
    else if ((member = ir_trust_member(&w->c->trust, a->contact)) >= 0)
        for (i = 0; w->e->people != NULL && i < ir_json_len(w->e->people); i++)
            if (w->e->member[i] == member)
                j = ir_json_at(w->e->people, i);
    ways = j != NULL ? ir_json_get(j, "channels") : NULL;
    for (i = 0; ways != NULL && i < ir_json_len(ways); i++) {
        x = ir_json_at(ways, i);
        to = ir_json_str(ir_json_at(x, 1));
        if (to != NULL && a->address != NULL && strcmp(to, a->address) == 0 &&
            strcmp(ir_json_str(ir_json_at(x, 0)), a->channel) == 0)
            return true;
    }
    return false;
}

/* Leave out where, as another device says alone, it went, and the contacts know
 * of no such address: nobody's word makes us write to whom they like.
 */
static size_t
keep_listed(struct work *w, const struct ir_attempt **v, size_t n)
{
    size_t i, kept = 0;

    for (i = 0; i < n; i++)
        if (!v[i]->far || is_listed(w, v[i]))
            v[kept++] = v[i];
    return kept;
}

void
ir_recips_had(struct ir_box *b, const struct ir_valert *row,
              const struct ir_channels *ch, const struct ir_attempt *a,
              size_t n, struct ir_recips *out)
{
    static const struct ir_attempt none;
    struct work w = {
        .b = b, .c = b->c, .row = row, .ch = ch, .out = out, .had = &none};
    const struct ir_attempt **v = went(a, n, &n);
    size_t i, before = 0;

    memset(out, 0, sizeof *out);
    work_init(&w);
    n = keep_listed(&w, v, n);
    for (i = 0; i < n; i++) {
        if (i == 0 || strcmp(v[i]->contact, v[i - 1]->contact) != 0) {
            before = out->n;
            if (strncmp(v[i]->contact, "audience:", 9) == 0)
                add_itself(&w, v[i]->contact);
            else
                add_word(&w, v[i]->contact, 0);
            if (out->n == before && !v[i]->far)
                (void)add(&w, v[i]->contact, NULL, NULL, -1, false);
        }
        if (out->n == before)
            continue;
        add_way(&w, v[i]->channel, v[i]->address, NULL);
        out->r[out->n - 1].ways[out->r[out->n - 1].ways_n - 1].at_once = true;
    }
    free(v);
    work_done(&w);
}

void
ir_recips_same_ways(struct ir_recips *to, const struct ir_attempt *a, size_t n)
{
    const struct ir_attempt **v = went(a, n, &n);
    size_t i, k, m;
    struct ir_index at = {0};

    for (i = 0; i < to->n; i++)
        (void)ir_index_put(&at, to->r[i].contact, i);
    for (m = 0; m < n; m++) {
        if (!ir_index_get(&at, v[m]->contact, &i))
            continue;
        for (k = 0; k < to->r[i].ways_n; k++) {
            struct ir_way *w = &to->r[i].ways[k];

            w->at_once |= strcmp(w->channel, v[m]->channel) == 0 &&
                          (v[m]->address == NULL ||
                           strcmp(w->address, v[m]->address) == 0);
        }
    }
    ir_index_done(&at);
    free(v);
}

void
ir_recips_done(struct ir_recips *r)
{
    size_t i, k;

    for (i = 0; i < r->n; i++) {
        for (k = 0; k < r->r[i].ways_n; k++) {
            free((void *)(uintptr_t)r->r[i].ways[k].channel);
            free((void *)(uintptr_t)r->r[i].ways[k].address);
        }
        free(r->r[i].ways);
        free((void *)(uintptr_t)r->r[i].contact);
        free(r->who[i].name);
    }
    free(r->r);
    free(r->who);
    memset(r, 0, sizeof *r);
}
