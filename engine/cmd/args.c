/* args.c: see args.h. */
#include "cmd/args.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

static const struct ir_opt *
find_long(const struct ir_opt *opts, const char *name, size_t len)
{
    const struct ir_opt *o;

    for (o = opts; o->name != NULL; o++)
        if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

static const struct ir_opt *
find_letter(const struct ir_opt *opts, char letter)
{
    const struct ir_opt *o;

    for (o = opts; o->name != NULL; o++)
        if (o->letter != 0 && o->letter == letter)
            return o;
    return NULL;
}

/* Options that every command takes; they are gone before these are read. */
static const char *const everywhere[] = {"home", "as",       "incident",
                                         "lang", "json",     "plain",
                                         "yes",  "no-input", "help"};

static void
nearer(const char *name, const char *typed, const char **near, int *best)
{
    int d = ir_edit_distance(name, typed);

    if (d < *best) {
        *best = d;
        *near = name;
    }
}

static int
unknown(const struct ir_opt *opts, const char *word, struct ir_err *err)
{
    const struct ir_opt *o;
    const char *near = NULL, *typed = word + strspn(word, "-");
    int best = 3;
    size_t i;

    for (o = opts; o->name != NULL; o++)
        nearer(o->name, typed, &near, &best);
    for (i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++)
        nearer(everywhere[i], typed, &near, &best);
    ir_fail(err, IR_EUSAGE, _("unknown option %.60s"), word);
    if (near != NULL)
        ir_err_hint(err, _("did you mean --%s?"), near);
    else
        ir_err_hint(err, _("text that begins with - goes after --"));
    return IR_EUSAGE;
}

static int
give(const struct ir_opt *o, const char *value, struct ir_err *err)
{
    if (o->value != NULL)
        *o->value = value;
    if (o->list == NULL)
        return IR_OK;
    if (*o->list_n >= IR_ARGS_REPEAT_MAX)
        return ir_fail(err, IR_ELIMIT, _("--%s more than %d times"), o->name,
                       IR_ARGS_REPEAT_MAX);
    o->list[(*o->list_n)++] = value;
    return IR_OK;
}

/* One option word; *i moves past its value. */
static int
take(int argc, char **argv, int *i, const struct ir_opt *opts,
     struct ir_err *err)
{
    const char *word = argv[*i], *eq = NULL, *value = NULL;
    const struct ir_opt *o;

    if (word[1] == '-') {
        eq = strchr(word, '=');
        o = find_long(opts, word + 2,
                      eq != NULL ? (size_t)(eq - word - 2) : strlen(word + 2));
        value = eq != NULL ? eq + 1 : NULL;
    } else {
        o = find_letter(opts, word[1]);
        value = word[2] != '\0' ? word + 2 : NULL;
    }
    if (o == NULL)
        return unknown(opts, word, err);
    if (o->flag != NULL) {
        if (value != NULL)
            return ir_fail(err, IR_EUSAGE, _("--%s takes no value"), o->name);
        *o->flag = true;
        return IR_OK;
    }
    if (value == NULL) {
        if (*i + 1 >= argc)
            return ir_fail(err, IR_EUSAGE, _("--%s needs a value"), o->name);
        value = argv[++*i];
    }
    return give(o, value, err);
}

int
ir_args(int argc, char **argv, const struct ir_opt *opts, int *n,
        struct ir_err *err)
{
    static const struct ir_opt none[] = {{0}};
    bool ended = false;
    int i, k = 1;

    if (opts == NULL)
        opts = none;
    for (i = 1; i < argc; i++) {
        int rc;

        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
            continue;
        }
        if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
            argv[k++] = argv[i];
            continue;
        }
        rc = take(argc, argv, &i, opts, err);
        if (rc != IR_OK)
            return rc;
    }
    *n = k - 1;
    return IR_OK;
}

char *
ir_args_join(char **argv, int from, int *n)
{
    struct ir_buf b = {0};
    int i;

    if (*n <= from)
        return NULL;
    for (i = from; i <= *n; i++)
        ir_buf_addf(&b, "%s%s", i > from ? " " : "", argv[i]);
    *n = from;
    argv[from] = ir_buf_take(&b);
    return argv[from];
}

int
ir_args_count(int n, int min, int max, const char *command, struct ir_err *err)
{
    if (n >= min && n <= max)
        return IR_OK;
    ir_fail(err, IR_EUSAGE,
            n < min ? _("something is missing") : _("too many words"));
    ir_err_hint(err, _("usage: ir %s"), ir_cmd_usage(command));
    return IR_EUSAGE;
}

int
ir_args_split(char *line, char **argv, int max)
{
    int n = 0;
    char *p = line;

    while (*p != '\0' && n < max - 1) {
        char quote = 0, *out;

        p += strspn(p, " \t");
        if (*p == '\0')
            break;
        argv[n++] = out = p;
        while (*p != '\0' && (quote != 0 || (*p != ' ' && *p != '\t'))) {
            if (quote == 0 && (*p == '"' || *p == '\''))
                quote = *p++;
            else if (quote != 0 && *p == quote) {
                quote = 0;
                p++;
            } else {
                *out++ = *p++;
            }
        }
        if (*p != '\0')
            p++;
        *out = '\0';
    }
    argv[n] = NULL;
    return n;
}
