/* audience.h: who reads what is sealed: the keys of audiences.
 *
 * An audience is one of contacts.lua, with a number. Who is in it is whose
 * devices were granted its newest key, by an administrator; nothing else.
 *
 * Source: docs/format.md section 4; docs/design.md, "Who may read".
 */
#ifndef IR_CMD_AUDIENCE_H
#define IR_CMD_AUDIENCE_H

#include "cmd/grants.h"

/* Let the store open what this device has the keys of. Without any such key
 * there is nothing to be done; keys that cannot be read open nothing.
 */
void ir_ctx_audiences(struct ir_ctx *c);

/* The number of the audience that is called `id` in contacts.lua.
 *
 * Errors: IR_ENOTFOUND.
 */
int ir_audience_number(struct ir_ctx *c, const char *id, uint64_t *number);

/* The key to seal with for that audience.
 *
 * Owns:   borrowed from `c` until trust is folded again.
 * Errors: IR_ENOTFOUND no such audience, IR_EREFUSED this device was not given
 *         its key.
 */
int ir_audience_seal(struct ir_ctx *c, const char *id,
                     const struct ir_epoch_key **key);

/* The same by its number; `id` is what it is called, or NULL. */
int ir_audience_seal_for(struct ir_ctx *c, uint64_t number, const char *id,
                         const struct ir_epoch_key **key);

/* Is member `m` in it: has a device of theirs its newest key? */
bool ir_audience_has(const struct ir_trust *t, uint64_t number, size_t m);

/* What is appended to change an audience; for a batch's `also`. Who comes in
 * gets every key this device holds, or where it does not hold the newest, the
 * next one with everybody; when somebody goes, the others get the next one.
 */
struct ir_audience_plan {
    uint64_t number;
    int add, remove; /* member, or -1 */
};
int ir_audience_also(struct ir_ctx *c, const struct ir_signer *who,
                     const struct ir_now *now, void *plan);

/* Begin the next key of every audience that a device of `without` reads; and
 * give the devices `fresh` what other devices of the same member read. Inside
 * the open transaction; ir_grants_also does it.
 */
int ir_audience_mend(struct ir_ctx *c, const struct ir_signer *who,
                     const struct ir_now *now,
                     const struct ir_grants_plan *plan);

#endif
