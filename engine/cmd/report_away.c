/* report_away.c: see report_away.h. */
#include "cmd/report_away.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/time.h"
#include "cmd/contacts.h"
#include "core/channels.h"

#include <stdlib.h>
#include <string.h>

struct ir_away {
    struct ir_ctx *c;
    struct ir_case *k;
    struct ir_json *contacts, *forms, *site;
    struct ir_incident inc;
};

static const struct ir_json *
list_of(const char *list, void *arg)
{
    const struct ir_away *a = arg;

    return ir_json_get(a->contacts, list);
}

static void
look(struct ir_away *a, struct ir_view *v)
{
    v->contacts = list_of;
    v->contact = NULL;
    v->contacts_arg = a;
    v->site = a->site;
    v->system = NULL;
    v->trust = NULL;
}

/* Keep the site's data and the forms of what was compiled. */
static void
keep(struct ir_away *a, const struct ir_compiled *comp)
{
    size_t i;

    a->contacts = ir_contacts_of(comp);
    a->forms = ir_json_new_obj();
    for (i = 0; i < comp->objects_n; i++) {
        const struct ir_compiled_object *o = &comp->objects[i];
        struct ir_json *j = NULL;

        if ((strcmp(o->type, "form") != 0 && strcmp(o->type, "site") != 0) ||
            ir_json_parse(o->json, o->len, &j, NULL) != IR_OK)
            continue;
        if (strcmp(o->type, "form") == 0)
            ir_json_set_take(a->forms, o->name, j);
        else if (ir_json_get(j, "organisation") != NULL && a->site == NULL)
            a->site = j;
        else
            ir_json_free(j);
    }
}

int
ir_away_open(struct ir_ctx *c, struct ir_case *k, struct ir_away **out)
{
    struct ir_away *a = ir_calloc(1, sizeof *a);
    struct ir_compiled comp = {0};
    char *dir = ir_contacts_site(c);
    const char *zone;
    struct ir_now now;
    int rc = ir_worker_compile(dir, NULL, &comp, &c->err);

    free(dir);
    if (rc == IR_OK)
        keep(a, &comp);
    ir_compiled_done(&comp);
    if (rc == IR_OK && ir_json_get(a->contacts, "authorities") == NULL)
        rc = ir_fail(&c->err, IR_ENOTFOUND, _("there are no contacts"));
    a->c = c;
    a->k = k;
    if (rc != IR_OK) {
        ir_away_done(a);
        return rc;
    }
    if (a->site == NULL)
        a->site = ir_json_new_obj();
    zone = ir_json_get_str(a->site, "timezone", NULL);
    if (zone != NULL && getenv("IR_TZ") == NULL)
        (void)ir_time_zone_set(zone, NULL);
    ir_clock_now(&now);
    c->view.now_ms = c->talk_view.now_ms = now.wall_ms;
    c->me = -1;
    look(a, &c->view);
    look(a, &c->talk_view);
    memcpy(a->inc.name, "?", 2);
    a->inc.mail = IR_CHANNEL_DISTRUSTED;
    a->inc.mail_by = -1;
    k->inc = &a->inc;
    k->site = a->site;
    *out = a;
    return IR_OK;
}

const struct ir_json *
ir_away_form(const struct ir_away *a, const char *id)
{
    return ir_json_get(a->forms, id);
}

static void
forget(struct ir_view *v)
{
    v->contacts = NULL;
    v->site = NULL;
}

void
ir_away_done(struct ir_away *a)
{
    if (a == NULL)
        return;
    if (a->k != NULL && a->k->inc == &a->inc) {
        a->k->inc = NULL; /* it is not the case's to free */
        a->k->site = NULL;
        forget(&a->c->view);
        forget(&a->c->talk_view);
    }
    ir_json_free(a->contacts);
    ir_json_free(a->forms);
    ir_json_free(a->site);
    free(a);
}
