/* tree.c: see tree.h. */
#include "cmd/tree.h"

#include "core/deadline.h"
#include "core/message.h"

#include <stdlib.h>
#include <string.h>

const struct ir_json *
ir_tree_of(struct ir_ctx *c, const struct ir_alert *a)
{
    if (a->to_n != 1 || strncmp(a->to[0], "tree:", 5) != 0)
        return NULL;
    return ir_view_contact(&c->view, "trees", a->to[0] + 5);
}

char *
ir_tree_text(struct ir_ctx *c, const struct ir_alert *a, enum ir_lang lang)
{
    const struct ir_json *tree = ir_tree_of(c, a);
    const struct ir_json *say = tree != NULL ? ir_json_get(tree, "say") : NULL;
    const char *own =
        say != NULL ? ir_json_get_str(say, ir_lang_code(lang), NULL) : NULL;

    if (own == NULL)
        return ir_strdup(a->text);
    if (strcmp(a->text, ir_json_get_str(say, "en", "")) == 0 ||
        strcmp(a->text, ir_json_get_str(say, "ja", "")) == 0)
        return ir_strdup(own);
    return ir_asprintf("%s\n%s", a->text, own);
}

/* Does the role's list of holders name that person? */
static bool
is_holder(const struct ir_json *role, const char *person)
{
    const struct ir_json *h =
        role != NULL ? ir_json_get(role, "holders") : NULL;
    size_t i;

    for (i = 0; h != NULL && person != NULL && i < ir_json_len(h); i++) {
        const char *id = ir_json_str(ir_json_at(h, i));

        if (id != NULL && strcmp(id, person) == 0)
            return true;
    }
    return false;
}

bool
ir_tree_commands(struct ir_ctx *c, const struct ir_json *tree)
{
    const struct ir_json *levels =
        tree != NULL ? ir_json_get(tree, "levels") : NULL;
    const struct ir_json *role =
        ir_view_contact(&c->view, "roles", "commander");
    const struct ir_json *h =
        role != NULL ? ir_json_get(role, "holders") : NULL;
    const char *first = h != NULL ? ir_json_str(ir_json_at(h, 0)) : NULL;
    bool has_first = false;
    size_t i, k;

    for (i = 0; levels != NULL && i < ir_json_len(levels); i++)
        for (k = 0; k < ir_json_len(ir_json_at(levels, i)); k++) {
            const char *w = ir_json_str(ir_json_at(ir_json_at(levels, i), k));
            bool all = w != NULL && strcmp(w, "role:commander") == 0;

            if (!all && !is_holder(role, w))
                return false;
            has_first |=
                all || (first != NULL && w != NULL && strcmp(w, first) == 0);
        }
    return has_first;
}

static size_t
find(const struct ir_recips *to, const char *contact)
{
    size_t i = 0;

    while (i < to->n && strcmp(to->r[i].contact, contact) != 0)
        i++;
    return i;
}

/* Put one person on a seat, if they are among the recipients. */
static void
sit(struct ir_call_seat *s, size_t **at, const struct ir_recips *to,
    const char *contact)
{
    size_t i = contact != NULL ? find(to, contact) : to->n;

    if (i == to->n)
        return;
    s->v = ir_realloc(s->v, (s->n + 1) * sizeof *s->v);
    *at = ir_realloc(*at, (s->n + 1) * sizeof **at);
    memset(&s->v[s->n], 0, sizeof *s->v);
    s->v[s->n].contact = to->r[i].contact;
    (*at)[s->n++] = i;
}

/* Where the holders of a role are equals (`equal` of the contacts), whoever was
 * at work when the call began comes first. The order stays for the whole call,
 * and is the same on every device. The order of deputies is otherwise kept, for
 * it says who may decide. */
static void
sit_equals(struct ir_ctx *c, const struct ir_json *holders, int64_t began_ms,
           const struct ir_recips *to, struct ir_call_seat *s, size_t **at)
{
    size_t i, n = holders != NULL ? ir_json_len(holders) : 0;
    enum ir_duty *duty = ir_calloc(n + 1, sizeof *duty);
    size_t *order = ir_calloc(n + 1, sizeof *order);
    struct ir_site_calendar cal;

    ir_site_calendar_init(c->view.site, &cal);
    for (i = 0; i < n; i++) {
        const char *id = ir_json_str(ir_json_at(holders, i));
        struct ir_working w;

        ir_working_read(ir_view_contact(&c->view, "people", id), &cal.cal, &w);
        duty[i] = ir_working_at(&w, &cal.cal, began_ms, NULL);
    }
    ir_site_calendar_done(&cal);
    ir_duty_order(duty, n, order);
    for (i = 0; i < n; i++)
        sit(s, at, to, ir_json_str(ir_json_at(holders, order[i])));
    free(duty);
    free(order);
}

static void
fill_seat(struct ir_ctx *c, const char *word, int64_t began_ms,
          const struct ir_recips *to, struct ir_call_seat *s, size_t **at)
{
    const struct ir_json *role, *holders;
    size_t i;

    s->word = word;
    if (strncmp(word, "role:", 5) != 0) {
        sit(s, at, to, word);
        return;
    }
    role = ir_view_contact(&c->view, "roles", word + 5);
    holders = role != NULL ? ir_json_get(role, "holders") : NULL;
    s->wait_ms = role != NULL ? 1000 * ir_json_get_int(role, "wait", 0) : 0;
    if (role != NULL && ir_json_get_bool(role, "equal", false)) {
        sit_equals(c, holders, began_ms, to, s, at);
        return;
    }
    for (i = 0; holders != NULL && i < ir_json_len(holders); i++)
        sit(s, at, to, ir_json_str(ir_json_at(holders, i)));
}

void
ir_tree_init(struct ir_ctx *c, const struct ir_json *json,
             const struct ir_alert *a, const struct ir_recips *to,
             struct ir_tree *t)
{
    const struct ir_json *levels = ir_json_get(json, "levels");
    size_t i, k;

    memset(t, 0, sizeof *t);
    t->json = json;
    t->call.began_ms = a->at_ms;
    t->call.wait_ms = 1000 * ir_json_get_int(json, "wait", 0);
    t->call.one = strcmp(ir_json_get_str(json, "goal", "each"), "one") == 0;
    t->call.n = levels != NULL ? ir_json_len(levels) : 0;
    t->call.v = ir_calloc(t->call.n + 1, sizeof *t->call.v);
    for (i = 0; i < t->call.n; i++) {
        const struct ir_json *l = ir_json_at(levels, i);
        struct ir_call_level *v = &t->call.v[i];

        v->n = ir_json_len(l);
        v->v = ir_calloc(v->n + 1, sizeof *v->v);
        t->at = ir_realloc(t->at, (t->seats_n + v->n + 1) * sizeof *t->at);
        for (k = 0; k < v->n; k++) {
            const char *word = ir_json_str(ir_json_at(l, k));

            t->at[t->seats_n] = NULL;
            fill_seat(c, word != NULL ? word : "", a->at_ms, to, &v->v[k],
                      &t->at[t->seats_n++]);
        }
    }
}

void
ir_tree_done(struct ir_tree *t)
{
    size_t i, k;

    for (i = 0; i < t->call.n; i++) {
        for (k = 0; k < t->call.v[i].n; k++)
            free(t->call.v[i].v[k].v);
        free(t->call.v[i].v);
    }
    for (i = 0; i < t->seats_n; i++)
        free(t->at[i]);
    free(t->at);
    free(t->call.v);
    memset(t, 0, sizeof *t);
}

/* What a reply claims: "4a" yes, "4d" no, also in full width; anything else
 * says nothing. */
static enum ir_call_answer
claimed(const char *reply)
{
    uint64_t number;
    int word = ir_reply_read(reply, &number);

    return word == 'a'   ? IR_CALL_ACCEPTED
           : word == 'd' ? IR_CALL_DECLINED
                         : IR_CALL_SILENT;
}

static enum ir_call_answer
signed_word(int code)
{
    return code == IR_ACK_DECLINE                         ? IR_CALL_DECLINED
           : code == IR_ACK_ACCEPT || code == IR_ACK_DONE ? IR_CALL_ACCEPTED
                                                          : IR_CALL_SILENT;
}

/* The answer of a recipient: their own word, else one on their behalf, else
 * what a reply claims. */
static void
take_answer(const struct ir_alert *a, const struct ir_recips *to, size_t at,
            struct ir_call_person *p)
{
    const struct ir_recipient *r = &to->r[at];
    const struct ir_alert_said *own =
        to->who[at].member >= 0 ? ir_alert_answer(a, to->who[at].member) : NULL;
    size_t i;

    p->answer = IR_CALL_SILENT;
    p->claimed = false;
    if (own != NULL) {
        p->answer = signed_word(own->code);
        p->answered_ms = own->at_ms;
    }
    for (i = 0; p->answer == IR_CALL_SILENT && i < a->said_n; i++)
        if (a->said[i].kind == IR_KIND_ACK && a->said[i].contact != NULL &&
            a->said[i].stands && strcmp(a->said[i].contact, r->contact) == 0) {
            p->answer = signed_word(a->said[i].code);
            p->answered_ms = a->said[i].at_ms;
        }
    if (p->answer == IR_CALL_SILENT && r->reply != NULL) {
        p->answer = claimed(r->reply);
        p->answered_ms = r->last_ms;
        p->claimed = true;
    }
    p->begun_ms = r->first_ms;
    p->again_ms = r->again_ms;
    /* one at whose door nothing is left to try is waited for no longer */
    p->through_ms = r->exhausted && p->answer == IR_CALL_SILENT &&
                            (r->last_ms > 0 || r->ways_n == 0)
                        ? (r->last_ms > 0 ? r->last_ms : a->at_ms)
                        : 0;
}

bool
ir_tree_plan(struct ir_tree *t, const struct ir_alert *a, struct ir_recips *to,
             int64_t now_ms)
{
    bool changed = false;
    size_t i, k, m, seat = 0;
    int64_t *was;

    for (i = 0; i < t->call.n; i++)
        for (k = 0; k < t->call.v[i].n; k++, seat++)
            for (m = 0; m < t->call.v[i].v[k].n; m++)
                take_answer(a, to, t->at[seat][m], &t->call.v[i].v[k].v[m]);
    ir_call_plan(&t->call, now_ms);
    was = ir_calloc(to->n + 1, sizeof *was);
    for (i = 0; i < to->n; i++) {
        was[i] = to->r[i].open_ms;
        to->r[i].open_ms = INT64_MAX;
    }
    /* one who sits twice has their turn at the first of them */
    for (i = 0, seat = 0; i < t->call.n; i++)
        for (k = 0; k < t->call.v[i].n; k++, seat++)
            for (m = 0; m < t->call.v[i].v[k].n; m++) {
                struct ir_recipient *r = &to->r[t->at[seat][m]];

                if (t->call.v[i].v[k].v[m].open_ms < r->open_ms)
                    r->open_ms = t->call.v[i].v[k].v[m].open_ms;
            }
    for (i = 0; i < to->n; i++)
        changed |= to->r[i].open_ms != was[i];
    free(was);
    return changed;
}
