/* node_join.c: letting in who asks over the network, on the side that made the
 * invitation: by one's own signature where the key of who invited is here for
 * the taking, else the request is kept until a person has looked at it.
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "cmd/join.h"
#include "cmd/keyring.h"
#include "cmd/node_in.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS 60000 /* time passes, and with it invitations */
#define AFTER_MS                                                               \
    ((int64_t)24 * 3600 * 1000) /* so long it is said what became of one */

struct listing {
    struct ir_node *n;
    int64_t now_ms;
};

/* The newest ones are kept, if there are that many. */
static bool
list_one(const struct ir_invite *v, void *arg)
{
    struct listing *l = arg;
    struct ir_node *n = l->n;
    struct ir_node_invite *i;
    int64_t until =
        v->state == IR_INVITE_WITHDRAWN ? v->state_ms : v->expires_ms;

    if (until + AFTER_MS < l->now_ms)
        return true;
    if (n->invites_n == IR_NODE_INVITES_MAX)
        memmove(n->invites, n->invites + 1,
                --n->invites_n * sizeof n->invites[0]);
    i = &n->invites[n->invites_n++];
    memcpy(i->id, v->id, sizeof i->id);
    i->good = v->has_secret && v->state != IR_INVITE_WITHDRAWN &&
              v->expires_ms >= l->now_ms;
    memcpy(i->secret, v->secret, sizeof i->secret);
    return true;
}

static const struct ir_node_invite *
find(const struct ir_node *n, const uint8_t id[IR_JOIN_ID_BYTES])
{
    size_t i;

    for (i = 0; i < n->invites_n; i++)
        if (memcmp(n->invites[i].id, id, IR_JOIN_ID_BYTES) == 0)
            return &n->invites[i];
    return NULL;
}

static bool
known(void *arg, const uint8_t id[IR_JOIN_ID_BYTES])
{
    return find(arg, id) != NULL;
}

/* May the daemon sign for who invited? Only with a key that lies open in this
 * home: what asks a person, or an agent that might, is left to the person. Sets
 * who acts.
 */
static bool
can_sign(struct ir_node *n, struct ir_ctx *c, const struct ir_invite *v,
         char as[IR_HANDLE_MAX + 1])
{
    int at = ir_trust_member_id(&c->trust, v->by);
    enum ir_keyfile form;
    struct ir_err err;

    if (at < 0)
        return false;
    snprintf(as, IR_HANDLE_MAX + 1, "%s", c->trust.members[at].handle);
    c->as = as;
    return ir_keyring_form(n->home_fd, as, &form, &err) == IR_OK &&
           form == IR_KEYFILE_PLAIN;
}

/* Keep a request for `ir mesh admit`; *fresh: it was not here yet. */
static int
keep(struct ir_node *n, const struct ir_invite *v, const void *p, size_t len,
     bool *fresh, struct ir_err *err)
{
    char *name = ir_join_path(v->id, IR_JOIN_REQUEST);
    struct ir_buf there = {0};
    struct ir_err none;
    int rc = IR_OK;

    *fresh = ir_path_read(n->home_fd, name, IR_JOIN_REQUEST_MAX, &there,
                          &none) != IR_OK ||
             there.len != len || memcmp(there.p, p, len) != 0;
    if (*fresh)
        rc = ir_path_mkdir(n->home_fd, IR_JOIN_DIR, err);
    if (*fresh && rc == IR_OK)
        rc = ir_path_write(n->home_fd, name, p, len, 0600, true, err);
    ir_buf_done(&there);
    free(name);
    return rc;
}

/* Judge a request in a context of its own: who acts there is who invited. */
static enum ir_https_said
judge(struct ir_node *n, struct ir_ctx *c, const uint8_t *id, const char *from,
      const void *p, size_t len, struct ir_buf *answer, const char **why)
{
    struct ir_invite v = {0};
    char as[IR_HANDLE_MAX + 1] = "", *name;
    bool again = false, fresh = false, sign = false;
    enum ir_https_said said = IR_HTTPS_NO;
    const char *no = NULL;
    int rc = ir_ctx_open(c, true);

    if (rc == IR_OK)
        rc = ir_ctx_signed(c);
    if (rc == IR_OK)
        rc = ir_join_check(c, id, p, len, &v, &again, &no);
    name = v.name != NULL ? ir_view_safe(&c->view, v.name) : ir_strdup("");
    if (rc == IR_OK) {
        no = "right";
        sign = can_sign(n, c, &v, as);
    }
    if (rc == IR_OK && (again || sign)) {
        ir_invite_done(&v);
        rc = ir_join_answer(c, id, p, len, &v, answer, &again);
        said = IR_HTTPS_LET_IN;
        if (rc == IR_OK)
            ir_node_say(again ? _("%s (%s) was let in before and asked again, "
                                  "from %s")
                              : _("let in: %s (%s), who asked from %s"),
                        name, v.handle, from);
    } else if (rc == IR_OK) {
        rc = keep(n, &v, p, len, &fresh, &c->err);
        said = IR_HTTPS_KEPT;
        if (rc == IR_OK && fresh)
            ir_node_say(_("%s (%s) asks to be let in, from %s. An "
                          "administrator lets them in here with: ir mesh "
                          "admit"),
                        name, v.handle, from);
    }
    if (rc == IR_EREFUSED || rc == IR_ESIG || rc == IR_EPARSE) {
        *why = no;
        said = IR_HTTPS_NO;
        ir_node_say(_("not let in, who asked from %s under the invitation for "
                      "%s (%s): %s"),
                    from, name, v.handle != NULL ? v.handle : "", c->err.msg);
    } else if (rc != IR_OK) {
        said = IR_HTTPS_LATER;
        ir_node_say(_("nobody can be let in now: %s"), c->err.msg);
    }
    free(name);
    ir_invite_done(&v);
    return said;
}

static enum ir_https_said
ask(void *arg, const uint8_t id[IR_JOIN_ID_BYTES], const char *from,
    const void *p, size_t len, struct ir_buf *answer, const char **why)
{
    struct ir_node *n = arg;
    const struct ir_node_invite *i = find(n, id);
    struct ir_join_request r;
    enum ir_https_said said;
    struct ir_ctx *c;
    struct ir_err err;

    /* the home is not opened for somebody who does not know the code */
    if (i != NULL && i->good &&
        ir_join_request_open(i->secret, p, len, &r, &err) != IR_OK) {
        *why = "code";
        return IR_HTTPS_NO;
    }
    c = ir_calloc(1, sizeof *c);
    ir_ctx_init(c, n->c->home, ir_lang_code(ir_i18n_lang()));
    c->no_input = true;
    said = judge(n, c, id, from, p, len, answer, why);
    n->wrote = n->wrote || said == IR_HTTPS_LET_IN; /* it is pushed at once */
    ir_ctx_done(c);
    free(c);
    return said;
}

void
ir_node_invites(struct ir_node *n, bool changed)
{
    struct ir_https_door door = {.known = known, .ask = ask, .arg = n};
    struct listing l = {.n = n};
    struct ir_now now;
    struct ir_err err;

    if (!changed && n->now_ms - n->invites_ms < LOOK_MS)
        return;
    ir_clock_now(&now);
    l.now_ms = now.wall_ms;
    n->invites_ms = n->now_ms;
    ir_wipe(n->invites, sizeof n->invites);
    n->invites_n = 0;
    if (ir_store_invite_each(n->c->st, list_one, &l, &err) != IR_OK)
        n->invites_n = 0; /* a home of before; nobody is invited */
    if (n->carriers[IR_NODE_HTTPS].ops != NULL)
        ir_https_door(&n->carriers[IR_NODE_HTTPS],
                      n->invites_n > 0 ? &door : NULL);
}

size_t
ir_node_here(struct ir_node *n, const void *p, size_t len, uint8_t *reply)
{
    uint16_t port = 0;
    struct ir_buf b = {0};
    size_t i, m;

    if (len != IR_JOIN_ASK_BYTES)
        return 0;
    if (n->listening && n->carriers[IR_NODE_HTTPS].ops != NULL)
        port = ir_https_port(&n->carriers[IR_NODE_HTTPS]);
    for (i = 0; i < n->invites_n && b.len == 0; i++)
        if (n->invites[i].good && ir_join_ask_ok(n->invites[i].secret, p, len))
            ir_join_here(n->invites[i].secret, p, len, port, &b);
    m = b.len;
    if (m > 0)
        memcpy(reply, b.p, m);
    ir_buf_done(&b);
    return m;
}
