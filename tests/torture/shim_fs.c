/* shim_fs.c: a library for LD_PRELOAD under which every file system says that
 * its type is IR_TORTURE_FS (linux/magic.h), as if the home lay on a network.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

/* The function that would be called without this library, into *fn. */
static void
real(const char *name, void *fn)
{
    void *p = dlsym(RTLD_NEXT, name);

    if (p == NULL)
        abort();
    memcpy(fn, &p, sizeof p);
}

static void
lie(int rc, __fsword_t *type)
{
    const char *given = getenv("IR_TORTURE_FS");

    if (rc == 0 && given != NULL)
        *type = (__fsword_t)strtoull(given, NULL, 0);
}

int
statfs(const char *path, struct statfs *fs)
{
    int (*next)(const char *, struct statfs *), rc;

    real("statfs", &next);
    rc = next(path, fs);
    lie(rc, &fs->f_type);
    return rc;
}

int
statfs64(const char *path, struct statfs64 *fs)
{
    int (*next)(const char *, struct statfs64 *), rc;

    real("statfs64", &next);
    rc = next(path, fs);
    lie(rc, &fs->f_type);
    return rc;
}

int
fstatfs(int fd, struct statfs *fs)
{
    int (*next)(int, struct statfs *), rc;

    real("fstatfs", &next);
    rc = next(fd, fs);
    lie(rc, &fs->f_type);
    return rc;
}

int
fstatfs64(int fd, struct statfs64 *fs)
{
    int (*next)(int, struct statfs64 *), rc;

    real("fstatfs64", &next);
    rc = next(fd, fs);
    lie(rc, &fs->f_type);
    return rc;
}
