/* test_quota.c: buckets, and what one member and one lane cannot take from
 * another.
 */
#include "core/kind.h"
#include "core/quota.h"
#include "unit.h"

#define HOUR 3600000

static void
bucket(void **state)
{
    static const struct {
        int64_t at_ms;
        uint64_t n;
        bool took;
        int64_t wait_ms; /* for as many again, afterwards */
    } steps[] = {
        /* 3,600 an hour, so one a second; ten at once */
        {1000, 4, true, 0},
        {1000, 4, true, 2000},
        {1000, 4, false, 2000},
        {1000, 2, true, 2000},
        {1000, 1, false, 1000},
        {1999, 1, false, 1},
        {2000, 1, true, 1000},
        {1500, 1, false, 1000}, /* clock back */
        {3000, 1, true, 1000},
        {3000, 0, true, 0},
        {3000, 11, false, INT64_MAX},
        {5000, 11, false, INT64_MAX},
        {9000, 5, true, 4000},
        {10 * HOUR, 10, true, 10000},
        {20ll * HOUR, 10, true, 10000},
        {INT64_MAX, 10, true, 10000}, /* full long since, and no overflow */
    };
    static const struct ir_rate rate = {3600, 10};
    struct ir_bucket b = {0};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(steps); i++) {
        ROW(i, ir_bucket_take(&b, &rate, steps[i].n, steps[i].at_ms) ==
                   steps[i].took);
        ROW(i, ir_bucket_wait(&b, &rate, steps[i].n, steps[i].at_ms) ==
                   steps[i].wait_ms);
    }
}

/* What waits as long as it was told to, is taken; a millisecond less, not. */
static void
waits(void **state)
{
    static const struct ir_rate rates[] = {
        {1, 1},
        {7, 3},
        {60, 60},
        {3599, 1000},
        {14400000, 20000},
        {IR_RATE_MAX, IR_RATE_MAX},
    };
    struct ir_bucket b, copy;
    uint64_t seed = 1;
    size_t i, k;

    (void)state;
    for (i = 0; i < COUNT(rates); i++) {
        int64_t now = 5;

        memset(&b, 0, sizeof b);
        for (k = 0; k < 500; k++) {
            uint64_t n;
            int64_t wait;

            seed = seed * 6364136223846793005u + 1442695040888963407u;
            n = (seed >> 24) % rates[i].burst + 1;
            wait = ir_bucket_wait(&b, &rates[i], n, now);
            ROW(i, wait >= 0 && wait < INT64_MAX);
            if (wait > 0) {
                copy = b;
                ROW(i, !ir_bucket_take(&copy, &rates[i], n, now + wait - 1));
            }
            now += wait;
            ROW(i, ir_bucket_take(&b, &rates[i], n, now));
        }
    }
}

static void
fines(void **state)
{
    static const struct ir_rate rate = {3600, 10}, none = {0, 5};
    struct ir_bucket b = {0};

    (void)state;
    ir_bucket_fine(&b, &rate, 3, 1);
    assert_false(ir_bucket_take(&b, &rate, 8, 1));
    assert_true(ir_bucket_take(&b, &rate, 1, 1));
    ir_bucket_fine(&b, &rate, UINT64_MAX, 1); /* owes ten */
    assert_int_equal(ir_bucket_wait(&b, &rate, 1, 1), 11000);
    memset(&b, 0, sizeof b);
    assert_true(ir_bucket_take(&b, &none, 5, 1)); /* never fills again */
    assert_int_equal(ir_bucket_wait(&b, &none, 1, 1), INT64_MAX);
    assert_false(ir_bucket_take(&b, &none, 1, INT64_MAX));
}

/* What a link may ask for by default, over a minute of asking all the time:
 * salts, good signatures, bad ones.
 */
static void
links(void **state)
{
    struct ir_bucket salts = {0}, good = {0}, bad = {0};
    size_t salts_n = 0, good_n = 0, bad_n = 0;
    int64_t now;

    (void)state;
    for (now = 1; now <= 60001; now++) {
        salts_n += ir_bucket_take(&salts, &ir_rate_salts, 1, now);
        while (ir_bucket_take(&good, &ir_rate_sigs, 1, now))
            good_n++;
        while (ir_bucket_take(&bad, &ir_rate_sigs, 1, now)) {
            ir_bucket_fine(&bad, &ir_rate_sigs, IR_BAD_SIG_COST - 1, now);
            bad_n++;
        }
    }
    assert_int_equal(salts_n, 30 + 10);
    assert_int_equal(good_n, 20000 + 60 * 4000);
    assert_int_equal(bad_n, (20000 + 60 * 4000) / IR_BAD_SIG_COST);
}

/* --- members -------------------------------------------------------------- */

static const struct ir_quota_limits limits = {
    .all = {{10, 20}, {1000, 2000}},
    .floor = {{{4, 8}, {400, 800}},
              {{2, 4}, {200, 400}},
              {{6, 6}, {600, 600}},
              {{1, 2}, {100, 200}}},
};

static size_t
taken(struct ir_quota *q, const char *who, int lane, size_t tries,
      uint64_t bytes, int64_t now_ms)
{
    size_t n = 0;

    while (tries-- > 0)
        n += ir_quota_take(q, (const uint8_t *)who, lane, bytes, now_ms);
    return n;
}

/* One row after the other on the same buckets. */
static void
floors(void **state)
{
    static const struct {
        const char *who;
        int lane;
        size_t tries;
        uint64_t bytes;
        int64_t at_ms;
        size_t taken;
    } rows[] = {
        /* a flood of bulk: the share, then the lane's own floor */
        {"flooder.", IR_LANE_S, 1000, 10, 1, 20 + 2},
        /* and still a revocation, an alert and steps can come */
        {"flooder.", IR_LANE_T, 1000, 10, 1, 8},
        {"flooder.", IR_LANE_F, 1000, 10, 1, 4},
        {"flooder.", IR_LANE_I, 1000, 10, 1, 6},
        {"flooder.", IR_LANE_S, 1000, 10, 1, 0},
        /* nobody else notices */
        {"somebody", IR_LANE_S, 5, 10, 1, 5},
        {"another.", IR_LANE_F, 25, 10, 1, 20 + 4},
        {"another.", IR_LANE_S, 25, 10, 1, 2}, /* a floor for bulk */
        /* an hour fills the share by 10 and each floor by its own */
        {"flooder.", IR_LANE_S, 1000, 10, 1 + HOUR, 10 + 1},
        {"flooder.", IR_LANE_F, 1000, 10, 1 + HOUR, 2},
        {"flooder.", IR_LANE_S, 1000, 10, 1 + 100 * HOUR, 20 + 2},
        /* few but large: bytes count as well */
        {"large...", IR_LANE_I, 1000, 300, 1, 6 + 2},
        {"large...", IR_LANE_I, 1000, 100, 1, 2},
        {"large...", IR_LANE_I, 1000, 1, 1, 0},
        {"huge....", IR_LANE_I, 1000, 2001, 1, 0},
        {"huge....", IR_LANE_I, 1, 2000, 1, 1},
    };
    struct ir_quota *q = ir_quota_new(&limits);
    size_t i, n;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        n = taken(q, rows[i].who, rows[i].lane, rows[i].tries, rows[i].bytes,
                  rows[i].at_ms);
        if (n != rows[i].taken)
            fail_msg("row %zu: %zu", i, n);
    }
    assert_int_equal(
        ir_quota_wait(q, (const uint8_t *)"huge....", IR_LANE_I, 2001, 1),
        INT64_MAX);
    assert_int_equal(
        ir_quota_wait(q, (const uint8_t *)"nobody..", IR_LANE_I, 1, 1), 0);
    assert_int_equal(ir_quota_wait(q, (const uint8_t *)"flooder.", IR_LANE_S,
                                   10, 1 + 100 * HOUR),
                     HOUR / 10); /* the share is sooner than the floor */
    ir_quota_free(q);
    ir_quota_free(NULL);
}

/* No more members than there is room for; those who waited are forgotten. */
static void
many(void **state)
{
    struct ir_quota *q = ir_quota_new(&limits);
    uint8_t id[8] = {0};
    uint32_t i;

    (void)state;
    for (i = 0; i < IR_QUOTA_MEMBERS_MAX + 10; i++) {
        memcpy(id, &i, sizeof i);
        ROW(i, ir_quota_take(q, id, IR_LANE_I, 10, 1) ==
                   (i < IR_QUOTA_MEMBERS_MAX));
    }
    assert_true(ir_quota_take(q, id, IR_LANE_I, 10, 1 + HOUR));
    i = 0;
    memcpy(id, &i, sizeof i);
    assert_int_equal(taken(q, (const char *)id, IR_LANE_I, 100, 10, 1 + HOUR),
                     20 + 6);
    ir_quota_free(q);
}

/* Of lane T somebody who is no administrator gets their own cap, however much
 * of the share is left; an administrator does not; and what was capped has used
 * nothing of the share up.
 */
static void
trust_is_capped(void **state)
{
    struct ir_quota_limits l = limits;
    struct ir_quota *q;

    (void)state;
    l.trust = (struct ir_share){{3, 5}, {300, 500}};
    q = ir_quota_new(&l);
    assert_int_equal(taken(q, "mori----", IR_QUOTA_TRUST, 30, 10, 1000), 5);
    assert_int_equal(
        ir_quota_wait(q, (const uint8_t *)"mori----", IR_QUOTA_TRUST, 10, 1000),
        3600000 / 3);
    assert_int_equal(taken(q, "mori----", 2, 30, 10, 1000), 20 - 5 + 6);
    assert_int_equal(taken(q, "sato----", 0, 60, 10, 1000), 20 + 8);
    ir_quota_free(q);
    q = ir_quota_new(&limits); /* no cap */
    assert_int_equal(taken(q, "mori----", IR_QUOTA_TRUST, 60, 10, 1000),
                     20 + 8);
    ir_quota_free(q);
}

/* What is allowed by default lets a home of a hundred thousand entries by a few
 * members in, and keeps one member from filling a disk in a day.
 */
static void
defaults(void **state)
{
    const struct ir_quota_limits *d = &ir_quota_default;
    uint64_t bytes = d->all.bytes.burst + 24 * d->all.bytes.per_hour;
    int i;

    (void)state;
    for (i = 0; i < IR_QUOTA_LANES; i++) {
        bytes += d->floor[i].bytes.burst + 24 * d->floor[i].bytes.per_hour;
        assert_true(d->floor[i].entries.per_hour > 0);
    }
    assert_true(d->all.entries.burst * 2 >= 100000);
    assert_true(bytes < (uint64_t)2 << 30);
    assert_true(ir_rate_sigs.burst >= IR_BAD_SIG_COST);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bucket),   cmocka_unit_test(waits),
        cmocka_unit_test(fines),    cmocka_unit_test(links),
        cmocka_unit_test(floors),   cmocka_unit_test(many),
        cmocka_unit_test(defaults), cmocka_unit_test(trust_is_capped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
