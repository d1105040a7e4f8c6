/* join.c: see join.h. */
#include "core/join.h"

#include "base/cbor.h"
#include "base/hkdf.h"
#include "base/hpke.h"
#include "base/i18n.h"
#include "base/scan.h"
#include "base/sshsig.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define SALT_BYTES 16
#define CODE_DIGITS 28 /* 128 bits of secret and 12 of check */

static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const uint8_t zero_nonce[IR_AEAD_NONCE_BYTES];

/* The secret and its check as one row of bits, the last four unused. */
static void
code_bits(const uint8_t secret[IR_JOIN_SECRET_BYTES],
          uint8_t bits[IR_JOIN_SECRET_BYTES + 2])
{
    uint8_t m[10 + IR_JOIN_SECRET_BYTES] = IR_JOIN_NAMESPACE;
    uint8_t h[IR_HASH_BYTES];

    memcpy(m + 10, secret, IR_JOIN_SECRET_BYTES);
    ir_sha256(m, sizeof m, h);
    memcpy(bits, secret, IR_JOIN_SECRET_BYTES);
    bits[IR_JOIN_SECRET_BYTES] = h[0];
    bits[IR_JOIN_SECRET_BYTES + 1] = h[1] & 0xf0;
    ir_wipe(m, sizeof m);
}

void
ir_join_code(const uint8_t secret[IR_JOIN_SECRET_BYTES],
             char out[IR_JOIN_CODE_BYTES])
{
    uint8_t bits[IR_JOIN_SECRET_BYTES + 2];
    size_t i, n = 0;

    code_bits(secret, bits);
    for (i = 0; i < CODE_DIGITS; i++) {
        size_t at = i * 5;
        unsigned two = (unsigned)bits[at / 8] << 8;

        if (at / 8 + 1 < sizeof bits)
            two |= bits[at / 8 + 1];
        if (i > 0 && i % 4 == 0)
            out[n++] = '-';
        out[n++] = base32[two >> (11 - at % 8) & 31];
    }
    out[n] = '\0';
    ir_wipe(bits, sizeof bits);
}

/* The value of a digit as people type it, or -1. */
static int
digit(char c)
{
    const char *p;

    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'I' || c == 'L')
        c = '1';
    if (c == 'O')
        c = '0';
    p = c != '\0' ? strchr(base32, c) : NULL;
    return p != NULL ? (int)(p - base32) : -1;
}

/* What an input method makes of a hyphen: the dash U+2010 to U+2015, the minus
 * U+2212, and the long vowel mark U+30FC, which lies on the same key.
 */
static bool
is_hyphen(int32_t cp)
{
    return cp == '-' || (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 ||
           cp == 0x30FC;
}

int
ir_join_code_parse(const char *typed, uint8_t secret[IR_JOIN_SECRET_BYTES],
                   struct ir_err *err)
{
    struct ir_buf narrow = {0};
    uint8_t bits[IR_JOIN_SECRET_BYTES + 2] = {0};
    uint8_t want[IR_JOIN_SECRET_BYTES + 2];
    size_t n = 0, i, step;
    const char *s;
    bool ok = true;

    ir_utf8_narrow(&narrow, typed);
    for (s = ir_buf_str(&narrow); *s != '\0' && ok; s += step) {
        int32_t cp = ir_utf8_next(s, strlen(s), &step);
        int v = digit(*s);

        if (is_hyphen(cp) || cp == ' ')
            continue;
        ok = v >= 0 && n < CODE_DIGITS;
        for (i = 0; ok && i < 5; i++)
            if ((v >> (4 - i) & 1) != 0)
                bits[(n * 5 + i) / 8] |= (uint8_t)(0x80 >> (n * 5 + i) % 8);
        n++;
    }
    code_bits(bits, want);
    if (!ok || n != CODE_DIGITS)
        ok = false;
    else if (ir_bytes_equal(bits, want, sizeof bits))
        memcpy(secret, bits, IR_JOIN_SECRET_BYTES);
    else
        ok = false;
    ir_wipe(bits, sizeof bits);
    ir_wipe(want, sizeof want);
    ir_wipe(narrow.p, narrow.len);
    ir_buf_done(&narrow);
    if (ok)
        return IR_OK;
    ir_fail(err, IR_EPARSE,
            _("this is not a code of an invitation, or a "
              "letter is mistyped"));
    ir_err_hint(err, _("it has seven groups of four: 28 letters and digits"));
    return IR_EPARSE;
}

void
ir_join_id(const uint8_t secret[IR_JOIN_SECRET_BYTES],
           uint8_t id[IR_JOIN_ID_BYTES])
{
    static const char info[] = "ir-join@v1 id";

    ir_hkdf(NULL, 0, secret, IR_JOIN_SECRET_BYTES, info, sizeof info - 1, id,
            IR_JOIN_ID_BYTES);
}

/* The key of one message: of a request, or of the answer to `req`. */
static void
message_key(const uint8_t secret[IR_JOIN_SECRET_BYTES],
            const uint8_t salt[SALT_BYTES], const uint8_t *info, size_t info_n,
            uint8_t key[IR_AEAD_KEY_BYTES])
{
    ir_hkdf(salt, SALT_BYTES, secret, IR_JOIN_SECRET_BYTES, info, info_n, key,
            IR_AEAD_KEY_BYTES);
}

/* salt | sealed, under the code. */
static void
code_seal(const uint8_t secret[IR_JOIN_SECRET_BYTES], const uint8_t *info,
          size_t info_n, const struct ir_buf *plain, struct ir_buf *out)
{
    uint8_t salt[SALT_BYTES], key[IR_AEAD_KEY_BYTES];
    uint8_t *text = ir_malloc(plain->len + IR_AEAD_TAG_BYTES);

    ir_random(salt, sizeof salt);
    message_key(secret, salt, info, info_n, key);
    ir_aead_seal(key, zero_nonce, NULL, 0, plain->p, plain->len, text);
    ir_buf_add(out, salt, sizeof salt);
    ir_buf_add(out, text, plain->len + IR_AEAD_TAG_BYTES);
    ir_wipe(key, sizeof key);
    free(text);
}

static bool
code_open(const uint8_t secret[IR_JOIN_SECRET_BYTES], const uint8_t *info,
          size_t info_n, const uint8_t *p, size_t n, struct ir_buf *out)
{
    uint8_t key[IR_AEAD_KEY_BYTES], *plain;
    bool ok;

    if (n < SALT_BYTES + IR_AEAD_TAG_BYTES)
        return false;
    plain = ir_malloc(n);
    message_key(secret, p, info, info_n, key);
    ok = ir_aead_open(key, zero_nonce, NULL, 0, p + SALT_BYTES, n - SALT_BYTES,
                      plain);
    if (ok)
        ir_buf_add(out, plain, n - SALT_BYTES - IR_AEAD_TAG_BYTES);
    ir_wipe(key, sizeof key);
    free(plain);
    return ok;
}

void
ir_join_proof(const uint8_t secret[IR_JOIN_SECRET_BYTES],
              const struct ir_join_request *r, struct ir_buf *out)
{
    uint8_t id[IR_JOIN_ID_BYTES];
    struct ir_buf m = {0};

    ir_join_id(secret, id);
    ir_buf_add(&m, id, sizeof id);
    ir_buf_add(&m, r->person, sizeof r->person);
    ir_buf_add(&m, r->node, sizeof r->node);
    ir_buf_add(&m, r->x25519, sizeof r->x25519);
    ir_buf_adds(&m, r->handle);
    ir_sshsig_blob_in(IR_JOIN_NAMESPACE, m.p, m.len, out);
    ir_buf_done(&m);
}

static const uint8_t request_info[] = "ir-join@v1 request";

void
ir_join_request_seal(const uint8_t secret[IR_JOIN_SECRET_BYTES],
                     const struct ir_join_request *r, struct ir_buf *out)
{
    struct ir_buf b = {0};

    ir_cbor_put_array(&b, 7);
    ir_cbor_put_uint(&b, 1);
    ir_cbor_put_bytes(&b, r->person, sizeof r->person);
    ir_cbor_put_bytes(&b, r->node, sizeof r->node);
    ir_cbor_put_bytes(&b, r->x25519, sizeof r->x25519);
    ir_cbor_put_text(&b, r->handle, strlen(r->handle));
    ir_cbor_put_bytes(&b, r->person_sig, sizeof r->person_sig);
    ir_cbor_put_bytes(&b, r->node_sig, sizeof r->node_sig);
    code_seal(secret, request_info, sizeof request_info - 1, &b, out);
    ir_buf_done(&b);
}

/* The next item: a byte string of exactly `n` bytes. */
static bool
take_bytes(struct ir_cbor *c, void *out, size_t n)
{
    struct ir_cbor_item it;

    if (ir_cbor_next(c, &it, NULL) != IR_OK || it.type != IR_CBOR_BYTES ||
        (size_t)it.num != n)
        return false;
    memcpy(out, it.bytes, n);
    return true;
}

/* The next item: a handle, or "" where that will do. */
static bool
take_handle(struct ir_cbor *c, bool empty, char out[IR_HANDLE_MAX + 1])
{
    struct ir_cbor_item it;

    if (ir_cbor_next(c, &it, NULL) != IR_OK || it.type != IR_CBOR_TEXT ||
        it.num > IR_HANDLE_MAX)
        return false;
    memcpy(out, it.bytes, (size_t)it.num);
    out[it.num] = '\0';
    return (empty && it.num == 0) || ir_name_ok(out);
}

/* An array of `n` that begins with the version, 1. */
static bool
take_head(struct ir_cbor *c, int64_t n)
{
    struct ir_cbor_item it;

    return ir_cbor_check(c->p, (size_t)(c->end - c->p), NULL) == IR_OK &&
           ir_cbor_next(c, &it, NULL) == IR_OK && it.type == IR_CBOR_ARRAY &&
           it.num == n && ir_cbor_next(c, &it, NULL) == IR_OK &&
           it.type == IR_CBOR_UINT && it.num == 1;
}

static int
not_known(struct ir_err *err)
{
    return ir_fail(err, IR_EPARSE,
                   _("made by a program that this one does not understand"));
}

int
ir_join_request_open(const uint8_t secret[IR_JOIN_SECRET_BYTES], const void *p,
                     size_t n, struct ir_join_request *r, struct ir_err *err)
{
    struct ir_join_request got = {0};
    struct ir_buf plain = {0}, proof = {0};
    struct ir_cbor c;
    int rc = IR_OK;

    if (!code_open(secret, request_info, sizeof request_info - 1, p, n, &plain))
        return ir_fail(err, IR_ESIG,
                       _("not made with the code of this invitation, or "
                         "changed on its way"));
    c.p = plain.p;
    c.end = plain.p + plain.len;
    if (!take_head(&c, 7) || !take_bytes(&c, got.person, sizeof got.person) ||
        !take_bytes(&c, got.node, sizeof got.node) ||
        !take_bytes(&c, got.x25519, sizeof got.x25519) ||
        !take_handle(&c, true, got.handle) ||
        !take_bytes(&c, got.person_sig, sizeof got.person_sig) ||
        !take_bytes(&c, got.node_sig, sizeof got.node_sig))
        rc = not_known(err);
    if (rc == IR_OK) {
        ir_join_proof(secret, &got, &proof);
        if (!ir_verify(got.person, proof.p, proof.len, got.person_sig) ||
            !ir_verify(got.node, proof.p, proof.len, got.node_sig) ||
            ir_bytes_equal(got.person, got.node, sizeof got.node))
            rc = ir_fail(err, IR_ESIG,
                         _("it names keys that its sender does not hold"));
    }
    if (rc == IR_OK)
        *r = got;
    ir_buf_done(&proof);
    ir_buf_done(&plain);
    return rc;
}

void
ir_join_answer_done(struct ir_join_answer *a)
{
    ir_buf_done(&a->entries);
    ir_buf_done(&a->objects);
    memset(a, 0, sizeof *a);
}

void
ir_join_add_entry(struct ir_join_answer *a, const void *p, size_t n)
{
    ir_cbor_put_bytes(&a->entries, p, n);
    a->entries_n++;
}

void
ir_join_add_object(struct ir_join_answer *a, const char *type, const void *p,
                   size_t n)
{
    ir_cbor_put_array(&a->objects, 2);
    ir_cbor_put_text(&a->objects, type, strlen(type));
    ir_cbor_put_bytes(&a->objects, p, n);
    a->objects_n++;
}

bool
ir_join_next_entry(const struct ir_join_answer *a, size_t *at,
                   const uint8_t **p, size_t *n)
{
    struct ir_cbor_item it;
    struct ir_cbor c;

    if (*at >= a->entries.len)
        return false;
    c.p = a->entries.p + *at;
    c.end = a->entries.p + a->entries.len;
    if (ir_cbor_next(&c, &it, NULL) != IR_OK)
        return false;
    *at = (size_t)(c.p - a->entries.p);
    *p = it.bytes;
    *n = (size_t)it.num;
    return true;
}

bool
ir_join_next_object(const struct ir_join_answer *a, size_t *at,
                    struct ir_buf *type, const uint8_t **p, size_t *n)
{
    struct ir_cbor_item it;
    struct ir_cbor c;

    if (*at >= a->objects.len)
        return false;
    c.p = a->objects.p + *at;
    c.end = a->objects.p + a->objects.len;
    if (ir_cbor_next(&c, &it, NULL) != IR_OK) /* the head of the pair */
        return false;
    if (ir_cbor_next(&c, &it, NULL) != IR_OK)
        return false;
    type->len = 0;
    ir_buf_add(type, it.bytes, (size_t)it.num);
    if (ir_cbor_next(&c, &it, NULL) != IR_OK)
        return false;
    *at = (size_t)(c.p - a->objects.p);
    *p = it.bytes;
    *n = (size_t)it.num;
    return true;
}

#define ANSWER_INFO_BYTES (17 + IR_HASH_BYTES)

/* What an answer is bound to: the request, with all keys in it. */
static void
answer_info(const void *req, size_t req_n, uint8_t info[ANSWER_INFO_BYTES])
{
    memcpy(info, "ir-join@v1 answer", 17);
    ir_sha256(req, req_n, info + 17);
}

int
ir_join_answer_seal(const uint8_t secret[IR_JOIN_SECRET_BYTES], const void *req,
                    size_t req_n, const uint8_t x25519[32],
                    const struct ir_join_answer *a, struct ir_buf *out,
                    struct ir_err *err)
{
    uint8_t info[ANSWER_INFO_BYTES], enc[IR_HPKE_ENC_BYTES], *text;
    struct ir_buf plain = {0}, inner = {0};
    struct ir_hpke x = {0};
    int rc;

    answer_info(req, req_n, info);
    rc = ir_hpke_sender(x25519, NULL, info, sizeof info, &x, enc, err);
    if (rc != IR_OK)
        return rc;
    ir_cbor_put_array(&plain, 6);
    ir_cbor_put_uint(&plain, 1);
    ir_cbor_put_bytes(&plain, a->site, sizeof a->site);
    ir_cbor_put_bytes(&plain, a->member, sizeof a->member);
    ir_cbor_put_text(&plain, a->handle, strlen(a->handle));
    ir_cbor_put_array(&plain, a->entries_n);
    ir_buf_add(&plain, a->entries.p, a->entries.len);
    ir_cbor_put_array(&plain, a->objects_n);
    ir_buf_add(&plain, a->objects.p, a->objects.len);
    code_seal(secret, info, sizeof info, &plain, &inner);
    text = ir_malloc(inner.len + IR_AEAD_TAG_BYTES);
    ir_hpke_seal(&x, NULL, 0, inner.p, inner.len, text);
    ir_buf_add(out, enc, sizeof enc);
    ir_buf_add(out, text, inner.len + IR_AEAD_TAG_BYTES);
    free(text);
    ir_wipe(&x, sizeof x);
    ir_buf_done(&inner);
    ir_buf_done(&plain);
    return rc;
}

/* Copy an array of items, each of which `one` accepts. */
static bool
take_list(struct ir_cbor *c, bool (*one)(struct ir_cbor *c), struct ir_buf *out,
          size_t *n)
{
    struct ir_cbor_item it;
    const uint8_t *from;
    int64_t i;

    if (ir_cbor_next(c, &it, NULL) != IR_OK || it.type != IR_CBOR_ARRAY)
        return false;
    from = c->p;
    for (i = 0; i < it.num; i++)
        if (!one(c))
            return false;
    *n = (size_t)it.num;
    if (c->p > from)
        ir_buf_add(out, from, (size_t)(c->p - from));
    return true;
}

static bool
is_bytes(struct ir_cbor *c)
{
    struct ir_cbor_item it;

    return ir_cbor_next(c, &it, NULL) == IR_OK && it.type == IR_CBOR_BYTES;
}

static bool
is_object(struct ir_cbor *c)
{
    struct ir_cbor_item it;

    return ir_cbor_next(c, &it, NULL) == IR_OK && it.type == IR_CBOR_ARRAY &&
           it.num == 2 && ir_cbor_next(c, &it, NULL) == IR_OK &&
           it.type == IR_CBOR_TEXT && is_bytes(c);
}

/* Both layers off: first that of the device, then that of the code. */
static bool
answer_plain(const uint8_t secret[IR_JOIN_SECRET_BYTES],
             const uint8_t x25519_secret[32],
             const uint8_t info[ANSWER_INFO_BYTES], const uint8_t *p, size_t n,
             struct ir_buf *plain)
{
    struct ir_hpke x = {0};
    uint8_t *inner;
    bool ok;

    if (n < IR_HPKE_ENC_BYTES + IR_AEAD_TAG_BYTES ||
        ir_hpke_receiver(x25519_secret, p, info, ANSWER_INFO_BYTES, &x, NULL) !=
            IR_OK)
        return false;
    p += IR_HPKE_ENC_BYTES;
    n -= IR_HPKE_ENC_BYTES;
    inner = ir_malloc(n);
    ok = ir_hpke_open(&x, NULL, 0, p, n, inner) &&
         code_open(secret, info, ANSWER_INFO_BYTES, inner,
                   n - IR_AEAD_TAG_BYTES, plain);
    ir_wipe(&x, sizeof x);
    free(inner);
    return ok;
}

int
ir_join_answer_open(const uint8_t secret[IR_JOIN_SECRET_BYTES], const void *req,
                    size_t req_n, const uint8_t x25519_secret[32],
                    const void *p, size_t n, struct ir_join_answer *a,
                    struct ir_err *err)
{
    uint8_t info[ANSWER_INFO_BYTES];
    struct ir_buf plain = {0};
    struct ir_cbor c;
    int rc = IR_OK;

    memset(a, 0, sizeof *a);
    answer_info(req, req_n, info);
    if (!answer_plain(secret, x25519_secret, info, p, n, &plain))
        rc = ir_fail(err, IR_ESIG,
                     _("not an answer to what this device asked, or changed "
                       "on its way"));
    if (rc == IR_OK) {
        c.p = plain.p;
        c.end = plain.p + plain.len;
    }
    if (rc == IR_OK &&
        (!take_head(&c, 6) || !take_bytes(&c, a->site, sizeof a->site) ||
         !take_bytes(&c, a->member, sizeof a->member) ||
         !take_handle(&c, false, a->handle) ||
         !take_list(&c, is_bytes, &a->entries, &a->entries_n) ||
         !take_list(&c, is_object, &a->objects, &a->objects_n)))
        rc = not_known(err);
    if (rc != IR_OK)
        ir_join_answer_done(a);
    ir_buf_done(&plain);
    return rc;
}

static const uint8_t ask_info[] = "ir-join@v1 find";

void
ir_join_ask(const uint8_t secret[IR_JOIN_SECRET_BYTES], struct ir_buf *out)
{
    const struct ir_buf nothing = {0};

    code_seal(secret, ask_info, sizeof ask_info - 1, &nothing, out);
}

bool
ir_join_ask_ok(const uint8_t secret[IR_JOIN_SECRET_BYTES], const void *p,
               size_t n)
{
    struct ir_buf plain = {0};
    bool ok = n == IR_JOIN_ASK_BYTES &&
              code_open(secret, ask_info, sizeof ask_info - 1, p, n, &plain);

    ir_buf_done(&plain);
    return ok;
}

#define HERE_INFO_BYTES (15 + IR_HASH_BYTES)

/* What "here" is bound to: the datagram that asked. */
static void
here_info(const void *ask, size_t ask_n, uint8_t info[HERE_INFO_BYTES])
{
    memcpy(info, "ir-join@v1 here", 15);
    ir_sha256(ask, ask_n, info + 15);
}

void
ir_join_here(const uint8_t secret[IR_JOIN_SECRET_BYTES], const void *ask,
             size_t ask_n, uint16_t port, struct ir_buf *out)
{
    const uint8_t two[2] = {(uint8_t)(port >> 8), (uint8_t)port};
    uint8_t info[HERE_INFO_BYTES];
    struct ir_buf plain = {0};

    here_info(ask, ask_n, info);
    ir_buf_add(&plain, two, sizeof two);
    code_seal(secret, info, sizeof info, &plain, out);
    ir_buf_done(&plain);
}

bool
ir_join_here_open(const uint8_t secret[IR_JOIN_SECRET_BYTES], const void *ask,
                  size_t ask_n, const void *p, size_t n, uint16_t *port)
{
    uint8_t info[HERE_INFO_BYTES];
    struct ir_buf plain = {0};
    bool ok;

    here_info(ask, ask_n, info);
    ok = n == IR_JOIN_HERE_BYTES &&
         code_open(secret, info, sizeof info, p, n, &plain);
    if (ok)
        *port = (uint16_t)(plain.p[0] << 8 | plain.p[1]);
    ir_buf_done(&plain);
    return ok;
}
