/* channel.h: sending by a channel of the contacts: its plugin runs in an
 * ir-worker of its own, and nobody waits for another's.
 *
 * A channel is a row of the list "channels" of contacts.lua; its plugin an
 * object "plugin" of the same release. Only the release in force counts: what
 * runs with secrets and sockets was approved by somebody else. Secrets are in
 * keys/channel/NAME beneath the home, and go to the worker on its standard
 * input, nowhere else. Form of request and answer: docs/man/ir-worker.8.
 */
#ifndef IR_CMD_CHANNEL_H
#define IR_CMD_CHANNEL_H

#include "cmd/cmd.h"

#define IR_CHANNEL_MSGS_MAX 100     /* messages given to one worker */
#define IR_CHANNEL_MESSAGE_MS 60000 /* from one answer to the next */
#define IR_CHANNEL_QR_COLS 90       /* characters a code may be wide */
#define IR_CHANNEL_SECRET_MAX 4096  /* bytes of one secret */

/* What became of message `i` of the request, or of a check (i is 0; `ref` is
 * what it says). Exactly one comes for each message before the run is done,
 * whatever happens to the worker. */
struct ir_chan_result {
    size_t i;
    bool ok, delivered; /* handed over; and it is known that it arrived */
    bool retry;         /* not ok: it may go better later */
    bool stalled;       /* retry: the channel answers nobody, for long by now */
    int64_t again_ms;   /* retry: the other side wants so long a pause; 0: no */
    char *ref, *error;  /* harmless text; NULL where there is none */
};

struct ir_channel_run;

/* Start the plugin of a channel on `op`: "send" (`msgs`: an array of messages,
 * docs/man/ir-plugin.5), "check" or "receive" (`msgs` NULL), or "remove"
 * (`msgs`: an array of words; one result, as of a check). Does not wait.
 * `c` is open (ir_ctx_open), best with ir_ctx_signed before.
 *
 * Owns:   *out is the caller's, ir_channel_end; the rest is needed during this
 *         call only.
 * Errors: IR_EREFUSED no release in force, or a secret that others can read;
 *         IR_ENOTFOUND no such channel, plugin, secret or worker.
 */
int ir_channel_start(struct ir_ctx *c, const char *channel_id, const char *op,
                     const struct ir_json *msgs, struct ir_channel_run **out,
                     struct ir_err *err);

/* The same for a plugin (as JSON, as in a release) and a configuration that
 * holds its secrets.
 *
 * Errors: IR_ENOTFOUND no worker, IR_EIO.
 */
int ir_channel_start_plugin(const struct ir_json *plugin,
                            const struct ir_json *config, const char *op,
                            const struct ir_json *msgs,
                            struct ir_channel_run **out, struct ir_err *err);

/* To wait for: readable when ir_channel_poll has something to do, deadlines
 * included.
 *
 * Owns:   borrowed.
 */
int ir_channel_fd(const struct ir_channel_run *r);

/* Do what can be done without waiting: call `result` for each message that
 * something became of, `received` for each that came in ({"from","text",
 * "at_ms","ref"}, or {"ref","delivered"}); either may be NULL. `received` says
 * whether it is kept, durably, or need not be: else the plugin is not told that
 * it had been handed over, and hands it over again. *done: that was all, and it
 * is not called again.
 *
 * Owns:   what the callbacks get is borrowed for the call.
 * Errors: IR_EIO, IR_ETIMEOUT, or the worker's, for "receive" alone; *done is
 *         set then.
 */
int ir_channel_poll(struct ir_channel_run *r,
                    void (*result)(void *arg, const struct ir_chan_result *),
                    bool (*received)(void *arg, const struct ir_json *),
                    void *arg, bool *done, struct ir_err *err);

/* Free it; kills the worker's whole group if it still runs. NULL is fine.
 *
 * Owns:   nothing afterwards.
 */
void ir_channel_end(struct ir_channel_run *r);

/* The channel `id` of the release in force, and its plugin.
 *
 * Owns:   borrowed from c->lib.
 * Errors: as ir_channel_start; *plugin may be NULL to look for the row alone.
 */
int ir_channel_find(struct ir_ctx *c, const char *id,
                    const struct ir_json **row, const struct ir_json **plugin,
                    struct ir_err *err);

/* All channels of the release in force: an array, or NULL when it has none.
 *
 * Owns:   borrowed from c->lib.
 * Errors: IR_EREFUSED no release in force.
 */
int ir_channel_list(struct ir_ctx *c, const struct ir_json **list,
                    struct ir_err *err);

/* Read, keep (0600) or remove the secret `name` of this home.
 *
 * Owns:   *out is the caller's: ir_wipe and free().
 * Errors: IR_ENOTFOUND there is none, IR_EREFUSED others can read it or it is
 *         not ours, IR_EUSAGE no name, IR_ELIMIT, IR_EIO.
 */
int ir_channel_secret_get(const char *home, const char *name, char **out,
                          struct ir_err *err);
int ir_channel_secret_put(const char *home, const char *name, const char *value,
                          struct ir_err *err);
int ir_channel_secret_remove(const char *home, const char *name,
                             struct ir_err *err);

/* Remember for the plugin of channel `id` what it wants to be given next time
 * it receives, and give it back: cmd/channel.c alone.
 *
 * Owns:   what is got is the caller's; NULL when there is none.
 */
void ir_channel_state_put(const char *home, const char *id,
                          const struct ir_json *state);
struct ir_json *ir_channel_state_get(const char *home, const char *id);

#endif
