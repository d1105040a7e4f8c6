/* witness.h: which entries a device should say it holds (kind 29). Pure.
 *
 * A device witnesses the newest entry of each person in each incident, and of
 * lane F, which has no chains, each entry: those that came from elsewhere, that
 * it has not witnessed before, and that fewer than IR_WITNESS_ENOUGH others
 * have, of two members at least: one who lies by all devices they have keeps
 * nobody from it. So what many nodes hold costs few entries, and two devices
 * that meet do not answer each other for ever: what a device signs is never
 * witnessed.
 */
#ifndef IR_CORE_WITNESS_H
#define IR_CORE_WITNESS_H

#include "core/entry.h"

#define IR_WITNESS_ENOUGH 3
#define IR_WITNESS_ENOUGH_OF_ONE                                               \
    9                             /* devices, where one member has them all    \
                                   */
#define IR_WITNESS_HEADS_MAX 1800 /* in one entry: docs/format.md section 3 */

/* An entry by its place. */
struct ir_witness_head {
    uint8_t id[IR_ID_BYTES], author[IR_KEYID_BYTES];
    uint8_t chain[8]; /* incident; of lane F as the store has it */
    uint64_t seq;
    int lane;
};

/* A device of a member (any number that is theirs alone) has witnessed that
 * entry, and what stands before it in its chain. */
struct ir_witness_said {
    uint8_t device[IR_KEYID_BYTES];
    size_t member;
    struct ir_witness_head head;
};

/* Put those of `v[0..n)` in front that device `self` should witness now, in
 * order of chain and author; returns how many. `v` are entries of people that
 * came from elsewhere; `said` is what devices have witnessed so far.
 *
 * Owns:   nothing; permutes both arrays.
 */
size_t ir_witness_pick(struct ir_witness_head *v, size_t n,
                       struct ir_witness_said *said, size_t said_n,
                       const uint8_t self[IR_KEYID_BYTES]);

/* How many of the devices `others[0..n)` witness before `self` does in this
 * hour (hours since 1970): all work out the same order, so that the first few
 * do and the rest need not. Which ones they are changes by the hour.
 */
size_t ir_witness_turn(uint64_t hour, const uint8_t self[IR_KEYID_BYTES],
                       const uint8_t (*others)[IR_KEYID_BYTES], size_t n);

#endif
