/* wake.c: see wake.h. */
#include "base/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DRAIN_MAX 4096 /* datagrams taken at once */

/* The socket's name through the directory's descriptor: a home's path may be
 * longer than the 108 bytes an address holds.
 */
static void
address(int homefd, const char *name, struct sockaddr_un *sa)
{
    memset(sa, 0, sizeof *sa);
    sa->sun_family = AF_UNIX;
    snprintf(sa->sun_path, sizeof sa->sun_path, "/proc/self/fd/%d/%s", homefd,
             name);
}

int
ir_wake_listen(int homefd, const char *name, int *fd, struct ir_err *err)
{
    struct sockaddr_un sa;
    int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (s < 0)
        return ir_fail(err, IR_EIO, "socket: %s", strerror(errno));
    if (unlinkat(homefd, name, 0) != 0 && errno != ENOENT)
        goto fail;
    address(homefd, name, &sa);
    if (bind(s, (const struct sockaddr *)&sa, sizeof sa) != 0)
        goto fail;
    *fd = s;
    return IR_OK;
fail:
    ir_fail(err, IR_EIO, "%s: %s", name, strerror(errno));
    close(s);
    return IR_EIO;
}

bool
ir_wake_drain(int fd)
{
    char byte;
    int i;

    for (i = 0; i < DRAIN_MAX; i++)
        if (recv(fd, &byte, sizeof byte, MSG_DONTWAIT) < 0)
            break;
    return i > 0;
}

void
ir_wake_send(const char *home, const char *name)
{
    struct sockaddr_un sa;
    int dir, s;

    dir = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return;
    if (faccessat(dir, name, F_OK, 0) == 0) {
        s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (s >= 0) {
            address(dir, name, &sa);
            (void)sendto(s, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL,
                         (const struct sockaddr *)&sa, sizeof sa);
            close(s);
        }
    }
    close(dir);
}
