/* count_syncs.c: a library to be preloaded. Every call that waits for the disk
 * adds one byte to the file named by IR_BENCH_SYNCS, so that its size is the
 * number of calls of a program and of all it starts.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void
count(void)
{
    const char *path = getenv("IR_BENCH_SYNCS");
    int fd = path != NULL
                 ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)
                 : -1;

    if (fd < 0)
        return;
    (void)!write(fd, ".", 1);
    close(fd);
}

static void *
real(const char *name)
{
    void *f = dlsym(RTLD_NEXT, name);

    if (f == NULL)
        abort();
    return f;
}

int
fsync(int fd)
{
    int (*f)(int) = (int (*)(int))(uintptr_t)real("fsync");

    count();
    return f(fd);
}

int
fdatasync(int fd)
{
    int (*f)(int) = (int (*)(int))(uintptr_t)real("fdatasync");

    count();
    return f(fd);
}

int
syncfs(int fd)
{
    int (*f)(int) = (int (*)(int))(uintptr_t)real("syncfs");

    count();
    return f(fd);
}

void
sync(void)
{
    void (*f)(void) = (void (*)(void))(uintptr_t)real("sync");

    count();
    f();
}

int
sync_file_range(int fd, off_t offset, off_t n, unsigned int flags)
{
    int (*f)(int, off_t, off_t, unsigned int) = (int (*)(
        int, off_t, off_t, unsigned int))(uintptr_t)real("sync_file_range");

    count();
    return f(fd, offset, n, flags);
}

int
msync(void *p, size_t n, int flags)
{
    int (*f)(void *, size_t, int) =
        (int (*)(void *, size_t, int))(uintptr_t)real("msync");

    count();
    return f(p, n, flags);
}
