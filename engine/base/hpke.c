/* hpke.c: see hpke.h. The names are those of RFC 9180. */
#include "base/hpke.h"

#include "base/buf.h"
#include "base/hkdf.h"
#include "base/i18n.h"

#include <string.h>

struct suite {
    uint8_t id[10];
    size_t n;
};

static const struct suite kem = {{'K', 'E', 'M', 0x00, 0x20}, 5};
static const struct suite hpke = {
    {'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x03}, 10};

/* LabeledExtract: section 4. */
static void
labeled_extract(const struct suite *s, const void *salt, size_t salt_n,
                const char *label, const void *ikm, size_t ikm_n,
                uint8_t prk[IR_HASH_BYTES])
{
    struct ir_buf b = {0};

    ir_buf_adds(&b, "HPKE-v1");
    ir_buf_add(&b, s->id, s->n);
    ir_buf_adds(&b, label);
    ir_buf_add(&b, ikm, ikm_n);
    ir_hkdf_extract(salt, salt_n, b.p, b.len, prk);
    ir_wipe(b.p, b.len);
    ir_buf_done(&b);
}

/* LabeledExpand: section 4. */
static void
labeled_expand(const struct suite *s, const uint8_t prk[IR_HASH_BYTES],
               const char *label, const void *info, size_t info_n, uint8_t *out,
               size_t n)
{
    struct ir_buf b = {0};

    ir_buf_addc(&b, (int)(n >> 8));
    ir_buf_addc(&b, (int)(n & 255));
    ir_buf_adds(&b, "HPKE-v1");
    ir_buf_add(&b, s->id, s->n);
    ir_buf_adds(&b, label);
    ir_buf_add(&b, info, info_n);
    ir_hkdf_expand(prk, b.p, b.len, out, n);
    ir_buf_done(&b);
}

/* What Encap and Decap share: sections 4.1 and 7.1.4. */
static int
shared_secret(const uint8_t secret[32], const uint8_t theirs[32],
              const uint8_t enc[32], const uint8_t pub[32], uint8_t out[32],
              struct ir_err *err)
{
    uint8_t dh[32], prk[IR_HASH_BYTES], context[64];

    if (!ir_x25519(secret, theirs, dh))
        return ir_fail(err, IR_ESIG, _("not a key that can be sealed to"));
    memcpy(context, enc, 32);
    memcpy(context + 32, pub, 32);
    labeled_extract(&kem, NULL, 0, "eae_prk", dh, sizeof dh, prk);
    labeled_expand(&kem, prk, "shared_secret", context, sizeof context, out,
                   32);
    ir_wipe(dh, sizeof dh);
    ir_wipe(prk, sizeof prk);
    return IR_OK;
}

/* KeySchedule in mode_base, without the exporter: section 5.1. */
static void
key_schedule(const uint8_t shared[32], const void *info, size_t info_n,
             struct ir_hpke *x)
{
    uint8_t context[1 + 2 * IR_HASH_BYTES] = {0}, secret[IR_HASH_BYTES];

    labeled_extract(&hpke, NULL, 0, "psk_id_hash", NULL, 0, context + 1);
    labeled_extract(&hpke, NULL, 0, "info_hash", info, info_n,
                    context + 1 + IR_HASH_BYTES);
    labeled_extract(&hpke, shared, 32, "secret", NULL, 0, secret);
    labeled_expand(&hpke, secret, "key", context, sizeof context, x->key,
                   sizeof x->key);
    labeled_expand(&hpke, secret, "base_nonce", context, sizeof context,
                   x->nonce, sizeof x->nonce);
    x->seq = 0;
    ir_wipe(secret, sizeof secret);
}

int
ir_hpke_sender(const uint8_t pub[32], const uint8_t *ephemeral,
               const void *info, size_t info_n, struct ir_hpke *x,
               uint8_t enc[IR_HPKE_ENC_BYTES], struct ir_err *err)
{
    uint8_t secret[32], mine[32], shared[32];
    int rc;

    if (ephemeral != NULL)
        memcpy(secret, ephemeral, sizeof secret);
    else
        ir_random(secret, sizeof secret);
    ir_x25519_public(secret, mine);
    rc = shared_secret(secret, pub, mine, pub, shared, err);
    if (rc == IR_OK) {
        key_schedule(shared, info, info_n, x);
        memcpy(enc, mine, sizeof mine);
    }
    ir_wipe(secret, sizeof secret);
    ir_wipe(shared, sizeof shared);
    return rc;
}

int
ir_hpke_receiver(const uint8_t secret[32], const uint8_t enc[IR_HPKE_ENC_BYTES],
                 const void *info, size_t info_n, struct ir_hpke *x,
                 struct ir_err *err)
{
    uint8_t pub[32], shared[32];
    int rc;

    ir_x25519_public(secret, pub);
    rc = shared_secret(secret, enc, enc, pub, shared, err);
    if (rc == IR_OK)
        key_schedule(shared, info, info_n, x);
    ir_wipe(shared, sizeof shared);
    return rc;
}

/* ComputeNonce: section 5.2. */
static void
compute_nonce(const struct ir_hpke *x, uint8_t nonce[IR_AEAD_NONCE_BYTES])
{
    size_t i;

    memcpy(nonce, x->nonce, IR_AEAD_NONCE_BYTES);
    for (i = 0; i < 8; i++)
        nonce[IR_AEAD_NONCE_BYTES - 1 - i] ^= (uint8_t)(x->seq >> 8 * i);
}

void
ir_hpke_seal(struct ir_hpke *x, const void *ad, size_t ad_n, const uint8_t *p,
             size_t n, uint8_t *out)
{
    uint8_t nonce[IR_AEAD_NONCE_BYTES];

    compute_nonce(x, nonce);
    ir_aead_seal(x->key, nonce, ad, ad_n, p, n, out);
    x->seq++;
}

bool
ir_hpke_open(struct ir_hpke *x, const void *ad, size_t ad_n, const uint8_t *p,
             size_t n, uint8_t *out)
{
    uint8_t nonce[IR_AEAD_NONCE_BYTES];

    compute_nonce(x, nonce);
    if (!ir_aead_open(x->key, nonce, ad, ad_n, p, n, out))
        return false;
    x->seq++;
    return true;
}
