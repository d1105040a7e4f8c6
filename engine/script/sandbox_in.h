/* sandbox_in.h: what sandbox.c and sandbox_channel.c share; nobody else
 * includes it.
 */
#ifndef IR_SCRIPT_SANDBOX_IN_H
#define IR_SCRIPT_SANDBOX_IN_H

#include "script/sandbox.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

/* What may be opened all the same: a file, or what is beneath a directory. */
struct ir_sandbox_path {
    int fd;
    uint64_t rights; /* Landlock's bits; those the kernel does not know are
                        left out */
};

/* One limit, soft and hard; CPU, core, processes and memory.
 *
 * Errors: IR_EREFUSED.
 */
int ir_sandbox_limit(int what, rlim_t soft, rlim_t hard, struct ir_err *err);
int ir_sandbox_limits(rlim_t cpu_s, bool threads, struct ir_err *err);

/* Every right a ruleset knows is refused, but for `paths`; with `connect` TCP
 * connections may be made. *abi 0: the kernel has no Landlock.
 *
 * Errors: IR_EREFUSED.
 */
int ir_sandbox_landlock(const struct ir_sandbox_path *paths, size_t n,
                        bool connect, int *abi, struct ir_err *err);

/* Put the calls into a seccomp filter that computing needs. Returns 0 or a
 * negative errno.
 */
int ir_sandbox_rules(void *filter);

/* Close every descriptor from `first` on, and give up what programs with
 * more rights would give.
 *
 * Errors: IR_EREFUSED.
 */
int ir_sandbox_no_way_out(unsigned first, struct ir_err *err);

#endif
