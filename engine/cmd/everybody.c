/* everybody.c: see everybody.h. */
#include "cmd/everybody.h"

#include <stdlib.h>

static void
find_outsiders(struct ir_ctx *c, struct ir_everybody *e)
{
    const struct ir_json *list = ir_view_contacts(&c->view, "audiences");
    size_t i, k, at;

    for (i = 0; list != NULL && i < ir_json_len(list); i++) {
        const struct ir_json *a = ir_json_at(list, i);
        const struct ir_json *m = ir_json_get(a, "members");

        for (k = 0; m != NULL && !ir_json_get_bool(a, "inside", true) &&
                    k < ir_json_len(m);
             k++) {
            const char *who = ir_json_str(ir_json_at(m, k));

            if (who != NULL && ir_index_get(&e->by_id, who, &at))
                e->outsider[at] |= e->member[at] < 0;
        }
    }
}

struct ir_everybody *
ir_everybody_new(struct ir_ctx *c)
{
    struct ir_everybody *e = ir_calloc(1, sizeof *e);
    size_t i, n;

    e->people = ir_view_contacts(&c->view, "people");
    n = e->people != NULL ? ir_json_len(e->people) : 0;
    e->member = ir_calloc(n + 1, sizeof *e->member);
    e->outsider = ir_calloc(n + 1, sizeof *e->outsider);
    for (i = 0; i < n; i++) {
        const struct ir_json *p = ir_json_at(e->people, i);
        const char *id = ir_json_get_str(p, "id", "");

        (void)ir_index_put(&e->by_id, id, i);
        e->member[i] =
            ir_trust_member(&c->trust, ir_json_get_str(p, "member", id));
        e->outsider[i] = ir_json_get_bool(p, "outside", false);
    }
    find_outsiders(c, e);
    return e;
}

void
ir_everybody_free(struct ir_everybody *e)
{
    if (e == NULL)
        return;
    ir_index_done(&e->by_id);
    free(e->member);
    free(e->outsider);
    free(e);
}
