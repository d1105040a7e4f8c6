/* stand.h: what stands under the present trust of a home: whose entries are
 * taken and passed on, what of a revoked key is still accepted, whose text is
 * withheld. Kept in memory beside the store and brought up to date when that
 * has changed.
 *
 * Entries of lane T stand when an admin's or a certified key signed them, those
 * of a revoked key too: they are what the judgement is made of. Of all others
 * the author must be certified, the kind be one that this key may sign, and if
 * the key is revoked, the entry must be accepted or be what an accepted one
 * builds on.
 * Source: docs/format.md sections 6, 7 and 12; docs/design.md, "Mesh".
 */
#ifndef IR_STORE_STAND_H
#define IR_STORE_STAND_H

#include "core/trust.h"
#include "store/store.h"

struct ir_stand;

enum ir_stands {
    IR_STANDS_YES,
    IR_STANDS_UNKNOWN, /* its author's certificate is not here */
    IR_STANDS_OPEN,    /* by a revoked key; whether an accepted entry builds on
                          it cannot be told before more is here */
    IR_STANDS_REVOKED, /* by a revoked key, and not accepted */
    IR_STANDS_KIND,    /* a device's key may not sign this kind */
    IR_STANDS_SITE,    /* the root of another site */
};

/* Begin with what `st` holds.
 *
 * Owns:   *out is the caller's, ir_stand_free; `st` is borrowed.
 * Errors: IR_ESTORE, IR_EDAMAGED.
 */
int ir_stand_new(struct ir_store *st, struct ir_stand **out,
                 struct ir_err *err);
void ir_stand_free(struct ir_stand *s);

/* Look whether lane T or what is withheld has changed, by anybody, and if so
 * read it again. ir_stand_turn counts how often lane T had.
 *
 * Errors: IR_ESTORE, IR_EDAMAGED.
 */
int ir_stand_refresh(struct ir_stand *s, struct ir_err *err);
uint64_t ir_stand_turn(const struct ir_stand *s);

/* The trust as folded.
 *
 * Owns:   borrowed until the next ir_stand_refresh.
 */
const struct ir_trust *ir_stand_trust(const struct ir_stand *s);

/* Does `e` stand? Its id must be filled; the signature is not looked at. *pub
 * (may be NULL) gets the key to check it with, NULL where nobody's is known.
 */
enum ir_stands ir_stand_judge(struct ir_stand *s, const struct ir_entry *e,
                              const uint8_t **pub);

/* Does a revoke name anybody? Else judging by author alone is enough. */
bool ir_stand_any_revoked(const struct ir_stand *s);

/* `e` was stored just now, where it had not been: if it is accepted, so is what
 * it builds on. ir_stand_undone: what was said so since the last commit was
 * rolled back.
 */
void ir_stand_here(struct ir_stand *s, const struct ir_entry *e);
void ir_stand_undone(struct ir_stand *s);

/* What a counting redact orders for entry `id`: 0 nothing, 1 withhold, 2
 * erase; *by (may be NULL) gets the redact's id. Whether its kind may be
 * withheld is the caller's question.
 */
int ir_stand_redacted(const struct ir_stand *s, const uint8_t id[IR_ID_BYTES],
                      uint8_t *by);

/* Does `e` order that (a redact that counts)? Its scope, or 0. */
int ir_stand_orders(struct ir_stand *s, const struct ir_entry *e);

#endif
