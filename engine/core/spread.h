/* spread.h: which entries other devices are known to hold. Pure.
 *
 * A device that gave an entry, or has witnessed one, holds it and all that it
 * builds on (docs/format.md section 2, "Building on").
 */
#ifndef IR_CORE_SPREAD_H
#define IR_CORE_SPREAD_H

#include "core/entry.h"

#define IR_SPREAD_DEVICES_MAX                                                  \
    64 /* told apart; more count as elsewhere only                             \
        */

/* Device `device` (zeros: not known which) holds these. */
struct ir_spread_seen {
    uint8_t device[IR_KEYID_BYTES];
    uint8_t id[IR_ID_BYTES];
};

struct ir_spread_device {
    uint8_t id[IR_KEYID_BYTES];
    size_t held;
};

struct ir_spread {
    size_t entries, only_here; /* only_here: nobody else is known to hold it */
    size_t whole;              /* other devices known to hold all of it */
    int64_t oldest_ms, newest_ms; /* recorded, of those that are only here; 0 */
    struct ir_spread_device *devices;
    size_t devices_n;
};

/* Work it out for `e[0..n)`, in fold order, from what was seen of them. Those
 * with `counted[i]` (NULL: all) are counted; the others lead from one to
 * another all the same.
 *
 * Owns:   *out is the caller's, ir_spread_done.
 */
void ir_spread_fold(const struct ir_entry *const *e, const bool *counted,
                    size_t n, const struct ir_spread_seen *seen, size_t seen_n,
                    struct ir_spread *out);
void ir_spread_done(struct ir_spread *s);

#endif
