/* names.c: see view.h: foreign text made safe, people, roles, ways. */
#include "base/utf8.h"
#include "view/pool.h"
#include "view/view.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Must text be kept to ASCII? Whoever insists on Japanese gets it. */
static bool
ascii_only(const struct ir_view *v)
{
    return !v->term.utf8 && ir_i18n_lang() == IR_LANG_EN;
}

/* Write what is not ASCII as \u{NNNN}; `s` is valid UTF-8. */
static char *
to_ascii(char *s)
{
    struct ir_buf out = {0};
    const uint8_t *p = (const uint8_t *)s;

    while (*p != '\0') {
        unsigned cp = *p, n = 0;

        if (cp >= 0xf0) {
            cp &= 0x07;
            n = 3;
        } else if (cp >= 0xe0) {
            cp &= 0x0f;
            n = 2;
        } else if (cp >= 0xc0) {
            cp &= 0x1f;
            n = 1;
        }
        for (p++; n > 0 && (*p & 0xc0) == 0x80; n--, p++)
            cp = cp << 6 | (*p & 0x3f);
        if (cp < 0x80)
            ir_buf_addc(&out, (int)cp);
        else
            ir_buf_addf(&out, "\\u{%04X}", cp);
    }
    free(s);
    return ir_buf_take(&out);
}

char *
ir_view_safe_n(const struct ir_view *v, const char *s, size_t n)
{
    struct ir_buf b = {0}, flat = {0};
    char *text;
    size_t i;

    for (i = 0; i < n; i++) /* one line: line ends and tabs are spaces */
        ir_buf_addc(&flat, s[i] == '\n' || s[i] == '\t' ? ' ' : s[i]);
    ir_utf8_escape(&b, ir_buf_str(&flat), flat.len, false);
    ir_buf_done(&flat);
    text = ir_buf_take(&b);
    return ascii_only(v) ? to_ascii(text) : text;
}

char *
ir_view_safe(const struct ir_view *v, const char *s)
{
    return ir_view_safe_n(v, s != NULL ? s : "", s != NULL ? strlen(s) : 0);
}

struct vars {
    const struct ir_incident *inc;
    bool say;
    char *name; /* what stands for one that is not known */
};

static const char *
var_value(const char *name, void *arg)
{
    struct vars *vars = arg;
    const char *s = NULL;

    if (vars->inc != NULL)
        s = ir_incident_var(vars->inc, name);
    if (s != NULL && strcmp(s, "unknown") != 0)
        return s;
    free(vars->name);
    if (vars->say)
        vars->name = ir_view_unknown(vars->inc, name);
    else
        vars->name = ir_asprintf("<%s>", name);
    return vars->name;
}

char *
ir_view_expand(const struct ir_incident *inc, const char *s, bool say)
{
    struct vars vars = {.inc = inc, .say = say};
    char *filled = ir_plan_expand(s, var_value, &vars);

    free(vars.name);
    return filled;
}

char *
ir_view_fill(const struct ir_view *v, const struct ir_incident *inc,
             const struct ir_text *t)
{
    const char *s = ir_text(t);
    char *filled, *safe;

    if (s == NULL)
        return ir_strdup("");
    if (strstr(s, "${") == NULL)
        return ir_view_safe(v, s);
    filled = ir_view_expand(inc, s, inc != NULL && inc->steps_n > 0);
    safe = ir_view_safe(v, filled);
    free(filled);
    return safe;
}

const struct ir_json *
ir_view_contacts(const struct ir_view *v, const char *list)
{
    return v->contacts != NULL ? v->contacts(list, v->contacts_arg) : NULL;
}

const struct ir_json *
ir_view_contact(const struct ir_view *v, const char *list, const char *id)
{
    const struct ir_json *arr, *row = NULL;
    size_t i, n;

    if (id == NULL)
        return NULL;
    if (v->contact != NULL && v->contact(list, id, &row, v->contacts_arg))
        return row;
    arr = ir_view_contacts(v, list);
    n = ir_json_len(arr);
    for (i = 0; i < n; i++) {
        const struct ir_json *it = ir_json_at(arr, i);

        if (strcmp(ir_json_get_str(it, "id", ""), id) == 0)
            return it;
    }
    return NULL;
}

/* The `i`-th word of `s`; *n is how many there are (in English or Japanese
 * spacing).
 */
static char *
word_at(const char *s, size_t want, size_t *n)
{
    char *found = NULL;

    *n = 0;
    while (*s != '\0') {
        size_t len;

        while (*s == ' ')
            s++;
        len = strcspn(s, " ");
        if (len == 0)
            break;
        if ((*n)++ == want)
            found = ir_strndup(s, len);
        s += len;
    }
    return found;
}

/* Which word of the English name the handle is, or -1. */
static int
handle_word(const char *name, const char *handle)
{
    size_t i, n = 1;

    for (i = 0; i < n; i++) {
        char *w = word_at(name, i, &n);
        bool same = w != NULL && strcasecmp(w, handle) == 0;

        free(w);
        if (same)
            return (int)i;
    }
    return -1;
}

/* The part of `shown` that the handle is, where that can be told. */
static char *
short_name(const char *en, const char *shown, const char *handle)
{
    int at = handle_word(en, handle);
    size_t n_en, n_shown;
    char *a, *b;

    if (at < 0)
        return ir_strdup(shown);
    a = word_at(en, (size_t)at, &n_en);
    b = word_at(shown, (size_t)at, &n_shown);
    free(a);
    if (b != NULL && n_en == n_shown)
        return b;
    free(b);
    return ir_strdup(shown);
}

static char *
person_name(const struct ir_view *v, const struct ir_json *p,
            const char *handle, const char *certified, bool full)
{
    const char *en = ir_json_get_str(ir_json_get(p, "name"), "en", certified);
    const char *shown = p != NULL ? ir_json_text_of(p, "name") : NULL;
    char *s, *safe;

    if (shown == NULL)
        shown = certified;
    if (shown == NULL || *shown == '\0')
        shown = handle;
    if (en == NULL)
        en = shown;
    s = full ? ir_strdup(shown) : short_name(en, shown, handle);
    safe = ir_view_safe(v, s);
    free(s);
    return safe;
}

char *
ir_view_member(const struct ir_view *v, int member, bool full)
{
    const struct ir_member *m;

    if (member < 0 || v->trust == NULL || (size_t)member >= v->trust->members_n)
        return ir_strdup(_("nobody"));
    m = &v->trust->members[member];
    return person_name(v, ir_view_contact(v, "people", m->handle), m->handle,
                       m->name, full);
}

char *
ir_view_person(const struct ir_view *v, const char *id, bool full)
{
    const struct ir_json *p = ir_view_contact(v, "people", id);
    int m;

    if (p == NULL && v->trust != NULL && id != NULL) {
        m = ir_trust_member(v->trust, id);
        if (m >= 0)
            return ir_view_member(v, m, full);
    }
    if (p == NULL && id != NULL && strncmp(id, "audience:", 9) == 0) {
        p = ir_view_contact(v, "audiences", id + 9);
        return ir_view_safe(v, p != NULL ? ir_json_text_of(p, "title") : id);
    }
    if (p == NULL)
        p = ir_view_contact(v, "partners", id);
    if (p == NULL)
        return ir_view_safe(v, id);
    return person_name(v, p, id, NULL, full);
}

char *
ir_view_role(const struct ir_view *v, const char *role)
{
    const struct ir_json *r = ir_view_contact(v, "roles", role);
    const char *t = r != NULL ? ir_json_text_of(r, "title") : NULL;

    return ir_view_safe(v, t != NULL ? t : role);
}

char *
ir_view_owner(const struct ir_view *v, const char *id)
{
    if (ir_view_contact(v, "roles", id) != NULL)
        return ir_view_role(v, id);
    return ir_view_person(v, id, true);
}

char *
ir_view_operation(const struct ir_view *v, const char *id)
{
    const struct ir_json *ops = ir_json_get(v->system, "operations");
    size_t i, n = ir_json_len(ops);

    for (i = 0; i < n && id != NULL; i++) {
        const struct ir_json *op = ir_json_at(ops, i);
        const char *t = ir_json_text_of(op, "title");

        if (t != NULL && strcmp(ir_json_get_str(op, "id", ""), id) == 0)
            return ir_view_safe(v, t);
    }
    return ir_view_safe(v, id);
}

/* The word for a way to reach people, or NULL. */
static const char *
channel_say(const char *kind)
{
    static const struct {
        const char *id, *say;
    } words[] = {
        {"phone", N_("phone")}, {"sms", N_("SMS")},
        {"mail", N_("mail")},   {"radio", N_("radio")},
        {"fax", N_("fax")},     {"pager", N_("pager")},
        {"web", N_("web")},     {"person", N_("in person")},
    };
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].id, kind) == 0)
            return _(words[i].say);
    return NULL;
}

char *
ir_view_channel(const struct ir_view *v, const char *kind)
{
    const char *say = kind != NULL ? channel_say(kind) : NULL;
    const struct ir_json *j =
        say == NULL ? ir_view_contact(v, "channels", kind) : NULL;

    if (j != NULL)
        say = ir_json_text_of(j, "title");
    return say != NULL ? ir_strdup(say) : ir_view_safe(v, kind);
}

bool
ir_view_is_mail(const struct ir_view *v, const char *kind)
{
    const struct ir_json *j = ir_view_contact(v, "channels", kind);

    return strcmp(kind, "mail") == 0 || strcmp(kind, "email") == 0 ||
           (j != NULL && ir_json_get_bool(j, "mail", false));
}

bool
ir_view_names_mail(const char *text)
{
    return text != NULL &&
           (strcasestr(text, "mail") != NULL || strchr(text, '@') != NULL ||
            strstr(text, "\xe3\x83\xa1\xe3\x83\xbc\xe3\x83\xab") !=
                NULL); /* メール */
}

char *
ir_view_ways(const struct ir_view *v, const struct ir_json *who, int mail)
{
    const struct ir_json *ch = ir_json_get(who, "channels");
    struct ir_buf b = {0};
    const char *last = "";
    size_t i, n = ir_json_len(ch);
    bool shut = false;

    for (i = 0; i < n; i++) {
        const struct ir_json *c = ir_json_at(ch, i);
        const char *kind = ir_json_str(ir_json_at(c, 0));
        const char *addr = ir_json_str(ir_json_at(c, 1));
        const char *say;
        char *safe, *k;

        if (kind == NULL || addr == NULL)
            continue;
        if (mail >= 2 && ir_view_is_mail(v, kind)) {
            if (!shut)
                ir_buf_addf(&b, "%s%s", b.len > 0 ? _(", ") : "",
                            mail == 2 ? _("(mail is down)")
                                      : _("(mail: do not use)"));
            shut = true;
            continue;
        }
        if (b.len > 0)
            ir_buf_adds(&b, _(", "));
        say = channel_say(kind);
        k = ir_view_safe(v, say == NULL ? kind : "");
        safe = ir_view_safe(v, addr);
        if (strcmp(kind, "sms") == 0 && strcmp(addr, last) == 0)
            ir_buf_adds(&b, _("SMS to the same number"));
        else
            ir_buf_addf(&b, "%s %s", say != NULL ? say : k, safe);
        last = addr;
        free(safe);
        free(k);
    }
    return ir_buf_take(&b);
}

bool
ir_view_mail_alone(const struct ir_view *v, const struct ir_json *who)
{
    const struct ir_json *ch = ir_json_get(who, "channels");
    size_t i, n = ir_json_len(ch);

    for (i = 0; i < n; i++) {
        const char *kind = ir_json_str(ir_json_at(ir_json_at(ch, i), 0));

        if (kind != NULL && !ir_view_is_mail(v, kind))
            return false;
    }
    return n > 0;
}

const char *
ir_view_no_mail(const struct ir_view *v, const struct ir_json *who, int mail)
{
    if (mail != 3)
        return NULL;
    return ir_view_mail_alone(v, who)
               ? _("The contacts lead to them by mail alone, and mail must not "
                   "be used: others may read it. Telephone or fax: find the "
                   "number on the printed list, by directory enquiries, or "
                   "through an authority you reach.")
               : _("Nothing of this by mail: others may read it. Telephone, "
                   "fax, or bring it.");
}

char *
ir_view_phone(const struct ir_view *v, const struct ir_json *who)
{
    static const char *const order[] = {"phone", "radio", "sms", ""};
    const struct ir_json *ch = ir_json_get(who, "channels");
    size_t i, k, n = ir_json_len(ch);
    char *safe, *s;

    for (k = 0; k < 4; k++) {
        for (i = 0; i < n; i++) {
            const struct ir_json *c = ir_json_at(ch, i);
            const char *kind = ir_json_str(ir_json_at(c, 0));
            const char *addr = ir_json_str(ir_json_at(c, 1));
            const char *say;

            if (kind == NULL || addr == NULL || ir_view_is_mail(v, kind) ||
                (*order[k] != '\0' && strcmp(kind, order[k]) != 0))
                continue;
            say = channel_say(kind);
            s = strcmp(kind, "phone") == 0 /* a number says what it is */
                    ? ir_strdup(addr)
                    : ir_asprintf("%s %s", say != NULL ? say : kind, addr);
            safe = ir_view_safe(v, s);
            free(s);
            return safe;
        }
    }
    return ir_strdup("");
}
