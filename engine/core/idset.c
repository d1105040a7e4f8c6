/* idset.c: see idset.h. */
#include "core/idset.h"

#include "base/buf.h"
#include "base/crypt.h"
#include "core/negentropy.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 256 /* items of a full block */
#define STEP 32   /* items by which a block grows */
#define SALTS 16  /* salts whose sums are kept */

struct item {
    uint64_t hlc;
    uint8_t id[32];
};

/* A number mod 2^256, least significant word first. */
struct sum {
    uint64_t w[4];
};

struct block {
    uint32_t n, cap;
    struct sum plain;
    struct sum salted[SALTS];
    uint64_t made[SALTS]; /* for which use of the place; 0: not there */
    struct item v[];
};

/* How many items stand before each block; right for the first `good`. */
struct finder {
    size_t *before;
    size_t good, cap;
};

struct place {
    uint8_t salt[IR_SALT_BYTES];
    uint64_t made; /* which salt this is, counted from 1; 0: none yet */
    uint64_t used; /* when last, in calls */
};

struct ir_idset {
    struct block **v;
    size_t n, cap;
    size_t count;
    struct sum total;
    struct finder *finder; /* made again when asked for */
    struct place place[SALTS];
    uint64_t made, used;
};

/* --- sums ----------------------------------------------------------------- */

static void
sum_add(struct sum *s, const struct sum *by)
{
    uint64_t carry = 0;
    int i;

    for (i = 0; i < 4; i++) {
        bool over = __builtin_add_overflow(s->w[i], by->w[i], &s->w[i]);

        over |= __builtin_add_overflow(s->w[i], carry, &s->w[i]);
        carry = over;
    }
}

static void
sum_take(struct sum *s, const struct sum *by)
{
    uint64_t borrow = 0;
    int i;

    for (i = 0; i < 4; i++) {
        bool under = __builtin_sub_overflow(s->w[i], by->w[i], &s->w[i]);

        under |= __builtin_sub_overflow(s->w[i], borrow, &s->w[i]);
        borrow = under;
    }
}

/* What one id counts for: itself, or its hash under the salt. */
static struct sum
value(const uint8_t *salt, const uint8_t id[32])
{
    uint8_t both[IR_SALT_BYTES + 32], hash[IR_HASH_BYTES];
    struct sum s;
    int i;

    if (salt != NULL) {
        memcpy(both, salt, IR_SALT_BYTES);
        memcpy(both + IR_SALT_BYTES, id, 32);
        ir_sha256(both, sizeof both, hash);
        id = hash;
    }
    memcpy(s.w, id, sizeof s.w);
    for (i = 0; i < 4; i++)
        s.w[i] = le64toh(s.w[i]);
    return s;
}

static struct sum
sum_of(const struct item *v, size_t n, const uint8_t *salt)
{
    struct sum s = {{0}}, one;
    size_t i;

    for (i = 0; i < n; i++) {
        one = value(salt, v[i].id);
        sum_add(&s, &one);
    }
    return s;
}

static void
fingerprint(const struct sum *s, size_t count, uint8_t fp[IR_FP_BYTES])
{
    uint8_t p[32 + IR_VARINT_MAX], hash[IR_HASH_BYTES];
    uint64_t w[4];
    int i;

    for (i = 0; i < 4; i++)
        w[i] = htole64(s->w[i]);
    memcpy(p, w, 32);
    ir_sha256(p, 32 + ir_varint_put(count, p + 32), hash);
    memcpy(fp, hash, IR_FP_BYTES);
}

/* The place of a salt; a new one takes that of the one unused for longest. */
static size_t
place_of(struct ir_idset *set, const uint8_t salt[IR_SALT_BYTES])
{
    size_t i, oldest = 0;

    set->used++;
    for (i = 0; i < SALTS; i++) {
        struct place *p = &set->place[i];

        if (p->made != 0 && memcmp(p->salt, salt, IR_SALT_BYTES) == 0) {
            p->used = set->used;
            return i;
        }
        if (p->used < set->place[oldest].used)
            oldest = i;
    }
    memcpy(set->place[oldest].salt, salt, IR_SALT_BYTES);
    set->place[oldest].made = ++set->made;
    set->place[oldest].used = set->used;
    return oldest;
}

/* The sum of a whole block. */
static const struct sum *
block_sum(struct block *b, const struct place *p, size_t at)
{
    if (p == NULL)
        return &b->plain;
    if (b->made[at] != p->made) {
        b->salted[at] = sum_of(b->v, b->n, p->salt);
        b->made[at] = p->made;
    }
    return &b->salted[at];
}

/* --- blocks --------------------------------------------------------------- */

static int
compare(const struct item *a, const struct item *b)
{
    if (a->hlc != b->hlc)
        return a->hlc < b->hlc ? -1 : 1;
    return memcmp(a->id, b->id, sizeof a->id);
}

static struct item
item_of(uint64_t hlc, const uint8_t id[32])
{
    struct item it = {.hlc = hlc};

    memcpy(it.id, id, sizeof it.id);
    return it;
}

/* Make room for n items, no more than it takes. */
static struct block *
block_size(struct block *b, size_t n)
{
    size_t cap = (n + STEP - 1) / STEP * STEP;
    bool fresh = b == NULL;

    b = ir_realloc(b, sizeof *b + cap * sizeof b->v[0]);
    if (fresh)
        memset(b, 0, sizeof *b);
    b->cap = (uint32_t)cap;
    return b;
}

/* A block changed: what was summed under salts no longer holds. */
static void
block_stale(struct block *b)
{
    memset(b->made, 0, sizeof b->made);
}

/* The counts before the blocks after `b` no longer hold. */
static void
finder_stale(struct ir_idset *set, size_t b)
{
    if (set->finder->good > b + 1)
        set->finder->good = b + 1;
}

static const size_t *
finder_get(const struct ir_idset *set)
{
    struct finder *f = set->finder;

    if (f->cap < set->n) {
        f->cap = set->cap;
        f->before = ir_realloc(f->before, f->cap * sizeof f->before[0]);
    }
    for (; f->good < set->n; f->good++)
        f->before[f->good] =
            f->good == 0 ? 0 : f->before[f->good - 1] + set->v[f->good - 1]->n;
    return f->before;
}

/* Put an empty block at `at`. */
static void
block_put(struct ir_idset *set, size_t at)
{
    if (set->n == set->cap) {
        set->cap = set->cap == 0 ? 8 : set->cap + set->cap / 2;
        set->v = ir_realloc(set->v, set->cap * sizeof(struct block *));
    }
    memmove(set->v + at + 1, set->v + at,
            (set->n - at) * sizeof(struct block *));
    set->v[at] = block_size(NULL, STEP);
    set->n++;
    if (set->finder->good > at)
        set->finder->good = at;
}

static void
block_cut(struct ir_idset *set, size_t at)
{
    free(set->v[at]);
    set->n--;
    memmove(set->v + at, set->v + at + 1,
            (set->n - at) * sizeof(struct block *));
    if (set->finder->good > at)
        set->finder->good = at;
}

/* Move the upper items of block `b`, from `keep` on, to a block after it. */
static void
block_split(struct ir_idset *set, size_t b, size_t keep)
{
    struct block *low = set->v[b], *high;
    size_t n = low->n - keep;

    block_put(set, b + 1);
    high = block_size(set->v[b + 1], n);
    set->v[b + 1] = high;
    memcpy(high->v, low->v + keep, n * sizeof high->v[0]);
    high->n = (uint32_t)n;
    high->plain = sum_of(high->v, n, NULL);
    sum_take(&low->plain, &high->plain);
    low->n = (uint32_t)keep;
    block_stale(low);
    set->v[b] = block_size(low, keep);
}

/* Move what is in the block after `b` to its end. */
static void
block_join(struct ir_idset *set, size_t b)
{
    struct block *high = set->v[b + 1];
    struct block *low = block_size(set->v[b], set->v[b]->n + high->n);

    memcpy(low->v + low->n, high->v, high->n * sizeof high->v[0]);
    low->n += high->n;
    sum_add(&low->plain, &high->plain);
    block_stale(low);
    set->v[b] = low;
    block_cut(set, b + 1);
}

/* The block in which an item is or belongs; there must be one. */
static size_t
block_of(const struct ir_idset *set, const struct item *it)
{
    size_t low = 0, high = set->n; /* v[low] begins at or before it, if any */

    if (compare(&set->v[set->n - 1]->v[0], it) <= 0)
        return set->n - 1;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (compare(&set->v[mid]->v[0], it) <= 0)
            low = mid;
        else
            high = mid;
    }
    return low;
}

/* Where in a block the first item not below stands. */
static size_t
block_lower(const struct block *b, const struct item *it)
{
    size_t low = 0, high = b->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (compare(&b->v[mid], it) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* --- the set -------------------------------------------------------------- */

struct ir_idset *
ir_idset_new(void)
{
    struct ir_idset *set = ir_calloc(1, sizeof *set);

    set->finder = ir_calloc(1, sizeof *set->finder);
    return set;
}

void
ir_idset_free(struct ir_idset *set)
{
    size_t b;

    if (set == NULL)
        return;
    for (b = 0; b < set->n; b++)
        free(set->v[b]);
    free(set->v);
    free(set->finder->before);
    free(set->finder);
    free(set);
}

bool
ir_idset_add(struct ir_idset *set, uint64_t hlc, const uint8_t id[32])
{
    struct item it = item_of(hlc, id);
    struct block *blk;
    struct sum one;
    size_t b, at;

    if (hlc == UINT64_MAX)
        return false;
    if (set->n == 0)
        block_put(set, 0);
    b = set->count == 0 ? 0 : block_of(set, &it);
    at = block_lower(set->v[b], &it);
    if (at < set->v[b]->n && compare(&set->v[b]->v[at], &it) == 0)
        return false;
    if (set->v[b]->n == BLOCK && b + 1 == set->n && at == BLOCK) {
        block_put(set, ++b); /* at the tail, blocks stay full */
        at = 0;
    } else if (set->v[b]->n == BLOCK) {
        block_split(set, b, BLOCK / 2);
        if (at > BLOCK / 2) {
            at -= BLOCK / 2;
            b++;
        }
    }
    if (set->v[b]->n == set->v[b]->cap)
        set->v[b] = block_size(set->v[b], set->v[b]->n + 1);
    blk = set->v[b];
    memmove(blk->v + at + 1, blk->v + at, (blk->n - at) * sizeof blk->v[0]);
    blk->v[at] = it;
    blk->n++;
    one = value(NULL, id);
    sum_add(&blk->plain, &one);
    sum_add(&set->total, &one);
    set->count++;
    block_stale(blk);
    finder_stale(set, b);
    return true;
}

/* Where an item stands, if it does. */
static bool
find(const struct ir_idset *set, const struct item *it, size_t *b, size_t *at)
{
    if (set->count == 0)
        return false;
    *b = block_of(set, it);
    *at = block_lower(set->v[*b], it);
    return *at < set->v[*b]->n && compare(&set->v[*b]->v[*at], it) == 0;
}

bool
ir_idset_has(const struct ir_idset *set, uint64_t hlc, const uint8_t id[32])
{
    struct item it = item_of(hlc, id);
    size_t b, at;

    return find(set, &it, &b, &at);
}

bool
ir_idset_remove(struct ir_idset *set, uint64_t hlc, const uint8_t id[32])
{
    struct item it = item_of(hlc, id);
    struct block *blk;
    struct sum one;
    size_t b, at;

    if (!find(set, &it, &b, &at))
        return false;
    blk = set->v[b];
    blk->n--;
    memmove(blk->v + at, blk->v + at + 1, (blk->n - at) * sizeof blk->v[0]);
    one = value(NULL, id);
    sum_take(&blk->plain, &one);
    sum_take(&set->total, &one);
    set->count--;
    block_stale(blk);
    finder_stale(set, b);
    if (blk->n == 0)
        block_cut(set, b);
    else if (b + 1 < set->n && blk->n + set->v[b + 1]->n <= BLOCK / 2)
        block_join(set, b);
    else if (b > 0 && blk->n + set->v[b - 1]->n <= BLOCK / 2)
        block_join(set, b - 1);
    return true;
}

size_t
ir_idset_count(const struct ir_idset *set)
{
    return set->count;
}

void
ir_idset_fp(const struct ir_idset *set, uint8_t fp[IR_FP_BYTES])
{
    fingerprint(&set->total, set->count, fp);
}

size_t
ir_idset_lower(const struct ir_idset *set, uint64_t hlc, const uint8_t id[32])
{
    struct item it = item_of(hlc, id);
    size_t b;

    if (set->count == 0)
        return 0;
    b = block_of(set, &it);
    return finder_get(set)[b] + block_lower(set->v[b], &it);
}

/* The block that holds index `i`, which is below the count. */
static size_t
block_at(const struct ir_idset *set, const size_t *before, size_t i)
{
    size_t low = 0, high = set->n;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (before[mid] <= i)
            low = mid;
        else
            high = mid;
    }
    return low;
}

void
ir_idset_at(const struct ir_idset *set, size_t i, uint64_t *hlc, uint8_t id[32])
{
    const size_t *before = finder_get(set);
    size_t b = block_at(set, before, i);
    const struct item *it = &set->v[b]->v[i - before[b]];

    *hlc = it->hlc;
    memcpy(id, it->id, sizeof it->id);
}

/* Add the items low..high of a block to `s`: those, or all but the others,
 * whichever are fewer.
 */
static void
add_part(struct sum *s, struct block *b, size_t low, size_t high,
         const struct place *p, size_t at)
{
    const uint8_t *salt = p == NULL ? NULL : p->salt;
    struct sum part;

    if ((high - low) * 2 <= b->n) {
        part = sum_of(b->v + low, high - low, salt);
        sum_add(s, &part);
        return;
    }
    sum_add(s, block_sum(b, p, at));
    part = sum_of(b->v, low, salt);
    sum_take(s, &part);
    part = sum_of(b->v + high, b->n - high, salt);
    sum_take(s, &part);
}

void
ir_idset_fp_range(struct ir_idset *set, const uint8_t *salt, size_t from,
                  size_t to, uint8_t fp[IR_FP_BYTES])
{
    size_t at = salt == NULL ? 0 : place_of(set, salt);
    const struct place *p = salt == NULL ? NULL : &set->place[at];
    const size_t *before = finder_get(set);
    struct sum s = {{0}};
    size_t b, i = from;

    for (b = from < to ? block_at(set, before, from) : 0; i < to; b++) {
        size_t end = before[b] + set->v[b]->n;

        if (end > to)
            end = to;
        add_part(&s, set->v[b], i - before[b], end - before[b], p, at);
        i = end;
    }
    fingerprint(&s, to > from ? to - from : 0, fp);
}

/* --- lists ---------------------------------------------------------------- */

void
ir_ids_add(struct ir_ids *ids, const uint8_t id[32])
{
    if (ids->n == ids->cap) {
        ids->cap = ids->cap == 0 ? 16 : ids->cap * 2;
        ids->v = ir_realloc(ids->v, ids->cap * sizeof ids->v[0]);
    }
    memcpy(ids->v[ids->n++], id, sizeof ids->v[0]);
}

void
ir_ids_done(struct ir_ids *ids)
{
    free(ids->v);
    memset(ids, 0, sizeof *ids);
}
