/* cert.c: the certificate a device shows in TLS; see cert.h. */
#include "carrier/cert.h"

#include "base/buf.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

/* 2020-01-01, and what RFC 5280 has for "no end": no clock matters here. */
#define FROM_S 1577836800

static int
said(int rc, const char *what, struct ir_err *err)
{
    return ir_fail(err, IR_EIO, "%s: %s", what, gnutls_strerror(rc));
}

static int
fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    static const uint8_t serial = 1;
    static const char name[] = "ir node";
    int rc = gnutls_x509_crt_set_version(crt, 3);

    if (rc == 0)
        rc = gnutls_x509_crt_set_serial(crt, &serial, sizeof serial);
    if (rc == 0)
        rc = gnutls_x509_crt_set_activation_time(crt, FROM_S);
    if (rc == 0)
        rc = gnutls_x509_crt_set_expiration_time(
            crt, (time_t)GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION);
    if (rc == 0)
        rc = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0,
                                           name, sizeof name - 1);
    if (rc == 0)
        rc = gnutls_x509_crt_set_key(crt, key);
    if (rc == 0)
        rc = gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA512, 0);
    return rc;
}

/* A copy that ends in NUL; what GnuTLS had is wiped and freed. */
static char *
keep(gnutls_datum_t *d)
{
    char *s = ir_strndup((const char *)d->data, d->size);

    ir_wipe(d->data, d->size);
    gnutls_free(d->data);
    return s;
}

int
ir_cert_new(const struct ir_key *node, struct ir_cert *out, struct ir_err *err)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t crt = NULL;
    uint8_t seed[IR_SEED_BYTES], pub[IR_PUBKEY_BYTES];
    gnutls_datum_t x = {pub, sizeof pub}, k = {seed, sizeof seed};
    gnutls_datum_t crt_pem = {0}, key_pem = {0};
    int rc;

    ir_key_seed(node, seed);
    memcpy(pub, node->pub, sizeof pub);
    rc = gnutls_x509_privkey_init(&key);
    if (rc == 0)
        rc = gnutls_x509_privkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_ED25519,
                                                &x, NULL, &k);
    ir_wipe(seed, sizeof seed);
    if (rc == 0)
        rc = gnutls_x509_crt_init(&crt);
    if (rc == 0)
        rc = fill(crt, key);
    if (rc == 0)
        rc = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &crt_pem);
    if (rc == 0)
        rc = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL,
                                               GNUTLS_PKCS_PLAIN, &key_pem);
    if (rc != 0) {
        gnutls_free(crt_pem.data);
        rc = said(rc, "certificate of the node key", err);
        goto out;
    }
    out->pem = keep(&crt_pem);
    out->key_pem = keep(&key_pem);
    memcpy(out->pub, pub, sizeof pub);
out:
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
    return rc;
}

void
ir_cert_done(struct ir_cert *c)
{
    if (c->key_pem != NULL)
        ir_wipe(c->key_pem, strlen(c->key_pem));
    free(c->key_pem);
    free(c->pem);
    memset(c, 0, sizeof *c);
}

static int
raw_key(gnutls_x509_crt_t crt, uint8_t pub[IR_PUBKEY_BYTES], struct ir_err *err)
{
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    gnutls_datum_t x = {0}, y = {0};
    int rc = gnutls_x509_crt_get_pk_ecc_raw(crt, &curve, &x, &y);

    if (rc != 0 || curve != GNUTLS_ECC_CURVE_ED25519 ||
        x.size != IR_PUBKEY_BYTES)
        rc = ir_fail(err, IR_EREFUSED, "not an Ed25519 certificate");
    else
        memcpy(pub, x.data, IR_PUBKEY_BYTES);
    gnutls_free(x.data);
    gnutls_free(y.data);
    return rc;
}

int
ir_cert_pub(const void *p, size_t n, bool pem, uint8_t pub[IR_PUBKEY_BYTES],
            struct ir_err *err)
{
    gnutls_datum_t d = {ir_malloc(n + 1), (unsigned)n};
    gnutls_x509_crt_t crt = NULL;
    int rc;

    memcpy(d.data, p, n);
    d.data[n] = 0;
    rc = gnutls_x509_crt_init(&crt);
    if (rc == 0)
        rc = gnutls_x509_crt_import(
            crt, &d, pem ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER);
    if (rc != 0)
        rc = ir_fail(err, IR_EPARSE, "certificate: %s", gnutls_strerror(rc));
    else
        rc = raw_key(crt, pub, err);
    gnutls_x509_crt_deinit(crt);
    free(d.data);
    return rc;
}

void
ir_cert_pin(const uint8_t pub[IR_PUBKEY_BYTES], char out[IR_PIN_TEXT])
{
    /* SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING } */
    static const uint8_t head[12] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                     0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    uint8_t spki[sizeof head + IR_PUBKEY_BYTES], hash[IR_HASH_BYTES];
    gnutls_datum_t d = {hash, sizeof hash}, text = {0};

    memcpy(spki, head, sizeof head);
    memcpy(spki + sizeof head, pub, IR_PUBKEY_BYTES);
    ir_sha256(spki, sizeof spki, hash);
    out[0] = 0;
    if (gnutls_base64_encode2(&d, &text) == 0 && text.size < IR_PIN_TEXT) {
        memcpy(out, text.data, text.size);
        out[text.size] = 0;
    }
    gnutls_free(text.data);
}
