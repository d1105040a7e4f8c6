/* i18n.c: see i18n.h. */
#include "base/i18n.h"

#include "base/buf.h"
#include "base/path.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* gettext keeps what it found until this counter changes.
 * Source: gettext manual, "Being a gettext grok".
 */
extern int _nl_msg_cat_cntr;

static enum ir_lang current = IR_LANG_EN;

static void
bind_catalogue(void)
{
    const char *dir = secure_getenv("IR_LOCALEDIR");
    char *self, *built, *probe;

    if (dir != NULL && dir[0] != '\0') {
        bindtextdomain("ir", dir);
        return;
    }
    self = ir_path_self_dir();
    if (self == NULL)
        return;
    built = ir_asprintf("%s/../po", self);
    probe = ir_asprintf("%s/ja/LC_MESSAGES/ir.mo", built);
    if (access(probe, R_OK) != 0) {
        free(built);
        built = ir_asprintf("%s/../share/locale", self);
    }
    bindtextdomain("ir", built);
    free(probe);
    free(built);
    free(self);
}

void
ir_i18n_set(enum ir_lang lang)
{
    static bool bound;

    if (!bound) {
        /* what gettext needs; the others cost two files each to open */
        if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
            (void)setlocale(LC_CTYPE, "en_US.UTF-8");
        if (setlocale(LC_MESSAGES, "C.UTF-8") == NULL)
            (void)setlocale(LC_MESSAGES, "en_US.UTF-8");
        bind_catalogue();
        bind_textdomain_codeset("ir", "UTF-8");
        bound = true;
    }
    setenv("LANGUAGE", ir_lang_code(lang), 1);
    _nl_msg_cat_cntr++;
    current = lang;
}

enum ir_lang
ir_i18n_lang(void)
{
    return current;
}

const char *
ir_lang_code(enum ir_lang lang)
{
    return lang == IR_LANG_JA ? "ja" : "en";
}

static const char *
env(const char *name)
{
    const char *v = getenv(name);

    return v != NULL ? v : "";
}

/* The first of three variables that says something, as POSIX ranks them. */
static const char *
first_set(const char *a, const char *b, const char *c)
{
    if (env(a)[0] != '\0')
        return env(a);
    return env(b)[0] != '\0' ? env(b) : env(c);
}

/* The language part of a locale name: is it `code`? */
static bool
names(const char *locale, const char *code)
{
    size_t n = strcspn(locale, "_.@-");

    return n == strlen(code) && strncasecmp(locale, code, n) == 0;
}

/* The language of a locale name; false when it names none. */
static bool
lang_of(const char *locale, enum ir_lang *lang)
{
    if (locale[0] == '\0' || names(locale, "C") || names(locale, "POSIX"))
        return false;
    *lang = names(locale, "ja") ? IR_LANG_JA : IR_LANG_EN;
    return true;
}

/* The character set of a locale name, without its "."; "" if it has none. */
static const char *
charset_of(const char *locale)
{
    const char *dot = strchr(locale, '.');

    return dot != NULL ? dot + 1 : "";
}

static bool
is_utf8(const char *charset)
{
    size_t n = strcspn(charset, "@");

    return (n == 5 && strncasecmp(charset, "UTF-8", n) == 0) ||
           (n == 4 && strncasecmp(charset, "UTF8", n) == 0);
}

/* Would Japanese come out as boxes or rubbish? */
static bool
cannot_draw(bool tty)
{
    const char *term = env("TERM");
    const char *charset = charset_of(first_set("LC_ALL", "LC_CTYPE", "LANG"));

    if (charset[0] != '\0' && !is_utf8(charset))
        return true;
    if (!tty)
        return false;
    if (strcmp(term, "linux") == 0)
        return true;
    return (term[0] == '\0' || strcmp(term, "dumb") == 0) && !is_utf8(charset);
}

enum ir_lang
ir_i18n_choose(const char *flag, enum ir_lang site, bool tty, bool *fell_back)
{
    enum ir_lang lang = site;

    if (fell_back != NULL)
        *fell_back = false;
    if (flag != NULL && lang_of(flag, &lang))
        return lang;
    if (!lang_of(env("IR_LANG"), &lang))
        lang_of(first_set("LC_ALL", "LC_MESSAGES", "LANG"), &lang);
    if (lang == IR_LANG_JA && cannot_draw(tty)) {
        if (fell_back != NULL)
            *fell_back = true;
        return IR_LANG_EN;
    }
    return lang;
}
