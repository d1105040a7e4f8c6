/* agent.h: an ssh-agent signs for a person whose key it holds.
 *
 * Source: draft-miller-ssh-agent; SSH_AUTH_SOCK.
 */
#ifndef IR_BASE_AGENT_H
#define IR_BASE_AGENT_H

#include "base/crypt.h"

/* Ask the agent at SSH_AUTH_SOCK to sign `p[0..n)` with the ssh-ed25519 key
 * `pub`.
 *
 * Errors: IR_ESIG no agent, agent without the key, or a signature that does
 *         not verify; IR_ETIMEOUT after 20 s (a hardware key may ask).
 * Blocks: until the agent answers.
 */
int ir_agent_sign(const uint8_t pub[IR_PUBKEY_BYTES], const void *p, size_t n,
                  uint8_t sig[IR_SIG_BYTES], struct ir_err *err);

/* Find the agent's ssh-ed25519 key whose comment or "ssh-ed25519 AAAA..."
 * is `want`, or its only one when `want` is NULL.
 *
 * Errors: IR_ENOTFOUND none, IR_EUSAGE several, IR_ESIG no agent.
 */
int ir_agent_find(const char *want, uint8_t pub[IR_PUBKEY_BYTES],
                  struct ir_err *err);

#endif
