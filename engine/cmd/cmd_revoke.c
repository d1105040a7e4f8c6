/* cmd_revoke.c: `ir mesh revoke`: a person, a device or a key no longer counts.
 */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/admins.h"
#include "cmd/commands.h"
#include "cmd/revoke.h"
#include "view/menu.h"

#include <stdlib.h>
#include <string.h>

/* What `who` names: a member's handle, or the id of a key. */
static int
choose(struct ir_ctx *c, const char *who, bool keep_devices,
       struct ir_revoke *r)
{
    uint8_t key[IR_KEYID_BYTES];
    int m = ir_trust_member(&c->trust, who);

    if (m >= 0)
        return ir_revoke_member(c, m, keep_devices, r);
    if (ir_scan_hex(who, key, sizeof key, NULL) == IR_OK)
        return ir_revoke_key(c, key, r);
    return ir_fail(&c->err, IR_ENOTFOUND,
                   _("nobody called \"%.60s\" is a member here"), who);
}

int
ir_cmd_mesh_revoke(struct ir_ctx *c, int argc, char **argv)
{
    const char *reason = NULL, *since = NULL;
    bool keep_devices = false;
    const struct ir_opt opts[] = {
        {"reason", 'r', &reason, NULL, NULL, NULL},
        {"since", 0, &since, NULL, NULL, NULL},
        {"keep-devices", 0, NULL, &keep_devices, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_revoke r = {0};
    struct ir_batch b = {0};
    char *why = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 1, 1, "mesh revoke", &c->err);
    if (rc == IR_OK)
        rc = ir_admins_must(c);
    if (rc == IR_OK && since != NULL)
        rc = ir_revoke_since(c, since, &r);
    if (rc == IR_OK)
        rc = choose(c, argv[1], keep_devices, &r);
    if (rc == IR_OK)
        rc = ir_revoke_tell(c, &r);
    if (rc == IR_OK)
        rc = ir_reason(c, reason, IR_WHY_DECISION, &why);
    if (rc == IR_OK && !ir_ctx_yes(c, _("Revoke?"), true))
        rc = ir_fail(&c->err, IR_EUSAGE, _("nothing was changed"));
    if (rc == IR_OK)
        rc = ir_revoke_record(c, &r, why, &b);
    if (rc == IR_OK && c->json)
        ir_cmd_json_take(c, ir_revoke_json(c, &r, &b));
    else if (rc == IR_OK)
        ir_batch_say(c, NULL, &b);
    free(why);
    return rc;
}
