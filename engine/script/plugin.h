/* plugin.h: a plugin of a release, loaded to be called: for each message, to
 * check, to receive. Lua stays alive between calls; the limits of vm.h are
 * counted anew for each.
 *
 * The caller has entered the sandbox by then. What the functions of a plugin
 * get and give back is in docs/man/ir-plugin.5.
 */
#ifndef IR_SCRIPT_PLUGIN_H
#define IR_SCRIPT_PLUGIN_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

struct ir_plugin;

#define IR_PLUGIN_TEXT_MAX 500 /* bytes of a reason or reference */

/* Load what a plugin needs that is outside of it: libraries, the broker; and
 * enter the sandbox. `needs` is the plugin's list, `config` filled in.
 *
 * Errors: IR_ENOTFOUND, IR_EIO, IR_EREFUSED: end the process.
 */
int ir_plugin_enter(const struct ir_json *needs, const struct ir_json *rules,
                    const struct ir_json *config, int *broker,
                    struct ir_err *err);

/* Evaluate `source`; `file` is what messages call it. `rules` and `config` as
 * above; `stuck` as in vm.h.
 *
 * Owns:   *out is the caller's, ir_plugin_close; JSON is borrowed until then.
 * Errors: IR_EPARSE, IR_ELIMIT: "FILE:LINE: what".
 */
int ir_plugin_open(const char *file, const char *source,
                   const struct ir_json *needs, const struct ir_json *rules,
                   const struct ir_json *config, int broker,
                   void (*stuck)(int line), struct ir_plugin **out,
                   struct ir_err *err);
void ir_plugin_close(struct ir_plugin *p);

/* What a call ended with. */
struct ir_plugin_result {
    bool ok, delivered, retry;
    char *text;      /* reference, what a check says, or why not; may be NULL */
    int64_t again_s; /* with retry: not before so many seconds; 0: not said */
};

/* Send one message, or check that the channel is ready. A plugin that raises
 * an error makes a result that is not ok; so does one without the function.
 *
 * Owns:   res->text is the caller's, free().
 */
void ir_plugin_send(struct ir_plugin *p, const struct ir_json *msg,
                    struct ir_plugin_result *res);
void ir_plugin_check(struct ir_plugin *p, struct ir_plugin_result *res);

/* The same: remove what came in and bears one of these words, trial messages
 * of our own (`words`: an array of texts).
 */
void ir_plugin_remove(struct ir_plugin *p, const struct ir_json *words,
                      struct ir_plugin_result *res);

/* What has come in: a list of {from, text, at_ms, ref} and {ref, delivered},
 * and what the plugin wants to be given next time. Without the function the
 * list is empty.
 *
 * Owns:   *list and *state (may become NULL) are the caller's.
 * Errors: IR_EIO with what the plugin says; IR_EPARSE, IR_ELIMIT as above.
 */
int ir_plugin_receive(struct ir_plugin *p, const struct ir_json *state,
                      struct ir_json **list, struct ir_json **next,
                      struct ir_err *err);

#endif
