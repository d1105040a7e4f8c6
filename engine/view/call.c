/* call.c: see call.h. */
#include "view/call.h"

#include "base/i18n.h"
#include "base/utf8.h"
#include "core/entry.h"
#include "core/message.h"
#include "view/hours.h"
#include "view/pool.h"

#include <stdlib.h>
#include <string.h>

static bool
is_any(const struct ir_recipient *r, enum ir_outcome a, enum ir_outcome b)
{
    size_t k;

    for (k = 0; k < r->ways_n; k++)
        if (r->ways[k].last == a || r->ways[k].last == b)
            return true;
    return false;
}

/* Is a way by hand left that nobody has gone? */
static bool
to_dial(const struct ir_recipient *r)
{
    size_t k;

    for (k = 0; k < r->ways_n; k++)
        if (r->ways[k].use == IR_WAY_BY_HAND && !r->ways[k].given_up &&
            r->ways[k].last != IR_OUTCOME_REPLIED)
            return true;
    return false;
}

/* Has their seat waited for them as long as it does? */
static bool
is_over(const struct ir_vcall_row *row, int64_t now_ms)
{
    int64_t wait = row->s->wait_ms > 0 ? row->s->wait_ms : IR_CALL_WAIT_MS;
    int64_t from = row->p->open_ms;

    if (row->p->again_ms > from)
        from = row->p->again_ms;
    return from <= now_ms && now_ms - from >= wait;
}

enum ir_vcall_at
ir_view_call_at(const struct ir_view *v, const struct ir_vcall_row *row)
{
    const struct ir_recipient *r = row->r;

    if (row->p->answer == IR_CALL_ACCEPTED)
        return IR_VCALL_ACCEPTED;
    if (row->p->answer == IR_CALL_DECLINED)
        return IR_VCALL_DECLINED;
    if (r->reply != NULL)
        return IR_VCALL_SAYS;
    if (r->answered)
        return IR_VCALL_SEEN;
    if (row->p->open_ms > v->now_ms && r->first_ms == 0)
        return IR_VCALL_NOT_YET;
    if (r->exhausted || (is_over(row, v->now_ms) &&
                         (!to_dial(r) || r->reach >= IR_REACH_HANDED)))
        return is_any(r, IR_OUTCOME_NO_ANSWER, IR_OUTCOME_HANDED) ||
                       is_any(r, IR_OUTCOME_DELIVERED, IR_OUTCOME_DELIVERED)
                   ? IR_VCALL_NO_ANSWER
                   : IR_VCALL_NOT_REACHED;
    if (r->reach == IR_REACH_DELIVERED)
        return IR_VCALL_DELIVERED;
    if (r->reach == IR_REACH_HANDED)
        return IR_VCALL_HANDED;
    return to_dial(r) && !is_any(r, IR_OUTCOME_TRIED, IR_OUTCOME_FAILED)
               ? IR_VCALL_DIAL
               : IR_VCALL_SENDING;
}

/* What became of one way, or NULL: nothing yet. */
static const char *
way_say(const struct ir_way *w)
{
    switch (w->last) {
    case IR_OUTCOME_TRIED:
        return _("being sent");
    case IR_OUTCOME_HANDED:
        return _("handed over");
    case IR_OUTCOME_DELIVERED:
        return _("delivered");
    case IR_OUTCOME_FAILED:
        return w->given_up ? _("failed") : _("failed, is tried again");
    case IR_OUTCOME_NO_ANSWER:
        return w->given_up ? _("no answer") : _("once more");
    case IR_OUTCOME_REPLIED:
        return _("answered");
    default:
        return w->use == IR_WAY_BY_HAND && w->due ? _("to be dialled") : NULL;
    }
}

/* "SMS handed over · phone to be dialled" */
static char *
ways_text(const struct ir_view *v, const struct ir_recipient *r)
{
    struct ir_buf b = {0};
    size_t k;

    for (k = 0; k < r->ways_n; k++) {
        const char *say = way_say(&r->ways[k]);
        char *name;

        if (say == NULL)
            continue;
        name = ir_view_channel(v, r->ways[k].channel);
        ir_buf_addf(&b, "%s%s", b.len > 0 ? ir_view_sep(v) : "", name);
        free(name);
        if (r->ways[k].last == 0) {
            name = ir_view_safe(v, r->ways[k].address);
            ir_buf_addf(&b, " %s", name);
            free(name);
        }
        ir_buf_addf(&b, " %s", say);
    }
    return ir_buf_take(&b);
}

/* What they answered, by whose word. */
static const char *
answer_text(const struct ir_view *v, const struct ir_vcall_row *row,
            enum ir_vcall_at at, struct ir_pool *pool)
{
    const char *word = at == IR_VCALL_ACCEPTED ? _("can come") : _("cannot");
    char *at_text = ir_view_time(v, row->p->answered_ms);

    (void)ir_pool_take(pool, at_text);
    if (row->p->claimed)
        return ir_pool_f(pool, _("says \"%s\": %s (a claim, %s)"),
                         ir_pool_take(pool, ir_view_safe(v, row->r->reply)),
                         word, at_text);
    if (row->by != NULL)
        return ir_pool_f(pool, _("%s %s (%s says so for them)"), word, at_text,
                         ir_pool_take(pool, ir_view_safe(v, row->by)));
    return ir_pool_f(pool, _("%s %s (signed)"), word, at_text);
}

static const char *
far_text(const struct ir_view *v, const struct ir_vcall_row *row,
         struct ir_pool *pool)
{
    enum ir_vcall_at at = ir_view_call_at(v, row);
    const char *ways = ir_pool_take(pool, ways_text(v, row->r));

    switch (at) {
    case IR_VCALL_ACCEPTED:
    case IR_VCALL_DECLINED:
        return answer_text(v, row, at, pool);
    case IR_VCALL_SAYS:
        return ir_pool_f(pool, _("says \"%s\" (a claim)"),
                         ir_pool_take(pool, ir_view_safe(v, row->r->reply)));
    case IR_VCALL_SEEN:
        return _("has seen it, no answer yet");
    case IR_VCALL_NO_ANSWER:
        return ir_pool_f(pool, _("no answer: %s"), ways);
    case IR_VCALL_NOT_REACHED:
        return *ways != '\0' ? ir_pool_f(pool, _("NOT reached (%s)"), ways)
                             : _("NOT reached: no way is known");
    case IR_VCALL_NOT_YET:
        return row->p->open_ms == INT64_MAX
                   ? _("not yet")
                   : ir_pool_f(
                         pool, _("turn at %s"),
                         ir_pool_take(pool, ir_view_time(v, row->p->open_ms)));
    default:
        return *ways != '\0' ? ways : _("being sent");
    }
}

/* How it stands with them; while they are silent and it is their turn, also
 * that they are not at work. */
static const char *
state_text(const struct ir_view *v, const struct ir_vcall_row *row,
           struct ir_pool *pool)
{
    enum ir_vcall_at at = ir_view_call_at(v, row);
    const char *far = far_text(v, row, pool);
    char *off;

    if (at == IR_VCALL_NOT_YET || row->p->answer != IR_CALL_SILENT ||
        row->r->reply != NULL || row->r->answered)
        return far;
    off = ir_view_off(v, row->r->duty, row->r->duty_ms);
    return off != NULL ? ir_pool_f(pool, "%s%s%s", far, ir_view_sep(v),
                                   ir_pool_take(pool, off))
                       : far;
}

/* The same, with what they said that names another alert. */
static const char *
row_text(const struct ir_view *v, const struct ir_vcall_row *row,
         struct ir_pool *pool)
{
    const char *text = state_text(v, row, pool);

    if (row->r->other == NULL || row->p->answer != IR_CALL_SILENT)
        return text;
    return ir_pool_f(pool,
                     _("%s; says \"%s\", which names another alert (a "
                       "claim)"),
                     text, ir_pool_take(pool, ir_view_safe(v, row->r->other)));
}

static enum ir_style
style_of(enum ir_vcall_at at)
{
    return at == IR_VCALL_ACCEPTED  ? IR_STYLE_BOLD
           : at == IR_VCALL_NOT_YET ? IR_STYLE_DIM
           : at == IR_VCALL_NO_ANSWER || at == IR_VCALL_NOT_REACHED
               ? IR_STYLE_ACCENT
               : IR_STYLE_NONE;
}

/* "Ito" or "Ito (Commander)". */
static const char *
name_of(const struct ir_view *v, const struct ir_vcall_row *row,
        struct ir_pool *pool)
{
    const char *name = ir_pool_take(pool, ir_view_safe(v, row->name));

    if (row->seat == NULL || !row->first)
        return name;
    return ir_pool_f(pool, _("%s (%s)"), name,
                     ir_pool_take(pool, ir_view_safe(v, row->seat)));
}

/* Those whose turn has not begun, of one level, stand in one row. */
static size_t
same_wait(const struct ir_view *v, const struct ir_vcall *x, size_t i)
{
    size_t n = 1;

    if (ir_view_call_at(v, &x->rows[i]) != IR_VCALL_NOT_YET)
        return 1;
    while (i + n < x->n && x->rows[i + n].level == x->rows[i].level &&
           ir_view_call_at(v, &x->rows[i + n]) == IR_VCALL_NOT_YET &&
           x->rows[i + n].p->open_ms == x->rows[i].p->open_ms)
        n++;
    return n;
}

/* Columns for those who wait for their turn together: they stand in a table
 * with those who are called, whom they must not push off their lines. */
#define WAITING_WIDTH 24

static void
put_rows(const struct ir_view *v, const struct ir_vcall *x, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_table tb;
    size_t i, k, n, level = SIZE_MAX;

    ir_table_init(&tb, 4, 1);
    for (i = 0; i < x->n; i += n) {
        const struct ir_vcall_row *row = &x->rows[i];
        enum ir_vcall_at at = ir_view_call_at(v, row);
        struct ir_buf names = {0};
        const char *cells[4];

        n = same_wait(v, x, i);
        for (k = 0; k < n; k++) {
            const char *name = name_of(v, &x->rows[i + k], &pool);

            if (k > 0 &&
                ir_utf8_width(ir_buf_str(&names)) + ir_utf8_width(name) >
                    WAITING_WIDTH)
                break;
            ir_buf_addf(&names, "%s%s", k > 0 ? _(", ") : "", name);
        }
        if (k < n)
            ir_buf_addf(&names, _(", %zu more waiting"), n - k);
        cells[0] =
            row->level != level ? ir_pool_f(&pool, "%zu", row->level + 1) : "";
        level = row->level;
        cells[1] = ir_pool_buf(&pool, &names);
        cells[2] = at == IR_VCALL_NOT_YET || row->p->open_ms == INT64_MAX
                       ? ""
                       : ir_pool_take(&pool, ir_view_time(v, row->p->open_ms));
        cells[3] = row_text(v, row, &pool);
        ir_table_row(&tb, style_of(at), cells);
    }
    ir_table_write(&tb, &v->term, out);
    ir_pool_done(&pool);
}

/* The last `lines` lines of `all`, with how many stand above. */
static void
put_last(const struct ir_view *v, const char *all, int lines,
         const char *command, struct ir_buf *out)
{
    const char *p;
    char *s;
    int n = 0;

    for (p = all; *p != '\0'; p++)
        n += *p == '\n';
    if (lines > 0 && n > lines) {
        int skip = n - lines + 1;

        s = ir_asprintf(_("(%d lines above: %s)"), skip, command);
        ir_term_row(&v->term, out, 1, IR_STYLE_DIM, s, IR_STYLE_NONE, NULL);
        free(s);
        for (p = all; skip > 0; p++)
            skip -= *p == '\n';
        ir_buf_adds(out, p);
        return;
    }
    ir_buf_adds(out, all);
}

void
ir_view_call(const struct ir_view *v, const struct ir_vcall *x, int lines,
             struct ir_buf *out)
{
    struct ir_buf rows = {0};
    char *title = ir_view_safe(v, x->title), *left, *right, *text, *command;
    const char *warn = ir_message_mark(x->status, ir_i18n_lang());
    const char *gap = *warn != '\0' ? " " : "";

    left = ir_asprintf(_("%s%sCall: %s"), warn, gap, title);
    right =
        x->call->one
            ? ir_strdup(x->call->taken > 0 ? _("somebody comes")
                                           : _("one of them is enough"))
            : ir_asprintf(_("%zu of %zu come"), x->call->taken, x->call->seats);
    ir_term_row(&v->term, out, 1,
                *warn != '\0' ? IR_STYLE_EXERCISE : IR_STYLE_BOLD, left,
                IR_STYLE_NONE, right);
    text = ir_view_safe(v, x->text);
    free(right);
    right = ir_asprintf(_("\"%s\""), text);
    ir_term_para(&v->term, out, 1, NULL, IR_STYLE_DIM, right);
    put_rows(v, x, &rows);
    command = ir_asprintf("ir call status %s", x->tree);
    put_last(v, ir_buf_str(&rows), lines, command, out);
    ir_buf_done(&rows);
    free(command);
    free(text);
    free(left);
    free(right);
    free(title);
}

/* Names of those who stand so, once each.
 *
 * Owns:   of the pool; "" nobody.
 */
static const char *
names_at(const struct ir_view *v, const struct ir_vcall *x, unsigned which,
         struct ir_pool *pool)
{
    struct ir_buf b = {0};
    size_t i, k;

    for (i = 0; i < x->n; i++) {
        if ((which >> ir_view_call_at(v, &x->rows[i]) & 1) == 0)
            continue;
        for (k = 0; k < i && x->rows[k].r != x->rows[i].r; k++)
            ;
        if (k == i)
            ir_buf_addf(&b, "%s%s", b.len > 0 ? _(", ") : "",
                        ir_pool_take(pool, ir_view_safe(v, x->rows[i].name)));
    }
    return ir_pool_buf(pool, &b);
}

#define SILENT                                                                 \
    (1U << IR_VCALL_NOT_YET | 1U << IR_VCALL_DIAL | 1U << IR_VCALL_SENDING |   \
     1U << IR_VCALL_HANDED | 1U << IR_VCALL_DELIVERED |                        \
     1U << IR_VCALL_NO_ANSWER | 1U << IR_VCALL_NOT_REACHED)

char *
ir_view_call_line(const struct ir_view *v, const struct ir_vcall *x)
{
    static const unsigned which[] = {1U << IR_VCALL_ACCEPTED,
                                     1U << IR_VCALL_DECLINED,
                                     1U << IR_VCALL_SAYS | 1U << IR_VCALL_SEEN,
                                     SILENT & ~(1U << IR_VCALL_NOT_YET)};
    const char *says[] = {_("can come"), _("cannot"), _("said something else"),
                          _("no answer")};
    struct ir_pool pool = {0};
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < sizeof which / sizeof which[0]; i++) {
        const char *names = names_at(v, x, which[i], &pool);

        if (*names == '\0')
            continue;
        ir_buf_adds(&b, b.len > 0 ? _("; ") : "");
        ir_buf_addf(&b, _("%s: %s"), says[i], names);
    }
    ir_pool_done(&pool);
    return ir_buf_take(&b);
}

/* A row of "what to do:  command". */
static void
put_way_on(const struct ir_view *v, const char *what, const char *command,
           struct ir_buf *out)
{
    struct ir_pool pool = {0};

    ir_term_para(&v->term, out, 3, ir_pool_f(&pool, "%s  ", what),
                 IR_STYLE_NONE,
                 ir_pool_whole(&pool, command, v->term.cols - 5));
    ir_pool_done(&pool);
}

static void
put_tried(const struct ir_view *v, const struct ir_vcall *x, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    const char *lost = names_at(v, x, SILENT, &pool);
    struct ir_buf dial = {0};
    size_t i;

    for (i = 0; i < x->n; i++)
        if (x->rows[i].p->answer == IR_CALL_SILENT &&
            x->rows[i].r->reply == NULL && to_dial(x->rows[i].r))
            ir_buf_addf(&dial, "%s%s", dial.len > 0 ? _(", ") : "",
                        ir_pool_take(&pool, ir_view_safe(v, x->rows[i].name)));
    ir_term_para(
        &v->term, out, 1, NULL, IR_STYLE_BOLD,
        *lost != '\0'
            ? ir_pool_f(&pool, _("Everybody was tried. No answer: %s"), lost)
            : _("Everybody was tried, and nobody is left to ask."));
    if (dial.len > 0)
        put_way_on(v, _("still to be dialled:"), ir_pool_buf(&pool, &dial),
                   out);
    if (*lost != '\0')
        put_way_on(v, _("ask those once more:"),
                   ir_pool_f(&pool, "ir call %s --again", x->tree), out);
    if (*lost != '\0')
        put_way_on(v, _("somebody calls back:"),
                   ir_pool_f(&pool, "ir call reply NAME TEXT"), out);
    if (x->commands)
        put_way_on(v, _("act as commander until one is reached:"),
                   _("ir role act commander -r \"nobody reached\""), out);
    ir_pool_done(&pool);
}

/* Whose word nobody signed: anybody can send a message that shows their number.
 */
static void
put_claims(const struct ir_view *v, const struct ir_vcall *x,
           struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_buf b = {0};
    size_t i, k;

    for (i = 0; i < x->n; i++) {
        const struct ir_call_person *p = x->rows[i].p;

        if (p->answer != IR_CALL_ACCEPTED || !p->claimed)
            continue;
        for (k = 0; k < i && x->rows[k].r != x->rows[i].r; k++)
            ;
        if (k == i)
            ir_buf_addf(&b, "%s%s", b.len > 0 ? _(", ") : "",
                        ir_pool_take(&pool, ir_view_safe(v, x->rows[i].name)));
    }
    if (b.len > 0)
        ir_term_para(&v->term, out, 3, NULL, IR_STYLE_ACCENT,
                     ir_pool_f(&pool,
                               _("Only a reply says so, which nobody "
                                 "signed: %s. Ring them up."),
                               ir_pool_buf(&pool, &b)));
    ir_pool_done(&pool);
}

void
ir_view_call_end(const struct ir_view *v, const struct ir_vcall *x,
                 struct ir_buf *out)
{
    struct ir_pool pool = {0};
    const char *come = names_at(v, x, 1U << IR_VCALL_ACCEPTED, &pool);

    switch (x->state) {
    case IR_VCALL_MET:
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_BOLD,
                     ir_pool_f(&pool, _("Goal met. Who can come: %s"), come));
        put_claims(v, x, out);
        if (x->commands)
            put_way_on(v, _("they take command on their device:"),
                       "ir role take commander", out);
        break;
    case IR_VCALL_TRIED:
        put_tried(v, x, out);
        break;
    case IR_VCALL_ENDED:
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     _("The call was ended; nobody else is called."));
        break;
    case IR_VCALL_WAITING:
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     _("It waits for cosignatures; nobody is called yet."));
        break;
    case IR_VCALL_RUNS:
        ir_term_para(
            &v->term, out, 1, NULL, IR_STYLE_NONE,
            x->next_ms == INT64_MAX || x->next_ms <= v->now_ms
                ? _("The call runs.")
                : ir_pool_f(&pool, _("The call runs. Next at %s."),
                            ir_pool_take(&pool, ir_view_time(v, x->next_ms))));
        break;
    }
    ir_pool_done(&pool);
}
