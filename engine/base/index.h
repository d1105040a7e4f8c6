/* index.h: places by name, for lists that may be long: thousands of people are
 * looked for by what they are called.
 *
 * A balanced tree (tsearch(3)): no name, chosen by whoever, makes it slow.
 */
#ifndef IR_BASE_INDEX_H
#define IR_BASE_INDEX_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is empty. */
struct ir_index {
    void *root;
};

/* Put `name` in for place `at`, unless it is there. Returns whether it was not.
 *
 * Owns:   keeps a copy of the name.
 */
bool ir_index_put(struct ir_index *x, const char *name, size_t at);

/* The place of `name` as *at; false, and *at as it was: it is not there.
 *
 * Owns:   nothing.
 */
bool ir_index_get(const struct ir_index *x, const char *name, size_t *at);

/* Free all of it.
 *
 * Owns:   nothing afterwards.
 */
void ir_index_done(struct ir_index *x);

#endif
