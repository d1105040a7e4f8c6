/* var.c: answers to typed questions, and ${name} in texts; see plan.h. */
#include "base/buf.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"
#include "core/plan.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ANSWER_MAX 500 /* bytes */
#define HOST_MAX 253
#define LABEL_MAX 63

/* A copy without white space (ideographic too) at both ends. */
static char *
trim(const char *s)
{
    static const char wide[] = "\xe3\x80\x80";
    size_t len;

    for (;;) {
        if (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r')
            s++;
        else if (strncmp(s, wide, 3) == 0)
            s += 3;
        else
            break;
    }
    len = strlen(s);
    for (;;) {
        if (len > 0 && strchr(" \t\n\r", s[len - 1]) != NULL)
            len--;
        else if (len >= 3 && memcmp(s + len - 3, wide, 3) == 0)
            len -= 3;
        else
            break;
    }
    return ir_strndup(s, len);
}

/* Fullwidth forms U+FF01..FF5E become ASCII, in place: an input method left
 * on at three in the morning is no mistake worth a refusal. */
static void
narrow(char *s)
{
    const unsigned char *from = (const unsigned char *)s;
    unsigned char *to = (unsigned char *)s;

    while (*from != '\0') {
        if (from[0] == 0xef && (from[1] == 0xbc || from[1] == 0xbd) &&
            from[2] >= 0x80 && from[2] <= 0xbf) {
            unsigned cp = ((from[1] & 0x3fU) << 6) | (from[2] & 0x3fU);

            /* cp counts from U+F000; U+FF01 is 0xf01 */
            if (cp >= 0xf01 && cp <= 0xf5e) {
                *to++ = (unsigned char)(cp - 0xf01 + 0x21);
                from += 3;
                continue;
            }
        }
        *to++ = *from++;
    }
    *to = '\0';
}

static bool
is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

/* Labels of letters, digits, - and _, not beginning or ending with -. */
static bool
host_ok(const char *s)
{
    size_t i, label = 0;

    if (!is_alnum(s[0]) || strlen(s) > HOST_MAX)
        return false;
    for (i = 0; s[i] != '\0'; i++) {
        if (s[i] == '.') {
            if (label == 0 || s[i - 1] == '-')
                return false;
            label = 0;
            continue;
        }
        if ((!is_alnum(s[i]) && s[i] != '-' && s[i] != '_') ||
            (label == 0 && s[i] == '-') || ++label > LABEL_MAX)
            return false;
    }
    return label > 0 && s[i - 1] != '-';
}

/* IPv4 or IPv6, with or without a prefix length. */
static bool
ip_ok(const char *s)
{
    uint8_t bin[16];
    const char *slash = strchr(s, '/');
    char *ip = ir_strndup(s, slash != NULL ? (size_t)(slash - s) : strlen(s));
    bool v4 = inet_pton(AF_INET, ip, bin) == 1;
    bool v6 = !v4 && inet_pton(AF_INET6, ip, bin) == 1;
    int64_t bits;

    free(ip);
    if (!v4 && !v6)
        return false;
    return slash == NULL ||
           ir_scan_int(slash + 1, 0, v4 ? 32 : 128, &bits, NULL) == IR_OK;
}

/* One line of harmless text that no program takes for an option? */
static bool
line_ok(const char *s)
{
    const unsigned char *p = (const unsigned char *)s;

    if (s[0] == '-' || !ir_utf8_valid(s, strlen(s)))
        return false;
    for (; *p != '\0'; p++)
        if (*p < 0x20 || *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0))
            return false;
    return true;
}

static int
parse_choice(const struct ir_var *v, const char *s, char **out,
             struct ir_err *err)
{
    struct ir_buf list = {0};
    int64_t at;
    size_t i;

    for (i = 0; i < v->choices_n; i++)
        if (strcasecmp(v->choices[i].id, s) == 0 ||
            strcasecmp(v->choices[i].title.en, s) == 0 ||
            strcmp(v->choices[i].title.ja, s) == 0) {
            *out = ir_strdup(v->choices[i].id);
            return IR_OK;
        }
    if (ir_scan_int(s, 1, (int64_t)v->choices_n, &at, NULL) == IR_OK) {
        *out = ir_strdup(v->choices[at - 1].id);
        return IR_OK;
    }
    for (i = 0; i < v->choices_n; i++)
        ir_buf_addf(&list, "%s%zu %s (%s)", i > 0 ? ", " : "", i + 1,
                    v->choices[i].id, ir_text(&v->choices[i].title));
    ir_fail(err, IR_EPARSE, _("That is none of the answers."));
    ir_err_hint(err, _("Type one of: %s"), ir_buf_str(&list));
    ir_buf_done(&list);
    return IR_EPARSE;
}

static int
parse_time(const char *s, int64_t now_ms, char **out, struct ir_err *err)
{
    char text[32];
    int64_t ms;
    int prec, rc = ir_time_parse(s, now_ms, &ms, &prec, err);

    if (rc != IR_OK)
        return rc;
    ir_time_rfc3339(ms, text, sizeof text);
    *out = ir_strdup(text);
    return IR_OK;
}

static int
refuse(struct ir_err *err, const char *msg, const char *hint)
{
    ir_fail(err, IR_EPARSE, "%s", msg);
    ir_err_hint(err, "%s", hint);
    return IR_EPARSE;
}

/* `s` is trimmed, narrowed where the type says so, and not empty. */
static int
parse_typed(const struct ir_var *v, const char *s, int64_t now_ms, char **out,
            struct ir_err *err)
{
    int64_t number;

    switch (v->type) {
    case IR_VAR_HOST:
        if (!host_ok(s) && !ip_ok(s))
            return refuse(err, _("That is not the name of a host."),
                          _("Letters, digits, dots and hyphens, as in fs1 or "
                            "fs1.example.jp; or an address."));
        break;
    case IR_VAR_ADDRESS:
        if (!host_ok(s) && !ip_ok(s))
            return refuse(err, _("That is not an address."),
                          _("For example 192.0.2.7, 192.0.2.0/24, 2001:db8::7 "
                            "or a host name."));
        break;
    case IR_VAR_NUMBER:
        if (ir_scan_int(s, -999999999999999LL, 999999999999999LL, &number,
                        NULL) != IR_OK)
            return refuse(err, _("That is not a whole number."),
                          _("Digits only, for example 12."));
        break;
    case IR_VAR_TIME:
        return parse_time(s, now_ms, out, err);
    case IR_VAR_CHOICE:
        return parse_choice(v, s, out, err);
    case IR_VAR_PERSON:
    case IR_VAR_TEXT:
        if (!line_ok(s))
            return refuse(err, _("That cannot be kept as one line of text."),
                          _("One line, not beginning with a hyphen."));
        break;
    }
    *out = ir_strdup(s);
    return IR_OK;
}

int
ir_var_parse(const struct ir_var *v, const char *typed, int64_t now_ms,
             char **out, struct ir_err *err)
{
    char *s = NULL;
    int rc = IR_OK;

    if (strlen(typed) > ANSWER_MAX)
        return ir_fail(err, IR_EPARSE, _("An answer has at most %d bytes."),
                       ANSWER_MAX);
    s = trim(typed);
    if (v->type != IR_VAR_PERSON && v->type != IR_VAR_TEXT)
        narrow(s);
    if (s[0] == '\0') {
        rc = refuse(err, _("There is no answer yet."),
                    v->unknown ? _("Type an answer, or: unknown")
                               : _("Type an answer."));
    } else if (ir_is_unknown(s)) {
        if (v->unknown)
            *out = ir_strdup("unknown");
        else
            rc = refuse(err, _("Here an answer is needed to go on."),
                        _("Type an answer; or skip the step with a reason."));
    } else {
        rc = parse_typed(v, s, now_ms, out, err);
    }
    free(s);
    return rc;
}

/* Length of the name in "${name}" at `s` (pointing at the $), or 0. */
static size_t
name_at(const char *s, char *name)
{
    size_t n;

    if (s[0] != '$' || s[1] != '{')
        return 0;
    for (n = 0; n <= 32 && s[2 + n] != '\0' && s[2 + n] != '}'; n++)
        name[n] = s[2 + n];
    if (n == 0 || n > 32 || s[2 + n] != '}')
        return 0;
    name[n] = '\0';
    return ir_var_name_ok(name) ? n : 0;
}

bool
ir_plan_next_var(const char *text, size_t *at, char *name)
{
    const char *s = text + *at;

    while ((s = strchr(s, '$')) != NULL) {
        size_t n = name_at(s, name);

        if (n > 0) {
            *at = (size_t)(s - text) + n + 3;
            return true;
        }
        s++;
    }
    *at = strlen(text);
    return false;
}

char *
ir_plan_expand(const char *text,
               const char *(*get)(const char *name, void *arg), void *arg)
{
    struct ir_buf b = {0};
    const char *v;
    char name[34];
    size_t n;

    while (*text != '\0') {
        n = name_at(text, name);
        if (n == 0) {
            ir_buf_addc(&b, (unsigned char)*text++);
            continue;
        }
        v = get(name, arg);
        ir_buf_adds(&b,
                    v == NULL || strcmp(v, "unknown") == 0 ? _("unknown") : v);
        text += n + 3;
    }
    return ir_buf_take(&b);
}
