/* refresh.c: see refresh.h. */
#include "cmd/refresh.h"

#include "base/crypt.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "cmd/shipped.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE "site/.shipped"
#define NOTE_MAX (1024 * 1024)
#define FILE_MAX (1024 * 1024)
#define FILES_MAX 5000
#define DEPTH_MAX 8
#define HEX_LEN (2 * IR_HASH_BYTES)

static const char *const tops[] = {"plugins", "runbooks"};

/* What is the site's own from the first day on. */
static bool
is_own(const char *path)
{
    return strcmp(path, "runbooks/site.lua") == 0 ||
           strcmp(path, "runbooks/contacts.lua") == 0;
}

static void
digest(const struct ir_buf *b, char hex[HEX_LEN + 1])
{
    uint8_t hash[IR_HASH_BYTES];

    ir_sha256(b->p != NULL ? b->p : (const uint8_t *)"", b->len, hash);
    ir_hex(hash, IR_HASH_BYTES, hex);
}

/* The note as an object of digests by path. */
static struct ir_json *
read_note(int home)
{
    struct ir_json *out = ir_json_new_obj();
    struct ir_buf b = {0};
    char *line, *rest = NULL;

    if (ir_path_read(home, NOTE, NOTE_MAX, &b, NULL) == IR_OK) {
        char *text = ir_strdup(ir_buf_str(&b));

        for (line = strtok_r(text, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest))
            if (strlen(line) > HEX_LEN + 2 && line[HEX_LEN] == ' ')
                ir_json_set_strn(out, line + HEX_LEN + 2, line, HEX_LEN);
        free(text);
    }
    ir_buf_done(&b);
    return out;
}

static void
add(struct ir_refresh *r, const char *path)
{
    struct ir_refresh_file *f;

    r->v = ir_realloc(r->v, (r->n + 1) * sizeof *r->v);
    f = &r->v[r->n++];
    memset(f, 0, sizeof *f);
    f->path = ir_strdup(path);
}

/* All regular files beneath `dir`, as PATH/name. */
static int
walk(struct ir_refresh *r, const char *dir, const char *path, int depth,
     struct ir_err *err)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    int rc = IR_OK;

    if (d == NULL)
        return ir_fail(err, IR_EIO, "%s: %s", dir, strerror(errno));
    while (rc == IR_OK && (e = readdir(d)) != NULL) {
        char *sub, *name;
        struct stat sb;

        if (e->d_name[0] == '.')
            continue;
        sub = ir_asprintf("%s/%s", dir, e->d_name);
        name = ir_asprintf("%s/%s", path, e->d_name);
        if (lstat(sub, &sb) == 0 && S_ISDIR(sb.st_mode) && depth < DEPTH_MAX)
            rc = walk(r, sub, name, depth + 1, err);
        else if (lstat(sub, &sb) == 0 && S_ISREG(sb.st_mode) &&
                 r->n < FILES_MAX && !is_own(name))
            add(r, name);
        free(name);
        free(sub);
    }
    closedir(d);
    return rc;
}

static int
by_path(const void *a, const void *b)
{
    const struct ir_refresh_file *x = a, *y = b;

    return strcmp(x->path, y->path);
}

/* What is shipped under that path.
 *
 * Owns:   *out is the caller's.
 */
static int
shipped(const char *path, struct ir_buf *out, struct ir_err *err)
{
    size_t top = strcspn(path, "/");
    char *name = ir_asprintf("%.*s", (int)top, path);
    char *dir = ir_shipped_dir(name);
    int fd = dir != NULL ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int rc = fd < 0 ? ir_fail(err, IR_ENOTFOUND, "share/ir/%s: %s", name,
                              strerror(errno))
                    : ir_path_read(fd, path + top + 1, FILE_MAX, out, err);

    if (fd >= 0)
        close(fd);
    free(dir);
    free(name);
    return rc;
}

static int
in_site(int home, const char *path, struct ir_buf *out, struct ir_err *err)
{
    char *rel = ir_asprintf("site/%s", path);
    int rc = ir_path_read(home, rel, FILE_MAX, out, err);

    free(rel);
    return rc;
}

/* How file `f` stands. */
static int
judge(struct ir_refresh *r, struct ir_refresh_file *f, struct ir_err *err)
{
    const char *was = ir_json_get_str(r->was, f->path, NULL);
    struct ir_buf ours = {0}, theirs = {0};
    char hex[HEX_LEN + 1];
    int rc = shipped(f->path, &ours, err);

    if (rc == IR_OK)
        rc = in_site(r->home, f->path, &theirs, err);
    if (rc == IR_ENOTFOUND) {
        f->how = was != NULL ? IR_REFRESH_GONE : IR_REFRESH_NEW;
        rc = IR_OK;
    } else if (rc == IR_OK) {
        digest(&theirs, hex);
        f->how =
            theirs.len == ours.len &&
                    (ours.len == 0 || memcmp(theirs.p, ours.p, ours.len) == 0)
                ? IR_REFRESH_SAME
            : was != NULL && strcmp(was, hex) == 0 ? IR_REFRESH_OLD
                                                   : IR_REFRESH_CHANGED;
    }
    ir_buf_done(&ours);
    ir_buf_done(&theirs);
    return rc;
}

static bool
is_runbook(const char *key, struct ir_json *v, void *arg)
{
    bool *yes = arg;

    (void)v;
    *yes |= strncmp(key, "runbooks/", 9) == 0;
    return true;
}

/* All files that are shipped. A site that did not begin with the runbooks that
 * come with ir has its own, and is offered plugins alone. */
static int
collect(struct ir_refresh *r, bool all, struct ir_err *err)
{
    bool runbooks = all;
    size_t i;
    int rc = IR_OK;

    ir_json_each(r->was, is_runbook, &runbooks);
    for (i = 0; i < 2 && rc == IR_OK; i++) {
        char *dir = ir_shipped_dir(tops[i]);

        if (dir != NULL && (i == 0 || runbooks))
            rc = walk(r, dir, tops[i], 0, err);
        free(dir);
    }
    if (r->n > 1)
        qsort(r->v, r->n, sizeof *r->v, by_path);
    return rc;
}

int
ir_refresh_look(const char *home, struct ir_refresh *r, struct ir_err *err)
{
    struct stat sb;
    size_t i;
    int rc = IR_OK;

    memset(r, 0, sizeof *r);
    r->home = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->home < 0)
        return ir_fail(err, IR_EIO, "%s: %s", home, strerror(errno));
    if (fstatat(r->home, "site/runbooks", &sb, 0) != 0)
        return ir_fail(err, IR_ENOTFOUND,
                       _("the runbooks' sources are not on this device; it "
                         "walks releases"));
    r->was = read_note(r->home);
    rc = collect(r, false, err);
    if (rc == IR_OK && r->n == 0)
        return ir_fail(err, IR_ENOTFOUND, _("no plugins at %s"),
                       "share/ir/plugins");
    for (i = 0; i < r->n && rc == IR_OK; i++)
        rc = judge(r, &r->v[i], err);
    return rc;
}

void
ir_refresh_done(struct ir_refresh *r)
{
    size_t i;

    for (i = 0; i < r->n; i++)
        free(r->v[i].path);
    free(r->v);
    ir_json_free(r->was);
    if (r->home >= 0)
        close(r->home);
    memset(r, 0, sizeof *r);
    r->home = -1;
}

/* Write `b` to beneath site/, with the directories above it. */
static int
put(int home, const char *top, const char *path, const struct ir_buf *b,
    struct ir_err *err)
{
    char *rel = ir_asprintf("%s/%s", top, path);
    char *dir = ir_asprintf("%.*s", (int)(strrchr(rel, '/') - rel), rel);
    int rc = ir_path_mkdir(home, dir, err);

    if (rc == IR_OK)
        rc = ir_path_write(home, rel, ir_buf_str(b), b->len, 0600, true, err);
    free(dir);
    free(rel);
    return rc;
}

int
ir_refresh_take(struct ir_refresh *r, size_t i, struct ir_err *err)
{
    struct ir_refresh_file *f = &r->v[i];
    struct ir_buf ours = {0}, theirs = {0};
    int rc = shipped(f->path, &ours, err);

    if (rc == IR_OK && f->how == IR_REFRESH_CHANGED) {
        rc = in_site(r->home, f->path, &theirs, err);
        if (rc == IR_OK)
            rc = put(r->home, "site/.kept", f->path, &theirs, err);
    }
    if (rc == IR_OK)
        rc = put(r->home, "site", f->path, &ours, err);
    f->taken = rc == IR_OK;
    ir_buf_done(&ours);
    ir_buf_done(&theirs);
    return rc;
}

static bool
add_line(const char *key, struct ir_json *v, void *arg)
{
    ir_buf_addf(arg, "%s  %s\n", ir_json_str(v), key);
    return true;
}

int
ir_refresh_note(struct ir_refresh *r, struct ir_err *err)
{
    struct ir_buf text = {0};
    size_t i;
    int rc = IR_OK;

    for (i = 0; i < r->n && rc == IR_OK; i++) {
        struct ir_buf b = {0};
        char hex[HEX_LEN + 1];

        if (r->v[i].taken || r->v[i].how == IR_REFRESH_SAME) {
            rc = in_site(r->home, r->v[i].path, &b, err);
            digest(&b, hex);
            if (rc == IR_OK)
                ir_json_set_str(r->was, r->v[i].path, hex);
        }
        ir_buf_done(&b);
    }
    ir_json_each(r->was, add_line, &text);
    if (rc == IR_OK)
        rc = ir_path_write(r->home, NOTE, ir_buf_str(&text), text.len, 0600,
                           true, err);
    ir_buf_done(&text);
    return rc;
}

int
ir_refresh_note_all(int home, bool runbooks, struct ir_err *err)
{
    struct ir_refresh r = {.home = dup(home), .was = ir_json_new_obj()};
    size_t i;
    int rc = collect(&r, runbooks, err);

    for (i = 0; i < r.n && rc == IR_OK; i++)
        rc = judge(&r, &r.v[i], err);
    if (rc == IR_OK)
        rc = ir_refresh_note(&r, err);
    ir_refresh_done(&r);
    return rc;
}
