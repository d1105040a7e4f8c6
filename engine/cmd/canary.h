/* canary.h: finding out whether a channel delivers: a trial message with a word
 * that nobody can guess goes through it to an address of our own, and has to be
 * read there, by the `receive` of a channel, within a time. A server that says
 * 250 and delivers nothing is found out so.
 *
 * The message holds nothing of any incident. What is found is said in the log
 * by this device (kind 34), only when it is news (ir_channels_news).
 *
 * Form: of a row of contacts.lua, canary = { to, via, every, within }.
 */
#ifndef IR_CMD_CANARY_H
#define IR_CMD_CANARY_H

#include "cmd/cmd.h"

#define IR_CANARY_WORD "ir-canary"   /* begins what the message says */
#define IR_CANARY_NEXT "canary_next" /* setting: when to try again, ms */
#define IR_CANARY_OUT "canary_out"   /* setting: words of those under way */
#define IR_CANARY_MET "canary_met"   /* setting: of them, met by the sender */
#define IR_CANARY_IDLE_MS 60000      /* until it is looked whether any is due */
#define IR_CANARY_LOCK "canary.lock"

enum ir_canary_end {
    IR_CANARY_NOT_YET,
    IR_CANARY_ARRIVED,
    IR_CANARY_LOST,    /* taken, and not there in time */
    IR_CANARY_REFUSED, /* could not be handed over */
    IR_CANARY_UNSEEN,  /* nobody could look whether it is there */
};

/* A channel that is tried, and what came of it. */
struct ir_canary {
    char *id, *to, *via;
    int64_t within_s, every_s;
    char nonce[17];
    enum ir_canary_end end;
    char *text; /* what the channel says, or why not; may be NULL */
    int64_t took_ms;
    bool recorded; /* it was news, and is in the log */
};

/* The channels of the release in force that have a canary: all, or `id`.
 *
 * Owns:   *v is the caller's, ir_canaries_done.
 * Errors: IR_ENOTFOUND no such channel; IR_EUSAGE it has no canary; those of
 *         ir_channel_list.
 */
int ir_canaries_of(struct ir_ctx *c, const char *id, struct ir_canary **v,
                   size_t *n);
void ir_canaries_done(struct ir_canary *v, size_t n);

/* Put those first whose time has come, and *n how many they are; *next_ms is
 * when to look again.
 *
 * Units:  milliseconds since 1970.
 */
void ir_canaries_due(struct ir_ctx *c, struct ir_canary *v, size_t *n,
                     int64_t *next_ms);

/* Try them side by side, and record what is news. One process of a home at a
 * time.
 *
 * Errors: IR_EBUSY another is at it; IR_ESTORE, IR_EIO it was not recorded.
 * Blocks: until the last has an end: at most its time and a minute.
 */
int ir_canaries_run(struct ir_ctx *c, struct ir_canary *v, size_t n);

/* Start `ir channel canary --due` on its own and go on, when the time has come;
 * cheap to ask. Never fails loudly.
 */
void ir_canary_kick(struct ir_ctx *c);

/* Say which are under way; those of before no longer count. */
int ir_canaries_out(struct ir_ctx *c, const struct ir_canary *v, size_t n);

/* Is what came in a trial message that is under way? Then whoever waits for it
 * hears of it. Anybody can send what looks like one: that is none, and drives
 * none out.
 */
bool ir_canary_met(struct ir_ctx *c, const struct ir_json *in);

/* Keep the word of a trial message that is about to be sent; is this text one
 * of ours, by a word that was kept? Then `word` is it.
 *
 * Errors: keep: IR_ESTORE.
 */
int ir_canary_keep(struct ir_ctx *c, const char *word);
bool ir_canary_ours(struct ir_ctx *c, const char *text, char word[17]);

/* Have trial messages removed where they were seen: `seen` holds arrays of
 * words of ours by channel. Plugins without `remove` leave them.
 *
 * Blocks: at most a minute each.
 */
void ir_canary_clear(struct ir_ctx *c, const struct ir_json *seen);

/* What an end means, in words; as a device writes it into the log.
 *
 * Owns:   the caller frees with free().
 */
char *ir_canary_text(const struct ir_canary *k);
char *ir_canary_reason(const struct ir_canary *k);

#endif
