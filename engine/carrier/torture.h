/* torture.h: a carrier around another one that treats frames as bad networks
 * do: drops, doubles, reorders, corrupts, cuts and delays them, each way. From
 * a seed, so that what went wrong once goes wrong again. For tests: whatever
 * sits on carriers must come to the same end over this one.
 */
#ifndef IR_CARRIER_TORTURE_H
#define IR_CARRIER_TORTURE_H

#include "carrier/carrier.h"

/* How often, in percent of frames, each drawn on its own. */
struct ir_torture {
    int drop;     /* is lost */
    int twice;    /* comes twice */
    int later;    /* comes after what is sent after it */
    int corrupt;  /* has one bit changed */
    int cut;      /* loses its end */
    int delay_ms; /* everything waits up to this long */
};

/* Wrap `inner`. What is done to frames is done both when they are sent and
 * when they arrive; links go up and down as those of `inner`.
 *
 * Owns:   takes `*inner`; *out is the caller's, ir_carrier_close.
 */
void ir_torture_wrap_take(struct ir_carrier *inner, const struct ir_torture *t,
                          uint64_t seed, struct ir_carrier *out);

#endif
