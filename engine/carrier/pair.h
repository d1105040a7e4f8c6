/* pair.h: two carriers in one process, joined by one link. What the tests of
 * all that sits on carriers use where no network is wanted.
 */
#ifndef IR_CARRIER_PAIR_H
#define IR_CARRIER_PAIR_H

#include "carrier/carrier.h"

#define IR_PAIR_MTU 262144    /* bytes of a frame */
#define IR_PAIR_WAITING 1024u /* frames that may wait at one end */

/* Make the two ends; `sealed` is what their ops say. The link of each goes
 * down when the other end is closed.
 *
 * Owns:   both are the caller's, ir_carrier_close each.
 * Errors: IR_EIO.
 */
int ir_pair_new(bool sealed, struct ir_carrier ends[2], struct ir_err *err);

#endif
