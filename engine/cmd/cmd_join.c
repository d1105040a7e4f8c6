/* cmd_join.c: `ir mesh join`: a home on a new machine, by an invitation.
 *
 * The first call makes the keys in a directory beside the home's place
 * (HOME.join) and the request; where the answer comes at once, over the
 * network, or in a later call, it makes the home whole there and renames it
 * into its place. Whatever is interrupted is begun again by the same command.
 */
#include "base/agent.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "base/sshsig.h"
#include "cmd/cert.h"
#include "cmd/commands.h"
#include "cmd/grants.h"
#include "cmd/join.h"
#include "cmd/keyring.h"
#include "cmd/mesh_conf.h"
#include "store/ingest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PENDING "pending" /* name of the key before its handle is known */

struct join {
    const char *code, *via, *handle, *agent;
    const char *at; /* as typed; NULL: on the LAN, or by --via */
    char place[IR_CARRIER_WHERE_MAX];
    bool passphrase, use_agent, again;
    char *typed;
    uint8_t secret[IR_JOIN_SECRET_BYTES], id[IR_JOIN_ID_BYTES];
    char *work;  /* HOME.join */
    char *where; /* who answered over the network, or NULL */
    int fd;      /* of it */
    int dir;     /* of --via */
    struct ir_buf request;
    struct ir_join_answer answer;
    char *in, *out; /* names beneath --via: the answer's, the request's */
};

static int
parse(struct ir_ctx *c, int argc, char **argv, struct join *j)
{
    const struct ir_opt opts[] = {
        {"via", 0, &j->via, NULL, NULL, NULL},
        {"at", 0, &j->at, NULL, NULL, NULL},
        {"handle", 0, &j->handle, NULL, NULL, NULL},
        {"agent-key", 0, &j->agent, NULL, NULL, NULL},
        {"agent", 0, NULL, &j->use_agent, NULL, NULL},
        {"passphrase", 0, NULL, &j->passphrase, NULL, NULL},
        {"again", 0, NULL, &j->again, NULL, NULL},
        {NULL, 0, NULL, NULL, NULL, NULL}};
    int n = 0, rc = ir_args(argc, argv, opts, &n, &c->err);

    if (rc == IR_OK)
        rc = ir_args_count(n, 0, 1, "mesh join", &c->err);
    if (rc != IR_OK)
        return rc;
    if (j->via != NULL && j->at != NULL)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("--via is for a stick, --at for the network: one of "
                         "them"));
    if (j->at != NULL)
        rc = ir_mesh_where(j->at, j->place, &c->err);
    if (rc != IR_OK)
        return rc;
    j->code = n > 0 ? argv[1] : NULL;
    if (j->code == NULL)
        j->code = j->typed = ir_join_code_ask(c);
    if (j->code == NULL)
        return ir_fail(&c->err, IR_EUSAGE,
                       _("the code of the invitation is needed"));
    if (j->handle != NULL && !ir_name_ok(j->handle))
        return ir_fail(&c->err, IR_EUSAGE,
                       _("a short name in small letters a-z, digits, . _ - is "
                         "needed for \"%.60s\""),
                       j->handle);
    if (j->agent != NULL)
        j->use_agent = true;
    return ir_join_code_parse(j->code, j->secret, &c->err);
}

/* The home's place must be free, and --via be there. */
static int
open_places(struct ir_ctx *c, struct join *j)
{
    struct stat sb;
    size_t n = strlen(c->home);

    while (n > 1 && c->home[n - 1] == '/') /* HOME.join stands beside it */
        c->home[--n] = '\0';
    if (lstat(c->home, &sb) == 0 &&
        (!S_ISDIR(sb.st_mode) || rmdir(c->home) != 0)) {
        ir_fail(&c->err, IR_EREFUSED, _("there is a home at %s already"),
                c->home);
        ir_err_hint(&c->err, _("another place: ir -C DIR mesh join ..."));
        return IR_EREFUSED;
    }
    if (j->via != NULL)
        j->dir = open(j->via, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (j->via != NULL && j->dir < 0)
        return ir_fail(&c->err, errno == ENOENT ? IR_ENOTFOUND : IR_EIO,
                       "%s: %s", j->via, strerror(errno));
    j->work = ir_asprintf("%s.join", c->home);
    ir_join_id(j->secret, j->id);
    j->out = ir_join_path(j->id, IR_JOIN_REQUEST);
    j->in = ir_join_path(j->id, IR_JOIN_ANSWER);
    return IR_OK;
}

static int
sign(const struct ir_key *k, const struct ir_buf *blob,
     uint8_t sig[IR_SIG_BYTES], struct ir_err *err)
{
    return k->secret != NULL
               ? ir_sign(k, blob->p, blob->len, sig, err)
               : ir_agent_sign(k->pub, blob->p, blob->len, sig, err);
}

/* Make the keys, and the request that names them. */
static int
make_request(struct ir_ctx *c, struct join *j)
{
    struct ir_join_request r = {0};
    struct ir_key *person = NULL, *node = NULL;
    struct ir_buf proof = {0};
    int rc = ir_cert_new_key(c, j->fd, PENDING,
                             j->use_agent ? (j->agent != NULL ? j->agent : "")
                                          : NULL,
                             j->passphrase, true, &person);

    if (rc == IR_OK)
        rc = ir_keyring_node_new(j->fd, &node, r.x25519, &c->err);
    if (rc == IR_OK) {
        memcpy(r.person, person->pub, sizeof r.person);
        memcpy(r.node, node->pub, sizeof r.node);
        snprintf(r.handle, sizeof r.handle, "%s",
                 j->handle != NULL ? j->handle : "");
        ir_join_proof(j->secret, &r, &proof);
        rc = sign(person, &proof, r.person_sig, &c->err);
    }
    if (rc == IR_OK)
        rc = sign(node, &proof, r.node_sig, &c->err);
    if (rc == IR_OK) {
        ir_join_request_seal(j->secret, &r, &j->request);
        rc = ir_path_write(j->fd, "request", j->request.p, j->request.len, 0600,
                           true, &c->err);
    }
    ir_buf_done(&proof);
    ir_key_free(person);
    ir_key_free(node);
    return rc;
}

/* Is what lies in HOME.join a request under this code? */
static int
check_pending(struct ir_ctx *c, struct join *j)
{
    struct ir_join_request r;
    struct ir_err why = {0};

    if (ir_join_request_open(j->secret, j->request.p, j->request.len, &r,
                             &why) == IR_OK) {
        if (j->handle == NULL || strcmp(r.handle, j->handle) == 0)
            return IR_OK;
        return ir_fail(&c->err, IR_EUSAGE,
                       _("the request was made without --handle %s: say "
                         "--again to make another one"),
                       j->handle);
    }
    ir_fail(&c->err, IR_EREFUSED,
            _("a request under another code is waiting for its answer here"));
    ir_err_hint(&c->err, _("the same code once more, or --again to give that "
                           "request up"));
    return IR_EREFUSED;
}

/* Find the request that was made before, or make one. */
static int
begin(struct ir_ctx *c, struct join *j, bool *fresh)
{
    struct ir_err none = {0};
    int rc = IR_OK;

    *fresh = false;
    if (j->again)
        rc = ir_path_remove_tree(j->work, &c->err);
    if (rc == IR_OK && mkdir(j->work, 0700) != 0 && errno != EEXIST)
        rc = ir_fail(&c->err, IR_EIO, "%s: %s", j->work, strerror(errno));
    if (rc == IR_OK)
        rc = ir_store_home_check(j->work, &c->err);
    if (rc != IR_OK)
        return rc;
    j->fd = open(j->work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (j->fd < 0)
        return ir_fail(&c->err, IR_EIO, "%s: %s", j->work, strerror(errno));
    rc =
        ir_path_read(j->fd, "request", IR_JOIN_REQUEST_MAX, &j->request, &none);
    if (rc == IR_OK)
        return check_pending(c, j);
    if (rc != IR_ENOTFOUND) {
        c->err = none;
        return rc;
    }
    /* keys without their request are of no use: the power went in between */
    (void)unlinkat(j->fd, "keys/node", 0);
    *fresh = true;
    return make_request(c, j);
}

/* Put the request where it is fetched, unless it lies there. */
static int
put_request(struct ir_ctx *c, struct join *j)
{
    struct ir_buf there = {0};
    struct ir_err none = {0};
    int rc = ir_path_read(j->dir, j->out, IR_JOIN_REQUEST_MAX, &there, &none);
    bool same = rc == IR_OK && there.len == j->request.len &&
                memcmp(there.p, j->request.p, there.len) == 0;

    ir_buf_done(&there);
    if (same)
        return IR_OK;
    rc = ir_path_mkdir(j->dir, IR_JOIN_DIR, &c->err);
    if (rc != IR_OK)
        return rc;
    /* the other machine writes there too, perhaps as somebody else; what lies
     * there is sealed */
    (void)!fchmodat(j->dir, IR_JOIN_DIR, 0777, 0);
    return ir_path_write(j->dir, j->out, j->request.p, j->request.len, 0644,
                         true, &c->err);
}

static int
open_answer(struct ir_ctx *c, struct join *j, const struct ir_buf *b)
{
    uint8_t secret[32];
    int rc = ir_keyring_node_secret(j->fd, secret, &c->err);

    if (rc == IR_OK)
        rc = ir_join_answer_open(j->secret, j->request.p, j->request.len,
                                 secret, b->p, b->len, &j->answer, &c->err);
    ir_wipe(secret, sizeof secret);
    return rc;
}

/* By the stick: leave the request there, open the answer; *waiting: there is
 * none yet.
 *
 * Errors: IR_ESIG, IR_EPARSE, IR_EIO.
 */
static int
by_stick(struct ir_ctx *c, struct join *j, bool *waiting)
{
    struct ir_buf b = {0};
    int rc = put_request(c, j);

    if (rc != IR_OK)
        return rc;
    rc = ir_path_read(j->dir, j->in, IR_JOIN_ANSWER_MAX, &b, &c->err);
    *waiting = rc == IR_ENOTFOUND;
    if (*waiting)
        rc = IR_OK;
    else if (rc == IR_OK)
        rc = open_answer(c, j, &b);
    ir_buf_done(&b);
    return rc;
}

/* Over the network: the same, in one call where nobody need be asked there. */
static int
by_net(struct ir_ctx *c, struct join *j, bool *waiting)
{
    struct ir_buf b = {0};
    int rc;

    if (!c->json && j->at != NULL)
        ir_buf_addf(&c->talk, _("Asking at %s ...\n"), j->place);
    else if (!c->json)
        ir_buf_adds(&c->talk, _("Looking on this network for who made the "
                                "invitation ...\n"));
    ir_ctx_flush(c);
    rc = ir_join_net(c, j->secret, &j->request, j->at != NULL ? j->place : NULL,
                     &b, &j->where, waiting);
    if (rc == IR_OK && !*waiting)
        rc = open_answer(c, j, &b);
    ir_buf_done(&b);
    return rc;
}

static int
not_whole(struct ir_ctx *c, const char *what)
{
    return ir_fail(&c->err, IR_ESIG, _("the answer is not whole: %s"), what);
}

/* Keep the root, by which everything else is judged. */
static int
put_root(struct ir_ctx *c, const struct ir_join_answer *a)
{
    struct ir_entry e;
    const uint8_t *p;
    size_t at = 0, n;
    int rc;

    while (ir_join_next_entry(a, &at, &p, &n)) {
        if (ir_entry_parse(p, n, &e, NULL) != IR_OK || e.h.kind != IR_KIND_ROOT)
            continue;
        ir_entry_id(&e, a->site);
        if (memcmp(e.id, a->site, IR_ID_BYTES) != 0)
            continue;
        rc = ir_store_begin(c->st, &c->err);
        if (rc == IR_OK)
            rc = ir_store_entry_put(c->st, &e, NULL, &c->err);
        if (rc == IR_OK)
            rc = ir_store_site_set(c->st, a->site, &c->err);
        if (rc == IR_OK)
            rc = ir_store_commit(c->st, &c->err);
        else
            ir_store_rollback(c->st);
        return rc;
    }
    return not_whole(c, _("the root of the site is missing"));
}

static int
put_objects(struct ir_ctx *c, const struct ir_join_answer *a)
{
    struct ir_buf type = {0};
    uint8_t digest[IR_HASH_BYTES];
    const uint8_t *p;
    size_t at = 0, n;
    int rc = ir_store_begin(c->st, &c->err);

    while (rc == IR_OK && ir_join_next_object(a, &at, &type, &p, &n))
        rc = ir_store_object_put(c->st, ir_buf_str(&type), p, n, digest,
                                 &c->err);
    if (rc == IR_OK)
        rc = ir_store_commit(c->st, &c->err);
    else
        ir_store_rollback(c->st);
    ir_buf_done(&type);
    return rc;
}

/* Take lane T in as if it had come by any other way: every signature is looked
 * at, and what does not stand is left out.
 */
static int
put_entries(struct ir_ctx *c, const struct ir_join_answer *a)
{
    const struct ir_rate any = {IR_RATE_MAX, IR_RATE_MAX};
    struct ir_quota_limits all = {.all = {any, any}};
    struct ir_arrival *v = ir_calloc(a->entries_n, sizeof *v);
    struct ir_ingest *g = NULL;
    size_t at = 0, n = 0;
    int rc = ir_ingest_new(c->st, "join", &g, &c->err);

    while (n < a->entries_n && ir_join_next_entry(a, &at, &v[n].p, &v[n].n))
        n++;
    if (rc == IR_OK) {
        ir_ingest_limits(g, &all);
        rc = ir_ingest_batch(g, NULL, v, n, &c->err);
    }
    ir_ingest_free(g);
    free(v);
    return rc;
}

/* Does the site know this machine's keys, as it was said? */
static int
check_certified(struct ir_ctx *c, struct join *j)
{
    struct ir_join_request r;
    const struct ir_cert_key *person, *node;
    struct ir_epoch_key *keys = NULL;
    uint8_t id[IR_KEYID_BYTES], secret[32];
    size_t n = 0;
    int rc = ir_join_request_open(j->secret, j->request.p, j->request.len, &r,
                                  &c->err);

    if (rc == IR_OK)
        rc = ir_keyring_node_secret(j->fd, secret, &c->err);
    if (rc != IR_OK)
        return rc;
    ir_key_id(r.person, id);
    person = ir_trust_key(&c->trust, id);
    ir_key_id(r.node, id);
    node = ir_trust_key(&c->trust, id);
    ir_grant_open(&c->trust, id, secret, &keys, &n);
    ir_wipe(secret, sizeof secret);
    ir_epoch_keys_free(keys, n);
    if (person == NULL || person->node || node == NULL || !node->node ||
        node->member != person->member ||
        memcmp(c->trust.members[person->member].id, j->answer.member, 8) != 0 ||
        strcmp(c->trust.members[person->member].handle, j->answer.handle) !=
            0 ||
        strcmp(j->answer.handle, "node") == 0)
        return not_whole(c, _("it does not certify the keys of this machine"));
    if (n == 0)
        return not_whole(c, _("it brings no key of the carriers"));
    return IR_OK;
}

/* Who answered at an address that was typed is called there from now on. */
static int
keep_peer(struct ir_ctx *c, struct join *j)
{
    struct ir_mesh_conf m;
    int rc;

    if (j->at == NULL)
        return IR_OK;
    ir_mesh_conf_load(c->st, &m);
    m.peers = ir_realloc(m.peers, (m.peers_n + 1) * sizeof(char *));
    m.peers[m.peers_n++] = ir_strdup(j->place);
    rc = ir_mesh_conf_save(c->st, &m, &c->err);
    ir_mesh_conf_done(&m);
    return rc;
}

/* Fill the store in HOME.join; what an interrupted call left there goes. */
static int
fill_store(struct ir_ctx *c, struct join *j)
{
    static const char *const files[] = {"ir.db", "ir.db-wal", "ir.db-shm"};
    size_t i;
    int rc;

    for (i = 0; i < sizeof files / sizeof files[0]; i++)
        if (unlinkat(j->fd, files[i], 0) != 0 && errno != ENOENT)
            return ir_fail(&c->err, IR_EIO, "%s/%s: %s", j->work, files[i],
                           strerror(errno));
    rc = ir_store_open(j->work, IR_STORE_CREATE, &c->st, &c->err);
    if (rc == IR_OK)
        rc = put_root(c, &j->answer);
    if (rc == IR_OK)
        rc = put_objects(c, &j->answer);
    if (rc == IR_OK)
        rc = put_entries(c, &j->answer);
    if (rc == IR_OK)
        rc = ir_ctx_trust(c);
    if (rc == IR_OK)
        rc = check_certified(c, j);
    if (rc == IR_OK)
        rc = keep_peer(c, j);
    ir_store_close(c->st);
    c->st = NULL;
    return rc;
}

/* Give the key its name, and the home its place. */
static int
move_in(struct ir_ctx *c, struct join *j)
{
    char *name = ir_asprintf("keys/%s", j->answer.handle);
    int rc = ir_path_mkdir(j->fd, "site", &c->err);

    if (rc == IR_OK && renameat(j->fd, "keys/" PENDING, j->fd, name) != 0 &&
        errno != ENOENT)
        rc = ir_fail(&c->err, IR_EIO, "%s: %s", name, strerror(errno));
    if (rc == IR_OK && unlinkat(j->fd, "request", 0) != 0)
        rc = ir_fail(&c->err, IR_EIO, "%s/request: %s", j->work,
                     strerror(errno));
    if (rc == IR_OK && rename(j->work, c->home) != 0)
        rc = ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno));
    free(name);
    return rc;
}

/* The home is there: say who one is in it. */
static int
welcome(struct ir_ctx *c, struct join *j)
{
    char *name;
    int rc;

    c->me = -1;
    rc = ir_ctx_open(c, false);
    if (rc == IR_OK)
        rc = ir_ctx_me(c);
    if (rc != IR_OK)
        return rc;
    if (c->json) {
        struct ir_json *o = ir_json_new_obj();

        ir_json_set_str(o, "state", "joined");
        ir_json_set_str(o, "home", c->home);
        ir_json_set_hex(o, "site", ir_store_site(c->st), IR_ID_BYTES);
        ir_json_set_str(o, "handle", j->answer.handle);
        ir_json_set_int(o, "entries", (int64_t)c->trust_log.n);
        ir_cmd_json_take(c, o);
        return IR_OK;
    }
    name = ir_view_member(&c->view, c->me, false);
    ir_buf_addf(&c->out,
                _("Home made: %s\nYou are %s (%s) here, and this device is "
                  "enrolled.\n"),
                c->home, name, j->answer.handle);
    ir_buf_adds(&c->out,
                j->via != NULL
                    ? _("Next: ir carry in DIR takes in what was recorded "
                        "elsewhere; ir list shows it\n")
                    : _("Next: ird brings in what was recorded elsewhere, and "
                        "goes on doing so while it runs; ir list shows it\n"));
    free(name);
    return IR_OK;
}

static int
wait_for_answer(struct ir_ctx *c, struct join *j, bool fresh)
{
    memset(&c->err, 0, sizeof c->err);
    if (c->json) {
        struct ir_json *o = ir_json_new_obj();

        ir_json_set_str(o, "state", "waiting");
        ir_json_set_hex(o, "id", j->id, sizeof j->id);
        if (j->where != NULL)
            ir_json_set_str(o, "where", j->where);
        ir_cmd_json_take(c, o);
        return IR_OK;
    }
    if (j->via == NULL) {
        ir_buf_addf(&c->out,
                    _("The request is with %s and waits for an administrator, "
                      "who must unlock a key.\n"
                      "Now on that machine:             ir mesh admit\n"
                      "then here, the same once more:   ir mesh join\n"),
                    j->where);
        return IR_OK;
    }
    ir_buf_addf(&c->out,
                fresh ? _("Keys made, and the request lies in %s.\n")
                      : _("No answer lies in %s yet; the request does.\n"),
                j->via);
    ir_buf_adds(&c->out,
                _("Now on the machine the code came from:  ir mesh admit DIR\n"
                  "then here, with the same code:          ir mesh join --via "
                  "DIR\n"));
    return IR_OK;
}

int
ir_cmd_mesh_join(struct ir_ctx *c, int argc, char **argv)
{
    struct join j = {.fd = -1, .dir = -1};
    bool fresh = false, waiting = false;
    int rc = parse(c, argc, argv, &j);

    if (rc == IR_OK)
        rc = open_places(c, &j);
    if (rc == IR_OK)
        rc = begin(c, &j, &fresh);
    if (rc == IR_OK)
        rc =
            j.via != NULL ? by_stick(c, &j, &waiting) : by_net(c, &j, &waiting);
    if (rc == IR_OK && waiting) {
        rc = wait_for_answer(c, &j, fresh);
    } else if (rc == IR_OK) {
        rc = fill_store(c, &j);
        if (rc == IR_OK)
            rc = move_in(c, &j);
        if (rc == IR_OK)
            rc = welcome(c, &j);
    }
    if (j.fd >= 0)
        close(j.fd);
    if (j.dir >= 0)
        close(j.dir);
    if (j.typed != NULL)
        ir_wipe(j.typed, strlen(j.typed));
    free(j.typed);
    free(j.work);
    free(j.where);
    free(j.in);
    free(j.out);
    ir_buf_done(&j.request);
    ir_join_answer_done(&j.answer);
    ir_wipe(j.secret, sizeof j.secret);
    return rc;
}
