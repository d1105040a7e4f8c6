/* intake_vcard.c: people out of vCards; see intake.h. */
#include "base/i18n.h"
#include "core/intake.h"
#include "core/vcard.h"

#include <stdlib.h>
#include <string.h>

/* The person being read, and what is not put together yet. */
struct card {
    struct ir_intake *in;
    struct ir_intake_person p;
    bool open, lang_said;
    /* ways wait until the name is known, for the notes */
    struct ir_vcard_line way[40];
    size_t ways_n;
};

static void
part_to(struct card *c, const struct ir_vcard_line *l, size_t i, char **field,
        const char *what)
{
    struct ir_buf b = {0};

    ir_vcard_part(l, i, &b);
    ir_intake_field(c->in, &c->p, field, what, ir_buf_str(&b));
    ir_buf_done(&b);
}

static void
text_to(struct card *c, const struct ir_vcard_line *l, char **field,
        const char *what)
{
    struct ir_buf b = {0};

    ir_vcard_text(l, &b);
    ir_intake_field(c->in, &c->p, field, what, ir_buf_str(&b));
    ir_buf_done(&b);
}

/* Where it stands in the order: what is preferred, mobile telephones, others,
 * text messages, mail, fax. */
static int
rank_of(const struct ir_vcard_line *l, const char *means)
{
    int rank = strcmp(means, "mobile") == 0  ? 1
               : strcmp(means, "phone") == 0 ? 2
               : strcmp(means, "sms") == 0   ? 12
               : strcmp(means, "mail") == 0  ? 20
                                             : 30;

    if (ir_vcard_has(l, "PREF", "1") || ir_vcard_has(l, "TYPE", "PREF"))
        rank -= strcmp(means, "mail") == 0 ? 1 : 2;
    return rank;
}

static void
add_phone(struct card *c, const struct ir_vcard_line *l)
{
    const char *means = ir_vcard_has(l, "TYPE", "FAX") ? "fax"
                        : ir_vcard_has(l, "TYPE", "CELL") ||
                                ir_vcard_has(l, "TYPE", "TEXT") ||
                                ir_vcard_has(l, "TYPE", "IPHONE")
                            ? "mobile"
                            : "phone";
    struct ir_buf b = {0}, n = {0};
    const char *s;

    if (ir_vcard_has(l, "TYPE", "PAGER") || ir_vcard_has(l, "TYPE", "MODEM")) {
        ir_intake_say(c->in, l->line, c->p.name, true,
                      _("a pager or modem is not taken"));
        return;
    }
    ir_vcard_text(l, &b);
    s = ir_buf_str(&b);
    if (strncasecmp(s, "tel:", 4) == 0) {
        size_t len = strcspn(s + 4, ";");
        const char *ext = strstr(s, ";ext=");

        ir_buf_add(&n, s + 4, len);
        if (ext != NULL)
            ir_buf_addf(&n, " x%.*s", (int)strcspn(ext + 5, ";"), ext + 5);
        s = ir_buf_str(&n);
    }
    ir_intake_way(c->in, &c->p, means, s, rank_of(l, means));
    ir_buf_done(&b);
    ir_buf_done(&n);
}

static void
add_mail(struct card *c, const struct ir_vcard_line *l)
{
    struct ir_buf b = {0};
    const char *s;

    ir_vcard_text(l, &b);
    s = ir_buf_str(&b);
    if (strncasecmp(s, "mailto:", 7) == 0)
        s += 7;
    ir_intake_way(c->in, &c->p, "mail", s, rank_of(l, "mail"));
    ir_buf_done(&b);
}

/* Whom it is, and in which language. */
static void
on_words(struct card *c, const struct ir_vcard_line *l)
{
    struct ir_intake_person *p = &c->p;
    struct ir_buf b = {0};

    if (strcmp(l->name, "FN") == 0) {
        text_to(c, l, &p->name, _("the name"));
    } else if (strcmp(l->name, "N") == 0) {
        part_to(c, l, 0, &p->family, _("the name"));
        part_to(c, l, 1, &p->given, _("the name"));
    } else if (strcmp(l->name, "X-PHONETIC-LAST-NAME") == 0) {
        text_to(c, l, &p->kana_family, _("the reading"));
    } else if (strcmp(l->name, "X-PHONETIC-FIRST-NAME") == 0) {
        text_to(c, l, &p->kana_given, _("the reading"));
    } else if (strcmp(l->name, "SOUND") == 0 &&
               ir_vcard_has(l, "TYPE", "X-IRMC-N")) {
        part_to(c, l, 0, &p->kana_family, _("the reading"));
        part_to(c, l, 1, &p->kana_given, _("the reading"));
    } else if (strcmp(l->name, "TITLE") == 0) {
        text_to(c, l, &p->title, _("the title"));
    } else if (strcmp(l->name, "ORG") == 0) {
        ir_vcard_part(l, 0, &b);
        ir_buf_adds(&b, " ");
        ir_vcard_part(l, 1, &b);
        ir_intake_field(c->in, p, &p->organisation, _("the organisation"),
                        ir_buf_str(&b));
        ir_buf_done(&b);
    } else if (strcmp(l->name, "LANG") == 0) {
        p->lang = strncasecmp(l->value, "en", 2) == 0 ? IR_LANG_EN : IR_LANG_JA;
        c->lang_said = true;
    }
}

static bool
latin(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s >= 0xE0) /* beyond Latin, Greek, Cyrillic */
            return false;
    return true;
}

/* FN is how it is shown; where there is none, N has it. */
static void
name_of(struct ir_intake_person *p)
{
    if (p->name != NULL || (p->family == NULL && p->given == NULL))
        return;
    if (p->family == NULL || p->given == NULL)
        p->name = ir_strdup(p->family != NULL ? p->family : p->given);
    else if (latin(p->family))
        p->name = ir_asprintf("%s %s", p->given, p->family);
    else
        p->name = ir_asprintf("%s %s", p->family, p->given);
}

static int
end_card(struct card *c, struct ir_err *err)
{
    size_t i;

    name_of(&c->p);
    if (!c->lang_said)
        c->p.lang =
            c->p.name != NULL && latin(c->p.name) ? IR_LANG_EN : IR_LANG_JA;
    for (i = 0; i < c->ways_n; i++) {
        if (strcmp(c->way[i].name, "TEL") == 0)
            add_phone(c, &c->way[i]);
        else
            add_mail(c, &c->way[i]);
        ir_vcard_line_done(&c->way[i]);
    }
    c->ways_n = 0;
    c->open = false;
    return ir_intake_take(c->in, &c->p, err);
}

static void
begin_card(struct card *c, int line)
{
    c->open = true;
    c->p.line = line;
    c->lang_said = false;
}

int
ir_intake_vcard(const char *p, size_t n, struct ir_intake *in,
                struct ir_err *err)
{
    struct card c = {.in = in};
    struct ir_vcard_line l;
    struct ir_vcard v;
    int rc = IR_OK;

    ir_vcard_init(&v, p, n);
    while (rc == IR_OK && ir_vcard_next(&v, &l)) {
        bool keep = false;

        if (strcmp(l.name, "BEGIN") == 0) {
            rc = c.open ? end_card(&c, err) : IR_OK;
            begin_card(&c, l.line);
        } else if (strcmp(l.name, "END") == 0 && c.open) {
            rc = end_card(&c, err);
        } else if (c.open && (strcmp(l.name, "TEL") == 0 ||
                              strcmp(l.name, "EMAIL") == 0)) {
            keep = c.ways_n < sizeof c.way / sizeof c.way[0] && !l.long_one;
            if (keep)
                c.way[c.ways_n++] = l;
            else
                ir_intake_say(in, l.line, c.p.name, true,
                              _("more ways than can be taken"));
        } else if (c.open && !l.long_one) {
            on_words(&c, &l);
        }
        if (!keep)
            ir_vcard_line_done(&l);
    }
    if (rc == IR_OK && c.open) {
        ir_intake_say(in, c.p.line, c.p.name, false,
                      _("the vCard has no end: the file is cut off"));
        rc = end_card(&c, err);
    }
    return rc;
}
