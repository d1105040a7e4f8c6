/* sshsig.h: the OpenSSH signature format, as much of it as an entry needs.
 *
 * Own code because no library in Debian 12 writes it; 100 lines, checked
 * against ssh-keygen in tests/cli/export-entry.sh.
 * Source: OpenSSH PROTOCOL.sshsig; docs/format.md section 1.
 */
#ifndef IR_BASE_SSHSIG_H
#define IR_BASE_SSHSIG_H

#include "base/buf.h"
#include "base/crypt.h"

#define IR_SSHSIG_NAMESPACE "ir-entry@v1"
/* "SSHSIG" + s(namespace) + s("") + s("sha512") + s(64 bytes) */
#define IR_SSHSIG_BLOB_BYTES (6 + 4 + 11 + 4 + 4 + 6 + 4 + 64)

/* What is signed for message `m`: the blob of docs/format.md.
 *
 * Units:  out of IR_SSHSIG_BLOB_BYTES.
 */
void ir_sshsig_blob(const void *m, size_t n, uint8_t out[IR_SSHSIG_BLOB_BYTES]);

/* The same in another namespace: what is signed for one purpose is of no use
 * for another.
 *
 * Owns:   appends to `out`.
 */
void ir_sshsig_blob_in(const char *ns, const void *m, size_t n,
                       struct ir_buf *out);

/* Append the armoured signature file for ssh-keygen -Y verify.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_sshsig_armour(const uint8_t pub[IR_PUBKEY_BYTES],
                      const uint8_t sig[IR_SIG_BYTES], struct ir_buf *out);

/* Append "ssh-ed25519 AAAA..." for a public key.
 *
 * Owns:   `out` keeps a copy.
 */
void ir_sshsig_pubkey(const uint8_t pub[IR_PUBKEY_BYTES], struct ir_buf *out);

/* Read the key of an "ssh-ed25519 AAAA... comment" line.
 *
 * Errors: IR_EPARSE not such a line, IR_EREFUSED another kind of key.
 */
int ir_sshsig_pubkey_parse(const char *line, uint8_t pub[IR_PUBKEY_BYTES],
                           struct ir_err *err);

#endif
