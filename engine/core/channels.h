/* channels.h: what is known of the ways to reach people: which work, which are
 * down, which must not be used because the attacker may read them. Folded from
 * what people declared and what devices found (kind 34); a pure function.
 *
 * "mail" stands for mail as a whole, whatever carries it. What counts, for each
 *   channel: the newest word of a person, and what a device found since. That a
 *   channel is distrusted is lifted by a person alone: a device that gets an
 *   answer cannot know who else reads it. What was said in an exercise holds
 *   within exercises.
 */
#ifndef IR_CORE_CHANNELS_H
#define IR_CORE_CHANNELS_H

#include "core/trust.h"

enum ir_channel_state {
    IR_CHANNEL_UNKNOWN = 0,
    IR_CHANNEL_OK = 1,
    IR_CHANNEL_DOWN = 2,
    IR_CHANNEL_DISTRUSTED = 3,
};

struct ir_channel_word {
    char *channel;
    enum ir_channel_state state;
    char *reason; /* or NULL */
    int by;       /* member index, of a device its custodian; -1 not known */
    bool node;    /* a device found it */
    int64_t at_ms;
    uint8_t entry[IR_ID_BYTES];
};

struct ir_channels {
    struct ir_channel_word *v; /* what holds of each, by name */
    size_t n;
};

/* Fold `e[0..n)`, given in fold order; entries of other kinds are passed over.
 * `status` says for what: actual incidents, or exercises, in which what is
 * actual holds too.
 *
 * Owns:   *out is the caller's, ir_channels_done; keeps nothing of `e`.
 */
void ir_channels_fold(const struct ir_trust *t, const struct ir_entry *const *e,
                      size_t n, int status, struct ir_channels *out);
void ir_channels_done(struct ir_channels *c);

/* The same as the device with key `node` (NULL: any) may rely on it when it
 * sends: of what devices found only what it found itself. Another one may stand
 * in a part of the network that is cut off, or lie.
 */
void ir_channels_fold_at(const struct ir_trust *t,
                         const struct ir_entry *const *e, size_t n, int status,
                         const uint8_t *node, struct ir_channels *out);

/* What holds of a channel, or NULL: nobody said anything.
 *
 * Owns:   borrowed from `c`.
 */
const struct ir_channel_word *ir_channels_get(const struct ir_channels *c,
                                              const char *channel);

/* May it be used? `mail`: it carries mail, and stands and falls with it too.
 */
enum ir_channel_state ir_channels_state(const struct ir_channels *c,
                                        const char *channel, bool mail);

/* Is it news when a device finds that channel so? Not what holds already, and
 * not where a person says that it must not be used.
 */
bool ir_channels_news(const struct ir_channels *c, const char *channel,
                      enum ir_channel_state found);

#endif
