/* seen.h: which entries of an incident other devices have witnessed (kind 29),
 * without reading every witness of the site: a cached view that grows with
 * what arrives.
 *
 * Kept are, for each incident, pairs of a device and an entry. An entry that
 * the same device's later one in the same chain builds on is left out: holding
 * the later one says that it is held. So what is read does not grow with the
 * witnesses, only with the devices and the authors. Whose word counts is not
 * judged here: it changes when a device is revoked.
 *
 * Views are `seen` (up to which row was read; named and not here yet) and
 * `seen/INCIDENT`. What stands in the rows after them is read as it is.
 */
#ifndef IR_STORE_SEEN_H
#define IR_STORE_SEEN_H

#include "store/store.h"

#define IR_SEEN_TAIL 1000  /* rows that are read as they are */
#define IR_SEEN_MOST 20000 /* rows that one call of ir_seen_grow reads */

/* Call `fn` for what devices have witnessed of an incident, in no order, more
 * than once perhaps, and of entries that are none of its.
 *
 * Errors: IR_ESTORE.
 */
int ir_seen_each(struct ir_store *st, const uint8_t incident[IR_INCIDENT_BYTES],
                 void (*fn)(const uint8_t device[IR_KEYID_BYTES],
                            const uint8_t id[IR_ID_BYTES], void *arg),
                 void *arg, struct ir_err *err);

/* Take the rows after the views into them, where there are at least `least`,
 * IR_SEEN_MOST of them at the most; *more says whether there are others. Begins
 * and ends its own transaction, unless in one.
 *
 * Errors: IR_ESTORE, IR_EBUSY; then the views stand as before.
 */
int ir_seen_grow(struct ir_store *st, int64_t least, bool *more,
                 struct ir_err *err);

/* When the newest witness that a device wrote outside of all incidents was
 * recorded; 0: none is here.
 */
int64_t ir_seen_last_ms(struct ir_store *st,
                        const uint8_t device[IR_KEYID_BYTES]);

#endif
