/* release.c: see release.h. */
#include "cmd/release.h"

#include "base/i18n.h"
#include "base/json.h"
#include "base/scan.h"
#include "cmd/case.h"

#include <stdlib.h>
#include <string.h>

void
ir_release_findings(struct ir_ctx *c, const struct ir_compiled *comp,
                    struct ir_buf *out)
{
    size_t i;

    for (i = 0; i < comp->findings_n; i++) {
        const struct ir_finding *f = &comp->findings[i];
        char *msg = ir_view_safe(&c->view, f->message);
        char *file = ir_view_safe(&c->view, f->file);

        ir_buf_addf(out, "%s:%d: %s%s%s%s\n", file, f->line,
                    f->error ? "" : _("warning: "),
                    f->field != NULL ? f->field : "",
                    f->field != NULL && f->field[0] != '\0' ? ": " : "", msg);
        free(msg);
        free(file);
    }
}

static int
by_name(const void *a, const void *b)
{
    const struct ir_compiled_object *x = *(const void *const *)a;
    const struct ir_compiled_object *y = *(const void *const *)b;
    int d = strcmp(x->type, y->type);

    return d != 0 ? d : strcmp(x->name, y->name);
}

char *
ir_release_manifest(const struct ir_compiled *comp, size_t *len)
{
    const struct ir_compiled_object **v =
        ir_calloc(comp->objects_n, sizeof(void *));
    struct ir_json *j = ir_json_new_obj(), *list;
    char *text;
    size_t i;

    for (i = 0; i < comp->objects_n; i++)
        v[i] = &comp->objects[i];
    qsort(v, comp->objects_n, sizeof(void *), by_name);
    ir_json_set_int(j, "api", 1);
    list = ir_json_set_take(j, "objects", ir_json_new_arr());
    for (i = 0; i < comp->objects_n; i++) {
        struct ir_json *o = ir_json_add_take(list, ir_json_new_obj());

        ir_json_set_str(o, "type", v[i]->type);
        ir_json_set_str(o, "name", v[i]->name);
        ir_json_set_hex(o, "digest", v[i]->sha256, 32);
        ir_json_set_int(o, "bytes", (int64_t)v[i]->len);
    }
    text = ir_json_canonical(j, len);
    ir_json_free(j);
    free(v);
    return text;
}

static int
put_objects(struct ir_ctx *c, const struct ir_compiled *comp,
            uint8_t manifest[32], size_t *bytes)
{
    uint8_t digest[32];
    size_t i, len = 0;
    char *text;
    int rc = ir_store_begin(c->st, &c->err);

    *bytes = 0;
    for (i = 0; i < comp->objects_n && rc == IR_OK; i++) {
        rc = ir_store_object_put(c->st, comp->objects[i].type,
                                 comp->objects[i].json, comp->objects[i].len,
                                 digest, &c->err);
        *bytes += comp->objects[i].len;
    }
    text = ir_release_manifest(comp, &len);
    if (rc == IR_OK)
        rc = ir_store_object_put(c->st, "manifest", text, len, manifest,
                                 &c->err);
    free(text);
    if (rc == IR_OK)
        rc = ir_store_commit(c->st, &c->err);
    else
        ir_store_rollback(c->st);
    if (rc != IR_OK)
        c->not_recorded = true;
    return rc;
}

/* Compile site/runbooks; findings are talked about; errors are IR_ENO. */
static int
compile(struct ir_ctx *c, struct ir_compiled *comp)
{
    char *home = realpath(c->home, NULL);
    char *dir = ir_asprintf("%s/site/runbooks", home != NULL ? home : c->home);
    int rc = ir_worker_compile(dir, NULL, comp, &c->err);

    if (rc == IR_OK && (comp->errors > 0 || comp->warnings > 0))
        ir_release_findings(c, comp, &c->talk);
    if (rc == IR_OK && comp->errors > 0) {
        rc = ir_fail(&c->err, IR_ENO,
                     _("no release was made: %zu errors in site/runbooks"),
                     comp->errors);
        ir_err_hint(&c->err, _("mend them, then: ir runbook lint"));
        ir_compiled_done(comp);
    }
    free(home);
    free(dir);
    return rc;
}

/* The commit the release is made from; what is not committed yet is committed
 * with the release's text. "" without git. */
static int
commit_of(struct ir_ctx *c, const char *text, char commit[65])
{
    char *home = realpath(c->home, NULL);
    char *dir = ir_asprintf("%s/site", home != NULL ? home : c->home);
    struct ir_repo_status s = {0};
    int rc = ir_worker_repo_status(dir, &s, &c->err);

    commit[0] = '\0';
    if (rc == IR_OK && s.repo && strcmp(s.state, "none") != 0) {
        rc = ir_fail(&c->err, IR_EREFUSED, _("site/ is in the middle of a %s"),
                     s.state);
        ir_err_hint(&c->err, _("finish it with git, then make the release"));
    }
    if (rc == IR_OK && s.repo && s.dirty) {
        rc = ir_worker_repo_commit(dir, c->trust.members[c->me].name,
                                   text != NULL ? text : "release", &c->err);
        if (rc == IR_OK)
            rc = ir_worker_repo_status(dir, &s, &c->err);
    }
    if (rc == IR_OK && s.repo)
        memcpy(commit, s.commit, sizeof s.commit);
    if (rc == IR_EIO || rc == IR_ENOTFOUND) { /* no git: a release all the
                                                 same, said so */
        ir_buf_addf(&c->talk, _("without a git commit: %s\n"), c->err.msg);
        memset(&c->err, 0, sizeof c->err);
        rc = IR_OK;
    }
    free(home);
    free(dir);
    return rc;
}

int
ir_release_compile(struct ir_ctx *c, uint8_t manifest[32])
{
    struct ir_compiled comp = {0};
    size_t bytes = 0;
    int rc = compile(c, &comp);

    if (rc != IR_OK)
        return rc;
    rc = put_objects(c, &comp, manifest, &bytes);
    ir_compiled_done(&comp);
    return rc;
}

/* The same content as the newest release, unless that was denied, makes no new
 * one. */
static int
check_news(struct ir_ctx *c, const uint8_t manifest[32])
{
    const struct ir_release *r =
        c->trust.releases_n > 0 ? &c->trust.releases[c->trust.releases_n - 1]
                                : NULL;
    char hex[9];

    if (r == NULL || r->denied || memcmp(r->manifest, manifest, 32) != 0)
        return IR_OK;
    ir_hex(manifest, 4, hex);
    ir_fail(&c->err, IR_EEXIST,
            _("nothing has changed in site/runbooks since release %s"), hex);
    ir_err_hint(&c->err, "%s",
                r->approved ? "ir release list" : "ir release approve");
    return IR_EEXIST;
}

/* Name the approval of the release that is current: whatever the clocks say,
 * what is made now comes after it. */
static void
follow_current(struct ir_ctx *c, struct ir_draft *d)
{
    const struct ir_release *r = ir_trust_current(&c->trust);

    if (r == NULL)
        return;
    memcpy(d->refs[0], r->approval, IR_ID_BYTES);
    d->refs_n = 1;
}

int
ir_release_make(struct ir_ctx *c, const char *text)
{
    struct ir_compiled comp = {0};
    struct ir_batch b = {0};
    struct ir_draft *d;
    uint8_t manifest[32];
    char commit[65];
    size_t bytes = 0;
    int rc = ir_ctx_me(c);

    if (rc == IR_OK)
        rc = compile(c, &comp);
    if (rc == IR_OK)
        rc = commit_of(c, text, commit);
    if (rc == IR_OK)
        rc = put_objects(c, &comp, manifest, &bytes);
    if (rc == IR_OK)
        rc = check_news(c, manifest);
    if (rc == IR_OK && c->view.site == NULL)
        ir_ctx_site(c, manifest); /* its time zone, for what is said now */
    if (rc == IR_OK) {
        ir_ctx_site(c, manifest); /* its time zone, for what is said now */
        d = ir_batch_add(&b, NULL, IR_KIND_RELEASE);
        ir_bodyw_bytes(&d->body, 1, manifest, 32);
        ir_bodyw_text(&d->body, 2, commit[0] != '\0' ? commit : NULL);
        ir_bodyw_uint(&d->body, 3, bytes);
        ir_bodyw_text(&d->body, 4, text);
        follow_current(c, d);
        rc = ir_batch_record(c, NULL, &b, "ir release make");
    }
    if (rc == IR_OK)
        rc = ir_ctx_trust(c);
    ir_compiled_done(&comp);
    return rc;
}
