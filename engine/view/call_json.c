/* call_json.c: a contact tree as it is worked down, as JSON; see call.h. */
#include "base/scan.h"
#include "view/call.h"
#include "view/hours.h"

#include <string.h>

static const char *const states[] = {"running", "met", "tried", "ended",
                                     "waiting"};

static const char *
at_word(enum ir_vcall_at at)
{
    static const char *const words[] = {"not-yet",     "to-dial",    "sending",
                                        "handed-over", "delivered",  "accepted",
                                        "declined",    "replied",    "seen",
                                        "no-answer",   "not-reached"};

    return words[at];
}

static struct ir_json *
way_json(const struct ir_way *w)
{
    static const char *const outcomes[] = {"none",      "tried",  "handed-over",
                                           "delivered", "failed", "replied",
                                           "no-answer"};
    struct ir_json *j = ir_json_new_obj();

    ir_json_set_str(j, "channel", w->channel);
    ir_json_set_str(j, "address", w->address);
    ir_json_set_bool(j, "by_hand", w->use == IR_WAY_BY_HAND);
    ir_json_set_str(j, "outcome", outcomes[w->last]);
    ir_json_set_int(j, "tried", (int64_t)w->tried_n);
    ir_view_set_time(j, "at", w->at_ms);
    return j;
}

/* 0 and "never" are null. */
static void
set_moment(struct ir_json *j, const char *key, int64_t ms)
{
    ir_view_set_time(j, key, ms == INT64_MAX ? 0 : ms);
}

static struct ir_json *
person_json(const struct ir_view *v, const struct ir_vcall_row *row)
{
    struct ir_json *j = ir_json_new_obj(), *ways = ir_json_new_arr();
    const struct ir_call_person *p = row->p;
    size_t k;

    ir_json_set_str(j, "contact", row->r->contact);
    ir_json_set_str(j, "name", row->name);
    ir_json_set_str(j, "state", at_word(ir_view_call_at(v, row)));
    set_moment(j, "turn", p->open_ms);
    ir_view_set_duty(j, row->r->duty, row->r->duty_ms);
    ir_json_set_str(j, "answer",
                    p->answer == IR_CALL_ACCEPTED   ? "accept"
                    : p->answer == IR_CALL_DECLINED ? "decline"
                                                    : "none");
    ir_json_set_bool(j, "claim", p->answer != IR_CALL_SILENT && p->claimed);
    set_moment(j, "answered", p->answer != IR_CALL_SILENT ? p->answered_ms : 0);
    if (row->r->reply != NULL)
        ir_json_set_str(j, "reply", row->r->reply);
    if (row->by != NULL)
        ir_json_set_str(j, "by", row->by);
    for (k = 0; k < row->r->ways_n; k++)
        ir_json_add_take(ways, way_json(&row->r->ways[k]));
    ir_json_set_take(j, "ways", ways);
    return j;
}

static struct ir_json *
seat_json(const struct ir_view *v, const struct ir_call_seat *s,
          const struct ir_vcall *x)
{
    struct ir_json *j = ir_json_new_obj(), *people = ir_json_new_arr();
    size_t i;

    ir_json_set_str(j, "seat", s->word);
    ir_json_set_str(j, "state",
                    s->taken_by >= 0 ? "taken"
                    : s->through     ? "through"
                                     : "open");
    if (s->taken_by >= 0)
        ir_json_set_str(j, "taken_by", s->v[s->taken_by].contact);
    for (i = 0; i < x->n; i++)
        if (x->rows[i].s == s)
            ir_json_add_take(people, person_json(v, &x->rows[i]));
    ir_json_set_take(j, "people", people);
    return j;
}

struct ir_json *
ir_view_call_json(const struct ir_view *v, const struct ir_vcall *x)
{
    struct ir_json *j = ir_json_new_obj(), *levels = ir_json_new_arr();
    char hex[2 * IR_ID_BYTES + 1];
    size_t i, k;

    ir_hex(x->id, IR_ID_BYTES, hex);
    ir_json_set_str(j, "id", hex);
    ir_json_set_str(j, "tree", x->tree);
    ir_json_set_str(j, "text", x->text);
    ir_json_set_str(j, "status", ir_view_status_word(x->status));
    if (x->incident != NULL)
        ir_json_set_str(j, "incident", x->incident);
    ir_json_set_str(j, "state", states[x->state]);
    ir_json_set_str(j, "goal", x->call->one ? "one" : "each");
    ir_json_set_int(j, "seats", (int64_t)x->call->seats);
    ir_json_set_int(j, "taken", (int64_t)x->call->taken);
    ir_json_set_int(j, "number", (int64_t)x->number);
    ir_view_set_time(j, "began", x->began_ms);
    if (x->state == IR_VCALL_RUNS && x->next_ms != INT64_MAX)
        ir_json_set_int(j, "next_ms", x->next_ms);
    for (i = 0; i < x->call->n; i++) {
        const struct ir_call_level *l = &x->call->v[i];
        struct ir_json *o = ir_json_new_obj(), *seats = ir_json_new_arr();

        set_moment(o, "opens", l->open_ms);
        for (k = 0; k < l->n; k++)
            ir_json_add_take(seats, seat_json(v, &l->v[k], x));
        ir_json_set_take(o, "seats", seats);
        ir_json_add_take(levels, o);
    }
    ir_json_set_take(j, "levels", levels);
    return j;
}
