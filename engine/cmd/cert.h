/* cert.h: certificates: root, member, device, revocation, as drafts. */
#ifndef IR_CMD_CERT_H
#define IR_CMD_CERT_H

#include "cmd/case.h"

/* Draft a member certificate.
 *
 * Owns:   the draft is borrowed from the batch.
 */
void ir_cert_member(struct ir_batch *b, const char *handle, const char *name,
                    const uint8_t member_id[8], const uint8_t (*pubs)[32],
                    size_t pubs_n, const char *const *roles, size_t roles_n);

/* Draft a device certificate. */
void ir_cert_device(struct ir_batch *b, const uint8_t custodian[8],
                    const uint8_t node_pub[32], const uint8_t x25519[32]);

/* Draft the revocation of `key`: what it has signed so far stays accepted, or
 * what was recorded before `before_ms` (0: all).
 *
 * Errors: IR_ESTORE.
 */
int ir_cert_revoke(struct ir_ctx *c, struct ir_batch *b,
                   const uint8_t key[IR_KEYID_BYTES], int64_t before_ms,
                   const char *reason);

/* A person's new key: made here (with a passphrase if asked for), or found
 * in the ssh-agent (`agent`: "" the only one, else its comment or public
 * key). Writes keys/<handle>.
 *
 * Owns:   *out is the caller's, ir_key_free.
 */
int ir_cert_new_key(struct ir_ctx *c, int homefd, const char *handle,
                    const char *agent, bool passphrase, bool replace,
                    struct ir_key **out);

/* A handle from a name: `given`, else its first latin word in small letters.
 *
 * Owns:   *out is the caller's, free().
 * Errors: IR_EUSAGE when there is none.
 */
int ir_cert_handle(struct ir_ctx *c, const char *name, const char *given,
                   char **out);

/* Ask twice for a new passphrase on the terminal.
 *
 * Owns:   the caller wipes and frees *pass.
 * Errors: IR_EUSAGE no terminal, not the same twice, or empty.
 */
int ir_cert_passphrase(struct ir_ctx *c, char **pass);

#endif
