/* check_witness.h: what of the record others have witnessed; for check.c.
 *
 * A witness covers the heads it names and all they build on. Of each author in
 * each chain it is remembered up to which seq devices of two different members
 * have covered it: an entry counts as witnessed when one of them is another
 * member than its author. So every entry is looked at twice at most, however
 * many devices there are.
 * Source: docs/format.md section 10.
 */
#ifndef IR_STORE_CHECK_WITNESS_H
#define IR_STORE_CHECK_WITNESS_H

#include "store/accepted.h"
#include "store/check.h"

/* Fill witnessed, unwitnessed, their moments, and each author's witnesses in
 * `out`, whose authors are there already.
 *
 * Errors: IR_ESTORE.
 */
int ir_check_witness(struct ir_store *st, const struct ir_trust *t,
                     struct ir_accepted *accepted, struct ir_check *out,
                     struct ir_err *err);

#endif
