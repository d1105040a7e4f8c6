/* rule.c: the engine of check.h: one value against one rule. */
#include "base/buf.h"
#include "base/i18n.h"
#include "base/index.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"
#include "script/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULES_MAX 64 /* fields of one schema */

/* Facts that a template's ${...} may name. */
static const char *const facts[] = {"who", "what", "when", "where",
                                    "why", "how",  NULL};

static void
wrong_type(struct ir_check *ck, const struct ir_node *n, struct ir_where at,
           const char *want)
{
    ir_check_say(ck, true, at, _("must be %s, not %s"), want, ir_node_what(n));
}

void
ir_check_gaps(struct ir_check *ck, const char *s, struct ir_where at)
{
    char name[40];
    size_t n, k;

    while ((s = strstr(s, "${")) != NULL) {
        s += 2;
        n = strcspn(s, "}");
        if (s[n] == '\0' || n == 0 || n >= sizeof name) {
            ir_check_say(ck, true, at, _("\"${\" without a name and \"}\""));
            return;
        }
        memcpy(name, s, n);
        name[n] = '\0';
        s += n;
        for (k = 0; facts[k] != NULL && strcmp(facts[k], name) != 0; k++)
            ;
        if (ck->is_template && facts[k] == NULL)
            ir_check_say(ck, true, at,
                         _("${%s} is no fact: there are who, what, when, "
                           "where, why and how"),
                         name);
    }
}

/* Is this string fit to be shown: UTF-8, no control characters but (with
 * `lines`) the newline, not too long? */
static bool
check_string(struct ir_check *ck, const struct ir_node *n, struct ir_where at,
             bool lines, size_t max)
{
    const char *s = n->str != NULL ? n->str : "";
    long bad = ir_source_hidden(s, n->len);

    if (n->len > max) {
        ir_check_say(ck, true, at, _("is too long: %zu bytes, at most %zu"),
                     n->len, max);
        return false;
    }
    if (bad >= 0 || strchr(s, '\t') != NULL) {
        ir_check_say(ck, true, at, _("holds a control character"));
        return false;
    }
    if (!lines && strchr(s, '\n') != NULL) {
        ir_check_say(ck, true, at, _("must stand on one line"));
        return false;
    }
    if (!ir_utf8_valid(s, n->len)) {
        ir_check_say(ck, true, at, _("is not UTF-8"));
        return false;
    }
    return true;
}

static bool
is_blank(const char *s)
{
    for (; *s != '\0'; s++) {
        if (strncmp(s, "\xE3\x80\x80", 3) == 0) /* ideographic space */
            s += 2;
        else if (*s != ' ' && *s != '\n')
            return false;
    }
    return true;
}

/* One language of a text. */
static void
check_language(struct ir_check *ck, const struct ir_node *n, struct ir_where at,
               const char *lang, bool title, struct ir_json *out)
{
    const struct ir_field *f = ir_node_field(n, lang);
    bool ja = lang[0] == 'j';
    size_t mark = ir_check_path_in(ck, lang, 0);
    int width, max = ja ? IR_TITLE_JA_MAX : IR_TITLE_EN_MAX;

    if (f == NULL) {
        ir_check_say(ck, true, n->at.line ? n->at : at,
                     ja ? _("the Japanese text is missing")
                        : _("the English text is missing"));
    } else if (f->node->type != IR_NODE_STR) {
        wrong_type(ck, f->node, f->at, _("a string"));
    } else if (is_blank(f->node->str)) {
        ir_check_say(ck, true, f->at,
                     ja ? _("the Japanese text is empty")
                        : _("the English text is empty"));
    } else if (check_string(ck, f->node, f->at, !title, IR_TEXT_BYTES_MAX)) {
        width = title ? ir_utf8_width(f->node->str) : 0;
        if (width > max)
            ir_check_say(ck, false, f->at,
                         _("is %d columns wide; at most %d fit a menu"), width,
                         max);
        ir_check_gaps(ck, f->node->str, f->at);
        ir_json_set_strn(out, lang, f->node->str, f->node->len);
    }
    ir_check_path_out(ck, mark);
}

struct ir_json *
ir_check_text(struct ir_check *ck, const struct ir_node *n, struct ir_where at,
              bool title, const char *const *extra)
{
    const char *known[8] = {"en", "ja", NULL};
    struct ir_json *out;
    size_t i;

    if (n->type != IR_NODE_TABLE) {
        wrong_type(ck, n, at,
                   _("a text in both languages, { en = \"...\", "
                     "ja = \"...\" }"));
        return NULL;
    }
    for (i = 0; extra != NULL && extra[i] != NULL && i < 5; i++)
        known[2 + i] = extra[i];
    ir_check_unknown(ck, n, known);
    out = ir_json_new_obj();
    check_language(ck, n, at, "en", title, out);
    check_language(ck, n, at, "ja", title, out);
    return out;
}

/* Does item `i` stand in the list before? `seen` holds those until then. */
static void
check_twice(struct ir_check *ck, const struct ir_rule *r,
            const struct ir_node *list, size_t i, struct ir_index *seen)
{
    const struct ir_node *item = list->items[i];
    const char *name = r->unique != NULL ? ir_node_str(item, r->unique)
                       : item->type == IR_NODE_STR ? item->str
                                                   : NULL;
    size_t first = i;

    if (name == NULL || ir_index_put(seen, name, i) ||
        !ir_index_get(seen, name, &first))
        return;
    if (r->unique != NULL)
        ir_check_say_field(ck, true, item, r->unique,
                           _("\"%s\" stands here twice (also in line %d)"),
                           name, list->items[first]->at.line);
    else
        ir_check_say(ck, true, item->at, _("\"%s\" stands here twice"), name);
}

static struct ir_json *
check_list(struct ir_check *ck, const struct ir_rule *r,
           const struct ir_node *n, struct ir_where at)
{
    struct ir_json *out, *v;
    struct ir_index seen = {0};
    size_t i, mark;

    if (!ir_node_is_list(n)) {
        wrong_type(ck, n, at, _("a list, { ..., ... } without holes"));
        return NULL;
    }
    if (n->items_n < (size_t)r->min || n->items_n > (size_t)r->max) {
        ir_check_say(ck, true, at, _("holds %zu items; %d to %d are allowed"),
                     n->items_n, (int)r->min, (int)r->max);
        return NULL;
    }
    out = ir_json_new_arr();
    for (i = 0; i < n->items_n; i++) {
        const struct ir_node *item = n->items[i];

        mark = ir_check_path_in(ck, NULL, i + 1);
        check_twice(ck, r, n, i, &seen);
        v = ir_check_value(ck, r->item, item, item->at);
        if (v != NULL)
            ir_json_add_take(out, v);
        ir_check_path_out(ck, mark);
    }
    ir_index_done(&seen);
    return out;
}

static struct ir_json *
check_words(struct ir_check *ck, const struct ir_rule *r,
            const struct ir_node *n, struct ir_where at)
{
    struct ir_buf all = {0};
    const char *near;
    size_t i;

    for (i = 0; r->words[i] != NULL; i++) {
        if (strcmp(r->words[i], n->str) == 0) {
            ir_buf_done(&all);
            return ir_json_new_str(n->str);
        }
        ir_buf_addf(&all, "%s%s", i ? ", " : "", r->words[i]);
    }
    near = ir_check_nearest(n->str, r->words);
    if (near != NULL)
        ir_check_say(ck, true, at,
                     _("\"%.60s\" is not allowed; did you mean \"%s\"?"),
                     n->str, near);
    else
        ir_check_say(ck, true, at,
                     _("\"%.60s\" is not allowed; allowed are: %s"), n->str,
                     ir_buf_str(&all));
    ir_buf_done(&all);
    return NULL;
}

static struct ir_json *
check_duration(struct ir_check *ck, const struct ir_rule *r,
               const struct ir_node *n, struct ir_where at)
{
    int64_t secs;
    struct ir_err err;

    if (ir_duration_parse(n->str, n->len, &secs, &err) != IR_OK) {
        ir_check_say(ck, true, at,
                     _("\"%.40s\" is no duration: write 90s, 5m, 2h30m or 3d "
                       "(at most 366d)"),
                     n->str);
        return NULL;
    }
    if (r->max > 0 && (secs < r->min || secs > r->max)) {
        ir_check_say(ck, true, at, _("must be between %lld and %lld seconds"),
                     (long long)r->min, (long long)r->max);
        return NULL;
    }
    return ir_json_new_int(secs);
}

/* What is written as a string in Lua. */
static struct ir_json *
check_str(struct ir_check *ck, const struct ir_rule *r, const struct ir_node *n,
          struct ir_where at)
{
    size_t max = r->max > 0 && r->type == IR_RULE_STR ? (size_t)r->max : 400;
    int32_t date;

    if (n->type != IR_NODE_STR) {
        wrong_type(ck, n, at, _("a string"));
        return NULL;
    }
    if (!check_string(ck, n, at, false, max))
        return NULL;
    if (r->type == IR_RULE_ENUM)
        return check_words(ck, r, n, at);
    if (r->type == IR_RULE_DURATION)
        return check_duration(ck, r, n, at);
    if (is_blank(n->str)) {
        ir_check_say(ck, true, at, _("is empty"));
        return NULL;
    }
    if (r->type == IR_RULE_ID && !ir_name_ok(n->str)) {
        ir_check_say(ck, true, at,
                     _("\"%.60s\" is no name: a-z 0-9 . _ - only, begins with "
                       "a letter or digit, at most 40"),
                     n->str);
        return NULL;
    }
    if (r->type == IR_RULE_DATE &&
        ir_date_parse(n->str, &date, NULL) != IR_OK) {
        ir_check_say(ck, true, at, _("\"%.40s\" is no date: write 2026-10-01"),
                     n->str);
        return NULL;
    }
    if (r->type == IR_RULE_REF)
        ir_check_ref(ck, r->ref, n->str, at);
    return ir_json_new_str(n->str);
}

struct ir_json *
ir_check_value(struct ir_check *ck, const struct ir_rule *r,
               const struct ir_node *n, struct ir_where at)
{
    switch (r->type) {
    case IR_RULE_TEXT:
    case IR_RULE_TITLE:
        return ir_check_text(ck, n, at, r->type == IR_RULE_TITLE, NULL);
    case IR_RULE_STR:
    case IR_RULE_ID:
    case IR_RULE_REF:
    case IR_RULE_DURATION:
    case IR_RULE_DATE:
    case IR_RULE_ENUM:
        return check_str(ck, r, n, at);
    case IR_RULE_INT:
        if (n->type != IR_NODE_INT) {
            wrong_type(ck, n, at, _("a whole number"));
            return NULL;
        }
        if (r->min == r->max && n->num != r->min) {
            ir_check_say(ck, true, at, _("must be %lld"), (long long)r->min);
            return NULL;
        }
        if (n->num < r->min || n->num > r->max) {
            ir_check_say(ck, true, at, _("is %lld; %lld to %lld are allowed"),
                         (long long)n->num, (long long)r->min,
                         (long long)r->max);
            return NULL;
        }
        return ir_json_new_int(n->num);
    case IR_RULE_BOOL:
        if (n->type != IR_NODE_BOOL) {
            wrong_type(ck, n, at, _("true or false"));
            return NULL;
        }
        return ir_json_new_bool(n->num != 0);
    case IR_RULE_LIST:
        return check_list(ck, r, n, at);
    case IR_RULE_OBJ:
        if (n->type != IR_NODE_TABLE) {
            wrong_type(ck, n, at, _("a table with named fields"));
            return NULL;
        }
        return ir_check_obj(ck, r->of, n);
    case IR_RULE_SPECIAL:
        return r->special(ck, n, at);
    }
    return NULL;
}

struct ir_json *
ir_check_obj(struct ir_check *ck, const struct ir_schema *sc,
             const struct ir_node *n)
{
    const char *known[RULES_MAX + 1] = {NULL};
    struct ir_json *out, *v;
    const struct ir_rule *r;
    size_t i = 0, mark;

    if (n->type != IR_NODE_TABLE) {
        wrong_type(ck, n, n->at, _("a table with named fields"));
        return NULL;
    }
    for (r = sc->rules; r->name != NULL && i < RULES_MAX; r++)
        known[i++] = r->name;
    ir_check_unknown(ck, n, known);
    out = ir_json_new_obj();
    for (r = sc->rules; r->name != NULL; r++) {
        const struct ir_field *f = ir_node_field(n, r->name);

        mark = ir_check_path_in(ck, r->name, 0);
        if (f == NULL) {
            if (r->required)
                ir_check_say(ck, true, n->at, _("\"%s\" is missing"), r->name);
        } else {
            v = ir_check_value(ck, r, f->node, f->at);
            if (v != NULL)
                ir_json_set_take(out, r->name, v);
        }
        ir_check_path_out(ck, mark);
    }
    if (sc->also != NULL)
        sc->also(ck, n, out);
    return out;
}
