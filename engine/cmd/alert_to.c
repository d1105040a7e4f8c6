/* alert_to.c: whom words on the command line mean, see alerts.h. */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/alerts.h"

#include <stdlib.h>
#include <string.h>

void
ir_to_done(struct ir_to *to)
{
    size_t i;

    for (i = 0; i < to->n; i++)
        free(to->v[i]);
    memset(to, 0, sizeof *to);
}

char *
ir_box_cosigners(struct ir_ctx *c, const struct ir_alert *a, int author)
{
    struct ir_buf b = {0};
    size_t i;

    for (i = 0; i < c->trust.members_n; i++) {
        char *name;

        if (!c->trust.members[i].active || (int)i == author ||
            (int)i == c->me || (a != NULL && ir_alert_is_cosigned(a, (int)i)))
            continue;
        name = ir_view_member(&c->talk_view, (int)i, false);
        ir_buf_addf(&b, "%s%s", b.len > 0 ? _(", ") : "", name);
        free(name);
    }
    if (b.len == 0)
        ir_buf_adds(&b, _("nobody"));
    return ir_buf_take(&b);
}

void
ir_box_cosign_hint(struct ir_ctx *c, const struct ir_alert *a)
{
    char hex[2 * 4 + 1], *names;

    ir_hex(a->id, 4, hex);
    if (a->by != c->me && !ir_alert_is_cosigned(a, c->me)) {
        ir_err_hint(&c->err, "ir alert cosign %s", hex);
        return;
    }
    names = ir_box_cosigners(c, a, a->by);
    ir_err_hint(&c->err,
                ir_ctx_shared(c)
                    ? _("%s:  ir --as NAME alert cosign %s")
                    : _("on their own device, %s:  ir alert cosign %s"),
                names, hex);
    free(names);
}

static void
add(struct ir_to *to, const char *kind, const char *id)
{
    to->v[to->n++] = ir_asprintf("%s%s", kind, id);
}

static void
add_audience(struct ir_to *to, const struct ir_json *a, const char *id)
{
    int64_t number = ir_json_get_int(a, "number", 0);

    to->audience = to->n == 0 && number > 0 ? (uint64_t)number : 0;
    to->outside = to->outside || !ir_json_get_bool(a, "inside", true);
    add(to, "audience:", id);
}

/* The nearest name of a list to what was typed, nearer than *best. */
static void
nearest(const struct ir_json *list, const char *word, int *best,
        const char **near)
{
    size_t i;

    for (i = 0; list != NULL && i < ir_json_len(list); i++) {
        const char *id = ir_json_get_str(ir_json_at(list, i), "id", "");
        int d = ir_edit_distance(id, word);

        if (d < *best) {
            *best = d;
            *near = id;
        }
    }
}

/* Nobody here has that name: say who might be meant. */
static int
nobody(struct ir_ctx *c, const char *word)
{
    const char *near = NULL;
    int best = 4;
    size_t i;

    nearest(ir_view_contacts(&c->view, "people"), word, &best, &near);
    nearest(ir_view_contacts(&c->view, "roles"), word, &best, &near);
    nearest(ir_view_contacts(&c->view, "audiences"), word, &best, &near);
    for (i = 0; i < c->trust.members_n; i++) {
        int d = ir_edit_distance(c->trust.members[i].handle, word);

        if (d < best) {
            best = d;
            near = c->trust.members[i].handle;
        }
    }
    ir_fail(&c->err, IR_ENOTFOUND,
            _("no member, contact, role or audience is called \"%.60s\""),
            word);
    if (near != NULL)
        ir_err_hint(&c->err, _("did you mean %s?"), near);
    else
        ir_err_hint(&c->err, _("ir member list, ir role list, or: all"));
    return IR_ENOTFOUND;
}

static int
one(struct ir_ctx *c, const char *word, struct ir_to *to)
{
    const struct ir_json *audience, *role, *person;
    const char *id = word, *colon = strchr(word, ':');
    int who;

    if (to->n == IR_ALERT_TO_MAX)
        return ir_fail(&c->err, IR_EUSAGE, _("more than %d addressees"),
                       IR_ALERT_TO_MAX);
    if (colon != NULL)
        id = colon + 1;
    audience = ir_view_contact(&c->view, "audiences", id);
    role = ir_view_contact(&c->view, "roles", id);
    person = ir_view_contact(&c->view, "people", id);
    who = ir_trust_member(&c->trust, id);
    if (colon != NULL) {
        if (strncmp(word, "role:", 5) != 0)
            role = NULL;
        if (strncmp(word, "audience:", 9) != 0)
            audience = NULL;
        if (strncmp(word, "member:", 7) != 0)
            who = -1;
        if (strncmp(word, "contact:", 8) != 0)
            person = NULL;
    }
    if ((audience != NULL) + (role != NULL) + (who >= 0) > 1) {
        ir_fail(&c->err, IR_EUSAGE, _("several things are called \"%.60s\""),
                id);
        ir_err_hint(&c->err, _("say which: %s"),
                    role == NULL       ? "audience:ID, member:ID"
                    : audience == NULL ? "role:ID, member:ID"
                    : who < 0          ? "role:ID, audience:ID"
                                       : "role:ID, audience:ID, member:ID");
        return IR_EUSAGE;
    }
    if (who >= 0 && !c->trust.members[who].active)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("the key of %s has been revoked"), id);
    if (who >= 0)
        add(to, "", id);
    else if (role != NULL)
        add(to, "role:", id);
    else if (audience != NULL)
        add_audience(to, audience, id);
    else if (person != NULL)
        add(to, "contact:", id);
    else
        return nobody(c, id);
    return IR_OK;
}

int
ir_to_parse(struct ir_ctx *c, const char *words, struct ir_to *to)
{
    char *copy, *word, *rest = NULL;
    int rc = IR_OK;

    memset(to, 0, sizeof *to);
    if (strcmp(words, "all") == 0 || strcmp(words, "全員") == 0)
        return IR_OK;
    copy = ir_strdup(words);
    for (word = strtok_r(copy, ", ", &rest); rc == IR_OK && word != NULL;
         word = strtok_r(NULL, ", ", &rest))
        rc = one(c, word, to);
    free(copy);
    if (rc == IR_OK && to->n == 0)
        rc = ir_fail(&c->err, IR_EUSAGE, _("nobody is named"));
    if (rc == IR_OK && to->n > 1)
        to->audience = 0;
    if (rc != IR_OK)
        ir_to_done(to);
    return rc;
}
