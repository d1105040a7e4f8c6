/* start.h: choosing system and scenario, declaring, walking. */
#ifndef IR_CMD_START_H
#define IR_CMD_START_H

#include "cmd/case.h"

/* The system that `name` means in a release (a unique beginning will do);
 * NULL asks on the terminal.
 *
 * Owns:   *out is the caller's, free().
 * Errors: IR_ENOTFOUND with the nearest, IR_EUSAGE.
 */
int ir_start_system(struct ir_ctx *c, const uint8_t manifest[32],
                    const char *name, char **out);

/* The scenario `name` of a system ("ransomware", or common's "site-loss");
 * NULL asks "what do you see?".
 *
 * Owns:   *out is borrowed from the library.
 * Errors: IR_ENOTFOUND with the nearest, IR_EUSAGE.
 */
int ir_start_scenario(struct ir_ctx *c, const uint8_t manifest[32],
                      const char *system, const char *name,
                      const struct ir_plan **out);

/* Walk incident `declare` on the terminal until the person quits; without a
 * terminal print the screen once.
 *
 * Errors: IR_OK when quit; what loading says.
 */
int ir_walk_run(struct ir_ctx *c, const uint8_t declare[IR_ID_BYTES]);

#endif
