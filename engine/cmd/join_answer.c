/* join_answer.c: the inviting side of join.h. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "cmd/admins.h"
#include "cmd/cert.h"
#include "cmd/grants.h"
#include "cmd/join.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REQUESTS_MAX 200 /* files that are looked at in one directory */
#define ROLES_MAX 64

char *
ir_join_path(const uint8_t id[IR_JOIN_ID_BYTES], const char *suffix)
{
    char hex[2 * IR_JOIN_ID_BYTES + 1];

    ir_hex(id, IR_JOIN_ID_BYTES, hex);
    return ir_asprintf("%s/%s%s", IR_JOIN_DIR, hex, suffix);
}

/* What a batch of certificates is followed by. */
struct follow {
    struct ir_grants_plan plan;
    const uint8_t *invite, *request; /* id, digest */
};

static int
follow(struct ir_ctx *c, const struct ir_signer *who, const struct ir_now *now,
       void *arg)
{
    struct follow *f = arg;
    int rc = ir_grants_also(c, who, now, &f->plan);

    if (rc == IR_OK)
        rc = ir_store_invite_close(c->st, f->invite, f->request, now->wall_ms,
                                   &c->err);
    return rc;
}

/* Nobody may have these keys yet. */
static int
check_fresh(struct ir_ctx *c, const struct ir_join_request *r, const char **no)
{
    uint8_t id[IR_KEYID_BYTES];

    *no = "keys";

    ir_key_id(r->person, id);
    if (ir_trust_key(&c->trust, id) != NULL)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("the key it brings is in use on another device: each "
                         "device needs a key of its own"));
    ir_key_id(r->node, id);
    if (ir_trust_key(&c->trust, id) != NULL)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("the device it names is enrolled already"));
    return IR_OK;
}

/* Has member `at` no key left, and had the last one when `v` was made? Who is
 * invited after that is let in again on purpose.
 */
static bool
gone_since(const struct ir_trust *t, int at, const struct ir_invite *v)
{
    size_t i;

    for (i = 0; i < t->keys_n && !t->members[at].active; i++)
        if (!t->keys[i].node && t->keys[i].member == (size_t)at &&
            t->keys[i].revoked_ms >= v->made_ms)
            return true;
    return false;
}

/* Does it ask for what was offered? */
static int
check_scope(struct ir_ctx *c, const struct ir_invite *v,
            const struct ir_join_request *r, const char **no)
{
    int at = ir_trust_member(&c->trust, v->handle);

    *no = "handle";
    if (r->handle[0] != '\0' && strcmp(r->handle, v->handle) != 0)
        return ir_fail(&c->err, IR_EREFUSED,
                       _("it asks to be %s, but the invitation is for %s"),
                       r->handle, v->handle);
    *no = "member";
    if (v->second && (at < 0 || gone_since(&c->trust, at, v)))
        return ir_fail(&c->err, IR_EREFUSED, _("%s is not a member any more"),
                       v->handle);
    if (!v->second && at >= 0)
        return ir_fail(&c->err, IR_EREFUSED, _("%s is a member already"),
                       v->handle);
    return check_fresh(c, r, no);
}

/* May the invitation still be used, by this request? */
static int
check_open(struct ir_ctx *c, const struct ir_invite *v,
           const uint8_t digest[IR_HASH_BYTES], int64_t now_ms, bool *again,
           const char **no)
{
    char *when;

    *no = v->state == IR_INVITE_USED        ? "used"
          : v->state == IR_INVITE_WITHDRAWN ? "withdrawn"
                                            : "ran-out";
    *again = v->state == IR_INVITE_USED && v->has_request &&
             memcmp(v->request, digest, IR_HASH_BYTES) == 0;
    if (*again && v->has_secret)
        return IR_OK;
    if (v->state == IR_INVITE_USED) {
        when = ir_view_time(&c->view, v->state_ms);
        ir_fail(&c->err, IR_EREFUSED, _("the invitation was used already, %s"),
                when);
        free(when);
        return IR_EREFUSED;
    }
    if (v->state == IR_INVITE_WITHDRAWN)
        return ir_fail(&c->err, IR_EREFUSED, _("the invitation was withdrawn"));
    if (v->expires_ms >= now_ms && v->has_secret)
        return IR_OK;
    when = ir_view_time(&c->view, v->expires_ms);
    ir_fail(&c->err, IR_EREFUSED, _("the invitation ran out, %s"), when);
    ir_err_hint(&c->err, "ir mesh invite");
    free(when);
    return IR_EREFUSED;
}

/* The roles of an invitation, one a line; cut up in place. */
static size_t
split_roles(char *text, const char **roles)
{
    size_t n = 0;
    char *p = text, *nl;

    while (*p != '\0' && n < ROLES_MAX) {
        nl = strchr(p, '\n');
        roles[n++] = p;
        if (nl == NULL)
            break;
        *nl = '\0';
        p = nl + 1;
    }
    return n;
}

/* Fold trust again, and find oneself in it. */
static int
trust_again(struct ir_ctx *c)
{
    uint8_t id[8];
    int rc;

    memcpy(id, c->trust.members[c->me].id, sizeof id);
    rc = ir_ctx_trust(c);
    if (rc == IR_OK)
        c->me = c->view.me = c->talk_view.me =
            ir_trust_member_id(&c->trust, id);
    return rc;
}

/* Certify: the person (new, or with one more key), the device, its keys. */
static int
certify(struct ir_ctx *c, struct ir_invite *v, const struct ir_join_request *r,
        const uint8_t digest[IR_HASH_BYTES])
{
    struct ir_grants_to fresh;
    struct follow f = {
        {.fresh = &fresh,
         .fresh_n = 1,
         .member = v->second ? ir_trust_member(&c->trust, v->handle) : -1},
        v->id,
        digest};
    struct ir_batch b = {.also = follow, .also_arg = &f};
    const char *roles[ROLES_MAX];
    const struct ir_member *m = NULL;
    uint8_t member_id[8];
    int rc = ir_ctx_key(c);

    c->not_recorded = rc != IR_OK;
    if (rc != IR_OK)
        return rc;
    ir_key_id(r->node, fresh.id);
    memcpy(fresh.x25519, r->x25519, sizeof fresh.x25519);
    if (v->second) {
        m = &c->trust.members[ir_trust_member(&c->trust, v->handle)];
        memcpy(member_id, m->id, sizeof member_id);
        ir_cert_member(&b, m->handle, m->name, m->id,
                       (const uint8_t(*)[32]) & r->person, 1,
                       (const char *const *)m->roles, m->roles_n);
    } else {
        char *copy = ir_strdup(v->roles);

        ir_random(member_id, sizeof member_id);
        ir_cert_member(&b, v->handle, v->name, member_id,
                       (const uint8_t(*)[32]) & r->person, 1, roles,
                       split_roles(copy, roles));
        free(copy);
    }
    ir_cert_device(&b, member_id, r->node, r->x25519);
    rc = ir_batch_commit(c, &b);
    return rc == IR_OK ? trust_again(c) : rc;
}

/* Add the objects of a release, and its manifest. */
static int
add_release(struct ir_ctx *c, const uint8_t manifest[32],
            struct ir_join_answer *a)
{
    const struct ir_json *m = ir_library_manifest(&c->lib, manifest, &c->err);
    const struct ir_json *list;
    struct ir_buf b = {0};
    uint8_t digest[IR_HASH_BYTES];
    size_t i;
    int rc = IR_OK;

    if (m == NULL)
        return c->err.code != 0 ? c->err.code : IR_ENOTFOUND;
    list = ir_json_get(m, "objects");
    for (i = 0; rc == IR_OK && i <= ir_json_len(list); i++) {
        const struct ir_json *o = i > 0 ? ir_json_at(list, i - 1) : NULL;

        if (o == NULL)
            memcpy(digest, manifest, sizeof digest);
        else
            rc = ir_scan_hex(ir_json_get_str(o, "digest", ""), digest,
                             sizeof digest, &c->err);
        b.len = 0;
        if (rc == IR_OK)
            rc = ir_store_object_get(c->st, digest, &b, &c->err);
        if (rc == IR_OK && a->objects.len + b.len > IR_JOIN_ANSWER_MAX / 2)
            rc = ir_fail(&c->err, IR_ELIMIT, _("too long: %zu bytes, limit %d"),
                         a->objects.len + b.len, IR_JOIN_ANSWER_MAX / 2);
        if (rc == IR_OK)
            ir_join_add_object(
                a, o == NULL ? "manifest" : ir_json_get_str(o, "type", ""), b.p,
                b.len);
    }
    ir_buf_done(&b);
    return rc;
}

/* What a new device needs to begin: lane T, the release that is approved, and
 * the newest, which it may be asked to approve.
 */
static int
fill_answer(struct ir_ctx *c, struct ir_join_answer *a)
{
    const struct ir_release *now = ir_trust_current(&c->trust);
    const struct ir_release *last =
        c->trust.releases_n > 0 ? &c->trust.releases[c->trust.releases_n - 1]
                                : NULL;
    struct ir_buf b = {0};
    size_t i;
    int rc = IR_OK;

    memcpy(a->site, ir_store_site(c->st), sizeof a->site);
    for (i = 0; i < c->trust_log.n; i++) {
        b.len = 0;
        ir_entry_encode(&c->trust_log.e[i], &b);
        ir_join_add_entry(a, b.p, b.len);
    }
    ir_buf_done(&b);
    if (now != NULL)
        rc = add_release(c, now->manifest, a);
    if (rc == IR_OK && last != NULL &&
        (now == NULL || memcmp(last->manifest, now->manifest, 32) != 0))
        rc = add_release(c, last->manifest, a);
    return rc;
}

/* The answer to a request that has been certified. */
static int
make_answer(struct ir_ctx *c, const struct ir_invite *v, const void *req,
            size_t n, const struct ir_join_request *r, struct ir_buf *answer)
{
    struct ir_join_answer a = {0};
    int at = ir_trust_member(&c->trust, v->handle), rc;

    if (at < 0)
        return ir_fail(&c->err, IR_EREFUSED, _("%s is not a member any more"),
                       v->handle);
    memcpy(a.member, c->trust.members[at].id, sizeof a.member);
    snprintf(a.handle, sizeof a.handle, "%s", v->handle);
    rc = fill_answer(c, &a);
    if (rc == IR_OK)
        rc = ir_join_answer_seal(v->secret, req, n, r->x25519, &a, answer,
                                 &c->err);
    ir_join_answer_done(&a);
    return rc;
}

/* Everything that can be said before something is signed. */
static int
check(struct ir_ctx *c, const uint8_t id[IR_JOIN_ID_BYTES], const void *req,
      size_t n, struct ir_invite *v, struct ir_join_request *r, bool *again,
      const char **no)
{
    uint8_t digest[IR_HASH_BYTES];
    struct ir_now now;
    int rc;

    *again = false;
    *no = NULL;
    memset(v, 0, sizeof *v);
    ir_clock_now(&now);
    ir_sha256(req, n, digest);
    rc = ir_store_invite_get(c->st, id, v, &c->err);
    if (rc == IR_OK)
        rc = check_open(c, v, digest, now.wall_ms, again, no);
    if (rc == IR_OK) {
        *no = "code";
        rc = ir_join_request_open(v->secret, req, n, r, &c->err);
    }
    if (rc == IR_OK && !*again)
        rc = check_scope(c, v, r, no);
    return rc;
}

int
ir_join_check(struct ir_ctx *c, const uint8_t id[IR_JOIN_ID_BYTES],
              const void *req, size_t n, struct ir_invite *v, bool *again,
              const char **no)
{
    struct ir_join_request r = {0};

    return check(c, id, req, n, v, &r, again, no);
}

int
ir_join_answer(struct ir_ctx *c, const uint8_t id[IR_JOIN_ID_BYTES],
               const void *req, size_t n, struct ir_invite *v,
               struct ir_buf *answer, bool *again)
{
    uint8_t digest[IR_HASH_BYTES];
    struct ir_join_request r = {0};
    const char *no;
    int rc = check(c, id, req, n, v, &r, again, &no);

    ir_sha256(req, n, digest);
    if (rc == IR_OK && !*again) {
        rc = ir_ctx_me(c);
        if (rc == IR_OK)
            rc = ir_admins_key(c);
        if (rc == IR_OK)
            rc = certify(c, v, &r, digest);
    }
    if (rc == IR_OK)
        rc = make_answer(c, v, req, n, &r, answer);
    return rc;
}

/* "0011223344556677.request": which invitation? */
static bool
request_name(const char *name, uint8_t id[IR_JOIN_ID_BYTES])
{
    char hex[2 * IR_JOIN_ID_BYTES + 1];

    if (strlen(name) != 2 * IR_JOIN_ID_BYTES + strlen(IR_JOIN_REQUEST) ||
        strcmp(name + 2 * IR_JOIN_ID_BYTES, IR_JOIN_REQUEST) != 0)
        return false;
    memcpy(hex, name, 2 * IR_JOIN_ID_BYTES);
    hex[2 * IR_JOIN_ID_BYTES] = '\0';
    return ir_scan_hex(hex, id, IR_JOIN_ID_BYTES, NULL) == IR_OK;
}

static int
by_id(const void *a, const void *b)
{
    return memcmp(a, b, IR_JOIN_ID_BYTES);
}

/* Which requests lie there, in order of their ids. */
static int
list_requests(struct ir_ctx *c, int fd, uint8_t (*ids)[IR_JOIN_ID_BYTES],
              size_t *n)
{
    struct ir_err none = {0};
    struct dirent *de;
    DIR *d;
    int sub = -1, rc = ir_path_open(fd, IR_JOIN_DIR, O_RDONLY | O_DIRECTORY, 0,
                                    &sub, &none);

    *n = 0;
    if (rc == IR_ENOTFOUND)
        return IR_OK;
    if (rc != IR_OK) {
        c->err = none;
        return rc;
    }
    d = fdopendir(sub);
    if (d == NULL) {
        close(sub);
        return ir_fail(&c->err, IR_EIO, "%s: %s", IR_JOIN_DIR, strerror(errno));
    }
    while (*n < REQUESTS_MAX && (de = readdir(d)) != NULL)
        *n += request_name(de->d_name, ids[*n]) ? 1 : 0;
    closedir(d);
    if (*n > 0)
        qsort(ids, *n, sizeof ids[0], by_id);
    return IR_OK;
}

/* Say what became of one request. */
static void
say(struct ir_ctx *c, const struct ir_invite *v, int rc, bool again,
    struct ir_join_done *done)
{
    char *name = ir_view_safe(&c->view, v->name);
    struct ir_err why = {0};

    if (rc != IR_OK) {
        (void)ir_fail(&why, IR_EREFUSED,
                      _("refused, what came under the invitation for "
                        "%s (%s): %s"),
                      name, v->handle, c->err.msg);
        ir_err_hint(&why, "%s", c->err.hint);
        if (done->refused == 0)
            done->first = why;
    }
    if (done->list != NULL) {
        struct ir_json *j = ir_json_new_obj();

        ir_json_set_str(j, "handle", v->handle);
        ir_json_set_str(j, "name", v->name);
        ir_json_set_str(j, "state",
                        rc != IR_OK ? "refused"
                        : again     ? "answered-again"
                                    : "let-in");
        if (rc != IR_OK)
            ir_json_set_str(j, "reason", c->err.msg);
        ir_json_add_take(done->list, j);
    } else if (rc != IR_OK && (done->refused > 0 || !done->ask_first)) {
        ir_buf_addf(&c->talk, "%s\n", why.msg);
    } else if (rc == IR_OK && again) {
        ir_buf_addf(&c->out,
                    _("%s (%s) was let in before; the answer was "
                      "written once more\n"),
                    name, v->handle);
    } else if (rc == IR_OK) {
        ir_buf_addf(&c->out, _("Let in: %s (%s), with a device of their own\n"),
                    name, v->handle);
    }
    free(name);
}

/* Is it the request's own fault, or is something the matter here? */
static bool
is_refusal(int rc)
{
    return rc == IR_EREFUSED || rc == IR_ESIG || rc == IR_EPARSE ||
           rc == IR_ELIMIT;
}

/* Was this request answered before, and does the answer lie there? */
static bool
lies_there(int fd, const struct ir_invite *v, const struct ir_buf *req,
           const char *answer)
{
    uint8_t digest[IR_HASH_BYTES];
    struct ir_err none = {0};
    int file = -1;

    ir_sha256(req->p, req->len, digest);
    if (v->state != IR_INVITE_USED || !v->has_request ||
        memcmp(v->request, digest, sizeof digest) != 0 ||
        ir_path_open(fd, answer, O_RDONLY, 0, &file, &none) != IR_OK)
        return false;
    close(file);
    return true;
}

static int
answer_file(struct ir_ctx *c, int fd, const uint8_t id[IR_JOIN_ID_BYTES],
            struct ir_join_done *done)
{
    char *from = ir_join_path(id, IR_JOIN_REQUEST);
    char *to = ir_join_path(id, IR_JOIN_ANSWER);
    struct ir_buf req = {0}, answer = {0};
    struct ir_invite v = {0};
    bool again = false;
    int rc = ir_store_invite_get(c->st, id, &v, &c->err);

    if (rc == IR_ENOTFOUND) {
        done->others++;
        memset(&c->err, 0, sizeof c->err);
        rc = IR_OK;
        goto out;
    }
    if (rc == IR_OK)
        rc = ir_path_read(fd, from, IR_JOIN_REQUEST_MAX, &req, &c->err);
    if (rc == IR_OK && !done->kept && lies_there(fd, &v, &req, to)) {
        done->there++;
        goto out;
    }
    if (rc == IR_OK) {
        ir_invite_done(&v);
        rc = ir_join_answer(c, id, req.p, req.len, &v, &answer, &again);
    }
    if (rc == IR_OK && !done->kept)
        rc = ir_path_write(fd, to, answer.p, answer.len, 0644, true, &c->err);
    if (done->kept && (rc == IR_OK || (is_refusal(rc) && !c->not_recorded)))
        (void)unlinkat(fd, from, 0); /* ird answers it from the record */
    if (rc == IR_OK || is_refusal(rc))
        say(c, &v, rc, again, done);
    done->let_in += rc == IR_OK && !again ? 1 : 0;
    done->again += rc == IR_OK && again ? 1 : 0;
    if (is_refusal(rc) && !c->not_recorded) {
        done->refused++;
        memset(&c->err, 0, sizeof c->err);
        rc = IR_OK;
    }
out:
    ir_invite_done(&v);
    ir_buf_done(&answer);
    ir_buf_done(&req);
    free(from);
    free(to);
    return rc;
}

int
ir_join_answer_all(struct ir_ctx *c, const char *dir, struct ir_join_done *done)
{
    uint8_t(*ids)[IR_JOIN_ID_BYTES] = ir_calloc(REQUESTS_MAX, IR_JOIN_ID_BYTES);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
    struct ir_now now;
    size_t n = 0, i;

    if (fd < 0) {
        rc = ir_fail(&c->err, errno == ENOENT ? IR_ENOTFOUND : IR_EIO, "%s: %s",
                     dir, strerror(errno));
    } else {
        rc = list_requests(c, fd, ids, &n);
        for (i = 0; rc == IR_OK && i < n; i++)
            rc = answer_file(c, fd, ids[i], done);
        ir_clock_now(&now);
        if (rc == IR_OK && n > 0)
            rc = ir_store_invite_forget(c->st, now.wall_ms, &c->err);
        close(fd);
    }
    free(ids);
    return rc;
}

int
ir_join_kept_each(struct ir_ctx *c,
                  void (*fn)(const struct ir_invite *v, void *arg), void *arg)
{
    uint8_t(*ids)[IR_JOIN_ID_BYTES] = ir_calloc(REQUESTS_MAX, IR_JOIN_ID_BYTES);
    int fd = open(c->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = IR_OK;
    struct ir_err none = {0};
    size_t n = 0, i;

    if (fd < 0)
        rc = ir_fail(&c->err, IR_EIO, "%s: %s", c->home, strerror(errno));
    else
        rc = list_requests(c, fd, ids, &n);
    for (i = 0; rc == IR_OK && i < n; i++) {
        struct ir_invite v = {0};

        if (ir_store_invite_get(c->st, ids[i], &v, &none) == IR_OK &&
            v.state == IR_INVITE_OPEN)
            fn(&v, arg);
        ir_invite_done(&v);
    }
    if (fd >= 0)
        close(fd);
    free(ids);
    return rc;
}

int
ir_join_answer_dir(struct ir_ctx *c, const char *dir)
{
    struct ir_join_done done = {0};

    return ir_join_answer_all(c, dir, &done);
}
