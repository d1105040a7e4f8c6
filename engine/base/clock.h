/* clock.h: the only place that reads clocks. */
#ifndef IR_BASE_CLOCK_H
#define IR_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* All the clocks at one moment, as an entry records them. */
struct ir_now {
    int64_t wall_ms;   /* UTC milliseconds since 1970 */
    int64_t mono_ms;   /* CLOCK_BOOTTIME */
    uint8_t boot[8];   /* first 8 bytes of the kernel's boot id */
    int utc_off_min;   /* minutes east, of the process's zone */
    bool synced;       /* adjtimex says synchronised */
    int64_t offset_us; /* adjtimex offset */
    int64_t maxerr_us; /* adjtimex maxerror, 0 when unknown */
};

/* Read every clock once.
 *
 * Errors: none; what the kernel does not tell is 0 and not synchronised.
 */
void ir_clock_now(struct ir_now *now);

/* Milliseconds of CLOCK_MONOTONIC, for deadlines. */
int64_t ir_clock_mono_ms(void);

/* Milliseconds of processor time: of a process that runs (its own, in steps of
 * the kernel's tick; 0 when it cannot be told), and of all the children of this
 * one that have ended and were waited for.
 */
int64_t ir_clock_cpu_ms(pid_t pid);
int64_t ir_clock_children_ms(void);

#endif
