/* config.h: the configuration of a channel against the rules of its plugin.
 *
 * Rules and values are JSON objects by field name. A rule: {"type": "string" |
 * "text" | "int" | "bool" | "duration" | "list" | "device" | "program",
 * "match": a Lua pattern, "min", "max", "choices": [], "default", "optional":
 * true, "secret": true}. A field without default that is not optional must be
 * there. Its meaning is in docs/man/ir-plugin.5.
 */
#ifndef IR_SCRIPT_CONFIG_H
#define IR_SCRIPT_CONFIG_H

#include "base/json.h"

#include <stddef.h>

#define IR_CONFIG_STRING_MAX 2000 /* bytes */
#define IR_CONFIG_TEXT_MAX 65536  /* of a "text", a certificate say */

/* Called for what is wrong: the field, and a sentence about it. */
typedef void ir_config_say(const char *field, const char *message, void *arg);

/* Check `values` and make what the plugin gets: defaults filled in, durations
 * in seconds. With `named` secrets stand as {"secret": NAME} and are passed
 * over; a secret that is written out is then a mistake. Returns how many
 * mistakes there are.
 *
 * Owns:   *out (may be NULL) is the caller's.
 */
size_t ir_config_fill(const struct ir_json *rules, const struct ir_json *values,
                      bool named, struct ir_json **out, ir_config_say *say,
                      void *arg);

#endif
