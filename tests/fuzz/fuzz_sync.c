/* fuzz_sync.c: whatever arrives on two links, in whatever order with whatever
 * pauses: the engine stays within its memory and its links, never speaks
 * longer than a link carries, comes to an end of speaking, and time goes on.
 *
 * An input is steps: one byte what, two bytes how many, and as many bytes. The
 * engine's random bytes are all 7, so that an input can hold its salts.
 */
#include "core/body.h"
#include "core/frame.h"
#include "core/sync.h"
#include "fuzz.h"

#include <string.h>

#define KEPT_MAX 64
#define WIDE 40000
#define NARROW 900

struct home {
    struct {
        uint8_t id[32];
        uint8_t *p;
        size_t n;
    } v[KEPT_MAX];
    size_t n;
    uint64_t piece;
};

static void
name(const uint8_t *p, size_t n, uint8_t id[32])
{
    ir_sha256(p, n, id);
}

static int
get(void *arg, const uint8_t id[32], struct ir_buf *out)
{
    struct home *h = arg;
    size_t i;

    for (i = 0; i < h->n; i++)
        if (memcmp(h->v[i].id, id, 32) == 0) {
            ir_buf_add(out, h->v[i].p, h->v[i].n);
            return IR_OK;
        }
    return IR_ENOTFOUND;
}

static void
keep(struct home *h, const uint8_t *p, size_t n)
{
    name(p, n, h->v[h->n].id);
    h->v[h->n].p = ir_malloc(n);
    h->v[h->n].n = n;
    memcpy(h->v[h->n++].p, p, n);
}

static int
put(void *arg, const uint8_t from[8], struct ir_sync_in *v, size_t n,
    struct ir_err *err)
{
    struct home *h = arg;
    struct ir_buf b = {0};
    size_t i;

    (void)from;
    MUST(n > 0 && n <= IR_FRAME_ENTRIES_MAX);
    for (i = 0; i < n; i++) {
        struct ir_entry e;

        v[i].fate = IR_SYNC_REFUSED;
        if (ir_entry_parse(v[i].p, v[i].n, &e, NULL) != IR_OK)
            continue;
        name(v[i].p, v[i].n, v[i].id);
        v[i].hlc = e.h.hlc;
        v[i].lane = ir_kind_lane(e.h.kind);
        b.len = 0;
        if (get(h, v[i].id, &b) == IR_OK) {
            v[i].fate = IR_SYNC_HAD;
        } else if (h->n == KEPT_MAX || e.h.seq % 5 == 0) {
            v[i].fate = IR_SYNC_LATER;
        } else {
            keep(h, v[i].p, v[i].n);
            v[i].fate = IR_SYNC_STORED;
        }
    }
    ir_buf_done(&b);
    return n == 199 ? ir_fail(err, IR_ESTORE, "full") : IR_OK;
}

static int
object_get(void *arg, const uint8_t digest[32], uint64_t off, size_t max,
           uint64_t *total, struct ir_buf *out)
{
    (void)arg;
    MUST(max <= IR_FRAME_CHUNK_MAX);
    if (digest[0] != 7 || off > 100)
        return IR_ENOTFOUND;
    *total = 100;
    while (off++ < 100 && max-- > 0)
        ir_buf_addc(out, 1);
    return IR_OK;
}

static int
object_put(void *arg, const uint8_t digest[32], uint64_t total, uint64_t off,
           const void *p, size_t n)
{
    struct home *h = arg;

    (void)digest, (void)p;
    MUST(n > 0 && off + n <= total && off == h->piece);
    h->piece = off + n < total ? off + n : 0;
    return IR_OK;
}

static int
object_next(void *arg, uint8_t digest[32], uint64_t *off)
{
    struct home *h = arg;

    memset(digest, 7, 32);
    *off = h->piece;
    return IR_OK;
}

static void
sevens(void *arg, void *p, size_t n)
{
    (void)arg;
    memset(p, 7, n);
}

static void
own(struct ir_sync *s, struct home *h, uint64_t seq, int64_t now)
{
    struct ir_entry e = {.h = {.hlc = (seq + 1) << 20, .seq = 1 + seq * 5}};
    struct ir_buf p = {0}, out = {0};

    if (h->n == KEPT_MAX)
        return;
    e.h.kind = 1 + seq % 50;
    e.h.prio = (uint8_t)ir_lane_prio(ir_kind_lane(e.h.kind));
    ir_header_encode(&e.h, &p);
    e.p = p.p;
    e.p_len = p.len;
    e.b = (const uint8_t *)"\xa0";
    e.b_len = 1;
    ir_entry_encode(&e, &out);
    keep(h, out.p, out.len);
    ir_sync_local(s, h->v[h->n - 1].id, e.h.hlc, ir_kind_lane(e.h.kind),
                  e.h.prio, now);
    ir_buf_done(&p);
    ir_buf_done(&out);
}

static void
drain(struct ir_sync *s, int64_t now)
{
    struct ir_buf b = {0};
    struct ir_sync_state st;
    uint32_t link;
    int said = 0;

    MUST(ir_sync_tick(s, now) > now);
    while (ir_sync_out(s, &link, &b)) {
        struct ir_cbor c = {b.p, b.p + b.len};
        struct ir_frame f;
        int rc;

        MUST(link < 2 && b.len > 0 && b.len <= (link == 0 ? WIDE : NARROW));
        while ((rc = ir_frame_next(&c, &f, NULL)) == IR_OK)
            ;
        MUST(rc == IR_ENOTFOUND); /* what it says is well-formed */
        MUST(++said < 20000);
        b.len = 0;
    }
    for (link = 0; link < 2; link++)
        if (ir_sync_state(s, link, &st))
            MUST(st.queued <= 4 * 4096 && st.wanted <= 16384);
    ir_buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t self[8] = {5}, other[8] = {9};
    struct home h = {0};
    struct ir_sync_home home = {&h,         get,         put,   object_get,
                                object_put, object_next, sevens};
    struct ir_sync *s = ir_sync_new(self, &home, 1000);
    int64_t now = 1000;
    uint64_t seq;

    for (seq = 0; seq < 5; seq++)
        own(s, &h, seq * 9, now);
    ir_sync_link_up(s, 0, other, WIDE, false);
    ir_sync_link_up(s, 1, NULL, NARROW, true);
    drain(s, now);
    while (size >= 3) {
        size_t n = (size_t)data[1] << 8 | data[2];
        int what = data[0];

        data += 3;
        size -= 3;
        if (what % 8 < 5) {
            n = n < size ? n : size;
            (void)ir_sync_in(s, (uint32_t)what % 3, data, n, now, NULL);
            data += n;
            size -= n;
        } else if (what % 8 == 5) {
            now += (int64_t)n;
        } else if (what % 8 == 6) {
            own(s, &h, seq++, now);
        } else if (n % 2 == 0) {
            ir_sync_link_down(s, (uint32_t)what / 8 % 2);
        } else {
            ir_sync_link_up(s, 0, other, WIDE, false);
        }
        drain(s, now);
    }
    ir_sync_free(s);
    while (h.n > 0)
        free(h.v[--h.n].p);
    return 0;
}
