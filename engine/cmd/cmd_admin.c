/* cmd_admin.c: `ir admin`: who the administrators are, and changing it. */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/admins.h"
#include "cmd/commands.h"
#include "view/admins.h"
#include "view/menu.h"

#include <stdlib.h>
#include <string.h>

int
ir_cmd_admin_list(struct ir_ctx *c, int argc, char **argv)
{
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "admin list", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_signed(c);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    ir_ctx_left_out(c);
    if (rc != IR_OK)
        return rc;
    ir_ctx_me_soft(c);
    if (c->json)
        ir_cmd_json_take(c, ir_view_admins_json(&c->view));
    else
        ir_view_admins(&c->view, &c->out);
    return IR_OK;
}

/* Is `s` the 16 digits of a key id? */
static bool
key_id(const char *s, uint8_t id[IR_KEYID_BYTES])
{
    return ir_scan_hex(s, id, IR_KEYID_BYTES, NULL) == IR_OK;
}

static int
nobody(struct ir_ctx *c, const char *who)
{
    return ir_fail(&c->err, IR_ENOTFOUND,
                   _("nobody called \"%.60s\" is a member here"), who);
}

/* Does a revoked key of member `m` stand in the list? It goes with any change.
 */
static bool
revoked_stands(const struct ir_trust *t, int m)
{
    uint8_t id[IR_KEYID_BYTES];
    size_t i;

    for (i = 0; i < t->admins_n; i++) {
        const struct ir_cert_key *k;

        ir_key_id(t->admins[i].pub, id);
        k = ir_trust_key(t, id);
        if (t->admins[i].in_force && t->admins[i].revoked && k != NULL &&
            (int)k->member == m)
            return true;
    }
    return false;
}

/* Drop the administrator's keys of `who`, a handle or a key id. */
static int
drop(struct ir_ctx *c, struct ir_admins *l, const char *who)
{
    uint8_t id[IR_KEYID_BYTES];
    size_t i, before = l->dropped_n;
    int m = ir_trust_member(&c->trust, who), rc = IR_OK;

    if (m < 0 && key_id(who, id))
        return ir_admins_drop(c, l, id);
    if (m < 0)
        return nobody(c, who);
    for (i = l->n; i-- > 0 && rc == IR_OK;) {
        const struct ir_cert_key *k;

        ir_key_id(l->key[i], id);
        k = ir_trust_key(&c->trust, id);
        if (memcmp(l->person[i], c->trust.members[m].id, 8) == 0 ||
            (k != NULL && (int)k->member == m))
            rc = ir_admins_drop(c, l, id);
    }
    if (rc == IR_OK && l->dropped_n == before && !revoked_stands(&c->trust, m))
        rc = ir_fail(&c->err, IR_ENOTFOUND, _("%s is no administrator"), who);
    return rc;
}

/* Add the keys of `who`, a handle or a key id. */
static int
add(struct ir_ctx *c, struct ir_admins *l, const char *who)
{
    const struct ir_trust *t = &c->trust;
    uint8_t id[IR_KEYID_BYTES] = {0};
    size_t i, before = l->added_n;
    int m = ir_trust_member(t, who), rc = IR_OK;
    bool one = m < 0 && key_id(who, id);

    if (m < 0 && !one)
        return nobody(c, who);
    for (i = 0; i < t->keys_n && rc == IR_OK; i++) {
        const struct ir_cert_key *k = &t->keys[i];

        if (k->node || k->revoked ||
            (one ? memcmp(k->key_id, id, sizeof id) != 0
                 : (int)k->member != m || ir_trust_admin(t, k->key_id) >= 0))
            continue;
        rc = ir_admins_add(c, l, k->pub, t->members[k->member].id);
    }
    if (rc == IR_OK && l->added_n == before) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("%s has no key that could be added"), who);
        ir_err_hint(&c->err, _("a new key first:  ir key rotate NAME, or on a "
                               "new machine:  ir mesh invite --device-for "
                               "NAME"));
    }
    return rc;
}

static int
needed(struct ir_ctx *c, const char *text, struct ir_admins *l)
{
    int64_t k = 0;

    if (ir_scan_int(text, 1, IR_ADMINS_MAX, &k, NULL) != IR_OK)
        return ir_fail(&c->err, IR_EUSAGE, _("--needed takes a number from 1"));
    l->k = (uint64_t)k;
    return IR_OK;
}

int
ir_cmd_admin_propose(struct ir_ctx *c, int argc, char **argv)
{
    const char *reason = NULL, *k = NULL, *plus[IR_ARGS_REPEAT_MAX],
               *minus[IR_ARGS_REPEAT_MAX];
    size_t plus_n = 0, minus_n = 0, i;
    const struct ir_opt opts[] = {{"add", 0, NULL, NULL, plus, &plus_n},
                                  {"drop", 0, NULL, NULL, minus, &minus_n},
                                  {"needed", 0, &k, NULL, NULL, NULL},
                                  {"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_batch b = {0};
    struct ir_admins *l = ir_calloc(1, sizeof *l);
    const struct ir_proposal *same = NULL;
    char *why = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "admin propose", &c->err);
    if (rc == IR_OK)
        rc = ir_admins_must(c);
    if (rc == IR_OK)
        ir_admins_now(c, l);
    for (i = 0; i < minus_n && rc == IR_OK; i++)
        rc = drop(c, l, minus[i]);
    for (i = 0; i < plus_n && rc == IR_OK; i++)
        rc = add(c, l, plus[i]);
    if (rc == IR_OK && k != NULL)
        rc = needed(c, k, l);
    if (rc == IR_OK && plus_n == 0 && minus_n == 0 && l->k == c->trust.k) {
        rc = ir_fail(&c->err, IR_EUSAGE, _("what is to change?"));
        ir_err_hint(&c->err, "%s", ir_cmd_usage("admin propose"));
    }
    if (rc == IR_OK)
        same = ir_admins_same(c, l);
    if (same != NULL)
        rc = ir_admins_waits(c, same);
    if (rc == IR_OK)
        rc = ir_reason(c, reason, IR_WHY_DECISION, &why);
    if (rc == IR_OK)
        rc = ir_admins_draft(c, &b, l, why);
    if (rc == IR_OK)
        rc = ir_batch_commit(c, &b);
    if (rc == IR_OK)
        rc = ir_ctx_trust(c);
    if (rc == IR_OK)
        ir_admins_say(c, b.ids[0]);
    free(why);
    free(l);
    return rc;
}

/* Is the key of each person it names certified for that person, and did who
 * acts not agree already, with this key or another? */
static int
check_yes(struct ir_ctx *c, const struct ir_proposal *p)
{
    const struct ir_trust *t = &c->trust;
    uint8_t id[IR_KEYID_BYTES];
    char hex[17];
    size_t i;

    for (i = 0; i < p->yes_n; i++) {
        const struct ir_cert_key *k = ir_trust_key(t, p->yes[i]);

        if (k != NULL && (int)k->member == c->me)
            return ir_fail(&c->err, IR_EEXIST,
                           _("you have agreed to this: another administrator "
                             "is needed"));
    }
    for (i = 0; i < p->keys_n; i++) {
        const struct ir_cert_key *k;

        ir_key_id(p->keys[i], id);
        k = ir_trust_key(t, id);
        if (k != NULL && !k->node && !k->revoked &&
            memcmp(t->members[k->member].id, p->persons[i], 8) == 0)
            continue;
        ir_hex(id, sizeof id, hex);
        return ir_fail(&c->err, IR_EREFUSED,
                       _("key %s in it is not certified for whom it names"),
                       hex);
    }
    return IR_OK;
}

/* May who acts say this of `p`? */
static int
check_say(struct ir_ctx *c, const struct ir_proposal *p, bool yes)
{
    if (p->counts)
        return ir_fail(&c->err, IR_EEXIST, _("this is in force already"));
    if (!p->open)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("this cannot come into force any more"));
    return yes ? check_yes(c, p) : IR_OK;
}

static int
judge(struct ir_ctx *c, int argc, char **argv, bool yes, const char *command)
{
    const char *reason = NULL;
    const struct ir_opt opts[] = {{"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    const struct ir_proposal *p = NULL;
    struct ir_batch b = {0};
    struct ir_draft *d;
    uint8_t id[IR_ID_BYTES];
    char *why = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, command, &c->err);
    if (rc == IR_OK)
        rc = ir_admins_must(c);
    if (rc == IR_OK)
        rc = ir_admins_find(c, n > 0 ? argv[1] : NULL, &p);
    if (rc == IR_OK)
        rc = check_say(c, p, yes);
    if (rc != IR_OK)
        return rc;
    memcpy(id, p->entry, sizeof id);
    if (!c->json)
        ir_view_proposal(&c->talk_view, p, &c->talk);
    if (!yes)
        rc = ir_reason(c, reason, IR_WHY_DENY, &why);
    else if (!ir_ctx_yes(c, _("Do you agree?"), true))
        rc = ir_fail(&c->err, IR_EUSAGE, _("nothing was changed"));
    if (rc == IR_OK) {
        d = ir_batch_add(&b, NULL, IR_KIND_APPROVAL);
        ir_bodyw_uint(&d->body, 1, yes ? 1 : 2);
        ir_bodyw_bytes(&d->body, 2, id, sizeof id);
        ir_bodyw_text(&d->body, 3, why != NULL ? why : reason);
        memcpy(d->refs[0], id, sizeof id);
        d->refs_n = 1;
        rc = ir_batch_commit(c, &b);
    }
    if (rc == IR_OK)
        rc = ir_ctx_trust(c);
    if (rc == IR_OK)
        ir_admins_say(c, id);
    free(why);
    return rc;
}

int
ir_cmd_admin_approve(struct ir_ctx *c, int argc, char **argv)
{
    return judge(c, argc, argv, true, "admin approve");
}

int
ir_cmd_admin_deny(struct ir_ctx *c, int argc, char **argv)
{
    return judge(c, argc, argv, false, "admin deny");
}
