/* cmd_key.c: `ir key`: one's own key. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/sshsig.h"
#include "cmd/cert.h"
#include "cmd/commands.h"
#include "cmd/keyring.h"

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

/* The new certificate and the revocation of the old key, in one transaction,
 * signed by the administrator who acts. */
static int
record_rotation(struct ir_ctx *c, const struct ir_member *m, size_t who,
                const struct ir_key *fresh)
{
    struct ir_batch b = {0};
    size_t i;
    int rc = IR_OK;

    ir_cert_member(&b, m->handle, m->name, m->id, &fresh->pub, 1,
                   (const char *const *)m->roles, m->roles_n);
    for (i = 0; i < c->trust.keys_n && rc == IR_OK; i++) {
        const struct ir_cert_key *k = &c->trust.keys[i];

        if (!k->node && k->member == who && !k->revoked && b.n < IR_BATCH_MAX)
            rc = ir_cert_revoke(c, &b, k->key_id, "rotated");
    }
    return rc == IR_OK ? ir_batch_record(c, NULL, &b, NULL) : rc;
}

/* May who acts give member `name` a new key? The keys in the root are the
 * site's beginning: nothing in docs/format.md puts others in their place.
 *
 * Errors: IR_ENOTFOUND, IR_EREFUSED.
 */
static int
check_rotate(struct ir_ctx *c, const char *name, int *who)
{
    *who = ir_trust_member(&c->trust, name);
    if (*who < 0)
        return ir_fail(&c->err, IR_ENOTFOUND,
                       _("nobody called \"%.60s\" is a member here"), name);
    if (!c->trust.members[c->me].admin)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("only an administrator of the site can certify a new "
                         "key"));
    if (!c->trust.members[*who].admin)
        return IR_OK;
    ir_fail(&c->err, IR_EREFUSED,
            _("the key of %s is an administrator's: it stands in the site's "
              "root and cannot be replaced"),
            c->trust.members[*who].handle);
    ir_err_hint(&c->err,
                _("lock it anew:  ir key passphrase\nsomebody else may have "
                  "it? begin a new site:  ir init DIR --runbooks "
                  "%s/site/runbooks"),
                c->home);
    return IR_EREFUSED;
}

int
ir_cmd_key_rotate(struct ir_ctx *c, int argc, char **argv)
{
    struct ir_key *fresh = NULL;
    bool passphrase = false;
    const char *agent = NULL;
    const struct ir_opt opts[] = {
        {"passphrase", 0, NULL, &passphrase, NULL, NULL},
        {"agent-key", 0, &agent, NULL, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    int n = 0, fd = -1, who = -1, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "key rotate", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = check_rotate(c, argv[1], &who);
    if (rc == IR_OK)
        rc = ir_ctx_key(c);
    if (rc == IR_OK)
        rc = open_home(c, &fd);
    if (rc == IR_OK)
        rc = ir_cert_new_key(c, fd, argv[1], agent, passphrase, true, &fresh);
    if (rc == IR_OK)
        rc = record_rotation(c, &c->trust.members[who], (size_t)who, fresh);
    if (fd >= 0)
        close(fd);
    ir_key_free(fresh);
    return rc;
}
