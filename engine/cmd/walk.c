/* walk.c: the walk: show the screen, take a line, do it, show it again.
 *
 * Everything typed here is a command of its own too; this only supplies the
 * step in focus and asks for what is missing.
 */
#include "view/walk.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/utf8.h"
#include "cmd/act.h"
#include "cmd/commands.h"
#include "cmd/pick.h"
#include "cmd/start.h"
#include "cmd/walker.h"
#include "view/menu.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 40

/* The step in focus, or -1. */
static int
focus(const struct walker *w)
{
    if (w->focus >= 0 && (size_t)w->focus < w->k.inc->steps_n)
        return w->focus;
    return ir_view_focus(w->k.inc, w->c->me);
}

/* Show an answer, a screen at a time where it is long. */
static void
flush_long(struct walker *w)
{
    char *typed = ir_ctx_page(w->c, &w->c->view.term, &w->c->out, stdout);

    if (typed != NULL && strcmp(typed, "q") == 0) {
        free(typed); /* no more of this, as pagers have it; not of the walk */
    } else if (typed != NULL) {
        free(w->next);
        w->next = typed;
    }
    ir_ctx_flush(w->c);
}

int
ir_walker_run(struct walker *w, int argc, char **argv)
{
    struct ir_ctx *c = w->c;
    int rc;

    c->incident = w->incident;
    rc = ir_cmd_run(c, argc, argv);
    flush_long(w);
    if (rc != IR_OK && c->err.code != 0)
        ir_cmd_complain(c);
    return rc;
}

/* Ask for one line; empty counts as nothing. */
static char *
ask(struct walker *w, const char *prompt)
{
    char *s = ir_ctx_ask(w->c, prompt);

    if (s != NULL && s[strspn(s, " \t")] == '\0') {
        free(s);
        s = NULL;
    }
    return s;
}

/* A percentage, or "unknown"; asked again until it is one. */
static char *
ask_level(struct walker *w, const char *prompt)
{
    int tries;

    for (tries = 0; tries < 5; tries++) {
        char *typed = ask(w, prompt);
        int64_t level = 0;

        if (typed == NULL || ir_is_unknown(typed) ||
            ir_scan_int(typed, 0, 100, &level, &w->c->err) == IR_OK)
            return typed;
        free(typed);
        ir_cmd_complain(w->c);
    }
    return ir_strdup("unknown");
}

/* Is the step not to be done now, whatever is said about it? Then that is said
 * before anything is asked; what it lacks is asked for. */
static bool
not_now(struct walker *w, size_t at)
{
    enum ir_gate gate = IR_GATE_NONE;
    struct ir_now now;
    char *v[3] = {(char *)(uintptr_t) "ask", w->k.inc->steps[at].path, NULL};
    int rc;

    ir_clock_now(&now);
    rc = ir_incident_gate(w->k.inc, at, w->c->me, now.wall_ms, &gate,
                          &w->c->err);
    if (rc != IR_OK && (gate == IR_GATE_STATE || gate == IR_GATE_WAIT)) {
        ir_cmd_complain(w->c);
        return true;
    }
    memset(&w->c->err, 0, sizeof w->c->err);
    if (ir_act_known(w->c, &w->k, at) == IR_OK)
        return false;
    ir_cmd_complain(w->c);
    (void)ir_walker_run(w, 2, v);
    return true;
}

/* A number or an option's name at a decision. */
static void
do_choose(struct walker *w, const struct ir_istep *is, const char *option)
{
    char *v[4] = {(char *)(uintptr_t) "choose", is->path,
                  (char *)(uintptr_t)option, NULL};

    (void)ir_walker_run(w, 3, v);
}

/* `choose` and nothing: show the options and ask for one. */
static void
ask_option(struct walker *w, const char *step)
{
    const struct ir_istep *is;
    size_t i = 0;
    char *typed;

    if (ir_incident_step(w->k.inc, step, &i, &w->c->err) != IR_OK) {
        ir_cmd_complain(w->c);
        return;
    }
    is = &w->k.inc->steps[i];
    if (is->step == NULL || is->step->act != IR_ACT_CHOOSE) {
        ir_fail(&w->c->err, IR_EUSAGE, _("\"%s\" is not a decision"), is->path);
        ir_cmd_complain(w->c);
        return;
    }
    ir_view_menu_choose(&w->c->talk_view, w->k.inc, i, &w->c->talk);
    typed = ask(w, "");
    if (typed != NULL)
        do_choose(w, is, typed);
    free(typed);
}

/* Words of a command, some of them typed just now. */
struct words {
    char *v[32], *owned[8];
    int n, o;
};

/* An option and what was typed for it (taken); nothing for NULL. */
static void
add_take(struct words *x, const char *option, char *typed)
{
    if (typed == NULL)
        return;
    x->v[x->n++] = (char *)(uintptr_t)option;
    x->v[x->n++] = x->owned[x->o++] = typed;
}

/* What goes with a step that is done; false: they left. */
static bool
ask_with(struct walker *w, const struct ir_istep *is, struct words *x)
{
    const struct ir_step *s = is->step;
    char *q;
    int i;

    if (s != NULL && s->act == IR_ACT_TELL) {
        add_take(x, "--to", ask(w, _(" Whom did you reach?> ")));
        add_take(x, "--means", ask(w, _(" By what means? (phone)> ")));
        add_take(x, "--ref", ask(w, _(" Receipt number, if any?> ")));
    }
    if (s != NULL && s->clock_id != NULL && strcmp(s->clock_op, "start") == 0)
        add_take(x, "--from", ask(w, _(" Counts from when? (now)> ")));
    if (s != NULL && s->service_op != NULL) {
        q = ir_asprintf(_(" Level reached, percent? (%d)> "), s->service_level);
        add_take(x, "--level", ask_level(w, q));
        free(q);
    }
    ir_view_ask_note(&w->c->talk_view, &w->c->talk);
    q = ir_ctx_ask(w->c, "");
    if (q == NULL) /* the input ended */
        return false;
    add_take(x, "-m", q);
    for (i = 0; i < x->o; i++)
        if (ir_is_quit(x->owned[i]))
            return false;
    return true;
}

/* `done` on the step in focus: asks what goes with it. */
static void
do_done(struct walker *w, int argc, char **argv)
{
    int at = focus(w), i;
    const struct ir_istep *is = at >= 0 ? &w->k.inc->steps[at] : NULL;
    struct words x = {0};
    bool left = false;

    for (i = 0; i < argc && x.n < 16; i++)
        x.v[x.n++] = argv[i];
    if (argc == 1 && is != NULL && not_now(w, (size_t)at))
        return;
    if (argc == 1 && is != NULL && is->step != NULL &&
        is->step->act == IR_ACT_CHOOSE) {
        ask_option(w, is->path);
        return;
    }
    if (argc == 1 && is != NULL) {
        ir_walker_offer_update(w, is);
        x.v[x.n++] = is->path;
        left = !ask_with(w, is, &x);
    }
    if (left)
        ir_buf_adds(&w->c->talk, _(" Left: not done yet, nothing recorded.\n"));
    else
        (void)ir_walker_run(w, x.n, x.v);
    for (i = 0; i < x.o; i++)
        free(x.owned[i]);
}

/* Words that need the step in focus when none is named. */
static bool
takes_focus(const char *word)
{
    static const char *const words[] = {"done", "fail",      "skip",
                                        "run",  "take",      "ask",
                                        "show", "give-back", NULL};
    int i;

    for (i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

/* Is argv[1] the name of a step here? */
static bool
names_step(struct walker *w, const char *word)
{
    size_t i;

    return ir_incident_step(w->k.inc, word, &i, NULL) == IR_OK;
}

/* `done link light off`: what follows the step (or stands alone) is what was
 * seen, or the reason. Adds it to v; returns whether it was that. */
static bool
add_words(const char *word, int argc, char **argv, int from, char **v, int *n,
          char **owned)
{
    const bool done = strcmp(word, "done") == 0;
    struct ir_buf b = {0};
    int i;

    if (!done && strcmp(word, "fail") != 0 && strcmp(word, "skip") != 0)
        return false;
    if (from >= argc || argv[from][0] == '-')
        return false;
    for (i = from; i < argc; i++)
        ir_buf_addf(&b, "%s%s", i > from ? " " : "", argv[i]);
    *owned = ir_buf_take(&b);
    v[(*n)++] = (char *)(uintptr_t)(done ? "-m" : "-r");
    v[(*n)++] = *owned;
    return true;
}

/* A sentence typed where a word was expected: worth keeping? */
static bool
offer_note(struct walker *w)
{
    char *v[3] = {(char *)(uintptr_t) "note", w->typed, NULL};
    const char *p;
    bool sentence = strchr(w->typed, ' ') != NULL;

    for (p = w->typed; *p != '\0'; p++)
        if ((unsigned char)*p >= 0x80)
            sentence = true;
    if (!sentence)
        return false;
    if (ir_ctx_yes(w->c, _("That is no command. Record it as a note?"), false))
        (void)ir_walker_run(w, 2, v);
    else
        ir_buf_adds(&w->c->talk, _(" NOT recorded.\n"));
    return true;
}

/* `isolate` alone looks at that step; `done isolate ...` is a command. */
static void
dispatch(struct walker *w, int argc, char **argv)
{
    int at = focus(w), n = 0, i, from = 1;
    const struct ir_istep *is = at >= 0 ? &w->k.inc->steps[at] : NULL;
    char *v[WORDS_MAX + 4], *owned = NULL;
    size_t step = 0;
    int64_t no;

    if (is != NULL && is->step != NULL && is->step->act == IR_ACT_CHOOSE &&
        argc == 1 &&
        ir_scan_int(argv[0], 1, (int64_t)is->step->options_n, &no, NULL) ==
            IR_OK) {
        do_choose(w, is, argv[0]);
        return;
    }
    if (strcmp(argv[0], "done") == 0 && argc == 1) {
        if (is != NULL && is->step != NULL && is->step->act == IR_ACT_ASK) {
            char *a[3] = {(char *)(uintptr_t) "ask", is->path, NULL};

            (void)ir_walker_run(w, 2, a);
        } else {
            do_done(w, argc, argv);
        }
        return;
    }
    if (strcmp(argv[0], "choose") == 0 && is != NULL &&
        (argc == 1 || (argc == 2 && names_step(w, argv[1])))) {
        ask_option(w, argc == 2 ? argv[1] : is->path);
        return;
    }
    if (strcmp(argv[0], "call") == 0 && is != NULL && is->step != NULL &&
        is->step->call != NULL && (argc == 1 || argv[1][0] == '-')) {
        v[n++] = argv[0];
        v[n++] = is->step->call;
    } else if ((strcmp(argv[0], "choose") == 0 ||
                strcmp(argv[0], "approve") == 0 ||
                strcmp(argv[0], "deny") == 0) &&
               is != NULL && (argc == 1 || !names_step(w, argv[1]))) {
        v[n++] = argv[0];
        v[n++] = is->path;
    } else if (takes_focus(argv[0]) && is != NULL &&
               (argc < 2 || argv[1][0] == '-' || !names_step(w, argv[1]))) {
        v[n++] = argv[0];
        v[n++] = is->path;
    } else if (takes_focus(argv[0]) && argc >= 2) {
        v[n++] = argv[0];
        v[n++] = argv[1];
        from = 2;
    } else if ((n = ir_walker_update_words(is, argc, argv, v)) > 0) {
        /* to whom, and by which template, the step says */
    } else if (argc == 1 &&
               ir_incident_step(w->k.inc, argv[0], &step, NULL) == IR_OK) {
        w->focus = (int)step;
        return;
    } else if (!ir_cmd_known(argc, argv) && offer_note(w)) {
        return;
    } else {
        v[n++] = argv[0];
    }
    if (!add_words(argv[0], argc, argv, from, v, &n, &owned))
        for (i = from; i < argc && n < WORDS_MAX; i++)
            v[n++] = argv[i];
    v[n] = NULL;
    (void)ir_walker_run(w, n, v);
    free(owned);
}

/* What only the walk knows. Returns false when it is a command. */
static bool
own_word(struct walker *w, const char *line)
{
    struct ir_ctx *c = w->c;
    struct ir_walk v = {.inc = w->k.inc, .focus = w->focus};

    if (strcmp(line, "quit") == 0 || strcmp(line, "q") == 0 ||
        strcmp(line, "exit") == 0) {
        w->quit = true;
        return true;
    }
    if (strcmp(line, "help") == 0 || strcmp(line, "?") == 0 ||
        strcmp(line, "h") == 0) {
        ir_view_keys(&c->view, &c->out);
        flush_long(w);
        return true;
    }
    if (strcmp(line, "list") == 0 || strcmp(line, "l") == 0) {
        ir_case_record(c, &w->k, &v.record);
        ir_view_list(&c->view, &v, false, &c->out);
        flush_long(w);
        return true;
    }
    if (strcmp(line, "next") == 0 || strcmp(line, "n") == 0) {
        w->focus = -1;
        return true;
    }
    return false;
}

/* `note` and nothing: ask for the words; `note WORDS ...`: all of the line is
 * the note. */
static bool
note_line(struct walker *w, char *line)
{
    char *v[5] = {(char *)(uintptr_t) "note"}, *typed = NULL;

    if (strncmp(line, "note", 4) != 0 || (line[4] != '\0' && line[4] != ' '))
        return false;
    line += 4 + strspn(line + 4, " ");
    if (line[0] == '"' || line[0] == '-')
        return false; /* quoted, or with options: an ordinary command */
    if (line[0] == '\0') {
        typed = ask(w, _(" Note> "));
        line = typed;
    }
    if (line != NULL) {
        char *at = strstr(line, " --at ");
        int n = 2;

        v[1] = line;
        if (at != NULL) { /* "... --at 02:40" or "... --at 20m ago" */
            *at = '\0';
            v[n++] = (char *)(uintptr_t) "--at";
            v[n++] = at + 6 + strspn(at + 6, " ");
        }
        (void)ir_walker_run(w, n, v);
    }
    free(typed);
    return true;
}

/* Does the line begin with a fullwidth letter or digit? */
static bool
is_wide(const char *line)
{
    return strncmp(line, "\xEF\xBC", 2) == 0 ||
           strncmp(line, "\xEF\xBD", 2) == 0;
}

static void
one_line(struct walker *w, char *line)
{
    char *argv[WORDS_MAX + 1];
    char *whole = ir_strdup(line);
    int argc;

    struct ir_buf narrow = {0};

    w->typed = whole;
    line += strspn(line, " \t");
    if (is_wide(line)) { /* typed with an input method on */
        ir_utf8_narrow(&narrow, line);
        line = (char *)narrow.p;
    }
    if (line[0] != '\0' && !own_word(w, line) && !note_line(w, line)) {
        if (strncmp(line, "ir ", 3) == 0)
            line += 3;
        argc = ir_args_split(line, argv, WORDS_MAX);
        if (argc > 0)
            dispatch(w, argc, argv);
    }
    ir_buf_done(&narrow);
    free(whole);
}

/* Is it a word that shows something to be read before anything else: what
 * became of a call, too? */
static bool
only_reads(const char *line)
{
    static const char *const word[] = {"inbox", "list", "l",        "help",
                                       "h",     "?",    "timeline", "show",
                                       "call",  "who"};
    size_t i, n;

    line += strspn(line, " \t");
    if (strncmp(line, "ir ", 3) == 0)
        line += 3 + strspn(line + 3, " \t");
    n = strcspn(line, " \t");
    for (i = 0; i < sizeof word / sizeof word[0]; i++)
        if (strlen(word[i]) == n && strncmp(line, word[i], n) == 0)
            return true;
    return strncmp(line, "alert show", 10) == 0 ||
           strncmp(line, "alert status", 12) == 0 ||
           strncmp(line, "alert list", 10) == 0;
}

/* Do what was typed. The screen is drawn again only when something changed or
 * on Enter alone: what was answered must not scroll away, also where showing it
 * is recorded, as of alerts. */
static int
one_turn(struct walker *w, char *line)
{
    struct ir_walk v = {.inc = NULL};
    size_t before = w->k.log.n;
    int was = focus(w), rc;
    bool empty = line[strspn(line, " \t")] == '\0', reads = only_reads(line);

    one_line(w, line);
    if (w->quit)
        return IR_OK;
    rc = ir_walker_reload(w);
    if (rc != IR_OK)
        return rc;
    if (w->next != NULL) /* what was typed meanwhile comes first */
        return IR_OK;
    if (reads) /* the next other word draws what is new */
        w->stale = w->stale || w->k.log.n != before;
    else if (empty || w->stale || w->k.log.n != before || focus(w) != was) {
        ir_walker_show(w);
        return IR_OK;
    }
    v.inc = w->k.inc;
    v.focus = w->focus;
    ir_view_prompt(&w->c->view, &v, &w->c->out);
    ir_ctx_flush(w->c);
    return IR_OK;
}

int
ir_walk_run(struct ir_ctx *c, const uint8_t declare[IR_ID_BYTES])
{
    struct walker w = {.c = c, .focus = -1};
    const char *was = c->incident;
    int rc;

    memcpy(w.declare, declare, IR_ID_BYTES);
    ir_hex(declare, IR_ID_BYTES, w.incident);
    rc = ir_case_load(c, declare, 0, &w.k);
    if (rc != IR_OK)
        return rc;
    c->in_walk = true;
    ir_walker_show(&w);
    while (rc == IR_OK && ir_ctx_can_ask(c) && !w.quit) {
        char *line = w.next != NULL ? w.next : ir_walker_line(&w);

        w.next = NULL;
        if (line == NULL)
            break;
        rc = one_turn(&w, line);
        free(line);
    }
    if (rc == IR_OK && !w.quit && ir_ctx_can_ask(c))
        ir_buf_adds(&c->out, "\n");
    if (rc == IR_OK && ir_ctx_can_ask(c)) {
        char *self = ir_cmd_called(c);

        ir_view_walk_left(&c->view, self, w.k.inc, &c->out);
        free(self);
    }
    free(w.rung.v);
    c->in_walk = false;
    c->incident = was;
    ir_case_done(&w.k);
    return rc;
}
