/* cert.h: the certificate a device shows in TLS, and what others show.
 *
 * Self-signed X.509 over the Ed25519 node key, the same bytes each time: the
 * key is what counts, and the site's log says which keys are certified. Names
 * and dates in it mean nothing and are not looked at.
 */
#ifndef IR_CARRIER_CERT_H
#define IR_CARRIER_CERT_H

#include "base/crypt.h"

/* base64 of a SHA-256, with the NUL */
#define IR_PIN_TEXT 45

struct ir_cert {
    char *pem;     /* the certificate */
    char *key_pem; /* its secret key, PKCS #8; wiped by ir_cert_done */
    uint8_t pub[IR_PUBKEY_BYTES];
};

/* Make the certificate of a node key.
 *
 * Owns:   *out is the caller's, ir_cert_done.
 * Errors: IR_EIO what the TLS library says.
 * Source: RFC 8410, RFC 5280.
 */
int ir_cert_new(const struct ir_key *node, struct ir_cert *out,
                struct ir_err *err);
void ir_cert_done(struct ir_cert *c);

/* The Ed25519 key of a certificate, as DER or PEM.
 *
 * Errors: IR_EPARSE no certificate, IR_EREFUSED a key of another kind.
 */
int ir_cert_pub(const void *p, size_t n, bool pem, uint8_t pub[IR_PUBKEY_BYTES],
                struct ir_err *err);

/* How curl names a public key: base64 of SHA-256 of its SubjectPublicKeyInfo.
 *
 * Source: RFC 7469, section 2.4; RFC 8410, section 4.
 */
void ir_cert_pin(const uint8_t pub[IR_PUBKEY_BYTES], char out[IR_PIN_TEXT]);

#endif
