/* plan_read.c: see plan_read.h. */
#include "core/plan_read.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
ir_pread_bad(struct ir_pread *r, const char *key, const char *fmt, ...)
{
    char *why = NULL, field[IR_ERR_FIELD_MAX];
    const char *dot = r->path[0] != '\0' && key != NULL ? "." : "";
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&why, fmt, ap);
    va_end(ap);
    if (n < 0)
        abort();
    snprintf(field, sizeof field, "%.60s%s%.34s", r->path, dot,
             key != NULL ? key : "");
    if (field[0] != '\0')
        ir_fail(r->err, IR_EPARSE, "%s: %s", field, why);
    else
        ir_fail(r->err, IR_EPARSE, "%s", why);
    ir_err_field(r->err, "%s", field);
    free(why);
    return IR_EPARSE;
}

size_t
ir_pread_in(struct ir_pread *r, const char *key, int i)
{
    size_t mark = strlen(r->path), left = sizeof r->path - mark;
    const char *dot = mark > 0 ? "." : "";

    if (i >= 0)
        snprintf(r->path + mark, left, "%s%s[%d]", dot, key, i);
    else
        snprintf(r->path + mark, left, "%s%s", dot, key);
    return mark;
}

void
ir_pread_out(struct ir_pread *r, size_t mark)
{
    r->path[mark] = '\0';
}

int
ir_word_index(const char *const *words, size_t n, const char *s)
{
    size_t i;

    for (i = 0; s != NULL && i < n; i++)
        if (strcmp(words[i], s) == 0)
            return (int)i;
    return -1;
}

struct known_arg {
    const struct ir_pread_field *f;
    size_t n;
    char unknown[40];
};

static bool
known(const char *key, struct ir_json *v, void *arg)
{
    struct known_arg *k = arg;
    size_t i;

    (void)v;
    for (i = 0; i < k->n; i++)
        if (strcmp(k->f[i].key, key) == 0)
            return true;
    snprintf(k->unknown, sizeof k->unknown, "%s", key);
    return false;
}

/* Has `s` a control character (C0 but for newline and tab, DEL)? */
static bool
has_control(const char *s)
{
    for (; *s != '\0'; s++)
        if (((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t') ||
            *s == 0x7f)
            return true;
    return false;
}

static int
read_text(struct ir_pread *r, const char *key, const struct ir_json *v,
          struct ir_text *t)
{
    const char *en = ir_json_get_str(v, "en", "");
    const char *ja = ir_json_get_str(v, "ja", "");

    if (en[0] == '\0')
        return ir_pread_bad(r, key, _("the English text is missing"));
    if (ja[0] == '\0')
        return ir_pread_bad(r, key, _("the Japanese text is missing"));
    if (strlen(en) > IR_PLAN_TEXT_MAX || strlen(ja) > IR_PLAN_TEXT_MAX)
        return ir_pread_bad(r, key, _("text over %d bytes"), IR_PLAN_TEXT_MAX);
    if (has_control(en) || has_control(ja))
        return ir_pread_bad(r, key, _("control character in a text"));
    if (ir_json_len(v) != 2 && strcmp(key, "on_fail") != 0)
        return ir_pread_bad(r, key, _("a text holds en and ja, nothing else"));
    ir_text_from_json(v, t);
    return IR_OK;
}

/* Is `s` of the form that `type` asks for? Says which one in *why. */
static bool
string_ok(const char *s, enum ir_pread_type type, int64_t max, const char **why)
{
    switch (type) {
    case IR_PR_NAME:
    case IR_PR_NAMES:
        *why = _("not a name (a-z 0-9 . _ -, at most 40)");
        return ir_name_ok(s);
    case IR_PR_DIR:
        *why = _("not the name of a runbook (system/scenario)");
        return ir_plan_name_ok(s);
    case IR_PR_VAR:
    case IR_PR_VARS:
        *why = _("not the name of a variable (a-z 0-9 _, at most 32)");
        return ir_var_name_ok(s);
    default:
        *why = _("empty, too long, or with a control character");
        return strlen(s) <= (size_t)max && !has_control(s) &&
               (s[0] != '\0' || type == IR_PR_STRS);
    }
}

static int
read_string(struct ir_pread *r, const struct ir_pread_field *f,
            const struct ir_json *v, char **out)
{
    const char *s = ir_json_str(v), *why;

    if (s == NULL)
        return ir_pread_bad(r, f->key, _("must be a string"));
    if (!string_ok(s, f->type, f->max, &why))
        return ir_pread_bad(r, f->key, "%s", why);
    *out = ir_strdup(s);
    return IR_OK;
}

static int
read_list(struct ir_pread *r, const struct ir_pread_field *f,
          const struct ir_json *v, char ***out, size_t *n)
{
    size_t i, j, len = ir_json_len(v);
    const char *why;

    if (!ir_json_is_arr(v))
        return ir_pread_bad(r, f->key, _("must be a list"));
    if (len > (size_t)f->max || len < (size_t)f->min)
        return ir_pread_bad(r, f->key, _("%zu elements; %d to %d are allowed"),
                            len, (int)f->min, (int)f->max);
    *out = ir_calloc(len > 0 ? len : 1, sizeof(char *));
    for (i = 0; i < len; i++) {
        const char *s = ir_json_str(ir_json_at(v, i));

        if (s == NULL)
            return ir_pread_bad(r, f->key, _("must be a list of strings"));
        if (!string_ok(s, f->type, IR_PLAN_STR_MAX, &why))
            return ir_pread_bad(r, f->key, _("element %zu: %s"), i + 1, why);
        for (j = 0; f->type != IR_PR_STRS && j < i; j++)
            if (strcmp((*out)[j], s) == 0)
                return ir_pread_bad(r, f->key, _("\"%s\" stands here twice"),
                                    s);
        (*out)[(*n)++] = ir_strdup(s);
    }
    return IR_OK;
}

static int
read_number(struct ir_pread *r, const struct ir_pread_field *f,
            const struct ir_json *v, int64_t *out)
{
    if (!ir_json_is_int(v))
        return ir_pread_bad(r, f->key, _("must be a whole number"));
    *out = ir_json_int(v);
    if (*out < f->min || *out > f->max)
        return ir_pread_bad(r, f->key, _("must be %lld to %lld"),
                            (long long)f->min, (long long)f->max);
    return IR_OK;
}

static int
read_field(struct ir_pread *r, const struct ir_pread_field *f,
           const struct ir_json *v, void *base)
{
    char *at = (char *)base + f->off;
    int64_t num = 0;
    int rc;

    switch (f->type) {
    case IR_PR_TEXT:
        return read_text(r, f->key, v, (struct ir_text *)(void *)at);
    case IR_PR_STR:
    case IR_PR_NAME:
    case IR_PR_DIR:
    case IR_PR_VAR:
        return read_string(r, f, v, (char **)(void *)at);
    case IR_PR_NAMES:
    case IR_PR_VARS:
    case IR_PR_STRS:
        return read_list(r, f, v, (char ***)(void *)at,
                         (size_t *)(void *)((char *)base + f->off_n));
    case IR_PR_FLAG:
        if (!ir_json_is_bool(v))
            return ir_pread_bad(r, f->key, _("must be true or false"));
        *(bool *)at = ir_json_bool(v);
        return IR_OK;
    case IR_PR_INT:
        rc = read_number(r, f, v, &num);
        if (rc == IR_OK)
            *(int *)(void *)at = (int)num;
        return rc;
    case IR_PR_SECS:
        rc = read_number(r, f, v, &num);
        if (rc == IR_OK)
            *(int64_t *)(void *)at = num;
        return rc;
    case IR_PR_ELSE:
        break;
    }
    return IR_OK;
}

int
ir_pread_fields(struct ir_pread *r, const struct ir_json *obj,
                const struct ir_pread_field *f, size_t n, void *base)
{
    struct known_arg k = {f, n, ""};
    size_t i;

    if (!ir_json_is_obj(obj))
        return ir_pread_bad(r, NULL, _("must be an object"));
    ir_json_each(obj, known, &k);
    if (k.unknown[0] != '\0')
        return ir_pread_bad(r, k.unknown, _("no such field"));
    for (i = 0; i < n; i++) {
        const struct ir_json *v = ir_json_get(obj, f[i].key);
        int rc;

        if (v == NULL && f[i].required)
            return ir_pread_bad(r, f[i].key, _("is missing"));
        if (v == NULL)
            continue;
        rc = read_field(r, &f[i], v, base);
        if (rc != IR_OK)
            return rc;
    }
    return IR_OK;
}

int
ir_pread_options(struct ir_pread *r, const struct ir_json *obj, const char *key,
                 bool with_go, struct ir_option **out, size_t *n)
{
#define OFF(m) offsetof(struct ir_option, m), 0
    static const struct ir_pread_field fields[] = {
        {"id", IR_PR_NAME, true, OFF(id), 0, 0},
        {"title", IR_PR_TEXT, true, OFF(title), 0, 0},
        {"say", IR_PR_TEXT, false, OFF(say), 0, 0},
        {"go", IR_PR_NAME, false, OFF(go), 0, 0},
        {"act", IR_PR_NAME, false, OFF(act), 0, 0},
    };
#undef OFF
    const struct ir_json *v = ir_json_get(obj, key);
    size_t i, j, len = ir_json_len(v);

    if (!ir_json_is_arr(v) || len < 2 || len > IR_PLAN_OPTIONS_MAX)
        return ir_pread_bad(r, key, _("must be a list of 2 to %d options"),
                            IR_PLAN_OPTIONS_MAX);
    *out = ir_calloc(len, sizeof **out);
    for (i = 0; i < len; i++) {
        size_t mark = ir_pread_in(r, key, (int)i);
        int rc;

        *n = i + 1;
        rc = ir_pread_fields(r, ir_json_at(v, i), fields, with_go ? 5 : 2,
                             &(*out)[i]);
        for (j = 0; rc == IR_OK && j < i; j++)
            if (strcmp((*out)[i].id, (*out)[j].id) == 0)
                rc = ir_pread_bad(r, "id", _("\"%s\" stands here twice"),
                                  (*out)[i].id);
        if (rc != IR_OK)
            return rc;
        ir_pread_out(r, mark);
    }
    return IR_OK;
}

void
ir_options_free(struct ir_option *o, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        free(o[i].id);
        ir_text_done(&o[i].title);
        ir_text_done(&o[i].say);
        free(o[i].go);
        free(o[i].act);
    }
    free(o);
}
