/* agent.h: an ssh-agent signs for a person whose key it holds. Plain
 * ssh-ed25519 keys only: certificates and "sk-" keys sign something else.
 *
 * Source: draft-miller-ssh-agent; SSH_AUTH_SOCK.
 */
#ifndef IR_BASE_AGENT_H
#define IR_BASE_AGENT_H

#include "base/crypt.h"

#define IR_AGENT_WAIT_MS 20000     /* for one question, in all */
#define IR_AGENT_DATA_MAX 65536    /* bytes signed at most */
#define IR_AGENT_ANSWER_MAX 262144 /* bytes of an answer, as OpenSSH's own */

/* Ask the agent at SSH_AUTH_SOCK to sign `p[0..n)` with the ssh-ed25519 key
 * `pub`.
 *
 * Units:  `n` is at most IR_AGENT_DATA_MAX.
 * Errors: IR_ESIG no agent, agent without the key, agent that refuses, or a
 *         signature that does not verify; IR_EPARSE an answer that is not the
 *         protocol's; IR_ETIMEOUT after 20 s (an agent may ask its owner);
 *         IR_ELIMIT. `sig` is untouched then.
 * Blocks: until the agent answers.
 */
int ir_agent_sign(const uint8_t pub[IR_PUBKEY_BYTES], const void *p, size_t n,
                  uint8_t sig[IR_SIG_BYTES], struct ir_err *err);

/* Find the agent's ssh-ed25519 key whose comment is `want`, or which `want`
 * names as "ssh-ed25519 AAAA..." (what follows is ignored), or its only one
 * when `want` is NULL.
 *
 * Errors: IR_ENOTFOUND none, IR_EUSAGE several, IR_ESIG no agent, IR_EPARSE,
 *         IR_ETIMEOUT; `pub` is untouched then.
 * Blocks: until the agent answers.
 */
int ir_agent_find(const char *want, uint8_t pub[IR_PUBKEY_BYTES],
                  struct ir_err *err);

/* Does the agent answer, and hold the ssh-ed25519 key `pub`? To be asked before
 * a lock is taken under which it will sign: an agent that hangs then keeps
 * nobody else waiting.
 *
 * Errors: IR_ESIG no agent, or one without the key; IR_EPARSE, IR_ETIMEOUT.
 * Blocks: until the agent answers.
 */
int ir_agent_has(const uint8_t pub[IR_PUBKEY_BYTES], struct ir_err *err);

#endif
