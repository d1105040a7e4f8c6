/* cmd_release.c: `ir release` and `ir repin`: which runbooks are in force. */
#include "base/i18n.h"
#include "base/scan.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "cmd/diff.h"
#include "cmd/release.h"
#include "view/menu.h"
#include "view/people.h"

#include <stdlib.h>
#include <string.h>

int
ir_cmd_release_make(struct ir_ctx *c, int argc, char **argv)
{
    const char *text = NULL;
    const struct ir_opt opts[] = {{"message", 'm', &text, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "release make", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    if (rc == IR_OK)
        rc = ir_release_make(c, text);
    if (rc == IR_OK && !c->json)
        ir_buf_adds(&c->out, _("Next: somebody else reads it and approves it: "
                               "ir release approve\n"));
    return rc;
}

int
ir_cmd_release_list(struct ir_ctx *c, int argc, char **argv)
{
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "release list", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc != IR_OK)
        return rc;
    ir_ctx_me_soft(c);
    if (c->json)
        ir_cmd_json_take(c, ir_view_releases_json(&c->view));
    else
        ir_view_releases(&c->view, &c->out);
    return IR_OK;
}

/* The release a word names (its id's or manifest's beginning); NULL: the
 * newest.
 *
 * Errors: IR_ENOTFOUND.
 */
static int
find_release(struct ir_ctx *c, const char *word, const struct ir_release **out)
{
    size_t i;

    *out = NULL;
    for (i = 0; i < c->trust.releases_n; i++) {
        const struct ir_release *r = &c->trust.releases[i];
        char id[65], m[65];

        ir_hex(r->entry, 32, id);
        ir_hex(r->manifest, 32, m);
        if (word == NULL ||
            (strlen(word) >= 2 && (strncmp(id, word, strlen(word)) == 0 ||
                                   strncmp(m, word, strlen(word)) == 0)))
            *out = r;
    }
    if (*out != NULL)
        return IR_OK;
    ir_fail(&c->err, IR_ENOTFOUND,
            word == NULL ? _("there is no release yet")
                         : _("no release begins with %.64s"),
            word);
    ir_err_hint(&c->err, word == NULL ? "ir release make" : "ir release list");
    return IR_ENOTFOUND;
}

int
ir_cmd_release_diff(struct ir_ctx *c, int argc, char **argv)
{
    const struct ir_release *to = NULL, *from = NULL;
    struct ir_diff_stored a = {.c = c}, b = {.c = c};
    struct ir_diff_side sa = {0}, sb = {0};
    int n = 0, rc = ir_args(argc, argv, NULL, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 2, "release diff", &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = find_release(c, n > 1 ? argv[2] : NULL, &to);
    if (rc == IR_OK && n > 0)
        rc = find_release(c, argv[1], &from);
    else if (rc == IR_OK)
        from = ir_trust_current(&c->trust);
    if (rc != IR_OK)
        return rc;
    memcpy(b.manifest, to->manifest, 32);
    ir_diff_stored_side(&b, &sb);
    if (from != NULL) {
        memcpy(a.manifest, from->manifest, 32);
        ir_diff_stored_side(&a, &sa);
    } else {
        sa.object = sb.object;
        sa.arg = &b;
    }
    ir_diff_print(c, &sa, &sb, "");
    return IR_OK;
}

/* Approve or deny: by another member than the author; alone one may approve
 * one's own, and it is shown as that. */
static int
judge(struct ir_ctx *c, int argc, char **argv, bool yes, const char *command)
{
    const char *reason = NULL;
    const struct ir_opt opts[] = {{"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    const struct ir_release *r = NULL;
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *why = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, command, &c->err);
    if (rc == IR_OK)
        rc = ir_ctx_signed(c);
    if (rc == IR_OK)
        rc = ir_ctx_open(c, true);
    ir_ctx_left_out(c);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc == IR_OK)
        rc = find_release(c, n > 0 ? argv[1] : NULL, &r);
    if (rc == IR_OK && (r->approved || r->denied))
        rc = ir_fail(&c->err, IR_EEXIST,
                     r->approved ? _("this release is approved already")
                                 : _("this release was denied"));
    if (rc == IR_OK && yes && r->author == (size_t)c->me &&
        !ir_trust_is_alone(&c->trust, c->me)) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("you made this release: somebody else approves it"));
        ir_err_hint(&c->err, _("ir --as NAME release approve"));
    }
    if (rc == IR_OK && !yes)
        rc = ir_reason(c, reason, IR_WHY_DENY, &why);
    if (rc == IR_OK) {
        d = ir_batch_add(&b, NULL, IR_KIND_APPROVAL);
        ir_bodyw_uint(&d->body, 1, yes ? 1 : 2);
        ir_bodyw_bytes(&d->body, 2, r->manifest, 32);
        ir_bodyw_text(&d->body, 3, why != NULL ? why : reason);
        memcpy(d->refs[0], r->entry, IR_ID_BYTES);
        d->refs_n = 1;
        rc = ir_batch_record(c, NULL, &b, NULL);
        if (rc == IR_OK)
            rc = ir_ctx_trust(c);
    }
    free(why);
    return rc;
}

int
ir_cmd_release_approve(struct ir_ctx *c, int argc, char **argv)
{
    int rc = judge(c, argc, argv, true, "release approve");
    const struct ir_release *r =
        rc == IR_OK ? ir_trust_current(&c->trust) : NULL;

    if (r != NULL && r->self_approved && !c->json)
        ir_buf_adds(&c->out,
                    _("Approved by its own author: this site has one person "
                      "only. It is shown as that everywhere.\n"));
    return rc;
}

int
ir_cmd_release_deny(struct ir_ctx *c, int argc, char **argv)
{
    return judge(c, argc, argv, false, "release deny");
}

int
ir_cmd_repin(struct ir_ctx *c, int argc, char **argv)
{
    const char *reason = NULL;
    const struct ir_opt opts[] = {{"reason", 'r', &reason, NULL, NULL, NULL},
                                  {NULL, 0, NULL, NULL, NULL, NULL}};
    struct ir_diff_stored a = {.c = c}, z = {.c = c};
    struct ir_diff_side sa = {0}, sb = {0};
    const struct ir_release *r;
    struct ir_case k = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    char *why = NULL;
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 0, "repin", &c->err);
    if (rc == IR_OK)
        rc = ir_cmd_begin_signed(c, &k);
    r = rc == IR_OK ? ir_trust_current(&c->trust) : NULL;
    if (rc == IR_OK && r == NULL)
        rc = ir_fail(&c->err, IR_EREFUSED, _("no release is approved"));
    if (rc == IR_OK && r != NULL &&
        memcmp(r->manifest, k.inc->manifest, 32) == 0)
        rc = ir_fail(&c->err, IR_EEXIST,
                     _("this incident has the newest approved release"));
    if (rc == IR_OK && r != NULL) {
        memcpy(a.manifest, k.inc->manifest, 32);
        memcpy(z.manifest, r->manifest, 32);
        ir_diff_stored_side(&a, &sa);
        ir_diff_stored_side(&z, &sb);
        ir_buf_adds(&c->talk, _("What would change:\n"));
        (void)ir_diff(c, &sa, &sb, "", &c->talk);
        if (!ir_ctx_yes(c, _("Go on with the new release?"), false)) {
            rc = ir_fail(&c->err, IR_EUSAGE, _("nothing was changed"));
            ir_err_hint(&c->err, _("ir repin --yes -r \"WHY\""));
        }
    }
    if (rc == IR_OK)
        rc = ir_reason(c, reason, IR_WHY_DECISION, &why);
    if (rc == IR_OK && r != NULL) {
        d = ir_batch_add(&b, &k, IR_KIND_INCIDENT);
        ir_bodyw_uint(&d->body, 1, 9);
        ir_bodyw_bytes(&d->body, 3, r->manifest, 32);
        ir_bodyw_text(&d->body, 6, why);
        rc = ir_batch_record(c, &k, &b, NULL);
    }
    free(why);
    ir_case_done(&k);
    return rc;
}
