/* fuzz_negentropy.c: hostile reconciliation messages, and sets made of the
 * input. The first byte says which: bits 0-1 what (0 answer, 1 next, 2 and 3 a
 * session of a set of the input's), bits 2-3 the limit, bit 4 a salt.
 */
#include "core/negentropy.h"
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>

static const size_t limits[] = {0, IR_NEG_LIMIT_MIN, 1200, IR_NEG_MESSAGE_MAX};

/* 700 items, in runs of one moment, ids rising in steps. */
static struct ir_idset *
fixed(void)
{
    static struct ir_idset *set;
    uint8_t id[32] = {0};
    unsigned i;

    if (set != NULL)
        return set;
    set = ir_idset_new();
    for (i = 0; i < 700; i++) {
        id[0] = (uint8_t)(i * 7);
        id[1] = (uint8_t)(i >> 5);
        id[2] = (uint8_t)(i / 9); /* an id has one moment */
        ir_idset_add(set, i / 9, id);
    }
    return set;
}

static void
check(int rc, const struct ir_buf *out, size_t limit, size_t ids_n, bool done)
{
    MUST(rc == IR_OK || rc == IR_EPARSE || rc == IR_ELIMIT);
    MUST(rc == IR_OK ? done == (out->len == 0) : out->len == 0 && ids_n == 0);
    MUST(limit == 0 || out->len <= limit);
}

/* What is written is read by the other side. */
static void
answer(const uint8_t *p, size_t n, size_t limit, const uint8_t *salt)
{
    struct ir_ids have = {0}, need = {0};
    struct ir_buf out = {0}, next = {0};
    bool done;
    int rc = ir_neg_answer(fixed(), salt, limit, p, n, &out, NULL);

    check(rc, &out, limit, 0, false);
    if (rc == IR_OK)
        MUST(ir_neg_next(fixed(), salt, limit, out.p, out.len, &have, &need,
                         &next, &done, NULL) == IR_OK);
    MUST(have.n == 0 && need.n == 0); /* the same set on both sides */
    ir_ids_done(&have);
    ir_ids_done(&need);
    ir_buf_done(&out);
    ir_buf_done(&next);
}

static void
next(const uint8_t *p, size_t n, size_t limit, const uint8_t *salt)
{
    struct ir_ids have = {0}, need = {0};
    struct ir_buf out = {0}, reply = {0};
    bool done = false;
    int rc = ir_neg_next(fixed(), salt, limit, p, n, &have, &need, &out, &done,
                         NULL);

    check(rc, &out, limit, have.n + need.n, done);
    MUST(need.n <= n / 32 && have.n <= 700);
    if (rc == IR_OK && !done)
        MUST(ir_neg_answer(fixed(), salt, limit, out.p, out.len, &reply,
                           NULL) == IR_OK);
    ir_ids_done(&have);
    ir_ids_done(&need);
    ir_buf_done(&out);
    ir_buf_done(&reply);
}

/* Three bytes an item: moment, id. It ends, knowing the difference. */
static void
session(const uint8_t *p, size_t n, size_t limit, const uint8_t *salt)
{
    struct ir_idset *set = ir_idset_new();
    struct ir_ids have = {0}, need = {0};
    struct ir_buf m = {0}, reply = {0};
    size_t i, rounds = 0, common = 0;
    uint8_t id[32] = {0};
    bool done = false;

    for (i = 0; i + 3 <= n && i < 3000; i += 3) {
        memcpy(id, p + i + 1, 2);
        id[2] = p[i];
        if (p[i] % 5 == 4)
            ir_idset_remove(set, p[i], id);
        else if (ir_idset_add(set, p[i], id))
            MUST(ir_idset_has(set, p[i], id));
    }
    MUST(ir_neg_begin(set, salt, limit, &m) == IR_OK);
    while (!done) {
        MUST(limit == 0 || m.len <= limit);
        reply.len = 0;
        MUST(ir_neg_answer(fixed(), salt, limit, m.p, m.len, &reply, NULL) ==
             IR_OK);
        m.len = 0;
        MUST(ir_neg_next(set, salt, limit, reply.p, reply.len, &have, &need, &m,
                         &done, NULL) == IR_OK);
        MUST(++rounds < 1000);
    }
    for (i = 0; i < ir_idset_count(set); i++) {
        uint64_t hlc;

        ir_idset_at(set, i, &hlc, id);
        common += ir_idset_has(fixed(), hlc, id);
    }
    if (limit == 0) {
        MUST(have.n == ir_idset_count(set) - common);
        MUST(need.n == 700 - common);
    }
    ir_ids_done(&have);
    ir_ids_done(&need);
    ir_buf_done(&m);
    ir_buf_done(&reply);
    ir_idset_free(set);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t salted[16] = {1, 2, 3};
    const uint8_t *salt = NULL;
    size_t limit;

    if (size == 0)
        return 0;
    limit = limits[data[0] >> 2 & 3];
    if (data[0] & 16)
        salt = salted;
    if ((data[0] & 3) == 0)
        answer(data + 1, size - 1, limit, salt);
    else if ((data[0] & 3) == 1)
        next(data + 1, size - 1, limit, salt);
    else
        session(data + 1, size - 1, limit, salt);
    return 0;
}
