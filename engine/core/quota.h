/* quota.h: how much of a node one member and one link may use, so that a flood
 * from one costs the others nothing. Pure: the caller hands the time down.
 *
 * A bucket holds tokens up to its burst and fills at its rate. Every member
 * (not every key: a second device brings no second share) has buckets for
 * entries and bytes, and beside them a floor of each lane that the other lanes
 * cannot use up: a member who flooded with bulk can still alert and revoke, and
 * one who flooded with alerts can still send bulk. What is over is not dropped
 * but left for later, and comes again.
 */
#ifndef IR_CORE_QUOTA_H
#define IR_CORE_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IR_QUOTA_LANES 4          /* T, F, I, S: core/kind.h */
#define IR_QUOTA_TRUST 4          /* for a lane: T, of no administrator */
#define IR_QUOTA_MEMBERS_MAX 4096 /* whose buckets are not full at one time */
#define IR_RATE_MAX ((uint64_t)1 << 39) /* tokens an hour, and of a burst */
#define IR_BAD_SIG_COST 100 /* a bad signature, counted as good ones */

struct ir_rate {
    uint64_t per_hour, burst;
};

/* All zero is a full one that was never used. */
struct ir_bucket {
    int64_t at_ms;
    uint64_t used; /* tokens missing, times the milliseconds of an hour */
};

/* What one link may make a node do: signatures checked, and new salts, each of
 * which means hashing every id once (core/idset.h). */
extern const struct ir_rate ir_rate_sigs, ir_rate_salts;

/* Take `n` tokens, or none if there are fewer. Time that goes back counts as
 * standing still.
 *
 * Units:  now_ms of a monotonic clock, above 0; rates up to IR_RATE_MAX.
 */
bool ir_bucket_take(struct ir_bucket *b, const struct ir_rate *rate, uint64_t n,
                    int64_t now_ms);

/* Take `n` tokens that are there or not: what was done already, or a fine. A
 * bucket owes up to its burst; what is owed is filled first.
 *
 * Units:  as above.
 */
void ir_bucket_fine(struct ir_bucket *b, const struct ir_rate *rate, uint64_t n,
                    int64_t now_ms);

/* How long until `n` tokens are there: 0 now, INT64_MAX never (more than the
 * burst, or a rate of 0).
 *
 * Units:  milliseconds.
 */
int64_t ir_bucket_wait(const struct ir_bucket *b, const struct ir_rate *rate,
                       uint64_t n, int64_t now_ms);

struct ir_share {
    struct ir_rate entries, bytes;
};

struct ir_quota_limits {
    struct ir_share all;                   /* whatever lane */
    struct ir_share floor[IR_QUOTA_LANES]; /* kept for this lane */
    /* at most so much of lane T by somebody who is no administrator, of which
     * every command reads all: they approve and release, and no more; all zero:
     * as of anybody */
    struct ir_share trust;
};

/* What a node allows unless told otherwise. */
extern const struct ir_quota_limits ir_quota_default;

struct ir_quota;

/* Buckets for members, all full; and free them (NULL is fine).
 *
 * Owns:   the caller frees with ir_quota_free; `limits` is copied.
 */
struct ir_quota *ir_quota_new(const struct ir_quota_limits *limits);
void ir_quota_free(struct ir_quota *q);

/* May a new entry of `bytes` in `lane` by this member (an id of the member, not
 * of a key) come in now? If so it is counted: against the member's share, or,
 * when that is used up, against the lane's floor.
 *
 * Units:  now_ms as above; lane 0..3, or IR_QUOTA_TRUST.
 */
bool ir_quota_take(struct ir_quota *q, const uint8_t member[8], int lane,
                   uint64_t bytes, int64_t now_ms);

/* How long until such an entry could come in.
 *
 * Units:  milliseconds; 0 now, INT64_MAX never.
 */
int64_t ir_quota_wait(const struct ir_quota *q, const uint8_t member[8],
                      int lane, uint64_t bytes, int64_t now_ms);

#endif
