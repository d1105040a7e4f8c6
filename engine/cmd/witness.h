/* witness.h: what a device signs after it has met others, for `ird` and
 * `ir carry in`: that it holds alerts, and what it has seen.
 */
#ifndef IR_CMD_WITNESS_H
#define IR_CMD_WITNESS_H

#include "base/clock.h"
#include "cmd/cmd.h"

/* Sign that alerts which came from elsewhere are stored here: one receipt of
 * state 1 for each incident, by the node key. Alerts that are receipted already
 * are passed over; what does not fit into one call is left to the next. Begins
 * and ends its own transaction. *written counts entries.
 *
 * Errors: IR_ESTORE, IR_EBUSY, IR_ESIG; then nothing was recorded.
 */
int ir_alert_receipts(struct ir_store *st, const struct ir_trust *t,
                      const struct ir_key *node, const struct ir_now *now,
                      size_t *written, struct ir_err *err);

/* Sign which entries that came from elsewhere are held here: one witness
 * outside of all incidents, where core/witness.h finds something to say.
 * Begins and ends its own transaction. *heads counts what it names, 0: none was
 * written.
 *
 * Errors: IR_ESTORE, IR_EBUSY, IR_ESIG; then nothing was recorded.
 */
int ir_witness_write(struct ir_store *st, const struct ir_trust *t,
                     const struct ir_key *node, const struct ir_now *now,
                     size_t *heads, struct ir_err *err);

/* Take what has arrived into the view of what others have witnessed
 * (store/seen.h), once it is worth a transaction; all of it with `whole`. What
 * goes wrong is left to the next time.
 */
void ir_witness_view(struct ir_store *st, bool whole);

/* Both, with this device's key and the trust as it was folded last; what goes
 * wrong is said and nothing fails of it.
 */
void ir_ctx_witness(struct ir_ctx *c);

#endif
