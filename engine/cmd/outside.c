/* outside.c: see outside.h. */
#include "cmd/outside.h"

#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/sender.h"
#include "cmd/tree.h"

#include <stdlib.h>
#include <string.h>

static const struct ir_json *
audience(struct ir_ctx *c, const char *to)
{
    return strncmp(to, "audience:", 9) == 0
               ? ir_view_contact(&c->view, "audiences", to + 9)
               : NULL;
}

/* The role that releases to addressee `to`, or NULL: nobody has to. */
static const char *
releases(struct ir_ctx *c, const char *to)
{
    const struct ir_json *j = audience(c, to);

    return j != NULL && !ir_json_get_bool(j, "inside", true)
               ? ir_json_get_str(j, "releases", "spokesperson")
               : NULL;
}

/* Did whoever signed `entry` hold the role then? */
static bool
held(struct ir_box *b, const struct ir_alert *a, const uint8_t *entry,
     const char *role, int who)
{
    const struct ir_incident *inc;

    if (!a->has_incident)
        return who >= 0 && ir_box_may_hold(b->c, role, who);
    inc = ir_box_incident(b, a->incident);
    return inc != NULL && ir_incident_signed_as(inc, entry, role);
}

static bool
is_released(struct ir_box *b, const struct ir_alert *a, const char *role)
{
    size_t i;

    if (held(b, a, a->id, role, a->by))
        return true;
    for (i = 0; i < a->said_n; i++)
        if (a->said[i].kind == IR_KIND_APPROVAL && a->said[i].code == 1 &&
            held(b, a, a->said[i].entry, role, a->said[i].by))
            return true;
    return false;
}

/* The role that releases the alert of entry `a`, or NULL. */
static const char *
role_of(struct ir_ctx *c, const struct ir_entry *a)
{
    struct ir_body_item it;
    const char *role = NULL;
    size_t i = 0;

    while (role == NULL && ir_body_each(a, 7, &i, &it)) {
        char *to = ir_strndup((const char *)it.p, it.len);

        role = releases(c, to);
        free(to);
    }
    return role;
}

enum ir_approves
ir_outside_approves(struct ir_ctx *c, const struct ir_entry *e,
                    const struct ir_incident *inc)
{
    enum ir_approves what = IR_APPROVES_OTHER;
    struct ir_log log = {0};
    const struct ir_entry *a;
    const char *role;
    uint64_t kind = 0;

    if (c->st == NULL || e->h.refs_n == 0 ||
        !ir_store_kind(c->st, e->h.refs[0], &kind) || kind != IR_KIND_ALERT)
        return what;
    what = IR_APPROVES_ALERT;
    if (ir_store_load_id(c->st, e->h.refs[0], &log, NULL) == IR_OK &&
        log.n > 0 && log.e[0].b != NULL) {
        a = &log.e[0];
        role = role_of(c, a);
        /* what is not the gravest is released, and not cosigned */
        if (role != NULL &&
            (ir_body_uint_or(a, 2, 0) > 1 ||
             (inc != NULL && ir_incident_signed_as(inc, e->id, role))))
            what = IR_APPROVES_WORDS;
    }
    ir_log_done(&log);
    return what;
}

/* Its author has released it themselves: that is one of the cosignatures it
 * asks for. */
static void
count_own(struct ir_box *b, struct ir_alert *a, const char *role,
          uint64_t least)
{
    size_t i;

    for (i = 0; i < a->said_n; i++) {
        const struct ir_alert_said *s = &a->said[i];

        if (s->kind != IR_KIND_APPROVAL || s->code != 1 || s->by != a->by ||
            !held(b, a, s->entry, role, s->by) || a->given < least)
            continue;
        if (++a->given >= a->needed && a->state == IR_ALERT_WAITING)
            a->state = IR_ALERT_OUT;
        return;
    }
}

void
ir_outside_judge(struct ir_box *b, struct ir_valert *row)
{
    /* the alert is the box's own: its view alone has it const */
    struct ir_alert *a = (struct ir_alert *)(uintptr_t)row->a;
    const struct ir_incident *inc = NULL;
    const char *role, *missing = NULL, *first = NULL;
    bool take;
    size_t i;

    for (i = 0; i < a->to_n; i++) {
        role = releases(b->c, a->to[i]);
        if (role == NULL)
            continue;
        first = first == NULL ? role : first;
        if (missing == NULL && !is_released(b, a, role))
            missing = role;
    }
    if (first == NULL)
        return;
    row->releases = missing != NULL ? missing : first;
    if (missing == NULL) {
        row->release = IR_RELEASE_DONE;
        count_own(b, a, first,
                  (uint64_t)ir_box_least(b->c, a->severity, true, a->by));
        return;
    }
    if (a->state == IR_ALERT_OUT)
        a->state = IR_ALERT_WAITING;
    if (a->has_incident)
        inc = ir_box_incident(b, a->incident);
    row->release = b->c->me >= 0 && (inc != NULL || !a->has_incident) &&
                           ir_outside_may(b->c, inc, missing, b->c->me, &take)
                       ? IR_RELEASE_MINE
                       : IR_RELEASE_OTHERS;
}

bool
ir_outside_may_end(struct ir_box *b, const struct ir_valert *row,
                   const struct ir_alert_said *end)
{
    return row->release == IR_RELEASE_NONE ||
           held(b, row->a, end->entry, row->releases, end->by);
}

/* Who holds the role now: `who` (1), somebody (0), nobody (-1)? */
static int
holds(const struct ir_incident *inc, const char *role, int who)
{
    int found = -1;
    size_t i;

    for (i = 0; inc != NULL && i < inc->roles_n; i++)
        if (inc->roles[i].member >= 0 &&
            strcmp(inc->roles[i].role, role) == 0) {
            if (inc->roles[i].member == who)
                return 1;
            found = 0;
        }
    return found;
}

bool
ir_outside_may(struct ir_ctx *c, const struct ir_incident *inc,
               const char *role, int who, bool *take)
{
    int h = holds(inc, role, who);

    *take = false;
    if (h >= 0)
        return h == 1;
    *take = inc != NULL;
    return ir_box_may_hold(c, role, who);
}

int
ir_outside_refuse(struct ir_ctx *c, const struct ir_incident *inc,
                  const char *role, const char *about)
{
    struct ir_buf who = {0};
    bool any = false;
    char *title = ir_view_role(&c->talk_view, role);
    size_t i;

    for (i = 0; inc != NULL && i < inc->roles_n; i++)
        any |=
            inc->roles[i].member >= 0 && strcmp(inc->roles[i].role, role) == 0;
    for (i = 0; i < c->trust.members_n; i++) {
        char *name;

        if (!c->trust.members[i].active ||
            (any ? holds(inc, role, (int)i) != 1
                 : !ir_box_may_hold(c, role, (int)i)))
            continue;
        name = ir_view_member(&c->talk_view, (int)i, false);
        ir_buf_addf(&who, "%s%s", who.len > 0 ? _(", ") : "", name);
        free(name);
    }
    if (who.len == 0)
        ir_buf_adds(&who, _("nobody"));
    ir_fail(&c->err, IR_EREFUSED,
            _("only the %s releases this, or who acts for them; now: %s"),
            title, ir_buf_str(&who));
    if (inc != NULL)
        ir_err_hint(&c->err,
                    _("they type on their device:  ir %s\n"
                      "they are not reached:      ir role act %s -r \"WHY\", "
                      "then  ir %s"),
                    about, role, about);
    else
        ir_err_hint(&c->err, _("they type on their device:  ir %s"), about);
    ir_buf_done(&who);
    free(title);
    return IR_EREFUSED;
}

int64_t
ir_outside_needed(struct ir_ctx *c, const struct ir_incident *inc,
                  char *const *to, size_t n, int64_t needed)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const char *role = releases(c, to[i]);

        if (role == NULL || holds(inc, role, c->me) == 1 ||
            (inc == NULL && ir_box_may_hold(c, role, c->me)))
            continue;
        return needed > 1 ? needed : 1;
    }
    return needed;
}

unsigned
ir_audience_may(struct ir_ctx *c, const struct ir_incident *inc, const char *id)
{
    const struct ir_json *j = ir_view_contact(&c->view, "audiences", id);
    unsigned may;

    if (j == NULL)
        return 0;
    may = ir_facts_of(ir_json_get(j, "may_know"));
    if (inc != NULL)
        may |= ir_incident_allows(inc, id, ir_json_get_str(j, "releases", ""));
    return may;
}

void
ir_outside_say(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES])
{
    struct ir_err was = c->err;
    struct ir_box b = {0};
    size_t i;
    char hex[2 * 4 + 1];

    ir_hex(id, 4, hex);
    if (!c->json && ir_ctx_trust(c) == IR_OK &&
        ir_box_load(c, IR_BOX_WAITING, NULL, &b) == IR_OK)
        for (i = 0; i < b.rows_n; i++) {
            const struct ir_valert *r = &b.rows[i];
            char *role, *said;

            if (memcmp(r->a->id, id, IR_ID_BYTES) != 0)
                continue;
            role = ir_view_role(&c->talk_view,
                                r->releases != NULL ? r->releases : "");
            said = r->release == IR_RELEASE_MINE
                       ? ir_asprintf(_("It has not left. You can release it as "
                                       "%s:  ir update release %s"),
                                     role, hex)
                   : r->release == IR_RELEASE_OTHERS
                       ? ir_asprintf(
                             _("It has not left: it waits for the %s. They "
                               "type:  ir update release %s  If they are not "
                               "reached:  ir role act %s -r \"WHY\""),
                             role, hex, r->releases)
                   : r->a->state == IR_ALERT_WAITING
                       ? ir_asprintf(_("It is released, and waits for others "
                                       "to cosign it:  ir alert cosign %s"),
                                     hex)
                       : ir_strdup(_("It is out now."));
            ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE,
                         said);
            free(said);
            free(role);
            ir_outbox_say_update(c, id, &c->talk);
        }
    ir_box_done(&b);
    c->err = was;
}

/* The release whose templates are meant, or NULL. */
static const uint8_t *
manifest(const struct ir_ctx *c, const struct ir_incident *inc)
{
    if (inc != NULL && inc->has_manifest)
        return inc->manifest;
    return c->has_manifest ? c->manifest : NULL;
}

const struct ir_json *
ir_template_named(struct ir_ctx *c, const struct ir_incident *inc,
                  const char *name)
{
    const uint8_t *m = manifest(c, inc);
    const struct ir_json *j = NULL;

    return m != NULL && ir_library_json(&c->lib, m, "template", name, &j,
                                        NULL) == IR_OK
               ? j
               : NULL;
}

const struct ir_json *
ir_template_no(struct ir_ctx *c, const struct ir_incident *inc, uint64_t number)
{
    const uint8_t *m = manifest(c, inc);
    const struct ir_json *found = NULL;
    const char **names = NULL;
    size_t n = 0, i;

    if (m == NULL || number == 0 ||
        ir_library_names(&c->lib, m, "template", "", &names, &n, NULL) != IR_OK)
        return NULL;
    for (i = 0; i < n && found == NULL; i++) {
        const struct ir_json *j = ir_template_named(c, inc, names[i]);

        if (j != NULL && (uint64_t)ir_json_get_int(j, "number", 0) == number)
            found = j;
    }
    free(names);
    return found;
}

/* What all addressees may know; everything, where none is an audience. */
static unsigned
may_all(struct ir_ctx *c, const struct ir_incident *inc,
        const struct ir_alert *a)
{
    unsigned may = ~0U;
    size_t i;

    for (i = 0; i < a->to_n; i++)
        if (strncmp(a->to[i], "audience:", 9) == 0)
            may &= ir_audience_may(c, inc, a->to[i] + 9);
    return may;
}

char *
ir_box_words(struct ir_box *b, const struct ir_alert *a, enum ir_lang lang)
{
    const struct ir_incident *inc;
    const struct ir_json *t;

    if (a->template_no == 0)
        return ir_tree_text(b->c, a, lang);
    inc = a->has_incident ? ir_box_incident(b, a->incident) : NULL;
    t = ir_template_no(b->c, inc, a->template_no);
    if (t == NULL)
        return NULL;
    return ir_update_fill(
        ir_json_get_str(ir_json_get(t, "body"), ir_lang_code(lang), ""), lang,
        (const char *const *)a->args, a->args_n, may_all(b->c, inc, a));
}
