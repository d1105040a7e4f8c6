/* ctx.c: what every command is given: store, trust, who acts; see cmd.h. */
#include "base/agent.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/time.h"
#include "base/utf8.h"
#include "cmd/audience.h"
#include "cmd/case.h"
#include "cmd/commands.h"
#include "cmd/keyring.h"
#include "cmd/outside.h"
#include "cmd/pick.h"
#include "cmd/signed.h"
#include "store/accepted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What of revoked keys counts is asked of the whole record, not of what is
 * loaded of it. Should it not be readable, what is loaded must do. */
static void
judge_revoked(struct ir_ctx *c)
{
    struct ir_accepted *a = NULL;
    struct ir_err err = {0};
    size_t i;

    for (i = 0; i < c->trust.keys_n && !c->trust.keys[i].revoked; i++)
        ;
    if (i == c->trust.keys_n ||
        ir_accepted_new(c->st, &c->trust, false, &a, &err) != IR_OK)
        return;
    ir_accepted_tell(a, &c->trust);
    ir_accepted_free(a);
}

int
ir_ctx_trust(struct ir_ctx *c)
{
    const struct ir_entry **v;
    size_t out;
    int rc;

    if (c->trust_loaded)
        ir_trust_done(&c->trust);
    ir_log_done(&c->trust_log);
    c->trust_loaded = false;
    c->trust_out_n = 0;
    rc = ir_store_load_trust(c->st, &c->trust_log, &c->err);
    if (rc != IR_OK)
        return rc;
    do {
        if (c->trust_loaded)
            ir_trust_done(&c->trust);
        v = ir_log_ptrs(&c->trust_log);
        ir_trust_fold(ir_store_site(c->st), v, c->trust_log.n, &c->trust);
        free(v);
        c->trust_loaded = true;
        out = c->signed_only ? ir_signed_only(&c->trust, ir_store_site(c->st),
                                              false, &c->trust_log)
                             : 0;
        c->trust_out_n += out;
    } while (out > 0);
    judge_revoked(c);
    c->view.trust = c->talk_view.trust = &c->trust;
    ir_ctx_audiences(c);
    return IR_OK;
}

static enum ir_approves
approves(const struct ir_entry *e, const struct ir_incident *inc, void *arg)
{
    return ir_outside_approves(arg, e, inc);
}

int
ir_ctx_open(struct ir_ctx *c, bool write)
{
    int rc;

    if (c->st == NULL) {
        rc = ir_store_open(c->home, write ? IR_STORE_WRITE : IR_STORE_READ,
                           &c->st, &c->err);
        if (rc == IR_EBUSY)
            return rc;
        if (rc != IR_OK && !write)
            return rc;
        if (rc != IR_OK) {
            c->not_recorded = rc != IR_ENOTFOUND;
            return rc;
        }
        ir_library_init(&c->lib, c->st);
        c->view.approves = c->talk_view.approves = approves;
        c->view.approves_arg = c->talk_view.approves_arg = c;
        rc = ir_ctx_trust(c);
        if (rc != IR_OK)
            return rc;
        ir_ctx_site(c, NULL);
    }
    return IR_OK;
}

int
ir_ctx_signed(struct ir_ctx *c)
{
    if (c->signed_only)
        return IR_OK;
    c->signed_only = true;
    return c->st != NULL ? ir_ctx_trust(c) : IR_OK;
}

void
ir_ctx_left_out(struct ir_ctx *c)
{
    size_t n = c->trust_out_n + c->unsigned_n;

    if (n > 0)
        ir_buf_addf(&c->talk,
                    _("left out, not signed by whom they name: %zu (ir "
                      "verify)\n"),
                    n);
}

const struct ir_json *
ir_ctx_criteria(struct ir_ctx *c)
{
    return ir_ctx_in_view(c, "site", "criteria");
}

void
ir_ctx_site(struct ir_ctx *c, const uint8_t *manifest)
{
    const struct ir_release *r = ir_trust_current(&c->trust);
    const struct ir_json *j = NULL;
    const char *zone;

    if (manifest == NULL && r == NULL && c->trust.releases_n > 0)
        r = &c->trust.releases[c->trust.releases_n - 1];
    if (manifest == NULL && r != NULL)
        manifest = r->manifest;
    if (manifest == NULL)
        return;
    if (!c->has_manifest || memcmp(c->manifest, manifest, 32) != 0)
        ir_ctx_contacts_forget(c);
    memcpy(c->manifest, manifest, sizeof c->manifest);
    c->has_manifest = true;
    ir_ctx_contacts(c, &c->view);
    ir_ctx_contacts(c, &c->talk_view);
    j = ir_ctx_in_view(c, "site", "site");
    if (j != NULL) {
        c->view.site = c->talk_view.site = j;
        zone = ir_json_get_str(j, "timezone", NULL);
        if (zone != NULL && getenv("IR_TZ") == NULL)
            (void)ir_time_zone_set(zone, NULL);
    }
}

static int
home_fd(struct ir_ctx *c, int *fd)
{
    *fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno));
    return IR_OK;
}

/* Several people's keys are here: on a terminal ask whose hands these are. */
static int
ask_person(struct ir_ctx *c, char **names, size_t n, char **handle)
{
    int tries, rc = IR_ENOTFOUND;
    size_t i, at = 0;

    for (tries = 0; tries < 3 && rc != IR_OK; tries++) {
        char *typed;

        ir_buf_adds(&c->talk, _(" Several people use this home. Who are "
                                "you?\n"));
        for (i = 0; i < n; i++)
            ir_buf_addf(&c->talk, "   %zu  %s\n", i + 1, names[i]);
        ir_buf_addf(&c->talk, " 1-%zu> ", n);
        typed = ir_ctx_ask(c, "");
        if (typed == NULL)
            break;
        rc = ir_pick(c, _("member"), (const char *const *)names, n, typed, true,
                     &at);
        free(typed);
        if (rc != IR_OK)
            ir_cmd_complain(c);
    }
    if (rc == IR_OK)
        *handle = ir_strdup(names[at]);
    return rc;
}

/* Leave out keys whose certificate never came (the power went between the
 * two): they are nobody's. Returns how many names stay.
 */
static size_t
drop_strangers(const struct ir_ctx *c, char **names, size_t n)
{
    size_t i, kept = 0;

    for (i = 0; i < n; i++)
        if (ir_trust_member(&c->trust, names[i]) >= 0)
            names[kept++] = names[i];
        else
            free(names[i]);
    return kept;
}

bool
ir_ctx_shared(const struct ir_ctx *c)
{
    char **names = NULL;
    size_t n = 0;
    int fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool shared;

    if (fd >= 0 && ir_keyring_names(fd, &names, &n, NULL) == IR_OK) {
        n = drop_strangers(c, names, n);
        ir_keyring_names_free(names, n);
    } else {
        n = 0;
    }
    shared = n > 1;
    if (fd >= 0)
        close(fd);
    return shared;
}

/* Choose among the people whose keys are here. */
static int
choose_person(struct ir_ctx *c, char **handle)
{
    const char *as = c->as != NULL ? c->as : getenv("IR_AS");
    char **names = NULL;
    struct ir_buf all = {0};
    size_t n = 0, i;
    int fd = -1, rc;

    if (as != NULL && as[0] != '\0') {
        *handle = ir_strdup(as);
        return IR_OK;
    }
    rc = home_fd(c, &fd);
    if (rc == IR_OK)
        rc = ir_keyring_names(fd, &names, &n, &c->err);
    if (fd >= 0)
        close(fd);
    if (rc != IR_OK)
        return rc;
    n = drop_strangers(c, names, n);
    for (i = 0; i < n; i++)
        ir_buf_addf(&all, "%s%s", i > 0 ? ", " : "", names[i]);
    if (n == 1) {
        *handle = ir_strdup(names[0]);
    } else if (n == 0) {
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("no person's key is in this home"));
        ir_err_hint(&c->err, "ir member add");
    } else if (!ir_ctx_can_ask(c) || ask_person(c, names, n, handle) != IR_OK) {
        rc = ir_fail(&c->err, IR_EUSAGE,
                     _("several people use this home: say who you are"));
        ir_err_hint(&c->err, _("ir --as NAME ...   (here: %s)"),
                    ir_buf_str(&all));
    }
    ir_keyring_names_free(names, n);
    ir_buf_done(&all);
    return rc;
}

int
ir_ctx_me(struct ir_ctx *c)
{
    struct ir_now now;
    char *handle = NULL;
    int rc;

    if (c->me >= 0)
        return IR_OK;
    rc = choose_person(c, &handle);
    if (rc != IR_OK)
        return rc;
    c->me = ir_trust_member(&c->trust, handle);
    ir_clock_now(&now);
    if (c->me < 0) {
        rc = ir_fail(&c->err, IR_ENOTFOUND,
                     _("nobody called \"%.60s\" is a member here"), handle);
        ir_err_hint(&c->err, "ir member list");
    } else if (!c->trust.members[c->me].active) {
        {
            rc = ir_fail(&c->err, IR_EREFUSED,
                         _("the key of %s has been revoked"), handle);
            ir_err_hint(&c->err,
                        _("an administrator lets you in again, into a new "
                          "home:  ir mesh invite --device-for %s"),
                        handle);
        }
    } else if (c->trust.members[c->me].not_after_ms > 0 &&
               c->trust.members[c->me].not_after_ms < now.wall_ms) {
        rc = ir_fail(&c->err, IR_EREFUSED,
                     _("the certificate of %s has run out"), handle);
    }
    if (rc != IR_OK)
        c->me = -1;
    c->view.me = c->talk_view.me = c->me;
    free(handle);
    return rc;
}

void
ir_ctx_me_soft(struct ir_ctx *c)
{
    struct ir_err keep = c->err;
    bool no_input = c->no_input;

    c->no_input = true; /* reading asks nobody */
    if (ir_ctx_me(c) != IR_OK)
        c->err = keep;
    c->no_input = no_input;
}

/* Ask for the passphrase up to three times. */
static int
unlock(struct ir_ctx *c, int fd, const char *handle)
{
    char *prompt = ir_asprintf(_("Passphrase of %s: "), handle), *pass;
    int tries, rc = IR_ESIG;

    for (tries = 0; tries < 3; tries++) {
        pass = ir_ctx_ask_secret(c, prompt);
        if (pass == NULL) {
            rc = ir_fail(&c->err, IR_ESIG, _("a passphrase is needed"));
            ir_err_hint(&c->err, _("run ir on a terminal, or let the "
                                   "ssh-agent hold the key"));
            break;
        }
        rc = ir_keyring_get(fd, handle, pass, &c->key, &c->err);
        ir_wipe(pass, strlen(pass));
        free(pass);
        if (rc != IR_ESIG || tries == 2)
            break;
        ir_buf_addf(&c->talk, "%s\n", c->err.msg);
        ir_ctx_flush(c);
    }
    free(prompt);
    return rc;
}

/* Is the key one of those certified for the member? */
static int
check_certified(struct ir_ctx *c)
{
    uint8_t id[IR_KEYID_BYTES];
    const struct ir_cert_key *k;

    ir_key_id(c->key->pub, id);
    k = ir_trust_key(&c->trust, id);
    if (k == NULL || k->node || (int)k->member != c->me)
        return ir_fail(&c->err, IR_ESIG,
                       _("the key in this home is not one certified for %s"),
                       c->trust.members[c->me].handle);
    if (!k->revoked)
        return IR_OK;
    ir_fail(&c->err, IR_EREFUSED, _("the key of %s has been revoked"),
            c->trust.members[c->me].handle);
    ir_err_hint(&c->err,
                _("an administrator lets you in again, into a new home:  ir "
                  "mesh invite --device-for %s"),
                c->trust.members[c->me].handle);
    return IR_EREFUSED;
}

/* Read the key in keys/NAME. */
static int
load_from(struct ir_ctx *c, int fd, const char *name)
{
    enum ir_keyfile form = IR_KEYFILE_PLAIN;
    int rc = ir_keyring_form(fd, name, &form, &c->err);

    if (rc == IR_OK && form == IR_KEYFILE_BOX)
        rc = unlock(c, fd, name);
    else if (rc == IR_OK)
        rc = ir_keyring_get(fd, name, NULL, &c->key, &c->err);
    return rc == IR_OK ? check_certified(c) : rc;
}

/* The key of who acts is gone or no longer counts: one that waited for its
 * turn (`ir key rotate`), and counts by now, takes its place. */
static int
load_waiting(struct ir_ctx *c, int fd, int was)
{
    const char *handle = c->trust.members[c->me].handle;
    char *name = ir_asprintf("%s~", handle);
    struct ir_err keep = c->err;
    enum ir_keyfile form;
    int rc = was;

    if (ir_keyring_form(fd, name, &form, &c->err) == IR_OK) {
        ir_key_free(c->key);
        c->key = NULL;
        rc = load_from(c, fd, name);
        if (rc == IR_OK)
            rc = ir_keyring_take_turn(fd, handle, &c->err);
        if (rc == IR_OK)
            ir_buf_addf(&c->talk, _("The new key of %s is in use from now.\n"),
                        handle);
    } else {
        c->err = keep;
    }
    free(name);
    return rc;
}

/* Read the key of the person who acts. */
static int
load_key(struct ir_ctx *c)
{
    int fd = -1, rc = home_fd(c, &fd);

    if (rc == IR_OK)
        rc = load_from(c, fd, c->trust.members[c->me].handle);
    if (fd >= 0 && (rc == IR_ENOTFOUND || rc == IR_EREFUSED))
        rc = load_waiting(c, fd, rc);
    if (fd >= 0)
        close(fd);
    return rc;
}

int
ir_ctx_key(struct ir_ctx *c)
{
    int rc = ir_ctx_me(c);

    if (rc == IR_OK && c->key == NULL)
        rc = load_key(c);
    if (rc == IR_OK && c->key->secret == NULL) /* no lock is held yet */
        rc = ir_agent_has(c->key->pub, &c->err);
    return rc;
}

static int
sign(void *arg, const uint8_t *blob, size_t n, uint8_t sig[IR_SIG_BYTES],
     struct ir_err *err)
{
    const struct ir_key *k = arg;

    if (k->secret == NULL)
        return ir_agent_sign(k->pub, blob, n, sig, err);
    return ir_sign(k, blob, n, sig, err);
}

void
ir_ctx_signer(struct ir_ctx *c, struct ir_signer *s)
{
    memcpy(s->pub, c->key->pub, IR_PUBKEY_BYTES);
    s->sign = sign;
    s->arg = c->key;
}

/* Does the line name a command to copy, which a break would spoil? */
static bool
names_command(const char *line)
{
    const char *p = line + strspn(line, " ");

    return strncmp(p, "ir ", 3) == 0 || strstr(p, " ir ") != NULL;
}

/* What is said, with whole sentences broken between words where the terminal
 * would break them anywhere. The question at the end stays as it is. */
static void
fold_talk(struct ir_ctx *c)
{
    struct ir_buf out = {0};
    char *said = ir_buf_take(&c->talk), *line = said, *end;

    while ((end = strchr(line, '\n')) != NULL) {
        int indent = (int)strspn(line, " ");

        *end = '\0';
        if (ir_utf8_width(line) > c->talk_view.term.cols &&
            indent + 8 < c->talk_view.term.cols && !names_command(line) &&
            strchr(line, '\033') == NULL)
            ir_term_para(&c->talk_view.term, &out, indent, NULL, IR_STYLE_NONE,
                         line + indent);
        else
            ir_buf_addf(&out, "%s\n", line);
        line = end + 1;
    }
    ir_buf_adds(&out, line);
    free(said);
    c->talk = out;
}

void
ir_ctx_flush(struct ir_ctx *c)
{
    if (c->talk.len > 0 && c->talk_view.term.tty)
        fold_talk(c);
    if (c->talk.len > 0) {
        (void)fwrite(c->talk.p, 1, c->talk.len, stderr);
        (void)fflush(stderr);
        c->talk.len = 0;
    }
    if (c->out.len > 0) {
        (void)fwrite(c->out.p, 1, c->out.len, stdout);
        (void)fflush(stdout);
        c->out.len = 0;
    }
}

void
ir_ctx_done(struct ir_ctx *c)
{
    if (c->st != NULL)
        (void)ir_case_keep_over(c, true);
    ir_ctx_contacts_forget(c);
    ir_library_done(&c->lib);
    if (c->trust_loaded)
        ir_trust_done(&c->trust);
    ir_log_done(&c->trust_log);
    ir_epoch_keys_free(c->keys, c->keys_n);
    ir_store_close(c->st);
    ir_key_free(c->key);
    ir_buf_done(&c->out);
    ir_buf_done(&c->talk);
    free(c->over);
    free(c->home);
    free(c->again);
}
