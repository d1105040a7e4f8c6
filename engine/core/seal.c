/* seal.c: see seal.h. Every key that seals is derived for one frame or one
 * body, so that its nonce may be zero.
 */
#include "core/seal.h"

#include "base/cbor.h"
#include "base/hkdf.h"
#include "base/hpke.h"
#include "base/i18n.h"

#include <string.h>

static const uint8_t zero_nonce[IR_AEAD_NONCE_BYTES];

/* Append `n` bytes nobody has written yet; returns where. */
static uint8_t *
room(struct ir_buf *b, size_t n)
{
    static const uint8_t zeros[1024];
    size_t at = b->len, left = n;

    while (left > 0) {
        size_t step = left < sizeof zeros ? left : sizeof zeros;

        ir_buf_add(b, zeros, step);
        left -= step;
    }
    ir_buf_add(b, zeros, 0);
    return b->p + at;
}

/* Forget what stands after the first `n` bytes. */
static void
cut(struct ir_buf *b, size_t n)
{
    ir_wipe(b->p + n, b->len - n);
    b->len = n;
}

static void
frame_hint(const struct ir_epoch_key *k, uint8_t hint[IR_FRAME_HINT_BYTES])
{
    static const char info[] = "ir-hint@v1";

    ir_hkdf(NULL, 0, k->key, sizeof k->key, info, sizeof info - 1, hint,
            IR_FRAME_HINT_BYTES);
}

static void
frame_key(const struct ir_epoch_key *k, const uint8_t site[32],
          const uint8_t salt[IR_FRAME_SALT_BYTES],
          uint8_t key[IR_AEAD_KEY_BYTES])
{
    uint8_t info[11 + 32] = "ir-frame@v1";

    memcpy(info + 11, site, 32);
    ir_hkdf(salt, IR_FRAME_SALT_BYTES, k->key, sizeof k->key, info, sizeof info,
            key, IR_AEAD_KEY_BYTES);
}

void
ir_frame_seal_salted(const struct ir_epoch_key *k, const uint8_t site[32],
                     const uint8_t salt[IR_FRAME_SALT_BYTES], const void *p,
                     size_t n, struct ir_buf *out)
{
    uint8_t hint[IR_FRAME_HINT_BYTES], key[IR_AEAD_KEY_BYTES];

    frame_hint(k, hint);
    frame_key(k, site, salt, key);
    ir_buf_add(out, hint, sizeof hint);
    ir_buf_add(out, salt, IR_FRAME_SALT_BYTES);
    ir_aead_seal(key, zero_nonce, NULL, 0, p, n,
                 room(out, n + IR_AEAD_TAG_BYTES));
    ir_wipe(key, sizeof key);
}

void
ir_frame_seal(const struct ir_epoch_key *k, const uint8_t site[32],
              const void *p, size_t n, struct ir_buf *out)
{
    uint8_t salt[IR_FRAME_SALT_BYTES];

    ir_random(salt, sizeof salt);
    ir_frame_seal_salted(k, site, salt, p, n, out);
}

bool
ir_frame_under(const struct ir_epoch_key *k, const void *p, size_t n)
{
    uint8_t hint[IR_FRAME_HINT_BYTES];

    if (k->audience != 0 || n < sizeof hint)
        return false;
    frame_hint(k, hint);
    return memcmp(hint, p, sizeof hint) == 0;
}

int
ir_frame_open(const struct ir_epoch_key *keys, size_t keys_n,
              const uint8_t site[32], const void *p, size_t n,
              struct ir_buf *out, struct ir_err *err)
{
    const uint8_t *b = p,
                  *sealed = b + IR_FRAME_HINT_BYTES + IR_FRAME_SALT_BYTES;
    uint8_t hint[IR_FRAME_HINT_BYTES], key[IR_AEAD_KEY_BYTES];
    size_t i, was = out->len;
    bool ok = false;

    memset(key, 0, sizeof key);
    if (n < IR_FRAME_OVERHEAD)
        return ir_fail(err, IR_ESIG, _("a sealed frame that was cut short"));
    for (i = 0; i < keys_n && !ok; i++) {
        if (keys[i].audience != 0)
            continue;
        frame_hint(&keys[i], hint);
        if (memcmp(hint, b, sizeof hint) != 0)
            continue;
        frame_key(&keys[i], site, b + IR_FRAME_HINT_BYTES, key);
        ok = ir_aead_open(key, zero_nonce, NULL, 0, sealed,
                          n - IR_FRAME_HINT_BYTES - IR_FRAME_SALT_BYTES,
                          room(out, n - IR_FRAME_OVERHEAD));
        if (!ok)
            cut(out, was);
    }
    ir_wipe(key, sizeof key);
    if (!ok)
        return ir_fail(err, IR_ESIG,
                       _("a sealed frame that is not this site's, is under a "
                         "key that is not here, or was changed"));
    return IR_OK;
}

/* How long `n` bytes with their end mark are padded to. */
static size_t
padded(size_t n)
{
    size_t step = n <= 512 ? 64 : n <= 4096 ? 256 : 1024;

    return (n + step - 1) / step * step;
}

/* The body's own key, and the commitment to it, side by side. */
static void
body_key(const struct ir_epoch_key *k, const uint8_t site[32],
         const uint8_t nonce[IR_SEAL_NONCE_BYTES], const void *p, size_t p_n,
         uint8_t out[IR_AEAD_KEY_BYTES + IR_SEAL_COMMIT_BYTES])
{
    uint8_t info[10 + 32 + IR_HASH_BYTES] = "ir-body@v1";

    memcpy(info + 10, site, 32);
    ir_sha256(p, p_n, info + 10 + 32);
    ir_hkdf(nonce, IR_SEAL_NONCE_BYTES, k->key, sizeof k->key, info,
            sizeof info, out, IR_AEAD_KEY_BYTES + IR_SEAL_COMMIT_BYTES);
}

int
ir_body_seal_nonce(const struct ir_epoch_key *k, const uint8_t site[32],
                   const uint8_t nonce[IR_SEAL_NONCE_BYTES], const void *p,
                   size_t p_n, const void *b, size_t b_n, struct ir_buf *out,
                   struct ir_err *err)
{
    uint8_t keys[IR_AEAD_KEY_BYTES + IR_SEAL_COMMIT_BYTES];
    struct ir_buf plain = {0}, sealed = {0};
    size_t n = padded(b_n + 1);

    if (b_n > IR_SEAL_PLAIN_MAX)
        return ir_fail(err, IR_ELIMIT, _("too long: %zu bytes, limit %d"), b_n,
                       IR_SEAL_PLAIN_MAX);
    body_key(k, site, nonce, p, p_n, keys);
    ir_buf_add(&plain, b, b_n);
    ir_buf_addc(&plain, 0x80);
    (void)room(&plain, n - plain.len);
    ir_buf_add(&sealed, keys + IR_AEAD_KEY_BYTES, IR_SEAL_COMMIT_BYTES);
    ir_aead_seal(keys, zero_nonce, p, p_n, plain.p, n,
                 room(&sealed, n + IR_AEAD_TAG_BYTES));
    ir_cbor_put_array(out, 3);
    ir_cbor_put_uint(out, k->epoch);
    ir_cbor_put_bytes(out, nonce, IR_SEAL_NONCE_BYTES);
    ir_cbor_put_bytes(out, sealed.p, sealed.len);
    ir_wipe(keys, sizeof keys);
    ir_wipe(plain.p, plain.len);
    ir_buf_done(&plain);
    ir_buf_done(&sealed);
    return IR_OK;
}

int
ir_body_seal(const struct ir_epoch_key *k, const uint8_t site[32],
             const void *p, size_t p_n, const void *b, size_t b_n,
             struct ir_buf *out, struct ir_err *err)
{
    uint8_t nonce[IR_SEAL_NONCE_BYTES];

    ir_random(nonce, sizeof nonce);
    return ir_body_seal_nonce(k, site, nonce, p, p_n, b, b_n, out, err);
}

struct sealed {
    uint64_t epoch;
    const uint8_t *nonce, *commit, *text;
    size_t n; /* of text and tag */
};

/* [epoch, nonce, commitment and ciphertext]. */
static int
read_sealed(const void *body, size_t n, struct sealed *s)
{
    struct ir_cbor c = {body, (const uint8_t *)body + n};
    struct ir_cbor_item it = {0};

    if (ir_cbor_check(body, n, NULL) != IR_OK ||
        ir_cbor_next(&c, &it, NULL) != IR_OK || it.type != IR_CBOR_ARRAY ||
        it.num != 3 || ir_cbor_next(&c, &it, NULL) != IR_OK ||
        it.type != IR_CBOR_UINT)
        return IR_EPARSE;
    s->epoch = (uint64_t)it.num;
    if (ir_cbor_next(&c, &it, NULL) != IR_OK || it.type != IR_CBOR_BYTES ||
        it.num != IR_SEAL_NONCE_BYTES)
        return IR_EPARSE;
    s->nonce = it.bytes;
    if (ir_cbor_next(&c, &it, NULL) != IR_OK || it.type != IR_CBOR_BYTES ||
        it.num < IR_SEAL_COMMIT_BYTES + 64 + IR_AEAD_TAG_BYTES)
        return IR_EPARSE;
    s->commit = it.bytes;
    s->text = it.bytes + IR_SEAL_COMMIT_BYTES;
    s->n = (size_t)it.num - IR_SEAL_COMMIT_BYTES;
    return IR_OK;
}

bool
ir_body_is_sealed(const void *body, size_t n)
{
    struct sealed s;

    return read_sealed(body, n, &s) == IR_OK;
}

/* Take the padding off; false when it is not the one that belongs there, or
 * what it leaves is no map.
 */
static bool
take_padding(const uint8_t *p, size_t n, size_t *plain)
{
    size_t len = n;

    while (len > 0 && p[len - 1] == 0)
        len--;
    if (len < 2 || p[len - 1] != 0x80 || padded(len) != n)
        return false;
    *plain = len - 1;
    return ir_cbor_check(p, *plain, NULL) == IR_OK && p[0] >> 5 == IR_CBOR_MAP;
}

/* Open with one key; the commitment first, which tells keys apart. */
static bool
open_with(const struct ir_epoch_key *k, const uint8_t site[32], const void *p,
          size_t p_n, const struct sealed *s, struct ir_buf *out)
{
    uint8_t keys[IR_AEAD_KEY_BYTES + IR_SEAL_COMMIT_BYTES];
    size_t was = out->len, n = s->n - IR_AEAD_TAG_BYTES, plain = 0;
    bool ok;

    body_key(k, site, s->nonce, p, p_n, keys);
    ok = ir_bytes_equal(keys + IR_AEAD_KEY_BYTES, s->commit,
                        IR_SEAL_COMMIT_BYTES) &&
         ir_aead_open(keys, zero_nonce, p, p_n, s->text, s->n, room(out, n)) &&
         take_padding(out->p + was, n, &plain);
    if (out->len > was)
        cut(out, ok ? was + plain : was);
    ir_wipe(keys, sizeof keys);
    return ok;
}

int
ir_body_unseal(const struct ir_epoch_key *keys, size_t keys_n,
               const uint8_t site[32], uint64_t audience, const void *p,
               size_t p_n, const void *body, size_t body_n, struct ir_buf *out,
               struct ir_err *err)
{
    struct sealed s = {0};
    bool seen = false;
    size_t i;

    if (audience == 0 || read_sealed(body, body_n, &s) != IR_OK)
        return ir_fail(err, IR_EPARSE, _("not a sealed body"));
    for (i = 0; i < keys_n; i++) {
        if (keys[i].audience != audience || keys[i].epoch != s.epoch)
            continue;
        seen = true;
        if (open_with(&keys[i], site, p, p_n, &s, out))
            return IR_OK;
    }
    if (!seen)
        return ir_fail(err, IR_ENOTFOUND,
                       _("sealed under key %llu of its audience, which this "
                         "device was not given"),
                       (unsigned long long)s.epoch);
    return ir_fail(err, IR_ESIG,
                   _("a sealed body that is under another key, belongs to "
                     "another entry, or was changed"));
}

/* What a wrapped key is bound to: site, device, audience, epoch. */
static void
wrap_info(const uint8_t site[32], const uint8_t recipient[IR_KEYID_BYTES],
          const struct ir_epoch_key *k, struct ir_buf *b)
{
    int i;

    ir_buf_adds(b, "ir-grant@v1");
    ir_buf_add(b, site, 32);
    ir_buf_add(b, recipient, IR_KEYID_BYTES);
    for (i = 56; i >= 0; i -= 8)
        ir_buf_addc(b, (int)(k->audience >> i & 255));
    for (i = 56; i >= 0; i -= 8)
        ir_buf_addc(b, (int)(k->epoch >> i & 255));
}

int
ir_key_wrap(const struct ir_epoch_key *k, const uint8_t site[32],
            const uint8_t recipient[IR_KEYID_BYTES], const uint8_t x25519[32],
            const uint8_t *ephemeral, uint8_t out[IR_WRAPPED_BYTES],
            struct ir_err *err)
{
    struct ir_buf info = {0};
    struct ir_hpke x = {0};
    int rc;

    wrap_info(site, recipient, k, &info);
    rc = ir_hpke_sender(x25519, ephemeral, info.p, info.len, &x, out, err);
    if (rc == IR_OK)
        ir_hpke_seal(&x, NULL, 0, k->key, sizeof k->key,
                     out + IR_HPKE_ENC_BYTES);
    ir_wipe(&x, sizeof x);
    ir_buf_done(&info);
    return rc;
}

int
ir_key_unwrap(const uint8_t secret[32], const uint8_t site[32],
              const uint8_t recipient[IR_KEYID_BYTES], const uint8_t *p,
              size_t n, struct ir_epoch_key *k, struct ir_err *err)
{
    struct ir_buf info = {0};
    struct ir_hpke x = {0};
    uint8_t key[IR_EPOCH_KEY_BYTES];
    int rc = IR_ESIG;

    wrap_info(site, recipient, k, &info);
    if (n == IR_WRAPPED_BYTES)
        rc = ir_hpke_receiver(secret, p, info.p, info.len, &x, NULL);
    if (rc == IR_OK && ir_hpke_open(&x, NULL, 0, p + IR_HPKE_ENC_BYTES,
                                    n - IR_HPKE_ENC_BYTES, key))
        memcpy(k->key, key, sizeof key);
    else
        rc = ir_fail(err, IR_ESIG,
                     _("a key that was not wrapped for this device, or was "
                       "changed"));
    ir_wipe(&x, sizeof x);
    ir_wipe(key, sizeof key);
    ir_buf_done(&info);
    return rc;
}
