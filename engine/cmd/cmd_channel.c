/* cmd_channel.c: `ir channel`: the ways out of here, and do they work? */
#include "base/clock.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "cmd/channel_last.h"
#include "cmd/channel_try.h"
#include "cmd/commands.h"
#include "cmd/recipients.h"
#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
open_list(struct ir_ctx *c, const struct ir_json **list)
{
    int rc = ir_ctx_signed(c); /* what runs was approved: look closely */

    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    ir_ctx_left_out(c);
    return rc == IR_OK ? ir_channel_list(c, list, &c->err) : rc;
}

/* The secrets a channel names, and whether each can be read here. */
struct secrets {
    struct ir_ctx *c;
    struct ir_json *list;
    struct ir_buf missing; /* why not, in words */
};

static bool
look_secret(const char *key, struct ir_json *v, void *arg)
{
    struct secrets *s = arg;
    const char *name = ir_json_get_str(v, "secret", NULL);
    struct ir_json *o;
    struct ir_err err;
    char *value = NULL;

    (void)key;
    if (name == NULL)
        return true;
    o = ir_json_add_take(s->list, ir_json_new_obj());
    ir_json_set_str(o, "name", name);
    if (ir_channel_secret_get(s->c->home, name, &value, &err) == IR_OK) {
        ir_json_set_bool(o, "here", true);
        ir_wipe(value, strlen(value));
        free(value);
    } else {
        ir_json_set_bool(o, "here", false);
        ir_buf_addf(&s->missing, "%s%s", s->missing.len > 0 ? "; " : "",
                    err.msg);
    }
    return true;
}

/* The state of a channel in words for a column, "" where nothing is known. */
static const char *
state_text(enum ir_channel_state s)
{
    return s == IR_CHANNEL_OK           ? _("works")
           : s == IR_CHANNEL_DOWN       ? _("down")
           : s == IR_CHANNEL_DISTRUSTED ? _("do not use")
                                        : "";
}

/* What the last check found, for a column; and as JSON, null where there was
 * none.
 *
 * Owns:   the caller frees with free(); *out is the caller's.
 */
static char *
last_check(struct ir_ctx *c, const char *id, struct ir_json **out)
{
    struct ir_channel_last last;
    struct ir_now now;
    char *when, *stamp, *text;
    bool stale;

    if (!ir_channel_last_get(c, IR_CHANNEL_CHECK, id, &last)) {
        *out = ir_json_new_null();
        return ir_strdup(_("not checked"));
    }
    ir_clock_now(&now);
    stale = ir_channel_last_stale(&last, now.wall_ms);
    when = ir_view_time(&c->view, last.at_ms);
    stamp = ir_view_stamp(last.at_ms);
    text = ir_asprintf(!last.ok ? _("check FAILED %s")
                       : stale  ? _("not checked since %s")
                                : _("checked %s"),
                       when);
    *out = ir_json_new_obj();
    ir_json_set_str(*out, "at", stamp);
    ir_json_set_bool(*out, "ok", last.ok);
    ir_json_set_str(*out, last.ok ? "text" : "error", last.text);
    ir_json_set_bool(*out, "stale", stale);
    free(stamp);
    free(when);
    ir_channel_last_done(&last);
    return text;
}

static struct ir_json *
row_json(const struct ir_json *row, enum ir_channel_state state,
         struct ir_json *secrets, struct ir_json *checked)
{
    struct ir_json *o = ir_json_new_obj();

    ir_json_set_str(o, "id", ir_json_get_str(row, "id", ""));
    ir_json_set_str(o, "plugin", ir_json_get_str(row, "plugin", ""));
    ir_json_set_str(o, "title", ir_json_text_of(row, "title"));
    ir_json_set_bool(o, "mail", ir_json_get_bool(row, "mail", false));
    ir_json_set_str(o, "state", ir_view_mail_word((int)state));
    ir_json_set_take(o, "secrets", secrets);
    ir_json_set_take(o, "checked", checked);
    return o;
}

int
ir_cmd_channel_list(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_json *list = NULL;
    struct ir_channels known = {0};
    struct ir_json *out = NULL;
    struct ir_table t;
    size_t i;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "channel list", &c->err);
    if (rc == IR_OK)
        rc = open_list(c, &list);
    if (rc == IR_OK)
        rc = ir_channels_load(c, NULL, IR_ACTUAL, &known);
    if (rc != IR_OK)
        return rc;
    out = ir_json_new_arr();
    ir_table_init(&t, 6, 2);
    for (i = 0; i < ir_json_len(list); i++) {
        const struct ir_json *row = ir_json_at(list, i);
        struct secrets s = {c, ir_json_new_arr(), {0}};
        char *title = ir_view_safe(&c->view, ir_json_text_of(row, "title"));
        const char *id = ir_json_get_str(row, "id", "");
        enum ir_channel_state state =
            ir_channels_state(&known, id, ir_channel_is_mail(c, id));
        struct ir_json *last = NULL;
        char *check = last_check(c, id, &last);
        const char *cells[6] = {id,    ir_json_get_str(row, "plugin", ""),
                                title, state_text(state),
                                check, ""};

        ir_json_each(ir_json_get(row, "config"), look_secret, &s);
        cells[5] = ir_buf_str(&s.missing);
        ir_table_row(&t, IR_STYLE_NONE, cells);
        ir_json_add_take(out, row_json(row, state, s.list, last));
        ir_buf_done(&s.missing);
        free(check);
        free(title);
    }
    if (c->json) {
        ir_cmd_json_take(c, out);
        out = NULL;
    } else if (ir_json_len(list) == 0) {
        ir_buf_adds(
            &c->out,
            _("The release in force has no channels. What is written in "
              "site/ counts from the next one:  ir release make\n"));
    }
    if (!c->json)
        ir_table_write(&t, &c->view.term, &c->out);
    ir_json_free(out);
    ir_channels_done(&known);
    return IR_OK;
}

/* One line for a channel that was tried. */
static void
print_try(struct ir_ctx *c, const struct ir_channel_try *t, struct ir_json *out)
{
    struct ir_json *o;

    if (out == NULL) {
        ir_buf_addf(&c->out, "%s %s  %s\n", t->ok ? _("ok    ") : _("FAILED"),
                    t->id, t->text != NULL ? t->text : "");
        return;
    }
    o = ir_json_add_take(out, ir_json_new_obj());
    ir_json_set_str(o, "id", t->id);
    ir_json_set_bool(o, "ok", t->ok);
    ir_json_set_str(o, t->ok ? "text" : "error",
                    t->text != NULL ? t->text : "");
}

/* Open for keeping what is found; where the home cannot be written, just so. */
static int
open_to_keep(struct ir_ctx *c, const struct ir_json **list)
{
    int rc = ir_ctx_signed(c);

    if (rc == IR_OK && ir_ctx_open(c, true) != IR_OK) {
        memset(&c->err, 0, sizeof c->err);
        c->not_recorded = false;
    }
    return rc == IR_OK ? open_list(c, list) : rc;
}

/* So that `ir doctor` knows of it; it was shown all the same. */
static void
keep_tries(struct ir_ctx *c, const struct ir_channel_try *tries, size_t n)
{
    struct ir_err keep = c->err;
    struct ir_now now;
    size_t i;

    ir_clock_now(&now);
    for (i = 0; i < n; i++) {
        struct ir_channel_last last = {now.wall_ms, tries[i].ok, tries[i].text};

        (void)ir_channel_last_put(c, IR_CHANNEL_CHECK, tries[i].id, &last);
    }
    c->err = keep;
}

int
ir_cmd_channel_check(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_json *list = NULL;
    struct ir_json *out = c->json ? ir_json_new_arr() : NULL;
    struct ir_channel_try *tries = NULL;
    size_t i, m = 0, failed = 0;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "channel check", &c->err);
    if (rc == IR_OK)
        rc = open_to_keep(c, &list);
    if (rc == IR_OK && n > 0) {
        const struct ir_json *row;

        rc = ir_channel_find(c, argv[1], &row, NULL, &c->err);
    }
    if (rc == IR_OK) {
        tries = ir_calloc(ir_json_len(list) + 1, sizeof *tries);
        for (i = 0; i < ir_json_len(list); i++) {
            const char *id = ir_json_get_str(ir_json_at(list, i), "id", "");

            if (n == 0 || strcmp(id, argv[1]) == 0)
                tries[m++].id = id;
        }
        ir_channel_try_all(c, tries, m);
        keep_tries(c, tries, m);
    }
    for (i = 0; i < m; i++) {
        print_try(c, &tries[i], out);
        failed += !tries[i].ok;
        free(tries[i].text);
    }
    if (rc == IR_OK && c->json) {
        ir_cmd_json_take(c, out);
        out = NULL;
    } else if (rc == IR_OK && m == 0) {
        ir_buf_adds(
            &c->out,
            _("The release in force has no channels. What is written in "
              "site/ counts from the next one:  ir release make\n"));
    }
    ir_json_free(out);
    free(tries);
    return rc == IR_OK && failed > 0 ? IR_ENO : rc;
}

/* All of standard input but the newline at its end; NULL when it is too long
 * or empty. */
static char *
read_input(void)
{
    char room[IR_CHANNEL_SECRET_MAX + 2], *out = NULL;
    size_t n = 0;
    ssize_t got;

    while (n < sizeof room - 1) {
        got = read(STDIN_FILENO, room + n, sizeof room - 1 - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    while (n > 0 && (room[n - 1] == '\n' || room[n - 1] == '\r'))
        n--;
    room[n] = '\0';
    if (n > 0 && n <= IR_CHANNEL_SECRET_MAX && strlen(room) == n)
        out = ir_strdup(room);
    ir_wipe(room, sizeof room);
    return out;
}

static int
keep_secret(struct ir_ctx *c, const char *name)
{
    char *prompt = ir_asprintf(_("Secret %s (it is not shown): "), name);
    char *value =
        isatty(STDIN_FILENO) ? ir_ctx_ask_secret(c, prompt) : read_input();
    int rc;

    free(prompt);
    if (value == NULL || value[0] == '\0') {
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("no secret was given: nothing was kept"));
        ir_err_hint(&c->err, _("type it on the terminal, or give it on "
                               "standard input: one line"));
    } else if (!ir_utf8_valid(value, strlen(value)) ||
               (strpbrk(value, "\n\r") != NULL &&
                strncmp(value, "-----BEGIN ", 11) != 0)) {
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("a secret is one line of text, or a key as PEM"));
    } else {
        rc = ir_channel_secret_put(c->home, name, value, &c->err);
    }
    if (value != NULL)
        ir_wipe(value, strlen(value));
    free(value);
    return rc;
}

struct asked {
    const char *name;
    bool found;
    struct ir_buf others; /* names that are asked for */
};

static bool
is_asked(const char *key, struct ir_json *v, void *arg)
{
    struct asked *a = arg;
    const char *name = ir_json_get_str(v, "secret", NULL);

    (void)key;
    if (name != NULL && strcmp(name, a->name) == 0)
        a->found = true;
    else if (name != NULL)
        ir_buf_addf(&a->others, "%s%s", a->others.len > 0 ? ", " : "", name);
    return true;
}

/* Warn of a name that no channel asks for: it may be misspelt. */
static void
say_unasked(struct ir_ctx *c, const char *name)
{
    struct ir_err keep = c->err;
    const struct ir_json *list = NULL;
    struct asked a = {.name = name};
    char *line;
    size_t i;

    if (open_list(c, &list) == IR_OK) {
        for (i = 0; i < ir_json_len(list); i++)
            ir_json_each(ir_json_get(ir_json_at(list, i), "config"), is_asked,
                         &a);
        line = a.others.len > 0
                   ? ir_asprintf(_("No channel of the release in force asks "
                                   "for %s. They ask for: %s"),
                                 name, ir_buf_str(&a.others))
                   : ir_asprintf(_("No channel of the release in force asks "
                                   "for %s."),
                                 name);
        if (!a.found)
            ir_term_para(&c->talk_view.term, &c->talk, 1, NULL, IR_STYLE_NONE,
                         line);
        free(line);
    }
    ir_buf_done(&a.others);
    c->err = keep;
}

int
ir_cmd_channel_secret(struct ir_ctx *c, int argc, char **argv)
{
    bool forget = false;
    const struct ir_opt opts[] = {{"remove", 0, NULL, &forget, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "channel secret", &c->err);
    if (rc == IR_OK)
        rc = ir_store_home_check(c->home, &c->err);
    if (rc == IR_OK)
        rc = forget ? ir_channel_secret_remove(c->home, argv[1], &c->err)
                    : keep_secret(c, argv[1]);
    if (rc == IR_OK && c->json) {
        struct ir_json *j = ir_json_new_obj();

        ir_json_set_str(j, "secret", argv[1]);
        ir_json_set_bool(j, "here", !forget);
        ir_cmd_json_take(c, j);
    } else if (rc == IR_OK) {
        char *line = ir_asprintf(
            forget ? _("The secret %s is no longer in this home.")
                   : _("The secret %s is kept in this home. It is in no log "
                       "and leaves with no copy of the record: each machine "
                       "that sends needs it."),
            argv[1]);

        ir_term_para(&c->view.term, &c->out, 0, NULL, IR_STYLE_NONE, line);
        free(line);
    }
    if (rc == IR_OK && !forget)
        say_unasked(c, argv[1]);
    return rc;
}
