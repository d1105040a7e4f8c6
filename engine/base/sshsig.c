/* sshsig.c: see sshsig.h. Base64 is libsodium's. */
#include "base/sshsig.h"

#include "base/i18n.h"

#include <sodium.h>
#include <string.h>

static uint8_t *
put_u32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
    return p + 4;
}

static uint8_t *
put_string(uint8_t *p, const void *s, size_t n)
{
    p = put_u32(p, (uint32_t)n);
    if (n > 0)
        memcpy(p, s, n);
    return p + n;
}

static void
add_string(struct ir_buf *b, const void *s, size_t n)
{
    uint8_t len[4];

    put_u32(len, (uint32_t)n);
    ir_buf_add(b, len, sizeof len);
    ir_buf_add(b, s, n);
}

void
ir_sshsig_blob_in(const char *ns, const void *m, size_t n, struct ir_buf *out)
{
    uint8_t h[64];

    ir_sha512(m, n, h);
    ir_buf_adds(out, "SSHSIG");
    add_string(out, ns, strlen(ns));
    add_string(out, "", 0);
    add_string(out, "sha512", 6);
    add_string(out, h, sizeof h);
}

void
ir_sshsig_blob(const void *m, size_t n, uint8_t out[IR_SSHSIG_BLOB_BYTES])
{
    struct ir_buf b = {0};

    ir_sshsig_blob_in(IR_SSHSIG_NAMESPACE, m, n, &b);
    memcpy(out, b.p, IR_SSHSIG_BLOB_BYTES);
    ir_buf_done(&b);
}

/* "ssh-ed25519" and the key, as both files carry it; 51 bytes. */
static uint8_t *
put_pubkey(uint8_t *p, const uint8_t pub[IR_PUBKEY_BYTES])
{
    p = put_string(p, "ssh-ed25519", 11);
    return put_string(p, pub, IR_PUBKEY_BYTES);
}

static void
put_base64(struct ir_buf *out, const uint8_t *p, size_t n, size_t width)
{
    char text[512];
    size_t len, i;

    sodium_bin2base64(text, sizeof text, p, n, sodium_base64_VARIANT_ORIGINAL);
    len = strlen(text);
    for (i = 0; i < len; i += width) {
        ir_buf_add(out, text + i, len - i < width ? len - i : width);
        if (width < len)
            ir_buf_addc(out, '\n');
    }
}

void
ir_sshsig_armour(const uint8_t pub[IR_PUBKEY_BYTES],
                 const uint8_t sig[IR_SIG_BYTES], struct ir_buf *out)
{
    uint8_t raw[300], key[51], s[83], *p;

    put_pubkey(key, pub);
    p = put_string(s, "ssh-ed25519", 11);
    put_string(p, sig, IR_SIG_BYTES);
    p = raw;
    memcpy(p, "SSHSIG", 6);
    p = put_u32(p + 6, 1);
    p = put_string(p, key, sizeof key);
    p = put_string(p, IR_SSHSIG_NAMESPACE, strlen(IR_SSHSIG_NAMESPACE));
    p = put_string(p, "", 0);
    p = put_string(p, "sha512", 6);
    p = put_string(p, s, sizeof s);
    ir_buf_adds(out, "-----BEGIN SSH SIGNATURE-----\n");
    put_base64(out, raw, (size_t)(p - raw), 70);
    ir_buf_adds(out, "-----END SSH SIGNATURE-----\n");
}

void
ir_sshsig_pubkey(const uint8_t pub[IR_PUBKEY_BYTES], struct ir_buf *out)
{
    uint8_t key[51];

    put_pubkey(key, pub);
    ir_buf_adds(out, "ssh-ed25519 ");
    put_base64(out, key, sizeof key, 1000);
}

/* Does the line begin with a kind of key that ssh knows and ir does not use?
 */
static bool
other_key(const char *line)
{
    static const char *const kinds[] = {"ssh-", "ecdsa-", "sk-"};
    size_t i;

    if (strcspn(line, " ") == 11 && strncmp(line, "ssh-ed25519", 11) == 0)
        return false;
    for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strncmp(line, kinds[i], strlen(kinds[i])) == 0)
            return true;
    return false;
}

int
ir_sshsig_pubkey_parse(const char *line, uint8_t pub[IR_PUBKEY_BYTES],
                       struct ir_err *err)
{
    uint8_t raw[51], head[19];
    size_t n = 0;

    if (other_key(line))
        return ir_fail(err, IR_EREFUSED,
                       _("a key of another kind; only ssh-ed25519 is used"));
    if (strncmp(line, "ssh-ed25519 ", 12) != 0)
        return ir_fail(err, IR_EPARSE, _("not an ssh-ed25519 public key"));
    put_string(put_string(head, "ssh-ed25519", 11), "", 0);
    put_u32(head + 15, IR_PUBKEY_BYTES);
    if (sodium_base642bin(raw, sizeof raw, line + 12,
                          strcspn(line + 12, " \t\r\n"), NULL, &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        n != sizeof raw || memcmp(raw, head, sizeof head) != 0)
        return ir_fail(err, IR_EPARSE, _("not an ssh-ed25519 public key"));
    memcpy(pub, raw + sizeof head, IR_PUBKEY_BYTES);
    return IR_OK;
}
