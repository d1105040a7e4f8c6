/* hkdf.c: see hkdf.h. */
#include "base/hkdf.h"

#include <assert.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>

void
ir_hkdf_extract(const void *salt, size_t salt_n, const void *ikm, size_t ikm_n,
                uint8_t prk[IR_HASH_BYTES])
{
    static const uint8_t none[IR_HASH_BYTES];
    struct hmac_sha256_ctx x;

    if (salt_n == 0)
        hmac_sha256_set_key(&x, sizeof none, none);
    else
        hmac_sha256_set_key(&x, salt_n, salt);
    hmac_sha256_update(&x, ikm_n, ikm_n > 0 ? ikm : none);
    hmac_sha256_digest(&x, IR_HASH_BYTES, prk);
    ir_wipe(&x, sizeof x);
}

void
ir_hkdf_expand(const uint8_t prk[IR_HASH_BYTES], const void *info,
               size_t info_n, uint8_t *out, size_t n)
{
    struct hmac_sha256_ctx x;

    assert(n <= IR_HKDF_MAX);
    hmac_sha256_set_key(&x, IR_HASH_BYTES, prk);
    hkdf_expand(&x, (nettle_hash_update_func *)hmac_sha256_update,
                (nettle_hash_digest_func *)hmac_sha256_digest, IR_HASH_BYTES,
                info_n, info_n > 0 ? info : (const uint8_t *)"", n, out);
    ir_wipe(&x, sizeof x);
}

void
ir_hkdf(const void *salt, size_t salt_n, const void *ikm, size_t ikm_n,
        const void *info, size_t info_n, uint8_t *out, size_t n)
{
    uint8_t prk[IR_HASH_BYTES];

    ir_hkdf_extract(salt, salt_n, ikm, ikm_n, prk);
    ir_hkdf_expand(prk, info, info_n, out, n);
    ir_wipe(prk, sizeof prk);
}
