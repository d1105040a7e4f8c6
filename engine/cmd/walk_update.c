/* walk_update.c: steps that inform an audience; see walker.h. */
#include "base/i18n.h"
#include "cmd/walker.h"

#include <stdlib.h>
#include <string.h>

static bool
informs(const struct ir_istep *is)
{
    return is != NULL && is->step != NULL && is->step->act == IR_ACT_NOTIFY;
}

int
ir_walker_update_words(const struct ir_istep *is, int argc, char **argv,
                       char **v)
{
    int n = 0;

    if (!informs(is) || strcmp(argv[0], "update") != 0 ||
        (argc > 1 && argv[1][0] != '-'))
        return 0;
    v[n++] = argv[0];
    v[n++] = is->step->notify;
    if (is->step->template != NULL &&
        (argc < 2 || strcmp(argv[1], "--text") != 0)) {
        v[n++] = (char *)(uintptr_t) "--template";
        v[n++] = is->step->template;
    }
    return n;
}

/* Has anything been written to that audience in this incident since? */
static bool
is_written(struct walker *w, const char *audience, int64_t since_ms)
{
    struct ir_box b = {0};
    bool found = false;
    size_t i, k;

    if (ir_box_load(w->c, IR_BOX_WAITING, w->k.inc, &b) != IR_OK)
        memset(&w->c->err, 0, sizeof w->c->err);
    for (i = 0; i < b.a.n; i++) {
        const struct ir_alert *a = &b.a.v[i];

        for (k = 0; k < a->to_n; k++)
            found |=
                a->has_incident && a->at_ms >= since_ms &&
                memcmp(a->incident, w->k.inc->id, IR_INCIDENT_BYTES) == 0 &&
                strncmp(a->to[k], "audience:", 9) == 0 &&
                strcmp(a->to[k] + 9, audience) == 0;
    }
    ir_box_done(&b);
    return found;
}

void
ir_walker_offer_update(struct walker *w, const struct ir_istep *is)
{
    const struct ir_json *j;
    char *argv[2] = {(char *)(uintptr_t) "update", NULL}, *v[8], *title, *q;
    const char *t;
    int n;

    if (!informs(is) || is->step->template == NULL ||
        is_written(w, is->step->notify, is->ready_ms))
        return;
    j = ir_view_contact(&w->c->view, "audiences", is->step->notify);
    t = j != NULL ? ir_json_text_of(j, "title") : NULL;
    title = ir_view_safe(&w->c->talk_view, t != NULL ? t : is->step->notify);
    q = ir_asprintf(_("No words to %s are written yet. Write them now?"),
                    title);
    if (ir_ctx_yes(w->c, q, false)) {
        n = ir_walker_update_words(is, 1, argv, v);
        v[n] = NULL;
        (void)ir_walker_run(w, n, v);
    }
    free(q);
    free(title);
}
