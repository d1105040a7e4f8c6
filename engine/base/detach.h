/* detach.h: a process that goes on when this one ends: in a session of its own,
 * with nothing open but /dev/null, its parent the system's.
 */
#ifndef IR_BASE_DETACH_H
#define IR_BASE_DETACH_H

#include "base/err.h"

/* Start argv[0] (a path) and come back at once. How it fares nobody hears; it
 * must leave what it does where others find it.
 *
 * Owns:   nothing; `argv` is NULL-terminated, the environment is ours.
 * Errors: IR_EIO it could not be started.
 */
int ir_detach(const char *const *argv, struct ir_err *err);

#endif
