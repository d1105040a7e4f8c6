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

#endif
