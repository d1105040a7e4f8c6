/* fuzz_queue.c: a packed run of frames, as an HTTPS body brings it: each lies
 * within the run, none is longer than allowed, and packed again they are the
 * run up to where it was odd.
 *
 * An input is two bytes (the longest frame allowed) and the run.
 */
#include "carrier/queue.h"
#include "fuzz.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ir_queue q = {0};
    struct ir_buf again = {0};
    size_t at = 0, before = 0, max, len, n = 0, bytes = 0;
    const uint8_t *p;
    int rc;

    if (size < 2)
        return 0;
    max = (size_t)data[0] << 8 | data[1];
    data += 2;
    size -= 2;
    while ((rc = ir_queue_unpack(data, size, max, &at, &p, &len)) == IR_OK) {
        MUST(len <= max && p == data + before + 4);
        MUST(at == before + 4 + len && at <= size);
        ir_queue_put_take(&q, ir_queued_new(0, p, len));
        before = at;
        n++;
        bytes += len;
    }
    MUST(rc == IR_ENOTFOUND || rc == IR_EPARSE || rc == IR_ELIMIT);
    MUST(at == before && (rc == IR_ENOTFOUND) == (at == size));
    MUST(q.n == n && q.bytes == bytes);
    ir_queue_pack(&q, size, &again);
    MUST(q.n == 0 && again.len == at);
    MUST(at == 0 || memcmp(again.p, data, at) == 0);
    ir_queue_done(&q);
    ir_buf_done(&again);
    return 0;
}
