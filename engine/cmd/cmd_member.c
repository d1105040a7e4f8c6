/* cmd_member.c: `ir member`: who can sign here. */
#include "base/i18n.h"
#include "base/scan.h"
#include "base/sshsig.h"
#include "cmd/admins.h"
#include "cmd/cert.h"
#include "cmd/commands.h"
#include "cmd/keyring.h"
#include "cmd/revoke.h"
#include "view/people.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
ir_cmd_member_list(struct ir_ctx *c, int argc, char **argv)
{
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "member list", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc != IR_OK)
        return rc;
    ir_ctx_me_soft(c);
    if (c->json)
        ir_cmd_json_take(c, ir_view_members_json(&c->view));
    else
        ir_view_members(&c->view, &c->out);
    return IR_OK;
}

static int
add(struct ir_ctx *c, const char *handle, const char *name,
    const char *const *roles, size_t roles_n, const char *agent,
    bool passphrase)
{
    struct ir_key *key = NULL;
    struct ir_batch b = {0};
    uint8_t member_id[8];
    char *rel = NULL;
    int fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    if (fd < 0)
        return ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno));
    rc = ir_ctx_key(c); /* before a key file is made for nothing */
    if (rc == IR_OK)
        /* a key that lies there without a member is nobody's */
        rc = ir_cert_new_key(c, fd, handle, agent, passphrase, true, &key);
    if (rc == IR_OK) {
        ir_random(member_id, sizeof member_id);
        ir_cert_member(&b, handle, name, member_id,
                       (const uint8_t(*)[32]) & key->pub, 1, roles, roles_n);
        rc = ir_batch_record(c, NULL, &b, NULL);
        if (rc != IR_OK) { /* no key without its certificate */
            rel = ir_asprintf("keys/%s", handle);
            (void)unlinkat(fd, rel, 0);
        }
    }
    if (rc == IR_EIO || rc == IR_ESTORE) {
        c->not_recorded = true;
        free(c->again);
        c->again = ir_asprintf("ir member add \"%s\"", name);
    }
    close(fd);
    free(rel);
    ir_key_free(key);
    return rc == IR_OK ? ir_ctx_trust(c) : rc;
}

int
ir_cmd_member_add(struct ir_ctx *c, int argc, char **argv)
{
    const char *handle = NULL, *agent = NULL, *roles[IR_ARGS_REPEAT_MAX];
    bool passphrase = false, use_agent = false;
    size_t roles_n = 0;
    const struct ir_opt opts[] = {
        {"handle", 0, &handle, NULL, NULL, NULL},
        {"role", 0, NULL, NULL, roles, &roles_n},
        {"agent-key", 0, &agent, NULL, NULL, NULL},
        {"agent", 0, NULL, &use_agent, NULL, NULL},
        {"passphrase", 0, NULL, &passphrase, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    char *h = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "member add", &c->err);
    if (rc == IR_OK)
        rc = ir_admins_must(c);
    if (rc == IR_OK)
        rc = ir_cert_handle(c, argv[1], handle, &h);
    if (rc == IR_OK && ir_trust_member(&c->trust, h) >= 0)
        rc = ir_fail(&c->err, IR_EEXIST, _("%s is a member already"), h);
    if (rc == IR_OK)
        rc = add(c, h, argv[1], roles, roles_n,
                 agent != NULL ? agent
                 : use_agent   ? ""
                               : NULL,
                 passphrase);
    free(h);
    return rc;
}

/* The key to take: --device names a device of theirs, or else all they have.
 */
static int
choose(struct ir_ctx *c, int who, const char *device, bool keep_devices,
       struct ir_revoke *r)
{
    uint8_t key[IR_KEYID_BYTES];
    const struct ir_cert_key *k;
    int rc;

    if (device == NULL)
        return ir_revoke_member(c, who, keep_devices, r);
    rc = ir_scan_hex(device, key, sizeof key, &c->err);
    k = rc == IR_OK ? ir_trust_key(&c->trust, key) : NULL;
    if (rc == IR_OK && (k == NULL || (int)k->member != who))
        return ir_fail(&c->err, IR_ENOTFOUND, _("%s has no key %s"),
                       c->trust.members[who].handle, device);
    return rc == IR_OK ? ir_revoke_key(c, key, r) : rc;
}

int
ir_cmd_member_remove(struct ir_ctx *c, int argc, char **argv)
{
    const char *reason = NULL, *device = NULL, *since = NULL;
    bool keep_devices = false;
    const struct ir_opt opts[] = {
        {"reason", 'r', &reason, NULL, NULL, NULL},
        {"device", 0, &device, NULL, NULL, NULL},
        {"since", 0, &since, NULL, NULL, NULL},
        {"keep-devices", 0, NULL, &keep_devices, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_revoke r = {0};
    struct ir_batch b = {0};
    char *why = NULL;
    int n = 0, who, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "member remove", &c->err);
    if (rc == IR_OK)
        rc = ir_admins_must(c);
    if (rc != IR_OK)
        return rc;
    who = ir_trust_member(&c->trust, argv[1]);
    if (who < 0)
        return ir_fail(&c->err, IR_ENOTFOUND,
                       _("nobody called \"%.60s\" is a member here"), argv[1]);
    if (who == c->me && device == NULL)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("nobody removes themselves: another administrator "
                         "does"));
    if (since != NULL)
        rc = ir_revoke_since(c, since, &r);
    if (rc == IR_OK)
        rc = choose(c, who, device, keep_devices, &r);
    if (rc == IR_OK)
        rc = ir_revoke_tell(c, &r);
    if (rc == IR_OK)
        rc = ir_reason(c, reason, 0, &why);
    if (rc == IR_OK)
        rc = ir_revoke_record(c, &r, why, &b);
    if (rc == IR_OK)
        ir_batch_say(c, NULL, &b);
    free(why);
    return rc;
}
