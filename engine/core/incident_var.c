/* incident_var.c: variables, the state of mail, service levels, interim
 * measures: records that replace one another.
 */
#include "base/i18n.h"
#include "base/time.h"
#include "core/channels.h"
#include "core/fold.h"

#include <stdlib.h>
#include <string.h>

struct vars {
    struct {
        char *name;
        struct ir_heads h;
    } * v;
    size_t n;
};

/* The pairs of entry `i`: of the declare entry, of answers. 0: it has none. */
static int
pairs_key(const struct ir_fold *f, size_t i)
{
    if (ir_fold_is(f, i, IR_KIND_STEP))
        return 8;
    return memcmp(f->e[i]->id, f->inc->declare, IR_ID_BYTES) == 0 ? 7 : 0;
}

static void
note_pair(struct ir_fold *f, struct vars *vs, size_t i,
          const struct ir_body_item *it)
{
    size_t k;

    for (k = 0; k < vs->n; k++)
        if (strlen(vs->v[k].name) == it->name_len &&
            memcmp(vs->v[k].name, it->name, it->name_len) == 0)
            break;
    if (k == vs->n) {
        vs->v = ir_realloc(vs->v, (vs->n + 1) * sizeof vs->v[0]);
        vs->v[k].name = ir_strndup(it->name, it->name_len);
        memset(&vs->v[k].h, 0, sizeof vs->v[k].h);
        vs->n++;
    }
    ir_heads_add(&f->anc, &vs->v[k].h, i);
}

/* What entry `i` says of variable `name`.
 *
 * Owns:   the caller frees.
 */
static char *
value_of(const struct ir_fold *f, size_t i, const char *name)
{
    struct ir_body_item it;
    size_t at = 0;

    while (ir_body_each(f->e[i], pairs_key(f, i), &at, &it))
        if (strlen(name) == it.name_len &&
            memcmp(name, it.name, it.name_len) == 0)
            return ir_strndup((const char *)it.p, it.len);
    return ir_strdup("");
}

static void
settle_var(struct ir_fold *f, char *name, const struct ir_heads *h)
{
    struct ir_incident *inc = f->inc;
    struct ir_ivar *v = &inc->vars[inc->vars_n++];
    size_t i;

    v->name = ir_strdup(name);
    v->value = value_of(f, h->v[h->n - 1], name);
    memcpy(v->entry, f->e[h->v[h->n - 1]]->id, IR_ID_BYTES);
    for (i = 0; i + 1 < h->n; i++) {
        char *other = value_of(f, h->v[i], name);

        if (strcmp(other, v->value) != 0)
            ir_fold_conflict(f,
                             _("\"%s\" was answered \"%s\" and \"%s\" "
                               "at the same time; the latter counts until "
                               "somebody answers again."),
                             name, other, v->value);
        free(other);
    }
}

static int
var_by_name(const void *a, const void *b)
{
    return strcmp(((const struct ir_ivar *)a)->name,
                  ((const struct ir_ivar *)b)->name);
}

void
ir_fold_vars(struct ir_fold *f)
{
    struct ir_incident *inc = f->inc;
    struct vars vs = {0};
    struct ir_body_item it;
    size_t i, at;
    int key;

    for (i = 0; i < f->n; i++) {
        key = pairs_key(f, i);
        at = 0;
        while (key != 0 && ir_body_each(f->e[i], key, &at, &it))
            if (it.name_len <= 32 && it.len <= IR_PLAN_STR_MAX)
                note_pair(f, &vs, i, &it);
    }
    inc->vars = ir_calloc(vs.n + 1, sizeof inc->vars[0]);
    for (i = 0; i < vs.n; i++) {
        settle_var(f, vs.v[i].name, &vs.v[i].h);
        free(vs.v[i].name);
        ir_heads_done(&vs.v[i].h);
    }
    qsort(inc->vars, inc->vars_n, sizeof inc->vars[0], var_by_name);
    free(vs.v);
}

/* Does a moment name its offset, as answers are kept ("...T02:40:00+09:00")?
 * Anything else would mean another moment in another machine's time zone.
 */
static bool
names_offset(const char *s)
{
    size_t n = strlen(s);

    return n >= 20 && s[10] == 'T' &&
           (s[n - 1] == 'Z' ||
            ((s[n - 6] == '+' || s[n - 6] == '-') && s[n - 3] == ':'));
}

void
ir_fold_began(struct ir_fold *f)
{
    struct ir_incident *inc = f->inc;
    const struct ir_ivar *v = NULL;
    int64_t ms = 0, said;
    size_t i;
    int prec;

    for (i = 0; i < inc->vars_n; i++)
        if (strcmp(inc->vars[i].name, IR_VAR_BEGAN) == 0)
            v = &inc->vars[i];
    for (i = 0; v != NULL && i < f->n; i++) {
        if (memcmp(f->e[i]->id, v->entry, IR_ID_BYTES) != 0 ||
            !ir_fold_is(f, i, IR_KIND_STEP))
            continue;
        said = ir_entry_recorded_ms(f->e[i]);
        if (names_offset(v->value) &&
            ir_time_parse(v->value, said, &ms, &prec, NULL) == IR_OK &&
            ms != inc->began_ms &&
            ms <= said + (int64_t)IR_TIME_AHEAD_S * 1000) {
            inc->began_ms = ms;
            inc->began_prec = prec;
        }
    }
}

void
ir_fold_mail(struct ir_fold *f)
{
    const struct ir_entry **e = ir_calloc(f->n + 1, sizeof e[0]);
    const struct ir_channel_word *w;
    struct ir_channels c = {0};
    size_t i, n = 0;

    for (i = 0; i < f->n; i++)
        if (ir_fold_is(f, i, IR_KIND_CHANNEL))
            e[n++] = f->e[i];
    if (n > 0)
        ir_channels_fold(f->t, e, n, f->inc->status, &c);
    f->inc->mail = (int)ir_channels_state(&c, "mail", true);
    w = ir_channels_get(&c, "mail");
    if (w != NULL) {
        f->inc->mail_at_ms = w->at_ms;
        f->inc->mail_by = w->by;
        f->inc->mail_node = w->node;
    }
    ir_channels_done(&c);
    free(e);
}

void
ir_fold_services(struct ir_fold *f)
{
    struct ir_incident *inc = f->inc;
    size_t i, k;

    for (i = 0; i < f->n; i++) {
        struct ir_iservice s;

        if (!ir_fold_is(f, i, IR_KIND_SERVICE))
            continue;
        inc->services = ir_realloc(inc->services, (inc->services_n + 1) *
                                                      sizeof inc->services[0]);
        s.operation = ir_body_strdup(f->e[i], 1);
        s.level = (int)ir_body_uint_or(f->e[i], 2, 0);
        s.at_ms = ir_fold_at(f, i);
        /* by when it was so; of the same moment, in fold order */
        for (k = inc->services_n++;
             k > 0 && inc->services[k - 1].at_ms > s.at_ms; k--)
            inc->services[k] = inc->services[k - 1];
        inc->services[k] = s;
    }
}

static void
replace(char **s, char *by)
{
    if (by == NULL)
        return;
    free(*s);
    *s = by;
}

/* Entry `i` says something of the measure begun by entry `start`. */
static void
amend_measure(struct ir_fold *f, size_t i, struct ir_imeasure *m)
{
    uint64_t op = ir_body_uint_or(f->e[i], 2, 0);

    if (op == 1)
        return;
    replace(&m->owner, ir_body_strdup(f->e[i], 3));
    if (ir_fold_moment(f, i, 4) != 0)
        m->review_ms = ir_fold_moment(f, i, 4);
    m->reviewed = m->reviewed || op == 2;
    m->lifted = m->lifted || op == 3;
    if (op != 4)
        return;
    m->permanent = true;
    replace(&m->successor, ir_body_strdup(f->e[i], 1));
}

void
ir_fold_measures(struct ir_fold *f)
{
    struct ir_incident *inc = f->inc;
    size_t i, k, start;

    for (i = 0; i < f->n; i++) {
        struct ir_imeasure *m;

        if (!ir_fold_is(f, i, IR_KIND_MEASURE) ||
            ir_body_uint_or(f->e[i], 2, 0) != 1)
            continue;
        inc->measures = ir_realloc(inc->measures, (inc->measures_n + 1) *
                                                      sizeof inc->measures[0]);
        m = &inc->measures[inc->measures_n++];
        memset(m, 0, sizeof *m);
        memcpy(m->entry, f->e[i]->id, IR_ID_BYTES);
        m->text = ir_body_strdup(f->e[i], 1);
        m->owner = ir_body_strdup(f->e[i], 3);
        m->review_ms = ir_fold_moment(f, i, 4);
        m->started_ms = ir_fold_at(f, i);
    }
    for (i = 0; i < f->n; i++) {
        if (!ir_fold_is(f, i, IR_KIND_MEASURE))
            continue;
        start = ir_fold_ref(f, i, IR_KIND_MEASURE);
        for (k = 0; start < f->n && k < inc->measures_n; k++)
            if (memcmp(inc->measures[k].entry, f->e[start]->id, IR_ID_BYTES) ==
                0)
                amend_measure(f, i, &inc->measures[k]);
    }
}
