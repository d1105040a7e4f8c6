/* carrier_make.h: two carriers that face each other, driven by a loop of a
 * few lines, and what each of them reported.
 */
#ifndef IR_TESTS_CARRIER_MAKE_H
#define IR_TESTS_CARRIER_MAKE_H

#include "base/buf.h"
#include "base/clock.h"
#include "carrier/carrier.h"
#include "carrier/torture.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENT_MAX 400

struct side {
    struct ir_carrier c;
    uint32_t link; /* the one that came up last, not `many`, 0: none */
    uint32_t many; /* the one to everybody, 0: none */
    uint8_t pub[32];
    uint32_t gone; /* the one that went down last */
    size_t mtu;
    int ups, downs;
    char why[128];
    size_t whole, altered, twice; /* frames that came */
    uint8_t came[SENT_MAX];
    uint64_t salt; /* what the other side mixes into its frames */
    int64_t at;
    bool stranger; /* opens nothing */
};

/* The i-th frame of a side: what and how long follows from both. */
static inline size_t
frame_make(uint64_t salt, size_t i, size_t mtu, uint8_t *p)
{
    static const size_t sizes[] = {8, 9, 100, 1000, 1200, 4000, 70000, 262144};
    size_t n = sizes[(i * 7 + salt) % 8], k;
    uint64_t x = salt * 1000003 + i;

    n = n < mtu ? n : mtu;
    for (k = 0; k < n; k++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        p[k] = (uint8_t)(x >> 56);
    }
    for (k = 0; k < 4; k++)
        p[k] = (uint8_t)(i >> (8 * k));
    return n;
}

static inline void
side_up(void *arg, uint32_t link, const uint8_t *pub, size_t mtu, bool many)
{
    struct side *s = arg;

    s->ups++;
    s->mtu = mtu;
    if (many)
        s->many = link;
    else
        s->link = link;
    if (pub != NULL)
        memcpy(s->pub, pub, sizeof s->pub);
}

static inline void
side_down(void *arg, uint32_t link, const char *why)
{
    struct side *s = arg;

    s->downs++;
    s->gone = link;
    (void)snprintf(s->why, sizeof s->why, "%s", why);
    if (link == s->link)
        s->link = 0;
    if (link == s->many)
        s->many = 0;
}

static inline void
side_frame(void *arg, uint32_t link, const void *p, size_t n)
{
    struct side *s = arg;
    const uint8_t *b = p;
    uint8_t *want = ir_malloc(262144);
    size_t i = 0, len;

    (void)link;
    if (n >= 4)
        i = b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
    len = frame_make(s->salt, i, s->mtu, want);
    if (n == len && memcmp(want, p, n) == 0 && i < SENT_MAX) {
        s->whole++;
        s->twice += s->came[i];
        s->came[i] = 1;
    } else {
        s->altered++;
    }
    free(want);
}

static inline bool
side_ours(void *arg, const void *p, size_t n)
{
    const struct side *s = arg;

    (void)p;
    (void)n;
    return !s->stranger;
}

static const struct ir_carrier_events side_events = {
    side_up, side_down, side_frame, side_ours, NULL};

/* Run all carriers until `cond` or until the time is over; true: cond. */
static inline bool
turn(struct side *v, size_t n, int64_t ms, bool (*cond)(struct side *v))
{
    int64_t end = ir_clock_mono_ms() + ms, now, next;
    struct pollfd fd[8];
    size_t i;

    for (;;) {
        now = ir_clock_mono_ms();
        next = end;
        for (i = 0; i < n; i++) {
            fd[i].fd = -1;
            if (v[i].c.ops == NULL)
                continue;
            v[i].at = ir_carrier_run(&v[i].c, now, &side_events, &v[i]);
            if (v[i].at < next)
                next = v[i].at;
            fd[i].fd = ir_carrier_fd(&v[i].c);
            fd[i].events = POLLIN;
        }
        if (cond != NULL && cond(v))
            return true;
        if (now >= end)
            return false;
        (void)poll(fd, n, next > now ? (int)(next - now) : 0);
    }
}

/* Send frames from..to of `s`, which the other side has to expect. */
static inline int
send_some(struct side *s, uint64_t salt, uint32_t link, size_t from, size_t to)
{
    uint8_t *p = ir_malloc(262144);
    int rc = IR_OK;

    for (; from < to && rc == IR_OK; from++)
        rc = ir_carrier_send(&s->c, link, p, frame_make(salt, from, s->mtu, p),
                             NULL);
    free(p);
    return rc;
}

#endif
