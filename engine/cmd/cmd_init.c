/* cmd_init.c: `ir init`: a home, its keys, its root of trust, its site/.
 *
 * Everything is made in a directory beside the final one and renamed into
 * place, so that a home is there whole or not at all.
 */
#include "base/i18n.h"
#include "base/path.h"
#include "cmd/cert.h"
#include "cmd/commands.h"
#include "cmd/grants.h"
#include "cmd/keyring.h"
#include "cmd/refresh.h"
#include "cmd/release.h"
#include "cmd/shipped.h"
#include "cmd/worker.h"
#include "view/admins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SITE_FILES_MAX 2000
#define SITE_FILE_MAX (1024 * 1024)

struct init {
    const char *org, *person, *handle, *agent, *from;
    bool passphrase, use_agent, no_git;
    char *work;  /* where it is made */
    int fd;      /* of it */
    char *hname; /* the handle */
    char *typed[3];
};

static int
make_root(struct ir_ctx *c, struct ir_batch *b, const struct init *in,
          const struct ir_key *person)
{
    struct ir_draft *d = ir_batch_add(b, NULL, IR_KIND_ROOT);

    (void)c;
    ir_bodyw_uint(&d->body, 1, 1);
    ir_bodyw_uint(&d->body, 2, 1);
    ir_bodyw_hashes(&d->body, 3, (const uint8_t(*)[32]) & person->pub, 1);
    ir_bodyw_text(&d->body, 4, in->org);
    return IR_OK;
}

static int
sign_with(void *arg, const uint8_t *blob, size_t n, uint8_t sig[IR_SIG_BYTES],
          struct ir_err *err)
{
    return ir_sign(arg, blob, n, sig, err);
}

/* Root first (its id is the site's), then member and device, and the carrier
 * key, granted to this device. */
static int
write_trust(struct ir_ctx *c, struct init *in, struct ir_key *person,
            const uint8_t node_pub[32], const uint8_t x25519[32])
{
    static const char *const roles[] = {"commander", "operator"};
    struct ir_batch b = {0};
    struct ir_signer who = {{0}, sign_with, person};
    struct ir_epoch_key key = {1, 0, {0}};
    struct ir_grants_to self;
    struct ir_now now;
    uint8_t member_id[8], id[IR_ID_BYTES];
    size_t i;
    int rc;

    ir_clock_now(&now);
    ir_random(member_id, sizeof member_id);
    memcpy(who.pub, person->pub, IR_PUBKEY_BYTES);
    if (person->secret == NULL) {
        c->key = ir_key_public(person->pub);
        ir_ctx_signer(c, &who);
    }
    rc = make_root(c, &b, in, person);
    ir_cert_member(&b, in->hname, in->person, member_id,
                   (const uint8_t(*)[32]) & person->pub, 1, roles, 2);
    ir_cert_device(&b, member_id, node_pub, x25519);
    ir_key_id(node_pub, self.id);
    memcpy(self.x25519, x25519, sizeof self.x25519);
    ir_random(key.key, sizeof key.key);
    if (rc == IR_OK)
        rc = ir_store_begin(c->st, &c->err);
    for (i = 0; i < b.n && rc == IR_OK; i++) {
        rc = ir_store_append(c->st, &who, &b.d[i], &now, id, &c->err);
        if (rc == IR_OK && i == 0)
            rc = ir_store_site_set(c->st, id, &c->err);
    }
    if (rc == IR_OK)
        rc = ir_grants_append(c->st, &who, &now, &key, 1, &self, 1, &c->err);
    ir_wipe(&key, sizeof key);
    rc = rc == IR_OK ? ir_store_commit(c->st, &c->err) : rc;
    if (rc != IR_OK)
        ir_store_rollback(c->st);
    return rc;
}

static int
make_log(struct ir_ctx *c, struct init *in)
{
    struct ir_key *person = NULL, *node = NULL;
    uint8_t x25519[32];
    int rc =
        ir_cert_new_key(c, in->fd, in->hname,
                        in->use_agent ? (in->agent ? in->agent : "") : NULL,
                        in->passphrase, false, &person);

    if (rc == IR_OK)
        rc = ir_keyring_node_new(in->fd, &node, x25519, &c->err);
    if (rc == IR_OK)
        rc = ir_store_open(in->work, IR_STORE_CREATE, &c->st, &c->err);
    if (rc == IR_OK)
        rc = write_trust(c, in, person, node->pub, x25519);
    ir_key_free(person);
    ir_key_free(node);
    return rc;
}

/* Put the organisation's name into the copy of site.lua: the field that begins
 * a line with "organisation", up to its closing brace. */
static int
name_site(struct ir_ctx *c, struct init *in)
{
    struct ir_buf old = {0}, fresh = {0};
    const char *p, *nl;
    int rc = ir_path_read(in->fd, "site/runbooks/site.lua", SITE_FILE_MAX, &old,
                          &c->err);

    for (p = ir_buf_str(&old); rc == IR_OK && *p != '\0'; p = nl) {
        size_t indent = strspn(p, " \t"), i;

        nl = strchr(p, '\n');
        nl = nl != NULL ? nl + 1 : p + strlen(p);
        if (strncmp(p + indent, "organisation", 12) != 0) {
            ir_buf_add(&fresh, p, (size_t)(nl - p));
            continue;
        }
        nl = strchr(p, '}');
        nl = nl != NULL ? nl + 1 + strcspn(nl + 1, "\n") : p + strlen(p);
        ir_buf_adds(&fresh, "  organisation = { en = \"");
        for (i = 0; i < 2; i++) {
            const char *s;

            for (s = in->org; *s != '\0'; s++) {
                if (*s == '"' || *s == '\\')
                    ir_buf_addc(&fresh, '\\');
                ir_buf_addc(&fresh, *s);
            }
            ir_buf_adds(&fresh, i == 0 ? "\", ja = \"" : "\" },");
        }
    }
    if (rc == IR_OK)
        rc = ir_path_write(in->fd, "site/runbooks/site.lua", fresh.p, fresh.len,
                           0600, true, &c->err);
    ir_buf_done(&old);
    ir_buf_done(&fresh);
    return rc;
}

static int
copy_site(struct ir_ctx *c, struct init *in)
{
    char *from = in->from != NULL ? realpath(in->from, NULL)
                                  : ir_shipped_dir("runbooks");
    char *plugins = ir_shipped_dir("plugins");
    int rc = ir_path_mkdir(in->fd, "site", &c->err);

    if (rc == IR_OK && from == NULL)
        rc = ir_fail(&c->err, IR_ENOTFOUND, _("no runbooks at %s"),
                     in->from != NULL ? in->from : "share/ir/runbooks");
    if (rc == IR_OK)
        rc = ir_path_copy_tree(from, in->fd, "site/runbooks", SITE_FILES_MAX,
                               SITE_FILE_MAX, &c->err);
    if (rc == IR_OK && plugins != NULL)
        rc = ir_path_copy_tree(plugins, in->fd, "site/plugins", SITE_FILES_MAX,
                               SITE_FILE_MAX, &c->err);
    if (rc == IR_OK && in->from == NULL)
        rc = name_site(c, in);
    if (rc == IR_OK)
        rc = ir_refresh_note_all(in->fd, in->from == NULL, &c->err);
    free(from);
    free(plugins);
    return rc;
}

/* The directory in which the home is made: beside its final place. */
static int
make_work(struct ir_ctx *c, struct init *in)
{
    struct stat sb;

    if (lstat(c->home, &sb) == 0) {
        if (!S_ISDIR(sb.st_mode))
            return ir_fail(&c->err, IR_EREFUSED, _("%s is not a directory"),
                           c->home);
        if (rmdir(c->home) != 0) {
            ir_fail(&c->err, IR_EREFUSED, _("%s is not empty"), c->home);
            ir_err_hint(&c->err, _("another place: ir init DIR"));
            return IR_EREFUSED;
        }
    }
    in->work = ir_asprintf("%s.new.XXXXXX", c->home);
    if (mkdtemp(in->work) == NULL)
        return ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno));
    in->fd = open(in->work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (in->fd < 0)
        return ir_fail(&c->err, IR_EIO, "%s: %s", in->work, strerror(errno));
    return ir_store_home_check(in->work, &c->err);
}

/* Ask on the terminal for what the words did not say. */
static void
ask_missing(struct ir_ctx *c, struct init *in)
{
    const char *const questions[] = {_(" Whose systems are these? The name of "
                                       "the organisation> "),
                                     _(" Your name> ")};
    const char **const answers[] = {&in->org, &in->person};
    size_t i;

    for (i = 0; i < 2; i++)
        if ((*answers[i] == NULL || **answers[i] == '\0') && ir_ctx_can_ask(c))
            *answers[i] = in->typed[i] = ir_ctx_ask(c, questions[i]);
    if (in->handle == NULL && in->person != NULL && in->person[0] != '\0' &&
        (signed char)in->person[0] < 0 && ir_ctx_can_ask(c))
        in->handle = in->typed[2] =
            ir_ctx_ask(c, _(" A short name in small letters, for your key "
                            "(ito)> "));
}

static int
parse(struct ir_ctx *c, int argc, char **argv, struct init *in)
{
    const struct ir_opt opts[] = {
        {"org", 0, &in->org, NULL, NULL, NULL},
        {"person", 0, &in->person, NULL, NULL, NULL},
        {"handle", 0, &in->handle, NULL, NULL, NULL},
        {"agent-key", 0, &in->agent, NULL, NULL, NULL},
        {"agent", 0, NULL, &in->use_agent, NULL, NULL},
        {"passphrase", 0, NULL, &in->passphrase, NULL, NULL},
        {"runbooks", 0, &in->from, NULL, NULL, NULL},
        {"no-git", 0, NULL, &in->no_git, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "init", &c->err);
    if (rc != IR_OK)
        return rc;
    if (n == 1) {
        free(c->home);
        c->home = ir_strdup(argv[1]);
    }
    if (in->agent != NULL)
        in->use_agent = true;
    ask_missing(c, in);
    if (in->org == NULL || in->org[0] == '\0' || in->person == NULL ||
        in->person[0] == '\0') {
        ir_fail(&c->err, IR_EUSAGE,
                _("whose site is it, and who are you? Both are needed"));
        ir_err_hint(&c->err,
                    _("ir init --org \"Minato Airport\" --person \"Ito\""));
        return IR_EUSAGE;
    }
    return ir_cert_handle(c, in->person, in->handle, &in->hname);
}

/* Take away a home that was not finished. */
static void
take_back(struct init *in)
{
    struct ir_err ignored;

    if (in->work != NULL)
        (void)ir_path_remove_tree(in->work, &ignored);
}

/* {"home", "site", "handle", "release"}. */
static struct ir_json *
made_json(struct ir_ctx *c, const struct init *in)
{
    struct ir_json *j = ir_json_new_obj();
    size_t n = c->trust.releases_n;

    ir_json_set_str(j, "home", c->home);
    ir_json_set_hex(j, "site", ir_store_site(c->st), IR_ID_BYTES);
    ir_json_set_str(j, "handle", in->hname);
    if (n > 0)
        ir_json_set_hex(j, "release", c->trust.releases[n - 1].manifest, 32);
    return j;
}

static int
finish(struct ir_ctx *c, struct init *in)
{
    char *home, *site;
    size_t said;
    int rc = IR_OK;

    ir_store_close(c->st);
    c->st = NULL;
    if (rename(in->work, c->home) != 0)
        return ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno));
    if (!c->json)
        ir_buf_addf(&c->out, _("Home made: %s\n"), c->home);
    free(in->work);
    in->work = NULL;
    home = realpath(c->home, NULL); /* the worker takes no other name */
    site = ir_asprintf("%s/site", home != NULL ? home : c->home);
    if (!in->no_git &&
        ir_worker_repo_init(site, in->person, &c->err) != IR_OK) {
        ir_buf_addf(&c->talk, _("site/ is not under git: %s\n"), c->err.msg);
        memset(&c->err, 0, sizeof c->err);
    }
    free(home);
    free(site);
    c->as = in->hname;
    ir_key_free(c->key);
    c->key = NULL;
    rc = ir_ctx_open(c, true);
    said = c->out.len;
    if (rc == IR_OK)
        rc = ir_release_make(c, _("as shipped"));
    if (rc == IR_OK && c->json) {
        c->out.len = said; /* one object says it all */
        ir_cmd_json_take(c, made_json(c, in));
    } else if (rc == IR_OK)
        ir_buf_adds(&c->out,
                    _("Next: read a runbook (ir runbook list), then\n"
                      "  ir release approve      so that it can be walked\n"
                      "  ir start SYSTEM         when something is wrong\n"));
    if (rc == IR_OK && !c->json)
        ir_buf_addf(&c->out, "%s\n%s", ir_view_lone_admin(&c->trust),
                    _("A second one:\n"
                      "  ir member add NAME\n"
                      "  ir admin propose --add NAME -r WHY\n"));
    return rc;
}

int
ir_cmd_init(struct ir_ctx *c, int argc, char **argv)
{
    struct init in = {.fd = -1};
    size_t i;
    int rc = parse(c, argc, argv, &in);

    if (rc == IR_OK)
        rc = make_work(c, &in);
    if (rc == IR_OK)
        rc = make_log(c, &in);
    if (rc == IR_OK)
        rc = copy_site(c, &in);
    if (rc == IR_OK)
        rc = finish(c, &in);
    if (in.fd >= 0)
        close(in.fd);
    take_back(&in);
    free(in.work);
    c->as = NULL;
    free(in.hname);
    for (i = 0; i < 3; i++)
        free(in.typed[i]);
    return rc;
}
