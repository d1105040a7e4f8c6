/* quota.c: see quota.h. */
#include "core/quota.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_MS 3600000u
#define MIB (1024 * 1024)

/* One core checks 10,000 to 25,000 signatures a second; a million ids are
 * hashed in 0.1 to 0.3 s.
 */
const struct ir_rate ir_rate_sigs = {4000 * 3600ull, 20000};
const struct ir_rate ir_rate_salts = {600, 30};

/* The burst lets a node that was away for weeks catch up at once. */
const struct ir_quota_limits ir_quota_default = {
    .all = {{10000, 50000}, {32 * MIB, 256 * MIB}},
    .floor =
        {
            {{200, 500}, {1 * MIB, 4 * MIB}},
            {{60, 60}, {1 * MIB, 1 * MIB}},
            {{600, 600}, {2 * MIB, 2 * MIB}},
            {{60, 120}, {1 * MIB, 2 * MIB}},
        },
    .trust = {{500, 5000}, {2 * MIB, 16 * MIB}},
};

/* An entry and its bytes. */
struct pair {
    struct ir_bucket entries, bytes;
};

struct member {
    uint8_t id[8];
    struct pair all, floor[IR_QUOTA_LANES], trust;
};

struct ir_quota {
    struct ir_quota_limits limits;
    struct member *v; /* sorted by id */
    size_t n, cap;
};

/* --- one bucket ----------------------------------------------------------- */

/* What is missing at `now_ms`. */
static uint64_t
used_at(const struct ir_bucket *b, const struct ir_rate *rate, int64_t now_ms)
{
    uint64_t passed, back;

    if (now_ms <= b->at_ms)
        return b->used;
    passed = (uint64_t)now_ms - (uint64_t)b->at_ms;
    if (__builtin_mul_overflow(passed, rate->per_hour, &back) ||
        back >= b->used)
        return 0;
    return b->used - back;
}

static void
advance(struct ir_bucket *b, const struct ir_rate *rate, int64_t now_ms)
{
    b->used = used_at(b, rate, now_ms);
    if (now_ms > b->at_ms)
        b->at_ms = now_ms;
}

static bool
holds(const struct ir_bucket *b, const struct ir_rate *rate, uint64_t n,
      int64_t now_ms)
{
    return n <= rate->burst &&
           used_at(b, rate, now_ms) <= (rate->burst - n) * HOUR_MS;
}

bool
ir_bucket_take(struct ir_bucket *b, const struct ir_rate *rate, uint64_t n,
               int64_t now_ms)
{
    if (!holds(b, rate, n, now_ms))
        return false;
    advance(b, rate, now_ms);
    b->used += n * HOUR_MS;
    return true;
}

void
ir_bucket_fine(struct ir_bucket *b, const struct ir_rate *rate, uint64_t n,
               int64_t now_ms)
{
    uint64_t most = 2 * rate->burst; /* tokens */

    advance(b, rate, now_ms);
    b->used += (n < most ? n : most) * HOUR_MS;
    if (b->used > most * HOUR_MS)
        b->used = most * HOUR_MS;
}

int64_t
ir_bucket_wait(const struct ir_bucket *b, const struct ir_rate *rate,
               uint64_t n, int64_t now_ms)
{
    uint64_t used, room;

    if (holds(b, rate, n, now_ms))
        return 0;
    if (n > rate->burst || rate->per_hour == 0)
        return INT64_MAX;
    used = used_at(b, rate, now_ms);
    room = (rate->burst - n) * HOUR_MS;
    return (int64_t)((used - room + rate->per_hour - 1) / rate->per_hour);
}

/* --- members -------------------------------------------------------------- */

static bool
pair_holds(const struct pair *p, const struct ir_share *share, uint64_t bytes,
           int64_t now_ms)
{
    return holds(&p->entries, &share->entries, 1, now_ms) &&
           holds(&p->bytes, &share->bytes, bytes, now_ms);
}

static void
pair_take(struct pair *p, const struct ir_share *share, uint64_t bytes,
          int64_t now_ms)
{
    ir_bucket_take(&p->entries, &share->entries, 1, now_ms);
    ir_bucket_take(&p->bytes, &share->bytes, bytes, now_ms);
}

static int64_t
pair_wait(const struct pair *p, const struct ir_share *share, uint64_t bytes,
          int64_t now_ms)
{
    int64_t a = ir_bucket_wait(&p->entries, &share->entries, 1, now_ms);
    int64_t b = ir_bucket_wait(&p->bytes, &share->bytes, bytes, now_ms);

    return a > b ? a : b;
}

static bool
pair_full(const struct pair *p, const struct ir_share *share, int64_t now_ms)
{
    return used_at(&p->entries, &share->entries, now_ms) == 0 &&
           used_at(&p->bytes, &share->bytes, now_ms) == 0;
}

/* Where a member stands, or belongs. */
static bool
find(const struct ir_quota *q, const uint8_t id[8], size_t *at)
{
    size_t low = 0, high = q->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = memcmp(q->v[mid].id, id, 8);

        if (c == 0) {
            *at = mid;
            return true;
        }
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    *at = low;
    return false;
}

/* Forget those whose buckets are full again: new ones are just the same. */
static void
forget(struct ir_quota *q, int64_t now_ms)
{
    size_t i, n = 0;
    int lane;

    for (i = 0; i < q->n; i++) {
        bool full = pair_full(&q->v[i].all, &q->limits.all, now_ms) &&
                    pair_full(&q->v[i].trust, &q->limits.trust, now_ms);

        for (lane = 0; lane < IR_QUOTA_LANES; lane++)
            full = full && pair_full(&q->v[i].floor[lane],
                                     &q->limits.floor[lane], now_ms);
        if (!full)
            q->v[n++] = q->v[i];
    }
    q->n = n;
}

/* The member's buckets, made if there is room for more. */
static struct member *
member_get(struct ir_quota *q, const uint8_t id[8], int64_t now_ms)
{
    size_t at;

    if (find(q, id, &at))
        return &q->v[at];
    if (q->n == IR_QUOTA_MEMBERS_MAX) {
        forget(q, now_ms);
        find(q, id, &at);
        if (q->n == IR_QUOTA_MEMBERS_MAX)
            return NULL;
    }
    if (q->n == q->cap) {
        q->cap = q->cap == 0 ? 16 : q->cap * 2;
        q->v = ir_realloc(q->v, q->cap * sizeof q->v[0]);
    }
    memmove(q->v + at + 1, q->v + at, (q->n - at) * sizeof q->v[0]);
    memset(&q->v[at], 0, sizeof q->v[at]);
    memcpy(q->v[at].id, id, 8);
    q->n++;
    return &q->v[at];
}

struct ir_quota *
ir_quota_new(const struct ir_quota_limits *limits)
{
    struct ir_quota *q = ir_calloc(1, sizeof *q);

    q->limits = *limits;
    return q;
}

void
ir_quota_free(struct ir_quota *q)
{
    if (q == NULL)
        return;
    free(q->v);
    free(q);
}

/* Is lane T capped for this one? Then *lane becomes T. */
static bool
capped(const struct ir_quota *q, int *lane)
{
    bool is = *lane == IR_QUOTA_TRUST;

    if (is)
        *lane = 0;
    return is && q->limits.trust.entries.burst > 0;
}

bool
ir_quota_take(struct ir_quota *q, const uint8_t member[8], int lane,
              uint64_t bytes, int64_t now_ms)
{
    bool cap = capped(q, &lane);
    const struct ir_share *all = &q->limits.all,
                          *floor = &q->limits.floor[lane],
                          *trust = &q->limits.trust;
    struct member *m = member_get(q, member, now_ms);

    if (m == NULL || (cap && !pair_holds(&m->trust, trust, bytes, now_ms)))
        return false;
    if (pair_holds(&m->all, all, bytes, now_ms))
        pair_take(&m->all, all, bytes, now_ms);
    else if (pair_holds(&m->floor[lane], floor, bytes, now_ms))
        pair_take(&m->floor[lane], floor, bytes, now_ms);
    else
        return false;
    if (cap)
        pair_take(&m->trust, trust, bytes, now_ms);
    return true;
}

int64_t
ir_quota_wait(const struct ir_quota *q, const uint8_t member[8], int lane,
              uint64_t bytes, int64_t now_ms)
{
    static const struct member fresh;
    const struct member *m = &fresh;
    bool cap = capped(q, &lane);
    int64_t a, b, c = 0;
    size_t at;

    if (find(q, member, &at))
        m = &q->v[at];
    a = pair_wait(&m->all, &q->limits.all, bytes, now_ms);
    b = pair_wait(&m->floor[lane], &q->limits.floor[lane], bytes, now_ms);
    if (cap)
        c = pair_wait(&m->trust, &q->limits.trust, bytes, now_ms);
    a = a < b ? a : b;
    return a > c ? a : c;
}
