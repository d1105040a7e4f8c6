/* fuzz_frame.c: whatever arrives, reading it stays within it, within the
 * limits, and comes to an end; a message that is read and written has one
 * form, and is read again as the same.
 */
#include "core/frame.h"
#include "fuzz.h"

#include <string.h>

/* Everything a message points to lies in `data`. */
static size_t
inside(const struct ir_frame *f, const uint8_t *data, size_t size)
{
    size_t i, sum = 0;

    if (f->n == 0)
        return 0;
    MUST(f->p >= data && f->p + f->n <= data + size);
    for (i = 0; i < f->n; i++)
        sum += f->p[i];
    return sum;
}

static void
check_entries(struct ir_frame f, const uint8_t *data, size_t size)
{
    const uint8_t *p;
    size_t n, count = 0;

    while (ir_frame_entry(&f, &p, &n)) {
        struct ir_entry e;

        MUST(n <= IR_ENTRY_MAX && p >= data && p + n <= data + size);
        (void)ir_entry_parse(p, n, &e, NULL);
        count++;
    }
    MUST(count == f.count && f.n == 0 && count <= IR_FRAME_ENTRIES_MAX);
}

static void
check_frame(const struct ir_frame *f, const uint8_t *data, size_t size)
{
    struct ir_buf once = {0}, twice = {0};
    struct ir_frame again;
    struct ir_cbor c;

    (void)inside(f, data, size);
    MUST(f->type >= IR_FRAME_BEACON && f->type <= IR_FRAME_HAVE);
    if (f->type == IR_FRAME_ENTRIES)
        check_entries(*f, data, size);
    if (f->type == IR_FRAME_OBJECT)
        MUST(f->offset + f->n <= f->total);
    ir_frame_put(f, &once);
    c = (struct ir_cbor){once.p, once.p + once.len};
    MUST(ir_frame_next(&c, &again, NULL) == IR_OK && c.p == c.end);
    ir_frame_put(&again, &twice);
    MUST(once.len == twice.len && memcmp(once.p, twice.p, once.len) == 0);
    ir_buf_done(&once);
    ir_buf_done(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ir_cbor c = {data, data + size};
    struct ir_err err = {0};
    struct ir_frame f;
    const uint8_t *before = c.p;
    int rc;

    while ((rc = ir_frame_next(&c, &f, &err)) == IR_OK) {
        MUST(c.p > before && c.p <= c.end);
        before = c.p;
        check_frame(&f, data, size);
    }
    MUST(rc == err.code && c.p == before);
    return 0;
}
