/* cmd_doctor.c: `ir doctor`, `selftest`, `help`. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/spawn.h"
#include "cmd/channel_health.h"
#include "cmd/clones.h"
#include "cmd/commands.h"
#include "cmd/keyring.h"
#include "cmd/own.h"
#include "cmd/parties.h"
#include "cmd/refresh.h"
#include "cmd/worker.h"
#include "core/contact_lint.h"
#include "store/check.h"
#include "view/admins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FREE_MIN_BYTES (200ull * 1024 * 1024)

struct doctor {
    struct ir_ctx *c;
    struct ir_json *list;
    size_t bad;
};

/* One finding: what is well, or what is wrong and what to do. */
static void
say(struct doctor *d, bool ok, const char *good, const char *bad,
    const char *hint)
{
    const char *what = ok ? good : bad;
    struct ir_json *j;

    if (!ok)
        d->bad++;
    if (d->c->json) {
        j = ir_json_add_take(d->list, ir_json_new_obj());
        ir_json_set_bool(j, "ok", ok);
        ir_json_set_str(j, "what", what);
        ir_json_set_str(j, "hint", ok ? NULL : hint);
        return;
    }
    ir_buf_addf(&d->c->out, " %s  %s\n", ok ? _("ok ") : _("BAD"), what);
    if (!ok && hint != NULL && hint[0] != '\0')
        ir_buf_addf(&d->c->out, "      %s\n", hint);
}

/* Something that is not wrong, but to be known. */
static void
note(struct doctor *d, const char *what, const char *hint)
{
    struct ir_json *j;

    if (d->c->json) {
        j = ir_json_add_take(d->list, ir_json_new_obj());
        ir_json_set_bool(j, "ok", true);
        ir_json_set_str(j, "what", what);
        ir_json_set_str(j, "hint", hint);
        return;
    }
    ir_buf_addf(&d->c->out, " %s  %s\n      %s\n", _("!  "), what, hint);
}

static void
say_revoked(const char *text, const char *hint, void *arg)
{
    say(arg, false, NULL, text, hint);
}

static void
check_home(struct doctor *d)
{
    struct ir_ctx *c = d->c;
    struct statvfs fs;
    int rc = ir_ctx_open(c, true);

    say(d, rc == IR_OK, _("the home opens"), c->err.msg, c->err.hint);
    memset(&c->err, 0, sizeof c->err);
    c->not_recorded = false;
    if (rc != IR_OK)
        return;
    if (statvfs(c->home, &fs) == 0)
        say(d, (uint64_t)fs.f_bavail * fs.f_frsize >= FREE_MIN_BYTES,
            _("there is room on the disk"),
            _("less than 200 MB are free on the disk"),
            _("make room: when it is full nothing can be recorded"));
    rc = ir_ctx_me(c);
    say(d, rc == IR_OK, _("who acts is known"), c->err.msg, c->err.hint);
    memset(&c->err, 0, sizeof c->err);
    if (ir_own_revoked(c, say_revoked, d) == 0)
        say(d, true, _("no key of this home is revoked"), NULL, NULL);
    say(d, ir_trust_current(&c->trust) != NULL,
        _("a release of the runbooks is approved"), _("no release is approved"),
        "ir release approve");
    if (ir_view_lone_admin(&c->trust) != NULL)
        note(d, ir_view_lone_admin(&c->trust),
             _("a second one:  ir member add NAME, then  ir admin propose "
               "--add NAME -r WHY"));
}

static void
say_clone(const char *text, const char *hint, void *arg)
{
    note(arg, text, hint);
}

static void
check_log(struct doctor *d)
{
    struct ir_ctx *c = d->c;
    struct ir_check k = {0};
    size_t i, told = 0, parted = 0; /* missing, refused, signed as it is: that
                                       is no damage of this disk */
    int rc;

    if (c->st == NULL)
        return;
    rc = ir_store_check(c->st, &c->trust, true, 1, NULL, NULL, &k, &c->err);
    for (i = 0; i < k.bad_n; i++) {
        told +=
            k.bad[i].why == IR_CHECK_MISSING || k.bad[i].why == IR_CHECK_REVOKED
                ? 1
                : 0;
        parted += k.bad[i].why == IR_CHECK_PREV ? 1 : 0;
    }
    say(d,
        rc == IR_OK && k.bad_n == told + parted && k.bad_more == 0 &&
            !k.database_damaged,
        _("the log's chains are whole (ir verify checks the signatures)"),
        _("the log or its database is damaged"), "ir verify");
    if (told > 0)
        note(d,
             _("the log names entries that are not here, or holds some by a "
               "revoked key"),
             "ir verify");
    if (parted > 0)
        note(d,
             _("an author's entries do not follow one another; they were "
               "signed that way, and this disk is not damaged"),
             "ir verify");
    memset(&c->err, 0, sizeof c->err);
    ir_check_done(&k);
    (void)ir_clones_each(c, say_clone, d);
}

/* Is there something that comes with this ir and is not in site/, or is there
 * as an earlier one put it? */
static void
check_shipped(struct doctor *d, const char *home)
{
    struct ir_refresh r = {.home = -1};
    size_t i, n = 0;
    char *what;

    if (ir_refresh_look(home, &r, NULL) == IR_OK)
        for (i = 0; i < r.n; i++)
            n += r.v[i].how == IR_REFRESH_NEW || r.v[i].how == IR_REFRESH_OLD;
    if (n > 0) {
        what = ir_asprintf(_("of what comes with this ir, plugins say, %zu "
                             "files are not in site/ or older there"),
                           n);
        note(d, what, "ir runbook refresh");
        free(what);
    }
    ir_refresh_done(&r);
}

/* Whom nobody has tried to reach for long. */
static void
check_contacts(struct doctor *d)
{
    struct ir_err keep = d->c->err;
    size_t old = 0, all = 0;
    char *what;

    if (d->c->st != NULL && ir_tested_old(d->c, &old, &all) == IR_OK &&
        old > 0) {
        what = ir_asprintf(_("contacts not tried for over %d days: %zu of %zu"),
                           IR_CONTACT_STALE_DAYS, old, all);
        note(d, what, "ir contacts verify");
        free(what);
    }
    d->c->err = keep;
}

static void
check_site(struct doctor *d)
{
    struct ir_ctx *c = d->c;
    struct ir_compiled comp = {0};
    struct ir_repo_status s = {0};
    char *home = realpath(c->home, NULL);
    char *dir = ir_asprintf("%s/site/runbooks", home != NULL ? home : "");
    char *site = ir_asprintf("%s/site", home != NULL ? home : "");
    int rc;

    if (c->st == NULL)
        goto out;
    if (access(dir, F_OK) != 0) { /* let in by ir mesh join */
        say(d, true,
            _("the runbooks' sources are not on this device; it walks "
              "releases"),
            NULL, NULL);
        goto out;
    }
    rc = ir_worker_compile(dir, NULL, &comp, &c->err);
    say(d, rc == IR_OK && comp.errors == 0, _("site/runbooks compiles"),
        rc == IR_OK ? _("site/runbooks has errors") : c->err.msg,
        "ir runbook lint");
    memset(&c->err, 0, sizeof c->err);
    check_shipped(d, home);
    rc = ir_worker_repo_status(site, &s, &c->err);
    say(d, rc == IR_OK && s.repo && strcmp(s.state, "none") == 0,
        _("site/ is a git work tree with nothing half done"),
        rc != IR_OK ? c->err.msg
        : s.repo    ? _("git is in the middle of something in site/")
                    : _("site/ is not under git"),
        rc == IR_OK && s.repo ? _("finish or abort what git is doing in site/")
                              : _("git init in it keeps its history"));
    memset(&c->err, 0, sizeof c->err);
    ir_compiled_done(&comp);
out:
    free(home);
    free(dir);
    free(site);
}

static void
tell_channel(void *arg, bool bad, const char *what, const char *hint)
{
    if (bad)
        say(arg, false, NULL, what, hint);
    else
        note(arg, what, hint);
}

static void
check_machine(struct doctor *d)
{
    static const char *const keygen[] = {"ssh-keygen", "-Q", "-f", "/dev/null",
                                         NULL};
    struct ir_spawn sp = {
        .argv = keygen, .deadline_ms = 5000, .out_max = 4096, .err_max = 4096};
    struct ir_spawn_result r = {0};
    struct ir_now now;
    struct ir_err err = {0};
    int rc;

    ir_clock_now(&now);
    say(d, now.synced, _("the clock is synchronised"),
        _("the clock is not synchronised"),
        _("set up three time sources (chrony); entries say that it was not"));
    rc = ir_spawn_run(&sp, &r, &err);
    say(d, rc == IR_OK, _("ssh-keygen is here, so that strangers can check"),
        _("ssh-keygen is not here: strangers check entries with it"),
        _("install openssh-client"));
    ir_spawn_result_done(&r);
    say(d, d->c->view.term.utf8, _("this terminal's character set is UTF-8"),
        _("this terminal's character set is not UTF-8"),
        _("Japanese will be shown as codes; use a UTF-8 terminal"));
}

int
ir_cmd_doctor(struct ir_ctx *c, int argc, char **argv)
{
    struct doctor d = {.c = c};
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "doctor", &c->err);
    if (rc != IR_OK)
        return rc;
    d.list = ir_json_new_arr();
    check_home(&d);
    check_log(&d);
    check_site(&d);
    check_contacts(&d);
    if (c->st != NULL)
        ir_channel_health(c, tell_channel, &d);
    check_machine(&d);
    if (c->json)
        ir_cmd_json_take(c, d.list);
    else
        ir_json_free(d.list);
    return d.bad == 0 ? IR_OK : IR_ENO;
}

/* Run this very program on a scratch home. */
static int
ir_self(struct ir_ctx *c, const char *prog, const char *home,
        const char *const *words, struct ir_json *list)
{
    const char *argv[24] = {prog, "-C", home, "--no-input", "--yes"};
    struct ir_spawn sp = {
        .argv = argv, .deadline_ms = 60000, .out_max = 65536, .err_max = 65536};
    struct ir_spawn_result r = {0};
    int n = 5, rc;

    while (*words != NULL && n < 23)
        argv[n++] = *words++;
    argv[n] = NULL;
    rc = ir_spawn_run(&sp, &r, &c->err);
    if (rc == IR_OK && r.exit != 0)
        rc = ir_fail(&c->err, IR_EIO, "ir %s: %s%.300s", argv[5],
                     ir_buf_str(&r.err), ir_buf_str(&r.out));
    if (c->json) {
        struct ir_json *o = ir_json_add_take(list, ir_json_new_obj());
        char *words_said =
            ir_asprintf("%s%s%s", argv[5], argv[6] != NULL ? " " : "",
                        argv[6] != NULL ? argv[6] : "");

        ir_json_set_str(o, "command", words_said);
        ir_json_set_bool(o, "good", rc == IR_OK);
        free(words_said);
    } else {
        ir_buf_addf(&c->out, " %s  ir %s %s\n",
                    rc == IR_OK ? _("ok ") : _("BAD"), argv[5],
                    argv[6] != NULL ? argv[6] : "");
    }
    ir_spawn_result_done(&r);
    return rc;
}

int
ir_cmd_selftest(struct ir_ctx *c, int argc, char **argv)
{
    static const char *const script[][8] = {
        {"init", "--org", "Selftest", "--person", "Self", NULL},
        {"release", "approve", NULL},
        {"start", "flight-information", "ransomware", "--began", "10m ago",
         NULL},
        {"note", "selftest: a note", NULL},
        {"next", NULL},
        {"status", NULL},
        {"timeline", NULL},
        {"verify", NULL},
    };
    char dir[] = "/tmp/ir-selftest.XXXXXX", prog[4096], *home = NULL;
    bool offline = false;
    const struct ir_opt opts[] = {{"offline", 0, NULL, &offline, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    ssize_t len = readlink("/proc/self/exe", prog, sizeof prog - 1);
    struct ir_json *list;
    size_t i;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "selftest", &c->err);
    if (rc != IR_OK)
        return rc;
    if (len <= 0 || mkdtemp(dir) == NULL)
        return ir_fail(&c->err, IR_EIO, "/tmp: %s", strerror(errno));
    list = ir_json_new_arr();
    prog[len] = '\0';
    home = ir_asprintf("%s/home", dir);
    for (i = 0; rc == IR_OK && i < sizeof script / sizeof script[0]; i++)
        rc = ir_self(c, prog, home, script[i], list);
    if (c->json)
        ir_cmd_json_take(c, list);
    else
        ir_json_free(list);
    (void)ir_path_remove_tree(dir, NULL);
    free(home);
    return rc;
}

/* Pages beside a command's own. */
static const struct {
    const char *word, *pages;
} more[] = {
    {"channel", "man 7 ir-channels, man 5 ir-plugin"},
    {"comms", "man 7 ir-channels"},
    {"contacts", "man 7 ir-channels, man 5 ir-runbook"},
    {"runbook", "man 5 ir-runbook"},
};

int
ir_cmd_help(struct ir_ctx *c, int argc, char **argv)
{
    const char *group = "", *want = argc > 1 ? argv[1] : NULL;
    struct ir_json *list = c->json ? ir_json_new_arr() : NULL, *o;
    const struct ir_cmd *k;
    char lead[40], *usage, *text, *line, *rest = NULL;
    size_t shown = 0, i;

    for (k = ir_cmds; k->name != NULL; k++) {
        size_t len = want != NULL ? strlen(want) : 0;

        if (want != NULL && strcmp(want, "help") != 0 &&
            (strncmp(k->name, want, len) != 0 ||
             (k->name[len] != '\0' && k->name[len] != ' ')))
            continue;
        if (list != NULL) {
            o = ir_json_add_take(list, ir_json_new_obj());
            ir_json_set_str(o, "name", k->name);
            ir_json_set_str(o, "group", _(k->group));
            ir_json_set_str(o, "summary", _(k->summary));
            usage = ir_asprintf("ir %s", ir_cmd_usage(k->name));
            ir_json_set_str(o, "usage", usage);
            free(usage);
            shown++;
            continue;
        }
        if (strcmp(group, k->group) != 0) {
            group = k->group;
            ir_buf_addf(&c->out, "%s%s\n", shown > 0 ? "\n" : "", _(group));
        }
        snprintf(lead, sizeof lead, "ir %-20s ", k->name);
        ir_term_para(&c->view.term, &c->out, 2, lead, IR_STYLE_NONE,
                     _(k->summary));
        if (want != NULL && strcmp(want, "help") != 0) {
            usage = ir_asprintf(_("usage: ir %s"), ir_cmd_usage(k->name));
            ir_term_para(&c->view.term, &c->out, 6, NULL, IR_STYLE_NONE, usage);
            free(usage);
        }
        shown++;
    }
    if (shown == 0) {
        ir_json_free(list);
        ir_fail(&c->err, IR_EUSAGE, _("unknown command: %.60s"), want);
        ir_err_hint(&c->err, _("what there is: ir help"));
        return IR_EUSAGE;
    }
    if (list != NULL) {
        ir_cmd_json_take(c, list);
        return IR_OK;
    }
    text = ir_asprintf(
        _("\nEverywhere: -C HOME, --as NAME, --incident NAME, --json, "
          "--lang ja|en, --plain, --no-input, --yes\nMore: man "
          "ir%s%s\n"),
        want != NULL && strcmp(want, "help") != 0 ? "-" : "",
        want != NULL && strcmp(want, "help") != 0 ? want : "");
    ir_buf_addc(&c->out, '\n');
    for (line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        ir_term_para(&c->view.term, &c->out, 0, NULL, IR_STYLE_NONE, line);
    }
    free(text);
    for (i = 0; want != NULL && i < sizeof more / sizeof more[0]; i++)
        if (strcmp(more[i].word, want) == 0)
            ir_buf_addf(&c->out, "      %s\n", more[i].pages);
    return IR_OK;
}
