/* order.h: the one order in which entries are folded and shown.
 *
 * Topological along prev, deps and refs (absent ones never block), then (hlc,
 * id): the same for every set of entries, whatever order they arrived in.
 */
#ifndef IR_CORE_ORDER_H
#define IR_CORE_ORDER_H

#include "core/entry.h"

/* Put the pointers `e[0..n)` into that order. Ids must be filled. A cycle
 * (impossible without breaking SHA-256, possible in damaged data) is broken
 * at its lowest (hlc, id).
 *
 * Owns:   nothing; permutes the array.
 */
void ir_order_sort(const struct ir_entry **e, size_t n);

#endif
