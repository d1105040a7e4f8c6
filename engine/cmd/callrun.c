/* callrun.c: see callrun.h. */
#include "cmd/callrun.h"

#include "base/clock.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

static bool
is_meant(const struct ir_callwhich *w, const struct ir_outgoing *x)
{
    const struct ir_alert *a = x->row->a;

    if (x->tree.json == NULL)
        return false;
    if (w->alert != NULL)
        return memcmp(a->id, w->alert, IR_ID_BYTES) == 0;
    if (w->tree == NULL)
        return true;
    return strcmp(a->to[0] + strlen("tree:"), w->tree) == 0 &&
           a->has_incident == (w->incident != NULL) &&
           (w->incident == NULL ||
            memcmp(a->incident, w->incident, IR_INCIDENT_BYTES) == 0);
}

/* The newest that is meant. */
static struct ir_outgoing *
find(struct ir_outbox *o, const struct ir_callwhich *w)
{
    struct ir_outgoing *best = NULL;
    size_t i;

    for (i = 0; i < o->n; i++) {
        struct ir_outgoing *x = &o->v[i];

        if (is_meant(w, x) &&
            (best == NULL || x->row->a->hlc > best->row->a->hlc))
            best = x;
    }
    return best;
}

int
ir_callrun_load(struct ir_ctx *c, const struct ir_callwhich *which,
                struct ir_callrun *r)
{
    int rc;

    memset(r, 0, sizeof *r);
    r->c = c;
    r->version = ir_store_version(c->st);
    rc = ir_outbox_load(c, true, &r->o);
    if (rc != IR_OK)
        return rc;
    r->x = find(&r->o, which);
    if (r->x != NULL) {
        memcpy(r->alert, r->x->row->a->id, IR_ID_BYTES);
        ir_callrun_view(r, r->x);
    }
    return IR_OK;
}

static void
forget_view(struct ir_callrun *r)
{
    size_t i;

    for (i = 0; i < r->names_n; i++)
        free(r->names[i]);
    free(r->names);
    free(r->rows);
    free(r->text);
    r->names = NULL;
    r->names_n = 0;
    r->rows = NULL;
    r->text = NULL;
}

void
ir_callrun_done(struct ir_callrun *r)
{
    forget_view(r);
    ir_outbox_done(&r->o);
    r->x = NULL;
}

int
ir_callrun_again(struct ir_callrun *r, bool *changed)
{
    struct ir_callwhich which = {.alert = r->alert};
    int64_t version = ir_store_version(r->c->st);
    int rc;

    *changed = version != r->version;
    if (!*changed) {
        ir_callrun_view(r, r->x);
        return IR_OK;
    }
    forget_view(r);
    ir_outbox_done(&r->o);
    r->x = NULL;
    r->version = version;
    rc = ir_ctx_trust(r->c);
    if (rc == IR_OK)
        rc = ir_outbox_load(r->c, true, &r->o);
    if (rc != IR_OK)
        return rc;
    r->x = find(&r->o, &which);
    if (r->x == NULL)
        return ir_fail(&r->c->err, IR_ENOTFOUND, _("the call is gone"));
    ir_callrun_view(r, r->x);
    return IR_OK;
}

/* Who answered for that contact, or NULL when they did themselves. */
static const char *
on_behalf(struct ir_callrun *r, const struct ir_outgoing *x, size_t at)
{
    const struct ir_alert *a = x->row->a;
    size_t i;

    if (x->to.who[at].member >= 0 &&
        ir_alert_answer(a, x->to.who[at].member) != NULL)
        return NULL;
    for (i = 0; i < a->said_n; i++)
        if (a->said[i].kind == IR_KIND_ACK && a->said[i].contact != NULL &&
            a->said[i].stands &&
            strcmp(a->said[i].contact, x->to.r[at].contact) == 0) {
            r->names =
                ir_realloc(r->names, (r->names_n + 1) * sizeof *r->names);
            r->names[r->names_n] =
                ir_view_member(&r->c->view, a->said[i].by, false);
            return r->names[r->names_n++];
        }
    return NULL;
}

/* The title of the role that a seat is, or NULL. */
static const char *
seat_title(struct ir_ctx *c, const char *word)
{
    const struct ir_json *role;

    if (strncmp(word, "role:", 5) != 0)
        return NULL;
    role = ir_view_contact(&c->view, "roles", word + 5);
    return role != NULL && ir_json_text_of(role, "title") != NULL
               ? ir_json_text_of(role, "title")
               : word + 5;
}

static void
lay_rows(struct ir_callrun *r, const struct ir_outgoing *x)
{
    const struct ir_call *call = &x->tree.call;
    size_t i, k, m, n = 0, seat = 0;

    for (i = 0; i < call->n; i++)
        for (k = 0; k < call->v[i].n; k++)
            n += call->v[i].v[k].n;
    r->rows = ir_calloc(n + 1, sizeof *r->rows);
    for (i = n = 0; i < call->n; i++)
        for (k = 0; k < call->v[i].n; k++, seat++)
            for (m = 0; m < call->v[i].v[k].n; m++) {
                struct ir_vcall_row *row = &r->rows[n++];
                size_t at = x->tree.at[seat][m];

                row->level = i;
                row->first = m == 0;
                row->s = &call->v[i].v[k];
                row->seat = seat_title(r->c, row->s->word);
                row->p = &row->s->v[m];
                row->r = &x->to.r[at];
                row->name = x->to.who[at].name;
                row->by = on_behalf(r, x, at);
            }
    r->view.rows = r->rows;
    r->view.n = n;
}

static enum ir_vcall_state
state_of(const struct ir_outgoing *x)
{
    switch (x->row->a->state) {
    case IR_ALERT_WAITING:
        return IR_VCALL_WAITING;
    case IR_ALERT_OUT:
        break;
    default:
        return IR_VCALL_ENDED;
    }
    return x->tree.call.state == IR_CALL_MET     ? IR_VCALL_MET
           : x->tree.call.state == IR_CALL_TRIED ? IR_VCALL_TRIED
                                                 : IR_VCALL_RUNS;
}

void
ir_callrun_view(struct ir_callrun *r, struct ir_outgoing *x)
{
    const struct ir_alert *a = x->row->a;
    struct ir_vcall *v = &r->view;
    struct ir_now now;

    forget_view(r);
    ir_clock_now(&now);
    r->c->view.now_ms = r->c->talk_view.now_ms = now.wall_ms;
    ir_outbox_plan(&r->o, now.wall_ms);
    r->x = x;
    r->text = ir_tree_text(r->c, a, ir_i18n_lang());
    memset(v, 0, sizeof *v);
    v->id = a->id;
    v->tree = ir_json_get_str(x->tree.json, "id", "");
    v->title = ir_json_text_of(x->tree.json, "title");
    v->text = r->text;
    v->incident = x->row->incident;
    v->status = a->status;
    v->began_ms = a->at_ms;
    v->next_ms = x->next_ms;
    v->number = x->number;
    v->commands = ir_tree_commands(r->c, x->tree.json);
    v->mine = a->by == r->c->me;
    v->call = &x->tree.call;
    v->state = state_of(x);
    lay_rows(r, x);
}

void
ir_callrun_stale(struct ir_callrun *r)
{
    r->version = -1;
}

bool
ir_callrun_to_dial(const struct ir_callrun *r)
{
    const struct ir_outgoing *x = r->x;
    size_t i;

    for (i = 0; x != NULL && i < x->due_n; i++)
        if (x->due[i].by_hand &&
            (x->to.who[x->due[i].recipient].member < 0 ||
             x->to.who[x->due[i].recipient].member != r->c->me))
            return true;
    return false;
}

static void
fill(struct ir_batch *b, const struct ir_alert *a, const struct ir_callhand *h)
{
    struct ir_draft *d = ir_batch_about(b, a, IR_KIND_ATTEMPT);

    ir_bodyw_text(&d->body, 1, h->contact);
    ir_bodyw_text(&d->body, 2, h->channel);
    ir_bodyw_uint(&d->body, 3, (uint64_t)h->outcome);
    ir_bodyw_text(&d->body, 4, h->reply);
    ir_bodyw_text(&d->body, 6, h->detail);
    ir_bodyw_text(&d->body, 7, h->address);
    if (h->number > 0)
        ir_bodyw_uint(&d->body, 8, h->number);
    if (h->retry_at_ms > 0)
        ir_bodyw_uint(&d->body, 9, (uint64_t)h->retry_at_ms);
    if (h->ack == 0)
        return;
    /* an answer belongs to its alert, wherever that is */
    d = ir_batch_add(b, NULL, IR_KIND_ACK);
    d->status = (uint8_t)a->status;
    memcpy(d->refs[0], a->id, IR_ID_BYTES);
    d->refs_n = 1;
    ir_bodyw_uint(&d->body, 1, (uint64_t)h->ack);
    ir_bodyw_text(&d->body, 3, h->contact);
    ir_bodyw_text(&d->body, 4, h->how);
}

int
ir_callrun_record(struct ir_ctx *c, const struct ir_alert *a,
                  const struct ir_callhand *h, size_t n)
{
    size_t i = 0;
    int rc = IR_OK;

    while (rc == IR_OK && i < n) {
        struct ir_batch b = {0};

        for (; i < n && b.n + 2 <= IR_BATCH_MAX; i++)
            fill(&b, a, &h[i]);
        rc = ir_batch_commit(c, &b);
    }
    return rc;
}

char *
ir_callrun_step(struct ir_ctx *c, const struct ir_case *k, size_t i)
{
    const struct ir_step *step = k->inc->steps[i].step;
    struct ir_callwhich which = {.incident = k->inc->id};
    struct ir_err keep = c->err;
    struct ir_callrun r;
    char *line = NULL;

    if (step == NULL || step->call == NULL)
        return NULL;
    which.tree = step->call;
    if (ir_callrun_load(c, &which, &r) == IR_OK && r.x != NULL)
        line = ir_view_call_line(&c->view, &r.view);
    ir_callrun_done(&r);
    c->err = keep;
    if (line != NULL && line[0] == '\0') {
        free(line);
        line = NULL;
    }
    return line;
}
