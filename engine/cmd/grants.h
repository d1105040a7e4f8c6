/* grants.h: the keys this device may seal and open with, and handing them to
 * devices. Nothing secret is kept but keys/node: keys are read from the grants
 * in the log, every time.
 *
 * Source: docs/format.md section 4; docs/design.md, "Who may read".
 */
#ifndef IR_CMD_GRANTS_H
#define IR_CMD_GRANTS_H

#include "cmd/case.h"
#include "core/grant.h"

/* The keys that were granted to this device, of the carriers and of all
 * audiences, in fold order; trust must be loaded (ir_ctx_open). A device
 * that was granted none has none, which is no error.
 *
 * Owns:   *keys is the caller's, ir_epoch_keys_free.
 * Errors: as ir_keyring_node_secret.
 */
int ir_ctx_epoch_keys(struct ir_ctx *c, struct ir_epoch_key **keys, size_t *n);

/* The keys to open with what comes: those, or where no grant counts (now) those
 * of grants that do not; *seal: may they seal, too?
 *
 * Owns:   as above.
 * Errors: as above.
 */
int ir_ctx_open_keys(struct ir_ctx *c, struct ir_epoch_key **keys, size_t *n,
                     bool *seal);

/* The key id of this device's node key.
 *
 * Errors: as ir_keyring_node.
 */
int ir_grants_self(struct ir_ctx *c, uint8_t id[IR_KEYID_BYTES]);

/* Somebody keys are handed to. */
struct ir_grants_to {
    uint8_t id[IR_KEYID_BYTES]; /* key id of the node key */
    uint8_t x25519[32];
};

/* Sign and append one grant for each of `keys` to each of `to`, inside the
 * open transaction.
 *
 * Errors: as ir_store_append.
 */
int ir_grants_append(struct ir_store *st, const struct ir_signer *who,
                     const struct ir_now *now, const struct ir_epoch_key *keys,
                     size_t keys_n, const struct ir_grants_to *to, size_t to_n,
                     struct ir_err *err);

/* What a batch is to be followed by, in its transaction: set b->also to
 * ir_grants_also and b->also_arg to one of these.
 */
struct ir_grants_plan {
    bool next;                                /* begin the next epoch */
    const uint8_t (*without)[IR_KEYID_BYTES]; /* devices revoked just now */
    size_t without_n;
    const struct ir_grants_to *fresh; /* devices certified just now */
    size_t fresh_n;
    int member; /* whose they are, if they had others before; else -1 */
};

/* Bring the grants up to date: every device whose key is not revoked gets every
 * carrier key this device holds. There is a first key if there was none; a new
 * one if the newest is known to a device that was revoked, or if no grant of
 * any was for this device.
 *
 * Errors: as ir_store_append and ir_ctx_epoch_keys.
 */
int ir_grants_also(struct ir_ctx *c, const struct ir_signer *who,
                   const struct ir_now *now, void *plan);

/* The same on its own, where something is missing; asks for no key and
 * records nothing where nothing is. Only an administrator can.
 *
 * Errors: IR_EREFUSED not an administrator; as ir_batch_commit.
 */
int ir_grants_mend(struct ir_ctx *c);

#endif
