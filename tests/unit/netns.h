/* netns.h: a network of one's own for a test: only a loopback, which speaks
 * multicast, too. As root, or in a user namespace where anybody may.
 */
#ifndef IR_TESTS_NETNS_H
#define IR_TESTS_NETNS_H

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static inline int
netns_loopback(bool up)
{
    struct ifreq r = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;

    (void)snprintf(r.ifr_name, sizeof r.ifr_name, "lo");
    r.ifr_flags = up ? IFF_UP | IFF_RUNNING | IFF_MULTICAST | IFF_LOOPBACK : 0;
    rc = ioctl(fd, SIOCSIFFLAGS, &r);
    close(fd);
    return rc;
}

static inline int
netns_enter(void)
{
    if (unshare(CLONE_NEWNET) != 0 &&
        unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        (void)fprintf(stderr, "no network of one's own: %s\n", strerror(errno));
        return -1;
    }
    return netns_loopback(true);
}

#endif
