/* spawn_in.h: what spawn.c and spawn_find.c share; nobody else includes it. */
#ifndef IR_BASE_SPAWN_IN_H
#define IR_BASE_SPAWN_IN_H

#define IR_SPAWN_ENV_N 6

/* The file to execute: `name` itself if it has a "/", else the first in PATH.
 *
 * Owns:   the caller frees with free(); NULL if there is none.
 */
char *ir_spawn_find(const char *name);

/* The short list of our own environment; `out` is NULL-terminated.
 *
 * Owns:   the caller frees each.
 */
void ir_spawn_env(char *out[IR_SPAWN_ENV_N + 1]);

#endif
