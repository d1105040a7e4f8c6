/* path.c: see path.h. */
#include "base/path.h"

#include "base/crypt.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COPY_DEPTH_MAX 16 /* directories inside one another */
#define TMP_TRIES 16
#define TMP_NAME 32 /* bytes of a temporary name */

/* openat2 may say EAGAIN while somebody renames; it asks to be called again. */
#define OPEN_TRIES 64

static int
fail(struct ir_err *err, int code, const char *rel, const char *why)
{
    char shown[256];

    ir_utf8_show(rel, shown, sizeof shown);
    return ir_fail(err, code, "%s: %s", shown, why);
}

/* What errno means for `rel`. */
static int
fail_errno(struct ir_err *err, const char *rel, int e)
{
    switch (e) {
    case ENOENT:
    case ENOTDIR:
        return fail(err, IR_ENOTFOUND, rel, _("no such file or directory"));
    case EEXIST:
    case ENOTEMPTY:
        return fail(err, IR_EEXIST, rel, _("exists already"));
    case EXDEV:
        return fail(err, IR_EREFUSED, rel, _("leads out of its directory"));
    case ELOOP:
        return fail(err, IR_EREFUSED, rel, _("is or passes a symbolic link"));
    case ENOSPC:
    case EDQUOT:
        fail(err, IR_EIO, rel, _("no space left"));
        ir_err_hint(err, _("Free some space on this disk, then try again."));
        return IR_EIO;
    default:
        return fail(err, IR_EIO, rel, strerror(e));
    }
}

/* openat2 beneath `dirfd`; the fd, or -1 and errno. */
static int
beneath(int dirfd, const char *rel, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = (flags & (O_CREAT | O_TMPFILE)) ? mode & 07777 : 0,
        .resolve =
            RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    long fd = -1;

    for (int i = 0; i < OPEN_TRIES; i++) {
        fd = syscall(SYS_openat2, dirfd, rel, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return (int)fd;
}

int
ir_path_open(int dirfd, const char *rel, int flags, mode_t mode, int *fd,
             struct ir_err *err)
{
    int got = beneath(dirfd, rel, flags, mode);

    if (got < 0)
        return fail_errno(err, rel, errno);
    *fd = got;
    return IR_OK;
}

/* Read all of regular file `fd`, at most `max` bytes. */
static int
read_all(int fd, const char *rel, size_t max, struct ir_buf *out,
         struct ir_err *err)
{
    struct ir_buf got = {0};
    uint8_t chunk[16384];
    struct stat st;
    int rc = IR_OK;

    if (fstat(fd, &st) != 0)
        return fail_errno(err, rel, errno);
    if (!S_ISREG(st.st_mode))
        return fail(err, IR_EREFUSED, rel, _("not a regular file"));
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            rc = fail_errno(err, rel, errno);
            goto out;
        }
        if (n == 0)
            break;
        if ((size_t)n > max - got.len) {
            char shown[256];

            ir_utf8_show(rel, shown, sizeof shown);
            rc = ir_fail(err, IR_ELIMIT, _("%s: over %zu bytes"), shown, max);
            goto out;
        }
        ir_buf_add(&got, chunk, (size_t)n);
    }
    ir_buf_add(out, got.p, got.len);
out:
    ir_buf_done(&got);
    return rc;
}

int
ir_path_read(int dirfd, const char *rel, size_t max, struct ir_buf *out,
             struct ir_err *err)
{
    int fd = -1, rc;

    /* O_NONBLOCK: a FIFO somebody put there must not hold us */
    rc =
        ir_path_open(dirfd, rel, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd, err);
    if (rc != IR_OK)
        return rc;
    rc = read_all(fd, rel, max, out, err);
    close(fd);
    return rc;
}

static int
write_all(int fd, const void *p, size_t n)
{
    const char *at = p;

    while (n > 0) {
        ssize_t done = write(fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        at += done;
        n -= (size_t)done;
    }
    return 0;
}

/* Open the directory that holds `rel`, and say where its last name begins.
 *
 * Owns:   *dir is the caller's, close().
 */
static int
open_parent(int dirfd, const char *rel, int *dir, const char **name,
            struct ir_err *err)
{
    const char *slash = strrchr(rel, '/');
    char *above;
    int rc;

    *name = slash != NULL ? slash + 1 : rel;
    if (**name == '\0' || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0)
        return fail(err, IR_EREFUSED, rel, _("no name of a file"));
    if (slash == rel)
        return fail_errno(err, rel, EXDEV);
    above =
        slash != NULL ? ir_strndup(rel, (size_t)(slash - rel)) : ir_strdup(".");
    rc = ir_path_open(dirfd, above, O_RDONLY | O_DIRECTORY, 0, dir, err);
    free(above);
    return rc;
}

/* Rename within `dir`, never over something unless `replace`. */
static int
rename_in(int dir, const char *from, const char *to, bool replace)
{
    if (replace)
        return renameat(dir, from, dir, to);
    if (renameat2(dir, from, dir, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL)
        return -1;
    /* some file systems of USB sticks cannot; nobody else writes there */
    if (faccessat(dir, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    return renameat(dir, from, dir, to);
}

/* A name nobody uses: ".tmp-" and 16 hex digits. */
static void
temporary_name(char name[TMP_NAME])
{
    uint8_t r[8];
    char hex[17];

    ir_random(r, sizeof r);
    ir_hex(r, sizeof r, hex);
    snprintf(name, TMP_NAME, ".tmp-%s", hex);
}

/* Create a file of a new name in `dir`; the fd, or -1 and errno. */
static int
open_temporary(int dir, mode_t mode, char name[TMP_NAME])
{
    int fd = -1;

    for (int i = 0; i < TMP_TRIES && fd < 0; i++) {
        temporary_name(name);
        fd = beneath(dir, name, O_WRONLY | O_CREAT | O_EXCL, mode);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

int
ir_path_write(int dirfd, const char *rel, const void *p, size_t n, mode_t mode,
              bool replace, struct ir_err *err)
{
    char tmp[TMP_NAME] = "";
    const char *name = NULL;
    int dir = -1, fd = -1, rc;

    rc = open_parent(dirfd, rel, &dir, &name, err);
    if (rc != IR_OK)
        return rc;
    fd = open_temporary(dir, mode, tmp);
    if (fd < 0) {
        rc = fail_errno(err, rel, errno);
        tmp[0] = '\0';
        goto out;
    }
    /* gives back what umask took; a file system without modes refuses */
    if (fchmod(fd, mode) != 0 && errno != EPERM && errno != ENOTSUP) {
        rc = fail_errno(err, rel, errno);
        goto out;
    }
    if (write_all(fd, p, n) != 0 || fsync(fd) != 0) {
        rc = fail_errno(err, rel, errno);
        goto out;
    }
    if (rename_in(dir, tmp, name, replace) != 0) {
        rc = fail_errno(err, rel, errno == EISDIR ? EEXIST : errno);
        goto out;
    }
    tmp[0] = '\0';
    if (fsync(dir) != 0)
        rc = fail_errno(err, rel, errno);
out:
    if (tmp[0] != '\0')
        unlinkat(dir, tmp, 0);
    if (fd >= 0)
        close(fd);
    close(dir);
    return rc;
}

/* Make one directory in `dir` and open it, made or already there. */
static int
enter(int dir, const char *name, const char *rel, int *sub, struct ir_err *err)
{
    bool made = mkdirat(dir, name, 0700) == 0;
    int e = errno, fd;

    if (!made && e != EEXIST)
        return fail_errno(err, rel, e);
    if (made && fsync(dir) != 0)
        return fail_errno(err, rel, errno);
    fd = beneath(dir, name, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return errno == ENOTDIR
                   ? fail(err, IR_EEXIST, rel, _("exists and is no directory"))
                   : fail_errno(err, rel, errno);
    *sub = fd;
    return IR_OK;
}

int
ir_path_mkdir(int dirfd, const char *rel, struct ir_err *err)
{
    char *copy, *at, *name;
    int dir = -1, rc = IR_OK;

    if (rel[0] == '/' || rel[0] == '\0')
        return fail_errno(err, rel, rel[0] == '/' ? EXDEV : ENOENT);
    copy = ir_strdup(rel);
    at = copy;
    while (rc == IR_OK && (name = strsep(&at, "/")) != NULL) {
        int sub = -1;

        if (name[0] == '\0' || strcmp(name, ".") == 0)
            continue;
        if (strcmp(name, "..") == 0) {
            rc = fail_errno(err, rel, EXDEV);
            break;
        }
        rc = enter(dir >= 0 ? dir : dirfd, name, rel, &sub, err);
        if (dir >= 0)
            close(dir);
        dir = sub;
    }
    if (dir >= 0)
        close(dir);
    free(copy);
    return rc;
}

/* What a copy has left to spend. */
struct budget {
    size_t files, bytes;
};

static int copy_dir(int from, int to, const char *rel, int depth,
                    struct budget *left, struct ir_err *err);

/* Copy regular file `fd` to the new `name` in `to`. */
static int
copy_file(int fd, int to, const char *name, const char *rel, mode_t mode,
          struct budget *left, struct ir_err *err)
{
    struct ir_buf b = {0};
    int rc, out = -1;

    if (left->files == 0)
        return fail(err, IR_ELIMIT, rel, _("too many files"));
    left->files--;
    rc = read_all(fd, rel, left->bytes, &b, err);
    if (rc != IR_OK)
        goto out;
    out = beneath(to, name, O_WRONLY | O_CREAT | O_EXCL,
                  (mode & 0100) ? 0700 : 0600);
    if (out < 0 || write_all(out, b.p, b.len) != 0 || fsync(out) != 0)
        rc = fail_errno(err, rel, errno);
out:
    if (out >= 0)
        close(out);
    ir_buf_done(&b);
    return rc;
}

static int
copy_entry(int from, int to, const char *name, const char *rel, int depth,
           struct budget *left, struct ir_err *err)
{
    struct stat st;
    int fd, sub = -1, rc;

    /* looked at before it is opened: opening a device may do something */
    if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return fail_errno(err, rel, errno);
    if (S_ISLNK(st.st_mode))
        return fail_errno(err, rel, ELOOP);
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return fail(err, IR_EREFUSED, rel, _("not a regular file"));
    fd = beneath(from, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (fd < 0)
        return fail_errno(err, rel, errno);
    if (fstat(fd, &st) != 0) {
        rc = fail_errno(err, rel, errno);
    } else if (S_ISDIR(st.st_mode)) {
        rc = enter(to, name, rel, &sub, err);
        if (rc == IR_OK)
            rc = copy_dir(fd, sub, rel, depth + 1, left, err);
    } else {
        rc = copy_file(fd, to, name, rel, st.st_mode, left, err);
    }
    if (sub >= 0)
        close(sub);
    close(fd);
    return rc;
}

static int
copy_dir(int from, int to, const char *rel, int depth, struct budget *left,
         struct ir_err *err)
{
    struct dirent *e;
    int again, rc = IR_OK;
    DIR *d;

    if (depth > COPY_DEPTH_MAX)
        return fail(err, IR_ELIMIT, rel, _("directories nested too deeply"));
    again = beneath(from, ".", O_RDONLY | O_DIRECTORY, 0);
    d = again >= 0 ? fdopendir(again) : NULL;
    if (d == NULL) {
        rc = fail_errno(err, rel, errno);
        if (again >= 0)
            close(again);
        return rc;
    }
    while (rc == IR_OK && (errno = 0, e = readdir(d)) != NULL) {
        char *path;

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        path = ir_asprintf("%s/%s", rel, e->d_name);
        rc = copy_entry(from, to, e->d_name, path, depth, left, err);
        free(path);
    }
    if (rc == IR_OK && errno != 0)
        rc = fail_errno(err, rel, errno);
    if (rc == IR_OK && fsync(to) != 0)
        rc = fail_errno(err, rel, errno);
    closedir(d);
    return rc;
}

/* Remove what is in `dir`, all of it made by us a moment ago. */
static void
remove_inside(int dir, int depth)
{
    int again = beneath(dir, ".", O_RDONLY | O_DIRECTORY, 0);
    DIR *d = again >= 0 ? fdopendir(again) : NULL;
    struct dirent *e;

    if (d == NULL) {
        if (again >= 0)
            close(again);
        return;
    }
    while ((e = readdir(d)) != NULL) {
        int sub;

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (unlinkat(dir, e->d_name, 0) == 0 || depth > COPY_DEPTH_MAX)
            continue;
        sub = beneath(dir, e->d_name, O_RDONLY | O_DIRECTORY, 0);
        if (sub >= 0) {
            remove_inside(sub, depth + 1);
            close(sub);
        }
        unlinkat(dir, e->d_name, AT_REMOVEDIR);
    }
    closedir(d);
}

int
ir_path_copy_tree(const char *src, int dirfd, const char *rel, size_t files_max,
                  size_t bytes_max, struct ir_err *err)
{
    struct budget left = {files_max, bytes_max};
    int from = -1, dir = -1, to = -1, rc;
    const char *name = NULL;
    char tmp[TMP_NAME] = "";

    rc = open_parent(dirfd, rel, &dir, &name, err);
    if (rc != IR_OK)
        return rc;
    if (faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        rc = fail_errno(err, rel, EEXIST);
        goto out;
    }
    from = open(src, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (from < 0) {
        rc = fail_errno(err, src, errno);
        goto out;
    }
    temporary_name(tmp);
    rc = enter(dir, tmp, rel, &to, err);
    if (rc == IR_OK)
        rc = copy_dir(from, to, src, 1, &left, err);
    if (rc == IR_OK &&
        (rename_in(dir, tmp, name, false) != 0 || fsync(dir) != 0))
        rc = fail_errno(err, rel, errno);
    if (rc != IR_OK && to >= 0) {
        remove_inside(to, 1);
        unlinkat(dir, tmp, AT_REMOVEDIR);
    }
out:
    if (to >= 0)
        close(to);
    if (from >= 0)
        close(from);
    close(dir);
    return rc;
}

int
ir_path_read_named(const char *path, size_t most, struct ir_buf *b,
                   struct ir_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char part[16384];
    struct stat sb;
    ssize_t n = 0;
    int rc = IR_OK;

    if (fd < 0)
        return ir_fail(err, errno == ENOENT ? IR_ENOTFOUND : IR_EIO, "%s: %s",
                       path, strerror(errno));
    if (fstat(fd, &sb) != 0 || !S_ISREG(sb.st_mode))
        rc = ir_fail(err, IR_EREFUSED, _("%s is no plain file"), path);
    while (rc == IR_OK && b->len <= most &&
           (n = read(fd, part, sizeof part)) > 0)
        ir_buf_add(b, part, (size_t)n);
    if (rc == IR_OK && n < 0)
        rc = ir_fail(err, IR_EIO, "%s: %s", path, strerror(errno));
    close(fd);
    return rc;
}

char *
ir_path_self_dir(void)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash;

    if (n <= 0 || path[0] != '/')
        return NULL;
    path[n] = '\0';
    slash = strrchr(path, '/');
    return ir_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static int
remove_one(const char *path, const struct stat *sb, int type, struct FTW *ftw)
{
    (void)sb;
    (void)ftw;
    return type == FTW_DP || type == FTW_D ? rmdir(path) : unlink(path);
}

int
ir_path_remove_tree(const char *path, struct ir_err *err)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 &&
        errno != ENOENT)
        return ir_fail(err, IR_EIO, "%s: %s", path, strerror(errno));
    return IR_OK;
}
