/* reconcile_sets.c: what core/idset and core/negentropy take.
 *
 *   bytes N D WHERE LIMIT SEED   two sets of about N items that differ in D,
 *       by one whole session: the lengths of its messages, a line, ours and
 *       theirs in turn. WHERE: tail (the newest D are there, not here),
 *       interleaved (of the newest 2 D every second is missing, here and there
 *       in turn), scattered (D anywhere, here or there). LIMIT: of a
 *       message, 0 none. Ends with 1 if what was learnt is not the difference.
 *   size N ORDER                 a set of N items put in in ORDER (tail or
 *       random): "name value" lines: seconds to put in, heap bytes, seconds of
 *       the first and of a second session under one salt with D = 100 spread.
 */
#include "core/negentropy.h"
#include "sets.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

/* How many different ids: with a limit some come twice. */
static size_t
distinct(struct ir_ids *ids)
{
    size_t i, n = 0;

    if (ids->n > 0)
        qsort(ids->v, ids->n, sizeof ids->v[0], by_bytes);
    for (i = 0; i < ids->n; i++)
        n += i == 0 || memcmp(ids->v[i - 1], ids->v[i], 32) != 0;
    return n;
}

/* A session; prints the lengths if asked to. False: something else learnt. */
static bool
session(struct ir_idset *a, struct ir_idset *b, const uint8_t *salt,
        size_t limit, size_t have_n, size_t need_n, bool print)
{
    struct ir_ids have = {0}, need = {0};
    struct ir_buf m = {0}, reply = {0};
    bool done = false, ok = ir_neg_begin(a, salt, limit, &m) == IR_OK;

    while (ok && !done) {
        reply.len = 0;
        ok = ir_neg_answer(b, salt, limit, m.p, m.len, &reply, NULL) == IR_OK;
        if (print)
            printf("%zu\n%zu\n", m.len, reply.len);
        m.len = 0;
        ok = ok && ir_neg_next(a, salt, limit, reply.p, reply.len, &have, &need,
                               &m, &done, NULL) == IR_OK;
    }
    ok = ok && distinct(&have) == have_n && distinct(&need) == need_n;
    ir_ids_done(&have);
    ir_ids_done(&need);
    ir_buf_done(&m);
    ir_buf_done(&reply);
    return ok;
}

/* Take d items out of a and b; how many out of each. */
static void
part(struct ir_idset *a, struct ir_idset *b, size_t n, size_t d,
     const char *where, size_t lost[2])
{
    struct ir_idset *sides[2] = {a, b};
    uint8_t id[32];

    lost[0] = lost[1] = 0;
    while (lost[0] + lost[1] < d) {
        size_t side, i = missing(where, n, lost[0] + lost[1], 0, &side);
        uint64_t hlc;

        hlc = item(i, id);
        if (ir_idset_has(sides[!side], hlc, id))
            lost[side] += ir_idset_remove(sides[side], hlc, id);
    }
}

static int
bytes(char **argv)
{
    size_t n = (size_t)atoll(argv[2]), d = (size_t)atoll(argv[3]), lost[2], i;
    struct ir_idset *a = ir_idset_new(), *b = ir_idset_new();
    uint8_t id[32], salt[16];
    bool ok;

    seed = (uint64_t)atoll(argv[6]);
    ir_sha256(&seed, sizeof seed, id);
    memcpy(salt, id, sizeof salt);
    for (i = 0; i < n; i++) {
        uint64_t hlc = item(i, id);

        ir_idset_add(a, hlc, id);
        ir_idset_add(b, hlc, id);
    }
    part(a, b, n, d, argv[4], lost);
    ok = session(a, b, salt, (size_t)atoll(argv[5]), lost[1], lost[0], true);
    ir_idset_free(a);
    ir_idset_free(b);
    return ok ? 0 : 1;
}

static double
since(const struct timespec *from)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - from->tv_sec) +
           (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

static int
size(char **argv)
{
    size_t n = (size_t)atoll(argv[2]), i, lost[2];
    uint64_t *order = ir_malloc(n * sizeof *order);
    struct ir_idset *a = ir_idset_new(), *b = ir_idset_new();
    uint8_t id[32], salt[16] = {9};
    struct mallinfo2 before, after;
    struct timespec begin;
    bool ok;

    for (i = 0; i < n; i++) {
        size_t k = strcmp(argv[3], "random") == 0 ? below(i + 1) : i;

        order[i] = order[k];
        order[k] = i;
    }
    before = mallinfo2();
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (i = 0; i < n; i++) {
        uint64_t hlc = item(order[i], id);

        ir_idset_add(a, hlc, id);
    }
    printf("fill_s %.4f\n", since(&begin));
    after = mallinfo2();
    printf("heap_bytes %zu\n",
           after.uordblks + after.hblkhd - before.uordblks - before.hblkhd);
    printf("arena_bytes %zu\n",
           after.arena + after.hblkhd - before.arena - before.hblkhd);
    for (i = 0; i < n; i++) {
        uint64_t hlc = item(i, id);

        ir_idset_add(b, hlc, id);
    }
    part(a, b, n, 100, "scattered", lost);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    ok = session(a, b, salt, 262144, lost[1], lost[0], false);
    printf("first_s %.4f\n", since(&begin));
    clock_gettime(CLOCK_MONOTONIC, &begin);
    ok = ok && session(a, b, salt, 262144, lost[1], lost[0], false);
    printf("again_s %.4f\n", since(&begin));
    ir_idset_free(a);
    ir_idset_free(b);
    free(order);
    return ok ? 0 : 1;
}

int
main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "bytes") == 0)
        return bytes(argv);
    if (argc == 4 && strcmp(argv[1], "size") == 0)
        return size(argv);
    fprintf(stderr, "usage: bytes N D WHERE LIMIT SEED | size N ORDER\n");
    return 2;
}
