/* revoke.h: revoking what a person or a device holds: which keys go, what of
 * them stays accepted, saying so before and after.
 */
#ifndef IR_CMD_REVOKE_H
#define IR_CMD_REVOKE_H

#include "cmd/grants.h"

#define IR_REVOKE_MAX IR_BATCH_MAX

struct ir_revoke {
    struct {
        uint8_t id[IR_KEYID_BYTES];
        bool node, several; /* a device's; takes several administrators */
        int member;
        int64_t entries, after, newest_ms; /* accepted, not, newest of them */
    } key[IR_REVOKE_MAX];
    size_t n;
    const struct ir_proposal *waits; /* of a key passed over; borrowed */
    int64_t before_ms; /* accept what was recorded before; 0: all */
    uint8_t gone[IR_REVOKE_MAX][IR_KEYID_BYTES]; /* devices among them */
    struct ir_grants_plan plan;
};

/* Choose what goes: all keys of a member, and unless `keep_devices` those of
 * the devices in their hands but this one; one key, and of a device's the key
 * that its person got with it. Keys that are revoked are passed over, and
 * those whose revocation waits for other administrators, unless before_ms is
 * set.
 *
 * Errors: IR_ELIMIT too many, IR_EEXIST none is left, IR_EREFUSED the key that
 *         acts, or too few administrators would be left.
 */
int ir_revoke_member(struct ir_ctx *c, int member, bool keep_devices,
                     struct ir_revoke *r);
int ir_revoke_key(struct ir_ctx *c, const uint8_t key[IR_KEYID_BYTES],
                  struct ir_revoke *r);

/* When it was lost, as typed: entries from then on are not accepted.
 *
 * Errors: IR_EPARSE.
 */
int ir_revoke_since(struct ir_ctx *c, const char *when, struct ir_revoke *r);

/* Count what stays accepted, and say it: "412 entries of sato stay accepted, up
 * to 02:41".
 *
 * Errors: IR_ESTORE.
 */
int ir_revoke_tell(struct ir_ctx *c, struct ir_revoke *r);

/* Record it: as one transaction, with a new carrier key for the others. The
 * key that acts must be unlocked. Trust is folded again. Then what is still to
 * be approved is said.
 *
 * Errors: as ir_batch_commit.
 */
int ir_revoke_record(struct ir_ctx *c, struct ir_revoke *r, const char *why,
                     struct ir_batch *b);

/* {"keys": [...], "proposals": [...]}
 *
 * Owns:   the caller's, ir_json_free.
 */
struct ir_json *ir_revoke_json(struct ir_ctx *c, const struct ir_revoke *r,
                               const struct ir_batch *b);

#endif
