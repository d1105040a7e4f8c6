/* timeline.c: see timeline.h. */
#include "view/timeline.h"

#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"
#include "core/deliver.h"
#include "core/message.h"
#include "view/head.h"
#include "view/sentence.h"

#include <stdlib.h>
#include <string.h>

#define RUN_MIN 3   /* handed over in a row: one row */
#define RUN_NAMES 8 /* of them that are named */

static int
find(const struct ir_timeline *tl, const uint8_t id[IR_ID_BYTES])
{
    size_t i;

    for (i = 0; i < tl->n; i++)
        if (memcmp(tl->items[i].id, id, IR_ID_BYTES) == 0)
            return (int)i;
    return -1;
}

/* How far a precision may be off, so that "about" is not called late. */
static int64_t
slack(int precision)
{
    switch (precision) {
    case IR_PREC_HOUR:
        return 3600 * 1000;
    case IR_PREC_DAY:
        return 86400 * 1000;
    default:
        return 60 * 1000;
    }
}

/* The answers that a step entry (field 8) or the declaration (7) carries. */
static void
take_answers(const struct ir_entry *e, struct ir_titem *it)
{
    int key = e->h.kind == IR_KIND_STEP       ? 8
              : e->h.kind == IR_KIND_INCIDENT ? 7
                                              : 0;
    struct ir_body_item item;
    size_t i = 0;

    while (key != 0 && ir_body_each(e, key, &i, &item)) {
        if (item.name == NULL)
            continue;
        it->answers =
            ir_realloc(it->answers, (it->answers_n + 1) * sizeof *it->answers);
        it->answers[it->answers_n].name = ir_strndup(item.name, item.name_len);
        it->answers[it->answers_n++].value =
            ir_strndup((const char *)item.p, item.len);
    }
}

/* What was left open by the entry that closed the incident. */
static void
take_left(const struct ir_incident *inc, struct ir_titem *it)
{
    size_t i;

    it->left_open = ir_calloc(inc->left_open_n, sizeof it->left_open[0]);
    for (i = 0; i < inc->left_open_n; i++)
        it->left_open[it->left_open_n++] = ir_strdup(inc->left_open[i]);
}

/* Who was to be reached by what, and what came of it. */
static void
take_attempt(const struct ir_view *v, const struct ir_entry *e,
             struct ir_titem *it)
{
    struct ir_attempt a;
    char *who, *by;

    if (ir_attempt_read(e, &a, NULL) != IR_OK)
        return;
    who = ir_view_person(v, a.contact, false);
    by = ir_view_channel(v, a.channel);
    it->way = ir_asprintf(_("%s (%s)"), who, by);
    it->to = ir_asprintf("%s\n%s\n%s", a.contact, a.channel,
                         a.address != NULL ? a.address : "");
    it->outcome = (int)a.outcome;
    free(who);
    free(by);
    ir_attempt_done(&a);
}

static void
build_item(const struct ir_view *v, const struct ir_entry *e,
           const struct ir_incident *inc, struct ir_titem *it)
{
    const struct ir_cert_key *key;
    struct ir_buf text = {0};
    size_t n;

    memcpy(it->id, e->id, sizeof it->id);
    memcpy(it->key_id, e->h.author, sizeof it->key_id);
    memcpy(it->refs, e->h.refs, sizeof it->refs);
    it->refs_n = e->h.refs_n;
    it->kind = e->h.kind;
    it->status = e->h.status;
    it->recorded_ms = ir_entry_recorded_ms(e);
    it->has_occurred = e->h.has_occurred;
    it->occurred_ms = it->has_occurred ? e->h.occurred_ms : it->recorded_ms;
    it->precision = it->has_occurred ? e->h.occurred_prec : IR_PREC_EXACT;
    it->late = it->has_occurred && it->recorded_ms - it->occurred_ms >
                                       IR_VIEW_LATE_MS + slack(it->precision);
    it->author = -1;
    it->counts = true;
    if (v->trust != NULL) {
        key = ir_trust_key(v->trust, e->h.author);
        it->author = ir_trust_author(v->trust, e);
        it->node = key != NULL && key->node;
        it->counts = ir_trust_admits(v->trust, e, NULL) == IR_OK;
    }
    if (e->b == NULL)
        it->redacted = IR_RED_MISSING;
    else if (ir_entry_plain(e, &n) == NULL)
        it->redacted = IR_RED_SEALED;
    ir_view_entry_text(v, e, inc, &text);
    it->text = ir_buf_take(&text);
    if (e->h.kind == IR_KIND_STEP || e->h.kind == IR_KIND_REQUEST)
        it->step = ir_body_strdup(e, 1);
    it->amend = ir_strdup("");
    if (e->h.kind == IR_KIND_ATTEMPT)
        take_attempt(v, e, it);
    take_answers(e, it);
    if (inc != NULL && inc->left_open_n > 0 &&
        memcmp(e->id, inc->closing, IR_ID_BYTES) == 0)
        take_left(inc, it);
}

/* A later entry corrected this one: keep both, the correction beside. */
static void
apply_amend(const struct ir_view *v, const struct ir_entry *e,
            struct ir_titem *it)
{
    struct ir_buf b = {0};
    const char *s;
    size_t n;
    char *safe, *who, *at;

    if (!ir_body_text(e, 1, &s, &n))
        return;
    safe = ir_view_safe_n(v, s, n);
    who = ir_view_member(
        v, v->trust != NULL ? ir_trust_author(v->trust, e) : -1, false);
    at = ir_view_time(v, ir_entry_recorded_ms(e));
    ir_buf_adds(&b, it->amend);
    ir_buf_addf(&b, _(" (corrected %s by %s: \"%s\")"), at, who, safe);
    free(it->amend);
    it->amend = ir_buf_take(&b);
    it->amended = true;
    free(safe);
    free(who);
    free(at);
}

static void
apply_redact(const struct ir_view *v, const struct ir_entry *e,
             struct ir_titem *it)
{
    const struct ir_kind *k = ir_kind_get(it->kind);
    bool erase = ir_body_uint_or(e, 3, 0) == 2;
    const char *s = "";
    size_t n = 0;
    char *safe;

    if (k != NULL && k->state_bearing)
        return; /* never withheld or erased: the redaction does not count */
    ir_body_text(e, 1, &s, &n);
    safe = ir_view_safe_n(v, s, n);
    free(it->text);
    it->text =
        ir_asprintf(erase ? _("[erased: %s]") : _("[withheld: %s]"), safe);
    free(it->amend); /* a correction may repeat what is withheld */
    it->amend = ir_strdup("");
    it->redacted = erase ? IR_RED_ERASED : IR_RED_WITHHELD;
    free(safe);
}

static void
apply_refs(const struct ir_view *v, const struct ir_entry *const *e, size_t n,
           struct ir_timeline *tl)
{
    size_t pass, i, k;

    /* corrections first, so that what is withheld stays withheld */
    for (pass = 0; pass < 2; pass++)
        for (i = 0; i < n; i++) {
            if (e[i]->h.kind != (pass == 0 ? IR_KIND_AMEND : IR_KIND_REDACT) ||
                !tl->items[i].counts)
                continue;
            for (k = 0; k < e[i]->h.refs_n; k++) {
                int at = find(tl, e[i]->h.refs[k]);

                if (at < 0)
                    continue;
                if (pass == 0)
                    apply_amend(v, e[i], &tl->items[at]);
                else
                    apply_redact(v, e[i], &tl->items[at]);
            }
        }
}

static int
by_attempt(const void *a, const void *b)
{
    const struct ir_titem *x = *(struct ir_titem *const *)a;
    const struct ir_titem *y = *(struct ir_titem *const *)b;
    int d = memcmp(x->refs[0], y->refs[0], IR_ID_BYTES);

    if (d == 0)
        d = strcmp(x->to, y->to);
    return d != 0 ? d : x < y ? -1 : x > y;
}

/* Mark what a device began to send and what has an outcome: the next word
 * about the same alert, person and address. Items are in fold order. */
static void
mark_begun(struct ir_timeline *tl)
{
    struct ir_titem **v = ir_calloc(tl->n + 1, sizeof(struct ir_titem *));
    size_t i, n = 0;

    for (i = 0; i < tl->n; i++)
        if (tl->items[i].to != NULL && tl->items[i].refs_n > 0)
            v[n++] = &tl->items[i];
    if (n > 1)
        qsort(v, n, sizeof(struct ir_titem *), by_attempt);
    for (i = 0; i + 1 < n; i++)
        v[i]->begun =
            v[i]->node && v[i]->outcome == IR_OUTCOME_TRIED &&
            memcmp(v[i]->refs[0], v[i + 1]->refs[0], IR_ID_BYTES) == 0 &&
            strcmp(v[i]->to, v[i + 1]->to) == 0;
    free(v);
}

/* Stable: a merge sort by when things happened. */
static void
sort_items(struct ir_titem *a, struct ir_titem *tmp, size_t n)
{
    size_t m = n / 2, i = 0, j = m, k = 0;

    if (n < 2)
        return;
    sort_items(a, tmp, m);
    sort_items(a + m, tmp, n - m);
    while (i < m || j < n)
        if (j >= n || (i < m && a[i].occurred_ms <= a[j].occurred_ms))
            tmp[k++] = a[i++];
        else
            tmp[k++] = a[j++];
    memcpy(a, tmp, n * sizeof *a);
}

void
ir_timeline_build(const struct ir_view *v, const struct ir_entry *const *e,
                  size_t n, const struct ir_incident *inc,
                  struct ir_timeline *tl)
{
    struct ir_titem *tmp;
    size_t i;

    tl->items = ir_calloc(n + 1, sizeof *tl->items);
    tl->n = n;
    for (i = 0; i < n; i++)
        build_item(v, e[i], inc, &tl->items[i]);
    apply_refs(v, e, n, tl);
    mark_begun(tl);
    tmp = ir_calloc(n + 1, sizeof *tmp);
    sort_items(tl->items, tmp, n);
    free(tmp);
}

void
ir_timeline_done(struct ir_timeline *tl)
{
    size_t i, k;

    for (i = 0; i < tl->n; i++) {
        free(tl->items[i].text);
        free(tl->items[i].step);
        free(tl->items[i].way);
        free(tl->items[i].to);
        for (k = 0; k < tl->items[i].answers_n; k++) {
            free(tl->items[i].answers[k].name);
            free(tl->items[i].answers[k].value);
        }
        free(tl->items[i].answers);
        free(tl->items[i].amend);
        for (k = 0; k < tl->items[i].left_open_n; k++)
            free(tl->items[i].left_open[k]);
        free(tl->items[i].left_open);
    }
    free(tl->items);
    *tl = (struct ir_timeline){0};
}

static const char *
happened(const struct ir_view *v, const struct ir_titem *it,
         struct ir_pool *pool)
{
    const char *at = ir_pool_take(pool, ir_view_time(v, it->occurred_ms));
    const char *day, *now;

    switch (it->precision) {
    case IR_PREC_DAY: /* the day alone; today's too */
        day = ir_pool_take(pool, ir_view_stamp(it->occurred_ms));
        now = ir_pool_take(pool, ir_view_stamp(v->now_ms));
        if (strlen(day) > 10 && strncmp(day, now, 5) == 0)
            return ir_pool_f(pool, "%.5s", day + 5);
        return ir_pool_f(pool, "%.10s", day);
    case IR_PREC_HOUR:
    case IR_PREC_UNSURE:
        return ir_pool_f(pool, "%s ~", at);
    default:
        return at;
    }
}

static const char *
who_of(const struct ir_view *v, const struct ir_titem *it, struct ir_pool *pool)
{
    return it->node ? _("device")
           : it->author >= 0
               ? ir_pool_take(pool, ir_view_member(v, it->author, false))
               : _("unknown");
}

/* The sentence with what must be known about it. */
static const char *
what_of(const struct ir_view *v, const struct ir_titem *it,
        struct ir_pool *pool)
{
    const char *what = ir_pool_f(pool, "%s%s", it->text, it->amend);
    size_t i;

    for (i = 0; i < it->left_open_n; i++)
        what = ir_pool_f(pool, _("%s (left open: %s)"), what,
                         ir_pool_take(pool, ir_view_safe(v, it->left_open[i])));

    if (!it->counts)
        what = ir_pool_f(pool, _("(does not count) %s"), what);
    if (it->status != IR_ACTUAL)
        what =
            ir_pool_f(pool, "[%s] %s",
                      ir_message_mark((int)it->status, ir_i18n_lang()), what);
    return what;
}

static void
write_item(const struct ir_view *v, const struct ir_titem *it, bool ids,
           struct ir_pool *pool, struct ir_table *tb)
{
    const char *cells[5];
    char hex[2 * 4 + 1];
    size_t c = 0;

    cells[c++] = happened(v, it, pool);
    cells[c++] = ir_pool_f(pool, "%s%s",
                           ir_pool_take(pool, ir_view_time(v, it->recorded_ms)),
                           it->late ? _(" late") : "");
    cells[c++] = who_of(v, it, pool);
    if (ids) {
        ir_hex(it->id, 4, hex);
        cells[c++] = ir_pool_f(pool, "%s", hex);
    }
    cells[c++] = what_of(v, it, pool);
    ir_table_row(tb, it->counts ? IR_STYLE_NONE : IR_STYLE_DIM, cells);
}

/* Where a grid has no room: when and who, what below; when it was recorded
 * only where that differs.
 */
static void
narrow_item(const struct ir_view *v, const struct ir_titem *it, bool ids,
            struct ir_pool *pool, struct ir_buf *out)
{
    const char *when = happened(v, it, pool), *right = "";
    const char *rec = ir_pool_take(pool, ir_view_time(v, it->recorded_ms));
    char hex[2 * 4 + 1];

    if (strcmp(when, rec) != 0)
        right = ir_pool_f(pool, _("recorded %s%s"), rec,
                          it->late ? _(" late") : "");
    ir_hex(it->id, 4, hex);
    ir_term_row(&v->term, out, 1, IR_STYLE_BOLD,
                ir_pool_f(pool, "%s  %s%s%s", when, who_of(v, it, pool),
                          ids ? "  " : "", ids ? hex : ""),
                IR_STYLE_NONE, right);
    ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE, what_of(v, it, pool));
}

/* Made by machines, and of no weight for who reads what happened. */
static bool
is_aside(const struct ir_titem *it)
{
    return it->kind == IR_KIND_WITNESS || it->kind == IR_KIND_RECEIPT ||
           it->begun;
}

static bool
is_handed(const struct ir_titem *it)
{
    return it->node && it->counts && it->outcome == IR_OUTCOME_HANDED &&
           it->refs_n > 0;
}

/* How many items from `i` on are one alert that a device handed over to one
 * after the other; *handed: to how many, *hidden: items between them that are
 * not shown. 0: no such run, or a short one. */
static size_t
run_of(const struct ir_timeline *tl, size_t i, size_t *handed, size_t *hidden)
{
    const struct ir_titem *first = &tl->items[i];
    size_t k, n = 0, aside = 0;

    *handed = *hidden = 0;
    for (k = i; k < tl->n && is_handed(first); k++) {
        const struct ir_titem *it = &tl->items[k];

        if (is_aside(it)) {
            aside++;
            continue;
        }
        if (!is_handed(it) || it->status != first->status ||
            memcmp(it->refs[0], first->refs[0], IR_ID_BYTES) != 0)
            break;
        ++*handed;
        *hidden = aside;
        n = k + 1 - i;
    }
    return *handed >= RUN_MIN ? n : 0;
}

/* "Alert a91f03c2 handed over to 12: Ito (SMS), Mori (SMS) and 10 more".
 *
 * Owns:   the caller frees with free().
 */
static char *
run_text(const struct ir_timeline *tl, size_t i, size_t n, size_t handed)
{
    struct ir_buf b = {0};
    char hex[2 * 4 + 1];
    size_t k, said = 0;

    ir_hex(tl->items[i].refs[0], 4, hex);
    ir_buf_addf(&b, _("Alert %s handed over to %zu: "), hex, handed);
    for (k = i; k < i + n && said < RUN_NAMES; k++)
        if (is_handed(&tl->items[k]))
            ir_buf_addf(&b, "%s%s", said++ > 0 ? _(", ") : "",
                        tl->items[k].way);
    if (handed > said)
        ir_buf_addf(&b, _(" and %zu more"), handed - said);
    return ir_buf_take(&b);
}

static void
put_item(const struct ir_view *v, const struct ir_titem *it, bool ids,
         struct ir_pool *pool, struct ir_table *tb, struct ir_buf *out)
{
    if (v->term.cols < IR_TERM_NARROW)
        narrow_item(v, it, ids, pool, out);
    else
        write_item(v, it, ids, pool, tb);
}

void
ir_view_timeline(const struct ir_view *v, const struct ir_timeline *tl,
                 bool all, bool ids, struct ir_buf *out)
{
    struct ir_pool pool = {0};
    struct ir_table tb;
    struct ir_titem one;
    size_t i, hidden = 0, run, handed, aside;

    ir_table_init(&tb, ids ? 5 : 4, 1);
    tb.head[0] = _("happened");
    tb.head[1] = _("recorded");
    tb.head[2] = _("who");
    if (ids)
        tb.head[3] = _("entry");
    tb.head[ids ? 4 : 3] = _("what");
    for (i = 0; i<tl->n; i += run> 0 ? run : 1) {
        run = 0;
        if (!all && is_aside(&tl->items[i])) {
            hidden++;
            continue;
        }
        if (!all && !ids)
            run = run_of(tl, i, &handed, &aside);
        if (run == 0) {
            put_item(v, &tl->items[i], ids, &pool, &tb, out);
            continue;
        }
        one = tl->items[i];
        one.text = run_text(tl, i, run, handed);
        ir_pool_take(&pool, one.text);
        hidden += aside;
        put_item(v, &one, ids, &pool, &tb, out);
    }
    if (tl->n == 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_NONE,
                     _("Nothing is recorded yet."));
    ir_table_write(&tb, &v->term, out);
    if (hidden > 0)
        ir_term_para(&v->term, out, 1, NULL, IR_STYLE_DIM,
                     ir_pool_f(&pool, _("not shown, by machines: %zu (%s)"),
                               hidden,
                               ir_pool_cmd(&pool, "ir timeline --all")));
    ir_pool_done(&pool);
}

static struct ir_json *
item_json(const struct ir_view *v, const struct ir_titem *it)
{
    static const char *const red[] = {NULL, "withheld", "erased", "missing",
                                      "sealed"};
    const struct ir_kind *k = ir_kind_get(it->kind);
    struct ir_json *obj = ir_json_new_obj(), *refs;
    char hex[2 * IR_ID_BYTES + 1];
    size_t i;

    ir_json_set_hex(obj, "id", it->id, sizeof it->id);
    ir_view_set_time(obj, "recorded", it->recorded_ms);
    ir_view_set_time(obj, "occurred", it->occurred_ms);
    ir_json_set_str(obj, "precision", ir_view_prec_word(it->precision));
    ir_json_set_bool(obj, "late", it->late);
    if (it->author >= 0)
        ir_view_set_member(v, obj, "author", it->author);
    else
        ir_json_set_hex(obj, "author", it->key_id, sizeof it->key_id);
    if (k != NULL)
        ir_json_set_str(obj, "kind", k->name);
    else
        ir_json_set_int(obj, "kind", (int64_t)it->kind);
    ir_json_set_str(obj, "text", it->text);
    ir_json_set_str(obj, "step", it->step);
    if (it->answers_n > 0) {
        refs = ir_json_set_take(obj, "answers", ir_json_new_obj());
        for (i = 0; i < it->answers_n; i++)
            ir_json_set_str(refs, it->answers[i].name, it->answers[i].value);
    }
    refs = ir_json_set_take(obj, "refs", ir_json_new_arr());
    for (i = 0; i < it->refs_n; i++) {
        ir_hex(it->refs[i], IR_ID_BYTES, hex);
        ir_json_add_str(refs, hex);
    }
    if (it->left_open_n > 0) {
        refs = ir_json_set_take(obj, "left_open", ir_json_new_arr());
        for (i = 0; i < it->left_open_n; i++)
            ir_json_add_str(refs, it->left_open[i]);
    }
    ir_json_set_bool(obj, "amended", it->amended);
    ir_json_set_str(obj, "correction",
                    it->amended && *it->amend != '\0'
                        ? it->amend + (it->amend[0] == ' ')
                        : NULL);
    ir_json_set_str(obj, "redacted", red[it->redacted]);
    ir_json_set_str(obj, "status", ir_view_status_word(it->status));
    ir_json_set_bool(obj, "counts", it->counts);
    ir_json_set_bool(obj, "node", it->node);
    return obj;
}

struct ir_json *
ir_view_timeline_json(const struct ir_view *v, const struct ir_timeline *tl)
{
    struct ir_json *arr = ir_json_new_arr();
    size_t i;

    for (i = 0; i < tl->n; i++)
        ir_json_add_take(arr, item_json(v, &tl->items[i]));
    return arr;
}
