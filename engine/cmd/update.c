/* update.c: see update.h. */
#include "cmd/update.h"

#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "core/deliver.h"
#include "core/message.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_S 300
#define EVERY_S 1200
#define ONCE_MS 60000
#define STEADY_MS 7200000 /* the default rhythm holds so long */

/* A duration of the site's data: as written, or in seconds. */
static int64_t
ms_of(const struct ir_json *j, const char *key, int64_t dflt_s)
{
    const char *text = j != NULL ? ir_json_get_str(j, key, NULL) : NULL;
    int64_t s = dflt_s;

    if (text != NULL)
        (void)ir_duration_parse(text, strlen(text), &s, NULL);
    else if (j != NULL)
        s = ir_json_get_int(j, key, dflt_s);
    return s * 1000;
}

/* Told at `ms`; by several ways within a minute is once. */
static void
add_told(struct ir_vupdate *u, int64_t ms)
{
    size_t i;

    for (i = 0; i < u->told_n; i++)
        if (ms - u->told[i] < ONCE_MS && u->told[i] - ms < ONCE_MS)
            return;
    u->told = ir_realloc(u->told, (u->told_n + 1) * sizeof *u->told);
    for (i = u->told_n++; i > 0 && u->told[i - 1] > ms; i--)
        u->told[i] = u->told[i - 1];
    u->told[i] = ms;
}

/* When alert `a` came to the audience: to each of its people once, the first
 * counts; what was read aloud counts each time. Returns whether it did.
 */
static bool
take_handed(struct ir_vupdate *u, const struct ir_attempt *t, size_t n,
            const struct ir_alert *a)
{
    int64_t first = 0;
    bool any = false;
    size_t i;

    for (i = 0; i < n; i++) {
        if (memcmp(t[i].alert, a->id, IR_ID_BYTES) != 0 ||
            (t[i].outcome != IR_OUTCOME_HANDED &&
             t[i].outcome != IR_OUTCOME_DELIVERED &&
             t[i].outcome != IR_OUTCOME_REPLIED))
            continue;
        any = true;
        if (strncmp(t[i].contact, "audience:", 9) == 0)
            add_told(u, t[i].at_ms);
        else if (first == 0 || t[i].at_ms < first)
            first = t[i].at_ms;
    }
    if (first > 0)
        add_told(u, first);
    return any;
}

static bool
is_to(const struct ir_alert *a, const struct ir_incident *inc, const char *id)
{
    size_t i;

    if (!a->has_incident || a->status != inc->status ||
        memcmp(a->incident, inc->id, IR_INCIDENT_BYTES) != 0)
        return false;
    for (i = 0; i < a->to_n; i++)
        if (strncmp(a->to[i], "audience:", 9) == 0 &&
            strcmp(a->to[i] + 9, id) == 0)
            return true;
    return false;
}

static bool
is_newer(const struct ir_valert *r, const struct ir_valert *than)
{
    return than == NULL || r->a->hlc > than->a->hlc;
}

/* What the alerts say of audience `u`. */
static void
take_alerts(struct ir_vupdate *u, const struct ir_incident *inc,
            const struct ir_box *b, const struct ir_attempt *t, size_t n)
{
    size_t i;

    for (i = 0; i < b->rows_n; i++) {
        const struct ir_valert *r = &b->rows[i];

        if (!is_to(r->a, inc, u->id))
            continue;
        if (r->a->state == IR_ALERT_WAITING) {
            if (is_newer(r, u->pending))
                u->pending = r;
            continue;
        }
        if (take_handed(u, t, n, r->a))
            continue;
        if (!u->outside)
            add_told(u, r->a->at_ms);
        else if (r->a->state == IR_ALERT_OUT && is_newer(r, u->untold))
            u->untold = r;
    }
}

/* What the steps say of it; returns whether one asks for a word now. */
static bool
take_steps(struct ir_vupdate *u, const struct ir_incident *inc)
{
    bool asked = false;
    size_t i;

    for (i = 0; i < inc->steps_n; i++) {
        const struct ir_istep *s = &inc->steps[i];

        if (s->step == NULL || s->step->act != IR_ACT_NOTIFY ||
            strcmp(s->step->notify, u->id) != 0)
            continue;
        if (s->state == IR_STEP_DONE && s->ended_ms > 0)
            add_told(u, s->ended_ms);
        asked |= s->state == IR_STEP_READY || s->state == IR_STEP_ACTIVE ||
                 s->state == IR_STEP_FAILED;
    }
    return asked;
}

static void
beat(struct ir_ctx *c, struct ir_vupdate *u, const struct ir_incident *inc)
{
    const struct ir_json *policy =
        c->view.site != NULL ? ir_json_get(c->view.site, "policy") : NULL;
    struct ir_rhythm_in in = {.from_ms = inc->declared_ms,
                              .now_ms = c->view.now_ms,
                              .told = u->told,
                              .told_n = u->told_n};
    int64_t end = inc->restored_ms > 0 ? inc->restored_ms : inc->closed_ms;

    in.first_ms = ms_of(policy, "first_word", FIRST_S);
    in.every_ms = ms_of(u->of, "update", 0);
    if (in.every_ms == 0) {
        in.every_ms = ms_of(policy, "update_every", EVERY_S);
        in.until_ms = in.from_ms + STEADY_MS;
    }
    if (end > 0 && (in.until_ms == 0 || end < in.until_ms))
        in.until_ms = end;
    u->every_ms = in.every_ms;
    ir_rhythm(&in, &u->r);
    if (inc->state ==
        IR_INC_CLOSED) /* it is over: nothing is asked of anybody */
        u->r.due_ms = u->r.late_ms = 0;
}

/* The attempts of the incident that count.
 *
 * Owns:   *t is the caller's, each ir_attempt_done, free().
 */
static int
load_attempts(struct ir_ctx *c, const struct ir_incident *inc,
              struct ir_attempt **t, size_t *n)
{
    struct ir_log log = {0};
    size_t i;
    int rc = ir_store_load_kind(c->st, inc->id, IR_KIND_ATTEMPT, &log, &c->err);

    *t = ir_calloc(log.n + 1, sizeof **t);
    *n = 0;
    for (i = 0; rc == IR_OK && i < log.n; i++)
        if (log.e[i].h.status == inc->status &&
            ir_trust_admits(&c->trust, &log.e[i], NULL) == IR_OK &&
            ir_attempt_read(&log.e[i], &(*t)[*n], NULL) == IR_OK)
            (*n)++;
    ir_log_done(&log);
    return rc;
}

int
ir_updates_load(struct ir_ctx *c, const struct ir_incident *inc,
                const struct ir_box *b, struct ir_updates *u)
{
    const struct ir_json *list = ir_view_contacts(&c->view, "audiences");
    struct ir_attempt *t = NULL;
    size_t n = 0, i, len = list != NULL ? ir_json_len(list) : 0;
    int rc = load_attempts(c, inc, &t, &n);

    memset(u, 0, sizeof *u);
    u->v = ir_calloc(len + 1, sizeof *u->v);
    for (i = 0; rc == IR_OK && i < len; i++) {
        struct ir_vupdate *x = &u->v[u->n];
        bool asked;

        memset(x, 0, sizeof *x);
        x->of = ir_json_at(list, i);
        x->id = ir_json_get_str(x->of, "id", "");
        x->outside = !ir_json_get_bool(x->of, "inside", true);
        x->by_hand = ir_json_get(x->of, "channels") == NULL &&
                     ir_json_get(x->of, "members") == NULL;
        take_alerts(x, inc, b, t, n);
        asked = take_steps(x, inc) && x->outside;
        if (x->told_n == 0 && x->pending == NULL && x->untold == NULL && !asked)
            continue;
        beat(c, x, inc);
        u->n++;
    }
    for (i = 0; i < n; i++)
        ir_attempt_done(&t[i]);
    free(t);
    return rc;
}

void
ir_updates_done(struct ir_updates *u)
{
    size_t i;

    for (i = 0; i < u->n; i++)
        free(u->v[i].told);
    free(u->v);
    memset(u, 0, sizeof *u);
}

void
ir_update_show(const struct ir_view *v, int status, enum ir_lang lang,
               const char *words, struct ir_buf *out)
{
    const char *mark = ir_message_mark(status, lang);
    char *all = ir_strdup(words), *rest = all, *line;

    while ((line = strsep(&rest, "\n")) != NULL) {
        char *clean = ir_view_safe(v, line);
        char *full =
            ir_asprintf("%s%s%s", mark, *mark != '\0' ? " " : "", clean);

        if (*full != '\0')
            ir_term_para(&v->term, out, 3, NULL, IR_STYLE_NONE, full);
        mark = "";
        free(full);
        free(clean);
    }
    free(all);
}

void
ir_update_say_hand(struct ir_ctx *c, const struct ir_incident *inc,
                   const struct ir_alert *a)
{
    const struct ir_term *t = &c->talk_view.term;
    char hex[2 * 4 + 1];
    size_t i;

    ir_hex(a->id, 4, hex);
    for (i = 0; i < a->to_n; i++) {
        const struct ir_json *of =
            strncmp(a->to[i], "audience:", 9) == 0
                ? ir_view_contact(&c->view, "audiences", a->to[i] + 9)
                : NULL;
        const char *by = of != NULL ? ir_json_text_of(of, "by") : NULL, *no;
        char *safe, *line;

        if (by == NULL)
            continue;
        safe = ir_view_safe(&c->talk_view, by);
        line = ir_asprintf(
            a->state == IR_ALERT_OUT
                ? _("By hand: %s. Once that is done:  ir update told %s")
                : _("Once it may leave, by hand: %s. When that is done:  ir "
                    "update told %s"),
            safe, hex);
        ir_term_para(t, &c->talk, 1, NULL, IR_STYLE_NONE, line);
        no = ir_view_names_mail(by)
                 ? ir_view_no_mail(&c->talk_view, NULL,
                                   inc != NULL ? inc->mail : 0)
                 : NULL;
        if (no != NULL)
            ir_term_para(t, &c->talk, 1, NULL, IR_STYLE_BOLD, no);
        free(line);
        free(safe);
    }
}
