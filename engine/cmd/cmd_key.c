/* cmd_key.c: `ir key`: one's own key. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/sshsig.h"
#include "cmd/admins.h"
#include "cmd/cert.h"
#include "cmd/commands.h"
#include "cmd/keyring.h"
#include "view/admins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
open_home(struct ir_ctx *c, int *fd)
{
    *fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno));
    return IR_OK;
}

static int
no_operands(struct ir_ctx *c, int argc, char **argv, const char *command)
{
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    return rc == IR_OK ? ir_args_count(n, 0, 0, command, &c->err) : rc;
}

int
ir_cmd_key_show(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_member *m;
    size_t i;
    int rc = no_operands(c, argc, argv, "key show");

    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc != IR_OK)
        return rc;
    m = &c->trust.members[c->me];
    for (i = 0; i < c->trust.keys_n; i++) {
        const struct ir_cert_key *k = &c->trust.keys[i];
        struct ir_buf line = {0};
        char id[17];

        if (k->node || (int)k->member != c->me)
            continue;
        ir_hex(k->key_id, IR_KEYID_BYTES, id);
        ir_sshsig_pubkey(k->pub, &line);
        if (c->json) {
            struct ir_json *j = ir_json_new_obj();

            ir_json_set_str(j, "member", m->handle);
            ir_json_set_str(j, "key_id", id);
            ir_json_set_str(j, "public_key", ir_buf_str(&line));
            ir_json_set_bool(j, "revoked", k->revoked);
            ir_cmd_json_take(c, j);
        } else {
            ir_buf_addf(&c->out, "%s %s%s\n", ir_buf_str(&line), m->handle,
                        k->revoked ? _(" (revoked)") : "");
        }
        ir_buf_done(&line);
    }
    return IR_OK;
}

int
ir_cmd_key_passphrase(struct ir_ctx *c, int argc, char **argv)
{
    bool none = false;
    const struct ir_opt opts[] = {{"none", 0, NULL, &none, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    char *pass = NULL;
    int n = 0, fd = -1, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "key passphrase", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = ir_ctx_key(c);
    if (rc == IR_OK && c->key->secret == NULL)
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("the ssh-agent holds this key: its passphrase is "
                       "ssh-keygen's business"));
    if (rc != IR_OK)
        return rc;
    if (!none)
        rc = ir_cert_passphrase(c, &pass);
    if (rc == IR_OK)
        rc = open_home(c, &fd);
    if (rc == IR_OK)
        rc = ir_keyring_put(fd, c->trust.members[c->me].handle, c->key, pass,
                            true, &c->err);
    if (rc == IR_OK)
        ir_buf_adds(&c->out, none ? _("The key has no passphrase now.\n")
                                  : _("The key has a new passphrase.\n"));
    if (fd >= 0)
        close(fd);
    if (pass != NULL)
        ir_wipe(pass, strlen(pass));
    free(pass);
    return rc;
}

static char *
waiting(const struct ir_member *m)
{
    return ir_asprintf("%s~", m->handle);
}

/* Has member `who` a key that waits here? Then *k is it, opened. */
static int
waiting_key(struct ir_ctx *c, int fd, const struct ir_member *m,
            struct ir_key **k)
{
    enum ir_keyfile form = IR_KEYFILE_PLAIN;
    char *name = waiting(m), *pass = NULL, *prompt;
    int rc = ir_keyring_form(fd, name, &form, &c->err);

    if (rc == IR_OK && form == IR_KEYFILE_BOX) {
        prompt = ir_asprintf(_("Passphrase of %s: "), m->handle);
        pass = ir_ctx_ask_secret(c, prompt);
        free(prompt);
    }
    if (rc == IR_OK)
        rc = ir_keyring_get(fd, name, pass, k, &c->err);
    if (pass != NULL)
        ir_wipe(pass, strlen(pass));
    free(pass);
    free(name);
    return rc;
}

/* Draft the new certificate, the list of administrators with the new key in the
 * place of their old ones where they are one, and the revocation of the old
 * keys, if somebody else acts. Who rotates their own key revokes the old one
 * with the new one, when that is in force.
 */
static int
draft_rotation(struct ir_ctx *c, size_t who, const struct ir_key *fresh,
               bool own, const char *why, struct ir_batch *b)
{
    const struct ir_member *m = &c->trust.members[who];
    struct ir_admins *l = ir_calloc(1, sizeof *l);
    size_t i, dropped = 0;
    int rc = IR_OK;

    ir_cert_member(b, m->handle, m->name, m->id, &fresh->pub, 1,
                   (const char *const *)m->roles, m->roles_n);
    ir_admins_now(c, l);
    for (i = 0; i < c->trust.keys_n && rc == IR_OK; i++) {
        const struct ir_cert_key *k = &c->trust.keys[i];

        if (!k->node && k->member == who &&
            ir_trust_in_force(&c->trust, k->key_id)) {
            rc = ir_admins_drop(c, l, k->key_id);
            dropped++;
        }
    }
    if (rc == IR_OK && dropped > 0)
        rc = ir_admins_add(c, l, fresh->pub, m->id);
    if (rc == IR_OK && dropped > 0)
        rc = ir_admins_draft(c, b, l, why);
    for (i = 0; i < c->trust.keys_n && rc == IR_OK && !own; i++) {
        const struct ir_cert_key *k = &c->trust.keys[i];

        if (!k->node && k->member == who && !k->revoked && b->n < IR_BATCH_MAX)
            rc = ir_cert_revoke(c, b, k->key_id, 0, why);
    }
    free(l);
    return rc;
}

/* What became of it: the new key is in its place. */
static void
say_finished(struct ir_ctx *c, size_t who, const uint8_t *id)
{
    const char *handle = c->trust.members[who].handle;
    char hex[17];

    if (c->json)
        return;
    ir_hex(id, IR_KEYID_BYTES, hex);
    ir_buf_addf(&c->out,
                _("The new key of %s, %s, is in force and lies in keys/%s of "
                  "this home. The old one no longer counts.\n"),
                handle, hex, handle);
}

/* The new key takes the old one's place in this home; if who acts is the one
 * whose key it is, it also revokes the old ones.
 */
static int
finish_rotation(struct ir_ctx *c, int fd, size_t who, struct ir_key **fresh)
{
    const struct ir_member *m = &c->trust.members[who];
    uint8_t id[IR_KEYID_BYTES];
    struct ir_batch b = {0};
    size_t i;
    int rc = ir_keyring_take_turn(fd, m->handle, &c->err);

    if (rc != IR_OK)
        return rc;
    ir_key_id((*fresh)->pub, id);
    if ((int)who != c->me) {
        say_finished(c, who, id);
        return IR_OK;
    }
    ir_key_free(c->key);
    c->key = *fresh;
    *fresh = NULL;
    rc = ir_ctx_key(c);
    for (i = 0; i < c->trust.keys_n && rc == IR_OK; i++) {
        const struct ir_cert_key *k = &c->trust.keys[i];

        if (!k->node && k->member == who && !k->revoked &&
            memcmp(k->key_id, id, sizeof id) != 0 && b.n < IR_BATCH_MAX)
            rc = ir_cert_revoke(c, &b, k->key_id, 0, "rotated");
    }
    if (rc == IR_OK && b.n > 0)
        rc = ir_batch_record(c, NULL, &b, NULL);
    if (rc == IR_OK)
        say_finished(c, who, id);
    return rc;
}

/* What became of the list that `b` proposed, if it did. */
static const struct ir_proposal *
proposed(const struct ir_ctx *c, const struct ir_batch *b)
{
    size_t i, k;

    for (i = 0; i < c->trust.proposals_n; i++)
        for (k = 0; k < b->n; k++)
            if (!c->trust.proposals[i].revoke &&
                memcmp(c->trust.proposals[i].entry, b->ids[k], 32) == 0)
                return &c->trust.proposals[i];
    return NULL;
}

/* Certify key `*fresh`, which waits in keys/NAME~. */
static int
rotate(struct ir_ctx *c, int fd, size_t who, const char *why,
       struct ir_key **fresh)
{
    const struct ir_proposal *p;
    struct ir_batch b = {0};
    int rc = draft_rotation(c, who, *fresh, (int)who == c->me, why, &b);

    if (rc == IR_OK)
        rc = ir_batch_commit(c, &b);
    if (rc == IR_OK)
        rc = ir_ctx_trust(c); /* what is in force, and what only proposed */
    if (rc != IR_OK)
        return rc;
    ir_batch_say(c, NULL, &b);
    p = proposed(c, &b);
    if (p != NULL && !p->counts) {
        if (!c->json)
            ir_view_proposal(&c->view, p, &c->out);
        ir_buf_addf(&c->talk,
                    _("The new key waits in keys/%s~. Once they agree:  ir key "
                      "rotate %s\n"),
                    c->trust.members[who].handle, c->trust.members[who].handle);
        return IR_OK;
    }
    return finish_rotation(c, fd, who, fresh);
}

/* A key is made where its owner keeps it: for somebody who has none in this
 * home that is another machine, and theirs would lie in the hands of who acts.
 */
static int
whose_home(struct ir_ctx *c, int fd, size_t who)
{
    const struct ir_member *m = &c->trust.members[who];
    char *wait = waiting(m);
    enum ir_keyfile form;
    struct ir_err err = {0};
    bool none = ir_keyring_form(fd, m->handle, &form, &err) == IR_ENOTFOUND &&
                ir_keyring_form(fd, wait, &form, &err) == IR_ENOTFOUND;

    free(wait);
    if (!none)
        return IR_OK;
    ir_fail(&c->err, IR_EREFUSED,
            _("%s has no key in this home: the new one is made on a machine of "
              "their own"),
            m->handle);
    if (m->admin)
        ir_err_hint(&c->err,
                    _("let that machine in:  ir mesh invite --device-for %s\n"
                      "then:  ir admin propose --drop %s --add %s -r WHY\n"
                      "only if they work at this machine: add --here"),
                    m->handle, m->handle, m->handle);
    else
        ir_err_hint(&c->err,
                    _("let that machine in:  ir mesh invite --device-for %s\n"
                      "only if they work at this machine: add --here"),
                    m->handle);
    return IR_EREFUSED;
}

/* Does a list with key `pub` wait for administrators? */
static bool
put_forward(const struct ir_trust *t, const uint8_t *pub)
{
    size_t i, k;

    for (i = 0; i < t->proposals_n; i++)
        for (k = 0; t->proposals[i].open && k < t->proposals[i].keys_n; k++)
            if (memcmp(t->proposals[i].keys[k], pub, IR_PUBKEY_BYTES) == 0)
                return true;
    return false;
}

/* A key waits already: is it in force by now, or still to be agreed on? One
 * that nobody certified is of an attempt that ended before it was recorded.
 */
static int
go_on(struct ir_ctx *c, int fd, size_t who, struct ir_key **fresh, bool *done)
{
    const struct ir_cert_key *k;
    uint8_t id[IR_KEYID_BYTES];
    bool admin = c->trust.members[who].admin;
    struct ir_err keep = {0};
    int rc = waiting_key(c, fd, &c->trust.members[who], fresh);

    *done = false;
    if (rc == IR_ENOTFOUND) {
        c->err = keep;
        return IR_OK;
    }
    if (rc != IR_OK)
        return rc;
    ir_key_id((*fresh)->pub, id);
    k = ir_trust_key(&c->trust, id);
    *done = k != NULL && !k->revoked &&
            (!admin || ir_trust_in_force(&c->trust, id) ||
             put_forward(&c->trust, (*fresh)->pub));
    if (!*done) {
        ir_key_free(*fresh);
        *fresh = NULL;
        return IR_OK;
    }
    if (admin && !ir_trust_in_force(&c->trust, id)) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("the new key of %s waits for the other administrators"),
                     c->trust.members[who].handle);
        ir_err_hint(&c->err, "ir admin list");
        return rc;
    }
    return finish_rotation(c, fd, who, fresh);
}

/* Who acts, and who gets a new key. An administrator finishes their own also
 * when the old key is no administrator's any more.
 */
static int
find_whom(struct ir_ctx *c, const char *name, int *who)
{
    int rc = ir_ctx_signed(c);

    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    ir_ctx_left_out(c);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc != IR_OK)
        return rc;
    *who = ir_trust_member(&c->trust, name);
    if (*who < 0)
        return ir_fail(&c->err, IR_ENOTFOUND,
                       _("nobody called \"%.60s\" is a member here"), name);
    return IR_OK;
}

int
ir_cmd_key_rotate(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_key *fresh = NULL;
    bool passphrase = false, done = false, here = false;
    const char *agent = NULL, *reason = NULL;
    const struct ir_opt opts[] = {
        {"passphrase", 0, NULL, &passphrase, NULL, NULL},
        {"here", 0, NULL, &here, NULL, NULL},
        {"agent-key", 0, &agent, NULL, NULL, NULL},
        {"reason", 'r', &reason, NULL, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    char *name = NULL;
    int n = 0, fd = -1, who = -1, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "key rotate", &c->err);
    if (rc == IR_OK)
        rc = find_whom(c, argv[1], &who);
    if (rc == IR_OK)
        rc = open_home(c, &fd);
    if (rc == IR_OK && who == c->me)
        rc = ir_ctx_key(c);
    if (rc == IR_OK)
        rc = go_on(c, fd, (size_t)who, &fresh, &done);
    if (rc == IR_OK && !done)
        rc = ir_admins_must(c);
    if (rc == IR_OK && !done && !here && who != c->me)
        rc = whose_home(c, fd, (size_t)who);
    if (rc == IR_OK && !done) {
        name = waiting(&c->trust.members[who]);
        rc = ir_cert_new_key(c, fd, name, agent, passphrase, true, &fresh);
        free(name);
    }
    if (rc == IR_OK && !done)
        rc = rotate(c, fd, (size_t)who, reason != NULL ? reason : "rotated",
                    &fresh);
    if (fd >= 0)
        close(fd);
    ir_key_free(fresh);
    return rc;
}
