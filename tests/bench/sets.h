/* sets.h: the entries of equal_sets.c and reconcile_sets.c: entry i has an id
 * of its own and was made a second after the one before; which are missing
 * where.
 */
#ifndef IR_BENCH_SETS_H
#define IR_BENCH_SETS_H

#include "base/crypt.h"

#include <stdint.h>
#include <string.h>

static uint64_t seed;

/* A number below `n`, from `seed` on. */
static inline uint64_t
below(uint64_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 20) % n;
}

/* Its id; returns its time. */
static inline uint64_t
item(uint64_t i, uint8_t id[32])
{
    uint64_t both[2] = {i, 2027};

    ir_sha256(both, sizeof both, id);
    return (1795219200000u + i * 1000) << 16;
}

/* Which of `n` entries is the k-th missing one, and on which side: the newest
 * (tail, on side `first`), of the newest every second (interleaved, on either
 * side in turn), or any (scattered; may come twice).
 */
static inline size_t
missing(const char *where, size_t n, size_t k, size_t first, size_t *side)
{
    *side = first;
    if (strcmp(where, "interleaved") == 0) {
        *side = k % 2;
        return n - 1 - 2 * k;
    }
    if (strcmp(where, "scattered") == 0) {
        *side = (size_t)below(2);
        return (size_t)below(n);
    }
    return n - 1 - k;
}

#endif
