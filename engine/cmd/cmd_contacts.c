/* cmd_contacts.c: `ir contacts`: whom to reach, and is that still true? */
#include "base/i18n.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "cmd/contacts.h"
#include "cmd/pick.h"
#include "cmd/recipients.h"
#include "cmd/release.h"
#include "core/text.h"
#include "view/hours.h"

#include <stdlib.h>
#include <string.h>

/* What the lists are called, in the order of ir_contact_lists. */
static const char *const headings[IR_CONTACT_LISTS_N] = {
    N_("people"),      N_("roles"),    N_("trees"),    N_("audiences"),
    N_("authorities"), N_("partners"), N_("channels"),
};

int
ir_contacts_open(struct ir_ctx *c)
{
    int rc = ir_ctx_open(c, false);

    if (rc == IR_OK && ir_view_contacts(&c->view, "roles") == NULL) {
        ir_fail(&c->err, IR_ENOTFOUND, _("there is no release yet"));
        ir_err_hint(&c->err, "ir release make");
        return IR_ENOTFOUND;
    }
    return rc;
}

char *
ir_contacts_label(struct ir_ctx *c, const struct ir_json *o)
{
    const char *s = ir_json_text_of(o, "name");

    if (s == NULL)
        s = ir_json_text_of(o, "title");
    return ir_view_safe(&c->view, s != NULL ? s : "");
}

/* Is mail distrusted now, in the incident at hand or everywhere? Its addresses
 * are not shown then: 3, as in ir_incident; else 0. */
static int
mail_now(struct ir_ctx *c)
{
    struct ir_err keep = c->err;
    struct ir_channels ch = {0};
    struct ir_case k = {0};
    bool here = ir_case_bare(c, &k) == IR_OK;
    int mail = 0;

    if (ir_channels_load(c, here ? k.inc->id : NULL,
                         here ? k.inc->status : IR_ACTUAL, &ch) == IR_OK &&
        ir_channels_state(&ch, "mail", true) == IR_CHANNEL_DISTRUSTED)
        mail = IR_CHANNEL_DISTRUSTED;
    ir_channels_done(&ch);
    ir_case_done(&k);
    c->err = keep;
    return mail;
}

static void
print_list(struct ir_ctx *c, size_t at, int mail)
{
    const char *list = ir_contact_lists[at], *say = _(headings[at]);
    const struct ir_json *l = ir_view_contacts(&c->view, list);
    struct ir_table t;
    size_t i;

    /* the word to be typed stands beside that of another language */
    ir_buf_addf(&c->out, "%s%s%s (%zu)\n", say,
                strcmp(say, list) != 0 ? " " : "",
                strcmp(say, list) != 0 ? list : "", ir_json_len(l));
    ir_table_init(&t, 3, 2);
    for (i = 0; i < ir_json_len(l); i++) {
        const struct ir_json *o = ir_json_at(l, i);
        char *name = ir_contacts_label(c, o),
             *ways = ir_view_ways(&c->view, o, mail);
        const char *cells[3] = {ir_json_get_str(o, "id", ""), name, ways};

        ir_table_row(&t, IR_STYLE_NONE, cells);
        free(name);
        free(ways);
    }
    ir_table_write(&t, &c->view.term, &c->out);
}

/* The data as it is; print it without losing the library's ownership. */
static void
print_json(struct ir_ctx *c, const struct ir_json *j)
{
    char *text = j != NULL ? ir_json_text(j, 0) : ir_strdup("[]");

    ir_buf_addf(&c->out, "%s\n", text);
    free(text);
}

/* All of them in one object, or one (`at`). */
static void
print_lists(struct ir_ctx *c, int at)
{
    struct ir_buf b = {0};
    size_t i;

    if (at >= 0) {
        print_json(c, ir_view_contacts(&c->view, ir_contact_lists[at]));
        return;
    }
    for (i = 0; i < IR_CONTACT_LISTS_N; i++) {
        const struct ir_json *l =
            ir_view_contacts(&c->view, ir_contact_lists[i]);
        char *text = l != NULL ? ir_json_text(l, 0) : ir_strdup("[]");

        ir_buf_addf(&b, "%c\"%s\":%s", i == 0 ? '{' : ',', ir_contact_lists[i],
                    text);
        free(text);
    }
    ir_buf_addf(&c->out, "%s}\n", ir_buf_str(&b));
    ir_buf_done(&b);
}

int
ir_cmd_contacts_list(struct ir_ctx *c, int argc, char **argv)
{
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);
    size_t i, at = 0;
    int mail = 0;

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "contacts list", &c->err);
    if (rc == IR_OK)
        rc = ir_contacts_open(c);
    if (rc == IR_OK && n > 0)
        rc = ir_pick(c, _("list"), ir_contact_lists, IR_CONTACT_LISTS_N,
                     argv[1], false, &at);
    if (rc != IR_OK)
        return rc;
    if (c->json)
        print_lists(c, n > 0 ? (int)at : -1);
    else
        mail = mail_now(c);
    for (i = 0; i < IR_CONTACT_LISTS_N && !c->json; i++)
        if (n == 0 || i == at)
            print_list(c, i, mail);
    return IR_OK;
}

/* Who stands in a level of a tree or holds a role, with how to reach them. */
static void
print_person(struct ir_ctx *c, const char *id, int mail)
{
    const struct ir_json *p;
    char *name, *ways;

    if (strncmp(id, "role:", 5) == 0 || strncmp(id, "audience:", 9) == 0) {
        ir_buf_addf(&c->out, "    %s\n", id);
        return;
    }
    p = ir_view_contact(&c->view, "people", id);
    name = ir_view_person(&c->view, id, true);
    ways = p != NULL ? ir_view_ways(&c->view, p, mail) : ir_strdup("");
    ir_buf_addf(&c->out, "    %s  %s\n", name, ways);
    free(name);
    free(ways);
}

/* When somebody is at work: in words where there are some, else the data. */
static void
print_hours(struct ir_ctx *c, const struct ir_json *o)
{
    const char *hours = ir_json_text_of(o, "hours");
    char *data = ir_view_hours(o), *safe = ir_view_safe(&c->view, hours);

    if (hours != NULL || data != NULL)
        ir_buf_addf(&c->out, _("  at work %s\n"), hours != NULL ? safe : data);
    if (ir_json_get_bool(o, "equal", false))
        ir_buf_adds(&c->out, _("  equals: who is at work is called first\n"));
    free(data);
    free(safe);
}

/* What else there is to know of one. */
static void
print_more(struct ir_ctx *c, const struct ir_json *o, int mail)
{
    const struct ir_json *members = ir_json_get(o, "members");
    int64_t every = ir_json_get_int(o, "update", 0);
    size_t i;

    print_hours(c, o);
    if (ir_json_get_str(o, "member", NULL) != NULL)
        ir_buf_addf(&c->out, _("  the member %s\n"),
                    ir_json_get_str(o, "member", ""));
    if (ir_json_get_bool(o, "outside", false))
        ir_buf_adds(&c->out, _("  outside this organisation\n"));
    if (strcmp(ir_json_get_str(o, "goal", ""), "one") == 0)
        ir_buf_adds(&c->out, _("  the first who accepts ends it\n"));
    if (every > 0)
        ir_buf_addf(&c->out, _("  hears something every %lld minutes\n"),
                    (long long)(every / 60));
    for (i = 0; i < ir_json_len(members); i++)
        print_person(c, ir_json_str(ir_json_at(members, i)), mail);
}

static void
print_one(struct ir_ctx *c, const char *list, const struct ir_json *o, int mail)
{
    const struct ir_json *holders = ir_json_get(o, "holders");
    const struct ir_json *levels = ir_json_get(o, "levels");
    char *name = ir_contacts_label(c, o),
         *ways = ir_view_ways(&c->view, o, mail);
    const char *say = ir_json_text_of(o, "say");
    size_t i, j;

    ir_buf_addf(&c->out, "%s %s  %s\n", list, ir_json_get_str(o, "id", ""),
                name);
    if (ways[0] != '\0')
        ir_buf_addf(&c->out, "  %s\n", ways);
    if (ir_json_get_str(o, "verified", NULL) != NULL)
        ir_buf_addf(&c->out, "  %s %s\n", _("verified"),
                    ir_json_get_str(o, "verified", ""));
    print_more(c, o, mail);
    if (say != NULL)
        ir_term_para(&c->view.term, &c->out, 2, NULL, IR_STYLE_NONE, say);
    for (i = 0; i < ir_json_len(holders); i++)
        print_person(c, ir_json_str(ir_json_at(holders, i)), mail);
    for (i = 0; i < ir_json_len(levels); i++) {
        const struct ir_json *l = ir_json_at(levels, i);

        ir_buf_addf(&c->out, "  %zu.\n", i + 1);
        for (j = 0; j < ir_json_len(l); j++)
            print_person(c, ir_json_str(ir_json_at(l, j)), mail);
    }
    free(name);
    free(ways);
}

int
ir_cmd_contacts_show(struct ir_ctx *c, int argc, char **argv)
{
    size_t i, found = 0;
    int mail = 0, n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "contacts show", &c->err);
    if (rc == IR_OK)
        rc = ir_contacts_open(c);
    if (rc == IR_OK && !c->json)
        mail = mail_now(c);
    for (i = 0; rc == IR_OK && i < IR_CONTACT_LISTS_N; i++) {
        const struct ir_json *o =
            ir_view_contact(&c->view, ir_contact_lists[i], argv[1]);

        if (o == NULL)
            continue;
        found++;
        if (c->json)
            print_json(c, o);
        else
            print_one(c, ir_contact_lists[i], o, mail);
    }
    if (rc == IR_OK && found == 0) {
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("nobody and nothing is called \"%.60s\""), argv[1]);
        ir_err_hint(&c->err, "ir contacts list");
    }
    return rc;
}
