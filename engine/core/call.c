/* call.c: see call.h. */
#include "core/call.h"

#include <string.h>

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When the wait for `p` ends: they said no, every way was tried, or time is up.
 */
static int64_t
turn_ends(const struct ir_call_person *p, int64_t wait_ms)
{
    int64_t end =
        p->open_ms > INT64_MAX - wait_ms ? INT64_MAX : p->open_ms + wait_ms;

    if (p->answer == IR_CALL_DECLINED)
        end = least(end,
                    p->answered_ms > p->open_ms ? p->answered_ms : p->open_ms);
    if (p->through_ms > 0)
        end =
            least(end, p->through_ms > p->open_ms ? p->through_ms : p->open_ms);
    return end;
}

/* Who has the seat: whose signed word came first in order, else a claim. */
static void
find_taker(struct ir_call_seat *s)
{
    size_t i;

    s->taken_by = -1;
    s->taken_ms = INT64_MAX;
    for (i = 0; i < s->n; i++) {
        if (s->v[i].answer != IR_CALL_ACCEPTED)
            continue;
        s->taken_ms = least(s->taken_ms, s->v[i].answered_ms);
        if (s->taken_by < 0 || (s->v[s->taken_by].claimed && !s->v[i].claimed))
            s->taken_by = (int)i;
    }
}

/* Is somebody of it waited for who was asked again? */
static bool
waits_again(struct ir_call *c, const struct ir_call_seat *s, int64_t now_ms)
{
    int64_t wait_ms = s->wait_ms > 0 ? s->wait_ms : IR_CALL_WAIT_MS;
    bool waits = false;
    size_t i;

    for (i = 0; i < s->n && s->taken_by < 0; i++) {
        const struct ir_call_person *p = &s->v[i];

        if (p->answer != IR_CALL_SILENT || p->again_ms <= 0 ||
            p->again_ms > now_ms || now_ms - p->again_ms >= wait_ms ||
            p->through_ms > p->again_ms)
            continue;
        waits = true;
        c->next_ms = least(c->next_ms, p->again_ms + wait_ms);
    }
    return waits;
}

/* Has `contact` a place in one of the first `n` levels? */
static bool
stands_before(const struct ir_call *c, size_t n, const char *contact)
{
    size_t i, k, m;

    for (i = 0; i < n; i++)
        for (k = 0; k < c->v[i].n; k++)
            for (m = 0; m < c->v[i].v[k].n; m++)
                if (strcmp(c->v[i].v[k].v[m].contact, contact) == 0)
                    return true;
    return false;
}

/* When the first of level `i` was tried; INT64_MAX: nobody. Who stands in a
 * level before, too, was tried for that one: it says nothing of this. */
static int64_t
begun(const struct ir_call *c, size_t i)
{
    const struct ir_call_level *l = &c->v[i];
    int64_t at = INT64_MAX;
    size_t k, m;

    for (k = 0; k < l->n; k++)
        for (m = 0; m < l->v[k].n; m++)
            if (l->v[k].v[m].begun_ms > 0 &&
                !stands_before(c, i, l->v[k].v[m].contact))
                at = least(at, l->v[k].v[m].begun_ms);
    return at;
}

/* Whose turn it is in a seat of a level that opened at `open_ms`. */
static void
plan_seat(struct ir_call *c, struct ir_call_seat *s, int64_t open_ms,
          int64_t now_ms)
{
    int64_t wait_ms = s->wait_ms > 0 ? s->wait_ms : IR_CALL_WAIT_MS;
    int64_t next = open_ms;
    size_t i;

    find_taker(s);
    s->through = true;
    for (i = 0; i < s->n; i++) {
        struct ir_call_person *p = &s->v[i];

        p->open_ms = next > s->taken_ms ? INT64_MAX : next;
        if (p->begun_ms > 0 && p->begun_ms < p->open_ms)
            p->open_ms = p->begun_ms;
        if (p->open_ms > now_ms) {
            s->through = false;
            c->next_ms = least(c->next_ms, p->open_ms);
            next = INT64_MAX;
            continue;
        }
        next = turn_ends(p, wait_ms);
        if (next > now_ms)
            s->through = false;
    }
    /* the last one's turn ends: then the seat is through */
    if (s->taken_by < 0 && next > now_ms && next < c->next_ms)
        c->next_ms = next;
    if (s->taken_by >= 0)
        s->through = true;
}

/* The moment the seat was taken, or its last turn ended: what came first. */
static int64_t
seat_ended(const struct ir_call_seat *s)
{
    int64_t wait_ms = s->wait_ms > 0 ? s->wait_ms : IR_CALL_WAIT_MS;
    int64_t end = 0;

    if (s->n > 0)
        end = turn_ends(&s->v[s->n - 1], wait_ms);
    return s->taken_by >= 0 ? least(s->taken_ms, end) : end;
}

/* Nobody more is called where the goal is met. */
static void
shut_level(struct ir_call_level *l)
{
    size_t i, k;

    l->open_ms = INT64_MAX;
    for (i = 0; i < l->n; i++) {
        l->v[i].through = false;
        find_taker(&l->v[i]); /* who was not asked may have answered */
        for (k = 0; k < l->v[i].n; k++)
            l->v[i].v[k].open_ms = INT64_MAX;
    }
}

/* Take the turns back that have not begun. */
static void
end_turns(struct ir_call *c, int64_t met_ms)
{
    size_t i, k, m;

    for (i = 0; i < c->n; i++)
        for (k = 0; k < c->v[i].n; k++)
            for (m = 0; m < c->v[i].v[k].n; m++)
                if (c->v[i].v[k].v[m].open_ms >= met_ms)
                    c->v[i].v[k].v[m].open_ms = INT64_MAX;
    c->next_ms = INT64_MAX;
}

void
ir_call_plan(struct ir_call *c, int64_t now_ms)
{
    int64_t open_ms = least(c->began_ms, now_ms), met_ms = INT64_MAX;
    bool all_through = true, again = false;
    size_t i, k;

    c->next_ms = INT64_MAX;
    c->seats = c->taken = 0;
    for (i = 0; i < c->n; i++) {
        struct ir_call_level *l = &c->v[i];
        int64_t ended = open_ms;
        bool through = true;

        c->seats += l->n;
        open_ms = least(open_ms, begun(c, i));
        if (open_ms > now_ms) {
            if (open_ms < c->next_ms)
                c->next_ms = open_ms;
            shut_level(l);
            for (k = 0; k < l->n; k++)
                if (l->v[k].taken_by >= 0) {
                    c->taken++;
                    met_ms = least(met_ms, l->v[k].taken_ms);
                }
            all_through = false;
            open_ms = INT64_MAX;
            continue;
        }
        l->open_ms = open_ms;
        for (k = 0; k < l->n; k++) {
            int64_t at;

            plan_seat(c, &l->v[k], open_ms, now_ms);
            if (l->v[k].taken_by >= 0) {
                c->taken++;
                met_ms = least(met_ms, l->v[k].taken_ms);
            }
            through &= l->v[k].through;
            again |= waits_again(c, &l->v[k], now_ms);
            at = seat_ended(&l->v[k]);
            ended = at > ended ? at : ended;
        }
        all_through &= through;
        open_ms = through ? least(ended, now_ms) : INT64_MAX;
        if (!through && c->wait_ms > 0 && l->open_ms <= INT64_MAX - c->wait_ms)
            open_ms = l->open_ms + c->wait_ms;
    }
    if (c->one ? c->taken > 0 : c->taken == c->seats && c->seats > 0) {
        c->state = IR_CALL_MET;
        end_turns(c, c->one ? met_ms : now_ms + 1);
    } else {
        c->state = all_through && !again ? IR_CALL_TRIED : IR_CALL_RUNS;
    }
}
