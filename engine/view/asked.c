/* asked.c: see view.h: what a question asks for, in few words. */
#include "base/time.h"
#include "base/utf8.h"
#include "view/view.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Does `s` of `n` bytes end in `e`? */
static bool
ends(const char *s, size_t n, const char *e)
{
    size_t len = strlen(e);

    return n >= len && memcmp(s + n - len, e, len) == 0;
}

/* Without what stands in brackets at the end, and the question mark. */
static size_t
stripped(const char *s, size_t n)
{
    static const char *const open[] = {" (", "（"},
                             *const close[] = {")", "）"},
                             *const mark[] = {"?", "？", "。", ".", " "};
    bool more = true;
    size_t i;

    while (more) {
        more = false;
        for (i = 0; i < 2; i++) {
            size_t at = n;

            if (!ends(s, n, close[i]))
                continue;
            while (at > 0 && strncmp(s + at, open[i], strlen(open[i])) != 0)
                at--;
            more = more || at > 0;
            n = at > 0 ? at : n;
        }
        for (i = 0; i < sizeof mark / sizeof mark[0]; i++)
            if (ends(s, n, mark[i])) {
                n -= strlen(mark[i]);
                more = true;
            }
    }
    return n;
}

/* What stands for the "no" that a cut leaves: "the one that is rebuilt". */
static const char *
thing(const char *asks)
{
    return strncmp(asks, "は誰", strlen("は誰")) == 0       ? "人"
           : strncmp(asks, "はいつ", strlen("はいつ")) == 0 ? "時刻"
           : strncmp(asks, "はどこ", strlen("はどこ")) == 0 ? "場所"
                                                            : "もの";
}

/* "台数" of "は何台ですか": a number is meant; "" for what is no count. */
static const char *
counted(const char *asks)
{
    static const struct {
        const char *asks, *say;
    } counts[] = {
        {"は何台", "台数"}, {"は何件", "件数"}, {"は何枚", "枚数"},
        {"は何個", "個数"}, {"は何通", "通数"}, {"は何人", "人数"},
        {"は何本", "本数"}, {"は何面", "面数"}, {"は何行", "行数"},
        {"は何分", "分数"}, {"はいくつ", "数"},
    };
    size_t i;

    for (i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (strncmp(asks, counts[i].asks, strlen(counts[i].asks)) == 0)
            return counts[i].say;
    return "";
}

/* "X はどれですか" is about X; "どのX" too. */
static char *
noun_of(const char *s, size_t n)
{
    static const char *const asks[] = {"はどれ", "はどの", "はどこ",  "は何",
                                       "は誰",   "はいつ", "はいくつ"};
    static const char which[] = "どの";
    size_t i, at;

    if (ends(s, n, "は"))
        return ends(s, n, "のは")
                   ? ir_asprintf("%.*sもの", (int)(n - strlen("のは")), s)
                   : ir_strndup(s, n - strlen("は"));
    if (n > strlen(which) && strncmp(s, which, strlen(which)) == 0 &&
        !ends(s, n, "か"))
        return ir_strndup(s + strlen(which), n - strlen(which));
    for (at = n; at > 1; at--)
        for (i = 0; i < sizeof asks / sizeof asks[0]; i++) {
            const char *p = s + at - 1;

            if (strncmp(p, asks[i], strlen(asks[i])) != 0)
                continue;
            if (ends(s, at - 1, "の"))
                return ir_asprintf("%.*s%s", (int)(at - 1 - strlen("の")), s,
                                   *counted(p) != '\0' ? counted(p) : thing(p));
            return ir_asprintf("%.*s%s%s", (int)(at - 1), s,
                               *counted(p) != '\0' ? "の" : "", counted(p));
        }
    return NULL;
}

char *
ir_view_asked(const struct ir_text *ask, bool *noun)
{
    const char *s = ir_text(ask);
    size_t n;
    char *a;

    *noun = false;
    if (s == NULL)
        return ir_strdup("");
    n = stripped(s, strlen(s));
    a = noun_of(s, n);
    *noun = a != NULL;
    if (a == NULL) {
        a = ir_strndup(s, n);
        if (n > 1 && islower((unsigned char)a[1]) != 0)
            a[0] = (char)tolower((unsigned char)a[0]);
    }
    return a;
}

const struct ir_var *
ir_view_var(const struct ir_incident *inc, const char *name)
{
    const struct ir_plan *last = NULL;
    const struct ir_var *var = NULL;
    size_t i;

    for (i = 0; inc != NULL && var == NULL && i < inc->steps_n; i++) {
        const struct ir_plan *p = inc->steps[i].plan;

        if (p != NULL && p != last)
            var = ir_plan_var(p, name);
        last = p;
    }
    return var;
}

char *
ir_view_label(const struct ir_incident *inc, const char *name)
{
    const struct ir_var *var = ir_view_var(inc, name);
    bool noun;

    if (var == NULL || var->ask.en == NULL)
        return ir_strdup(name);
    return ir_view_asked(&var->ask, &noun);
}

char *
ir_view_unknown(const struct ir_incident *inc, const char *name)
{
    const struct ir_var *var = ir_view_var(inc, name);
    bool noun = true;
    char *a, *s;

    a = var != NULL && var->ask.en != NULL ? ir_view_asked(&var->ask, &noun)
                                           : ir_strdup(name);
    s = ir_asprintf(noun ? _("[%s not known]") : _("[not known: %s]"), a);
    free(a);
    return s;
}

char *
ir_view_value(const struct ir_view *v, const struct ir_var *var,
              const char *value)
{
    int64_t ms;
    int prec;
    size_t i;

    if (strcmp(value, "unknown") == 0)
        return ir_strdup(_("unknown"));
    for (i = 0; var != NULL && i < var->choices_n; i++)
        if (strcmp(var->choices[i].id, value) == 0)
            return ir_view_fill(v, NULL, &var->choices[i].title);
    if (var != NULL && var->type == IR_VAR_TIME &&
        ir_time_parse(value, v->now_ms, &ms, &prec, NULL) == IR_OK)
        return ir_view_time(v, ms);
    if (var != NULL && var->type == IR_VAR_PERSON)
        return ir_view_person(v, value, false);
    return ir_view_safe(v, value);
}
