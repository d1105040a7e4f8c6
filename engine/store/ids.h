/* ids.h: a set of 32-byte ids, each with a small number. Where an id lies in it
 * is nobody else's to know: ids that were ground to share their first bytes
 * cost no more than others.
 */
#ifndef IR_STORE_IDS_H
#define IR_STORE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ir_ids_set {
    uint8_t (*v)[32]; /* the ids, in the order in which they came */
    uint8_t *with;    /* the number of each */
    size_t n, cap;
    uint32_t *slot; /* place in v plus 1; 0: free */
    size_t slots;   /* a power of two */
    uint64_t key[2];
};

/* Put `id` in with `with`; one that is there keeps its place and gets the
 * higher number. Returns whether it is new.
 */
bool ir_ids_set_put(struct ir_ids_set *s, const uint8_t id[32], uint8_t with);

/* The number of `id`, or -1 where it is not in it. */
int ir_ids_set_get(const struct ir_ids_set *s, const uint8_t id[32]);

/* Empty it.
 *
 * Owns:   frees what it holds; it may be used again.
 */
void ir_ids_set_done(struct ir_ids_set *s);

#endif
