/* check.c: what must hold after a run: nothing that was recorded is missing
 * anywhere, nothing was forged, nothing was too long for its link, and whoever
 * looks sees the same.
 */
#include "base/json.h"
#include "core/order.h"
#include "sim.h"
#include "view/timeline.h"

static bool
looks(const struct sim_node *d)
{
    return d->up && !d->evil;
}

/* Must this entry be on every honest node? */
static bool
required(const struct sim *w, size_t i)
{
    const struct sim_entry *x = &w->entries[i];

    return x->made && x->maker >= 0 && !w->nodes[x->maker].evil;
}

static struct sim_node *
first_honest(struct sim *w)
{
    int i;

    for (i = 0; i < w->nodes_n; i++)
        if (looks(&w->nodes[i]))
            return &w->nodes[i];
    return NULL;
}

bool
sim_settled(struct sim *w)
{
    const struct sim_node *one = first_honest(w);
    size_t k;
    int i;

    for (k = 0; k < w->entries_n; k++) {
        if (required(w, k) && !sim_offers(one, k)) {
            snprintf(w->said, sizeof w->said,
                     "entry %zu, recorded at node %d, is not at node %d", k,
                     w->entries[k].maker, one->no);
            return false;
        }
        for (i = 0; i < w->nodes_n; i++)
            if (looks(&w->nodes[i]) &&
                sim_offers(&w->nodes[i], k) != sim_offers(one, k)) {
                snprintf(w->said, sizeof w->said,
                         "entry %zu (kind %d, by node %d) is at one of the "
                         "nodes %d and %d only",
                         k, (int)w->entries[k].e.h.kind, w->entries[k].maker,
                         one->no, i);
                return false;
            }
    }
    for (i = 0; i < w->nodes_n; i++)
        if (looks(&w->nodes[i]) && !sim_objects_here(&w->nodes[i]))
            return false;
    return true;
}

bool
sim_unforged(struct sim *w)
{
    size_t k;
    int i;

    for (i = 0; i < w->nodes_n; i++)
        if (looks(&w->nodes[i]) && !sim_objects_true(&w->nodes[i]))
            return false;
    for (i = 0; i < w->nodes_n; i++)
        for (k = 0; k < w->nodes[i].n && looks(&w->nodes[i]); k++) {
            const struct sim_entry *x = &w->entries[w->nodes[i].arrival[k]];

            if (!x->good || !x->made) {
                snprintf(w->said, sizeof w->said,
                         "node %d holds a forged entry (kind %d)", i,
                         (int)x->e.h.kind);
                return false;
            }
        }
    return true;
}

static const struct ir_plan *
no_plan(const uint8_t digest[32], void *arg)
{
    (void)digest, (void)arg;
    return NULL;
}

static const struct ir_plan *
no_name(const uint8_t manifest[32], const char *name, void *arg)
{
    (void)manifest, (void)name, (void)arg;
    return NULL;
}

static const struct ir_json *
no_object(const uint8_t manifest[32], const char *type, const char *name,
          void *arg)
{
    (void)manifest, (void)type, (void)name, (void)arg;
    return NULL;
}

static void
tell_incident(const struct ir_incident *inc, struct ir_buf *b)
{
    size_t i;

    ir_buf_addf(b, "%s %d %d %zu %zu %zu\n", inc->name, (int)inc->state,
                inc->severity, inc->entries_n, inc->not_counted_n,
                inc->measures_n);
    for (i = 0; i < inc->roles_n; i++)
        ir_buf_addf(b, "role %s %d %d %d %lld %d\n", inc->roles[i].role,
                    inc->roles[i].member, inc->roles[i].acting,
                    inc->roles[i].offered_to, (long long)inc->roles[i].since_ms,
                    inc->roles[i].disputed);
    for (i = 0; i < inc->services_n; i++)
        ir_buf_addf(b, "service %s %d\n", inc->services[i].operation,
                    inc->services[i].level);
    for (i = 0; i < inc->conflicts_n; i++)
        ir_buf_addf(b, "conflict %s\n", inc->conflicts[i]);
}

/* What somebody at this node sees of the incident, as bytes.
 *
 * Owns:   the caller frees with free().
 */
static char *
see(struct sim_node *d, size_t *items)
{
    struct sim *w = d->w;
    const struct ir_entry **all = ir_calloc(d->n + 1, sizeof *all),
                          **v = ir_calloc(d->n + 1, sizeof *v),
                          **t = ir_calloc(d->n + 1, sizeof *t);
    size_t i, n = 0, t_n = 0;
    struct ir_trust trust = {0};
    struct ir_incident *inc = NULL;
    struct ir_timeline tl = {0};
    struct ir_buf b = {0};
    struct ir_view view = {.trust = &trust, .me = -1};
    struct ir_err err = {0};
    struct ir_json *j;
    char *text;

    for (i = 0; i < d->n; i++) {
        const struct ir_entry *e = &w->entries[d->arrival[i]].e;

        if (!sim_offers(d, d->arrival[i]))
            continue;
        if (ir_kind_lane(e->h.kind) == IR_LANE_T)
            t[t_n++] = e;
        else if (memcmp(e->id, w->declare, 32) == 0 ||
                 (e->h.has_incident &&
                  memcmp(e->h.incident, w->declare, 8) == 0))
            all[n++] = e;
    }
    ir_trust_fold(w->site, t, t_n, &trust);
    memcpy(v, all, n * sizeof *v);
    view.now_ms = SIM_T0 + w->now;
    struct ir_fold_in in = {.trust = &trust,
                            .e = v,
                            .e_n = n,
                            .declare = w->declare,
                            .look = {no_plan, no_name, no_object, NULL},
                            .now_ms = view.now_ms};
    if (ir_incident_fold(&in, &inc, &err) != IR_OK) {
        ir_buf_addf(&b, "%s\n", err.msg);
    } else {
        tell_incident(inc, &b);
        if (w->broken != SIM_BREAK_VIEW)
            ir_order_sort(all, n);
        ir_timeline_build(&view, all, n, inc, &tl);
        j = ir_view_timeline_json(&view, &tl);
        text = ir_json_text(j, 0);
        ir_buf_adds(&b, text);
        free(text);
        ir_json_free(j);
    }
    *items = tl.n;
    ir_timeline_done(&tl);
    ir_incident_free(inc);
    ir_trust_done(&trust);
    free(all);
    free(v);
    free(t);
    return ir_buf_take(&b);
}

static bool
views_equal(struct sim *w)
{
    char *first = NULL;
    int i, seen = 0;
    bool equal = true;

    for (i = 0; i < w->nodes_n && seen < 4 && equal; i++) {
        size_t items = 0;
        char *text;

        if (!looks(&w->nodes[i]))
            continue;
        text = see(&w->nodes[i], &items);
        if (items == 0) {
            snprintf(w->said, sizeof w->said, "node %d sees nothing: %.200s", i,
                     text);
            equal = false;
        } else if (first != NULL && strcmp(first, text) != 0) {
            snprintf(w->said, sizeof w->said, "node %d sees something else", i);
            equal = false;
        }
        if (first == NULL)
            first = text;
        else
            free(text);
        seen++;
    }
    free(first);
    return equal;
}

bool
sim_check(struct sim *w)
{
    if (!sim_settled(w) || !sim_unforged(w))
        return false;
    if (w->too_long > 0) {
        snprintf(w->said, sizeof w->said,
                 "%llu transmissions were longer than their link carries",
                 (unsigned long long)w->too_long);
        return false;
    }
    w->said[0] = '\0';
    if (w->fold && !views_equal(w))
        return false;
    return w->sc->also == NULL || w->sc->also(w);
}
