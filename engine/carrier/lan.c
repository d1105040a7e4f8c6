/* lan.c: the carrier over the local network: sockets and interfaces; see
 * lan.h.
 */
#include "base/buf.h"
#include "base/i18n.h"
#include "carrier/lan_in.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SCAN_MS 60000 /* even if nobody said that something changed */
#define BATCH 32      /* datagrams at once */
#define FDS 5         /* sockets */
#define TURNS 8       /* batches before others have their turn */
#define DATAGRAM 2048 /* bytes read: one more than a frame shows enough */

#define GROUP4 0xe0000001u /* 224.0.0.1 */
static const struct in6_addr group6 = {
    .s6_addr = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

static union ir_lan_addr
addr4(uint32_t ip, int port)
{
    union ir_lan_addr a;

    memset(&a, 0, sizeof a);
    a.in4.sin_family = AF_INET;
    a.in4.sin_addr.s_addr = htonl(ip);
    a.in4.sin_port = htons((uint16_t)port);
    return a;
}

static union ir_lan_addr
addr6(const struct in6_addr *ip, int port, unsigned face)
{
    union ir_lan_addr a;

    memset(&a, 0, sizeof a);
    a.in6.sin6_family = AF_INET6;
    a.in6.sin6_addr = *ip;
    a.in6.sin6_port = htons((uint16_t)port);
    a.in6.sin6_scope_id = face;
    return a;
}

static socklen_t
addr_len(const union ir_lan_addr *a)
{
    return a->sa.sa_family == AF_INET ? sizeof a->in4 : sizeof a->in6;
}

/* A socket that tells by which interface a datagram came. With `shared`,
 * others on this machine may have the same port.
 */
static int
open_at(struct ir_lan *l, const union ir_lan_addr *at, bool shared)
{
    struct epoll_event e = {.events = EPOLLIN};
    bool v4 = at->sa.sa_family == AF_INET;
    int on = 1, bytes = 1 << 20;
    int fd =
        socket(at->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    if (v4)
        (void)setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    else
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    if (!v4)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (shared)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    e.data.fd = fd;
    if (bind(fd, &at->sa, addr_len(at)) != 0 ||
        epoll_ctl(l->ep, EPOLL_CTL_ADD, fd, &e) != 0) {
        close(fd);
        return -1;
    }
    /* those who come later may share the port, too */
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return fd;
}

/* The usual port if nobody on this machine has it, else any: so that a
 * firewall needs to know one, and several homes on one machine work.
 */
static int
open_one(struct ir_lan *l, union ir_lan_addr any)
{
    int fd = open_at(l, &any, false);

    if (fd >= 0)
        return fd;
    if (any.sa.sa_family == AF_INET)
        any.in4.sin_port = 0;
    else
        any.in6.sin6_port = 0;
    return open_at(l, &any, false);
}

struct ir_lan_face *
ir_lan_face(const struct ir_lan *l, unsigned index)
{
    struct ir_lan_face *f = l->faces;

    while (f != NULL && f->index != index)
        f = f->next;
    return f;
}

static void
join(const struct ir_lan *l, const struct ir_lan_face *f)
{
    struct ip_mreqn m4 = {.imr_ifindex = (int)f->index};
    struct ipv6_mreq m6 = {group6, f->index};

    m4.imr_multiaddr.s_addr = htonl(GROUP4);
    /* every host is a member already; joined twice is no harm */
    if (f->v4 && l->group4 >= 0)
        (void)setsockopt(l->group4, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m4,
                         sizeof m4);
    if (f->v6 && l->group6 >= 0)
        (void)setsockopt(l->group6, IPPROTO_IPV6, IPV6_JOIN_GROUP, &m6,
                         sizeof m6);
}

static bool
usable(const struct ir_lan *l, const struct ifaddrs *a)
{
    unsigned want = IFF_UP | IFF_RUNNING | IFF_MULTICAST;

    return a->ifa_addr != NULL && (a->ifa_flags & want) == want &&
           (l->conf.loopback || (a->ifa_flags & IFF_LOOPBACK) == 0) &&
           (a->ifa_addr->sa_family == AF_INET ||
            a->ifa_addr->sa_family == AF_INET6);
}

static void
add_face(struct ir_lan *l, const struct ifaddrs *a)
{
    unsigned index = if_nametoindex(a->ifa_name);
    struct ir_lan_face *f = ir_lan_face(l, index);

    if (index == 0)
        return;
    if (f == NULL) {
        f = ir_calloc(1, sizeof *f);
        f->index = index;
        f->link = ++l->last_link;
        (void)snprintf(f->name, sizeof f->name, "%s", a->ifa_name);
        f->next = l->faces;
        l->faces = f;
        l->ev->up(l->arg, f->link, NULL, IR_LAN_MTU, true);
    }
    f->seen = true;
    if (a->ifa_addr->sa_family == AF_INET6) {
        f->v6 = true;
        return;
    }
    f->v4 = true;
    f->ip = ((const struct sockaddr_in *)(const void *)a->ifa_addr)->sin_addr;
}

/* Look which interfaces there are. */
static void
scan(struct ir_lan *l)
{
    struct ir_lan_face **at = &l->faces, *f;
    struct ifaddrs *all = NULL, *a;

    l->rescan = false;
    l->scan_at = l->now + SCAN_MS;
    if (getifaddrs(&all) != 0)
        return; /* again at the next scan */
    for (f = l->faces; f != NULL; f = f->next)
        f->seen = f->v4 = f->v6 = false;
    for (a = all; a != NULL; a = a->ifa_next)
        if (usable(l, a))
            add_face(l, a);
    freeifaddrs(all);
    while ((f = *at) != NULL) {
        if (f->seen) {
            join(l, f);
            at = &f->next;
            continue;
        }
        *at = f->next;
        l->ev->down(l->arg, f->link, N_("the interface is gone"));
        (void)ir_lan_forget(l, f->index);
        free(f);
    }
}

/* By which interface it came, and (*to_all) whether to everybody. */
static unsigned
face_in(struct msghdr *m, bool *to_all)
{
    struct cmsghdr *c;
    struct in_pktinfo i4;
    struct in6_pktinfo i6;

    for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            memcpy(&i4, CMSG_DATA(c), sizeof i4);
            *to_all = IN_MULTICAST(ntohl(i4.ipi_addr.s_addr));
            return (unsigned)i4.ipi_ifindex;
        }
        if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            memcpy(&i6, CMSG_DATA(c), sizeof i6);
            *to_all = IN6_IS_ADDR_MULTICAST(&i6.ipi6_addr);
            return i6.ipi6_ifindex;
        }
    }
    return 0;
}

/* Take a batch from a socket; true: there may be more. */
static bool
hear(struct ir_lan *l, int fd)
{
    static uint8_t bytes[BATCH][DATAGRAM]; /* of one thread, for one call */
    union ir_lan_addr from[BATCH];
    char control[BATCH][128];
    struct mmsghdr m[BATCH];
    struct iovec v[BATCH];
    int i, n;

    memset(m, 0, sizeof m);
    for (i = 0; i < BATCH; i++) {
        v[i].iov_base = bytes[i];
        v[i].iov_len = DATAGRAM;
        m[i].msg_hdr.msg_name = &from[i];
        m[i].msg_hdr.msg_namelen = sizeof from[i];
        m[i].msg_hdr.msg_iov = &v[i];
        m[i].msg_hdr.msg_iovlen = 1;
        m[i].msg_hdr.msg_control = control[i];
        m[i].msg_hdr.msg_controllen = sizeof control[i];
    }
    n = recvmmsg(fd, m, BATCH, 0, NULL);
    for (i = 0; i < n; i++) {
        unsigned face = face_in(&m[i].msg_hdr, &l->to_all);

        ir_lan_take(l, face, &from[i], bytes[i], m[i].msg_len);
    }
    return n == BATCH;
}

static int
lan_fd(void *c)
{
    return ((struct ir_lan *)c)->ep;
}

static int64_t
lan_run(void *c, int64_t now_ms, const struct ir_carrier_events *ev, void *arg)
{
    struct ir_lan *l = c;
    struct epoll_event ready[FDS];
    char waste[8192];
    int64_t next;
    int i, n, turns;
    bool more = true;

    l->now = now_ms;
    l->ev = ev;
    l->arg = arg;
    n = epoll_wait(l->ep, ready, FDS, 0);
    for (i = 0; i < n; i++)
        while (ready[i].data.fd == l->netlink &&
               recv(l->netlink, waste, sizeof waste, 0) > 0)
            l->rescan = true;
    if (l->rescan || l->scan_at <= now_ms)
        scan(l);
    for (turns = 0; turns < TURNS && more; turns++)
        for (more = false, i = 0; i < n; i++)
            if (ready[i].data.fd != l->netlink && hear(l, ready[i].data.fd))
                more = true;
    next = ir_lan_forget(l, 0);
    l->ev = NULL;
    if (more)
        return now_ms;
    return next < l->scan_at ? next : l->scan_at;
}

/* One datagram; `face` NULL: as the system routes. */
static bool
say(int fd, const union ir_lan_addr *to, const struct ir_lan_face *face,
    const void *p, size_t n)
{
    _Alignas(struct cmsghdr) char control[64] = {0};
    struct in_pktinfo i4 = {0};
    struct iovec v = {(void *)(uintptr_t)p, n};
    struct msghdr m = {.msg_name = (void *)(uintptr_t)to,
                       .msg_namelen = addr_len(to),
                       .msg_iov = &v,
                       .msg_iovlen = 1};
    struct cmsghdr *c;

    if (fd < 0)
        return false;
    if (face != NULL && to->sa.sa_family == AF_INET) {
        i4.ipi_ifindex = (int)face->index;
        i4.ipi_spec_dst = face->ip;
        m.msg_control = control;
        m.msg_controllen = CMSG_SPACE(sizeof i4);
        c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = IPPROTO_IP;
        c->cmsg_type = IP_PKTINFO;
        c->cmsg_len = CMSG_LEN(sizeof i4);
        memcpy(CMSG_DATA(c), &i4, sizeof i4);
    }
    return sendmsg(fd, &m, MSG_NOSIGNAL) == (ssize_t)n;
}

void
ir_lan_back(struct ir_lan *l, const union ir_lan_addr *to, const void *p,
            size_t n)
{
    (void)say(to->sa.sa_family == AF_INET ? l->one4 : l->one6, to, NULL, p, n);
}

static bool
say_all(struct ir_lan *l, const struct ir_lan_face *f, const void *p, size_t n)
{
    union ir_lan_addr to4 = addr4(GROUP4, l->conf.port);
    union ir_lan_addr to6 = addr6(&group6, l->conf.port, f->index);
    bool a = f->v4 && say(l->one4, &to4, f, p, n);
    bool b = f->v6 && say(l->one6, &to6, f, p, n);

    return a || b;
}

static int
lan_send(void *c, uint32_t link, const void *p, size_t n, struct ir_err *err)
{
    struct ir_lan *l = c;
    struct ir_lan_source *s = ir_lan_source(l, link);
    struct ir_lan_face *f = l->faces;
    bool sent;

    while (f != NULL && f->link != link)
        f = f->next;
    if (s == NULL && f == NULL)
        return ir_fail(err, IR_ENOTFOUND, "no link %u", (unsigned)link);
    if (n == 0 || n > IR_LAN_MTU)
        return ir_fail(err, IR_ELIMIT, "frame of %zu bytes, limit %d", n,
                       IR_LAN_MTU);
    (void)ir_lan_seen(l, p, n, true); /* it comes back to us */
    errno = 0;
    if (f != NULL)
        sent = say_all(l, f, p, n);
    else
        sent = say(s->addr.sa.sa_family == AF_INET ? l->one4 : l->one6,
                   &s->addr, NULL, p, n);
    if (sent)
        return IR_OK;
    if (errno == EAGAIN || errno == ENOBUFS)
        return ir_fail(err, IR_EBUSY, "the network takes no more");
    return ir_fail(err, IR_EIO, "send: %s", strerror(errno));
}

static void
lan_close(void *c)
{
    struct ir_lan *l = c;
    int fds[] = {l->group4, l->group6, l->one4, l->one6, l->netlink, l->ep};
    struct ir_lan_source *s;
    struct ir_lan_face *f;
    size_t i;

    for (i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    while ((f = l->faces) != NULL) {
        l->faces = f->next;
        free(f);
    }
    while ((s = l->sources) != NULL) {
        l->sources = s->next;
        free(s);
    }
    free(l);
}

static int
open_netlink(struct ir_lan *l)
{
    struct sockaddr_nl a = {.nl_family = AF_NETLINK,
                            .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
                                         RTMGRP_IPV6_IFADDR};
    struct epoll_event e = {.events = EPOLLIN};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    NETLINK_ROUTE);

    e.data.fd = fd;
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        epoll_ctl(l->ep, EPOLL_CTL_ADD, fd, &e) != 0) {
        if (fd >= 0)
            close(fd);
        return -1; /* it is looked every minute all the same */
    }
    return fd;
}

static const struct ir_carrier_ops ops = {"lan",   true,     lan_fd,
                                          lan_run, lan_send, lan_close};

int
ir_lan_new(const struct ir_lan_conf *conf, struct ir_carrier *out,
           struct ir_err *err)
{
    struct ir_lan *l = ir_calloc(1, sizeof *l);
    union ir_lan_addr any4, any6, g4, g6;

    l->conf = *conf;
    l->conf.port = conf->port != 0 ? conf->port : IR_LAN_PORT;
    l->conf.idle_ms = conf->idle_ms != 0 ? conf->idle_ms : 300000;
    l->conf.known_rate = conf->known_rate != 0 ? conf->known_rate : 2000;
    l->conf.other_rate = conf->other_rate != 0 ? conf->other_rate : 50;
    l->rescan = true;
    any4 = addr4(INADDR_ANY, l->conf.port);
    any6 = addr6(&in6addr_any, l->conf.port, 0);
    g4 = addr4(GROUP4, l->conf.port);
    g6 = addr6(&group6, l->conf.port, 0);
    l->group4 = l->group6 = l->one4 = l->one6 = l->netlink = -1;
    l->ep = epoll_create1(EPOLL_CLOEXEC);
    if (l->ep >= 0) {
        l->one4 = open_one(l, any4); /* before the shared ones */
        l->one6 = open_one(l, any6);
        l->group4 = open_at(l, &g4, true);
        l->group6 = open_at(l, &g6, true);
        l->netlink = open_netlink(l);
    }
    if ((l->one4 < 0 || l->group4 < 0) && (l->one6 < 0 || l->group6 < 0)) {
        int rc = ir_fail(err, IR_EIO, "UDP port %d: %s", (int)l->conf.port,
                         strerror(errno));

        lan_close(l);
        return rc;
    }
    out->ops = &ops;
    out->self = l;
    return IR_OK;
}
