/* fuzz_seal.c: frames, sealed bodies and wrapped keys. The first byte says
 * which; the rest is opened as it is, where nothing may open that was not
 * sealed here, and then sealed, where everything must open again.
 */
#include "base/cbor.h"
#include "core/seal.h"
#include "fuzz.h"

#include <string.h>

static const uint8_t site[32] = "a site";
static const uint8_t header[8] = {0xa1, 0x00, 0x01};

/* Carrier keys 1 and 2, audience key 3 of audience 4; the secret of an X25519
 * key besides. Not known to who writes the input.
 */
static struct ir_epoch_key keys[3] = {{1, 0, {0}}, {2, 0, {0}}, {3, 4, {0}}};
static uint8_t secret[32];

static void
begin(void)
{
    struct ir_err err = {0};
    size_t i;

    MUST(ir_crypt_init(&err) == IR_OK);
    for (i = 0; i < 3; i++)
        ir_random(keys[i].key, sizeof keys[i].key);
    ir_random(secret, sizeof secret);
}

static void
frame(const uint8_t *p, size_t n)
{
    struct ir_buf plain = {0}, sealed = {0};
    struct ir_err err = {0};

    MUST(ir_frame_open(keys, 3, site, p, n, &plain, &err) == IR_ESIG);
    MUST(plain.len == 0 && err.msg[0] != '\0');
    ir_frame_seal(&keys[1], site, p, n, &sealed);
    MUST(sealed.len == n + IR_FRAME_OVERHEAD);
    MUST(ir_frame_open(keys, 3, site, sealed.p, sealed.len, &plain, &err) ==
         IR_OK);
    MUST(plain.len == n && (n == 0 || memcmp(plain.p, p, n) == 0));
    ir_buf_done(&plain);
    ir_buf_done(&sealed);
}

static void
body(const uint8_t *p, size_t n)
{
    struct ir_buf plain = {0}, sealed = {0};
    struct ir_err err = {0};
    bool map =
        ir_cbor_check(p, n, NULL) == IR_OK && n > 0 && p[0] >> 5 == IR_CBOR_MAP;

    MUST(ir_body_unseal(keys, 3, site, 4, header, 3, p, n, &plain, &err) !=
         IR_OK);
    MUST(plain.len == 0 && err.msg[0] != '\0');
    if (ir_body_seal(&keys[2], site, header, 3, p, n, &sealed, &err) == IR_OK) {
        int rc = ir_body_unseal(keys, 3, site, 4, header, 3, sealed.p,
                                sealed.len, &plain, &err);

        MUST(ir_cbor_check(sealed.p, sealed.len, NULL) == IR_OK);
        MUST((rc == IR_OK) == map);
        MUST(!map || (plain.len == n && memcmp(plain.p, p, n) == 0));
    } else {
        MUST(n > IR_SEAL_PLAIN_MAX);
    }
    ir_buf_done(&plain);
    ir_buf_done(&sealed);
}

static void
wrapped(const uint8_t *p, size_t n)
{
    struct ir_epoch_key k = {1, 0, {0}};
    struct ir_err err = {0};

    MUST(ir_key_unwrap(secret, site, header, p, n, &k, &err) == IR_ESIG);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;

    if (!begun)
        begin();
    begun = true;
    if (size < 1)
        return 0;
    switch (data[0] % 3) {
    case 0:
        frame(data + 1, size - 1);
        break;
    case 1:
        body(data + 1, size - 1);
        break;
    default:
        wrapped(data + 1, size - 1);
    }
    return 0;
}
