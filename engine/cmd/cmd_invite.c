/* cmd_invite.c: `ir mesh invite`, `ir mesh admit`: letting devices in, on the
 * side of those who are in.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/time.h"
#include "base/wake.h"
#include "cmd/admins.h"
#include "cmd/cert.h"
#include "cmd/commands.h"
#include "cmd/grants.h"
#include "cmd/join.h"
#include "cmd/mesh_conf.h"
#include "view/qr.h"

#include <stdlib.h>
#include <string.h>

#define EXPIRES_S ((int64_t)24 * 3600)          /* unless said otherwise */
#define EXPIRES_MAX_S ((int64_t)30 * 24 * 3600) /* at most */

/* Whom it is for: somebody new, or another device of a member. */
static int
for_whom(struct ir_ctx *c, const char *name, const char *handle,
         const char *device_for, struct ir_invite *v)
{
    char *h = NULL;
    int at, rc;

    if ((name == NULL) == (device_for == NULL)) {
        ir_fail(&c->err, IR_EUSAGE, _("who is invited?"));
        ir_err_hint(&c->err, _("ir mesh invite NAME, or for another device of "
                               "a member: --device-for HANDLE"));
        return IR_EUSAGE;
    }
    if (device_for != NULL) {
        at = ir_trust_member(&c->trust, device_for);
        if (at < 0) {
            ir_fail(&c->err, IR_ENOTFOUND,
                    _("nobody called \"%.60s\" is a member here"), device_for);
            ir_err_hint(&c->err, "ir member list");
            return IR_ENOTFOUND;
        }
        v->second = true;
        v->name = ir_strdup(c->trust.members[at].name);
        v->handle = ir_strdup(device_for);
        return IR_OK;
    }
    rc = ir_cert_handle(c, name, handle, &h);
    if (rc == IR_OK && ir_trust_member(&c->trust, h) >= 0) {
        rc = ir_fail(&c->err, IR_EEXIST, _("%s is a member already"), h);
        ir_err_hint(&c->err,
                    _("another device of theirs: ir mesh invite --device-for "
                      "%s; somebody else: --handle"),
                    h);
    }
    if (rc == IR_OK) {
        v->name = ir_strdup(name);
        v->handle = h;
        h = NULL;
    }
    free(h);
    return rc;
}

static int
how_long(struct ir_ctx *c, const char *expires, struct ir_invite *v)
{
    int64_t s = EXPIRES_S;
    struct ir_now now;
    int rc = IR_OK;

    if (expires != NULL)
        rc = ir_duration_parse(expires, strlen(expires), &s, &c->err);
    if (rc == IR_OK && s > EXPIRES_MAX_S)
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("an invitation is good for 30 days at most"));
    ir_clock_now(&now);
    v->made_ms = now.wall_ms;
    v->expires_ms = now.wall_ms + s * 1000;
    return rc;
}

/* Open invitations for the same person, of which only the newest shall be
 * good.
 */
struct older {
    const struct ir_invite *v;
    uint8_t ids[16][IR_JOIN_ID_BYTES];
    size_t n;
};

static bool
note_older(const struct ir_invite *v, void *arg)
{
    struct older *o = arg;

    if (v->state == IR_INVITE_OPEN && v->second == o->v->second &&
        strcmp(v->handle, o->v->handle) == 0)
        memcpy(o->ids[o->n++], v->id, IR_JOIN_ID_BYTES);
    return o->n < sizeof o->ids / sizeof o->ids[0];
}

/* Keep the invitation; older ones for the same person are withdrawn. */
static int
keep(struct ir_ctx *c, struct ir_invite *v, size_t *withdrawn)
{
    struct older o = {.v = v};
    size_t i;
    int rc = ir_store_begin(c->st, &c->err);

    if (rc != IR_OK)
        return rc;
    rc = ir_store_invite_each(c->st, note_older, &o, &c->err);
    for (i = 0; i < o.n && rc == IR_OK; i++)
        rc = ir_store_invite_close(c->st, o.ids[i], NULL, v->made_ms, &c->err);
    if (rc == IR_OK)
        rc = ir_store_invite_put(c->st, v, &c->err);
    if (rc == IR_OK)
        rc = ir_store_invite_forget(c->st, v->made_ms, &c->err);
    if (rc == IR_OK)
        rc = ir_store_commit(c->st, &c->err);
    else
        ir_store_rollback(c->st);
    *withdrawn = rc == IR_OK ? o.n : 0;
    return rc;
}

static const char *
state_word(const struct ir_invite *v, int64_t now_ms)
{
    return v->state == IR_INVITE_USED        ? "used"
           : v->state == IR_INVITE_WITHDRAWN ? "withdrawn"
           : v->expires_ms < now_ms          ? "ran-out"
                                             : "open";
}

static struct ir_json *
invite_json(const struct ir_invite *v, const char *code, int64_t now_ms)
{
    struct ir_json *j = ir_json_new_obj(), *roles = ir_json_new_arr();
    const char *p = v->roles != NULL ? v->roles : "", *nl;

    ir_json_set_hex(j, "id", v->id, sizeof v->id);
    if (code != NULL)
        ir_json_set_str(j, "code", code);
    ir_json_set_str(j, "name", v->name);
    ir_json_set_str(j, "handle", v->handle);
    for (; *p != '\0'; p = *nl != '\0' ? nl + 1 : nl) {
        char *one;

        nl = strchrnul(p, '\n');
        one = ir_strndup(p, (size_t)(nl - p));
        ir_json_add_str(roles, one);
        free(one);
    }
    ir_json_set_take(j, "roles", roles);
    ir_json_set_bool(j, "another_device", v->second);
    ir_view_set_time(j, "made", v->made_ms);
    ir_view_set_time(j, "expires", v->expires_ms);
    ir_json_set_str(j, "state", state_word(v, now_ms));
    return j;
}

/* The code, large and by itself, and what is done with it. */
static void
show_code(struct ir_ctx *c, const struct ir_invite *v, const char *code)
{
    char *name = ir_view_safe(&c->view, v->name);
    char *until = ir_view_time(&c->view, v->expires_ms);
    char *at = ir_join_addresses();

    /* The square first: on 24 lines the letters must be what stays. */
    if (c->view.term.tty && !c->view.term.plain)
        ir_view_qr(&c->view.term, code, &c->out);
    ir_buf_addf(&c->out,
                v->second
                    ? _("Invitation for another device of %s (%s), good until "
                        "%s:\n\n")
                    : _("Invitation for %s (%s), good until %s:\n\n"),
                name, v->handle, until);
    ir_buf_addf(&c->out, "    %s\n\n", code);
    ir_buf_addf(&c->out,
                _("Let only %s see it: whoever types it first is let in by "
                  "this name.\n"),
                name);
    ir_buf_adds(
        &c->out,
        ir_node_runs(c->home)
            ? _("On their machine, it asks for the code:\n"
                "   on this network:       ir mesh join\n"
                "   from another network:  ir mesh join --at ADDRESS   (of "
                "this "
                "machine)\n")
            : _("On their machine, while ird runs here (it does not now); it "
                "asks for the code:\n"
                "   on this network:       ir mesh join\n"
                "   from another network:  ir mesh join --at ADDRESS   (of "
                "this "
                "machine)\n"));
    if (at[0] != '\0')
        ir_buf_addf(&c->out, _("   addresses of this machine: %s\n"), at);
    ir_buf_adds(&c->out,
                _("By a USB stick, without a network:\n"
                  "1. on their machine:  ir mesh join --via DIR\n"
                  "2. here:              ir mesh admit DIR\n"
                  "3. on their machine:  ir mesh join --via DIR    once "
                  "more\n"));
    free(name);
    free(until);
    free(at);
}

int
ir_cmd_mesh_invite(struct ir_ctx *c, int argc, char **argv)
{
    const char *handle = NULL, *expires = NULL, *device_for = NULL;
    const char *roles[IR_ARGS_REPEAT_MAX];
    size_t roles_n = 0, withdrawn = 0, i;
    const struct ir_opt opts[] = {
        {"handle", 0, &handle, NULL, NULL, NULL},
        {"role", 0, NULL, NULL, roles, &roles_n},
        {"expires", 0, &expires, NULL, NULL, NULL},
        {"device-for", 0, &device_for, NULL, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_invite v = {0};
    struct ir_buf lines = {0};
    char code[IR_JOIN_CODE_BYTES];
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "mesh invite", &c->err);
    if (rc == IR_OK)
        rc = ir_admins_must(c);
    if (rc == IR_OK)
        rc = for_whom(c, n > 0 ? argv[1] : NULL, handle, device_for, &v);
    if (rc == IR_OK)
        rc = how_long(c, expires, &v);
    if (rc == IR_OK) /* an older home has no key of the carriers yet */
        rc = ir_grants_mend(c);
    if (rc == IR_OK) {
        for (i = 0; i < roles_n; i++)
            ir_buf_addf(&lines, "%s%s", i > 0 ? "\n" : "", roles[i]);
        v.roles = ir_buf_take(&lines);
        ir_random(v.secret, sizeof v.secret);
        ir_join_id(v.secret, v.id);
        memcpy(v.by, c->trust.members[c->me].id, sizeof v.by);
        rc = keep(c, &v, &withdrawn);
    }
    if (rc == IR_OK) /* it may be asked about at once */
        ir_wake_send(c->home, IR_WAKE_IRD);
    if (rc == IR_OK) {
        ir_join_code(v.secret, code);
        if (c->json)
            ir_cmd_json_take(c, invite_json(&v, code, v.made_ms));
        else
            show_code(c, &v, code);
        if (withdrawn > 0 && !c->json)
            ir_buf_adds(&c->out,
                        _("The invitation made before is good no more.\n"));
        ir_wipe(code, sizeof code);
    }
    ir_invite_done(&v);
    return rc;
}

struct listing {
    struct ir_ctx *c;
    struct ir_table t;
    struct ir_json *j;
    int64_t now_ms;
};

static bool
list_one(const struct ir_invite *v, void *arg)
{
    struct listing *l = arg;
    struct ir_ctx *c = l->c;
    const char *word = state_word(v, l->now_ms);
    char hex[2 * IR_JOIN_ID_BYTES + 1], *name, *when, *state;

    if (c->json) {
        ir_json_add_take(l->j, invite_json(v, NULL, l->now_ms));
        return true;
    }
    ir_hex(v->id, sizeof v->id, hex);
    hex[8] = '\0';
    name = ir_view_safe(&c->view, v->name);
    when = ir_view_time(&c->view, v->state != IR_INVITE_OPEN ? v->state_ms
                                                             : v->expires_ms);
    state = ir_asprintf(strcmp(word, "used") == 0        ? _("used %s")
                        : strcmp(word, "withdrawn") == 0 ? _("withdrawn %s")
                        : strcmp(word, "ran-out") == 0   ? _("ran out %s")
                                                         : _("good until %s"),
                        when);
    ir_table_row(&l->t, IR_STYLE_NONE,
                 (const char *const[]){hex, v->handle, name, state});
    free(name);
    free(when);
    free(state);
    return true;
}

int
ir_cmd_mesh_invite_list(struct ir_ctx *c, int argc, char **argv)
{
    struct listing l = {.c = c};
    struct ir_now now;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "mesh invite list", &c->err);
    if (rc == IR_OK) /* a home of before has no such table yet */
        rc = ir_ctx_open(c, true);
    if (rc != IR_OK)
        return rc;
    ir_clock_now(&now);
    l.now_ms = now.wall_ms;
    if (c->json)
        l.j = ir_json_new_arr();
    else
        ir_table_init(&l.t, 4, 0);
    rc = ir_store_invite_each(c->st, list_one, &l, &c->err);
    if (c->json && rc == IR_OK)
        ir_cmd_json_take(c, l.j);
    else if (c->json)
        ir_json_free(l.j);
    else if (l.t.rows_n == 0)
        ir_buf_adds(&c->out, _("No invitation was made on this device.\n"));
    if (!c->json)
        ir_table_write(&l.t, &c->view.term, &c->out);
    return rc;
}

struct wanted {
    const char *word;
    uint8_t id[IR_JOIN_ID_BYTES];
    size_t n;
};

/* By the beginning of its id, or by the handle while it is open. */
static bool
match(const struct ir_invite *v, void *arg)
{
    struct wanted *w = arg;
    char hex[2 * IR_JOIN_ID_BYTES + 1];

    ir_hex(v->id, sizeof v->id, hex);
    if (v->state == IR_INVITE_OPEN &&
        (strcmp(v->handle, w->word) == 0 ||
         (strlen(w->word) >= 4 &&
          strncmp(hex, w->word, strlen(w->word)) == 0))) {
        memcpy(w->id, v->id, sizeof w->id);
        w->n++;
    }
    return true;
}

int
ir_cmd_mesh_invite_withdraw(struct ir_ctx *c, int argc, char **argv)
{
    struct wanted w = {0};
    struct ir_now now;
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "mesh invite withdraw", &c->err);
    if (rc == IR_OK)
        rc = ir_admins_must(c);
    if (rc != IR_OK)
        return rc;
    w.word = argv[1];
    rc = ir_store_invite_each(c->st, match, &w, &c->err);
    if (rc == IR_OK && w.n != 1) {
        rc = ir_fail(&c->err, w.n == 0 ? IR_ENOTFOUND : IR_EUSAGE,
                     w.n == 0 ? _("no open invitation is called \"%.60s\"")
                              : _("several invitations are called \"%.60s\""),
                     argv[1]);
        ir_err_hint(&c->err, "ir mesh invite list");
    }
    if (rc != IR_OK)
        return rc;
    ir_clock_now(&now);
    rc = ir_store_invite_close(c->st, w.id, NULL, now.wall_ms, &c->err);
    if (rc == IR_OK)
        rc = ir_store_invite_forget(c->st, now.wall_ms, &c->err);
    if (rc == IR_OK)
        ir_buf_adds(&c->out, _("Withdrawn: its code lets nobody in.\n"));
    return rc;
}

int
ir_cmd_mesh_admit(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_join_done done = {.ask_first = true};
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "mesh admit", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc != IR_OK)
        return rc;
    if (c->json)
        done.list = ir_json_new_arr();
    done.kept = n == 0;
    rc = ir_join_answer_all(c, done.kept ? c->home : argv[1], &done);
    if (rc != IR_OK) {
        ir_json_free(done.list);
        return rc;
    }
    if (c->json)
        ir_cmd_json_take(c, done.list);
    if (done.let_in + done.again > 0 && !c->json)
        ir_buf_adds(&c->out,
                    done.kept
                        ? _("Now on their machine the same once more:  ir "
                            "mesh join\n")
                        : _("Now on their machine once more:  ir mesh join "
                            "--via DIR\n"));
    if (done.there > 0 && !c->json)
        ir_buf_addf(&c->out,
                    _("Answered before, and the answer lies there: %zu\n"),
                    done.there);
    if (done.refused > 0) {
        c->err = done.first;
        return c->err.code;
    }
    if (done.kept && done.let_in + done.again == 0) {
        rc =
            ir_fail(&c->err, IR_ENOTFOUND, _("nobody waits here to be let in"));
        ir_err_hint(&c->err,
                    _("over the network, on the other machine: ir mesh join; "
                      "by a USB stick, here: ir mesh admit DIR"));
    } else if (done.let_in + done.again + done.there == 0) {
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     done.others > 0
                         ? _("%s holds requests, but none for an invitation "
                             "that was made on this device")
                         : _("no request to be let in lies in %s"),
                     argv[1]);
        ir_err_hint(&c->err,
                    _("first on the other machine: ir mesh join --via DIR"));
    }
    return rc;
}
