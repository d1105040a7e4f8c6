/* fuzz_entry.c: what parses as an entry has one form only: header and entry
 * encode to the very bytes they came from; and whoever reads its body, links
 * and times stays within it.
 */
#include "core/body.h"
#include "core/entry.h"
#include "core/order.h"
#include "fuzz.h"

#include <string.h>

/* Read every field the table of kinds knows, in every way there is. */
static void
read_body(const struct ir_entry *e)
{
    int key;

    for (key = 0; key < 48; key++) {
        struct ir_body_item it;
        const uint8_t *p;
        const char *s;
        uint64_t u, sum = 0;
        int64_t i;
        size_t n, at = 0;
        char *copy = ir_body_strdup(e, key);

        MUST(!ir_body_uint(e, key, &u) || ir_body_int(e, key, &i));
        if (ir_body_text(e, key, &s, &n)) {
            MUST(copy != NULL && strlen(copy) == n && ir_body_is(e, key, copy));
            MUST(!ir_body_bytes(e, key, &p, &n));
        } else {
            MUST(copy == NULL);
        }
        while (at < 100 && ir_body_each(e, key, &at, &it)) {
            MUST(it.p >= e->b && it.p + it.len <= e->b + e->b_len);
            for (n = 0; n < it.len; n++)
                sum += it.p[n];
        }
        (void)sum;
        free(copy);
    }
    if (!e->h.sealed)
        (void)ir_kind_check(e->h.kind, e->b, e->b_len, NULL);
    (void)ir_entry_recorded_ms(e);
}

static void
check_entry(const uint8_t *data, size_t size, const struct ir_entry *e)
{
    struct ir_buf p = {0}, whole = {0};
    struct ir_header again;
    struct ir_entry stub = *e, back;
    const struct ir_kind *k = ir_kind_get(e->h.kind);
    const struct ir_entry *v[2] = {e, &stub};
    uint8_t site[IR_ID_BYTES] = {1}, m[IR_M_MAX];
    int rc;

    MUST(e->p_len <= IR_HEADER_MAX && e->b_len <= IR_BODY_MAX);
    ir_header_encode(&e->h, &p);
    MUST(p.len == e->p_len && memcmp(p.p, e->p, p.len) == 0);
    MUST(ir_header_decode(p.p, p.len, &again, NULL) == IR_OK);
    ir_entry_encode(e, &whole);
    MUST(whole.len == size && memcmp(whole.p, data, size) == 0);
    MUST(ir_entry_m(e, site, m) == 32 + e->p_len + 32);
    /* its stub: same id; parses unless the kind forbids */
    stub.b = NULL;
    ir_entry_id(&stub, site);
    ir_buf_done(&whole);
    ir_entry_encode(&stub, &whole);
    rc = ir_entry_parse(whole.p, whole.len, &back, NULL);
    MUST((rc == IR_OK) == (k == NULL || !k->state_bearing));
    if (rc == IR_OK) {
        ir_entry_id(&back, site);
        MUST(memcmp(back.id, stub.id, IR_ID_BYTES) == 0);
    }
    ir_order_sort(v, 2);
    ir_buf_done(&p);
    ir_buf_done(&whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ir_err err = {0};
    struct ir_entry e;
    int rc = ir_entry_parse(data, size, &e, &err);

    if (rc != IR_OK) {
        MUST(rc == err.code && err.msg[0] != '\0');
        return 0;
    }
    check_entry(data, size, &e);
    if (e.b != NULL)
        read_body(&e);
    return 0;
}
