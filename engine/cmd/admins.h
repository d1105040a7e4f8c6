/* admins.h: changing who the administrators are, as drafts: the list in force,
 * another one made of it, and saying what became of it.
 */
#ifndef IR_CMD_ADMINS_H
#define IR_CMD_ADMINS_H

#include "cmd/case.h"

/* A list of administrators that is being made. */
struct ir_admins {
    uint8_t key[IR_ADMINS_MAX][IR_PUBKEY_BYTES];
    uint8_t person[IR_ADMINS_MAX][8];
    size_t n;
    uint64_t k;
    uint8_t dropped[IR_ADMINS_MAX][IR_KEYID_BYTES];
    size_t dropped_n;
    size_t added_n;
};

/* Open for writing, leave out what is wrongly signed, know who acts, unlock
 * their key; it must be an administrator's, in force.
 *
 * Errors: IR_EREFUSED with the way on; as ir_ctx_open, ir_ctx_key.
 */
int ir_admins_must(struct ir_ctx *c);

/* The last of it, where the home is open and who acts is known.
 *
 * Errors: IR_EREFUSED; as ir_ctx_key.
 */
int ir_admins_key(struct ir_ctx *c);

/* The list in force; then add a key of a member, drop keys.
 *
 * Errors: add: IR_EEXIST it is one already, IR_EREFUSED it was dropped once,
 *         IR_ELIMIT; drop: IR_ENOTFOUND it is none.
 */
void ir_admins_now(const struct ir_ctx *c, struct ir_admins *l);
int ir_admins_add(struct ir_ctx *c, struct ir_admins *l,
                  const uint8_t pub[IR_PUBKEY_BYTES], const uint8_t person[8]);
int ir_admins_drop(struct ir_ctx *c, struct ir_admins *l,
                   const uint8_t key_id[IR_KEYID_BYTES]);

/* How many people are in it. */
size_t ir_admins_people(const struct ir_admins *l);

/* Draft it: what dropped keys signed in lane T so far stays accepted.
 *
 * Errors: IR_EREFUSED fewer people than it takes; IR_ELIMIT, IR_ESTORE.
 */
int ir_admins_draft(struct ir_ctx *c, struct ir_batch *b,
                    const struct ir_admins *l, const char *why);

/* The proposal that begins with `hex` (NULL: the only one that is open).
 *
 * Owns:   borrowed from c->trust.
 * Errors: IR_ENOTFOUND, IR_EUSAGE several.
 */
int ir_admins_find(struct ir_ctx *c, const char *hex,
                   const struct ir_proposal **out);

/* The open proposal that names the same keys, for the same people, with as many
 * needed; NULL: none.
 *
 * Owns:   borrowed from c->trust.
 */
const struct ir_proposal *ir_admins_same(const struct ir_ctx *c,
                                         const struct ir_admins *l);

/* Refuse what proposal `p` says already, with who goes on with it and how.
 *
 * Errors: IR_EEXIST, always.
 */
int ir_admins_waits(struct ir_ctx *c, const struct ir_proposal *p);

/* Say what became of proposal `id`, as text or JSON: in force, or how many more
 * it takes, and who can. Trust must be folded after it was recorded.
 */
void ir_admins_say(struct ir_ctx *c, const uint8_t id[IR_ID_BYTES]);

#endif
