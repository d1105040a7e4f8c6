/* shim.c: a library for LD_PRELOAD under which a disk fails or a process dies
 * at a chosen moment.
 *
 * Counted are the calls that change files beneath IR_TORTURE_HOME: write,
 * pwrite, fsync, fdatasync, ftruncate, rename, unlink, mkdir, link and open
 * where it creates or empties a file. Environment:
 *   IR_TORTURE_HOME   directory, absolute, without symbolic links
 *   IR_TORTURE_STATE  file of a struct state, shared by all processes
 *   IR_TORTURE_AT     number of the call at which it happens, from 1
 *   IR_TORTURE_MODE   enospc, eio: that call fails; full: it and all after it
 *                     fail with ENOSPC; short: half is written, then ENOSPC;
 *                     kill: the process dies instead of the call; killed: it
 *                     dies after the call; torn: it dies when half is written
 *   IR_TORTURE_LOG    file to which every call is appended (struct record),
 *                     with what is written to standard output
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

struct state {
    _Atomic uint64_t count; /* calls so far */
    _Atomic uint64_t fired; /* at how many it happened */
    char what[120];         /* the call at which it happened first */
};

enum op {
    OP_WRITE = 1,
    OP_SYNC,
    OP_TRUNCATE,
    OP_RENAME,
    OP_UNLINK,
    OP_MKDIR,
    OP_LINK,
    OP_CREATE,
    OP_SAID
};

struct record { /* followed by path, second path, data */
    uint32_t op, path_len, path2_len, pad;
    uint64_t offset, len;
};

enum verdict { GO, FAIL, HALF, DIE, DIE_AFTER };

static struct {
    bool ready;
    const char *home, *mode;
    size_t home_len;
    uint64_t at;
    struct state *state;
    int log;
} s = {.log = -1};

/* The function that would be called without this library, into *fn. */
static void
real(const char *name, void *fn)
{
    void *p = dlsym(RTLD_NEXT, name);

    if (p == NULL)
        abort();
    memcpy(fn, &p, sizeof p);
}

/* The kernel itself: what is called in here is not counted. */
typedef long sys(long, ...);

static sys *
kernel(void)
{
    static sys *next;

    if (next == NULL)
        real("syscall", &next);
    return next;
}

#define raw kernel()

__attribute__((constructor)) static void
start(void)
{
    const char *state = getenv("IR_TORTURE_STATE");
    const char *at = getenv("IR_TORTURE_AT"), *log = getenv("IR_TORTURE_LOG");
    int fd;

    s.home = getenv("IR_TORTURE_HOME");
    s.mode = getenv("IR_TORTURE_MODE");
    if (s.home == NULL || state == NULL)
        return;
    s.home_len = strlen(s.home);
    if (s.mode == NULL)
        s.mode = "";
    s.at = at != NULL ? strtoull(at, NULL, 10) : 0;
    fd = (int)raw(SYS_openat, AT_FDCWD, state, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0)
        abort();
    s.state =
        mmap(NULL, sizeof *s.state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)raw(SYS_close, fd);
    if (s.state == MAP_FAILED)
        abort();
    if (log != NULL)
        s.log = (int)raw(SYS_openat, AT_FDCWD, log,
                         O_WRONLY | O_APPEND | O_CLOEXEC, 0);
    s.ready = true;
}

static bool
beneath(const char *path)
{
    return strncmp(path, s.home, s.home_len) == 0 &&
           (path[s.home_len] == '/' || path[s.home_len] == '\0');
}

/* The path behind a descriptor; false when it is not beneath the home. */
static bool
path_of(int fd, char path[PATH_MAX])
{
    char link[40];
    ssize_t n;

    if (!s.ready)
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, path, PATH_MAX - 1);
    if (n < 0)
        return false;
    path[n] = '\0';
    return beneath(path);
}

/* The same for a name beside a directory's descriptor. */
static bool
path_at(int dirfd, const char *name, char path[PATH_MAX])
{
    char dir[PATH_MAX];
    size_t len;

    if (!s.ready)
        return false;
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return beneath(path);
    }
    if (dirfd == AT_FDCWD) {
        if (getcwd(dir, sizeof dir) == NULL)
            return false;
    } else {
        char link[40];
        ssize_t n;

        snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
        n = readlink(link, dir, sizeof dir - 1);
        if (n < 0)
            return false;
        dir[n] = '\0';
    }
    len = strlen(dir);
    if (len + strlen(name) + 2 > PATH_MAX)
        return false;
    memcpy(path, dir, len);
    path[len] = '/';
    memcpy(path + len + 1, name, strlen(name) + 1);
    return beneath(path);
}

/* Count a call, and say what is to become of it. */
static enum verdict
gate(const char *call, const char *path)
{
    uint64_t n = atomic_fetch_add(&s.state->count, 1) + 1;
    const char *m = s.mode;

    if (s.at == 0 || n < s.at ||
        (n > s.at && strcmp(m, "full") != 0 && strcmp(m, "short") != 0))
        return GO;
    if (atomic_fetch_add(&s.state->fired, 1) == 0)
        snprintf(s.state->what, sizeof s.state->what, "%s %.90s", call,
                 path + s.home_len);
    if (strcmp(m, "kill") == 0)
        return DIE;
    if (strcmp(m, "killed") == 0)
        return DIE_AFTER;
    if (strcmp(m, "torn") == 0 || (strcmp(m, "short") == 0 && n == s.at))
        return HALF;
    errno = strcmp(m, "eio") == 0 ? EIO : ENOSPC;
    return FAIL;
}

static void
die(void)
{
    (void)kill(getpid(), SIGKILL);
    for (;;)
        (void)pause();
}

static void
note(enum op op, const char *path, const char *path2, uint64_t offset,
     const void *data, uint64_t len)
{
    struct record r = {.op = op, .offset = offset, .len = len};
    struct iovec v[4];

    if (s.log < 0)
        return;
    r.path_len = (uint32_t)strlen(path);
    r.path2_len = path2 != NULL ? (uint32_t)strlen(path2) : 0;
    v[0] = (struct iovec){&r, sizeof r};
    v[1] = (struct iovec){(void *)(uintptr_t)path, r.path_len};
    v[2] = (struct iovec){(void *)(uintptr_t)path2, r.path2_len};
    v[3] = (struct iovec){(void *)(uintptr_t)data, data != NULL ? len : 0};
    if (raw(SYS_writev, s.log, v, 4) < 0)
        abort();
}

/* A call without data: count it, do it with `DO`, note it. */
#define SIMPLE(call, path, DO, NOTE)                                           \
    do {                                                                       \
        enum verdict v_ = gate(call, path);                                    \
        int rc_;                                                               \
                                                                               \
        if (v_ == FAIL)                                                        \
            return -1;                                                         \
        if (v_ == DIE || (v_ == HALF && strcmp(s.mode, "torn") == 0))          \
            die();                                                             \
        if (v_ == HALF) {                                                      \
            errno = ENOSPC;                                                    \
            return -1;                                                         \
        }                                                                      \
        rc_ = (DO);                                                            \
        if (v_ == DIE_AFTER)                                                   \
            die();                                                             \
        if (rc_ >= 0)                                                          \
            NOTE;                                                              \
        return rc_;                                                            \
    } while (0)

/* Write all, half or nothing, at an offset or (-1) where the file stands. */
static ssize_t
put(const char *call, int fd, const char *path, const void *p, size_t n,
    off_t at)
{
    enum verdict v = gate(call, path);
    struct stat sb;
    off_t where = at;
    ssize_t did;

    if (v == FAIL)
        return -1;
    if (v == DIE)
        die();
    if (where < 0)
        where = (fcntl(fd, F_GETFL) & O_APPEND) != 0 && fstat(fd, &sb) == 0
                    ? sb.st_size
                    : lseek(fd, 0, SEEK_CUR);
    if (v == HALF && n < 2) {
        if (strcmp(s.mode, "torn") == 0)
            die();
        errno = ENOSPC;
        return -1;
    }
    if (v == HALF)
        n /= 2;
    did = at < 0 ? raw(SYS_write, fd, p, n) : raw(SYS_pwrite64, fd, p, n, at);
    if (v == DIE_AFTER || (v == HALF && strcmp(s.mode, "torn") == 0))
        die();
    if (did > 0)
        note(OP_WRITE, path, NULL, (uint64_t)where, p, (uint64_t)did);
    return did;
}

EXPORT ssize_t
write(int fd, const void *p, size_t n)
{
    char path[PATH_MAX];

    if (path_of(fd, path))
        return put("write", fd, path, p, n, -1);
    return raw(SYS_write, fd, p, n);
}

/* What is said: ir writes all of standard output by this, and flushes. */
EXPORT size_t
fwrite(const void *p, size_t size, size_t n, FILE *f)
{
    size_t (*next)(const void *, size_t, size_t, FILE *);

    real("fwrite", &next);
    if (f == stdout && s.log >= 0)
        note(OP_SAID, "", NULL, 0, p, (uint64_t)(size * n));
    return next(p, size, n, f);
}

EXPORT ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
    char path[PATH_MAX];

    if (path_of(fd, path))
        return put("pwrite", fd, path, p, n, at);
    return raw(SYS_pwrite64, fd, p, n, at);
}

EXPORT ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    return pwrite(fd, p, n, at);
}

EXPORT ssize_t
writev(int fd, const struct iovec *v, int n)
{
    ssize_t total = 0;
    int i;

    for (i = 0; i < n; i++) {
        ssize_t did = write(fd, v[i].iov_base, v[i].iov_len);

        if (did < 0)
            return total > 0 ? total : -1;
        total += did;
        if ((size_t)did < v[i].iov_len)
            break;
    }
    return total;
}

EXPORT int
fsync(int fd)
{
    char path[PATH_MAX];

    if (!path_of(fd, path))
        return (int)raw(SYS_fsync, fd);
    SIMPLE("fsync", path, (int)raw(SYS_fsync, fd),
           note(OP_SYNC, path, NULL, 0, NULL, 0));
}

EXPORT int
fdatasync(int fd)
{
    char path[PATH_MAX];

    if (!path_of(fd, path))
        return (int)raw(SYS_fdatasync, fd);
    SIMPLE("fdatasync", path, (int)raw(SYS_fdatasync, fd),
           note(OP_SYNC, path, NULL, 0, NULL, 0));
}

EXPORT int
ftruncate(int fd, off_t len)
{
    char path[PATH_MAX];

    if (!path_of(fd, path))
        return (int)raw(SYS_ftruncate, fd, len);
    SIMPLE("ftruncate", path, (int)raw(SYS_ftruncate, fd, len),
           note(OP_TRUNCATE, path, NULL, (uint64_t)len, NULL, 0));
}

EXPORT int
ftruncate64(int fd, off64_t len)
{
    return ftruncate(fd, len);
}

EXPORT int
renameat2(int from_fd, const char *from, int to_fd, const char *to,
          unsigned int flags)
{
    char a[PATH_MAX], b[PATH_MAX];
    bool in_a = path_at(from_fd, from, a), in_b = path_at(to_fd, to, b);

    if (!in_a && !in_b)
        return (int)raw(SYS_renameat2, from_fd, from, to_fd, to, flags);
    SIMPLE("rename", in_b ? b : a,
           (int)raw(SYS_renameat2, from_fd, from, to_fd, to, flags),
           note(OP_RENAME, a, b, 0, NULL, 0));
}

EXPORT int
renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    return renameat2(from_fd, from, to_fd, to, 0);
}

EXPORT int
rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int
unlinkat(int dirfd, const char *name, int flags)
{
    char path[PATH_MAX];

    if (!path_at(dirfd, name, path))
        return (int)raw(SYS_unlinkat, dirfd, name, flags);
    SIMPLE("unlink", path, (int)raw(SYS_unlinkat, dirfd, name, flags),
           note(OP_UNLINK, path, NULL, 0, NULL, 0));
}

EXPORT int
unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

EXPORT int
rmdir(const char *name)
{
    return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

EXPORT int
remove(const char *name)
{
    struct stat sb;

    if (lstat(name, &sb) == 0 && S_ISDIR(sb.st_mode))
        return rmdir(name);
    return unlink(name);
}

EXPORT int
mkdirat(int dirfd, const char *name, mode_t mode)
{
    char path[PATH_MAX];

    if (!path_at(dirfd, name, path))
        return (int)raw(SYS_mkdirat, dirfd, name, mode);
    SIMPLE("mkdir", path, (int)raw(SYS_mkdirat, dirfd, name, mode),
           note(OP_MKDIR, path, NULL, 0, NULL, 0));
}

EXPORT int
mkdir(const char *name, mode_t mode)
{
    return mkdirat(AT_FDCWD, name, mode);
}

EXPORT int
linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
    char a[PATH_MAX], b[PATH_MAX];

    (void)path_at(from_fd, from, a);
    if (!path_at(to_fd, to, b))
        return (int)raw(SYS_linkat, from_fd, from, to_fd, to, flags);
    SIMPLE("link", b, (int)raw(SYS_linkat, from_fd, from, to_fd, to, flags),
           note(OP_LINK, a, b, 0, NULL, 0));
}

EXPORT int
link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* Would this open change anything? */
static bool
changes(const char *path, int flags)
{
    struct stat sb;

    if ((flags & O_TRUNC) != 0)
        return true;
    return (flags & O_CREAT) != 0 && lstat(path, &sb) != 0;
}

static int
open_path(int dirfd, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];

    if ((flags & O_TMPFILE) == O_TMPFILE || !path_at(dirfd, name, path) ||
        !changes(path, flags))
        return (int)raw(SYS_openat, dirfd, name, flags, mode);
    SIMPLE("open", path, (int)raw(SYS_openat, dirfd, name, flags, mode),
           note(OP_CREATE, path, NULL, 0, NULL, 0));
}

/* The mode, which is an argument only where a file may be made. */
#define MODE_OF(flags, mode)                                                   \
    do {                                                                       \
        if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {                          \
            va_list ap_;                                                       \
                                                                               \
            va_start(ap_, flags);                                              \
            (mode) = va_arg(ap_, mode_t);                                      \
            va_end(ap_);                                                       \
        }                                                                      \
    } while (0)

EXPORT int
open(const char *name, int flags, ...)
{
    mode_t mode = 0;

    MODE_OF(flags, mode);
    return open_path(AT_FDCWD, name, flags, mode);
}

EXPORT int
open64(const char *name, int flags, ...)
{
    mode_t mode = 0;

    MODE_OF(flags, mode);
    return open_path(AT_FDCWD, name, flags | O_LARGEFILE, mode);
}

EXPORT int
openat(int dirfd, const char *name, int flags, ...)
{
    mode_t mode = 0;

    MODE_OF(flags, mode);
    return open_path(dirfd, name, flags, mode);
}

EXPORT int
openat64(int dirfd, const char *name, int flags, ...)
{
    mode_t mode = 0;

    MODE_OF(flags, mode);
    return open_path(dirfd, name, flags | O_LARGEFILE, mode);
}

/* base/path.c opens by openat2(2), for which there is no function. */
EXPORT long
syscall(long n, ...)
{
    char path[PATH_MAX];
    long a[6];
    va_list ap;
    int i;

    va_start(ap, n);
    for (i = 0; i < 6; i++)
        a[i] = va_arg(ap, long);
    va_end(ap);
    if (n == SYS_openat2) {
        const struct open_how *how = (const struct open_how *)a[2];

        if (path_at((int)a[0], (const char *)a[1], path) &&
            changes(path, (int)how->flags))
            SIMPLE("open", path, (int)raw(n, a[0], a[1], a[2], a[3]),
                   note(OP_CREATE, path, NULL, 0, NULL, 0));
    }
    return raw(n, a[0], a[1], a[2], a[3], a[4], a[5]);
}
