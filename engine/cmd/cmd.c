/* cmd.c: the words of the command line: global options, the table, exit
 * codes. See cmd.h.
 */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "cmd/commands.h"
#include "view/refusal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
ir_cmd_exit(int rc)
{
    switch (rc) {
    case IR_OK:
        return 0;
    case IR_ENO:
        return 2;
    case IR_EUSAGE:
    case IR_EPARSE:
    case IR_ELIMIT:
        return 64;
    case IR_ENOTFOUND:
        return 66;
    case IR_EBUSY:
    case IR_ETIMEOUT:
        return 75;
    case IR_EREFUSED:
    case IR_ESIG:
        return 77;
    default:
        return 1;
    }
}

struct globals {
    const char *home, *lang;
    bool help, version;
};

/* Is argv[i] a global option? Takes it (and its value): returns how many
 * words, 0 when it is none, -1 when its value is missing. */
static int
take_global(struct ir_ctx *c, struct globals *g, int argc, char **argv, int i)
{
    const struct {
        const char *name;
        const char **value;
        bool *flag;
    } opts[] = {
        {"-C", &g->home, NULL},           {"--home", &g->home, NULL},
        {"--as", &c->as, NULL},           {"--incident", &c->incident, NULL},
        {"--lang", &g->lang, NULL},       {"--json", NULL, &c->json},
        {"--plain", NULL, &c->plain},     {"--no-input", NULL, &c->no_input},
        {"--yes", NULL, &c->yes},         {"--help", NULL, &g->help},
        {"--version", NULL, &g->version},
    };
    size_t k;

    for (k = 0; k < sizeof opts / sizeof opts[0]; k++) {
        size_t len = strlen(opts[k].name);

        if (strncmp(argv[i], opts[k].name, len) != 0)
            continue;
        if (argv[i][len] == '\0' && opts[k].flag != NULL) {
            *opts[k].flag = true;
            return 1;
        }
        if (opts[k].value == NULL)
            continue;
        if (argv[i][len] == '=' && len > 2) {
            *opts[k].value = argv[i] + len + 1;
            return 1;
        }
        if (argv[i][len] == '\0') {
            if (i + 1 >= argc)
                return -1;
            *opts[k].value = argv[i + 1];
            return 2;
        }
    }
    return 0;
}

/* Take the global options out, wherever they stand before "--". */
static int
globals(struct ir_ctx *c, struct globals *g, int *argc, char **argv)
{
    int i, n = 1;

    for (i = 1; i < *argc; i++) {
        int took;

        if (!ir_utf8_valid(argv[i], strlen(argv[i])))
            return ir_fail(&c->err, IR_EUSAGE,
                           _("word %d is not valid UTF-8 text"), i);
        if (strcmp(argv[i], "--") == 0) {
            i += n == 1 ? 1 : 0; /* before the command it ends our options */
            while (i < *argc)
                argv[n++] = argv[i++];
            break;
        }
        took = take_global(c, g, *argc, argv, i);
        if (took < 0)
            return ir_fail(&c->err, IR_EUSAGE, _("%s needs a value"), argv[i]);
        if (took == 0)
            argv[n++] = argv[i];
        else
            i += took - 1;
    }
    argv[n] = NULL;
    *argc = n;
    return IR_OK;
}

/* The row that is called as these words begin. */
static const struct ir_cmd *
find_row(int argc, char **argv)
{
    const struct ir_cmd *k;
    char name[160] = "";
    int i;

    for (i = 0; i < argc; i++) {
        size_t n = strlen(name);

        if (n + strlen(argv[i]) + 2 > sizeof name)
            return NULL;
        snprintf(name + n, sizeof name - n, "%s%s", i > 0 ? " " : "", argv[i]);
    }
    for (k = ir_cmds; k->name != NULL; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}

/* The row for these words: as many of them, up to three, as are a command. */
static const struct ir_cmd *
find_cmd(int argc, char **argv, int *words)
{
    char list[] = "list", *two[2] = {argv[0], list};
    const struct ir_cmd *k = NULL;

    for (*words = argc < 3 ? argc : 3; *words > 0 && k == NULL;)
        if ((k = find_row(*words, argv)) == NULL)
            (*words)--;
    if (k != NULL)
        return k;
    *words = 1;
    /* "role" alone means "role list" where there is one */
    return argc == 1 ? find_row(2, two) : NULL;
}

/* `ir-NAME` on PATH is a command of its own; does not return if it is there.
 */
static void
try_extension(int argc, char **argv)
{
    char *prog;

    (void)argc;
    if (!ir_name_ok(argv[0]))
        return;
    prog = ir_asprintf("ir-%s", argv[0]);
    if (strcmp(prog, "ir-worker") != 0 && strcmp(prog, "ir-collect") != 0)
        (void)execvp(prog, argv);
    free(prog);
}

/* The nearest command to what was typed, and what else begins like it. */
static int
unknown_cmd(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_cmd *k;
    struct ir_buf subs = {0};
    const char *near = NULL;
    size_t len = strlen(argv[0]);
    int best = len < 3 ? 2 : len < 6 ? 3 : 4; /* edits that still are a slip */

    for (k = ir_cmds; k->name != NULL; k++) {
        char typed[160];
        int d;

        if (strncmp(k->name, argv[0], len) == 0 && k->name[len] == ' ')
            ir_buf_addf(&subs, "%s%s", subs.len > 0 ? ", " : "",
                        k->name + len + 1);
        snprintf(typed, sizeof typed, "%.70s%s%.70s", argv[0],
                 argc > 1 && strchr(k->name, ' ') != NULL ? " " : "",
                 argc > 1 && strchr(k->name, ' ') != NULL ? argv[1] : "");
        d = ir_edit_distance(k->name, typed);
        if (d < best && (signed char)argv[0][0] >= 0) {
            best = d;
            near = k->name;
        }
    }
    if (subs.len > 0 && argc > 1)
        ir_fail(&c->err, IR_EUSAGE, _("unknown command: %.60s %.60s"), argv[0],
                argv[1]);
    else
        ir_fail(&c->err, IR_EUSAGE,
                subs.len > 0 ? _("%.60s needs a second word")
                             : _("unknown command: %.60s"),
                argv[0]);
    if (subs.len > 0)
        ir_err_hint(&c->err, "ir %s %s", argv[0], ir_buf_str(&subs));
    else if (near != NULL)
        ir_err_hint(&c->err, _("did you mean: ir %s"), near);
    else
        ir_err_hint(&c->err, _("what there is: ir help"));
    ir_buf_done(&subs);
    return IR_EUSAGE;
}

bool
ir_cmd_known(int argc, char **argv)
{
    int words = 1;

    return find_cmd(argc, argv, &words) != NULL;
}

int
ir_cmd_run(struct ir_ctx *c, int argc, char **argv)
{
    int words = 1;
    const struct ir_cmd *k = find_cmd(argc, argv, &words);

    if (k == NULL) {
        if (!c->in_walk)
            try_extension(argc, argv);
        return unknown_cmd(c, argc, argv);
    }
    return k->fn(c, argc - (words - 1), argv + (words - 1));
}

static char *
home_path(const char *flag)
{
    const char *env = getenv("IR_HOME"), *home = getenv("HOME");

    if (flag != NULL)
        return ir_strdup(flag);
    if (env != NULL && env[0] != '\0')
        return ir_strdup(env);
    return ir_asprintf("%s/.ir", home != NULL && home[0] != '\0' ? home : ".");
}

/* `word` as a shell takes it. */
static void
add_word(struct ir_buf *b, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
                                "UVWXYZ0123456789_./:=@%+,-";

    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        ir_buf_adds(b, word);
        return;
    }
    ir_buf_addc(b, '\'');
    for (; *word != '\0'; word++)
        if (*word == '\'')
            ir_buf_adds(b, "'\\''");
        else
            ir_buf_addc(b, *word);
    ir_buf_addc(b, '\'');
}

/* Is `ir` on the search path the program `prog`? */
static bool
on_path(const char *prog)
{
    const char *p = getenv("PATH");
    struct stat here, there;

    if (stat(prog, &here) != 0)
        return false;
    while (p != NULL && *p != '\0') {
        size_t n = strcspn(p, ":");
        char *file = ir_asprintf("%.*s/ir", (int)n, p);
        bool found =
            n > 0 && access(file, X_OK) == 0 && stat(file, &there) == 0;

        free(file);
        if (found)
            return there.st_dev == here.st_dev && there.st_ino == here.st_ino;
        p += n + (p[n] == ':' ? 1 : 0);
    }
    return false;
}

char *
ir_cmd_called(const struct ir_ctx *c)
{
    struct ir_buf b = {0};

    add_word(&b, c->prog != NULL && strchr(c->prog, '/') != NULL &&
                         !on_path(c->prog)
                     ? c->prog
                     : "ir");
    if (c->home_flag != NULL) {
        ir_buf_adds(&b, " -C ");
        add_word(&b, c->home_flag);
    }
    if (c->as != NULL) {
        ir_buf_adds(&b, " --as ");
        add_word(&b, c->as);
    }
    return ir_buf_take(&b);
}

/* Say what went wrong, on standard error, in words or as JSON. */
static void
complain(struct ir_ctx *c)
{
    struct ir_json *j = NULL;

    ir_ctx_flush(c); /* what was done comes before what was not */
    if (c->json) {
        char *text;

        j = c->not_recorded
                ? ir_view_not_recorded_json(&c->talk_view, &c->err, c->again)
                : ir_view_error_json(&c->err);
        text = ir_json_text(j, 0);
        ir_buf_addf(&c->talk, "%s\n", text);
        free(text);
        ir_json_free(j);
    } else if (c->not_recorded) {
        ir_view_not_recorded(&c->talk_view, &c->err, c->again, &c->talk);
    } else {
        ir_view_error(&c->talk_view, &c->err, &c->talk);
    }
}

void
ir_cmd_complain(struct ir_ctx *c)
{
    complain(c);
    memset(&c->err, 0, sizeof c->err);
    c->not_recorded = false;
    free(c->again);
    c->again = NULL;
    ir_ctx_flush(c);
}

void
ir_ctx_init(struct ir_ctx *c, const char *home, const char *lang)
{
    bool fell_back = false;
    struct ir_now now;

    ir_i18n_set(
        ir_i18n_choose(lang, IR_LANG_EN, isatty(STDERR_FILENO), &fell_back));
    ir_clock_now(&now);
    ir_term_detect(STDOUT_FILENO, c->plain, getenv, &c->view.term);
    ir_term_detect(STDERR_FILENO, c->plain, getenv, &c->talk_view.term);
    c->view.me = c->talk_view.me = c->me = -1;
    c->view.now_ms = c->talk_view.now_ms = now.wall_ms;
    c->home = home_path(home);
    if (c->json) /* data: no terminal alters it */
        c->view.term.utf8 = c->talk_view.term.utf8 = true;
    if (fell_back && !c->json)
        ir_buf_adds(&c->talk, "This terminal cannot show Japanese: English "
                              "it is (--lang ja insists).\n");
}

int
ir_cmd_main(int argc, char **argv)
{
    struct ir_ctx *c = ir_calloc(1, sizeof *c);
    struct globals g = {0};
    int rc = globals(c, &g, &argc, argv), code;

    ir_ctx_init(c, g.home, g.lang);
    c->prog = argc > 0 ? argv[0] : NULL;
    c->home_flag = g.home;
    if (rc == IR_OK && g.lang != NULL && strcmp(g.lang, "ja") != 0 &&
        strcmp(g.lang, "en") != 0)
        rc = ir_fail(&c->err, IR_EUSAGE, _("--lang is ja or en"));
    if (rc == IR_OK)
        rc = ir_crypt_init(&c->err);
    if (rc == IR_OK) {
        if (g.version)
            ir_buf_adds(&c->out, "ir " IR_VERSION "\n");
        else if (g.help)
            rc = ir_cmd_help(c, argc, argv);
        else if (argc < 2)
            rc = ir_cmd_home(c, 1, argv);
        else
            rc = ir_cmd_run(c, argc - 1, argv + 1);
    }
    if (rc != IR_OK && c->err.code != 0)
        complain(c);
    ir_ctx_flush(c);
    code = ir_cmd_exit(rc);
    if (ferror(stdout) != 0 && code == 0) {
        code = 1;
        if (!c->json)
            ir_buf_adds(&c->talk,
                        _("Not all of the answer could be written to standard "
                          "output. What was recorded is kept.\n"));
        ir_ctx_flush(c);
    }
    ir_ctx_done(c);
    free(c);
    return code;
}
