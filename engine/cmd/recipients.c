/* recipients.c: see recipients.h. */
#include "cmd/recipients.h"

#include "cmd/signed.h"
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
    const struct ir_json *j = ir_channel_conf(c, id);

    return strcmp(id, "mail") == 0 || strcmp(id, "email") == 0 ||
           (j != NULL && ir_json_get_bool(j, "mail", false));
}

int
ir_channels_load(struct ir_ctx *c, const uint8_t *incident, int status,
                 struct ir_channels *out)
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
        ir_channels_fold(&c->trust, e, log.n, status, out);
        free(e);
    }
    ir_log_done(&log);
    return rc;
}

/* What is being put together. */
struct work {
    struct ir_box *b;
    struct ir_ctx *c;
    const struct ir_valert *row;
    const struct ir_channels *ch;
    struct ir_recips *out;
};

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

static bool
has(const struct ir_recips *out, const char *contact)
{
    size_t i;

    for (i = 0; i < out->n; i++)
        if (strcmp(out->r[i].contact, contact) == 0)
            return true;
    return false;
}

/* Add one, with the ways of `o` ("channels": [[means, address], ...]). */
static void
add(struct work *w, const char *contact, const char *name,
    const struct ir_json *o, int member, bool outside)
{
    const struct ir_json *ways = o != NULL ? ir_json_get(o, "channels") : NULL;
    struct ir_recips *out = w->out;
    struct ir_recipient *r;
    struct ir_recip *who;
    size_t i;

    if (has(out, contact))
        return;
    out->r = ir_realloc(out->r, (out->n + 1) * sizeof *out->r);
    out->who = ir_realloc(out->who, (out->n + 1) * sizeof *out->who);
    r = &out->r[out->n];
    who = &out->who[out->n++];
    memset(r, 0, sizeof *r);
    memset(who, 0, sizeof *who);
    r->contact = ir_strdup(contact);
    r->ways_n = ways != NULL ? ir_json_len(ways) : 0;
    r->ways = ir_calloc(r->ways_n + 1, sizeof *r->ways);
    for (i = 0; i < r->ways_n; i++) {
        const struct ir_json *x = ir_json_at(ways, i);
        const char *channel = ir_json_str(ir_json_at(x, 0));
        const char *address = ir_json_str(ir_json_at(x, 1));

        r->ways[i].channel = ir_strdup(channel != NULL ? channel : "");
        r->ways[i].address = ir_strdup(address != NULL ? address : "");
        r->ways[i].use = use_of(w, r->ways[i].channel);
    }
    who->name = ir_strdup(name != NULL ? name : contact);
    who->lang =
        o != NULL && strcmp(ir_json_get_str(o, "language", "ja"), "en") == 0
            ? IR_LANG_EN
            : IR_LANG_JA;
    who->member = member;
    who->outside = outside;
}

/* The member a person of the contacts is, or -1. */
static int
member_of(struct ir_ctx *c, const struct ir_json *person)
{
    return ir_trust_member(
        &c->trust,
        ir_json_get_str(person, "member", ir_json_get_str(person, "id", "")));
}

/* Somebody of another organisation: so it says in the contacts, or they are
 * reached as an audience outside and are no member. */
static bool
is_outsider(struct ir_ctx *c, const struct ir_json *person)
{
    const struct ir_json *list = ir_view_contacts(&c->view, "audiences");
    const char *id = ir_json_get_str(person, "id", "");
    size_t i, k;

    if (ir_json_get_bool(person, "outside", false))
        return true;
    for (i = 0; list != NULL && i < ir_json_len(list); i++) {
        const struct ir_json *a = ir_json_at(list, i);
        const struct ir_json *m = ir_json_get(a, "members");

        for (k = 0; m != NULL && !ir_json_get_bool(a, "inside", true) &&
                    k < ir_json_len(m);
             k++) {
            const char *who = ir_json_str(ir_json_at(m, k));

            if (who != NULL && strcmp(who, id) == 0)
                return member_of(c, person) < 0;
        }
    }
    return false;
}

static void
add_person(struct work *w, const char *id)
{
    const struct ir_json *p = ir_view_contact(&w->c->view, "people", id);
    int member;

    if (p == NULL || (w->row->a->status != IR_ACTUAL && is_outsider(w->c, p)))
        return;
    member = member_of(w->c, p);
    if (member >= 0 && member == w->row->a->by)
        return;
    add(w, id, ir_json_text_of(p, "name"), p, member, false);
}

/* A member, as the contacts list them; by their handle where they do not. */
static void
add_member(struct work *w, int who)
{
    const struct ir_member *m = &w->c->trust.members[who];
    const struct ir_json *people = ir_view_contacts(&w->c->view, "people");
    size_t i;

    if (who == w->row->a->by || !m->active)
        return;
    for (i = 0; people != NULL && i < ir_json_len(people); i++) {
        const struct ir_json *p = ir_json_at(people, i);

        if (member_of(w->c, p) == who) {
            add_person(w, ir_json_get_str(p, "id", ""));
            return;
        }
    }
    add(w, m->handle, m->name, NULL, who, false);
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
        add(w, name, ir_json_text_of(j, "title"), j, -1, outside);
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
    } else if ((member = ir_trust_member(&w->c->trust, word)) >= 0) {
        add_member(w, member);
    } else {
        add_person(w, word);
    }
}

void
ir_recips_of(struct ir_box *b, const struct ir_valert *row,
             const struct ir_channels *ch, struct ir_recips *out)
{
    struct work w = {.b = b, .c = b->c, .row = row, .ch = ch, .out = out};
    size_t i, k;

    memset(out, 0, sizeof *out);
    for (i = 0; i < row->a->to_n; i++)
        add_word(&w, row->a->to[i], 0);
    for (i = 0; row->a->to_n == 0 && i < b->c->trust.members_n; i++)
        add_member(&w, (int)i);
    for (i = 0; i < out->n; i++) {
        out->r[i].answered =
            out->who[i].member >= 0 &&
            ir_alert_answer(row->a, out->who[i].member) != NULL;
        for (k = 0; k < row->a->said_n; k++)
            if (row->a->said[k].kind == IR_KIND_ACK &&
                row->a->said[k].contact != NULL &&
                strcmp(row->a->said[k].contact, out->r[i].contact) == 0)
                out->r[i].answered = true;
    }
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
