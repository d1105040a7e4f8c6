/* moments.h: moments written in full, and zones, for tests of time. */
#ifndef IR_TESTS_MOMENTS_H
#define IR_TESTS_MOMENTS_H

#include "base/time.h"
#include "unit.h"

/* In Tokyo, at 02:40:33 on Saturday 21 November 2026. */
#define NOW "2026-11-21T02:40:33+09:00"

static inline void
zone(const char *name)
{
    struct ir_err err;

    if (ir_time_zone_set(name, &err) != IR_OK)
        fail_msg("%s: %s", name, err.msg);
}

/* A moment written in full, read by other code than what is tested. */
static inline int64_t
at(const char *rfc3339)
{
    int v[6], sign, h, m;
    char c;
    struct ir_local l;

    assert_int_equal(sscanf(rfc3339, "%d-%d-%dT%d:%d:%d%c%d:%d", &v[0], &v[1],
                            &v[2], &v[3], &v[4], &v[5], &c, &h, &m),
                     9);
    sign = c == '-' ? -1 : 1;
    l = (struct ir_local){v[0], v[1], v[2], v[3], v[4], v[5]};
    return ir_time_utc(&l) - (int64_t)sign * (h * 60 + m) * 60000;
}

#endif
