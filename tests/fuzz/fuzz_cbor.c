/* fuzz_cbor.c: what the strict reader accepts, written again item by item,
 * gives the same bytes: there is one form of everything.
 */
#include "base/cbor.h"
#include "fuzz.h"

#include <string.h>

/* Copy one item from `c` to `b`. */
static void
copy(struct ir_cbor *c, struct ir_buf *b)
{
    struct ir_cbor_item it;
    int64_t i, n;

    MUST(ir_cbor_next(c, &it, NULL) == IR_OK);
    n = it.num;
    switch (it.type) {
    case IR_CBOR_UINT:
        ir_cbor_put_uint(b, (uint64_t)n);
        break;
    case IR_CBOR_NEGINT:
        MUST(n < 0);
        ir_cbor_put_int(b, n);
        break;
    case IR_CBOR_BYTES:
        ir_cbor_put_bytes(b, it.bytes, (size_t)n);
        break;
    case IR_CBOR_TEXT:
        MUST(memchr(it.bytes, 0, (size_t)n) == NULL);
        ir_cbor_put_text(b, (const char *)it.bytes, (size_t)n);
        break;
    case IR_CBOR_ARRAY:
        ir_cbor_put_array(b, (uint64_t)n);
        for (i = 0; i < n; i++)
            copy(c, b);
        break;
    case IR_CBOR_MAP:
        ir_cbor_put_map(b, (uint64_t)n);
        for (i = 0; i < 2 * n; i++)
            copy(c, b);
        break;
    }
}

/* In an accepted map every key is found, and its value is where it stands. */
static void
find_keys(const uint8_t *data, size_t size)
{
    struct ir_cbor c = {data, data + size}, found;
    struct ir_cbor_item it;
    int64_t i, n;

    MUST(ir_cbor_next(&c, &it, NULL) == IR_OK);
    if (it.type != IR_CBOR_MAP) {
        MUST(!ir_cbor_find(data, size, 0, &found));
        return;
    }
    n = it.num;
    for (i = 0; i < n && i < 50; i++) {
        const uint8_t *begin;

        MUST(ir_cbor_next(&c, &it, NULL) == IR_OK && it.num >= 0);
        begin = c.p;
        MUST(ir_cbor_skip(&c, NULL) == IR_OK);
        MUST(ir_cbor_find(data, size, (uint64_t)it.num, &found));
        MUST(found.p == begin && found.end == c.p);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ir_cbor c = {data, data + size};
    struct ir_cbor_item it;
    struct ir_err err = {0};
    struct ir_buf b = {0};
    int rc = ir_cbor_check(data, size, &err);

    if (rc != IR_OK) {
        MUST(rc == IR_EPARSE && err.code == rc && err.msg[0] != '\0');
        while (ir_cbor_next(&c, &it, NULL) == IR_OK) /* moves, and ends */
            continue;
        return 0;
    }
    copy(&c, &b);
    MUST(c.p == c.end && b.len == size && memcmp(b.p, data, size) == 0);
    find_keys(data, size);
    ir_buf_done(&b);
    return 0;
}
