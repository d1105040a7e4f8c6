/* config.c: see config.h. */
#include "script/config.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"
#include "script/vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fill {
    const struct ir_json *rules, *values;
    struct ir_json *out;
    bool named;
    ir_config_say *say;
    void *arg;
    size_t wrong;
};

static void
complain(struct fill *f, const char *field, const char *message)
{
    f->wrong++;
    f->say(field, message, f->arg);
}

static bool
is_type(const struct ir_json *rule, const char *type)
{
    return strcmp(ir_json_get_str(rule, "type", "string"), type) == 0;
}

/* A string without controls, not too long; with `lines` newlines are fine. */
static const char *
check_string(const char *s, bool lines)
{
    size_t i, n = strlen(s);

    if (n > (lines ? IR_CONFIG_TEXT_MAX : IR_CONFIG_STRING_MAX))
        return _("is too long");
    for (i = 0; i < n; i++)
        if (((unsigned char)s[i] < 0x20 || s[i] == 0x7F) &&
            !(lines && strchr("\r\n\t", s[i]) != NULL))
            return _("holds a control character");
    return NULL;
}

static const char *
check_choice(const struct ir_json *choices, const char *s, char *room,
             size_t cap)
{
    struct ir_buf all = {0};
    size_t i, n = ir_json_len(choices);

    for (i = 0; i < n; i++) {
        const char *c = ir_json_str(ir_json_at(choices, i));

        if (c != NULL && strcmp(c, s) == 0) {
            ir_buf_done(&all);
            return NULL;
        }
        ir_buf_addf(&all, "%s%s", i > 0 ? ", " : "", c != NULL ? c : "");
    }
    snprintf(room, cap, _("must be one of: %s"), ir_buf_str(&all));
    ir_buf_done(&all);
    return n > 0 ? room : NULL;
}

static const char *
check_device(const char *s)
{
    return strncmp(s, "/dev/", 5) == 0 && strstr(s, "/../") == NULL
               ? NULL
               : _("must be a device, \"/dev/...\"");
}

/* A string against its rule; NULL when it fits. */
static const char *
wrong_string(const struct ir_json *rule, const char *s, char *room, size_t cap)
{
    const char *pattern = ir_json_get_str(rule, "match", NULL), *why;
    bool fits = true;

    why = check_string(s, is_type(rule, "text"));
    if (why == NULL && s[0] == '\0')
        why = _("is empty");
    if (why == NULL && is_type(rule, "device"))
        why = check_device(s);
    if (why == NULL && is_type(rule, "program") && s[0] != '/')
        why = _("must be the whole path of a program, \"/usr/bin/...\"");
    if (why == NULL)
        why = check_choice(ir_json_get(rule, "choices"), s, room, cap);
    if (why == NULL && pattern != NULL &&
        (ir_vm_match(pattern, s, &fits) != IR_OK || !fits)) {
        snprintf(room, cap, _("does not fit the pattern \"%.80s\""), pattern);
        why = room;
    }
    return why;
}

static void
fill_int(struct fill *f, const char *key, const struct ir_json *rule,
         const struct ir_json *v)
{
    int64_t min = ir_json_get_int(rule, "min", INT64_MIN);
    int64_t max = ir_json_get_int(rule, "max", INT64_MAX);
    char room[160];

    if (!ir_json_is_int(v)) {
        complain(f, key, _("must be a whole number"));
    } else if (ir_json_int(v) < min || ir_json_int(v) > max) {
        snprintf(room, sizeof room, _("is %lld; %lld to %lld are allowed"),
                 (long long)ir_json_int(v), (long long)min, (long long)max);
        complain(f, key, room);
    } else {
        ir_json_set_int(f->out, key, ir_json_int(v));
    }
}

static void
fill_duration(struct fill *f, const char *key, const struct ir_json *v)
{
    const char *s = ir_json_str(v);
    int64_t secs;

    if (ir_json_is_int(v) && ir_json_int(v) > 0)
        ir_json_set_int(f->out, key, ir_json_int(v));
    else if (s != NULL && ir_duration_parse(s, strlen(s), &secs, NULL) == IR_OK)
        ir_json_set_int(f->out, key, secs);
    else
        complain(f, key, _("must be a duration such as \"10s\""));
}

static void
fill_list(struct fill *f, const char *key, const struct ir_json *rule,
          const struct ir_json *v)
{
    struct ir_json *list;
    char room[200];
    size_t i;

    if (!ir_json_is_arr(v) && !(ir_json_is_obj(v) && ir_json_len(v) == 0)) {
        complain(f, key, _("must be a list of strings"));
        return;
    }
    list = ir_json_set_take(f->out, key, ir_json_new_arr());
    for (i = 0; i < ir_json_len(v); i++) {
        const char *s = ir_json_str(ir_json_at(v, i)), *why;

        why = s != NULL ? wrong_string(rule, s, room, sizeof room)
                        : _("must be a list of strings");
        if (why != NULL)
            complain(f, key, why);
        else
            ir_json_add_str(list, s);
    }
}

static void
fill_string(struct fill *f, const char *key, const struct ir_json *rule,
            const struct ir_json *v)
{
    const char *s = ir_json_str(v), *why;
    char room[200];

    if (f->named && ir_json_is_obj(v)) {
        const char *name = ir_json_get_str(v, "secret", "");

        if (ir_json_len(v) != 1 || !ir_name_ok(name))
            complain(f, key, _("must be a string, or { secret = \"NAME\" }"));
        return;
    }
    if (f->named && ir_json_get_bool(rule, "secret", false)) {
        complain(f, key,
                 _("is a secret and does not stand here: write { secret = "
                   "\"NAME\" } and keep it with: ir channel secret NAME"));
        return;
    }
    why = s != NULL ? wrong_string(rule, s, room, sizeof room)
                    : _("must be a string, or { secret = \"NAME\" }");
    if (why != NULL)
        complain(f, key, why);
    else
        ir_json_set_str(f->out, key, s);
}

static bool
fill_one(const char *key, struct ir_json *rule, void *arg)
{
    struct fill *f = arg;
    const struct ir_json *v = ir_json_get(f->values, key);

    if (v == NULL || ir_json_is_null(v))
        v = ir_json_get(rule, "default");
    if (v == NULL) {
        if (!ir_json_get_bool(rule, "optional", false))
            complain(f, key, _("is missing"));
    } else if (is_type(rule, "int")) {
        fill_int(f, key, rule, v);
    } else if (is_type(rule, "bool")) {
        if (ir_json_is_bool(v))
            ir_json_set_bool(f->out, key, ir_json_bool(v));
        else
            complain(f, key, _("must be true or false"));
    } else if (is_type(rule, "duration")) {
        fill_duration(f, key, v);
    } else if (is_type(rule, "list")) {
        fill_list(f, key, rule, v);
    } else {
        fill_string(f, key, rule, v);
    }
    return true;
}

static bool
is_known(const char *key, struct ir_json *v, void *arg)
{
    struct fill *f = arg;

    (void)v;
    if (ir_json_get(f->rules, key) == NULL)
        complain(f, key, _("unknown field"));
    return true;
}

size_t
ir_config_fill(const struct ir_json *rules, const struct ir_json *values,
               bool named, struct ir_json **out, ir_config_say *say, void *arg)
{
    struct fill f = {rules, values, ir_json_new_obj(), named, say, arg, 0};

    ir_json_each(values, is_known, &f);
    ir_json_each(rules, fill_one, &f);
    if (out != NULL)
        *out = f.out;
    else
        ir_json_free(f.out);
    return f.wrong;
}
