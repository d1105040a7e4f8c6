/* source.c: see source.h. */
#include "script/source.h"

#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"
#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
ends_with_lua(const char *name)
{
    size_t n = strlen(name);

    return n > 4 && strcmp(name + n - 4, ".lua") == 0;
}

static struct ir_source_file *
add_file(struct ir_source *src, const char *path)
{
    struct ir_source_file *f;

    if (src->n == src->cap) {
        src->cap = src->cap ? 2 * src->cap : 64;
        src->files = ir_realloc(src->files, src->cap * sizeof *src->files);
    }
    f = &src->files[src->n++];
    memset(f, 0, sizeof *f);
    f->path = ir_strdup(path);
    return f;
}

static void
refuse(struct ir_source_file *f, int line, const char *why)
{
    free(f->text);
    f->text = NULL;
    f->len = 0;
    free(f->refused);
    f->refused = ir_strdup(why);
    f->refused_line = line;
}

static int
line_of(const char *text, size_t off)
{
    int line = 1;
    size_t i;

    for (i = 0; i < off; i++)
        line += text[i] == '\n';
    return line;
}

long
ir_source_hidden(const char *s, size_t len)
{
    size_t i, step;

    for (i = 0; i < len; i += step) {
        int32_t cp = ir_utf8_next(s + i, len - i, &step);

        if (cp >= 0 && cp != '\n' && cp != '\t' && ir_utf8_harmful(cp))
            return (long)i;
    }
    return -1;
}

/* Refuse bytes that hide something from a reader: control characters, a byte
 * order mark, what is no UTF-8, compiled code. Lines may end in CR LF. */
static void
check_bytes(struct ir_source_file *f)
{
    size_t start = 0, end;
    long bad;

    if (f->len > 0 && f->text[0] == '\033') {
        refuse(f, 1, _("compiled Lua is not accepted: only source text is"));
        return;
    }
    if (f->len >= 3 && memcmp(f->text, "\xEF\xBB\xBF", 3) == 0) {
        refuse(f, 1,
               _("begins with a byte order mark: save it as UTF-8 "
                 "without one"));
        return;
    }
    while (start < f->len) {
        const char *nl = memchr(f->text + start, '\n', f->len - start);
        size_t next = nl != NULL ? (size_t)(nl - f->text) + 1 : f->len;

        end = nl != NULL ? next - 1 : next;
        if (nl != NULL && end > start && f->text[end - 1] == '\r')
            end--;
        bad = ir_source_hidden(f->text + start, end - start);
        if (bad >= 0) {
            refuse(f, line_of(f->text, start),
                   _("holds a character that is not seen (NUL, a lone "
                     "carriage return, a change of writing direction or the "
                     "like)"));
            return;
        }
        if (!ir_utf8_valid(f->text + start, end - start)) {
            refuse(f, line_of(f->text, start), _("is not UTF-8"));
            return;
        }
        start = next;
    }
}

bool
ir_source_lists_people(const char *path)
{
    return strcmp(path, "contacts.lua") == 0 ||
           strcmp(path, "lib/imported.lua") == 0;
}

static size_t
bytes_max(const char *path)
{
    return ir_source_lists_people(path) ? IR_SOURCE_PEOPLE_BYTES_MAX
                                        : IR_SOURCE_BYTES_MAX;
}

static char *
too_large(const char *path)
{
    return ir_source_lists_people(path)
               ? ir_asprintf(_("is larger than %d MiB"),
                             IR_SOURCE_PEOPLE_BYTES_MAX >> 20)
               : ir_strdup(_("is larger than 256 KiB"));
}

void
ir_source_add(struct ir_source *src, const char *path, const char *text,
              size_t len)
{
    struct ir_source_file *f = add_file(src, path);

    if (len > bytes_max(path)) {
        char *why = too_large(path);

        refuse(f, 0, why);
        free(why);
        return;
    }
    f->text = ir_malloc(len + 1);
    memcpy(f->text, text, len);
    f->text[len] = '\0';
    f->len = len;
    check_bytes(f);
}

void
ir_source_add_refused(struct ir_source *src, const char *path, const char *why)
{
    if (ir_source_find(src, path) < 0)
        refuse(add_file(src, path), 0, why);
}

void
ir_source_refuse(struct ir_source *src, const char *path, int line,
                 const char *why)
{
    int file = ir_source_find(src, path);

    if (file >= 0)
        refuse(&src->files[file], line, why);
}

/* Read the regular file `name` of the directory `dirfd` as `path`. */
static void
read_file(struct ir_source *src, int dirfd, const char *name, const char *path)
{
    struct ir_buf b = {0};
    struct ir_err err;
    struct stat st;
    int fd = -1;
    char *why = NULL;

    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        why = ir_asprintf(_("cannot be read: %s"), strerror(errno));
    } else if (S_ISLNK(st.st_mode)) {
        why = ir_strdup(_("is a symbolic link: put the file itself here"));
    } else if (!S_ISREG(st.st_mode)) {
        why = ir_strdup(_("is not a plain file"));
    } else if (st.st_size > (off_t)bytes_max(path)) {
        why = too_large(path);
    } else if (ir_path_open(dirfd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0,
                            &fd, &err) != IR_OK) {
        why = ir_asprintf(_("cannot be read: %s"), err.msg);
    } else {
        while (b.len <= bytes_max(path)) {
            char part[16384];
            ssize_t n = read(fd, part, sizeof part);

            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                why = ir_asprintf(_("cannot be read: %s"), strerror(errno));
            if (n <= 0)
                break;
            ir_buf_add(&b, part, (size_t)n);
        }
    }
    if (why != NULL)
        refuse(add_file(src, path), 0, why);
    else
        ir_source_add(src, path, ir_buf_str(&b), b.len);
    if (fd >= 0)
        close(fd);
    free(why);
    ir_buf_done(&b);
}

static int read_dir(struct ir_source *src, int dirfd, const char *prefix,
                    struct ir_err *err);

static int
read_subdir(struct ir_source *src, int dirfd, const char *name,
            struct ir_err *err)
{
    struct ir_err why;
    int fd = -1;
    char *text;

    if (ir_path_open(dirfd, name, O_RDONLY | O_DIRECTORY, 0, &fd, &why) ==
        IR_OK)
        return read_dir(src, fd, name, err);
    text = ir_asprintf(_("cannot be read: %s"), why.msg);
    refuse(add_file(src, name), 0, text);
    free(text);
    return IR_OK;
}

/* Is there a .lua file in directory `name`? (What is wrong with a directory
 * nobody uses need not be said.) */
static bool
dir_has_lua(int dirfd, const char *name)
{
    int fd =
        openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *e;
    bool found = false;

    if (d == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    while (!found && (e = readdir(d)) != NULL)
        found = ends_with_lua(e->d_name);
    closedir(d);
    return found;
}

static int
one_name(struct ir_source *src, int dirfd, const char *prefix, const char *name,
         struct ir_err *err)
{
    struct stat st;
    struct ir_buf safe = {0};
    char *path, *stem;
    int rc = IR_OK;
    bool is_dir;

    if (name[0] == '.' || fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return IR_OK;
    is_dir = S_ISDIR(st.st_mode);
    if (!is_dir && !ends_with_lua(name) && !S_ISLNK(st.st_mode))
        return IR_OK;
    ir_utf8_escape(&safe, name, strlen(name), false);
    path =
        ir_asprintf("%s%s%s", prefix, prefix[0] ? "/" : "", ir_buf_str(&safe));
    stem = ir_strndup(name, strlen(name) - (ends_with_lua(name) ? 4 : 0));
    if (src->n >= IR_SOURCE_FILES_MAX) {
        rc = ir_fail(err, IR_ELIMIT, _("more than %d files"),
                     IR_SOURCE_FILES_MAX);
    } else if (is_dir && prefix[0] != '\0') {
        if (dir_has_lua(dirfd, name))
            refuse(add_file(src, path), 0,
                   _("is a directory too deep: files stand one level below "
                     "the top"));
    } else if (!ir_name_ok(stem)) {
        if (!is_dir || dir_has_lua(dirfd, name))
            refuse(add_file(src, path), 0,
                   _("has a name that is not allowed: a-z 0-9 . _ - only, "
                     "at most 40"));
    } else if (is_dir) {
        rc = read_subdir(src, dirfd, name, err);
    } else {
        read_file(src, dirfd, name, path);
    }
    free(path);
    free(stem);
    ir_buf_done(&safe);
    return rc;
}

/* Read one directory; takes `dirfd`. */
static int
read_dir(struct ir_source *src, int dirfd, const char *prefix,
         struct ir_err *err)
{
    DIR *d = fdopendir(dirfd);
    struct dirent *e;
    int rc = IR_OK;

    if (d == NULL) {
        close(dirfd);
        return ir_fail(err, IR_EIO, "%s: %s", prefix[0] ? prefix : ".",
                       strerror(errno));
    }
    while (rc == IR_OK && (e = readdir(d)) != NULL)
        rc = one_name(src, dirfd, prefix, e->d_name, err);
    closedir(d);
    return rc;
}

int
ir_source_read(const char *dir, struct ir_source *out, struct ir_err *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    memset(out, 0, sizeof *out);
    if (fd < 0) {
        rc = errno == ENOENT || errno == ENOTDIR ? IR_ENOTFOUND : IR_EREFUSED;
        return ir_fail(err, rc, "%s: %s", dir, strerror(errno));
    }
    rc = read_dir(out, fd, "", err);
    if (rc != IR_OK) {
        ir_source_done(out);
        return rc;
    }
    ir_source_sort(out);
    return IR_OK;
}

static int
by_path(const void *a, const void *b)
{
    const struct ir_source_file *fa = a, *fb = b;

    return strcmp(fa->path, fb->path);
}

void
ir_source_sort(struct ir_source *src)
{
    if (src->n > 1)
        qsort(src->files, src->n, sizeof *src->files, by_path);
}

int
ir_source_read_plugins(const char *dir, struct ir_source *src,
                       struct ir_err *err)
{
    struct ir_source got = {0};
    size_t i;
    int rc = ir_source_read(dir, &got, err);

    if (rc == IR_ENOTFOUND)
        return IR_OK;
    for (i = 0; rc == IR_OK && i < got.n; i++) {
        struct ir_source_file *from = &got.files[i], *to;
        bool here = strncmp(from->path, "channel/", 8) == 0;
        char *path =
            ir_asprintf("%s%s", here ? "plugins/" : "../plugins/", from->path);

        to = add_file(src, path);
        free(path);
        path = to->path;
        *to = *from; /* its text moves */
        to->path = path;
        from->text = from->refused = NULL;
        if (!here && to->refused == NULL)
            refuse(to, 0,
                   _("has no place here: plugins of channels stand in "
                     "plugins/channel/"));
    }
    ir_source_done(&got);
    if (rc == IR_OK)
        ir_source_sort(src);
    return rc;
}

int
ir_source_find(const struct ir_source *src, const char *path)
{
    size_t i;

    for (i = 0; i < src->n; i++) {
        if (strcmp(src->files[i].path, path) == 0)
            return (int)i;
    }
    return -1;
}

void
ir_source_done(struct ir_source *src)
{
    size_t i;

    for (i = 0; i < src->n; i++) {
        free(src->files[i].path);
        free(src->files[i].text);
        free(src->files[i].refused);
        ir_lexed_done(&src->files[i].lexed);
    }
    free(src->files);
    memset(src, 0, sizeof *src);
}
