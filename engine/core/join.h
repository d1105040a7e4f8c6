/* join.h: how a new device is let in: the code of an invitation, and the two
 * messages that go to and fro under it. Whoever holds the code is who was
 * invited; whoever answers under it is who invited. Nothing else is trusted.
 *
 * Forms: docs/format.md section 13.
 */
#ifndef IR_CORE_JOIN_H
#define IR_CORE_JOIN_H

#include "base/buf.h"
#include "core/entry.h"
#include "core/kind.h"

#define IR_JOIN_SECRET_BYTES 16
#define IR_JOIN_ID_BYTES 8
#define IR_JOIN_CODE_BYTES 35 /* with the NUL: 7 groups of 4 and 6 hyphens */
#define IR_JOIN_REQUEST_MAX 4096
#define IR_JOIN_ANSWER_MAX (128 * 1024 * 1024)
#define IR_JOIN_NAMESPACE "ir-join@v1"
#define IR_JOIN_ASK_BYTES 32  /* of a datagram that asks who invited */
#define IR_JOIN_HERE_BYTES 34 /* of the one that answers it */

/* The code as it is read out and typed: Crockford's base32 of the secret and of
 * 12 bits that find a slip. Parsing takes small letters, i and l for 1, o for
 * 0, fullwidth characters for their narrow ones, and leaves out hyphens and
 * spaces, also those of a Japanese input method.
 *
 * Errors: IR_EPARSE not a code, or mistyped.
 */
void ir_join_code(const uint8_t secret[IR_JOIN_SECRET_BYTES],
                  char out[IR_JOIN_CODE_BYTES]);
int ir_join_code_parse(const char *typed, uint8_t secret[IR_JOIN_SECRET_BYTES],
                       struct ir_err *err);

/* What the invitation is called where others may read it; tells nothing of the
 * secret.
 */
void ir_join_id(const uint8_t secret[IR_JOIN_SECRET_BYTES],
                uint8_t id[IR_JOIN_ID_BYTES]);

/* What a new device says to everybody on the LAN: who made this invitation? Two
 * of them have nothing in common for who does not know the code. And what is
 * said back: here; HTTPS listens on this port (0: it does not).
 *
 * Owns:   appends to `out`.
 */
void ir_join_ask(const uint8_t secret[IR_JOIN_SECRET_BYTES],
                 struct ir_buf *out);
bool ir_join_ask_ok(const uint8_t secret[IR_JOIN_SECRET_BYTES], const void *p,
                    size_t n);
void ir_join_here(const uint8_t secret[IR_JOIN_SECRET_BYTES], const void *ask,
                  size_t ask_n, uint16_t port, struct ir_buf *out);
bool ir_join_here_open(const uint8_t secret[IR_JOIN_SECRET_BYTES],
                       const void *ask, size_t ask_n, const void *p, size_t n,
                       uint16_t *port);

/* What the new device asks: to have these keys certified. */
struct ir_join_request {
    uint8_t person[IR_PUBKEY_BYTES];
    uint8_t node[IR_PUBKEY_BYTES];
    uint8_t x25519[32];
    char handle[IR_HANDLE_MAX + 1]; /* the handle it wants, or "": any */
    uint8_t person_sig[IR_SIG_BYTES], node_sig[IR_SIG_BYTES];
};

/* Append what both keys sign, to show that they are at hand: an SSHSIG blob in
 * the namespace IR_JOIN_NAMESPACE.
 */
void ir_join_proof(const uint8_t secret[IR_JOIN_SECRET_BYTES],
                   const struct ir_join_request *r, struct ir_buf *out);

/* Seal a request under the code; open it again.
 *
 * Owns:   appends to `out`.
 * Errors: IR_ESIG not sealed under this code, or changed; keys that did not
 *         sign; IR_EPARSE a form this program does not know.
 */
void ir_join_request_seal(const uint8_t secret[IR_JOIN_SECRET_BYTES],
                          const struct ir_join_request *r, struct ir_buf *out);
int ir_join_request_open(const uint8_t secret[IR_JOIN_SECRET_BYTES],
                         const void *p, size_t n, struct ir_join_request *r,
                         struct ir_err *err);

/* What comes back: the site, who one is there, lane T, and objects. Entries and
 * objects stand in the buffers as CBOR items one after the other: byte strings;
 * arrays [type, bytes].
 */
struct ir_join_answer {
    uint8_t site[IR_ID_BYTES];
    uint8_t member[8];
    char handle[IR_HANDLE_MAX + 1];
    struct ir_buf entries, objects;
    size_t entries_n, objects_n;
};
void ir_join_answer_done(struct ir_join_answer *a);

/* Add one to an answer that is being made; take the next one out of an answer
 * that was opened: *at begins at 0, and false is the end.
 *
 * Owns:   what is taken out is borrowed from `a`.
 */
void ir_join_add_entry(struct ir_join_answer *a, const void *p, size_t n);
void ir_join_add_object(struct ir_join_answer *a, const char *type,
                        const void *p, size_t n);
bool ir_join_next_entry(const struct ir_join_answer *a, size_t *at,
                        const uint8_t **p, size_t *n);
bool ir_join_next_object(const struct ir_join_answer *a, size_t *at,
                         struct ir_buf *type, const uint8_t **p, size_t *n);

/* Seal the answer to the request `req`, for the device that made it and for
 * nobody else who knows the code; open it there, with its X25519 secret.
 *
 * Owns:   appends to `out`; *a is the caller's, ir_join_answer_done.
 * Errors: IR_ESIG not an answer to this request under this code, or changed;
 *         IR_EPARSE a form this program does not know.
 */
int ir_join_answer_seal(const uint8_t secret[IR_JOIN_SECRET_BYTES],
                        const void *req, size_t req_n, const uint8_t x25519[32],
                        const struct ir_join_answer *a, struct ir_buf *out,
                        struct ir_err *err);
int ir_join_answer_open(const uint8_t secret[IR_JOIN_SECRET_BYTES],
                        const void *req, size_t req_n,
                        const uint8_t x25519_secret[32], const void *p,
                        size_t n, struct ir_join_answer *a, struct ir_err *err);

#endif
