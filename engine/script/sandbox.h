/* sandbox.h: a process that may only compute: no files, no sockets, no other
 * processes, little time and memory. Entered once, left only by ending.
 *
 * Four fences, one behind the other: every file descriptor but 0, 1, 2 is
 * closed; resource limits; Landlock with no right at all (where the kernel
 * has it); a seccomp allow-list that refuses with EPERM whatever is not
 * needed to read the request, compute and answer.
 */
#ifndef IR_SCRIPT_SANDBOX_H
#define IR_SCRIPT_SANDBOX_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* AddressSanitizer makes everything several times slower. */
#if defined(__SANITIZE_ADDRESS__)
#define IR_SANDBOX_SLOW 5
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IR_SANDBOX_SLOW 5
#endif
#endif
#ifndef IR_SANDBOX_SLOW
#define IR_SANDBOX_SLOW 1
#endif

#define IR_SANDBOX_CPU_S 12 /* of all files; then SIGXCPU */
#define IR_SANDBOX_GIT_CPU_S 15
#define IR_SANDBOX_MEMORY (512L << 20) /* bytes of address space */

/* What the kernel gave. */
struct ir_sandbox {
    int landlock_abi; /* 0: the kernel has no Landlock */
};

/* Enter it. What needs a file must have been read before.
 *
 * Owns:   `got` is filled, also after a failure.
 * Errors: IR_EREFUSED when a fence cannot be put up (Landlock alone may be
 *         missing). The caller must end then, not go on without.
 * Source: setrlimit(2), landlock(7), seccomp(2), close_range(2).
 */
int ir_sandbox_enter(struct ir_sandbox *got, struct ir_err *err);

/* Enter the wider one, for git: files only beneath `dir` (where the kernel
 * has Landlock), no sockets, no other programs, limits.
 *
 * Errors: IR_ENOTFOUND no `dir`, IR_EREFUSED.
 * Source: as above.
 */
int ir_sandbox_enter_dir(const char *dir, struct ir_err *err);

#define IR_SANDBOX_CHANNEL_CPU_S 30 /* of one run of a channel */
#define IR_SANDBOX_DEVICES_MAX 4

/* What a channel's plugin asked for and was granted. */
struct ir_sandbox_channel {
    bool net; /* sockets out; what resolving and TLS read */
    const char *devices[IR_SANDBOX_DEVICES_MAX]; /* to be read and written */
    size_t devices_n;
    int broker; /* a socket that is kept, as descriptor 3; or -1 */
};

/* Enter the one for a channel: as ir_sandbox_enter, and only what `want` says.
 * What needs libraries must have been loaded before. No process can be
 * started in any case.
 *
 * Errors: IR_EREFUSED.
 * Source: as above.
 */
int ir_sandbox_enter_channel(const struct ir_sandbox_channel *want,
                             struct ir_err *err);

#endif
