/* dir.c: see dir.h. */
#include "carrier/dir.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/path.h"
#include "base/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_HEX 32 /* digits of a name */
#define LENGTH_BYTES 4
#define FRAME_MAX (IR_FRAME_MAX + IR_FRAME_OVERHEAD)
#define MESSAGE_GOAL (192 * 1024) /* bytes of entries in one message */

struct ir_dir {
    int fd; /* of DIR/ir */
};

/* A home is no stick: what is sealed would lie among what is not. */
static int
is_home(const char *path, struct ir_err *err)
{
    ir_fail(err, IR_EREFUSED,
            _("%s is or holds a home of ir: nothing is carried into or out of "
              "one"),
            path);
    ir_err_hint(err, _("name the stick, or a directory of its own"));
    return IR_EREFUSED;
}

/* The directory for what is carried could not be made, and `why`. */
static int
not_writable(const char *path, const struct ir_err *why, struct ir_err *err)
{
    const char *last = strrchr(why->msg, ':'); /* not which name of ours */

    ir_fail(err, why->code, _("%s cannot be written to (%s)"), path,
            last != NULL ? last + 1 + strspn(last + 1, " ") : why->msg);
    ir_err_hint(err, _("is it write-protected? Use another one"));
    return why->code;
}

int
ir_dir_open(const char *path, bool make, struct ir_dir **out,
            struct ir_err *err)
{
    struct ir_err why = {0};
    int top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1, rc;

    if (top < 0) {
        rc = ir_fail(
            err, errno == ENOENT || errno == ENOTDIR ? IR_ENOTFOUND : IR_EIO,
            "%s: %s", path, strerror(errno));
        if (rc == IR_ENOTFOUND)
            ir_err_hint(err, _("is it plugged in and mounted?  lsblk"));
        return rc;
    }
    rc = faccessat(top, "ir.db", F_OK, 0) == 0 ? IR_EREFUSED : IR_OK;
    if (rc == IR_OK && make && ir_path_mkdir(top, IR_DIR_NAME, &why) != IR_OK) {
        close(top);
        return not_writable(path, &why, err);
    }
    if (rc == IR_OK)
        rc =
            ir_path_open(top, IR_DIR_NAME, O_RDONLY | O_DIRECTORY, 0, &fd, err);
    if (rc == IR_ENOTFOUND) {
        ir_fail(err, rc, _("%s holds nothing of ir"), path);
        ir_err_hint(err, _("on the other device:  ir carry out DIR"));
    }
    if (fd < 0 ? rc == IR_EREFUSED && faccessat(top, "ir.db", F_OK, 0) == 0
               : faccessat(fd, "ir.db", F_OK, 0) == 0)
        rc = is_home(path, err);
    if (rc != IR_OK && fd >= 0)
        close(fd);
    close(top);
    if (rc == IR_OK) {
        *out = ir_calloc(1, sizeof **out);
        (*out)->fd = fd;
    }
    return rc;
}

void
ir_dir_close(struct ir_dir *d)
{
    if (d == NULL)
        return;
    close(d->fd);
    free(d);
}

/* Is it a name as ir_dir_file_write gives them? */
static bool
is_name(const char *s)
{
    return strlen(s) == NAME_HEX && strspn(s, "0123456789abcdef") == NAME_HEX;
}

/* A file that was being written when something ended it: taken away once it is
 * too old to be still being written. */
static void
drop_stale(struct ir_dir *d, const char *name)
{
    struct ir_now now;
    struct stat sb;

    ir_clock_now(&now);
    if (fstatat(d->fd, name, &sb, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(sb.st_mode) &&
        (int64_t)sb.st_mtime * 1000 < now.wall_ms - IR_DIR_STALE_MS)
        (void)unlinkat(d->fd, name, 0);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct ir_dir_entry *)a)->name,
                  ((const struct ir_dir_entry *)b)->name);
}

static void
dated(struct ir_dir_entry *e, const struct stat *sb)
{
    e->size = sb->st_size;
    e->mtime_ms =
        (int64_t)sb->st_mtim.tv_sec * 1000 + sb->st_mtim.tv_nsec / 1000000;
}

/* What can be said of a name before it is opened. */
static enum ir_dir_what
look(struct ir_dir *d, const char *name, struct ir_dir_entry *e)
{
    struct stat sb;

    e->size = e->mtime_ms = -1;
    if (fstatat(d->fd, name, &sb, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(sb.st_mode))
        return IR_DIR_ODD;
    dated(e, &sb);
    if (!is_name(name) || sb.st_size < LENGTH_BYTES + IR_FRAME_OVERHEAD)
        return IR_DIR_JUNK;
    return sb.st_size > IR_DIR_FILE_MAX ? IR_DIR_HUGE : IR_DIR_GOOD;
}

int
ir_dir_list(struct ir_dir *d, struct ir_dir_entry **v, size_t *n,
            struct ir_err *err)
{
    int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = IR_OK;
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *de;
    size_t cap = 0;

    *v = NULL;
    *n = 0;
    if (dir == NULL) {
        rc = ir_fail(err, IR_EIO, "%s: %s", IR_DIR_NAME, strerror(errno));
        if (fd >= 0)
            close(fd);
        return rc;
    }
    while (errno = 0, rc == IR_OK && (de = readdir(dir)) != NULL) {
        if (strncmp(de->d_name, ".tmp-", 5) == 0)
            drop_stale(d, de->d_name);
        if (de->d_name[0] == '.')
            continue;
        if (*n >= IR_DIR_FILES_MAX) {
            rc = ir_fail(err, IR_ELIMIT, _("more than %d files"),
                         IR_DIR_FILES_MAX);
            break;
        }
        if (*n == cap) {
            cap = cap > 0 ? cap * 2 : 32;
            *v = ir_realloc(*v, cap * sizeof **v);
        }
        snprintf((*v)[*n].name, sizeof(*v)->name, "%.63s", de->d_name);
        (*v)[*n].what = look(d, de->d_name, &(*v)[*n]);
        ++*n;
    }
    if (rc == IR_OK && errno != 0)
        rc = ir_fail(err, IR_EIO, "%s: %s", IR_DIR_NAME, strerror(errno));
    closedir(dir);
    if (*n > 1)
        qsort(*v, *n, sizeof **v, by_name);
    if (rc != IR_OK) {
        free(*v);
        *v = NULL;
        *n = 0;
    }
    return rc;
}

/* Read exactly `n` bytes; returns how many there were, -1 on an error. */
static ssize_t
read_full(int fd, uint8_t *p, size_t n)
{
    size_t got = 0;

    while (got < n) {
        ssize_t r = read(fd, p + got, n - got);

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        got += (size_t)r;
    }
    return (ssize_t)got;
}

/* The next frame's bytes into `p`: its length, 0 at the end of the file, -1
 * torn, -2 the medium does not work. */
static ssize_t
next_frame(int fd, uint8_t *p)
{
    uint8_t head[LENGTH_BYTES];
    ssize_t got = read_full(fd, head, sizeof head);
    size_t n;

    if (got < 0)
        return -2;
    if (got == 0)
        return 0;
    n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 |
        head[3];
    if (got != LENGTH_BYTES || n < IR_FRAME_OVERHEAD || n > FRAME_MAX)
        return -1;
    got = read_full(fd, p, n);
    return got < 0 ? -2 : (size_t)got == n ? got : -1;
}

/* Is it the frame that ends a file: a `have` of nothing? */
static bool
is_end(const struct ir_buf *plain)
{
    struct ir_cbor c = {plain->p, plain->p + plain->len};
    struct ir_frame f;

    return ir_frame_next(&c, &f, NULL) == IR_OK && f.type == IR_FRAME_HAVE &&
           f.count == 0;
}

/* Frame after frame of an open file. */
static int
read_frames(int fd, struct ir_dir_entry *e, const struct ir_epoch_key *keys,
            size_t keys_n, const uint8_t *site,
            int (*fn)(const uint8_t *p, size_t n, void *arg), void *arg,
            struct ir_err *err)
{
    uint8_t *raw = ir_malloc(FRAME_MAX);
    struct ir_buf plain = {0};
    bool first = true, end = false;
    ssize_t n;
    int rc = IR_OK;

    while ((n = next_frame(fd, raw)) > 0) {
        plain.len = 0;
        if (ir_frame_open(keys, keys_n, site, raw, (size_t)n, &plain, NULL) !=
            IR_OK) {
            e->what = first ? IR_DIR_FOREIGN : IR_DIR_TORN;
            break;
        }
        if (end)
            break; /* something stands after the end */
        end = is_end(&plain);
        if (!end)
            rc = fn(plain.p, plain.len, arg);
        if (rc != IR_OK)
            break;
        first = false;
    }
    if (n > 0 && end)
        e->what = IR_DIR_TORN;
    else if (n == 0 && !end)
        e->what = first ? IR_DIR_JUNK : IR_DIR_TORN;
    if (n == -2)
        rc = ir_fail(err, IR_EIO, "%s: %s", e->name, strerror(errno));
    else if (n == -1)
        e->what = first ? IR_DIR_JUNK : IR_DIR_TORN;
    ir_buf_done(&plain);
    free(raw);
    return rc == IR_ENO ? IR_OK : rc;
}

int
ir_dir_read(struct ir_dir *d, struct ir_dir_entry *e,
            const struct ir_epoch_key *keys, size_t keys_n,
            const uint8_t site[32],
            int (*fn)(const uint8_t *p, size_t n, void *arg), void *arg,
            struct ir_err *err)
{
    struct stat sb;
    int fd = -1, rc;

    if (e->what != IR_DIR_GOOD)
        return IR_OK;
    rc = ir_path_open(d->fd, e->name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd,
                      NULL);
    if (rc == IR_EIO)
        return ir_fail(err, IR_EIO, "%s: %s", e->name, strerror(EIO));
    if (rc != IR_OK || fstat(fd, &sb) != 0 || !S_ISREG(sb.st_mode)) {
        e->what = IR_DIR_ODD; /* it became something else meanwhile */
        rc = IR_OK;
    } else {
        rc = read_frames(fd, e, keys, keys_n, site, fn, arg, err);
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

/* Digest of `size`, and of what was read of the beginning and of the end. */
static void
sample_of(int64_t size, const uint8_t *p, size_t n, uint8_t out[IR_HASH_BYTES])
{
    struct ir_buf b = {0};

    ir_buf_add(&b, &size, sizeof size);
    ir_buf_add(&b, p, n);
    ir_sha256(b.p, b.len, out);
    ir_buf_done(&b);
}

int
ir_dir_sample(struct ir_dir *d, const struct ir_dir_entry *e,
              uint8_t out[IR_HASH_BYTES])
{
    uint8_t p[2 * IR_DIR_SAMPLE];
    size_t first = e->size < (int64_t)sizeof p ? (size_t)e->size : sizeof p / 2;
    size_t last = e->size < (int64_t)sizeof p ? 0 : sizeof p / 2;
    struct stat sb;
    int fd = -1, rc;

    rc = ir_path_open(d->fd, e->name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &fd,
                      NULL);
    if (rc != IR_OK)
        return rc == IR_EIO ? IR_EIO : IR_ENOTFOUND;
    if (fstat(fd, &sb) != 0 || !S_ISREG(sb.st_mode) || sb.st_size != e->size)
        rc = IR_ENOTFOUND;
    else if (pread(fd, p, first, 0) != (ssize_t)first ||
             (last > 0 && pread(fd, p + first, last, e->size - (off_t)last) !=
                              (ssize_t)last))
        rc = IR_EIO;
    else
        sample_of(e->size, p, first + last, out);
    close(fd);
    return rc;
}

void
ir_dir_file_init(struct ir_dir_file *f, const struct ir_epoch_key *key,
                 const uint8_t site[32], const uint8_t node[IR_NODE_BYTES])
{
    memset(f, 0, sizeof *f);
    f->key = key;
    f->site = site;
    memcpy(f->node, node, IR_NODE_BYTES);
}

void
ir_dir_file_done(struct ir_dir_file *f)
{
    ir_buf_done(&f->ids);
    ir_buf_done(&f->frames);
    ir_buf_done(&f->entries);
    f->entries_n = 0;
}

/* Seal `plain` behind its length. */
static void
add_frame(const struct ir_dir_file *f, const struct ir_buf *plain,
          struct ir_buf *out)
{
    size_t n = plain->len + IR_FRAME_OVERHEAD;
    const uint8_t head[LENGTH_BYTES] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
                                        (uint8_t)(n >> 8), (uint8_t)n};

    ir_buf_add(out, head, sizeof head);
    ir_frame_seal(f->key, f->site, plain->p, plain->len, out);
}

/* Close the message of entries that is being filled. */
static void
flush_entries(struct ir_dir_file *f)
{
    struct ir_frame m = {.type = IR_FRAME_ENTRIES};
    struct ir_buf plain = {0};

    if (f->entries_n == 0)
        return;
    m.p = f->entries.p;
    m.n = f->entries.len;
    m.count = f->entries_n;
    ir_frame_put(&m, &plain);
    add_frame(f, &plain, &f->frames);
    ir_buf_done(&plain);
    f->entries.len = 0;
    f->entries_n = 0;
}

void
ir_dir_file_entry(struct ir_dir_file *f, const uint8_t id[32], const void *p,
                  size_t n)
{
    if (f->entries_n == IR_FRAME_ENTRIES_MAX ||
        f->entries.len + n > MESSAGE_GOAL)
        flush_entries(f);
    ir_buf_add(&f->ids, id, 32);
    ir_cbor_put_bytes(&f->entries, p, n);
    f->entries_n++;
}

void
ir_dir_file_object(struct ir_dir_file *f, const uint8_t digest[32],
                   const void *p, size_t n)
{
    struct ir_frame m = {.type = IR_FRAME_OBJECT, .total = n};
    size_t at = 0;

    ir_buf_add(&f->ids, digest, 32);
    memcpy(m.digest, digest, sizeof m.digest);
    while (at < n) {
        struct ir_buf plain = {0};

        m.offset = at;
        m.p = (const uint8_t *)p + at;
        m.n = n - at < IR_FRAME_CHUNK_MAX ? n - at : IR_FRAME_CHUNK_MAX;
        at += m.n;
        ir_frame_put(&m, &plain);
        add_frame(f, &plain, &f->frames);
        ir_buf_done(&plain);
    }
}

size_t
ir_dir_file_len(const struct ir_dir_file *f)
{
    return f->ids.len + f->frames.len + f->entries.len;
}

/* Who wrote it, and what it holds. */
static void
put_head(const struct ir_dir_file *f, struct ir_buf *out)
{
    struct ir_frame m = {.type = IR_FRAME_BEACON};
    size_t at = 0;

    memcpy(m.node, f->node, sizeof m.node);
    do {
        struct ir_frame have = {.type = IR_FRAME_HAVE};
        struct ir_buf plain = {0};
        size_t n = f->ids.len - at;

        if (n > (size_t)IR_FRAME_HAVE_MAX * 32)
            n = (size_t)IR_FRAME_HAVE_MAX * 32;
        have.p = f->ids.p + at;
        have.n = n;
        have.count = n / 32;
        if (at == 0)
            ir_frame_put(&m, &plain);
        ir_frame_put(&have, &plain);
        add_frame(f, &plain, out);
        ir_buf_done(&plain);
        at += n;
    } while (at < f->ids.len);
}

int
ir_dir_file_write(struct ir_dir *d, struct ir_dir_file *f,
                  struct ir_dir_entry *out, struct ir_err *err)
{
    struct ir_dir_entry e = {.what = IR_DIR_GOOD};
    uint8_t r[NAME_HEX / 2];
    char name[NAME_HEX + 1];
    struct ir_frame end = {.type = IR_FRAME_HAVE};
    struct ir_buf all = {0}, plain = {0};
    int rc;

    if (out != NULL)
        *out = e;
    if (f->ids.len == 0)
        return IR_OK;
    flush_entries(f);
    put_head(f, &all);
    ir_buf_add(&all, f->frames.p, f->frames.len);
    ir_frame_put(&end, &plain);
    add_frame(f, &plain, &all);
    ir_buf_done(&plain);
    ir_random(r, sizeof r);
    ir_hex(r, sizeof r, name);
    rc = ir_path_write(d->fd, name, all.p, all.len, 0600, false, err);
    ir_buf_done(&all);
    if (rc == IR_OK) {
        f->ids.len = f->frames.len = 0;
        f->entries_n = 0;
    }
    if (rc == IR_OK && out != NULL) {
        memcpy(out->name, name, sizeof name);
        out->what = look(d, name, out);
    }
    return rc;
}
